//! Money: what came, what went back, and what the payment provider says of both.

use serde_json::Value;

use super::exchanges::{moved, swaps};
use super::{Log, Standing, amount, is_credited, refunds, text, total};

/// What of an order came from store credit, and what went there.
fn credit(order: &Value) -> (i64, i64) {
    let there = refunds(order).filter(|refund| is_credited(refund) && refund["status"] == "done");
    (amount(order, "credit"), there.map(|refund| amount(refund, "amount")).sum())
}

/// Money in is money out and what stays, in our books and in the provider's, who knows nothing of store credit, nor of
/// what an exchange moves from one order to another.
pub(super) fn money(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
    let mut provider = standing.provider.clone();
    let swaps = swaps(&standing.books);
    for (id, order) in &standing.books.orders {
        let (came, back, due) = (amount(order, "captured"), amount(order, "refunded"), amount(order, "refund_due"));
        let ((from_credit, to_credit), (from_order, to_order)) = (credit(order), moved(id, order, &swaps));
        let (prepaid, kept_here) = (from_credit + from_order, to_credit + to_order);
        // What is had in exchange, nobody checked out.
        let card = log.accepted.get(id).map_or(order["payment_method"] == "card", |told| told.card);
        let (really_came, really_back) = if card {
            provider.remove(id).unwrap_or_default()
        } else {
            (if log.marked_paid.contains(id) { total(order) - prepaid } else { 0 }, back - kept_here)
        };
        let (in_money, out_money) = (came - prepaid, back - kept_here);
        if (in_money, out_money) != (really_came, really_back) {
            wrong.push(format!(
                "{id}: {in_money} in and {out_money} out in our books, {really_came} and {really_back} at the bank"
            ));
        }
        for refund in refunds(order).filter(|one| one["cause"] == "provider") {
            wrong.push(format!("{id}: nobody asked for a refund of {}", refund["amount"]["amount"]));
        }
        if card && due != 0 {
            wrong.push(format!("{id}: {due} are still on their way back"));
        }
        let status = text(order, "status");
        let kept = came - back - due;
        let right = match status {
            "canceled" | "expired" => kept == 0,
            "pending_payment" => came == prepaid && kept == came,
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
