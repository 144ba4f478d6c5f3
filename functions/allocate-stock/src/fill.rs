//! Stock came in for those who wait: each gets what there is, in the order in which they bought.

use domain::order::{Command, Order, OrderStatus};
use domain::stock::{Free, SkuQuantity, ranked};
use domain::text::{Quantity, Sku};
use edge::Error;
use edge::orders::NotDone;
use store::orders::Reader;
use store::stamp::Cause;
use store::stock::FILLED;

use crate::AllocateStock;

/// How many of those who wait are read at a time.
const PAGE: i32 = 50;

/// Gives a SKU to those who wait for it until nothing is left of it, or nobody.
pub(crate) async fn fill(shop: &AllocateStock, sku: &Sku, correlation: &str) -> Result<(), Error> {
    let cause = Cause::new("allocate-stock", FILLED, correlation);
    loop {
        let page = shop.stock.waiting(sku, PAGE).await?;
        let mut gone = 0;
        for entry in &page {
            let run = || shop.desk.run(&entry.order, &Reader::Shop, &cause, |order| command(shop, order, sku));
            let order = shop.while_there_is_stock(run).await?;
            if order.waiting(sku) > 0 {
                return Ok(());
            }
            // Until it has its locations, an order is about to wait, or not to.
            if order.is_allocated() || order.status != OrderStatus::Placed {
                shop.stock.wait_no_longer(sku, *entry).await?;
                gone += 1;
            }
        }
        if gone == 0 || page.len() < usize::try_from(PAGE).unwrap_or_default() {
            return Ok(());
        }
    }
}

async fn command(shop: &AllocateStock, order: Order, sku: &Sku) -> Result<Option<Command>, NotDone> {
    let Ok(quantity) = Quantity::new(order.waiting(sku)) else { return Ok(None) };
    let now = shop.context.now();
    let (settings, shipping) = (shop.locations.get(now).await?, shop.shipping.get(now).await?);
    let Some(stock) = shop.stock.stock(sku).await? else { return Ok(None) };
    let mut free = Free::default();
    stock.levels.iter().for_each(|(location, level)| free.add(sku, location, level));
    let ranked = ranked(&settings, order.shipping_address.country, &shipping);
    let pieces = domain::stock::fill(&SkuQuantity { sku: sku.clone(), quantity }, &ranked, &free);
    Ok((!pieces.is_empty()).then_some(Command::Fill { pieces }))
}
