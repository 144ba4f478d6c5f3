//! What a command means: the next return, what of its order changes with it, what happened, and what stock has to move.
//!
//! Knows every rule of a return's life and asks the table what is legal. It deliberately does nothing: a [`Decision`] is
//! a value that a store commits as one, on the condition that return and order are still the ones it was made for.
//!
//! What came lies in quality control until it was looked at; then it is on hand again, damaged, or goes back to the buyer.

use jiff::Timestamp;
use jiff::civil::Date;

use super::quote::priced;
use super::{
    Asked, Deduction, Event, MAX_PHOTOS, NotReturnable, Parcel, Photo, Quote, ReductionRule, Resolution, Return,
    ReturnLine, ReturnStatus, ReturnStep, Wanted, quote, settled,
};
use crate::calendar::date;
use crate::id::ReturnId;
use crate::money::Money;
use crate::order::{self, AskedBack, Order, RefundTo, RequestMark};
use crate::pricing::Placement;
use crate::refusal::Refusal;
use crate::stock::{Movement, Shelf};
use crate::text::{LocationId, Quantity, Sku};

/// How many requests a return remembers, the latest.
const REMEMBERED: usize = 16;

/// What somebody asks back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The id of the return that is to be.
    pub id: ReturnId,
    /// What, and why.
    pub lines: Vec<Asked>,
    /// What for.
    pub resolution: Resolution,
    /// The goods that the buyer wants instead, for an exchange.
    pub wanted: Option<Wanted>,
    /// What the buyer adds.
    pub comment: Option<String>,
    /// What the way back costs, where the buyer pays for it.
    pub label: Option<Money>,
}

/// What units that came are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// Of what.
    pub sku: Sku,
    /// How many are as new.
    pub resellable: u32,
    /// How many are broken.
    pub damaged: u32,
    /// How many are not taken back.
    pub rejected: u32,
}

/// What somebody wants of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Let the goods be sent. Of one that may be sent already it changes nothing.
    Approve {
        /// The last day on which they may be sent.
        due: Date,
        /// Whether nobody had to look at it.
        automatic: bool,
    },
    /// Do not take them back.
    Decline {
        /// Why.
        reason: String,
    },
    /// Give the buyer what the parcel is sent with.
    IssueLabel {
        /// What.
        label: Parcel,
        /// The last day on which it may be sent by it.
        due: Date,
    },
    /// A carrier has the parcel.
    HandOver {
        /// Which, where the buyer says so.
        parcel: Option<Parcel>,
    },
    /// Goods came.
    Receive {
        /// To where; what comes later stays where the first of it is.
        location: LocationId,
        /// How many of what.
        lines: Vec<(Sku, u32)>,
    },
    /// Say what all that came is like.
    Inspect {
        /// Of each SKU that came.
        lines: Vec<Disposition>,
        /// What is kept of the refund for wear.
        deduction: Option<Deduction>,
        /// Why something is not taken back.
        reason: Option<String>,
    },
    /// Give the buyer money or store credit: what was asked for, unless staff say otherwise. Other goods have [`exchange`].
    ///
    /// [`exchange`]: super::exchange
    Settle {
        /// What instead.
        instead: Option<Resolution>,
    },
    /// Send what is not taken back to the buyer again.
    SendBack {
        /// With whom.
        parcel: Option<Parcel>,
    },
    /// Nothing is left to do.
    Close,
    /// The buyer keeps the goods.
    Cancel,
    /// The goods did not come in time.
    Expire,
    /// The buyer shows something.
    AddPhoto {
        /// What.
        photo: Photo,
    },
}

/// What is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next return. Its `rev` is the old one: the store raises it.
    pub back: Return,
    /// What of its order changes in the same transaction.
    pub order: Option<order::Decision>,
    /// The order that is placed in the same transaction.
    pub placement: Option<Box<Placement>>,
    /// What happened.
    pub events: Vec<Event>,
    /// What stock has to move in the same transaction.
    pub stock: Vec<(Sku, Movement)>,
    /// Whether there is anything to write: a message that comes twice changes nothing.
    pub changed: bool,
}

impl Decision {
    pub(super) fn new(back: Return, event: Event) -> Self {
        Self { back, order: None, placement: None, events: vec![event], stock: Vec::new(), changed: true }
    }

    fn unchanged(back: &Return) -> Self {
        Self { back: back.clone(), order: None, placement: None, events: Vec::new(), stock: Vec::new(), changed: false }
    }

    pub(super) fn with_order(self, decision: order::Decision) -> Self {
        Self { order: Some(decision).filter(|decision| decision.changed), ..self }
    }

