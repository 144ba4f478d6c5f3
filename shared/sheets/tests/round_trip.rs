//! What is written is read back, whatever it is; what is no table is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod sample;

use std::io::{Cursor, Write};

use proptest::prelude::*;
use sheets::{Cell, CsvWriter, Format, Row, SheetError, XlsxWriter, open};

fn csv(header: &[&str], rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new(), header).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap()
}

fn xlsx(header: &[&str], rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut writer = XlsxWriter::new("Stock", header, 1_763_856_000).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    let mut bytes = Vec::new();
    writer.finish(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Row>, SheetError> {
    open(Cursor::new(bytes), "stock.csv")?.rows()?.collect()
}

fn table(bytes: impl AsRef<[u8]>) -> Vec<(u32, Vec<String>)> {
    read(bytes.as_ref()).unwrap().into_iter().map(|row| (row.number, row.cells)).collect()
}

fn refused(bytes: impl AsRef<[u8]>) -> String {
    read(bytes.as_ref()).unwrap_err().to_string()
}

fn rows(text: &[&[&str]]) -> Vec<(u32, Vec<String>)> {
    let owned = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    (1..).zip(text.iter().map(owned)).collect()
}

#[test]
fn a_table_of_all_that_gets_lost_comes_back() {
    let sent: Vec<Vec<Cell<'_>>> = sample::ROWS.iter().map(|row| row.to_vec()).collect();
    let (csv, xlsx) = (csv(&sample::HEADER, &sent), xlsx(&sample::HEADER, &sent));
    assert_eq!(open(Cursor::new(&csv), "x.xlsx").unwrap().format(), Format::Csv);
    assert_eq!(open(Cursor::new(&xlsx), "x.csv").unwrap().format(), Format::Xlsx);
    let (from_csv, from_xlsx) = (table(&csv), table(&xlsx));
    for (index, row) in sent.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let (csv, xlsx) = (&from_csv[index + 1].1[column], &from_xlsx[index + 1].1[column]);
            match cell {
                Cell::Text(text) => assert_eq!((csv.as_str(), xlsx.as_str()), (*text, *text)),
                Cell::Whole(number) => assert_eq!((csv, xlsx), (&number.to_string(), &number.to_string())),
                // A number has no zeros at its end.
                Cell::Decimal(text) => {
                    assert_eq!(csv, text);
                    assert_eq!(xlsx.parse::<f64>().unwrap(), text.parse::<f64>().unwrap());
                }
                Cell::Empty => assert_eq!((csv.as_str(), xlsx.as_str()), ("", "")),
            }
        }
    }
    let text = String::from_utf8(csv).unwrap();
    assert!(text.starts_with("\u{feff}\"sku\",\"location\""));
    assert!(text.contains(",\"'=HYPERLINK(") && text.contains(",'+49 221 1234\r\n") && text.contains(",-5\r\n"));
}

#[test]
fn csv_of_other_programs_is_read() {
    let wanted = rows(&[&["sku", "Bestand"], &["MÜG", "1,5"]]);
    assert_eq!(table("sku;Bestand\r\nMÜG;1,5\r\n"), wanted);
    assert_eq!(table("\u{feff}sku;Bestand\nMÜG;1,5"), wanted);
    assert_eq!(table("sku\tBestand\rMÜG\t1,5\r"), wanted);
    assert_eq!(table("sep=;\r\nsku;Bestand\r\nMÜG;\"1,5\""), wanted);
    assert_eq!(table("sku|Bestand\nMÜG|1,5||\n"), wanted);
    assert_eq!(table(b"sku;Bestand\r\nM\xdcG;1,5\r\n"), wanted);
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    assert_eq!(table(wide("\u{feff}sku\tBestand\r\nMÜG\t1,5\r\n", u16::to_le_bytes)), wanted);
    assert_eq!(table(wide("\u{feff}sku\tBestand\r\nMÜG\t1,5\r\n", u16::to_be_bytes)), wanted);
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let numbers = |text: &str| table(text).into_iter().map(|(number, _)| number).collect::<Vec<u32>>();
    assert_eq!(numbers("a,b\n1,2\n3,4\n"), [1, 2, 3]);
    assert_eq!(numbers("a,b\r\n\r\n1,2\r\n,\r\n\r\n3,4"), [1, 3, 6]);
    assert_eq!(numbers("\n\na,b\n"), [3]);
    assert_eq!(numbers("a,b\r\r1,2\r"), [1, 3]);
    assert_eq!(numbers("a,\"b\r\n\r\nc\"\r\n1,2\r\n"), [1, 2]);
    assert_eq!(numbers("a,5\" pipe\n\n1,2\n"), [1, 3]);
    assert_eq!(numbers("a,\"b\"\"\n\"\n\n1,2\n"), [1, 3]);
    // More than is read at once.
    let long = format!("a,b\r\n{}\r\n\r\nx,y\r\n", "12345678,\"\r\n\"\r\n".repeat(30_000));
    assert_eq!(numbers(&long).last(), Some(&30_004));
}

