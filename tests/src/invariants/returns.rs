//! Returns: what was asked back, and what went back for it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::exchanges::{Swap, became, is_passed_on, swaps};
use super::{Books, Log, amount, is_credited, refunds, text};

/// Each return that a buyer was told of is there once; what went back for it is what its order says, and never more than
/// it was quoted.
pub(super) fn returns(books: &Books, log: &Log, wrong: &mut Vec<String>) {
    let swaps = swaps(books);
    let mut told = log.returned.clone();
    let mut paid: BTreeMap<&str, i64> = BTreeMap::new();
    let mut asked: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for back in &books.returns {
        let (id, order, status) = (text(back, "id"), text(back, "order_id"), text(back, "status"));
        if told.remove(id).is_none_or(|known| known != order) {
            wrong.push(format!("{id} of {order} exists, and nobody was told"));
        }
        let refund = amount(&back["settled"], "refund");
        // The way to the buyer goes back with what is last taken back, and a label costs where one was given.
        let label = back["reductions"].as_array().into_iter().flatten().filter(|one| one["rule"] == "return_label");
        let label: i64 = label.map(|one| amount(one, "amount")).sum();
        let most = amount(back, "refund") + amount(&back["settled"], "shipping") + label;
        if refund > most {
            wrong.push(format!("{id} was quoted {}, at most {most}, and paid {refund}", amount(back, "refund")));
        }
        let settled = match text(back, "resolution") {
            "credit" => "credited",
            "exchange" => "exchanged",
            _money => "refunded",
        };
        if (status == settled) == back["settled"].is_null() {
            wrong.push(format!("{id} is {status}, wants {}, and settled: {}", back["resolution"], back["settled"]));
        }
        if books.orders.get(order).is_some_and(|order| !goes_where_wanted(back, order, &swaps)) {
            wrong.push(format!("{id} wants {}, and it goes elsewhere", back["resolution"]));
        }
        *paid.entry(order).or_default() += refund;
        let open = matches!(
            status,
            "requested" | "approved" | "label_issued" | "in_transit" | "received" | "accepted" | "part_accepted"
        );
        for line in back["lines"].as_array().into_iter().flatten().filter(|_| open) {
            *asked.entry((order, text(line, "sku"))).or_default() += line["quantity"].as_i64().unwrap_or_default();
        }
    }
    wrong.extend(told.into_keys().map(|id| format!("{id} was asked for and is not in the list")));
    for (id, order) in &books.orders {
        let back = refunds(order).filter(|refund| refund["cause"] == "returned");
        let booked: i64 = back.map(|refund| amount(refund, "amount")).sum();
        let should = paid.get(id.as_str()).copied().unwrap_or_default();
        if booked != should {
            wrong.push(format!("{id}: {booked} goes back for returns that were settled at {should}"));
        }
        for line in order["lines"].as_array().into_iter().flatten() {
            let should = asked.get(&(id.as_str(), text(line, "sku"))).copied().unwrap_or_default();
            let is = line["asked_back"].as_i64().unwrap_or_default();
            let most = line["quantity"].as_i64().unwrap_or_default() - line["refunded"].as_i64().unwrap_or_default();
            if is != should || is > most {
                wrong.push(format!(
                    "{id}: {is} of {} are asked back, {should} by returns, of {most}",
                    text(line, "sku")
                ));
            }
        }
    }
}

/// Whether what goes back for a return goes where its buyer wanted it: to store credit, to the order of other goods as
/// far as those cost, or to whoever paid. What an exchange paid goes to whoever paid for that, not to store credit.
fn goes_where_wanted(back: &Value, order: &Value, swaps: &[Swap<'_>]) -> bool {
    let reason = format!("return {}", text(back, "number"));
    let mut of_it = refunds(order).filter(|refund| text(refund, "reason") == reason);
    match text(back, "resolution") {
        "credit" => of_it.all(|refund| is_credited(refund) || is_passed_on(text(order, "id"), refund, swaps)),
        "exchange" => of_it.all(|refund| refund["to"].is_null() || refund["to"]["order"] == became(back)),
        _money => of_it.all(|refund| refund["to"].is_null()),
    }
}
