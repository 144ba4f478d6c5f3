//! Ends each night the returns whose goods have not come in time, so that what they spoke for is free again.

use domain::calendar::date;
use domain::returns::ReturnView;
use domain::returns::{Command, decide};
use edge::orders::NotDone;
use edge::returns::ReturnDesk;
use edge::schedule::{self, ScheduleHandler};
use edge::{Context, Error, Function};
use store::orders::Reader;
use store::returns::Look;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = schedule::schedule::<ExpireReturns>();

/// How many returns are read at a time.
const PAGE: usize = 100;

/// Ends returns.
#[derive(Debug)]
pub struct ExpireReturns {
    context: Context,
    desk: ReturnDesk,
}

impl ScheduleHandler for ExpireReturns {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { desk: ReturnDesk::new(context)?, context: context.clone() })
    }

    async fn handle(&self) -> Result<(), Error> {
        let today = date(self.context.now());
        let (mut after, mut failed) = (None, 0_usize);
        loop {
            let page = self.desk.returns.page(Look::In(ReturnView::Awaited), after.as_ref(), PAGE).await?;
            for back in page.items.iter().filter(|back| back.is_overdue(today)) {
                let cause = Cause::new("expire-returns", "return_expired", &back.id.to_string());
                let expire = self.desk.run(&back.id, &Reader::Shop, &cause, None, |back, order, now| {
                    Ok(decide(back, order, Command::Expire, now)?)
                });
                match expire.await {
                    // Something else became of it meanwhile.
                    Ok(_) | Err(NotDone::Refused(_)) => {}
                    Err(error) => {
                        tracing::warn!(error = %error, "a return was not ended");
                        failed += 1;
                    }
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        // The next night tries again; a failure is told so that somebody hears of it.
        if failed == 0 { Ok(()) } else { Err(format!("{failed} returns were not ended").into()) }
    }
}
