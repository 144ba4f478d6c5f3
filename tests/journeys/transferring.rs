//! Goods from one location to another: sent, come in parts, lost, turned back; and what cannot leave.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Shop};

/// A shop with ten mugs and four bowls at `main`, and a second place, `annex`.
async fn two_places() -> Shop {
    let shop = Shop::new();
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    settings["locations"] = json!(["main", "annex"].map(|id| json!({ "id": id, "name": id, "address": "" })));
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    shop.stock("MUG-1", 1999, 10).await;
    shop.stock("BOWL-1", 2999, 4).await;
    shop
}

fn to_annex(lines: &[(&str, u32)]) -> Value {
    let line = |(sku, quantity): &(&str, u32)| json!({ "sku": sku, "quantity": quantity });
    json!({ "from": "main", "to": "annex", "lines": lines.iter().map(line).collect::<Vec<_>>() })
}

async fn post(shop: &Shop, path: &str, key: &str, body: &Value) -> Answer {
    shop.post(path, body).staff("warehouse").key(key).send().await
}

/// Sends a transfer; its address.
async fn sent(shop: &Shop, key: &str, lines: &[(&str, u32)]) -> String {
    let answer = post(shop, "/api/transfers", key, &to_annex(lines)).await.expect(201).json();
    format!("/api/transfers/{}", answer["id"].as_str().unwrap())
}

async fn receive(shop: &Shop, transfer: &str, key: &str, lines: &Value) -> Answer {
    post(shop, &format!("{transfer}/receive"), key, &json!({ "lines": lines })).await
}

/// What a location has of a SKU: on hand, incoming, damaged.
fn at(stock: &Value, location: &str) -> (i64, i64, i64) {
    let level = stock["locations"].as_array().unwrap().iter().find(|level| level["location"] == location);
    let of = |shelf: &str| level.map_or(0, |level| level[shelf].as_i64().unwrap());
    (of("on_hand"), of("incoming"), of("damaged"))
}

