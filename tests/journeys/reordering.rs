//! Buying again: from the sale that crosses the line to the goods on the shelf.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// No two requests have the same key.
static ASKED: AtomicU32 = AtomicU32::new(0);

fn euros(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// A shop with one supplier, that has so many of each SKU and a rule to order twelve or more at twenty.
async fn supplied(skus: &[(&str, i64)]) -> Shop {
    let shop = Shop::new();
    let acme = json!({ "name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR" });
    drop(shop.put("/api/suppliers/acme", &acme).staff("merchandiser").send().await.expect(201));
    for (sku, count) in skus {
        shop.stock(sku, 1999, *count).await;
        put_rule(&shop, sku, &rule()).await;
    }
    shop.settle().await;
    shop
}

fn rule() -> Value {
    json!({
        "location": "main", "supplier": "acme", "reorder_point": 20, "lead_time_days": 7, "minimum_order": 10,
        "pack_size": 6, "review_days": 7, "service_level": 0.95, "unit_cost": euros(900),
    })
}

async fn put_rule(shop: &Shop, sku: &str, rule: &Value) {
    let put = shop.put(&format!("/api/reorder-rules/{sku}"), rule).staff("merchandiser").send().await;
    assert!(put.status.is_success(), "{}", put.text);
    shop.settle().await;
}

/// Sells so many of a SKU for money that came.
async fn sell(shop: &Shop, sku: &str, count: u32) -> String {
    let cart = shop.cart(&[(sku, count)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", &cart).await.expect(201).json();
    let order = placed["order"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/orders/{order}/mark-paid");
    drop(shop.post(&path, &json!({ "reference": "paid" })).staff("owner").send().await.expect(200));
    shop.settle().await;
    order
}

async fn suggestions(shop: &Shop, sku: &str) -> Vec<Value> {
    let path = format!("/api/reorder-suggestions?sku={sku}");
    let found = shop.get(&path).staff("warehouse").send().await.expect(200).json();
    found["items"].as_array().unwrap().clone()
}

async fn orders(shop: &Shop) -> Vec<Value> {
    let found = shop.get("/api/purchase-orders").staff("warehouse").send().await.expect(200).json();
    found["items"].as_array().unwrap().clone()
}

async fn act(shop: &Shop, order: &Value, act: &str, body: &Value, role: &str) -> Answer {
    let path = format!("/api/purchase-orders/{}/{act}", order["id"].as_str().unwrap());
    let key = format!("{act}-{}", ASKED.fetch_add(1, Ordering::Relaxed));
    shop.post(&path, body).staff(role).key(&key).send().await
}

/// Until what was suggested has gone out, or waits for staff.
async fn gather(shop: &Shop) {
    shop.advance(SignedDuration::from_mins(3)).await;
}

fn level(stock: &Value, shelf: &str) -> i64 {
    stock["locations"][0][shelf].as_i64().unwrap()
}

/// The supplier's link in the latest mail to them.
fn link(shop: &Shop) -> String {
    let mut mails = shop.engine().mails();
    mails.retain(|mail| mail.to.contains(&"orders@acme.example.com".to_owned()));
    let mail = mails.into_iter().max_by_key(|mail| mail.n).unwrap();
    let text = mail.text.unwrap();
    let rest = text.split("/supplier/").nth(1).unwrap();
    format!("/supplier/{}", rest.split_whitespace().next().unwrap())
}

const CSRF: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// The supplier answers with these fields.
async fn answer(shop: &Shop, link: &str, fields: &str) -> Answer {
    let ask = shop.ask(http::Method::POST, link).header("cookie", &format!("csrf={CSRF}"));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
    let answer = ask.body(format!("csrf={CSRF}&idempotency_key=k&{fields}")).send().await;
    shop.settle().await;
    answer
}

#[tokio::test]
async fn a_rule_that_ends_takes_its_suggestion_with_it() {
    let shop = supplied(&[("MUG-1", 15), ("PLATE-1", 15)]).await;
    assert_eq!(orders(&shop).await[0]["lines"].as_array().unwrap().len(), 2);
    let end = |location: &str, role: &str| {
        shop.ask(http::Method::DELETE, &format!("/api/reorder-rules/MUG-1{location}")).staff(role)
    };
    drop(end("?location=main", "warehouse").send().await.expect(403));
    drop(end("", "merchandiser").send().await.expect(400));
    drop(end("?location=annex", "merchandiser").send().await.expect(404));
    drop(end("?location=main", "merchandiser").send().await.expect(204));
    drop(end("?location=main", "merchandiser").send().await.expect(404));
    shop.settle().await;
    let left = orders(&shop).await[0]["lines"].clone();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["sku"]), (1, &json!("PLATE-1")));
    let looked = suggestions(&shop, "MUG-1").await;
    assert!(looked.iter().all(|look| look["status"] != "open"), "{looked:?}");
    drop(shop.get("/api/reorder-rules/MUG-1").staff("warehouse").send().await.expect(404));
    // It may have one again, which looks at once.
    let again = shop.put("/api/reorder-rules/MUG-1", &rule()).staff("merchandiser").send().await.expect(201);
    drop(again);
    shop.settle().await;
    assert_eq!(suggestions(&shop, "MUG-1").await[0]["status"], "open");
    gather(&shop).await;
}

/// What comes in elsewhere must not hide what goes here.
#[tokio::test]
async fn each_location_has_a_line_of_its_own() {
    let shop = supplied(&[("MUG-1", 25)]).await;
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    // Nobody has to wait until it is known everywhere.
    let line = json!({ "sku": "MUG-1", "location": "annex", "delta": 50, "reason": "received" });
    let booked = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("annex");
    drop(booked.send().await.expect(201));
    shop.settle().await;
    sell(&shop, "MUG-1", 5).await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!(stock["available"], 70);
    let looked = suggestions(&shop, "MUG-1").await.remove(0);
    assert_eq!((&looked["status"], &looked["location"]), (&json!("open"), &json!("main")));
    gather(&shop).await;
}

#[tokio::test]
async fn a_sale_that_crosses_the_line_brings_new_goods() {
    let shop = supplied(&[("MUG-1", 25)]).await;
    let looked = suggestions(&shop, "MUG-1").await;
    assert_eq!((&looked[0]["status"], &looked[0]["reason"]), (&json!("not_needed"), &json!("above_reorder_point")));
    sell(&shop, "MUG-1", 4).await;
    assert_eq!(suggestions(&shop, "MUG-1").await.len(), 1, "21 are left: nobody looked");

    // 19 are left. Q = max(10, 20 + 0 - 19) = 10, in packs of six 12.
    sell(&shop, "MUG-1", 2).await;
    let looked = suggestions(&shop, "MUG-1").await;
    assert_eq!(looked.len(), 2);
    assert_eq!((&looked[0]["status"], &looked[0]["quantity"]), (&json!("open"), &json!(12)));
    let position = ["on_hand", "committed", "reserved"].map(|part| looked[0]["position"][part].as_i64().unwrap());
    assert_eq!(position, [25, 4, 2], "it was looked when the order was placed");
    let order = orders(&shop).await.remove(0);
    assert_eq!((&order["status"], &order["lines"][0]["quantity"]), (&json!("suggested"), &json!(12)));
    assert_eq!(looked[0]["purchase_order"], order["id"]);

    // Twelve of nine euros are below the limit.
    gather(&shop).await;
    let sent = orders(&shop).await.remove(0);
    assert_eq!((&sent["status"], &sent["answer"], &sent["total"]), (&json!("sent"), &json!("awaited"), &euros(10_800)));
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((level(&stock, "on_hand"), level(&stock, "incoming")), (25, 12));
    let looked = suggestions(&shop, "MUG-1").await;
    let told: Vec<_> = looked.iter().map(|look| look["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["not_needed", "ordered", "not_needed"]);
    let mails = shop.engine().mails();
    let mail = mails.iter().find(|mail| mail.to.contains(&"orders@acme.example.com".to_owned())).unwrap();
    let kinds: Vec<_> = mail.attachments.iter().map(|file| file.content_type.as_str()).collect();
    assert_eq!(kinds, ["application/pdf", "text/csv"]);

    // The supplier accepts, and the goods come: one of them broken, then the rest and one more.
    let link = link(&shop);
    let page = shop.get(&link).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains("MUG-1") && page.text.contains("Accept"), "{}", page.text);
    assert_eq!(
        answer(&shop, &link, "answer=accept").await.expect(303).headers["location"],
        format!("{link}?done=accepted")
    );
    assert_eq!(orders(&shop).await[0]["status"], "acknowledged");
    let came = json!({ "lines": [{ "sku": "MUG-1", "quantity": 5, "damaged": 1 }] });
    let path = format!("/api/purchase-orders/{}/receive", sent["id"].as_str().unwrap());
    drop(shop.post(&path, &came).staff("warehouse").send().await.expect(400));
    for _ in 0..2 {
        let booked = shop.post(&path, &came).staff("warehouse").key("came").send().await.expect(200).json();
        assert_eq!((&booked["status"], &booked["lines"][0]["received"]), (&json!("partially_received"), &json!(5)));
    }
    let other = json!({ "lines": [{ "sku": "MUG-1", "quantity": 6 }] });
    drop(shop.post(&path, &other).staff("warehouse").key("came").send().await.expect(422));
    let stock = shop.stock_of("MUG-1").await;
    let shelves = ["on_hand", "damaged", "incoming"].map(|shelf| level(&stock, shelf));
    assert_eq!(shelves, [29, 1, 7]);
    let rest = json!({ "lines": [{ "sku": "MUG-1", "quantity": 8 }] });
    assert_eq!(act(&shop, &sent, "receive", &rest, "warehouse").await.expect(200).json()["status"], "received");
    let closed = act(&shop, &sent, "close", &json!({}), "merchandiser").await.expect(200).json();
    assert_eq!((&closed["status"], &closed["lines"][0]["received"]), (&json!("closed"), &json!(13)));
    shop.settle().await;
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((level(&stock, "on_hand"), level(&stock, "incoming")), (37, 0));
}

#[tokio::test]
async fn what_one_supplier_delivers_is_one_order_however_many_look() {
    let shop = supplied(&[("MUG-1", 30), ("MUG-2", 30), ("MUG-3", 90)]).await;
    sell(&shop, "MUG-1", 15).await;
    for _ in 0..5 {
        let run = shop.post("/api/reorder-runs", &json!({})).staff("merchandiser").send().await.expect(202).json();
        assert_eq!(run["skus"], 3);
    }
    sell(&shop, "MUG-2", 12).await;
    shop.settle().await;
    let found = orders(&shop).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let lines: Vec<_> = found[0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["sku"].as_str().unwrap(), line["quantity"].as_u64().unwrap()))
        .collect();
    assert_eq!(lines, [("MUG-1", 12), ("MUG-2", 12)]);
    // Stock that comes back makes it needless.
    let found_again = json!({ "sku": "MUG-1", "location": "main", "delta": 50, "reason": "found" });
    let adjusted =
        shop.post("/api/stock/adjustments", &json!({ "lines": [found_again] })).staff("warehouse").key("found");
    drop(adjusted.send().await.expect(201));
    drop(shop.post("/api/reorder-runs", &json!({})).staff("merchandiser").send().await.expect(202));
    shop.settle().await;
    assert_eq!(orders(&shop).await[0]["lines"].as_array().unwrap().len(), 1);
    gather(&shop).await;
    assert_eq!(orders(&shop).await[0]["status"], "sent");
    assert_eq!(orders(&shop).await.len(), 1);
}

#[tokio::test]
async fn what_costs_more_than_the_limit_waits_for_the_owner() {
    let shop = supplied(&[("MUG-1", 30)]).await;
    let mut dear = rule();
    dear["unit_cost"] = euros(10_000);
    put_rule(&shop, "MUG-1", &dear).await;
    sell(&shop, "MUG-1", 15).await;
    gather(&shop).await;
    let order = orders(&shop).await.remove(0);
    assert_eq!((&order["status"], &order["total"]), (&json!("suggested"), &euros(120_000)));
    drop(act(&shop, &order, "approve", &json!({ "send": true }), "merchandiser").await.expect(403));
    let approved = act(&shop, &order, "approve", &json!({}), "owner").await.expect(200).json();
    assert_eq!(approved["status"], "approved");
    assert_eq!(level(&shop.stock_of("MUG-1").await, "incoming"), 12);
    drop(act(&shop, &order, "approve", &json!({}), "owner").await.expect(409));
    assert_eq!(act(&shop, &order, "send", &json!({}), "merchandiser").await.expect(200).json()["status"], "sent");
    shop.settle().await;
    let first = link(&shop);
    // Sent again, the link before is no longer good.
    shop.advance(SignedDuration::from_hours(1)).await;
    drop(act(&shop, &order, "send", &json!({}), "merchandiser").await.expect(200));
    shop.settle().await;
    drop(shop.get(&first).header("accept", "text/html").send().await.expect(404));
    drop(shop.get(&link(&shop)).header("accept", "text/html").send().await.expect(200));
    let held = act(&shop, &order, "hold", &json!({ "reason": "a quarrel" }), "merchandiser").await.expect(200).json();
    assert_eq!((&held["status"], &held["reason"]), (&json!("on_hold"), &json!("a quarrel")));
    drop(act(&shop, &order, "resume", &json!({}), "merchandiser").await.expect(200));
    drop(act(&shop, &order, "cancel", &json!({ "reason": "too dear" }), "merchandiser").await.expect(200));
    shop.settle().await;
    assert_eq!(level(&shop.stock_of("MUG-1").await, "incoming"), 0);
    assert!(shop.subjects().last().unwrap().contains("is cancelled"));
    // What was called off is suggested once more, and does not go out of itself.
    let mut cheap = dear;
    cheap["unit_cost"] = euros(100);
    put_rule(&shop, "MUG-1", &cheap).await;
    gather(&shop).await;
    let again = orders(&shop).await.remove(0);
    assert_eq!((&again["status"], &again["by_hand"]), (&json!("suggested"), &json!(true)));
}

#[tokio::test]
async fn a_supplier_proposes_and_staff_decide() {
    let shop = supplied(&[("MUG-1", 19)]).await;
    gather(&shop).await;
    let order = orders(&shop).await.remove(0);
    let link = link(&shop);
    // Nothing, a day that was, and more than a word for a number.
    for (fields, words) in [
        ("answer=propose&line.0.quantity=12", "Say another day"),
        ("answer=propose&expected=2020-01-01&line.0.quantity=12", "Must not be in the past"),
        ("answer=propose&line.0.quantity=dozen", "whole number"),
        ("answer=refuse&reason=", "Enter why"),
    ] {
        let again = answer(&shop, &link, fields).await.expect(422);
        assert!(again.text.contains(words), "{fields}: {}", again.text);
    }
    let expected = order["expected"].as_str().unwrap();
    drop(answer(&shop, &link, "answer=propose&expected=2030-01-02&line.0.quantity=6&note=kiln").await.expect(303));
    let proposed = orders(&shop).await.remove(0);
    assert_eq!((&proposed["answer"], &proposed["expected"]), (&json!("proposed"), &json!(expected)));
    let mails = shop.engine().mails();
    let mail = mails.iter().max_by_key(|mail| mail.n).unwrap();
    assert!(
        mail.to.contains(&"owner@example.com".to_owned()) && mail.subject.contains("proposes a change"),
        "{mail:?}"
    );
    drop(act(&shop, &order, "reject-proposal", &json!({}), "merchandiser").await.expect(200));
    shop.settle().await;
    drop(answer(&shop, &link, "answer=propose&line.0.quantity=18").await.expect(303));
    drop(act(&shop, &order, "take-proposal", &json!({}), "merchandiser").await.expect(403));
    let taken = act(&shop, &order, "take-proposal", &json!({}), "owner").await.expect(200).json();
    assert_eq!((&taken["status"], &taken["lines"][0]["quantity"]), (&json!("acknowledged"), &json!(18)));
    shop.settle().await;
    assert_eq!(level(&shop.stock_of("MUG-1").await, "incoming"), 18);

    // It turns out otherwise: refused, and suggested again for staff.
    drop(answer(&shop, &link, "answer=refuse&reason=The+kiln+broke").await.expect(303));
    drop(answer(&shop, &link, "answer=refuse&reason=The+kiln+broke").await.expect(303));
    let page = shop.get(&link).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains("You refused this order"), "{}", page.text);
    gather(&shop).await;
    let found = orders(&shop).await;
    assert_eq!((&found[1]["status"], &found[1]["reason"]), (&json!("canceled"), &json!("The kiln broke")));
    assert_eq!((&found[0]["status"], &found[0]["by_hand"]), (&json!("suggested"), &json!(true)));
    drop(shop.get("/supplier/po_01h455vb4pex5vsknk084sn02q.AAAAAAAAAAAAAAAAAAAAAA").send().await.expect(404));
}

#[tokio::test]
async fn an_order_is_printed_for_staff_and_for_its_supplier() {
    let shop = supplied(&[("MUG-1", 90)]).await;
    let line = json!({ "sku": "MUG-1", "location": "main", "quantity": 30, "unit_cost": euros(850) });
    let draft = shop.post("/api/purchase-orders", &json!({ "supplier": "acme", "lines": [line] }));
    let order = draft.staff("merchandiser").key("one").send().await.expect(201).json();
    let path = format!("/api/purchase-orders/{}", order["id"].as_str().unwrap());
    let printed = shop.get(&format!("{path}/order.pdf")).staff("warehouse").send().await.expect(200);
    assert!(printed.text.starts_with("%PDF-"), "{}", printed.text);
    assert_eq!(printed.headers["content-type"], "application/pdf");
    assert_eq!(printed.headers["cache-control"], "no-store");
    let rows = shop.get(&format!("{path}/order.csv")).staff("warehouse").send().await.expect(200);
    assert_eq!(rows.text, "sku,title,location,quantity,unit_cost,total\r\nMUG-1,Product MUG-1,,30,8.50,255.00\r\n");
    let desk = path.replace("/api/", "/desk/");
    let page = shop.get(&desk).staff("owner").header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains(&format!("{desk}/order.pdf")), "{}", page.text);
    drop(shop.get(&format!("{desk}/order.pdf")).staff("owner").send().await.expect(200));
    drop(act(&shop, &order, "approve", &json!({ "send": true }), "owner").await.expect(200));
    gather(&shop).await;
    let link = link(&shop);
    let page = shop.get(&link).header("accept", "text/html").send().await.expect(200);
    for file in ["pdf", "csv"] {
        let file = format!("{link}/order.{file}");
        assert!(page.text.contains(&file), "{}", page.text);
        drop(shop.get(&file).send().await.expect(200));
    }
    drop(shop.get(&format!("{}x/order.pdf", &link[..link.len() - 1])).send().await.expect(404));
    drop(act(&shop, &order, "cancel", &json!({ "reason": "too dear" }), "owner").await.expect(200));
    gather(&shop).await;
    let page = shop.get(&link).header("accept", "text/html").send().await.expect(200);
    assert!(!page.text.contains("order.pdf"), "nobody is to print what nobody is to deliver: {}", page.text);
}

