//! The catalog table: products, and the changes that search is made of.
//!
//! | access pattern | key |
//! |---|---|
//! | a product by its slug | `product#{slug}`, `product` |
//! | how a product stands in search | `product#{slug}`, `shelf` |
//! | the catalogue's version | `version`, `version` |
//! | what changed since a version, in order | `changes`, `{version}` |
//!
//! Each write that search has to know of raises the catalogue's version, leaves a change and takes away the product's
//! earlier one: the changes are one entry per product, in the order in which they were last touched. A function keeps
//! a snapshot in memory and, before it answers, asks for the changes since: one round trip, half a read unit when there
//! are none. Of a product that was never shown search knows nothing, and its writes leave the version alone: so many
//! drafts can be written at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Update};
use contracts::event::{Event, ShopEvent};
use domain::catalog::Product;
use domain::id::ProductId;
use domain::search::{Entry, Snapshot};
use domain::text::Slug;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, StoreError, Table, item_of, n, of_item, s};
use crate::handle::{Handle, json};
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

const SCHEMA: u16 = 1;

/// The catalog table.
#[derive(Debug, Clone)]
pub struct Catalog {
    table: Handle,
}

impl Table for Catalog {
    const FAMILY: &'static str = "CATALOG";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A product.
    Product(Slug),
    /// How a product stands in search.
    Shelf(Slug),
    /// The catalogue's version.
    Version,
    /// What the write to this version changed.
    Change(u64),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Product(slug) => (format!("product#{slug}"), "product".into()),
            Self::Shelf(slug) => (format!("product#{slug}"), "shelf".into()),
            Self::Version => ("version".into(), "version".into()),
            Self::Change(version) => ("changes".into(), format!("{version:012}")),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        match (pk, sk) {
            ("version", "version") => Some(Self::Version),
            ("changes", version) => Some(Self::Change(version.parse().ok()?)),
            (product, "shelf") => Some(Self::Shelf(product.strip_prefix("product#")?.parse().ok()?)),
            (product, "product") => Some(Self::Product(product.strip_prefix("product#")?.parse().ok()?)),
            _ => None,
        }
    }

    fn attributes(&self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

#[derive(Serialize, Deserialize)]
struct ProductRecord {
    schema: u16,
    /// The product as JSON: it is read and written whole.
    product: String,
}

#[derive(Serialize, Deserialize)]
struct ChangeRecord {
    schema: u16,
    sk: String,
    product: ProductId,
    /// The product's entry as JSON; none when it is not shown any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
}

#[derive(Deserialize)]
struct VersionRecord {
    version: u64,
}

/// How a product stands in search: whether all of it is sold out, and its latest change. A product has none before it is
/// first shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Shelf {
    sold_out: bool,
    #[serde(rename = "change")]
    latest: u64,
}

/// A product, and the catalogue as it was when the product was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The product, where there is one.
    pub product: Option<Product>,
    version: u64,
    shelf: Option<Shelf>,
}

impl Read {
    /// Whether search shows the product as sold out: a new one is, until stock of it is booked.
    pub fn sold_out(&self) -> bool {
        self.shelf.is_none_or(|shelf| shelf.sold_out)
    }

    /// Whether search does not know the product and need not, as it is now: a draft.
    fn is_unseen(&self, product: &Product) -> bool {
        self.shelf.is_none() && !Entry::shows(product)
    }
}

