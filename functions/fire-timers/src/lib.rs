//! Hands everything that is due to the queue of its kind, each minute.
//!
//! A timer is removed only after its message is sent: it may fire twice, never not at all.

use contracts::event::timer_queue_variable;
use domain::timer::{DueHour, TimerKind};
use edge::schedule::{self, ScheduleHandler};
use edge::{Context, Error, Function, Outgoing, Sender};
use jiff::SignedDuration;
use store::timers::Timers;
use tokio::sync::Mutex;

/// The function.
pub const FUNCTION: Function = schedule::schedule::<FireTimers>();

/// The most timers of one shard that one round takes.
const ROUND: i32 = 100;

/// How many hours the very first run looks back, for timers set before the schedule began.
const FIRST_LOOK_BACK: i64 = 24;

/// How long the hour before the current one stays open: a timer that was set while the hour turned may land in it.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// Hands due timers on.
#[derive(Debug)]
pub struct FireTimers {
    context: Context,
    timers: Timers,
    sender: Sender,
    shards: u16,
    /// The first hour that is not fired yet, as this environment last saw it: most ticks read nothing else.
    fired_before: Mutex<Option<DueHour>>,
}

impl ScheduleHandler for FireTimers {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            timers: context.table()?,
            sender: Sender::new(context),
            shards: context.require("TIMER_SHARDS")?.parse()?,
            context: context.clone(),
            fired_before: Mutex::new(None),
        })
    }

    async fn handle(&self) -> Result<(), Error> {
        let now = self.context.now();
        let current = DueHour::of(now);
        let mut known = self.fired_before.lock().await;
        let watermark = match *known {
            Some(hour) => Some(hour),
            None => self.timers.watermark().await?,
        };
        let first = watermark.unwrap_or(DueHour::at(current.get() - FIRST_LOOK_BACK));
        for hour in first.through(current) {
            for shard in 0..self.shards {
                self.fire(hour, shard).await?;
            }
        }
        let settled = DueHour::of(now - GRACE);
        *known = watermark;
        if watermark.is_none_or(|hour| hour < settled) {
            self.timers.raise_watermark(settled).await?;
            *known = Some(settled);
        }
        Ok(())
    }
}

impl FireTimers {
    async fn fire(&self, hour: DueHour, shard: u16) -> Result<(), Error> {
        loop {
            let due = self.timers.due(hour, shard, self.context.now(), ROUND).await?;
            let mut sent = 0_usize;
            for one in &due {
                let url = self.queue(one.timer.kind)?;
                let message = Outgoing::new(&one.timer, &one.timer.record)?;
                if self.sender.send(&url, &[message]).await.is_empty() {
                    self.timers.remove(one).await?;
                    sent += 1;
                }
            }
            if sent < due.len() {
                return Err("some due timers were not handed on; the next minute tries again".into());
            }
            if due.len() < usize::try_from(ROUND)? {
                return Ok(());
            }
        }
    }

    fn queue(&self, kind: TimerKind) -> Result<String, Error> {
        Ok(self.context.require(timer_queue_variable(kind))?)
    }
}
