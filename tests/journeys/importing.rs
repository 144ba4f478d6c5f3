//! Stock lists in and out: from the file to the ledger and back again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Method, Request};
use local::faults::{Arrangement, Call, Fault, Faults, NoFaults};
use serde_json::{Value, json};
use tests::{Answer, Shop};

const THREE: &str = "SKU;Location;Count;Title;Price\nMUG-1;main;12;;\nNEW-1;main;5;Enamel pot;24,90\nMUG-2;main;7;;\n";

/// A shop with ten of each of two mugs.
async fn two_mugs() -> Shop {
    let shop = Shop::new();
    shop.stock("MUG-1", 1999, 10).await;
    shop.stock("MUG-2", 1999, 10).await;
    shop
}

/// Uploads a file; the id of its import, which waits for it.
async fn upload(shop: &Shop, filename: &str, bytes: impl Into<Bytes>, dry_run: bool) -> String {
    let bytes = bytes.into();
    let asked = json!({ "filename": filename, "bytes": bytes.len(), "dry_run": dry_run });
    let opened = shop.post("/api/stock/imports", &asked).staff("warehouse").send().await.expect(201).json();
    let mut put = shop.ask(Method::PUT, opened["upload"]["url"].as_str().unwrap());
    for (name, value) in opened["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    drop(put.body(bytes).send().await.expect(200));
    opened["id"].as_str().unwrap().to_owned()
}

/// Uploads a file and has it worked off; its import.
async fn import(shop: &Shop, filename: &str, bytes: impl Into<Bytes>, dry_run: bool) -> Value {
    let id = upload(shop, filename, bytes, dry_run).await;
    assert_eq!(show(shop, &id).await["status"], "checking");
    shop.settle().await;
    show(shop, &id).await
}

async fn show(shop: &Shop, id: &str) -> Value {
    shop.get(&format!("/api/stock/imports/{id}")).staff("support").send().await.expect(200).json()
}

async fn act(shop: &Shop, import: &Value, act: &str) -> Answer {
    let path = format!("/api/stock/imports/{}/{act}", import["id"].as_str().unwrap());
    let answer = shop.post(&path, &json!({})).staff("warehouse").send().await;
    shop.settle().await;
    answer
}

async fn rows(shop: &Shop, import: &Value) -> Vec<Value> {
    let path = format!("/api/stock/imports/{}/rows", import["id"].as_str().unwrap());
    let found = shop.get(&path).staff("warehouse").send().await.expect(200).json();
    found["items"].as_array().unwrap().clone()
}

async fn on_hand(shop: &Shop, sku: &str) -> i64 {
    shop.stock_of(sku).await["locations"][0]["on_hand"].as_i64().unwrap()
}

async fn ledger(shop: &Shop, sku: &str) -> Vec<Value> {
    let path = format!("/api/stock/{sku}/ledger");
    let found = shop.get(&path).staff("warehouse").send().await.expect(200).json();
    found["items"].as_array().unwrap().clone()
}

fn counts(import: &Value) -> (i64, i64, i64) {
    let count = |name: &str| import[name].as_i64().unwrap();
    (count("created"), count("changed"), count("unchanged"))
}

async fn bytes_of(shop: &Shop, path: &str) -> Bytes {
    let token = shop.engine().token("warehouse").unwrap();
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let answer = shop.engine().http(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.into_body()
}

#[tokio::test]
async fn a_list_is_looked_at_booked_and_booked_back() {
    let shop = two_mugs().await;
    let import = import(&shop, "stock.csv", THREE, true).await;
    assert_eq!((&import["status"], &import["rows"]), (&json!("checked"), &json!(3)), "{import}");
    assert_eq!(counts(&import), (1, 2, 0));
    assert_eq!(import["mapping"], json!({ "sku": 0, "location": 1, "on_hand": 2, "title": 3, "price": 4 }));
    let looked = rows(&shop, &import).await;
    let first =
        json!({ "row": 2, "sku": "MUG-1", "location": "main", "outcome": "changed", "before": 10, "after": 12 });
    assert_eq!((&looked[0], &looked[1]["outcome"]), (&first, &json!("created")));
    assert_eq!(on_hand(&shop, "MUG-1").await, 10, "nothing is booked yet");

    assert_eq!(act(&shop, &import, "apply").await.expect(200).json()["status"], "applying");
    let applied = show(&shop, import["id"].as_str().unwrap()).await;
    assert_eq!((&applied["status"], &applied["done"]), (&json!("applied"), &json!(3)));
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (12, 7));
    assert_eq!(on_hand(&shop, "NEW-1").await, 5);
    let entry = ledger(&shop, "MUG-1").await.into_iter().find(|entry| entry["quantity"] == "on_hand").unwrap();
    assert_eq!((&entry["cause"], &entry["reference"], &entry["delta"]), (&json!("imported"), &import["id"], &json!(2)));
    let pot = shop.get("/api/products/enamel-pot").staff("merchandiser").send().await.expect(200).json();
    assert_eq!((&pot["status"], &pot["variants"][0]["sku"]), (&json!("draft"), &json!("NEW-1")));
    assert_eq!(pot["variants"][0]["price"], json!({ "amount": 2490, "currency": "EUR" }));

    assert_eq!(act(&shop, &import, "undo").await.expect(200).json()["status"], "undoing");
    let undone = show(&shop, import["id"].as_str().unwrap()).await;
    assert_eq!((&undone["status"], &undone["errors_count"]), (&json!("undone"), &json!(0)));
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (10, 10));
    assert_eq!(on_hand(&shop, "NEW-1").await, 0, "the draft stays, what came of it goes");
    let entry = ledger(&shop, "MUG-1").await.remove(0);
    assert_eq!((&entry["cause"], &entry["reference"]), (&json!("import undone"), &import["id"]));
    assert_eq!(act(&shop, &import, "apply").await.expect(409).problem(), "conflict");
    let listed = shop.get("/api/stock/imports").staff("merchandiser").send().await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], import["id"]);
}

