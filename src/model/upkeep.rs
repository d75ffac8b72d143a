//! Which command keeps a host's sessions alive, what a cut in spite of it teaches, and when it is better to let go.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::model::goodbye::Cause;
use crate::model::keepalive::{SHORTEST_INTERVAL, round_figure};
use crate::model::session::IdleLimit;
use crate::model::site::KeepAlive;

/// How much later than planned a keep-alive may have gone out and still count as in time: a machine that slept proves nothing.
const IN_TIME: Duration = Duration::from_secs(5);

/// A command that is sent while nothing else is, and that changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdleCommand {
    /// NOOP.
    #[default]
    Noop,
    /// PWD.
    Pwd,
    /// STAT, without a path: the server's own state.
    Stat,
    /// TYPE I, which is set already.
    Type,
}

impl IdleCommand {
    /// The line that is sent.
    #[must_use]
    pub fn line(self) -> &'static str {
        match self {
            Self::Noop => "NOOP",
            Self::Pwd => "PWD",
            Self::Stat => "STAT",
            Self::Type => "TYPE I",
        }
    }

    /// The one that is tried when this one does not help.
    fn next(self) -> Option<Self> {
        match self {
            Self::Noop => Some(Self::Pwd),
            Self::Pwd => Some(Self::Stat),
            Self::Stat => Some(Self::Type),
            Self::Type => None,
        }
    }
}

/// What was found out about how a host's sessions are kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upkeep {
    /// The command that goes out.
    pub command: IdleCommand,
    /// Whether it helps; false once all of them were tried.
    pub helps: bool,
    /// Seconds without a transfer after which the server ends the session, whatever commands come.
    pub no_transfer: Option<u32>,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self { command: IdleCommand::default(), helps: true, no_transfer: None }
    }
}

/// The end of an idle connection, as far as it can teach something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Why, in the server's words.
    pub cause: Cause,
    /// The limit that the words named, in seconds.
    pub named: Option<u32>,
    /// Keep-alives since the connection was last used.
    pub keep_alives: u32,
    /// Whether the end was the answer to a keep-alive.
    pub answers_keep_alive: bool,
    /// Time since the connection was last used: a listing or a transfer.
    pub since_use: Duration,
    /// Time since anything was said.
    pub silence: Duration,
    /// How often keep-alives go out; `None` when they are off.
    pub interval: Option<Duration>,
}

/// What a cut says about the idle limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// Nothing.
    Nothing,
    /// The server named it, in seconds.
    Named(u32),
    /// The server cut after this much silence.
    Measured(Duration),
}

impl Upkeep {
    /// The server does not know the command, or dislikes it: the next one is tried.
    pub fn refused(&mut self) {
        match self.command.next() {
            Some(next) => self.command = next,
            None => self.helps = false,
        }
    }

    /// Takes a cut in, and returns what it says about the idle limit.
    pub fn cut(&mut self, cut: &Cut) -> Lesson {
        match cut.cause {
            Cause::NoTransferTimeout => {
                let seconds = cut.named.unwrap_or_else(|| round_figure(cut.since_use));
                if cut.named.is_some() || cut.since_use >= SHORTEST_INTERVAL {
                    self.no_transfer = Some(seconds);
                }
                Lesson::Nothing
            }
            Cause::IdleTimeout => {
                let in_time = cut.interval.is_some_and(|interval| cut.silence <= interval + IN_TIME);
                // The first keep-alive that comes too late is answered by the cut: then the limit is shorter than was thought.
                let too_late = cut.keep_alives == 1 && cut.answers_keep_alive;
                if cut.keep_alives > 0 && in_time && !too_late {
                    self.refused();
                    return cut.named.map_or(Lesson::Measured(cut.since_use), Lesson::Named);
                }
                cut.named.map_or(Lesson::Measured(cut.silence), Lesson::Named)
            }
            Cause::ProtocolAbuse | Cause::Unknown if cut.answers_keep_alive => {
                self.refused();
                Lesson::Nothing
            }
            _ => Lesson::Nothing,
        }
    }

