//! The stand-in for Stripe's API: pay pages, payments, refunds and signed webhooks, for one shop on one machine.
//!
//! Knows what Stripe does with the requests the shop makes: what it checks, refuses, remembers under an idempotency key
//! and tells by webhook, and what a shopper may do on a pay page. It deliberately knows no order, delivers no webhook
//! itself and reads no clock: the engine asks what is due and posts it. No money moves.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

mod acts;
mod answer;
mod api;
#[cfg(test)]
mod contract;
mod form;
mod records;
#[cfg(test)]
mod tests;

pub use acts::ActError;
pub use records::{PayPage, PayPageState};

use records::{Intent, Refund, Session};

/// The one secret key that is let in.
pub const SECRET_KEY: &str = "sk_test_local";

/// The secret that webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_local";

/// The version of the API that webhooks are written in.
const API_VERSION: &str = "2025-03-31.basil";

/// What a shopper does on the pay page, or what becomes of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Pays.
    Accept,
    /// Has the card declined; the page stays open.
    Decline,
    /// Leaves. Nothing happens until the page ends by itself.
    Abandon,
    /// Pays so that the money lands only when the page, and with it the hold, is over: at once where that is so
    /// already, else [`LATE_BY_S`] after the page's end.
    Late,
    /// Pays twice: two payments of the whole amount for one order.
    Twice,
}

/// How long after its page's end a late payment lands, seconds. The hold outlives the page by five minutes.
pub const LATE_BY_S: i64 = 900;

/// A word that is none of accept, decline, abandon, late, twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("do one of accept, decline, abandon, late, twice; not '{0}'")]
pub struct UnknownAct(String);

impl FromStr for Act {
    type Err = UnknownAct;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "accept" => Ok(Self::Accept),
            "decline" => Ok(Self::Decline),
            "abandon" => Ok(Self::Abandon),
            "late" => Ok(Self::Late),
            "twice" => Ok(Self::Twice),
            other => Err(UnknownAct(other.to_owned())),
        }
    }
}

/// A webhook to be posted to the shop as JSON, with `signature` as its `Stripe-Signature` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// `evt_...`, the same at every delivery.
    pub id: String,
    /// `checkout.session.completed` and the like.
    pub kind: String,
    /// The event's JSON.
    pub body: Vec<u8>,
    /// Signed for a delivery at the moment it was taken; a later one needs [`Webhook::signed`].
    pub signature: String,
}

impl Webhook {
    /// The same event signed for a delivery at `now`: each attempt has its own signature, as Stripe's have.
    pub fn signed(mut self, now: Timestamp) -> Self {
        self.signature = sign(&self.body, now);
        self
    }
}

/// The value of `Stripe-Signature` for `body` sent at `now`.
pub fn sign(body: &[u8], now: Timestamp) -> String {
    let time = now.as_second();
    let mut mac = match Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()) {
        Ok(mac) => mac,
        Err(error) => unreachable!("HMAC takes a key of any length: {error}"),
    };
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    let tag = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    format!("t={time},v1={tag}")
}

/// The stand-in. All of its state is in memory; [`Stripe::snapshot`] gives it as bytes.
#[derive(Debug, Default)]
pub struct Stripe(Mutex<Books>);

/// Everything it remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Books {
    /// Counts whatever gets an id.
    serial: u64,
    sessions: BTreeMap<String, Session>,
    intents: BTreeMap<String, Intent>,
    refunds: BTreeMap<String, Refund>,
    /// By idempotency key.
    answers: BTreeMap<String, Remembered>,
    /// Events that nobody took yet, in their order.
    outbox: Vec<Event>,
}

/// The answer to a request that bore an idempotency key.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    /// Of path and parameters.
    digest: String,
    status: u16,
    body: Value,
    /// Seconds since 1970.
    at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Event {
    id: String,
    kind: String,
    body: String,
    /// Seconds since 1970.
    created: i64,
}

impl Stripe {
    /// A stand-in that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers one request of Stripe's API: status and JSON.
    ///
    /// `path` may carry a query. What the answer sets off (webhooks) is told by [`Stripe::due`].
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &http::HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> (u16, Vec<u8>) {
        let mut books = self.books();
        books.pass(now.as_second());
        let answer = api::respond(
            &mut books,
            &api::Request {
                method,
                path: path.split_once('?').map_or(path, |(path, _)| path),
                headers,
                body,
                now: now.as_second(),
            },
        );
        (answer.status, answer.body.to_string().into_bytes())
    }

