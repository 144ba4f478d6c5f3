//! The trade says no: every reason, in words for people.
//!
//! Knows reasons; deliberately knows no statuses and no transport: what a caller hears is made of these elsewhere.

use jiff::Timestamp;

use crate::machine::IllegalTransition;
use crate::money::{Currency, Money, MoneyError};
use crate::text::{CountryCode, LocationId, MethodId, Serial, Sku};

/// Why something that was asked for is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing in the cart.
    #[error("The cart is empty.")]
    EmptyCart,
    /// The cart has become an order.
    #[error("This cart has been ordered already.")]
    CartOrdered,
    /// More SKUs than an order takes.
    #[error("An order takes at most {most} different items.")]
    TooManyLines {
        /// How many it takes.
        most: usize,
    },
    /// More of one SKU than a line takes.
    #[error("At most {most} of {title} go into one order.")]
    TooMany {
        /// What it is called.
        title: String,
        /// How many a line takes.
        most: u32,
    },
    /// Less can be promised than was asked for.
    #[error("{}", not_enough(title, *available))]
    NotEnough {
        /// Of which SKU.
        sku: Sku,
        /// What it is called.
        title: String,
        /// How many there are; not below zero.
        available: i64,
    },
    /// What was in the cart has another price now, or is sold under other terms.
    #[error("The price of {title} has changed since you put it in the cart. Please look at the cart again.")]
    PriceChanged {
        /// Of which SKU.
        sku: Sku,
        /// What it is called.
        title: String,
    },
    /// It is not sold, or no longer.
    #[error("{title} is no longer sold.")]
    NotSold {
        /// Of which SKU.
        sku: Sku,
        /// What it is called.
        title: String,
    },
    /// Nothing is sold to that country, or not these goods.
    #[error("We do not sell to {}.", country.name())]
    CountryNotServed {
        /// Which country.
        country: CountryCode,
    },
    /// No such way leads there, or none for a parcel that heavy.
    #[error("{method} shipping does not carry this order to {}.", country.name())]
    MethodNotOffered {
        /// Which way was asked for.
        method: MethodId,
        /// To where.
        country: CountryCode,
    },
    /// The shop does not take that kind of payment.
    #[error("This way to pay is not open at the moment.")]
    PaymentMethodClosed,
    /// The total is another than the shopper saw.
    #[error("The total is {} now.", now.format())]
    TotalChanged {
        /// What it is.
        now: Money,
    },
    /// Store credit pays another part of it than the shopper saw.
    #[error("{}", credit_now(*now))]
    CreditChanged {
        /// What it pays.
        now: Money,
    },
    /// Two currencies met.
    #[error("The shop sells in {expected}.")]
    WrongCurrency {
        /// What was wanted.
        expected: Currency,
    },
    /// An amount is too large to be computed.
    #[error("The amount is too large.")]
    AmountTooLarge,
    /// The state says no.
    #[error("This is not possible while the {} is {}.", .0.axis, .0.state.replace('_', " "))]
    Illegal(IllegalTransition),
    /// The hold still runs.
    #[error("The order holds its stock until {until}.")]
    HoldRuns {
        /// Until when.
        until: Timestamp,
    },
    /// Only a bank transfer is marked paid by hand.
    #[error("A card payment is confirmed by its provider alone.")]
    NotByHand,
    /// The order has no such line, or not that many left to do this with.
    #[error("{}", line_left(sku, *left))]
    LineLeft {
        /// Which SKU.
        sku: Sku,
        /// How many are left.
        left: u32,
    },
    /// Parts of the order have left already.
    #[error("Parts of this order have been shipped: they can be returned, but it can no longer be canceled.")]
    PartlyShipped,
    /// The goods have no place yet that they could leave from.
    #[error("Stock for this order has not been allocated yet.")]
    NotAllocated,
    /// Nothing of the order waits for stock.
    #[error("Nothing of this order waits for stock.")]
    NothingWaits,
    /// More was asked back than is left.
    #[error("{}", refund_left(*left))]
    RefundTooLarge {
        /// What is left to refund.
        left: Money,
    },
    /// A refund of nothing.
    #[error("A refund is more than nothing.")]
    EmptyRefund,
    /// There is no refund that waits to be sent.
    #[error("No refund of this order is due.")]
    NoRefundDue,
    /// An order cannot have yet another return.
    #[error("This order has {most} returns already. Write to us about further ones.")]
    TooManyReturns {
        /// How many an order can have.
        most: usize,
    },
    /// Goods that came back were not all looked at, or more of them than came.
    #[error("{}", uninspected(sku, *came))]
    NotInspected {
        /// Which SKU.
        sku: Sku,
        /// How many came.
        came: u32,
    },
    /// Something is not taken back, and nobody says why.
    #[error("Say why something is not taken back; the buyer reads it.")]
    NoReason,
    /// A deduction of less than nothing, or of more than would go back.
    #[error("A deduction is more than nothing and at most {}.", most.format())]
    WrongDeduction {
        /// What would go back without it.
        most: Money,
    },
    /// A return can have no further picture.
    #[error("A return has at most {most} pictures.")]
    TooManyPhotos {
        /// How many it can have.
        most: usize,
    },
    /// Something is being done about the unit of a certificate already.
    #[error("A claim on this warranty is open. Wait until it is settled.")]
    ClaimOpen,
    /// A certificate can have no further claim.
    #[error("This warranty has {most} claims already. Write to us about further ones.")]
    TooManyClaims {
        /// How many it can have.
        most: usize,
    },
    /// A certificate is offered to its own holder.
    #[error("This is the address that the warranty belongs to already.")]
    OwnAddress,
    /// A certificate is offered to nobody, or its time to be taken is over.
    #[error("This warranty is not on offer any more. Ask who gave you the link for a new one.")]
    NotOffered,
    /// The price of a unit goes back to whoever paid it alone.
    #[error("This warranty was passed on: the price goes back to its buyer alone. Repair or replace it.")]
    NotBuyers,
    /// The shop does not know where to send a unit.
    #[error("Say where a repaired or a new one is to be sent.")]
    NoAddress,
    /// What is done about a claim was not said.
    #[error("Say what is done about it: repair, replace or refund.")]
    NoRemedy,
    /// More units were scanned than leave.
    #[error("{leaving} of {sku} leave: give no more serial numbers than that.")]
    TooManySerials {
        /// Of which SKU.
        sku: Sku,
        /// How many leave.
        leaving: u32,
    },
    /// One unit was scanned twice.
    #[error("The serial number {serial} stands here twice.")]
    SerialTwice {
        /// Which.
        serial: Serial,
    },
    /// The order of a replacement is on its way still.
    #[error("The replacement was ordered and has not been called off.")]
    ReplacementRuns,
    /// More would leave a location than there is.
    #[error("{location} has only {left} of {sku} that are not promised to an order.")]
    StockTooLow {
        /// Of which SKU.
        sku: Sku,
        /// Where.
        location: LocationId,
        /// How many may leave.
        left: i64,
    },
    /// More would be taken from what can be promised than there is of it.
    #[error("{}", to_spare(sku, *left))]
    TooFewToSpare {
        /// Of which SKU.
        sku: Sku,
        /// How many are promised to nobody and not kept from sale.
        left: i64,
    },
    /// No location has enough of it.
    #[error("No location has enough of {sku}.")]
    NowhereEnough {
        /// Of which SKU.
        sku: Sku,
    },
}

