//! What is guaranteed of each unit that leaves, and to whom: issued, passed on, ended.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

use crate::crediting::signed_in;
use crate::returning::{act, bought, looked_at, pay, post_form};

/// An order whose parcel has left, and its certificates, the first unit's first.
pub(crate) struct Sold {
    pub(crate) order: String,
    pub(crate) number: String,
    pub(crate) units: Vec<Unit>,
}

/// A certificate, and the secret of its holder's link.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Unit {
    pub(crate) fn path(&self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}token={}", self.token)
    }

    pub(crate) async fn read(&self, shop: &Shop) -> Value {
        shop.get(&self.path(&format!("/api/warranties/{}", self.id))).send().await.expect(200).json()
    }

    pub(crate) async fn page(&self, shop: &Shop) -> String {
        shop.get(&self.path(&format!("/warranty/{}", self.id))).send().await.expect(200).text
    }

    pub(crate) async fn tried(&self, shop: &Shop, body: &Value) -> Answer {
        let answer = shop.post(&self.path("/api/warranty-claims"), &self.claiming(body)).send().await;
        shop.settle().await;
        answer
    }

    pub(crate) fn claiming(&self, body: &Value) -> Value {
        let mut asked = json!({ "certificate": self.id, "defect": "broken", "description": "The handle came off." });
        asked.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        asked
    }

    pub(crate) async fn claimed(&self, shop: &Shop) -> Value {
        self.tried(shop, &json!({})).await.expect(201).json()
    }
}

pub(crate) async fn open() -> Shop {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop
}

/// The links to certificates in the latest mail with this subject.
pub(crate) fn mailed_links(shop: &Shop, subject: &str) -> Vec<Unit> {
    let mut mails = shop.engine().mails();
    mails.sort_by_key(|mail| mail.n);
    let found = mails.into_iter().rev().find(|mail| mail.subject == subject);
    let text = found.unwrap_or_else(|| panic!("no mail says {subject}: {:?}", shop.subjects())).text.unwrap();
    let links = text.split("/warranty/").skip(1).map(|rest| {
        let link = rest.split_whitespace().next().unwrap();
        let (id, token) = link.split_once("?token=").unwrap();
        let token = token.replace("%2D", "-").replace("%5F", "_");
        Unit { id: id.trim_end_matches("/accept").to_owned(), token }
    });
    links.collect()
}

/// Buys mugs by bank transfer or card; they are paid and sent, with these serial numbers.
pub(crate) async fn sold(shop: &Shop, count: u32, payment_method: &str, serials: &[&str]) -> Sold {
    let cart = shop.cart(&[("MUG-1", count)]).await;
    let placed = shop.check_out(&cart, payment_method, &format!("key-{cart}")).await.expect(201).json();
    pay(shop, &placed).await;
    let text = |name: &str| placed["order"][name].as_str().unwrap().to_owned();
    let (order, number) = (text("id"), text("number"));
    drop(sent(shop, &order, serials).await.expect(200));
    Sold { units: mailed_links(shop, &format!("Your warranty for order {number}")), order, number }
}

pub(crate) async fn sent(shop: &Shop, order: &str, serials: &[&str]) -> Answer {
    let scanned: Vec<Value> = serials.iter().map(|serial| json!({ "sku": "MUG-1", "serial": serial })).collect();
    let parcel = json!({ "carrier": "DHL", "serials": scanned });
    let answer = shop.post(&format!("/api/orders/{order}/ship"), &parcel).staff("warehouse").send().await;
    shop.settle().await;
    answer
}

pub(crate) fn told(shop: &Shop, subject: &str) {
    let subjects = shop.subjects();
    assert_eq!(subjects.iter().filter(|one| *one == subject).count(), 1, "{subject}: {subjects:?}");
}

pub(crate) fn numbered(claim: &Value) -> &str {
    claim["number"].as_str().unwrap()
}

/// Changes the shop's terms.
async fn terms(shop: &Shop, change: &Value) -> Value {
    let mut settings = shop.get("/api/settings/warranty").staff("owner").send().await.expect(200).json();
    settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    shop.put("/api/settings/warranty", &settings).staff("owner").send().await.expect(200).json()
}

