//! The life of an order: each rule by example, then money and stock under any sequence of commands.

mod credit;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, eur, many, offer, placed, sku, spending};
use crate::refusal::Refusal;
use crate::settings::Setting;
use crate::stock::{Allocated, AllocationReason, AllocationRule, Level, Movement, Stock};
use crate::tax::TaxSettings;
use crate::text::{Digest, LocationId};

const HOLD: i64 = 2_100;

fn two_lines(method: PaymentMethod) -> Order {
    placed(&[("A", 1999, 2), ("B", 500, 3)], method, &TaxSettings::initial()).order
}

fn after(order: &Order, command: Command, second: i64) -> Order {
    decide(order, command, at(second)).unwrap().order
}

fn refused(order: &Order, command: Command, second: i64) -> Refusal {
    decide(order, command, at(second)).unwrap_err()
}

fn paying(order: &Order, reference: &str) -> Command {
    Command::PaymentSucceeded { amount: order.totals.total, reference: reference.to_owned() }
}

fn allocating(order: &Order) -> Command {
    allocating_but(order, &[], &[])
}

/// All of it from one location, but for what is nowhere.
fn allocating_but(order: &Order, waiting: &[(&str, u32)], dropped: &[(&str, u32)]) -> Command {
    let (waiting, dropped) = (units(waiting), units(dropped));
    let piece = |line: SkuQuantity| {
        let short = waiting.iter().chain(&dropped).filter(|short| short.sku == line.sku);
        let left = line.quantity.get() - short.map(|short| short.quantity.get()).sum::<u32>();
        Some(at_main(line.sku, Quantity::new(left).ok()?))
    };
    let pieces = order.quantities().into_iter().filter_map(piece).collect();
    let (rule, reason) = (AllocationRule::Priority, AllocationReason::OneLocation);
    let why = Allocated { rule, reason, version: 1, nearness: None };
    Command::Allocate { pieces, waiting, dropped, why }
}

fn at_main(sku: Sku, quantity: Quantity) -> Allocation {
    Allocation { location: LocationId::main(), sku, quantity }
}

fn filling(lines: &[(&str, u32)]) -> Command {
    Command::Fill { pieces: units(lines).into_iter().map(|line| at_main(line.sku, line.quantity)).collect() }
}

fn shipping(lines: Option<&[(&str, u32)]>) -> Command {
    let lines = lines.map(units);
    Command::Ship { carrier: "Post".into(), tracking: Some("123".into()), lines, serials: Vec::new() }
}

fn units(lines: &[(&str, u32)]) -> Vec<SkuQuantity> {
    lines.iter().map(|(name, count)| SkuQuantity { sku: sku(name), quantity: many(*count) }).collect()
}

fn refunding(what: RefundWhat) -> Command {
    Command::Refund { reason: "goodwill".into(), what }
}

fn paid(method: PaymentMethod) -> Order {
    let order = two_lines(method);
    let order = after(&order, paying(&order, "pi_1"), 10);
    after(&order, allocating(&order), 11)
}

fn names(decision: &Decision) -> Vec<&'static str> {
    decision.events.iter().map(Event::name).collect()
}

fn states(order: &Order) -> [&'static str; 4] {
    [order.status.as_str(), order.payment_status.as_str(), order.shipment_status.as_str(), order.hold.status.as_str()]
}

#[test]
fn the_happy_path() {
    let order = two_lines(PaymentMethod::Card);
    assert_eq!(states(&order), ["pending_payment", "none", "allocated", "held"]);
    let decision = decide(&order, paying(&order, "pi_1"), at(10)).unwrap();
    assert_eq!((names(&decision), decision.stock.len()), (vec!["order.paid"], 0));
    let order = decision.order;
    assert_eq!(states(&order), ["placed", "captured", "allocated", "consumed"]);
    assert_eq!(refused(&order, shipping(None), 11), Refusal::NotAllocated);
    let decision = decide(&order, allocating(&order), at(11)).unwrap();
    assert!(matches!(decision.stock.as_slice(), [StockEffect::Commit(pieces)] if pieces.len() == 2));
    let order = decision.order;
    assert!(!decide(&order, allocating(&order), at(11)).unwrap().changed);
    let order = after(&order, shipping(Some(&[("B", 1), ("B", 1)])), 12);
    assert_eq!(states(&order), ["placed", "captured", "allocated", "consumed"]);
    let left = Refusal::LineLeft { sku: sku("B"), left: 1 };
    assert_eq!(refused(&order, shipping(Some(&[("B", 2)])), 13), left);
    assert_eq!(refused(&order, Command::Cancel { reason: None }, 13), Refusal::PartlyShipped);
    assert!(matches!(refused(&order, Command::Deliver, 13), Refusal::Illegal(_)));
    let order = after(&order, shipping(None), 14);
    assert_eq!((states(&order)[2], order.shipments.len()), ("shipped", 2));
    let decision = decide(&order, Command::Deliver, at(15)).unwrap();
    assert_eq!(names(&decision), ["order.delivered", "order.completed"]);
    assert_eq!(states(&decision.order), ["completed", "captured", "delivered", "consumed"]);
    assert_eq!(decision.order.delivered, Some(at(15)));
}

