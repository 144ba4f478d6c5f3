//! Calls to services as they come over the wire: whose, to which service, which operation.
//!
//! Knows SigV4's credential scope and the protocols' ways to name an operation; it deliberately verifies no signature:
//! the engine listens on loopback and the caller's key id is its name.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::{Value, json};

use crate::iam::{DEVELOPER, Denied};

/// A service that the engine answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// DynamoDB.
    DynamoDb,
    /// SQS.
    Sqs,
    /// SES.
    Ses,
    /// S3.
    S3,
    /// SSM's parameters.
    Ssm,
    /// CloudWatch's metrics.
    CloudWatch,
    /// The payment provider.
    Stripe,
    /// What the engine does not answer for.
    Other,
}

impl Service {
    /// Its name, as journeys show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Sqs => "sqs",
            Self::Ses => "ses",
            Self::S3 => "s3",
            Self::Ssm => "ssm",
            Self::CloudWatch => "cloudwatch",
            Self::Stripe => "stripe",
            Self::Other => "unknown",
        }
    }
}

/// A call: who wants what of which service.
#[derive(Debug, Clone)]
pub struct Request {
    /// The access key id: a function's folder, or `developer`.
    pub caller: String,
    /// The service.
    pub service: Service,
    /// The operation, where the headers name it; S3's and SES's are known to their own modules.
    pub operation: String,
    /// The HTTP request behind it.
    pub http: http::Request<Bytes>,
}

/// The path under which the services listen.
pub const PREFIX: &str = "/_aws";

impl Request {
    /// Reads who wants what.
    pub fn read(http: http::Request<Bytes>) -> Self {
        let host = http
            .uri()
            .host()
            .map(str::to_owned)
            .or_else(|| text(http.headers(), header::HOST.as_str()))
            .unwrap_or_default();
        let (caller, scope) = credential(&http);
        let target = text(http.headers(), "x-amz-target").unwrap_or_default();
        let (prefix, operation) = target.split_once('.').unwrap_or_default();
        let service = match (prefix, scope.as_str()) {
            _ if host == "api.stripe.com" => Service::Stripe,
            ("DynamoDB_20120810", _) => Service::DynamoDb,
            ("AmazonSQS", _) => Service::Sqs,
            ("AmazonSSM", _) => Service::Ssm,
            ("", "s3") => Service::S3,
            ("", "ses") => Service::Ses,
            ("", "monitoring") => Service::CloudWatch,
            _other => Service::Other,
        };
        let operation = match service {
            Service::Stripe => format!("{} {}", http.method(), http.uri().path()),
            Service::DynamoDb | Service::Sqs | Service::Ssm | Service::S3 | Service::Ses | Service::CloudWatch => {
                operation.to_owned()
            }
            Service::Other if target.is_empty() => format!("{scope} {}", http.uri().path()),
            Service::Other => target,
        };
        Self { caller, service, operation, http }
    }

    /// The path below the prefix.
    pub fn path(&self) -> &str {
        let path = self.http.uri().path();
        path.strip_prefix(PREFIX).unwrap_or(path)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// A SerializationException where it is none.
    pub fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(self.http.body()).map_err(|error| {
            Answer::json_error(400, "com.amazon.coral.service#SerializationException", &error.to_string())
        })
    }
}

/// Whether an HTTP request is a call to a service and not one to the shop.
pub fn is_call<B>(http: &http::Request<B>) -> bool {
    let signed = text(http.headers(), "authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256"));
    let path = http.uri().path();
    signed || path == PREFIX || path.starts_with("/_aws/")
}

/// The access key id and the service of a signed request, from its header or its query.
fn credential(http: &http::Request<Bytes>) -> (String, String) {
    let scope = text(http.headers(), "authorization")
        .and_then(|value| value.split_once("Credential=").map(|(_, rest)| rest.to_owned()))
        .or_else(|| query(http.uri(), "X-Amz-Credential"))
        .unwrap_or_default();
    let scope = scope.split([',', ' ']).next().unwrap_or_default();
    let mut parts = scope.split('/');
    let caller = parts.next().unwrap_or_default();
    let service = parts.nth(2).unwrap_or_default();
    let caller = if caller.is_empty() { DEVELOPER } else { caller };
    (caller.to_owned(), service.to_owned())
}

/// A query parameter, decoded.
pub fn query(uri: &http::Uri, name: &str) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key) == name).then(|| decode(value))
    })
}

