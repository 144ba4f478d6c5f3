//! Store credit: it pays first, and what of it paid goes back to where it came from.

use super::*;
use crate::id::ReturnId;
use crate::text::Digest;

/// The account that pays.
fn account() -> Digest {
    Digest::of(b"somebody's code")
}

/// That of the order's address.
fn own() -> Digest {
    Digest::of(b"the buyer's code")
}

/// An order of which credit paid ten euros.
fn begun(method: PaymentMethod) -> Order {
    after(&two_lines(method), spending(account(), eur(1000)), 1)
}

/// The same, its rest paid by card or transfer.
fn mixed(method: PaymentMethod) -> Order {
    let order = begun(method);
    let order = after(&order, resting(&order, "pi_1"), 10);
    after(&order, allocating(&order), 11)
}

/// The payment of what is left.
fn resting(order: &Order, reference: &str) -> Command {
    Command::PaymentSucceeded { amount: order.to_pay(), reference: reference.to_owned() }
}

/// What goes back: how much, whether to store credit, and how it stands.
fn back(order: &Order) -> Vec<(i64, bool, RefundStatus)> {
    order.refunds.iter().map(|refund| (refund.amount.amount, order.is_credited(refund), refund.status)).collect()
}

fn sent(refund: u16) -> Command {
    Command::RefundPaid { refund: Some(refund), reference: "re_1".into() }
}

#[test]
fn credit_that_reaches_pays_at_once() {
    let order = two_lines(PaymentMethod::Card);
    let total = order.totals.total;
    let paid = decide(&order, spending(account(), total), at(1)).unwrap();
    assert_eq!((names(&paid), paid.stock.len()), (vec!["order.paid"], 0));
    let paid = paid.order;
    assert_eq!(states(&paid), ["placed", "captured", "allocated", "consumed"]);
    assert_eq!((paid.captured, paid.credit_used(), paid.to_pay()), (total, total, eur(0)));
    assert_eq!(paid.payments[0].credit, Some(account()));
    // Money that comes all the same goes back to its payer.
    let twice = after(&paid, paying(&order, "pi_1"), 2);
    assert_eq!(back(&twice), [(total.amount, false, RefundStatus::Pending)]);
    assert_eq!(twice.refunds[0].cause, RefundCause::Duplicate);
}

#[test]
fn credit_that_does_not_reach_leaves_the_rest_to_pay() {
    for method in [PaymentMethod::Card, PaymentMethod::BankTransfer] {
        let order = two_lines(method);
        let part = decide(&order, spending(account(), eur(1000)), at(1)).unwrap();
        assert_eq!((names(&part), part.stock.len()), (vec![], 0));
        let part = part.order;
        assert_eq!(states(&part), ["pending_payment", "partially_captured", "allocated", "held"]);
        assert!(part.is_prepaid_alone() && part.attention.is_none() && part.awaits_payment(at(2)));
        let rest = order.totals.total.minus(eur(1000)).unwrap();
        assert_eq!((part.credit_used(), part.to_pay()), (eur(1000), rest));
        let paid = match method {
            PaymentMethod::Card => decide(&part, resting(&part, "pi_1"), at(10)).unwrap(),
            PaymentMethod::BankTransfer => {
                decide(&part, Command::MarkPaid { reference: "statement 7".into() }, at(10)).unwrap()
            }
        };
        assert_eq!((names(&paid), paid.order.refunds.len()), (vec!["order.paid"], 0));
        assert_eq!(states(&paid.order), ["placed", "captured", "allocated", "consumed"]);
        assert_eq!((paid.order.payments[1].amount, paid.order.captured), (rest, order.totals.total));
        assert!(!paid.order.is_prepaid_alone() && paid.order.to_pay().is_zero());
    }
}

