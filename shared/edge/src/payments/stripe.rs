//! Stripe's API as far as the shop uses it.
//!
//! Knows requests, forms, answers and which refusals are worth another try. It deliberately knows nothing of webhooks'
//! signatures, and sends no key twice: an idempotency key belongs to one decision of the shop's.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use domain::id::OrderId;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::amount::{from_wire, to_wire};
use super::{
    API_VERSION, ExpireOutcome, OpenSession, PaymentError, PaymentStatus, Refund, RefundRequest, RefundStatus, Session,
    SessionRequest, SessionStatus,
};
use crate::outside::{Failure, Outside, Terms};

/// Where Stripe's API lives.
const ENDPOINT: &str = "https://api.stripe.com";

/// Stripe's answers that the same request, with the same idempotency key, may be sent again after.
const RETRYABLE: &[u16] = &[409, 429, 500, 502, 503, 504];

/// With a person waiting; the functions that ask have 20 s.
const TERMS: Terms =
    Terms { name: "stripe", attempt: Duration::from_secs(6), whole: Duration::from_secs(14), retryable: RETRYABLE };

/// The longest text Stripe shows under a line's name that is still readable on its page.
const DESCRIPTION: usize = 500;

/// Stripe's API under one secret key. Cheap to clone.
#[derive(Clone)]
pub struct Stripe {
    key: SecretString,
    outside: Outside,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").finish_non_exhaustive()
    }
}

impl Stripe {
    /// Stripe under `key`, over `http`; without it over the SDK's own HTTPS client.
    pub fn new(key: SecretString, http: Option<SharedHttpClient>) -> Self {
        Self::at(ENDPOINT, key, http)
    }

    /// The same at another address: a stand-in that listens on loopback.
    pub fn at(endpoint: &str, key: SecretString, http: Option<SharedHttpClient>) -> Self {
        Self { key, outside: Outside::new(TERMS, endpoint, http, None) }
    }

    pub(super) async fn create_session(&self, request: &SessionRequest) -> Result<OpenSession, PaymentError> {
        let answer: SessionBody = self
            .send(Call::post(
                "/v1/checkout/sessions",
                Some(format!("{}-{}", request.order, request.attempt)),
                &session_form(request)?,
            )?)
            .await?;
        Ok(OpenSession {
            expires_at: time(answer.expires_at)?,
            url: answer.url.ok_or_else(|| PaymentError::Unreadable("a new session has no url".to_owned()))?,
            id: answer.id,
        })
    }

    pub(super) async fn retrieve_session(&self, id: &str) -> Result<Session, PaymentError> {
        let path = session_path(id)?;
        self.send::<SessionBody>(Call::get(path)).await?.read()
    }

    pub(super) async fn expire_session(&self, id: &str) -> Result<ExpireOutcome, PaymentError> {
        let path = format!("{}/expire", session_path(id)?);
        let refusal = match self.send::<SessionBody>(Call::post(&path, None, &[])?).await {
            Ok(_) => return Ok(ExpireOutcome::Expired),
            Err(error) => error,
        };
        // Stripe says 'not open' in prose alone, and a first attempt whose answer was lost has expired it already:
        // what the session is now tells.
        if !matches!(refusal, PaymentError::Refused { status: 400, .. }) {
            return Err(refusal);
        }
        match self.retrieve_session(id).await?.status {
            SessionStatus::Open => Err(refusal),
            SessionStatus::Complete => Ok(ExpireOutcome::AlreadyComplete),
            SessionStatus::Expired => Ok(ExpireOutcome::AlreadyExpired),
        }
    }

    pub(super) async fn refund(&self, request: &RefundRequest) -> Result<Refund, PaymentError> {
        let (amount, _) = to_wire(request.amount)?;
        let answer: RefundBody = self
            .send(Call::post(
                "/v1/refunds",
                Some(request.idempotency_key.clone()),
                &[
                    ("payment_intent", request.payment_intent.clone()),
                    ("amount", amount.to_string()),
                    ("metadata[order]", request.order.to_string()),
                ],
            )?)
            .await?;
        Ok(Refund { id: answer.id, status: answer.status })
    }

