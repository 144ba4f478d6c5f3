//! Who is believed: tokens, webhooks and forms, the good and the forged. And what the log keeps to itself.

use std::io::Write;
use std::sync::{Arc, Mutex};

use http::Method;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use local::keys::SigningKey;
use local::stripe::{Act, sign};
use ring::hmac;
use serde_json::{Value, json};
use tests::{Shop, checkout_body};

/// What the shop's own tokens say.
fn claims(shop: &Shop) -> Value {
    let own = shop.engine().token("owner").unwrap();
    let said = data_encoding::BASE64URL_NOPAD.decode(own.split('.').nth(1).unwrap().as_bytes()).unwrap();
    serde_json::from_slice(&said).unwrap()
}

fn token(key: &SigningKey, kid: &str, claims: &Value) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(key.der())).unwrap()
}

async fn answered(shop: &Shop, token: &str) -> u16 {
    shop.get("/api/stock").header("authorization", &format!("Bearer {token}")).send().await.status.as_u16()
}

#[tokio::test]
async fn a_token_is_believed_only_as_it_was_issued() {
    let shop = Shop::new();
    let key = shop.engine().key();
    let good = claims(&shop);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        token(key, &key.kid(), &claims)
    };
    assert_eq!(answered(&shop, &token(key, &key.kid(), &good)).await, 200);

    let now = shop.engine().clock().now().as_second();
    let stranger = SigningKey::new().unwrap();
    let mut without_role = good.clone();
    without_role.as_object_mut().unwrap().remove("role");
    let refused = [
        ("of another key under our name", token(&stranger, &key.kid(), &good)),
        ("of a key that is not listed", token(&stranger, &stranger.kid(), &good)),
        ("of another shop", with("iss", json!("https://other.example.com"))),
        ("for another audience", with("aud", json!("partners"))),
        ("ended", with("exp", json!(now))),
        ("of the future", with("iat", json!(now + 3600))),
        ("of a role that there is not", with("role", json!("emperor"))),
        ("of staff without a role", token(key, &key.kid(), &without_role)),
    ];
    for (what, token) in &refused {
        assert_eq!(answered(&shop, token).await, 401, "{what}");
    }
    // A customer's token is good, and opens nothing of the staff's.
    assert_eq!(answered(&shop, &with("aud", json!("shop"))).await, 403);

    let whole = token(key, &key.kid(), &good);
    let mut parts: Vec<String> = whole.split('.').map(str::to_owned).collect();
    let encode = |value: &Value| data_encoding::BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none", "kid": key.kid() })), parts[1]);
    assert_eq!(answered(&shop, &unsigned).await, 401, "alg none");
    let public = shop.engine().variables()["PUBLIC_KEYS"].clone();
    let pem = serde_json::from_str::<Value>(&public).unwrap()[0]["pem"].as_str().unwrap().to_owned();
    let message = format!("{}.{}", encode(&json!({ "alg": "HS256", "kid": key.kid() })), parts[1]);
    let secret = hmac::Key::new(hmac::HMAC_SHA256, pem.as_bytes());
    let tag = data_encoding::BASE64URL_NOPAD.encode(hmac::sign(&secret, message.as_bytes()).as_ref());
    assert_eq!(answered(&shop, &format!("{message}.{tag}")).await, 401, "signed with the public key as a secret");
    let mut more = good.clone();
    more["email"] = json!("somebody@example.com");
    parts[1] = encode(&more);
    assert_eq!(answered(&shop, &parts.join(".")).await, 401, "changed after it was signed");
}

/// An order that waits on the provider's page, and the event that says it is paid.
async fn awaited(shop: &Shop) -> (String, String) {
    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "card", "key-1").await.expect(201).json();
    shop.settle().await;
    let order = placed["order"]["id"].as_str().unwrap().to_owned();
    let event = json!({
        "id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": 0,
        "data": { "object": {
            "id": "cs_test_1", "object": "checkout.session", "client_reference_id": order, "payment_intent": "pi_1",
            "amount_total": placed["order"]["totals"]["total"]["amount"], "currency": "eur", "payment_status": "paid",
            "status": "complete", "expires_at": 0, "metadata": {},
        } },
    });
    (order, event.to_string())
}

