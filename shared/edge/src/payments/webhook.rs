//! The provider's word that something happened: signed, timed, typed.
//!
//! Knows Stripe's signature scheme (<https://docs.stripe.com/webhooks#verify-manually>) and the few event types the shop
//! acts on. It deliberately keeps no memory of event ids: an event is a reason to look at the order, and the order's
//! state decides what it still means.

use domain::id::OrderId;
use domain::money::Money;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::amount::from_wire;
use super::stripe::{RefundBody, SessionBody};
use super::{PaymentStatus, RefundStatus};

/// How far a webhook's own time may lie from ours, seconds: what Stripe's libraries allow.
pub const TOLERANCE_S: u32 = 300;

/// More signatures than a rotation of secrets ever brings: each costs a hash.
const MOST_SIGNATURES: usize = 16;

/// Why a webhook is not believed, or not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not `t=...,v1=...`.
    #[error("the signature header cannot be read")]
    Malformed,
    /// No secret of ours made any of the signatures.
    #[error("no signature matches")]
    Mismatch,
    /// Signed by us, but too long ago or ahead of our clock: a replay.
    #[error("signed {age_s} s ago")]
    Stale {
        /// Seconds; negative when it lies ahead.
        age_s: i64,
    },
    /// Signed, and not an event this version of the API sends.
    #[error("the event cannot be read: {0}")]
    Unreadable(String),
}

/// What a webhook tells of one pay page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNews {
    /// `cs_...`
    pub session: String,
    /// The order it is for; none where this shop did not make it.
    pub order: Option<OrderId>,
    /// `pi_...`, once a payment was begun.
    pub payment_intent: Option<String>,
    /// What was to pay.
    pub amount: Money,
    /// Whether it came.
    pub payment_status: PaymentStatus,
}

/// What happened at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookEvent {
    /// The shopper is through; paid unless `payment_status` says otherwise.
    CheckoutSessionCompleted(SessionNews),
    /// Money of a completed session came after all.
    AsyncPaymentSucceeded(SessionNews),
    /// Money of a completed session will not come.
    AsyncPaymentFailed(SessionNews),
    /// A pay page ended unpaid.
    CheckoutSessionExpired(SessionNews),
    /// A card was declined; the pay page stays open.
    PaymentAttemptFailed {
        /// The order it is for.
        order: Option<OrderId>,
        /// `pi_...`
        payment_intent: String,
    },
    /// Money of a payment was sent back, here or in Stripe's dashboard.
    ChargeRefunded {
        /// The order it is for.
        order: Option<OrderId>,
        /// `pi_...`
        payment_intent: Option<String>,
        /// All that was sent back so far.
        refunded: Money,
    },
    /// A refund's state moved.
    RefundUpdated {
        /// `re_...`
        refund: String,
        /// The order it is for.
        order: Option<OrderId>,
        /// `pi_...`
        payment_intent: Option<String>,
        /// The refund's amount.
        amount: Money,
        /// Its state now.
        status: RefundStatus,
    },
    /// A refund came back from the bank.
    RefundFailed {
        /// `re_...`
        refund: String,
        /// The order it is for.
        order: Option<OrderId>,
        /// `pi_...`
        payment_intent: Option<String>,
        /// The refund's amount.
        amount: Money,
    },
    /// Something the shop does not act on: its type.
    Other(String),
}

/// Believes a webhook and reads it.
///
/// `signature_header` is the value of `Stripe-Signature`; any of `secrets` may have signed, so that a secret can be
/// rotated. The comparison takes the same time whatever differs; the time is judged only once the signature is right.
///
/// # Errors
/// Anything but a fresh, rightly signed event of a known shape. All but `Unreadable` are the sender's fault.
pub fn verify_webhook(
    payload: &[u8],
    signature_header: &str,
    secrets: &[SecretString],
    now: Timestamp,
    tolerance_s: u32,
) -> Result<WebhookEvent, SignatureError> {
    let signature = Signature::parse(signature_header)?;
    if !secrets.iter().any(|secret| signature.made_by(secret, payload)) {
        return Err(SignatureError::Mismatch);
    }
    let age_s = now.as_second().saturating_sub(signature.time);
    if age_s.unsigned_abs() > u64::from(tolerance_s) {
        return Err(SignatureError::Stale { age_s });
    }
    read(payload)
}

