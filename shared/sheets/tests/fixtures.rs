//! Files that LibreOffice wrote, and our own after it has opened and saved them: `tests/fixtures/sheets/make.sh`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sample;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use domain::import::{ImportChange, Mapping, Shop, Table};
use domain::settings::Location;
use domain::{Currency, LocationId};
use sheets::{Cell, Row, SheetError, open};

fn file(name: &str) -> File {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sheets");
    File::open(folder.join(name)).unwrap()
}

fn read(name: &str) -> Vec<Row> {
    open(file(name), name).unwrap().rows().unwrap().map(Result::unwrap).collect()
}

fn row(number: u32, cells: &[&str]) -> Row {
    Row { number, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
}

/// The stock list, with its prices as they stand in the file.
fn stock(first: &str, second: &str, last: &str) -> Vec<Row> {
    vec![
        row(1, &["Artikelnummer", "Lager", "Bestand", "Bezeichnung", "Preis", "EAN", "Gezählt am", "Aktiv"]),
        row(2, &["MUG-1", "main", "12", "Becher \"Köln\", groß; weiß", first, "4006381333931", "2026-11-23", "TRUE"]),
        row(3, &["MUG-2", "main", "1234", "Zwei\nZeilen", second, "0012345678905", "2026-11-23T10:30:00", "FALSE"]),
        row(5, &["MUG-3", "", "#N/A", "Über zwei Spalten"]),
        row(6, &["MUG-4", "main", "0", "-5 Grad", last]),
    ]
}

#[test]
fn a_stock_list_is_read_from_either_format() {
    assert_eq!(read("stock.csv"), stock("19,99", "59,97", "1234,5"));
    assert_eq!(read("stock.xlsx"), stock("19.99", "59.97", "1234.5"));
}

#[test]
fn a_stock_list_says_the_same_in_either_format() {
    let place =
        Location { id: LocationId::main(), name: "Hauptlager".to_owned(), address: String::new(), country: None };
    let shop = Shop { currency: Currency::EUR, locations: &[place] };
    for name in ["stock.csv", "stock.xlsx"] {
        let mut rows = read(name).into_iter();
        let header = rows.next().unwrap().cells;
        let table = Table::new(header.clone(), Mapping::guess(&header), shop).unwrap();
        let (mut told, mut wrong) = (Vec::new(), Vec::new());
        for row in rows {
            match table.line(row.number, &row.cells) {
                Ok(line) => told.extend(line.map(|line| {
                    let price = line.product.map(|product| product.price.amount);
                    (line.row, line.sku.to_string(), line.change, price, line.barcode)
                })),
                Err(errors) => wrong.extend(errors.into_iter().map(|error| (error.row, error.column, error.letter))),
            }
        }
        let line = |row, sku: &str, count, price, barcode: Option<&str>| {
            (row, sku.to_owned(), ImportChange::Count(count), Some(price), barcode.map(str::to_owned))
        };
        assert_eq!(
            told,
            [
                line(2, "MUG-1", 12, 1999, Some("4006381333931")),
                line(3, "MUG-2", 1234, 5997, Some("0012345678905")),
                line(6, "MUG-4", 0, 123_450, None),
            ],
            "{name}"
        );
        assert_eq!(wrong, [(5, "Bestand".to_owned(), "C".to_owned())], "{name}");
    }
}

#[test]
fn other_formats_are_named() {
    assert!(matches!(open(file("stock.ods"), "stock.ods"), Err(SheetError::OpenDocument)));
    assert!(matches!(open(file("stock.xls"), "stock.xls"), Err(SheetError::OldExcel)));
    assert!(matches!(open(file("stock.fods"), "stock.fods"), Err(SheetError::Unknown(name)) if name == "stock.fods"));
}

#[test]
fn an_export_that_was_opened_and_saved_is_what_it_was() {
    for name in ["export.csv", "export.xlsx", "export-saved.xlsx", "export-saved.csv", "export-opened.xlsx"] {
        let rows = read(name);
        assert_eq!(rows[0], row(1, &sample::HEADER), "{name}");
        assert_eq!(rows.len(), sample::ROWS.len() + 1, "{name}");
        for (row, sent) in rows[1..].iter().zip(sample::ROWS) {
            for (cell, sent) in row.cells.iter().zip(sent) {
                match sent {
                    Cell::Text(text) => assert_eq!(cell, text, "{name}, row {}", row.number),
                    Cell::Whole(number) => assert_eq!(*cell, number.to_string(), "{name}, row {}", row.number),
                    Cell::Decimal(text) => {
                        let same = cell.parse::<f64>().unwrap() == text.parse::<f64>().unwrap();
                        assert!(same, "{name}, row {}: {cell} is not {text}", row.number);
                    }
                    Cell::Empty => assert_eq!(cell, "", "{name}, row {}", row.number),
                }
            }
        }
    }
}

#[test]
fn an_export_that_was_opened_holds_no_formula() {
    for name in ["export-saved.xlsx", "export-opened.xlsx", "export-clicked.xlsx"] {
        let mut archive = zip::ZipArchive::new(file(name)).unwrap();
        let mut sheet = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert!(sheet.contains("<c ") && !sheet.contains("<f"), "{name}");
    }
}
