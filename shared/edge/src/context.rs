//! What a function is given: its environment, a clock, randomness and the way out to AWS.
//!
//! A handler never knows whether the other side is AWS, an emulator or the engine in its own process.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use jiff::Timestamp;

use crate::environment::{Environment, MissingVariable};
use crate::metrics::{Billed, Count, Lines, Metrics};

/// Tells the time: the system's on AWS, a virtual one in tests and in the local shop.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's clock, in whole milliseconds: as fine as times are kept, so that an answer says the same when its
    /// request is repeated.
    #[allow(clippy::disallowed_methods)]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let now = Timestamp::now();
            Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
        }))
    }

    /// A clock that tells what `tell` tells.
    pub fn of(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// Fills buffers with randomness: the system's on AWS, seeded in a simulation.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

impl Randomness {
    /// The system's randomness.
    pub fn system() -> Self {
        Self(Arc::new(|buffer| rand::fill(buffer)))
    }

    /// Randomness from `fill`.
    pub fn of(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// N random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        (self.0)(&mut buffer);
        buffer
    }
}

struct Inner {
    environment: Environment,
    clock: Clock,
    randomness: Randomness,
    sdk: SdkConfig,
    metrics: Metrics,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
}

/// What a function is given at its start. Cheap to clone.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

/// How long the connection is waited for before the first event: the first call opens it then.
const WARM_UP: Duration = Duration::from_secs(1);

/// How long one attempt of an AWS call may take: well under every function's deadline.
const ATTEMPT: Duration = Duration::from_secs(2);

impl Context {
    /// A context from its parts: `http` is the way out, metrics are written to `lines`.
    ///
    /// # Errors
    /// When the environment lacks AWS_REGION.
    pub fn new(
        environment: Environment,
        clock: Clock,
        randomness: Randomness,
        http: SharedHttpClient,
        lines: Lines,
    ) -> Result<Self, MissingVariable> {
        let region = Region::new(environment.require("AWS_REGION")?.to_owned());
        let mut sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .region(region)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            // Lambda's credentials stay as they are for a process's life.
            .identity_cache(IdentityCache::no_cache())
            // It guards long transfers; ours are small, and each attempt has its timeout.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build());
        if let (Some(id), Some(secret)) =
            (environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY"))
        {
            let token = environment.get("AWS_SESSION_TOKEN").map(str::to_owned);
            sdk = sdk.credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                id,
                secret,
                token,
                None,
                "environment",
            )));
        }
        if let Some(endpoint) = environment.get("AWS_ENDPOINT_URL") {
            sdk = sdk.endpoint_url(endpoint);
        }
        let metrics = Metrics::new(
            environment.get("METRICS_NAMESPACE").map(str::to_owned),
            environment.get("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default().to_owned(),
            environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|size| size.parse().ok()).unwrap_or(128),
            lines,
        );
        let sdk = sdk.build();
        Ok(Self(Arc::new(Inner { environment, clock, randomness, sdk, metrics, dynamodb: OnceLock::new() })))
    }

    /// The context of this process, as Lambda starts it.
    ///
    /// # Errors
    /// When the environment lacks AWS_REGION.
    pub fn of_process() -> Result<Self, MissingVariable> {
        // Not the SDK's default, aws-lc: it is a megabyte of every zip.
        let https = Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
        Self::new(Environment::of_process(), Clock::system(), Randomness::system(), https, Arc::new(write_line))
    }

    /// The value of the variable `name`.
    ///
    /// # Errors
    /// When the template does not set it.
    pub fn require(&self, name: &str) -> Result<String, MissingVariable> {
        self.0.environment.require(name).map(str::to_owned)
    }

    /// The value of the variable `name`, where the template sets it.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.environment.get(name).map(str::to_owned)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    /// N random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.0.randomness.bytes()
    }

    /// A new id of the kind that is asked for, made of now and randomness.
    pub fn new_id<Id: From<uuid::Uuid>>(&self) -> Id {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        Id::from(uuid::Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid())
    }

    /// Waits before an attempt at a record that others write too: see [`store::Db::pause`].
    pub async fn pause(&self, attempt: u32) {
        self.db().pause(attempt).await;
    }

    /// What AWS clients are made of.
    pub fn sdk(&self) -> &SdkConfig {
        &self.0.sdk
    }

    /// The DynamoDB client, made once.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let make = || {
            let config = aws_sdk_dynamodb::config::Builder::from(&self.0.sdk);
            let config = config.interceptor(self.0.metrics.counting(Billed::Units)).build();
            aws_sdk_dynamodb::Client::from_conf(config)
        };
        self.0.dynamodb.get_or_init(make).clone()
    }

    /// Opens the connection to DynamoDB, where the function has a table: its first call finds it there. What is asked
    /// is the endpoint's health page, for which nobody needs a grant; whatever it answers is as good.
    pub async fn warm_up(&self) {
        if !self.0.environment.names().any(|name| name.ends_with("_TABLE")) {
            return;
        }
        let once = aws_sdk_dynamodb::config::Builder::new().retry_config(RetryConfig::disabled());
        let health = self.dynamodb().list_tables().customize().config_override(once).mutate_request(|request| {
            // A request line that every server takes; the rest of the address stays the endpoint's.
            if request.set_method("GET").is_ok() {
                request.headers_mut().remove("x-amz-target");
                request.headers_mut().remove("content-length");
                *request.body_mut() = SdkBody::empty();
            }
        });
        drop(tokio::time::timeout(WARM_UP, health.send()).await);
    }

    /// What is counted and told of each invocation.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Counts something that the shop is watched by.
    pub fn count(&self, count: &Count) {
        self.0.metrics.count(count, self.now().as_millisecond());
    }
}

/// Lambda takes each line of the standard output for a line of the log, and a metric out of it where it is one.
#[expect(clippy::print_stdout, reason = "the way of metrics on Lambda")]
fn write_line(line: String) {
    println!("{line}");
}

impl Context {
    /// Opens a table that the function's template entry names.
    ///
    /// # Errors
    /// When the template does not set `{FAMILY}_TABLE`.
    pub fn table<T: store::Table>(&self) -> Result<T, MissingVariable> {
        let name = self.require(&format!("{}_TABLE", T::FAMILY))?;
        Ok(T::open(self.db(), name))
    }

    /// The way to DynamoDB, for transactions over several tables.
    pub fn db(&self) -> store::Db {
        let context = self.clone();
        store::Db::new(self.dynamodb(), move || u64::from_le_bytes(context.random()))
    }
}
