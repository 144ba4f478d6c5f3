//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(add_return_photo::FUNCTION)
}
