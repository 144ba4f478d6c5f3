//! Adjusting stock by hand: what came, what broke, what a count found.
//!
//! Knows that a count is a fact and a change is a wish: a wish is refused where it would take what is promised to
//! orders, a fact is booked even then, and the offer goes below zero until somebody acts.

use serde::{Deserialize, Serialize};

use super::{Movement, Shelf, Stock};
use crate::field::{FieldError, Findings};
use crate::refusal::Refusal;
use crate::text::{LocationId, Sku};

/// The most lines of one adjustment: two writes each and one for its key fit into one transaction of 100.
const MAX_LINES: usize = 40;
/// The most units that one line books or counts.
const MAX_UNITS: i64 = 100_000_000;

/// Why stock was adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Reason {
    /// It came in.
    Received,
    /// It was counted.
    Counted,
    /// It broke.
    Damaged,
    /// It cannot be found.
    Lost,
    /// It turned up.
    Found,
    /// It came back from a customer.
    Returned,
    /// An earlier booking was wrong.
    Correction,
    /// What the note says.
    Other,
}

impl Reason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::Received,
        Self::Counted,
        Self::Damaged,
        Self::Lost,
        Self::Found,
        Self::Returned,
        Self::Correction,
        Self::Other,
    ];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Counted => "counted",
            Self::Damaged => "damaged",
            Self::Lost => "lost",
            Self::Found => "found",
            Self::Returned => "returned",
            Self::Correction => "correction",
            Self::Other => "other",
        }
    }
}

/// An adjustment as it is sent: all of its lines or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Adjustment {
    /// At least one.
    pub lines: Vec<AdjustmentLine>,
}

/// A line as it is sent, with either `delta` or `counted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdjustmentLine {
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// How many more, or fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<i64>,
    /// How many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<i64>,
    /// Why.
    pub reason: Reason,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a line does to what is on hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// So many more, or fewer.
    By(i64),
    /// There are so many.
    To(i64),
}

impl AdjustmentLine {
    /// What it does. None when it says neither or both.
    pub fn change(&self) -> Option<Change> {
        match (self.delta, self.counted) {
            (Some(delta), None) => Some(Change::By(delta)),
            (None, Some(counted)) => Some(Change::To(counted)),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

impl Adjustment {
    /// The changes of its lines.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(&self) -> Result<Vec<(&AdjustmentLine, Change)>, Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(!self.lines.is_empty(), "/lines", "At least one line.");
        found.require(self.lines.len() <= MAX_LINES, "/lines", format!("At most {MAX_LINES} lines."));
        let mut changes = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("/lines/{index}/{field}");
            let twin =
                self.lines[..index].iter().any(|other| (&other.sku, &other.location) == (&line.sku, &line.location));
            found.require(!twin, at("sku"), format!("{} at {} stands here twice.", line.sku, line.location));
            found.text(line.note.as_deref().unwrap_or_default(), 0, 500, at("note"));
            match line.change() {
                None => found.add(format!("/lines/{index}"), "Say either delta or counted."),
                Some(Change::By(delta)) => {
                    let good = delta != 0 && (-MAX_UNITS..=MAX_UNITS).contains(&delta);
                    found.require(good, at("delta"), "Must not be 0, and at most 100,000,000 either way.");
                }
                Some(Change::To(counted)) => {
                    found.require((0..=MAX_UNITS).contains(&counted), at("counted"), "Must be 0 to 100,000,000.");
                }
            }
            changes.extend(line.change().map(|change| (line, change)));
        }
        found.or(changes)
    }
}

/// The movement that makes `change` of what `location` has on hand. None when a count found what was known.
///
/// # Errors
/// When a change would leave less on hand than nothing, or less than is promised to orders.
pub fn book(stock: &Stock, location: &LocationId, change: Change) -> Result<Option<Movement>, Refusal> {
    let level = stock.levels.get(location).copied().unwrap_or_default();
    let delta = match change {
        Change::To(counted) => counted - level.on_hand,
        Change::By(delta) => {
            let left = stock.offer.available.min(level.promisable()).max(0);
            if delta < 0 && -delta > left {
                let sku = stock.offer.listing.sku.clone();
                return Err(Refusal::StockTooLow { sku, location: location.clone(), left });
            }
            delta
        }
    };
    Ok((delta != 0).then(|| Movement::Shift(location.clone(), Shelf::OnHand, delta)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjustment(json: &str) -> Adjustment {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_line_says_either_how_many_more_or_how_many() {
        let good = adjustment(
            r#"{"lines": [{"sku": "A", "location": "main", "delta": -3, "reason": "damaged"},
                          {"sku": "B", "location": "main", "counted": 0, "reason": "counted", "note": "empty"}]}"#,
        );
        let changes: Vec<Change> = good.check().unwrap().into_iter().map(|(_, change)| change).collect();
        assert_eq!(changes, [Change::By(-3), Change::To(0)]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = adjustment(
            r#"{"lines": [{"sku": "A", "location": "main", "delta": 0, "reason": "other"},
                          {"sku": "A", "location": "main", "counted": -1, "reason": "other"},
                          {"sku": "B", "location": "main", "counted": 1, "delta": 1, "reason": "other"},
                          {"sku": "C", "location": "main", "reason": "other"}]}"#,
        );
        let pointers: Vec<String> = wrong.check().unwrap_err().into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/lines/0/delta", "/lines/1/sku", "/lines/1/counted", "/lines/2", "/lines/3"]);
        assert!(adjustment(r#"{"lines": []}"#).check().is_err());
    }
}
