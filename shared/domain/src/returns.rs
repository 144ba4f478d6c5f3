//! Returns: what may come back, what goes back for it, why less than it cost, and what becomes of the parcel.
//!
//! Knows the terms, the quote, the record and the table of its life. It deliberately knows no mails and no provider: a
//! quote is a value, and money goes back through the order's own refunds.

mod decide;
mod event;
mod exchange;
mod quote;
mod states;
mod terms;
#[cfg(test)]
mod tests;

pub use decide::{Asking, Command, Decision, Disposition, decide, request};
pub use event::Event;
pub use exchange::{Placing, Tables, Wanted, exchange, wanted};
pub use quote::{Asked, NotReturnable, Quote, QuotedLine, Reason, Reduction, ReductionRule, quote, settled};
pub use states::{ReturnStatus, ReturnStep, ReturnView};
pub use terms::{AfterSale, Terms};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::id::{OrderId, OrderNumber, PersonId, ReturnId};
use crate::money::Money;
use crate::order::{Order, RequestMark};
use crate::text::{Digest, Email, LocationId, Sku};

/// How much of what happened to a return it remembers.
const NOTED: usize = 100;
/// How many days after the last day on which it may be sent a parcel is awaited that nobody has said is on its way.
const TRANSIT_DAYS: i64 = 7;
/// How many days after it a parcel is awaited that a carrier has.
const LOST_DAYS: i64 = 30;
/// The most pictures of a return.
pub const MAX_PHOTOS: usize = 10;

/// What the buyer wants for the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Resolution {
    /// The money.
    Refund,
    /// Store credit.
    Credit,
    /// Other goods.
    Exchange,
}

impl Resolution {
    /// Every resolution.
    pub const ALL: &'static [Self] = &[Self::Refund, Self::Credit, Self::Exchange];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Credit => "credit",
            Self::Exchange => "exchange",
        }
    }
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// What was asked, and what was quoted for it.
    #[serde(flatten)]
    pub quoted: QuotedLine,
    /// What it is called.
    pub title: String,
    /// The key of its uploaded picture, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many came.
    #[serde(default)]
    pub received: u32,
    /// How many of them are as new: they are sold again.
    #[serde(default)]
    pub resellable: u32,
    /// How many of them are broken.
    #[serde(default)]
    pub damaged: u32,
    /// How many of them are not taken back.
    #[serde(default)]
    pub rejected: u32,
}

impl ReturnLine {
    /// How many are taken back.
    pub const fn accepted(&self) -> u32 {
        self.resellable.saturating_add(self.damaged)
    }

    /// How many have not come.
    pub const fn missing(&self) -> u32 {
        self.quoted.quantity.get().saturating_sub(self.received)
    }
}

/// A parcel on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parcel {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Where its label is, where it has one: an address of the carrier's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_url: Option<String>,
}

/// What staff keep of a refund, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deduction {
    /// How much; above zero.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

/// A picture that the buyer added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Its key.
    pub key: String,
    /// Its media type.
    pub content_type: String,
}

/// Something that happened to a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// The event's name.
    pub what: String,
    /// Who did it.
    pub who: String,
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Its id.
    pub id: ReturnId,
    /// Of which order.
    pub order: OrderId,
    /// What people call that order.
    pub order_number: OrderNumber,
    /// The customer whose order it is, where one was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Where its mails go.
    pub email: Email,
    /// Hash of the token that opens the order's page, and this one's.
    pub view_token_hash: Digest,
    /// Who sends it back, for its paper.
    pub name: String,
    /// Where it stands.
    pub status: ReturnStatus,
    /// What the buyer wants for it.
    pub resolution: Resolution,
    /// The goods that the buyer wants instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// The order that they became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanged: Option<OrderId>,
    /// What is asked back, a SKU once.
    pub lines: Vec<ReturnLine>,
    /// What was quoted for the whole; its lines are those of the return.
    pub quote: Quote,
    /// What the buyer wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What the buyer shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// When it was asked for.
    pub created: Timestamp,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// The last day, in UTC, on which the goods may be sent, once they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// What the shop gave the buyer to send the parcel with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Parcel>,
    /// With whom the buyer sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
    /// Where it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// Why it was declined or none of it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What staff keep of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
    /// What went back for what was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Quote>,
    /// With whom what was not taken back goes back to the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<Parcel>,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// What happened to it, oldest first; the last hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Happened>,
}

/// What can be done with a return in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnAction {
    /// Let the goods be sent.
    Approve,
    /// Do not take them back.
    Decline,
    /// Give the buyer a label.
    IssueLabel,
    /// Say that a carrier has the parcel.
    HandOver,
    /// Say what came.
    Receive,
    /// Say what it is like.
    Inspect,
    /// Give the buyer what it was sent back for.
    Settle,
    /// Send the goods back to the buyer.
    SendBack,
    /// Leave it.
    Close,
    /// Keep the goods.
    Cancel,
    /// Add a picture.
    AddPhoto,
}

