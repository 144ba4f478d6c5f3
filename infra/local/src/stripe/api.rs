//! Stripe's routes that the shop calls, and what they check.
//!
//! Knows authentication, idempotency keys, and the rules of sessions and refunds. It deliberately answers 404 to every
//! other route, naming it: a call that the stand-in does not know fails in a test and not in production.

use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::form::Form;
use super::records::{Intent, Refund, Session, Status, amount};
use super::{Books, Remembered, SECRET_KEY};

/// A page lives 30 minutes at least and 24 hours at most; without a word about it, 24 hours.
const SHORTEST_S: i64 = 1_800;
const LONGEST_S: i64 = 86_400;

/// How long an answer is remembered under its idempotency key.
const REMEMBERED_S: i64 = 86_400;

/// Eight digits: the most Stripe charges at once.
const MOST: i64 = 99_999_999;

/// The most characters of a client_reference_id.
const REFERENCE: usize = 200;

/// One request as it came in.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) now: i64,
}

/// Whether an answer was the rules' (kept under the key) or the form's (forgotten, so that the key can be used again).
enum Outcome {
    Kept(Answer),
    Forgotten(Answer),
}

impl From<Answer> for Outcome {
    fn from(refusal: Answer) -> Self {
        Self::Forgotten(refusal)
    }
}

pub(super) fn respond(books: &mut Books, request: &Request<'_>) -> Answer {
    if let Err(refusal) = authorize(request.headers) {
        return refusal;
    }
    let segments: Vec<&str> =
        request.path.trim_matches('/').split('/').skip_while(|segment| *segment != "v1").skip(1).collect();
    match (request.method, segments.as_slice()) {
        ("POST", ["checkout", "sessions"]) => once(books, request, create_session),
        ("GET", ["checkout", "sessions", id]) => match books.sessions.get(*id) {
            Some(session) => Answer::ok(session.json()),
            None => Answer::unknown("checkout.session", "session", id),
        },
        ("POST", ["checkout", "sessions", id, "expire"]) => {
            once(books, request, |books, request| expire_session(books, request, id))
        }
        ("POST", ["refunds"]) => once(books, request, create_refund),
        ("GET", ["refunds", id]) => match books.refunds.get(*id) {
            Some(refund) => Answer::ok(refund.json()),
            None => Answer::unknown("refund", "refund", id),
        },
        ("GET", ["payment_intents", id]) => match books.intents.get(*id) {
            Some(intent) => Answer::ok(intent.json()),
            None => Answer::unknown("payment_intent", "intent", id),
        },
        (method, _) => Answer::no_route(method, request.path),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn authorize(headers: &HeaderMap) -> Result<(), Answer> {
    let Some(key) = header(headers, "authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(Answer::unauthorized(
            "You did not provide an API key. Send it as 'Authorization: Bearer YOUR_SECRET_KEY'.",
        ));
    };
    if key == SECRET_KEY {
        return Ok(());
    }
    let tail = key.len().saturating_sub(4);
    Err(Answer::unauthorized(format!("Invalid API Key provided: ****{}", key.get(tail..).unwrap_or_default())))
}

/// Does it once per idempotency key.
fn once(books: &mut Books, request: &Request<'_>, run: impl FnOnce(&mut Books, &Request<'_>) -> Outcome) -> Answer {
    let Some(key) = header(request.headers, "idempotency-key").map(str::to_owned) else {
        return match run(books, request) {
            Outcome::Kept(answer) | Outcome::Forgotten(answer) => answer,
        };
    };
    books.answers.retain(|_, known| request.now - known.at < REMEMBERED_S);
    let mut digest = Sha256::new();
    digest.update(request.path);
    digest.update([0]);
    digest.update(request.body);
    let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
    if let Some(known) = books.answers.get(&key) {
        if known.digest != digest {
            return Answer::other_parameters(&key);
        }
        return Answer { status: known.status, body: known.body.clone() };
    }
    match run(books, request) {
        Outcome::Forgotten(answer) => answer,
        Outcome::Kept(answer) => {
            books
                .answers
                .insert(key, Remembered { digest, status: answer.status, body: answer.body.clone(), at: request.now });
            answer
        }
    }
}

fn create_session(books: &mut Books, request: &Request<'_>) -> Outcome {
    match read_session(books, request) {
        Err(refusal) => refusal.into(),
        Ok(session) => {
            let answer = Answer::ok(session.json());
            books.sessions.insert(session.id.clone(), session);
            Outcome::Kept(answer)
        }
    }
}

