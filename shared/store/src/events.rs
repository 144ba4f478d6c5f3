//! Events of the rules, as events of the shop.

use contracts::event::Event;
use domain::order::Event as OrderEvent;
use domain::purchasing::Event as PurchaseEvent;
use domain::returns::Event as ReturnEvent;

/// An order's events.
pub(crate) fn of_order(events: &[OrderEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Order).collect()
}

/// A return's events.
pub(crate) fn of_return(events: &[ReturnEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Return).collect()
}

/// A purchase order's events.
pub(crate) fn of_purchase(events: &[PurchaseEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Purchase).collect()
}
