//! What goes back for goods, to the cent, before anybody commits to anything.
//!
//! A line's worth is what it was paid with: its price less its share of the discount, and its tax where that is not in the
//! price ([`Order::line_worths`]). Units share what is left of it by largest remainder ([`Order::next_worth`]), so that
//! whatever the order of partial returns, all units of a line come to all of it, and never to more.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Return;
use crate::calendar::{civil, date};
use crate::money::{Money, MoneyError};
use crate::order::{Order, OrderLine, UnitsBack, first_share};
use crate::text::{Quantity, Sku};

/// Why goods come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing is wrong with it.
    Unwanted,
    /// It is something else than was ordered.
    WrongItem,
    /// It came broken.
    Damaged,
    /// It does not work.
    Defective,
    /// It is not what the shop said it was.
    NotAsDescribed,
    /// It came too late.
    TooLate,
}

impl Reason {
    /// Every reason, in the order in which a form offers them.
    pub const ALL: &'static [Self] =
        &[Self::Unwanted, Self::WrongItem, Self::Damaged, Self::Defective, Self::NotAsDescribed, Self::TooLate];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unwanted => "unwanted",
            Self::WrongItem => "wrong_item",
            Self::Damaged => "damaged",
            Self::Defective => "defective",
            Self::NotAsDescribed => "not_as_described",
            Self::TooLate => "too_late",
        }
    }

    /// Whether the shop or its carrier is at fault: then nothing is kept, and what is final comes back all the same.
    pub const fn is_fault(self) -> bool {
        match self {
            Self::Unwanted => false,
            Self::WrongItem | Self::Damaged | Self::Defective | Self::NotAsDescribed | Self::TooLate => true,
        }
    }
}

/// Units that are to come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Of what; once in a return.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Why.
    pub reason: Reason,
}

/// A rule that lowers what goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReductionRule {
    /// A share of the price of what was merely unwanted is kept.
    RestockingFee,
    /// What came back is worth less than it was, by what staff saw.
    Wear,
    /// The way back of what was merely unwanted.
    ReturnLabel,
    /// Some of it went back before, or is asked back already.
    AlreadyRefunded,
}

impl ReductionRule {
    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RestockingFee => "restocking_fee",
            Self::Wear => "wear",
            Self::ReturnLabel => "return_label",
            Self::AlreadyRefunded => "already_refunded",
        }
    }
}

/// By how much a rule lowered what goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduction {
    /// Which rule.
    pub rule: ReductionRule,
    /// By how much; above zero.
    pub amount: Money,
}

/// What goes back for the units of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedLine {
    /// Of what.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Why.
    pub reason: Reason,
    /// What they were paid with.
    pub worth: Money,
    /// What lowered it.
    pub reductions: Vec<Reduction>,
    /// What goes back: the worth less its reductions.
    pub refund: Money,
}

/// What goes back for a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Line by line.
    pub lines: Vec<QuotedLine>,
    /// The way to the buyer, which goes back with the last unit of an order.
    pub shipping: Money,
    /// What lowered the whole.
    pub reductions: Vec<Reduction>,
    /// All that goes back.
    pub refund: Money,
}

/// Why units do not come back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReturnable {
    /// Nothing was asked for, or a SKU twice.
    #[error("Choose what you want to send back, each item once.")]
    Unclear,
    /// Not that many have left the shop and are neither back nor asked back.
    #[error("{}", left_words(*left))]
    NotThatMany {
        /// Of what.
        sku: Sku,
        /// How many can still come back.
        left: u32,
    },
    /// It comes back for a fault alone.
    #[error("This was sold as final: it comes back only when something is wrong with it.")]
    FinalSale {
        /// What.
        sku: Sku,
    },
    /// The days are over.
    #[error("It could be sent back until {}. If it broke since, see its warranty.", civil(*last_day))]
    WindowOver {
        /// What.
        sku: Sku,
        /// The last day.
        last_day: Date,
    },
    /// Another sum goes back than the buyer saw.
    #[error("What goes back is {} now. Look at it once more.", now.format())]
    RefundChanged {
        /// What it is.
        now: Money,
    },
    /// A sum left the range.
    #[error("The amount is too large.")]
    AmountTooLarge,
    /// The order says no.
    #[error(transparent)]
    Refused(crate::refusal::Refusal),
}

impl NotReturnable {
    /// Which SKU does not come back, where it is one.
    pub const fn sku(&self) -> Option<&Sku> {
        match self {
            Self::NotThatMany { sku, .. } | Self::FinalSale { sku } | Self::WindowOver { sku, .. } => Some(sku),
            Self::Unclear | Self::RefundChanged { .. } | Self::AmountTooLarge | Self::Refused(_) => None,
        }
    }

