//! What is done about a goodbye.

use std::fmt;

/// What follows from a reply that ends (or nearly ends) a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plan {
    /// It ended as it should: nothing follows.
    Done,
    /// Come back at once: the server only wanted the idle connection gone.
    ReconnectNow,
    /// Come back by itself, 30 s growing to 5 min: the server is full, restarting or in trouble.
    ReconnectBackingOff,
    /// Go on with the connections that are open, open no more, and remember it.
    LowerConnections,
    /// Come back once, when this time is over (the server named it, or it is a usual one).
    WaitAndRetry {
        /// How long.
        seconds: u32,
    },
    /// Do not come back by itself: a person decides. Coming back now would make it worse or cannot help.
    StayAway {
        /// How long a person should wait; `None` when waiting does not help (wrong password, address not allowed).
        seconds: Option<u32>,
    },
    /// The connection goes on: only the command or the transfer failed.
    SessionSurvives,
    /// Nothing ended: a figure to remember.
    Remember,
}

impl Plan {
    /// The plan's name, in kebab-case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ReconnectNow => "reconnect-now",
            Self::ReconnectBackingOff => "reconnect-backing-off",
            Self::LowerConnections => "lower-connections",
            Self::WaitAndRetry { .. } => "wait-and-retry",
            Self::StayAway { .. } => "stay-away",
            Self::SessionSurvives => "session-survives",
            Self::Remember => "remember",
        }
    }

    /// The wait that belongs to it, in seconds.
    #[must_use]
    pub fn wait_seconds(self) -> Option<u32> {
        match self {
            Self::WaitAndRetry { seconds } => Some(seconds),
            Self::StayAway { seconds } => seconds,
            _ => None,
        }
    }

    /// Whether a connection is made again without a person.
    #[must_use]
    pub fn comes_back(self) -> bool {
        matches!(self, Self::ReconnectNow | Self::ReconnectBackingOff | Self::LowerConnections | Self::WaitAndRetry { .. })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
