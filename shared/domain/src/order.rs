//! The order: what was bought, where its money, goods and hold stand, and what may happen to it.
//!
//! Knows the record and its sums. What is legal stands as tables in `states`; what a command means is decided in
//! `decide`, purely. It deliberately knows no provider, no carrier and no mail.

mod back;
mod decide;
mod event;
mod paying;
mod refund;
mod states;
#[cfg(test)]
mod tests;

pub(crate) use back::first_share;
pub use back::{AskedBack, UnitsBack};
pub use decide::{Command, Decision, StockEffect, decide};
pub use event::Event;
pub use refund::{Refund, RefundCause, RefundStatus, RefundTo, RefundWhat};
pub use states::{
    HoldStatus, HoldStep, OrderStatus, OrderStep, PaymentStatus, PaymentStep, ShipmentStatus, ShipmentStep,
};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::calendar::date;
use crate::id::{CartId, ClaimId, OrderId, OrderNumber, PersonId};
use crate::money::{Currency, Money, MoneyError};
use crate::pricing::Totals;
use crate::returns::Terms;
use crate::settings::PaymentSettings;
use crate::stock::{Allocated, Allocation, SkuQuantity};
use crate::text::{Digest, Email, MethodId, Quantity, Sku};
use crate::warranty::UnitSerial;

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// On the provider's page.
    Card,
    /// To the shop's account; staff mark it paid.
    BankTransfer,
}

impl PaymentMethod {
    /// Every way to pay.
    pub const ALL: &'static [Self] = &[Self::Card, Self::BankTransfer];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// Whether the shop takes it.
    pub const fn is_open(self, settings: &PaymentSettings) -> bool {
        match self {
            Self::Card => settings.card,
            Self::BankTransfer => settings.bank_transfer.is_some(),
        }
    }

    /// How long its hold lasts, in seconds.
    pub const fn hold_secs(self, settings: &PaymentSettings) -> u32 {
        match self {
            Self::Card => settings.hold_card_secs,
            Self::BankTransfer => settings.hold_bank_transfer_secs,
        }
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Of what; once in an order.
    pub sku: Sku,
    /// What it was called.
    pub title: String,
    /// The key of its uploaded picture, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// What one cost.
    pub unit_price: Money,
    /// The tax of the whole line.
    pub tax: Money,
    /// The offer's version that the price stood on.
    pub price_version: u64,
    /// How many have left.
    #[serde(default)]
    pub shipped: u32,
    /// How many were refunded by line.
    #[serde(default)]
    pub refunded: u32,
    /// What those units were paid with, and the ones that open returns ask back.
    pub worth_back: Money,
    /// How many will never leave, because there were none: their price goes back.
    #[serde(default)]
    pub dropped: u32,
    /// The shard of the offer that its hold is on.
    #[serde(default, skip_serializing_if = "is_whole")]
    pub shard: u8,
    /// The terms on which it was sold.
    pub terms: Terms,
    /// Months of warranty that it was sold with; 0 for none.
    #[serde(default)]
    pub warranty_months: u16,
}

/// Shard 0 is the offer itself.
const fn is_whole(shard: &u8) -> bool {
    *shard == 0
}

impl OrderLine {
    /// How many have not left yet, and are to.
    pub const fn unshipped(&self) -> u32 {
        self.quantity.get().saturating_sub(self.shipped).saturating_sub(self.dropped)
    }

    /// What the line cost, before discounts.
    ///
    /// # Errors
    /// When it leaves the range.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity.get())
    }
}

/// The stock that an order sets aside until it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Where it stands.
    pub status: HoldStatus,
    /// When it ends, if it is not paid before.
    pub until: Timestamp,
}

/// Money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The provider's id of it, or what staff wrote: the same reference is the same payment.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it was seen.
    pub at: Timestamp,
    /// The account of store credit that it came from, where it came from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Digest>,
    /// The refund that it is, where goods of another order were exchanged for this one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<RefundId>,
}

