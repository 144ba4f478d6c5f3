//! Demand on few days: how much it is when there is some, and how long it is until there is some again.
//!
//! Knows Croston's method and the correction of its bias. It deliberately forgets nothing while there is no demand: a
//! SKU that stopped selling is told by its history, not by this.

use super::method::{Method, Run};

/// What Syntetos and Boylan (2005) found to serve intermittent demand.
const ALPHAS: [f64; 4] = [0.05, 0.1, 0.15, 0.2];

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// As Croston, "Forecasting and stock control for intermittent demands" (1972), wrote it.
    Croston,
    /// As Syntetos and Boylan, "The accuracy of intermittent demand estimates" (2005), corrected it.
    Sba,
}

impl Variant {
    /// Both.
    pub(super) const ALL: &'static [Self] = &[Self::Croston, Self::Sba];

    const fn method(self, alpha: f64) -> Method {
        match self {
            Self::Croston => Method::Croston { alpha },
            Self::Sba => Method::Sba { alpha },
        }
    }

    /// What the quotient of size and interval is multiplied by.
    const fn correction(self, alpha: f64) -> f64 {
        match self {
            Self::Croston => 1.0,
            Self::Sba => 1.0 - alpha / 2.0,
        }
    }
}

/// One run for each smoothing.
pub(super) fn runs(observations: &[Option<f64>], horizon: usize, variant: Variant) -> Vec<Run> {
    ALPHAS.iter().map(|alpha| run(observations, horizon, variant, *alpha)).collect()
}

/// Size z and interval p are smoothed on days with demand alone; a day wants z / p. The first demand starts both: its
/// size, and the days in stock up to it. Before it, nothing is foretold to be wanted. Days out of stock do not count.
fn run(observations: &[Option<f64>], horizon: usize, variant: Variant, alpha: f64) -> Run {
    let correction = variant.correction(alpha);
    let mut smoothed: Option<(f64, f64)> = None;
    let mut waited = 0.0;
    let mut started = false;
    let foretold = |smoothed: Option<(f64, f64)>| smoothed.map_or(0.0, |(size, interval)| correction * size / interval);
    let mut fitted = Vec::with_capacity(observations.len());
    for seen in observations {
        fitted.push(started.then(|| foretold(smoothed)));
        let Some(seen) = *seen else { continue };
        started = true;
        waited += 1.0;
        if seen > 0.0 {
            smoothed = Some(match smoothed {
                None => (seen, waited),
                Some((size, interval)) => (size + alpha * (seen - size), interval + alpha * (waited - interval)),
            });
            waited = 0.0;
        }
    }
    Run { method: variant.method(alpha), fitted, ahead: vec![foretold(smoothed); horizon] }
}
