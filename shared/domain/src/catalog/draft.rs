//! A product as staff send it, and its way into the catalogue.
//!
//! Knows every rule that a product has to keep and says all that is broken at once. It deliberately knows nothing of
//! other products: that a SKU is nobody else's is a condition of the write.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

use super::{FieldError, Image, PricePoint, Product, ProductStatus, Variant, window_before};
use crate::field::Findings;
use crate::id::ProductId;
use crate::money::{Currency, Money};
use crate::text::{Sku, Slug, TaxClass};

const MAX_VARIANTS: usize = 100;
const MAX_IMAGES: usize = 20;
const MAX_OPTIONS: usize = 5;
/// A tonne in grams.
const MAX_WEIGHT_G: u32 = 1_000_000;
/// A price of a unit never overflows, whatever is multiplied with it: 9,999 of 40 SKUs stay far below `i64::MAX`.
pub(crate) const MAX_PRICE: i64 = 1_000_000_000_000;

/// A whole product as it is put: what is left out is empty, but for images, which stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// Up to 20,000 characters.
    #[serde(default)]
    pub description: String,
    /// Draft unless said otherwise.
    #[serde(default)]
    pub status: ProductStatus,
    /// Lower-case words with hyphens.
    #[serde(default)]
    pub category: Option<String>,
    /// `standard` unless said otherwise.
    #[serde(default = "standard")]
    pub tax_class: String,
    /// 0 to 600.
    #[serde(default)]
    pub warranty_months: u16,
    /// 0 to 3,650.
    #[serde(default)]
    pub return_window_days: Option<u16>,
    /// Whether it comes back for a fault alone.
    #[serde(default)]
    pub final_sale: bool,
    /// The pictures in their order; left out, they stay as they are.
    #[serde(default)]
    pub images: Option<Vec<ImageDraft>>,
    /// 1 to 100.
    #[serde(default)]
    pub variants: Vec<VariantDraft>,
}

fn standard() -> String {
    "standard".to_owned()
}

/// A picture as it is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageDraft {
    /// The key that its upload was given.
    pub key: String,
    /// What it shows.
    #[serde(default)]
    pub alt: String,
}

/// A variant as it is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VariantDraft {
    /// Unique in the shop.
    pub sku: String,
    /// Up to 200 characters; wanted as soon as there are two variants.
    #[serde(default)]
    pub title: String,
    /// Up to 5 options.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// In the shop's currency, not below zero.
    pub price: Money,
    /// In the same currency, above the price.
    #[serde(default)]
    pub compare_at_price: Option<Money>,
    /// Up to 1,000,000.
    #[serde(default)]
    pub weight_g: u32,
    /// Up to 64 characters.
    #[serde(default)]
    pub barcode: Option<String>,
}

impl ProductDraft {
    /// The product that this draft makes of `existing`, or a new one with the id `fresh`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn apply(
        self,
        existing: Option<&Product>,
        fresh: ProductId,
        slug: &Slug,
        currency: Currency,
        now: Timestamp,
    ) -> Result<Product, Vec<FieldError>> {
        let mut found = Findings::default();
        let title = found.line(&self.title, 1, 200, "/title");
        let description = found.text(&self.description, 0, 20_000, "/description");
        let category = match self.category.as_deref().map(str::trim).filter(|category| !category.is_empty()) {
            None => None,
            Some(category) => parsed(category, "/category", &mut found),
        };
        let tax_class: Option<TaxClass> = parsed(&self.tax_class, "/tax_class", &mut found);
        found.require(self.warranty_months <= 600, "/warranty_months", "Must be 0 to 600 months.");
        found.require(
            self.return_window_days.is_none_or(|days| days <= 3650),
            "/return_window_days",
            "Must be 0 to 3650 days.",
        );
        let images = match self.images {
            None => existing.map(|product| product.images.clone()).unwrap_or_default(),
            Some(images) => checked_images(images, &mut found),
        };
        let variants = checked_variants(self.variants, currency, &mut found);
        let Some(tax_class) = tax_class else { return Err(found.into_errors()) };
        found.or(())?;
        let price_history = history(existing, &variants, now);
        Ok(Product {
            id: existing.map_or(fresh, |product| product.id),
            slug: slug.clone(),
            title,
            description,
            status: self.status,
            category,
            tax_class,
            warranty_months: self.warranty_months,
            return_window_days: self.return_window_days,
            final_sale: self.final_sale,
            images,
            variants,
            price_history,
            created: existing.map_or(now, |product| product.created),
            updated: now,
            version: existing.map_or(1, |product| product.version + 1),
        })
    }
}

