//! Goods that come back: quoted, asked for, decided, received, looked at, paid for; and what does not come back.

use http::Method;
use jiff::SignedDuration;
use local::stripe::Act;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// An order that has arrived, and the secret of its link.
pub(crate) struct Bought {
    pub(crate) id: String,
    pub(crate) number: String,
    token: String,
    pub(crate) total: i64,
}

/// Buys this by bank transfer or card; it is paid, sent and delivered.
pub(crate) async fn bought(shop: &Shop, lines: &[(&str, u32)], payment_method: &str) -> Bought {
    let cart = shop.cart(lines).await;
    let placed = shop.check_out(&cart, payment_method, &format!("key-{cart}")).await.expect(201).json();
    pay(shop, &placed).await;
    delivered(shop, &placed).await
}

/// Pays what is left to pay of an order as it says.
pub(crate) async fn pay(shop: &Shop, placed: &Value) {
    let id = placed["order"]["id"].as_str().unwrap();
    if let Some(redirect) = placed["payment"]["redirect_url"].as_str() {
        drop(shop.get(&redirect[redirect.find("/pay/").unwrap()..]).send().await.expect(303));
        shop.engine().pay(id, Act::Accept).await.unwrap();
    } else {
        let path = format!("/api/orders/{id}/mark-paid");
        drop(shop.post(&path, &json!({ "reference": "paid" })).staff("support").send().await.expect(200));
    }
    shop.settle().await;
}

/// Has an order sent and delivered that is paid.
pub(crate) async fn delivered(shop: &Shop, placed: &Value) -> Bought {
    let text = |name: &str| placed["order"][name].as_str().unwrap().to_owned();
    let (id, number) = (text("id"), text("number"));
    let act = |what: &str| format!("/api/orders/{id}/{what}");
    drop(shop.post(&act("ship"), &json!({ "carrier": "DHL" })).staff("warehouse").send().await.expect(200));
    drop(shop.post(&act("deliver"), &json!({})).staff("warehouse").send().await.expect(200));
    shop.settle().await;
    let token = placed["view_url"].as_str().unwrap().split("token=").nth(1).unwrap().to_owned();
    Bought { id, number, token, total: placed["order"]["totals"]["total"]["amount"].as_i64().unwrap() }
}

pub(crate) async fn open() -> Shop {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.stock("BOWL-1", 2999, 10).await;
    shop
}

/// Changes the shop's terms before anything is bought.
async fn terms(shop: &Shop, change: &Value) {
    let mut settings = shop.get("/api/settings/returns").staff("owner").send().await.expect(200).json();
    settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    drop(shop.put("/api/settings/returns", &settings).staff("owner").send().await.expect(200));
}

impl Bought {
    pub(crate) fn asking(&self, lines: &[(&str, u32, &str)]) -> Value {
        let line =
            |(sku, quantity, reason): &(&str, u32, &str)| json!({ "sku": sku, "quantity": quantity, "reason": reason });
        json!({ "order_id": self.id, "lines": lines.iter().map(line).collect::<Vec<_>>() })
    }

    pub(crate) fn path(&self, path: &str) -> String {
        format!("{path}?token={}", self.token)
    }

    async fn quote(&self, shop: &Shop, lines: &[(&str, u32, &str)]) -> Answer {
        shop.post(&self.path("/api/returns/quote"), &self.asking(lines)).send().await
    }

    async fn ask(&self, shop: &Shop, lines: &[(&str, u32, &str)]) -> Value {
        let made = shop.post(&self.path("/api/returns"), &self.asking(lines)).send().await.expect(201).json();
        shop.settle().await;
        made
    }
}

pub(crate) fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

pub(crate) async fn act(shop: &Shop, back: &Value, what: &str, role: &str, body: &Value) -> Answer {
    let path = format!("/api/returns/{}/{what}", back["id"].as_str().unwrap());
    let answer = shop.post(&path, body).staff(role).send().await;
    shop.settle().await;
    answer
}

/// Has a return approved, received and looked at.
pub(crate) async fn looked_at(shop: &Shop, back: &Value, came: &Value, seen: &Value) -> Value {
    if back["due"].is_null() {
        drop(act(shop, back, "approve", "support", &json!({})).await);
    }
    drop(act(shop, back, "receive", "warehouse", &json!({ "lines": came })).await.expect(200));
    act(shop, back, "inspect", "warehouse", seen).await.expect(200).json()
}

