//! The catalogue: products, their variants, what their prices were, and what each variant lists in its offer.
//!
//! Knows what a product may look like and what of it changed. It deliberately knows no stock (that is `stock`) and no
//! order in which products are found (that is `search`).

mod draft;
mod listing;

pub(crate) use draft::MAX_PRICE;
pub use draft::{ImageDraft, ProductDraft, VariantDraft};
pub use listing::{Listing, ListingChange};

pub use crate::field::FieldError;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::ProductId;
use crate::money::Money;
use crate::text::{Sku, Slug, TaxClass};

/// The window before a reduction in which the lowest price counts: Directive 98/6/EC, article 6a.
const REDUCTION_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether a product is to be seen and sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductStatus {
    /// Being written; seen by staff alone.
    #[default]
    Draft,
    /// Seen and sold.
    Active,
    /// No longer sold; kept for its orders.
    Archived,
}

impl ProductStatus {
    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where its bytes are kept; never changed once written.
    pub key: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
}

/// One form of a product that can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its own name, unique in the shop.
    pub sku: Sku,
    /// What sets it apart from the product's other variants; may be empty when it is the only one.
    pub title: String,
    /// Option values by option name: colour white.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// What one costs.
    pub price: Money,
    /// What is struck through beside the price; always above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at_price: Option<Money>,
    /// Weight of one in grams.
    pub weight_g: u32,
    /// GTIN or whatever else is printed on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
}

/// A price and since when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePoint {
    /// Of which variant.
    pub sku: Sku,
    /// Since when; until the next point of the same SKU.
    pub from: Timestamp,
    /// What one cost.
    pub price: Money,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id, which outlives a change of slug.
    pub id: ProductId,
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub title: String,
    /// What it is, in plain text with paragraphs.
    pub description: String,
    /// Whether it is seen and sold.
    pub status: ProductStatus,
    /// The one category that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Slug>,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Months of warranty from the day on which a unit leaves; 0 for none.
    pub warranty_months: u16,
    /// Days in which it may be returned, where they differ from the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_window_days: Option<u16>,
    /// Whether it comes back for a fault alone.
    #[serde(default)]
    pub final_sale: bool,
    /// Its pictures, the first one first.
    pub images: Vec<Image>,
    /// At least one.
    pub variants: Vec<Variant>,
    /// What its variants cost since the window before the current prices.
    pub price_history: Vec<PricePoint>,
    /// When it was first written.
    pub created: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// Counts its writes, from 1.
    pub version: u64,
}

impl Product {
    /// The variant of that SKU.
    pub fn variant(&self, sku: &Sku) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.sku == *sku)
    }

    /// The lowest and the highest price of its variants.
    pub fn price_range(&self) -> Option<(Money, Money)> {
        let lowest = self.variants.iter().map(|variant| variant.price).min_by_key(|price| price.amount)?;
        let highest = self.variants.iter().map(|variant| variant.price).max_by_key(|price| price.amount)?;
        Some((lowest, highest))
    }

    /// The lowest price that was asked in the 30 days before the price of `now` began, as Directive 98/6/EC, article
    /// 6a wants it shown beside a reduction. None when the variant never had another price.
    pub fn lowest_price_30_days(&self, sku: &Sku, now: Timestamp) -> Option<Money> {
        let mut points: Vec<&PricePoint> =
            self.price_history.iter().filter(|point| point.sku == *sku && point.from <= now).collect();
        points.sort_by_key(|point| point.from);
        let current = points.pop()?;
        let opens = window_before(current.from);
        // A point was in force until the next one began: the last one before the window still reaches into it.
        let reaching = points.iter().rposition(|point| point.from <= opens).unwrap_or(0);
        points[reaching..].iter().map(|point| point.price).min_by_key(|price| price.amount)
    }
}

fn window_before(moment: Timestamp) -> Timestamp {
    moment.saturating_sub(REDUCTION_WINDOW).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::money::Currency;

    pub(crate) fn day(number: i64) -> Timestamp {
        Timestamp::from_second(1_760_000_000 + number * 86_400).unwrap()
    }

    pub(crate) fn draft(json: &str) -> ProductDraft {
        serde_json::from_str(json).unwrap()
    }

    pub(crate) fn mug(price: i64, compare_at: Option<i64>) -> ProductDraft {
        let mut mug = draft(
            r#"{"title": "Enamel mug", "description": "Holds tea.", "status": "active", "tax_class": "standard",
                "category": "kitchen", "warranty_months": 24,
                "variants": [{"sku": "MUG-1", "title": "White", "price": {"amount": 1999, "currency": "EUR"},
                              "weight_g": 350, "options": {"colour": "white"}}]}"#,
        );
        mug.variants[0].price.amount = price;
        mug.variants[0].compare_at_price = compare_at.map(|amount| Money::new(amount, Currency::EUR));
        mug
    }

    pub(crate) fn apply(draft: ProductDraft, before: Option<&Product>, now: Timestamp) -> Product {
        try_apply(draft, before, now).unwrap()
    }

    pub(crate) fn try_apply(
        draft: ProductDraft,
        before: Option<&Product>,
        now: Timestamp,
    ) -> Result<Product, Vec<FieldError>> {
        let slug = Slug::new("enamel-mug").unwrap();
        draft.apply(before, ProductId::new(1, [1; 10]), &slug, Currency::EUR, now)
    }

    fn low(product: &Product, now: Timestamp) -> Option<i64> {
        product.lowest_price_30_days(&Sku::new("MUG-1").unwrap(), now).map(|price| price.amount)
    }

    #[test]
    fn the_low_is_that_of_the_30_days_before_the_reduction() {
        let first = apply(mug(2000, None), None, day(0));
        assert_eq!(low(&first, day(1)), None);
        let raised = apply(mug(2500, None), Some(&first), day(40));
        let reduced = apply(mug(1800, Some(2500)), Some(&raised), day(50));
        // On day 20 the mug still cost 20.00, and the window opens then.
        assert_eq!(low(&reduced, day(51)), Some(2000));
        assert_eq!(low(&reduced, day(500)), Some(2000));
        let later = apply(mug(1800, Some(2500)), Some(&raised), day(71));
        assert_eq!(low(&later, day(72)), Some(2500));
    }

    #[test]
    fn history_outside_every_window_is_dropped() {
        let mut product = apply(mug(2000, None), None, day(0));
        for step in 1..100 {
            product = apply(mug(2000 + step, None), Some(&product), day(step * 10));
        }
        assert!(product.price_history.len() <= 5, "{}", product.price_history.len());
        assert_eq!(low(&product, day(1000)), Some(2096));
    }
}
