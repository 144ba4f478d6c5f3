//! Time and queues: what invokes functions when nobody asks.
//!
//! Knows batches of messages, schedules, the payment provider's webhooks, and how to run all of it: until nothing is
//! due (`settle`), through a stretch of time (`advance`), or as workers beside a running shop (`work`). A schedule's
//! failed tick is not tried again: the next one comes.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Engine, Inner, Source, SourceKind, Trigger};
use crate::faults::WEBHOOKS;
use crate::keep::{Change, Keep, KeepError, held};
use crate::sqs::{Message, record_event};
use crate::stripe::{Webhook, sign};
use crate::template::QueueSource;

const DELIVERIES: &str = "webhook";

/// The message attribute that carries the correlation id.
const CORRELATION: &str = "correlation";

/// After how many rounds without rest something feeds itself.
const ROUNDS: usize = 100_000;

/// How many workers a queue has: with more of them, fewer messages share a batch.
const WORKERS: usize = 2;

/// How much virtual time is between two sweeps of the tables: DynamoDB takes days.
const SWEEPS: SignedDuration = SignedDuration::from_hours(1);

/// How many batches of a queue are worked off at once where everything due at an instant happens together.
const TOGETHER: usize = 2;

/// How long a worker sleeps at most when nothing wakes it.
const NAP: Duration = Duration::from_millis(500);

/// After which pauses a webhook is delivered again that was not answered with 2xx: for three days, as Stripe does.
const PAUSES_S: [i64; 12] = [60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000, 36_000, 36_000, 36_000];

/// A webhook on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Delivery {
    id: String,
    body: String,
    due: Timestamp,
    tries: usize,
}

/// The webhooks that were on their way.
pub(super) fn kept_deliveries(keep: &Keep) -> Result<Vec<Delivery>, KeepError> {
    Ok(keep.shelf(DELIVERIES)?.into_iter().filter_map(|(_, value)| serde_json::from_slice(&value).ok()).collect())
}

impl Engine {
    /// Runs everything that is due now, in a fixed order, until nothing is.
    pub async fn settle(&self) {
        let _alone = self.0.gate.write().await;
        self.0.settle().await;
    }

    /// Lets `time` pass: everything that falls due in it happens at its own instant, in order, and settles. The new
    /// time.
    pub async fn advance(&self, time: SignedDuration) -> Timestamp {
        let _alone = self.0.gate.write().await;
        let target = self.0.now() + time;
        self.0.settle().await;
        while let Some(next) = self.0.next_due().filter(|next| *next <= target) {
            self.0.clock.move_to(next);
            self.0.tick().await;
            self.0.settle().await;
        }
        self.0.clock.move_to(target);
        self.0.sweep_sometimes().await;
        self.0.settle().await;
        self.0.keep_clock();
        self.0.now()
    }

    /// Starts the workers of a running shop, on the runtime that this is called on.
    pub fn work(&self) {
        let engine = &self.0;
        for (at, source) in engine.sources.iter().enumerate() {
            let workers = match &source.kind {
                SourceKind::Queue(queue) => queue.concurrency.unwrap_or(WORKERS).min(WORKERS),
                SourceKind::Stream(..) => 1,
                SourceKind::Schedule(..) => 0,
            };
            for _ in 0..workers {
                tokio::spawn(worker(self.clone(), at));
            }
        }
        tokio::spawn(clockwork(self.clone()));
    }
}

/// Works a source off for ever.
async fn worker(engine: Engine, at: usize) {
    let Some(source) = engine.0.sources.get(at) else {
        return;
    };
    loop {
        let busy = {
            let _shared = engine.0.gate.read().await;
            engine.0.work_off(source).await
        };
        if !busy && tokio::time::timeout(NAP, source.wake.notify.notified()).await.is_err() {
            // Nobody woke it: a hidden message or a batch that waits may show by itself.
            source.wake.up();
        }
    }
}

