//! The imports table: stock imports, the lines that their checks let pass, and what was booked of them. It is a table
//! of its own, and not a part of the stock's: what is kept of an import goes again, the stock's readers have not to read
//! past it, and the functions that only count stock need no grant for it.
//!
//! | access pattern | key |
//! |---|---|
//! | an import by its id | `imports`, `{imp_..}` |
//! | all imports, newest first | `imports` |
//! | a part of the lines that a check let pass | `lines#{imp_..}#{run}`, `{part}` |
//! | those lines, in the file's order | `lines#{imp_..}#{run}` |
//! | what was booked of a part | `booked#{imp_..}`, `{part}` |
//! | whether a part was booked back | `undone#{imp_..}`, `{part}` |

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, PutRequest, WriteRequest};
use contracts::event::{Event, ShopEvent};
use domain::id::ImportId;
use domain::import::{Applied, CheckedLine, Import, ImportStatus};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Db, Item, StoreError, Table, n, s};
use crate::handle::{Handle, keep, kept};
use crate::page::{Cursor, Page};
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

const SCHEMA: u16 = 1;
const IMPORTS: &str = "imports";
/// How often what a batch did not take is sent.
const ROUNDS: u32 = 6;

/// The imports table.
#[derive(Debug, Clone)]
pub struct Imports {
    table: Handle,
}

impl Table for Imports {
    const FAMILY: &'static str = "IMPORTS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An import.
    Import(ImportId),
    /// A part of the lines that the check of this number let pass.
    Lines(ImportId, u32, u32),
    /// What was booked of a part.
    Booked(ImportId, u32),
    /// That a part was booked back.
    Undone(ImportId, u32),
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Import(id) => (IMPORTS.into(), id.to_string()),
            Self::Lines(id, run, part) => (format!("lines#{id}#{run}"), format!("{part:06}")),
            Self::Booked(id, part) => (format!("booked#{id}"), format!("{part:06}")),
            Self::Undone(id, part) => (format!("undone#{id}"), format!("{part:06}")),
        }
    }

    /// The key with this partition and sort key.
    pub fn parse(pk: &str, sk: &str) -> Option<Self> {
        if pk == IMPORTS {
            return Some(Self::Import(sk.parse().ok()?));
        }
        let (kind, name) = pk.split_once('#')?;
        let part = sk.parse().ok()?;
        match kind {
            "lines" => {
                let (id, run) = name.split_once('#')?;
                Some(Self::Lines(id.parse().ok()?, run.parse().ok()?, part))
            }
            "booked" => Some(Self::Booked(name.parse().ok()?, part)),
            "undone" => Some(Self::Undone(name.parse().ok()?, part)),
            _ => None,
        }
    }

    fn attributes(&self) -> HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

