//! Warranties: what is guaranteed of each unit that was sold, for how long and to whom, and what becomes of a claim.
//!
//! Knows certificates, coverage, claims and the tables of their lives. It deliberately knows no mails and no provider: money
//! goes back through the order's own refunds, and other goods go out as an order of their own.

mod coverage;
mod decide;
mod event;
mod issue;
mod states;
#[cfg(test)]
mod tests;

pub use coverage::{Defect, Denial, coverage};
pub use decide::{Claiming, Command, Decision, Replacing, claim, completed, decide, replace};
pub use event::{CertificateEvent, ClaimEvent};
pub use issue::{Issuing, UnitSerial, changes, inherited};
pub use states::{CertificateStatus, CertificateStep, ClaimStatus, ClaimStep, ClaimView};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::id::{CertificateId, ClaimId, OrderId, OrderNumber, PersonId};
use crate::money::Money;
use crate::order::RequestMark;
use crate::refusal::Refusal;
use crate::returns::{Happened, Parcel};
use crate::text::{Digest, Email, LocationId, Serial, Sku};

/// How long a certificate that is offered to somebody may be taken.
pub const OFFER_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most claims of a certificate.
pub const MAX_CLAIMS: usize = 20;
/// How many requests a record remembers, the latest.
const REMEMBERED: usize = 16;
/// How much of what happened to it a record remembers, the latest.
const NOTED: usize = 50;

/// A certificate that waits to be taken by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// To whom.
    pub email: Email,
    /// Hash of the token of the mail's link.
    pub token_hash: Digest,
    /// When.
    pub at: Timestamp,
    /// Until when it may be taken.
    pub until: Timestamp,
}

/// A claim, as its certificate knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Which.
    pub id: ClaimId,
    /// Whether something is left to do about it.
    pub is_open: bool,
}

/// What is guaranteed of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// The order that the unit was bought with. Of a replacement it is the one that was bought at first.
    pub order: OrderId,
    /// What people call that order.
    pub order_number: OrderNumber,
    /// The order that the unit left with: another one than `order` for a replacement.
    pub shipped_with: OrderId,
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// The key of its uploaded picture, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The unit's own number, where it has one that was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Serial>,
    /// Months that the product was sold with.
    pub months: u16,
    /// The first day.
    pub begins: Date,
    /// The last day.
    pub ends: Date,
    /// The version of the shop's terms that it was issued under.
    pub terms: u64,
    /// What these do not cover.
    pub excluded: Vec<Defect>,
    /// Where it stands.
    pub status: CertificateStatus,
    /// The holder's account, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Where its mails go: the holder's address.
    pub email: Email,
    /// How often it was passed on: each holder has a link of their own.
    #[serde(default)]
    pub passed: u32,
    /// Hash of the token that opens its page.
    pub view_token_hash: Digest,
    /// The holder before, whose link opens nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Email>,
    /// To whom it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<Offered>,
    /// The certificate of the unit that this one took the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CertificateId>,
    /// The certificate of the unit that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<CertificateId>,
    /// The claims that were made on it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claimed>,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// What happened to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Happened>,
}

impl Certificate {
    /// Whether its holder is the one who bought the unit.
    pub const fn is_buyers(&self) -> bool {
        self.passed == 0
    }

    /// Whether its time is over on that day.
    pub fn is_over(&self, today: Date) -> bool {
        today > self.ends
    }

    /// The claim about which something is left to do.
    pub fn open_claim(&self) -> Option<ClaimId> {
        self.claims.iter().find(|claim| claim.is_open).map(|claim| claim.id)
    }

    /// The offer that may be taken at that moment.
    pub fn offer(&self, now: Timestamp) -> Option<&Offered> {
        self.offered.as_ref().filter(|offer| now < offer.until)
    }

    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    /// Notes what happened to it.
    pub fn note(&mut self, event: &CertificateEvent, who: &str, at: Timestamp) {
        note(&mut self.happened, event.name(), who, at);
    }

