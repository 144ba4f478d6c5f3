//! Who supplies the shop, and when it orders again.

use serde_json::{Value, json};
use tests::{Answer, Shop};

async fn put(shop: &Shop, path: &str, body: &Value) -> Answer {
    shop.put(path, body).staff("merchandiser").send().await
}

async fn get(shop: &Shop, path: &str) -> Answer {
    shop.get(path).staff("warehouse").send().await
}

fn acme() -> Value {
    json!({ "name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR", "lead_time_days": 7 })
}

fn rule() -> Value {
    json!({
        "location": "main", "supplier": "acme", "reorder_point": 20, "lead_time_days": 7,
        "lead_time_deviation_days": 1, "minimum_order": 10, "pack_size": 6, "review_days": 7, "service_level": 0.95,
        "order_cost": { "amount": 1500, "currency": "EUR" }, "holding_cost": { "amount": 120, "currency": "EUR" },
    })
}

#[tokio::test]
async fn a_supplier_is_kept_under_the_id_that_staff_choose() {
    let shop = Shop::new();
    let made = put(&shop, "/api/suppliers/acme", &acme()).await.expect(201).json();
    assert_eq!((&made["id"], &made["currency"]), (&json!("acme"), &json!("EUR")));
    let mut renamed = acme();
    renamed["name"] = json!("Acme & Sons");
    drop(put(&shop, "/api/suppliers/acme", &renamed).await.expect(200));
    drop(put(&shop, "/api/suppliers/borealis", &acme()).await.expect(201));
    let listed = get(&shop, "/api/suppliers").await.expect(200).json();
    let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Acme & Sons", "Acme Pottery"]);
    let wrong = json!({ "name": "", "email": "orders@acme.example.com", "currency": "EUR", "lead_time_days": 800 });
    let refused = put(&shop, "/api/suppliers/acme", &wrong).await.expect(400).json();
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
    assert_eq!(pointers, ["/name", "/lead_time_days"]);
    shop.settle().await;
}

#[tokio::test]
async fn a_rule_names_a_supplier_and_a_location_that_there_are() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    drop(get(&shop, "/api/reorder-rules/MUG-1").await.expect(404));
    let path = "/api/reorder-rules/MUG-1";
    let refused = put(&shop, path, &rule()).await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/supplier");
    drop(put(&shop, "/api/suppliers/acme", &acme()).await.expect(201));
    let made = put(&shop, path, &rule()).await.expect(201).json();
    assert_eq!((&made["location"], &made["reorder_point"]), (&json!("main"), &json!(20)));
    let mut from_demand = rule();
    from_demand["reorder_point"] = json!(null);
    drop(put(&shop, path, &from_demand).await.expect(200));
    let kept = get(&shop, path).await.expect(200).json();
    assert_eq!((&kept["reorder_point"], &kept["pack_size"]), (&json!(null), &json!(6)));
    drop(get(&shop, &format!("{path}?location=annex")).await.expect(404));
    let mut elsewhere = rule();
    elsewhere["location"] = json!("annex");
    elsewhere["pack_size"] = json!(0);
    let refused = put(&shop, path, &elsewhere).await.expect(400).json();
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
    assert_eq!(pointers, ["/pack_size", "/location"]);
    drop(put(&shop, "/api/reorder-rules/NO-SUCH", &rule()).await.expect(404));
    // What it suggested goes out meanwhile.
    shop.advance(jiff::SignedDuration::from_mins(5)).await;
}
