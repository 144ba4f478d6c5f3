//! Products, as they are answered.

use std::collections::BTreeMap;

use domain::Money;
use domain::catalog::{Product, Variant};
use domain::id::ProductId;
use domain::search::Entry;
use domain::stock::Offer;
use domain::text::{Sku, Slug};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is looked for in the catalogue.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Words; the last may be the beginning of one.
    pub q: Option<String>,
    /// Of one category.
    pub category: Option<String>,
    /// The lowest price, in minor units.
    pub min: Option<i64>,
    /// The highest price, in minor units.
    pub max: Option<i64>,
    /// Only what is there.
    pub in_stock: Option<bool>,
    /// `relevance`, `newest`, `price_ascending` or `price_descending`.
    pub sort: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// How many: 1 to 100.
    pub limit: Option<usize>,
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductEntry {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProductId,
    /// Its address.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What it is called.
    pub title: String,
    /// Its category.
    #[schema(value_type = Option<String>)]
    pub category: Option<Slug>,
    /// The lowest price of its variants.
    pub min_price: Money,
    /// The highest price of its variants.
    pub max_price: Money,
    /// Its variants.
    #[schema(value_type = Vec<String>)]
    pub skus: Vec<Sku>,
    /// Whether any of it can be bought.
    pub in_stock: bool,
}

impl From<&Entry> for ProductEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            slug: entry.slug.clone(),
            title: entry.title.clone(),
            category: entry.category.clone(),
            min_price: entry.min_price,
            max_price: entry.max_price,
            skus: entry.skus.clone(),
            in_stock: !entry.sold_out,
        }
    }
}

/// A product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProductId,
    /// Its address.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub description: String,
    /// `draft`, `active` or `archived`.
    pub status: String,
    /// Its category.
    #[schema(value_type = Option<String>)]
    pub category: Option<Slug>,
    /// How it is taxed.
    pub tax_class: String,
    /// How long it is answered for.
    pub warranty_months: u16,
    /// Its pictures.
    #[schema(value_type = Vec<Object>)]
    pub images: Vec<domain::catalog::Image>,
    /// Its variants.
    pub variants: Vec<VariantAnswer>,
    /// Counts its writes.
    pub version: u64,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime)]
    pub updated: Timestamp,
}

/// A variant of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VariantAnswer {
    /// What it is bought by.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What sets it apart.
    pub title: String,
    /// Its options.
    pub options: BTreeMap<String, String>,
    /// What one costs.
    pub price: Money,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_at_price: Option<Money>,
    /// The lowest price of the last 30 days, where a price is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price_30_days: Option<Money>,
    /// Weight of one in grams.
    pub weight_g: u32,
    /// Its barcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// How many can be bought now.
    pub available: i64,
}

impl ProductAnswer {
    /// A product with what can be bought of it.
    pub fn new(product: &Product, offers: &BTreeMap<Sku, Offer>, now: Timestamp) -> Self {
        let variant = |variant: &Variant| VariantAnswer {
            sku: variant.sku.clone(),
            title: variant.title.clone(),
            options: variant.options.clone(),
            price: variant.price,
            compare_at_price: variant.compare_at_price,
            lowest_price_30_days: variant
                .compare_at_price
                .and_then(|_| product.lowest_price_30_days(&variant.sku, now)),
            weight_g: variant.weight_g,
            barcode: variant.barcode.clone(),
            available: offers.get(&variant.sku).map_or(0, Offer::sellable),
        };
        Self {
            id: product.id,
            slug: product.slug.clone(),
            title: product.title.clone(),
            description: product.description.clone(),
            status: product.status.as_str().to_owned(),
            category: product.category.clone(),
            tax_class: product.tax_class.to_string(),
            warranty_months: product.warranty_months,
            images: product.images.clone(),
            variants: product.variants.iter().map(variant).collect(),
            version: product.version,
            updated: product.updated,
        }
    }
}

/// Asks for a place to upload a picture to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageUpload {
    /// Its name; the ending says what it is: jpg, png, webp or avif.
    #[schema(example = "mug.webp")]
    pub filename: String,
    /// Its size in bytes; the upload has to be just that long.
    pub bytes: u64,
}

/// Where to upload a file to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UploadAnswer {
    /// What the product names it by, once it is there.
    pub key: String,
    /// The upload itself.
    pub upload: Upload,
}

/// PUT the file to `url` with these headers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Upload {
    /// Good for 15 minutes.
    pub url: String,
    /// Each has to be sent.
    pub headers: BTreeMap<String, String>,
}