#[test]
fn what_is_no_table_is_refused_with_what_to_do() {
    assert_eq!(refused(""), "The file is empty.");
    let unknown = "stock.csv is neither a CSV file nor an Excel workbook (.xlsx). Save the table as one of them.";
    for wrong in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"<html><table>", b"  <?xml version='1.0'?>", b"%PDF-1.7\n", b"a,b\0"]
    {
        assert_eq!(refused(wrong), unknown);
    }
    assert!(refused(b"PK\x03\x04").starts_with("The file is damaged ("));
    let mut old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    old.resize(100_000, 0);
    assert!(refused(&old).starts_with("This is an old Excel workbook (.xls)."));
    // Across the border of what is read at once.
    old.truncate(65_520);
    old.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(refused(&old).starts_with("This workbook is protected by a password."));
    assert_eq!(refused("a,b\n1,\"2\n3,4\n"), "A quotation mark that opens in row 2 is never closed.");
    assert_eq!(table("a,b\n1,\"2\""), rows(&[&["a", "b"], &["1", "2"]]));
    let endless = format!("a,b\n1,\"{}", "x,\n".repeat(4_000_000));
    assert!(refused(endless).contains("is there a quotation mark that is never closed?"));
}

#[test]
fn a_table_has_limits() {
    let header = ["a"];
    let ok = format!("a\n{}", "1\n".repeat(100_000));
    assert_eq!(table(&ok).len(), 100_001);
    assert_eq!(
        refused(ok + "1\n"),
        "Something stands in row 100002, and at most 100001 rows are read. Split the file."
    );
    let wide = [&["x"; 64][..], &[""; 9]].concat().join(",");
    assert_eq!(table(&wide)[0].1.len(), 64);
    assert_eq!(
        refused(format!("a,b\n{}", ["x"; 65].join(","))),
        "Row 2 has more than 64 columns. Take out those that are not needed."
    );
    let long = "ü".repeat(32_767);
    assert_eq!(table(&long)[0].1[0], long);
    assert_eq!(refused(format!("a,b\n1,{long}x")), "Column 2 of row 2 has more than 32767 characters.");
    let too_long = format!("{long}x");
    let too_long = [Cell::Whole(1), Cell::Text(&too_long)];
    assert!(matches!(CsvWriter::new(Vec::new(), &header).unwrap().row(&too_long), Err(SheetError::CellTooLong(2, 1))));
    assert!(matches!(XlsxWriter::new("x", &header, 0).unwrap().row(&too_long), Err(SheetError::CellTooLong(2, 1))));
    let wide = xlsx(&header, &[vec![Cell::Whole(1); 65]]);
    assert!(matches!(read(&wide), Err(SheetError::TooManyColumns(2))));
    let deep = xlsx(&header, &vec![vec![Cell::Whole(1)]; 100_001]);
    assert!(matches!(read(&deep), Err(SheetError::TooManyRows(100_002))));
}

