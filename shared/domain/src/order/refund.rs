//! Refunds: what goes back, of which payment, and never more than came.
//!
//! Knows what a line is worth and how a sum is spread over the payments. It deliberately moves no goods: taking units
//! out of an order is a cancellation or a return.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Event, Order, PaymentMethod, PaymentStatus, PaymentStep, RefundId, UnitsBack};
use crate::id::OrderId;
use crate::money::{Money, MoneyError};
use crate::refusal::Refusal;
use crate::stock::SkuQuantity;
use crate::text::{Digest, Quantity, Sku};

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundCause {
    /// Staff sent it back, for the reason beside it.
    Requested,
    /// The order was called off.
    Canceled,
    /// The payment landed too late, and the goods were gone or no longer wanted.
    Late,
    /// It had been paid already, or more was paid than it cost.
    Duplicate,
    /// Less than the total was paid, and the hold is over.
    Short,
    /// Somebody sent it back at the payment provider, not here.
    Provider,
    /// There was none left of what it is for.
    OutOfStock,
    /// Goods came back.
    Returned,
    /// Only what the shop had before was on it when its time was over.
    Unpaid,
    /// The order that took its place in an exchange gave it back.
    Unexchanged,
    /// Its warranty was claimed on.
    Claimed,
}

impl RefundCause {
    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Canceled => "canceled",
            Self::Late => "late",
            Self::Duplicate => "duplicate",
            Self::Short => "short",
            Self::Provider => "provider",
            Self::OutOfStock => "out_of_stock",
            Self::Returned => "returned",
            Self::Unpaid => "unpaid",
            Self::Unexchanged => "unexchanged",
            Self::Claimed => "claimed",
        }
    }
}

/// Where money goes that goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundTo {
    /// To where its payment came from.
    #[default]
    Payer,
    /// To the store credit of the order's address.
    Credit,
    /// To the order of the goods that were had in exchange, which it pays.
    Order(OrderId),
}

impl RefundTo {
    const fn is_payer(&self) -> bool {
        matches!(self, Self::Payer)
    }
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Staff have to send it.
    Due,
    /// The provider has to send it.
    Pending,
    /// It was sent.
    Done,
}

impl RefundStatus {
    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Pending => "pending",
            Self::Done => "done",
        }
    }
}

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its place among the order's refunds, from 0.
    pub id: u16,
    /// When it was asked for.
    pub at: Timestamp,
    /// How much.
    pub amount: Money,
    /// Why.
    pub cause: RefundCause,
    /// What staff wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The units that it is for, when it is for units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<SkuQuantity>,
    /// The reference of the payment that it comes out of.
    pub payment: String,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "RefundTo::is_payer")]
    pub to: RefundTo,
    /// What of it came back from the order that it paid, to go on to the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Money>,
    /// The other order's refund that it passes on to the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes_on: Option<RefundId>,
    /// Where it stands.
    pub status: RefundStatus,
    /// The provider's id of it, or what staff wrote when they had sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether the provider could not send it, so that staff do by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

/// What is asked back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundWhat {
    /// A sum.
    Amount(Money),
    /// What units cost.
    Lines(Vec<SkuQuantity>),
}

/// Sums the quantities of each SKU, so that a line that stands twice counts twice.
pub(super) fn per_sku(lines: &[SkuQuantity]) -> BTreeMap<&Sku, u32> {
    let mut sums = BTreeMap::new();
    for line in lines {
        let sum: &mut u32 = sums.entry(&line.sku).or_default();
        *sum = sum.saturating_add(line.quantity.get());
    }
    sums
}

impl Order {
    /// What each line was paid with: its price less its share of the discount (by largest remainder), and its tax where
    /// that is not in the price.
    ///
    /// # Errors
    /// When a sum leaves the range.
    pub fn line_worths(&self) -> Result<Vec<Money>, MoneyError> {
        let totals: Vec<Money> = self.lines.iter().map(super::OrderLine::total).collect::<Result<_, _>>()?;
        let weights: Vec<u64> = totals.iter().map(|total| u64::try_from(total.amount).unwrap_or(0)).collect();
        let discounts = self.totals.discount.split(&weights);
        let mut worths = Vec::with_capacity(totals.len());
        for ((line, total), discount) in self.lines.iter().zip(totals).zip(discounts) {
            let price = total.minus(discount)?;
            worths.push(if self.totals.tax_included { price } else { price.plus(line.tax)? });
        }
        Ok(worths)
    }

