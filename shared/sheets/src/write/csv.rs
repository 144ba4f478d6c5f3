//! A table as CSV: commas, UTF-8 with a mark that Excel knows it by, lines ended as RFC 4180 wants them.

use std::io::Write;

use ::csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::fits;
use crate::cell::{Cell, clean, decimals};
use crate::error::SheetError;
use crate::guard::guarded;

/// Writes a table as CSV, row by row. Text that a spreadsheet would take for a formula gets an apostrophe before it.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    rows: Writer<W>,
    written: u32,
}

fn builder(quotes: QuoteStyle) -> WriterBuilder {
    let mut builder = WriterBuilder::new();
    builder.quote_style(quotes).terminator(Terminator::CRLF).flexible(true);
    builder
}

impl<W: Write> CsvWriter<W> {
    /// A table with this first row. Its fields stand in quotation marks, which leave no doubt of what separates them.
    ///
    /// # Errors
    /// When `inner` takes nothing, or a name is too long.
    pub fn new(mut inner: W, header: &[&str]) -> Result<Self, SheetError> {
        let mut first = builder(QuoteStyle::Always).from_writer(Vec::new());
        let names: Vec<Cell<'_>> = header.iter().map(|name| Cell::Text(name)).collect();
        put(&mut first, 1, &names)?;
        let first = first.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
        inner.write_all("\u{feff}".as_bytes())?;
        inner.write_all(&first)?;
        Ok(Self { rows: builder(QuoteStyle::Necessary).from_writer(inner), written: 1 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the file takes nothing, or a text is too long.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        self.written = self.written.saturating_add(1);
        put(&mut self.rows, self.written, cells)
    }

    /// Writes what is left and gives the file back.
    ///
    /// # Errors
    /// When the file takes nothing.
    pub fn finish(self) -> Result<W, SheetError> {
        self.rows.into_inner().map_err(|error| SheetError::Io(std::io::Error::other(error.to_string())))
    }
}

fn put<W: Write>(rows: &mut Writer<W>, number: u32, cells: &[Cell<'_>]) -> Result<(), SheetError> {
    for (column, cell) in cells.iter().enumerate() {
        let written = match cell {
            Cell::Decimal(number) if decimals(number).is_some() => rows.write_field(number),
            Cell::Text(text) | Cell::Decimal(text) => {
                fits(text, number, column)?;
                rows.write_field(guarded(&clean(text)).as_bytes())
            }
            Cell::Whole(number) => rows.write_field(number.to_string()),
            Cell::Empty => rows.write_field(""),
        };
        written.map_err(failed)?;
    }
    rows.write_record(None::<&[u8]>).map_err(failed)
}

fn failed(error: ::csv::Error) -> SheetError {
    SheetError::Io(error.into())
}