/// A workbook with these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The parts of a workbook of one sheet with one cell.
fn parts() -> Vec<(String, Vec<u8>)> {
    let bytes = xlsx(&["sku"], &[vec![Cell::Text("MUG-1"), Cell::Whole(5)]]);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// That workbook with one part changed, or one more.
fn with(name: &str, content: &[u8]) -> Vec<u8> {
    let parts = parts();
    let mut parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    parts.retain(|part| part.0 != name);
    parts.push((name, content));
    package(&parts)
}

#[test]
fn a_bomb_is_not_unpacked() {
    let sheet = "xl/worksheets/sheet1.xml";
    assert!(matches!(read(&with(sheet, &vec![b' '; 300 << 20])), Err(SheetError::TooLarge)));
    assert!(matches!(read(&with("xl/media/image1.png", &vec![0; 300 << 20])), Err(SheetError::TooLarge)));
    assert!(matches!(read(&with("xl/sharedStrings.xml", &b"<si/>".repeat(12 << 20))), Err(SheetError::TooLarge)));
    // Room for texts that never come, a text without an end.
    for count in ["99999999999999999999", "18446744073709551615", "9000000000"] {
        let lie = format!("<sst uniqueCount = '{count}'><si><t>x</t></si></sst>");
        assert!(matches!(read(&with("xl/sharedStrings.xml", lie.as_bytes())), Err(SheetError::TooLarge)));
    }
    let long = format!("<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>{}", "x".repeat(3 << 20));
    assert!(matches!(read(&with(sheet, long.as_bytes())), Err(SheetError::TooLarge)));
}

#[test]
fn a_workbook_of_another_kind_is_refused() {
    let other = |names: &[&str]| read(&package(&names.iter().map(|name| (*name, &b"x"[..])).collect::<Vec<_>>()));
    assert!(matches!(other(&["mimetype", "content.xml"]), Err(SheetError::OpenDocument)));
    assert!(matches!(other(&["[Content_Types].xml", "xl/workbook.bin"]), Err(SheetError::BinaryExcel)));
    assert!(matches!(other(&["readme.txt"]), Err(SheetError::Unknown(name)) if name == "stock.csv"));
    assert!(matches!(other(&["[Content_Types].xml"]), Err(SheetError::Broken(_))));
    let book = xlsx(&["a"], &[]);
    assert!(matches!(read(&book[..book.len() / 2]), Err(SheetError::Broken(_))));
    let hidden = parts().into_iter().find(|(name, _)| name == "xl/workbook.xml").unwrap().1;
    let hidden = String::from_utf8(hidden).unwrap().replace("<sheet ", "<sheet state=\"hidden\" ");
    assert!(matches!(read(&with("xl/workbook.xml", hidden.as_bytes())), Err(SheetError::NoSheet)));
}

#[test]
fn a_sheet_with_gaps_and_rows_out_of_order() {
    let sheet = |rows: &str| with("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}").as_bytes());
    let gaps = r#"<row r="3"><c r="B3"><v>19.989999999999998</v></c></row><row r="4"><c r="A4" s="1"/></row>
        <row r="9"><c r="A9" t="b"><v>1</v></c><c r="C9" t="e"><v>#N/A</v></c></row></sheetData></worksheet>"#;
    let wanted = [(3, vec!["", "19.99"]), (9, vec!["TRUE", "", "#N/A"])];
    let wanted = wanted.map(|(number, cells)| (number, cells.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    assert_eq!(table(sheet(gaps)), wanted);
    let back =
        r#"<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>"#;
    assert!(matches!(read(&sheet(back)), Err(SheetError::Broken(_))));
    let cut = r#"<row r="3"><c r="A3"><v>1</v></c></row><row"#;
    assert!(matches!(read(&sheet(cut)), Err(SheetError::Broken(_))));
}

#[test]
fn the_first_visible_sheet_is_meant() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_hidden(true).write_string(0, 0, "hidden").unwrap();
    workbook.add_worksheet().set_very_hidden(true).write_string(0, 0, "very hidden").unwrap();
    workbook.add_worksheet().set_active(true).write_string(0, 0, "meant").unwrap();
    workbook.add_worksheet().write_string(0, 0, "another").unwrap();
    assert_eq!(table(workbook.save_to_buffer().unwrap()), rows(&[&["meant"]]));
}

/// Any text that a table can hold.
fn text() -> impl Strategy<Value = String> {
    let kept =
        |text: String| text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
    prop_oneof![
        any::<String>().prop_map(kept),
        "['=+@;,|\"\t\r\n 5.-]{0,6}",
        "(_x[0-9A-F]{4}_|&#13;|&amp;|<t>|sep=;| ){0,3}",
        "-?[0-9]{1,20}(\\.[0-9]{1,3})?",
    ]
}

fn cells(rows: &[Vec<String>]) -> Vec<Vec<Cell<'_>>> {
    rows.iter().map(|row| row.iter().map(|cell| Cell::Text(cell)).collect()).collect()
}

fn trimmed(mut cells: Vec<String>) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

/// Whether a file is read into rows in which something stands, or refused with a word.
fn answers(bytes: &[u8]) -> bool {
    match read(bytes) {
        Ok(rows) => rows.iter().all(|row| row.cells.last().is_some_and(|cell| !cell.is_empty())),
        Err(error) => !error.to_string().is_empty(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_comes_back(sent in prop::collection::vec(prop::collection::vec(text(), 0..5), 1..6)) {
        let (header, body) = sent.split_first().unwrap();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let body = cells(body);
        let wanted: Vec<(u32, Vec<String>)> =
            (1..).zip(sent.iter().cloned().map(trimmed)).filter(|(_, row)| !row.is_empty()).collect();
        prop_assert_eq!(&table(csv(&header, &body)), &wanted);
        prop_assert_eq!(&table(xlsx(&header, &body)), &wanted);
    }

    #[test]
    fn any_number_comes_back(whole in any::<i64>(), minor in -1_000_000_000_000_i64..1_000_000_000_000) {
        let price = format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100);
        let sent = vec![vec![Cell::Whole(whole), Cell::Decimal(&price)]];
        let wanted = vec![whole.to_string(), price.clone()];
        prop_assert_eq!(&table(csv(&["a"], &sent))[1].1, &wanted);
        let back = table(xlsx(&["a"], &sent))[1].1.clone();
        prop_assert_eq!(&back[0], &whole.to_string());
        let (whole, fraction) = back[1].split_once('.').unwrap_or((&back[1], ""));
        let plain = format!("{whole}.{fraction:0<2}");
        // Zero has no sign.
        prop_assert_eq!(plain.trim_start_matches('-'), price.trim_start_matches('-'));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(answers(&bytes));
        prop_assert!(answers(&[&b"PK\x03\x04"[..], &bytes].concat()));
    }

    #[test]
    fn a_broken_workbook_is_read_or_refused(
        part in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        junk in prop_oneof!["[<>/\"=a-z0-9 &;]{0,12}", any::<String>(), "-?[0-9]{1,25}"],
    ) {
        let mut parts = parts();
        let content = &mut parts[part.index(9)].1;
        let at = at.index(content.len());
        let end = (at + cut).min(content.len());
        content.splice(at..end, junk.bytes());
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
        prop_assert!(answers(&package(&parts)));
    }
}
