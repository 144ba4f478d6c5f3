//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(receive_return::FUNCTION)
}