#[test]
fn what_is_paid_beyond_the_rest_goes_back_to_who_paid_it() {
    let order = begun(PaymentMethod::Card);
    let more = Command::PaymentSucceeded { amount: order.totals.total, reference: "pi_1".into() };
    let order = after(&order, more, 10);
    assert_eq!(back(&order), [(1000, false, RefundStatus::Pending)]);
    assert_eq!((order.refunds[0].cause, order.refunds[0].payment.as_str()), (RefundCause::Duplicate, "pi_1"));
    assert_eq!((order.refundable(), order.credit_back(eur(1))), (order.totals.total, eur(1)));
}

#[test]
fn credit_pays_something_and_no_more_than_the_total() {
    let order = two_lines(PaymentMethod::Card);
    let total = order.totals.total;
    for amount in [0, -1, total.amount + 1] {
        assert_eq!(refused(&order, spending(account(), eur(amount)), 1), Refusal::CreditChanged { now: total });
    }
}

#[test]
fn a_card_that_is_declined_after_credit_is_told_once_for_each_page() {
    let order = begun(PaymentMethod::Card);
    let open =
        |id: &str| Command::OpenSession { id: id.into(), url: "https://pay.example.com".into(), expires: at(1_800) };
    // Nobody was on a page.
    assert!(!decide(&order, Command::PaymentFailed, at(2)).unwrap().changed);
    let mut order = order;
    for (number, page) in (3..).step_by(3).zip(["cs_1", "cs_2"]) {
        order = after(&order, open(page), number);
        let declined = decide(&order, Command::PaymentFailed, at(number + 1)).unwrap();
        assert_eq!(names(&declined), ["payment.failed"]);
        order = declined.order;
        assert_eq!(states(&order)[..2], ["pending_payment", "partially_captured"]);
        assert!(!decide(&order, Command::PaymentFailed, at(number + 2)).unwrap().changed);
    }
    assert_eq!(states(&after(&order, resting(&order, "pi_1"), 20))[..2], ["placed", "captured"]);
}

#[test]
fn an_order_that_only_credit_was_on_gives_it_back() {
    for (method, hold) in [(PaymentMethod::Card, HOLD), (PaymentMethod::BankTransfer, 604_800)] {
        let order = begun(method);
        let expired = decide(&order, Command::ExpireHold, at(hold)).unwrap();
        assert_eq!(names(&expired), ["order.expired", "refund.requested"]);
        assert_eq!(expired.stock, [StockEffect::Release(order.quantities())]);
        let order = expired.order;
        assert_eq!(back(&order), [(1000, true, RefundStatus::Pending)]);
        let refund = &order.refunds[0];
        assert_eq!((refund.cause, refund.by_hand), (RefundCause::Unpaid, false));
        assert_eq!(order.credited(refund, own), Some(account()));
        let order = after(&order, sent(0), hold + 1);
        assert_eq!((states(&order)[..2].to_vec(), order.refunded), (vec!["expired", "refunded"], eur(1000)));
        assert!(!decide(&order, sent(0), at(hold + 2)).unwrap().changed);
    }
    // With other money on it, it is that which was too little.
    let short = Command::PaymentSucceeded { amount: eur(1), reference: "pi_1".into() };
    let short = after(&begun(PaymentMethod::Card), short, 10);
    assert!(!short.is_prepaid_alone());
    let expired = after(&short, Command::ExpireHold, HOLD);
    assert_eq!(back(&expired), [(1000, true, RefundStatus::Pending), (1, false, RefundStatus::Pending)]);
    assert!(expired.refunds.iter().all(|refund| refund.cause == RefundCause::Short));
}

