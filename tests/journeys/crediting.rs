//! Store credit: given for what came back, spent at checkout, given back with an order that comes to nothing.

use futures::future::join_all;
use http::Method;
use jiff::SignedDuration;
use local::stripe::Act;
use serde_json::{Value, json};
use tests::{Answer, Shop, checkout_body, credit_code};

use crate::returning::{Bought, act, bought, delivered, eur, looked_at, money, open, pay};

/// Sends mugs back, which are taken back; the return as it is settled.
async fn returned(shop: &Shop, bought: &Bought, mugs: u32, resolution: &str) -> Value {
    let mut asking = bought.asking(&[("MUG-1", mugs, "damaged")]);
    asking["resolution"] = json!(resolution);
    let back = shop.post(&bought.path("/api/returns"), &asking).send().await.expect(201).json();
    shop.settle().await;
    let came = json!([{ "sku": "MUG-1", "quantity": mugs }]);
    let seen = json!({ "lines": [{ "sku": "MUG-1", "resellable": mugs }] });
    drop(looked_at(shop, &back, &came, &seen).await);
    act(shop, &back, "resolve", "warehouse", &json!({})).await.expect(200).json()
}

/// A shop, and the code of as many mugs' worth of credit: 19.99 each.
pub(crate) async fn given(mugs: u32) -> (Shop, String) {
    let shop = open().await;
    let bought = bought(&shop, &[("MUG-1", mugs + 1)], "bank_transfer").await;
    assert_eq!(returned(&shop, &bought, mugs, "credit").await["status"], "credited");
    let code = mailed_code(&shop);
    (shop, code)
}

/// The code in the latest mail that has one.
fn mailed_code(shop: &Shop) -> String {
    let mut mails = shop.engine().mails();
    mails.sort_by_key(|mail| std::cmp::Reverse(mail.n));
    mails.iter().find_map(|mail| credit_code(mail.text.as_deref()?)).unwrap().to_owned()
}

/// How often a mail with this subject was sent.
pub(crate) fn told(shop: &Shop, subject: &str) -> usize {
    shop.subjects().iter().filter(|sent| *sent == subject).count()
}

/// Checks a cart out with a code.
async fn submit(shop: &Shop, cart: &str, payment_method: &str, code: &str, key: &str) -> Answer {
    let mut body = checkout_body(cart, payment_method);
    body["email"] = json!("other@example.com");
    body["credit_code"] = json!(code);
    shop.post("/api/checkout", &body).key(key).send().await
}

/// Buys this with a code, by somebody who has it.
pub(crate) async fn spent(shop: &Shop, lines: &[(&str, u32)], payment_method: &str, code: &str) -> Value {
    let cart = shop.cart(lines).await;
    let placed = submit(shop, &cart, payment_method, code, &format!("key-{cart}")).await.expect(201).json();
    shop.settle().await;
    placed
}

/// What there is on a code, and how it came about.
pub(crate) async fn credit(shop: &Shop, code: &str) -> Value {
    shop.get(&format!("/api/store-credit?code={code}")).send().await.expect(200).json()
}

/// An entry's place, by how much, what was there then, why and what for.
pub(crate) fn entry(entry: &Value) -> (i64, i64, i64, &str, &str) {
    for money in [&entry["delta"], &entry["after"]] {
        assert_eq!(money["currency"], "EUR");
    }
    assert!(entry["at"].is_string() && entry["actor"].is_string(), "{entry}");
    let number = |value: &Value| value.as_i64().unwrap();
    let (delta, after) = (number(&entry["delta"]["amount"]), number(&entry["after"]["amount"]));
    (number(&entry["number"]), delta, after, entry["cause"].as_str().unwrap(), entry["reference"].as_str().unwrap())
}

fn id(placed: &Value) -> &str {
    placed["order"]["id"].as_str().unwrap()
}

