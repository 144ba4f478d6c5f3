//! The warranties table: certificates and claims, the places where they are looked for, and the terms that were ever issued.
//!
//! | access pattern | key |
//! |---|---|
//! | a certificate by its id | `certificate#{wty_..}`, `certificate` |
//! | the certificates of an order's units | `order#{ord_..}`, `{wty_..}` |
//! | a holder's certificates, newest first | `person#{per_..}`, `{wty_..}` |
//! | certificates by the serial number of their unit | `serial#{serial}`, `{wty_..}` |
//! | a certificate by its number | `number#{number}`, `{wty_..}` |
//! | a claim by its id | `claims`, `{clm_..}` |
//! | all claims, newest first | `claims` |
//! | the claims of one of the desk's views, newest first | `view#{view}`, `{clm_..}` |
//! | a holder's claims, newest first | `claimant#{per_..}`, `{clm_..}` |
//! | a claim by its number | `claim#{number}`, `{clm_..}` |
//! | the claim that was made under an Idempotency-Key | `made#{digest}`, `made` |
//! | the terms that certificates of a version have | `terms`, `{version}` |
//!
//! Keys are kept for a month, terms for good.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::event::Event;
use domain::id::{CertificateId, ClaimId, OrderId, OrderNumber, PersonId};
use domain::order::RequestMark;
use domain::settings::WarrantySettings;
use domain::text::{Digest, Serial};
use domain::warranty::{Certificate, CertificateEvent, CertificateStatus, Claim, ClaimView, Decision};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, KeyOf, StoreError, Table, n, s};
use crate::handle::{Handle, keep, kept};
use crate::orders::{Orders, Reader, holds};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::stock::{StockTable, by_sku, not_named};
use crate::tx::{NotWritten, Tx, TxError, Write};

const SCHEMA: u16 = 1;
const CLAIMS: &str = "claims";
/// The most certificates of an order or a serial number that are read at once.
const TOGETHER: usize = 1_000;
/// How long it is kept what was made under a key.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The warranties table.
#[derive(Debug, Clone)]
pub struct Warranties {
    table: Handle,
}

impl Table for Warranties {
    const FAMILY: &'static str = "WARRANTIES";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Which certificates are looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateLook {
    /// Those of the units that left with an order, or in the place of such.
    With(OrderId),
    /// A holder's.
    Of(PersonId),
    /// Those of units with this serial number.
    Serial(Serial),
    /// The one with this number.
    Numbered(OrderNumber),
}

impl CertificateLook {
    fn partition(&self) -> String {
        match self {
            Self::With(order) => format!("order#{order}"),
            Self::Of(person) => format!("person#{person}"),
            Self::Serial(serial) => format!("serial#{serial}"),
            Self::Numbered(number) => format!("number#{number}"),
        }
    }
}

/// Which claims are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimLook {
    /// All of them.
    All,
    /// Those of a view.
    In(ClaimView),
    /// A holder's.
    Of(PersonId),
    /// The one with this number.
    Numbered(OrderNumber),
}

impl ClaimLook {
    fn partition(self) -> String {
        match self {
            Self::All => CLAIMS.to_owned(),
            Self::In(view) => format!("view#{}", view.as_str()),
            Self::Of(person) => format!("claimant#{person}"),
            Self::Numbered(number) => format!("claim#{number}"),
        }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A certificate.
    Certificate(CertificateId),
    /// Where a certificate is looked for.
    Listed(CertificateLook, CertificateId),
    /// A claim.
    Claim(ClaimId),
    /// Where a claim is looked for.
    Found(ClaimLook, ClaimId),
    /// What was made under an Idempotency-Key.
    Made(Digest),
    /// Terms.
    Terms(u64),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Certificate(id) => (format!("certificate#{id}"), "certificate".to_owned()),
            Self::Listed(look, id) => (look.partition(), id.to_string()),
            Self::Claim(id) => (CLAIMS.to_owned(), id.to_string()),
            Self::Found(look, id) => (look.partition(), id.to_string()),
            Self::Made(key) => (format!("made#{key}"), "made".to_owned()),
            Self::Terms(version) => ("terms".to_owned(), version.to_string()),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        match pk {
            CLAIMS => return Some(Self::Claim(sk.parse().ok()?)),
            "terms" => return Some(Self::Terms(sk.parse().ok()?)),
            _ => {}
        }
        let (kind, name) = pk.split_once('#')?;
        let listed = |look| Some(Self::Listed(look, sk.parse().ok()?));
        let found = |look| Some(Self::Found(look, sk.parse().ok()?));
        match kind {
            "certificate" if sk == "certificate" => Some(Self::Certificate(name.parse().ok()?)),
            "order" => listed(CertificateLook::With(name.parse().ok()?)),
            "person" => listed(CertificateLook::Of(name.parse().ok()?)),
            "serial" => listed(CertificateLook::Serial(name.parse().ok()?)),
            "number" => listed(CertificateLook::Numbered(name.parse().ok()?)),
            "view" => found(ClaimLook::In(name.parse().ok()?)),
            "claimant" => found(ClaimLook::Of(name.parse().ok()?)),
            "claim" => found(ClaimLook::Numbered(name.parse().ok()?)),
            "made" if sk == "made" => Some(Self::Made(name.parse().ok()?)),
            _ => None,
        }
    }

