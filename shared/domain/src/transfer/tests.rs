//! The life of a transfer: each rule by example, then units under any sequence of commands.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, many, offer, sku};
use crate::refusal::Refusal;
use crate::stock::{Level, Movement, Shelf, Stock};

fn place(name: &str) -> LocationId {
    name.parse().unwrap()
}

fn draft(lines: &[(&str, u32)]) -> TransferDraft {
    let line = |(name, quantity): &(&str, u32)| TransferLineDraft { sku: sku(name), quantity: *quantity };
    TransferDraft { from: place("main"), to: place("annex"), lines: lines.iter().map(line).collect(), note: None }
}

/// So many on hand at `main`, of which some are committed; and so many at `annex`.
fn stock(name: &str, main: i64, committed: i64, annex: i64) -> Stock {
    let level = |on_hand, committed| Level { on_hand, committed, ..Level::default() };
    Stock {
        offer: offer(name, 1999, main - committed + annex),
        levels: [(place("main"), level(main, committed)), (place("annex"), level(annex, 0))].into(),
    }
}

fn stocks(of: &[Stock]) -> BTreeMap<Sku, Stock> {
    of.iter().map(|stock| (stock.offer.listing.sku.clone(), stock.clone())).collect()
}

fn sent(lines: &[(&str, u32)], of: &[Stock]) -> Result<Decision, Refusal> {
    send(TransferId::new(1, [1; 10]), draft(lines).check().unwrap(), &stocks(of), "warehouse:per_1", at(0))
}

fn receipt(lines: &[(&str, u32, u32, u32)]) -> Command {
    let line = |(name, received, damaged, missing): &(&str, u32, u32, u32)| TransferReceiptLine {
        sku: sku(name),
        received: *received,
        damaged: *damaged,
        missing: *missing,
    };
    let draft = TransferReceiptDraft { lines: lines.iter().map(line).collect() };
    Command::Receive { receipt: draft.check().unwrap() }
}

fn after(transfer: &Transfer, command: Command) -> Result<Decision, Refusal> {
    decide(transfer, command, "warehouse:per_1", at(10))
}

fn moved(stock: &mut BTreeMap<Sku, Stock>, decision: &Decision) {
    for booked in &decision.stock {
        let one = stock.get_mut(&booked.sku).unwrap();
        for movement in &booked.movements {
            *one = one.after(movement).unwrap();
        }
    }
}

fn at_place(stock: &BTreeMap<Sku, Stock>, name: &str, location: &str) -> Level {
    stock[&sku(name)].levels[&place(location)]
}

#[test]
fn what_leaves_is_incoming_where_it_goes_and_nobody_can_buy_it() {
    let mut stock = stocks(&[stock("A", 10, 3, 2)]);
    let decision = sent(&[("A", 7)], &stock.values().cloned().collect::<Vec<_>>()).unwrap();
    assert_eq!(decision.transfer.status, TransferStatus::InTransit);
    moved(&mut stock, &decision);
    assert_eq!((at_place(&stock, "A", "main").on_hand, at_place(&stock, "A", "annex").incoming), (3, 7));
    let one = &stock[&sku("A")];
    assert_eq!(one.offer.available, 2, "nine less seven on the road");
    assert!(one.is_balanced());
}

#[test]
fn what_is_promised_does_not_leave() {
    let few = [stock("A", 10, 3, 0)];
    assert!(matches!(sent(&[("A", 8)], &few), Err(Refusal::StockTooLow { left: 7, .. })));
    // Unpaid orders hold some, wherever they are.
    let held = few[0].after(&Movement::Hold(many(5))).unwrap();
    assert!(matches!(sent(&[("A", 3)], std::slice::from_ref(&held)), Err(Refusal::TooFewToSpare { left: 2, .. })));
    // What may be backordered is not there to be sent.
    let mut backordered = held;
    backordered.offer.backorder_limit = 100;
    assert!(sent(&[("A", 3)], std::slice::from_ref(&backordered)).is_err());
    assert!(sent(&[("A", 2)], &[backordered]).is_ok());
    let refused = sent(&[("B", 1)], &few).unwrap_err();
    assert_eq!(refused.to_string(), "main has only 0 of B that are not promised to an order.");
}

