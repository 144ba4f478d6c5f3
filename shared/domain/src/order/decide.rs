//! What a command means: the next order, what happened, and what stock has to move.
//!
//! Knows every rule of an order's life and asks the tables what is legal. It deliberately does nothing: a
//! [`Decision`] is a value that a store commits as one, on the condition that the order is still the one it was made
//! for.

use jiff::Timestamp;

use super::back::{close_return, drop_return, open_return};
use super::paying::{fail_payment, mark_paid, open_session, pay, prepay};
use super::refund::per_sku;
use super::{
    AskedBack, Attention, Event, HoldStatus, HoldStep, Order, OrderStatus, OrderStep, Payment, PaymentStep,
    RefundCause, RefundId, RefundStatus, RefundTo, RefundWhat, RequestMark, Shipment, ShipmentStep, UnitsBack,
};
use crate::id::ReturnId;
use crate::machine::IllegalTransition;
use crate::money::Money;
use crate::refusal::Refusal;
use crate::stock::{Allocated, Allocation, Movement, SkuQuantity};
use crate::text::{Quantity, Sku};
use crate::warranty::UnitSerial;

/// Why an order is called off of which nothing is left.
const SOLD_OUT: &str = "what you ordered is not in stock any more";

/// What somebody wants of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What the shop has already pays for it, or for a part of it: store credit, or goods that came back.
    Prepay {
        /// What; no more than the total.
        payments: Vec<Payment>,
    },
    /// Keep the provider's page on which it is paid.
    OpenSession {
        /// The provider's id of it.
        id: String,
        /// Where the shopper pays.
        url: String,
        /// When it closes.
        expires: Timestamp,
    },
    /// Money came.
    PaymentSucceeded {
        /// How much.
        amount: Money,
        /// The provider's id of the payment: the same one changes nothing the second time.
        reference: String,
    },
    /// An attempt to pay failed.
    PaymentFailed,
    /// Staff saw the bank transfer.
    MarkPaid {
        /// What they found on it.
        reference: String,
    },
    /// Its units get their locations: together, the three lists are all of it.
    Allocate {
        /// What locations give.
        pieces: Vec<Allocation>,
        /// What waits for stock, a SKU once.
        waiting: Vec<SkuQuantity>,
        /// What nobody waits for: it leaves the order and its price goes back.
        dropped: Vec<SkuQuantity>,
        /// Why so.
        why: Allocated,
    },
    /// Stock came in for what waits.
    Fill {
        /// What locations give of it.
        pieces: Vec<Allocation>,
    },
    /// The time of its hold is over.
    ExpireHold,
    /// Call it off.
    Cancel {
        /// Why.
        reason: Option<String>,
    },
    /// Call off what of it waits for stock; its price goes back.
    CancelBackorder,
    /// A parcel leaves.
    Ship {
        /// Who carries it.
        carrier: String,
        /// The carrier's number for it.
        tracking: Option<String>,
        /// What is in it; all that is left, unless it says.
        lines: Option<Vec<SkuQuantity>>,
        /// The numbers of its units, of those that were scanned.
        serials: Vec<UnitSerial>,
    },
    /// Everything arrived.
    Deliver,
    /// Send money back.
    Refund {
        /// Why.
        reason: String,
        /// What.
        what: RefundWhat,
    },
    /// The price of a unit goes back, since its warranty was claimed on.
    RefundClaimed {
        /// By which claim, in words.
        reason: String,
        /// Of what.
        sku: Sku,
    },
    /// Units are asked back: they and what they were quoted are spoken for.
    OpenReturn {
        /// By which return, which units, and what it was quoted.
        asked: AskedBack,
    },
    /// A return comes to nothing: what it spoke for is free again.
    DropReturn {
        /// Which.
        id: ReturnId,
    },
    /// Units of a return were taken back.
    CloseReturn {
        /// Which.
        id: ReturnId,
        /// Which of its units; the others are free again.
        lines: Vec<UnitsBack>,
        /// What goes back for them, and to where; it may be nothing.
        parts: Vec<(Money, RefundTo)>,
    },
    /// The order of goods that were had in exchange gives back what this one's refund paid of it.
    TakeBack {
        /// Which refund of this order.
        refund: u16,
        /// How much.
        amount: Money,
        /// By which of the other's refunds: the same one changes nothing the second time.
        passes_on: RefundId,
    },
    /// Money went back that was not asked back here.
    RefundElsewhere {
        /// The payment that it came out of.
        payment: String,
        /// All that went back of it so far.
        refunded: Money,
    },
    /// Money went back.
    RefundPaid {
        /// Which refund; without it, all that staff had to send.
        refund: Option<u16>,
        /// The provider's id of it, or what staff wrote.
        reference: String,
    },
    /// The provider did not send a refund.
    RefundFailed {
        /// Which.
        refund: u16,
        /// What the provider said.
        detail: String,
    },
}

