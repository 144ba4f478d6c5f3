//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(describe_api::FUNCTION)
}
