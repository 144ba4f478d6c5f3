//! What has to hold once everything has settled, whatever happened before and wherever the shop runs.
//!
//! Looks at plain data alone: the shop's books as staff read them, the mailbox, the queues, the payment provider's own
//! books, and what people were told. Who runs a shop fills them in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

/// Where the supplier's mails go, and those to staff.
pub const SUPPLIER: &str = "orders@acme.example.com";
const STAFF: &str = "owner@example.com";

/// The subject of the mail with a sign-in link.
pub const SIGN_IN: &str = "Your sign-in link";

/// An order that the shop accepted, as its buyer was told.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The cart that it was made of.
    pub cart: String,
    /// What it costs.
    pub total: i64,
    /// Whether it is paid by card; otherwise by bank transfer.
    pub card: bool,
}

/// What people know.
#[derive(Debug, Default)]
pub struct Log {
    /// By order.
    pub accepted: BTreeMap<String, Accepted>,
    /// The orders that staff marked paid.
    pub marked_paid: BTreeSet<String>,
    /// How often an order was told that a parcel left, or that money goes back.
    pub done: BTreeMap<(String, &'static str), usize>,
    /// What adjustments booked on hand, by SKU.
    pub booked: BTreeMap<String, i64>,
    /// How many of a SKU staff were told that they had received of a purchase order.
    pub received: BTreeMap<(String, String), i64>,
    /// The transfers that staff were told of: what came of each, damaged and missing ones among it.
    pub transferred: BTreeMap<String, i64>,
    /// The returns that buyers were told of, with their orders.
    pub returned: BTreeMap<String, String>,
    /// The SKUs that were counted, or sold on backorder: less may be there than was promised.
    pub counted: BTreeSet<String>,
    /// The addresses that a sign-in link was asked for, and granted.
    pub signing_in: BTreeSet<String>,
    /// What was put into queues that no function can read, by queue.
    pub poison: BTreeMap<String, BTreeSet<String>>,
    /// What should never have been answered.
    pub surprises: Vec<String>,
}

impl Log {
    /// Notes an accepted order; its id, and the secret of its link.
    pub fn accept(&mut self, answer: &Value, cart: &str, card: bool) -> (String, String) {
        let id = text(&answer["order"], "id").to_owned();
        let told = Accepted { cart: cart.to_owned(), total: total(&answer["order"]), card };
        if let Some(before) = self.accepted.insert(id.clone(), told) {
            self.surprises.push(format!("{id} was told to two carts, {} among them", before.cart));
        }
        let link = text(answer, "view_url").split("token=").nth(1).unwrap_or_default().to_owned();
        (id, link)
    }
}

/// What the shop says over its API.
#[derive(Debug, Default)]
pub struct Books {
    /// The entries of the list of orders.
    pub listed: Vec<Value>,
    /// The orders in full, by id.
    pub orders: BTreeMap<String, Value>,
    /// What is answered about each order that was accepted and is not in the list.
    pub unlisted: BTreeMap<String, Value>,
    /// Stock and its ledger's entries, by SKU.
    pub stock: BTreeMap<String, (Value, Vec<Value>)>,
    /// The purchase orders.
    pub purchases: Vec<Value>,
    /// The transfers between locations.
    pub transfers: Vec<Value>,
    /// The returns.
    pub returns: Vec<Value>,
    /// The latest look at each SKU that has a reorder rule.
    pub looks: Vec<Value>,
}

impl Books {
    /// Reads them; `read` answers a path as staff are answered.
    pub async fn read(accepted: &[String], read: impl AsyncFn(String) -> Value) -> Self {
        let listed = all(&read, "/api/orders").await;
        let mut orders = BTreeMap::new();
        for entry in &listed {
            let id = text(entry, "id").to_owned();
            let order = read(format!("/api/orders/{id}")).await;
            orders.insert(id, order);
        }
        let mut unlisted = BTreeMap::new();
        for id in accepted {
            if !orders.contains_key(id) {
                unlisted.insert(id.clone(), read(format!("/api/orders/{id}")).await);
            }
        }
        let mut stock = BTreeMap::new();
        for entry in all(&read, "/api/stock").await {
            let sku = text(&entry, "sku").to_owned();
            let counters = read(format!("/api/stock/{sku}")).await;
            let ledger = all(&read, &format!("/api/stock/{sku}/ledger")).await;
            stock.insert(sku, (counters, ledger));
        }
        let purchases = all(&read, "/api/purchase-orders").await;
        let transfers = all(&read, "/api/transfers").await;
        let returns = all(&read, "/api/returns").await;
        let looks = all(&read, "/api/reorder-suggestions").await;
        Self { listed, orders, unlisted, stock, purchases, transfers, returns, looks }
    }
}

/// All items of a list, over all of its pages.
async fn all(read: &impl AsyncFn(String) -> Value, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = read(format!("{path}?{cursor}")).await;
        items.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(next) => cursor = format!("cursor={next}"),
            None => return items,
        }
    }
}

