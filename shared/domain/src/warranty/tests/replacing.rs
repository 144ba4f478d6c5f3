//! Claims whose holder gets another unit.

use super::claims::Case;
use super::*;
use crate::calendar::date;
use crate::id::CartId;
use crate::order::{OrderStatus, PaymentStatus};
use crate::returns::Tables;
use crate::settings::{PaymentSettings, ReturnSettings};
use crate::shipping::ShippingSettings;
use crate::stock::{Movement, Shelf};

pub(super) fn with<T>(then: impl FnOnce(Tables<'_>) -> T) -> T {
    let (taxes, shipping) = (TaxSettings::initial(), ShippingSettings::initial());
    let (payments, returns) = (PaymentSettings::initial(), ReturnSettings::initial());
    then(Tables { taxes: &taxes, shipping: &shipping, payments: &payments, returns: &returns })
}

/// It is dearer by now, and sold with a warranty of its own.
pub(super) fn another(number: u64) -> Replacing {
    let mut offer = offer("A", 2500, 9);
    offer.listing.after_sale.warranty_months = 36;
    let (cart, id) = (CartId::new(number, [9; 10]), OrderId::new(number, [9; 10]));
    Replacing { cart, id, view_token_hash: Digest::of(b"new"), offer }
}

/// An order whose units all leave, with the numbers of some.
pub(super) fn leaves(order: &Order, serials: &[(&str, &str)], now: Timestamp) -> Order {
    let order = after(order, allocating(order, Vec::new(), Vec::new()), now);
    after(&order, shipping(None, serials), now)
}

fn approved(due: Option<Date>) -> Case {
    Case::claimed().then(Command::Approve { remedy: Remedy::Replace, due })
}

/// The new certificate and the old one, once the other unit has left.
fn left(case: &Case, key: &[u8]) -> (Certificate, Certificate, Order) {
    let order = leaves(case.replacement.as_ref().unwrap(), &[("A", "NEW-1")], at(50 * DAY));
    let both = issuing(key, |issuing| inherited(&order, &case.claim, &case.certificate, issuing));
    let (new, old) = both.unwrap().unwrap();
    (new, old, order)
}

#[test]
fn another_unit_goes_out_for_nothing_to_where_its_holder_is() {
    let case = approved(None);
    assert_eq!((case.claim.status, case.claim.keeps_item), (ClaimStatus::Approved, true));
    let decision = case.replaced(1).unwrap();
    assert_eq!((decision.claim.status, decision.claim.remedy), (ClaimStatus::Replace, Some(Remedy::Replace)));
    assert_eq!(decision.events, [ClaimEvent::Replaced { claim: case.claim.id }]);
    assert!(decision.stock.is_empty() && decision.order.is_none() && decision.certificate.is_none());
    let placement = decision.placement.unwrap();
    let order = placement.order;
    assert_eq!((decision.claim.replacement, order.claim), (Some(order.id), Some(case.claim.id)));
    assert_eq!((order.totals.total, order.totals.shipping, order.totals.items), (eur(0), eur(0), eur(0)));
    assert_eq!((order.status, order.payment_status), (OrderStatus::Placed, PaymentStatus::Captured));
    assert_eq!((order.lines.len(), order.lines[0].sku.clone(), order.lines[0].quantity.get()), (1, sku("A"), 1));
    assert_eq!(order.lines[0].warranty_months, 0, "its warranty is handed on");
    assert_eq!((placement.takes.len(), placement.takes[0].quantity.get()), (1, 1));
    assert_eq!((&order.email, &order.shipping_address), (&case.claim.email, &case.claim.address));
    assert_eq!((order.shipping_method, order.view_token_hash), (case.order.shipping_method, Digest::of(b"new")));
}

#[test]
fn a_broken_unit_that_came_stands_with_what_is_damaged() {
    let due = Some(date(at(30 * DAY)));
    let case = approved(due);
    assert_eq!((case.claim.status, case.claim.keeps_item, case.claim.due), (ClaimStatus::AwaitingItem, false, due));
    assert!(matches!(case.replaced(1), Err(Refusal::Illegal(_))), "it has to come first");
    let case = case.received();
    let moved = [(sku("A"), Movement::Shift(LocationId::main(), Shelf::Damaged, 1))];
    for case in [case.clone(), case.then(Command::Diagnose { finding: None, remedy: None }), case.then(Command::Repair)]
    {
        let decision = case.replaced(1).unwrap();
        assert_eq!((decision.claim.status, decision.stock.as_slice()), (ClaimStatus::Replace, moved.as_slice()));
    }
}

#[test]
fn whoever_has_it_from_the_buyer_gets_it_at_home() {
    let case = Case::of_friend().then(Command::Approve { remedy: Remedy::Replace, due: None });
    let order = case.replaced(1).unwrap().placement.unwrap().order;
    assert_eq!((order.email, order.shipping_address.name.as_str()), (friend(), "Fay Friend"));
}

#[test]
fn what_is_not_sold_or_served_any_more_does_not_go_out() {
    let case = approved(None);
    let tried = |case: &Case, replacing: Replacing| {
        with(|tables| replace(&case.claim, (&case.order, None), replacing, tables, at(40)))
    };
    let mut off = another(1);
    off.offer.listing.on_sale = false;
    assert!(matches!(tried(&case, off), Err(Refusal::NotSold { .. })));
    let mut far = case.clone();
    far.claim.address.country = "AQ".parse().unwrap();
    assert!(matches!(tried(&far, another(1)), Err(Refusal::CountryNotServed { .. })));
    assert!(tried(&case, another(1)).is_ok());
}

#[test]
fn what_went_back_meanwhile_is_not_replaced() {
    let case = approved(None);
    let back = after(&case.order, refunding(units(&[("A", 1)])), at(39));
    let case = Case { order: back, ..case };
    assert_eq!(case.replaced(1), Err(Refusal::LineLeft { sku: sku("A"), left: 0 }));
    // Nothing is guaranteed any more once that claim is over.
    let no = case.then(Command::Deny { reason: "paid back".into(), parcel: None });
    assert_eq!((no.certificate.status, no.certificate.open_claim()), (CertificateStatus::Void, None));
    // Of two, nobody knows which of them went back: the other one may have failed.
    let two = sent(&[("A", 1999, 2, 24)]);
    let case = Case::on(certificates(&two)[0].clone(), two, claiming(1));
    let case = case.then(Command::Approve { remedy: Remedy::Replace, due: None });
    let back = after(&case.order, refunding(units(&[("A", 1)])), at(39));
    let case = Case { order: back, ..case };
    assert!(case.replaced(1).is_ok());
    let no = case.then(Command::Deny { reason: "worn".into(), parcel: None });
    assert_eq!(no.certificate.status, CertificateStatus::Active);
}

#[test]
fn what_leaves_late_is_guaranteed_for_that_day() {
    let case = approved(None);
    let case = case.with(case.replaced(1).unwrap());
    let order = leaves(case.replacement.as_ref().unwrap(), &[], at(3_000 * DAY));
    let both = issuing(KEY, |issuing| inherited(&order, &case.claim, &case.certificate, issuing));
    let (new, old) = both.unwrap().unwrap();
    assert!(new.begins > old.ends);
    assert_eq!(new.ends, new.begins);
}

#[test]
fn what_was_called_off_is_replaced_again_or_paid_back_and_not_before() {
    for came in [false, true] {
        let case = approved(came.then(|| date(at(30 * DAY))));
        let case = if came { case.received() } else { case };
        let case = case.with(case.replaced(1).unwrap());
        let refund = || Command::Resolve { instead: Some(Remedy::Refund), parcel: None };
        assert_eq!(case.replaced(2), Err(Refusal::ReplacementRuns));
        assert_eq!(case.tried(refund()), Err(Refusal::ReplacementRuns));
        // Whoever does not know the order takes it to run.
        let unknown = Case { replacement: None, ..case.clone() };
        assert_eq!(unknown.replaced(2), Err(Refusal::ReplacementRuns));
        let mut off = case.clone();
        let cancel = order::Command::Cancel { reason: Some("sold out".into()) };
        off.replacement = off.replacement.map(|order| after(&order, cancel, at(41)));
        assert_eq!(off.replacement.as_ref().map(|order| order.status), Some(OrderStatus::Canceled));
        assert!(matches!(off.tried(Command::Repair), Err(Refusal::Illegal(_))));
        let again = off.with(off.replaced(2).unwrap());
        assert_eq!((again.claim.replacement, again.claim.status), (Some(another(2).id), ClaimStatus::Replace));
        assert_eq!(again.replaced(3), Err(Refusal::ReplacementRuns));
        let back = off.then(refund());
        assert_eq!((back.claim.status, back.claim.remedy), (ClaimStatus::Completed, Some(Remedy::Refund)));
        assert_eq!(
            (back.claim.refund, back.certificate.status),
            (Some(back.order.refund_due()), CertificateStatus::Void)
        );
        // It stands with what is damaged once.
        for case in [again, back] {
            assert_eq!(case.stock.len(), usize::from(came));
        }
        // What has left is not called off.
        let gone = Case { replacement: case.replacement.as_ref().map(|order| leaves(order, &[], at(42))), ..case };
        assert_eq!(gone.replaced(2), Err(Refusal::ReplacementRuns));
    }
}

#[test]
fn the_other_unit_is_guaranteed_until_the_first_would_have_been() {
    let case = approved(None);
    let case = case.with(case.replaced(1).unwrap());
    let order = case.replacement.clone().unwrap();
    let before = |order: &Order| issuing(KEY, |issuing| inherited(order, &case.claim, &case.certificate, issuing));
    assert_eq!(before(&order), Ok(None));
    assert_eq!(before(&after(&order, allocating(&order, Vec::new(), Vec::new()), at(45))), Ok(None));
    let (new, old, order) = left(&case, KEY);
    // It begins when it leaves.
    assert_eq!(order.returnable(&order.lines[0]), 0, "it comes back as what it replaces");
    assert_eq!(new.begins, date(at(50 * DAY)));
    let same = |one: &Certificate| (one.order, one.order_number, one.ends, one.months, one.terms, one.excluded.clone());
    assert_eq!(same(&new), same(&case.certificate));
    assert_eq!((new.shipped_with, new.sku.clone(), new.rev), (order.id, sku("A"), 0));
    assert_eq!(new.serial, Some("NEW-1".parse().unwrap()));
    assert_eq!((new.status, new.claims.len(), new.open_claim()), (CertificateStatus::Active, 0, None));
    assert_eq!((new.replaces, new.replaced_by), (Some(old.id), None));
    assert_eq!((old.replaced_by, old.status, old.open_claim()), (Some(new.id), CertificateStatus::Replaced, None));
    assert_eq!(old.claims, [Claimed { id: case.claim.id, is_open: false }]);
    assert_ne!((new.id, new.view_token_hash), (old.id, old.view_token_hash));
    assert_eq!(new.view_token_hash, new.id.view_secret(0, KEY).digest());
    assert_ne!(left(&case, b"other").0.id, new.id);
    // The claim is over with it, once.
    let completed = completed(&case.claim).unwrap();
    assert_eq!((completed.claim.status, completed.events.len()), (ClaimStatus::Completed, 1));
    assert_eq!(super::super::completed(&completed.claim), None);
    let again = issuing(KEY, |issuing| inherited(&order, &case.claim, &old, issuing));
    assert!(matches!(again, Err(Refusal::Illegal(_))));
    // Neither order calls for anything more.
    assert!(due(&order, &[new.clone(), old.clone()]).is_empty());
    assert!(due(&case.order, &[new.clone(), old.clone()]).is_empty());
    // A claim on the old one is denied, one on the new one is not, as long as the old one ran.
    let denials = |one: &Certificate, now: Timestamp| claim(one, &case.order, claiming(2), now).unwrap().claim.denials;
    assert_eq!(denials(&old, at(60 * DAY)), [Denial::Replaced]);
    assert!(denials(&new, at(60 * DAY)).is_empty());
    assert_eq!(denials(&new, at(3_000 * DAY)), [Denial::Ended]);
}

#[test]
fn the_other_unit_is_its_holders() {
    let case = Case::of_friend().then(Command::Approve { remedy: Remedy::Replace, due: None });
    let case = case.with(case.replaced(1).unwrap());
    let (new, old, _) = left(&case, KEY);
    assert_eq!((new.email.clone(), new.former.clone(), new.passed), (friend(), old.former, 1));
    assert_eq!(new.view_token_hash, new.id.view_secret(1, KEY).digest());
}

#[test]
fn a_chain_of_units_is_one_unit_of_its_order() {
    let order = sent(&[("A", 1999, 2, 24)]);
    let mut known = certificates(&order);
    let case = Case::on(known[0].clone(), order, claiming(1));
    let case = case.then(Command::Approve { remedy: Remedy::Replace, due: None });
    let case = case.with(case.replaced(1).unwrap());
    let (new, old, _) = left(&case, KEY);
    known[0] = old;
    known.push(Certificate { rev: 1, ..new.clone() });
    // The other unit fails too, and its price goes back: that of the second unit of the order is nobody's business.
    let failed = Case::on(new, case.order, claiming(2));
    let failed = failed.then(Command::Approve { remedy: Remedy::Refund, due: None });
    let failed = failed.then(Command::Resolve { instead: None, parcel: None });
    known[2] = failed.certificate.clone();
    assert!(due(&failed.order, &known).is_empty(), "the second unit is as it was");
    // When that comes back, its own ends.
    let order = after(&failed.order, refunding(units(&[("A", 1)])), at(60 * DAY));
    assert_eq!(write(&order, &mut known), [CertificateEvent::Voided { certificate: known[1].id }]);
}

#[test]
fn the_other_unit_ends_when_its_price_goes_back() {
    let case = approved(None);
    let case = case.with(case.replaced(1).unwrap());
    let (new, old, _) = left(&case, KEY);
    let mut known = vec![old, Certificate { rev: 1, ..new.clone() }];
    let order = after(&case.order, refunding(units(&[("A", 1)])), at(60 * DAY));
    assert_eq!(write(&order, &mut known), [CertificateEvent::Voided { certificate: new.id }]);
}
