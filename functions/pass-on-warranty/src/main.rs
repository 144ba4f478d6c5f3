//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(pass_on_warranty::FUNCTION)
}
