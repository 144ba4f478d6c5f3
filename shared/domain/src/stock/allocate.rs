//! Giving a paid order's lines their locations.
//!
//! Knows the shop's rule, how near a location is to a country, and counts. It deliberately knows no distances in
//! kilometres, no carriers and no costs; and it gives away nothing that is not there.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Level, SkuQuantity};
use crate::settings::{Location, LocationSettings};
use crate::shipping::ShippingSettings;
use crate::text::{CountryCode, LocationId, Quantity, Sku};

/// Sets of at most this many locations are tried for the fewest parcels; where that is not enough, the locations are
/// asked in their order.
const MAX_TRIED: usize = 4;

/// Which locations an order's units come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AllocationRule {
    /// From as few as can be; of those, from the first in the shop's order.
    #[default]
    FewestParcels,
    /// Each line from the first in the shop's order that has all of it.
    Priority,
    /// Each line from the nearest that has all of it: in the buyer's country, then in the country's shipping zone, then
    /// anywhere; of equally near ones from the first in the shop's order.
    Nearest,
}

impl AllocationRule {
    /// Every rule.
    pub const ALL: &'static [Self] = &[Self::FewestParcels, Self::Priority, Self::Nearest];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FewestParcels => "fewest_parcels",
            Self::Priority => "priority",
            Self::Nearest => "nearest",
        }
    }
}

/// What becomes of units that were promised and that no location has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Shortage {
    /// They wait until stock comes in.
    #[default]
    Backorder,
    /// They are taken out of the order and their price goes back. What is sold beyond what is there on purpose waits
    /// all the same.
    Refund,
}

impl Shortage {
    /// Every way.
    pub const ALL: &'static [Self] = &[Self::Backorder, Self::Refund];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backorder => "backorder",
            Self::Refund => "refund",
        }
    }
}

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

/// How near a location is to where a parcel goes, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Nearness {
    /// In the same country.
    SameCountry,
    /// In a country of the same shipping zone.
    SameZone,
    /// Elsewhere, or nobody said where it is.
    Elsewhere,
}

/// How an order came to its locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AllocationReason {
    /// One location has all that is there of it.
    OneLocation,
    /// No location has everything: each line comes whole from the first that has it.
    ByLine,
    /// Some line is at no location in whole: it comes in pieces.
    InPieces,
    /// Nothing of it is anywhere.
    NothingThere,
}

/// Why an order's units come from where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allocated {
    /// The shop's rule then.
    pub rule: AllocationRule,
    /// How it came out.
    pub reason: AllocationReason,
    /// The version of the settings of locations that it was made by.
    pub version: u64,
    /// How near the location is that most units come from, where the rule asks for the nearest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearness: Option<Nearness>,
}

/// Where an order's lines come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What each location gives.
    pub pieces: Vec<Allocation>,
    /// What no location has.
    pub missing: Vec<SkuQuantity>,
    /// Why so.
    pub why: Allocated,
}

/// What is there of some SKUs: on hand and not committed; the buffer too, since what is asked for was promised before.
#[derive(Debug, Clone, Default)]
pub struct Free(BTreeMap<(Sku, LocationId), i64>);

impl Free {
    /// Of a SKU at a location.
    pub fn at(&self, sku: &Sku, location: &LocationId) -> i64 {
        self.0.get(&(sku.clone(), location.clone())).copied().unwrap_or_default()
    }

    /// Adds what a location has of a SKU.
    pub fn add(&mut self, sku: &Sku, location: &LocationId, level: &Level) {
        self.0.insert((sku.clone(), location.clone()), level.free().max(0));
    }
}

/// How near `location` is to `country`.
fn nearness(location: &Location, country: CountryCode, shipping: &ShippingSettings) -> Nearness {
    match location.country {
        Some(own) if own == country => Nearness::SameCountry,
        Some(own) if shipping.same_zone(own, country) => Nearness::SameZone,
        Some(_) | None => Nearness::Elsewhere,
    }
}

/// The locations in the order in which they are asked.
pub fn ranked(settings: &LocationSettings, country: CountryCode, shipping: &ShippingSettings) -> Vec<LocationId> {
    let mut locations: Vec<&Location> = settings.locations.iter().collect();
    if settings.allocation == AllocationRule::Nearest {
        // Stable: equally near ones stay in the shop's order.
        locations.sort_by_key(|location| nearness(location, country, shipping));
    }
    locations.into_iter().map(|location| location.id.clone()).collect()
}

