//! What reordering from demand would have done: two years of demand, day by day, beside two policies that never learn.
//!
//! `cargo bench -p domain --bench backtest` prints a table in Markdown. Every series and every lead time comes from a
//! seed, and all policies meet the same ones, so the table is the same every time.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use domain::demand::{Day, Forecast, History, WEEK, project};
use domain::reorder::{Position, ReorderRule, decide, in_packs};
use domain::text::LocationId;
use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::{Date, date};

const FIRST: Date = date(2024, 1, 1);
/// Days that are known when the policies begin.
const KNOWN: usize = 120;
/// Days that they run for.
const DAYS: usize = 610;
/// SKUs of each series.
const SKUS: u64 = 20;
const LEAD_DAYS: f64 = 7.0;
const LEAD_DEVIATION: f64 = 2.0;

fn normal(rng: &mut Rng, mean: f64, deviation: f64) -> f64 {
    // Irwin and Hall: twelve uniform numbers sum to a variance of one.
    let sum: f64 = (0..12).map(|_| rng.f64()).sum();
    mean + deviation * (sum - 6.0)
}

fn units(rng: &mut Rng, mean: f64, deviation: f64) -> u32 {
    normal(rng, mean, deviation).round() as u32
}

fn smooth(_: usize, rng: &mut Rng) -> u32 {
    units(rng, 20.0, 5.0)
}

fn seasonal(day: usize, rng: &mut Rng) -> u32 {
    let mean = [8.0, 10.0, 12.0, 16.0, 30.0, 44.0, 20.0][day % 7];
    units(rng, mean, mean / 5.0)
}

fn intermittent(_: usize, rng: &mut Rng) -> u32 {
    if rng.f64() < 0.2 { rng.u32(1..=8) } else { 0 }
}

fn trending(day: usize, rng: &mut Rng) -> u32 {
    units(rng, 10.0 + day as f64 / 20.0, 4.0)
}

type Series = (&'static str, fn(usize, &mut Rng) -> u32);

const SERIES: [Series; 4] =
    [("smooth", smooth), ("seasonal", seasonal), ("intermittent", intermittent), ("with trend", trending)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    /// [`decide`] each day, its forecast renewed each week.
    FromDemand,
    /// Order two weeks' worth at one and a half lead times' worth, both by the mean of the days known at first.
    FixedPoint,
    /// (s, S): order up to S at s, both by the formulas over the days known at first.
    UpToLevel,
}

const POLICIES: [(&str, Policy); 3] =
    [("from demand", Policy::FromDemand), ("fixed point", Policy::FixedPoint), ("(s, S)", Policy::UpToLevel)];

fn rule() -> ReorderRule {
    ReorderRule {
        location: LocationId::main(),
        supplier: "acme".parse().unwrap(),
        reorder_point: None,
        lead_time_days: LEAD_DAYS as u16,
        lead_time_deviation_days: LEAD_DEVIATION,
        minimum_order: 6,
        pack_size: 6,
        review_days: WEEK,
        service_level: 0.95,
        unit_cost: None,
        order_cost: None,
        holding_cost: None,
    }
}

/// What a policy's days came to.
#[derive(Default)]
struct Outcome {
    wanted: u64,
    lost: u64,
    stock: u64,
    orders: u64,
}

/// One SKU under one policy. What cannot be sold is lost; a day that ends without stock is missing data.
fn replay(policy: Policy, demand: &[u32], leads: &[usize], outcome: &mut Outcome) {
    let rule = rule();
    let dated = |(date, units): (Date, &u32)| Day { date, units: *units, in_stock: true };
    let mut known: Vec<Day> = FIRST.series(1.day()).zip(&demand[..KNOWN]).map(dated).collect();
    let look = |known: &[Day]| project(&History::new(known.iter().copied()), WEEK, rule.horizon_days()).forecast;
    let first = look(&known);
    let mut forecast = first.clone();
    let mut on_hand = i64::from(in_packs(first.daily_mean * 14.0, rule.pack_size));
    let last = leads.iter().max().copied().unwrap_or(0);
    let mut due = vec![0_i64; demand.len() + last];
    for today in KNOWN..demand.len() {
        on_hand += due[today];
        let wanted = i64::from(demand[today]);
        let sold = wanted.min(on_hand);
        on_hand -= sold;
        outcome.wanted += wanted as u64;
        outcome.lost += (wanted - sold) as u64;
        outcome.stock += on_hand as u64;
        let date = FIRST.saturating_add((today as i64).days());
        known.push(Day { date, units: sold as u32, in_stock: on_hand > 0 });

        let position = Position { on_hand, incoming: due[today + 1..].iter().sum(), ..Position::default() };
        let quantity = match policy {
            Policy::FromDemand => {
                if today % usize::from(WEEK) == 0 {
                    forecast = look(&known);
                }
                decide(&rule, position, &forecast).quantity
            }
            Policy::FixedPoint => fixed(first.daily_mean, position, rule.pack_size),
            Policy::UpToLevel => up_to_level(&first, position, &rule),
        };
        if quantity > 0 {
            outcome.orders += 1;
            due[today + leads[today]] += i64::from(quantity);
        }
    }
}

fn fixed(daily: f64, position: Position, pack_size: u32) -> u32 {
    let low = position.units() as f64 <= daily * LEAD_DAYS * 1.5;
    if low { in_packs(daily * 14.0, pack_size) } else { 0 }
}

fn up_to_level(first: &Forecast, position: Position, rule: &ReorderRule) -> u32 {
    let figures = decide(rule, position, first).figures;
    let (low, high) = (figures.reorder_point, figures.reorder_point + figures.review_demand);
    let units = position.units() as f64;
    if units <= low { in_packs(high - units, rule.pack_size) } else { 0 }
}

fn main() {
    println!("| series | policy | fill rate | average stock | orders | units lost |");
    println!("|---|---|---:|---:|---:|---:|");
    for (series, of_day) in SERIES {
        for (name, policy) in POLICIES {
            let mut outcome = Outcome::default();
            for seed in 0..SKUS {
                let mut rng = Rng::with_seed(seed);
                let demand: Vec<u32> = (0..KNOWN + DAYS).map(|day| of_day(day, &mut rng)).collect();
                let lead = |rng: &mut Rng| normal(rng, LEAD_DAYS, LEAD_DEVIATION).round().max(1.0) as usize;
                let leads: Vec<usize> = demand.iter().map(|_| lead(&mut rng)).collect();
                replay(policy, &demand, &leads, &mut outcome);
            }
            let Outcome { wanted, lost, stock, orders } = outcome;
            let fill = 100.0 * (wanted - lost) as f64 / wanted as f64;
            let average = stock as f64 / (SKUS * DAYS as u64) as f64;
            let orders = orders as f64 / SKUS as f64;
            let lost = lost as f64 / SKUS as f64;
            println!("| {series} | {name} | {fill:.1} % | {average:.1} | {orders:.1} | {lost:.1} |");
        }
    }
}