#[tokio::test]
async fn what_staff_dismiss_stays_away_until_there_was_enough() {
    let shop = supplied(&[("MUG-1", 19)]).await;
    let dismiss = "/api/reorder-suggestions/MUG-1/dismiss";
    drop(shop.post(dismiss, &json!({})).staff("warehouse").send().await.expect(403));
    let dismissed = shop.post(dismiss, &json!({})).staff("merchandiser").send().await.expect(200).json();
    assert_eq!(dismissed["status"], "dismissed");
    drop(shop.post(dismiss, &json!({})).staff("merchandiser").send().await.expect(404));
    assert_eq!(orders(&shop).await[0]["status"], "canceled");
    drop(shop.post("/api/reorder-runs", &json!({})).staff("merchandiser").send().await.expect(202));
    gather(&shop).await;
    assert_eq!(suggestions(&shop, "MUG-1").await[0]["status"], "dismissed");
    assert_eq!(orders(&shop).await.len(), 1);
    for (delta, key) in [(10, "more"), (-12, "fewer")] {
        let line = json!({ "sku": "MUG-1", "location": "main", "delta": delta, "reason": "other" });
        let body = json!({ "lines": [line] });
        drop(shop.post("/api/stock/adjustments", &body).staff("warehouse").key(key).send().await.expect(201));
        drop(shop.post("/api/reorder-runs", &json!({})).staff("merchandiser").send().await.expect(202));
        shop.settle().await;
    }
    assert_eq!(suggestions(&shop, "MUG-1").await[0]["status"], "open");
    gather(&shop).await;
}

