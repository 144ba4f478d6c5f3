//! Table streams at a function's edge: records in order, and the first that failed where one did.

use std::future::Future;
use std::sync::Arc;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use futures::future::BoxFuture;

use crate::context::Context;
use crate::function::{Error, Function, Invoke};
use crate::metrics::Trigger;

/// What a handler answers when a record failed: everything before it is done.
#[derive(Debug)]
pub struct FailedAt {
    /// The stream sequence number of the first record that is not done.
    pub sequence: String,
    /// Why.
    pub error: Error,
}

/// A function that reads a table's stream.
pub trait StreamHandler: Sized + Send + Sync + 'static {
    /// Reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    fn new(context: &Context) -> Result<Self, Error>;

    /// Works off a batch of records, in order.
    fn handle(&self, records: Vec<EventRecord>) -> impl Future<Output = Result<(), FailedAt>> + Send;
}

/// The function that reads streams with this handler.
pub const fn stream<H: StreamHandler>() -> Function {
    Function::new(Trigger::Stream, |context| Ok(Arc::new(Runner { handler: H::new(context)? })))
}

struct Runner<H> {
    handler: H,
}

impl<H: StreamHandler> Invoke for Runner<H> {
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let event: Event = serde_json::from_slice(event)?;
            let failures = match self.handler.handle(event.records).await {
                Ok(()) => Vec::new(),
                Err(failed) => {
                    tracing::warn!(
                        stream.sequence = failed.sequence,
                        error = %failed.error,
                        "a record failed; the batch is read again from it"
                    );
                    vec![serde_json::json!({ "itemIdentifier": failed.sequence })]
                }
            };
            Ok(serde_json::to_vec(&serde_json::json!({ "batchItemFailures": failures }))?)
        })
    }
}

/// The sequence number of a record, as partial failures name it.
pub fn sequence(record: &EventRecord) -> String {
    record.change.sequence_number.clone().unwrap_or_default()
}
