//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(digest_low_stock::FUNCTION)
}
