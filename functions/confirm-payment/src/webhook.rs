//! The provider's webhook: believed by its signature, then told to the order that it names.

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use domain::money::Money;
use domain::order::{Command, Order, RefundStatus};
use edge::http::{BODY_LIMIT, internal};
use edge::orders::NotDone;
use edge::payments::{self, PaymentStatus, SessionNews, SignatureError, TOLERANCE_S, WebhookEvent, verify_webhook};
use edge::{Error, Request, Response};
use secrecy::{ExposeSecret, SecretString};
use store::orders::Reader;
use store::stamp::Cause;

use crate::ConfirmPayment;

/// What the provider's word means for an order.
enum Word {
    /// This.
    Payment(Command),
    /// A refund moved: which of the order's it is, the order tells.
    Refund { refund: String, payment: Option<String>, amount: Money, sent: bool },
}

/// POST /api/webhooks/stripe
pub(crate) async fn take(shop: &ConfirmPayment, request: &Request) -> Result<Response, Problem> {
    let event = believed(shop, request).await?;
    let Some((id, word)) = heard(event) else {
        return received();
    };
    let cause = Cause::new("stripe", word.why(), request.correlation());
    let command = |order: Order| std::future::ready(word.command(&order));
    match shop.desk.run(&id, &Reader::Shop, &cause, command).await {
        Ok(_) => received(),
        Err(NotDone::NoOrder) => {
            tracing::warn!(order.id = %id, "the provider tells of an order that there is not");
            received()
        }
        Err(reason) => Err(reason.into()),
    }
}

fn received() -> Result<Response, Problem> {
    Response::json(200, &serde_json::json!({ "received": true }))
}

async fn believed(shop: &ConfirmPayment, request: &Request) -> Result<WebhookEvent, Problem> {
    if shop.context.require("PAYMENT_PROVIDER").is_ok_and(|provider| provider == "none") {
        return Err(Problem::not_found("page"));
    }
    let body = request.body();
    if body.len() > BODY_LIMIT {
        return Err(Problem::new(ProblemKind::TooLarge, "This is no event of the provider's."));
    }
    let signature =
        request.header("stripe-signature").ok_or_else(|| Problem::malformed("The signature is missing."))?;
    let secrets = secrets(shop).await.map_err(|error| internal("the webhook's secret", &error))?;
    verify_webhook(body, signature, &secrets, shop.context.now(), TOLERANCE_S).map_err(|error| refused(&error))
}

/// The parameter holds one secret, or two while one replaces the other.
async fn secrets(shop: &ConfirmPayment) -> Result<Vec<SecretString>, Error> {
    let kept = shop.secrets.read(&shop.context, "STRIPE_WEBHOOK_PARAMETER").await?;
    let parts = kept.expose_secret().split(|character: char| character == ',' || character.is_whitespace());
    Ok(parts.filter(|part| !part.is_empty()).map(SecretString::from).collect())
}

/// Says no without saying what would have been right; an event that cannot be read is quoted nowhere.
fn refused(error: &SignatureError) -> Problem {
    match error {
        SignatureError::Malformed | SignatureError::Mismatch | SignatureError::Stale { .. } => {
            tracing::warn!(error = %error, "a webhook is not believed");
            Problem::malformed("The signature is not good.")
        }
        SignatureError::Unreadable(_) => {
            tracing::error!("a signed webhook cannot be read: does its API version differ from ours?");
            Problem::malformed("The event cannot be read.")
        }
    }
}

/// What an event says to an order; none where there is nothing to do about it.
fn heard(event: WebhookEvent) -> Option<(OrderId, Word)> {
    match event {
        WebhookEvent::CheckoutSessionCompleted(news) | WebhookEvent::AsyncPaymentSucceeded(news) => {
            Some((news.order?, Word::Payment(succeeded(news)?)))
        }
        WebhookEvent::AsyncPaymentFailed(news) => Some((news.order?, Word::Payment(Command::PaymentFailed))),
        WebhookEvent::PaymentAttemptFailed { order, payment_intent: _ } => {
            Some((order?, Word::Payment(Command::PaymentFailed)))
        }
        WebhookEvent::RefundUpdated { refund, order, payment_intent, amount, status } => {
            let sent = match status {
                payments::RefundStatus::Succeeded => true,
                payments::RefundStatus::Failed | payments::RefundStatus::Canceled => false,
                payments::RefundStatus::Pending | payments::RefundStatus::RequiresAction => return None,
            };
            Some((order?, Word::Refund { refund, payment: payment_intent, amount, sent }))
        }
        WebhookEvent::RefundFailed { refund, order, payment_intent, amount } => {
            Some((order?, Word::Refund { refund, payment: payment_intent, amount, sent: false }))
        }
        WebhookEvent::ChargeRefunded { order, payment_intent, refunded } => {
            Some((order?, Word::Payment(Command::RefundElsewhere { payment: payment_intent?, refunded })))
        }
        // The end of a page gives nothing back: the hold's own end does.
        WebhookEvent::CheckoutSessionExpired(_) | WebhookEvent::Other(_) => None,
    }
}

/// The payment of a completed page, once its money is here. The page's id stands in where nothing was charged.
fn succeeded(news: SessionNews) -> Option<Command> {
    match news.payment_status {
        PaymentStatus::Paid | PaymentStatus::NoPaymentRequired => Some(Command::PaymentSucceeded {
            amount: news.amount,
            reference: news.payment_intent.unwrap_or(news.session),
        }),
        PaymentStatus::Unpaid => None,
    }
}

impl Word {
    const fn why(&self) -> &'static str {
        match self {
            Self::Payment(Command::RefundElsewhere { .. }) => "refunded_at_provider",
            Self::Payment(_) => "paid",
            Self::Refund { .. } => "refund_sent",
        }
    }

    fn command(&self, order: &Order) -> Result<Option<Command>, NotDone> {
        match self {
            // The word of the payment itself is on its way still: told again, this one finds it.
            Self::Payment(Command::RefundElsewhere { payment, .. })
                if order.payments.iter().all(|known| known.reference != *payment) =>
            {
                Err(NotDone::Contended)
            }
            Self::Payment(command) => Ok(Some(command.clone())),
            Self::Refund { refund, payment, amount, sent } => {
                let told = order.refunds.iter().find(|known| known.reference.as_ref() == Some(refund));
                let awaited = || {
                    order.refunds.iter().find(|known| {
                        let sent_here = !order.is_credited(known) && order.passed_on(known).is_none();
                        sent_here
                            && known.status == RefundStatus::Pending
                            && payment.as_ref() == Some(&known.payment)
                            && known.amount == *amount
                    })
                };
                let Some(id) = told.or_else(awaited).map(|known| known.id) else { return Ok(None) };
                Ok(Some(if *sent {
                    Command::RefundPaid { refund: Some(id), reference: refund.clone() }
                } else {
                    Command::RefundFailed { refund: id, detail: "The bank sent the refund back.".to_owned() }
                }))
            }
        }
    }
}
