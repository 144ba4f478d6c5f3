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

/// Calls, read and write units of what is done, all that follows of it included.
async fn cost_of<F: Future<Output = ()>>(shop: &Shop, done: F) -> (usize, f64, f64) {
    drop(shop.engine().take_calls());
    done.await;
    shop.settle().await;
    let calls = shop.engine().take_calls();
    (calls.len(), sum(&calls, |call| call.units.read), sum(&calls, |call| call.units.write))
}

/// The README's table. Everything is warm: it was done once before.
#[tokio::test]
async fn the_supply_chain() {
    let shop = Shop::new();
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    let acme = json!({ "name": "Acme", "email": "orders@acme.example.com", "currency": "EUR" });
    drop(shop.put("/api/suppliers/acme", &acme).staff("merchandiser").send().await.expect(201));
    let rule = json!({
        "location": "main", "supplier": "acme", "reorder_point": 20, "lead_time_days": 7, "minimum_order": 10,
        "pack_size": 6, "review_days": 7, "service_level": 0.95, "unit_cost": { "amount": 900, "currency": "EUR" },
    });
    let mut costs = Vec::new();
    for sku in ["WARM-1", "MUG-1"] {
        shop.stock(sku, 1999, 21).await;
        drop(shop.put(&format!("/api/reorder-rules/{sku}"), &rule).staff("merchandiser").send().await.expect(201));
        shop.settle().await;
        let post = async |path: &str, body: serde_json::Value| {
            shop.post(path, &body).staff("owner").key(&format!("{sku}-{path}")).send().await
        };
        let line = json!({ "sku": sku, "location": "main", "delta": -1, "reason": "damaged" });
        let crosses = cost_of(&shop, async {
            drop(post("/api/stock/adjustments", json!({ "lines": [line] })).await.expect(201));
        });
        let crosses = crosses.await;
        let goes_out = cost_of(&shop, async { shop.advance(jiff::SignedDuration::from_mins(3)).await }).await;
        let orders = shop.get("/api/purchase-orders?status=sent").staff("owner").send().await.expect(200).json();
        let order = format!("/api/purchase-orders/{}", orders["items"][0]["id"].as_str().unwrap());
        let came = json!({ "lines": [{ "sku": sku, "quantity": orders["items"][0]["lines"][0]["quantity"] }] });
        let received = cost_of(&shop, async {
            drop(post(&format!("{order}/receive"), came).await.expect(200));
        });
        let received = received.await;
        let moved = cost_of(&shop, async {
            let wanted = json!({ "from": "main", "to": "annex", "lines": [{ "sku": sku, "quantity": 2 }] });
            let sent = post("/api/transfers", wanted).await.expect(201).json();
            let came = json!({ "lines": [{ "sku": sku, "received": 2 }] });
            let path = format!("/api/transfers/{}/receive", sent["id"].as_str().unwrap());
            drop(post(&path, came).await.expect(200));
        });
        costs = vec![crosses, goes_out, received, moved.await];
        // Three minutes let a second suggestion go, where there is one.
        shop.advance(jiff::SignedDuration::from_mins(3)).await;
    }
    // What crosses the line, what goes out within three minutes of the clock, what comes, what goes elsewhere.
    assert_eq!(costs, [(23, 15.0, 22.0), (31, 18.0, 18.0), (14, 8.0, 15.0), (31, 21.0, 30.0)]);
}

