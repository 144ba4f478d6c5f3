//! Sums of what was spent, and how they are told.

use std::collections::BTreeMap;

use jiff::civil::Date;
use pages::components::{Bar, Bars, Choice};
use pages::desk::{CostDay, CostRow, Costs};

/// What was spent from one day to another, in microdollars, and the orders of each day.
pub(crate) struct Spending {
    days: BTreeMap<Date, Day>,
    functions: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Default)]
struct Day {
    microdollars: f64,
    orders: f64,
}

impl Spending {
    /// Nothing yet, on each day from the first to the last.
    pub(crate) fn new(first: Date, last: Date) -> Self {
        let days = first.series(jiff::ToSpan::day(1)).take_while(|day| *day <= last);
        Self { days: days.map(|day| (day, Day::default())).collect(), functions: BTreeMap::new() }
    }

    /// What a function cost on a day; a day outside the time is not counted.
    pub(crate) fn spent(&mut self, function: &str, day: Date, microdollars: f64) {
        if let Some(day) = self.days.get_mut(&day) {
            day.microdollars += microdollars;
            *self.functions.entry(function.to_owned()).or_default() += microdollars;
        }
    }

    /// How many orders a day had.
    pub(crate) fn ordered(&mut self, day: Date, orders: f64) {
        if let Some(day) = self.days.get_mut(&day) {
            day.orders += orders;
        }
    }

    /// As the page shows it.
    pub(crate) fn view(&self, chosen: i64, offered: &[i64]) -> Costs {
        let total: f64 = self.days.values().map(|day| day.microdollars).sum();
        let orders: f64 = self.days.values().map(|day| day.orders).sum();
        let mut functions: Vec<_> = self.functions.iter().collect();
        functions.sort_by(|(one, cost), (other, less)| less.total_cmp(cost).then(one.cmp(other)));
        let bar = |(day, of): (&Date, &Day)| Bar {
            name: day.strftime("%-d %b").to_string(),
            value: of.microdollars,
            shown: dollars(of.microdollars),
        };
        let mut spans: Vec<i64> = offered.to_vec();
        spans.sort_unstable();
        Costs {
            spans: spans
                .into_iter()
                .map(|days| Choice::new(days.to_string(), format!("{days} days"), days == chosen))
                .collect(),
            total: dollars(total),
            orders: format!("{orders:.0}"),
            per_order: per_order(total, orders),
            per_million: (orders > 0.0).then(|| format!("${:.0}", total / orders)),
            chart: (total > 0.0).then(|| Bars {
                label: format!("Dollars a day over {chosen} days"),
                bars: self.days.iter().map(bar).collect(),
            }),
            days: self
                .days
                .iter()
                .rev()
                .filter(|(_, of)| of.microdollars > 0.0 || of.orders > 0.0)
                .map(|(day, of)| CostDay {
                    day: day.to_string(),
                    dollars: dollars(of.microdollars),
                    orders: format!("{:.0}", of.orders),
                    per_order: per_order(of.microdollars, of.orders),
                })
                .collect(),
            functions: functions
                .into_iter()
                .map(|(name, cost)| CostRow {
                    function: name.clone(),
                    dollars: dollars(*cost),
                    share: format!("{:.1}\u{a0}%", 100.0 * cost / total),
                    per_order: per_order(*cost, orders),
                })
                .collect(),
        }
    }
}

fn per_order(microdollars: f64, orders: f64) -> String {
    if orders > 0.0 { dollars(microdollars / orders) } else { "–".to_owned() }
}

/// Dollars as one reads them: cents from ten dollars on, and three figures of what is less.
fn dollars(microdollars: f64) -> String {
    let dollars = microdollars / 1e6;
    let decimals = match dollars {
        more if more >= 10.0 || more <= 0.0 => 2,
        less => (2.0 - less.log10().floor()).clamp(2.0, 9.0) as usize,
    };
    format!("${dollars:.decimals$}")
}
