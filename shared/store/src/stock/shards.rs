//! The further records of an offer whose counters are split.
//!
//! The offer's own record is shard 0. Each other has a partition of its own, because a partition is written at most a
//! thousand times a second. It keeps its counters, and what a checkout's condition and the stream's readers ask for; it is
//! never deleted, so that what an order holds on it always finds its way back.
//!
//! Shards are read one after the other: each is as it is, their sum may miss a hold that is on its way, as any read may,
//! but nothing that moves between them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::catalog::Listing;
use domain::pricing::Take;
use domain::stock::{Offer, Part, Shard, Shards, Stock};
use domain::text::Sku;
use serde::Deserialize;

use super::{Key, OFFER, OfferRecord, Records, StockTable};
use crate::db::{Item, StoreError, n, of_item, s};
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

/// A further record of an offer, as far as it counts.
#[derive(Deserialize)]
struct ShardRecord {
    pk: String,
    sk: String,
    available: i64,
    reserved: i64,
    moved: i64,
    reorder_at: Option<i64>,
}

/// What moves on a record beside its part of what can be promised.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counters {
    /// Units that orders hold.
    pub(super) reserved: i64,
    /// Units that are waited for.
    pub(super) backordered: i64,
    /// As many have to be available.
    pub(super) spared: i64,
    /// Its price has to be the one of this version, and it has to be on sale.
    pub(super) priced: Option<u64>,
}

/// What a checkout found where its hold was refused.
#[derive(Debug, Clone, Deserialize)]
pub struct Refused {
    /// Whether it is sold at all.
    pub on_sale: bool,
    /// The price version of now.
    pub price_version: u64,
    /// How many this one record can promise.
    pub sellable: i64,
    /// How many further records the offer has.
    #[serde(default)]
    made: u8,
    sk: String,
}

impl Refused {
    /// The record that a failed condition found.
    ///
    /// # Errors
    /// When it is no offer and no shard.
    pub fn of(item: Item) -> Result<Self, StoreError> {
        of_item(item)
    }

    /// Whether other records may have what this one has not.
    pub fn is_split(&self) -> bool {
        self.made > 0 || self.sk != OFFER
    }
}

impl StockTable {
    /// Offers and what locations have of them, with the sums over their shards where they have any: one more request then.
    pub(super) async fn whole(&self, found: Vec<Records>) -> Result<Vec<Stock>, StoreError> {
        let keys: Vec<Key> = found
            .iter()
            .flat_map(|(record, _)| {
                (1..=record.made).map(|number| Key::Shard(record.offer.listing.sku.clone(), number))
            })
            .collect();
        let mut shards = HashMap::new();
        if !keys.is_empty() {
            for item in self.batch_get(&keys).await? {
                let record: ShardRecord = of_item(item)?;
                if let Some(key) = Key::parse(&record.pk, &record.sk) {
                    shards.insert(key.pair(), record);
                }
            }
        }
        let stock = |(record, levels): Records| Ok(Stock { offer: summed(record, &mut shards)?, levels });
        found.into_iter().map(stock).collect()
    }

