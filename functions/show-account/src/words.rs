//! What an order's page says: where the order stands, what comes next, what becomes of the money.
//!
//! Knows an order and the time; knows no page.

use domain::calendar::moment;
use domain::order::{Order, OrderLine, OrderStatus, PaymentMethod, PaymentStatus, ShipmentStatus};
use edge::order_view::{Standing, purse};
use jiff::Timestamp;

/// The state in a sentence, with what comes next.
pub(crate) fn sentence(order: &Order, now: Timestamp) -> String {
    match order.status {
        OrderStatus::PendingPayment if !order.awaits_payment(now) => {
            "The time to pay is over. If your payment still arrives, we send the order if we can, or refund it in full."
                .to_owned()
        }
        OrderStatus::PendingPayment => pending(order),
        OrderStatus::Placed => placed(order),
        OrderStatus::Completed => "Delivered. We hope you like it.".to_owned(),
        OrderStatus::Canceled => format!("Cancelled. {}", money_back(order)),
        OrderStatus::Expired => {
            format!("It was not paid in time, and the items went back on the shelf. {}", money_back(order))
        }
    }
}

fn pending(order: &Order) -> String {
    let until = moment(order.hold.until);
    match order.payment_method {
        PaymentMethod::Card if has_failed(order) => {
            format!(
                "The payment did not go through, and you haven't been charged. We hold your items until {until} UTC."
            )
        }
        PaymentMethod::Card => format!("Waiting for your payment. We hold your items until {until} UTC."),
        PaymentMethod::BankTransfer => "Waiting for your transfer. We send your order when it has arrived.".to_owned(),
    }
}

/// Whether the last that was heard of its payment is that it failed.
pub(crate) fn has_failed(order: &Order) -> bool {
    order.payment_status == PaymentStatus::Failed || order.payment_session.as_ref().is_some_and(|page| page.failed)
}

fn placed(order: &Order) -> String {
    let sentence = match order.shipment_status {
        ShipmentStatus::Allocated | ShipmentStatus::Backordered | ShipmentStatus::Picking
            if Standing::from(order).part_shipped =>
        {
            "A part of your order is on its way. The rest follows."
        }
        ShipmentStatus::Allocated | ShipmentStatus::Picking => "Thank you, it is paid. We are packing it.",
        ShipmentStatus::Backordered if !order.sendable().is_empty() => {
            "Thank you, it is paid. We are packing what is there; the rest follows as soon as it comes in."
        }
        ShipmentStatus::Backordered => "Thank you, it is paid. We wait for stock, and send it when it is here.",
        ShipmentStatus::Packed => "Packed, and waiting for the carrier.",
        ShipmentStatus::Shipped => "Your order is on its way.",
        ShipmentStatus::Delivered => "Delivered. We hope you like it.",
        ShipmentStatus::Lost => "The carrier lost your parcel. We will write to you.",
        ShipmentStatus::ReturnedToSender => "The carrier brought your parcel back to us. We will write to you.",
        ShipmentStatus::Canceled => "It will not be sent.",
    };
    sentence.to_owned()
}

fn money_back(order: &Order) -> String {
    let due = order.refund_due();
    if order.captured.is_zero() {
        "You haven't been charged.".to_owned()
    } else if due.is_positive() {
        format!("{} is on its way back to you.", due.format())
    } else {
        format!("{} went back to you.", order.refunded.format())
    }
}

/// What happens to the money when the order is cancelled now.
pub(crate) fn consequence(order: &Order) -> String {
    let back = order.refundable();
    if !back.is_positive() {
        return "You haven't paid, so there is nothing to refund.".to_owned();
    }
    format!("You'll get {} back to {}.", back.format(), purse(order))
}

/// What became of a line, where that is more than the order's own state says.
pub(crate) fn line_note(order: &Order, line: &OrderLine) -> Option<String> {
    let mut notes = Vec::new();
    if line.shipped > 0 && line.unshipped() > 0 {
        notes.push(format!("{} shipped, {} to come", line.shipped, line.unshipped()));
    } else if Standing::from(order).part_shipped && order.status == OrderStatus::Placed {
        notes.push(if line.shipped > 0 { "Shipped".to_owned() } else { "To come".to_owned() });
    }
    let waiting = order.waiting(&line.sku);
    if waiting > 0 {
        notes.push(format!("{waiting} waiting for stock"));
    }
    if line.dropped > 0 {
        notes.push(format!("{} not in stock any more", line.dropped));
    }
    if line.refunded > 0 {
        notes.push(format!("{} refunded", line.refunded));
    }
    (!notes.is_empty()).then(|| notes.join(", "))
}
