//! The words and signs in which pages show orders: badges, sums, times, what happened; and how much there is to sell.
//!
//! Knows the records of orders and offers, and the parts that pages are made of. It deliberately knows no page, and
//! tells references and reasons to staff alone.

use domain::Money;
use domain::calendar::moment;
use domain::order::{
    Attention, Order, OrderStatus, PaymentMethod, PaymentStatus, Refund, RefundCause, RefundStatus, RefundTo,
    ShipmentStatus,
};
use domain::stock::{Offer, SkuQuantity};
use jiff::Timestamp;
use pages::components::{Badge, Event, Stock, Tone, Totals, TotalsRow};
use store::lists::OrderRow;

/// As few pieces as this are told to shoppers.
const FEW: i64 = 3;

/// Where an order stands, as far as its badges tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// As an order.
    pub status: OrderStatus,
    /// Its money.
    pub payment: PaymentStatus,
    /// Its goods.
    pub shipment: ShipmentStatus,
    /// Whether a part of it has left, and a part has not.
    pub part_shipped: bool,
}

impl From<&Order> for Standing {
    fn from(order: &Order) -> Self {
        Self {
            status: order.status,
            payment: order.payment_status,
            shipment: order.shipment_status,
            part_shipped: !order.shipments.is_empty() && order.lines.iter().any(|line| line.unshipped() > 0),
        }
    }
}

impl From<&OrderRow> for Standing {
    fn from(row: &OrderRow) -> Self {
        Self {
            status: row.status,
            payment: row.payment_status,
            shipment: row.shipment_status,
            part_shipped: row.part_shipped,
        }
    }
}

impl Standing {
    /// The one badge that says where the order is.
    pub fn badge(self) -> Badge {
        match self.status {
            OrderStatus::PendingPayment => Badge::AwaitingPayment,
            OrderStatus::Completed => Badge::Delivered,
            OrderStatus::Canceled => Badge::Cancelled,
            OrderStatus::Expired => Badge::Expired,
            OrderStatus::Placed => match self.shipment {
                ShipmentStatus::Allocated | ShipmentStatus::Backordered | ShipmentStatus::Picking
                    if self.part_shipped =>
                {
                    Badge::PartShipped
                }
                ShipmentStatus::Allocated | ShipmentStatus::Picking => Badge::Paid,
                ShipmentStatus::Backordered => Badge::Other(Tone::Warn, "Waiting for stock".to_owned()),
                ShipmentStatus::Packed => Badge::Packed,
                ShipmentStatus::Shipped => Badge::Shipped,
                ShipmentStatus::Delivered => Badge::Delivered,
                ShipmentStatus::Lost => Badge::Other(Tone::Bad, "Lost".to_owned()),
                ShipmentStatus::ReturnedToSender => Badge::Returned,
                ShipmentStatus::Canceled => Badge::Cancelled,
            },
        }
    }

    /// The badge that says where its money is.
    pub fn payment_badge(self) -> Badge {
        let other = |tone, word: &str| Badge::Other(tone, word.to_owned());
        match self.payment {
            PaymentStatus::None if self.status == OrderStatus::PendingPayment => Badge::AwaitingPayment,
            PaymentStatus::None | PaymentStatus::Voided => other(Tone::Neutral, "Not paid"),
            PaymentStatus::Authorized => other(Tone::Info, "Authorized"),
            PaymentStatus::PartiallyCaptured => other(Tone::Bad, "Paid in part"),
            PaymentStatus::Captured => Badge::Paid,
            PaymentStatus::PartiallyRefunded => Badge::PartRefunded,
            PaymentStatus::Refunded => Badge::Refunded,
            PaymentStatus::Failed => other(Tone::Warn, "Payment failed"),
            PaymentStatus::ChargedBack => other(Tone::Bad, "Charged back"),
        }
    }
}

/// How an order is paid, in words.
pub const fn payment_words(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "Card",
        PaymentMethod::BankTransfer => "Bank transfer",
    }
}

/// Where money goes that goes back to whoever paid.
pub fn purse(order: &Order) -> &'static str {
    let credit = order.credit_used().is_positive();
    match order.payment_method {
        _ if order.exchanged().is_positive() => "you, the way you paid",
        _ if credit && order.is_prepaid_alone() => "your store credit",
        PaymentMethod::Card if credit => "your store credit and your card",
        PaymentMethod::Card => "your card",
        PaymentMethod::BankTransfer if credit => "your store credit and your bank account",
        PaymentMethod::BankTransfer => "your bank account",
    }
}

/// Where a refund goes.
pub fn purse_of(order: &Order, refund: &Refund) -> &'static str {
    match order.payment_method {
        _ if order.is_credited(refund) => "your store credit",
        _ if order.passed_on(refund).is_some() => "you, the way you paid",
        PaymentMethod::Card => "your card",
        PaymentMethod::BankTransfer => "your bank account",
    }
}

