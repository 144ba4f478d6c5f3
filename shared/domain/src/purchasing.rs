//! Purchasing: who delivers, what should be ordered, what is on order, and what came of it.
//!
//! Knows the records and their sums. What is legal stands as tables in `states`; what a command means is decided in
//! `decide`, purely. It deliberately knows no mail and no link: the supplier's answer comes in as a command.

mod answer;
mod decide;
mod draft;
mod event;
mod look;
mod states;
mod supplier;
#[cfg(test)]
mod tests;

pub use decide::{Command, Decision, Origin, create, decide};
pub use draft::{
    Proposal, ProposedLine, PurchaseDraft, PurchaseLineDraft, PurchaseLines, Receipt, ReceiptDraft, ReceiptLine,
};
pub use event::Event;
pub use look::{Act, Look, Looked, Standing};
pub use states::{AnswerStatus, AnswerStep, PurchaseStatus, PurchaseStep, SuggestionStatus, SuggestionStep};
pub use supplier::{Supplier, SupplierDraft};

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::PurchaseOrderId;
use crate::money::{Currency, Money, MoneyError};
use crate::order::RequestMark;
use crate::text::{Digest, LocationId, Sku, SupplierId};

/// How much of what happened to an order it remembers.
const NOTED: usize = 100;

/// A line of a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseLine {
    /// Of what; with its location once in an order.
    pub sku: Sku,
    /// For where.
    pub location: LocationId,
    /// How many are ordered, in units. 0: the supplier dropped the line.
    pub quantity: u32,
    /// How many came, damaged ones among them; above the quantity where more came than were ordered.
    #[serde(default)]
    pub received: u32,
    /// How many of them were damaged.
    #[serde(default)]
    pub damaged: u32,
    /// What one costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
}

impl PurchaseLine {
    /// A line of which nothing came yet.
    const fn new(sku: Sku, location: LocationId, quantity: u32, unit_cost: Option<Money>) -> Self {
        Self { sku, location, quantity, received: 0, damaged: 0, unit_cost }
    }

    /// How many have not come, in units.
    pub const fn missing(&self) -> u32 {
        self.quantity.saturating_sub(self.received)
    }

    /// How many came beyond what was ordered, in units.
    pub const fn surplus(&self) -> u32 {
        self.received.saturating_sub(self.quantity)
    }
}

/// An order to a supplier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// Its id.
    pub id: PurchaseOrderId,
    /// Whom it goes to.
    pub supplier: SupplierId,
    /// What its supplier is paid in.
    pub currency: Currency,
    /// Where it stands.
    pub status: PurchaseStatus,
    /// What its supplier has said to it.
    pub answer: AnswerStatus,
    /// What is ordered.
    pub lines: Vec<PurchaseLine>,
    /// When it was made.
    pub created: Timestamp,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// Days from sending it to the goods, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time_days: Option<u16>,
    /// The day on which it should come: by its lead time, or as its supplier and the shop agreed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Date>,
    /// When it was last sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Timestamp>,
    /// Hash of the secret in its supplier's link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_hash: Option<Digest>,
    /// What its supplier proposed last, until staff take or reject it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// Where it is resumed, while it is on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_from: Option<PurchaseStatus>,
    /// Why it is on hold, was called off or was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether staff have to approve it, whatever it costs: some of it was refused or called off before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_hand: bool,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// What happened to it, oldest first; the last hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Happened>,
}

/// Something that happened to a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// The event's name.
    pub what: String,
    /// Who did it.
    pub who: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What the desk can do with a purchase order in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseAction {
    /// Order other things, or other quantities.
    Edit,
    /// Say that it may be sent.
    Approve,
    /// Send it.
    Send,
    /// Take what its supplier proposed.
    TakeProposal,
    /// Reject what its supplier proposed.
    RejectProposal,
    /// Say what came.
    Receive,
    /// Put it aside.
    Hold,
    /// Go on with it.
    Resume,
    /// Call it off.
    Cancel,
    /// Expect nothing more.
    Close,
}

impl PurchaseAction {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Edit,
        Self::Approve,
        Self::Send,
        Self::TakeProposal,
        Self::RejectProposal,
        Self::Receive,
        Self::Hold,
        Self::Resume,
        Self::Cancel,
        Self::Close,
    ];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Approve => "approve",
            Self::Send => "send",
            Self::TakeProposal => "take_proposal",
            Self::RejectProposal => "reject_proposal",
            Self::Receive => "receive",
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Close => "close",
        }
    }
}

impl PurchaseOrder {
    /// The line of that SKU for that location.
    pub fn line(&self, sku: &Sku, location: &LocationId) -> Option<&PurchaseLine> {
        self.lines.iter().find(|line| line.sku == *sku && line.location == *location)
    }

