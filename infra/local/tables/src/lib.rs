//! The local engine's tables: dynoxide embedded, spoken to in DynamoDB's own words.
//!
//! Knows operations, idempotency tokens, streams and time to live, on the clock that it is given. It deliberately
//! knows no template, no grant and no event: the engine does. A package of its own, because dynoxide's operations are
//! generic over their storage and are compiled where they are used: here once, and not whenever a function changes.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dynoxide::DynoxideError;
use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::actions::{
    batch_get_item, batch_write_item, create_table, delete_item, describe_table, get_item, list_tables, put_item,
    query, scan, transact_get_items, transact_write_items, update_item,
};
use dynoxide::storage::Storage;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What goes wrong in the tables, in DynamoDB's words.
pub use dynoxide::DynoxideError as TablesError;
/// A record of a stream, as it is stored: images as JSON texts.
pub use dynoxide::storage::StreamRecord;

/// How many prepared statements are kept: some for each table.
const STATEMENTS: usize = 512;

/// How long DynamoDB remembers a transaction's token.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The operations that are answered and that tell their capacity.
const MEASURED: [&str; 10] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// The operations that are answered beside them.
const OTHERS: [&str; 3] = ["CreateTable", "DescribeTable", "ListTables"];

/// Whether an operation is answered.
pub fn known(operation: &str) -> bool {
    measured(operation) || OTHERS.contains(&operation)
}

/// Whether an operation tells its capacity.
pub fn measured(operation: &str) -> bool {
    MEASURED.contains(&operation)
}

/// A table as it is made.
#[derive(Debug, Clone)]
pub struct TableSpec {
    /// Its name.
    pub name: String,
    /// The body of the CreateTable request that makes it.
    pub create: Value,
    /// Whether it has a stream.
    pub streams: bool,
    /// The attribute that says when an item may go.
    pub ttl: Option<String>,
}

/// Tells the time.
pub type Tell = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The tables. One call at a time.
pub struct Tables {
    storage: Storage,
    specs: Vec<TableSpec>,
    file: Option<PathBuf>,
    tell: Tell,
    /// By token: the digest of what it was used for.
    tokens: BTreeMap<String, [u8; 32]>,
    /// The tokens in the order in which they were used, and when.
    used: VecDeque<(Timestamp, String)>,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("file", &self.file).finish_non_exhaustive()
    }
}

/// An answer, as the JSON that goes over the wire.
type Outcome = Result<Vec<u8>, DynoxideError>;

impl Tables {
    /// Opens the tables in the file, or in memory; makes those that are missing.
    ///
    /// # Errors
    /// When the file is no database, or a table cannot be made.
    pub fn open(specs: Vec<TableSpec>, file: Option<&Path>, tell: Tell) -> Result<Self, DynoxideError> {
        Ok(Self {
            storage: storage(&specs, file, &tell)?,
            specs,
            file: file.map(Path::to_owned),
            tell,
            tokens: BTreeMap::new(),
            used: VecDeque::new(),
        })
    }