/// Percent-decoded text, `+` left as it is.
pub fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A header's text.
pub fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// What a service answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers beside the request id.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A JSON answer.
    pub fn json(value: &Value) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".into(), "application/x-amz-json-1.0".to_owned())],
            body: Bytes::from(value.to_string()),
        }
    }

    /// An error of the JSON protocols.
    pub fn json_error(status: u16, kind: &str, message: &str) -> Self {
        Self { status, ..Self::json(&json!({ "__type": kind, "message": message })) }
    }

    /// An XML answer.
    pub fn xml(status: u16, body: String) -> Self {
        Self { status, headers: vec![("content-type".into(), "text/xml".to_owned())], body: Bytes::from(body) }
    }

    /// An error as `service` words it.
    pub fn error(service: Service, status: u16, code: &str, message: &str) -> Self {
        match service {
            Service::DynamoDb | Service::Ssm | Service::Other => Self::json_error(status, code, message),
            Service::CloudWatch => crate::cloudwatch::refused(status, code, message),
            Service::Sqs => {
                let mut answer = Self::json_error(status, &format!("com.amazonaws.sqs#{code}"), message);
                let fault = if status < 500 { "Sender" } else { "Receiver" };
                answer.headers.push(("x-amzn-query-error".into(), format!("{code};{fault}")));
                answer
            }
            Service::Ses => Self::xml(
                status,
                format!(
                    "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>",
                    escape(code),
                    escape(message)
                ),
            ),
            Service::S3 => Self::xml(
                status,
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message></Error>",
                    escape(code),
                    escape(message)
                ),
            ),
            Service::Stripe => Self {
                status,
                headers: vec![("content-type".into(), "application/json".to_owned())],
                body: Bytes::from(
                    json!({ "error": { "type": "api_error", "code": code, "message": message } }).to_string(),
                ),
            },
        }
    }

    /// A call that no statement allows.
    pub fn denied(service: Service, denied: &Denied) -> Self {
        let code = match service {
            Service::DynamoDb => "com.amazon.coral.service#AccessDeniedException",
            Service::Sqs | Service::Ses | Service::S3 | Service::CloudWatch => "AccessDenied",
            Service::Ssm | Service::Stripe | Service::Other => "AccessDeniedException",
        };
        let status = match service {
            Service::DynamoDb | Service::Ssm => 400,
            Service::Sqs | Service::Ses | Service::S3 | Service::CloudWatch | Service::Stripe | Service::Other => 403,
        };
        Self::error(service, status, code, &denied.to_string())
    }

    /// An operation that the engine does not know.
    pub fn unknown_operation(service: Service, operation: &str) -> Self {
        let message = format!("the local engine does not answer {} {operation}", service.name());
        let code = match service {
            Service::DynamoDb => "com.amazon.coral.service#UnknownOperationException",
            Service::Sqs
            | Service::Ses
            | Service::S3
            | Service::Ssm
            | Service::CloudWatch
            | Service::Stripe
            | Service::Other => "UnknownOperationException",
        };
        tracing::error!(service = service.name(), operation, "{message}");
        Self::error(service, 400, code, &message)
    }

    /// The HTTP answer.
    pub fn into_http(self, request_id: &str) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                headers.insert(name, value);
            }
        }
        if let Ok(value) = request_id.parse() {
            headers.insert("x-amzn-requestid", value);
        }
        response
    }
}

/// Text inside XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(builder: http::request::Builder) -> Request {
        Request::read(builder.body(Bytes::new()).unwrap())
    }

    #[test]
    fn caller_and_service_come_from_the_signature() {
        let signed = "AWS4-HMAC-SHA256 Credential=checkout/20261122/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let call = request(
            http::Request::post("http://127.0.0.1:3000/_aws/")
                .header("authorization", signed)
                .header("x-amz-target", "DynamoDB_20120810.PutItem"),
        );
        assert_eq!(
            (call.caller.as_str(), call.service, call.operation.as_str()),
            ("checkout", Service::DynamoDb, "PutItem")
        );
        let upload = request(http::Request::put(
            "http://127.0.0.1:3000/_aws/media/a%20b.png?X-Amz-Credential=edit-catalog%2F20261122%2Feu-central-1%2Fs3%2Faws4_request",
        ));
        assert_eq!(
            (upload.caller.as_str(), upload.service, upload.path()),
            ("edit-catalog", Service::S3, "/media/a%20b.png")
        );
        let pay = request(http::Request::post("https://api.stripe.com/v1/refunds"));
        assert_eq!((pay.service, pay.operation.as_str()), (Service::Stripe, "POST /v1/refunds"));
    }
}
