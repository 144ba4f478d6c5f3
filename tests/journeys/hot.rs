//! A SKU that sells faster than one record can be written: its counters are split while it sells, and nothing is lost,
//! oversold or left over.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::SignedDuration;
use local::stripe::Act;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// A shop with so many mugs, counted on so many shards.
async fn split(count: i64, shards: u8) -> Shop {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, count).await;
    drop(spread(&shop, shards).await.expect(200));
    shop.settle().await;
    shop
}

async fn spread(shop: &Shop, shards: u8) -> Answer {
    shop.post("/api/stock/MUG-1/shards", &json!({ "shards": shards })).staff("merchandiser").send().await
}

/// Buys so many mugs by bank transfer; the order's id.
async fn buy(shop: &Shop, quantity: u32) -> String {
    let cart = shop.cart(&[("MUG-1", quantity)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", &cart).await.expect(201).json();
    placed["order"]["id"].as_str().unwrap().to_owned()
}

async fn pay(shop: &Shop, order: &str) {
    let path = format!("/api/orders/{order}/mark-paid");
    drop(shop.post(&path, &json!({ "reference": order })).staff("owner").send().await.expect(200));
}

/// What can be promised, and what is held.
async fn counts(shop: &Shop) -> (i64, i64) {
    let stock = shop.stock_of("MUG-1").await;
    (stock["available"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap())
}

/// What the ledger sums up to, by quantity.
async fn sums(shop: &Shop) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let mut path = "/api/stock/MUG-1/ledger".to_owned();
    loop {
        let page = shop.get(&path).staff("owner").send().await.expect(200).json();
        for entry in page["items"].as_array().unwrap() {
            *sums.entry(entry["quantity"].as_str().unwrap().to_owned()).or_default() +=
                entry["delta"].as_i64().unwrap();
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/api/stock/MUG-1/ledger?cursor={next}"),
            None => return sums,
        }
    }
}

/// The ledger is the counters, and the nights find nothing to tell.
async fn adds_up(shop: &Shop) {
    shop.settle().await;
    let (sums, stock) = (sums(shop).await, shop.stock_of("MUG-1").await);
    let sum = |quantity: &str| sums.get(quantity).copied().unwrap_or_default();
    for quantity in ["available", "reserved"] {
        assert_eq!(json!(sum(quantity)), stock[quantity], "{quantity}: {sums:?}");
    }
    for quantity in ["on_hand", "committed"] {
        assert_eq!(json!(sum(quantity)), stock["locations"][0][quantity], "{quantity}: {sums:?}");
    }
    let main = |quantity: &str| stock["locations"][0][quantity].as_i64().unwrap();
    let (available, reserved) = (stock["available"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap());
    assert_eq!(available, main("on_hand") - main("committed") - reserved, "{stock}");
}

/// The records of the offer: what each has, what it holds, by its key.
async fn records(shop: &Shop) -> BTreeMap<String, (i64, i64)> {
    let table = shop.engine().variables()["STOCK_TABLE"].clone();
    let client = shop.engine().developer().unwrap().dynamodb();
    let found = client.scan().table_name(table).send().await.unwrap().items.unwrap();
    let number = |item: &std::collections::HashMap<String, _>, name: &str| {
        let value: &aws_sdk_dynamodb::types::AttributeValue = &item[name];
        value.as_n().unwrap().parse::<i64>().unwrap()
    };
    let of_offer = found.iter().filter(|item| matches!(item["sk"].as_s().unwrap().as_str(), "offer" | "shard"));
    of_offer
        .map(|item| (item["pk"].as_s().unwrap().clone(), (number(item, "available"), number(item, "reserved"))))
        .collect()
}

#[tokio::test]
async fn an_offer_is_split_and_closed_while_orders_hold_on_it() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 40).await;
    let early = buy(&shop, 2).await;
    let answer = spread(&shop, 4).await.expect(200).json();
    assert_eq!((&answer["available"], &answer["reserved"], &answer["shards"]), (&json!(38), &json!(2), &json!(4)));
    let mut orders = vec![early];
    for _ in 0..8 {
        orders.push(buy(&shop, 1).await);
    }
    let held: Vec<_> = records(&shop).await.into_values().filter(|(_, reserved)| *reserved > 0).collect();
    assert!(held.len() > 1, "the holds are on several shards: {held:?}");
    assert_eq!(counts(&shop).await, (30, 10));
    adds_up(&shop).await;

    // Paid and sent, cancelled while unpaid and when paid, left unpaid: from whichever shard.
    for order in &orders[..5] {
        pay(&shop, order).await;
    }
    shop.settle().await;
    let parcel = json!({ "carrier": "DHL" });
    drop(shop.post(&format!("/api/orders/{}/ship", orders[1]), &parcel).staff("warehouse").send().await.expect(200));
    for order in [&orders[2], &orders[5]] {
        let canceled = shop.post(&format!("/api/orders/{order}/cancel"), &json!({ "reason": "changed my mind" }));
        drop(canceled.staff("support").send().await.expect(200));
    }
    shop.settle().await;
    assert_eq!(counts(&shop).await, (32, 3));
    adds_up(&shop).await;

    let answer = spread(&shop, 1).await.expect(200).json();
    assert_eq!((&answer["available"], &answer["reserved"], &answer["shards"]), (&json!(32), &json!(3), &json!(1)));
    let there: Vec<_> = records(&shop).await.into_iter().filter(|(_, (available, _))| *available != 0).collect();
    assert_eq!(there.len(), 1, "the offer has all again: {there:?}");
    orders.push(buy(&shop, 1).await);
    pay(&shop, &orders[6]).await;
    shop.settle().await;
    // The rest are never paid: eight days later what they held is back.
    shop.advance(SignedDuration::from_hours(8 * 24)).await;
    assert_eq!(counts(&shop).await, (34, 0));
    assert!(records(&shop).await.values().all(|(_, reserved)| *reserved == 0));
    adds_up(&shop).await;
    assert!(!shop.subjects().iter().any(|subject| subject.contains("doesn't add up")));
}

#[tokio::test]
async fn more_want_it_than_there_are_and_exactly_those_are_sold() {
    let shop = split(30, 4).await;
    let mut carts = Vec::new();
    for _ in 0..50 {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    let answers = join_all(carts.iter().map(|cart| shop.check_out(cart, "bank_transfer", cart))).await;
    let mut of: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in &answers {
        *of.entry(answer.status.as_u16()).or_default() += 1;
        if answer.status != 201 {
            assert_eq!((answer.problem().as_str(), &answer.json()["available"]), ("out-of-stock", &json!(0)));
        }
    }
    assert_eq!(of, [(201, 30), (409, 20)].into());
    assert_eq!(counts(&shop).await, (0, 30));
    adds_up(&shop).await;
}

#[tokio::test]
async fn the_last_units_are_found_wherever_they_lie() {
    let shop = split(10, 5).await;
    // Two lie on each shard: six are of three at least.
    let six = buy(&shop, 6).await;
    let cart = shop.cart(&[("MUG-1", 5)]).await;
    let refused = shop.check_out(&cart, "bank_transfer", &cart).await.expect(409).json();
    assert_eq!(refused["available"], 4);
    drop(buy(&shop, 4).await);
    assert_eq!(counts(&shop).await, (0, 10));
    pay(&shop, &six).await;
    adds_up(&shop).await;
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["committed"], 6);
    // What comes in is the offer's; a shard that has none gets its share of it with the next order.
    let line = json!({ "sku": "MUG-1", "location": "main", "delta": 100, "reason": "received" });
    let booked = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("more");
    drop(booked.send().await.expect(201));
    for _ in 0..12 {
        drop(buy(&shop, 1).await);
    }
    let full: Vec<_> = records(&shop).await.into_values().filter(|(available, _)| *available > 10).collect();
    assert!(full.len() > 2, "{full:?}");
    assert_eq!(counts(&shop).await, (88, 16));
    adds_up(&shop).await;
}

#[tokio::test]
async fn a_price_reaches_every_shard_at_once() {
    let shop = split(40, 4).await;
    let mut carts = Vec::new();
    for _ in 0..10 {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    let product = |price: i64, status: &str| {
        json!({
            "title": "Product MUG-1", "status": status, "category": "kitchen",
            "variants": [{ "sku": "MUG-1", "price": { "amount": price, "currency": "EUR" }, "weight_g": 350 }],
        })
    };
    drop(shop.put("/api/products/mug-1", &product(2499, "active")).staff("owner").send().await.expect(200));
    for cart in &carts {
        let refused = shop.check_out(cart, "bank_transfer", cart).await.expect(409);
        assert_eq!(refused.problem(), "price-changed");
    }
    for cart in &carts[..5] {
        drop(shop.get(&format!("/api/carts/{cart}")).send().await.expect(200));
        let placed = shop.check_out(cart, "bank_transfer", cart).await.expect(201).json();
        assert_eq!(placed["order"]["totals"]["items"]["amount"], 2499);
    }
    for cart in &carts[5..] {
        drop(shop.get(&format!("/api/carts/{cart}")).send().await.expect(200));
    }
    drop(shop.put("/api/products/mug-1", &product(2499, "archived")).staff("owner").send().await.expect(200));
    for cart in &carts[5..] {
        let refused = shop.check_out(cart, "bank_transfer", cart).await.expect(409);
        assert_eq!(refused.problem(), "out-of-stock");
    }
    // Split further while it is off sale: back on sale, all of them sell.
    drop(spread(&shop, 6).await.expect(200));
    drop(shop.put("/api/products/mug-1", &product(1999, "active")).staff("owner").send().await.expect(200));
    shop.settle().await;
    for _ in 0..10 {
        drop(buy(&shop, 1).await);
    }
    assert_eq!(counts(&shop).await, (25, 15));
    adds_up(&shop).await;
}

#[tokio::test]
async fn a_late_payment_finds_its_stock_on_another_shard() {
    let shop = split(8, 8).await;
    let mut orders = Vec::new();
    for _ in 0..6 {
        let cart = shop.cart(&[("MUG-1", 1)]).await;
        let placed = shop.check_out(&cart, "card", &cart).await.expect(201).json();
        let id = placed["order"]["id"].as_str().unwrap().to_owned();
        drop(shop.get(&format!("/pay/{id}")).staff("owner").send().await.expect(303));
        orders.push(id);
    }
    shop.settle().await;
    shop.advance(SignedDuration::from_mins(40)).await;
    assert_eq!(counts(&shop).await, (8, 0));
    drop(spread(&shop, 1).await.expect(200));
    for order in &orders {
        shop.engine().pay(order, Act::Late).await.unwrap();
        shop.settle().await;
        assert_eq!(shop.order(order).await["status"], "placed");
    }
    assert_eq!(counts(&shop).await, (2, 0));
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["committed"], 6);
    adds_up(&shop).await;
}

#[tokio::test]
async fn what_leaves_the_shelf_leaves_the_shards_that_have_it() {
    let shop = split(12, 4).await;
    let adjust = async |key: &str, change: Value| {
        let mut line = json!({ "sku": "MUG-1", "location": "main", "reason": "counted" });
        line.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key(key).send().await
    };
    drop(adjust("broken", json!({ "delta": -8 })).await.expect(201));
    assert_eq!(counts(&shop).await, (4, 0));
    drop(buy(&shop, 2).await);
    drop(adjust("too-many", json!({ "delta": -3 })).await.expect(409));
    // A count finds fewer than were promised: nobody can buy any, until there are more than are missing.
    drop(adjust("short", json!({ "counted": 1 })).await.expect(201));
    assert_eq!(counts(&shop).await, (-1, 2));
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    assert_eq!(shop.check_out(&cart, "bank_transfer", &cart).await.expect(409).problem(), "out-of-stock");
    drop(adjust("found", json!({ "delta": 2 })).await.expect(201));
    drop(buy(&shop, 1).await);
    assert_eq!(counts(&shop).await, (0, 3));
    adds_up(&shop).await;
}

#[tokio::test]
async fn it_is_sold_out_when_the_last_shard_is() {
    let shop = split(4, 4).await;
    let in_stock = async || {
        shop.settle().await;
        let found = shop.get("/api/products?in_stock=true").send().await.expect(200).json();
        found["items"].as_array().unwrap().len()
    };
    for left in (0..4).rev() {
        let order = buy(&shop, 1).await;
        assert_eq!(in_stock().await, usize::from(left > 0), "{left} are left");
        if left == 0 {
            let canceled = shop.post(&format!("/api/orders/{order}/cancel"), &json!({})).staff("support");
            drop(canceled.send().await.expect(200));
        }
    }
    assert_eq!(in_stock().await, 1);
    adds_up(&shop).await;
}

#[tokio::test]
async fn a_reorder_is_due_when_the_sum_says_so() {
    let shop = split(60, 4).await;
    let acme = json!({ "name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR" });
    drop(shop.put("/api/suppliers/acme", &acme).staff("merchandiser").send().await.expect(201));
    let rule = json!({
        "location": "main", "supplier": "acme", "reorder_point": 20, "lead_time_days": 7, "minimum_order": 10,
        "pack_size": 6, "review_days": 7, "service_level": 0.95, "unit_cost": { "amount": 900, "currency": "EUR" },
    });
    drop(shop.put("/api/reorder-rules/MUG-1", &rule).staff("merchandiser").send().await.expect(201));
    drop(shop.get("/api/reorder-rules/MUG-1").staff("merchandiser").send().await.expect(200));
    shop.settle().await;
    let open = async || {
        shop.settle().await;
        let found = shop.get("/api/reorder-suggestions?sku=MUG-1").staff("warehouse").send().await.expect(200).json();
        found["items"].as_array().unwrap().iter().any(|look| look["status"] == "open")
    };
    for left in (0..=19).rev().map(|sold| 3 * sold) {
        drop(buy(&shop, 3).await);
        assert_eq!(open().await, left <= 20, "{left} are left");
        if left <= 20 {
            break;
        }
    }
    // A rule that is put while the SKU is split reads what there is on all of them.
    let found = shop.get("/api/reorder-suggestions?sku=MUG-1").staff("warehouse").send().await.expect(200).json();
    assert_eq!(found["items"][0]["position"]["reserved"], 42);
    shop.advance(SignedDuration::from_mins(3)).await;
    adds_up(&shop).await;
}

#[tokio::test]
async fn staff_say_how_many_shards_on_the_sku_s_page() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 40).await;
    for (shards, status) in [(0, 400), (33, 400), (32, 200), (4, 200), (4, 200)] {
        drop(spread(&shop, shards).await.expect(status));
    }
    let none = shop.post("/api/stock/NONE-1/shards", &json!({ "shards": 4 })).staff("owner").send().await;
    drop(none.expect(404));
    let desk = async |method: http::Method, path: &str, body: &str| {
        let cookies = format!("csrf=AAAAAAAAAAAAAAAAAAAAAA; staff={}", shop.engine().token("owner").unwrap());
        let ask = shop.ask(method, path).header("accept", "text/html").header("cookie", &cookies);
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        ask.body(format!("csrf=AAAAAAAAAAAAAAAAAAAAAA&{body}")).send().await
    };
    let page = desk(http::Method::GET, "/desk/stock/MUG-1", "").await.expect(200).text;
    assert!(page.contains("4 shards") && page.contains("action=\"/desk/stock/MUG-1/shards\""), "{page}");
    let done = desk(http::Method::POST, "/desk/stock/MUG-1/shards", "shards=2").await.expect(303);
    assert_eq!(done.headers["location"], "/desk/stock/MUG-1?done=spread");
    let refused = desk(http::Method::POST, "/desk/stock/MUG-1/shards", "shards=many").await;
    assert!(refused.status.is_client_error() && refused.text.contains("value=\"many\""), "{}", refused.text);
    assert_eq!(shop.stock_of("MUG-1").await["shards"], 2);
    // Staff who only look see the number and no form.
    let page = shop.get("/desk/stock/MUG-1").header("accept", "text/html");
    let cookie = format!("staff={}", shop.engine().token("support").unwrap());
    let page = page.header("cookie", &cookie).send().await.expect(200).text;
    assert!(page.contains("2 shards") && !page.contains("/shards\""), "{page}");
    adds_up(&shop).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_written_too_often_is_waited_for() {
    let shop = split(100, 2).await;
    let mut carts = Vec::new();
    for _ in 0..30 {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    // Five holds a second on each of two records, and as many at once: whoever is told to slow down tries again for a
    // second or so, and is told to come back after that.
    shop.engine().limit_writes(Some(10.0));
    let answers = join_all(carts.iter().map(|cart| shop.check_out(cart, "bank_transfer", cart))).await;
    let (sold, late): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert!(sold.len() > 10 && late.iter().all(|answer| answer.status == 503), "{} sold", sold.len());
    shop.engine().limit_writes(None);
    assert_eq!(counts(&shop).await, (100 - sold.len() as i64, sold.len() as i64));
    adds_up(&shop).await;
}
