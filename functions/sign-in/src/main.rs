//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(sign_in::FUNCTION)
}