#[test]
fn a_payment_counts_once() {
    let order = two_lines(PaymentMethod::Card);
    let paid = after(&order, paying(&order, "pi_1"), 10);
    assert!(!decide(&paid, paying(&order, "pi_1"), at(11)).unwrap().changed);
    let twice = decide(&paid, paying(&order, "pi_2"), at(12)).unwrap();
    assert_eq!(names(&twice), ["refund.requested"]);
    let refund = &twice.order.refunds[0];
    assert_eq!(
        (refund.amount, refund.payment.as_str(), refund.cause),
        (order.totals.total, "pi_2", RefundCause::Duplicate)
    );
    let command = Command::RefundPaid { refund: Some(0), reference: "re_1".into() };
    let settled = after(&twice.order, command.clone(), 13);
    assert_eq!(settled.payment_status, PaymentStatus::Captured);
    assert_eq!(settled.refundable(), order.totals.total);
    assert!(!decide(&settled, command, at(14)).unwrap().changed);
}

#[test]
fn a_wrong_payment_waits_for_staff() {
    let order = two_lines(PaymentMethod::Card);
    let short = Command::PaymentSucceeded { amount: eur(1), reference: "pi_1".into() };
    let short = decide(&order, short, at(10)).unwrap();
    assert_eq!(names(&short), ["payment.mismatched"]);
    assert_eq!(states(&short.order)[..2], ["pending_payment", "partially_captured"]);
    assert!(matches!(short.order.attention, Some(Attention::ShortPayment { .. })));
    let pending = refused(&short.order, refunding(RefundWhat::Amount(eur(1))), 11);
    assert!(matches!(pending, Refusal::Illegal(_)), "{pending}");
    let expired = decide(&short.order, Command::ExpireHold, at(HOLD)).unwrap();
    assert_eq!(names(&expired), ["order.expired", "refund.requested"]);
    assert_eq!(expired.order.refund_due(), eur(1));

    let amount = Money::new(order.totals.total.amount, Currency::USD);
    let foreign = Command::PaymentSucceeded { amount, reference: "pi_2".into() };
    let foreign =
        decide(&order, foreign.clone(), at(10)).map(|first| (decide(&first.order, foreign, at(11)), first)).unwrap();
    assert!(!foreign.0.unwrap().changed);
    assert_eq!(states(&foreign.1.order)[..2], ["pending_payment", "none"]);

    let more = Command::PaymentSucceeded { amount: order.totals.total.plus(eur(5)).unwrap(), reference: "pi_3".into() };
    let more = decide(&order, more, at(10)).unwrap();
    assert_eq!(names(&more), ["order.paid", "refund.requested"]);
    assert_eq!(more.order.refund_due(), eur(5));
}

