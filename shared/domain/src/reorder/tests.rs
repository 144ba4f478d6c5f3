//! One decision by hand, then what holds for every one.

use proptest::prelude::*;

use super::*;
use crate::demand::{Trial, project};
use crate::fixtures::eur;
use crate::text::LocationId;

fn rule() -> ReorderRule {
    ReorderRule {
        location: LocationId::main(),
        supplier: "acme".parse().unwrap(),
        reorder_point: None,
        lead_time_days: 7,
        lead_time_deviation_days: 1.0,
        minimum_order: 10,
        pack_size: 6,
        review_days: 7,
        service_level: 0.95,
        unit_cost: None,
        order_cost: None,
        holding_cost: None,
    }
}

fn forecast(daily_mean: f64, daily_deviation: f64) -> Forecast {
    Forecast {
        daily_mean,
        daily_deviation,
        chosen: Trial { method: Method::Mean, absolute: None, squared: None },
        others: Vec::new(),
        traits: None,
        days: 90,
        days_in_stock: 90,
    }
}

fn at(units: i64) -> Position {
    Position { on_hand: units, ..Position::default() }
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.000_5
}

/// Ten a day, give or take three; seven days of lead time, give or take one; a week between looks.
///
/// z = 1.6449 for 95 %. SS = 1.6449 * sqrt(7 * 3^2 + 10^2 * 1^2) = 1.6449 * 12.7671 = 21.0001.
/// ROP = 10 * 7 + 21.0001 = 91.0001. Position = 40 + 30 - 5 - 3 - 2 = 60, which is below.
/// Q = max(10, 91.0001 + 70 - 60) = 101.0001, in packs of six 102.
#[test]
fn a_decision_by_hand() {
    let position = Position { on_hand: 40, incoming: 30, committed: 5, reserved: 3, backordered: 2 };
    let decision = decide(&rule(), position, &forecast(10.0, 3.0));
    let figures = decision.figures;
    assert!(near(figures.z, 1.644_9) && near(figures.safety_stock, 21.000_1), "{figures:?}");
    assert!(near(figures.reorder_point, 91.000_1) && near(figures.review_demand, 70.0), "{figures:?}");
    assert_eq!((figures.position, figures.economic_quantity), (60, None));
    assert!(near(figures.wanted.unwrap(), 101.000_1), "{figures:?}");
    assert_eq!((decision.quantity, decision.reason), (102, Reason::AtReorderPoint));
    // It keeps what made it.
    assert_eq!((&decision.rule, decision.position, &decision.forecast), (&rule(), position, &forecast(10.0, 3.0)));
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!((&json["reason"], &json["rule"]["lead_time_days"]), (&"at_reorder_point".into(), &7.into()));
    let back: Decision = serde_json::from_value(json).unwrap();
    assert_eq!((back.quantity, back.rule, back.position), (decision.quantity, decision.rule, decision.position));
}

/// D = 3,650 a year, an order costs 20.00, keeping a unit for a year 1.50: EOQ = sqrt(2 * 3650 * 2000 / 150) = 311.98.
/// Q = 91.0001 + 311.98 - 60 = 342.98, in packs of six 348.
#[test]
fn an_economic_quantity_by_hand() {
    let rule = ReorderRule { order_cost: Some(eur(2_000)), holding_cost: Some(eur(150)), ..rule() };
    let decision = decide(&rule, at(60), &forecast(10.0, 3.0));
    assert!((decision.figures.economic_quantity.unwrap() - 311.98).abs() < 0.01, "{:?}", decision.figures);
    assert_eq!(decision.quantity, 348);
    // The week's demand is more than an order that costs next to nothing.
    let cheap = ReorderRule { order_cost: Some(eur(1)), ..rule.clone() };
    assert_eq!(decide(&cheap, at(60), &forecast(10.0, 3.0)).quantity, 102);
    let one_cost = ReorderRule { holding_cost: None, ..rule };
    assert_eq!(decide(&one_cost, at(60), &forecast(10.0, 3.0)).figures.economic_quantity, None);
    assert_eq!(economic_quantity(10.0, eur(1), eur(0)), None);
}

#[test]
fn the_inverse_normal_is_that_of_the_tables() {
    for (level, z) in [(0.5, 0.0), (0.9, 1.281_552), (0.95, 1.644_854), (0.99, 2.326_348), (0.999, 3.090_232)] {
        assert!((safety_factor(level) - z).abs() < 1e-6, "{level}");
    }
    assert_eq!(safety_factor(0.1), 0.0);
    assert!(safety_factor(1.0).is_finite());
}

