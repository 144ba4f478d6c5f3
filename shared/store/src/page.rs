//! Pages of lists, and the opaque cursor that leads to the next one.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::BASE64URL_NOPAD;

use crate::db::s;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its entries.
    pub items: Vec<T>,
    /// Where the next page begins; none after the last.
    pub next: Option<Cursor>,
}

/// Where a page begins: the sort key of the last entry before it. It carries no partition, so that a cursor of one
/// list leads nowhere in another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// A text that is no cursor.
#[derive(Debug, thiserror::Error)]
#[error("this is no cursor that the shop gave")]
pub struct NoCursor;

impl Cursor {
    /// The cursor after an entry with this sort key.
    pub fn after(sort_key: impl Into<String>) -> Self {
        Self(sort_key.into())
    }

    /// The sort key of the last entry before the page.
    pub fn sort_key(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(last: Option<&HashMap<String, AttributeValue>>) -> Option<Self> {
        last?.get("sk")?.as_s().ok().cloned().map(Self)
    }

    pub(crate) fn key(&self, partition: &str) -> HashMap<String, AttributeValue> {
        [("pk".to_owned(), s(partition)), ("sk".to_owned(), s(&self.0))].into()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(self.0.as_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NoCursor)?;
        let text = String::from_utf8(bytes).map_err(|_| NoCursor)?;
        if text.is_empty() || text.len() > 512 || text.chars().any(char::is_control) {
            return Err(NoCursor);
        }
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_round_trips(sort in "[ -~]{1,100}") {
            let cursor = Cursor::after(sort);
            prop_assert_eq!(cursor.to_string().parse::<Cursor>().ok(), Some(cursor));
        }

        #[test]
        fn what_is_no_cursor_is_refused(text in ".{0,60}") {
            drop(text.parse::<Cursor>());
        }
    }
}