/// `t=1492774577,v1=<hex>,v1=<hex>,v0=<hex>`: the time and every signature of scheme v1.
struct Signature<'a> {
    time: i64,
    /// The time as it was written: that text was signed.
    written: &'a str,
    tags: Vec<[u8; 32]>,
}

impl<'a> Signature<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        let mut time = None;
        let mut tags = Vec::new();
        for part in header.split(',') {
            let (scheme, value) = part.split_once('=').ok_or(SignatureError::Malformed)?;
            match scheme.trim() {
                "t" => time = Some(value.trim()),
                "v1" => {
                    if tags.len() == MOST_SIGNATURES {
                        return Err(SignatureError::Malformed);
                    }
                    // A tag of another length matches nothing; another one may.
                    if let Some(tag) = tag(value.trim()) {
                        tags.push(tag);
                    }
                }
                // Schemes of other times, v0 among them.
                _ => {}
            }
        }
        let written = time.ok_or(SignatureError::Malformed)?;
        Ok(Self { time: written.parse().map_err(|_| SignatureError::Malformed)?, written, tags })
    }

    fn made_by(&self, secret: &SecretString, payload: &[u8]) -> bool {
        // HMAC takes a key of any length; an empty one would let anybody sign.
        let key = secret.expose_secret().as_bytes();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return false;
        };
        if key.is_empty() {
            return false;
        }
        mac.update(self.written.as_bytes());
        mac.update(b".");
        mac.update(payload);
        self.tags.iter().any(|tag| mac.clone().verify_slice(tag).is_ok())
    }
}

fn tag(hex: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?.try_into().ok()
}

#[derive(Deserialize)]
struct EventBody {
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Value,
}

