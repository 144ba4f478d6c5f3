//! What a command means: the next purchase order, what happened, and what stock has to move.
//!
//! Knows every rule of its life and asks the tables what is legal. It deliberately does nothing: a [`Decision`] is a
//! value that a store commits as one, on the condition that the order is still the one it was made for.
//!
//! What an order has still to bring is incoming from its approval until it came or is not expected any more, so that
//! whatever happens to an order, what it books and what it takes back again come to what is missing of its lines.

use jiff::{Timestamp, ToSpan};

use super::answer::{accept, propose, refuse, reject_proposal, take_proposal};
use super::draft::MAX_LINES;
use super::{
    AnswerStatus, AnswerStep, Event, Proposal, PurchaseLine, PurchaseLines, PurchaseOrder, PurchaseStatus,
    PurchaseStep, Receipt, ReceiptLine, Supplier,
};
use crate::id::PurchaseOrderId;
use crate::machine::IllegalTransition;
use crate::money::Money;
use crate::order::RequestMark;
use crate::refusal::Refusal;
use crate::stock::{Movement, Shelf};
use crate::text::{Digest, LocationId, Sku};

/// How many requests an order remembers, the latest.
const REMEMBERED: usize = 16;

/// What somebody wants of a purchase order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Order these as well: what was suggested since. A line that is there already takes the new quantity.
    AddSuggested {
        /// What.
        lines: PurchaseLines,
    },
    /// Do not order that any more: a later look at the stock came to something else.
    DropSuggested {
        /// Of what.
        sku: Sku,
        /// For where.
        location: LocationId,
    },
    /// Order these instead; staff work on it from here on.
    SetLines {
        /// What.
        lines: PurchaseLines,
    },
    /// Let it be sent.
    Approve,
    /// Let it be sent if it costs less than the limit; else it waits for staff.
    ApproveWithin {
        /// The shop's limit; without one, nothing is sent that nobody has seen.
        limit: Option<Money>,
        /// What it costs at most, where that is known: see [`PurchaseOrder::most`].
        most: Option<Money>,
    },
    /// Send it, or send it once more: the link of an earlier mail is no longer good.
    Send {
        /// Hash of the secret in the link.
        link_hash: Digest,
    },
    /// Its supplier accepts it.
    Accept,
    /// Its supplier would deliver otherwise.
    Propose {
        /// How.
        proposal: Proposal,
    },
    /// Its supplier does not deliver it.
    Refuse {
        /// Why.
        reason: String,
    },
    /// Agree to what its supplier proposed.
    TakeProposal,
    /// Do not agree: its supplier is to answer once more.
    RejectProposal,
    /// Book what came.
    Receive {
        /// What.
        receipt: Receipt,
    },
    /// Put it aside.
    Hold {
        /// Why.
        reason: String,
    },
    /// Go on where it was put aside.
    Resume,
    /// Call it off.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Expect nothing more of it.
    Close,
}

/// Who makes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A look at the stock, of its suggestions.
    Suggestions,
    /// Staff.
    Staff,
}

/// What is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next order. Its `rev` is the old one: the store raises it.
    pub order: PurchaseOrder,
    /// What happened.
    pub events: Vec<Event>,
    /// What stock has to move in the same transaction.
    pub stock: Vec<(Sku, Movement)>,
    /// Whether there is anything to write: a message that comes twice changes nothing.
    pub changed: bool,
}

impl Decision {
    /// The same, and what `command` then means: both are one write.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn then(self, command: Command, now: Timestamp) -> Result<Self, Refusal> {
        let next = decide(&self.order, command, now)?;
        Ok(Self {
            order: next.order,
            events: self.events.into_iter().chain(next.events).collect(),
            stock: self.stock.into_iter().chain(next.stock).collect(),
            changed: self.changed || next.changed,
        })
    }

    /// The same, remembering the request that it answers.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        self.order.requests.push(request);
        let forgotten = self.order.requests.len().saturating_sub(REMEMBERED);
        self.order.requests.drain(..forgotten);
        self
    }

    /// From `before` to `after`: what is missing of a line is incoming while it is on order.
    pub(super) fn new(before: &PurchaseOrder, after: PurchaseOrder, event: Event) -> Self {
        let stock = incoming(before, &after);
        Self { order: after, events: vec![event], stock, changed: true }
    }

    pub(super) fn unchanged(order: &PurchaseOrder) -> Self {
        Self { order: order.clone(), events: Vec::new(), stock: Vec::new(), changed: false }
    }
}

