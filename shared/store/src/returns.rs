//! The returns table: one record per return, and the places where it is looked for, written with it.
//!
//! | access pattern | key |
//! |---|---|
//! | a return by its id | `returns`, `{ret_..}` |
//! | all returns, newest first | `returns` |
//! | the returns of one of the desk's views, newest first | `view#{view}`, `{ret_..}` |
//! | a customer's returns, newest first | `person#{per_..}`, `{ret_..}` |
//! | a return by its number | `number#{number}`, `{ret_..}` |
//! | the return that was made under an Idempotency-Key | `made#{digest}`, `made` |
//!
//! An order names its own returns itself. Keys are kept for a month.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{OrderNumber, PersonId, ReturnId};
use domain::order::RequestMark;
use domain::returns::{Decision, Return, ReturnView};
use domain::text::Digest;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, StoreError, Table, n, s};
use crate::events::of_return;
use crate::handle::{Handle, keep, kept};
use crate::orders::{Orders, Reader, holds};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::stock::{StockTable, by_sku, not_named};
use crate::tx::{NotWritten, Tx, TxError, Write};

const SCHEMA: u16 = 1;
const RETURNS: &str = "returns";
/// How long it is kept what was made under a key.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The returns table.
#[derive(Debug, Clone)]
pub struct Returns {
    table: Handle,
}

impl Table for Returns {
    const FAMILY: &'static str = "RETURNS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Which returns are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// All of them.
    All,
    /// Those of a view.
    In(ReturnView),
    /// A customer's.
    Of(PersonId),
    /// The one with this number.
    Numbered(OrderNumber),
}

