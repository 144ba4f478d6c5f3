//! How the shop bears its years: the same requests over 1,000 to 100,000 products and 10 to 1,000,000 orders.
//!
//! `cargo bench -p tests --bench growth -- products` and `-- orders`, each some minutes and some GB of memory; a number
//! after the word ends it there. The tables are filled with copies of one product and of one whole order, each under
//! its own name, by the tables' own batch writes. What the functions then do is the shop's own, over HTTP.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

#[allow(dead_code)]
mod common;

use std::time::Instant;

use bytes::Bytes;
use common::{Shop, percentile, timed};
use http::{Method, Request};
use serde_json::{Value, json};

const PRODUCTS: [usize; 3] = [1_000, 10_000, 100_000];
const ORDERS: [usize; 4] = [10, 1_000, 100_000, 1_000_000];
const READS: usize = 400;
const CLIENTS: usize = 8;
/// DynamoDB's most.
const BATCH: usize = 25;

/// A call to the tables, as their owner makes it.
async fn tables(shop: &Shop, operation: &str, body: &str) -> Value {
    let scope = "AWS4-HMAC-SHA256 Credential=developer/20260101/eu-central-1/any/aws4_request";
    let request = Request::builder()
        .method(Method::POST)
        .uri("/_aws/")
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("authorization", scope)
        .body(Bytes::from(body.to_owned()));
    let answer = shop.engine.http(request.unwrap()).await;
    assert!(answer.status().is_success(), "{}", String::from_utf8_lossy(answer.body()));
    serde_json::from_slice(answer.body()).unwrap()
}

/// The items of a table, as JSON, where they name one of `words`.
async fn samples(shop: &Shop, table: &str, words: &[&str]) -> Vec<String> {
    let all = tables(shop, "Scan", &json!({ "TableName": table }).to_string()).await;
    let texts = all["Items"].as_array().unwrap().iter().map(Value::to_string);
    texts.filter(|text| words.iter().any(|word| text.contains(word))).collect()
}

/// Writes items in batches.
struct Filling<'a> {
    shop: &'a Shop,
    table: &'a str,
    waiting: Vec<String>,
}

impl Filling<'_> {
    async fn put(&mut self, item: String) {
        self.waiting.push(format!("{{\"PutRequest\":{{\"Item\":{item}}}}}"));
        if self.waiting.len() == BATCH {
            self.end().await;
        }
    }

    async fn end(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let body = format!("{{\"RequestItems\":{{\"{}\":[{}]}}}}", self.table, self.waiting.join(","));
        self.waiting.clear();
        let answer = tables(self.shop, "BatchWriteItem", &body).await;
        assert!(answer["UnprocessedItems"].as_object().is_none_or(serde_json::Map::is_empty), "{answer}");
    }
}

/// The id of a copy: its last twelve digits are its own.
fn copied(id: &str, copy: usize) -> String {
    format!("{}{copy:012}", &id[..id.len() - 12])
}

/// This process's memory, MB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// One kind of request: so many a second, and the 99th of a hundred in milliseconds.
async fn reads(shop: &Shop, path: impl Fn(usize) -> String) -> (f64, f64) {
    let began = Instant::now();
    let mut times = timed(CLIENTS, READS, |number| {
        let (shop, path) = (shop.clone(), path(number));
        async move { drop(shop.ask(Method::GET, &path, &Value::Null, &[]).await) }
    })
    .await;
    times.sort();
    (READS as f64 / began.elapsed().as_secs_f64(), percentile(&times, 99))
}

