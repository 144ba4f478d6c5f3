//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(plan_reorders::FUNCTION)
}
