//! What becomes of a claim, path by path.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::replacing::{another, with};
use super::*;
use crate::calendar::date;
use crate::order::{RefundCause, RefundStatus};
use crate::stock::{Movement, Shelf};
use crate::text::Sku;

/// A claim, with what changes with it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) claim: Claim,
    pub(super) certificate: Certificate,
    pub(super) order: Order,
    pub(super) replacement: Option<Order>,
    /// All that moved so far.
    pub(super) stock: Vec<(Sku, Movement)>,
}

impl Case {
    pub(super) fn on(certificate: Certificate, order: Order, claiming: Claiming) -> Self {
        // On the day that it begins, which another unit's does later.
        let now = certificate.begins.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let decision = claim(&certificate, &order, claiming, now).unwrap();
        let (claim, certificate) = (decision.claim, decision.certificate.unwrap());
        Self { claim, certificate, order, replacement: None, stock: Vec::new() }
    }

    /// The buyer's, of an order of two units.
    pub(super) fn claimed() -> Self {
        let order = sent(&[("A", 1999, 1, 24), ("B", 500, 1, 0)]);
        let certificate = certificates(&order).remove(0);
        Self::on(certificate, order, claiming(1))
    }

    /// The same, of whoever has it from the buyer.
    pub(super) fn of_friend() -> Self {
        let Self { order, .. } = Self::claimed();
        let certificate = passed_on(&certificates(&order)[0]);
        let address = Address { name: "Fay Friend".into(), ..order.shipping_address.clone() };
        Self::on(certificate, order, Claiming { address: Some(address), ..claiming(1) })
    }

    pub(super) fn tried(&self, command: Command) -> Result<Decision, Refusal> {
        decide(&self.claim, &self.certificate, (&self.order, self.replacement.as_ref()), command, at(40))
    }

    pub(super) fn replaced(&self, number: u64) -> Result<Decision, Refusal> {
        let orders = (&self.order, self.replacement.as_ref());
        with(|tables| replace(&self.claim, orders, another(number), tables, at(40)))
    }

    pub(super) fn with(&self, decision: Decision) -> Self {
        let placed = decision.placement.map(|placement| placement.order);
        Self {
            claim: decision.claim,
            certificate: decision.certificate.unwrap_or_else(|| self.certificate.clone()),
            order: decision.order.map_or_else(|| self.order.clone(), |decision| decision.order),
            replacement: placed.or_else(|| self.replacement.clone()),
            stock: [self.stock.clone(), decision.stock].concat(),
        }
    }

    pub(super) fn then(&self, command: Command) -> Self {
        self.with(self.tried(command).unwrap())
    }

    pub(super) fn received(&self) -> Self {
        self.then(Command::Receive { location: LocationId::main() })
    }

    /// Approved, and the item has come.
    fn here(remedy: Remedy) -> Self {
        Self::claimed().then(Command::Approve { remedy, due: Some(last_day()) }).received()
    }

    fn status(&self) -> ClaimStatus {
        self.claim.status
    }
}

fn last_day() -> Date {
    date(at(30 * DAY))
}

fn post() -> Option<Parcel> {
    Some(Parcel { carrier: "Post".into(), tracking: Some("1".into()), label_url: None })
}

fn deny(parcel: Option<Parcel>) -> Command {
    Command::Deny { reason: "It was opened.".into(), parcel }
}

fn resolve(instead: Option<Remedy>) -> Command {
    Command::Resolve { instead, parcel: post() }
}

fn diagnose(finding: Option<&str>, remedy: Option<Remedy>) -> Command {
    Command::Diagnose { finding: finding.map(str::to_owned), remedy }
}

fn damaged() -> Vec<(Sku, Movement)> {
    vec![(sku("A"), Movement::Shift(LocationId::main(), Shelf::Damaged, 1))]
}

