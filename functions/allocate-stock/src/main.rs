//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(allocate_stock::FUNCTION)
}
