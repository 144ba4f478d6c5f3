//! Signing in by a link in a mail, to the shop and to the desk.

use jiff::SignedDuration;
use serde_json::json;
use tests::Shop;

/// The secret in the link of the latest mail to this address.
fn mailed_secret(shop: &Shop, subject: &str) -> String {
    let mails = shop.engine().mails();
    let mail = mails.iter().filter(|mail| mail.subject == subject).max_by_key(|mail| mail.n).unwrap();
    let text = mail.text.as_deref().unwrap();
    text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

async fn ask(shop: &Shop, email: &str, staff: bool) {
    drop(shop.post("/api/auth/link", &json!({ "email": email, "staff": staff })).send().await.expect(202));
    shop.settle().await;
}

#[tokio::test]
async fn the_first_owner_signs_in_and_makes_staff() {
    let shop = Shop::new();
    ask(&shop, "owner@example.com", true).await;
    let secret = mailed_secret(&shop, "Your sign-in link");
    let token = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let staff = json!({ "email": "packer@example.com", "role": "warehouse" });
    drop(shop.put("/api/staff", &staff).header("authorization", &bearer).send().await.expect(200));
    // The link works once.
    drop(shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(401));

    ask(&shop, "packer@example.com", true).await;
    let secret = mailed_secret(&shop, "Your sign-in link");
    let token = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    drop(shop.get("/api/stock").header("authorization", &bearer).send().await.expect(200));
    drop(shop.get("/api/staff").header("authorization", &bearer).send().await.expect(403));
    shop.advance(SignedDuration::from_mins(16)).await;
    drop(shop.get("/api/stock").header("authorization", &bearer).send().await.expect(401));
}

#[tokio::test]
async fn nobody_learns_who_is_staff_and_links_grow_old() {
    let shop = Shop::new();
    ask(&shop, "stranger@example.com", true).await;
    assert!(shop.subjects().is_empty(), "only staff are mailed a link to the desk");
    ask(&shop, "buyer@example.com", false).await;
    let secret = mailed_secret(&shop, "Your sign-in link");
    shop.advance(SignedDuration::from_mins(16)).await;
    drop(shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(401));
    for _ in 0..10 {
        ask(&shop, "buyer@example.com", false).await;
    }
    assert!(shop.subjects().len() <= 6, "five links an hour are enough: {:?}", shop.subjects());
}

#[tokio::test]
async fn a_customer_sees_their_own_orders() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    ask(&shop, "buyer@example.com", false).await;
    let secret = mailed_secret(&shop, "Your sign-in link");
    let token = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let cart = shop.post("/api/carts", &json!({})).header("authorization", &bearer).send().await.expect(201).json();
    let cart = cart["id"].as_str().unwrap();
    drop(shop.put(&format!("/api/carts/{cart}/items/MUG-1"), &json!({ "quantity": 1 })).send().await.expect(200));
    // Nobody else checks out a customer's cart.
    drop(shop.check_out(cart, "bank_transfer", "key-0").await.expect(404));
    let placed = shop.post("/api/checkout", &tests::checkout_body(cart, "bank_transfer")).key("key-1");
    let placed = placed.header("authorization", &bearer).send().await.expect(201).json();
    shop.settle().await;
    let listed = shop.get("/api/orders").header("authorization", &bearer).send().await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], placed["order"]["id"]);
    let id = placed["order"]["id"].as_str().unwrap();
    drop(shop.get(&format!("/api/orders/{id}")).header("authorization", &bearer).send().await.expect(200));
    drop(shop.get(&format!("/api/orders/{id}")).send().await.expect(404));
    let cookie = format!("shop={}", token["access_token"].as_str().unwrap());
    let page = shop.get("/orders").header("accept", "text/html").header("cookie", &cookie).send().await.expect(200);
    assert!(page.text.contains(placed["order"]["number"].as_str().unwrap()), "{}", page.text);
}

#[tokio::test]
async fn an_address_that_bounced_is_not_mailed_again() {
    let shop = Shop::new();
    ask(&shop, "bounce@example.com", false).await;
    assert_eq!(shop.subjects().len(), 1);
    ask(&shop, "bounce@example.com", false).await;
    assert_eq!(shop.subjects().len(), 1);
}

#[tokio::test]
async fn a_guests_cart_is_merged_at_sign_in() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.stock("BOWL-1", 2999, 10).await;
    ask(&shop, "buyer@example.com", false).await;
    let secret = mailed_secret(&shop, "Your sign-in link");
    let token = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    let access = token["access_token"].as_str().unwrap();
    let cart = shop.post("/api/carts", &json!({})).header("authorization", &format!("Bearer {access}"));
    let own = cart.send().await.expect(201).json()["id"].as_str().unwrap().to_owned();
    drop(shop.put(&format!("/api/carts/{own}/items/MUG-1"), &json!({ "quantity": 1 })).send().await.expect(200));
    let guests = shop.cart(&[("MUG-1", 2), ("BOWL-1", 1)]).await;

    // The browser still has the guest's cart in its cookie when the signed-in customer looks at theirs.
    for _ in 0..2 {
        let look =
            shop.get("/cart").header("accept", "text/html").header("cookie", &format!("cart={guests}; shop={access}"));
        let page = look.send().await.expect(200);
        assert!(page.text.contains("Product BOWL-1"), "{}", page.text);
    }
    let merged = shop.get(&format!("/api/carts/{own}")).send().await.expect(200).json();
    assert_eq!(merged["totals"]["count"], 4, "merged once: {merged}");
}

#[tokio::test]
async fn a_guest_finds_an_order_by_number_and_address() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(201).json();
    shop.settle().await;
    let number = placed["order"]["number"].as_str().unwrap();
    drop(shop.get("/orders/find").header("accept", "text/html").send().await.expect(200));
    let csrf = "0123456789abcdef";
    let find = |number: &str, email: &str| {
        let form = shop.ask(http::Method::POST, "/orders/find").header("accept", "text/html");
        form.header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &format!("csrf={csrf}"))
            .body(format!("csrf={csrf}&number={number}&email={email}"))
            .send()
    };
    let wrong = find("12", "nobody").await.expect(422);
    assert!(wrong.text.contains("value=\"nobody\"") && wrong.text.contains("There is a problem"), "{}", wrong.text);
    let before = shop.subjects().len();
    drop(find(number, "stranger@example.com").await.expect(303));
    shop.settle().await;
    assert_eq!(shop.subjects().len(), before, "only the order's own address is mailed");
    let sent = find(number, "Buyer@example.com").await.expect(303);
    drop(shop.get(sent.headers["location"].to_str().unwrap()).header("accept", "text/html").send().await.expect(200));
    shop.settle().await;
    let mails = shop.engine().mails();
    let mail = mails.iter().max_by_key(|mail| mail.n).unwrap();
    let link = mail.text.as_deref().unwrap().split("/orders/").nth(1).unwrap().split_whitespace().next().unwrap();
    let page = shop.get(&format!("/orders/{link}")).header("accept", "text/html").send().await.expect(200);
    assert!(page.text.contains(number));
}
