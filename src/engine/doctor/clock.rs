//! The server's clock, where it tells its time by itself: nothing is written to find it out.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::doctor::Chart;
use crate::ftp::Reply;
use crate::model::diagnosis::{Finding, StepName};

/// Zones of the world differ by quarters of an hour.
const QUARTER: i32 = 15;
/// Minutes that a clock may be off.
const TOLERATED: i32 = 2;

/// pure-ftpd greets with “Local time is now 14:35”: in its own zone, so that only the minutes within a quarter of an hour tell.
pub(super) fn examine(chart: &mut Chart, greeting: &Reply) {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let (finding, words) = match told(&greeting.text()) {
        None => (Finding::NotTold, "The server does not tell its time.".to_owned()),
        Some(minute) => match drift(minute, i32::from(now.minute())) {
            drift if drift.abs() > TOLERATED => (Finding::ClockWrong, format!("Its minutes are {} off ({drift:+}).", drift.abs())),
            _ => (Finding::Fine, "The minutes in its greeting agree with this computer's.".to_owned()),
        },
    };
    chart.record(StepName::Clock, finding, Duration::ZERO, words);
}

/// The minute in “Local time is now HH:MM”.
fn told(greeting: &str) -> Option<i32> {
    let (_, behind) = greeting.split_once("Local time is now ")?;
    let (hour, rest) = behind.split_once(':')?;
    let minute: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let (hour, minute) = (hour.parse::<i32>().ok()?, minute.parse::<i32>().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(minute)
}

/// By how many minutes the server is ahead, zones left out: -7 to 7.
fn drift(server: i32, here: i32) -> i32 {
    let ahead = (server - here).rem_euclid(QUARTER);
    if ahead > QUARTER / 2 { ahead - QUARTER } else { ahead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minutes_of_a_greeting_are_read() {
        assert_eq!(told("Welcome Local time is now 14:35. Server port: 21."), Some(35));
        assert_eq!(told("Local time is now 24:10."), None);
        assert_eq!(told("ready"), None);
    }

    #[test]
    fn zones_do_not_count_as_drift() {
        for (server, here, off) in
            [(35, 35, 0), (5, 35, 0), (50, 35, 0), (36, 35, 1), (59, 0, -1), (0, 59, 1), (10, 5, 5), (5, 10, -5)]
        {
            assert_eq!(drift(server, here), off, "{server} {here}");
        }
    }
}
