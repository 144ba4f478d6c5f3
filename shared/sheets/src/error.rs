//! What can be wrong with a table, in words for people who have to do something about it.

use crate::{MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS};

/// Why a table cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// A workbook of Excel 97 to 2003.
    #[error("This is an old Excel workbook (.xls). Open it and save it as .xlsx or as CSV.")]
    OldExcel,
    /// A binary workbook.
    #[error("This is a binary Excel workbook (.xlsb). Open it and save it as .xlsx or as CSV.")]
    BinaryExcel,
    /// A table of LibreOffice or OpenOffice.
    #[error("This is an OpenDocument table (.ods). Open it and save it as .xlsx or as CSV.")]
    OpenDocument,
    /// A workbook that wants a password.
    #[error("This workbook is protected by a password. Open it and save it without one.")]
    Encrypted,
    /// Something else, with its name.
    #[error("{0} is neither a CSV file nor an Excel workbook (.xlsx). Save the table as one of them.")]
    Unknown(String),
    /// Nothing is in it.
    #[error("The file is empty.")]
    Empty,
    /// A workbook of which no sheet of cells is visible.
    #[error("No sheet of this workbook is visible. Show the sheet that is meant and save the workbook again.")]
    NoSheet,
    /// It ends too early, or what is in it does not fit together; with what was found.
    #[error("The file is damaged ({0}). Open it in a spreadsheet and save it again.")]
    Broken(String),
    /// A quotation mark that nothing closes.
    #[error("A quotation mark that opens in row {0} is never closed.")]
    OpenQuote(u32),
    /// Something stands in a row that is too far down: its number.
    #[error("Something stands in row {0}, and at most {most} rows are read. Split the file.", most = MAX_ROWS)]
    TooManyRows(u64),
    /// A row is too wide: its number.
    #[error("Row {0} has more than {most} columns. Take out those that are not needed.", most = MAX_COLUMNS)]
    TooManyColumns(u32),
    /// A cell is too long: its row, and its column counted from 0.
    #[error("Column {at} of row {0} has more than {most} characters.", at = .1 + 1, most = MAX_CHARACTERS)]
    CellTooLong(u32, usize),
    /// A workbook grows beyond all measure as it is unpacked.
    #[error("The workbook is too large when it is unpacked. Save the one sheet that is meant as CSV.")]
    TooLarge,
    /// The file could not be read or written.
    #[error("The file could not be read or written: {0}")]
    Io(#[from] std::io::Error),
}
