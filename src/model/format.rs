//! Sizes, speeds, durations and times in a person's words.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::entry::{Modified, Precision};

const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];

/// A size in decimal units: "112 B", "4.1 KB", "418 KB", "88 MB", "1.42 GB".
///
/// One decimal below 100 (two from GB on, below 10), none from 100 on, and no decimal that is 0 in KB and MB.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut divisor: u128 = 1000;
    let wide = u128::from(bytes);
    let mut figure = String::new();
    for (index, unit) in UNITS.iter().enumerate() {
        let large = index >= 2;
        let round = |places: u32| (wide * 10_u128.pow(places) + divisor / 2) / divisor;
        // The rounded figure decides: 9.996 GB is 10.0 GB, not 10.00.
        let places = if large && round(2) < 1000 { 2 } else { u32::from(round(1) < 1000) };
        let scale = 10_u128.pow(places);
        let (whole, part) = (round(places) / scale, round(places) % scale);
        figure = match places {
            2 => format!("{whole}.{part:02} {unit}"),
            1 if large || part > 0 => format!("{whole}.{part} {unit}"),
            _ => format!("{whole} {unit}"),
        };
        if whole < 1000 {
            break;
        }
        divisor *= 1000;
    }
    figure
}

/// The exact size for a tooltip: "1,421,033,902 bytes".
#[must_use]
pub fn exact_size(bytes: u64) -> String {
    if bytes == 1 { "1 byte".into() } else { format!("{} bytes", count(bytes)) }
}

/// A count with thousands separators: "1,203".
#[must_use]
pub fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A speed: "8.1 MB/s".
#[must_use]
pub fn speed(bytes_per_second: u64) -> String {
    format!("{}/s", size(bytes_per_second))
}

/// A rough duration: "0 s", "42 s", "2 min", "1 h 5 min", "3 d 4 h". Minutes are rounded to the nearest.
#[must_use]
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        return format!("{seconds} s");
    }
    let minutes = seconds.saturating_add(30) / 60;
    let (hours, days) = (minutes / 60, minutes / 1440);
    match (days, hours, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) if hours % 24 == 0 => format!("{days} d"),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    }
}

/// How long something short took: "under 1 ms", "41 ms", "1.2 s", "3 min".
#[must_use]
pub fn took(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "under 1 ms".to_owned(),
        millis @ 1..1_000 => format!("{millis} ms"),
        millis @ 1_000..60_000 => {
            let tenths = (millis + 50) / 100;
            if tenths % 10 == 0 { format!("{} s", tenths / 10) } else { format!("{}.{} s", tenths / 10, tenths % 10) }
        }
        _ => self::duration(duration),
    }
}

/// The time until something happens, never "0 s" before it does: "28 s", "1 min 5 s".
#[must_use]
pub fn countdown(left: Duration) -> String {
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// Nouns with their count: "1 transfer", "1,203 transfers".
#[must_use]
pub fn counted(number: impl TryInto<u64>, one: &str, many: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        number => format!("{} {many}", count(number)),
    }
}

/// A moment in a person's words: "today 12:02", "yesterday 09:20", "18 Nov", and "4 Aug 2025" in other years.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let time = local.strftime("%H:%M").to_string();
    day(local.date(), now.to_zoned(zone.clone()).date(), Some(&time))
}

/// A listed time in a person's words, no more exact than the server told it; a day without a time stays the day it is in the listing.
#[must_use]
pub fn modified(modified: Modified, now: Timestamp, zone: &TimeZone) -> String {
    match modified.precision {
        Precision::Day => day(modified.at.to_zoned(TimeZone::UTC).date(), now.to_zoned(zone.clone()).date(), None),
        Precision::Minute | Precision::Second => moment(modified.at, now, zone),
    }
}

fn day(day: Date, today: Date, time: Option<&str>) -> String {
    let near = if day == today {
        Some("today")
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        Some("yesterday")
    } else {
        None
    };
    match (near, time) {
        (Some(near), Some(time)) => format!("{near} {time}"),
        (Some(near), None) => near.into(),
        (None, _) if day.year() == today.year() => day.strftime("%-d %b").to_string(),
        (None, _) => day.strftime("%-d %b %Y").to_string(),
    }
}

