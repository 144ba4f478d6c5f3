//! Cards: accepted, declined, abandoned, late, twice; cancelled and refunded.

use jiff::SignedDuration;
use local::stripe::Act;
use serde_json::{Value, json};
use tests::Shop;

/// Orders one mug by card and opens the provider's page; the order's id and number.
async fn on_the_pay_page(shop: &Shop) -> (String, String) {
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "card", &format!("key-{cart}")).await.expect(201).json();
    let id = placed["order"]["id"].as_str().unwrap().to_owned();
    let redirect = placed["payment"]["redirect_url"].as_str().unwrap();
    let path = redirect.split_once("127.0.0.1").unwrap().1;
    let path = &path[path.find('/').unwrap()..];
    let to = shop.get(path).send().await.expect(303);
    assert!(to.headers["location"].to_str().unwrap().contains("/pay/"), "{:?}", to.headers);
    (id, placed["order"]["number"].as_str().unwrap().to_owned())
}

async fn open() -> Shop {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 1).await;
    shop
}

async fn pay(shop: &Shop, order: &str, act: Act) {
    shop.engine().pay(order, act).await.unwrap_or_else(|error| panic!("{error}"));
    shop.settle().await;
}

fn stands(order: &Value) -> (&str, &str) {
    (order["status"].as_str().unwrap(), order["payment_status"].as_str().unwrap())
}

#[tokio::test]
async fn a_card_is_accepted() {
    let shop = open().await;
    let (id, number) = on_the_pay_page(&shop).await;
    shop.settle().await;
    assert_eq!(shop.subjects(), Vec::<String>::new(), "a card order has one mail: when it is paid");
    pay(&shop, &id, Act::Accept).await;
    assert_eq!(stands(&shop.order(&id).await), ("placed", "captured"));
    assert_eq!(shop.subjects(), [format!("Order {number} confirmed")]);
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["committed"], 1);
}

#[tokio::test]
async fn a_card_is_declined_and_the_stock_comes_back() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    pay(&shop, &id, Act::Decline).await;
    assert_eq!(shop.order(&id).await["status"], "pending_payment");
    shop.advance(SignedDuration::from_mins(40)).await;
    assert_eq!(shop.order(&id).await["status"], "expired");
    assert_eq!(shop.stock_of("MUG-1").await["available"], 1);
}

#[tokio::test]
async fn an_abandoned_payment_gives_the_stock_back_in_time() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    shop.advance(SignedDuration::from_mins(34)).await;
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 1);
    shop.advance(SignedDuration::from_mins(3)).await;
    assert_eq!(shop.order(&id).await["status"], "expired");
    assert_eq!(shop.stock_of("MUG-1").await["available"], 1);
}

#[tokio::test]
async fn a_late_payment_takes_the_stock_again_where_it_is_there() {
    let shop = open().await;
    let (id, number) = on_the_pay_page(&shop).await;
    shop.advance(SignedDuration::from_mins(40)).await;
    pay(&shop, &id, Act::Late).await;
    assert_eq!(stands(&shop.order(&id).await), ("placed", "captured"));
    assert_eq!(shop.subjects(), [format!("Order {number} confirmed")]);
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["committed"], 1);
}

#[tokio::test]
async fn a_late_payment_for_what_is_gone_is_refunded_and_said_so() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    shop.advance(SignedDuration::from_mins(40)).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "faster").await.expect(201));
    shop.settle().await;
    pay(&shop, &id, Act::Late).await;
    let order = shop.order(&id).await;
    assert_eq!(stands(&order), ("expired", "refunded"));
    assert_eq!(order["refunded"], order["captured"]);
    assert!(
        shop.engine()
            .mails()
            .iter()
            .any(|mail| mail.text.as_deref().is_some_and(|text| text.contains("somebody else has bought")))
    );
}

#[tokio::test]
async fn a_second_payment_is_refunded_in_full() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    pay(&shop, &id, Act::Twice).await;
    let order = shop.order(&id).await;
    assert_eq!(order["status"], "placed");
    let total = order["totals"]["total"]["amount"].as_i64().unwrap();
    assert_eq!(order["captured"]["amount"].as_i64().unwrap() - order["refunded"]["amount"].as_i64().unwrap(), total);
}

