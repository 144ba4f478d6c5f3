//! Bad input: a clear problem, and nothing changed.

use serde_json::json;
use tests::{Shop, checkout_body};

#[tokio::test]
async fn what_is_malformed_is_named() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let put = |body: serde_json::Value| shop.put(&format!("/api/carts/{cart}/items/MUG-1"), &body);
    assert_eq!(put(json!({ "quantity": -1 })).send().await.expect(400).json()["errors"][0]["pointer"], "/quantity");
    drop(put(json!({ "quantity": 1_000_000 })).send().await.expect(400));
    drop(put(json!({ "quantity": "two" })).send().await.expect(400));
    drop(put(json!({ "quantity": 1, "price": 1 })).send().await.expect(400));
    drop(shop.put(&format!("/api/carts/{cart}/items/NONE"), &json!({ "quantity": 1 })).send().await.expect(404));
    let broken = shop.post("/api/carts", &json!({})).body("{");
    assert_eq!(broken.send().await.expect(400).problem(), "malformed");
    let typed = shop.ask(http::Method::POST, "/api/carts").header("content-type", "text/plain").body("{}");
    drop(typed.send().await.expect(415));
    let large = shop.post("/api/carts", &json!({ "x": "y".repeat(1_000_000) }));
    drop(large.send().await.expect(413));

    let mut body = checkout_body(&cart, "bank_transfer");
    body["shipping_address"]["country"] = json!("XX");
    let refused = shop.post("/api/checkout", &body).key("key").send().await.expect(400);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/shipping_address/country");
    body["shipping_address"]["country"] = json!("BR");
    assert_eq!(
        shop.post("/api/checkout", &body).key("key").send().await.expect(422).json()["code"],
        "country-not-served"
    );
    drop(shop.post("/api/checkout", &checkout_body(&cart, "cash")).key("key").send().await.expect(400));
    drop(shop.post("/api/checkout", &checkout_body(&cart, "card")).send().await.expect(400));

    let looked = shop.get(&format!("/api/carts/{cart}")).send().await.expect(200).json();
    assert_eq!(looked["totals"]["count"], 1);
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 0);
}

#[tokio::test]
async fn nobody_sees_or_does_what_is_not_theirs() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
    shop.settle().await;
    let id = placed["order"]["id"].as_str().unwrap();
    drop(shop.get(&format!("/api/orders/{id}")).send().await.expect(404));
    drop(shop.get(&format!("/api/orders/{id}?token=AAAAAAAAAAAAAAAAAAAAAA")).send().await.expect(404));
    let token = placed["view_url"].as_str().unwrap().split_once("token=").unwrap().1;
    drop(shop.get(&format!("/api/orders/{id}?token={token}")).send().await.expect(200));
    drop(shop.get("/api/stock/MUG-1").send().await.expect(401));
    drop(shop.get("/api/stock/MUG-1").header("authorization", "Bearer x.y.z").send().await.expect(401));
    drop(shop.put("/api/products/mug-1", &json!({})).staff("support").send().await.expect(403));
    let paid = shop.post(&format!("/api/orders/{id}/mark-paid"), &json!({ "reference": "x" }));
    drop(paid.staff("warehouse").send().await.expect(403));
    let forged = shop.post("/api/webhooks/stripe", &json!({})).header("stripe-signature", "t=1,v1=00");
    drop(forged.send().await.expect(400));
    drop(shop.get("/nowhere").send().await.expect(404));
}

#[tokio::test]
async fn adjustments_are_all_or_nothing_and_once() {
    let shop = Shop::new();
    shop.stock("A", 100, 5).await;
    shop.stock("B", 100, 5).await;
    let adjust = |key: &str, a: i64, b: i64| {
        let line =
            |sku: &str, delta: i64| json!({ "sku": sku, "location": "main", "delta": delta, "reason": "damaged" });
        shop.post("/api/stock/adjustments", &json!({ "lines": [line("A", a), line("B", b)] }))
            .staff("warehouse")
            .key(key)
    };
    drop(adjust("k1", -1, -9).send().await.expect(409));
    assert_eq!(shop.stock_of("A").await["available"], 5);
    let first = adjust("k2", -1, -2).send().await.expect(201).json();
    assert_eq!(adjust("k2", -1, -2).send().await.expect(201).json(), first);
    drop(adjust("k2", -1, -1).send().await.expect(422));
    assert_eq!(shop.stock_of("A").await["available"], 4);
    assert_eq!(shop.stock_of("B").await["available"], 3);
    shop.settle().await;
}