    /// Empties every table.
    ///
    /// # Errors
    /// When the tables cannot be made anew.
    pub fn reset(&mut self) -> Result<(), DynoxideError> {
        // The old file is let go before it is removed.
        self.storage = Storage::memory()?;
        if let Some(file) = &self.file {
            for suffix in ["", "-wal", "-shm"] {
                let mut path = file.clone().into_os_string();
                path.push(suffix);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(DynoxideError::InternalServerError(error.to_string()));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
        }
        self.storage = storage(&self.specs, self.file.as_deref(), &self.tell)?;
        self.tokens.clear();
        self.used.clear();
        Ok(())
    }

    /// Whether no table has an item.
    pub fn is_empty(&self) -> bool {
        self.specs.iter().all(|spec| matches!(self.storage.count_items(&spec.name), Ok(0)))
    }

    /// Runs what is ready to. A transaction whose token was used before is answered as it was then.
    ///
    /// # Errors
    /// As DynamoDB refuses it.
    pub fn run(&mut self, ready: Ready) -> Result<Done, DynoxideError> {
        let Some(once) = ready.once else {
            return (ready.work)(&self.storage);
        };
        let now = (self.tell)();
        while let Some((at, _)) = self.used.front()
            && now.duration_since(*at) >= TOKEN_LIFE
            && let Some((_, old)) = self.used.pop_front()
        {
            self.tokens.remove(&old);
        }
        match self.tokens.get(&once.token) {
            Some(known) if *known == once.digest => Ok(Done(Box::new(move || json(&replayed(&once.tables))))),
            Some(_) => Err(DynoxideError::IdempotentParameterMismatchException(
                "An error occurred (IdempotentParameterMismatchException)".to_owned(),
            )),
            None => {
                let done = (ready.work)(&self.storage)?;
                self.tokens.insert(once.token.clone(), once.digest);
                self.used.push_back((now, once.token));
                Ok(done)
            }
        }
    }

    /// Up to `limit` records of a table's stream after the number `after`, each with its own.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn stream(&self, table: &str, after: i64, limit: usize) -> Result<Vec<StreamRecord>, DynoxideError> {
        self.storage.get_stream_records(table, &shard(table), after, limit)
    }

    /// Forgets the records up to `until` that every reader is through with, but for the last: the next number is
    /// counted from it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn trim(&self, table: &str, until: i64) -> Result<(), DynoxideError> {
        self.storage.conn().execute(
            "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            rusqlite::params![table, until],
        )?;
        Ok(())
    }

    /// Deletes the items whose time to live is over, as DynamoDB does within some days; how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn sweep(&self) -> Result<usize, DynoxideError> {
        at_once(dynoxide::ttl::sweep_expired_items(&self.storage))
    }
}

/// An operation whose request was read: what is left needs the tables, and whoever waits for them waits for no text.
pub struct Ready {
    work: Work,
    once: Option<Once>,
}

type Work = Box<dyn FnOnce(&Storage) -> Result<Done, DynoxideError> + Send>;

/// What tells a transaction from others.
struct Once {
    token: String,
    digest: [u8; 32],
    /// The table of each of its items.
    tables: Vec<String>,
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ready")
    }
}

/// What an operation did; its answer is yet to be written.
pub struct Done(Box<dyn FnOnce() -> Outcome + Send>);

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Done")
    }
}

impl Done {
    /// The answer's JSON.
    ///
    /// # Errors
    /// When it has none.
    pub fn answer(self) -> Outcome {
        (self.0)()
    }
}

macro_rules! work {
    ($operation:ident, $body:expr) => {{
        let request = read($body)?;
        Box::new(move |storage: &Storage| {
            let answer = at_once($operation::execute(storage, request))?;
            Ok(Done(Box::new(move || json(&answer))))
        })
    }};
}

impl Ready {
    /// Reads the JSON of an operation's request.
    ///
    /// # Errors
    /// As DynamoDB refuses what does not fit.
    pub fn read(operation: &str, body: &[u8]) -> Result<Self, DynoxideError> {
        let work: Work = match operation {
            "GetItem" => work!(get_item, body),
            "PutItem" => work!(put_item, body),
            "UpdateItem" => work!(update_item, body),
            "DeleteItem" => work!(delete_item, body),
            "Query" => work!(query, body),
            "Scan" => work!(scan, body),
            "BatchGetItem" => work!(batch_get_item, body),
            "BatchWriteItem" => work!(batch_write_item, body),
            "TransactGetItems" => work!(transact_get_items, body),
            "TransactWriteItems" => work!(transact_write_items, body),
            "ListTables" => work!(list_tables, body),
            "CreateTable" => work!(create_table, body),
            "DescribeTable" => {
                let request = read(body)?;
                Box::new(move |storage: &Storage| {
                    let lifecycle = VectorIndexLifecycle::new();
                    let answer = at_once(describe_table::execute(storage, request, &lifecycle))?;
                    Ok(Done(Box::new(move || json(&answer))))
                })
            }
            other => return Err(DynoxideError::UnsupportedCapability(other.to_owned())),
        };
        let once = if operation == "TransactWriteItems" { Once::of(body) } else { None };
        Ok(Self { work, once })
    }
}

