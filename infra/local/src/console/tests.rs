//! The console on an engine in memory.

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::Value;

use super::reply::Wants;
use super::*;
use crate::engine::Options;
use crate::stripe::SECRET_KEY;

fn engine() -> State<Arc<Engine>> {
    let options = Options { functions: Vec::new(), ..Options::default() };
    State(Arc::new(Engine::memory(options).unwrap()))
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

async fn json(response: Response) -> Value {
    serde_json::from_str(&text(response).await).unwrap()
}

async fn session(engine: &State<Arc<Engine>>) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {SECRET_KEY}").parse().unwrap());
    let form = "mode=payment&client_reference_id=ord_1&line_items[0][quantity]=1\
                &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=4200\
                &line_items[0][price_data][product_data][name]=Order+%3C1%3E\
                &success_url=http://127.0.0.1:3000/orders/1&cancel_url=http://127.0.0.1:3000/cart";
    let uri = Uri::from_static("/_local/stripe/v1/checkout/sessions");
    let made = pay::provider(engine.clone(), Method::POST, uri, headers, Bytes::from(form)).await;
    assert_eq!(made.status(), StatusCode::OK);
    json(made).await["id"].as_str().unwrap().to_owned()
}

async fn press(engine: &State<Arc<Engine>>, session: &str, act: &'static str) -> Response {
    pay::act(engine.clone(), Path(session.to_owned()), Wants::Page, Bytes::from(format!("do={act}"))).await
}

#[tokio::test]
async fn the_clock_is_moved_and_tells_where_it_is() {
    let engine = engine();
    let before = engine.clock().now();
    let told = json(clock::read_clock(engine.clone(), Wants::Json).await).await;
    assert_eq!(told["now"], before.to_string());
    let moved = clock::advance(engine.clone(), Wants::Json, Bytes::from("{\"advance\": \"30d\"}")).await;
    let after = before + SignedDuration::from_hours(720);
    assert_eq!(json(moved).await["now"], after.to_string());
    let moved = clock::advance(engine.clone(), Wants::Page, Bytes::from("advance=1h")).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    assert_eq!(moved.headers()[LOCATION], "/_local#clock");
    for body in ["{\"advance\": \"soon\"}", "{}", "advance=1h&by=me", "nonsense"] {
        let refused = clock::advance(engine.clone(), Wants::Json, Bytes::from(body)).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn a_shopper_pays_on_the_page() {
    let engine = engine();
    let session = session(&engine).await;
    let page = pay::page(engine.clone(), Path(session.clone()), Wants::Page).await;
    assert!(page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("default-src 'none'"));
    let page = text(page).await;
    assert!(page.contains("€42.00") && page.contains("Order &lt;1&gt;"), "{page}");
    let declined = text(press(&engine, &session, "decline").await).await;
    assert!(declined.contains("You have not been charged"));
    let paid = press(&engine, &session, "accept").await;
    assert_eq!(paid.status(), StatusCode::SEE_OTHER);
    assert_eq!(paid.headers()[LOCATION], "http://127.0.0.1:3000/orders/1");
    let again = press(&engine, &session, "accept").await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(text(again).await.contains("This is paid."));
    let none = pay::page(engine.clone(), Path("cs_none".to_owned()), Wants::Page).await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn acts_are_answered_as_json_too() {
    let engine = engine();
    session(&engine).await;
    let act = |order: &str, body: &'static str| {
        pay::order(engine.clone(), Path(order.to_owned()), Wants::Json, Bytes::from(body))
    };
    assert_eq!(json(act("ord_1", "{\"do\": \"accept\"}").await).await["did"], "accept");
    assert_eq!(act("ord_1", "{\"do\": \"accept\"}").await.status(), StatusCode::CONFLICT);
    assert_eq!(act("ord_2", "{\"do\": \"accept\"}").await.status(), StatusCode::CONFLICT);
    assert_eq!(act("ord_1", "{\"do\": \"dance\"}").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_page_is_a_page_and_every_list_a_list() {
    let engine = engine();
    for page in [
        home::page(engine.clone(), Wants::Page).await,
        mails::list(engine.clone(), Wants::Page).await,
        queues::list(engine.clone(), Wants::Page).await,
        journeys::list(engine.clone(), Query(journeys::Search::default()), Wants::Page).await,
    ] {
        assert_eq!(page.status(), StatusCode::OK);
        let page = text(page).await;
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("LOCAL") && !page.contains("style="), "{page}");
    }
    for list in [
        mails::list(engine.clone(), Wants::Json).await,
        queues::list(engine.clone(), Wants::Json).await,
        journeys::list(engine.clone(), Query(journeys::Search::default()), Wants::Json).await,
    ] {
        assert!(json(list).await["items"].is_array());
    }
    let told = json(queues::list(engine.clone(), Wants::Json).await).await;
    let name = told["items"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(queues::redrive(engine.clone(), Path(name), Wants::Json).await.status(), StatusCode::OK);
    for missing in [
        queues::redrive(engine.clone(), Path("none".to_owned()), Wants::Json).await,
        mails::html(engine.clone(), Path(7), Query(mails::Schemed::default()), Wants::Json).await,
        journeys::one(engine.clone(), Path("none".to_owned()), Wants::Json).await,
    ] {
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert_eq!(json(missing).await["status"], 404);
    }
}

#[tokio::test]
async fn tokens_stay_on_this_machine() {
    let engine = engine();
    let ask = |host: &'static str, role: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(host));
        home::token(engine.clone(), Query(home::Asked::of(role)), headers, Wants::Json)
    };
    for host in ["127.0.0.1:3000", "localhost", "[::1]:3000"] {
        let token = text(ask(host, "owner").await).await;
        assert_eq!(token.split('.').count(), 3, "{token}");
    }
    assert_eq!(ask("shop.example.com:3000", "owner").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(ask("127.0.0.1:3000", "boss").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn starting_over_forgets_the_pay_pages() {
    let engine = engine();
    let session = session(&engine).await;
    assert_eq!(home::reset(engine.clone(), Wants::Json).await.status(), StatusCode::OK);
    let gone = pay::page(engine.clone(), Path(session), Wants::Json).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}
