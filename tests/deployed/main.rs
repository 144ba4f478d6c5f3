//! Tells the stories on a deployment: the real binaries, in an emulator of AWS, made by CloudFormation from the template.
//!
//! `deployed <python> <folder of binaries> <folder for logs>`: python has what `tests/prove/requirements.txt` lists.
//! With `--faults <seed>` after it, no story is told: people shop while services fail, see [`burst`], and python has what
//! `tests/prove/requirements-faults.txt` lists too.

#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod burst;
#[path = "../stories/mod.rs"]
mod stories;

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use local::keys::SigningKey;
use local::stripe::Stripe;
use serde_json::{Value, json};
use tests::Shop;
use tests::cloud::{Cloud, Place, provider};

/// The hold of a bank transfer here, seconds: nobody makes time pass.
const HOLD_SECS: i64 = 5;

/// What is asked for.
struct Asked {
    python: PathBuf,
    binaries: PathBuf,
    logs: PathBuf,
    /// The seed of the faults, where there are any.
    faults: Option<u64>,
}

impl Asked {
    fn read() -> Option<Self> {
        let mut words = std::env::args_os().skip(1);
        let (python, binaries, logs) = (words.next()?, words.next()?, words.next()?);
        let faults = match (words.next(), words.next()) {
            (None, _) => None,
            (Some(word), Some(seed)) if word.to_str() == Some("--faults") => Some(seed.to_str()?.parse().ok()?),
            (Some(_), _) => return None,
        };
        Some(Self { python: python.into(), binaries: binaries.into(), logs: logs.into(), faults })
    }
}

/// Ends the deployment with this process, however it ends.
struct Deployment {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Deployment {
    /// Says a word to it; what it answers.
    fn say(&mut self, word: &str) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{word}").unwrap();
        let Some(Ok(line)) = self.said.next() else { panic!("it does not answer {word}") };
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

fn deploy(asked: &Asked, stripe: &str, key: &SigningKey) -> (Deployment, Place) {
    let file = |name: &str| asked.logs.join(name);
    let keys = json!({ "secret": key.secret(), "public": key.public_list() });
    std::fs::write(file("keys.json"), keys.to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deployed/cloud.py");
    let mut command = Command::new(&asked.python);
    command
        .arg(script)
        .arg("--binaries")
        .arg(&asked.binaries)
        .args(["--stripe", stripe, "--into"])
        .arg(file("place.json"))
        .arg("--keys")
        .arg(file("keys.json"))
        .arg("--log")
        .arg(file("emulator.log"));
    if let Some(seed) = asked.faults {
        command.args(["--faults", &seed.to_string()]);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut deployment = Deployment { child, said };
    let said = deployment.said.next();
    assert!(matches!(said, Some(Ok(line)) if line == "deployed"), "it was not deployed; see {}", asked.logs.display());
    (deployment, serde_json::from_slice(&std::fs::read(file("place.json")).unwrap()).unwrap())
}

/// For how long an order by bank transfer holds its stock from now on.
async fn hold_for(shop: &Shop, secs: i64) {
    let mut payments = shop.get("/api/settings/payments").staff("owner").send().await.expect(200).json();
    payments["hold_bank_transfer_secs"] = json!(secs);
    drop(shop.put("/api/settings/payments", &payments).staff("owner").send().await.expect(200));
}

macro_rules! tell {
    ($($story:ident,)*) => {
        async fn tell(cloud: &Cloud) -> Vec<(&'static str, bool)> {
            let told = [$({
                let shop = Shop::deployed(cloud.clone(), stringify!($story), HOLD_SECS);
                (stringify!($story), tokio::spawn(async move { stories::$story(&shop).await }))
            }),*];
            join_all(told.into_iter().map(async |(name, story)| (name, story.await.is_ok()))).await
        }
    };
}

stories!(tell);

#[tokio::main]
async fn main() -> ExitCode {
    let Some(asked) = Asked::read() else {
        println!("deployed <python> <folder of binaries> <folder for logs> [--faults <seed>]");
        return ExitCode::FAILURE;
    };
    std::fs::create_dir_all(&asked.logs).unwrap();
    let stripe = Arc::new(Stripe::new());
    let key = Arc::new(SigningKey::new().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, provider(Arc::clone(&stripe))).into_future());

    let began = Instant::now();
    let (deployment, place) = deploy(&asked, &address, &key);
    println!("deployed after {} s", began.elapsed().as_secs());
    let cloud = Cloud::new(place, key, Arc::clone(&stripe));
    let well = match asked.faults {
        Some(seed) => burst::burst(deployment, cloud, &stripe, seed).await,
        None => {
            let well = stories_end_well(&cloud, began).await;
            drop(deployment);
            well
        }
    };
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn stories_end_well(cloud: &Cloud, began: Instant) -> bool {
    hold_for(&Shop::deployed(cloud.clone(), "settings", HOLD_SECS), HOLD_SECS).await;
    let told = tell(cloud).await;
    for (name, well) in &told {
        println!("{} {name}", if *well { "ok    " } else { "FAILED" });
    }
    let failed = told.iter().filter(|(_, well)| !well).count();
    println!("{} stories told on a deployment, {failed} failed, in {} s", told.len(), began.elapsed().as_secs());
    failed == 0
}
