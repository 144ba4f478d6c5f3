//! Sending to queues, in batches of ten.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use futures::future::join_all;
use serde::Serialize;

use crate::context::Context;
use crate::function::Error;
use crate::metrics::Billed;
use crate::queue::CORRELATION;

/// The most messages SQS takes at once.
const BATCH: usize = 10;

/// A message on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    body: String,
    correlation: String,
}

impl Outgoing {
    /// A message that says `value`, within the request `correlation`.
    ///
    /// # Errors
    /// When the value has no JSON.
    pub fn new<T: Serialize>(value: &T, correlation: &str) -> Result<Self, Error> {
        Ok(Self { body: serde_json::to_string(value)?, correlation: correlation.to_owned() })
    }
}

/// Sends to queues.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
}

impl Sender {
    /// A sender in this context.
    pub fn new(context: &Context) -> Self {
        let config = aws_sdk_sqs::config::Builder::from(context.sdk());
        let config = config.interceptor(context.metrics().counting(Billed::QueueRequests)).build();
        Self { client: Client::from_conf(config) }
    }

    /// Sends all to the queue at `url`; the positions of those that SQS did not take.
    pub async fn send(&self, url: &str, messages: &[Outgoing]) -> Vec<usize> {
        let batches = messages.chunks(BATCH).enumerate().map(|(batch, chunk)| async move {
            self.send_batch(url, chunk).await.into_iter().map(move |position| batch * BATCH + position)
        });
        join_all(batches).await.into_iter().flatten().collect()
    }

    async fn send_batch(&self, url: &str, chunk: &[Outgoing]) -> Vec<usize> {
        let all = || (0..chunk.len()).collect();
        let entries: Result<Vec<_>, _> = chunk
            .iter()
            .enumerate()
            .map(|(position, message)| {
                let correlation =
                    MessageAttributeValue::builder().data_type("String").string_value(&message.correlation).build()?;
                SendMessageBatchRequestEntry::builder()
                    .id(position.to_string())
                    .message_body(&message.body)
                    .message_attributes(CORRELATION, correlation)
                    .build()
            })
            .collect();
        let Ok(entries) = entries else { return all() };
        let sent = self.client.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
        match sent {
            Ok(answer) => answer.failed.iter().filter_map(|failed| failed.id.parse().ok()).collect(),
            Err(error) => {
                tracing::warn!(
                    error = %aws_sdk_sqs::error::DisplayErrorContext(&error),
                    "a batch was not sent"
                );
                all()
            }
        }
    }
}
