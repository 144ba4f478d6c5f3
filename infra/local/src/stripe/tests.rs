//! The stand-in as a client and a webhook endpoint see it.

use http::HeaderMap;
use serde_json::Value;

use super::*;

const START: i64 = 1_790_000_000;
const ORDER: &str = "ord_01";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

fn headers(key: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {SECRET_KEY}").parse().unwrap());
    if let Some(key) = key {
        headers.insert("idempotency-key", key.parse().unwrap());
    }
    headers
}

fn call(
    stripe: &Stripe,
    method: &str,
    path: &str,
    key: Option<&str>,
    form: &[(&str, &str)],
    seconds: i64,
) -> (u16, Value) {
    let body = serde_html_form::to_string(form).unwrap();
    let (status, body) = stripe.request(method, path, &headers(key), body.as_bytes(), at(seconds));
    (status, serde_json::from_slice(&body).unwrap())
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

fn form(expires_in: &str) -> Pairs<'_> {
    vec![
        ("mode", "payment"),
        ("client_reference_id", ORDER),
        ("customer_email", "buyer@example.com"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "1999"),
        ("line_items[0][price_data][product_data][name]", "Order 1"),
        ("payment_intent_data[metadata][order]", ORDER),
        ("metadata[order]", ORDER),
        ("success_url", "http://127.0.0.1:3000/orders/1?paid"),
        ("cancel_url", "http://127.0.0.1:3000/cart"),
        ("expires_at", expires_in),
    ]
}

const SESSIONS: &str = "/v1/checkout/sessions";

fn open(stripe: &Stripe, key: &str, seconds: i64) -> Value {
    let end = (START + seconds + 1800).to_string();
    let (status, session) = call(stripe, "POST", SESSIONS, Some(key), &form(&end), seconds);
    assert_eq!(status, 200, "{session}");
    session
}

fn session(stripe: &Stripe, id: &Value, seconds: i64) -> Value {
    let path = format!("{SESSIONS}/{}", id.as_str().unwrap());
    call(stripe, "GET", &path, None, &[], seconds).1
}

fn kinds(webhooks: &[Webhook]) -> Vec<&str> {
    webhooks.iter().map(|hook| hook.kind.as_str()).collect()
}

fn object(webhook: &Webhook) -> Value {
    let event: Value = serde_json::from_slice(&webhook.body).unwrap();
    assert_eq!(event["type"], webhook.kind);
    assert_eq!(event["livemode"], false);
    event["data"]["object"].clone()
}

#[test]
fn a_page_is_made_paid_and_told() {
    let stripe = Stripe::new();
    let made = open(&stripe, "k1", 0);
    assert_eq!(made["url"], format!("http://127.0.0.1:3000/_local/stripe/pay/{}", made["id"].as_str().unwrap()));
    assert_eq!(made["payment_intent"], Value::Null);
    assert!(stripe.awaits(ORDER, at(1)));
    let told = stripe.act(ORDER, Act::Accept, at(60)).unwrap();
    assert_eq!(kinds(&told), ["checkout.session.completed"]);
    let paid = object(&told[0]);
    assert_eq!((&paid["status"], &paid["payment_status"]), (&"complete".into(), &"paid".into()));
    assert_eq!(paid["client_reference_id"], ORDER);
    assert_eq!(paid, session(&stripe, &made["id"], 61));
    let intent = format!("/v1/payment_intents/{}", paid["payment_intent"].as_str().unwrap());
    let (_, intent) = call(&stripe, "GET", &intent, None, &[], 61);
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["metadata"]["order"], ORDER);
    assert_eq!(stripe.act(ORDER, Act::Accept, at(62)), Err(ActError::Paid));
    assert_eq!(stripe.next_due(), None, "a paid page never ends");
}

#[test]
fn webhooks_are_signed_over_time_and_body() {
    let stripe = Stripe::new();
    open(&stripe, "k1", 0);
    let told = stripe.act(ORDER, Act::Accept, at(60)).unwrap().remove(0);
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
    mac.update(format!("{}.", START + 60).as_bytes());
    mac.update(&told.body);
    let tag = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    assert_eq!(told.signature, format!("t={},v1={tag}", START + 60));
    let later = told.clone().signed(at(3600));
    assert_ne!(later.signature, told.signature);
    assert_eq!(later.body, told.body);
}

