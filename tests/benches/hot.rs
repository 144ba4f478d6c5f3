//! How many orders a second one SKU takes, by the number of shards that its counters are split over, where no partition of
//! a table takes more than 1,000 write units a second, as on AWS.
//!
//! `cargo bench -p tests --bench hot`, or `-- 100` for another limit. Time is tokio's and paused: it passes only while somebody waits, which here is who
//! was throttled. So the figures are those of the limit and of the waiting, whatever this machine can do, and a run is
//! made of its seed. Each client buys one unit after the other; an answer 503 is asked for again, as a shopper would.

#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tests::Shop;
use tokio::time::Instant;

/// Write units a second of a partition, where nobody says otherwise.
const LIMIT: f64 = 1_000.0;
/// How many buy at the same time, for each order a second that the shards could take.
const CROWD: f64 = 0.4;
/// What was saved up in quiet times is spent in the first second; what counts is what follows.
const WARM: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(2);
const SHARDS: [u8; 4] = [1, 2, 4, 8];
/// A transaction writes an offer for two units.
const UNITS_A_HOLD: f64 = 2.0;

/// What one number of shards came to.
struct Run {
    a_second: f64,
    busy: usize,
    p50: Duration,
    p99: Duration,
}

async fn run(shards: u8, limit: f64) -> Run {
    let possible = limit / UNITS_A_HOLD * f64::from(shards);
    let carts_wanted = (possible * (WARM + MEASURED).as_secs_f64() * 1.5) as usize;
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 1_000_000).await;
    let split = shop.post("/api/stock/MUG-1/shards", &json!({ "shards": shards })).staff("owner").send().await;
    drop(split.expect(200));
    let mut carts = Vec::with_capacity(carts_wanted);
    for _ in 0..carts_wanted {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    shop.settle().await;
    shop.engine().limit_writes(Some(limit));
    let began = Instant::now();
    let (carts, times, busy) = (RefCell::new(carts), RefCell::new(Vec::new()), RefCell::new(0_usize));
    let client = async |_: usize| {
        while began.elapsed() < WARM + MEASURED {
            let Some(cart) = carts.borrow_mut().pop() else { return };
            let asked = Instant::now();
            while shop.check_out(&cart, "bank_transfer", &cart).await.status != 201 {
                *busy.borrow_mut() += 1;
            }
            times.borrow_mut().push((began.elapsed(), asked.elapsed()));
        }
    };
    join_all((0..(possible * CROWD) as usize).map(client)).await;
    shop.engine().limit_writes(None);
    assert!(!carts.borrow().is_empty(), "the carts ran out");
    let sold = i64::try_from(times.borrow().len()).unwrap();
    shop.settle().await;
    let stock = shop.stock_of("MUG-1").await;
    let counted: BTreeMap<_, _> = ["available", "reserved"].map(|name| (name, stock[name].clone())).into();
    assert_eq!(counted, [("available", json!(1_000_000 - sold)), ("reserved", json!(sold))].into());
    let measured = |at: &Duration| *at > WARM && *at <= WARM + MEASURED;
    let mut waited: Vec<Duration> =
        times.borrow().iter().filter(|(at, _)| measured(at)).map(|(_, waited)| *waited).collect();
    waited.sort();
    let percentile = |of_100: usize| waited[(waited.len() * of_100 / 100).min(waited.len() - 1)];
    Run {
        a_second: waited.len() as f64 / MEASURED.as_secs_f64(),
        busy: busy.into_inner(),
        p50: percentile(50),
        p99: percentile(99),
    }
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    println!("| shards | orders / s | of one shard's | p50 ms | p99 ms | answered 503 |\n|---|---|---|---|---|---|");
    let limit = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(LIMIT);
    let mut one = None;
    for shards in SHARDS {
        let Run { a_second, busy, p50, p99 } = run(shards, limit).await;
        let ratio = a_second / *one.get_or_insert(a_second);
        let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!("| {shards} | {a_second:.0} | {ratio:.2} | {:.0} | {:.0} | {busy} |", millis(p50), millis(p99));
    }
}
