//! Sets a timer for everything that an event says is due later.
//!
//! Setting one again changes nothing, so a message may come twice. It deliberately reads no order: what a timer still
//! means is asked when it fires.

use contracts::event::{Event, Message};
use domain::order::Event as OrderEvent;
use domain::timer::{Timer, TimerKind};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use store::timers::Timers;

/// The function.
pub const FUNCTION: Function = queue::queue::<SetTimers>();

/// Sets timers.
#[derive(Debug)]
pub struct SetTimers {
    context: Context,
    timers: Timers,
    shards: u16,
}

impl QueueHandler for SetTimers {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            timers: context.table()?,
            shards: context.require("TIMER_SHARDS")?.parse()?,
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, _correlation: &str) -> Result<(), Error> {
        let Event::Order(OrderEvent::OrderPlaced { order, until }) = message.event else {
            return Ok(());
        };
        let timer = Timer { due: whole_second(until)?, kind: TimerKind::HoldEnds, record: order.to_string() };
        self.timers.set(&timer, self.shards, self.context.now()).await?;
        Ok(())
    }
}

/// The second in which `moment` is over: timers are kept by the second, and one that fires a moment too early would
/// find nothing to do yet.
fn whole_second(moment: Timestamp) -> Result<Timestamp, Error> {
    Ok(moment.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil))?)
}
