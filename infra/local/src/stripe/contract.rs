//! Both sides of the wire: the shop's client of the provider talks to the stand-in, and reads its webhooks.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use domain::id::OrderId;
use domain::money::Money;
use edge::payments::{
    ExpireOutcome, PaymentError, PaymentStatus, Provider, RefundRequest, RefundStatus, SessionRequest, SessionStatus,
    TOLERANCE_S, WebhookEvent, verify_webhook,
};
use jiff::{SignedDuration, Timestamp};

use super::{Act, SECRET_KEY, Stripe, WEBHOOK_SECRET, Webhook};

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

#[derive(Debug)]
struct Wire(Arc<Stripe>);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (parts, body) = request.try_into_http1x().unwrap().into_parts();
        let (status, body) =
            self.0.request(parts.method.as_str(), parts.uri.path(), &parts.headers, body.bytes().unwrap(), NOW);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

fn both() -> (Provider, Arc<Stripe>) {
    let stripe = Arc::new(Stripe::new());
    let wire = SharedHttpConnector::new(Wire(Arc::clone(&stripe)));
    let http = http_client_fn(move |_, _| wire.clone());
    (Provider::Stripe(edge::payments::Stripe::new(SECRET_KEY.into(), Some(http))), stripe)
}

fn order() -> OrderId {
    OrderId::new(1_790_000_000_000, [9; 10])
}

fn asked(attempt: u32) -> SessionRequest {
    SessionRequest {
        order: order(),
        attempt,
        amount: Money { amount: 4200, currency: "EUR".parse().unwrap() },
        email: "buyer@example.com".parse().unwrap(),
        lines: vec!["2 × Enamel mug".to_owned()],
        success_url: "http://127.0.0.1:3000/orders/1".to_owned(),
        cancel_url: "http://127.0.0.1:3000/cart".to_owned(),
        expires_at: NOW + SignedDuration::from_mins(30),
    }
}

fn read(webhook: &Webhook) -> WebhookEvent {
    verify_webhook(&webhook.body, &webhook.signature, &[WEBHOOK_SECRET.into()], NOW, TOLERANCE_S).unwrap()
}

#[tokio::test]
async fn a_page_is_opened_ended_and_opened_anew() {
    let (provider, stripe) = both();
    let open = provider.create_session(&asked(1)).await.unwrap();
    assert_eq!(open, provider.create_session(&asked(1)).await.unwrap());
    let session = provider.retrieve_session(&open.id).await.unwrap();
    assert_eq!((session.order, session.status), (Some(order()), SessionStatus::Open));
    assert_eq!(session.amount, asked(1).amount);
    assert_eq!(provider.expire_session(&open.id).await.unwrap(), ExpireOutcome::Expired);
    assert_eq!(provider.expire_session(&open.id).await.unwrap(), ExpireOutcome::AlreadyExpired);
    let WebhookEvent::CheckoutSessionExpired(news) = read(&stripe.due(NOW)[0]) else { panic!("another event") };
    assert_eq!((news.order, news.payment_status), (Some(order()), PaymentStatus::Unpaid));
    let anew = provider.create_session(&asked(2)).await.unwrap();
    assert_ne!(anew.id, open.id);
    stripe.press(&anew.id, Act::Accept, NOW).unwrap();
    assert_eq!(provider.expire_session(&anew.id).await.unwrap(), ExpireOutcome::AlreadyComplete);
    let later = SessionRequest { expires_at: NOW + SignedDuration::from_mins(40), ..asked(2) };
    let refused = provider.create_session(&later).await.unwrap_err();
    assert!(matches!(refused, PaymentError::Refused { ref code, .. } if code == "idempotency_error"), "{refused}");
}

#[tokio::test]
async fn a_payment_is_declined_taken_and_sent_back() {
    let (provider, stripe) = both();
    provider.create_session(&asked(1)).await.unwrap();
    let declined = stripe.act(&order().to_string(), Act::Decline, NOW).unwrap();
    assert!(
        matches!(read(&declined[0]), WebhookEvent::PaymentAttemptFailed { order: Some(told), .. } if told == order())
    );
    let paid = stripe.act(&order().to_string(), Act::Accept, NOW).unwrap();
    let WebhookEvent::CheckoutSessionCompleted(news) = read(&paid[0]) else { panic!("another event") };
    assert_eq!((news.amount, news.payment_status), (asked(1).amount, PaymentStatus::Paid));
    let refund = RefundRequest {
        payment_intent: news.payment_intent.unwrap(),
        amount: news.amount,
        idempotency_key: "refund-1".to_owned(),
        order: order(),
    };
    let sent = provider.refund(&refund).await.unwrap();
    assert_eq!(sent.status, RefundStatus::Succeeded);
    assert_eq!(sent, provider.refund(&refund).await.unwrap());
    let again = RefundRequest { idempotency_key: "refund-2".to_owned(), ..refund };
    let refused = provider.refund(&again).await.unwrap_err();
    assert!(
        matches!(refused, PaymentError::Refused { ref code, .. } if code == "charge_already_refunded"),
        "{refused}"
    );
    let told: Vec<_> = stripe.due(NOW).iter().map(read).collect();
    assert!(
        matches!(&told[0], WebhookEvent::ChargeRefunded { order: Some(_), refunded, .. } if refunded.amount == 4200)
    );
    assert!(matches!(&told[1], WebhookEvent::RefundUpdated { refund, .. } if *refund == sent.id));
}

#[tokio::test]
async fn a_late_payment_is_told_as_one_that_settled() {
    let (provider, stripe) = both();
    provider.create_session(&asked(1)).await.unwrap();
    let over = NOW + SignedDuration::from_hours(1);
    let told = stripe.act(&order().to_string(), Act::Late, over).unwrap();
    let late = told[1].clone().signed(NOW);
    assert!(matches!(read(&late), WebhookEvent::AsyncPaymentSucceeded(news) if news.order == Some(order())));
}
