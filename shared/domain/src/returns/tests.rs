//! Quotes: each rule by example, then money under any sequence of returns and refunds.

use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, eur, many, placed, sku};
use crate::money::Money;
use crate::order::{Command, Order, PaymentMethod, RefundWhat, decide};
use crate::settings::{ReturnSettings, Setting};
use crate::stock::{Allocated, Allocation, AllocationReason, AllocationRule, SkuQuantity};
use crate::tax::TaxSettings;
use crate::text::{LocationId, Sku};

const DAY: i64 = 24 * 60 * 60;
const TERMS: Terms = Terms { window_days: 30, restocking_fee_ppm: 0, free_label: true, final_sale: false };

/// An order that was paid and has left as a whole.
fn shipped(lines: &[(&str, i64, u32)]) -> Order {
    let order = placed(lines, PaymentMethod::Card, &TaxSettings::initial()).order;
    let paid = Command::PaymentSucceeded { amount: order.totals.total, reference: "pi_1".to_owned() };
    let order = decide(&order, paid, at(10)).unwrap().order;
    let piece = |line: SkuQuantity| Allocation { location: LocationId::main(), sku: line.sku, quantity: line.quantity };
    let (rule, reason) = (AllocationRule::Priority, AllocationReason::OneLocation);
    let why = Allocated { rule, reason, version: 1, nearness: None };
    let pieces = order.quantities().into_iter().map(piece).collect();
    let command = Command::Allocate { pieces, waiting: Vec::new(), dropped: Vec::new(), why };
    let order = decide(&order, command, at(11)).unwrap().order;
    let command = Command::Ship { carrier: "Post".into(), tracking: None, lines: None };
    decide(&order, command, at(12)).unwrap().order
}

fn untouched(order: &Order) -> Before<'_> {
    Before { order, delivered: None, open: &[], promised: Money::zero(order.currency()) }
}

fn asked(name: &str, count: u32, reason: Reason) -> Asked {
    Asked { sku: sku(name), quantity: many(count), reason }
}

fn of(terms: Terms) -> impl Fn(&Sku) -> Terms {
    move |_| terms
}

#[test]
fn all_that_was_paid_goes_back_with_the_last_unit() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)]);
    let part = quote(untouched(&order), &[asked("A", 1, Reason::Unwanted)], of(TERMS), None, at(20)).unwrap();
    assert_eq!((part.refund, part.shipping), (eur(1999), eur(0)));
    let all = [asked("A", 2, Reason::Unwanted), asked("B", 3, Reason::Damaged)];
    let whole = quote(untouched(&order), &all, of(TERMS), None, at(20)).unwrap();
    assert_eq!((whole.refund, whole.shipping), (order.totals.total, order.totals.shipping));
    assert!(whole.reductions.is_empty() && whole.lines.iter().all(|line| line.reductions.is_empty()));
}

#[test]
fn what_was_merely_unwanted_may_cost_a_fee_and_its_way_back() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)]);
    let terms = Terms { restocking_fee_ppm: 100_000, free_label: false, ..TERMS };
    let quoted =
        quote(untouched(&order), &[asked("A", 1, Reason::Unwanted)], of(terms), Some(eur(490)), at(20)).unwrap();
    let fee = Reduction { rule: ReductionRule::RestockingFee, amount: eur(200) };
    assert_eq!((quoted.lines[0].worth, quoted.lines[0].refund), (eur(1999), eur(1799)));
    assert_eq!(quoted.lines[0].reductions, [fee]);
    assert_eq!(quoted.reductions, [Reduction { rule: ReductionRule::ReturnLabel, amount: eur(490) }]);
    assert_eq!(quoted.refund, eur(1309));
    // A fault of the shop's costs the buyer nothing, and the parcel is one.
    let both = [asked("A", 1, Reason::Unwanted), asked("B", 1, Reason::Defective)];
    let quoted = quote(untouched(&order), &both, of(terms), Some(eur(490)), at(20)).unwrap();
    assert_eq!((quoted.refund, quoted.reductions.len()), (eur(2299), 0));
    // Less than the way back costs is not below zero.
    let quoted =
        quote(untouched(&order), &[asked("B", 1, Reason::Unwanted)], of(terms), Some(eur(900)), at(20)).unwrap();
    assert_eq!(quoted.refund, eur(0));
}

