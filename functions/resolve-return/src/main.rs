//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(resolve_return::FUNCTION)
}
