//! Where units come from, by each rule.

use proptest::prelude::*;

use super::*;
use crate::settings::Setting;

const NAMES: [&str; 4] = ["A", "B", "C", "D"];

fn place(name: &str) -> LocationId {
    name.parse().unwrap()
}

fn lines(of: &[(&str, u32)]) -> Vec<SkuQuantity> {
    let line = |(sku, count): &(&str, u32)| SkuQuantity {
        sku: sku.parse().unwrap(),
        quantity: Quantity::new(*count).unwrap(),
    };
    of.iter().map(line).collect()
}

fn settings(rule: AllocationRule) -> LocationSettings {
    let location = |id: &str, country: &str| Location {
        id: place(id),
        name: id.to_owned(),
        address: String::new(),
        country: Some(country.parse().unwrap()),
    };
    let locations = vec![location("main", "US"), location("north", "DE"), location("south", "FR")];
    LocationSettings { allocation: rule, locations, ..LocationSettings::initial() }
}

fn free(of: &[(&str, &str, i64)]) -> Free {
    let mut free = Free::default();
    for (sku, location, on_hand) in of {
        free.add(&sku.parse().unwrap(), &place(location), &Level { on_hand: *on_hand, ..Level::default() });
    }
    free
}

fn shipping() -> ShippingSettings {
    let mut shipping = ShippingSettings::initial();
    let first = shipping.zones[0].clone();
    let countries = ["DE", "FR", "AT"].map(|country| country.parse().unwrap()).to_vec();
    shipping.zones = vec![crate::shipping::Zone { countries, ..first }];
    shipping
}

fn planned(rule: AllocationRule, country: &str, wanted: &[(&str, u32)], there: &[(&str, &str, i64)]) -> Plan {
    plan(&lines(wanted), &settings(rule), country.parse().unwrap(), &shipping(), &free(there))
}

fn told(plan: &Plan) -> Vec<String> {
    plan.pieces.iter().map(|piece| format!("{} {} {}", piece.quantity, piece.sku, piece.location)).collect()
}

#[test]
fn fewest_parcels_leave() {
    let there = [("A", "main", 5), ("A", "north", 5), ("B", "north", 5), ("B", "south", 1), ("C", "south", 1)];
    let plan = |wanted: &[(&str, u32)]| planned(AllocationRule::FewestParcels, "DE", wanted, &there);
    assert_eq!(told(&plan(&[("A", 1)])), ["1 A main"]);
    let one = plan(&[("A", 1), ("B", 1)]);
    assert_eq!(
        (told(&one), one.why.reason),
        (vec!["1 A north".into(), "1 B north".into()], AllocationReason::OneLocation)
    );
    // Three locations could share it, two are enough.
    let two = plan(&[("A", 1), ("B", 1), ("C", 1)]);
    assert_eq!(
        (told(&two), two.why.reason),
        (vec!["1 A main".into(), "1 B south".into(), "1 C south".into()], AllocationReason::ByLine)
    );
    let pieces = plan(&[("A", 8)]);
    assert_eq!(
        (told(&pieces), pieces.why.reason),
        (vec!["5 A main".into(), "3 A north".into()], AllocationReason::InPieces)
    );
}

#[test]
fn by_priority_each_line_comes_from_the_first_that_has_it() {
    let there = [("A", "main", 5), ("B", "north", 5), ("C", "north", 1), ("C", "south", 1)];
    let plan = planned(AllocationRule::Priority, "DE", &[("A", 1), ("B", 1), ("C", 1)], &there);
    assert_eq!(told(&plan), ["1 A main", "1 B north", "1 C north"]);
    assert_eq!((plan.why.reason, plan.why.nearness), (AllocationReason::ByLine, None));
}