    /// The same, and what `command` then means: both are one write. `order` is the one that this was decided about.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn then(self, order: &Order, command: Command, now: Timestamp) -> Result<Self, Refusal> {
        let changed_order = self.order.as_ref().map_or(order, |decision| &decision.order);
        let next = decide(&self.back, changed_order, command, now)?;
        let order = match (self.order, next.order) {
            (Some(first), Some(mut second)) => {
                second.events = first.events.into_iter().chain(second.events).collect();
                Some(second)
            }
            (first, second) => second.or(first),
        };
        Ok(Self {
            back: next.back,
            order,
            placement: next.placement.or(self.placement),
            events: self.events.into_iter().chain(next.events).collect(),
            stock: self.stock.into_iter().chain(next.stock).collect(),
            changed: self.changed || next.changed,
        })
    }

    /// The same, remembering the request that it answers.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        self.back.requests.push(request);
        let forgotten = self.back.requests.len().saturating_sub(REMEMBERED);
        self.back.requests.drain(..forgotten);
        self
    }
}

/// A new return of an order's goods.
///
/// # Errors
/// Why they do not come back.
pub fn request(order: &Order, asking: Asking, now: Timestamp) -> Result<Decision, Vec<NotReturnable>> {
    let Asking { id, lines, resolution, wanted, comment, label } = asking;
    let Quote { lines, shipping, reductions, refund } = quote(order, &lines, label, now)?;
    let units = lines.iter().map(super::QuotedLine::units).collect();
    let opened = order::Command::OpenReturn { asked: AskedBack { id, lines: units, promised: refund } };
    let opened = order::decide(order, opened, now).map_err(|refusal| vec![NotReturnable::Refused(refusal)])?;
    let line = |quoted: super::QuotedLine| {
        let of = order.line(&quoted.sku);
        ReturnLine {
            title: of.map_or_else(|| quoted.sku.to_string(), |line| line.title.clone()),
            image: of.and_then(|line| line.image.clone()),
            quoted,
            received: 0,
            resellable: 0,
            damaged: 0,
            rejected: 0,
        }
    };
    let back = Return {
        id,
        order: order.id,
        order_number: order.number,
        owner: order.owner,
        email: order.email.clone(),
        view_token_hash: order.view_token_hash,
        name: order.shipping_address.name.clone(),
        status: ReturnStatus::Requested,
        resolution,
        wanted,
        exchanged: None,
        lines: lines.into_iter().map(line).collect(),
        quote: Quote { lines: Vec::new(), shipping, reductions, refund },
        comment,
        photos: Vec::new(),
        created: now,
        rev: 0,
        due: None,
        label: None,
        parcel: None,
        location: None,
        reason: None,
        deduction: None,
        settled: None,
        way_back: None,
        requests: Vec::new(),
        happened: Vec::new(),
    };
    Ok(Decision::new(back, Event::Requested { parcel: id }).with_order(opened))
}

/// What `command` means for a return of `order` at `now`.
///
/// # Errors
/// When the state, the goods or the money say no; nothing is to be written then.
pub fn decide(back: &Return, order: &Order, command: Command, now: Timestamp) -> Result<Decision, Refusal> {
    let parcel = back.id;
    let step = |step: ReturnStep| Ok::<_, Refusal>(Return { status: back.status.after(step)?, ..back.clone() });
    let over = || order::decide(order, order::Command::DropReturn { id: back.id }, now);
    match command {
        Command::Approve { .. } if matches!(back.status, ReturnStatus::Approved | ReturnStatus::LabelIssued) => {
            Ok(Decision::unchanged(back))
        }
        Command::Approve { due, automatic } => {
            let next = Return { due: Some(due), ..step(ReturnStep::Approve)? };
            Ok(Decision::new(next, Event::Approved { parcel, automatic }))
        }
        Command::Decline { reason } => {
            let next = Return { reason: Some(reason), ..step(ReturnStep::Decline)? };
            Ok(Decision::new(next, Event::Declined { parcel }).with_order(over()?))
        }
        Command::IssueLabel { label, due } => {
            let due = back.due.map_or(due, |before| before.max(due));
            let next = Return { label: Some(label), due: Some(due), ..step(ReturnStep::IssueLabel)? };
            Ok(Decision::new(next, Event::LabelIssued { parcel }))
        }
        Command::HandOver { parcel: with } => {
            let next = Return { parcel: with.or_else(|| back.label.clone()), ..step(ReturnStep::HandOver)? };
            Ok(Decision::new(next, Event::HandedOver { parcel }))
        }
        Command::Receive { location, lines } => receive(back, order, location, &lines, now),
        Command::Inspect { lines, deduction, reason } => inspect(back, order, &lines, (deduction, reason), now),
        Command::Settle { instead } => settle(back, order, instead, now),
        Command::SendBack { .. } if back.status.is_settled() && !back.has_rejected() => {
            let legal = vec![ReturnStep::Close.as_str()];
            let (state, step) = (back.status.as_str(), ReturnStep::SendBack.as_str());
            Err(Refusal::Illegal(crate::machine::IllegalTransition { axis: "return", state, step, legal }))
        }
        Command::SendBack { parcel: with } => {
            let next = Return { way_back: with, ..step(ReturnStep::SendBack)? };
            Ok(Decision::new(next, Event::SentBack { parcel }))
        }
        Command::Close => Ok(Decision::new(step(ReturnStep::Close)?, Event::Closed { parcel })),
        Command::Cancel => Ok(Decision::new(step(ReturnStep::Cancel)?, Event::Canceled { parcel }).with_order(over()?)),
        Command::Expire => {
            let next = step(ReturnStep::Expire)?;
            if !back.is_overdue(date(now)) {
                return Ok(Decision::unchanged(back));
            }
            Ok(Decision::new(next, Event::Expired { parcel }).with_order(over()?))
        }
        Command::AddPhoto { photo } => add_photo(back, photo),
    }
}

