//! Other goods for what came back: cheaper and dearer ones, paid, left, called off and sent back; and the money, which
//! goes all the way back to who paid.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Answer, Shop};

use crate::crediting::{credit, entry, given, signed_in, spent, stands, told};
use crate::returning::{self, Bought, act, bought, delivered, eur, looked_at, money, pay, post_form};

/// A shop that has cups too, for less than a mug. A bowl is dearer.
async fn open() -> Shop {
    let shop = returning::open().await;
    shop.stock("CUP-1", 1500, 10).await;
    shop
}

/// Asks something of an order back for what is in a cart.
async fn ask(shop: &Shop, bought: &Bought, (sku, quantity): (&str, u32), cart: &str) -> Answer {
    let mut asking = bought.asking(&[(sku, quantity, "damaged")]);
    asking["resolution"] = json!("exchange");
    asking["cart_id"] = json!(cart);
    let answer = shop.post(&bought.path("/api/returns"), &asking).send().await;
    shop.settle().await;
    answer
}

/// A return that was taken back and is to be resolved, for so many of something else.
async fn accepted(shop: &Shop, bought: &Bought, (sku, quantity): (&str, u32), instead: (&str, u32)) -> Value {
    let cart = shop.cart(&[instead]).await;
    let back = ask(shop, bought, (sku, quantity), &cart).await.expect(201).json();
    let came = json!([{ "sku": sku, "quantity": quantity }]);
    let seen = json!({ "lines": [{ "sku": sku, "resellable": quantity }] });
    let seen = looked_at(shop, &back, &came, &seen).await;
    assert_eq!((&seen["status"], &seen["resolution"]), (&json!("accepted"), &json!("exchange")));
    seen
}

/// Resolves a return as its buyer wants it; the order of what is had instead.
async fn exchanged(shop: &Shop, back: &Value) -> Value {
    let settled = act(shop, back, "resolve", "warehouse", &json!({})).await.expect(200).json();
    assert_eq!(settled["status"], "exchanged");
    shop.order(text(&settled["exchange"], "order_id")).await
}

/// Two mugs that were bought, and the order of what one of them came back for.
async fn swapped(shop: &Shop, payment_method: &str, instead: &str) -> (Bought, Value) {
    let bought = bought(shop, &[("MUG-1", 2)], payment_method).await;
    let back = accepted(shop, &bought, ("MUG-1", 1), (instead, 1)).await;
    let new = exchanged(shop, &back).await;
    (bought, new)
}

/// An order of what is had instead as its buyer is led to it, by the mail about the exchange.
fn led(shop: &Shop, bought: &Bought, new: &Value) -> Value {
    let mail = mailed(shop, &format!("Your exchange for {}", bought.number));
    let page = format!("/orders/{}?token=", text(new, "id"));
    let secret = mail.split(&page).nth(1).unwrap().split_whitespace().next().unwrap();
    let payment = match text(new, "payment_method") {
        "card" => json!({ "redirect_url": format!("/pay/{}?token={secret}", text(new, "id")) }),
        _ => json!({}),
    };
    json!({ "order": new, "view_url": format!("{page}{secret}"), "payment": payment })
}

/// The text of the one mail with this subject.
fn mailed(shop: &Shop, subject: &str) -> String {
    let mut mails = shop.engine().mails();
    mails.retain(|mail| mail.subject == subject);
    assert_eq!(mails.len(), 1, "{subject}: {:?}", shop.subjects());
    mails.remove(0).text.unwrap()
}

fn refunded(cents: i64) -> String {
    format!("We've refunded {}", money(cents))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// Calls an order off for its buyer.
async fn cancel(shop: &Shop, order: &str) -> Value {
    let path = format!("/api/orders/{order}/cancel");
    drop(shop.post(&path, &json!({})).staff("support").send().await.expect(200));
    shop.settle().await;
    shop.order(order).await
}

/// A refund: why, how much, to which order where it is one, what came back of that, and how it stands.
type Refund<'a> = (&'a str, i64, Option<&'a str>, i64, &'a str);

