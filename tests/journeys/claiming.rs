//! Claims on warranties: every path to their end, the sad ones too.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

use crate::crediting::signed_in;
use crate::guaranteeing::{Unit, mailed_links, numbered, open, sent, sold, told};
use crate::returning::{eur, money, pay, post_form};

async fn act(shop: &Shop, claim: &Value, what: &str, body: &Value) -> Answer {
    let path = format!("/api/warranty-claims/{}/{what}", claim["id"].as_str().unwrap());
    let answer = shop.post(&path, body).staff("support").send().await;
    shop.settle().await;
    answer
}

/// The same, which has to leave the claim in this state.
async fn moves(shop: &Shop, claim: &Value, what: &str, body: &Value, status: &str) -> Value {
    let next = act(shop, claim, what, body).await.expect(200).json();
    assert_eq!(next["status"], status, "{what}: {next}");
    next
}

#[tokio::test]
async fn a_broken_item_is_repaired_and_sent_back() {
    let shop = open().await;
    let bought = sold(&shop, 1, "bank_transfer", &[]).await;
    let unit = &bought.units[0];
    let claim = unit.claimed(&shop).await;
    assert_eq!((&claim["status"], &claim["covered"]), (&json!("coverage_checked"), &json!(true)));
    let number = numbered(&claim);
    told(&shop, &format!("We have your warranty claim {number}"));
    let approved = moves(&shop, &claim, "approve", &json!({ "resolution": "repair" }), "awaiting_item").await;
    assert_eq!(approved["resolution"], "repair");
    assert!(approved["due"].is_string());
    told(&shop, &format!("Claim {number} approved"));
    let shown = shop.get(&unit.path(&format!("/warranty-claims/{}", claim["id"].as_str().unwrap()))).send().await;
    assert!(shown.expect(200).text.contains("Send it to the address above."));
    let here = moves(&shop, &claim, "receive", &json!({}), "received").await;
    assert_eq!(here["location"], "main");
    drop(moves(&shop, &claim, "receive", &json!({}), "received").await);
    told(&shop, &format!("Your item for claim {number} arrived"));
    let finding = json!({ "finding": "The rivet is gone." });
    assert_eq!(moves(&shop, &claim, "diagnose", &finding, "diagnosed").await["finding"], "The rivet is gone.");
    drop(moves(&shop, &claim, "repair", &json!({}), "repair").await);
    let parcel = json!({ "carrier": "DHL", "tracking": "JD07" });
    let done = moves(&shop, &claim, "resolve", &parcel, "completed").await;
    assert_eq!(done["way_back"], json!({ "carrier": "DHL", "tracking": "JD07" }));
    told(&shop, &format!("Claim {number}: repaired and on its way"));
    // Nothing moved but the item, and its warranty runs on.
    assert_eq!(shop.stock_of("MUG-1").await["available"], 9);
    assert_eq!(
        (&shop.order(&bought.order).await["refunds"], &unit.read(&shop).await["status"]),
        (&json!([]), &json!("active"))
    );
    assert_eq!(unit.claimed(&shop).await["status"], "coverage_checked");
}

