//! Staff at the desk, by hand: what no program asks for.

use http::Method;
use serde_json::json;
use tests::{Answer, Shop};

async fn page(shop: &Shop, path: &str) -> Answer {
    let cookie = format!("staff={}", shop.engine().token("owner").unwrap());
    shop.get(path).header("accept", "text/html").header("cookie", &cookie).send().await.expect(200)
}

#[tokio::test]
async fn a_product_is_found_by_a_word_and_by_its_sku() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    shop.stock("BOWL-1", 2999, 5).await;
    for query in ["mug", "MUG-1"] {
        let found = page(&shop, &format!("/desk/products?q={query}")).await.text;
        assert!(found.contains("Product MUG-1") && !found.contains("Product BOWL-1"), "{query}");
    }
}

#[tokio::test]
async fn somebody_leaves_the_staff() {
    let shop = Shop::new();
    let staff = || async { shop.get("/api/staff").staff("owner").send().await.expect(200).text };
    let leaving = json!({ "email": "leaving@example.com", "role": "support" });
    drop(shop.put("/api/staff", &leaving).staff("owner").send().await.expect(200));
    assert!(staff().await.contains("leaving@example.com"));
    let csrf = "AAAAAAAAAAAAAAAAAAAAAA";
    let cookies = format!("csrf={csrf}; staff={}", shop.engine().token("owner").unwrap());
    let form = shop.ask(Method::POST, "/desk/staff/remove").header("accept", "text/html").header("cookie", &cookies);
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    drop(form.body(format!("csrf={csrf}&email=leaving@example.com")).send().await.expect(303));
    assert!(!staff().await.contains("leaving@example.com"));
}
