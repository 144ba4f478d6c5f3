//! The nightly check of a SKU's ledger: what it sums up to so far, and what was told of it.

use contracts::event::{Event, ShopEvent};
use domain::stock::{Mismatch, Sums};
use domain::text::Sku;
use serde::{Deserialize, Serialize};

use super::{Key, SCHEMA, StockTable};
use crate::db::StoreError;
use crate::handle::kept;
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

impl StockTable {
    /// The last check of a SKU's ledger; an empty one where there was none.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn checked(&self, sku: &Sku) -> Result<Checked, StoreError> {
        let item = self.table.get_eventually(Key::Check(sku.clone()).attributes()).await?;
        let Some(item) = item else { return Ok(Checked::default()) };
        let (checked, rev) = kept(item)?;
        Ok(Checked { rev, ..checked })
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
        let key = Key::Check(sku.clone()).attributes();
        match self.table.write_alone(self.table.keep_over(key, SCHEMA, checked, checked.rev, &stamp)?).await {
            Ok(()) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
