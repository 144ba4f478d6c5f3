//! The way to DynamoDB that every table shares, and what can go wrong on it.

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record as DynamoDB keeps it.
pub type Item = HashMap<String, AttributeValue>;

/// The client, and randomness for waiting out conflicts. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    client: Client,
    random: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Db")
    }
}

impl Db {
    /// A way to DynamoDB; `random` spreads retries.
    pub fn new(client: Client, random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { client, random: Arc::new(random) }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits before the attempt of this number at a record that others write too: not before the first (0), then with
    /// full jitter up to 20, 40, 80 .. 640 milliseconds.
    pub async fn pause(&self, attempt: u32) {
        if attempt > 0 {
            let ceiling = 10_u64 << attempt.min(6);
            tokio::time::sleep(Duration::from_millis((self.random)() % ceiling)).await;
        }
    }
}

/// A table that a function may open, by the name that its template gives it.
pub trait Table: Sized {
    /// The table's family, in capitals, as in the variable `{FAMILY}_TABLE`.
    const FAMILY: &'static str;

    /// Opens it.
    fn open(db: Db, name: String) -> Self;
}

/// What can go wrong between a function and its tables.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not answer, or asked to slow down, more often than is worth waiting for.
    #[error("the table is not available: {0}")]
    Unavailable(String),
    /// Others wrote the same records for longer than is worth waiting for.
    #[error("too many write the same record at once")]
    Contended,
    /// The record was changed since it was read.
    #[error("the record was changed since it was read")]
    Stale,
    /// The function may not do this: its statement in the template is missing.
    #[error("not granted: {0}")]
    Denied(String),
    /// A record is not what this version writes or reads.
    #[error("a record does not fit: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether trying again later may help.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Contended | Self::Stale => true,
            Self::Denied(_) | Self::Corrupt(_) => false,
        }
    }

    pub(crate) fn of<E>(error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error.as_service_error().and_then(|service| service.code()) {
            Some("ConditionalCheckFailedException") => Self::Stale,
            Some("AccessDeniedException") => Self::Denied(told(&error)),
            Some("ValidationException" | "ResourceNotFoundException") => Self::Corrupt(told(&error)),
            _ => Self::Unavailable(told(&error)),
        }
    }
}

impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

fn told<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> String {
    let mut text = match error.as_service_error() {
        Some(service) => format!("{} {}", service.code().unwrap_or("error"), service.message().unwrap_or_default()),
        None => error.to_string(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// A record from a value.
pub(crate) fn item_of<T: Serialize>(value: &T) -> Result<Item, StoreError> {
    Ok(serde_dynamo::to_item(value)?)
}

/// A value from a record.
pub(crate) fn of_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::from_item(item)?)
}

/// A string attribute.
pub(crate) fn s(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn n(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The key of an item, or a part of it.
pub(crate) type KeyOf = HashMap<String, AttributeValue>;

/// The items with these keys, those that exist, in any order. Every hundred are one request, all requests at once.
pub(crate) async fn batch_get(db: &Db, table: &str, keys: Vec<KeyOf>) -> Result<Vec<Item>, StoreError> {
    let requests = keys.chunks(100).map(|chunk| batch_get_of(db, HashMap::from([(table.to_owned(), chunk.to_vec())])));
    let mut items = Vec::new();
    for found in futures::future::join_all(requests).await {
        items.extend(found?.remove(table).unwrap_or_default());
    }
    Ok(items)
}

/// The items with these keys by their tables, at most a hundred, in one request.
pub(crate) async fn batch_get_of(
    db: &Db,
    mut wanted: HashMap<String, Vec<KeyOf>>,
) -> Result<HashMap<String, Vec<Item>>, StoreError> {
    const ROUNDS: usize = 5;
    let mut found: HashMap<String, Vec<Item>> = HashMap::new();
    for _ in 0..ROUNDS {
        let mut request = db.client().batch_get_item();
        for (table, keys) in wanted {
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            request = request.request_items(table, keys?);
        }
        let answer = request.send().await.map_err(StoreError::of)?;
        for (table, items) in answer.responses.unwrap_or_default() {
            found.entry(table).or_default().extend(items);
        }
        let left = answer.unprocessed_keys.unwrap_or_default().into_iter();
        wanted = left.map(|(table, left)| (table, left.keys)).filter(|(_, keys)| !keys.is_empty()).collect();
        if wanted.is_empty() {
            return Ok(found);
        }
    }
    Err(StoreError::Unavailable("not every key was read".into()))
}
