//! `granted DIRECTORY`: fails when the template grants a function what no test made it use.
//!
//! Tests that run with `RECORD_GRANTS=DIRECTORY` leave there what each function did on which resource. An engine would
//! have refused what is not granted; this is the other half. What SAM grants by itself, such as reading a queue, is not
//! in the template's statements and not looked at.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::process::ExitCode;

use local::{Engine, Options};
use tests::grants;

fn main() -> ExitCode {
    let directory = std::env::args().nth(1).unwrap_or_default();
    let used = grants::recorded(directory.as_ref());
    let engine = Engine::memory(Options::default()).unwrap();
    let all = engine.grants().unused().len();
    engine.grants().also_used(used.iter().cloned());
    let unused = engine.grants().unused();
    for (function, action, resource) in &unused {
        println!("{function} is granted {action} on {resource}, and no test made it use that");
    }
    println!("grants: {} of {all} used by tests, {} uses recorded", all - unused.len(), used.len());
    if unused.is_empty() && !used.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
