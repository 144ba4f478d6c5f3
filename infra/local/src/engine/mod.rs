//! The engine: functions, what invokes them and what they call, in one process.
//!
//! Knows how a function starts, is invoked, times out, panics and dies. Calls are in `calls`, streams in `streams`,
//! queues, schedules and time in `pump`, what tests and the console ask in `views`.

mod calls;
mod pump;
mod start;
mod streams;
mod views;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, Weak};
use std::time::Instant;

use bytes::Bytes;
use edge::{Environment, Function, Invoke};
use futures::FutureExt;
use http::{Request, Response};
use jiff::Timestamp;
use tokio::sync::{Notify, RwLock as Gate};

use crate::clock::VirtualClock;
use crate::cloudwatch::CloudWatch;
use crate::connector::InProcess;
use crate::dynamo::Dynamo;
use crate::faults::Faults;
use crate::gateway::{self, Router};
use crate::iam::Grants;
use crate::journeys::{Journeys, Notes, Recorded, Step};
use crate::keep::{Keep, held};
use crate::keys::SigningKey;
use crate::limit::WriteLimit;
use crate::s3::Buckets;
use crate::ses::Mailbox;
use crate::sqs::Queues;
use crate::stripe::Stripe;
use crate::template::{FunctionSpec, Model, QueueSource, ScheduleSource, StreamSource};
use crate::wire;

pub use start::{Options, Seeder, StartError};
pub use views::Parked;

pub(crate) use calls::Reply;

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

pub(crate) struct Inner {
    /// Itself, for what outlives a call.
    me: Weak<Inner>,
    host: String,
    model: Model,
    clock: VirtualClock,
    randomness: edge::Randomness,
    seed: Option<u64>,
    keep: Arc<Keep>,
    dynamo: Dynamo,
    queues: Queues,
    buckets: Buckets,
    mailbox: Mailbox,
    secrets: BTreeMap<String, String>,
    key: SigningKey,
    stripe: Stripe,
    webhooks: Mutex<Vec<pump::Delivery>>,
    grants: Grants,
    router: Router,
    functions: BTreeMap<String, Slot>,
    sources: Vec<Source>,
    journeys: Journeys,
    recorded: Mutex<Vec<Recorded>>,
    metrics: Mutex<Vec<String>>,
    cloudwatch: CloudWatch,
    faults: RwLock<Arc<dyn Faults>>,
    limit: RwLock<Option<Arc<WriteLimit>>>,
    calls: AtomicU64,
    /// Workers hold it while they work; who moves the clock or empties the shop holds it alone.
    gate: Gate<()>,
    /// When the tables were last swept, by the virtual clock.
    swept: Mutex<Option<Timestamp>>,
    together: bool,
    seeder: Option<Seeder>,
}

/// A function and, once it was needed, its started form.
struct Slot {
    spec: FunctionSpec,
    /// None: the template declares it and the process does not have it.
    function: Option<Function>,
    started: Mutex<Option<Arc<dyn Invoke>>>,
    /// How often it was started.
    starts: AtomicU64,
}

/// What invokes a function without a request.
struct Source {
    function: String,
    kind: SourceKind,
    wake: Wake,
}

enum SourceKind {
    Queue(QueueSource),
    Stream(StreamSource, Mutex<streams::Place>),
    Schedule(ScheduleSource, Mutex<Option<Timestamp>>),
}

/// How a source is told that there may be something.
#[derive(Default)]
struct Wake {
    notify: Notify,
    dirty: std::sync::atomic::AtomicBool,
}

impl Wake {
    fn up(&self) {
        self.dirty.store(true, Ordering::SeqCst);
        self.notify.notify_one();
    }

    /// Whether there may be something; from now on there is nothing until the next wake.
    fn take(&self) -> bool {
        self.dirty.swap(false, Ordering::SeqCst)
    }
}

