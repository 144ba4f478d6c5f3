//! Books the stock ledger from the stock table's stream, says which products came in or sold out, which SKUs came down to
//! where they may have to be ordered again, and which came in that orders wait for.
//!
//! An entry is the difference of a record's two images; its key is the stream's sequence number, so a record that is
//! read twice is booked once.

use aws_lambda_events::dynamodb::EventRecord;
use contracts::event::{Event, Message, ShopEvent, Subscriber};
use edge::stream::{self, FailedAt, StreamHandler};
use edge::{Context, Error, Function, Outgoing, Sender};
use jiff::Timestamp;
use store::stock::{LedgerEntry, StockTable, availability_turned, backorder_due, entries_of, reorder_due};

/// The function.
pub const FUNCTION: Function = stream::stream::<BookLedger>();

/// Books the ledger.
#[derive(Debug)]
pub struct BookLedger {
    stock: StockTable,
    sender: Sender,
    catalog_queue: String,
    reorders_queue: String,
    allocations_queue: String,
}

/// What a batch comes to.
#[derive(Default)]
struct Read {
    entries: Vec<LedgerEntry>,
    catalog: Vec<Outgoing>,
    reorders: Vec<Outgoing>,
    backorders: Vec<Outgoing>,
}

impl StreamHandler for BookLedger {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            stock: context.table()?,
            sender: Sender::new(context),
            catalog_queue: context.require(Subscriber::Catalog.queue_variable())?,
            reorders_queue: context.require(Subscriber::Reorders.queue_variable())?,
            allocations_queue: context.require(Subscriber::Allocations.queue_variable())?,
        })
    }

    async fn handle(&self, records: Vec<EventRecord>) -> Result<(), FailedAt> {
        let first = records.first().map(stream::sequence).unwrap_or_default();
        let mut all = Read::default();
        for record in records {
            let sequence = stream::sequence(&record);
            all.add(record, &sequence).map_err(|error| FailedAt { sequence, error })?;
        }
        // Booking again what was booked changes nothing, so a failure reads the whole batch again.
        let failed = |error: Error| FailedAt { sequence: first.clone(), error };
        self.stock.book_ledger(&all.entries).await.map_err(|error| failed(error.into()))?;
        let queues = [
            (&self.catalog_queue, all.catalog),
            (&self.reorders_queue, all.reorders),
            (&self.allocations_queue, all.backorders),
        ];
        for (queue, messages) in queues {
            if !self.sender.send(queue, &messages).await.is_empty() {
                return Err(failed("a queue did not take a message".into()));
            }
        }
        Ok(())
    }
}

impl Read {
    fn add(&mut self, record: EventRecord, sequence: &str) -> Result<(), Error> {
        let change = record.change;
        let at = Timestamp::from_millisecond(change.approximate_creation_date_time.timestamp_millis())?;
        let message =
            |event: ShopEvent| Outgoing::new(&Message::new(format!("stock:{sequence}"), Event::Shop(event)), sequence);
        if let Some(slug) = availability_turned(&change.old_image, &change.new_image) {
            self.catalog.push(message(ShopEvent::AvailabilityChanged { slug })?);
        }
        if let Some(sku) = reorder_due(&change.keys, &change.old_image, &change.new_image) {
            self.reorders.push(message(ShopEvent::ReorderDue { sku })?);
        }
        if let Some(sku) = backorder_due(&change.old_image, &change.new_image) {
            self.backorders.push(message(ShopEvent::BackorderDue { sku })?);
        }
        self.entries.extend(entries_of(change.keys, change.old_image, change.new_image, sequence, at)?);
        Ok(())
    }
}