impl Look {
    fn partition(self) -> String {
        match self {
            Self::All => RETURNS.to_owned(),
            Self::In(view) => format!("view#{}", view.as_str()),
            Self::Of(person) => format!("person#{person}"),
            Self::Numbered(number) => format!("number#{number}"),
        }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A return.
    Return(ReturnId),
    /// That a view has it.
    In(ReturnView, ReturnId),
    /// That it is a customer's.
    Of(PersonId, ReturnId),
    /// That it has this number.
    Numbered(OrderNumber, ReturnId),
    /// What was made under an Idempotency-Key.
    Made(Digest),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(self) -> (String, String) {
        match self {
            Self::Return(id) => (Look::All.partition(), id.to_string()),
            Self::In(view, id) => (Look::In(view).partition(), id.to_string()),
            Self::Of(person, id) => (Look::Of(person).partition(), id.to_string()),
            Self::Numbered(number, id) => (Look::Numbered(number).partition(), id.to_string()),
            Self::Made(key) => (format!("made#{key}"), "made".into()),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        if pk == RETURNS {
            return Some(Self::Return(sk.parse().ok()?));
        }
        let (kind, name) = pk.split_once('#')?;
        match kind {
            "view" => Some(Self::In(name.parse().ok()?, sk.parse().ok()?)),
            "person" => Some(Self::Of(name.parse().ok()?, sk.parse().ok()?)),
            "number" => Some(Self::Numbered(name.parse().ok()?, sk.parse().ok()?)),
            "made" if sk == "made" => Some(Self::Made(name.parse().ok()?)),
            _ => None,
        }
    }

    fn attributes(self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// What was made under an Idempotency-Key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// Which return.
    pub id: ReturnId,
    /// The digest of the body that came with the key.
    pub body: Digest,
}

impl Returns {
    /// The return with this id, where the reader may see it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, id: &ReturnId, reader: &Reader) -> Result<Option<Return>, StoreError> {
        let item = self.table.get(Key::Return(*id).attributes()).await?;
        let back: Option<Return> = item.map(|item| Ok::<_, StoreError>(kept(item)?.0)).transpose()?;
        Ok(back.filter(|back| reader.may_see(back.owner, &back.view_token_hash)))
    }

    /// The returns with these ids, those that there are, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn all_of(&self, ids: &[ReturnId]) -> Result<Vec<Return>, StoreError> {
        let keys = ids.iter().map(|id| Key::Return(*id).attributes()).collect();
        let found = self.table.batch_get(keys).await?;
        let mut all: Vec<Return> =
            found.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        all.sort_by_key(|back| std::cmp::Reverse(back.id));
        Ok(all)
    }

    /// A page of returns, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn page(&self, look: Look, after: Option<&Cursor>, limit: usize) -> Result<Page<Return>, StoreError> {
        let partition = look.partition();
        let Page { items, next } = self.table.page(&partition, after, limit, false).await?;
        if look == Look::All {
            let items = items.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
            return Ok(Page { items, next });
        }
        let id = |item: &Item| item.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| sk.parse().ok());
        let ids: Vec<ReturnId> = items.iter().filter_map(id).collect();
        Ok(Page { items: self.all_of(&ids).await?, next })
    }

    /// What was made under a key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn made(&self, key: &Digest) -> Result<Option<Made>, StoreError> {
        let item = self.table.get(Key::Made(*key).attributes()).await?;
        item.map(|item| Ok(kept(item)?.0)).transpose()
    }

    /// Writes a new return, with what its order keeps of it, unless one was made under the request's key before.
    ///
    /// # Errors
    /// [`NotWritten::Stale`] where one was, or the order is another one by now; or the table's error.
    pub async fn create(
        &self,
        orders: &Orders,
        decision: &Decision,
        request: Option<RequestMark>,
        cause: &Cause,
    ) -> Result<Return, TxError<NotWritten>> {
        let cause = cause.clone().about(decision.back.id.to_string());
        let back = &decision.back;
        let (next, mut tx) = self.decided(orders, decision, &cause, back.created).map_err(TxError::Store)?;
        let places = [Some(Key::In(back.status.view(), back.id)), Some(Key::Numbered(back.id.number(), back.id))];
        for place in places.into_iter().chain([back.owner.map(|person| Key::Of(person, back.id))]).flatten() {
            tx = tx.and(self.place(place).map_err(TxError::Store)?, |_| NotWritten::Stale);
        }
        if let Some(RequestMark { key, body }) = request {
            let made = self.under_key(key, &Made { id: back.id, body }, back.created).map_err(TxError::Store)?;
            tx = tx.and(made, |_| NotWritten::Stale);
        }
        tx.commit(&self.table.db).await?;
        Ok(next)
    }

    /// Writes a decision of `now` about `before`: the return, its order and the stock that moves with it, as one. A
    /// decision that changes nothing is not written.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn commit(
        &self,
        orders: &Orders,
        stock: Option<&StockTable>,
        before: &Return,
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<Return, TxError<NotWritten>> {
        if !decision.changed {
            return Ok(decision.back.clone());
        }
        let cause = cause.clone().about(decision.back.id.to_string());
        let (next, mut tx) = self.decided(orders, decision, &cause, now).map_err(TxError::Store)?;
        let (from, to) = (before.status.view(), next.status.view());
        if from != to {
            let left = self.table.delete(Key::In(from, next.id).attributes()).map_err(TxError::Store)?;
            tx = tx.and(left.into(), |_| NotWritten::Stale);
            tx = tx.and(self.place(Key::In(to, next.id)).map_err(TxError::Store)?, |_| NotWritten::Stale);
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

    /// The return of a decision as it then is, and the writes of it and of its order.
    fn decided<'a>(
        &self,
        orders: &Orders,
        decision: &Decision,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<(Return, Tx<'a, NotWritten>), StoreError> {
        let seen = decision.back.rev;
        let mut next = Return { rev: seen + 1, ..decision.back.clone() };
        next.note(&decision.events, &cause.who, now);
        let stamp = Stamp::new(of_return(&decision.events), cause.clone());
        let put = self.table.keep_over(Key::Return(next.id).attributes(), SCHEMA, &next, seen, &stamp)?;
        let mut tx = Tx::new().and(put.into(), |_| NotWritten::Stale);
        if let Some(order) = &decision.order {
            tx = tx.and(orders.replace(order, cause.clone())?, |_| NotWritten::Stale);
        }
        Ok((next, tx))
    }

    /// A place in a list, which is a key and nothing else.
    fn place(&self, key: Key) -> Result<Write, StoreError> {
        let mut item = key.attributes();
        item.insert("schema".into(), n(SCHEMA));
        Ok(self.table.put(item)?.into())
    }

    fn under_key(&self, key: Digest, made: &Made, now: Timestamp) -> Result<Write, StoreError> {
        let mut item = keep(Key::Made(key).attributes(), SCHEMA, made)?;
        item.insert("ttl".into(), n((now + REMEMBERED).as_second()));
        Ok(self.table.put_new(item)?.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(millis in 0_u64..4_000_000_000_000, view in 0..ReturnView::ALL.len()) {
            let (id, person) = (ReturnId::new(millis, [3; 10]), PersonId::new(millis, [4; 10]));
            let keys = [
                Key::Return(id),
                Key::In(ReturnView::ALL[view], id),
                Key::Of(person, id),
                Key::Numbered(id.number(), id),
                Key::Made(Digest::of(b"key")),
            ];
            for key in keys {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