async fn told(shop: &Shop, body: &str, signature: &str) -> u16 {
    let webhook = shop.ask(Method::POST, "/api/webhooks/stripe").header("content-type", "application/json");
    webhook.header("stripe-signature", signature).body(body.to_owned()).send().await.status.as_u16()
}

#[tokio::test]
async fn a_webhook_is_believed_by_its_signature_and_its_age() {
    let shop = Shop::new();
    let (order, event) = awaited(&shop).await;
    let now = shop.engine().clock().now();
    let good = sign(event.as_bytes(), now);
    let stale = sign(event.as_bytes(), now - jiff::SignedDuration::from_mins(10));
    let early = sign(event.as_bytes(), now + jiff::SignedDuration::from_mins(10));
    let cheaper = event.replace("1999", "1");
    for (what, body, signature) in [
        ("too old", event.as_str(), stale.as_str()),
        ("of the future", event.as_str(), early.as_str()),
        ("not the body that was signed", &cheaper.replace("cs_test_1", "cs_test_2"), good.as_str()),
        ("no signature at all", event.as_str(), "t=1"),
    ] {
        assert_eq!(told(&shop, body, signature).await, 400, "{what}");
    }
    shop.settle().await;
    assert_eq!(shop.order(&order).await["payment_status"], "none");
    assert_eq!(told(&shop, &event, &good).await, 200);
    assert_eq!(told(&shop, &event, &good).await, 200);
    shop.settle().await;
    let paid = shop.order(&order).await;
    assert_eq!((paid["status"].as_str(), paid["captured"] == paid["totals"]["total"]), (Some("placed"), true));
}

fn with_secrets(secrets: &str) -> Shop {
    let name = "/cartwright/stripe/webhook-secret".to_owned();
    Shop::of(|options| drop(options.secrets.insert(name, secrets.to_owned())))
}

#[tokio::test]
async fn two_webhook_secrets_are_good_while_one_replaces_the_other() {
    let shop = with_secrets("whsec_new whsec_local");
    let (order, event) = awaited(&shop).await;
    assert_eq!(told(&shop, &event, &sign(event.as_bytes(), shop.engine().clock().now())).await, 200);
    shop.settle().await;
    assert_eq!(shop.order(&order).await["status"], "placed");

    let replaced = with_secrets("whsec_new");
    let (_, event) = awaited(&replaced).await;
    assert_eq!(told(&replaced, &event, &sign(event.as_bytes(), replaced.engine().clock().now())).await, 400);
}

#[tokio::test]
async fn money_sent_back_at_the_provider_is_booked_once() {
    let shop = Shop::new();
    let (order, event) = awaited(&shop).await;
    let refunded = |amount: i64| {
        json!({
            "id": "evt_2", "object": "event", "type": "charge.refunded", "created": 0,
            "data": { "object": {
                "id": "ch_1", "object": "charge", "payment_intent": "pi_1", "amount_refunded": amount, "currency": "eur",
                "amount": 2489, "refunded": false, "metadata": { "order": order, "order_id": order },
            } },
        })
        .to_string()
    };
    // Told before the payment itself: to be told again.
    let early = refunded(500);
    assert_eq!(told(&shop, &early, &sign(early.as_bytes(), shop.engine().clock().now())).await, 503);
    assert_eq!(told(&shop, &event, &sign(event.as_bytes(), shop.engine().clock().now())).await, 200);
    shop.settle().await;
    for amount in [500, 500, 700, 500] {
        let event = refunded(amount);
        assert_eq!(told(&shop, &event, &sign(event.as_bytes(), shop.engine().clock().now())).await, 200);
        shop.settle().await;
    }
    let seen = shop.order(&order).await;
    assert_eq!(
        (seen["refunded"]["amount"].as_i64(), seen["payment_status"].as_str()),
        (Some(700), Some("partially_refunded"))
    );
    let mails = shop.subjects().into_iter().filter(|subject| subject.starts_with("We've refunded")).count();
    assert_eq!(mails, 2, "one for each that moved money");
}

