//! Quotes: each rule by example, then money under any sequence of returns and refunds.

mod credit;
mod exchange;

use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, eur, many, placed, sku, spending};
use crate::id::ReturnId;
use crate::money::Money;
use crate::order::{self, Command, Order, PaymentMethod, Refund, RefundStatus, RefundWhat};
use crate::refusal::Refusal;
use crate::settings::{CategoryTerms, ReturnSettings, Setting};
use crate::stock::{Allocated, Allocation, AllocationReason, AllocationRule, Movement, Shelf, SkuQuantity};
use crate::tax::TaxSettings;
use crate::text::{Digest, LocationId};

const DAY: i64 = 24 * 60 * 60;
const TERMS: Terms = Terms { window_days: 30, restocking_fee_ppm: 0, free_label: true, final_sale: false };

/// An order that was paid and has left as a whole, sold on these terms.
fn shipped(lines: &[(&str, i64, u32)], terms: Terms) -> Order {
    sold(lines, terms, PaymentMethod::Card, 0)
}

/// The same, paid so, as far as credit did not reach.
fn sold(lines: &[(&str, i64, u32)], terms: Terms, method: PaymentMethod, credit: i64) -> Order {
    let mut order = placed(lines, method, &TaxSettings::initial()).order;
    order.lines.iter_mut().for_each(|line| line.terms = terms);
    let amount = eur(credit.min(order.totals.total.amount));
    if amount.is_positive() {
        order = after(&order, spending(Digest::of(b"code"), amount));
    }
    let amount = order.to_pay();
    if amount.is_positive() {
        order = after(&order, Command::PaymentSucceeded { amount, reference: "pi_1".to_owned() });
    }
    allocated(&order)
}

/// A paid order that has left as a whole.
fn allocated(order: &Order) -> Order {
    let piece = |line: SkuQuantity| Allocation { location: LocationId::main(), sku: line.sku, quantity: line.quantity };
    let (rule, reason) = (AllocationRule::Priority, AllocationReason::OneLocation);
    let why = Allocated { rule, reason, version: 1, nearness: None };
    let pieces = order.quantities().into_iter().map(piece).collect();
    let order = after(order, Command::Allocate { pieces, waiting: Vec::new(), dropped: Vec::new(), why });
    after(&order, Command::Ship { carrier: "Post".into(), tracking: None, lines: None, serials: Vec::new() })
}

fn after(order: &Order, command: Command) -> Order {
    order::decide(order, command, at(12)).unwrap().order
}

fn asked(name: &str, count: u32, reason: Reason) -> Asked {
    Asked { sku: sku(name), quantity: many(count), reason }
}

fn asking(number: u64, lines: Vec<Asked>) -> Asking {
    let id = ReturnId::new(number, [4; 10]);
    Asking { id, lines, resolution: Resolution::Refund, wanted: None, comment: None, label: None }
}

#[test]
fn all_that_was_paid_goes_back_with_the_last_unit() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)], TERMS);
    let part = quote(&order, &[asked("A", 1, Reason::Unwanted)], None, at(20)).unwrap();
    assert_eq!((part.refund, part.shipping), (eur(1999), eur(0)));
    let all = [asked("A", 2, Reason::Unwanted), asked("B", 3, Reason::Damaged)];
    let whole = quote(&order, &all, None, at(20)).unwrap();
    assert_eq!((whole.refund, whole.shipping), (order.totals.total, order.totals.shipping));
    assert!(whole.reductions.is_empty() && whole.lines.iter().all(|line| line.reductions.is_empty()));
}

#[test]
fn what_was_merely_unwanted_may_cost_a_fee_and_its_way_back() {
    let order =
        shipped(&[("A", 1999, 2), ("B", 500, 3)], Terms { restocking_fee_ppm: 100_000, free_label: false, ..TERMS });
    let quoted = quote(&order, &[asked("A", 1, Reason::Unwanted)], Some(eur(490)), at(20)).unwrap();
    let fee = Reduction { rule: ReductionRule::RestockingFee, amount: eur(200) };
    assert_eq!((quoted.lines[0].worth, quoted.lines[0].refund), (eur(1999), eur(1799)));
    assert_eq!(quoted.lines[0].reductions, [fee]);
    assert_eq!(quoted.reductions, [Reduction { rule: ReductionRule::ReturnLabel, amount: eur(490) }]);
    assert_eq!(quoted.refund, eur(1309));
    // A fault of the shop's costs the buyer nothing, and the parcel is one.
    let both = [asked("A", 1, Reason::Unwanted), asked("B", 1, Reason::Defective)];
    let quoted = quote(&order, &both, Some(eur(490)), at(20)).unwrap();
    assert_eq!((quoted.refund, quoted.reductions.len()), (eur(2299), 0));
    // Less than the way back costs is not below zero.
    let quoted = quote(&order, &[asked("B", 1, Reason::Unwanted)], Some(eur(900)), at(20)).unwrap();
    assert_eq!(quoted.refund, eur(0));
}