fn refunds(order: &Value) -> Vec<Refund<'_>> {
    fn one(refund: &Value) -> Refund<'_> {
        let amount = |name: &str| refund[name]["amount"].as_i64().unwrap_or_default();
        let to = refund["to"]["order"].as_str();
        (text(refund, "cause"), amount("amount"), to, amount("undone"), text(refund, "status"))
    }
    order["refunds"].as_array().unwrap().iter().map(one).collect()
}

/// How many of a SKU are free, held, promised to paid orders and on the shelf.
async fn shelf(shop: &Shop, sku: &str) -> [i64; 4] {
    let stock = shop.stock_of(sku).await;
    let main = &stock["locations"][0];
    [&stock["available"], &stock["reserved"], &main["committed"], &main["on_hand"]].map(|units| units.as_i64().unwrap())
}

#[tokio::test]
async fn what_cheaper_goods_leave_goes_back_and_they_go_out() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "card").await;
    let back = accepted(&shop, &bought, ("MUG-1", 1), ("CUP-1", 1)).await;
    let line = json!({ "sku": "CUP-1", "title": "Product CUP-1", "quantity": 1, "unit_price": eur(1500) });
    assert_eq!(back["exchange"], json!({ "lines": [line], "total": eur(1500) }));
    // Nothing is set aside before it is decided.
    assert_eq!(shelf(&shop, "CUP-1").await, [10, 0, 0, 10]);
    assert_eq!(shelf(&shop, "MUG-1").await, [9, 0, 0, 9]);

    let new = exchanged(&shop, &back).await;
    let (id, number) = (text(&new, "id"), text(&new, "number"));
    assert_eq!((stands(&new), &new["totals"]["total"]), (("placed", "captured"), &eur(1500)));
    assert_eq!((&new["totals"]["shipping"], &new["captured"]), (&eur(0), &eur(1500)));
    assert_eq!((&new["exchanged"], &new["to_pay"]), (&eur(1500), &eur(0)));
    assert_eq!(new["email"], "buyer@example.com");
    let old = shop.order(&bought.id).await;
    assert_eq!(refunds(&old), [("returned", 1500, Some(id), 0, "done"), ("returned", 499, None, 0, "done")]);
    assert_eq!((&old["refunded"], &old["refund_due"]), (&eur(1999), &eur(0)));
    assert_eq!((stands(&old), &old["exchanged"]), (("completed", "partially_refunded"), &Value::Null));
    let balances = shop.engine().stripe().balances();
    assert_eq!((balances[&bought.id], balances.get(id)), ((bought.total, 499), None));
    assert_eq!(shelf(&shop, "CUP-1").await, [9, 0, 1, 10]);

    let mail = mailed(&shop, &format!("Your exchange for {}", bought.number));
    assert!(mail.contains(&money(499)) && mail.contains(number), "{mail}");
    assert_eq!(told(&shop, &format!("Order {number} confirmed")), 1);
    assert!(!shop.subjects().iter().any(|subject| subject.starts_with("We've")), "{:?}", shop.subjects());

    let page = shop.get(&bought.path(&format!("/returns/{}", text(&back, "id")))).header("accept", "text/html");
    let page = page.send().await.expect(200).text;
    assert!(page.contains(&format!("/orders/{id}?token=")), "{page}");
    delivered(&shop, &led(&shop, &bought, &new)).await;
    assert_eq!(shop.order(id).await["status"], "completed");
    assert_eq!(shelf(&shop, "CUP-1").await, [9, 0, 0, 9]);
    assert_eq!(told(&shop, &format!("{number} is on its way")), 1);
}