#[test]
fn what_cannot_come_back_is_told_line_by_line() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)]);
    let refused = |before: Before<'_>, lines: &[Asked], terms: Terms, now: i64| {
        quote(before, lines, of(terms), None, at(now)).unwrap_err()
    };
    let too_many = [asked("A", 3, Reason::Unwanted), asked("C", 1, Reason::Unwanted)];
    let left = |name: &str, left: u32| NotReturnable::NotThatMany { sku: sku(name), left };
    assert_eq!(refused(untouched(&order), &too_many, TERMS, 20), [left("A", 2), left("C", 0)]);
    let open = [SkuQuantity { sku: sku("A"), quantity: many(2) }];
    let before = Before { open: &open, promised: eur(3998), ..untouched(&order) };
    assert_eq!(refused(before, &[asked("A", 1, Reason::Unwanted)], TERMS, 20), [left("A", 0)]);
    assert_eq!(refused(untouched(&order), &[], TERMS, 20), [NotReturnable::Unclear]);
    let twice = [asked("A", 1, Reason::Unwanted), asked("A", 1, Reason::Damaged)];
    assert_eq!(refused(untouched(&order), &twice, TERMS, 20), [NotReturnable::Unclear]);

    let final_sale = Terms { final_sale: true, ..TERMS };
    let one = [asked("A", 1, Reason::Unwanted)];
    assert_eq!(refused(untouched(&order), &one, final_sale, 20), [NotReturnable::FinalSale { sku: sku("A") }]);
    assert!(quote(untouched(&order), &[asked("A", 1, Reason::Damaged)], of(final_sale), None, at(20)).is_ok());

    // It can be sent back until the end of the thirtieth day, whatever the hour.
    let before = Before { delivered: Some(at(0)), ..untouched(&order) };
    let last_day = TERMS.last_day(at(0));
    assert!(quote(before, &one, of(TERMS), None, at(30 * DAY)).is_ok());
    assert_eq!(refused(before, &one, TERMS, 31 * DAY), [NotReturnable::WindowOver { sku: sku("A"), last_day }]);
}

#[test]
fn a_product_says_what_the_shop_does_not() {
    let settings = ReturnSettings { window_days: 14, restocking_fee_ppm: 50_000, ..ReturnSettings::initial() };
    let terms = Terms::of(&settings, None, false);
    assert_eq!((terms.window_days, terms.restocking_fee_ppm, terms.final_sale), (14, 50_000, false));
    assert_eq!(Terms::of(&settings, Some(60), true).window_days, 60);
}

#[test]
fn what_went_back_before_does_not_go_back_again() {
    let order = shipped(&[("A", 1999, 1)]);
    let goodwill = Command::Refund { reason: "late".into(), what: RefundWhat::Amount(eur(1000)) };
    let order = decide(&order, goodwill, at(13)).unwrap().order;
    let quoted = quote(untouched(&order), &[asked("A", 1, Reason::Damaged)], of(TERMS), None, at(20)).unwrap();
    assert_eq!(quoted.reductions, [Reduction { rule: ReductionRule::AlreadyRefunded, amount: eur(1000) }]);
    assert_eq!(quoted.refund, order.refundable());
}

