//! Sizes and times in a person's words.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use crate::model::entry::{Modified, Precision};

pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub fn size(bytes: u64) -> String {
    let units = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[allow(clippy::cast_precision_loss)]
    let mut value = bytes as f64 / 1000.0;
    for (at, unit) in units.iter().enumerate() {
        if value < 1000.0 || at == units.len() - 1 {
            return if at >= 2 && value < 10.0 {
                format!("{value:.2} {unit}")
            } else if value < 100.0 {
                format!("{value:.1} {unit}")
            } else {
                format!("{value:.0} {unit}")
            };
        }
        value /= 1000.0;
    }
    String::new()
}

pub fn speed(bytes: u64) -> String {
    format!("{}/s", size(bytes))
}

pub fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

pub fn seconds_until(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64().ceil())
}

pub fn modified(modified: Modified, today: &Zoned) -> String {
    let at = modified.at.to_zoned(today.time_zone().clone());
    if at.date() == today.date() && modified.precision != Precision::Day {
        at.strftime("today %H:%M").to_string()
    } else if at.date().year() == today.date().year() {
        at.strftime("%-d %b").to_string()
    } else {
        at.strftime("%-d %b %Y").to_string()
    }
}

pub fn exact_time(at: Timestamp, today: &Zoned) -> String {
    at.to_zoned(today.time_zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub fn clock(at: Timestamp, today: &Zoned) -> String {
    at.to_zoned(today.time_zone().clone()).strftime("%H:%M").to_string()
}

pub fn clock_seconds(at: Timestamp, today: &Zoned) -> String {
    at.to_zoned(today.time_zone().clone()).strftime("%H:%M:%S").to_string()
}

pub fn mode(mode: u32) -> String {
    (0..9).map(|bit| if mode >> (8 - bit) & 1 == 1 { "rwx".chars().nth(bit % 3).unwrap_or('-') } else { '-' }).collect()
}
