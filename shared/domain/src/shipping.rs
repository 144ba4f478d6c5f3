//! Shipping: which ways lead to a country, and what each costs for a weight.
//!
//! Knows zones, weight bands and free shipping from an amount. It deliberately knows no carrier's system.

use serde::{Deserialize, Serialize};

use crate::field::{FieldError, Findings};
use crate::money::{Currency, Money};
use crate::settings::{Setting, Topic};
use crate::text::{CountryCode, MethodId};

/// What a parcel up to a weight costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Band {
    /// The heaviest parcel of the band in grams; without it, any.
    #[serde(default)]
    pub up_to_g: Option<u32>,
    /// What it costs.
    pub price: Money,
}

/// A way of shipping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Method {
    /// What a checkout names it by.
    pub id: MethodId,
    /// What people see.
    pub name: String,
    /// Who carries it.
    #[serde(default)]
    pub carrier: Option<String>,
    /// By weight, the lightest first. A parcel above the last is not carried.
    pub bands: Vec<Band>,
    /// Items of this worth and more are carried for nothing.
    #[serde(default)]
    pub free_from: Option<Money>,
    /// Working days it takes at least.
    pub min_days: u16,
    /// Working days it takes at most.
    pub max_days: u16,
}

/// Countries with the same ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Zone {
    /// What staff call it.
    pub id: MethodId,
    /// What it is.
    pub name: String,
    /// Each country in one zone only.
    pub countries: Vec<CountryCode>,
    /// In the order in which they are offered.
    pub methods: Vec<Method>,
}

/// How the shop ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShippingSettings {
    /// Counts its writes; the order keeps it.
    #[serde(default)]
    pub version: u64,
    /// What is in none is not shipped to.
    pub zones: Vec<Zone>,
}

/// One way for one parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What a checkout names it by.
    pub method: MethodId,
    /// What people see.
    pub name: String,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// What it costs; nothing when the items reach the method's amount.
    pub price: Money,
    /// Working days it takes at least.
    pub min_days: u16,
    /// Working days it takes at most.
    pub max_days: u16,
}

impl Method {
    fn quote(&self, weight_g: u64, items: Money) -> Option<Quote> {
        let band = self.bands.iter().find(|band| band.up_to_g.is_none_or(|most| weight_g <= u64::from(most)))?;
        let free = self.free_from.is_some_and(|from| from.currency == items.currency && items.amount >= from.amount);
        let price = if free { Money::zero(band.price.currency) } else { band.price };
        Some(Quote {
            method: self.id.clone(),
            name: self.name.clone(),
            carrier: self.carrier.clone(),
            price,
            min_days: self.min_days,
            max_days: self.max_days,
        })
    }
}

impl ShippingSettings {
    /// The same ways, each for nothing.
    #[must_use]
    pub fn for_nothing(&self) -> Self {
        let mut free = self.clone();
        for method in free.zones.iter_mut().flat_map(|zone| &mut zone.methods) {
            for band in &mut method.bands {
                band.price = Money::zero(band.price.currency);
            }
        }
        free
    }

    fn zone(&self, country: CountryCode) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.countries.contains(&country))
    }

    /// Whether two countries are in one zone.
    pub fn same_zone(&self, one: CountryCode, other: CountryCode) -> bool {
        self.zone(one).is_some_and(|zone| zone.countries.contains(&other))
    }

    /// Whether any way leads to `country`.
    pub fn reaches(&self, country: CountryCode) -> bool {
        self.zone(country).is_some_and(|zone| !zone.methods.is_empty())
    }

    /// The ways that carry `weight_g` grams with items of that worth to `country`, as the shop orders them.
    pub fn options(&self, country: CountryCode, weight_g: u64, items: Money) -> Vec<Quote> {
        let methods = self.zone(country).map(|zone| zone.methods.as_slice()).unwrap_or_default();
        methods.iter().filter_map(|method| method.quote(weight_g, items)).collect()
    }

    /// The amount from which the first free way to `country` is free.
    pub fn free_from(&self, country: CountryCode) -> Option<Money> {
        let methods = self.zone(country).map(|zone| zone.methods.as_slice()).unwrap_or_default();
        methods.iter().filter_map(|method| method.free_from).min_by_key(|from| from.amount)
    }
}