    /// When an unused connection is better let go in peace than cut; `None` when keep-alives hold it, or are off.
    #[must_use]
    pub fn let_go_at(&self, setting: KeepAlive, limit: Option<IdleLimit>, last_use: Instant) -> Option<Instant> {
        if setting == KeepAlive::Off {
            return None;
        }
        let idle = limit.map(|limit| limit.seconds).filter(|_| !self.helps);
        let seconds = [self.no_transfer, idle].into_iter().flatten().min()?;
        // A little before the server would.
        last_use.checked_add(Duration::from_secs(u64::from(seconds.saturating_sub((seconds / 10).clamp(1, 5)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::LimitSource;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn idle_cut() -> Cut {
        Cut {
            cause: Cause::IdleTimeout,
            named: None,
            keep_alives: 0,
            answers_keep_alive: false,
            since_use: seconds(60),
            silence: seconds(60),
            interval: Some(seconds(15)),
        }
    }

    #[test]
    fn a_cut_without_keep_alives_teaches_the_limit() {
        let mut upkeep = Upkeep::default();
        assert_eq!(upkeep.cut(&idle_cut()), Lesson::Measured(seconds(60)));
        assert_eq!(upkeep.cut(&Cut { named: Some(55), ..idle_cut() }), Lesson::Named(55));
        assert_eq!(upkeep, Upkeep::default());
    }

    #[test]
    fn a_cut_in_spite_of_keep_alives_in_time_tries_the_next_command() {
        let mut upkeep = Upkeep::default();
        let cut = Cut { keep_alives: 3, silence: seconds(14), ..idle_cut() };
        for command in [IdleCommand::Pwd, IdleCommand::Stat, IdleCommand::Type] {
            assert_eq!(upkeep.cut(&cut), Lesson::Measured(seconds(60)), "the silence since the connection was used counts");
            assert_eq!((upkeep.command, upkeep.helps), (command, true));
        }
        upkeep.cut(&cut);
        assert!(!upkeep.helps, "nothing helps");
    }

    #[test]
    fn what_proves_nothing_changes_nothing() {
        let mut upkeep = Upkeep::default();
        // The machine slept, or the line was dead.
        let slept = Cut { keep_alives: 2, silence: seconds(500), since_use: seconds(540), ..idle_cut() };
        assert_eq!(upkeep.cut(&slept), Lesson::Measured(seconds(500)));
        // The first keep-alive came when the limit was over.
        let late = Cut { keep_alives: 1, answers_keep_alive: true, silence: seconds(15), since_use: seconds(15), ..idle_cut() };
        assert_eq!(upkeep.cut(&late), Lesson::Measured(seconds(15)));
        for cause in [Cause::ShutdownOrRestart, Cause::AdminKick, Cause::TooManyUsers] {
            assert_eq!(upkeep.cut(&Cut { cause, keep_alives: 2, answers_keep_alive: true, ..idle_cut() }), Lesson::Nothing);
        }
        assert_eq!(upkeep, Upkeep::default());
    }

    #[test]
    fn a_keep_alive_that_is_punished_or_unknown_is_not_sent_again() {
        let mut upkeep = Upkeep::default();
        upkeep.cut(&Cut { cause: Cause::ProtocolAbuse, keep_alives: 1, answers_keep_alive: true, ..idle_cut() });
        assert_eq!(upkeep.command, IdleCommand::Pwd);
        upkeep.refused();
        assert_eq!(upkeep.command, IdleCommand::Stat);
    }

    #[test]
    fn a_no_transfer_timer_is_learned_and_the_connection_let_go_before_it() {
        let mut upkeep = Upkeep::default();
        let cut =
            Cut { cause: Cause::NoTransferTimeout, keep_alives: 1, since_use: seconds(31), silence: seconds(16), ..idle_cut() };
        assert_eq!(upkeep.cut(&cut), Lesson::Nothing, "it is no idle limit");
        assert_eq!((upkeep.no_transfer, upkeep.command, upkeep.helps), (Some(30), IdleCommand::Noop, true));
        upkeep.cut(&Cut { named: Some(300), ..cut });
        assert_eq!(upkeep.no_transfer, Some(300));
        let used = Instant::now();
        assert_eq!(upkeep.let_go_at(KeepAlive::Automatic, None, used), Some(used + seconds(295)));
        assert_eq!(upkeep.let_go_at(KeepAlive::Off, None, used), None, "a person wants nothing of the kind");
    }

    #[test]
    fn it_is_let_go_at_the_idle_limit_only_when_nothing_helps() {
        let limit = Some(IdleLimit { seconds: 20, source: LimitSource::Learned });
        let used = Instant::now();
        assert_eq!(Upkeep::default().let_go_at(KeepAlive::Automatic, limit, used), None);
        let helpless = Upkeep { helps: false, ..Upkeep::default() };
        assert_eq!(helpless.let_go_at(KeepAlive::Automatic, limit, used), Some(used + seconds(18)));
        assert_eq!(helpless.let_go_at(KeepAlive::Automatic, None, used), None);
        let both = Upkeep { no_transfer: Some(10), ..helpless };
        assert_eq!(both.let_go_at(KeepAlive::Automatic, limit, used), Some(used + seconds(9)), "the shorter one");
    }
}
