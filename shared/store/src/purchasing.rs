//! The purchasing table: suppliers, the rules that SKUs are reordered by, what looks at them came to, and the orders to
//! suppliers that are made of it.
//!
//! | access pattern | key |
//! |---|---|
//! | a supplier by its id | `suppliers`, `{supplier}` |
//! | all suppliers, in the order of their ids | `suppliers` |
//! | the rule of a SKU at a location | `rules`, `{sku}#{location}` |
//! | the rules of a SKU | `rules`, begins with `{sku}#` |
//! | all rules | `rules` |
//! | the latest look at a SKU at a location | `looks`, `{sku}#{location}` |
//! | the latest looks at a SKU | `looks`, begins with `{sku}#` |
//! | all latest looks | `looks` |
//! | the looks at a SKU before, newest first | `past#{sku}`, `{ended}#{writes}#{location}` |
//! | the demand of a SKU | `diaries`, `{sku}` |
//! | a purchase order by its id | `orders`, `{po_..}` |
//! | all purchase orders, newest first | `orders` |
//! | the order that a supplier's suggestions go into | `suggested`, `{supplier}` |
//! | the purchase order that was made under an Idempotency-Key | `made#{digest}`, `made` |
//! | that staff were told of what runs low, by what for | `told`, `{what}` |
//!
//! Past looks are kept for a quarter of a year, keys for a month.

mod looks;
mod orders;

pub use looks::{Kept, Placed};
pub use orders::Made;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Delete};
use contracts::event::{Event, ShopEvent};
use domain::id::PurchaseOrderId;
use domain::purchasing::Supplier;
use domain::reorder::ReorderRule;
use domain::text::{Digest, LocationId, Sku, SupplierId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Db, Item, StoreError, Table, n, s};
use crate::handle::{Handle, json, keep, kept};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

const SCHEMA: u16 = 1;
const SUPPLIERS: &str = "suppliers";
const RULES: &str = "rules";
const LOOKS: &str = "looks";
const DIARIES: &str = "diaries";
const ORDERS: &str = "orders";
const SUGGESTED: &str = "suggested";
const TOLD: &str = "told";
/// How long it is kept that staff were told of something.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The purchasing table.
#[derive(Debug, Clone)]
pub struct Purchasing {
    table: Handle,
}

