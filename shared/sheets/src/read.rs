//! Reading a table row by row, whichever of the two formats it has.
//!
//! Knows the formats by what is in a file: what it is called counts for nothing.

mod csv;
mod delimiter;
mod package;
mod text;
mod xlsx;

use std::io::{Read, Seek, SeekFrom};

use self::csv::{CsvFile, CsvRows};
use self::xlsx::{XlsxFile, XlsxRows};
use crate::error::SheetError;
use crate::{MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS};

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a row to a line.
    Csv,
    /// A workbook of Excel.
    Xlsx,
}

/// A row in which something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: 1 is the first, and rows in which nothing stands count.
    pub number: u32,
    /// Its cells up to the last in which something stands.
    pub cells: Vec<String>,
}

/// A table that was opened.
#[derive(Debug)]
pub struct Reader<S: Read + Seek>(Kind<S>);

#[derive(Debug)]
enum Kind<S: Read + Seek> {
    Csv(CsvFile<S>),
    Xlsx(Box<XlsxFile<S>>),
}

/// The rows of a table, from top to bottom. After an error nothing comes.
#[derive(Debug)]
pub struct Rows<'r, S: Read + Seek>(Option<RowsKind<'r, S>>);

#[derive(Debug)]
enum RowsKind<'r, S: Read + Seek> {
    Csv(Box<CsvRows<'r, S>>),
    Xlsx(Box<XlsxRows<'r, S>>),
}

/// Opens a table: CSV or the first visible sheet of an XLSX workbook. The name is only what errors call it. The whole
/// file is looked through once, and nothing of it is kept but the texts that an XLSX workbook shares between its cells.
///
/// # Errors
/// When it is neither, or a workbook that cannot be opened or unpacks into too much.
pub fn open<S: Read + Seek>(mut source: S, filename: &str) -> Result<Reader<S>, SheetError> {
    let mut magic = [0; 8];
    let length = fill(&mut source, &mut magic)?;
    source.seek(SeekFrom::Start(0))?;
    let kind = match &magic[..length] {
        [] => return Err(SheetError::Empty),
        [b'P', b'K', 3, 4, ..] => Kind::Xlsx(Box::new(XlsxFile::open(source, filename)?)),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] => return Err(package::compound(source)?),
        _ => Kind::Csv(CsvFile::open(source, filename)?),
    };
    Ok(Reader(kind))
}

impl<S: Read + Seek> Reader<S> {
    /// What it turned out to be.
    pub const fn format(&self) -> Format {
        match &self.0 {
            Kind::Csv(_) => Format::Csv,
            Kind::Xlsx(_) => Format::Xlsx,
        }
    }

    /// Its rows from the first on. A row in which nothing stands is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows(&mut self) -> Result<Rows<'_, S>, SheetError> {
        let kind = match &mut self.0 {
            Kind::Csv(file) => RowsKind::Csv(Box::new(file.rows()?)),
            Kind::Xlsx(file) => RowsKind::Xlsx(Box::new(file.rows()?)),
        };
        Ok(Rows(Some(kind)))
    }
}

impl<S: Read + Seek> Iterator for Rows<'_, S> {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.0.as_mut()? {
            RowsKind::Csv(rows) => rows.next_row(),
            RowsKind::Xlsx(rows) => rows.next_row(),
        };
        if !matches!(row, Ok(Some(_))) {
            self.0 = None;
        }
        row.transpose()
    }
}

/// Reads until `buffer` is full or the source ends, and says how much came.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, std::io::Error> {
    let mut length = 0;
    while length < buffer.len() {
        match source.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// A row's number, if it is not too far down.
fn row_number(number: u64) -> Result<u32, SheetError> {
    u32::try_from(number).ok().filter(|number| *number <= MAX_ROWS).ok_or(SheetError::TooManyRows(number))
}

/// Puts a text into its column, if there is room for it.
fn put(row: &mut Row, column: usize, text: String) -> Result<(), SheetError> {
    if text.is_empty() {
        return Ok(());
    }
    if column >= MAX_COLUMNS {
        return Err(SheetError::TooManyColumns(row.number));
    }
    if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
        return Err(SheetError::CellTooLong(row.number, column));
    }
    if row.cells.len() <= column {
        row.cells.resize(column + 1, String::new());
    }
    row.cells[column] = text;
    Ok(())
}
