//! A stock list of 100,000 rows, from its upload to the last booking and back again, over HTTP on loopback.
//!
//! `cargo bench -p tests --bench import`, or `-- 10000` for another number of rows. The shop keeps its data in a file and
//! shares its process with who asks it, so the memory told is more than the shop's. It must stay under 256 MB, or the
//! bench fails.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

#[allow(dead_code)]
mod common;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use common::Shop;
use http::{Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};

const ROWS: usize = 100_000;
/// What the file-backed process may need, megabytes.
const MEMORY: f64 = 256.0;

/// A list of as many SKUs: each new, or one that is there, with another count.
fn list(rows: usize, count: usize, new: bool) -> String {
    let mut text = String::from(if new { "SKU,Location,Count,Title,Price\n" } else { "SKU,Location,Count\n" });
    for row in 0..rows {
        write!(text, "IMP-{row:06},main,{}", count + row % 7).unwrap();
        text.push_str(&if new { format!(",Imported thing {row:06},9.90\n") } else { "\n".into() });
    }
    text
}

/// The most memory that this process had since it was last asked, megabytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kilobytes / 1024.0
}

/// What was measured.
struct Told {
    rows: usize,
    most: f64,
}

impl Told {
    fn tell(&mut self, step: &str, took: Duration) {
        let (seconds, peak) = (took.as_secs_f64(), peak());
        self.most = self.most.max(peak);
        println!("| {step} | {seconds:.1} | {:.0} | {peak:.0} |", self.rows as f64 / seconds);
    }
}

/// Uploads a list to be looked at; its import.
async fn upload(shop: &Shop, text: String) -> String {
    let asked = json!({ "filename": "stock.csv", "bytes": text.len(), "dry_run": true });
    let opened = shop.owner(Method::POST, "/api/stock/imports", &asked).await;
    let address = opened["upload"]["url"].as_str().unwrap();
    let mut put = Request::put(address);
    for (name, value) in opened["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    shop.send(put.body(Full::from(text)).unwrap()).await;
    opened["id"].as_str().unwrap().to_owned()
}

/// Waits until an import has come to this.
async fn until(shop: &Shop, id: &str, status: &str) -> Duration {
    let began = Instant::now();
    loop {
        let import = shop.owner(Method::GET, &format!("/api/stock/imports/{id}"), &Value::Null).await;
        if import["status"] == status {
            return began.elapsed();
        }
        assert_ne!(import["status"], "failed", "{import}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Has an import acted on, and waits until it has come to this.
async fn act(shop: &Shop, id: &str, act: &str, status: &str) -> Duration {
    shop.owner(Method::POST, &format!("/api/stock/imports/{id}/{act}"), &json!({})).await;
    until(shop, id, status).await
}

async fn run(rows: usize) -> ExitCode {
    let directory = std::env::temp_dir().join(format!("cartwright-import-{}", std::process::id()));
    let shop = Shop::open(Some(&directory)).await;
    let mut told = Told { rows, most: 0.0 };
    println!("\n| {rows} rows | seconds | rows/s | peak MB |\n|---|---|---|---|");
    peak();
    for (what, count, new) in [("new SKUs", 10, true), ("known SKUs", 20, false)] {
        let import = upload(&shop, list(rows, count, new)).await;
        told.tell(&format!("{what}: check"), until(&shop, &import, "checked").await);
        told.tell(&format!("{what}: book"), act(&shop, &import, "apply", "applied").await);
        let began = Instant::now();
        shop.drained(0).await;
        told.tell(&format!("{what}: what follows of it"), began.elapsed());
        if !new {
            told.tell("known SKUs: undo", act(&shop, &import, "undo", "undone").await);
        }
    }
    let last = format!("/api/stock/IMP-{:06}", rows - 1);
    let stock = shop.owner(Method::GET, &last, &Value::Null).await;
    assert_eq!(stock["locations"][0]["on_hand"], json!(10 + (rows - 1) % 7), "the first list stands again");
    std::fs::remove_dir_all(&directory).unwrap();
    if told.most > MEMORY {
        println!("\nmore than {MEMORY} MB");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let rows = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(ROWS);
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap().block_on(run(rows))
}
