//! Tax: which rate a class of goods bears in a country, and what it comes to.
//!
//! Knows rates in parts per million and rounds each line half up. It deliberately knows no carts and no settings'
//! history: the table that was used is named by its version.

use serde::{Deserialize, Serialize};

use crate::field::{FieldError, Findings};
use crate::money::{Money, MoneyError};
use crate::settings::{Setting, Topic};
use crate::text::{CountryCode, TaxClass};

/// A whole, in parts per million.
const WHOLE: i128 = 1_000_000;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxRate {
    /// Where the goods go.
    pub country: CountryCode,
    /// Which goods.
    pub class: TaxClass,
    /// The rate in parts per million of the net price: 190000 for 19 %.
    pub rate_ppm: u32,
    /// What the tax is called there: `MwSt. 19 %`.
    pub name: String,
}

/// How the shop's prices are taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxSettings {
    /// Counts its writes; the order keeps it.
    #[serde(default)]
    pub version: u64,
    /// Whether prices, shipping's too, have their tax in them; else it is added.
    pub prices_include_tax: bool,
    /// The class that shipping is taxed by.
    pub shipping_class: TaxClass,
    /// What is not in here is not sold there.
    pub rates: Vec<TaxRate>,
}

/// What one rate comes to in an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// The tax's name.
    pub name: String,
    /// Parts per million.
    pub rate_ppm: u32,
    /// The tax itself.
    pub tax: Money,
}

impl TaxSettings {
    /// The rate of `class` in `country`. None: not sold there.
    pub fn rate(&self, country: CountryCode, class: &TaxClass) -> Option<&TaxRate> {
        self.rates.iter().find(|rate| rate.country == country && rate.class == *class)
    }

    /// Every country in the table, in the order of their names.
    pub fn countries(&self) -> Vec<CountryCode> {
        let mut countries: Vec<CountryCode> = self.rates.iter().map(|rate| rate.country).collect();
        countries.sort_by_key(|country| country.name());
        countries.dedup();
        countries
    }
}

impl TaxRate {
    /// The tax on a line of `amount`, rounded half up (half away from nothing below it) to the minor unit: what is in
    /// it when prices include tax, `amount * rate / (1 + rate)`, else what comes on top, `amount * rate`.
    ///
    /// # Errors
    /// When the tax leaves the range.
    pub fn of(&self, amount: Money, included: bool) -> Result<Money, MoneyError> {
        let rate = i128::from(self.rate_ppm);
        let base = if included { WHOLE + rate } else { WHOLE };
        let numerator = i128::from(amount.amount) * rate;
        let rounded = (2 * numerator.abs() + base) / (2 * base) * numerator.signum();
        let tax = i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(tax, amount.currency))
    }
}

/// Sums the taxes of an order's lines by rate, in the order of their first line; what is not taxed makes no line.
///
/// # Errors
/// When the currencies differ or a sum leaves the range.
pub fn breakdown<'a>(taxes: impl IntoIterator<Item = (&'a TaxRate, Money)>) -> Result<Vec<TaxLine>, MoneyError> {
    let mut lines: Vec<TaxLine> = Vec::new();
    for (rate, tax) in taxes {
        if rate.rate_ppm == 0 {
            continue;
        }
        match lines.iter_mut().find(|line| line.rate_ppm == rate.rate_ppm && line.name == rate.name) {
            Some(line) => line.tax = line.tax.plus(tax)?,
            None => lines.push(TaxLine { name: rate.name.clone(), rate_ppm: rate.rate_ppm, tax }),
        }
    }
    Ok(lines)
}

