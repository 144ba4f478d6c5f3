//! The stock table: offers, what locations have, the ledger, adjustments, transfers.
//!
//! | access pattern | key |
//! |---|---|
//! | the offer of a SKU | `sku#{sku}`, `offer` |
//! | a further shard of a SKU's offer | `shard#{sku}#{number}`, `shard` |
//! | what a location has of a SKU | `sku#{sku}`, `at#{location}` |
//! | everything of a SKU | `sku#{sku}` |
//! | all SKUs, in order | `skus`, `{sku}` |
//! | the ledger of a SKU, newest first | `ledger#{sku}`, `{sequence, 40 digits}#{counter}` |
//! | who waits for a SKU, first come first | `waiting#{sku}`, `{placed, ms, 13 digits}#{order}` |
//! | an adjustment by its Idempotency-Key | `adjustment#{digest}`, `adjustment` |
//! | a transfer by its id | `transfers`, `{trf_..}` |
//! | all transfers, newest first | `transfers` |
//! | the transfer that was sent under an Idempotency-Key | `sent#{digest}`, `sent` |
//! | what the ledger of a SKU sums up to | `check#{sku}`, `check` |
//!
//! An offer keeps `available` and `sellable` (available plus the backorder limit) as stored numbers, because DynamoDB
//! conditions cannot add; so does a level, of what is there and given to no order (`spare`).

mod bookings;
mod check;
mod ledger;
mod shards;
mod transfers;
mod waiting;

pub use bookings::Adjusted;
pub use check::Checked;
pub use ledger::{FILLED, LedgerEntry, SHIPPED, availability_turned, backorder_due, entries_of, reorder_due};
pub use shards::Refused;
pub use transfers::{SentUnder, TRANSFER_CANCELED, TRANSFER_LOST, TRANSFER_RECEIVED, TRANSFER_SENT};
pub use waiting::Waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::catalog::{Listing, ListingChange};
use domain::id::{OrderId, ProductId, TransferId};
use domain::stock::{Level, Movement, Offer, Stock};
use domain::text::{Digest, LocationId, Sku};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, StoreError, Table, item_of, n, of_item, s};
use crate::handle::Handle;
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::{Found, Tx, TxError, Write};

const SCHEMA: u16 = 1;
const OFFER: &str = "offer";
const TRANSFERS: &str = "transfers";
const SHARD: &str = "shard";

/// Movements by their SKU: the writes of each are made together.
pub(crate) fn by_sku(movements: impl IntoIterator<Item = (Sku, Movement)>) -> BTreeMap<Sku, Vec<Movement>> {
    let mut all: BTreeMap<Sku, Vec<Movement>> = BTreeMap::new();
    for (sku, movement) in movements {
        all.entry(sku).or_default().push(movement);
    }
    all
}

/// A decision moves stock, in a function that was given no stock table.
pub(crate) fn not_named() -> StoreError {
    StoreError::Denied("the stock table, which this decision moves".to_owned())
}

/// The stock table.
#[derive(Debug, Clone)]
pub struct StockTable {
    table: Handle,
}