#[tokio::test]
async fn a_form_is_believed_only_from_our_own_page() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    let page = shop.get("/products/mug-1").header("accept", "text/html").send().await.expect(200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let csrf = cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
    let post = |sent: &str, kept: &str| {
        let form = shop.ask(Method::POST, "/cart/items").header("accept", "text/html");
        form.header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &format!("csrf={kept}"))
            .body(format!("csrf={sent}&sku=MUG-1&quantity=1"))
    };
    let other = "A".repeat(csrf.len());
    drop(post(&other, &csrf).send().await.expect(403));
    drop(post("", "").send().await.expect(403));
    drop(post("short", "short").send().await.expect(403));
    drop(post(&csrf, &csrf).header("sec-fetch-site", "cross-site").send().await.expect(403));
    drop(post(&csrf, &csrf).header("sec-fetch-site", "same-origin").send().await.expect(303));
    // Behind TLS, cookies are of this host alone.
    let secure = shop.get("/products/mug-1").header("accept", "text/html").header("x-forwarded-proto", "https");
    let secure = secure.send().await.expect(200);
    let cookie = secure.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-csrf=") && cookie.contains("Secure"), "{cookie}");
    assert!(secure.headers.contains_key("strict-transport-security"));
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_keeps_what_is_private_to_itself() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 2).await;
    drop(shop.post("/api/auth/link", &json!({ "email": "private@example.com" })).send().await.expect(202));
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let mut body = checkout_body(&cart, "card");
    body["email"] = json!("private@example.com");
    body["shipping_address"]["name"] = json!("Quentin Private");
    body["shipping_address"]["line1"] = json!("9 Private Street");
    body["shipping_address"]["phone"] = json!("+49301234567");
    let placed = shop.post("/api/checkout", &body).key("secret-key").send().await.expect(201).json();
    shop.settle().await;
    let order = placed["order"]["id"].as_str().unwrap();
    let token = placed["view_url"].as_str().unwrap().split_once("token=").unwrap().1;
    drop(shop.get(&format!("/pay/{order}?token={token}")).send().await.expect(303));
    shop.engine().pay(order, Act::Accept).await.unwrap();
    shop.settle().await;
    // What is refused is not told either.
    let mut refused = body.clone();
    refused["shipping_address"]["country"] = json!("XX");
    drop(shop.post("/api/checkout", &refused).key("k2").send().await.expect(400));
    drop(shop.post("/api/checkout", &json!({ "email": "private@example.com" })).key("k3").send().await.expect(400));
    let bearer = shop.engine().token("owner").unwrap();
    drop(shop.get("/api/stock").header("authorization", &format!("Bearer {bearer}x")).send().await.expect(401));
    drop(shop.post("/api/webhooks/stripe", &body).header("stripe-signature", "t=1,v1=00").send().await.expect(400));

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("answered"), "the log was heard");
    let mails = shop.engine().mails();
    let link = mails.iter().find(|mail| mail.subject == "Your sign-in link").unwrap().text.clone().unwrap();
    let secret = link.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let private = [
        "private@example.com",
        "Quentin",
        "Private Street",
        "301234567",
        "secret-key",
        token,
        &bearer,
        &secret,
        "sk_test",
        "whsec",
    ];
    for word in private {
        assert!(!text.contains(word), "the log has {word}");
    }
}

#[tokio::test]
async fn a_way_back_never_leads_out_of_the_shop() {
    let shop = Shop::new();
    for (way, back) in [
        ("/desk/stock", "/desk/stock"),
        ("/%09/evil.example.com", "/"),
        ("//evil.example.com", "/"),
        ("/%5Cevil.example.com", "/"),
        ("https://evil.example.com", "/"),
        ("/%0d%0aSet-Cookie:x=1", "/"),
    ] {
        let answer = shop.get(&format!("/desk/sign-in/renew?to={way}")).send().await.expect(307);
        assert_eq!(answer.headers["location"], back, "{way}");
    }
}

#[tokio::test]
async fn a_cookie_without_its_prefix_is_nobodys_behind_tls() {
    let shop = Shop::new();
    let token = shop.engine().token("owner").unwrap();
    let desk = |name: &str, proto: &str| {
        let ask = shop.get("/desk/orders").header("accept", "text/html").header("x-forwarded-proto", proto);
        ask.header("cookie", &format!("{name}={token}")).send()
    };
    assert_eq!(desk("staff", "http").await.status.as_u16(), 200);
    assert_eq!(desk("__Host-staff", "https").await.status.as_u16(), 200);
    assert_eq!(desk("staff", "https").await.status.as_u16(), 303);
}
