//! Demand: what was wanted of one SKU at one location day by day, and what the next days will want.
//!
//! Knows that a day out of stock is missing data, not a day without demand, and which method suits which demand. It
//! deliberately knows no orders, prices, promotions or holidays, and no clock: the history's last day is the last that
//! is known, and what is forecast begins on the day after it.

mod croston;
mod diary;
mod history;
mod method;
mod seasonal;
#[cfg(test)]
mod tests;

pub use diary::{Diary, Noted};
pub use history::{Day, History};
pub use method::{Method, Trial};

use serde::{Deserialize, Serialize};

use croston::Variant;
use history::{deviation, known, mean};
use method::{Candidate, Run};

/// The days of a week: the season that most shops have.
pub const WEEK: u16 = 7;
/// Mean days from one day with demand to the next from which demand is intermittent (Syntetos, Boylan and Croston
/// 2005).
const INTERMITTENT_FROM: f64 = 1.32;
/// Squared coefficient of variation of the sizes from which demand is lumpy (Syntetos, Boylan and Croston 2005).
const LUMPY_FROM: f64 = 0.49;
/// A season is believed only when it brings the error below this part of that of the method without one: with three
/// parameters chosen on the same days it comes out a little better by chance.
const SEASON_PAYS: f64 = 0.95;

/// What kind of demand it is, after Syntetos, Boylan and Croston, "On the categorization of demand patterns" (2005).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Pattern {
    /// On most days, of like sizes.
    Smooth,
    /// On most days, of sizes far apart.
    Erratic,
    /// On few days, of like sizes.
    Intermittent,
    /// On few days, of sizes far apart.
    Lumpy,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: &'static [Self] = &[Self::Smooth, Self::Erratic, Self::Intermittent, Self::Lumpy];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Erratic => "erratic",
            Self::Intermittent => "intermittent",
            Self::Lumpy => "lumpy",
        }
    }

    const fn is_intermittent(self) -> bool {
        match self {
            Self::Smooth | Self::Erratic => false,
            Self::Intermittent | Self::Lumpy => true,
        }
    }
}

/// What the kind of demand was told by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Traits {
    /// Mean days in stock from one day with demand to the next (ADI); 1 where there is demand every day.
    pub interval: f64,
    /// Squared coefficient of variation of the units on days with demand (CV²).
    pub variation: f64,
    /// What kind that is.
    pub pattern: Pattern,
}

impl Traits {
    /// Those of the units of days in stock. None: there was no demand.
    fn of(units: &[f64]) -> Option<Self> {
        let sizes: Vec<f64> = units.iter().copied().filter(|size| *size > 0.0).collect();
        if sizes.is_empty() {
            return None;
        }
        let interval = units.len() as f64 / sizes.len() as f64;
        let variation = (deviation(&sizes) / mean(&sizes)).powi(2);
        let pattern = match (interval >= INTERMITTENT_FROM, variation >= LUMPY_FROM) {
            (false, false) => Pattern::Smooth,
            (false, true) => Pattern::Erratic,
            (true, false) => Pattern::Intermittent,
            (true, true) => Pattern::Lumpy,
        };
        Some(Self { interval, variation, pattern })
    }
}

/// What a day will want, and how that was told: kept with every decision that was made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// d: mean units a day of the days ahead; never negative.
    pub daily_mean: f64,
    /// sd: standard deviation of a day, in units; never negative. That of the days in stock; with a season, that of the
    /// days from what was foretold for them, since what the season explains is no surprise.
    pub daily_deviation: f64,
    /// The method that was chosen, and its error.
    pub chosen: Trial,
    /// The methods that were tried and not chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Trial>,
    /// What kind of demand it is. None: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traits: Option<Traits>,
    /// Days of the history.
    pub days: u32,
    /// Those of them that were in stock.
    pub days_in_stock: u32,
}

/// A forecast with its curves, for a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// What they come to.
    pub forecast: Forecast,
    /// What was foretold for each day of the history from those before it, in units. None: nothing was known yet.
    pub fitted: Vec<Option<f64>>,
    /// What is foretold for each day after the history, in units; never negative.
    pub ahead: Vec<f64>,
}

/// The forecast of the `horizon_days` after `history`, as a rule its lead time and review period; at least one day.
///
/// Intermittent and lumpy demand goes by Croston or SBA, whichever was less off; other demand by the mean of its days
/// in stock. Where at least two seasons of days in stock are known and Holt-Winters was clearly less off than that, it
/// goes by Holt-Winters. All methods are tried on the same days: those after the first season, or without one those
/// after the first day.
pub fn project(history: &History, season_days: u16, horizon_days: u16) -> Projection {
    let observations = history.observations();
    let units = known(&observations);
    let horizon = usize::from(horizon_days.max(1));
    let season = season_days.max(2);
    let traits = Traits::of(&units);
    let seasonal = traits.is_some() && units.len() >= 2 * usize::from(season);
    let first = observations.iter().position(Option::is_some).unwrap_or(observations.len());
    let from = first + if seasonal { usize::from(season) } else { 1 };
    let tried = |runs: Vec<Run>| Candidate::best(runs, &observations, from);

    let plain = if units.is_empty() {
        Vec::new()
    } else if traits.is_some_and(|traits| traits.pattern.is_intermittent()) {
        Variant::ALL.iter().map(|variant| croston::runs(&observations, horizon, *variant)).collect()
    } else {
        vec![vec![Run::running_mean(&observations, horizon)]]
    };
    let mut ranked: Vec<Candidate> = plain.into_iter().filter_map(tried).collect();
    ranked.sort_by(Candidate::by_error);
    if let Some(winters) = seasonal.then(|| seasonal::runs(&observations, horizon, season)).and_then(tried) {
        let pays = ranked.first().is_none_or(|plain| winters.error() < plain.error() * SEASON_PAYS);
        ranked.insert(if pays { 0 } else { ranked.len() }, winters);
    }

    let mut ranked = ranked.into_iter();
    let unknown = || Candidate::of(Run::unknown(observations.len(), horizon), &observations, from);
    let Candidate { run, trial: chosen } = ranked.next().unwrap_or_else(unknown);
    let daily_deviation = match chosen.method {
        Method::HoltWinters { .. } => chosen.squared.unwrap_or_else(|| history.deviation()),
        Method::Unknown | Method::Mean | Method::Croston { .. } | Method::Sba { .. } => history.deviation(),
    };
    let forecast = Forecast {
        daily_mean: mean(&run.ahead),
        daily_deviation,
        chosen,
        others: ranked.map(|candidate| candidate.trial).collect(),
        traits,
        days: count(observations.len()),
        days_in_stock: count(units.len()),
    };
    Projection { forecast, fitted: run.fitted, ahead: run.ahead }
}

fn count(days: usize) -> u32 {
    u32::try_from(days).unwrap_or(u32::MAX)
}
