//! Tells the stories on a deployment: the real binaries, in an emulator of AWS, made by CloudFormation from the template.
//!
//! `deployed <python> <folder of binaries> <folder for logs>`: python has what `tests/prove/requirements.txt` lists.

#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../stories/mod.rs"]
mod stories;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use local::keys::SigningKey;
use local::stripe::Stripe;
use serde_json::json;
use tests::Shop;
use tests::cloud::{Cloud, Place, provider};

/// The hold of a bank transfer here, seconds: nobody makes time pass.
const HOLD_SECS: i64 = 5;

/// Ends the deployment with this process, however it ends.
struct Deployment(Child);

impl Drop for Deployment {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}

fn deploy(python: &Path, binaries: &Path, logs: &Path, stripe: &str, key: &SigningKey) -> (Deployment, Place) {
    let file = |name: &str| logs.join(name);
    let keys = json!({ "secret": key.secret(), "public": key.public_list() });
    std::fs::write(file("keys.json"), keys.to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/deployed/cloud.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg("--binaries")
        .arg(binaries)
        .args(["--stripe", stripe, "--into"])
        .arg(file("place.json"))
        .arg("--keys")
        .arg(file("keys.json"))
        .arg("--log")
        .arg(file("emulator.log"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines().next();
    let deployment = Deployment(child);
    assert!(matches!(said, Some(Ok(line)) if line == "deployed"), "it was not deployed; see {}", logs.display());
    (deployment, serde_json::from_slice(&std::fs::read(file("place.json")).unwrap()).unwrap())
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
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(python), Some(binaries), Some(logs)) = (words.next(), words.next(), words.next()) else {
        println!("deployed <python> <folder of binaries> <folder for logs>");
        return ExitCode::FAILURE;
    };
    std::fs::create_dir_all(&logs).unwrap();
    let stripe = Arc::new(Stripe::new());
    let key = Arc::new(SigningKey::new().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, provider(Arc::clone(&stripe))).into_future());

    let began = Instant::now();
    let (_deployment, place) = deploy(&python, &binaries, &logs, &address, &key);
    println!("deployed after {} s", began.elapsed().as_secs());
    let cloud = Cloud::new(place, key, stripe);
    let shop = Shop::deployed(cloud.clone(), "settings", HOLD_SECS);
    let mut payments = shop.get("/api/settings/payments").staff("owner").send().await.expect(200).json();
    payments["hold_bank_transfer_secs"] = json!(HOLD_SECS);
    drop(shop.put("/api/settings/payments", &payments).staff("owner").send().await.expect(200));

    let told = tell(&cloud).await;
    for (name, well) in &told {
        println!("{} {name}", if *well { "ok    " } else { "FAILED" });
    }
    let failed = told.iter().filter(|(_, well)| !well).count();
    println!("{} stories told on a deployment, {failed} failed, in {} s", told.len(), began.elapsed().as_secs());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