#[test]
fn the_nearest_has_the_country_and_then_the_zone() {
    let everywhere = [("A", "main", 5), ("A", "north", 5), ("A", "south", 5)];
    let nearest = |country: &str, there: &[(&str, &str, i64)]| {
        let plan = planned(AllocationRule::Nearest, country, &[("A", 2)], there);
        (told(&plan), plan.why.nearness)
    };
    assert_eq!(nearest("FR", &everywhere), (vec!["2 A south".into()], Some(Nearness::SameCountry)));
    assert_eq!(nearest("AT", &everywhere), (vec!["2 A north".into()], Some(Nearness::SameZone)));
    assert_eq!(nearest("JP", &everywhere), (vec!["2 A main".into()], Some(Nearness::Elsewhere)));
    assert_eq!(nearest("FR", &everywhere[..1]), (vec!["2 A main".into()], Some(Nearness::Elsewhere)));
}

#[test]
fn what_nobody_has_is_given_to_none() {
    let plan = planned(AllocationRule::Priority, "DE", &[("A", 3), ("B", 1)], &[("A", "main", 1), ("A", "north", 1)]);
    assert_eq!(told(&plan), ["1 A main", "1 A north"]);
    assert_eq!(plan.missing, lines(&[("A", 1), ("B", 1)]));
    let plan = planned(AllocationRule::Nearest, "DE", &[("A", 3)], &[]);
    assert_eq!((plan.pieces.len(), plan.why.reason), (0, AllocationReason::NothingThere));
    let filled = fill(&lines(&[("A", 3)])[0], &[place("main"), place("north")], &free(&[("A", "north", 2)]));
    assert_eq!(
        filled,
        [Allocation { location: place("north"), sku: "A".parse().unwrap(), quantity: Quantity::new(2).unwrap() }]
    );
}

proptest! {
    /// By whatever rule: every unit is given once or missing, nothing is given that is not there, nothing is missing
    /// that is; and by the fewest parcels no rule sends fewer.
    #[test]
    fn every_unit_has_one_place(
        wanted in prop::collection::vec(1_u32..20, 1..5),
        on_hand in prop::collection::vec(0_i64..20, 12),
        country in prop::sample::select(vec!["DE", "FR", "AT", "US", "JP"]),
    ) {
        let wanted: Vec<(&str, u32)> = NAMES.into_iter().zip(wanted).collect();
        let places = ["main", "north", "south"];
        let there: Vec<(&str, &str, i64)> =
            on_hand.iter().enumerate().map(|(at, count)| (NAMES[at / 3], places[at % 3], *count)).collect();
        let parcels = |plan: &Plan| {
            plan.pieces.iter().map(|piece| &piece.location).collect::<std::collections::BTreeSet<_>>().len()
        };
        let fewest = parcels(&planned(AllocationRule::FewestParcels, country, &wanted, &there));
        for rule in AllocationRule::ALL {
            let plan = planned(*rule, country, &wanted, &there);
            prop_assert!(fewest <= parcels(&plan));
            for (name, count) in &wanted {
                let sku: Sku = name.parse().unwrap();
                let given: u32 = plan.pieces.iter().filter(|piece| piece.sku == sku).map(|piece| piece.quantity.get()).sum();
                let missing: u32 = plan.missing.iter().filter(|line| line.sku == sku).map(|line| line.quantity.get()).sum();
                prop_assert_eq!(given + missing, *count);
                let all: i64 = there.iter().filter(|(of, _, _)| of == name).map(|(_, _, count)| count).sum();
                prop_assert_eq!(i64::from(given), all.min(i64::from(*count)));
            }
            for piece in &plan.pieces {
                let (_, _, has) = there.iter().find(|(sku, at, _)| *sku == piece.sku.as_str() && place(at) == piece.location).unwrap();
                prop_assert!(piece.quantity.units() <= *has);
            }
            let mut named: Vec<_> = plan.pieces.iter().map(|piece| (&piece.sku, &piece.location)).collect();
            named.sort();
            named.dedup();
            prop_assert_eq!(named.len(), plan.pieces.len());
        }
    }
}