    async fn send<Answer: for<'de> Deserialize<'de>>(&self, call: Call) -> Result<Answer, PaymentError> {
        let request = call.request(&self.key).map_err(|error| unsendable(error.to_string()))?;
        let answer = self.outside.send(request).await.map_err(refusal)?;
        serde_json::from_slice(&answer.body).map_err(|error| PaymentError::Unreadable(error.to_string()))
    }
}

/// A request that cannot be right, refused before it is sent.
pub(super) fn unsendable(message: impl Into<String>) -> PaymentError {
    PaymentError::Refused { status: 0, code: "not_sent".to_owned(), message: message.into() }
}

/// One request of Stripe's API, before the key is put on it.
struct Call {
    method: Method,
    path: String,
    idempotency_key: Option<String>,
    form: String,
}

impl Call {
    fn get(path: String) -> Self {
        Self { method: Method::GET, path, idempotency_key: None, form: String::new() }
    }

    fn post(path: &str, idempotency_key: Option<String>, form: &[(&str, String)]) -> Result<Self, PaymentError> {
        Ok(Self {
            method: Method::POST,
            path: path.to_owned(),
            idempotency_key,
            form: serde_html_form::to_string(form).map_err(|error| unsendable(error.to_string()))?,
        })
    }

    fn request(self, key: &SecretString) -> Result<http::Request<Bytes>, http::Error> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()))?;
        bearer.set_sensitive(true);
        let mut request = http::Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(AUTHORIZATION, bearer)
            .header("stripe-version", API_VERSION);
        if let Some(key) = self.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if !self.form.is_empty() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request.body(self.form.into())
    }
}

fn refusal(failure: Failure) -> PaymentError {
    match failure {
        Failure::Unsendable(why) => unsendable(why),
        Failure::Unavailable(why) => PaymentError::Unavailable(why),
        Failure::Refused { status, body } => rejected(status, &body),
    }
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    error: ErrorFields,
}

#[derive(Deserialize, Default)]
struct ErrorFields {
    #[serde(default, rename = "type")]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    #[serde(default)]
    message: String,
}

/// Stripe's error kinds: <https://docs.stripe.com/api/errors>.
fn rejected(status: u16, body: &[u8]) -> PaymentError {
    let ErrorBody { error } = serde_json::from_slice(body).unwrap_or_default();
    let code = error.code.filter(|code| !code.is_empty()).unwrap_or_else(|| error.kind.clone());
    if RETRYABLE.contains(&status) {
        return PaymentError::Unavailable(format!("{} {code}", status));
    }
    if status == 402 || error.kind == "card_error" {
        return PaymentError::Declined { code: error.decline_code.unwrap_or(code), message: error.message };
    }
    PaymentError::Refused { status, code, message: error.message }
}

/// The form of a session: one line with the order's total, so that tax and shipping cannot be computed apart there.
/// Cards alone (wallets included): the hold is minutes long, and a bank debit takes days.
fn session_form(request: &SessionRequest) -> Result<Vec<(&'static str, String)>, PaymentError> {
    let (amount, currency) = to_wire(request.amount)?;
    let order = request.order.to_string();
    let name = format!("Order {}", request.order.number());
    let mut form = vec![
        ("mode", "payment".to_owned()),
        ("payment_method_types[0]", "card".to_owned()),
        ("client_reference_id", order.clone()),
        ("customer_email", request.email.to_string()),
        ("line_items[0][quantity]", "1".to_owned()),
        ("line_items[0][price_data][currency]", currency),
        ("line_items[0][price_data][unit_amount]", amount.to_string()),
        ("line_items[0][price_data][product_data][name]", name.clone()),
        ("payment_intent_data[description]", name),
        ("payment_intent_data[metadata][order]", order.clone()),
        ("metadata[order]", order),
        ("success_url", request.success_url.clone()),
        ("cancel_url", request.cancel_url.clone()),
        ("expires_at", request.expires_at.as_second().to_string()),
    ];
    let description: String = request.lines.join(", ").chars().take(DESCRIPTION).collect();
    // Stripe refuses empty texts.
    if !description.is_empty() {
        form.push(("line_items[0][price_data][product_data][description]", description));
    }
    Ok(form)
}

