//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(update_stock::FUNCTION)
}
