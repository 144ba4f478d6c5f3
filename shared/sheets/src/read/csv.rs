//! Rows of a CSV file.

use std::io::{Read, Seek, SeekFrom};

use ::csv::{ReaderBuilder, StringRecord};

use super::delimiter::{guess, said};
use super::text::{Encoding, Lines, Sample};
use super::{Row, put, row_number};
use crate::error::SheetError;
use crate::guard::unguarded;

/// A CSV file, and how it is written.
#[derive(Debug)]
pub(super) struct CsvFile<S> {
    source: S,
    encoding: Encoding,
    delimiter: u8,
    /// Bytes of a first line that only says the delimiter.
    skipped: usize,
}

/// Its rows.
#[derive(Debug)]
pub(super) struct CsvRows<'r, S> {
    records: ::csv::Reader<Lines<&'r mut S>>,
    record: StringRecord,
    number: u64,
}

impl<S: Read + Seek> CsvFile<S> {
    pub(super) fn open(mut source: S, filename: &str) -> Result<Self, SheetError> {
        let sample = Sample::take(&mut source)?;
        if sample.is_binary || sample.is_markup() {
            return Err(SheetError::Unknown(filename.chars().take(100).collect()));
        }
        let (skipped, delimiter) = match said(&sample.text) {
            Some((skipped, delimiter)) => (skipped, delimiter),
            None => (0, guess(&sample.text)),
        };
        Ok(Self { source, encoding: sample.encoding, delimiter, skipped })
    }

    pub(super) fn rows(&mut self) -> Result<CsvRows<'_, S>, SheetError> {
        self.source.seek(SeekFrom::Start(0))?;
        let lines = Lines::new(&mut self.source, self.encoding, self.delimiter, self.skipped);
        let mut builder = ReaderBuilder::new();
        builder.delimiter(self.delimiter).has_headers(false).flexible(true).buffer_capacity(1 << 16);
        Ok(CsvRows { records: builder.from_reader(lines), record: StringRecord::new(), number: 0 })
    }
}

impl<S: Read + Seek> CsvRows<'_, S> {
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        loop {
            if !self.records.read_record(&mut self.record).map_err(broken)? {
                // A quotation mark that is never closed takes all that follows it: the last record has it.
                let open = self.records.get_ref().ends_in_quotes();
                let last = u32::try_from(self.number).unwrap_or(u32::MAX);
                return if open { Err(SheetError::OpenQuote(last)) } else { Ok(None) };
            }
            self.number += 1;
            if self.record.iter().all(str::is_empty) {
                continue;
            }
            let mut row = Row { number: row_number(self.number)?, cells: Vec::with_capacity(self.record.len()) };
            for (column, text) in self.record.iter().enumerate() {
                put(&mut row, column, unguarded(text).to_owned())?;
            }
            return Ok(Some(row));
        }
    }
}

fn broken(error: ::csv::Error) -> SheetError {
    if error.is_io_error() { SheetError::Io(error.into()) } else { SheetError::Broken(error.to_string()) }
}
