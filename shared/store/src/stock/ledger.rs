//! The stock ledger: booked from the table's stream, the entry being the difference of the two images.
//!
//! Its key is the stream's sequence number, so that a record read twice books once. Nothing moved, no entry; what moved
//! between the shards of an offer is no entry either.

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use domain::stock::Level;
use domain::text::{LocationId, Sku, Slug};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, SCHEMA, StockTable, key_of};
use crate::db::{Item, StoreError, item_of, n, of_item, s};
use crate::page::{Cursor, Page};
use crate::stamp::Cause;

/// How often entries are written that the table does not take at once.
const ATTEMPTS: u32 = 8;

/// The cause of what leaves the house with a parcel.
pub const SHIPPED: &str = "shipped";
/// The cause of what is given to orders that waited for it.
pub const FILLED: &str = "filled";

/// What moved, by how much, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// When.
    pub at: Timestamp,
    /// Of which SKU.
    pub sku: Sku,
    /// Where; none for what is kept over all locations.
    #[serde(default)]
    pub location: Option<LocationId>,
    /// Which counter.
    pub quantity: String,
    /// By how much.
    pub delta: i64,
    /// What it was afterwards.
    pub after: i64,
    /// Why.
    pub cause: String,
    /// Who.
    pub actor: String,
    /// What it refers to.
    #[serde(default)]
    pub reference: Option<String>,
    /// The stream's sequence number.
    pub sequence: String,
    /// Whether it is the part of a write that has a reason of its own: the rest stands in the entry before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub part: bool,
    /// Where the offer is split, the shard whose counter it is: `after` is of this shard alone then, as if nothing had
    /// moved between shards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<u8>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl LedgerEntry {
    /// What is after the sequence number in its key: the counter, and of a part its reason, so that it sorts behind
    /// the rest. Partitions count their sequences apart, so that two shards may come to the same number.
    fn counter(&self) -> String {
        match self.shard {
            _ if self.part => format!("{}#{}", self.quantity, self.cause),
            Some(shard @ 1..) => format!("{}#{shard}", self.quantity),
            Some(0) | None => self.quantity.clone(),
        }
    }
}

/// The counters that the ledger accounts for: those of a location, and those of an offer.
const LEVEL: [&str; 6] = ["on_hand", "committed", "incoming", "damaged", "quality_control", "buffer"];
const OFFER: [&str; 3] = ["available", "reserved", "backordered"];

#[derive(Deserialize)]
struct Image {
    cause: Option<Cause>,
    on_hand: Option<i64>,
    committed: Option<i64>,
    incoming: Option<i64>,
    damaged: Option<i64>,
    quality_control: Option<i64>,
    buffer: Option<i64>,
    available: Option<i64>,
    reserved: Option<i64>,
    backordered: Option<i64>,
    moved: Option<i64>,
    made: Option<u8>,
}

impl Image {
    fn counter(&self, name: &str) -> i64 {
        let found = match name {
            "on_hand" => self.on_hand,
            "committed" => self.committed,
            "incoming" => self.incoming,
            "damaged" => self.damaged,
            "quality_control" => self.quality_control,
            "buffer" => self.buffer,
            "available" => return self.available.unwrap_or_default() - self.moved.unwrap_or_default(),
            "reserved" => self.reserved,
            "backordered" => self.backordered,
            _ => None,
        };
        found.unwrap_or_default()
    }
}

/// What a stream record of the stock table books.
///
/// # Errors
/// When the images are not of this table.
pub fn entries_of(
    keys: serde_dynamo::Item,
    old: serde_dynamo::Item,
    new: serde_dynamo::Item,
    sequence: &str,
    at: Timestamp,
) -> Result<Vec<LedgerEntry>, StoreError> {
    let (sku, location, counters, shard) = match key_of(&keys) {
        Some(Key::Offer(sku)) => (sku, None, OFFER.as_slice(), 0),
        Some(Key::Shard(sku, number)) => (sku, None, OFFER.as_slice(), number),
        Some(Key::Level(sku, location)) => (sku, Some(location), LEVEL.as_slice(), 0),
        Some(
            Key::Listed(_)
            | Key::Ledger(..)
            | Key::Waiting(..)
            | Key::Adjustment(_)
            | Key::Transfer(_)
            | Key::SentUnder(_)
            | Key::Check(_),
        )
        | None => return Ok(Vec::new()),
    };
    let old: Image = serde_dynamo::from_item(old)?;
    let new: Image = serde_dynamo::from_item(new)?;
    let cause = new.cause.as_ref();
    let shard = (shard > 0 || new.made.is_some()).then_some(shard);
    let why = cause.map_or("unknown", |cause| &cause.why);
    let entries = counters.iter().flat_map(|counter| {
        let (before, after) = (old.counter(counter), new.counter(counter));
        let entry = |before: i64, after: i64, why: &str, part: bool| {
            (before != after).then(|| LedgerEntry {
                at,
                sku: sku.clone(),
                location: location.clone(),
                quantity: (*counter).to_owned(),
                delta: after - before,
                after,
                cause: why.to_owned(),
                actor: cause.map_or_else(|| "unknown".into(), |cause| cause.who.clone()),
                reference: cause.and_then(|cause| cause.reference.clone()),
                sequence: sequence.to_owned(),
                part,
                shard,
            })
        };
        let part = cause.and_then(|cause| cause.part.as_ref()).filter(|part| part.counter == *counter);
        let between = after - part.map_or(0, |part| part.delta);
        let rest = entry(before, between, why, false);
        rest.into_iter().chain(part.and_then(|part| entry(between, after, &part.why, true)))
    });
    Ok(entries.collect())
}