impl Setting for ShippingSettings {
    const TOPIC: Topic = Topic::Shipping;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(self.zones.len() <= 100, "/zones", "At most 100 zones.");
        let prices = self.zones.iter().flat_map(|zone| &zone.methods).flat_map(|method| &method.bands);
        let mut currencies: Vec<Currency> = prices.map(|band| band.price.currency).collect();
        currencies.dedup();
        found.require(currencies.len() <= 1, "/zones", "All prices are of one currency.");
        for (z, zone) in self.zones.iter().enumerate() {
            let at = format!("/zones/{z}");
            found.text(&zone.name, 1, 100, format!("{at}/name"));
            let earlier = &self.zones[..z];
            found.require(earlier.iter().all(|other| other.id != zone.id), format!("{at}/id"), "Stands here twice.");
            for (c, country) in zone.countries.iter().enumerate() {
                let twice = earlier.iter().any(|other| other.countries.contains(country))
                    || zone.countries[..c].contains(country);
                found.require(!twice, format!("{at}/countries/{c}"), format!("{country} is in a zone already."));
            }
            for (m, method) in zone.methods.iter().enumerate() {
                let fresh = zone.methods[..m].iter().all(|other| other.id != method.id);
                found.require(fresh, format!("{at}/methods/{m}/id"), "Stands here twice.");
                check_method(method, &format!("{at}/methods/{m}"), &mut found);
            }
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
        let eur = |amount| Money::new(amount, Currency::EUR);
        let band = |up_to_g, amount| Band { up_to_g, price: eur(amount) };
        let zone = |id: &str, name: &str, countries: &[&str], methods: Vec<Option<Method>>| -> Option<Zone> {
            let countries = countries.iter().filter_map(|country| country.parse().ok()).collect();
            Some(Zone {
                id: id.parse().ok()?,
                name: name.to_owned(),
                countries,
                methods: methods.into_iter().flatten().collect(),
            })
        };
        let method =
            |id: &str, name: &str, bands: Vec<Band>, free_from: Option<i64>, days: (u16, u16)| -> Option<Method> {
                let (min_days, max_days) = days;
                let (id, free_from) = (id.parse().ok()?, free_from.map(eur));
                Some(Method { id, name: name.to_owned(), carrier: None, bands, free_from, min_days, max_days })
            };
        let standard = |prices: [i64; 3], free_from, days| {
            let [light, middle, heavy] = prices;
            let bands = vec![band(Some(2_000), light), band(Some(10_000), middle), band(Some(31_500), heavy)];
            method("standard", "Standard", bands, Some(free_from), days)
        };
        let express = |price, days| method("express", "Express", vec![band(Some(31_500), price)], None, days);
        let home =
            zone("home", "Germany", &["DE"], vec![standard([490, 690, 1290], 5_000, (2, 3)), express(1290, (1, 1))]);
        let europe = zone(
            "europe",
            "Neighbours",
            &["AT", "FR", "NL"],
            vec![standard([890, 1390, 2490], 10_000, (3, 5)), express(1990, (1, 2))],
        );
        let world = zone("world", "World", &["GB", "US", "JP"], vec![standard([1490, 2990, 5990], 20_000, (5, 12))]);
        Self { version: 1, zones: [home, europe, world].into_iter().flatten().collect() }
    }
}

fn check_method(method: &Method, at: &str, found: &mut Findings) {
    found.text(&method.name, 1, 100, format!("{at}/name"));
    if let Some(carrier) = &method.carrier {
        found.text(carrier, 1, 100, format!("{at}/carrier"));
    }
    found.require(!method.bands.is_empty(), format!("{at}/bands"), "A method has at least one band.");
    found.require(method.min_days <= method.max_days, format!("{at}/min_days"), "Must not be above max_days.");
    let mut before: Option<Option<u32>> = None;
    for (index, band) in method.bands.iter().enumerate() {
        let rises = match (before, band.up_to_g) {
            (None, _) => true,
            (Some(None), _) => false,
            (Some(Some(_)), None) => true,
            (Some(Some(lower)), Some(upper)) => lower < upper,
        };
        found.require(rises, format!("{at}/bands/{index}/up_to_g"), "Bands go from light to heavy.");
        found.require(!band.price.is_negative(), format!("{at}/bands/{index}/price"), "Must not be negative.");
        before = Some(band.up_to_g);
    }
    if let Some(from) = method.free_from {
        found.require(!from.is_negative(), format!("{at}/free_from"), "Must not be negative.");
        let same = method.bands.iter().all(|band| band.price.currency == from.currency);
        found.require(same, format!("{at}/free_from"), "All prices are of one currency.");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn price(country: &str, weight_g: u64, items: i64) -> Option<i64> {
        let settings = ShippingSettings::initial();
        let options = settings.options(country.parse().unwrap(), weight_g, Money::new(items, Currency::EUR));
        options.iter().find(|quote| quote.method.as_str() == "standard").map(|quote| quote.price.amount)
    }

    #[test]
    fn the_initial_zones_are_in_order() {
        assert_eq!(ShippingSettings::initial().check(), Ok(()));
        for country in ["DE", "FR", "AT", "NL", "US", "GB", "JP"] {
            assert!(ShippingSettings::initial().reaches(country.parse().unwrap()), "{country}");
        }
    }

    #[test]
    fn a_band_ends_at_its_weight() {
        assert_eq!(price("DE", 0, 100), Some(490));
        assert_eq!(price("DE", 2_000, 100), Some(490));
        assert_eq!(price("DE", 2_001, 100), Some(690));
        assert_eq!(price("DE", 31_500, 100), Some(1290));
        assert_eq!(price("DE", 31_501, 100), None);
        assert_eq!(price("CH", 1, 100), None);
    }

    #[test]
    fn is_free_from_an_amount() {
        assert_eq!(price("DE", 350, 4_999), Some(490));
        assert_eq!(price("DE", 350, 5_000), Some(0));
    }

    #[test]
    fn a_country_is_in_one_zone_and_bands_rise() {
        let mut settings = ShippingSettings::initial();
        settings.zones[1].countries.push("DE".parse().unwrap());
        settings.zones[0].methods[0].bands.reverse();
        settings.zones[0].methods[1].free_from = Some(Money::new(1, Currency::USD));
        let errors = settings.check().unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/zones/0/methods/0/bands/1/up_to_g",
                "/zones/0/methods/0/bands/2/up_to_g",
                "/zones/0/methods/1/free_from",
                "/zones/1/countries/3",
            ]
        );
    }

    proptest! {
        #[test]
        fn heavier_is_never_cheaper_and_dearer_items_never_cost_more(
            weight in 0_u64..40_000, more in 0_u64..40_000, items in 0_i64..30_000, dearer in 0_i64..30_000,
        ) {
            if let (Some(light), Some(heavy)) = (price("FR", weight, items), price("FR", weight + more, items)) {
                prop_assert!(light <= heavy);
            }
            prop_assert!(price("FR", weight, items + dearer) <= price("FR", weight, items));
        }
    }
}