#[tokio::test]
async fn a_draft_with_stock_is_not_sold_out_when_it_is_published() {
    let shop = two_mugs().await;
    let import = import(&shop, "stock.csv", THREE, false).await;
    assert_eq!(import["status"], "applied");
    let mut pot = shop.get("/api/products/enamel-pot").staff("merchandiser").send().await.expect(200).json();
    let variant = json!({ "sku": "NEW-1", "price": pot["variants"][0]["price"] });
    pot = json!({ "title": "Enamel pot", "status": "active", "variants": [variant] });
    drop(shop.put("/api/products/enamel-pot", &pot).staff("merchandiser").send().await.expect(200));
    // Before any queue was worked off.
    let found = shop.get("/api/products?q=enamel&in_stock=true").send().await.expect(200).json();
    assert_eq!(
        found["items"][0]["slug"],
        "enamel-pot",
        "{found} {}",
        shop.get("/api/products?q=enamel").send().await.text
    );
    shop.settle().await;
    let found = shop.get("/api/products?q=enamel&in_stock=true").send().await.expect(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn changes_add_to_what_there_is_by_then() {
    let shop = two_mugs().await;
    let checked = import(&shop, "delivery.csv", "sku,delta\nMUG-1,5\nMUG-2,-3\n", true).await;
    assert_eq!(counts(&checked), (0, 2, 0), "{checked}");
    // Sold or booked since the check.
    let line = json!({ "sku": "MUG-1", "location": "main", "delta": -4, "reason": "lost" });
    let lost = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("lost");
    drop(lost.send().await.expect(201));
    drop(act(&shop, &checked, "apply").await.expect(200));
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (11, 7));
    drop(act(&shop, &checked, "undo").await.expect(200));
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (6, 10), "what was lost stays so");
}

#[tokio::test]
async fn a_file_that_is_half_broken_changes_nothing() {
    let shop = two_mugs().await;
    let file = "SKU,Qty\nMUG-1,3\nMUG-2,a few\nNONE-1,4\nMUG-1,5\n";
    let failed = import(&shop, "stock.csv", file, false).await;
    assert_eq!((&failed["status"], &failed["errors_count"]), (&json!("failed"), &json!(3)), "{failed}");
    let told: Vec<_> =
        failed["errors"].as_array().unwrap().iter().map(|error| (&error["row"], &error["column"])).collect();
    let (three, four, five) = (json!(3), json!(4), json!(5));
    let (sku, quantity) = (json!("SKU"), json!("Qty"));
    assert_eq!(told, [(&three, &quantity), (&four, &sku), (&five, &sku)]);
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (10, 10));
    assert_eq!(act(&shop, &failed, "apply").await.expect(409).problem(), "conflict");

    let unread = import(&shop, "photo.csv", Bytes::from_static(b"\x89PNG\r\n\x1a\n\0\0\0\x0d"), false).await;
    assert_eq!((&unread["status"], &unread["errors"][0]["row"]), (&json!("failed"), &json!(1)), "{unread}");
}