#[test]
fn it_comes_in_parts_good_damaged_or_not_at_all() {
    let mut stock = stocks(&[stock("A", 10, 0, 0), stock("B", 4, 0, 0)]);
    let decision = sent(&[("A", 10), ("B", 4)], &stock.values().cloned().collect::<Vec<_>>()).unwrap();
    moved(&mut stock, &decision);
    let part = after(&decision.transfer, receipt(&[("A", 5, 1, 2)])).unwrap();
    moved(&mut stock, &part);
    assert_eq!((part.transfer.status, part.stock[0].lost), (TransferStatus::PartiallyReceived, 2));
    let annex = at_place(&stock, "A", "annex");
    assert_eq!((annex.on_hand, annex.damaged, annex.incoming), (5, 1, 2));
    let more = after(&part.transfer, receipt(&[("A", 3, 0, 0)])).unwrap_err();
    assert!(matches!(more, Refusal::LineLeft { left: 2, .. }));
    assert!(matches!(after(&part.transfer, receipt(&[("C", 1, 0, 0)])), Err(Refusal::LineLeft { left: 0, .. })));
    assert!(matches!(after(&part.transfer, Command::Cancel), Err(Refusal::Illegal(_))));
    let rest = after(&part.transfer, receipt(&[("A", 2, 0, 0), ("B", 0, 0, 4)])).unwrap();
    moved(&mut stock, &rest);
    assert_eq!(rest.transfer.status, TransferStatus::Received);
    assert_eq!(at_place(&stock, "B", "annex").incoming, 0);
    assert!(matches!(after(&rest.transfer, receipt(&[("A", 1, 0, 0)])), Err(Refusal::Illegal(_))));
    let told: Vec<Deed> = rest.transfer.happened.iter().map(|one| one.what).collect();
    let received = |received, damaged, missing| Deed::Received { received, damaged, missing };
    assert_eq!(told, [Deed::Sent, received(5, 1, 2), received(2, 0, 4)]);
}

#[test]
fn it_turns_back_whole() {
    let before = stocks(&[stock("A", 10, 3, 2)]);
    let mut stock = before.clone();
    let decision = sent(&[("A", 5)], &stock.values().cloned().collect::<Vec<_>>()).unwrap();
    moved(&mut stock, &decision);
    let back = after(&decision.transfer, Command::Cancel).unwrap();
    moved(&mut stock, &back);
    assert_eq!(stock, before);
    assert_eq!(back.transfer.incoming(&back.transfer.lines[0]), 0);
    assert!(after(&back.transfer, Command::Cancel).is_err());
}

#[test]
fn everything_that_is_wrong_with_a_draft_is_said_at_once() {
    let mut wrong = draft(&[("A", 0), ("A", 1_000_001), ("B", 1)]);
    wrong.to = wrong.from.clone();
    wrong.note = Some("n".repeat(501));
    let pointers: Vec<String> = wrong.check().unwrap_err().into_iter().map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/to", "/lines/0/quantity", "/lines/1/sku", "/lines/1/quantity", "/note"]);
    let named: Vec<String> = (0..33).map(|n| format!("S{n}")).collect();
    let lines = |count: usize| named[..count].iter().map(|name| (name.as_str(), 1)).collect::<Vec<_>>();
    assert_eq!(draft(&lines(33)).check().unwrap_err()[0].pointer, "/lines");
    assert!(draft(&lines(32)).check().is_ok());
    assert!(draft(&[]).check().is_err());
    let nothing = TransferReceiptLine { sku: sku("A"), received: 0, damaged: 0, missing: 0 };
    let receipt = TransferReceiptDraft { lines: vec![nothing.clone(), nothing] };
    let pointers: Vec<String> = receipt.check().unwrap_err().into_iter().map(|error| error.pointer).collect();
    assert_eq!(pointers, ["/lines/0/received", "/lines/1/sku", "/lines/1/received"]);
    let endless = TransferReceiptLine { sku: sku("A"), received: u32::MAX, damaged: u32::MAX, missing: 1 };
    assert!(TransferReceiptDraft { lines: vec![endless] }.check().is_err());
}

