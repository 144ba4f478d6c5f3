//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(manage_purchase_orders::FUNCTION)
}