    fn attributes(&self) -> KeyOf {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// What was made under an Idempotency-Key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClaimMade {
    /// Which claim.
    pub id: ClaimId,
    /// The digest of the body that came with the key.
    pub body: Digest,
}

/// Where a certificate is listed.
fn places(certificate: &Certificate) -> Vec<Key> {
    let id = certificate.id;
    let replacement = (certificate.shipped_with != certificate.order).then_some(certificate.shipped_with);
    let looks = [
        Some(CertificateLook::With(certificate.order)),
        replacement.map(CertificateLook::With),
        certificate.owner.map(CertificateLook::Of),
        certificate.serial.clone().map(CertificateLook::Serial),
        Some(CertificateLook::Numbered(id.number())),
    ];
    looks.into_iter().flatten().map(|look| Key::Listed(look, id)).collect()
}

impl Warranties {
    /// The certificate with this id, where the reader may see it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn certificate(&self, id: &CertificateId, reader: &Reader) -> Result<Option<Certificate>, StoreError> {
        let found: Option<Certificate> = self.read(&Key::Certificate(*id)).await?;
        Ok(found.filter(|one| reader.may_see(one.owner, &one.view_token_hash)))
    }

    /// The certificates with these ids, those that there are, newest first.
    async fn certificates_of(&self, ids: &[CertificateId]) -> Result<Vec<Certificate>, StoreError> {
        let keys = ids.iter().map(|id| Key::Certificate(*id).attributes()).collect();
        let found = self.table.batch_get(keys).await?;
        let mut all: Vec<Certificate> =
            found.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        all.sort_by_key(|one| std::cmp::Reverse(one.id));
        Ok(all)
    }