impl Table for StockTable {
    const FAMILY: &'static str = "STOCK";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The offer of a SKU.
    Offer(Sku),
    /// A further shard of the offer of a SKU, from 1.
    Shard(Sku, u8),
    /// What a location has of a SKU.
    Level(Sku, LocationId),
    /// The entry of a SKU in the list of all.
    Listed(Sku),
    /// One ledger entry: the stream's sequence number and the counter.
    Ledger(Sku, String, String),
    /// An order that waits for a SKU, and when it was placed, in milliseconds since 1970.
    Waiting(Sku, i64, OrderId),
    /// An adjustment.
    Adjustment(Digest),
    /// A transfer.
    Transfer(TransferId),
    /// What was sent under an Idempotency-Key.
    SentUnder(Digest),
    /// The last check of a SKU's ledger.
    Check(Sku),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Offer(sku) => (format!("sku#{sku}"), OFFER.into()),
            Self::Shard(sku, number) => (format!("shard#{sku}#{number}"), SHARD.into()),
            Self::Level(sku, location) => (format!("sku#{sku}"), format!("at#{location}")),
            Self::Listed(sku) => ("skus".into(), sku.to_string()),
            // Sequence numbers have up to 40 digits, and not always as many.
            Self::Ledger(sku, sequence, counter) => (format!("ledger#{sku}"), format!("{sequence:0>40}#{counter}")),
            Self::Waiting(sku, placed, order) => (format!("waiting#{sku}"), format!("{placed:013}#{order}")),
            Self::Adjustment(digest) => (format!("adjustment#{digest}"), "adjustment".into()),
            Self::Transfer(id) => (TRANSFERS.into(), id.to_string()),
            Self::SentUnder(key) => (format!("sent#{key}"), "sent".into()),
            Self::Check(sku) => (format!("check#{sku}"), "check".into()),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        if pk == "skus" {
            return Some(Self::Listed(sk.parse().ok()?));
        }
        if pk == TRANSFERS {
            return Some(Self::Transfer(sk.parse().ok()?));
        }
        let (kind, name) = pk.split_once('#')?;
        match kind {
            "sku" if sk == OFFER => Some(Self::Offer(name.parse().ok()?)),
            "sku" => Some(Self::Level(name.parse().ok()?, sk.strip_prefix("at#")?.parse().ok()?)),
            "shard" if sk == SHARD => {
                let (sku, number) = name.rsplit_once('#')?;
                Some(Self::Shard(sku.parse().ok()?, number.parse().ok()?))
            }
            "ledger" => {
                let (sequence, counter) = sk.split_once('#')?;
                Some(Self::Ledger(name.parse().ok()?, sequence.trim_start_matches('0').into(), counter.into()))
            }
            "waiting" => {
                let (placed, order) = sk.split_once('#')?;
                Some(Self::Waiting(name.parse().ok()?, placed.parse().ok()?, order.parse().ok()?))
            }
            "adjustment" => Some(Self::Adjustment(name.parse().ok()?)),
            "sent" => Some(Self::SentUnder(name.parse().ok()?)),
            "check" => Some(Self::Check(name.parse().ok()?)),
            _ => None,
        }
    }

    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

#[derive(Serialize, Deserialize)]
struct OfferRecord {
    schema: u16,
    sellable: i64,
    /// How many further records count for it.
    #[serde(default)]
    made: u8,
    /// What it got from them, less what it gave.
    #[serde(default)]
    moved: i64,
    #[serde(flatten)]
    offer: Offer,
}

/// The offer's own record, and what each location has.
type Records = (OfferRecord, BTreeMap<LocationId, Level>);

#[derive(Serialize, Deserialize)]
struct LevelRecord {
    schema: u16,
    #[serde(flatten)]
    level: Level,
}

/// What is kept of an adjustment, so that its Idempotency-Key answers the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentRecord {
    /// The digest of its canonical body.
    pub body: Digest,
    /// What was answered, as JSON.
    pub answer: String,
}