/// Ticks schedules and webhooks, and sweeps now and then.
async fn clockwork(engine: Engine) {
    let mut sweeps = tokio::time::interval(Duration::from_secs(600));
    loop {
        {
            let _shared = engine.0.gate.read().await;
            engine.0.tick().await;
        }
        tokio::select! {
            _ = sweeps.tick() => {
                let _shared = engine.0.gate.read().await;
                engine.0.sweep().await;
            }
            () = tokio::time::sleep(NAP) => {}
        }
    }
}

impl Inner {
    pub(super) async fn settle(&self) {
        for _ in 0..ROUNDS {
            let busy = if self.together { self.round_together().await } else { self.round_in_order().await };
            if !busy {
                return;
            }
        }
        tracing::error!("the shop does not come to rest: something feeds itself");
    }

    /// One batch of each source, one after the other. Whether there was one.
    async fn round_in_order(&self) -> bool {
        let mut busy = self.deliver().await;
        for source in &self.sources {
            busy |= self.work_off(source).await;
        }
        busy
    }

    /// One batch of each stream and two of each queue, all at once. Whether there was one.
    async fn round_together(&self) -> bool {
        let batches = self.sources.iter().flat_map(|source| {
            let at_once = match &source.kind {
                SourceKind::Queue(queue) => queue.concurrency.unwrap_or(TOGETHER).min(TOGETHER),
                SourceKind::Stream(..) => 1,
                SourceKind::Schedule(..) => 0,
            };
            (0..at_once).map(move |_| self.work_off(source))
        });
        let (delivered, worked) = futures::join!(self.deliver(), futures::future::join_all(batches));
        delivered || worked.contains(&true)
    }

    /// Works off one batch of a source. Whether there was one.
    async fn work_off(&self, source: &Source) -> bool {
        match &source.kind {
            SourceKind::Queue(queue) => self.work_queue(source, queue).await,
            SourceKind::Stream(..) if source.wake.take() => self.read_stream(source).await,
            SourceKind::Stream(..) | SourceKind::Schedule(..) => false,
        }
    }

    /// Fires the schedules and delivers the webhooks that are due.
    async fn tick(&self) {
        let now = self.now();
        for source in &self.sources {
            let SourceKind::Schedule(spec, next) = &source.kind else {
                continue;
            };
            let due = held(next).filter(|due| *due <= now);
            let Some(due) = due else { continue };
            let mut following = spec.rule.next(due);
            // A machine that slept has missed ticks; they are not made up for.
            while let Some(missed) = following.filter(|following| *following <= now) {
                following = spec.rule.next(missed);
            }
            *held(next) = following;
            let event = spec.input.clone().unwrap_or_else(|| {
                json!({ "source": "aws.scheduler", "detail-type": "Scheduled Event", "time": due.to_string() })
                    .to_string()
            });
            let trigger = Trigger { label: "schedule".to_owned(), over_http: false, from_queue: false };
            let mut done = self.run(&source.function, trigger, event.as_bytes()).await;
            done.step.shared_by = done.sent_for.len().max(1);
            for id in &done.sent_for {
                self.journeys.add(id, done.step.clone(), None);
            }
        }
        self.deliver().await;
    }

    /// Sweeps, unless that was done within the hour.
    async fn sweep_sometimes(&self) {
        let now = self.now();
        let due = {
            let mut swept = held(&self.swept);
            let due = swept.is_none_or(|last| now.duration_since(last) >= SWEEPS);
            if due {
                *swept = Some(now);
            }
            due
        };
        if due {
            self.sweep().await;
        }
    }

    /// Deletes what has outlived its time, in the tables.
    async fn sweep(&self) {
        match self.dynamo.sweep().await {
            Ok(0) => {}
            Ok(_) => {
                for source in &self.sources {
                    source.wake.up();
                }
            }
            Err(error) => tracing::error!(error = %error, "the tables could not be swept"),
        }
    }

