//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(check_ledger::FUNCTION)
}