impl Payment {
    /// Whether the shop had that money before.
    pub const fn is_prepaid(&self) -> bool {
        self.credit.is_some() || self.exchange.is_some()
    }
}

/// A refund of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundId {
    /// Which order.
    pub order: OrderId,
    /// Which of its refunds, from 0.
    pub refund: u16,
}

impl std::fmt::Display for RefundId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.order, self.refund)
    }
}

/// The provider's page on which an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSession {
    /// The provider's id of it.
    pub id: String,
    /// Where the shopper pays.
    pub url: String,
    /// Counts the sessions of the order, from 1.
    pub attempt: u32,
    /// When the page closes.
    pub expires: Timestamp,
    /// Whether an attempt to pay on it failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// When it left.
    pub at: Timestamp,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// What is in it.
    pub lines: Vec<SkuQuantity>,
    /// The numbers of its units, of those that were scanned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<UnitSerial>,
}

/// A request that an order has answered, so that its repetition does nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestMark {
    /// The digest of its Idempotency-Key.
    #[serde(rename = "k")]
    pub key: Digest,
    /// The digest of its route and canonical body.
    #[serde(rename = "b")]
    pub body: Digest,
}

/// How long after its last parcel left an order counts as arrived that nobody was told of.
pub const UNHEARD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many requests an order remembers, the latest.
const REMEMBERED: usize = 16;

/// Why somebody of the staff has to look at an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Attention {
    /// Less than the total was paid.
    ShortPayment {
        /// What was paid.
        amount: Money,
        /// Which payment.
        reference: String,
    },
    /// The payment was in another currency, or of less than nothing: it is not counted.
    UncountedPayment {
        /// What was paid.
        amount: Money,
        /// Which payment.
        reference: String,
    },
    /// The provider did not send a refund: it has to be sent by hand.
    RefundFailed {
        /// Which refund.
        refund: u16,
        /// What the provider said.
        detail: String,
    },
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id: the one that its cart leads to.
    pub id: OrderId,
    /// What people call it.
    pub number: OrderNumber,
    /// The cart that it was.
    pub cart: CartId,
    /// The customer who was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Where its mails go.
    pub email: Email,
    /// Where its parcels go.
    pub shipping_address: Address,
    /// Where its bill goes, when that is elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// How it is sent.
    pub shipping_method: MethodId,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// One per SKU.
    pub lines: Vec<OrderLine>,
    /// What it comes to.
    pub totals: Totals,
    /// Where it stands as an order.
    pub status: OrderStatus,
    /// Where its money stands.
    pub payment_status: PaymentStatus,
    /// Where its goods stand.
    pub shipment_status: ShipmentStatus,
    /// The stock that it holds.
    pub hold: Hold,
    /// When it was placed.
    pub created: Timestamp,
    /// Counts its writes; raised by the store.
    pub rev: u64,
    /// All money that came, payments beyond the total too.
    pub captured: Money,
    /// All money that went back.
    pub refunded: Money,
    /// What came, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// The provider's page, once it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_session: Option<PaymentSession>,
    /// What goes back, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Which locations its units come from, once it is paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allocation: Vec<Allocation>,
    /// Why they come from there. None: it has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated: Option<Allocated>,
    /// What of it waits for stock, a SKU once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backordered: Vec<SkuQuantity>,
    /// What has left, parcel by parcel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// When its last parcel arrived, as far as the shop heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Timestamp>,
    /// Its returns, in the order in which they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<AskedBack>,
    /// The warranty claim whose unit it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// Why somebody has to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// Why it was called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// The requests with an Idempotency-Key that it has answered of late, oldest first; its own checkout apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestMark>,
    /// The tax table that it was priced by.
    pub tax_version: u64,
    /// The shipping table that it was priced by.
    pub shipping_version: u64,
    /// Hash of the token that opens its page.
    pub view_token_hash: Digest,
    /// Hash of the key that repeats its answer.
    pub idempotency_hash: Digest,
    /// Hash of the body that was sent with it.
    pub request_hash: Digest,
}

