//! Issues warranty certificates: one of each unit that left, as its parcel is booked; and ends those of units that came back.
//!
//! It reads the orders' stream, so no queue lies between a parcel and its certificates. What there is to do follows from the
//! order and the certificates that there are: a record that is read twice changes nothing more.

use aws_lambda_events::dynamodb::EventRecord;
use domain::id::{ClaimId, OrderId};
use domain::order::Order;
use domain::settings::WarrantySettings;
use domain::warranty::{CertificateEvent, Issuing, changes, completed, inherited};
use edge::stream::{self, FailedAt, StreamHandler};
use edge::{Context, Error, Function};
use store::orders::{Orders, Reader};
use store::settings::{Cached, SettingsTable};
use store::stamp::{Cause, Emitted, record_name};
use store::tx::{NotWritten, TxError};
use store::warranties::{CertificateLook, Warranties};

/// The function.
pub const FUNCTION: Function = stream::stream::<IssueCertificate>();

/// How often it looks again where somebody else wrote meanwhile.
const ATTEMPTS: u32 = 8;

/// Issues certificates.
#[derive(Debug)]
pub struct IssueCertificate {
    context: Context,
    orders: Orders,
    warranties: Warranties,
    settings: Cached<WarrantySettings>,
    key: Vec<u8>,
}

impl StreamHandler for IssueCertificate {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            orders: context.table()?,
            warranties: context.table()?,
            settings: Cached::new(context.table::<SettingsTable>()?),
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, records: Vec<EventRecord>) -> Result<(), FailedAt> {
        for record in records {
            let sequence = stream::sequence(&record);
            self.look(record).await.map_err(|error| FailedAt { sequence, error })?;
        }
        Ok(())
    }
}

impl IssueCertificate {
    async fn look(&self, record: EventRecord) -> Result<(), Error> {
        if record.change.new_image.is_empty() {
            return Ok(());
        }
        let id: OrderId = record_name(record.change.keys)?.parse()?;
        let emitted = Emitted::of_image(record.change.new_image)?;
        let cause = Cause::new("issue-certificate", "units left or came back", &emitted.cause().correlation)
            .about(id.to_string());
        let Some(order) = self.orders.get(&id, &Reader::Shop).await? else { return Ok(()) };
        let is_guaranteed = order.lines.iter().any(|line| line.warranty_months > 0);
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let written = match order.claim {
                Some(claim) => self.hand_on(&order, &claim, &cause).await,
                None if is_guaranteed => self.issue(&order, &cause).await,
                None => Ok(()),
            };
            match written {
                Ok(()) => return Ok(()),
                Err(TxError::Refused(NotWritten::Stale)) => {}
                Err(TxError::Refused(NotWritten::NoStock)) => return Err("certificates move no stock".into()),
                Err(TxError::Store(error)) => return Err(error.into()),
            }
        }
        Err("the certificates of this order are written by too many at once".into())
    }

    /// Writes what the order calls for that is not there yet.
    async fn issue(&self, order: &Order, cause: &Cause) -> Result<(), TxError<NotWritten>> {
        let now = self.context.now();
        let known = self.warranties.certificates(&CertificateLook::With(order.id)).await.map_err(TxError::Store)?;
        let settings = self.settings.get(now).await.map_err(TxError::Store)?;
        let due = changes(order, &known, Issuing { settings: &settings, key: &self.key });
        if due.iter().any(|(certificate, _)| certificate.rev == 0) {
            self.warranties.keep_terms(&settings).await.map_err(TxError::Store)?;
        }
        for (certificate, event) in &due {
            let before = known.iter().find(|one| one.id == certificate.id);
            self.warranties.write(before, certificate, event.as_slice(), cause, now).await?;
        }
        Ok(())
    }

    /// Hands the certificate of a claimed unit on to the one that left in its place, which ends the claim.
    async fn hand_on(&self, order: &Order, claim: &ClaimId, cause: &Cause) -> Result<(), TxError<NotWritten>> {
        let now = self.context.now();
        let claim = self.warranties.claim(claim, &Reader::Shop).await.map_err(TxError::Store)?;
        let Some(claim) = claim.filter(|claim| claim.replacement == Some(order.id)) else { return Ok(()) };
        let Some(decision) = completed(&claim) else { return Ok(()) };
        let old = self.warranties.certificate(&claim.certificate, &Reader::Shop).await.map_err(TxError::Store)?;
        let Some(old) = old else { return Ok(()) };
        let settings = self.settings.get(now).await.map_err(TxError::Store)?;
        let handed = match inherited(order, &claim, &old, Issuing { settings: &settings, key: &self.key }) {
            Ok(handed) => handed,
            Err(refusal) => {
                tracing::warn!(error = %refusal, "a certificate was not handed on");
                None
            }
        };
        let Some((new, next_old)) = handed else { return Ok(()) };
        let told = CertificateEvent::Issued { certificate: new.id, shipment: 0 };
        let decision = domain::warranty::Decision { certificate: Some(next_old), ..decision };
        self.warranties.complete((&claim, &old), (&new, &told), &decision, cause, now).await
    }
}
