//! Setting stock right: several quantities at once, and what somebody else changed meanwhile.

use serde_json::{Value, json};
use tests::{Answer, Shop};

/// A shop with ten mugs at `main` and a second place, `annex`.
async fn two_places() -> Shop {
    let shop = Shop::new();
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    shop.stock("MUG-1", 1999, 10).await;
    shop
}

fn line(location: &str, quantity: &str, counted: i64, seen: i64) -> Value {
    json!({
        "sku": "MUG-1", "location": location, "quantity": quantity, "counted": counted, "seen": seen,
        "reason": "counted",
    })
}

async fn adjust(shop: &Shop, key: &str, lines: &[Value]) -> Answer {
    shop.post("/api/stock/adjustments", &json!({ "lines": lines })).staff("warehouse").key(key).send().await
}

fn at(stock: &Value, location: &str) -> Value {
    let places = stock["locations"].as_array().unwrap();
    places.iter().find(|place| place["location"] == location).unwrap().clone()
}

#[tokio::test]
async fn quantities_of_one_sku_are_set_together() {
    let shop = two_places().await;
    let lines = [
        line("main", "on_hand", 8, 10),
        line("main", "buffer", 2, 0),
        line("main", "damaged", 1, 0),
        line("annex", "on_hand", 5, 0),
    ];
    let answer = adjust(&shop, "together", &lines).await.expect(201).json();
    assert_eq!(answer["lines"][1]["quantity"], "buffer");
    assert_eq!((answer["lines"][0]["before"].clone(), answer["lines"][0]["after"].clone()), (json!(10), json!(8)));
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!(stock["available"], 11, "8 and 5, less 2 kept from sale: {stock}");
    let main = at(&stock, "main");
    assert_eq!((&main["on_hand"], &main["buffer"], &main["damaged"]), (&json!(8), &json!(2), &json!(1)));
    assert_eq!(at(&stock, "annex")["on_hand"], 5);
    shop.settle().await;
    let ledger = shop.get("/api/stock/MUG-1/ledger").staff("warehouse").send().await.expect(200).json();
    let entry = ledger["items"].as_array().unwrap().iter().find(|entry| entry["quantity"] == "buffer").unwrap();
    assert_eq!((&entry["delta"], &entry["location"], &entry["cause"]), (&json!(2), &json!("main"), &json!("counted")));
}

#[tokio::test]
async fn what_changed_since_it_was_seen_is_told_and_nothing_is_booked() {
    let shop = two_places().await;
    drop(adjust(&shop, "first", &[line("main", "on_hand", 7, 10)]).await.expect(201));
    let both = [line("main", "on_hand", 12, 10), line("annex", "on_hand", 3, 0)];
    let refused = adjust(&shop, "second", &both).await.expect(409);
    assert_eq!(refused.problem(), "stale");
    let conflicts = refused.json()["conflicts"].clone();
    let expected = json!([{ "sku": "MUG-1", "location": "main", "quantity": "on_hand", "seen": 10, "now": 7 }]);
    assert_eq!(conflicts, expected);
    assert_eq!(shop.stock_of("MUG-1").await["available"], 7, "nothing of it was booked");
    // Looked at again, and meant so.
    drop(adjust(&shop, "third", &[line("main", "on_hand", 12, 7), both[1].clone()]).await.expect(201));
    assert_eq!(shop.stock_of("MUG-1").await["available"], 15);
    shop.settle().await;
}

#[tokio::test]
async fn what_a_count_finds_can_be_kept_from_sale_at_once() {
    let shop = two_places().await;
    drop(adjust(&shop, "gone", &[line("main", "on_hand", 0, 10)]).await.expect(201));
    let mut keep = line("main", "buffer", 0, 0);
    keep.as_object_mut().unwrap().remove("counted");
    keep["delta"] = json!(8);
    drop(adjust(&shop, "found", &[line("main", "on_hand", 10, 0), keep]).await.expect(201));
    assert_eq!(shop.stock_of("MUG-1").await["available"], 2);
    shop.settle().await;
}

#[tokio::test]
async fn what_orders_and_suppliers_make_is_not_set_by_hand() {
    let shop = two_places().await;
    for quantity in ["committed", "incoming"] {
        let refused = adjust(&shop, quantity, &[line("main", quantity, 5, 0)]).await.expect(400).json();
        assert_eq!(refused["errors"][0]["pointer"], "/lines/0/quantity");
    }
    // More cannot be kept from sale than there is to sell.
    let wish = json!({ "sku": "MUG-1", "location": "main", "quantity": "buffer", "delta": 11, "reason": "other" });
    assert_eq!(adjust(&shop, "buffer", &[wish]).await.expect(409).problem(), "conflict");
    shop.settle().await;
}
