//! How many checkouts a second, and how near the handler comes to a bare loop of the same two calls.
//!
//! `cargo bench -p tests --bench checkout`. Rates depend on the machine; the ratio should not.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{Method, Request};
use local::{Engine, Options};
use serde_json::{Value, json};
use tests::checkout_body;

type Item = HashMap<String, AttributeValue>;

const JOURNEYS: usize = 400;
/// The handler and the bare loop take turns, so that what else the machine does meets both; the median counts.
const ROUNDS: usize = 11;
const ROUND: usize = 100;
const CONCURRENCY: [usize; 3] = [1, 8, 32];

async fn ask(engine: &Engine, method: Method, path: &str, body: &Value, headers: &[(&str, String)]) -> Value {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = engine.http(request.body(Bytes::from(body.to_string())).unwrap()).await;
    assert!(response.status().is_success(), "{path}: {}", String::from_utf8_lossy(response.body()));
    serde_json::from_slice(response.body()).unwrap_or_default()
}

async fn cart(engine: &Engine) -> String {
    let cart = ask(engine, Method::POST, "/api/carts", &json!({}), &[]).await;
    let id = cart["id"].as_str().unwrap().to_owned();
    let path = format!("/api/carts/{id}/items/MUG-1");
    drop(ask(engine, Method::PUT, &path, &json!({ "quantity": 1 }), &[]).await);
    id
}

async fn check_out(engine: &Engine, cart: &str) -> String {
    let key = [("idempotency-key", format!("bench-{cart}"))];
    let placed = ask(engine, Method::POST, "/api/checkout", &checkout_body(cart, "bank_transfer"), &key).await;
    placed["order"]["id"].as_str().unwrap().to_owned()
}

/// The whole of it: cart, line, checkout, paid.
async fn journey(engine: &Engine) -> Duration {
    let began = Instant::now();
    let cart = cart(engine).await;
    let order = check_out(engine, &cart).await;
    let staff = [("authorization", format!("Bearer {}", engine.token("owner").unwrap()))];
    let path = format!("/api/orders/{order}/mark-paid");
    drop(ask(engine, Method::POST, &path, &json!({ "reference": "bench" }), &staff).await);
    began.elapsed()
}

fn percentile(sorted: &[Duration], of_100: usize) -> f64 {
    let at = (sorted.len() * of_100 / 100).min(sorted.len() - 1);
    sorted[at].as_secs_f64() * 1000.0
}

/// The same read and the same transaction without any of our code around them: `order` is the record of an order.
async fn bare(engine: &Engine, client: &Client, cart: &str, order: &Item, number: usize) {
    let table = |family: &str| engine.variables()[&format!("{family}_TABLE")].clone();
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let n = |number: u64| AttributeValue::N(number.to_string());
    drop(client.get_item().table_name(table("CARTS")).key("pk", s(cart)).consistent_read(true).send().await.unwrap());
    let take = Update::builder()
        .table_name(table("STOCK"))
        .key("pk", s("sku#MUG-1"))
        .key("sk", s("offer"))
        .update_expression(
            "SET available = available - :q, sellable = sellable - :q, reserved = reserved + :q, \
             cause = :cause, rev = rev + :q REMOVE emits, outbox",
        )
        .condition_expression("sellable >= :q AND price_version = :v AND on_sale = :yes")
        .expression_attribute_values(":q", n(1))
        .expression_attribute_values(":v", n(1))
        .expression_attribute_values(":yes", AttributeValue::Bool(true))
        .expression_attribute_values(":cause", order["cause"].clone())
        .build()
        .unwrap();
    let create = Put::builder()
        .table_name(table("ORDERS"))
        .set_item(Some(order.clone()))
        .item("pk", s(&format!("bare-{number}")))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .unwrap();
    drop(
        client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().update(take).build())
            .transact_items(TransactWriteItem::builder().put(create).build())
            .send()
            .await
            .unwrap(),
    );
}

/// The record of an order.
async fn record(engine: &Engine, client: &Client, order: &str) -> Item {
    let table = engine.variables()["ORDERS_TABLE"].clone();
    let answer = client.get_item().table_name(table).key("pk", AttributeValue::S(order.to_owned())).send().await;
    answer.unwrap().item.unwrap()
}

async fn rate<F: Future<Output = ()>>(count: usize, one: impl Fn(usize) -> F) -> f64 {
    let began = Instant::now();
    stream::iter(0..count).map(one).buffer_unordered(8).collect::<Vec<()>>().await;
    count as f64 / began.elapsed().as_secs_f64()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let engine = Engine::shop(Options::default(), None).unwrap();
    let staff = [
        ("authorization", format!("Bearer {}", engine.token("owner").unwrap())),
        ("idempotency-key", "stock".to_owned()),
    ];
    let variant = json!({ "sku": "MUG-1", "price": { "amount": 1999, "currency": "EUR" }, "weight_g": 350 });
    let product = json!({ "title": "Mug", "status": "active", "variants": [variant] });
    drop(ask(&engine, Method::PUT, "/api/products/mug", &product, &staff).await);
    let line = json!({ "sku": "MUG-1", "location": "main", "delta": 10_000_000, "reason": "received" });
    drop(ask(&engine, Method::POST, "/api/stock/adjustments", &json!({ "lines": [line] }), &staff).await);

    let client = engine.developer().unwrap().dynamodb();
    let first = check_out(&engine, &cart(&engine).await).await;
    let order = record(&engine, &client, &first).await;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let mut carts = Vec::new();
        for _ in 0..ROUND {
            carts.push(cart(&engine).await);
        }
        let bare = rate(ROUND, |at| bare(&engine, &client, &carts[at], &order, round * ROUND + at)).await;
        let ours = rate(ROUND, |at| {
            let (engine, cart) = (&engine, &carts[at]);
            async move { drop(check_out(engine, cart).await) }
        })
        .await;
        engine.settle().await;
        rounds.push((ours / bare, ours, bare));
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, ours, bare) = rounds[ROUNDS / 2];

    engine.work();
    println!("| concurrency | journeys / s | p50 ms | p99 ms |\n|---|---|---|---|");
    for concurrency in CONCURRENCY {
        let began = Instant::now();
        let mut times: Vec<Duration> =
            stream::iter(0..JOURNEYS).map(|_| journey(&engine)).buffer_unordered(concurrency).collect().await;
        engine.settle().await;
        let rate = JOURNEYS as f64 / began.elapsed().as_secs_f64();
        times.sort();
        println!("| {concurrency} | {rate:.0} | {:.1} | {:.1} |", percentile(&times, 50), percentile(&times, 99));
    }
    println!("checkout {ours:.0}/s, bare {bare:.0}/s");
    println!("checkout/bare ratio: {ratio:.2}");
}
