//! The draft product that a line of a new SKU makes.

use super::row::{ImportLine, slug};
use crate::catalog::{ProductDraft, ProductStatus, VariantDraft};
use crate::text::Slug;

/// The characters of an address that come of a title.
const MAX_TITLE: usize = 48;

impl ImportLine {
    /// The product that the line makes; none where it does not say enough.
    pub fn draft(&self) -> Option<ProductDraft> {
        let product = self.product.as_ref()?;
        let variant = VariantDraft {
            sku: self.sku.to_string(),
            title: String::new(),
            options: std::collections::BTreeMap::new(),
            price: product.price,
            compare_at_price: None,
            weight_g: 0,
            barcode: self.barcode.clone(),
        };
        Some(ProductDraft {
            title: product.title.clone(),
            description: String::new(),
            status: ProductStatus::Draft,
            category: self.category.as_ref().map(Slug::to_string),
            tax_class: "standard".to_owned(),
            warranty_months: 0,
            return_window_days: None,
            final_sale: false,
            images: None,
            variants: vec![variant],
        })
    }

    /// The addresses that its product may have, the nicest first: others may have the first ones.
    pub fn addresses(&self) -> Vec<Slug> {
        let title = self.product.as_ref().map(|product| slug(&product.title)).unwrap_or_default();
        let title: String = title.chars().take(MAX_TITLE).collect();
        let sku: String = slug(self.sku.as_str()).chars().take(28).collect();
        let title = title.trim_matches('-');
        let both = [title, &sku].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("-");
        let mut addresses = Vec::new();
        for text in [title.to_owned(), both.clone(), format!("{both}-2"), format!("{both}-3")] {
            // The desk's own address.
            addresses.extend(Slug::new(text).ok().filter(|slug| slug.as_str() != "new"));
        }
        addresses
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportChange, NewProduct};
    use crate::money::{Currency, Money};
    use crate::text::{LocationId, Sku};

    #[test]
    fn a_new_sku_becomes_a_draft_with_an_address_of_its_title() {
        let line = |title: &str| ImportLine {
            row: 2,
            sku: Sku::new("MUG_9").unwrap(),
            location: LocationId::main(),
            change: ImportChange::Count(3),
            product: Some(NewProduct { title: title.into(), price: Money::new(999, Currency::EUR) }),
            category: None,
            barcode: None,
            supplier: None,
        };
        let addresses = |title: &str| line(title).addresses().iter().map(Slug::to_string).collect::<Vec<_>>();
        assert_eq!(addresses("Große Tasse")[..2], ["grosse-tasse", "grosse-tasse-mug-9"]);
        assert_eq!(addresses("茶")[0], "mug-9");
        assert_eq!(addresses("New")[0], "new-mug-9");
        let draft = line("Große Tasse").draft().unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let product =
            draft.apply(None, crate::id::ProductId::new(1, [0; 10]), &addresses_of(&line("x")), Currency::EUR, now);
        assert_eq!(product.unwrap().status, ProductStatus::Draft);
    }

    fn addresses_of(line: &ImportLine) -> Slug {
        line.addresses().remove(0)
    }
}
