//! What a placed order is answered with.

use contracts::checkout::{CheckoutAnswer, PaymentStep, TransferInstructions};
use contracts::order::OrderSummary;
use domain::order::{Order, PaymentMethod};
use domain::settings::PaymentSettings;

use crate::Checkout;

/// The same for every repetition of the request: it is made of the order alone.
pub(crate) fn of(shop: &Checkout, order: &Order, payments: &PaymentSettings) -> CheckoutAnswer {
    CheckoutAnswer {
        order: OrderSummary::from(order),
        payment: payment(shop, order, payments),
        view_url: format!("{}{}", shop.url, view_path(shop, order)),
    }
}

/// The path of the order's page, with the secret that opens it.
pub(crate) fn view_path(shop: &Checkout, order: &Order) -> String {
    format!("/orders/{}?token={}", order.id, order.id.view_secret(&shop.key).reveal())
}

/// The path that leads to the provider's page.
pub(crate) fn pay_path(shop: &Checkout, order: &Order) -> String {
    format!("/pay/{}?token={}", order.id, order.id.view_secret(&shop.key).reveal())
}

fn payment(shop: &Checkout, order: &Order, payments: &PaymentSettings) -> PaymentStep {
    if order.to_pay().is_zero() {
        return PaymentStep::Nothing(true);
    }
    match (order.payment_method, &payments.bank_transfer) {
        (PaymentMethod::BankTransfer, Some(account)) => PaymentStep::Instructions(TransferInstructions {
            account_holder: account.account_holder.clone(),
            iban: account.iban.clone(),
            bic: account.bic.clone(),
            reference: order.number.to_string(),
            amount: order.to_pay(),
            pay_by: order.hold.until,
            text: account.text.clone(),
        }),
        (PaymentMethod::Card | PaymentMethod::BankTransfer, _) => {
            PaymentStep::RedirectUrl(format!("{}{}", shop.url, pay_path(shop, order)))
        }
    }
}