fn receive(
    back: &Return,
    order: &Order,
    location: LocationId,
    lines: &[(Sku, u32)],
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let status = back.status.after(ReturnStep::Receive)?;
    let (mut next, opened) = if back.status == ReturnStatus::Expired {
        let (next, asked) = again(back, order)?;
        (next, Some(order::decide(order, order::Command::OpenReturn { asked }, now)?))
    } else {
        (back.clone(), None)
    };
    next.status = status;
    let location = next.location.get_or_insert(location).clone();
    let mut stock = Vec::new();
    for (sku, count) in lines {
        let line = next.lines.iter_mut().find(|line| line.quoted.sku == *sku);
        let left = line.as_ref().map_or(0, |line| line.missing());
        let Some(line) = line.filter(|_| *count <= left) else {
            return Err(Refusal::LineLeft { sku: sku.clone(), left });
        };
        line.received += count;
        if *count > 0 {
            stock.push((sku.clone(), Movement::Shift(location.clone(), Shelf::QualityControl, i64::from(*count))));
        }
    }
    if stock.is_empty() {
        let sku = back.lines.first().map(|line| line.quoted.sku.clone());
        return Err(sku.map_or(Refusal::EmptyCart, |sku| Refusal::NotInspected { sku, came: 0 }));
    }
    let decision = Decision { stock, ..Decision::new(next, Event::Received { parcel: back.id }) };
    Ok(match opened {
        Some(opened) => decision.with_order(opened),
        None => decision,
    })
}

/// A return that had expired, and comes after all: quoted anew for what nobody has asked back or refunded since; and what
/// it speaks for once more.
fn again(back: &Return, order: &Order) -> Result<(Return, AskedBack), Refusal> {
    let mut next = back.clone();
    let left = |sku: &Sku| order.line(sku).map_or(0, |line| order.returnable(line));
    let asked = |line: &ReturnLine| {
        let Asked { sku, reason, .. } = line.quoted.asked();
        let quantity = Quantity::new(line.quoted.quantity.get().min(left(&sku))).ok()?;
        Some(Asked { sku, quantity, reason })
    };
    let asked: Vec<Asked> = back.lines.iter().filter_map(asked).collect();
    if asked.is_empty() {
        let sku = back.lines.first().map(|line| line.quoted.sku.clone());
        return Err(sku.map_or(Refusal::EmptyCart, |sku| Refusal::LineLeft { sku, left: 0 }));
    }
    let label = back.quote.lowered_by(ReductionRule::ReturnLabel);
    let Quote { lines, shipping, reductions, refund } = priced(order, &asked, label)?;
    let units = lines.iter().map(super::QuotedLine::units).collect();
    next.lines.retain(|line| lines.iter().any(|quoted| quoted.sku == line.quoted.sku));
    for quoted in lines {
        if let Some(line) = next.lines.iter_mut().find(|line| line.quoted.sku == quoted.sku) {
            line.quoted = quoted;
        }
    }
    next.quote = Quote { lines: Vec::new(), shipping, reductions, refund };
    Ok((next, AskedBack { id: back.id, lines: units, promised: refund }))
}

