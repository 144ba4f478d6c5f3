//! A mail as RFC 5322 bytes: text and HTML with the same facts.

use domain::settings::ShopSettings;
use domain::text::Email;
use edge::Error;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use pages::mails::Mail;

/// A file that goes with a mail.
pub(crate) struct File {
    pub(crate) name: String,
    /// Its content type.
    pub(crate) kind: &'static str,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn raw(
    mail: &Mail,
    files: Vec<File>,
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
    let words = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let mut body = if files.is_empty() { words } else { MultiPart::mixed().multipart(words) };
    for File { name, kind, bytes } in files {
        body = body.singlepart(Attachment::new(name).body(bytes, kind.parse()?));
    }
    let mut message = Message::builder()
        .from(from)
        .reply_to(reply_to)
        .to(Mailbox::new(None, to.to_string().parse()?))
        .subject(&mail.subject)
        .message_id(Some(format!("<{id}@{host}>")))
        .date(now.into())
        .multipart(body)?;
    // Tells other programs that no person wrote it, so that no out-of-office note comes back: RFC 3834.
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
    Ok(message.formatted())
}
