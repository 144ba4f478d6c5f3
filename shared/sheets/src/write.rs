//! Writing a table row by row.

mod csv;
mod xlsx;

pub use self::csv::CsvWriter;
pub use self::xlsx::XlsxWriter;

use crate::MAX_CHARACTERS;
use crate::error::SheetError;

/// Whether a text is short enough for a cell of a row, the column counted from 0.
fn fits(text: &str, row: u32, column: usize) -> Result<(), SheetError> {
    let fits = text.len() <= MAX_CHARACTERS || text.chars().count() <= MAX_CHARACTERS;
    if fits { Ok(()) } else { Err(SheetError::CellTooLong(row, column)) }
}