#[test]
fn the_line_itself_orders() {
    let fixed = ReorderRule { reorder_point: Some(20), review_days: 0, minimum_order: 1, pack_size: 1, ..rule() };
    assert_eq!(decide(&fixed, at(21), &forecast(0.0, 0.0)).reason, Reason::AboveReorderPoint);
    let decision = decide(&fixed, at(20), &forecast(0.0, 0.0));
    assert_eq!((decision.quantity, decision.reason), (1, Reason::AtReorderPoint));
    // 0.1 * 30 is a little more than 3 in binary, 0.7 * 10 a little less than 7: neither moves the line or a pack.
    let exact = |daily: f64, lead_time_days| {
        let rule = ReorderRule { lead_time_days, lead_time_deviation_days: 0.0, service_level: 0.5, ..rule() };
        move |units| {
            decide(
                &ReorderRule { review_days: 0, minimum_order: 1, pack_size: 3, ..rule.clone() },
                at(units),
                &forecast(daily, 0.0),
            )
        }
    };
    assert_eq!(exact(0.1, 30)(0).quantity, 3);
    assert!(exact(0.1, 30)(3).is_order() && !exact(0.1, 30)(4).is_order());
    assert!(exact(0.7, 10)(7).is_order() && !exact(0.7, 10)(8).is_order());
}

#[test]
fn what_nobody_wants_is_not_bought_again() {
    let nothing = forecast(0.0, 0.0);
    let decision = decide(&rule(), at(0), &nothing);
    assert_eq!((decision.quantity, decision.reason), (0, Reason::NoDemand));
    let unknown = project(&crate::demand::History::default(), 7, 14).forecast;
    assert_eq!(decide(&rule(), at(0), &unknown).reason, Reason::NoHistory);
    // But for what is owed, or where staff say when.
    assert_eq!(decide(&rule(), at(-13), &unknown).quantity, 18);
    assert_eq!(decide(&ReorderRule { reorder_point: Some(20), ..rule() }, at(0), &unknown).quantity, 24);
}

#[test]
fn reasons_are_written_as_they_are_called() {
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
}

fn rules() -> impl Strategy<Value = ReorderRule> {
    let lots = (1_u32..500, 1_u32..100);
    let times = (0_u16..90, 0.0_f64..20.0, 0_u16..60);
    let costs = prop::option::of((0_i64..100_000, 1_i64..10_000));
    (prop::option::of(0_u32..500), lots, times, 0.5_f64..0.9999, costs).prop_map(
        |(
            reorder_point,
            (minimum_order, pack_size),
            (lead_time_days, deviation, review_days),
            service_level,
            costs,
        )| {
            ReorderRule {
                reorder_point,
                lead_time_days,
                lead_time_deviation_days: deviation,
                minimum_order,
                pack_size,
                review_days,
                service_level,
                unit_cost: None,
                order_cost: costs.map(|(order, _)| eur(order)),
                holding_cost: costs.map(|(_, holding)| eur(holding)),
                ..rule()
            }
        },
    )
}

fn positions() -> impl Strategy<Value = Position> {
    [-50_i64..500, 0_i64..200, 0_i64..100, 0_i64..100, 0_i64..100].prop_map(
        |[on_hand, incoming, committed, reserved, backordered]| Position {
            on_hand,
            incoming,
            committed,
            reserved,
            backordered,
        },
    )
}

fn forecasts() -> impl Strategy<Value = Forecast> {
    prop_oneof![
        1 => Just(forecast(0.0, 0.0)),
        6 => (0.0_f64..50.0, 0.0_f64..30.0).prop_map(|(mean, deviation)| forecast(mean, deviation)),
    ]
}

#[test]
fn a_position_counts_each_unit_once() {
    let (main, annex) = (LocationId::main(), LocationId::new("annex").unwrap());
    let level = |on_hand, committed, incoming| Level { on_hand, committed, incoming, ..Level::default() };
    let mut stock = Stock {
        offer: crate::fixtures::offer("A", 100, 0),
        levels: [(main.clone(), level(10, 7, 5)), (annex.clone(), level(4, 0, 0))].into(),
    };
    stock.offer.reserved = 9;
    let priority = [annex.clone(), main.clone()];
    let at = |location: &LocationId| Position::at(&stock, location, &priority);
    // The annex has four free, the main location three; two more are owed, by the first of them.
    assert_eq!((at(&annex).reserved, at(&main).reserved), (6, 3));
    assert_eq!((at(&annex).units(), at(&main).units()), (-2, 5));
    let nowhere = LocationId::new("nowhere").unwrap();
    assert_eq!(at(&nowhere), Position::default());
}

