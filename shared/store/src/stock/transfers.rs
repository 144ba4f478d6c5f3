//! Transfers: a record each, with the stock that moves when one is sent, received or canceled.

use contracts::event::{Event, ShopEvent};
use domain::id::TransferId;
use domain::order::RequestMark;
use domain::text::Digest;
use domain::transfer::{Booked, Decision, Transfer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Key, SCHEMA, StockTable, TRANSFERS};
use crate::db::StoreError;
use crate::handle::kept;
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::{NotWritten, Tx, TxError, Write};

/// The cause of what leaves a location for another.
pub const TRANSFER_SENT: &str = "transfer_sent";
/// The cause of what comes from another location.
pub const TRANSFER_RECEIVED: &str = "transfer_received";
/// The cause of what was sent by another location and does not come.
pub const TRANSFER_LOST: &str = "transfer_lost";
/// The cause of what turned back before it came.
pub const TRANSFER_CANCELED: &str = "transfer_canceled";

/// What was sent under an Idempotency-Key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SentUnder {
    /// Which transfer.
    pub transfer: TransferId,
    /// The digest of the body that came with the key.
    pub body: Digest,
}

impl StockTable {
    /// The transfer with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn transfer(&self, id: &TransferId) -> Result<Option<Transfer>, StoreError> {
        self.get(&Key::Transfer(*id)).await
    }

    /// A page of all transfers, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn transfers(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Transfer>, StoreError> {
        let Page { items, next } = self.table.page(TRANSFERS, after, limit, false).await?;
        let items = items.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        Ok(Page { items, next })
    }

    /// What was sent under a key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn sent_under(&self, key: &Digest) -> Result<Option<SentUnder>, StoreError> {
        self.get(&Key::SentUnder(*key)).await
    }

    /// Writes a decision: the transfer, the key that it was sent under where it is new, and the stock that moves, as
    /// one. Has the reorder rules of what it carries looked at.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn commit_transfer(
        &self,
        decision: &Decision,
        sent_under: Option<RequestMark>,
        cause: &Cause,
    ) -> Result<Transfer, TxError<NotWritten>> {
        let cause = cause.clone().about(decision.transfer.id.to_string());
        let seen = decision.transfer.rev;
        let next = Transfer { rev: seen + 1, ..decision.transfer.clone() };
        let due = decision.stock.iter().map(|one| Event::Shop(ShopEvent::ReorderDue { sku: one.sku.clone() }));
        let stamp = Stamp::new(due.collect(), cause.clone());
        let written = self.write(&Key::Transfer(next.id), &next, seen, &stamp).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(written, |_| NotWritten::Stale);
        if let Some(RequestMark { key, body }) = sent_under {
            let sent = SentUnder { transfer: next.id, body };
            let silent = Stamp::silent(cause.clone());
            let kept = self.write(&Key::SentUnder(key), &sent, 0, &silent).map_err(TxError::Store)?;
            tx = tx.and(kept, |_| NotWritten::Stale);
        }
        for Booked { sku, movements, lost } in &decision.stock {
            let cause = match lost {
                0 => cause.clone(),
                lost => cause.clone().of_which("incoming", -i64::from(*lost), TRANSFER_LOST),
            };
            for write in self.book(sku, 0, None, movements, &cause).map_err(TxError::Store)? {
                tx = tx.and(write, |_| NotWritten::NoStock);
            }
        }
        tx.commit(&self.table.db).await?;
        Ok(next)
    }

    async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        Ok(item.map(kept).transpose()?.map(|(value, _)| value))
    }

    /// A record as the write of a transaction, over the one that was written `seen` times; 0 is none.
    fn write<T: Serialize>(&self, key: &Key, value: &T, seen: u64, stamp: &Stamp) -> Result<Write, StoreError> {
        Ok(self.table.keep_over(key.attributes(), SCHEMA, value, seen, stamp)?.into())
    }
}