/// A new order of `lines` from `supplier`.
pub fn create(
    id: PurchaseOrderId,
    supplier: &Supplier,
    origin: Origin,
    lines: PurchaseLines,
    now: Timestamp,
) -> Decision {
    let order = PurchaseOrder {
        id,
        supplier: supplier.id.clone(),
        currency: supplier.currency,
        status: match origin {
            Origin::Suggestions => PurchaseStatus::Suggested,
            Origin::Staff => PurchaseStatus::Draft,
        },
        answer: AnswerStatus::None,
        by_hand: lines.by_hand,
        lines: lines.lines,
        created: now,
        rev: 0,
        lead_time_days: lines.lead_time_days.or(supplier.lead_time_days),
        expected: None,
        sent: None,
        link_hash: None,
        proposal: None,
        held_from: None,
        reason: None,
        requests: Vec::new(),
        happened: Vec::new(),
    };
    Decision { order, events: vec![Event::Created { purchase_order: id }], stock: Vec::new(), changed: true }
}

/// What `command` means for `order` at `now`.
///
/// # Errors
/// When the state, the money or the goods say no; nothing is to be written then.
pub fn decide(order: &PurchaseOrder, command: Command, now: Timestamp) -> Result<Decision, Refusal> {
    match command {
        Command::AddSuggested { lines } => add_suggested(order, lines),
        Command::DropSuggested { sku, location } => drop_suggested(order, &sku, &location),
        Command::SetLines { lines } => set_lines(order, lines),
        Command::Approve => approve(order, false),
        Command::ApproveWithin { limit, most } => approve_within(order, limit, most),
        Command::Send { link_hash } => send(order, link_hash, now),
        Command::Accept => accept(order),
        Command::Propose { proposal } => propose(order, proposal),
        Command::Refuse { reason } => refuse(order, reason),
        Command::TakeProposal => take_proposal(order),
        Command::RejectProposal => reject_proposal(order),
        Command::Receive { receipt } => receive(order, &receipt),
        Command::Hold { reason } => hold(order, reason),
        Command::Resume => resume(order),
        Command::Cancel { reason } => cancel(order, reason),
        Command::Close => close(order),
    }
}

/// A step that no row of the order's own table stands for.
pub(super) fn not_while(order: &PurchaseOrder, step: &'static str) -> Refusal {
    let legal = order.status.legal().into_iter().map(PurchaseStep::as_str).collect();
    Refusal::Illegal(IllegalTransition { axis: "purchase order", state: order.status.as_str(), step, legal })
}

fn shift(line: &PurchaseLine, shelf: Shelf, units: i64) -> Option<(Sku, Movement)> {
    (units != 0).then(|| (line.sku.clone(), Movement::Shift(line.location.clone(), shelf, units)))
}

/// What is incoming more, or less, from `before` to `after`.
fn incoming(before: &PurchaseOrder, after: &PurchaseOrder) -> Vec<(Sku, Movement)> {
    let booked = |order: &PurchaseOrder, line: &PurchaseLine| {
        order.line(&line.sku, &line.location).map_or(0, |line| i64::from(order.incoming(line)))
    };
    let more = |line: &PurchaseLine| shift(line, Shelf::Incoming, booked(after, line) - booked(before, line));
    after.lines.iter().filter_map(more).collect()
}

fn in_currency(order: &PurchaseOrder, lines: &[PurchaseLine]) -> Result<(), Refusal> {
    let foreign = lines.iter().filter_map(|line| line.unit_cost).any(|cost| cost.currency != order.currency);
    if foreign { Err(Refusal::WrongCurrency { expected: order.currency }) } else { Ok(()) }
}

