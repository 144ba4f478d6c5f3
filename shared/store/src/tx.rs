//! Transactions as values: each write carries the refusal that its failed condition means.
//!
//! Knows how DynamoDB cancels; knows no table and no attribute.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use crate::db::{Db, Item, StoreError};

/// The most writes that DynamoDB takes in one transaction.
pub const MAX_WRITES: usize = 100;

/// How often a transaction that only met a concurrent one is tried.
const ATTEMPTS: u32 = 8;

/// One write of a transaction, made by the module of its table.
#[derive(Debug, Clone)]
pub struct Write(pub(crate) TransactWriteItem);

/// What a failed condition found in the record's place.
pub type Found = Option<Item>;

/// Why a decision about a record was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWritten {
    /// Something is not what was decided about: read and decide again.
    Stale,
    /// The stock that it moves is not there.
    NoStock,
}

type Refuse<'a, R> = Box<dyn FnOnce(Found) -> R + Send + 'a>;

/// Writes that happen together or not at all.
#[must_use]
pub struct Tx<'a, R> {
    writes: Vec<TransactWriteItem>,
    refusals: Vec<Option<Refuse<'a, R>>>,
}

impl<R> std::fmt::Debug for Tx<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("writes", &self.writes.len()).finish_non_exhaustive()
    }
}

impl<R> Default for Tx<'_, R> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a transaction did nothing.
#[derive(Debug)]
pub enum TxError<R> {
    /// A condition said no: the first one's refusal, in the order of the writes.
    Refused(R),
    /// Not the trade but the table.
    Store(StoreError),
}

impl<'a, R> Tx<'a, R> {
    /// No writes yet.
    pub fn new() -> Self {
        Self { writes: Vec::new(), refusals: Vec::new() }
    }

    /// Adds a write; `refusal` says what it means when its condition fails, given the record that was found.
    pub fn and(mut self, write: Write, refusal: impl FnOnce(Found) -> R + Send + 'a) -> Self {
        self.writes.push(returning(write.0));
        self.refusals.push(Some(Box::new(refusal)));
        self
    }

    /// How many writes it has.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Commits. A concurrent transaction is waited out with full jitter; an ambiguous answer is replayed by the SDK
    /// under the same request token.
    ///
    /// # Errors
    /// The refusal of the first condition that failed, or the table's error.
    pub async fn commit(mut self, db: &Db) -> Result<(), TxError<R>> {
        if self.writes.is_empty() {
            return Ok(());
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = db.client().transact_write_items().set_transact_items(Some(self.writes.clone())).send().await;
            let Err(error) = outcome else { return Ok(()) };
            match self.judge(error) {
                Judgement::Refused(refusal) => return Err(TxError::Refused(refusal)),
                Judgement::Conflict if attempt < ATTEMPTS => db.pause(attempt).await,
                Judgement::Conflict => return Err(TxError::Store(StoreError::Contended)),
                Judgement::Failed(error) => return Err(TxError::Store(error)),
            }
        }
    }

    fn judge(&mut self, error: SdkError<TransactWriteItemsError>) -> Judgement<R> {
        let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
            let in_progress =
                matches!(error.as_service_error(), Some(TransactWriteItemsError::TransactionInProgressException(_)));
            return if in_progress { Judgement::Conflict } else { Judgement::Failed(StoreError::of(error)) };
        };
        let reasons = canceled.cancellation_reasons();
        for (position, reason) in reasons.iter().enumerate() {
            if reason.code() == Some("ConditionalCheckFailed") {
                let refuse = self.refusals.get_mut(position).and_then(Option::take);
                return match refuse {
                    Some(refuse) => Judgement::Refused(refuse(reason.item().cloned())),
                    None => Judgement::Failed(StoreError::Corrupt(
                        "a cancellation names a write that was not asked for".to_owned(),
                    )),
                };
            }
        }
        let transient = reasons.iter().all(|reason| {
            matches!(
                reason.code(),
                None | Some("None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
            )
        });
        if transient { Judgement::Conflict } else { Judgement::Failed(StoreError::of(error)) }
    }
}

enum Judgement<R> {
    Refused(R),
    Conflict,
    Failed(StoreError),
}

/// A refusal tells what it found, so that saying why needs no second read.
fn returning(mut item: TransactWriteItem) -> TransactWriteItem {
    let all_old = Some(ReturnValuesOnConditionCheckFailure::AllOld);
    if let Some(put) = &mut item.put {
        put.return_values_on_condition_check_failure = all_old;
    } else if let Some(update) = &mut item.update {
        update.return_values_on_condition_check_failure = all_old;
    } else if let Some(delete) = &mut item.delete {
        delete.return_values_on_condition_check_failure = all_old;
    } else if let Some(check) = &mut item.condition_check {
        check.return_values_on_condition_check_failure = all_old;
    }
    item
}
