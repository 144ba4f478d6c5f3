//! SQS: the queues and their messages.
//!
//! Knows visibility, delay, retention, receive counts, redrive to dead letters and back, on the virtual clock. The wire
//! protocol is in `wire`. It deliberately keeps standard queues only: order is first in, first out where nobody
//! rearranges it, but no consumer may count on that.

mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::keep::{Change, Keep, KeepError, held};
use crate::template::{QueueSpec, queue_arn};

pub(crate) use wire::{call, md5_hex, needs};

const SHELF: &str = "message";

/// The greatest size of a message, and of a batch of them, in bytes.
pub const MAX_BYTES: usize = 1_048_576;

/// A message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The order in which it came, over all queues.
    number: u64,
    /// What it says.
    pub body: String,
    /// Its attributes as text, which takes less memory than a tree: see [`Message::attributes`].
    attributes: Box<RawValue>,
    /// When it was sent.
    pub sent: Timestamp,
    /// Who sent it.
    pub sender: String,
    /// Hidden until then.
    pub visible: Timestamp,
    /// How often it was received.
    pub receives: u32,
    /// When it was first received.
    pub first_received: Option<Timestamp>,
    /// The queue it came from, where it is a dead letter.
    pub source: Option<String>,
}

impl Message {
    /// The handle that this receipt is deleted with: a later receipt makes it stale.
    pub fn handle(&self) -> String {
        format!("{}:{}:{}", self.number, self.id, self.receives)
    }

    /// Whether it is a dead letter of this queue: several share one place for them.
    fn is_from(&self, queue: &str) -> bool {
        self.source.as_deref() == Some(queue)
    }

    /// The value of a text attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        Some(self.attributes().get(name)?.get("StringValue")?.as_str()?.to_owned())
    }

    /// Its attributes, as SendMessage takes them: `{"name": {"DataType": .., "StringValue": ..}}`.
    pub fn attributes(&self) -> Value {
        serde_json::from_str(self.attributes.get()).unwrap_or_default()
    }
}

/// A new message.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it says.
    pub body: String,
    /// Its attributes.
    pub attributes: Value,
    /// How long it stays hidden; None: as the queue says.
    pub delay: Option<Duration>,
}

/// How full a queue is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Its name.
    pub name: String,
    /// Messages that can be received.
    pub visible: usize,
    /// Messages received and not yet deleted.
    pub in_flight: usize,
    /// Messages not yet received, hidden by a delay.
    pub delayed: usize,
    /// Messages among its dead letters.
    pub dead_letters: usize,
    /// Seconds since its oldest message was sent.
    pub oldest_age_s: Option<i64>,
}

/// All queues.
#[derive(Debug)]
pub struct Queues {
    specs: BTreeMap<String, QueueSpec>,
    state: Mutex<State>,
    keep: Arc<Keep>,
}

#[derive(Debug, Default)]
struct State {
    messages: BTreeMap<String, BTreeMap<u64, Message>>,
    next: u64,
}

