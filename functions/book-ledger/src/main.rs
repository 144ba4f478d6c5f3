//! Starts the function.

use std::process::ExitCode;

fn main() -> ExitCode {
    edge::run(book_ledger::FUNCTION)
}
