//! Where a paid order's units come from: by the shop's rule, and what becomes of what is nowhere.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// A shop with three locations, in the USA, in Germany and in France, that allocates by this rule.
async fn three_places(rule: &str, shortage: &str) -> Shop {
    let shop = Shop::new();
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    let place = |id: &str, country: &str| json!({ "id": id, "name": id, "address": "", "country": country });
    settings["locations"] = json!([place("main", "US"), place("north", "DE"), place("south", "FR")]);
    settings["allocation"] = json!(rule);
    settings["shortage"] = json!(shortage);
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    for sku in ["MUG-1", "PLATE-1"] {
        shop.stock(sku, 1999, 0).await;
    }
    shop
}

async fn put(shop: &Shop, sku: &str, location: &str, change: Value) {
    let mut line = json!({ "sku": sku, "location": location, "reason": "counted" });
    line.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let key = format!("{sku}-{location}-{change}-{}", shop.subjects().len());
    let booked = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key(&key);
    drop(booked.send().await.expect(201));
    shop.settle().await;
}

/// Orders by transfer; the order's id.
async fn ordered(shop: &Shop, lines: &[(&str, u32)]) -> String {
    let cart = shop.cart(lines).await;
    let placed = shop.check_out(&cart, "bank_transfer", &cart).await.expect(201).json();
    shop.settle().await;
    placed["order"]["id"].as_str().unwrap().to_owned()
}

async fn paid(shop: &Shop, order: &str) -> Value {
    act(shop, order, "mark-paid", &json!({ "reference": "seen" })).await;
    shop.order(order).await
}

async fn bought(shop: &Shop, lines: &[(&str, u32)]) -> Value {
    let order = ordered(shop, lines).await;
    paid(shop, &order).await
}

async fn act(shop: &Shop, order: &str, what: &str, body: &Value) {
    drop(tried(shop, order, what, body).await.expect(200));
    shop.settle().await;
}

async fn tried(shop: &Shop, order: &str, what: &str, body: &Value) -> Answer {
    shop.post(&format!("/api/orders/{order}/{what}"), body).staff("owner").send().await
}

fn id(order: &Value) -> &str {
    order["id"].as_str().unwrap()
}

/// `2 MUG-1 north, 1 PLATE-1 south: one_location`
fn source(order: &Value) -> String {
    let pieces = order["allocation"]["pieces"].as_array().unwrap().iter();
    let piece = |piece: &Value| {
        let text = |name: &str| piece[name].as_str().unwrap().to_owned();
        format!("{} {} {}", piece["quantity"], text("sku"), text("location"))
    };
    let pieces: Vec<String> = pieces.map(piece).collect();
    format!("{}: {}", pieces.join(", "), order["allocation"]["why"]["reason"].as_str().unwrap())
}

fn waits(order: &Value, line: usize) -> i64 {
    order["lines"][line]["backordered"].as_i64().unwrap_or_default()
}

