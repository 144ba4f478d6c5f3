//! Transfers: goods on their way from one location to another, and what came of them.
//!
//! Knows the record and its sums. What is legal stands as a table in `states`; what a command means is decided in
//! `decide`, purely. It deliberately knows no carrier and no parcel: what is on the road belongs to the shop all the
//! time, and is for nobody to buy until it has come.

mod decide;
mod draft;
mod states;
#[cfg(test)]
mod tests;

pub use decide::{Booked, Command, Decision, decide, send};
pub use draft::{
    Consignment, MAX_LINES, TransferDraft, TransferLineDraft, TransferReceipt, TransferReceiptDraft,
    TransferReceiptLine,
};
pub use states::{TransferStatus, TransferStep};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::TransferId;
use crate::order::RequestMark;
use crate::text::{Digest, LocationId, Sku};

/// How much of what happened to a transfer it remembers.
const NOTED: usize = 100;

/// A line of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferLine {
    /// Of what; once in a transfer.
    pub sku: Sku,
    /// How many were sent, in units.
    pub quantity: u32,
    /// How many came and are good.
    #[serde(default)]
    pub received: u32,
    /// How many came and are damaged.
    #[serde(default)]
    pub damaged: u32,
    /// How many are known not to come.
    #[serde(default)]
    pub missing: u32,
}

impl TransferLine {
    /// A line of which nothing came yet.
    const fn new(sku: Sku, quantity: u32) -> Self {
        Self { sku, quantity, received: 0, damaged: 0, missing: 0 }
    }

    /// How many are still on the road, in units.
    pub const fn in_transit(&self) -> u32 {
        self.quantity - self.received - self.damaged - self.missing
    }
}

/// Goods that go from one location to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// Where they left.
    pub from: LocationId,
    /// Where they are to come.
    pub to: LocationId,
    /// Where it stands.
    pub status: TransferStatus,
    /// What was sent.
    pub lines: Vec<TransferLine>,
    /// What staff wrote to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it left.
    pub sent: Timestamp,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// What happened to it, oldest first; the last hundred.
    pub happened: Vec<Happened>,
}

/// Something that happened to a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What.
    #[serde(flatten)]
    pub what: Deed,
}

/// What was done about a transfer, with its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Deed {
    /// It left.
    Sent,
    /// Some of it came, or is known not to come.
    Received {
        /// How many are good.
        received: u32,
        /// How many are damaged.
        damaged: u32,
        /// How many are missing.
        missing: u32,
    },
    /// It turned back.
    Canceled,
}

impl Transfer {
    /// Its line of that SKU.
    pub fn line(&self, sku: &Sku) -> Option<&TransferLine> {
        self.lines.iter().find(|line| line.sku == *sku)
    }

    /// How many units of `line` are booked as incoming where it goes.
    pub const fn incoming(&self, line: &TransferLine) -> u32 {
        match self.status {
            TransferStatus::InTransit | TransferStatus::PartiallyReceived => line.in_transit(),
            TransferStatus::Received | TransferStatus::Canceled => 0,
        }
    }

    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    fn note(&mut self, what: Deed, who: &str, at: Timestamp) {
        self.happened.push(Happened { at, who: who.to_owned(), what });
        let forgotten = self.happened.len().saturating_sub(NOTED);
        self.happened.drain(..forgotten);
    }
}