/// An invocation that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The template has no such function, or the process has not.
    #[error("there is no function {0} in this process")]
    Missing(String),
    /// It did not start.
    #[error("{function} did not start: {why}")]
    Start {
        /// The function.
        function: String,
        /// Its error.
        why: String,
    },
    /// It answered an error.
    #[error("{function} failed: {why}")]
    Failed {
        /// The function.
        function: String,
        /// Its error.
        why: String,
    },
    /// It took longer than its timeout.
    #[error("{0} timed out")]
    TimedOut(String),
    /// Its process died.
    #[error("{0} died")]
    Died(String),
}

/// What invokes.
struct Trigger {
    label: String,
    over_http: bool,
    from_queue: bool,
}

/// An invocation that is over.
struct Invocation {
    result: Result<Vec<u8>, InvokeError>,
    step: Step,
    /// The correlation ids of the messages that it sent.
    sent_for: std::collections::BTreeSet<String>,
}

tokio::task_local! {
    /// What is noted during the invocation that this task runs.
    static NOTES: Arc<Notes>;
}

impl Engine {
    /// Answers a request as the API would, or as a service would where it is a call to one.
    pub async fn http(&self, request: Request<Bytes>) -> Response<Bytes> {
        if wire::is_call(&request) {
            return match self.0.dispatch(request).await {
                Reply::Answer(response) => response,
                Reply::Lost | Reply::Dead => gateway::failure(),
            };
        }
        self.0.route(request).await
    }

