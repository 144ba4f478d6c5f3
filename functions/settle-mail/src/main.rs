//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(settle_mail::FUNCTION)
}