pub(crate) fn stands(order: &Value) -> (&str, &str) {
    (order["status"].as_str().unwrap(), order["payment_status"].as_str().unwrap())
}

/// Why a refund goes back, how much, out of which payment, and how it stands.
fn refund(refund: &Value) -> (&str, i64, bool, &str) {
    let amount = refund["amount"]["amount"].as_i64().unwrap();
    let of_credit = refund["payment"] == "store credit";
    (refund["cause"].as_str().unwrap(), amount, of_credit, refund["status"].as_str().unwrap())
}

#[tokio::test]
async fn what_came_back_is_credit_and_pays_a_part_of_the_next_order() {
    let shop = open().await;
    let first = bought(&shop, &[("MUG-1", 2)], "bank_transfer").await;
    let quote = |resolution: &str| {
        let mut asking = first.asking(&[("MUG-1", 1, "damaged")]);
        asking["resolution"] = json!(resolution);
        let (shop, path) = (&shop, first.path("/api/returns/quote"));
        async move { shop.post(&path, &asking).send().await.expect(200).json() }
    };
    assert_eq!(quote("credit").await, quote("refund").await);
    let settled = returned(&shop, &first, 1, "credit").await;
    assert_eq!((&settled["status"], &settled["settled"]["refund"]), (&json!("credited"), &eur(1999)));

    // Nothing of it is to be sent, though the order was paid by transfer.
    let order = shop.order(&first.id).await;
    assert_eq!(refund(&order["refunds"][0]), ("returned", 1999, false, "done"));
    assert_eq!((&order["refunds"][0]["to"], &order["refunds"][1]), (&json!("credit"), &Value::Null));
    assert_eq!((&order["refund_due"], &order["payment_status"]), (&eur(0), &json!("partially_refunded")));
    let sent = shop.post(&format!("/api/orders/{}/refund-paid", first.id), &json!({ "reference": "sent" }));
    drop(sent.staff("support").send().await.expect(409));
    assert_eq!(told(&shop, &format!("Store credit for your return of {}", first.number)), 1, "{:?}", shop.subjects());
    assert!(!shop.subjects().iter().any(|subject| subject.starts_with("We've")), "{:?}", shop.subjects());

    let code = mailed_code(&shop);
    let there = credit(&shop, &code).await;
    assert_eq!((&there["balance"], &there["code"]), (&eur(1999), &json!(code)));
    let reference = format!("{}#0", first.id);
    assert_eq!(entry(&there["entries"][0]), (1, 1999, 1999, "returned", reference.as_str()));

    let placed = spent(&shop, &[("BOWL-1", 1)], "card", &code).await;
    assert_eq!((&placed["order"]["credit"], &placed["order"]["to_pay"]), (&eur(1999), &eur(3489 - 1999)));
    let order = shop.order(id(&placed)).await;
    assert_eq!((stands(&order), &order["captured"]), (("pending_payment", "partially_captured"), &eur(1999)));
    pay(&shop, &placed).await;
    let order = shop.order(id(&placed)).await;
    assert_eq!((stands(&order), &order["captured"]), (("placed", "captured"), &order["totals"]["total"]));
    assert_eq!((&order["credit"], &order["to_pay"]), (&eur(1999), &eur(0)));
    assert_eq!(shop.engine().stripe().balances()[id(&placed)], (3489 - 1999, 0));
    let number = placed["order"]["number"].as_str().unwrap();
    assert_eq!(told(&shop, &format!("Order {number} confirmed")), 1);

    let there = credit(&shop, &code).await;
    assert_eq!((&there["balance"], there["entries"].as_array().unwrap().len()), (&eur(0), 2));
    assert_eq!(entry(&there["entries"][0]), (2, -1999, 0, "spent", id(&placed)));
    assert_eq!(entry(&there["entries"][1]), (1, 1999, 1999, "returned", reference.as_str()));
}

