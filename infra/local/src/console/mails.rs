//! The mails, as their readers see them.
//!
//! Knows how to show a mail's HTML without trusting it: in a sandboxed frame of its own policy. It deliberately shows
//! what was sent, byte for byte, but for two things: links open in the whole window, and light or dark is chosen here.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::frame::{Section, console, instant, time};
use super::reply::Wants;
use crate::engine::Engine;
use crate::ses::{Attachment, Mail};

/// A mail's own page: its styles and pictures, no script, no form, nothing of the console's origin.
const MAIL_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; font-src http: https: data:; \
     sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
);

/// How a mail is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum View {
    #[default]
    Html,
    Dark,
    Text,
    Headers,
}

impl View {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Html, "html", "HTML"),
        (Self::Dark, "dark", "Dark"),
        (Self::Text, "text", "Text"),
        (Self::Headers, "headers", "Headers"),
    ];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Looking {
    #[serde(default)]
    view: View,
}

pub(super) async fn list(State(engine): State<Arc<Engine>>, wants: Wants) -> Response {
    let mails = engine.mails();
    wants.show(&json!({ "items": mails }), || {
        console(
            &engine,
            Section::Mails,
            "Mails",
            html! {
                h1 { "Mails" }
                section.card aria-label="Mails" { (table(mails.iter().rev())) }
            },
        )
    })
}

/// Mails, one a row.
pub(super) fn table<'a>(mails: impl Iterator<Item = &'a Mail>) -> Markup {
    let mut mails = mails.peekable();
    html! {
        @if mails.peek().is_none() {
            p.quiet { "No mail yet. Buy something, or ask for a sign-in link: its mail appears here." }
        } @else {
            table.stack {
                thead { tr { th scope="col" { "Subject" } th scope="col" { "To" } th scope="col" { "Sent" } } }
                tbody {
                    @for mail in mails {
                        tr {
                            th scope="row" { a href={ "/_local/mails/" (mail.n) } { (subject(mail)) } }
                            td data-label="To" { (mail.to.join(", ")) }
                            td data-label="Sent" { (time(mail.at)) }
                        }
                    }
                }
            }
        }
    }
}

fn subject(mail: &Mail) -> &str {
    if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }
}

fn no_mail(n: u64, wants: Wants) -> Response {
    wants.refuse(StatusCode::NOT_FOUND, format!("There is no mail {n}."))
}

pub(super) async fn one(
    State(engine): State<Arc<Engine>>,
    Path(n): Path<u64>,
    Query(looking): Query<Looking>,
    wants: Wants,
) -> Response {
    let Some(mail) = engine.mail(n) else {
        return no_mail(n, wants);
    };
    wants.show(&mail, || console(&engine, Section::Mails, subject(&mail), mail_page(&mail, looking.view)))
}

