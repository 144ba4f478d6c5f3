//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(export_stock::FUNCTION)
}
