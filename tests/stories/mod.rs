//! Stories that hold wherever the shop runs: told on the local engine and on the deployment by the same code.
//!
//! Each has names of its own, so that all of them can be told in one shop at once, and waits for what it expects.

use http::Method;
use jiff::SignedDuration;
use local::stripe::Act;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// Every story: its name, and how it is told.
#[macro_export]
macro_rules! stories {
    ($with:ident) => {
        $with! {
            buys_by_bank_transfer_and_stock_is_right_throughout,
            buys_by_card,
            pays_after_the_card_was_declined,
            submits_twice_and_orders_once,
            gets_money_back,
            leaves_without_paying_and_the_stock_is_free_again,
            signs_in_by_a_link,
            buys_again_what_runs_low,
            waits_for_stock_and_gets_it,
            moves_to_another_location,
            sends_something_back,
            takes_store_credit_and_spends_it,
            exchanges_it_for_something_else,
            claims_on_a_warranty_and_gets_another_one,
        }
    };
}

/// An order that was just placed.
struct Placed {
    id: String,
    number: String,
    answer: Value,
}

async fn order(shop: &Shop, payment_method: &str, quantity: u32) -> Placed {
    let cart = shop.cart(&[(&shop.named("MUG"), quantity)]).await;
    let mut body = tests::checkout_body(&cart, payment_method);
    body["email"] = json!(shop.email());
    let answer = shop.post("/api/checkout", &body).key(&format!("key-{cart}")).send().await.expect(201).json();
    let text = |name: &str| answer["order"][name].as_str().unwrap().to_owned();
    Placed { id: text("id"), number: text("number"), answer }
}

/// Opens the provider's page of an order.
async fn on_the_pay_page(shop: &Shop, placed: &Placed) {
    let redirect = placed.answer["payment"]["redirect_url"].as_str().unwrap();
    let path = &redirect[redirect.find("/pay/").unwrap()..];
    let to = shop.get(path).send().await.expect(303);
    assert!(to.headers["location"].to_str().unwrap().contains("/pay/"), "{:?}", to.headers);
}

async fn stands(shop: &Shop, order: &str, status: &str, payment: &str) {
    let what = format!("the order is {status} and {payment}");
    shop.until(&what, async || {
        let order = shop.order(order).await;
        order["status"] == status && order["payment_status"] == payment
    })
    .await;
}

async fn mailed(shop: &Shop, subject: &str) {
    let what = format!("a mail says: {subject}");
    shop.until(&what, async || shop.mailed().await.iter().any(|mail| mail.subject == subject)).await;
}

async fn stock(shop: &Shop, available: i64, reserved: i64, committed: i64) {
    let sku = shop.named("MUG");
    let what = format!("{available} available, {reserved} reserved, {committed} committed");
    shop.until(&what, async || {
        let stock = shop.stock_of(&sku).await;
        let shelf = &stock["locations"][0];
        stock["available"] == available && stock["reserved"] == reserved && shelf["committed"] == committed
    })
    .await;
}

async fn as_staff(shop: &Shop, role: &str, path: &str, body: &Value) -> Answer {
    shop.post(path, body).staff(role).send().await.expect(200)
}

pub(crate) async fn buys_by_bank_transfer_and_stock_is_right_throughout(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 10).await;
    let placed = order(shop, "bank_transfer", 2).await;
    assert_eq!(placed.answer["order"]["status"], "pending_payment");
    assert!(placed.answer["payment"]["instructions"]["iban"].as_str().unwrap().starts_with("DE"));
    stock(shop, 8, 2, 0).await;
    mailed(shop, &format!("Order {} received", placed.number)).await;

    let id = &placed.id;
    as_staff(shop, "support", &format!("/api/orders/{id}/mark-paid"), &json!({ "reference": "statement 12" })).await;
    stock(shop, 8, 0, 2).await;
    mailed(shop, &format!("Order {} confirmed", placed.number)).await;

    let parcel = json!({ "carrier": "DHL", "tracking": "JD01" });
    let shipped = as_staff(shop, "warehouse", &format!("/api/orders/{id}/ship"), &parcel).await.json();
    assert_eq!(shipped["shipment_status"], "shipped");
    stock(shop, 8, 0, 0).await;
    mailed(shop, &format!("{} is on its way", placed.number)).await;
    mailed(shop, &format!("Your warranty for order {}", placed.number)).await;

    let delivered = as_staff(shop, "warehouse", &format!("/api/orders/{id}/deliver"), &json!({})).await.json();
    assert_eq!(delivered["status"], "completed");
    let listed = format!("/api/orders?number={}", placed.number);
    shop.until("the list has it as completed", async || {
        let found = shop.get(&listed).staff("support").send().await.expect(200).json();
        found["items"][0]["status"] == "completed"
    })
    .await;
    let subjects: Vec<String> = shop.mailed().await.into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 4, "each mail once: {subjects:?}");
}

