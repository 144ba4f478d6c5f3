//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(answer_purchase_order::FUNCTION)
}
