//! How long a function takes from its start to the first event it asks for, and from there to its first answer.
//!
//! `cargo bench -p tests --bench cold_start [-- release|deploy] [--update]`, after `cargo build --workspace --bins
//! --profile release` (or `deploy`; 50 CPU seconds a function). Each binary is started against a Lambda runtime API
//! and a DynamoDB on loopback, given the first sample of `events/`, and ended.
//!
//! Times depend on the machine; so what the budget holds are ratios to a bare process that asks the same API for an
//! event, and sizes. A quarter more than the budget fails; `--update` writes it anew.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used
)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use local::{Engine, Options};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

/// How often each binary is started. The median counts.
const STARTS: usize = 15;
/// How much more than its budget is a failure.
const QUARTER: f64 = 1.25;
const PATIENCE: Duration = Duration::from_secs(10);
const MEGABYTE: f64 = 1_000_000.0;

/// The limits that hold whatever the budget says.
const RELEASE_MB: f64 = 4.0;
const DEPLOY_MB: f64 = 2.5;
const DEPLOYED_SMALL: [&str; 4] = ["checkout", "browse-catalog", "send-mail", "show-storefront"];
const START_MS: f64 = 15.0;

/// What is held against the next run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Budget {
    /// Its start, in starts of a bare process.
    start: f64,
    /// Its first answer, in starts of a bare process.
    answer: f64,
    zip_mb: f64,
}

/// Medians of a binary.
#[derive(Debug, Clone, Copy)]
struct Measured {
    start_ms: f64,
    answer_ms: f64,
    zip_mb: f64,
}

/// A Lambda runtime API for one process at a time.
#[derive(Clone)]
struct Api(Arc<Turn>);

struct Turn {
    asked: mpsc::UnboundedSender<Instant>,
    answered: mpsc::UnboundedSender<Instant>,
    event: Mutex<Option<oneshot::Receiver<Vec<u8>>>>,
}

async fn next(State(api): State<Api>) -> Response {
    // Who asks once more is about to be ended, and nobody listens.
    api.0.asked.send(Instant::now()).unwrap_or_default();
    let event = api.0.event.lock().unwrap().take();
    // The second time it asks it waits until it is ended.
    let Some(event) = event else { return std::future::pending().await };
    let body = event.await.unwrap_or_default();
    let deadline = jiff::Timestamp::now().as_millisecond() + 30_000;
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:000000000000:function:bench".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700".to_owned()),
    ];
    (headers, body).into_response()
}

async fn done(State(api): State<Api>, Segment((_id, _what)): Segment<(String, String)>) -> StatusCode {
    api.0.answered.send(Instant::now()).unwrap_or_default();
    StatusCode::ACCEPTED
}

/// Ends a process with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts `command` against a fresh API: how long until it asked, and until it had answered.
async fn start(command: &mut Command, event: Vec<u8>) -> (Duration, Duration) {
    let (asked, mut heard) = mpsc::unbounded_channel();
    let (answered, mut told) = mpsc::unbounded_channel();
    let (give, event_to_be) = oneshot::channel();
    let api = Api(Arc::new(Turn { asked, answered, event: Mutex::new(Some(event_to_be)) }));
    let routes = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{what}", post(done))
        .with_state(api);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(axum::serve(listener, routes).into_future());
    let began = Instant::now();
    let process = command.env("AWS_LAMBDA_RUNTIME_API", address.to_string()).spawn().unwrap();
    let _process = Ended(process);
    let asked = tokio::time::timeout(PATIENCE, heard.recv()).await.expect("it never asked").unwrap();
    let given = Instant::now();
    give.send(event).unwrap();
    let answered = tokio::time::timeout(PATIENCE, told.recv()).await.expect("it never answered").unwrap();
    server.abort();
    (asked - began, answered - given)
}

/// What a process does at least: connects to the API, asks, and answers.
fn bare() {
    let address: SocketAddr = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap().parse().unwrap();
    let ask = |line: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: bench\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
    };
    ask("GET /2018-06-01/runtime/invocation/next");
    ask("POST /2018-06-01/runtime/invocation/bare/response");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

async fn measured(mut command: impl FnMut() -> Command, event: &[u8]) -> (f64, f64) {
    let (mut starts, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (started, answered) = start(&mut command(), event.to_vec()).await;
        starts.push(started);
        answers.push(answered);
    }
    (median(starts), median(answers))
}

