//! Finds an order's units on the other shards of its offers, once its own have run out.
//!
//! What is read may be gone when it is taken: each shard says no for itself, and then all are read again. Only when all
//! together have too few is the order refused.

use std::collections::BTreeMap;

use domain::order::Order;
use domain::pricing::Placement;
use domain::refusal::Refusal;
use domain::text::Sku;

use crate::{Attempt, Checkout, NotPlaced};

/// How often shards are read while others take what they have.
const ATTEMPTS: u32 = 8;

/// Writes the order with its holds from wherever they are.
pub(crate) async fn commit(shop: &Checkout, placement: &Placement, attempt: &Attempt) -> Result<Order, NotPlaced> {
    for tried in 0..ATTEMPTS {
        shop.context.pause(tried).await;
        let skus: Vec<Sku> = placement.takes.iter().map(|take| take.sku.clone()).collect();
        let offers = shop.stock.offers(&skus).await.map_err(NotPlaced::Store)?;
        let mut found = BTreeMap::new();
        for take in &placement.takes {
            let (sku, title) = (take.sku.clone(), take.title.clone());
            let Some(offer) = offers.get(&sku) else {
                return Err(NotPlaced::Refused(Refusal::NotSold { sku, title }));
            };
            let Some(parts) = offer.take(take.shard, take.quantity) else {
                return Err(NotPlaced::Refused(Refusal::NotEnough { available: offer.sellable(), sku, title }));
            };
            found.insert(sku, parts);
        }
        match shop.commit(placement, &found, attempt).await {
            Err(NotPlaced::Elsewhere) => {}
            done => return done,
        }
    }
    Err(NotPlaced::Elsewhere)
}
