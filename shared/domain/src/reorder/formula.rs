//! The formulas of reordering, one function each.
//!
//! Knows numbers alone; which of them a rule means is decided in `decide`.

use distrs::Normal;

use super::{MAX_UNITS, SLACK};
use crate::money::Money;

/// The lowest service level, at which there is no safety stock, and the highest.
pub(super) const SERVICE_LEVELS: std::ops::RangeInclusive<f64> = 0.5..=0.9999;

/// z: how many standard deviations of demand have to be covered so that a lead time passes without a stock-out with
/// the probability `service_level` (0.95 is 1.645). The inverse of the standard normal distribution, by algorithm AS
/// 241 (Wichura 1988). Below 0.5 as at 0.5, above 0.9999 as at 0.9999; never negative.
pub fn safety_factor(service_level: f64) -> f64 {
    Normal::ppf(service_level.clamp(*SERVICE_LEVELS.start(), *SERVICE_LEVELS.end()), 0.0, 1.0)
}

/// SS, in units: `z * sqrt(L * sd^2 + d^2 * sL^2)`. What is kept for a lead time of L days (deviation sL days) in which
/// more is wanted than d units a day (deviation sd units). Demand and lead time are taken to vary apart from each other
/// (Hadley and Whitin, "Analysis of Inventory Systems", 1963).
pub fn safety_stock(
    z: f64,
    lead_time_days: f64,
    daily_deviation: f64,
    daily_mean: f64,
    lead_time_deviation_days: f64,
) -> f64 {
    z * (lead_time_days * daily_deviation.powi(2) + daily_mean.powi(2) * lead_time_deviation_days.powi(2)).sqrt()
}

/// ROP, in units: `d * L + SS`. What has to be there or on order when ordering, so that it lasts until the goods come.
pub fn reorder_point(daily_mean: f64, lead_time_days: f64, safety_stock: f64) -> f64 {
    daily_mean * lead_time_days + safety_stock
}

/// EOQ, in units: `sqrt(2 * D * S / H)`, the lot at which ordering and keeping cost least together (Harris, "How many
/// parts to make at once", 1913). D units a year, S what one order costs, H what one unit costs to keep for a year.
/// None: the costs are in two currencies, or keeping costs nothing.
pub fn economic_quantity(yearly_demand: f64, order_cost: Money, holding_cost: Money) -> Option<f64> {
    if order_cost.currency != holding_cost.currency || order_cost.is_negative() || !holding_cost.is_positive() {
        return None;
    }
    Some((2.0 * yearly_demand * order_cost.amount as f64 / holding_cost.amount as f64).sqrt())
}

/// Q before it is rounded, in units: `max(MOQ, ROP + cycle - position)`, where the cycle is what the order is to last
/// for beyond the reorder point: the larger of EOQ and d * review.
pub fn wanted(minimum_order: u32, reorder_point: f64, cycle: f64, position: i64) -> f64 {
    f64::from(minimum_order).max(reorder_point + cycle - position as f64)
}

/// Q, in units: `wanted` rounded up to whole packs; at most as many packs as one line takes.
pub fn in_packs(wanted: f64, pack_size: u32) -> u32 {
    let pack = pack_size.max(1);
    // A float that is too large, or below zero, becomes the nearest number that there is.
    let packs = ((wanted - SLACK) / f64::from(pack)).ceil() as u32;
    packs.min(MAX_UNITS / pack).saturating_mul(pack)
}
