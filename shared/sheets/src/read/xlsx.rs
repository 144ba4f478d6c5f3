//! Rows of the first visible sheet of an XLSX workbook.

use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::package::inspect;
use super::{Row, put, row_number};
use crate::error::SheetError;
use crate::guard::unguarded;

/// An XLSX workbook and the name of its first visible sheet.
pub(super) struct XlsxFile<S: Read + Seek> {
    workbook: Xlsx<BufReader<S>>,
    sheet: String,
}

/// The sheet's rows.
pub(super) struct XlsxRows<'r, S: Read + Seek> {
    cells: XlsxCellReader<'r, BufReader<S>>,
    /// The first cell of the next row: row and column counted from 0.
    next: Option<(u32, u32, String)>,
    ended: bool,
}

impl<S: Read + Seek> std::fmt::Debug for XlsxFile<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XlsxFile").field("sheet", &self.sheet).finish_non_exhaustive()
    }
}

impl<S: Read + Seek> std::fmt::Debug for XlsxRows<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XlsxRows").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<S: Read + Seek> XlsxFile<S> {
    pub(super) fn open(source: S, filename: &str) -> Result<Self, SheetError> {
        let source = inspect(BufReader::new(source), filename)?;
        let workbook = caught(|| Xlsx::new(source))?;
        let visible =
            |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
        let sheet = workbook.sheets_metadata().iter().find(visible).map(|sheet| sheet.name.clone());
        Ok(Self { workbook, sheet: sheet.ok_or(SheetError::NoSheet)? })
    }

    pub(super) fn rows(&mut self) -> Result<XlsxRows<'_, S>, SheetError> {
        let cells = caught(|| self.workbook.worksheet_cells_reader(&self.sheet))?;
        Ok(XlsxRows { cells, next: None, ended: false })
    }
}

impl<S: Read + Seek> XlsxRows<'_, S> {
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        let first = match self.next.take() {
            Some(first) => Some(first),
            None => self.next_text()?,
        };
        let Some((at, column, text)) = first else { return Ok(None) };
        let mut row = Row { number: row_number(u64::from(at) + 1)?, cells: Vec::new() };
        put(&mut row, column as usize, text)?;
        while let Some((next, column, text)) = self.next_text()? {
            if next != at {
                if next < at {
                    return Err(SheetError::Broken(format!("row {} stands below row {}", next + 1, row.number)));
                }
                self.next = Some((next, column, text));
                break;
            }
            put(&mut row, column as usize, text)?;
        }
        Ok(Some(row))
    }

    /// The next cell in which something stands.
    fn next_text(&mut self) -> Result<Option<(u32, u32, String)>, SheetError> {
        while !self.ended
            && let Some(cell) = caught(|| self.cells.next_cell())?
        {
            let text = text(cell.get_value());
            if !text.is_empty() {
                let (row, column) = cell.get_position();
                return Ok(Some((row, column, text)));
            }
        }
        self.ended = true;
        Ok(None)
    }
}

/// What stands in a cell, as people would type it.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) => unguarded(text).to_owned(),
        DataRef::SharedString(text) => unguarded(text).to_owned(),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A number with the 15 digits that a spreadsheet shows: 19.989999999999998 is 19.99.
fn decimal(number: f64) -> String {
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if shown == 0.0 { "0".to_owned() } else { shown.to_string() }
}

/// A date as `2026-11-23`, with its time if it has one: `2026-11-23T10:30:00`; a time alone as `10:30:00`, and a length
/// of time in the same way, its hours beyond 24: `26:30:00`.
fn date(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    if moment.is_duration() {
        let (sign, seconds) = (if value < 0.0 { "-" } else { "" }, (value.abs() * 86_400.0).round() as u64);
        return format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    let time = match milli {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    };
    if (0.0..1.0).contains(&value) {
        time
    } else if time == "00:00:00" {
        day
    } else {
        format!("{day}T{time}")
    }
}

/// What a call of the library gives. It may panic where a workbook lies about itself, and then the file is damaged.
fn caught<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, SheetError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(XlsxError::Password)) => Err(SheetError::Encrypted),
        Ok(Err(error)) => Err(SheetError::Broken(error.to_string().chars().take(200).collect())),
        Err(_) => Err(SheetError::Broken("its numbers do not fit together".to_owned())),
    }
}
