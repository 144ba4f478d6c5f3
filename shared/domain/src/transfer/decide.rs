//! What a command means: the next transfer, and what stock has to move.
//!
//! Knows every rule of its life and asks the table what is legal. It deliberately does nothing: a [`Decision`] is a
//! value that a store commits as one, on the condition that the transfer is still the one it was made for.
//!
//! What is on the road is incoming where it goes, and nowhere on hand: so it cannot be promised, and is not lost.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Consignment, Deed, Transfer, TransferLine, TransferReceipt, TransferStatus, TransferStep};
use crate::id::TransferId;
use crate::order::RequestMark;
use crate::refusal::Refusal;
use crate::stock::{Movement, Shelf, Stock};
use crate::text::Sku;

/// How many requests a transfer remembers, the latest.
const REMEMBERED: usize = 16;

/// What somebody wants of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Book what came.
    Receive {
        /// What.
        receipt: TransferReceipt,
    },
    /// Have it turn back.
    Cancel,
}

/// What stock of one SKU has to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Of what.
    pub sku: Sku,
    /// How.
    pub movements: Vec<Movement>,
    /// How many of the units that are not incoming any more are lost.
    pub lost: u32,
}

/// What is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next transfer. Its `rev` is the old one: the store raises it.
    pub transfer: Transfer,
    /// What stock has to move in the same transaction.
    pub stock: Vec<Booked>,
}

impl Decision {
    /// The same, remembering the request that it answers.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        self.transfer.requests.push(request);
        let forgotten = self.transfer.requests.len().saturating_sub(REMEMBERED);
        self.transfer.requests.drain(..forgotten);
        self
    }
}

/// Sends a consignment off, out of `stocks`: each unit has to lie free where it leaves, and to be promised to nobody.
///
/// # Errors
/// When fewer of a line lie free there, or can be spared.
pub fn send(
    id: TransferId,
    consignment: Consignment,
    stocks: &BTreeMap<Sku, Stock>,
    who: &str,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let Consignment { from, to, lines, note } = consignment;
    let mut stock = Vec::with_capacity(lines.len());
    for TransferLine { sku, quantity, .. } in &lines {
        let none = || Refusal::StockTooLow { sku: sku.clone(), location: from.clone(), left: 0 };
        let dispatch = Movement::Dispatch(from.clone(), *quantity);
        stocks.get(sku).ok_or_else(none)?.after(&dispatch)?;
        let incoming = Movement::Shift(to.clone(), Shelf::Incoming, i64::from(*quantity));
        stock.push(Booked { sku: sku.clone(), movements: vec![dispatch, incoming], lost: 0 });
    }
    let (status, requests, happened) = (TransferStatus::InTransit, Vec::new(), Vec::new());
    let mut transfer = Transfer { id, from, to, status, lines, note, sent: now, rev: 0, requests, happened };
    transfer.note(Deed::Sent, who, now);
    Ok(Decision { transfer, stock })
}

/// What `command` of `who` means for `transfer` at `now`.
///
/// # Errors
/// When the state says no, or more would come than is on the road; nothing is to be written then.
pub fn decide(transfer: &Transfer, command: Command, who: &str, now: Timestamp) -> Result<Decision, Refusal> {
    match command {
        Command::Receive { receipt } => receive(transfer, receipt, who, now),
        Command::Cancel => cancel(transfer, who, now),
    }
}

fn receive(transfer: &Transfer, receipt: TransferReceipt, who: &str, now: Timestamp) -> Result<Decision, Refusal> {
    // What is over says so, before any of its lines does.
    transfer.status.after(TransferStep::ReceivePart)?;
    let mut next = transfer.clone();
    let (mut received, mut damaged, mut missing) = (0_u32, 0_u32, 0_u32);
    let mut stock = Vec::with_capacity(receipt.0.len());
    for came in receipt.0 {
        let units = came.units();
        let line = next.lines.iter_mut().find(|line| line.sku == came.sku);
        let left = line.as_ref().map_or(0, |line| line.in_transit());
        let Some(line) = line.filter(|_| units <= left) else {
            return Err(Refusal::LineLeft { sku: came.sku, left });
        };
        line.received += came.received;
        line.damaged += came.damaged;
        line.missing += came.missing;
        received += came.received;
        damaged += came.damaged;
        missing += came.missing;
        let shift = |shelf, units: i64| Movement::Shift(transfer.to.clone(), shelf, units);
        let movements = [
            (Shelf::Incoming, -i64::from(units)),
            (Shelf::OnHand, i64::from(came.received)),
            (Shelf::Damaged, i64::from(came.damaged)),
        ];
        let movements = movements.into_iter().filter(|(_, units)| *units != 0);
        let movements = movements.map(|(shelf, units)| shift(shelf, units)).collect();
        stock.push(Booked { sku: came.sku, movements, lost: came.missing });
    }
    let complete = next.lines.iter().all(|line| line.in_transit() == 0);
    let step = if complete { TransferStep::ReceiveAll } else { TransferStep::ReceivePart };
    next.status = transfer.status.after(step)?;
    next.note(Deed::Received { received, damaged, missing }, who, now);
    Ok(Decision { transfer: next, stock })
}

fn cancel(transfer: &Transfer, who: &str, now: Timestamp) -> Result<Decision, Refusal> {
    let mut next = Transfer { status: transfer.status.after(TransferStep::Cancel)?, ..transfer.clone() };
    next.note(Deed::Canceled, who, now);
    let back = |line: &TransferLine| {
        let units = i64::from(line.in_transit());
        let movements = vec![
            Movement::Shift(transfer.to.clone(), Shelf::Incoming, -units),
            Movement::Shift(transfer.from.clone(), Shelf::OnHand, units),
        ];
        Booked { sku: line.sku.clone(), movements, lost: 0 }
    };
    Ok(Decision { stock: transfer.lines.iter().map(back).collect(), transfer: next })
}
