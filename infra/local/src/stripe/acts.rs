//! What happens on a pay page: a shopper's doing, or time's.
//!
//! Knows which acts a page's state allows and what each leaves behind: a payment, a page that is over, an event. It
//! deliberately knows nothing of the order's own state: money can land for an order that is long gone.

use super::records::{Intent, Session, Status};
use super::{Act, Books, LATE_BY_S};

/// Why an act cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// The order has no pay page.
    #[error("no pay page was opened for order '{0}': open /pay/{0} first")]
    NoPage(String),
    /// There is no such pay page.
    #[error("there is no pay page '{0}'")]
    UnknownPage(String),
    /// The page was paid.
    #[error("the pay page was paid already; only 'twice' pays again")]
    Paid,
    /// The page is over.
    #[error("the pay page is over; only a 'late' payment can still land")]
    Over,
}

impl From<ActError> for String {
    fn from(error: ActError) -> Self {
        error.to_string()
    }
}

impl Books {
    /// The latest page of an order: the one that is open, where one is.
    pub(super) fn latest(&self, order: &str) -> Result<String, ActError> {
        self.sessions
            .values()
            .filter(|session| session.is_for(order))
            .max_by_key(|session| (session.is_open(), session.serial))
            .map(|session| session.id.clone())
            .ok_or_else(|| ActError::NoPage(order.to_owned()))
    }

    pub(super) fn act(&mut self, session: &str, what: Act, now: i64) -> Result<(), ActError> {
        let session = self.sessions.get(session).cloned().ok_or_else(|| ActError::UnknownPage(session.to_owned()))?;
        match (what, session.status) {
            (Act::Accept, Status::Open) => self.pay(session, COMPLETED, now),
            (Act::Decline, Status::Open) => self.decline(session, now),
            (Act::Abandon, Status::Open | Status::Expired) => {}
            (Act::Late, Status::Open) => {
                let lands_at = session.expires_at + LATE_BY_S;
                self.write(Session { lands_at: Some(lands_at), ..session });
            }
            (Act::Late, Status::Expired) => self.pay(session, SETTLED, now),
            (Act::Twice, Status::Open) => {
                self.pay(session.clone(), COMPLETED, now);
                self.pay_again(session, now);
            }
            (Act::Twice, Status::Complete) => self.pay_again(session, now),
            (Act::Accept | Act::Decline | Act::Twice, Status::Expired) => {
                return Err(ActError::Over);
            }
            (Act::Accept | Act::Decline | Act::Abandon | Act::Late, Status::Complete) => {
                return Err(ActError::Paid);
            }
        }
        Ok(())
    }

    /// What time alone does to a page at the second it is due.
    pub(super) fn ripen(&mut self, session: &str, at: i64) {
        let Some(session) = self.sessions.get(session).cloned() else {
            return;
        };
        match session.status {
            Status::Open => {
                let ended = Session { status: Status::Expired, ..session };
                let json = ended.json();
                self.write(ended);
                self.tell("checkout.session.expired", json, at);
            }
            Status::Expired => self.pay(session, SETTLED, at),
            Status::Complete => {}
        }
    }

    fn write(&mut self, session: Session) {
        self.sessions.insert(session.id.clone(), session);
    }

    /// The money comes: a charge under the page's payment, the page complete, one event.
    fn pay(&mut self, session: Session, event: &str, now: i64) {
        let mut intent = self.intent(&session, now);
        intent.charge = Some(self.id("ch_", now));
        let paid = Session { status: Status::Complete, intent: Some(intent.id.clone()), lands_at: None, ..session };
        self.intents.insert(intent.id.clone(), intent);
        let json = paid.json();
        self.write(paid);
        self.tell(event, json, now);
    }

    /// A second page of the same order, paid: what a shopper with two tabs or two phones does.
    fn pay_again(&mut self, session: Session, now: i64) {
        let twin = Session { id: self.id("cs_test_", now), serial: self.serial, intent: None, ..session };
        self.pay(twin, COMPLETED, now);
    }

    fn decline(&mut self, session: Session, now: i64) {
        let intent = self.intent(&session, now);
        let json = intent.json();
        self.write(Session { intent: Some(intent.id.clone()), ..session });
        self.intents.insert(intent.id.clone(), intent);
        self.tell("payment_intent.payment_failed", json, now);
    }

    /// The page's payment: the one a declined card left, else a new one.
    fn intent(&mut self, session: &Session, now: i64) -> Intent {
        let begun = session.intent.as_ref().and_then(|id| self.intents.get(id));
        if let Some(intent) = begun {
            return intent.clone();
        }
        Intent {
            id: self.id("pi_", now),
            created: now,
            amount: session.amount,
            currency: session.currency.clone(),
            metadata: session.intent_metadata.clone(),
            charge: None,
            refunded: 0,
        }
    }
}

/// The shopper paid on the page.
const COMPLETED: &str = "checkout.session.completed";

/// Money that was under way arrived.
const SETTLED: &str = "checkout.session.async_payment_succeeded";
