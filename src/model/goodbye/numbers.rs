//! Figures in a server's text: seconds, minutes, how many. Dates, addresses, versions and bytes are no such figures.

use super::reading::Reading;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Connections.
    Connections,
    /// Users.
    Users,
    /// Sessions.
    Sessions,
}

impl Unit {
    /// The unit's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Connections => "connections",
            Self::Users => "users",
            Self::Sessions => "sessions",
        }
    }

    /// How many seconds one of it is, when it is a time.
    #[must_use]
    pub fn seconds(self) -> Option<u32> {
        match self {
            Self::Seconds => Some(1),
            Self::Minutes => Some(60),
            Self::Hours => Some(3600),
            Self::Connections | Self::Users | Self::Sessions => None,
        }
    }
}

/// How seconds begin in the languages of servers. Looked up before minutes: Hungarian has `perc` in both.
const SECONDS: [&str; 19] = [
    "sec",
    "seg",
    "sek",
    "sequnde",
    "saniye",
    "sn",
    "vterin",
    "masodperc",
    "mp",
    "секунд",
    "сек",
    "с",
    "秒",
    "초",
    "δευτερ",
    "δευτέρ",
    "sigundo",
    "sekunt",
    "s",
];

/// How minutes begin.
const MINUTES: [&str; 14] = ["min", "perc", "dakika", "dk", "мин", "минут", "хвилин", "хв", "分", "分鐘", "분", "λεπτ", "mn", "m"];

/// How hours begin.
const HOURS: [&str; 15] =
    ["hour", "hr", "stunde", "std", "heure", "hora", "uur", "godz", "hodin", "timm", "timer", "час", "小时", "小時", "時間"];

/// Units that must be the whole word, since many words begin so.
const WHOLE_WORDS: [&str; 7] = ["s", "m", "sn", "mp", "dk", "mn", "с"];

/// One number of the text that may be a figure.
struct Figure<'a> {
    value: u64,
    before: &'a str,
    after: &'a str,
}

/// The first figure with a unit of time.
pub(super) fn time(text: &Reading) -> Option<(u64, Unit)> {
    figures(&text.plain).find_map(|figure| time_unit(figure.after).map(|unit| (figure.value, unit)))
}

/// How many there may be: `(8)`, `30/30`, `3 of 50`, `limit of 160`.
pub(super) fn limit(text: &Reading) -> Option<u64> {
    let mut candidates: Vec<(u64, bool)> = Vec::new();
    for figure in figures(&text.plain) {
        if time_unit(figure.after).is_some() || is_other(&figure) {
            continue;
        }
        let before = figure.before.trim_end_matches([' ', '(', ':', '=', '[', '"', '\'']);
        let is_of = before.ends_with('/')
            || ["of", "von", "de", "sur", "di", "van", "z", "af", "av", "из", "з"].iter().any(|word| {
                before.strip_suffix(word).is_some_and(|rest| rest.ends_with(|c: char| c == ' ' || c.is_ascii_digit()))
                    && ends_with_number(before, word)
            });
        let near: String = before.chars().rev().take(16).collect::<Vec<_>>().into_iter().rev().collect();
        let is_limit = ["limit", "max", "allowed", "most", "лимит", "максим", "上限", "最大", "只允许", "最多"]
            .iter()
            .any(|word| near.contains(word));
        candidates.push((figure.value, is_of || is_limit));
    }
    candidates.iter().rev().find(|(_, named)| *named).or(candidates.first()).map(|(value, _)| *value)
}