    /// What a refund of `lines` comes to: what each unit was paid with, see [`Order::next_worth`]; and when no unit of the
    /// order is left after it, everything that is left, shipping and its tax among it. Never above what may still be
    /// refunded: a sum that went back before is part of it. With it, what the units of each SKU were paid with.
    ///
    /// # Errors
    /// When the order has no such line or not that many units left to refund, or nothing is left.
    pub fn refund_of_lines(&self, lines: &[SkuQuantity]) -> Result<(Money, Vec<UnitsBack>), Refusal> {
        let wanted = per_sku(lines);
        if wanted.is_empty() {
            return Err(Refusal::EmptyRefund);
        }
        for (sku, count) in &wanted {
            let left = self.line(sku).map_or(0, |line| line.quantity.get().saturating_sub(self.gone(line)));
            if *count > left {
                return Err(Refusal::LineLeft { sku: (*sku).clone(), left });
            }
        }
        let refundable = self.refundable();
        if !refundable.is_positive() {
            return Err(Refusal::RefundTooLarge { left: refundable });
        }
        let mut sum = Money::zero(self.currency());
        let mut units = Vec::with_capacity(wanted.len());
        let mut all = true;
        for (line, worth) in self.lines.iter().zip(self.line_worths()?) {
            let count = wanted.get(&line.sku).copied().unwrap_or(0);
            all &= self.gone(line) + count == line.quantity.get();
            let worth = self.next_worth(line, worth, count)?;
            sum = sum.plus(worth)?;
            if let Ok(quantity) = Quantity::new(count) {
                units.push(UnitsBack { sku: line.sku.clone(), quantity, worth });
            }
        }
        // What open returns were promised is theirs.
        let all = all && self.promised().is_zero();
        let amount = if all { refundable.amount } else { sum.amount.min(refundable.amount) };
        if amount == 0 { Err(Refusal::EmptyRefund) } else { Ok((Money::new(amount, self.currency()), units)) }
    }

    /// Notes that these units went back.
    pub(super) fn take_out(&mut self, units: &[UnitsBack]) -> Result<(), MoneyError> {
        for unit in units {
            if let Some(line) = self.line_mut(&unit.sku) {
                line.refunded += unit.quantity.get();
                line.worth_back = line.worth_back.plus(unit.worth)?;
            }
        }
        Ok(())
    }

    /// Notes that `refunded` of a payment went back in all: what of it was not asked back here was sent back at the
    /// provider. None where nothing was.
    pub(super) fn sent_elsewhere(
        &mut self,
        payment: &str,
        refunded: Money,
        now: Timestamp,
    ) -> Result<Option<Event>, Refusal> {
        // What went to store credit instead left no trace at the provider.
        let ours = self.refunds.iter().filter(|one| one.payment == payment && !one.by_hand && one.to.is_payer());
        let known: i64 = ours.map(|one| one.amount.amount).sum();
        let more = refunded.amount.saturating_sub(known).min(self.payment_left(payment));
        if more <= 0 || refunded.currency != self.currency() {
            return Ok(None);
        }
        let id = u16::try_from(self.refunds.len()).unwrap_or(u16::MAX);
        self.refunds.push(Refund {
            id,
            at: now,
            amount: Money::new(more, refunded.currency),
            cause: RefundCause::Provider,
            reason: None,
            lines: Vec::new(),
            payment: payment.to_owned(),
            to: RefundTo::Payer,
            undone: None,
            passes_on: None,
            status: RefundStatus::Pending,
            reference: None,
            by_hand: false,
        });
        self.sent_back(usize::from(id), payment)
    }

    /// What of a payment has not been asked back yet.
    fn payment_left(&self, reference: &str) -> i64 {
        let came: i64 = self
            .payments
            .iter()
            .filter(|payment| payment.reference == reference)
            .map(|payment| payment.amount.amount)
            .sum();
        let gone = |refund: &Refund| refund.amount.amount - refund.undone.map_or(0, |undone| undone.amount);
        let asked: i64 = self.refunds.iter().filter(|refund| refund.payment == reference).map(gone).sum();
        came - asked
    }

    /// The account of store credit that a payment came from.
    fn credit_of(&self, payment: &str) -> Option<&Digest> {
        self.payments.iter().find(|known| known.reference == payment)?.credit.as_ref()
    }

    /// The account of store credit that a refund goes to: the one that paid, or else `own`, that of the order's address.
    /// None: it goes to the payer.
    pub fn credited(&self, refund: &Refund, own: impl FnOnce() -> Digest) -> Option<Digest> {
        match (self.credit_of(&refund.payment), refund.to) {
            (_, RefundTo::Order(_)) | (None, RefundTo::Payer) => None,
            (Some(account), RefundTo::Payer | RefundTo::Credit) => Some(*account),
            (None, RefundTo::Credit) => Some(own()),
        }
    }

    /// Whether a refund goes to store credit.
    pub fn is_credited(&self, refund: &Refund) -> bool {
        match refund.to {
            RefundTo::Credit => true,
            RefundTo::Payer => self.credit_of(&refund.payment).is_some(),
            RefundTo::Order(_) => false,
        }
    }

    /// The refund that the payment was which a refund gives back, where it goes to the payer and that was another order.
    pub fn passed_on(&self, refund: &Refund) -> Option<RefundId> {
        let payment = self.payments.iter().find(|known| known.reference == refund.payment)?;
        payment.exchange.filter(|_| refund.to == RefundTo::Payer)
    }

    /// Of `amount` that would go back to the payer now, what goes to store credit: the payments go back in the order in which
    /// they came.
    pub fn credit_back(&self, amount: Money) -> Money {
        let mut missing = amount.amount;
        let mut credit = 0;
        for payment in &self.payments {
            let part = missing.min(self.payment_left(&payment.reference)).max(0);
            missing -= part;
            credit += if payment.credit.is_some() { part } else { 0 };
        }
        Money::new(credit, amount.currency)
    }

