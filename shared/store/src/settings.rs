//! The settings table: one record per topic, counted in versions.
//!
//! | access pattern | key |
//! |---|---|
//! | the settings of a topic | `{topic}` |
//!
//! A topic that was never written has its initial settings. [`Cached`] keeps a topic for at most a minute.

use domain::settings::{Setting, Topic};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::db::{Db, StoreError, Table, item_of, n, of_item, s};
use crate::handle::Handle;
use crate::stamp::{Cause, Stamp};

/// The settings table.
#[derive(Debug, Clone)]
pub struct SettingsTable {
    table: Handle,
}

impl Table for SettingsTable {
    const FAMILY: &'static str = "SETTINGS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    schema: u16,
    /// The settings as JSON: they are read and written whole, and never tested by a condition but their version.
    value: String,
}

impl SettingsTable {
    /// The settings of a topic.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn read<S: Setting>(&self) -> Result<S, StoreError> {
        let item = self.table.get_eventually([("pk".to_owned(), key(S::TOPIC))].into()).await?;
        match item {
            None => Ok(S::initial()),
            Some(item) => {
                let record: Record = of_item(item)?;
                serde_json::from_str(&record.value).map_err(|error| StoreError::Corrupt(error.to_string()))
            }
        }
    }

    /// Writes the settings of a topic over the version that they were made from; the new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else wrote that version meanwhile.
    pub async fn write<S: Setting>(&self, settings: S, cause: Cause) -> Result<S, StoreError> {
        let seen = settings.version();
        let next = settings.with_version(seen + 1);
        let value = serde_json::to_string(&next)?;
        let mut item = item_of(&Record { schema: 1, value })?;
        item.insert("pk".into(), key(S::TOPIC));
        Stamp::silent(cause).put_on(&mut item, next.version())?;
        let initial = seen == S::initial().version();
        self.table
            .client()
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(item))
            .condition_expression(if initial { "attribute_not_exists(pk) OR rev = :seen" } else { "rev = :seen" })
            .expression_attribute_values(":seen", n(seen))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(next)
    }
}

fn key(topic: Topic) -> aws_sdk_dynamodb::types::AttributeValue {
    s(topic.as_str())
}

/// How long settings may be out of date where they are cached.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// A topic's settings, read again when they are older than a minute.
#[derive(Debug)]
pub struct Cached<S> {
    table: SettingsTable,
    kept: Mutex<Option<(Timestamp, S)>>,
}

impl<S: Setting + Send> Cached<S> {
    /// Nothing read yet.
    pub fn new(table: SettingsTable) -> Self {
        Self { table, kept: Mutex::new(None) }
    }

    /// The settings, a minute old at most.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, now: Timestamp) -> Result<S, StoreError> {
        let mut kept = self.kept.lock().await;
        if let Some((read, settings)) = kept.as_ref()
            && now.duration_since(*read) < FRESH
            && now >= *read
        {
            return Ok(settings.clone());
        }
        let settings: S = self.table.read().await?;
        *kept = Some((now, settings.clone()));
        Ok(settings)
    }

    /// The same; but where what is wanted is not in them, as they are now: it may just have been put there.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn with(&self, now: Timestamp, wanted: impl Fn(&S) -> bool) -> Result<S, StoreError> {
        let settings = self.get(now).await?;
        if wanted(&settings) {
            return Ok(settings);
        }
        let settings: S = self.table.read().await?;
        *self.kept.lock().await = Some((now, settings.clone()));
        Ok(settings)
    }
}