#[tokio::test]
async fn credit_that_pays_all_places_the_order_at_once() {
    let (shop, code) = given(3).await;
    // As people type it.
    let typed = code.to_lowercase().replace('-', " ");
    let placed = spent(&shop, &[("MUG-1", 1)], "bank_transfer", &typed).await;
    assert_eq!(stands(&placed["order"]), ("placed", "captured"));
    assert_eq!(placed["payment"], json!({ "nothing": true }));
    assert_eq!((&placed["order"]["credit"], &placed["order"]["to_pay"]), (&eur(2489), &eur(0)));
    let number = placed["order"]["number"].as_str().unwrap();
    assert_eq!(told(&shop, &format!("Order {number} confirmed")), 1);
    assert_eq!(told(&shop, &format!("Order {number} received")), 0, "there is nothing to transfer");
    let path = format!("/api/orders/{}/mark-paid", id(&placed));
    drop(shop.post(&path, &json!({ "reference": "paid" })).staff("support").send().await.expect(409));
    assert_eq!(shop.stock_of("MUG-1").await["locations"][0]["committed"], 1);

    let by_card = spent(&shop, &[("MUG-1", 1)], "card", &code).await;
    assert_eq!((stands(&by_card["order"]), &by_card["payment"]), (("placed", "captured"), &json!({ "nothing": true })));
    let page = shop.get(&format!("/pay/{}", id(&by_card))).staff("owner").send().await.expect(303);
    assert!(page.headers["location"].to_str().unwrap().contains("/orders/"), "{:?}", page.headers);
    assert!(shop.engine().stripe().balances().is_empty());

    // What is left, and then nothing.
    let left = 3 * 1999 - 2 * 2489;
    let rest = spent(&shop, &[("MUG-1", 1)], "bank_transfer", &code).await;
    assert_eq!((&rest["order"]["credit"], &rest["order"]["to_pay"]), (&eur(left), &eur(2489 - left)));
    assert_eq!(rest["payment"]["instructions"]["amount"], eur(2489 - left));
    let number = rest["order"]["number"].as_str().unwrap();
    let mails = shop.engine().mails();
    let how = mails.iter().find(|mail| mail.subject == format!("Order {number} received")).unwrap();
    let text = how.text.as_deref().unwrap();
    assert!(text.contains(&money(2489 - left)), "{text}");
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let refused = submit(&shop, &cart, "card", &code, "empty").await.expect(409).json();
    assert_eq!((&refused["code"], &refused["credit"]), (&json!("credit-changed"), &eur(0)));
    // Without it, the cart can be bought.
    drop(shop.check_out(&cart, "card", "without").await.expect(201));
    shop.settle().await;
}

#[tokio::test]
async fn an_address_has_one_code_and_further_credit_comes_on_top() {
    let (shop, code) = given(1).await;
    let second = bought(&shop, &[("MUG-1", 1), ("BOWL-1", 1)], "card").await;
    returned(&shop, &second, 1, "credit").await;
    assert_eq!(mailed_code(&shop), code);
    let there = credit(&shop, &code).await;
    let reference = format!("{}#0", second.id);
    assert_eq!(entry(&there["entries"][0]), (2, 1999, 3998, "returned", reference.as_str()));
    assert_eq!(shop.engine().stripe().balances()[&second.id], (second.total, 0), "no money left the provider");
}

