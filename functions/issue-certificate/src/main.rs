//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(issue_certificate::FUNCTION)
}