#[test]
fn what_is_covered_waits_for_staff() {
    let (order, certificate) = one(24);
    let decision = claim(&certificate, &order, claiming(1), at(20)).unwrap();
    let claimed = decision.claim;
    assert_eq!(decision.events, [ClaimEvent::Submitted { claim: claimed.id }]);
    assert_eq!((claimed.status, claimed.denials.len(), claimed.rev), (ClaimStatus::CoverageChecked, 0, 0));
    assert_eq!((claimed.certificate, claimed.order, claimed.sku), (certificate.id, order.id, sku("A")));
    assert_eq!((claimed.defect, claimed.description.as_str()), (Defect::NotWorking, "It is cold."));
    assert_eq!((claimed.is_buyers, claimed.view_token_hash), (true, certificate.view_token_hash));
    let next = decision.certificate.unwrap();
    assert_eq!((next.open_claim(), next.status), (Some(claimed.id), CertificateStatus::Active));
    assert!(decision.stock.is_empty() && decision.order.is_none() && decision.placement.is_none());
    assert_eq!(claim(&next, &order, claiming(2), at(21)), Err(Refusal::ClaimOpen));
}

#[test]
fn what_is_not_covered_is_denied_at_once_with_each_reason() {
    let (order, certificate) = one(24);
    let void = Certificate { status: CertificateStatus::Void, ..certificate };
    let lost = Claiming { defect: Defect::Lost, ..claiming(1) };
    let decision = claim(&void, &order, lost, at(3_000 * DAY)).unwrap();
    assert_eq!(decision.claim.denials, [Denial::GivenBack, Denial::Ended, Denial::DefectExcluded]);
    assert_eq!((decision.claim.status, decision.claim.reason), (ClaimStatus::Denied, None));
    assert_eq!(decision.events, [ClaimEvent::Denied { claim: decision.claim.id }]);
    let next = decision.certificate.unwrap();
    assert_eq!((next.open_claim(), next.claims.len(), next.status), (None, 1, CertificateStatus::Void));
}

#[test]
fn a_certificate_has_so_many_claims_at_most() {
    let (order, mut certificate) = one(24);
    for number in 0..20 {
        let case = Case::on(certificate, order.clone(), claiming(number)).then(Command::Withdraw);
        certificate = case.certificate;
    }
    assert_eq!(claim(&certificate, &order, claiming(20), at(21)), Err(Refusal::TooManyClaims { most: 20 }));
}

#[test]
fn what_can_be_made_whole_goes_back_to_its_holder() {
    let case = Case::claimed().then(Command::Approve { remedy: Remedy::Repair, due: Some(last_day()) });
    assert_eq!((case.status(), case.claim.remedy), (ClaimStatus::AwaitingItem, Some(Remedy::Repair)));
    assert_eq!((case.claim.due, case.claim.keeps_item), (Some(last_day()), false));
    let case = case.received();
    assert_eq!((case.status(), case.claim.is_here()), (ClaimStatus::Received, true));
    let again = case.tried(Command::Receive { location: "depot".parse().unwrap() }).unwrap();
    assert_eq!((again.changed, again.events.len(), again.claim), (false, 0, case.claim.clone()));
    let case = case.then(diagnose(Some("a wire is loose"), None));
    assert_eq!((case.status(), case.claim.finding.as_deref()), (ClaimStatus::Diagnosed, Some("a wire is loose")));
    // Another look leaves what was found, unless it finds something else.
    let case = case.then(diagnose(None, Some(Remedy::Repair)));
    assert_eq!(case.claim.finding.as_deref(), Some("a wire is loose"));
    let case = case.then(Command::Repair);
    assert_eq!((case.status(), case.certificate.open_claim()), (ClaimStatus::Repair, Some(case.claim.id)));
    let decision = case.tried(resolve(None)).unwrap();
    assert_eq!(decision.events, [ClaimEvent::Repaired { claim: case.claim.id }]);
    assert!(decision.stock.is_empty() && decision.order.is_none());
    let case = case.with(decision);
    assert_eq!((case.status(), case.claim.way_back.clone()), (ClaimStatus::Completed, post()));
    assert_eq!((case.certificate.open_claim(), case.certificate.status), (None, CertificateStatus::Active));
    // It may fail again.
    assert!(claim(&case.certificate, &case.order, claiming(2), at(50)).is_ok());
}

#[test]
fn what_came_may_be_made_whole_in_one_step() {
    for case in [Case::here(Remedy::Repair), Case::here(Remedy::Repair).then(diagnose(None, None))] {
        assert_eq!(case.then(resolve(None)).status(), ClaimStatus::Completed);
    }
    // Nothing that did not come is made whole.
    let kept = Case::claimed().then(Command::Approve { remedy: Remedy::Refund, due: None });
    assert!(matches!(kept.tried(resolve(Some(Remedy::Repair))), Err(Refusal::Illegal(_))));
    // To be made whole it has to come, whoever says a day for it or none.
    let undated = Case::claimed().then(Command::Approve { remedy: Remedy::Repair, due: None });
    assert_eq!((undated.status(), undated.claim.keeps_item), (ClaimStatus::AwaitingItem, false));
}

