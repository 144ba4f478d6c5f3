//! The HTTP API: which function answers a request, and how requests and answers look to it.
//!
//! Knows API Gateway's route selection and payload format 2.0; it deliberately knows no route: those are the template's.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::template::{ACCOUNT, Event, Model};
use crate::wire::decode;

/// The greatest request that an HTTP API takes, in bytes.
pub const MAX_REQUEST: usize = 10 * 1024 * 1024;

/// The greatest event that Lambda takes and the greatest answer that it gives, in bytes.
pub const MAX_PAYLOAD: usize = 6 * 1024 * 1024;

/// One way to a function.
#[derive(Debug, Clone)]
struct Route {
    key: String,
    method: String,
    parts: Vec<Part>,
    function: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    One(String),
    Rest(String),
}

/// All routes.
#[derive(Debug, Clone, Default)]
pub struct Router {
    routes: Vec<Route>,
    fallback: Option<String>,
}

/// The route that a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The function's folder.
    pub function: String,
    /// Such as `GET /api/orders/{id}`, or `$default`.
    pub key: String,
    /// The path's parameters, decoded.
    pub parameters: BTreeMap<String, String>,
}

impl Router {
    /// The routes that a template declares.
    pub fn of(model: &Model) -> Self {
        let mut router = Self::default();
        for function in &model.functions {
            for event in &function.events {
                let Event::Http(http) = event else { continue };
                if http.path == "$default" {
                    router.fallback = Some(function.folder.clone());
                    continue;
                }
                router.routes.push(Route {
                    key: format!("{} {}", http.method, http.path),
                    method: http.method.clone(),
                    parts: http.path.split('/').skip(1).map(Part::read).collect(),
                    function: function.folder.clone(),
                });
            }
        }
        router
    }

    /// Every route's key and its function.
    pub fn keys(&self) -> Vec<(String, String)> {
        self.routes.iter().map(|route| (route.key.clone(), route.function.clone())).collect()
    }

    /// The route for a request: a literal part goes before a parameter, a parameter before a greedy one, a method
    /// before ANY, any route before `$default`.
    pub fn find(&self, method: &str, path: &str) -> Option<Way> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let best = self
            .routes
            .iter()
            .filter(|route| route.method == method || route.method == "ANY")
            .filter_map(|route| Some((route, matched(&route.parts, &segments)?)))
            .max_by_key(|(route, _)| (rank(&route.parts), Reverse(route.method == "ANY")));
        match best {
            Some((route, parameters)) => {
                Some(Way { function: route.function.clone(), key: route.key.clone(), parameters })
            }
            None => self.fallback.as_ref().map(|function| Way {
                function: function.clone(),
                key: "$default".to_owned(),
                parameters: BTreeMap::new(),
            }),
        }
    }
}

impl Part {
    fn read(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Self::Rest(name.to_owned()),
                None => Self::One(name.to_owned()),
            },
            None => Self::Text(text.to_owned()),
        }
    }
}

/// How specific a route is, part by part.
fn rank(parts: &[Part]) -> Vec<u8> {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(_) => 2,
            Part::One(_) => 1,
            Part::Rest(_) => 0,
        })
        .collect()
}

fn matched(parts: &[Part], segments: &[&str]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut at = 0;
    for part in parts {
        match part {
            Part::Text(text) if segments.get(at) == Some(&text.as_str()) => {}
            Part::Text(_) => return None,
            Part::One(name) => {
                let segment = segments.get(at).filter(|segment| !segment.is_empty())?;
                parameters.insert(name.clone(), decode(segment));
            }
            Part::Rest(name) => {
                let rest = segments.get(at..).filter(|rest| !rest.is_empty())?;
                parameters.insert(name.clone(), decode(&rest.join("/")));
                return Some(parameters);
            }
        }
        at += 1;
    }
    (at == segments.len()).then_some(parameters)
}