impl ReturnAction {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Approve,
        Self::Decline,
        Self::IssueLabel,
        Self::HandOver,
        Self::Receive,
        Self::Inspect,
        Self::Settle,
        Self::SendBack,
        Self::Close,
        Self::Cancel,
        Self::AddPhoto,
    ];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::IssueLabel => "issue_label",
            Self::HandOver => "hand_over",
            Self::Receive => "receive",
            Self::Inspect => "inspect",
            Self::Settle => "settle",
            Self::SendBack => "send_back",
            Self::Close => "close",
            Self::Cancel => "cancel",
            Self::AddPhoto => "add_photo",
        }
    }
}

impl Return {
    /// The line of that SKU.
    pub fn line(&self, sku: &Sku) -> Option<&ReturnLine> {
        self.lines.iter().find(|line| line.quoted.sku == *sku)
    }

    /// Whether something that came was not taken back.
    pub fn has_rejected(&self) -> bool {
        self.lines.iter().any(|line| line.rejected > 0)
    }

    /// How many units were asked back.
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quoted.quantity.get()).sum()
    }

    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    /// Notes what a decision brought about.
    pub fn note(&mut self, events: &[Event], who: &str, at: Timestamp) {
        let happened = |event: &Event| Happened { at, what: event.name().to_owned(), who: who.to_owned() };
        self.happened.extend(events.iter().map(happened));
        let forgotten = self.happened.len().saturating_sub(NOTED);
        self.happened.drain(..forgotten);
    }

    /// When something first happened to it.
    pub fn first(&self, event: &str) -> Option<Timestamp> {
        self.happened.iter().find(|one| one.what == event).map(|one| one.at)
    }

    /// Whether its goods should have been sent and come before `today`, and have not.
    pub fn is_overdue(&self, today: Date) -> bool {
        let grace = match self.status {
            ReturnStatus::Approved | ReturnStatus::LabelIssued => TRANSIT_DAYS,
            ReturnStatus::InTransit => LOST_DAYS,
            ReturnStatus::Requested
            | ReturnStatus::Declined
            | ReturnStatus::Received
            | ReturnStatus::Inspecting
            | ReturnStatus::Accepted
            | ReturnStatus::PartAccepted
            | ReturnStatus::Rejected
            | ReturnStatus::Refunded
            | ReturnStatus::Exchanged
            | ReturnStatus::Credited
            | ReturnStatus::SentBack
            | ReturnStatus::Closed
            | ReturnStatus::Canceled
            | ReturnStatus::Expired => return false,
        };
        self.due.is_some_and(|due| due.saturating_add(grace.days()) < today)
    }

    /// What can be done with it now: exactly what [`decide`] would not refuse.
    pub fn actions(&self, order: &Order, now: Timestamp) -> Vec<ReturnAction> {
        let parcel = || Parcel { carrier: String::new(), tracking: None, label_url: None };
        let possible = |action: ReturnAction| {
            let command = match action {
                ReturnAction::Approve if self.status != ReturnStatus::Requested => return false,
                ReturnAction::Approve => Command::Approve { due: Date::MAX, automatic: false },
                ReturnAction::Decline => Command::Decline { reason: String::new() },
                ReturnAction::IssueLabel => Command::IssueLabel { label: parcel(), due: Date::MAX },
                ReturnAction::HandOver => Command::HandOver { parcel: None },
                ReturnAction::Receive => {
                    let line = self.lines.iter().find(|line| line.missing() > 0);
                    let Some(line) = line else { return false };
                    Command::Receive { location: LocationId::main(), lines: vec![(line.quoted.sku.clone(), 1)] }
                }
                ReturnAction::Inspect => {
                    let all = |line: &ReturnLine| Disposition {
                        sku: line.quoted.sku.clone(),
                        resellable: line.received,
                        damaged: 0,
                        rejected: 0,
                    };
                    let lines = self.lines.iter().map(all).collect();
                    Command::Inspect { lines, deduction: None, reason: None }
                }
                ReturnAction::Settle => Command::Settle { instead: Some(Resolution::Refund) },
                ReturnAction::SendBack => Command::SendBack { parcel: None },
                ReturnAction::Close => Command::Close,
                ReturnAction::Cancel => Command::Cancel,
                ReturnAction::AddPhoto => {
                    Command::AddPhoto { photo: Photo { key: String::new(), content_type: String::new() } }
                }
            };
            decide(self, order, command, now).is_ok()
        };
        ReturnAction::ALL.iter().copied().filter(|action| possible(*action)).collect()
    }
}
