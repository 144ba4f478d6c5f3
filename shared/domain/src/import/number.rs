//! Numbers as people and spreadsheets write them.
//!
//! What separates groups of three digits and what separates decimals differs from country to country, and a cell does
//! not say where it was written. The rules:
//! - Blanks (also such as do not break) and apostrophes separate groups: `1 234`, `1'234`.
//! - Of a point and a comma in one number, the last one is decimal: `1,234.50`, `1.234,50`.
//! - One that stands there several times separates groups: `1.234.567`.
//! - One alone that three digits follow is in doubt, unless what is before it cannot be a group: `1.234`, but not
//!   `0.234` and not `1234.567`. A count has no decimals, so there it separates groups. For a price it does so only
//!   where the currency has no decimals (JPY). Where the currency has three or more (BHD), a point is decimal. Every
//!   other price in doubt is refused.
//! - One alone that any other number of digits follows is decimal: `19,9`.
//! - Groups have three digits, but for the first, which has one to three and does not start with 0.
//! - Decimals beyond those that a number may have are allowed if they are zeros: `12.0` is a count.

use crate::catalog::MAX_PRICE;
use crate::money::{Currency, Money};

/// A number taken apart: `1.234` in doubt has whole 1, fraction 234 and the point as its doubt.
#[derive(Debug, PartialEq, Eq)]
struct Figure {
    negative: bool,
    whole: String,
    fraction: String,
    /// The separator of which it is unknown whether it separates a group or decimals.
    doubt: Option<char>,
}

/// What separates digits, one sign for all that look alike. None: nothing that may stand in a number.
fn separator(letter: char) -> Option<char> {
    match letter {
        '.' | ',' => Some(letter),
        '\'' | '\u{2019}' => Some('\''),
        ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Some(' '),
        _ => None,
    }
}

/// Whether these runs of digits may be groups.
fn grouped(runs: &[&str]) -> bool {
    let Some((first, rest)) = runs.split_first() else { return false };
    rest.is_empty() || (first.len() <= 3 && !first.starts_with('0') && rest.iter().all(|run| run.len() == 3))
}

fn figure(text: &str) -> Option<Figure> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let separators: Option<Vec<char>> = text.chars().filter(|c| !c.is_ascii_digit()).map(separator).collect();
    let separators = separators?;
    let runs: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).collect();
    if runs.iter().any(|run| run.is_empty()) {
        return None;
    }
    let (last, fraction) = (separators.last().copied(), runs.last().copied()?);
    let before = separators.len().saturating_sub(1);
    let decimal = last.filter(|last| matches!(last, '.' | ',') && !separators[..before].contains(last));
    let (groups, kinds) = match decimal {
        Some(_) => (&runs[..before + 1], &separators[..before]),
        None => (&runs[..], &separators[..]),
    };
    let one_kind = kinds.first().is_none_or(|first| kinds.iter().all(|kind| kind == first));
    if !one_kind || !grouped(groups) {
        return None;
    }
    let doubt = decimal.filter(|_| before == 0 && grouped(&runs));
    let fraction = if decimal.is_some() { fraction } else { "" };
    Some(Figure { negative, whole: groups.concat(), fraction: fraction.to_owned(), doubt })
}

fn zeros(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// The whole number that is written. None: nothing, or none, or one beyond 64 bits.
pub(super) fn whole(text: &str) -> Option<i64> {
    let figure = figure(text)?;
    let digits = match figure.doubt {
        Some(_) => figure.whole + &figure.fraction,
        None if zeros(&figure.fraction) => figure.whole,
        None => return None,
    };
    let sign = if figure.negative { "-" } else { "" };
    format!("{sign}{digits}").parse().ok()
}

/// The price that is written, with or without the sign or code of its currency before or behind it.
///
/// # Errors
/// What is wrong with it, in words for people.
pub(super) fn price(text: &str, currency: Currency) -> Result<Money, String> {
    let exponent = currency.exponent() as usize;
    let sample = Money::new(1_999, currency).decimal();
    let figure =
        figure(bare(text, currency)).ok_or_else(|| format!("Must be a price in {currency}, such as {sample}."))?;
    let (whole, fraction) = match figure.doubt {
        None => (figure.whole, figure.fraction),
        Some(_) if exponent == 0 => (figure.whole + &figure.fraction, String::new()),
        Some('.') if exponent >= 3 => (figure.whole, figure.fraction),
        Some(_) => {
            let (group, cut) = (format!("{}{}", figure.whole, figure.fraction), &figure.fraction[..exponent.min(3)]);
            let both = format!("{group} or {}.{cut}", figure.whole);
            return Err(format!("Could be read in two ways. Write {both}."));
        }
    };
    let (kept, beyond) = fraction.split_at(exponent.min(fraction.len()));
    if !zeros(beyond) {
        return Err(format!("A price in {currency} has at most {exponent} decimals."));
    }
    let minor: Option<i64> = format!("{whole}{kept:0<exponent$}").parse().ok();
    match minor.filter(|minor| *minor <= MAX_PRICE) {
        Some(minor) if minor == 0 || !figure.negative => Ok(Money::new(minor, currency)),
        Some(_) => Err("Must not be negative.".to_owned()),
        None => Err("Is too much for a price.".to_owned()),
    }
}

/// The text without the sign or code of its currency.
fn bare(text: &str, currency: Currency) -> &str {
    let text = text.trim();
    let mut marks = vec![currency.code().to_owned()];
    marks.extend(currency.sign());
    let bare = marks.iter().find_map(|mark| text.strip_prefix(mark.as_str()).or(text.strip_suffix(mark.as_str())));
    bare.unwrap_or(text).trim()
}
