//! The last question before money goes back: what the refund's form was filled with, and what it comes to.
//!
//! It changes nothing; its own form posts what was typed to the operation, which decides anew.

use contracts::Problem;
use domain::Money;
use domain::order::Order;
use domain::people::Action;
use domain::refusal::Refusal;
use domain::stock::SkuQuantity;
use domain::text::Quantity;
use edge::{Request, Response};
use pages::components::FormErrors;
use pages::desk::{self, RefundConfirm};
use pages::layout::{Head, Section};

use crate::ShowDesk;
use crate::order::{TypedRefund, back_to, load, show};
use edge::desk::Visit;
use edge::page::form_key;

/// GET /desk/orders/{id}/refund
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::RefundOrders)?;
    let order = load(shop, visit).await?;
    let mut typed = read(visit.request, &order);
    let lines = lines(&order, &mut typed);
    let Some(amount) = amount(&order, &lines, &mut typed) else {
        return show(shop, visit, &order, &typed).await;
    };
    let mut fields = vec![("amount".to_owned(), typed.amount), ("reason".to_owned(), typed.reason)];
    fields.extend(lines.iter().map(|line| (format!("quantity.{}", line.sku), line.quantity.get().to_string())));
    let frame = shop.frame(visit, Section::Orders).await?;
    let view = RefundConfirm {
        number: order.number.to_string(),
        base: format!("/desk/orders/{}", order.id),
        amount: amount.format(),
        to: back_to(&order).to_owned(),
        lines: edge::order_view::contents(&order, &lines),
        fields,
        csrf: frame.csrf(),
        idempotency_key: format!("{}-{}", order.rev, form_key(&shop.context)),
    };
    let head = Head::private(format!("Refund order {}", order.number));
    Ok(frame.page(200, &head, &desk::refund_confirm(&view)))
}

fn read(request: &Request, order: &Order) -> TypedRefund {
    let text = |name: &str| request.query(name).unwrap_or_default().trim().to_owned();
    TypedRefund {
        amount: text("amount"),
        reason: text("reason"),
        quantities: order
            .lines
            .iter()
            .map(|line| (line.sku.clone(), text(&format!("quantity.{}", line.sku))))
            .collect(),
        errors: FormErrors::none(),
    }
}

/// The units that were asked for.
fn lines(order: &Order, typed: &mut TypedRefund) -> Vec<SkuQuantity> {
    let mut lines = Vec::new();
    for (sku, quantity) in &typed.quantities {
        if quantity.is_empty() || quantity == "0" {
            continue;
        }
        let left = order.line(sku).map_or(0, |line| line.quantity.get().saturating_sub(order.gone(line)));
        match quantity.parse().ok().and_then(|count| Quantity::new(count).ok()).filter(|count| count.get() <= left) {
            Some(quantity) => lines.push(SkuQuantity { sku: sku.clone(), quantity }),
            None => typed.errors.add(format!("quantity.{sku}"), format!("Enter a whole number from 0 to {left}.")),
        }
    }
    lines
}

/// What the refund comes to; none where something is wrong, which then stands in the form's errors.
fn amount(order: &Order, lines: &[SkuQuantity], typed: &mut TypedRefund) -> Option<Money> {
    let errors = &mut typed.errors;
    let amount = match (typed.amount.as_str(), lines) {
        ("", []) => {
            errors.add("amount", "Enter an amount, or how many of which item.");
            None
        }
        ("", lines) => {
            let sum = order.refund_of_lines(lines).map(|(amount, _)| amount);
            sum.map_err(|refusal: Refusal| errors.add("", refusal.to_string())).ok()
        }
        (amount, []) => {
            let parsed = Money::parse_decimal(amount, order.currency()).filter(|amount| amount.is_positive());
            let most = order.refundable();
            match parsed {
                None => errors.add("amount", "Enter an amount, such as 20 or 19.50."),
                Some(amount) if amount.amount > most.amount => {
                    errors.add("amount", format!("At most {} can go back.", most.format()));
                }
                Some(_) => {}
            }
            parsed
        }
        (_, _) => {
            errors.add("amount", "Enter either an amount or quantities.");
            None
        }
    };
    if typed.reason.is_empty() {
        errors.add("reason", "Enter a reason.");
    }
    amount.filter(|_| errors.is_empty())
}
