//! Gives a paid order's units their locations by the shop's rule: what the offer held becomes what locations have
//! committed. What none of them has waits, or its price goes back; and when stock comes in, those who wait get it, first
//! come first served.
//!
//! A location gives no more than it has: where two orders reach for the same unit, one of them is planned anew.

mod fill;

use std::collections::BTreeMap;

use contracts::event::{Event, Message, ShopEvent};
use domain::order::{Command, Event as OrderEvent, Order, OrderStatus};
use domain::settings::LocationSettings;
use domain::shipping::ShippingSettings;
use domain::stock::{Free, Shortage, SkuQuantity, Stock, plan};
use domain::text::Sku;
use edge::orders::{NotDone, OrderDesk};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use futures::future::try_join_all;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = queue::queue::<AllocateStock>();

/// How often an order is planned whose units others get meanwhile.
const ATTEMPTS: u32 = 8;

/// Allocates.
#[derive(Debug)]
pub struct AllocateStock {
    context: Context,
    desk: OrderDesk,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    shipping: Cached<ShippingSettings>,
}

impl QueueHandler for AllocateStock {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: OrderDesk::new(context)?,
            stock: context.table()?,
            locations: Cached::new(settings.clone()),
            shipping: Cached::new(settings),
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        match message.event {
            Event::Order(OrderEvent::OrderPaid { order }) => {
                let cause = Cause::new("allocate-stock", "allocated", correlation);
                let plan = || self.desk.run(&order, &Reader::Shop, &cause, |order| self.command(order));
                self.while_there_is_stock(plan).await?;
                Ok(())
            }
            Event::Shop(ShopEvent::BackorderDue { sku }) => fill::fill(self, &sku, correlation).await,
            Event::Order(_)
            | Event::Purchase(_)
            | Event::Return(_)
            | Event::Certificate(_)
            | Event::Claim(_)
            | Event::Shop(_) => Ok(()),
        }
    }
}

impl AllocateStock {
    /// What `try_once` comes to, asked again while others get the stock that it planned with.
    async fn while_there_is_stock<Fut>(&self, try_once: impl Fn() -> Fut) -> Result<Order, NotDone>
    where
        Fut: Future<Output = Result<Order, NotDone>>,
    {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            match try_once().await {
                Err(NotDone::NoStock) => {}
                done => return done,
            }
        }
        Err(NotDone::Contended)
    }

    /// Nothing, where the order has its locations already or was called off since it was paid.
    async fn command(&self, order: Order) -> Result<Option<Command>, NotDone> {
        if order.status != OrderStatus::Placed || order.is_allocated() {
            return Ok(None);
        }
        let now = self.context.now();
        let (settings, shipping) = (self.locations.get(now).await?, self.shipping.get(now).await?);
        let stock = self.stock_of(&order).await?;
        let mut free = Free::default();
        for (sku, stock) in stock.iter().filter(|(_, stock)| stock.offer.backordered == 0) {
            // Where others wait, what comes in is theirs first.
            stock.levels.iter().for_each(|(location, level)| free.add(sku, location, level));
        }
        let country = order.shipping_address.country;
        let plan = plan(&order.quantities(), &settings, country, &shipping, &free);
        let waits = |line: &SkuQuantity| {
            let offer = stock.get(&line.sku).map(|stock| &stock.offer);
            let expected = offer.is_some_and(|offer| offer.backorder_limit > 0 || offer.backordered > 0);
            expected || settings.shortage == Shortage::Backorder
        };
        let (waiting, dropped): (Vec<_>, Vec<_>) = plan.missing.into_iter().partition(waits);
        for line in &waiting {
            self.stock.wait(&line.sku, &order).await?;
        }
        Ok(Some(Command::Allocate { pieces: plan.pieces, waiting, dropped, why: plan.why }))
    }

    async fn stock_of(&self, order: &Order) -> Result<BTreeMap<Sku, Stock>, NotDone> {
        let found = try_join_all(order.lines.iter().map(|line| self.stock.stock(&line.sku))).await?;
        Ok(found.into_iter().flatten().map(|stock| (stock.offer.listing.sku.clone(), stock)).collect())
    }
}
