//! The server's clock: how far it is off, and which of two files is newer all the same.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::entry::{Modified, Precision};
use crate::model::format;

/// Zones of the world differ by quarters of an hour.
const QUARTER: i64 = 15 * 60;
/// No zone is further from UTC than this, in seconds.
const FURTHEST: i64 = 15 * 3600;
/// Seconds of a year; a clock that is further off tells nothing.
const YEAR: u64 = 366 * 86_400;

/// How many seconds the target's clock is ahead of the source's; negative when it is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ahead(pub i64);

impl Ahead {
    /// Both clocks agree, as far as known.
    pub const NONE: Self = Self(0);

    /// The same, seen from the other side.
    #[must_use]
    pub fn back(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// Whether `source` is newer than `target`, compared at the coarser of both precisions: a listing that gives days or minutes only
/// cannot show that a file of the same day or minute is newer.
///
/// Times that are the same as they stand were copied with the file (MFMT, or a download), so no clock comes into it.
#[must_use]
pub fn is_newer(source: Modified, target: Modified, ahead: Ahead) -> bool {
    let unit = unit(source.precision.min(target.precision));
    let (source, target) = (source.at.as_second(), target.at.as_second());
    let corrected = target.saturating_sub(ahead.0);
    source.div_euclid(unit) != target.div_euclid(unit) && source.div_euclid(unit) > corrected.div_euclid(unit)
}

/// Seconds that a precision lets pass unseen.
fn unit(precision: Precision) -> i64 {
    match precision {
        Precision::Day => 86_400,
        Precision::Minute => 60,
        Precision::Second => 1,
    }
}

/// How many seconds the times of LIST are ahead of UTC, from one file whose time is known both ways: whole quarters of an hour. `None`
/// where the two cannot be of the same moment, or the listing gives days only.
#[must_use]
pub fn zone(listed: Modified, exact: Timestamp) -> Option<i64> {
    let unit = match listed.precision {
        Precision::Day => return None,
        precision => unit(precision),
    };
    let floor = |second: i64| second.div_euclid(unit) * unit;
    let ahead = floor(listed.at.as_second()) - floor(exact.as_second());
    (ahead % QUARTER == 0 && ahead.abs() <= FURTHEST).then_some(ahead)
}

/// How many seconds the server's clock is ahead of ours, from the time of a file that was written there between two moments of ours.
/// Whole quarters of an hour count as a zone and are left out; within the two moments it is right.
#[must_use]
pub fn skew(written: Timestamp, began: Timestamp, ended: Timestamp) -> i64 {
    let (written, began, ended) = (written.as_second(), began.as_second(), ended.as_second());
    let nearest = (written - ended + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let zone = if nearest.abs() <= FURTHEST { nearest } else { 0 };
    let written = written - zone;
    match written {
        // The server's seconds may have just begun, or ours.
        at if at > ended + 1 => at - ended,
        at if at < began - 1 => at - began,
        _ => 0,
    }
}

/// The same moment, as a clock that is `ahead` seconds ahead has it, put right.
#[must_use]
pub fn corrected(modified: Modified, ahead: i64) -> Modified {
    if modified.precision == Precision::Day {
        // A day stays one: moved by hours it would only pretend to be more.
        return modified;
    }
    let at = modified.at.checked_sub(SignedDuration::from_secs(ahead)).unwrap_or(modified.at);
    Modified { at, ..modified }
}

/// "2 h ahead", "5 h 30 min behind", "the same as UTC".
#[must_use]
pub fn in_words(ahead: i64) -> String {
    let apart = format::duration(Duration::from_secs(ahead.unsigned_abs()));
    match ahead {
        0 => "the same as UTC".to_owned(),
        1.. => format!("{apart} ahead"),
        _ => format!("{apart} behind"),
    }
}

/// "2 min ahead of this machine’s", "the same as this machine’s".
#[must_use]
pub fn skew_in_words(skew: i64) -> String {
    let apart = format::duration(Duration::from_secs(skew.unsigned_abs()));
    match skew {
        0 => "the same as this machine’s".to_owned(),
        1.. => format!("{apart} ahead of this machine’s"),
        _ => format!("{apart} behind this machine’s"),
    }
}

/// How far a clock is off, as it is typed: seconds, with a sign where it is behind.
///
/// # Errors
/// What it should look like, a sentence for a person.
pub fn parse_skew(text: &str) -> Result<i64, String> {
    let text = text.trim().replace('−', "-");
    let seconds = text.parse::<i64>().ok().filter(|seconds| seconds.unsigned_abs() <= YEAR);
    seconds.ok_or_else(|| "Type seconds, such as 90 or −90, at most a year.".to_owned())
}

/// An offset as it is typed: `+2`, `2:30`, `-05:00`; seconds ahead of UTC.
///
/// # Errors
/// What it should look like, a sentence for a person.
pub fn parse(text: &str) -> Result<i64, String> {
    let wrong = || "Type hours ahead of UTC, such as +2, −5:30 or 0.".to_owned();
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |part: &str| -> Result<i64, String> {
        if part.is_empty() || part.len() > 2 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        part.parse().map_err(|_| wrong())
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    if minutes >= 60 || seconds % QUARTER != 0 || seconds > FURTHEST {
        return Err("Clocks of the world differ by quarters of an hour, up to 15 hours.".to_owned());
    }
    Ok(sign * seconds)
}

/// An offset as [`parse`] reads it.
#[must_use]
pub fn typed(ahead: i64) -> String {
    let (sign, minutes) = (if ahead < 0 { "-" } else { "+" }, ahead.unsigned_abs() / 60);
    match minutes % 60 {
        0 => format!("{sign}{}", minutes / 60),
        rest => format!("{sign}{}:{rest:02}", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Precision::{Day, Minute, Second};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn modified(text: &str, precision: Precision) -> Modified {
        Modified { at: at(text), precision }
    }

    #[test]
    fn a_clock_that_is_off_makes_nothing_newer_or_older() {
        // (source, target, the target's clock is so far ahead, newer)
        let table = [
            ("2026-11-20T12:00:10Z", "2026-11-20T12:00:00Z", 0, true),
            ("2026-11-20T12:00:10Z", "2026-11-20T12:00:30Z", 0, false),
            // The target's clock is a minute ahead: it was written 20 s before the source.
            ("2026-11-20T12:00:10Z", "2026-11-20T12:00:50Z", 60, true),
            ("2026-11-20T12:00:10Z", "2026-11-20T12:01:30Z", 60, false),
            // Behind: it seems older than it is.
            ("2026-11-20T12:00:10Z", "2026-11-20T11:59:30Z", -60, false),
            ("2026-11-20T12:00:10Z", "2026-11-20T11:59:00Z", -60, true),
            // The time was copied with the file.
            ("2026-11-20T12:00:10Z", "2026-11-20T12:00:10Z", 60, false),
            ("2026-11-20T12:00:10Z", "2026-11-20T12:00:10Z", -60, false),
        ];
        for (source, target, ahead, newer) in table {
            let found = is_newer(modified(source, Second), modified(target, Second), Ahead(ahead));
            assert_eq!(found, newer, "{source} {target} {ahead}");
        }
        assert!(!is_newer(modified("2026-11-20T12:00:59Z", Second), modified("2026-11-20T12:00:00Z", Minute), Ahead::NONE));
        assert_eq!(Ahead(5).back(), Ahead(-5));
    }

    #[test]
    fn the_zone_of_list_is_whole_quarters_of_an_hour() {
        let exact = "2026-11-20T12:02:31Z";
        let table = [
            ("2026-11-20T12:02:00Z", Minute, Some(0)),
            ("2026-11-20T14:02:00Z", Minute, Some(7200)),
            ("2026-11-20T06:32:00Z", Minute, Some(-19_800)),
            ("2026-11-21T01:02:00Z", Minute, Some(46_800)),
            ("2026-11-20T17:47:31Z", Second, Some(20_700)),
            // Another file, another moment.
            ("2026-11-20T14:03:00Z", Minute, None),
            ("2026-11-20T14:02:30Z", Second, None),
            ("2026-11-22T12:02:00Z", Minute, None),
            ("2026-11-20T00:00:00Z", Day, None),
        ];
        for (listed, precision, expected) in table {
            assert_eq!(zone(modified(listed, precision), at(exact)), expected, "{listed}");
        }
    }

    #[test]
    fn skew_is_what_is_left_of_the_difference_without_the_zone() {
        let (began, ended) = ("2026-11-20T12:00:00Z", "2026-11-20T12:00:10Z");
        let table = [
            ("2026-11-20T12:00:05Z", 0),
            ("2026-11-20T12:00:11Z", 0),
            ("2026-11-20T11:59:59Z", 0),
            ("2026-11-20T12:01:10Z", 60),
            ("2026-11-20T11:58:00Z", -120),
            ("2026-11-20T14:00:05Z", 0),
            ("2026-11-20T14:01:10Z", 60),
            ("2026-11-20T06:28:00Z", -120),
        ];
        for (written, expected) in table {
            assert_eq!(skew(at(written), at(began), at(ended)), expected, "{written}");
        }
    }

    #[test]
    fn a_listed_time_is_put_right_but_a_day_stays() {
        assert_eq!(corrected(modified("2026-11-20T14:02:00Z", Minute), 7200), modified("2026-11-20T12:02:00Z", Minute));
        assert_eq!(corrected(modified("2026-11-20T00:00:00Z", Day), 7200), modified("2026-11-20T00:00:00Z", Day));
    }

    #[test]
    fn a_clock_that_is_off_is_typed_in_seconds_and_told() {
        for (text, seconds, words) in [
            ("90", 90, "2 min ahead of this machine’s"),
            (" +7 ", 7, "7 s ahead of this machine’s"),
            ("-90", -90, "2 min behind this machine’s"),
            ("−3600", -3600, "1 h behind this machine’s"),
            ("0", 0, "the same as this machine’s"),
        ] {
            assert_eq!(parse_skew(text), Ok(seconds), "{text}");
            assert_eq!(skew_in_words(seconds), words);
        }
        for text in ["", "x", "1:30", "1.5", "--1", "99999999", "-9223372036854775808", "99999999999999999999"] {
            assert!(parse_skew(text).is_err(), "{text}");
        }
    }

    #[test]
    fn offsets_are_typed_and_told() {
        for (text, seconds, again, words) in [
            ("+2", 7200, "+2", "2 h ahead"),
            ("2:30", 9000, "+2:30", "2 h 30 min ahead"),
            ("-05:00", -18_000, "-5", "5 h behind"),
            ("−5:30", -19_800, "-5:30", "5 h 30 min behind"),
            ("0", 0, "+0", "the same as UTC"),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
            assert_eq!((typed(seconds).as_str(), in_words(seconds).as_str()), (again, words));
            assert_eq!(parse(&typed(seconds)), Ok(seconds));
        }
        for text in ["", "x", "2h", "+2:7", "16", "1:60", "--1", "1:2:3", "100"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