#[test]
fn slack_is_what_may_go_until_it_is_ordered() {
    let rule = ReorderRule { reorder_point: Some(20), ..rule() };
    let slack = |units: i64| decide(&rule, at(units), &forecast(1.0, 0.0)).slack();
    assert_eq!((slack(25), slack(21), slack(20)), (Some(5), Some(1), None));
    let none = ReorderRule { reorder_point: None, ..rule };
    assert_eq!(decide(&none, at(5), &forecast(0.0, 0.0)).slack(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Nothing above the line; at it, whole packs of at least the minimum, rounded up and by less than a pack.
    #[test]
    fn an_order_is_made_of_packs(rule in rules(), position in positions(), forecast in forecasts()) {
        prop_assert_eq!(rule.check(), Ok(()));
        let decision = decide(&rule, position, &forecast);
        let figures = decision.figures;
        for figure in [figures.z, figures.safety_stock, figures.computed_reorder_point, figures.reorder_point] {
            prop_assert!(figure.is_finite() && figure >= 0.0);
        }
        prop_assert_eq!(figures.wanted.is_some(), decision.is_order());
        prop_assert_eq!(decision.reason == Reason::AtReorderPoint, decision.is_order());
        let above = figures.position as f64 > figures.reorder_point + SLACK;
        prop_assert!(!(above && decision.is_order()));
        if let Some(wanted) = figures.wanted {
            let quantity = f64::from(decision.quantity);
            prop_assert!(decision.quantity >= rule.minimum_order && decision.quantity.is_multiple_of(rule.pack_size));
            prop_assert!(quantity >= wanted - SLACK && quantity < wanted + f64::from(rule.pack_size));
            prop_assert!(figures.position as f64 + quantity >= figures.reorder_point - SLACK);
        }
    }

    /// A higher service level or a longer lead time never orders less.
    #[test]
    fn caution_orders_no_less(
        rule in rules(),
        position in positions(),
        forecast in forecasts(),
        levels in [0.5_f64..0.9999, 0.5_f64..0.9999],
        leads in [0_u16..90, 0_u16..90],
        deviations in [0.0_f64..20.0, 0.0_f64..20.0],
    ) {
        let with = |change: &dyn Fn(&mut ReorderRule)| {
            let mut rule = rule.clone();
            change(&mut rule);
            decide(&rule, position, &forecast)
        };
        let pairs = [
            levels.map(|level| with(&|rule| rule.service_level = level)),
            leads.map(|lead| with(&|rule| rule.lead_time_days = lead)),
            deviations.map(|deviation| with(&|rule| rule.lead_time_deviation_days = deviation)),
        ];
        let ascending = [levels[0] <= levels[1], leads[0] <= leads[1], deviations[0] <= deviations[1]];
        for ([first, second], ascending) in pairs.iter().zip(ascending) {
            let (less, more) = if ascending { (first, second) } else { (second, first) };
            prop_assert!(less.figures.computed_reorder_point <= more.figures.computed_reorder_point);
            prop_assert!(less.quantity <= more.quantity);
        }
    }

    /// A reorder point that staff set is the one that counts, whatever demand would make of it.
    #[test]
    fn a_fixed_reorder_point_overrides(
        rule in rules(),
        position in positions(),
        forecast in forecasts(),
        point in 0_u32..500,
    ) {
        let fixed = ReorderRule { reorder_point: Some(point), ..rule };
        let decision = decide(&fixed, position, &forecast);
        prop_assert_eq!(decision.figures.reorder_point, f64::from(point));
        prop_assert_eq!(decision.is_order(), position.units() <= i64::from(point));
        let computed = decide(&ReorderRule { reorder_point: None, ..fixed }, position, &forecast);
        prop_assert_eq!(decision.figures.computed_reorder_point, computed.figures.reorder_point);
    }

    /// What comes raises the position, what is promised lowers it; a lower position never orders less.
    #[test]
    fn the_position_is_a_sum(rule in rules(), position in positions(), forecast in forecasts(), more in 1_i64..100) {
        let Position { on_hand, incoming, committed, reserved, backordered } = position;
        prop_assert_eq!(position.units(), on_hand + incoming - committed - reserved - backordered);
        let here = decide(&rule, position, &forecast);
        for higher in [
            Position { on_hand: on_hand + more, ..position },
            Position { incoming: incoming + more, ..position },
            Position { committed: committed - more, ..position },
            Position { reserved: reserved - more, ..position },
            Position { backordered: backordered - more, ..position },
        ] {
            prop_assert_eq!(higher.units(), position.units() + more);
            prop_assert!(decide(&rule, higher, &forecast).quantity <= here.quantity);
        }
        // What was ordered is incoming then: the same look again orders nothing, unless that came to the line itself.
        let arrived = Position { incoming: incoming + i64::from(here.quantity), ..position };
        let above = arrived.units() as f64 > here.figures.reorder_point + SLACK;
        if here.is_order() && above {
            prop_assert!(!decide(&rule, arrived, &forecast).is_order());
        }
    }

    /// However much is wanted, an order stays what one line takes.
    #[test]
    fn no_order_is_beyond_a_line(rule in rules(), daily in 0.0_f64..4e9, units in -1_000_000_000_i64..0) {
        let decision = decide(&rule, at(units), &forecast(daily, daily));
        prop_assert!(decision.quantity <= MAX_UNITS && decision.quantity.is_multiple_of(rule.pack_size));
        prop_assert!(decision.is_order());
    }
}