#[tokio::test]
async fn a_parcel_comes_back_and_its_money_goes_back() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2), ("BOWL-1", 1)], "bank_transfer").await;
    let lines = [("MUG-1", 2, "unwanted"), ("BOWL-1", 1, "damaged")];
    let quote = bought.quote(&shop, &lines).await.expect(200).json();
    assert_eq!((&quote["refund"], &quote["lines"][0]["refund"]), (&eur(bought.total), &eur(3998)));

    let back = bought.ask(&shop, &lines).await;
    assert_eq!((&back["status"], &back["refund"]), (&json!("requested"), &quote["refund"]));
    let approved = act(&shop, &back, "approve", "support", &json!({})).await.expect(200).json();
    assert_eq!(approved["status"], "approved");
    let came = json!({ "lines": [{ "sku": "MUG-1", "quantity": 2 }, { "sku": "BOWL-1", "quantity": 1 }] });
    let received = act(&shop, &back, "receive", "warehouse", &came).await.expect(200).json();
    assert_eq!((&received["status"], &received["location"]), (&json!("received"), &json!("main")));
    let mugs = shop.stock_of("MUG-1").await;
    let shelf = &mugs["locations"][0];
    assert_eq!((&shelf["quality_control"], &shelf["on_hand"], &mugs["available"]), (&json!(2), &json!(8), &json!(8)));

    let seen = json!({ "lines": [{ "sku": "MUG-1", "resellable": 2 }, { "sku": "BOWL-1", "damaged": 1 }] });
    let inspected = act(&shop, &back, "inspect", "warehouse", &seen).await.expect(200).json();
    assert_eq!(inspected["status"], "accepted");
    let mugs = shop.stock_of("MUG-1").await;
    let shelf = &mugs["locations"][0];
    assert_eq!((&shelf["quality_control"], &shelf["on_hand"], &mugs["available"]), (&json!(0), &json!(10), &json!(10)));
    let bowls = shop.stock_of("BOWL-1").await;
    assert_eq!((&bowls["locations"][0]["damaged"], &bowls["available"]), (&json!(1), &json!(9)));
    let ledger = shop.get("/api/stock/MUG-1/ledger").staff("warehouse").send().await.expect(200).json();
    let entries = ledger["items"].as_array().unwrap();
    assert!(entries.iter().any(|entry| {
        entry["cause"] == "returned" && entry["reference"] == back["id"] && entry["quantity"] == "on_hand"
    }));

    let settled = act(&shop, &back, "resolve", "support", &json!({})).await.expect(200).json();
    assert_eq!((&settled["status"], &settled["settled"]["refund"]), (&json!("refunded"), &eur(bought.total)));
    let order = shop.order(&bought.id).await;
    assert_eq!((&order["refund_due"], &order["refunds"][0]["cause"]), (&eur(bought.total), &json!("returned")));
    let sent = format!("/api/orders/{}/refund-paid", bought.id);
    drop(shop.post(&sent, &json!({ "reference": "sent" })).staff("support").send().await.expect(200));
    shop.settle().await;
    assert_eq!(shop.order(&bought.id).await["payment_status"], "refunded");
    let number = &bought.number;
    let told = shop.subjects();
    let said = |subject: String| assert!(told.contains(&subject), "{subject}: {told:?}");
    said(format!("We have your return request for {number}"));
    said(format!("Return for {number} approved"));
    said(format!("We've taken back your return for {number}"));
    let refunded = format!("We've refunded {}", money(bought.total));
    assert_eq!(told.iter().filter(|subject| **subject == refunded).count(), 1, "{told:?}");
    // Nothing is done twice.
    let again = act(&shop, &back, "resolve", "support", &json!({})).await.expect(409).json();
    assert_eq!(again["state"], "refunded");
}

pub(crate) fn money(cents: i64) -> String {
    format!("€{}.{:02}", cents / 100, cents % 100)
}

