//! What people do: shoppers who sign in or do not, buy, hesitate, submit twice and come back late; staff who book, ship and refund.

use std::rc::Rc;

use http::Method;
use jiff::SignedDuration;
use local::stripe::Act;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::world::{Who, World};

const SHOPPERS: u64 = 26;

/// What is sold, and how many of each there are at first: some are scarce.
pub(super) const SKUS: [(&str, i64); 4] = [("MUG-1", 40), ("PLATE-1", 12), ("BOWL-1", 6), ("JUG-1", 3)];

/// Where it is kept.
const LOCATIONS: [&str; 2] = ["main", "annex"];

pub(super) fn mins(dice: &mut StdRng, least: i64, most: i64) -> SignedDuration {
    SignedDuration::from_secs(dice.random_range(least * 60..most * 60))
}

/// Opens the shop while nothing goes wrong yet: settings, products, stock.
pub(super) async fn open(world: &Rc<World>) {
    let mut payments = world.read("/api/settings/payments").await;
    payments["hold_card_secs"] = json!(2_100);
    payments["hold_bank_transfer_secs"] = json!(5 * 3_600);
    must(world, Method::PUT, "/api/settings/payments", &payments).await;
    let mut locations = world.read("/api/settings/locations").await;
    locations["locations"] = json!(LOCATIONS.map(|id| json!({ "id": id, "name": id, "address": "" })));
    // What is sold on backorder waits all the same.
    locations["shortage"] = json!("refund");
    must(world, Method::PUT, "/api/settings/locations", &locations).await;
    for (sku, count) in SKUS {
        price(world, sku, 1_999).await;
        adjust(world, sku, "main", json!({ "delta": count, "reason": "received" })).await;
    }
    super::buyers::open(world).await;
    super::returners::open(world).await;
    world.engine.settle().await;
}

pub(super) async fn must(world: &World, method: Method, path: &str, body: &Value) {
    let (status, answer) = world.ask(method, path, body, Who::Staff("owner")).await;
    assert!((200..300).contains(&status), "{path}: {status} {answer}");
}

/// What is sold with a warranty, of so many months; the rest has none.
fn warranty_months(sku: &str) -> u16 {
    if matches!(sku, "MUG-1" | "BOWL-1") { 24 } else { 0 }
}

async fn price(world: &World, sku: &str, amount: i64) {
    let product = json!({
        "title": format!("Product {sku}"), "status": "active", "category": "kitchen",
        "warranty_months": warranty_months(sku),
        "variants": [{ "sku": sku, "price": { "amount": amount, "currency": "EUR" }, "weight_g": 350 }],
    });
    let path = format!("/api/products/{}", sku.to_lowercase());
    let (status, answer) = world.ask(Method::PUT, &path, &product, Who::Staff("owner")).await;
    if !(200..300).contains(&status) && status != 409 {
        world.log.borrow_mut().surprises.push(format!("PUT {path}: {status} {answer}"));
    }
}

/// Books an adjustment and notes what it came to.
async fn adjust(world: &World, sku: &str, location: &str, mut line: Value) {
    line["sku"] = json!(sku);
    line["location"] = json!(location);
    let counted = line.get("counted").is_some();
    let body = json!({ "lines": [line] });
    let (status, answer) = world.ask(Method::POST, "/api/stock/adjustments", &body, Who::Staff("warehouse")).await;
    match status {
        201 => {
            let delta = answer["lines"][0]["delta"].as_i64().unwrap_or_default();
            let mut log = world.log.borrow_mut();
            *log.booked.entry(sku.to_owned()).or_default() += delta;
            if counted {
                log.counted.insert(sku.to_owned());
            }
        }
        // Not as many are free as it takes away, or somebody else booked at the same moment.
        409 => {}
        other => world.log.borrow_mut().surprises.push(format!("an adjustment: {other} {answer}")),
    }
}

