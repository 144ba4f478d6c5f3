//! A cell as it is written.

/// What is written into a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text, whatever it looks like: never a formula. Control characters other than tabs and line ends are left out.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// A decimal number as text, such as `-19.90`; what is none is written as text.
    Decimal(&'a str),
    /// Nothing.
    Empty,
}

/// Whether it is a plain number, and if so how many decimals it has: `-19.90` has 2.
pub(crate) fn decimals(text: &str) -> Option<usize> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && plain(whole) && plain(fraction)).then_some(fraction.len())
}

/// The digits of a number that a spreadsheet keeps. One of more is written as text.
const MAX_DIGITS: usize = 15;

/// Whether a spreadsheet keeps every digit of this number.
pub(crate) fn exact(number: &str) -> bool {
    let digits = number.trim_start_matches(['-', '+', '0', '.']);
    digits.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS
}

/// The text without what no table can hold: control characters other than tabs and line ends, and U+FFFE and U+FFFF.
pub(crate) fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    let stray = |letter: char| match letter {
        '\t' | '\n' | '\r' => false,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    };
    if text.contains(stray) { text.replace(stray, "").into() } else { text.into() }
}
