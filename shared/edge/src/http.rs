//! HTTP at a function's edge: one event in, one answer out, every answer with the same safe headers.
//!
//! Knows API Gateway's event, content types, cookies and problem answers; knows no route and no rule.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::{Problem, ProblemKind};
use domain::text::Digest;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{HeaderMap, Method};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::function::{Error, Function, Invoke};
use crate::metrics::Trigger;

/// The largest body a route takes, in bytes. Larger things are uploaded to a bucket by a presigned URL.
pub const BODY_LIMIT: usize = 256 * 1024;

/// A function that answers HTTP requests.
pub trait HttpHandler: Sized + Send + Sync + 'static {
    /// Reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    fn new(context: &Context) -> Result<Self, Error>;

    /// Answers one request.
    fn handle(&self, request: &Request) -> impl Future<Output = Result<Response, Problem>> + Send;

    /// Says no. A function with pages answers a browser with a page.
    fn refuse(&self, request: &Request, problem: &Problem) -> impl Future<Output = Response> + Send {
        std::future::ready(Response::problem(request, problem))
    }
}

/// The function that answers with this handler.
pub const fn http<H: HttpHandler>() -> Function {
    Function::new(Trigger::Http, |context| Ok(Arc::new(Runner { handler: H::new(context)? })))
}

struct Runner<H> {
    handler: H,
}

impl<H: HttpHandler> Invoke for Runner<H> {
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let request = Request::parse(event)?;
            let answer = AssertUnwindSafe(self.handler.handle(&request)).catch_unwind().await;
            let response = match answer {
                Ok(Ok(response)) => response,
                Ok(Err(problem)) => self.handler.refuse(&request, &problem).await,
                Err(_panic) => {
                    let problem = internal("a handler panicked", &"see the panic above");
                    self.handler.refuse(&request, &problem).await
                }
            };
            tracing::info!(
                http.route = request.route(),
                http.status = response.status,
                correlation.id = request.correlation(),
                "answered"
            );
            response.into_event(&request)
        })
    }
}

/// 500: logs what happened and tells the caller nothing of it.
pub fn internal(what: &str, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(error = %error, "{what}");
    Problem::new(ProblemKind::Internal, "It was not your doing. Please try again in a moment.")
}

/// One HTTP request as API Gateway handed it over.
#[derive(Debug)]
pub struct Request {
    inner: lambda_http::Request,
    route: String,
    correlation: String,
    cookies: BTreeMap<String, String>,
}

