//! Sends mails: claims, sends, marks. The only function that links the mail service.
//!
//! A mail is claimed under the id of the event that it answers, so a message that comes twice sends nothing twice. A
//! claim whose answer was lost is tried again after an hour: a rare second mail beats a lost one.

mod letters;
mod low;
mod mime;
mod purchases;
mod returns;
mod warranties;

use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use contracts::event::{Event, Message, ShopEvent};
use domain::order::Event as OrderEvent;
use domain::settings::{LocationSettings, PaymentSettings, PurchasingSettings, ShopSettings};
use domain::text::Email;
use edge::queue::{self, QueueHandler};
use edge::returns::Destination;
use edge::{Billed, Context, Error, Function};
use pages::mails::Mail;
use store::mail::{Claim, MailState, Mails};
use store::orders::{Orders, Reader};
use store::purchasing::Purchasing;
use store::returns::Returns;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;
use store::warranties::Warranties;

/// The function.
pub const FUNCTION: Function = queue::queue::<SendMail>();

/// Sends mails.
pub struct SendMail {
    context: Context,
    ses: aws_sdk_ses::Client,
    mails: Mails,
    orders: Orders,
    purchasing: Purchasing,
    returns: Returns,
    warranties: Warranties,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    payments: Cached<PaymentSettings>,
    locations: Cached<LocationSettings>,
    buying: Cached<PurchasingSettings>,
    destination: Destination,
    owner: Email,
    url: String,
    key: Vec<u8>,
    sender: String,
    configuration_set: Option<String>,
}

/// A mail, what goes with it and whom it is for.
struct Letter {
    to: Email,
    mail: Mail,
    files: Vec<mime::File>,
}

impl Letter {
    fn new(to: Email, mail: Mail) -> Self {
        Self { to, mail, files: Vec::new() }
    }
}

impl QueueHandler for SendMail {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            ses: client(context),
            mails: context.table()?,
            orders: context.table()?,
            purchasing: context.table()?,
            returns: context.table()?,
            warranties: context.table()?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            payments: Cached::new(settings.clone()),
            locations: Cached::new(settings.clone()),
            destination: Destination::new(&settings),
            buying: Cached::new(settings),
            owner: context.require("OWNER_EMAIL")?.parse()?,
            url: context.require("SHOP_URL")?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            sender: context.require("MAIL_SENDER")?,
            configuration_set: context.get("MAIL_CONFIGURATION_SET"),
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, _correlation: &str) -> Result<(), Error> {
        let Some(letter) = self.letter(&message.event).await? else {
            return Ok(());
        };
        // Whatever can fail is done before the claim: from there on a failure costs the hour that a lost answer may.
        let now = self.context.now();
        let shop = self.shop.get(now).await?;
        let raw = mime::raw(&letter.mail, letter.files, &letter.to, &self.sender, &shop, &message.id, now)?;
        let suppressed = self.mails.is_suppressed(&letter.to).await?;
        let this_try = data_encoding::HEXLOWER.encode(&self.context.random::<8>());
        match self.mails.claim(&message.id, &this_try, now).await? {
            Claim::Ours if suppressed => {
                tracing::info!(mail.event = message.id, "not sent: the address is suppressed");
                Ok(self.mails.mark(&message.id, MailState::Suppressed).await?)
            }
            Claim::Ours => self.send(&message.id, &letter.to, raw).await,
            Claim::Settled => Ok(()),
            Claim::Pending => Err("another try of this mail is not settled yet".into()),
        }
    }
}

/// A client that sends once: a lost answer is the claim's matter, and a second try by itself would be a second mail.
fn client(context: &Context) -> aws_sdk_ses::Client {
    let config = aws_sdk_ses::config::Builder::from(context.sdk()).retry_config(RetryConfig::disabled());
    let config = config.interceptor(context.metrics().counting(Billed::Mails));
    aws_sdk_ses::Client::from_conf(config.build())
}