pub(crate) async fn buys_by_card(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 3).await;
    let placed = order(shop, "card", 1).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stands(shop, &placed.id, "placed", "captured").await;
    stock(shop, 2, 0, 1).await;
    mailed(shop, &format!("Order {} confirmed", placed.number)).await;
}

pub(crate) async fn pays_after_the_card_was_declined(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 1).await;
    let placed = order(shop, "card", 1).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Decline).await;
    stands(shop, &placed.id, "pending_payment", "failed").await;
    shop.pay(&placed.id, Act::Accept).await;
    stands(shop, &placed.id, "placed", "captured").await;
    mailed(shop, &format!("Order {} confirmed", placed.number)).await;
}

pub(crate) async fn submits_twice_and_orders_once(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 5).await;
    let cart = shop.cart(&[(&shop.named("MUG"), 2)]).await;
    let mut body = tests::checkout_body(&cart, "bank_transfer");
    body["email"] = json!(shop.email());
    let submit = |key: &str, body: &Value| shop.post("/api/checkout", body).key(&format!("{key}-{cart}")).send();
    let (one, two) = tokio::join!(submit("same", &body), submit("same", &body));
    let first = one.expect(201).json();
    assert_eq!(two.expect(201).json(), first);
    drop(submit("other", &body).await.expect(409));
    body["shipping_method"] = json!("express");
    drop(submit("same", &body).await.expect(422));
    stock(shop, 3, 2, 0).await;
    mailed(shop, &format!("Order {} received", first["order"]["number"].as_str().unwrap())).await;
    assert_eq!(shop.mailed().await.len(), 1);
}

pub(crate) async fn gets_money_back(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 3).await;
    let placed = order(shop, "card", 2).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stands(shop, &placed.id, "placed", "captured").await;
    let path = format!("/api/orders/{}/refund", placed.id);
    let part = json!({ "reason": "scratched", "amount": { "amount": 500, "currency": "EUR" } });
    as_staff(shop, "support", &path, &part).await;
    stands(shop, &placed.id, "placed", "partially_refunded").await;
    mailed(shop, "We've refunded €5.00").await;
    let more = json!({ "reason": "all of it", "amount": { "amount": 1_000_000, "currency": "EUR" } });
    let left = shop.post(&path, &more).staff("support").send().await.expect(409).json();
    let rest = json!({ "reason": "the rest", "amount": left["left"] });
    as_staff(shop, "support", &path, &rest).await;
    stands(shop, &placed.id, "placed", "refunded").await;
}

pub(crate) async fn leaves_without_paying_and_the_stock_is_free_again(shop: &Shop) {
    shop.stock(&shop.named("MUG"), 1999, 2).await;
    let placed = order(shop, "bank_transfer", 2).await;
    stock(shop, 0, 2, 0).await;
    shop.wait(SignedDuration::from_secs(shop.hold_secs())).await;
    stands(shop, &placed.id, "expired", "voided").await;
    stock(shop, 2, 0, 0).await;
    mailed(shop, &format!("Order {} is cancelled", placed.number)).await;
}

pub(crate) async fn signs_in_by_a_link(shop: &Shop) {
    drop(shop.post("/api/auth/link", &json!({ "email": shop.email() })).send().await.expect(202));
    mailed(shop, "Your sign-in link").await;
    let mails = shop.mailed().await;
    let secret = mails[0].text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let token = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let own = shop.ask(Method::GET, "/api/orders").header("authorization", &bearer).send().await.expect(200).json();
    assert_eq!(own["items"], json!([]));
    drop(shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(401));
}

