//! How an engine starts: from a template, functions and, where it keeps things, a directory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use edge::{Function, Randomness};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use tokio::sync::RwLock as Gate;

use super::{Engine, Inner, Slot, Source, SourceKind, Wake, pump, streams};
use crate::clock::VirtualClock;
use crate::cloudwatch::CloudWatch;
use crate::dynamo::Dynamo;
use crate::faults::NoFaults;
use crate::gateway::Router;
use crate::iam::Grants;
use crate::journeys::Journeys;
use crate::keep::{Change, Keep, KeepError};
use crate::keys::{KeyError, SigningKey};
use crate::s3::Buckets;
use crate::ses::Mailbox;
use crate::sqs::Queues;
use crate::stripe::{self, Stripe};
use crate::template::{Event, Model, Parameters, TemplateError};
use crate::wire;

/// The shelf of what outlives even a reset: the signing key, the clock.
pub(super) const OWN: &str = "engine";
/// The shelf of the payment provider's books.
pub(super) const STRIPE: &str = "stripe";

/// The shop's own template.
const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Fills an empty shop. Runs after a first start and after a reset.
pub type Seeder = fn(Engine) -> BoxFuture<'static, Result<(), String>>;

/// How an engine is to run.
#[derive(Clone)]
pub struct Options {
    /// The template's text.
    pub template: String,
    /// Values for the template's parameters, over the engine's own.
    pub parameters: Parameters,
    /// What the parameter store holds under a name, over the engine's own.
    pub secrets: BTreeMap<String, String>,
    /// The functions by folder.
    pub functions: Vec<(String, Function)>,
    /// The host and port that the shop is reached at.
    pub host: String,
    /// Where a standing clock starts.
    pub start: Timestamp,
    /// What randomness is made of where it must be the same at every run.
    pub seed: u64,
    /// Whether what is due at one instant happens together, as on AWS, and not one after the other.
    pub together: bool,
    /// Fills an empty shop.
    pub seeder: Option<Seeder>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("host", &self.host)
            .field("start", &self.start)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: TEMPLATE.to_owned(),
            parameters: Parameters::new(),
            secrets: BTreeMap::new(),
            functions: crate::functions().iter().map(|(folder, function)| ((*folder).to_owned(), *function)).collect(),
            host: "127.0.0.1:3000".to_owned(),
            // A Monday, and no day on which clocks change.
            start: Timestamp::constant(1_767_603_600, 0),
            seed: 1,
            together: false,
            seeder: None,
        }
    }
}

/// An engine that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template cannot be run.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The tables cannot be opened.
    #[error("the tables: {0}")]
    Tables(#[from] local_tables::TablesError),
    /// The engine's own file cannot be opened.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// There is no signing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The directory cannot be made.
    #[error("the data directory: {0}")]
    Directory(#[from] std::io::Error),
}

impl Engine {
    /// An engine in memory whose clock stands until it is moved and whose randomness is seeded: the same calls in
    /// the same order give the same ids, times and order of things, on a runtime with one thread.
    ///
    /// # Errors
    /// When the template cannot be run.
    pub fn memory(options: Options) -> Result<Self, StartError> {
        let clock = VirtualClock::standing(options.start);
        let seed = Some(options.seed);
        start(options, clock, seed, Arc::new(Keep::nothing()), None)
    }

    /// An engine for people: its clock runs beside the system's. With a directory everything outlives the process.
    ///
    /// # Errors
    /// When the template cannot be run or the directory holds something else.
    pub fn shop(options: Options, directory: Option<&Path>) -> Result<Self, StartError> {
        let keep = match directory {
            None => Keep::nothing(),
            Some(directory) => {
                std::fs::create_dir_all(directory)?;
                Keep::open(&directory.join("engine.sqlite"))?
            }
        };
        let offset = keep
            .value(OWN, "clock")?
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.parse().ok())
            .map_or(SignedDuration::ZERO, SignedDuration::from_micros);
        let clock = VirtualClock::ahead(offset);
        start(options, clock, None, Arc::new(keep), directory)
    }
}