#[tokio::test]
async fn staff_write_orders_of_their_own() {
    let shop = supplied(&[("MUG-1", 90)]).await;
    let draft = |quantity: u32| {
        let line = json!({ "sku": "MUG-1", "location": "main", "quantity": quantity, "unit_cost": euros(850) });
        json!({ "supplier": "acme", "lines": [line] })
    };
    let post = |body: Value, key: &'static str| {
        let ask = shop.post("/api/purchase-orders", &body).staff("merchandiser").key(key);
        async move { ask.send().await }
    };
    let made = post(draft(30), "one").await.expect(201).json();
    assert_eq!((&made["status"], &made["total"]), (&json!("draft"), &euros(25_500)));
    assert_eq!(post(draft(30), "one").await.expect(201).json()["id"], made["id"]);
    drop(post(draft(31), "one").await.expect(422));
    assert_eq!(orders(&shop).await.len(), 1);
    let mut wrong = draft(0);
    wrong["lines"][0]["sku"] = json!("NO-SUCH");
    wrong["lines"][0]["location"] = json!("nowhere");
    let refused = post(wrong, "two").await.expect(400).json();
    let pointers: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/lines/0/sku", "/lines/0/location", "/lines/0/quantity"]);
    let path = format!("/api/purchase-orders/{}/lines", made["id"].as_str().unwrap());
    let lines = json!({ "lines": draft(12)["lines"] });
    let changed = shop.put(&path, &lines).staff("merchandiser").send().await.expect(200).json();
    assert_eq!(changed["lines"][0]["quantity"], 12);
    // Staff send it themselves, whatever it costs.
    gather(&shop).await;
    assert_eq!(orders(&shop).await[0]["status"], "draft");
    assert_eq!(
        act(&shop, &made, "approve", &json!({ "send": true }), "owner").await.expect(200).json()["status"],
        "sent"
    );
    drop(shop.put(&path, &lines).staff("merchandiser").send().await.expect(409));
    shop.settle().await;
    let overdue = shop.get("/api/purchase-orders?status=overdue").staff("owner").send().await.expect(200).json();
    assert_eq!(overdue["items"].as_array().unwrap().len(), 0);
    drop(shop.get("/api/purchase-orders?status=lost").staff("owner").send().await.expect(400));
}

