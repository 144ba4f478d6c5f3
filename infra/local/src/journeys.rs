//! Journeys: what became of each request, through functions and queues, with calls, time, units and dollars.
//!
//! Knows invocations and the correlation ids that tie them together; it deliberately keeps no body and no header.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tokio::sync::Notify;

use crate::dynamo::Units;
use crate::keep::held;
use crate::prices::step_usd;
use crate::wire::Service;

/// How many journeys are remembered.
const REMEMBERED: usize = 2_000;

/// One call of a function to a service.
#[derive(Debug, Clone, Serialize)]
pub struct CallView {
    /// The service.
    #[serde(serialize_with = "name")]
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// What it was on: names of tables, queues, buckets.
    pub resources: Vec<String>,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
    /// The HTTP status of the answer; 0 where none arrived.
    pub status: u16,
}

fn name<S: Serializer>(service: &Service, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(service.name())
}

/// One invocation.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The function.
    pub function: String,
    /// What invoked it: `GET /api/..`, `queue Mails`, `stream Orders`, `schedule`.
    pub trigger: String,
    /// When, by the virtual clock.
    pub started: Timestamp,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Its calls, in the order in which they ended.
    pub calls: Vec<CallView>,
    /// Whether it failed.
    pub failed: bool,
    /// How many journeys share it.
    pub shared_by: usize,
    /// The function's memory.
    pub memory_mb: u32,
    #[serde(skip)]
    pub(crate) over_http: bool,
    #[serde(skip)]
    pub(crate) from_queue: bool,
}

/// A journey, told.
#[derive(Debug, Clone, Serialize)]
pub struct Journey {
    /// The correlation id.
    pub id: String,
    /// What began it.
    pub title: String,
    /// When it began, by the virtual clock.
    pub started: Timestamp,
    /// The status that the first request was answered with.
    pub status: Option<u16>,
    /// The invocations, in the order in which they ended.
    pub steps: Vec<Step>,
    /// What it would cost on AWS.
    pub cost_usd: f64,
}

#[derive(Debug, Clone)]
struct Record {
    title: String,
    started: Timestamp,
    status: Option<u16>,
    steps: Vec<Step>,
}

/// The journeys of late.
#[derive(Debug, Default)]
pub struct Journeys(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    order: VecDeque<String>,
    records: BTreeMap<String, Record>,
}

impl Journeys {
    /// Adds a step to a journey, which begins with it where it is not known yet.
    pub(crate) fn add(&self, id: &str, step: Step, status: Option<u16>) {
        let mut state = held(&self.0);
        if !state.records.contains_key(id) {
            state.order.push_back(id.to_owned());
            let record = Record { title: step.trigger.clone(), started: step.started, status: None, steps: Vec::new() };
            state.records.insert(id.to_owned(), record);
            if state.order.len() > REMEMBERED
                && let Some(oldest) = state.order.pop_front()
            {
                state.records.remove(&oldest);
            }
        }
        if let Some(record) = state.records.get_mut(id) {
            // The request that began it may end after what it set off.
            if status.is_some() && record.status.is_none() {
                record.status = status;
                record.title.clone_from(&step.trigger);
                record.started = record.started.min(step.started);
            }
            record.steps.push(step);
        }
    }

    /// The journeys, latest first.
    pub fn all(&self) -> Vec<Journey> {
        let state = held(&self.0);
        state.order.iter().rev().filter_map(|id| state.records.get(id).map(|record| record.told(id))).collect()
    }

    /// One journey.
    pub fn one(&self, id: &str) -> Option<Journey> {
        held(&self.0).records.get(id).map(|record| record.told(id))
    }

    pub(crate) fn reset(&self) {
        *held(&self.0) = State::default();
    }
}

impl Record {
    fn told(&self, id: &str) -> Journey {
        Journey {
            id: id.to_owned(),
            title: self.title.clone(),
            started: self.started,
            status: self.status,
            steps: self.steps.clone(),
            cost_usd: self.steps.iter().map(step_usd).sum(),
        }
    }
}

/// What is noted during one invocation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    calls: Mutex<Vec<CallView>>,
    correlations: Mutex<BTreeSet<String>>,
    crashed: AtomicBool,
    crash: Notify,
}

impl Notes {
    pub(crate) fn call(&self, call: CallView) {
        held(&self.calls).push(call);
    }

    pub(crate) fn sent_for(&self, correlation: &str) {
        held(&self.correlations).insert(correlation.to_owned());
    }

    pub(crate) fn take_calls(&self) -> Vec<CallView> {
        std::mem::take(&mut *held(&self.calls))
    }

    pub(crate) fn correlations(&self) -> BTreeSet<String> {
        held(&self.correlations).clone()
    }

    /// The process dies: whoever runs the invocation gives it up.
    pub(crate) fn die(&self) {
        self.crashed.store(true, Ordering::SeqCst);
        self.crash.notify_one();
    }

    pub(crate) async fn death(&self) {
        while !self.crashed.load(Ordering::SeqCst) {
            self.crash.notified().await;
        }
    }
}

/// A call as the capacity recorder keeps it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The function that called, or `developer`.
    pub caller: String,
    /// The service.
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// What it was on.
    pub resources: Vec<String>,
    /// What it consumed.
    pub units: Units,
}