#[test]
fn a_late_payment_takes_the_stock_once_more_or_goes_back() {
    let order = two_lines(PaymentMethod::Card);
    assert_eq!(refused(&order, Command::ExpireHold, HOLD - 1), Refusal::HoldRuns { until: at(HOLD) });
    let expired = decide(&order, Command::ExpireHold, at(HOLD)).unwrap();
    assert_eq!(expired.stock, [StockEffect::Release(order.quantities())]);
    assert_eq!(states(&expired.order), ["expired", "voided", "canceled", "expired"]);
    assert!(matches!(refused(&expired.order, Command::ExpireHold, HOLD), Refusal::Illegal(_)));

    let late = decide(&expired.order, paying(&order, "pi_1"), at(HOLD + 5)).unwrap();
    assert_eq!(names(&late), ["payment.late", "order.paid"]);
    assert_eq!(late.stock, [StockEffect::Retake(order.quantities())]);
    assert_eq!(states(&late.order), ["placed", "captured", "allocated", "consumed"]);
    let otherwise = late.otherwise.unwrap();
    assert_eq!(names(&otherwise), ["payment.late", "refund.requested"]);
    assert_eq!(states(&otherwise.order), ["expired", "captured", "canceled", "expired"]);
    assert_eq!((otherwise.order.refund_due(), otherwise.stock.len()), (order.totals.total, 0));

    let again = decide(&otherwise.order, paying(&order, "pi_2"), at(HOLD + 6)).unwrap();
    assert!(again.otherwise.is_none() && again.stock.is_empty());
    assert_eq!(again.order.refundable(), eur(0));
}

#[test]
fn a_payment_after_a_cancellation_goes_back() {
    let order = two_lines(PaymentMethod::Card);
    let canceled = decide(&order, Command::Cancel { reason: Some("changed my mind".into()) }, at(5)).unwrap();
    assert_eq!(canceled.stock, [StockEffect::Release(order.quantities())]);
    assert_eq!(states(&canceled.order), ["canceled", "voided", "canceled", "released"]);
    let late = decide(&canceled.order, paying(&order, "pi_1"), at(6)).unwrap();
    assert_eq!(names(&late), ["payment.late", "refund.requested"]);
    assert_eq!(states(&late.order)[..2], ["canceled", "captured"]);
    let command = Command::RefundPaid { refund: Some(0), reference: "re_1".into() };
    assert_eq!(after(&late.order, command, 7).payment_status, PaymentStatus::Refunded);
}

#[test]
fn a_paid_order_is_canceled_with_its_money() {
    let order = paid(PaymentMethod::Card);
    let canceled = decide(&order, Command::Cancel { reason: None }, at(20)).unwrap();
    assert_eq!(names(&canceled), ["order.canceled", "refund.requested"]);
    assert_eq!(canceled.stock, [StockEffect::Uncommit(order.allocation.clone())]);
    assert_eq!(canceled.order.refunds[0].status, RefundStatus::Pending);
    let order = two_lines(PaymentMethod::Card);
    let unallocated = after(&order, paying(&order, "pi_1"), 10);
    let canceled = decide(&unallocated, Command::Cancel { reason: None }, at(20)).unwrap();
    assert_eq!(canceled.stock, [StockEffect::Release(order.quantities())]);
    assert!(matches!(refused(&canceled.order, allocating(&order), 21), Refusal::Illegal(_)));
}

#[test]
fn what_is_nowhere_waits_and_leaves_when_it_came() {
    let order = two_lines(PaymentMethod::Card);
    let order = after(&order, paying(&order, "pi_1"), 10);
    let short = decide(&order, allocating_but(&order, &[("B", 2)], &[]), at(11)).unwrap();
    assert_eq!(names(&short), ["order.allocated", "order.short"]);
    assert!(
        matches!(short.stock.as_slice(), [StockEffect::Commit(pieces), StockEffect::Backorder(_)] if pieces.len() == 2)
    );
    let order = short.order;
    assert_eq!((order.shipment_status.as_str(), order.waiting(&sku("B"))), ("backordered", 2));
    assert_eq!(order.sendable(), units(&[("A", 2), ("B", 1)]));
    let order = after(&order, shipping(None), 12);
    assert_eq!((order.shipment_status.as_str(), order.sendable().len()), ("backordered", 0));
    assert_eq!(refused(&order, shipping(Some(&[("B", 1)])), 13), Refusal::LineLeft { sku: sku("B"), left: 0 });
    assert_eq!(refused(&order, filling(&[("B", 3)]), 13), Refusal::LineLeft { sku: sku("B"), left: 2 });
    assert_eq!(names(&decide(&order, filling(&[("B", 1)]), at(13)).unwrap()), ["order.allocated"]);
    let filled = decide(&order, filling(&[("B", 2)]), at(14)).unwrap();
    assert_eq!(names(&filled), ["order.allocated", "order.filled"]);
    let order = after(&filled.order, shipping(None), 15);
    assert_eq!((order.shipment_status.as_str(), order.shipments.len()), ("shipped", 2));
}

