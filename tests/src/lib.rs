//! The one harness that every kind of test starts a shop with.
//!
//! A shop in memory with a standing clock: whatever is due happens when a test settles or moves the clock. Dropping it
//! fails the test when a queue was not drained or a message died.

#![allow(clippy::panic, clippy::unwrap_used)]

pub mod cloud;
pub mod grants;
pub mod invariants;
pub mod simulation;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use jiff::SignedDuration;
use local::stripe::Act;
use local::{Engine, Options};
use serde_json::{Value, json};

use crate::cloud::{Cloud, Letter};

/// A shop under test.
pub struct Shop {
    house: House,
    /// What its story's products and buyer are named by.
    name: String,
}

/// Where it runs.
enum House {
    Local(Box<Engine>),
    Cloud(Box<Cloud>, SignedDuration),
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: http::HeaderMap,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// Its body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The same answer, which has to have this status.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The last part of the problem's type.
    pub fn problem(&self) -> String {
        let body = self.json();
        body["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned()
    }
}

/// A request to be sent.
#[derive(Debug)]
pub struct Ask<'a> {
    shop: &'a Shop,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shop")
    }
}

impl Default for Shop {
    fn default() -> Self {
        Self::new()
    }
}

impl Shop {
    /// A new shop without products.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A new shop without products, of the template as `edit` leaves it.
    pub fn with(edit: impl FnOnce(&mut String)) -> Self {
        Self::of(|options| edit(&mut options.template))
    }

    /// A new shop without products, run as `edit` leaves the options.
    pub fn of(edit: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options { seed: 7, ..Options::default() };
        edit(&mut options);
        let engine = Engine::memory(options).unwrap_or_else(|error| panic!("the shop does not open: {error}"));
        Self { house: House::Local(Box::new(engine)), name: "story".to_owned() }
    }

    /// A deployed shop that holds stock for `hold_secs`, for the story `name`.
    pub fn deployed(cloud: Cloud, name: &str, hold_secs: i64) -> Self {
        Self {
            house: House::Cloud(Box::new(cloud), SignedDuration::from_secs(hold_secs)),
            name: name.replace('_', "-"),
        }
    }

    /// The engine underneath.
    pub fn engine(&self) -> &Engine {
        match &self.house {
            House::Local(engine) => engine,
            House::Cloud(..) => panic!("a deployed shop has no engine"),
        }
    }

    /// A SKU of this story alone.
    pub fn named(&self, word: &str) -> String {
        format!("{word}-{}", self.name.to_uppercase())
    }

    /// The buyer of this story.
    pub fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    /// The mails to the buyer of this story, in the order in which they were sent.
    pub async fn mailed(&self) -> Vec<Letter> {
        let to = self.email();
        match &self.house {
            House::Local(engine) => {
                let mut mails = engine.mails();
                mails.retain(|mail| mail.to.contains(&to));
                mails.sort_by_key(|mail| mail.n);
                let letter =
                    |mail: local::ses::Mail| Letter { subject: mail.subject, text: mail.text.unwrap_or_default() };
                mails.into_iter().map(letter).collect()
            }
            House::Cloud(cloud, _) => cloud.mails(&to).await,
        }
    }

    /// Does on the pay page of an order what a shopper would do.
    pub async fn pay(&self, order: &str, act: Act) {
        match &self.house {
            House::Local(engine) => engine.pay(order, act).await.unwrap_or_else(|error| panic!("{error}")),
            House::Cloud(cloud, _) => cloud.pay(order, act).await,
        }
    }

