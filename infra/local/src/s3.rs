//! S3: buckets and their objects.
//!
//! Knows the object operations that functions use, conditional writes and presigned uploads. It deliberately keeps one
//! version of an object and refuses multipart uploads.

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
use crate::wire::{self, Answer, Request, Service, escape};

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
    Delete,
    List,
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
        let operation = match (key.is_empty(), method) {
            _ if copies || parts => None,
            (false, &Method::PUT) => Some(Operation::Put),
            (false, &Method::GET) => Some(Operation::Get),
            (false, &Method::HEAD) => Some(Operation::Head),
            (false, &Method::DELETE) => Some(Operation::Delete),
            (true, &Method::GET) => Some(Operation::List),
            _other => None,
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
        Some(Operation::Delete) => "DeleteObject".to_owned(),
        Some(Operation::List) => "ListObjectsV2".to_owned(),
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
        Some(Operation::Delete) => vec![Need::new("s3:DeleteObject", object)],
        Some(Operation::List) => vec![Need::new("s3:ListBucket", bucket)],
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
                let existing = bucket.get(&target.key).map(Object::etag);
                if let Some(refusal) = precondition(headers, existing.as_deref()) {
                    return refusal;
                }
                let Some(bytes) = content(request) else {
                    return error(400, "IncompleteBody", "The chunks could not be read");
                };
                let kept = ["cache-control", "content-disposition", "content-encoding"];
                let object = Object {
                    bytes,
                    content_type: wire::text(headers, "content-type")
                        .unwrap_or_else(|| "binary/octet-stream".to_owned()),
                    headers: headers
                        .iter()
                        .filter(|(name, _)| name.as_str().starts_with("x-amz-meta-") || kept.contains(&name.as_str()))
                        .filter_map(|(name, value)| {
                            let value = value.to_str().ok()?;
                            (value != "aws-chunked").then(|| (name.as_str().to_owned(), value.to_owned()))
                        })
                        .collect(),
                    modified: now,
                };
                let etag = object.etag();
                self.keep.write(vec![put_change(&target.bucket, &target.key, &object)]);
                bucket.insert(target.key, object);
                Answer { status: 200, headers: vec![("etag".into(), etag)], body: Bytes::new() }
            }
            Operation::Get | Operation::Head => match bucket.get(&target.key) {
                Some(object) => found(object, headers, operation == Operation::Head),
                None if !lists => error(403, "AccessDenied", "Access Denied"),
                None => error(404, "NoSuchKey", "The specified key does not exist."),
            },
            Operation::Delete => {
                if bucket.remove(&target.key).is_some() {
                    self.keep.write(vec![Change::Drop(SHELF, format!("{}/{}", target.bucket, target.key))]);
                }
                Answer { status: 204, headers: Vec::new(), body: Bytes::new() }
            }
            Operation::List => list(&target.bucket, bucket, request),
        }
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::error(Service::S3, status, code, message)
}

/// The refusal of a conditional write whose condition does not hold.
fn precondition(headers: &http::HeaderMap, existing: Option<&str>) -> Option<Answer> {
    let failed = || error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    if wire::text(headers, "if-none-match").is_some_and(|tag| tag == "*") && existing.is_some() {
        return Some(failed());
    }
    match (wire::text(headers, "if-match"), existing) {
        (Some(_), None) => Some(error(404, "NoSuchKey", "The specified key does not exist.")),
        (Some(wanted), Some(tag)) if wanted.trim_matches('"') != tag.trim_matches('"') => Some(failed()),
        _other => None,
    }
}

/// The body of a PUT, out of its chunks where it is chunked.
fn content(request: &Request) -> Option<Bytes> {
    let body = request.http.body();
    let chunked = wire::text(request.http.headers(), "content-encoding")
        .is_some_and(|encoding| encoding.contains("aws-chunked"))
        || request.http.headers().contains_key("x-amz-decoded-content-length");
    if !chunked {
        return Some(body.clone());
    }
    let mut rest: &[u8] = body;
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(Bytes::from(whole));
        }
        whole.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

fn found(object: &Object, headers: &http::HeaderMap, head: bool) -> Answer {
    let etag = object.etag();
    let mut told: Vec<(Cow<'static, str>, String)> = vec![
        ("etag".into(), etag.clone()),
        ("content-type".into(), object.content_type.clone()),
        ("last-modified".into(), object.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    if wire::text(headers, "if-none-match").is_some_and(|tag| tag.trim_matches('"') == etag.trim_matches('"')) {
        return Answer { status: 304, headers: told, body: Bytes::new() };
    }
    for (name, value) in &object.headers {
        told.push((Cow::Owned(name.clone()), value.clone()));
    }
    if head {
        told.push(("content-length".into(), object.bytes.len().to_string()));
    }
    Answer { status: 200, headers: told, body: if head { Bytes::new() } else { object.bytes.clone() } }
}

fn list(name: &str, bucket: &BTreeMap<String, Object>, request: &Request) -> Answer {
    let uri = request.http.uri();
    let prefix = wire::query(uri, "prefix").unwrap_or_default();
    let after = wire::query(uri, "continuation-token").or_else(|| wire::query(uri, "start-after")).unwrap_or_default();
    let limit = wire::query(uri, "max-keys").and_then(|text| text.parse().ok()).unwrap_or(1000_usize).min(1000);
    let mut matching = bucket.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let page: Vec<_> = matching.by_ref().take(limit).collect();
    let more = matching.next().is_some();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{limit}</MaxKeys><IsTruncated>{more}</IsTruncated>",
        escape(name),
        escape(&prefix),
        page.len(),
    );
    if more && let Some((last, _)) = page.last() {
        xml.push_str(&format!("<NextContinuationToken>{}</NextContinuationToken>", escape(last)));
    }
    for (key, object) in page {
        xml.push_str(&format!(
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            escape(key),
            object.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            escape(&object.etag()),
            object.bytes.len(),
        ));
    }
    xml.push_str("</ListBucketResult>");
    Answer::xml(200, xml)
}
