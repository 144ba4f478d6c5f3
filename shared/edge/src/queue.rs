//! Queue batches at a function's edge: each message on its own, failures answered one by one.
//!
//! Queues repeat and reorder: a handler looks at the record's state, never at how often or when a message came.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::function::{Error, Function, Invoke};
use crate::metrics::Trigger;

/// The message attribute that carries the correlation id.
pub const CORRELATION: &str = "correlation";

/// A function that works off a queue.
pub trait QueueHandler: Sized + Send + Sync + 'static {
    /// What its messages say.
    type Message: DeserializeOwned + Send;

    /// Whether a batch's messages are worked off at once. Not where they all write the same record.
    const AT_ONCE: bool = true;

    /// Reads its configuration and makes its clients.
    ///
    /// # Errors
    /// When its configuration is not complete.
    fn new(context: &Context) -> Result<Self, Error>;

    /// Works off one message. An error puts the message back; after the queue's limit it is a dead letter.
    fn handle(&self, message: Self::Message, correlation: &str) -> impl Future<Output = Result<(), Error>> + Send;
}

/// The function that works off a queue with this handler.
pub const fn queue<H: QueueHandler>() -> Function {
    Function::new(Trigger::Queue, |context| Ok(Arc::new(Runner { handler: H::new(context)? })))
}

struct Runner<H> {
    handler: H,
}

impl<H: QueueHandler> Runner<H> {
    /// Works off one message; its id where that failed.
    async fn one(&self, record: SqsMessage) -> Option<String> {
        let id = record.message_id.clone().unwrap_or_default();
        let correlation = record
            .message_attributes
            .get(CORRELATION)
            .and_then(|attribute| attribute.string_value.clone())
            .unwrap_or_else(|| id.clone());
        let work = async {
            let message = serde_json::from_str(record.body.as_deref().unwrap_or_default())?;
            self.handler.handle(message, &correlation).await
        };
        let failure = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(_panic) => "the handler panicked".to_owned(),
        };
        tracing::warn!(message.id = id, correlation.id = correlation, error = failure, "a message goes back");
        Some(id)
    }
}

impl<H: QueueHandler> Invoke for Runner<H> {
    fn invoke<'a>(&'a self, event: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let event: SqsEvent = serde_json::from_slice(event)?;
            let failed = if H::AT_ONCE {
                join_all(event.records.into_iter().map(|record| self.one(record))).await
            } else {
                let mut failed = Vec::new();
                for record in event.records {
                    failed.push(self.one(record).await);
                }
                failed
            };
            let mut answer = SqsBatchResponse::default();
            for id in failed.into_iter().flatten() {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                answer.batch_item_failures.push(failure);
            }
            Ok(serde_json::to_vec(&answer)?)
        })
    }
}
