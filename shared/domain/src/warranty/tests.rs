//! Warranties: the tables, what is passed on, what is scanned; the rest by what it is about.

mod claims;
mod coverage;
mod issue;
mod replacing;
mod sequences;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::fixtures::{at, eur, many, offer, placed, sku};
use crate::machine::closed;
use crate::order::{self, Order, PaymentMethod};
use crate::settings::{Setting, WarrantySettings};
use crate::stock::{Allocated, Allocation, AllocationReason, AllocationRule, SkuQuantity};
use crate::tax::TaxSettings;
use crate::text::{LocationId, Quantity};

const DAY: i64 = 24 * 60 * 60;
const KEY: &[u8] = b"key";

closed!(the_certificate_table_is_closed, CertificateStatus, CertificateStep, [CertificateStatus::Active]);
closed!(the_claim_table_is_closed, ClaimStatus, ClaimStep, [ClaimStatus::Submitted]);

fn units(lines: &[(&str, u32)]) -> Vec<SkuQuantity> {
    lines.iter().map(|(name, count)| SkuQuantity { sku: sku(name), quantity: many(*count) }).collect()
}

fn after(order: &Order, command: order::Command, now: Timestamp) -> Order {
    order::decide(order, command, now).unwrap().order
}

/// All of it from one location, but for what is nowhere.
fn allocating(order: &Order, waiting: Vec<SkuQuantity>, dropped: Vec<SkuQuantity>) -> order::Command {
    let piece = |line: SkuQuantity| {
        let short = waiting.iter().chain(&dropped).filter(|short| short.sku == line.sku);
        let left = line.quantity.get() - short.map(|short| short.quantity.get()).sum::<u32>();
        Some(Allocation { location: LocationId::main(), sku: line.sku, quantity: Quantity::new(left).ok()? })
    };
    let pieces = order.quantities().into_iter().filter_map(piece).collect();
    let (rule, reason) = (AllocationRule::Priority, AllocationReason::OneLocation);
    let why = Allocated { rule, reason, version: 1, nearness: None };
    order::Command::Allocate { pieces, waiting, dropped, why }
}

fn shipping(lines: Option<Vec<SkuQuantity>>, serials: &[(&str, &str)]) -> order::Command {
    let serials = serials.iter().map(|(name, serial)| UnitSerial { sku: sku(name), serial: serial.parse().unwrap() });
    order::Command::Ship { carrier: "Post".into(), tracking: None, lines, serials: serials.collect() }
}

fn refunding(lines: Vec<SkuQuantity>) -> order::Command {
    order::Command::Refund { reason: "so".into(), what: order::RefundWhat::Lines(lines) }
}

/// A paid order of lines of a price, so many units and so many months of warranty.
fn paid(lines: &[(&str, i64, u32, u16)]) -> Order {
    let plain: Vec<_> = lines.iter().map(|(name, price, count, _)| (*name, *price, *count)).collect();
    let mut order = placed(&plain, PaymentMethod::Card, &TaxSettings::initial()).order;
    for (line, (.., months)) in order.lines.iter_mut().zip(lines) {
        line.warranty_months = *months;
    }
    let amount = order.to_pay();
    after(&order, order::Command::PaymentSucceeded { amount, reference: "pi_1".to_owned() }, at(1))
}

/// The same, whose units all have a location.
fn ready(lines: &[(&str, i64, u32, u16)]) -> Order {
    let order = paid(lines);
    after(&order, allocating(&order, Vec::new(), Vec::new()), at(2))
}

/// The same, which has left as a whole.
fn sent(lines: &[(&str, i64, u32, u16)]) -> Order {
    after(&ready(lines), shipping(None, &[]), at(3))
}

