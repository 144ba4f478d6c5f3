//! Money that comes for an order: what the shop had before, what its buyer pays, in time, late, twice or too little.
//!
//! Knows what each payment means for the order. It deliberately sends nothing back: that is the refunds'.

use jiff::Timestamp;

use super::decide::not_while;
use super::{
    Attention, Decision, Event, HoldStatus, HoldStep, Order, OrderStatus, OrderStep, Payment, PaymentMethod,
    PaymentSession, PaymentStatus, PaymentStep, RefundCause, ShipmentStep, StockEffect,
};
use crate::money::Money;
use crate::refusal::Refusal;

pub(super) fn open_session(order: &Order, id: String, url: String, expires: Timestamp) -> Result<Decision, Refusal> {
    if order.payment_session.as_ref().is_some_and(|session| session.id == id) {
        return Ok(Decision::unchanged(order));
    }
    order.status.after(OrderStep::Pay)?;
    if order.hold.status != HoldStatus::Held {
        return Err(not_while(order, OrderStep::Pay.as_str()));
    }
    let mut next = order.clone();
    let attempt = order.next_attempt();
    next.payment_session = Some(PaymentSession { id, url, attempt, expires, failed: false });
    Ok(Decision::new(next, Vec::new(), Vec::new()))
}

pub(super) fn prepay(order: &Order, payments: Vec<Payment>, now: Timestamp) -> Result<Decision, Refusal> {
    let sum = Money::sum(order.currency(), payments.iter().map(|payment| payment.amount))?;
    let right = payments.iter().all(|payment| payment.is_prepaid() && payment.amount.is_positive());
    if !right || !sum.is_positive() || sum.amount > order.to_pay().amount {
        return Err(Refusal::CreditChanged { now: order.to_pay() });
    }
    let mut next = order.clone();
    next.payments.extend(payments);
    next.captured = next.captured.plus(sum)?;
    let events = if next.to_pay().is_zero() {
        settle(&mut next, now)?
    } else {
        next.payment_status = next.payment_status.after(PaymentStep::CapturePart)?;
        Vec::new()
    };
    Ok(Decision::new(next, events, Vec::new()))
}

pub(super) fn pay(order: &Order, amount: Money, reference: String, now: Timestamp) -> Result<Decision, Refusal> {
    if order.payments.iter().any(|payment| payment.reference == reference) {
        return Ok(Decision::unchanged(order));
    }
    let mut next = order.clone();
    if amount.currency != order.currency() || amount.is_negative() {
        let attention = Some(Attention::UncountedPayment { amount, reference });
        if order.attention == attention {
            return Ok(Decision::unchanged(order));
        }
        next.attention = attention;
        return Ok(Decision::new(next, vec![Event::PaymentMismatched { order: order.id }], Vec::new()));
    }
    next.payments.push(Payment { reference: reference.clone(), amount, at: now, credit: None, exchange: None });
    next.captured = next.captured.plus(amount)?;
    match order.status {
        OrderStatus::PendingPayment if next.captured.amount < order.totals.total.amount => {
            next.payment_status = next.payment_status.after(PaymentStep::CapturePart)?;
            next.attention = Some(Attention::ShortPayment { amount, reference });
            Ok(Decision::new(next, vec![Event::PaymentMismatched { order: order.id }], Vec::new()))
        }
        OrderStatus::PendingPayment => {
            let events = settle(&mut next, now)?;
            Ok(Decision::new(next, events, Vec::new()))
        }
        OrderStatus::Expired => late(order, next, amount, &reference, now),
        OrderStatus::Canceled => {
            next.payment_status = landed(order.payment_status);
            let mut events = vec![Event::PaymentLate { order: order.id, retaken: false }];
            events.extend(next.ask_back(amount, (RefundCause::Late, None), Vec::new(), Some(&reference), now));
            Ok(Decision::new(next, events, Vec::new()))
        }
        OrderStatus::Placed | OrderStatus::Completed => {
            let cause = (RefundCause::Duplicate, None);
            let events = next.ask_back(amount, cause, Vec::new(), Some(&reference), now);
            Ok(Decision::new(next, events, Vec::new()))
        }
    }
}