/// What stock has to move with the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockEffect {
    /// Give back what the order holds.
    Release(Vec<SkuQuantity>),
    /// Hold once more what was given back: possible only while it is there.
    Retake(Vec<SkuQuantity>),
    /// Turn what the order holds into what locations have committed.
    Commit(Vec<Allocation>),
    /// Turn what the order holds into what is waited for.
    Backorder(Vec<SkuQuantity>),
    /// Turn what is waited for into what locations have committed.
    Fill(Vec<Allocation>),
    /// Wait no longer.
    Unbackorder(Vec<SkuQuantity>),
    /// Give back what locations have committed.
    Uncommit(Vec<Allocation>),
    /// Send what locations have committed.
    Ship(Vec<Allocation>),
}

impl StockEffect {
    /// The movements that it is made of, each of one SKU.
    pub fn movements(&self) -> Vec<(Sku, Movement)> {
        let held = |lines: &[SkuQuantity], movement: fn(Quantity) -> Movement| {
            lines.iter().map(|line| (line.sku.clone(), movement(line.quantity))).collect()
        };
        let placed = |pieces: &[Allocation], movement: fn(crate::text::LocationId, Quantity) -> Movement| {
            pieces.iter().map(|piece| (piece.sku.clone(), movement(piece.location.clone(), piece.quantity))).collect()
        };
        match self {
            Self::Release(lines) => held(lines, Movement::Release),
            Self::Retake(lines) => held(lines, Movement::Hold),
            Self::Commit(pieces) => placed(pieces, Movement::Commit),
            Self::Backorder(lines) => held(lines, Movement::Backorder),
            Self::Fill(pieces) => placed(pieces, Movement::Fill),
            Self::Unbackorder(lines) => held(lines, Movement::Unbackorder),
            Self::Uncommit(pieces) => placed(pieces, Movement::Uncommit),
            Self::Ship(pieces) => placed(pieces, Movement::Ship),
        }
    }
}

/// What is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next order. Its `rev` is the old one: the store raises it.
    pub order: Order,
    /// What happened.
    pub events: Vec<Event>,
    /// What stock has to move in the same transaction.
    pub stock: Vec<StockEffect>,
    /// What is to be instead when that stock is not there.
    pub otherwise: Option<Box<Self>>,
    /// Whether there is anything to write: a message that comes twice changes nothing.
    pub changed: bool,
}

impl Decision {
    pub(super) fn new(order: Order, events: Vec<Event>, stock: Vec<StockEffect>) -> Self {
        Self { order, events, stock, otherwise: None, changed: true }
    }

    pub(super) fn unchanged(order: &Order) -> Self {
        Self { order: order.clone(), events: Vec::new(), stock: Vec::new(), otherwise: None, changed: false }
    }

    /// The same, with the mark of the request that asked for it on the order: whatever comes of it, it was done.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        self.order.mark(request);
        self.otherwise = self.otherwise.map(|otherwise| Box::new(otherwise.marked(request)));
        self
    }
}

