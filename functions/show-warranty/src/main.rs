//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(show_warranty::FUNCTION)
}