#[test]
fn what_cannot_come_back_is_told_line_by_line() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)], TERMS);
    let refused = |order: &Order, lines: &[Asked], now: i64| quote(order, lines, None, at(now)).unwrap_err();
    let too_many = [asked("A", 3, Reason::Unwanted), asked("C", 1, Reason::Unwanted)];
    let left = |name: &str, left: u32| NotReturnable::NotThatMany { sku: sku(name), left };
    assert_eq!(refused(&order, &too_many, 20), [left("A", 2), left("C", 0)]);
    let open = request(&order, asking(1, vec![asked("A", 2, Reason::Unwanted)]), at(20)).unwrap().order.unwrap().order;
    assert_eq!(refused(&open, &[asked("A", 1, Reason::Unwanted)], 20), [left("A", 0)]);
    assert_eq!(refused(&order, &[], 20), [NotReturnable::Unclear]);
    let twice = [asked("A", 1, Reason::Unwanted), asked("A", 1, Reason::Damaged)];
    assert_eq!(refused(&order, &twice, 20), [NotReturnable::Unclear]);

    let one = [asked("A", 1, Reason::Unwanted)];
    let last = shipped(&[("A", 1999, 2)], Terms { final_sale: true, ..TERMS });
    assert_eq!(refused(&last, &one, 20), [NotReturnable::FinalSale { sku: sku("A") }]);
    assert!(quote(&last, &[asked("A", 1, Reason::Damaged)], None, at(20)).is_ok());

    // It can be sent back until the end of the thirtieth day, whatever the hour.
    let delivered = Order { delivered: Some(at(0)), ..order.clone() };
    let last_day = TERMS.last_day(at(0));
    assert!(quote(&delivered, &one, None, at(30 * DAY)).is_ok());
    assert_eq!(refused(&delivered, &one, 31 * DAY), [NotReturnable::WindowOver { sku: sku("A"), last_day }]);
    // Of an order that nobody heard of, a fortnight after it left.
    assert!(quote(&order, &one, None, at(44 * DAY)).is_ok());
    assert_eq!(refused(&order, &one, 45 * DAY).len(), 1);
}

#[test]
fn a_product_says_what_its_category_does_not_and_that_what_the_shop_does_not() {
    let of = |category: &str| AfterSale { category: Some(category.parse().unwrap()), ..AfterSale::default() };
    let textiles = CategoryTerms {
        category: "textiles".parse().unwrap(),
        window_days: Some(100),
        restocking_fee_ppm: None,
        free_label: Some(true),
        final_sale: false,
    };
    let gifts = CategoryTerms { category: "gift-cards".parse().unwrap(), final_sale: true, ..textiles.clone() };
    let settings = ReturnSettings {
        window_days: 14,
        restocking_fee_ppm: 50_000,
        categories: vec![textiles, gifts],
        ..ReturnSettings::initial()
    };
    assert_eq!(settings.check(), Ok(()));
    let plain = Terms { window_days: 14, restocking_fee_ppm: 50_000, free_label: false, final_sale: false };
    assert_eq!(Terms::of(&settings, &of("kitchen")), plain);
    assert_eq!(Terms::of(&settings, &of("textiles")), Terms { window_days: 100, free_label: true, ..plain });
    assert!(Terms::of(&settings, &of("gift-cards")).final_sale);
    let own = AfterSale { window_days: Some(7), final_sale: true, ..of("textiles") };
    let terms = Terms::of(&settings, &own);
    assert_eq!((terms.window_days, terms.final_sale, terms.free_label), (7, true, true));
}