#[tokio::test]
async fn what_the_columns_mean_can_be_said() {
    let shop = two_mugs().await;
    let failed = import(&shop, "odd.csv", "Thing,How many,Old\nMUG-1,4,10\nMUG-2,10,10\n", true).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert_eq!(failed["header"], json!(["Thing", "How many", "Old"]));
    let path = format!("/api/stock/imports/{}/mapping", failed["id"].as_str().unwrap());
    let map = |mapping: Value| shop.put(&path, &mapping).staff("warehouse").send();
    let refused = map(json!({ "sku": 0, "on_hand": 9 })).await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/on_hand");
    drop(map(json!({ "sku": 0, "colour": 1 })).await.expect(400));
    assert_eq!(map(json!({ "sku": 0, "on_hand": 1 })).await.expect(200).json()["status"], "checking");
    drop(map(json!({ "sku": 0, "on_hand": 1 })).await.expect(409));
    shop.settle().await;
    let checked = show(&shop, failed["id"].as_str().unwrap()).await;
    assert_eq!((&checked["status"], counts(&checked)), (&json!("checked"), (0, 1, 1)));
    // And differently again: only the latest check counts.
    drop(map(json!({ "sku": 0, "on_hand": 2 })).await.expect(200));
    shop.settle().await;
    drop(act(&shop, &failed, "apply").await.expect(200));
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (10, 10));
}

#[tokio::test]
async fn a_workbook_of_a_spreadsheet_is_read() {
    let shop = Shop::new();
    let file = include_bytes!("../fixtures/sheets/stock.xlsx");
    let failed = import(&shop, "stock.xlsx", Bytes::from_static(file), true).await;
    assert_eq!((&failed["status"], &failed["rows"]), (&json!("failed"), &json!(4)), "{failed}");
    let error = &failed["errors"][0];
    assert_eq!((&error["row"], &error["column"], &error["letter"]), (&json!(5), &json!("Bestand"), &json!("C")));
    assert_eq!((&failed["errors_count"], counts(&failed)), (&json!(1), (3, 0, 0)), "{failed}");
}

#[tokio::test]
async fn what_is_wanted_twice_is_booked_once() {
    let shop = two_mugs().await;
    let checked = import(&shop, "delivery.csv", "sku,delta\nMUG-1,5\n", true).await;
    let path = format!("/api/stock/imports/{}/apply", checked["id"].as_str().unwrap());
    let apply = || shop.post(&path, &json!({})).staff("warehouse").send();
    drop(apply().await.expect(200));
    drop(apply().await.expect(200));
    shop.settle().await;
    assert_eq!(apply().await.expect(200).json()["status"], "applied");
    shop.settle().await;
    assert_eq!(on_hand(&shop, "MUG-1").await, 15);
}

#[tokio::test]
async fn a_row_that_is_refused_while_others_are_booked_books_them_back() {
    let shop = two_mugs().await;
    // The first part is booked, the second one meets goods that were promised since the check.
    let mut file = "sku,delta\n".to_owned();
    for at in 0..25 {
        let sku = format!("CUP-{at}");
        file.push_str(&format!("{sku},1\n"));
        shop.stock(&sku, 500, 1).await;
    }
    file.push_str("MUG-1,-9\n");
    let checked = import(&shop, "shrinkage.csv", file, true).await;
    assert_eq!(checked["status"], "checked", "{checked}");
    let cart = shop.cart(&[("MUG-1", 5)]).await;
    drop(shop.check_out(&cart, "bank_transfer", "key").await.expect(201));
    shop.settle().await;
    drop(act(&shop, &checked, "apply").await.expect(200));
    let undone = show(&shop, checked["id"].as_str().unwrap()).await;
    assert_eq!((&undone["status"], &undone["errors"][0]["row"]), (&json!("undone"), &json!(27)), "{undone}");
    assert_eq!((on_hand(&shop, "CUP-0").await, on_hand(&shop, "MUG-1").await), (1, 10));
    assert_eq!(ledger(&shop, "CUP-0").await.iter().filter(|entry| entry["cause"] == "imported").count(), 2);
}