/// A mail that was sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What no other mail has.
    pub id: String,
    /// Whom it went to.
    pub to: String,
    /// Its subject.
    pub subject: String,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// What its messages say, those in flight too.
    pub waiting: Vec<String>,
    /// What its dead letters say.
    pub dead: BTreeSet<String>,
}

/// The shop as it stands.
#[derive(Debug)]
pub struct Standing {
    /// What it says.
    pub books: Books,
    /// The mails that were sent.
    pub mails: Vec<Mail>,
    /// The queues.
    pub queues: Vec<Queue>,
    /// The batches of streams that were given up.
    pub parked: Vec<String>,
    /// What came in and went back for each order at the payment provider.
    pub provider: BTreeMap<String, (i64, i64)>,
    /// What time it is.
    pub now: Timestamp,
}

/// What does not hold; and how many orders and refunds came to which end.
pub fn check(standing: &Standing, log: &Log) -> (Vec<String>, BTreeMap<String, usize>) {
    let orders = &standing.books.orders;
    let (mut wrong, mut ends) = (Vec::new(), BTreeMap::new());
    for order in &standing.books.purchases {
        *ends.entry(format!("purchase {}", text(order, "status"))).or_default() += 1;
    }
    for transfer in &standing.books.transfers {
        *ends.entry(format!("transfer {}", text(transfer, "status"))).or_default() += 1;
    }
    for back in &standing.books.returns {
        *ends.entry(format!("return {}", text(back, "status"))).or_default() += 1;
    }
    for order in orders.values() {
        *ends.entry(text(order, "status").to_owned()).or_default() += 1;
        for refund in order["refunds"].as_array().into_iter().flatten() {
            *ends.entry(format!("refund {} {}", text(refund, "cause"), text(refund, "status"))).or_default() += 1;
        }
    }
    listed(&standing.books, &mut wrong);
    once(&standing.books, log, &mut wrong);
    done(orders, log, &mut wrong);
    money(standing, log, &mut wrong);
    stock(&standing.books, log, &mut wrong);
    purchases(&standing.books, log, &mut wrong);
    transfers(&standing.books, log, &mut wrong);
    returns(&standing.books, log, &mut wrong);
    mails(standing, log, &mut wrong);
    holds(standing, &mut wrong);
    rest(standing, log, &mut wrong);
    wrong.extend(log.surprises.iter().cloned());
    (wrong, ends)
}

