//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(decide_claim::FUNCTION)
}
