//! What is covered, on which days.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use proptest::sample::{select, subsequence};

use super::*;

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// The certificate of a unit that left at that moment, where it has one.
fn left(at: Timestamp, months: u16) -> Option<Certificate> {
    certificates(&after(&ready(&[("A", 1999, 1, months)]), shipping(None, &[]), at)).pop()
}

fn days() -> impl Strategy<Value = Date> {
    (0_i64..3_000).prop_map(|days| Date::constant(2024, 1, 1).saturating_add(days.days()))
}

#[test]
fn it_ends_the_day_before_that_of_its_months() {
    for (begins, months, ends) in [
        ("2025-01-01", 24, "2026-12-31"),
        ("2025-01-15", 1, "2025-02-14"),
        ("2025-03-01", 12, "2026-02-28"),
        ("2023-03-01", 12, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-28"),
        ("2024-02-28", 12, "2025-02-27"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-03-31", 6, "2025-09-30"),
        ("2025-08-31", 120, "2035-08-30"),
    ] {
        let certificate = left(midnight(begins.parse().unwrap()), months).unwrap();
        assert_eq!((certificate.begins.to_string().as_str(), certificate.ends.to_string().as_str()), (begins, ends));
    }
    assert_eq!(left(at(0), 0), None);
}

#[test]
fn a_claim_is_looked_at_on_its_day() {
    let (order, certificate) = one(1);
    let tried = |day: Date, hours: i64| {
        let now = midnight(day) + SignedDuration::from_hours(hours);
        claim(&certificate, &order, claiming(1), now).unwrap().claim.denials
    };
    assert!(tried(certificate.ends, 0).is_empty() && tried(certificate.ends, 23).is_empty());
    assert_eq!(tried(certificate.ends, 24), [Denial::Ended]);
    assert_eq!(tried(certificate.begins, -1), [Denial::NotBegun]);
}

proptest! {
    #[test]
    fn each_reason_stands_exactly_when_it_holds(
        begins in days(),
        months in 1_u16..=36,
        offset in -60_i64..1_200,
        status in select(CertificateStatus::ALL),
        excluded in subsequence(Defect::ALL, 0..=Defect::ALL.len()),
        defect in select(Defect::ALL),
    ) {
        let certificate = Certificate { status, excluded: excluded.clone(), ..left(midnight(begins), months).unwrap() };
        let today = begins.saturating_add(offset.days());
        let found = coverage(&certificate, defect, today);
        let always = [Denial::GivenBack, Denial::Replaced, Denial::NotBegun, Denial::Ended, Denial::DefectExcluded];
        let holds = |denial: &Denial| match denial {
            Denial::NotBegun => offset < 0,
            Denial::Ended => today > certificate.ends,
            Denial::GivenBack => status == CertificateStatus::Void,
            Denial::Replaced => status == CertificateStatus::Replaced,
            Denial::DefectExcluded => excluded.contains(&defect),
        };
        let expected: Vec<Denial> = always.into_iter().filter(holds).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(always.len(), Denial::ALL.len());
    }

    #[test]
    fn it_runs_for_its_months_from_its_first_day_to_its_last(
        begins in days(),
        second in 0_i64..DAY,
        months in 0_u16..=120,
    ) {
        let Some(certificate) = left(midnight(begins) + SignedDuration::from_secs(second), months) else {
            prop_assert_eq!(months, 0);
            return Ok(());
        };
        prop_assert_eq!((certificate.begins, certificate.months), (begins, months));
        // The day after is the same day so many months on, or the first of the next month where that one has no such day.
        let next = certificate.ends.tomorrow().unwrap();
        let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        let has_the_day = next.day() == begins.day();
        prop_assert_eq!(month(next) - month(begins), i32::from(months) + i32::from(!has_the_day));
        prop_assert!(has_the_day || next.day() == 1 && certificate.ends.day() < begins.day());
        let denials = |day: Date| coverage(&certificate, Defect::Broken, day);
        prop_assert_eq!(denials(begins), []);
        prop_assert_eq!(denials(certificate.ends), []);
        prop_assert_eq!(denials(begins.yesterday().unwrap()), [Denial::NotBegun]);
        prop_assert_eq!(denials(next), [Denial::Ended]);
    }

    #[test]
    fn what_is_over_stays_over(months in 1_u16..=36, first in -60_i64..1_200, later in 0_i64..1_200) {
        let certificate = left(at(0), months).unwrap();
        let denials = |days: i64| {
            coverage(&certificate, Defect::Broken, certificate.begins.saturating_add(days.days()))
        };
        let (before, then) = (denials(first), denials(first + later));
        prop_assert!(!before.contains(&Denial::Ended) || then.contains(&Denial::Ended));
        prop_assert!(then.contains(&Denial::NotBegun) <= before.contains(&Denial::NotBegun));
    }
}
