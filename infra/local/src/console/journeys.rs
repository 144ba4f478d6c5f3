//! The journeys: what became of each request, as a waterfall.
//!
//! Knows how to lay steps out over time; it deliberately computes no price and no unit, the engine recorded them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::frame::{Section, console, instant, millis, time};
use super::reply::Wants;
use crate::engine::Engine;
use crate::journeys::{CallView, Journey, Step};

/// How many journeys a page shows.
const SHOWN: usize = 200;

/// The width of a waterfall's drawing, in its own units.
const WIDTH: u64 = 1_000;

/// A pause longer than this, in microseconds, is drawn as long as this: a hold's 35 minutes would leave no room.
const LONGEST_PAUSE_US: u64 = 20_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

pub(super) async fn list(
    State(engine): State<Arc<Engine>>,
    Query(Search { q }): Query<Search>,
    wants: Wants,
) -> Response {
    let mut journeys = engine.journeys();
    journeys.retain(|journey| journey.title.contains(&q));
    let items: Vec<_> = match wants {
        Wants::Page => Vec::new(),
        Wants::Json => journeys.iter().map(summary).collect(),
    };
    wants.show(&json!({ "items": items }), || {
        console(
            &engine,
            Section::Journeys,
            "Journeys",
            html! {
                h1 { "Journeys" }
                p.quiet { "Each request, through functions and queues, with what it would cost on AWS." }
                form.card method="get" action="/_local/journeys" {
                    label for="q" { "Route contains" }
                    div.row {
                        input id="q" name="q" value=(q) size="20";
                        button { "Filter" }
                        @for word in ["/api/checkout", "/pay/", "/api/webhooks"] {
                            a.button href={ "/_local/journeys?q=" (word) } { (word) }
                        }
                    }
                }
                section.card aria-label="Journeys" { (table(journeys.iter().take(SHOWN))) }
                @if journeys.len() > SHOWN { p.quiet { "The latest " (SHOWN) " of " (journeys.len()) "." } }
            },
        )
    })
}

fn summary(journey: &Journey) -> serde_json::Value {
    json!({
        "correlation_id": journey.id,
        "title": journey.title,
        "started": journey.started,
        "status": journey.status,
        "steps": journey.steps.len(),
        "took_us": took(journey),
        "read_units": units(&journey.steps, |call| call.read_units),
        "write_units": units(&journey.steps, |call| call.write_units),
        "cost_usd": journey.cost_usd,
    })
}

/// How long its steps worked, in microseconds, waiting not counted.
fn took(journey: &Journey) -> u64 {
    journey.steps.iter().map(|step| step.took_us).sum()
}

fn units(steps: &[Step], of: impl Fn(&CallView) -> f64) -> f64 {
    steps.iter().flat_map(|step| &step.calls).map(of).sum()
}

fn dollars(cost: f64) -> String {
    format!("${cost:.7}")
}

/// Journeys, one a row.
pub(super) fn table<'a>(journeys: impl Iterator<Item = &'a Journey>) -> Markup {
    let mut journeys = journeys.peekable();
    html! {
        @if journeys.peek().is_none() { p.quiet { "No request yet." } }
        @else {
            table.stack {
                thead {
                    tr {
                        th scope="col" { "Request" }
                        th scope="col" { "Answer" }
                        th.n scope="col" { "Steps" }
                        th.n scope="col" { "Worked" }
                        th.n scope="col" { "Cost" }
                        th scope="col" { "Began" }
                    }
                }
                tbody {
                    @for journey in journeys {
                        tr {
                            th scope="row" { a.mono href={ "/_local/journeys/" (journey.id) } { (journey.title) } }
                            td data-label="Answer" { (status(journey)) }
                            td.n data-label="Steps" { (journey.steps.len()) }
                            td.n data-label="Worked" { (millis(took(journey))) }
                            td.n data-label="Cost" { (dollars(journey.cost_usd)) }
                            td data-label="Began" { (time(journey.started)) }
                        }
                    }
                }
            }
        }
    }
}

fn status(journey: &Journey) -> Markup {
    let failed = journey.steps.iter().any(|step| step.failed);
    html! {
        @match journey.status {
            Some(status @ 500..) => span.badge.bad { "! " (status) },
            Some(status @ 400..) => span.badge.warn { (status) },
            Some(status) => span.badge.ok { (status) },
            None => span.badge { "no request" },
        }
        @if failed { " " span.badge.bad { "! a step failed" } }
    }
}

pub(super) async fn one(State(engine): State<Arc<Engine>>, Path(id): Path<String>, wants: Wants) -> Response {
    let Some(journey) = engine.journey(&id) else {
        return wants.refuse(StatusCode::NOT_FOUND, "No journey of late has this id.");
    };
    wants.show(&journey, || console(&engine, Section::Journeys, &journey.title, journey_page(&journey)))
}