fn add_suggested(order: &PurchaseOrder, lines: PurchaseLines) -> Result<Decision, Refusal> {
    if order.status != PurchaseStatus::Suggested {
        return Err(not_while(order, "add"));
    }
    in_currency(order, &lines.lines)?;
    let mut next = order.clone();
    for line in lines.lines {
        let twin = next.lines.iter_mut().find(|known| (&known.sku, &known.location) == (&line.sku, &line.location));
        match twin {
            Some(known) => *known = line,
            None => next.lines.push(line),
        }
    }
    if next.lines.len() > MAX_LINES {
        return Err(Refusal::TooManyLines { most: MAX_LINES });
    }
    next.lead_time_days = order.lead_time_days.max(lines.lead_time_days);
    next.by_hand |= lines.by_hand;
    if next == *order {
        return Ok(Decision::unchanged(order));
    }
    Ok(Decision::new(order, next, Event::Changed { purchase_order: order.id }))
}

/// An order of which nothing is left is called off.
fn drop_suggested(order: &PurchaseOrder, sku: &Sku, location: &LocationId) -> Result<Decision, Refusal> {
    if order.status != PurchaseStatus::Suggested {
        return Err(not_while(order, "drop"));
    }
    let mut next = order.clone();
    next.lines.retain(|line| (&line.sku, &line.location) != (sku, location));
    if next.lines.len() == order.lines.len() {
        return Ok(Decision::unchanged(order));
    }
    if next.lines.is_empty() {
        return cancel(order, "Nothing of it is needed any more".to_owned());
    }
    Ok(Decision::new(order, next, Event::Changed { purchase_order: order.id }))
}

fn set_lines(order: &PurchaseOrder, lines: PurchaseLines) -> Result<Decision, Refusal> {
    let drafted = order.status == PurchaseStatus::Draft;
    let status = if drafted { order.status } else { order.status.after(PurchaseStep::Draft)? };
    in_currency(order, &lines.lines)?;
    let next = PurchaseOrder { status, lines: lines.lines, ..order.clone() };
    Ok(Decision::new(order, next, Event::Changed { purchase_order: order.id }))
}

/// From here on what it orders is incoming. Approving a suggested order takes it up as a draft on the way.
fn approve(order: &PurchaseOrder, automatic: bool) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    if order.status == PurchaseStatus::Suggested {
        next.status = next.status.after(PurchaseStep::Draft)?;
    }
    next.status = next.status.after(PurchaseStep::Approve)?;
    Ok(Decision::new(order, next, Event::Approved { purchase_order: order.id, automatic }))
}

fn approve_within(order: &PurchaseOrder, limit: Option<Money>, most: Option<Money>) -> Result<Decision, Refusal> {
    let approved = approve(order, true)?;
    // What staff work on is theirs.
    let nobody_works_on_it = order.status == PurchaseStatus::Suggested;
    let within = match (most, limit) {
        (Some(most), Some(limit)) => most.currency == limit.currency && most.amount < limit.amount,
        (Some(_), None) | (None, _) => false,
    };
    Ok(if within && nobody_works_on_it && !order.by_hand { approved } else { Decision::unchanged(order) })
}

fn send(order: &PurchaseOrder, link_hash: Digest, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    next.status = order.status.after(PurchaseStep::Send)?;
    next.answer = order.answer.after(AnswerStep::Ask)?;
    next.sent = Some(now);
    next.link_hash = Some(link_hash);
    let today = crate::calendar::date(now);
    next.expected = order.lead_time_days.map(|days| today.saturating_add(i64::from(days).days()));
    Ok(Decision::new(order, next, Event::Sent { purchase_order: order.id }))
}

