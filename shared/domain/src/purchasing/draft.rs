//! What staff and suppliers send about a purchase order, and its checks.
//!
//! Knows every rule that can be told without the order; what the order says to it is decided in `decide`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Look, PurchaseLine, Supplier};
use crate::field::{FieldError, Findings};
use crate::money::{Currency, Money};
use crate::reorder::MAX_UNITS;
use crate::text::{LocationId, Sku, SupplierId};

/// The most lines of a purchase order: receiving them is two writes each, and fits into one transaction of 100.
pub(super) const MAX_LINES: usize = 40;
/// What a unit may cost at most, in minor units: the total of any order stays far below `i64::MAX`.
const MAX_COST: i64 = 10_000_000_000;

/// A purchase order as staff send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseDraft {
    /// Whom to order from.
    pub supplier: SupplierId,
    /// 1 to 40.
    pub lines: Vec<PurchaseLineDraft>,
}

/// A line as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseLineDraft {
    /// Of what.
    pub sku: Sku,
    /// For where.
    pub location: LocationId,
    /// 1 to 1,000,000 units.
    pub quantity: u32,
    /// What one costs, in the supplier's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
}

/// Lines that an order can have: 1 to 40, each SKU and location once, and nothing of them received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseLines {
    pub(super) lines: Vec<PurchaseLine>,
    /// What the longest of the rules waits that they come from, if they come from rules.
    pub(super) lead_time_days: Option<u16>,
    /// Whether staff have to approve an order of them, whatever it costs.
    pub(super) by_hand: bool,
}

impl PurchaseDraft {
    /// Its lines, for a supplier that is paid in `currency`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(self, currency: Currency) -> Result<PurchaseLines, Vec<FieldError>> {
        let mut found = Findings::default();
        count_lines(self.lines.len(), &mut found);
        for (index, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("/lines/{index}/{field}");
            let twin =
                self.lines[..index].iter().any(|other| (&other.sku, &other.location) == (&line.sku, &line.location));
            found.require(!twin, at("sku"), format!("{} for {} stands here twice.", line.sku, line.location));
            units(line.quantity, at("quantity"), &mut found);
            if let Some(cost) = line.unit_cost {
                let same = cost.currency == currency;
                found.require(same, at("unit_cost/currency"), format!("This supplier is paid in {currency}."));
                let good = (0..=MAX_COST).contains(&cost.amount);
                found.require(good, at("unit_cost/amount"), "Must not be below zero, or too large.");
            }
        }
        let line = |line: PurchaseLineDraft| PurchaseLine::new(line.sku, line.location, line.quantity, line.unit_cost);
        let lines = self.lines.into_iter().map(line).collect();
        found.or(PurchaseLines { lines, lead_time_days: None, by_hand: false })
    }
}

fn count_lines(lines: usize, found: &mut Findings) {
    found.require(lines > 0, "/lines", "At least one line.");
    found.require(lines <= MAX_LINES, "/lines", format!("At most {MAX_LINES} lines."));
}

fn units(units: u32, pointer: String, found: &mut Findings) {
    found.require((1..=MAX_UNITS).contains(&units), pointer, "Must be 1 to 1,000,000 units.");
}

impl PurchaseLines {
    /// The line that a look at the stock suggests to order from `supplier`. A cost in another currency than the
    /// supplier's is no cost.
    pub fn suggested(supplier: &Supplier, look: &Look) -> Self {
        let rule = &look.decision.rule;
        let cost = rule.unit_cost.filter(|cost| cost.currency == supplier.currency);
        let line = PurchaseLine::new(look.sku.clone(), rule.location.clone(), look.decision.quantity, cost);
        Self { lines: vec![line], lead_time_days: Some(rule.lead_time_days), by_hand: look.by_hand }
    }

    /// The lines.
    pub fn lines(&self) -> &[PurchaseLine] {
        &self.lines
    }
}

/// What came, as staff send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptDraft {
    /// 1 to 40.
    pub lines: Vec<ReceiptLine>,
}

/// What came of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptLine {
    /// Of what.
    pub sku: Sku,
    /// Where it came; without it, to the locations that the order is for, one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// How many came, damaged ones among them: 1 to 1,000,000 units, more or fewer than were ordered.
    pub quantity: u32,
    /// How many of them are damaged.
    #[serde(default)]
    pub damaged: u32,
}

/// What came: at least one line, none of nothing, and none with more damaged than came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt(pub(super) Vec<ReceiptLine>);

impl ReceiptDraft {
    /// What came.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(self) -> Result<Receipt, Vec<FieldError>> {
        let mut found = Findings::default();
        count_lines(self.lines.len(), &mut found);
        for (index, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("/lines/{index}/{field}");
            let twin =
                self.lines[..index].iter().any(|other| (&other.sku, &other.location) == (&line.sku, &line.location));
            found.require(!twin, at("sku"), format!("{} stands here twice.", line.sku));
            units(line.quantity, at("quantity"), &mut found);
            found.require(line.damaged <= line.quantity, at("damaged"), "Must not be more than came.");
        }
        found.or(Receipt(self.lines))
    }
}

/// What a supplier would deliver instead: another day, other quantities, or both. What it does not name stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// The day on which it would come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub expected: Option<Date>,
    /// The lines that would be others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ProposedLine>,
    /// What the supplier says to it, up to 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A line as a supplier would deliver it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposedLine {
    /// Of what.
    pub sku: Sku,
    /// For where.
    pub location: LocationId,
    /// How many in all, up to 1,000,000 units; 0 drops the line.
    pub quantity: u32,
}

impl Proposal {
    /// Whether it proposes something that can be.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(&self, today: Date) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        let empty = self.expected.is_none() && self.lines.is_empty();
        found.require(!empty, "", "Say another day or other quantities.");
        found.require(self.expected.is_none_or(|day| day >= today), "/expected", "Must not be in the past.");
        found.require(self.lines.len() <= MAX_LINES, "/lines", format!("At most {MAX_LINES} lines."));
        for (index, line) in self.lines.iter().enumerate() {
            let at = |field: &str| format!("/lines/{index}/{field}");
            let twin =
                self.lines[..index].iter().any(|other| (&other.sku, &other.location) == (&line.sku, &line.location));
            found.require(!twin, at("sku"), format!("{} for {} stands here twice.", line.sku, line.location));
            found.require(line.quantity <= MAX_UNITS, at("quantity"), "Must be 0 to 1,000,000 units.");
        }
        found.text(self.note.as_deref().unwrap_or_default(), 0, 1_000, "/note");
        found.or(())
    }
}
