//! Reads the tables' streams and sends each record's events to the queues that listen for them.
//!
//! The only way an event leaves: no function writes to a table and a queue. Failed sends are read again from the
//! stream, so an event may leave twice and never not at all.

use std::collections::BTreeMap;

use aws_lambda_events::dynamodb::EventRecord;
use contracts::event::{Message, Subscriber};
use edge::stream::{self, FailedAt, StreamHandler};
use edge::{Context, Error, Function, Outgoing, Sender};
use futures::future::join_all;
use store::stamp::Emitted;

/// The function.
pub const FUNCTION: Function = stream::stream::<RelayEvents>();

/// Relays events.
#[derive(Debug)]
pub struct RelayEvents {
    sender: Sender,
    urls: BTreeMap<Subscriber, String>,
}

/// The messages for one queue, each with the position of the record it is from.
type Batch = Vec<(usize, Outgoing)>;

impl StreamHandler for RelayEvents {
    fn new(context: &Context) -> Result<Self, Error> {
        let urls = Subscriber::ALL
            .iter()
            .map(|subscriber| Ok((*subscriber, context.require(subscriber.queue_variable())?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self { sender: Sender::new(context), urls })
    }

    async fn handle(&self, records: Vec<EventRecord>) -> Result<(), FailedAt> {
        let sequences: Vec<_> = records.iter().map(stream::sequence).collect();
        let mut batches: BTreeMap<Subscriber, Batch> = BTreeMap::new();
        for (position, record) in records.into_iter().enumerate() {
            sort_events(position, record, &mut batches)
                .map_err(|error| FailedAt { sequence: sequences[position].clone(), error })?;
        }
        let sends = batches.into_iter().map(|(subscriber, batch)| async move {
            let (positions, messages): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let failed = self.sender.send(&self.urls[&subscriber], &messages).await;
            failed.into_iter().map(|at| positions[at]).min()
        });
        match join_all(sends).await.into_iter().flatten().min() {
            None => Ok(()),
            Some(position) => {
                Err(FailedAt { sequence: sequences[position].clone(), error: "a queue did not take an event".into() })
            }
        }
    }
}

fn sort_events(position: usize, record: EventRecord, batches: &mut BTreeMap<Subscriber, Batch>) -> Result<(), Error> {
    if record.change.new_image.is_empty() {
        return Ok(());
    }
    let name = store::stamp::record_name(record.change.keys)?;
    let emitted = Emitted::of_image(record.change.new_image)?;
    for (id, event) in emitted.events(&name)? {
        let message = Outgoing::new(&Message::new(id, event.clone()), &emitted.cause().correlation)?;
        for subscriber in event.subscribers() {
            batches.entry(*subscriber).or_default().push((position, message.clone()));
        }
    }
    Ok(())
}
