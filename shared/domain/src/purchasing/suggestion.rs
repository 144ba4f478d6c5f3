//! A suggestion: what a look at the stock came to, until it is ordered or not wanted.
//!
//! Knows its own life. That there is one open suggestion per SKU and supplier is a condition of the write; it stays
//! open until its order is approved, so that between the look and what is then incoming nothing is suggested twice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SuggestionStatus, SuggestionStep};
use crate::id::PurchaseOrderId;
use crate::money::Money;
use crate::refusal::Refusal;
use crate::reorder::Decision;
use crate::text::{LocationId, Sku, SupplierId};

/// Something that should be ordered, with all that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Of what.
    pub sku: Sku,
    /// Where it stands.
    pub status: SuggestionStatus,
    /// When it was made.
    pub made: Timestamp,
    /// How many, for where and from whom, and why.
    pub decision: Decision,
    /// What a unit cost when it was last ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
    /// The order that it stands in, approved or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PurchaseOrderId>,
}

impl Suggestion {
    /// The suggestion that `decision` makes. None: it is a 'no'.
    pub fn new(sku: Sku, decision: Decision, unit_cost: Option<Money>, now: Timestamp) -> Option<Self> {
        let open = Self { sku, status: SuggestionStatus::Open, made: now, decision, unit_cost, order: None };
        open.decision.is_order().then_some(open)
    }

    /// Who is to deliver it.
    pub const fn supplier(&self) -> &SupplierId {
        &self.decision.rule.supplier
    }

    /// Where it is needed.
    pub const fn location(&self) -> &LocationId {
        &self.decision.rule.location
    }

    /// The same, standing in an order that is not approved yet. None takes it out again, as when that is called off.
    #[must_use]
    pub fn placed(self, order: Option<PurchaseOrderId>) -> Self {
        Self { order, ..self }
    }

    /// The same after `step`.
    ///
    /// # Errors
    /// When it is not open any more.
    pub fn after(self, step: SuggestionStep) -> Result<Self, Refusal> {
        Ok(Self { status: self.status.after(step)?, ..self })
    }
}
