//! The diary of a SKU's demand, kept from its stock ledger: what was wanted each day at each location, and on which days
//! it could be had.
//!
//! Knows what a ledger entry says of demand; knows no forecast. What is promised to a paid order is wanted where the
//! order is served from, on the day of its payment; a cancellation takes back the latest. What unpaid orders hold is no
//! demand yet: it stands in the position that a decision is made of.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Day, History};
use crate::text::LocationId;

/// How many days it keeps: a year and a month.
const KEPT: usize = 400;

/// What a location has of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Place {
    on_hand: i64,
    committed: i64,
    /// A character a day: `1` where there was nothing to give at some time of it.
    out: String,
}

impl Place {
    const fn is_out(&self) -> bool {
        self.on_hand <= self.committed
    }

    fn mark(&mut self) {
        if self.is_out() {
            self.out.pop();
            self.out.push('1');
        }
    }
}

/// What a ledger entry says of demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// So many can be promised from here on, over all locations, of those that a shard of the offer counts; 0 where it is
    /// not split.
    Available(u8, i64),
    /// So many lie at a location from here on.
    OnHand(LocationId, i64),
    /// So many of them are promised to paid orders from here on.
    Committed(LocationId, i64),
    /// So many more were wanted, or fewer: an order was called off.
    Wanted(LocationId, i64),
}

/// The days of one SKU, the last of them still going on. As JSON it has some ten characters a day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Diary {
    /// The first day. None: nothing was noted yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Date>,
    /// A character a day: `1` where it could be had all day, `0` where not.
    #[serde(default)]
    in_stock: String,
    /// What could be promised at the end of each day, over all locations.
    #[serde(default)]
    left: Vec<i64>,
    /// What was wanted, day by day.
    #[serde(default)]
    wanted: BTreeMap<LocationId, Vec<u32>>,
    /// What can be promised at its end, of those that the offer's own record counts.
    #[serde(default)]
    available: i64,
    /// And of those that its further shards count.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    shards: BTreeMap<u8, i64>,
    /// What each location has, and on which days it had nothing to give at some time.
    #[serde(default)]
    places: BTreeMap<LocationId, Place>,
    /// The ledger's key of the last entry in it.
    #[serde(default)]
    through: String,
}

impl Diary {
    /// The ledger's key of the last entry that was noted; empty at first.
    pub fn through(&self) -> &str {
        &self.through
    }

    /// Notes what an entry of the ledger says, if anything. Entries come in the order of their keys; one that is not after the last changes
    /// nothing, so that noting a part of the ledger again does no harm.
    pub fn note(&mut self, at: Timestamp, key: &str, notes: &[Noted]) {
        if key <= self.through.as_str() {
            return;
        }
        key.clone_into(&mut self.through);
        if notes.is_empty() {
            return;
        }
        self.reach(at);
        for noted in notes {
            self.take(noted);
        }
    }

    fn take(&mut self, noted: &Noted) {
        match noted {
            Noted::Available(shard, after) => {
                match shard {
                    0 => self.available = *after,
                    further => drop(self.shards.insert(*further, *after)),
                }
                let available = self.available();
                if let Some(today) = self.left.last_mut() {
                    *today = available;
                }
                if available <= 0 {
                    self.mark_short();
                }
            }
            Noted::OnHand(location, after) => {
                let place = self.place(location);
                place.on_hand = *after;
                place.mark();
            }
            Noted::Committed(location, after) => {
                let place = self.place(location);
                place.committed = *after;
                place.mark();
            }
            Noted::Wanted(location, units) => self.want(location, *units),
        }
    }

    fn available(&self) -> i64 {
        self.available + self.shards.values().sum::<i64>()
    }

    /// A location; before it was heard of, it had nothing.
    fn place(&mut self, location: &LocationId) -> &mut Place {
        let days = self.in_stock.len();
        let place = self.places.entry(location.clone()).or_default();
        while place.out.len() < days {
            place.out.push('1');
        }
        place
    }

    /// Goes on to `now`, though nothing was noted since.
    pub fn reach(&mut self, now: Timestamp) {
        let today = crate::calendar::date(now);
        let Some(first) = self.first else {
            self.first = Some(today);
            // It could not be had before it was there.
            self.in_stock.push('0');
            self.left.push(0);
            return;
        };
        let days = usize::try_from(first.until(today).map_or(0, |span| span.get_days())).unwrap_or_default() + 1;
        while self.in_stock.len() < days {
            let available = self.available();
            self.in_stock.push(if available > 0 { '1' } else { '0' });
            self.left.push(available);
            for place in self.places.values_mut() {
                place.out.push(if place.is_out() { '1' } else { '0' });
            }
        }
        self.forget();
    }

