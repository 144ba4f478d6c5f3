//! Timers: what is due later, and under which hour and shard it waits.
//!
//! Knows how a due time becomes a place to look in; deliberately knows no clock and no storage.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const HOUR_SECONDS: i64 = 3_600;

/// What is to happen when a timer is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// An unpaid order's hold ends.
    HoldEnds,
}

impl TimerKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::HoldEnds];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HoldEnds => "hold_ends",
        }
    }
}

impl fmt::Display for TimerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that is due later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub due: Timestamp,
    /// What.
    pub kind: TimerKind,
    /// Of which record: the text of its id.
    pub record: String,
}

/// An hour since 1970 that timers wait in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueHour(i64);

impl DueHour {
    /// The hour that `moment` is in.
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.as_second().div_euclid(HOUR_SECONDS))
    }

    /// The hour that is so many after 1970's first.
    pub const fn at(hours: i64) -> Self {
        Self(hours)
    }

    /// Hours since 1970.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Every hour from this one to `last`, the oldest first: what a look at the clock has to go through.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for DueHour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Timer {
    /// Whether it is due at `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due <= now
    }

    /// The hour that it waits in.
    pub fn hour(&self) -> DueHour {
        DueHour::of(self.due)
    }

    /// Which of `shards` it waits in, by its record: a busy hour is spread over many places, and the same timer is
    /// always found in the same one. Of no shards, the first.
    pub fn shard(&self, shards: u16) -> u16 {
        // FNV-1a, 64 bits: stable over releases, unlike the standard library's hashes.
        let hash = self
            .record
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        // The low bits of FNV follow the last bytes alone, so the high ones are mixed in.
        ((hash ^ (hash >> 32)) % u64::from(shards.max(1))) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::OrderId;

    fn timer(second: i64, record: String) -> Timer {
        Timer { due: Timestamp::from_second(second).unwrap(), kind: TimerKind::HoldEnds, record }
    }

    #[test]
    fn waits_in_its_hour() {
        assert_eq!(timer(3_599, String::new()).hour().get(), 0);
        assert_eq!(timer(3_600, String::new()).hour().get(), 1);
        assert_eq!(timer(-1, String::new()).hour().get(), -1);
        let hours: Vec<i64> = DueHour(3).through(DueHour(5)).map(DueHour::get).collect();
        assert_eq!(hours, [3, 4, 5]);
        assert!(timer(5, String::new()).is_due(Timestamp::from_second(5).unwrap()));
        assert!(!timer(5, String::new()).is_due(Timestamp::from_second(4).unwrap()));
    }

    #[test]
    fn spreads_over_its_shards() {
        let mut counts = [0_u32; 8];
        for number in 0_u32..8_000 {
            let mut random = [0; 10];
            random[6..].copy_from_slice(&number.to_be_bytes());
            counts[usize::from(timer(0, OrderId::new(1, random).to_string()).shard(8))] += 1;
        }
        assert!(counts.iter().all(|count| (800..1_200).contains(count)), "{counts:?}");
        assert_eq!(timer(0, "x".into()).shard(0), 0);
    }
}
