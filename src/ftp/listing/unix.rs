//! Rows in the style of `ls -l`, as UNIX servers and many others write them.

use jiff::civil::{Date, Time};

use crate::ftp::charset;
use crate::ftp::listing::dates::{self, Clock};
use crate::ftp::listing::{Name, Row, name, number};
use crate::model::entry::{Entry, EntryKind, Modified, Precision};

/// Most words before the name that are looked at.
const WORDS: usize = 16;

/// Whether a first line is the sum of blocks: `total 12`, in whatever language.
pub(super) fn is_sum(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let (Some(_), Some(sum), None) = (words.next(), words.next(), words.next()) else { return false };
    sum.first().is_some_and(u8::is_ascii_digit) && sum.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b','))
}

/// The first words of a line and where they stand.
struct Words<'a> {
    line: &'a [u8],
    spans: [(usize, usize); WORDS],
    count: usize,
}

impl<'a> Words<'a> {
    fn of(line: &'a [u8]) -> Self {
        let mut words = Self { line, spans: [(0, 0); WORDS], count: 0 };
        let mut at = 0;
        while words.count < WORDS {
            while line.get(at).is_some_and(|b| matches!(b, b' ' | b'\t')) {
                at += 1;
            }
            let start = at;
            while line.get(at).is_some_and(|b| !matches!(b, b' ' | b'\t')) {
                at += 1;
            }
            let Some(slot) = words.spans.get_mut(words.count).filter(|_| start < at) else { break };
            *slot = (start, at);
            words.count += 1;
        }
        words
    }

    fn get(&self, index: usize) -> Option<&'a [u8]> {
        let (start, end) = *self.spans.get(index).filter(|_| index < self.count)?;
        self.line.get(start..end)
    }

    /// What follows the word and one blank.
    fn behind(&self, index: usize) -> Option<&'a [u8]> {
        let (_, end) = *self.spans.get(index).filter(|_| index < self.count)?;
        self.line.get(end + 1..)
    }

    /// The text from one word to before another.
    fn between(&self, from: usize, to: usize) -> Option<&'a [u8]> {
        let (start, _) = *self.spans.get(from).filter(|_| from < to)?;
        let (_, end) = *self.spans.get(to.checked_sub(1)?)?;
        self.line.get(start..end)
    }
}

/// Reads one row.
pub(super) fn row(line: &[u8], clock: &Clock) -> Row {
    let words = Words::of(line);
    let Some((kind, mode)) = words.get(0).and_then(permissions) else { return Row::Unread };
    // The date is the first thing that reads as one behind a size, or behind a device's numbers.
    let found = (2..words.count).find_map(|at| {
        let before = words.get(at - 1)?;
        let fits = number::<u64>(before).is_some() || (kind == EntryKind::Other && before.first().is_some_and(u8::is_ascii_digit));
        let (length, modified) = if fits { date(&words, at, clock)? } else { return None };
        Some((at, length, modified))
    });
    let Some((at, length, modified)) = found else { return Row::Unread };
    let Some(rest) = words.behind(at + length - 1) else { return Row::Unread };
    // "major, minor" of a device stands where the size of others does.
    let device = kind == EntryKind::Other && at >= 2 && words.get(at - 2).is_some_and(|word| word.ends_with(b","));
    let size = if device { None } else { words.get(at - 1).and_then(number) };
    let owners_end = if device { at - 2 } else { at - 1 };
    let first_is_count = words.get(1).is_some_and(|word| number::<u32>(word).is_some()) && owners_end > 2;
    let owner_at =
        if first_is_count || owners_end == 2 && words.get(1).is_some_and(|w| number::<u32>(w).is_some()) { 2 } else { 1 };
    let owner = words.get(owner_at).filter(|_| owner_at < owners_end).map(charset::decode);
    let group = words.between(owner_at + 1, owners_end).map(charset::decode);
    let (bytes, target) = if kind == EntryKind::Link { link(rest, size) } else { (rest, None) };
    match name(bytes) {
        Name::Plain(name) => Row::Entry(Entry { name, kind, size, modified, mode, owner, group, target }),
        Name::Dots => Row::Nothing,
        Name::Unfit => Row::Unread,
    }
}