#[test]
fn a_key_answers_the_same_again_and_refuses_other_parameters() {
    let stripe = Stripe::new();
    let first = open(&stripe, "k1", 0);
    let end = (START + 1800).to_string();
    let (_, again) = call(&stripe, "POST", SESSIONS, Some("k1"), &form(&end), 5);
    assert_eq!(first, again);
    let later = (START + 1900).to_string();
    let (status, error) = call(&stripe, "POST", SESSIONS, Some("k1"), &form(&later), 5);
    assert_eq!((status, &error["error"]["type"]), (400, &"idempotency_error".into()));
    let next_day = (START + 86_400 + 1800).to_string();
    let (status, new) = call(&stripe, "POST", SESSIONS, Some("k1"), &form(&next_day), 86_400);
    assert_eq!(status, 200, "a key lives a day");
    assert_ne!(new["id"], first["id"]);
}

#[test]
fn a_form_refused_does_not_use_up_its_key() {
    let stripe = Stripe::new();
    let short = (START + 1799).to_string();
    let (status, error) = call(&stripe, "POST", SESSIONS, Some("k1"), &form(&short), 0);
    assert_eq!(status, 400);
    assert_eq!(error["error"]["param"], "expires_at");
    open(&stripe, "k1", 0);
}

#[test]
fn forms_are_checked_as_stripe_checks_them() {
    let stripe = Stripe::new();
    let end = (START + 1800).to_string();
    let refused = |change: &dyn Fn(&mut Pairs<'_>)| {
        let mut form = form(&end);
        change(&mut form);
        let (status, body) = call(&stripe, "POST", SESSIONS, None, &form, 0);
        assert_eq!(status, 400, "{body}");
        (
            body["error"]["code"].as_str().unwrap_or_default().to_owned(),
            body["error"]["param"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let without = |name: &'static str| refused(&move |form| form.retain(|(key, _)| *key != name));
    let with = |name: &'static str, value: &'static str| {
        refused(&move |form| {
            form.retain(|(key, _)| *key != name);
            form.push((name, value));
        })
    };
    let told = |code: &str, param: &str| (code.to_owned(), param.to_owned());
    assert_eq!(without("mode"), told("parameter_missing", "mode"));
    assert_eq!(without("success_url"), told("parameter_missing", "success_url"));
    assert_eq!(
        without("line_items[0][price_data][unit_amount]"),
        told("parameter_missing", "line_items[0][price_data][unit_amount]")
    );
    assert_eq!(
        refused(&|form| form.retain(|(key, _)| !key.starts_with("line_items"))),
        told("parameter_missing", "line_items")
    );
    assert_eq!(with("colour", "blue"), told("parameter_unknown", "colour"));
    assert_eq!(with("customer_email", "nobody"), told("email_invalid", "customer_email"));
    assert_eq!(with("success_url", "/orders/1"), told("url_invalid", "success_url"));
    assert_eq!(with("line_items[0][quantity]", "0"), told("parameter_invalid_integer", "line_items[0][quantity]"));
    assert_eq!(with("line_items[0][price_data][unit_amount]", "49"), told("amount_too_small", ""));
    assert_eq!(with("line_items[0][price_data][currency]", "EUR"), told("", "line_items[0][price_data][currency]"));
    assert_eq!(with("cancel_url", ""), told("parameter_invalid_empty", "cancel_url"));
}

#[test]
fn keys_and_routes_are_checked() {
    let stripe = Stripe::new();
    let mut wrong = HeaderMap::new();
    assert_eq!(stripe.request("GET", "/v1/refunds/re_1", &wrong, b"", at(0)).0, 401);
    wrong.insert("authorization", "Bearer sk_live_mine".parse().unwrap());
    let (status, body) = stripe.request("GET", "/v1/refunds/re_1", &wrong, b"", at(0));
    assert_eq!(status, 401);
    assert!(!String::from_utf8(body).unwrap().contains("sk_live_mine"));
    for (method, path) in [
        ("GET", "/v1/checkout/sessions/cs_none"),
        ("POST", "/v1/checkout/sessions/cs_none/expire"),
        ("GET", "/v1/payment_intents/pi_none"),
        ("GET", "/v1/customers"),
        ("DELETE", "/v1/refunds"),
    ] {
        assert_eq!(call(&stripe, method, path, None, &[], 0).0, 404, "{path}");
    }
}

#[test]
fn a_page_ends_by_itself_and_says_so_once() {
    let stripe = Stripe::new();
    let made = open(&stripe, "k1", 0);
    assert_eq!(stripe.next_due(), Some(at(1800)));
    assert!(stripe.due(at(1799)).is_empty());
    let told = stripe.due(at(90_000));
    assert_eq!(kinds(&told), ["checkout.session.expired"]);
    let event: Value = serde_json::from_slice(&told[0].body).unwrap();
    assert_eq!(event["created"], START + 1800, "at its own second");
    assert!(stripe.due(at(90_001)).is_empty());
    assert_eq!(stripe.next_due(), None);
    assert_eq!(session(&stripe, &made["id"], 90_001)["url"], Value::Null);
    assert_eq!(stripe.act(ORDER, Act::Accept, at(90_002)), Err(ActError::Over));
}

#[test]
fn ending_a_page_is_refused_once_it_is_over_or_paid() {
    let stripe = Stripe::new();
    let end = |id: &Value, seconds| {
        let path = format!("{SESSIONS}/{}/expire", id.as_str().unwrap());
        call(&stripe, "POST", &path, None, &[], seconds)
    };
    let first = open(&stripe, "k1", 0);
    let (status, ended) = end(&first["id"], 10);
    assert_eq!((status, &ended["status"]), (200, &"expired".into()));
    assert_eq!(stripe.next_due(), Some(at(10)), "the webhook waits");
    assert_eq!(kinds(&stripe.due(at(10))), ["checkout.session.expired"], "once: the page's own end says nothing more");
    assert_eq!(stripe.next_due(), None);
    let (status, error) = end(&first["id"], 11);
    assert_eq!(status, 400);
    assert!(error["error"]["message"].as_str().unwrap().contains("`expired`"));
    let second = open(&stripe, "k2", 20);
    stripe.act(ORDER, Act::Accept, at(21)).unwrap();
    let (status, error) = end(&second["id"], 22);
    assert_eq!(status, 400);
    assert!(error["error"]["message"].as_str().unwrap().contains("`complete`"));
}

#[test]
fn a_declined_card_leaves_the_page_open_and_the_payment_the_same() {
    let stripe = Stripe::new();
    let made = open(&stripe, "k1", 0);
    let told = stripe.act(ORDER, Act::Decline, at(5)).unwrap();
    assert_eq!(kinds(&told), ["payment_intent.payment_failed"]);
    let intent = object(&told[0]);
    assert_eq!(intent["metadata"]["order"], ORDER);
    assert_eq!(session(&stripe, &made["id"], 6)["status"], "open");
    let told = stripe.act(ORDER, Act::Accept, at(7)).unwrap();
    assert_eq!(object(&told[0])["payment_intent"], intent["id"]);
    let stays = Stripe::new();
    open(&stays, "k1", 0);
    assert!(stays.act(ORDER, Act::Abandon, at(5)).unwrap().is_empty());
    assert!(stays.awaits(ORDER, at(6)));
}

#[test]
fn a_late_payment_lands_when_the_page_is_over() {
    let stripe = Stripe::new();
    open(&stripe, "k1", 0);
    assert!(stripe.act(ORDER, Act::Late, at(60)).unwrap().is_empty());
    assert_eq!(kinds(&stripe.due(at(1800))), ["checkout.session.expired"]);
    assert_eq!(stripe.next_due(), Some(at(1800 + LATE_BY_S)));
    let told = stripe.due(at(10_000));
    assert_eq!(kinds(&told), ["checkout.session.async_payment_succeeded"]);
    assert_eq!(object(&told[0])["payment_status"], "paid");
    assert!(stripe.due(at(20_000)).is_empty());

    let over = Stripe::new();
    open(&over, "k1", 0);
    let told = over.act(ORDER, Act::Late, at(3000)).unwrap();
    assert_eq!(kinds(&told), ["checkout.session.expired", "checkout.session.async_payment_succeeded"]);
    assert_eq!(over.act(ORDER, Act::Late, at(3001)), Err(ActError::Paid));
}

#[test]
fn paying_twice_makes_two_payments_of_one_order() {
    let stripe = Stripe::new();
    open(&stripe, "k1", 0);
    let told = stripe.act(ORDER, Act::Twice, at(60)).unwrap();
    assert_eq!(kinds(&told), ["checkout.session.completed", "checkout.session.completed"]);
    let (one, two) = (object(&told[0]), object(&told[1]));
    assert_ne!(one["id"], two["id"]);
    assert_ne!(one["payment_intent"], two["payment_intent"]);
    assert_eq!(one["amount_total"], two["amount_total"]);
    assert_eq!(two["client_reference_id"], ORDER);
    assert_eq!(stripe.act(ORDER, Act::Twice, at(61)).unwrap().len(), 1, "and again");
}

#[test]
fn the_open_page_is_the_one_that_is_paid() {
    let stripe = Stripe::new();
    let first = open(&stripe, "k1", 0);
    let second = open(&stripe, "k2", 10);
    let path = format!("{SESSIONS}/{}/expire", second["id"].as_str().unwrap());
    call(&stripe, "POST", &path, None, &[], 20);
    stripe.due(at(20));
    let told = stripe.act(ORDER, Act::Accept, at(30)).unwrap();
    assert_eq!(object(&told[0])["id"], first["id"]);
    assert_eq!(stripe.act("ord_02", Act::Accept, at(30)), Err(ActError::NoPage("ord_02".to_owned())));
}

#[test]
fn a_refund_never_exceeds_its_charge() {
    let stripe = Stripe::new();
    open(&stripe, "k1", 0);
    let paid = object(&stripe.act(ORDER, Act::Accept, at(60)).unwrap()[0]);
    let intent = paid["payment_intent"].as_str().unwrap();
    let refund = |key: &str, amount: &str| {
        call(
            &stripe,
            "POST",
            "/v1/refunds",
            Some(key),
            &[("payment_intent", intent), ("amount", amount), ("metadata[order]", ORDER)],
            100,
        )
    };
    let (status, error) = refund("r0", "2000");
    assert_eq!(status, 400);
    assert_eq!(error["error"]["param"], "amount");
    let (_, first) = refund("r1", "500");
    assert_eq!((&first["status"], &first["amount"]), (&"succeeded".into(), &500.into()));
    assert_eq!(refund("r1", "500").1, first, "once per key");
    assert_eq!(refund("r2", "1500").0, 400);
    let (status, rest) = refund("r3", "1499");
    assert_eq!(status, 200, "{rest}");
    let (_, error) = refund("r4", "1");
    assert_eq!(error["error"]["code"], "charge_already_refunded");
    let told = stripe.due(at(101));
    assert_eq!(kinds(&told), ["charge.refunded", "refund.updated", "charge.refunded", "refund.updated"]);
    assert_eq!(object(&told[2])["amount_refunded"], 1999);
    assert_eq!(object(&told[3])["metadata"]["order"], ORDER);
    let path = format!("/v1/refunds/{}", rest["id"].as_str().unwrap());
    assert_eq!(call(&stripe, "GET", &path, None, &[], 102).1, rest);
}

#[test]
fn a_declined_payment_cannot_be_refunded() {
    let stripe = Stripe::new();
    open(&stripe, "k1", 0);
    let failed = object(&stripe.act(ORDER, Act::Decline, at(5)).unwrap()[0]);
    let intent = failed["id"].as_str().unwrap();
    let (status, _) = call(&stripe, "POST", "/v1/refunds", None, &[("payment_intent", intent)], 6);
    assert_eq!(status, 400);
}

#[test]
fn it_remembers_across_a_restart() {
    let stripe = Stripe::new();
    let made = open(&stripe, "k1", 0);
    stripe.act(ORDER, Act::Late, at(60)).unwrap();
    let restarted = Stripe::new();
    restarted.restore(&stripe.snapshot()).unwrap();
    assert_eq!(open(&restarted, "k1", 0), made, "the key is known");
    assert_eq!(restarted.due(at(10_000)).len(), 2);
    assert!(restarted.restore(b"nonsense").is_err());
    restarted.reset();
    assert_eq!(session(&restarted, &made["id"], 1)["error"]["code"], "resource_missing");
}

#[test]
fn a_person_sees_what_there_is_to_pay() {
    let stripe = Stripe::new();
    let made = open(&stripe, "k1", 0);
    let id = made["id"].as_str().unwrap();
    let page = stripe.page(id, at(1)).unwrap();
    assert_eq!(page.amount, "€19.99");
    assert_eq!(page.state, PayPageState::Open);
    stripe.press(id, Act::Late, at(2)).unwrap();
    assert_eq!(stripe.page(id, at(3)).unwrap().state, PayPageState::Landing);
    assert_eq!(stripe.page(id, at(9_000)).unwrap().state, PayPageState::Paid);
    assert_eq!(stripe.page("cs_none", at(3)), None);
    assert!(matches!(stripe.press("cs_none", Act::Accept, at(3)), Err(ActError::UnknownPage(_))));
}
