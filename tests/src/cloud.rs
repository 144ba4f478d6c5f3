//! A shop that is deployed: reached over HTTP, its mails read from the emulator of AWS, its cards paid at a stand-in of ours.
//!
//! Knows the emulator's own addresses, which no function knows. Nothing here makes time pass: what happens, happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use local::keys::SigningKey;
use local::stripe::{Act, Stripe, Webhook};
use serde::Deserialize;
use serde_json::Value;

use crate::invariants;

/// How long something that was asked for may take to happen: a minute's schedule, and a queue's patience.
const PATIENCE: Duration = Duration::from_secs(150);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// Where the shop is, as the deployment tells it.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// The emulator's address.
    pub endpoint: String,
    /// The name that the API is asked under.
    pub host: String,
    /// The shop's address in links and tokens.
    pub url: String,
}

/// A deployed shop.
#[derive(Clone)]
pub struct Cloud {
    place: Place,
    key: Arc<SigningKey>,
    stripe: Arc<Stripe>,
    client: Client<HttpConnector, Full<Bytes>>,
    tries: u32,
}

/// A mail as its reader has it.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cloud").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Cloud {
    /// The shop at `place`, whose tokens `key` signs and whose cards `stripe` takes.
    pub fn new(place: Place, key: Arc<SigningKey>, stripe: Arc<Stripe>) -> Self {
        Self { place, key, stripe, client: Client::builder(TokioExecutor::new()).build_http(), tries: 1 }
    }

    /// The same, asked up to `tries` times, as it was asked before, where it fails; its webhooks are sent as often.
    #[must_use]
    pub fn insistent(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.client.request(request.map(Full::new)).await.unwrap_or_else(|error| panic!("{error:?}"));
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("an answer broke off: {error}")).to_bytes();
        Response::from_parts(parts, body)
    }

    /// A request to the shop.
    pub async fn http(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let uri = format!("{}{path}", self.place.endpoint).parse().unwrap_or_else(|error| panic!("{error}"));
        *request.uri_mut() = uri;
        let host = HeaderValue::from_str(&self.place.host).unwrap_or_else(|error| panic!("{error}"));
        request.headers_mut().insert(header::HOST, host);
        for _ in 1..self.tries {
            let answer = self.send(request.clone()).await;
            if !answer.status().is_server_error() {
                return answer;
            }
            tokio::time::sleep(LOOK).await;
        }
        self.send(request).await
    }

    /// A staff token.
    pub fn token(&self, role: &str) -> String {
        let email = format!("{role}@example.com");
        self.key.staff(role, &email, &self.place.url, now()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The mails to an address, in the order in which they were sent.
    pub async fn mails(&self, to: &str) -> Vec<Letter> {
        let sent = self.sent().await.into_iter();
        sent.filter(|(receivers, _)| receivers.iter().any(|one| one == to)).map(|(_, letter)| letter).collect()
    }

    /// All mails. The emulator drops the Message-ID that the shop gave: here a mail is told by all that it says.
    pub async fn mailbox(&self) -> Vec<invariants::Mail> {
        let mail = |(receivers, letter): (Vec<String>, Letter)| {
            let to = receivers.join(",");
            invariants::Mail { id: format!("{to} {} {}", letter.subject, letter.text), to, subject: letter.subject }
        };
        self.sent().await.into_iter().map(mail).collect()
    }

    /// The mails that were sent, and to whom.
    async fn sent(&self) -> Vec<(Vec<String>, Letter)> {
        let url = format!("{}/_ministack/ses/messages", self.place.endpoint);
        let request = Request::get(url).body(Bytes::new()).unwrap_or_else(|error| panic!("{error}"));
        let told: Value = serde_json::from_slice(self.send(request).await.body()).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let accounts = told["messages"].as_object().into_iter().flat_map(|accounts| accounts.values());
        let mails = accounts.filter_map(Value::as_array).flatten();
        mails
            .map(|mail| {
                let to: Vec<String> = mail["To"].as_array().into_iter().flatten().map(text).collect();
                (to, Letter { subject: text(&mail["Subject"]), text: text(&mail["BodyText"]) })
            })
            .collect()
    }

    /// Does on the pay page of an order what a shopper would do, and tells the shop.
    pub async fn pay(&self, order: &str, act: Act) {
        let webhooks = self.stripe.act(order, act, now()).unwrap_or_else(|error| panic!("{error}"));
        self.tell(webhooks).await;
    }

    /// Posts the webhooks that are due by now.
    pub async fn deliver(&self) {
        self.tell(self.stripe.due(now())).await;
    }

    /// Posts webhooks.
    async fn tell(&self, webhooks: Vec<Webhook>) {
        for webhook in webhooks {
            let request = Request::post("/api/webhooks/stripe")
                .header("content-type", "application/json")
                .header("stripe-signature", &webhook.signature)
                .body(Bytes::from(webhook.body));
            let answer = self.http(request.unwrap_or_else(|error| panic!("{error}"))).await;
            assert!(answer.status().is_success(), "a webhook: {}", String::from_utf8_lossy(answer.body()));
        }
    }

    /// Waits until something has happened.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, happened: impl Fn() -> F) {
        let began = Instant::now();
        while !happened().await {
            assert!(began.elapsed() < PATIENCE, "{what}: it did not happen within {PATIENCE:?}");
            self.deliver().await;
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The system's time: a deployment has no other.
#[expect(clippy::disallowed_methods, reason = "nothing here runs on a virtual clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Serves the stand-in's API to the functions.
pub fn provider(stripe: Arc<Stripe>) -> Router {
    async fn answer(State(stripe): State<Arc<Stripe>>, request: axum::extract::Request) -> axum::response::Response {
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let (status, said) = stripe.request(parts.method.as_str(), path, &parts.headers, &body, now());
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/json")], said).into_response()
    }
    Router::new().fallback(answer).with_state(stripe)
}
