//! What is wrong with one field of a draft, said where it stands.
//!
//! Knows JSON pointers and words for people; knows nothing of what is checked or how an answer is sent.

use serde::{Deserialize, Serialize};

/// One field that a check refused: where it stands, and what is wrong with it in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into what was sent, such as `/variants/0/sku`.
    pub pointer: String,
    /// What is wrong, as a sentence for people.
    pub detail: String,
}

/// Collects everything that is wrong with a draft, so that it is said at once.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<FieldError>);

impl Findings {
    /// Notes that the field at `pointer` is wrong.
    pub(crate) fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), detail: detail.into() });
    }

    /// Notes `detail` unless `holds`.
    pub(crate) fn require(&mut self, holds: bool, pointer: impl Into<String>, detail: impl Into<String>) {
        if !holds {
            self.add(pointer, detail);
        }
    }

    /// Requires `text`, its outer blanks aside, to have between `min` and `max` characters, and gives it without them.
    pub(crate) fn text(&mut self, text: &str, min: usize, max: usize, pointer: impl Into<String>) -> String {
        let trimmed = text.trim();
        let length = trimmed.chars().count();
        if length < min || length > max {
            let detail = if length < min && min == 1 {
                "Must not be empty.".to_owned()
            } else {
                format!("Must have {min} to {max} characters.")
            };
            self.add(pointer, detail);
        }
        trimmed.to_owned()
    }

    /// As [`Findings::text`], and of one line: it may stand in the subject of a mail.
    pub(crate) fn line(&mut self, text: &str, min: usize, max: usize, pointer: impl Into<String>) -> String {
        let pointer = pointer.into();
        self.require(!text.trim().chars().any(char::is_control), pointer.clone(), "Must be one line.");
        self.text(text, min, max, pointer)
    }

    /// Everything found.
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.0
    }

    /// `value` when nothing was found, else everything that was.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
