//! Times of the week at which other speed limits hold. Time is an argument, as the clock on the wall shows it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use crate::model::rate::SpeedLimits;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Names of the days from Monday on, as they are shown.
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Days of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Days(u8);

impl Days {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);
    /// All.
    pub const ALL: Self = Self(0b111_1111);
    /// How many there are.
    pub const COUNT: usize = NAMES.len();

    /// The short name of a day, 0 is Monday.
    #[must_use]
    pub fn name(day: usize) -> &'static str {
        NAMES.get(day).copied().unwrap_or_default()
    }

    /// Whether a day is among them, 0 is Monday.
    #[must_use]
    pub fn has(self, day: usize) -> bool {
        day < Self::COUNT && self.0 & (1 << day) != 0
    }

    /// Puts a day among them, or takes it out.
    pub fn set(&mut self, day: usize, on: bool) {
        if day < Self::COUNT {
            self.0 = if on { self.0 | (1 << day) } else { self.0 & !(1 << day) };
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    fn has_weekday(self, day: Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|day| self.has(day))
    }
}

impl fmt::Display for Days {
    /// "Mon–Fri", "Sat, Sun", "every day".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("every day");
        }
        let mut parts: Vec<String> = Vec::new();
        let mut day = 0;
        while day < Self::COUNT {
            let end = (day..Self::COUNT).find(|next| !self.has(*next)).unwrap_or(Self::COUNT);
            match end - day {
                0 => {}
                1 | 2 => parts.extend((day..end).map(|day| Self::name(day).to_owned())),
                _ => parts.push(format!("{}–{}", Self::name(day), Self::name(end - 1))),
            }
            day = end + 1;
        }
        f.write_str(&parts.join(", "))
    }
}

impl From<Days> for String {
    fn from(days: Days) -> Self {
        let names: Vec<String> =
            (0..Days::COUNT).filter(|day| days.has(*day)).map(|day| Days::name(day).to_ascii_lowercase()).collect();
        names.join(" ")
    }
}

impl TryFrom<String> for Days {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut days = Self::default();
        for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
            let day = NAMES.iter().position(|name| name.eq_ignore_ascii_case(word));
            days.set(day.ok_or_else(|| format!("“{word}” is no day"))?, true);
        }
        Ok(days)
    }
}

/// A minute of the day, 0 to 1439.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minute(u16);

impl Minute {
    /// Of an hour and a minute, when there are such.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        match (hour, minute) {
            (0..24, 0..60) => Some(Self(hour * 60 + minute)),
            // The end of a day is the beginning of the next.
            (24, 0) => Some(Self(0)),
            _ => None,
        }
    }

    fn on(self, date: Date) -> DateTime {
        date.at(0, 0, 0, 0).saturating_add(i64::from(self.0).minutes())
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Minute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (hour, minute) = text.trim().split_once([':', '.']).unwrap_or((text.trim(), "0"));
        let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2 && !text.starts_with('+'));
        number(hour)
            .zip(number(minute))
            .and_then(|(hour, minute)| Self::new(hour, minute))
            .ok_or_else(|| format!("“{}” is no time of day. Type one such as 8:00 or 22:30.", text.trim()))
    }
}

impl TryFrom<String> for Minute {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> Self {
        minute.to_string()
    }
}

/// A time of the week and the limits that hold in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScheduledLimits {
    /// The days on which it begins.
    pub days: Days,
    /// When it begins.
    pub from: Minute,
    /// When it ends: on the next day, when that is not after the beginning.
    pub to: Minute,
    /// What holds then.
    #[serde(default)]
    pub limits: SpeedLimits,
}

impl ScheduledLimits {
    /// When it begins and ends, if it begins on `date`.
    fn on(&self, date: Date) -> Option<(DateTime, DateTime)> {
        let begin = self.from.on(date);
        let minutes = if self.to > self.from { self.to.0 - self.from.0 } else { DAY - self.from.0 + self.to.0 };
        self.days.has_weekday(date.weekday()).then(|| (begin, begin.saturating_add(i64::from(minutes).minutes())))
    }

    fn holds(&self, now: DateTime) -> bool {
        let today = now.date();
        [today, today.saturating_sub(1.day())]
            .into_iter()
            .filter_map(|date| self.on(date))
            .any(|(begin, end)| (begin..end).contains(&now))
    }
}

