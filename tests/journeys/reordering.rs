//! Buying again: from the sale that crosses the line to the goods on the shelf.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

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
    shop.post(&path, body).staff(role).send().await
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
