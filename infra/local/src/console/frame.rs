//! What every page of the console looks like around its content.
//!
//! Knows the strip that says this is no production, the banner of a moved clock, and how times and sums are written. It
//! deliberately shares nothing with the shop's pages: those are deployed.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{DOCTYPE, Markup, html};

use crate::engine::Engine;

pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console.css")).into_response()
}

/// The console's sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Home,
    Mails,
    Queues,
    Journeys,
    Grants,
}

impl Section {
    const ALL: [Self; 5] = [Self::Home, Self::Mails, Self::Queues, Self::Journeys, Self::Grants];

    const fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Home => ("/_local", "Console"),
            Self::Mails => ("/_local/mails", "Mails"),
            Self::Queues => ("/_local/queues", "Queues"),
            Self::Journeys => ("/_local/journeys", "Journeys"),
            Self::Grants => ("/_local/grants", "Grants"),
        }
    }
}

/// A page of the console.
pub(super) fn console(engine: &Engine, section: Section, title: &str, content: Markup) -> Markup {
    let now = engine.clock().now();
    let ahead = engine.clock().offset().unwrap_or_default();
    document(
        title,
        html! {
            div.strip {
                b { "LOCAL" }
                span { "A development engine on this machine. No money moves, no mail leaves." }
                @if ahead > SignedDuration::from_secs(1) {
                    span role="status" {
                        "The clock is simulated: " (instant(now)) ", " (span(ahead)) " ahead. "
                        a href="/_local#clock" { "Clock" }
                    }
                }
            }
            nav.top aria-label="Console" {
                ul {
                    @for known in Section::ALL {
                        @let (link, name) = known.link();
                        li {
                            @if known == section { a href=(link) aria-current="page" { (name) } }
                            @else { a href=(link) { (name) } }
                        }
                    }
                    li { a href="/" { "Shop" } }
                    li { a href="/desk" { "Desk" } }
                }
            }
        },
        content,
    )
}

/// A page that is no part of the console's sections.
pub(super) fn plain(title: &str, content: Markup) -> Markup {
    document(
        title,
        html! { div.strip { b { "LOCAL" } span { "A stand-in on this machine. No money moves." } } },
        content,
    )
}

fn document(title: &str, header: Markup, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · local" }
                link rel="stylesheet" href="/_local/console.css";
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header { (header) }
                main id="main" { (content) }
            }
        }
    }
}

/// An instant, to the second, in UTC.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M:%S UTC").to_string()
}

/// An instant in a table: no year, the whole of it in its attributes.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time.figures datetime=(at.to_string()) title=(instant(at)) { (at.strftime("%-d %b %H:%M:%S").to_string()) } }
}

/// A length of time in its two greatest units.
pub(super) fn span(length: SignedDuration) -> String {
    let mut left = length.as_secs().max(0);
    let mut parts = Vec::new();
    for (seconds, unit) in [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")] {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// Microseconds as milliseconds.
pub(super) fn millis(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_to_read() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (2_100, "35 min"),
            (3_661, "1 h 1 min"),
            (2_592_000, "30 d"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), text);
        }
        assert_eq!(millis(12_345), "12.3 ms");
    }
}