#[test]
fn what_nobody_waits_for_is_paid_back() {
    let order = two_lines(PaymentMethod::Card);
    let order = after(&order, paying(&order, "pi_1"), 10);
    let short = decide(&order, allocating_but(&order, &[], &[("B", 3)]), at(11)).unwrap();
    assert_eq!(names(&short), ["order.allocated", "order.short", "refund.requested"]);
    assert_eq!(short.stock[1..], [StockEffect::Release(units(&[("B", 3)]))]);
    let refund = &short.order.refunds[0];
    assert_eq!((refund.amount, refund.cause), (order.line_worths().unwrap()[1], RefundCause::OutOfStock));
    let shipped = after(&short.order, shipping(None), 12);
    assert_eq!(shipped.shipment_status.as_str(), "shipped");
    let gone = decide(&order, allocating_but(&order, &[], &[("A", 2), ("B", 3)]), at(11)).unwrap();
    assert_eq!(names(&gone), ["order.canceled", "refund.requested"]);
    assert_eq!(gone.order.refunds[0].amount, order.totals.total);
}

#[test]
fn who_does_not_want_to_wait_gets_the_rest() {
    let order = two_lines(PaymentMethod::Card);
    let order = after(&order, paying(&order, "pi_1"), 10);
    assert_eq!(refused(&order, Command::CancelBackorder, 11), Refusal::NothingWaits);
    let order = after(&order, allocating_but(&order, &[("B", 2)], &[]), 11);
    let called_off = decide(&order, Command::CancelBackorder, at(12)).unwrap();
    assert_eq!(called_off.stock, [StockEffect::Unbackorder(units(&[("B", 2)]))]);
    assert_eq!(called_off.order.shipment_status.as_str(), "allocated");
    assert_eq!(called_off.order.sendable(), units(&[("A", 2), ("B", 1)]));
    let order = after(&after(&order, shipping(None), 12), Command::CancelBackorder, 13);
    assert_eq!((order.shipment_status.as_str(), order.refunds.len()), ("shipped", 1));
    let order = two_lines(PaymentMethod::Card);
    let order = after(&order, paying(&order, "pi_1"), 10);
    let order = after(&order, allocating_but(&order, &[("A", 2), ("B", 3)], &[]), 11);
    let nothing = decide(&order, Command::CancelBackorder, at(12)).unwrap();
    assert_eq!((names(&nothing)[0], nothing.order.backordered.len()), ("order.canceled", 0));
}

#[test]
fn a_bank_transfer_is_marked_by_hand() {
    let card = two_lines(PaymentMethod::Card);
    assert_eq!(refused(&card, Command::MarkPaid { reference: "x".into() }, 1), Refusal::NotByHand);
    let order = two_lines(PaymentMethod::BankTransfer);
    let order = after(&order, Command::MarkPaid { reference: "statement 7".into() }, 1);
    assert_eq!(states(&order)[..2], ["placed", "captured"]);
    let again = refused(&order, Command::MarkPaid { reference: "statement 8".into() }, 2);
    assert!(matches!(&again, Refusal::Illegal(illegal) if illegal.state == "placed"), "{again}");
    let order = after(&order, Command::Cancel { reason: None }, 3);
    assert_eq!((order.refunds[0].status, order.refund_due()), (RefundStatus::Due, order.totals.total));
    let order = after(&order, Command::RefundPaid { refund: None, reference: "sent".into() }, 4);
    assert_eq!((order.payment_status, order.refund_due()), (PaymentStatus::Refunded, eur(0)));
    assert_eq!(refused(&order, Command::RefundPaid { refund: None, reference: "x".into() }, 5), Refusal::NoRefundDue);
}

