//! A shop full of people while services fail: what has to hold after a simulation has to hold after it too.
//!
//! Nothing fails while the shop opens. Then shoppers buy and staff work under the faults of `faults.py`, and ask again,
//! under the same Idempotency-Key, what was not answered. When the last has left the faults end, and what was begun has
//! to come to its end: each look at the shop is compared with `tests::invariants`, until two in a row find nothing wrong.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use futures::future::join_all;
use http::Method;
use local::stripe::{Act, Stripe};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tests::Shop;
use tests::cloud::{Cloud, now};
use tests::invariants::{Books, Log, Queue, Standing, check};

use super::{Deployment, hold_for};

/// What is sold, and how many of each there are at first: one is scarce.
const SKUS: [(&str, i64); 3] = [("MUG-1", 200), ("PLATE-1", 60), ("JUG-1", 8)];

const SHOPPERS: u64 = 48;

/// How many shop at once.
const LANES: u64 = 6;

/// How long an order by bank transfer holds its stock, seconds.
const HOLD_SECS: i64 = 60;

/// How often somebody asks again who got no answer. Faults are rare enough that one of these is answered.
const TRIES: u32 = 25;

/// How long staff wait for an order to be paid and allocated: two messages that failed are given again within.
const PATIENCE: Duration = Duration::from_secs(240);

/// How long everything may take to settle: a mail that failed three times, and a hold.
const CALM: Duration = Duration::from_secs(600);

/// How often it is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Everybody, and what they know.
struct Crowd {
    shop: Shop,
    log: Mutex<Log>,
    serial: AtomicU64,
    seed: u64,
}

