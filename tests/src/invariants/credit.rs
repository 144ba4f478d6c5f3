//! Store credit: every balance is its entries, and every entry is an order or a refund that the books have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Books, amount, is_credited, refunds, text};

/// An entry: whose account it is on, why, and by how much.
type Entry<'a> = (&'a str, &'a str, i64);

/// Each order that store credit paid and each refund that went there has one entry, on the right account; nothing else
/// has one.
pub(super) fn credit(books: &Books, wrong: &mut Vec<String>) {
    let mut entries: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for (owner, account) in &books.credit {
        adds_up(owner, account, wrong);
        for entry in account["entries"].as_array().into_iter().flatten() {
            let found = (owner.as_str(), text(entry, "cause"), amount(entry, "delta"));
            entries.entry(text(entry, "reference")).or_default().push(found);
        }
    }
    for (id, order) in &books.orders {
        let spent = entries.get(id.as_str()).and_then(|found| found.first());
        let payer = spent.map(|entry| entry.0).unwrap_or_default();
        let mut should: Vec<(String, Entry<'_>)> = Vec::new();
        if !order["credit"].is_null() {
            should.push((id.clone(), (payer, "spent", -amount(order, "credit"))));
        }
        for refund in refunds(order).filter(|refund| is_credited(refund)) {
            // What paid gets its own back; all else is the buyer's.
            let to_buyer = refund["to"] == "credit";
            let owner = if to_buyer { text(order, "email") } else { payer };
            let cause = if to_buyer { "returned" } else { "given_back" };
            if refund["status"] == "done" {
                should.push((format!("{id}#{}", refund["id"]), (owner, cause, amount(refund, "amount"))));
            } else {
                wrong.push(format!("{id}: {} are still on their way to store credit", refund["amount"]));
            }
        }
        for (reference, one) in should {
            let found = entries.remove(reference.as_str()).unwrap_or_default();
            if found != [one] {
                wrong.push(format!("{reference} is to have the entry {one:?}, and has {found:?}"));
            }
        }
    }
    for (reference, found) in entries {
        wrong.push(format!("{reference} has {found:?} on store credit, which nothing is for"));
    }
}

/// An account's entries stand newest first, without a gap; each says what was there then, never less than nothing, and
/// all of them come to its balance.
fn adds_up(owner: &str, account: &Value, wrong: &mut Vec<String>) {
    let entries: Vec<&Value> = account["entries"].as_array().into_iter().flatten().collect();
    let (mut sum, mut references) = (0, BTreeSet::new());
    for (number, entry) in (1_u64..).zip(entries.into_iter().rev()) {
        sum += amount(entry, "delta");
        let after = amount(entry, "after");
        if entry["number"] != number || after != sum || after < 0 {
            wrong.push(format!("{owner}'s store credit comes to {sum} at its entry {number}: {entry}"));
        }
        if !references.insert(text(entry, "reference")) {
            wrong.push(format!("{owner}'s store credit moved twice for one thing: {entry}"));
        }
    }
    if amount(account, "balance") != sum {
        wrong.push(format!("{owner}'s store credit is {}, its entries come to {sum}", account["balance"]));
    }
}
