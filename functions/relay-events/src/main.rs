//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(relay_events::FUNCTION)
}