fn read_session(books: &mut Books, request: &Request<'_>) -> Result<Session, Answer> {
    let mut form = Form::parse(request.body)?;
    let mode = form.need("mode")?;
    if mode != "payment" {
        return Err(Answer::invalid(
            Some("mode"),
            None,
            format!("Invalid mode: must be payment; the stand-in knows no '{mode}'"),
        ));
    }
    let success_url = web_address("success_url", form.need("success_url")?)?;
    let cancel_url = match form.take("cancel_url") {
        Some(url) => Some(web_address("cancel_url", url)?),
        None => None,
    };
    let lines = Lines::read(&mut form)?;
    for index in form.indexes("payment_method_types") {
        let name = format!("payment_method_types[{index}]");
        let method = form.need(&name)?;
        if method != "card" {
            return Err(Answer::invalid(
                Some(&name),
                None,
                format!("Invalid {name}: must be card; the stand-in knows no '{method}'"),
            ));
        }
    }
    let order = form.take("client_reference_id");
    if order.as_ref().is_some_and(|order| order.chars().count() > REFERENCE) {
        return Err(Answer::invalid(
            Some("client_reference_id"),
            Some("parameter_invalid_string_too_long"),
            format!("Invalid string: must be at most {REFERENCE} characters"),
        ));
    }
    let email = form.take("customer_email");
    if let Some(email) = email.as_ref().filter(|email| !email.contains('@')) {
        return Err(Answer::invalid(
            Some("customer_email"),
            Some("email_invalid"),
            format!("Invalid email address: {email}"),
        ));
    }
    let expires_at = end(&mut form, request.now)?;
    let metadata = form.map("metadata");
    let intent_metadata = form.map("payment_intent_data[metadata]");
    // Taken so that they are known; nothing here depends on them.
    for name in ["payment_intent_data[description]", "locale", "submit_type"] {
        form.take(name);
    }
    form.done()?;
    let id = books.id("cs_test_", request.now);
    Ok(Session {
        id,
        serial: books.serial,
        created: request.now,
        expires_at,
        status: Status::Open,
        order,
        amount: lines.amount,
        currency: lines.currency,
        email,
        name: lines.name,
        description: lines.description,
        success_url,
        cancel_url,
        metadata,
        intent_metadata,
        intent: None,
        lands_at: None,
    })
}

fn web_address(param: &str, text: String) -> Result<String, Answer> {
    if text.starts_with("https://") || text.starts_with("http://") {
        return Ok(text);
    }
    Err(Answer::invalid(Some(param), Some("url_invalid"), "Not a valid URL"))
}

fn end(form: &mut Form, now: i64) -> Result<i64, Answer> {
    let Some(end) = form.positive("expires_at")? else {
        return Ok(now + LONGEST_S);
    };
    let refusal = if end - now < SHORTEST_S {
        "at least 30 minutes"
    } else if end - now > LONGEST_S {
        "less than 24 hours"
    } else {
        return Ok(end);
    };
    Err(Answer::invalid(
        Some("expires_at"),
        None,
        format!("The `expires_at` timestamp must be {refusal} from Checkout Session creation."),
    ))
}

/// What is sold, added up.
struct Lines {
    amount: i64,
    currency: String,
    name: String,
    description: Option<String>,
}

impl Lines {
    fn read(form: &mut Form) -> Result<Self, Answer> {
        let indexes = form.indexes("line_items");
        if indexes.is_empty() {
            return Err(Answer::missing("line_items"));
        }
        let mut sum: Option<Self> = None;
        for index in indexes {
            let line = Self::line(form, index)?;
            sum = Some(match sum {
                None => line,
                Some(sum) => sum.plus(line)?,
            });
        }
        let lines = sum.ok_or_else(|| Answer::missing("line_items"))?;
        let least = least(&lines.currency);
        if lines.amount < least {
            return Err(Answer::invalid(
                None,
                Some("amount_too_small"),
                format!(
                    "The Checkout Session's total amount due must add up to at least {}",
                    amount(least, &lines.currency)
                ),
            ));
        }
        if lines.amount > MOST {
            return Err(Answer::invalid(
                None,
                Some("amount_too_large"),
                format!("The Checkout Session's total amount must be no more than {}", amount(MOST, &lines.currency)),
            ));
        }
        Ok(lines)
    }

    fn line(form: &mut Form, index: u32) -> Result<Self, Answer> {
        let name = |rest: &str| format!("line_items[{index}]{rest}");
        let need = |value: Option<i64>, param: &str| value.ok_or_else(|| Answer::missing(param));
        let currency = form.need(&name("[price_data][currency]"))?;
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(Answer::invalid(
                Some(&name("[price_data][currency]")),
                None,
                format!("Invalid currency: {currency}"),
            ));
        }
        let unit = name("[price_data][unit_amount]");
        let unit_amount = need(form.positive(&unit)?, &unit)?;
        let count = name("[quantity]");
        let quantity = need(form.positive(&count)?, &count)?;
        Ok(Self {
            amount: unit_amount.saturating_mul(quantity),
            currency,
            name: form.need(&name("[price_data][product_data][name]"))?,
            description: form.take(&name("[price_data][product_data][description]")),
        })
    }

    fn plus(self, other: Self) -> Result<Self, Answer> {
        if self.currency != other.currency {
            return Err(Answer::invalid(Some("line_items"), None, "All line items must have the same currency."));
        }
        Ok(Self {
            amount: self.amount.saturating_add(other.amount),
            name: format!("{}, {}", self.name, other.name),
            ..self
        })
    }
}