#[tokio::test]
async fn a_card_gets_its_money_back_once_and_one_mail_says_so() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "card").await;
    let back = bought.ask(&shop, &[("MUG-1", 1, "defective")]).await;
    let seen = json!({ "lines": [{ "sku": "MUG-1", "damaged": 1 }] });
    let came = json!([{ "sku": "MUG-1", "quantity": 1 }]);
    assert_eq!(looked_at(&shop, &back, &came, &seen).await["status"], "accepted");
    let before = shop.subjects().len();
    drop(act(&shop, &back, "resolve", "warehouse", &json!({})).await.expect(200));
    let order = shop.order(&bought.id).await;
    assert_eq!((&order["payment_status"], &order["refunded"]), (&json!("partially_refunded"), &eur(1999)));
    assert_eq!(shop.subjects().len(), before + 1, "{:?}", shop.subjects());
}

#[tokio::test]
async fn each_rule_that_lowers_a_refund_is_named_before() {
    let shop = open().await;
    terms(&shop, &json!({ "restocking_fee_ppm": 100_000, "label_cost": eur(490) })).await;
    let bought = bought(&shop, &[("MUG-1", 2), ("BOWL-1", 1)], "bank_transfer").await;
    let quote = bought.quote(&shop, &[("MUG-1", 1, "unwanted")]).await.expect(200).json();
    let line = json!({
        "sku": "MUG-1", "quantity": 1, "reason": "unwanted", "worth": eur(1999), "refund": eur(1799),
        "reductions": [{ "rule": "restocking_fee", "amount": eur(200) }],
    });
    assert_eq!((&quote["lines"][0], &quote["refund"]), (&line, &eur(1309)));
    assert_eq!(quote["reductions"], json!([{ "rule": "return_label", "amount": eur(490) }]));
    // The terms are those of the day of the purchase.
    terms(&shop, &json!({ "restocking_fee_ppm": 500_000 })).await;
    shop.advance(SignedDuration::from_mins(2)).await;
    let later = bought.quote(&shop, &[("MUG-1", 1, "unwanted")]).await.expect(200).json();
    assert_eq!(later["lines"], quote["lines"]);

    // Staff keep something for wear, and one of two is not taken back.
    let back = bought.ask(&shop, &[("MUG-1", 2, "unwanted")]).await;
    drop(act(&shop, &back, "approve", "support", &json!({})).await.expect(200));
    // What is kept for a label is kept where one was given.
    drop(act(&shop, &back, "label", "support", &json!({ "carrier": "DHL" })).await.expect(200));
    let seen = json!({
        "lines": [{ "sku": "MUG-1", "resellable": 1, "rejected": 1 }], "reason": "one is chipped",
        "deduction": { "amount": eur(100), "reason": "tea stains" },
    });
    let inspected = looked_at(&shop, &back, &json!([{ "sku": "MUG-1", "quantity": 2 }]), &seen).await;
    assert_eq!(inspected["status"], "part_accepted");
    let settled = act(&shop, &back, "resolve", "support", &json!({})).await.expect(200).json();
    let again = act(&shop, &back, "send-back", "support", &json!({ "carrier": "DHL" })).await.expect(200).json();
    assert_eq!(again["status"], "refunded", "what was not taken back goes back, the money stays paid");
    let rules: Vec<_> = settled["settled"]["reductions"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert_eq!((rules, &settled["settled"]["refund"]), (vec![&json!("wear"), &json!("return_label")], &eur(1209)));
    let mail = shop.engine().mails().into_iter().find(|mail| mail.subject.starts_with("We've taken back")).unwrap();
    let text = mail.text.unwrap();
    assert!(text.contains("tea stains") && text.contains("one is chipped"), "{text}");
}

#[tokio::test]
async fn terms_are_the_shops_the_categorys_or_the_products() {
    let shop = Shop::new();
    let category = json!({ "category": "kitchen", "window_days": 90 });
    terms(&shop, &json!({ "window_days": 14, "categories": [category], "approve_up_to": eur(2000) })).await;
    shop.stock("MUG-1", 1999, 10).await;
    let product = json!({
        "title": "Last of its kind", "status": "active", "category": "kitchen", "final_sale": true,
        "variants": [{ "sku": "LAST-1", "title": "", "price": eur(900), "weight_g": 350 }],
    });
    drop(shop.put("/api/products/last", &product).staff("owner").send().await.expect(201));
    let line = json!({ "sku": "LAST-1", "location": "main", "delta": 5, "reason": "received" });
    let booked = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("last");
    drop(booked.send().await.expect(201));
    shop.settle().await;
    let bought = bought(&shop, &[("MUG-1", 2), ("LAST-1", 1)], "bank_transfer").await;

    let refused = bought.quote(&shop, &[("MUG-1", 1, "unwanted"), ("LAST-1", 1, "unwanted")]).await.expect(409).json();
    assert_eq!(
        (&refused["codes"], &refused["errors"][0]["pointer"]),
        (&json!(["final-sale"]), &json!("/lines/1/reason"))
    );
    drop(bought.quote(&shop, &[("LAST-1", 1, "damaged")]).await.expect(200));
    shop.advance(SignedDuration::from_hours(60 * 24)).await;
    // Within the category's window, and little enough to be approved unseen.
    let back = bought.ask(&shop, &[("MUG-1", 1, "unwanted")]).await;
    assert_eq!(back["status"], "approved");
    assert!(back["due"].is_string());
    shop.settle().await;
    let told = shop.subjects();
    assert!(!told.iter().any(|subject| subject.starts_with("We have your return")), "{told:?}");
    shop.advance(SignedDuration::from_hours(31 * 24)).await;
    let over = bought.quote(&shop, &[("MUG-1", 1, "unwanted")]).await.expect(409).json();
    assert_eq!(over["codes"], json!(["window-over"]));
}

#[tokio::test]
async fn what_is_asked_back_is_nobody_elses() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "bank_transfer").await;
    let send = |key: &str, lines: &[(&str, u32, &str)]| {
        shop.post(&bought.path("/api/returns"), &bought.asking(lines)).key(key).send()
    };
    let one = [("MUG-1", 1, "unwanted")];
    let first = send("one", &one).await.expect(201).json();
    assert_eq!(send("one", &one).await.expect(201).json(), first);
    drop(send("one", &[("MUG-1", 2, "unwanted")]).await.expect(422));
    let refused = send("two", &[("MUG-1", 2, "unwanted")]).await.expect(409).json();
    assert_eq!(
        (&refused["codes"], &refused["errors"][0]["pointer"]),
        (&json!(["too-few-left"]), &json!("/lines/0/quantity"))
    );
    // Nor can staff send the same money back by hand.
    let refund = format!("/api/orders/{}/refund", bought.id);
    let all = json!({ "reason": "so", "amount": eur(bought.total) });
    let refused = shop.post(&refund, &all).staff("support").send().await.expect(409).json();
    assert_eq!(refused["left"], eur(bought.total - 1999));
    // Another sum than the buyer saw is not asked for; and another order may have the same key.
    let mut seen = bought.asking(&one);
    seen["expected_refund"] = eur(2000);
    let changed = shop.post(&bought.path("/api/returns"), &seen).send().await.expect(409).json();
    assert_eq!((&changed["codes"], &changed["refund"]), (&json!(["refund-changed"]), &eur(1999)));
    let other = self::bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    drop(shop.post(&other.path("/api/returns"), &other.asking(&one)).key("one").send().await.expect(201));
    // Called off, it is free again.
    let cancel = format!("/api/returns/{}/cancel", first["id"].as_str().unwrap());
    drop(shop.post(&cancel, &json!({})).send().await.expect(404));
    drop(shop.post(&bought.path(&cancel), &json!({})).send().await.expect(200));
    drop(send("two", &[("MUG-1", 2, "unwanted")]).await.expect(201));
}

