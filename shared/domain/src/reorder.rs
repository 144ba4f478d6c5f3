//! Reordering: whether to buy a SKU again for a location, how much of it, and why.
//!
//! Knows the formulas, and that a decision keeps everything that made it, a 'no' as well as an order, so that staff can
//! see why and try what another rule would do. It deliberately knows no open suggestions and no purchase orders: what
//! is on order stands in the position.

mod formula;
mod rule;
#[cfg(test)]
mod tests;

pub use formula::{economic_quantity, in_packs, reorder_point, safety_factor, safety_stock, wanted};
pub use rule::ReorderRule;

use serde::{Deserialize, Serialize};

use crate::demand::{Forecast, Method};
use crate::stock::{Level, Stock};
use crate::text::LocationId;

/// The most units that one line of a purchase order takes.
pub const MAX_UNITS: u32 = 1_000_000;
/// Days of the year that an economic quantity is computed over.
const YEAR_DAYS: f64 = 365.0;
/// What is less apart is the same: a sum of fractions of units misses the whole unit by the last binary digits.
const SLACK: f64 = 1e-6;

/// What there is of a SKU and what is promised of it, in units. No unit is counted twice: what is owed to an order is
/// in exactly one of `committed`, `reserved` and `backordered`. The buffer is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// There, whether promised or not.
    pub on_hand: i64,
    /// On order from suppliers.
    pub incoming: i64,
    /// Paid, not shipped.
    pub committed: i64,
    /// Held by unpaid orders.
    pub reserved: i64,
    /// Owed to orders that found none, and neither committed nor reserved.
    pub backordered: i64,
}

impl Position {
    /// The position of a SKU at `location`. What unpaid orders hold has no location yet: it counts where `priority`
    /// would give it to them, which is where there is something free, and else at the first. What waits for stock counts
    /// at the first.
    pub fn at(stock: &Stock, location: &LocationId, priority: &[LocationId]) -> Self {
        let level = stock.levels.get(location).copied().unwrap_or_default();
        let free =
            |place: &LocationId| stock.levels.get(place).map_or(0, |level| (level.on_hand - level.committed).max(0));
        let (mut left, mut reserved) = (stock.offer.reserved, 0);
        for place in priority {
            let piece = free(place).min(left);
            left -= piece;
            if place == location {
                reserved = piece;
            }
        }
        if priority.first() == Some(location) {
            reserved += left;
        }
        let Level { on_hand, incoming, committed, .. } = level;
        let backordered = if priority.first() == Some(location) { stock.offer.backordered } else { 0 };
        Self { on_hand, incoming, committed, reserved, backordered }
    }

    /// What is left when all that is on order has come and all that is promised has gone, in units; below zero where
    /// more is promised.
    pub const fn units(&self) -> i64 {
        self.on_hand + self.incoming - self.committed - self.reserved - self.backordered
    }
}

/// Why something is ordered, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Ordered: the position is at the reorder point or below it.
    AtReorderPoint,
    /// Not ordered: the position is above the reorder point.
    AboveReorderPoint,
    /// Not ordered: nothing is wanted of it, nothing is owed, and no reorder point is set.
    NoDemand,
    /// Not ordered: it is not on sale.
    NotSold,
    /// Not ordered: no day in stock is known that its demand could be told from, nothing is owed, and no reorder point
    /// is set.
    NoHistory,
}

impl Reason {
    /// Every reason.
    pub const ALL: &'static [Self] =
        &[Self::AtReorderPoint, Self::AboveReorderPoint, Self::NoDemand, Self::NotSold, Self::NoHistory];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtReorderPoint => "at_reorder_point",
            Self::AboveReorderPoint => "above_reorder_point",
            Self::NoDemand => "no_demand",
            Self::NotSold => "not_sold",
            Self::NoHistory => "no_history",
        }
    }
}

