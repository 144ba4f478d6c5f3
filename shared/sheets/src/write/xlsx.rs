//! A table as an XLSX workbook of one sheet, its rows kept in a temporary file until it is finished.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::fits;
use crate::cell::{Cell, clean, decimals, exact};
use crate::error::SheetError;
use crate::guard::{guarded_text, risky};

/// The most decimals that are shown.
const MAX_DECIMALS: usize = 6;

/// Writes a table as XLSX, row by row. Text is text, whatever it looks like, and stays so when somebody edits it.
pub struct XlsxWriter {
    workbook: Workbook,
    /// How numbers with so many decimals are shown.
    decimals: Vec<Format>,
    /// Text that would become a formula when it is edited.
    quoted: Format,
    written: u32,
}

impl std::fmt::Debug for XlsxWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XlsxWriter").field("written", &self.written).finish_non_exhaustive()
    }
}

impl XlsxWriter {
    /// A workbook whose one sheet has this name (at most 31 characters, none of `[]:*?/\`) and this first row, which
    /// stays in sight. It says that it was made at `made`, in seconds since 1970.
    ///
    /// # Errors
    /// When the temporary file cannot be made, or a name is too long.
    pub fn new(sheet: &str, header: &[&str], made: i64) -> Result<Self, SheetError> {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_timestamp(made).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let page = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        page.set_name(sheet).map_err(failed)?;
        page.set_freeze_panes(1, 0).map_err(failed)?;
        let bold = Format::new().set_bold();
        for (column, name) in (0_u16..).zip(header) {
            fits(name, 1, usize::from(column))?;
            let width = name.chars().count().clamp(14, 40) as f64;
            page.set_column_width(column, width).map_err(failed)?;
            page.write_string_with_format(0, column, guarded_text(&clean(name)), &bold).map_err(failed)?;
        }
        let shown = |count| Format::new().set_num_format(format!("0.{}", "0".repeat(count)).trim_end_matches('.'));
        let decimals = (0..=MAX_DECIMALS).map(shown).collect();
        Ok(Self { workbook, decimals, quoted: Format::new().set_quote_prefix(), written: 1 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the temporary file takes nothing, a text is too long, or there are more rows or columns than Excel knows.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        let row = self.written;
        self.written = self.written.saturating_add(1);
        let page = self.workbook.worksheet_from_index(0).map_err(failed)?;
        for (at, cell) in cells.iter().enumerate() {
            let column = u16::try_from(at).map_err(|_| SheetError::TooManyColumns(row + 1))?;
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => put(page, row, column, text, &self.quoted)?,
                Cell::Whole(number) => {
                    let text = number.to_string();
                    if exact(&text) {
                        page.write_number(row, column, *number as f64).map_err(failed)?;
                    } else {
                        page.write_string(row, column, text).map_err(failed)?;
                    }
                }
                Cell::Decimal(text) => {
                    let format = decimals(text).filter(|_| exact(text)).and_then(|count| self.decimals.get(count));
                    match (format, text.parse::<f64>()) {
                        (Some(format), Ok(number)) => {
                            page.write_number_with_format(row, column, number, format).map_err(failed)?;
                        }
                        (None, _) | (_, Err(_)) => put(page, row, column, text, &self.quoted)?,
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// When the temporary file cannot be read or `inner` takes nothing.
    pub fn finish<W: Write + Send>(mut self, inner: W) -> Result<(), SheetError> {
        self.workbook.save_to_writer(inner).map_err(failed)
    }
}

fn put(page: &mut Worksheet, row: u32, column: u16, text: &str, quoted: &Format) -> Result<(), SheetError> {
    fits(text, row + 1, usize::from(column))?;
    let text = clean(text);
    let text = guarded_text(&text);
    let written = if risky(&text) {
        page.write_string_with_format(row, column, text, quoted)
    } else {
        page.write_string(row, column, text)
    };
    written.map(|_| ()).map_err(failed)
}

fn failed(error: XlsxError) -> SheetError {
    if let XlsxError::IoError(error) = error {
        return SheetError::Io(error);
    }
    SheetError::Io(std::io::Error::other(error.to_string()))
}
