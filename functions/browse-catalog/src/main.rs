//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(browse_catalog::FUNCTION)
}
