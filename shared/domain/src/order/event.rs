//! What happened to an order: names and ids, no copies.
//!
//! Knows what others have to hear of; deliberately carries no quantities, names or prices, which a reader takes from
//! the record.

use jiff::Timestamp;

use crate::event::events;
use crate::id::OrderId;

events! {
    /// Something that happened to an order.
    Event of order: OrderId = "Which order.";

    /// A shopper placed it; its stock is held.
    OrderPlaced = "order.placed" {
        /// When its hold ends.
        until: Timestamp,
    };
    /// Its total is here.
    OrderPaid = "order.paid" {};
    /// Its units have their locations.
    OrderAllocated = "order.allocated" {};
    /// Some of it was nowhere: it waits for stock, or its price goes back.
    OrderShort = "order.short" {};
    /// What waited for stock has its locations, all of it.
    OrderFilled = "order.filled" {};
    /// It was called off.
    OrderCanceled = "order.canceled" {};
    /// Its hold ended before it was paid.
    OrderExpired = "order.expired" {};
    /// A parcel left.
    OrderShipped = "order.shipped" {
        /// Which of its shipments, from 0.
        shipment: u16,
    };
    /// It arrived.
    OrderDelivered = "order.delivered" {};
    /// Units of it came back and were taken.
    OrderReturned = "order.returned" {};
    /// Nothing is left to do.
    OrderCompleted = "order.completed" {};
    /// A payment was tried and failed.
    PaymentFailed = "payment.failed" {};
    /// A payment landed after the order had expired or was called off.
    PaymentLate = "payment.late" {
        /// Whether the stock was taken once more, so that the order stands; else the money goes back.
        retaken: bool,
    };
    /// A payment was not what it should have been: staff have to look.
    PaymentMismatched = "payment.mismatched" {};
    /// Money is to go back.
    RefundRequested = "refund.requested" {
        /// Which of its refunds, from 0.
        refund: u16,
    };
    /// Money went back.
    RefundPaid = "refund.paid" {
        /// Which of its refunds, from 0.
        refund: u16,
    };
    /// The provider did not send money back: staff have to.
    RefundFailed = "refund.failed" {
        /// Which of its refunds, from 0.
        refund: u16,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_its_name_and_ids_alone() {
        let event = Event::OrderShipped { order: OrderId::new(1, [1; 10]), shipment: 2 };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(json, format!(r#"{{"event":"order.shipped","order":"{}","shipment":2}}"#, event.order()));
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        assert!(Event::NAMES.contains(&event.name()));
    }
}
