//! The functions that this process has.

use edge::Function;

/// Every function by its folder.
pub fn functions() -> &'static [(&'static str, Function)] {
    &[
        ("allocate-stock", allocate_stock::FUNCTION),
        ("answer-purchase-order", answer_purchase_order::FUNCTION),
        ("approve-purchase-order", approve_purchase_order::FUNCTION),
        ("book-ledger", book_ledger::FUNCTION),
        ("browse-catalog", browse_catalog::FUNCTION),
        ("cancel-order", cancel_order::FUNCTION),
        ("checkout", checkout::FUNCTION),
        ("confirm-payment", confirm_payment::FUNCTION),
        ("describe-api", describe_api::FUNCTION),
        ("edit-catalog", edit_catalog::FUNCTION),
        ("edit-settings", edit_settings::FUNCTION),
        ("expire-hold", expire_hold::FUNCTION),
        ("fire-timers", fire_timers::FUNCTION),
        ("index-catalog", index_catalog::FUNCTION),
        ("manage-cart", manage_cart::FUNCTION),
        ("manage-purchase-orders", manage_purchase_orders::FUNCTION),
        ("manage-reorders", manage_reorders::FUNCTION),
        ("manage-suppliers", manage_suppliers::FUNCTION),
        ("pay-refund", pay_refund::FUNCTION),
        ("plan-reorders", plan_reorders::FUNCTION),
        ("project-orders", project_orders::FUNCTION),
        ("receive-goods", receive_goods::FUNCTION),
        ("refund-order", refund_order::FUNCTION),
        ("relay-events", relay_events::FUNCTION),
        ("release-purchase-order", release_purchase_order::FUNCTION),
        ("reorder", reorder::FUNCTION),
        ("send-mail", send_mail::FUNCTION),
        ("set-timers", set_timers::FUNCTION),
        ("settle-mail", settle_mail::FUNCTION),
        ("ship-order", ship_order::FUNCTION),
        ("show-account", show_account::FUNCTION),
        ("show-costs", show_costs::FUNCTION),
        ("show-desk", show_desk::FUNCTION),
        ("show-pictures", show_pictures::FUNCTION),
        ("show-storefront", show_storefront::FUNCTION),
        ("sign-in", sign_in::FUNCTION),
        ("start-payment", start_payment::FUNCTION),
        ("update-stock", update_stock::FUNCTION),
        ("view-order", view_order::FUNCTION),
        ("view-stock", view_stock::FUNCTION),
    ]
}
