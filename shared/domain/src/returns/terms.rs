//! The terms on which goods come back.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::calendar::date;
use crate::settings::ReturnSettings;

/// The terms on which one product comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Days from delivery in which it may be asked for.
    pub window_days: u16,
    /// What is kept of the price of what was merely unwanted, in parts per million.
    pub restocking_fee_ppm: u32,
    /// Whether the shop pays for the way back of what was merely unwanted.
    pub free_label: bool,
    /// Whether it comes back for a fault alone.
    pub final_sale: bool,
}

impl Terms {
    /// The shop's own, but for what the product says itself.
    pub fn of(settings: &ReturnSettings, window_days: Option<u16>, final_sale: bool) -> Self {
        Self {
            window_days: window_days.unwrap_or(settings.window_days),
            restocking_fee_ppm: settings.restocking_fee_ppm,
            free_label: settings.free_label,
            final_sale,
        }
    }

    /// The last day, in UTC, on which goods may be sent back that came at `delivered`.
    pub fn last_day(&self, delivered: Timestamp) -> Date {
        date(delivered).saturating_add(i64::from(self.window_days).days())
    }
}