#[test]
fn what_went_back_before_does_not_go_back_again() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let goodwill = Command::Refund { reason: "late".into(), what: RefundWhat::Amount(eur(1000)) };
    let order = after(&order, goodwill);
    let quoted = quote(&order, &[asked("A", 1, Reason::Damaged)], None, at(20)).unwrap();
    assert_eq!(quoted.reductions, [Reduction { rule: ReductionRule::AlreadyRefunded, amount: eur(1000) }]);
    assert_eq!(quoted.refund, order.refundable());
}

#[test]
fn what_is_promised_to_a_return_is_nobody_elses() {
    let order = shipped(&[("A", 1999, 2)], TERMS);
    let order = request(&order, asking(1, vec![asked("A", 1, Reason::Damaged)]), at(20)).unwrap().order.unwrap().order;
    let left = order.totals.total.minus(eur(1999)).unwrap();
    assert_eq!((order.refundable(), order.promised()), (left, eur(1999)));
    let refund = |what: RefundWhat| {
        order::decide(&order, Command::Refund { reason: "so".into(), what }, at(21)).map(|decision| decision.order)
    };
    assert_eq!(refund(RefundWhat::Amount(order.totals.total)), Err(Refusal::RefundTooLarge { left }));
    let both = vec![SkuQuantity { sku: sku("A"), quantity: many(2) }];
    assert_eq!(refund(RefundWhat::Lines(both)), Err(Refusal::LineLeft { sku: sku("A"), left: 1 }));
    let one = vec![SkuQuantity { sku: sku("A"), quantity: many(1) }];
    assert_eq!(refund(RefundWhat::Lines(one)).unwrap().refund_due(), eur(1999));
}

/// A return and its order.
struct Pair(Return, Order);

impl Pair {
    fn requested(order: &Order, lines: Vec<Asked>) -> Self {
        Self::of(request(order, asking(1, lines), at(20)).unwrap(), order)
    }

    fn of(decision: Decision, order: &Order) -> Self {
        Self(decision.back, decision.order.map_or_else(|| order.clone(), |decision| decision.order))
    }

    fn tried(&self, command: super::Command, now: i64) -> Result<Decision, Refusal> {
        decide(&self.0, &self.1, command, at(now))
    }

    fn then(&self, command: super::Command) -> Self {
        Self::of(self.tried(command, 30).unwrap(), &self.1)
    }

    fn approved(&self) -> Self {
        self.then(super::Command::Approve { due: TERMS.last_day(at(20)), automatic: false })
    }

    fn received(&self, lines: &[(&str, u32)]) -> Self {
        self.then(came(lines))
    }
}

fn came(lines: &[(&str, u32)]) -> super::Command {
    let lines = lines.iter().map(|(name, count)| (sku(name), *count)).collect();
    super::Command::Receive { location: LocationId::main(), lines }
}

fn judged(lines: &[(&str, u32, u32, u32)]) -> Vec<Disposition> {
    let one = |(name, resellable, damaged, rejected): &(&str, u32, u32, u32)| Disposition {
        sku: sku(name),
        resellable: *resellable,
        damaged: *damaged,
        rejected: *rejected,
    };
    lines.iter().map(one).collect()
}

fn seen(lines: &[(&str, u32, u32, u32)]) -> super::Command {
    let reason = lines.iter().any(|line| line.3 > 0).then(|| "it was used".to_owned());
    super::Command::Inspect { lines: judged(lines), deduction: None, reason }
}

