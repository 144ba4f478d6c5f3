//! Stock, as it is answered.

use domain::stock::{Level, Stock};
use domain::text::{LocationId, Sku};
use serde::Serialize;
use utoipa::ToSchema;

/// What there is of a SKU.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// What can be promised, over all locations.
    pub available: i64,
    /// What unpaid orders hold, and paid ones that have no location yet.
    pub reserved: i64,
    /// What was promised beyond what is there.
    pub backordered: i64,
    /// What each location has.
    pub locations: Vec<LevelAnswer>,
}

/// What a location has of a SKU.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LevelAnswer {
    /// Where.
    #[schema(value_type = String)]
    pub location: LocationId,
    /// The quantities by state: on_hand, committed, incoming, damaged, quality_control, buffer.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub level: Level,
}

impl From<&Stock> for StockAnswer {
    fn from(stock: &Stock) -> Self {
        let levels = stock.levels.iter();
        Self {
            sku: stock.offer.listing.sku.clone(),
            title: stock.offer.listing.title.clone(),
            available: stock.offer.available,
            reserved: stock.offer.reserved,
            backordered: stock.offer.backordered(),
            locations: levels
                .map(|(location, level)| LevelAnswer { location: location.clone(), level: *level })
                .collect(),
        }
    }
}

/// What an adjustment booked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdjustmentAnswer {
    /// Its lines, in their order.
    pub lines: Vec<AdjustedLine>,
}

/// A line of an adjustment, booked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdjustedLine {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// Where.
    #[schema(value_type = String)]
    pub location: LocationId,
    /// By how much.
    pub delta: i64,
    /// What was on hand before.
    pub before: i64,
    /// What is on hand now.
    pub after: i64,
}
