//! Events of the rules, as events of the shop.

use contracts::event::Event;
use domain::order::Event as OrderEvent;
use domain::purchasing::Event as PurchaseEvent;

/// An order's events.
pub(crate) fn of_order(events: &[OrderEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Order).collect()
}

/// A purchase order's events.
pub(crate) fn of_purchase(events: &[PurchaseEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Purchase).collect()
}
