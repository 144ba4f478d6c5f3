//! Keeps a spreadsheet that opens a CSV file from taking text for a formula.
//!
//! A cell that could be one gets an apostrophe before it, and reading takes exactly that one away again: so that
//! nothing is lost, a cell that already has apostrophes before such text gets one more. Spreadsheets keep the
//! apostrophe when they save such a file in another format, so both formats are read alike; a cell of an XLSX file,
//! which is text anyway, gets one only where it already has some.

use std::borrow::Cow;

use crate::cell::decimals;

/// Whether a spreadsheet could take it for a formula: its first sign, blanks aside, is `=`, `+`, `-` or `@` (or one of
/// their wide forms), or it starts with a tab or a line end, and it is no plain number.
fn starts_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// The text as it is written into a CSV file.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'');
    let plain = bare.len() == text.len() && decimals(text).is_some();
    if starts_formula(bare) && !plain { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it is written into an XLSX file.
pub(crate) fn guarded_text(text: &str) -> Cow<'_, str> {
    if text.starts_with('\'') { guarded(text) } else { Cow::Borrowed(text) }
}

/// The text of a cell that was read.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if starts_formula(rest.trim_start_matches('\'')) => rest,
        Some(_) | None => text,
    }
}

/// Whether a cell of an XLSX file, which is text, could become a formula when somebody edits it.
pub(crate) fn risky(text: &str) -> bool {
    starts_formula(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_none() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+49 221 1", "'+49 221 1"),
            ("-", "'-"),
            ("\t=1", "'\t=1"),
            ("\rx", "'\rx"),
            (" =1", "' =1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("'=1", "''=1"),
            ("'-5", "''-5"),
            ("-5", "-5"),
            ("+5.25", "+5.25"),
            ("-5.", "'-5."),
            ("'n Abend", "'n Abend"),
            ("MUG-1", "MUG-1"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), written, "{text:?}");
            assert_eq!(unguarded(written), text, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_guarded_comes_back(text in prop_oneof!["['=+@ \t\r\n5.-]{0,8}", any::<String>()]) {
            let written = guarded(&text);
            prop_assert_eq!(unguarded(&written), &text);
            let in_workbook = guarded_text(&text);
            prop_assert_eq!(unguarded(&in_workbook), &text);
            prop_assert!(!starts_formula(&written) || decimals(&written).is_some());
        }
    }
}