fn parsed<T: std::str::FromStr>(text: &str, pointer: &str, found: &mut Findings) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    text.trim().parse().map_err(|error: T::Err| found.add(pointer, error.to_string())).ok()
}

impl Product {
    /// The product with these pictures in place of its own.
    ///
    /// # Errors
    /// As [`ProductDraft::apply`].
    pub fn with_images(&self, images: Vec<ImageDraft>) -> Result<Self, Vec<FieldError>> {
        let mut found = Findings::default();
        let images = checked_images(images, &mut found);
        found.or(Self { images, ..self.clone() })
    }
}

fn checked_images(images: Vec<ImageDraft>, found: &mut Findings) -> Vec<Image> {
    found.require(images.len() <= MAX_IMAGES, "/images", format!("At most {MAX_IMAGES} images."));
    images
        .into_iter()
        .enumerate()
        .map(|(index, image)| Image {
            key: found.line(&image.key, 1, 200, format!("/images/{index}/key")),
            alt: found.line(&image.alt, 0, 300, format!("/images/{index}/alt")),
        })
        .collect()
}

fn checked_variants(drafts: Vec<VariantDraft>, currency: Currency, found: &mut Findings) -> Vec<Variant> {
    found.require(!drafts.is_empty(), "/variants", "A product has at least one variant.");
    found.require(drafts.len() <= MAX_VARIANTS, "/variants", format!("At most {MAX_VARIANTS} variants."));
    let min_title = usize::from(drafts.len() > 1);
    let mut skus = BTreeSet::new();
    let mut variants = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let at = |field: &str| format!("/variants/{index}/{field}");
        let title = found.line(&draft.title, min_title, 200, at("title"));
        check_price(draft.price, currency, at("price"), found);
        if let Some(compare_at) = draft.compare_at_price {
            check_price(compare_at, currency, at("compare_at_price"), found);
            let above = compare_at.amount > draft.price.amount;
            found.require(above, at("compare_at_price"), "Must be above the price.");
        }
        found.require(draft.weight_g <= MAX_WEIGHT_G, at("weight_g"), "Must be 0 to 1,000,000 g.");
        found.require(draft.options.len() <= MAX_OPTIONS, at("options"), format!("At most {MAX_OPTIONS} options."));
        let mut options = BTreeMap::new();
        for (name, value) in &draft.options {
            options.insert(found.line(name, 1, 50, at("options")), found.line(value, 1, 100, at("options")));
        }
        let barcode = draft.barcode.as_deref().map(str::trim).filter(|barcode| !barcode.is_empty());
        let barcode = barcode.map(|barcode| found.line(barcode, 1, 64, at("barcode")));
        let Some(sku) = parsed::<Sku>(&draft.sku, &at("sku"), found) else { continue };
        found.require(skus.insert(sku.clone()), at("sku"), format!("{sku} stands here twice."));
        let (price, compare_at_price, weight_g) = (draft.price, draft.compare_at_price, draft.weight_g);
        variants.push(Variant { sku, title, options, price, compare_at_price, weight_g, barcode });
    }
    variants
}

fn check_price(price: Money, currency: Currency, pointer: String, found: &mut Findings) {
    if price.currency != currency {
        found.add(pointer, format!("The shop sells in {currency}."));
    } else if !(0..=MAX_PRICE).contains(&price.amount) {
        found.add(pointer, "Must not be negative or above 1,000,000,000,000 minor units.");
    }
}

