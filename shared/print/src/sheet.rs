//! Lines as CSV.

use crate::{PrintError, PurchaseSheet};

const HEADER: [&str; 6] = ["sku", "title", "location", "quantity", "unit_cost", "total"];

/// A purchase order's lines as CSV: RFC 4180, UTF-8 without a mark, a header, no total.
///
/// Spreadsheets run a cell as a formula when it begins with `=`, `+`, `-`, `@`
/// (or their full-width forms), a tab or a line end. Such a cell gets a leading
/// apostrophe, as OWASP advises against formula injection, unless it is a plain
/// number: `-4.50` stays, `-4.50+A1` becomes `'-4.50+A1`. Who reads the file
/// back has to expect the apostrophe.
///
/// # Errors
///
/// When the writer fails, which it does not in memory.
pub fn purchase_order_csv(sheet: &PurchaseSheet) -> Result<Vec<u8>, PrintError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for line in &sheet.lines {
        let cells = [
            line.sku.clone(),
            line.title.clone(),
            line.location.clone(),
            line.quantity.to_string(),
            line.unit_cost.clone().unwrap_or_default(),
            line.total.clone().unwrap_or_default(),
        ];
        writer.write_record(cells.map(harmless))?;
    }
    writer.into_inner().map_err(|cause| PrintError::Csv(cause.into_error().into()))
}

/// The cell as no spreadsheet runs it.
fn harmless(cell: String) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if runs && !plain_number(&cell) { format!("'{cell}") } else { cell }
}

/// A sign and digits, with points or commas between them.
fn plain_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    digits.split(['.', ',']).all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SheetLine;
    use proptest::prelude::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn read(bytes: &[u8]) -> Result<Vec<Vec<String>>, csv::Error> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        reader.records().map(|row| Ok(row?.iter().map(str::to_owned).collect())).collect()
    }

    fn of(lines: Vec<SheetLine>) -> PurchaseSheet {
        PurchaseSheet { lines, ..PurchaseSheet::default() }
    }

    #[test]
    fn what_is_written_is_read_again() -> Outcome {
        let line = SheetLine {
            sku: "MUG-1".to_owned(),
            title: "Mug, \"cobalt\"\nlarge; żółty".to_owned(),
            location: "Main".to_owned(),
            quantity: 12,
            unit_cost: Some("€1,204.00".to_owned()),
            total: None,
        };
        let bytes = purchase_order_csv(&of(vec![line]))?;
        assert!(bytes.starts_with(b"sku,title,location,quantity,unit_cost,total\r\n"));
        assert!(bytes.ends_with(b"\r\n"));
        let rows = read(&bytes)?;
        assert_eq!(rows[1], ["MUG-1", "Mug, \"cobalt\"\nlarge; żółty", "Main", "12", "€1,204.00", ""]);
        assert_eq!(rows.len(), 2);
        Ok(())
    }

    #[test]
    fn formulas_are_neutralised_and_numbers_are_left() {
        for bad in
            ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", "\n=1", "-", "+", "-.", "＝1", "+49 30 1", "-1e5"]
        {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        for good in ["", "1", "-1", "-4.50", "+3", "-1,204.00", "€ -1", "a=b", "'x", " "] {
            assert_eq!(harmless(good.to_owned()), good);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            [sku, title, cost] in prop::array::uniform3(any::<String>()),
            quantity in any::<u32>(),
        ) {
            let line = SheetLine { sku, title, quantity, unit_cost: Some(cost), ..SheetLine::default() };
            let bytes = purchase_order_csv(&of(vec![line.clone()]))?;
            let cost = line.unit_cost.unwrap_or_default();
            let wanted = [line.sku, line.title, String::new(), quantity.to_string(), cost, String::new()];
            prop_assert_eq!(&read(&bytes)?[1], &wanted.map(harmless));
        }
    }
}