    /// What is known of `location`: the days before the one that still goes on. `always` where it can be ordered though
    /// it is not there.
    pub fn history(&self, location: &LocationId, always: bool) -> History {
        let wanted = self.wanted.get(location);
        let out = self.places.get(location).map(|place| place.out.as_bytes()).unwrap_or_default();
        let units = |index: usize| wanted.and_then(|wanted| wanted.get(index)).copied().unwrap_or_default();
        let Some(first) = self.first else { return History::default() };
        let past = self.in_stock.bytes().take(self.in_stock.len().saturating_sub(1));
        let dates = first.series(1.day());
        let day = |(index, (date, mark)): (usize, (Date, u8))| Day {
            date,
            units: units(index),
            in_stock: always || mark == b'1' && out.get(index) == Some(&b'0'),
        };
        History::new(dates.zip(past).enumerate().map(day))
    }

    /// What could be promised at the end of each of the days before the one that still goes on, over all locations.
    pub fn left(&self) -> &[i64] {
        &self.left[..self.left.len().saturating_sub(1)]
    }

    fn mark_short(&mut self) {
        self.in_stock.pop();
        self.in_stock.push('0');
    }

    fn want(&mut self, location: &LocationId, units: i64) {
        let last = self.in_stock.len().saturating_sub(1);
        let days = self.wanted.entry(location.clone()).or_default();
        days.resize(last + 1, 0);
        let mut taken = u32::try_from(-units).unwrap_or_default();
        if let (Ok(units), Some(today)) = (u32::try_from(units), days.last_mut()) {
            *today = today.saturating_add(units);
        }
        for day in days.iter_mut().rev() {
            let piece = taken.min(*day);
            *day -= piece;
            taken -= piece;
        }
    }

