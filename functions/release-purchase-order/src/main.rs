//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(release_purchase_order::FUNCTION)
}