/// The payment's state when money lands that nobody waits for: here, until it is sent back. Where other money came
/// before, that state stays.
fn landed(status: PaymentStatus) -> PaymentStatus {
    status.after(PaymentStep::Capture).unwrap_or(status)
}

/// The total is here while its stock is held, or was taken once more: the order stands. What was paid beyond the total
/// goes back to whoever paid last: before, it was too little.
fn settle(order: &mut Order, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    order.status = order.status.after(OrderStep::Pay)?;
    order.payment_status = order.payment_status.after(PaymentStep::Capture)?;
    order.hold.status = order.hold.status.after(HoldStep::Consume)?;
    order.attention = None;
    let mut events = vec![Event::OrderPaid { order: order.id }];
    let beyond = order.refundable().minus(order.totals.total)?;
    if beyond.is_positive() {
        let last = order.payments.last().map(|payment| payment.reference.clone());
        events.extend(order.ask_back(beyond, (RefundCause::Duplicate, None), Vec::new(), last.as_deref(), now));
    }
    Ok(events)
}

/// The one rule for a payment that lands after its hold ended: the first full one takes the stock once more; where
/// that is not there, and for every other payment, the money goes back in full.
fn late(before: &Order, paid: Order, amount: Money, reference: &str, now: Timestamp) -> Result<Decision, Refusal> {
    let mut returned = paid.clone();
    returned.payment_status = landed(before.payment_status);
    let mut events = vec![Event::PaymentLate { order: before.id, retaken: false }];
    events.extend(returned.ask_back(amount, (RefundCause::Late, None), Vec::new(), Some(reference), now));
    let returned = Decision::new(returned, events, Vec::new());
    if !before.captured.is_zero() || amount.amount < before.totals.total.amount {
        return Ok(returned);
    }
    let mut retaken = paid;
    retaken.shipment_status = retaken.shipment_status.after(ShipmentStep::Allocate)?;
    let mut events = vec![Event::PaymentLate { order: before.id, retaken: true }];
    events.extend(settle(&mut retaken, now)?);
    let stock = vec![StockEffect::Retake(before.quantities())];
    Ok(Decision { otherwise: Some(Box::new(returned)), ..Decision::new(retaken, events, stock) })
}

pub(super) fn fail_payment(order: &Order) -> Result<Decision, Refusal> {
    if order.status != OrderStatus::PendingPayment || order.payment_status == PaymentStatus::Failed {
        return Ok(Decision::unchanged(order));
    }
    let mut next = order.clone();
    match (order.payment_status.after(PaymentStep::Fail), &mut next.payment_session) {
        (Ok(failed), _) => next.payment_status = failed,
        // With store credit on it, it stays paid in part: its page tells of the attempt.
        (Err(_), Some(session)) if order.is_prepaid_alone() && !session.failed => session.failed = true,
        // Where some money is here already, a further attempt that failed says nothing new.
        (Err(_), _) => return Ok(Decision::unchanged(order)),
    }
    Ok(Decision::new(next, vec![Event::PaymentFailed { order: order.id }], Vec::new()))
}

pub(super) fn mark_paid(order: &Order, reference: String, now: Timestamp) -> Result<Decision, Refusal> {
    if order.payment_method != PaymentMethod::BankTransfer {
        return Err(Refusal::NotByHand);
    }
    order.status.after(OrderStep::Pay)?;
    // What lands late is let in, whatever became of the store credit that was on it.
    if order.status == OrderStatus::PendingPayment {
        order.payment_status.after(PaymentStep::Capture)?;
    }
    let missing = order.totals.total.minus(order.captured)?;
    // Staff may write the same word twice; the same transfer is told by the order's state.
    let taken = order.payments.iter().any(|payment| payment.reference == reference);
    let reference = if taken { format!("{reference} ({})", order.payments.len() + 1) } else { reference };
    pay(order, missing, reference, now)
}
