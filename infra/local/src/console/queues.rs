//! The queues: how full, how old, what died.
//!
//! Knows what to show of a queue; it deliberately moves nothing but dead letters back to where they came from.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use maud::{Markup, html};
use serde_json::json;

use super::frame::{Section, console, span, time};
use super::reply::Wants;
use crate::engine::Engine;
use crate::sqs::QueueView;

pub(super) async fn list(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    let queues = engine.queues();
    let parked = engine.parked();
    wants.show(&json!({ "items": queues, "parked": parked }), || {
        console(&engine, Section::Queues, "Queues", html! {
            h1 { "Queues" }
            p.quiet {
                "A message that fails as often as its queue allows becomes a dead letter. Redrive sends dead letters back to be tried again."
            }
            section.card aria-label="Queues" { (table(&queues)) }
            @if !parked.is_empty() {
                section.card aria-labelledby="parked" {
                    h2 id="parked" { "Parked stream batches" }
                    p { "Batches that a stream's reader failed on until it gave up, kept whole." }
                    @for batch in &parked {
                        details {
                            summary { (time(batch.at)) " " span.mono { (batch.bucket) "/" (batch.key) } }
                            pre tabindex="0" { (batch.body) }
                        }
                    }
                }
            }
        })
    })
}

pub(super) async fn redrive(State(engine): State<Arc<Engine>>, Path(name): Path<String>, wants: Wants) -> Response {
    if !engine.queues().iter().any(|queue| queue.name == name) {
        return wants.refuse(StatusCode::NOT_FOUND, format!("There is no queue {name}."));
    }
    let moved = engine.redrive(&name);
    wants.done(&json!({ "moved": moved }), "/_local/queues")
}

/// The queues, one a row.
pub(super) fn table(queues: &[QueueView]) -> Markup {
    html! {
        @if queues.is_empty() { p.quiet { "The template declares no queue." } }
        @else {
            table.stack {
                thead {
                    tr {
                        th scope="col" { "Queue" }
                        th.n scope="col" { "Waiting" }
                        th.n scope="col" { "In flight" }
                        th.n scope="col" { "Delayed" }
                        th.n scope="col" { "Oldest" }
                        th scope="col" { "Dead letters" }
                    }
                }
                tbody {
                    @for queue in queues { (row(queue)) }
                }
            }
        }
    }
}

fn row(queue: &QueueView) -> Markup {
    html! {
        tr {
            th scope="row" { (queue.name) }
            td.n data-label="Waiting" { (queue.visible) }
            td.n data-label="In flight" { (queue.in_flight) }
            td.n data-label="Delayed" { (queue.delayed) }
            td.n data-label="Oldest" {
                @match queue.oldest_age_s {
                    Some(age) => (span(SignedDuration::from_secs(age))),
                    None => "–",
                }
            }
            td data-label="Dead letters" {
                @if queue.dead_letters == 0 { span.badge.ok { "none" } }
                @else {
                    form.row method="post" action={ "/_local/queues/" (queue.name) "/redrive" } {
                        span.badge.bad { "! " (queue.dead_letters) }
                        button { "Redrive" }
                    }
                }
            }
        }
    }
}
