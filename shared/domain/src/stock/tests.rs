//! The formula under any sequence of movements.

use proptest::prelude::*;

use super::*;
use crate::fixtures::{many, offer};

fn main() -> LocationId {
    LocationId::main()
}

fn stock(on_hand: i64) -> Stock {
    let level = Level { on_hand, ..Level::default() };
    Stock { offer: offer("MUG-1", 1999, on_hand), levels: BTreeMap::from([(main(), level)]) }
}

#[test]
fn a_hold_is_refused_when_too_few_are_left() {
    let held = stock(2).after(&Movement::Hold(many(1))).unwrap();
    assert_eq!((held.offer.available, held.offer.reserved), (1, 1));
    let refused = held.after(&Movement::Hold(many(2))).unwrap_err();
    assert_eq!(refused.to_string(), "Only 1 of Mug MUG-1 is left.");
}

#[test]
fn an_order_goes_from_hold_to_parcel() {
    let mut stock = stock(10);
    for movement in [
        Movement::Hold(many(3)),
        Movement::Commit(main(), many(3)),
        Movement::Ship(main(), many(2)),
        Movement::Uncommit(main(), many(1)),
    ] {
        stock = stock.after(&movement).unwrap();
        assert!(stock.is_balanced());
    }
    let level = stock.levels[&main()];
    assert_eq!((stock.offer.available, stock.offer.reserved, level.on_hand, level.committed), (8, 0, 8, 0));
}

#[test]
fn backorders_go_below_what_is_there_up_to_their_limit() {
    let mut stock = stock(1);
    stock.offer.backorder_limit = 2;
    let held = stock.after(&Movement::Hold(many(3))).unwrap();
    assert_eq!((held.offer.available, held.offer.sellable()), (-2, 0));
    assert!(held.after(&Movement::Hold(many(1))).is_err());
}

#[test]
fn what_is_not_there_waits_and_is_given_when_it_comes() {
    let mut stock = stock(1);
    stock.offer.backorder_limit = 2;
    for movement in [
        Movement::Hold(many(3)),
        Movement::Commit(main(), many(1)),
        Movement::Backorder(many(2)),
        Movement::Shift(main(), Shelf::OnHand, 1),
        Movement::Fill(main(), many(1)),
    ] {
        stock = stock.after(&movement).unwrap();
        assert!(stock.is_balanced());
    }
    let level = stock.levels[&main()];
    let offer = &stock.offer;
    assert_eq!((offer.available, offer.reserved, offer.backordered, level.committed), (-1, 0, 1, 2));
    assert!(matches!(stock.after(&Movement::Fill(main(), many(1))), Err(Refusal::StockTooLow { left: 0, .. })));
    let over = stock.after(&Movement::Unbackorder(many(1))).unwrap();
    assert_eq!((over.offer.available, over.offer.backordered, over.is_balanced()), (0, 0, true));
}

#[test]
fn a_change_takes_nothing_that_is_promised_but_a_count_is_a_fact() {
    let held = stock(10).after(&Movement::Hold(many(4))).unwrap();
    assert!(matches!(book(&held, &main(), Shelf::OnHand, Change::By(-7)), Err(Refusal::StockTooLow { left: 6, .. })));
    assert_eq!(book(&held, &main(), Shelf::OnHand, Change::To(10)), Ok(None));
    let counted = book(&held, &main(), Shelf::OnHand, Change::To(3)).unwrap().unwrap();
    let counted = held.after(&counted).unwrap();
    assert_eq!((counted.offer.available, counted.offer.sellable()), (-1, 0));
    assert!(counted.is_balanced());
    // What came in is never refused.
    assert!(book(&counted, &main(), Shelf::OnHand, Change::By(1)).is_ok());
}

#[derive(Debug, Clone)]
enum Deed {
    Move(Movement),
    Adjust(LocationId, Shelf, Change),
}

fn deed() -> impl Strategy<Value = Deed> {
    let place = prop_oneof![Just(main()), Just("north".parse::<LocationId>().unwrap())];
    (0_u8..12, place, 1_u32..8, -8_i64..20).prop_map(|(kind, place, count, delta)| match kind {
        0 | 1 => Deed::Move(Movement::Hold(many(count))),
        2 => Deed::Move(Movement::Release(many(count))),
        3 => Deed::Move(Movement::Commit(place, many(count))),
        4 => Deed::Move(Movement::Uncommit(place, many(count))),
        5 => Deed::Move(Movement::Ship(place, many(count))),
        6 => Deed::Move(Movement::Shift(place, Shelf::ALL[count as usize % Shelf::ALL.len()], delta)),
        7 => Deed::Move(Movement::Backorder(many(count))),
        8 => Deed::Move(Movement::Fill(place, many(count))),
        9 => Deed::Move(Movement::Unbackorder(many(count))),
        10 => Deed::Adjust(place, Shelf::ALL[count as usize % Shelf::ALL.len()], Change::To(delta.max(0))),
        _ => Deed::Adjust(place, Shelf::ALL[count as usize % Shelf::ALL.len()], Change::By(delta)),
    })
}

proptest! {
    #[test]
    fn what_can_be_promised_is_what_is_there_less_what_is_promised(
        deeds in prop::collection::vec(deed(), 0..60),
        limit in 0_u32..4,
    ) {
        let mut stock = stock(10);
        stock.offer.backorder_limit = limit;
        let mut counted = false;
        for deed in deeds {
            let movement = match &deed {
                Deed::Move(movement) => Some(movement.clone()),
                Deed::Adjust(place, shelf, change) => book(&stock, place, *shelf, *change).unwrap_or(None),
            };
            let next = movement.and_then(|movement| stock.after(&movement).ok()).unwrap_or_else(|| stock.clone());
            prop_assert!(next.is_balanced(), "{deed:?}");
            prop_assert!(next.offer.reserved >= 0 && next.offer.backordered >= 0 && next.offer.sellable() >= 0);
            let mut shelves = next.levels.values().flat_map(|level| Shelf::ALL.iter().map(|shelf| level.on(*shelf)));
            prop_assert!(shelves.all(|count| count >= 0), "{deed:?}");
            counted |= matches!(deed, Deed::Adjust(_, _, Change::To(_)) | Deed::Move(Movement::Shift(..)));
            // What orders have at a place is nobody's to set: the adjustment refuses it before.
            counted |= matches!(deed, Deed::Adjust(_, Shelf::Committed, _));
            // Only a count or a shift between shelves brings it below what backorders allow.
            if !counted {
                prop_assert!(next.offer.available >= -i64::from(limit), "{deed:?}");
            }
            if matches!(deed, Deed::Move(Movement::Hold(_))) && next != stock {
                prop_assert!(next.offer.available >= -i64::from(limit));
            }
            stock = next;
        }
    }
}