#[tokio::test]
async fn each_unit_that_leaves_has_a_certificate_and_its_holder_a_link() {
    let shop = open().await;
    let bought = sold(&shop, 3, "bank_transfer", &["SN-1", "SN-2"]).await;
    let number = &bought.number;
    told(&shop, &format!("Your warranty for order {number}"));
    assert_eq!(bought.units.len(), 3);
    let mut all = Vec::new();
    for unit in &bought.units {
        all.push((unit.clone(), unit.read(&shop).await));
    }
    let of = |serial: &Value| all.iter().filter(|(_, one)| one["serial"] == *serial).collect::<Vec<_>>();
    assert_eq!((of(&json!("SN-2")).len(), of(&Value::Null).len()), (1, 1));
    let [(unit, one)] = of(&json!("SN-1"))[..] else { panic!("one has the first number: {all:?}") };
    let began: jiff::civil::Date = one["begins"].as_str().unwrap().parse().unwrap();
    let ends: jiff::civil::Date = one["ends"].as_str().unwrap().parse().unwrap();
    assert_eq!(ends, began.saturating_add(jiff::Span::new().months(24)).yesterday().unwrap());
    assert_eq!((&one["status"], &one["sku"], &one["months"]), (&json!("active"), &json!("MUG-1"), &json!(24)));
    assert_eq!(one["order_id"], bought.order);
    assert_eq!(one["excluded"], json!(["accident", "wear", "lost"]));

    let page = unit.page(&shop).await;
    for words in ["In force", "SN-1", "<svg", "We repair or replace", number] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Staff find it by its order, its serial number and its own.
    for (query, count) in
        [(format!("order_id={}", bought.order), 3), ("serial=SN-2".into(), 1), (format!("number={}", numbered(one)), 1)]
    {
        let found = shop.get(&format!("/api/warranties?{query}")).staff("support").send().await.expect(200).json();
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}: {found}");
    }
    for query in ["", "?order_id=x", "?serial=%20", "?number=x", "?serial=SN-1&number=7K3F9QX2M4"] {
        drop(shop.get(&format!("/api/warranties{query}")).staff("support").send().await.expect(400));
    }
    // Nobody else hears of it.
    let path = format!("/api/warranties/{}", unit.id);
    drop(shop.get(&path).send().await.expect(404));
    drop(shop.get(&of(&Value::Null)[0].0.path(&path)).send().await.expect(404));
}