    /// Which field of its line is to blame.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::FinalSale { .. } => "reason",
            Self::NotThatMany { .. }
            | Self::WindowOver { .. }
            | Self::Unclear
            | Self::RefundChanged { .. }
            | Self::AmountTooLarge
            | Self::Refused(_) => "quantity",
        }
    }

    /// Its name for programs; never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unclear => "nothing-chosen",
            Self::NotThatMany { .. } => "too-few-left",
            Self::FinalSale { .. } => "final-sale",
            Self::WindowOver { .. } => "window-over",
            Self::RefundChanged { .. } => "refund-changed",
            Self::AmountTooLarge => "amount-too-large",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

fn left_words(left: u32) -> String {
    match left {
        0 => "None of these can be sent back.".to_owned(),
        1 => "Only one of these can be sent back.".to_owned(),
        many => format!("Only {many} of these can be sent back."),
    }
}

impl From<MoneyError> for NotReturnable {
    fn from(_: MoneyError) -> Self {
        Self::AmountTooLarge
    }
}

/// What goes back for `asked` of an order, each by the terms on which it was sold; `label` is what the way back costs
/// where the buyer pays for it.
///
/// # Errors
/// Everything that cannot come back, and why.
pub fn quote(
    order: &Order,
    asked: &[Asked],
    label: Option<Money>,
    now: Timestamp,
) -> Result<Quote, Vec<NotReturnable>> {
    let refused = refusals(order, asked, now);
    if !refused.is_empty() {
        return Err(refused);
    }
    priced(order, asked, label).map_err(|error| vec![error.into()])
}

fn refusals(order: &Order, asked: &[Asked], now: Timestamp) -> Vec<NotReturnable> {
    let twice = |one: &Asked| asked.iter().filter(|other| other.sku == one.sku).count() > 1;
    if asked.is_empty() || asked.iter().any(twice) {
        return vec![NotReturnable::Unclear];
    }
    let refusal = |one: &Asked| {
        let sku = one.sku.clone();
        let line = order.line(&sku);
        let left = line.map_or(0, |line| order.returnable(line));
        let Some(line) = line.filter(|_| one.quantity.get() <= left) else {
            return Some(NotReturnable::NotThatMany { sku, left });
        };
        if line.terms.final_sale && !one.reason.is_fault() {
            return Some(NotReturnable::FinalSale { sku });
        }
        let last_day = line.terms.last_day(order.arrived()?);
        (date(now) > last_day).then_some(NotReturnable::WindowOver { sku, last_day })
    };
    asked.iter().filter_map(refusal).collect()
}

/// What goes back for `asked`, whether it may come back or not.
pub(super) fn priced(order: &Order, asked: &[Asked], label: Option<Money>) -> Result<Quote, MoneyError> {
    let mut lines = Vec::with_capacity(asked.len());
    let (mut worths, mut all) = (Money::zero(order.currency()), true);
    for (line, worth) in order.lines.iter().zip(order.line_worths()?) {
        worths = worths.plus(worth)?;
        let one = asked.iter().find(|one| one.sku == line.sku);
        // What another return asks back may not come: then the way to the buyer is not paid back.
        all &= line.refunded + one.map_or(0, |one| one.quantity.get()) == line.quantity.get();
        if let Some(one) = one {
            lines.push(quoted(one, line, order.next_worth(line, worth, one.quantity.get())?)?);
        }
    }
    // Nothing is kept: the way to the buyer goes back too.
    let shipping = if all { order.totals.total.minus(worths)? } else { Money::zero(order.currency()) };
    let pays = |one: &Asked| {
        let free = order.line(&one.sku).is_none_or(|line| line.terms.free_label);
        !one.reason.is_fault() && !free
    };
    let label = label.filter(|_| asked.iter().all(pays));
    Quote::of(lines, shipping, &[(ReductionRule::ReturnLabel, label)], order.refundable())
}

fn quoted(one: &Asked, line: &OrderLine, worth: Money) -> Result<QuotedLine, MoneyError> {
    let fee = if one.reason.is_fault() { 0 } else { line.terms.restocking_fee_ppm.min(1_000_000) };
    let fee = first_share(worth, fee, 1_000_000);
    let (sku, quantity, reason) = (one.sku.clone(), one.quantity, one.reason);
    let reductions = reduction(ReductionRule::RestockingFee, fee);
    Ok(QuotedLine { sku, quantity, reason, worth, reductions, refund: worth.minus(fee)? })
}

