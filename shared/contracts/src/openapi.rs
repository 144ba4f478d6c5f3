//! The API's description, OpenAPI 3.1, made from the types that are sent.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::auth::{LinkRequest, TokenAnswer, TokenRequest};
use crate::cart::{CartAnswer, NewCart, SetQuantity};
use crate::checkout::{CheckoutAnswer, CheckoutRequest};
use crate::credit::{CreditAnswer, CreditQuery};
use crate::import::{ImportAnswer, ImportQuery, ImportRow, ImportUpload};
use crate::list::ListAnswer;
use crate::order::{
    CancelRequest, DeliverRequest, OrderAnswer, OrderEntry, OrderQuery, ReferenceRequest, RefundRequest, ShipRequest,
};
use crate::problem::ProblemBody;
use crate::product::{ImageUpload, ProductAnswer, ProductEntry, ProductQuery, UploadAnswer};
use crate::purchasing::{
    ApproveRequest, DismissRequest, LinesRequest, LookAnswer, LookQuery, Plain, PurchaseOrderAnswer, PurchaseQuery,
    ReasonRequest, RuleQuery, RunAnswer, SupplierAnswer, SupplierQuery,
};
use crate::returns::{
    DeclineRequest, InspectRequest, ParcelRequest, PhotoUpload, QuoteAnswer, ReceiveRequest, ResolveRequest,
    ReturnAnswer, ReturnQuery, ReturnRequest, WayBackRequest,
};
use crate::settings::SettingsBody;
use crate::staff::{StaffMember, StaffRequest};
use crate::stock::{
    AdjustmentAnswer, BackordersRequest, LedgerAnswer, LedgerQuery, SpreadRequest, StockAnswer, StockQuery,
};
use crate::transfer::{TransferAnswer, TransferQuery};
use crate::warranty::{
    ApproveClaimRequest, CertificateAnswer, CertificateQuery, ClaimAnswer, ClaimQuery, ClaimRequest, DenyClaimRequest,
    DiagnoseRequest, OfferRequest, ResolveClaimRequest,
};
use domain::catalog::ProductDraft;
use domain::import::{ImportDraft, Mapping};
use domain::purchasing::{PurchaseDraft, ReceiptDraft, SupplierDraft};
use domain::reorder::ReorderRule;
use domain::stock::Adjustment;
use domain::transfer::{TransferDraft, TransferReceiptDraft};

/// Declares operations: their words, path parameters, what else they take, body, answer, and the problems that each
/// refuses with. Any of them may also fail.
macro_rules! operations {
    ($($name:ident = $method:ident $path:literal $tag:literal $words:literal
        ($($param:literal),*) $(also ($($also:tt)+),)* $(query $query:ty,)? $(body $body:ty,)? $(made $made:ty,)?
        $(leads $leads:literal,)? $status:literal $(answer $answer:ty)? $(, refuses $($no:literal)+)?;)*) => {
        $(
            #[doc = $words]
            #[utoipa::path(
                $method,
                path = $path,
                tag = $tag,
                params($(($param = String, Path),)* $(($($also)+),)* $($query,)?),
                $(request_body = $body,)?
                responses(
                    (status = $status, description = "Done" $(, body = $answer)?),
                    $((status = 201, description = "Made", body = $made),)?
                    $((status = $leads, description = "Look there"),)?
                    $($((
                        status = $no,
                        description = "A problem",
                        body = ProblemBody,
                        content_type = "application/problem+json"
                    ),)+)?
                    (status = "5XX", description = "A failure", body = ProblemBody, content_type = "application/problem+json"),
                ),
            )]
            #[allow(dead_code, missing_docs)]
            fn $name() {}
        )*

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Cartwright",
                description = "A whole shop. Amounts are in minor units, times RFC 3339 in UTC, unknown fields are refused.",
            ),
            paths($($name,)*),
        )]
        struct Api;
    };
}

