//! The whole shop under random people and random faults, in virtual time: what always holds has to hold after it.
//!
//! A run is made of its seed alone: on one thread, with paused time, seeded randomness and ordered maps, so the same
//! seed takes the same steps. [`people`] do what shoppers and staff do, [`weather`] makes services fail between any two
//! calls, [`crate::invariants`] looks at what came of it, and [`sabotage`] breaks something on purpose, to show that
//! somebody looks.

mod buyers;
mod holders;
mod people;
mod returners;
pub mod sabotage;
mod weather;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::SignedDuration;
use local::{Engine, Options};

use self::sabotage::Sabotage;
use self::weather::Weather;
use self::world::World;
use crate::invariants;

/// How long people come and go.
const LIFE: SignedDuration = SignedDuration::from_hours(26);

/// How long nothing goes wrong any more at the end: longer than a hold, a lost mail's hour and a queue's tries.
const CALM: SignedDuration = SignedDuration::from_hours(11);

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What should hold and did not; empty where all is well.
    pub violations: Vec<String>,
    /// How many orders and refunds came to which end.
    pub ends: BTreeMap<String, usize>,
    /// Orders that were accepted.
    pub orders: usize,
    /// Mails that were sent.
    pub mails: usize,
    /// Calls to services.
    pub calls: u64,
    /// Faults that struck.
    pub faults: u64,
    /// A hash over every call and what became of it: the same seed has the same.
    pub steps: u64,
}

/// How a run is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// What is broken on purpose.
    pub sabotage: Option<Sabotage>,
    /// Whether each step is written to the error stream.
    pub aloud: bool,
}

/// Runs a seed, on the thread that this is called on.
///
/// # Panics
/// When the shop does not open, or people cannot do what always works.
pub fn run(seed: u64, look: Look) -> Outcome {
    // The SDK's own randomness: retry delays and transaction tokens.
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap_or_else(|error| panic!("no runtime: {error}"));
    tokio::task::LocalSet::new().block_on(&runtime, live(seed, look))
}

async fn live(seed: u64, look: Look) -> Outcome {
    let options = Options { seed, together: true, ..Options::default() };
    let engine = Engine::memory(options).unwrap_or_else(|error| panic!("the shop does not open: {error}"));
    let world = Rc::new(World::new(engine.clone(), seed));
    people::open(&world).await;

    let weather = Arc::new(Weather::new(seed, engine.clock().clone(), look));
    engine.set_faults(weather.clone());
    people::arrive(&world, LIFE);
    world.pass().await;
    weather.clear();
    engine.advance(CALM).await;

    let standing = world.standing().await;
    let (violations, ends) = invariants::check(&standing, &world.log.borrow());
    crate::grants::record(&engine);
    let told = weather.told();
    Outcome {
        violations,
        ends,
        orders: world.log.borrow().accepted.len(),
        mails: engine.mails().len(),
        calls: told.calls,
        faults: told.faults,
        steps: told.steps,
    }
}
