//! Which certificates an order's parcels call for, whenever it is looked at.

use std::collections::BTreeSet;

use super::*;
use crate::id::ReturnId;
use crate::order::{AskedBack, RefundWhat, UnitsBack};

fn statuses(known: &[Certificate]) -> Vec<CertificateStatus> {
    known.iter().map(|one| one.status).collect()
}

fn void(known: &[Certificate]) -> usize {
    known.iter().filter(|one| one.status == CertificateStatus::Void).count()
}

#[test]
fn each_unit_that_leaves_is_guaranteed() {
    let order = ready(&[("A", 1999, 3, 24), ("B", 500, 2, 0), ("C", 700, 1, 6)]);
    assert!(due(&order, &[]).is_empty());
    let first = shipping(Some(units(&[("A", 2), ("B", 2)])), &[("A", "S1"), ("B", "S1")]);
    let order = after(&order, first, at(DAY));
    let batch = due(&order, &[]);
    let told: Vec<_> = batch.iter().map(|(one, told)| (one.sku.as_str(), one.rev, told.clone())).collect();
    let issued = CertificateEvent::Issued { certificate: batch[1].0.id, shipment: 0 };
    assert_eq!(told, [("A", 0, None), ("A", 0, Some(issued))]);
    let one = &batch[0].0;
    assert_eq!((one.order, one.shipped_with, one.order_number), (order.id, order.id, order.number));
    assert_eq!((&one.title, &one.email, one.owner), (&order.lines[0].title, &order.email, order.owner));
    assert_eq!((one.terms, one.excluded.as_slice()), (7, [Defect::Accident, Defect::Wear, Defect::Lost].as_slice()));
    assert_eq!((one.status, one.passed, one.open_claim()), (CertificateStatus::Active, 0, None));
    assert_eq!(one.view_token_hash, one.id.view_secret(0, KEY).digest());
    // One unit was scanned.
    assert_eq!((one.serial.as_ref().map(Serial::as_str), batch[1].0.serial.as_ref()), (Some("S1"), None));
    // The rest follows: the last of the parcel alone tells of it, whatever line it is of.
    let known = certificates(&order);
    let order = after(&order, shipping(None, &[("A", "S2")]), at(2 * DAY));
    let batch = due(&order, &known);
    let told: Vec<_> = batch.iter().map(|(one, told)| (one.sku.as_str(), one.months, told.is_some())).collect();
    assert_eq!(told, [("A", 24, false), ("C", 6, true)]);
    assert_eq!(batch[1].1, Some(CertificateEvent::Issued { certificate: batch[1].0.id, shipment: 1 }));
    assert_eq!(batch[0].0.serial, Some("S2".parse().unwrap()));
    assert_eq!(batch[0].0.begins, one.begins.tomorrow().unwrap());
}

#[test]
fn what_was_written_of_a_parcel_in_part_is_written_and_told_to_its_end() {
    let order = sent(&[("A", 1999, 3, 24)]);
    let all = certificates(&order);
    let rest = due(&order, &all[..2]);
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].1, Some(CertificateEvent::Issued { certificate: all[2].id, shipment: 0 }));
    assert!(due(&order, &all).is_empty());
}

#[test]
fn the_key_makes_the_ids_and_the_links() {
    let order = sent(&[("A", 1999, 2, 24), ("B", 500, 1, 6)]);
    let with = |key: &[u8]| issuing(key, |issuing| changes(&order, &[], issuing));
    let [ours, theirs] = [with(KEY), with(b"other")];
    let ids = |batch: &[(Certificate, Option<CertificateEvent>)]| -> BTreeSet<CertificateId> {
        batch.iter().map(|(one, _)| one.id).collect()
    };
    assert_eq!((ids(&ours).len(), ids(&ours), ids(&ours).is_disjoint(&ids(&theirs))), (3, ids(&with(KEY)), true));
    let id = ours[0].0.id;
    let mut secrets: Vec<_> = (0..3)
        .flat_map(|n| [id.view_secret(n, KEY), id.offer_secret(Timestamp::from_second(i64::from(n)).unwrap(), KEY)])
        .collect();
    secrets.extend([id.view_secret(0, b"other"), ours[1].0.id.view_secret(0, KEY)]);
    let digests: BTreeSet<String> = secrets.iter().map(|one| one.digest().to_string()).collect();
    assert_eq!(digests.len(), secrets.len());
    assert_eq!(id.view_secret(1, KEY).digest(), id.view_secret(1, KEY).digest());
}

