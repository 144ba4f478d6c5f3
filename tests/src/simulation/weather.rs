//! What goes wrong between functions and services, and when.
//!
//! Throttles, failures, conflicts, answers that never come or come late, processes that die, batches that come twice,
//! late or shuffled: by dice of the run's seed. It deliberately keeps deaths rare for each function: a message may be
//! tried five times, and only poison may use them up.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use local::clock::VirtualClock;
use local::faults::{Arrangement, Call, Fault, Faults, Tampering};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::Look;
use super::sabotage::Saboteur;

/// A function's process dies at most once in so long: less often than a failed message comes back.
const DEATHS: SignedDuration = SignedDuration::from_mins(20);

/// What happened so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    pub(super) calls: u64,
    pub(super) faults: u64,
    pub(super) steps: u64,
}

pub(super) struct Weather {
    state: Mutex<State>,
    clock: VirtualClock,
    saboteur: Option<Saboteur>,
    aloud: bool,
}

struct State {
    dice: StdRng,
    clear: bool,
    died: BTreeMap<String, Timestamp>,
    told: Told,
    /// How likely a fault is at a call in this run.
    rate: f64,
}

impl Weather {
    pub(super) fn new(seed: u64, clock: VirtualClock, look: Look) -> Self {
        let mut dice = StdRng::seed_from_u64(seed ^ 0x5eed);
        let rate = [0.0, 0.005, 0.02, 0.05][dice.random_range(0..4)];
        Self {
            clock,
            saboteur: look.sabotage.map(|sabotage| Saboteur::new(sabotage, seed)),
            aloud: look.aloud,
            state: Mutex::new(State { dice, clear: false, died: BTreeMap::new(), told: Told::default(), rate }),
        }
    }

    /// From now on nothing goes wrong.
    pub(super) fn clear(&self) {
        self.with(|state| state.clear = true);
    }

    pub(super) fn told(&self) -> Told {
        self.with(|state| state.told)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    #[expect(clippy::print_stderr, reason = "the steps are asked for")]
    fn strike(&self, call: &Call, after: bool) -> Option<Fault> {
        let now = self.clock.now();
        let fault = self.with(|state| {
            let fault = if state.clear || !by_a_function(call) { None } else { state.fault(call, now, after) };
            state.told.calls += u64::from(!after);
            state.told.faults += u64::from(fault.is_some());
            let mut hasher = DefaultHasher::new();
            state.told.steps.hash(&mut hasher);
            (now.as_microsecond(), &call.caller, &call.operation, &call.resources, after).hash(&mut hasher);
            format!("{fault:?}").hash(&mut hasher);
            state.told.steps = hasher.finish();
            fault
        });
        if self.aloud && (!after || fault.is_some()) {
            let (when, number) = (if after { "after" } else { "call" }, call.number);
            let what = fault.map(|fault| format!(" !! {fault:?}")).unwrap_or_default();
            let resources = call.resources.iter().map(|arn| arn.rsplit(':').next().unwrap_or_default());
            let on = resources.collect::<Vec<_>>().join(" ");
            eprintln!("{now} {when} {number} {} {} {on}{what}", call.caller, call.operation);
        }
        fault
    }
}

/// Whether a function calls, and nobody who looks on. The payment provider is told no caller: functions alone call it.
fn by_a_function(call: &Call) -> bool {
    call.caller != "developer" || call.service == local::Service::Stripe
}

impl State {
    fn fault(&mut self, call: &Call, now: Timestamp, after: bool) -> Option<Fault> {
        if !self.dice.random_bool(self.rate) {
            return None;
        }
        let delay = Fault::Delay(Duration::from_millis(self.dice.random_range(1..400)));
        let fault = match self.dice.random_range(0..10) {
            0 => Fault::Throttle,
            1 => Fault::ServerError,
            2 => Fault::TransactionConflict,
            3 => Fault::LostAnswer,
            // Longer than a client waits for an attempt.
            4 => Fault::Delay(Duration::from_millis(2_500)),
            5 => Fault::Crash,
            _ => delay,
        };
        match fault {
            // Who has done the work asks nobody to slow down.
            Fault::Throttle | Fault::TransactionConflict if after => Some(delay),
            Fault::TransactionConflict if call.service != local::Service::DynamoDb => Some(delay),
            Fault::Crash => {
                let last = self.died.get(&call.caller);
                if last.is_some_and(|last| now.duration_since(*last) < DEATHS) {
                    return Some(delay);
                }
                self.died.insert(call.caller.clone(), now);
                Some(Fault::Crash)
            }
            Fault::Throttle | Fault::ServerError | Fault::TransactionConflict | Fault::LostAnswer | Fault::Delay(_) => {
                Some(fault)
            }
        }
    }

    fn arrangement(&mut self, source: &str, records: usize) -> Option<Arrangement> {
        let mut order: Vec<usize> = (0..records).collect();
        // A stream repeats and keeps its order; everything else has none.
        if !source.ends_with("Table") {
            order.shuffle(&mut self.dice);
        }
        Some(Arrangement { order, again: self.dice.random_bool(self.rate) })
    }
}

impl Faults for Weather {
    fn before(&self, call: &Call) -> Option<Fault> {
        self.strike(call, false)
    }

    fn after(&self, call: &Call) -> Option<Fault> {
        let fault = self.strike(call, true);
        let killed = self.saboteur.as_ref().is_some_and(|saboteur| saboteur.kills(call));
        if killed { Some(Fault::Crash) } else { fault }
    }

    fn arrange(&self, source: &str, records: usize) -> Option<Arrangement> {
        if records == 0 {
            return None;
        }
        let mut arrangement = self.with(|state| if state.clear { None } else { state.arrangement(source, records) });
        if let Some(saboteur) = &self.saboteur {
            let plain = || Arrangement { order: (0..records).collect(), again: false };
            saboteur.arrange(source, arrangement.get_or_insert_with(plain));
        }
        arrangement
    }

    fn sabotages(&self) -> bool {
        self.saboteur.is_some()
    }

    fn tamper(&self, call: &Call, headers: &mut HeaderMap, body: &mut Value) -> Tampering {
        match &self.saboteur {
            Some(saboteur) if by_a_function(call) => saboteur.tamper(call, headers, body),
            Some(_) | None => Tampering::Nothing,
        }
    }

    fn retell(&self, call: &Call, asked: &Value, answer: &mut Bytes) {
        if let Some(saboteur) = &self.saboteur
            && by_a_function(call)
        {
            saboteur.retell(call, asked, answer);
        }
    }
}