    fn forget(&mut self) {
        let gone = self.in_stock.len().saturating_sub(KEPT);
        if gone == 0 {
            return;
        }
        self.in_stock.drain(..gone);
        self.left.drain(..gone);
        for place in self.places.values_mut() {
            place.out.drain(..gone.min(place.out.len()));
        }
        self.first = self.first.map(|first| first.saturating_add(i64::try_from(gone).unwrap_or_default().days()));
        for days in self.wanted.values_mut() {
            days.drain(..gone.min(days.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn hour(day: i8, hour: i8) -> Timestamp {
        date(2026, 3, day).at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
    }

    fn told(diary: &Diary, always: bool) -> Vec<(u32, bool)> {
        diary.history(&LocationId::main(), always).days().iter().map(|day| (day.units, day.in_stock)).collect()
    }

    fn wanted(units: i64) -> Noted {
        Noted::Wanted(LocationId::main(), units)
    }

    #[test]
    fn days_out_of_stock_are_missing_and_cancellations_take_back_the_latest() {
        let mut diary = Diary::default();
        let entries = [
            (hour(1, 9), Noted::Available(0, 10)),
            (hour(1, 9), Noted::OnHand(LocationId::main(), 10)),
            (hour(2, 10), Noted::Available(0, 7)),
            (hour(2, 10), wanted(3)),
            // Sold out in the evening of the fourth, and back on the fifth.
            (hour(4, 18), Noted::Available(0, 0)),
            (hour(4, 18), wanted(7)),
            (hour(5, 12), Noted::Available(0, 20)),
            (hour(6, 12), wanted(-8)),
        ];
        for (index, (at, noted)) in entries.iter().enumerate() {
            diary.note(*at, &format!("{index:03}"), std::slice::from_ref(noted));
        }
        // Noted again, as after a lost answer.
        diary.note(entries[2].0, "002", std::slice::from_ref(&entries[2].1));
        diary.reach(hour(7, 1));
        let expected = [(0, false), (2, true), (0, true), (0, false), (0, false), (0, true)];
        assert_eq!(told(&diary, false), expected);
        assert_eq!(diary.left(), [10, 7, 7, 0, 20, 20]);
        assert!(told(&diary, true).iter().all(|(_, in_stock)| *in_stock));
        let kept: Diary = serde_json::from_str(&serde_json::to_string(&diary).unwrap()).unwrap();
        assert_eq!(kept, diary);
        assert_eq!(diary.through(), "007");
        // Another place has nothing, and has had nothing.
        let annex = LocationId::new("annex").unwrap();
        let elsewhere = |diary: &Diary| diary.history(&annex, false).days().iter().filter(|day| day.in_stock).count();
        assert_eq!(elsewhere(&diary), 0);
        diary.note(hour(7, 2), "008", &[Noted::OnHand(annex.clone(), 5)]);
        diary.note(hour(9, 2), "009", &[Noted::Committed(annex.clone(), 5)]);
        diary.reach(hour(10, 2));
        assert_eq!(elsewhere(&diary), 1, "the eighth");
    }

    #[test]
    fn what_goes_to_another_place_is_no_demand_but_its_shelf_is_empty() {
        let (main, annex) = (LocationId::main(), LocationId::new("annex").unwrap());
        let mut diary = Diary::default();
        let entries = [
            // Ten are there, and some of them sold each day.
            (hour(1, 9), Noted::Available(0, 10)),
            (hour(1, 9), Noted::OnHand(main.clone(), 10)),
            (hour(2, 9), wanted(2)),
            (hour(2, 9), Noted::Available(0, 8)),
            (hour(2, 10), Noted::OnHand(main.clone(), 8)),
            // All leave on the fourth and come on the sixth.
            (hour(4, 9), Noted::Available(0, 0)),
            (hour(4, 9), Noted::OnHand(main, 0)),
            (hour(6, 9), Noted::OnHand(annex.clone(), 8)),
            (hour(6, 9), Noted::Available(0, 8)),
        ];
        for (index, (at, noted)) in entries.iter().enumerate() {
            diary.note(*at, &format!("{index:03}"), std::slice::from_ref(noted));
        }
        diary.reach(hour(9, 1));
        let expected = [(0, false), (2, true), (0, true), (0, false), (0, false), (0, false), (0, false), (0, false)];
        assert_eq!(told(&diary, false), expected);
        let there: Vec<_> = diary.history(&annex, false).days().iter().map(|day| (day.units, day.in_stock)).collect();
        assert_eq!(there[..5], [(0, false); 5]);
        assert_eq!(there[5..], [(0, false), (0, true), (0, true)]);
    }

    #[test]
    fn an_empty_shard_is_not_out_of_stock() {
        let mut diary = Diary::default();
        let entries = [
            (hour(1, 9), Noted::Available(0, 10)),
            // Two shards sell, as if nothing had moved between them; then a third sells the rest.
            (hour(2, 9), Noted::Available(1, -4)),
            (hour(3, 9), Noted::Available(0, 5)),
            (hour(4, 9), Noted::Available(2, -1)),
            (hour(5, 9), Noted::Available(0, 40)),
        ];
        for (index, (at, noted)) in entries.iter().enumerate() {
            diary.note(*at, &format!("{index:03}"), std::slice::from_ref(noted));
        }
        diary.reach(hour(6, 1));
        assert_eq!(diary.left(), [10, 6, 1, 0, 35]);
        assert_eq!(diary.in_stock, "011001");
    }

    proptest! {
        #[test]
        fn it_keeps_what_was_wanted(entries in prop::collection::vec((0_i64..40, 0_i64..50), 0..60)) {
            let mut diary = Diary::default();
            let mut now = hour(1, 0);
            let mut sum = 0;
            for (index, (hours, units)) in entries.iter().enumerate() {
                now += jiff::SignedDuration::from_hours(*hours);
                diary.note(now, &format!("{index:05}"), &[wanted(*units)]);
                sum += *units;
            }
            diary.reach(now + jiff::SignedDuration::from_hours(24));
            let kept: i64 = told(&diary, false).iter().map(|(units, _)| i64::from(*units)).sum();
            prop_assert_eq!(kept, sum);
        }

        #[test]
        fn it_never_keeps_more_days_than_it_should(gap in 0_i64..3_000, units in 1_i64..9) {
            let mut diary = Diary::default();
            diary.note(hour(1, 0), "1", &[Noted::Available(0, 5)]);
            diary.note(hour(1, 0), "2", &[wanted(units)]);
            let later = hour(1, 0) + jiff::SignedDuration::from_hours(24 * gap);
            diary.note(later, "3", &[wanted(units)]);
            let days = diary.history(&LocationId::main(), false);
            prop_assert!(days.days().len() < KEPT);
            let last = days.days().last().map(|day| day.date);
            prop_assert!(gap == 0 || last.and_then(|day| day.tomorrow().ok()) == Some(later.to_zoned(TimeZone::UTC).date()));
        }
    }
}