#[tokio::test]
async fn another_unit_takes_its_place_for_nothing_and_the_rest_of_its_warranty() {
    let shop = open().await;
    let bought = sold(&shop, 2, "card", &["OLD-1", "OLD-2"]).await;
    let unit = &bought.units[0];
    let claim = unit.claimed(&shop).await;
    drop(moves(&shop, &claim, "approve", &json!({ "resolution": "repair" }), "awaiting_item").await);
    drop(moves(&shop, &claim, "receive", &json!({}), "received").await);
    let other = json!({ "finding": "It cannot be mended.", "resolution": "replace" });
    drop(moves(&shop, &claim, "diagnose", &other, "diagnosed").await);
    shop.advance(SignedDuration::from_hours(100)).await;
    let replaced = moves(&shop, &claim, "resolve", &json!({}), "replace").await;
    told(&shop, &format!("Claim {}: a new one goes out", numbered(&claim)));
    let new = replaced["replacement_order_id"].as_str().unwrap();
    let order = shop.order(new).await;
    assert_eq!((&order["totals"]["total"], &order["payment_status"]), (&eur(0), &json!("captured")));
    assert_eq!((&order["lines"][0]["sku"], &order["lines"][0]["quantity"]), (&json!("MUG-1"), &json!(1)));
    let stock = shop.stock_of("MUG-1").await;
    assert_eq!((&stock["locations"][0]["damaged"], &stock["available"]), (&json!(1), &json!(7)));
    // Nothing else is done while it runs.
    assert_eq!(
        act(&shop, &claim, "resolve", &json!({ "resolution": "refund" })).await.expect(409).json()["code"],
        "replacement-runs"
    );

    drop(sent(&shop, new, &["NEW-1"]).await.expect(200));
    let path = format!("/api/warranty-claims/{}", claim["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).staff("support").send().await.expect(200).json()["status"], "completed");
    let old = unit.read(&shop).await;
    assert_eq!(old["status"], "replaced");
    let handed = mailed_links(&shop, &format!("Your warranty for order {}", order["number"].as_str().unwrap()));
    let [handed] = handed.as_slice() else { panic!("one certificate is handed on") };
    let heir = handed.read(&shop).await;
    assert_eq!((&heir["serial"], &heir["ends"]), (&json!("NEW-1"), &old["ends"]));
    assert_eq!((&heir["replaces"], &old["replaced_by"]), (&old["id"], &heir["id"]));
    assert_ne!(heir["begins"], old["begins"]);
    let shown = handed.page(&shop).await;
    assert!(shown.contains(&unit.id), "it leads to the one before: {shown}");
    let denied = unit.tried(&shop, &json!({})).await.expect(201).json();
    assert_eq!((&denied["status"], &denied["denials"]), (&json!("denied"), &json!(["replaced"])));

    // The new one fails too: the chain goes on, and its buyer gets the first one's price.
    let again = handed.claimed(&shop).await;
    let keep = json!({ "resolution": "refund", "keep_item": true });
    drop(moves(&shop, &again, "approve", &keep, "approved").await);
    let done = moves(&shop, &again, "resolve", &json!({}), "completed").await;
    assert_eq!(done["refund"], eur(1999));
    assert_eq!(handed.read(&shop).await["status"], "void");
    assert_eq!(bought.units[1].read(&shop).await["status"], "active", "the second mug is as it was");
    let order = shop.order(&bought.order).await;
    assert_eq!((&order["refunded"], &order["payment_status"]), (&eur(1999), &json!("partially_refunded")));
    told(&shop, &format!("Claim {}: {} goes back", numbered(&again), money(1999)));
}

#[tokio::test]
async fn its_price_goes_back_once_and_the_item_stands_with_what_is_damaged() {
    let shop = open().await;
    let bought = sold(&shop, 1, "card", &[]).await;
    let unit = &bought.units[0];
    let claim = unit.claimed(&shop).await;
    drop(moves(&shop, &claim, "approve", &json!({ "resolution": "refund" }), "awaiting_item").await);
    drop(act(&shop, &claim, "resolve", &json!({})).await.expect(409));
    drop(moves(&shop, &claim, "receive", &json!({}), "received").await);
    let done = moves(&shop, &claim, "resolve", &json!({}), "completed").await;
    let total = shop.order(&bought.order).await["totals"]["total"].clone();
    assert_eq!((&done["refund"], &shop.order(&bought.order).await["refunded"]), (&total, &total));
    let back = money(total["amount"].as_i64().unwrap());
    told(&shop, &format!("Claim {}: {back} goes back", numbered(&claim)));
    let refunded: Vec<String> = shop.subjects().into_iter().filter(|one| one.contains("refunded")).collect();
    assert_eq!(refunded, [""; 0], "one mail says so");
    let order = shop.order(&bought.order).await;
    assert_eq!(order["refunds"][0]["cause"], "claimed");
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["damaged"], 1);
    drop(act(&shop, &claim, "resolve", &json!({})).await.expect(409));
    let denied = unit.tried(&shop, &json!({})).await.expect(201).json();
    assert_eq!(denied["denials"], json!(["given_back"]));
    let again = act(&shop, &denied, "approve", &json!({ "resolution": "replace" })).await.expect(409).json();
    assert_eq!(again["state"], "denied");
}

#[tokio::test]
async fn every_reason_why_it_is_not_covered_is_named() {
    let shop = Shop::new();
    let month = json!({
        "title": "Lamp", "status": "active", "category": "kitchen", "warranty_months": 1,
        "variants": [{ "sku": "MUG-1", "title": "", "price": eur(1999), "weight_g": 350 }],
    });
    shop.stock("MUG-1", 1999, 10).await;
    drop(shop.put("/api/products/mug-1", &month).staff("owner").send().await.expect(200));
    shop.settle().await;
    let bought = sold(&shop, 1, "bank_transfer", &[]).await;
    let unit = &bought.units[0];
    // Four weeks are less than any month.
    shop.advance(SignedDuration::from_hours(27 * 24)).await;
    let claim = unit.claimed(&shop).await;
    assert_eq!(claim["denials"], json!([]));
    let withdraw = unit.path(&format!("/api/warranty-claims/{}/withdraw", claim["id"].as_str().unwrap()));
    drop(shop.post(&withdraw, &json!({})).send().await.expect(200));
    shop.advance(SignedDuration::from_hours(5 * 24)).await;
    let denied = unit.tried(&shop, &json!({ "defect": "lost" })).await.expect(201).json();
    assert_eq!((&denied["status"], &denied["covered"]), (&json!("denied"), &json!(false)));
    assert_eq!(denied["denials"], json!(["ended", "defect_excluded"]));
    let mail = shop.engine().mails().into_iter().find(|mail| mail.subject.ends_with("denied")).unwrap();
    let ended = unit.read(&shop).await["ends"].as_str().unwrap().parse::<jiff::civil::Date>().unwrap();
    let text = mail.text.unwrap();
    assert!(text.contains(&ended.strftime("%-d %B %Y").to_string()), "{text}");
    let page = unit.page(&shop).await;
    assert!(page.contains("It ended on") && !page.contains("/claim?"), "{page}");
}

#[tokio::test]
async fn who_claims_twice_under_a_key_has_one_claim() {
    let shop = open().await;
    let bought = sold(&shop, 2, "bank_transfer", &[]).await;
    let (unit, other) = (&bought.units[0], &bought.units[1]);
    let claim = async |unit: &Unit, body: Value| {
        let answer = shop.post(&unit.path("/api/warranty-claims"), &unit.claiming(&body)).key("once").send().await;
        shop.settle().await;
        answer
    };
    let first = claim(unit, json!({})).await.expect(201).json();
    assert_eq!(claim(unit, json!({})).await.expect(201).json()["id"], first["id"]);
    assert_eq!(claim(unit, json!({ "defect": "wear" })).await.expect(422).problem(), "idempotency-key-reused");
    // The same key on another certificate is another claim.
    assert_ne!(claim(other, json!({})).await.expect(201).json()["id"], first["id"]);
    let second = unit.tried(&shop, &json!({ "description": "The lid, too." })).await.expect(409).json();
    assert_eq!(second["code"], "claim-open");
    let path = unit.path(&format!("/api/warranty-claims/{}/withdraw", first["id"].as_str().unwrap()));
    for _ in 0..2 {
        let done = shop.post(&path, &json!({})).key("leave").send().await.expect(200).json();
        assert_eq!(done["status"], "withdrawn");
        shop.settle().await;
    }
    told(&shop, &format!("Claim {} withdrawn", numbered(&first)));
    assert_eq!(shop.post(&path, &json!({})).send().await.expect(409).json()["state"], "withdrawn");
    assert_eq!(unit.claimed(&shop).await["covered"], true);
}

#[tokio::test]
async fn staff_say_no_and_why_and_the_item_goes_back() {
    let shop = open().await;
    let bought = sold(&shop, 1, "bank_transfer", &[]).await;
    let unit = &bought.units[0];
    let claim = unit.claimed(&shop).await;
    drop(act(&shop, &claim, "deny", &json!({ "reason": " " })).await.expect(400));
    drop(act(&shop, &claim, "approve", &json!({ "resolution": "money" })).await.expect(400));
    drop(act(&shop, &claim, "repair", &json!({})).await.expect(409));
    drop(moves(&shop, &claim, "approve", &json!({ "resolution": "replace" }), "awaiting_item").await);
    drop(moves(&shop, &claim, "receive", &json!({}), "received").await);
    drop(moves(&shop, &claim, "diagnose", &json!({ "finding": "It was dropped." }), "diagnosed").await);
    let no = json!({ "reason": "It was dropped.", "carrier": "DHL", "tracking": "JD09" });
    let denied = moves(&shop, &claim, "deny", &no, "denied").await;
    assert_eq!((&denied["reason"], &denied["way_back"]["tracking"]), (&json!("It was dropped."), &json!("JD09")));
    let mail = shop.engine().mails().into_iter().find(|mail| mail.subject.ends_with("denied")).unwrap();
    assert!(mail.text.as_deref().unwrap().contains("It was dropped."), "{mail:?}");
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["damaged"], 0, "it is the holder's");
    // A second opinion is another claim.
    assert_eq!(unit.claimed(&shop).await["status"], "coverage_checked");
}