impl Table for Purchasing {
    const FAMILY: &'static str = "PURCHASING";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A supplier.
    Supplier(SupplierId),
    /// The rule of a SKU at a location.
    Rule(Sku, LocationId),
    /// The latest look at a SKU at a location.
    Look(Sku, LocationId),
    /// A look that ended then, after so many writes of it.
    Past(Sku, Timestamp, u64, LocationId),
    /// A SKU's demand.
    Diary(Sku),
    /// A purchase order.
    Order(PurchaseOrderId),
    /// Which order a supplier's suggestions go into.
    Suggested(SupplierId),
    /// What was made under an Idempotency-Key.
    Made(Digest),
    /// That staff were told of what runs low: on this day, or because of this order.
    Told(String),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Supplier(id) => (SUPPLIERS.into(), id.to_string()),
            Self::Rule(sku, location) => (RULES.into(), format!("{sku}#{location}")),
            Self::Look(sku, location) => (LOOKS.into(), format!("{sku}#{location}")),
            Self::Past(sku, ended, writes, location) => {
                (format!("past#{sku}"), format!("{:013}#{writes:010}#{location}", ended.as_millisecond()))
            }
            Self::Diary(sku) => (DIARIES.into(), sku.to_string()),
            Self::Order(id) => (ORDERS.into(), id.to_string()),
            Self::Suggested(supplier) => (SUGGESTED.into(), supplier.to_string()),
            Self::Made(key) => (format!("made#{key}"), "made".into()),
            Self::Told(what) => (TOLD.into(), what.clone()),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        match pk {
            SUPPLIERS => Some(Self::Supplier(sk.parse().ok()?)),
            RULES | LOOKS => {
                let (sku, location) = sk.split_once('#')?;
                let (sku, location) = (sku.parse().ok()?, location.parse().ok()?);
                Some(if pk == RULES { Self::Rule(sku, location) } else { Self::Look(sku, location) })
            }
            DIARIES => Some(Self::Diary(sk.parse().ok()?)),
            ORDERS => Some(Self::Order(sk.parse().ok()?)),
            SUGGESTED => Some(Self::Suggested(sk.parse().ok()?)),
            TOLD => Some(Self::Told(sk.to_owned())),
            _ if sk == "made" => Some(Self::Made(pk.strip_prefix("made#")?.parse().ok()?)),
            _ => {
                let (ended, rest) = sk.split_once('#')?;
                let (writes, location) = rest.split_once('#')?;
                let ended = Timestamp::from_millisecond(ended.parse().ok()?).ok()?;
                let (writes, location) = (writes.parse().ok()?, location.parse().ok()?);
                Some(Self::Past(pk.strip_prefix("past#")?.parse().ok()?, ended, writes, location))
            }
        }
    }

    fn attributes(&self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

impl Purchasing {
    /// The supplier with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn supplier(&self, id: &SupplierId) -> Result<Option<Supplier>, StoreError> {
        Ok(self.get(&Key::Supplier(id.clone())).await?.map(|(supplier, _)| supplier))
    }

    /// A page of all suppliers.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suppliers(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Supplier>, StoreError> {
        self.page(SUPPLIERS, after, limit, true).await
    }

    /// Writes a supplier, over the one with its id where there is one; whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_supplier(&self, supplier: &Supplier, cause: Cause) -> Result<bool, StoreError> {
        self.put(&Key::Supplier(supplier.id.clone()), supplier, &Stamp::silent(cause)).await
    }

    /// The rules of a SKU, in the order of their locations.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn rules(&self, sku: &Sku) -> Result<Vec<ReorderRule>, StoreError> {
        Ok(self.rules_ever(sku).await?.into_iter().filter_map(|(_, rule)| rule).collect())
    }

    /// The rules that a SKU has, and the locations at which it had one, in the order of the locations.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn rules_ever(&self, sku: &Sku) -> Result<Vec<(LocationId, Option<ReorderRule>)>, StoreError> {
        let rule = |item: Item| {
            let key = item.get("sk").and_then(|key| key.as_s().ok()).and_then(|sk| Key::parse(RULES, sk));
            let Some(Key::Rule(_, location)) = key else {
                return Err(StoreError::Corrupt("a rule has no location".into()));
            };
            Ok((location, kept(item)?.0))
        };
        self.items_of_sku(RULES, sku).await?.into_iter().map(rule).collect()
    }

    /// A page of the SKUs that have rules, each once for each of its rules, in their order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn ruled_skus(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Sku>, StoreError> {
        let page = self.table.page(RULES, after, limit, true).await?;
        let sku = |item: &Item| {
            let sort = item.get("sk").and_then(|value| value.as_s().ok())?;
            sort.split_once('#')?.0.parse().ok()
        };
        Ok(Page { items: page.items.iter().filter_map(sku).collect(), next: page.next })
    }

    /// Writes the rule of a SKU at the rule's location, and has it looked at; whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_rule(&self, sku: &Sku, rule: &ReorderRule, cause: Cause) -> Result<bool, StoreError> {
        let stamp = Stamp::new(vec![Event::Shop(ShopEvent::ReorderDue { sku: sku.clone() })], cause);
        self.put(&Key::Rule(sku.clone(), rule.location.clone()), rule, &stamp).await
    }

    /// Ends the rule of a SKU at a location, and has what was suggested by it withdrawn; whether there was one.
    ///
    /// Its record stays, without a rule, so that whoever looks knows that there was one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn end_rule(&self, sku: &Sku, location: &LocationId, cause: Cause) -> Result<bool, StoreError> {
        let stamp = Stamp::new(vec![Event::Shop(ShopEvent::ReorderDue { sku: sku.clone() })], cause);
        let mut values = HashMap::from([(":none".to_owned(), s(NONE))]);
        let expression = stamp.update("#value = :none", &mut values)?;
        let ended = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Rule(sku.clone(), location.clone()).attributes()))
            .update_expression(expression)
            .condition_expression("attribute_exists(pk) AND #value <> :none")
            .expression_attribute_names("#value", "value")
            .set_expression_attribute_values(Some(values))
            .send()
            .await
            .map_err(StoreError::of);
        match ended {
            Ok(_) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Has staff told of what runs low and waits for them, once for each `what`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn tell_low(&self, what: &str, now: Timestamp, cause: Cause) -> Result<(), StoreError> {
        let stamp = Stamp::new(vec![Event::Shop(ShopEvent::StockLow {})], cause);
        let mut item = Key::Told(what.to_owned()).attributes();
        item.insert("schema".into(), n(SCHEMA));
        item.insert("ttl".into(), n((now + REMEMBERED).as_second()));
        stamp.put_on(&mut item, 1)?;
        match self.table.write_alone(self.table.put_new(item)?).await {
            Ok(()) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What is kept under a key, and how often it was written.
    async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<(T, u64)>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        item.map(kept).transpose()
    }

    async fn page<T: DeserializeOwned>(
        &self,
        partition: &str,
        after: Option<&Cursor>,
        limit: usize,
        ascending: bool,
    ) -> Result<Page<T>, StoreError> {
        let Page { items, next } = self.table.page(partition, after, limit, ascending).await?;
        let items = items.into_iter().map(|item| kept(item).map(|(value, _)| value)).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// What a partition keeps of a SKU, in the order of the locations.
    async fn of_sku<T: DeserializeOwned>(&self, partition: &str, sku: &Sku) -> Result<Vec<T>, StoreError> {
        self.items_of_sku(partition, sku).await?.into_iter().map(|item| kept(item).map(|(value, _)| value)).collect()
    }

    async fn items_of_sku(&self, partition: &str, sku: &Sku) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sku)")
            .expression_attribute_values(":pk", s(partition))
            .expression_attribute_values(":sku", s(format!("{sku}#")))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Writes a record over whatever is there; whether it is new.
    async fn put<T: Serialize>(&self, key: &Key, value: &T, stamp: &Stamp) -> Result<bool, StoreError> {
        let mut values = HashMap::from([(":schema".to_owned(), n(SCHEMA)), (":value".to_owned(), s(json(value)?))]);
        let expression = stamp.upsert("#schema = :schema, #value = :value", &mut values)?;
        let answer = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key.attributes()))
            .update_expression(expression)
            .expression_attribute_names("#schema", "schema")
            .expression_attribute_names("#value", "value")
            .set_expression_attribute_values(Some(values))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await
            .map_err(StoreError::of)?;
        let before = answer.attributes.and_then(|mut before| before.remove("value"));
        Ok(before.is_none_or(|before| before.as_s().is_ok_and(|value| value == NONE)))
    }

    /// A record as the write of a transaction, over the one that was written `seen` times; 0 is none.
    fn write<T: Serialize>(&self, key: &Key, value: &T, seen: u64, stamp: &Stamp) -> Result<Write, StoreError> {
        Ok(self.table.keep_over(key.attributes(), SCHEMA, value, seen, stamp)?.into())
    }
}