#[tokio::test]
async fn a_paid_order_is_cancelled_and_its_money_and_stock_go_back() {
    let shop = open().await;
    let (id, number) = on_the_pay_page(&shop).await;
    pay(&shop, &id, Act::Accept).await;
    let canceled = shop.post(&format!("/api/orders/{id}/cancel"), &json!({ "reason": "changed my mind" }));
    drop(canceled.staff("support").send().await.expect(200));
    shop.settle().await;
    let order = shop.order(&id).await;
    assert_eq!(stands(&order), ("canceled", "refunded"));
    assert_eq!(shop.stock_of("MUG-1").await["available"], 1);
    let subjects = shop.subjects();
    assert!(subjects.contains(&format!("Order {number} is cancelled")), "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject.starts_with("We've refunded")), "{subjects:?}");
    let again = shop.post(&format!("/api/orders/{id}/cancel"), &json!({})).staff("support").send().await.expect(409);
    assert_eq!(again.json()["state"], "canceled");
}

#[tokio::test]
async fn refunds_never_exceed_what_was_captured() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    pay(&shop, &id, Act::Accept).await;
    let refund = |amount: i64| {
        let body = json!({ "reason": "scratched", "amount": { "amount": amount, "currency": "EUR" } });
        shop.post(&format!("/api/orders/{id}/refund"), &body).staff("support")
    };
    drop(refund(500).send().await.expect(200));
    shop.settle().await;
    assert_eq!(shop.order(&id).await["payment_status"], "partially_refunded");
    let left = refund(1_000_000).send().await.expect(409).json()["left"]["amount"].as_i64().unwrap();
    drop(refund(left).send().await.expect(200));
    shop.settle().await;
    assert_eq!(shop.order(&id).await["payment_status"], "refunded");
    drop(refund(1).send().await.expect(409));
}

#[tokio::test]
async fn a_refund_by_lines_is_asked_for_once() {
    let shop = open().await;
    let (id, _) = on_the_pay_page(&shop).await;
    pay(&shop, &id, Act::Accept).await;
    let refund =
        |key: &str, body: &Value| shop.post(&format!("/api/orders/{id}/refund"), body).staff("support").key(key).send();
    let line = json!({ "reason": "broken", "lines": [{ "sku": "MUG-1", "quantity": 1 }] });
    drop(refund("r0", &json!({ "reason": "broken", "lines": [{ "sku": "MUG-1", "quantity": 2 }] })).await.expect(409));
    drop(refund("r0", &json!({ "reason": "broken", "lines": [{ "sku": "OTHER", "quantity": 1 }] })).await.expect(409));
    drop(refund("r0", &json!({ "reason": "broken" })).await.expect(400));
    let first = refund("r1", &line).await.expect(200).json();
    shop.settle().await;
    drop(refund("r1", &line).await.expect(200));
    shop.settle().await;
    let order = shop.order(&id).await;
    assert_eq!(order["refunded"], order["captured"], "the only unit takes the delivery with it");
    assert_eq!(first["order"]["id"].as_str().or(first["id"].as_str()), Some(id.as_str()));
    assert_eq!(shop.subjects().iter().filter(|subject| subject.starts_with("We've refunded")).count(), 1);
    drop(refund("r1", &json!({ "reason": "another", "amount": { "amount": 1, "currency": "EUR" } })).await.expect(422));
}

/// The minute has not come round yet at which timers fire: whoever wants the stock ends the hold, its page first.
#[tokio::test]
async fn a_hold_that_is_over_is_ended_by_who_wants_its_stock() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 1).await;
    shop.advance(SignedDuration::from_secs(20)).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let left = shop.check_out(&cart, "card", "left").await.expect(201).json();
    let id = left["order"]["id"].as_str().unwrap();
    drop(shop.get(&format!("/pay/{id}")).staff("owner").send().await.expect(303));
    shop.settle().await;
    shop.advance(SignedDuration::from_secs(35 * 60 + 10)).await;
    assert_eq!(shop.order(id).await["status"], "pending_payment");
    let wanting = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&wanting, "card", "wanting").await.expect(201));
    shop.settle().await;
    assert_eq!(shop.order(id).await["status"], "expired");
    assert!(!shop.engine().stripe().awaits(id, shop.engine().clock().now()), "its page takes no money any more");
}
