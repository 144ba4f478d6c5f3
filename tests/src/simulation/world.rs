//! The world around the shop: whose turn it is, what time it is, and what people were told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};
use local::Engine;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::invariants::{Books, Log, Mail, Queue, SIGN_IN, Standing};

/// How often somebody asks again who got no answer. Faults are rare enough that one of these is answered.
const TRIES: u32 = 25;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// Anybody.
    Guest,
    /// A customer, by their access token.
    Customer(&'a str),
    /// Staff, by their role.
    Staff(&'a str),
}

/// The world.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) log: RefCell<Log>,
    seed: u64,
    waiting: RefCell<BTreeMap<(Timestamp, u64), oneshot::Sender<()>>>,
    busy: Cell<usize>,
    serial: Cell<u64>,
}

impl World {
    pub(super) fn new(engine: Engine, seed: u64) -> Self {
        Self {
            engine,
            seed,
            log: RefCell::default(),
            waiting: RefCell::default(),
            busy: Cell::new(0),
            serial: Cell::new(0),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine.clock().now()
    }

    fn next_serial(&self) -> u64 {
        self.serial.set(self.serial.get() + 1);
        self.serial.get()
    }

    /// Somebody enters: with dice of their own, so that nobody's luck hangs on whose turn it was.
    pub(super) fn enter<F: Future<Output = ()> + 'static>(
        self: &Rc<Self>,
        life: impl FnOnce(Rc<Self>, StdRng, u64) -> F,
    ) {
        let number = self.next_serial();
        let dice = StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(number));
        let world = Rc::clone(self);
        let life = life(Rc::clone(self), dice, number);
        self.busy.set(self.busy.get() + 1);
        drop(tokio::task::spawn_local(async move {
            life.await;
            world.busy.set(world.busy.get() - 1);
        }));
    }

    /// Waits in virtual time.
    pub(super) async fn wait(&self, time: SignedDuration) {
        let (wake, woken) = oneshot::channel();
        let key = (self.now() + time, self.next_serial());
        self.waiting.borrow_mut().insert(key, wake);
        self.busy.set(self.busy.get() - 1);
        if woken.await.is_err() {
            // The world ended.
            std::future::pending::<()>().await;
        }
    }

    /// Lets time pass until everybody has left.
    pub(super) async fn pass(&self) {
        loop {
            while self.busy.get() > 0 {
                self.engine.settle().await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            self.engine.settle().await;
            let Some(next) = self.waiting.borrow().keys().next().map(|(at, _)| *at) else {
                return;
            };
            self.engine.advance(next.duration_since(self.now())).await;
            let later = self.waiting.borrow_mut().split_off(&(next, u64::MAX));
            let due = std::mem::replace(&mut *self.waiting.borrow_mut(), later);
            self.busy.set(self.busy.get() + due.len());
            for wake in due.into_values() {
                if wake.send(()).is_err() {
                    self.busy.set(self.busy.get() - 1);
                }
            }
        }
    }

    /// One request; its status and its body.
    async fn once(&self, method: &Method, path: &str, body: &Value, who: Who<'_>, key: &str) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("idempotency-key", key);
        let token = match who {
            Who::Guest => None,
            Who::Customer(token) => Some(token.to_owned()),
            Who::Staff(role) => Some(self.engine.token(role).unwrap_or_else(|error| panic!("no token: {error}"))),
        };
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = request.body(body).unwrap_or_else(|error| panic!("no request: {error}"));
        let answer = self.engine.http(request).await;
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// A request of somebody who asks again under the same key until there is an answer.
    pub(super) async fn ask(&self, method: Method, path: &str, body: &Value, who: Who<'_>) -> (u16, Value) {
        let key = format!("sim-{:020}", self.next_serial());
        self.ask_under(method, path, body, who, &key).await
    }

    /// The same, under a key that others may use too.
    pub(super) async fn ask_under(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        who: Who<'_>,
        key: &str,
    ) -> (u16, Value) {
        for _ in 0..TRIES {
            let (status, answer) = self.once(&method, path, body, who, key).await;
            if status < 500 {
                return (status, answer);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.log.borrow_mut().surprises.push(format!("{method} {path} had no answer in {TRIES} tries"));
        (0, Value::Null)
    }

    /// Reads something that is there.
    pub(super) async fn read(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, &Value::Null, Who::Staff("owner")).await;
        if status != 200 {
            self.log.borrow_mut().surprises.push(format!("GET {path}: {status} {answer}"));
        }
        answer
    }

    /// The secret of the latest sign-in link that was mailed to this address.
    pub(super) fn mailed_link(&self, email: &str) -> Option<String> {
        let mut mails = self.engine.mails();
        mails.retain(|mail| mail.subject == SIGN_IN && mail.to.iter().any(|to| to == email));
        let latest = mails.into_iter().max_by_key(|mail| mail.n)?;
        Some(latest.text?.split("token=").nth(1)?.split_whitespace().next()?.to_owned())
    }

    /// The code of store credit that was mailed to this address: always the same.
    pub(super) fn mailed_code(&self, email: &str) -> Option<String> {
        let mut mails = self.engine.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to == email));
        mails.iter().find_map(|mail| crate::credit_code(mail.text.as_deref()?).map(str::to_owned))
    }

    /// The secret of the link to an order that was mailed to this address.
    pub(super) fn mailed_secret(&self, email: &str, order: &str) -> Option<String> {
        let page = format!("/orders/{order}?token=");
        let mut mails = self.engine.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to == email));
        let secret = |text: &str| Some(text.split(&page).nth(1)?.split_whitespace().next()?.to_owned());
        mails.iter().find_map(|mail| secret(mail.text.as_deref()?))
    }

    /// The secret of the latest link to a certificate that was mailed to this address: its page's, or an offer's.
    pub(super) fn certificate_link(&self, email: &str, certificate: &str, offered: bool) -> Option<String> {
        let page = format!("/warranty/{certificate}{}?token=", if offered { "/accept" } else { "" });
        let mut mails = self.engine.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to == email));
        mails.sort_by_key(|mail| std::cmp::Reverse(mail.n));
        let secret = |text: &str| Some(text.split(&page).nth(1)?.split_whitespace().next()?.to_owned());
        mails.iter().find_map(|mail| secret(mail.text.as_deref()?))
    }

    /// The supplier's links that were mailed to this address, the earliest first.
    pub(super) fn supplier_links(&self, email: &str) -> Vec<String> {
        let mut mails = self.engine.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to == email));
        mails.sort_by_key(|mail| mail.n);
        let link = |mail: local::ses::Mail| {
            let text = mail.text?;
            let token = text.split("/supplier/").nth(1)?.split_whitespace().next()?;
            Some(format!("/supplier/{token}"))
        };
        mails.into_iter().filter_map(link).collect()
    }

    /// Posts a form as a browser does, until there is an answer; its status.
    pub(super) async fn post_form(&self, path: &str, fields: &str) -> u16 {
        const CSRF: &str = "AAAAAAAAAAAAAAAAAAAAAA";
        for _ in 0..TRIES {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("accept", "text/html")
                .header("cookie", format!("csrf={CSRF}"))
                .body(Bytes::from(format!("csrf={CSRF}&idempotency_key=sim&{fields}")));
            let answer = self.engine.http(request.unwrap_or_else(|error| panic!("no request: {error}"))).await;
            if answer.status().as_u16() < 500 {
                return answer.status().as_u16();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        0
    }

    /// The shop as it stands.
    pub(super) async fn standing(&self) -> Standing {
        let accepted: Vec<String> = self.log.borrow().accepted.keys().cloned().collect();
        let books = Books::read(&accepted, async |path: String| self.read(&path).await).await;
        let queue = |name: String| Queue {
            waiting: self.engine.messages(&name).into_iter().map(|one| one.body).collect(),
            dead: self.engine.dead_letters(&name).into_iter().map(|letter| letter.body).collect(),
            name,
        };
        Standing {
            books,
            mails: self.engine.mails().into_iter().map(mail).collect(),
            queues: self.engine.queues().into_iter().map(|view| queue(view.name)).collect(),
            parked: self.engine.parked().into_iter().map(|parked| parked.key).collect(),
            provider: self.engine.stripe().balances(),
            now: self.now(),
        }
    }
}

/// A mail, by the Message-ID that the shop gave it.
fn mail(mail: local::ses::Mail) -> Mail {
    let id = mail.headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("message-id"));
    Mail { id: id.map(|(_, id)| id).unwrap_or_default(), to: mail.to.join(","), subject: mail.subject }
}
