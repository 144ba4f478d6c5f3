//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(send_mail::FUNCTION)
}