/// Everybody, each in their own time.
pub(super) fn arrive(world: &Rc<World>, life: SignedDuration) {
    let minutes = life.as_mins();
    for _ in 0..SHOPPERS {
        world.enter(move |world, dice, number| shopper(world, dice, number, minutes));
    }
    for _ in 0..3 {
        world.enter(move |world, dice, _| stock_keeper(world, dice, minutes));
    }
    for _ in 0..2 {
        world.enter(move |world, dice, _| carrier(world, dice, minutes));
    }
    super::buyers::arrive(world, minutes);
    world.enter(move |world, dice, _| merchandiser(world, dice, minutes));
    world.enter(move |world, dice, number| poisoner(world, dice, number, minutes));
}

async fn stock_keeper(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..4 {
        let pause = mins(&mut dice, 1, minutes / 4);
        world.wait(pause).await;
        let sku = SKUS[dice.random_range(0..SKUS.len())].0;
        let location = LOCATIONS[dice.random_range(0..LOCATIONS.len())];
        let line = match dice.random_range(0..5) {
            0 => json!({ "delta": -dice.random_range(1..4_i64), "reason": "damaged" }),
            1 => json!({ "counted": dice.random_range(0..12_i64), "reason": "counted" }),
            _ => json!({ "delta": dice.random_range(1..9_i64), "reason": "received" }),
        };
        adjust(&world, sku, location, line).await;
    }
}

/// Takes goods from one location to the other: books them in parts, some damaged and some not there, or turns back.
async fn carrier(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..3 {
        let pause = mins(&mut dice, 1, minutes / 4);
        world.wait(pause).await;
        let (sku, units) = (SKUS[dice.random_range(0..SKUS.len())].0, dice.random_range(1..6_i64));
        let (from, to) = if dice.random_bool(0.7) { ("main", "annex") } else { ("annex", "main") };
        let body = json!({ "from": from, "to": to, "lines": [{ "sku": sku, "quantity": units }] });
        let (status, sent) = world.ask(Method::POST, "/api/transfers", &body, Who::Staff("warehouse")).await;
        if status != 201 {
            // Not as many are free there.
            if status != 409 {
                world.log.borrow_mut().surprises.push(format!("a transfer: {status} {sent}"));
            }
            continue;
        }
        let id = sent["id"].as_str().unwrap_or_default().to_owned();
        world.log.borrow_mut().transferred.insert(id.clone(), 0);
        arrival(&world, &mut dice, &id, sku, units).await;
    }
}

/// What comes of a transfer, in one part or two, sometimes not all of it.
async fn arrival(world: &World, dice: &mut StdRng, id: &str, sku: &str, mut left: i64) {
    for _ in 0..2 {
        let pause = mins(dice, 5, 300);
        world.wait(pause).await;
        if dice.random_bool(0.15) {
            let path = format!("/api/transfers/{id}/cancel");
            let (status, answer) = world.ask(Method::POST, &path, &json!({}), Who::Staff("warehouse")).await;
            if status != 200 && status != 409 {
                world.log.borrow_mut().surprises.push(format!("a transfer turned back: {status} {answer}"));
            }
        }
        let came = dice.random_range(1..=left);
        let broken = dice.random_range(0..=came) / 3;
        let lost = if dice.random_bool(0.2) { came - broken } else { 0 };
        let line = json!({ "sku": sku, "received": came - broken - lost, "damaged": broken, "missing": lost });
        let path = format!("/api/transfers/{id}/receive");
        let body = json!({ "lines": [line] });
        let (status, answer) = world.ask(Method::POST, &path, &body, Who::Staff("warehouse")).await;
        match status {
            200 => *world.log.borrow_mut().transferred.entry(id.to_owned()).or_default() += came,
            // It turned back.
            409 => return,
            other => world.log.borrow_mut().surprises.push(format!("a transfer came: {other} {answer}")),
        }
        left -= came;
        if left == 0 {
            return;
        }
    }
}

async fn merchandiser(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..3 {
        let pause = mins(&mut dice, 1, minutes / 3);
        world.wait(pause).await;
        let sku = SKUS[dice.random_range(0..SKUS.len())].0;
        price(&world, sku, dice.random_range(500..5_000)).await;
        // In a rush its counters are split, and put together again afterwards.
        let split = json!({ "shards": dice.random_range(1..5_u8) });
        let path = format!("/api/stock/{sku}/shards");
        let (status, answer) = world.ask(Method::POST, &path, &split, Who::Staff("merchandiser")).await;
        if status != 200 {
            world.log.borrow_mut().surprises.push(format!("POST {path}: {status} {answer}"));
        }
        if dice.random_bool(0.4) {
            backorders(&world, sku, dice.random_range(0..4)).await;
        }
    }
}