#[tokio::test]
async fn what_cannot_be_replaced_is_refunded() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 2).await;
    let bought = sold(&shop, 2, "card", &[]).await;
    let claim = bought.units[0].claimed(&shop).await;
    let keep = json!({ "resolution": "replace", "keep_item": true });
    drop(moves(&shop, &claim, "approve", &keep, "approved").await);
    let none = act(&shop, &claim, "resolve", &json!({})).await.expect(409).json();
    assert_eq!(none["code"], "stock-missing");
    // Some came in. What is ordered and called off again leaves the claim to be settled otherwise.
    shop.stock("MUG-1", 1999, 1).await;
    let replaced = moves(&shop, &claim, "resolve", &json!({}), "replace").await;
    let new = replaced["replacement_order_id"].as_str().unwrap();
    let cancel = format!("/api/orders/{new}/cancel");
    drop(shop.post(&cancel, &json!({})).staff("support").send().await.expect(200));
    shop.settle().await;
    assert_eq!(shop.stock_of("MUG-1").await["available"], 1);
    let done = moves(&shop, &claim, "resolve", &json!({ "resolution": "refund" }), "completed").await;
    assert_eq!((&done["refund"], &done["resolution"]), (&eur(1999), &json!("refund")));
    assert_eq!(shop.order(&bought.order).await["refunded"], eur(1999));
}