#[test]
fn a_price_goes_back_whether_the_unit_came_or_not() {
    let kept = Case::claimed().then(Command::Approve { remedy: Remedy::Refund, due: None });
    assert_eq!((kept.status(), kept.claim.keeps_item), (ClaimStatus::Approved, true));
    let awaited = Case::claimed().then(Command::Approve { remedy: Remedy::Refund, due: Some(last_day()) });
    assert!(matches!(awaited.tried(resolve(None)), Err(Refusal::Illegal(_))), "it has to come first");
    let came = awaited.received();
    let repairing = Case::here(Remedy::Repair).then(Command::Repair);
    for (case, instead, moved) in [
        (kept, None, Vec::new()),
        (came.clone(), None, damaged()),
        (came.then(diagnose(Some("it is broken"), None)), None, damaged()),
        // It cannot be made whole after all.
        (repairing, Some(Remedy::Refund), damaged()),
    ] {
        let decision = case.tried(resolve(instead)).unwrap();
        assert_eq!(decision.events, [ClaimEvent::Refunded { claim: case.claim.id }]);
        assert_eq!(decision.stock, moved);
        let case = case.with(decision);
        assert_eq!((case.status(), case.claim.remedy), (ClaimStatus::Completed, Some(Remedy::Refund)));
        assert_eq!((case.claim.refund, case.claim.way_back), (Some(eur(1999)), None));
        assert_eq!((case.certificate.status, case.certificate.open_claim()), (CertificateStatus::Void, None));
        let [refund] = case.order.refunds.as_slice() else { panic!("{:?}", case.order.refunds) };
        assert_eq!(
            (refund.amount, refund.cause, refund.status),
            (eur(1999), RefundCause::Claimed, RefundStatus::Pending)
        );
        assert_eq!((refund.lines.clone(), case.order.lines[0].refunded), (units(&[("A", 1)]), 1));
        assert!(refund.reason.as_ref().unwrap().contains(&case.claim.id.number().to_string()));
        assert!(due(&case.order, &[case.certificate]).is_empty());
    }
}

#[test]
fn what_went_back_before_does_not_go_back_for_a_claim() {
    let kept = Case::claimed().then(Command::Approve { remedy: Remedy::Refund, due: None });
    let gone = Case { order: after(&kept.order, refunding(units(&[("A", 1)])), at(30)), ..kept.clone() };
    assert_eq!(gone.tried(resolve(None)), Err(Refusal::LineLeft { sku: sku("A"), left: 0 }));
    let sum = |amount: i64| {
        let what = order::RefundWhat::Amount(eur(amount));
        let order = after(&kept.order, order::Command::Refund { reason: "late".into(), what }, at(30));
        Case { order, ..kept.clone() }
    };
    let total = kept.order.totals.total.amount;
    assert_eq!(sum(total - 300).then(resolve(None)).claim.refund, Some(eur(300)));
    assert_eq!(sum(total).tried(resolve(None)), Err(Refusal::RefundTooLarge { left: eur(0) }));
}

#[test]
fn a_price_goes_back_to_the_buyer_alone() {
    let case = Case::of_friend();
    let approve = |remedy: Remedy| Command::Approve { remedy, due: Some(last_day()) };
    assert_eq!(case.tried(approve(Remedy::Refund)), Err(Refusal::NotBuyers));
    let here = case.then(approve(Remedy::Repair)).received();
    assert_eq!(here.tried(diagnose(None, Some(Remedy::Refund))), Err(Refusal::NotBuyers));
    assert_eq!(here.tried(resolve(Some(Remedy::Refund))), Err(Refusal::NotBuyers));
    let repairing = here.then(Command::Repair);
    assert_eq!(repairing.tried(resolve(Some(Remedy::Refund))), Err(Refusal::NotBuyers));
    assert_eq!(repairing.then(resolve(None)).status(), ClaimStatus::Completed);
}

