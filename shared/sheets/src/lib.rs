//! Tables of cells in and out, row by row: CSV and XLSX.
//!
//! Knows how spreadsheets and other programs write such files, and what in them is dangerous: formulas in what is
//! exported, bombs in what is read. It deliberately does not know what a cell means: it is text, as it stands.
//!
//! ```
//! use std::io::Cursor;
//!
//! let file = Cursor::new("sku;on_hand\r\nMUG-1;12\r\n");
//! let mut reader = sheets::open(file, "stock.csv")?;
//! let rows: Vec<sheets::Row> = reader.rows()?.collect::<Result<_, _>>()?;
//! assert_eq!((rows[1].number, rows[1].cells[0].as_str()), (2, "MUG-1"));
//! # Ok::<(), sheets::SheetError>(())
//! ```

mod cell;
mod error;
mod guard;
mod read;
mod write;

pub use cell::Cell;
pub use error::SheetError;
pub use read::{Format, Reader, Row, Rows, open};
pub use write::{CsvWriter, XlsxWriter};

/// The most rows of a file that is read: a header and 100,000 more.
pub const MAX_ROWS: u32 = 100_001;
/// The most columns of a file that is read.
pub const MAX_COLUMNS: usize = 64;
/// The most characters of a cell, read or written, as Excel has it.
pub const MAX_CHARACTERS: usize = 32_767;