/// Whether all is well after a storm of this seed.
pub(crate) async fn burst(mut deployment: Deployment, cloud: Cloud, stripe: &Stripe, seed: u64) -> bool {
    let cloud = cloud.insistent(TRIES);
    let shop = Shop::deployed(cloud.clone(), "burst", HOLD_SECS);
    let crowd = Crowd { shop, log: Mutex::default(), serial: AtomicU64::new(0), seed };
    crowd.open().await;

    deployment.say("storm");
    let began = Instant::now();
    join_all((0..LANES).map(|lane| crowd.lane(lane))).await;
    let told = deployment.say("calm");
    println!("the faults ended after {} s: {told}", began.elapsed().as_secs());
    let struck: u64 = told["faults"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();

    let calm = Instant::now();
    let mut well = 0;
    let (wrong, ends, mails) = loop {
        cloud.deliver().await;
        let standing = crowd.standing(&mut deployment, &cloud, stripe).await;
        let (wrong, ends) = check(&standing, &crowd.log());
        well = if wrong.is_empty() { well + 1 } else { 0 };
        if well == 2 || calm.elapsed() > CALM {
            break (wrong, ends, standing.mails.len());
        }
        tokio::time::sleep(LOOK).await;
    };
    println!("settled after {} s: {}", calm.elapsed().as_secs(), named(&ends));
    for one in &wrong {
        println!("  {one}");
    }
    let orders = crowd.log().accepted.len();
    let (requests, broken) = (&told["requests"], wrong.len());
    println!("faults {seed}: {orders} orders, {mails} mails, {requests} calls, {struck} faults, {broken} things wrong");
    broken == 0 && struck > 0 && orders > 0
}

fn named(ends: &BTreeMap<String, usize>) -> String {
    let ends: Vec<String> = ends.iter().map(|(end, count)| format!("{count} {end}")).collect();
    ends.join(", ")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

impl Crowd {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }

    fn surprise(&self, what: String) {
        self.log().surprises.push(what);
    }

    fn key(&self) -> String {
        format!("burst-{}", self.serial.fetch_add(1, Ordering::SeqCst))
    }

    /// A request under a key: its status and its body.
    async fn ask(&self, method: Method, path: &str, body: &Value, role: Option<&str>, key: &str) -> (u16, Value) {
        let mut ask = self.shop.ask(method.clone(), path).header("accept", "application/json").key(key);
        if !body.is_null() {
            ask = ask.json(body);
        }
        if let Some(role) = role {
            ask = ask.staff(role);
        }
        let answer = ask.send().await;
        let status = answer.status.as_u16();
        if status >= 500 {
            self.surprise(format!("{method} {path} had no answer in {TRIES} tries: {status} {}", answer.text));
        }
        (status, serde_json::from_str(&answer.text).unwrap_or_default())
    }

    /// Does something for staff; whether it was done. What the order's state does not allow is no surprise.
    async fn act(&self, order: &str, act: &'static str, role: &str, body: &Value) -> bool {
        let path = format!("/api/orders/{order}/{act}");
        let (status, answer) = self.ask(Method::POST, &path, body, Some(role), &self.key()).await;
        match status {
            200 => *self.log().done.entry((order.to_owned(), act)).or_default() += 1,
            409 => {}
            other => self.surprise(format!("{act}: {other} {answer}")),
        }
        status == 200
    }

    /// Reads something that is there.
    async fn read(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, &Value::Null, Some("owner"), &self.key()).await;
        if status != 200 {
            self.surprise(format!("GET {path}: {status} {answer}"));
        }
        answer
    }

    /// Opens the shop: settings, products, stock.
    async fn open(&self) {
        hold_for(&self.shop, HOLD_SECS).await;
        for (sku, count) in SKUS {
            self.shop.stock(sku, 1_999, count).await;
            *self.log().booked.entry(sku.to_owned()).or_default() += count;
        }
    }

    /// Those who come one after the other.
    async fn lane(&self, lane: u64) {
        let mut number = lane;
        while number < SHOPPERS {
            let mut dice = StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(number));
            self.shopper(&mut dice, number).await;
            if number.is_multiple_of(8) {
                self.receive(&mut dice).await;
            }
            number += LANES;
        }
    }

    /// Books what came in.
    async fn receive(&self, dice: &mut StdRng) {
        let sku = SKUS[dice.random_range(0..SKUS.len())].0;
        let count = dice.random_range(1..5_i64);
        let line = json!({ "sku": sku, "location": "main", "delta": count, "reason": "received" });
        let body = json!({ "lines": [line] });
        let (status, answer) =
            self.ask(Method::POST, "/api/stock/adjustments", &body, Some("warehouse"), &self.key()).await;
        match status {
            201 => *self.log().booked.entry(sku.to_owned()).or_default() += count,
            // Somebody else booked at the same moment.
            409 => {}
            other => self.surprise(format!("an adjustment: {other} {answer}")),
        }
    }

    async fn shopper(&self, dice: &mut StdRng, number: u64) {
        let Some(cart) = self.fill(dice).await else { return };
        let email = format!("shopper-{number}@example.com");
        let card = dice.random_bool(0.5);
        let Some(answer) = self.check_out(dice, &cart, &email, card).await else { return };
        let (id, link) = self.log().accept(&answer, &cart, card);
        let regrets = dice.random_bool(0.15);
        let paid = if card { self.pays_by_card(dice, &id, &answer).await } else { self.pays_by_bank(dice, &id).await };
        if regrets {
            self.regret(&id, &link).await;
        }
        if paid {
            self.pack(dice, &id).await;
        }
    }

    /// A cart with something in it, where there is something.
    async fn fill(&self, dice: &mut StdRng) -> Option<String> {
        let (_, cart) = self.ask(Method::POST, "/api/carts", &json!({}), None, &self.key()).await;
        let cart = cart["id"].as_str()?.to_owned();
        let mut filled = false;
        for _ in 0..dice.random_range(1..3) {
            let sku = SKUS[dice.random_range(0..SKUS.len())].0;
            let path = format!("/api/carts/{cart}/items/{sku}");
            let quantity = json!({ "quantity": dice.random_range(1..4) });
            let (status, _) = self.ask(Method::PUT, &path, &quantity, None, &self.key()).await;
            filled |= status == 200;
        }
        filled.then_some(cart)
    }

    /// Submits, now and then twice at once, until there is an order or no hope of one.
    async fn check_out(&self, dice: &mut StdRng, cart: &str, email: &str, card: bool) -> Option<Value> {
        let mut body = tests::checkout_body(cart, if card { "card" } else { "bank_transfer" });
        body["email"] = json!(email);
        for attempt in 0..3 {
            let key = format!("{cart}-{attempt}");
            let submit = || self.ask(Method::POST, "/api/checkout", &body, None, &key);
            let (status, answer) = if dice.random_bool(0.3) {
                let (one, two) = tokio::join!(submit(), submit());
                if one.0 == 201 && two.0 == 201 && one.1["order"]["id"] != two.1["order"]["id"] {
                    self.surprise(format!("{cart} became two orders"));
                }
                if one.0 == 201 { one } else { two }
            } else {
                submit().await
            };
            if status == 201 {
                return Some(answer);
            }
            self.ask(Method::GET, &format!("/api/carts/{cart}"), &Value::Null, None, &self.key()).await;
        }
        None
    }

    /// Opens the provider's page, and does there what shoppers do; whether money came.
    async fn pays_by_card(&self, dice: &mut StdRng, order: &str, answer: &Value) -> bool {
        let redirect = text(&answer["payment"], "redirect_url");
        let path = redirect.find("/pay/").map(|at| &redirect[at..]).unwrap_or_default();
        let opened = self.shop.get(path).send().await;
        if opened.status.as_u16() != 303 {
            self.surprise(format!("GET {path}: {} {}", opened.status, opened.text));
            return false;
        }
        let acts: &[Act] = match dice.random_range(0..8) {
            0 => &[Act::Abandon],
            1 => &[Act::Twice],
            2 => &[Act::Decline, Act::Accept],
            _ => &[Act::Accept],
        };
        for act in acts {
            self.shop.pay(order, *act).await;
        }
        !acts.contains(&Act::Abandon)
    }

    /// Staff see the transfer, sometimes never.
    async fn pays_by_bank(&self, dice: &mut StdRng, order: &str) -> bool {
        if dice.random_bool(0.25) {
            return false;
        }
        let path = format!("/api/orders/{order}/mark-paid");
        let body = json!({ "reference": "statement" });
        let (status, answer) = self.ask(Method::POST, &path, &body, Some("support"), &self.key()).await;
        match status {
            200 => {
                self.log().marked_paid.insert(order.to_owned());
            }
            409 => {}
            other => self.surprise(format!("marking paid: {other} {answer}")),
        }
        status == 200
    }

    /// A shopper who wants it no more.
    async fn regret(&self, order: &str, link: &str) {
        let path = format!("/api/orders/{order}/cancel?token={link}");
        let body = json!({ "reason": "changed my mind" });
        let (status, answer) = self.ask(Method::POST, &path, &body, None, &self.key()).await;
        if status != 200 && status != 409 {
            self.surprise(format!("a cancellation: {status} {answer}"));
        }
    }

    /// Sends what is paid as soon as it can be sent, in a parcel or two, and now and then money back.
    async fn pack(&self, dice: &mut StdRng, order: &str) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let standing = self.read(&format!("/api/orders/{order}")).await;
            match (text(&standing, "status"), text(&standing, "shipment_status")) {
                ("placed", "shipped") => {
                    if dice.random_bool(0.5) {
                        self.act(order, "deliver", "warehouse", &json!({})).await;
                    }
                    break;
                }
                ("placed", _) => {
                    let mut parcel = json!({ "carrier": "DHL", "tracking": self.key() });
                    if dice.random_bool(0.3) {
                        let some = standing["lines"][0]["sku"].clone();
                        parcel["lines"] = json!([{ "sku": some, "quantity": 1 }]);
                    }
                    self.act(order, "ship", "warehouse", &parcel).await;
                }
                ("pending_payment", _) => {}
                _over => return,
            }
            tokio::time::sleep(LOOK).await;
        }
        if dice.random_bool(0.4) {
            let amount = json!({ "amount": dice.random_range(1..1_500), "currency": "EUR" });
            self.act(order, "refund", "support", &json!({ "reason": "scratched", "amount": amount })).await;
        }
    }

    /// The shop as it stands.
    async fn standing(&self, deployment: &mut Deployment, cloud: &Cloud, stripe: &Stripe) -> Standing {
        let accepted: Vec<String> = self.log().accepted.keys().cloned().collect();
        let books = Books::read(&accepted, async |path: String| self.read(&path).await).await;
        let look = deployment.say("look");
        let queue = |queue: &Value| Queue {
            name: text(queue, "name").to_owned(),
            waiting: texts(&queue["waiting"]).collect(),
            dead: texts(&queue["dead"]).collect(),
        };
        Standing {
            books,
            mails: cloud.mailbox().await,
            queues: look["queues"].as_array().into_iter().flatten().map(queue).collect(),
            parked: texts(&look["parked"]).collect(),
            provider: stripe.balances(),
            now: now(),
        }
    }
}