/// What `command` means for `order` at `now`.
///
/// # Errors
/// When the state, the money or the goods say no; nothing is to be written then.
pub fn decide(order: &Order, command: Command, now: Timestamp) -> Result<Decision, Refusal> {
    match command {
        Command::Prepay { payments } => prepay(order, payments, now),
        Command::OpenSession { id, url, expires } => open_session(order, id, url, expires),
        Command::PaymentSucceeded { amount, reference } => pay(order, amount, reference, now),
        Command::PaymentFailed => fail_payment(order),
        Command::MarkPaid { reference } => mark_paid(order, reference, now),
        Command::Allocate { pieces, waiting, dropped, why } => allocate(order, (pieces, waiting, dropped), why, now),
        Command::Fill { pieces } => fill(order, pieces),
        Command::ExpireHold => expire(order, now),
        Command::Cancel { reason } => cancel(order, reason, now),
        Command::CancelBackorder => cancel_backorder(order, now),
        Command::Ship { carrier, tracking, lines, serials } => ship(order, (carrier, tracking), lines, serials, now),
        Command::Deliver => deliver(order, now),
        Command::Refund { reason, what } => refund(order, (RefundCause::Requested, reason), what, now),
        Command::RefundClaimed { reason, sku } => {
            let line = SkuQuantity { sku, quantity: Quantity::ONE };
            refund(order, (RefundCause::Claimed, reason), RefundWhat::Lines(vec![line]), now)
        }
        Command::OpenReturn { asked } => open_return(order, asked),
        Command::DropReturn { id } => drop_return(order, &id),
        Command::CloseReturn { id, lines, parts } => close_return(order, &id, &lines, &parts, now),
        Command::TakeBack { refund, amount, passes_on } => take_back(order, refund, amount, passes_on, now),
        Command::RefundElsewhere { payment, refunded } => refund_elsewhere(order, &payment, refunded, now),
        Command::RefundPaid { refund, reference } => refund_paid(order, refund, &reference),
        Command::RefundFailed { refund, detail } => refund_failed(order, refund, detail),
    }
}

/// A step that no row of the order's own table stands for.
pub(super) fn not_while(order: &Order, step: &'static str) -> Refusal {
    let legal = order.status.legal().into_iter().map(OrderStep::as_str).collect();
    Refusal::Illegal(IllegalTransition { axis: "order", state: order.status.as_str(), step, legal })
}

fn allocate(
    order: &Order,
    (pieces, waiting, dropped): (Vec<Allocation>, Vec<SkuQuantity>, Vec<SkuQuantity>),
    why: Allocated,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if order.status != OrderStatus::Placed {
        return Err(not_while(order, "allocate"));
    }
    if order.is_allocated() {
        return Ok(Decision::unchanged(order));
    }
    let given = |piece: &Allocation| SkuQuantity { sku: piece.sku.clone(), quantity: piece.quantity };
    let all: Vec<SkuQuantity> = pieces.iter().map(given).chain(waiting.iter().chain(&dropped).cloned()).collect();
    let all = per_sku(&all);
    for line in &order.lines {
        if all.get(&line.sku).copied().unwrap_or(0) != line.quantity.get() {
            return Err(Refusal::LineLeft { sku: line.sku.clone(), left: line.quantity.get() });
        }
    }
    if let Some((sku, _)) = all.iter().find(|(sku, _)| order.line(sku).is_none()) {
        return Err(Refusal::LineLeft { sku: (*sku).clone(), left: 0 });
    }
    if pieces.is_empty() && waiting.is_empty() {
        return cancel(order, Some(SOLD_OUT.to_owned()), now);
    }
    let mut next = order.clone();
    next.allocated = Some(why);
    next.allocation.clone_from(&pieces);
    next.backordered.clone_from(&waiting);
    let mut events = vec![Event::OrderAllocated { order: order.id }];
    if !waiting.is_empty() {
        next.shipment_status = order.shipment_status.after(ShipmentStep::Backorder)?;
    }
    if !waiting.is_empty() || !dropped.is_empty() {
        events.push(Event::OrderShort { order: order.id });
    }
    events.extend(drop_units(&mut next, &dropped, RefundCause::OutOfStock, now)?);
    let effects = [StockEffect::Commit(pieces), StockEffect::Backorder(waiting), StockEffect::Release(dropped)];
    Ok(Decision::new(next, events, effects.into_iter().filter(|effect| !effect.movements().is_empty()).collect()))
}

