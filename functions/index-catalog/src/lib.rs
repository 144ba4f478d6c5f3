//! Tells search which products can be bought: all of a product's SKUs sold out, or not any more.

use contracts::event::{Event, Message, ShopEvent};
use domain::stock::Offer;
use domain::text::{Sku, Slug};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use store::catalog::Catalog;
use store::stock::StockTable;
use store::{Tx, TxError};

/// The function.
pub const FUNCTION: Function = queue::queue::<IndexCatalog>();

/// How often a product is tried over other writes of the catalogue.
const ATTEMPTS: u64 = 30;

/// Keeps search in step with stock.
#[derive(Debug)]
pub struct IndexCatalog {
    context: Context,
    catalog: Catalog,
    stock: StockTable,
}

impl QueueHandler for IndexCatalog {
    type Message = Message;

    /// Each raises the catalogue's version.
    const AT_ONCE: bool = false;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { catalog: context.table()?, stock: context.table()?, context: context.clone() })
    }

    async fn handle(&self, message: Message, _correlation: &str) -> Result<(), Error> {
        match message.event {
            Event::Shop(ShopEvent::ProductChanged { slug, .. } | ShopEvent::AvailabilityChanged { slug }) => {
                self.index(&slug).await
            }
            Event::Shop(_)
            | Event::Order(_)
            | Event::Purchase(_)
            | Event::Return(_)
            | Event::Certificate(_)
            | Event::Claim(_) => Ok(()),
        }
    }
}

impl IndexCatalog {
    async fn index(&self, slug: &Slug) -> Result<(), Error> {
        for attempt in 1..=ATTEMPTS {
            let read = self.catalog.read_for_write(slug).await?;
            let Some(product) = read.product.clone() else {
                return Ok(());
            };
            let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
            let offers = self.stock.offers(&skus).await?;
            let sold_out = offers.values().map(Offer::sellable).all(|sellable| sellable <= 0);
            if sold_out == read.sold_out() {
                return Ok(());
            }
            let mut tx = Tx::new().and(self.catalog.still(&product)?, |_| ());
            for write in self.catalog.shelve(&read, &product, sold_out)? {
                tx = tx.and(write, |_| ());
            }
            match tx.commit(&self.context.db()).await {
                // Stock that moved meanwhile is told of too, but maybe to somebody who saw what stood there before.
                Ok(()) => {}
                Err(TxError::Refused(())) => {
                    let wait = u64::from(self.context.random::<1>()[0]) % (5 * attempt);
                    tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
                }
                Err(TxError::Store(error)) => return Err(error.into()),
            }
        }
        Err("the catalogue is written by too many at once".into())
    }
}
