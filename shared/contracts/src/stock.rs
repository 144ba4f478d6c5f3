//! Stock, as it is asked for and answered.

use domain::FieldError;
use domain::stock::{Level, Shards, Shelf, Stock};
use domain::text::{LocationId, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which stock is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Only what this location has.
    #[param(value_type = Option<String>)]
    pub location: Option<LocationId>,
    /// Only where less than this is available.
    pub below: Option<i64>,
    /// How many SKUs a page has: 1 to 500, 50 where it does not say.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Which part of a ledger is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// An entry of a SKU's ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerAnswer {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where; null for what counts over all locations.
    pub location: Option<LocationId>,
    /// Which quantity: `on_hand`, `available` and the like.
    pub quantity: String,
    /// By how much.
    pub delta: i64,
    /// What it was then.
    pub after: i64,
    /// Why.
    pub cause: String,
    /// Who.
    pub actor: String,
    /// What it was about: an order, a note.
    pub reference: Option<String>,
    /// Where the SKU's counters are split, the shard that it was booked on; `after` is that shard's alone then.
    pub shard: Option<u8>,
}

/// Over how many records a SKU's counters are to be split.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpreadRequest {
    /// 1: not at all. The same number again spreads anew what came in since.
    #[schema(minimum = 1, maximum = 32)]
    pub shards: u8,
}

impl SpreadRequest {
    /// The number, when it is one that an offer is split by.
    ///
    /// # Errors
    /// When it is none or too many.
    pub fn checked(self) -> Result<Shards, Vec<FieldError>> {
        Shards::new(self.shards)
            .map_err(|error| vec![FieldError { pointer: "/shards".to_owned(), detail: format!("It {error}.") }])
    }
}

/// What there is of a SKU.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockAnswer {
    /// Of what.
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// What can be promised, over all locations.
    pub available: i64,
    /// What unpaid orders hold, and paid ones that have no location yet.
    pub reserved: i64,
    /// What paid orders wait for that no location had.
    pub backordered: i64,
    /// How many may be promised beyond what is there; 0 denies backorders.
    pub backorder_limit: u32,
    /// Over how many records these counters are split; 1: not at all.
    pub shards: u8,
    /// What each location has.
    pub locations: Vec<LevelAnswer>,
}

/// What a location has of a SKU.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LevelAnswer {
    /// Where.
    pub location: LocationId,
    /// The quantities by state: on_hand, committed, incoming, damaged, quality_control, buffer.
    #[serde(flatten)]
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
            backordered: stock.offer.backordered,
            backorder_limit: stock.offer.backorder_limit,
            shards: stock.offer.shards.get(),
            locations: levels
                .map(|(location, level)| LevelAnswer { location: location.clone(), level: *level })
                .collect(),
        }
    }
}

/// Says how many of a SKU may be promised beyond what is there.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackordersRequest {
    /// 0 to 1,000,000; 0 denies backorders.
    pub limit: u32,
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
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// Which quantity.
    pub quantity: Shelf,
    /// By how much.
    pub delta: i64,
    /// What it was before.
    pub before: i64,
    /// What it is now.
    pub after: i64,
}
