//! Objects in S3: read, written, and opened for a browser to write, each by a signed address.
//!
//! Three requests are all that the shop asks of S3. The service's SDK is a megabyte of every zip that has it, most of
//! it for requests that nobody makes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind, RetryConfig};
use aws_smithy_types::timeout::TimeoutConfig;
use bytes::Bytes;
use http::Method;
use rusty_s3::actions::{GetObject, PutObject};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use crate::context::{Clock, Context};
use crate::function::Error;
use crate::metrics::Billed;

/// One attempt, and all of them: an object is 10 MB at most.
const ATTEMPT: Duration = Duration::from_secs(6);
const WHOLE: Duration = Duration::from_secs(15);

/// How long an address is good that the shop itself asks.
const OWN: Duration = Duration::from_secs(60);

/// S3's answers after which the same request may be sent again.
const RETRYABLE: &[u16] = &[429, 500, 502, 503, 504];

/// A bucket's objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    bucket: Bucket,
    credentials: Credentials,
    clock: Clock,
    get: Operation<Call, Object, Rejection>,
    put: Operation<Call, Object, Rejection>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").field("bucket", &self.bucket.name()).finish_non_exhaustive()
    }
}

/// An object as it was read.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is kept with an object: its media type, how long browsers may keep it.
#[derive(Debug, Clone, Copy)]
pub struct Kind<'a> {
    /// The media type.
    pub content_type: &'a str,
    /// The answer's Cache-Control.
    pub cache_control: &'a str,
}

/// Where a browser may write an object, and the headers that it has to send.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The address, signed.
    pub url: String,
    /// The headers.
    pub headers: BTreeMap<String, String>,
}

/// Why an object was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// S3 said no.
    #[error("S3 answered {status}: {said}")]
    Refused {
        /// The status.
        status: u16,
        /// The answer's body.
        said: String,
    },
    /// S3 did not answer.
    #[error("S3: {0}")]
    Unavailable(String),
}

/// One request, signed.
#[derive(Clone)]
struct Call {
    method: Method,
    path_and_query: String,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

// The address is as good as a password while it lasts.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.method)
    }
}

/// An answer other than 2xx, as it came.
#[derive(Debug, thiserror::Error)]
#[error("S3 answered {status}")]
struct Rejection {
    status: u16,
    body: Vec<u8>,
}

// Which statuses are worth another try is the status classifier's business.
impl ProvideErrorKind for Rejection {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        None
    }

    fn code(&self) -> Option<&str> {
        None
    }
}

impl Objects {
    /// The bucket that the variable `variable` names.
    ///
    /// # Errors
    /// When the variable or the credentials are missing.
    pub fn new(context: &Context, variable: &str) -> Result<Self, Error> {
        let region = context.require("AWS_REGION")?;
        let name = context.require(variable)?;
        let (endpoint, style) = match context.get("AWS_ENDPOINT_URL") {
            // One address for all buckets, where an endpoint other than AWS's is configured.
            Some(endpoint) => (endpoint, UrlStyle::Path),
            None => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::VirtualHost),
        };
        let bucket = Bucket::new(endpoint.parse()?, style, name, region)?;
        let (key, secret) = (context.require("AWS_ACCESS_KEY_ID")?, context.require("AWS_SECRET_ACCESS_KEY")?);
        let credentials = match context.get("AWS_SESSION_TOKEN") {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        };
        Ok(Self {
            get: operation(context, &bucket, "GetObject", Billed::ObjectsRead),
            put: operation(context, &bucket, "PutObject", Billed::ObjectsWritten),
            bucket,
            credentials,
            clock: context.clock(),
        })
    }

    /// The object under `key`, where there is one.
    ///
    /// # Errors
    /// When S3 does not answer, or refuses.
    pub async fn get(&self, key: &str) -> Result<Option<Object>, ObjectError> {
        let action = GetObject::new(&self.bucket, Some(&self.credentials), key);
        let call = self.call(Method::GET, &action, BTreeMap::new(), Bytes::new());
        match self.get.invoke(call).await {
            Ok(object) => Ok(Some(object)),
            Err(SdkError::ServiceError(error)) if error.err().status == 404 => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Writes an object under `key`.
    ///
    /// # Errors
    /// When S3 does not answer, or refuses.
    pub async fn put(&self, key: &str, kind: Kind<'_>, bytes: impl Into<Bytes>) -> Result<(), ObjectError> {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        let headers = signed(&mut action, kind, None);
        let call = self.call(Method::PUT, &action, headers, bytes.into());
        self.put.invoke(call).await.map_err(failed)?;
        Ok(())
    }

    /// Opens `key` for whoever has the address to write: one object of this kind and of so many bytes.
    pub fn open(&self, key: &str, kind: Kind<'_>, bytes: u64, life: Duration) -> Opened {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        let headers = signed(&mut action, kind, Some(bytes));
        Opened { url: action.sign_with_time(life, &self.clock.now()).into(), headers }
    }

    fn call<'a>(
        &self,
        method: Method,
        action: &impl S3Action<'a>,
        headers: BTreeMap<String, String>,
        body: Bytes,
    ) -> Call {
        let url = action.sign_with_time(OWN, &self.clock.now());
        let path_and_query = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        Call { method, path_and_query, headers, body }
    }
}

/// Signs the headers of a write; all of them.
fn signed(action: &mut PutObject<'_>, kind: Kind<'_>, bytes: Option<u64>) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::from([
        ("cache-control".to_owned(), kind.cache_control.to_owned()),
        ("content-type".to_owned(), kind.content_type.to_owned()),
    ]);
    headers.extend(bytes.map(|bytes| ("content-length".to_owned(), bytes.to_string())));
    for (name, value) in &headers {
        action.headers_mut().insert(name.clone(), value.clone());
    }
    headers
}

fn operation(
    context: &Context,
    bucket: &Bucket,
    name: &'static str,
    billed: Billed,
) -> Operation<Call, Object, Rejection> {
    let mut operation = Operation::builder()
        .service_name("s3")
        .operation_name(name)
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&bucket.base_url()[..url::Position::BeforePath])
        .no_auth()
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .standard_retry(&RetryConfig::standard().with_max_attempts(2))
        .retry_classifier(TransientErrorClassifier::<Rejection>::new())
        .retry_classifier(HttpStatusCodeClassifier::new_from_codes(RETRYABLE))
        .timeout_config(
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(WHOLE).build(),
        )
        .interceptor(context.metrics().counting(billed));
    if let Some(http) = context.sdk().http_client() {
        operation = operation.http_client(http);
    }
    operation.serializer(request).deserializer(answer).build()
}

fn request(call: Call) -> Result<HttpRequest, BoxError> {
    let mut request = http::Request::builder().method(call.method).uri(call.path_and_query);
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    Ok(HttpRequest::try_from(request.body(SdkBody::from(call.body))?)?)
}

fn answer(response: &HttpResponse) -> Result<Object, OrchestratorError<Rejection>> {
    let bytes = response.body().bytes().unwrap_or_default().to_vec();
    if response.status().is_success() {
        let content_type = response.headers().get("content-type").unwrap_or_default().to_owned();
        return Ok(Object { content_type, bytes });
    }
    Err(OrchestratorError::operation(Rejection { status: response.status().as_u16(), body: bytes }))
}

fn failed(error: SdkError<Rejection, HttpResponse>) -> ObjectError {
    match error {
        SdkError::ServiceError(error) => {
            let Rejection { status, body } = error.into_err();
            ObjectError::Refused { status, said: String::from_utf8_lossy(&body).into_owned() }
        }
        other => ObjectError::Unavailable(format!("{other:?}")),
    }
}