#[test]
fn a_refund_is_never_above_what_is_left() {
    let order = paid(PaymentMethod::Card);
    let total = order.totals.total;
    let too_much = refunding(RefundWhat::Amount(total.plus(eur(1)).unwrap()));
    assert_eq!(refused(&order, too_much, 20), Refusal::RefundTooLarge { left: total });
    assert_eq!(refused(&order, refunding(RefundWhat::Amount(eur(0))), 20), Refusal::EmptyRefund);
    assert_eq!(refused(&order, refunding(RefundWhat::Amount(eur(-1))), 20), Refusal::EmptyRefund);
    assert_eq!(refused(&order, refunding(RefundWhat::Lines(vec![])), 20), Refusal::EmptyRefund);
    let one = after(&order, refunding(RefundWhat::Lines(units(&[("A", 1)]))), 20);
    assert_eq!(one.refund_due(), eur(1999));
    let over = refunding(RefundWhat::Lines(units(&[("A", 1), ("A", 1)])));
    assert_eq!(refused(&one, over, 21), Refusal::LineLeft { sku: sku("A"), left: 1 });
    // The last units take all that is left with them: shipping too.
    let all = after(&one, refunding(RefundWhat::Lines(units(&[("A", 1), ("B", 3)]))), 22);
    assert_eq!((all.refund_due(), all.refundable()), (total, eur(0)));
    let nothing = refunding(RefundWhat::Amount(eur(1)));
    assert_eq!(refused(&all, nothing, 23), Refusal::RefundTooLarge { left: eur(0) });
    let partly = after(&one, Command::RefundPaid { refund: Some(0), reference: "re_1".into() }, 24);
    assert_eq!(partly.payment_status, PaymentStatus::PartiallyRefunded);
}

#[test]
fn a_refund_that_the_provider_refuses_is_sent_by_hand() {
    let order = after(&paid(PaymentMethod::Card), refunding(RefundWhat::Amount(eur(100))), 20);
    let failed = decide(&order, Command::RefundFailed { refund: 0, detail: "closed account".into() }, at(21)).unwrap();
    assert_eq!(names(&failed), ["refund.failed"]);
    assert_eq!(failed.order.refunds[0].status, RefundStatus::Due);
    let sent = after(&failed.order, Command::RefundPaid { refund: None, reference: "by transfer".into() }, 22);
    assert_eq!((sent.attention, sent.refunded), (None, eur(100)));
}

#[test]
fn a_session_is_kept_while_it_can_be_paid() {
    let order = two_lines(PaymentMethod::Card);
    let open =
        |id: &str| Command::OpenSession { id: id.into(), url: "https://pay.example.com".into(), expires: at(1_800) };
    let opened = after(&order, open("cs_1"), 1);
    assert!(!decide(&opened, open("cs_1"), at(2)).unwrap().changed);
    assert_eq!(after(&opened, open("cs_2"), 3).payment_session.map(|session| session.attempt), Some(2));
    let failed = after(&opened, Command::PaymentFailed, 4);
    assert_eq!(failed.payment_status, PaymentStatus::Failed);
    assert!(!decide(&failed, Command::PaymentFailed, at(5)).unwrap().changed);
    assert_eq!(states(&after(&failed, paying(&order, "pi_1"), 6))[..2], ["placed", "captured"]);
    let canceled = after(&failed, Command::Cancel { reason: None }, 7);
    assert!(matches!(refused(&canceled, open("cs_3"), 8), Refusal::Illegal(_)));
}

#[test]
fn the_desk_shows_what_can_be_done() {
    let pending = two_lines(PaymentMethod::BankTransfer);
    assert_eq!(pending.actions(at(1)), [OrderAction::MarkPaid, OrderAction::Cancel]);
    let order = paid(PaymentMethod::Card);
    assert_eq!(order.actions(at(12)), [OrderAction::Cancel, OrderAction::Ship, OrderAction::Refund]);
    let shipped = after(&order, shipping(None), 13);
    assert_eq!(shipped.actions(at(14)), [OrderAction::Deliver, OrderAction::Refund]);
    let order = after(&two_lines(PaymentMethod::Card), paying(&order, "pi_1"), 10);
    let order = after(&order, allocating_but(&order, &[("A", 2), ("B", 3)], &[]), 11);
    assert_eq!(order.actions(at(12)), [OrderAction::Cancel, OrderAction::CancelBackorder, OrderAction::Refund]);
}