#[test]
fn what_came_back_ends_from_the_latest_on_but_what_was_passed_on_last() {
    let order = ready(&[("A", 1999, 3, 24), ("B", 500, 1, 24)]);
    let order = after(&order, shipping(Some(units(&[("A", 1)])), &[]), at(10));
    let order = after(&order, shipping(Some(units(&[("A", 1)])), &[]), at(20));
    let order = after(&order, shipping(None, &[]), at(30));
    let mut known = certificates(&order);
    known.sort_by_key(|one| (one.sku.clone(), one.id));
    // The latest has another holder, and the buyer offers the one before.
    known[2] = passed_on(&known[2]);
    known[1] = known[1].offer_to(friend(), Digest::of(b"offer"), at(31)).unwrap();
    let (active, over) = (CertificateStatus::Active, CertificateStatus::Void);
    let order = after(&order, refunding(units(&[("A", 1)])), at(40));
    let told = write(&order, &mut known);
    assert_eq!(told, [CertificateEvent::Voided { certificate: known[1].id }]);
    assert_eq!((statuses(&known), known[1].offered.clone()), (vec![active, over, active, active], None));
    let order = after(&order, refunding(units(&[("A", 1)])), at(41));
    write(&order, &mut known);
    assert_eq!(statuses(&known), [over, over, active, active]);
    let order = after(&order, refunding(units(&[("A", 1)])), at(42));
    write(&order, &mut known);
    assert_eq!(statuses(&known), [over, over, over, active]);
}

#[test]
fn a_sum_that_goes_back_ends_nothing() {
    let order = sent(&[("A", 1999, 1, 24)]);
    let known = certificates(&order);
    let what = RefundWhat::Amount(order.totals.total);
    let order = after(&order, order::Command::Refund { reason: "sorry".into(), what }, at(40));
    assert!(due(&order, &known).is_empty());
}

#[test]
fn what_is_claimed_does_not_end_before_its_claim() {
    let order = sent(&[("A", 1999, 1, 24)]);
    let mut known = certificates(&order);
    let claimed = claim(&known[0], &order, claiming(1), at(20)).unwrap();
    known[0] = claimed.certificate.clone().unwrap();
    let order = after(&order, refunding(units(&[("A", 1)])), at(40));
    assert!(due(&order, &known).is_empty());
    let withdrawn = decide(&claimed.claim, &known[0], (&order, None), Command::Withdraw, at(41)).unwrap();
    known[0] = withdrawn.certificate.unwrap();
    write(&order, &mut known);
    assert_eq!(statuses(&known), [CertificateStatus::Void]);
}

#[test]
fn a_unit_that_was_paid_back_before_it_is_looked_at_is_guaranteed_to_nobody() {
    let order = ready(&[("A", 1999, 2, 24)]);
    let order = after(&order, refunding(units(&[("A", 1)])), at(3));
    let order = after(&order, shipping(None, &[]), at(4));
    let mut known = Vec::new();
    let told = write(&order, &mut known);
    assert_eq!((known.len(), void(&known)), (2, 1));
    // The parcel is told of all the same, by its last, and nobody hears that something ended of which nobody heard.
    assert_eq!(told, [CertificateEvent::Issued { certificate: known[1].id, shipment: 0 }]);
    assert!(due(&order, &known).is_empty());
}

/// Something happens to an order.
#[derive(Debug, Clone)]
enum Step {
    /// So many of each line leave, as far as they can, so many of each scanned.
    Ship([u32; 3], u32),
    /// Staff send back what units of a line cost.
    Refund(usize, u32),
    /// Units of a line are asked back and come, for a price or for none.
    Return(usize, u32, bool),
    /// Staff send a sum back.
    Goodwill(i64),
    /// Stock comes in for all that waits.
    Fill,
    /// What waits is called off.
    CallOff,
}

const NAMES: [&str; 3] = ["A", "B", "C"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (prop::array::uniform3(0_u32..3), 0_u32..3).prop_map(|(counts, scanned)| Step::Ship(counts, scanned)),
        2 => (0_usize..3, 1_u32..3).prop_map(|(line, count)| Step::Refund(line, count)),
        2 => (0_usize..3, 1_u32..3, any::<bool>()).prop_map(|(line, count, free)| Step::Return(line, count, free)),
        1 => (1_i64..2_000).prop_map(Step::Goodwill),
        1 => Just(Step::Fill),
        1 => Just(Step::CallOff),
    ];
    prop::collection::vec(step, 1..16)
}