/// The path of a session. Its id came from outside once: nothing but Stripe's own alphabet gets into a path.
fn session_path(id: &str) -> Result<String, PaymentError> {
    let known = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !known || id.is_empty() {
        return Err(unsendable("not a session's id"));
    }
    Ok(format!("/v1/checkout/sessions/{id}"))
}

#[derive(Deserialize)]
pub(super) struct SessionBody {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) expires_at: i64,
    pub(super) status: SessionStatus,
    pub(super) payment_status: PaymentStatus,
    pub(super) payment_intent: Option<String>,
    pub(super) amount_total: i64,
    pub(super) currency: String,
    pub(super) client_reference_id: Option<String>,
}

impl SessionBody {
    fn read(self) -> Result<Session, PaymentError> {
        Ok(Session {
            expires_at: time(self.expires_at)?,
            order: self.order(),
            amount: from_wire(self.amount_total, &self.currency).map_err(PaymentError::Unreadable)?,
            id: self.id,
            url: self.url,
            status: self.status,
            payment_status: self.payment_status,
            payment_intent: self.payment_intent,
        })
    }

    /// An account can serve several shops: a session may well be for something that is no order here.
    pub(super) fn order(&self) -> Option<OrderId> {
        self.client_reference_id.as_deref()?.parse().ok()
    }
}