/// Takes units out of an order that will never leave; what of their price is not back yet goes back.
fn drop_units(
    order: &mut Order,
    units: &[SkuQuantity],
    cause: RefundCause,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let unpaid_back = |unit: &SkuQuantity| {
        let left = order.line(&unit.sku).map_or(0, |line| line.quantity.get().saturating_sub(order.gone(line)));
        let quantity = Quantity::new(unit.quantity.get().min(left)).ok()?;
        Some(SkuQuantity { sku: unit.sku.clone(), quantity })
    };
    let paid: Vec<SkuQuantity> = units.iter().filter_map(unpaid_back).collect();
    let (amount, worths) = match order.refund_of_lines(&paid) {
        Ok((amount, worths)) => (Some(amount), worths),
        // It was free, or all of it went back before.
        Err(Refusal::EmptyRefund | Refusal::RefundTooLarge { .. }) => {
            let nothing = Money::zero(order.currency());
            let unit =
                |unit: &SkuQuantity| UnitsBack { sku: unit.sku.clone(), quantity: unit.quantity, worth: nothing };
            (None, paid.iter().map(unit).collect())
        }
        Err(refusal) => return Err(refusal),
    };
    order.take_out(&worths)?;
    for line in &mut order.lines {
        line.dropped += per_sku(units).get(&line.sku).copied().unwrap_or(0);
    }
    Ok(amount.map(|amount| order.ask_back(amount, (cause, None), paid, None, now)).unwrap_or_default())
}

fn fill(order: &Order, pieces: Vec<Allocation>) -> Result<Decision, Refusal> {
    if order.status != OrderStatus::Placed {
        return Err(not_while(order, "fill"));
    }
    if pieces.is_empty() {
        return Ok(Decision::unchanged(order));
    }
    let mut next = order.clone();
    for piece in &pieces {
        let waiting = next.waiting(&piece.sku);
        let Some(left) = waiting.checked_sub(piece.quantity.get()) else {
            return Err(Refusal::LineLeft { sku: piece.sku.clone(), left: waiting });
        };
        next.backordered.retain(|line| line.sku != piece.sku);
        next.backordered
            .extend(Quantity::new(left).ok().map(|quantity| SkuQuantity { sku: piece.sku.clone(), quantity }));
    }
    // After what has left: the pieces stand in the order in which they leave.
    next.allocation.extend(pieces.iter().cloned());
    let mut events = vec![Event::OrderAllocated { order: order.id }];
    if next.backordered.is_empty() {
        next.shipment_status = order.shipment_status.after(ShipmentStep::Allocate)?;
        events.push(Event::OrderFilled { order: order.id });
    }
    Ok(Decision::new(next, events, vec![StockEffect::Fill(pieces)]))
}

/// What of an order waits for stock is called off. Where nothing else of it leaves or left, all of it is.
fn cancel_backorder(order: &Order, now: Timestamp) -> Result<Decision, Refusal> {
    if order.status != OrderStatus::Placed || order.backordered.is_empty() {
        return Err(Refusal::NothingWaits);
    }
    let shipped = order.lines.iter().any(|line| line.shipped > 0);
    if !shipped && order.sendable().is_empty() {
        return cancel(order, Some(SOLD_OUT.to_owned()), now);
    }
    let mut next = order.clone();
    let waited = std::mem::take(&mut next.backordered);
    let mut events = vec![Event::OrderShort { order: order.id }];
    events.extend(drop_units(&mut next, &waited, RefundCause::OutOfStock, now)?);
    next.shipment_status = order.shipment_status.after(ShipmentStep::Allocate)?;
    if next.lines.iter().all(|line| line.unshipped() == 0) {
        next.shipment_status = next.shipment_status.after(ShipmentStep::Ship)?;
    }
    Ok(Decision::new(next, events, vec![StockEffect::Unbackorder(waited)]))
}

/// The money's side of an order that comes to nothing: what came goes back, and where none came, none is wanted.
fn unwind(order: &mut Order, cause: RefundCause, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    if order.captured.is_zero() && order.payments.is_empty() {
        order.payment_status = order.payment_status.after(PaymentStep::Void)?;
        return Ok(Vec::new());
    }
    let rest = order.refundable();
    Ok(order.ask_back(rest, (cause, None), Vec::new(), None, now))
}

fn expire(order: &Order, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    next.status = order.status.after(OrderStep::Expire)?;
    next.hold.status = order.hold.status.after(HoldStep::Expire)?;
    if now < order.hold.until {
        return Err(Refusal::HoldRuns { until: order.hold.until });
    }
    next.shipment_status = order.shipment_status.after(ShipmentStep::Cancel)?;
    let mut events = vec![Event::OrderExpired { order: order.id }];
    let cause = if order.is_prepaid_alone() { RefundCause::Unpaid } else { RefundCause::Short };
    events.extend(unwind(&mut next, cause, now)?);
    Ok(Decision::new(next, events, vec![StockEffect::Release(order.quantities())]))
}