#[test]
fn a_payment_after_the_credit_went_back_goes_back_in_full() {
    let order = begun(PaymentMethod::Card);
    let expired = after(&order, Command::ExpireHold, HOLD);
    let rest = order.to_pay().amount;
    // Whether the credit is back already or on its way.
    for expired in [after(&expired, sent(0), HOLD + 1), expired] {
        let late = decide(&expired, resting(&order, "pi_1"), at(HOLD + 5)).unwrap();
        assert_eq!(names(&late), ["payment.late", "refund.requested"]);
        assert!(late.otherwise.is_none() && late.stock.is_empty());
        let late = late.order;
        assert_eq!(back(&late)[1], (rest, false, RefundStatus::Pending));
        assert_eq!((late.refunds[1].cause, late.refunds[1].payment.as_str()), (RefundCause::Late, "pi_1"));
        assert_eq!((late.status.as_str(), late.refundable()), ("expired", eur(0)));
        let settled = after(&after(&late, sent(0), HOLD + 6), sent(1), HOLD + 7);
        assert_eq!((settled.payment_status.as_str(), settled.refunded), ("refunded", settled.captured));
    }
}

#[test]
fn an_unpaid_order_that_is_called_off_gives_its_credit_back() {
    let order = begun(PaymentMethod::BankTransfer);
    let canceled = decide(&order, Command::Cancel { reason: None }, at(5)).unwrap();
    assert_eq!(names(&canceled), ["order.canceled", "refund.requested"]);
    assert_eq!(back(&canceled.order), [(1000, true, RefundStatus::Pending)]);
    assert_eq!(canceled.order.refunds[0].cause, RefundCause::Canceled);
}

#[test]
fn a_paid_order_that_is_called_off_goes_back_to_each_who_paid() {
    for (method, status) in
        [(PaymentMethod::Card, RefundStatus::Pending), (PaymentMethod::BankTransfer, RefundStatus::Due)]
    {
        let order = mixed(method);
        let rest = order.totals.total.amount - 1000;
        let canceled = decide(&order, Command::Cancel { reason: None }, at(20)).unwrap();
        assert_eq!(names(&canceled), ["order.canceled", "refund.requested", "refund.requested"]);
        let canceled = canceled.order;
        assert_eq!(back(&canceled), [(1000, true, RefundStatus::Pending), (rest, false, status)]);
        let [credit, payer] = canceled.refunds.as_slice() else { panic!("{canceled:?}") };
        assert_eq!((canceled.credited(credit, own), canceled.credited(payer, own)), (Some(account()), None));
        assert_eq!((credit.by_hand, payer.by_hand), (false, method == PaymentMethod::BankTransfer));
        // What staff had to send is sent; what goes to credit is nothing of theirs.
        let by_staff = Command::RefundPaid { refund: None, reference: "sent".into() };
        if method == PaymentMethod::BankTransfer {
            let sent = after(&canceled, by_staff, 21);
            assert_eq!((sent.refunded.amount, sent.refund_due()), (rest, eur(1000)));
        } else {
            assert_eq!(refused(&canceled, by_staff, 21), Refusal::NoRefundDue);
        }
    }
}

#[test]
fn what_goes_back_goes_to_credit_first() {
    let order = mixed(PaymentMethod::Card);
    assert_eq!((order.credit_back(eur(400)), order.credit_back(eur(1500))), (eur(400), eur(1000)));
    let one = after(&order, refunding(RefundWhat::Amount(eur(400))), 20);
    assert_eq!((back(&one), one.credit_back(eur(1500))), (vec![(400, true, RefundStatus::Pending)], eur(600)));
    let both = after(&one, refunding(RefundWhat::Amount(eur(1100))), 21);
    assert_eq!(back(&both)[1..], [(600, true, RefundStatus::Pending), (500, false, RefundStatus::Pending)]);
    assert_eq!(both.credit_back(eur(1500)), eur(0));
    assert_eq!(both.refundable(), both.totals.total.minus(eur(1500)).unwrap());
}

/// One A of a shipped order came back, and its buyer takes credit for it.
fn credited(order: &Order) -> Order {
    let id = ReturnId::new(1, [4; 10]);
    let lines = vec![UnitsBack { sku: sku("A"), quantity: many(1), worth: eur(1999) }];
    let asked = AskedBack { id, lines: lines.clone(), promised: eur(1999) };
    let order = after(&after(order, shipping(None), 12), Command::OpenReturn { asked }, 13);
    after(&order, Command::CloseReturn { id, lines, parts: vec![(eur(1999), RefundTo::Credit)] }, 14)
}

