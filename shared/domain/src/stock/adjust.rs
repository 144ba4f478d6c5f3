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
pub(crate) const MAX_UNITS: i64 = 100_000_000;

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
    /// Which quantity: on_hand where it does not say.
    #[serde(default, skip_serializing_if = "Shelf::is_on_hand")]
    pub quantity: Shelf,
    /// What it was when somebody looked: where it is something else by now, nothing is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<i64>,
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

/// A line that somebody typed looking at a quantity which is another by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// Which quantity.
    pub quantity: Shelf,
    /// What it was then.
    pub seen: i64,
    /// What it is now.
    pub now: i64,
}

/// What a line does to its quantity.
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

    /// How far what was seen is from what there is.
    pub fn conflict(&self, stock: &Stock) -> Option<Conflict> {
        let now = stock.levels.get(&self.location).map_or(0, |level| level.on(self.quantity));
        let seen = self.seen.filter(|seen| *seen != now)?;
        Some(Conflict { sku: self.sku.clone(), location: self.location.clone(), quantity: self.quantity, seen, now })
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
            let before = || {
                let of = |other: &&AdjustmentLine| (&other.sku, &other.location) == (&line.sku, &line.location);
                self.lines[..index].iter().filter(of)
            };
            let twin = before().any(|other| other.quantity == line.quantity);
            found.require(!twin, at("sku"), format!("{} at {} stands here twice.", line.sku, line.location));
            let one_reason = before().all(|other| (other.reason, &other.note) == (line.reason, &line.note));
            found.require(one_reason, at("reason"), "What changes at one place has one reason and one note.");
            let by_hand = !matches!(line.quantity, Shelf::Committed | Shelf::Incoming);
            found.require(
                by_hand,
                at("quantity"),
                "Orders, suppliers and transfers make this quantity, nobody sets it by hand.",
            );
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

/// The movement that makes `change` of a quantity at `location`. None when a count found what was known.
///
/// # Errors
/// When a change would leave less than nothing, or less to sell than is promised to orders.
pub fn book(stock: &Stock, location: &LocationId, shelf: Shelf, change: Change) -> Result<Option<Movement>, Refusal> {
    let level = stock.levels.get(location).copied().unwrap_or_default();
    let delta = match change {
        Change::To(counted) => counted - level.on(shelf),
        Change::By(delta) => {
            let to_sell = stock.offer.available.min(level.promisable()).max(0);
            let left = if shelf == Shelf::OnHand { to_sell } else { level.on(shelf) };
            let takes_too_much = delta < 0 && -delta > left;
            // What is kept from sale is taken from what can be sold.
            let keeps_too_much = shelf == Shelf::Buffer && delta > to_sell;
            if takes_too_much || keeps_too_much {
                let sku = stock.offer.listing.sku.clone();
                let left = if keeps_too_much { to_sell } else { left };
                return Err(Refusal::StockTooLow { sku, location: location.clone(), left });
            }
            delta
        }
    };
    Ok((delta != 0).then(|| Movement::Shift(location.clone(), shelf, delta)))
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

    #[test]
    fn quantities_of_one_place_stand_beside_each_other_for_one_reason() {
        let line = |quantity: &str, reason: &str| {
            format!(
                r#"{{"sku": "A", "location": "main", "quantity": "{quantity}", "counted": 1, "reason": "{reason}"}}"#
            )
        };
        let pointers = |lines: &[String]| -> Vec<String> {
            let sent = adjustment(&format!(r#"{{"lines": [{}]}}"#, lines.join(",")));
            sent.check().err().unwrap_or_default().into_iter().map(|error| error.pointer).collect()
        };
        assert!(pointers(&[line("on_hand", "counted"), line("buffer", "counted")]).is_empty());
        assert_eq!(pointers(&[line("damaged", "counted"), line("damaged", "counted")]), ["/lines/1/sku"]);
        assert_eq!(pointers(&[line("on_hand", "counted"), line("buffer", "other")]), ["/lines/1/reason"]);
        assert_eq!(pointers(&[line("committed", "counted")]), ["/lines/0/quantity"]);
        assert_eq!(pointers(&[line("incoming", "counted")]), ["/lines/0/quantity"]);
    }
}