/// What comes of it; nothing where the order refuses it.
fn stepped(order: &Order, step: &Step, number: i64) -> Option<Order> {
    let now = at(100 * number);
    let tried = |order: &Order, command: order::Command| Some(order::decide(order, command, now).ok()?.order);
    match step {
        Step::Ship(counts, scanned) => {
            let leaves = |(line, count): (&order::OrderLine, &u32)| {
                let quantity = Quantity::new(order.ready(line).min(*count)).ok()?;
                Some(SkuQuantity { sku: line.sku.clone(), quantity })
            };
            let lines: Vec<_> = order.lines.iter().zip(counts).filter_map(leaves).collect();
            let serials: Vec<UnitSerial> = lines
                .iter()
                .flat_map(|line| (0..line.quantity.get().min(*scanned)).map(move |unit| (&line.sku, unit)))
                .map(|(sku, unit)| UnitSerial {
                    sku: sku.clone(),
                    serial: format!("{sku}-{number}-{unit}").parse().unwrap(),
                })
                .collect();
            tried(order, order::Command::Ship { carrier: "Post".into(), tracking: None, lines: Some(lines), serials })
        }
        Step::Refund(line, count) => tried(order, refunding(units(&[(NAMES[*line], *count)]))),
        Step::Return(line, count, free) => {
            let id = ReturnId::new(u64::try_from(number).unwrap(), [4; 10]);
            let line = order.lines.get(*line)?;
            let worth = eur(if *free { 0 } else { 1 });
            let back = UnitsBack { sku: line.sku.clone(), quantity: many(*count), worth };
            let asked = AskedBack { id, lines: vec![back.clone()], promised: worth };
            let open = tried(order, order::Command::OpenReturn { asked })?;
            let parts = vec![(worth, order::RefundTo::Payer)];
            tried(&open, order::Command::CloseReturn { id, lines: vec![back], parts })
        }
        Step::Goodwill(amount) => {
            let what = RefundWhat::Amount(eur(*amount));
            tried(order, order::Command::Refund { reason: "sorry".into(), what })
        }
        Step::Fill => {
            let piece = |line: &SkuQuantity| Allocation {
                location: LocationId::main(),
                sku: line.sku.clone(),
                quantity: line.quantity,
            };
            tried(order, order::Command::Fill { pieces: order.backordered.iter().map(piece).collect() })
        }
        Step::CallOff => tried(order, order::Command::CancelBackorder),
    }
}

/// Every state that an order is in, one after the other.
fn lived(lines: &[(&str, i64, u32, u16)], short: &[(u32, u32)], steps: &[Step]) -> Vec<Order> {
    let order = paid(lines);
    let (mut waiting, mut dropped) = (Vec::new(), Vec::new());
    for ((name, _, count, _), (waits, drops)) in lines.iter().zip(short) {
        let waits = *waits.min(count);
        let part = |units: u32| Some(SkuQuantity { sku: sku(name), quantity: Quantity::new(units).ok()? });
        waiting.extend(part(waits));
        dropped.extend(part((*drops).min(count - waits)));
    }
    let mut all = vec![after(&order, allocating(&order, waiting, dropped), at(2))];
    for (number, step) in (1..).zip(steps) {
        all.extend(all.last().and_then(|order| stepped(order, step, number)));
    }
    all
}

/// What a batch tells: the last that is new of a parcel that it is issued, what was known that it ended.
fn is_told(batch: &[(Certificate, Option<CertificateEvent>)], order: &Order) -> Result<(), TestCaseError> {
    let new: Vec<_> = batch.iter().filter(|(one, _)| one.rev == 0).collect();
    for (place, (one, told)) in new.iter().enumerate() {
        let parcel = |id: CertificateId| {
            let left =
                |shipment: &order::Shipment| shipment.at.as_millisecond() == i64::try_from(id.time_ms()).unwrap();
            order.shipments.iter().position(left).and_then(|place| u16::try_from(place).ok()).unwrap()
        };
        let shipment = parcel(one.id);
        let is_last = new.get(place + 1).is_none_or(|(next, _)| parcel(next.id) != shipment);
        let issued = CertificateEvent::Issued { certificate: one.id, shipment };
        prop_assert_eq!(told, &is_last.then_some(issued));
    }
    for (one, told) in batch.iter().filter(|(one, _)| one.rev > 0) {
        prop_assert_eq!(one.status, CertificateStatus::Void);
        prop_assert_eq!(told, &Some(CertificateEvent::Voided { certificate: one.id }));
    }
    Ok(())
}

/// The certificates of an order that is looked at so often in each of its states, and at its end, with what was told.
fn looked_at(orders: &[Order], often: impl Fn(usize) -> u8) -> Result<(Vec<Certificate>, Vec<u16>), TestCaseError> {
    let (mut known, mut parcels) = (Vec::new(), Vec::new());
    for (place, order) in orders.iter().enumerate() {
        for _ in 0..often(place).max(u8::from(place + 1 == orders.len())) {
            is_told(&due(order, &known), order)?;
            let shipment = |event: CertificateEvent| {
                if let CertificateEvent::Issued { shipment, .. } = event { Some(shipment) } else { None }
            };
            parcels.extend(write(order, &mut known).into_iter().filter_map(shipment));
            prop_assert!(due(order, &known).is_empty(), "nothing is left to write");
        }
    }
    known.sort_by_key(|one| one.id);
    parcels.sort_unstable();
    Ok((known, parcels))
}

