//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(print_return_slip::FUNCTION)
}
