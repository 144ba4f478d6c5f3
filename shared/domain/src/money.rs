//! Money in integer minor units: adding, splitting, ordering and showing it.
//!
//! Knows that a currency has an exponent and that the parts of a split sum to the whole. It deliberately knows no
//! floats, no exchange rates and no rounding of rates: what a tax is, is `tax`'s to say.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why an amount could not be computed or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two amounts of different currencies were put together.
    #[error("{left} and {right} cannot be put together")]
    CurrencyMismatch {
        /// The currency of the left side.
        left: Currency,
        /// The currency of the right side.
        right: Currency,
    },
    /// The amount leaves the range of 64-bit minor units.
    #[error("the amount is too large")]
    Overflow,
}

/// A code that names no currency that money can be counted in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency with minor units: {0:?}")]
pub struct UnknownCurrency(String);

/// An ISO 4217 currency whose exponent is known; written as its code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

crate::text::described!(Currency, "A currency by its ISO 4217 code: EUR.");

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The US dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);
    /// The pound sterling.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);
    /// The yen, which has no minor unit.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);

    /// The three-letter code, such as `EUR`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits its minor unit has: EUR 2, JPY 0, BHD 3.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// The sign that people know it by, when that is a single one that stands before the amount.
    pub(crate) fn sign(self) -> Option<String> {
        let symbol = self.0.symbol().symbol;
        let mut characters = symbol.chars();
        match (characters.next(), characters.next()) {
            (Some(sign), None) if !sign.is_alphabetic() && sign != '\u{a4}' => Some(symbol),
            _ => None,
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| UnknownCurrency(code.chars().take(16).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of one currency, in its minor units (cents for EUR, whole yen for JPY). It may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// Minor units.
    pub amount: i64,
    /// What they are minor units of.
    pub currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.amount > 0
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }

    fn with(self, amount: Option<i64>) -> Result<Self, MoneyError> {
        amount.map(|amount| Self::new(amount, self.currency)).ok_or(MoneyError::Overflow)
    }

    /// The sum of both.
    ///
    /// # Errors
    /// When the currencies differ or the sum leaves the range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    /// What is left of it after `other`; may be negative.
    ///
    /// # Errors
    /// When the currencies differ or the difference leaves the range.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    /// It, `count` times.
    ///
    /// # Errors
    /// When the product leaves the range.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        self.with(self.amount.checked_mul(i64::from(count)))
    }

    /// The same amount with the other sign.
    ///
    /// # Errors
    /// When the amount is the lowest of the range.
    pub fn negated(self) -> Result<Self, MoneyError> {
        self.with(self.amount.checked_neg())
    }

    /// The order of the two amounts.
    ///
    /// # Errors
    /// When the currencies differ.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// The sum of `amounts`, which are all of `currency`.
    ///
    /// # Errors
    /// When one is of another currency or the sum leaves the range.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// Splits it in proportion to `weights` by largest remainder: the parts always sum to the whole, each is within
    /// one minor unit of its exact share, and of equal remainders the earlier part gets the unit. When all weights are
    /// zero the parts are as equal as they can be. Without any weight there are no parts.
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let even = weights.iter().all(|weight| *weight == 0);
        let weight_of = |index: usize| if even { 1 } else { u128::from(weights[index]) };
        let total: u128 = (0..weights.len()).map(weight_of).sum();
        if total == 0 {
            return Vec::new();
        }
        let whole = u128::from(self.amount.unsigned_abs());
        let mut units: Vec<u64> = Vec::with_capacity(weights.len());
        let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
        for index in 0..weights.len() {
            // 63 bits times 64 bits: never more than 128. The share never exceeds the whole, which fits 64 bits.
            let product = whole * weight_of(index);
            units.push((product / total) as u64);
            remainders.push((product % total, index));
        }
        let given: u128 = units.iter().copied().map(u128::from).sum();
        remainders.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
        for (_, index) in remainders.into_iter().take((whole - given) as usize) {
            units[index] += 1;
        }
        units
            .into_iter()
            .map(|unit| {
                let amount = if self.is_negative() {
                    0_i64.wrapping_sub_unsigned(unit)
                } else {
                    0_i64.wrapping_add_unsigned(unit)
                };
                Self::new(amount, self.currency)
            })
            .collect()
    }

    fn digits(self, separator: &str) -> String {
        let exponent = self.currency.exponent() as usize;
        let padded = format!("{:0>width$}", self.amount.unsigned_abs(), width = exponent + 1);
        let (major, minor) = padded.split_at(padded.len() - exponent);
        let mut text = String::with_capacity(padded.len() + 4);
        for (index, digit) in major.chars().enumerate() {
            if index > 0 && (major.len() - index).is_multiple_of(3) {
                text.push_str(separator);
            }
            text.push(digit);
        }
        if exponent > 0 {
            text.push('.');
            text.push_str(minor);
        }
        text
    }

    /// As people read it: `€19.99`, `¥1,200`, `-€5.00`; a currency without a sign of its own as `CHF 5.00`.
    pub fn format(self) -> String {
        let minus = if self.is_negative() { "-" } else { "" };
        let digits = self.digits(",");
        match self.currency.sign() {
            Some(sign) => format!("{minus}{sign}{digits}"),
            None => format!("{minus}{}\u{a0}{digits}", self.currency),
        }
    }

    /// The amount that a person typed, `19.99` or `19,99`: at most as many decimals as the currency has. None: it is no
    /// amount.
    pub fn parse_decimal(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim().replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = currency.exponent() as usize;
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > digits || !plain(whole) || !plain(fraction) {
            return None;
        }
        format!("{whole}{fraction:0<digits$}").parse().ok().map(|amount| Self::new(amount, currency))
    }

    /// The bare amount in major units with a point, `19.99` or `-0.05`: for feeds, structured data and form fields.
    pub fn decimal(self) -> String {
        let minus = if self.is_negative() { "-" } else { "" };
        format!("{minus}{}", self.digits(""))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_type() {
        let read = |text: &str, currency| Money::parse_decimal(text, currency).map(|money| money.amount);
        assert_eq!(read("19.99", Currency::EUR), Some(1999));
        assert_eq!(read(" 19,9 ", Currency::EUR), Some(1990));
        assert_eq!(read("19", Currency::EUR), Some(1900));
        assert_eq!(read("1200", Currency::JPY), Some(1200));
        for wrong in ["", ".5", "1.999", "-1", "1e3", "1 000", "19.99 EUR"] {
            assert_eq!(read(wrong, Currency::EUR), None, "{wrong}");
        }
        assert_eq!(read("1.5", Currency::JPY), None);
    }

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().unwrap())
    }

    #[test]
    fn reads_as_people_write_it() {
        let cases = [
            (1999, "EUR", "€19.99", "19.99 EUR"),
            (1200, "JPY", "¥1,200", "1200 JPY"),
            (-500, "EUR", "-€5.00", "-5.00 EUR"),
            (-5, "USD", "-$0.05", "-0.05 USD"),
            (123_456_789, "GBP", "£1,234,567.89", "1234567.89 GBP"),
            (1234, "BHD", "BHD\u{a0}1.234", "1.234 BHD"),
            (0, "EUR", "€0.00", "0.00 EUR"),
        ];
        for (amount, code, people, plain) in cases {
            assert_eq!(money(amount, code).format(), people);
            assert_eq!(money(amount, code).to_string(), plain);
        }
    }

    #[test]
    fn is_amount_and_code_in_json() {
        let price = money(1999, "EUR");
        let json = serde_json::to_string(&price).unwrap();
        assert_eq!(json, r#"{"amount":1999,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), price);
        for wrong in [
            r#"{"amount":19.99,"currency":"EUR"}"#,
            r#"{"amount":1,"currency":"eur"}"#,
            r#"{"amount":1,"currency":"XAU"}"#,
            r#"{"amount":1,"currency":"EUR","x":1}"#,
            r#"{"amount":9223372036854775808,"currency":"EUR"}"#,
        ] {
            assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn refuses_to_mix_currencies_and_to_overflow() {
        assert_eq!(
            money(1, "EUR").plus(money(1, "USD")),
            Err(MoneyError::CurrencyMismatch { left: Currency::EUR, right: Currency::USD })
        );
        assert_eq!(money(i64::MAX, "EUR").plus(money(1, "EUR")), Err(MoneyError::Overflow));
        assert_eq!(money(i64::MAX, "EUR").times(2), Err(MoneyError::Overflow));
        assert_eq!(money(i64::MIN, "EUR").negated(), Err(MoneyError::Overflow));
        assert_eq!(money(1, "EUR").minus(money(3, "EUR")), Ok(money(-2, "EUR")));
    }

    #[test]
    fn splits_evenly_when_nothing_weighs() {
        let amounts: Vec<i64> = money(10, "EUR").split(&[0, 0, 0]).iter().map(|part| part.amount).collect();
        assert_eq!(amounts, [4, 3, 3]);
        assert!(money(10, "EUR").split(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(amount in any::<i64>(), weights in prop::collection::vec(any::<u64>(), 1..20)) {
            let whole = Money::new(amount, Currency::EUR);
            let parts = whole.split(&weights);
            prop_assert_eq!(parts.len(), weights.len());
            let sum: i128 = parts.iter().map(|part| i128::from(part.amount)).sum();
            prop_assert_eq!(sum, i128::from(amount));
        }

        #[test]
        fn each_part_is_within_a_unit_of_its_share(
            amount in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(0_u64..1_000_000, 1..20),
        ) {
            let total: i128 = weights.iter().copied().map(i128::from).sum();
            prop_assume!(total > 0);
            for (part, weight) in Money::new(amount, Currency::EUR).split(&weights).iter().zip(&weights) {
                let difference = i128::from(part.amount) * total - i128::from(amount) * i128::from(*weight);
                prop_assert!(difference.abs() < total);
                if *weight == 0 {
                    prop_assert_eq!(part.amount, 0);
                }
            }
        }

        #[test]
        fn adding_and_taking_away_cancel(left in any::<i64>(), right in any::<i64>()) {
            let (left, right) = (Money::new(left, Currency::EUR), Money::new(right, Currency::EUR));
            if let Ok(sum) = left.plus(right) {
                prop_assert_eq!(sum.minus(right), Ok(left));
            }
        }
    }
}