#[tokio::test]
async fn the_rest_of_dearer_goods_is_paid_by_card_on_their_page() {
    let shop = open().await;
    let (bought, new) = swapped(&shop, "card", "BOWL-1").await;
    let (id, number) = (text(&new, "id"), text(&new, "number"));
    assert_eq!((stands(&new), &new["to_pay"]), (("pending_payment", "partially_captured"), &eur(1000)));
    assert_eq!((&new["exchanged"], &new["captured"]), (&eur(1999), &eur(1999)));
    let until: Timestamp = text(&new, "held_until").parse().unwrap();
    let left = until.duration_since(shop.engine().clock().now());
    assert!(left > SignedDuration::from_hours(6 * 24), "who pays from a mail has {left:#}");
    assert_eq!(shelf(&shop, "BOWL-1").await, [9, 1, 0, 10]);
    let old = shop.order(&bought.id).await;
    assert_eq!((refunds(&old), &old["refund_due"]), (vec![("returned", 1999, Some(id), 0, "done")], &eur(0)));

    let mail = mailed(&shop, &format!("Your exchange for {}", bought.number));
    assert!(mail.contains(&money(1000)), "{mail}");
    assert_eq!(told(&shop, &format!("Order {number} received")), 0);
    let led = led(&shop, &bought, &new);
    let page = shop.get(text(&led, "view_url")).header("accept", "text/html").send().await.expect(200).text;
    assert!(page.contains(&format!("/pay/{id}")) && page.contains("From your return"), "{page}");
    shop.advance(SignedDuration::from_hours(24)).await;
    pay(&shop, &led).await;
    let paid = shop.order(id).await;
    assert_eq!((stands(&paid), &paid["captured"]), (("placed", "captured"), &eur(2999)));
    assert_eq!((&paid["exchanged"], &paid["to_pay"]), (&eur(1999), &eur(0)));
    let balances = shop.engine().stripe().balances();
    assert_eq!((balances[&bought.id], balances[id]), ((bought.total, 0), (1000, 0)));
    assert_eq!(told(&shop, &format!("Order {number} confirmed")), 1);
    assert_eq!(shelf(&shop, "BOWL-1").await, [9, 0, 1, 10]);
}

#[tokio::test]
async fn the_rest_of_dearer_goods_is_asked_for_by_mail_where_it_is_transferred() {
    let shop = open().await;
    let (bought, new) = swapped(&shop, "bank_transfer", "BOWL-1").await;
    let (id, number) = (text(&new, "id"), text(&new, "number"));
    assert_eq!((stands(&new), &new["to_pay"]), (("pending_payment", "partially_captured"), &eur(1000)));
    let how = mailed(&shop, &format!("Order {number} received"));
    assert!(how.contains(&money(1000)), "{how}");
    // Nothing of what came back is to be sent.
    let old = shop.order(&bought.id).await;
    assert_eq!((refunds(&old), &old["refund_due"]), (vec![("returned", 1999, Some(id), 0, "done")], &eur(0)));
    let sent = shop.post(&format!("/api/orders/{}/refund-paid", bought.id), &json!({ "reference": "sent" }));
    drop(sent.staff("support").send().await.expect(409));
    pay(&shop, &led(&shop, &bought, &new)).await;
    let paid = shop.order(id).await;
    assert_eq!((stands(&paid), &paid["captured"]), (("placed", "captured"), &eur(2999)));
    assert_eq!(told(&shop, &format!("Order {number} confirmed")), 1);
    assert_eq!(shelf(&shop, "BOWL-1").await, [9, 0, 1, 10]);
}