operations! {
    list_products = get "/api/products" "shop" "Searches the catalogue." () query ProductQuery,
        200 answer ListAnswer<ProductEntry>, refuses 400;
    show_product = get "/api/products/{slug}" "shop" "Shows a product." ("slug")
        200 answer ProductAnswer, refuses 401 404;
    make_cart = post "/api/carts" "shop" "Makes a cart." () body NewCart,
        201 answer CartAnswer, refuses 400 401 413 415;
    show_cart = get "/api/carts/{id}" "shop" "Shows a cart and renews its prices." ("id")
        200 answer CartAnswer, refuses 404;
    set_line = put "/api/carts/{id}/items/{sku}" "shop" "Sets how many of a SKU are wanted; 0 removes it." ("id", "sku")
        body SetQuantity, 200 answer CartAnswer, refuses 400 404 409 413 415 422;
    remove_line = delete "/api/carts/{id}/items/{sku}" "shop" "Removes a SKU from a cart." ("id", "sku")
        200 answer CartAnswer, refuses 404 409;
    check_out = post "/api/checkout" "shop" "Turns a cart into an order. Takes an Idempotency-Key." ()
        also ("Idempotency-Key" = String, Header),
        body CheckoutRequest, 201 answer CheckoutAnswer, refuses 400 401 404 409 413 415 422;
    show_order = get "/api/orders/{id}" "shop" "Shows an order to its owner, to who has its link's token, or to staff." ("id")
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        200 answer OrderAnswer, refuses 401 404;
    cancel = post "/api/orders/{id}/cancel" "shop" "Calls an order off. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header),
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body Option<CancelRequest>, 200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    cancel_backorder = post "/api/orders/{id}/cancel-backorder" "staff"
        "Calls off what of an order waits for stock; its price goes back. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header),
        200 answer OrderAnswer, refuses 400 401 403 404 409 413 422;
    ask_link = post "/api/auth/link" "shop" "Mails a sign-in link; the answer is the same for any address." ()
        body LinkRequest, 202 answer serde_json::Value, refuses 400 413 415 429;
    trade_token = post "/api/auth/token" "shop" "Trades a link's secret for an access token." () body TokenRequest,
        200 answer TokenAnswer, refuses 400 401 413 415;
    stripe_webhook = post "/api/webhooks/stripe" "provider" "Hears the payment provider; signed." ()
        also ("Stripe-Signature" = String, Header),
        body serde_json::Value, 200 answer serde_json::Value, refuses 400 404 409 413 422;
    put_product = put "/api/products/{slug}" "staff" "Writes a whole product." ("slug") body ProductDraft,
        made ProductAnswer, 200 answer ProductAnswer, refuses 400 401 403 404 409 413 415 422;
    delete_product = delete "/api/products/{slug}" "staff" "Takes a product from the shop." ("slug")
        204, refuses 401 403 404 422;
    add_image = post "/api/products/{slug}/images" "staff" "Opens an upload for a picture." ("slug") body ImageUpload,
        201 answer UploadAnswer, refuses 400 401 403 404 413 415;
    list_orders = get "/api/orders" "staff" "Lists orders, newest first: a customer's own, or for staff all." ()
        query OrderQuery, 200 answer ListAnswer<OrderEntry>, refuses 400 401;
    mark_paid = post "/api/orders/{id}/mark-paid" "staff" "Says that a bank transfer came. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header), body ReferenceRequest,
        200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    ship = post "/api/orders/{id}/ship" "staff" "Sends a parcel. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header), body ShipRequest,
        200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    deliver = post "/api/orders/{id}/deliver" "staff" "Says that everything arrived. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header), body DeliverRequest,
        200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    refund = post "/api/orders/{id}/refund" "staff" "Sends money back. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header),
        body RefundRequest, 200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    refund_paid = post "/api/orders/{id}/refund-paid" "staff" "Says that due refunds were sent. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header), body ReferenceRequest, 200 answer OrderAnswer, refuses 400 401 403 404 409 413 415 422;
    list_suppliers = get "/api/suppliers" "staff" "Lists suppliers." () query SupplierQuery,
        200 answer ListAnswer<SupplierAnswer>, refuses 400 401 403;
    put_supplier = put "/api/suppliers/{id}" "staff" "Says who supplies, under an id that staff choose." ("id")
        body SupplierDraft, made SupplierAnswer, 200 answer SupplierAnswer, refuses 400 401 403 404 413 415;
    show_rule = get "/api/reorder-rules/{sku}" "staff" "Shows when a SKU is reordered." ("sku") query RuleQuery,
        200 answer ReorderRule, refuses 400 401 403 404;
    put_rule = put "/api/reorder-rules/{sku}" "staff" "Says when to reorder a SKU at a location, and of whom." ("sku")
        body ReorderRule, made ReorderRule, 200 answer ReorderRule, refuses 400 401 403 404 413 415;
    end_rule = delete "/api/reorder-rules/{sku}" "staff" "Ends a SKU's rule at a location; what it suggested is withdrawn." ("sku")
        also ("location" = String, Query, description = "At which location."),
        204, refuses 400 401 403 404;
    start_reorder_run = post "/api/reorder-runs" "staff" "Looks at every SKU that has a rule, now." () body Plain,
        202 answer RunAnswer, refuses 400 401 403 413 415;
    list_looks = get "/api/reorder-suggestions" "staff" "Lists suggestions, and what was not suggested, with their inputs." ()
        query LookQuery, 200 answer ListAnswer<LookAnswer>, refuses 400 401 403;
    dismiss_suggestion = post "/api/reorder-suggestions/{sku}/dismiss" "staff" "Does not want what is suggested." ("sku")
        body DismissRequest, 200 answer LookAnswer, refuses 400 401 403 404 409 413 415;
    list_purchase_orders = get "/api/purchase-orders" "staff" "Lists purchase orders, newest first." () query PurchaseQuery,
        200 answer ListAnswer<PurchaseOrderAnswer>, refuses 400 401 403;
    show_purchase_order = get "/api/purchase-orders/{id}" "staff" "Shows a purchase order." ("id")
        200 answer PurchaseOrderAnswer, refuses 401 403 404;
    print_purchase_order = get "/api/purchase-orders/{id}/order.pdf" "staff" "A purchase order as PDF." ("id")
        200, refuses 401 403 404;
    list_purchase_lines = get "/api/purchase-orders/{id}/order.csv" "staff" "A purchase order's lines as CSV." ("id")
        200, refuses 401 403 404;
    make_purchase_order = post "/api/purchase-orders" "staff" "Drafts a purchase order. May take an Idempotency-Key." ()
        also ("Idempotency-Key" = Option<String>, Header),
        body PurchaseDraft, 201 answer PurchaseOrderAnswer, refuses 400 401 403 413 415 422;
    set_purchase_lines = put "/api/purchase-orders/{id}/lines" "staff" "Orders other lines, until it is approved." ("id")
        body LinesRequest, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    approve_purchase_order = post "/api/purchase-orders/{id}/approve" "staff" "Lets a purchase order be sent." ("id")
        body ApproveRequest, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    send_purchase_order = post "/api/purchase-orders/{id}/send" "staff" "Mails a purchase order to its supplier." ("id")
        body Plain, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    take_proposal = post "/api/purchase-orders/{id}/take-proposal" "staff" "Agrees to what the supplier proposes." ("id")
        body Plain, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    reject_proposal = post "/api/purchase-orders/{id}/reject-proposal" "staff" "Does not agree to it." ("id")
        body Plain, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    hold_purchase_order = post "/api/purchase-orders/{id}/hold" "staff" "Puts a purchase order aside." ("id")
        body ReasonRequest, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    resume_purchase_order = post "/api/purchase-orders/{id}/resume" "staff" "Goes on with it." ("id")
        body Plain, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    cancel_purchase_order = post "/api/purchase-orders/{id}/cancel" "staff" "Calls a purchase order off." ("id")
        body ReasonRequest, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    close_purchase_order = post "/api/purchase-orders/{id}/close" "staff" "Expects nothing more of it." ("id")
        body Plain, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415;
    receive_goods = post "/api/purchase-orders/{id}/receive" "staff" "Books what came. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = String, Header),
        body ReceiptDraft, 200 answer PurchaseOrderAnswer, refuses 400 401 403 404 409 413 415 422;
    list_stock = get "/api/stock" "staff" "Lists stock by SKU." () query StockQuery,
        200 answer ListAnswer<StockAnswer>, refuses 400 401 403;
    show_stock = get "/api/stock/{sku}" "staff" "Shows a SKU's quantities by state." ("sku")
        200 answer StockAnswer, refuses 401 403 404;
    show_ledger = get "/api/stock/{sku}/ledger" "staff" "Shows why a SKU's quantities are what they are." ("sku")
        query LedgerQuery, 200 answer ListAnswer<LedgerAnswer>, refuses 400 401 403 404;
    allow_backorders = put "/api/stock/{sku}/backorders" "staff" "Says how many of a SKU are sold beyond what is there." ("sku")
        body BackordersRequest, 200 answer StockAnswer, refuses 400 401 403 404 413 415;
    adjust_stock = post "/api/stock/adjustments" "staff" "Adjusts stock, all lines or none. Takes an Idempotency-Key." ()
        also ("Idempotency-Key" = String, Header),
        body Adjustment, 201 answer AdjustmentAnswer, refuses 400 401 403 409 413 415 422;
    list_transfers = get "/api/transfers" "staff" "Lists transfers between locations, newest first." () query TransferQuery,
        200 answer ListAnswer<TransferAnswer>, refuses 400 401 403;
    show_transfer = get "/api/transfers/{id}" "staff" "Shows a transfer." ("id")
        200 answer TransferAnswer, refuses 401 403 404;
    send_transfer = post "/api/transfers" "staff" "Sends goods from one location to another. Takes an Idempotency-Key." ()
        also ("Idempotency-Key" = String, Header),
        body TransferDraft, 201 answer TransferAnswer, refuses 400 401 403 409 413 415 422;
    receive_transfer = post "/api/transfers/{id}/receive" "staff" "Books what came, in parts or at once. Takes an Idempotency-Key." ("id")
        also ("Idempotency-Key" = String, Header),
        body TransferReceiptDraft, 200 answer TransferAnswer, refuses 400 401 403 404 409 413 415 422;
    cancel_transfer = post "/api/transfers/{id}/cancel" "staff" "Has a transfer turn back of which nothing came." ("id")
        body Plain, 200 answer TransferAnswer, refuses 400 401 403 404 409 413 415;
    split_offer = post "/api/stock/{sku}/shards" "staff" "Splits a SKU's counters, and spreads what is there evenly." ("sku")
        body SpreadRequest, 200 answer StockAnswer, refuses 400 401 403 404 413 415;
    make_import = post "/api/stock/imports" "staff" "Opens an upload for a stock list, CSV or XLSX." () body ImportDraft,
        201 answer ImportUpload, refuses 400 401 403 413 415;
    list_imports = get "/api/stock/imports" "staff" "Lists imports, newest first." () query ImportQuery,
        200 answer ListAnswer<ImportAnswer>, refuses 400 401 403;
    show_import = get "/api/stock/imports/{id}" "staff" "Shows how far an import is; the first time after the upload it sets the check going." ("id")
        200 answer ImportAnswer, refuses 401 403 404;
    list_import_rows = get "/api/stock/imports/{id}/rows" "staff" "Lists what the rows of an import change." ("id")
        query ImportQuery, 200 answer ListAnswer<ImportRow>, refuses 400 401 403 404;
    map_import = put "/api/stock/imports/{id}/mapping" "staff" "Says which column means what, and checks the import anew." ("id")
        body Mapping, 200 answer ImportAnswer, refuses 400 401 403 404 409 413 415;
    apply_import = post "/api/stock/imports/{id}/apply" "staff" "Books an import that was checked." ("id")
        body Plain, 200 answer ImportAnswer, refuses 400 401 403 404 409 413 415;
    undo_import = post "/api/stock/imports/{id}/undo" "staff" "Books an import back." ("id")
        body Plain, 200 answer ImportAnswer, refuses 400 401 403 404 409 413 415;
    export_csv = get "/api/stock/export.csv" "staff" "All stock as CSV, as an import takes it. A large one is answered 303." ()
        leads 303, 200, refuses 401 403;
    export_xlsx = get "/api/stock/export.xlsx" "staff" "All stock as XLSX, as an import takes it. A large one is answered 303." ()
        leads 303, 200, refuses 401 403;
    show_credit = get "/api/store-credit" "shop"
        "Shows store credit: a customer's own, what a code opens, or for staff that of an address." ()
        query CreditQuery, 200 answer CreditAnswer, refuses 400 401 403 404;
    quote_return = post "/api/returns/quote" "shop" "Says what would go back for goods, and why less than they cost." ()
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body ReturnRequest, 200 answer QuoteAnswer, refuses 400 401 403 404 409 413 415;
    request_return = post "/api/returns" "shop" "Asks goods back. May take an Idempotency-Key." ()
        also ("Idempotency-Key" = Option<String>, Header),
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body ReturnRequest, 201 answer ReturnAnswer, refuses 400 401 403 404 409 413 415 422;
    list_returns = get "/api/returns" "staff" "Lists returns, newest first: a customer's own, or for staff all." ()
        query ReturnQuery, 200 answer ListAnswer<ReturnAnswer>, refuses 400 401 403;
    show_return = get "/api/returns/{id}" "shop" "Shows a return to its buyer, to who has the order's link, or to staff." ("id")
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        200 answer ReturnAnswer, refuses 401 403 404;
    cancel_return = post "/api/returns/{id}/cancel" "shop" "Calls a return off that has not come yet." ("id")
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body Plain, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    hand_over_return = post "/api/returns/{id}/sent" "shop" "Says that a carrier has the parcel." ("id")
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body WayBackRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    add_return_photo = post "/api/returns/{id}/photos" "shop" "Opens an upload for a picture of what is wrong." ("id")
        also ("token" = Option<String>, Query, description = "The secret of a guest's link."),
        body ImageUpload, 201 answer PhotoUpload, refuses 400 401 403 404 409 413 415;
    approve_return = post "/api/returns/{id}/approve" "staff" "Lets the goods be sent." ("id")
        body Plain, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    decline_return = post "/api/returns/{id}/decline" "staff" "Does not take the goods back." ("id")
        body DeclineRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    label_return = post "/api/returns/{id}/label" "staff" "Gives the buyer the label that the parcel is sent with." ("id")
        body ParcelRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    receive_return = post "/api/returns/{id}/receive" "staff" "Books what came, in parts or at once. May take an Idempotency-Key." ("id")
        also ("Idempotency-Key" = Option<String>, Header),
        body ReceiveRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415 422;
    inspect_return = post "/api/returns/{id}/inspect" "staff" "Says what everything that came is like." ("id")
        body InspectRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415 422;
    resolve_return = post "/api/returns/{id}/resolve" "staff" "Gives the buyer what the goods were sent back for." ("id")
        body ResolveRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    send_back_return = post "/api/returns/{id}/send-back" "staff" "Sends goods that are not taken to their buyer again." ("id")
        body WayBackRequest, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    close_return = post "/api/returns/{id}/close" "staff" "Closes a return that nothing is left to do about." ("id")
        body Plain, 200 answer ReturnAnswer, refuses 400 401 403 404 409 413 415;
    list_certificates = get "/api/warranties" "shop"
        "Lists warranty certificates, newest first: a customer's own, or for staff those of an order, a serial number or a number." ()
        query CertificateQuery, 200 answer ListAnswer<CertificateAnswer>, refuses 400 401 403;
    show_certificate = get "/api/warranties/{id}" "shop"
        "Shows a warranty certificate to its holder, to who has its link, or to staff." ("id")
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        200 answer CertificateAnswer, refuses 401 403 404;
    offer_certificate = post "/api/warranties/{id}/offer" "shop"
        "Offers a certificate to somebody, who gets a link to take it." ("id")
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        body OfferRequest, 200 answer CertificateAnswer, refuses 400 401 403 404 409 413 415 422;
    keep_certificate = post "/api/warranties/{id}/keep" "shop" "Takes an offer of a certificate back." ("id")
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        body Plain, 200 answer CertificateAnswer, refuses 400 401 403 404 409 413 415;
    take_certificate = post "/api/warranties/{id}/accept" "shop" "Takes a certificate that is offered." ("id")
        also ("token" = String, Query, description = "The secret of the link in the mail that offered it."),
        body Plain, 200 answer CertificateAnswer, refuses 400 401 404 409 413 415;
    make_claim = post "/api/warranty-claims" "shop"
        "Claims on a warranty: what it does not cover is denied at once, with every reason. May take an Idempotency-Key." ()
        also ("Idempotency-Key" = Option<String>, Header),
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        body ClaimRequest, 201 answer ClaimAnswer, refuses 400 401 403 404 409 413 415 422;
    list_claims = get "/api/warranty-claims" "staff" "Lists claims, newest first: a customer's own, or for staff all." ()
        query ClaimQuery, 200 answer ListAnswer<ClaimAnswer>, refuses 400 401 403;
    show_claim = get "/api/warranty-claims/{id}" "shop"
        "Shows a claim to its holder, to who has the certificate's link, or to staff." ("id")
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        200 answer ClaimAnswer, refuses 401 403 404;
    withdraw_claim = post "/api/warranty-claims/{id}/withdraw" "shop" "Leaves a claim whose item has not come yet." ("id")
        also ("token" = Option<String>, Query, description = "The secret of the certificate's link."),
        body Plain, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415;
    approve_claim = post "/api/warranty-claims/{id}/approve" "staff" "Says what is done about a claim." ("id")
        body ApproveClaimRequest, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415 422;
    deny_claim = post "/api/warranty-claims/{id}/deny" "staff" "Does nothing about a claim, and says why." ("id")
        body DenyClaimRequest, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415;
    receive_claim = post "/api/warranty-claims/{id}/receive" "staff" "Says that the item came." ("id")
        body Plain, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415;
    diagnose_claim = post "/api/warranty-claims/{id}/diagnose" "staff" "Says what the item is like." ("id")
        body DiagnoseRequest, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415 422;
    repair_claim = post "/api/warranty-claims/{id}/repair" "staff" "Begins to repair the item." ("id")
        body Plain, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415;
    resolve_claim = post "/api/warranty-claims/{id}/resolve" "staff"
        "Does what was decided: sends the repaired item back, orders another one for nothing, or gives its price back." ("id")
        body ResolveClaimRequest, 200 answer ClaimAnswer, refuses 400 401 403 404 409 413 415 422;
    show_settings = get "/api/settings/{topic}" "staff" "Shows a topic's settings." ("topic")
        200 answer SettingsBody, refuses 401 403 404;
    put_settings = put "/api/settings/{topic}" "staff" "Writes a topic's settings over the version that they name." ("topic")
        body SettingsBody, 200 answer SettingsBody, refuses 400 401 403 404 409 413 415;
    list_staff = get "/api/staff" "staff" "Lists the staff." ()
        200 answer ListAnswer<StaffMember>, refuses 401 403;
    put_staff = put "/api/staff" "staff" "Makes somebody staff, or gives another role." () body StaffRequest,
        200 answer StaffMember, refuses 400 401 403 413 415;
    health = get "/health" "service" "Says that the API answers." () 200 answer serde_json::Value;
    openapi = get "/openapi.json" "service" "This description." () 200 answer serde_json::Value;
}

/// The description.
pub fn describe() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// The description as JSON, to the letter as it is checked in.
pub fn json() -> String {
    describe().to_pretty_json().unwrap_or_default()
}

/// A path's operations, by method.
pub fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let all = [("GET", &item.get), ("PUT", &item.put), ("POST", &item.post), ("DELETE", &item.delete)];
    all.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation))).collect()
}