/// A buyer or staff do something about an order.
#[derive(Debug, Clone)]
enum Act {
    /// So many of the line of this number come back, for the reason of this number.
    Return(usize, u32, usize),
    /// Staff send a sum back.
    Refund(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let come_back =
        (0_usize..3, 1_u32..4, 0_usize..Reason::ALL.len()).prop_map(|(line, n, why)| Act::Return(line, n, why));
    proptest::collection::vec(prop_oneof![4 => come_back, 1 => (1_i64..3_000).prop_map(Act::Refund)], 1..14)
}

proptest! {
    #[test]
    fn never_more_goes_back_than_came(
        prices in proptest::collection::vec((1_i64..5_000, 1_u32..5), 3),
        fee in 0_u32..=1_000_000,
        label in 0_i64..900,
        acts in acts(),
    ) {
        let names = ["A", "B", "C"];
        let lines: Vec<_> = names.iter().zip(prices).map(|(name, (price, count))| (*name, price, count)).collect();
        let mut order = shipped(&lines);
        let terms = Terms { restocking_fee_ppm: fee, free_label: false, ..TERMS };
        let (mut open, mut promised) = (Vec::new(), eur(0));
        for act in acts {
            match act {
                Act::Return(line, count, why) => {
                    let before = Before { order: &order, delivered: None, open: &open, promised };
                    let wanted = [asked(names[line], count, Reason::ALL[why])];
                    let Ok(quoted) = quote(before, &wanted, of(terms), Some(eur(label)), at(20)) else { continue };
                    prop_assert!(!quoted.refund.is_negative());
                    for line in &quoted.lines {
                        let lowered: i64 = line.reductions.iter().map(|one| one.amount.amount).sum();
                        prop_assert_eq!(line.worth.amount, line.refund.amount + lowered);
                        prop_assert!(line.reason == Reason::Unwanted || line.reductions.is_empty());
                    }
                    let lowered: i64 = quoted.reductions.iter().map(|one| one.amount.amount).sum();
                    let parts: i64 = quoted.lines.iter().map(|line| line.refund.amount).sum();
                    prop_assert_eq!(quoted.refund.amount, parts + quoted.shipping.amount - lowered);
                    promised = promised.plus(quoted.refund).unwrap();
                    open.extend(wanted.into_iter().map(|one| SkuQuantity { sku: one.sku, quantity: one.quantity }));
                }
                Act::Refund(amount) => {
                    // Staff send no more than is neither back nor promised.
                    let free = order.refundable().minus(promised).unwrap().amount;
                    if amount > free { continue }
                    let what = RefundWhat::Amount(eur(amount));
                    order = decide(&order, Command::Refund { reason: "goodwill".into(), what }, at(21)).unwrap().order;
                }
            }
            prop_assert!(promised.amount <= order.refundable().amount);
        }
    }

    #[test]
    fn unit_by_unit_comes_to_the_same_as_all_at_once(
        prices in proptest::collection::vec((1_i64..5_000, 1_u32..5), 3),
        order_of in Just([0_usize, 1, 2]).prop_shuffle(),
    ) {
        let names = ["A", "B", "C"];
        let lines: Vec<_> = names.iter().zip(prices).map(|(name, (price, count))| (*name, price, count)).collect();
        let order = shipped(&lines);
        let (mut open, mut promised) = (Vec::new(), eur(0));
        for line in order_of {
            for _ in 0..lines[line].2 {
                let before = Before { order: &order, delivered: None, open: &open, promised };
                let wanted = asked(names[line], 1, Reason::Unwanted);
                let quoted = quote(before, std::slice::from_ref(&wanted), of(TERMS), None, at(20)).unwrap();
                promised = promised.plus(quoted.refund).unwrap();
                open.push(SkuQuantity { sku: wanted.sku, quantity: wanted.quantity });
            }
        }
        prop_assert_eq!(promised, order.totals.total);
    }

    #[test]
    fn an_illegal_step_is_refused(state in 0..ReturnStatus::ALL.len(), step in 0..ReturnStep::ALL.len()) {
        let (state, step) = (ReturnStatus::ALL[state], ReturnStep::ALL[step]);
        let row = ReturnStatus::TABLE.iter().find(|(from, by, _)| *from == state && *by == step);
        match (state.after(step), row) {
            (Ok(next), Some((.., to))) => prop_assert_eq!(next, *to),
            (Err(refused), None) => prop_assert_eq!(refused.legal.len(), state.legal().len()),
            (Ok(_), None) | (Err(_), Some(_)) => prop_assert!(false, "{} by {}", state, step.as_str()),
        }
    }
}