impl fmt::Display for ScheduledLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}–{}: {}", self.days, self.from, self.to, self.limits)
    }
}

/// Why limits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// They are the usual ones.
    #[default]
    Usual,
    /// The schedule asks for them.
    Schedule,
    /// A person chose them for this run.
    Chosen,
}

/// The program's limits at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    /// The limits.
    pub limits: SpeedLimits,
    /// Why.
    pub origin: Origin,
    /// When they change by themselves, if ever.
    pub until: Option<DateTime>,
}

/// What holds at `now`: what a person chose for this run, else what the schedule asks for, else the usual.
#[must_use]
pub fn in_force(usual: SpeedLimits, schedule: &[ScheduledLimits], chosen: Option<SpeedLimits>, now: DateTime) -> InForce {
    if let Some(limits) = chosen {
        return InForce { limits, origin: Origin::Chosen, until: None };
    }
    let (scheduled, until) = scheduled(schedule, now);
    match scheduled {
        Some(limits) => InForce { limits, origin: Origin::Schedule, until },
        None => InForce { limits: usual, origin: Origin::Usual, until },
    }
}

/// The limits of the first time of the week that `now` falls into, and when that changes next.
fn scheduled(schedule: &[ScheduledLimits], now: DateTime) -> (Option<SpeedLimits>, Option<DateTime>) {
    let holding = |at: DateTime| schedule.iter().position(|row| row.holds(at));
    let index = holding(now);
    // Each begins or ends at least once within a week and a day, if it does at all.
    let days = (-1..=8).map(|offset: i64| now.date().saturating_add(Span::new().days(offset)));
    let edges = days.flat_map(|date| schedule.iter().filter_map(move |row| row.on(date))).flat_map(|(begin, end)| [begin, end]);
    let mut later: Vec<DateTime> = edges.filter(|edge| *edge > now).collect();
    later.sort_unstable();
    let until = later.into_iter().find(|edge| holding(*edge) != index);
    (index.and_then(|index| schedule.get(index)).map(|row| row.limits), until)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil::date;

    use super::*;
    use crate::model::rate::Rate;

    fn row(days: &str, from: &str, to: &str, kb: u64) -> ScheduledLimits {
        ScheduledLimits {
            days: days.to_owned().try_into().unwrap(),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            limits: SpeedLimits { both: Rate::kilobytes(kb), ..SpeedLimits::default() },
        }
    }

    /// A moment of the week of Monday, 23 November 2026.
    fn at(day: i8, hour: i8, minute: i8) -> DateTime {
        date(2026, 11, 22).checked_add(jiff::Span::new().days(day)).unwrap().at(hour, minute, 0, 0)
    }

    fn told(schedule: &[ScheduledLimits], now: DateTime) -> (Option<u64>, Option<DateTime>) {
        let (limits, until) = scheduled(schedule, now);
        (limits.map(|limits| limits.both.0 / 1000), until)
    }

    const MON: i8 = 1;
    const TUE: i8 = 2;
    const FRI: i8 = 5;
    const SAT: i8 = 6;
    const SUN: i8 = 7;

    #[test]
    fn a_time_of_day_holds_from_its_minute_to_its_minute() {
        let office = [row("mon tue wed thu fri", "8:00", "18:00", 500)];
        for (now, limit, until) in [
            (at(MON, 7, 59), None, at(MON, 8, 0)),
            (at(MON, 8, 0), Some(500), at(MON, 18, 0)),
            (at(MON, 17, 59), Some(500), at(MON, 18, 0)),
            (at(MON, 18, 0), None, at(TUE, 8, 0)),
            (at(FRI, 18, 0), None, at(MON + 7, 8, 0)),
            (at(SUN, 12, 0), None, at(MON + 7, 8, 0)),
        ] {
            assert_eq!(told(&office, now), (limit, Some(until)), "{now}");
        }
    }

    #[test]
    fn a_night_goes_on_after_midnight() {
        let night = [row("fri", "22:00", "6:30", 100)];
        for (now, limit, until) in [
            (at(FRI, 6, 0), None, at(FRI, 22, 0)),
            (at(FRI, 22, 0), Some(100), at(SAT, 6, 30)),
            (at(SAT, 0, 0), Some(100), at(SAT, 6, 30)),
            (at(SAT, 6, 29), Some(100), at(SAT, 6, 30)),
            (at(SAT, 6, 30), None, at(FRI + 7, 22, 0)),
            (at(SAT, 22, 0), None, at(FRI + 7, 22, 0)),
        ] {
            assert_eq!(told(&night, now), (limit, Some(until)), "{now}");
        }
        // From Sunday into Monday, over the week's end.
        let sunday = [row("sun", "23:00", "1:00", 7)];
        assert_eq!(told(&sunday, at(MON + 7, 0, 59)), (Some(7), Some(at(MON + 7, 1, 0))));
    }

    #[test]
    fn the_first_that_holds_wins() {
        let both = [row("mon", "9:00", "10:00", 1), row("mon", "8:00", "18:00", 2)];
        for (now, limit, until) in [
            (at(MON, 8, 30), Some(2), at(MON, 9, 0)),
            (at(MON, 9, 30), Some(1), at(MON, 10, 0)),
            (at(MON, 10, 0), Some(2), at(MON, 18, 0)),
        ] {
            assert_eq!(told(&both, now), (limit, Some(until)), "{now}");
        }
    }

    #[test]
    fn a_choice_comes_before_the_schedule_and_the_schedule_before_the_usual() {
        let limits = |kb| SpeedLimits { both: Rate::kilobytes(kb), ..SpeedLimits::default() };
        let office = [row("mon", "8:00", "18:00", 500)];
        let now = |chosen, at| in_force(limits(900), &office, chosen, at);
        let (usual, scheduled) = (now(None, at(MON, 7, 0)), now(None, at(MON, 9, 0)));
        assert_eq!(usual, InForce { limits: limits(900), origin: Origin::Usual, until: Some(at(MON, 8, 0)) });
        assert_eq!(scheduled, InForce { limits: limits(500), origin: Origin::Schedule, until: Some(at(MON, 18, 0)) });
        let chosen = now(Some(SpeedLimits::default()), at(MON, 9, 0));
        assert_eq!(chosen, InForce { limits: SpeedLimits::default(), origin: Origin::Chosen, until: None });
    }

    #[test]
    fn whole_days_follow_each_other_without_an_edge() {
        let weekend = [row("sat sun", "0:00", "24:00", 9)];
        assert_eq!(told(&weekend, at(SAT, 13, 0)), (Some(9), Some(at(MON + 7, 0, 0))));
        let always = [row("mon tue wed thu fri sat sun", "0:00", "0:00", 9)];
        assert_eq!(told(&always, at(TUE, 23, 59)), (Some(9), None));
        assert_eq!(told(&[], at(TUE, 23, 59)), (None, None));
        assert_eq!(told(&[row("", "8:00", "9:00", 1)], at(TUE, 8, 30)), (None, None), "without a day it never holds");
    }

    #[test]
    fn days_are_told_as_a_person_says_them() {
        for (days, words) in [
            ("mon tue wed thu fri", "Mon–Fri"),
            ("sat sun", "Sat, Sun"),
            ("mon wed thu fri sun", "Mon, Wed–Fri, Sun"),
            ("sun mon tue wed thu fri sat", "every day"),
            ("", ""),
        ] {
            assert_eq!(Days::try_from(days.to_owned()).unwrap().to_string(), words);
        }
        assert!(Days::try_from("monday".to_owned()).is_err());
    }

    #[test]
    fn times_are_read_as_they_are_typed() {
        for (text, shown) in [("8", "08:00"), ("8:5", "08:05"), ("22.30", "22:30"), (" 08:00 ", "08:00"), ("24:00", "00:00")] {
            assert_eq!(text.parse::<Minute>().unwrap().to_string(), shown);
        }
        for text in ["", "25", "24:01", "8:60", "noon", "+8:00", "008:00", "-1"] {
            assert!(text.parse::<Minute>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_row_is_saved_as_readable_text() {
        let row = row("mon tue wed thu fri", "8:00", "18:00", 500);
        let text = toml::to_string(&row).unwrap();
        assert!(text.contains("days = \"mon tue wed thu fri\"\nfrom = \"08:00\"\nto = \"18:00\""), "{text}");
        assert_eq!(toml::from_str::<ScheduledLimits>(&text).unwrap(), row);
        assert_eq!(row.to_string(), "Mon–Fri 08:00–18:00: 500 KB/s");
    }
}