/// What a return takes, from the quote to the money, its mails included: the second one, with everything warm.
#[tokio::test]
async fn a_return() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 20).await;
    let mut costs = Vec::new();
    for round in ["cold", "warm"] {
        let cart = shop.cart(&[("MUG-1", 2)]).await;
        let placed = shop.check_out(&cart, "bank_transfer", round).await.expect(201).json();
        let order = placed["order"]["id"].as_str().unwrap();
        let post = async |path: &str, body: serde_json::Value, status: u16| {
            let answer =
                shop.post(path, &body).staff("owner").key(&format!("{round}-{path}")).send().await.expect(status);
            shop.settle().await;
            answer.json()
        };
        post(&format!("/api/orders/{order}/mark-paid"), json!({ "reference": "paid" }), 200).await;
        post(&format!("/api/orders/{order}/ship"), json!({ "carrier": "DHL" }), 200).await;
        let asked = json!({ "order_id": order, "lines": [{ "sku": "MUG-1", "quantity": 1, "reason": "damaged" }] });
        let quoted = cost_of(&shop, async { drop(post("/api/returns/quote", asked.clone(), 200).await) }).await;
        let mut back = serde_json::Value::Null;
        let requested = cost_of(&shop, async { back = post("/api/returns", asked.clone(), 201).await }).await;
        let path = |act: &str| format!("/api/returns/{}/{act}", back["id"].as_str().unwrap());
        let approved = cost_of(&shop, async { drop(post(&path("approve"), json!({}), 200).await) }).await;
        let here = cost_of(&shop, async {
            let line = json!({ "sku": "MUG-1", "quantity": 1 });
            post(&path("receive"), json!({ "lines": [line] }), 200).await;
            let line = json!({ "sku": "MUG-1", "resellable": 1 });
            post(&path("inspect"), json!({ "lines": [line] }), 200).await;
        });
        let here = here.await;
        let settled = cost_of(&shop, async { drop(post(&path("resolve"), json!({}), 200).await) }).await;
        costs = vec![quoted, requested, approved, here, settled];
    }
    // The quote, the request, the approval, what came and was looked at, what went back and ends its warranty.
    let counted = [(1, 1.0, 0.0), (11, 4.5, 17.0), (11, 4.5, 11.0), (16, 6.5, 25.0), (21, 12.0, 20.0)];
    assert_eq!(costs, counted);
}

/// What a warranty takes, its mails included: the parcel that its certificate is issued for, and a claim that ends with another
/// unit. The second one, with everything warm.
#[tokio::test]
async fn a_warranty() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 20).await;
    let mut costs = Vec::new();
    for round in ["cold", "warm"] {
        let cart = shop.cart(&[("MUG-1", 1)]).await;
        let placed = shop.check_out(&cart, "bank_transfer", round).await.expect(201).json();
        let order = placed["order"]["id"].as_str().unwrap();
        let post = async |path: &str, body: serde_json::Value, status: u16| {
            let answer =
                shop.post(path, &body).staff("owner").key(&format!("{round}-{path}")).send().await.expect(status);
            shop.settle().await;
            answer.json()
        };
        post(&format!("/api/orders/{order}/mark-paid"), json!({ "reference": "paid" }), 200).await;
        let ship = |order: &str| (format!("/api/orders/{order}/ship"), json!({ "carrier": "DHL" }));
        let (path, parcel) = ship(order);
        let left = cost_of(&shop, async { drop(post(&path, parcel, 200).await) }).await;
        let list =
            shop.get(&format!("/api/warranties?order_id={order}")).staff("owner").send().await.expect(200).json();
        let asked = json!({ "certificate": list["items"][0]["id"], "defect": "broken", "description": "It broke." });
        let mut claim = serde_json::Value::Null;
        let claimed = cost_of(&shop, async { claim = post("/api/warranty-claims", asked, 201).await }).await;
        let path = |act: &str| format!("/api/warranty-claims/{}/{act}", claim["id"].as_str().unwrap());
        let remedy = json!({ "resolution": "replace" });
        let approved = cost_of(&shop, async { drop(post(&path("approve"), remedy, 200).await) }).await;
        let here = cost_of(&shop, async {
            post(&path("receive"), json!({}), 200).await;
            post(&path("diagnose"), json!({}), 200).await;
        });
        let here = here.await;
        let mut done = serde_json::Value::Null;
        let replaced = cost_of(&shop, async { done = post(&path("resolve"), json!({}), 200).await }).await;
        let (path, parcel) = ship(done["replacement_order_id"].as_str().unwrap());
        let handed_on = cost_of(&shop, async { drop(post(&path, parcel, 200).await) }).await;
        costs = vec![left, claimed, approved, here, replaced, handed_on];
    }
    // The parcel, the claim, the approval, what came and was looked at, another one ordered, its parcel.
    let counted =
        [(27, 10.0, 22.0), (13, 6.5, 13.0), (13, 6.5, 11.0), (17, 9.5, 15.0), (38, 19.0, 42.0), (27, 11.5, 33.0)];
    assert_eq!(costs, counted);
}