#[test]
fn staff_say_no_before_or_after_they_looked() {
    let asked = Case::claimed();
    let awaited = asked.then(Command::Approve { remedy: Remedy::Repair, due: Some(last_day()) });
    let seen = awaited.received().then(diagnose(Some("it is burnt"), None));
    for (case, way_back) in [(asked, None), (awaited, None), (seen, post())] {
        let denied = case.then(deny(post()));
        assert_eq!((denied.status(), denied.claim.remedy), (ClaimStatus::Denied, None));
        assert_eq!((denied.claim.reason.as_deref(), denied.claim.way_back), (Some("It was opened."), way_back));
        assert_eq!((denied.certificate.open_claim(), denied.certificate.status), (None, CertificateStatus::Active));
        assert!(denied.stock.is_empty() && denied.claim.denials.is_empty());
    }
    // What came is looked at first.
    assert!(matches!(Case::here(Remedy::Repair).tried(deny(None)), Err(Refusal::Illegal(_))));
}

#[test]
fn a_holder_leaves_it_while_the_unit_is_at_home() {
    let asked = Case::claimed();
    let awaited = asked.then(Command::Approve { remedy: Remedy::Repair, due: Some(last_day()) });
    assert!(matches!(awaited.received().tried(Command::Withdraw), Err(Refusal::Illegal(_))));
    for case in [asked, awaited] {
        let decision = case.tried(Command::Withdraw).unwrap();
        assert_eq!(decision.events, [ClaimEvent::Withdrawn { claim: case.claim.id }]);
        let left = case.with(decision);
        assert_eq!((left.status(), left.certificate.open_claim()), (ClaimStatus::Withdrawn, None));
        assert!(claim(&left.certificate, &left.order, claiming(2), at(50)).is_ok());
    }
}

#[test]
fn staff_say_what_is_done() {
    let asked = Case::claimed();
    assert_eq!(asked.tried(resolve(None)), Err(Refusal::NoRemedy));
    let here = Case::here(Remedy::Replace);
    assert_eq!(here.tried(resolve(None)), Err(Refusal::NoRemedy), "another unit is an order");
    assert_eq!(here.tried(resolve(Some(Remedy::Replace))), Err(Refusal::NoRemedy));
    // A look may come to something else.
    let seen = here.then(diagnose(None, Some(Remedy::Refund)));
    assert_eq!(seen.then(resolve(None)).claim.refund, Some(eur(1999)));
}

#[test]
fn each_command_is_taken_in_these_states_alone() {
    use ClaimStatus::{Approved, AwaitingItem, CoverageChecked, Diagnosed, Received, Repair, Replace};
    let approve = |remedy: Remedy| Command::Approve { remedy, due: None };
    let receive = || Command::Receive { location: LocationId::main() };
    let looked_at = [Received, Diagnosed];
    let commands: [(Command, &[ClaimStatus]); 10] = [
        (approve(Remedy::Repair), &[CoverageChecked]),
        (approve(Remedy::Replace), &[CoverageChecked]),
        (approve(Remedy::Refund), &[CoverageChecked]),
        (deny(None), &[CoverageChecked, Approved, AwaitingItem, Diagnosed, Replace]),
        (receive(), &[AwaitingItem]),
        (diagnose(None, None), &looked_at),
        (Command::Repair, &looked_at),
        (resolve(Some(Remedy::Repair)), &[Received, Diagnosed, Repair]),
        (resolve(Some(Remedy::Refund)), &[Approved, Received, Diagnosed, Repair, Replace]),
        (Command::Withdraw, &[CoverageChecked, AwaitingItem]),
    ];
    let replaced = Case::claimed().then(approve(Remedy::Replace));
    let replaced = replaced.with(replaced.replaced(1).unwrap());
    let cancel = order::Command::Cancel { reason: None };
    let off = Case { replacement: replaced.replacement.map(|order| after(&order, cancel, at(41))), ..Case::claimed() };
    for status in ClaimStatus::ALL {
        let mut case = off.clone();
        case.claim.status = *status;
        for (command, taken) in &commands {
            let tried = case.tried(command.clone());
            assert_eq!(tried.is_ok(), taken.contains(status), "{command:?} while {status}: {tried:?}");
            assert!(matches!(tried, Ok(_) | Err(Refusal::Illegal(_))));
        }
        let given = [Approved, Received, Diagnosed, Repair, Replace];
        assert_eq!(case.replaced(2).is_ok(), given.contains(status), "another unit while {status}");
        let done = [Repair, Replace, ClaimStatus::Refund];
        assert_eq!(completed(&case.claim).is_some(), done.contains(status));
    }
}