impl StockTable {
    /// Brings the offers in line with what the catalogue now lists, on all their shards: `known` is the offer as it was
    /// read for it, where there is one.
    ///
    /// A SKU belongs to one product: the write's condition fails where another product has it, and where it was split
    /// since it was read. [`is_of`] tells which.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn list(&self, change: &ListingChange, known: Option<&Offer>, cause: &Cause) -> Result<Vec<Write>, StoreError> {
        let (listing, repriced, mut writes) = match change {
            ListingChange::Added(listing) => {
                let listed = self.put(&Key::Listed(listing.sku.clone()), Item::new(), false)?;
                (Some(listing), true, vec![self.upsert_offer(listing, known, cause)?, listed])
            }
            ListingChange::Repriced(listing) => {
                (Some(listing), true, vec![self.describe(listing, known, true, cause)?])
            }
            ListingChange::Described(listing) => {
                (Some(listing), false, vec![self.describe(listing, known, false, cause)?])
            }
            ListingChange::Removed(sku) => {
                let mut values =
                    HashMap::from([(":no".to_owned(), AttributeValue::Bool(false)), (":one".to_owned(), n(1))]);
                let condition = format!("attribute_exists(pk) AND {}", as_read(known, &mut values));
                let expression = Stamp::silent(cause.clone())
                    .update("on_sale = :no, price_version = price_version + :one", &mut values)?;
                let key = Key::Offer(sku.clone());
                (None, true, vec![self.update(&key, expression, Some(condition), values)?])
            }
        };
        if let Some(offer) = known {
            writes.extend(self.list_on_shards(offer, listing, repriced, cause)?);
        }
        Ok(writes)
    }

    /// A new offer, or one of the same product that was withdrawn: its counts stay.
    fn upsert_offer(&self, listing: &Listing, known: Option<&Offer>, cause: &Cause) -> Result<Write, StoreError> {
        let mut values =
            HashMap::from([(":zero".to_owned(), n(0)), (":one".to_owned(), n(1)), (":schema".to_owned(), n(SCHEMA))]);
        let sets = [
            listing_sets(listing, &mut values)?,
            "#schema = :schema".into(),
            "price_version = if_not_exists(price_version, :zero) + :one".into(),
        ]
        .into_iter()
        .chain(
            ["available", "sellable", "reserved", "backorder_limit"]
                .map(|counter| format!("{counter} = if_not_exists({counter}, :zero)")),
        )
        .collect::<Vec<_>>()
        .join(", ");
        let expression = Stamp::silent(cause.clone()).upsert(&sets, &mut values)?;
        let condition =
            format!("attribute_not_exists(pk) OR (product = :l_product AND {})", as_read(known, &mut values));
        self.update(&Key::Offer(listing.sku.clone()), expression, Some(condition), values)
    }

    /// Has the reorder rules of a SKU looked at again once no more than `at` are available; never, without it. The offer
    /// is the one that was looked at: each of its shards watches for its part, and what is watched so already is not
    /// written.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn watch(&self, offer: &Offer, at: Option<i64>, cause: Cause) -> Result<(), StoreError> {
        let wanted = if offer.is_split() {
            let parts = offer.parts.iter().zip(offer.watched(at.unwrap_or_default()));
            parts.map(|(part, own)| (part.reorder_at, at.map(|_| own))).collect()
        } else {
            vec![(offer.reorder_at, at)]
        };
        for (number, (known, at)) in (0..).zip(wanted) {
            if known != at {
                self.watch_shard(&Key::of_shard(&offer.listing.sku, number), at, &cause).await?;
            }
        }
        Ok(())
    }

    async fn watch_shard(&self, key: &Key, at: Option<i64>, cause: &Cause) -> Result<(), StoreError> {
        let mut values = HashMap::new();
        let stamp = Stamp::silent(cause.clone());
        let expression = match at {
            Some(at) => {
                values.insert(":at".to_owned(), n(at));
                stamp.update("reorder_at = :at", &mut values)?
            }
            None => format!("{}, reorder_at", stamp.update("on_sale = on_sale", &mut values)?),
        };
        // As a transaction of its own, so that a sale of the same moment is waited out.
        let write = self.update(key, expression, Some("attribute_exists(pk)".into()), values)?;
        match Tx::new().and(write, |_| ()).commit(&self.table.db).await {
            Ok(()) => Ok(()),
            Err(TxError::Refused(())) => Err(StoreError::Stale),
            Err(TxError::Store(error)) => Err(error),
        }
    }

    /// Lets as many of a SKU be promised beyond what is there.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where there is no such SKU, or the table's error.
    pub async fn allow_backorders(&self, sku: &Sku, limit: u32, cause: Cause) -> Result<(), StoreError> {
        let mut values = HashMap::from([(":limit".to_owned(), n(limit))]);
        let set = "backorder_limit = :limit, sellable = available + :limit";
        let expression = Stamp::silent(cause).update(set, &mut values)?;
        self.table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Offer(sku.clone()).attributes()))
            .update_expression(expression)
            .condition_expression("attribute_exists(pk)")
            .set_expression_attribute_values(Some(values))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// Has the reorder rule of a SKU at a location looked at again once no more than `at` are there or on order and given
    /// to no order; never, without it. The location has to have the SKU.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn watch_level(
        &self,
        sku: &Sku,
        location: &LocationId,
        at: Option<i64>,
        cause: &Cause,
    ) -> Result<Write, StoreError> {
        let mut values = HashMap::from([(":schema".to_owned(), n(SCHEMA))]);
        let stamp = Stamp::silent(cause.clone());
        let expression = match at {
            Some(at) => {
                values.insert(":at".to_owned(), n(at));
                stamp.update("#schema = :schema, reorder_at = :at", &mut values)?
            }
            None => format!("{}, reorder_at", stamp.update("#schema = :schema", &mut values)?),
        };
        let key = Key::Level(sku.clone(), location.clone());
        self.update(&key, expression, Some("attribute_exists(pk)".into()), values)
    }

    fn describe(
        &self,
        listing: &Listing,
        known: Option<&Offer>,
        repriced: bool,
        cause: &Cause,
    ) -> Result<Write, StoreError> {
        let mut values = HashMap::new();
        let mut set = listing_sets(listing, &mut values)?;
        if repriced {
            values.insert(":one".to_owned(), n(1));
            set.push_str(", price_version = price_version + :one");
        }
        let expression = Stamp::silent(cause.clone()).update(&set, &mut values)?;
        let condition = format!("product = :l_product AND {}", as_read(known, &mut values));
        self.update(&Key::Offer(listing.sku.clone()), expression, Some(condition), values)
    }

    /// The offers of these SKUs, those that exist; at most 100.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn offers(&self, skus: &[Sku]) -> Result<BTreeMap<Sku, Offer>, StoreError> {
        // A key that stands twice is refused.
        let skus: BTreeSet<&Sku> = skus.iter().collect();
        let keys: Vec<_> = skus.into_iter().map(|sku| Key::Offer(sku.clone())).collect();
        let records = self.batch_get(&keys).await?.into_iter().map(|item| Ok((of_item(item)?, BTreeMap::new())));
        let found = self.whole(records.collect::<Result<_, StoreError>>()?).await?;
        Ok(found.into_iter().map(|stock| (stock.offer.listing.sku.clone(), stock.offer)).collect())
    }

    /// The offer of a SKU.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn offer(&self, sku: &Sku) -> Result<Option<Offer>, StoreError> {
        let item = self.table.get(Key::Offer(sku.clone()).attributes()).await?;
        let Some(item) = item else { return Ok(None) };
        let found = self.whole(vec![(of_item(item)?, BTreeMap::new())]).await?;
        Ok(found.into_iter().map(|stock| stock.offer).next())
    }

    /// Everything of a SKU: its offer and what each location has.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn stock(&self, sku: &Sku) -> Result<Option<Stock>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(format!("sku#{sku}")))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        let found = records_of(answer.items.unwrap_or_default())?;
        Ok(self.whole(found.into_iter().collect()).await?.pop())
    }

    /// The stock of these SKUs, those that exist, as far as it is at these places.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn at(&self, places: &[(&Sku, &LocationId)]) -> Result<BTreeMap<Sku, Stock>, StoreError> {
        // A batch names each key once.
        let mut wanted: BTreeMap<&Sku, BTreeSet<&LocationId>> = BTreeMap::new();
        for (sku, location) in places {
            wanted.entry(sku).or_default().insert(location);
        }
        let mut keys = Vec::with_capacity(2 * places.len());
        for (sku, locations) in wanted {
            keys.push(Key::Offer(sku.clone()));
            keys.extend(locations.into_iter().map(|location| Key::Level(sku.clone(), location.clone())));
        }
        let mut found = Vec::new();
        for items in by_partition(self.batch_get(&keys).await?).into_values() {
            found.extend(records_of(items)?);
        }
        let whole = self.whole(found).await?;
        Ok(whole.into_iter().map(|stock| (stock.offer.listing.sku.clone(), stock)).collect())
    }

    /// A page of all SKUs, in their order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn skus(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Sku>, StoreError> {
        let Page { items, next } = self.table.page("skus", after, limit, true).await?;
        let sku = |item: Item| item.get("sk")?.as_s().ok()?.parse().ok();
        Ok(Page { items: items.into_iter().filter_map(sku).collect(), next })
    }

    /// A page of all SKUs' stock, in the SKUs' order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn page(
        &self,
        locations: &[LocationId],
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Stock>, StoreError> {
        let Page { items: skus, next } = self.skus(after, limit).await?;
        let keys: Vec<Key> = skus
            .iter()
            .flat_map(|sku| {
                let levels = locations.iter().map(|location| Key::Level(sku.clone(), location.clone()));
                std::iter::once(Key::Offer(sku.clone())).chain(levels)
            })
            .collect();
        let mut of_sku = by_partition(self.batch_get(&keys).await?);
        let mut found = Vec::new();
        for sku in skus {
            found.extend(records_of(of_sku.remove(&format!("sku#{sku}")).unwrap_or_default())?);
        }
        Ok(Page { items: self.whole(found).await?, next })
    }

    /// What was answered to the adjustment with this key before.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn adjustment(&self, key: Digest) -> Result<Option<AdjustmentRecord>, StoreError> {
        let item = self.table.get(Key::Adjustment(key).attributes()).await?;
        item.map(of_item).transpose()
    }

    /// Keeps an adjustment's answer, unless its key was used.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn keep_adjustment(&self, key: Digest, record: &AdjustmentRecord) -> Result<Write, StoreError> {
        self.put(&Key::Adjustment(key), item_of(record)?, true)
    }

    fn put(&self, key: &Key, mut item: Item, only_new: bool) -> Result<Write, StoreError> {
        item.extend(key.attributes());
        item.insert("schema".into(), n(SCHEMA));
        Ok(if only_new { self.table.put_new(item)? } else { self.table.put(item)? }.into())
    }

    fn update(
        &self,
        key: &Key,
        expression: String,
        condition: Option<String>,
        values: HashMap<String, AttributeValue>,
    ) -> Result<Write, StoreError> {
        // The one name of ours that DynamoDB reserves.
        let named = expression.contains("#schema");
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key.attributes()))
            .set_expression_attribute_names(named.then(|| HashMap::from([("#schema".to_owned(), "schema".to_owned())])))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .build()?;
        Ok(Write::from(update))
    }

    async fn batch_get(&self, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        self.table.batch_get(keys.iter().map(Key::attributes).collect()).await
    }
}

