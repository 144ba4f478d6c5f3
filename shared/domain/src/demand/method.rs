//! What a method is, how it goes over a history, and how far off it was.
//!
//! Knows how methods are compared; the ones that take more than a mean stand in files of their own.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::history::mean;

/// How the next days are told from the last, with the parameters that fitted best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ForecastMethod))]
pub enum Method {
    /// Not at all: no day in stock is known.
    Unknown,
    /// The mean of all days in stock.
    Mean,
    /// Sizes and intervals smoothed apart (Croston 1972).
    Croston {
        /// Smoothing of both: 0 to 1.
        alpha: f64,
    },
    /// Croston's, its bias corrected (Syntetos and Boylan 2005).
    Sba {
        /// Smoothing of both: 0 to 1.
        alpha: f64,
    },
    /// Level, trend and an additive season (Winters 1960).
    HoltWinters {
        /// Smoothing of the level: 0 to 1.
        alpha: f64,
        /// Smoothing of the trend: 0 to 1; at 0 there is none.
        beta: f64,
        /// Smoothing of the season: 0 to 1.
        gamma: f64,
        /// Days of a season.
        season_days: u16,
    },
}

impl Method {
    /// Its name, as it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Mean => "mean",
            Self::Croston { .. } => "croston",
            Self::Sba { .. } => "sba",
            Self::HoltWinters { .. } => "holt_winters",
        }
    }
}

/// How far off a method was when it foretold each day from those before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trial {
    /// Which method.
    pub method: Method,
    /// Mean absolute error (MAE), in units a day. None: there was no day to try it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute: Option<f64>,
    /// Root of the mean squared error (RMSE), in units a day. Methods are chosen by it: where most days are without
    /// demand, the absolute error is least for a method that always foretells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub squared: Option<f64>,
}

/// A method gone over a history.
pub(super) struct Run {
    /// Which, with which parameters.
    pub(super) method: Method,
    /// For each day what was foretold from those before it.
    pub(super) fitted: Vec<Option<f64>>,
    /// What is foretold for the days after.
    pub(super) ahead: Vec<f64>,
}

impl Run {
    /// No day is known.
    pub(super) fn unknown(days: usize, horizon: usize) -> Self {
        Self { method: Method::Unknown, fitted: vec![None; days], ahead: vec![0.0; horizon] }
    }

    /// The mean of the days before.
    pub(super) fn running_mean(observations: &[Option<f64>], horizon: usize) -> Self {
        let (mut sum, mut count) = (0.0, 0.0);
        let mut fitted = Vec::with_capacity(observations.len());
        for seen in observations {
            fitted.push((count > 0.0).then(|| sum / count));
            if let Some(seen) = seen {
                sum += seen;
                count += 1.0;
            }
        }
        let ahead = if count > 0.0 { sum / count } else { 0.0 };
        Self { method: Method::Mean, fitted, ahead: vec![ahead; horizon] }
    }
}

/// A run that was tried on the days that all are tried on.
pub(super) struct Candidate {
    /// The run.
    pub(super) run: Run,
    /// How far off it was.
    pub(super) trial: Trial,
}

impl Candidate {
    /// `run`, tried on the days from the one at `from`.
    pub(super) fn of(run: Run, observations: &[Option<f64>], from: usize) -> Self {
        let days = observations.iter().zip(&run.fitted).skip(from);
        let errors: Vec<f64> = days.filter_map(|(seen, foretold)| Some((*seen)? - (*foretold)?)).collect();
        let mean_of = |measure: fn(f64) -> f64| {
            let measured: Vec<f64> = errors.iter().copied().map(measure).collect();
            (!measured.is_empty()).then(|| mean(&measured))
        };
        let squared = mean_of(|error| error * error).map(f64::sqrt);
        let trial = Trial { method: run.method, absolute: mean_of(f64::abs), squared };
        Self { run, trial }
    }

    /// The one of `runs` that was least off; of equal ones the first.
    pub(super) fn best(runs: Vec<Run>, observations: &[Option<f64>], from: usize) -> Option<Self> {
        runs.into_iter().map(|run| Self::of(run, observations, from)).min_by(Self::by_error)
    }

    /// What it is chosen by.
    pub(super) fn error(&self) -> f64 {
        self.trial.squared.unwrap_or(f64::INFINITY)
    }

    /// The less off first.
    pub(super) fn by_error(left: &Self, right: &Self) -> Ordering {
        left.error().total_cmp(&right.error())
    }
}
