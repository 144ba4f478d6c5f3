//! The console's first page, and the two things that belong to no section: starting over, and signing in by command.
//!
//! Knows where everything is. It deliberately asks before it throws anything away.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;
use serde_json::json;

use super::frame::{Section, console, plain};
use super::reply::{Wants, on_loopback, page_response};
use super::{clock, journeys, mails, queues};
use crate::engine::Engine;

/// How many of the latest mails and journeys the first page shows.
const LATEST: usize = 8;

/// Where things are.
const LINKS: &[(&str, &str, &str)] = &[
    ("/", "Shop", "the storefront"),
    ("/desk", "Desk", "the back office; the link to sign in arrives under Mails"),
    ("/_local/mails", "Mails", "what customers and staff received"),
    ("/_local/queues", "Queues", "how full, dead letters"),
    ("/_local/journeys", "Journeys", "each request with calls, time and cost"),
    ("/_local/grants", "Grants", "what each function may do, and does"),
    ("/api/docs", "API", "what programs can do"),
];

pub(super) async fn page(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    let queues = engine.queues();
    let links: serde_json::Map<_, _> = LINKS.iter().map(|(link, name, _)| (name.to_lowercase(), json!(link))).collect();
    wants.show(&json!({ "links": links, "now": engine.clock().now(), "queues": queues }), || {
        let mails = engine.mails();
        let journeys = engine.journeys();
        console(&engine, Section::Home, "Console", html! {
            h1 { "Console" }
            div.halves {
                section.card aria-labelledby="links" {
                    h2 id="links" { "Where things are" }
                    ul.links {
                        @for (link, name, about) in LINKS { li { a href=(link) { (name) } " " span.quiet { (about) } } }
                    }
                }
                (clock::card(&engine))
                section.card aria-labelledby="latest-mails" {
                    h2 id="latest-mails" { "Latest mails" }
                    (mails::table(mails.iter().rev().take(LATEST)))
                }
                section.card aria-labelledby="queues" {
                    h2 id="queues" { "Queues" }
                    (queues::table(&queues))
                }
            }
            section.card aria-labelledby="latest-journeys" {
                h2 id="latest-journeys" { "Latest journeys" }
                (journeys::table(journeys.iter().take(LATEST)))
            }
            p { a href="/_local/reset" { "Start over with an empty shop" } }
        })
    })
}

pub(super) async fn confirm_reset() -> Response {
    page_response(
        StatusCode::OK,
        plain(
            "Start over",
            html! {
                h1 { "Start over?" }
                p { "Products, stock, orders, mails, queues and the clock's lead: all of this shop is thrown away. This cannot be undone." }
                form method="post" action="/_local/reset" {
                    div.row {
                        button.bad { "Throw everything away" }
                        a.button href="/_local" { "Keep it" }
                    }
                }
            },
        ),
    )
}

pub(super) async fn reset(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    match engine.reset().await {
        Ok(()) => wants.done(&json!({ "reset": true }), "/_local"),
        Err(error) => wants.refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default = "owner")]
    role: String,
}

#[cfg(test)]
impl Asked {
    pub(super) fn of(role: &str) -> Self {
        Self { role: role.to_owned() }
    }
}

fn owner() -> String {
    "owner".to_owned()
}

/// A staff token as text and nothing else, for `cargo shop token`.
pub(super) async fn token(
    State(engine): State<Arc<Engine>>,
    Query(Asked { role }): Query<Asked>,
    headers: HeaderMap,
    wants: Wants,
) -> Response {
    // A page elsewhere whose name was made to point here could read the answer.
    if !on_loopback(&headers) {
        return wants.refuse(StatusCode::FORBIDDEN, "Tokens are given out on this machine alone.");
    }
    const ROLES: [&str; 4] = ["owner", "merchandiser", "warehouse", "support"];
    if !ROLES.contains(&role.as_str()) {
        return wants.refuse(StatusCode::BAD_REQUEST, format!("The role is one of {}.", ROLES.join(", ")));
    }
    match engine.token(&role) {
        Ok(token) => token.into_response(),
        Err(error) => wants.refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}