    /// Does `what` on the latest pay page of `order` and gives the webhooks to post.
    ///
    /// # Errors
    /// When there is no pay page on which that can be done.
    pub fn act(&self, order: &str, what: Act, now: Timestamp) -> Result<Vec<Webhook>, ActError> {
        let mut books = self.books();
        books.pass(now.as_second());
        let session = books.latest(order)?;
        books.act(&session, what, now.as_second())?;
        Ok(books.take(now))
    }

    /// Does `what` on one pay page. The webhooks that follow are told by [`Stripe::due`].
    ///
    /// # Errors
    /// When that cannot be done on it.
    pub fn press(&self, session: &str, what: Act, now: Timestamp) -> Result<(), ActError> {
        let mut books = self.books();
        books.pass(now.as_second());
        books.act(session, what, now.as_second())
    }

    /// Takes the webhooks that are due: of requests, of pay pages that ended, of late payments that landed.
    pub fn due(&self, now: Timestamp) -> Vec<Webhook> {
        let mut books = self.books();
        books.pass(now.as_second());
        books.take(now)
    }

    /// When the next webhook is due; in the past where one waits already.
    pub fn next_due(&self) -> Option<Timestamp> {
        let books = self.books();
        let waiting = books.outbox.first().map(|event| event.created);
        let coming = books.sessions.values().filter_map(Session::next).min();
        waiting.into_iter().chain(coming).min().and_then(|second| Timestamp::from_second(second).ok())
    }

    /// A pay page as a person sees it.
    pub fn page(&self, session: &str, now: Timestamp) -> Option<PayPage> {
        let mut books = self.books();
        books.pass(now.as_second());
        books.sessions.get(session).map(Session::page)
    }

    /// Whether the order has a pay page that waits for the shopper.
    pub fn awaits(&self, order: &str, now: Timestamp) -> bool {
        let mut books = self.books();
        books.pass(now.as_second());
        books.sessions.values().any(|session| session.is_for(order) && session.is_open())
    }

    /// What came in and went back for each order, in the smallest unit of its currency.
    pub fn balances(&self) -> BTreeMap<String, (i64, i64)> {
        let mut balances = BTreeMap::new();
        for intent in self.books().intents.values().filter(|intent| intent.charge.is_some()) {
            let order = intent.metadata.get("order").cloned().unwrap_or_default();
            let (came, back) = balances.entry(order).or_insert((0, 0));
            *came += intent.amount;
            *back += intent.refunded;
        }
        balances
    }

    /// All it remembers, as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        serde_json::to_vec(&*self.books()).unwrap_or_default()
    }

    /// Remembers what a snapshot holds, and nothing else.
    ///
    /// # Errors
    /// When it is no snapshot; then nothing is changed.
    pub fn restore(&self, snapshot: &[u8]) -> Result<(), serde_json::Error> {
        *self.books() = serde_json::from_slice(snapshot)?;
        Ok(())
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.books() = Books::default();
    }

    /// The books change in steps none of which can panic half-way.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Lets time pass: pages end, late payments land, each at its own second.
    fn pass(&mut self, now: i64) {
        loop {
            let next = self
                .sessions
                .values()
                .filter_map(|session| Some((session.next()?, session.serial, session.id.clone())))
                .min();
            match next {
                Some((at, _, id)) if at <= now => self.ripen(&id, at),
                Some(_) | None => return,
            }
        }
    }

    /// A new id, unlike any other and the same in every run that does the same.
    fn id(&mut self, prefix: &str, now: i64) -> String {
        self.serial += 1;
        let digest = Sha256::digest(format!("{prefix} {now} {}", self.serial));
        let text = data_encoding::HEXLOWER.encode(&digest);
        format!("{prefix}{}", &text[..24])
    }

    /// Notes that something happened.
    fn tell(&mut self, kind: &str, object: Value, now: i64) {
        let id = self.id("evt_", now);
        let body = json!({
            "id": id,
            "object": "event",
            "api_version": API_VERSION,
            "created": now,
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": kind,
        });
        self.outbox.push(Event { id, kind: kind.to_owned(), body: body.to_string(), created: now });
    }

    fn take(&mut self, now: Timestamp) -> Vec<Webhook> {
        std::mem::take(&mut self.outbox)
            .into_iter()
            .map(|event| Webhook {
                signature: sign(event.body.as_bytes(), now),
                id: event.id,
                kind: event.kind,
                body: event.body.into_bytes(),
            })
            .collect()
    }
}
