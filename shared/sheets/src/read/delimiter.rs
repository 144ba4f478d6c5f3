//! What separates the fields of a CSV file.

use ::csv::{ReaderBuilder, StringRecord};

/// What may separate fields; of equally good ones the first is taken.
const CANDIDATES: [u8; 4] = *b",;\t|";
/// Rows that a guess looks at.
const ROWS: usize = 50;

/// What a first line `sep=;`, as Excel reads it, says: the bytes that it takes, and the delimiter.
pub(super) fn said(text: &str) -> Option<(usize, u8)> {
    let rest = text.strip_prefix("sep=")?;
    let delimiter = *rest.as_bytes().first().filter(|byte| CANDIDATES.contains(byte))?;
    let end = ["\r\n", "\n", "\r"].into_iter().find(|end| rest[1..].starts_with(end))?;
    Some((5 + end.len(), delimiter))
}

/// What separates the fields: what follows a first field in quotation marks; else what splits the first rows into the
/// same number of fields most often, and of those what splits them into most.
pub(super) fn guess(text: &str) -> u8 {
    if let Some(sure) = after_quoted(text) {
        return sure;
    }
    let score = |delimiter: u8| {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true);
        let mut reader = builder.from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut widths = Vec::with_capacity(ROWS);
        while widths.len() < ROWS && matches!(reader.read_record(&mut record), Ok(true)) {
            widths.push(record.len());
        }
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|width| **width == first).count();
        if first > 1 { (alike, first) } else { (0, first) }
    };
    let best = CANDIDATES.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.unwrap_or(b',')
}

/// The byte after the first field, when that stands in quotation marks; a comma when the line ends there.
fn after_quoted(text: &str) -> Option<u8> {
    let mut rest = text.strip_prefix('"')?;
    loop {
        rest = rest.split_once('"')?.1;
        match rest.strip_prefix('"') {
            Some(more) => rest = more,
            None => break,
        }
    }
    match rest.bytes().next() {
        Some(b'\r' | b'\n') | None => Some(b','),
        Some(byte) => Some(byte).filter(|byte| CANDIDATES.contains(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_splits_the_rows_alike() {
        for (text, delimiter) in [
            ("sku,on_hand\nA,1\n", b','),
            ("sku;preis\nA;1,50\nB;2,50\n", b';'),
            ("sku\ttitle\nA\tMug, white; big\n", b'\t'),
            ("sku|title\nA|x,y\n", b'|'),
            ("title;note\n\"a;b\";\"c\nd\"\n", b';'),
            ("\"a,b,c\";2\n", b';'),
            ("\"a\"\n\"b;c\"\n", b','),
            ("\"a\"\"b\"\t2", b'\t'),
            ("sku\nA\n", b','),
            ("", b','),
        ] {
            assert_eq!(char::from(guess(text)), char::from(delimiter), "{text:?}");
        }
        assert_eq!(said("sep=;\r\na,b"), Some((7, b';')));
        assert_eq!(said("sep=\t\na"), Some((6, b'\t')));
        assert_eq!(said("sep=x\n"), None);
        assert_eq!(said("sep=é\n"), None);
        assert_eq!(said("sep=;x\n"), None);
    }
}
