//! What a supplier says to an order, and what staff make of it.
//!
//! Knows that an acceptance and a refusal count at once, while a change waits for staff. It deliberately knows no link:
//! who may answer for a supplier is told elsewhere.

use super::decide::not_while;
use super::{
    AnswerStatus, AnswerStep, Decision, Event, Proposal, PurchaseLine, PurchaseOrder, PurchaseStatus, PurchaseStep,
};
use crate::refusal::Refusal;

/// The answer after `step`, while its supplier may still say something to it.
fn answered(order: &PurchaseOrder, step: AnswerStep) -> Result<AnswerStatus, Refusal> {
    if !order.is_with_supplier() {
        return Err(not_while(order, step.as_str()));
    }
    Ok(order.answer.after(step)?)
}

/// Where an order stands once both sides agree: a sent one is acknowledged, another stays.
fn acknowledged(order: &PurchaseOrder) -> PurchaseStatus {
    order.status.after(PurchaseStep::Acknowledge).unwrap_or(order.status)
}

pub(super) fn accept(order: &PurchaseOrder) -> Result<Decision, Refusal> {
    if order.is_with_supplier() && order.answer == AnswerStatus::Accepted {
        return Ok(Decision::unchanged(order));
    }
    let answer = answered(order, AnswerStep::Accept)?;
    let next = PurchaseOrder { answer, status: acknowledged(order), proposal: None, ..order.clone() };
    Ok(Decision::new(order, next, Event::Accepted { purchase_order: order.id }))
}

pub(super) fn propose(order: &PurchaseOrder, proposal: Proposal) -> Result<Decision, Refusal> {
    let answer = answered(order, AnswerStep::Propose)?;
    if order.answer == AnswerStatus::Proposed && order.proposal.as_ref() == Some(&proposal) {
        return Ok(Decision::unchanged(order));
    }
    for line in &proposal.lines {
        let left = |left: u32| Refusal::LineLeft { sku: line.sku.clone(), left };
        let known = order.line(&line.sku, &line.location).ok_or_else(|| left(0))?;
        if line.quantity < known.received {
            return Err(left(known.missing()));
        }
    }
    // To deliver nothing at all is to refuse.
    let delivered = changed_lines(order, &proposal);
    if let Some(line) = delivered.first().filter(|_| delivered.iter().all(|line| line.quantity == 0)) {
        return Err(Refusal::LineLeft { sku: line.sku.clone(), left: 0 });
    }
    let next = PurchaseOrder { answer, proposal: Some(proposal), ..order.clone() };
    Ok(Decision::new(order, next, Event::ChangeProposed { purchase_order: order.id }))
}

/// The order's lines as `proposal` would have them; what came meanwhile was ordered.
fn changed_lines(order: &PurchaseOrder, proposal: &Proposal) -> Vec<PurchaseLine> {
    let changed = |line: &PurchaseLine| {
        let other = proposal.lines.iter().find(|other| (&other.sku, &other.location) == (&line.sku, &line.location));
        let quantity = other.map_or(line.quantity, |other| other.quantity.max(line.received));
        PurchaseLine { quantity, ..line.clone() }
    };
    order.lines.iter().map(changed).collect()
}

/// What is refused is called off, so that what it would have brought can be ordered elsewhere.
pub(super) fn refuse(order: &PurchaseOrder, reason: String) -> Result<Decision, Refusal> {
    let answer = answered(order, AnswerStep::Refuse)?;
    let status = order.status.after(PurchaseStep::Cancel)?;
    let next = PurchaseOrder { answer, status, proposal: None, reason: Some(reason), ..order.clone() };
    let mut decision = Decision::new(order, next, Event::Refused { purchase_order: order.id });
    decision.events.push(Event::Canceled { purchase_order: order.id });
    Ok(decision)
}

pub(super) fn take_proposal(order: &PurchaseOrder) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    next.answer = answered(order, AnswerStep::Take)?;
    let Some(proposal) = next.proposal.take() else { return Err(not_while(order, AnswerStep::Take.as_str())) };
    next.lines = changed_lines(order, &proposal);
    next.expected = proposal.expected.or(order.expected);
    next.status = acknowledged(order);
    let came = next.lines.iter().any(|line| line.received > 0);
    if came && next.lines.iter().all(|line| line.missing() == 0) {
        next.status = next.status.after(PurchaseStep::ReceiveAll)?;
    }
    Ok(Decision::new(order, next, Event::ChangeTaken { purchase_order: order.id }))
}

pub(super) fn reject_proposal(order: &PurchaseOrder) -> Result<Decision, Refusal> {
    let answer = answered(order, AnswerStep::Reject)?;
    let next = PurchaseOrder { answer, proposal: None, ..order.clone() };
    Ok(Decision::new(order, next, Event::ChangeRejected { purchase_order: order.id }))
}
