//! DynamoDB: dynoxide embedded, spoken to in DynamoDB's own words.
//!
//! Knows the operations that functions use, what each needs of IAM, what each costs in capacity units, and the
//! streams. It deliberately knows no item: keys and attributes are the store's.
//!
//! One lock serialises all calls, first come first served. Time, TTL and idempotency tokens follow the virtual clock.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use dynoxide::DynoxideError;
use dynoxide::actions::{
    batch_get_item, batch_write_item, create_table, delete_item, get_item, list_tables, put_item, query, scan,
    transact_get_items, transact_write_items, update_item, update_time_to_live,
};
use dynoxide::storage::Storage;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, MutexGuard};

use crate::clock::VirtualClock;
use crate::iam::Need;
use crate::template::{TableSpec, table_arn};
use crate::wire::Answer;

/// How long DynamoDB remembers a transaction's token.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// How long a stream keeps its records.
const STREAM_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Public sequence numbers are stored ones plus this: 21 digits, as DynamoDB's have at least.
const SEQUENCE_OFFSET: u128 = 100_000_000_000_000_000_000;

/// Capacity units of one call.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

/// A record of a table's stream.
#[derive(Debug, Clone)]
pub struct StreamRecord {
    /// Its place in the stream.
    pub sequence: i64,
    /// When it was written.
    pub at: Timestamp,
    /// The record as Lambda hands it to a function.
    pub event: Value,
}

/// The tables.
pub struct Dynamo {
    inner: Mutex<Inner>,
    tables: BTreeMap<String, TableSpec>,
    file: Option<PathBuf>,
    clock: VirtualClock,
}

struct Inner {
    storage: Storage,
    /// By token: the digest of what it was used for.
    tokens: BTreeMap<String, [u8; 32]>,
    /// The tokens in the order in which they were used, and when.
    used: VecDeque<(Timestamp, String)>,
}

/// A call that has run.
#[derive(Debug)]
pub struct Done {
    /// The answer.
    pub answer: Answer,
    /// What it consumed.
    pub units: Units,
    /// The tables that it may have written.
    pub written: Vec<String>,
}

type Outcome = Result<Value, DynoxideError>;

impl std::fmt::Debug for Dynamo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dynamo").finish_non_exhaustive()
    }
}

impl Dynamo {
    /// The tables that the template declares, in the file or in memory; made where they are missing.
    ///
    /// # Errors
    /// When the file is no database, or a table cannot be made.
    pub fn open(
        tables: &BTreeMap<String, TableSpec>,
        file: Option<&Path>,
        clock: &VirtualClock,
    ) -> Result<Self, DynoxideError> {
        Ok(Self {
            inner: Mutex::new(Inner::open(tables, file, clock)?),
            tables: tables.clone(),
            file: file.map(Path::to_owned),
            clock: clock.clone(),
        })
    }

    /// Empties every table.
    ///
    /// # Errors
    /// When the tables cannot be made anew.
    pub async fn reset(&self) -> Result<(), DynoxideError> {
        let mut inner = self.inner.lock().await;
        // The old file is let go before it is removed.
        inner.storage = Storage::memory()?;
        if let Some(file) = &self.file {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = file.clone().into_os_string();
                path.push(suffix);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(DynoxideError::InternalServerError(error.to_string()));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
        }
        *inner = Inner::open(&self.tables, self.file.as_deref(), &self.clock)?;
        Ok(())
    }

    /// Whether no table has an item.
    pub async fn is_empty(&self) -> bool {
        let inner = self.inner.lock().await;
        self.tables.keys().all(|table| matches!(inner.storage.count_items(table), Ok(0)))
    }

    /// Runs one operation.
    pub async fn call(&self, operation: &str, mut body: Value) -> Done {
        let mut inner = self.inner.lock().await;
        let asked = body.get("ReturnConsumedCapacity").and_then(Value::as_str).is_some_and(|mode| mode != "NONE");
        if !asked && measured(operation) {
            body["ReturnConsumedCapacity"] = json!("TOTAL");
        }
        let written = if writes(operation) { tables_of(operation, &body) } else { Vec::new() };
        let outcome = match operation {
            "TransactWriteItems" => inner.transact(body, self.clock.now()),
            operation => inner.run(operation, body),
        };
        drop(inner);
        match outcome {
            Ok(mut value) => {
                let units = units(&value, writes(operation));
                if !asked && let Some(map) = value.as_object_mut() {
                    map.remove("ConsumedCapacity");
                }
                Done { answer: Answer::json(&value), units, written }
            }
            Err(error) => Done {
                answer: Answer {
                    status: error.status_code(),
                    body: error.to_json().into(),
                    ..Answer::json(&Value::Null)
                },
                units: Units::default(),
                written: Vec::new(),
            },
        }
    }

