//! Returns whose buyer wants other goods.

use super::*;
use crate::cart::Cart;
use crate::fixtures::{cart, offer};
use crate::id::{CartId, OrderId};
use crate::order::{HoldStatus, OrderStatus, PaymentStatus, RefundCause, RefundId, RefundTo};
use crate::pricing::Placement;
use crate::returns::{Command, Placing, Tables, exchange, wanted};
use crate::settings::PaymentSettings;
use crate::shipping::ShippingSettings;
use crate::stock::Offer;

fn fresh() -> OrderId {
    OrderId::new(7, [7; 10])
}

/// A return of one of two mugs at 19.99, and what is offered for it.
struct Swap {
    pair: Pair,
    offers: Vec<Offer>,
}

fn with<T>(then: impl FnOnce(Tables<'_>) -> T) -> T {
    let (taxes, shipping) = (TaxSettings::initial(), ShippingSettings::initial());
    let (payments, returns) = (PaymentSettings::initial(), ReturnSettings::initial());
    then(Tables { taxes: &taxes, shipping: &shipping, payments: &payments, returns: &returns })
}

fn swapping(price: i64, credit: i64) -> Swap {
    let order = sold(&[("A", 1999, 2)], TERMS, PaymentMethod::Card, credit);
    let offers = vec![offer("B", price, 9)];
    let shopping = cart(&[("B", price, 1)]);
    let wanted = with(|tables| wanted(&order, &shopping, CartId::new(9, [9; 10]), &offers, tables)).unwrap();
    assert_eq!(wanted.total, eur(price), "the way costs nothing");
    let lines = vec![asked("A", 1, Reason::Damaged)];
    let asking = Asking { resolution: Resolution::Exchange, wanted: Some(wanted), ..asking(1, lines) };
    let pair = Pair::of(request(&order, asking, at(20)).unwrap(), &order);
    let pair = pair.approved().received(&[("A", 1)]).then(seen(&[("A", 1, 0, 0)]));
    Swap { pair, offers }
}

impl Swap {
    fn tried(&self, offers: &[Offer]) -> Result<Decision, Refusal> {
        let placing = Placing { id: fresh(), view_token_hash: Digest::of(b"new"), offers: offers.to_vec() };
        with(|tables| exchange(&self.pair.0, &self.pair.1, placing, tables, at(30)))
    }

    fn done(&self) -> (Return, Order, Placement) {
        let decision = self.tried(&self.offers).unwrap();
        (decision.back, decision.order.unwrap().order, *decision.placement.unwrap())
    }
}

#[test]
fn what_is_left_goes_back_and_the_new_order_is_paid() {
    let (back, order, new) = swapping(1500, 0).done();
    assert_eq!(
        (back.status, back.exchanged, back.settled.unwrap().refund),
        (ReturnStatus::Exchanged, Some(fresh()), eur(1999))
    );
    let to: Vec<_> = order.refunds.iter().map(|one| (one.amount, one.to, one.status)).collect();
    let sent = (eur(1500), RefundTo::Order(fresh()), RefundStatus::Done);
    assert_eq!(to, [sent, (eur(499), RefundTo::Payer, RefundStatus::Pending)]);
    assert_eq!(
        (order.refunded, order.refund_due(), order.payment_status),
        (eur(1500), eur(499), PaymentStatus::PartiallyRefunded)
    );
    let new = new.order;
    assert_eq!(
        (new.status, new.payment_status, new.captured),
        (OrderStatus::Placed, PaymentStatus::Captured, eur(1500))
    );
    assert_eq!((new.exchanged(), new.to_pay(), new.totals.shipping), (eur(1500), eur(0), eur(0)));
    assert_eq!(new.payments[0].exchange, Some(RefundId { order: order.id, refund: 0 }));
    assert_eq!((new.email, new.shipping_address), (order.email, order.shipping_address));
}

#[test]
fn what_is_missing_is_paid_like_any_order_but_with_time_to_read_a_mail() {
    let (_, order, new) = swapping(2500, 0).done();
    assert_eq!((order.refunded, order.refunds.len()), (eur(1999), 1));
    let new = new.order;
    assert_eq!((new.status, new.payment_status), (OrderStatus::PendingPayment, PaymentStatus::PartiallyCaptured));
    assert_eq!((new.to_pay(), new.hold.status), (eur(501), HoldStatus::Held));
    let hold = i64::from(PaymentSettings::initial().hold_bank_transfer_secs);
    assert_eq!(new.hold.until, at(30 + hold));
    let paid =
        order::decide(&new, order::Command::PaymentSucceeded { amount: eur(501), reference: "pi_2".into() }, at(40))
            .unwrap()
            .order;
    assert_eq!((paid.status, paid.refunds.len()), (OrderStatus::Placed, 0));
}

#[test]
fn what_the_new_order_gives_back_goes_on_to_whoever_paid_the_old_one() {
    let (_, order, new) = swapping(2500, 500).done();
    // 5.00 of the old order were credit: they paid first for the new one.
    let parts: Vec<_> = order.refunds.iter().map(|one| one.amount).collect();
    assert_eq!(parts, [eur(500), eur(1499)]);
    let gone = order::decide(&new.order, order::Command::ExpireHold, new.order.hold.until).unwrap().order;
    assert!(gone.refunds.iter().all(|one| one.cause == RefundCause::Unpaid && one.status == RefundStatus::Pending));
    let mut old = order;
    for refund in &gone.refunds {
        let of = gone.passed_on(refund).unwrap();
        assert_eq!((of.order, gone.is_credited(refund)), (old.id, false));
        let passes_on = RefundId { order: gone.id, refund: refund.id };
        let take = order::Command::TakeBack { refund: of.refund, amount: refund.amount, passes_on };
        old = after(&old, take.clone());
        assert!(!order::decide(&old, take.clone(), at(50)).unwrap().changed, "once");
        let more = order::Command::TakeBack {
            refund: of.refund,
            amount: refund.amount,
            passes_on: RefundId { refund: 9, ..passes_on },
        };
        assert!(matches!(order::decide(&old, more, at(50)), Err(Refusal::RefundTooLarge { .. })));
    }
    let on: Vec<_> =
        old.refunds[2..].iter().map(|one| (one.amount, one.cause, old.is_credited(one), one.status)).collect();
    let cause = RefundCause::Unexchanged;
    assert_eq!(on, [(eur(500), cause, true, RefundStatus::Pending), (eur(1499), cause, false, RefundStatus::Pending)]);
    assert_eq!((old.refunded, old.refund_due()), (eur(0), eur(1999)));
    // What is left of the old order may still go back, and no more.
    assert_eq!(old.refundable().amount, old.totals.total.amount - 1999);
    for refund in 2..4 {
        old = after(&old, order::Command::RefundPaid { refund: Some(refund), reference: format!("re_{refund}") });
    }
    assert_eq!((old.refunded, old.payment_status), (eur(1999), PaymentStatus::PartiallyRefunded));
}

#[test]
fn a_price_is_never_higher_than_it_was_seen_and_what_is_gone_is_not_had() {
    let swap = swapping(1500, 0);
    let total = |price: i64| swap.tried(&[offer("B", price, 9)]).unwrap().placement.unwrap().order.totals.total;
    assert_eq!((total(1800), total(1200)), (eur(1500), eur(1200)));
    assert!(matches!(swap.tried(&[]), Err(Refusal::NotSold { .. })));
    let mut off = offer("B", 1500, 9);
    off.listing.on_sale = false;
    assert!(matches!(swap.tried(&[off]), Err(Refusal::NotSold { .. })));
    // Staff give the money instead.
    let instead = Command::Settle { instead: Some(Resolution::Refund) };
    let settled = swap.pair.then(instead);
    assert_eq!((settled.0.status, settled.0.resolution), (ReturnStatus::Refunded, Resolution::Refund));
    assert!(swap.pair.tried(Command::Settle { instead: None }, 30).is_err());
}

#[test]
fn an_empty_or_ordered_cart_is_nothing_to_want() {
    let order = shipped(&[("A", 1999, 1)], TERMS);
    let empty = Cart::new(CartId::new(5, [2; 10]), order.currency(), None, at(0));
    let ordered = Cart { order: Some(fresh()), ..cart(&[("B", 100, 1)]) };
    let refused = |cart: &Cart| with(|tables| wanted(&order, cart, CartId::new(9, [9; 10]), &[], tables)).unwrap_err();
    assert_eq!((refused(&empty), refused(&ordered)), (Refusal::EmptyCart, Refusal::CartOrdered));
    assert!(matches!(refused(&cart(&[("B", 100, 1)])), Refusal::NotSold { .. }));
}

#[test]
fn a_return_that_is_worth_nothing_pays_for_nothing() {
    let order = sold(&[("A", 1999, 2)], TERMS, PaymentMethod::Card, 0);
    let swap = swapping(1500, 0);
    let Some(wanted) = swap.pair.0.wanted.clone() else { panic!("nothing is wanted") };
    let lines = vec![asked("A", 1, Reason::Damaged)];
    let asking = Asking { resolution: Resolution::Exchange, wanted: Some(wanted), ..asking(1, lines) };
    let pair = Pair::of(request(&order, asking, at(20)).unwrap(), &order).approved().received(&[("A", 1)]);
    let worn = Command::Inspect {
        lines: judged(&[("A", 1, 0, 0)]),
        deduction: Some(Deduction { amount: eur(1999), reason: "worn".into() }),
        reason: None,
    };
    let swap = Swap { pair: pair.then(worn), offers: swap.offers };
    let decision = swap.tried(&swap.offers).unwrap();
    assert_eq!((decision.back.status, decision.placement), (ReturnStatus::Refunded, None));
}

#[test]
fn what_another_order_paid_may_become_store_credit() {
    let (_, _, new) = swapping(1500, 0).done();
    let order = allocated(&new.order);
    let lines = vec![asked("B", 1, Reason::Damaged)];
    let asking = Asking { resolution: Resolution::Credit, ..asking(2, lines) };
    let pair = Pair::of(request(&order, asking, at(40)).unwrap(), &order).approved().received(&[("B", 1)]);
    let order = pair.then(seen(&[("B", 1, 0, 0)])).then(Command::Settle { instead: None }).1;
    let [refund] = order.refunds.as_slice() else { panic!("{order:?}") };
    let own = Digest::of(b"own");
    assert_eq!((order.credited(refund, || own), order.passed_on(refund)), (Some(own), None));
}