impl QuotedLine {
    /// The part of it that stands for its first `count` units.
    fn part(&self, count: u32) -> Result<Option<Self>, MoneyError> {
        let Ok(quantity) = Quantity::new(count.min(self.quantity.get())) else { return Ok(None) };
        let share = |whole: Money| first_share(whole, quantity.get(), self.quantity.get());
        let worth = share(self.worth);
        let lowered = |one: &Reduction| Reduction { rule: one.rule, amount: share(one.amount) };
        let reductions: Vec<_> = self.reductions.iter().map(lowered).filter(|one| one.amount.is_positive()).collect();
        let all = Money::sum(worth.currency, reductions.iter().map(|one| one.amount))?;
        Ok(Some(Self { quantity, worth, refund: worth.minus(all)?, reductions, ..self.clone() }))
    }

    /// What was asked.
    pub fn asked(&self) -> Asked {
        Asked { sku: self.sku.clone(), quantity: self.quantity, reason: self.reason }
    }

    /// Its units, with what they were paid with.
    pub fn units(&self) -> UnitsBack {
        UnitsBack { sku: self.sku.clone(), quantity: self.quantity, worth: self.worth }
    }
}

impl Quote {
    /// The quote of these lines: no more than `most` of it is left to give, and the `kept` rules lower that in their order,
    /// none below zero.
    fn of(
        lines: Vec<QuotedLine>,
        shipping: Money,
        kept: &[(ReductionRule, Option<Money>)],
        most: Money,
    ) -> Result<Self, MoneyError> {
        let currency = shipping.currency;
        let mut refund = Money::sum(currency, lines.iter().map(|line| line.refund))?.plus(shipping)?;
        let mut reductions = Vec::new();
        let over = Money::new((refund.amount - most.amount.max(0)).max(0), currency);
        for (rule, amount) in [(ReductionRule::AlreadyRefunded, Some(over))].into_iter().chain(kept.iter().copied()) {
            let Some(wanted) = amount.filter(|amount| amount.currency == currency) else { continue };
            let amount = Money::new(wanted.amount.max(0).min(refund.amount), currency);
            refund = refund.minus(amount)?;
            reductions.extend(reduction(rule, amount));
        }
        Ok(Self { lines, shipping, reductions, refund })
    }

    /// What a rule takes off the whole.
    pub fn lowered_by(&self, rule: ReductionRule) -> Option<Money> {
        self.reductions.iter().find(|one| one.rule == rule).map(|one| one.amount)
    }

    /// The units that it is for.
    pub fn units(&self) -> Vec<UnitsBack> {
        self.lines.iter().map(QuotedLine::units).collect()
    }
}

/// What goes back for what of a return was taken back: its quote, in proportion to the units; less what staff keep for
/// wear, and for the label where one was given. The way to the buyer goes back where nothing of the order is kept then.
/// But for that, never more than was promised; and never more than the order has.
///
/// # Errors
/// When a sum leaves the range.
pub fn settled(back: &Return, order: &Order) -> Result<Quote, MoneyError> {
    let mut lines = Vec::with_capacity(back.lines.len());
    for line in &back.lines {
        lines.extend(line.quoted.part(line.accepted())?);
    }
    let accepted = |sku: &Sku| back.line(sku).map_or(0, super::ReturnLine::accepted);
    let nothing_kept = order.lines.iter().all(|line| line.refunded + accepted(&line.sku) == line.quantity.get());
    let shipping = if nothing_kept {
        order.totals.total.minus(Money::sum(order.currency(), order.line_worths()?)?)?
    } else {
        Money::zero(order.currency())
    };
    let quoted_label = back.quote.lowered_by(ReductionRule::ReturnLabel);
    let label = quoted_label.filter(|_| back.label.is_some());
    let wear = back.deduction.as_ref().map(|deduction| deduction.amount);
    let promised: i64 = order.returns.iter().filter(|one| one.id == back.id).map(|one| one.promised.amount).sum();
    let left = order.refundable().amount;
    // What was promised stands, whatever else went back; where money went back at the provider, less of it may be left.
    // What is more than that, the way to the buyer or a label that nobody gave, comes of what the order has beside it.
    let ungiven = quoted_label.filter(|_| label.is_none()).map_or(0, |label| label.amount);
    let more = ungiven + (shipping.amount - back.quote.shipping.amount).max(0);
    let before_label = promised + more.min(left.max(0)) + left.min(0) + label.map_or(0, |label| label.amount);
    let most = Money::new(before_label, order.currency());
    Quote::of(lines, shipping, &[(ReductionRule::Wear, wear), (ReductionRule::ReturnLabel, label)], most)
}

fn reduction(rule: ReductionRule, amount: Money) -> Vec<Reduction> {
    if amount.is_positive() { vec![Reduction { rule, amount }] } else { Vec::new() }
}
