//! The words and signs in which pages and mails show warranties: badges, defects, reasons, what happened.
//!
//! Knows the records of certificates and claims, and the parts that pages are made of. It deliberately knows no page.

use domain::calendar::{civil, date, day, moment};
use domain::returns::Happened;
use domain::warranty::{Certificate, CertificateStatus, Claim, ClaimStatus, Defect, Denial, Remedy};
use jiff::civil::Date;
use pages::components::{Badge, Event, Tone};
use pages::shop::{CertificateSummary, ClaimSummary};

use crate::order_view::Audience;
use crate::page::picture;
use crate::warranties::{certificate_path, claim_path};

/// A defect, as a holder chooses it.
pub const fn defect_words(defect: Defect) -> &'static str {
    match defect {
        Defect::NotWorking => "It doesn't do what it should",
        Defect::Broken => "It broke or came apart in ordinary use",
        Defect::Material => "Its material or finish fails",
        Defect::Accident => "It had an accident",
        Defect::Wear => "It is worn from use",
        Defect::Lost => "It is lost or stolen",
    }
}

/// A defect, as a certificate lists it.
pub const fn cover_words(defect: Defect) -> &'static str {
    match defect {
        Defect::NotWorking => "It stops doing what it should",
        Defect::Broken => "It breaks or comes apart in ordinary use",
        Defect::Material => "Its material or finish fails",
        Defect::Accident => "Accidents: dropped, spilt on, or worse",
        Defect::Wear => "Wear from use",
        Defect::Lost => "Loss and theft",
    }
}

/// Why a claim is not covered, as its holder reads it.
pub fn denial_words(denial: Denial, certificate: &Certificate) -> String {
    match denial {
        Denial::NotBegun => format!("The warranty begins on {}.", civil(certificate.begins)),
        Denial::Ended => format!("The warranty ended on {}.", civil(certificate.ends)),
        Denial::GivenBack => "The item was given back, or its price was refunded.".to_owned(),
        Denial::Replaced => "The item was replaced; the new one has a warranty of its own.".to_owned(),
        Denial::DefectExcluded => "The warranty's terms leave this kind of fault out.".to_owned(),
    }
}

/// What the shop does about a fault.
pub const fn remedy_words(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Repair => "Repair",
        Remedy::Replace => "Replacement",
        Remedy::Refund => "Refund",
    }
}

/// Where a certificate stands on a day.
pub fn certificate_badge(certificate: &Certificate, today: Date) -> Badge {
    let other = |tone, words: &str| Badge::Other(tone, words.to_owned());
    match certificate.status {
        CertificateStatus::Active if certificate.is_over(today) => other(Tone::Neutral, "Ended"),
        CertificateStatus::Active => other(Tone::Ok, "In force"),
        CertificateStatus::Replaced => other(Tone::Neutral, "Replaced"),
        CertificateStatus::Void => other(Tone::Neutral, "Given back"),
    }
}

/// Where a claim stands.
pub fn claim_badge(status: ClaimStatus) -> Badge {
    let other = |tone, words: &str| Badge::Other(tone, words.to_owned());
    match status {
        ClaimStatus::Submitted | ClaimStatus::CoverageChecked => other(Tone::Warn, "Covered, to decide"),
        ClaimStatus::Approved => other(Tone::Info, "Approved"),
        ClaimStatus::Denied => other(Tone::Neutral, "Denied"),
        ClaimStatus::AwaitingItem => other(Tone::Info, "Item awaited"),
        ClaimStatus::Received => other(Tone::Warn, "Here, not looked at"),
        ClaimStatus::Diagnosed => other(Tone::Warn, "Looked at"),
        ClaimStatus::Repair => other(Tone::Info, "In repair"),
        ClaimStatus::Replace => other(Tone::Info, "Replacement ordered"),
        ClaimStatus::Refund => other(Tone::Info, "Being refunded"),
        ClaimStatus::Completed => other(Tone::Ok, "Completed"),
        ClaimStatus::Withdrawn => Badge::Cancelled,
    }
}

/// A certificate in a list of its holder's, with the secret of its link.
pub fn certificate_summary(one: &Certificate, token: Option<&str>, today: Date) -> CertificateSummary {
    CertificateSummary {
        href: certificate_path(&one.id, token),
        title: one.title.clone(),
        image: picture(&one.sku, one.image.as_deref(), ""),
        serial: one.serial.as_ref().map(ToString::to_string),
        until: format!("Until {}", civil(one.ends)),
        state: certificate_badge(one, today),
    }
}

/// A claim in a list of its holder's, with the secret of its certificate's link.
pub fn claim_summary(claim: &Claim, token: Option<&str>) -> ClaimSummary {
    ClaimSummary {
        number: claim.id.number().to_string(),
        href: claim_path(&claim.id, token),
        state: claim_badge(claim.status),
        title: claim.title.clone(),
        asked: format!("Claimed on {}", day(claim.created)),
    }
}

/// What happened to a claim, newest first.
pub fn happened(all: &[Happened], audience: Audience) -> Vec<Event> {
    let words = |what: &str| {
        Some(match what {
            "claim.submitted" => "Claimed: covered",
            "claim.approved" => "Approved",
            "claim.denied" => "Denied",
            "claim.received" => "The item came",
            "claim.diagnosed" => "Looked at",
            "claim.in_repair" => "Repair begun",
            "claim.repaired" => "Repaired",
            "claim.replaced" => "Replacement ordered",
            "claim.refunded" => "Refunded",
            "claim.completed" => "The replacement has left",
            "claim.withdrawn" => "Withdrawn",
            _ => return None,
        })
    };
    let events = all.iter().rev().filter_map(|one| {
        let who = (audience == Audience::Staff).then(|| match one.who.split_once(':') {
            Some((role, _)) => role.to_owned(),
            None if one.who == "issue-certificate" => "the shop".to_owned(),
            None => "the holder".to_owned(),
        });
        let what = words(&one.what)?.to_owned();
        Some(Event { what, who, when: moment(one.at), at: one.at.to_string(), ..Event::default() })
    });
    events.enumerate().map(|(index, event)| Event { now: index == 0, ..event }).collect()
}

/// Whether a certificate may be claimed on, and else why not.
pub fn claimable(certificate: &Certificate, now: jiff::Timestamp) -> Result<(), String> {
    if certificate.open_claim().is_some() {
        return Err("We are working on a claim already: see below.".to_owned());
    }
    match certificate.status {
        CertificateStatus::Active if certificate.is_over(date(now)) => Err("The warranty is over.".to_owned()),
        CertificateStatus::Active => Ok(()),
        CertificateStatus::Replaced => Err("The item was replaced: the new one has a warranty of its own.".to_owned()),
        CertificateStatus::Void => Err("The item was given back.".to_owned()),
    }
}
