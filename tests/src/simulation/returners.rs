//! Buyers who send something back, staff who decide, receive, look and pay, who spends the credit that it gave, and
//! what becomes of what is had instead.

use std::rc::Rc;

use http::Method;
use jiff::SignedDuration;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::people::{SKUS, bookkeeper, check_out, fill, mins, must, ordered, packer, pay_by_card, regret, wanted};
use super::world::{Who, World};

const REASONS: [&str; 4] = ["unwanted", "damaged", "defective", "too_late"];

/// What is kept of what was merely unwanted, and what is approved unseen.
pub(super) async fn open(world: &Rc<World>) {
    let mut settings = world.read("/api/settings/returns").await;
    settings["restocking_fee_ppm"] = json!(70_000);
    settings["label_cost"] = json!({ "amount": 390, "currency": "EUR" });
    settings["approve_up_to"] = json!({ "amount": 2_500, "currency": "EUR" });
    must(world, Method::PUT, "/api/settings/returns", &settings).await;
}

/// A buyer who may ask something of an order back, some of it twice.
pub(super) async fn returner(world: Rc<World>, mut dice: StdRng, order: String, link: String) {
    for _ in 0..dice.random_range(0..3) {
        pause(&world, &mut dice, 120, 500).await;
        let standing = world.read(&format!("/api/orders/{order}")).await;
        let lines: Vec<Value> = standing["lines"].as_array().cloned().unwrap_or_default();
        if lines.is_empty() {
            return;
        }
        let line = &lines[dice.random_range(0..lines.len())];
        let (sku, quantity) = (line["sku"].clone(), dice.random_range(1..3));
        let reason = REASONS[dice.random_range(0..REASONS.len())];
        let mut asked = json!({ "order_id": order, "lines": [{ "sku": sku, "quantity": quantity, "reason": reason }] });
        let cart = if dice.random_bool(0.4) { instead(&world, &mut dice).await } else { None };
        let resolution = match &cart {
            Some(_) => "exchange",
            None if dice.random_bool(0.4) => "credit",
            None => "refund",
        };
        asked["resolution"] = json!(resolution);
        if let Some(cart) = cart {
            asked["cart_id"] = json!(cart);
        }
        let path = format!("/api/returns?token={link}");
        let (status, back) = world.ask(Method::POST, &path, &asked, Who::Guest).await;
        match status {
            201 => {}
            // It has not left, or is back, or not that many of it.
            409 => continue,
            other => {
                world.log.borrow_mut().surprises.push(format!("a return: {other} {back}"));
                continue;
            }
        }
        let id = back["id"].as_str().unwrap_or_default().to_owned();
        if back["resolution"] != resolution {
            world.log.borrow_mut().surprises.push(format!("{id} was asked for as {resolution}: {back}"));
        }
        world.log.borrow_mut().returned.insert(id.clone(), order.clone());
        let (way, link) = (Rc::clone(&world), link.clone());
        way.enter(move |world, dice, _| parcel(world, dice, id, link));
    }
}

/// A cart with what somebody would rather have.
async fn instead(world: &World, dice: &mut StdRng) -> Option<String> {
    let (_, cart) = world.ask(Method::POST, "/api/carts", &json!({}), Who::Guest).await;
    let cart = cart["id"].as_str()?.to_owned();
    let path = format!("/api/carts/{cart}/items/{}", SKUS[dice.random_range(0..SKUS.len())].0);
    let some = json!({ "quantity": dice.random_range(1..3) });
    let (status, _) = world.ask(Method::PUT, &path, &some, Who::Guest).await;
    (status == 200).then_some(cart)
}

