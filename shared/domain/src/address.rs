//! Where a parcel or a bill goes.
//!
//! Knows how long a line may be and that no line holds another; deliberately knows no country's address formats.

use serde::{Deserialize, Serialize};

use crate::field::{FieldError, Findings};
use crate::text::CountryCode;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Whose it is.
    pub name: String,
    /// At which firm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    pub line1: String,
    /// Floor, door, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town.
    pub city: String,
    /// State, province or prefecture, where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code; empty where the country has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// Country.
    pub country: CountryCode,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Address {
    /// The same with every line's outer blanks gone, and empty ones with them.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field under `at`.
    pub fn checked(self, at: &str) -> Result<Self, Vec<FieldError>> {
        let mut found = Findings::default();
        let mut line = |text: &str, min, max, field: &str| found.line(text, min, max, format!("{at}/{field}"));
        let mut optional = |text: Option<String>, max, field: &str| {
            text.map(|text| line(&text, 0, max, field)).filter(|text| !text.is_empty())
        };
        let company = optional(self.company, 100, "company");
        let line2 = optional(self.line2, 200, "line2");
        let region = optional(self.region, 100, "region");
        let phone = optional(self.phone, 40, "phone");
        let name = line(&self.name, 1, 100, "name");
        let line1 = line(&self.line1, 1, 200, "line1");
        let city = line(&self.city, 1, 100, "city");
        let postal_code = line(&self.postal_code, 0, 20, "postal_code");
        found.or(Self { name, company, line1, line2, city, region, postal_code, country: self.country, phone })
    }

    /// As it stands on a parcel, a line each, the country last.
    pub fn lines(&self) -> Vec<String> {
        let town = [Some(self.postal_code.as_str()), Some(self.city.as_str()), self.region.as_deref()];
        let town: Vec<&str> = town.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let street =
            [Some(self.name.as_str()), self.company.as_deref(), Some(self.line1.as_str()), self.line2.as_deref()];
        let mut lines: Vec<String> = street.into_iter().flatten().map(str::to_owned).collect();
        lines.push(town.join(" "));
        lines.push(self.country.name().to_owned());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(json: &str) -> Address {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn is_trimmed_and_written_out() {
        let address = address(
            r#"{"name": " Jo Doe ", "line1": "1 Example Street", "line2": " ", "city": "Berlin",
                "postal_code": "10115", "country": "DE"}"#,
        );
        let address = address.checked("/shipping_address").unwrap();
        assert_eq!(address.line2, None);
        assert_eq!(address.lines(), ["Jo Doe", "1 Example Street", "10115 Berlin", "Germany"]);
    }

    #[test]
    fn says_which_line_is_wrong() {
        let wrong = address(r#"{"name": "", "line1": "a\nb", "city": " ", "postal_code": "1", "country": "DE"}"#);
        let errors = wrong.checked("/shipping_address").unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/shipping_address/name", "/shipping_address/line1", "/shipping_address/city"]);
    }
}
