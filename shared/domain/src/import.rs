//! A stock import: what a file's columns mean, what its rows say, what that changes, and how it is booked back.
//!
//! Knows a file as rows of text, numbered as a spreadsheet counts them, and says of a row all that is wrong with it,
//! by row and column. It deliberately knows no CSV and no XLSX, and books nothing: what a line changes is a value.

mod diff;
mod job;
mod mapping;
mod names;
mod number;
mod product;
mod row;
mod states;

pub use diff::{Applied, BookBack, Checker, RowOutcome, Tally, diff};
pub use job::{CheckedLine, Import, ImportDraft, LINES_AT_ONCE, MAX_FILE};
pub use mapping::{Column, Field, Mapping, UnknownField};
pub use row::{ImportChange, ImportLine, NewProduct, RowError, Shop, Table};
pub use states::{ImportStatus, ImportStep};

#[cfg(test)]
mod tests;