    /// The next instant after now at which something falls due by itself.
    fn next_due(&self) -> Option<Timestamp> {
        let now = self.now();
        let sources = self.sources.iter().filter_map(|source| match &source.kind {
            SourceKind::Queue(queue) => self.queues.next_visible(&queue.queue, now),
            SourceKind::Schedule(_, next) => *held(next),
            SourceKind::Stream(..) => None,
        });
        let webhooks = held(&self.webhooks).iter().map(|delivery| delivery.due).min();
        sources.chain(self.next_retry()).chain(webhooks).chain(self.stripe.next_due()).min()
    }

    async fn work_queue(&self, source: &Source, spec: &QueueSource) -> bool {
        let now = self.now();
        let mut messages = self.queues.receive(&spec.queue, spec.batch_size, None, now);
        if messages.is_empty() {
            return false;
        }
        // There may be more for another worker.
        if messages.len() == spec.batch_size {
            source.wake.notify.notify_one();
        }
        if !spec.filters.is_empty() {
            // A filtered message is gone, as on AWS.
            messages.retain(|message| {
                let passes = passes(spec, message);
                if !passes {
                    self.queues.delete(&spec.queue, &message.handle());
                }
                passes
            });
            if messages.is_empty() {
                return true;
            }
        }
        let (messages, lost, again) = self.arranged(&spec.queue, messages);
        for message in &lost {
            self.queues.delete(&spec.queue, &message.handle());
        }
        if !messages.is_empty() {
            self.hand_out(source, spec, &messages, again).await;
        }
        true
    }

    /// A batch as faults have it delivered: in which order, what of it is lost, and whether it comes again.
    pub(super) fn arranged<T>(&self, source: &str, batch: Vec<T>) -> (Vec<T>, Vec<T>, bool) {
        let Some(arrangement) = self.faults().arrange(source, batch.len()) else {
            return (batch, Vec::new(), false);
        };
        let mut batch: Vec<Option<T>> = batch.into_iter().map(Some).collect();
        let kept = arrangement.order.iter().filter_map(|at| batch.get_mut(*at)?.take()).collect();
        (kept, batch.into_iter().flatten().collect(), arrangement.again)
    }

    async fn hand_out(&self, source: &Source, spec: &QueueSource, messages: &[Message], again: bool) {
        let records: Vec<Value> = messages.iter().map(|message| record_event(&spec.queue, message)).collect();
        let event = json!({ "Records": records }).to_string();
        let trigger =
            Trigger { label: format!("queue {}", short_queue(&spec.queue)), over_http: false, from_queue: true };
        let mut done = self.run(&source.function, trigger, event.as_bytes()).await;
        let failed = match &done.result {
            Ok(answer) if spec.reports_failures => failures(answer, messages),
            Ok(_) => Vec::new(),
            Err(_) => messages.iter().map(|message| message.id.clone()).collect(),
        };
        for message in messages {
            if failed.contains(&message.id) {
                continue;
            }
            if again {
                self.queues.hide(&spec.queue, &message.handle(), Duration::ZERO, self.now());
            } else {
                self.queues.delete(&spec.queue, &message.handle());
            }
        }
        let ids: BTreeSet<String> = messages.iter().filter_map(|message| message.attribute(CORRELATION)).collect();
        done.step.shared_by = ids.len().max(1);
        for id in ids {
            self.journeys.add(&id, done.step.clone(), None);
        }
    }