pub(crate) async fn buys_again_what_runs_low(shop: &Shop) {
    let (sku, acme) = (shop.named("MUG"), shop.named("ACME").to_lowercase());
    let supplier = json!({ "name": "Acme Pottery", "email": shop.email(), "currency": "EUR" });
    let put = shop.put(&format!("/api/suppliers/{acme}"), &supplier);
    drop(put.staff("merchandiser").send().await.expect(201));
    shop.stock(&sku, 1999, 5).await;
    let rule = json!({
        "location": "main", "supplier": acme, "reorder_point": 3, "lead_time_days": 7, "minimum_order": 4,
        "unit_cost": { "amount": 900, "currency": "EUR" },
    });
    let put = shop.put(&format!("/api/reorder-rules/{sku}"), &rule);
    drop(put.staff("merchandiser").send().await.expect(201));
    let placed = order(shop, "bank_transfer", 3).await;
    let path = format!("/api/orders/{}/mark-paid", placed.id);
    as_staff(shop, "support", &path, &json!({ "reference": "statement" })).await;

    let list = format!("/api/purchase-orders?supplier={acme}");
    let first = async || {
        let found = shop.get(&list).staff("warehouse").send().await.expect(200).json();
        found["items"][0].clone()
    };
    shop.until("an order of four is suggested", async || first().await["lines"][0]["quantity"] == 4).await;
    shop.wait(SignedDuration::from_secs(120)).await;
    shop.until("it goes out of itself", async || first().await["status"] == "sent").await;
    let purchase = first().await;
    let number = purchase["number"].as_str().unwrap();
    mailed(shop, &format!("Purchase order {number}")).await;

    // The supplier follows the link and accepts.
    let mails = shop.mailed().await;
    let mail = mails.iter().find(|mail| mail.subject.contains(number)).unwrap();
    let link = mail.text.split("/supplier/").nth(1).unwrap().split_whitespace().next().unwrap();
    let csrf = "AAAAAAAAAAAAAAAAAAAAAA";
    let ask = shop.ask(Method::POST, &format!("/supplier/{link}")).header("cookie", &format!("csrf={csrf}"));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
    drop(ask.body(format!("csrf={csrf}&idempotency_key=k&answer=accept")).send().await.expect(303));
    assert_eq!(first().await["status"], "acknowledged");

    // Four come, one of them broken.
    let came = json!({ "lines": [{ "sku": sku, "quantity": 4, "damaged": 1 }] });
    let path = format!("/api/purchase-orders/{}/receive", purchase["id"].as_str().unwrap());
    let booked = shop.post(&path, &came).staff("warehouse").key(&format!("came-{number}")).send().await.expect(200);
    assert_eq!(booked.json()["status"], "received");
    shop.until("the shelves have it", async || {
        let stock = shop.stock_of(&sku).await;
        let shelf = &stock["locations"][0];
        stock["available"] == 5 && shelf["on_hand"] == 8 && shelf["damaged"] == 1 && shelf["incoming"] == 0
    })
    .await;
    shop.until("the ledger says why", async || {
        let path = format!("/api/stock/{sku}/ledger");
        let ledger = shop.get(&path).staff("warehouse").send().await.expect(200).json();
        ledger["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["cause"] == "received" && entry["reference"] == purchase["id"] && entry["delta"] == 3)
    })
    .await;
}

pub(crate) async fn waits_for_stock_and_gets_it(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 1).await;
    let limit = shop.put(&format!("/api/stock/{sku}/backorders"), &json!({ "limit": 3 }));
    drop(limit.staff("merchandiser").send().await.expect(200));
    // It sells very fast, too.
    as_staff(shop, "merchandiser", &format!("/api/stock/{sku}/shards"), &json!({ "shards": 2 })).await;
    let placed = order(shop, "bank_transfer", 3).await;
    let act = |what: &str| format!("/api/orders/{}/{what}", placed.id);
    as_staff(shop, "support", &act("mark-paid"), &json!({ "reference": "statement" })).await;
    let waits = async |count: &Value| {
        let order = shop.order(&placed.id).await;
        order["lines"][0]["backordered"] == *count && !order["allocation"].is_null()
    };
    shop.until("two of three wait", async || waits(&json!(2)).await).await;
    mailed(shop, &format!("Part of order {} has to wait", placed.number)).await;
    let parcel = json!({ "carrier": "DHL" });
    let part = as_staff(shop, "warehouse", &act("ship"), &parcel).await.json();
    assert_eq!(part["shipment_status"], "backordered");

    let line = json!({ "sku": sku, "location": "main", "delta": 2, "reason": "received" });
    let came = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse");
    drop(came.key(&format!("came-{sku}")).send().await.expect(201));
    shop.until("nothing waits", async || waits(&Value::Null).await).await;
    let rest = as_staff(shop, "warehouse", &act("ship"), &parcel).await.json();
    assert_eq!(rest["shipment_status"], "shipped");
    stock(shop, 0, 0, 0).await;
    mailed(shop, &format!("{} is on its way", placed.number)).await;
}

