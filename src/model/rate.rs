//! A speed limit as a person states it: “500 KiB/s”, “2 MiB/s”, or none.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// KiB in a MiB.
const MIB: u32 = 1024;

/// A limit in KiB a second; zero is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate(pub u32);

impl Rate {
    /// No limit.
    pub const NONE: Self = Self(0);

    /// Whether it limits nothing.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Bytes a second; `None` is no limit.
    #[must_use]
    pub fn bytes(self) -> Option<NonZeroU64> {
        NonZeroU64::new(u64::from(self.0) * 1024)
    }

    /// As it is typed into a field: nothing is no limit.
    #[must_use]
    pub fn typed(self) -> String {
        if self.is_none() { String::new() } else { self.to_string() }
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
            kib if kib % MIB == 0 => write!(f, "{} MiB/s", kib / MIB),
            // Tenths of a MiB are shown so, when they are exact to the KiB.
            kib if kib > MIB && tenths(kib / MIB, kib % MIB * 10 / MIB) == Some(kib) => {
                write!(f, "{}.{} MiB/s", kib / MIB, kib % MIB * 10 / MIB)
            }
            kib => write!(f, "{kib} KiB/s"),
        }
    }
}

fn tenths(whole: u32, tenth: u32) -> Option<u32> {
    whole.checked_mul(MIB)?.checked_add(tenth * MIB / 10)
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{}” is no speed. Type one such as 500 KiB/s or 2 MiB/s, or nothing.", text.trim());
        let lower = text.trim().to_ascii_lowercase();
        if lower.is_empty() || lower == "no limit" || lower == "none" {
            return Ok(Self::NONE);
        }
        let end = lower.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(lower.len());
        let (figure, unit) = lower.split_at(end);
        let factor: u128 = match unit.trim().trim_end_matches("/s") {
            "" | "k" | "kb" | "kib" => 1,
            "m" | "mb" | "mib" => 1024,
            "g" | "gb" | "gib" => 1024 * 1024,
            _ => return Err(wrong()),
        };
        let (whole, part) = figure.split_once(['.', ',']).unwrap_or((figure, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let scale = 10_u128.pow(u32::try_from(part.len()).map_err(|_| wrong())?);
        let kib = digits.parse::<u128>().map_err(|_| wrong())? * factor / scale;
        match u32::try_from(kib) {
            Ok(0) if digits.bytes().any(|byte| byte != b'0') => Err("The least limit is 1 KiB/s.".into()),
            Ok(kib) => Ok(Self(kib)),
            Err(_) => Err("This is more than any line carries; leave the field empty for no limit.".into()),
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
        rate.to_string()
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
        for (text, kib) in [
            ("", 0),
            ("0", 0),
            ("0.0 MiB/s", 0),
            ("no limit", 0),
            ("500", 500),
            ("500K", 500),
            ("500 kB/s", 500),
            ("500 KiB/s", 500),
            (" 2 MiB/s ", 2048),
            ("2m", 2048),
            ("1.5 MiB/s", 1536),
            ("1,5M", 1536),
            ("1 GiB/s", 1024 * 1024),
        ] {
            assert_eq!(text.parse(), Ok(Rate(kib)), "{text}");
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
        for kib in (0..6000).chain([u32::MAX, 1024 * 1024]) {
            let shown = Rate(kib).to_string();
            assert_eq!(shown.parse(), Ok(Rate(kib)), "{shown}");
        }
        assert_eq!(Rate(1536).to_string(), "1.5 MiB/s");
        assert_eq!(Rate(1500).to_string(), "1500 KiB/s");
    }

    #[test]
    fn limits_are_told_in_a_few_words() {
        let limits = |down, up, both| SpeedLimits { down: Rate(down), up: Rate(up), both: Rate(both) }.to_string();
        assert_eq!(limits(0, 0, 0), "no limit");
        assert_eq!(limits(0, 0, 500), "500 KiB/s");
        assert_eq!(limits(500, 200, 0), "500 KiB/s down, 200 KiB/s up");
        assert_eq!(limits(0, 200, 2048), "200 KiB/s up, 2 MiB/s in all");
    }

    #[test]
    fn the_stricter_one_is_the_lower_that_limits() {
        assert_eq!(Rate(5).stricter(Rate(0)), Rate(5));
        assert_eq!(Rate(0).stricter(Rate(5)), Rate(5));
        assert_eq!(Rate(7).stricter(Rate(5)), Rate(5));
        assert_eq!(Rate::NONE.stricter(Rate::NONE), Rate::NONE);
    }
}
