//! Transfers: a record each, with the stock that moves when one is sent, received or canceled.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use contracts::event::{Event, ShopEvent};
use domain::id::TransferId;
use domain::order::RequestMark;
use domain::text::Digest;
use domain::transfer::{Booked, Decision, Transfer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Key, SCHEMA, StockTable, TRANSFERS};
use crate::db::{Item, StoreError, n, of_item, s};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::{Tx, TxError, Write};

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

/// Why a decision was not written.
#[derive(Debug)]
pub enum NotMoved {
    /// The transfer, or its key, is not what was decided about: read and decide again.
    Stale,
    /// The stock that moves is not there, or not any more.
    NoStock,
}

#[derive(Deserialize)]
struct Record {
    value: String,
}

impl StockTable {
    /// The transfer with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn transfer(&self, id: &TransferId) -> Result<Option<Transfer>, StoreError> {
        self.kept(&Key::Transfer(*id)).await
    }

    /// A page of all transfers, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn transfers(&self, after: Option<&Cursor>, limit: u16) -> Result<Page<Transfer>, StoreError> {
        let answer = self
            .db
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(TRANSFERS))
            .set_exclusive_start_key(after.map(|cursor| cursor.key(TRANSFERS)))
            .scan_index_forward(false)
            .limit(i32::from(limit))
            .send()
            .await
            .map_err(StoreError::of)?;
        let next = Cursor::of(answer.last_evaluated_key.as_ref());
        let items = answer.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// What was sent under a key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn sent_under(&self, key: &Digest) -> Result<Option<SentUnder>, StoreError> {
        self.kept(&Key::SentUnder(*key)).await
    }

    /// Writes a decision: the transfer, the key that it was sent under where it is new, and the stock that moves, as
    /// one. Has the reorder rules of what it carries looked at.
    ///
    /// # Errors
    /// [`NotMoved`], or the table's error.
    pub async fn commit_transfer(
        &self,
        decision: &Decision,
        sent_under: Option<RequestMark>,
        cause: &Cause,
    ) -> Result<Transfer, TxError<NotMoved>> {
        let cause = cause.clone().about(decision.transfer.id.to_string());
        let seen = decision.transfer.rev;
        let next = Transfer { rev: seen + 1, ..decision.transfer.clone() };
        let due = decision.stock.iter().map(|one| Event::Shop(ShopEvent::ReorderDue { sku: one.sku.clone() }));
        let stamp = Stamp::new(due.collect(), cause.clone());
        let written = self.write(&Key::Transfer(next.id), &next, seen, &stamp).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(written, |_| NotMoved::Stale);
        if let Some(RequestMark { key, body }) = sent_under {
            let sent = SentUnder { transfer: next.id, body };
            let silent = Stamp::silent(cause.clone());
            let kept = self.write(&Key::SentUnder(key), &sent, 0, &silent).map_err(TxError::Store)?;
            tx = tx.and(kept, |_| NotMoved::Stale);
        }
        for Booked { sku, movements, lost } in &decision.stock {
            let cause = match lost {
                0 => cause.clone(),
                lost => cause.clone().of_which("incoming", -i64::from(*lost), TRANSFER_LOST),
            };
            for write in self.book(sku, 0, None, movements, &cause).map_err(TxError::Store)? {
                tx = tx.and(write, |_| NotMoved::NoStock);
            }
        }
        tx.commit(&self.db).await?;
        Ok(next)
    }

    async fn kept<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let answer = self
            .db
            .client()
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        answer.item.map(read).transpose()
    }

    /// A record as the write of a transaction, over the one that was written `seen` times; 0 is none.
    fn write<T: Serialize>(&self, key: &Key, value: &T, seen: u64, stamp: &Stamp) -> Result<Write, StoreError> {
        let mut item = key.attributes();
        let value = serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        item.insert("schema".into(), n(SCHEMA));
        item.insert("value".into(), s(value));
        stamp.put_on(&mut item, seen + 1)?;
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        let put = if seen == 0 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("rev = :seen").expression_attribute_values(":seen", n(seen))
        };
        let put = put.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Write(TransactWriteItem::builder().put(put).build()))
    }
}

fn read<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let record: Record = of_item(item)?;
    serde_json::from_str(&record.value).map_err(|error| StoreError::Corrupt(error.to_string()))
}
