//! The virtual clock: what time it is in the shop.
//!
//! Knows two ways of running: beside the system's clock with an offset that only grows, and standing still until it
//! is moved. It deliberately does not know who waits for which instant.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The virtual clock. Cheap to clone; all clones tell the same time.
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    /// Beside the system's clock: how many microseconds ahead of it.
    Ahead(AtomicI64),
    /// Standing at so many microseconds since 1970.
    Standing(AtomicI64),
}

impl VirtualClock {
    /// A clock that runs `offset` ahead of the system's.
    pub fn ahead(offset: SignedDuration) -> Self {
        Self(Arc::new(Kind::Ahead(AtomicI64::new(micros(offset)))))
    }

    /// A clock that stands at `start` until it is moved.
    pub fn standing(start: Timestamp) -> Self {
        Self(Arc::new(Kind::Standing(AtomicI64::new(start.as_microsecond()))))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        let micros = match &*self.0 {
            Kind::Ahead(offset) => system() + offset.load(Ordering::SeqCst),
            Kind::Standing(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves to `instant`, unless that is past.
    pub fn move_to(&self, instant: Timestamp) {
        let micros = instant.as_microsecond();
        match &*self.0 {
            Kind::Ahead(offset) => {
                offset.fetch_max(micros - system(), Ordering::SeqCst);
            }
            Kind::Standing(at) => {
                at.fetch_max(micros, Ordering::SeqCst);
            }
        }
    }

    /// How far ahead of the system's clock; none where the clock stands.
    pub fn offset(&self) -> Option<SignedDuration> {
        match &*self.0 {
            Kind::Ahead(offset) => Some(SignedDuration::from_micros(offset.load(Ordering::SeqCst))),
            Kind::Standing(_) => None,
        }
    }

    /// Whether time passes by itself.
    pub fn runs(&self) -> bool {
        match &*self.0 {
            Kind::Ahead(_) => true,
            Kind::Standing(_) => false,
        }
    }

    /// The clock as functions are given it.
    pub fn for_functions(&self) -> edge::Clock {
        let clock = self.clone();
        edge::Clock::of(move || clock.now())
    }
}

/// The system's clock, in microseconds since 1970: the one place that reads it.
#[allow(clippy::disallowed_methods)]
fn system() -> i64 {
    Timestamp::now().as_microsecond()
}

fn micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_forward_only() {
        let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let clock = VirtualClock::standing(start);
        clock.move_to(start + SignedDuration::from_hours(1));
        clock.move_to(start);
        assert_eq!(clock.now(), start + SignedDuration::from_hours(1));
        assert_eq!(clock.offset(), None);
    }

    #[test]
    fn a_running_clock_keeps_its_lead() {
        let clock = VirtualClock::ahead(SignedDuration::ZERO);
        let before = clock.now();
        clock.move_to(before + SignedDuration::from_hours(24));
        assert!(clock.now() >= before + SignedDuration::from_hours(24));
        assert!(clock.offset().unwrap() > SignedDuration::from_hours(23));
    }
}