#[test]
fn a_return_for_credit_is_nobodys_to_send() {
    for method in [PaymentMethod::Card, PaymentMethod::BankTransfer] {
        let order = credited(&paid(method));
        assert_eq!(back(&order), [(1999, true, RefundStatus::Pending)]);
        let refund = &order.refunds[0];
        assert_eq!((refund.cause, refund.to, refund.by_hand), (RefundCause::Returned, RefundTo::Credit, false));
        assert_eq!(order.credited(refund, own), Some(own()));
        let by_staff = Command::RefundPaid { refund: None, reference: "sent".into() };
        assert_eq!(refused(&order, by_staff, 15), Refusal::NoRefundDue);
        assert_eq!(after(&order, sent(0), 16).payment_status, PaymentStatus::PartiallyRefunded);
    }
    // What credit paid goes back to where it came from, the rest to the buyer's own.
    let order = credited(&mixed(PaymentMethod::BankTransfer));
    assert_eq!(back(&order), [(1000, true, RefundStatus::Pending), (999, true, RefundStatus::Pending)]);
    let [first, rest] = order.refunds.as_slice() else { panic!("{order:?}") };
    assert_eq!((first.to, rest.to), (RefundTo::Payer, RefundTo::Credit));
    assert_eq!((order.credited(first, own), order.credited(rest, own)), (Some(account()), Some(own())));
}

#[test]
fn what_went_to_credit_is_not_what_the_provider_tells_of() {
    let order = credited(&paid(PaymentMethod::Card));
    let elsewhere = |amount: i64| Command::RefundElsewhere { payment: "pi_1".into(), refunded: eur(amount) };
    let told = after(&order, elsewhere(500), 20);
    assert_eq!(back(&told)[1], (500, false, RefundStatus::Done));
    assert_eq!((told.refunds[1].cause, told.refunds[1].to), (RefundCause::Provider, RefundTo::Payer));
    assert!(!decide(&told, elsewhere(500), at(21)).unwrap().changed);
    // No more than what is left of the payment, with what went to credit.
    let all = after(&told, elsewhere(i64::MAX / 2), 22);
    assert_eq!(all.refunded.amount + 1999, all.captured.amount);
    assert_eq!(after(&all, sent(0), 23).payment_status, PaymentStatus::Refunded);
}

#[test]
fn what_credit_has_to_do_with_an_order_is_kept() {
    let order = credited(&mixed(PaymentMethod::Card));
    let json = serde_json::to_value(&order).unwrap();
    assert_eq!(serde_json::from_value::<Order>(json.clone()).unwrap(), order);
    assert_eq!(json["payments"][0]["credit"], serde_json::to_value(account()).unwrap());
    assert_eq!((&json["refunds"][0]["to"], &json["refunds"][1]["to"]), (&serde_json::Value::Null, &"credit".into()));
    assert!(json["payments"][1].get("credit").is_none());
}

#[test]
fn a_transfer_that_comes_after_the_end_is_booked_and_goes_back() {
    let order = begun(PaymentMethod::BankTransfer);
    let expired = after(&order, Command::ExpireHold, 8 * 24 * 60 * 60);
    let given =
        after(&expired, Command::RefundPaid { refund: Some(0), reference: "on it".into() }, 8 * 24 * 60 * 60 + 1);
    assert_eq!(given.payment_status, PaymentStatus::Refunded);
    let late = after(&given, Command::MarkPaid { reference: "statement".into() }, 8 * 24 * 60 * 60 + 2);
    let rest = late.totals.total.amount - 1000;
    assert_eq!((late.status, late.captured, late.refund_due()), (OrderStatus::Expired, late.totals.total, eur(rest)));
    let sent = after(&late, Command::RefundPaid { refund: None, reference: "sent".into() }, 8 * 24 * 60 * 60 + 3);
    assert_eq!((sent.refunded, sent.refund_due()), (sent.captured, eur(0)));
}