#[tokio::test]
async fn dearer_goods_that_nobody_pays_give_everything_back_to_who_paid() {
    for (payment_method, at_first) in [("card", "done"), ("bank_transfer", "due")] {
        let shop = open().await;
        let (bought, new) = swapped(&shop, payment_method, "BOWL-1").await;
        let (id, number) = (text(&new, "id"), text(&new, "number"));
        shop.advance(SignedDuration::from_hours(8 * 24)).await;
        let gone = shop.order(id).await;
        assert_eq!((stands(&gone), &gone["refunded"]), (("expired", "refunded"), &eur(1999)));
        assert_eq!(refunds(&gone), [("unpaid", 1999, None, 0, "done")]);
        assert_eq!(gone["refunds"][0]["reference"], format!("{}#0", bought.id));
        assert_eq!(shelf(&shop, "BOWL-1").await, [10, 0, 0, 10]);
        assert_eq!(told(&shop, &format!("Order {number} is cancelled")), 1);

        let old = shop.order(&bought.id).await;
        let undone = [("returned", 1999, Some(id), 1999, "done"), ("unexchanged", 1999, None, 0, at_first)];
        assert_eq!(refunds(&old), undone);
        assert_eq!(old["refunds"][1]["passes_on"], json!({ "order": id, "refund": 0 }));
        if payment_method == "card" {
            assert_eq!(shop.engine().stripe().balances()[&bought.id], (bought.total, 1999));
        } else {
            assert_eq!((&old["refunded"], &old["refund_due"]), (&eur(0), &eur(1999)));
            assert_eq!(told(&shop, &refunded(1999)), 0, "it is not sent yet");
            let sent = shop.post(&format!("/api/orders/{}/refund-paid", bought.id), &json!({ "reference": "sent" }));
            drop(sent.staff("support").send().await.expect(200));
            shop.settle().await;
        }
        let old = shop.order(&bought.id).await;
        assert_eq!((&old["refunded"], &old["refund_due"]), (&eur(1999), &eur(0)));
        assert_eq!(stands(&old), ("completed", "partially_refunded"));
        assert_eq!(told(&shop, &refunded(1999)), 1, "{:?}", shop.subjects());
    }
}

#[tokio::test]
async fn an_exchange_that_is_called_off_goes_back_to_each_who_paid() {
    let shop = open().await;
    let (bought, new) = swapped(&shop, "card", "CUP-1").await;
    let id = text(&new, "id");
    let off = cancel(&shop, id).await;
    assert_eq!((stands(&off), refunds(&off)), (("canceled", "refunded"), vec![("canceled", 1500, None, 0, "done")]));
    let old = shop.order(&bought.id).await;
    let [rest, again] = [("returned", 499, None, 0, "done"), ("unexchanged", 1500, None, 0, "done")];
    assert_eq!(refunds(&old), [("returned", 1500, Some(id), 1500, "done"), rest, again]);
    assert_eq!(old["refunded"], eur(1999));
    assert_eq!(shop.engine().stripe().balances()[&bought.id], (bought.total, 1999));
    assert_eq!(told(&shop, &format!("Order {} is cancelled", text(&new, "number"))), 1);
    assert_eq!((told(&shop, &refunded(1500)), told(&shop, &refunded(499))), (1, 0), "{:?}", shop.subjects());
    assert_eq!(shelf(&shop, "CUP-1").await, [10, 0, 0, 10]);

    // A rest that was paid goes back to the card that paid it.
    let (bought, new) = swapped(&shop, "card", "BOWL-1").await;
    let id = text(&new, "id");
    pay(&shop, &led(&shop, &bought, &new)).await;
    let off = cancel(&shop, id).await;
    assert_eq!(refunds(&off), [("canceled", 1999, None, 0, "done"), ("canceled", 1000, None, 0, "done")]);
    let balances = shop.engine().stripe().balances();
    assert_eq!((balances[&bought.id], balances[id]), ((bought.total, 1999), (1000, 1000)));
    assert_eq!((told(&shop, &refunded(1999)), told(&shop, &refunded(1000))), (1, 1), "{:?}", shop.subjects());
    assert_eq!(shelf(&shop, "BOWL-1").await, [10, 0, 0, 10]);
}