/// Sells as many beyond what is there.
async fn backorders(world: &World, sku: &str, limit: u32) {
    world.log.borrow_mut().counted.insert(sku.to_owned());
    let path = format!("/api/stock/{sku}/backorders");
    let body = json!({ "limit": limit });
    let (status, answer) = world.ask(Method::PUT, &path, &body, Who::Staff("merchandiser")).await;
    if status != 200 {
        world.log.borrow_mut().surprises.push(format!("PUT {path}: {status} {answer}"));
    }
}

/// Puts something into a queue that no function can read.
async fn poisoner(world: Rc<World>, mut dice: StdRng, number: u64, minutes: i64) {
    let pause = mins(&mut dice, 1, minutes / 2);
    world.wait(pause).await;
    let queues = world.engine.queues();
    let queue = &queues[dice.random_range(0..queues.len())].name;
    let body = format!("poison {number}");
    if world.engine.send(queue, body.clone()) {
        world.log.borrow_mut().poison.entry(queue.clone()).or_default().insert(body);
    }
}

async fn shopper(world: Rc<World>, mut dice: StdRng, number: u64, minutes: i64) {
    // Some come in a crowd, at the same second.
    let pause = match dice.random_range(0..3) {
        0 => SignedDuration::from_mins(minutes / 3 * dice.random_range(1..3)),
        _ => mins(&mut dice, 1, minutes),
    };
    world.wait(pause).await;
    let email = format!("shopper-{number}@example.com");
    let mut token = if dice.random_bool(0.3) { sign_in(&world, &mut dice, &email).await } else { None };
    let Some(cart) = fill(&world, &mut dice, who(&token)).await else {
        return;
    };
    if dice.random_bool(0.2) {
        let pause = mins(&mut dice, 1, 600);
        world.wait(pause).await;
        if token.is_some() {
            // What they were let in by is old now.
            token = sign_in(&world, &mut dice, &email).await;
            if token.is_none() {
                return;
            }
        }
    }
    let body = wanted(&cart, &email, dice.random_bool(0.6));
    let Some(answer) = check_out(&world, &mut dice, body, who(&token)).await else {
        return;
    };
    if token.is_some() {
        world.enter(move |world, dice, _| look_back(world, dice, email));
    }
    ordered(&world, &mut dice, &cart, &answer).await;
}

/// What comes of an order: it is regretted, paid or not, sent, and some of it sent back.
pub(super) async fn ordered(world: &Rc<World>, dice: &mut StdRng, cart: &str, answer: &Value) {
    let card = !answer["payment"]["redirect_url"].is_null();
    let (id, link) = world.log.borrow_mut().accept(answer, cart, card);
    if dice.random_bool(0.12) {
        let (id, link) = (id.clone(), link.clone());
        world.enter(move |world, dice, _| regret(world, dice, id, link));
    }
    if card {
        pay_by_card(world, dice, &id).await;
    } else if answer["payment"]["nothing"].is_null() {
        let id = id.clone();
        world.enter(move |world, dice, _| bookkeeper(world, dice, id));
    }
    let (sent_back, held) = (id.clone(), id.clone());
    world.enter(move |world, dice, _| packer(world, dice, id));
    world.enter(move |world, dice, _| super::returners::returner(world, dice, sent_back, link));
    world.enter(move |world, dice, _| super::holders::holder(world, dice, held));
}

fn who(token: &Option<String>) -> Who<'_> {
    token.as_deref().map_or(Who::Guest, Who::Customer)
}

