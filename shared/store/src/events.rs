//! Events of the rules, as events of the shop.

use contracts::event::Event;
use domain::order::Event as OrderEvent;

/// An order's events.
pub(crate) fn of_order(events: &[OrderEvent]) -> Vec<Event> {
    events.iter().cloned().map(Event::Order).collect()
}