/// What the desk can do with an order in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAction {
    /// Say that its bank transfer came.
    MarkPaid,
    /// Call it off.
    Cancel,
    /// Call off what of it waits for stock.
    CancelBackorder,
    /// Send a parcel.
    Ship,
    /// Say that it arrived.
    Deliver,
    /// Send money back.
    Refund,
    /// Say that a refund was sent.
    RefundPaid,
}

impl OrderAction {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::MarkPaid,
        Self::Cancel,
        Self::CancelBackorder,
        Self::Ship,
        Self::Deliver,
        Self::Refund,
        Self::RefundPaid,
    ];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MarkPaid => "mark_paid",
            Self::Cancel => "cancel",
            Self::CancelBackorder => "cancel_backorder",
            Self::Ship => "ship",
            Self::Deliver => "deliver",
            Self::Refund => "refund",
            Self::RefundPaid => "refund_paid",
        }
    }
}

impl Order {
    /// Whether it was called off, or its hold ended before it was paid.
    pub const fn comes_to_nothing(&self) -> bool {
        matches!(self.status, OrderStatus::Canceled | OrderStatus::Expired)
    }

    /// What was asked under a key before, while it is remembered.
    pub fn answered(&self, key: &Digest) -> Option<&RequestMark> {
        self.requests.iter().find(|known| known.key == *key)
    }

    fn mark(&mut self, request: RequestMark) {
        self.requests.push(request);
        let forgotten = self.requests.len().saturating_sub(REMEMBERED);
        self.requests.drain(..forgotten);
    }

    /// The last day, in UTC, on which something of it may still be sent back that nothing is wrong with. None: nothing may,
    /// or the days have not begun.
    pub fn return_by(&self, now: Timestamp) -> Option<Date> {
        let arrived = self.arrived()?;
        let may = |line: &&OrderLine| self.returnable(line) > 0 && !line.terms.final_sale;
        let last = self.lines.iter().filter(may).map(|line| line.terms.last_day(arrived)).max()?;
        (date(now) <= last).then_some(last)
    }

    /// Whether something of it may be asked back now, if only for a fault.
    pub fn is_returnable(&self, now: Timestamp) -> bool {
        let in_time = |line: &OrderLine| self.arrived().is_none_or(|at| date(now) <= line.terms.last_day(at));
        self.lines.iter().any(|line| self.returnable(line) > 0 && in_time(line))
    }

    /// What it is priced in.
    pub const fn currency(&self) -> Currency {
        self.totals.total.currency
    }

    /// The line of that SKU.
    pub fn line(&self, sku: &Sku) -> Option<&OrderLine> {
        self.lines.iter().find(|line| line.sku == *sku)
    }

    /// All its units, as its hold has them.
    pub fn quantities(&self) -> Vec<SkuQuantity> {
        self.lines.iter().map(|line| SkuQuantity { sku: line.sku.clone(), quantity: line.quantity }).collect()
    }

    /// Whether it was decided where its units come from.
    pub fn is_allocated(&self) -> bool {
        self.allocated.is_some() || !self.allocation.is_empty()
    }

    /// How many of a SKU wait for stock.
    pub fn waiting(&self, sku: &Sku) -> u32 {
        self.backordered.iter().filter(|line| line.sku == *sku).map(|line| line.quantity.get()).sum()
    }

    /// How many of a line can leave now: what has a location and has not left.
    pub fn ready(&self, line: &OrderLine) -> u32 {
        if self.is_allocated() { line.unshipped().saturating_sub(self.waiting(&line.sku)) } else { 0 }
    }

