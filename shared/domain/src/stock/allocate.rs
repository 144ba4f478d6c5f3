//! Giving a paid order's lines their locations.
//!
//! Knows only counts and the order in which locations are asked; deliberately knows no distances and no costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Level, SkuQuantity};
use crate::refusal::Refusal;
use crate::text::{LocationId, Quantity, Sku};

/// Units of a SKU that an order gets from a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// From where.
    pub location: LocationId,
    /// Of what.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// Where each line comes from: the first location of `priority` that has all lines, so that one parcel leaves; else
/// each line from the first that has all of it; else piece by piece in the order of `priority`. What is on hand and
/// not committed counts, the buffer too: the order's units were promised before. What no location has any more is
/// given to the first one where `short` allows it (a backorder, or a count that found less), else refused.
///
/// # Errors
/// When the locations have less of a SKU than the order and `short` does not allow it, or there is no location.
pub fn plan(
    lines: &[SkuQuantity],
    priority: &[LocationId],
    levels: &BTreeMap<(Sku, LocationId), Level>,
    short: bool,
) -> Result<Vec<Allocation>, Refusal> {
    let free = |sku: &Sku, location: &LocationId| {
        let level = levels.get(&(sku.clone(), location.clone())).copied().unwrap_or_default();
        (level.on_hand - level.committed).max(0)
    };
    let has = |line: &SkuQuantity, location: &LocationId| free(&line.sku, location) >= line.quantity.units();
    let whole = |line: &SkuQuantity, location: &LocationId| Allocation {
        location: location.clone(),
        sku: line.sku.clone(),
        quantity: line.quantity,
    };
    if let Some(location) = priority.iter().find(|location| lines.iter().all(|line| has(line, location))) {
        return Ok(lines.iter().map(|line| whole(line, location)).collect());
    }
    let mut allocations = Vec::new();
    for line in lines {
        if let Some(location) = priority.iter().find(|location| has(line, location)) {
            allocations.push(whole(line, location));
            continue;
        }
        let mut pieces: Vec<(&LocationId, i64)> = Vec::new();
        let mut missing = line.quantity.units();
        for location in priority {
            let piece = free(&line.sku, location).min(missing);
            missing -= piece;
            pieces.push((location, piece));
        }
        if missing > 0 {
            let Some(first) = pieces.first_mut().filter(|_| short) else {
                return Err(Refusal::NowhereEnough { sku: line.sku.clone() });
            };
            first.1 += missing;
        }
        for (location, piece) in pieces {
            // A piece is never more than the line, so it is a quantity unless it is nothing.
            let quantity = u32::try_from(piece).ok().and_then(|piece| Quantity::new(piece).ok());
            allocations.extend(quantity.map(|quantity| Allocation {
                location: location.clone(),
                sku: line.sku.clone(),
                quantity,
            }));
        }
    }
    Ok(allocations)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(name: &str) -> LocationId {
        name.parse().unwrap()
    }

    fn planned(lines: &[(&str, u32)], levels: &[(&str, &str, i64)], short: bool) -> Result<Vec<String>, Refusal> {
        let lines: Vec<SkuQuantity> = lines
            .iter()
            .map(|(sku, count)| SkuQuantity { sku: sku.parse().unwrap(), quantity: Quantity::new(*count).unwrap() })
            .collect();
        let levels = levels
            .iter()
            .map(|(sku, location, on_hand)| {
                ((sku.parse().unwrap(), place(location)), Level { on_hand: *on_hand, ..Level::default() })
            })
            .collect();
        let plan = plan(&lines, &[place("main"), place("north")], &levels, short)?;
        Ok(plan.iter().map(|piece| format!("{} {} {}", piece.quantity, piece.sku, piece.location)).collect())
    }

    #[test]
    fn one_parcel_before_two() {
        let levels = [("A", "main", 5), ("A", "north", 5), ("B", "north", 5)];
        assert_eq!(planned(&[("A", 1)], &levels, false).unwrap(), ["1 A main"]);
        assert_eq!(planned(&[("A", 1), ("B", 1)], &levels, false).unwrap(), ["1 A north", "1 B north"]);
        assert_eq!(planned(&[("A", 8)], &levels, false).unwrap(), ["5 A main", "3 A north"]);
    }

    #[test]
    fn what_nobody_has_is_refused_unless_it_may_be_short() {
        let levels = [("A", "main", 1), ("A", "north", 1)];
        assert!(matches!(planned(&[("A", 3)], &levels, false), Err(Refusal::NowhereEnough { .. })));
        assert_eq!(planned(&[("A", 3)], &levels, true).unwrap(), ["2 A main", "1 A north"]);
    }

    proptest! {
        #[test]
        fn every_unit_has_one_place(
            wanted in prop::collection::vec(1_u32..20, 1..4),
            on_hand in prop::collection::vec(0_i64..20, 8),
        ) {
            let names = ["A", "B", "C", "D"];
            let lines: Vec<(&str, u32)> = names.iter().copied().zip(wanted.iter().copied()).collect();
            let lines: Vec<SkuQuantity> = lines
                .iter()
                .map(|(sku, count)| SkuQuantity { sku: sku.parse().unwrap(), quantity: Quantity::new(*count).unwrap() })
                .collect();
            let mut levels = BTreeMap::new();
            for (index, on_hand) in on_hand.iter().enumerate() {
                let location = place(if index % 2 == 0 { "main" } else { "north" });
                let sku: Sku = names[index / 2].parse().unwrap();
                levels.insert((sku, location), Level { on_hand: *on_hand, ..Level::default() });
            }
            let priority = [place("main"), place("north")];
            if let Ok(planned) = plan(&lines, &priority, &levels, false) {
                for line in &lines {
                    let given: u32 = planned.iter().filter(|piece| piece.sku == line.sku).map(|piece| piece.quantity.get()).sum();
                    prop_assert_eq!(given, line.quantity.get());
                }
                for piece in &planned {
                    let level = levels[&(piece.sku.clone(), piece.location.clone())];
                    prop_assert!(piece.quantity.units() <= level.on_hand);
                }
            } else {
                let short = lines.iter().any(|line| {
                    let all: i64 = priority.iter().map(|at| levels[&(line.sku.clone(), at.clone())].on_hand).sum();
                    all < line.quantity.units()
                });
                prop_assert!(short);
            }
            prop_assert!(plan(&lines, &priority, &levels, true).is_ok());
        }
    }
}
