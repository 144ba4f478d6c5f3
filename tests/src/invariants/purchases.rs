//! What is on its way to the shop's shelves: purchase orders, suggestions and transfers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Books, Log, text};

/// Whether what an order has still to bring is incoming.
fn is_on_order(order: &Value) -> bool {
    matches!(text(order, "status"), "approved" | "sent" | "acknowledged" | "partially_received" | "received")
}

/// What is on order is incoming, goods were booked once, and each need has one order.
pub(super) fn purchases(books: &Books, log: &Log, wrong: &mut Vec<String>) {
    let mut received = log.received.clone();
    let mut incoming: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut open: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut held = BTreeSet::new();
    for order in &books.purchases {
        let (id, status) = (text(order, "id"), text(order, "status"));
        if status == "suggested" {
            open.entry(text(order, "supplier").to_owned()).or_default().push(id);
        }
        for line in order["lines"].as_array().into_iter().flatten() {
            let (quantity, came) =
                (line["quantity"].as_i64().unwrap_or_default(), line["received"].as_i64().unwrap_or_default());
            let place = (text(line, "sku").to_owned(), text(line, "location").to_owned());
            if is_on_order(order) {
                *incoming.entry(place).or_default() += (quantity - came).max(0);
            } else if status == "on_hold" {
                // It was put aside as approved or not: what it has still to bring is incoming or not.
                held.insert(place);
            }
            let told = received.remove(&(id.to_owned(), text(line, "sku").to_owned())).unwrap_or_default();
            if told != came {
                wrong.push(format!("{id}: {came} of {} came, {told} were booked", text(line, "sku")));
            }
        }
    }
    for (sku, place, units) in on_the_road(books) {
        *incoming.entry((sku, place)).or_default() += units;
    }
    for (place, told) in received {
        wrong.push(format!("{told} of {place:?} were booked, which no order has"));
    }
    for (supplier, orders) in open.into_iter().filter(|(_, orders)| orders.len() > 1) {
        wrong.push(format!("{supplier} has several suggested orders: {orders:?}"));
    }
    for (sku, (stock, _)) in &books.stock {
        for level in stock["locations"].as_array().into_iter().flatten() {
            let place = (sku.clone(), text(level, "location").to_owned());
            let should = incoming.get(&place).copied().unwrap_or_default();
            let is = level["incoming"].as_i64().unwrap_or_default();
            if is < should || is != should && !held.contains(&place) {
                wrong.push(format!("{place:?}: {is} incoming, {should} are on order or on the road"));
            }
        }
    }
    suggestions(books, wrong);
}

/// What transfers have on the road: SKU, location and units.
fn on_the_road(books: &Books) -> impl Iterator<Item = (String, String, i64)> {
    books.transfers.iter().flat_map(|transfer| {
        let lines = transfer["lines"].as_array().into_iter().flatten();
        lines.map(|line| {
            let units = line["in_transit"].as_i64().unwrap_or_default();
            (text(line, "sku").to_owned(), text(transfer, "to").to_owned(), units)
        })
    })
}

/// Each transfer that staff were told of is there once, and came as they booked it.
pub(super) fn transfers(books: &Books, log: &Log, wrong: &mut Vec<String>) {
    let mut told = log.transferred.clone();
    for transfer in &books.transfers {
        let id = text(transfer, "id");
        let lines = transfer["lines"].as_array().into_iter().flatten();
        let units = |line: &Value| {
            ["received", "damaged", "missing"].iter().map(|name| line[*name].as_i64().unwrap_or_default()).sum::<i64>()
        };
        let came: i64 = lines.map(units).sum();
        match told.remove(id) {
            None => wrong.push(format!("{id} is on its way and nobody was told")),
            Some(booked) if booked != came => wrong.push(format!("{id}: {came} units came, {booked} were booked")),
            Some(_) => {}
        }
    }
    wrong.extend(told.into_keys().map(|id| format!("{id} was sent and is not in the list")));
}

/// Whatever is at its reorder point stands in an order that is not approved yet, once; nothing else does.
fn suggestions(books: &Books, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for look in &books.looks {
        let (sku, place) = (text(look, "sku"), text(look, "location"));
        if !seen.insert((sku, place)) {
            wrong.push(format!("{sku} at {place} has two looks"));
        }
        let order = books.purchases.iter().find(|order| order["id"] == look["purchase_order"]);
        let status = order.map(|order| text(order, "status")).unwrap_or_default();
        let position = look["figures"]["position"].as_i64().unwrap_or_default();
        let point = look["rule"]["reorder_point"].as_i64().unwrap_or_default();
        let open = text(look, "status") == "open";
        if open && !matches!(status, "suggested" | "draft" | "on_hold") {
            wrong.push(format!("{sku} at {place}: its suggestion is open and its order is '{status}'"));
        }
        if (position <= point) != open {
            wrong.push(format!("{sku} at {place}: position {position}, reorder point {point}, {}", look["status"]));
        }
        // What was looked at is what there is: nothing moved since, or it would have been looked at again.
        if let Some((stock, _)) = books.stock.get(sku)
            && let Some(level) =
                stock["locations"].as_array().into_iter().flatten().find(|level| level["location"] == place)
        {
            let of = |shelf: &str| level[shelf].as_i64().unwrap_or_default();
            let promised = |counter: &str| stock[counter].as_i64().unwrap_or_default();
            // What waits counts at the first location, which is the one that has rules.
            let now = of("on_hand") + of("incoming") - of("committed") - promised("reserved") - promised("backordered");
            if now <= point && !open {
                wrong.push(format!("{sku} at {place}: {now} are left and nothing is suggested: {look}, {stock}"));
            }
        }
    }
}
