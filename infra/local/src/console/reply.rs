//! How the console answers: pages to people, JSON to programs, and which requests it refuses to hear at all.
//!
//! Knows content negotiation, headers and problems. It deliberately knows nothing of what is asked.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::frame;

/// Nothing but the console's own style, its own forms and frames of its own pages.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'self'",
);

/// What the caller wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wants {
    Page,
    Json,
}

impl Wants {
    fn of(headers: &HeaderMap) -> Self {
        let accepts_pages = headers
            .get_all(ACCEPT)
            .iter()
            .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
        if accepts_pages { Self::Page } else { Self::Json }
    }

    /// The value for a program, the page for a person.
    pub(super) fn show(self, value: &impl Serialize, page: impl FnOnce() -> Markup) -> Response {
        match self {
            Self::Json => json_response(StatusCode::OK, "application/json", value),
            Self::Page => page_response(StatusCode::OK, page()),
        }
    }

    /// The value for a program; a person goes on to `next`.
    pub(super) fn done(self, value: &impl Serialize, next: &str) -> Response {
        match self {
            Self::Json => json_response(StatusCode::OK, "application/json", value),
            Self::Page => see_other(next),
        }
    }

    /// No, and why.
    pub(super) fn refuse(self, status: StatusCode, detail: impl Into<String>) -> Response {
        let detail = detail.into();
        let title = status.canonical_reason().unwrap_or("Refused");
        match self {
            Self::Json => json_response(
                status,
                "application/problem+json",
                &json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail }),
            ),
            Self::Page => page_response(
                status,
                frame::plain(
                    title,
                    html! {
                        h1 { (title) }
                        div.note.bad { p { (detail) } }
                        p { a href="/_local" { "To the console" } }
                    },
                ),
            ),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wants {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

fn json_response(status: StatusCode, kind: &'static str, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(CONTENT_TYPE, kind)], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A page.
pub(super) fn page_response(status: StatusCode, page: Markup) -> Response {
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (CONTENT_SECURITY_POLICY, POLICY)],
        page.into_string(),
    )
        .into_response()
}

/// 303: the answer to a form.
pub(super) fn see_other(next: &str) -> Response {
    match HeaderValue::try_from(next) {
        Ok(next) => (StatusCode::SEE_OTHER, [(LOCATION, next)]).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Reads a body: JSON where it looks like it (curl -d says it sends a form), else a form.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    if body.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(body).map_err(|error| error.to_string());
    }
    serde_html_form::from_bytes(body).map_err(|error| error.to_string())
}

/// Keeps pages of other sites from pressing the console's buttons, and everything fresh.
pub(super) async fn guard(request: Request<Body>, next: Next) -> Response {
    let wants = Wants::of(request.headers());
    let from_elsewhere =
        request.headers().get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if request.method() != Method::GET && from_elsewhere {
        return wants.refuse(StatusCode::FORBIDDEN, "Another site may not do this.");
    }
    let mut response = next.run(request).await;
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the request was sent to this machine by a name nobody else can claim.
pub(super) fn on_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

pub(super) async fn nothing_here(wants: Wants) -> Response {
    wants.refuse(StatusCode::NOT_FOUND, "The console has no such page.")
}
