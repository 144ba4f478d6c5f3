//! Has every SKU that has a reorder rule looked at, each night.

use edge::reordering::have_all_looked_at;
use edge::schedule::{self, ScheduleHandler};
use edge::{Context, Error, Function, Sender};
use store::purchasing::Purchasing;

/// The function.
pub const FUNCTION: Function = schedule::schedule::<PlanReorders>();

/// Plans reorders.
#[derive(Debug)]
pub struct PlanReorders {
    context: Context,
    purchasing: Purchasing,
    sender: Sender,
    queue: String,
}

impl ScheduleHandler for PlanReorders {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            purchasing: context.table()?,
            sender: Sender::new(context),
            queue: context.require("REORDERS_QUEUE")?,
            context: context.clone(),
        })
    }

    async fn handle(&self) -> Result<(), Error> {
        let run = format!("nightly-{}", self.context.now().as_second());
        let skus = have_all_looked_at(&self.purchasing, &self.sender, &self.queue, &run).await?;
        tracing::info!(reorder.skus = skus, "looked at in the next moments");
        Ok(())
    }
}
