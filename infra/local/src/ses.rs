//! SES: mails that were sent, and what became of them.
//!
//! Knows SendRawEmail in SES's query protocol and the events that a configuration set tells of. It deliberately sends
//! nothing. What becomes of a mail is told by the local part of its address, as SES's own mailbox simulator does:
//! `bounce`, `complaint`, `suppressed` (with or without a `+tag`); every other address is delivered to.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::iam::Need;
use crate::keep::{Change, Keep, KeepError, held};
use crate::template::{ACCOUNT, MailEvents, REGION};
use crate::wire::{Answer, Request, Service, escape};

const SHELF: &str = "mail";

/// The greatest mail that SES v1 sends, in bytes.
const MAX_MAIL: usize = 10 * 1024 * 1024;

/// A file in a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// Its bytes, in base64.
    pub content: String,
}

/// A mail, as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Its number, from 1.
    pub n: u64,
    /// The provider's id.
    pub id: String,
    /// To whom it went.
    #[serde(serialize_with = "joined")]
    pub to: Vec<String>,
    /// From whom.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// All headers, in order, decoded where they are text.
    pub headers: Vec<(String, String)>,
    /// The files in it.
    pub attachments: Vec<Attachment>,
    /// When it was sent, by the virtual clock.
    pub at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sent {
    n: u64,
    id: String,
    to: Vec<String>,
    at: Timestamp,
    /// In base64.
    raw: String,
}

/// All mails that were sent.
#[derive(Debug)]
pub struct Mailbox {
    sent: Mutex<Vec<Sent>>,
    keep: Arc<Keep>,
}

/// An event of the provider's, on its way to a queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MailEvent {
    pub(crate) queue: String,
    pub(crate) body: String,
}

/// What SendRawEmail came to.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) events: Vec<MailEvent>,
}

/// The request's form.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(request: &Request) -> Self {
        Self(serde_html_form::from_bytes(request.http.body()).unwrap_or_default())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn list(&self, prefix: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(_, value)| value.clone()).collect()
    }

    fn raw(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.get("RawMessage.Data")?).ok()
    }

    /// The bare address that the mail comes from.
    fn sender(&self) -> Option<String> {
        match self.get("Source") {
            Some(source) => Some(bare(source)),
            None => MessageParser::default().parse(&self.raw()?)?.from()?.first()?.address().map(str::to_owned),
        }
    }
}

/// The address in `Name <address>`.
fn bare(address: &str) -> String {
    match (address.rfind('<'), address.rfind('>')) {
        (Some(open), Some(close)) if open < close => address[open + 1..close].to_owned(),
        _other => address.trim().to_owned(),
    }
}

/// The operation's name.
pub(crate) fn operation(form: &Form) -> String {
    form.get("Action").unwrap_or_default().to_owned()
}

