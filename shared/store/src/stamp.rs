//! The mark that every write leaves on its record: its number, its events, its cause.
//!
//! `rev` counts the record's writes. `emits` (a scalar that stream filters can test: the first one's name) and `outbox` hold
//! this write's events and are removed by the next write. `cause` says who and why. An event's id is `{record}:{rev}:{position}`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::event::Event;
use serde::{Deserialize, Serialize};

use crate::db::{Item, StoreError, n, s};

/// Who wrote and why. Short names: it is part of every record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Who: `guest`, a person, `owner:per_..`, or the function that acted by itself.
    #[serde(rename = "w")]
    pub who: String,
    /// Why: the operation, or a reason that staff gave.
    #[serde(rename = "y")]
    pub why: String,
    /// What it refers to: an order, an adjustment.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The correlation id of the request that began it.
    #[serde(rename = "c")]
    pub correlation: String,
    /// What of it has another reason.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// A part of what a write changes that has another reason than the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Of which counter.
    #[serde(rename = "q")]
    pub counter: String,
    /// By how much, of all that it changes by.
    #[serde(rename = "d")]
    pub delta: i64,
    /// Why.
    #[serde(rename = "y")]
    pub why: String,
}

impl Cause {
    /// `who` did `why`, within the request `correlation`.
    pub fn new(who: impl Into<String>, why: impl Into<String>, correlation: &str) -> Self {
        Self { who: who.into(), why: why.into(), reference: None, correlation: correlation.to_owned(), part: None }
    }

    /// The same cause, referring to `reference`.
    #[must_use]
    pub fn about(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// The same cause, but for `delta` of what `counter` changes by, which has the reason `why`.
    #[must_use]
    pub fn of_which(mut self, counter: &str, delta: i64, why: &str) -> Self {
        self.part = Some(Part { counter: counter.to_owned(), delta, why: why.to_owned() });
        self
    }

    fn attribute(&self) -> AttributeValue {
        let mut map = HashMap::from([
            ("w".to_owned(), s(&self.who)),
            ("y".to_owned(), s(&self.why)),
            ("c".to_owned(), s(&self.correlation)),
        ]);
        if let Some(reference) = &self.reference {
            map.insert("r".to_owned(), s(reference));
        }
        if let Some(Part { counter, delta, why }) = &self.part {
            let part = [("q".to_owned(), s(counter)), ("d".to_owned(), n(*delta)), ("y".to_owned(), s(why))];
            map.insert("p".to_owned(), AttributeValue::M(part.into()));
        }
        AttributeValue::M(map)
    }
}

/// A write's events and cause.
#[derive(Debug, Clone)]
pub struct Stamp {
    events: Vec<Event>,
    cause: Cause,
}

impl Stamp {
    /// The mark of a write with these events; those that nobody hears of are not kept.
    pub fn new(events: Vec<Event>, cause: Cause) -> Self {
        let events = events.into_iter().filter(Event::is_heard).collect();
        Self { events, cause }
    }

    /// The mark of a write that tells nobody.
    pub fn silent(cause: Cause) -> Self {
        Self::new(Vec::new(), cause)
    }

    /// Marks a whole record as its write number `rev`.
    pub(crate) fn put_on(&self, item: &mut Item, rev: u64) -> Result<(), StoreError> {
        item.insert("rev".into(), n(rev));
        item.insert("cause".into(), self.cause.attribute());
        item.remove("emits");
        item.remove("outbox");
        if !self.events.is_empty() {
            item.insert("emits".into(), s(self.emits()));
            item.insert("outbox".into(), self.outbox()?);
        }
        Ok(())
    }

    /// The part of an update expression that marks the record, to be joined to its own SET clause, and the values it
    /// needs: raises `rev`, sets or removes the rest.
    pub(crate) fn update(&self, set: &str, values: &mut HashMap<String, AttributeValue>) -> Result<String, StoreError> {
        values.insert(":stamp_one".into(), n(1));
        values.insert(":stamp_cause".into(), self.cause.attribute());
        let marked = format!("SET {set}, rev = rev + :stamp_one, cause = :stamp_cause");
        if self.events.is_empty() {
            return Ok(format!("{marked} REMOVE emits, outbox"));
        }
        values.insert(":stamp_emits".into(), s(self.emits()));
        values.insert(":stamp_outbox".into(), self.outbox()?);
        Ok(format!("{marked}, emits = :stamp_emits, outbox = :stamp_outbox"))
    }

    /// As [`Stamp::update`], of a record that may not be there yet.
    pub(crate) fn upsert(&self, set: &str, values: &mut HashMap<String, AttributeValue>) -> Result<String, StoreError> {
        values.insert(":zero".into(), n(0));
        Ok(self.update(set, values)?.replace("rev = rev +", "rev = if_not_exists(rev, :zero) +"))
    }

    /// The name of the first event: a stream's filter can ask for it.
    fn emits(&self) -> &'static str {
        self.events.first().map_or("", Event::name)
    }

    fn outbox(&self) -> Result<AttributeValue, StoreError> {
        let events = self
            .events
            .iter()
            .map(|event| serde_json::to_string(event).map(s).map_err(|error| StoreError::Corrupt(error.to_string())))
            .collect::<Result<_, _>>()?;
        Ok(AttributeValue::L(events))
    }
}

/// What a stream's new image says was emitted by the write that made it.
#[derive(Debug, Clone, Deserialize)]
pub struct Emitted {
    rev: u64,
    #[serde(default)]
    outbox: Vec<String>,
    cause: Cause,
}

impl Emitted {
    /// Reads it from the image of a stream record.
    ///
    /// # Errors
    /// When the image is not a marked record.
    pub fn of_image(image: serde_dynamo::Item) -> Result<Self, StoreError> {
        serde_dynamo::from_item(image).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The events with their ids, for the record with this key.
    ///
    /// # Errors
    /// When an event is not one that this version knows.
    pub fn events(&self, record: &str) -> Result<Vec<(String, Event)>, StoreError> {
        self.outbox
            .iter()
            .enumerate()
            .map(|(position, text)| {
                let event = serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
                Ok((format!("{record}:{}:{position}", self.rev), event))
            })
            .collect()
    }

    /// Who wrote, and why.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }
}

/// The name of a record in event ids, from its key: the partition, and the sort key where there is one.
///
/// # Errors
/// When the keys are not those of our tables.
pub fn record_name(keys: serde_dynamo::Item) -> Result<String, StoreError> {
    #[derive(Deserialize)]
    struct Keys {
        pk: String,
        sk: Option<String>,
    }
    let keys: Keys = serde_dynamo::from_item(keys).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(match keys.sk {
        Some(sk) => format!("{}|{sk}", keys.pk),
        None => keys.pk,
    })
}