    /// The certificates of a look, newest first; a thousand at most.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn certificates(&self, look: &CertificateLook) -> Result<Vec<Certificate>, StoreError> {
        let items = self.table.page(&look.partition(), None, TOGETHER, false).await?.items;
        self.certificates_of(&ids(&items)).await
    }

    /// The claim with this id, where the reader may see it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claim(&self, id: &ClaimId, reader: &Reader) -> Result<Option<Claim>, StoreError> {
        let found: Option<Claim> = self.read(&Key::Claim(*id)).await?;
        Ok(found.filter(|one| reader.may_see(one.owner, &one.view_token_hash)))
    }

    /// The claims with these ids, those that there are, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claims_of(&self, ids: &[ClaimId]) -> Result<Vec<Claim>, StoreError> {
        let keys = ids.iter().map(|id| Key::Claim(*id).attributes()).collect();
        let found = self.table.batch_get(keys).await?;
        let mut all: Vec<Claim> = found.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        all.sort_by_key(|one| std::cmp::Reverse(one.id));
        Ok(all)
    }

    /// A page of claims, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claims(
        &self,
        look: ClaimLook,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Claim>, StoreError> {
        let Page { items, next } = self.table.page(&look.partition(), after, limit, false).await?;
        if look == ClaimLook::All {
            let items = items.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
            return Ok(Page { items, next });
        }
        Ok(Page { items: self.claims_of(&ids(&items)).await?, next })
    }

    /// What was claimed under a key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn made(&self, key: &Digest) -> Result<Option<ClaimMade>, StoreError> {
        self.read(&Key::Made(*key)).await
    }

    /// The terms of a version, in words. None: nothing was issued under them.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn terms(&self, version: u64) -> Result<Option<String>, StoreError> {
        let item = self.table.get_eventually(Key::Terms(version).attributes()).await?;
        item.map(|item| Ok(kept(item)?.0)).transpose()
    }

    /// Keeps terms that something is issued under: a version has the same words whenever it is kept.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_terms(&self, settings: &WarrantySettings) -> Result<(), StoreError> {
        let item = keep(Key::Terms(settings.version).attributes(), SCHEMA, &settings.terms)?;
        self.table.write_alone(self.table.put(item)?).await
    }

    /// Writes a certificate over what it was made of, `before`, if it is no new one; with what is told of it.
    ///
    /// # Errors
    /// [`NotWritten::Stale`] where it is another one by now, or the table's error.
    pub async fn write(
        &self,
        before: Option<&Certificate>,
        certificate: &Certificate,
        events: &[CertificateEvent],
        cause: &Cause,
        now: Timestamp,
    ) -> Result<Certificate, TxError<NotWritten>> {
        let (next, tx) = self.written(Tx::new(), before, certificate, events, cause, now).map_err(TxError::Store)?;
        tx.commit(&self.table.db).await?;
        Ok(next)
    }

    /// Writes a new claim with its certificate, unless one was made under the request's key before.
    ///
    /// # Errors
    /// [`NotWritten::Stale`] where one was, or the certificate is another one by now; or the table's error.
    pub async fn create(
        &self,
        before: &Certificate,
        decision: &Decision,
        request: Option<RequestMark>,
        cause: &Cause,
    ) -> Result<Claim, TxError<NotWritten>> {
        let (next, mut tx) = self.decided(before, decision, cause, decision.claim.created).map_err(TxError::Store)?;
        let looks = [
            Some(ClaimLook::In(next.status.view())),
            Some(ClaimLook::Numbered(next.id.number())),
            next.owner.map(ClaimLook::Of),
        ];
        for look in looks.into_iter().flatten() {
            tx = tx.and(self.place(&Key::Found(look, next.id)).map_err(TxError::Store)?, |_| NotWritten::Stale);
        }
        if let Some(RequestMark { key, body }) = request {
            let made = ClaimMade { id: next.id, body };
            let mut item = keep(Key::Made(key).attributes(), SCHEMA, &made).map_err(TxError::Store)?;
            item.insert("ttl".into(), n((next.created + REMEMBERED).as_second()));
            let put = self.table.put_new(item).map_err(TxError::Store)?;
            tx = tx.and(put.into(), |_| NotWritten::Stale);
        }
        tx.commit(&self.table.db).await?;
        Ok(next)
    }

    /// Writes a decision of `now` about `before`: the claim, its certificate, the order and the stock that moves with it, as
    /// one. A decision that changes nothing is not written.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn commit(
        &self,
        (orders, stock): (&Orders, Option<&StockTable>),
        (claim, certificate): (&Claim, &Certificate),
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<Claim, TxError<NotWritten>> {
        if !decision.changed {
            return Ok(decision.claim.clone());
        }
        let cause = cause.clone().about(decision.claim.id.to_string());
        let (next, tx) = self.decided(certificate, decision, &cause, now).map_err(TxError::Store)?;
        let mut tx = self.moved(tx, claim, &next).map_err(TxError::Store)?;
        if let Some(order) = &decision.order {
            let replaced = orders.replace(order, cause.clone()).map_err(TxError::Store)?;
            tx = tx.and(replaced, |_| NotWritten::Stale);
        }
        if let Some(placement) = &decision.placement {
            let stock = stock.ok_or_else(|| TxError::Store(not_named()))?;
            tx = tx.and(orders.create(placement, cause.clone()).map_err(TxError::Store)?, |_| NotWritten::Stale);
            for write in holds(stock, placement, &cause).await? {
                tx = tx.and(write, |_| NotWritten::NoStock);
            }
        }
        for (sku, movements) in by_sku(decision.stock.iter().cloned()) {
            let stock = stock.ok_or_else(|| TxError::Store(not_named()))?;
            for write in stock.book(&sku, 0, None, &movements, &cause).map_err(TxError::Store)? {
                tx = tx.and(write, |_| NotWritten::NoStock);
            }
        }
        tx.commit(&self.table.db).await?;
        Ok(next)
    }

    /// Writes that the unit in the place of a claimed one has left: its own certificate, what became of the old one, and the
    /// claim, which is over.
    ///
    /// # Errors
    /// [`NotWritten::Stale`] where one of them is another one by now, or the table's error.
    pub async fn complete(
        &self,
        (claim, old): (&Claim, &Certificate),
        (new, told): (&Certificate, &CertificateEvent),
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(), TxError<NotWritten>> {
        let (next, tx) = self.decided(old, decision, cause, now).map_err(TxError::Store)?;
        let tx = self.moved(tx, claim, &next).map_err(TxError::Store)?;
        let (_, tx) = self.written(tx, None, new, std::slice::from_ref(told), cause, now).map_err(TxError::Store)?;
        tx.commit(&self.table.db).await
    }

    async fn read<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        item.map(|item| Ok(kept(item)?.0)).transpose()
    }

    /// The claim of a decision as it then is, and the writes of it and of its certificate.
    fn decided<'a>(
        &self,
        before: &Certificate,
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(Claim, Tx<'a, NotWritten>), StoreError> {
        let seen = decision.claim.rev;
        let mut next = Claim { rev: seen + 1, ..decision.claim.clone() };
        next.note(&decision.events, &cause.who, now);
        let events = decision.events.iter().cloned().map(Event::Claim).collect();
        let stamp = Stamp::new(events, cause.clone().about(next.id.to_string()));
        let put = self.table.keep_over(Key::Claim(next.id).attributes(), SCHEMA, &next, seen, &stamp)?;
        let tx = Tx::new().and(put.into(), |_| NotWritten::Stale);
        match &decision.certificate {
            Some(certificate) => {
                let told = match (before.status, certificate.status) {
                    (was, is) if was == is => None,
                    (_, CertificateStatus::Void) => Some(CertificateEvent::Voided { certificate: certificate.id }),
                    (_, CertificateStatus::Replaced) => {
                        Some(CertificateEvent::Replaced { certificate: certificate.id })
                    }
                    (_, CertificateStatus::Active) => None,
                };
                let (_, tx) = self.written(tx, Some(before), certificate, told.as_slice(), cause, now)?;
                Ok((next, tx))
            }
            None => Ok((next, tx)),
        }
    }

    /// Adds the write of a certificate, and of the places where it is looked for.
    fn written<'a>(
        &self,
        tx: Tx<'a, NotWritten>,
        before: Option<&Certificate>,
        certificate: &Certificate,
        events: &[CertificateEvent],
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(Certificate, Tx<'a, NotWritten>), StoreError> {
        let seen = certificate.rev;
        let mut next = Certificate { rev: seen + 1, ..certificate.clone() };
        for event in events {
            next.note(event, &cause.who, now);
        }
        let told = events.iter().cloned().map(Event::Certificate).collect();
        let stamp = Stamp::new(told, cause.clone().about(next.id.to_string()));
        let put = self.table.keep_over(Key::Certificate(next.id).attributes(), SCHEMA, &next, seen, &stamp)?;
        let mut tx = tx.and(put.into(), |_| NotWritten::Stale);
        let (was, is) = (before.map(places).unwrap_or_default(), places(&next));
        for left in was.iter().filter(|place| !is.contains(place)) {
            tx = tx.and(self.table.delete(left.attributes())?.into(), |_| NotWritten::Stale);
        }
        for place in is.iter().filter(|place| !was.contains(place)) {
            tx = tx.and(self.place(place)?, |_| NotWritten::Stale);
        }
        Ok((next, tx))
    }

    /// Adds what it takes that a claim is found in the view that it is in now.
    fn moved<'a>(
        &self,
        tx: Tx<'a, NotWritten>,
        before: &Claim,
        next: &Claim,
    ) -> Result<Tx<'a, NotWritten>, StoreError> {
        let (from, to) = (before.status.view(), next.status.view());
        if from == to {
            return Ok(tx);
        }
        let left = self.table.delete(Key::Found(ClaimLook::In(from), next.id).attributes())?;
        let entered = self.place(&Key::Found(ClaimLook::In(to), next.id))?;
        Ok(tx.and(left.into(), |_| NotWritten::Stale).and(entered, |_| NotWritten::Stale))
    }

    /// A place in a list, which is a key and nothing else.
    fn place(&self, key: &Key) -> Result<Write, StoreError> {
        let mut item = key.attributes();
        item.insert("schema".into(), n(SCHEMA));
        Ok(self.table.put(item)?.into())
    }
}

