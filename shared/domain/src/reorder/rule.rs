//! The rule that a SKU is reordered by at one location.
//!
//! Knows what a rule may say. It deliberately does not know whether its supplier and its location exist: that is a
//! condition of the write.

use serde::{Deserialize, Serialize};

use super::MAX_UNITS;
use super::formula::SERVICE_LEVELS;
use crate::demand::WEEK;
use crate::field::{FieldError, Findings};
use crate::money::Money;
use crate::text::{LocationId, SupplierId};

/// Two years.
const MAX_DAYS: u16 = 730;
/// A minimum and a pack stay far below what a line takes, so that rounding up never leaves it.
const MAX_LOT: u32 = 100_000;
/// What an order or keeping a unit may cost at most, in minor units.
const MAX_COST: i64 = 1_000_000_000_000;
/// What a unit may cost at most, in minor units, as on a purchase order.
const MAX_UNIT_COST: i64 = 10_000_000_000;

/// When and how much to reorder of a SKU at a location, and from whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReorderRule {
    /// Where it is kept.
    pub location: LocationId,
    /// Who delivers it.
    pub supplier: SupplierId,
    /// The units at which to order; without it, computed from demand.
    #[serde(default)]
    pub reorder_point: Option<u32>,
    /// L: days from the order to the goods, 0 to 730.
    pub lead_time_days: u16,
    /// sL: standard deviation of the lead time, in days, 0 to 365.
    #[serde(default)]
    pub lead_time_deviation_days: f64,
    /// MOQ: the fewest units that the supplier delivers, 1 to 100,000.
    #[serde(default = "one")]
    pub minimum_order: u32,
    /// Units of a pack, 1 to 100,000: only whole packs are ordered.
    #[serde(default = "one")]
    pub pack_size: u32,
    /// Days from one look at the stock to the next, 0 to 365: an order lasts that much longer.
    #[serde(default = "week")]
    pub review_days: u16,
    /// Share of lead times that are to pass without a stock-out, 0.5 to 0.9999.
    #[serde(default = "usual")]
    pub service_level: f64,
    /// What the supplier is paid for a unit, in the supplier's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<Money>,
    /// S: what one order costs, whatever is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_cost: Option<Money>,
    /// H: what keeping one unit for a year costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding_cost: Option<Money>,
}

const fn one() -> u32 {
    1
}

const fn week() -> u16 {
    WEEK
}

const fn usual() -> f64 {
    0.95
}

impl ReorderRule {
    /// Whether it may be used.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        let point = self.reorder_point.is_none_or(|point| point <= MAX_UNITS);
        found.require(point, "/reorder_point", "Must be 0 to 1,000,000 units.");
        found.require(self.lead_time_days <= MAX_DAYS, "/lead_time_days", "Must be 0 to 730 days.");
        let deviation = (0.0..=365.0).contains(&self.lead_time_deviation_days);
        found.require(deviation, "/lead_time_deviation_days", "Must be 0 to 365 days.");
        let lot = |units: u32| (1..=MAX_LOT).contains(&units);
        found.require(lot(self.minimum_order), "/minimum_order", "Must be 1 to 100,000 units.");
        found.require(lot(self.pack_size), "/pack_size", "Must be 1 to 100,000 units.");
        found.require(self.review_days <= 365, "/review_days", "Must be 0 to 365 days.");
        let level = SERVICE_LEVELS.contains(&self.service_level);
        found.require(level, "/service_level", "Must be 0.5 to 0.9999: 0.95 for 95 of 100 lead times.");
        let cost = self.unit_cost.is_none_or(|cost| (0..=MAX_UNIT_COST).contains(&cost.amount));
        found.require(cost, "/unit_cost", "Must not be below zero, or too large.");
        let order = self.order_cost.is_none_or(|cost| (0..=MAX_COST).contains(&cost.amount));
        found.require(order, "/order_cost", "Must not be below zero.");
        let holding = self.holding_cost.is_none_or(|cost| (1..=MAX_COST).contains(&cost.amount));
        found.require(holding, "/holding_cost", "Must be above zero.");
        if let (Some(order), Some(holding)) = (self.order_cost, self.holding_cost) {
            let same = order.currency == holding.currency;
            found.require(same, "/holding_cost", format!("Must be in {}, as the order cost.", order.currency));
        }
        found.or(())
    }

    /// The days that a forecast for it looks ahead: until goods come that are ordered at the next look.
    pub const fn horizon_days(&self) -> u16 {
        self.lead_time_days.saturating_add(self.review_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn rule(json: &str) -> Result<ReorderRule, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn reads_what_staff_send() {
        let sent = r#"{"location": "main", "supplier": "acme", "reorder_point": null, "lead_time_days": 7,
            "lead_time_deviation_days": 1, "minimum_order": 10, "pack_size": 6, "review_days": 7, "service_level": 0.95,
            "order_cost": {"amount": 2000, "currency": "EUR"}, "holding_cost": {"amount": 150, "currency": "EUR"}}"#;
        let full = rule(sent).unwrap();
        assert_eq!(full.check(), Ok(()));
        assert_eq!(full.horizon_days(), 14);
        assert_eq!(rule(&serde_json::to_string(&full).unwrap()).unwrap(), full);
        let short = rule(r#"{"location": "main", "supplier": "acme", "lead_time_days": 7}"#).unwrap();
        assert_eq!(short.check(), Ok(()));
        assert_eq!((short.minimum_order, short.pack_size, short.review_days), (1, 1, 7));
        // A rule from demand says so.
        assert_eq!(serde_json::to_value(&short).unwrap()["reorder_point"], serde_json::Value::Null);
        assert!(rule(r#"{"location": "main", "supplier": "acme", "lead_time_days": 7, "moq": 1}"#).is_err());
        assert!(rule(r#"{"location": "main", "supplier": "AC ME", "lead_time_days": 7}"#).is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = ReorderRule {
            location: LocationId::main(),
            supplier: "acme".parse().unwrap(),
            reorder_point: Some(1_000_001),
            lead_time_days: 731,
            lead_time_deviation_days: f64::NAN,
            minimum_order: 0,
            pack_size: 100_001,
            review_days: 366,
            service_level: 1.0,
            unit_cost: Some(Money::new(-1, Currency::EUR)),
            order_cost: Some(Money::new(-1, Currency::EUR)),
            holding_cost: Some(Money::new(1, Currency::USD)),
        };
        let pointers: Vec<String> = wrong.check().unwrap_err().into_iter().map(|error| error.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/reorder_point",
                "/lead_time_days",
                "/lead_time_deviation_days",
                "/minimum_order",
                "/pack_size",
                "/review_days",
                "/service_level",
                "/unit_cost",
                "/order_cost",
                "/holding_cost",
            ]
        );
    }
}