#[derive(Deserialize)]
pub(super) struct RefundBody {
    pub(super) id: String,
    pub(super) status: RefundStatus,
    pub(super) payment_intent: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

fn time(seconds: i64) -> Result<Timestamp, PaymentError> {
    Timestamp::from_second(seconds).map_err(|error| PaymentError::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use domain::money::Money;

    use super::*;

    type Sent = Arc<Mutex<Vec<HttpRequest>>>;

    /// Answers as scripted, one entry a request; `None` is a connection that breaks.
    #[derive(Debug)]
    struct Script {
        answers: Mutex<Vec<Option<(u16, String)>>>,
        sent: Sent,
    }

    impl HttpConnector for Script {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            self.sent.lock().unwrap().push(request);
            let mut answers = self.answers.lock().unwrap();
            assert!(!answers.is_empty(), "one request too many");
            HttpConnectorFuture::ready(match answers.remove(0) {
                Some((status, body)) => Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))),
                None => Err(ConnectorError::io("broken".into())),
            })
        }
    }

    fn stripe(answers: Vec<Option<(u16, serde_json::Value)>>) -> (Stripe, Sent) {
        let sent = Sent::default();
        let script = SharedHttpConnector::new(Script {
            answers: Mutex::new(
                answers.into_iter().map(|answer| answer.map(|(status, body)| (status, body.to_string()))).collect(),
            ),
            sent: Arc::clone(&sent),
        });
        let http = http_client_fn(move |_, _| script.clone());
        (Stripe::new("sk_test_key".into(), Some(http)), sent)
    }

    fn money(amount: i64, currency: &str) -> Money {
        Money { amount, currency: currency.parse().unwrap() }
    }

    fn request() -> SessionRequest {
        SessionRequest {
            order: OrderId::new(1_790_000_000_000, [7; 10]),
            attempt: 2,
            amount: money(1999, "EUR"),
            email: "buyer@example.com".parse().unwrap(),
            lines: vec!["2 × Enamel mug".to_owned(), "1 × Plate".to_owned()],
            success_url: "https://shop.example.com/orders/1".to_owned(),
            cancel_url: "https://shop.example.com/cart".to_owned(),
            expires_at: Timestamp::from_second(1_790_001_800).unwrap(),
        }
    }

    fn session(status: &str) -> serde_json::Value {
        serde_json::json!({
            "id": "cs_1", "url": "https://checkout.example.com/cs_1", "expires_at": 1_790_001_800, "status": status,
            "payment_status": "unpaid", "payment_intent": null, "amount_total": 1999, "currency": "eur",
            "client_reference_id": request().order.to_string(),
        })
    }

    fn error(kind: &str, code: &str) -> serde_json::Value {
        serde_json::json!({ "error": { "type": kind, "code": code, "message": "No." } })
    }

    #[tokio::test]
    async fn a_session_is_asked_for_as_stripe_wants_it() {
        let (stripe, sent) = stripe(vec![Some((200, session("open")))]);
        let open = stripe.create_session(&request()).await.unwrap();
        assert_eq!(open.id, "cs_1");
        assert_eq!(open.expires_at, request().expires_at);
        let sent = sent.lock().unwrap();
        assert_eq!(sent[0].uri(), "https://api.stripe.com/v1/checkout/sessions");
        assert_eq!(sent[0].method(), "POST");
        let header = |name| sent[0].headers().get(name).unwrap_or_default();
        assert_eq!(header("authorization"), "Bearer sk_test_key");
        assert_eq!(header("stripe-version"), API_VERSION);
        assert_eq!(header("idempotency-key"), format!("{}-2", request().order), "order and attempt");
        assert!(!format!("{:?}", sent[0]).contains("sk_test_key"), "the key is in no log");
        let form: Vec<(String, String)> = serde_html_form::from_bytes(sent[0].body().bytes().unwrap()).unwrap();
        let value = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(value("mode"), Some("payment"));
        assert_eq!(value("client_reference_id"), Some(request().order.to_string().as_str()));
        assert_eq!(value("line_items[0][price_data][unit_amount]"), Some("1999"));
        assert_eq!(value("line_items[0][price_data][currency]"), Some("eur"));
        assert_eq!(value("line_items[0][price_data][product_data][description]"), Some("2 × Enamel mug, 1 × Plate"));
        assert_eq!(value("expires_at"), Some("1790001800"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_passing_failure_is_tried_again_with_the_same_key() {
        for failure in [
            None,
            Some((500, error("api_error", ""))),
            Some((409, error("idempotency_error", "idempotency_key_in_use"))),
        ] {
            let (stripe, sent) = stripe(vec![failure, Some((200, session("open")))]);
            stripe.create_session(&request()).await.unwrap();
            let sent = sent.lock().unwrap();
            assert_eq!(sent[0].headers().get("idempotency-key"), sent[1].headers().get("idempotency-key"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_told_apart() {
        let (stripe, _) = stripe(vec![
            None,
            None,
            Some((503, error("api_error", ""))),
            Some((503, error("api_error", ""))),
            Some((402, error("card_error", "card_declined"))),
            Some((401, error("invalid_request_error", ""))),
            Some((200, serde_json::json!({ "id": 1 }))),
        ]);
        let request = request();
        let mut errors = Vec::new();
        for _ in 0..5 {
            errors.push(stripe.create_session(&request).await.unwrap_err());
        }
        assert!(matches!(errors[0], PaymentError::Unavailable(_)));
        assert!(errors[0].retryable() && errors[1].retryable());
        assert!(matches!(&errors[2], PaymentError::Declined { code, .. } if code == "card_declined"));
        assert!(
            matches!(&errors[3], PaymentError::Refused { status: 401, code, .. } if code == "invalid_request_error")
        );
        assert!(matches!(errors[4], PaymentError::Unreadable(_)));
        assert!(errors[2..].iter().all(|error| !error.retryable()), "they stay as they are");
    }

    #[tokio::test]
    async fn ending_a_session_tells_what_it_was() {
        let closed = || Some((400, error("invalid_request_error", "")));
        for (answers, expected) in [
            (vec![Some((200, session("expired")))], ExpireOutcome::Expired),
            (vec![closed(), Some((200, session("complete")))], ExpireOutcome::AlreadyComplete),
            (vec![closed(), Some((200, session("expired")))], ExpireOutcome::AlreadyExpired),
        ] {
            let (stripe, _) = stripe(answers);
            assert_eq!(stripe.expire_session("cs_1").await.unwrap(), expected);
        }
        let (stripe, sent) = stripe(vec![closed(), Some((200, session("open")))]);
        assert!(matches!(stripe.expire_session("cs_1").await, Err(PaymentError::Refused { status: 400, .. })));
        assert!(stripe.expire_session("cs_1/../../refunds").await.is_err());
        assert_eq!(sent.lock().unwrap().len(), 2, "a forged id never leaves the house");
    }
}