    /// Sets units of a SKU aside for an order that relied on its price version: `parts` of its shards, the first of them
    /// the one that the hold is on.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn hold(&self, take: &Take, parts: &[Part], cause: &Cause) -> Result<Vec<Write>, StoreError> {
        self.move_parts(&take.sku, parts, take.quantity.units(), Some(take.price_version), cause)
    }

    /// Moves parts; the first one's shard holds `reserved` more, or less.
    pub(super) fn move_parts(
        &self,
        sku: &Sku,
        parts: &[Part],
        reserved: i64,
        priced: Option<u64>,
        cause: &Cause,
    ) -> Result<Vec<Write>, StoreError> {
        let mut reserved = Some(reserved);
        let mut one = |part: &Part| {
            let counters = Counters { reserved: reserved.take().unwrap_or_default(), priced, ..Counters::default() };
            self.move_part(sku, part, counters, cause)
        };
        parts.iter().map(&mut one).collect()
    }

    /// Moves the counters of one record of an offer.
    pub(super) fn move_part(&self, sku: &Sku, part: &Part, also: Counters, cause: &Cause) -> Result<Write, StoreError> {
        let mut values = HashMap::from([(":a".to_owned(), n(part.available))]);
        let mut set = "available = available + :a, sellable = sellable + :a".to_owned();
        let mut conditions = vec!["attribute_exists(pk)"];
        let mut value = |name: &str, value: AttributeValue| drop(values.insert(name.to_owned(), value));
        if also.reserved != 0 {
            value(":r", n(also.reserved));
            set.push_str(", reserved = reserved + :r");
        }
        if also.reserved < 0 {
            value(":reserved_least", n(-also.reserved));
            conditions.push("reserved >= :reserved_least");
        }
        if part.moved != 0 {
            value(":m", n(part.moved));
            value(":zero", n(0));
            set.push_str(", moved = if_not_exists(moved, :zero) + :m");
        }
        if also.backordered != 0 {
            value(":b", n(also.backordered));
            value(":zero", n(0));
            set.push_str(", backordered = if_not_exists(backordered, :zero) + :b");
        }
        if also.backordered < 0 {
            value(":backordered_least", n(-also.backordered));
            conditions.push("backordered >= :backordered_least");
        }
        if also.spared > 0 {
            value(":spared", n(also.spared));
            conditions.push("available >= :spared");
        }
        if let Some(least) = part.at_least {
            value(":least", n(least));
            conditions.push("sellable >= :least");
        }
        if let Some(most) = part.at_most {
            value(":most", n(most));
            conditions.push("available <= :most");
        }
        if let Some(version) = also.priced {
            value(":v", n(version));
            value(":yes", AttributeValue::Bool(true));
            conditions.push("price_version = :v AND on_sale = :yes");
        }
        let expression = Stamp::silent(cause.clone()).update(&set, &mut values)?;
        self.update(&Key::of_shard(sku, part.shard), expression, Some(conditions.join(" AND ")), values)
    }

    /// Brings a change of what the catalogue lists to an offer's further records.
    pub(super) fn list_on_shards(
        &self,
        offer: &Offer,
        listing: Option<&Listing>,
        repriced: bool,
        cause: &Cause,
    ) -> Result<Vec<Write>, StoreError> {
        let one = |number: u8| {
            let on_sale = listing.is_some_and(|listing| listing.on_sale);
            let mut values = HashMap::from([(":on_sale".to_owned(), AttributeValue::Bool(on_sale))]);
            let mut set = "on_sale = :on_sale".to_owned();
            if let Some(listing) = listing {
                values.insert(":slug".into(), s(listing.slug.as_str()));
                set.push_str(", slug = :slug");
            }
            if repriced {
                values.insert(":one".into(), n(1));
                set.push_str(", price_version = price_version + :one");
            }
            let expression = Stamp::silent(cause.clone()).update(&set, &mut values)?;
            let key = Key::Shard(offer.listing.sku.clone(), number);
            self.update(&key, expression, Some("attribute_exists(pk)".into()), values)
        };
        further(offer).map(one).collect()
    }

    /// The offer is split over `shards`, and what is there lies on all of them alike. Sales go on meanwhile: `ease` is that
    /// of [`Offer::spread`].
    ///
    /// The condition of its own record is that its price and its shards are as they were read.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn spread(&self, offer: &Offer, shards: Shards, ease: u32, cause: &Cause) -> Result<Vec<Write>, StoreError> {
        if !offer.is_split() && shards.is_one() {
            return Ok(Vec::new());
        }
        let parts = offer.spread(shards, ease);
        let there = further(offer).last().unwrap_or_default();
        let mut writes = Vec::new();
        for part in &parts {
            if part.shard == 0 {
                writes.push(self.split_offer(offer, shards, part, parts.len(), cause)?);
            } else if part.shard > there {
                writes.push(self.new_shard(offer, part, cause)?);
            } else if part.moved != 0 {
                writes.push(self.move_part(&offer.listing.sku, part, Counters::default(), cause)?);
            }
        }
        Ok(writes)
    }

    fn split_offer(
        &self,
        offer: &Offer,
        shards: Shards,
        part: &Part,
        records: usize,
        cause: &Cause,
    ) -> Result<Write, StoreError> {
        let mut values = HashMap::from([
            (":a".to_owned(), n(part.available)),
            (":zero".to_owned(), n(0)),
            (":shards".to_owned(), n(shards.get())),
            (":made".to_owned(), n(i64::try_from(records).unwrap_or(1) - 1)),
            (":v".to_owned(), n(offer.price_version)),
            (":slug".to_owned(), s(offer.listing.slug.as_str())),
        ]);
        let mut conditions = vec!["price_version = :v AND slug = :slug", made_as_read(offer, &mut values)];
        if let Some(least) = part.at_least {
            values.insert(":least".into(), n(least));
            conditions.push("sellable >= :least");
        }
        let set = "available = available + :a, sellable = sellable + :a, moved = if_not_exists(moved, :zero) + :a, \
                   shards = :shards, made = :made";
        let expression = Stamp::silent(cause.clone()).update(set, &mut values)?;
        self.update(&Key::Offer(offer.listing.sku.clone()), expression, Some(conditions.join(" AND ")), values)
    }

    fn new_shard(&self, offer: &Offer, part: &Part, cause: &Cause) -> Result<Write, StoreError> {
        let listing = &offer.listing;
        let mut item = Item::from([
            ("sku".to_owned(), s(listing.sku.as_str())),
            ("slug".to_owned(), s(listing.slug.as_str())),
            ("on_sale".to_owned(), AttributeValue::Bool(listing.on_sale)),
            ("price_version".to_owned(), n(offer.price_version)),
            ("available".to_owned(), n(part.available)),
            ("sellable".to_owned(), n(part.available)),
            ("reserved".to_owned(), n(0)),
            ("moved".to_owned(), n(part.moved)),
        ]);
        Stamp::silent(cause.clone()).put_on(&mut item, 1)?;
        self.put(&Key::Shard(listing.sku.clone(), part.shard), item, true)
    }
}