fn journey_page(journey: &Journey) -> Markup {
    let bars = Bars::of(&journey.steps);
    html! {
        p { a href="/_local/journeys" { "All journeys" } }
        h1.mono { (journey.title) }
        dl {
            dt { "Answer" } dd { (status(journey)) }
            dt { "Began" } dd.figures { (instant(journey.started)) }
            dt { "Worked" } dd.figures { (millis(took(journey))) }
            dt { "DynamoDB units" }
            dd.figures {
                (units(&journey.steps, |call| call.read_units)) " read, "
                (units(&journey.steps, |call| call.write_units)) " written"
            }
            dt { "Cost" } dd.figures { (dollars(journey.cost_usd)) " on AWS, at list price" }
            dt { "Correlation id" } dd.mono { (journey.id) }
        }
        section.card aria-labelledby="waterfall" {
            h2 id="waterfall" { "Waterfall" }
            p.quiet { "Waiting longer than " (LONGEST_PAUSE_US / 1000) " ms is drawn short." }
            table.stack.waterfall {
                thead {
                    tr {
                        th scope="col" { "Function" }
                        th scope="col" { "Trigger" }
                        th scope="col" { "When" }
                        th.n scope="col" { "Took" }
                        th.n scope="col" { "Calls" }
                        th.n scope="col" { "Read" }
                        th.n scope="col" { "Written" }
                    }
                }
                tbody { @for bar in &bars.bars { (row(bar, bars.whole)) } }
            }
        }
        @for bar in &bars.bars {
            details.card {
                summary { b { (bar.step.function) } " · " (bar.step.calls.len()) " calls · " (millis(bar.step.took_us)) }
                (calls(&bar.step.calls))
                @if bar.step.shared_by > 1 {
                    p.quiet { "This batch was shared by " (bar.step.shared_by) " journeys; so is its cost." }
                }
            }
        }
    }
}

fn row(bar: &Bar<'_>, whole: u64) -> Markup {
    let step = bar.step;
    let scale = |micros: u64| micros.saturating_mul(WIDTH) / whole.max(1);
    let class = match step.trigger.split(' ').next() {
        Some("queue") => "queue",
        Some("stream") => "stream",
        Some("GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD") => "http",
        Some(_) | None => "other",
    };
    html! {
        tr {
            th scope="row" {
                (step.function)
                @if step.failed { " " span.badge.bad { "! failed" } }
            }
            td.mono data-label="Trigger" { (step.trigger) }
            td {
                svg.bar viewBox={ "0 0 " (WIDTH) " 16" } preserveAspectRatio="none" role="img"
                    aria-label={ "from " (millis(bar.from)) " to " (millis(bar.from + step.took_us)) }
                {
                    rect.track x="0" y="6" width=(WIDTH) height="4" {}
                    rect class=(class) x=(scale(bar.from)) y="1" width=(scale(step.took_us).max(4)) height="14" {}
                }
            }
            td.n data-label="Took" { (millis(step.took_us)) }
            td.n data-label="Calls" { (step.calls.len()) }
            td.n data-label="Read" { (units(std::slice::from_ref(step), |call| call.read_units)) }
            td.n data-label="Written" { (units(std::slice::from_ref(step), |call| call.write_units)) }
        }
    }
}

fn calls(calls: &[CallView]) -> Markup {
    html! {
        @if calls.is_empty() { p.quiet { "It called nobody." } }
        @else {
            table.stack {
                thead {
                    tr {
                        th scope="col" { "Call" }
                        th scope="col" { "On" }
                        th.n scope="col" { "Answer" }
                        th.n scope="col" { "Took" }
                        th.n scope="col" { "Read" }
                        th.n scope="col" { "Written" }
                    }
                }
                tbody {
                    @for call in calls {
                        tr {
                            th scope="row" { (call.service.name()) " " (call.operation) }
                            td data-label="On" { (call.resources.join(", ")) }
                            td.n data-label="Answer" {
                                @match call.status {
                                    0 => "none",
                                    status => (status),
                                }
                            }
                            td.n data-label="Took" { (millis(call.took_us)) }
                            td.n data-label="Read" { (call.read_units) }
                            td.n data-label="Written" { (call.write_units) }
                        }
                    }
                }
            }
        }
    }
}

/// Steps laid out over time, long pauses shortened.
struct Bars<'a> {
    bars: Vec<Bar<'a>>,
    /// The end of the last, in microseconds.
    whole: u64,
}

struct Bar<'a> {
    step: &'a Step,
    /// Microseconds from the left edge.
    from: u64,
}

impl<'a> Bars<'a> {
    fn of(steps: &'a [Step]) -> Self {
        let mut steps: Vec<&Step> = steps.iter().collect();
        steps.sort_by_key(|step| step.started);
        let began = steps.first().map_or(0, |step| micros(step.started));
        let (mut cut, mut whole) = (0, 0);
        let bars = steps
            .into_iter()
            .map(|step| {
                let from = micros(step.started).saturating_sub(began).saturating_sub(cut);
                let from = if from > whole + LONGEST_PAUSE_US {
                    cut += from - whole - LONGEST_PAUSE_US;
                    whole + LONGEST_PAUSE_US
                } else {
                    from
                };
                whole = whole.max(from + step.took_us);
                Bar { step, from }
            })
            .collect();
        Self { bars, whole }
    }
}

fn micros(at: Timestamp) -> u64 {
    u64::try_from(at.as_microsecond()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(second: i64, took_us: u64) -> Step {
        Step {
            function: "checkout".to_owned(),
            trigger: "POST /api/checkout".to_owned(),
            started: Timestamp::from_second(1_790_000_000 + second).unwrap(),
            took_us,
            calls: Vec::new(),
            failed: false,
            shared_by: 1,
            memory_mb: 512,
            over_http: true,
            from_queue: false,
        }
    }

    #[test]
    fn a_hold_of_35_minutes_leaves_room_for_the_rest() {
        let steps = [step(2_100, 5_000), step(0, 10_000), step(2_100, 3_000)];
        let bars = Bars::of(&steps);
        let from: Vec<u64> = bars.bars.iter().map(|bar| bar.from).collect();
        assert_eq!(from, [0, 30_000, 30_000]);
        assert_eq!(bars.whole, 35_000);
        assert_eq!(Bars::of(&[]).whole, 0);
    }
}