/// What can be promised is what is there less what is promised, and the ledger sums up to every counter.
async fn balanced(shop: &Shop, sku: &str) {
    let stock = shop.stock_of(sku).await;
    let number = |value: &Value, name: &str| value[name].as_i64().unwrap();
    let places = stock["locations"].as_array().unwrap().iter();
    let there: i64 = places.map(|at| number(at, "on_hand") - number(at, "committed") - number(at, "buffer")).sum();
    let promised = number(&stock, "reserved") + number(&stock, "backordered");
    assert_eq!(number(&stock, "available"), there - promised, "{stock}");
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut path = format!("/api/stock/{sku}/ledger");
    loop {
        let page = shop.get(&path).staff("warehouse").send().await.expect(200).json();
        for entry in page["items"].as_array().unwrap() {
            *sums.entry(entry["quantity"].as_str().unwrap().to_owned()).or_default() += number(entry, "delta");
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/stock/{sku}/ledger?cursor={next}");
    }
    for counter in ["available", "reserved", "backordered"] {
        assert_eq!(sums.get(counter).copied().unwrap_or_default(), number(&stock, counter), "{counter}");
    }
}

#[tokio::test]
async fn the_shop_says_where_orders_come_from_and_the_order_says_why() {
    for (rule, expected) in [
        ("fewest_parcels", "2 MUG-1 south, 1 PLATE-1 south: one_location"),
        ("priority", "2 MUG-1 south, 1 PLATE-1 south: one_location"),
        ("nearest", "2 MUG-1 south, 1 PLATE-1 south: one_location"),
    ] {
        let shop = three_places(rule, "backorder").await;
        put(&shop, "MUG-1", "main", json!({ "counted": 5 })).await;
        put(&shop, "MUG-1", "south", json!({ "counted": 5 })).await;
        put(&shop, "PLATE-1", "south", json!({ "counted": 1 })).await;
        let order = bought(&shop, &[("MUG-1", 2), ("PLATE-1", 1)]).await;
        assert_eq!(source(&order), expected, "{rule}");
        assert_eq!(order["allocation"]["why"]["rule"], rule);
        // The order goes to Germany: nothing is left there, France is in its zone or not, the rule says which.
        put(&shop, "MUG-1", "north", json!({ "counted": 3 })).await;
        let second = bought(&shop, &[("MUG-1", 2)]).await;
        let from = if rule == "nearest" { "2 MUG-1 north: one_location" } else { "2 MUG-1 main: one_location" };
        assert_eq!(source(&second), from, "{rule}");
        // Seven are left, nowhere more than three.
        let third = bought(&shop, &[("MUG-1", 7)]).await;
        assert!(source(&third).ends_with(": in_pieces"), "{}", source(&third));
        balanced(&shop, "MUG-1").await;
    }
}

#[tokio::test]
async fn a_location_without_its_country_cannot_be_the_nearest() {
    let shop = three_places("priority", "backorder").await;
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["allocation"] = json!("nearest");
    settings["locations"][1]["country"] = Value::Null;
    let refused = shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/locations/1/country");
}

#[tokio::test]
async fn what_is_sold_on_backorder_waits_and_is_given_first_come_first_served() {
    let shop = three_places("priority", "refund").await;
    put(&shop, "MUG-1", "main", json!({ "counted": 1 })).await;
    let limit = json!({ "limit": 6 });
    drop(shop.put("/api/stock/MUG-1/backorders", &limit).staff("warehouse").send().await.expect(403));
    drop(shop.put("/api/stock/NONE-1/backorders", &limit).staff("merchandiser").send().await.expect(404));
    let set = shop.put("/api/stock/MUG-1/backorders", &limit).staff("merchandiser").send().await.expect(200).json();
    assert_eq!((&set["available"], &set["backorder_limit"]), (&json!(1), &json!(6)));
    shop.settle().await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let over = shop.put(&format!("/api/carts/{cart}/items/MUG-1"), &json!({ "quantity": 8 })).send().await.expect(200);
    assert!(over.text.contains("Only 7"), "{}", over.text);

    let first = bought(&shop, &[("MUG-1", 3)]).await;
    assert_eq!((first["shipment_status"].as_str(), waits(&first, 0)), (Some("backordered"), 2));
    shop.advance(SignedDuration::from_mins(1)).await;
    let second = bought(&shop, &[("MUG-1", 2)]).await;
    assert_eq!(waits(&second, 0), 2);
    let number = |order: &Value| order["number"].as_str().unwrap().to_owned();
    let subjects = shop.subjects();
    for expected in
        [format!("Part of order {} has to wait", number(&first)), format!("Order {} has to wait", number(&second))]
    {
        assert!(subjects.contains(&expected), "{subjects:?}");
    }
    assert_eq!(shop.stock_of("MUG-1").await["backordered"], 4);
    balanced(&shop, "MUG-1").await;

    // Three come in, at another place: two for the first, one for the second.
    put(&shop, "MUG-1", "north", json!({ "counted": 3 })).await;
    let first = shop.order(id(&first)).await;
    assert_eq!((first["shipment_status"].as_str(), waits(&first, 0)), (Some("allocated"), 0));
    assert_eq!(waits(&shop.order(id(&second)).await, 0), 1);
    // Whoever comes now does not get what the second waits for.
    shop.advance(SignedDuration::from_mins(1)).await;
    let third = ordered(&shop, &[("MUG-1", 1)]).await;
    put(&shop, "MUG-1", "south", json!({ "counted": 1 })).await;
    assert_eq!(waits(&paid(&shop, &third).await, 0), 1);
    assert_eq!(waits(&shop.order(id(&second)).await, 0), 0);
    balanced(&shop, "MUG-1").await;

    // The first leaves from two places; the third is called off, and nothing waits any more.
    act(&shop, id(&first), "ship", &json!({ "carrier": "Post" })).await;
    assert_eq!(shop.order(id(&first)).await["shipment_status"], "shipped");
    act(&shop, &third, "cancel", &json!({})).await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["backordered"], &stock["reserved"]), (&json!(0), &json!(0), &json!(0)));
    put(&shop, "MUG-1", "main", json!({ "delta": 5 })).await;
    assert_eq!(shop.stock_of("MUG-1").await["available"], 5);
    balanced(&shop, "MUG-1").await;
}