/// The key that a stream record of the table is about.
fn key_of(keys: &serde_dynamo::Item) -> Option<Key> {
    #[derive(Deserialize)]
    struct Keys {
        pk: String,
        sk: String,
    }
    let Keys { pk, sk } = serde_dynamo::from_item(keys.clone()).ok()?;
    Key::parse(&pk, &sk)
}

fn listing_sets(listing: &Listing, values: &mut HashMap<String, AttributeValue>) -> Result<String, StoreError> {
    let mut sets = Vec::new();
    for (name, value) in item_of(listing)? {
        sets.push(format!("{name} = :l_{name}"));
        values.insert(format!(":l_{name}"), value);
    }
    sets.sort();
    Ok(sets.join(", "))
}

fn by_partition(items: Vec<Item>) -> HashMap<String, Vec<Item>> {
    let mut found: HashMap<String, Vec<Item>> = HashMap::new();
    for item in items {
        let pk = item.get("pk").and_then(|value| value.as_s().ok()).cloned();
        found.entry(pk.unwrap_or_default()).or_default().push(item);
    }
    found
}

fn records_of(items: Vec<Item>) -> Result<Option<Records>, StoreError> {
    let mut offer = None;
    let mut levels = BTreeMap::new();
    for item in items {
        let sort = item.get("sk").and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        match sort.strip_prefix("at#") {
            Some(location) => {
                let location: LocationId =
                    location.parse().map_err(|_| StoreError::Corrupt(format!("no location: {location}")))?;
                levels.insert(location, of_item::<LevelRecord>(item)?.level);
            }
            None => offer = Some(of_item::<OfferRecord>(item)?),
        }
    }
    Ok(offer.map(|offer| (offer, levels)))
}