/// A request as its function gets it.
pub fn event(request: &Request<Bytes>, way: &Way, source: IpAddr, id: &str, now: Timestamp) -> Value {
    let uri = request.uri();
    let headers = request.headers();
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    let mut cookies = Vec::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name == http::header::COOKIE {
            cookies.extend(value.split("; ").map(str::to_owned));
            continue;
        }
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    let given = joined.get("host").cloned().or_else(|| uri.authority().map(ToString::to_string));
    let host = given.unwrap_or_else(|| "localhost".to_owned());
    joined.entry("host".to_owned()).or_insert_with(|| host.clone());
    joined.entry("x-forwarded-for".to_owned()).or_insert_with(|| source.to_string());
    let scheme = uri.scheme_str().unwrap_or("http");
    joined.entry("x-forwarded-proto".to_owned()).or_insert_with(|| scheme.to_owned());
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decode(&value.replace('+', " "));
        parameters
            .entry(decode(&name.replace('+', " ")))
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    let body = request.body();
    let text = is_text(joined.get("content-type")).then(|| std::str::from_utf8(body).ok()).flatten();
    let mut event = json!({
        "version": "2.0",
        "routeKey": way.key,
        "rawPath": uri.path(),
        "rawQueryString": uri.query().unwrap_or_default(),
        "headers": joined,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host.split(':').next().unwrap_or_default(),
            "domainPrefix": host.split('.').next().unwrap_or_default(),
            "http": {
                "method": request.method().as_str(),
                "path": uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": source.to_string(),
                "userAgent": joined.get("user-agent").cloned().unwrap_or_default(),
            },
            "requestId": id,
            "routeKey": way.key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": !body.is_empty() && text.is_none(),
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = json!(parameters);
    }
    if !way.parameters.is_empty() {
        event["pathParameters"] = json!(way.parameters);
    }
    if !body.is_empty() {
        event["body"] = match text {
            Some(text) => json!(text),
            None => json!(STANDARD.encode(body)),
        };
    }
    event
}

/// Whether API Gateway hands a body of this type over as text. All others arrive in base64, forms too.
fn is_text(content_type: Option<&String>) -> bool {
    let Some(kind) = content_type else { return true };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(kind, "application/json" | "application/javascript" | "application/xml")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    #[serde(deserialize_with = "status")]
    status_code: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A status as a number, or as a text that is one.
fn status<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let value = Value::deserialize(deserializer)?;
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .and_then(|status| u16::try_from(status).ok())
        .ok_or_else(|| serde::de::Error::custom("statusCode is no number"))
}

/// An answer of a function as its caller gets it. What has no statusCode is a body, answered with 200.
pub fn response(answer: &[u8]) -> Response<Bytes> {
    if answer.len() > MAX_PAYLOAD {
        tracing::error!(bytes = answer.len(), "an answer is greater than Lambda lets through");
        return failure();
    }
    let Ok(value) = serde_json::from_slice::<Value>(answer) else {
        return failure();
    };
    if value.get("statusCode").is_none() {
        let mut response = Response::new(Bytes::from(value.to_string()));
        response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return response;
    }
    match serde_json::from_value::<Answered>(value) {
        Ok(answered) => answered.into_http().unwrap_or_else(failure),
        Err(error) => {
            tracing::error!(error = %error, "an answer is not in payload format 2.0");
            failure()
        }
    }
}

impl Answered {
    fn into_http(self) -> Option<Response<Bytes>> {
        let text = self.body.unwrap_or_default();
        let body = if self.is_base64_encoded { Bytes::from(STANDARD.decode(text).ok()?) } else { Bytes::from(text) };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status_code).ok()?;
        let headers = response.headers_mut();
        for (name, value) in self.headers.unwrap_or_default() {
            // Numbers and booleans are written as JSON writes them.
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            append(headers, &name, &text)?;
        }
        for (name, values) in self.multi_value_headers.unwrap_or_default() {
            headers.remove(&name);
            for value in values {
                append(headers, &name, &value)?;
            }
        }
        for cookie in self.cookies.unwrap_or_default() {
            append(headers, "set-cookie", &cookie)?;
        }
        if !headers.contains_key(http::header::CONTENT_TYPE) && !response.body().is_empty() {
            response
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=UTF-8"));
        }
        Some(response)
    }
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) -> Option<()> {
    headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
    Some(())
}

fn message(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a caller gets when the function failed.
pub fn failure() -> Response<Bytes> {
    message(StatusCode::INTERNAL_SERVER_ERROR, "{\"message\":\"Internal Server Error\"}")
}

/// Whether a request's host and scheme can be those of an address; the front of AWS lets no others through.
pub fn is_well_addressed(headers: &HeaderMap) -> bool {
    let fits =
        |name: &str, good: fn(&str) -> bool| headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(good));
    fits("host", |host| {
        host.parse::<http::uri::Authority>().is_ok_and(|host| host.port().is_none() || host.port_u16().is_some())
    }) && fits("x-forwarded-proto", |scheme| matches!(scheme, "http" | "https"))
}

