//! What people type about an order: how long it may be, and the desk's forms with a quantity for each line.
//!
//! Knows fields and their limits; deliberately knows no order, so that whether a line exists is asked later.

use contracts::Problem;
use contracts::order::LineRequest;
use domain::FieldError;
use domain::text::Quantity;

use crate::http::Request;

/// The most characters of a reason.
pub const REASON: usize = 500;
/// The most characters of a carrier's name.
pub const CARRIER: usize = 100;
/// The most characters of a tracking number.
pub const TRACKING: usize = 100;
/// The most characters of a reference on a bank's statement.
pub const REFERENCE: usize = 200;

/// Collects what is wrong with what was sent, so that it is said at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes that the field at `pointer` is wrong.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), detail: detail.into() });
    }

    /// Notes all of these.
    pub fn extend(&mut self, errors: Vec<FieldError>) {
        self.0.extend(errors);
    }

    /// A text that has to be there, of at most so many characters; `missing` says what to enter. Any blanks, ends of
    /// lines among them, are one space: it stands in subjects of mails and in cells.
    pub fn required(&mut self, pointer: &str, text: &str, most: usize, missing: &str) -> String {
        let found = self.optional(pointer, Some(text), most);
        if found.is_none() {
            self.add(pointer, missing);
        }
        found.unwrap_or_default()
    }

    /// As [`Checks::required`], of a text that may be missing or blank.
    pub fn optional(&mut self, pointer: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text?.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > most {
            self.add(pointer, format!("Must have at most {most} characters."));
        }
        if text.chars().any(char::is_control) {
            self.add(pointer, "Must be plain text.");
        }
        (!text.is_empty()).then_some(text)
    }

    /// A text of several lines that may be missing or blank, of at most so many characters; ends of lines are kept, what
    /// stands around it is not.
    pub fn paragraphs(&mut self, pointer: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text?.trim().replace("\r\n", "\n");
        if text.chars().count() > most {
            self.add(pointer, format!("Must have at most {most} characters."));
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            self.add(pointer, "Must be plain text.");
        }
        (!text.is_empty()).then_some(text)
    }

    /// `value`, where nothing was wrong.
    ///
    /// # Errors
    /// 400 naming each field that was.
    pub fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.0.is_empty() { Ok(value) } else { Err(Problem::fields(self.0)) }
    }
}

/// A form of the desk whose fields are partly named by SKUs: `quantity.<sku>`.
#[derive(Debug)]
pub struct TypedForm {
    fields: Vec<(String, String)>,
}

impl TypedForm {
    /// The form that a request posts.
    ///
    /// # Errors
    /// As [`Request::form`].
    pub fn read(request: &Request) -> Result<Self, Problem> {
        Ok(Self { fields: request.form()? })
    }

    /// Takes the field `name`; empty where it was not sent.
    pub fn take(&mut self, name: &str) -> String {
        match self.fields.iter().position(|(field, _)| field == name) {
            Some(position) => self.fields.remove(position).1,
            None => String::new(),
        }
    }

    /// Takes the fields whose name begins with `prefix`: what follows it, and what was typed.
    pub fn take_all(&mut self, prefix: &str) -> Vec<(String, String)> {
        let (own, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.fields).into_iter().partition(|(name, _)| name.starts_with(prefix));
        self.fields = rest;
        own.into_iter().map(|(name, value)| (name[prefix.len()..].to_owned(), value)).collect()
    }

    /// Takes the quantities that are more than nothing; none where the form has no such field. Every other field is to
    /// be taken before: one that is left is refused.
    ///
    /// # Errors
    /// 400 naming the fields that are no quantities, or not known.
    pub fn quantities(self) -> Result<Option<Vec<LineRequest>>, Problem> {
        let asked = !self.fields.is_empty();
        let mut checks = Checks::default();
        let mut lines = Vec::new();
        for (name, value) in self.fields {
            let Some(sku) = name.strip_prefix("quantity.") else {
                checks.add(format!("/{name}"), "There is no such field.");
                continue;
            };
            let value = value.trim();
            match if value.is_empty() { Ok(0) } else { value.parse::<u32>() } {
                Ok(0) => {}
                Ok(quantity) if quantity <= Quantity::MAX => lines.push(LineRequest { sku: sku.to_owned(), quantity }),
                Ok(_) | Err(_) => {
                    checks.add(format!("/{name}"), format!("Enter a whole number from 0 to {}.", Quantity::MAX));
                }
            }
        }
        checks.finish(asked.then_some(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_one_space_and_lengths_are_bounded() {
        let mut checks = Checks::default();
        assert_eq!(checks.required("/carrier", " DHL \n Express ", CARRIER, "Enter it."), "DHL Express");
        assert_eq!(checks.optional("/tracking", Some("  "), TRACKING), None);
        assert_eq!(checks.optional("/tracking", None, TRACKING), None);
        assert_eq!(checks.paragraphs("/comment", Some(" a \r\n\r\n b\n"), 10).as_deref(), Some("a \n\n b"));
        assert_eq!(checks.paragraphs("/comment", Some(" \n "), 10), None);
        assert!(checks.finish(()).is_ok());

        let mut checks = Checks::default();
        checks.required("/reason", "", REASON, "Enter a reason.");
        checks.required("/reference", &"x".repeat(REFERENCE + 1), REFERENCE, "Enter it.");
        checks.optional("/tracking", Some("a\u{0}b"), TRACKING);
        let problem = checks.finish(()).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/reason", "/reference", "/tracking"]);
    }

    fn form(fields: &[(&str, &str)]) -> TypedForm {
        TypedForm { fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
    }

    #[test]
    fn quantities_leave_out_what_is_nothing() {
        let mut typed = form(&[("carrier", "DHL"), ("quantity.A", "2"), ("quantity.B", "0"), ("quantity.C", " ")]);
        assert_eq!((typed.take("carrier").as_str(), typed.take("tracking").as_str()), ("DHL", ""));
        let lines = typed.quantities().unwrap().unwrap();
        let lines: Vec<_> = lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
        assert_eq!(lines, [("A", 2)]);
        assert!(form(&[]).quantities().unwrap().is_none());
    }

    #[test]
    fn what_is_no_quantity_is_named() {
        let problem = form(&[("quantity.A", "two"), ("quantity.B", "-1"), ("extra", "1")]).quantities().unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/quantity.A", "/quantity.B", "/extra"]);
    }
}