impl Request {
    fn parse(event: &[u8]) -> Result<Self, Error> {
        let inner = lambda_http::request::from_str(std::str::from_utf8(event)?)?;
        let (route, id) = match inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                (context.route_key.clone().unwrap_or_default(), context.request_id.clone().unwrap_or_default())
            }
            _ => (String::new(), String::new()),
        };
        let correlation = inner
            .headers()
            .get("x-correlation-id")
            .and_then(|value| value.to_str().ok())
            .filter(|value| is_correlation(value))
            .map_or(id, str::to_owned);
        let cookies = inner
            .headers()
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Self { inner, route, correlation, cookies })
    }

    /// The route that matched, as the template declares it: `GET /api/products/{slug}`.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// The correlation id that this request's logs, events and mails carry.
    pub fn correlation(&self) -> &str {
        &self.correlation
    }

    /// The method.
    pub fn method(&self) -> &Method {
        self.inner.method()
    }

    /// The path as it was asked for.
    pub fn path(&self) -> &str {
        self.inner.uri().path()
    }

    /// The path and the query as they were asked for.
    pub fn path_and_query(&self) -> &str {
        self.inner.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// The parameter `name` of the route.
    ///
    /// # Errors
    /// 404 where the route has none.
    pub fn parameter(&self, name: &str) -> Result<String, Problem> {
        self.inner
            .path_parameters_ref()
            .and_then(|parameters| parameters.first(name))
            .map(decoded)
            .ok_or_else(|| Problem::not_found("page"))
    }

    /// What is asked for, as the address says it: the parameter `act` of a route that has one for several forms, else the
    /// last part of the route.
    pub fn act(&self) -> String {
        self.parameter("act").unwrap_or_else(|_| self.route().rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// The parameter `name` of the route as a typed value; what does not parse does not exist.
    ///
    /// # Errors
    /// 404 naming `what`.
    pub fn parse_parameter<T: std::str::FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        self.parameter(name)?.parse().map_err(|_| Problem::not_found(what))
    }

    /// The query's first value of `name`, where it is there and not empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.inner.query_string_parameters_ref().and_then(|query| query.first(name)).filter(|value| !value.is_empty())
    }

    /// The query as a typed value; unknown names are refused by the type.
    ///
    /// # Errors
    /// 400 where it does not fit.
    pub fn parse_query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(self.inner.uri().query().unwrap_or_default())
            .map_err(|error| Problem::malformed(format!("The query: {error}.")))?;
        let kept: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        decode_pairs(&kept)
    }

    /// The header `name`, where it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// The cookie `name`. Over TLS only one that this very host set: a neighbour's domain cannot plant it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let own = if self.is_secure() { self.cookies.get(&format!("__Host-{name}")) } else { self.cookies.get(name) };
        own.map(String::as_str)
    }

    /// The caller's network address.
    pub fn source_ip(&self) -> Option<String> {
        match self.inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        }
    }

    /// Whether a browser asks for a page (or posts a form), rather than a program for JSON.
    pub fn wants_page(&self) -> bool {
        self.header("accept").is_some_and(|accept| accept.contains("text/html"))
    }

    /// Whether the browser reached the shop over TLS, as always on AWS.
    pub fn is_secure(&self) -> bool {
        self.header("x-forwarded-proto").is_some_and(|proto| proto == "https")
    }

    /// Whether the body is an HTML form's.
    pub fn is_form(&self) -> bool {
        self.content_type() == "application/x-www-form-urlencoded"
    }

    /// The digest of the Idempotency-Key header: 1 to 255 visible characters.
    ///
    /// # Errors
    /// 400 where it is missing or is none.
    pub fn idempotency_key(&self) -> Result<Digest, Problem> {
        idempotency_key(self.header("idempotency-key").unwrap_or_default())
            .ok_or_else(|| Problem::malformed("Send an Idempotency-Key header of 1 to 255 visible characters."))
    }

    /// The body's bytes.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum of another crate, which may grow")]
    pub fn body(&self) -> &[u8] {
        match self.inner.body() {
            lambda_http::Body::Text(text) => text.as_bytes(),
            lambda_http::Body::Binary(bytes) => bytes,
            _ => &[],
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415 for another content type, 413 above the limit, 400 naming the field that does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.limited_body()?;
        let content_type = self.content_type();
        if content_type != "application/json" {
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, "Send application/json."));
        }
        // A list would be read as the values of the fields, in their order.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(Problem::malformed("Send a JSON object."));
        }
        let mut reader = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer = pointer(error.path());
            Problem::field(pointer, format!("{}.", error.inner()))
        })?;
        reader.end().map_err(|error| Problem::malformed(format!("{error}.")))?;
        Ok(value)
    }

    /// The body as an HTML form whose hidden `csrf` field matches the cookie of that name and whose origin, where
    /// the browser names one, is ours.
    ///
    /// # Errors
    /// 403 for another site's form, 415, 413, or 400 naming the field that does not fit.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let body = self.limited_body()?;
        if !self.is_form() {
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, "Send application/x-www-form-urlencoded."));
        }
        let pairs: Vec<(String, String)> =
            serde_html_form::from_bytes(body).map_err(|error| Problem::malformed(format!("{error}.")))?;
        self.check_csrf(&pairs)?;
        let kept: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "csrf").collect();
        decode_pairs(&kept)
    }

    /// The fields of an HTML form as they were typed; none where the body is no form. For showing them again: whether
    /// the form is this shop's own is not looked at.
    pub fn typed(&self) -> Vec<(String, String)> {
        let body = if self.is_form() { self.limited_body().unwrap_or_default() } else { &[] };
        serde_html_form::from_bytes(body).unwrap_or_default()
    }

    pub(crate) fn check_csrf(&self, pairs: &[(String, String)]) -> Result<(), Problem> {
        let foreign = || Problem::forbidden("This form is not from this shop, or is too old.");
        if self.header("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
            return Err(foreign());
        }
        let sent = pairs.iter().find(|(name, _)| name == "csrf");
        match (sent, self.cookie("csrf")) {
            (Some((_, sent)), Some(kept))
                if kept.len() >= 16 && bool::from(subtle::ConstantTimeEq::ct_eq(sent.as_bytes(), kept.as_bytes())) =>
            {
                Ok(())
            }
            _ => Err(foreign()),
        }
    }

    /// The token for this browser's forms, and the cookie to set where it has none yet.
    pub fn csrf(&self, context: &Context) -> (String, Option<Cookie>) {
        match self.cookie("csrf").filter(|kept| kept.len() >= 16) {
            Some(kept) => (kept.to_owned(), None),
            None => {
                let token = data_encoding::BASE64URL_NOPAD.encode(&context.random::<16>());
                let cookie = Cookie::session("csrf", &token);
                (token, Some(cookie))
            }
        }
    }

    fn limited_body(&self) -> Result<&[u8], Problem> {
        let body = self.body();
        if body.len() > BODY_LIMIT {
            return Err(Problem::new(ProblemKind::TooLarge, format!("At most {} KB.", BODY_LIMIT / 1024)));
        }
        Ok(body)
    }

    pub(crate) fn content_type(&self) -> String {
        self.header("content-type")
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }
}

