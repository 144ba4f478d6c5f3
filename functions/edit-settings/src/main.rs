//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(edit_settings::FUNCTION)
}
