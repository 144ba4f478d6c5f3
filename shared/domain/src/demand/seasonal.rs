//! Demand that comes back with the days of a season: level, trend and what each day of the season adds.
//!
//! Knows additive Holt-Winters. It deliberately knows no calendar: a season is so many days, and its first day is the
//! first day in stock.

use super::history::{known, mean};
use super::method::{Method, Run};

const ALPHAS: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.4];
const BETAS: [f64; 3] = [0.0, 0.02, 0.1];
const GAMMAS: [f64; 4] = [0.02, 0.05, 0.1, 0.3];

/// One run for each choice of smoothings.
pub(super) fn runs(observations: &[Option<f64>], horizon: usize, season_days: u16) -> Vec<Run> {
    let mut runs = Vec::with_capacity(ALPHAS.len() * BETAS.len() * GAMMAS.len());
    for alpha in ALPHAS {
        for beta in BETAS {
            for gamma in GAMMAS {
                runs.push(run(observations, horizon, season_days, [alpha, beta, gamma]));
            }
        }
    }
    runs
}

/// Additive smoothing after Winters, "Forecasting sales by exponentially weighted moving averages" (1960).
///
/// The first season alone starts it: its mean is the level, each of its days differs by its share, and there is no
/// trend yet. So every later day is foretold from days before it. On a day out of stock the level goes on by its trend
/// and nothing is learned.
fn run(observations: &[Option<f64>], horizon: usize, season_days: u16, smoothings: [f64; 3]) -> Run {
    let [alpha, beta, gamma] = smoothings;
    let season = usize::from(season_days);
    let first = observations.iter().position(Option::is_some).unwrap_or(observations.len());
    let start = (first + season).min(observations.len());
    let opening = &observations[first..start];
    let mut level = mean(&known(opening));
    let mut trend = 0.0;
    let mut shares: Vec<f64> = opening.iter().map(|seen| seen.map_or(0.0, |seen| seen - level)).collect();
    shares.resize(season, 0.0);

    let mut fitted = vec![None; start];
    for (day, seen) in observations.iter().enumerate().skip(start) {
        let share = &mut shares[(day - first) % season];
        fitted.push(Some(f64::max(level + trend + *share, 0.0)));
        let before = level;
        level += trend;
        if let Some(seen) = *seen {
            level = alpha * (seen - *share) + (1.0 - alpha) * level;
            trend = beta * (level - before) + (1.0 - beta) * trend;
            *share = gamma * (seen - level) + (1.0 - gamma) * *share;
        }
    }
    let end = observations.len().saturating_sub(first);
    let ahead = (1..=horizon).map(|day| {
        let share = shares[(end + day - 1) % season];
        f64::max(level + trend * day as f64 + share, 0.0)
    });
    let method = Method::HoltWinters { alpha, beta, gamma, season_days };
    Run { method, fitted, ahead: ahead.collect() }
}
