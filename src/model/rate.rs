//! A speed limit as a person states it: “500 KB/s”, “2 MB/s”, or none. The units are those of sizes; binary ones are read too.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::format;

/// The most that is taken for a limit.
const MOST: u64 = (u32::MAX as u64) << 10;

/// A limit in bytes a second; zero is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate(pub u64);

impl Rate {
    /// No limit.
    pub const NONE: Self = Self(0);

    /// So many thousand bytes a second.
    #[must_use]
    pub const fn kilobytes(thousands: u64) -> Self {
        Self(thousands * 1000)
    }

    /// Whether it limits nothing.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Bytes a second; `None` is no limit.
    #[must_use]
    pub fn bytes(self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.0)
    }

    /// As it is typed into a field: nothing is no limit.
    #[must_use]
    pub fn typed(self) -> String {
        if self.is_none() { String::new() } else { self.exact() }
    }

    /// To the byte, so that it is the same when it is read again: a limit that was once stated in MiB/s is no round figure here.
    fn exact(self) -> String {
        let (unit, name) = if self.0 >= 1_000_000 && self.0.is_multiple_of(10_000) { (1_000_000, "MB/s") } else { (1000, "KB/s") };
        let (whole, part) = (self.0 / unit, self.0 % unit);
        if part == 0 {
            return format!("{whole} {name}");
        }
        let part = if unit == 1000 { format!("{part:03}") } else { format!("{part:06}") };
        format!("{whole}.{} {name}", part.trim_end_matches('0'))
    }

    /// The lower of two, where no limit is the highest.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        match (self.is_none(), other.is_none()) {
            (true, _) => other,
            (_, true) => self,
            _ => self.min(other),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("no limit"),
            bytes => f.write_str(&format::speed(bytes)),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{}” is no speed. Type one such as 500 KB/s or 2 MB/s, or nothing.", text.trim());
        let lower = text.trim().to_ascii_lowercase();
        if lower.is_empty() || lower == "no limit" || lower == "none" {
            return Ok(Self::NONE);
        }
        let end = lower.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(lower.len());
        let (figure, unit) = lower.split_at(end);
        let factor: u128 = match unit.trim().trim_end_matches("/s") {
            "" | "k" | "kb" => 1000,
            "kib" => 1 << 10,
            "m" | "mb" => 1_000_000,
            "mib" => 1 << 20,
            "g" | "gb" => 1_000_000_000,
            "gib" => 1 << 30,
            _ => return Err(wrong()),
        };
        let (whole, part) = figure.split_once(['.', ',']).unwrap_or((figure, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let scale = 10_u128.pow(u32::try_from(part.len()).map_err(|_| wrong())?);
        let bytes = digits.parse::<u128>().map_err(|_| wrong())? * factor / scale;
        match u64::try_from(bytes) {
            Ok(bytes) if bytes < 1000 && digits.bytes().any(|byte| byte != b'0') => Err("The least limit is 1 KB/s.".into()),
            Ok(bytes) if bytes <= MOST => Ok(Self(bytes)),
            _ => Err("This is more than any line carries; leave the field empty for no limit.".into()),
        }
    }
}

impl TryFrom<String> for Rate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        if rate.is_none() { rate.to_string() } else { rate.exact() }
    }
}

/// Limits of both directions, and of both together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SpeedLimits {
    /// Downloads.
    pub down: Rate,
    /// Uploads.
    pub up: Rate,
    /// Downloads and uploads together.
    pub both: Rate,
}

impl SpeedLimits {
    /// Whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What holds where both do.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        Self { down: self.down.stricter(other.down), up: self.up.stricter(other.up), both: self.both.stricter(other.both) }
    }
}

impl fmt::Display for SpeedLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [("down", self.down), ("up", self.up), ("in all", self.both)];
        let parts: Vec<String> =
            named.iter().filter(|(_, rate)| !rate.is_none()).map(|(name, rate)| format!("{rate} {name}")).collect();
        match (parts.is_empty(), self.down.is_none() && self.up.is_none()) {
            (true, _) => f.write_str("no limit"),
            (false, true) => write!(f, "{}", self.both),
            (false, false) => f.write_str(&parts.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_typed_is_understood() {
        for (text, bytes) in [
            ("", 0),
            ("0", 0),
            ("0.0 MiB/s", 0),
            ("no limit", 0),
            ("500", 500_000),
            ("500K", 500_000),
            ("500 kB/s", 500_000),
            ("500 KiB/s", 512_000),
            (" 2 MiB/s ", 2_097_152),
            ("2 MB/s", 2_000_000),
            ("2m", 2_000_000),
            ("1.5 MiB/s", 1_572_864),
            ("1,5M", 1_500_000),
            ("1 GiB/s", 1 << 30),
        ] {
            assert_eq!(text.parse(), Ok(Rate(bytes)), "{text}");
        }
    }

    #[test]
    fn what_is_no_speed_is_refused_in_words() {
        for text in ["fast", "K", ".", "1.2.3", "-5", "500 Kbit", "0.2K", "99999999999 G", "1 2", "５００"] {
            let words = text.parse::<Rate>().unwrap_err();
            assert!(words.ends_with('.'), "{text}: {words}");
        }
    }

    #[test]
    fn what_is_shown_is_read_again_as_the_same() {
        let whole = (0..6000).chain([1 << 20]).map(|kib| kib << 10);
        let tens = (0..6000).map(Rate::kilobytes).map(|rate| rate.0);
        for rate in whole.chain(tens).chain([1001, 999_999, 1_230_000, MOST]).map(Rate) {
            assert_eq!(rate.typed().parse(), Ok(rate), "{}", rate.typed());
            assert_eq!(String::from(rate).parse(), Ok(rate));
        }
        assert_eq!(Rate(1_500_000).typed(), "1.5 MB/s");
        assert_eq!(Rate(512_000).typed(), "512 KB/s");
        assert_eq!(Rate(2 << 20).typed(), "2097.152 KB/s");
        assert_eq!(Rate(2 << 20).to_string(), format::speed(2 << 20), "limits are shown in the units of speeds");
    }

    #[test]
    fn limits_are_told_in_a_few_words() {
        let limits = |down, up, both| {
            SpeedLimits { down: Rate::kilobytes(down), up: Rate::kilobytes(up), both: Rate::kilobytes(both) }.to_string()
        };
        assert_eq!(limits(0, 0, 0), "no limit");
        assert_eq!(limits(0, 0, 500), "500 KB/s");
        assert_eq!(limits(500, 200, 0), "500 KB/s down, 200 KB/s up");
        assert_eq!(limits(0, 200, 2000), "200 KB/s up, 2 MB/s in all");
    }

    #[test]
    fn the_stricter_one_is_the_lower_that_limits() {
        assert_eq!(Rate(5).stricter(Rate(0)), Rate(5));
        assert_eq!(Rate(0).stricter(Rate(5)), Rate(5));
        assert_eq!(Rate(7).stricter(Rate(5)), Rate(5));
        assert_eq!(Rate::NONE.stricter(Rate::NONE), Rate::NONE);
    }
}