#[test]
fn a_parcel_comes_is_looked_at_and_paid_for() {
    let order = shipped(&[("A", 1999, 2), ("B", 500, 3)], TERMS);
    let lines = vec![asked("A", 2, Reason::Unwanted), asked("B", 3, Reason::Damaged)];
    let back = Pair::requested(&order, lines).approved();
    // In two parcels, one unit missing.
    let back = back.received(&[("A", 2)]).received(&[("B", 2)]);
    assert_eq!(back.tried(came(&[("B", 2)]), 30), Err(Refusal::LineLeft { sku: sku("B"), left: 1 }));
    assert_eq!(back.tried(seen(&[("A", 2, 0, 0)]), 30), Err(Refusal::NotInspected { sku: sku("B"), came: 2 }));
    let decision = back.tried(seen(&[("A", 1, 0, 1), ("B", 0, 2, 0)]), 30).unwrap();
    let shift = |name: &str, shelf: Shelf, units: i64| (sku(name), Movement::Shift(LocationId::main(), shelf, units));
    let moved = [
        shift("A", Shelf::QualityControl, -2),
        shift("A", Shelf::OnHand, 1),
        shift("B", Shelf::QualityControl, -2),
        shift("B", Shelf::Damaged, 2),
    ];
    assert_eq!((decision.back.status, decision.stock.as_slice()), (ReturnStatus::PartAccepted, moved.as_slice()));
    let back = Pair::of(decision, &back.1).then(super::Command::Settle { instead: None });
    let settled = back.0.settled.clone().unwrap();
    // One A, and two thirds of what three B cost; the way to the buyer stays paid.
    assert_eq!((settled.refund, settled.shipping), (eur(1999 + 1000), eur(0)));
    assert_eq!((back.0.status, back.1.refund_due()), (ReturnStatus::Refunded, eur(2999)));
    assert_eq!((back.1.lines[0].refunded, back.1.lines[1].refunded), (1, 2));
    // What was rejected and what never came is the buyer's, who may ask it back once more.
    assert_eq!((back.1.returnable(&back.1.lines[0]), back.1.returnable(&back.1.lines[1])), (1, 1));
    assert!(back.1.promised().is_zero());
}

#[test]
fn staff_may_keep_what_wear_has_cost() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let back = Pair::requested(&order, vec![asked("A", 1, Reason::Unwanted)]).approved().received(&[("A", 1)]);
    let keep = |amount: i64| {
        let deduction = Some(Deduction { amount: eur(amount), reason: "scratched".into() });
        let all = Disposition { sku: sku("A"), resellable: 1, damaged: 0, rejected: 0 };
        super::Command::Inspect { lines: vec![all], deduction, reason: None }
    };
    let most = order.totals.total;
    assert_eq!(back.tried(keep(most.amount + 1), 30), Err(Refusal::WrongDeduction { most }));
    assert_eq!(back.tried(keep(0), 30), Err(Refusal::WrongDeduction { most }));
    let settled = back.then(keep(300)).then(super::Command::Settle { instead: None }).0.settled.unwrap();
    assert_eq!(settled.reductions, [Reduction { rule: ReductionRule::Wear, amount: eur(300) }]);
    assert_eq!(settled.refund.amount, most.amount - 300);
}

#[test]
fn what_is_declined_called_off_rejected_or_late_frees_its_units() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let asked_back = Pair::requested(&order, vec![asked("A", 1, Reason::Unwanted)]);
    let approved = asked_back.approved();
    let free = |pair: &Pair, status: ReturnStatus| {
        assert_eq!((pair.0.status, pair.1.returnable(&pair.1.lines[0])), (status, 1));
        assert_eq!((pair.1.lines[0].worth_back, pair.1.promised()), (eur(0), eur(0)));
    };
    free(&asked_back.then(super::Command::Decline { reason: "worn".into() }), ReturnStatus::Declined);
    free(&approved.then(super::Command::Cancel), ReturnStatus::Canceled);
    free(&approved.received(&[("A", 1)]).then(seen(&[("A", 0, 0, 1)])), ReturnStatus::Rejected);
    // Not before a week after the last day to send it; and what a carrier has may take a month.
    let due = (i64::from(TERMS.window_days) + 7) * DAY;
    assert!(!approved.tried(super::Command::Expire, due).unwrap().changed);
    let expired = approved.tried(super::Command::Expire, due + DAY).unwrap();
    let expired = Pair::of(expired, &approved.1);
    free(&expired, ReturnStatus::Expired);
    let sent = approved.then(super::Command::HandOver { parcel: None });
    assert!(!sent.tried(super::Command::Expire, due + DAY).unwrap().changed);
    assert!(sent.tried(super::Command::Expire, due + 24 * DAY).unwrap().changed);
    // It comes after all: its units are spoken for again, unless another return has them by now.
    let late = expired.received(&[("A", 1)]);
    assert_eq!((late.0.status, late.1.promised()), (ReturnStatus::Received, order.totals.total));
    let other = request(&expired.1, asking(2, vec![asked("A", 1, Reason::Damaged)]), at(20)).unwrap();
    let taken = Pair(expired.0.clone(), other.order.unwrap().order);
    assert_eq!(taken.tried(came(&[("A", 1)]), 30), Err(Refusal::LineLeft { sku: sku("A"), left: 0 }));
}