impl StockTable {
    /// Books entries; booking one again changes nothing. The ledger of a SKU that sells very fast is one partition, which
    /// takes no more than a partition takes: it is waited for, and what is still to be booked waits in the stream.
    ///
    /// # Errors
    /// When the table does not take all of them.
    pub async fn book_ledger(&self, entries: &[LedgerEntry]) -> Result<(), StoreError> {
        for chunk in entries.chunks(25) {
            let mut writes = Vec::new();
            for entry in chunk {
                let key = Key::Ledger(entry.sku.clone(), entry.sequence.clone(), entry.counter());
                let mut item = item_of(entry)?;
                item.extend(key.attributes());
                item.insert("schema".into(), n(SCHEMA));
                let put = PutRequest::builder().set_item(Some(item)).build()?;
                writes.push(WriteRequest::builder().put_request(put).build());
            }
            self.write_all(writes).await?;
        }
        Ok(())
    }

    async fn write_all(&self, mut writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        for attempt in 0..ATTEMPTS {
            self.table.db.pause(attempt).await;
            let request = self.table.client().batch_write_item().request_items(&self.table.name, writes.clone());
            match request.send().await.map_err(StoreError::of) {
                Ok(answer) => {
                    writes =
                        answer.unprocessed_items.and_then(|mut left| left.remove(&self.table.name)).unwrap_or_default()
                }
                Err(StoreError::Unavailable(_)) if attempt + 1 < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
            if writes.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("not every entry was booked".into()))
    }

    /// The entries of a SKU's ledger after the one with the key `after`, oldest first, each with its key; a page of them.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn ledger_after(&self, sku: &Sku, after: &str) -> Result<Vec<(String, LedgerEntry)>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND sk > :after")
            .expression_attribute_values(":pk", s(format!("ledger#{sku}")))
            // No key is empty; every key is after a blank.
            .expression_attribute_values(":after", s(if after.is_empty() { " " } else { after }))
            .send()
            .await
            .map_err(StoreError::of)?;
        let entry = |item: Item| {
            let key = item.get("sk").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
            Ok((key, of_item(item)?))
        };
        answer.items.unwrap_or_default().into_iter().map(entry).collect()
    }

    /// A page of a SKU's ledger, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn ledger(
        &self,
        sku: &Sku,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<LedgerEntry>, StoreError> {
        let partition = format!("ledger#{sku}");
        let Page { items, next } = self.table.page(&partition, after, limit, false).await?;
        let items = items.into_iter().map(of_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }
}

/// The SKU of an offer, of a shard of it, or of what a location has of it, that with this write came down to where its reorder rules are
/// looked at again, or stands there since this write named the place; and the SKU that a location has for the first time.
pub fn reorder_due(keys: &serde_dynamo::Item, old: &serde_dynamo::Item, new: &serde_dynamo::Item) -> Option<Sku> {
    #[derive(Deserialize)]
    struct Watched {
        #[serde(default)]
        available: i64,
        #[serde(default)]
        moved: i64,
        #[serde(flatten)]
        level: Level,
    }
    let sku = match key_of(keys)? {
        Key::Level(sku, _) if old.is_empty() => return Some(sku),
        Key::Offer(sku) | Key::Shard(sku, _) | Key::Level(sku, _) => sku,
        Key::Listed(_)
        | Key::Ledger(..)
        | Key::Waiting(..)
        | Key::Adjustment(_)
        | Key::Transfer(_)
        | Key::SentUnder(_)
        | Key::Check(_) => return None,
    };
    let read = |image: &serde_dynamo::Item| serde_dynamo::from_item::<_, Watched>(image.clone()).ok();
    let due = |watched: &Watched| {
        // An offer has no shelves, and a level nothing available.
        let left = watched.available - watched.moved + watched.level.coming();
        watched.level.reorder_at.is_some_and(|at| left <= at)
    };
    let after = read(new).filter(due)?;
    // Whoever named another place looked at what there was before: it may have been passed meanwhile.
    let told = read(old).is_some_and(|before| due(&before) && before.level.reorder_at == after.level.reorder_at);
    (!told).then_some(sku)
}

/// The SKU of an offer that orders wait for, where with this write some of it may have come in, or one more waits: it
/// may have come in meanwhile.
pub fn backorder_due(old: &serde_dynamo::Item, new: &serde_dynamo::Item) -> Option<Sku> {
    #[derive(Deserialize)]
    struct Waited {
        sku: Sku,
        available: i64,
        #[serde(default)]
        backordered: i64,
    }
    let read = |image: &serde_dynamo::Item| serde_dynamo::from_item::<_, Waited>(image.clone()).ok();
    let after = read(new).filter(|after| after.backordered > 0)?;
    let before = read(old);
    let more = |of: fn(&Waited) -> i64| before.as_ref().is_none_or(|before| of(before) < of(&after));
    (more(|waited| waited.available) || more(|waited| waited.backordered)).then_some(after.sku)
}

/// The product of an offer that came in or sold out with this write; or one shard of it did, and the others tell.
pub fn availability_turned(old: &serde_dynamo::Item, new: &serde_dynamo::Item) -> Option<Slug> {
    #[derive(Deserialize)]
    struct Shown {
        sellable: i64,
        on_sale: bool,
        slug: Slug,
    }
    let read = |image: &serde_dynamo::Item| serde_dynamo::from_item::<_, Shown>(image.clone()).ok();
    let there = |shown: &Shown| shown.on_sale && shown.sellable > 0;
    let after = read(new)?;
    let before = read(old);
    let turned = before.as_ref().is_some_and(there) != there(&after);
    turned.then_some(after.slug)
}
