//! A mail as RFC 5322 bytes: text and HTML with the same facts.

use domain::settings::ShopSettings;
use domain::text::Email;
use edge::Error;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use pages::mails::Mail;

pub(crate) fn raw(
    mail: &Mail,
    to: &Email,
    sender: &str,
    shop: &ShopSettings,
    event: &str,
    now: Timestamp,
) -> Result<Vec<u8>, Error> {
    let from = Mailbox::new(Some(shop.name.clone()), sender.parse()?);
    let reply_to = Mailbox::new(Some(shop.name.clone()), shop.support_email.to_string().parse()?);
    let host = sender.rsplit('@').next().unwrap_or_default();
    let id = domain::text::Digest::of(event.as_bytes());
    let mut message = Message::builder()
        .from(from)
        .reply_to(reply_to)
        .to(Mailbox::new(None, to.to_string().parse()?))
        .subject(&mail.subject)
        .message_id(Some(format!("<{id}@{host}>")))
        .date(now.into())
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))?;
    // Tells other programs that no person wrote it, so that no out-of-office note comes back: RFC 3834.
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
    Ok(message.formatted())
}