/// Kind and mode of `drwxr-xr-x`, with an ACL's `+`, SELinux' `.` or Apple's `@` behind.
fn permissions(word: &[u8]) -> Option<(EntryKind, Option<u32>)> {
    let (first, bits) = word.split_first()?;
    let kind = match first {
        b'-' => EntryKind::File,
        b'd' => EntryKind::Dir,
        b'l' => EntryKind::Link,
        b'b' | b'c' | b'p' | b's' | b'D' | b'C' | b'P' => EntryKind::Other,
        _ => return None,
    };
    let (bits, mark) = bits.split_at_checked(9)?;
    if !matches!(mark, b"" | b"+" | b"." | b"@") {
        return None;
    }
    let mut mode = 0;
    for (index, bit) in bits.iter().enumerate() {
        let place = 8 - index;
        let expected = *b"rwx".get(index % 3)?;
        let special = 1_u32 << (11 - index / 3);
        mode |= match bit {
            b'-' => 0,
            bit if *bit == expected => 1 << place,
            b's' | b't' if expected == b'x' => 1 << place | special,
            b'S' | b'T' | b'l' | b'L' if expected == b'x' => special,
            _ => return None,
        };
    }
    Some((kind, Some(mode)))
}

/// A date that begins with the word `at`: how many words it takes, and what it says (nothing, when there is no such day).
fn date(words: &Words<'_>, at: usize, clock: &Clock) -> Option<(usize, Option<Modified>)> {
    let (first, second) = (words.get(at)?, words.get(at + 1)?);
    // 2024-01-31 12:00[:00.000] [+0100]
    if let Some(date) = dates::iso_date(first) {
        let (time, precision) = dates::clock_time(second)?;
        let zone = words
            .get(at + 2)
            .is_some_and(|zone| matches!(zone, [b'+' | b'-', rest @ ..] if rest.len() == 4 && number::<u16>(rest).is_some()));
        return Some((if zone { 3 } else { 2 }, dates::at(date, time, precision)));
    }
    // 01-31 12:00
    if let [m1, m2, b'-', d1, d2] = first {
        let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
        let (time, precision) = dates::clock_time(second)?;
        return Some((2, clock.recent(month, day).and_then(|date| dates::at(date, time, precision))));
    }
    let day = |word: &[u8]| {
        number::<i8>(word.strip_suffix(b".").or(word.strip_suffix(b",")).unwrap_or(word)).filter(|day| (1..=31).contains(day))
    };
    // Jan 31 …, or 31 Jan …
    let (month, day) = match dates::month(first) {
        Some(month) => (month, day(second)?),
        None => (dates::month(second)?, day(first)?),
    };
    let third = words.get(at + 2)?;
    if let Some((time, precision)) = dates::clock_time(third) {
        // BSD's -T: 12:00:00 2024
        let year = words.get(at + 3).filter(|_| precision == Precision::Second).and_then(year);
        let date = match year {
            Some(year) => Date::new(year, month, day).ok(),
            None => clock.recent(month, day),
        };
        return Some((if year.is_some() { 4 } else { 3 }, date.and_then(|date| dates::at(date, time, precision))));
    }
    let date = Date::new(year(third)?, month, day).ok();
    Some((3, date.and_then(|date| dates::at(date, Time::midnight(), Precision::Day))))
}

fn year(word: &[u8]) -> Option<i16> {
    number(word).filter(|year| word.len() == 4 && (1900..=9999).contains(year))
}

