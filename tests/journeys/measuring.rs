//! What the shop is watched by: metrics in the log, with what each invocation cost.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::Shop;

fn lines(shop: &Shop) -> Vec<Value> {
    shop.engine().take_metrics().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The values of a metric, with the dimension that it has.
fn values(lines: &[Value], name: &str, dimension: &str) -> Vec<(String, f64)> {
    let with = lines.iter().filter(|line| line.get(name).is_some());
    with.map(|line| (line[dimension].as_str().unwrap_or_default().to_owned(), line[name].as_f64().unwrap())).collect()
}

#[tokio::test]
async fn orders_refusals_and_holds_are_counted() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 2).await;
    let (first, second) = (shop.cart(&[("MUG-1", 2)]).await, shop.cart(&[("MUG-1", 1)]).await);
    drop(lines(&shop));
    for _ in 0..2 {
        drop(shop.check_out(&first, "bank_transfer", "one").await.expect(201));
    }
    drop(shop.check_out(&second, "bank_transfer", "two").await.expect(409));
    shop.advance(SignedDuration::from_hours(8 * 24)).await;
    let lines = lines(&shop);
    assert_eq!(values(&lines, "Orders", ""), [(String::new(), 1.0)], "a repeated request is no second order");
    assert_eq!(values(&lines, "OrderValue", "Currency"), [("EUR".to_owned(), 4488.0)]);
    assert_eq!(values(&lines, "Refusals", "Reason"), [("out-of-stock".to_owned(), 1.0)]);
    assert_eq!(values(&lines, "HoldsExpired", "").len(), 1);
    assert!(lines.iter().all(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Cartwright/cartwright"));
}

#[tokio::test]
async fn an_invocation_tells_what_it_called_and_cost() {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 5).await;
    let warm = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&warm, "bank_transfer", "warm").await.expect(201));
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    shop.settle().await;
    drop(lines(&shop));
    drop(shop.check_out(&cart, "bank_transfer", "key").await.expect(201));
    let own = lines(&shop);
    let checkout = own.iter().find(|line| line["Function"] == "checkout").unwrap();
    // What journeys/cost.rs holds the record to.
    assert_eq!(checkout["counts"]["write_units"], json!(4.0));
    assert!(checkout["counts"]["read_units"].as_f64().unwrap() <= 1.0, "{checkout}");
    assert!(own.iter().all(|line| line.get("ColdStarts").is_none()), "it was warm");
    let calls = 0.2 + 1.2 + 4.0 * 0.7625;
    let cost = checkout["Cost"].as_f64().unwrap();
    assert!(cost > calls && cost < calls + 20.0, "{cost} microdollars");
    shop.settle().await;
    let after = lines(&shop);
    let of = |function: &str, count: &str| -> f64 {
        let lines = after.iter().filter(|line| line["Function"] == function);
        lines.map(|line| line["counts"][count].as_f64().unwrap()).sum()
    };
    assert_eq!(of("relay-events", "queue_requests"), 3.0, "timers, mails, projections");
    assert_eq!(of("send-mail", "mails"), 1.0);
    let text: String = after.iter().map(ToString::to_string).collect();
    assert!(!text.contains("example.com") && !text.contains("Robin"), "nothing private");
}

#[tokio::test]
async fn the_owner_sees_what_an_order_cost() {
    let shop = Shop::new();
    let costs = |days: &str| shop.get(&format!("/desk/costs{days}")).staff("owner").header("accept", "text/html");
    let before = costs("").send().await.expect(200).text;
    assert!(before.contains("a few minutes after the first one"), "nobody has shopped: {before}");
    shop.stock("MUG-1", 1999, 5).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key").await.expect(201));
    shop.advance(SignedDuration::from_hours(24)).await;
    drop(shop.get("/api/products/mug-1").send().await);

    let lines = lines(&shop);
    let all: f64 = values(&lines, "Cost", "Function").iter().map(|(_, cost)| cost).sum();
    let checkout: f64 =
        values(&lines, "Cost", "Function").iter().filter(|(of, _)| of == "checkout").map(|(_, cost)| cost).sum();
    let page = costs("?days=7").send().await.expect(200).text;
    let shown = |microdollars: f64| {
        let decimals = 2 - (microdollars / 1e6).log10().floor() as usize;
        format!("${:.decimals$}", microdollars / 1e6)
    };
    assert!(page.contains("<dt>Orders</dt><dd class=\"preline\">1</dd>"), "{page}");
    assert!(page.contains(&shown(checkout)), "checkout cost {}: {page}", shown(checkout));
    assert_eq!(page.matches("<rect class=\"chart-bar\"").count(), 7, "a bar a day");
    assert!(all > checkout);
    let two_days = page.matches("<time>").count();
    assert_eq!(two_days, 2, "today and yesterday: {page}");
    drop(costs("?days=8").send().await.expect(400));
}
