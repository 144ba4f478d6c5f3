//! Who may reach what: every route by every role. A route without a row fails, and so does a row without a route.
//!
//! Each is asked for something that there is not, so that what answers is whether one may, not what comes of it.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;
use tests::Shop;

const ROLES: [&str; 4] = ["owner", "merchandiser", "warehouse", "support"];
const ALL: &[&str] = &ROLES;
const CATALOG: &[&str] = &["owner", "merchandiser"];
const BUYERS: &[&str] = &["owner", "merchandiser", "warehouse"];
const SHELVES: &[&str] = &["owner", "warehouse"];
const MONEY: &[&str] = &["owner", "support"];
const PARCELS: &[&str] = &["owner", "warehouse", "support"];
const OWNER: &[&str] = &["owner"];

/// Who may.
#[derive(Clone, Copy)]
enum Reach {
    /// Anybody: refused for another reason, or not at all.
    Anybody,
    /// Whom it belongs to, and these; for others it is not there.
    Belongs(&'static [&'static str]),
    /// The same, but customers have to be signed in to be told anything.
    SignedIn,
    /// These, by token.
    Staff(&'static [&'static str]),
    /// These, at the desk; the rest is asked to sign in.
    Desk(&'static [&'static str]),
}

use Reach::{Anybody, Belongs, Desk, SignedIn, Staff};