/// What sending needs of IAM: the identity of the address, or of its domain, and the configuration set.
///
/// SES evaluates the identity that it finds verified. Here the address itself is asked for first, and its domain
/// where the template grants only that; the caller passes whichever it granted.
pub(crate) fn needs(form: &Form, granted: impl Fn(&Need) -> bool) -> Vec<Need> {
    let action = format!("ses:{}", form.get("Action").unwrap_or_default());
    let sender = form.sender().unwrap_or_default();
    let identity = |name: &str| Need::new(&action, format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{name}"));
    let address = identity(&sender);
    let domain = identity(sender.rsplit('@').next().unwrap_or_default());
    let mut needs = vec![if !granted(&address) && granted(&domain) { domain } else { address }];
    if let Some(set) = form.get("ConfigurationSetName") {
        needs.push(Need::new(&action, format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")));
    }
    needs
}

impl Mailbox {
    /// The mails that were kept.
    ///
    /// # Errors
    /// When what was kept cannot be read.
    pub fn open(keep: &Arc<Keep>) -> Result<Self, KeepError> {
        let sent =
            keep.shelf(SHELF)?.into_iter().filter_map(|(_, value)| serde_json::from_slice(&value).ok()).collect();
        Ok(Self { sent: Mutex::new(sent), keep: Arc::clone(keep) })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        held(&self.sent).len()
    }

    /// All mails, oldest first.
    pub fn all(&self) -> Vec<Mail> {
        held(&self.sent).iter().map(Sent::read).collect()
    }

    /// One mail.
    pub fn one(&self, n: u64) -> Option<Mail> {
        held(&self.sent).iter().find(|sent| sent.n == n).map(Sent::read)
    }

    /// A mail as it went out, byte by byte.
    pub fn raw(&self, n: u64) -> Option<Vec<u8>> {
        let sent = held(&self.sent).iter().find(|sent| sent.n == n)?.raw.clone();
        STANDARD.decode(sent).ok()
    }

    pub(crate) fn reset(&self) {
        held(&self.sent).clear();
    }

    /// Runs one operation.
    pub(crate) fn call(&self, form: &Form, destinations: &[MailEvents], now: Timestamp, id: &str) -> Done {
        let refused = |code: &str, message: &str| Done {
            answer: Answer::error(Service::Ses, 400, code, message),
            events: Vec::new(),
        };
        match form.get("Action") {
            Some("SendRawEmail") => {}
            other => {
                return Done {
                    answer: Answer::unknown_operation(Service::Ses, other.unwrap_or_default()),
                    events: Vec::new(),
                };
            }
        }
        let Some(raw) = form.raw() else {
            return refused("InvalidParameterValue", "RawMessage.Data is not in base64");
        };
        if raw.len() > MAX_MAIL {
            return refused("InvalidParameterValue", "Message length is more than 10485760 bytes long");
        }
        let Some(parsed) = MessageParser::default().parse(&raw) else {
            return refused("InvalidParameterValue", "The mail could not be read");
        };
        let mut to = form.list("Destinations.member.");
        if to.is_empty() {
            to = [parsed.to(), parsed.cc(), parsed.bcc()]
                .into_iter()
                .flatten()
                .flat_map(|addresses| addresses.iter())
                .filter_map(|address| address.address().map(str::to_owned))
                .collect();
        }
        if to.is_empty() {
            return refused("InvalidParameterValue", "Missing required header 'To'.");
        }
        if to.len() > 50 {
            return refused("InvalidParameterValue", "Recipient count exceeds 50.");
        }
        let to: Vec<String> = to.iter().map(|address| bare(address)).collect();
        let events = match form.get("ConfigurationSetName") {
            Some(set) => destinations
                .iter()
                .filter(|destination| destination.set == set)
                .flat_map(|destination| told(destination, form, &to, id, now))
                .collect(),
            None => Vec::new(),
        };
        let mut all = held(&self.sent);
        let sent = Sent {
            n: all.last().map_or(1, |last| last.n + 1),
            id: id.to_owned(),
            to,
            at: now,
            raw: STANDARD.encode(&raw),
        };
        self.keep.write(vec![Change::Put(
            SHELF,
            format!("{:020}", sent.n),
            serde_json::to_vec(&sent).unwrap_or_default(),
        )]);
        all.push(sent);
        Done {
            answer: Answer::xml(
                200,
                format!(
                    "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendRawEmailResult><MessageId>{}</MessageId></SendRawEmailResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></SendRawEmailResponse>",
                    escape(id),
                    escape(id)
                ),
            ),
            events,
        }
    }
}

impl Sent {
    fn read(&self) -> Mail {
        let raw = STANDARD.decode(&self.raw).unwrap_or_default();
        let parsed = MessageParser::default().parse(&raw).unwrap_or_default();
        let is_text = |at: u32, html: bool| {
            parsed
                .part(at)
                .is_some_and(|part| if html { part.is_text_html() } else { part.is_text() && !part.is_text_html() })
        };
        let text = parsed.text_body.first().filter(|at| is_text(**at, false));
        let html = parsed.html_body.first().filter(|at| is_text(**at, true));
        Mail {
            n: self.n,
            id: self.id.clone(),
            to: self.to.clone(),
            from: sender(&parsed),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            text: text.and_then(|_| parsed.body_text(0)).map(Into::into),
            html: html.and_then(|_| parsed.body_html(0)).map(Into::into),
            headers: parsed.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect(),
            attachments: parsed
                .attachments()
                .map(|part| Attachment {
                    name: part.attachment_name().unwrap_or("unnamed").to_owned(),
                    content_type: part.content_type().map_or_else(
                        || "application/octet-stream".to_owned(),
                        |kind| match kind.subtype() {
                            Some(subtype) => format!("{}/{subtype}", kind.ctype()),
                            None => kind.ctype().to_owned(),
                        },
                    ),
                    content: STANDARD.encode(part.contents()),
                })
                .collect(),
            at: self.at,
        }
    }
}

/// What becomes of a mail to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Delivery,
    Bounce,
    Suppressed,
    Complaint,
}

impl Fate {
    fn of(address: &str) -> Self {
        let local = address.split(['@', '+']).next().unwrap_or_default();
        match local {
            "bounce" => Self::Bounce,
            "suppressed" | "suppressionlist" => Self::Suppressed,
            "complaint" => Self::Complaint,
            _anybody => Self::Delivery,
        }
    }
}

/// The events that a configuration set tells of a mail, as they reach the queue.
fn told(destination: &MailEvents, form: &Form, to: &[String], id: &str, now: Timestamp) -> Vec<MailEvent> {
    let mut tags = serde_json::Map::new();
    for at in 1.. {
        let (Some(name), Some(value)) =
            (form.get(&format!("Tags.member.{at}.Name")), form.get(&format!("Tags.member.{at}.Value")))
        else {
            break;
        };
        tags.insert(name.to_owned(), json!([value]));
    }
    tags.insert("ses:configuration-set".to_owned(), json!([destination.set]));
    let mail = json!({
        "timestamp": now.to_string(),
        "source": form.sender(),
        "sendingAccountId": ACCOUNT,
        "messageId": id,
        "destination": to,
        "headersTruncated": false,
        "tags": tags,
    });
    let mut events = vec![("Send", json!({ "eventType": "Send", "mail": mail, "send": {} }))];
    for address in to {
        let fate = Fate::of(address);
        let bounce = |subtype: &str| {
            json!({ "eventType": "Bounce", "mail": mail, "bounce": {
                "feedbackId": id, "bounceType": "Permanent", "bounceSubType": subtype,
                "bouncedRecipients": [{ "emailAddress": address, "action": "failed", "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown" }],
                "timestamp": now.to_string(),
            }})
        };
        let delivery = json!({ "eventType": "Delivery", "mail": mail, "delivery": {
            "timestamp": now.to_string(), "processingTimeMillis": 100, "recipients": [address],
            "smtpResponse": "250 2.6.0 Message received",
        }});
        match fate {
            Fate::Delivery => events.push(("Delivery", delivery)),
            Fate::Bounce => events.push(("Bounce", bounce("General"))),
            Fate::Suppressed => events.push(("Bounce", bounce("OnAccountSuppressionList"))),
            // A mail that is complained of was delivered before.
            Fate::Complaint => {
                events.push(("Delivery", delivery));
                events.push((
                    "Complaint",
                    json!({ "eventType": "Complaint", "mail": mail, "complaint": {
                        "feedbackId": id, "complainedRecipients": [{ "emailAddress": address }],
                        "complaintFeedbackType": "abuse", "timestamp": now.to_string(),
                    }}),
                ));
            }
        }
    }
    events
        .into_iter()
        .filter(|(kind, _)| destination.types.contains(&kind.to_ascii_lowercase()))
        .map(|(_, event)| MailEvent {
            queue: destination.queue.clone(),
            body: if destination.raw { event.to_string() } else { enveloped(destination, &event, id, now).to_string() },
        })
        .collect()
}

fn enveloped(destination: &MailEvents, event: &Value, id: &str, now: Timestamp) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": destination.topic,
        "Subject": "Amazon SES Email Event Notification",
        "Message": event.to_string(),
        "Timestamp": now.to_string(),
    })
}

