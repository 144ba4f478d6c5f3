//! Metrics: what an invocation cost and what came of it, as lines of CloudWatch's embedded metric format.
//!
//! Knows the list prices of the services that functions call, counts what is called by the SDK clients' own hooks, and
//! writes one line for each invocation and each count. It deliberately knows no free tier, no discount and nothing
//! that costs while nobody shops; nor what a write costs whose condition failed, which DynamoDB bills and does not tell.
//!
//! Source of the prices: AWS's public price lists for eu-central-1 (Frankfurt), on demand, first tier, as of November
//! 2026: aws.amazon.com/{lambda, dynamodb, sqs, api-gateway, ses, s3}/pricing.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, transact_get_items, transact_write_items,
    update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// What is paid for, in US dollars.
mod prices {
    /// Lambda on arm64, per GB and second.
    pub(super) const LAMBDA_GB_SECOND: f64 = 0.000_013_333_4;
    /// Lambda, per invocation.
    pub(super) const LAMBDA_INVOCATION: f64 = 0.20 / 1e6;
    /// HTTP API, per request.
    pub(super) const HTTP_API_REQUEST: f64 = 1.20 / 1e6;
    /// DynamoDB, per read unit.
    pub(super) const DYNAMODB_READ: f64 = 0.1525 / 1e6;
    /// DynamoDB, per write unit.
    pub(super) const DYNAMODB_WRITE: f64 = 0.7625 / 1e6;
    /// SQS, per request: sending, receiving and deleting are one each.
    pub(super) const SQS_REQUEST: f64 = 0.40 / 1e6;
    /// SES, per mail.
    pub(super) const SES_MAIL: f64 = 0.10 / 1e3;
    /// S3, per PUT or LIST.
    pub(super) const S3_WRITE: f64 = 0.0054 / 1e3;
    /// S3, per GET.
    pub(super) const S3_READ: f64 = 0.000_43 / 1e3;
}

/// What invokes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A request through the HTTP API.
    Http,
    /// A batch of a queue: the poller receives once and deletes once.
    Queue,
    /// A batch of a stream.
    Stream,
    /// A schedule.
    Schedule,
}

/// What an invocation is billed for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bill {
    /// What invoked it.
    pub trigger: Trigger,
    /// The function's memory, MB.
    pub memory_mb: u32,
    /// How long it ran.
    pub ran: Duration,
    /// What it called.
    pub calls: Calls,
}

/// Calls to services, as they are billed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Calls {
    /// DynamoDB's read units.
    pub read_units: f64,
    /// DynamoDB's write units.
    pub write_units: f64,
    /// Requests to SQS.
    pub queue_requests: u32,
    /// Mails handed to SES.
    pub mails: u32,
    /// Objects read from S3.
    pub objects_read: u32,
    /// Objects written to S3, or listed.
    pub objects_written: u32,
}

impl Bill {
    /// US dollars.
    pub fn dollars(&self) -> f64 {
        // Lambda bills whole milliseconds.
        let milliseconds = u32::try_from(self.ran.as_micros().div_ceil(1000)).unwrap_or(u32::MAX);
        let gigabytes = f64::from(self.memory_mb) / 1024.0;
        let run = f64::from(milliseconds) / 1000.0 * gigabytes * prices::LAMBDA_GB_SECOND;
        let invoked = match self.trigger {
            Trigger::Http => prices::HTTP_API_REQUEST,
            Trigger::Queue => 2.0 * prices::SQS_REQUEST,
            Trigger::Stream | Trigger::Schedule => 0.0,
        };
        prices::LAMBDA_INVOCATION + run + invoked + self.calls.dollars()
    }
}

impl Calls {
    /// US dollars.
    pub fn dollars(&self) -> f64 {
        self.read_units * prices::DYNAMODB_READ
            + self.write_units * prices::DYNAMODB_WRITE
            + f64::from(self.queue_requests) * prices::SQS_REQUEST
            + f64::from(self.mails) * prices::SES_MAIL
            + f64::from(self.objects_read) * prices::S3_READ
            + f64::from(self.objects_written) * prices::S3_WRITE
    }
}

/// A count that the shop is watched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Count {
    /// An order was placed.
    Order,
    /// What was ordered, in the currency's smallest unit.
    OrderValue {
        /// The currency's code.
        currency: String,
        /// How much.
        amount: i64,
    },
    /// A checkout was refused.
    Refusal {
        /// The problem's code.
        reason: String,
    },
    /// A hold ended unpaid.
    HoldExpired,
}

/// Where lines go.
pub type Lines = Arc<dyn Fn(String) + Send + Sync>;

