//! The people table: staff, customers, sign-in links, sessions and rate windows.
//!
//! | access pattern | key |
//! |---|---|
//! | a person of a surface by mail address | `shop#{email}` or `staff#{email}`, `person` |
//! | all staff | `staff`, `{email}` |
//! | a sign-in link by the digest of its secret | `link#{digest}`, `link` |
//! | a session by the digest of its secret | `session#{digest}`, `session` |
//! | how often somebody asked lately | `rate#{what}`, `{window}` |

use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValue};
use contracts::event::Event;
use domain::id::PersonId;
use domain::people::Role;
use domain::text::{Digest, Email};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::db::{Db, StoreError, Table, item_of, n, of_item, s};
use crate::handle::Handle;
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

/// The people table.
#[derive(Debug, Clone)]
pub struct People {
    table: Handle,
}

impl Table for People {
    const FAMILY: &'static str = "PEOPLE";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A customer or a staff member.
    Person(Surface, Email),
    /// The entry of a staff member in the list of all.
    StaffEntry(Email),
    /// A sign-in link.
    Link(Digest),
    /// A session.
    Session(Digest),
    /// A window in which `what` was counted.
    Rate(String, i64),
}

/// What a person signs in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The storefront.
    Shop,
    /// The desk.
    Staff,
}

impl Surface {
    const fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Staff => "staff",
        }
    }
}

impl Key {
    fn pair(&self) -> (String, String) {
        match self {
            Self::Person(surface, email) => (format!("{}#{}", surface.name(), email.key()), "person".into()),
            Self::StaffEntry(email) => ("staff".into(), email.key()),
            Self::Link(digest) => (format!("link#{digest}"), "link".into()),
            Self::Session(digest) => (format!("session#{digest}"), "session".into()),
            Self::Rate(what, window) => (format!("rate#{what}"), window.to_string()),
        }
    }

    fn attributes(&self) -> std::collections::HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// A customer or a staff member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// Who.
    pub id: PersonId,
    /// The proven address.
    pub email: Email,
    /// What staff may do; none for customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Since when.
    pub since: Timestamp,
}

/// A sign-in link that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRecord {
    /// Whom it signs in.
    pub email: Email,
    /// To what.
    pub surface: Surface,
    /// Until when it works.
    pub until: Timestamp,
    /// Where to go afterwards: a path of the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

/// A session: it renews access tokens while its person exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Whose.
    pub email: Email,
    /// On which surface.
    pub surface: Surface,
    /// Until when.
    pub until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    schema: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    #[serde(flatten)]
    value: T,
}

const SCHEMA: u16 = 1;

impl People {
    /// The person of `surface` with this address.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn person(&self, surface: Surface, email: &Email) -> Result<Option<PersonRecord>, StoreError> {
        self.get(&Key::Person(surface, email.clone())).await
    }

    /// Keeps a person, unless there is one with this address already; either way, the one that is kept.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn admit(&self, surface: Surface, person: PersonRecord) -> Result<PersonRecord, StoreError> {
        let key = Key::Person(surface, person.email.clone());
        match self.put(&key, &person, None, true).await {
            Ok(()) => Ok(person),
            Err(StoreError::Stale) => {
                self.get(&key).await?.ok_or_else(|| StoreError::Corrupt("a person vanished".into()))
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps a link under the digest of its secret, and tells the world that it was asked for.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_link(
        &self,
        digest: Digest,
        link: &LinkRecord,
        event: Event,
        cause: Cause,
    ) -> Result<(), StoreError> {
        let key = Key::Link(digest);
        let mut item = item_of(&Kept { schema: SCHEMA, ttl: Some(link.until.as_second()), value: link })?;
        item.extend(key.attributes());
        Stamp::new(vec![event], cause).put_on(&mut item, 1)?;
        self.table.write_alone(self.table.put_new(item)?).await
    }

    /// Takes a link: it works once and in its time.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_link(&self, digest: Digest, now: Timestamp) -> Result<Option<LinkRecord>, StoreError> {
        let taken = self
            .table
            .client()
            .delete_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Link(digest).attributes()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(StoreError::of)?;
        let Some(item) = taken.attributes else {
            return Ok(None);
        };
        let link: Kept<LinkRecord> = of_item(item)?;
        Ok(Some(link.value).filter(|link| link.until > now))
    }

    /// Keeps a session under the digest of its secret.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_session(&self, digest: Digest, session: &SessionRecord) -> Result<(), StoreError> {
        let ttl = session.until.as_second();
        self.put(&Key::Session(digest), session, Some(ttl), true).await
    }

    /// The session with this digest, in its time.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn session(&self, digest: Digest, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let session: Option<SessionRecord> = self.get(&Key::Session(digest)).await?;
        Ok(session.filter(|session| session.until > now))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn end_session(&self, digest: Digest) -> Result<(), StoreError> {
        self.table
            .client()
            .delete_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Session(digest).attributes()))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// Counts one more of `what` in the window that `now` falls in; how many there were, this one included.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn count(&self, what: &str, window: SignedDuration, now: Timestamp) -> Result<u64, StoreError> {
        let length = window.as_secs().max(1);
        let start = now.as_second() / length * length;
        let answer = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Key::Rate(what.to_owned(), start).attributes()))
            .update_expression("ADD hits :one SET #ttl = :ttl")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":ttl", n(start + 2 * length))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(StoreError::of)?;
        let hits = answer.attributes.and_then(|attributes| attributes.get("hits")?.as_n().ok()?.parse().ok());
        Ok(hits.unwrap_or(u64::MAX))
    }

    /// All staff, by address.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn staff(&self) -> Result<Vec<PersonRecord>, StoreError> {
        let mut pages = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s("staff"))
            .into_paginator()
            .items()
            .send();
        let mut staff = Vec::new();
        while let Some(item) = pages.next().await {
            let kept: Kept<PersonRecord> = of_item(item.map_err(StoreError::of)?)?;
            staff.push(kept.value);
        }
        Ok(staff)
    }

    /// Keeps a staff member: the record and the entry in the list of all.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn write_staff(&self, person: &PersonRecord) -> Result<[Write; 2], StoreError> {
        let write = |key: Key| -> Result<Write, StoreError> {
            let mut item = item_of(&Kept { schema: SCHEMA, ttl: None, value: person })?;
            item.extend(key.attributes());
            Ok(self.table.put(item)?.into())
        };
        Ok([write(Key::Person(Surface::Staff, person.email.clone()))?, write(Key::StaffEntry(person.email.clone()))?])
    }

    /// Removes a staff member: both records. Their sessions end with them.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn remove_staff(&self, email: &Email) -> Result<[Write; 2], StoreError> {
        let write = |key: Key| -> Result<Write, StoreError> {
            let delete = Delete::builder().table_name(&self.table.name).set_key(Some(key.attributes())).build()?;
            Ok(Write::from(delete))
        };
        Ok([write(Key::Person(Surface::Staff, email.clone()))?, write(Key::StaffEntry(email.clone()))?])
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        item.map(|item| of_item::<Kept<T>>(item).map(|kept| kept.value)).transpose()
    }

    async fn put<T: Serialize>(
        &self,
        key: &Key,
        value: &T,
        ttl: Option<i64>,
        only_new: bool,
    ) -> Result<(), StoreError> {
        let mut item = item_of(&Kept { schema: SCHEMA, ttl, value })?;
        item.extend(key.attributes());
        let put = if only_new { self.table.put_new(item)? } else { self.table.put(item)? };
        self.table.write_alone(put).await
    }
}
