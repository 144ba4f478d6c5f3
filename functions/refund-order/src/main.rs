//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(refund_order::FUNCTION)
}
