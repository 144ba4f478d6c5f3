//! Has staff told each morning of what runs low and of the orders that wait for them; nobody, where nothing does.

use domain::calendar::date;
use edge::schedule::{self, ScheduleHandler};
use edge::{Context, Error, Function};
use store::purchasing::Purchasing;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = schedule::schedule::<DigestLowStock>();

/// How many records are read at a time.
const PAGE: usize = 500;

/// Digests low stock.
#[derive(Debug)]
pub struct DigestLowStock {
    context: Context,
    purchasing: Purchasing,
}

impl ScheduleHandler for DigestLowStock {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { purchasing: context.table()?, context: context.clone() })
    }

    async fn handle(&self) -> Result<(), Error> {
        if !self.something_waits().await? {
            return Ok(());
        }
        let now = self.context.now();
        let today = date(now).to_string();
        let cause = Cause::new("digest-low-stock", "digest", &format!("digest-{today}"));
        Ok(self.purchasing.tell_low(&today, now, cause).await?)
    }
}

impl DigestLowStock {
    /// Whether something is suggested that is not ordered yet, or is low and nothing is ordered of it.
    async fn something_waits(&self) -> Result<bool, Error> {
        let mut after = None;
        loop {
            let page = self.purchasing.looks(after.as_ref(), PAGE).await?;
            if page.items.iter().any(|look| look.is_open() || look.is_low()) {
                return Ok(true);
            }
            after = page.next;
            if after.is_none() {
                return Ok(false);
            }
        }
    }
}