#[tokio::test]
async fn what_goes_out_comes_in_again_and_changes_nothing() {
    let shop = two_mugs().await;
    shop.stock("CUP-1", 1, 0).await;
    for ending in ["csv", "xlsx"] {
        let file = bytes_of(&shop, &format!("/api/stock/export.{ending}")).await;
        let back = import(&shop, &format!("export.{ending}"), file, false).await;
        assert_eq!((&back["status"], counts(&back)), (&json!("applied"), (0, 0, 3)), "{ending}: {back}");
    }
}

#[tokio::test]
async fn a_large_export_waits_in_the_bucket() {
    let shop =
        Shop::with(|template| *template = template.replace("LARGEST_ANSWER: \"4000000\"", "LARGEST_ANSWER: \"40\""));
    shop.stock("MUG-1", 1999, 10).await;
    let sent = shop.get("/api/stock/export.csv").staff("merchandiser").send().await.expect(303);
    let there = sent.headers["location"].to_str().unwrap().to_owned();
    let file = shop.get(&there).send().await.expect(200);
    assert!(file.text.contains("MUG-1,main,10,Product MUG-1,19.99,EUR"), "{}", file.text);
}

/// Kills `work-import` at its call number `at`, before or after the service did its work, once.
struct Crash {
    at: usize,
    after: bool,
    calls: AtomicUsize,
}

impl Crash {
    fn due(&self, call: &Call) -> Option<Fault> {
        let hit = call.caller == "work-import" && self.calls.fetch_add(1, Ordering::SeqCst) == self.at;
        hit.then_some(Fault::Crash)
    }
}

impl Faults for Crash {
    fn before(&self, call: &Call) -> Option<Fault> {
        if self.after { None } else { self.due(call) }
    }

    fn after(&self, call: &Call) -> Option<Fault> {
        if self.after { self.due(call) } else { None }
    }
}

#[tokio::test]
async fn an_import_survives_a_crash_at_any_call() {
    for after in [false, true] {
        for at in 0.. {
            let shop = two_mugs().await;
            let crash = Arc::new(Crash { at, after, calls: AtomicUsize::new(0) });
            shop.engine().set_faults(crash.clone());
            let file = "sku,delta,title,price\nMUG-1,5,,\nNEW-1,4,Enamel pot,24.90\n";
            let id = upload(&shop, "delivery.csv", file, false).await;
            drop(show(&shop, &id).await);
            shop.advance(jiff::SignedDuration::from_hours(2)).await;
            let all = crash.calls.load(Ordering::SeqCst);
            shop.engine().set_faults(Arc::new(NoFaults));
            let applied = show(&shop, &id).await;
            assert_eq!(applied["status"], "applied", "call {at}, after: {after}: {applied}");
            assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "NEW-1").await), (15, 4), "call {at}, {after}");
            drop(act(&shop, &applied, "undo").await.expect(200));
            assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "NEW-1").await), (10, 0), "call {at}, {after}");
            if all <= at {
                assert!(at >= 8, "an import makes many calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_undoing_survives_a_crash_at_any_call() {
    for after in [false, true] {
        for at in 0.. {
            let shop = two_mugs().await;
            let applied = import(&shop, "delivery.csv", "sku,delta\nMUG-1,5\nMUG-2,-4\n", false).await;
            assert_eq!(applied["status"], "applied", "{applied}");
            let crash = Arc::new(Crash { at, after, calls: AtomicUsize::new(0) });
            shop.engine().set_faults(crash.clone());
            drop(act(&shop, &applied, "undo").await.expect(200));
            shop.advance(jiff::SignedDuration::from_hours(2)).await;
            let all = crash.calls.load(Ordering::SeqCst);
            shop.engine().set_faults(Arc::new(NoFaults));
            let undone = show(&shop, applied["id"].as_str().unwrap()).await;
            assert_eq!(undone["status"], "undone", "call {at}, after: {after}: {undone}");
            assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (10, 10), "call {at}, {after}");
            if all <= at {
                assert!(at >= 4, "an undoing makes several calls");
                break;
            }
        }
    }
}

/// Delivers twice what tells of imports.
#[derive(Default)]
struct Twice(AtomicUsize);

impl Faults for Twice {
    fn arrange(&self, source: &str, records: usize) -> Option<Arrangement> {
        let imports = source.to_lowercase().contains("imports");
        imports.then(|| {
            // What comes again does not come once more.
            let again = self.0.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
            Arrangement { order: (0..records).collect(), again }
        })
    }
}