    /// Up to `limit` records of a table's stream after `after`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stream(&self, table: &str, after: i64, limit: usize) -> Result<Vec<StreamRecord>, DynoxideError> {
        let inner = self.inner.lock().await;
        let shard = dynoxide::streams::shard_id(table);
        let raw = inner.storage.get_stream_records(table, &shard, after, limit)?;
        let oldest = self.clock.now() - STREAM_LIFE;
        raw.into_iter()
            .map(|record| record_event(table, &record))
            .filter(|record| record.as_ref().map_or(true, |record| record.at >= oldest))
            .collect()
    }

    /// Forgets the records up to `until` that every reader is through with, but for the last: the next number is
    /// counted from it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn trim(&self, table: &str, until: i64) -> Result<(), DynoxideError> {
        let inner = self.inner.lock().await;
        inner.storage.conn().execute(
            "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            rusqlite::params![table, until],
        )?;
        Ok(())
    }

    /// Deletes the items whose time to live is over, as DynamoDB does within some days.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sweep(&self) -> Result<usize, DynoxideError> {
        let inner: MutexGuard<'_, Inner> = self.inner.lock().await;
        at_once(dynoxide::ttl::sweep_expired_items(&inner.storage))
    }
}

impl Inner {
    fn open(
        tables: &BTreeMap<String, TableSpec>,
        file: Option<&Path>,
        clock: &VirtualClock,
    ) -> Result<Self, DynoxideError> {
        let storage = match file {
            Some(path) => Storage::new(&path.to_string_lossy())?,
            None => Storage::memory()?,
        }
        .with_clock(std::sync::Arc::new(clock.clone()));
        // A stream's next number is the greatest so far and one: an index keeps that from reading them all.
        storage.conn().execute_batch(
            "PRAGMA synchronous = NORMAL; CREATE INDEX IF NOT EXISTS _stream_records_by_number \
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
        )?;
        for table in tables.values() {
            if !storage.table_exists(&table.name)? {
                at_once(create_table::execute(&storage, read(table.create.clone())?))?;
            }
            storage.update_ttl_config(&table.name, table.ttl.as_deref(), table.ttl.is_some())?;
        }
        Ok(Self { storage, tokens: BTreeMap::new(), used: VecDeque::new() })
    }

    fn transact(&mut self, body: Value, now: Timestamp) -> Outcome {
        let Some(token) = body.get("ClientRequestToken").and_then(Value::as_str).map(str::to_owned) else {
            return self.run("TransactWriteItems", body);
        };
        while let Some((at, _)) = self.used.front()
            && now.duration_since(*at) >= TOKEN_LIFE
            && let Some((_, old)) = self.used.pop_front()
        {
            self.tokens.remove(&old);
        }
        let items = body.get("TransactItems").cloned().unwrap_or(Value::Null);
        let digest: [u8; 32] = Sha256::digest(items.to_string().as_bytes()).into();
        match self.tokens.get(&token) {
            Some(known) if *known == digest => Ok(replayed(&items)),
            Some(_) => Err(DynoxideError::IdempotentParameterMismatchException(
                "An error occurred (IdempotentParameterMismatchException)".to_owned(),
            )),
            None => {
                let done = self.run("TransactWriteItems", body)?;
                self.tokens.insert(token.clone(), digest);
                self.used.push_back((now, token));
                Ok(done)
            }
        }
    }