pub(crate) async fn moves_to_another_location(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 3).await;
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    let wanted = json!({ "from": "main", "to": "annex", "lines": [{ "sku": sku, "quantity": 2 }] });
    let send = shop.post("/api/transfers", &wanted).staff("warehouse").key(&format!("sent-{sku}"));
    let sent = send.send().await.expect(201).json();
    stock(shop, 1, 0, 0).await;
    let came = json!({ "lines": [{ "sku": sku, "received": 2 }] });
    let path = format!("/api/transfers/{}/receive", sent["id"].as_str().unwrap());
    let received = shop.post(&path, &came).staff("warehouse").key(&format!("came-{sku}")).send().await.expect(200);
    assert_eq!(received.json()["status"], "received");
    shop.until("two are at the annex, one at main", async || {
        let stock = shop.stock_of(&sku).await;
        let at = |place: &str| {
            let levels = stock["locations"].as_array().unwrap();
            levels.iter().find(|level| level["location"] == place).map(|level| level["on_hand"].clone())
        };
        (at("annex"), at("main"), &stock["available"]) == (Some(json!(2)), Some(json!(1)), &json!(3))
    })
    .await;
}

pub(crate) async fn sends_something_back(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 3).await;
    let placed = order(shop, "card", 2).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stock(shop, 1, 0, 2).await;
    as_staff(shop, "warehouse", &format!("/api/orders/{}/ship", placed.id), &json!({ "carrier": "DHL" })).await;
    let link = placed.answer["view_url"].as_str().unwrap();
    let token = link.split("token=").nth(1).unwrap();
    let asked = json!({ "order_id": placed.id, "lines": [{ "sku": sku, "quantity": 2, "reason": "damaged" }] });
    let quote = shop.post(&format!("/api/returns/quote?token={token}"), &asked).send().await.expect(200).json();
    let request = shop.post(&format!("/api/returns?token={token}"), &asked);
    let back = request.key(&format!("back-{sku}")).send().await.expect(201).json();
    assert_eq!(back["refund"], quote["refund"]);
    mailed(shop, &format!("We have your return request for {}", placed.number)).await;
    let id = back["id"].as_str().unwrap();
    let photo = json!({ "filename": "crack.jpg", "bytes": 3 });
    let path = format!("/api/returns/{id}/photos?token={token}");
    drop(shop.post(&path, &photo).send().await.expect(201));
    let act = |what: &str| format!("/api/returns/{id}/{what}");
    as_staff(shop, "support", &act("approve"), &json!({})).await;
    mailed(shop, &format!("Return for {} approved", placed.number)).await;
    let slip = shop.get(&format!("/returns/{id}/slip.pdf?token={token}")).send().await.expect(200);
    assert_eq!(slip.headers["content-type"], "application/pdf");
    let came = json!({ "lines": [{ "sku": sku, "quantity": 2 }] });
    as_staff(shop, "warehouse", &act("receive"), &came).await;
    let seen = json!({ "lines": [{ "sku": sku, "resellable": 1, "damaged": 1 }] });
    as_staff(shop, "warehouse", &act("inspect"), &seen).await;
    as_staff(shop, "warehouse", &act("resolve"), &json!({})).await;
    stands(shop, &placed.id, "placed", "refunded").await;
    stock(shop, 2, 0, 0).await;
    let refunded = quote["refund"]["amount"].as_i64().unwrap();
    mailed(shop, &format!("We've refunded €{}.{:02}", refunded / 100, refunded % 100)).await;
    let shown =
        shop.get(&format!("/returns/{id}?token={token}")).header("accept", "text/html").send().await.expect(200);
    assert!(shown.text.contains("Refunded"), "{}", shown.text);
}

