//! Gives a paid order's units their locations: what the offer held becomes what locations have committed.
//!
//! Every unit was promised when the order was placed, so every unit gets a place, even where a count has found less
//! since: then a location owes it.

use std::collections::BTreeMap;

use contracts::event::{Event, Message};
use domain::order::{Command, Event as OrderEvent, Order, OrderStatus};
use domain::settings::LocationSettings;
use domain::stock::{Level, plan};
use domain::text::{LocationId, Sku};
use edge::orders::{NotDone, OrderDesk};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = queue::queue::<AllocateStock>();

/// Allocates.
#[derive(Debug)]
pub struct AllocateStock {
    context: Context,
    desk: OrderDesk,
    stock: StockTable,
    locations: Cached<LocationSettings>,
}

impl QueueHandler for AllocateStock {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            stock: context.table()?,
            locations: Cached::new(context.table::<SettingsTable>()?),
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let Event::Order(OrderEvent::OrderPaid { order }) = message.event else {
            return Ok(());
        };
        let cause = Cause::new("allocate-stock", "allocated", correlation);
        self.desk.run(&order, &Reader::Shop, &cause, |order| self.command(order)).await?;
        Ok(())
    }
}

impl AllocateStock {
    /// Nothing, where the order has its locations already or was called off since it was paid.
    async fn command(&self, order: Order) -> Result<Option<Command>, NotDone> {
        if order.status != OrderStatus::Placed || !order.allocation.is_empty() {
            return Ok(None);
        }
        let settings = self.locations.get(self.context.now()).await?;
        let priority: Vec<LocationId> = settings.locations.into_iter().map(|location| location.id).collect();
        let levels = self.levels(&order).await?;
        let allocation = plan(&order.quantities(), &priority, &levels, true)?;
        Ok(Some(Command::Allocate { allocation }))
    }

    async fn levels(&self, order: &Order) -> Result<BTreeMap<(Sku, LocationId), Level>, NotDone> {
        let mut levels = BTreeMap::new();
        for line in &order.lines {
            let Some(stock) = self.stock.stock(&line.sku).await? else {
                continue;
            };
            levels.extend(stock.levels.into_iter().map(|(location, level)| ((line.sku.clone(), location), level)));
        }
        Ok(levels)
    }
}
