//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(work_import::FUNCTION)
}
