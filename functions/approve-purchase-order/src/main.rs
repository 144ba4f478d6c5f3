//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(approve_purchase_order::FUNCTION)
}
