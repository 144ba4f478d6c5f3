//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(confirm_payment::FUNCTION)
}