/// What a binary adds to a zip file: as `zip -9` packs it.
fn zipped(binary: &Path) -> f64 {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&std::fs::read(binary).unwrap()).unwrap();
    packed.finish().unwrap().len() as f64 / MEGABYTE
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The first sample of a function that is no poison.
fn sample(function: &str) -> Vec<u8> {
    let folder = std::fs::read_dir(root().join("events").join(function)).unwrap();
    let mut samples: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
    samples.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".json") && !name.ends_with(".expected.json") && !name.starts_with("poison")
    });
    samples.sort();
    std::fs::read(&samples[0]).unwrap()
}

fn over(what: &str, is: f64, most: f64, failures: &mut Vec<String>) {
    if is > most {
        failures.push(format!("{what}: {is:.2}, at most {most:.2}"));
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.iter().any(|word| word == "--bare") {
        bare();
        return ExitCode::SUCCESS;
    }
    let profile = if words.iter().any(|word| word == "deploy") { "deploy" } else { "release" };
    let engine = Engine::shop(Options::default(), None).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let services = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let variables = engine.variables();
    let functions: Vec<String> = engine.model().functions.iter().map(|function| function.folder.clone()).collect();
    // The services answer on a thread of their own, as they do elsewhere.
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let stop = async { drop(stopped.await) };
            drop(local::serve(engine, listener, stop).await);
        });
    });

    let own = std::env::current_exe().unwrap();
    let (bare_ms, _) = measured(
        || {
            let mut command = Command::new(&own);
            command.arg("--bare").stdout(Stdio::null()).stderr(Stdio::null());
            command
        },
        b"{}",
    )
    .await;
    println!("a bare process asks after {bare_ms:.2} ms; medians of {STARTS} starts, profile {profile}\n");
    println!("| name | start ms | first answer ms | zip MB |\n|---|---|---|---|");
    let mut all = BTreeMap::new();
    let mut failures = Vec::new();
    for function in &functions {
        let binary = root().join("target").join(profile).join(function);
        if !binary.is_file() {
            eprintln!("{} is not built: cargo build --workspace --bins --profile {profile}", binary.display());
            return ExitCode::FAILURE;
        }
        let (start_ms, answer_ms) = measured(
            || {
                let mut command = Command::new(&binary);
                command.env_clear().envs(&variables).env("AWS_ENDPOINT_URL", format!("http://{services}/_aws/"));
                command.env("AWS_LAMBDA_FUNCTION_NAME", function).env("AWS_ACCESS_KEY_ID", function);
                command.env("AWS_LAMBDA_FUNCTION_VERSION", "1").env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
                command.stdout(Stdio::null()).stderr(Stdio::null());
                command
            },
            &sample(function),
        )
        .await;
        let measured = Measured { start_ms, answer_ms, zip_mb: zipped(&binary) };
        println!("| {function} | {start_ms:.1} | {answer_ms:.1} | {:.2} |", measured.zip_mb);
        over(&format!("{function}'s zip, MB"), measured.zip_mb, RELEASE_MB, &mut failures);
        if profile == "deploy" && DEPLOYED_SMALL.contains(&function.as_str()) {
            over(&format!("{function}'s zip, MB"), measured.zip_mb, DEPLOY_MB, &mut failures);
        }
        all.insert(function.clone(), measured);
    }
    stop.send(()).unwrap();
    serving.join().unwrap();
    let starts = all.values().map(|one| Duration::from_secs_f64(one.start_ms / 1000.0)).collect();
    let typical = median(starts);
    println!("\nmedian start {typical:.1} ms");
    over("the median start, ms", typical, START_MS, &mut failures);

    let file = root().join("tests/benches").join(format!("cold_start.{profile}.json"));
    let now: BTreeMap<&String, Budget> = all
        .iter()
        .map(|(name, one)| {
            let round = |number: f64| (number * 100.0).round() / 100.0;
            let budget = Budget {
                start: round(one.start_ms / bare_ms),
                answer: round(one.answer_ms / bare_ms),
                zip_mb: round(one.zip_mb),
            };
            (name, budget)
        })
        .collect();
    if words.iter().any(|word| word == "--update") {
        std::fs::write(&file, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    } else if let Ok(kept) = std::fs::read(&file) {
        let kept: BTreeMap<String, Budget> = serde_json::from_slice(&kept).unwrap();
        for (name, now) in &now {
            let Some(kept) = kept.get(*name) else {
                failures.push(format!("{name} has no budget: --update"));
                continue;
            };
            over(&format!("{name}'s start, in bare ones"), now.start, kept.start * QUARTER, &mut failures);
            over(&format!("{name}'s first answer, in bare starts"), now.answer, kept.answer * QUARTER, &mut failures);
            over(&format!("{name}'s zip, MB"), now.zip_mb, kept.zip_mb * QUARTER, &mut failures);
        }
    }
    for failure in &failures {
        println!("over budget: {failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
