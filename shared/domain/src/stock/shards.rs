//! An offer whose counters are split: a SKU that sells faster than one record can be written is counted on several.
//!
//! Shard 0 is the offer's own record. Each shard promises only what it has itself, so nothing is promised twice; what may be
//! promised beyond what is there is shard 0's alone. Knows how units are found on shards and moved between them, as
//! [`Part`]s that keep the sum; knows no storage.
//!
//! What moves between shards is counted beside what they have: `available - moved` is what a shard would have had it
//! neither given nor got, so the sum of that is exact even where shards are read one after the other.

use serde::{Deserialize, Serialize};

use super::Offer;
use crate::id::OrderId;
use crate::text::Quantity;

/// Over how many records an offer's counters are split: 1 (not split) to 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Shards(u8);

/// A number that an offer is not split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {}", Shards::MAX)]
pub struct BadShards;

impl Shards {
    /// One record: not split.
    pub const ONE: Self = Self(1);
    /// The most: a price changes on all of them in one transaction.
    pub const MAX: u8 = 32;

    /// So many.
    ///
    /// # Errors
    /// When it is none or more than [`Shards::MAX`].
    pub const fn new(count: u8) -> Result<Self, BadShards> {
        if count >= 1 && count <= Self::MAX { Ok(Self(count)) } else { Err(BadShards) }
    }

    /// How many.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether the offer is not split.
    pub const fn is_one(&self) -> bool {
        self.0 == 1
    }

    /// The shard that holds an order's units: the same each time, and all shards alike often, as an order's id ends
    /// in a hash.
    pub fn of(self, order: &OrderId) -> u8 {
        (order.uuid().as_u128() % u128::from(self.0)) as u8
    }
}

impl Default for Shards {
    fn default() -> Self {
        Self::ONE
    }
}

impl TryFrom<u8> for Shards {
    type Error = BadShards;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        Self::new(count)
    }
}

impl From<Shards> for u8 {
    fn from(shards: Shards) -> Self {
        shards.0
    }
}

/// What one shard of an offer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shard {
    /// What it can promise of what is there; below zero on shard 0 alone.
    pub available: i64,
    /// What unpaid orders hold whose hold is on it.
    pub reserved: i64,
    /// What it got from other shards, less what it gave. Over all shards it is nothing.
    pub moved: i64,
    /// The [`Shard::own`] at which, or below which, the SKU's reorder rules are looked at again.
    pub reorder_at: Option<i64>,
}

impl Shard {
    /// What it would have, had nothing moved between shards.
    pub const fn own(&self) -> i64 {
        self.available - self.moved
    }
}

/// What is added to one shard's counters, on which condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which shard.
    pub shard: u8,
    /// Added to what it can promise.
    pub available: i64,
    /// How much of that comes from other shards, or goes to them.
    pub moved: i64,
    /// How many have to be sellable on it first.
    pub at_least: Option<i64>,
    /// How many may be available on it at most.
    pub at_most: Option<i64>,
}

impl Part {
    /// So many more, whatever is there.
    pub const fn added(shard: u8, units: i64) -> Self {
        Self { shard, available: units, moved: 0, at_least: None, at_most: None }
    }

    /// So many less, which have to be sellable.
    pub const fn taken(shard: u8, units: i64) -> Self {
        Self { shard, available: -units, moved: 0, at_least: Some(units), at_most: None }
    }
}

