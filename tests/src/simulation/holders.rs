//! Whoever has what an order brought: claims on its warranty, or passes it on; and staff who see to claims.

use std::rc::Rc;

use http::Method;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::people::{mins, packer};
use super::world::{Who, World};

/// What fails: the last is not covered.
const DEFECTS: [&str; 5] = ["not_working", "broken", "broken", "material", "lost"];
const REMEDIES: [&str; 4] = ["repair", "replace", "replace", "refund"];

async fn pause(world: &World, dice: &mut StdRng, least: i64, most: i64) {
    let time = mins(dice, least, most);
    world.wait(time).await;
}

/// The holders of what came with an order, some time after; of a replacement too.
pub(super) async fn holder(world: Rc<World>, mut dice: StdRng, order: String) {
    for _ in 0..dice.random_range(0..4) {
        pause(&world, &mut dice, 60, 420).await;
        let found = world.read(&format!("/api/warranties?order_id={order}")).await;
        let all = found["items"].as_array().cloned().unwrap_or_default();
        if all.is_empty() {
            continue;
        }
        let one = all[dice.random_range(0..all.len())].clone();
        if dice.random_bool(0.3) {
            pass_on(&world, &mut dice, &one).await;
        } else {
            claim(&world, &mut dice, &one).await;
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The secret of the link that the holder of a certificate has by mail.
fn link(world: &World, one: &Value) -> Option<String> {
    world.certificate_link(text(one, "email"), text(one, "id"), false)
}

/// Does something with a certificate as whoever has this link; what is answered, and whether it may be.
async fn told(world: &World, path: &str, body: &Value, who: Who<'_>) -> (u16, Value) {
    let (status, answer) = world.ask(Method::POST, path, body, who).await;
    // 404: it was passed on meanwhile, or another offer was made.
    if !matches!(status, 200 | 404 | 409 | 422) {
        world.log.borrow_mut().surprises.push(format!("POST {path}: {status} {answer}"));
    }
    (status, answer)
}

/// Offers it to somebody, who takes it or does not; some keep it after all.
async fn pass_on(world: &Rc<World>, dice: &mut StdRng, one: &Value) {
    let Some(secret) = link(world, one) else { return };
    let id = text(one, "id");
    let friend = format!("friend-{:08x}@example.com", dice.random::<u32>());
    let path = format!("/api/warranties/{id}/offer?token={secret}");
    let (status, _) = told(world, &path, &json!({ "email": friend }), Who::Guest).await;
    if status != 200 {
        return;
    }
    world.log.borrow_mut().offered.insert(friend.clone());
    pause(world, dice, 5, 90).await;
    if dice.random_bool(0.2) {
        told(world, &format!("/api/warranties/{id}/keep?token={secret}"), &json!({}), Who::Guest).await;
    }
    let Some(offer) = world.certificate_link(&friend, id, true) else { return };
    if dice.random_bool(0.8) {
        told(world, &format!("/api/warranties/{id}/accept?token={offer}"), &json!({}), Who::Guest).await;
    }
}

/// Claims on it, some twice under one key; whoever lost the link has staff do it.
async fn claim(world: &Rc<World>, dice: &mut StdRng, one: &Value) {
    let secret = link(world, one);
    let mut asked = json!({
        "certificate": one["id"], "defect": DEFECTS[dice.random_range(0..DEFECTS.len())], "description": "It failed.",
    });
    if dice.random_bool(0.7) {
        asked["shipping_address"] = json!({
            "name": "Fay Example", "line1": "2 Example Street", "city": "Berlin", "postal_code": "10115", "country": "DE",
        });
    }
    let (path, who) = match &secret {
        Some(secret) => (format!("/api/warranty-claims?token={secret}"), Who::Guest),
        None => ("/api/warranty-claims".to_owned(), Who::Staff("support")),
    };
    let key = format!("claim-{}-{:08x}", text(one, "id"), dice.random::<u32>());
    let submit = || world.ask_under(Method::POST, &path, &asked, who, &key);
    let (status, made) = if dice.random_bool(0.2) {
        let (first, second) = tokio::join!(submit(), submit());
        if first.0 == 201 && second.0 == 201 && first.1["id"] != second.1["id"] {
            world.log.borrow_mut().surprises.push(format!("{key} became two claims"));
        }
        if first.0 == 201 { first } else { second }
    } else {
        submit().await
    };
    match status {
        201 => {}
        // It was passed on meanwhile, another claim is open, or nobody said where to send anything.
        404 | 409 | 422 => return,
        other => {
            world.log.borrow_mut().surprises.push(format!("a claim: {other} {made}"));
            return;
        }
    }
    let id = text(&made, "id").to_owned();
    world.log.borrow_mut().claimed.insert(id.clone(), text(one, "id").to_owned());
    if made["covered"] == true {
        world.enter(move |world, dice, _| handled(world, dice, id, secret));
    }
}

/// What becomes of a claim: some are withdrawn or denied, some items never come; the rest is repaired, replaced or refunded,
/// now and then otherwise than it was decided first.
async fn handled(world: Rc<World>, mut dice: StdRng, id: String, secret: Option<String>) {
    let act = |what: &str| format!("/api/warranty-claims/{id}/{what}");
    pause(&world, &mut dice, 1, 90).await;
    if let Some(secret) = secret.filter(|_| dice.random_bool(0.1)) {
        told(&world, &format!("{}?token={secret}", act("withdraw")), &json!({}), Who::Guest).await;
    }
    if dice.random_bool(0.1) {
        told(&world, &act("deny"), &json!({ "reason": "worn" }), Who::Staff("support")).await;
        return;
    }
    let remedy = REMEDIES[dice.random_range(0..REMEDIES.len())];
    let mut decided = json!({ "resolution": remedy, "keep_item": dice.random_bool(0.4) });
    let (status, answer) = told(&world, &act("approve"), &decided, Who::Staff("support")).await;
    if status != 200 {
        if answer["code"] != "not-the-buyers" {
            return;
        }
        decided["resolution"] = json!("replace");
        told(&world, &act("approve"), &decided, Who::Staff("support")).await;
    }
    pause(&world, &mut dice, 10, 180).await;
    if dice.random_bool(0.1) {
        return;
    }
    // Where the holder keeps it, the table says no to each of these.
    let (came, _) = told(&world, &act("receive"), &json!({}), Who::Staff("warehouse")).await;
    if came == 200 {
        pause(&world, &mut dice, 1, 60).await;
        let mut seen = json!({ "finding": "The rivet is gone." });
        if dice.random_bool(0.3) {
            seen["resolution"] = json!(REMEDIES[dice.random_range(0..REMEDIES.len())]);
        }
        told(&world, &act("diagnose"), &seen, Who::Staff("warehouse")).await;
        if dice.random_bool(0.1) {
            told(&world, &act("deny"), &json!({ "reason": "dropped", "carrier": "DHL" }), Who::Staff("support")).await;
        }
        told(&world, &act("repair"), &json!({}), Who::Staff("warehouse")).await;
    }
    pause(&world, &mut dice, 1, 60).await;
    resolved(&world, &mut dice, &act("resolve")).await;
}

/// Does what was decided; where none is left to replace it with, something else. The order of another unit is sent, or called off
/// and the claim settled again.
async fn resolved(world: &Rc<World>, dice: &mut StdRng, resolve: &str) {
    for attempt in 0..3 {
        let other = REMEDIES[dice.random_range(0..REMEDIES.len())];
        let body = if attempt == 0 { json!({}) } else { json!({ "resolution": other }) };
        let (status, done) = told(world, resolve, &body, Who::Staff("support")).await;
        if status != 200 {
            continue;
        }
        if done["status"] != "replace" {
            return;
        }
        let order = text(&done, "replacement_order_id").to_owned();
        if dice.random_bool(0.2) {
            pause(world, dice, 1, 30).await;
            told(world, &format!("/api/orders/{order}/cancel"), &json!({}), Who::Staff("support")).await;
            continue;
        }
        let held = order.clone();
        world.enter(move |world, dice, _| packer(world, dice, order));
        world.enter(move |world, dice, _| holder(world, dice, held));
        return;
    }
}
