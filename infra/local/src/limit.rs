//! How often a record can be written: as on AWS, where a partition takes a thousand write units a second and no more.
//!
//! Knows a bucket of units for each partition key, filled as time passes (tokio's, so that a paused runtime has it in its
//! hands). A whole second's units can be spent at once. What a write will cost is known when it is done, so it is let in
//! for the least that it can cost, and pays the rest afterwards. Off unless somebody sets it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::keep::held;
use crate::wire::Answer;

/// What DynamoDB says of it.
const TOLD: &str = "The level of configured provisioned throughput for the table was exceeded.";

/// The partition that a write goes to: its table and its key.
type Partition = (String, String);

/// Lets writes of each partition key in, up to so many units a second.
#[derive(Debug)]
pub(crate) struct WriteLimit {
    units_a_second: f64,
    /// The name of each table's partition key.
    keys: BTreeMap<String, String>,
    buckets: Mutex<HashMap<Partition, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    units: f64,
    filled: Instant,
}

/// A call's writes that were let in, and what each has paid.
pub(crate) struct Admitted {
    partitions: Vec<Partition>,
    paid: f64,
}

impl WriteLimit {
    pub(crate) fn new(units_a_second: f64, keys: BTreeMap<String, String>) -> Self {
        Self { units_a_second, keys, buckets: Mutex::new(HashMap::new()) }
    }

    /// Lets a call in, or answers as the service does that throttles it.
    pub(crate) fn admit(&self, operation: &str, body: &[u8]) -> Result<Admitted, Answer> {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let partitions = self.written(operation, &asked);
        // A transaction prepares and commits: two units a write.
        let paid = if operation == "TransactWriteItems" { 2.0 } else { 1.0 };
        let mut buckets = held(&self.buckets);
        let now = Instant::now();
        let mut short = vec![false; partitions.len()];
        for (partition, short) in partitions.iter().zip(&mut short) {
            let bucket =
                buckets.entry(partition.clone()).or_insert_with(|| Bucket { units: self.units_a_second, filled: now });
            let since = now.duration_since(bucket.filled).as_secs_f64();
            bucket.units = (bucket.units + since * self.units_a_second).min(self.units_a_second);
            bucket.filled = now;
            *short = bucket.units < paid;
        }
        if short.contains(&true) {
            return Err(throttled(operation, &short));
        }
        for partition in &partitions {
            if let Some(bucket) = buckets.get_mut(partition) {
                bucket.units -= paid;
            }
        }
        Ok(Admitted { partitions, paid })
    }

    /// Has a call pay what it cost beyond what it has paid, each of its writes alike.
    pub(crate) fn pay(&self, admitted: &Admitted, units: f64) {
        let each = units / (admitted.partitions.len().max(1)) as f64 - admitted.paid;
        if each <= 0.0 {
            return;
        }
        let mut buckets = held(&self.buckets);
        for partition in &admitted.partitions {
            if let Some(bucket) = buckets.get_mut(partition) {
                bucket.units -= each;
            }
        }
    }

    /// The partitions that a call writes to, in the order of its writes.
    fn written(&self, operation: &str, asked: &Value) -> Vec<Partition> {
        let partition = |table: &Value, key: &Value| {
            let table = table.as_str()?.rsplit('/').next()?.to_owned();
            let value = key.get(self.keys.get(&table)?)?.to_string();
            Some((table, value))
        };
        let key = |write: &Value| write.get("Key").or_else(|| write.get("Item")).cloned().unwrap_or_default();
        match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                partition(&asked["TableName"], &key(asked)).into_iter().collect()
            }
            "TransactWriteItems" => {
                let writes = asked["TransactItems"].as_array().into_iter().flatten();
                let writes = writes.filter_map(|write| write.as_object()?.values().next());
                writes.filter_map(|write| partition(&write["TableName"], &key(write))).collect()
            }
            "BatchWriteItem" => {
                let tables = asked["RequestItems"].as_object().into_iter().flatten();
                let writes = tables.flat_map(|(table, writes)| {
                    let writes = writes.as_array().into_iter().flatten();
                    writes.filter_map(move |write| Some((json!(table), key(write.as_object()?.values().next()?))))
                });
                writes.filter_map(|(table, key)| partition(&table, &key)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn throttled(operation: &str, short: &[bool]) -> Answer {
    if operation != "TransactWriteItems" {
        let kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
        return Answer::json_error(400, kind, TOLD);
    }
    let reason = |short: &bool| {
        if *short { json!({ "Code": "ThrottlingError", "Message": TOLD }) } else { json!({ "Code": "None" }) }
    };
    Answer {
        status: 400,
        ..Answer::json(&json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError]",
            "CancellationReasons": short.iter().map(reason).collect::<Vec<_>>(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn limit() -> WriteLimit {
        WriteLimit::new(10.0, [("Stock".to_owned(), "pk".to_owned())].into())
    }

    fn transaction(keys: &[&str]) -> Vec<u8> {
        let update =
            |key: &&str| json!({"Update": {"TableName": "Stock", "Key": {"pk": {"S": key}, "sk": {"S": "offer"}}}});
        json!({"TransactItems": keys.iter().map(update).collect::<Vec<_>>()}).to_string().into_bytes()
    }

    #[tokio::test(start_paused = true)]
    async fn a_partition_takes_so_many_units_a_second_and_others_are_not_asked() {
        let limit = limit();
        let write = |keys: &[&str]| limit.admit("TransactWriteItems", &transaction(keys));
        for _ in 0..5 {
            limit.pay(&write(&["a"]).unwrap(), 2.0);
        }
        let answer = write(&["b", "a"]).err().unwrap();
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(told["CancellationReasons"][0]["Code"], "None");
        assert_eq!(told["CancellationReasons"][1]["Code"], "ThrottlingError");
        assert!(write(&["b"]).is_ok(), "what was refused has paid nothing");
        tokio::time::advance(Duration::from_millis(200)).await;
        assert!(write(&["a"]).is_ok());
        assert!(write(&["a"]).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_write_cost_more_is_paid_afterwards() {
        let limit = limit();
        let put = json!({"TableName": "Stock", "Item": {"pk": {"S": "a"}}}).to_string();
        let admitted = limit.admit("PutItem", put.as_bytes()).unwrap();
        limit.pay(&admitted, 15.0);
        assert_eq!(limit.admit("PutItem", put.as_bytes()).err().unwrap().status, 400);
        tokio::time::advance(Duration::from_millis(600)).await;
        assert!(limit.admit("PutItem", put.as_bytes()).is_ok());
        assert!(limit.admit("GetItem", br#"{"TableName": "Stock", "Key": {"pk": {"S": "a"}}}"#).is_ok());
        let batch = json!({"RequestItems": {"Stock": [{"PutRequest": {"Item": {"pk": {"S": "a"}}}}]}}).to_string();
        assert!(limit.admit("BatchWriteItem", batch.as_bytes()).is_err());
    }
}