fn span(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn drop_of(queue: &str, number: u64) -> Change {
    Change::Drop(SHELF, format!("{queue}/{number:020}"))
}

impl Queues {
    /// The queues that the template declares, with the messages that were kept.
    ///
    /// # Errors
    /// When what was kept cannot be read.
    pub fn open(specs: &BTreeMap<String, QueueSpec>, keep: &Arc<Keep>) -> Result<Self, KeepError> {
        let mut state = State::default();
        for name in specs.keys() {
            state.messages.insert(name.clone(), BTreeMap::new());
        }
        for (key, value) in keep.shelf(SHELF)? {
            let queue = key.split('/').next().unwrap_or_default();
            let Ok(mut message) = serde_json::from_slice::<Message>(&value) else {
                tracing::warn!(key, "a kept message could not be read");
                continue;
            };
            state.next = state.next.max(message.number + 1);
            // Whoever had received it is gone with the last process: nobody waits for its timeout.
            if message.receives > 0 {
                message.visible = message.sent;
            }
            // A queue that the template no longer has keeps its messages on the shelf.
            if let Some(messages) = state.messages.get_mut(queue) {
                messages.insert(message.number, message);
            }
        }
        Ok(Self { specs: specs.clone(), state: Mutex::new(state), keep: Arc::clone(keep) })
    }

    /// A queue's declaration, by its name or by its name without the suffix `Queue`.
    pub fn spec(&self, name: &str) -> Option<&QueueSpec> {
        self.specs.get(name).or_else(|| self.specs.get(&format!("{name}Queue")))
    }

    /// Puts messages into a queue, in order; their ids.
    pub fn send(
        &self,
        queue: &str,
        sender: &str,
        drafts: Vec<Draft>,
        now: Timestamp,
        mut new_id: impl FnMut() -> String,
    ) -> Vec<String> {
        let Some(spec) = self.specs.get(queue) else {
            return Vec::new();
        };
        let mut state = held(&self.state);
        let mut changes = Vec::new();
        let mut ids = Vec::new();
        for draft in drafts {
            let number = state.next;
            state.next += 1;
            let message = Message {
                id: new_id(),
                number,
                body: draft.body,
                attributes: to_raw_value(&draft.attributes).unwrap_or_default(),
                sent: now,
                sender: sender.to_owned(),
                visible: now + span(draft.delay.unwrap_or(spec.delay)),
                receives: 0,
                first_received: None,
                source: None,
            };
            ids.push(message.id.clone());
            changes.extend(self.kept(queue, &message));
            state.messages.entry(queue.to_owned()).or_default().insert(number, message);
        }
        self.keep.write(changes);
        ids
    }

    /// Receives up to `limit` visible messages and hides them for `hidden` (None: as the queue says). Messages that
    /// were received too often become dead letters; messages that are too old are gone.
    pub fn receive(&self, queue: &str, limit: usize, hidden: Option<Duration>, now: Timestamp) -> Vec<Message> {
        let Some(spec) = self.specs.get(queue) else {
            return Vec::new();
        };
        let hidden = span(hidden.unwrap_or(spec.visibility));
        let mut state = held(&self.state);
        let mut changes = Vec::new();
        self.expire(&mut state, spec, now, &mut changes);
        let mut received = Vec::new();
        let mut dead = Vec::new();
        if let Some(messages) = state.messages.get_mut(queue) {
            for message in messages.values_mut() {
                if received.len() == limit {
                    break;
                }
                if message.visible > now {
                    continue;
                }
                if spec.redrive.as_ref().is_some_and(|redrive| message.receives >= redrive.after) {
                    dead.push(message.number);
                    continue;
                }
                message.receives += 1;
                message.first_received.get_or_insert(now);
                message.visible = now + hidden;
                changes.extend(self.kept(queue, message));
                received.push(message.clone());
            }
        }
        if let Some(redrive) = &spec.redrive {
            for number in dead {
                let moved = state.messages.get_mut(queue).and_then(|messages| messages.remove(&number));
                if let Some(mut message) = moved {
                    tracing::warn!(queue, message.id = message.id, "a message became a dead letter");
                    changes.push(drop_of(queue, number));
                    message.source = Some(queue.to_owned());
                    message.visible = now;
                    changes.extend(self.kept(&redrive.to, &message));
                    state.messages.entry(redrive.to.clone()).or_default().insert(number, message);
                }
            }
        }
        self.keep.write(changes);
        received
    }

    /// A message as it is kept, where anything is.
    fn kept(&self, queue: &str, message: &Message) -> Option<Change> {
        let value = || serde_json::to_vec(message).unwrap_or_default();
        self.keep.keeps().then(|| Change::Put(SHELF, format!("{queue}/{:020}", message.number), value()))
    }

    fn expire(&self, state: &mut State, spec: &QueueSpec, now: Timestamp, changes: &mut Vec<Change>) {
        let Some(messages) = state.messages.get_mut(&spec.name) else {
            return;
        };
        let retention = span(spec.retention);
        // They stand in the order in which they were sent.
        while let Some(oldest) = messages.first_entry().filter(|one| now.duration_since(one.get().sent) >= retention) {
            let (number, message) = oldest.remove_entry();
            tracing::warn!(queue = spec.name, message.id = message.id, "a message grew too old");
            changes.push(drop_of(&spec.name, number));
        }
    }

    /// Deletes a message by the handle of its latest receipt. A stale handle deletes nothing.
    pub fn delete(&self, queue: &str, handle: &str) {
        self.with(queue, handle, |messages, number| {
            messages.remove(&number);
            Some(drop_of(queue, number))
        });
    }

    /// Hides a received message until `hidden` from now on.
    pub fn hide(&self, queue: &str, handle: &str, hidden: Duration, now: Timestamp) {
        self.with(queue, handle, |messages, number| {
            let message = messages.get_mut(&number)?;
            message.visible = now + span(hidden);
            self.kept(queue, message)
        });
    }

    fn with(&self, queue: &str, handle: &str, act: impl FnOnce(&mut BTreeMap<u64, Message>, u64) -> Option<Change>) {
        let mut state = held(&self.state);
        let Some(messages) = state.messages.get_mut(queue) else {
            return;
        };
        let number = handle
            .split(':')
            .next()
            .and_then(|number| number.parse().ok())
            .filter(|number| messages.get(number).is_some_and(|message| message.handle() == handle));
        if let Some(change) = number.and_then(|number| act(messages, number)) {
            self.keep.write(vec![change]);
        }
    }

    /// Puts a queue's dead letters back into it, with their count at zero; how many.
    pub fn redrive(&self, name: &str, now: Timestamp) -> Option<usize> {
        let spec = self.spec(name)?;
        let redrive = spec.redrive.as_ref()?;
        let mut state = held(&self.state);
        let letters = state.messages.entry(redrive.to.clone()).or_default();
        let dead: Vec<_> = letters.extract_if(.., |_, letter| letter.is_from(&spec.name)).collect();
        let count = dead.len();
        let mut changes = Vec::new();
        for (number, mut message) in dead {
            changes.push(drop_of(&redrive.to, number));
            message.number = state.next;
            state.next += 1;
            message.receives = 0;
            message.visible = now;
            message.sent = now;
            message.source = None;
            changes.extend(self.kept(&spec.name, &message));
            state.messages.entry(spec.name.clone()).or_default().insert(message.number, message);
        }
        self.keep.write(changes);
        Some(count)
    }

    /// Empties every queue.
    pub fn reset(&self) {
        let mut state = held(&self.state);
        for messages in state.messages.values_mut() {
            messages.clear();
        }
    }

    /// Whether a queue has a message to receive now.
    pub fn ready(&self, queue: &str, now: Timestamp) -> bool {
        held(&self.state)
            .messages
            .get(queue)
            .is_some_and(|messages| messages.values().any(|message| message.visible <= now))
    }

    /// The next instant after `now` at which a hidden message of a queue shows.
    pub fn next_visible(&self, queue: &str, now: Timestamp) -> Option<Timestamp> {
        held(&self.state)
            .messages
            .get(queue)?
            .values()
            .map(|message| message.visible)
            .filter(|visible| *visible > now)
            .min()
    }

    /// A queue's messages, in order.
    pub fn messages(&self, name: &str) -> Vec<Message> {
        let Some(spec) = self.spec(name) else {
            return Vec::new();
        };
        held(&self.state)
            .messages
            .get(&spec.name)
            .map(|messages| messages.values().cloned().collect())
            .unwrap_or_default()
    }

    /// A queue's dead letters, in order.
    pub fn dead_letters(&self, name: &str) -> Vec<Message> {
        let Some((spec, redrive)) = self.spec(name).and_then(|spec| Some((spec, spec.redrive.as_ref()?))) else {
            return Vec::new();
        };
        self.messages(&redrive.to).into_iter().filter(|letter| letter.is_from(&spec.name)).collect()
    }

    /// How full the queues are: one view a queue that has dead letters, and one for each that has none and is nobody's.
    pub fn views(&self, now: Timestamp) -> Vec<QueueView> {
        let state = held(&self.state);
        let dead: Vec<&str> =
            self.specs.values().filter_map(|spec| spec.redrive.as_ref()).map(|redrive| redrive.to.as_str()).collect();
        self.specs
            .values()
            .filter(|spec| !dead.contains(&spec.name.as_str()))
            .map(|spec| {
                let messages = state.messages.get(&spec.name);
                let count = |test: &dyn Fn(&Message) -> bool| {
                    messages.map_or(0, |all| all.values().filter(|one| test(one)).count())
                };
                QueueView {
                    name: spec.name.clone(),
                    visible: count(&|message| message.visible <= now),
                    in_flight: count(&|message| message.visible > now && message.receives > 0),
                    delayed: count(&|message| message.visible > now && message.receives == 0),
                    dead_letters: spec
                        .redrive
                        .as_ref()
                        .and_then(|redrive| state.messages.get(&redrive.to))
                        .map_or(0, |letters| letters.values().filter(|letter| letter.is_from(&spec.name)).count()),
                    oldest_age_s: messages
                        .and_then(|all| all.values().map(|message| message.sent).min())
                        .map(|sent| now.duration_since(sent).as_secs()),
                }
            })
            .collect()
    }
}

/// A message as Lambda hands it to a function.
pub(crate) fn record_event(queue: &str, message: &Message) -> Value {
    let attributes: serde_json::Map<String, Value> = message
        .attributes()
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            (
                name.clone(),
                serde_json::json!({
                    "stringValue": value.get("StringValue"),
                    "binaryValue": value.get("BinaryValue"),
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": value.get("DataType"),
                }),
            )
        })
        .collect();
    serde_json::json!({
        "messageId": message.id,
        "receiptHandle": message.handle(),
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": message.receives.to_string(),
            "SentTimestamp": message.sent.as_millisecond().to_string(),
            "SenderId": message.sender,
            "ApproximateFirstReceiveTimestamp":
                message.first_received.unwrap_or(message.sent).as_millisecond().to_string(),
        },
        "messageAttributes": attributes,
        "md5OfBody": md5_hex(message.body.as_bytes()),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn(queue),
        "awsRegion": crate::template::REGION,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Redrive;

    fn queues() -> Queues {
        let spec = |name: &str, redrive| QueueSpec {
            name: name.to_owned(),
            visibility: Duration::from_secs(60),
            retention: Duration::from_secs(3600),
            delay: Duration::ZERO,
            redrive,
        };
        let redrive = Redrive { to: "Dead".to_owned(), after: 2 };
        let specs = [spec("HoldsQueue", Some(redrive.clone())), spec("MailsQueue", Some(redrive)), spec("Dead", None)];
        let specs = specs.map(|spec| (spec.name.clone(), spec));
        Queues::open(&BTreeMap::from(specs), &Arc::new(Keep::nothing())).unwrap()
    }

    fn send(queues: &Queues, bodies: &[&str], now: Timestamp) {
        let drafts = bodies
            .iter()
            .map(|body| Draft { body: (*body).to_owned(), attributes: Value::Null, delay: None })
            .collect();
        let mut n = 0;
        queues.send("MailsQueue", "test", drafts, now, || {
            n += 1;
            format!("id-{n}")
        });
    }

    fn start() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_received_message_hides_and_comes_back() {
        let (queues, now) = (queues(), start());
        send(&queues, &["a", "b"], now);
        let first = queues.receive("MailsQueue", 10, None, now);
        assert_eq!(first.len(), 2);
        assert!(queues.receive("MailsQueue", 10, None, now).is_empty());
        queues.delete("MailsQueue", &first[0].handle());
        assert_eq!(queues.next_visible("MailsQueue", now), Some(now + SignedDuration::from_secs(60)));
        let later = now + SignedDuration::from_secs(61);
        let second = queues.receive("MailsQueue", 10, None, later);
        assert_eq!(second.len(), 1);
        assert_eq!((second[0].body.as_str(), second[0].receives), ("b", 2));
        // The first receipt's handle is stale by now.
        queues.delete("MailsQueue", &first[1].handle());
        assert_eq!(queues.messages("Mails").len(), 1);
    }

    #[test]
    fn too_many_receives_make_a_dead_letter_that_can_be_sent_back() {
        let (queues, mut now) = (queues(), start());
        send(&queues, &["a"], now);
        for _ in 0..2 {
            assert_eq!(queues.receive("MailsQueue", 10, None, now).len(), 1);
            now += SignedDuration::from_secs(61);
        }
        assert!(queues.receive("MailsQueue", 10, None, now).is_empty());
        assert_eq!(queues.dead_letters("Mails").len(), 1);
        let counted: Vec<_> = queues.views(now).into_iter().map(|view| (view.name, view.dead_letters)).collect();
        assert_eq!(counted, [("HoldsQueue".to_owned(), 0), ("MailsQueue".to_owned(), 1)]);
        assert_eq!(queues.redrive("Holds", now), Some(0), "another queue's");
        assert_eq!(queues.redrive("Mails", now), Some(1));
        let again = queues.receive("MailsQueue", 10, None, now);
        assert_eq!(again[0].receives, 1);
    }

    #[test]
    fn old_messages_are_gone_by_the_virtual_clock() {
        let (queues, now) = (queues(), start());
        send(&queues, &["a"], now);
        let late = now + SignedDuration::from_secs(3601);
        assert!(queues.receive("MailsQueue", 10, None, late).is_empty());
        assert!(queues.messages("Mails").is_empty());
    }

    #[test]
    fn messages_outlive_the_process() {
        let directory = std::env::temp_dir().join(format!("cartwright-keep-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let file = directory.join("queues.sqlite");
        let now = start();
        {
            let specs = queues().specs;
            let keep = Arc::new(Keep::open(&file).unwrap());
            let first = Queues::open(&specs, &keep).unwrap();
            send(&first, &["a", "b"], now);
            let received = first.receive("MailsQueue", 1, None, now);
            first.delete("MailsQueue", &received[0].handle());
        }
        let keep = Arc::new(Keep::open(&file).unwrap());
        let second = Queues::open(&queues().specs, &keep).unwrap();
        let left = second.messages("MailsQueue");
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].body, "b");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