#[tokio::test]
async fn what_went_back_meanwhile_is_not_given_twice() {
    let shop = open().await;
    let bought = sold(&shop, 1, "card", &[]).await;
    let claim = bought.units[0].claimed(&shop).await;
    let keep = json!({ "resolution": "replace", "keep_item": true });
    drop(moves(&shop, &claim, "approve", &keep, "approved").await);
    let path = format!("/api/orders/{}/refund", bought.order);
    let line = json!({ "reason": "goodwill", "lines": [{ "sku": "MUG-1", "quantity": 1 }] });
    drop(shop.post(&path, &line).staff("support").key("back").send().await.expect(200));
    shop.settle().await;
    for resolution in ["replace", "refund"] {
        let refused = act(&shop, &claim, "resolve", &json!({ "resolution": resolution })).await.expect(409).json();
        assert_eq!(refused["code"], "too-few-left", "{resolution}: {refused}");
    }
    drop(moves(&shop, &claim, "deny", &json!({ "reason": "You have its price." }), "denied").await);
    let order = shop.order(&bought.order).await;
    assert_eq!(order["refunded"], order["totals"]["total"]);
}

#[tokio::test]
async fn what_is_claimed_wrongly_changes_nothing() {
    let shop = open().await;
    let bought = sold(&shop, 1, "bank_transfer", &[]).await;
    let unit = &bought.units[0];
    let address =
        json!({ "name": "", "line1": "1 Example Street", "city": "Berlin", "postal_code": "10115", "country": "DE" });
    let wrong = json!({ "defect": "ugly", "description": " ", "shipping_address": address });
    let refused = unit.tried(&shop, &wrong).await.expect(400).json();
    let pointers: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/defect", "/description", "/shipping_address/name"]);
    drop(unit.tried(&shop, &json!({ "extra": 1 })).await.expect(400));
    drop(unit.tried(&shop, &json!({ "description": "x".repeat(2_001) })).await.expect(400));
    // Whoever else has no right to it hears that there is none.
    let claim = unit.claiming(&json!({}));
    drop(shop.post("/api/warranty-claims", &claim).send().await.expect(404));
    drop(shop.post("/api/warranty-claims?token=AAAAAAAAAAAAAAAAAAAAAA", &claim).send().await.expect(404));
    drop(shop.post("/api/warranty-claims", &claim).staff("warehouse").send().await.expect(403));
    assert_eq!(unit.read(&shop).await["claims"], json!([]));
    // Support claims for a holder who writes or calls.
    let made = shop.post("/api/warranty-claims", &claim).staff("support").send().await.expect(201).json();
    shop.settle().await;
    assert_eq!((&unit.read(&shop).await["claims"][0], &made["email"]), (&made["id"], &json!("buyer@example.com")));
    let path = format!("/api/warranty-claims/{}", made["id"].as_str().unwrap());
    drop(shop.get(&path).send().await.expect(404));
    drop(shop.get(&unit.path(&path)).send().await.expect(200));
    drop(shop.post(&format!("{path}/withdraw"), &json!({})).send().await.expect(404));
    drop(
        shop.post(&unit.path(&format!("{path}/approve")), &json!({ "resolution": "refund" })).send().await.expect(401),
    );
}