#[tokio::test]
async fn a_parcel_that_does_not_come_in_time_may_come_late() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    let back = bought.ask(&shop, &[("MUG-1", 1, "unwanted")]).await;
    drop(act(&shop, &back, "approve", "support", &json!({})).await.expect(200));
    shop.advance(SignedDuration::from_hours(23 * 24)).await;
    let path = format!("/api/returns/{}", back["id"].as_str().unwrap());
    let read = async || shop.get(&path).staff("support").send().await.expect(200).json();
    assert_eq!(read().await["status"], "expired");
    assert!(shop.subjects().iter().any(|subject| subject.contains("ended")), "{:?}", shop.subjects());
    let done = shop.get("/api/returns?view=done").staff("warehouse").send().await.expect(200).json();
    assert_eq!(done["items"][0]["id"], back["id"]);

    let came = json!({ "lines": [{ "sku": "MUG-1", "quantity": 1 }] });
    drop(act(&shop, &back, "receive", "warehouse", &came).await.expect(200));
    assert_eq!(read().await["status"], "received");
    let rejected = json!({ "lines": [{ "sku": "MUG-1", "rejected": 1 }], "reason": "it was used" });
    let seen = act(&shop, &back, "inspect", "warehouse", &rejected).await.expect(200).json();
    assert_eq!(seen["status"], "rejected");
    let sent = act(&shop, &back, "send-back", "warehouse", &json!({ "carrier": "DHL", "tracking": "JD9" })).await;
    assert_eq!(sent.expect(200).json()["status"], "sent_back");
    assert_eq!(shop.stock_of("MUG-1").await["available"], 9, "the buyer's mug is not ours");
    assert!(shop.order(&bought.id).await["refund_due"]["amount"] == 0);
}

