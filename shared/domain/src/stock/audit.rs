//! Whether what is there is the sum of what was booked.
//!
//! Knows sums of ledger entries; knows no storage. They are kept from one check to the next, so that no check reads an
//! entry twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Shelf, Stock};
use crate::text::LocationId;

/// The counters that an offer keeps over all locations.
const OFFER: [&str; 3] = ["available", "reserved", "backordered"];

/// What the ledger of a SKU sums up to, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// The ledger's key of the last entry in it.
    #[serde(default)]
    through: String,
    /// By counter; a location's are named `{counter}@{location}`.
    #[serde(default)]
    sums: BTreeMap<String, i64>,
}

/// A counter that is not the sum of its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Where; none for what is kept over all locations.
    pub location: Option<LocationId>,
    /// Which counter.
    pub counter: String,
    /// What its ledger sums up to.
    pub ledger: i64,
    /// What it says.
    pub balance: i64,
}

impl Mismatch {
    /// Whether it is the same error, whatever moved since.
    pub fn is_same(&self, other: &Self) -> bool {
        let error = |one: &Self| one.ledger - one.balance;
        (&self.location, &self.counter, error(self)) == (&other.location, &other.counter, error(other))
    }
}

fn name(location: Option<&LocationId>, counter: &str) -> String {
    match location {
        Some(location) => format!("{counter}@{location}"),
        None => counter.to_owned(),
    }
}

impl Sums {
    /// The ledger's key of the last entry that was added; empty at first.
    pub fn through(&self) -> &str {
        &self.through
    }

    /// Adds an entry of the ledger. Entries come in the order of their keys; one that is not after the last changes
    /// nothing.
    pub fn add(&mut self, key: &str, location: Option<&LocationId>, counter: &str, delta: i64) {
        if key > self.through.as_str() {
            key.clone_into(&mut self.through);
            *self.sums.entry(name(location, counter)).or_default() += delta;
        }
    }

    /// The counters of `stock` that are not what their ledger sums up to.
    pub fn against(&self, stock: &Stock) -> Vec<Mismatch> {
        let sum = |location: Option<&LocationId>, counter: &str| {
            self.sums.get(&name(location, counter)).copied().unwrap_or_default()
        };
        let check = |location: Option<&LocationId>, counter: &str, balance: i64| {
            let ledger = sum(location, counter);
            (ledger != balance).then(|| Mismatch {
                location: location.cloned(),
                counter: counter.to_owned(),
                ledger,
                balance,
            })
        };
        let offer = [stock.offer.available, stock.offer.reserved, stock.offer.backordered];
        let over_all = OFFER.iter().zip(offer).filter_map(|(counter, balance)| check(None, counter, balance));
        let at_places = stock.levels.iter().flat_map(|(location, level)| {
            Shelf::ALL.iter().filter_map(move |shelf| check(Some(location), shelf.as_str(), level.on(*shelf)))
        });
        // What is gone altogether has a ledger still.
        let vanished = self.sums.iter().filter_map(|(name, ledger)| {
            let (counter, location) = name.split_once('@')?;
            let location: LocationId = location.parse().ok()?;
            (*ledger != 0 && !stock.levels.contains_key(&location)).then(|| Mismatch {
                location: Some(location),
                counter: counter.to_owned(),
                ledger: *ledger,
                balance: 0,
            })
        });
        over_all.chain(at_places).chain(vanished).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::offer;
    use crate::stock::Level;

    #[test]
    fn what_was_not_booked_is_found() {
        let main = LocationId::main();
        let mut sums = Sums::default();
        for (key, location, counter, delta) in [
            ("1#available", None, "available", 10),
            ("2#on_hand", Some(&main), "on_hand", 10),
            ("3#available", None, "available", -2),
            ("3#reserved", None, "reserved", 2),
            // Read again.
            ("2#on_hand", Some(&main), "on_hand", 10),
        ] {
            sums.add(key, location, counter, delta);
        }
        assert_eq!(sums.through(), "3#reserved");
        let mut stock = Stock {
            offer: offer("A", 100, 8),
            levels: [(main.clone(), Level { on_hand: 10, ..Level::default() })].into(),
        };
        stock.offer.reserved = 2;
        assert_eq!(sums.against(&stock), []);
        stock.levels.insert(main.clone(), Level { on_hand: 11, damaged: 1, ..Level::default() });
        let wrong = |counter: &str, ledger, balance| Mismatch {
            location: Some(main.clone()),
            counter: counter.to_owned(),
            ledger,
            balance,
        };
        assert_eq!(sums.against(&stock), [wrong("on_hand", 10, 11), wrong("damaged", 0, 1)]);
        let moved = Mismatch { ledger: 12, balance: 13, ..wrong("on_hand", 0, 0) };
        assert!(moved.is_same(&wrong("on_hand", 10, 11)) && !moved.is_same(&wrong("on_hand", 10, 12)));
        stock.levels.clear();
        assert_eq!(sums.against(&stock), [wrong("on_hand", 10, 0)]);
        let kept: Sums = serde_json::from_str(&serde_json::to_string(&sums).unwrap()).unwrap();
        assert_eq!(kept, sums);
    }
}