    /// Asks `amount` back, out of `payment` when that is named, else out of the payments in the order in which they
    /// came: a refund for each that it touches, the units with the first. Takes no more than is left.
    pub(super) fn ask_back(
        &mut self,
        amount: Money,
        (cause, reason): (RefundCause, Option<String>),
        lines: Vec<SkuQuantity>,
        payment: Option<&str>,
        now: Timestamp,
    ) -> Vec<Event> {
        self.ask_back_to(RefundTo::Payer, amount, (cause, reason), lines, payment, now)
    }

    /// The same, to where it is said; but what store credit paid goes to no other.
    pub(super) fn ask_back_to(
        &mut self,
        to: RefundTo,
        amount: Money,
        (cause, reason): (RefundCause, Option<String>),
        lines: Vec<SkuQuantity>,
        payment: Option<&str>,
        now: Timestamp,
    ) -> Vec<Event> {
        let mut missing = amount.amount.min(self.refundable().amount);
        let mut lines = Some(lines);
        let mut events = Vec::new();
        let references: Vec<String> = match payment {
            Some(reference) => vec![reference.to_owned()],
            None => self.payments.iter().map(|payment| payment.reference.clone()).collect(),
        };
        for reference in references {
            let part = missing.min(self.payment_left(&reference));
            if part <= 0 {
                continue;
            }
            missing -= part;
            let prepaid = self.payments.iter().any(|known| known.reference == reference && known.is_prepaid());
            let of_credit = self.credit_of(&reference).is_some();
            let to = if to == RefundTo::Credit && of_credit { RefundTo::Payer } else { to };
            let sends = to == RefundTo::Payer && !prepaid;
            let by_hand = sends && self.payment_method == PaymentMethod::BankTransfer;
            let id = u16::try_from(self.refunds.len()).unwrap_or(u16::MAX);
            self.refunds.push(Refund {
                id,
                at: now,
                amount: Money::new(part, amount.currency),
                cause,
                reason: reason.clone(),
                lines: lines.take().unwrap_or_default(),
                payment: reference,
                to,
                undone: None,
                passes_on: None,
                status: if by_hand { RefundStatus::Due } else { RefundStatus::Pending },
                reference: None,
                by_hand,
            });
            events.push(Event::RefundRequested { order: self.id, refund: id });
        }
        events
    }

    /// Takes `amount` of a refund back that paid for goods in exchange, because their order gave it back with its refund
    /// `passes_on`; and sends it on to the payer. None: it was taken back before.
    pub(super) fn take_back(
        &mut self,
        refund: u16,
        amount: Money,
        passes_on: RefundId,
        now: Timestamp,
    ) -> Result<Option<Vec<Event>>, Refusal> {
        if self.refunds.iter().any(|known| known.passes_on == Some(passes_on)) {
            return Ok(None);
        }
        let known = self.refunds.get_mut(usize::from(refund)).filter(|one| one.to == RefundTo::Order(passes_on.order));
        let Some(known) = known else { return Err(Refusal::NoRefundDue) };
        let undone = known.undone.unwrap_or(Money::zero(known.amount.currency)).plus(amount)?;
        if !amount.is_positive() || undone.amount > known.amount.amount {
            return Err(Refusal::RefundTooLarge { left: known.amount });
        }
        known.undone = Some(undone);
        let payment = known.payment.clone();
        self.refunded = self.refunded.minus(amount)?;
        let cause = (RefundCause::Unexchanged, None);
        let events = self.ask_back(amount, cause, Vec::new(), Some(&payment), now);
        if let Some(last) = self.refunds.last_mut() {
            last.passes_on = Some(passes_on);
        }
        Ok(Some(events))
    }

    /// Marks the refund at `index` as sent and moves the payment's state with it: all of what came is back, or less
    /// than the total is left. A payment beyond the total that went back leaves the order captured, and one that comes
    /// after everything went back leaves it refunded.
    pub(super) fn sent_back(&mut self, index: usize, reference: &str) -> Result<Option<Event>, Refusal> {
        let Some(refund) = self.refunds.get_mut(index).filter(|refund| refund.status != RefundStatus::Done) else {
            return Ok(None);
        };
        refund.status = RefundStatus::Done;
        refund.reference = Some(reference.to_owned());
        let (amount, id) = (refund.amount, refund.id);
        self.refunded = self.refunded.plus(amount)?;
        let kept = self.captured.amount - self.refunded.amount;
        let over = matches!(self.payment_status, PaymentStatus::Refunded | PaymentStatus::ChargedBack);
        if !over {
            if kept == 0 {
                self.payment_status = self.payment_status.after(PaymentStep::RefundAll)?;
            } else if kept < self.totals.total.amount {
                self.payment_status = self.payment_status.after(PaymentStep::RefundPart)?;
            }
        }
        Ok(Some(Event::RefundPaid { order: self.id, refund: id }))
    }
}
