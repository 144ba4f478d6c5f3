//! S3: buckets and their objects.
//!
//! Knows what functions ask: looking for an object, writing it whole, reading it whole, also by a presigned address. It deliberately
//! keeps one version of an object and refuses everything else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::iam::Need;
use crate::keep::{Change, Keep, KeepError, held};
use crate::sqs::md5_hex;
use crate::template::bucket_arn;
use crate::wire::{self, Answer, Request, Service};

const SHELF: &str = "object";

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    /// Its bytes.
    #[serde(with = "encoded")]
    pub bytes: Bytes,
    /// Its type.
    pub content_type: String,
    /// Its own headers: x-amz-meta-*, cache-control, content-disposition, content-encoding.
    headers: BTreeMap<String, String>,
    /// When it was written.
    pub modified: Timestamp,
}

mod encoded {
    use base64::Engine as _;

    use super::{Bytes, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(serde::de::Error::custom)
    }
}

/// All buckets.
#[derive(Debug)]
pub struct Buckets {
    objects: Mutex<BTreeMap<String, BTreeMap<String, Object>>>,
    keep: Arc<Keep>,
}

/// An operation, as its method, path and query name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Put,
    Get,
    Head,
}

/// Where an operation points.
struct Target {
    operation: Option<Operation>,
    bucket: String,
    key: String,
}

impl Target {
    fn of(request: &Request) -> Self {
        let path = request.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let method = request.http.method();
        let copies = request.http.headers().contains_key("x-amz-copy-source");
        let parts = wire::query(request.http.uri(), "uploadId").is_some()
            || wire::query(request.http.uri(), "uploads").is_some();
        let operation = match *method {
            _ if copies || parts || key.is_empty() => None,
            Method::PUT => Some(Operation::Put),
            Method::GET => Some(Operation::Get),
            Method::HEAD => Some(Operation::Head),
            _ => None,
        };
        Self { operation, bucket: wire::decode(bucket), key: wire::decode(key) }
    }
}

/// The operation's name.
pub(crate) fn operation_name(request: &Request) -> String {
    match Target::of(request).operation {
        Some(Operation::Put) => "PutObject".to_owned(),
        Some(Operation::Get) => "GetObject".to_owned(),
        Some(Operation::Head) => "HeadObject".to_owned(),
        None => format!("{} {}", request.http.method(), request.path()),
    }
}

/// What an operation needs of IAM.
pub(crate) fn needs(request: &Request) -> Vec<Need> {
    let target = Target::of(request);
    let bucket = bucket_arn(&target.bucket);
    let object = format!("{bucket}/{}", target.key);
    match target.operation {
        Some(Operation::Put) => vec![Need::new("s3:PutObject", object)],
        Some(Operation::Get | Operation::Head) => vec![Need::new("s3:GetObject", object)],
        None => Vec::new(),
    }
}

fn put_change(bucket: &str, key: &str, object: &Object) -> Change {
    Change::Put(SHELF, format!("{bucket}/{key}"), serde_json::to_vec(object).unwrap_or_default())
}

impl Object {
    fn etag(&self) -> String {
        format!("\"{}\"", md5_hex(&self.bytes))
    }
}

impl Buckets {
    /// The buckets that the template declares, with the objects that were kept.
    ///
    /// # Errors
    /// When what was kept cannot be read.
    pub fn open(names: &[String], keep: &Arc<Keep>) -> Result<Self, KeepError> {
        let mut objects: BTreeMap<String, BTreeMap<String, Object>> =
            names.iter().map(|name| (name.clone(), BTreeMap::new())).collect();
        for (path, value) in keep.shelf(SHELF)? {
            let Some((bucket, key)) = path.split_once('/') else {
                continue;
            };
            if let (Some(bucket), Ok(object)) = (objects.get_mut(bucket), serde_json::from_slice(&value)) {
                bucket.insert(key.to_owned(), object);
            }
        }
        Ok(Self { objects: Mutex::new(objects), keep: Arc::clone(keep) })
    }

    /// Puts an object.
    pub fn put(&self, bucket: &str, key: &str, bytes: Bytes, content_type: &str, now: Timestamp) {
        let object = Object { bytes, content_type: content_type.to_owned(), headers: BTreeMap::new(), modified: now };
        self.keep.write(vec![put_change(bucket, key, &object)]);
        held(&self.objects).entry(bucket.to_owned()).or_default().insert(key.to_owned(), object);
    }

    /// A bucket's objects, by key.
    pub fn objects(&self, bucket: &str) -> Vec<(String, Object)> {
        held(&self.objects)
            .get(bucket)
            .into_iter()
            .flatten()
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    }

    /// Empties every bucket.
    pub fn reset(&self) {
        for bucket in held(&self.objects).values_mut() {
            bucket.clear();
        }
    }

    /// Runs one operation. `lists` says whether the caller may list the bucket: who may not is told 403 and not 404
    /// of an object that is not there.
    pub(crate) fn call(&self, request: &Request, lists: bool, now: Timestamp) -> Answer {
        let target = Target::of(request);
        let Some(operation) = target.operation else {
            return Answer::unknown_operation(Service::S3, &operation_name(request));
        };
        let mut all = held(&self.objects);
        let Some(bucket) = all.get_mut(&target.bucket) else {
            return error(404, "NoSuchBucket", "The specified bucket does not exist");
        };
        let headers = request.http.headers();
        match operation {
            Operation::Put => {
                if headers.contains_key("x-amz-decoded-content-length") || headers.contains_key("if-match") {
                    return error(
                        501,
                        "NotImplemented",
                        "A body in chunks and a write on a condition are not answered here",
                    );
                }
                let kept = ["cache-control", "content-disposition", "content-encoding"];
                let object = Object {
                    bytes: request.http.body().clone(),
                    content_type: wire::text(headers, "content-type")
                        .unwrap_or_else(|| "binary/octet-stream".to_owned()),
                    headers: headers
                        .iter()
                        .filter(|(name, _)| name.as_str().starts_with("x-amz-meta-") || kept.contains(&name.as_str()))
                        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                        .collect(),
                    modified: now,
                };
                let etag = object.etag();
                self.keep.write(vec![put_change(&target.bucket, &target.key, &object)]);
                bucket.insert(target.key, object);
                Answer { status: 200, headers: vec![("etag".into(), etag)], body: Bytes::new() }
            }
            Operation::Get => match bucket.get(&target.key) {
                Some(object) => found(object),
                None if !lists => error(403, "AccessDenied", "Access Denied"),
                None => error(404, "NoSuchKey", "The specified key does not exist."),
            },
            // As for reading, but nobody is told more than the status.
            Operation::Head => match bucket.get(&target.key) {
                Some(object) => Answer { body: Bytes::new(), ..found(object) },
                None => Answer { body: Bytes::new(), ..error(if lists { 404 } else { 403 }, "NotFound", "") },
            },
        }
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::error(Service::S3, status, code, message)
}

fn found(object: &Object) -> Answer {
    let mut told: Vec<(Cow<'static, str>, String)> = vec![
        ("etag".into(), object.etag()),
        ("content-type".into(), object.content_type.clone()),
        ("last-modified".into(), object.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    for (name, value) in &object.headers {
        told.push((Cow::Owned(name.clone()), value.clone()));
    }
    Answer { status: 200, headers: told, body: object.bytes.clone() }
}