/// One line: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
struct Line<'a, V> {
    head: Head<'a>,
    metric: (&'a str, V),
    dimension: Option<(&'a str, &'a str)>,
    counts: Option<Counts>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Head<'a> {
    timestamp: i64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: &'a [&'a [&'a str]],
    metrics: [Declared<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Declared<'a> {
    name: &'a str,
    unit: &'a str,
}

/// What stands beside a cost for whoever asks the log: no metrics, which cost by the name.
#[derive(Serialize)]
struct Counts {
    read_units: f64,
    write_units: f64,
    queue_requests: u32,
    mails: u32,
    milliseconds: f64,
    memory_mb: u32,
}

impl<V: Serialize> Serialize for Line<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("_aws", &self.head)?;
        line.serialize_entry(self.metric.0, &self.metric.1)?;
        if let Some((name, value)) = self.dimension {
            line.serialize_entry(name, value)?;
        }
        if let Some(counts) = &self.counts {
            line.serialize_entry("counts", counts)?;
        }
        line.end()
    }
}

struct Inner {
    namespace: Option<String>,
    function: String,
    memory_mb: u32,
    lines: Lines,
    calls: Mutex<Calls>,
}

/// Counts and writes. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Metrics of a function; without a namespace nothing is written.
    pub(crate) fn new(namespace: Option<String>, function: String, memory_mb: u32, lines: Lines) -> Self {
        Self(Arc::new(Inner { namespace, function, memory_mb, lines, calls: Mutex::default() }))
    }

    /// Writes a count; `at` in milliseconds since 1970.
    pub(crate) fn count(&self, count: &Count, at: i64) {
        match count {
            Count::Order => self.write(at, ("Orders", "Count", 1), &[&[]], None, None),
            Count::OrderValue { currency, amount } => {
                self.write(at, ("OrderValue", "None", amount), &[&["Currency"]], Some(("Currency", currency)), None);
            }
            Count::Refusal { reason } => {
                self.write(at, ("Refusals", "Count", 1), &[&["Reason"]], Some(("Reason", reason)), None);
            }
            Count::HoldExpired => self.write(at, ("HoldsExpired", "Count", 1), &[&[]], None, None),
        }
    }

    /// Writes what an invocation cost, in microdollars: for its function, and for all.
    pub(crate) fn invoked(&self, trigger: Trigger, ran: Duration, cold: bool, at: i64) {
        let calls = std::mem::take(&mut *self.0.calls.lock().unwrap_or_else(PoisonError::into_inner));
        let memory_mb = self.0.memory_mb;
        let microdollars = (Bill { trigger, memory_mb, ran, calls }.dollars() * 1e9).round() / 1e3;
        let counts = Counts {
            read_units: calls.read_units,
            write_units: calls.write_units,
            queue_requests: calls.queue_requests,
            mails: calls.mails,
            milliseconds: ran.as_secs_f64() * 1e3,
            memory_mb,
        };
        let function = ("Function", self.0.function.as_str());
        self.write(at, ("Cost", "None", microdollars), &[&["Function"], &[]], Some(function), Some(counts));
        if cold {
            self.write(at, ("ColdStarts", "Count", 1), &[&[]], None, None);
        }
    }

    fn write<V: Serialize>(
        &self,
        at: i64,
        (name, unit, value): (&str, &str, V),
        dimensions: &[&[&str]],
        dimension: Option<(&str, &str)>,
        counts: Option<Counts>,
    ) {
        let Some(namespace) = &self.0.namespace else { return };
        let declared = Directive { namespace, dimensions, metrics: [Declared { name, unit }] };
        let head = Head { timestamp: at, cloud_watch_metrics: [declared] };
        match serde_json::to_string(&Line { head, metric: (name, value), dimension, counts }) {
            Ok(line) => (self.0.lines)(line),
            Err(error) => tracing::error!(%error, "a metric has no JSON"),
        }
    }

    fn add(&self, change: impl FnOnce(&mut Calls)) {
        change(&mut self.0.calls.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The hook of a client whose requests are `billed`.
    pub fn counting(&self, billed: Billed) -> Counting {
        Counting { metrics: self.clone(), billed }
    }
}

/// What a client's requests are billed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// DynamoDB's units, as it tells them.
    Units,
    /// Requests to SQS.
    QueueRequests,
    /// Mails.
    Mails,
    /// Objects read.
    ObjectsRead,
    /// Objects written.
    ObjectsWritten,
}

/// The hook of a client that counts what it is billed for.
#[derive(Debug)]
pub struct Counting {
    metrics: Metrics,
    billed: Billed,
}