impl Imports {
    /// The import with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn import(&self, id: &ImportId) -> Result<Option<Import>, StoreError> {
        self.get(&Key::Import(*id)).await
    }

    /// A page of all imports, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn all(&self, after: Option<&Cursor>, limit: usize) -> Result<Page<Import>, StoreError> {
        self.page(IMPORTS, after, limit, false).await
    }

    /// Writes an import over the state of it that was read, a new one over nothing; where there is work left, it is
    /// told. What was written.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody else wrote it since, or the table's error.
    pub async fn save(&self, import: &Import, due: bool, cause: Cause) -> Result<Import, StoreError> {
        let seen = import.rev;
        let next = Import { rev: seen + 1, ..import.clone() };
        let mut item = of_import(&Key::Import(next.id), &next, &next)?;
        // A condition of other writes: see `still`.
        item.insert("state".into(), s(next.status.as_str()));
        let events = due.then_some(Event::Shop(ShopEvent::ImportDue { import: next.id }));
        let cause = cause.about(next.id.to_string());
        Stamp::new(events.into_iter().collect(), cause).put_on(&mut item, next.rev)?;
        match self.table.write_alone(self.table.put_over(item, seen)?).await {
            Ok(()) => Ok(next),
            // An answer that was lost is asked for again, and then it is this write that is in the way.
            Err(StoreError::Stale) if self.import(&next.id).await?.as_ref() == Some(&next) => Ok(next),
            Err(error) => Err(error),
        }
    }

    /// Keeps lines that the import's check let pass, each part under its number; again, if it did before.
    ///
    /// # Errors
    /// When the table does not take all of them.
    pub async fn put_lines(&self, import: &Import, parts: &[(u32, Vec<CheckedLine>)]) -> Result<(), StoreError> {
        for some in parts.chunks(25) {
            let writes = some.iter().map(|(part, lines)| {
                let item = of_import(&Key::Lines(import.id, import.run, *part), lines, import)?;
                let put = PutRequest::builder().set_item(Some(item)).build()?;
                Ok(WriteRequest::builder().put_request(put).build())
            });
            self.put_batch(writes.collect::<Result<_, StoreError>>()?).await?;
        }
        Ok(())
    }

    async fn put_batch(&self, mut writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        for round in 0..ROUNDS {
            self.table.db.pause(round).await;
            let request = self.table.client().batch_write_item().request_items(&self.table.name, writes);
            let answer = request.send().await.map_err(StoreError::of)?;
            writes = answer.unprocessed_items.and_then(|mut left| left.remove(&self.table.name)).unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("not every part was kept".into()))
    }

    /// A part of the lines that the import's check let pass.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn lines(&self, import: &Import, part: u32) -> Result<Vec<CheckedLine>, StoreError> {
        Ok(self.get(&Key::Lines(import.id, import.run, part)).await?.unwrap_or_default())
    }

    /// Some parts of those lines, in the file's order.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn lines_page(
        &self,
        import: &Import,
        after: Option<&Cursor>,
        parts: usize,
    ) -> Result<Page<CheckedLine>, StoreError> {
        let (partition, _) = Key::Lines(import.id, import.run, 0).pair();
        let page: Page<Vec<CheckedLine>> = self.page(&partition, after, parts, true).await?;
        Ok(Page { items: page.items.into_iter().flatten().collect(), next: page.next })
    }

    /// What was booked of a part, if it was.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn booked(&self, id: &ImportId, part: u32) -> Result<Option<Vec<Applied>>, StoreError> {
        self.get(&Key::Booked(*id, part)).await
    }

    /// Keeps what is booked of a part, on the condition that it was not booked before.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn keep_booked(&self, import: &Import, part: u32, lines: &[Applied]) -> Result<Write, StoreError> {
        self.once(&Key::Booked(import.id, part), &lines, import)
    }

    /// Keeps that a part is booked back, on the condition that it was not before.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn keep_undone(&self, import: &Import, part: u32) -> Result<Write, StoreError> {
        self.once(&Key::Undone(import.id, part), &(), import)
    }

    /// The condition that an import stands there still.
    ///
    /// # Errors
    /// When the check has no form.
    pub fn still(&self, id: &ImportId, status: ImportStatus) -> Result<Write, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(Key::Import(*id).attributes()))
            .condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", s(status.as_str()))
            .build()?;
        Ok(Write::from(check))
    }

    fn once<T: Serialize>(&self, key: &Key, value: &T, import: &Import) -> Result<Write, StoreError> {
        Ok(self.table.put_new(of_import(key, value, import)?)?.into())
    }

    async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        let item = self.table.get(key.attributes()).await?;
        Ok(item.map(kept).transpose()?.map(|(value, _)| value))
    }

    async fn page<T: DeserializeOwned>(
        &self,
        partition: &str,
        after: Option<&Cursor>,
        limit: usize,
        ascending: bool,
    ) -> Result<Page<T>, StoreError> {
        let Page { items, next } = self.table.page(partition, after, limit, ascending).await?;
        let items = items.into_iter().map(|item| Ok(kept(item)?.0)).collect::<Result<_, StoreError>>()?;
        Ok(Page { items, next })
    }
}

/// A record of an import, which goes with it.
fn of_import<T: Serialize + ?Sized>(key: &Key, value: &T, import: &Import) -> Result<Item, StoreError> {
    let mut item = keep(key.attributes(), SCHEMA, value)?;
    item.insert("ttl".into(), n(import.kept_until().as_second()));
    Ok(item)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(millis in 0_u64..4_000_000_000_000, run in any::<u32>(), part in 0_u32..1_000_000) {
            let id = ImportId::new(millis, [5; 10]);
            for key in [Key::Import(id), Key::Lines(id, run, part), Key::Booked(id, part), Key::Undone(id, part)] {
                let (pk, sk) = key.pair();
                prop_assert_eq!(Key::parse(&pk, &sk), Some(key));
            }
        }
    }
}