/// The ids that the sort keys of a list are.
fn ids<T: std::str::FromStr>(items: &[Item]) -> Vec<T> {
    let sort =
        |item: &Item| item.get("sk").and_then(|sk: &AttributeValue| sk.as_s().ok()).and_then(|sk| sk.parse().ok());
    items.iter().filter_map(sort).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(millis in 0_u64..4_000_000_000_000, view in 0..ClaimView::ALL.len(), version in 1_u64..) {
            let (id, person) = (CertificateId::new(millis, [3; 10]), PersonId::new(millis, [4; 10]));
            let (claim, order) = (ClaimId::new(millis, [5; 10]), OrderId::new(millis, [6; 10]));
            let keys = [
                Key::Certificate(id),
                Key::Listed(CertificateLook::With(order), id),
                Key::Listed(CertificateLook::Of(person), id),
                Key::Listed(CertificateLook::Serial(Serial::new("SN-1/a").unwrap()), id),
                Key::Listed(CertificateLook::Numbered(id.number()), id),
                Key::Claim(claim),
                Key::Found(ClaimLook::In(ClaimView::ALL[view]), claim),
                Key::Found(ClaimLook::Of(person), claim),
                Key::Found(ClaimLook::Numbered(claim.number()), claim),
                Key::Made(Digest::of(b"key")),
                Key::Terms(version),
            ];
            for key in keys {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
