//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(expire_returns::FUNCTION)
}