/// What a caller gets whose host or scheme is none.
pub fn malformed() -> Response<Bytes> {
    message(StatusCode::BAD_REQUEST, "{\"message\":\"Bad Request\"}")
}

/// What a caller gets where there is no route.
pub fn not_found() -> Response<Bytes> {
    message(StatusCode::NOT_FOUND, "{\"message\":\"Not Found\"}")
}

/// What a caller gets whose request is too large.
pub fn too_large() -> Response<Bytes> {
    message(StatusCode::PAYLOAD_TOO_LARGE, "{\"message\":\"Request Entity Too Large\"}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn router(routes: &[(&str, &str)]) -> Router {
        Router {
            routes: routes
                .iter()
                .map(|(key, function)| {
                    let (method, path) = key.split_once(' ').unwrap();
                    Route {
                        key: (*key).to_owned(),
                        method: method.to_owned(),
                        parts: path.split('/').skip(1).map(Part::read).collect(),
                        function: (*function).to_owned(),
                    }
                })
                .collect(),
            fallback: Some("not-found".to_owned()),
        }
    }

    #[test]
    fn the_most_specific_route_wins() {
        let router = router(&[
            ("GET /products/{slug}", "show"),
            ("GET /products/new", "new"),
            ("ANY /products/{proxy+}", "any"),
            ("POST /products/{slug}", "post"),
            ("GET /", "home"),
        ]);
        let find = |method: &str, path: &str| router.find(method, path).unwrap().function;
        assert_eq!(find("GET", "/products/new"), "new");
        assert_eq!(find("GET", "/products/mug"), "show");
        assert_eq!(find("GET", "/products/a/b"), "any");
        assert_eq!(find("DELETE", "/products/mug"), "any");
        assert_eq!(find("POST", "/products/mug"), "post");
        assert_eq!(find("GET", "/"), "home");
        assert_eq!(find("GET", "/products/"), "any");
        assert_eq!(find("POST", "/nowhere"), "not-found");
        let way = router.find("GET", "/products/caf%C3%A9%20au").unwrap();
        assert_eq!(way.parameters["slug"], "caf\u{e9} au");
        assert_eq!(way.key, "GET /products/{slug}");
    }

    fn event_of(request: Request<Bytes>) -> Value {
        let way = Way { function: "f".to_owned(), key: "POST /x".to_owned(), parameters: BTreeMap::new() };
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        event(&request, &way, IpAddr::V4(Ipv4Addr::LOCALHOST), "req-1", now)
    }

    #[test]
    fn a_request_becomes_an_event_of_format_2() {
        let event = event_of(
            Request::post("http://127.0.0.1:3000/x?a=1&a=2&b=c%20d+e")
                .header("Cookie", "one=1; two=2")
                .header("X-Many", "a")
                .header("X-Many", "b")
                .header("content-type", "application/json")
                .body(Bytes::from_static(b"{}"))
                .unwrap(),
        );
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["cookies"], json!(["one=1", "two=2"]));
        assert_eq!(event["headers"]["x-many"], "a,b");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["queryStringParameters"], json!({"a": "1,2", "b": "c d e"}));
        assert_eq!(event["rawQueryString"], "a=1&a=2&b=c%20d+e");
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
        assert_eq!(event["requestContext"]["stage"], "$default");
        assert_eq!(event["requestContext"]["time"], "22/Nov/2026:12:00:00 +0000");
        assert_eq!(event.get("pathParameters"), None);
    }

    #[test]
    fn forms_arrive_in_base64() {
        let event = event_of(
            Request::post("http://x/x")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from_static(b"a=1"))
                .unwrap(),
        );
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("YT0x"), &json!(true)));
    }

    #[test]
    fn an_answer_becomes_a_response() {
        let response = response(
            json!({
                "statusCode": 303, "headers": {"location": "/cart", "x-n": 1},
                "multiValueHeaders": {"x-many": ["a", "b"]},
                "cookies": ["a=1; Path=/", "b=2"], "body": "YT0x", "isBase64Encoded": true,
            })
            .to_string()
            .as_bytes(),
        );
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/cart");
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
        assert_eq!(response.headers().get_all("x-many").iter().count(), 2);
        assert_eq!(response.body(), "a=1");
        assert_eq!(super::response(b"{\"ok\":true}").status(), 200);
        assert_eq!(super::response(b"{\"statusCode\":\"x\"}").status(), 500);
    }
}
