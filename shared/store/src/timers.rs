//! The timers table: everything that happens later, by the hour in which it is due.
//!
//! | access pattern | key |
//! |---|---|
//! | what is due in an hour, of a shard, earliest first | `{hour}#{shard}`, `{due}#{kind}#{record}` |
//! | up to which hour everything was fired | `watermark`, `watermark` |

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use domain::timer::{DueHour, Timer, TimerKind};

use crate::db::{Db, StoreError, Table, n, s};
use crate::handle::Handle;

/// The timers table.
#[derive(Debug, Clone)]
pub struct Timers {
    table: Handle,
}

impl Table for Timers {
    const FAMILY: &'static str = "TIMERS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// One timer, in one of so many shards.
    Timer(Timer, u16),
    /// Up to which hour everything was fired.
    Watermark,
}

/// The partition of a shard's hour.
fn partition(hour: DueHour, shard: u16) -> String {
    format!("{hour}#{shard}")
}

impl Key {
    /// The partition and the sort key.
    pub fn pair(&self) -> (String, String) {
        match self {
            Self::Timer(timer, shards) => (
                partition(timer.hour(), timer.shard(*shards)),
                format!("{:012}#{}#{}", timer.due.as_second(), timer.kind, timer.record),
            ),
            Self::Watermark => ("watermark".into(), "watermark".into()),
        }
    }

    /// The timer that this sort key is of.
    pub fn parse_timer(sort: &str) -> Option<Timer> {
        let mut parts = sort.splitn(3, '#');
        let due = Timestamp::from_second(parts.next()?.parse().ok()?).ok()?;
        let name = parts.next()?;
        let kind = *TimerKind::ALL.iter().find(|kind| kind.as_str() == name)?;
        let record = parts.next()?.to_owned();
        Some(Timer { due, kind, record })
    }

    fn attributes(&self) -> std::collections::HashMap<String, AttributeValue> {
        let (pk, sk) = self.pair();
        [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
    }
}

/// A timer found in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is due.
    pub timer: Timer,
    pk: String,
    sk: String,
}

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    pk: String,
    sk: String,
}

impl Timers {
    /// Sets a timer; setting it again changes nothing. A timer in an hour that was fired already is set in the
    /// current one, so that nothing due late is lost.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn set(&self, timer: &Timer, shards: u16, now: Timestamp) -> Result<(), StoreError> {
        let (_, sort) = Key::Timer(timer.clone(), shards).pair();
        let hour = timer.hour().max(DueHour::of(now));
        self.table
            .client()
            .put_item()
            .table_name(&self.table.name)
            .item("pk", s(partition(hour, timer.shard(shards))))
            .item("sk", s(sort))
            .item("schema", n(1))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// What is due by `now` in one shard of one hour, at most `limit`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due(&self, hour: DueHour, shard: u16, now: Timestamp, limit: i32) -> Result<Vec<Due>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND sk < :end")
            .expression_attribute_values(":pk", s(partition(hour, shard)))
            .expression_attribute_values(":end", s(format!("{:012}", now.as_second() + 1)))
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::of)?;
        answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| {
                let KeyRecord { pk, sk } = crate::db::of_item(item)?;
                let timer = Key::parse_timer(&sk).ok_or_else(|| StoreError::Corrupt(format!("no timer: {sk}")))?;
                Ok(Due { timer, pk, sk })
            })
            .collect()
    }

    /// Removes a timer that was handed on.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn remove(&self, due: &Due) -> Result<(), StoreError> {
        self.table
            .client()
            .delete_item()
            .table_name(&self.table.name)
            .key("pk", s(&due.pk))
            .key("sk", s(&due.sk))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    /// The first hour that may hold timers which were not fired; none before the first run.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn watermark(&self) -> Result<Option<DueHour>, StoreError> {
        let item = self.table.get_eventually(Key::Watermark.attributes()).await?;
        Ok(item.and_then(|item| item.get("hour")?.as_n().ok()?.parse().ok()).map(DueHour::at))
    }

    /// Raises the watermark: every hour before `hour` is fired.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn raise_watermark(&self, hour: DueHour) -> Result<(), StoreError> {
        let (pk, sk) = Key::Watermark.pair();
        self.table
            .client()
            .put_item()
            .table_name(&self.table.name)
            .item("pk", s(pk))
            .item("sk", s(sk))
            .item("hour", n(hour.get()))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_timer_key_round_trips(due in 0_i64..4_000_000_000, record in "[a-z0-9_]{1,40}", shards in 1_u16..64) {
            let timer = Timer { due: Timestamp::from_second(due).unwrap(), kind: TimerKind::HoldEnds, record };
            let (pk, sk) = Key::Timer(timer.clone(), shards).pair();
            prop_assert_eq!(Key::parse_timer(&sk), Some(timer.clone()));
            let prefix = format!("{}#", timer.hour());
            prop_assert!(pk.starts_with(&prefix));
        }
    }

    #[test]
    fn timers_of_an_hour_sort_by_their_time() {
        let at = |secs| Timer {
            due: Timestamp::from_second(secs).unwrap(),
            kind: TimerKind::HoldEnds,
            record: "ord_x".into(),
        };
        let (pk, early) = Key::Timer(at(1_800_000_001), 1).pair();
        let (_, late) = Key::Timer(at(1_800_000_500), 1).pair();
        assert_eq!(pk, "500000#0");
        assert_eq!(early, "001800000001#hold_ends#ord_x");
        assert!(early < late);
    }
}