/// Asks each operation of DynamoDB for what it consumed, and reads it.
macro_rules! operations {
    ($($module:ident { $input:ident, $output:ident, $writes:literal })*) => {
        fn ask(context: &mut BeforeSerializationInterceptorContextMut<'_>) {
            $(if let Some(input) = context.input_mut().downcast_mut::<$module::$input>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                return;
            })*
        }

        fn read(context: &AfterDeserializationInterceptorContextRef<'_>, calls: &mut Calls) {
            let Ok(output) = context.output_or_error() else { return };
            $(if let Some(output) = output.downcast_ref::<$module::$output>() {
                // One of one table, or one for each.
                output.consumed_capacity().into_iter().for_each(|consumed| add(calls, consumed, $writes));
                return;
            })*
        }
    };
}

operations! {
    get_item { GetItemInput, GetItemOutput, false }
    query { QueryInput, QueryOutput, false }
    batch_get_item { BatchGetItemInput, BatchGetItemOutput, false }
    transact_get_items { TransactGetItemsInput, TransactGetItemsOutput, false }
    put_item { PutItemInput, PutItemOutput, true }
    update_item { UpdateItemInput, UpdateItemOutput, true }
    delete_item { DeleteItemInput, DeleteItemOutput, true }
    batch_write_item { BatchWriteItemInput, BatchWriteItemOutput, true }
    transact_write_items { TransactWriteItemsInput, TransactWriteItemsOutput, true }
}

/// A transaction tells reads and writes apart: one that is repeated under its token reads.
fn add(calls: &mut Calls, consumed: &ConsumedCapacity, writes: bool) {
    let units = consumed.capacity_units().unwrap_or_default();
    match (consumed.read_capacity_units(), consumed.write_capacity_units()) {
        (None, None) if writes => calls.write_units += units,
        (None, None) => calls.read_units += units,
        (read, write) => {
            calls.read_units += read.unwrap_or_default();
            calls.write_units += write.unwrap_or_default();
        }
    }
}

impl Intercept for Counting {
    fn name(&self) -> &'static str {
        "Counting"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.billed == Billed::Units {
            ask(context);
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.metrics.add(|calls| match self.billed {
            Billed::Units => {}
            Billed::QueueRequests => calls.queue_requests += 1,
            Billed::Mails => calls.mails += 1,
            Billed::ObjectsRead => calls.objects_read += 1,
            Billed::ObjectsWritten => calls.objects_written += 1,
        });
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.billed == Billed::Units {
            self.metrics.add(|calls| read(context, calls));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(tell: impl FnOnce(&Metrics)) -> Vec<Value> {
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let sink: Lines = Arc::new(move |line| kept.lock().unwrap().push(serde_json::from_str(&line).unwrap()));
        tell(&Metrics::new(Some("Cartwright/test".to_owned()), "checkout".to_owned(), 512, sink));
        lines.lock().unwrap().clone()
    }

    #[test]
    fn an_invocation_tells_what_it_cost_for_itself_and_for_all() {
        let lines = told(|metrics| {
            metrics.add(|calls| *calls = Calls { write_units: 4.0, read_units: 0.5, ..Calls::default() });
            metrics.invoked(Trigger::Http, Duration::from_micros(5_200), true, 7);
        });
        let declared = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Dimensions"], json!([["Function"], []]));
        assert_eq!(declared["Metrics"], json!([{ "Name": "Cost", "Unit": "None" }]));
        // 0.2 + 6 ms x 0.5 GB x 13.3334 $/GBs + 1.2 + 4 x 0.7625 + 0.5 x 0.1525, in microdollars.
        assert_eq!(lines[0]["Cost"], json!(4.566));
        assert_eq!(lines[0]["Function"], "checkout");
        assert_eq!(lines[0]["counts"]["write_units"], json!(4.0));
        assert_eq!(lines[1]["ColdStarts"], json!(1));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn counts_have_their_dimension_and_nothing_else() {
        let value = Count::OrderValue { currency: "EUR".to_owned(), amount: 1_999 };
        let lines = told(|metrics| metrics.count(&value, 7));
        assert_eq!(
            lines,
            [json!({
                "_aws": { "Timestamp": 7, "CloudWatchMetrics": [{
                    "Namespace": "Cartwright/test", "Dimensions": [["Currency"]],
                    "Metrics": [{ "Name": "OrderValue", "Unit": "None" }],
                }] },
                "OrderValue": 1_999, "Currency": "EUR",
            })]
        );
    }
}
