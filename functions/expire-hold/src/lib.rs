//! Ends the hold of an unpaid order when its time is over.
//!
//! The provider's page is shut first. Where it says that the money came, its word is asked for and booked here: the
//! webhook tells the same, and whichever comes second changes nothing.

use domain::id::OrderId;
use domain::order::Command;
use domain::timer::{Timer, TimerKind};
use edge::holds::{Ended, Holds};
use edge::orders::OrderDesk;
use edge::payments::{PaymentStatus, Session, SessionStatus};
use edge::provider::ProviderDoor;
use edge::queue::{self, QueueHandler};
use edge::{Context, Count, Error, Function};
use store::orders::Reader;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = queue::queue::<ExpireHold>();

/// Ends holds.
#[derive(Debug)]
pub struct ExpireHold {
    context: Context,
    holds: Holds,
    desk: OrderDesk,
    provider: ProviderDoor,
}

impl QueueHandler for ExpireHold {
    type Message = Timer;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            holds: Holds::new(context)?,
            desk: OrderDesk::new(context)?,
            provider: ProviderDoor::new(context),
            context: context.clone(),
        })
    }

    async fn handle(&self, timer: Timer, correlation: &str) -> Result<(), Error> {
        match timer.kind {
            TimerKind::HoldEnds => {}
        }
        let order: OrderId = timer.record.parse()?;
        let cause = Cause::new("expire-hold", "hold_ended", correlation);
        match self.holds.end(&order, self.context.now(), &cause).await? {
            Ended::Now => {
                self.context.count(&Count::HoldExpired);
                Ok(())
            }
            Ended::Before => Ok(()),
            // No other timer comes for this hold: the message goes back until its time is over.
            Ended::NotDue(until) => Err(format!("{order} holds its stock until {until}").into()),
            Ended::Paid => self.book_payment(&order, correlation).await,
        }
    }
}

impl ExpireHold {
    async fn book_payment(&self, id: &OrderId, correlation: &str) -> Result<(), Error> {
        let order = self.desk.load(id, &Reader::Shop).await?;
        let Some(page) = &order.payment_session else {
            return Err(format!("{id} was paid on a page that it does not have").into());
        };
        let session = self.provider.open().await?.retrieve_session(&page.id).await?;
        let command = paid(&session).ok_or_else(|| format!("{id}: its page is complete, its money is not here"))?;
        let cause = Cause::new("expire-hold", "paid", correlation);
        self.desk.run(id, &Reader::Shop, &cause, |_| std::future::ready(Ok(Some(command.clone())))).await?;
        Ok(())
    }
}

/// The payment that a page tells of, named as the webhook names it.
fn paid(session: &Session) -> Option<Command> {
    let complete = session.status == SessionStatus::Complete;
    let came = matches!(session.payment_status, PaymentStatus::Paid | PaymentStatus::NoPaymentRequired);
    (complete && came).then(|| Command::PaymentSucceeded {
        amount: session.amount,
        reference: session.payment_intent.clone().unwrap_or_else(|| session.id.clone()),
    })
}