pub(crate) async fn takes_store_credit_and_spends_it(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 5).await;
    let placed = order(shop, "card", 1).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stock(shop, 4, 0, 1).await;
    as_staff(shop, "warehouse", &format!("/api/orders/{}/ship", placed.id), &json!({ "carrier": "DHL" })).await;
    let token = placed.answer["view_url"].as_str().unwrap().split("token=").nth(1).unwrap();
    let asked = json!({
        "order_id": placed.id, "resolution": "credit", "lines": [{ "sku": sku, "quantity": 1, "reason": "damaged" }],
    });
    let back = shop.post(&format!("/api/returns?token={token}"), &asked).send().await.expect(201).json();
    let act = |what: &str| format!("/api/returns/{}/{what}", back["id"].as_str().unwrap());
    as_staff(shop, "support", &act("approve"), &json!({})).await;
    let came = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
    as_staff(shop, "warehouse", &act("receive"), &came).await;
    let seen = json!({ "lines": [{ "sku": sku, "damaged": 1 }] });
    as_staff(shop, "warehouse", &act("inspect"), &seen).await;
    let settled = as_staff(shop, "warehouse", &act("resolve"), &json!({})).await.json();
    assert_eq!(settled["status"], "credited");
    stands(shop, &placed.id, "placed", "refunded").await;
    let subject = format!("Store credit for your return of {}", placed.number);
    mailed(shop, &subject).await;
    let mail = shop.mailed().await.into_iter().find(|mail| mail.subject == subject).unwrap();
    let code =
        mail.text.lines().map(str::trim).find(|line| line.len() == 19 && line.matches('-').count() == 3).unwrap();
    let credit = async || shop.get(&format!("/api/store-credit?code={code}")).send().await.expect(200).json();
    assert_eq!(credit().await["balance"], back["refund"]);

    let cart = shop.cart(&[(&sku, 2)]).await;
    let mut body = tests::checkout_body(&cart, "card");
    body["email"] = json!(shop.email());
    body["credit_code"] = json!(code);
    let answer = shop.post("/api/checkout", &body).key(&format!("key-{cart}")).send().await.expect(201).json();
    assert_eq!((&answer["order"]["credit"], &answer["order"]["to_pay"]["amount"]), (&back["refund"], &json!(1999)));
    let id = answer["order"]["id"].as_str().unwrap().to_owned();
    let second = Placed { id, number: answer["order"]["number"].as_str().unwrap().to_owned(), answer };
    assert_eq!(credit().await["balance"]["amount"], 0);
    on_the_pay_page(shop, &second).await;
    shop.pay(&second.id, Act::Accept).await;
    stands(shop, &second.id, "placed", "captured").await;
    as_staff(shop, "support", &format!("/api/orders/{}/cancel", second.id), &json!({})).await;
    stands(shop, &second.id, "canceled", "refunded").await;
    assert_eq!(credit().await["balance"], back["refund"]);
}

pub(crate) async fn exchanges_it_for_something_else(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 6).await;
    let placed = order(shop, "card", 3).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stock(shop, 3, 0, 3).await;
    as_staff(shop, "warehouse", &format!("/api/orders/{}/ship", placed.id), &json!({ "carrier": "DHL" })).await;
    let token = placed.answer["view_url"].as_str().unwrap().split("token=").nth(1).unwrap();
    let cart = shop.cart(&[(&sku, 1)]).await;
    let asked = json!({
        "order_id": placed.id, "resolution": "exchange", "cart_id": cart,
        "lines": [{ "sku": sku, "quantity": 2, "reason": "damaged" }],
    });
    let back = shop.post(&format!("/api/returns?token={token}"), &asked).send().await.expect(201).json();
    let eur = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!((&back["refund"], &back["exchange"]["total"]), (&eur(2 * 1999), &eur(1999)));
    let act = |what: &str| format!("/api/returns/{}/{what}", back["id"].as_str().unwrap());
    as_staff(shop, "support", &act("approve"), &json!({})).await;
    let came = json!({ "lines": [{ "sku": sku, "quantity": 2 }] });
    as_staff(shop, "warehouse", &act("receive"), &came).await;
    let seen = json!({ "lines": [{ "sku": sku, "resellable": 1, "damaged": 1 }] });
    as_staff(shop, "warehouse", &act("inspect"), &seen).await;
    let settled = as_staff(shop, "warehouse", &act("resolve"), &json!({})).await.json();
    assert_eq!(settled["status"], "exchanged");
    let new = settled["exchange"]["order_id"].as_str().unwrap();
    stands(shop, new, "placed", "captured").await;
    stock(shop, 3, 0, 1).await;
    mailed(shop, &format!("Your exchange for {}", placed.number)).await;
    went_back(shop, &placed.id, "returned", 1999).await;
    assert_eq!(shop.order(new).await["exchanged"], eur(1999));

    // It is not wanted after all: what paid for it goes on to the card.
    as_staff(shop, "support", &format!("/api/orders/{new}/cancel"), &json!({})).await;
    stands(shop, new, "canceled", "refunded").await;
    stock(shop, 4, 0, 0).await;
    went_back(shop, &placed.id, "unexchanged", 1999).await;
    assert_eq!(shop.order(&placed.id).await["refunded"], eur(2 * 1999));
}