#[tokio::test]
async fn what_is_nowhere_leaves_the_order_where_the_shop_pays_it_back() {
    let shop = three_places("fewest_parcels", "refund").await;
    put(&shop, "MUG-1", "main", json!({ "counted": 2 })).await;
    put(&shop, "PLATE-1", "main", json!({ "counted": 2 })).await;
    let order = ordered(&shop, &[("MUG-1", 2), ("PLATE-1", 1)]).await;
    let gone = ordered(&shop, &[("PLATE-1", 1)]).await;
    // A count finds less than was sold.
    put(&shop, "MUG-1", "main", json!({ "counted": 1 })).await;
    put(&shop, "PLATE-1", "main", json!({ "counted": 1 })).await;
    let order = paid(&shop, &order).await;
    assert_eq!(source(&order), "1 MUG-1 main, 1 PLATE-1 main: one_location");
    assert_eq!((&order["lines"][0]["dropped"], &order["refunds"][0]["cause"]), (&json!(1), &json!("out_of_stock")));
    assert_eq!(order["refund_due"]["amount"], 1999);
    let title = format!("Part of order {} is not in stock", order["number"].as_str().unwrap());
    assert!(shop.subjects().contains(&title), "{:?}", shop.subjects());
    act(&shop, id(&order), "ship", &json!({ "carrier": "Post" })).await;
    assert_eq!(shop.order(id(&order)).await["shipment_status"], "shipped", "the rest of it is all of it");
    // Nothing of it is there: it is called off, and all of its money goes back.
    let gone = paid(&shop, &gone).await;
    assert_eq!((&gone["status"], &gone["refund_due"]), (&json!("canceled"), &gone["captured"]));
    balanced(&shop, "MUG-1").await;
    balanced(&shop, "PLATE-1").await;
}

#[tokio::test]
async fn who_does_not_want_to_wait_gets_the_rest_and_the_money() {
    let shop = three_places("priority", "backorder").await;
    put(&shop, "MUG-1", "main", json!({ "counted": 3 })).await;
    let order = ordered(&shop, &[("MUG-1", 3)]).await;
    put(&shop, "MUG-1", "main", json!({ "counted": 1 })).await;
    let order = paid(&shop, &order).await;
    assert_eq!(waits(&order, 0), 2);
    let more = json!({ "carrier": "Post", "lines": [{ "sku": "MUG-1", "quantity": 2 }] });
    assert_eq!(tried(&shop, id(&order), "ship", &more).await.expect(409).problem(), "conflict");
    act(&shop, id(&order), "ship", &json!({ "carrier": "Post" })).await;
    assert_eq!(shop.order(id(&order)).await["shipment_status"], "backordered");
    act(&shop, id(&order), "cancel-backorder", &json!({})).await;
    let order = shop.order(id(&order)).await;
    assert_eq!((&order["shipment_status"], &order["refund_due"]["amount"]), (&json!("shipped"), &json!(2 * 1999)));
    let again = tried(&shop, id(&order), "cancel-backorder", &json!({})).await.expect(409);
    assert_eq!(again.json()["code"], "nothing-waits");
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["available"], &stock["backordered"]), (&json!(0), &json!(0)));
    balanced(&shop, "MUG-1").await;
    put(&shop, "MUG-1", "main", json!({ "delta": 2 })).await;
    assert_eq!(shop.stock_of("MUG-1").await["available"], 2, "nobody waits for it");
}
