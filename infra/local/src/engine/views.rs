//! What tests and the console ask of the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use serde::Serialize;

use super::{Engine, Inner};
use crate::clock::VirtualClock;
use crate::faults::Faults;
use crate::iam::{DEVELOPER, Grants};
use crate::journeys::{Journey, Recorded};
use crate::keep::held;
use crate::keys::KeyError;
use crate::limit::WriteLimit;
use crate::ses::Mail;
use crate::sqs::{Message, QueueView, Queues};
use crate::stripe::{Act, ActError, Stripe};
use crate::template::{Event, Model};

/// A batch of a stream that no try could carry.
#[derive(Debug, Clone, Serialize)]
pub struct Parked {
    /// The bucket.
    pub bucket: String,
    /// Where it lies there.
    pub key: String,
    /// The batch and what became of it, as JSON.
    pub body: String,
    /// When it was parked.
    pub at: Timestamp,
}

impl Engine {
    /// The mails that were sent, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.0.mailbox.all()
    }

    /// How many mails were sent.
    pub fn mail_count(&self) -> usize {
        self.0.mailbox.count()
    }

    /// One mail.
    pub fn mail(&self, n: u64) -> Option<Mail> {
        self.0.mailbox.one(n)
    }

    /// A mail as it went out.
    pub fn raw_mail(&self, n: u64) -> Option<Vec<u8>> {
        self.0.mailbox.raw(n)
    }

    /// How full the queues are.
    pub fn queues(&self) -> Vec<QueueView> {
        self.0.queues.views(self.0.now())
    }

    /// A queue's messages, by its name with or without `Queue`.
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.0.queues.messages(queue)
    }

    /// A queue's dead letters.
    pub fn dead_letters(&self, queue: &str) -> Vec<Message> {
        self.0.queues.dead_letters(queue)
    }

    /// Puts a message into a queue, as the outer world would.
    pub fn send(&self, queue: &str, body: String) -> bool {
        match self.0.queues.spec(queue) {
            Some(spec) => {
                self.0.put_message(&spec.name.clone(), DEVELOPER, body);
                true
            }
            None => false,
        }
    }

    /// Sends a queue's dead letters back into it; how many. None: there is no such queue, or it has no dead letters.
    pub fn redrive(&self, queue: &str) -> Option<usize> {
        let moved = self.0.queues.redrive(queue, self.0.now())?;
        if let Some(spec) = self.0.queues.spec(queue) {
            self.0.wake_queue(&spec.name.clone());
        }
        Some(moved)
    }

    /// The queues themselves.
    pub fn queue_store(&self) -> &Queues {
        &self.0.queues
    }

    /// The virtual clock.
    pub fn clock(&self) -> &VirtualClock {
        &self.0.clock
    }

    /// The journeys of late, latest first.
    pub fn journeys(&self) -> Vec<Journey> {
        self.0.journeys.all()
    }

    /// One journey, by its correlation id.
    pub fn journey(&self, id: &str) -> Option<Journey> {
        self.0.journeys.one(id)
    }

    /// Batches of streams that no try could carry.
    pub fn parked(&self) -> Vec<Parked> {
        let mut buckets: Vec<&String> = self
            .0
            .model
            .functions
            .iter()
            .flat_map(|function| &function.events)
            .filter_map(|event| match event {
                Event::Stream(stream) => stream.parking.as_ref(),
                Event::Http(_) | Event::Queue(_) | Event::Schedule(_) => None,
            })
            .collect();
        buckets.sort();
        buckets.dedup();
        buckets
            .into_iter()
            .flat_map(|bucket| {
                let objects = self.0.buckets.objects(bucket).into_iter();
                objects.map(|(key, object)| Parked {
                    bucket: bucket.clone(),
                    key,
                    body: String::from_utf8_lossy(&object.bytes).into_owned(),
                    at: object.modified,
                })
            })
            .collect()
    }

    /// Does on the pay page of an order what a shopper would, opening it first where nobody has, and delivers the
    /// webhooks that follow.
    ///
    /// # Errors
    /// When there is no pay page on which that can be done.
    pub async fn pay(&self, order: &str, what: Act) -> Result<(), ActError> {
        let webhooks = match self.0.stripe.act(order, what, self.0.now()) {
            Err(ActError::NoPage(_)) => {
                // A guest's link is not known here; staff may open any order's page.
                let mut request = Request::new(Bytes::new());
                if let Ok(uri) = format!("/pay/{order}").parse() {
                    *request.uri_mut() = uri;
                }
                let bearer = self.token("owner").map(|token| format!("Bearer {token}"));
                for (name, value) in [
                    (http::header::HOST, self.0.host.clone()),
                    (http::header::AUTHORIZATION, bearer.unwrap_or_default()),
                ] {
                    if let Ok(value) = value.parse() {
                        request.headers_mut().insert(name, value);
                    }
                }
                self.http(request).await;
                self.0.stripe.act(order, what, self.0.now())?
            }
            other => other?,
        };
        self.0.take_webhooks(webhooks);
        self.0.keep_books();
        self.0.deliver_now().await;
        Ok(())
    }

    /// The payment provider's stand-in. Who acts on it calls [`Engine::deliver`] afterwards.
    pub fn stripe(&self) -> &Stripe {
        &self.0.stripe
    }

    /// Delivers the webhooks that are due.
    pub async fn deliver(&self) {
        self.0.keep_books();
        self.0.deliver_now().await;
    }

    /// Empties the shop: tables, queues, mails, objects, payments, journeys. The clock and the signing key stay.
    /// Then the seeder fills it again, where there is one.
    ///
    /// # Errors
    /// When the tables cannot be made anew, or the seeder fails.
    pub async fn reset(&self) -> Result<(), String> {
        {
            let _alone = self.0.gate.write().await;
            self.0.dynamo.reset().await.map_err(|error| error.to_string())?;
            self.0.queues.reset();
            self.0.mailbox.reset();
            self.0.buckets.reset();
            self.0.stripe.reset();
            held(&self.0.webhooks).clear();
            self.0.journeys.reset();
            self.0.cloudwatch.clear();
            self.0.rewind();
            for slot in self.0.functions.values() {
                *held(&slot.started) = None;
            }
            self.0.keep.clear_but(super::start::OWN);
        }
        self.seed().await
    }

    /// Fills the shop, where there is a seeder.
    ///
    /// # Errors
    /// The seeder's.
    pub async fn seed(&self) -> Result<(), String> {
        match self.0.seeder {
            Some(seeder) => seeder(self.clone()).await,
            None => Ok(()),
        }
    }

    /// Whether nobody has put anything into the shop yet: no table has an item.
    pub async fn is_empty(&self) -> bool {
        self.0.dynamo.is_empty().await
    }

    /// A staff token for a role, as a sign-in gives it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token(&self, role: &str) -> Result<String, KeyError> {
        let email = match (role, self.0.model.parameters.get("OwnerEmail")) {
            ("owner", Some(owner)) => owner.clone(),
            _staff => format!("{role}@example.com"),
        };
        self.0.key.staff(role, &email, &self.0.issuer(), self.0.now())
    }

    /// The shop's address.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.host)
    }

    /// The signing key of the shop.
    pub fn key(&self) -> &crate::keys::SigningKey {
        &self.0.key
    }

    /// What a developer's own clients are made of: all tables and queues, all grants.
    ///
    /// # Errors
    /// Never in an engine that started.
    pub fn developer(&self) -> Result<edge::Context, edge::environment::MissingVariable> {
        self.0.context(DEVELOPER, 0, self.variables())
    }

    /// The variables that a function process outside needs, to work on this shop.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        for function in &self.0.model.functions {
            variables.extend(function.environment.clone());
        }
        variables.extend(self.0.lambda_variables(DEVELOPER));
        variables.insert("STRIPE_ENDPOINT".to_owned(), format!("{}/_local/stripe", self.url()));
        variables
    }

    /// The keys of all routes: `GET /api/products/{slug}`.
    pub fn routes(&self) -> Vec<String> {
        self.0.router.keys().into_iter().map(|(key, _)| key).collect()
    }

    /// The template, as it is run.
    pub fn model(&self) -> &Model {
        &self.0.model
    }

    /// The grants, and what was made of them.
    pub fn grants(&self) -> &Grants {
        &self.0.grants
    }

    /// Functions that the template declares and this process does not have.
    pub fn missing(&self) -> Vec<&str> {
        self.0.functions.values().filter(|slot| slot.function.is_none()).map(|slot| slot.spec.folder.as_str()).collect()
    }

    /// Sets what goes wrong from now on.
    pub fn set_faults(&self, faults: Arc<dyn Faults>) {
        match self.0.faults.write() {
            Ok(mut held) => *held = faults,
            Err(poisoned) => *poisoned.into_inner() = faults,
        }
    }

    /// Has each partition of a table take no more than so many write units a second from now on, as on AWS, where they are
    /// a thousand; or as many as come.
    pub fn limit_writes(&self, units_a_second: Option<f64>) {
        let key = |(name, table): (&String, &crate::template::TableSpec)| {
            let schema = table.create["KeySchema"].as_array()?;
            let hash = schema.iter().find(|key| key["KeyType"] == "HASH")?;
            Some((name.clone(), hash["AttributeName"].as_str()?.to_owned()))
        };
        let keys = || self.0.model.tables.iter().filter_map(key).collect();
        let limit = units_a_second.map(|units| Arc::new(WriteLimit::new(units, keys())));
        match self.0.limit.write() {
            Ok(mut held) => *held = limit,
            Err(poisoned) => *poisoned.into_inner() = limit,
        }
    }

    /// Takes the calls recorded so far, in order: who called what on which resource, for how many units.
    pub fn take_calls(&self) -> Vec<Recorded> {
        std::mem::take(&mut *held(&self.0.recorded))
    }

    /// Takes the metrics that functions have written so far: lines of the embedded metric format.
    pub fn take_metrics(&self) -> Vec<String> {
        std::mem::take(&mut *held(&self.0.metrics))
    }

    /// The invocations' functions that have a journey in common with a correlation id.
    pub fn functions_of(&self, journey: &str) -> BTreeSet<String> {
        self.journey(journey)
            .map(|journey| journey.steps.into_iter().map(|step| step.function).collect())
            .unwrap_or_default()
    }
}

impl Inner {
    /// Who issues tokens, as the functions are told.
    fn issuer(&self) -> String {
        self.model
            .functions
            .iter()
            .find_map(|function| function.environment.get("TOKEN_ISSUER").cloned())
            .unwrap_or_else(|| format!("http://{}", self.host))
    }
}