    /// The same, remembering the request that it answers.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        remember(&mut self.requests, request);
        self
    }

    /// The same, offered to `email` until two weeks from `now`, by the link with that token. An offer before is over.
    ///
    /// # Errors
    /// When there is nothing to pass on any more, a claim is open, or it is the holder's own address.
    pub fn offer_to(&self, email: Email, token_hash: Digest, now: Timestamp) -> Result<Self, Refusal> {
        self.status.after(CertificateStep::PassOn)?;
        if self.open_claim().is_some() {
            return Err(Refusal::ClaimOpen);
        }
        if email.key() == self.email.key() {
            return Err(Refusal::OwnAddress);
        }
        let until = now.saturating_add(OFFER_LIFE).unwrap_or(Timestamp::MAX);
        Ok(Self { offered: Some(Offered { email, token_hash, at: now, until }), ..self.clone() })
    }

    /// The same, offered to nobody.
    ///
    /// # Errors
    /// When there is nothing to pass on any more.
    pub fn keep(&self) -> Result<Self, Refusal> {
        self.status.after(CertificateStep::PassOn)?;
        Ok(Self { offered: None, ..self.clone() })
    }

    /// The same, of whoever it was offered to; its page opens with another token.
    ///
    /// # Errors
    /// When it is offered to nobody, or there is nothing to pass on any more.
    pub fn taken(&self, owner: Option<PersonId>, view_token_hash: Digest, now: Timestamp) -> Result<Self, Refusal> {
        let status = self.status.after(CertificateStep::PassOn)?;
        if self.open_claim().is_some() {
            return Err(Refusal::ClaimOpen);
        }
        let Some(offer) = self.offer(now) else { return Err(Refusal::NotOffered) };
        Ok(Self {
            status,
            owner,
            email: offer.email.clone(),
            former: Some(self.email.clone()),
            passed: self.passed + 1,
            view_token_hash,
            offered: None,
            ..self.clone()
        })
    }

    fn with_claim(&self, id: ClaimId, is_open: bool) -> Self {
        let mut next = self.clone();
        match next.claims.iter_mut().find(|claim| claim.id == id) {
            Some(claim) => claim.is_open = is_open,
            None => next.claims.push(Claimed { id, is_open }),
        }
        next
    }
}

/// What the shop does about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Remedy {
    /// Make it whole.
    Repair,
    /// Give another one.
    Replace,
    /// Give the money back.
    Refund,
}

impl Remedy {
    /// Every remedy.
    pub const ALL: &'static [Self] = &[Self::Repair, Self::Replace, Self::Refund];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repair => "repair",
            Self::Replace => "replace",
            Self::Refund => "refund",
        }
    }
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// On which certificate.
    pub certificate: CertificateId,
    /// The order that the unit was bought with.
    pub order: OrderId,
    /// What people call that order.
    pub order_number: OrderNumber,
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// The key of its uploaded picture, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The unit's own number, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Serial>,
    /// The holder's account, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Where its mails go.
    pub email: Email,
    /// Whether the holder is the one who bought the unit.
    pub is_buyers: bool,
    /// Hash of the token that opens its page: the certificate's.
    pub view_token_hash: Digest,
    /// Where a repaired unit, or another one, goes.
    pub address: Address,
    /// Where it stands.
    pub status: ClaimStatus,
    /// What is wrong with it.
    pub defect: Defect,
    /// What the holder says of it.
    pub description: String,
    /// Why it is not covered, if so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denials: Vec<Denial>,
    /// What the shop does about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// Whether the holder keeps the unit, or has to send it.
    #[serde(default)]
    pub keeps_item: bool,
    /// The last day on which it may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Where it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// What was found when it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// Why staff deny it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With whom it goes back to the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<Parcel>,
    /// The order of the unit that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<OrderId>,
    /// What went back for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Money>,
    /// When it was made.
    pub created: Timestamp,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// What happened to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Happened>,
}

impl Claim {
    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    /// Notes what a decision brought about.
    pub fn note(&mut self, events: &[ClaimEvent], who: &str, at: Timestamp) {
        for event in events {
            note(&mut self.happened, event.name(), who, at);
        }
    }

    /// The reason that its refund has in the order's books.
    pub fn refund_reason(&self) -> String {
        format!("warranty claim {}", self.id.number())
    }

    /// Whether the unit is with the shop.
    pub const fn is_here(&self) -> bool {
        self.location.is_some()
    }
}

fn note(happened: &mut Vec<Happened>, what: &str, who: &str, at: Timestamp) {
    happened.push(Happened { at, what: what.to_owned(), who: who.to_owned() });
    let forgotten = happened.len().saturating_sub(NOTED);
    happened.drain(..forgotten);
}

fn remember(requests: &mut Vec<RequestMark>, request: RequestMark) {
    requests.push(request);
    let forgotten = requests.len().saturating_sub(REMEMBERED);
    requests.drain(..forgotten);
}