/// Sells so many a day for so many days, and has what was sold sent.
async fn days_of(shop: &Shop, sku: &str, count: u32, days: u32) {
    for _ in 0..days {
        let order = sell(shop, sku, count).await;
        let path = format!("/api/orders/{order}/ship");
        drop(shop.post(&path, &json!({ "carrier": "DHL" })).staff("warehouse").send().await.expect(200));
        shop.advance(SignedDuration::from_hours(24)).await;
    }
}

/// Two a day for 60 days of a SKU of which there are 50, from a supplier who needs ten days, give or take two.
///
/// d = 2 and sd = 0. SS = 1.645 * sqrt(2^2 * 2^2) = 6.58; ROP = 2 * 10 + 6.58 = 26.58; Q = 26.58 + 2 * 7 - position.
/// The position is 50 less 2 a day: 26 on day 12, when Q = 14.58, so 15 are ordered and the position is 41. It is 27 on
/// day 19 and 25 on day 20: Q = 15.58, so 16, and the position is 41 again. From there on 16 are ordered each 8th day.
#[tokio::test]
async fn sixty_days_from_demand() {
    let shop = supplied(&[]).await;
    shop.stock("MUG-1", 1999, 50).await;
    let rule = json!({
        "location": "main", "supplier": "acme", "reorder_point": null, "lead_time_days": 10,
        "lead_time_deviation_days": 2, "review_days": 7, "service_level": 0.95, "unit_cost": euros(900),
    });
    put_rule(&shop, "MUG-1", &rule).await;
    let unknown = suggestions(&shop, "MUG-1").await.remove(0);
    assert_eq!(unknown["reason"], "no_history");
    let mut ordered_on = Vec::new();
    let mut came = 0_usize;
    for day in 1..=60 {
        let order = sell(&shop, "MUG-1", 2).await;
        let path = format!("/api/orders/{order}/ship");
        drop(shop.post(&path, &json!({ "carrier": "DHL" })).staff("warehouse").send().await.expect(200));
        shop.advance(SignedDuration::from_mins(5)).await;
        let found = orders(&shop).await;
        while ordered_on.len() < found.len() {
            ordered_on.push(day);
            // The supplier says yes, and comes two days late.
            drop(answer(&shop, &link(&shop), "answer=accept").await.expect(303));
        }
        if day % 8 == 0 && day >= 24 {
            let late = &found[found.len() - 1 - came];
            assert_eq!((&late["status"], &late["overdue"]), (&json!("acknowledged"), &json!(true)), "day {day}");
            let lines = json!({ "lines": [{ "sku": "MUG-1", "quantity": late["lines"][0]["quantity"] }] });
            drop(act(&shop, late, "receive", &lines, "warehouse").await.expect(200));
            came += 1;
        }
        shop.advance(SignedDuration::from_hours(24) - SignedDuration::from_mins(5)).await;
    }
    assert_eq!(ordered_on, [12, 20, 28, 36, 44, 52, 60]);
    let all = orders(&shop).await;
    let units: Vec<_> = all.iter().map(|order| order["lines"][0]["quantity"].as_u64().unwrap()).collect();
    assert_eq!(units, [16, 16, 16, 16, 16, 16, 15]);
    // Five of them came. The ledger is the balance, and the nightly check found nothing to tell.
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((came, level(&stock, "on_hand"), level(&stock, "incoming")), (5, 50 - 120 + 15 + 4 * 16, 2 * 16));
    assert!(!shop.subjects().iter().any(|subject| subject.contains("doesn't add up")));
}