/// What was computed on the way, in units where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// z: standard deviations of demand that the safety stock covers.
    pub z: f64,
    /// SS.
    pub safety_stock: f64,
    /// The reorder point from demand, whether or not it is the one that counted.
    pub computed_reorder_point: f64,
    /// ROP: the one that counted, which is the rule's own where it has one.
    pub reorder_point: f64,
    /// What [`Position::units`] came to.
    pub position: i64,
    /// EOQ. None: the rule does not say both costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub economic_quantity: Option<f64>,
    /// d * review: what is wanted until the next look.
    pub review_demand: f64,
    /// Q before it was rounded up to packs. None: nothing is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<f64>,
}

/// An order of so many units, or a 'no', with all that made it: the rule has L, sL, service level, minimum and pack,
/// the forecast d and sd.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Q: how many to order, in units. 0 is a 'no'.
    pub quantity: u32,
    /// Why.
    pub reason: Reason,
    /// The rule that it was made by.
    pub rule: ReorderRule,
    /// What there was.
    pub position: Position,
    /// What was expected to be wanted.
    pub forecast: Forecast,
    /// What was computed of them.
    pub figures: Figures,
}

impl Decision {
    /// How many more units may go until it is to be ordered, where that will come to be: fewer than one are never left
    /// while nothing is ordered. None: it is ordered, or nobody wants it.
    pub fn slack(&self) -> Option<i64> {
        match self.reason {
            Reason::AboveReorderPoint => {
                let slack = self.figures.position - (self.figures.reorder_point + SLACK).floor() as i64;
                Some(slack.max(1))
            }
            Reason::AtReorderPoint | Reason::NoDemand | Reason::NotSold | Reason::NoHistory => None,
        }
    }

    /// The same of what is not on sale any more: nothing is ordered, whatever was decided.
    #[must_use]
    pub fn not_sold(self) -> Self {
        Self { quantity: 0, reason: Reason::NotSold, ..self }
    }

    /// Whether anything is to be ordered.
    pub const fn is_order(&self) -> bool {
        self.quantity > 0
    }
}

/// Whether to order, and how many, with all that made it: the same for a suggestion and for a what-if.
///
/// An order is made when the position is at the reorder point or below it. A rule without a reorder point of its own
/// orders nothing while nothing is wanted and nothing is owed: its reorder point would be 0, and every SKU that nobody
/// asks for would be bought once more as soon as it is gone.
pub fn decide(rule: &ReorderRule, position: Position, forecast: &Forecast) -> Decision {
    let (d, sd) = (forecast.daily_mean, forecast.daily_deviation);
    let lead = f64::from(rule.lead_time_days);
    let z = safety_factor(rule.service_level);
    let safety_stock = safety_stock(z, lead, sd, d, rule.lead_time_deviation_days);
    let computed_reorder_point = reorder_point(d, lead, safety_stock);
    let reorder_point = rule.reorder_point.map_or(computed_reorder_point, f64::from);
    let units = position.units();
    let reason = if rule.reorder_point.is_none() && d <= 0.0 && units >= 0 {
        if forecast.chosen.method == Method::Unknown { Reason::NoHistory } else { Reason::NoDemand }
    } else if units as f64 <= reorder_point + SLACK {
        Reason::AtReorderPoint
    } else {
        Reason::AboveReorderPoint
    };
    let economic_quantity = match (rule.order_cost, rule.holding_cost) {
        (Some(order), Some(holding)) => economic_quantity(d * YEAR_DAYS, order, holding),
        (Some(_), None) | (None, Some(_)) | (None, None) => None,
    };
    let review_demand = d * f64::from(rule.review_days);
    let wanted = (reason == Reason::AtReorderPoint).then(|| {
        let cycle = economic_quantity.map_or(review_demand, |economic| economic.max(review_demand));
        wanted(rule.minimum_order, reorder_point, cycle, units)
    });
    let figures = Figures {
        z,
        safety_stock,
        computed_reorder_point,
        reorder_point,
        position: units,
        economic_quantity,
        review_demand,
        wanted,
    };
    let quantity = wanted.map_or(0, |wanted| in_packs(wanted, rule.pack_size));
    Decision { quantity, reason, rule: rule.clone(), position, forecast: forecast.clone(), figures }
}
