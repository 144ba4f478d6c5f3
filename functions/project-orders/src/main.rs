//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(project_orders::FUNCTION)
}
