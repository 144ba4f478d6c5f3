//! The virtual clock, read and moved.
//!
//! Knows how people write lengths of time. It deliberately moves forward only, and waits until all that fell due on
//! the way has settled.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::frame::{instant, span};
use super::reply::{Wants, read, see_other};
use crate::engine::Engine;

/// The longest jump, in days: every minute of it is a tick of some schedule.
const LONGEST_DAYS: i64 = 400;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: String,
}

fn state(engine: &Engine) -> Value {
    let ahead = engine.clock().offset().unwrap_or_default();
    json!({ "now": engine.clock().now().to_string(), "ahead_s": ahead.as_secs() })
}

pub(super) async fn read_clock(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    match wants {
        Wants::Json => wants.show(&state(&engine), || html! {}),
        Wants::Page => see_other("/_local#clock"),
    }
}

pub(super) async fn advance(State(engine): State<Arc<Engine>>, wants: Wants, body: Bytes) -> Response {
    let length = match read::<Advance>(&body).and_then(|asked| length(&asked.advance)) {
        Ok(length) => length,
        Err(detail) => return wants.refuse(StatusCode::BAD_REQUEST, detail),
    };
    engine.advance(length).await;
    wants.done(&state(&engine), "/_local#clock")
}

/// "30d", "1h 30m", "90s", "P1DT2H": a length of time that a clock can move by. A day has 24 hours.
fn length(text: &str) -> Result<SignedDuration, String> {
    let refusal = || format!("'{text}' is no length of time: write 35m, 1h, 7d or the like");
    let asked: Span = text.trim().parse().map_err(|_| refusal())?;
    let length = asked.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| refusal())?;
    if length.is_negative() || length.is_zero() {
        return Err("The clock moves forward only.".to_owned());
    }
    if length > SignedDuration::from_hours(24 * LONGEST_DAYS) {
        return Err(format!("The clock moves {LONGEST_DAYS} days at once at most."));
    }
    Ok(length)
}

/// The clock with its buttons.
pub(super) fn card(engine: &Engine) -> Markup {
    let ahead = engine.clock().offset().unwrap_or_default();
    html! {
        section.card aria-labelledby="clock" {
            h2 id="clock" { "Clock" }
            p.big.figures { (instant(engine.clock().now())) }
            p.quiet {
                @if ahead > SignedDuration::from_secs(1) { (span(ahead)) " ahead of the real time. " }
                @else { "The real time. " }
                "Moving it fires everything due on the way: holds, mails, retries."
            }
            form method="post" action="/_local/clock" {
                div.row {
                    @for (value, name) in
                        [("35m", "+35 min"), ("1h", "+1 hour"), ("1d", "+1 day"), ("7d", "+7 days"), ("30d", "+30 days")]
                    {
                        button name="advance" value=(value) { (name) }
                    }
                }
            }
            form method="post" action="/_local/clock" {
                div.field {
                    label for="advance" { "By another length" }
                    div.row {
                        input id="advance" name="advance" size="10" required aria-describedby="advance-hint";
                        button { "Move" }
                    }
                    span.quiet id="advance-hint" { "For example 90s or 2d 4h" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, seconds) in [("30d", 2_592_000), ("35m", 2_100), ("1h 30m", 5_400), ("90s", 90), ("P1DT2H", 93_600)]
        {
            assert_eq!(length(text).map(|length| length.as_secs()), Ok(seconds), "{text}");
        }
        for text in ["", "soon", "-1d", "0s", "401d", "1y", "1mo", "12"] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