    /// What can be sent now.
    pub fn sendable(&self) -> Vec<SkuQuantity> {
        let left = |line: &OrderLine| {
            Some(SkuQuantity { sku: line.sku.clone(), quantity: Quantity::new(self.ready(line)).ok()? })
        };
        self.lines.iter().filter_map(left).collect()
    }

    /// What of its total is still to be paid.
    pub fn to_pay(&self) -> Money {
        Money::new((self.totals.total.amount - self.captured.amount).max(0), self.currency())
    }

    /// What of it was paid with store credit.
    pub fn credit_used(&self) -> Money {
        let credit = self.payments.iter().filter(|payment| payment.credit.is_some());
        Money::new(credit.map(|payment| payment.amount.amount).sum(), self.currency())
    }

    /// What of it was paid with goods of another order.
    pub fn exchanged(&self) -> Money {
        let exchange = self.payments.iter().filter(|payment| payment.exchange.is_some());
        Money::new(exchange.map(|payment| payment.amount.amount).sum(), self.currency())
    }

    /// What of its total is paid with money: all but what the shop had before.
    pub fn priced_in_money(&self) -> Money {
        let prepaid = self.credit_used().amount + self.exchanged().amount;
        Money::new((self.totals.total.amount - prepaid).max(0), self.currency())
    }

    /// Whether no money came for it but what the shop had before: store credit, and what an exchange left.
    pub fn is_prepaid_alone(&self) -> bool {
        self.payments.iter().all(Payment::is_prepaid)
    }

    /// The refunds that were asked for and have not been sent.
    pub fn refund_due(&self) -> Money {
        let due = self.refunds.iter().filter(|refund| refund.status != RefundStatus::Done);
        Money::new(due.map(|refund| refund.amount.amount).sum(), self.currency())
    }

    /// What may still be refunded: captured, less refunded, less due, less what open returns were promised.
    pub fn refundable(&self) -> Money {
        let spoken_for = self.refund_due().amount + self.promised().amount;
        Money::new(self.captured.amount - self.refunded.amount - spoken_for, self.currency())
    }

    /// When all of it had arrived: as the shop heard, or else [`UNHEARD`] after the last parcel left. None: not all of it
    /// has left.
    pub fn arrived(&self) -> Option<Timestamp> {
        self.delivered.or_else(|| {
            let left = self.lines.iter().all(|line| line.unshipped() == 0);
            let last = self.shipments.iter().map(|parcel| parcel.at).max().filter(|_| left)?;
            last.checked_add(UNHEARD).ok()
        })
    }

    /// Which number the next session on the provider's page has.
    pub fn next_attempt(&self) -> u32 {
        self.payment_session.as_ref().map_or(1, |session| session.attempt + 1)
    }

    /// Whether the shopper may pay now.
    pub fn awaits_payment(&self, now: Timestamp) -> bool {
        self.status == OrderStatus::PendingPayment && self.hold.status == HoldStatus::Held && now < self.hold.until
    }

    /// What can be done with it now: exactly what [`decide`] would not refuse.
    pub fn actions(&self, now: Timestamp) -> Vec<OrderAction> {
        let possible = |action: OrderAction| {
            let command = match action {
                OrderAction::MarkPaid => Command::MarkPaid { reference: String::new() },
                OrderAction::Cancel => Command::Cancel { reason: None },
                OrderAction::CancelBackorder => Command::CancelBackorder,
                OrderAction::Ship => {
                    Command::Ship { carrier: String::new(), tracking: None, lines: None, serials: Vec::new() }
                }
                OrderAction::Deliver => Command::Deliver,
                OrderAction::Refund => {
                    Command::Refund { reason: String::new(), what: RefundWhat::Amount(self.refundable()) }
                }
                OrderAction::RefundPaid => Command::RefundPaid { refund: None, reference: String::new() },
            };
            decide(self, command, now).is_ok()
        };
        OrderAction::ALL.iter().copied().filter(|action| possible(*action)).collect()
    }
}
