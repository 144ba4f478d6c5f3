//! What of an order is asked back: the units of its open returns, and the money that they were promised.
//!
//! The order keeps them itself, so that whoever writes it, a return or a refund, sees at once what is spoken for. It
//! deliberately knows no return's life: one is open while it has units here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Decision, Event, Order, OrderLine, RefundCause, RefundTo};
use crate::id::ReturnId;
use crate::money::{Money, MoneyError};
use crate::refusal::Refusal;
use crate::stock::SkuQuantity;
use crate::text::{Quantity, Sku};

/// The most returns that an order can have.
pub(super) const MAX_RETURNS: usize = 100;

/// Units that go back, and what they were paid with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsBack {
    /// Of what; once in a return.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// What they were paid with, whatever goes back for them.
    pub worth: Money,
}

/// A return of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBack {
    /// Which.
    pub id: ReturnId,
    /// What it asks back; nothing any more once it is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<UnitsBack>,
    /// What it was quoted; nothing any more once it is over.
    pub promised: Money,
}

impl AskedBack {
    /// Whether its units and its money are spoken for.
    pub fn is_open(&self) -> bool {
        !self.lines.is_empty()
    }

    pub(super) fn end(&mut self) -> Self {
        let ended = Self { id: self.id, lines: Vec::new(), promised: Money::zero(self.promised.currency) };
        std::mem::replace(self, ended)
    }
}

impl Order {
    /// How many of a SKU its open returns ask back.
    pub fn asked_back(&self, sku: &Sku) -> u32 {
        let lines = self.returns.iter().flat_map(|back| &back.lines);
        lines.filter(|line| line.sku == *sku).map(|line| line.quantity.get()).sum()
    }

    /// What its open returns were quoted.
    pub fn promised(&self) -> Money {
        Money::new(self.returns.iter().map(|back| back.promised.amount).sum(), self.currency())
    }

    /// How many of a line went back, or are asked back.
    pub fn gone(&self, line: &OrderLine) -> u32 {
        line.refunded.saturating_add(self.asked_back(&line.sku))
    }

    /// How many of a line can still come back: what left the shop, less what is back or asked back. What replaces an item for
    /// nothing comes back as that one: with the order that it was bought with.
    pub fn returnable(&self, line: &OrderLine) -> u32 {
        if self.claim.is_some() {
            return 0;
        }
        // What was dropped went back before it could leave.
        line.shipped.saturating_sub(self.gone(line).saturating_sub(line.dropped))
    }

    /// What the next `count` units of a line were paid with, of the line's `worth`: their share, by largest remainder,
    /// of what is left of it for the units that are left. So all units of a line always come to all of it, whatever
    /// goes back in between and whatever is called off again.
    ///
    /// # Errors
    /// When amounts of two currencies meet.
    pub fn next_worth(&self, line: &OrderLine, worth: Money, count: u32) -> Result<Money, MoneyError> {
        let units = line.quantity.get().saturating_sub(self.gone(line));
        let left = worth.minus(line.worth_back)?;
        Ok(first_share(left, count, units))
    }

    pub(super) fn line_mut(&mut self, sku: &Sku) -> Option<&mut OrderLine> {
        self.lines.iter_mut().find(|line| line.sku == *sku)
    }

    /// The return with this id, while it is open.
    pub(super) fn open_return(&mut self, id: &ReturnId) -> Option<&mut AskedBack> {
        self.returns.iter_mut().find(|back| back.id == *id && back.is_open())
    }

