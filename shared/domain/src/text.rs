//! Small values whose constructor is their check: SKU, slug, location, supplier, mail address, country, quantity,
//! secret.
//!
//! Knows what each may look like; knows nothing of whether a thing of that name exists.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Why a text or number is not the value that was wanted, as a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(&'static str);

/// The schema of a value that is written as text.
macro_rules! described {
    ($name:ident, $rule:literal) => {
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let text = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
                text.description(Some($rule)).into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use described;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $rule:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The checked text.
            ///
            /// # Errors
            /// When it breaks the rule of its kind.
            pub fn new(text: impl Into<String>) -> Result<Self, ValueError> {
                let normalise: fn(String) -> Option<String> = $check;
                normalise(text.into()).map(Self).ok_or(ValueError($rule))
            }

            /// As it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ValueError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        described!($name, $rule);
    )*};
}

fn made_of(text: String, max: usize, allowed: impl Fn(u8) -> bool) -> Option<String> {
    let good = !text.is_empty() && text.len() <= max && text.bytes().all(allowed);
    good.then_some(text)
}

texts! {
    /// A stock-keeping unit, as staff write it: the name of one variant. Case counts.
    Sku, "A SKU has 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.",
    |text| {
        made_of(text, 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
            .filter(|text| text.as_bytes()[0].is_ascii_alphanumeric())
    };

    /// The part of a product's address that is its own.
    Slug, "A slug has 1 to 80 of a-z, 0-9 and '-'.",
    |text| made_of(text, 80, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');

    /// A place that holds stock, by the id that staff chose: `main`.
    LocationId, "A location has 1 to 32 of a-z, 0-9, '_' and '-'.",
    |text| {
        made_of(text, 32, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
    };

    /// A class of goods that is taxed alike: `standard`, `reduced`, `zero`, or what the shop calls it.
    TaxClass, "A tax class has 1 to 32 of a-z, 0-9, '_' and '-'.",
    |text| {
        made_of(text, 32, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
    };

    /// The number of one unit, as it stands on it: what a scanner reads, its outer blanks gone.
    Serial, "A serial number has 1 to 64 of A-Z, a-z, 0-9, '.', '_', '/' and '-'.",
    |text| {
        made_of(text.trim().to_owned(), 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-'))
    };

    /// A way of shipping, by the id that staff chose: `standard`.
    MethodId, "A shipping method has 1 to 32 of a-z, 0-9, '_' and '-'.",
    |text| {
        made_of(text, 32, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
    };

    /// Somebody who delivers goods to the shop, by the id that staff chose: `acme`.
    SupplierId, "A supplier has 1 to 32 of a-z, 0-9, '_' and '-'.",
    |text| {
        made_of(text, 32, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'))
    };

    /// A mail address, its outer blanks gone and its domain in lower case. ASCII alone and no character that could
    /// start another header or address, so that it is safe to put into a mail.
    Email, "Must be a mail address such as name@example.com.", checked_email;
}

fn checked_email(text: String) -> Option<String> {
    let (local, host) = text.trim().rsplit_once('@')?;
    // RFC 5321: 64 octets of local part, 254 in all. The dot-atom of RFC 5322, without quoted strings.
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let local_good = !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let host_good = host.contains('.') && host.split('.').all(label);
    let good = local_good && host_good && local.len() + 1 + host.len() <= 254;
    good.then(|| format!("{local}@{}", host.to_ascii_lowercase()))
}

impl TaxClass {
    /// The class that most goods are taxed by.
    pub fn standard() -> Self {
        Self("standard".to_owned())
    }
}

impl LocationId {
    /// The one location that a new shop has.
    pub fn main() -> Self {
        Self("main".to_owned())
    }
}

impl Email {
    /// Where customers of a new shop write to, until it says otherwise.
    pub(crate) fn of_shop() -> Self {
        Self("shop@example.com".to_owned())
    }

    /// Wholly in lower case: what look-ups compare, since people do not mind the case of their address.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// How many of a SKU: 1 to 9,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(1);
    /// The most that one line takes.
    pub const MAX: u32 = 9_999;

    /// The checked number.
    ///
    /// # Errors
    /// When it is 0 or above [`Quantity::MAX`].
    pub fn new(count: u32) -> Result<Self, ValueError> {
        if (1..=Self::MAX).contains(&count) {
            Ok(Self(count))
        } else {
            Err(ValueError("A quantity is a whole number from 1 to 9999."))
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// As stock counts, which may go below zero on the way.
    pub const fn units(self) -> i64 {
        self.0 as i64
    }
}

impl TryFrom<u32> for Quantity {
    type Error = ValueError;

    fn try_from(count: u32) -> Result<Self, Self::Error> {
        Self::new(count)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A country or territory by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode(iso_currency::Country);

impl CountryCode {
    /// Where a new shop stands.
    pub(crate) const GERMANY: Self = Self(iso_currency::Country::DE);

    /// The two letters.
    pub fn code(self) -> String {
        self.0.to_string()
    }

    /// Its name in English, as an address form lists it.
    pub fn name(self) -> &'static str {
        // The standard's own names are made for treaties: `Korea (Republic of)`.
        match self.0.to_string().as_str() {
            "BO" => "Bolivia",
            "BQ" => "Caribbean Netherlands",
            "CD" => "Congo - Kinshasa",
            "CG" => "Congo - Brazzaville",
            "CZ" => "Czechia",
            "FK" => "Falkland Islands",
            "FM" => "Micronesia",
            "GB" => "United Kingdom",
            "IR" => "Iran",
            "KP" => "North Korea",
            "KR" => "South Korea",
            "LA" => "Laos",
            "MD" => "Moldova",
            "MF" => "Saint Martin",
            "MK" => "North Macedonia",
            "PS" => "Palestine",
            "RU" => "Russia",
            "SX" => "Sint Maarten",
            "SY" => "Syria",
            "SZ" => "Eswatini",
            "TR" => "T\u{fc}rkiye",
            "TW" => "Taiwan",
            "TZ" => "Tanzania",
            "US" => "United States",
            "VE" => "Venezuela",
            "VG" => "British Virgin Islands",
            "VI" => "U.S. Virgin Islands",
            "VN" => "Vietnam",
            _ => self.0.name(),
        }
    }
}

described!(CountryCode, "A country by its ISO 3166-1 alpha-2 code: DE.");

impl FromStr for CountryCode {
    type Err = ValueError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let refused = ValueError("Must be the two letters of a country, such as DE.");
        if code.len() != 2 {
            return Err(refused);
        }
        code.parse().map(Self).map_err(|_| refused)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = ValueError;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<CountryCode> for String {
    fn from(country: CountryCode) -> Self {
        country.code()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A SHA-256 hash, written as 43 characters of unpadded base64url: what is kept of a secret, a key or a body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Its 32 bytes, for comparing in constant time.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = ValueError("A digest is 32 bytes in base64url.");
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| refused)?;
        bytes.try_into().map(Self).map_err(|_| refused)
    }
}

impl TryFrom<String> for Digest {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A secret of 128 random bits, as a link carries it: 22 characters of unpadded base64url. Only its [`Digest`] is
/// kept. It shows itself nowhere but in [`Secret::reveal`], and comparing is done on digests, in constant time.
#[derive(Clone)]
pub struct Secret([u8; 16]);

impl Secret {
    /// The secret of these random bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The text that the link carries.
    pub fn reveal(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// What is stored of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl FromStr for Secret {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = ValueError("This link is not complete.");
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| refused)?;
        bytes.try_into().map(Self).map_err(|_| refused)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sku_is_what_staff_may_write() {
        for good in ["MUG-1", "a", "0.5_L-x", &"x".repeat(64)] {
            assert_eq!(Sku::new(good).unwrap().as_str(), good);
        }
        for wrong in ["", "-MUG", ".x", "A/B", "A B", "M\u{fc}G", "A\n", &"x".repeat(65)] {
            assert!(Sku::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_slug_is_lower_case() {
        assert!(Slug::new("enamel-mug-2").is_ok());
        for wrong in ["", "Mug", "m_g", "a/b", &"x".repeat(81)] {
            assert!(Slug::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_keeps_its_local_part_and_lowers_its_domain() {
        let address = Email::new("  Jo.Doe+shop@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "Jo.Doe+shop@example.com");
        assert_eq!(address.key(), "jo.doe+shop@example.com");
    }

    #[test]
    fn an_address_starts_no_other_header() {
        for wrong in [
            "",
            "x",
            "@example.com",
            "x@",
            "x@localhost",
            "x@-a.com",
            "x@a..com",
            ".x@example.com",
            "x..y@example.com",
            "a@b@example.com",
            "x@example.com\nBcc: y@example.com",
            "x\r\n@example.com",
            "x y@example.com",
            "<x@example.com>",
            "x,y@example.com",
            "\"x\"@example.com",
            "j\u{f6}@example.com",
        ] {
            assert!(Email::new(wrong).is_err(), "{wrong:?}");
        }
        assert!(Email::new(format!("{}@example.com", "x".repeat(65))).is_err());
    }

    #[test]
    fn a_country_is_real() {
        let germany: CountryCode = "DE".parse().unwrap();
        assert_eq!((germany.code().as_str(), germany.name()), ("DE", "Germany"));
        for wrong in ["", "de", "XX", "DEU", "D", "\u{e9}"] {
            assert!(wrong.parse::<CountryCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_shows_itself_only_when_asked() {
        let secret = Secret::from_bytes([9; 16]);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        let read: Secret = secret.reveal().parse().unwrap();
        assert_eq!(read.digest(), secret.digest());
        assert!("short".parse::<Secret>().is_err());
        assert_eq!(secret.digest().to_string().parse(), Ok(secret.digest()));
        assert_eq!(secret.digest().to_string().len(), 43);
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_reads_back(text in "\\PC{0,70}") {
            if let Ok(sku) = Sku::new(text.clone()) {
                prop_assert_eq!(sku.as_str(), &text);
            }
            if let Ok(address) = Email::new(text) {
                prop_assert_eq!(Email::new(address.as_str()), Ok(address.clone()));
                prop_assert!(address.as_str().is_ascii());
            }
        }

        #[test]
        fn a_quantity_is_one_to_9999(count in any::<u32>()) {
            prop_assert_eq!(Quantity::new(count).is_ok(), (1..=9_999).contains(&count));
        }
    }
}
