//! The loop of every command to a record: read, decide, write, and again when somebody else was faster.
//!
//! Knows when to try again and which requests were answered before. It deliberately knows no record.

use std::future::Future;

use contracts::{Problem, ProblemKind};
use domain::order::RequestMark;
use domain::text::Digest;
use store::{NotWritten, TxError};

use crate::context::Context;
use crate::orders::{NotDone, key_reused};

/// How often a record that others write is decided about.
const ATTEMPTS: u32 = 8;

/// Asks `attempt` until it has something: it reads, decides and writes, and comes to nothing where the record is another
/// one by now.
///
/// # Errors
/// What `attempt` refuses, or [`NotDone::Contended`].
pub async fn until_written<T, F, Fut>(context: &Context, attempt: F) -> Result<T, NotDone>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Option<T>, NotDone>>,
{
    for tried in 0..ATTEMPTS {
        context.pause(tried).await;
        // On the heap, or the types of what is awaited nest deeper than the compiler follows.
        if let Some(done) = Box::pin(attempt()).await? {
            return Ok(done);
        }
    }
    Err(NotDone::Contended)
}

/// What came of a write. None: the record is another one by now.
///
/// # Errors
/// Where the stock is not there, or the table does not answer.
pub fn written<T>(outcome: Result<T, TxError<NotWritten>>) -> Result<Option<T>, NotDone> {
    match outcome {
        Ok(record) => Ok(Some(record)),
        Err(TxError::Refused(NotWritten::Stale)) => Ok(None),
        Err(TxError::Refused(NotWritten::NoStock)) => Err(NotDone::NoStock),
        Err(TxError::Store(error)) => Err(error.into()),
    }
}

/// Whether the request with this mark was answered before; `answered` is what the record remembers of a key.
///
/// # Errors
/// Where the mark's key came with another request.
pub fn repeated<'a>(
    mark: Option<RequestMark>,
    answered: impl FnOnce(&Digest) -> Option<&'a RequestMark>,
) -> Result<bool, NotDone> {
    match mark.and_then(|mark| Some((mark, answered(&mark.key)?))) {
        None => Ok(false),
        Some((mark, known)) if *known == mark => Ok(true),
        Some(_) => Err(NotDone::Told(key_reused())),
    }
}

/// The `rev` that a form's hidden `idempotency_key` begins with: that of the record which its page showed.
pub fn shown_rev(key: &str) -> Option<u64> {
    key.split('-').next()?.parse().ok()
}

/// Refuses what was decided about another state of a record, such as a form that is pressed twice: for commands that
/// would do something more the second time. `what` it is, its `rev`, and the one that was `shown`, where that is known.
///
/// # Errors
/// 409 where it was written since.
pub fn unchanged(what: &str, rev: u64, shown: Option<u64>) -> Result<(), NotDone> {
    if shown.is_some_and(|shown| shown != rev) {
        let detail = format!("The {what} was changed since its page was shown. Look at it once more before you go on.");
        return Err(NotDone::Told(Problem::new(ProblemKind::Stale, detail)));
    }
    Ok(())
}