/// Whether the word `of` follows a number: `3 of 50`.
fn ends_with_number(before: &str, word: &str) -> bool {
    before.strip_suffix(word).is_some_and(|rest| rest.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

/// Bytes, files, ports and the like.
fn is_other(figure: &Figure<'_>) -> bool {
    let after = figure.after.trim_start();
    let other = [
        "byte", "kb", "mb", "gb", "kbyte", "mbyte", "file", "%", "octet", "fichier", "datei", "transfer", "day", "tag", "jour",
        "am", "pm",
    ];
    let before = figure.before.trim_end();
    let labels =
        ["port", "#", "session", "id", "pid", "version", " v", "error", "errno", "code", "rfc", "user number", "node", "level"];
    other.iter().any(|word| after.starts_with(word)) || labels.iter().any(|word| before.ends_with(word))
}

fn time_unit(after: &str) -> Option<Unit> {
    // "60 (seconds)" and "(60) seconds", but "(8) s této adresy" is no time.
    let is_closed = after.starts_with(')');
    let after = after.trim_start_matches([' ', '-', ')', '(', '\u{a0}']);
    let starts = |units: &[&str]| {
        units.iter().any(|unit| {
            let whole = WHOLE_WORDS.contains(unit);
            after.strip_prefix(unit).is_some_and(|rest| !whole || !is_closed && !rest.starts_with(char::is_alphanumeric))
        })
    };
    if after.starts_with("session") || after.starts_with("server") || after.starts_with("time ") {
        None
    } else if starts(&SECONDS) {
        Some(Unit::Seconds)
    } else if starts(&MINUTES) && !after.starts_with("mindest") {
        Some(Unit::Minutes)
    } else if starts(&HOURS) && !after.starts_with("timeout") && !after.starts_with("timed") {
        Some(Unit::Hours)
    } else {
        None
    }
}

/// All numbers that are not part of an address, a date, a time of day, a version or a word.
fn figures(text: &str) -> impl Iterator<Item = Figure<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find(|c: char| c.is_ascii_digit())?;
            let digits = text.get(start..)?;
            let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let mut end = start + length;
            let mut number = text.get(start..end)?.to_owned();
            // "1,800 seconds" and "900.0 seconds"
            let rest = text.get(end..)?;
            let follows =
                |sign: char| rest.strip_prefix(sign).map(|rest| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
            if follows(',') == Some(3) {
                number.push_str(text.get(end + 1..end + 4)?);
                end += 4;
            } else if let Some(decimals @ 1..) = follows('.')
                && time_unit(text.get(end + 1 + decimals..)?).is_some()
            {
                end += 1 + decimals;
            }
            at = end;
            let before = text.get(..start)?;
            let after = text.get(end..)?;
            let glued_before = before.chars().next_back().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
                || before.strip_suffix(['.', ':', '-']).is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
            let mut following = after.chars();
            let glued_after = match (following.next(), following.next()) {
                (Some('.' | ':' | '-'), Some(next)) => next.is_ascii_digit(),
                (Some('.'), None) => false,
                _ => false,
            };
            if !glued_before
                && !glued_after
                && let Ok(value) = number.parse::<u64>()
            {
                return Some(Figure { value, before, after });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str) -> Reading {
        Reading::of(421, &[text])
    }

    #[test]
    fn times_are_read_with_their_unit() {
        let table = [
            ("Timeout (900 seconds): closing", Some((900, Unit::Seconds))),
            ("idle for 15min.", Some((15, Unit::Minutes))),
            ("idle for 300s", Some((300, Unit::Seconds))),
            ("délai (600 s) :", Some((600, Unit::Seconds))),
            ("空闲超时（600秒）", Some((600, Unit::Seconds))),
            ("在 15 分钟内", Some((15, Unit::Minutes))),
            ("1,800 secs", Some((1800, Unit::Seconds))),
            ("900.0 seconds", Some((900, Unit::Seconds))),
            ("600 másodperc", Some((600, Unit::Seconds))),
            ("(600 с): закрыто", Some((600, Unit::Seconds))),
            ("(8) с этого IP", None),
            ("(8) s této adresy", None),
            ("10 perc", Some((10, Unit::Minutes))),
            ("1 hour", Some((1, Unit::Hours))),
            ("5-minute limit", Some((5, Unit::Minutes))),
            ("at 18:00:00 on 2026-11-20 from 192.0.2.7", None),
            ("12 sessions open", None),
            ("3 servers, 7 more", None),
        ];
        for (text, expected) in table {
            assert_eq!(time(&reading(text)), expected, "{text}");
        }
    }

    #[test]
    fn limits_are_read_without_decoys() {
        let table = [
            ("Too many connections (8) from this IP", Some(8)),
            ("Too many connections (30/30). Please try later", Some(30)),
            ("user number 3 of 50 allowed", Some(50)),
            ("There are 12 users, the limit is 10", Some(10)),
            ("Too many connections from 192.0.2.7, try again in 5 minutes", None),
            ("Too many users on port 21", None),
            ("connect (active 2, max active 10) session 17", Some(10)),
        ];
        for (text, expected) in table {
            assert_eq!(limit(&reading(text)), expected, "{text}");
        }
    }
}