#[tokio::test]
async fn what_is_sold_out_is_not_had_and_staff_give_something_else() {
    for (instead, status) in [("credit", "credited"), ("refund", "refunded")] {
        let shop = open().await;
        shop.stock("LAST-1", 1500, 1).await;
        let bought = bought(&shop, &[("MUG-1", 2)], "card").await;
        let back = accepted(&shop, &bought, ("MUG-1", 1), ("LAST-1", 1)).await;
        let faster = shop.cart(&[("LAST-1", 1)]).await;
        drop(shop.check_out(&faster, "bank_transfer", "faster").await.expect(201));
        shop.settle().await;

        let before = shop.order(&bought.id).await;
        let refused = act(&shop, &back, "resolve", "warehouse", &json!({})).await.expect(409).json();
        assert_eq!(refused["code"], "stock-missing");
        let path = format!("/api/returns/{}", text(&back, "id"));
        assert_eq!(shop.get(&path).staff("support").send().await.expect(200).json(), back);
        assert_eq!(shop.order(&bought.id).await, before);
        assert_eq!(shelf(&shop, "LAST-1").await, [0, 1, 0, 1]);
        let odd = json!({ "resolution": "a pony" });
        let odd = act(&shop, &back, "resolve", "warehouse", &odd).await.expect(400).json();
        assert_eq!(odd["errors"][0]["pointer"], "/resolution");

        let other = json!({ "resolution": instead });
        let settled = act(&shop, &back, "resolve", "warehouse", &other).await.expect(200).json();
        assert_eq!((&settled["status"], &settled["resolution"]), (&json!(status), &json!(instead)));
        assert_eq!((&settled["settled"]["refund"], &settled["exchange"]["order_id"]), (&eur(1999), &Value::Null));
        assert_eq!(told(&shop, &format!("Your exchange for {}", bought.number)), 0);
        let credited = told(&shop, &format!("Store credit for your return of {}", bought.number));
        let back = shop.engine().stripe().balances()[&bought.id].1;
        assert_eq!((credited, back), if instead == "credit" { (1, 0) } else { (0, 1999) });
    }
}

#[tokio::test]
async fn what_is_no_longer_sold_is_neither_wanted_nor_had() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "bank_transfer").await;
    let back = accepted(&shop, &bought, ("MUG-1", 1), ("CUP-1", 1)).await;
    let cart = shop.cart(&[("CUP-1", 1)]).await;
    drop(shop.ask(Method::DELETE, "/api/products/cup-1").staff("owner").send().await.expect(204));
    shop.settle().await;
    assert_eq!(act(&shop, &back, "resolve", "support", &json!({})).await.expect(409).problem(), "out-of-stock");
    assert_eq!(ask(&shop, &bought, ("MUG-1", 1), &cart).await.expect(409).problem(), "out-of-stock");
    let instead = json!({ "resolution": "refund" });
    assert_eq!(act(&shop, &back, "resolve", "support", &instead).await.expect(200).json()["status"], "refunded");
    // Whoever wanted nothing else has nothing to be exchanged for.
    let plain = shop.post(&bought.path("/api/returns"), &bought.asking(&[("MUG-1", 1, "damaged")]));
    let plain = plain.send().await.expect(201).json();
    let came = json!([{ "sku": "MUG-1", "quantity": 1 }]);
    looked_at(&shop, &plain, &came, &json!({ "lines": [{ "sku": "MUG-1", "damaged": 1 }] })).await;
    let other = json!({ "resolution": "exchange" });
    assert_eq!(act(&shop, &plain, "resolve", "support", &other).await.expect(422).json()["code"], "empty-cart");
}

#[tokio::test]
async fn prices_are_never_higher_than_they_were_seen() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 3)], "card").await;
    for (now, costs) in [(1800, 1500), (1200, 1200)] {
        shop.stock("CUP-1", 1500, 0).await;
        let back = accepted(&shop, &bought, ("MUG-1", 1), ("CUP-1", 1)).await;
        shop.stock("CUP-1", now, 0).await;
        let new = exchanged(&shop, &back).await;
        assert_eq!((stands(&new), &new["totals"]["total"]), (("placed", "captured"), &eur(costs)));
        assert_eq!((&new["lines"][0]["unit_price"], &new["exchanged"]), (&eur(costs), &eur(costs)));
        let old = shop.order(&bought.id).await;
        let of_it =
            [("returned", costs, Some(text(&new, "id")), 0, "done"), ("returned", 1999 - costs, None, 0, "done")];
        assert!(refunds(&old).ends_with(&of_it), "{old}");
    }
    let left = 2 * 1999 - 1500 - 1200;
    assert_eq!(shop.engine().stripe().balances()[&bought.id], (bought.total, left));
}