/// A moment exactly, for a tooltip: "2026-11-20 12:02:31".
#[must_use]
pub fn exact_moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A listed time exactly, as far as the server told it: "2026-11-20 12:02:31", "2026-11-20 12:02", "2019-11-20".
#[must_use]
pub fn exact_modified(modified: Modified, zone: &TimeZone) -> String {
    match modified.precision {
        Precision::Day => modified.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string(),
        Precision::Minute => modified.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        Precision::Second => exact_moment(modified.at, zone),
    }
}

/// Permission bits as `ls` shows them, without the kind: "rwxr-xr-x", "rwsr-xr-t".
#[must_use]
pub fn permissions(mode: u32) -> String {
    let mut out = String::with_capacity(9);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        out.push(if bits & 4 != 0 { 'r' } else { '-' });
        out.push(if bits & 2 != 0 { 'w' } else { '-' });
        out.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    out
}

/// With a capital letter.
#[must_use]
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// With a capital letter and an end mark.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut sentence = capitalised(words);
    if !sentence.is_empty() && !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

/// A name cut in the middle to `max` characters, so that its ending stays: "averylong…name.tar.gz".
#[must_use]
pub fn middle_cut(name: &str, max: usize) -> Cow<'_, str> {
    let length = name.chars().count();
    if length <= max {
        return Cow::Borrowed(name);
    }
    let kept = max.saturating_sub(1);
    let tail = kept / 2;
    let mut out: String = name.chars().take(kept - tail).collect();
    if max > 0 {
        out.push('…');
    }
    out.extend(name.chars().skip(length - tail));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_become_a_sentence_once() {
        for (words, expected) in [("", ""), ("already there", "Already there."), ("Done.", "Done."), ("über", "Über.")] {
            assert_eq!(sentence(words), expected);
        }
    }

    #[test]
    fn sizes_read_as_drawn() {
        let table = [
            (0, "0 B"),
            (112, "112 B"),
            (999, "999 B"),
            (1000, "1 KB"),
            (3_949, "3.9 KB"),
            (4_100, "4.1 KB"),
            (12_800, "12.8 KB"),
            (99_960, "100 KB"),
            (418_000, "418 KB"),
            (999_499, "999 KB"),
            (999_500, "1 MB"),
            (8_100_000, "8.1 MB"),
            (88_000_000, "88 MB"),
            (9_996_000_000, "10.0 GB"),
            (440_000_000, "440 MB"),
            (999_999_999, "1.00 GB"),
            (1_421_033_902, "1.42 GB"),
            (12_340_000_000, "12.3 GB"),
            (211_000_000_000, "211 GB"),
            (2_000_000_000_000, "2.00 TB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (bytes, expected) in table {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
        assert_eq!(speed(8_100_000), "8.1 MB/s");
        assert_eq!(exact_size(1_421_033_902), "1,421,033,902 bytes");
        assert_eq!(exact_size(1), "1 byte");
    }

    #[test]
    fn counts_have_separators() {
        for (number, expected) in [(0_u64, "0"), (999, "999"), (1203, "1,203"), (100_000, "100,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), expected);
        }
        assert_eq!(counted(1, "transfer", "transfers"), "1 transfer");
        assert_eq!(counted(1203, "transfer", "transfers"), "1,203 transfers");
    }

    #[test]
    fn durations_are_rough_and_countdowns_are_not() {
        let table = [
            (0, "0 s", "0 s"),
            (28, "28 s", "28 s"),
            (59, "59 s", "59 s"),
            (60, "1 min", "1 min"),
            (65, "1 min", "1 min 5 s"),
            (130, "2 min", "2 min 10 s"),
            (3599, "1 h", "59 min 59 s"),
            (3900, "1 h 5 min", "65 min"),
            (90_000, "1 d 1 h", "1500 min"),
            (172_800, "2 d", "2880 min"),
        ];
        for (seconds, rough, exact) in table {
            assert_eq!(duration(Duration::from_secs(seconds)), rough, "{seconds}");
            assert_eq!(countdown(Duration::from_secs(seconds)), exact, "{seconds}");
        }
        assert_eq!(countdown(Duration::from_millis(200)), "1 s");
    }

    #[test]
    fn times_are_in_a_persons_words() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let now: Timestamp = "2026-11-20T12:30:00Z".parse().unwrap();
        let table = [
            ("2026-11-20T11:02:31Z", "today 12:02"),
            ("2026-11-19T23:30:00Z", "today 00:30"),
            ("2026-11-19T08:20:00Z", "yesterday 09:20"),
            ("2026-11-18T08:20:00Z", "18 Nov"),
            ("2026-11-02T08:20:00Z", "2 Nov"),
            ("2025-08-04T08:20:00Z", "4 Aug 2025"),
            ("2026-12-01T08:20:00Z", "1 Dec"),
        ];
        for (at, expected) in table {
            assert_eq!(moment(at.parse().unwrap(), now, &zone), expected, "{at}");
        }
        assert_eq!(exact_moment("2026-11-20T11:02:31Z".parse().unwrap(), &zone), "2026-11-20 12:02:31");
    }

    #[test]
    fn a_listed_time_is_shown_no_more_exact_than_it_is() {
        let zone = TimeZone::fixed(jiff::tz::offset(-8));
        let now: Timestamp = "2026-11-20T12:30:00Z".parse().unwrap();
        let listed = |at: &str, precision| Modified { at: at.parse().unwrap(), precision };
        let day = listed("2026-11-20T00:00:00Z", Precision::Day);
        assert_eq!(modified(day, now, &zone), "today", "a day is not moved into another zone");
        assert_eq!(exact_modified(day, &zone), "2026-11-20");
        let minute = listed("2026-11-20T12:02:00Z", Precision::Minute);
        assert_eq!(modified(minute, now, &zone), "today 04:02");
        assert_eq!(exact_modified(minute, &zone), "2026-11-20 04:02");
        let second = listed("2019-01-05T12:02:31Z", Precision::Second);
        assert_eq!(modified(second, now, &zone), "5 Jan 2019");
        assert_eq!(exact_modified(second, &zone), "2019-01-05 04:02:31");
    }

    #[test]
    fn permissions_read_as_in_ls() {
        let table = [
            (0o755, "rwxr-xr-x"),
            (0o644, "rw-r--r--"),
            (0o777, "rwxrwxrwx"),
            (0, "---------"),
            (0o4755, "rwsr-xr-x"),
            (0o2644, "rw-r-Sr--"),
            (0o1777, "rwxrwxrwt"),
            (0o1776, "rwxrwxrwT"),
        ];
        for (mode, expected) in table {
            assert_eq!(permissions(mode), expected, "{mode:o}");
        }
    }

    #[test]
    fn long_names_are_cut_in_the_middle() {
        assert_eq!(middle_cut("short.txt", 9), "short.txt");
        assert_eq!(middle_cut("averylongarchivename.tar.gz", 17), "averylon…e.tar.gz");
        assert_eq!(middle_cut("äöüäöüäöü", 4), "äö…ü");
        assert_eq!(middle_cut("name", 1), "…");
        assert_eq!(middle_cut("name", 0), "");
    }

    proptest! {
        #[test]
        fn a_cut_name_is_never_longer_than_asked(name in "\\PC{0,40}", max in 0_usize..50) {
            let cut = middle_cut(&name, max);
            prop_assert!(cut.chars().count() <= max);
            prop_assert!(name.chars().count() > max || cut == name);
        }

        #[test]
        fn a_size_is_short_and_a_larger_one_never_reads_smaller(bytes: u64, more: u64, shift in 0_u32..64) {
            let (bytes, more) = (bytes >> shift, more >> shift);
            let figure = |bytes: u64| -> f64 {
                let text = size(bytes);
                let (number, unit) = text.split_once(' ').unwrap();
                let power = ["B", "KB", "MB", "GB", "TB", "PB", "EB"].iter().position(|u| *u == unit).unwrap();
                number.parse::<f64>().unwrap() * 1000_f64.powi(i32::try_from(power).unwrap())
            };
            prop_assert!(size(bytes).len() <= 7);
            prop_assert!(figure(bytes) <= figure(bytes.saturating_add(more)));
        }
    }
}
