//! What is known of the days that were.
//!
//! Knows dates, units and gaps; knows no forecast.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

/// The longest history that is looked at, in days: three years.
const LONGEST: i64 = 1_096;

/// One day of one SKU at one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// What was wanted, in whole units.
    pub units: u32,
    /// Whether it could be had all day; where not, what was sold does not say what was wanted.
    pub in_stock: bool,
}

/// Days without a gap, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<Day>);

impl History {
    /// The history that `days` make, in whatever order they come. A date that stands twice is one day, with the units
    /// of both, in stock if it was in both. A date that is left out is missing data. Only the last three years count.
    pub fn new(days: impl IntoIterator<Item = Day>) -> Self {
        let mut known: BTreeMap<Date, Day> = BTreeMap::new();
        for day in days {
            let entry = known.entry(day.date).or_insert(Day { units: 0, ..day });
            entry.units = entry.units.saturating_add(day.units);
            entry.in_stock &= day.in_stock;
        }
        let (Some((first, _)), Some((last, _))) = (known.first_key_value(), known.last_key_value()) else {
            return Self::default();
        };
        let first = last.saturating_sub((LONGEST - 1).days()).max(*first);
        let missing = |date: Date| Day { date, units: 0, in_stock: false };
        let dates = first.series(1.day()).take_while(|date| date <= last);
        Self(dates.map(|date| known.get(&date).copied().unwrap_or_else(|| missing(date))).collect())
    }

    /// The days.
    pub fn days(&self) -> &[Day] {
        &self.0
    }

    /// Mean units a day, over the days in stock; 0 where there is none.
    pub fn mean(&self) -> f64 {
        mean(&known(&self.observations()))
    }

    /// Standard deviation of the units a day, over the days in stock as a sample of all days (n - 1); 0 for fewer than
    /// two.
    pub fn deviation(&self) -> f64 {
        deviation(&known(&self.observations()))
    }

    /// What was wanted day by day. None: it is not known.
    pub(super) fn observations(&self) -> Vec<Option<f64>> {
        self.0.iter().map(|day| day.in_stock.then_some(f64::from(day.units))).collect()
    }
}

/// What is known of `observations`.
pub(super) fn known(observations: &[Option<f64>]) -> Vec<f64> {
    observations.iter().copied().flatten().collect()
}

/// The mean of `values`; 0 of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The standard deviation of a sample; 0 of fewer than two values.
pub(super) fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let middle = mean(values);
    let squares: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}
