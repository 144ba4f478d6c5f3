//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(pay_refund::FUNCTION)
}