#[tokio::test]
async fn messages_that_come_twice_book_once() {
    let shop = two_mugs().await;
    let twice = Arc::new(Twice::default());
    shop.engine().set_faults(twice.clone());
    let file = "sku,delta,title,price\nMUG-1,5,,\nMUG-2,-4,,\nNEW-1,4,Enamel pot,24.90\n";
    let id = upload(&shop, "delivery.csv", file, false).await;
    drop(show(&shop, &id).await);
    shop.advance(jiff::SignedDuration::from_hours(3)).await;
    let applied = show(&shop, &id).await;
    assert_eq!(applied["status"], "applied", "{applied}");
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (15, 6));
    drop(act(&shop, &applied, "undo").await.expect(200));
    shop.advance(jiff::SignedDuration::from_hours(3)).await;
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "NEW-1").await), (10, 0));
    assert!(twice.0.load(Ordering::SeqCst) >= 3, "the check, the booking and the undoing");
    shop.engine().set_faults(Arc::new(NoFaults));
}

#[tokio::test]
async fn what_is_taken_back_before_it_is_booked_is_not_booked() {
    let shop = two_mugs().await;
    let checked = import(&shop, "delivery.csv", "sku,delta\nMUG-1,5\n", true).await;
    let path = |act: &str| format!("/api/stock/imports/{}/{act}", checked["id"].as_str().unwrap());
    drop(shop.post(&path("apply"), &json!({})).staff("warehouse").send().await.expect(200));
    let undoing = shop.post(&path("undo"), &json!({})).staff("owner").send().await.expect(200).json();
    assert_eq!(undoing["status"], "undoing");
    shop.settle().await;
    assert_eq!(show(&shop, checked["id"].as_str().unwrap()).await["status"], "undone");
    assert!(ledger(&shop, "MUG-1").await.iter().all(|entry| entry["cause"] == "received"));
}

#[tokio::test]
async fn what_was_sold_since_is_told_and_stays_away() {
    let shop = two_mugs().await;
    let applied = import(&shop, "delivery.csv", "sku,delta\nMUG-1,5\n", false).await;
    let line = json!({ "sku": "MUG-1", "location": "main", "counted": 2, "reason": "counted" });
    let counted = shop.post("/api/stock/adjustments", &json!({ "lines": [line] })).staff("warehouse").key("count");
    drop(counted.send().await.expect(201));
    drop(act(&shop, &applied, "undo").await.expect(200));
    let undone = show(&shop, applied["id"].as_str().unwrap()).await;
    assert_eq!(on_hand(&shop, "MUG-1").await, 0);
    assert_eq!(undone["errors"][0]["detail"], "3 of MUG-1 have left since and stay away.", "{undone}");
}

/// Counts the messages that imports are worked off by.
#[derive(Default)]
struct Messages(AtomicUsize);