impl Setting for TaxSettings {
    const TOPIC: Topic = Topic::Taxes;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(self.rates.len() <= 2_000, "/rates", "At most 2,000 rows.");
        for (index, rate) in self.rates.iter().enumerate() {
            found.require(rate.rate_ppm <= 1_000_000, format!("/rates/{index}/rate_ppm"), "Must be 0 to 1,000,000.");
            found.text(&rate.name, 0, 60, format!("/rates/{index}/name"));
            let twin =
                self.rates[..index].iter().any(|other| (other.country, &other.class) == (rate.country, &rate.class));
            let detail = format!("{} has a rate for {} already.", rate.country, rate.class);
            found.require(!twin, format!("/rates/{index}"), detail);
        }
        for country in self.countries() {
            let missing = self.rate(country, &self.shipping_class).is_none();
            let detail = format!("{country} has no rate for {}, which shipping is taxed by.", self.shipping_class);
            found.require(!missing, "/rates", detail);
        }
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        let row = |country: &str, class: &str, rate_ppm: u32, name: &str| -> Option<TaxRate> {
            let (country, class) = (country.parse().ok()?, class.parse().ok()?);
            Some(TaxRate { country, class, rate_ppm, name: name.to_owned() })
        };
        // Standard and reduced rates of November 2026. `zero` is for goods that bear none, such as gift cards.
        let table = [
            ("DE", "MwSt.", 190_000, 70_000),
            ("FR", "TVA", 200_000, 55_000),
            ("AT", "USt.", 200_000, 100_000),
            ("NL", "btw", 210_000, 90_000),
            ("US", "Sales tax", 0, 0),
            ("GB", "VAT", 200_000, 50_000),
            ("JP", "JCT", 100_000, 80_000),
        ];
        let rates = table
            .into_iter()
            .flat_map(|(country, name, standard, reduced)| {
                [
                    row(country, "standard", standard, name),
                    row(country, "reduced", reduced, name),
                    row(country, "zero", 0, name),
                ]
            })
            .flatten()
            .collect();
        Self { version: 1, prices_include_tax: true, shipping_class: TaxClass::standard(), rates }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn rate(rate_ppm: u32) -> TaxRate {
        TaxRate { country: "DE".parse().unwrap(), class: TaxClass::standard(), rate_ppm, name: "VAT".into() }
    }

    fn tax(amount: i64, rate_ppm: u32, included: bool) -> i64 {
        rate(rate_ppm).of(Money::new(amount, Currency::EUR), included).unwrap().amount
    }

    #[test]
    fn rounds_half_up() {
        assert_eq!(tax(1999, 190_000, true), 319);
        assert_eq!(tax(1999, 190_000, false), 380);
        assert_eq!(tax(10, 50_000, false), 1);
        assert_eq!(tax(9, 50_000, false), 0);
        assert_eq!(tax(-10, 50_000, false), -1);
        assert_eq!(tax(1999, 0, true), 0);
    }

    #[test]
    fn the_initial_table_is_in_order() {
        assert_eq!(TaxSettings::initial().check(), Ok(()));
        assert_eq!(TaxSettings::initial().countries().len(), 7);
        assert_eq!(TaxSettings::initial().rates.len(), 21);
    }

    #[test]
    fn a_row_stands_once_and_shipping_is_taxed_everywhere() {
        let mut settings = TaxSettings::initial();
        settings.rates.push(settings.rates[0].clone());
        settings.rates.retain(|rate| (rate.country.code().as_str(), rate.class.as_str()) != ("JP", "standard"));
        let errors = settings.check().unwrap_err();
        assert_eq!(errors.len(), 2, "{errors:?}");
    }

    proptest! {
        #[test]
        fn included_and_added_agree(net in 0_i64..1_000_000_000, rate_ppm in 0_u32..=1_000_000) {
            let gross = net + tax(net, rate_ppm, false);
            prop_assert!((tax(gross, rate_ppm, true) - tax(net, rate_ppm, false)).abs() <= 1);
        }

        #[test]
        fn is_within_half_a_unit(amount in 0_i64..1_000_000_000_000, rate_ppm in 0_u32..=1_000_000, included: bool) {
            let base = if included { WHOLE + i128::from(rate_ppm) } else { WHOLE };
            let exact_times_base = i128::from(amount) * i128::from(rate_ppm);
            let rounded = i128::from(tax(amount, rate_ppm, included)) * base;
            prop_assert!(2 * (rounded - exact_times_base).abs() <= base);
            prop_assert!(!included || tax(amount, rate_ppm, true) <= amount);
        }

        #[test]
        fn the_breakdown_sums_to_the_taxes(lines in prop::collection::vec((0_usize..3, 0_i64..1_000_000), 0..20)) {
            let rates = [rate(190_000), rate(70_000), rate(0)];
            let taxes: Vec<_> = lines
                .iter()
                .map(|(index, amount)| (&rates[*index], rates[*index].of(Money::new(*amount, Currency::EUR), true).unwrap()))
                .collect();
            let sum: i64 = taxes.iter().map(|(_, tax)| tax.amount).sum();
            let lines = breakdown(taxes).unwrap();
            prop_assert_eq!(lines.iter().map(|line| line.tax.amount).sum::<i64>(), sum);
            prop_assert!(lines.len() <= 2);
        }
    }
}