fn mail_page(mail: &Mail, view: View) -> Markup {
    html! {
        p { a href="/_local/mails" { "All mails" } }
        h1 { (subject(mail)) }
        dl {
            dt { "From" } dd { (mail.from) }
            dt { "To" } dd { (mail.to.join(", ")) }
            dt { "Sent" } dd.figures { (instant(mail.at)) }
            @if !mail.attachments.is_empty() {
                dt { "Attached" }
                dd.row {
                    @for (index, attachment) in mail.attachments.iter().enumerate() {
                        a href={ "/_local/mails/" (mail.n) "/attachments/" (index) } download {
                            (attachment.name) " (" (bytes(attachment).len()) " bytes)"
                        }
                    }
                }
            }
        }
        nav.tabs aria-label="View" {
            @for (known, word, name) in View::ALL {
                @let link = format!("/_local/mails/{}?view={word}", mail.n);
                @if known == view { a href=(link) aria-current="page" { (name) } }
                @else { a href=(link) { (name) } }
            }
        }
        @match view {
            View::Html => (framed(mail, false)),
            View::Dark => (framed(mail, true)),
            View::Text => {
                @match &mail.text {
                    Some(text) => pre tabindex="0" { (text) },
                    None => div.note.bad { p { "This mail has no text part: readers without HTML see nothing." } },
                }
            }
            View::Headers => {
                div.card.wide {
                    table {
                        thead { tr { th scope="col" { "Header" } th scope="col" { "Value" } } }
                        tbody {
                            @for (name, value) in &mail.headers {
                                tr { th scope="row" { (name) } td.mono { (value) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn framed(mail: &Mail, dark: bool) -> Markup {
    let scheme = if dark { "dark" } else { "light" };
    html! {
        @if mail.html.is_some() {
            iframe.dark[dark]
                src={ "/_local/mails/" (mail.n) "/html?scheme=" (scheme) }
                title={ "The mail as HTML, " (scheme) }
                sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" {}
        } @else {
            div.note { p { "This mail has no HTML part." } }
        }
    }
}

/// Which of light and dark a mail is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scheme {
    /// The reader's own choice.
    #[default]
    Own,
    Light,
    Dark,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schemed {
    #[serde(default)]
    scheme: Scheme,
}

pub(super) async fn html(
    State(engine): State<Arc<Engine>>,
    Path(n): Path<u64>,
    Query(Schemed { scheme }): Query<Schemed>,
    wants: Wants,
) -> Response {
    let Some(mail) = engine.mail(n) else {
        return no_mail(n, wants);
    };
    let Some(html) = mail.html else {
        return wants.refuse(StatusCode::NOT_FOUND, "This mail has no HTML part.");
    };
    (
        [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (CONTENT_SECURITY_POLICY, MAIL_POLICY)],
        readied(&html, scheme),
    )
        .into_response()
}

/// The mail's HTML with links that leave the frame, and one scheme's media query made true or false.
fn readied(html: &str, scheme: Scheme) -> String {
    const BASE: &str = "<base target=\"_top\">";
    let mut readied = match html.find("<head>") {
        Some(at) => {
            let (before, after) = html.split_at(at + "<head>".len());
            format!("{before}{BASE}{after}")
        }
        None => html.to_owned(),
    };
    let dark = match scheme {
        Scheme::Own => return readied,
        Scheme::Dark => "(min-width: 0px)",
        Scheme::Light => "(max-width: 0px)",
    };
    for query in ["(prefers-color-scheme: dark)", "(prefers-color-scheme:dark)"] {
        readied = readied.replace(query, dark);
    }
    readied
}

/// The engine keeps attachments in base64, as JSON shows them.
fn bytes(attachment: &Attachment) -> Vec<u8> {
    data_encoding::BASE64.decode(attachment.content.as_bytes()).unwrap_or_default()
}

pub(super) async fn attachment(
    State(engine): State<Arc<Engine>>,
    Path((n, index)): Path<(u64, usize)>,
    wants: Wants,
) -> Response {
    let Some(mail) = engine.mail(n) else {
        return no_mail(n, wants);
    };
    let Some(attachment) = mail.attachments.into_iter().nth(index) else {
        return wants.refuse(StatusCode::NOT_FOUND, "The mail has no such attachment.");
    };
    // Never shown in place: an attachment can be a page with a script.
    let name: String = attachment.name.chars().filter(|char| char.is_ascii_graphic() && *char != '"').collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let content = bytes(&attachment);
    let kind =
        HeaderValue::try_from(attachment.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    (
        [
            (CONTENT_TYPE, kind),
            (CONTENT_DISPOSITION, disposition),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        content,
    )
        .into_response()
}

pub(super) async fn inbound(wants: Wants) -> Response {
    wants.refuse(StatusCode::NOT_IMPLEMENTED, "The template has no function that receives mail yet.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_leave_the_frame_and_the_scheme_is_chosen() {
        let mail = "<!doctype html><html><head><style>@media (prefers-color-scheme: dark) { a { color: red } }</style>";
        let dark = readied(mail, Scheme::Dark);
        assert!(dark.contains("<head><base target=\"_top\"><style>@media (min-width: 0px)"));
        assert!(readied(mail, Scheme::Light).contains("@media (max-width: 0px)"));
        assert!(readied(mail, Scheme::Own).contains("prefers-color-scheme"));
        assert_eq!(readied("<p>Hello", Scheme::Own), "<p>Hello");
    }
}
