//! `granted DIRECTORY`: fails when the template grants a function what no test made it use.
//!
//! Tests that run with `RECORD_GRANTS=DIRECTORY` leave there what each function did on which resource. An engine would
//! have refused what is not granted; this is the other half. What SAM grants by itself, such as reading a queue, is not
//! in the template's statements and not looked at.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::process::ExitCode;

use local::{Engine, Options};
use tests::grants;

/// What stands for something else that was used. SES looks for the sender's address or, where that is not verified by
/// itself, for its domain; here the address is.
const EXCEPTIONS: [(&str, &str, &str); 1] = [("send-mail", "ses:SendRawEmail", "identity/example.com")];

fn main() -> ExitCode {
    let directory = std::env::args().nth(1).unwrap_or_default();
    let used = grants::recorded(directory.as_ref());
    let engine = Engine::memory(Options::default()).unwrap();
    let all = engine.grants().unused().len();
    engine.grants().also_used(used.iter().cloned());
    let mut unused = engine.grants().unused();
    unused.retain(|(function, action, resource)| {
        !EXCEPTIONS.iter().any(|(by, what, on)| by == function && what == action && resource.ends_with(on))
    });
    for (function, action, resource) in &unused {
        println!("{function} is granted {action} on {resource}, and no test made it use that");
    }
    println!("grants: {} of {all} used by tests, {} uses recorded", all - unused.len(), used.len());
    if unused.is_empty() && !used.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
