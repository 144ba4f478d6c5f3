//! The demo shop: a catalogue, some stock, and who supplies it, booked through the shop's own API like anybody else's.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::Engine;

const CATALOGUE: &str = include_str!("../seed/catalogue.json");
const SUPPLY: &str = include_str!("../seed/supply.json");

/// How many lines an adjustment takes.
const LINES: usize = 40;

/// A product of the demo, and how many of each SKU there are.
#[derive(Deserialize)]
struct Demo {
    slug: String,
    product: Value,
    stock: BTreeMap<String, i64>,
}

/// Who supplies the demo, and when it orders again.
#[derive(Deserialize)]
struct Supply {
    suppliers: Vec<DemoSupplier>,
    rules: Vec<DemoRule>,
}

#[derive(Deserialize)]
struct DemoSupplier {
    id: String,
    supplier: Value,
}

#[derive(Deserialize)]
struct DemoRule {
    sku: String,
    rule: Value,
}

/// Fills an empty shop with the demo's products, stock, suppliers and reorder rules: some are below their line, so that
/// there is something to approve.
pub fn demo(engine: Engine) -> BoxFuture<'static, Result<(), String>> {
    Box::pin(async move {
        let products: Vec<Demo> = serde_json::from_str(CATALOGUE).map_err(|error| error.to_string())?;
        let token = engine.token("owner").map_err(|error| error.to_string())?;
        let mut lines = Vec::new();
        for demo in products {
            ask(&engine, &token, Method::PUT, &format!("/api/products/{}", demo.slug), &demo.product, None).await?;
            let stocked = demo.stock.into_iter().filter(|(_, count)| *count > 0);
            lines.extend(stocked.map(|(sku, count)| {
                json!({ "sku": sku, "location": "main", "counted": count, "reason": "counted", "note": "demo" })
            }));
        }
        for (index, lines) in lines.chunks(LINES).enumerate() {
            let body = json!({ "lines": lines });
            let key = format!("demo-stock-{index}");
            ask(&engine, &token, Method::POST, "/api/stock/adjustments", &body, Some(&key)).await?;
        }
        let Supply { suppliers, rules } = serde_json::from_str(SUPPLY).map_err(|error| error.to_string())?;
        for DemoSupplier { id, supplier } in suppliers {
            ask(&engine, &token, Method::PUT, &format!("/api/suppliers/{id}"), &supplier, None).await?;
        }
        for DemoRule { sku, rule } in rules {
            ask(&engine, &token, Method::PUT, &format!("/api/reorder-rules/{sku}"), &rule, None).await?;
        }
        Ok(())
    })
}

async fn ask(
    engine: &Engine,
    token: &str,
    method: Method,
    path: &str,
    body: &Value,
    key: Option<&str>,
) -> Result<(), String> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let request = request.body(Bytes::from(body.to_string())).map_err(|error| error.to_string())?;
    let response = engine.http(request).await;
    if response.status().is_success() {
        return Ok(());
    }
    Err(format!("{path}: {} {}", response.status(), String::from_utf8_lossy(response.body())))
}