#[test]
fn an_approved_return_is_not_approved_again() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let approved = Pair::requested(&order, vec![asked("A", 1, Reason::Unwanted)]).approved();
    let again = approved.tried(super::Command::Approve { due: TERMS.last_day(at(DAY)), automatic: false }, 30);
    assert!(!again.unwrap().changed);
    let actions = approved.0.actions(&approved.1, at(30));
    assert!(!actions.contains(&ReturnAction::Approve) && actions.contains(&ReturnAction::Receive));
}

#[test]
fn pictures_are_bounded() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let mut back = Pair::requested(&order, vec![asked("A", 1, Reason::Damaged)]);
    let photo = |number: usize| super::Command::AddPhoto {
        photo: Photo { key: number.to_string(), content_type: "image/png".into() },
    };
    for number in 0..MAX_PHOTOS {
        back = back.then(photo(number));
    }
    assert!(!back.tried(photo(0), 30).unwrap().changed);
    assert_eq!(back.tried(photo(MAX_PHOTOS), 30), Err(Refusal::TooManyPhotos { most: MAX_PHOTOS }));
    assert!(matches!(back.then(super::Command::Cancel).tried(photo(99), 30), Err(Refusal::Illegal(_))));
}

/// A buyer or staff do something about an order.
#[derive(Debug, Clone)]
enum Act {
    /// So many of the line of this number are asked back, for the reason of this number; for credit or for money.
    Ask(usize, u32, usize, bool),
    /// An open return is called off.
    Drop(usize),
    /// An open return comes: so many units, so many of them rejected; so much is kept for wear.
    Settle(usize, u32, u32, i64),
    /// Staff send a sum back.
    Refund(i64),
    /// Staff send back what units of a line cost.
    RefundUnits(usize, u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0_usize..3, 1_u32..4, 0..Reason::ALL.len(), any::<bool>())
            .prop_map(|(line, count, why, credit)| Act::Ask(line, count, why, credit)),
        1 => (0_usize..4).prop_map(Act::Drop),
        3 => (0_usize..4, 1_u32..4, 0_u32..3, 0_i64..700).prop_map(|(n, came, rejected, wear)| Act::Settle(n, came, rejected, wear)),
        1 => (1_i64..3_000).prop_map(Act::Refund),
        1 => (0_usize..3, 1_u32..3).prop_map(|(line, count)| Act::RefundUnits(line, count)),
    ];
    proptest::collection::vec(act, 1..24)
}

/// What holds of an order whatever was done.
fn sound(order: &Order) -> Result<(), TestCaseError> {
    let spoken_for = order.refunded.amount + order.refund_due().amount + order.promised().amount;
    prop_assert!(spoken_for <= order.captured.amount, "{spoken_for} of {:?}", order.captured);
    for (line, worth) in order.lines.iter().zip(order.line_worths().unwrap()) {
        prop_assert!(!line.worth_back.is_negative() && line.worth_back.amount <= worth.amount);
        prop_assert!(order.gone(line) <= line.quantity.get());
        if order.gone(line) == line.quantity.get() {
            prop_assert_eq!(line.worth_back, worth);
        }
    }
    for payment in &order.payments {
        let refunds = order.refunds.iter().filter(|refund| refund.payment == payment.reference);
        let back: i64 = refunds.map(|refund| refund.amount.amount).sum();
        prop_assert!(back <= payment.amount.amount, "{back} of {payment:?}");
    }
    for back in order.refunds.iter() {
        prop_assert!(back.amount.is_positive());
        // What goes to credit is nobody's to send.
        prop_assert_eq!(order.is_credited(back), order.credited(back, || Digest::of(b"own")).is_some());
        prop_assert!(!order.is_credited(back) || back.status == RefundStatus::Pending && !back.by_hand);
        prop_assert_eq!(order.is_credited(back) || order.payment_method == PaymentMethod::Card, !back.by_hand);
    }
    Ok(())
}

/// What is quoted adds up.
fn adds_up(quote: &Quote) -> Result<(), TestCaseError> {
    let sum = |reductions: &[Reduction]| -> i64 { reductions.iter().map(|one| one.amount.amount).sum() };
    for line in &quote.lines {
        prop_assert_eq!(line.worth.amount, line.refund.amount + sum(&line.reductions));
        prop_assert!(line.reason == Reason::Unwanted || line.reductions.is_empty());
    }
    let parts: i64 = quote.lines.iter().map(|line| line.refund.amount).sum();
    prop_assert_eq!(quote.refund.amount, parts + quote.shipping.amount - sum(&quote.reductions));
    prop_assert!(!quote.refund.is_negative());
    Ok(())
}

