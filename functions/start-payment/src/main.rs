//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(start_payment::FUNCTION)
}