fn decode_pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let text = serde_html_form::to_string(pairs).map_err(|error| Problem::malformed(format!("{error}.")))?;
    let reader = serde_html_form::Deserializer::from_bytes(text.as_bytes());
    serde_path_to_error::deserialize(reader)
        .map_err(|error| Problem::field(pointer(error.path()), format!("{}.", error.inner())))
}

/// A JSON value as what a route takes.
///
/// # Errors
/// 400 naming the field that does not fit.
pub fn from_json<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| Problem::field(pointer(error.path()), format!("{}.", error.inner())))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// What is kept of an Idempotency-Key, from a header or a form's hidden field.
pub fn idempotency_key(sent: &str) -> Option<Digest> {
    let key = sent.trim();
    let good = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| Digest::of(key.as_bytes()))
}

/// A text as one value of a query.
pub fn encoded(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Whether a text is an address on the web that nobody can read along with.
pub fn is_https(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Whether a path that came with a request is one of this shop, and no way out of it: browsers read `\` as `/`, and
/// drop tabs and ends of lines.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}

fn decoded(value: &str) -> String {
    percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()
}

fn is_correlation(value: &str) -> bool {
    (8..=64).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'=')
}

/// A cookie to set: HttpOnly, SameSite=Lax, for the whole host, Secure wherever the shop is on HTTPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    name: &'static str,
    value: String,
    max_age_secs: Option<u64>,
}

impl Cookie {
    /// A cookie that ends with the browser's session.
    pub fn session(name: &'static str, value: &str) -> Self {
        Self { name, value: value.to_owned(), max_age_secs: None }
    }

    /// A cookie that lives so long.
    pub fn lasting(name: &'static str, value: &str, max_age_secs: u64) -> Self {
        Self { max_age_secs: Some(max_age_secs), ..Self::session(name, value) }
    }

    /// Removes the cookie.
    pub fn removal(name: &'static str) -> Self {
        Self::lasting(name, "", 0)
    }

    fn header(&self, secure: bool) -> String {
        let age = self.max_age_secs.map(|secs| format!("; Max-Age={secs}")).unwrap_or_default();
        let (prefix, flag) = if secure { ("__Host-", "; Secure") } else { ("", "") };
        format!("{prefix}{}={}; Path=/; HttpOnly; SameSite=Lax{age}{flag}", self.name, self.value)
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    cookies: Vec<Cookie>,
    body: Vec<u8>,
}

/// What pages may load: our own files and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' https://checkout.stripe.com; \
    base-uri 'none'; frame-ancestors 'none'";

impl Response {
    /// An answer with a body of this content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: BTreeMap::from([("content-type".into(), content_type.into())]),
            cookies: Vec::new(),
            body: body.into(),
        }
    }

    /// A JSON answer.
    ///
    /// # Errors
    /// 500 where the value has no JSON.
    pub fn json<T: Serialize>(status: u16, value: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| internal("an answer has no JSON", &error))?;
        Ok(Self::new(status, "application/json", body).header("cache-control", "no-store"))
    }

    /// A page.
    pub fn page(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html)
            .header("content-security-policy", PAGE_POLICY)
            .header("cache-control", "no-store")
            .header("referrer-policy", "same-origin")
    }

    /// The same page, whose scripts may speak to `origin` too.
    #[must_use]
    pub fn connecting(self, origin: &str) -> Self {
        let policy = PAGE_POLICY.replace("connect-src 'self'", &format!("connect-src 'self' {origin}"));
        self.header("content-security-policy", &policy)
    }

    /// The same page, which may show pictures from `origin` too.
    #[must_use]
    pub fn picturing(self, origin: &str) -> Self {
        let policy = PAGE_POLICY.replace("img-src 'self'", &format!("img-src 'self' {origin}"));
        self.header("content-security-policy", &policy)
    }

    /// 303: what was posted is done; look there.
    pub fn see_other(location: &str) -> Self {
        Self::new(303, "text/plain; charset=utf-8", "").header("location", location)
    }

    /// 204: done, nothing to say.
    pub fn no_content() -> Self {
        Self::new(204, "text/plain; charset=utf-8", "")
    }

    /// problem+json.
    pub fn problem(request: &Request, problem: &Problem) -> Self {
        let instance = if problem.kind.status() >= 500 { request.correlation() } else { request.path() };
        Self::new(problem.kind.status(), "application/problem+json", problem.body(instance).to_string())
            .header("cache-control", "no-store")
    }

    /// Its status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The same answer with this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same answer, setting this cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: impl Into<Option<Cookie>>) -> Self {
        self.cookies.extend(cookie.into());
        self
    }

    /// The answer as API Gateway takes it.
    fn into_event(mut self, request: &Request) -> Result<Vec<u8>, Error> {
        let secure = request.is_secure();
        self.headers.insert("x-correlation-id".into(), request.correlation().into());
        self.headers.insert("x-content-type-options".into(), "nosniff".into());
        if secure {
            self.headers.insert("strict-transport-security".into(), "max-age=31536000; includeSubDomains".into());
        }
        let (body, encoded) = match String::from_utf8(self.body) {
            Ok(text) => (text, false),
            Err(binary) => (STANDARD.encode(binary.as_bytes()), true),
        };
        let cookies: Vec<_> = self.cookies.iter().map(|cookie| cookie.header(secure)).collect();
        Ok(serde_json::to_vec(&serde_json::json!({
            "statusCode": self.status,
            "headers": self.headers,
            "cookies": cookies,
            "body": body,
            "isBase64Encoded": encoded,
        }))?)
    }
}

/// What a caller hears of a table's trouble: 503 where trying again may help, else 500.
pub fn unavailable(error: &store::StoreError) -> Problem {
    if error.retryable() {
        tracing::warn!(error = %error, "the store");
        Problem::new(ProblemKind::Busy, "Please try again in a moment.")
    } else {
        internal("the store", error)
    }
}