/// An access token, by the link in a mail; none where two links did not lead to one.
async fn sign_in(world: &World, dice: &mut StdRng, email: &str) -> Option<String> {
    for _ in 0..2 {
        let asked = json!({ "email": email, "staff": false });
        let (status, answer) = world.ask(Method::POST, "/api/auth/link", &asked, Who::Guest).await;
        if status != 202 {
            world.log.borrow_mut().surprises.push(format!("a sign-in link: {status} {answer}"));
        }
        world.log.borrow_mut().signing_in.insert(email.to_owned());
        let pause = mins(dice, 1, 10);
        world.wait(pause).await;
        let Some(secret) = world.mailed_link(email) else { continue };
        let (status, answer) =
            world.ask(Method::POST, "/api/auth/token", &json!({ "token": secret }), Who::Guest).await;
        match status {
            200 => return answer["access_token"].as_str().map(str::to_owned),
            // The link was used already by a try whose answer was lost, or the mail is still under way.
            401 => {}
            other => world.log.borrow_mut().surprises.push(format!("signing in: {other} {answer}")),
        }
    }
    None
}

/// A customer who comes back to see how their order stands: theirs alone.
async fn look_back(world: Rc<World>, mut dice: StdRng, email: String) {
    let pause = mins(&mut dice, 60, 600);
    world.wait(pause).await;
    let Some(token) = sign_in(&world, &mut dice, &email).await else { return };
    let (status, answer) = world.ask(Method::GET, "/api/orders", &Value::Null, Who::Customer(&token)).await;
    let mut wrong = Vec::new();
    if status != 200 {
        wrong.push(format!("{email}'s own orders: {status} {answer}"));
    }
    for order in answer["items"].as_array().into_iter().flatten() {
        let path = format!("/api/orders/{}", order["id"].as_str().unwrap_or_default());
        let (status, own) = world.ask(Method::GET, &path, &Value::Null, Who::Customer(&token)).await;
        if status != 200 || own["email"] != json!(email) {
            wrong.push(format!("{email} was shown {path}: {status} {own}"));
        }
    }
    world.log.borrow_mut().surprises.extend(wrong);
}

/// A cart with something in it, where there is something.
pub(super) async fn fill(world: &World, dice: &mut StdRng, who: Who<'_>) -> Option<String> {
    let (_, cart) = world.ask(Method::POST, "/api/carts", &json!({}), who).await;
    let cart = cart["id"].as_str()?.to_owned();
    let mut filled = false;
    for _ in 0..dice.random_range(1..4) {
        let sku = SKUS[dice.random_range(0..SKUS.len())].0;
        let path = format!("/api/carts/{cart}/items/{sku}");
        let (status, _) = world.ask(Method::PUT, &path, &json!({ "quantity": dice.random_range(1..4) }), who).await;
        filled |= status == 200;
    }
    filled.then_some(cart)
}

/// What a checkout is asked with.
pub(super) fn wanted(cart: &str, email: &str, card: bool) -> Value {
    let mut body = crate::checkout_body(cart, if card { "card" } else { "bank_transfer" });
    body["email"] = json!(email);
    body
}

/// Submits until there is an order or a reason why there is none; looks at the cart again where prices moved, and agrees
/// to what store credit pays by now, or to pay without.
pub(super) async fn check_out(world: &World, dice: &mut StdRng, mut body: Value, who: Who<'_>) -> Option<Value> {
    let cart = body["cart_id"].as_str().unwrap_or_default().to_owned();
    for attempt in 0..4 {
        let key = format!("{cart}-{attempt}");
        let submit = || world.ask_under(Method::POST, "/api/checkout", &body, who, &key);
        let (status, answer) = if dice.random_bool(0.2) {
            let (one, two) = tokio::join!(submit(), submit());
            if one.0 == 201 && two.0 == 201 && one.1["order"]["id"] != two.1["order"]["id"] {
                world.log.borrow_mut().surprises.push(format!("{cart} became two orders"));
            }
            if one.0 == 201 { one } else { two }
        } else {
            submit().await
        };
        if status == 201 {
            return Some(answer);
        }
        if answer["code"] == "credit-changed" {
            body["expected_credit"] = answer["credit"].clone();
        }
        if let Some(fields) = body.as_object_mut().filter(|_| answer["credit"]["amount"] == 0) {
            fields.remove("credit_code");
            fields.remove("expected_credit");
        }
        world.ask(Method::GET, &format!("/api/carts/{cart}"), &Value::Null, who).await;
    }
    None
}

