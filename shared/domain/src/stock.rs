//! Stock: what is where, what is promised, and what a movement changes.
//!
//! Knows the one formula, `available = sum over locations of (on_hand - committed - buffer) - reserved - backordered`, as
//! a number that every movement keeps. It deliberately knows no storage: a [`Booking`] says what to add to which counter, and the
//! same booking is what a store writes and what the tests replay.

mod adjust;
mod allocate;
mod audit;
mod shards;

pub(crate) use adjust::MAX_UNITS;
pub use adjust::{Adjustment, AdjustmentLine, Change, Conflict, Reason, book};
pub use allocate::{
    Allocated, Allocation, AllocationReason, AllocationRule, Free, Nearness, Plan, Shortage, fill, plan, ranked,
};
pub use audit::{Mismatch, Sums};
pub use shards::{BadShards, Part, Shard, Shards};

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Listing;
use crate::refusal::Refusal;
use crate::text::{LocationId, Quantity, Sku};

/// Quantities of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SkuQuantity {
    /// Of what.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
}

/// One SKU as it is sold: what the catalogue lists, and what can be promised of it over all locations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The catalogue's half.
    #[serde(flatten)]
    pub listing: Listing,
    /// Rises with every change that a checkout relies on.
    pub price_version: u64,
    /// What can be promised of what is there. Below zero where more was promised than is there: backorders, or a count
    /// that found less than was thought.
    pub available: i64,
    /// What unpaid orders hold, and paid ones that have no location yet.
    pub reserved: i64,
    /// What paid orders wait for that no location had: it is promised beyond what is there.
    #[serde(default)]
    pub backordered: i64,
    /// How many may be promised beyond what is there; 0 denies backorders.
    #[serde(default)]
    pub backorder_limit: u32,
    /// The `available` at which, or below which, its reorder rules are looked at again; none while nobody waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reorder_at: Option<i64>,
    /// Over how many records its counters are split by now.
    #[serde(default, skip_serializing_if = "Shards::is_one")]
    pub shards: Shards,
    /// What each record has that ever counted for it, its own first; empty where it was never split. Its counters are
    /// the sums over them.
    #[serde(skip)]
    pub parts: Vec<Shard>,
}

impl Offer {
    /// A new offer of which there is nothing yet.
    pub fn new(listing: Listing) -> Self {
        Self {
            listing,
            price_version: 1,
            available: 0,
            reserved: 0,
            backordered: 0,
            backorder_limit: 0,
            reorder_at: None,
            shards: Shards::ONE,
            parts: Vec::new(),
        }
    }

    /// How many can be promised, backorders among them; never below zero, and nothing of what is not on sale.
    pub fn sellable(&self) -> i64 {
        if self.listing.on_sale { self.sellable_once_on_sale() } else { 0 }
    }

    /// How many can be promised as soon as it is on sale; never below zero.
    pub fn sellable_once_on_sale(&self) -> i64 {
        (self.available + i64::from(self.backorder_limit)).max(0)
    }

    /// What may be promised of `quantity`: all of it, or the refusal that says how many there are.
    ///
    /// # Errors
    /// When it is not on sale or fewer can be promised.
    pub fn promise(&self, quantity: Quantity) -> Result<(), Refusal> {
        let (sku, title) = (self.listing.sku.clone(), self.listing.title.clone());
        if !self.listing.on_sale {
            return Err(Refusal::NotSold { sku, title });
        }
        let available = self.sellable();
        if quantity.units() > available { Err(Refusal::NotEnough { sku, title, available }) } else { Ok(()) }
    }
}

/// A quantity that a location keeps of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Shelf {
    /// There, whether promised or not.
    #[default]
    OnHand,
    /// Paid, not shipped.
    Committed,
    /// On order from a supplier, or on its way from another location.
    Incoming,
    /// There, but broken.
    Damaged,
    /// There, but still to be looked at.
    QualityControl,
    /// Kept from sale.
    Buffer,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: &'static [Self] =
        &[Self::OnHand, Self::Committed, Self::Incoming, Self::Damaged, Self::QualityControl, Self::Buffer];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnHand => "on_hand",
            Self::Committed => "committed",
            Self::Incoming => "incoming",
            Self::Damaged => "damaged",
            Self::QualityControl => "quality_control",
            Self::Buffer => "buffer",
        }
    }

    /// Whether it is what lies there.
    pub(crate) fn is_on_hand(&self) -> bool {
        *self == Self::OnHand
    }

    /// What a unit more on this shelf does to what can be promised.
    const fn weight(self) -> i64 {
        match self {
            Self::OnHand => 1,
            Self::Committed | Self::Buffer => -1,
            Self::Incoming | Self::Damaged | Self::QualityControl => 0,
        }
    }
}

