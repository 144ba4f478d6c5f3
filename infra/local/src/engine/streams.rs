//! Streams: records in order, to each reader from where it stopped.
//!
//! Knows batches, filters, partial answers, bisecting, retries and parking, as Lambda's event source mappings run
//! them: halving does not count as a try; a partial answer moves the reader to the record that it names. The first
//! three retries are at once, later ones wait a virtual second, two, four ... up to a minute.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Inner, InvokeError, Source, SourceKind, Trigger};
use crate::dynamo::{StreamRecord, public_sequence};
use crate::keep::{Change, Keep, KeepError, held};
use crate::template::{StreamSource, function_arn, stream_arn};

const SHELF: &str = "stream";

/// How many batches' worth of records are read at once to find a batch of those that pass the filter.
const READ_AHEAD: usize = 4;

/// Where a reader is in its stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The last record that it is through with.
    pub(super) through: i64,
    /// Where halved batches end, the nearest last.
    ends: Vec<i64>,
    /// How often the batch at hand has failed, halvings apart.
    failures: u32,
    /// Not before then.
    retry_at: Option<Timestamp>,
}

impl Place {
    pub(super) fn kept(keep: &Keep, id: &str) -> Result<Self, KeepError> {
        Ok(keep.value(SHELF, id)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    fn pass(&mut self, until: i64) {
        self.through = self.through.max(until);
        let through = self.through;
        self.ends.retain(|end| *end > through);
        self.failures = 0;
        self.retry_at = None;
    }

    /// How long after the so-manieth failure the batch is tried again.
    fn pause(failures: u32) -> Option<SignedDuration> {
        let waits = failures.checked_sub(4)?;
        Some(SignedDuration::from_secs(1_i64.checked_shl(waits).unwrap_or(60).clamp(1, 60)))
    }
}

/// After how many records of a stream those are let go that every reader is through with.
const TRIMMED: i64 = 64;

/// Records as Lambda hands them to a function.
fn batch_of(records: &[StreamRecord]) -> String {
    let events: Vec<&str> = records.iter().map(|record| record.event.as_str()).collect();
    format!("{{\"Records\":[{}]}}", events.join(","))
}

/// What was read: the records for the function, and the last one looked at.
struct Batch {
    records: Vec<StreamRecord>,
    seen: Option<i64>,
    more: bool,
}

impl Inner {
    /// Reads and works off one batch. Whether there was anything to do.
    pub(super) async fn read_stream(&self, source: &Source) -> bool {
        let SourceKind::Stream(spec, place) = &source.kind else {
            return false;
        };
        let mut at = held(place).clone();
        if at.retry_at.is_some_and(|retry| retry > self.now()) {
            // The wake stays: it is this batch's turn when its time has come.
            source.wake.up();
            return false;
        }
        let Some(batch) = self.batch(spec, &at).await else {
            return false;
        };
        let Some(seen) = batch.seen else { return false };
        let before = at.through;
        if batch.more {
            source.wake.up();
        }
        if batch.records.is_empty() {
            at.pass(seen);
        } else {
            let (records, _lost, again) = self.arranged(&spec.table, batch.records);
            if again {
                // What is read is forgotten again before the reader notes how far it came.
                self.hand_over(source, spec, &records, seen, &mut at.clone()).await;
            }
            if records.is_empty() {
                at.pass(seen);
            } else {
                self.hand_over(source, spec, &records, seen, &mut at).await;
            }
            source.wake.up();
        }
        *held(place) = at.clone();
        if self.keep.keeps() {
            self.keep.write(vec![Change::Put(SHELF, spec.id.clone(), serde_json::to_vec(&at).unwrap_or_default())]);
        }
        // Now and then: records that everybody has read cost nothing but room.
        if before / TRIMMED != at.through / TRIMMED {
            self.trim(&spec.table).await;
        }
        true
    }

    async fn batch(&self, spec: &StreamSource, at: &Place) -> Option<Batch> {
        let ahead = spec.batch_size.saturating_mul(READ_AHEAD);
        let read = match self.dynamo.stream(&spec.table, at.through, ahead).await {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(table = spec.table, error = %error, "a stream could not be read");
                return None;
            }
        };
        let end = at.ends.last().copied().unwrap_or(i64::MAX);
        let full = read.len() == ahead;
        let mut batch = Batch { records: Vec::new(), seen: None, more: full };
        for record in read {
            if record.sequence > end || batch.records.len() == spec.batch_size {
                batch.more = true;
                break;
            }
            batch.seen = Some(record.sequence);
            if !record.lost && record.passes(&spec.filters) {
                batch.records.push(record);
            }
        }
        Some(batch)
    }

    async fn hand_over(
        &self,
        source: &Source,
        spec: &StreamSource,
        records: &[StreamRecord],
        until: i64,
        at: &mut Place,
    ) {
        let event = batch_of(records);
        let trigger =
            Trigger { label: format!("stream {}", short_table(&spec.table)), over_http: false, from_queue: false };
        let mut done = self.run(&source.function, trigger, event.as_bytes()).await;
        done.step.shared_by = done.sent_for.len().max(1);
        for id in &done.sent_for {
            self.journeys.add(id, done.step.clone(), None);
        }
        let failed_at = match &done.result {
            Ok(answer) if spec.reports_failures => first_failure(answer, records),
            Ok(_) => None,
            Err(_) => Some(0),
        };
        let Some(failed_at) = failed_at else {
            at.pass(until);
            return;
        };
        if failed_at > 0 {
            // What stands before the failed record is done; the rest is a batch of its own.
            at.pass(records[failed_at - 1].sequence);
            at.failures = 1;
            return;
        }
        if done.result.is_err() && spec.bisects && records.len() > 1 {
            at.ends.push(records[records.len() / 2 - 1].sequence);
            return;
        }
        at.failures += 1;
        if spec.retries.is_some_and(|retries| at.failures > retries) {
            self.park(source, spec, records, at.failures, &done.result);
            at.pass(until);
        } else {
            at.retry_at = Place::pause(at.failures).map(|pause| self.now() + pause);
        }
    }

    /// Puts a batch that no try could carry into its bucket, whole, as Lambda does; else it is lost, loudly.
    fn park(
        &self,
        source: &Source,
        spec: &StreamSource,
        records: &[StreamRecord],
        tries: u32,
        result: &Result<Vec<u8>, InvokeError>,
    ) {
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            return;
        };
        tracing::error!(function = source.function, table = spec.table, records = records.len(), "a batch is given up");
        let Some(bucket) = &spec.parking else { return };
        let now = self.now();
        let id = self.new_id();
        let shard = local_tables::shard(&spec.table);
        let body = json!({
            "requestContext": {
                "requestId": id,
                "functionArn": function_arn(&source.function),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": tries,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": result.as_ref().err().map(ToString::to_string),
            },
            "version": "1.0",
            "timestamp": now.to_string(),
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": public_sequence(first.sequence),
                "endSequenceNumber": public_sequence(last.sequence),
                "approximateArrivalOfFirstRecord": first.at.to_string(),
                "approximateArrivalOfLastRecord": last.at.to_string(),
                "batchSize": records.len(),
                "streamArn": stream_arn(&spec.table),
            },
            "payload": batch_of(records),
        });
        let key = format!(
            "aws/lambda/{}/{shard}/{}/{}-{id}",
            spec.id,
            now.strftime("%Y/%m/%d"),
            now.strftime("%Y-%m-%dT%H.%M.%S"),
        );
        self.buckets.put(bucket, &key, body.to_string().into(), "application/json", now);
    }

    /// Lets go of the records that every reader of a table is through with.
    async fn trim(&self, table: &str) {
        let through = self
            .sources
            .iter()
            .filter_map(|source| match &source.kind {
                SourceKind::Stream(spec, place) if spec.table == table => Some(held(place).through),
                SourceKind::Queue(_) | SourceKind::Stream(..) | SourceKind::Schedule(..) => None,
            })
            .min()
            .unwrap_or_default();
        if let Err(error) = self.dynamo.trim(table, through).await {
            tracing::error!(table, error = %error, "a stream could not be trimmed");
        }
    }

    /// When the next batch is tried again that waits.
    pub(super) fn next_retry(&self) -> Option<Timestamp> {
        self.sources
            .iter()
            .filter_map(|source| match &source.kind {
                SourceKind::Stream(_, place) => held(place).retry_at,
                SourceKind::Queue(_) | SourceKind::Schedule(..) => None,
            })
            .min()
    }

    /// Forgets where every reader is.
    pub(super) fn rewind(&self) {
        for source in &self.sources {
            if let SourceKind::Stream(_, place) = &source.kind {
                *held(place) = Place::default();
                source.wake.up();
            }
        }
    }
}

/// The place in the batch of the first record that a partial answer names. What names no record of the batch is a
/// failure of all of it, as Lambda has it.
fn first_failure(answer: &[u8], records: &[StreamRecord]) -> Option<usize> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let failures = answer.get("batchItemFailures")?.as_array()?;
    failures
        .iter()
        .map(|failure| {
            let named = failure.get("itemIdentifier").and_then(Value::as_str);
            records.iter().position(|record| named == Some(public_sequence(record.sequence).as_str())).unwrap_or(0)
        })
        .min()
}

fn short_table(table: &str) -> &str {
    table.strip_suffix("Table").unwrap_or(table)
}