fn receive(order: &PurchaseOrder, receipt: &Receipt) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    let mut arrived = Vec::new();
    for came in &receipt.0 {
        for (index, units, damaged) in spread(&next, came)? {
            let line = &mut next.lines[index];
            line.received = line.received.saturating_add(units);
            line.damaged = line.damaged.saturating_add(damaged);
            arrived.extend(shift(line, Shelf::OnHand, i64::from(units - damaged)));
            arrived.extend(shift(line, Shelf::Damaged, i64::from(damaged)));
        }
    }
    let complete = next.lines.iter().all(|line| line.missing() == 0);
    let step = if complete { PurchaseStep::ReceiveAll } else { PurchaseStep::ReceivePart };
    next.status = order.status.after(step)?;
    let mut decision = Decision::new(order, next, Event::Received { purchase_order: order.id, complete });
    decision.stock.extend(arrived);
    Ok(decision)
}

/// Which lines `came` goes to, with units and how many of them are damaged: what each still misses, one after the
/// other, and what is beyond that to the first. Damaged units are told off the first ones that came.
fn spread(order: &PurchaseOrder, came: &ReceiptLine) -> Result<Vec<(usize, u32, u32)>, Refusal> {
    let here = |line: &PurchaseLine| {
        line.sku == came.sku && came.location.as_ref().is_none_or(|location| *location == line.location)
    };
    let lines: Vec<usize> = (0..order.lines.len()).filter(|index| here(&order.lines[*index])).collect();
    if lines.is_empty() {
        return Err(Refusal::LineLeft { sku: came.sku.clone(), left: 0 });
    }
    let missing: u32 = lines.iter().map(|index| order.lines[*index].missing()).sum();
    let mut surplus = came.quantity.saturating_sub(missing);
    let (mut left, mut broken) = (came.quantity, came.damaged);
    let mut pieces = Vec::with_capacity(lines.len());
    for index in lines {
        let units = (order.lines[index].missing() + surplus).min(left);
        let damaged = broken.min(units);
        pieces.push((index, units, damaged));
        (surplus, left, broken) = (0, left - units, broken - damaged);
    }
    Ok(pieces)
}

fn hold(order: &PurchaseOrder, reason: String) -> Result<Decision, Refusal> {
    let status = order.status.after(PurchaseStep::Hold)?;
    let next = PurchaseOrder { status, held_from: Some(order.status), reason: Some(reason), ..order.clone() };
    Ok(Decision::new(order, next, Event::Held { purchase_order: order.id }))
}

fn resume(order: &PurchaseOrder) -> Result<Decision, Refusal> {
    let step = |from: PurchaseStatus| match from {
        PurchaseStatus::Draft => Some(PurchaseStep::ResumeDraft),
        PurchaseStatus::Approved => Some(PurchaseStep::ResumeApproved),
        PurchaseStatus::Sent => Some(PurchaseStep::ResumeSent),
        PurchaseStatus::Acknowledged => Some(PurchaseStep::ResumeAcknowledged),
        PurchaseStatus::PartiallyReceived => Some(PurchaseStep::ResumePartiallyReceived),
        PurchaseStatus::Suggested
        | PurchaseStatus::Received
        | PurchaseStatus::Closed
        | PurchaseStatus::OnHold
        | PurchaseStatus::Canceled => None,
    };
    let Some(step) = order.held_from.and_then(step) else { return Err(not_while(order, "resume")) };
    let status = order.status.after(step)?;
    let next = PurchaseOrder { status, held_from: None, reason: None, ..order.clone() };
    Ok(Decision::new(order, next, Event::Resumed { purchase_order: order.id }))
}

/// An order of which something came is not called off, but closed.
fn cancel(order: &PurchaseOrder, reason: String) -> Result<Decision, Refusal> {
    let status = order.status.after(PurchaseStep::Cancel)?;
    if order.lines.iter().any(|line| line.received > 0) {
        return Err(not_while(order, PurchaseStep::Cancel.as_str()));
    }
    let next = PurchaseOrder { status, held_from: None, reason: Some(reason), ..order.clone() };
    Ok(Decision::new(order, next, Event::Canceled { purchase_order: order.id }))
}

fn close(order: &PurchaseOrder) -> Result<Decision, Refusal> {
    let next = PurchaseOrder { status: order.status.after(PurchaseStep::Close)?, ..order.clone() };
    Ok(Decision::new(order, next, Event::Closed { purchase_order: order.id }))
}
