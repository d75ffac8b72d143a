//! What is tried again, and when: connections by the plan of their goodbye, transfers by the reply that ended them.

use std::time::Duration;

use crate::model::goodbye::Plan;

/// How many attempts a reconnect makes before a person is left to decide.
pub const RECONNECT_ATTEMPTS: u32 = 10;

/// How often one transfer is begun before it counts as failed.
pub const TRANSFER_TRIES: u32 = 5;

/// Seconds before the attempts after a plain loss; the last one goes on.
const AFTER_LOSS: [u64; 6] = [1, 2, 5, 10, 30, 60];

/// The first wait for a full or restarting server, in seconds; each further one is half as long again.
const FIRST_BACK_OFF: f64 = 30.0;

/// No wait for a full server is longer, in seconds.
const LONGEST_BACK_OFF: f64 = 300.0;

/// How the session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server said something, and this follows from it.
    Said(Plan),
    /// Without words: FIN, RST, silence, a refused port, an unreachable net.
    Lost,
}

/// How long to wait before attempt number `attempt` (from 1); `None`: no further attempt by itself.
///
/// `unit` is a random figure from 0 to 1, so that many clients of one server do not come back in the same second.
#[must_use]
pub fn reconnect_delay(ended: Ended, attempt: u32, unit: f64) -> Option<Duration> {
    if attempt == 0 || attempt > RECONNECT_ATTEMPTS {
        return None;
    }
    match ended {
        Ended::Lost => Some(after_loss(attempt)),
        Ended::Said(Plan::ReconnectNow) if attempt == 1 => Some(Duration::ZERO),
        // The way back failed: from here on it is a loss like any other.
        Ended::Said(Plan::ReconnectNow) => Some(after_loss(attempt - 1)),
        Ended::Said(Plan::ReconnectBackingOff | Plan::LowerConnections) => Some(backing_off(attempt, unit)),
        Ended::Said(Plan::WaitAndRetry { seconds }) if attempt == 1 => Some(Duration::from_secs(u64::from(seconds))),
        // Whenever the server says how long, that is the least.
        Ended::Said(Plan::WaitAndRetry { seconds }) => {
            Some(backing_off(attempt - 1, unit).max(Duration::from_secs(u64::from(seconds))))
        }
        Ended::Said(Plan::Done | Plan::StayAway { .. } | Plan::SessionSurvives | Plan::Remember) => None,
    }
}

fn after_loss(attempt: u32) -> Duration {
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = AFTER_LOSS.get(index).or(AFTER_LOSS.last()).copied().unwrap_or(60);
    Duration::from_secs(seconds)
}

fn backing_off(attempt: u32, unit: f64) -> Duration {
    let steps = i32::try_from(attempt.saturating_sub(1).min(20)).unwrap_or(20);
    let base = (FIRST_BACK_OFF * 1.5_f64.powi(steps)).min(LONGEST_BACK_OFF);
    let unit = if unit.is_finite() { unit.clamp(0.0, 1.0) } else { 0.5 };
    // Jitter of a fifth, downwards at the cap, upwards at the floor: the limits hold.
    let jittered = (base * (0.8 + 0.4 * unit)).clamp(FIRST_BACK_OFF, LONGEST_BACK_OFF);
    Duration::from_secs_f64(jittered)
}

/// What becomes of a transfer that failed; which cause has which is in [`crate::model::cause`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferRetry {
    /// Transient: again from where it was, up to [`TRANSFER_TRIES`] times.
    Again,
    /// The server does not go on in the middle of a file: again, from the start.
    AgainFromStart,
    /// Permanent until a person mends something (quota, space, permission, a missing folder).
    WhenMended,
    /// The server will never do this.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(ended: Ended, attempt: u32) -> Option<u64> {
        reconnect_delay(ended, attempt, 0.5).map(|delay| delay.as_secs())
    }

    #[test]
    fn a_plain_loss_is_tried_sooner_at_first_and_ten_times() {
        let all: Vec<_> = (1..=11).map(|attempt| seconds(Ended::Lost, attempt)).collect();
        let expected = [1, 2, 5, 10, 30, 60, 60, 60, 60, 60].map(Some);
        assert_eq!(all.split_last(), Some((&None, &expected[..])));
        assert_eq!(seconds(Ended::Lost, 0), None);
    }

    #[test]
    fn an_idle_cut_comes_back_at_once() {
        let plan = Ended::Said(Plan::ReconnectNow);
        assert_eq!([1, 2, 3, 10, 11].map(|n| seconds(plan, n)), [Some(0), Some(1), Some(2), Some(60), None]);
    }

    #[test]
    fn a_full_server_is_left_in_peace_for_longer_and_longer() {
        for plan in [Plan::ReconnectBackingOff, Plan::LowerConnections] {
            let all: Vec<_> = (1..=10).filter_map(|n| seconds(Ended::Said(plan), n)).collect();
            assert_eq!(all, [30, 45, 67, 101, 151, 227, 300, 300, 300, 300]);
        }
        for attempt in 1..=10 {
            for unit in [0.0, 0.3, 0.999, 1.0, -4.0, 9.0, f64::NAN] {
                let delay = reconnect_delay(Ended::Said(Plan::ReconnectBackingOff), attempt, unit).unwrap();
                assert!((30..=300).contains(&delay.as_secs()), "attempt {attempt}, unit {unit}: {delay:?}");
            }
        }
        let low = reconnect_delay(Ended::Said(Plan::ReconnectBackingOff), 3, 0.0);
        assert!(low < reconnect_delay(Ended::Said(Plan::ReconnectBackingOff), 3, 1.0), "jitter spreads the clients");
    }

    #[test]
    fn a_named_wait_is_kept_and_a_ban_is_never_tried() {
        let plan = Ended::Said(Plan::WaitAndRetry { seconds: 600 });
        assert_eq!([1, 2, 3].map(|n| seconds(plan, n)), [Some(600), Some(600), Some(600)]);
        let short = Ended::Said(Plan::WaitAndRetry { seconds: 40 });
        assert_eq!([1, 2, 3].map(|n| seconds(short, n)), [Some(40), Some(40), Some(45)]);
        for plan in [Plan::StayAway { seconds: Some(600) }, Plan::StayAway { seconds: None }, Plan::Done, Plan::SessionSurvives] {
            assert_eq!(seconds(Ended::Said(plan), 1), None, "{plan}");
        }
    }
}
