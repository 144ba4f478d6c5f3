//! DynamoDB as functions meet it.
//!
//! Knows the operations that functions use, what each needs of IAM, what each costs in capacity units, and the
//! streams. It deliberately knows no item: keys and attributes are the store's.
//!
//! One lock serialises all calls; nobody waits for anything else while holding it, so it is a thread's lock and no
//! task's: handing a task's lock on from thread to thread cost more than what it guards. Time, TTL and idempotency
//! tokens follow the virtual clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use local_tables::{Ready, TableSpec, Tables, TablesError, measured};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::VirtualClock;
use crate::iam::Need;
use crate::keep::held;
use crate::pattern::Pattern;
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
    /// The record as Lambda hands it to a function, as JSON.
    pub event: String,
}

impl StreamRecord {
    /// Whether a filter lets it through; without a filter everything passes.
    pub fn passes(&self, filters: &[Pattern]) -> bool {
        if filters.is_empty() {
            return true;
        }
        let event: Value = serde_json::from_str(&self.event).unwrap_or_default();
        filters.iter().any(|filter| filter.matches(&event))
    }
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

    /// Runs one operation; `body` is its request's JSON, of which `outline` knows the tables.
    pub fn call(&self, operation: &str, outline: &Outline, body: &[u8]) -> Done {
        let asked = outline.capacity.as_ref().is_some_and(|mode| mode != "NONE") || !measured(operation);
        let written = if writes(operation) { outline.tables() } else { Vec::new() };
        let ready = if asked { Ready::read(operation, body) } else { Ready::read(operation, &asking(body)) };
        let done = ready.and_then(|ready| held(&self.tables).run(ready));
        match done.and_then(local_tables::Done::answer) {
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

/// What is known of a request before it runs; the rest of its JSON is skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Outline {
    table_name: Option<String>,
    index_name: Option<String>,
    transact_items: Vec<BTreeMap<String, OfTable>>,
    request_items: BTreeMap<String, IgnoredAny>,
    #[serde(rename = "ReturnConsumedCapacity")]
    capacity: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OfTable {
    table_name: String,
}

impl Outline {
    /// Reads what is known of a request.
    ///
    /// # Errors
    /// When it is no JSON, or none of DynamoDB's.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }

    /// How many items its transaction has.
    pub fn items(&self) -> usize {
        self.transact_items.len()
    }

    /// The tables that it names, each once.
    fn tables(&self) -> Vec<String> {
        let items = self.transact_items.iter().flat_map(BTreeMap::values).map(|item| &item.table_name);
        let mut tables: Vec<String> = items
            .chain(self.request_items.keys())
            .chain(&self.table_name)
            .map(|name| own_name(name).to_owned())
            .collect();
        tables.sort();
        tables.dedup();
        tables
    }
}

/// A name may be given as an ARN.
fn own_name(table: &str) -> &str {
    table.rsplit('/').next().unwrap_or_default()
}

/// What an operation needs of IAM, item by item.
pub fn needs(operation: &str, outline: &Outline) -> Vec<Need> {
    let of_items = |action: fn(&str) -> String| {
        let items = outline.transact_items.iter().flatten();
        items.map(|(kind, item)| Need::new(&action(kind), table_arn(own_name(&item.table_name)))).collect()
    };
    let table = outline.table_name.as_deref().map(own_name).unwrap_or_default();
    match operation {
        "TransactWriteItems" => of_items(|kind| match kind {
            "ConditionCheck" => "dynamodb:ConditionCheckItem".to_owned(),
            other => format!("dynamodb:{other}Item"),
        }),
        "TransactGetItems" => of_items(|_| "dynamodb:GetItem".to_owned()),
        "BatchGetItem" | "BatchWriteItem" => {
            outline.tables().iter().map(|name| Need::new(&format!("dynamodb:{operation}"), table_arn(name))).collect()
        }
        "Query" | "Scan" => {
            let mut arn = table_arn(table);
            if let Some(index) = &outline.index_name {
                arn.push_str("/index/");
                arn.push_str(index);
            }
            vec![Need::new(&format!("dynamodb:{operation}"), arn)]
        }
        "ListTables" => vec![Need::new("dynamodb:ListTables", "*".to_owned())],
        operation => vec![Need::new(&format!("dynamodb:{operation}"), table_arn(table))],
    }
}

/// The request of who did not ask for units, asking for them.
fn asking(body: &[u8]) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        map.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
    }
    value.to_string().into_bytes()
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
    let sequence: i64 = record.sequence_number.parse().map_err(|error| corrupt(&error))?;
    let images: String = [("NewImage", &record.new_image), ("OldImage", &record.old_image)]
        .iter()
        .filter_map(|(name, image)| Some(format!(",\"{name}\":{}", image.as_deref()?)))
        .collect();
    let identity = record.user_identity.as_deref().map(|who| format!(",\"userIdentity\":{who}")).unwrap_or_default();
    let size = record.keys_json.len()
        + record.new_image.as_deref().map_or(0, str::len)
        + record.old_image.as_deref().map_or(0, str::len);
    // An id made of the place in the stream: the same at every replay of a seeded run.
    let digest = Sha256::digest(format!("{table}:{sequence}").as_bytes());
    // The images are JSON already, and stay as they are.
    let event = format!(
        "{{\"eventID\":\"{}\",\"eventName\":\"{}\",\"eventVersion\":\"1.1\",\"eventSource\":\"aws:dynamodb\",\
         \"awsRegion\":\"{}\",\"dynamodb\":{{\"ApproximateCreationDateTime\":{},\"Keys\":{},\"SequenceNumber\":\"{}\",\
         \"SizeBytes\":{size},\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"{images}}},\"eventSourceARN\":\"{}\"{identity}}}",
        data_encoding::HEXLOWER.encode(&digest[..16]),
        record.event_name,
        crate::template::REGION,
        record.created_at,
        record.keys_json,
        public_sequence(sequence),
        crate::template::stream_arn(table),
    );
    let at = Timestamp::from_second(record.created_at).map_err(|error| corrupt(&error))?;
    Ok(StreamRecord { sequence, at, lost: at < oldest, event })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(dynamo: &Dynamo, operation: &str, body: Value) -> Done {
        let body = body.to_string();
        dynamo.call(operation, &Outline::read(body.as_bytes()).unwrap(), body.as_bytes())
    }

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
        let done = call(&dynamo, "TransactWriteItems", json!({"TransactItems": [put("a", 10), put("b", 1500)]}));
        assert_eq!(done.answer.status, 200);
        assert_eq!(done.units, Units { read: 0.0, write: 6.0 });
        // The caller did not ask for the capacity: it is not told.
        assert_eq!(done.answer.body, "{}");
        assert_eq!(done.written, ["Orders"]);
        let got = json!({"TableName": "Orders", "Key": {"pk": {"S": "a"}}, "ConsistentRead": true});
        let got = call(&dynamo, "GetItem", got);
        assert_eq!(got.units, Units { read: 1.0, write: 0.0 });
    }

    #[tokio::test]
    async fn a_token_replays_for_ten_minutes_and_is_good_for_one_request() {
        let clock = clock();
        let dynamo = Dynamo::open(orders(), None, &clock).unwrap();
        let request = |pk: &str| json!({"TransactItems": [put(pk, 1)], "ClientRequestToken": "t-1"});
        assert_eq!(call(&dynamo, "TransactWriteItems", request("a")).answer.status, 200);
        let again = call(&dynamo, "TransactWriteItems", request("a"));
        assert_eq!(again.answer.status, 200);
        assert_eq!(again.units, Units { read: 2.0, write: 0.0 });
        let other = call(&dynamo, "TransactWriteItems", request("b"));
        assert!(String::from_utf8_lossy(&other.answer.body).contains("IdempotentParameterMismatch"));
        clock.move_to(clock.now() + SignedDuration::from_mins(11));
        let late = call(&dynamo, "TransactWriteItems", request("a"));
        assert!(String::from_utf8_lossy(&late.answer.body).contains("ConditionalCheckFailed"));
    }

    #[tokio::test]
    async fn streams_tell_images_in_order_and_can_be_trimmed() {
        let dynamo = Dynamo::open(orders(), None, &clock()).unwrap();
        for n in ["1", "2"] {
            let item = json!({"TableName": "Orders", "Item": {"pk": {"S": "a"}, "n": {"N": n}}});
            assert_eq!(call(&dynamo, "PutItem", item).answer.status, 200);
        }
        let records = dynamo.stream("Orders", 0, 100).await.unwrap();
        let events: Vec<Value> = records.iter().map(|record| serde_json::from_str(&record.event).unwrap()).collect();
        let names: Vec<_> = events.iter().map(|event| event["eventName"].clone()).collect();
        assert_eq!(names, ["INSERT", "MODIFY"]);
        assert_eq!(events[1]["dynamodb"]["OldImage"]["n"]["N"], "1");
        assert_eq!(events[1]["dynamodb"]["SequenceNumber"].as_str().unwrap().len(), 21);
        dynamo.trim("Orders", records[1].sequence).await.unwrap();
        assert_eq!(dynamo.stream("Orders", 0, 100).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn items_go_when_their_time_is_over() {
        let clock = clock();
        let dynamo = Dynamo::open(orders(), None, &clock).unwrap();
        let ttl = clock.now().as_second() + 60;
        let item = json!({"TableName": "Orders", "Item": {"pk": {"S": "a"}, "ttl": {"N": ttl.to_string()}}});
        call(&dynamo, "PutItem", item);
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
        let outline = |body: &Value| Outline::read(body.to_string().as_bytes()).unwrap();
        let needs = needs("TransactWriteItems", &outline(&body));
        assert_eq!(needs[0], Need::new("dynamodb:PutItem", table_arn("Orders")));
        assert_eq!(needs[1], Need::new("dynamodb:ConditionCheckItem", table_arn("Carts")));
        let indexed = super::needs("Query", &outline(&json!({"TableName": "Lists", "IndexName": "by-day"})));
        assert!(indexed[0].resource.ends_with("table/Lists/index/by-day"));
    }
}
