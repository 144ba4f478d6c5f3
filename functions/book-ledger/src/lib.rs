//! Books the stock ledger from the stock table's stream, and says which products came in or sold out.
//!
//! An entry is the difference of a record's two images; its key is the stream's sequence number, so a record that is
//! read twice is booked once.

use aws_lambda_events::dynamodb::EventRecord;
use contracts::event::{Event, Message, ShopEvent, Subscriber};
use edge::stream::{self, FailedAt, StreamHandler};
use edge::{Context, Error, Function, Outgoing, Sender};
use jiff::Timestamp;
use store::stock::{StockTable, availability_turned, entries_of};

/// The function.
pub const FUNCTION: Function = stream::stream::<BookLedger>();

/// Books the ledger.
#[derive(Debug)]
pub struct BookLedger {
    stock: StockTable,
    sender: Sender,
    catalog_queue: String,
}

impl StreamHandler for BookLedger {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            stock: context.table()?,
            sender: Sender::new(context),
            catalog_queue: context.require(Subscriber::Catalog.queue_variable())?,
        })
    }

    async fn handle(&self, records: Vec<EventRecord>) -> Result<(), FailedAt> {
        let first = records.first().map(stream::sequence).unwrap_or_default();
        let (mut entries, mut messages) = (Vec::new(), Vec::new());
        for record in records {
            let sequence = stream::sequence(&record);
            read(record, &sequence, &mut entries, &mut messages).map_err(|error| FailedAt { sequence, error })?;
        }
        // Booking again what was booked changes nothing, so a failure reads the whole batch again.
        let failed = |error: Error| FailedAt { sequence: first.clone(), error };
        self.stock.book_ledger(&entries).await.map_err(|error| failed(error.into()))?;
        if self.sender.send(&self.catalog_queue, &messages).await.is_empty() {
            Ok(())
        } else {
            Err(failed("the catalogue's queue did not take a message".into()))
        }
    }
}

fn read(
    record: EventRecord,
    sequence: &str,
    entries: &mut Vec<store::stock::LedgerEntry>,
    messages: &mut Vec<Outgoing>,
) -> Result<(), Error> {
    let change = record.change;
    let at = Timestamp::from_millisecond(change.approximate_creation_date_time.timestamp_millis())?;
    if let Some(slug) = availability_turned(&change.old_image, &change.new_image) {
        let event = Event::Shop(ShopEvent::AvailabilityChanged { slug });
        messages.push(Outgoing::new(&Message::new(format!("stock:{sequence}"), event), sequence)?);
    }
    entries.extend(entries_of(change.keys, change.old_image, change.new_image, sequence, at)?);
    Ok(())
}