/// What one location has of one SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Level {
    /// [`Shelf::OnHand`].
    pub on_hand: i64,
    /// [`Shelf::Committed`].
    pub committed: i64,
    /// [`Shelf::Incoming`].
    pub incoming: i64,
    /// [`Shelf::Damaged`].
    pub damaged: i64,
    /// [`Shelf::QualityControl`].
    pub quality_control: i64,
    /// [`Shelf::Buffer`].
    pub buffer: i64,
    /// The [`Level::coming`] at which, or below which, its reorder rule is looked at again; none while nobody waits for it.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub reorder_at: Option<i64>,
}

impl Level {
    /// What is on a shelf.
    pub const fn on(&self, shelf: Shelf) -> i64 {
        match shelf {
            Shelf::OnHand => self.on_hand,
            Shelf::Committed => self.committed,
            Shelf::Incoming => self.incoming,
            Shelf::Damaged => self.damaged,
            Shelf::QualityControl => self.quality_control,
            Shelf::Buffer => self.buffer,
        }
    }

    fn shelf_mut(&mut self, shelf: Shelf) -> &mut i64 {
        match shelf {
            Shelf::OnHand => &mut self.on_hand,
            Shelf::Committed => &mut self.committed,
            Shelf::Incoming => &mut self.incoming,
            Shelf::Damaged => &mut self.damaged,
            Shelf::QualityControl => &mut self.quality_control,
            Shelf::Buffer => &mut self.buffer,
        }
    }

    /// What is there and given to no order; below zero where a count found less than orders were given. The buffer is
    /// part of it: it is kept from sale, not from what was sold.
    pub const fn free(&self) -> i64 {
        self.on_hand - self.committed
    }

    /// What is there or on order, and given to no order.
    pub const fn coming(&self) -> i64 {
        self.on_hand + self.incoming - self.committed
    }

    /// What it adds to what can be promised.
    pub const fn promisable(&self) -> i64 {
        self.on_hand - self.committed - self.buffer
    }
}

/// What happens to units of one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Movement {
    /// An order sets them aside: possible while that many are sellable.
    Hold(Quantity),
    /// An order gives back what it set aside.
    Release(Quantity),
    /// What an order set aside gets its location, which has to have it.
    Commit(LocationId, Quantity),
    /// What an order set aside and no location has waits for stock.
    Backorder(Quantity),
    /// What waited for stock gets its location, which has to have it.
    Fill(LocationId, Quantity),
    /// A paid order that is called off waits no longer.
    Unbackorder(Quantity),
    /// A paid order that is called off gives back what it had at a location.
    Uncommit(LocationId, Quantity),
    /// What was committed leaves the house.
    Ship(LocationId, Quantity),
    /// A shelf gains or loses some.
    Shift(LocationId, Shelf, i64),
    /// Some leave a location for another: possible while as many are promised to nobody, backorders aside, and the
    /// location has them.
    Dispatch(LocationId, u32),
}

/// What a movement adds to which counters of one SKU. A counter below zero is refused, except for `available`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Booking {
    /// Added to the offer's `available`.
    pub available: i64,
    /// Added to the offer's `reserved`.
    pub reserved: i64,
    /// Added to the offer's `backordered`.
    pub backordered: i64,
    /// Added to shelves of one location, if any.
    pub at: Option<(LocationId, Level)>,
    /// Whether it takes from what can be promised, so that it needs `-available` of it to be sellable first.
    pub promises: bool,
    /// As many have to be free at the location first, which gives them away.
    pub given: i64,
    /// As many have to be available first, backorders aside.
    pub spared: i64,
}

