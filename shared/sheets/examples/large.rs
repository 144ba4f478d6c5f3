//! Writes and reads 100,000 rows of 7 columns, and prints what each took: `cargo run --release -p sheets --example
//! large`. Each runs in a process of its own, whose peak of memory it tells as Linux counts it.
#![allow(clippy::print_stdout, reason = "it is what the example is for")]

use std::fs::{File, metadata, read_to_string};
use std::io::{BufWriter, Error};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use sheets::{Cell, CsvWriter, SheetError, XlsxWriter, open};

const ROWS: i64 = 100_000;
const HEADER: [&str; 7] = ["sku", "location", "on_hand", "title", "price", "currency", "barcode"];

fn main() -> Result<(), SheetError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::env::temp_dir();
    if let [what, name] = arguments.as_slice() {
        return timed(what, name, &folder.join(name));
    }
    for (what, name) in [("write", "large.csv"), ("read", "large.csv"), ("write", "large.xlsx"), ("read", "large.xlsx")]
    {
        let status = Command::new(std::env::current_exe()?).args([what, name]).status()?;
        if !status.success() {
            return Err(SheetError::Io(Error::other(format!("{what} {name}: {status}"))));
        }
    }
    Ok(())
}

fn timed(what: &str, name: &str, path: &PathBuf) -> Result<(), SheetError> {
    let before = Instant::now();
    let rows = match (what, name) {
        ("read", _) => read(path)?,
        (_, "large.csv") => write_csv(path)?,
        (_, _) => write_xlsx(path)?,
    };
    let took = before.elapsed().as_millis();
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
    println!("{what} {name}: {rows} rows in {took} ms, peak {peak}, file {} kB", metadata(path)?.len() / 1024);
    Ok(())
}

fn read(path: &PathBuf) -> Result<usize, SheetError> {
    let mut reader = open(File::open(path)?, "large")?;
    let mut rows = 0;
    for row in reader.rows()? {
        rows += usize::from(row?.cells.len() == HEADER.len());
    }
    Ok(rows)
}

fn with_row(index: i64, mut write: impl FnMut(&[Cell<'_>]) -> Result<(), SheetError>) -> Result<(), SheetError> {
    let (sku, title) = (format!("SKU-{index:06}"), format!("Enamel mug number {index}, größer"));
    let (price, barcode) =
        (format!("{}.{:02}", index % 500, index % 100), format!("{:013}", 4_000_000_000_000 + index));
    write(&[
        Cell::Text(&sku),
        Cell::Text("main"),
        Cell::Whole(index % 1_000),
        Cell::Text(&title),
        Cell::Decimal(&price),
        Cell::Text("EUR"),
        Cell::Text(&barcode),
    ])
}

fn write_csv(path: &PathBuf) -> Result<usize, SheetError> {
    let mut writer = CsvWriter::new(File::create(path)?, &HEADER)?;
    (0..ROWS).try_for_each(|index| with_row(index, |row| writer.row(row)))?;
    writer.finish()?;
    Ok(ROWS as usize + 1)
}

fn write_xlsx(path: &PathBuf) -> Result<usize, SheetError> {
    let mut writer = XlsxWriter::new("Stock", &HEADER, 0)?;
    (0..ROWS).try_for_each(|index| with_row(index, |row| writer.row(row)))?;
    writer.finish(BufWriter::new(File::create(path)?))?;
    Ok(ROWS as usize + 1)
}
