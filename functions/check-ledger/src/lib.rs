//! Checks each night that every counter of the stock is the sum of its ledger, and has the owner told where one is not.
//!
//! What was summed is kept, so that a night reads the day's entries alone. It runs twice a night: what moved while it
//! looks may not be booked yet, so only what both runs find is told. A SKU that moved within the last minutes is left for
//! the next run.

use domain::stock::{Mismatch, Sums};
use domain::text::Sku;
use edge::schedule::{self, ScheduleHandler};
use edge::{Context, Error, Function};
use futures::StreamExt;
use jiff::SignedDuration;
use store::stamp::Cause;
use store::stock::{Checked, StockTable};

/// The function.
pub const FUNCTION: Function = schedule::schedule::<CheckLedger>();

/// How many SKUs are read at a time, and how many of them are checked at once.
const PAGE: usize = 500;
const AT_ONCE: usize = 16;
/// How long after its last entry a SKU counts as at rest.
const RESTING: SignedDuration = SignedDuration::from_mins(10);

/// Checks the ledger.
#[derive(Debug)]
pub struct CheckLedger {
    context: Context,
    stock: StockTable,
}

impl ScheduleHandler for CheckLedger {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { stock: context.table()?, context: context.clone() })
    }

    async fn handle(&self) -> Result<(), Error> {
        let mut after = None;
        let mut found = 0_usize;
        loop {
            let page = self.stock.skus(after.as_ref(), PAGE).await?;
            let checks = futures::stream::iter(page.items).map(|sku| async move { self.check(&sku).await });
            let checked: Vec<_> = checks.buffer_unordered(AT_ONCE).collect().await;
            for one in checked {
                found += one?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        tracing::info!(ledger.mismatches = found, "the ledger is checked");
        Ok(())
    }
}

impl CheckLedger {
    /// Checks a SKU; how many of its counters do not agree.
    async fn check(&self, sku: &Sku) -> Result<usize, Error> {
        let before = self.stock.checked(sku).await?;
        // Before its ledger: what is booked meanwhile is then in the ledger and not yet in the counters.
        let Some(stock) = self.stock.stock(sku).await? else { return Ok(0) };
        let Some(sums) = self.sums(sku, &before).await? else { return Ok(0) };
        let wrong = sums.against(&stock);
        let both: Vec<Mismatch> = wrong.iter().filter(|one| before.found.contains(one)).cloned().collect();
        let news: Vec<Mismatch> = both.iter().filter(|one| !before.told.contains(one)).cloned().collect();
        let count = both.len();
        if sums != before.sums || wrong != before.found || both != before.told {
            let checked = Checked { sums, found: wrong, told: both, rev: before.rev };
            let cause = Cause::new("check-ledger", "checked", &format!("check-{}", self.context.now().as_second()));
            self.stock.keep_checked(sku, &checked, &news, cause).await?;
        }
        Ok(count)
    }

    /// What the ledger sums up to. None: it moved just now.
    async fn sums(&self, sku: &Sku, before: &Checked) -> Result<Option<Sums>, Error> {
        let resting = self.context.now() - RESTING;
        let mut sums = before.sums.clone();
        loop {
            let entries = self.stock.ledger_after(sku, sums.through()).await?;
            if entries.is_empty() {
                return Ok(Some(sums));
            }
            for (key, entry) in entries {
                if entry.at > resting {
                    return Ok(None);
                }
                sums.add(&key, entry.location.as_ref(), &entry.quantity, entry.delta);
            }
        }
    }
}
