//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(print_purchase_order::FUNCTION)
}