fn inspect(
    back: &Return,
    order: &Order,
    lines: &[Disposition],
    (deduction, reason): (Option<Deduction>, Option<String>),
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let mut next = Return { status: back.status.after(ReturnStep::Inspect)?, ..back.clone() };
    if let Some(one) = lines.iter().find(|one| back.line(&one.sku).is_none()) {
        return Err(Refusal::LineLeft { sku: one.sku.clone(), left: 0 });
    }
    let location = back.location.clone().unwrap_or_else(LocationId::main);
    let mut stock = Vec::new();
    for line in &mut next.lines {
        let sku = line.quoted.sku.clone();
        for seen in lines.iter().filter(|one| one.sku == sku) {
            line.resellable = line.resellable.saturating_add(seen.resellable);
            line.damaged = line.damaged.saturating_add(seen.damaged);
            line.rejected = line.rejected.saturating_add(seen.rejected);
        }
        if line.accepted().saturating_add(line.rejected) != line.received {
            return Err(Refusal::NotInspected { sku, came: line.received });
        }
        let seen = |shelf: Shelf, units: i64| (sku.clone(), Movement::Shift(location.clone(), shelf, units));
        let moved = [
            seen(Shelf::QualityControl, -i64::from(line.received)),
            seen(Shelf::OnHand, i64::from(line.resellable)),
            seen(Shelf::Damaged, i64::from(line.damaged)),
        ];
        stock.extend(moved.into_iter().filter(|(_, movement)| !matches!(movement, Movement::Shift(.., 0))));
    }
    let accepted = |line: &ReturnLine| line.accepted() == line.quoted.quantity.get();
    let step = if next.lines.iter().all(accepted) {
        ReturnStep::Accept
    } else if next.lines.iter().any(|line| line.accepted() > 0) {
        ReturnStep::AcceptPart
    } else {
        ReturnStep::Reject
    };
    next.status = next.status.after(step)?;
    if next.has_rejected() && reason.is_none() {
        return Err(Refusal::NoReason);
    }
    next.reason = reason;
    if let Some(deduction) = deduction {
        let most = settled(&next, order)?.refund;
        let good = deduction.amount.currency == most.currency && deduction.amount.is_positive();
        if !good || deduction.amount.amount > most.amount {
            return Err(Refusal::WrongDeduction { most });
        }
        next.deduction = Some(deduction);
    }
    if step == ReturnStep::Reject {
        let over = order::decide(order, order::Command::DropReturn { id: back.id }, now)?;
        return Ok(Decision { stock, ..Decision::new(next, Event::Rejected { parcel: back.id }).with_order(over) });
    }
    Ok(Decision { stock, ..Decision::new(next, Event::Inspected { parcel: back.id }) })
}

fn settle(back: &Return, order: &Order, instead: Option<Resolution>, now: Timestamp) -> Result<Decision, Refusal> {
    let settled = settled(back, order)?;
    let resolution = instead.unwrap_or(back.resolution);
    let (to, step, event) = match resolution {
        Resolution::Exchange => return Err(Refusal::EmptyCart),
        Resolution::Refund => (RefundTo::Payer, ReturnStep::Refund, Event::Refunded { parcel: back.id }),
        Resolution::Credit => (RefundTo::Credit, ReturnStep::Credit, Event::Credited { parcel: back.id }),
    };
    let parts = vec![(settled.refund, to)];
    let command = order::Command::CloseReturn { id: back.id, lines: settled.units(), parts };
    let next = Return { status: back.status.after(step)?, resolution, settled: Some(settled), ..back.clone() };
    Ok(Decision::new(next, event).with_order(order::decide(order, command, now)?))
}

fn add_photo(back: &Return, photo: Photo) -> Result<Decision, Refusal> {
    if back.photos.iter().any(|known| known.key == photo.key) {
        return Ok(Decision::unchanged(back));
    }
    if !back.status.is_open() {
        // The table has no row for it: a picture changes no state.
        let legal = back.status.legal().into_iter().map(ReturnStep::as_str).collect();
        let (state, step) = (back.status.as_str(), "add_photo");
        return Err(Refusal::Illegal(crate::machine::IllegalTransition { axis: "return", state, step, legal }));
    }
    if back.photos.len() >= MAX_PHOTOS {
        return Err(Refusal::TooManyPhotos { most: MAX_PHOTOS });
    }
    let mut next = back.clone();
    next.photos.push(photo);
    Ok(Decision::new(next, Event::Pictured { parcel: back.id }))
}