fn issuing<T>(key: &[u8], then: impl FnOnce(Issuing<'_>) -> T) -> T {
    let settings = WarrantySettings { version: 7, ..WarrantySettings::initial() };
    then(Issuing { settings: &settings, key })
}

fn due(order: &Order, known: &[Certificate]) -> Vec<(Certificate, Option<CertificateEvent>)> {
    issuing(KEY, |issuing| changes(order, known, issuing))
}

/// Writes what there is to write, as a store does: what is new has no `rev`, each record stands once.
fn write(order: &Order, known: &mut Vec<Certificate>) -> Vec<CertificateEvent> {
    let mut events = Vec::new();
    for (next, told) in due(order, known) {
        let written = Certificate { rev: next.rev + 1, ..next.clone() };
        match known.iter_mut().find(|one| one.id == next.id) {
            Some(old) => {
                assert_eq!(old.rev, next.rev);
                *old = written;
            }
            None => {
                assert_eq!(next.rev, 0);
                known.push(written);
            }
        }
        events.extend(told);
    }
    events
}

fn certificates(order: &Order) -> Vec<Certificate> {
    let mut known = Vec::new();
    write(order, &mut known);
    known
}

/// An order of one unit that left, and its certificate.
fn one(months: u16) -> (Order, Certificate) {
    let order = sent(&[("A", 1999, 1, months)]);
    let [certificate] = certificates(&order).try_into().unwrap();
    (order, certificate)
}

fn claiming(number: u64) -> Claiming {
    let id = ClaimId::new(number, [6; 10]);
    Claiming { id, defect: Defect::NotWorking, description: "It is cold.".into(), address: None }
}

fn friend() -> Email {
    "Friend@example.com".parse().unwrap()
}

/// The same, of whoever it was offered to.
fn passed_on(certificate: &Certificate) -> Certificate {
    let offered = certificate.offer_to(friend(), Digest::of(b"offer"), at(10)).unwrap();
    let secret = certificate.id.view_secret(certificate.passed + 1, KEY);
    offered.taken(None, secret.digest(), at(11)).unwrap()
}

#[test]
fn whoever_takes_what_is_offered_has_a_link_of_their_own() {
    let (_, certificate) = one(24);
    let offered = certificate.offer_to(friend(), Digest::of(b"offer"), at(10)).unwrap();
    assert_eq!((offered.email.clone(), offered.passed), (certificate.email.clone(), 0));
    assert_eq!(offered.offer(at(10)).unwrap().email, friend());
    let owner = PersonId::new(4, [4; 10]);
    let secret = certificate.id.view_secret(1, KEY).digest();
    let taken = offered.taken(Some(owner), secret, at(11)).unwrap();
    assert_eq!((taken.email.clone(), taken.former.clone()), (friend(), Some(certificate.email.clone())));
    assert_eq!((taken.owner, taken.passed, taken.is_buyers()), (Some(owner), 1, false));
    assert_eq!((taken.view_token_hash, taken.offered.clone()), (secret, None));
    assert_ne!(taken.view_token_hash, certificate.view_token_hash);
    // Nothing else of it changes, and it is taken once.
    assert_eq!((taken.status, taken.ends, taken.terms), (certificate.status, certificate.ends, certificate.terms));
    assert_eq!(taken.taken(None, secret, at(12)), Err(Refusal::NotOffered));
    // It may go back to where it came from, by a third link.
    let back = taken.offer_to(certificate.email.clone(), Digest::of(b"back"), at(13)).unwrap();
    let back = back.taken(None, certificate.id.view_secret(2, KEY).digest(), at(14)).unwrap();
    assert_eq!((back.passed, back.former.clone(), back.is_buyers()), (2, Some(friend()), false));
    assert!(![taken.view_token_hash, certificate.view_token_hash].contains(&back.view_token_hash));
}

#[test]
fn an_offer_ends_with_its_time_when_it_is_kept_and_with_the_next() {
    let (_, certificate) = one(24);
    let taken = |offered: &Certificate, second: i64| offered.taken(None, Digest::of(b"new"), at(second));
    assert_eq!(taken(&certificate, 10), Err(Refusal::NotOffered));
    let offered = certificate.offer_to(friend(), Digest::of(b"offer"), at(10)).unwrap();
    assert!(taken(&offered, 10 + 14 * DAY - 1).is_ok());
    assert_eq!(taken(&offered, 10 + 14 * DAY), Err(Refusal::NotOffered));
    assert_eq!(taken(&offered.keep().unwrap(), 11), Err(Refusal::NotOffered));
    let other: Email = "other@example.com".parse().unwrap();
    let anew = offered.offer_to(other.clone(), Digest::of(b"anew"), at(20)).unwrap();
    assert_eq!(anew.offered.as_ref().unwrap().token_hash, Digest::of(b"anew"));
    assert_eq!(taken(&anew, 21).unwrap().email, other);
}

#[test]
fn nobody_is_offered_what_is_theirs_claimed_or_over() {
    let (order, certificate) = one(24);
    let offered = |certificate: &Certificate, email: &str| {
        certificate.offer_to(email.parse().unwrap(), Digest::of(b"offer"), at(10))
    };
    for own in ["buyer@example.com", "BUYER@Example.Com"] {
        assert_eq!(offered(&certificate, own), Err(Refusal::OwnAddress));
    }
    assert_eq!(offered(&passed_on(&certificate), "friend@example.com"), Err(Refusal::OwnAddress));
    let waiting = offered(&certificate, "friend@example.com").unwrap();
    let claimed = claim(&waiting, &order, claiming(1), at(20)).unwrap().certificate.unwrap();
    assert_eq!(claimed.offered, None, "who claims does not pass it on");
    assert_eq!(offered(&claimed, "friend@example.com"), Err(Refusal::ClaimOpen));
    // Were an offer left beside a claim, nobody could take it.
    let both = Certificate { offered: waiting.offered.clone(), ..claimed };
    assert_eq!(both.taken(None, Digest::of(b"new"), at(21)), Err(Refusal::ClaimOpen));
    for status in [CertificateStatus::Void, CertificateStatus::Replaced] {
        let over = Certificate { status, ..waiting.clone() };
        assert!(matches!(offered(&over, "other@example.com"), Err(Refusal::Illegal(_))));
        assert!(matches!(over.taken(None, Digest::of(b"new"), at(21)), Err(Refusal::Illegal(_))));
        assert!(matches!(over.keep(), Err(Refusal::Illegal(_))));
    }
}

#[test]
fn whoever_has_it_from_the_buyer_says_where_things_go() {
    let (order, certificate) = one(24);
    let passed = passed_on(&certificate);
    assert_eq!(claim(&passed, &order, claiming(1), at(20)), Err(Refusal::NoAddress));
    let address = Address { name: "Fay Friend".into(), ..order.shipping_address.clone() };
    let said = Claiming { address: Some(address.clone()), ..claiming(1) };
    let claimed = claim(&passed, &order, said.clone(), at(20)).unwrap().claim;
    assert_eq!((claimed.address, claimed.email, claimed.is_buyers), (address.clone(), friend(), false));
    // The buyer may say another, and need not.
    assert_eq!(claim(&certificate, &order, said, at(20)).unwrap().claim.address, address);
    assert_eq!(claim(&certificate, &order, claiming(1), at(20)).unwrap().claim.address, order.shipping_address);
}

#[test]
fn a_parcel_has_no_more_numbers_than_units_and_none_twice() {
    let order = ready(&[("A", 1999, 2, 24), ("B", 500, 1, 0)]);
    let before = order.clone();
    let tried = |lines: Option<Vec<SkuQuantity>>, serials: &[(&str, &str)]| {
        order::decide(&order, shipping(lines, serials), at(3)).map(|decision| decision.order.shipments)
    };
    let too_many = |name: &str, leaving: u32| Err(Refusal::TooManySerials { sku: sku(name), leaving });
    assert_eq!(tried(None, &[("A", "1"), ("A", "2"), ("A", "3")]), too_many("A", 2));
    assert_eq!(tried(Some(units(&[("A", 1)])), &[("A", "1"), ("A", "2")]), too_many("A", 1));
    assert_eq!(tried(Some(units(&[("A", 1)])), &[("B", "1")]), too_many("B", 0));
    assert_eq!(tried(None, &[("C", "1")]), too_many("C", 0));
    let twice = Err(Refusal::SerialTwice { serial: "1".parse().unwrap() });
    assert_eq!(tried(None, &[("A", "1"), ("B", "1"), ("A", " 1 ")]), twice);
    assert_eq!(order, before);
    // Two products may number alike, and not every unit has to be scanned.
    let parcels = tried(None, &[("A", "1"), ("B", "1")]).unwrap();
    assert_eq!(parcels[0].serials.len(), 2);
}

#[test]
fn a_serial_number_is_what_a_scanner_reads() {
    for (typed, read) in [("SN-1", "SN-1"), (" 00/7.a_B \r\n", "00/7.a_B"), ("\t9", "9")] {
        assert_eq!(typed.parse::<Serial>().unwrap().as_str(), read);
    }
    assert!(Serial::new("x".repeat(64)).is_ok());
    for wrong in ["", "  ", "1 2", "ä", "<b>", "1#2", "1\u{a0}\u{200b}"] {
        assert!(Serial::new(wrong).is_err(), "{wrong:?}");
    }
    assert!(Serial::new("x".repeat(65)).is_err());
    assert!(serde_json::from_str::<Serial>("\"1;2\"").is_err());
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let (order, certificate) = one(24);
    let offered = passed_on(&certificate).offer_to("c@example.com".parse().unwrap(), Digest::of(b"c"), at(12)).unwrap();
    let decision = claim(&certificate, &order, claiming(1), at(20)).unwrap();
    for written in [certificate, offered, decision.certificate.unwrap()] {
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Certificate>(&json).unwrap(), written);
    }
    let json = serde_json::to_string(&decision.claim).unwrap();
    assert_eq!(serde_json::from_str::<Claim>(&json).unwrap(), decision.claim);
}

