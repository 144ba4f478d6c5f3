//! Writes the tests' table into a folder, as CSV and as XLSX: `cargo run -p sheets --example export -- FOLDER`.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use sheets::{CsvWriter, SheetError, XlsxWriter};

fn main() -> Result<(), SheetError> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).unwrap_or_default();
    let mut csv = CsvWriter::new(BufWriter::new(File::create(folder.join("export.csv"))?), &sample::HEADER)?;
    let mut xlsx = XlsxWriter::new("Stock", &sample::HEADER, 1_763_856_000)?;
    for row in &sample::ROWS {
        csv.row(row)?;
        xlsx.row(row)?;
    }
    csv.finish()?.into_inner().map_err(|error| error.into_error())?;
    xlsx.finish(BufWriter::new(File::create(folder.join("export.xlsx"))?))
}
