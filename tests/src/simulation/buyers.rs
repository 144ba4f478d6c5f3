//! What people do who buy for the shop: the owner approves, the supplier answers by the link, the warehouse receives.

use std::rc::Rc;

use http::Method;
use jiff::SignedDuration;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::people::{mins, must};
use super::world::{Who, World};
use crate::invariants::SUPPLIER;

/// What the rules order at, and what a unit costs: some orders go out of themselves, some wait.
const RULES: [(&str, u32, i64); 4] =
    [("MUG-1", 30, 300), ("PLATE-1", 9, 900), ("BOWL-1", 5, 12_000), ("JUG-1", 2, 400)];

/// The supplier, and a rule for each SKU.
pub(super) async fn open(world: &Rc<World>) {
    let acme = json!({ "name": "Acme Pottery", "email": SUPPLIER, "currency": "EUR", "lead_time_days": 1 });
    must(world, Method::PUT, "/api/suppliers/acme", &acme).await;
    for (sku, point, cost) in RULES {
        let rule = json!({
            "location": "main", "supplier": "acme", "reorder_point": point, "lead_time_days": 1, "minimum_order": 4,
            "unit_cost": { "amount": cost, "currency": "EUR" },
        });
        must(world, Method::PUT, &format!("/api/reorder-rules/{sku}"), &rule).await;
    }
}

pub(super) fn arrive(world: &Rc<World>, minutes: i64) {
    world.enter(move |world, dice, _| owner(world, dice, minutes));
    world.enter(move |world, dice, _| supplier(world, dice, minutes));
    for _ in 0..2 {
        world.enter(move |world, dice, _| warehouse(world, dice, minutes));
    }
}

/// The purchase orders of these states.
async fn orders(world: &World, states: &[&str]) -> Vec<Value> {
    let found = world.read("/api/purchase-orders").await;
    let all = found["items"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|order| states.contains(&order["status"].as_str().unwrap_or_default())).collect()
}

fn pause(dice: &mut StdRng, minutes: i64) -> SignedDuration {
    mins(dice, 1, minutes)
}

/// Approves, sends, calls off, puts aside, closes; agrees to changes or not; and has everything looked at.
async fn owner(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..16 {
        world.wait(pause(&mut dice, minutes / 16)).await;
        let all = orders(&world, &["suggested", "draft", "approved", "sent", "acknowledged", "on_hold"]).await;
        let (act, body) = match dice.random_range(0..12) {
            0..4 => ("approve", json!({ "send": dice.random_bool(0.7) })),
            4 => ("send", json!({})),
            5 => ("cancel", json!({ "reason": "too dear" })),
            6 => ("hold", json!({ "reason": "a quarrel" })),
            7 => ("resume", json!({})),
            8 | 9 => ("take-proposal", json!({})),
            10 => ("reject-proposal", json!({})),
            _ => {
                let (status, answer) =
                    world.ask(Method::POST, "/api/reorder-runs", &json!({}), Who::Staff("merchandiser")).await;
                if status != 202 {
                    world.log.borrow_mut().surprises.push(format!("a reorder run: {status} {answer}"));
                }
                continue;
            }
        };
        if all.is_empty() {
            continue;
        }
        let order = &all[dice.random_range(0..all.len())];
        told(&world, order, act, &body, "owner").await;
    }
}

/// Does something to an order; whether it was done.
async fn told(world: &World, order: &Value, act: &str, body: &Value, role: &str) -> bool {
    let path = format!("/api/purchase-orders/{}/{act}", order["id"].as_str().unwrap_or_default());
    let (status, answer) = world.ask(Method::POST, &path, body, Who::Staff(role)).await;
    match status {
        200 => true,
        // The state says no, or moved on meanwhile.
        409 => false,
        other => {
            world.log.borrow_mut().surprises.push(format!("{act}: {other} {answer}"));
            false
        }
    }
}

/// Books what came: a part, all, or more than was ordered, some of it broken.
async fn warehouse(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..10 {
        world.wait(pause(&mut dice, minutes / 10)).await;
        let coming = orders(&world, &["approved", "sent", "acknowledged", "partially_received", "received"]).await;
        if coming.is_empty() {
            continue;
        }
        let order = &coming[dice.random_range(0..coming.len())];
        let lines = order["lines"].as_array().cloned().unwrap_or_default();
        let came: Vec<Value> = lines
            .iter()
            .filter_map(|line| {
                let missing = line["quantity"].as_i64()? - line["received"].as_i64()?;
                let quantity = dice.random_range(0..missing.max(1) + 2);
                let damaged = if dice.random_bool(0.2) { dice.random_range(0..=quantity) } else { 0 };
                let (sku, place) = (&line["sku"], &line["location"]);
                (quantity > 0)
                    .then(|| json!({ "sku": sku, "location": place, "quantity": quantity, "damaged": damaged }))
            })
            .collect();
        if came.is_empty() {
            continue;
        }
        if told(&world, order, "receive", &json!({ "lines": came }), "warehouse").await {
            let mut log = world.log.borrow_mut();
            for line in &came {
                let number = |name: &str| line[name].as_i64().unwrap_or_default();
                let sku = line["sku"].as_str().unwrap_or_default().to_owned();
                *log.booked.entry(sku.clone()).or_default() += number("quantity") - number("damaged");
                let id = order["id"].as_str().unwrap_or_default().to_owned();
                *log.received.entry((id, sku)).or_default() += number("quantity");
            }
        }
        if dice.random_bool(0.3) {
            told(&world, order, "close", &json!({}), "owner").await;
        }
    }
}

/// Follows the link of some mail, the latest or an older one, and answers.
async fn supplier(world: Rc<World>, mut dice: StdRng, minutes: i64) {
    for _ in 0..12 {
        world.wait(pause(&mut dice, minutes / 12)).await;
        let links = world.supplier_links(SUPPLIER);
        if links.is_empty() {
            continue;
        }
        let link = &links[dice.random_range(links.len().saturating_sub(3)..links.len())];
        let form = match dice.random_range(0..6) {
            0..3 => "answer=accept".to_owned(),
            3 | 4 => format!("answer=propose&line.0.quantity={}&note=kiln", dice.random_range(0..20)),
            _ => "answer=refuse&reason=The+kiln+broke".to_owned(),
        };
        let status = world.post_form(link, &form).await;
        // 404: the mail was sent again since. 422: the state says no, or nothing was proposed.
        if !matches!(status, 303 | 404 | 422) {
            world.log.borrow_mut().surprises.push(format!("a supplier's answer: {status}"));
        }
    }
}
