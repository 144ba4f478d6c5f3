//! Ending the hold of an unpaid order: at the provider first, then in our records.
//!
//! The hold outlives the provider's page. Stock is given back only when the page can no longer take money: closed by
//! us, or by its own time. A page that was paid already leaves the order to the provider's word.

use domain::id::OrderId;
use domain::order::{Command, HoldStatus, Order, OrderStatus, decide};
use domain::refusal::Refusal;
use jiff::Timestamp;
use store::orders::{Orders, Reader};
use store::stamp::Cause;
use store::stock::StockTable;
use store::{NotWritten, TxError};

use crate::context::Context;
use crate::function::Error;
use crate::payments::ExpireOutcome;
use crate::provider::ProviderDoor;

/// How often an order that others write is decided about.
const ATTEMPTS: u32 = 8;

/// What came of ending a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The order expired and its stock is free.
    Now,
    /// There was nothing to end.
    Before,
    /// It runs until then.
    NotDue(Timestamp),
    /// The provider took the money: its word is on the way.
    Paid,
}

/// Ends holds.
#[derive(Debug)]
pub struct Holds {
    context: Context,
    orders: Orders,
    stock: StockTable,
    provider: ProviderDoor,
}

impl Holds {
    /// In this context.
    ///
    /// # Errors
    /// When the template does not name the tables.
    pub fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            orders: context.table()?,
            stock: context.table()?,
            provider: ProviderDoor::new(context),
            context: context.clone(),
        })
    }

    /// Ends the hold of an order, if its time is over.
    ///
    /// # Errors
    /// When a table or the provider does not answer: nothing was given back.
    pub async fn end(&self, id: &OrderId, now: Timestamp, cause: &Cause) -> Result<Ended, Error> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let Some(order) = self.orders.get(id, &Reader::Shop).await? else {
                return Ok(Ended::Before);
            };
            if order.status != OrderStatus::PendingPayment || order.hold.status != HoldStatus::Held {
                return Ok(Ended::Before);
            }
            let decision = match decide(&order, Command::ExpireHold, now) {
                Ok(decision) => decision,
                Err(Refusal::HoldRuns { until }) => return Ok(Ended::NotDue(until)),
                Err(refusal) => return Err(refusal.into()),
            };
            if !self.close_page(&order).await? {
                return Ok(Ended::Paid);
            }
            match self.orders.commit(Some(&self.stock), &decision, cause).await {
                Ok(_) => return Ok(Ended::Now),
                Err(TxError::Refused(NotWritten::Stale)) => {}
                Err(TxError::Refused(NotWritten::NoStock)) => {
                    return Err(format!("{id} holds stock that its offers do not know of").into());
                }
                Err(TxError::Store(error)) => return Err(error.into()),
            }
        }
        Err(format!("{id} is written by too many at once").into())
    }

    /// Closes the provider's page of an order; false when it was paid before.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn close_page(&self, order: &Order) -> Result<bool, Error> {
        let Some(session) = &order.payment_session else {
            return Ok(true);
        };
        match self.provider.open().await?.expire_session(&session.id).await? {
            ExpireOutcome::Expired | ExpireOutcome::AlreadyExpired => Ok(true),
            ExpireOutcome::AlreadyComplete => Ok(false),
        }
    }
}
