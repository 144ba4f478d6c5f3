//! Objects in S3: looked for, read, written, and opened for a browser to write or read, each by a signed address.
//!
//! Four requests are all that the shop asks of S3. The service's SDK is a megabyte of every zip that has it, most of
//! it for requests that nobody makes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use rusty_s3::actions::{GetObject, HeadObject, PutObject};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Position;

use crate::context::{Clock, Context};
use crate::function::Error;
use crate::metrics::Billed;
use crate::outside::{Answer, Failure, Outside, Terms};

/// An object is 20 MB at most, and the functions that ask have 10 s.
const TERMS: Terms = Terms {
    name: "s3",
    attempt: Duration::from_secs(4),
    whole: Duration::from_secs(9),
    retryable: &[429, 500, 502, 503, 504],
};

/// How long an address is good that the shop itself asks.
const OWN: Duration = Duration::from_secs(60);

/// A bucket's objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    bucket: Bucket,
    credentials: Credentials,
    clock: Clock,
    reads: Outside,
    writes: Outside,
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
#[error("S3: {0}")]
pub struct ObjectError(String);

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
        let host = bucket.base_url()[..Position::BeforePath].to_owned();
        let billed =
            |billed| Outside::new(TERMS, &host, context.sdk().http_client(), Some(context.metrics().counting(billed)));
        Ok(Self {
            reads: billed(Billed::ObjectsRead),
            writes: billed(Billed::ObjectsWritten),
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
        let request = self.request(Method::GET, &action, BTreeMap::new(), Bytes::new())?;
        match self.reads.send(request).await {
            Ok(Answer { content_type, body }) => Ok(Some(Object { content_type, bytes: body })),
            Err(Failure::Refused { status: 404, body }) if names(&body, "NoSuchKey") => Ok(None),
            Err(failure) => Err(ObjectError(failure.to_string())),
        }
    }

    /// Whether there is an object under `key`.
    ///
    /// # Errors
    /// When S3 does not answer, or refuses.
    pub async fn exists(&self, key: &str) -> Result<bool, ObjectError> {
        let action = HeadObject::new(&self.bucket, Some(&self.credentials), key);
        let request = self.request(Method::HEAD, &action, BTreeMap::new(), Bytes::new())?;
        match self.reads.send(request).await {
            Ok(_) => Ok(true),
            // Such an answer has no body that says more.
            Err(Failure::Refused { status: 404, .. }) => Ok(false),
            Err(failure) => Err(ObjectError(failure.to_string())),
        }
    }

    /// Writes an object under `key`.
    ///
    /// # Errors
    /// When S3 does not answer, or refuses.
    pub async fn put(&self, key: &str, kind: Kind<'_>, bytes: impl Into<Bytes>) -> Result<(), ObjectError> {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        let headers = signed(&mut action, kind, None);
        let request = self.request(Method::PUT, &action, headers, bytes.into())?;
        self.writes.send(request).await.map_err(|failure| ObjectError(failure.to_string()))?;
        Ok(())
    }

    /// Where its addresses lead, as a content security policy names it.
    pub fn origin(&self) -> String {
        self.bucket.base_url().origin().ascii_serialization()
    }

    /// Opens `key` for whoever has the address to write: one object of this kind and of so many bytes.
    pub fn open(&self, key: &str, kind: Kind<'_>, bytes: u64, life: Duration) -> Opened {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        let headers = signed(&mut action, kind, Some(bytes));
        Opened { url: action.sign_with_time(life, &self.clock.now()).into(), headers }
    }

    /// The address where whoever has it may read `key`, to be saved as `filename`.
    pub fn link(&self, key: &str, filename: &str, life: Duration) -> String {
        let mut action = GetObject::new(&self.bucket, Some(&self.credentials), key);
        let saved = format!("attachment; filename=\"{filename}\"");
        action.query_mut().insert("response-content-disposition", saved);
        action.sign_with_time(life, &self.clock.now()).into()
    }

    fn request<'a>(
        &self,
        method: Method,
        action: &impl S3Action<'a>,
        headers: BTreeMap<String, String>,
        body: Bytes,
    ) -> Result<http::Request<Bytes>, ObjectError> {
        let url = action.sign_with_time(OWN, &self.clock.now());
        let mut request = http::Request::builder().method(method).uri(&url[Position::BeforePath..Position::AfterQuery]);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(body).map_err(|error| ObjectError(error.to_string()))
    }
}

/// Whether S3's answer has this code.
fn names(body: &[u8], code: &str) -> bool {
    String::from_utf8_lossy(body).contains(&format!("<Code>{code}</Code>"))
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