    /// Speaks for units and money.
    pub(super) fn open(&mut self, asked: AskedBack) -> Result<(), Refusal> {
        for unit in &asked.lines {
            let left = self.line(&unit.sku).map_or(0, |line| self.returnable(line));
            if unit.quantity.get() > left {
                return Err(Refusal::LineLeft { sku: unit.sku.clone(), left });
            }
        }
        let left = self.refundable();
        if asked.promised.amount > left.amount.max(0) {
            return Err(Refusal::RefundTooLarge { left });
        }
        for unit in &asked.lines {
            if let Some(line) = self.line_mut(&unit.sku) {
                line.worth_back = line.worth_back.plus(unit.worth)?;
            }
        }
        match self.returns.iter().position(|back| back.id == asked.id) {
            Some(place) => self.returns[place] = asked,
            None if self.returns.len() >= MAX_RETURNS => return Err(Refusal::TooManyReturns { most: MAX_RETURNS }),
            None => self.returns.push(asked),
        }
        Ok(())
    }

    /// Lets go of what a return spoke for. None: it is not open.
    pub(super) fn let_go(&mut self, id: &ReturnId) -> Result<Option<AskedBack>, Refusal> {
        let Some(ended) = self.open_return(id).map(AskedBack::end) else { return Ok(None) };
        for unit in &ended.lines {
            if let Some(line) = self.line_mut(&unit.sku) {
                line.worth_back = line.worth_back.minus(unit.worth)?;
            }
        }
        Ok(Some(ended))
    }
}

/// Units are asked back.
pub(super) fn open_return(order: &Order, asked: AskedBack) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    if next.open_return(&asked.id).is_some() {
        return Ok(Decision::unchanged(order));
    }
    next.open(asked)?;
    Ok(Decision::new(next, Vec::new(), Vec::new()))
}

/// A return comes to nothing.
pub(super) fn drop_return(order: &Order, id: &ReturnId) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    Ok(match next.let_go(id)? {
        Some(_) => Decision::new(next, Vec::new(), Vec::new()),
        None => Decision::unchanged(order),
    })
}

/// Units of a return were taken back, and the sums of `parts` go somewhere for them.
pub(super) fn close_return(
    order: &Order,
    id: &ReturnId,
    lines: &[UnitsBack],
    parts: &[(Money, RefundTo)],
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    let Some(asked) = next.let_go(id)? else { return Ok(Decision::unchanged(order)) };
    for unit in lines {
        let of = asked.lines.iter().find(|one| one.sku == unit.sku);
        let left = of.map_or(0, |one| one.quantity.get());
        if unit.quantity.get() > left {
            return Err(Refusal::LineLeft { sku: unit.sku.clone(), left });
        }
    }
    let left = next.refundable();
    let amount = Money::sum(order.currency(), parts.iter().map(|(amount, _)| *amount))?;
    if amount.amount > left.amount.max(0) {
        return Err(Refusal::RefundTooLarge { left });
    }
    next.take_out(lines)?;
    let mut units = lines.iter().map(|unit| SkuQuantity { sku: unit.sku.clone(), quantity: unit.quantity }).collect();
    let reason = Some(format!("return {}", id.number()));
    let mut events = Vec::new();
    // First: what a stream's filter sees of a write is its first event.
    events.extend((!lines.is_empty()).then_some(Event::OrderReturned { order: order.id }));
    for (amount, to) in parts.iter().copied() {
        let (known, cause) = (next.refunds.len(), (RefundCause::Returned, reason.clone()));
        let asked = next.ask_back_to(to, amount, cause, std::mem::take(&mut units), None, now);
        let RefundTo::Order(paid) = to else {
            events.extend(asked);
            continue;
        };
        // It is there as soon as that order is, with this write.
        for index in known..next.refunds.len() {
            events.extend(next.sent_back(index, &format!("order {}", paid.number()))?);
        }
    }
    Ok(Decision::new(next, events, Vec::new()))
}

/// The share of `count` of `units`, the first by largest remainder. Of no units, nothing.
pub(crate) fn first_share(whole: Money, count: u32, units: u32) -> Money {
    let weights = [u64::from(count.min(units)), u64::from(units.saturating_sub(count))];
    if count == 0 || units == 0 {
        return Money::zero(whole.currency);
    }
    whole.split(&weights).first().copied().unwrap_or(whole)
}
