//! From the catalogue to the order.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use tests::{Shop, checkout_body};

#[tokio::test]
async fn a_shopper_buys_by_bank_transfer_and_stock_is_right_throughout() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;

    let found = shop.get("/api/products?q=product").send().await.expect(200).json();
    assert_eq!(found["items"][0]["slug"], "mug-1");
    assert_eq!(found["items"][0]["in_stock"], true);

    let cart = shop.cart(&[("MUG-1", 2)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
    let id = placed["order"]["id"].as_str().unwrap().to_owned();
    assert_eq!(placed["order"]["status"], "pending_payment");
    assert!(placed["payment"]["instructions"]["iban"].as_str().unwrap().starts_with("DE"));
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["reserved"]), (&json!(8), &json!(2)));

    shop.settle().await;
    let number = placed["order"]["number"].as_str().unwrap();
    assert_eq!(shop.subjects(), [format!("Order {number} received")]);

    let paid = shop.post(&format!("/api/orders/{id}/mark-paid"), &json!({ "reference": "statement 12" }));
    drop(paid.staff("support").send().await.expect(200));
    shop.settle().await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["reserved"]), (&json!(8), &json!(0)));
    assert_eq!(stock["locations"][0]["committed"], 2);
    assert_eq!(shop.subjects()[1..], [format!("Order {number} confirmed")]);

    let shipped = shop.post(&format!("/api/orders/{id}/ship"), &json!({ "carrier": "DHL", "tracking": "JD01" }));
    assert_eq!(shipped.staff("warehouse").send().await.expect(200).json()["shipment_status"], "shipped");
    shop.settle().await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!(stock["locations"][0]["on_hand"], 8);
    assert_eq!(stock["locations"][0]["committed"], 0);
    assert_eq!(stock["available"], 8);
    assert_eq!(shop.subjects()[2..], [format!("{number} is on its way"), format!("Your warranty for order {number}")]);

    let delivered = shop.post(&format!("/api/orders/{id}/deliver"), &json!({}));
    assert_eq!(delivered.staff("warehouse").send().await.expect(200).json()["status"], "completed");
    shop.settle().await;

    let listed = shop.get("/api/orders?status=completed").staff("support").send().await.expect(200).json();
    assert_eq!(listed["items"][0]["number"], number);
    let pending = shop.get("/api/orders?status=pending_payment").staff("support").send().await.expect(200).json();
    assert_eq!(pending["items"], json!([]));
}

#[tokio::test]
async fn the_ledger_says_why_and_sums_to_the_balance() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 3)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201));
    shop.settle().await;
    let ledger = shop.get("/api/stock/MUG-1/ledger").staff("owner").send().await.expect(200).json();
    let entries = ledger["items"].as_array().unwrap();
    let sum = |counter: &str| -> i64 {
        entries.iter().filter(|entry| entry["quantity"] == counter).map(|entry| entry["delta"].as_i64().unwrap()).sum()
    };
    assert_eq!(sum("on_hand"), 10);
    assert_eq!(sum("available"), 7);
    assert_eq!(sum("reserved"), 3);
    assert!(entries.iter().any(|entry| entry["cause"] == "received" && entry["location"] == "main"));
}

#[tokio::test]
async fn a_hold_that_nobody_pays_ends() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 5)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
    shop.settle().await;
    assert_eq!(shop.stock_of("MUG-1").await["available"], 0);
    let found = shop.get("/api/products?in_stock=true").send().await.expect(200).json();
    assert_eq!(found["items"], json!([]), "sold out products are not in stock");

    shop.advance(SignedDuration::from_hours(7 * 24 + 1)).await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["reserved"]), (&json!(5), &json!(0)));
    assert_eq!(shop.order(placed["order"]["id"].as_str().unwrap()).await["status"], "expired");
    // Who was told how to pay is told that it is over.
    let number = placed["order"]["number"].as_str().unwrap();
    assert_eq!(shop.subjects().last(), Some(&format!("Order {number} is cancelled")));
    let found = shop.get("/api/products?in_stock=true").send().await.expect(200).json();
    assert_eq!(found["items"][0]["slug"], "mug-1");
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_any_other_is_refused() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let first = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
    assert_eq!(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json(), first);
    let other_body = shop.check_out(&cart, "card", "key-1").await.expect(422);
    assert_eq!(other_body.problem(), "idempotency-key-reused");
    let other_key = shop.check_out(&cart, "bank_transfer", "key-2").await.expect(409);
    assert_eq!(other_key.problem(), "cart-ordered");
    assert_eq!(other_key.json()["order_id"], first["order"]["id"]);
    shop.settle().await;
    // Once the cart knows of its order, the answers are the same.
    assert_eq!(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json(), first);
    assert_eq!(shop.check_out(&cart, "bank_transfer", "key-2").await.expect(409).problem(), "cart-ordered");
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 1);
}

#[tokio::test]
async fn nobody_pays_a_price_that_was_not_seen() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    shop.stock("MUG-1", 2599, 0).await;
    let refused = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(409);
    assert_eq!(refused.problem(), "price-changed");
    let looked = shop.get(&format!("/api/carts/{cart}")).send().await.expect(200).json();
    assert_eq!(looked["warnings"][0]["code"], "price_changed");
    assert_eq!(looked["lines"][0]["unit_price"]["amount"], 2599);

    let mut body = checkout_body(&cart, "bank_transfer");
    body["expected_total"] = json!({ "amount": 1, "currency": "EUR" });
    let refused = shop.post("/api/checkout", &body).key("key-2").send().await.expect(409);
    assert_eq!(refused.problem(), "price-changed");
    let total = refused.json()["total"].clone();
    body["expected_total"] = total.clone();
    let placed = shop.post("/api/checkout", &body).key("key-3").send().await.expect(201).json();
    assert_eq!(placed["order"]["totals"]["total"], total);
    shop.settle().await;
}

#[tokio::test]
async fn five_hundred_buyers_of_a_hundred_pieces() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 100).await;
    let mut carts = Vec::new();
    for _ in 0..500 {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    let answers = join_all(carts.iter().enumerate().map(|(index, cart)| {
        let key = format!("key-{index}");
        let shop = &shop;
        async move { shop.check_out(cart, "bank_transfer", &key).await.status.as_u16() }
    }))
    .await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(201), count(409)), (100, 400));
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["reserved"]), (&json!(0), &json!(100)));
    shop.advance(SignedDuration::from_hours(7 * 24 + 1)).await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["reserved"]), (&json!(100), &json!(0)));
}

#[tokio::test]
async fn a_checkout_ends_due_holds_itself() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 1).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201));
    shop.settle().await;
    let other = shop.cart(&[("MUG-1", 1)]).await;
    assert_eq!(shop.check_out(&other, "bank_transfer", "key-2").await.expect(409).problem(), "out-of-stock");
    // The hold is over, but the minute's timers have not fired yet.
    shop.engine().clock().move_to(shop.engine().clock().now() + SignedDuration::from_hours(7 * 24));
    drop(shop.check_out(&other, "bank_transfer", "key-3").await.expect(201));
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 1);
    shop.settle().await;
}

#[tokio::test]
async fn the_checkout_page_renews_prices_and_says_so() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    shop.stock("MUG-1", 2499, 0).await;
    let look = || shop.get("/checkout").header("accept", "text/html").header("cookie", &format!("cart={cart}")).send();
    assert!(look().await.expect(200).text.contains("24.99"));
    let kept = shop.get(&format!("/api/carts/{cart}")).send().await.expect(200).json();
    assert_eq!(kept["lines"][0]["unit_price"]["amount"], 2499);
}
