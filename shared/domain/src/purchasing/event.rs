//! What happened to a purchase order: names and ids, no copies.
//!
//! Knows what others have to hear of; deliberately carries no quantities and no prices, which a reader takes from the
//! record.

use crate::event::events;
use crate::id::PurchaseOrderId;

events! {
    /// Something that happened to a purchase order.
    Event of purchase_order: PurchaseOrderId = "Which purchase order.";

    /// It was made of suggestions, or by staff.
    Created = "purchase_order.created" {};
    /// Other things, or other quantities of them, are to be ordered.
    Changed = "purchase_order.changed" {};
    /// It may be sent.
    Approved = "purchase_order.approved" {
        /// Whether nobody had to look at it.
        automatic: bool,
    };
    /// Its supplier is to get it, or to get it once more.
    Sent = "purchase_order.sent" {};
    /// Its supplier will deliver it as it was ordered.
    Accepted = "purchase_order.accepted" {};
    /// Its supplier will deliver something else, or on another day: staff have to look.
    ChangeProposed = "purchase_order.change_proposed" {};
    /// Staff agree to what its supplier proposed.
    ChangeTaken = "purchase_order.change_taken" {};
    /// Staff do not agree to what its supplier proposed, who is to answer once more.
    ChangeRejected = "purchase_order.change_rejected" {};
    /// Its supplier does not deliver it: staff have to look.
    Refused = "purchase_order.refused" {};
    /// Goods came.
    Received = "purchase_order.received" {
        /// Whether nothing of it is to come any more.
        complete: bool,
    };
    /// It was put aside.
    Held = "purchase_order.held" {};
    /// It goes on where it was put aside.
    Resumed = "purchase_order.resumed" {};
    /// It was called off.
    Canceled = "purchase_order.canceled" {};
    /// Nothing is left to do.
    Closed = "purchase_order.closed" {};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_its_name_and_id() {
        let event = Event::Received { purchase_order: PurchaseOrderId::new(1, [1; 10]), complete: true };
        let json = serde_json::to_value(&event).unwrap();
        let id = event.purchase_order().to_string();
        assert_eq!(
            json,
            serde_json::json!({ "event": "purchase_order.received", "purchase_order": id, "complete": true })
        );
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        assert!(Event::NAMES.contains(&event.name()));
    }
}