/// The least Stripe charges, in the smallest unit: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
fn least(currency: &str) -> i64 {
    match currency {
        "eur" | "usd" | "chf" | "cad" | "aud" | "jpy" => 50,
        "gbp" => 30,
        "dkk" => 250,
        "nok" | "sek" => 300,
        _ => 1,
    }
}

fn expire_session(books: &mut Books, request: &Request<'_>, id: &str) -> Outcome {
    let empty = Form::parse(request.body).and_then(Form::done);
    let Some(session) = books.sessions.get_mut(id) else {
        return Answer::unknown("checkout.session", "session", id).into();
    };
    if let Err(refusal) = empty {
        return refusal.into();
    }
    if !session.is_open() {
        return Outcome::Kept(Answer::invalid(
            None,
            None,
            format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status \
                 of `{}`.",
                session.status.name()
            ),
        ));
    }
    session.status = Status::Expired;
    let json = session.json();
    books.tell("checkout.session.expired", json.clone(), request.now);
    Outcome::Kept(Answer::ok(json))
}

fn create_refund(books: &mut Books, request: &Request<'_>) -> Outcome {
    let asked = match RefundForm::read(request.body) {
        Ok(asked) => asked,
        Err(refusal) => return refusal.into(),
    };
    let Some(intent) = books.intents.values_mut().find(|intent| asked.is_of(intent)) else {
        return Answer::unknown(asked.what, asked.what, &asked.id).into();
    };
    let amount = match refundable(intent, asked.amount) {
        Ok(amount) => amount,
        Err(refusal) => return Outcome::Kept(refusal),
    };
    intent.refunded += amount;
    let intent = intent.clone();
    let refund = Refund {
        id: books.id("re_", request.now),
        created: request.now,
        intent: intent.id.clone(),
        charge: intent.charge.clone().unwrap_or_default(),
        amount,
        currency: intent.currency.clone(),
        reason: asked.reason,
        metadata: asked.metadata,
    };
    let json = refund.json();
    books.tell("charge.refunded", intent.charge_json(), request.now);
    books.tell("refund.updated", json.clone(), request.now);
    books.refunds.insert(refund.id.clone(), refund);
    Outcome::Kept(Answer::ok(json))
}

struct RefundForm {
    /// `payment_intent` or `charge`.
    what: &'static str,
    id: String,
    amount: Option<i64>,
    reason: Option<String>,
    metadata: std::collections::BTreeMap<String, String>,
}

impl RefundForm {
    fn read(body: &[u8]) -> Result<Self, Answer> {
        let mut form = Form::parse(body)?;
        let (what, id) = match (form.take("payment_intent"), form.take("charge")) {
            (Some(id), None) => ("payment_intent", id),
            (None, Some(id)) => ("charge", id),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Answer::invalid(
                    None,
                    Some("parameter_missing"),
                    "One of the following params should be provided for this request: payment_intent or charge.",
                ));
            }
        };
        let amount = form.positive("amount")?;
        let reason = form.take("reason");
        if let Some(reason) = reason.as_deref()
            && !matches!(reason, "duplicate" | "fraudulent" | "requested_by_customer")
        {
            return Err(Answer::invalid(
                Some("reason"),
                None,
                "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
            ));
        }
        let metadata = form.map("metadata");
        form.done()?;
        Ok(Self { what, id, amount, reason, metadata })
    }

    fn is_of(&self, intent: &Intent) -> bool {
        intent.id == self.id || intent.charge.as_ref() == Some(&self.id)
    }
}

/// What may be sent back of a payment: never more than came and is still there.
fn refundable(intent: &Intent, asked: Option<i64>) -> Result<i64, Answer> {
    let Some(charge) = &intent.charge else {
        return Err(Answer::invalid(None, None, "This PaymentIntent does not have a successful charge to refund."));
    };
    let left = intent.amount - intent.refunded;
    if left == 0 {
        return Err(Answer::invalid(
            None,
            Some("charge_already_refunded"),
            format!("Charge {charge} has already been refunded."),
        ));
    }
    let wanted = asked.unwrap_or(left);
    if wanted <= left {
        return Ok(wanted);
    }
    let (wanted, over) = (amount(wanted, &intent.currency), amount(left, &intent.currency));
    let bound = if intent.refunded == 0 { "charge amount" } else { "unrefunded amount on charge" };
    Err(Answer::invalid(Some("amount"), None, format!("Refund amount ({wanted}) is greater than {bound} ({over})")))
}
