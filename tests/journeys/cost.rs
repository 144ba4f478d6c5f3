//! What a checkout costs: round trips and capacity units, as the tables report them.

use std::collections::BTreeMap;

use local::journeys::Recorded;
use serde_json::json;
use tests::Shop;

/// Checks out a cart of so many lines, settings warm; the calls that it made.
async fn calls_of_a_checkout(lines: usize) -> Vec<Recorded> {
    let shop = Shop::new();
    let skus: Vec<String> = (0..lines).map(|index| format!("SKU-{index}")).collect();
    for sku in &skus {
        shop.stock(sku, 1999, 10).await;
    }
    let wanted: Vec<_> = skus.iter().map(|sku| (sku.as_str(), 1)).collect();
    let warm = shop.cart(&wanted).await;
    drop(shop.check_out(&warm, "bank_transfer", "warm").await.expect(201));
    shop.settle().await;
    let cart = shop.cart(&wanted).await;
    drop(shop.engine().take_calls());
    drop(shop.check_out(&cart, "bank_transfer", "measured").await.expect(201));
    let calls = shop.engine().take_calls();
    shop.settle().await;
    calls
}

fn sum(calls: &[Recorded], units: impl Fn(&Recorded) -> f64) -> f64 {
    calls.iter().map(units).sum()
}

#[tokio::test]
async fn a_checkout_of_one_line() {
    let calls = calls_of_a_checkout(1).await;
    let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(operations, ["GetItem", "TransactWriteItems"]);
    assert_eq!(sum(&calls, |call| call.units.write), 4.0);
    assert!(sum(&calls, |call| call.units.read) <= 1.0);
}

/// A split SKU costs the same, where its shard has enough.
#[tokio::test]
async fn a_checkout_of_a_split_sku() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 100).await;
    let split = shop.post("/api/stock/MUG-1/shards", &json!({ "shards": 4 })).staff("owner").send().await;
    drop(split.expect(200));
    drop(shop.check_out(&shop.cart(&[("MUG-1", 1)]).await, "bank_transfer", "warm").await.expect(201));
    for number in 0..5 {
        let cart = shop.cart(&[("MUG-1", 1)]).await;
        drop(shop.engine().take_calls());
        drop(shop.check_out(&cart, "bank_transfer", &format!("measured-{number}")).await.expect(201));
        let calls = shop.engine().take_calls();
        let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(operations, ["GetItem", "TransactWriteItems"]);
        assert_eq!(sum(&calls, |call| call.units.write), 4.0);
    }
    shop.settle().await;
}

#[tokio::test]
async fn a_checkout_of_three_lines() {
    let calls = calls_of_a_checkout(3).await;
    assert_eq!(calls.len(), 2);
    assert!(sum(&calls, |call| call.units.write) <= 10.0);
}

/// All calls of a whole order, from the look at its product to the last of its mails, everything warm.
#[tokio::test]
async fn a_whole_order() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.whole_order().await;
    drop(shop.engine().take_calls());
    shop.whole_order().await;
    let calls = shop.engine().take_calls();
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for call in &calls {
        of.entry(&call.caller).or_default().push(&call.operation);
    }
    let (reads, writes) = (sum(&calls, |call| call.units.read), sum(&calls, |call| call.units.write));
    assert_eq!((calls.len(), reads, writes), (39, 15.0, 46.0), "{of:#?}");
}