/// What a return and store credit paid of an order and what is left to pay, after its total. Nothing, where they paid nothing.
pub fn credit_rows(order: &Order) -> Vec<(&'static str, String)> {
    let (exchanged, credit) = (order.exchanged(), order.credit_used());
    let prepaid = [("From your return", exchanged), ("Store credit", credit)];
    let less = |sum: Money| sum.negated().unwrap_or(sum).format();
    let paid = prepaid.into_iter().filter(|(_, sum)| sum.is_positive());
    let mut rows: Vec<(&str, String)> = paid.map(|(name, sum)| (name, less(sum))).collect();
    let rest = Money::new(order.totals.total.amount - exchanged.amount - credit.amount, order.currency());
    let rest_is = if order.status == OrderStatus::PendingPayment { "Left to pay" } else { "Paid otherwise" };
    rows.extend((!rows.is_empty() && rest.is_positive()).then(|| (rest_is, rest.format())));
    rows
}

/// An order's sum, with what went back and what is to go back.
pub fn totals(order: &Order) -> Totals {
    let sums = &order.totals;
    let mut rows = vec![TotalsRow::new("Items", sums.items.format())];
    if !sums.discount.is_zero() {
        let off = sums.discount.negated().unwrap_or(sums.discount);
        rows.push(TotalsRow::new("Discount", off.format()));
    }
    let free = sums.shipping.is_zero();
    rows.push(TotalsRow::new("Delivery", if free { "Free".to_owned() } else { sums.shipping.format() }));
    if !sums.tax_included {
        rows.extend(sums.tax_lines.iter().map(|line| TotalsRow::new(line.name.clone(), line.tax.format())));
    }
    let back = [("Refunded", order.refunded), ("Refund due", order.refund_due())];
    let back = back.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(name, amount)| (name, amount.format()));
    Totals {
        rows,
        total: Some(sums.total.format()),
        after: (sums.tax_included && !sums.tax.is_zero()).then(|| format!("Includes {} tax", sums.tax.format())),
        later: credit_rows(order).into_iter().chain(back).map(|(name, sum)| TotalsRow::new(name, sum)).collect(),
    }
}

/// Units of an order with their names: `Enamel mug × 2`.
pub fn contents(order: &Order, units: &[SkuQuantity]) -> Vec<String> {
    let title =
        |unit: &SkuQuantity| order.line(&unit.sku).map_or_else(|| unit.sku.to_string(), |line| line.title.clone());
    units.iter().map(|unit| format!("{} × {}", title(unit), unit.quantity.get())).collect()
}

/// Where a carrier shows a parcel, for the carriers whose pages are known.
pub fn tracking_href(carrier: &str, number: &str) -> Option<String> {
    let number = crate::http::encoded(number.trim());
    let name = carrier.trim().to_ascii_lowercase();
    let page = match name.split_whitespace().next()? {
        "dhl" => "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
        "ups" => "https://www.ups.com/track?tracknum=",
        "fedex" => "https://www.fedex.com/fedextrack/?trknbr=",
        "dpd" => "https://tracking.dpd.de/status/en_US/parcel/",
        "gls" => "https://gls-group.com/track/",
        _ => return None,
    };
    Some(format!("{page}{number}"))
}

/// Who reads what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Who bought it.
    Buyer,
    /// Staff: with references and reasons.
    Staff,
}

