//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(transfer_stock::FUNCTION)
}