#[tokio::test]
async fn what_cannot_be_wanted_is_named_and_nothing_is_asked_for() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "bank_transfer").await;
    let wanting = |cart: Value| {
        let mut asking = bought.asking(&[("MUG-1", 1, "damaged")]);
        asking["resolution"] = json!("exchange");
        asking["cart_id"] = cart;
        asking
    };
    let path = bought.path("/api/returns");
    let bearer = format!("Bearer {}", signed_in(&shop, "other@example.com").await);
    let own = |method: Method, path: &str| shop.ask(method, path).header("authorization", &bearer);
    let theirs = own(Method::POST, "/api/carts").json(&json!({})).send().await.expect(201).json()["id"].clone();
    let line = format!("/api/carts/{}/items/CUP-1", theirs.as_str().unwrap());
    drop(own(Method::PUT, &line).json(&json!({ "quantity": 1 })).send().await.expect(200));
    let empty = shop.cart(&[]).await;
    let mut unknown = empty.clone();
    let last = unknown.pop();
    unknown.push(if last == Some('0') { '1' } else { '0' });
    for cart in [Value::Null, json!(""), json!("mine"), json!(unknown), theirs.clone()] {
        let refused = shop.post(&path, &wanting(cart.clone())).send().await.expect(400).json();
        assert_eq!(refused["errors"][0]["pointer"], "/cart_id", "{cart}: {refused}");
    }
    let refused = shop.post(&path, &wanting(json!(empty))).send().await.expect(422).json();
    assert_eq!(refused["code"], "empty-cart");
    let ordered = shop.cart(&[("CUP-1", 1)]).await;
    drop(shop.check_out(&ordered, "bank_transfer", "ordered").await.expect(201));
    shop.settle().await;
    assert_eq!(shop.post(&path, &wanting(json!(ordered))).send().await.expect(409).problem(), "cart-ordered");
    shop.settle().await;
    let listed = shop.get("/api/returns").staff("support").send().await.expect(200).json();
    assert_eq!(listed["items"], json!([]));
    // With the order's link, whose cart it is wants what is in it.
    let asked = own(Method::POST, &path).json(&wanting(theirs)).send().await.expect(201).json();
    assert_eq!(asked["exchange"]["total"], eur(1500));
    shop.settle().await;
}

#[tokio::test]
async fn goods_of_an_exchange_come_back_and_each_who_paid_gets_their_own() {
    let shop = open().await;
    let (first, new) = swapped(&shop, "card", "BOWL-1").await;
    let led = led(&shop, &first, &new);
    pay(&shop, &led).await;
    let second = delivered(&shop, &led).await;
    let asking = second.asking(&[("BOWL-1", 1, "damaged")]);
    let back = shop.post(&second.path("/api/returns"), &asking).send().await.expect(201).json();
    shop.settle().await;
    let came = json!([{ "sku": "BOWL-1", "quantity": 1 }]);
    looked_at(&shop, &back, &came, &json!({ "lines": [{ "sku": "BOWL-1", "resellable": 1 }] })).await;
    let settled = act(&shop, &back, "resolve", "warehouse", &json!({})).await.expect(200).json();
    assert_eq!((&settled["status"], &settled["settled"]["refund"]), (&json!("refunded"), &eur(2999)));

    let order = shop.order(&second.id).await;
    assert_eq!(refunds(&order), [("returned", 1999, None, 0, "done"), ("returned", 1000, None, 0, "done")]);
    assert_eq!(order["refunds"][0]["reference"], format!("{}#0", first.id));
    assert_eq!(stands(&order), ("completed", "refunded"));
    let old = shop.order(&first.id).await;
    let undone = [("returned", 1999, Some(second.id.as_str()), 1999, "done"), ("unexchanged", 1999, None, 0, "done")];
    assert_eq!(refunds(&old), undone);
    let balances = shop.engine().stripe().balances();
    assert_eq!((balances[&first.id], balances[&second.id]), ((first.total, 1999), (1000, 1000)));
    assert_eq!((told(&shop, &refunded(2999)), told(&shop, &refunded(1999))), (1, 1), "{:?}", shop.subjects());
    assert_eq!(told(&shop, &refunded(1000)), 0, "the return's mail said it");
    assert_eq!(shelf(&shop, "BOWL-1").await, [10, 0, 0, 10]);
    assert_eq!(shelf(&shop, "MUG-1").await, [9, 0, 0, 9]);
}

