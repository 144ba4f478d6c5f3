//! Each method by example, the choice between them, and no history that makes nonsense.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

const FIRST: Date = date(2026, 1, 5);

fn days(units: &[Option<u32>]) -> Vec<Day> {
    let day = |(units, date): (&Option<u32>, Date)| Day { date, units: units.unwrap_or(0), in_stock: units.is_some() };
    units.iter().zip(FIRST.series(1.day())).map(day).collect()
}

fn history(units: &[Option<u32>]) -> History {
    History::new(days(units))
}

fn sold(units: &[u32]) -> History {
    history(&units.iter().copied().map(Some).collect::<Vec<_>>())
}

fn weekly(weeks: usize, of_week: [u32; 7]) -> Vec<u32> {
    of_week.iter().copied().cycle().take(7 * weeks).collect()
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn a_day_out_of_stock_is_missing_not_zero() {
    let history = history(&[Some(4), None, Some(6), None, Some(8)]);
    assert!(near(history.mean(), 6.0));
    assert!(near(history.deviation(), 2.0));
    let forecast = project(&history, WEEK, 7).forecast;
    assert!(near(forecast.daily_mean, 6.0) && near(forecast.daily_deviation, 2.0));
    assert_eq!((forecast.days, forecast.days_in_stock), (5, 3));
}

#[test]
fn days_are_put_in_order_gaps_filled_and_twins_joined() {
    let day = |number: i8, units, in_stock| Day { date: date(2026, 3, number), units, in_stock };
    let history = History::new([day(4, 2, true), day(1, 5, true), day(4, 3, true), day(3, 1, true), day(3, 1, false)]);
    assert_eq!(history.days(), [day(1, 5, true), day(2, 0, false), day(3, 2, false), day(4, 5, true)]);
}

#[test]
fn only_the_last_three_years_count() {
    let old = Day { date: date(1999, 1, 1), units: 9, in_stock: true };
    let new = Day { date: date(2026, 1, 1), units: 1, in_stock: true };
    let history = History::new([old, new]);
    assert_eq!(history.days().len(), 1_096);
    assert!(near(history.mean(), 1.0));
}

#[test]
fn nothing_known_is_said_so() {
    for history in [History::default(), history(&[None, None, None])] {
        let projection = project(&history, WEEK, 3);
        let forecast = &projection.forecast;
        assert_eq!(forecast.chosen, Trial { method: Method::Unknown, absolute: None, squared: None });
        assert!(forecast.others.is_empty() && forecast.traits.is_none());
        assert_eq!((forecast.daily_mean, forecast.daily_deviation), (0.0, 0.0));
        assert_eq!(projection.ahead, [0.0; 3]);
    }
}

#[test]
fn one_day_is_a_mean_without_an_error() {
    let forecast = project(&sold(&[3]), WEEK, 7).forecast;
    assert_eq!(forecast.chosen, Trial { method: Method::Mean, absolute: None, squared: None });
    assert!(near(forecast.daily_mean, 3.0) && near(forecast.daily_deviation, 0.0));
}

#[test]
fn no_demand_is_a_mean_of_nothing() {
    let forecast = project(&sold(&[0; 40]), WEEK, 7).forecast;
    assert_eq!((forecast.chosen.method, forecast.chosen.absolute), (Method::Mean, Some(0.0)));
    assert_eq!((forecast.daily_mean, forecast.daily_deviation, forecast.traits), (0.0, 0.0, None));
}

#[test]
fn demand_is_sorted_by_interval_and_variation() {
    let pattern = |units: &[u32]| {
        let forecast = project(&sold(units), WEEK, 7).forecast;
        forecast.traits.map(|traits| traits.pattern)
    };
    assert_eq!(pattern(&[5, 6, 5, 4]), Some(Pattern::Smooth));
    assert_eq!(pattern(&[1, 1, 20, 1]), Some(Pattern::Erratic));
    assert_eq!(pattern(&[5, 0, 0, 5, 0, 0]), Some(Pattern::Intermittent));
    assert_eq!(pattern(&[1, 0, 0, 20, 0, 0, 1]), Some(Pattern::Lumpy));
    // 13 days with 10 of demand are 1.3 apart, 14 are 1.4: the line is 1.32.
    let every = |days: usize, with: usize| (0..days).map(|day| u32::from(day < with)).collect::<Vec<_>>();
    assert_eq!(pattern(&every(13, 10)), Some(Pattern::Smooth));
    assert_eq!(pattern(&every(14, 10)), Some(Pattern::Intermittent));
}

#[test]
fn croston_by_hand() {
    // Demand of 6 on the 3rd day in stock, of 4 two days in stock later; alpha 0.2.
    let seen = [Some(0.0), None, Some(0.0), Some(6.0), Some(0.0), None, Some(4.0)];
    let runs = croston::runs(&seen, 2, Variant::Croston);
    let run = &runs[3];
    assert_eq!(run.method, Method::Croston { alpha: 0.2 });
    assert_eq!(run.fitted[..4], [None, Some(0.0), Some(0.0), Some(0.0)]);
    assert!(run.fitted[4..].iter().all(|foretold| near(foretold.unwrap(), 2.0)));
    // Size 6 + 0.2 (4 - 6) = 5.6, interval 3 + 0.2 (2 - 3) = 2.8.
    assert!(run.ahead.iter().all(|ahead| near(*ahead, 2.0)));
    // Less half of alpha.
    let runs = croston::runs(&seen, 1, Variant::Sba);
    assert!(near(runs[3].ahead[0], 1.8));
}

#[test]
fn intermittent_demand_goes_by_croston_or_sba() {
    let units: Vec<u32> = [3, 0, 0, 0, 4, 0, 0, 2, 0, 0, 0, 0, 3].into_iter().cycle().take(130).collect();
    let forecast = project(&sold(&units), WEEK, 14).forecast;
    assert!(matches!(forecast.chosen.method, Method::Sba { .. } | Method::Croston { .. }), "{forecast:?}");
    assert!((0.7..1.1).contains(&forecast.daily_mean), "{forecast:?}");
    // The other of the two, and the season that was no better.
    assert_eq!(forecast.others.len(), 2);
    assert!(forecast.others.iter().any(|trial| matches!(trial.method, Method::HoltWinters { .. })));
}

#[test]
fn a_week_that_comes_back_goes_by_holt_winters() {
    let projection = project(&sold(&weekly(8, [2, 2, 3, 4, 8, 12, 0])), WEEK, 7);
    let forecast = &projection.forecast;
    assert!(matches!(forecast.chosen.method, Method::HoltWinters { season_days: 7, .. }), "{forecast:?}");
    assert!(near(forecast.chosen.absolute.unwrap(), 0.0) && near(forecast.daily_deviation, 0.0));
    for (ahead, wanted) in projection.ahead.iter().zip([2.0, 2.0, 3.0, 4.0, 8.0, 12.0, 0.0]) {
        assert!(near(*ahead, wanted), "{:?}", projection.ahead);
    }
    assert!(matches!(forecast.others[..], [Trial { method: Method::Mean, absolute: Some(_), .. }]));
    // The next days are as the days of the week that they are.
    let ahead = project(&sold(&weekly(8, [2, 2, 3, 4, 8, 12, 0])[..52]), WEEK, 3).ahead;
    assert!(near(ahead[0], 4.0) && near(ahead[1], 8.0) && near(ahead[2], 12.0), "{ahead:?}");
}

#[test]
fn a_trend_is_followed() {
    let units: Vec<u32> = (0..140).map(|day| 10 + day / 2).collect();
    let forecast = project(&sold(&units), WEEK, 7).forecast;
    assert!(matches!(forecast.chosen.method, Method::HoltWinters { .. }), "{forecast:?}");
    assert!((78.0..84.0).contains(&forecast.daily_mean), "{forecast:?}");
}

#[test]
fn one_season_and_a_bit_is_not_enough() {
    let forecast = project(&sold(&weekly(2, [2, 2, 3, 4, 8, 12, 1])[..13]), WEEK, 7).forecast;
    assert_eq!(forecast.chosen.method, Method::Mean);
    assert!(forecast.others.is_empty());
}

#[test]
fn a_season_by_chance_is_not_believed() {
    // The same weekday is never alike: 5 and 7 take turns, in a week of odd length.
    let units: Vec<u32> = (0..112).map(|day| 5 + 2 * (day % 2)).collect();
    assert_eq!(project(&sold(&units), WEEK, 7).forecast.chosen.method, Method::Mean);
}

#[test]
fn is_kept_as_json() {
    for units in [weekly(8, [2, 2, 3, 4, 8, 12, 0]), vec![5, 0, 0, 0, 5, 0, 0], vec![]] {
        let projection = project(&sold(&units), WEEK, 7);
        let json = serde_json::to_string(&projection).unwrap();
        let back: Projection = serde_json::from_str(&json).unwrap();
        assert_eq!(back.forecast.chosen.method, projection.forecast.chosen.method);
        assert_eq!((back.forecast.traits, back.ahead.len()), (projection.forecast.traits, projection.ahead.len()));
        assert!(json.contains(&format!(r#""name":"{}""#, projection.forecast.chosen.method.as_str())));
    }
    let json = serde_json::to_value(Method::Sba { alpha: 0.1 }).unwrap();
    assert_eq!(json, serde_json::json!({ "name": "sba", "alpha": 0.1 }));
    for pattern in Pattern::ALL {
        assert_eq!(serde_json::to_value(pattern).unwrap(), pattern.as_str());
    }
}

fn observed() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![2 => Just(None), 3 => Just(Some(0)), 4 => (0_u32..30).prop_map(Some), 1 => any::<u32>().prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the history: every number is one, none is below zero, every day has its place in the curves, and the
    /// chosen method is the least off, a season apart.
    #[test]
    fn no_history_makes_nonsense(
        units in prop::collection::vec(observed(), 0..120),
        season in 0_u16..40,
        horizon in 0_u16..60,
    ) {
        let history = history(&units);
        let projection = project(&history, season, horizon);
        let forecast = &projection.forecast;
        let good = |number: f64| number.is_finite() && number >= 0.0;
        prop_assert!(good(forecast.daily_mean) && good(forecast.daily_deviation));
        prop_assert!(good(history.mean()) && good(history.deviation()));
        for trial in forecast.others.iter().chain([&forecast.chosen]) {
            prop_assert!(trial.absolute.is_none_or(good) && trial.squared.is_none_or(good));
        }
        prop_assert_eq!(projection.fitted.len(), history.days().len());
        prop_assert_eq!(projection.ahead.len(), usize::from(horizon.max(1)));
        prop_assert!(projection.fitted.iter().flatten().chain(&projection.ahead).copied().all(good));
        let seasonal = |trial: &Trial| matches!(trial.method, Method::HoltWinters { .. });
        for other in forecast.others.iter().filter(|other| !seasonal(other)) {
            prop_assert!(forecast.chosen.squared <= other.squared);
        }
        prop_assert_eq!(forecast.chosen.method == Method::Unknown, units.iter().flatten().count() == 0);
        let two_seasons = units.iter().flatten().count() >= 2 * usize::from(season.max(2));
        let tried = forecast.others.iter().chain([&forecast.chosen]).any(seasonal);
        prop_assert_eq!(tried, two_seasons && forecast.traits.is_some());
    }

    /// What is not in stock changes nothing that is known.
    #[test]
    fn sales_of_a_day_out_of_stock_do_not_count(
        units in prop::collection::vec(observed(), 0..60),
        ghosts in prop::collection::vec(0_u32..100, 60),
    ) {
        let mut haunted = days(&units);
        for (day, ghost) in haunted.iter_mut().zip(ghosts) {
            if !day.in_stock {
                day.units = ghost;
            }
        }
        prop_assert_eq!(project(&History::new(haunted), WEEK, 14), project(&history(&units), WEEK, 14));
    }
}