async fn products(shop: &Shop, most: usize) {
    let variant = json!({ "sku": "ZZSKUZZ", "price": { "amount": 1999, "currency": "EUR" }, "weight_g": 350 });
    let product = json!({
        "title": "Jug ZZWORDZZ", "status": "active", "variants": [variant], "category": "jugs",
        "description": "Thrown on the wheel and glazed by hand, it holds a litre and a half.",
    });
    let id = shop.owner(Method::PUT, "/api/products/zzslugzz", &product).await["id"].clone();
    let id = id.as_str().unwrap();
    shop.drained(0).await;
    let catalog = samples(shop, "CatalogTable", &["zzslugzz", "ZZSKUZZ"]).await;
    let offers = samples(shop, "StockTable", &["ZZSKUZZ"]).await;
    let versions = tables(
        shop,
        "GetItem",
        &json!({ "TableName": "CatalogTable", "Key": { "pk": { "S": "version" }, "sk": { "S": "version" } } })
            .to_string(),
    )
    .await;
    let first: usize = versions["Item"]["version"]["N"].as_str().unwrap().parse().unwrap();

    println!(
        "| products | first answer ms | memory MB | a page / s | p99 ms | a search / s | p99 ms | a product / s | p99 ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut filled = 0;
    for size in PRODUCTS.into_iter().filter(|size| *size <= most) {
        for (table, kind) in [("CatalogTable", &catalog), ("StockTable", &offers)] {
            let mut filling = Filling { shop, table, waiting: Vec::new() };
            for number in filled..size {
                let version = first + 1 + number;
                for text in kind {
                    let mut own = text
                        .replace(id, &copied(id, number))
                        .replace("zzslugzz", &format!("jug-{number}"))
                        .replace("ZZSKUZZ", &format!("JUG-{number}"))
                        .replace("ZZWORDZZ", &format!("number {number}"))
                        .replace(&format!("{first:012}"), &format!("{version:012}"));
                    if own.contains("\"shelf\"") {
                        own = own.replace(&format!("{{\"N\":\"{first}\"}}"), &format!("{{\"N\":\"{version}\"}}"));
                    }
                    filling.put(own).await;
                }
            }
            filling.end().await;
        }
        filled = size;
        let raised = json!({
            "TableName": "CatalogTable", "Key": { "pk": { "S": "version" }, "sk": { "S": "version" } },
            "UpdateExpression": "SET version = :v", "ExpressionAttributeValues": { ":v": { "N": (first + size).to_string() } },
        });
        tables(shop, "UpdateItem", &raised.to_string()).await;
        shop.drained(0).await;
        let (before, began) = (memory(), Instant::now());
        let page = shop.ask(Method::GET, "/api/products", &Value::Null, &[]).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 24);
        let (first_ms, grew) = (began.elapsed().as_secs_f64() * 1000.0, memory().saturating_sub(before));
        let (pages, page_p99) = reads(shop, |_| "/api/products".to_owned()).await;
        let (searches, search_p99) =
            reads(shop, |number| format!("/api/products?q=jug%20{}", number * 97 % size)).await;
        let (shown, shown_p99) = reads(shop, |number| format!("/api/products/jug-{}", number * 97 % size)).await;
        println!(
            "| {size} | {first_ms:.0} | {grew} | {pages:.0} | {page_p99:.1} | {searches:.0} | {search_p99:.1} | {shown:.0} | {shown_p99:.1} |"
        );
    }
}

async fn orders(shop: &Shop, most: usize) {
    let (order, cart) = shop.order().await;
    shop.drained(4).await;
    let number = shop.owner(Method::GET, &format!("/api/orders/{order}"), &Value::Null).await["number"].clone();
    let number = number.as_str().unwrap().replace('-', "");
    // Without what its writes told, so that nothing is told again.
    let told = ["emits", "outbox", "cause"];
    let whole: Vec<String> = samples(shop, "OrdersTable", &[&order])
        .await
        .iter()
        .map(|text| {
            let mut item: Value = serde_json::from_str(text).unwrap();
            item.as_object_mut().unwrap().retain(|name, _| !told.contains(&name.as_str()));
            item.to_string()
        })
        .collect();
    let places = samples(shop, "ListsTable", &[&order]).await;

    println!("| orders before | orders / s | p50 ms | p99 ms | CPU ms an order | list / s | p99 ms | memory MB |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut filled = 0;
    for size in ORDERS.into_iter().filter(|size| *size <= most) {
        for (table, kind) in [("OrdersTable", &whole), ("ListsTable", &places)] {
            let mut filling = Filling { shop, table, waiting: Vec::new() };
            for copy in filled..size {
                for text in kind {
                    let text = text.replace(&order, &copied(&order, copy)).replace(&cart, &copied(&cart, copy));
                    filling.put(text.replace(&number, &format!("{copy:0width$}", width = number.len()))).await;
                }
            }
            filling.end().await;
        }
        filled = size;
        let took = shop.orders(CLIENTS, READS).await;
        let staff = format!("Bearer {}", shop.engine.token("owner").unwrap());
        let began = Instant::now();
        let mut times = timed(CLIENTS, READS, |_| {
            let (shop, staff) = (shop.clone(), staff.clone());
            async move {
                let headers = [("authorization", staff.as_str())];
                drop(shop.ask(Method::GET, "/api/orders", &Value::Null, &headers).await);
            }
        })
        .await;
        let lists = READS as f64 / began.elapsed().as_secs_f64();
        times.sort();
        println!(
            "| {size} | {:.0} | {:.1} | {:.1} | {:.1} | {lists:.0} | {:.1} | {} |",
            took.rate,
            took.p50_ms,
            took.p99_ms,
            took.cpu_ms,
            percentile(&times, 99),
            memory()
        );
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let most = words.get(1).map_or(usize::MAX, |most| most.parse().unwrap());
    let shop = Shop::open(None).await;
    match words.first().map(String::as_str) {
        Some("products") => products(&shop, most).await,
        Some("orders") => orders(&shop, most).await,
        _ => println!("cargo bench -p tests --bench growth -- products|orders [most]"),
    }
}
