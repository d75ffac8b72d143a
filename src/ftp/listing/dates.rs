//! Times in listings and replies: to the second, to the minute, to the day, with or without a year.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::ftp::listing::number;
use crate::ftp::reply::readable;
use crate::model::entry::{Modified, Precision};

/// What "now" is, for times without a year.
pub(crate) struct Clock {
    today: Date,
}

impl Clock {
    /// From the moment of the listing.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { today: now.to_zoned(TimeZone::UTC).date() }
    }

    /// The last such day that is not after tomorrow: the server's clock may be in another time zone.
    pub(super) fn recent(&self, month: i8, day: i8) -> Option<Date> {
        let tomorrow = self.today.tomorrow().unwrap_or(self.today);
        // Up to eight years between two 29ths of February (1896 and 1904).
        (0..=8).find_map(|back| Date::new(tomorrow.year() - back, month, day).ok().filter(|date| *date <= tomorrow))
    }
}

/// A moment, read as UTC.
pub(super) fn at(date: Date, time: Time, precision: Precision) -> Option<Modified> {
    let at = TimeZone::UTC.to_timestamp(DateTime::from_parts(date, time)).ok()?;
    Some(Modified { at, precision })
}

/// `YYYYMMDDHHMMSS[.fraction]` (RFC 3659 §2.3).
pub(crate) fn time_val(text: &[u8]) -> Option<Timestamp> {
    let (digits, fraction) = text.split_at_checked(14)?;
    if !matches!(fraction.first(), None | Some(b'.')) {
        return None;
    }
    let part = |from: usize, to: usize| number::<i8>(digits.get(from..to)?);
    let date = Date::new(number(digits.get(..4)?)?, part(4, 6)?, part(6, 8)?).ok()?;
    // A leap second is the last second that our time has.
    let time = Time::new(part(8, 10)?, part(10, 12)?, part(12, 14)?.min(59), 0).ok()?;
    at(date, time, Precision::Second).map(|modified| modified.at)
}

/// `HH:MM` or `HH:MM:SS[.fraction]`, with what it is exact to.
pub(super) fn clock_time(text: &[u8]) -> Option<(Time, Precision)> {
    let mut parts = text.split(|b| *b == b':');
    let (hour, minute) = (number::<i8>(parts.next()?)?, number::<i8>(parts.next()?)?);
    let second = match parts.next() {
        None => None,
        Some(second) => Some(number::<i8>(second.split(|b| *b == b'.').next()?)?),
    };
    if parts.next().is_some() {
        return None;
    }
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    Time::new(hour, minute, second.unwrap_or(0).min(59), 0).ok().map(|time| (time, precision))
}

/// `YYYY-MM-DD`.
pub(super) fn iso_date(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    Date::new(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?).ok()
}

/// A month's name in English or a common language of Europe, in any case, with or without a dot.
pub(super) fn month(text: &[u8]) -> Option<i8> {
    let english = match text {
        [a, b, c] => match [a.to_ascii_lowercase(), b.to_ascii_lowercase(), c.to_ascii_lowercase()] {
            [b'j', b'a', b'n'] => 1,
            [b'f', b'e', b'b'] => 2,
            [b'm', b'a', b'r'] => 3,
            [b'a', b'p', b'r'] => 4,
            [b'm', b'a', b'y'] => 5,
            [b'j', b'u', b'n'] => 6,
            [b'j', b'u', b'l'] => 7,
            [b'a', b'u', b'g'] => 8,
            [b's', b'e', b'p'] => 9,
            [b'o', b'c', b't'] => 10,
            [b'n', b'o', b'v'] => 11,
            [b'd', b'e', b'c'] => 12,
            _ => 0,
        },
        _ => 0,
    };
    if english > 0 {
        return Some(english);
    }
    // Longest: "février", "septembre", and twice as many bytes in Cyrillic. A number is none.
    if !(2..=20).contains(&text.len()) || text.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let text = readable(text).to_lowercase();
    let month = match text.trim_end_matches('.') {
        "jan" | "january" | "jän" | "januar" | "janv" | "janvier" | "ene" | "gen" | "sty" | "янв" => 1,
        "feb" | "february" | "februar" | "févr" | "fév" | "fev" | "février" | "lut" | "фев" => 2,
        "mar" | "march" | "mär" | "märz" | "mrz" | "mars" | "mrt" | "mrs" | "maa" | "мар" => 3,
        "apr" | "april" | "avr" | "avril" | "abr" | "kwi" | "апр" => 4,
        "may" | "mai" | "mag" | "mei" | "maj" | "май" | "мая" => 5,
        "jun" | "june" | "juni" | "juin" | "giu" | "cze" | "июн" => 6,
        "jul" | "july" | "juli" | "juil" | "juillet" | "lug" | "lip" | "июл" => 7,
        "aug" | "august" | "aoû" | "août" | "ago" | "sie" | "авг" => 8,
        "sep" | "sept" | "september" | "septembre" | "set" | "wrz" | "сен" => 9,
        "oct" | "october" | "okt" | "oktober" | "octobre" | "ott" | "out" | "paź" | "окт" => 10,
        "nov" | "november" | "novembre" | "lis" | "ноя" => 11,
        "dec" | "december" | "dez" | "dezember" | "déc" | "décembre" | "dic" | "des" | "gru" | "дек" => 12,
        _ => return None,
    };
    Some(month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_vals_are_read() {
        let table = [
            ("20241120120203", Some("2024-11-20T12:02:03Z")),
            ("20241120120203.250", Some("2024-11-20T12:02:03Z")),
            ("20161231235960", Some("2016-12-31T23:59:59Z")),
            ("20240230000000", None),
            ("2024112012020", None),
            ("20241120120203x", None),
        ];
        for (text, expected) in table {
            assert_eq!(time_val(text.as_bytes()), expected.map(|at| at.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_last_one() {
        let clock = Clock::new("2026-01-01T12:00:00Z".parse().unwrap());
        let table = [
            ((12, 31), "2025-12-31"),
            ((1, 1), "2026-01-01"),
            ((1, 2), "2026-01-02"),
            ((1, 3), "2025-01-03"),
            ((2, 29), "2024-02-29"),
        ];
        for ((month, day), expected) in table {
            assert_eq!(clock.recent(month, day), Some(expected.parse().unwrap()));
        }
        assert_eq!(clock.recent(2, 30), None);
        let new_year = Clock::new("2025-12-31T23:30:00Z".parse().unwrap());
        assert_eq!(new_year.recent(1, 1), Some("2026-01-01".parse().unwrap()));
    }

    #[test]
    fn months_are_known_in_many_languages() {
        for (text, expected) in
            [("JAN", 1), ("févr.", 2), ("Mär", 3), ("mai", 5), ("juil.", 7), ("août", 8), ("Okt", 10), ("paź", 10), ("дек", 12)]
        {
            assert_eq!(month(text.as_bytes()), Some(expected), "{text}");
        }
        assert_eq!(month(b"M\xE4r"), Some(3));
        for text in ["", "xyz", "12", "ma"] {
            assert_eq!(month(text.as_bytes()), None);
        }
    }
}
