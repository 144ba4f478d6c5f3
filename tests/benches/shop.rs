//! Whole orders a second, over HTTP on loopback, and what bounds them.
//!
//! `cargo bench -p tests --bench shop`. A whole order is a guest's: look at the product, make a cart, put a line into
//! it, check out, and staff mark the transfer paid; it is done when its stock is allocated, its list entries and its
//! ledger are written and both of its mails are sent. The shop and its clients share this machine. Beside it runs a bare
//! replay: the very calls that an order's functions made to their services, sent to the engine by nobody.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use local::faults::{Call, Faults, NoFaults, Tampering};
use local::{Engine, Options};
use serde_json::{Value, json};
use tests::checkout_body;

const ORDERS: usize = 600;
const CLIENTS: [usize; 3] = [1, 8, 32];
const REPLAYS: usize = 300;

type Http = Client<HttpConnector, Full<Bytes>>;

#[derive(Clone)]
struct Shop {
    http: Http,
    address: SocketAddr,
    staff: String,
}

impl Shop {
    async fn ask(&self, method: Method, path: &str, body: &Value, headers: &[(&str, &str)]) -> Value {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.http.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{path}: {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// One whole order; its id and its cart's.
    async fn order(&self) -> (String, String) {
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
}

/// This process's processor time so far, all threads: fields 14 and 15 of its stat, in ticks of a hundredth.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}

/// Waits until no queue has a message and no mail is missing.
async fn drained(engine: &Engine, mails: usize) {
    let waiting = |queue: &local::sqs::QueueView| queue.visible + queue.in_flight + queue.delayed;
    while engine.queues().iter().map(waiting).sum::<usize>() > 0 || engine.mail_count() < mails {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn percentile(sorted: &[Duration], of_100: usize) -> f64 {
    let at = (sorted.len() * of_100 / 100).min(sorted.len() - 1);
    sorted[at].as_secs_f64() * 1000.0
}

/// Keeps what functions ask of their services.
#[derive(Default)]
struct Heard(Mutex<Vec<(Call, String)>>);

impl Faults for Heard {
    fn sabotages(&self) -> bool {
        true
    }

    fn tamper(&self, call: &Call, _headers: &mut HeaderMap, body: &mut Value) -> Tampering {
        if !body.is_null() {
            self.0.lock().unwrap().push((call.clone(), body.to_string()));
        }
        Tampering::Nothing
    }
}

fn target(call: &Call) -> Option<String> {
    match call.service {
        local::Service::DynamoDb => Some(format!("DynamoDB_20120810.{}", call.operation)),
        local::Service::Sqs => Some(format!("AmazonSQS.{}", call.operation)),
        local::Service::Ses
        | local::Service::S3
        | local::Service::Ssm
        | local::Service::Stripe
        | local::Service::Other => None,
    }
}

/// Orders a second of a replay of `calls`, as of another cart and order each time.
async fn replay(engine: &Engine, calls: &[(Call, String)], order: &str, cart: &str) -> f64 {
    let (done, began) = (AtomicUsize::new(0), Instant::now());
    let one = |number: usize| {
        let (engine, done) = (engine.clone(), &done);
        let (other_order, other_cart) = (format!("{order}{number}"), format!("{cart}{number}"));
        async move {
            for (call, body) in calls {
                let Some(target) = target(call) else { continue };
                let body = body.replace(order, &other_order).replace(cart, &other_cart);
                let request = Request::builder()
                    .method(Method::POST)
                    .uri("/_aws/")
                    .header("x-amz-target", target)
                    .header(
                        "authorization",
                        "AWS4-HMAC-SHA256 Credential=developer/20260101/eu-central-1/any/aws4_request",
                    )
                    .body(Bytes::from(body));
                engine.http(request.unwrap()).await;
            }
            done.fetch_add(1, Ordering::SeqCst);
        }
    };
    stream::iter(0..REPLAYS).map(one).buffer_unordered(8).collect::<Vec<()>>().await;
    done.load(Ordering::SeqCst) as f64 / began.elapsed().as_secs_f64()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let engine = Engine::shop(Options::default(), None).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    engine.work();
    tokio::spawn(local::serve(engine.clone(), listener, std::future::pending()));
    let staff = format!("Bearer {}", engine.token("owner").unwrap());
    let shop = Shop { http: Client::builder(TokioExecutor::new()).build_http(), address, staff };

    let owner = [("authorization", shop.staff.as_str()), ("idempotency-key", "stock")];
    let variant = json!({ "sku": "MUG-1", "price": { "amount": 1999, "currency": "EUR" }, "weight_g": 350 });
    let product = json!({ "title": "Mug", "status": "active", "variants": [variant] });
    shop.ask(Method::PUT, "/api/products/mug", &product, &owner).await;
    let line = json!({ "sku": "MUG-1", "location": "main", "delta": 10_000_000, "reason": "received" });
    shop.ask(Method::POST, "/api/stock/adjustments", &json!({ "lines": [line] }), &owner).await;
    shop.order().await;
    drained(&engine, 2).await;
    let mut mails = 2;

    println!("| clients | orders / s | p50 ms | p99 ms | CPU ms an order |\n|---|---|---|---|---|");
    let mut best: f64 = 0.0;
    for clients in CLIENTS {
        let (began, used) = (Instant::now(), processor());
        let one = |_| {
            let shop = shop.clone();
            async move {
                let began = Instant::now();
                tokio::spawn(async move { shop.order().await }).await.unwrap();
                began.elapsed()
            }
        };
        let mut times: Vec<Duration> = stream::iter(0..ORDERS).map(one).buffer_unordered(clients).collect().await;
        mails += 2 * ORDERS;
        drained(&engine, mails).await;
        let rate = ORDERS as f64 / began.elapsed().as_secs_f64();
        let cpu = (processor() - used).as_secs_f64() * 1000.0 / ORDERS as f64;
        best = best.max(rate);
        times.sort();
        println!(
            "| {clients} | {rate:.0} | {:.1} | {:.1} | {cpu:.1} |",
            percentile(&times, 50),
            percentile(&times, 99)
        );
    }

    let heard = Arc::new(Heard::default());
    engine.set_faults(heard.clone());
    let (order, cart) = shop.order().await;
    drained(&engine, mails + 2).await;
    engine.set_faults(Arc::new(NoFaults));
    let calls = std::mem::take(&mut *heard.0.lock().unwrap());
    let bare = replay(&engine, &calls, &order, &cart).await;
    println!("\n{} calls an order; a bare replay of them: {bare:.0} orders / s", calls.len());
    println!("shop/bare ratio: {:.2}", best / bare);
}