#[tokio::test]
async fn bad_input_is_named_and_changes_nothing() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    let send = |body: Value| {
        let path = bought.path("/api/returns");
        let shop = &shop;
        async move { shop.post(&path, &body).send().await }
    };
    let pointers = |answer: &Value| -> Vec<String> {
        let errors = answer["errors"].as_array().unwrap().iter();
        errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    let wrong = bought.asking(&[("", 0, "bored")]);
    assert_eq!(
        pointers(&send(wrong).await.expect(400).json()),
        ["/lines/0/sku", "/lines/0/quantity", "/lines/0/reason"]
    );
    let twice = bought.asking(&[("MUG-1", 1, "unwanted"), ("MUG-1", 1, "unwanted")]);
    assert_eq!(pointers(&send(twice).await.expect(400).json()), ["/lines/1/sku"]);
    assert_eq!(pointers(&send(bought.asking(&[])).await.expect(400).json()), ["/lines"]);
    let mut odd = bought.asking(&[("MUG-1", 1, "unwanted")]);
    odd["resolution"] = json!("a pony");
    assert_eq!(pointers(&send(odd).await.expect(400).json()), ["/resolution"]);
    let mut more = bought.asking(&[("MUG-1", 1, "unwanted")]);
    more["refund"] = eur(1);
    drop(send(more).await.expect(400));
    let listed = shop.get("/api/returns").staff("support").send().await.expect(200).json();
    assert_eq!(listed["items"], json!([]));

    let back = bought.ask(&shop, &[("MUG-1", 1, "unwanted")]).await;
    let early = act(&shop, &back, "resolve", "support", &json!({})).await.expect(409).json();
    assert_eq!((&early["state"], &early["legal"]), (&json!("requested"), &json!(["approve", "decline", "cancel"])));
    drop(act(&shop, &back, "decline", "support", &json!({ "reason": " " })).await.expect(400));
    drop(
        act(&shop, &back, "label", "support", &json!({ "carrier": "DHL", "label_url": "javascript:1" }))
            .await
            .expect(400),
    );
    drop(act(&shop, &back, "approve", "support", &json!({})).await.expect(200));
    drop(act(&shop, &back, "approve", "support", &json!({})).await.expect(200));
    let many = json!({ "lines": [{ "sku": "MUG-1", "quantity": 2 }] });
    let refused = act(&shop, &back, "receive", "warehouse", &many).await.expect(409).json();
    assert_eq!(refused["code"], "too-few-left");
}

#[tokio::test]
async fn nobody_sees_or_touches_anothers_return() {
    let shop = open().await;
    let mine = bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    let other = bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    let back = mine.ask(&shop, &[("MUG-1", 1, "unwanted")]).await;
    let id = back["id"].as_str().unwrap();
    drop(shop.get(&mine.path(&format!("/returns/{id}/slip.pdf"))).send().await.expect(409));
    drop(act(&shop, &back, "approve", "support", &json!({})).await.expect(200));
    for path in [format!("/api/returns/{id}"), format!("/returns/{id}"), format!("/returns/{id}/slip.pdf")] {
        drop(shop.get(&path).send().await.expect(404));
        drop(shop.get(&other.path(&path)).send().await.expect(404));
        drop(shop.get(&mine.path(&path)).send().await.expect(200));
    }
    drop(shop.get(&other.path(&format!("/returns/{id}/photos/1"))).send().await.expect(404));
    let asking = mine.asking(&[("MUG-1", 1, "unwanted")]);
    drop(shop.post(&other.path("/api/returns"), &asking).send().await.expect(404));
    drop(shop.post(&other.path("/api/returns/quote"), &asking).send().await.expect(404));
    let photo = json!({ "filename": "crack.jpg", "bytes": 100 });
    drop(shop.post(&other.path(&format!("/api/returns/{id}/photos")), &photo).send().await.expect(404));
}