    fn run(&self, operation: &str, body: Value) -> Outcome {
        let s = &self.storage;
        match operation {
            "GetItem" => answer(get_item::execute(s, read(body)?)),
            "PutItem" => answer(put_item::execute(s, read(body)?)),
            "UpdateItem" => answer(update_item::execute(s, read(body)?)),
            "DeleteItem" => answer(delete_item::execute(s, read(body)?)),
            "Query" => answer(query::execute(s, read(body)?)),
            "Scan" => answer(scan::execute(s, read(body)?)),
            "BatchGetItem" => answer(batch_get_item::execute(s, read(body)?)),
            "BatchWriteItem" => answer(batch_write_item::execute(s, read(body)?)),
            "TransactGetItems" => answer(transact_get_items::execute(s, read(body)?)),
            "TransactWriteItems" => answer(transact_write_items::execute(s, read(body)?)),
            "ListTables" => answer(list_tables::execute(s, read(body)?)),
            "CreateTable" => answer(create_table::execute(s, read(body)?)),
            "UpdateTimeToLive" => answer(update_time_to_live::execute(s, read(body)?)),
            "DescribeTable" => {
                let phases = dynoxide::actions::vector_lifecycle::VectorIndexLifecycle::new();
                answer(dynoxide::actions::describe_table::execute(s, read(body)?, &phases))
            }
            other => Err(DynoxideError::UnsupportedCapability(other.to_owned())),
        }
    }
}

/// Whether the engine answers the operation at all.
pub fn known(operation: &str) -> bool {
    measured(operation) || matches!(operation, "ListTables" | "CreateTable" | "DescribeTable" | "UpdateTimeToLive")
}

/// Whether the operation tells its capacity.
fn measured(operation: &str) -> bool {
    writes(operation) || matches!(operation, "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems")
}

fn writes(operation: &str) -> bool {
    matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems")
}

/// What an operation needs of IAM, item by item.
pub fn needs(operation: &str, body: &Value) -> Vec<Need> {
    let table = |value: &Value| {
        let name = value.get("TableName").and_then(Value::as_str).unwrap_or_default();
        // A name may be given as an ARN.
        table_arn(name.rsplit('/').next().unwrap_or_default())
    };
    match operation {
        "TransactWriteItems" => items(body)
            .flat_map(|item| item.as_object().into_iter().flatten())
            .map(|(kind, item)| {
                let action = match kind.as_str() {
                    "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
                    other => format!("dynamodb:{other}Item"),
                };
                Need::new(&action, table(item))
            })
            .collect(),
        "TransactGetItems" => items(body)
            .filter_map(|item| item.get("Get"))
            .map(|item| Need::new("dynamodb:GetItem", table(item)))
            .collect(),
        "BatchGetItem" | "BatchWriteItem" => tables_of(operation, body)
            .iter()
            .map(|name| Need::new(&format!("dynamodb:{operation}"), table_arn(name)))
            .collect(),
        "Query" | "Scan" => {
            let mut arn = table(body);
            if let Some(index) = body.get("IndexName").and_then(Value::as_str) {
                arn.push_str("/index/");
                arn.push_str(index);
            }
            vec![Need::new(&format!("dynamodb:{operation}"), arn)]
        }
        "ListTables" => vec![Need::new("dynamodb:ListTables", "*".to_owned())],
        operation => vec![Need::new(&format!("dynamodb:{operation}"), table(body))],
    }
}

fn items(body: &Value) -> impl Iterator<Item = &Value> {
    body.get("TransactItems").and_then(Value::as_array).into_iter().flatten()
}

fn tables_of(operation: &str, body: &Value) -> Vec<String> {
    let mut tables: Vec<String> = match operation {
        "TransactWriteItems" => items(body)
            .flat_map(|item| item.as_object().into_iter().flatten())
            .filter_map(|(_, item)| item.get("TableName").and_then(Value::as_str))
            .map(str::to_owned)
            .collect(),
        "BatchGetItem" | "BatchWriteItem" => body
            .get("RequestItems")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        _single => body.get("TableName").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
    };
    tables.sort();
    tables.dedup();
    tables
}

/// Capacity of an answer. A transaction tells read and write apart (a replayed one reads); for the others the
/// operation does.
fn units(answer: &Value, writes: bool) -> Units {
    let each = match answer.get("ConsumedCapacity") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let mut total = Units::default();
    for one in each {
        let number = |name: &str| one.get(name).and_then(Value::as_f64);
        match (number("ReadCapacityUnits"), number("WriteCapacityUnits")) {
            (None, None) if writes => total.write += number("CapacityUnits").unwrap_or_default(),
            (None, None) => total.read += number("CapacityUnits").unwrap_or_default(),
            (read, write) => {
                total.read += read.unwrap_or_default();
                total.write += write.unwrap_or_default();
            }
        }
    }
    total
}