/// Addresses as a mail's header has them: a comma between.
fn joined<S: serde::Serializer>(addresses: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&addresses.join(", "))
}

/// Who a mail comes from, as a reader sees it: `Name <address>`.
fn sender(parsed: &mail_parser::Message<'_>) -> String {
    let from = parsed.from().and_then(|from| from.first());
    let address = from.and_then(|from| from.address()).unwrap_or_default();
    match from.and_then(|from| from.name()) {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const MAIL: &str = "From: =?utf-8?q?Caf=C3=A9?= <shop@example.com>\r\nTo: buyer@example.com\r\nSubject: Your order\r\n\
        Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--b--\r\n";

    fn send(mailbox: &Mailbox, raw: bool, to: &str) -> Done {
        let form = serde_html_form::to_string([
            ("Action", "SendRawEmail"),
            ("RawMessage.Data", STANDARD.encode(MAIL).as_str()),
            ("Destinations.member.1", to),
            ("ConfigurationSetName", "Set"),
            ("Tags.member.1.Name", "claim"),
            ("Tags.member.1.Value", "c-1"),
        ])
        .unwrap();
        let request = Request::read(
            http::Request::post("http://x/_aws/")
                .header("authorization", "AWS4-HMAC-SHA256 Credential=send-mail/20261122/eu-central-1/ses/aws4_request")
                .body(Bytes::from(form))
                .unwrap(),
        );
        let form = Form::read(&request);
        assert_eq!((request.service, operation(&form).as_str()), (Service::Ses, "SendRawEmail"));
        let destination = MailEvents {
            set: "Set".to_owned(),
            types: vec!["delivery".to_owned(), "bounce".to_owned(), "complaint".to_owned()],
            topic: "arn:topic".to_owned(),
            queue: "MailEvents".to_owned(),
            raw,
        };
        mailbox.call(&form, &[destination], "2026-11-22T12:00:00Z".parse().unwrap(), "m-1")
    }

    #[test]
    fn a_mail_is_kept_as_its_reader_sees_it() {
        let mailbox = Mailbox::open(&Arc::new(Keep::nothing())).unwrap();
        let done = send(&mailbox, true, "buyer@example.com");
        assert!(String::from_utf8_lossy(&done.answer.body).contains("<MessageId>m-1</MessageId>"));
        let mail = mailbox.one(1).unwrap();
        assert_eq!(mail.to, ["buyer@example.com"]);
        assert_eq!(mail.subject, "Your order");
        assert_eq!(mail.text.as_deref().map(str::trim), Some("Hello"));
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>Hello</p>"));
        assert!(mail.headers.iter().any(|(name, _)| name == "Message-ID"));
    }

    #[test]
    fn an_address_tells_what_becomes_of_its_mail() {
        let mailbox = Mailbox::open(&Arc::new(Keep::nothing())).unwrap();
        let kinds = |to: &str| -> Vec<String> {
            send(&mailbox, true, to)
                .events
                .iter()
                .map(|event| {
                    let body: Value = serde_json::from_str(&event.body).unwrap();
                    assert_eq!(body["mail"]["tags"]["claim"], json!(["c-1"]));
                    body["eventType"].as_str().unwrap().to_owned()
                })
                .collect()
        };
        assert_eq!(kinds("buyer@example.com"), ["Delivery"]);
        assert_eq!(kinds("bounce+1@example.com"), ["Bounce"]);
        assert_eq!(kinds("suppressed@example.com"), ["Bounce"]);
        assert_eq!(kinds("complaint@example.com"), ["Delivery", "Complaint"]);
        let wrapped: Value = serde_json::from_str(&send(&mailbox, false, "a@example.com").events[0].body).unwrap();
        assert_eq!(wrapped["Type"], "Notification");
        assert!(wrapped["Message"].as_str().unwrap().contains("\"Delivery\""));
    }
}
