//! Stock: its counters, its ledger, and the units that orders, returns and transfers account for.

use std::collections::BTreeMap;

use super::{Books, Log, text};

/// The ledger is the counters, nothing is below zero, and units neither appear nor vanish.
pub(super) fn stock(books: &Books, log: &Log, wrong: &mut Vec<String>) {
    let (mut held, mut owed, mut gone) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut waited: BTreeMap<String, i64> = BTreeMap::new();
    for order in books.orders.values() {
        for line in order["lines"].as_array().into_iter().flatten() {
            let sku = text(line, "sku").to_owned();
            let (quantity, shipped) =
                (line["quantity"].as_i64().unwrap_or_default(), line["shipped"].as_i64().unwrap_or_default());
            let (waits, dropped) =
                (line["backordered"].as_i64().unwrap_or_default(), line["dropped"].as_i64().unwrap_or_default());
            *gone.entry(sku.clone()).or_insert(0) += shipped;
            *waited.entry(sku.clone()).or_default() += waits;
            match text(order, "status") {
                "pending_payment" => *held.entry(sku).or_insert(0) += quantity,
                "placed" | "completed" => *owed.entry(sku).or_insert(0) += quantity - shipped - waits - dropped,
                _over => {}
            }
        }
    }
    let mut away: BTreeMap<&str, i64> = BTreeMap::new();
    for line in books.transfers.iter().flat_map(|transfer| transfer["lines"].as_array().into_iter().flatten()) {
        // What is on the road, and what came and is not on hand.
        let units = ["in_transit", "damaged", "missing"].map(|name| line[name].as_i64().unwrap_or_default());
        *away.entry(text(line, "sku")).or_default() += units.iter().sum::<i64>();
    }
    let (mut resold, mut unseen) = (BTreeMap::new(), BTreeMap::new());
    for line in books.returns.iter().flat_map(|back| back["lines"].as_array().into_iter().flatten()) {
        let of = |name: &str| line[name].as_i64().unwrap_or_default();
        *resold.entry(text(line, "sku")).or_insert(0) += of("resellable");
        *unseen.entry(text(line, "sku")).or_insert(0) +=
            of("received") - of("resellable") - of("damaged") - of("rejected");
    }
    for (sku, (stock, ledger)) in &books.stock {
        let mut counters = BTreeMap::new();
        let number = |name: &str| stock[name].as_i64().unwrap_or_default();
        counters.insert((String::new(), "available".to_owned()), number("available"));
        counters.insert((String::new(), "reserved".to_owned()), number("reserved"));
        counters.insert((String::new(), "backordered".to_owned()), number("backordered"));
        let (mut on_hand, mut committed, mut promisable, mut looked_at) = (0, 0, 0, 0);
        for level in stock["locations"].as_array().into_iter().flatten() {
            for shelf in ["on_hand", "committed", "incoming", "damaged", "quality_control", "buffer"] {
                let there = level[shelf].as_i64().unwrap_or_default();
                counters.insert((text(level, "location").to_owned(), shelf.to_owned()), there);
                if there < 0 {
                    wrong.push(format!("{sku}: {there} {shelf} at {}", text(level, "location")));
                }
            }
            let of = |shelf: &str| level[shelf].as_i64().unwrap_or_default();
            on_hand += of("on_hand");
            committed += of("committed");
            looked_at += of("quality_control");
            promisable += of("on_hand") - of("committed") - of("buffer");
        }
        let mut facts = vec![
            ("available", number("available"), promisable - number("reserved") - number("backordered")),
            ("backordered", number("backordered"), waited.get(sku).copied().unwrap_or_default()),
            ("reserved", number("reserved"), held.get(sku).copied().unwrap_or_default()),
            ("committed", committed, owed.get(sku).copied().unwrap_or_default()),
        ];
        let booked = log.booked.get(sku).copied().unwrap_or_default();
        let left = gone.get(sku).copied().unwrap_or_default() + away.get(sku.as_str()).copied().unwrap_or_default();
        let back = resold.get(sku.as_str()).copied().unwrap_or_default();
        facts.push(("on hand", on_hand, booked - left + back));
        facts.push(("to be looked at", looked_at, unseen.get(sku.as_str()).copied().unwrap_or_default()));
        for (what, is, should) in facts {
            if is != should {
                wrong.push(format!("{sku}: {is} {what}, it should be {should}"));
            }
        }
        if number("reserved") < 0 || (number("available") < 0 && !log.counted.contains(sku)) {
            wrong.push(format!("{sku}: {} available, {} reserved", number("available"), number("reserved")));
        }
        let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in ledger {
            let key = (text(entry, "location").to_owned(), text(entry, "quantity").to_owned());
            *sums.entry(key).or_default() += entry["delta"].as_i64().unwrap_or_default();
        }
        for (key, counter) in &counters {
            let sum = sums.remove(key).unwrap_or_default();
            if sum != *counter {
                wrong.push(format!("{sku} {key:?}: the ledger sums to {sum}, the counter is {counter}"));
            }
        }
        for (key, sum) in sums.into_iter().filter(|(key, sum)| *sum != 0 && key.1 != "sellable") {
            wrong.push(format!("{sku} {key:?}: the ledger sums to {sum} of what nobody counts"));
        }
    }
}