#[derive(Deserialize)]
struct ChargeBody {
    payment_intent: Option<String>,
    amount_refunded: i64,
    currency: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct IntentBody {
    id: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    order: Option<String>,
}

impl Metadata {
    fn order(&self) -> Option<OrderId> {
        self.order.as_deref()?.parse().ok()
    }
}

fn read(payload: &[u8]) -> Result<WebhookEvent, SignatureError> {
    let EventBody { kind, data } = serde_json::from_slice(payload).map_err(unreadable)?;
    let object = data.object;
    Ok(match kind.as_str() {
        "checkout.session.completed" => WebhookEvent::CheckoutSessionCompleted(news(object)?),
        "checkout.session.async_payment_succeeded" => WebhookEvent::AsyncPaymentSucceeded(news(object)?),
        "checkout.session.async_payment_failed" => WebhookEvent::AsyncPaymentFailed(news(object)?),
        "checkout.session.expired" => WebhookEvent::CheckoutSessionExpired(news(object)?),
        "payment_intent.payment_failed" => {
            let intent: IntentBody = serde_json::from_value(object).map_err(unreadable)?;
            WebhookEvent::PaymentAttemptFailed { order: intent.metadata.order(), payment_intent: intent.id }
        }
        "charge.refunded" => {
            let charge: ChargeBody = serde_json::from_value(object).map_err(unreadable)?;
            WebhookEvent::ChargeRefunded {
                order: charge.metadata.order(),
                refunded: from_wire(charge.amount_refunded, &charge.currency).map_err(SignatureError::Unreadable)?,
                payment_intent: charge.payment_intent,
            }
        }
        "refund.updated" | "charge.refund.updated" => {
            let refund = Refunded::read(object)?;
            WebhookEvent::RefundUpdated {
                order: refund.order,
                amount: refund.amount,
                refund: refund.body.id,
                payment_intent: refund.body.payment_intent,
                status: refund.body.status,
            }
        }
        "refund.failed" => {
            let refund = Refunded::read(object)?;
            WebhookEvent::RefundFailed {
                order: refund.order,
                amount: refund.amount,
                refund: refund.body.id,
                payment_intent: refund.body.payment_intent,
            }
        }
        _ => WebhookEvent::Other(kind),
    })
}

struct Refunded {
    order: Option<OrderId>,
    amount: Money,
    body: RefundBody,
}

impl Refunded {
    fn read(object: Value) -> Result<Self, SignatureError> {
        let body: RefundBody = serde_json::from_value(object).map_err(unreadable)?;
        Ok(Self {
            order: body.metadata.get("order").and_then(|order| order.parse().ok()),
            amount: from_wire(body.amount, &body.currency).map_err(SignatureError::Unreadable)?,
            body,
        })
    }
}

fn news(object: Value) -> Result<SessionNews, SignatureError> {
    let session: SessionBody = serde_json::from_value(object).map_err(unreadable)?;
    Ok(SessionNews {
        order: session.order(),
        amount: from_wire(session.amount_total, &session.currency).map_err(SignatureError::Unreadable)?,
        session: session.id,
        payment_intent: session.payment_intent,
        payment_status: session.payment_status,
    })
}

fn unreadable(error: serde_json::Error) -> SignatureError {
    SignatureError::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "whsec_test";
    const OTHER: &str = "whsec_older";
    const NOW: i64 = 1_790_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    fn signed(secret: &str, at: i64, payload: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(payload);
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    fn header(secret: &str, at: i64, payload: &[u8]) -> String {
        format!("t={at},v1={}", signed(secret, at, payload))
    }

    fn order() -> OrderId {
        OrderId::new(1_790_000_000_000, [7; 10])
    }

    fn event(kind: &str, object: Value) -> Vec<u8> {
        serde_json::json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } })
            .to_string()
            .into_bytes()
    }

    fn session(status: &str, payment_status: &str) -> Value {
        serde_json::json!({
            "id": "cs_test_1", "object": "checkout.session", "url": null, "expires_at": NOW, "status": status,
            "payment_status": payment_status, "payment_intent": "pi_1", "amount_total": 1999, "currency": "eur",
            "client_reference_id": order().to_string(),
        })
    }

    fn verify(payload: &[u8], header: &str) -> Result<WebhookEvent, SignatureError> {
        verify_webhook(payload, header, &secrets(&[SECRET]), now(), TOLERANCE_S)
    }

    #[test]
    fn a_completed_session_is_read() {
        let payload = event("checkout.session.completed", session("complete", "paid"));
        assert_eq!(
            verify(&payload, &header(SECRET, NOW, &payload)),
            Ok(WebhookEvent::CheckoutSessionCompleted(SessionNews {
                session: "cs_test_1".to_owned(),
                order: Some(order()),
                payment_intent: Some("pi_1".to_owned()),
                amount: Money { amount: 1999, currency: "EUR".parse().unwrap() },
                payment_status: PaymentStatus::Paid,
            }))
        );
    }

    #[test]
    fn a_session_of_another_shop_has_no_order() {
        let mut object = session("complete", "paid");
        object["client_reference_id"] = "invoice 12".into();
        let payload = event("checkout.session.completed", object);
        let Ok(WebhookEvent::CheckoutSessionCompleted(news)) = verify(&payload, &header(SECRET, NOW, &payload)) else {
            panic!("not read");
        };
        assert_eq!(news.order, None);
    }

    #[test]
    fn refunds_and_the_rest_are_read() {
        let refund = serde_json::json!({
            "id": "re_1", "payment_intent": "pi_1", "amount": 500, "currency": "jpy", "status": "failed",
            "metadata": { "order": order().to_string() },
        });
        let charge = serde_json::json!({
            "id": "ch_1", "payment_intent": "pi_1", "amount_refunded": 500, "currency": "jpy", "metadata": {},
        });
        let intent = serde_json::json!({ "id": "pi_1", "metadata": { "order": order().to_string() } });
        let money = Money { amount: 500, currency: "JPY".parse().unwrap() };
        for (kind, object, expected) in [
            (
                "refund.failed",
                refund.clone(),
                WebhookEvent::RefundFailed {
                    refund: "re_1".to_owned(),
                    order: Some(order()),
                    payment_intent: Some("pi_1".to_owned()),
                    amount: money,
                },
            ),
            (
                "refund.updated",
                refund,
                WebhookEvent::RefundUpdated {
                    refund: "re_1".to_owned(),
                    order: Some(order()),
                    payment_intent: Some("pi_1".to_owned()),
                    amount: money,
                    status: RefundStatus::Failed,
                },
            ),
            (
                "charge.refunded",
                charge,
                WebhookEvent::ChargeRefunded { order: None, payment_intent: Some("pi_1".to_owned()), refunded: money },
            ),
            (
                "payment_intent.payment_failed",
                intent,
                WebhookEvent::PaymentAttemptFailed { order: Some(order()), payment_intent: "pi_1".to_owned() },
            ),
            ("customer.created", Value::Null, WebhookEvent::Other("customer.created".to_owned())),
        ] {
            let payload = event(kind, object);
            assert_eq!(verify(&payload, &header(SECRET, NOW, &payload)), Ok(expected));
        }
    }

    #[test]
    fn any_of_several_secrets_and_signatures_will_do() {
        let payload = event("customer.created", Value::Null);
        let both =
            format!("t={NOW},v1={},v1={},v0=00", signed("whsec_unknown", NOW, &payload), signed(OTHER, NOW, &payload));
        let verified = verify_webhook(&payload, &both, &secrets(&[SECRET, OTHER]), now(), TOLERANCE_S);
        assert!(verified.is_ok());
        assert_eq!(verify(&payload, &both), Err(SignatureError::Mismatch));
    }

    #[test]
    fn forged_stale_and_empty_are_told_apart() {
        let payload = event("customer.created", Value::Null);
        let right = header(SECRET, NOW, &payload);
        assert_eq!(verify(b"{}", &right), Err(SignatureError::Mismatch), "another body");
        let moved = right.replace(&NOW.to_string(), &(NOW + 1).to_string());
        assert_eq!(verify(&payload, &moved), Err(SignatureError::Mismatch), "another time");
        for (age_s, fresh) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let at = NOW - age_s;
            let verified = verify(&payload, &header(SECRET, at, &payload));
            assert_eq!(verified.is_ok(), fresh, "{age_s}");
            if !fresh {
                assert_eq!(verified, Err(SignatureError::Stale { age_s }));
            }
        }
        let unsigned = verify_webhook(&payload, &header("", NOW, &payload), &secrets(&[""]), now(), TOLERANCE_S);
        assert_eq!(unsigned, Err(SignatureError::Mismatch), "an empty secret signs nothing");
        assert_eq!(verify_webhook(&payload, &right, &[], now(), TOLERANCE_S), Err(SignatureError::Mismatch));
        let many = format!("{right}{}", ",v1=00".repeat(100));
        assert!(verify(&payload, &many).is_ok(), "tags of a wrong length are skipped");
        let many = format!("{right}{}", format!(",v1={}", "00".repeat(32)).repeat(100));
        assert_eq!(verify(&payload, &many), Err(SignatureError::Malformed));
    }

    #[test]
    fn signed_nonsense_is_unreadable() {
        for payload in [b"".as_slice(), b"null", b"{\"type\":\"checkout.session.completed\",\"data\":{\"object\":{}}}"]
        {
            assert!(matches!(verify(payload, &header(SECRET, NOW, payload)), Err(SignatureError::Unreadable(_))));
        }
    }

    proptest! {
        #[test]
        fn garbage_headers_are_refused(header in ".{0,200}", payload in proptest::collection::vec(any::<u8>(), 0..64)) {
            let verified = verify(&payload, &header);
            prop_assert!(matches!(verified, Err(SignatureError::Malformed | SignatureError::Mismatch)));
        }

        #[test]
        fn garbage_of_the_right_shape_is_refused(
            parts in proptest::collection::vec(
                ("(t|v1|v0| t|v1 |)", "(-?[0-9]{0,22}|[0-9a-fA-F]{0,70}|[^,]{0,8})"),
                0..12,
            ),
        ) {
            let header = parts.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",");
            let verified = verify(b"{}", &header);
            prop_assert!(matches!(verified, Err(SignatureError::Malformed | SignatureError::Mismatch)));
        }

        #[test]
        fn what_is_signed_is_believed_and_one_changed_byte_is_not(
            payload in proptest::collection::vec(any::<u8>(), 1..200),
            index in any::<proptest::sample::Index>(),
            change in 1u8..,
        ) {
            let header = header(SECRET, NOW, &payload);
            let verified = verify(&payload, &header);
            prop_assert!(matches!(verified, Ok(_) | Err(SignatureError::Unreadable(_))));
            let mut other = payload.clone();
            other[index.index(payload.len())] ^= change;
            prop_assert_eq!(verify(&other, &header), Err(SignatureError::Mismatch));
        }
    }
}