#[tokio::test]
async fn an_order_that_nobody_pays_the_rest_of_gives_its_credit_back() {
    let (shop, code) = given(1).await;
    let placed = spent(&shop, &[("BOWL-1", 1)], "card", &code).await;
    let redirect = placed["payment"]["redirect_url"].as_str().unwrap();
    drop(shop.get(&redirect[redirect.find("/pay/").unwrap()..]).send().await.expect(303));
    shop.pay(id(&placed), Act::Decline).await;
    shop.settle().await;
    assert_eq!(stands(&shop.order(id(&placed)).await), ("pending_payment", "partially_captured"));
    assert_eq!(credit(&shop, &code).await["balance"], eur(0));
    shop.advance(SignedDuration::from_mins(40)).await;

    let order = shop.order(id(&placed)).await;
    assert_eq!((stands(&order), &order["refunded"]), (("expired", "refunded"), &eur(1999)));
    assert_eq!(refund(&order["refunds"][0]), ("unpaid", 1999, true, "done"));
    assert_eq!(shop.stock_of("BOWL-1").await["available"], 10);
    let reference = format!("{}#0", id(&placed));
    let there = credit(&shop, &code).await;
    assert_eq!(entry(&there["entries"][0]), (3, 1999, 1999, "given_back", reference.as_str()));
    let refunded = format!("We've refunded {}", money(1999));
    assert_eq!(told(&shop, &refunded), 1, "{:?}", shop.subjects());

    // Money that lands now goes back in full, and nothing of it to the credit.
    shop.pay(id(&placed), Act::Late).await;
    shop.settle().await;
    let order = shop.order(id(&placed)).await;
    let rest = 3489 - 1999;
    assert_eq!(refund(&order["refunds"][1]), ("late", rest, false, "done"));
    assert_eq!((stands(&order), &order["refunded"]), (("expired", "refunded"), &order["captured"]));
    assert_eq!(shop.engine().stripe().balances()[id(&placed)], (rest, rest));
    assert_eq!(credit(&shop, &code).await["balance"], eur(1999));
}

#[tokio::test]
async fn a_cancelled_order_goes_back_to_each_who_paid() {
    let (shop, code) = given(1).await;
    let cancel = async |placed: &Value| {
        let path = format!("/api/orders/{}/cancel", id(placed));
        drop(shop.post(&path, &json!({})).staff("support").send().await.expect(200));
        shop.settle().await;
        shop.order(id(placed)).await
    };
    // Before the rest is paid.
    let unpaid = spent(&shop, &[("BOWL-1", 1)], "bank_transfer", &code).await;
    let order = cancel(&unpaid).await;
    assert_eq!(refund(&order["refunds"][0]), ("canceled", 1999, true, "done"));
    assert_eq!((stands(&order), &order["refunds"][1]), (("canceled", "refunded"), &Value::Null));
    assert_eq!(credit(&shop, &code).await["balance"], eur(1999));
    // And after.
    for (method, rest_is) in [("card", "done"), ("bank_transfer", "due")] {
        let placed = spent(&shop, &[("BOWL-1", 1)], method, &code).await;
        pay(&shop, &placed).await;
        assert_eq!(credit(&shop, &code).await["balance"], eur(0));
        let order = cancel(&placed).await;
        assert_eq!(refund(&order["refunds"][0]), ("canceled", 1999, true, "done"));
        assert_eq!(refund(&order["refunds"][1]), ("canceled", 3489 - 1999, false, rest_is));
        let there = credit(&shop, &code).await;
        let reference = format!("{}#0", id(&placed));
        assert_eq!((entry(&there["entries"][0]).3, entry(&there["entries"][0]).4), ("given_back", reference.as_str()));
        assert_eq!(there["balance"], eur(1999));
        if method == "card" {
            assert_eq!(shop.engine().stripe().balances()[id(&placed)], (3489 - 1999, 3489 - 1999));
        }
    }
    assert_eq!(shop.stock_of("BOWL-1").await["available"], 10);
}