impl Purchasing {
    /// The end of a record as the write of a transaction, while it is the one that was written `seen` times.
    fn delete(&self, key: &Key, seen: u64) -> Result<Write, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table.name)
            .set_key(Some(key.attributes()))
            .condition_expression("rev = :seen")
            .expression_attribute_values(":seen", n(seen))
            .build()?;
        Ok(Write::from(delete))
    }

    /// A new record as the write of a transaction, kept until then.
    fn write_until<T: Serialize>(&self, key: &Key, value: &T, until: Timestamp) -> Result<Write, StoreError> {
        let mut item = keep(key.attributes(), SCHEMA, value)?;
        item.insert("ttl".into(), n(until.as_second()));
        Ok(self.table.put_new(item)?.into())
    }
}

/// What is kept in the place of what was ended.
const NONE: &str = "null";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(
            sku in "[A-Z0-9][A-Z0-9_.-]{0,20}",
            place in "[a-z][a-z0-9-]{0,10}[a-z0-9]",
            millis in 0_i64..4_000_000_000_000,
        ) {
            let (sku, location) = (Sku::new(sku).unwrap(), LocationId::new(place.clone()).unwrap());
            let supplier = SupplierId::new(place).unwrap();
            let keys = [
                Key::Supplier(supplier.clone()),
                Key::Rule(sku.clone(), location.clone()),
                Key::Look(sku.clone(), location.clone()),
                Key::Past(sku.clone(), Timestamp::from_millisecond(millis).unwrap(), 7, location),
                Key::Diary(sku),
                Key::Order(PurchaseOrderId::new(u64::try_from(millis).unwrap(), [3; 10])),
                Key::Suggested(supplier),
                Key::Made(Digest::of(b"key")),
                Key::Told("2026-11-23".to_owned()),
            ];
            for key in keys {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