    /// Invokes a function with an event's JSON; its answer's JSON.
    ///
    /// # Errors
    /// When it is not there, fails, times out or dies.
    pub async fn invoke(&self, function: &str, event: &[u8]) -> Result<Vec<u8>, InvokeError> {
        let trigger = Trigger { label: "invoke".to_owned(), over_http: false, from_queue: false };
        let done = self.0.run(function, trigger, event).await;
        for id in &done.sent_for {
            self.0.journeys.add(id, done.step.clone(), None);
        }
        done.result
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id of the engine's own: a UUID of its randomness.
    fn new_id(&self) -> String {
        uuid::Builder::from_random_bytes(self.randomness.bytes()).into_uuid().to_string()
    }

    async fn route(&self, request: Request<Bytes>) -> Response<Bytes> {
        if request.body().len() > gateway::MAX_REQUEST {
            return gateway::too_large();
        }
        if !gateway::is_well_addressed(request.headers()) {
            return gateway::malformed();
        }
        let method = request.method().as_str().to_owned();
        let Some(way) = self.router.find(&method, request.uri().path()) else {
            return gateway::not_found();
        };
        let id = self.new_id();
        let source = request.extensions().get::<SocketAddr>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), SocketAddr::ip);
        let event = gateway::event(&request, &way, source, &id, self.now()).to_string();
        if event.len() > gateway::MAX_PAYLOAD {
            return gateway::too_large();
        }
        let trigger =
            Trigger { label: format!("{method} {}", request.uri().path()), over_http: true, from_queue: false };
        let done = self.run(&way.function, trigger, event.as_bytes()).await;
        let mut response = match &done.result {
            Ok(answer) => gateway::response(answer),
            Err(_) => gateway::failure(),
        };
        let correlation = wire::text(response.headers(), "x-correlation-id").unwrap_or_else(|| id.clone());
        let mut ids = done.sent_for;
        ids.remove(&correlation);
        self.journeys.add(&correlation, done.step, Some(response.status().as_u16()));
        if let Ok(value) = id.parse() {
            response.headers_mut().insert("apigw-requestid", value);
        }
        response
    }

    /// Runs one invocation to its end, whatever that is.
    async fn run(&self, folder: &str, trigger: Trigger, payload: &[u8]) -> Invocation {
        let notes = Arc::new(Notes::default());
        let started = self.now();
        let clock = Instant::now();
        let result = NOTES.scope(Arc::clone(&notes), self.attempt(folder, payload, &notes)).await;
        if let Err(error) = &result {
            tracing::error!(function = folder, trigger = trigger.label, error = %error, "an invocation failed");
        }
        Invocation {
            step: Step {
                function: folder.to_owned(),
                trigger: trigger.label,
                started,
                took_us: u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX),
                calls: notes.take_calls(),
                failed: result.is_err(),
                shared_by: 1,
                memory_mb: self.functions.get(folder).map_or(128, |slot| slot.spec.memory_mb),
                over_http: trigger.over_http,
                from_queue: trigger.from_queue,
            },
            sent_for: notes.correlations(),
            result,
        }
    }

    async fn attempt(&self, folder: &str, payload: &[u8], notes: &Notes) -> Result<Vec<u8>, InvokeError> {
        let slot = self.functions.get(folder).ok_or_else(|| InvokeError::Missing(folder.to_owned()))?;
        let function = self.started(slot)?;
        let work = AssertUnwindSafe(function.invoke(payload)).catch_unwind();
        let failed = |why: String| InvokeError::Failed { function: folder.to_owned(), why };
        tokio::select! {
            biased;
            () = notes.death() => {
                // The process is gone, and what it had in memory with it.
                *held(&slot.started) = None;
                Err(InvokeError::Died(folder.to_owned()))
            }
            ended = tokio::time::timeout(slot.spec.timeout, work) => match ended {
                Ok(Ok(Ok(answer))) => Ok(answer),
                Ok(Ok(Err(error))) => Err(failed(error.to_string())),
                Ok(Err(_panic)) => Err(failed("it panicked".to_owned())),
                Err(_elapsed) => {
                    *held(&slot.started) = None;
                    Err(InvokeError::TimedOut(folder.to_owned()))
                }
            },
        }
    }

    /// The started form of a function: started at its first invocation, as Lambda does.
    fn started(&self, slot: &Slot) -> Result<Arc<dyn Invoke>, InvokeError> {
        let mut started = held(&slot.started);
        if let Some(function) = started.as_ref() {
            return Ok(Arc::clone(function));
        }
        let folder = &slot.spec.folder;
        let function = slot.function.ok_or_else(|| InvokeError::Missing(folder.clone()))?;
        let refused = |why: String| InvokeError::Start { function: folder.clone(), why };
        let start = slot.starts.fetch_add(1, Ordering::Relaxed);
        let context = self.context(folder, start, self.environment(&slot.spec));
        let context = context.map_err(|error| refused(error.to_string()))?;
        let function = std::panic::catch_unwind(AssertUnwindSafe(|| function.start(&context)))
            .map_err(|_panic| refused("it panicked".to_owned()))?
            .map_err(|error| refused(error.to_string()))?;
        *started = Some(Arc::clone(&function));
        Ok(function)
    }

    /// The variables that a function runs with: its template entry's, and those that Lambda sets.
    fn environment(&self, spec: &FunctionSpec) -> BTreeMap<String, String> {
        let mut variables = spec.environment.clone();
        variables.extend(self.lambda_variables(&spec.folder));
        variables.insert("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".to_owned(), spec.memory_mb.to_string());
        variables
    }

    fn context(
        &self,
        caller: &str,
        start: u64,
        variables: BTreeMap<String, String>,
    ) -> Result<edge::Context, edge::environment::MissingVariable> {
        let randomness = match self.seed {
            Some(seed) => start::seeded(seed, caller, start),
            None => edge::Randomness::system(),
        };
        edge::Context::new(
            Environment::new(variables),
            self.clock.for_functions(),
            randomness,
            InProcess::client(self.me.clone()),
            self.lines(),
        )
    }

    /// Where functions write their metrics: summed as CloudWatch does, and kept for a test to look at.
    fn lines(&self) -> edge::metrics::Lines {
        let (engine, kept) = (self.me.clone(), self.seed.is_some());
        Arc::new(move |line| {
            let Some(engine) = engine.upgrade() else { return };
            engine.cloudwatch.take(&line);
            if kept {
                calls::remember(&mut held(&engine.metrics), line);
            }
        })
    }

    fn lambda_variables(&self, caller: &str) -> BTreeMap<String, String> {
        [
            ("AWS_REGION", crate::template::REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", caller.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_LAMBDA_FUNCTION_NAME", caller.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Where the services listen. The slash at its end keeps the S3 client from gluing the bucket to the path.
    fn endpoint(&self) -> String {
        format!("http://{}{}/", self.host, wire::PREFIX)
    }
}
