//! When a schedule's next tick is.
//!
//! Knows EventBridge Scheduler's `rate(..)` and `cron(..)` in UTC; it deliberately does not know what ticks.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// An expression that is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no schedule that is understood")]
pub struct UnknownRule(String);

/// When a schedule ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Ever so often, counted from when the schedule was made.
    Rate(SignedDuration),
    /// At these times of these days.
    Cron(Box<Cron>),
}

/// The six fields of a cron expression, spelled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: BTreeSet<i16>,
    hours: BTreeSet<i16>,
    days: Days,
    months: BTreeSet<i16>,
    /// None: every year.
    years: Option<BTreeSet<i16>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    OfMonth(BTreeSet<i16>),
    LastOfMonth,
    /// 1 is Sunday.
    OfWeek(BTreeSet<i16>),
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// How far ahead a cron's next tick is looked for.
const HORIZON_DAYS: usize = 366 * 8;

impl Rule {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(expression: &str) -> Result<Self, UnknownRule> {
        let unknown = || UnknownRule(expression.to_owned());
        let (kind, inner) =
            expression.trim().strip_suffix(')').and_then(|open| open.split_once('(')).ok_or_else(unknown)?;
        match kind {
            "rate" => {
                let (count, unit) = inner.trim().split_once(' ').ok_or_else(unknown)?;
                let count: i64 = count.parse().ok().filter(|count| *count > 0).ok_or_else(unknown)?;
                let seconds = match unit.trim().trim_end_matches('s') {
                    "minute" => 60,
                    "hour" => 60 * 60,
                    "day" => 24 * 60 * 60,
                    _other => return Err(unknown()),
                };
                Ok(Self::Rate(SignedDuration::from_secs(count * seconds)))
            }
            "cron" => Cron::parse(inner).map(|cron| Self::Cron(Box::new(cron))).ok_or_else(unknown),
            _other => Err(unknown()),
        }
    }

    /// The first tick after `last`; None where there is none any more.
    pub fn next(&self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(every) => last.checked_add(*every).ok(),
            Self::Cron(cron) => cron.next(last),
        }
    }
}

impl Cron {
    fn parse(fields: &str) -> Option<Self> {
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
            return None;
        };
        let days = match (*days, *weekdays) {
            ("L", "?") => Days::LastOfMonth,
            (days, "?") => Days::OfMonth(set(days, 1, 31, &[])?),
            ("?", weekdays) => Days::OfWeek(set(weekdays, 1, 7, &WEEKDAYS)?),
            // AWS wants one of the two to be a question mark.
            _both => return None,
        };
        Some(Self {
            minutes: set(minutes, 0, 59, &[])?,
            hours: set(hours, 0, 23, &[])?,
            days,
            months: set(months, 1, 12, &MONTHS)?,
            years: match *years {
                "*" => None,
                years => Some(set(years, 1970, 2199, &[])?),
            },
        })
    }

    fn next(&self, last: Timestamp) -> Option<Timestamp> {
        let after = last.to_zoned(TimeZone::UTC).datetime();
        let mut day = after.date();
        for _ in 0..HORIZON_DAYS {
            if self.on(day) {
                for hour in &self.hours {
                    for minute in &self.minutes {
                        let time = Time::new(i8::try_from(*hour).ok()?, i8::try_from(*minute).ok()?, 0, 0).ok()?;
                        let tick = day.to_datetime(time);
                        if tick > after {
                            return tick.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
                        }
                    }
                }
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    fn on(&self, day: Date) -> bool {
        self.months.contains(&i16::from(day.month()))
            && self.years.as_ref().is_none_or(|years| years.contains(&day.year()))
            && match &self.days {
                Days::OfMonth(days) => days.contains(&i16::from(day.day())),
                Days::LastOfMonth => day == day.last_of_month(),
                Days::OfWeek(days) => days.contains(&(i16::from(weekday_from_sunday(day.weekday())) + 1)),
            }
    }
}

fn weekday_from_sunday(weekday: Weekday) -> i8 {
    weekday.to_sunday_zero_offset()
}

/// A cron field as the numbers it stands for.
fn set(field: &str, low: i16, high: i16, names: &[&str]) -> Option<BTreeSet<i16>> {
    let number = |text: &str| -> Option<i16> {
        let upper = text.to_ascii_uppercase();
        let value = match names.iter().position(|name| *name == upper) {
            Some(at) => i16::try_from(at).ok()? + low,
            None => text.parse().ok()?,
        };
        (low..=high).contains(&value).then_some(value)
    };
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (number(from)?, number(to)?),
            // `5/10` runs on from 5; `5` is just 5.
            None if part.contains('/') => (number(range)?, high),
            None => (number(range)?, number(range)?),
        };
        all.extend((from..=to).step_by(step));
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, after: &str) -> String {
        Rule::parse(expression).unwrap().next(after.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_rate_counts_from_the_last_tick() {
        assert_eq!(next("rate(1 minute)", "2026-11-22T12:00:30Z"), "2026-11-22T12:01:30Z");
        assert_eq!(next("rate(2 hours)", "2026-11-22T23:00:00Z"), "2026-11-23T01:00:00Z");
        assert_eq!(next("rate(1 day)", "2026-12-31T05:00:00Z"), "2027-01-01T05:00:00Z");
    }

    #[test]
    fn a_cron_ticks_at_its_times_only() {
        assert_eq!(next("cron(0 3 * * ? *)", "2026-11-22T03:00:00Z"), "2026-11-23T03:00:00Z");
        assert_eq!(next("cron(0/15 * * * ? *)", "2026-11-22T03:16:00Z"), "2026-11-22T03:30:00Z");
        assert_eq!(next("cron(30 9 ? * MON-FRI *)", "2026-11-20T10:00:00Z"), "2026-11-23T09:30:00Z");
        assert_eq!(next("cron(0 0 L * ? *)", "2028-02-01T00:00:00Z"), "2028-02-29T00:00:00Z");
        assert_eq!(next("cron(0 12 1 JAN,JUL ? *)", "2026-01-02T00:00:00Z"), "2026-07-01T12:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for bad in [
            "rate(0 minutes)",
            "rate(1 fortnight)",
            "cron(* * * * * *)",
            "cron(61 * * * ? *)",
            "at(2026-01-01)",
            "daily",
        ] {
            assert!(Rule::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Rule::parse("cron(0 0 1 1 ? 2020)").unwrap().next("2026-01-01T00:00:00Z".parse().unwrap()), None);
    }
}
