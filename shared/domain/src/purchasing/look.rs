//! A look at the stock of a SKU at a location: what it came to, and what became of it.
//!
//! Knows the life of a suggestion. There is one look per SKU and location, the latest, so there is at most one open
//! suggestion; it stays open until its order is approved, so that between the look and what is then incoming nothing is
//! suggested twice. What was looked before is history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PurchaseOrder, PurchaseStatus, SuggestionStatus, SuggestionStep};
use crate::id::PurchaseOrderId;
use crate::reorder::Decision;
use crate::text::{LocationId, Sku, SupplierId};

/// What a look came to, with all that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Of what.
    pub sku: Sku,
    /// When.
    pub at: Timestamp,
    /// How many to order, for where and from whom, and why; or why none.
    pub decision: Decision,
    /// Where the suggestion stands that it made. None: it was a 'no'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionStatus>,
    /// The order that the suggestion stands in, approved or not; for a 'no', the last one that it stood in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PurchaseOrderId>,
    /// Whether staff have to approve what it suggests, whatever it costs: its last order was refused or called off.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub by_hand: bool,
}

/// Where the order of an earlier look's suggestion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Made of suggestions; nobody has worked on it.
    Suggested,
    /// Staff work on it: what they make of it is theirs.
    Drafted,
    /// Approved, and whatever came then: what it wants is or was incoming.
    Ordered,
    /// Staff took the line out of it.
    Struck,
    /// Called off or refused.
    Over,
}

impl Standing {
    /// Where the line of a SKU for a location stands in the order that it was suggested for.
    pub fn of(order: &PurchaseOrder, sku: &Sku, location: &LocationId) -> Self {
        let standing = Self::from(order);
        let goes_on = matches!(standing, Self::Suggested | Self::Drafted | Self::Ordered);
        if goes_on && order.line(sku, location).is_none() { Self::Struck } else { standing }
    }
}

impl From<&PurchaseOrder> for Standing {
    fn from(order: &PurchaseOrder) -> Self {
        match order.held_from.unwrap_or(order.status) {
            PurchaseStatus::Suggested => Self::Suggested,
            PurchaseStatus::Draft => Self::Drafted,
            PurchaseStatus::Approved
            | PurchaseStatus::Sent
            | PurchaseStatus::Acknowledged
            | PurchaseStatus::PartiallyReceived
            | PurchaseStatus::Received
            | PurchaseStatus::Closed
            | PurchaseStatus::OnHold => Self::Ordered,
            PurchaseStatus::Canceled => Self::Over,
        }
    }
}

/// What a look has to bring about.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// The look as it is to be kept.
    pub look: Look,
    /// The one before, as it ended: to be kept as history. None: this one says the same, or is the first.
    pub ended: Option<Look>,
    /// What has to happen to the supplier's order.
    pub act: Act,
}

/// What has to happen to a supplier's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    None,
    /// What is suggested has to stand in it.
    Place,
    /// The line has to leave it.
    Withdraw,
}

impl Look {
    /// Who is to deliver it.
    pub const fn supplier(&self) -> &SupplierId {
        &self.decision.rule.supplier
    }

    /// Where it is needed.
    pub const fn location(&self) -> &LocationId {
        &self.decision.rule.location
    }

    /// Whether it suggests something that is not ordered yet.
    pub fn is_open(&self) -> bool {
        self.suggestion == Some(SuggestionStatus::Open)
    }

    /// Whole days that what is left lasts. None: nobody wants it.
    pub fn lasts_days(&self) -> Option<u32> {
        let position = &self.decision.position;
        let left = (position.on_hand - position.committed - position.reserved).max(0) as f64;
        let mean = self.decision.forecast.daily_mean;
        (mean > 0.0).then(|| (left / mean).floor() as u32)
    }

    /// Whether it is at its reorder point and nothing was ordered of it: staff do not want it, or nothing is left while
    /// what is on order has not come.
    pub fn is_low(&self) -> bool {
        let position = &self.decision.position;
        let gone = position.on_hand - position.committed - position.reserved <= 0;
        let wanted = self.decision.forecast.daily_mean > 0.0;
        self.suggestion == Some(SuggestionStatus::Dismissed) && self.decision.is_order()
            || !self.is_open() && gone && wanted
    }

    /// Whether what is left is gone before what is suggested can be there, so that staff have to hear of it at once.
    pub fn is_urgent(&self) -> bool {
        let lead = u32::from(self.decision.rule.lead_time_days);
        self.is_open() && self.lasts_days().is_some_and(|days| days <= lead)
    }

    /// The same, not wanted by staff. None: there is no open suggestion.
    pub fn dismissed(&self) -> Option<Self> {
        let status = self.suggestion?.after(SuggestionStep::Dismiss).ok()?;
        Some(Self { suggestion: Some(status), order: None, ..self.clone() })
    }

