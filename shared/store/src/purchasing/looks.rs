//! Looks at reorder rules: the latest of each, those before, and the demand that they are made of.

use domain::demand::Diary;
use domain::purchasing::{Decision, Look, Looked};
use domain::text::{LocationId, Sku};
use jiff::{SignedDuration, Timestamp};

use super::{Key, LOOKS, Purchasing};
use crate::db::StoreError;
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::{NotWritten, Tx, TxError, Write};

/// How long a look is kept that ended.
const PAST: SignedDuration = SignedDuration::from_hours(92 * 24);

/// What is kept, and how often it was written; 0 is never.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// It, where there is one.
    pub value: Option<T>,
    /// How often it was written.
    pub rev: u64,
}

impl<T> From<Option<(T, u64)>> for Kept<T> {
    fn from(found: Option<(T, u64)>) -> Self {
        match found {
            Some((value, rev)) => Self { value: Some(value), rev },
            None => Self { value: None, rev: 0 },
        }
    }
}

/// What a look does to the order that its supplier's suggestions go into.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// The order as it then is.
    pub decision: &'a Decision,
    /// How often the note of the supplier's order was written, where this one takes its place.
    pub noted: Option<u64>,
}

impl Purchasing {
    /// The latest look at a SKU at a location.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn look(&self, sku: &Sku, location: &LocationId) -> Result<Kept<Look>, StoreError> {
        Ok(self.get(&Key::Look(sku.clone(), location.clone())).await?.into())
    }

    /// The latest look at a SKU at each location.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn looks_of(&self, sku: &Sku) -> Result<Vec<Look>, StoreError> {
        self.of_sku(LOOKS, sku).await
    }

    /// A page of the latest looks at everything.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn looks(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Look>, StoreError> {
        self.page(LOOKS, after, limit, true).await
    }

    /// A page of the looks at a SKU before the latest, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn past_looks(&self, sku: &Sku, after: Option<&Cursor>, limit: usize) -> Result<Page<Look>, StoreError> {
        self.page(&format!("past#{sku}"), after, limit, false).await
    }

    /// Keeps a look over the one that was read, with what it does to its supplier's order, and with where it is looked at
    /// again, as one.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn keep_look(
        &self,
        looked: &Looked,
        seen: u64,
        placed: Option<Placed<'_>>,
        watch: Option<Write>,
        cause: &Cause,
    ) -> Result<(), TxError<NotWritten>> {
        let look = &looked.look;
        let silent = Stamp::silent(cause.clone());
        let key = Key::Look(look.sku.clone(), look.location().clone());
        let write = |value: Result<Write, StoreError>| value.map_err(TxError::Store);
        let mut tx = Tx::new().and(write(self.write(&key, look, seen, &silent))?, |_| NotWritten::Stale);
        if let Some(watch) = watch {
            tx = tx.and(watch, |_| NotWritten::Stale);
        }
        if let Some(ended) = &looked.ended {
            tx = tx.and(write(self.past(ended, seen, look.at))?, |_| NotWritten::Stale);
        }
        if let Some(Placed { decision, noted }) = placed {
            let cause = cause.clone().about(decision.order.id.to_string());
            let (_, decided) = self.decided(decision, &cause, look.at).map_err(TxError::Store)?;
            tx = tx.and(decided, |_| NotWritten::Stale);
            if let Some(noted) = noted {
                let key = Key::Suggested(decision.order.supplier.clone());
                tx = tx.and(write(self.write(&key, &decision.order.id, noted, &silent))?, |_| NotWritten::Stale);
            }
        }
        tx.commit(&self.table.db).await
    }

    /// Ends the look that was read, since its rule has ended, with what that does to its supplier's order, as one.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn end_look(
        &self,
        look: &Look,
        seen: u64,
        placed: Option<&Decision>,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(), TxError<NotWritten>> {
        let key = Key::Look(look.sku.clone(), look.location().clone());
        let gone = self.delete(&key, seen).map_err(TxError::Store)?;
        let past = self.past(look, seen, now).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(gone, |_| NotWritten::Stale).and(past, |_| NotWritten::Stale);
        if let Some(decision) = placed {
            let cause = cause.clone().about(decision.order.id.to_string());
            let (_, decided) = self.decided(decision, &cause, now).map_err(TxError::Store)?;
            tx = tx.and(decided, |_| NotWritten::Stale);
        }
        tx.commit(&self.table.db).await
    }

    fn past(&self, ended: &Look, seen: u64, now: Timestamp) -> Result<Write, StoreError> {
        let key = Key::Past(ended.sku.clone(), now, seen, ended.location().clone());
        self.write_until(&key, ended, now + PAST)
    }

    /// A SKU's demand as far as it was noted.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn diary(&self, sku: &Sku) -> Result<Kept<Diary>, StoreError> {
        Ok(self.get(&Key::Diary(sku.clone())).await?.into())
    }

    /// Keeps a SKU's demand over what was read. Where somebody else was faster, theirs stays: both noted the same
    /// ledger, and the next to look goes on from there.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_diary(&self, sku: &Sku, diary: &Diary, seen: u64, cause: Cause) -> Result<(), StoreError> {
        let write = self.write(&Key::Diary(sku.clone()), diary, seen, &Stamp::silent(cause))?;
        match Tx::new().and(write, |_| ()).commit(&self.table.db).await {
            Ok(()) | Err(TxError::Refused(())) => Ok(()),
            Err(TxError::Store(error)) => Err(error),
        }
    }
}
