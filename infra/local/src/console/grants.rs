//! The grants: what each function did on which resource since the shop started, and what it was granted and has not
//! done yet.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::frame::{Section, console};
use super::reply::Wants;
use crate::engine::Engine;

pub(super) async fn list(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    let (used, unused) = (engine.grants().used(), engine.grants().unused());
    wants.show(&json!({ "used": used, "unused": unused }), || {
        console(
            &engine,
            Section::Grants,
            "Grants",
            html! {
                h1 { "Grants" }
                p.quiet { "Every call is checked against the function's statements in the template, as IAM would." }
                section.card aria-labelledby="unused" {
                    h2 id="unused" { "Granted and not used yet" }
                    (table(&unused))
                }
                section.card aria-labelledby="used" {
                    h2 id="used" { "Used since the shop started" }
                    (table(used.iter()))
                }
            },
        )
    })
}

fn table<'a>(uses: impl IntoIterator<Item = &'a (String, String, String)>) -> Markup {
    let mut uses = uses.into_iter().peekable();
    html! {
        @if uses.peek().is_none() { p.quiet { "Nothing." } }
        @else {
            table.stack {
                thead { tr { th scope="col" { "Function" } th scope="col" { "Action" } th scope="col" { "Resource" } } }
                tbody {
                    @for (function, action, resource) in uses {
                        tr {
                            th scope="row" { (function) }
                            td data-label="Action" { (action) }
                            td.mono data-label="Resource" { (resource.splitn(6, ':').last().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}
