//! Who waits for a SKU: the orders that found none, in the order in which they were placed.
//!
//! An entry names an order and nothing else; what it waits for stands in the order. It is written before its order
//! waits, so that no order waits unseen, and goes when the order waits no longer.

use domain::id::OrderId;
use domain::order::Order;
use domain::text::Sku;

use super::{Key, SCHEMA, StockTable};
use crate::db::{StoreError, n, s};

/// An order that waits for a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub order: OrderId,
    placed: i64,
}

impl StockTable {
    /// Notes that an order waits for a SKU; noting it again changes nothing.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn wait(&self, sku: &Sku, order: &Order) -> Result<(), StoreError> {
        let key = Key::Waiting(sku.clone(), order.created.as_millisecond(), order.id);
        let put = self.table.client().put_item().table_name(&self.table.name).set_item(Some(key.attributes()));
        put.item("schema", n(SCHEMA)).send().await.map_err(StoreError::of)?;
        Ok(())
    }

    /// The first `limit` that wait for a SKU.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn waiting(&self, sku: &Sku, limit: i32) -> Result<Vec<Waiting>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(format!("waiting#{sku}")))
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::of)?;
        let entry = |item: crate::db::Item| {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
            let Key::Waiting(_, placed, order) = Key::parse(text("pk")?, text("sk")?)? else { return None };
            Some(Waiting { order, placed })
        };
        Ok(answer.items.unwrap_or_default().into_iter().filter_map(entry).collect())
    }

    /// Forgets that an order waits for a SKU.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn wait_no_longer(&self, sku: &Sku, waiting: Waiting) -> Result<(), StoreError> {
        let key = Key::Waiting(sku.clone(), waiting.placed, waiting.order);
        let delete = self.table.client().delete_item().table_name(&self.table.name).set_key(Some(key.attributes()));
        delete.send().await.map_err(StoreError::of)?;
        Ok(())
    }
}