impl Key {
    /// The record of a shard; shard 0 is the offer's own.
    pub(super) fn of_shard(sku: &Sku, number: u8) -> Self {
        if number == 0 { Self::Offer(sku.clone()) } else { Self::Shard(sku.clone(), number) }
    }
}

/// The numbers of an offer's further records.
fn further(offer: &Offer) -> impl Iterator<Item = u8> + use<> {
    1..u8::try_from(offer.parts.len()).unwrap_or_default().max(1)
}

/// The condition that an offer has as many further records as when it was read.
pub(super) fn made_as_read(offer: &Offer, values: &mut HashMap<String, AttributeValue>) -> &'static str {
    match further(offer).last() {
        None => "attribute_not_exists(made)",
        Some(made) => {
            values.insert(":made_read".into(), n(made));
            "made = :made_read"
        }
    }
}

/// An offer with its sums. Its `available` is the sum of what each would have had nothing moved, so that a move between two
/// reads does not show.
fn summed(record: OfferRecord, shards: &mut HashMap<(String, String), ShardRecord>) -> Result<Offer, StoreError> {
    let OfferRecord { mut offer, made, moved, .. } = record;
    if made == 0 {
        return Ok(offer);
    }
    let Offer { available, reserved, reorder_at, .. } = offer;
    offer.parts.push(Shard { available, reserved, moved, reorder_at });
    for number in 1..=made {
        let key = Key::Shard(offer.listing.sku.clone(), number);
        let missing = || StoreError::Corrupt(format!("shard {number} of {} is missing", offer.listing.sku));
        let ShardRecord { available, reserved, moved, reorder_at, .. } =
            shards.remove(&key.pair()).ok_or_else(missing)?;
        offer.parts.push(Shard { available, reserved, moved, reorder_at });
    }
    offer.available = offer.parts.iter().map(Shard::own).sum();
    offer.reserved = offer.parts.iter().map(|part| part.reserved).sum();
    offer.reorder_at = offer.parts.iter().map(|part| part.reorder_at).sum();
    Ok(offer)
}
