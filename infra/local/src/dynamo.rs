//! DynamoDB as functions meet it.
//!
//! Knows the operations that functions use, what each needs of IAM, what each costs in capacity units, and the
//! streams. It deliberately knows no item: keys and attributes are the store's.
//!
//! One lock serialises all calls; nobody waits for anything else while holding it, so it is a thread's lock and no
//! task's: handing a task's lock on from thread to thread cost more than what it guards. Time, TTL and idempotency
//! tokens follow the virtual clock.

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use local_tables::{TableSpec, Tables, TablesError, measured};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::VirtualClock;
use crate::iam::Need;
use crate::keep::held;
use crate::template::table_arn;
use crate::wire::Answer;

pub use local_tables::known;

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
    /// Whether the stream would have lost it by now: it reaches nobody.
    pub lost: bool,
    /// The record as Lambda hands it to a function.
    pub event: Value,
}

/// The tables, behind one lock.
#[derive(Debug)]
pub struct Dynamo {
    tables: Mutex<Tables>,
    clock: VirtualClock,
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

impl Dynamo {
    /// The tables that the template declares, in the file or in memory; made where they are missing.
    ///
    /// # Errors
    /// When the file is no database, or a table cannot be made.
    pub fn open(specs: Vec<TableSpec>, file: Option<&Path>, clock: &VirtualClock) -> Result<Self, TablesError> {
        let telling = clock.clone();
        let tables = Tables::open(specs, file, Arc::new(move || telling.now()))?;
        Ok(Self { tables: Mutex::new(tables), clock: clock.clone() })
    }

    /// Empties every table.
    ///
    /// # Errors
    /// When the tables cannot be made anew.
    pub async fn reset(&self) -> Result<(), TablesError> {
        held(&self.tables).reset()
    }

    /// Whether no table has an item.
    pub async fn is_empty(&self) -> bool {
        held(&self.tables).is_empty()
    }

    /// Runs one operation.
    pub async fn call(&self, operation: &str, mut body: Value) -> Done {
        let asked = body.get("ReturnConsumedCapacity").and_then(Value::as_str).is_some_and(|mode| mode != "NONE");
        if !asked && measured(operation) {
            body["ReturnConsumedCapacity"] = json!("TOTAL");
        }
        let written = if writes(operation) { tables_of(operation, &body) } else { Vec::new() };
        let outcome = held(&self.tables).call(operation, body);
        match outcome {
            Ok(bytes) => {
                let units = units(&bytes, writes(operation));
                let body = if asked { bytes.into() } else { without_units(&bytes) };
                Done { answer: Answer { body, ..Answer::json(&Value::Null) }, units, written }
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
    pub async fn stream(&self, table: &str, after: i64, limit: usize) -> Result<Vec<StreamRecord>, TablesError> {
        let raw = held(&self.tables).stream(table, after, limit)?;
        let oldest = self.clock.now() - STREAM_LIFE;
        raw.into_iter().map(|record| record_event(table, &record, oldest)).collect()
    }

    /// Forgets the records before `until`, which every reader is through with.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn trim(&self, table: &str, until: i64) -> Result<(), TablesError> {
        held(&self.tables).trim(table, until)
    }

    /// Deletes the items whose time to live is over, as DynamoDB does within some days.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sweep(&self) -> Result<usize, TablesError> {
        held(&self.tables).sweep()
    }
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

/// What an answer says of capacity; the rest of it is skipped.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    consumed_capacity: Option<OneOrEach>,
}

/// Of one table, or one for each.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrEach {
    One(Consumed),
    Each(Vec<Consumed>),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Consumed {
    capacity_units: Option<f64>,
    read_capacity_units: Option<f64>,
    write_capacity_units: Option<f64>,
}

/// Capacity of an answer. A transaction tells read and write apart (a replayed one reads); for the others the
/// operation does.
fn units(answer: &[u8], writes: bool) -> Units {
    let told = serde_json::from_slice::<Told>(answer).ok().and_then(|told| told.consumed_capacity);
    let each = match told {
        Some(OneOrEach::Each(each)) => each,
        Some(OneOrEach::One(one)) => vec![one],
        None => Vec::new(),
    };
    let mut total = Units::default();
    for one in each {
        match (one.read_capacity_units, one.write_capacity_units) {
            (None, None) if writes => total.write += one.capacity_units.unwrap_or_default(),
            (None, None) => total.read += one.capacity_units.unwrap_or_default(),
            (read, write) => {
                total.read += read.unwrap_or_default();
                total.write += write.unwrap_or_default();
            }
        }
    }
    total
}

/// The answer to who did not ask for units.
fn without_units(answer: &[u8]) -> Bytes {
    let mut value: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        map.remove("ConsumedCapacity");
    }
    Bytes::from(value.to_string())
}

/// The public form of a stream's number.
pub fn public_sequence(stored: i64) -> String {
    (SEQUENCE_OFFSET + u128::from(stored.unsigned_abs())).to_string()
}

fn record_event(
    table: &str,
    record: &local_tables::StreamRecord,
    oldest: Timestamp,
) -> Result<StreamRecord, TablesError> {
    let corrupt = |error: &dyn std::fmt::Display| {
        TablesError::InternalServerError(format!("a stream record of {table}: {error}"))
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
    let at = Timestamp::from_second(record.created_at).map_err(|error| corrupt(&error))?;
    Ok(StreamRecord { sequence, at, lost: at < oldest, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> Vec<TableSpec> {
        vec![TableSpec {
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
        }]
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
        let dynamo = Dynamo::open(orders(), None, &clock()).unwrap();
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
        let dynamo = Dynamo::open(orders(), None, &clock).unwrap();
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
        let dynamo = Dynamo::open(orders(), None, &clock()).unwrap();
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
        let dynamo = Dynamo::open(orders(), None, &clock).unwrap();
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