#[tokio::test]
async fn each_parcel_has_its_certificates_and_they_have_the_terms_of_their_day() {
    let shop = open().await;
    let cart = shop.cart(&[("MUG-1", 2)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key").await.expect(201).json();
    pay(&shop, &placed).await;
    let order = placed["order"]["id"].as_str().unwrap();
    let number = placed["order"]["number"].as_str().unwrap();
    let subject = format!("Your warranty for order {number}");
    let ship = async || {
        let parcel = json!({ "carrier": "DHL", "lines": [{ "sku": "MUG-1", "quantity": 1 }] });
        let path = format!("/api/orders/{order}/ship");
        drop(shop.post(&path, &parcel).staff("warehouse").send().await.expect(200));
        shop.settle().await;
        mailed_links(&shop, &subject)
    };
    let first = ship().await;
    let changed = terms(&shop, &json!({ "terms": "Everything is covered.", "covers_accidents": true })).await;
    // A function knows settings for a minute.
    shop.advance(SignedDuration::from_hours(30)).await;
    let second = ship().await;
    assert_eq!((first.len(), second.len()), (1, 1), "each mail has what left in its parcel");
    let (one, other) = (first[0].read(&shop).await, second[0].read(&shop).await);
    assert_eq!(other["terms_version"], changed["version"]);
    assert_ne!(one["terms_version"], other["terms_version"]);
    assert_ne!(one["begins"], other["begins"]);
    let (before, after) = (first[0].page(&shop).await, second[0].page(&shop).await);
    assert!(before.contains("We repair or replace") && !before.contains("Everything is covered."), "{before}");
    assert!(after.contains("Everything is covered."), "{after}");
    let accident = json!({ "defect": "accident" });
    let refused = first[0].tried(&shop, &accident).await.expect(201).json();
    assert_eq!((&refused["status"], &refused["denials"]), (&json!("denied"), &json!(["defect_excluded"])));
    assert_eq!(second[0].tried(&shop, &accident).await.expect(201).json()["covered"], true);
}

#[tokio::test]
async fn units_are_scanned_once_and_no_more_of_them_than_leave() {
    let shop = open().await;
    let cart = shop.cart(&[("MUG-1", 2)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key").await.expect(201).json();
    pay(&shop, &placed).await;
    let order = placed["order"]["id"].as_str().unwrap();
    assert_eq!(sent(&shop, order, &["A-1", "A-2", "A-3"]).await.expect(422).json()["code"], "too-many-serials");
    assert_eq!(sent(&shop, order, &["A-1", "A-1"]).await.expect(422).json()["code"], "serial-twice");
    let wrong = sent(&shop, order, &["A 1"]).await.expect(400).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/serials/0/serial");
    assert_eq!(shop.order(order).await["shipment_status"], "allocated");
    // At the desk a line's numbers stand in one field.
    let cookie = format!("staff={}", shop.engine().token("warehouse").unwrap());
    let path = format!("/desk/orders/{order}/ship");
    let long = post_form(&shop, &path, &cookie, &format!("carrier=DHL&serials.MUG-1={}", "x".repeat(80))).await;
    assert!(long.status == 400 && long.text.contains("serials.MUG-1") || long.text.contains("serial"), "{}", long.text);
    drop(post_form(&shop, &path, &cookie, "carrier=DHL&serials.MUG-1=%20A-1%0A").await.expect(303));
    let found = shop.get("/api/warranties?serial=A-1").staff("warehouse").send().await.expect(200).json();
    assert_eq!(found["items"][0]["order_id"], order);
}

#[tokio::test]
async fn it_is_passed_on_by_a_mailed_link() {
    let shop = open().await;
    let bought = sold(&shop, 1, "card", &["SN-1"]).await;
    let unit = &bought.units[0];
    let offer = async |unit: &Unit, email: &str| {
        let path = unit.path(&format!("/api/warranties/{}/offer", unit.id));
        let answer = shop.post(&path, &json!({ "email": email })).send().await;
        shop.settle().await;
        answer
    };
    drop(offer(unit, "nobody").await.expect(400));
    assert_eq!(offer(unit, "Buyer@example.com").await.expect(422).json()["code"], "own-address");
    let wrong = Unit { token: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(), ..unit.clone() };
    drop(offer(&wrong, "friend@example.com").await.expect(404));
    let offered = offer(unit, "friend@example.com").await.expect(200).json();
    assert_eq!(offered["offered"]["email"], "friend@example.com");
    let subject = shop.subjects().pop().unwrap();
    let [link] = mailed_links(&shop, &subject).try_into().unwrap_or_else(|_| panic!("one link"));
    let accept = link.path(&format!("/warranty/{}/accept", link.id));
    let seen = shop.get(&accept).send().await.expect(200).text;
    assert!(seen.contains("SN-1") && !seen.contains("buyer@example.com") && !seen.contains(&bought.number), "{seen}");
    // It is the holder's until it is taken; a newer offer ends the one before, and a claim every one.
    assert_eq!(unit.read(&shop).await["email"], "buyer@example.com");
    shop.advance(SignedDuration::from_mins(1)).await;
    drop(offer(unit, "other@example.com").await.expect(200));
    drop(shop.get(&accept).send().await.expect(404));
    let claim = unit.claimed(&shop).await;
    assert_eq!(offer(unit, "friend@example.com").await.expect(409).json()["code"], "claim-open");
    let withdraw = unit.path(&format!("/api/warranty-claims/{}/withdraw", claim["id"].as_str().unwrap()));
    drop(shop.post(&withdraw, &json!({})).send().await.expect(200));
    shop.settle().await;

    drop(offer(unit, "friend@example.com").await.expect(200));
    let link = mailed_links(&shop, &subject).remove(0);
    let taken = link.path(&format!("/api/warranties/{}/accept", link.id));
    let friends = shop.post(&taken, &json!({})).send().await.expect(200).json();
    shop.settle().await;
    assert_eq!((&friends["email"], friends.get("order_id")), (&json!("friend@example.com"), None));
    drop(shop.post(&taken, &json!({})).send().await.expect(404));
    drop(shop.get(&unit.path(&format!("/api/warranties/{}", unit.id))).send().await.expect(404));
    let mails = shop.engine().mails();
    let to =
        |who: &str| mails.iter().filter(|mail| mail.to.contains(&who.to_owned())).max_by_key(|mail| mail.n).unwrap();
    assert!(!to("buyer@example.com").text.as_deref().unwrap().contains("token="), "the former holder gets no link");
    let own = mailed_links(&shop, &to("friend@example.com").subject).remove(0);
    let page = own.page(&shop).await;
    assert!(
        page.contains("In force") && !page.contains(&bought.number) && !page.contains("buyer@example.com"),
        "{page}"
    );

    // What is sent to them has to go somewhere, and the price is none of theirs.
    assert_eq!(own.tried(&shop, &json!({})).await.expect(422).json()["code"], "address-missing");
    let address = json!({
        "name": "Fay Example", "line1": "2 Example Street", "city": "Berlin", "postal_code": "10115", "country": "DE",
    });
    let claim = own.tried(&shop, &json!({ "shipping_address": address })).await.expect(201).json();
    let act = async |what: &str, body: Value| {
        let path = format!("/api/warranty-claims/{}/{what}", claim["id"].as_str().unwrap());
        let answer = shop.post(&path, &body).staff("support").send().await;
        shop.settle().await;
        answer
    };
    let refund = json!({ "resolution": "refund", "keep_item": true });
    assert_eq!(act("approve", refund).await.expect(409).json()["code"], "not-the-buyers");
    drop(act("approve", json!({ "resolution": "replace", "keep_item": true })).await.expect(200));
    let done = act("resolve", json!({})).await.expect(200).json();
    let new = shop.order(done["replacement_order_id"].as_str().unwrap()).await;
    assert_eq!((&new["email"], &new["shipping_address"]["name"]), (&json!("friend@example.com"), &address["name"]));
    drop(sent(&shop, new["id"].as_str().unwrap(), &["SN-2"]).await.expect(200));
    let heir = mailed_links(&shop, &format!("Your warranty for order {}", new["number"].as_str().unwrap())).remove(0);
    assert_eq!(heir.read(&shop).await["email"], "friend@example.com");
}

#[tokio::test]
async fn an_offer_is_taken_back_and_lapses_and_is_taken_by_a_form() {
    let shop = open().await;
    let bought = sold(&shop, 1, "bank_transfer", &[]).await;
    let unit = &bought.units[0];
    let page = format!("/warranty/{}", unit.id);
    let offer = async |email: &str| {
        let shown = unit.page(&shop).await;
        let key =
            shown.split("name=\"idempotency_key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = format!("token={}&idempotency_key={key}&email={email}", unit.token);
        let done = post_form(&shop, &format!("{page}/offer"), "", &fields).await.expect(303);
        done.headers["location"].to_str().unwrap().to_owned()
    };
    let wrong = offer("nobody").await;
    let shown = shop.get(&wrong).send().await.expect(200).text;
    assert!(shown.contains("Enter an email address") && shown.contains("value=\"nobody\""), "{shown}");
    let own = offer("buyer%40example.com").await;
    assert!(shop.get(&own).send().await.expect(200).text.contains("belongs to already"));
    let done = offer("friend%40example.com").await;
    let shown = shop.get(&done).send().await.expect(200).text;
    assert!(shown.contains("We have mailed the link.") && shown.contains("friend@example.com"), "{shown}");
    let subject = shop.subjects().pop().unwrap();
    let first = mailed_links(&shop, &subject).remove(0);
    let kept = post_form(&shop, &format!("{page}/keep"), "", &format!("token={}", unit.token)).await.expect(303);
    assert!(shop.get(kept.headers["location"].to_str().unwrap()).send().await.expect(200).text.contains("stays yours"));
    drop(shop.get(&first.path(&format!("{page}/accept"))).send().await.expect(404));
    // By API as well.
    shop.advance(SignedDuration::from_mins(1)).await;
    drop(offer("friend%40example.com").await);
    let keep = unit.path(&format!("/api/warranties/{}/keep", unit.id));
    drop(shop.post(&keep, &json!({})).send().await.expect(200));
    assert_eq!(unit.read(&shop).await.get("offered"), None);

    shop.advance(SignedDuration::from_mins(1)).await;
    drop(offer("friend%40example.com").await);
    let late = mailed_links(&shop, &subject).remove(0);
    shop.advance(SignedDuration::from_hours(14 * 24)).await;
    let refused =
        shop.get(&late.path(&format!("{page}/accept"))).header("accept", "text/html").send().await.expect(409);
    assert!(refused.text.contains("not on offer any more"), "{}", refused.text);
    let refused = post_form(&shop, &format!("{page}/accept"), "", &format!("token={}", late.token)).await;
    assert_eq!(refused.status, 409);

    drop(offer("friend%40example.com").await);
    let link = mailed_links(&shop, &subject).remove(0);
    let form = shop.get(&link.path(&format!("{page}/accept"))).send().await.expect(200).text;
    assert!(form.contains(&link.token), "{form}");
    let taken = post_form(&shop, &format!("{page}/accept"), "", &format!("token={}", link.token)).await.expect(303);
    let to = taken.headers["location"].to_str().unwrap();
    assert!(shop.get(to).send().await.expect(200).text.contains("The warranty is yours."));

    // Who is signed in has it among their own from then on.
    let token = to.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let friends = Unit { id: unit.id.clone(), token };
    let path = friends.path(&format!("/api/warranties/{}/offer", unit.id));
    drop(shop.post(&path, &json!({ "email": "other@example.com" })).send().await.expect(200));
    shop.settle().await;
    let link = mailed_links(&shop, &subject).remove(0);
    let bearer = format!("Bearer {}", signed_in(&shop, "other@example.com").await);
    let take = link.path(&format!("/api/warranties/{}/accept", link.id));
    drop(shop.post(&take, &json!({})).header("authorization", &bearer).send().await.expect(200));
    shop.settle().await;
    let own = shop.get("/api/warranties").header("authorization", &bearer).send().await.expect(200).json();
    assert_eq!((&own["items"][0]["id"], &own["items"][0]["email"]), (&json!(unit.id), &json!("other@example.com")));
}

#[tokio::test]
async fn what_comes_back_is_guaranteed_no_more() {
    let shop = open().await;
    let bought = sold(&shop, 2, "bank_transfer", &[]).await;
    let path = format!("/api/orders/{}/refund", bought.order);
    // Some money for a scratch ends nothing.
    let scratch = json!({ "reason": "a scratch", "amount": { "amount": 300, "currency": "EUR" } });
    drop(shop.post(&path, &scratch).staff("support").key("scratch").send().await.expect(200));
    shop.settle().await;
    let active = async || {
        let mut count = 0;
        for unit in &bought.units {
            count += usize::from(unit.read(&shop).await["status"] == "active");
        }
        count
    };
    assert_eq!(active().await, 2);
    let one = json!({ "reason": "lost in the post", "lines": [{ "sku": "MUG-1", "quantity": 1 }] });
    drop(shop.post(&path, &one).staff("support").key("one").send().await.expect(200));
    shop.settle().await;
    assert_eq!(active().await, 1);
    let void = if bought.units[0].read(&shop).await["status"] == "void" { 0 } else { 1 };
    let page = bought.units[void].page(&shop).await;
    assert!(page.contains("Given back") && !page.contains("/claim?"), "{page}");
    let path = bought.units[void].path(&format!("/api/warranties/{}/offer", bought.units[void].id));
    drop(shop.post(&path, &json!({ "email": "friend@example.com" })).send().await.expect(409));
}

/// Nothing goes back for it, so no refund tells of it.
#[tokio::test]
async fn what_comes_back_for_nothing_is_guaranteed_no_more() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 1)], "card").await;
    let unit = mailed_links(&shop, &format!("Your warranty for order {}", bought.number)).remove(0);
    let asked = bought.asking(&[("MUG-1", 1, "unwanted")]);
    let back = shop.post(&bought.path("/api/returns"), &asked).send().await.expect(201).json();
    shop.settle().await;
    let seen = json!({
        "lines": [{ "sku": "MUG-1", "resellable": 1 }],
        "deduction": { "amount": back["refund"], "reason": "It is worn out." },
    });
    drop(looked_at(&shop, &back, &json!([{ "sku": "MUG-1", "quantity": 1 }]), &seen).await);
    let settled = act(&shop, &back, "resolve", "support", &json!({})).await.expect(200).json();
    assert_eq!(settled["settled"]["refund"]["amount"], 0, "{settled}");
    assert_eq!(unit.read(&shop).await["status"], "void");
}