fn cancel(order: &Order, reason: Option<String>, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    next.status = order.status.after(OrderStep::Cancel)?;
    if order.lines.iter().any(|line| line.shipped > 0) {
        return Err(Refusal::PartlyShipped);
    }
    next.shipment_status = order.shipment_status.after(ShipmentStep::Cancel)?;
    next.cancel_reason = reason;
    // A paid order's hold is consumed; its units are still the offer's until they have a location.
    if order.hold.status == HoldStatus::Held {
        next.hold.status = order.hold.status.after(HoldStep::Release)?;
    }
    let stock = if order.is_allocated() {
        let waited = std::mem::take(&mut next.backordered);
        vec![StockEffect::Uncommit(order.allocation.clone()), StockEffect::Unbackorder(waited)]
    } else {
        vec![StockEffect::Release(order.quantities())]
    };
    let mut events = vec![Event::OrderCanceled { order: order.id }];
    events.extend(unwind(&mut next, RefundCause::Canceled, now)?);
    Ok(Decision::new(next, events, stock.into_iter().filter(|effect| !effect.movements().is_empty()).collect()))
}

fn ship(
    order: &Order,
    (carrier, tracking): (String, Option<String>),
    lines: Option<Vec<SkuQuantity>>,
    serials: Vec<UnitSerial>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if order.status != OrderStatus::Placed {
        return Err(not_while(order, ShipmentStep::Ship.as_str()));
    }
    order.shipment_status.after(ShipmentStep::ShipPart)?;
    if order.allocation.is_empty() {
        return Err(Refusal::NotAllocated);
    }
    let lines = lines.unwrap_or_else(|| order.sendable());
    let mut next = order.clone();
    let mut parcel = Vec::new();
    let mut pieces = Vec::new();
    for (sku, count) in per_sku(&lines) {
        let left = order.line(sku).map_or(0, |line| order.ready(line));
        let quantity = Quantity::new(count).ok().filter(|_| count <= left);
        let Some(quantity) = quantity else { return Err(Refusal::LineLeft { sku: sku.clone(), left }) };
        pieces.extend(leaving(order, sku, count));
        parcel.push(SkuQuantity { sku: sku.clone(), quantity });
        for line in next.lines.iter_mut().filter(|line| line.sku == *sku) {
            line.shipped += count;
        }
    }
    if parcel.is_empty() {
        let sku = order.lines.first().map(|line| line.sku.clone());
        return Err(sku.map_or(Refusal::EmptyCart, |sku| Refusal::LineLeft { sku, left: 0 }));
    }
    for one in &serials {
        let of = serials.iter().filter(|other| other.sku == one.sku);
        let left = parcel.iter().find(|line| line.sku == one.sku).map_or(0, |line| line.quantity.get());
        if of.clone().count() > left as usize {
            return Err(Refusal::TooManySerials { sku: one.sku.clone(), leaving: left });
        }
        if of.filter(|other| other.serial == one.serial).count() > 1 {
            return Err(Refusal::SerialTwice { serial: one.serial.clone() });
        }
    }
    let complete = next.lines.iter().all(|line| line.unshipped() == 0);
    let step = if complete { ShipmentStep::Ship } else { ShipmentStep::ShipPart };
    next.shipment_status = order.shipment_status.after(step)?;
    let shipment = u16::try_from(order.shipments.len()).unwrap_or(u16::MAX);
    next.shipments.push(Shipment { at: now, carrier, tracking, lines: parcel, serials });
    Ok(Decision::new(next, vec![Event::OrderShipped { order: order.id, shipment }], vec![StockEffect::Ship(pieces)]))
}

/// Which pieces of the allocation the next `count` units of `sku` are: those after the ones that have left.
fn leaving(order: &Order, sku: &Sku, count: u32) -> Vec<Allocation> {
    let mut gone = order.line(sku).map_or(0, |line| line.shipped);
    let mut wanted = count;
    let mut pieces = Vec::new();
    for piece in order.allocation.iter().filter(|piece| piece.sku == *sku) {
        let skipped = gone.min(piece.quantity.get());
        gone -= skipped;
        let taken = wanted.min(piece.quantity.get() - skipped);
        wanted -= taken;
        if let Ok(quantity) = Quantity::new(taken) {
            pieces.push(Allocation { quantity, ..piece.clone() });
        }
    }
    pieces
}

