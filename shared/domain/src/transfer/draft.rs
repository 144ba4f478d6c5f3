//! What staff send about a transfer, and its checks.
//!
//! Knows every rule that can be told without the stock and the transfer; what these say to it is decided in `decide`.

use serde::{Deserialize, Serialize};

use super::TransferLine;
use crate::field::{FieldError, Findings};
use crate::reorder::MAX_UNITS;
use crate::text::{LocationId, Sku};

/// The most lines of a transfer: sending one is three writes each, one for the transfer and one for its key, and fits
/// into one transaction of 100.
pub const MAX_LINES: usize = 32;

/// A transfer as staff send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferDraft {
    /// Where the goods leave.
    pub from: LocationId,
    /// Where they go: another location.
    pub to: LocationId,
    /// 1 to 32, each SKU once.
    pub lines: Vec<TransferLineDraft>,
    /// More about it, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A line as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferLineDraft {
    /// Of what.
    pub sku: Sku,
    /// 1 to 1,000,000 units.
    pub quantity: u32,
}

/// What may be sent: two locations, and 1 to 32 lines, each SKU once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment {
    pub(super) from: LocationId,
    pub(super) to: LocationId,
    pub(super) lines: Vec<TransferLine>,
    pub(super) note: Option<String>,
}

impl TransferDraft {
    /// What it sends.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(self) -> Result<Consignment, Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(self.to != self.from, "/to", "Must be another location than it leaves.");
        count_lines(self.lines.len(), &mut found);
        for (index, line) in self.lines.iter().enumerate() {
            let twin = self.lines[..index].iter().any(|other| other.sku == line.sku);
            found.require(!twin, format!("/lines/{index}/sku"), format!("{} stands here twice.", line.sku));
            let good = (1..=MAX_UNITS).contains(&line.quantity);
            found.require(good, format!("/lines/{index}/quantity"), "Must be 1 to 1,000,000 units.");
        }
        let note = found.text(self.note.as_deref().unwrap_or_default(), 0, 500, "/note");
        let lines = self.lines.into_iter().map(|line| TransferLine::new(line.sku, line.quantity)).collect();
        let note = Some(note).filter(|note| !note.is_empty());
        found.or(Consignment { from: self.from, to: self.to, lines, note })
    }
}

fn count_lines(lines: usize, found: &mut Findings) {
    found.require(lines > 0, "/lines", "At least one line.");
    found.require(lines <= MAX_LINES, "/lines", format!("At most {MAX_LINES} lines."));
}

impl Consignment {
    /// Where it leaves.
    pub const fn from(&self) -> &LocationId {
        &self.from
    }

    /// What it is of.
    pub fn skus(&self) -> impl Iterator<Item = &Sku> {
        self.lines.iter().map(|line| &line.sku)
    }
}

/// What came of a transfer, as staff send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferReceiptDraft {
    /// 1 to 32, each SKU once.
    pub lines: Vec<TransferReceiptLine>,
}

/// What came of one SKU: at least one unit of it, and no more than are on the road.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferReceiptLine {
    /// Of what.
    pub sku: Sku,
    /// How many came and are good, in units.
    #[serde(default)]
    pub received: u32,
    /// How many came and are damaged.
    #[serde(default)]
    pub damaged: u32,
    /// How many are known not to come: they are booked as lost.
    #[serde(default)]
    pub missing: u32,
}

impl TransferReceiptLine {
    /// How many it accounts for. More than a transfer can have, where that leaves the range.
    pub const fn units(&self) -> u32 {
        self.received.saturating_add(self.damaged).saturating_add(self.missing)
    }
}

/// What came: at least one line, each SKU once, and none of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferReceipt(pub(super) Vec<TransferReceiptLine>);

impl TransferReceiptDraft {
    /// What came.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(self) -> Result<TransferReceipt, Vec<FieldError>> {
        let mut found = Findings::default();
        count_lines(self.lines.len(), &mut found);
        for (index, line) in self.lines.iter().enumerate() {
            let twin = self.lines[..index].iter().any(|other| other.sku == line.sku);
            found.require(!twin, format!("/lines/{index}/sku"), format!("{} stands here twice.", line.sku));
            let good = (1..=MAX_UNITS).contains(&line.units());
            let pointer = format!("/lines/{index}/received");
            found.require(good, pointer, "Good, damaged and missing must be 1 to 1,000,000 units together.");
        }
        found.or(TransferReceipt(self.lines))
    }
}
