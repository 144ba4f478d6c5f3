//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(ship_order::FUNCTION)
}