const VIEWS: [(&str, &str); 4] =
    [("", "asked"), ("?view=to_do", "to_do"), ("?view=waiting", "waiting"), ("?view=over", "over")];

#[tokio::test]
async fn a_holder_and_the_desk_do_it_by_forms() {
    let shop = open().await;
    let bought = sold(&shop, 1, "card", &["SN-7"]).await;
    let unit = &bought.units[0];
    let claim = format!("/warranty/{}/claim", unit.id);
    assert!(unit.page(&shop).await.contains(&claim), "the certificate leads to a claim");
    let form = shop.get(&unit.path(&claim)).send().await.expect(200).text;
    assert!(form.contains("Your warranty") && form.contains("SN-7") && !form.contains("shipping_line1"), "{form}");
    let token = &unit.token;
    let empty = post_form(&shop, &claim, "", &format!("token={token}&description=It%20leaks")).await.expect(422).text;
    assert!(empty.contains("Choose what is wrong.") && empty.contains("It leaks"), "{empty}");
    let fields = format!("token={token}&idempotency_key=once&defect=material&description=It%20leaks%0Aa%20lot");
    let made = post_form(&shop, &claim, "", &fields).await.expect(303);
    let to = made.headers["location"].to_str().unwrap().to_owned();
    let again = post_form(&shop, &claim, "", &fields).await.expect(303);
    assert_eq!(again.headers["location"].to_str().unwrap(), to, "a double press is one claim");
    let page = shop.get(&to).send().await.expect(200).text;
    assert!(page.contains("We have your claim.") && page.contains("It leaks"), "{page}");
    drop(shop.get(&unit.path(&claim)).send().await.expect(409));
    let id = to.split(['/', '?']).nth(2).unwrap().to_owned();

    let cookie = |role: &str| format!("staff={}", shop.engine().token(role).unwrap());
    let read = async |path: &str, role: &str| {
        let page = shop.ask(Method::GET, path).header("cookie", &cookie(role)).header("accept", "text/html");
        page.send().await
    };
    let number = number_of(&shop, &id).await;
    let found = read(&format!("/desk/claims?q={number}"), "warehouse").await.expect(303);
    let desk = format!("/desk/claims/{id}");
    assert_eq!(found.headers["location"].to_str().unwrap(), desk);
    assert!(read("/desk/warranties?q=SN-7", "support").await.expect(200).text.contains(&unit.id));
    assert!(
        read(&format!("/desk/warranties?q={}", bought.number), "support").await.expect(200).text.contains(&unit.id)
    );
    assert!(read("/desk/warranties?q=nothing", "support").await.expect(200).text.contains("nothing"));
    assert!(read(&format!("/warranty/{}", unit.id), "support").await.expect(200).text.contains("SN-7"));
    let only = async |view: &str| {
        for (query, name) in VIEWS {
            let list = read(&format!("/desk/claims{query}"), "support").await.expect(200).text;
            assert_eq!(list.contains(&desk), name == view, "{name}, where {view} has it");
            let listed = shop.get(&format!("/api/warranty-claims?view={name}")).staff("support").send().await;
            assert_eq!(listed.expect(200).json()["items"].as_array().unwrap().len(), usize::from(name == view));
        }
    };
    only("asked").await;
    let at_desk = async |role: &str| read(&desk, role).await.expect(200).text;
    let acts = async |role: &str, act: &str, fields: &str| {
        let shown = at_desk(role).await;
        let value = shown.split("name=\"idempotency_key\" value=\"").nth(1).unwrap();
        let key = value.split('"').next().unwrap().to_owned();
        let path = format!("{desk}/{act}");
        assert!(shown.contains(&path), "{act}: {shown}");
        let done = post_form(&shop, &path, &cookie(role), &format!("idempotency_key={key}&{fields}")).await;
        (key, done)
    };
    assert!(!at_desk("warehouse").await.contains(&format!("{desk}/approve")));
    let (_, unsaid) = acts("support", "approve", "resolution=").await;
    assert!(unsaid.status == 400 && unsaid.text.contains("Choose what is done"), "{}", unsaid.text);
    let (key, done) = acts("support", "approve", "resolution=replace").await;
    drop(done.expect(303));
    let late = format!("idempotency_key={key}&reason=no");
    let stale = post_form(&shop, &format!("{desk}/deny"), &cookie("support"), &late).await;
    assert_eq!(stale.status, 409, "a page that is out of date");
    only("waiting").await;
    drop(acts("warehouse", "receive", "").await.1.expect(303));
    only("to_do").await;
    drop(acts("warehouse", "diagnose", "finding=The%20seam%20is%20open.").await.1.expect(303));
    drop(acts("support", "resolve", "").await.1.expect(303));
    only("waiting").await;
    let page = at_desk("support").await;
    assert!(page.contains("The seam is open.") && page.contains("/desk/orders/ord_"), "{page}");
    let shown = shop.get(&to).send().await.expect(200).text;
    assert!(shown.contains("A new one is on order"), "{shown}");
    let new = shop.get(&format!("/api/warranty-claims/{id}")).staff("support").send().await.expect(200).json();
    drop(sent(&shop, new["replacement_order_id"].as_str().unwrap(), &[]).await.expect(200));
    only("over").await;
}

