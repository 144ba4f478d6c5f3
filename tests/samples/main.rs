//! Every sample in `events/` is run by its function, on an empty shop, and its answer compared with the one beside it.
//!
//! `UPDATE_SAMPLES=1 cargo test -p tests --test samples` writes the answers anew; read the difference before you
//! commit it.

#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tests::Shop;

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn samples() -> Vec<(String, PathBuf)> {
    let mut samples = Vec::new();
    for folder in std::fs::read_dir(events()).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let function = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in std::fs::read_dir(&folder).unwrap() {
            let file = file.unwrap().path();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".json") && !name.ends_with(".expected.json") {
                samples.push((function.clone(), file));
            }
        }
    }
    samples.sort();
    samples
}

/// What a function answers to a sample; a body of JSON is shown as such.
async fn answer(function: &str, event: &[u8]) -> Value {
    let shop = Shop::new();
    let answered = shop.engine().invoke(function, event).await;
    shop.settle().await;
    let mut answer = match answered {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        Err(error) => json!({ "failed": error.to_string() }),
    };
    let body = answer["body"].as_str().and_then(|body| serde_json::from_str::<Value>(body).ok());
    if let Some(body) = body {
        answer["body"] = body;
    }
    answer
}

#[tokio::test]
async fn every_sample_is_answered_as_expected() {
    let update = std::env::var("UPDATE_SAMPLES").is_ok();
    let mut wrong = Vec::new();
    for (function, file) in samples() {
        let given = answer(&function, &std::fs::read(&file).unwrap()).await;
        let beside = file.with_extension("expected.json");
        if update {
            std::fs::write(&beside, format!("{given:#}\n")).unwrap();
        }
        let expected: Value =
            std::fs::read(&beside).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
        if given != expected {
            wrong.push(format!("{}\n  expected {expected}\n  given    {given}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_has_a_sample() {
    let with_samples: BTreeSet<String> = samples().into_iter().map(|(function, _)| function).collect();
    let functions: BTreeSet<String> = local::functions().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(with_samples, functions);
}