#[tokio::test]
async fn an_exchange_of_an_exchange_goes_back_all_the_way() {
    let shop = open().await;
    let (first, new) = swapped(&shop, "card", "CUP-1").await;
    let second = delivered(&shop, &led(&shop, &first, &new)).await;
    let back = accepted(&shop, &second, ("CUP-1", 1), ("CUP-1", 1)).await;
    let third = exchanged(&shop, &back).await;
    let id = text(&third, "id");
    assert_eq!((stands(&third), &third["exchanged"]), (("placed", "captured"), &eur(1500)));
    assert_eq!(refunds(&cancel(&shop, id).await), [("canceled", 1500, None, 0, "done")]);
    let again = ("unexchanged", 1500, None, 0, "done");
    let middle = shop.order(&second.id).await;
    assert_eq!(refunds(&middle), [("returned", 1500, Some(id), 1500, "done"), again]);
    assert_eq!(middle["refunds"][1]["reference"], format!("{}#0", first.id));
    let old = shop.order(&first.id).await;
    let sent = [("returned", 1500, Some(second.id.as_str()), 1500, "done"), ("returned", 499, None, 0, "done"), again];
    assert_eq!(refunds(&old), sent);
    let balances = shop.engine().stripe().balances();
    assert_eq!((balances.len(), balances[&first.id]), (1, (first.total, 1999)));
    assert_eq!(told(&shop, &refunded(1500)), 1, "{:?}", shop.subjects());
    assert_eq!(shelf(&shop, "CUP-1").await, [10, 0, 0, 10]);
}

