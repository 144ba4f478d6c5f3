//! The payment provider: its hosted pay page, refunds, and the word it sends back.
//!
//! Knows Stripe's API as far as the shop uses it (Checkout Sessions of one total, refunds, signed webhooks). It
//! deliberately knows no order state, reads no configuration and never sees a card: what a payment means for an order is
//! decided elsewhere. The calls go out through the HTTP client the AWS clients use,
//! so the local engine answers them in process.

use domain::id::OrderId;
use domain::money::Money;
use domain::text::Email;
use jiff::Timestamp;
use serde::Deserialize;

mod amount;
mod stripe;
mod webhook;

pub use stripe::Stripe;
pub use webhook::{SessionNews, SignatureError, TOLERANCE_S, WebhookEvent, verify_webhook};

/// The version of Stripe's API that requests ask for and answers are read as.
pub const API_VERSION: &str = "2025-03-31.basil";

/// Why the provider did not do it.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The shop runs without a payment provider.
    #[error("the shop has no payment provider")]
    NoProvider,
    /// The bank said no: another card may do. The message is written for the cardholder.
    #[error("declined ({code}): {message}")]
    Declined {
        /// Stripe's `decline_code`, else its `code`.
        code: String,
        /// What the cardholder may read.
        message: String,
    },
    /// No answer, or one that says 'later'. What was asked may have happened: ask again with the same idempotency key.
    #[error("the payment provider is unavailable: {0}")]
    Unavailable(String),
    /// The provider refuses the request as it stands; sending it again changes nothing.
    #[error("the payment provider refused with {status} ({code}): {message}")]
    Refused {
        /// HTTP status; 0 where the request was refused before it was sent.
        status: u16,
        /// Stripe's `code`, else its `type`.
        code: String,
        /// Stripe's message, for the log.
        message: String,
    },
    /// The provider did it and answered what nobody understands.
    #[error("the payment provider's answer cannot be read: {0}")]
    Unreadable(String),
}

impl PaymentError {
    /// Whether the same request with the same idempotency key may succeed later.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::NoProvider | Self::Declined { .. } | Self::Refused { .. } | Self::Unreadable(_) => false,
        }
    }
}

/// A pay page to be made for one attempt to pay one order.
///
/// The idempotency key is order and attempt, and Stripe refuses a known key with other parameters: the same attempt must
/// bring the same `expires_at`, so it is taken from what is stored, not from the clock at each try.
#[derive(Debug, Clone)]
pub struct SessionRequest {
    /// The order that is paid; comes back as the session's client_reference_id and the payment's metadata.
    pub order: OrderId,
    /// Counts the order's pay pages, from 1.
    pub attempt: u32,
    /// The order's total.
    pub amount: Money,
    /// The buyer's address, filled in on the pay page.
    pub email: Email,
    /// What is bought, one text a line ("2 x Enamel mug").
    pub lines: Vec<String>,
    /// Where the shopper goes after paying; `{CHECKOUT_SESSION_ID}` in it is replaced by the session's id.
    pub success_url: String,
    /// Where the shopper goes who turns back.
    pub cancel_url: String,
    /// The pay page's end: 30 minutes to 24 hours after it is made.
    pub expires_at: Timestamp,
}

/// A pay page just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// `cs_...`
    pub id: String,
    /// The pay page.
    pub url: String,
    /// Its end.
    pub expires_at: Timestamp,
}

/// How far a pay page came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Waits for the shopper.
    Open,
    /// The shopper is through; the money may still be on its way.
    Complete,
    /// Over; nothing was and nothing can be paid on it.
    Expired,
}

/// Whether a session's money came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// It came.
    Paid,
    /// It did not, or not yet.
    Unpaid,
    /// None was asked for.
    NoPaymentRequired,
}

/// A pay page as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// `cs_...`
    pub id: String,
    /// The pay page, while it is open.
    pub url: Option<String>,
    /// Its end.
    pub expires_at: Timestamp,
    /// How far it came.
    pub status: SessionStatus,
    /// The order it is for; none where it was not made by this shop.
    pub order: Option<OrderId>,
    /// Whether its money came, and how much, under which payment.
    pub payment_status: PaymentStatus,
    /// `pi_...`, once a payment was begun.
    pub payment_intent: Option<String>,
    /// What is to pay.
    pub amount: Money,
}

/// What came of ending a pay page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpireOutcome {
    /// It was open and nobody can pay on it any more.
    Expired,
    /// The shopper was faster: the webhook tells what was paid.
    AlreadyComplete,
    /// It had ended before.
    AlreadyExpired,
}

/// Money to send back.
#[derive(Debug, Clone)]
pub struct RefundRequest {
    /// The payment it comes from, `pi_...`.
    pub payment_intent: String,
    /// How much; at most what that payment still holds.
    pub amount: Money,
    /// One key per refund the shop decided: however often it is sent, it is paid once.
    pub idempotency_key: String,
    /// The order, kept in the refund's metadata.
    pub order: OrderId,
}

/// How far a refund came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// Waits for the buyer to do something.
    RequiresAction,
    /// Sent.
    Succeeded,
    /// The bank sent it back.
    Failed,
    /// Called off.
    Canceled,
}

/// A refund at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// `re_...`
    pub id: String,
    /// How far it came.
    pub status: RefundStatus,
}

/// Who takes the shop's card payments.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Stripe, or what answers in its place.
    Stripe(Stripe),
    /// Nobody: the shop sells by bank transfer alone.
    None,
}

impl Provider {
    fn stripe(&self) -> Result<&Stripe, PaymentError> {
        match self {
            Self::Stripe(stripe) => Ok(stripe),
            Self::None => Err(PaymentError::NoProvider),
        }
    }

    /// Makes a pay page. The same order and attempt give the same page again.
    ///
    /// # Errors
    /// As the provider answers; see [`PaymentError`].
    pub async fn create_session(&self, request: &SessionRequest) -> Result<OpenSession, PaymentError> {
        self.stripe()?.create_session(request).await
    }

    /// Ends a pay page, so that its order's hold may be let go.
    ///
    /// # Errors
    /// As the provider answers; see [`PaymentError`]. A session it does not know is `Refused` with 404.
    pub async fn expire_session(&self, id: &str) -> Result<ExpireOutcome, PaymentError> {
        self.stripe()?.expire_session(id).await
    }

    /// Reads a pay page.
    ///
    /// # Errors
    /// As the provider answers; see [`PaymentError`].
    pub async fn retrieve_session(&self, id: &str) -> Result<Session, PaymentError> {
        self.stripe()?.retrieve_session(id).await
    }

    /// Sends money back. The same idempotency key gives the same refund again.
    ///
    /// # Errors
    /// As the provider answers; see [`PaymentError`].
    pub async fn refund(&self, request: &RefundRequest) -> Result<Refund, PaymentError> {
        self.stripe()?.refund(request).await
    }
}
