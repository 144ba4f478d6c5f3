//! Money: what came, what went back, and what the payment provider says of both.

use super::{Log, Standing, amount, text, total};

/// Money in is money out and what stays, in our books and in the provider's.
pub(super) fn money(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
    let mut provider = standing.provider.clone();
    for (id, order) in &standing.books.orders {
        let (came, back, due) = (amount(order, "captured"), amount(order, "refunded"), amount(order, "refund_due"));
        let card = log.accepted.get(id).is_some_and(|told| told.card);
        let (really_came, really_back) = if card {
            provider.remove(id).unwrap_or_default()
        } else {
            (if log.marked_paid.contains(id) { total(order) } else { 0 }, back)
        };
        if (came, back) != (really_came, really_back) {
            wrong.push(format!(
                "{id}: {came} in and {back} out in our books, {really_came} and {really_back} at the bank"
            ));
        }
        for refund in order["refunds"].as_array().into_iter().flatten().filter(|one| one["cause"] == "provider") {
            wrong.push(format!("{id}: nobody asked for a refund of {}", refund["amount"]["amount"]));
        }
        if card && due != 0 {
            wrong.push(format!("{id}: {due} are still on their way back"));
        }
        let status = text(order, "status");
        let kept = came - back - due;
        let right = match status {
            "canceled" | "expired" => kept == 0,
            "pending_payment" => came == 0,
            _placed => kept >= 0 && kept <= total(order) && came >= total(order),
        };
        if !right {
            let total = total(order);
            wrong.push(format!("{id} is {status}: {came} in, {back} out, {due} due of {total}"));
        }
    }
    for (order, (came, back)) in provider {
        wrong.push(format!("the provider took {came} and gave back {back} for {order}, which is no order"));
    }
}
