//! The sheet of a purchase order, made of the order itself.

use std::collections::BTreeMap;

use domain::Money;
use domain::calendar::{civil, day};
use domain::purchasing::{PurchaseLine, PurchaseOrder, Supplier as PurchaseSupplier};
use domain::settings::{LocationSettings, ShopSettings};
use domain::stock::Offer;
use domain::text::Sku;
use jiff::Timestamp;

use crate::{Place, PrintError, PurchaseSheet, SheetLine, Shop, Supplier, purchase_order_csv, purchase_order_pdf};

/// A purchase order with all that its sheet tells.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// The order.
    pub order: &'a PurchaseOrder,
    /// Who delivers.
    pub supplier: &'a PurchaseSupplier,
    /// What its SKUs are called.
    pub offers: &'a BTreeMap<Sku, Offer>,
    /// Where its goods go.
    pub places: &'a LocationSettings,
    /// Who orders.
    pub shop: &'a ShopSettings,
    /// What the shop adds, in its own words.
    pub note: Option<&'a str>,
    /// The signed link where the supplier answers; without one there is no such section.
    pub link: Option<&'a str>,
}

impl Ordered<'_> {
    /// The order as PDF; `now` is the file's date.
    ///
    /// # Errors
    /// When the PDF cannot be written.
    pub fn pdf(&self, now: Timestamp) -> Result<Vec<u8>, PrintError> {
        purchase_order_pdf(&self.sheet(Money::format), now)
    }

    /// The order's lines as CSV, for programs: plain amounts, in the order's currency.
    ///
    /// # Errors
    /// When the CSV cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>, PrintError> {
        purchase_order_csv(&self.sheet(Money::decimal))
    }

    fn sheet(&self, amount: fn(Money) -> String) -> PurchaseSheet {
        let Self { order, supplier, places, shop, .. } = *self;
        let locations = order.locations();
        let several = locations.len() > 1;
        let line = |line: &PurchaseLine| SheetLine {
            sku: line.sku.to_string(),
            title: self.offers.get(&line.sku).map(|offer| offer.listing.title.clone()).unwrap_or_default(),
            location: if several { places.name(&line.location) } else { String::new() },
            quantity: line.quantity,
            unit_cost: line.unit_cost.map(amount),
            total: line.unit_cost.and_then(|cost| cost.times(line.quantity).ok()).map(amount),
        };
        let place = |id| Place { location: places.name(id), lines: places.address(id, &shop.name) };
        PurchaseSheet {
            shop: Shop {
                name: shop.name.clone(),
                // The name stands above it already.
                address: shop.legal_address.lines().filter(|line| *line != shop.name).map(str::to_owned).collect(),
                mail: shop.support_email.to_string(),
            },
            number: order.id.number().to_string(),
            date: day(order.sent.unwrap_or(order.created)),
            wanted_by: order.expected.map(civil),
            supplier: Supplier { name: supplier.name.clone(), mail: supplier.email.to_string() },
            deliver_to: locations.into_iter().map(place).collect(),
            lines: order.lines.iter().filter(|line| line.quantity > 0).map(line).collect(),
            total: order.total().ok().flatten().map(amount),
            note: self.note.map(str::to_owned),
            link: self.link.map(str::to_owned).unwrap_or_default(),
            language: "en".to_owned(),
        }
    }
}
