//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(claim_warranty::FUNCTION)
}
