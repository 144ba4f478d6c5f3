//! What has to hold once everything has settled, whatever happened before.
//!
//! Looks at the shop as staff do, at the mailbox, at the queues and at the payment provider's own books.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::world::{Accepted, World};

/// What does not hold; and how many orders and refunds came to which end.
pub(super) async fn check(world: &World) -> (Vec<String>, BTreeMap<String, usize>) {
    let orders = orders(world).await;
    let (mut wrong, mut ends) = (Vec::new(), BTreeMap::new());
    for order in orders.values() {
        *ends.entry(text(order, "status").to_owned()).or_default() += 1;
        for refund in order["refunds"].as_array().into_iter().flatten() {
            *ends.entry(format!("refund {} {}", text(refund, "cause"), text(refund, "status"))).or_default() += 1;
        }
    }
    once(world, &orders, &mut wrong).await;
    done(world, &orders, &mut wrong);
    money(world, &orders, &mut wrong);
    stock(world, &orders, &mut wrong).await;
    mails(world, &orders, &mut wrong);
    holds(world, &orders, &mut wrong);
    rest(world, &mut wrong);
    wrong.append(&mut world.log.borrow_mut().surprises);
    (wrong, ends)
}

/// All orders in full, by id.
async fn orders(world: &World) -> BTreeMap<String, Value> {
    let mut orders = BTreeMap::new();
    for entry in world.list("/api/orders").await {
        let id = text(&entry, "id").to_owned();
        let order = world.read(&format!("/api/orders/{id}")).await;
        let mut surprises = Vec::new();
        for axis in ["status", "payment_status", "shipment_status"] {
            if entry[axis] != order[axis] {
                surprises.push(format!("{id}: the list has its {axis} as {}, it is {}", entry[axis], order[axis]));
            }
        }
        if orders.insert(id.clone(), order).is_some() {
            surprises.push(format!("{id} is in the list twice"));
        }
        world.log.borrow_mut().surprises.append(&mut surprises);
    }
    orders
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn amount(order: &Value, name: &str) -> i64 {
    order[name]["amount"].as_i64().unwrap_or_default()
}

fn total(order: &Value) -> i64 {
    amount(&order["totals"], "total")
}

/// Every accepted order exists once, as it was told; no cart has two; what nobody was told of was asked for.
async fn once(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    let accepted = world.log.borrow().accepted.clone();
    for (id, told) in &accepted {
        match orders.get(id) {
            None => {
                let (status, _) =
                    world.ask(http::Method::GET, &format!("/api/orders/{id}"), &Value::Null, Some("owner")).await;
                wrong.push(format!("{id} was accepted and is not in the list (asked for it: {status})"));
            }
            Some(order) if total(order) != told.total => {
                wrong.push(format!("{id} was told to cost {} and costs {}", told.total, total(order)));
            }
            Some(_) => {}
        }
    }
    let mut buyers = BTreeSet::new();
    for (id, order) in orders {
        if !buyers.insert(text(order, "email")) {
            wrong.push(format!("{id}: its buyer has two orders of one cart"));
        }
        if !accepted.contains_key(id) {
            wrong.push(format!("{id} exists and its buyer was never told"));
        }
    }
}

/// What staff did once, and were answered, was done once, however often they had to ask.
fn done(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    let log = world.log.borrow();
    for (id, order) in orders {
        let told = |act| log.done.get(&(id.clone(), act)).copied().unwrap_or_default();
        let parcels = order["shipments"].as_array().map_or(0, Vec::len);
        let refunds = order["refunds"].as_array().into_iter().flatten();
        let asked: BTreeSet<_> =
            refunds.filter(|refund| refund["cause"] == "requested").map(|refund| refund["at"].to_string()).collect();
        if parcels != told("ship") {
            wrong.push(format!("{id}: {parcels} parcels left, staff sent {}", told("ship")));
        }
        if asked.len() > told("refund") {
            wrong.push(format!("{id}: {} refunds, staff asked for {}", asked.len(), told("refund")));
        }
    }
}

/// Money in is money out and what stays, in our books and in the provider's.
fn money(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    let log = world.log.borrow();
    let mut provider = world.engine.stripe().balances();
    for (id, order) in orders {
        let (came, back, due) = (amount(order, "captured"), amount(order, "refunded"), amount(order, "refund_due"));
        let card = log.accepted.get(id).is_some_and(|told: &Accepted| told.card);
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

/// The ledger is the counters, nothing is below zero, and units neither appear nor vanish.
async fn stock(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    let (mut held, mut owed, mut gone) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for order in orders.values() {
        for line in order["lines"].as_array().into_iter().flatten() {
            let sku = text(line, "sku").to_owned();
            let (quantity, shipped) =
                (line["quantity"].as_i64().unwrap_or_default(), line["shipped"].as_i64().unwrap_or_default());
            *gone.entry(sku.clone()).or_insert(0) += shipped;
            match text(order, "status") {
                "pending_payment" => *held.entry(sku).or_insert(0) += quantity,
                "placed" | "completed" => *owed.entry(sku).or_insert(0) += quantity - shipped,
                _over => {}
            }
        }
    }
    for entry in world.list("/api/stock").await {
        let sku = text(&entry, "sku").to_owned();
        let stock = world.read(&format!("/api/stock/{sku}")).await;
        let mut counters = BTreeMap::new();
        let number = |name: &str| stock[name].as_i64().unwrap_or_default();
        counters.insert((String::new(), "available".to_owned()), number("available"));
        counters.insert((String::new(), "reserved".to_owned()), number("reserved"));
        let (mut on_hand, mut committed, mut promisable) = (0, 0, 0);
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
            promisable += of("on_hand") - of("committed") - of("buffer");
        }
        let mut facts = vec![
            ("available", number("available"), promisable - number("reserved")),
            ("reserved", number("reserved"), held.get(&sku).copied().unwrap_or_default()),
            ("committed", committed, owed.get(&sku).copied().unwrap_or_default()),
        ];
        let booked = world.log.borrow().booked.get(&sku).copied().unwrap_or_default();
        facts.push(("on hand", on_hand, booked - gone.get(&sku).copied().unwrap_or_default()));
        for (what, is, should) in facts {
            if is != should {
                wrong.push(format!("{sku}: {is} {what}, it should be {should}"));
            }
        }
        if number("reserved") < 0 || (number("available") < 0 && !world.log.borrow().counted.contains(&sku)) {
            wrong.push(format!("{sku}: {} available, {} reserved", number("available"), number("reserved")));
        }
        let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
        for entry in world.list(&format!("/api/stock/{sku}/ledger")).await {
            let key = (text(&entry, "location").to_owned(), text(&entry, "quantity").to_owned());
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

/// How many mails there have to be of a kind: at least and at most.
type Bounds = (&'static str, usize, usize);

/// Each mail that must be sent was sent, and none twice.
fn mails(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    let mails = world.engine.mails();
    let mut ids = BTreeSet::new();
    let mut subjects: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mails {
        let id = mail.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("message-id"));
        if !ids.insert(id.map(|(_, id)| id.clone())) {
            wrong.push(format!("a mail was sent twice: {} to {:?}", mail.subject, mail.to));
        }
        subjects.entry(mail.to.join(",")).or_default().push(mail.subject);
    }
    for (id, order) in orders {
        let sent = subjects.remove(text(order, "email")).unwrap_or_default();
        for (kind, least, most) in expected(order) {
            let count = sent.iter().filter(|subject| subject.contains(kind)).count();
            if count < least || count > most {
                wrong.push(format!("{id}: {count} mails '{kind}', {least} to {most} should be: {sent:?}"));
            }
        }
    }
    for (to, sent) in subjects {
        wrong.push(format!("{to} has no order and got {sent:?}"));
    }
}

fn expected(order: &Value) -> [Bounds; 5] {
    let bank = order["payment_method"] == "bank_transfer";
    let status = text(order, "status");
    let parts = |name: &str| order[name].as_array().cloned().unwrap_or_default();
    let refunds = parts("refunds");
    let paid_before = refunds.iter().any(|refund| refund["cause"] == "canceled");
    let confirmed = match status {
        "placed" | "completed" => (1, 1),
        "canceled" if paid_before => (1, 1),
        // Money may have come and gone back in full before it was called off.
        "canceled" => (0, 1),
        _unpaid => (0, 0),
    };
    let canceled = match status {
        "canceled" => (1, 1),
        "expired" if bank && amount(order, "captured") == 0 => (1, 1),
        // It expired and was paid after all, before or after somebody was told.
        "expired" | "placed" | "completed" if bank => (0, 1),
        _other => (0, 0),
    };
    let received = usize::from(bank);
    let sent = refunds.iter().filter(|refund| refund["status"] == "done").count();
    [
        ("received", received, received),
        ("confirmed", confirmed.0, confirmed.1),
        ("is on its way", parts("shipments").len(), parts("shipments").len()),
        ("is cancelled", canceled.0, canceled.1),
        ("We've refunded", sent, sent),
    ]
}

/// No hold outlives its time.
fn holds(world: &World, orders: &BTreeMap<String, Value>, wrong: &mut Vec<String>) {
    for (id, order) in orders {
        let until = order["held_until"].as_str().and_then(|until| until.parse::<jiff::Timestamp>().ok());
        if until.is_some_and(|until| until < world.now()) {
            wrong.push(format!("{id} still holds its stock, which was to end at {}", order["held_until"]));
        }
    }
}

/// Nothing waits, and only poison died.
fn rest(world: &World, wrong: &mut Vec<String>) {
    let poison = world.log.borrow().poison.clone();
    for queue in world.engine.queues() {
        let waiting = queue.visible + queue.in_flight + queue.delayed;
        if waiting > 0 {
            let messages: Vec<String> = world.engine.messages(&queue.name).into_iter().map(|one| one.body).collect();
            wrong.push(format!("{waiting} messages wait in {}: {messages:?}", queue.name));
        }
        let dead: BTreeSet<String> =
            world.engine.dead_letters(&queue.name).into_iter().map(|letter| letter.body).collect();
        let should = poison.get(&queue.name).cloned().unwrap_or_default();
        if dead != should {
            wrong.push(format!("{}: {dead:?} died, {should:?} should have", queue.name));
        }
    }
    for parked in world.engine.parked() {
        wrong.push(format!("a stream's batch was given up: {}", parked.key));
    }
}
