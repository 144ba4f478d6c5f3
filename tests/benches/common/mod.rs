//! A shop over HTTP on loopback, its orders, and what they took of this machine.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::{Engine, Options};
use serde_json::{Value, json};
use tests::checkout_body;

type Http = Client<HttpConnector, Full<Bytes>>;

/// The shop, and who asks it.
#[derive(Clone)]
pub(crate) struct Shop {
    http: Http,
    address: SocketAddr,
    staff: String,
    pub(crate) engine: Engine,
}

impl Shop {
    /// A new shop that sells mugs, and serves; it keeps its data in this folder, or in memory.
    pub(crate) async fn open(kept: Option<&Path>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = Options { host: address.to_string(), ..Options::default() };
        let engine = Engine::shop(options, kept).unwrap();
        engine.work();
        tokio::spawn(local::serve(engine.clone(), listener, std::future::pending()));
        let staff = format!("Bearer {}", engine.token("owner").unwrap());
        let shop = Self { http: Client::builder(TokioExecutor::new()).build_http(), address, staff, engine };
        let variant = json!({ "sku": "MUG-1", "price": { "amount": 1999, "currency": "EUR" }, "weight_g": 350 });
        let product = json!({ "title": "Mug", "status": "active", "variants": [variant] });
        shop.owner(Method::PUT, "/api/products/mug", &product).await;
        let line = json!({ "sku": "MUG-1", "location": "main", "delta": 10_000_000, "reason": "received" });
        shop.owner(Method::POST, "/api/stock/adjustments", &json!({ "lines": [line] })).await;
        shop.order().await;
        shop.drained(2).await;
        shop
    }

    /// What the owner asks, with a token of now: it lives a quarter of an hour.
    pub(crate) async fn owner(&self, method: Method, path: &str, body: &Value) -> Value {
        let staff = format!("Bearer {}", self.engine.token("owner").unwrap());
        let headers = [("authorization", staff.as_str()), ("idempotency-key", "stock")];
        self.ask(method, path, body, &headers).await
    }

    /// Asks, and reads the answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value, headers: &[(&str, &str)]) -> Value {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.send(request.body(Full::from(body)).unwrap()).await;
        serde_json::from_slice(&answer).unwrap_or_default()
    }

    /// Sends a request that has to succeed; what was answered.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Bytes {
        let path = request.uri().path().to_owned();
        let answer = self.http.request(request).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{path}: {}", String::from_utf8_lossy(&bytes));
        bytes
    }

    /// One whole order; its id and its cart's.
    pub(crate) async fn order(&self) -> (String, String) {
        self.ask(Method::GET, "/api/products/mug", &Value::Null, &[]).await;
        let cart = self.ask(Method::POST, "/api/carts", &json!({}), &[]).await["id"].as_str().unwrap().to_owned();
        let line = format!("/api/carts/{cart}/items/MUG-1");
        self.ask(Method::PUT, &line, &json!({ "quantity": 1 }), &[]).await;
        let key = [("idempotency-key", cart.as_str())];
        let placed = self.ask(Method::POST, "/api/checkout", &checkout_body(&cart, "bank_transfer"), &key).await;
        let order = placed["order"]["id"].as_str().unwrap().to_owned();
        let paid = format!("/api/orders/{order}/mark-paid");
        self.ask(Method::POST, &paid, &json!({ "reference": "bench" }), &[("authorization", &self.staff)]).await;
        (order, cart)
    }

    /// Waits until no queue has a message and no mail is missing.
    pub(crate) async fn drained(&self, mails: usize) {
        let waiting = |queue: &local::sqs::QueueView| queue.visible + queue.in_flight + queue.delayed;
        loop {
            let left = self.engine.queues().iter().map(waiting).sum::<usize>();
            if left == 0 && self.engine.mail_count() >= mails {
                return;
            }
            // Counting what waits takes time itself.
            tokio::time::sleep(Duration::from_millis(2 + left as u64 / 50)).await;
        }
    }

    /// As many whole orders, by so many clients at once, and what they took.
    pub(crate) async fn orders(&self, clients: usize, orders: usize) -> Took {
        let mails = self.engine.mail_count() + 2 * orders;
        // A token lives a quarter of an hour.
        let staff = format!("Bearer {}", self.engine.token("owner").unwrap());
        let fresh = Self { staff, ..self.clone() };
        let (began, used) = (Instant::now(), processor());
        let mut times = timed(clients, orders, |_| {
            let shop = fresh.clone();
            async move { drop(shop.order().await) }
        })
        .await;
        self.drained(mails).await;
        let (elapsed, used) = (began.elapsed(), processor() - used);
        times.sort();
        Took {
            rate: orders as f64 / elapsed.as_secs_f64(),
            p50_ms: percentile(&times, 50),
            p99_ms: percentile(&times, 99),
            cpu_ms: used.as_secs_f64() * 1000.0 / orders as f64,
        }
    }
}

/// What requests took.
pub(crate) struct Took {
    /// So many a second.
    pub(crate) rate: f64,
    /// Half of them took no longer, milliseconds.
    pub(crate) p50_ms: f64,
    /// All but one in a hundred took no longer, milliseconds.
    pub(crate) p99_ms: f64,
    /// The processor's time for each, all of this process, milliseconds.
    pub(crate) cpu_ms: f64,
}

/// How long each of so many takes, so many at once.
pub(crate) async fn timed<F>(at_once: usize, times: usize, one: impl Fn(usize) -> F) -> Vec<Duration>
where
    F: Future<Output = ()> + Send + 'static,
{
    let one = |number| {
        let work = one(number);
        async move {
            let began = Instant::now();
            tokio::spawn(work).await.unwrap();
            began.elapsed()
        }
    };
    stream::iter(0..times).map(one).buffer_unordered(at_once).collect().await
}

/// This process's processor time so far, all threads: fields 14 and 15 of its stat, in ticks of a hundredth.
pub(crate) fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// The time within which so many of a hundred were done, milliseconds.
pub(crate) fn percentile(sorted: &[Duration], of_100: usize) -> f64 {
    let at = (sorted.len() * of_100 / 100).min(sorted.len() - 1);
    sorted[at].as_secs_f64() * 1000.0
}
