//! Exchanges: each has one order, and what paid for that order is what the order before says, there and back.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Books, amount, refunds, text, total};

/// A payment with what came back: it is a refund of the order that the goods were of.
pub(super) struct Swap<'a> {
    /// The order whose goods came back.
    old: &'a str,
    /// Its refund.
    refund: &'a Value,
    /// The order that it paid.
    new: &'a str,
    /// What the payment is called there.
    payment: String,
}

/// All of them.
pub(super) fn swaps(books: &Books) -> Vec<Swap<'_>> {
    let mut swaps = Vec::new();
    for back in &books.returns {
        let (old, new) = (text(back, "order_id"), became(back));
        let Some(order) = books.orders.get(old).filter(|_| !new.is_empty()) else { continue };
        for refund in refunds(order).filter(|refund| refund["to"]["order"] == new) {
            let payment = format!("return {} ({})", text(back, "number"), place(refund) + 1);
            swaps.push(Swap { old, refund, new, payment });
        }
    }
    swaps
}

/// The order that the other goods of a return became; empty where they became none.
pub(super) fn became(back: &Value) -> &str {
    text(&back["exchange"], "order_id")
}

/// Whether a refund of the order `id` goes back to the order whose goods paid for it, which sends it on.
pub(super) fn is_passed_on(id: &str, refund: &Value, swaps: &[Swap<'_>]) -> bool {
    swaps.iter().any(|swap| swap.new == id && swap.is_paid_back_by(refund))
}

/// What of the order `id` came of another one, and what went to others: paid for theirs, or paid theirs back.
pub(super) fn moved(id: &str, order: &Value, swaps: &[Swap<'_>]) -> (i64, i64) {
    let out = |refund: &Value| {
        if is_passed_on(id, refund, swaps) {
            amount(refund, "amount")
        } else if refund["to"]["order"].is_null() {
            0
        } else {
            amount(refund, "amount") - amount(refund, "undone")
        }
    };
    let done = refunds(order).filter(|refund| refund["status"] == "done");
    (amount(order, "exchanged"), done.map(out).sum())
}

impl Swap<'_> {
    /// Whether a refund of the order that it paid pays it back.
    fn is_paid_back_by(&self, refund: &Value) -> bool {
        refund["to"].is_null() && refund["payment"] == self.payment
    }
}

fn place(refund: &Value) -> u64 {
    refund["id"].as_u64().unwrap_or_default()
}

/// Each exchanged return has one order, which is no other's: for the same address, no dearer than its buyer saw it, and
/// paid with what the return came to. No other order was paid so.
pub(super) fn exchanges(books: &Books, wrong: &mut Vec<String>) {
    let swaps = swaps(books);
    let mut made: BTreeMap<&str, &str> = BTreeMap::new();
    for back in &books.returns {
        let (id, old, new) = (text(back, "id"), text(back, "order_id"), became(back));
        if (back["status"] == "exchanged") == new.is_empty() {
            wrong.push(format!("{id} is {}, and was exchanged for {new:?}", back["status"]));
        }
        if new.is_empty() {
            continue;
        }
        if let Some(other) = made.insert(new, id) {
            wrong.push(format!("{new} is what {other} was exchanged for, and {id}"));
        }
        let (Some(old), Some(order)) = (books.orders.get(old), books.orders.get(new)) else {
            wrong.push(format!("{id} was exchanged for {new}, which is not in the list"));
            continue;
        };
        let (worth, total, exchanged) = (amount(&back["settled"], "refund"), total(order), amount(order, "exchanged"));
        let sent: i64 = swaps.iter().filter(|swap| swap.new == new).map(|swap| amount(swap.refund, "amount")).sum();
        if exchanged != worth.min(total) || sent != exchanged {
            wrong.push(format!("{new} costs {total}, got {exchanged} of {id}, which sent {sent} of {worth}"));
        }
        if total > amount(&back["exchange"], "total") {
            wrong.push(format!("{new} costs {total}, and {id} was told {}", back["exchange"]["total"]));
        }
        if order["email"] != old["email"] {
            wrong.push(format!("{new} is for {}, and {id} for {}", order["email"], old["email"]));
        }
    }
    for (id, order) in &books.orders {
        if !order["exchanged"].is_null() && !made.contains_key(id.as_str()) {
            wrong.push(format!("{id} got {} of an exchange that nobody asked for", order["exchanged"]));
        }
    }
    let sent = books.orders.values().flat_map(refunds).filter(|refund| !refund["to"]["order"].is_null()).count();
    if sent != swaps.len() {
        wrong.push(format!("{sent} refunds went to other orders, {} by returns", swaps.len()));
    }
    undone(books, &swaps, wrong);
}

/// What such an order paid back is what the order before says of it, and went on from there: each refund once, out of
/// the payment that it came of.
fn undone(books: &Books, swaps: &[Swap<'_>], wrong: &mut Vec<String>) {
    let mut on: BTreeMap<(&str, u64), (&str, &Value)> = BTreeMap::new();
    for (id, order) in &books.orders {
        let passes_on = |refund: &&Value| refund["cause"] == "unexchanged" || !refund["passes_on"].is_null();
        for refund in refunds(order).filter(passes_on) {
            let of = &refund["passes_on"];
            let key = (text(of, "order"), of["refund"].as_u64().unwrap_or_default());
            if let Some((other, _)) = on.insert(key, (id.as_str(), refund)) {
                wrong.push(format!("{}#{} went on twice, by {other} and by {id}", key.0, key.1));
            }
        }
    }
    for swap in swaps {
        let Swap { old, new, .. } = *swap;
        let Some(order) = books.orders.get(new) else { continue };
        let given = format!("{old}#{}", place(swap.refund));
        let mut back = 0;
        for refund in refunds(order).filter(|refund| swap.is_paid_back_by(refund)) {
            back += amount(refund, "amount");
            if refund["status"] != "done" || refund["reference"] != given {
                wrong.push(format!("{new} did not give {given} back: {refund}"));
            }
            let goes_on = |next: &Value| {
                let same = next["amount"] == refund["amount"] && next["payment"] == swap.refund["payment"];
                same && next["cause"] == "unexchanged" && next["to"].is_null()
            };
            let next = on.remove(&(new, place(refund)));
            if next.is_none_or(|(owner, next)| owner != old || !goes_on(next)) {
                wrong.push(format!("{new} gave {given} back, and it did not go on: {refund}"));
            }
        }
        if swap.refund["status"] != "done" || back != amount(swap.refund, "undone") {
            wrong.push(format!("{new} gave {back} of {given} back: {}", swap.refund));
        }
    }
    for ((new, place), (id, _)) in on {
        wrong.push(format!("{id} passes {new}#{place} on, which gives nothing back of an exchange"));
    }
}