fn credit_now(now: Money) -> String {
    if now.is_positive() {
        format!("Your store credit pays {} of it now.", now.format())
    } else {
        "There is no store credit left on this code.".to_owned()
    }
}

fn not_enough(title: &str, available: i64) -> String {
    match available {
        ..=0 => format!("{title} is sold out."),
        1 => format!("Only 1 of {title} is left."),
        more => format!("Only {more} of {title} are left."),
    }
}

fn line_left(sku: &Sku, left: u32) -> String {
    match left {
        0 => format!("Nothing of {sku} is left to do this with."),
        1 => format!("Only 1 of {sku} is left to do this with."),
        more => format!("Only {more} of {sku} are left to do this with."),
    }
}

fn to_spare(sku: &Sku, left: i64) -> String {
    match left {
        ..=0 => format!("Nothing of {sku} can be spared: all of it is promised to orders or kept from sale."),
        some => format!("Only {some} of {sku} can be spared: the rest is promised to orders or kept from sale."),
    }
}

fn uninspected(sku: &Sku, came: u32) -> String {
    match came {
        0 => format!("None of {sku} came."),
        1 => format!("1 of {sku} came: say what it is like."),
        more => format!("{more} of {sku} came: say of each what it is like."),
    }
}

fn refund_left(left: Money) -> String {
    if left.is_positive() {
        format!("Only {} is left to refund.", left.format())
    } else {
        "Nothing is left to refund.".to_owned()
    }
}

