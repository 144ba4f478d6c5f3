//! Purchase orders: a record each, with the stock that moves when one is decided about.

use domain::id::PurchaseOrderId;
use domain::order::RequestMark;
use domain::purchasing::{Decision, PurchaseOrder};
use domain::text::{Digest, SupplierId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, ORDERS, Purchasing, REMEMBERED};
use crate::db::StoreError;
use crate::events::of_purchase;
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::stock::{StockTable, by_sku, not_named};
use crate::tx::{NotWritten, Tx, TxError, Write};

/// What was made under an Idempotency-Key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// Which order.
    pub order: PurchaseOrderId,
    /// The digest of the body that came with the key.
    pub body: Digest,
}

impl Purchasing {
    /// The purchase order with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn order(&self, id: &PurchaseOrderId) -> Result<Option<PurchaseOrder>, StoreError> {
        Ok(self.get(&Key::Order(*id)).await?.map(|(order, _)| order))
    }

    /// A page of all purchase orders, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn orders(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<PurchaseOrder>, StoreError> {
        self.page(ORDERS, after, limit, false).await
    }

    /// The order that a supplier's suggestions go into, with how often that was written; 0 is never.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn suggested(&self, supplier: &SupplierId) -> Result<(Option<PurchaseOrderId>, u64), StoreError> {
        let kept = self.get::<PurchaseOrderId>(&Key::Suggested(supplier.clone())).await?;
        Ok(kept.map_or((None, 0), |(order, rev)| (Some(order), rev)))
    }

    /// What was made under a key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn made(&self, key: &Digest) -> Result<Option<Made>, StoreError> {
        Ok(self.get(&Key::Made(*key)).await?.map(|(made, _)| made))
    }

    /// Puts a new purchase order, unless one was made under the request's key before.
    ///
    /// # Errors
    /// [`NotWritten::Stale`] where one was, or the table's error.
    pub async fn create(
        &self,
        decision: &Decision,
        request: Option<RequestMark>,
        cause: &Cause,
    ) -> Result<PurchaseOrder, TxError<NotWritten>> {
        let cause = cause.clone().about(decision.order.id.to_string());
        let (order, written) = self.decided(decision, &cause, decision.order.created).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(written, |_| NotWritten::Stale);
        if let Some(RequestMark { key, body }) = request {
            let made = Made { order: order.id, body };
            let until = order.created + REMEMBERED;
            let write = self.write_until(&Key::Made(key), &made, until).map_err(TxError::Store)?;
            tx = tx.and(write, |_| NotWritten::Stale);
        }
        tx.commit(&self.table.db).await?;
        Ok(order)
    }

    /// Writes a decision of `now`: the order and the stock that moves with it, as one. A decision that changes nothing is not
    /// written.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn commit(
        &self,
        stock: Option<&StockTable>,
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<PurchaseOrder, TxError<NotWritten>> {
        if !decision.changed {
            return Ok(decision.order.clone());
        }
        let cause = cause.clone().about(decision.order.id.to_string());
        let (order, written) = self.decided(decision, &cause, now).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(written, |_| NotWritten::Stale);
        for (sku, movements) in by_sku(decision.stock.iter().cloned()) {
            let stock = stock.ok_or_else(|| TxError::Store(not_named()))?;
            for write in stock.book(&sku, 0, None, &movements, &cause).map_err(TxError::Store)? {
                tx = tx.and(write, |_| NotWritten::NoStock);
            }
        }
        tx.commit(&self.table.db).await?;
        Ok(order)
    }

    /// The order of a decision as it then is, and its write over the one that was decided about.
    pub(super) fn decided(
        &self,
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(PurchaseOrder, Write), StoreError> {
        let stamp = Stamp::new(of_purchase(&decision.events), cause.clone());
        let seen = decision.order.rev;
        let mut next = PurchaseOrder { rev: seen + 1, ..decision.order.clone() };
        next.note(&decision.events, &cause.who, now);
        let write = self.write(&Key::Order(next.id), &next, seen, &stamp)?;
        Ok((next, write))
    }
}
