//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(request_return::FUNCTION)
}
