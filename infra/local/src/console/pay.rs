//! The pay page of the payment provider's stand-in, and the same acts for programs.
//!
//! Knows what a shopper may press and where each button leads. It deliberately decides nothing about the order: what
//! was pressed goes to the shop as a signed webhook, like the real one's.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::frame::{instant, plain};
use super::reply::{Wants, page_response, read, see_other};
use crate::engine::Engine;
use crate::stripe::{Act, PayPage, PayPageState};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Do {
    #[serde(rename = "do")]
    act: Act,
}

pub(super) async fn order(
    State(engine): State<Arc<Engine>>,
    Path(order): Path<String>,
    wants: Wants,
    body: Bytes,
) -> Response {
    let act = match read::<Do>(&body) {
        Ok(Do { act }) => act,
        Err(detail) => return wants.refuse(StatusCode::BAD_REQUEST, detail),
    };
    match engine.pay(&order, act).await {
        Ok(()) => wants.done(&json!({ "order": order, "did": act }), &format!("/orders/{order}")),
        Err(error) => wants.refuse(StatusCode::CONFLICT, error.to_string()),
    }
}

pub(super) async fn page(State(engine): State<Arc<Engine>>, Path(session): Path<String>, wants: Wants) -> Response {
    match engine.stripe().page(&session, engine.clock().now()) {
        Some(page) => page_response(StatusCode::OK, pay_page(&page, None)),
        None => wants.refuse(StatusCode::NOT_FOUND, "There is no such pay page."),
    }
}

pub(super) async fn act(
    State(engine): State<Arc<Engine>>,
    Path(session): Path<String>,
    wants: Wants,
    body: Bytes,
) -> Response {
    let act = match read::<Do>(&body) {
        Ok(Do { act }) => act,
        Err(detail) => return wants.refuse(StatusCode::BAD_REQUEST, detail),
    };
    let outcome = engine.stripe().press(&session, act, engine.clock().now());
    engine.deliver().await;
    let Some(page) = engine.stripe().page(&session, engine.clock().now()) else {
        return wants.refuse(StatusCode::NOT_FOUND, "There is no such pay page.");
    };
    if let Err(error) = outcome {
        return page_response(StatusCode::CONFLICT, pay_page(&page, Some(Said::No(error.to_string()))));
    }
    match act {
        Act::Accept | Act::Twice => see_other(&page.success_url),
        Act::Abandon => see_other(page.cancel_url.as_deref().unwrap_or("/")),
        Act::Decline => page_response(StatusCode::OK, pay_page(&page, Some(Said::Declined))),
        Act::Late => page_response(StatusCode::OK, pay_page(&page, None)),
    }
}

/// The stand-in's API for functions that run in processes of their own and reach it over loopback.
pub(super) async fn provider(
    State(engine): State<Arc<Engine>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = engine.clock().now();
    let (status, body) = engine.stripe().request(method.as_str(), uri.path(), &headers, &body, now);
    engine.deliver().await;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// What the page says about the button just pressed.
enum Said {
    Declined,
    No(String),
}

fn pay_page(page: &PayPage, said: Option<Said>) -> Markup {
    plain(
        &format!("Pay {}", page.amount),
        html! {
            div.pay {
                section.card {
                    h1 { (page.name) }
                    p.sum { (page.amount) }
                    @if let Some(description) = &page.description { p { (description) } }
                    dl {
                        @if let Some(order) = &page.order { dt { "Order" } dd.mono { (order) } }
                        @if let Some(email) = &page.email { dt { "Email" } dd { (email) } }
                        dt { "Open until" } dd { (instant(page.ends)) }
                    }
                }
                @match &said {
                    Some(Said::Declined) => div.note.bad role="alert" {
                        p { "Your card was declined. You have not been charged. Try again or use another card." }
                    },
                    Some(Said::No(why)) => div.note.bad role="alert" { p { (why) } },
                    None => {}
                }
                (choices(page))
                p.quiet {
                    "This page stands in for Stripe's. It takes no card and moves no money; it tells the shop by a signed webhook, as Stripe does."
                }
            }
        },
    )
}

fn choices(page: &PayPage) -> Markup {
    let action = format!("/_local/stripe/pay/{}", page.session);
    let button = |act: &str, class: &str, text: &str| {
        html! { form method="post" action=(action) { button class=(class) name="do" value=(act) { (text) } } }
    };
    let leave = html! { @if let Some(url) = &page.cancel_url { p { a href=(url) { "Back to the shop" } } } };
    html! {
        @match page.state {
            PayPageState::Open => {
                (button("accept", "main", &format!("Pay {}", page.amount)))
                (button("decline", "", "Have the card declined"))
                (button("abandon", "", "Close the window"))
                details {
                    summary { "Rarer things" }
                    (button("late", "", "Pay, but the money arrives after this page has ended"))
                    (button("twice", "", "Pay twice"))
                }
            }
            PayPageState::Landing => {
                div.note { p { "The payment is under way. It arrives after this page has ended: move the clock to see it." } }
                p { a.button href="/_local#clock" { "Move the clock" } }
                (leave)
            }
            PayPageState::Paid => {
                div.note.ok { p { "This is paid." } }
                p { a.button.main href=(page.success_url) { "To your order" } }
            }
            PayPageState::Ended => {
                div.note { p { "This page has ended. You have not been charged." } }
                (button("late", "", "Let a payment arrive late"))
                (leave)
            }
        }
    }
}
