//! Sends refunds of card payments through the provider.
//!
//! Each refund has one idempotency key, made of the order and its place among the order's refunds: however often the
//! message comes, the money goes back once. A refund that the provider will not send becomes due by hand. Transfers
//! are due by hand from the start; there is nothing to do for them. What goes to store credit is put on its account, once
//! by the same name; and what another order's goods paid goes back to that order, which sends it on.

use contracts::event::{Event, Message};
use domain::credit::{CreditAccount, CreditCause, CreditCode, CreditMove};
use domain::order::{Command, Event as OrderEvent, Order, Refund, RefundCause, RefundId, RefundStatus, RefundTo};
use domain::text::Digest;
use edge::deciding::until_written;
use edge::orders::{NotDone, OrderDesk};
use edge::payments::{self, PaymentError, RefundRequest};
use edge::provider::ProviderDoor;
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use store::TxError;
use store::credits::{Credits, Unmoved};
use store::orders::Reader;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = queue::queue::<PayRefund>();

/// The most characters that are kept of what the provider says.
const DETAIL: usize = 300;

/// Sends refunds.
#[derive(Debug)]
pub struct PayRefund {
    context: Context,
    desk: OrderDesk,
    credits: Credits,
    provider: ProviderDoor,
    key: Vec<u8>,
}

impl QueueHandler for PayRefund {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            credits: context.table()?,
            provider: ProviderDoor::new(context),
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let Event::Order(OrderEvent::RefundRequested { order, refund }) = message.event else {
            return Ok(());
        };
        let order = self.desk.load(&order, &Reader::Shop).await?;
        let asked = order.refunds.get(usize::from(refund));
        let Some(asked) = asked.filter(|asked| asked.status == RefundStatus::Pending) else {
            return Ok(());
        };
        let own = || CreditCode::of(&order.email, order.currency(), &self.key).account();
        let command = match (order.passed_on(asked), order.credited(asked, own)) {
            (Some(of), _) => Some(self.pass_on(of, &order, asked, correlation).await?),
            (None, Some(account)) => Some(self.put_on(account, &order, asked).await?),
            (None, None) => self.send(&order, asked).await?,
        };
        let Some(command) = command else {
            return Ok(());
        };
        let cause = Cause::new("pay-refund", "refund_sent", correlation);
        let command = |_| std::future::ready(Ok(Some(command.clone())));
        self.desk.run(&order.id, &Reader::Shop, &cause, command).await?;
        Ok(())
    }
}

impl PayRefund {
    /// Gives a refund back to the order whose goods paid for this one, which sends it on to its payer; what this order is to
    /// hear of it.
    async fn pass_on(&self, of: RefundId, order: &Order, refund: &Refund, correlation: &str) -> Result<Command, Error> {
        let passes_on = RefundId { order: order.id, refund: refund.id };
        let take = Command::TakeBack { refund: of.refund, amount: refund.amount, passes_on };
        let cause = Cause::new("pay-refund", "exchange_undone", correlation);
        let command = |_| std::future::ready(Ok(Some(take.clone())));
        self.desk.run(&of.order, &Reader::Shop, &cause, command).await?;
        Ok(Command::RefundPaid { refund: Some(refund.id), reference: of.to_string() })
    }

    /// Puts a refund on an account of store credit; what the order is to hear of it.
    async fn put_on(&self, id: Digest, order: &Order, refund: &Refund) -> Result<Command, Error> {
        let cause = match (refund.to, refund.cause) {
            (RefundTo::Credit, RefundCause::Returned) => CreditCause::Returned,
            (RefundTo::Credit | RefundTo::Payer | RefundTo::Order(_), _) => CreditCause::GivenBack,
        };
        let reference = format!("{}#{}", order.id, refund.id);
        until_written(&self.context, || async {
            let account = self.credits.get(&id).await?;
            let account = account.unwrap_or_else(|| CreditAccount::empty(id, order.email.clone(), order.currency()));
            let movement = CreditMove { delta: refund.amount, cause, reference: reference.clone() };
            let moved = self.credits.movement(&account, movement, "pay-refund", self.context.now())?;
            let moved = moved.map_err(|refused| NotDone::Provider(refused.into()))?;
            match self.credits.write(moved).await {
                Ok(()) | Err(TxError::Refused(Unmoved::Done)) => Ok(Some(())),
                Err(TxError::Refused(Unmoved::Stale)) => Ok(None),
                Err(TxError::Store(error)) => Err(error.into()),
            }
        })
        .await?;
        Ok(Command::RefundPaid { refund: Some(refund.id), reference })
    }

    /// Sends a refund; what the order is to hear of it. Nothing, while the provider works on it: its webhook tells.
    async fn send(&self, order: &Order, refund: &Refund) -> Result<Option<Command>, Error> {
        let request = RefundRequest {
            payment_intent: refund.payment.clone(),
            amount: refund.amount,
            idempotency_key: format!("{}-refund-{}", order.id, refund.id),
            order: order.id,
        };
        match self.provider.open().await?.refund(&request).await {
            Ok(sent) => Ok(outcome(refund.id, sent)),
            Err(error) if may_pass(&error) => Err(error.into()),
            Err(error) => {
                tracing::warn!(order.id = %order.id, refund = refund.id, error = %error, "a refund was not sent");
                Ok(Some(failed(refund.id, &error.to_string())))
            }
        }
    }
}

fn outcome(refund: u16, sent: payments::Refund) -> Option<Command> {
    match sent.status {
        payments::RefundStatus::Succeeded => Some(Command::RefundPaid { refund: Some(refund), reference: sent.id }),
        payments::RefundStatus::Pending | payments::RefundStatus::RequiresAction => None,
        payments::RefundStatus::Failed => Some(failed(refund, "The bank refused the refund.")),
        payments::RefundStatus::Canceled => Some(failed(refund, "The refund was called off at the provider.")),
    }
}

fn failed(refund: u16, detail: &str) -> Command {
    Command::RefundFailed { refund, detail: detail.chars().take(DETAIL).collect() }
}

/// Whether the same request may be answered otherwise later: when the provider is back, or once the shop's key is
/// good again. An answer that cannot be read may mean that the money has gone: the same key tells, never a hand.
fn may_pass(error: &PaymentError) -> bool {
    match error {
        PaymentError::Unavailable(_) | PaymentError::Unreadable(_) => true,
        PaymentError::Refused { status, .. } => matches!(status, 401 | 403),
        PaymentError::NoProvider | PaymentError::Declined { .. } => false,
    }
}