/// Waits until so many cents of an order went back to who paid it, for this reason.
async fn went_back(shop: &Shop, order: &str, cause: &str, cents: i64) {
    let what = format!("{cents} are with who paid: {cause}");
    let right = |refund: &Value| {
        let to_payer = refund["cause"] == cause && refund["to"].is_null();
        to_payer && refund["amount"]["amount"] == cents && refund["status"] == "done"
    };
    shop.until(&what, async || shop.order(order).await["refunds"].as_array().unwrap().iter().any(right)).await;
}

/// The first link to a certificate in the buyer's mail of that subject: its id and the secret.
async fn certificate_of(shop: &Shop, subject: &str) -> (String, String) {
    mailed(shop, subject).await;
    let mail = shop.mailed().await.into_iter().find(|mail| mail.subject == subject).unwrap();
    let link = mail.text.split("/warranty/").nth(1).unwrap().split_whitespace().next().unwrap();
    let (id, token) = link.split_once("?token=").unwrap();
    (id.to_owned(), token.to_owned())
}

pub(crate) async fn claims_on_a_warranty_and_gets_another_one(shop: &Shop) {
    let sku = shop.named("MUG");
    shop.stock(&sku, 1999, 3).await;
    let placed = order(shop, "card", 1).await;
    on_the_pay_page(shop, &placed).await;
    shop.pay(&placed.id, Act::Accept).await;
    stock(shop, 2, 0, 1).await;
    let ship = async |order: &str, serial: &str| {
        let parcel = json!({ "carrier": "DHL", "serials": [{ "sku": sku, "serial": serial }] });
        as_staff(shop, "warehouse", &format!("/api/orders/{order}/ship"), &parcel).await.json()
    };
    ship(&placed.id, &shop.named("OLD")).await;
    let (id, token) = certificate_of(shop, &format!("Your warranty for order {}", placed.number)).await;
    let read = async |id: &str, token: &str| {
        shop.get(&format!("/api/warranties/{id}?token={token}")).send().await.expect(200).json()
    };
    let old = read(&id, &token).await;
    assert_eq!((&old["serial"], &old["status"]), (&json!(shop.named("OLD")), &json!("active")));

    let asked = json!({ "certificate": id, "defect": "broken", "description": "The handle came off." });
    let request = shop.post(&format!("/api/warranty-claims?token={token}"), &asked).key(&format!("claim-{sku}"));
    let claim = request.send().await.expect(201).json();
    assert_eq!(claim["covered"], true);
    let number = claim["number"].as_str().unwrap();
    mailed(shop, &format!("We have your warranty claim {number}")).await;
    let act = |what: &str| format!("/api/warranty-claims/{}/{what}", claim["id"].as_str().unwrap());
    as_staff(shop, "support", &act("approve"), &json!({ "resolution": "repair" })).await;
    mailed(shop, &format!("Claim {number} approved")).await;
    as_staff(shop, "warehouse", &act("receive"), &json!({})).await;
    mailed(shop, &format!("Your item for claim {number} arrived")).await;
    let seen = json!({ "finding": "It cannot be mended.", "resolution": "replace" });
    as_staff(shop, "warehouse", &act("diagnose"), &seen).await;
    let replaced = as_staff(shop, "support", &act("resolve"), &json!({})).await.json();
    mailed(shop, &format!("Claim {number}: a new one goes out")).await;
    let new = replaced["replacement_order_id"].as_str().unwrap();
    stands(shop, new, "placed", "captured").await;
    stock(shop, 1, 0, 1).await;
    ship(new, &shop.named("NEW")).await;
    let subject = format!("Your warranty for order {}", shop.order(new).await["number"].as_str().unwrap());
    let (heir, secret) = certificate_of(shop, &subject).await;
    let (heir, old) = (read(&heir, &secret).await, read(&id, &token).await);
    assert_eq!((&heir["replaces"], &old["replaced_by"]), (&old["id"], &heir["id"]));
    assert_eq!((&heir["ends"], &heir["serial"]), (&old["ends"], &json!(shop.named("NEW"))));
    let shown = shop.get(&format!("/warranty-claims/{}?token={token}", claim["id"].as_str().unwrap()));
    let shown = shown.header("accept", "text/html").send().await.expect(200);
    assert!(shown.text.contains("Completed"), "{}", shown.text);
}
