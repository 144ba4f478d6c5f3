//! Moments and days as people read them, in UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A moment: `22 November 2026, 14:05`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M").to_string()
}

/// The day of a moment: `22 November 2026`.
pub fn day(at: Timestamp) -> String {
    civil(date(at))
}

/// A day of the calendar: `22 November 2026`.
pub fn civil(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The day that a moment is in.
pub fn date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_read_as_on_paper() {
        let at: Timestamp = "2026-06-05T23:05:59Z".parse().unwrap();
        assert_eq!((moment(at).as_str(), day(at).as_str()), ("5 June 2026, 23:05", "5 June 2026"));
        assert_eq!(date(at), Date::constant(2026, 6, 5));
    }
}
