//! Certificates and claims under any sequence of what people want.

use proptest::sample::select;

use super::replacing::{another, leaves, with};
use super::*;
use crate::calendar::date;
use crate::order::{OrderStatus, RefundWhat};
use crate::stock::{Movement, Shelf};
use crate::text::Sku;

/// Somebody does something: about the certificate or the claim of this number, the latest first.
#[derive(Debug, Clone)]
enum Act {
    /// A fault is told, with an address or without.
    Claim(usize, Defect, bool),
    /// Something is said of a claim.
    Say(usize, Command),
    /// Another unit is ordered for a claim.
    Replace(usize),
    /// The latest order of another unit is called off.
    CallOff,
    /// It leaves.
    Leave,
    /// A certificate is offered and taken.
    Pass(usize),
    /// Staff send back what units cost.
    Refund(u32),
    /// Staff send a sum back.
    Goodwill(i64),
    /// The order is looked at.
    Look,
}

fn commands() -> impl Strategy<Value = Command> {
    let remedy = || select(Remedy::ALL);
    let parcel = || Some(Parcel { carrier: "Post".into(), tracking: None, label_url: None });
    prop_oneof![
        5 => (remedy(), any::<bool>())
            .prop_map(|(remedy, sent)| Command::Approve { remedy, due: sent.then(|| date(at(30 * DAY))) }),
        1 => Just(Command::Deny { reason: "no".into(), parcel: parcel() }),
        4 => Just(Command::Receive { location: LocationId::main() }),
        2 => prop::option::of(remedy()).prop_map(|remedy| Command::Diagnose { finding: None, remedy }),
        2 => Just(Command::Repair),
        4 => prop::option::of(remedy()).prop_map(move |instead| Command::Resolve { instead, parcel: parcel() }),
        1 => Just(Command::Withdraw),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let latest = || prop_oneof![4 => Just(0_usize), 1 => 1_usize..4];
    let act = prop_oneof![
        5 => (0_usize..4, select(Defect::ALL), any::<bool>()).prop_map(|(which, defect, at)| Act::Claim(which, defect, at)),
        20 => (latest(), commands()).prop_map(|(which, command)| Act::Say(which, command)),
        5 => latest().prop_map(Act::Replace),
        1 => Just(Act::CallOff),
        3 => Just(Act::Leave),
        1 => (0_usize..4).prop_map(Act::Pass),
        1 => (1_u32..3).prop_map(Act::Refund),
        1 => (1_i64..1_500).prop_map(Act::Goodwill),
        1 => Just(Act::Look),
    ];
    prop::collection::vec(act, 1..80)
}

/// An order and all that came of it.
struct Shop {
    order: Order,
    known: Vec<Certificate>,
    claims: Vec<Claim>,
    /// Orders of other units, oldest first.
    others: Vec<Order>,
    moved: Vec<(ClaimId, Sku, Movement)>,
}

/// The place of the `which`th from the end.
fn from_end(len: usize, which: usize) -> Option<usize> {
    len.checked_sub(1).map(|last| last - which % len)
}

impl Shop {
    fn certificate(&self, claim: &Claim) -> &Certificate {
        self.known.iter().find(|one| one.id == claim.certificate).unwrap()
    }

    fn other(&self, claim: &Claim) -> Option<&Order> {
        self.others.iter().find(|one| Some(one.id) == claim.replacement)
    }

    fn put(&mut self, certificate: Certificate) {
        match self.known.iter_mut().find(|one| one.id == certificate.id) {
            Some(old) => *old = certificate,
            None => self.known.push(Certificate { rev: 1, ..certificate }),
        }
    }

    fn commit(&mut self, decision: Decision) {
        let id = decision.claim.id;
        match self.claims.iter_mut().find(|one| one.id == id) {
            Some(old) => *old = decision.claim,
            None => self.claims.push(decision.claim),
        }
        decision.certificate.into_iter().for_each(|one| self.put(one));
        self.order = decision.order.map_or_else(|| self.order.clone(), |decision| decision.order);
        self.others.extend(decision.placement.map(|placement| placement.order));
        self.moved.extend(decision.stock.into_iter().map(|(sku, movement)| (id, sku, movement)));
    }

    /// What comes of a decision about a claim, and what it may not do.
    fn decided(&mut self, before: &Claim, decision: Result<Decision, Refusal>) -> Result<(), TestCaseError> {
        let Ok(decision) = decision else { return Ok(()) };
        prop_assert!(before.status.is_open(), "{} is over", before.status);
        prop_assert!(!decision.changed || decision.events.len() == 1);
        let left = self.order.refundable();
        let given = decision.claim.refund.filter(|_| before.refund.is_none());
        prop_assert_eq!(given.is_some(), decision.order.is_some());
        self.commit(decision);
        // What went back for it was the shop's to give, and was asked back of the order.
        let back = given.unwrap_or_else(|| eur(0));
        prop_assert!(!back.is_negative() && back.amount <= left.amount);
        prop_assert_eq!(self.order.refundable(), left.minus(back).unwrap());
        Ok(())
    }

    fn does(&mut self, act: Act, number: u64) -> Result<(), TestCaseError> {
        let now = at(60 + i64::try_from(number).unwrap());
        match act {
            Act::Claim(which, defect, said) => {
                let Some(place) = from_end(self.known.len(), which) else { return Ok(()) };
                let address = said.then(|| self.order.shipping_address.clone());
                let claiming = Claiming { defect, address, ..claiming(number) };
                let certificate = &self.known[place];
                match claim(certificate, &self.order, claiming, now) {
                    Ok(decision) => {
                        prop_assert_eq!(certificate.open_claim(), None);
                        prop_assert_eq!(&decision.claim.denials, &coverage(certificate, defect, date(now)));
                        self.commit(decision);
                    }
                    Err(Refusal::ClaimOpen) => prop_assert!(certificate.open_claim().is_some()),
                    Err(Refusal::NoAddress) => prop_assert!(!said && !certificate.is_buyers()),
                    Err(refusal) => prop_assert_eq!(refusal, Refusal::TooManyClaims { most: MAX_CLAIMS }),
                }
            }
            Act::Say(which, command) => {
                let Some(place) = from_end(self.claims.len(), which) else { return Ok(()) };
                let before = self.claims[place].clone();
                let orders = (&self.order, self.other(&before));
                let decision = decide(&before, self.certificate(&before), orders, command, now);
                self.decided(&before, decision)?;
            }
            Act::Replace(which) => {
                let Some(place) = from_end(self.claims.len(), which) else { return Ok(()) };
                let before = self.claims[place].clone();
                let orders = (&self.order, self.other(&before));
                let decision = with(|tables| replace(&before, orders, another(number), tables, now));
                self.decided(&before, decision)?;
            }
            Act::CallOff => {
                let Some(other) = self.others.last_mut() else { return Ok(()) };
                if let Ok(decision) = order::decide(other, order::Command::Cancel { reason: None }, now) {
                    *other = decision.order;
                }
            }
            Act::Leave => {
                let Some(other) = self.others.last_mut() else { return Ok(()) };
                if other.status != OrderStatus::Placed || !other.shipments.is_empty() {
                    return Ok(());
                }
                *other = leaves(other, &[], now);
                let other = other.clone();
                let before = self.claims.iter().find(|one| Some(one.id) == other.claim).unwrap().clone();
                prop_assert_eq!((before.status, before.replacement), (ClaimStatus::Replace, Some(other.id)));
                let both = issuing(KEY, |issuing| inherited(&other, &before, self.certificate(&before), issuing));
                let (new, old) = both.unwrap().unwrap();
                self.put(old);
                self.put(new);
                self.commit(completed(&before).unwrap());
            }
            Act::Pass(which) => {
                let Some(place) = from_end(self.known.len(), which) else { return Ok(()) };
                let certificate = &self.known[place];
                let to: Email = format!("holder{number}@example.com").parse().unwrap();
                let may = certificate.status == CertificateStatus::Active && certificate.open_claim().is_none();
                let offered = certificate.offer_to(to, Digest::of(b"offer"), now);
                prop_assert_eq!(offered.is_ok(), may);
                if let Ok(offered) = offered {
                    let secret = certificate.id.view_secret(certificate.passed + 1, KEY);
                    self.put(offered.taken(None, secret.digest(), now).unwrap());
                }
            }
            Act::Refund(count) => {
                let tried = order::decide(&self.order, refunding(units(&[("A", count)])), now);
                self.order = tried.map_or_else(|_| self.order.clone(), |decision| decision.order);
            }
            Act::Goodwill(amount) => {
                let command = order::Command::Refund { reason: "sorry".into(), what: RefundWhat::Amount(eur(amount)) };
                let tried = order::decide(&self.order, command, now);
                self.order = tried.map_or_else(|_| self.order.clone(), |decision| decision.order);
            }
            Act::Look => {
                write(&self.order, &mut self.known);
            }
        }
        Ok(())
    }

    /// What holds whatever was done.
    fn is_sound(&self) -> Result<(), TestCaseError> {
        for certificate in &self.known {
            let open: Vec<ClaimId> = certificate.claims.iter().filter(|one| one.is_open).map(|one| one.id).collect();
            let own = self.claims.iter().filter(|one| one.certificate == certificate.id);
            let expected: Vec<ClaimId> = own.clone().filter(|one| one.status.is_open()).map(|one| one.id).collect();
            prop_assert!(open.len() <= 1);
            prop_assert_eq!(certificate.open_claim(), open.first().copied());
            prop_assert_eq!(open, expected);
            prop_assert!(
                own.eq(self.claims.iter().filter(|one| certificate.claims.iter().any(|known| known.id == one.id)))
            );
            prop_assert!(certificate.open_claim().is_none() || certificate.status == CertificateStatus::Active);
            // The chain reads both ways.
            let next = self.known.iter().find(|one| one.replaces == Some(certificate.id));
            prop_assert_eq!(next.map(|one| one.id), certificate.replaced_by);
            prop_assert_eq!(next.is_some(), certificate.status == CertificateStatus::Replaced);
            prop_assert!(next.is_none_or(|next| next.ends == certificate.ends && next.order == certificate.order));
        }
        for claim in &self.claims {
            let moved: Vec<_> = self.moved.iter().filter(|(id, ..)| *id == claim.id).collect();
            prop_assert!(moved.len() <= usize::from(claim.is_here()), "{:?}", moved);
            for (_, of, movement) in moved {
                let to = claim.location.clone().unwrap();
                prop_assert_eq!((of, movement), (&claim.sku, &Movement::Shift(to, Shelf::Damaged, 1)));
            }
            prop_assert!(!(claim.keeps_item && claim.is_here()));
            prop_assert!(claim.denials.is_empty() || claim.status == ClaimStatus::Denied);
            prop_assert!(claim.refund.is_none() || claim.is_buyers && claim.status == ClaimStatus::Completed);
        }
        for other in &self.others {
            prop_assert_eq!((other.totals.total, other.captured, other.refund_due()), (eur(0), eur(0), eur(0)));
        }
        let gone = self.order.refunded.amount + self.order.refund_due().amount;
        prop_assert!(gone <= self.order.captured.amount);
        // A unit has one certificate that is not another's past.
        let heads = self.known.iter().filter(|one| one.status != CertificateStatus::Replaced).count();
        prop_assert_eq!(heads, usize::try_from(self.order.lines[0].shipped).unwrap());
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_claim_is_open_once_and_gives_no_more_than_there_is(count in 1_u32..4, price in 1_i64..3_000, acts in acts()) {
        let order = sent(&[("A", price, count, 24)]);
        let known = certificates(&order);
        let mut shop = Shop { order, known, claims: Vec::new(), others: Vec::new(), moved: Vec::new() };
        for (number, act) in (1..).zip(acts) {
            shop.does(act, number)?;
            shop.is_sound()?;
        }
        write(&shop.order, &mut shop.known);
        prop_assert!(due(&shop.order, &shop.known).is_empty());
        shop.is_sound()?;
        let line = &shop.order.lines[0];
        let void = shop.known.iter().filter(|one| one.status == CertificateStatus::Void).count();
        let claimed = shop.known.iter().filter(|one| one.open_claim().is_some()).count();
        let back = usize::try_from(line.refunded).unwrap();
        prop_assert!(void <= back && (void == back || void + claimed == usize::try_from(line.shipped).unwrap()));
    }
}