impl Once {
    fn of(body: &[u8]) -> Option<Self> {
        let told: Told = serde_json::from_slice(body).ok()?;
        let items = told.transact_items.into_iter().flat_map(BTreeMap::into_values);
        Some(Self {
            token: told.client_request_token?,
            // A client that sends its request once more sends the same bytes.
            digest: Sha256::digest(body).into(),
            tables: items.map(|item| item.table_name).collect(),
        })
    }
}

/// The name of a table's one shard.
pub fn shard(table: &str) -> String {
    dynoxide::streams::shard_id(table)
}

/// Gives dynoxide the time.
struct Ticking(Tell);

impl dynoxide::storage_backend::Clock for Ticking {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from((self.0)().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        (self.0)().as_duration().as_secs_f64()
    }
}

fn storage(specs: &[TableSpec], file: Option<&Path>, tell: &Tell) -> Result<Storage, DynoxideError> {
    let storage = match file {
        Some(path) => Storage::new(&path.to_string_lossy())?,
        None => Storage::memory()?,
    }
    .with_clock(Arc::new(Ticking(Arc::clone(tell))));
    // The statements of all tables find room; room for 16 had each prepared anew, a twelfth of all time.
    storage.conn().set_prepared_statement_cache_capacity(STATEMENTS);
    // A stream's next number is the greatest so far and one: an index keeps that from reading them all.
    storage.conn().execute_batch(
        "PRAGMA synchronous = NORMAL; CREATE INDEX IF NOT EXISTS _stream_records_by_number \
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    for spec in specs {
        if !storage.table_exists(&spec.name)? {
            at_once(create_table::execute(&storage, read(spec.create.to_string().as_bytes())?))?;
        }
        storage.update_ttl_config(&spec.name, spec.ttl.as_deref(), spec.ttl.is_some())?;
    }
    Ok(storage)
}

/// What has to be known of a transaction beside its own meaning.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Told {
    client_request_token: Option<String>,
    transact_items: Vec<BTreeMap<String, OfTable>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OfTable {
    table_name: String,
}

/// What a transaction answers whose token was used before: it reads what it wrote, at two units an item at least.
fn replayed(tables: &[String]) -> Value {
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    for table in tables {
        *units.entry(table).or_default() += 2;
    }
    let consumed: Vec<Value> = units
        .into_iter()
        .map(|(table, units)| json!({ "TableName": table, "CapacityUnits": units, "ReadCapacityUnits": units }))
        .collect();
    json!({ "ConsumedCapacity": consumed })
}

/// Runs what never waits: the native storage answers in the same poll.
fn at_once<T>(work: impl Future<Output = Result<T, DynoxideError>>) -> Result<T, DynoxideError> {
    work.now_or_never()
        .unwrap_or_else(|| Err(DynoxideError::InternalServerError("the storage did not answer at once".to_owned())))
}

fn json<T: Serialize>(answer: &T) -> Outcome {
    serde_json::to_vec(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// A typed request. dynoxide marks in the message which error a malformed one is.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        // Where in the text it stands is nothing that DynamoDB tells.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said).to_owned();
        for marker in ["VALIDATION_AS_READ:", "VALIDATION_REQUEST:", "VALIDATION:"] {
            if let Some(rest) = message.strip_prefix(marker) {
                return DynoxideError::ValidationException(rest.to_owned());
            }
        }
        for marker in ["SERIALIZATION_AS_READ:", "SERIALIZATION:"] {
            if let Some(rest) = message.strip_prefix(marker) {
                return DynoxideError::SerializationException(rest.to_owned());
            }
        }
        if message.contains("invalid type") && !message.contains("null") {
            DynoxideError::SerializationException(message)
        } else {
            DynoxideError::ValidationException(message)
        }
    })
}