/// What becomes of a return: some are declined, called off or never sent; the others come, whole or not.
async fn parcel(world: Rc<World>, mut dice: StdRng, id: String, link: String) {
    if dice.random_bool(0.1) {
        told(&world, &format!("{id}/cancel?token={link}"), &json!({}), Who::Guest).await;
        return;
    }
    pause(&world, &mut dice, 1, 60).await;
    if dice.random_bool(0.1) {
        told(&world, &format!("{id}/decline"), &json!({ "reason": "worn" }), Who::Staff("support")).await;
        return;
    }
    // Approved already, where it is little.
    told(&world, &format!("{id}/approve"), &json!({}), Who::Staff("support")).await;
    if dice.random_bool(0.1) {
        return;
    }
    if dice.random_bool(0.3) {
        told(&world, &format!("{id}/sent?token={link}"), &json!({ "carrier": "DHL" }), Who::Guest).await;
    }
    pause(&world, &mut dice, 10, 120).await;
    let back = world.read(&format!("/api/returns/{id}")).await;
    let line = &back["lines"][0];
    let came = dice.random_range(1..=line["quantity"].as_i64().unwrap_or(1));
    let lines = json!({ "lines": [{ "sku": line["sku"], "quantity": came }] });
    told(&world, &format!("{id}/receive"), &lines, Who::Staff("warehouse")).await;
    pause(&world, &mut dice, 1, 40).await;
    let rejected = if dice.random_bool(0.2) { dice.random_range(1..=came) } else { 0 };
    let damaged = dice.random_range(0..=came - rejected);
    let resellable = came - rejected - damaged;
    let mut seen = json!({
        "lines": [{ "sku": line["sku"], "resellable": resellable, "damaged": damaged, "rejected": rejected }],
    });
    if rejected > 0 {
        seen["reason"] = json!("used");
    }
    if dice.random_bool(0.2) {
        let amount = json!({ "amount": dice.random_range(1..500), "currency": "EUR" });
        seen["deduction"] = json!({ "amount": amount, "reason": "stained" });
    }
    told(&world, &format!("{id}/inspect"), &seen, Who::Staff("warehouse")).await;
    pause(&world, &mut dice, 1, 40).await;
    let (act, role) = if dice.random_bool(0.8) { ("resolve", "warehouse") } else { ("send-back", "support") };
    let mut ended = told(&world, &format!("{id}/{act}"), &json!({}), Who::Staff(role)).await;
    if ended["code"] == "stock-missing" {
        // What was to be had instead is sold out.
        let other = if dice.random_bool(0.5) { "refund" } else { "credit" };
        ended = told(&world, &format!("{id}/resolve"), &json!({ "resolution": other }), Who::Staff(role)).await;
    }
    if let Some(order) = ended["exchange"]["order_id"].as_str() {
        let (order, owner) = (order.to_owned(), back["email"].as_str().unwrap_or_default().to_owned());
        world.enter(move |world, dice, _| swapped(world, dice, order, owner));
    }
    if ended["status"] == "credited" {
        for _ in 0..dice.random_range(1..4) {
            let owner = back["email"].as_str().unwrap_or_default().to_owned();
            world.enter(move |world, dice, number| spender(world, dice, number, owner));
        }
    }
}

/// What becomes of an order that is had in exchange, whose buyer has its link by mail: what is left to pay is paid or
/// not, it is regretted, or sent, and some of it sent back.
async fn swapped(world: Rc<World>, mut dice: StdRng, order: String, owner: String) {
    pause(&world, &mut dice, 1, 90).await;
    let link = world.mailed_secret(&owner, &order);
    let regretted = dice.random_bool(0.2);
    if let Some(link) = link.clone().filter(|_| regretted) {
        let order = order.clone();
        world.enter(move |world, dice, _| regret(world, dice, order, link));
    }
    let standing = world.read(&format!("/api/orders/{order}")).await;
    if standing["to_pay"]["amount"] != 0 {
        if standing["payment_method"] == "bank_transfer" {
            let order = order.clone();
            world.enter(move |world, dice, _| bookkeeper(world, dice, order));
        } else if dice.random_bool(0.7) {
            pay_by_card(&world, &mut dice, &order).await;
        }
    }
    let sent_back = order.clone();
    world.enter(move |world, dice, _| packer(world, dice, order));
    if let Some(link) = link {
        world.enter(move |world, dice, _| returner(world, dice, sent_back, link));
    }
}

/// Somebody whom a buyer gave the code in their mail, and who buys with it: some at the same second, each under an
/// address of their own.
async fn spender(world: Rc<World>, mut dice: StdRng, number: u64, owner: String) {
    let pause = if dice.random_bool(0.5) { SignedDuration::from_mins(90) } else { mins(&mut dice, 5, 400) };
    world.wait(pause).await;
    let Some(code) = world.mailed_code(&owner) else { return };
    let path = format!("/api/store-credit?code={code}");
    let (status, account) = world.ask(Method::GET, &path, &Value::Null, Who::Guest).await;
    if status != 200 {
        // The mail came before the credit was put there.
        if status != 404 {
            world.log.borrow_mut().surprises.push(format!("GET {path}: {status} {account}"));
        }
        return;
    }
    let Some(cart) = fill(&world, &mut dice, Who::Guest).await else { return };
    let mut body = wanted(&cart, &format!("spender-{number}@example.com"), dice.random_bool(0.5));
    body["credit_code"] = json!(code);
    if dice.random_bool(0.5) {
        body["expected_credit"] = account["balance"].clone();
    }
    if let Some(answer) = check_out(&world, &mut dice, body, Who::Guest).await {
        ordered(&world, &mut dice, &cart, &answer).await;
    }
}

/// What staff or a buyer are answered who do something to a return.
async fn told(world: &World, act: &str, body: &Value, who: Who<'_>) -> Value {
    let (status, answer) = world.ask(Method::POST, &format!("/api/returns/{act}"), body, who).await;
    // 422: more would be kept than goes back.
    if !matches!(status, 200 | 409 | 422) {
        world.log.borrow_mut().surprises.push(format!("{act}: {status} {answer}"));
    }
    answer
}

async fn pause(world: &World, dice: &mut StdRng, least: i64, most: i64) {
    let time: SignedDuration = mins(dice, least, most);
    world.wait(time).await;
}