#[tokio::test]
async fn pictures_are_kept_privately_and_shown_from_the_bucket() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 1)], "bank_transfer").await;
    let back = bought.ask(&shop, &[("MUG-1", 1, "damaged")]).await;
    let id = back["id"].as_str().unwrap();
    let path = bought.path(&format!("/api/returns/{id}/photos"));
    for wrong in
        [json!({ "filename": "page.html", "bytes": 10 }), json!({ "filename": "big.jpg", "bytes": 20_000_000 })]
    {
        drop(shop.post(&path, &wrong).send().await.expect(400));
    }
    let opened = shop.post(&path, &json!({ "filename": "crack.png", "bytes": 4 })).send().await.expect(201).json();
    let mut put = shop.ask(Method::PUT, opened["upload"]["url"].as_str().unwrap());
    for (name, value) in opened["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    drop(put.body("abcd").send().await.expect(200));
    let shown = shop.get(&bought.path(&format!("/returns/{id}/photos/1"))).send().await.expect(303);
    let location = shown.headers["location"].to_str().unwrap();
    assert!(location.contains("response-content-disposition=attachment"), "{location}");
    drop(shop.get(&bought.path(&format!("/returns/{id}/photos/2"))).send().await.expect(404));
}

const CSRF: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Posts a form as a browser does.
pub(crate) async fn post_form(shop: &Shop, path: &str, cookie: &str, fields: &str) -> Answer {
    let ask = shop.ask(Method::POST, path).header("cookie", &format!("csrf={CSRF}; {cookie}"));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
    let answer = ask.body(format!("csrf={CSRF}&{fields}")).send().await;
    shop.settle().await;
    answer
}

