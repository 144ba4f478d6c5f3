//! Whole orders a second, over HTTP on loopback, and what bounds them.
//!
//! `cargo bench -p tests --bench shop`. A whole order is a guest's: look at the product, make a cart, put a line into
//! it, check out, and staff mark the transfer paid; it is done when its stock is allocated, its list entries and its
//! ledger are written and both of its mails are sent. The shop and its clients share this machine. Beside it runs a bare
//! replay: the very calls that an order's functions made to their services, sent to the engine by nobody.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::Shop;
use edge::metrics::{Bill, Calls, Trigger};
use futures::stream::{self, StreamExt};
use http::{HeaderMap, Method, Request};
use local::Engine;
use local::faults::{Call, Faults, NoFaults, Tampering};
use serde_json::Value;

const ORDERS: usize = 600;
const CLIENTS: [usize; 3] = [1, 8, 32];
const REPLAYS: usize = 300;

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
        | local::Service::CloudWatch
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

/// How long a call to a service takes on AWS, for the dollars of waiting: DynamoDB and SQS tell 2 to 6 milliseconds.
const ROUND_TRIP: Duration = Duration::from_millis(5);

/// What one function did for one order.
#[derive(Default)]
struct Work {
    memory_mb: u32,
    invocations: u32,
    round_trips: u32,
    calls: Calls,
    dollars: f64,
}

/// What each function does for one whole order, its caches warm, when nobody else shops: the dearest case, where no
/// batch is shared.
async fn work_of_an_order() -> BTreeMap<String, Work> {
    let shop = tests::Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.whole_order().await;
    drop((shop.engine().take_metrics(), shop.engine().take_calls()));
    shop.whole_order().await;
    let mut work: BTreeMap<String, Work> = BTreeMap::new();
    for call in shop.engine().take_calls() {
        work.entry(call.caller).or_default().round_trips += 1;
    }
    for line in shop.engine().take_metrics() {
        let line: Value = serde_json::from_str(&line).unwrap();
        let (Some(function), Some(cost)) = (line["Function"].as_str(), line["Cost"].as_f64()) else { continue };
        let count = |name: &str| line["counts"][name].as_f64().unwrap_or_default();
        let one = work.entry(function.to_owned()).or_default();
        one.memory_mb = count("memory_mb") as u32;
        one.invocations += 1;
        one.calls.read_units += count("read_units");
        one.calls.write_units += count("write_units");
        one.calls.queue_requests += count("queue_requests") as u32;
        one.calls.mails += count("mails") as u32;
        one.dollars += cost / 1e6;
    }
    for one in work.values_mut() {
        // It told what it ran here; there it waits for its calls as well.
        let waits = Bill {
            trigger: Trigger::Stream,
            memory_mb: one.memory_mb,
            ran: ROUND_TRIP * one.round_trips,
            calls: Calls::default(),
        };
        let once = Bill { ran: Duration::ZERO, ..waits };
        one.dollars += waits.dollars() - once.dollars();
    }
    work.retain(|_, one| one.invocations > 0);
    work
}

fn tell_work(work: &BTreeMap<String, Work>) {
    println!(
        "\n| function | invocations | round trips | read units | write units | queue requests | mails | $ a million orders |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let row = |name: &str, of: &Work| {
        println!(
            "| {name} | {} | {} | {:.1} | {:.1} | {} | {} | {:.2} |",
            of.invocations,
            of.round_trips,
            of.calls.read_units,
            of.calls.write_units,
            of.calls.queue_requests,
            of.calls.mails,
            of.dollars * 1e6
        );
    };
    let mut all = Work::default();
    for (name, one) in work {
        row(name, one);
        all.invocations += one.invocations;
        all.round_trips += one.round_trips;
        all.calls.read_units += one.calls.read_units;
        all.calls.write_units += one.calls.write_units;
        all.calls.queue_requests += one.calls.queue_requests;
        all.calls.mails += one.calls.mails;
        all.dollars += one.dollars;
    }
    row("whole order", &all);
    let mails = Calls { mails: all.calls.mails, ..Calls::default() }.dollars();
    println!("of that ${:.2} are the mails", mails * 1e6);
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let shop = Shop::open(None).await;
    println!("| clients | orders / s | p50 ms | p99 ms | CPU ms an order |\n|---|---|---|---|---|");
    let mut best: f64 = 0.0;
    for clients in CLIENTS {
        let took = shop.orders(clients, ORDERS).await;
        best = best.max(took.rate);
        println!("| {clients} | {:.0} | {:.1} | {:.1} | {:.1} |", took.rate, took.p50_ms, took.p99_ms, took.cpu_ms);
    }

    let heard = Arc::new(Heard::default());
    shop.engine.set_faults(heard.clone());
    let mails = shop.engine.mail_count();
    let (order, cart) = shop.order().await;
    shop.drained(mails + 2).await;
    shop.engine.set_faults(Arc::new(NoFaults));
    let calls = std::mem::take(&mut *heard.0.lock().unwrap());
    let bare = replay(&shop.engine, &calls, &order, &cart).await;
    println!("\n{} calls an order; a bare replay of them: {bare:.0} orders / s", calls.len());
    println!("shop/bare ratio: {:.2}", best / bare);
    drop(shop);
    tell_work(&work_of_an_order().await);
}
