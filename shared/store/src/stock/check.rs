//! The nightly check of a SKU's ledger: what it sums up to so far, and what was told of it.

use contracts::event::{Event, ShopEvent};
use domain::stock::{Mismatch, Sums};
use domain::text::Sku;
use serde::{Deserialize, Serialize};

use super::{Key, SCHEMA, StockTable};
use crate::db::{StoreError, n, of_item, s};
use crate::stamp::{Cause, Stamp};

/// The last check of a SKU's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checked {
    /// What the ledger sums up to.
    pub sums: Sums,
    /// What did not agree.
    #[serde(default)]
    pub found: Vec<Mismatch>,
    /// Of that, what was told.
    #[serde(default)]
    pub told: Vec<Mismatch>,
    /// How often it was written.
    #[serde(skip)]
    pub rev: u64,
}

#[derive(Deserialize)]
struct Record {
    rev: u64,
    value: String,
}

impl StockTable {
    /// The last check of a SKU's ledger; an empty one where there was none.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn checked(&self, sku: &Sku) -> Result<Checked, StoreError> {
        let answer = self
            .db
            .client()
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::Check(sku.clone()).attributes()))
            .send()
            .await
            .map_err(StoreError::of)?;
        let Some(item) = answer.item else { return Ok(Checked::default()) };
        let record: Record = of_item(item)?;
        let kept: Checked =
            serde_json::from_str(&record.value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Checked { rev: record.rev, ..kept })
    }

    /// Keeps a check, and tells of `news`. Where another run was faster, its
    /// check stays.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_checked(
        &self,
        sku: &Sku,
        checked: &Checked,
        news: &[Mismatch],
        cause: Cause,
    ) -> Result<(), StoreError> {
        let event = |one: &Mismatch| {
            Event::Shop(ShopEvent::LedgerMismatched {
                sku: sku.clone(),
                location: one.location.clone(),
                counter: one.counter.clone(),
                ledger: one.ledger,
                balance: one.balance,
            })
        };
        let stamp = Stamp::new(news.iter().map(event).collect(), cause);
        let mut item = Key::Check(sku.clone()).attributes();
        let value = serde_json::to_string(checked).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        item.insert("schema".into(), n(SCHEMA));
        item.insert("value".into(), s(value));
        stamp.put_on(&mut item, checked.rev + 1)?;
        let kept = self
            .db
            .client()
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR rev = :seen")
            .expression_attribute_values(":seen", n(checked.rev))
            .send()
            .await
            .map_err(StoreError::of);
        match kept {
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