fn deliver(order: &Order, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    next.shipment_status = order.shipment_status.after(ShipmentStep::Deliver)?;
    next.status = order.status.after(OrderStep::Complete)?;
    next.delivered = Some(now);
    let events = vec![Event::OrderDelivered { order: order.id }, Event::OrderCompleted { order: order.id }];
    Ok(Decision::new(next, events, Vec::new()))
}

fn refund(
    order: &Order,
    (cause, reason): (RefundCause, String),
    what: RefundWhat,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    // A payment that is not all here yet goes back with a cancellation, which gives the stock back too.
    if order.status == OrderStatus::PendingPayment {
        return Err(not_while(order, "refund"));
    }
    let left = order.refundable();
    let mut next = order.clone();
    let (amount, lines) = match what {
        RefundWhat::Amount(amount) if amount.currency != order.currency() => {
            return Err(Refusal::WrongCurrency { expected: order.currency() });
        }
        RefundWhat::Amount(amount) if amount.amount > left.amount => return Err(Refusal::RefundTooLarge { left }),
        RefundWhat::Amount(amount) if !amount.is_positive() => return Err(Refusal::EmptyRefund),
        RefundWhat::Amount(amount) => (amount, Vec::new()),
        RefundWhat::Lines(lines) => {
            let (amount, worths) = order.refund_of_lines(&lines)?;
            next.take_out(&worths)?;
            (amount, lines)
        }
    };
    let events = next.ask_back(amount, (cause, Some(reason)), lines, None, now);
    Ok(Decision::new(next, events, Vec::new()))
}

fn take_back(
    order: &Order,
    refund: u16,
    amount: Money,
    passes_on: RefundId,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    Ok(match next.take_back(refund, amount, passes_on, now)? {
        Some(events) => Decision::new(next, events, Vec::new()),
        None => Decision::unchanged(order),
    })
}

fn refund_elsewhere(order: &Order, payment: &str, refunded: Money, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    match next.sent_elsewhere(payment, refunded, now)? {
        Some(event) => Ok(Decision::new(next, vec![event], Vec::new())),
        None => Ok(Decision::unchanged(order)),
    }
}

fn refund_paid(order: &Order, refund: Option<u16>, reference: &str) -> Result<Decision, Refusal> {
    let due = |index: &usize| order.refunds[*index].status == RefundStatus::Due;
    let indices: Vec<usize> = match refund {
        Some(refund) if usize::from(refund) < order.refunds.len() => vec![usize::from(refund)],
        Some(_) => return Err(Refusal::NoRefundDue),
        None => (0..order.refunds.len()).filter(due).collect(),
    };
    if indices.is_empty() {
        return Err(Refusal::NoRefundDue);
    }
    let mut next = order.clone();
    let mut events = Vec::new();
    for index in indices {
        events.extend(next.sent_back(index, reference)?);
    }
    if events.is_empty() {
        return Ok(Decision::unchanged(order));
    }
    let settled = |attention: &Attention| match attention {
        Attention::RefundFailed { refund, .. } => {
            next.refunds.get(usize::from(*refund)).is_some_and(|refund| refund.status == RefundStatus::Done)
        }
        Attention::ShortPayment { .. } | Attention::UncountedPayment { .. } => false,
    };
    if next.attention.as_ref().is_some_and(settled) {
        next.attention = None;
    }
    Ok(Decision::new(next, events, Vec::new()))
}

fn refund_failed(order: &Order, refund: u16, detail: String) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    let Some(failed) = next.refunds.get_mut(usize::from(refund)) else { return Err(Refusal::NoRefundDue) };
    if failed.status != RefundStatus::Pending {
        return Ok(Decision::unchanged(order));
    }
    failed.status = RefundStatus::Due;
    failed.by_hand = true;
    next.attention = Some(Attention::RefundFailed { refund, detail });
    Ok(Decision::new(next, vec![Event::RefundFailed { order: order.id, refund }], Vec::new()))
}
