//! A table by its name, and what every module asks of its own: a record, a page of a partition, a record that is put over
//! what was read.
//!
//! Knows that keys are `pk` and `sk` and that `rev` counts a record's writes; knows no table.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, KeyOf, StoreError, n, of_item, s};
use crate::page::{Cursor, Page};
use crate::stamp::Stamp;
use crate::tx::Write;

/// A table by its name. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    pub(crate) db: Db,
    pub(crate) name: String,
}

impl Handle {
    /// The client, for what only one module asks.
    pub(crate) fn client(&self) -> &Client {
        self.db.client()
    }

    /// The record with this key as it is now.
    pub(crate) async fn get(&self, key: KeyOf) -> Result<Option<Item>, StoreError> {
        let asked = self.client().get_item().table_name(&self.name).set_key(Some(key)).consistent_read(true);
        Ok(asked.send().await.map_err(StoreError::of)?.item)
    }

    /// The record with this key as it is now or was a moment ago, for half the price.
    pub(crate) async fn get_eventually(&self, key: KeyOf) -> Result<Option<Item>, StoreError> {
        let asked = self.client().get_item().table_name(&self.name).set_key(Some(key));
        Ok(asked.send().await.map_err(StoreError::of)?.item)
    }

    /// The records with these keys, those that exist, in any order.
    pub(crate) async fn batch_get(&self, keys: Vec<KeyOf>) -> Result<Vec<Item>, StoreError> {
        crate::db::batch_get(&self.db, &self.name, keys).await
    }

    /// A page of a partition, in the order of the sort keys or against it.
    pub(crate) async fn page(
        &self,
        partition: &str,
        after: Option<&Cursor>,
        limit: usize,
        ascending: bool,
    ) -> Result<Page<Item>, StoreError> {
        let answer = self
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition))
            .set_exclusive_start_key(after.map(|cursor| cursor.key(partition)))
            .scan_index_forward(ascending)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(StoreError::of)?;
        let next = Cursor::of(answer.last_evaluated_key.as_ref());
        Ok(Page { items: answer.items.unwrap_or_default(), next })
    }

    /// Puts a record, whatever is there.
    pub(crate) fn put(&self, item: Item) -> Result<Put, StoreError> {
        Ok(Put::builder().table_name(&self.name).set_item(Some(item)).build()?)
    }

    /// Puts a record where there is none.
    pub(crate) fn put_new(&self, item: Item) -> Result<Put, StoreError> {
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        Ok(put.condition_expression("attribute_not_exists(pk)").build()?)
    }

    /// Puts a record over the one that was written `seen` times; 0 is none.
    pub(crate) fn put_over(&self, item: Item, seen: u64) -> Result<Put, StoreError> {
        if seen == 0 {
            return self.put_new(item);
        }
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        Ok(put.condition_expression("rev = :seen").expression_attribute_values(":seen", n(seen)).build()?)
    }

    /// Puts a record that keeps a value over the one that was written `seen` times, with the mark of its write.
    pub(crate) fn keep_over<T: Serialize>(
        &self,
        key: KeyOf,
        schema: u16,
        value: &T,
        seen: u64,
        stamp: &Stamp,
    ) -> Result<Put, StoreError> {
        let mut item = keep(key, schema, value)?;
        stamp.put_on(&mut item, seen + 1)?;
        self.put_over(item, seen)
    }

    /// Writes one record by itself: a transaction would cost twice.
    pub(crate) async fn write_alone(&self, put: Put) -> Result<(), StoreError> {
        self.client()
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// Takes a record away.
    pub(crate) fn delete(&self, key: KeyOf) -> Result<Delete, StoreError> {
        Ok(Delete::builder().table_name(&self.name).set_key(Some(key)).build()?)
    }
}

impl From<Put> for Write {
    fn from(put: Put) -> Self {
        Self(TransactWriteItem::builder().put(put).build())
    }
}

impl From<Update> for Write {
    fn from(update: Update) -> Self {
        Self(TransactWriteItem::builder().update(update).build())
    }
}

impl From<Delete> for Write {
    fn from(delete: Delete) -> Self {
        Self(TransactWriteItem::builder().delete(delete).build())
    }
}

impl From<ConditionCheck> for Write {
    fn from(check: ConditionCheck) -> Self {
        Self(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// A record that keeps a value as JSON, which is read and written whole.
#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u16,
    /// Counts its writes, where somebody does.
    #[serde(default)]
    rev: u64,
    value: String,
}

/// A value as text.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

/// The record with this key that keeps a value.
pub(crate) fn keep<T: Serialize + ?Sized>(mut key: KeyOf, schema: u16, value: &T) -> Result<Item, StoreError> {
    key.insert("schema".into(), n(schema));
    key.insert("value".into(), s(json(value)?));
    Ok(key)
}

/// The value that a record keeps, and how often it was written.
pub(crate) fn kept<T: DeserializeOwned>(item: Item) -> Result<(T, u64), StoreError> {
    let Kept { rev, value, .. } = of_item(item)?;
    Ok((serde_json::from_str(&value)?, rev))
}