#[test]
fn a_dispatch_holds_while_as_many_lie_free() {
    let before = stock("A", 20, 2, 0);
    let decision = sent(&[("A", 8)], std::slice::from_ref(&before)).unwrap();
    let dispatch = &decision.stock[0].movements[0];
    let promised = |units: u32| {
        let held = before.after(&Movement::Hold(many(units))).unwrap();
        held.after(&Movement::Commit(place("main"), many(units))).unwrap()
    };
    assert!(promised(10).after(dispatch).is_ok());
    assert!(promised(11).after(dispatch).is_err());
    let shipped = promised(10).after(&Movement::Ship(place("main"), many(10))).unwrap();
    assert!(shipped.after(dispatch).is_ok());
}

#[derive(Debug, Clone)]
enum Act {
    Hold(u32),
    Commit(u32),
    Ship(u32),
    Send(bool, u32),
    Receive(usize, [u32; 3]),
    Cancel(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let which = 0_usize..4;
    prop_oneof![
        (1_u32..4).prop_map(Act::Hold),
        (1_u32..4).prop_map(Act::Commit),
        (1_u32..4).prop_map(Act::Ship),
        (any::<bool>(), 1_u32..12).prop_map(|(back, units)| Act::Send(back, units)),
        (which.clone(), prop::array::uniform3(0_u32..5)).prop_map(|(which, units)| Act::Receive(which, units)),
        which.prop_map(Act::Cancel),
    ]
}

proptest! {
    #[test]
    fn units_neither_appear_nor_vanish(acts in prop::collection::vec(act(), 0..40)) {
        const UNITS: i64 = 30;
        let mut one = stock("A", UNITS, 0, 0);
        let mut transfers: Vec<Transfer> = Vec::new();
        let mut shipped = 0;
        for act in acts {
            let step = |movement: Movement| one.after(&movement);
            let decision = match act.clone() {
                Act::Hold(units) => { one = step(Movement::Hold(many(units))).unwrap_or(one); None }
                Act::Commit(units) => { one = step(Movement::Commit(place("main"), many(units))).unwrap_or(one); None }
                Act::Ship(units) => {
                    if let Ok(next) = step(Movement::Ship(place("main"), many(units))) {
                        shipped += i64::from(units);
                        one = next;
                    }
                    None
                }
                Act::Send(back, units) => {
                    let mut draft = draft(&[("A", units)]);
                    if back {
                        std::mem::swap(&mut draft.from, &mut draft.to);
                    }
                    let id = TransferId::new(1, [u8::try_from(transfers.len()).unwrap(); 10]);
                    send(id, draft.check().unwrap(), &stocks(std::slice::from_ref(&one)), "who", at(0)).ok()
                }
                Act::Receive(which, [received, damaged, missing]) if received + damaged + missing > 0 => transfers
                    .get(which)
                    .and_then(|transfer| after(transfer, receipt(&[("A", received, damaged, missing)])).ok()),
                Act::Receive(..) => None,
                Act::Cancel(which) => transfers.get(which).and_then(|transfer| after(transfer, Command::Cancel).ok()),
            };
            if let Some(Decision { transfer, stock }) = decision {
                for movement in stock.iter().flat_map(|booked| &booked.movements) {
                    let next = one.after(movement);
                    prop_assert!(next.is_ok(), "{act:?}: {movement:?} {next:?}");
                    one = next.unwrap();
                }
                match transfers.iter_mut().find(|known| known.id == transfer.id) {
                    Some(known) => *known = transfer,
                    None => transfers.push(transfer),
                }
            }
            prop_assert!(one.is_balanced(), "{act:?}");
            prop_assert!(one.offer.available >= 0, "{act:?}: what was promised was sent away");
            let on = |shelf: Shelf| one.levels.values().map(|level| level.on(shelf)).sum::<i64>();
            let lines = || transfers.iter().map(|transfer| (transfer, &transfer.lines[0]));
            let in_transit: u32 = lines().map(|(transfer, line)| transfer.incoming(line)).sum();
            let lost: u32 = lines().map(|(_, line)| line.missing).sum();
            prop_assert_eq!(on(Shelf::Incoming), i64::from(in_transit));
            let all = on(Shelf::OnHand) + on(Shelf::Damaged) + on(Shelf::Incoming) + i64::from(lost) + shipped;
            prop_assert_eq!(all, UNITS, "{:?}", act);
            for (transfer, line) in lines() {
                let over = matches!(transfer.status, TransferStatus::Received);
                prop_assert!(line.received + line.damaged + line.missing <= line.quantity);
                prop_assert_eq!(over, line.in_transit() == 0);
            }
        }
    }
}