/// The list has each order once, as it is.
fn listed(books: &Books, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for entry in &books.listed {
        let id = text(entry, "id");
        if !seen.insert(id) {
            wrong.push(format!("{id} is in the list twice"));
        }
        let Some(order) = books.orders.get(id) else { continue };
        for axis in ["status", "payment_status", "shipment_status"] {
            if entry[axis] != order[axis] {
                wrong.push(format!("{id}: the list has its {axis} as {}, it is {}", entry[axis], order[axis]));
            }
        }
    }
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
fn once(books: &Books, log: &Log, wrong: &mut Vec<String>) {
    let orders = &books.orders;
    for (id, told) in &log.accepted {
        match orders.get(id) {
            None => {
                let answer = books.unlisted.get(id).cloned().unwrap_or_default();
                wrong.push(format!("{id} was accepted and is not in the list (asked for it: {answer})"));
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
        if !log.accepted.contains_key(id) {
            wrong.push(format!("{id} exists and its buyer was never told"));
        }
    }
}

/// What staff did once, and were answered, was done once, however often they had to ask.
fn done(orders: &BTreeMap<String, Value>, log: &Log, wrong: &mut Vec<String>) {
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
fn money(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
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

/// The ledger is the counters, nothing is below zero, and units neither appear nor vanish.
fn stock(books: &Books, log: &Log, wrong: &mut Vec<String>) {
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

/// Whether what an order has still to bring is incoming.
fn is_on_order(order: &Value) -> bool {
    matches!(text(order, "status"), "approved" | "sent" | "acknowledged" | "partially_received" | "received")
}

/// What is on order is incoming, goods were booked once, and each need has one order.
fn purchases(books: &Books, log: &Log, wrong: &mut Vec<String>) {
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
fn transfers(books: &Books, log: &Log, wrong: &mut Vec<String>) {
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

/// Each return that a buyer was told of is there once; what went back for it is what its order says, and never more than
/// it was quoted.
fn returns(books: &Books, log: &Log, wrong: &mut Vec<String>) {
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
        if (status == "refunded") == back["settled"].is_null() {
            wrong.push(format!("{id} is {status}, and settled: {}", back["settled"]));
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
        let refunds = order["refunds"].as_array().into_iter().flatten().filter(|refund| refund["cause"] == "returned");
        let booked: i64 = refunds.map(|refund| amount(refund, "amount")).sum();
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

/// How many mails there have to be of a kind: at least and at most.
type Bounds = (&'static str, usize, usize);

/// Each mail that must be sent was sent, and none twice.
fn mails(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    let mut subjects: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut links = BTreeSet::new();
    for mail in &standing.mails {
        if !ids.insert(mail.id.as_str()) {
            wrong.push(format!("a mail was sent twice: {} to {}", mail.subject, mail.to));
        }
        if mail.subject == SIGN_IN {
            links.insert(mail.to.as_str());
        } else {
            subjects.entry(&mail.to).or_default().push(&mail.subject);
        }
    }
    // How many, nobody knows: an answer may have been lost, and five an hour are enough.
    for to in log.signing_in.iter().map(String::as_str).filter(|to| !links.remove(to)) {
        wrong.push(format!("{to} asked for a sign-in link and got none"));
    }
    wrong.extend(links.into_iter().map(|to| format!("{to} asked for no sign-in link and got one")));
    for (id, order) in &standing.books.orders {
        let sent = subjects.remove(text(order, "email")).unwrap_or_default();
        for (kind, least, most) in expected(order) {
            let count = sent.iter().filter(|subject| subject.contains(kind)).count();
            if count < least || count > most {
                wrong.push(format!("{id}: {count} mails '{kind}', {least} to {most} should be: {sent:?}"));
            }
        }
    }
    for (id, order) in &standing.books.orders {
        let approval = format!("Return for {} approved", text(order, "number"));
        let told = standing.mails.iter().filter(|mail| mail.subject == approval).count();
        let of_it = |back: &&Value| text(back, "order_id") == id && !back["due"].is_null();
        let approved: Vec<&Value> = standing.books.returns.iter().filter(of_it).collect();
        // Where it was called off before the mail was written, there was nothing to tell.
        let off = approved.iter().filter(|back| matches!(text(back, "status"), "canceled" | "expired")).count();
        if told > approved.len() || told + off < approved.len() {
            wrong.push(format!("{id}: {told} mails say that a return is approved, {} should", approved.len()));
        }
    }
    for (id, order) in &standing.books.orders {
        let number = text(order, "number");
        let told = standing.mails.iter().filter(|mail| {
            mail.subject.contains(number)
                && ["has to wait", "is not in stock"].iter().any(|kind| mail.subject.contains(kind))
        });
        let told = told.count();
        let lines = order["lines"].as_array().into_iter().flatten();
        let short = lines.filter(|line| line["backordered"].is_number() || line["dropped"].is_number()).count() > 0;
        let goes_on = matches!(text(order, "status"), "placed" | "completed");
        // Once when it is short, once more when what waits is called off.
        if told > 2 || told == 0 && short && goes_on {
            wrong.push(format!("{id} got {told} mails about what is not there"));
        }
    }
    // What suppliers and staff get is told by no order of a buyer.
    let mut bought: BTreeSet<&str> = BTreeSet::new();
    for (to, sent) in &subjects {
        bought.extend(sent.iter().filter(|_| *to == SUPPLIER));
    }
    // Where it was over before the mail was written, there was nothing to tell.
    let over = |order: &Value| matches!(text(order, "status"), "canceled" | "received" | "closed");
    for order in standing.books.purchases.iter().filter(|order| !order["sent"].is_null() && !over(order)) {
        let number = text(order, "number");
        if !bought.contains(format!("Purchase order {number}").as_str()) {
            wrong.push(format!("purchase order {number} was sent, and its supplier got no mail"));
        }
    }
    for (to, sent) in subjects.into_iter().filter(|(to, _)| ![SUPPLIER, STAFF].contains(to)) {
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
fn holds(standing: &Standing, wrong: &mut Vec<String>) {
    for (id, order) in &standing.books.orders {
        let until = order["held_until"].as_str().and_then(|until| until.parse::<Timestamp>().ok());
        if until.is_some_and(|until| until < standing.now) {
            wrong.push(format!("{id} still holds its stock, which was to end at {}", order["held_until"]));
        }
    }
}

/// Nothing waits, and only poison died.
fn rest(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
    for queue in &standing.queues {
        if !queue.waiting.is_empty() {
            wrong.push(format!("{} messages wait in {}: {:?}", queue.waiting.len(), queue.name, queue.waiting));
        }
        let should = log.poison.get(&queue.name).cloned().unwrap_or_default();
        if queue.dead != should {
            wrong.push(format!("{}: {:?} died, {should:?} should have", queue.name, queue.dead));
        }
    }
    for key in &standing.parked {
        wrong.push(format!("a stream's batch was given up: {key}"));
    }
}
