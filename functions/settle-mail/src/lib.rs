//! Hears what the mail service says of mails that were sent: delivered, bounced, complained.
//!
//! An address that bounced for good, or whose owner complained, is mailed no more.

use domain::text::Email;
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use serde::Deserialize;
use store::mail::{MailState, Mails};

/// The function.
pub const FUNCTION: Function = queue::queue::<SettleMail>();

/// Settles mails.
#[derive(Debug)]
pub struct SettleMail {
    context: Context,
    mails: Mails,
}

/// An event of SES, as its configuration set publishes it; the topic's subscription delivers it raw.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SesEvent {
    event_type: String,
    mail: SesMail,
    bounce: Option<Bounce>,
}

#[derive(Debug, Deserialize)]
struct SesMail {
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

impl QueueHandler for SettleMail {
    type Message = SesEvent;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { mails: context.table()?, context: context.clone() })
    }

    async fn handle(&self, event: SesEvent, _correlation: &str) -> Result<(), Error> {
        let state = match event.event_type.as_str() {
            "Send" => MailState::Sent,
            "Delivery" => MailState::Delivered,
            "Bounce" => MailState::Bounced,
            "Complaint" => MailState::Complained,
            _ => return Ok(()),
        };
        if let Some(mail) = mail_of(&event.mail) {
            self.mails.mark(&mail, state).await?;
        }
        // A full mailbox is no reason to give an address up.
        let for_good = event.bounce.is_none_or(|bounce| bounce.bounce_type == "Permanent");
        if matches!(state, MailState::Bounced | MailState::Complained) && for_good {
            for address in &event.mail.destination {
                self.mails.suppress(&Email::new(address.as_str())?, state, self.context.now()).await?;
            }
        }
        Ok(())
    }
}

/// The event that the mail answered, from the tag that it was sent with.
fn mail_of(mail: &SesMail) -> Option<String> {
    let tag = mail.tags.get("mail")?.first()?;
    String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?).ok()
}
