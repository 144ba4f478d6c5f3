//! Which certificates an order's parcels call for, and which of them end because units came back.
//!
//! What there is to do follows from the order and the certificates that there are: however often and in whatever order it is
//! told what happened to an order, each unit has one certificate.

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Certificate, CertificateEvent, CertificateStatus, CertificateStep, Claim};
use crate::calendar::date;
use crate::id::CertificateId;
use crate::order::{Order, OrderLine, Shipment};
use crate::refusal::Refusal;
use crate::settings::WarrantySettings;
use crate::text::{Serial, Sku};

/// The number of a unit that was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitSerial {
    /// Of what.
    pub sku: Sku,
    /// Its number.
    pub serial: Serial,
}

/// What certificates are issued with.
#[derive(Debug, Clone, Copy)]
pub struct Issuing<'a> {
    /// The terms of the day.
    pub settings: &'a WarrantySettings,
    /// The shop's key, of which their ids and links are made.
    pub key: &'a [u8],
}

/// A unit that left.
struct Unit<'a> {
    line: &'a OrderLine,
    /// Which of its line, from 0.
    number: u32,
    /// Which of the order's parcels it left in, from 0.
    shipment: u16,
    left: Timestamp,
    serial: Option<&'a Serial>,
}

/// Every unit of an order that left, parcel by parcel.
fn units(order: &Order) -> Vec<Unit<'_>> {
    let mut all: Vec<Unit<'_>> = Vec::new();
    for (shipment, parcel) in order.shipments.iter().enumerate() {
        let shipment = u16::try_from(shipment).unwrap_or(u16::MAX);
        for packed in &parcel.lines {
            let Some(line) = order.line(&packed.sku) else { continue };
            let before = all.iter().filter(|unit| unit.line.sku == packed.sku).count();
            let first = u32::try_from(before).unwrap_or(u32::MAX);
            let mut serials = scanned(parcel, &packed.sku);
            let unit = |number| Unit { line, number, shipment, left: parcel.at, serial: serials.next() };
            all.extend((first..first.saturating_add(packed.quantity.get())).map(unit));
        }
    }
    all
}

fn scanned<'a>(parcel: &'a Shipment, sku: &Sku) -> impl Iterator<Item = &'a Serial> {
    let own: Vec<&Serial> = parcel.serials.iter().filter(|one| one.sku == *sku).map(|one| &one.serial).collect();
    own.into_iter()
}

/// The last day of a warranty of that many months that begins on a day: the day before the same day of the month, or the month's
/// last where it has no such day. So does the German Civil Code count, § 188 (2) and (3).
fn last_day(begins: Date, months: u16) -> Date {
    let same = begins.saturating_add(i32::from(months).months());
    if same.day() < begins.day() { same } else { same.saturating_sub(1.day()) }
}

fn of_unit(order: &Order, unit: &Unit<'_>, issuing: Issuing<'_>) -> Certificate {
    let id = CertificateId::of_unit(&order.id, &unit.line.sku, unit.number, unit.left, issuing.key);
    let begins = date(unit.left);
    Certificate {
        id,
        order: order.id,
        order_number: order.number,
        shipped_with: order.id,
        sku: unit.line.sku.clone(),
        title: unit.line.title.clone(),
        image: unit.line.image.clone(),
        serial: unit.serial.cloned(),
        months: unit.line.warranty_months,
        begins,
        ends: last_day(begins, unit.line.warranty_months),
        terms: issuing.settings.version,
        excluded: issuing.settings.excluded(),
        status: CertificateStatus::Active,
        owner: order.owner,
        email: order.email.clone(),
        passed: 0,
        view_token_hash: id.view_secret(0, issuing.key).digest(),
        former: None,
        offered: None,
        replaces: None,
        replaced_by: None,
        claims: Vec::new(),
        rev: 0,
        requests: Vec::new(),
        happened: Vec::new(),
    }
}