impl Faults for Messages {
    fn before(&self, call: &Call) -> Option<Fault> {
        let imports = call.resources.iter().any(|resource| resource.to_lowercase().contains("importsqueue"));
        if call.caller == "relay-events" && imports {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        None
    }
}

#[tokio::test]
async fn two_thousand_rows_go_through_in_several_messages() {
    let shop = Shop::new();
    for at in 0..100 {
        shop.stock(&format!("MUG-{at}"), 500, 0).await;
    }
    let places: Vec<String> = (0..20).map(|at| format!("bin-{at}")).collect();
    let mut settings = shop.get("/api/settings/locations").staff("owner").send().await.expect(200).json();
    let named = places.iter().map(|id| json!({ "id": id, "name": id, "address": "" }));
    settings["locations"] = named.collect();
    drop(shop.put("/api/settings/locations", &settings).staff("owner").send().await.expect(200));
    let mut file = "sku,location,on_hand\n".to_owned();
    for at in 0..2_000 {
        file.push_str(&format!("MUG-{},{},{}\n", at % 100, places[at / 100], at + 1));
    }
    let messages = Arc::new(Messages::default());
    shop.engine().set_faults(messages.clone());
    let applied = import(&shop, "all.csv", file, false).await;
    assert_eq!((&applied["status"], &applied["done"]), (&json!("applied"), &json!(2000)), "{applied}");
    assert_eq!(counts(&applied), (0, 2000, 0));
    assert_eq!(messages.0.load(Ordering::SeqCst), 3, "one for the check, two for the booking");
    let path = format!("/api/stock/imports/{}/rows", applied["id"].as_str().unwrap());
    let first = shop.get(&path).staff("support").send().await.expect(200).json();
    assert_eq!(first["items"].as_array().map(Vec::len), Some(100));
    let path = format!("{path}?cursor={}", first["next"].as_str().unwrap());
    let second = shop.get(&path).staff("support").send().await.expect(200).json();
    assert_eq!(second["items"][0]["row"], 102);
    let booked: i64 = (0..20).map(|place| place * 100 + 100).sum();
    assert_eq!(shop.stock_of("MUG-99").await["available"], booked);
    drop(act(&shop, &applied, "undo").await.expect(200));
    assert_eq!(shop.stock_of("MUG-99").await["available"], 0);
    shop.engine().set_faults(Arc::new(NoFaults));
}

const CSRF: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// A browser of the staff at the desk.
async fn browse(shop: &Shop, method: Method, path: &str, form: Option<(&str, String)>) -> Answer {
    let token = shop.engine().token("warehouse").unwrap();
    let mut ask = shop.ask(method, path).header("accept", "text/html");
    ask = ask.header("cookie", &format!("csrf={CSRF}; staff={token}"));
    if let Some((content_type, body)) = form {
        ask = ask.header("content-type", content_type).body(body);
    }
    ask.send().await
}

fn multipart(filename: &str, text: &str) -> (&'static str, String) {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{CSRF}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\
         Content-Type: text/csv\r\n\r\n{text}\r\n--x--\r\n"
    );
    ("multipart/form-data; boundary=x", body)
}

#[tokio::test]
async fn staff_send_a_list_at_the_desk_without_a_script() {
    let shop = two_mugs().await;
    let list = browse(&shop, Method::GET, "/desk/stock/imports", None).await.expect(200);
    assert!(list.text.contains("enctype=\"multipart/form-data\""), "{}", list.text);
    let sent = browse(&shop, Method::POST, "/desk/stock/imports", Some(multipart("", ""))).await.expect(400);
    assert!(sent.text.contains("Choose a file."), "{}", sent.text);

    let file = multipart("may.csv", "Thing,How many\nMUG-1,4\nMUG-2,10\n");
    let sent = browse(&shop, Method::POST, "/desk/stock/imports", Some(file)).await.expect(303);
    let page = sent.headers["location"].to_str().unwrap().to_owned();
    let running = browse(&shop, Method::GET, &page, None).await.expect(200);
    assert!(running.headers.contains_key("refresh") && running.text.contains("<progress"), "{}", running.text);
    shop.settle().await;
    let failed = browse(&shop, Method::GET, &page, None).await.expect(200);
    assert!(!failed.headers.contains_key("refresh"));
    assert!(failed.text.contains("Say which column has the SKU."), "{}", failed.text);

    let form = |fields: &str| Some(("application/x-www-form-urlencoded", format!("csrf={CSRF}{fields}")));
    let map = format!("{page}/mapping");
    let wrong = browse(&shop, Method::POST, &map, form("&sku=0&on_hand=&delta=")).await.expect(400);
    assert!(wrong.text.contains("Say which column has the count"), "{}", wrong.text);
    drop(browse(&shop, Method::POST, &map, form("&sku=0&on_hand=1&delta=&location=")).await.expect(303));
    shop.settle().await;
    let checked = browse(&shop, Method::GET, &page, None).await.expect(200);
    assert!(checked.text.contains("Nothing is booked yet.") && checked.text.contains("MUG-1"), "{}", checked.text);
    drop(browse(&shop, Method::POST, &format!("{page}/apply"), form("")).await.expect(303));
    shop.settle().await;
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (4, 10));
    let ledger = browse(&shop, Method::GET, "/desk/stock/MUG-1", None).await.expect(200);
    assert!(ledger.text.contains(&format!("href=\"{page}\"")), "{}", ledger.text);
    drop(browse(&shop, Method::POST, &format!("{page}/undo"), form("")).await.expect(303));
    shop.settle().await;
    assert_eq!((on_hand(&shop, "MUG-1").await, on_hand(&shop, "MUG-2").await), (10, 10));
    let list = browse(&shop, Method::GET, "/desk/stock/imports", None).await.expect(200);
    assert!(list.text.contains("may.csv") && list.text.contains("Undone"), "{}", list.text);
}