    /// Where its goods go, each location once.
    pub fn locations(&self) -> BTreeSet<&LocationId> {
        self.lines.iter().map(|line| &line.location).collect()
    }

    /// Whether what has not come of it is booked as incoming: from its approval until it is over.
    pub fn is_on_order(&self) -> bool {
        match self.held_from.unwrap_or(self.status) {
            PurchaseStatus::Approved
            | PurchaseStatus::Sent
            | PurchaseStatus::Acknowledged
            | PurchaseStatus::PartiallyReceived
            | PurchaseStatus::Received => true,
            PurchaseStatus::Suggested
            | PurchaseStatus::Draft
            | PurchaseStatus::Closed
            | PurchaseStatus::OnHold
            | PurchaseStatus::Canceled => false,
        }
    }

    /// How many units of `line` are booked as incoming.
    pub fn incoming(&self, line: &PurchaseLine) -> u32 {
        if self.is_on_order() { line.missing() } else { 0 }
    }

    /// What all of it costs. None: a line does not say what one costs.
    ///
    /// # Errors
    /// When a cost is in another currency or the sum leaves the range.
    pub fn total(&self) -> Result<Option<Money>, MoneyError> {
        let mut total = Money::zero(self.currency);
        for line in &self.lines {
            let Some(cost) = line.unit_cost else { return Ok(None) };
            total = total.plus(cost.times(line.quantity)?)?;
        }
        Ok(Some(total))
    }

    /// What all of it costs at most: where a line does not say what one costs, or says nothing, what it is sold for stands in, as nobody
    /// means to pay more. None: that is not known either, is in another currency or leaves the range.
    pub fn most(&self, price: impl Fn(&Sku) -> Option<Money>) -> Option<Money> {
        self.lines.iter().try_fold(Money::zero(self.currency), |sum, line| {
            let one = line.unit_cost.filter(|cost| cost.is_positive()).or_else(|| price(&line.sku))?;
            sum.plus(one.times(line.quantity).ok()?).ok()
        })
    }

    /// Notes what a decision brought about.
    pub fn note(&mut self, events: &[Event], who: &str, at: Timestamp) {
        let happened = |event: &Event| Happened { at, what: event.name().to_owned(), who: who.to_owned() };
        self.happened.extend(events.iter().map(happened));
        let forgotten = self.happened.len().saturating_sub(NOTED);
        self.happened.drain(..forgotten);
    }

    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    /// Whether its supplier has it and more of it is to come, so that the link in its mail takes an answer.
    pub fn is_with_supplier(&self) -> bool {
        match self.status {
            PurchaseStatus::Sent | PurchaseStatus::Acknowledged | PurchaseStatus::PartiallyReceived => true,
            PurchaseStatus::Suggested
            | PurchaseStatus::Draft
            | PurchaseStatus::Approved
            | PurchaseStatus::Received
            | PurchaseStatus::Closed
            | PurchaseStatus::OnHold
            | PurchaseStatus::Canceled => false,
        }
    }

    /// Whether its supplier does not deliver it.
    pub fn is_refused(&self) -> bool {
        self.answer == AnswerStatus::Refused
    }

    /// Whether it should have come before `today`, and has not.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.is_with_supplier() && self.expected.is_some_and(|expected| expected < today)
    }

    /// What can be done with it now: exactly what [`decide`] would not refuse.
    pub fn actions(&self, now: Timestamp) -> Vec<PurchaseAction> {
        let one_each = || {
            let line = |line: &PurchaseLine| ReceiptLine {
                sku: line.sku.clone(),
                location: Some(line.location.clone()),
                quantity: 1,
                damaged: 0,
            };
            Receipt(self.lines.iter().map(line).collect())
        };
        let possible = |action: PurchaseAction| {
            let command = match action {
                PurchaseAction::Edit => Command::SetLines {
                    lines: PurchaseLines {
                        lines: self.lines.clone(),
                        lead_time_days: self.lead_time_days,
                        by_hand: self.by_hand,
                    },
                },
                PurchaseAction::Approve => Command::Approve,
                PurchaseAction::Send => Command::Send { link_hash: Digest::of(b"") },
                PurchaseAction::TakeProposal => Command::TakeProposal,
                PurchaseAction::RejectProposal => Command::RejectProposal,
                PurchaseAction::Receive => Command::Receive { receipt: one_each() },
                PurchaseAction::Hold => Command::Hold { reason: String::new() },
                PurchaseAction::Resume => Command::Resume,
                PurchaseAction::Cancel => Command::Cancel { reason: String::new() },
                PurchaseAction::Close => Command::Close,
            };
            decide(self, command, now).is_ok()
        };
        PurchaseAction::ALL.iter().copied().filter(|action| possible(*action)).collect()
    }
}
