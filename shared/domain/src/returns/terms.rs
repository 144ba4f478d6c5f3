//! The terms on which goods come back: the shop's, its category's, its own.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::calendar::date;
use crate::settings::{CategoryTerms, ReturnSettings, Setting};
use crate::text::Slug;

/// What a product says itself about what comes after its sale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AfterSale {
    /// Its category, whose terms may differ from the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// Days from delivery in which it may be sent back. None: as its category or the shop says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u16>,
    /// Whether it comes back for a fault alone, whatever its category says.
    #[serde(default)]
    pub final_sale: bool,
    /// Months of warranty from the day on which a unit leaves; 0 for none.
    #[serde(default)]
    pub warranty_months: u16,
}

impl AfterSale {
    /// Whether it says nothing.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

/// The terms on which one product comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReturnTerms))]
pub struct Terms {
    /// Days from delivery in which it may be asked for.
    pub window_days: u16,
    /// What is kept of the price of what was merely unwanted, in parts per million.
    pub restocking_fee_ppm: u32,
    /// Whether the shop pays for the way back of what was merely unwanted.
    pub free_label: bool,
    /// Whether it comes back for a fault alone.
    pub final_sale: bool,
}

impl Default for Terms {
    /// A new shop's, of a product that says nothing.
    fn default() -> Self {
        Self::of(&ReturnSettings::initial(), &AfterSale::default())
    }
}

impl Terms {
    /// What the product says; where it says nothing what its category says, else what the shop says.
    pub fn of(settings: &ReturnSettings, product: &AfterSale) -> Self {
        let of_category = |terms: &&CategoryTerms| Some(&terms.category) == product.category.as_ref();
        let category = settings.categories.iter().find(of_category);
        let window = product.window_days.or_else(|| category?.window_days);
        Self {
            window_days: window.unwrap_or(settings.window_days),
            restocking_fee_ppm: category
                .and_then(|terms| terms.restocking_fee_ppm)
                .unwrap_or(settings.restocking_fee_ppm),
            free_label: category.and_then(|terms| terms.free_label).unwrap_or(settings.free_label),
            final_sale: product.final_sale || category.is_some_and(|terms| terms.final_sale),
        }
    }

    /// The last day, in UTC, on which goods may be sent back that came at `arrived`.
    pub fn last_day(&self, arrived: Timestamp) -> Date {
        date(arrived).saturating_add(i64::from(self.window_days).days())
    }
}