/// The orders of the address that buys here.
async fn orders(shop: &Shop) -> usize {
    let path = "/api/orders?email=buyer@example.com";
    let listed = shop.get(path).staff("support").send().await.expect(200).json();
    listed["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_request_makes_one_order() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "card").await;
    let back = accepted(&shop, &bought, ("MUG-1", 1), ("CUP-1", 1)).await;
    let path = format!("/api/returns/{}/resolve", text(&back, "id"));
    let resolve = |body: Value| shop.post(&path, &body).staff("warehouse").key("once").send();
    let (one, two) = tokio::join!(resolve(json!({})), resolve(json!({})));
    let first = one.expect(200).json();
    assert_eq!(two.expect(200).json(), first);
    shop.settle().await;
    assert_eq!(resolve(json!({})).await.expect(200).json(), first);
    let other = resolve(json!({ "resolution": "refund" })).await.expect(422);
    assert_eq!(other.problem(), "idempotency-key-reused");
    let again = act(&shop, &back, "resolve", "warehouse", &json!({})).await.expect(409).json();
    assert_eq!(again["state"], "exchanged");
    assert_eq!((orders(&shop).await, refunds(&shop.order(&bought.id).await).len()), (2, 2));
    assert_eq!(told(&shop, &format!("Your exchange for {}", bought.number)), 1);
    assert_eq!(shelf(&shop, "CUP-1").await, [9, 0, 1, 10]);
}

#[tokio::test]
async fn the_desks_form_pressed_twice_makes_one_order() {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", 2)], "card").await;
    let back = accepted(&shop, &bought, ("MUG-1", 1), ("CUP-1", 1)).await;
    let desk = format!("/desk/returns/{}", text(&back, "id"));
    let cookie = format!("staff={}", shop.engine().token("warehouse").unwrap());
    let seen = async || {
        let page = shop.ask(Method::GET, &desk).header("cookie", &cookie).header("accept", "text/html");
        page.send().await.expect(200).text
    };
    let page = seen().await;
    assert!(page.contains("Exchange it") && page.contains("€4.99 is left and goes back."), "{page}");
    let keys = page.split("name=\"idempotency_key\" value=\"").skip(1);
    let key = keys.filter_map(|rest| rest.split('"').next()).find(|key| key.ends_with("-pay")).unwrap();
    let (form, fields) = (format!("{desk}/resolve/resolve"), format!("idempotency_key={key}"));
    drop(post_form(&shop, &form, &cookie, &fields).await.expect(303));
    assert_eq!(post_form(&shop, &form, &cookie, &fields).await.status, 409, "a page that is out of date");
    assert_eq!((orders(&shop).await, refunds(&shop.order(&bought.id).await).len()), (2, 2));
    assert_eq!(told(&shop, &format!("Your exchange for {}", bought.number)), 1);
    let path = format!("/api/returns/{}", text(&back, "id"));
    let settled = shop.get(&path).staff("support").send().await.expect(200).json();
    let page = seen().await;
    assert!(page.contains(&format!("/desk/orders/{}", text(&settled["exchange"], "order_id"))), "{page}");
}

#[tokio::test]
async fn store_credit_and_card_each_get_their_own_when_an_exchange_comes_to_nothing() {
    let (shop, code) = given(1).await;
    let placed = spent(&shop, &[("MUG-1", 3)], "card", &code).await;
    pay(&shop, &placed).await;
    let order = delivered(&shop, &placed).await;
    // What credit paid goes first.
    let back = accepted(&shop, &order, ("MUG-1", 2), ("BOWL-1", 2)).await;
    let new = exchanged(&shop, &back).await;
    let id = text(&new, "id");
    let part = ("returned", 1999, Some(id), 0, "done");
    let old = shop.order(&order.id).await;
    assert_eq!((refunds(&old), &old["refunds"][0]["payment"]), (vec![part, part], &json!("store credit")));
    assert_eq!((&new["exchanged"], &new["credit"]), (&eur(2 * 1999), &Value::Null));
    assert_eq!(new["to_pay"], eur(2 * 2999 - 2 * 1999));
    assert_eq!(credit(&shop, &code).await["balance"], eur(0));
    shop.advance(SignedDuration::from_hours(8 * 24)).await;

    let gone = shop.order(id).await;
    assert_eq!((stands(&gone), refunds(&gone)), (("expired", "refunded"), vec![("unpaid", 1999, None, 0, "done"); 2]));
    let old = shop.order(&order.id).await;
    let (undone, again) = (("returned", 1999, Some(id), 1999, "done"), ("unexchanged", 1999, None, 0, "done"));
    assert_eq!(refunds(&old), [undone, undone, again, again]);
    let of_credit = |refund: &&Value| refund["cause"] == "unexchanged" && refund["payment"] == "store credit";
    let of_credit = old["refunds"].as_array().unwrap().iter().find(of_credit).unwrap();
    let there = credit(&shop, &code).await;
    let reference = format!("{}#{}", order.id, of_credit["id"]);
    assert_eq!(there["balance"], eur(1999));
    assert_eq!(entry(&there["entries"][0]), (3, 1999, 1999, "given_back", reference.as_str()));
    assert_eq!(shop.engine().stripe().balances()[&order.id], (order.total - 1999, 1999));
    assert_eq!(told(&shop, &refunded(1999)), 2, "{:?}", shop.subjects());
}