#[derive(Debug, Clone)]
enum Deed {
    Pay(i64, u8),
    Open(u8),
    Fail,
    Mark,
    Allocate { waiting: u32, dropped: u32 },
    Fill(bool, u32),
    Expire,
    Cancel,
    CancelBackorder,
    Ship(Option<(bool, u32)>),
    Deliver,
    RefundAmount(i64),
    RefundLine(bool, u32),
    Sent(Option<u16>),
    NotSent(u16),
    Sell(u32),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (prop_oneof![3 => Just(0_i64), 1 => -500_i64..500], 0_u8..4).prop_map(|(by, name)| Deed::Pay(by, name)),
        1 => (0_u8..3).prop_map(Deed::Open),
        1 => Just(Deed::Fail),
        1 => Just(Deed::Mark),
        3 => (0_u32..4, 0_u32..3).prop_map(|(waiting, dropped)| Deed::Allocate { waiting, dropped }),
        2 => (any::<bool>(), 1_u32..3).prop_map(|(line, count)| Deed::Fill(line, count)),
        1 => Just(Deed::CancelBackorder),
        1 => Just(Deed::Expire),
        1 => Just(Deed::Cancel),
        3 => prop::option::of((any::<bool>(), 1_u32..4)).prop_map(Deed::Ship),
        1 => Just(Deed::Deliver),
        2 => (1_i64..4_000).prop_map(Deed::RefundAmount),
        2 => (any::<bool>(), 1_u32..4).prop_map(|(line, count)| Deed::RefundLine(line, count)),
        2 => prop::option::of(0_u16..4).prop_map(Deed::Sent),
        1 => (0_u16..4).prop_map(Deed::NotSent),
        1 => (1_u32..5).prop_map(Deed::Sell),
    ]
}