async fn number_of(shop: &Shop, id: &str) -> String {
    let claim = shop.get(&format!("/api/warranty-claims/{id}")).staff("support").send().await.expect(200).json();
    numbered(&claim).to_owned()
}

#[tokio::test]
async fn a_customer_finds_warranties_and_claims_in_one_place() {
    let shop = open().await;
    let bearer = format!("Bearer {}", signed_in(&shop, "buyer@example.com").await);
    let own = |method: Method, path: &str| shop.ask(method, path).header("authorization", &bearer);
    let cart = own(Method::POST, "/api/carts").json(&json!({})).send().await.expect(201).json();
    let cart = cart["id"].as_str().unwrap();
    let line = own(Method::PUT, &format!("/api/carts/{cart}/items/MUG-1")).json(&json!({ "quantity": 1 }));
    drop(line.send().await.expect(200));
    let order = own(Method::POST, "/api/checkout").json(&tests::checkout_body(cart, "bank_transfer")).key("own");
    let placed = order.send().await.expect(201).json();
    pay(&shop, &placed).await;
    let order = placed["order"]["id"].as_str().unwrap();
    drop(sent(&shop, order, &[]).await.expect(200));
    let listed = own(Method::GET, "/api/warranties").send().await.expect(200).json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let home = async || own(Method::GET, "/warranty").header("accept", "text/html").send().await.expect(200).text;
    assert!(home().await.contains(&id));
    let page = own(Method::GET, &format!("/orders/{order}")).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains(&format!("/warranty/{id}")), "the order leads to its warranty: {}", page.text);
    let asked = json!({ "certificate": id, "defect": "not_working", "description": "It does nothing." });
    let claim = own(Method::POST, "/api/warranty-claims").json(&asked).send().await.expect(201).json();
    assert!(home().await.contains(claim["id"].as_str().unwrap()));
    let listed = own(Method::GET, "/api/warranty-claims").send().await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], claim["id"]);
    drop(own(Method::GET, "/api/warranty-claims?view=over").send().await.expect(400));
    drop(own(Method::GET, "/api/warranties?serial=SN-1").send().await.expect(400));
    shop.settle().await;
    // What is passed on is among one's own no more, once nothing is left to do about it.
    let withdraw = format!("/api/warranty-claims/{}/withdraw", claim["id"].as_str().unwrap());
    drop(own(Method::POST, &withdraw).json(&json!({})).send().await.expect(200));
    let offer =
        own(Method::POST, &format!("/api/warranties/{id}/offer")).json(&json!({ "email": "friend@example.com" }));
    drop(offer.send().await.expect(200));
    shop.settle().await;
    let link = mailed_links(&shop, &shop.subjects().pop().unwrap()).remove(0);
    let take = link.path(&format!("/api/warranties/{id}/accept"));
    drop(shop.post(&take, &json!({})).send().await.expect(200));
    shop.settle().await;
    assert_eq!(own(Method::GET, "/api/warranties").send().await.expect(200).json()["items"], json!([]));

    // Somebody else's are none of one's business.
    let other = format!("Bearer {}", signed_in(&shop, "other@example.com").await);
    let theirs = |path: &str| shop.get(path).header("authorization", &other);
    assert_eq!(theirs("/api/warranties").send().await.expect(200).json()["items"], json!([]));
    drop(theirs(&format!("/api/warranties/{id}")).send().await.expect(404));
    drop(theirs(&format!("/api/warranty-claims/{}", claim["id"].as_str().unwrap())).send().await.expect(404));
}
