//! The purchasing table: suppliers, and the rules that SKUs are reordered by.
//!
//! | access pattern | key |
//! |---|---|
//! | a supplier by its id | `suppliers`, `{supplier}` |
//! | all suppliers, in the order of their ids | `suppliers` |
//! | the rule of a SKU at a location | `rules`, `{sku}#{location}` |
//! | the rules of a SKU | `rules`, begins with `{sku}#` |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::purchasing::Supplier;
use domain::reorder::ReorderRule;
use domain::text::{LocationId, Sku, SupplierId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, StoreError, Table, n, of_item, s};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};

const SCHEMA: u16 = 1;
const SUPPLIERS: &str = "suppliers";
const RULES: &str = "rules";

/// The purchasing table.
#[derive(Debug, Clone)]
pub struct Purchasing {
    db: Db,
    name: String,
}

impl Table for Purchasing {
    const FAMILY: &'static str = "PURCHASING";

    fn open(db: Db, name: String) -> Self {
        Self { db, name }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A supplier.
    Supplier(SupplierId),
    /// The rule of a SKU at a location.
    Rule(Sku, LocationId),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Supplier(id) => (SUPPLIERS.into(), id.to_string()),
            Self::Rule(sku, location) => (RULES.into(), format!("{sku}#{location}")),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        match pk {
            SUPPLIERS => Some(Self::Supplier(sk.parse().ok()?)),
            RULES => {
                let (sku, location) = sk.split_once('#')?;
                Some(Self::Rule(sku.parse().ok()?, location.parse().ok()?))
            }
            _ => None,
        }
    }

    fn attributes(&self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    schema: u16,
    /// What is kept, as JSON: it is read and written whole.
    value: String,
}

impl Purchasing {
    /// The supplier with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn supplier(&self, id: &SupplierId) -> Result<Option<Supplier>, StoreError> {
        let answer = self
            .db
            .client()
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::Supplier(id.clone()).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        answer.item.map(value_of).transpose()
    }

    /// A page of all suppliers.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suppliers(&self, after: Option<&Cursor>, limit: u16) -> Result<Page<Supplier>, StoreError> {
        let answer = self
            .db
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(SUPPLIERS))
            .set_exclusive_start_key(after.map(|cursor| cursor.key(SUPPLIERS)))
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::of)?;
        let next = Cursor::of(answer.last_evaluated_key.as_ref());
        let items = answer.items.unwrap_or_default().into_iter().map(value_of).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// Writes a supplier, over the one with its id where there is one; whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_supplier(&self, supplier: &Supplier, cause: Cause) -> Result<bool, StoreError> {
        self.put(&Key::Supplier(supplier.id.clone()), supplier, cause).await
    }

    /// The rules of a SKU, in the order of their locations.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn rules(&self, sku: &Sku) -> Result<Vec<ReorderRule>, StoreError> {
        let answer = self
            .db
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sku)")
            .expression_attribute_values(":pk", s(RULES))
            .expression_attribute_values(":sku", s(format!("{sku}#")))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        answer.items.unwrap_or_default().into_iter().map(value_of).collect()
    }

    /// Writes the rule of a SKU at the rule's location; whether it is new.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_rule(&self, sku: &Sku, rule: &ReorderRule, cause: Cause) -> Result<bool, StoreError> {
        self.put(&Key::Rule(sku.clone(), rule.location.clone()), rule, cause).await
    }

    async fn put<T: Serialize>(&self, key: &Key, value: &T, cause: Cause) -> Result<bool, StoreError> {
        let value = serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let mut values = HashMap::from([
            (":zero".to_owned(), n(0)),
            (":schema".to_owned(), n(SCHEMA)),
            (":value".to_owned(), s(value)),
        ]);
        let expression = Stamp::silent(cause)
            .update("#schema = :schema, #value = :value", &mut values)?
            .replace("rev = rev +", "rev = if_not_exists(rev, :zero) +");
        let answer = self
            .db
            .client()
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .update_expression(expression)
            .expression_attribute_names("#schema", "schema")
            .expression_attribute_names("#value", "value")
            .set_expression_attribute_values(Some(values))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(!answer.attributes.is_some_and(|before| before.contains_key("value")))
    }
}

fn value_of<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let record: Record = of_item(item)?;
    serde_json::from_str(&record.value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(sku in "[A-Z0-9][A-Z0-9_.-]{0,20}", place in "[a-z][a-z0-9-]{0,10}[a-z0-9]") {
            let (sku, location) = (Sku::new(sku).unwrap(), LocationId::new(place.clone()).unwrap());
            for key in [Key::Supplier(SupplierId::new(place).unwrap()), Key::Rule(sku, location)] {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