#[tokio::test]
async fn checkouts_at_once_never_spend_more_than_is_there() {
    let (shop, code) = given(2).await;
    let mut carts = Vec::new();
    for _ in 0..4 {
        carts.push(shop.cart(&[("MUG-1", 1)]).await);
    }
    // Whoever is told that the shop is busy asks again.
    let answers = join_all(carts.iter().map(|cart| {
        let (shop, code) = (&shop, &code);
        async move {
            for _ in 0..10 {
                let answer = submit(shop, cart, "bank_transfer", code, cart).await;
                if answer.status != 503 {
                    return answer;
                }
            }
            panic!("{cart} was never answered");
        }
    }))
    .await;
    shop.settle().await;
    let mut paid = Vec::new();
    for answer in answers {
        let body = answer.json();
        if answer.status == 201 {
            paid.push(body["order"]["credit"]["amount"].as_i64().unwrap());
        } else {
            assert_eq!(
                (answer.status.as_u16(), &body["code"], &body["credit"]),
                (409, &json!("credit-changed"), &eur(0))
            );
        }
    }
    paid.sort_unstable();
    assert_eq!(paid, [2 * 1999 - 2489, 2489]);
    let there = credit(&shop, &code).await;
    let entries = there["entries"].as_array().unwrap();
    assert_eq!((&there["balance"], entries.len()), (&eur(0), 3));
    assert_eq!(entries.iter().filter(|one| one["cause"] == "spent").count(), 2);
}

#[tokio::test]
async fn the_same_request_spends_once() {
    let (shop, code) = given(1).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let ask = || submit(&shop, &cart, "bank_transfer", &code, "same");
    let (one, two) = tokio::join!(ask(), ask());
    let first = one.expect(201).json();
    assert_eq!(two.expect(201).json(), first);
    shop.settle().await;
    // Nothing is left on the code, and the answer is the same.
    assert_eq!(ask().await.expect(201).json(), first);
    assert_eq!(first["order"]["credit"], eur(1999));
    assert_eq!(submit(&shop, &cart, "card", &code, "same").await.expect(422).problem(), "idempotency-key-reused");
    assert_eq!(submit(&shop, &cart, "bank_transfer", &code, "other").await.expect(409).problem(), "cart-ordered");
    let there = credit(&shop, &code).await;
    assert_eq!((&there["balance"], there["entries"].as_array().unwrap().len()), (&eur(0), 2));
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 1);
}

#[tokio::test]
async fn a_code_that_opens_nothing_is_named_and_another_sum_is_not_taken() {
    let (shop, code) = given(1).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let no_digit = code.replace(&code[..4], "UUUU");
    for wrong in ["7K3F-9QX2-M4TA-1BCD", "7K3F-9QX2", "not a code", no_digit.as_str()] {
        let refused = submit(&shop, &cart, "card", wrong, "wrong").await.expect(400).json();
        assert_eq!(refused["errors"][0]["pointer"], "/credit_code", "{wrong}: {refused}");
    }
    drop(shop.get("/api/store-credit?code=7K3F-9QX2-M4TA-1BCD").send().await.expect(404));

    let mut body = checkout_body(&cart, "bank_transfer");
    body["credit_code"] = json!(code);
    for (number, expected) in [2489, 0, 1998].into_iter().enumerate() {
        body["expected_credit"] = eur(expected);
        let ask = shop.post("/api/checkout", &body).key(&format!("seen-{number}"));
        let refused = ask.send().await.expect(409).json();
        assert_eq!((&refused["code"], &refused["credit"]), (&json!("credit-changed"), &eur(1999)));
    }
    assert_eq!(credit(&shop, &code).await["balance"], eur(1999));
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 0);
    body["expected_credit"] = eur(1999);
    let placed = shop.post("/api/checkout", &body).key("seen").send().await.expect(201).json();
    assert_eq!(placed["order"]["credit"], eur(1999));
    shop.settle().await;
}

