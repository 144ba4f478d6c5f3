//! SQS's JSON protocol, for the operations that functions use.

use std::time::Duration;

use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::{Draft, MAX_BYTES, Queues};
use crate::iam::Need;
use crate::template::queue_arn;
use crate::wire::{Answer, Service};

/// An error, ready to send.
fn error(code: &str, message: &str) -> Answer {
    Answer::error(Service::Sqs, 400, code, message)
}

fn queue_of(body: &Value) -> &str {
    body.get("QueueUrl")
        .or_else(|| body.get("QueueName"))
        .and_then(Value::as_str)
        .and_then(|url| url.rsplit('/').next())
        .unwrap_or_default()
}

/// What an operation needs of IAM: a batch needs what its parts do.
pub(crate) fn needs(operation: &str, body: &Value) -> Vec<Need> {
    let action = operation.strip_suffix("Batch").unwrap_or(operation);
    vec![Need::new(&format!("sqs:{action}"), queue_arn(queue_of(body)))]
}

/// What an operation did: its answer, and the queue it put something into.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) sent_to: Option<String>,
}

/// Runs one operation.
pub(crate) fn call(
    queues: &Queues,
    operation: &str,
    body: &Value,
    sender: &str,
    now: Timestamp,
    new_id: &mut dyn FnMut() -> String,
) -> Done {
    let queue = queue_of(body).to_owned();
    if !queues.specs.contains_key(&queue) {
        let answer = error("QueueDoesNotExist", &format!("The specified queue {queue} does not exist."));
        return Done { answer, sent_to: None };
    }
    let outcome = match operation {
        "SendMessage" => send(queues, &queue, body, sender, now, new_id),
        "SendMessageBatch" => send_batch(queues, &queue, body, sender, now, new_id),
        "ReceiveMessage" => Ok(receive(queues, &queue, body, now)),
        "DeleteMessage" => delete(queues, &queue, body).map(|()| json!({})),
        "DeleteMessageBatch" => batch(body, |entry| delete(queues, &queue, entry)),
        "ChangeMessageVisibility" => hide(queues, &queue, body, now).map(|()| json!({})),
        "ChangeMessageVisibilityBatch" => batch(body, |entry| hide(queues, &queue, entry, now)),
        "GetQueueAttributes" => Ok(attributes(queues, &queue, now)),
        "GetQueueUrl" => Ok(json!({ "QueueUrl": format!("http://sqs.local/{}/{queue}", crate::template::ACCOUNT) })),
        other => Err(Answer::unknown_operation(Service::Sqs, other)),
    };
    let sends = operation.starts_with("SendMessage") && outcome.is_ok();
    Done {
        answer: match outcome {
            Ok(value) => Answer::json(&value),
            Err(answer) => answer,
        },
        sent_to: sends.then_some(queue),
    }
}

fn draft(entry: &Value) -> Result<Draft, Answer> {
    let body = entry
        .get("MessageBody")
        .and_then(Value::as_str)
        .filter(|body| !body.is_empty())
        .ok_or_else(|| error("MissingParameter", "The request must contain the parameter MessageBody."))?;
    let attributes = entry.get("MessageAttributes").cloned().unwrap_or_else(|| json!({}));
    let named = attributes.as_object().map_or(0, Map::len);
    if named > 10 {
        return Err(error("InvalidParameterValue", "Number of message attributes exceeds the allowed maximum [10]."));
    }
    if size(body, &attributes) > MAX_BYTES {
        return Err(error(
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
        ));
    }
    let delay = match entry.get("DelaySeconds").and_then(Value::as_u64) {
        Some(seconds) if seconds > 900 => {
            return Err(error(
                "InvalidParameterValue",
                "Value for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            ));
        }
        other => other.map(Duration::from_secs),
    };
    Ok(Draft { body: body.to_owned(), attributes, delay })
}

fn size(body: &str, attributes: &Value) -> usize {
    let attributes: usize = attributes
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let part = |key: &str| value.get(key).and_then(Value::as_str).map_or(0, str::len);
            name.len() + part("DataType") + part("StringValue") + part("BinaryValue")
        })
        .sum();
    body.len() + attributes
}

fn sent(draft: &Draft, id: &str) -> Value {
    let mut answer = json!({ "MessageId": id, "MD5OfMessageBody": md5_hex(draft.body.as_bytes()) });
    if let Some(digest) = md5_of_attributes(&draft.attributes) {
        answer["MD5OfMessageAttributes"] = json!(digest);
    }
    answer
}

