//! Services over HTTP that functions reach without an SDK of their own: the payment provider, S3, the parameter store.
//!
//! Knows attempts, time limits and what is worth another try; whoever asks knows the requests and the answers.

use std::fmt;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, ModeledAsRetryableClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind, RetryConfig};
use aws_smithy_types::timeout::TimeoutConfig;
use bytes::Bytes;

use crate::metrics::Counting;

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(2);

/// How a service is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// The service's name, for the log.
    pub(crate) name: &'static str,
    /// How long one attempt may take.
    pub(crate) attempt: Duration,
    /// How long both may take: under what the functions have that ask.
    pub(crate) whole: Duration,
    /// The answers after which the same request may be sent once more.
    pub(crate) retryable: &'static [u16],
}

/// A service at its address. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outside {
    operation: Operation<Sent, Answer, Rejection>,
}

/// An answer of 2xx.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its media type, or nothing.
    pub(crate) content_type: String,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// Why there is no such answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request was not sent.
    Unsendable(String),
    /// No answer came, or not all of it: what was asked may have happened.
    Unavailable(String),
    /// Another answer came.
    Refused {
        /// Its status.
        status: u16,
        /// Its body.
        body: Vec<u8>,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsendable(why) => write!(f, "not sent: {why}"),
            Self::Unavailable(why) => write!(f, "unavailable: {why}"),
            Self::Refused { status, body } => write!(f, "answered {status}: {}", String::from_utf8_lossy(body)),
        }
    }
}

struct Sent(http::Request<Bytes>);

// Addresses, headers and bodies hold keys and what buyers typed.
impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.method())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("answered {status}")]
struct Rejection {
    status: u16,
    body: Vec<u8>,
}

// Which statuses are worth another try is the status classifier's business; but AWS's JSON services say 400 when they
// are asked too often.
impl ProvideErrorKind for Rejection {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        let throttled = self.status == 400 && String::from_utf8_lossy(&self.body).contains("ThrottlingException");
        throttled.then_some(ErrorKind::ThrottlingError)
    }

    fn code(&self) -> Option<&str> {
        None
    }
}

impl Outside {
    /// A service at `endpoint` (scheme and host), over `http`; its requests are counted by `counting`.
    pub(crate) fn new(
        terms: Terms,
        endpoint: &str,
        http: Option<SharedHttpClient>,
        counting: Option<Counting>,
    ) -> Self {
        let mut operation = Operation::builder()
            .service_name(terms.name)
            .operation_name("send")
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .no_auth()
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .standard_retry(&RetryConfig::standard().with_max_attempts(2))
            .retry_classifier(TransientErrorClassifier::<Rejection>::new())
            .retry_classifier(ModeledAsRetryableClassifier::<Rejection>::new())
            .retry_classifier(HttpStatusCodeClassifier::new_from_codes(terms.retryable))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .operation_attempt_timeout(terms.attempt)
                    .operation_timeout(terms.whole)
                    .build(),
            );
        if let Some(http) = http {
            operation = operation.http_client(http);
        }
        if let Some(counting) = counting {
            operation = operation.interceptor(counting);
        }
        Self { operation: operation.serializer(wire).deserializer(read).build() }
    }

    /// Sends a request, whose address is a path and a query.
    pub(crate) async fn send(&self, request: http::Request<Bytes>) -> Result<Answer, Failure> {
        self.operation.invoke(Sent(request)).await.map_err(|error| match error {
            SdkError::ServiceError(error) => {
                let Rejection { status, body } = error.into_err();
                Failure::Refused { status, body }
            }
            SdkError::ConstructionFailure(error) => Failure::Unsendable(format!("{error:?}")),
            SdkError::TimeoutError(_) => Failure::Unavailable("no answer in time".to_owned()),
            SdkError::DispatchFailure(error) => Failure::Unavailable(
                error.as_connector_error().map_or_else(|| "no connection".to_owned(), ToString::to_string),
            ),
            // An answer cut off half-way, or a kind of failure this SDK does not have yet.
            other @ (SdkError::ResponseError(_) | _) => Failure::Unavailable(other.to_string()),
        })
    }
}

fn wire(Sent(request): Sent) -> Result<HttpRequest, BoxError> {
    Ok(HttpRequest::try_from(request.map(SdkBody::from))?)
}

fn read(response: &HttpResponse) -> Result<Answer, OrchestratorError<Rejection>> {
    let body = response.body().bytes().unwrap_or_default().to_vec();
    if response.status().is_success() {
        let content_type = response.headers().get("content-type").unwrap_or_default().to_owned();
        return Ok(Answer { content_type, body });
    }
    Err(OrchestratorError::operation(Rejection { status: response.status().as_u16(), body }))
}
