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
        let (mut found, mut failed) = (0_usize, 0_usize);
        loop {
            let page = self.stock.skus(after.as_ref(), PAGE).await?;
            let checks = futures::stream::iter(page.items).map(|sku| async move { self.check(&sku).await });
            let checked: Vec<_> = checks.buffer_unordered(AT_ONCE).collect().await;
            for one in checked {
                match one {
                    Ok(count) => found += count,
                    Err(error) => {
                        tracing::warn!(error = %error, "a SKU was not checked");
                        failed += 1;
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        tracing::info!(ledger.mismatches = found, "the ledger is checked");
        if failed == 0 { Ok(()) } else { Err(format!("{failed} SKUs were not checked").into()) }
    }
}

impl CheckLedger {
    /// Checks a SKU; how many of its counters do not agree.
    async fn check(&self, sku: &Sku) -> Result<usize, Error> {
        let before = self.stock.checked(sku).await?;
        // Before its ledger: what is booked meanwhile is then in the ledger and not yet in the counters.
        let Some(stock) = self.stock.stock(sku).await? else { return Ok(0) };
        let (mut sums, rests) = self.sums(sku, before.sums.clone()).await?;
        if !rests {
            // Nothing can be said of it now, but what was summed is kept.
            let checked = Checked { sums, ..before.clone() };
            return self.keep(sku, &before, &checked, &[]).await.map(|()| 0);
        }
        let mut wrong = sums.against(&stock);
        if !wrong.is_empty() {
            // An entry that was booked late stands before what was summed already.
            (sums, _) = self.sums(sku, Sums::default()).await?;
            wrong = sums.against(&stock);
        }
        let known = |all: &[Mismatch], one: &Mismatch| all.iter().any(|known| known.is_same(one));
        let both: Vec<Mismatch> = wrong.iter().filter(|one| known(&before.found, one)).cloned().collect();
        let news: Vec<Mismatch> = both.iter().filter(|one| !known(&before.told, one)).cloned().collect();
        let count = both.len();
        let checked = Checked { sums, found: wrong, told: both, rev: before.rev };
        self.keep(sku, &before, &checked, &news).await.map(|()| count)
    }

    async fn keep(&self, sku: &Sku, before: &Checked, checked: &Checked, news: &[Mismatch]) -> Result<(), Error> {
        if checked == before {
            return Ok(());
        }
        let cause = Cause::new("check-ledger", "checked", &format!("check-{}", self.context.now().as_second()));
        Ok(self.stock.keep_checked(sku, checked, news, cause).await?)
    }

    /// What the ledger sums up to after `sums`, up to some minutes ago, and whether that is all of it.
    async fn sums(&self, sku: &Sku, mut sums: Sums) -> Result<(Sums, bool), Error> {
        let resting = self.context.now() - RESTING;
        loop {
            let entries = self.stock.ledger_after(sku, sums.through()).await?;
            if entries.is_empty() {
                return Ok((sums, true));
            }
            for (key, entry) in entries {
                if entry.at > resting {
                    return Ok((sums, false));
                }
                sums.add(&key, entry.location.as_ref(), &entry.quantity, entry.delta);
            }
        }
    }
}