/// What goes back for a return goes where its buyer wants it, but what credit paid goes back to credit.
fn given(before: &Pair, settled: &Pair, refund: Money) -> Result<(), TestCaseError> {
    let order = &settled.1;
    let new = &order.refunds[before.1.refunds.len()..];
    let of = |one: &&Refund| order.payments.iter().any(|paid| paid.reference == one.payment && paid.credit.is_some());
    let of_credit: i64 = new.iter().filter(of).map(|one| one.amount.amount).sum();
    prop_assert_eq!(of_credit, before.1.credit_back(refund).amount);
    let credited: i64 = new.iter().filter(|one| order.is_credited(one)).map(|one| one.amount.amount).sum();
    match before.0.resolution {
        Resolution::Refund => prop_assert_eq!((settled.0.status, credited), (ReturnStatus::Refunded, of_credit)),
        Resolution::Credit => prop_assert_eq!((settled.0.status, credited), (ReturnStatus::Credited, refund.amount)),
        Resolution::Exchange => prop_assert!(false, "settled as an exchange"),
    }
    Ok(())
}

proptest! {
    #[test]
    fn never_more_goes_back_than_came(
        prices in proptest::collection::vec((1_i64..5_000, 1_u32..5), 3),
        fee in 0_u32..=1_000_000,
        label in 0_i64..900,
        credit in prop_oneof![Just(0_i64), 1_i64..30_000],
        transfer: bool,
        acts in acts(),
    ) {
        let names = ["A", "B", "C"];
        let lines: Vec<_> = names.iter().zip(prices).map(|(name, (price, count))| (*name, price, count)).collect();
        let method = if transfer { PaymentMethod::BankTransfer } else { PaymentMethod::Card };
        let terms = Terms { restocking_fee_ppm: fee, free_label: false, ..TERMS };
        let mut order = sold(&lines, terms, method, credit);
        let mut open: Vec<Return> = Vec::new();
        for (number, act) in (1..).zip(acts) {
            match act {
                Act::Ask(line, count, why, credit) => {
                    let lines = vec![asked(names[line], count, Reason::ALL[why])];
                    let resolution = if credit { Resolution::Credit } else { Resolution::Refund };
                    let asking = Asking { label: Some(eur(label)), resolution, ..asking(number, lines) };
                    let Ok(decision) = request(&order, asking, at(20)) else { continue };
                    let lines = decision.back.lines.iter().map(|line| line.quoted.clone()).collect();
                    adds_up(&Quote { lines, ..decision.back.quote.clone() })?;
                    order = decision.order.unwrap().order;
                    open.push(decision.back);
                }
                Act::Drop(which) if which < open.len() => {
                    order = Pair(open.remove(which), order).then(super::Command::Cancel).1;
                }
                Act::Settle(which, came_units, rejected, wear) if which < open.len() => {
                    let back = open.remove(which);
                    let (name, all) = (back.lines[0].quoted.sku.clone(), back.units());
                    let (came_units, promised) = (came_units.min(all), back.quote.refund);
                    let rejected = rejected.min(came_units);
                    let pair = Pair(back, order).approved().received(&[(name.as_str(), came_units)]);
                    let units = [(name.as_str(), came_units - rejected, 0, rejected)];
                    let all = seen(&units);
                    let worn = super::Command::Inspect {
                        lines: judged(&units),
                        deduction: (wear > 0).then(|| Deduction { amount: eur(wear), reason: "worn".into() }),
                        reason: Some("used".into()),
                    };
                    let inspected = pair.tried(worn, 30);
                    let inspected = match inspected {
                        Err(Refusal::WrongDeduction { .. }) => pair.tried(all, 30).unwrap(),
                        other => other.unwrap(),
                    };
                    let inspected = Pair::of(inspected, &pair.1);
                    order = if inspected.0.status == ReturnStatus::Rejected {
                        inspected.1
                    } else {
                        let before = inspected.1.refund_due();
                        let settled = inspected.then(super::Command::Settle { instead: None });
                        let quote = settled.0.settled.clone().unwrap();
                        given(&inspected, &settled, quote.refund)?;
                        adds_up(&quote)?;
                        let shipped = quote.shipping.amount;
                        // No label was given: what was to be kept for it is not, but what wear has cost is.
                        let worn = quote.lowered_by(ReductionRule::Wear).map_or(0, |worn| worn.amount);
                        prop_assert!(quote.lowered_by(ReductionRule::ReturnLabel).is_none());
                        prop_assert!(quote.refund.amount + worn <= promised.amount + label + shipped);
                        prop_assert_eq!(settled.1.refund_due().amount, before.amount + quote.refund.amount);
                        settled.1
                    };
                }
                Act::Refund(amount) => {
                    let what = RefundWhat::Amount(eur(amount));
                    if let Ok(decision) = order::decide(&order, Command::Refund { reason: "goodwill".into(), what }, at(21)) {
                        order = decision.order;
                    }
                }
                Act::RefundUnits(line, count) => {
                    let what = RefundWhat::Lines(vec![SkuQuantity { sku: sku(names[line]), quantity: many(count) }]);
                    if let Ok(decision) = order::decide(&order, Command::Refund { reason: "lost".into(), what }, at(21)) {
                        order = decision.order;
                    }
                }
                Act::Drop(_) | Act::Settle(..) => {}
            }
            sound(&order)?;
        }
    }

    #[test]
    fn unit_by_unit_comes_to_the_same_as_all_at_once(
        prices in proptest::collection::vec((1_i64..5_000, 1_u32..5), 3),
        order_of in Just([0_usize, 1, 2]).prop_shuffle(),
        called_off in 0_u64..12,
    ) {
        let names = ["A", "B", "C"];
        let lines: Vec<_> = names.iter().zip(prices).map(|(name, (price, count))| (*name, price, count)).collect();
        let mut order = shipped(&lines, TERMS);
        let (mut number, mut open) = (0, Vec::new());
        for line in order_of {
            let mut left = lines[line].2;
            while left > 0 {
                number += 1;
                let decision = request(&order, asking(number, vec![asked(names[line], 1, Reason::Unwanted)]), at(20)).unwrap();
                let pair = Pair::of(decision, &order);
                // One of them is called off, and asked for again.
                order = if number == called_off {
                    pair.then(super::Command::Cancel).1
                } else {
                    left -= 1;
                    open.push((pair.0, names[line]));
                    pair.1
                };
            }
        }
        // Whichever comes last brings the way to the buyer with it.
        for (back, name) in open {
            let pair = Pair(back, order).approved().received(&[(name, 1)]);
            order = pair.then(seen(&[(name, 1, 0, 0)])).then(super::Command::Settle { instead: None }).1;
        }
        prop_assert_eq!(order.refund_due(), order.totals.total);
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

#[test]
fn the_way_to_the_buyer_goes_back_with_what_is_last_taken_back() {
    let order = shipped(&[("A", 1999, 1), ("B", 500, 1)], TERMS);
    let way = order.totals.shipping;
    assert!(way.is_positive());
    let first = request(&order, asking(1, vec![asked("A", 1, Reason::Unwanted)]), at(20)).unwrap();
    let both = first.order.unwrap().order;
    let second = request(&both, asking(2, vec![asked("B", 1, Reason::Unwanted)]), at(20)).unwrap();
    assert_eq!(second.back.quote.shipping, eur(0), "the first may not come");
    let both = second.order.unwrap().order;
    let settled = |back: &Return, order: &Order, name: &str| {
        let pair = Pair(back.clone(), order.clone()).approved().received(&[(name, 1)]);
        pair.then(seen(&[(name, 1, 0, 0)])).then(super::Command::Settle { instead: None })
    };
    // The first is called off: the buyer keeps something, and the way stays paid.
    let kept = Pair(first.back.clone(), both.clone()).then(super::Command::Cancel).1;
    assert_eq!(settled(&second.back, &kept, "B").0.settled.unwrap().refund, eur(500));
    // Both come: the second brings it.
    let after_first = settled(&first.back, &both, "A");
    assert_eq!(after_first.0.settled.unwrap().refund, eur(1999));
    assert_eq!(settled(&second.back, &after_first.1, "B").0.settled.unwrap().refund, eur(500).plus(way).unwrap());
}

#[test]
fn wear_counts_whatever_went_back_before_and_a_label_only_where_one_was_given() {
    let order = shipped(&[("A", 1999, 1)], Terms { free_label: false, ..TERMS });
    let order = after(&order, Command::Refund { reason: "late".into(), what: RefundWhat::Amount(eur(500)) });
    let asking = Asking { label: Some(eur(390)), ..asking(1, vec![asked("A", 1, Reason::Unwanted)]) };
    let asked_back = Pair::of(request(&order, asking, at(20)).unwrap(), &order);
    let left = order.refundable();
    assert_eq!(asked_back.0.quote.refund.amount, left.amount - 390);
    let inspect = super::Command::Inspect {
        lines: vec![Disposition { sku: sku("A"), resellable: 1, damaged: 0, rejected: 0 }],
        deduction: Some(Deduction { amount: eur(300), reason: "scratched".into() }),
        reason: None,
    };
    let settle = |pair: Pair| {
        let pair = pair.received(&[("A", 1)]).then(inspect.clone()).then(super::Command::Settle { instead: None });
        pair.0.settled.unwrap().refund.amount
    };
    assert_eq!(settle(asked_back.approved()), left.amount - 300);
    let label = Parcel { carrier: "Post".into(), tracking: None, label_url: None };
    let labelled = asked_back.approved().then(super::Command::IssueLabel { label, due: TERMS.last_day(at(0)) });
    assert_eq!(settle(labelled), left.amount - 300 - 390);
}

#[test]
fn a_late_parcel_is_quoted_anew_for_what_is_left() {
    let order = shipped(&[("A", 1999, 2)], TERMS);
    let expired = Pair::requested(&order, vec![asked("A", 2, Reason::Unwanted)]).approved();
    let expired = Pair::of(expired.tried(super::Command::Expire, 60 * DAY).unwrap(), &expired.1);
    let one = RefundWhat::Lines(vec![SkuQuantity { sku: sku("A"), quantity: many(1) }]);
    let order = after(&expired.1, Command::Refund { reason: "so".into(), what: one });
    let late = Pair(expired.0, order);
    assert!(late.0.actions(&late.1, at(61 * DAY)).contains(&ReturnAction::Receive));
    assert_eq!(late.tried(came(&[("A", 2)]), 30), Err(Refusal::LineLeft { sku: sku("A"), left: 1 }));
    let late = late.received(&[("A", 1)]);
    let lines = late.0.lines.iter().map(|line| line.quoted.clone()).collect();
    let quote = Quote { lines, ..late.0.quote.clone() };
    let parts: i64 = quote.lines.iter().map(|line| line.refund.amount).sum();
    assert_eq!(quote.refund.amount, parts + quote.shipping.amount);
    let refused = late.tried(seen(&[("A", 0, 0, 1)]), 30).unwrap();
    assert_eq!(refused.back.status, ReturnStatus::Rejected);
    let silent = super::Command::Inspect {
        lines: vec![Disposition { sku: sku("A"), resellable: 0, damaged: 0, rejected: 1 }],
        deduction: None,
        reason: None,
    };
    assert_eq!(late.tried(silent, 30), Err(Refusal::NoReason));
}

#[test]
fn a_goodwill_beside_a_return_takes_nothing_from_what_was_promised() {
    let order = shipped(&[("A", 1999, 1)], Terms { free_label: false, ..TERMS });
    let asking = Asking { label: Some(eur(390)), ..asking(1, vec![asked("A", 1, Reason::Unwanted)]) };
    let asked_back = Pair::of(request(&order, asking, at(20)).unwrap(), &order);
    let promised = asked_back.0.quote.refund;
    // Staff send back what the label left: no more than that is free.
    let goodwill = Command::Refund { reason: "sorry".into(), what: RefundWhat::Amount(eur(390)) };
    let asked_back = Pair(asked_back.0, after(&asked_back.1, goodwill));
    let label = Parcel { carrier: "Post".into(), tracking: None, label_url: None };
    let labelled = asked_back.approved().then(super::Command::IssueLabel { label, due: TERMS.last_day(at(0)) });
    for pair in [asked_back.approved(), labelled] {
        let settled =
            pair.received(&[("A", 1)]).then(seen(&[("A", 1, 0, 0)])).then(super::Command::Settle { instead: None });
        assert_eq!(settled.0.settled.unwrap().refund, promised);
    }
}