/// What a transaction answers whose token was used before: it reads what it wrote, at two units an item at least.
fn replayed(items: &Value) -> Value {
    let count = items.as_array().map_or(0, Vec::len);
    let table =
        tables_of("TransactWriteItems", &json!({ "TransactItems": items })).into_iter().next().unwrap_or_default();
    json!({ "ConsumedCapacity": [{
        "TableName": table, "CapacityUnits": 2 * count, "ReadCapacityUnits": 2 * count
    }] })
}

/// Runs what never waits: the native storage answers in the same poll.
fn at_once<T>(work: impl Future<Output = Result<T, DynoxideError>>) -> Result<T, DynoxideError> {
    work.now_or_never()
        .unwrap_or_else(|| Err(DynoxideError::InternalServerError("the storage did not answer at once".to_owned())))
}

fn answer<T: Serialize>(work: impl Future<Output = Result<T, DynoxideError>>) -> Outcome {
    serde_json::to_value(at_once(work)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// A typed request. dynoxide marks in the message which error a malformed one is.
fn read<T: DeserializeOwned>(body: Value) -> Result<T, DynoxideError> {
    serde_json::from_value(body).map_err(|error| {
        let message = error.to_string();
        for marker in ["VALIDATION_AS_READ:", "VALIDATION_REQUEST:", "VALIDATION:"] {
            if let Some(rest) = message.strip_prefix(marker) {
                return DynoxideError::ValidationException(rest.to_owned());
            }
        }
        for marker in ["SERIALIZATION_AS_READ:", "SERIALIZATION:"] {
            if let Some(rest) = message.strip_prefix(marker) {
                return DynoxideError::SerializationException(rest.to_owned());
            }
        }
        if message.contains("invalid type") && !message.contains("null") {
            DynoxideError::SerializationException(message)
        } else {
            DynoxideError::ValidationException(message)
        }
    })
}

/// The public form of a stream's number.
pub fn public_sequence(stored: i64) -> String {
    (SEQUENCE_OFFSET + u128::from(stored.unsigned_abs())).to_string()
}

fn record_event(table: &str, record: &dynoxide::storage::StreamRecord) -> Result<StreamRecord, DynoxideError> {
    let corrupt = |error: &dyn std::fmt::Display| {
        DynoxideError::InternalServerError(format!("a stream record of {table}: {error}"))
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| corrupt(&error));
    let sequence: i64 = record.sequence_number.parse().map_err(|error| corrupt(&error))?;
    let mut change = json!({
        "ApproximateCreationDateTime": record.created_at,
        "Keys": parse(&record.keys_json)?,
        "SequenceNumber": public_sequence(sequence),
        "SizeBytes": record.keys_json.len()
            + record.new_image.as_deref().map_or(0, str::len)
            + record.old_image.as_deref().map_or(0, str::len),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [("NewImage", &record.new_image), ("OldImage", &record.old_image)] {
        if let Some(image) = image {
            change[name] = parse(image)?;
        }
    }
    // An id made of the place in the stream: the same at every replay of a seeded run.
    let digest = Sha256::digest(format!("{table}:{sequence}").as_bytes());
    let mut event = json!({
        "eventID": data_encoding::HEXLOWER.encode(&digest[..16]),
        "eventName": record.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": crate::template::REGION,
        "dynamodb": change,
        "eventSourceARN": crate::template::stream_arn(table),
    });
    if let Some(identity) = &record.user_identity {
        event["userIdentity"] = parse(identity)?;
    }
    Ok(StreamRecord {
        sequence,
        at: Timestamp::from_second(record.created_at).map_err(|error| corrupt(&error))?,
        event,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> BTreeMap<String, TableSpec> {
        BTreeMap::from([(
            "Orders".to_owned(),
            TableSpec {
                name: "Orders".to_owned(),
                create: json!({
                    "TableName": "Orders",
                    "BillingMode": "PAY_PER_REQUEST",
                    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                    "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
                }),
                streams: true,
                ttl: Some("ttl".to_owned()),
            },
        )])
    }

    fn clock() -> VirtualClock {
        VirtualClock::standing("2026-11-22T12:00:00Z".parse().unwrap())
    }

    fn put(pk: &str, bytes: usize) -> Value {
        json!({"Put": {
            "TableName": "Orders",
            "Item": {"pk": {"S": pk}, "text": {"S": "x".repeat(bytes)}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }})
    }

    #[tokio::test]
    async fn a_transaction_costs_two_units_a_kilobyte_and_an_item() {
        let dynamo = Dynamo::open(&orders(), None, &clock()).unwrap();
        let done = dynamo.call("TransactWriteItems", json!({"TransactItems": [put("a", 10), put("b", 1500)]})).await;
        assert_eq!(done.answer.status, 200);
        assert_eq!(done.units, Units { read: 0.0, write: 6.0 });
        // The caller did not ask for the capacity: it is not told.
        assert_eq!(done.answer.body, "{}");
        assert_eq!(done.written, ["Orders"]);
        let got = dynamo
            .call("GetItem", json!({"TableName": "Orders", "Key": {"pk": {"S": "a"}}, "ConsistentRead": true}))
            .await;
        assert_eq!(got.units, Units { read: 1.0, write: 0.0 });
    }

    #[tokio::test]
    async fn a_token_replays_for_ten_minutes_and_is_good_for_one_request() {
        let clock = clock();
        let dynamo = Dynamo::open(&orders(), None, &clock).unwrap();
        let request = |pk: &str| json!({"TransactItems": [put(pk, 1)], "ClientRequestToken": "t-1"});
        assert_eq!(dynamo.call("TransactWriteItems", request("a")).await.answer.status, 200);
        let again = dynamo.call("TransactWriteItems", request("a")).await;
        assert_eq!(again.answer.status, 200);
        assert_eq!(again.units, Units { read: 2.0, write: 0.0 });
        let other = dynamo.call("TransactWriteItems", request("b")).await;
        assert!(String::from_utf8_lossy(&other.answer.body).contains("IdempotentParameterMismatch"));
        clock.move_to(clock.now() + SignedDuration::from_mins(11));
        let late = dynamo.call("TransactWriteItems", request("a")).await;
        assert!(String::from_utf8_lossy(&late.answer.body).contains("ConditionalCheckFailed"));
    }

    #[tokio::test]
    async fn streams_tell_images_in_order_and_can_be_trimmed() {
        let dynamo = Dynamo::open(&orders(), None, &clock()).unwrap();
        for n in ["1", "2"] {
            let item = json!({"TableName": "Orders", "Item": {"pk": {"S": "a"}, "n": {"N": n}}});
            assert_eq!(dynamo.call("PutItem", item).await.answer.status, 200);
        }
        let records = dynamo.stream("Orders", 0, 100).await.unwrap();
        let names: Vec<_> = records.iter().map(|record| record.event["eventName"].clone()).collect();
        assert_eq!(names, ["INSERT", "MODIFY"]);
        assert_eq!(records[1].event["dynamodb"]["OldImage"]["n"]["N"], "1");
        assert_eq!(records[1].event["dynamodb"]["SequenceNumber"].as_str().unwrap().len(), 21);
        dynamo.trim("Orders", records[1].sequence).await.unwrap();
        assert_eq!(dynamo.stream("Orders", 0, 100).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn items_go_when_their_time_is_over() {
        let clock = clock();
        let dynamo = Dynamo::open(&orders(), None, &clock).unwrap();
        let ttl = clock.now().as_second() + 60;
        let item = json!({"TableName": "Orders", "Item": {"pk": {"S": "a"}, "ttl": {"N": ttl.to_string()}}});
        dynamo.call("PutItem", item).await;
        assert_eq!(dynamo.sweep().await.unwrap(), 0);
        clock.move_to(clock.now() + SignedDuration::from_mins(2));
        assert_eq!(dynamo.sweep().await.unwrap(), 1);
    }

    #[test]
    fn each_item_of_a_transaction_needs_its_own_grant() {
        let body = json!({"TransactItems": [
            {"Put": {"TableName": "Orders"}},
            {"ConditionCheck": {"TableName": "Carts"}},
        ]});
        let needs = needs("TransactWriteItems", &body);
        assert_eq!(needs[0], Need::new("dynamodb:PutItem", table_arn("Orders")));
        assert_eq!(needs[1], Need::new("dynamodb:ConditionCheckItem", table_arn("Carts")));
        let indexed = super::needs("Query", &json!({"TableName": "Lists", "IndexName": "by-day"}));
        assert!(indexed[0].resource.ends_with("table/Lists/index/by-day"));
    }
}