impl Refusal {
    /// Its name for programs; never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EmptyCart => "empty-cart",
            Self::CartOrdered => "cart-ordered",
            Self::TooManyLines { .. } => "too-many-lines",
            Self::TooMany { .. } => "too-many",
            Self::NotEnough { .. } => "not-enough-stock",
            Self::PriceChanged { .. } => "price-changed",
            Self::NotSold { .. } => "not-sold",
            Self::CountryNotServed { .. } => "country-not-served",
            Self::MethodNotOffered { .. } => "shipping-method-not-offered",
            Self::PaymentMethodClosed => "payment-method-closed",
            Self::TotalChanged { .. } => "total-changed",
            Self::CreditChanged { .. } => "credit-changed",
            Self::WrongCurrency { .. } => "wrong-currency",
            Self::AmountTooLarge => "amount-too-large",
            Self::Illegal(_) => "illegal-transition",
            Self::HoldRuns { .. } => "hold-runs",
            Self::NotByHand => "not-by-hand",
            Self::LineLeft { .. } => "too-few-left",
            Self::PartlyShipped => "partly-shipped",
            Self::NotAllocated => "not-allocated",
            Self::NothingWaits => "nothing-waits",
            Self::RefundTooLarge { .. } => "refund-too-large",
            Self::EmptyRefund => "empty-refund",
            Self::NoRefundDue => "no-refund-due",
            Self::TooManyReturns { .. } => "too-many-returns",
            Self::NotInspected { .. } => "not-inspected",
            Self::NoReason => "reason-missing",
            Self::WrongDeduction { .. } => "wrong-deduction",
            Self::TooManyPhotos { .. } => "too-many-photos",
            Self::ClaimOpen => "claim-open",
            Self::TooManyClaims { .. } => "too-many-claims",
            Self::OwnAddress => "own-address",
            Self::NotOffered => "not-offered",
            Self::NotBuyers => "not-the-buyers",
            Self::NoAddress => "address-missing",
            Self::NoRemedy => "remedy-missing",
            Self::TooManySerials { .. } => "too-many-serials",
            Self::SerialTwice { .. } => "serial-twice",
            Self::ReplacementRuns => "replacement-runs",
            Self::StockTooLow { .. } => "stock-too-low",
            Self::TooFewToSpare { .. } => "too-few-to-spare",
            Self::NowhereEnough { .. } => "nowhere-enough",
        }
    }
}

impl From<IllegalTransition> for Refusal {
    fn from(refused: IllegalTransition) -> Self {
        Self::Illegal(refused)
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch { left, .. } => Self::WrongCurrency { expected: left },
            MoneyError::Overflow => Self::AmountTooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_to_people() {
        let sku = Sku::new("MUG-1").unwrap();
        let left =
            |available| Refusal::NotEnough { sku: sku.clone(), title: "Enamel mug".into(), available }.to_string();
        assert_eq!(left(2), "Only 2 of Enamel mug are left.");
        assert_eq!(left(1), "Only 1 of Enamel mug is left.");
        assert_eq!(left(-3), "Enamel mug is sold out.");
        let now = Money::new(1999, Currency::EUR);
        assert_eq!(Refusal::TotalChanged { now }.to_string(), "The total is \u{20ac}19.99 now.");
    }
}