pub(super) async fn pay_by_card(world: &Rc<World>, dice: &mut StdRng, order: &str) {
    let pause = mins(dice, 0, 3) + SignedDuration::from_secs(1);
    world.wait(pause).await;
    let acts: &[Act] = match dice.random_range(0..10) {
        0 => &[Act::Abandon],
        1 => &[Act::Late],
        2 => &[Act::Twice],
        3 => &[Act::Decline, Act::Accept],
        4 => &[Act::Decline],
        _ => &[Act::Accept],
    };
    for act in acts {
        // The page may be over, or may not have opened under faults: then the shopper tries once more, or leaves.
        for _ in 0..5 {
            if world.engine.pay(order, *act).await.is_ok() {
                break;
            }
            let pause = mins(dice, 1, 10);
            world.wait(pause).await;
        }
        let pause = mins(dice, 1, 12);
        world.wait(pause).await;
    }
}

/// A shopper who wants it no more.
pub(super) async fn regret(world: Rc<World>, mut dice: StdRng, order: String, link: String) {
    let pause = mins(&mut dice, 1, 300);
    world.wait(pause).await;
    let path = format!("/api/orders/{order}/cancel?token={link}");
    let (status, answer) = world.ask(Method::POST, &path, &json!({ "reason": "changed my mind" }), Who::Guest).await;
    if status != 200 && status != 409 {
        world.log.borrow_mut().surprises.push(format!("a cancellation: {status} {answer}"));
    }
}

/// Sees a bank transfer, sometimes when the hold is over, sometimes never.
pub(super) async fn bookkeeper(world: Rc<World>, mut dice: StdRng, order: String) {
    if dice.random_bool(0.2) {
        return;
    }
    let pause = mins(&mut dice, 5, 7 * 60);
    world.wait(pause).await;
    let path = format!("/api/orders/{order}/mark-paid");
    let (status, answer) =
        world.ask(Method::POST, &path, &json!({ "reference": "statement" }), Who::Staff("support")).await;
    match status {
        200 => {
            world.log.borrow_mut().marked_paid.insert(order);
        }
        409 => {}
        other => world.log.borrow_mut().surprises.push(format!("marking paid: {other} {answer}")),
    }
}

/// Sends what is paid, and now and then money back.
pub(super) async fn packer(world: Rc<World>, mut dice: StdRng, order: String) {
    for _ in 0..dice.random_range(1..5) {
        let pause = mins(&mut dice, 10, 5 * 60);
        world.wait(pause).await;
        let standing = world.read(&format!("/api/orders/{order}")).await;
        let lines: Vec<Value> = standing["lines"].as_array().cloned().unwrap_or_default();
        let some = lines.first().map(|line| json!([{ "sku": line["sku"], "quantity": 1 }])).unwrap_or_default();
        let (act, role, mut body) = match dice.random_range(0..9) {
            8 => ("cancel-backorder", "support", json!({})),
            0 => ("refund", "support", json!({ "reason": "scratched", "lines": some })),
            1 => {
                let amount = json!({ "amount": dice.random_range(1..2_500), "currency": "EUR" });
                ("refund", "support", json!({ "reason": "goodwill", "amount": amount }))
            }
            2 => ("refund-paid", "support", json!({ "reference": "sent" })),
            3 => ("ship", "warehouse", json!({ "carrier": "DHL", "tracking": "JD1", "lines": some })),
            4 => ("deliver", "warehouse", json!({})),
            _ => ("ship", "warehouse", json!({ "carrier": "DHL", "tracking": "JD2" })),
        };
        if act == "ship" && dice.random_bool(0.4) {
            let serial = format!("SN-{:08X}", dice.random::<u32>());
            body["serials"] = lines.first().map(|line| json!([{ "sku": line["sku"], "serial": serial }])).into();
        }
        let path = format!("/api/orders/{order}/{act}");
        let (status, answer) = world.ask(Method::POST, &path, &body, Who::Staff(role)).await;
        match status {
            // Nothing of what was scanned leaves now.
            422 if answer["code"] == "too-many-serials" => {}
            200 => *world.log.borrow_mut().done.entry((order.clone(), act)).or_default() += 1,
            409 => {}
            other => world.log.borrow_mut().surprises.push(format!("{act}: {other} {answer}")),
        }
    }
}
