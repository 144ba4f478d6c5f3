//! Looks at a SKU's reorder rules when its stock came down to where they may order, when a rule was written, when its
//! purchase orders moved, and when it is time.
//!
//! A message only says which SKU to look at: messages may repeat and overtake each other.

use std::collections::BTreeSet;

use contracts::event::{Event, Message, ShopEvent};
use domain::text::Sku;
use edge::queue::{self, QueueHandler};
use edge::reordering::Reordering;
use edge::{Context, Error, Function};
use store::purchasing::Purchasing;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = queue::queue::<Reorder>();

/// Reorders.
#[derive(Debug)]
pub struct Reorder {
    reordering: Reordering,
    purchasing: Purchasing,
}

impl QueueHandler for Reorder {
    type Message = Message;

    /// Many of a batch's SKUs go into one supplier's order.
    const AT_ONCE: bool = false;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { reordering: Reordering::new(context)?, purchasing: context.table()? })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let cause = Cause::new("reorder", "looked", correlation);
        let skus: BTreeSet<Sku> = match message.event {
            Event::Shop(ShopEvent::ReorderDue { sku }) => [sku].into(),
            Event::Purchase(event) => {
                let order = self.purchasing.order(&event.purchase_order()).await?;
                order.into_iter().flat_map(|order| order.lines).map(|line| line.sku).collect()
            }
            Event::Shop(_) | Event::Order(_) | Event::Return(_) | Event::Certificate(_) | Event::Claim(_) => {
                BTreeSet::new()
            }
        };
        for sku in &skus {
            self.reordering.look(sku, &cause).await?;
        }
        Ok(())
    }
}