fn pointers(refused: &Value) -> Vec<String> {
    let errors = refused["errors"].as_array().unwrap().iter();
    errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

/// The entries of a SKU's ledger that refer to a transfer, oldest first: quantity, change, cause.
async fn ledger(shop: &Shop, sku: &str, transfer: &str) -> Vec<(String, i64, String)> {
    shop.settle().await;
    let path = format!("/api/stock/{sku}/ledger");
    let items = shop.get(&path).staff("warehouse").send().await.expect(200).json()["items"].clone();
    let mut entries: Vec<_> = items.as_array().unwrap().clone();
    entries.retain(|entry| entry["reference"] == transfer.rsplit('/').next().unwrap());
    entries.reverse();
    assert!(entries.iter().all(|entry| entry["actor"].as_str().unwrap().starts_with("warehouse:")));
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let place = |entry: &Value| entry["location"].as_str().map(|at| format!("@{at}")).unwrap_or_default();
    let told = |entry: &Value| {
        (text(entry, "quantity") + &place(entry), entry["delta"].as_i64().unwrap(), text(entry, "cause"))
    };
    let mut told: Vec<_> = entries.iter().map(told).collect();
    // What one transaction wrote stands in any order.
    told.sort();
    told
}

fn entries(expected: &[(&str, i64, &str)]) -> Vec<(String, i64, String)> {
    expected.iter().map(|(what, delta, cause)| ((*what).to_owned(), *delta, (*cause).to_owned())).collect()
}

#[tokio::test]
async fn goods_come_in_parts_damaged_or_not_at_all() {
    let shop = two_places().await;
    let transfer = sent(&shop, "first", &[("MUG-1", 8), ("BOWL-1", 4)]).await;
    let mugs = shop.stock_of("MUG-1").await;
    assert_eq!((at(&mugs, "main"), at(&mugs, "annex"), &mugs["available"]), ((2, 0, 0), (0, 8, 0), &json!(2)));
    assert_eq!(shop.stock_of("BOWL-1").await["available"], 0, "what is on the road cannot be bought");
    let cart = shop.cart(&[("BOWL-1", 1)]).await;
    let refused = shop.check_out(&cart, "bank_transfer", "bowl").await.expect(409);
    assert_eq!(refused.problem(), "out-of-stock");

    let came = json!([{ "sku": "MUG-1", "received": 4, "damaged": 1, "missing": 2 }]);
    let part = receive(&shop, &transfer, "part", &came).await.expect(200).json();
    assert_eq!(part["status"], "partially_received");
    let line = json!({ "sku": "MUG-1", "quantity": 8, "received": 4, "damaged": 1, "missing": 2, "in_transit": 1 });
    assert_eq!(part["lines"][0], line);
    let mugs = shop.stock_of("MUG-1").await;
    assert_eq!((at(&mugs, "annex"), &mugs["available"]), ((4, 1, 1), &json!(6)));

    let more = json!([{ "sku": "MUG-1", "received": 1, "missing": 1 }]);
    let refused = receive(&shop, &transfer, "more", &more).await.expect(409).json();
    assert_eq!((&refused["code"], &refused["sku"]), (&json!("too-few-left"), &json!("MUG-1")));
    let back = post(&shop, &format!("{transfer}/cancel"), "back", &json!({})).await.expect(409).json();
    assert_eq!(
        (&back["state"], &back["legal"]),
        (&json!("partially_received"), &json!(["receive_part", "receive_all"]))
    );

    let rest = json!([{ "sku": "MUG-1", "received": 1 }, { "sku": "BOWL-1", "missing": 4 }]);
    assert_eq!(receive(&shop, &transfer, "rest", &rest).await.expect(200).json()["status"], "received");
    let mugs = shop.stock_of("MUG-1").await;
    assert_eq!((at(&mugs, "main"), at(&mugs, "annex"), &mugs["available"]), ((2, 0, 0), (5, 0, 1), &json!(7)));
    let again = receive(&shop, &transfer, "again", &json!([{ "sku": "MUG-1", "received": 1 }])).await;
    assert_eq!(again.expect(409).json()["state"], "received");

    let booked = entries(&[
        ("available", -8, "transfer_sent"),
        ("available", 1, "transfer_received"),
        ("available", 4, "transfer_received"),
        ("damaged@annex", 1, "transfer_received"),
        ("incoming@annex", -5, "transfer_received"),
        ("incoming@annex", -2, "transfer_lost"),
        ("incoming@annex", -1, "transfer_received"),
        ("incoming@annex", 8, "transfer_sent"),
        ("on_hand@annex", 1, "transfer_received"),
        ("on_hand@annex", 4, "transfer_received"),
        ("on_hand@main", -8, "transfer_sent"),
    ]);
    assert_eq!(ledger(&shop, "MUG-1", &transfer).await, booked);
    let lost = entries(&[
        ("available", -4, "transfer_sent"),
        ("incoming@annex", -4, "transfer_lost"),
        ("incoming@annex", 4, "transfer_sent"),
        ("on_hand@main", -4, "transfer_sent"),
    ]);
    assert_eq!(ledger(&shop, "BOWL-1", &transfer).await, lost);
    // The nightly check finds that the ledger is the counters: nobody hears of anything.
    shop.advance(SignedDuration::from_hours(25)).await;
    assert!(!shop.subjects().iter().any(|subject| subject.contains("ledger")), "{:?}", shop.subjects());
}

#[tokio::test]
async fn what_turns_back_is_where_it_left() {
    let shop = two_places().await;
    let before = shop.stock_of("MUG-1").await;
    let transfer = sent(&shop, "first", &[("MUG-1", 10)]).await;
    let canceled = post(&shop, &format!("{transfer}/cancel"), "back", &json!({})).await.expect(200).json();
    assert_eq!((&canceled["status"], &canceled["lines"][0]["in_transit"]), (&json!("canceled"), &json!(0)));
    // Whoever did not hear the answer asks again.
    drop(post(&shop, &format!("{transfer}/cancel"), "back", &json!({})).await.expect(200));
    let after = shop.stock_of("MUG-1").await;
    assert_eq!((at(&after, "main"), at(&after, "annex")), (at(&before, "main"), (0, 0, 0)));
    assert_eq!(after["available"], before["available"]);
    let twice = shop.post(&format!("{transfer}/cancel"), &json!({})).staff("warehouse").send().await;
    assert_eq!(twice.expect(409).json()["state"], "canceled");
    let came = receive(&shop, &transfer, "late", &json!([{ "sku": "MUG-1", "received": 1 }])).await;
    assert_eq!(came.expect(409).json()["state"], "canceled");
    let booked = entries(&[
        ("available", -10, "transfer_sent"),
        ("available", 10, "transfer_canceled"),
        ("incoming@annex", -10, "transfer_canceled"),
        ("incoming@annex", 10, "transfer_sent"),
        ("on_hand@main", -10, "transfer_sent"),
        ("on_hand@main", 10, "transfer_canceled"),
    ]);
    assert_eq!(ledger(&shop, "MUG-1", &transfer).await, booked);
}

#[tokio::test]
async fn what_is_promised_stays() {
    let shop = two_places().await;
    // One order is paid and stands at `main`, one is not paid yet.
    let paid = shop.check_out(&shop.cart(&[("MUG-1", 3)]).await, "bank_transfer", "paid").await.expect(201).json();
    let paid = format!("/api/orders/{}/mark-paid", paid["order"]["id"].as_str().unwrap());
    drop(shop.post(&paid, &json!({ "reference": "statement" })).staff("owner").send().await.expect(200));
    shop.settle().await;
    drop(shop.check_out(&shop.cart(&[("MUG-1", 4)]).await, "bank_transfer", "held").await.expect(201));
    let refused = post(&shop, "/api/transfers", "all", &to_annex(&[("MUG-1", 8)])).await.expect(409).json();
    assert_eq!(
        (&refused["code"], &refused["location"], &refused["left"]),
        (&json!("stock-too-low"), &json!("main"), &json!(7))
    );
    let refused = post(&shop, "/api/transfers", "held", &to_annex(&[("MUG-1", 4)])).await.expect(409).json();
    assert_eq!(
        (&refused["code"], &refused["sku"], &refused["left"]),
        (&json!("too-few-to-spare"), &json!("MUG-1"), &json!(3))
    );
    assert_eq!(shop.stock_of("MUG-1").await["available"], 3, "nothing left");
    drop(sent(&shop, "rest", &[("MUG-1", 3)]).await);
    assert_eq!(shop.stock_of("MUG-1").await["available"], 0);
    // All lines or none.
    let both = to_annex(&[("BOWL-1", 4), ("MUG-1", 1)]);
    drop(post(&shop, "/api/transfers", "both", &both).await.expect(409));
    assert_eq!(shop.stock_of("BOWL-1").await["available"], 4);
    shop.settle().await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_where_it_stands() {
    let shop = two_places().await;
    let wrong = json!({
        "from": "attic", "to": "attic", "note": "n".repeat(501),
        "lines": [{ "sku": "NO-SUCH", "quantity": 1 }, { "sku": "MUG-1", "quantity": 0 }, { "sku": "MUG-1", "quantity": 1 }],
    });
    let refused = post(&shop, "/api/transfers", "wrong", &wrong).await.expect(400).json();
    let expected = ["/from", "/to", "/lines/0/sku", "/to", "/lines/1/quantity", "/lines/2/sku", "/note"];
    assert_eq!(pointers(&refused), expected);
    drop(shop.post("/api/transfers", &to_annex(&[("MUG-1", 1)])).staff("warehouse").send().await.expect(400));
    let many: Vec<(&str, u32)> = vec![("MUG-1", 1); 33];
    let refused = post(&shop, "/api/transfers", "many", &to_annex(&many)).await.expect(400).json();
    assert!(pointers(&refused).contains(&"/lines".to_owned()));
    let transfer = sent(&shop, "good", &[("MUG-1", 2)]).await;
    let nothing = json!([{ "sku": "MUG-1" }, { "sku": "MUG-1", "received": 1 }]);
    let refused = receive(&shop, &transfer, "nothing", &nothing).await.expect(400).json();
    assert_eq!(pointers(&refused), ["/lines/0/received", "/lines/1/sku"]);
    let keyless = json!({ "lines": [{ "sku": "MUG-1", "received": 1 }] });
    drop(shop.post(&format!("{transfer}/receive"), &keyless).staff("warehouse").send().await.expect(400));
    let unknown = "/api/transfers/trf_01m81s3rkmewmsgbfwqnhs9ceg";
    drop(shop.get(unknown).staff("warehouse").send().await.expect(404));
    drop(receive(&shop, unknown, "unknown", &json!([{ "sku": "MUG-1", "received": 1 }])).await.expect(404));
    drop(shop.get("/api/transfers?status=lost").staff("warehouse").send().await.expect(400));
    shop.settle().await;
}

#[tokio::test]
async fn a_request_that_comes_twice_is_done_once() {
    let shop = two_places().await;
    let body = to_annex(&[("MUG-1", 5)]);
    let first = post(&shop, "/api/transfers", "key", &body).await.expect(201).json();
    let again = post(&shop, "/api/transfers", "key", &body).await.expect(201).json();
    assert_eq!(first, again);
    let other = post(&shop, "/api/transfers", "key", &to_annex(&[("MUG-1", 4)])).await;
    assert_eq!(other.expect(422).problem(), "idempotency-key-reused");
    let transfer = format!("/api/transfers/{}", first["id"].as_str().unwrap());
    let came = json!([{ "sku": "MUG-1", "received": 2 }]);
    let one = receive(&shop, &transfer, "came", &came).await.expect(200).json();
    assert_eq!(receive(&shop, &transfer, "came", &came).await.expect(200).json(), one);
    let other = receive(&shop, &transfer, "came", &json!([{ "sku": "MUG-1", "received": 1 }])).await;
    assert_eq!(other.expect(422).problem(), "idempotency-key-reused");
    assert_eq!(shop.stock_of("MUG-1").await["available"], 7);
    // The list tells by their time which is newer.
    shop.advance(SignedDuration::from_secs(1)).await;
    // Of two at once, under one key or two, as much is sent as is there.
    let (left, right) = (to_annex(&[("BOWL-1", 3)]), to_annex(&[("BOWL-1", 3)]));
    let (left, right) =
        tokio::join!(post(&shop, "/api/transfers", "left", &left), post(&shop, "/api/transfers", "right", &right));
    let mut statuses = [left.status, right.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(at(&shop.stock_of("BOWL-1").await, "main").0, 1);
    // The list, newest first and by status.
    let list = async |query: &str| {
        let path = format!("/api/transfers{query}");
        let items = shop.get(&path).staff("merchandiser").send().await.expect(200).json()["items"].clone();
        items.as_array().unwrap().iter().map(|one| one["lines"][0]["sku"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, ["BOWL-1", "MUG-1"]);
    assert_eq!(list("?status=partially_received").await, ["MUG-1"]);
    assert_eq!(list("?status=canceled").await, Vec::<Value>::new());
    shop.settle().await;
}

#[tokio::test]
async fn both_places_are_looked_at_again_and_nothing_of_it_is_demand() {
    let shop = two_places().await;
    let acme = json!({ "name": "Acme Pottery", "email": "orders@acme.example.com", "currency": "EUR" });
    drop(shop.put("/api/suppliers/acme", &acme).staff("owner").send().await.expect(201));
    for location in ["main", "annex"] {
        let rule = json!({ "location": location, "supplier": "acme", "reorder_point": 4, "lead_time_days": 7 });
        drop(shop.put("/api/reorder-rules/MUG-1", &rule).staff("owner").send().await.expect(201));
    }
    shop.settle().await;
    let looks = async || {
        shop.settle().await;
        let found = shop.get("/api/reorder-suggestions").staff("owner").send().await.expect(200).json();
        let mut told: Vec<_> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| {
                assert_eq!(look["forecast"]["daily_mean"].as_f64(), Some(0.0), "a transfer is no demand: {look}");
                let place = look["location"].as_str().unwrap().to_owned();
                (place, look["status"].as_str().unwrap().to_owned(), look["figures"]["position"].as_i64().unwrap())
            })
            .collect();
        told.sort();
        told
    };
    let look = |place: &str, status: &str, position: i64| (place.to_owned(), status.to_owned(), position);
    assert_eq!(looks().await, [look("annex", "open", 0), look("main", "not_needed", 10)]);
    let transfer = sent(&shop, "first", &[("MUG-1", 6)]).await;
    assert_eq!(looks().await, [look("annex", "not_needed", 6), look("main", "open", 4)]);
    drop(post(&shop, &format!("{transfer}/cancel"), "back", &json!({})).await.expect(200));
    assert_eq!(looks().await, [look("annex", "open", 0), look("main", "not_needed", 10)]);
    // It stays no demand once it is days old.
    let all = sent(&shop, "all", &[("MUG-1", 10)]).await;
    shop.advance(SignedDuration::from_hours(30)).await;
    drop(receive(&shop, &all, "came", &json!([{ "sku": "MUG-1", "received": 10 }])).await.expect(200));
    shop.advance(SignedDuration::from_hours(30)).await;
    assert_eq!(looks().await[0], look("annex", "not_needed", 10));
}