const TABLE: &[(&str, Reach)] = &[
    ("GET /", Anybody),
    ("GET /products/{slug}", Anybody),
    ("GET /categories/{category}", Anybody),
    ("GET /help", Anybody),
    ("GET /sitemap.xml", Anybody),
    ("GET /robots.txt", Anybody),
    ("GET /health", Anybody),
    ("GET /openapi.json", Anybody),
    ("GET /api/docs", Anybody),
    ("GET /assets/{file}", Anybody),
    ("GET /images/{file}", Anybody),
    ("GET /media/{proxy+}", Anybody),
    ("GET /favicon.ico", Anybody),
    ("GET /api/products", Anybody),
    ("GET /api/products/{slug}", Anybody),
    ("PUT /api/products/{slug}", Staff(CATALOG)),
    ("DELETE /api/products/{slug}", Staff(CATALOG)),
    ("POST /api/products/{slug}/images", Staff(CATALOG)),
    // A cart's id is its key: 122 bits that only its shopper was told.
    ("POST /api/carts", Anybody),
    ("GET /api/carts/{id}", Anybody),
    ("PUT /api/carts/{id}/items/{sku}", Anybody),
    ("DELETE /api/carts/{id}/items/{sku}", Anybody),
    ("GET /cart", Anybody),
    ("GET /cart/added", Anybody),
    ("POST /cart/items", Anybody),
    ("POST /cart/update", Anybody),
    ("POST /cart/remove", Anybody),
    ("GET /checkout", Anybody),
    ("POST /checkout", Anybody),
    ("POST /api/checkout", Anybody),
    ("GET /api/orders", SignedIn),
    ("GET /api/orders/{id}", Belongs(ALL)),
    ("GET /orders/{id}", Belongs(ALL)),
    ("POST /api/orders/{id}/cancel", Belongs(MONEY)),
    ("POST /orders/{id}/cancel", Belongs(MONEY)),
    ("POST /api/orders/{id}/cancel-backorder", Staff(MONEY)),
    ("GET /pay/{order}", Belongs(MONEY)),
    // Whose order it is stands in the body.
    ("POST /api/returns/quote", Anybody),
    ("POST /api/returns", Anybody),
    ("GET /api/returns", SignedIn),
    ("GET /api/returns/{id}", Belongs(ALL)),
    ("GET /returns", Anybody),
    ("GET /returns/{id}", Belongs(ALL)),
    ("GET /returns/{id}/slip.pdf", Belongs(ALL)),
    ("GET /returns/{id}/photos/{number}", Belongs(ALL)),
    ("GET /orders/{id}/return", Belongs(MONEY)),
    ("POST /orders/{id}/return", Belongs(MONEY)),
    ("POST /api/returns/{id}/cancel", Belongs(MONEY)),
    ("POST /api/returns/{id}/sent", Belongs(MONEY)),
    ("POST /api/returns/{id}/photos", Belongs(MONEY)),
    ("POST /returns/{id}/photos", Belongs(MONEY)),
    ("POST /returns/{id}/{act}", Belongs(MONEY)),
    ("POST /api/returns/{id}/approve", Staff(MONEY)),
    ("POST /api/returns/{id}/decline", Staff(MONEY)),
    ("POST /api/returns/{id}/label", Staff(MONEY)),
    ("POST /api/returns/{id}/receive", Staff(SHELVES)),
    ("POST /api/returns/{id}/inspect", Staff(SHELVES)),
    ("POST /api/returns/{id}/resolve", Staff(PARCELS)),
    ("POST /api/returns/{id}/send-back", Staff(PARCELS)),
    ("POST /api/returns/{id}/close", Staff(PARCELS)),
    ("GET /api/warranties", SignedIn),
    ("GET /api/warranties/{id}", Belongs(ALL)),
    ("POST /api/warranties/{id}/offer", Belongs(MONEY)),
    ("POST /api/warranties/{id}/keep", Belongs(MONEY)),
    // Whoever has the link of the mail; for others there is nothing.
    ("POST /api/warranties/{id}/accept", Anybody),
    ("GET /warranty", Anybody),
    ("GET /warranty/{id}", Belongs(ALL)),
    ("POST /warranty/{id}/offer", Belongs(MONEY)),
    ("POST /warranty/{id}/keep", Belongs(MONEY)),
    ("GET /warranty/{id}/accept", Anybody),
    ("POST /warranty/{id}/accept", Anybody),
    ("GET /warranty/{id}/claim", Belongs(MONEY)),
    ("POST /warranty/{id}/claim", Belongs(MONEY)),
    // Of which warranty stands in the body.
    ("POST /api/warranty-claims", Anybody),
    ("GET /api/warranty-claims", SignedIn),
    ("GET /api/warranty-claims/{id}", Belongs(ALL)),
    ("GET /warranty-claims/{id}", Belongs(ALL)),
    ("POST /api/warranty-claims/{id}/withdraw", Belongs(MONEY)),
    ("POST /warranty-claims/{id}/withdraw", Belongs(MONEY)),
    ("POST /api/warranty-claims/{id}/approve", Staff(MONEY)),
    ("POST /api/warranty-claims/{id}/deny", Staff(MONEY)),
    ("POST /api/warranty-claims/{id}/receive", Staff(PARCELS)),
    ("POST /api/warranty-claims/{id}/diagnose", Staff(PARCELS)),
    ("POST /api/warranty-claims/{id}/repair", Staff(PARCELS)),
    ("POST /api/warranty-claims/{id}/resolve", Staff(MONEY)),
    ("GET /desk/claims", Desk(ALL)),
    ("GET /desk/claims/{id}", Desk(ALL)),
    ("GET /desk/warranties", Desk(ALL)),
    ("POST /desk/claims/{id}/{act}", Desk(MONEY)),
    // Of an address. What is a customer's own, or opened by a code, is told in `crediting`.
    ("GET /api/store-credit", Staff(MONEY)),
    ("POST /api/orders/{id}/mark-paid", Staff(MONEY)),
    ("POST /api/orders/{id}/ship", Staff(SHELVES)),
    ("POST /api/orders/{id}/deliver", Staff(SHELVES)),
    ("POST /api/orders/{id}/refund", Staff(MONEY)),
    ("POST /api/orders/{id}/refund-paid", Staff(MONEY)),
    ("POST /api/webhooks/stripe", Anybody),
    ("POST /api/auth/link", Anybody),
    ("POST /api/auth/token", Anybody),
    ("GET /account", Anybody),
    ("GET /orders", Anybody),
    ("GET /orders/find", Anybody),
    ("POST /orders/find", Anybody),
    ("GET /sign-in", Anybody),
    ("POST /sign-in", Anybody),
    ("GET /sign-in/confirm", Anybody),
    ("POST /sign-in/confirm", Anybody),
    ("ANY /sign-in/renew", Anybody),
    ("POST /sign-out", Anybody),
    ("GET /desk/sign-in", Anybody),
    ("POST /desk/sign-in", Anybody),
    ("GET /desk/sign-in/confirm", Anybody),
    ("POST /desk/sign-in/confirm", Anybody),
    ("ANY /desk/sign-in/renew", Anybody),
    ("POST /desk/sign-out", Anybody),
    ("GET /api/stock", Staff(ALL)),
    ("GET /api/stock/{sku}", Staff(ALL)),
    ("GET /api/stock/{sku}/ledger", Staff(ALL)),
    ("POST /api/stock/adjustments", Staff(SHELVES)),
    ("PUT /api/stock/{sku}/backorders", Staff(CATALOG)),
    ("POST /api/stock/{sku}/shards", Staff(CATALOG)),
    ("GET /api/stock/export.csv", Staff(ALL)),
    ("GET /api/stock/export.xlsx", Staff(ALL)),
    ("GET /api/stock/imports", Staff(ALL)),
    ("POST /api/stock/imports", Staff(SHELVES)),
    ("GET /api/stock/imports/{id}", Staff(ALL)),
    ("GET /api/stock/imports/{id}/rows", Staff(ALL)),
    ("PUT /api/stock/imports/{id}/mapping", Staff(SHELVES)),
    ("POST /api/stock/imports/{id}/apply", Staff(SHELVES)),
    ("POST /api/stock/imports/{id}/undo", Staff(SHELVES)),
    ("GET /api/transfers", Staff(BUYERS)),
    ("POST /api/transfers", Staff(SHELVES)),
    ("GET /api/transfers/{id}", Staff(BUYERS)),
    ("POST /api/transfers/{id}/receive", Staff(SHELVES)),
    ("POST /api/transfers/{id}/cancel", Staff(SHELVES)),
    ("GET /api/suppliers", Staff(BUYERS)),
    ("PUT /api/suppliers/{id}", Staff(CATALOG)),
    ("GET /api/reorder-rules/{sku}", Staff(BUYERS)),
    ("PUT /api/reorder-rules/{sku}", Staff(CATALOG)),
    ("DELETE /api/reorder-rules/{sku}", Staff(CATALOG)),
    ("POST /api/reorder-runs", Staff(CATALOG)),
    ("GET /api/reorder-suggestions", Staff(BUYERS)),
    ("POST /api/reorder-suggestions/{sku}/dismiss", Staff(CATALOG)),
    ("GET /api/purchase-orders", Staff(BUYERS)),
    ("GET /api/purchase-orders/{id}", Staff(BUYERS)),
    ("GET /api/purchase-orders/{id}/order.pdf", Staff(BUYERS)),
    ("GET /api/purchase-orders/{id}/order.csv", Staff(BUYERS)),
    ("POST /api/purchase-orders", Staff(CATALOG)),
    ("PUT /api/purchase-orders/{id}/lines", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/approve", Staff(OWNER)),
    ("POST /api/purchase-orders/{id}/send", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/take-proposal", Staff(OWNER)),
    ("POST /api/purchase-orders/{id}/reject-proposal", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/hold", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/resume", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/cancel", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/close", Staff(CATALOG)),
    ("POST /api/purchase-orders/{id}/receive", Staff(SHELVES)),
    // Whoever has the link of the mail; for others there is nothing.
    ("GET /supplier/{token}", Anybody),
    ("GET /supplier/{token}/order.pdf", Anybody),
    ("GET /supplier/{token}/order.csv", Anybody),
    ("POST /supplier/{token}", Anybody),
    ("GET /approve/{token}", Anybody),
    ("POST /approve/{token}", Anybody),
    ("GET /api/settings/{topic}", Staff(CATALOG)),
    ("PUT /api/settings/{topic}", Staff(OWNER)),
    ("GET /api/staff", Staff(OWNER)),
    ("PUT /api/staff", Staff(OWNER)),
    ("GET /desk", Desk(ALL)),
    ("GET /desk/orders", Desk(ALL)),
    ("GET /desk/orders/{id}", Desk(ALL)),
    ("GET /desk/orders/{id}/refund", Desk(MONEY)),
    ("POST /desk/orders/{id}/mark-paid", Desk(MONEY)),
    ("POST /desk/orders/{id}/ship", Desk(SHELVES)),
    ("POST /desk/orders/{id}/deliver", Desk(SHELVES)),
    ("POST /desk/orders/{id}/refund", Desk(MONEY)),
    ("POST /desk/orders/{id}/refund-paid", Desk(MONEY)),
    ("POST /desk/orders/{id}/cancel", Desk(MONEY)),
    ("POST /desk/orders/{id}/cancel-backorder", Desk(MONEY)),
    ("GET /desk/returns", Desk(ALL)),
    ("GET /desk/returns/{id}", Desk(ALL)),
    ("POST /desk/returns/{id}/decide/{act}", Desk(MONEY)),
    ("POST /desk/returns/{id}/inspect", Desk(SHELVES)),
    ("POST /desk/returns/{id}/resolve/{act}", Desk(PARCELS)),
    ("GET /desk/products", Desk(ALL)),
    ("GET /desk/products/{slug}", Desk(CATALOG)),
    ("POST /desk/products/{slug}", Desk(CATALOG)),
    ("POST /desk/products/{slug}/images", Desk(CATALOG)),
    ("POST /desk/products/{slug}/images/remove", Desk(CATALOG)),
    ("GET /desk/stock", Desk(ALL)),
    ("GET /desk/stock/{sku}", Desk(ALL)),
    ("POST /desk/stock/adjustments", Desk(SHELVES)),
    ("POST /desk/stock/{sku}/backorders", Desk(CATALOG)),
    ("GET /desk/transfers", Desk(BUYERS)),
    ("GET /desk/transfers/new", Desk(SHELVES)),
    ("GET /desk/transfers/{id}", Desk(BUYERS)),
    ("POST /desk/transfers", Desk(SHELVES)),
    ("POST /desk/transfers/{id}/receive", Desk(SHELVES)),
    ("POST /desk/transfers/{id}/cancel", Desk(SHELVES)),
    ("POST /desk/stock/{sku}/shards", Desk(CATALOG)),
    ("GET /desk/suppliers", Desk(BUYERS)),
    ("POST /desk/suppliers", Desk(CATALOG)),
    ("GET /desk/reorder-rules/new", Desk(CATALOG)),
    ("POST /desk/reorder-rules", Desk(CATALOG)),
    ("POST /desk/reorder-rules/{sku}", Desk(CATALOG)),
    ("POST /desk/reorder-rules/{sku}/end", Desk(CATALOG)),
    ("GET /desk/reorders", Desk(BUYERS)),
    ("GET /desk/reorders/{sku}", Desk(BUYERS)),
    ("POST /desk/reorders/run", Desk(CATALOG)),
    ("POST /desk/reorders/{sku}/dismiss", Desk(CATALOG)),
    ("GET /desk/purchase-orders", Desk(BUYERS)),
    ("GET /desk/purchase-orders/new", Desk(CATALOG)),
    ("GET /desk/purchase-orders/{id}", Desk(BUYERS)),
    ("GET /desk/purchase-orders/{id}/order.pdf", Desk(BUYERS)),
    ("GET /desk/purchase-orders/{id}/lines", Desk(CATALOG)),
    ("POST /desk/purchase-orders", Desk(CATALOG)),
    ("POST /desk/purchase-orders/{id}/lines", Desk(CATALOG)),
    ("POST /desk/purchase-orders/{id}/receive", Desk(SHELVES)),
    ("POST /desk/purchase-orders/{id}/{act}", Desk(OWNER)),
    ("GET /desk/stock/imports", Desk(ALL)),
    ("POST /desk/stock/imports", Desk(SHELVES)),
    ("GET /desk/stock/imports/{id}", Desk(ALL)),
    ("POST /desk/stock/imports/{id}/mapping", Desk(SHELVES)),
    ("POST /desk/stock/imports/{id}/apply", Desk(SHELVES)),
    ("POST /desk/stock/imports/{id}/undo", Desk(SHELVES)),
    ("GET /desk/costs", Desk(OWNER)),
    ("GET /desk/settings", Desk(ALL)),
    ("GET /desk/settings/{topic}", Desk(CATALOG)),
    ("POST /desk/settings/{topic}", Desk(OWNER)),
    ("GET /desk/staff", Desk(OWNER)),
    ("POST /desk/staff", Desk(OWNER)),
    ("POST /desk/staff/remove", Desk(OWNER)),
];

/// The route that a row's address falls to: its own, or one of the desk's that several pages share.
fn route_of(row: &str, routes: &BTreeSet<String>) -> String {
    let shared = ["GET /desk/{page}", "GET /desk/{page}/{id}"];
    match shared.iter().find(|shared| shared.matches('/').count() == row.matches('/').count()) {
        Some(shared) if row.starts_with("GET /desk/") && !routes.contains(row) => (*shared).to_owned(),
        Some(_) | None => row.to_owned(),
    }
}

/// A route's address with something in its places that there is not.
fn path(route: &str, order: &str) -> String {
    let path = route.split_once(' ').map_or("/nothing-here", |(_, path)| path);
    [
        ("{order}", order),
        ("{topic}", "shop"),
        ("{sku}", "NONE-1"),
        ("{slug}", "none"),
        ("{category}", "none"),
        ("{file}", "none"),
        ("{proxy+}", "none"),
        ("{act}", "approve"),
        ("{token}", "none"),
    ]
    .iter()
    .fold(path.replace("/orders/{id}", &format!("/orders/{order}")), |path, (place, what)| path.replace(place, what))
    .replace("{id}", "crt_01h455vb4pex5vsknk084sn02q")
    .replace("/store-credit", "/store-credit?email=nobody@example.com")
}

/// The status of a route for somebody, who is known by a header.
async fn status(shop: &Shop, route: &str, order: &str, who: Option<(&str, String)>) -> u16 {
    let method: Method = match route.split_once(' ') {
        Some((method, _)) if method != "ANY" => method.parse().unwrap(),
        Some(_) | None => Method::GET,
    };
    let form = method == Method::POST && !route.contains("/api/");
    let mut ask = shop.ask(method.clone(), &path(route, order));
    let mut cookies = vec!["csrf=AAAAAAAAAAAAAAAAAAAAAA".to_owned()];
    match who {
        Some(("cookie", cookie)) => cookies.push(cookie),
        Some((name, value)) => ask = ask.header(name, &value),
        None => {}
    }
    if form && (route.ends_with("/images") || route.ends_with("/photos") || route == "POST /desk/stock/imports") {
        let csrf = "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\nAAAAAAAAAAAAAAAAAAAAAA\r\n--x--\r\n";
        ask = ask.header("content-type", "multipart/form-data; boundary=x").body(csrf);
    } else if form {
        ask = ask.header("content-type", "application/x-www-form-urlencoded").body("csrf=AAAAAAAAAAAAAAAAAAAAAA");
    } else if method != Method::GET {
        ask = ask.json(&json!({})).key("reach");
    }
    if !route.contains("/api/") {
        ask = ask.header("accept", "text/html");
    }
    ask.header("cookie", &cookies.join("; ")).send().await.status.as_u16()
}

fn bearer(shop: &Shop, role: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {}", shop.engine().token(role).unwrap()))
}

/// The token of a customer who has nothing.
async fn customer(shop: &Shop) -> String {
    drop(shop.post("/api/auth/link", &json!({ "email": "somebody@example.com" })).send().await.expect(202));
    shop.settle().await;
    let mails = shop.engine().mails();
    let mail = mails.iter().find(|mail| mail.to.contains(&"somebody@example.com".to_owned())).unwrap();
    let text = mail.text.as_deref().unwrap();
    let secret = text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let traded = shop.post("/api/auth/token", &json!({ "token": secret })).send().await.expect(200).json();
    traded["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should() {
    let shop = Shop::new();
    let routes: BTreeSet<String> = shop.engine().routes().into_iter().collect();
    let rows: BTreeSet<String> = TABLE.iter().map(|(row, _)| route_of(row, &routes)).collect();
    let odd: Vec<_> = routes.symmetric_difference(&rows).collect();
    assert_eq!(odd, Vec::<&String>::new(), "a route without a row, or a row without a route");

    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "bank_transfer", "reach").await.expect(201).json();
    let order = placed["order"]["id"].as_str().unwrap();
    let token = customer(&shop).await;
    let customer = || ("authorization", format!("Bearer {token}"));

    let mut wrong = Vec::new();
    for (route, reach) in TABLE {
        // A cancellation that succeeds would change what comes after it.
        let there = if route.ends_with("/cancel") { "ord_01h455vb4pex5vsknk084sn02q" } else { order };
        let nobody = status(&shop, route, there, None).await;
        let other = status(&shop, route, there, Some(customer())).await;
        let mut say = |who: &str, status: u16, right: bool| {
            if !right || status >= 500 {
                wrong.push(format!("{route} as {who}: {status}"));
            }
        };
        match reach {
            Anybody => {
                say(
                    "nobody",
                    nobody,
                    nobody != 403 && (nobody != 401 || route.contains("sign-in") || route.contains("auth")),
                );
                continue;
            }
            Belongs(_) => {
                say("nobody", nobody, nobody == 404);
                say("another customer", other, other == 404);
            }
            SignedIn => {
                say("nobody", nobody, nobody == 401);
                say("a customer", other, other == 200);
            }
            Staff(_) => {
                say("nobody", nobody, nobody == 401);
                say("a customer", other, other == 403);
            }
            Desk(_) => {
                say("nobody", nobody, matches!(nobody, 303 | 401));
                say("a customer", other, matches!(other, 303 | 401 | 403));
            }
        }
        let may = match reach {
            Belongs(may) | Staff(may) | Desk(may) => may,
            Anybody | SignedIn => ALL,
        };
        for role in ROLES {
            let who = match reach {
                Desk(_) => ("cookie", format!("staff={}", shop.engine().token(role).unwrap())),
                Anybody | Belongs(_) | SignedIn | Staff(_) => bearer(&shop, role),
            };
            let status = status(&shop, route, there, Some(who)).await;
            let right = if may.contains(&role) { !matches!(status, 401 | 403) } else { matches!(status, 403 | 404) };
            say(role, status, right);
        }
    }
    shop.settle().await;
    assert_eq!(wrong, Vec::<String>::new());
}

/// Whoever goes on to the payment page gets the order's secret, which opens all that its buyer may do.
#[tokio::test]
async fn the_way_to_the_payment_page_gives_no_role_more_than_it_has() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let placed = shop.check_out(&cart, "card", "key").await.expect(201).json();
    let path = format!("/pay/{}", placed["order"]["id"].as_str().unwrap());
    for (role, status) in [("merchandiser", 403), ("warehouse", 403), ("support", 303), ("owner", 303)] {
        let refused = shop.get(&path).staff(role).send().await.expect(status);
        assert_eq!(refused.headers.contains_key("location"), status == 303, "{role}");
    }
}

#[tokio::test]
async fn an_owner_cannot_give_up_being_one() {
    let shop = Shop::new();
    let change = |email: &str, role: &str| {
        shop.put("/api/staff", &json!({ "email": email, "role": role })).staff("owner").send()
    };
    drop(change("owner@example.com", "support").await.expect(409));
    drop(change("owner@example.com", "owner").await.expect(200));
    drop(change("second@example.com", "support").await.expect(200));
}
