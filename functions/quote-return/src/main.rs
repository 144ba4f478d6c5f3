//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(quote_return::FUNCTION)
}
