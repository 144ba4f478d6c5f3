//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(inspect_return::FUNCTION)
}