#[tokio::test]
async fn a_buyer_and_the_desk_do_it_by_forms() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2), ("BOWL-1", 1)], "card").await;
    let token = &bought.token;
    let order = shop.get(&bought.path(&format!("/orders/{}", bought.id))).send().await.expect(200).text;
    let steps = format!("/orders/{}/return", bought.id);
    assert!(order.contains(&steps), "the order leads to its return");
    let choose = shop.get(&bought.path(&steps)).send().await.expect(200).text;
    assert!(choose.contains("quantity.MUG-1") && choose.contains("reason.BOWL-1"), "{choose}");
    let review = |query: &str| shop.get(&format!("{}&step=review&{query}", bought.path(&steps))).send();
    let empty = review("quantity.MUG-1=0").await.expect(422).text;
    assert!(empty.contains("There is a problem"), "{empty}");
    let no_reason = review("quantity.MUG-1=1&reason.MUG-1=").await.expect(422).text;
    assert!(no_reason.contains("Choose a reason."), "{no_reason}");
    let quoted = review("quantity.MUG-1=1&reason.MUG-1=damaged").await.expect(200).text;
    assert!(quoted.contains("€19.99"), "{quoted}");

    let fields = format!(
        "token={token}&idempotency_key=once&quantity.MUG-1=1&reason.MUG-1=damaged&comment=The%20handle%0Ais%20off"
    );
    let made = post_form(&shop, &steps, "", &fields).await.expect(303);
    let to = made.headers["location"].to_str().unwrap().to_owned();
    let again = post_form(&shop, &steps, "", &fields).await.expect(303);
    assert_eq!(again.headers["location"].to_str().unwrap(), to, "a double press is one return");
    let page = shop.get(&to).send().await.expect(200).text;
    assert!(page.contains("We have your request.") && page.contains("The handle"), "{page}");
    let id = to.split(['/', '?']).nth(2).unwrap().to_owned();
    let back = shop.get(&format!("/api/returns/{id}")).staff("support").send().await.expect(200).json();

    let cookie = |role: &str| format!("staff={}", shop.engine().token(role).unwrap());
    let found = shop.ask(Method::GET, &format!("/desk/returns?q={}", back["number"].as_str().unwrap()));
    let found = found.header("cookie", &cookie("warehouse")).send().await.expect(303);
    assert_eq!(found.headers["location"].to_str().unwrap(), format!("/desk/returns/{id}"));
    let desk = format!("/desk/returns/{id}");
    let at_desk = async |role: &str| {
        let page = shop.ask(Method::GET, &desk).header("cookie", &cookie(role)).header("accept", "text/html");
        page.send().await.expect(200).text
    };
    let approve = format!("{desk}/decide/approve");
    assert!(at_desk("support").await.contains(&approve) && !at_desk("warehouse").await.contains(&approve));
    let key = |page: &str| {
        let value = page.split("name=\"idempotency_key\" value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    };
    let shown = key(&at_desk("support").await);
    drop(post_form(&shop, &approve, &cookie("support"), &format!("idempotency_key={shown}")).await.expect(303));
    let stale = post_form(&shop, &approve, &cookie("support"), &format!("idempotency_key={shown}")).await;
    assert_eq!(stale.status, 409, "a page that is out of date");
    let slip = shop.get(&bought.path(&format!("/returns/{id}/slip.pdf"))).send().await.expect(200);
    assert_eq!(slip.headers["content-type"], "application/pdf");
    drop(post_form(&shop, &format!("/returns/{id}/sent"), "", &format!("token={token}&carrier=DHL")).await.expect(303));

    // One form says what came and what it is like.
    let sheet = format!("{desk}/inspect");
    let page = at_desk("warehouse").await;
    assert!(page.contains(&sheet), "{page}");
    let fields = |cells: &str| format!("idempotency_key={}&line.0.sku=MUG-1&{cells}", key(&page));
    let wrong = post_form(&shop, &sheet, &cookie("warehouse"), &fields("line.0.received=1&line.0.rejected=1")).await;
    assert!(wrong.status == 400 && wrong.text.contains("the buyer reads it"), "{}", wrong.text);
    let done = post_form(&shop, &sheet, &cookie("warehouse"), &fields("line.0.received=1&line.0.damaged=1")).await;
    drop(done.expect(303));
    let page = at_desk("warehouse").await;
    assert!(page.contains("Refund €19.99"), "{page}");
    let settle = format!("{desk}/resolve/resolve");
    drop(post_form(&shop, &settle, &cookie("warehouse"), &format!("idempotency_key={}", key(&page))).await.expect(303));
    assert_eq!(shop.order(&bought.id).await["refunded"], eur(1999));
    let order = shop.get(&bought.path(&format!("/orders/{}", bought.id))).send().await.expect(200).text;
    assert!(order.contains(&format!("/returns/{id}")), "the order names its return");
}

#[tokio::test]
async fn a_customer_finds_orders_and_returns_in_one_place() {
    let shop = open().await;
    drop(shop.post("/api/auth/link", &json!({ "email": "buyer@example.com" })).send().await.expect(202));
    shop.settle().await;
    let mails = shop.engine().mails();
    let text = mails[0].text.as_deref().unwrap();
    let secret = text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let traded = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let bearer = format!("Bearer {}", traded["access_token"].as_str().unwrap());
    let own = |method: Method, path: &str| shop.ask(method, path).header("authorization", &bearer);

    let cart = own(Method::POST, "/api/carts").json(&json!({})).send().await.expect(201).json();
    let cart = cart["id"].as_str().unwrap();
    let line = own(Method::PUT, &format!("/api/carts/{cart}/items/MUG-1")).json(&json!({ "quantity": 1 }));
    drop(line.send().await.expect(200));
    let order = own(Method::POST, "/api/checkout").json(&tests::checkout_body(cart, "bank_transfer")).key("own");
    let placed = order.send().await.expect(201).json();
    let id = placed["order"]["id"].as_str().unwrap();
    for (act, role, body) in [
        ("mark-paid", "support", json!({ "reference": "paid" })),
        ("ship", "warehouse", json!({ "carrier": "DHL" })),
        ("deliver", "warehouse", json!({})),
    ] {
        drop(shop.post(&format!("/api/orders/{id}/{act}"), &body).staff(role).send().await.expect(200));
        shop.settle().await;
    }
    let home = async || own(Method::GET, "/returns").header("accept", "text/html").send().await.expect(200).text;
    assert!(home().await.contains(&format!("/orders/{id}/return")));
    let asked = json!({ "order_id": id, "lines": [{ "sku": "MUG-1", "quantity": 1, "reason": "too_late" }] });
    let back = own(Method::POST, "/api/returns").json(&asked).send().await.expect(201).json();
    assert!(home().await.contains(&format!("/returns/{}", back["id"].as_str().unwrap())));
    let listed = own(Method::GET, "/api/returns").send().await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], back["id"]);
    drop(own(Method::GET, "/api/returns?view=awaited").send().await.expect(400));
    shop.settle().await;
}