#[test]
fn names_read_as_they_are_written() {
    let json = |text: &str| format!("\"{text}\"");
    for remedy in Remedy::ALL {
        assert_eq!(serde_json::to_string(remedy).unwrap(), json(remedy.as_str()));
    }
    for defect in Defect::ALL {
        assert_eq!(serde_json::to_string(defect).unwrap(), json(defect.as_str()));
    }
    for denial in Denial::ALL {
        assert_eq!(serde_json::to_string(denial).unwrap(), json(denial.as_str()));
    }
    for view in ClaimView::ALL {
        assert_eq!((serde_json::to_string(view).unwrap(), view.as_str().parse()), (json(view.as_str()), Ok(*view)));
    }
    assert!("none".parse::<ClaimView>().is_err());
    // A claim stands in the view of what is over exactly when nothing is left to do.
    for status in ClaimStatus::ALL {
        assert_eq!(status.view() == ClaimView::Over, !status.is_open());
        assert!(status.is_open() || status.legal().is_empty());
    }
}

#[test]
fn a_record_remembers_the_latest_alone() {
    let (order, mut certificate) = one(24);
    let mut claimed = claim(&certificate, &order, claiming(1), at(20)).unwrap().claim;
    let mark = |number: u8| RequestMark { key: Digest::of(&[number]), body: Digest::of(b"body") };
    for number in 0..20 {
        certificate = certificate.marked(mark(number));
    }
    assert_eq!(certificate.answered(&Digest::of(&[3])), None);
    assert_eq!(certificate.answered(&Digest::of(&[4])), Some(&mark(4)));
    assert_eq!(certificate.requests.len(), 16);
    for second in 0..60 {
        let event = CertificateEvent::Kept { certificate: certificate.id };
        certificate.note(&event, "staff", at(second));
        claimed.note(&[ClaimEvent::Submitted { claim: claimed.id }], "holder", at(second));
    }
    let last = Happened { at: at(59), what: "warranty.kept".into(), who: "staff".into() };
    assert_eq!((certificate.happened.len(), certificate.happened.last()), (50, Some(&last)));
    assert_eq!((claimed.happened.len(), claimed.happened[0].at), (50, at(10)));
}

proptest! {
    #[test]
    fn terms_leave_out_what_they_do_not_cover(accidents: bool, wear: bool, loss: bool) {
        let covered = WarrantySettings {
            covers_accidents: accidents,
            covers_wear: wear,
            covers_loss: loss,
            ..WarrantySettings::initial()
        };
        let excluded = covered.excluded();
        for (defect, is_covered) in [
            (Defect::NotWorking, true),
            (Defect::Broken, true),
            (Defect::Material, true),
            (Defect::Accident, accidents),
            (Defect::Wear, wear),
            (Defect::Lost, loss),
        ] {
            prop_assert_eq!(excluded.contains(&defect), !is_covered, "{:?}", defect);
        }
        prop_assert_eq!(covered.check(), Ok(()));
    }
}