/// The condition that an offer has the shards that it was read with; one that was not there has none.
fn as_read(known: Option<&Offer>, values: &mut HashMap<String, AttributeValue>) -> &'static str {
    known.map_or("attribute_not_exists(made)", |offer| shards::made_as_read(offer, values))
}

/// Whether the offer that a failed condition found belongs to this product.
pub fn is_of(found: &Found, product: &ProductId) -> bool {
    let owner = found.as_ref().and_then(|item| item.get("product")?.as_s().ok());
    owner.is_some_and(|owner| *owner == product.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> impl Strategy<Value = Key> {
        let sku = "[A-Z0-9][A-Z0-9_.-]{0,20}".prop_map(|text| Sku::new(text).unwrap());
        let location = "[a-z][a-z0-9-]{0,10}".prop_map(|text| LocationId::new(text).unwrap());
        prop_oneof![
            sku.clone().prop_map(Key::Offer),
            (sku.clone(), 1_u8..33).prop_map(|(sku, number)| Key::Shard(sku, number)),
            (sku.clone(), location).prop_map(|(sku, location)| Key::Level(sku, location)),
            sku.clone().prop_map(Key::Listed),
            (sku, "[1-9][0-9]{20,39}", "[a-z_]{1,12}(#[a-z_]{1,12})?")
                .prop_map(|(sku, at, counter)| Key::Ledger(sku, at, counter)),
            ("[A-Z0-9][A-Z0-9_.-]{0,20}", 0_i64..9_000_000_000_000, any::<[u8; 10]>())
                .prop_map(|(sku, at, random)| Key::Waiting(Sku::new(sku).unwrap(), at, OrderId::new(7, random))),
            any::<[u8; 4]>().prop_map(|bytes| Key::Adjustment(Digest::of(&bytes))),
            any::<[u8; 10]>().prop_map(|random| Key::Transfer(TransferId::new(1_760_000_000_000, random))),
            any::<[u8; 4]>().prop_map(|bytes| Key::SentUnder(Digest::of(&bytes))),
            "[A-Z0-9][A-Z0-9_.-]{0,20}".prop_map(|text| Key::Check(Sku::new(text).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn a_key_round_trips(key in keys()) {
            let (pk, sk) = key.pair();
            prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
        }
    }

    #[test]
    fn keys_are_written_as_the_access_patterns_say() {
        let sku = Sku::new("MUG-1").unwrap();
        let pair = |pk: &str, sk: &str| (pk.to_owned(), sk.to_owned());
        assert_eq!(Key::Offer(sku.clone()).pair(), pair("sku#MUG-1", "offer"));
        assert_eq!(Key::Shard(sku.clone(), 3).pair(), pair("shard#MUG-1#3", "shard"));
        assert_eq!(Key::Level(sku.clone(), LocationId::main()).pair(), pair("sku#MUG-1", "at#main"));
        assert_eq!(Key::Listed(sku.clone()).pair(), pair("skus", "MUG-1"));
        let transfer = TransferId::new(1, [1; 10]);
        assert_eq!(Key::Transfer(transfer).pair(), pair("transfers", &transfer.to_string()));
        assert_eq!(
            Key::Ledger(sku, "7".into(), "on_hand".into()).pair(),
            pair("ledger#MUG-1", &format!("{}7#on_hand", "0".repeat(39)))
        );
    }
}
