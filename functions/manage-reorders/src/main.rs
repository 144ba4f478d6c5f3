//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(manage_reorders::FUNCTION)
}