impl SendMail {
    /// The mail that an event asks for, if any.
    async fn letter(&self, event: &Event) -> Result<Option<Letter>, Error> {
        let now = self.context.now();
        let shop = self.shop.get(now).await?;
        let (id, event) = match event {
            Event::Shop(ShopEvent::SignInRequested { email, staff, secret }) => {
                let mail = letters::sign_in(&shop, &self.url, *staff, secret);
                return Ok(Some(Letter::new(email.clone(), mail)));
            }
            Event::Shop(
                ShopEvent::ProductChanged { .. }
                | ShopEvent::AvailabilityChanged { .. }
                | ShopEvent::ReorderDue { .. }
                | ShopEvent::BackorderDue { .. }
                | ShopEvent::ImportDue { .. },
            ) => return Ok(None),
            Event::Shop(ShopEvent::StockLow {}) => return self.digest(&shop).await,
            Event::Shop(event @ ShopEvent::LedgerMismatched { .. }) => return Ok(self.mismatch(event, &shop)),
            Event::Purchase(event) => return self.purchase(event, &shop).await,
            Event::Return(event) => return self.parcel(event, &shop).await,
            Event::Certificate(event) => return self.certificate(event, &shop).await,
            Event::Claim(event) => return self.claimed(event, &shop).await,
            Event::Shop(ShopEvent::OrderLinkRequested { order }) => (*order, None),
            Event::Order(event) => (event.order(), Some(event)),
        };
        let Some(order) = self.orders.get(&id, &Reader::Shop).await? else {
            return Err(format!("{id} is not there (yet)").into());
        };
        let view = letters::view_url(&order, &self.url, &self.key);
        let about = letters::About { order: &order, shop: &shop, url: &self.url, view_url: view };
        let Some(event) = event else {
            return Ok(Some(Letter::new(order.email.clone(), about.link())));
        };
        let mail = match event {
            OrderEvent::OrderPlaced { .. } => about.received(&self.payments.get(now).await?),
            OrderEvent::OrderPaid { .. } => Some(about.confirmed()),
            OrderEvent::OrderShipped { shipment, .. } => about.shipped(*shipment),
            OrderEvent::OrderCanceled { .. } => Some(about.canceled()),
            OrderEvent::OrderExpired { .. } => about.expired(),
            OrderEvent::RefundPaid { refund, .. } => about.refunded(*refund),
            OrderEvent::OrderShort { .. } => about.short(),
            OrderEvent::OrderAllocated { .. }
            | OrderEvent::OrderFilled { .. }
            | OrderEvent::OrderDelivered { .. }
            | OrderEvent::OrderCompleted { .. }
            | OrderEvent::PaymentFailed { .. }
            | OrderEvent::PaymentLate { .. }
            | OrderEvent::PaymentMismatched { .. }
            | OrderEvent::RefundRequested { .. }
            | OrderEvent::OrderReturned { .. }
            | OrderEvent::RefundFailed { .. } => None,
        };
        Ok(mail.map(|mail| Letter::new(order.email.clone(), mail)))
    }

    /// Sends a claimed mail. A clear no gives the claim back; a lost answer leaves it, for the provider's own word or
    /// the hour.
    async fn send(&self, event: &str, to: &Email, raw: Vec<u8>) -> Result<(), Error> {
        let sent = self
            .ses
            .send_raw_email()
            .source(&self.sender)
            .destinations(to.to_string())
            .set_configuration_set_name(self.configuration_set.clone())
            .tags(aws_sdk_ses::types::MessageTag::builder().name("mail").value(tag_of(event)).build()?)
            .raw_message(RawMessage::builder().data(Blob::new(raw)).build()?)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(self.mails.mark(event, MailState::Sent).await?),
            Err(error) => {
                if refused(&error) {
                    self.mails.give_back(event).await?;
                }
                let code = error.code().unwrap_or("no answer").to_owned();
                tracing::warn!(mail.event = event, error = %DisplayErrorContext(&error), "a mail was not sent");
                Err(format!("the mail service: {code}").into())
            }
        }
    }
}

/// Whether the service said no for certain: then nothing was sent.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum of another crate, which may grow")]
fn refused(error: &SdkError<SendRawEmailError>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(service) => service.raw().status().is_client_error(),
        _ => false,
    }
}

/// An event's id as a message tag, which takes letters, digits, `_` and `-` alone: base64url of it.
fn tag_of(event: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(event.as_bytes())
}
