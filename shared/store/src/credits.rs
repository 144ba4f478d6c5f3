//! The credits table: accounts of store credit, and every movement of their balances.
//!
//! | access pattern | key |
//! |---|---|
//! | an account by its id, the digest of its code | `{digest}`, `account` |
//! | its entries | `{digest}`, `entry#{reference}` |
//!
//! A movement writes both, each on a condition: the account is the one that was read, and nothing moved for that reference
//! before. So a movement happens once however often it is asked for, and a balance is always the sum of its entries.

use domain::credit::{CreditAccount, CreditEntry, CreditMove, NotMoved};
use domain::text::Digest;
use jiff::Timestamp;

use crate::db::{Db, KeyOf, StoreError, Table, n, s};
use crate::handle::{Handle, keep, kept};
use crate::tx::{Tx, TxError, Write};

const SCHEMA: u16 = 1;
/// The most entries of an account that are read at once.
const ENTRIES: usize = 500;

/// The credits table.
#[derive(Debug, Clone)]
pub struct Credits {
    table: Handle,
}

impl Table for Credits {
    const FAMILY: &'static str = "CREDITS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An account.
    Account(Digest),
    /// An entry of an account, by what it is for.
    Entry(Digest, String),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Account(id) => (id.to_string(), "account".to_owned()),
            Self::Entry(id, reference) => (id.to_string(), format!("entry#{reference}")),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        let id = pk.parse().ok()?;
        match sk.split_once('#') {
            None if sk == "account" => Some(Self::Account(id)),
            Some(("entry", reference)) => Some(Self::Entry(id, reference.to_owned())),
            None | Some(_) => None,
        }
    }

    fn attributes(&self) -> KeyOf {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// Why a movement was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmoved {
    /// Something moved for that reference before.
    Done,
    /// The account is another one by now: read and decide again.
    Stale,
}

/// The two writes of a movement, for a transaction of whoever spends.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Of the entry: its condition fails where something moved for that reference before.
    pub entry: Write,
    /// Of the account: its condition fails where it is another one by now.
    pub account: Write,
}

impl Credits {
    /// The account with this id as it is now.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, id: &Digest) -> Result<Option<CreditAccount>, StoreError> {
        let item = self.table.get(Key::Account(*id).attributes()).await?;
        item.map(|item| Ok(kept(item)?.0)).transpose()
    }

    /// The entries of an account, newest first; those of its newest orders, 500 at most.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn entries(&self, id: &Digest) -> Result<Vec<CreditEntry>, StoreError> {
        // The account's own record sorts before its entries, those of newer orders after those of older ones.
        let page = self.table.page(&id.to_string(), None, ENTRIES, false).await?;
        let entries = page.items.into_iter().filter(|item| item.get("sk") != Some(&s("account")));
        let mut entries: Vec<CreditEntry> = entries.map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
        Ok(entries)
    }

    /// The writes of a movement of `account` as it was read; none is made where the balance does not reach.
    ///
    /// # Errors
    /// [`NotMoved`], or a record has no form.
    pub fn movement(
        &self,
        account: &CreditAccount,
        movement: CreditMove,
        actor: &str,
        now: Timestamp,
    ) -> Result<Result<Movement, NotMoved>, StoreError> {
        let (next, entry) = match account.moved(movement, actor, now) {
            Ok(moved) => moved,
            Err(refused) => return Ok(Err(refused)),
        };
        let key = Key::Entry(account.id, entry.reference.clone());
        let put = self.table.put_new(keep(key.attributes(), SCHEMA, &entry)?)?;
        let mut item = keep(Key::Account(account.id).attributes(), SCHEMA, &next)?;
        item.insert("rev".into(), n(next.entries));
        let over = self.table.put_over(item, account.entries)?;
        Ok(Ok(Movement { entry: put.into(), account: over.into() }))
    }

    /// Writes a movement by itself.
    ///
    /// # Errors
    /// [`Unmoved`], or the table's error.
    pub async fn write(&self, movement: Movement) -> Result<(), TxError<Unmoved>> {
        let tx = Tx::new().and(movement.entry, |_| Unmoved::Done).and(movement.account, |_| Unmoved::Stale);
        tx.commit(&self.table.db).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_round_trips() {
        let id = Digest::of(b"code");
        for key in [Key::Account(id), Key::Entry(id, "ord_06f3qk2m8r0000000000000000#1".into())] {
            let (pk, sk) = key.pair();
            assert_eq!(Key::parse(&pk, &sk), Some(key));
        }
    }
}
