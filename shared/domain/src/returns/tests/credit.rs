//! Returns whose buyer takes store credit.

use super::*;
use crate::order::{RefundCause, RefundTo};
use crate::returns::Command;

fn for_credit(order: &Order, lines: Vec<Asked>) -> Pair {
    let asking = Asking { resolution: Resolution::Credit, ..asking(1, lines) };
    Pair::of(request(order, asking, at(20)).unwrap(), order)
}

#[test]
fn a_return_for_credit_is_quoted_as_any_other_and_nobody_has_to_send_it() {
    for method in [PaymentMethod::Card, PaymentMethod::BankTransfer] {
        let order = sold(&[("A", 1999, 2)], TERMS, method, 0);
        let lines = vec![asked("A", 1, Reason::Damaged)];
        let back = for_credit(&order, lines.clone());
        assert_eq!(back.0.quote.refund, quote(&order, &lines, None, at(20)).unwrap().refund);
        let back = back.approved().received(&[("A", 1)]).then(seen(&[("A", 0, 1, 0)]));
        let decision = back.tried(Command::Settle { instead: None }, 30).unwrap();
        assert_eq!(decision.events.iter().map(Event::name).collect::<Vec<_>>(), ["return.credited"]);
        let back = Pair::of(decision, &back.1);
        assert_eq!((back.0.status, back.0.status.is_settled()), (ReturnStatus::Credited, true));
        assert_eq!(back.0.settled.unwrap().refund, eur(1999));
        let [refund] = back.1.refunds.as_slice() else { panic!("{:?}", back.1) };
        assert_eq!((refund.amount, refund.cause, refund.to), (eur(1999), RefundCause::Returned, RefundTo::Credit));
        assert_eq!((refund.status, refund.by_hand), (RefundStatus::Pending, false));
    }
}

#[test]
fn what_credit_paid_goes_back_to_it_whatever_the_buyer_wants() {
    let (from, own) = (Digest::of(b"code"), Digest::of(b"own"));
    let order = sold(&[("A", 1999, 2)], TERMS, PaymentMethod::BankTransfer, 500);
    let one = vec![asked("A", 1, Reason::Damaged)];
    let asked_back = [Pair::requested(&order, one.clone()), for_credit(&order, one)];
    for (back, credited) in asked_back.into_iter().zip([None, Some(own)]) {
        assert_eq!(back.1.credit_back(back.0.quote.refund), eur(500));
        let back = back.approved().received(&[("A", 1)]).then(seen(&[("A", 1, 0, 0)]));
        let order = back.then(Command::Settle { instead: None }).1;
        let to: Vec<_> = order.refunds.iter().map(|one| (one.amount, order.credited(one, || own))).collect();
        assert_eq!(to, [(eur(500), Some(from)), (eur(1499), credited)]);
        let rest = if credited.is_some() { RefundStatus::Pending } else { RefundStatus::Due };
        assert_eq!((order.refunds[0].status, order.refunds[1].status), (RefundStatus::Pending, rest));
    }
}

#[test]
fn what_was_not_taken_back_of_it_goes_back_and_the_credit_stays() {
    let order = sold(&[("A", 1999, 2)], TERMS, PaymentMethod::Card, 0);
    let back = for_credit(&order, vec![asked("A", 2, Reason::Unwanted)]).approved().received(&[("A", 2)]);
    let settle = |units| back.then(seen(units)).then(Command::Settle { instead: None });
    let send = Command::SendBack { parcel: None };

    let part = settle(&[("A", 1, 0, 1)]);
    assert!(part.0.actions(&part.1, at(31)).contains(&ReturnAction::SendBack));
    let decision = part.tried(send.clone(), 31).unwrap();
    assert_eq!(decision.events.iter().map(Event::name).collect::<Vec<_>>(), ["return.sent_back"]);
    assert_eq!((decision.back.status, decision.back.settled), (ReturnStatus::Credited, part.0.settled.clone()));
    assert!(decision.order.is_none());
    assert_eq!(part.then(Command::Close).0.status, ReturnStatus::Closed);

    let whole = settle(&[("A", 2, 0, 0)]);
    assert!(!whole.0.actions(&whole.1, at(31)).contains(&ReturnAction::SendBack));
    assert!(matches!(whole.tried(send, 31), Err(Refusal::Illegal(illegal)) if illegal.state == "credited"));
    assert!(matches!(whole.tried(Command::Settle { instead: None }, 31), Err(Refusal::Illegal(_))));
}