/// What happened to an order, newest first. The record keeps no time of a cancellation that nothing was paid back for: it
/// stands without one.
pub fn happened(order: &Order, audience: Audience) -> Vec<Event> {
    let mut events = vec![(Some(order.created), Event { what: "Order placed".to_owned(), ..Event::default() })];
    events.extend(order.payments.iter().map(|payment| {
        let event = Event {
            what: match (&payment.credit, &payment.exchange) {
                (Some(_), _) => format!("{} paid with store credit", payment.amount.format()),
                (None, Some(_)) => format!("{} paid with what came back", payment.amount.format()),
                (None, None) => format!("{} paid", payment.amount.format()),
            },
            detail: (audience == Audience::Staff && payment.credit.is_none()).then(|| payment.reference.clone()),
            ..Event::default()
        };
        (Some(payment.at), event)
    }));
    for (index, parcel) in order.shipments.iter().enumerate() {
        let what = if order.shipments.len() == 1 && !Standing::from(order).part_shipped {
            format!("Shipped with {}", parcel.carrier)
        } else {
            format!("Parcel {} shipped with {}", index + 1, parcel.carrier)
        };
        let link =
            parcel.tracking.as_ref().and_then(|number| Some((tracking_href(&parcel.carrier, number)?, number.clone())));
        let detail = if link.is_none() { parcel.tracking.clone() } else { None };
        events.push((Some(parcel.at), Event { what, detail, link, ..Event::default() }));
    }
    events.extend(order.refunds.iter().map(|refund| (Some(refund.at), refund_event(order, refund, audience))));
    match order.status {
        OrderStatus::PendingPayment | OrderStatus::Placed => {}
        OrderStatus::Completed => {
            events.push((order.delivered, Event { what: "Delivered".to_owned(), ..Event::default() }));
        }
        OrderStatus::Canceled => {
            let back = order.refunds.iter().find(|refund| refund.cause == RefundCause::Canceled);
            let detail = order.cancel_reason.clone();
            events.push((
                back.map(|refund| refund.at),
                Event { what: "Cancelled".to_owned(), detail, ..Event::default() },
            ));
        }
        OrderStatus::Expired => {
            events.push((Some(order.hold.until), Event { what: "Not paid in time".to_owned(), ..Event::default() }));
        }
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(at.unwrap_or(Timestamp::MAX)));
    let dated = events.into_iter().enumerate().map(|(index, (at, event))| Event {
        when: at.map(moment).unwrap_or_default(),
        at: at.map(|at| at.to_string()).unwrap_or_default(),
        now: index == 0,
        ..event
    });
    dated.collect()
}

fn refund_event(order: &Order, refund: &Refund, audience: Audience) -> Event {
    let amount = refund.amount.format();
    let why = match refund.cause {
        RefundCause::Requested => None,
        RefundCause::Provider => Some("it was sent back at the payment provider"),
        RefundCause::Canceled => Some("the order was cancelled"),
        RefundCause::Late => Some("the payment came too late"),
        RefundCause::Duplicate => Some("more was paid than it cost"),
        RefundCause::Short => Some("less was paid than it cost"),
        RefundCause::OutOfStock => Some("it is not in stock any more"),
        RefundCause::Returned => Some("items came back"),
        RefundCause::Unpaid => Some("it was not paid in time"),
        RefundCause::Claimed => Some("a claim on its warranty"),
        RefundCause::Unexchanged => Some("it comes back from the order that it had paid for"),
    };
    let reason = refund.reason.as_deref().filter(|_| audience == Audience::Staff);
    let reference = refund.reference.as_deref().filter(|_| audience == Audience::Staff);
    let detail: Vec<&str> = [why, reason, reference].into_iter().flatten().collect();
    Event {
        what: match (refund.status, order.is_credited(refund)) {
            _ if matches!(refund.to, RefundTo::Order(_)) => format!("{amount} spent on what was had in exchange"),
            (RefundStatus::Done, true) => format!("{amount} on store credit"),
            (RefundStatus::Due | RefundStatus::Pending, true) => format!("{amount} on its way to store credit"),
            (RefundStatus::Done, false) => format!("{amount} refunded"),
            (RefundStatus::Due | RefundStatus::Pending, false) => format!("Refund of {amount} on its way"),
        },
        detail: (!detail.is_empty()).then(|| detail.join(", ")),
        ..Event::default()
    }
}

/// Why staff have to look at an order: what is wrong, and what to do about it.
pub fn attention_words(order: &Order, attention: &Attention) -> (String, String) {
    match attention {
        Attention::ShortPayment { amount, reference } => (
            format!("{} came, of {}.", amount.format(), order.totals.total.format()),
            format!("Reference {reference}. Ask for the rest, or cancel the order: what came then goes back."),
        ),
        Attention::UncountedPayment { amount, reference } => (
            format!("A payment of {amount} was not counted."),
            format!("Reference {reference}. The order is in {}: send it back where it came from.", order.currency()),
        ),
        Attention::RefundFailed { refund, detail } => (
            format!("Refund {} was not sent: {detail}", refund + 1),
            "Send it by hand, then mark it as sent.".to_owned(),
        ),
    }
}

/// How much of an offer there is, as shoppers hear it. A SKU that has none is sold out.
pub fn stock_level(offer: Option<&Offer>) -> Stock {
    let Some(offer) = offer.filter(|offer| offer.listing.on_sale) else {
        return Stock::SoldOut;
    };
    match (offer.available, offer.sellable()) {
        (_, ..=0) => Stock::SoldOut,
        (..=0, _) => Stock::Backorder("On its way to us, sent when it is here".to_owned()),
        (few @ 1..=FEW, _) => Stock::Low(u32::try_from(few).unwrap_or_default()),
        (_, _) => Stock::Plenty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_carriers_have_a_page() {
        assert!(tracking_href("DHL Express", "0034 12").unwrap().ends_with("=0034%2012"));
        assert_eq!(tracking_href("Uncle's van", "1"), None);
    }
}