impl Catalog {
    /// The product with this slug, whatever its status.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn product(&self, slug: &Slug) -> Result<Option<Product>, StoreError> {
        let item = self.item(&Key::Product(slug.clone())).await?;
        item.map(product_of).transpose()
    }

    /// The product with this slug and how the catalogue stands, to write over both. One round trip.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn read_for_write(&self, slug: &Slug) -> Result<Read, StoreError> {
        let mut found = self.read_all_for_write([slug]).await?;
        found.remove(slug).ok_or_else(|| StoreError::Corrupt(format!("{slug} was not read")))
    }

    /// The same of several slugs. Every hundred records are one request, all requests at once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn read_all_for_write<'a>(
        &self,
        slugs: impl IntoIterator<Item = &'a Slug>,
    ) -> Result<BTreeMap<Slug, Read>, StoreError> {
        let slugs: BTreeSet<&Slug> = slugs.into_iter().collect();
        let keys = slugs.iter().flat_map(|slug| [Key::Product((*slug).clone()), Key::Shelf((*slug).clone())]);
        let keys = keys.chain([Key::Version]).map(|key| key.attributes()).collect();
        let (mut products, mut shelves, mut version) = (HashMap::new(), HashMap::new(), 0);
        for item in self.table.batch_get(keys).await? {
            match key_of(&item) {
                Some(Key::Product(slug)) => drop(products.insert(slug, product_of(item)?)),
                Some(Key::Shelf(slug)) => drop(shelves.insert(slug, of_item::<Shelf>(item)?)),
                Some(Key::Version) => version = of_item::<VersionRecord>(item)?.version,
                Some(Key::Change(_)) | None => return Err(StoreError::Corrupt("not what was asked for".into())),
            }
        }
        let mut read = |slug: &Slug| Read { product: products.remove(slug), version, shelf: shelves.remove(slug) };
        Ok(slugs.into_iter().map(|slug| (slug.clone(), read(slug))).collect())
    }

    /// Writes a product over what was read: the product, and what search has to know of it, which is also whether all of
    /// it is sold out.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn write(
        &self,
        read: &Read,
        product: &Product,
        sold_out: bool,
        cause: Cause,
    ) -> Result<Vec<Write>, StoreError> {
        let record = ProductRecord { schema: SCHEMA, product: json(product)? };
        let mut item = item_of(&record)?;
        item.extend(Key::Product(product.slug.clone()).attributes());
        let event = Event::Shop(ShopEvent::ProductChanged { product: product.id, slug: product.slug.clone() });
        let events = if read.is_unseen(product) { Vec::new() } else { vec![event] };
        Stamp::new(events, cause).put_on(&mut item, product.version)?;
        let seen = read.product.as_ref().map_or(0, |before| before.version);
        let mut writes = vec![self.table.put_over(item, seen)?.into()];
        writes.extend(self.shelve(read, product, sold_out)?);
        Ok(writes)
    }

    /// Tells search how a product stands: raises the catalogue's version, leaves a change and takes away the
    /// product's earlier one. Nothing of a product that search does not know and need not.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn shelve(&self, read: &Read, product: &Product, sold_out: bool) -> Result<Vec<Write>, StoreError> {
        if read.is_unseen(product) {
            return Ok(Vec::new());
        }
        let next = read.version + 1;
        let version = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(Key::Version.attributes()))
            .update_expression("SET #version = :next")
            .condition_expression("attribute_not_exists(pk) OR #version = :seen")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":next", n(next))
            .expression_attribute_values(":seen", n(read.version))
            .build()?;
        let key = Key::Change(next);
        let entry = Entry::of(product, sold_out).as_ref().map(json).transpose()?;
        let record = ChangeRecord { schema: SCHEMA, sk: key.pair().1, product: product.id, entry };
        let mut change = item_of(&record)?;
        change.extend(key.attributes());
        let mut shelf = item_of(&Shelf { sold_out, latest: next })?;
        shelf.extend(Key::Shelf(product.slug.clone()).attributes());
        shelf.insert("schema".into(), n(SCHEMA));
        let mut writes = vec![Write::from(version), self.table.put(change)?.into(), self.table.put(shelf)?.into()];
        if let Some(Shelf { latest, .. }) = read.shelf {
            writes.push(self.table.delete(Key::Change(latest).attributes())?.into());
        }
        Ok(writes)
    }

    /// The condition that a product is as it was read: of a write that changes how it stands in search alone.
    ///
    /// # Errors
    /// When the check has no form.
    pub fn still(&self, product: &Product) -> Result<Write, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Key::Product(product.slug.clone()).attributes()))
            .condition_expression("rev = :seen")
            .expression_attribute_values(":seen", n(product.version))
            .build()?;
        Ok(check.into())
    }

    /// Brings a snapshot up to date.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn refresh(&self, snapshot: &mut Snapshot) -> Result<(), StoreError> {
        let mut items = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND sk > :seen")
            .expression_attribute_values(":pk", s("changes"))
            .expression_attribute_values(":seen", s(Key::Change(snapshot.version()).pair().1))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        while let Some(item) = items.next().await {
            let record: ChangeRecord = of_item(item.map_err(StoreError::of)?)?;
            let version = record.sk.parse().map_err(|_| StoreError::Corrupt(format!("no version: {}", record.sk)))?;
            match record.entry {
                None => {
                    snapshot.remove(&record.product);
                }
                Some(entry) => snapshot.upsert(serde_json::from_str(&entry)?),
            }
            snapshot.set_version(version);
        }
        Ok(())
    }

    async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        Ok(item)
    }
}

fn key_of(item: &Item) -> Option<Key> {
    let part = |name: &str| item.get(name)?.as_s().ok();
    Key::parse(part("pk")?, part("sk")?)
}

fn product_of(item: Item) -> Result<Product, StoreError> {
    let record: ProductRecord = of_item(item)?;
    serde_json::from_str(&record.product).map_err(|error| StoreError::Corrupt(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(slug in "[a-z0-9][a-z0-9-]{0,20}[a-z0-9]", version in 0_u64..1_000_000_000_000) {
            let slug = Slug::new(slug).unwrap();
            for key in [Key::Product(slug.clone()), Key::Shelf(slug.clone()), Key::Version, Key::Change(version)] {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