fn command(deed: &Deed, order: &Order) -> Option<Command> {
    let name = |first: bool| if first { "A" } else { "B" };
    Some(match deed {
        Deed::Pay(by, name) => {
            let rest = order.totals.total.amount - order.credit_used().amount;
            Command::PaymentSucceeded { amount: eur(rest + by), reference: format!("pi_{name}") }
        }
        Deed::Open(name) => {
            Command::OpenSession { id: format!("cs_{name}"), url: "https://pay.example.com".into(), expires: at(1_800) }
        }
        Deed::Fail => Command::PaymentFailed,
        Deed::Mark => Command::MarkPaid { reference: "pi_0".into() },
        Deed::Allocate { waiting, dropped } => {
            let dropped_of = |most: u32| (*dropped).min(most);
            let waiting_of = |most: u32| (*waiting).min(most - dropped_of(most));
            let some =
                |lines: [(&'static str, u32); 2]| lines.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>();
            let waiting = some([("A", waiting_of(2)), ("B", waiting_of(3))]);
            allocating_but(order, &waiting, &some([("A", dropped_of(2)), ("B", dropped_of(3))]))
        }
        Deed::Fill(first, count) => filling(&[(name(*first), *count)]),
        Deed::CancelBackorder => Command::CancelBackorder,
        Deed::Expire => Command::ExpireHold,
        Deed::Cancel => Command::Cancel { reason: None },
        Deed::Ship(None) => shipping(None),
        Deed::Ship(Some((first, count))) => shipping(Some(&[(name(*first), *count)])),
        Deed::Deliver => Command::Deliver,
        Deed::RefundAmount(amount) => refunding(RefundWhat::Amount(eur(*amount))),
        Deed::RefundLine(first, count) => refunding(RefundWhat::Lines(units(&[(name(*first), *count)]))),
        Deed::Sent(refund) => Command::RefundPaid { refund: *refund, reference: "re".into() },
        Deed::NotSent(refund) => Command::RefundFailed { refund: *refund, detail: "no".into() },
        Deed::Sell(_) => return None,
    })
}

/// The order that a checkout makes of A and B, of which credit pays so much.
fn begun(method: PaymentMethod, taxes: &TaxSettings, credit: i64) -> Order {
    let order = placed(&[("A", 1999, 2), ("B", 333, 3)], method, taxes).order;
    let amount = eur(credit.min(order.totals.total.amount));
    let account = Digest::of(b"code");
    if amount.is_zero() { order } else { after(&order, spending(account, amount), 0) }
}

type Shop = BTreeMap<Sku, Stock>;

fn moved(shop: &Shop, effects: &[StockEffect]) -> Result<Shop, Refusal> {
    let mut shop = shop.clone();
    for (sku, movement) in effects.iter().flat_map(StockEffect::movements) {
        let next = shop[&sku].after(&movement)?;
        shop.insert(sku, next);
    }
    Ok(shop)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever happens to an order: no more goes back than came, per payment and in all; its stock is held, committed
    /// or gone exactly as its state says; what credit paid goes back to credit, and nothing else does; and a command
    /// that comes twice does nothing or is refused.
    #[test]
    fn money_and_stock_agree_with_the_order(
        deeds in prop::collection::vec(deed(), 0..40),
        credit in prop_oneof![2 => Just(0_i64), 3 => 1_i64..8_000],
        transfer: bool,
        included: bool,
    ) {
        let method = if transfer { PaymentMethod::BankTransfer } else { PaymentMethod::Card };
        let taxes = TaxSettings { prices_include_tax: included, ..TaxSettings::initial() };
        let mut order = begun(method, &taxes, credit);
        let (credited, total) = (order.credit_used(), order.totals.total);
        prop_assert_eq!(credited.amount, credit.min(total.amount));
        let mut shop: Shop = ["A", "B"]
            .into_iter()
            .map(|name| {
                let level = Level { on_hand: 6, ..Level::default() };
                let stock = Stock { offer: offer(name, 1, 6), levels: BTreeMap::from([(LocationId::main(), level)]) };
                (sku(name), stock)
            })
            .collect();
        shop = moved(&shop, &[StockEffect::Retake(order.quantities())]).unwrap();
        let mut others = BTreeMap::from([(sku("A"), 0), (sku("B"), 0)]);
        for (second, deed) in deeds.iter().enumerate() {
            // Half of the holds are still running when somebody tries to end them.
            let now = at(second as i64 * 60 * if transfer { 600 } else { 4 });
            let Some(command) = command(deed, &order) else {
                if let Deed::Sell(count) = deed {
                    for (sku, sold) in &mut others {
                        if let Ok(next) = shop[sku].after(&Movement::Hold(many(*count))) {
                            shop.insert(sku.clone(), next);
                            *sold += i64::from(*count);
                        }
                    }
                }
                continue;
            };
            let decided = decide(&order, command.clone(), now);
            // The provider is not to be told that its money is refused.
            prop_assert!(decided.is_ok() || !matches!(deed, Deed::Pay(..) | Deed::Fail), "{decided:?}");
            let Ok(decision) = decided else { continue };
            let decision = match moved(&shop, &decision.stock) {
                Ok(next) => {
                    shop = next;
                    decision
                }
                Err(refused) => {
                    // Only stock that has to be taken once more can be gone.
                    prop_assert!(matches!(decision.stock.as_slice(), [StockEffect::Retake(_)]), "{refused}");
                    let otherwise = *decision.otherwise.unwrap();
                    prop_assert!(otherwise.stock.is_empty());
                    otherwise
                }
            };
            prop_assert_eq!(decision.changed, decision.order != order);
            prop_assert!(decision.changed || (decision.events.is_empty() && decision.stock.is_empty()));
            if matches!(deed, Deed::Pay(..) | Deed::Allocate { .. } | Deed::Fail) {
                let again = decide(&decision.order, command, now);
                prop_assert!(again.map_or(true, |again| !again.changed));
            }
            order = decision.order;

            prop_assert!(order.refunded.amount + order.refund_due().amount <= order.captured.amount);
            prop_assert!(!order.refundable().is_negative());
            let came: i64 = order.payments.iter().map(|payment| payment.amount.amount).sum();
            prop_assert_eq!(order.captured.amount, came);
            for payment in &order.payments {
                let back: i64 =
                    order.refunds.iter().filter(|refund| refund.payment == payment.reference).map(|refund| refund.amount.amount).sum();
                prop_assert!(back <= payment.amount.amount);
            }
            prop_assert_eq!(order.credit_used(), credited);
            prop_assert_eq!(order.to_pay().amount, (total.amount - came).max(0));
            for refund in &order.refunds {
                let payment = order.payments.iter().find(|payment| payment.reference == refund.payment);
                let of_credit = payment.is_some_and(|payment| payment.credit.is_some());
                let unwanted = matches!(refund.cause, RefundCause::Duplicate | RefundCause::Late);
                prop_assert!(!unwanted || !of_credit, "{refund:?}");
                prop_assert_eq!(order.is_credited(refund), of_credit);
                prop_assert_eq!(order.credited(refund, || Digest::of(b"own")).is_some(), of_credit);
            }
            let off = matches!(order.status, OrderStatus::Canceled | OrderStatus::Expired);
            if off {
                prop_assert_eq!(order.refundable(), eur(0));
            }
            for line in &order.lines {
                prop_assert!(line.shipped <= line.quantity.get() && line.refunded <= line.quantity.get());
                let stock = &shop[&line.sku];
                prop_assert!(stock.is_balanced());
                let allocated = order.is_allocated();
                let held = if off || allocated { 0 } else { line.quantity.units() };
                let committed = if off { 0 } else { i64::from(order.ready(line)) };
                prop_assert!(line.shipped + line.dropped + order.waiting(&line.sku) <= line.quantity.get());
                prop_assert_eq!(stock.offer.reserved, held + others[&line.sku]);
                prop_assert_eq!(stock.offer.backordered, i64::from(order.waiting(&line.sku)));
                prop_assert_eq!(stock.levels[&LocationId::main()].committed, committed);
                prop_assert_eq!(stock.levels[&LocationId::main()].on_hand, 6 - i64::from(line.shipped));
            }
        }
    }

    /// Whatever happened to an order, every refund that was asked for can be sent.
    #[test]
    fn every_refund_can_be_sent(deeds in prop::collection::vec(deed(), 0..40), credit in 0_i64..8_000) {
        let mut order = begun(PaymentMethod::Card, &TaxSettings::initial(), credit);
        for (second, deed) in deeds.iter().enumerate() {
            let Some(command) = command(deed, &order) else { continue };
            let Ok(decision) = decide(&order, command, at(second as i64 * 100)) else { continue };
            order = decision.otherwise.map_or(decision.order, |otherwise| otherwise.order);
        }
        for refund in order.refunds.clone() {
            let command = Command::RefundPaid { refund: Some(refund.id), reference: "re".into() };
            let sent = decide(&order, command, at(0));
            prop_assert!(sent.is_ok(), "{sent:?} of {order:?}");
            order = sent.unwrap().order;
        }
        prop_assert_eq!(order.refund_due(), eur(0));
        if order.captured.is_positive() && order.captured == order.refunded {
            prop_assert_eq!(order.payment_status, PaymentStatus::Refunded);
        }
    }

    /// All units refunded one by one come to what was paid, shipping among it, in whatever order.
    #[test]
    fn refunds_by_line_come_to_the_whole(
        order_of_units in Just(["A", "A", "B", "B", "B"]).prop_shuffle(),
        discount in 0_i64..500,
        included: bool,
    ) {
        let taxes = TaxSettings { prices_include_tax: included, ..TaxSettings::initial() };
        let mut order = placed(&[("A", 1999, 2), ("B", 333, 3)], PaymentMethod::Card, &taxes).order;
        order.totals.discount = eur(discount);
        order.totals.total = eur(order.totals.total.amount - discount);
        let mut order = after(&order, paying(&order, "pi_1"), 10);
        for (index, name) in order_of_units.iter().enumerate() {
            prop_assert!(order.refundable().amount >= order.totals.shipping.amount);
            order = after(&order, refunding(RefundWhat::Lines(units(&[(name, 1)]))), 20 + index as i64);
        }
        prop_assert_eq!(order.refundable(), eur(0));
        prop_assert_eq!(order.refund_due(), order.totals.total);
    }
}

#[test]
fn money_sent_back_at_the_provider_is_told_from_what_was_sent_by_hand() {
    let elsewhere = |amount: i64| Command::RefundElsewhere {
        payment: "pi_1".into(),
        refunded: Money::new(amount, paid(PaymentMethod::Card).currency()),
    };
    let order = paid(PaymentMethod::Card);
    let amount = Money::new(500, order.currency());
    let order = after(&order, refunding(RefundWhat::Amount(amount)), 12);
    // The provider tells of what was asked for here.
    assert!(!decide(&order, elsewhere(500), at(13)).unwrap().changed);
    let order = after(&order, Command::RefundFailed { refund: 0, detail: "the card is closed".into() }, 14);
    let order = after(&order, Command::RefundPaid { refund: Some(0), reference: "by transfer".into() }, 15);
    let order = after(&order, elsewhere(500), 16);
    assert_eq!((order.refunds.len(), order.refunded.amount), (2, 1000));
    assert_eq!((order.refunds[1].cause, order.refunds[1].status), (RefundCause::Provider, RefundStatus::Done));
    assert!(!decide(&order, elsewhere(500), at(17)).unwrap().changed);
    // Never more than came.
    let order = after(&order, elsewhere(i64::MAX / 2), 18);
    assert_eq!((order.refunded, order.payment_status), (order.captured, PaymentStatus::Refunded));
}