proptest! {
    #[test]
    fn each_unit_has_one_certificate_whenever_it_is_looked_at(
        lines in prop::collection::vec((1_i64..5_000, 1_u32..5, prop_oneof![Just(0_u16), Just(1), Just(24)]), 1..=3),
        short in prop::collection::vec((0_u32..3, 0_u32..2), 3),
        steps in steps(),
        often in prop::collection::vec(0_u8..3, 20),
    ) {
        let lines: Vec<_> = NAMES.iter().zip(lines).map(|(name, (price, count, months))| (*name, price, count, months)).collect();
        let orders = lived(&lines, &short, &steps);
        let order = orders.last().unwrap();
        let (known, parcels) = looked_at(&orders, |_| 0)?;
        prop_assert_eq!(known.iter().map(|one| one.id).collect::<BTreeSet<_>>().len(), known.len());
        for line in &order.lines {
            let own: Vec<_> = known.iter().filter(|one| one.sku == line.sku).cloned().collect();
            let units = if line.warranty_months > 0 { line.shipped } else { 0 };
            prop_assert_eq!(own.len(), usize::try_from(units).unwrap());
        }
        // Each parcel has those of its units, which have the numbers that were scanned for it.
        let mut told = Vec::new();
        for (place, parcel) in order.shipments.iter().enumerate() {
            let mut any = false;
            for packed in &parcel.lines {
                let left = u64::try_from(parcel.at.as_millisecond()).unwrap();
                let own: Vec<_> = known.iter().filter(|one| one.sku == packed.sku && one.id.time_ms() == left).collect();
                let line = order.line(&packed.sku).unwrap();
                let units = if line.warranty_months > 0 { packed.quantity.get() } else { 0 };
                prop_assert_eq!(own.len(), usize::try_from(units).unwrap());
                any |= units > 0;
                let has: BTreeSet<_> = own.iter().filter_map(|one| one.serial.clone()).collect();
                let scanned: BTreeSet<_> = parcel.serials.iter().filter(|one| one.sku == packed.sku && units > 0).map(|one| one.serial.clone()).collect();
                prop_assert_eq!(has, scanned);
            }
            told.extend(any.then(|| u16::try_from(place).unwrap()));
        }
        prop_assert_eq!(&parcels, &told, "each parcel is told of once");
        // Whenever it is looked at, it comes to the same.
        let bare = |known: &[Certificate]| -> Vec<Certificate> {
            known.iter().map(|one| Certificate { status: CertificateStatus::Active, rev: 0, ..one.clone() }).collect()
        };
        for (others, told) in [
            looked_at(&orders, |_| 1)?,
            looked_at(&orders, |_| 2)?,
            looked_at(&orders, |place| often.get(place).copied().unwrap_or(1))?,
        ] {
            prop_assert_eq!(bare(&others), bare(&known));
            prop_assert_eq!(told, parcels.clone());
            for line in order.lines.iter().filter(|line| line.warranty_months > 0) {
                let own: Vec<_> = others.iter().filter(|one| one.sku == line.sku).cloned().collect();
                prop_assert_eq!(void(&own), usize::try_from(line.shipped.min(line.refunded - line.dropped)).unwrap());
            }
        }
        for line in order.lines.iter().filter(|line| line.warranty_months > 0) {
            let own: Vec<_> = known.iter().filter(|one| one.sku == line.sku).cloned().collect();
            prop_assert_eq!(void(&own), usize::try_from(line.shipped.min(line.refunded - line.dropped)).unwrap());
        }
    }

    #[test]
    fn a_unit_has_another_id_for_each_thing_that_it_is_made_of(
        unit in 0_u32..1_000,
        other in 0_u32..1_000,
        second in 0_i64..1_000_000,
    ) {
        let order = OrderId::new(1, [1; 10]);
        let id = CertificateId::of_unit(&order, &sku("A"), unit, at(second), KEY);
        prop_assert_eq!(id, CertificateId::of_unit(&order, &sku("A"), unit, at(second), KEY));
        prop_assert_eq!(id.time_ms(), u64::try_from(at(second).as_millisecond()).unwrap());
        prop_assert_eq!(id == CertificateId::of_unit(&order, &sku("A"), other, at(second), KEY), unit == other);
        prop_assert_ne!(id, CertificateId::of_unit(&order, &sku("B"), unit, at(second), KEY));
        prop_assert_ne!(id, CertificateId::of_unit(&OrderId::new(1, [2; 10]), &sku("A"), unit, at(second), KEY));
        prop_assert_ne!(id, CertificateId::of_unit(&order, &sku("A"), unit, at(second), b"other"));
    }
}
