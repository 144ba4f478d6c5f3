//! The bodies of the desk's pages, each a function over a plain view.
//!
//! Every text arrives ready to show, and so does what a role may do: an action
//! that is not in the view is not on the page. A function names in its docs
//! the form fields that it sends; every POST form carries `csrf` too, and
//! those that must not happen twice `idempotency_key`. Wrap a body in
//! [`crate::layout::desk_page`], sign-in in [`crate::layout::desk_bare_page`].

mod again;
mod claims;
mod costs;
mod imports;
mod order;
mod orders;
mod products;
mod purchasing;
mod returns;
mod settings;
mod sign_in;
mod staff;
mod stock;
mod transfers;

pub use again::{FormAgain, form_again};
pub use claims::{
    CertificateRow, Certificates, ClaimApproval, ClaimCertificate, ClaimDiagnosis, ClaimResolution, ClaimRow,
    ClaimWork, Claims, Coverage, OtherClaim, certificate_search, claim_work, claims,
};
pub use costs::{CostDay, CostRow, Costs, costs};
pub use imports::{
    ImportColumn, ImportErrorRow, ImportForm, ImportLineRow, ImportProgress, ImportRow, ImportView, Imports, import,
    imports,
};
pub use order::{Action, DeskLine, DeskOrder, RefundConfirm, order, refund_confirm};
pub use orders::{OrderRow, Orders, orders};
pub use products::{ProductForm, ProductPicture, ProductRow, Products, product_form, products};
pub use purchasing::{
    ApproveByMail, ApproveLine, ApproveStep, ChangedFigure, DecisionRow, Figure, ForecastView, Proposal, ProposalRow,
    PurchaseAction, PurchaseLineRow, PurchaseLineTyped, PurchaseOrderForm, PurchaseOrderRow, PurchaseOrderView,
    PurchaseOrders, ReceiveLine, ReorderDetail, ReorderRow, ReorderRuleForm, Reorders, SupplierForm, SupplierRow,
    Suppliers, TriedForecast, WhatIf, WhatIfResult, approve_by_mail, purchase_order, purchase_order_form,
    purchase_orders, reorder, reorder_rule_again, reorders, suppliers,
};
pub use returns::{ReturnRow, ReturnWork, ReturnWorkLine, Returns, return_work, returns};
pub use settings::{Settings, SettingsGroup, settings};
pub use sign_in::{DeskSignIn, check_mail, sign_in, sign_in_confirm};
pub use staff::{Staff, StaffRow, staff};
pub use stock::{
    Adjustment, Backorders, Ledger, LedgerRow, Spread, StockRow, StockTable, adjustment, ledger, stock, stock_head,
};
pub use transfers::{
    FreeRow, TransferForm, TransferLineRow, TransferLineTyped, TransferReceiving, TransferRow, TransferView, Transfers,
    transfer, transfer_form, transfers,
};
