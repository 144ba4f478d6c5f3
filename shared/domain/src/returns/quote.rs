//! What goes back for goods, to the cent, before anybody commits to anything.
//!
//! A line's worth is what it was paid with: its price less its share of the discount, and its tax where that is not in the
//! price ([`Order::line_worths`]). Units share it by largest remainder over all units that were ever asked back, so that
//! whatever the order of partial returns, all units of a line come to all of it, and never to more.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Terms;
use crate::calendar::{civil, date};
use crate::money::{Money, MoneyError};
use crate::order::{Order, OrderLine};
use crate::stock::SkuQuantity;
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
    /// The way back of what was merely unwanted.
    ReturnLabel,
    /// Some of it went back before, or is asked back already.
    AlreadyRefunded,
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
    /// A sum left the range.
    #[error("The amount is too large.")]
    AmountTooLarge,
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

/// What an order is and was, as far as a quote asks.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The order.
    pub order: &'a Order,
    /// When its last parcel arrived. None: it is on its way, and no window has begun.
    pub delivered: Option<Timestamp>,
    /// The units that open returns ask back.
    pub open: &'a [SkuQuantity],
    /// What those returns were quoted.
    pub promised: Money,
}

impl Before<'_> {
    /// How many of a line are back or asked back.
    fn gone(&self, line: &OrderLine) -> u32 {
        let open: u32 = self.open.iter().filter(|one| one.sku == line.sku).map(|one| one.quantity.get()).sum();
        line.refunded.saturating_add(open)
    }

    /// How many of a line can still come back: what left the shop, less what is back or asked back.
    pub fn left(&self, line: &OrderLine) -> u32 {
        // What was dropped went back before it could leave.
        line.shipped.saturating_sub(self.gone(line).saturating_sub(line.dropped))
    }
}

/// What goes back for `asked`, by the `terms` of each SKU; `label` is what the way back costs where the buyer pays for it.
///
/// # Errors
/// Everything that cannot come back, and why.
pub fn quote(
    before: Before<'_>,
    asked: &[Asked],
    terms: impl Fn(&Sku) -> Terms,
    label: Option<Money>,
    now: Timestamp,
) -> Result<Quote, Vec<NotReturnable>> {
    let refused = refusals(before, asked, &terms, now);
    if !refused.is_empty() {
        return Err(refused);
    }
    priced(before, asked, terms, label).map_err(|error| vec![error])
}

fn refusals(before: Before<'_>, asked: &[Asked], terms: &impl Fn(&Sku) -> Terms, now: Timestamp) -> Vec<NotReturnable> {
    let twice = |one: &Asked| asked.iter().filter(|other| other.sku == one.sku).count() > 1;
    if asked.is_empty() || asked.iter().any(twice) {
        return vec![NotReturnable::Unclear];
    }
    let refusal = |one: &Asked| {
        let (sku, terms) = (one.sku.clone(), terms(&one.sku));
        let left = before.order.line(&sku).map_or(0, |line| before.left(line));
        if one.quantity.get() > left {
            return Some(NotReturnable::NotThatMany { sku, left });
        }
        if terms.final_sale && !one.reason.is_fault() {
            return Some(NotReturnable::FinalSale { sku });
        }
        let last_day = terms.last_day(before.delivered?);
        (date(now) > last_day).then_some(NotReturnable::WindowOver { sku, last_day })
    };
    asked.iter().filter_map(refusal).collect()
}

fn priced(
    before: Before<'_>,
    asked: &[Asked],
    terms: impl Fn(&Sku) -> Terms,
    label: Option<Money>,
) -> Result<Quote, NotReturnable> {
    let order = before.order;
    let mut lines = Vec::with_capacity(asked.len());
    let (mut worths, mut all) = (Money::zero(order.currency()), true);
    for (line, worth) in order.lines.iter().zip(order.line_worths()?) {
        worths = worths.plus(worth)?;
        let one = asked.iter().find(|one| one.sku == line.sku);
        let gone = before.gone(line);
        let after = gone.saturating_add(one.map_or(0, |one| one.quantity.get()));
        all &= after == line.quantity.get();
        let Some(one) = one else { continue };
        let units = share(worth, after, line).minus(share(worth, gone, line))?;
        let fee = if one.reason.is_fault() { Money::zero(units.currency) } else { kept(units, terms(&one.sku)) };
        let reductions = reduction(ReductionRule::RestockingFee, fee);
        let refund = units.minus(fee)?;
        let (sku, quantity, reason) = (one.sku.clone(), one.quantity, one.reason);
        lines.push(QuotedLine { sku, quantity, reason, worth: units, reductions, refund });
    }
    // Nothing is kept: the way to the buyer goes back too.
    let shipping = if all { order.totals.total.minus(worths)? } else { Money::zero(order.currency()) };
    let gross = Money::sum(order.currency(), lines.iter().map(|line| line.refund))?.plus(shipping)?;
    let cents = |amount: i64| Money::new(amount, order.currency());
    let pays_label = asked.iter().all(|one| !one.reason.is_fault() && !terms(&one.sku).free_label);
    let label = label.filter(|label| pays_label && label.currency == order.currency());
    let label = cents(label.map_or(0, |label| label.amount.clamp(0, gross.amount)));
    // Never above what came and has not gone back, nor is promised.
    let most = order.refundable().minus(before.promised)?.amount.max(0);
    let over = cents((gross.minus(label)?.amount - most).max(0));
    let lowered = [(ReductionRule::ReturnLabel, label), (ReductionRule::AlreadyRefunded, over)];
    let reductions = lowered.into_iter().flat_map(|(rule, amount)| reduction(rule, amount)).collect();
    let refund = gross.minus(label)?.minus(over)?;
    Ok(Quote { lines, shipping, reductions, refund })
}

/// What the first `units` of a line come to.
fn share(worth: Money, units: u32, line: &OrderLine) -> Money {
    let weights = [u64::from(units), u64::from(line.quantity.get().saturating_sub(units))];
    worth.split(&weights).first().copied().unwrap_or(worth)
}

/// What is kept of it by the terms.
fn kept(worth: Money, terms: Terms) -> Money {
    let fee = u64::from(terms.restocking_fee_ppm.min(1_000_000));
    worth.split(&[fee, 1_000_000 - fee]).first().copied().unwrap_or(Money::zero(worth.currency))
}

fn reduction(rule: ReductionRule, amount: Money) -> Vec<Reduction> {
    if amount.is_positive() { vec![Reduction { rule, amount }] } else { Vec::new() }
}