/// The token of a customer who has followed the link in a mail.
pub(crate) async fn signed_in(shop: &Shop, email: &str) -> String {
    drop(shop.post("/api/auth/link", &json!({ "email": email })).send().await.expect(202));
    shop.settle().await;
    let mails = shop.engine().mails();
    let mail = mails.iter().find(|mail| mail.to.iter().any(|to| to == email) && mail.subject == "Your sign-in link");
    let text = mail.unwrap().text.as_deref().unwrap();
    let secret = text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let traded = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    traded["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_the_code_sees_it_and_customers_their_own_and_staff_who_help_them() {
    let (shop, code) = given(1).await;
    let path = "/api/store-credit";
    drop(shop.get(path).send().await.expect(401));
    let whole = credit(&shop, &code).await;
    let as_customer = async |email: &str| {
        let token = signed_in(&shop, email).await;
        let ask = shop.ask(Method::GET, path).header("authorization", &format!("Bearer {token}"));
        ask.send().await.expect(200).json()
    };
    assert_eq!(as_customer("buyer@example.com").await, whole);
    let other = as_customer("other@example.com").await;
    assert_eq!((&other["balance"], &other["entries"]), (&eur(0), &json!([])));
    assert_ne!(other["code"], whole["code"]);

    let of = |email: &str, role: &str| shop.get(&format!("{path}?email={email}")).staff(role).send();
    for role in ["owner", "support"] {
        let seen = of("buyer@example.com", role).await.expect(200).json();
        assert_eq!((&seen["balance"], &seen["entries"]), (&whole["balance"], &whole["entries"]));
        assert!(seen.get("code").is_none(), "whoever has it can spend it: {seen}");
        let none = of("nobody@example.com", role).await.expect(200).json();
        assert_eq!((&none["balance"], &none["entries"]), (&eur(0), &json!([])));
    }
    for role in ["merchandiser", "warehouse"] {
        drop(of("buyer@example.com", role).await.expect(403));
    }
    drop(shop.get(&format!("{path}?email=buyer@example.com")).send().await.expect(401));
}

#[tokio::test]
async fn what_credit_paid_goes_back_to_it_though_money_was_asked_for() {
    let (shop, code) = given(3).await;
    // All of an order was paid by credit, and somebody else bought it.
    let placed = spent(&shop, &[("MUG-1", 2)], "bank_transfer", &code).await;
    let order = delivered(&shop, &placed).await;
    assert_eq!(returned(&shop, &order, 1, "refund").await["status"], "refunded");
    let back = shop.order(&order.id).await;
    assert_eq!(refund(&back["refunds"][0]), ("returned", 1999, true, "done"));
    assert_eq!((back["refunds"][0].get("to"), &back["refund_due"]), (None, &eur(0)));
    let there = credit(&shop, &code).await;
    let reference = format!("{}#0", order.id);
    assert_eq!((entry(&there["entries"][0]).1, entry(&there["entries"][0]).3), (1999, "given_back"));
    assert_eq!(entry(&there["entries"][0]).4, reference);
    // Nor is it the buyer's own where they take credit for it.
    assert_eq!(returned(&shop, &order, 1, "credit").await["status"], "credited");
    let own = shop.get("/api/store-credit?email=other@example.com").staff("support").send().await.expect(200).json();
    assert_eq!((&own["balance"], &own["entries"]), (&eur(0), &json!([])));
    let left = 3 * 1999;
    assert_eq!(credit(&shop, &code).await["balance"], eur(left), "all of it is back");

    // Of an order that was paid both ways, the credit goes back first.
    let placed = spent(&shop, &[("MUG-1", 4)], "card", &code).await;
    pay(&shop, &placed).await;
    let order = delivered(&shop, &placed).await;
    let (all, rest) = (order.total, order.total - left);
    assert_eq!(returned(&shop, &order, 4, "refund").await["settled"]["refund"], eur(all));
    let back = shop.order(&order.id).await;
    assert_eq!(refund(&back["refunds"][0]), ("returned", left, true, "done"));
    assert_eq!(refund(&back["refunds"][1]), ("returned", rest, false, "done"));
    assert_eq!(shop.engine().stripe().balances()[&order.id], (rest, rest));
    assert_eq!(credit(&shop, &code).await["balance"], eur(left));
}
