//! What the catalogue says of one SKU in its offer, and what of that a write has changed.
//!
//! Knows which change a cart has to look at again. It deliberately knows no counts: they are the offer's own.

use serde::{Deserialize, Serialize};

use super::{Product, ProductStatus, Variant};
use crate::id::ProductId;
use crate::money::Money;
use crate::returns::AfterSale;
use crate::text::{Sku, Slug, TaxClass};

/// The catalogue's half of an offer: what a cart line snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Of which SKU.
    pub sku: Sku,
    /// Of which product.
    pub product: ProductId,
    /// The product's address.
    pub slug: Slug,
    /// Product and variant in one name: `Enamel mug, White`.
    pub title: String,
    /// What one costs.
    pub price: Money,
    /// Weight of one in grams.
    pub weight_g: u32,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Key of the first picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Whether it is sold at all: its product is active.
    pub on_sale: bool,
    /// How it comes back and what is guaranteed, as far as its product says.
    #[serde(default, skip_serializing_if = "AfterSale::is_silent")]
    pub after_sale: AfterSale,
}

/// What a write of a product means for one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListingChange {
    /// The SKU is new in the product.
    Added(Listing),
    /// Something that a checkout relies on changed (price, weight, tax class, whether it is sold): the offer's price
    /// version has to rise with it.
    Repriced(Listing),
    /// Only how it is named or shown changed.
    Described(Listing),
    /// The SKU is no longer in the product: nothing of it is sold, and its price version has to rise.
    Removed(Sku),
}

impl Listing {
    fn of(product: &Product, variant: &Variant) -> Self {
        let title = if variant.title.is_empty() || product.variants.len() == 1 {
            product.title.clone()
        } else {
            format!("{}, {}", product.title, variant.title)
        };
        Self {
            sku: variant.sku.clone(),
            product: product.id,
            slug: product.slug.clone(),
            title,
            price: variant.price,
            weight_g: variant.weight_g,
            tax_class: product.tax_class.clone(),
            image: product.images.first().map(|image| image.key.clone()),
            on_sale: product.status == ProductStatus::Active,
            after_sale: product.after_sale(),
        }
    }

    /// Whether a checkout that relied on `other` may rely on this one.
    pub fn sells_as(&self, other: &Self) -> bool {
        (self.price, self.weight_g, &self.tax_class, self.on_sale)
            == (other.price, other.weight_g, &other.tax_class, other.on_sale)
    }
}

impl Product {
    /// How it comes back and what is guaranteed, as far as it says.
    pub fn after_sale(&self) -> AfterSale {
        AfterSale {
            category: self.category.clone(),
            window_days: self.return_window_days,
            final_sale: self.final_sale,
            warranty_months: self.warranty_months,
        }
    }

    /// What it lists, one per variant in their order.
    pub fn listings(&self) -> Vec<Listing> {
        self.variants.iter().map(|variant| Listing::of(self, variant)).collect()
    }

    /// What has to be done to the offers when this product is written over `before`.
    pub fn listing_changes(&self, before: Option<&Self>) -> Vec<ListingChange> {
        let old = before.map(Self::listings).unwrap_or_default();
        let mut changes = Vec::new();
        for listing in self.listings() {
            match old.iter().find(|other| other.sku == listing.sku) {
                None => changes.push(ListingChange::Added(listing)),
                Some(other) if !listing.sells_as(other) => changes.push(ListingChange::Repriced(listing)),
                Some(other) if listing != *other => changes.push(ListingChange::Described(listing)),
                Some(_) => {}
            }
        }
        let gone = old.into_iter().filter(|other| self.variant(&other.sku).is_none());
        changes.extend(gone.map(|other| ListingChange::Removed(other.sku)));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{apply, day, mug};
    use super::*;

    #[test]
    fn says_what_changed_for_each_offer() {
        let first = apply(mug(1999, None), None, day(0));
        assert!(matches!(first.listing_changes(None).as_slice(), [ListingChange::Added(_)]));
        assert_eq!(first.listing_changes(Some(&first)), []);

        let dearer = apply(mug(2099, None), Some(&first), day(1));
        assert!(matches!(dearer.listing_changes(Some(&first)).as_slice(), [ListingChange::Repriced(_)]));

        let mut renamed = mug(1999, None);
        renamed.title = "Tin mug".into();
        let renamed = apply(renamed, Some(&first), day(1));
        assert!(matches!(renamed.listing_changes(Some(&first)).as_slice(), [ListingChange::Described(_)]));

        let mut withdrawn = mug(1999, None);
        withdrawn.status = ProductStatus::Archived;
        let withdrawn = apply(withdrawn, Some(&first), day(1));
        assert!(
            matches!(withdrawn.listing_changes(Some(&first)).as_slice(), [ListingChange::Repriced(listing)] if !listing.on_sale)
        );

        let mut other = mug(1999, None);
        other.variants[0].sku = "MUG-2".into();
        let other = apply(other, Some(&first), day(1));
        let changes = other.listing_changes(Some(&first));
        assert!(matches!(changes.as_slice(), [ListingChange::Added(_), ListingChange::Removed(_)]));
    }
}