fn start(
    options: Options,
    clock: VirtualClock,
    seed: Option<u64>,
    keep: Arc<Keep>,
    directory: Option<&Path>,
) -> Result<Engine, StartError> {
    let key = match keep.value(OWN, "signing-key")? {
        Some(der) => SigningKey::read(der)?,
        None => {
            let key = SigningKey::new()?;
            keep.write(vec![Change::Put(OWN, "signing-key".to_owned(), key.der().to_vec())]);
            key
        }
    };
    let mut given = own_parameters(&options.host, &key);
    given.extend(options.parameters);
    let endpoint = format!("http://{}{}", options.host, wire::PREFIX);
    let model = Model::read(&options.template, &given, &endpoint)?;
    let file = directory.map(|directory| directory.join("tables.sqlite"));
    let dynamo = Dynamo::open(model.tables.values().cloned().collect(), file.as_deref(), &clock)?;
    let stripe = Stripe::new();
    if let Some(books) = keep.value(STRIPE, "books")?
        && let Err(error) = stripe.restore(&books)
    {
        tracing::warn!(error = %error, "the payment provider's books could not be read");
    }
    let given_functions: BTreeMap<String, Function> = options.functions.into_iter().collect();
    let functions: BTreeMap<String, Slot> = model
        .functions
        .iter()
        .map(|spec| {
            let function = given_functions.get(&spec.folder).copied();
            if function.is_none() {
                tracing::warn!(
                    function = spec.folder,
                    "the template declares a function that this process does not have"
                );
            }
            let slot = Slot { spec: spec.clone(), function, started: Mutex::new(None), starts: AtomicU64::new(0) };
            (spec.folder.clone(), slot)
        })
        .collect();
    let queues = Queues::open(&model.queues, &keep)?;
    let buckets = Buckets::open(&model.buckets, &keep)?;
    let mailbox = Mailbox::open(&keep)?;
    let deliveries = pump::kept_deliveries(&keep)?;
    let sources = sources(&model, &functions, &keep, clock.now())?;
    let inner = Arc::new_cyclic(|me| Inner {
        me: me.clone(),
        sources,
        randomness: seed.map_or_else(Randomness::system, |seed| seeded(seed, "engine", 0)),
        seed,
        queues,
        buckets,
        mailbox,
        secrets: secrets(&model, &key).into_iter().chain(options.secrets).collect(),
        webhooks: Mutex::new(deliveries),
        grants: Grants::of(&model),
        router: Router::of(&model),
        host: options.host,
        journeys: Journeys::default(),
        recorded: Mutex::new(Vec::new()),
        metrics: Mutex::new(Vec::new()),
        cloudwatch: CloudWatch::default(),
        faults: RwLock::new(Arc::new(NoFaults)),
        limit: RwLock::new(None),
        calls: AtomicU64::new(0),
        gate: Gate::new(()),
        swept: Mutex::new(None),
        together: options.together,
        seeder: options.seeder,
        model,
        clock,
        keep,
        dynamo,
        key,
        stripe,
        functions,
    });
    Ok(Engine(inner))
}

/// What the engine says for the template's parameters.
fn own_parameters(host: &str, key: &SigningKey) -> Parameters {
    [
        ("ShopDomain", host.to_owned()),
        ("ShopScheme", "http".to_owned()),
        ("OwnerEmail", "owner@example.com".to_owned()),
        ("MailSender", "shop@example.com".to_owned()),
        ("PaymentProvider", "stripe".to_owned()),
        ("PublicKeys", key.public_list()),
        ("OrderIdKey", "local-order-ids-are-derived-with-this".to_owned()),
        // One partition an hour is plenty here, and one query a tick.
        ("TimerShards", "1".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The parameter store: what the template's parameters name.
fn secrets(model: &Model, key: &SigningKey) -> BTreeMap<String, String> {
    [
        ("SigningKeyName", key.secret()),
        ("StripeSecretName", stripe::SECRET_KEY.to_owned()),
        ("StripeWebhookSecretName", stripe::WEBHOOK_SECRET.to_owned()),
    ]
    .into_iter()
    .filter_map(|(parameter, value)| Some((model.parameters.get(parameter)?.clone(), value)))
    .collect()
}

/// What invokes functions without a request, by function. What invokes a function that is not here waits.
fn sources(
    model: &Model,
    functions: &BTreeMap<String, Slot>,
    keep: &Keep,
    now: Timestamp,
) -> Result<Vec<Source>, KeepError> {
    let mut sources = Vec::new();
    for spec in &model.functions {
        if functions.get(&spec.folder).is_none_or(|slot| slot.function.is_none()) {
            continue;
        }
        for event in &spec.events {
            let kind = match event {
                Event::Http(_) => continue,
                Event::Queue(queue) => SourceKind::Queue(queue.clone()),
                Event::Stream(stream) => {
                    let place = streams::Place::kept(keep, &stream.id)?;
                    SourceKind::Stream(stream.clone(), Mutex::new(place))
                }
                Event::Schedule(schedule) => {
                    SourceKind::Schedule(schedule.clone(), Mutex::new(schedule.rule.next(now)))
                }
            };
            let wake = Wake::default();
            wake.up();
            sources.push(Source { function: spec.folder.clone(), kind, wake });
        }
    }
    Ok(sources)
}

/// Randomness made of a seed and whose it is.
pub(super) fn seeded(seed: u64, whose: &str, start: u64) -> Randomness {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(whose.as_bytes());
    // Who died and is started again must not draw the same secrets as before.
    if start > 0 {
        hash.update(start.to_le_bytes());
    }
    let rng = Mutex::new(StdRng::from_seed(hash.finalize().into()));
    Randomness::of(move |buffer| crate::keep::held(&rng).fill_bytes(buffer))
}
