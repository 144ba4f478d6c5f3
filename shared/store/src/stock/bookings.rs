//! What moves the counters of a SKU, as writes of a transaction: an order's movements, and what staff adjust.

use std::collections::{BTreeMap, HashMap};

use domain::stock::{Booking, Level, Movement, Offer, Part, Shelf};
use domain::text::{LocationId, Sku};

use super::shards::Counters;
use super::{Key, SCHEMA, StockTable};
use crate::db::{StoreError, n};
use crate::stamp::{Cause, Stamp};
use crate::tx::Write;

/// A quantity of a SKU at a location that is adjusted.
#[derive(Debug, Clone, Copy)]
pub struct Adjusted<'a> {
    /// Where.
    pub location: &'a LocationId,
    /// Which quantity.
    pub shelf: Shelf,
    /// What it was when that was decided.
    pub before: i64,
    /// What is booked.
    pub movement: &'a Movement,
    /// Whether it is a count, which is a fact.
    pub counted: bool,
    /// Why. What changes at one location is written at once, under the first cause.
    pub cause: &'a Cause,
}

/// On which condition the counters of a level move.
struct Only<'a> {
    /// As many are free there.
    given: i64,
    /// These quantities are what they were.
    seen: &'a [(Shelf, i64)],
}

impl StockTable {
    /// Books movements of one SKU: one write for its offer where its counters move, one per location.
    ///
    /// What an order holds stands on the shard of its hold. What is held anew comes from there too, or from where `taken`
    /// found it; what is given back is the offer's own, where it pays off first what was promised too much; and what is
    /// waited for or leaves for another location is the offer's own, too.
    ///
    /// The condition of each is that no counter falls below zero (but for `available`), that what is promised anew is
    /// sellable, and that what is given to an order is free at its location.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn book(
        &self,
        sku: &Sku,
        shard: u8,
        taken: Option<&[Part]>,
        movements: &[Movement],
        cause: &Cause,
    ) -> Result<Vec<Write>, StoreError> {
        let (mut all, mut promised) = (Booking::default(), 0);
        let mut levels: BTreeMap<LocationId, (Vec<Level>, i64)> = BTreeMap::new();
        for movement in movements {
            let booking = movement.booking();
            all.available += booking.available;
            all.reserved += booking.reserved;
            all.backordered += booking.backordered;
            all.spared += booking.spared;
            if booking.promises {
                promised -= booking.available;
            }
            if let Some((location, level)) = booking.at {
                let (parts, given) = levels.entry(location).or_default();
                *given += booking.given;
                parts.push(level);
            }
        }
        let mut writes = Vec::new();
        if let Some(parts) = taken {
            writes.extend(self.move_parts(sku, parts, all.reserved, None, cause)?);
        } else if promised > 0 {
            let part = Part { at_least: Some(promised), ..Part::added(shard, all.available) };
            writes.extend(self.move_parts(sku, &[part], all.reserved, None, cause)?);
        } else if shard > 0 && all.reserved != 0 {
            let own = Booking { reserved: 0, ..all };
            writes.extend(self.move_parts(sku, &[Part::added(shard, 0)], all.reserved, None, cause)?);
            if own != Booking::default() {
                writes.push(self.move_offer(sku, &own, cause)?);
            }
        } else if all != Booking::default() {
            writes.push(self.move_offer(sku, &all, cause)?);
        }
        for (location, (parts, given)) in levels {
            let delta = |shelf: Shelf| parts.iter().map(|part| part.on(shelf)).sum::<i64>();
            writes.extend(self.move_level(sku, &location, delta, Only { given, seen: &[] }, cause)?);
        }
        Ok(writes)
    }

    /// Books adjustments of one SKU: one write for its offer, or for each of its shards that gives some; one for each
    /// location, on the condition that each quantity is what it was before. Where a change that is no count takes from
    /// what can be sold, as many have to be sellable. The offer is the one that was read for it.
    ///
    /// # Errors
    /// When a record has no form.
    pub fn adjust(&self, offer: &Offer, adjusted: &[Adjusted<'_>]) -> Result<Vec<Write>, StoreError> {
        let sku = &offer.listing.sku;
        let Some(first) = adjusted.first() else { return Ok(Vec::new()) };
        let effect = |one: &Adjusted<'_>| one.movement.booking().available;
        let available: i64 = adjusted.iter().map(effect).sum();
        let wished: i64 = adjusted.iter().filter(|one| !one.counted).map(effect).sum();
        // What a count finds may be given away by a wish beside it.
        let found: i64 = adjusted.iter().filter(|one| one.counted).map(effect).filter(|effect| *effect > 0).sum();
        let promised = (-(wished + found)).max(0);
        let mut writes = Vec::new();
        if available < 0 {
            let parts = offer.draw(-available, promised);
            writes.extend(self.move_parts(sku, &parts, 0, None, first.cause)?);
        } else if available > 0 {
            writes.extend(self.move_parts(sku, &[Part::added(0, available)], 0, None, first.cause)?);
        }
        let mut places: BTreeMap<&LocationId, Vec<&Adjusted<'_>>> = BTreeMap::new();
        for one in adjusted {
            places.entry(one.location).or_default().push(one);
        }
        for (location, changes) in places {
            let levels: Vec<Level> = changes.iter().filter_map(|one| Some(one.movement.booking().at?.1)).collect();
            let delta = |shelf: Shelf| levels.iter().map(|level| level.on(shelf)).sum();
            let seen: Vec<_> = changes.iter().map(|one| (one.shelf, one.before)).collect();
            let cause = changes.first().map_or(first.cause, |one| one.cause);
            writes.extend(self.move_level(sku, location, delta, Only { given: 0, seen: &seen }, cause)?);
        }
        Ok(writes)
    }

    /// Moves the counters of an offer's own record.
    fn move_offer(&self, sku: &Sku, by: &Booking, cause: &Cause) -> Result<Write, StoreError> {
        let Booking { available, reserved, backordered, spared, .. } = *by;
        let counters = Counters { reserved, backordered, spared, priced: None };
        self.move_part(sku, &Part::added(0, available), counters, cause)
    }

    fn move_level(
        &self,
        sku: &Sku,
        location: &LocationId,
        delta: impl Fn(Shelf) -> i64,
        only: Only<'_>,
        cause: &Cause,
    ) -> Result<Option<Write>, StoreError> {
        let moved: Vec<_> = Shelf::ALL.iter().map(|shelf| (*shelf, delta(*shelf))).filter(|(_, by)| *by != 0).collect();
        if moved.is_empty() {
            return Ok(None);
        }
        let mut values = HashMap::from([(":zero".to_owned(), n(0)), (":schema".to_owned(), n(SCHEMA))]);
        let mut sets = vec!["#schema = :schema".to_owned()];
        let mut conditions = Vec::new();
        for (shelf, count) in only.seen {
            let name = shelf.as_str();
            values.insert(format!(":{name}_seen"), n(*count));
            let same = format!("{name} = :{name}_seen");
            conditions.push(if *count == 0 { format!("(attribute_not_exists({name}) OR {same})") } else { same });
        }
        for (shelf, by) in moved {
            let name = shelf.as_str();
            values.insert(format!(":{name}"), n(by));
            sets.push(format!("{name} = if_not_exists({name}, :zero) + :{name}"));
            if by < 0 {
                values.insert(format!(":{name}_least"), n(-by));
                conditions.push(format!("{name} >= :{name}_least"));
            }
        }
        let spare = delta(Shelf::OnHand) - delta(Shelf::Committed);
        if spare != 0 {
            values.insert(":spare".to_owned(), n(spare));
            sets.push("spare = if_not_exists(spare, :zero) + :spare".to_owned());
        }
        if only.given > 0 {
            values.insert(":given".to_owned(), n(only.given));
            conditions.push("spare >= :given".to_owned());
        }
        let expression = Stamp::silent(cause.clone()).upsert(&sets.join(", "), &mut values)?;
        let condition = (!conditions.is_empty()).then(|| conditions.join(" AND "));
        self.update(&Key::Level(sku.clone(), location.clone()), expression, condition, values).map(Some)
    }
}
