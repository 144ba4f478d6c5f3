//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(import_stock::FUNCTION)
}