/// The points of `existing` with those of changed prices, less those that no window reaches any more. What a SKU cost
/// is kept for the window's length after it left the product, so that taking it out and in again forgets nothing.
fn history(existing: Option<&Product>, variants: &[Variant], now: Timestamp) -> Vec<PricePoint> {
    let mut points: Vec<PricePoint> = existing.map(|product| product.price_history.clone()).unwrap_or_default();
    points.sort_by_key(|point| point.from);
    for variant in variants {
        let current = points.iter().rfind(|point| point.sku == variant.sku);
        if current.is_none_or(|point| point.price != variant.price) {
            points.push(PricePoint { sku: variant.sku.clone(), from: now, price: variant.price });
        }
    }
    let mut kept = Vec::with_capacity(points.len());
    for (index, point) in points.iter().enumerate() {
        let mut later = points[index + 1..].iter().filter(|other| other.sku == point.sku);
        let ended = later.next().map(|next| next.from);
        let sold = variants.iter().any(|variant| variant.sku == point.sku);
        let current = if sold { later.next_back().map(|last| last.from).or(ended) } else { Some(now) };
        if !sold && ended.is_none() && point.from <= window_before(now) {
            continue;
        }
        if let (Some(ended), Some(current)) = (ended, current)
            && ended <= window_before(current)
        {
            continue;
        }
        kept.push(point.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::tests::{apply, day, draft, mug, try_apply};
    use super::*;

    #[test]
    fn a_new_product_starts_at_version_one() {
        let product = apply(mug(1999, None), None, day(0));
        assert_eq!((product.version, product.price_history.len()), (1, 1));
        assert_eq!(product.category.as_ref().map(Slug::as_str), Some("kitchen"));
        let again = apply(mug(1999, None), Some(&product), day(1));
        assert_eq!((again.version, again.price_history.len(), again.created), (2, 1, day(0)));
        assert_eq!(again.id, product.id);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = draft(
            r#"{"title": " ", "category": "Kitchen!", "tax_class": "", "warranty_months": 601, "return_window_days": 4000,
                "variants": [
                  {"sku": "A", "title": "One", "price": {"amount": -1, "currency": "EUR"}, "weight_g": 2000000},
                  {"sku": "A", "title": "", "price": {"amount": 100, "currency": "USD"}},
                  {"sku": "/", "title": "Three", "price": {"amount": 100, "currency": "EUR"},
                   "compare_at_price": {"amount": 100, "currency": "EUR"}}]}"#,
        );
        let errors = try_apply(wrong, None, day(0)).unwrap_err();
        let mut pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/category",
                "/return_window_days",
                "/tax_class",
                "/title",
                "/variants/0/price",
                "/variants/0/weight_g",
                "/variants/1/price",
                "/variants/1/sku",
                "/variants/1/title",
                "/variants/2/compare_at_price",
                "/variants/2/sku",
                "/warranty_months",
            ]
        );
    }

    #[test]
    fn a_product_has_a_variant() {
        let errors = try_apply(draft(r#"{"title": "Mug"}"#), None, day(0)).unwrap_err();
        assert_eq!(errors[0].pointer, "/variants");
    }

    #[test]
    fn images_left_out_stay() {
        let mut with_image = mug(1999, None);
        with_image.images = Some(vec![ImageDraft { key: "images/1".into(), alt: String::new() }]);
        let product = apply(with_image, None, day(0));
        assert_eq!(apply(mug(1999, None), Some(&product), day(1)).images, product.images);
        let mut without = mug(1999, None);
        without.images = Some(Vec::new());
        assert!(apply(without, Some(&product), day(1)).images.is_empty());
    }

    #[test]
    fn a_sku_that_comes_back_has_not_forgotten_its_price() {
        let first = apply(mug(1000, None), None, day(0));
        let mut other = mug(500, None);
        other.variants[0].sku = "MUG-2".into();
        let without = apply(other, Some(&first), day(10));
        let back = apply(mug(1500, None), Some(&without), day(11));
        let low = back.lowest_price_30_days(&Sku::new("MUG-1").unwrap(), day(12));
        assert_eq!(low.map(|price| price.amount), Some(1000));
    }
}
