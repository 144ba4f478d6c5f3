//! What has to hold once everything has settled, whatever happened before and wherever the shop runs.
//!
//! Looks at plain data alone: the shop's books as staff read them, the mailbox, the queues, the payment provider's own
//! books, and what people were told. Who runs a shop fills them in.

mod credit;
mod exchanges;
mod mails;
mod money;
mod purchases;
mod returns;
mod stock;
mod warranties;

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
    /// What of it store credit paid.
    pub credit: i64,
    /// Whether it is paid by card; otherwise by bank transfer, or not at all where nothing is left to pay.
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
    /// The claims that holders were told of, with their certificates.
    pub claimed: BTreeMap<String, String>,
    /// The addresses that warranties were offered to.
    pub offered: BTreeSet<String>,
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
        let (total, credit) = (total(&answer["order"]), amount(&answer["order"], "credit"));
        let told = Accepted { cart: cart.to_owned(), total, credit, card };
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
    /// The warranty certificates, by id.
    pub certificates: BTreeMap<String, Value>,
    /// The claims on them.
    pub claims: Vec<Value>,
    /// The store credit of each address whose order or return gave some.
    pub credit: BTreeMap<String, Value>,
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
        let mut certificates = BTreeMap::new();
        for id in orders.keys() {
            for one in all(&read, &format!("/api/warranties?order_id={id}")).await {
                certificates.insert(text(&one, "id").to_owned(), one);
            }
        }
        let claims = all(&read, "/api/warranty-claims").await;
        let gave = orders.values().filter(|order| refunds(order).any(is_credited)).chain(&returns);
        let owners: BTreeSet<String> = gave.map(|one| text(one, "email").to_owned()).collect();
        let mut credit = BTreeMap::new();
        for email in owners {
            let account = read(format!("/api/store-credit?email={email}")).await;
            credit.insert(email, account);
        }
        let looks = all(&read, "/api/reorder-suggestions").await;
        Self { listed, orders, unlisted, stock, purchases, transfers, returns, certificates, claims, credit, looks }
    }
}

/// All items of a list, over all of its pages.
async fn all(read: &impl AsyncFn(String) -> Value, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = read(format!("{path}{joint}{cursor}")).await;
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
    for claim in &standing.books.claims {
        let remedy = claim["resolution"].as_str().unwrap_or("nothing");
        *ends.entry(format!("claim {} by {remedy}", text(claim, "status"))).or_default() += 1;
    }
    for one in standing.books.certificates.values() {
        *ends.entry(format!("certificate {}", text(one, "status"))).or_default() += 1;
    }
    for order in orders.values() {
        *ends.entry(text(order, "status").to_owned()).or_default() += 1;
        if !order["exchanged"].is_null() {
            *ends.entry(format!("exchange {}", text(order, "status"))).or_default() += 1;
        }
        for refund in refunds(order) {
            *ends.entry(format!("refund {} {}", text(refund, "cause"), text(refund, "status"))).or_default() += 1;
        }
    }
    let accounts = standing.books.credit.values();
    for entry in accounts.flat_map(|account| account["entries"].as_array().into_iter().flatten()) {
        *ends.entry(format!("credit {}", text(entry, "cause"))).or_default() += 1;
    }
    listed(&standing.books, &mut wrong);
    once(&standing.books, log, &mut wrong);
    done(orders, log, &mut wrong);
    money::money(standing, log, &mut wrong);
    stock::stock(&standing.books, log, &mut wrong);
    purchases::purchases(&standing.books, log, &mut wrong);
    purchases::transfers(&standing.books, log, &mut wrong);
    returns::returns(&standing.books, log, &mut wrong);
    exchanges::exchanges(&standing.books, &mut wrong);
    credit::credit(&standing.books, &mut wrong);
    warranties::warranties(&standing.books, log, &standing.mails, &mut wrong);
    mails::mails(standing, log, &mut wrong);
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

fn refunds(order: &Value) -> impl Iterator<Item = &Value> {
    order["refunds"].as_array().into_iter().flatten()
}

/// Whether a refund goes to store credit: its buyer wanted it there, or that is what paid.
fn is_credited(refund: &Value) -> bool {
    refund["to"] == "credit" || refund["to"].is_null() && refund["payment"] == "store credit"
}

/// Every accepted order exists once, as it was told; no cart has two; what nobody was told of was asked for, or is had
/// in exchange.
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
            Some(order) if amount(order, "credit") != told.credit => {
                wrong.push(format!("{id} was told to take {} of credit and took {}", told.credit, order["credit"]));
            }
            Some(_) => {}
        }
    }
    let exchanged: BTreeSet<&str> = books.returns.iter().map(exchanges::became).collect();
    let mut buyers = BTreeSet::new();
    let bought = |id: &str, order: &Value| !exchanged.contains(id) && warranties::replacement_of(order).is_empty();
    // What was had in exchange, or replaces something, nobody checked out: it is the buyer's or the holder's.
    for (id, order) in orders.iter().filter(|(id, order)| bought(id, order)) {
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
        let asked = refunds(order).filter(|refund| refund["cause"] == "requested");
        let asked: BTreeSet<_> = asked.map(|refund| refund["at"].to_string()).collect();
        if parcels != told("ship") {
            wrong.push(format!("{id}: {parcels} parcels left, staff sent {}", told("ship")));
        }
        if asked.len() > told("refund") {
            wrong.push(format!("{id}: {} refunds, staff asked for {}", asked.len(), told("refund")));
        }
    }
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