#[tokio::test]
async fn staff_hear_of_what_waits_and_approve_by_the_link() {
    let shop = supplied(&[("MUG-1", 60)]).await;
    let mut dear = rule();
    dear["unit_cost"] = euros(20_000);
    dear["lead_time_days"] = json!(30);
    put_rule(&shop, "MUG-1", &dear).await;
    days_of(&shop, "MUG-1", 3, 5).await;
    let digests = || {
        let mut mails = shop.engine().mails();
        mails.retain(|mail| mail.subject.contains("low"));
        mails
    };
    assert_eq!(digests().len(), 0, "nothing waits");
    // Thirty-nine go at once: six are left, which last two days, and new ones take thirty.
    sell(&shop, "MUG-1", 39).await;
    gather(&shop).await;
    assert_eq!(digests().len(), 1, "told at once");
    shop.advance(SignedDuration::from_hours(24)).await;
    let told = digests();
    assert_eq!(told.len(), 2, "and each morning");
    assert!(told[0].to.contains(&"owner@example.com".to_owned()));
    let text = told[0].text.as_deref().unwrap();
    let path = text.split("/approve/").nth(1).unwrap().split_whitespace().next().unwrap();
    let path = format!("/approve/{path}");
    // A scanner that follows links approves nothing.
    let asked = shop.get(&path).header("accept", "text/html").send().await.expect(200);
    assert!(asked.text.contains("Approve and send"), "{}", asked.text);
    assert_eq!(orders(&shop).await[0]["status"], "suggested");
    let key = asked.text.split("name=\"idempotency_key\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap();
    let press = || {
        let ask = shop.ask(http::Method::POST, &path).header("cookie", &format!("csrf={CSRF}"));
        let ask = ask.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
        ask.body(format!("csrf={CSRF}&idempotency_key={key}")).send()
    };
    for _ in 0..2 {
        let done = press().await.expect(200);
        assert!(done.text.contains("is approved"), "{}", done.text);
    }
    assert_eq!(orders(&shop).await[0]["status"], "sent");
    let forged = path.replace('.', ".A");
    drop(shop.get(&forged).header("accept", "text/html").send().await.expect(404));
    shop.settle().await;
}

#[tokio::test]
async fn a_counter_that_is_not_its_ledgers_sum_is_told_once() {
    let shop = supplied(&[("MUG-1", 60)]).await;
    let told = || shop.subjects().iter().filter(|subject| subject.contains("doesn't add up")).count();
    // Somebody removes the entry of what came.
    let table = shop.engine().variables()["STOCK_TABLE"].clone();
    let client = shop.engine().developer().unwrap().dynamodb();
    let s = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let query = client.query().table_name(&table).key_condition_expression("pk = :pk");
    let entries = query.expression_attribute_values(":pk", s("ledger#MUG-1")).send().await.unwrap().items.unwrap();
    let entry = entries.into_iter().find(|entry| entry["sk"].as_s().unwrap().ends_with("#on_hand")).unwrap();
    let gone = client.delete_item().table_name(&table).key("pk", entry["pk"].clone()).key("sk", entry["sk"].clone());
    gone.send().await.unwrap();
    shop.advance(SignedDuration::from_hours(72)).await;
    assert_eq!(told(), 1);
    let mails = shop.engine().mails();
    let mail = mails.iter().find(|mail| mail.subject.contains("doesn't add up")).unwrap();
    let text = mail.text.as_deref().unwrap();
    assert!(
        mail.to.contains(&"owner@example.com".to_owned()) && text.contains("on hand") && text.contains("60"),
        "{text}"
    );
}

#[tokio::test]
async fn one_order_brings_a_sku_to_two_locations() {
    let shop = supplied(&[("MUG-1", 19)]).await;
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    shop.advance(SignedDuration::from_secs(70)).await;
    // The main location's twelve wait in the supplier's order; the annex has nothing: twenty, in packs of six.
    let mut annex = rule();
    annex["location"] = json!("annex");
    put_rule(&shop, "MUG-1", &annex).await;
    gather(&shop).await;
    let found = orders(&shop).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let line = |line: &Value| (line["location"].as_str().unwrap().to_owned(), line["quantity"].as_u64().unwrap());
    let lines: Vec<_> = found[0]["lines"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(lines, [("main".to_owned(), 12), ("annex".to_owned(), 24)]);
    assert_eq!(found[0]["status"], "sent");
    let page = shop.get(&link(&shop)).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains("annex"), "{}", page.text);
    let came = json!({ "lines": [{ "sku": "MUG-1", "quantity": 36 }] });
    assert_eq!(act(&shop, &found[0], "receive", &came, "warehouse").await.expect(200).json()["status"], "received");
    shop.settle().await;
    let stock = shop.stock_of("MUG-1").await;
    let places: Vec<_> =
        stock["locations"].as_array().unwrap().iter().map(|place| place["on_hand"].as_i64().unwrap()).collect();
    assert_eq!(places, [24, 31], "{stock}");
}

#[tokio::test]
async fn what_staff_strike_out_or_take_off_sale_is_not_ordered() {
    let shop = supplied(&[("MUG-1", 19), ("MUG-2", 19)]).await;
    let order = orders(&shop).await.remove(0);
    let path = format!("/api/purchase-orders/{}/lines", order["id"].as_str().unwrap());
    let rest = json!({ "lines": [{ "sku": "MUG-2", "location": "main", "quantity": 30, "unit_cost": euros(900) }] });
    drop(shop.put(&path, &rest).staff("merchandiser").send().await.expect(200));
    let run = async || {
        drop(shop.post("/api/reorder-runs", &json!({})).staff("merchandiser").send().await.expect(202));
        gather(&shop).await;
    };
    run().await;
    let status = async |sku: &str| suggestions(&shop, sku).await[0]["status"].as_str().unwrap().to_owned();
    assert_eq!((status("MUG-1").await.as_str(), status("MUG-2").await.as_str()), ("dismissed", "open"));
    assert_eq!(orders(&shop).await[0]["status"], "draft", "what staff work on is theirs");
    drop(act(&shop, &order, "approve", &json!({ "send": true }), "owner").await.expect(200));
    run().await;
    assert_eq!(orders(&shop).await.len(), 1);
    assert_eq!(status("MUG-1").await, "dismissed");

    // Off sale: counted to nothing, and nobody buys it.
    let gone = shop.ask(http::Method::DELETE, "/api/products/mug-2").staff("merchandiser").send().await;
    assert_eq!(gone.status, 204);
    let line = json!({ "sku": "MUG-2", "location": "main", "counted": 0, "reason": "counted" });
    let counted = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("zero");
    drop(counted.send().await.expect(201));
    drop(act(&shop, &order, "cancel", &json!({}), "merchandiser").await.expect(200));
    run().await;
    let look = suggestions(&shop, "MUG-2").await.remove(0);
    assert_eq!(
        (&look["status"], &look["reason"], &look["quantity"]),
        (&json!("not_needed"), &json!("not_sold"), &json!(0))
    );
    assert_eq!(orders(&shop).await.len(), 1);
}