fn send(
    queues: &Queues,
    queue: &str,
    body: &Value,
    sender: &str,
    now: Timestamp,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Value, Answer> {
    let draft = draft(body)?;
    let id = new_id();
    let answer = sent(&draft, &id);
    queues.send(queue, sender, vec![draft], now, || id.clone());
    Ok(answer)
}

fn entries(body: &Value) -> Result<&Vec<Value>, Answer> {
    let entries = body
        .get("Entries")
        .and_then(Value::as_array)
        .filter(|entries| !entries.is_empty())
        .ok_or_else(|| error("EmptyBatchRequest", "There should be at least one entry in the request."))?;
    if entries.len() > 10 {
        return Err(error("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10."));
    }
    let mut ids: Vec<&str> = entries.iter().filter_map(|entry| entry.get("Id").and_then(Value::as_str)).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < entries.len() {
        return Err(error("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."));
    }
    Ok(entries)
}

fn send_batch(
    queues: &Queues,
    queue: &str,
    body: &Value,
    sender: &str,
    now: Timestamp,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Value, Answer> {
    let entries = entries(body)?;
    let total: usize = entries
        .iter()
        .map(|entry| {
            let body = entry.get("MessageBody").and_then(Value::as_str).unwrap_or_default();
            size(body, entry.get("MessageAttributes").unwrap_or(&Value::Null))
        })
        .sum();
    if total > MAX_BYTES {
        return Err(error("BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes."));
    }
    let mut drafts = Vec::new();
    let mut ids = Vec::new();
    let mut successful = Vec::new();
    let mut failed = Vec::new();
    for entry in entries {
        match draft(entry) {
            Ok(draft) => {
                let id = new_id();
                let mut answer = sent(&draft, &id);
                answer["Id"] = entry["Id"].clone();
                successful.push(answer);
                drafts.push(draft);
                ids.push(id);
            }
            Err(answer) => {
                let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                failed.push(json!({
                    "Id": entry["Id"], "SenderFault": true, "Code": "InvalidParameterValue", "Message": told["message"]
                }));
            }
        }
    }
    let mut ids = ids.into_iter();
    queues.send(queue, sender, drafts, now, || ids.next().unwrap_or_default());
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn receive(queues: &Queues, queue: &str, body: &Value, now: Timestamp) -> Value {
    let limit = body.get("MaxNumberOfMessages").and_then(Value::as_u64).unwrap_or(1).clamp(1, 10);
    let hidden = body.get("VisibilityTimeout").and_then(Value::as_u64).map(Duration::from_secs);
    let messages = queues.receive(queue, usize::try_from(limit).unwrap_or(1), hidden, now);
    let told: Vec<Value> = messages
        .iter()
        .map(|message| {
            let mut told = json!({
                "MessageId": message.id,
                "ReceiptHandle": message.handle(),
                "Body": message.body,
                "MD5OfBody": md5_hex(message.body.as_bytes()),
                "Attributes": {
                    "ApproximateReceiveCount": message.receives.to_string(),
                    "SentTimestamp": message.sent.as_millisecond().to_string(),
                    "SenderId": message.sender,
                },
                "MessageAttributes": message.attributes(),
            });
            if let Some(digest) = md5_of_attributes(&message.attributes()) {
                told["MD5OfMessageAttributes"] = json!(digest);
            }
            told
        })
        .collect();
    json!({ "Messages": told })
}

fn handle(body: &Value) -> Result<&str, Answer> {
    body.get("ReceiptHandle")
        .and_then(Value::as_str)
        .ok_or_else(|| error("MissingParameter", "The request must contain the parameter ReceiptHandle."))
}

fn delete(queues: &Queues, queue: &str, body: &Value) -> Result<(), Answer> {
    queues.delete(queue, handle(body)?);
    Ok(())
}

fn hide(queues: &Queues, queue: &str, body: &Value, now: Timestamp) -> Result<(), Answer> {
    let seconds = body
        .get("VisibilityTimeout")
        .and_then(Value::as_u64)
        .filter(|seconds| *seconds <= 43_200)
        .ok_or_else(|| error("InvalidParameterValue", "VisibilityTimeout must be >= 0 and <= 43200."))?;
    queues.hide(queue, handle(body)?, Duration::from_secs(seconds), now);
    Ok(())
}

fn batch(body: &Value, mut each: impl FnMut(&Value) -> Result<(), Answer>) -> Result<Value, Answer> {
    let mut successful = Vec::new();
    let mut failed = Vec::new();
    for entry in entries(body)? {
        match each(entry) {
            Ok(()) => successful.push(json!({ "Id": entry["Id"] })),
            Err(_) => failed.push(json!({
                "Id": entry["Id"], "SenderFault": true, "Code": "InvalidParameterValue"
            })),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn attributes(queues: &Queues, queue: &str, now: Timestamp) -> Value {
    let messages = queues.messages(queue);
    let count =
        |test: &dyn Fn(&super::Message) -> bool| messages.iter().filter(|message| test(message)).count().to_string();
    json!({ "Attributes": {
        "QueueArn": queue_arn(queue),
        "ApproximateNumberOfMessages": count(&|message| message.visible <= now),
        "ApproximateNumberOfMessagesNotVisible": count(&|message| message.visible > now && message.receives > 0),
        "ApproximateNumberOfMessagesDelayed": count(&|message| message.visible > now && message.receives == 0),
    }})
}

pub(crate) fn md5_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Md5::digest(bytes))
}

/// The digest of a message's attributes, as SQS's developer guide defines it: sorted by name, each name, type and
/// value behind its length in four bytes, the value behind a byte that tells text (1) from binary (2).
fn md5_of_attributes(attributes: &Value) -> Option<String> {
    let map = attributes.as_object().filter(|map| !map.is_empty())?;
    let mut sorted: Vec<(&String, &Value)> = map.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    let mut digest = Md5::new();
    let mut part = |bytes: &[u8], kind: Option<u8>| {
        if let Some(kind) = kind {
            digest.update([kind]);
        }
        digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.update(bytes);
    };
    for (name, value) in sorted {
        part(name.as_bytes(), None);
        part(value.get("DataType")?.as_str()?.as_bytes(), None);
        match value.get("StringValue").and_then(Value::as_str) {
            Some(text) => part(text.as_bytes(), Some(1)),
            None => {
                let encoded = value.get("BinaryValue").and_then(Value::as_str)?;
                part(&data_encoding::BASE64.decode(encoded.as_bytes()).ok()?, Some(2));
            }
        }
    }
    Some(data_encoding::HEXLOWER.encode(&digest.finalize()))
}