    /// Posts the webhooks that are due. Whether there was one.
    async fn deliver(&self) -> bool {
        let (webhooks, _lost, again) = self.arranged(WEBHOOKS, self.stripe.due(self.now()));
        if again {
            self.take_webhooks(webhooks.clone());
        }
        self.take_webhooks(webhooks);
        let now = self.now();
        // Claimed while it is on its way: nobody else posts it meanwhile.
        let claim = now + SignedDuration::from_secs(PAUSES_S[0]);
        let due: Vec<Delivery> = held(&self.webhooks)
            .iter_mut()
            .filter(|delivery| delivery.due <= now)
            .map(|delivery| {
                let taken = delivery.clone();
                delivery.due = claim;
                taken
            })
            .collect();
        for delivery in &due {
            let mut request = Request::new(Bytes::from(delivery.body.clone()));
            *request.method_mut() = http::Method::POST;
            *request.uri_mut() = http::Uri::from_static("/api/webhooks/stripe");
            let signature = sign(delivery.body.as_bytes(), now);
            for (name, value) in [
                ("host", self.host.as_str()),
                ("content-type", "application/json"),
                ("user-agent", "Stripe/1.0"),
                ("stripe-signature", signature.as_str()),
            ] {
                if let Ok(value) = value.parse() {
                    request.headers_mut().insert(name, value);
                }
            }
            let status = Box::pin(self.route(request)).await.status();
            let mut webhooks = held(&self.webhooks);
            let Some(at) = webhooks.iter().position(|one| one.id == delivery.id) else {
                continue;
            };
            let pause = PAUSES_S.get(delivery.tries);
            match pause {
                _ if status.is_success() => {
                    webhooks.remove(at);
                    self.keep.write(vec![Change::Drop(DELIVERIES, delivery.id.clone())]);
                }
                Some(pause) => {
                    tracing::warn!(webhook = delivery.id, %status, "a webhook is delivered again later");
                    webhooks[at].tries += 1;
                    webhooks[at].due = now + SignedDuration::from_secs(*pause);
                    self.keep.write(vec![kept(&webhooks[at])]);
                }
                None => {
                    tracing::error!(webhook = delivery.id, %status, "a webhook is given up");
                    webhooks.remove(at);
                    self.keep.write(vec![Change::Drop(DELIVERIES, delivery.id.clone())]);
                }
            }
        }
        !due.is_empty()
    }

    /// Puts webhooks on their way.
    pub(super) fn take_webhooks(&self, webhooks: Vec<Webhook>) {
        if webhooks.is_empty() {
            return;
        }
        let now = self.now();
        let mut changes = Vec::new();
        for webhook in webhooks {
            let delivery = Delivery {
                id: webhook.id,
                body: String::from_utf8_lossy(&webhook.body).into_owned(),
                due: now,
                tries: 0,
            };
            changes.push(kept(&delivery));
            held(&self.webhooks).push(delivery);
        }
        self.keep.write(changes);
        self.keep_books();
    }

    /// Posts what is due, for whoever has just made it due.
    pub(super) async fn deliver_now(&self) {
        self.deliver().await;
    }

    fn keep_clock(&self) {
        if let Some(offset) = self.clock.offset() {
            self.keep.write(vec![Change::Put(
                super::start::OWN,
                "clock".to_owned(),
                offset.as_micros().to_string().into_bytes(),
            )]);
        }
    }
}

fn kept(delivery: &Delivery) -> Change {
    Change::Put(DELIVERIES, delivery.id.clone(), serde_json::to_vec(delivery).unwrap_or_default())
}

/// Whether a message passes a mapping's filters, which see its body as JSON where it is.
fn passes(spec: &QueueSource, message: &Message) -> bool {
    let body = serde_json::from_str(&message.body).unwrap_or_else(|_| json!(message.body));
    let seen = json!({ "body": body });
    spec.filters.iter().any(|filter| filter.matches(&seen))
}

/// The ids of the messages that a partial answer names as failed. An answer that names none of the batch's, or an
/// empty id, is a failure of the whole batch, as Lambda has it.
fn failures(answer: &[u8], messages: &[Message]) -> Vec<String> {
    let all = || messages.iter().map(|message| message.id.clone()).collect();
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let Some(named) = answer.get("batchItemFailures").and_then(Value::as_array) else {
        return Vec::new();
    };
    let ids: Option<Vec<String>> = named
        .iter()
        .map(|failure| {
            let id = failure.get("itemIdentifier")?.as_str()?;
            messages.iter().any(|message| message.id == id).then(|| id.to_owned())
        })
        .collect();
    ids.unwrap_or_else(all)
}

pub(super) fn short_queue(queue: &str) -> &str {
    queue.strip_suffix("Queue").unwrap_or(queue)
}