impl Offer {
    /// Whether it is or was split: then its counters are sums over `parts`.
    pub const fn is_split(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What each shard has, by its number.
    fn there(&self) -> Vec<i64> {
        if self.is_split() { self.parts.iter().map(|part| part.available).collect() } else { vec![self.available] }
    }

    /// What each shard can promise, by its number.
    fn promisable(&self) -> Vec<i64> {
        let mut there = self.there();
        there[0] += i64::from(self.backorder_limit);
        there.into_iter().map(|units| units.max(0)).collect()
    }

    /// Where an order whose hold is on `shard` takes its units from: from there, else from those that have most. A shard
    /// that has run out gets its share of what is left with it, so that the next order finds it there. None: not
    /// enough can be promised.
    pub fn take(&self, shard: u8, quantity: Quantity) -> Option<Vec<Part>> {
        let units = quantity.units();
        let promisable = self.promisable();
        let sum: i64 = promisable.iter().sum();
        if units > sum.min(self.available + i64::from(self.backorder_limit)) {
            return None;
        }
        let here = (*promisable.get(usize::from(shard))?).min(units);
        let mut missing = units - here;
        let mut others: Vec<(u8, i64)> = (0..).zip(promisable).filter(|(other, _)| *other != shard).collect();
        others.sort_by_key(|(other, units)| (-units, *other));
        let mut first = Part { at_least: (here > 0).then_some(here), ..Part::added(shard, -here) };
        let mut parts = Vec::new();
        for (other, has) in others {
            let piece = has.min(missing);
            if piece > 0 {
                missing -= piece;
                parts.push(Part::taken(other, piece));
            }
        }
        if let [giver] = parts.as_mut_slice()
            && shard < self.shards.get()
        {
            let there = self.there();
            let share = (sum - units) / i64::from(self.shards.get());
            let left = there[usize::from(giver.shard)] + giver.available;
            let more = share.min(left - share);
            if more > 0 {
                *giver = Part { moved: -more, ..Part::taken(giver.shard, more - giver.available) };
                first.available += more;
                first.moved = more;
                // Who was faster has filled it already.
                first.at_most = Some(there[usize::from(shard)]);
            }
        }
        parts.insert(0, first);
        Some(parts)
    }

    /// Where `units` go that leave the shelves, `promised` of which have to be sellable: what is there goes first. Where a
    /// count finds fewer than were promised, what is missing is missing on shard 0, and no other shard has any.
    pub fn draw(&self, units: i64, promised: i64) -> Vec<Part> {
        if !self.is_split() {
            return vec![Part { at_least: (promised > 0).then_some(promised), ..Part::added(0, -units) }];
        }
        let there = self.there();
        let mut missing = units;
        let mut parts = Vec::new();
        let mut order: Vec<(u8, i64)> = (0..).zip(there.iter().map(|units| (*units).max(0))).collect();
        order.sort_by_key(|(shard, units)| (*shard != 0, -units));
        for (shard, has) in order {
            let piece = has.min(missing);
            missing -= piece;
            parts.push(Part { at_least: (piece > 0).then_some(piece), ..Part::added(shard, -piece) });
        }
        let sellable = there[0] + i64::from(self.backorder_limit);
        let own = missing - parts[0].available;
        if own <= sellable {
            parts[0] = Part { at_least: (own > 0).then_some(own), ..Part::added(0, -own) };
            parts.retain(|part| part.available != 0);
        } else {
            parts[0] = Part { at_least: Some(sellable), ..Part::added(0, -own) };
            for part in &mut parts[1..] {
                part.at_most = Some(-part.available);
            }
        }
        parts
    }

    /// What each shard gets from the others, or gives, so that what is there lies on `shards` of them alike and on no
    /// other. Of what a shard would give it gives a half, a quarter, an eighth where `ease` is 1, 2, 3: what goes
    /// while it is moved does not have to be there then.
    pub fn spread(&self, shards: Shards, ease: u32) -> Vec<Part> {
        let mut there = self.there();
        let open = usize::from(shards.get());
        there.resize(there.len().max(open), 0);
        let sum = there.iter().sum::<i64>().max(0);
        let (each, rest) = (sum / i64::from(shards.get()), sum % i64::from(shards.get()));
        let share = |shard: usize| match i64::try_from(shard) {
            Ok(number) if shard < open => each + i64::from(number < rest),
            Ok(_) | Err(_) => 0,
        };
        let beyond = |shard: usize| (there[shard] - share(shard)).max(0) >> ease.min(62);
        let mut given: i64 = (0..there.len()).map(beyond).sum();
        let mut parts = Vec::new();
        for (shard, number) in (0..there.len()).zip(0_u8..) {
            let gives = beyond(shard);
            let gets = (share(shard) - there[shard]).clamp(0, given);
            given -= gets;
            let limit = if shard == 0 { i64::from(self.backorder_limit) } else { 0 };
            parts.push(Part {
                moved: gets - gives,
                at_least: (gives > 0).then_some(gives + limit),
                ..Part::added(number, gets - gives)
            });
        }
        parts
    }

    /// At which [`Shard::own`] of each shard a look is due again, where it is due at `at` over all: when so many are
    /// gone, at least one shard has lost its part of them.
    pub fn watched(&self, at: i64) -> Vec<i64> {
        let slack = self.available - at;
        let shards = i64::try_from(self.parts.len()).unwrap_or(1).max(1);
        let step = if slack < 1 { 0 } else { (slack / shards).max(1) };
        self.parts.iter().map(|part| part.own() - step).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{many, offer};

    fn split(open: u8, limit: u32, there: &[i64]) -> Offer {
        let mut split = offer("A", 100, there.iter().sum());
        split.backorder_limit = limit;
        split.shards = Shards::new(open).unwrap();
        split.parts = there.iter().map(|units| Shard { available: *units, ..Shard::default() }).collect();
        split
    }

    fn plain(parts: &[Part]) -> Vec<(u8, i64, i64)> {
        parts.iter().map(|part| (part.shard, part.available, part.moved)).collect()
    }

    /// The offer after parts whose conditions hold.
    fn after(offer: &Offer, parts: &[Part]) -> Option<Offer> {
        let mut next = offer.clone();
        for part in parts {
            let at = usize::from(part.shard);
            if next.parts.len() <= at {
                next.parts.resize(at + 1, Shard::default());
            }
            let limit = if part.shard == 0 { i64::from(offer.backorder_limit) } else { 0 };
            let shard = &mut next.parts[at];
            if part.at_least.is_some_and(|least| shard.available + limit < least)
                || part.at_most.is_some_and(|most| shard.available > most)
            {
                return None;
            }
            shard.available += part.available;
            shard.moved += part.moved;
        }
        next.available = next.parts.iter().map(Shard::own).sum();
        Some(next)
    }

    /// Nobody can promise more than there is: what is missing is missing on shard 0, and then no other has any.
    fn is_sound(offer: &Offer) -> bool {
        let others: i64 = offer.parts[1..].iter().map(|part| part.available).sum();
        let sum: i64 = offer.parts.iter().map(|part| part.available).sum();
        offer.parts[1..].iter().all(|part| part.available >= 0)
            && (offer.parts[0].available + i64::from(offer.backorder_limit) >= 0 || others == 0)
            && sum == offer.available
    }

    #[test]
    fn a_shard_that_has_enough_gives_alone() {
        let offer = split(3, 0, &[5, 4, 3]);
        assert_eq!(plain(&offer.take(1, many(4)).unwrap()), [(1, -4, 0)]);
        assert_eq!(offer.take(1, many(13)), None);
        assert_eq!(plain(&offer.take(2, many(12)).unwrap()), [(2, -3, 0), (0, -5, 0), (1, -4, 0)]);
    }

    #[test]
    fn a_shard_that_ran_out_gets_its_share_of_what_is_left() {
        let offer = split(4, 0, &[101, 0, 0, 0]);
        let parts = offer.take(2, many(1)).unwrap();
        assert_eq!(plain(&parts), [(2, 25, 25), (0, -26, -25)]);
        assert_eq!((parts[0].at_most, parts[1].at_least), (Some(0), Some(26)));
        // One that is closed gets none.
        let closing = Offer { shards: Shards::new(2).unwrap(), ..offer };
        assert_eq!(plain(&closing.take(2, many(1)).unwrap()), [(2, 0, 0), (0, -1, 0)]);
    }

    #[test]
    fn the_limit_is_shard_nought_s() {
        let offer = split(2, 3, &[0, 1]);
        assert_eq!(plain(&offer.take(1, many(4)).unwrap()), [(1, -1, 0), (0, -3, 0)]);
        assert_eq!(offer.take(1, many(5)), None);
    }

    #[test]
    fn spreading_is_even_and_closing_leaves_nothing() {
        let whole = offer("A", 100, 10);
        let four = whole.spread(Shards::new(4).unwrap(), 0);
        assert_eq!(plain(&four), [(0, -7, -7), (1, 3, 3), (2, 2, 2), (3, 2, 2)]);
        assert_eq!(four[0].at_least, Some(7));
        assert_eq!(plain(&split(3, 0, &[1, 4, 2]).spread(Shards::ONE, 0)), [(0, 6, 6), (1, -4, -4), (2, -2, -2)]);
        assert_eq!(plain(&split(3, 0, &[1, 4, 2]).spread(Shards::ONE, 1)), [(0, 3, 3), (1, -2, -2), (2, -1, -1)]);
    }

    #[test]
    fn a_count_that_finds_too_few_leaves_no_shard_with_any() {
        let offer = split(2, 1, &[2, 3]);
        assert_eq!(plain(&offer.draw(4, 4)), [(0, -2, 0), (1, -2, 0)]);
        assert_eq!(plain(&offer.draw(6, 0)), [(0, -3, 0), (1, -3, 0)]);
        let short = offer.draw(9, 0);
        assert_eq!(plain(&short), [(0, -6, 0), (1, -3, 0)]);
        assert_eq!((short[0].at_least, short[1].at_most), (Some(3), Some(3)));
    }

    #[test]
    fn orders_are_on_all_shards_alike() {
        let shards = Shards::new(4).unwrap();
        let mut on = [0; 4];
        for number in 0_u16..400 {
            let digest = crate::text::Digest::of(&number.to_be_bytes());
            let tail: [u8; 10] = digest.as_bytes()[..10].try_into().unwrap();
            on[usize::from(shards.of(&OrderId::new(1, tail)))] += 1;
        }
        assert!(on.iter().all(|count| (70..130).contains(count)), "{on:?}");
        assert!(Shards::new(0).is_err() && Shards::new(33).is_err());
    }

    #[derive(Debug, Clone)]
    enum Deed {
        Take(u8, u32),
        Count(i64),
        Wish(i64),
        Spread(u8, u32),
        Back(i64),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            4 => (0_u8..6, 1_u32..30).prop_map(|(shard, units)| Deed::Take(shard, units)),
            1 => (1_i64..60).prop_map(Deed::Count),
            1 => (1_i64..60).prop_map(Deed::Wish),
            1 => (1_u8..6, 0_u32..3).prop_map(|(shards, ease)| Deed::Spread(shards, ease)),
            2 => (1_i64..40).prop_map(Deed::Back),
        ]
    }

    proptest! {
        #[test]
        fn nothing_oversells_and_the_last_unit_is_sold(limit in 0_u32..4, deeds in prop::collection::vec(deed(), 1..60)) {
            let mut now = split(3, limit, &[10, 10, 10]);
            for deed in deeds {
                let before = now.clone();
                let promisable = before.available + i64::from(limit);
                let expected = match deed {
                    Deed::Take(shard, units) => {
                        let shard = shard % u8::try_from(now.parts.len()).unwrap();
                        match now.take(shard, many(units)) {
                            None => {
                                prop_assert!(i64::from(units) > promisable);
                                continue;
                            }
                            Some(parts) => {
                                prop_assert!(i64::from(units) <= promisable);
                                prop_assert_eq!(parts[0].shard, shard);
                                now = after(&now, &parts).unwrap();
                                before.available - i64::from(units)
                            }
                        }
                    }
                    Deed::Count(units) => {
                        now = after(&now, &now.draw(units, 0)).unwrap();
                        before.available - units
                    }
                    Deed::Wish(units) => {
                        if units > promisable {
                            continue;
                        }
                        now = after(&now, &now.draw(units, units)).unwrap();
                        before.available - units
                    }
                    Deed::Spread(shards, ease) => {
                        let shards = Shards::new(shards).unwrap();
                        let parts = now.spread(shards, ease);
                        prop_assert_eq!(parts.iter().map(|part| part.moved).sum::<i64>(), 0);
                        prop_assert!(parts.iter().all(|part| part.available == part.moved));
                        now = after(&now, &parts).unwrap();
                        now.shards = shards;
                        before.available
                    }
                    Deed::Back(units) => {
                        now = after(&now, &[Part::added(0, units)]).unwrap();
                        before.available + units
                    }
                };
                prop_assert_eq!(now.available, expected);
                prop_assert!(is_sound(&now), "{:?} after {:?}", now.parts, before.parts);
            }
        }

        #[test]
        fn no_reorder_is_missed(
            there in prop::collection::vec(0_i64..30, 1..6),
            slack in 0_i64..60,
            sold in prop::collection::vec((0_usize..6, 1_i64..6), 0..60),
        ) {
            let mut offer = split(1, 0, &there);
            let at = offer.available - slack;
            let due_at = offer.watched(at);
            for (shard, units) in sold {
                let shard = shard % there.len();
                offer.parts[shard].available -= units;
                offer.available -= units;
            }
            let due = offer.parts.iter().zip(&due_at).any(|(part, due_at)| part.own() <= *due_at);
            prop_assert!(due || offer.available > at);
        }
    }
}
