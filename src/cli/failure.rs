//! Why a command did not do what it was asked for, and the exit status that says so.

use std::process::ExitCode;

use crate::cli::output::printable;
use crate::model::problem::{Problem, ProblemKind};

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Something did not arrive (or could not be listed); each has been named already when there is no problem here.
    Incomplete(Option<Problem>),
    /// An address or name that means nothing.
    Usage(String),
    /// No session came about.
    Connect(Problem),
    /// A local file or folder.
    Local(Option<Problem>),
}

impl Failure {
    /// Local trouble in a person's words.
    pub(super) fn local(what: impl Into<String>) -> Self {
        Self::Local(Some(Problem::new(ProblemKind::Local, what)))
    }

    /// What one problem of a session that was up amounts to.
    pub(super) fn of(problem: Problem) -> Self {
        if problem.kind == ProblemKind::Local { Self::Local(Some(problem)) } else { Self::Incomplete(Some(problem)) }
    }

    /// The exit status.
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            Self::Incomplete(_) => 1,
            Self::Usage(_) => 2,
            Self::Connect(_) => 3,
            Self::Local(_) => 4,
        }
    }

    /// Says it on standard error.
    pub(super) fn report(&self) {
        let sentence = match self {
            Self::Usage(text) => text.clone(),
            Self::Incomplete(Some(problem)) | Self::Connect(problem) | Self::Local(Some(problem)) => problem.sentence(),
            Self::Incomplete(None) | Self::Local(None) => return,
        };
        eprintln!("moorline: {}", printable(&sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_status() {
        let problem = |kind| Problem::new(kind, "x");
        assert_eq!(Failure::of(problem(ProblemKind::Refused)).status(), 1);
        assert_eq!(Failure::Usage(String::new()).status(), 2);
        assert_eq!(Failure::Connect(problem(ProblemKind::Login)).status(), 3);
        assert_eq!(Failure::of(problem(ProblemKind::Local)).status(), 4);
    }
}