    /// The same as it ends with its rule, its suggestion's order having this standing; and whether its line has to leave
    /// that order. What staff have taken up is left to them.
    #[must_use]
    pub fn ended(&self, standing: Option<Standing>) -> (Self, bool) {
        let step = match standing {
            Some(Standing::Ordered) => SuggestionStep::Order,
            Some(Standing::Suggested | Standing::Drafted) => SuggestionStep::Supersede,
            Some(Standing::Struck | Standing::Over) | None => SuggestionStep::Dismiss,
        };
        let suggestion = self.suggestion.map(|status| status.after(step).unwrap_or(status));
        (Self { suggestion, ..self.clone() }, self.is_open() && standing == Some(Standing::Suggested))
    }

    /// What `decision` means after `before`, whose suggestion's order has this standing.
    ///
    /// A suggestion in an order that nobody has worked on follows the stock; one that staff have taken up is left to
    /// them. What staff dismissed stays dismissed until the position was above the reorder point once, or the rule is
    /// another. What was refused or called off is suggested again, for staff to approve.
    pub fn after(
        before: Option<&Self>,
        standing: Option<Standing>,
        sku: &Sku,
        decision: Decision,
        now: Timestamp,
    ) -> Looked {
        let orders = decision.is_order();
        let fresh = |by_hand: bool| Self {
            sku: sku.clone(),
            at: now,
            suggestion: orders.then_some(SuggestionStatus::Open),
            decision: decision.clone(),
            order: before.and_then(|old| old.order).filter(|_| !orders),
            by_hand,
        };
        let act = if orders { Act::Place } else { Act::None };
        let Some(old) = before else { return Looked { look: fresh(false), ended: None, act } };
        let ends = |step: SuggestionStep| {
            let status = old.suggestion?.after(step).ok()?;
            Some(Self { suggestion: Some(status), ..old.clone() })
        };
        let same = |look: &Self| {
            let said = |look: &Self| (look.suggestion, look.decision.quantity, look.decision.reason);
            said(look) == said(old) && look.decision.rule == old.decision.rule
        };
        match (old.suggestion, old.order.and(standing)) {
            (Some(SuggestionStatus::Open), Some(Standing::Ordered)) => {
                Looked { look: fresh(false), ended: ends(SuggestionStep::Order), act }
            }
            (Some(SuggestionStatus::Open), Some(Standing::Over)) => {
                Looked { look: fresh(true), ended: ends(SuggestionStep::Dismiss), act }
            }
            (Some(SuggestionStatus::Open), Some(Standing::Drafted)) => {
                let look = Self { suggestion: old.suggestion, order: old.order, ..fresh(old.by_hand) };
                Looked { look, ended: None, act: Act::None }
            }
            (Some(SuggestionStatus::Open), Some(Standing::Suggested)) => {
                let stays = orders && decision.rule.supplier == old.decision.rule.supplier;
                if !stays {
                    // What another supplier is to deliver is suggested by the next look.
                    let look = Self { suggestion: None, order: None, ..fresh(old.by_hand) };
                    return Looked { look, ended: ends(SuggestionStep::Supersede), act: Act::Withdraw };
                }
                let look = Self { order: old.order, ..fresh(old.by_hand) };
                if same(&look) {
                    return Looked { look, ended: None, act: Act::None };
                }
                Looked { look, ended: ends(SuggestionStep::Supersede), act: Act::Place }
            }
            (Some(SuggestionStatus::Open), Some(Standing::Struck)) => {
                let dismissed = orders.then_some(SuggestionStatus::Dismissed);
                let look = Self { suggestion: dismissed, order: None, ..fresh(old.by_hand) };
                Looked { look, ended: ends(SuggestionStep::Dismiss), act: Act::None }
            }
            (Some(SuggestionStatus::Dismissed), _) if orders && decision.rule == old.decision.rule => {
                let look = Self { suggestion: old.suggestion, ..fresh(old.by_hand) };
                Looked { look, ended: None, act: Act::None }
            }
            // The last order was called off or refused, or went its way.
            (None | Some(SuggestionStatus::Ordered | SuggestionStatus::Superseded), Some(standing)) => {
                let look = fresh(standing == Standing::Over || old.by_hand && standing != Standing::Ordered);
                let ended = (!same(&look)).then(|| old.clone());
                Looked { look, ended, act }
            }
            (Some(SuggestionStatus::Open), None)
            | (
                Some(SuggestionStatus::Ordered | SuggestionStatus::Dismissed | SuggestionStatus::Superseded) | None,
                _,
            ) => {
                let look = fresh(old.by_hand);
                // A line that only just left another supplier's order is no 'no'.
                let moved = old.suggestion.is_none() && old.decision.is_order();
                let ended = (!same(&look) && !moved).then(|| old.clone());
                Looked { look, ended, act }
            }
        }
    }
}