impl Movement {
    /// What it adds to which counters. Every row keeps the formula of [`Stock::is_balanced`].
    pub fn booking(&self) -> Booking {
        let at = |location: &LocationId, shelves: &[(Shelf, i64)]| {
            let mut level = Level::default();
            for (shelf, delta) in shelves {
                *level.shelf_mut(*shelf) += delta;
            }
            Some((location.clone(), level))
        };
        let none = Booking::default();
        match self {
            Self::Hold(quantity) => {
                Booking { available: -quantity.units(), reserved: quantity.units(), promises: true, ..none }
            }
            Self::Release(quantity) => Booking { available: quantity.units(), reserved: -quantity.units(), ..none },
            Self::Commit(location, quantity) => Booking {
                reserved: -quantity.units(),
                at: at(location, &[(Shelf::Committed, quantity.units())]),
                given: quantity.units(),
                ..none
            },
            Self::Backorder(quantity) => Booking { reserved: -quantity.units(), backordered: quantity.units(), ..none },
            Self::Fill(location, quantity) => Booking {
                backordered: -quantity.units(),
                at: at(location, &[(Shelf::Committed, quantity.units())]),
                given: quantity.units(),
                ..none
            },
            Self::Unbackorder(quantity) => {
                Booking { available: quantity.units(), backordered: -quantity.units(), ..none }
            }
            Self::Uncommit(location, quantity) => Booking {
                available: quantity.units(),
                at: at(location, &[(Shelf::Committed, -quantity.units())]),
                ..none
            },
            Self::Ship(location, quantity) => Booking {
                at: at(location, &[(Shelf::OnHand, -quantity.units()), (Shelf::Committed, -quantity.units())]),
                ..none
            },
            Self::Shift(location, shelf, delta) => {
                Booking { available: shelf.weight() * delta, at: at(location, &[(*shelf, *delta)]), ..none }
            }
            Self::Dispatch(from, units) => Booking {
                available: -i64::from(*units),
                at: at(from, &[(Shelf::OnHand, -i64::from(*units))]),
                given: i64::from(*units),
                spared: i64::from(*units),
                ..none
            },
        }
    }
}

/// Everything that is known of one SKU's stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// The offer.
    pub offer: Offer,
    /// What each location has.
    pub levels: BTreeMap<LocationId, Level>,
}

impl Stock {
    /// Whether what the offer can promise is what the locations add up to, less what is held and what is waited for.
    pub fn is_balanced(&self) -> bool {
        let promisable: i64 = self.levels.values().map(Level::promisable).sum();
        self.offer.available == promisable - self.offer.reserved - self.offer.backordered
    }

    /// The stock after `movement`.
    ///
    /// # Errors
    /// When more is promised than is sellable, more is given than is free at the location, or a counter would fall
    /// below zero.
    pub fn after(&self, movement: &Movement) -> Result<Self, Refusal> {
        let booking = movement.booking();
        let sku = &self.offer.listing.sku;
        if booking.promises && -booking.available > self.offer.sellable() {
            let available = self.offer.sellable();
            return Err(Refusal::NotEnough { sku: sku.clone(), title: self.offer.listing.title.clone(), available });
        }
        if let Some((location, _)) = booking.at.as_ref().filter(|_| booking.given > 0) {
            let left = self.levels.get(location).map_or(0, Level::free).max(0);
            if left < booking.given {
                return Err(Refusal::StockTooLow { sku: sku.clone(), left, location: location.clone() });
            }
        }
        // What lies on other shards is brought to the offer first, by who splits it.
        let to_spare = self.offer.parts.first().map_or(self.offer.available, |own| own.available).max(0);
        if booking.spared > to_spare {
            return Err(Refusal::TooFewToSpare { sku: sku.clone(), left: to_spare });
        }
        let mut next = self.clone();
        next.offer.available += booking.available;
        next.offer.reserved += booking.reserved;
        next.offer.backordered += booking.backordered;
        for (counter, before) in
            [(next.offer.reserved, self.offer.reserved), (next.offer.backordered, self.offer.backordered)]
        {
            if counter < 0 {
                return Err(Refusal::LineLeft { sku: sku.clone(), left: u32::try_from(before).unwrap_or(0) });
            }
        }
        if let Some((location, delta)) = booking.at {
            let level = next.levels.entry(location.clone()).or_default();
            for shelf in Shelf::ALL {
                let counter = level.shelf_mut(*shelf);
                let left = *counter;
                *counter += delta.on(*shelf);
                if *counter < 0 {
                    return Err(Refusal::StockTooLow { sku: sku.clone(), location, left });
                }
            }
        }
        Ok(next)
    }
}