/// What is to be written of the certificates of `order`, of which `known` are there, those of units that took the place of its
/// own too: in that order, each with what is told of it. One that is new has `rev` 0; it is void from the start where its price
/// went back before anybody looked.
pub fn changes(
    order: &Order,
    known: &[Certificate],
    issuing: Issuing<'_>,
) -> Vec<(Certificate, Option<CertificateEvent>)> {
    let mut all = Vec::new();
    let due: Vec<Unit<'_>> = units(order).into_iter().filter(|unit| unit.line.warranty_months > 0).collect();
    for (place, unit) in due.iter().enumerate() {
        let certificate = of_unit(order, unit, issuing);
        if known.iter().any(|one| one.id == certificate.id) {
            continue;
        }
        // Whoever hears of the last finds all of them.
        let last = due.get(place + 1).is_none_or(|next| next.shipment != unit.shipment);
        let told = CertificateEvent::Issued { certificate: certificate.id, shipment: unit.shipment };
        all.push((certificate, last.then_some(told)));
    }
    let there: Vec<&Certificate> = known.iter().chain(all.iter().map(|(one, _)| one)).collect();
    let warranted = order.lines.iter().filter(|line| line.warranty_months > 0);
    let over: Vec<CertificateId> = warranted.flat_map(|line| ended(order, line, &there)).collect();
    for (certificate, _) in all.iter_mut().filter(|(one, _)| over.contains(&one.id)) {
        certificate.status = CertificateStatus::Void;
    }
    all.extend(known.iter().filter(|one| over.contains(&one.id)).map(|one| {
        let told = CertificateEvent::Voided { certificate: one.id };
        (Certificate { status: CertificateStatus::Void, offered: None, ..one.clone() }, Some(told))
    }));
    all
}

/// How many units of a line left and came back, or were paid back.
pub(super) fn came_back(line: &OrderLine) -> u32 {
    line.refunded.saturating_sub(line.dropped).min(line.shipped)
}

/// The certificates that end since units of a line came back or were paid back: the latest, and none that a claim is open on.
/// One that took the place of another counts for the unit that was bought.
fn ended(order: &Order, line: &OrderLine, there: &[&Certificate]) -> Vec<CertificateId> {
    let back = came_back(line);
    let own = there.iter().copied().filter(|one| one.sku == line.sku && one.order == order.id);
    let void = own.clone().filter(|one| one.status == CertificateStatus::Void).count();
    let mut standing: Vec<&Certificate> =
        own.filter(|one| one.status == CertificateStatus::Active && one.open_claim().is_none()).collect();
    // Of what was passed on the buyer cannot have sent it back, unless nothing else is left.
    standing.sort_by_key(|one| (!one.is_buyers(), Reverse(one.id)));
    let more = usize::try_from(back).unwrap_or(usize::MAX).saturating_sub(void);
    standing.into_iter().take(more).map(|one| one.id).collect()
}

/// The certificate of the unit that `order` brings for the claimed one, whose certificate is `old`: it ends when that ends, or on
/// the day on which the unit left where that is later. And `old` as it then is. None: the unit has not left.
///
/// # Errors
/// When the old one was replaced before or ended.
pub fn inherited(
    order: &Order,
    claim: &Claim,
    old: &Certificate,
    issuing: Issuing<'_>,
) -> Result<Option<(Certificate, Certificate)>, Refusal> {
    let all = units(order);
    let Some(unit) = all.first() else { return Ok(None) };
    let new = of_unit(order, unit, issuing);
    let old_status = old.status.after(CertificateStep::Replace)?;
    let next = Certificate {
        order: old.order,
        order_number: old.order_number,
        months: old.months,
        ends: old.ends.max(new.begins),
        terms: old.terms,
        excluded: old.excluded.clone(),
        owner: old.owner,
        email: old.email.clone(),
        passed: old.passed,
        view_token_hash: new.id.view_secret(old.passed, issuing.key).digest(),
        former: old.former.clone(),
        replaces: Some(old.id),
        ..new
    };
    let closed = old.with_claim(claim.id, false);
    let old = Certificate { status: old_status, replaced_by: Some(next.id), offered: None, ..closed };
    Ok(Some((next, old)))
}