/// Where each line comes from, by the shop's rule: `lines` name each SKU once, and a parcel goes to `country`. What no
/// location has is told, and given to none.
pub fn plan(
    lines: &[SkuQuantity],
    settings: &LocationSettings,
    country: CountryCode,
    shipping: &ShippingSettings,
    free: &Free,
) -> Plan {
    let ranked = ranked(settings, country, shipping);
    let (there, missing) = split(lines, &ranked, free);
    let asked = match settings.allocation {
        AllocationRule::FewestParcels => fewest(&there, &ranked, free).unwrap_or_else(|| ranked.clone()),
        AllocationRule::Priority | AllocationRule::Nearest => ranked,
    };
    let whole = asked.iter().find(|location| has_all(&there, std::slice::from_ref(*location), free));
    let (pieces, reason) = match whole {
        _ if there.is_empty() => (Vec::new(), AllocationReason::NothingThere),
        Some(location) => (given(&there, std::slice::from_ref(location), free), AllocationReason::OneLocation),
        None => {
            let pieces = given(&there, &asked, free);
            let by_line = pieces.len() == there.len();
            (pieces, if by_line { AllocationReason::ByLine } else { AllocationReason::InPieces })
        }
    };
    let nearness = (settings.allocation == AllocationRule::Nearest)
        .then(|| most_from(&pieces, settings).map(|location| nearness(location, country, shipping)))
        .flatten();
    let why = Allocated { rule: settings.allocation, reason, version: settings.version, nearness };
    Plan { pieces, missing, why }
}

/// What of `wanted` the locations can give now, in their order: all of it or a part.
pub fn fill(wanted: &SkuQuantity, locations: &[LocationId], free: &Free) -> Vec<Allocation> {
    let (there, _) = split(std::slice::from_ref(wanted), locations, free);
    given(&there, locations, free)
}

/// What of the lines is there, and what is not.
fn split(lines: &[SkuQuantity], locations: &[LocationId], free: &Free) -> (Vec<SkuQuantity>, Vec<SkuQuantity>) {
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for line in lines {
        let all: i64 = locations.iter().map(|location| free.at(&line.sku, location)).sum();
        let found = all.min(line.quantity.units());
        there.extend(some(&line.sku, found));
        missing.extend(some(&line.sku, line.quantity.units() - found));
    }
    (there, missing)
}

/// So many of a SKU, unless that is none.
fn some(sku: &Sku, units: i64) -> Option<SkuQuantity> {
    let quantity = u32::try_from(units).ok().and_then(|units| Quantity::new(units).ok())?;
    Some(SkuQuantity { sku: sku.clone(), quantity })
}

fn has_all(lines: &[SkuQuantity], locations: &[LocationId], free: &Free) -> bool {
    let all = |sku: &Sku| locations.iter().map(|location| free.at(sku, location)).sum::<i64>();
    lines.iter().all(|line| all(&line.sku) >= line.quantity.units())
}

/// The smallest set of locations that has all lines, of equally small ones the first by rank. None: it takes more than
/// [`MAX_TRIED`].
fn fewest(lines: &[SkuQuantity], ranked: &[LocationId], free: &Free) -> Option<Vec<LocationId>> {
    let useful: Vec<&LocationId> =
        ranked.iter().filter(|location| lines.iter().any(|line| free.at(&line.sku, location) > 0)).collect();
    (1..=MAX_TRIED.min(useful.len()))
        .find_map(|size| sets(&useful, size).into_iter().find(|set| has_all(lines, set, free)))
}

/// The sets of `size` of `of`, in the order of their members.
fn sets(of: &[&LocationId], size: usize) -> Vec<Vec<LocationId>> {
    let Some(rest) = size.checked_sub(1) else { return vec![Vec::new()] };
    let mut found = Vec::new();
    for (at, first) in of.iter().enumerate() {
        for mut set in sets(&of[at + 1..], rest) {
            set.insert(0, (*first).clone());
            found.push(set);
        }
    }
    found
}

/// Each line from the first location that has all of it, or else piece by piece in the order of the locations, which
/// have all lines together.
fn given(lines: &[SkuQuantity], locations: &[LocationId], free: &Free) -> Vec<Allocation> {
    let mut pieces = Vec::new();
    for line in lines {
        let whole = locations.iter().find(|location| free.at(&line.sku, location) >= line.quantity.units());
        let asked = whole.map_or(locations, std::slice::from_ref);
        let mut left = line.quantity.units();
        for location in asked {
            let piece = some(&line.sku, free.at(&line.sku, location).min(left));
            left -= piece.as_ref().map_or(0, |piece| piece.quantity.units());
            pieces.extend(piece.map(|SkuQuantity { sku, quantity }| Allocation {
                location: location.clone(),
                sku,
                quantity,
            }));
        }
    }
    pieces
}

fn most_from<'a>(pieces: &[Allocation], settings: &'a LocationSettings) -> Option<&'a Location> {
    let units = |location: &Location| {
        let own = pieces.iter().filter(|piece| piece.location == location.id);
        own.map(|piece| piece.quantity.units()).sum::<i64>()
    };
    // The first of those with the most.
    settings.locations.iter().filter(|location| units(location) > 0).rev().max_by_key(|location| units(location))
}
