//! What the template declares, as the engine runs it.
//!
//! Knows functions, routes, tables, queues, buckets, schedules and grants. It deliberately knows nothing of alarms,
//! logs, domain names and encryption: those matter on AWS alone, and stand on explicit lists in `resources`. A
//! resource type or a property on neither list is an error, so that the template cannot say what the engine ignores.

mod intrinsics;
mod resources;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::pattern::Pattern;
use crate::schedule::Rule;

pub use intrinsics::Parameters;
pub use local_tables::TableSpec;

/// The region that names are made of.
pub const REGION: &str = "eu-central-1";

/// The account that names are made of.
pub const ACCOUNT: &str = "000000000000";

/// A template that the engine cannot run.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// No YAML, or no mapping at its top.
    #[error("the template is no YAML mapping: {0}")]
    Yaml(String),
    /// A parameter without a default that nobody gave.
    #[error("the template's parameter {0} has no default and the engine gives it no value")]
    Parameter(String),
    /// A function of CloudFormation's that is not built here.
    #[error("{at}: {function} is not interpreted by the local engine")]
    Intrinsic {
        /// Where it stands.
        at: String,
        /// Its name.
        function: String,
    },
    /// A name that nothing in the template has.
    #[error("{at}: nothing is called {name}")]
    Unknown {
        /// Where it stands.
        at: String,
        /// The name.
        name: String,
    },
    /// A resource type on neither list.
    #[error("{logical} is a {kind}, which the local engine neither runs nor knows to be of no concern")]
    Kind {
        /// The resource.
        logical: String,
        /// Its type.
        kind: String,
    },
    /// A property on neither list.
    #[error("{at} sets {property}, which the local engine neither runs nor knows to be of no concern")]
    Property {
        /// Where it stands.
        at: String,
        /// Its name.
        property: String,
    },
    /// A value that is not what the property takes.
    #[error("{at}: {why}")]
    Shape {
        /// Where it stands.
        at: String,
        /// What was expected.
        why: String,
    },
}

/// Everything that runs.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The functions, by the template's order.
    pub functions: Vec<FunctionSpec>,
    /// The tables, by name.
    pub tables: BTreeMap<String, TableSpec>,
    /// The queues, by name.
    pub queues: BTreeMap<String, QueueSpec>,
    /// The buckets' names.
    pub buckets: Vec<String>,
    /// Where the mail provider's events go.
    pub mail_events: Vec<MailEvents>,
    /// The values of the template's parameters.
    pub parameters: BTreeMap<String, String>,
}

/// One function.
#[derive(Debug, Clone)]
pub struct FunctionSpec {
    /// Its logical id, such as CheckoutFunction.
    pub logical: String,
    /// Its folder under functions/, such as checkout.
    pub folder: String,
    /// Its variables.
    pub environment: BTreeMap<String, String>,
    /// What it may do.
    pub statements: Vec<Statement>,
    /// Memory, in MB: what its milliseconds cost.
    pub memory_mb: u32,
    /// After how long an invocation is cut off.
    pub timeout: Duration,
    /// What invokes it.
    pub events: Vec<Event>,
}

/// One Allow statement: any of the actions on any of the resources. Both may end in or hold `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The actions, such as dynamodb:GetItem.
    pub actions: Vec<String>,
    /// The resources' ARNs.
    pub resources: Vec<String>,
}

/// What invokes a function.
#[derive(Debug, Clone)]
pub enum Event {
    /// A route of the API.
    Http(HttpSource),
    /// Messages of a queue.
    Queue(QueueSource),
    /// Records of a table's stream.
    Stream(StreamSource),
    /// The clock.
    Schedule(ScheduleSource),
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSource {
    /// GET, POST ... or ANY.
    pub method: String,
    /// Such as /api/orders/{id}, or $default.
    pub path: String,
}

/// A queue's mapping to a function.
#[derive(Debug, Clone)]
pub struct QueueSource {
    /// The queue's name.
    pub queue: String,
    /// How many messages an invocation gets at most.
    pub batch_size: usize,
    /// Whether the answer names the messages that failed.
    pub reports_failures: bool,
    /// What a message must be like to reach the function; any of them. None: all do.
    pub filters: Vec<Pattern>,
    /// How many invocations may run at once.
    pub concurrency: Option<usize>,
}

/// A stream's mapping to a function.
#[derive(Debug, Clone)]
pub struct StreamSource {
    /// The mapping's own name, by which its place in the stream is kept.
    pub id: String,
    /// The table whose stream is read.
    pub table: String,
    /// How many records an invocation gets at most.
    pub batch_size: usize,
    /// Whether the answer names the first record that failed.
    pub reports_failures: bool,
    /// What a record must be like to reach the function; any of them. None: all do.
    pub filters: Vec<Pattern>,
    /// Whether a batch that fails is halved.
    pub bisects: bool,
    /// How often a batch is tried again; None: until the records are a day old.
    pub retries: Option<u32>,
    /// The bucket that batches go to which no try could carry.
    pub parking: Option<String>,
}

/// A schedule.
#[derive(Debug, Clone)]
pub struct ScheduleSource {
    /// Its own name.
    pub id: String,
    /// When.
    pub rule: Rule,
    /// What the function gets; None: an event that tells the time.
    pub input: Option<String>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// Its name: the logical id.
    pub name: String,
    /// How long a received message stays hidden.
    pub visibility: Duration,
    /// How long a message is kept.
    pub retention: Duration,
    /// How long a new message stays hidden.
    pub delay: Duration,
    /// Where messages go that were received too often.
    pub redrive: Option<Redrive>,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The dead-letter queue's name.
    pub to: String,
    /// How often a message is received before.
    pub after: u32,
}

/// A mail provider's configuration set, and the queue that its events reach through a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailEvents {
    /// The configuration set's name.
    pub set: String,
    /// The event types that are told, in lower case.
    pub types: Vec<String>,
    /// The topic's ARN.
    pub topic: String,
    /// The queue's name.
    pub queue: String,
    /// Whether the queue gets the event itself and not the topic's envelope.
    pub raw: bool,
}

impl Model {
    /// Reads a template.
    ///
    /// `given` are values for its parameters, `endpoint` is where the engine's services listen (queue URLs start
    /// with it).
    ///
    /// # Errors
    /// What the engine cannot run, by name.
    pub fn read(text: &str, given: &Parameters, endpoint: &str) -> Result<Self, TemplateError> {
        resources::model(&intrinsics::Template::parse(text, given, endpoint)?)
    }

    /// The function of a folder.
    pub fn function(&self, folder: &str) -> Option<&FunctionSpec> {
        self.functions.iter().find(|spec| spec.folder == folder)
    }
}

/// The ARN of a table.
pub fn table_arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

/// The ARN of a table's stream.
pub fn stream_arn(table: &str) -> String {
    format!("{}/stream/2026-01-01T00:00:00.000", table_arn(table))
}

/// The ARN of a queue.
pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a bucket.
pub fn bucket_arn(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

/// The ARN of a function.
pub fn function_arn(folder: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{folder}")
}

/// `MailEvents` as `mail-events`: how logical ids become names of buckets and folders.
pub fn kebab(logical: &str) -> String {
    let mut name = String::with_capacity(logical.len() + 4);
    for (at, letter) in logical.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests;
