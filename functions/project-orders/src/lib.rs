//! Keeps the lists that orders are found by, and marks the cart that became an order.
//!
//! An event only says which order to look at: lists are made of the order as it is now, so that messages may repeat
//! and overtake each other.

use contracts::event::{Event, Message};
use domain::id::OrderId;
use domain::order::{Event as OrderEvent, Order};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use store::StoreError;
use store::carts::Carts;
use store::lists::Lists;
use store::orders::Orders;

/// The function.
pub const FUNCTION: Function = queue::queue::<ProjectOrders>();

/// How often an order is projected that other messages project at the same moment: one write often tells of several
/// events, and they come in one batch.
const ATTEMPTS: u32 = 8;

/// Projects orders.
#[derive(Debug)]
pub struct ProjectOrders {
    context: Context,
    orders: Orders,
    lists: Lists,
    carts: Carts,
}

impl QueueHandler for ProjectOrders {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            context: context.clone(),
            orders: context.table()?,
            lists: context.table()?,
            carts: context.table()?,
        })
    }

    async fn handle(&self, message: Message, _correlation: &str) -> Result<(), Error> {
        let Event::Order(event) = message.event else {
            return Ok(());
        };
        let order = self.project(&event.order()).await?;
        if let OrderEvent::OrderPlaced { .. } = event {
            self.carts.mark_ordered(&order.cart, &order.id).await?;
        }
        Ok(())
    }
}

impl ProjectOrders {
    async fn project(&self, id: &OrderId) -> Result<Order, Error> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            match self.lists.project(&self.orders, id).await {
                Ok(Some(order)) => return Ok(order),
                Ok(None) => return Err(format!("an event tells of {id}, which there is not").into()),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Stale.into())
    }
}