    /// Expects something to happen of itself: at once where everything due can be made to happen, else in time.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, happened: impl Fn() -> F) {
        match &self.house {
            House::Local(engine) => {
                engine.settle().await;
                assert!(happened().await, "{what}: it did not happen");
            }
            House::Cloud(cloud, _) => cloud.until(what, happened).await,
        }
    }

    /// How long an order by bank transfer holds its stock here, in seconds.
    pub fn hold_secs(&self) -> i64 {
        match &self.house {
            House::Local(_) => 7 * 24 * 3600,
            House::Cloud(_, hold) => hold.as_secs(),
        }
    }

    /// Lets time pass where time is ours; elsewhere it passes while something is waited for.
    pub async fn wait(&self, time: SignedDuration) {
        if let House::Local(engine) = &self.house {
            engine.advance(time + SignedDuration::from_mins(1)).await;
        }
    }

    /// A request.
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask { shop: self, method, path: path.to_owned(), headers: Vec::new(), body: Bytes::new() }
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    /// A POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Ask<'_> {
        self.ask(Method::POST, path).json(body)
    }

    /// A PUT of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Ask<'_> {
        self.ask(Method::PUT, path).json(body)
    }

    /// Lets everything happen that is due now.
    pub async fn settle(&self) {
        if let House::Local(engine) = &self.house {
            engine.settle().await;
        }
    }

    /// Lets time pass.
    pub async fn advance(&self, time: SignedDuration) {
        self.engine().advance(time).await;
    }

    /// Writes a product of one variant and books stock of it.
    pub async fn stock(&self, sku: &str, price: i64, count: i64) {
        let slug = sku.to_lowercase();
        let product = json!({
            "title": format!("Product {sku}"), "description": "For tests.", "status": "active",
            "category": "kitchen", "warranty_months": 24,
            "variants": [{ "sku": sku, "title": "", "price": { "amount": price, "currency": "EUR" }, "weight_g": 350 }],
        });
        let written = self.put(&format!("/api/products/{slug}"), &product).staff("owner").send().await;
        assert!(written.status.is_success(), "{}", written.text);
        if count > 0 {
            let line = json!({ "sku": sku, "location": "main", "delta": count, "reason": "received" });
            let booked = self.post("/api/stock/adjustments", &json!({ "lines": [line] }));
            drop(booked.staff("warehouse").key(&format!("stock-{sku}-{count}")).send().await.expect(201));
        }
        self.settle().await;
    }

    /// A new cart with these lines; its id.
    pub async fn cart(&self, lines: &[(&str, u32)]) -> String {
        let cart = self.post("/api/carts", &json!({})).send().await.expect(201).json();
        let id = cart["id"].as_str().unwrap_or_default().to_owned();
        for (sku, quantity) in lines {
            let path = format!("/api/carts/{id}/items/{sku}");
            drop(self.put(&path, &json!({ "quantity": quantity })).send().await.expect(200));
        }
        id
    }

    /// Checks a cart out under a key.
    pub async fn check_out(&self, cart: &str, payment_method: &str, key: &str) -> Answer {
        self.post("/api/checkout", &checkout_body(cart, payment_method)).key(key).send().await
    }

    /// A whole order of one MUG-1, by a guest who pays by transfer: from the look at its product to the last of its
    /// mails. Costs are counted of it.
    pub async fn whole_order(&self) {
        drop(self.get("/api/products/mug-1").send().await.expect(200));
        let cart = self.cart(&[("MUG-1", 1)]).await;
        let placed = self.check_out(&cart, "bank_transfer", &cart).await.expect(201).json();
        self.settle().await;
        let path = format!("/api/orders/{}/mark-paid", placed["order"]["id"].as_str().unwrap_or_default());
        drop(self.post(&path, &json!({ "reference": "paid" })).staff("owner").send().await.expect(200));
        self.settle().await;
    }

    /// What there is of a SKU.
    pub async fn stock_of(&self, sku: &str) -> Value {
        self.get(&format!("/api/stock/{sku}")).staff("warehouse").send().await.expect(200).json()
    }

    /// An order as staff see it.
    pub async fn order(&self, id: &str) -> Value {
        self.get(&format!("/api/orders/{id}")).staff("support").send().await.expect(200).json()
    }

    /// The subjects of all mails, in the order in which they were sent.
    pub fn subjects(&self) -> Vec<String> {
        let mut mails = self.engine().mails();
        mails.sort_by_key(|mail| mail.n);
        mails.into_iter().map(|mail| mail.subject).collect()
    }
}

/// A checkout of a cart by a buyer in Germany.
pub fn checkout_body(cart: &str, payment_method: &str) -> Value {
    json!({
        "cart_id": cart, "email": "buyer@example.com", "shipping_method": "standard", "payment_method": payment_method,
        "shipping_address": {
            "name": "Robin Example", "line1": "1 Example Street", "city": "Berlin", "postal_code": "10115", "country": "DE",
        },
    })
}

/// The code of store credit that a mail's text has.
pub fn credit_code(text: &str) -> Option<&str> {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let is_group = |group: &str| group.len() == 4 && group.chars().all(|digit| DIGITS.contains(digit));
    text.split_whitespace().find(|word| word.split('-').count() == 4 && word.split('-').all(is_group))
}

impl Ask<'_> {
    /// With a body of JSON.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Bytes::from(body.to_string());
        self.header("content-type", "application/json")
    }

    /// With this body as it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With an Idempotency-Key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// As a member of the staff.
    #[must_use]
    pub fn staff(self, role: &str) -> Self {
        let token = match &self.shop.house {
            House::Local(engine) => engine.token(role).unwrap_or_else(|error| panic!("no token: {error}")),
            House::Cloud(cloud, _) => cloud.token(role),
        };
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let request = request.body(self.body).unwrap_or_else(|error| panic!("no request: {error}"));
        let response: Response<Bytes> = match &self.shop.house {
            House::Local(engine) => engine.http(request).await,
            House::Cloud(cloud, _) => cloud.http(request).await,
        };
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(response.body()).into_owned(),
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let House::Local(engine) = &self.house else { return };
        grants::record(engine);
        if std::thread::panicking() {
            return;
        }
        for queue in engine.queues() {
            // A message that failed waits in flight or delayed: it was not worked off either.
            let waiting = queue.visible + queue.in_flight + queue.delayed;
            assert_eq!(waiting, 0, "{} was not drained", queue.name);
            assert_eq!(queue.dead_letters, 0, "{} has dead letters", queue.name);
        }
    }
}