/// Name and target of `a -> b`. A link's size is its target's length, which tells the right arrow where there are several.
fn link(rest: &[u8], size: Option<u64>) -> (&[u8], Option<String>) {
    const ARROW: &[u8] = b" -> ";
    let mut arrows = rest.windows(ARROW.len()).enumerate().filter(|(_, window)| *window == ARROW).map(|(at, _)| at);
    let Some(first) = arrows.next() else { return (rest, None) };
    let told =
        |at: &usize| size.is_some_and(|size| u64::try_from(rest.len() - at - ARROW.len()).is_ok_and(|length| length == size));
    let at = if told(&first) { first } else { arrows.find(told).unwrap_or(first) };
    let target = charset::decode(rest.get(at + ARROW.len()..).unwrap_or_default());
    let target = Some(target).filter(|target| !target.is_empty() && !target.chars().any(char::is_control));
    (rest.get(..at).unwrap_or_default(), target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::new("2026-11-20T12:00:00Z".parse().unwrap())
    }

    fn entry(line: &str) -> Entry {
        match row(line.as_bytes(), &clock()) {
            Row::Entry(entry) => entry,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn names_sizes_and_times() {
        use Precision::{Day, Minute, Second};
        let table = [
            (
                "-rw-r--r--    1 1000     33           1234 Nov 20 11:02 index.html",
                "index.html",
                Some(1234),
                "2026-11-20T11:02:00Z",
                Minute,
            ),
            ("-rw-r--r--+   1 anna     users        1234 Dec 24 11:02 acl", "acl", Some(1234), "2025-12-24T11:02:00Z", Minute),
            ("-rw-r--r--.   1 anna     users           0 Nov 20  2019 selinux", "selinux", Some(0), "2019-11-20T00:00:00Z", Day),
            (
                "drwxr-xr-x 2 anna domain users 4096 Jan  1  2024 group with a blank",
                "group with a blank",
                Some(4096),
                "2024-01-01T00:00:00Z",
                Day,
            ),
            ("-rw-r--r-- 1 anna 77 Jan  1  2024 no group", "no group", Some(77), "2024-01-01T00:00:00Z", Day),
            ("-rw-r--r-- 1 anna users 5 2024-01-31 12:34 iso", "iso", Some(5), "2024-01-31T12:34:00Z", Minute),
            (
                "-rw-r--r-- 1 anna users 5 2024-01-31 12:34:56.123456789 +0100 full iso",
                "full iso",
                Some(5),
                "2024-01-31T12:34:56Z",
                Second,
            ),
            ("-rw-r--r-- 1 anna users 5 01-31 12:34 short iso", "short iso", Some(5), "2026-01-31T12:34:00Z", Minute),
            ("-rw-r--r-- 1 anna users 5 Jan 31 12:34:56 2024 bsd", "bsd", Some(5), "2024-01-31T12:34:56Z", Second),
            ("-rw-r--r-- 1 anna users 5 Feb 29 12:00 leap", "leap", Some(5), "2024-02-29T12:00:00Z", Minute),
            ("-rw-r--r-- 1 anna users 5 31 Jan 2024 day first", "day first", Some(5), "2024-01-31T00:00:00Z", Day),
            ("-rw-r--r-- 1 anna users 5 31. Mär 12:00 german", "german", Some(5), "2026-03-31T12:00:00Z", Minute),
            ("-rw-r--r-- 1 anna users 5 févr. 3 2020 french", "french", Some(5), "2020-02-03T00:00:00Z", Day),
            ("-rw-r--r-- 1 jan may 5 Jun 3 2020 months as owners", "months as owners", Some(5), "2020-06-03T00:00:00Z", Day),
            ("-rw-r--r-- 1 a b 5 Jan 31 12:34   leading", "  leading", Some(5), "2026-01-31T12:34:00Z", Minute),
            ("-rw-r--r-- 1 a b 5 Jan 31 12:34 two  blanks ", "two  blanks ", Some(5), "2026-01-31T12:34:00Z", Minute),
            ("-rw-r--r-- 1 a b 5 Jan 31 12:34 12:34 Jan 1 2020", "12:34 Jan 1 2020", Some(5), "2026-01-31T12:34:00Z", Minute),
            ("-rw-r--r-- 1 a b 5 Jan 31 12:34 a -> b", "a -> b", Some(5), "2026-01-31T12:34:00Z", Minute),
        ];
        for (line, name, size, at, precision) in table {
            let entry = entry(line);
            assert_eq!((entry.name.as_str(), entry.size), (name, size), "{line}");
            assert_eq!(entry.modified, Some(Modified { at: at.parse().unwrap(), precision }), "{line}");
        }
    }

    #[test]
    fn owners_and_groups() {
        let table = [
            ("-rw-r--r-- 1 1000 33 5 Nov 20 11:02 x", Some("1000"), Some("33")),
            ("drwxr-xr-x 2 anna domain users 4096 Jan  1  2024 x", Some("anna"), Some("domain users")),
            ("-rw-r--r-- 1 anna 77 Jan  1  2024 x", Some("anna"), None),
            ("-rw-r--r-- anna users 77 Jan  1  2024 x", Some("anna"), Some("users")),
            ("-rw-r--r-- anna 77 Jan  1  2024 x", Some("anna"), None),
            ("-rw-r--r-- 1 77 Jan  1  2024 x", None, None),
        ];
        for (line, owner, group) in table {
            let entry = entry(line);
            assert_eq!((entry.owner.as_deref(), entry.group.as_deref(), entry.name.as_str()), (owner, group, "x"), "{line}");
        }
    }

    #[test]
    fn kinds_modes_and_targets() {
        let table = [
            ("lrwxrwxrwx 1 a b 3 Nov 20 11:02 a -> b/c", "a", EntryKind::Link, 0o777, Some("b/c")),
            ("lrwxrwxrwx 1 a b 6 Nov 20 11:02 a -> b -> c", "a", EntryKind::Link, 0o777, Some("b -> c")),
            ("lrwxrwxrwx 1 a b 1 Nov 20 11:02 a -> b -> c", "a -> b", EntryKind::Link, 0o777, Some("c")),
            ("lrwxrwxrwx 1 a b 0 Nov 20 11:02 untold", "untold", EntryKind::Link, 0o777, None),
            ("drwxrwsr-t 1 a b 0 Nov 20 11:02 d", "d", EntryKind::Dir, 0o3775, None),
            ("-rwSr--r-T 1 a b 0 Nov 20 11:02 f", "f", EntryKind::File, 0o5644, None),
            ("prw-r--r-- 1 a b 0 Nov 20 11:02 pipe", "pipe", EntryKind::Other, 0o644, None),
            ("srw-r--r-- 1 a b 0 Nov 20 11:02 socket", "socket", EntryKind::Other, 0o644, None),
        ];
        for (line, name, kind, mode, target) in table {
            let entry = entry(line);
            assert_eq!(
                (entry.name.as_str(), entry.kind, entry.mode, entry.target.as_deref()),
                (name, kind, Some(mode), target),
                "{line}"
            );
        }
    }

    #[test]
    fn devices_have_no_size() {
        for line in ["crw-rw---- 1 root tty 4, 64 Nov 20 11:02 ttyS0", "brw-rw---- 1 root disk 8,0 Nov 20 11:02 ttyS0"] {
            let entry = entry(line);
            assert_eq!((entry.name.as_str(), entry.kind, entry.size), ("ttyS0", EntryKind::Other, None), "{line}");
            assert_eq!(entry.owner.as_deref(), Some("root"));
        }
    }

    #[test]
    fn what_is_no_row_is_unread() {
        for line in [
            "garbage",
            "",
            "-rw-r--r--",
            "-rw-r--r-- 1 a b 5 Nov 20 11:02",
            "-rw-r--r-- 1 a b 5 Nov 20 11:02 ",
            "-rw-r--r-- 1 a b 5 Nov 20 11:02 ../x",
            "-rw-r--r-- 1 a b five Nov 20 11:02 x",
            "?rw-r--r-- 1 a b 5 Nov 20 11:02 x",
            "+i8388621.48594,m825718503,r,s280,\tdjb.html",
        ] {
            assert_eq!(row(line.as_bytes(), &clock()), Row::Unread, "{line}");
        }
        for line in ["drwxr-xr-x 2 a b 4096 Nov 20 11:02 .", "drwxr-xr-x 2 a b 4096 Nov 20 11:02 .."] {
            assert_eq!(row(line.as_bytes(), &clock()), Row::Nothing);
        }
    }

    #[test]
    fn a_day_that_does_not_exist_leaves_the_time_unknown() {
        let entry = entry("-rw-r--r-- 1 a b 5 Feb 30 2024 x");
        assert_eq!((entry.name.as_str(), entry.modified), ("x", None));
    }

    #[test]
    fn sums_are_known() {
        for line in ["total 12", "insgesamt 12", "total 4.0K", "total 0"] {
            assert!(is_sum(line.as_bytes()), "{line}");
        }
        for line in ["total", "total number of files", "-rw-r--r-- 1 a b 5 Nov 20 11:02 x"] {
            assert!(!is_sum(line.as_bytes()), "{line}");
        }
    }
}
