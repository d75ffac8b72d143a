//! What an examination of a server found, step by step, and the one conclusion that follows from it.

mod certificate;
mod finding;
mod rendering;

use std::time::Duration;

use serde::Serialize;

pub use certificate::of_certificate;
pub use finding::Finding;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but not as it should.
    Warning,
    /// It does not work.
    Failed,
    /// Not examined.
    Skipped,
}

/// What is examined, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the titles say it")]
pub enum StepName {
    Name,
    Route,
    Greeting,
    Security,
    Login,
    Features,
    Passive,
    Data,
    Listing,
    RoundTrip,
    Clock,
    IdleLimit,
}

impl StepName {
    /// All steps, in order.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Route,
        Self::Greeting,
        Self::Security,
        Self::Login,
        Self::Features,
        Self::Passive,
        Self::Data,
        Self::Listing,
        Self::RoundTrip,
        Self::Clock,
        Self::IdleLimit,
    ];

    /// What a person reads.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "Host name",
            Self::Route => "Route to the port",
            Self::Greeting => "Greeting",
            Self::Security => "Encryption",
            Self::Login => "Login",
            Self::Features => "Features",
            Self::Passive => "Passive address",
            Self::Data => "Data connection",
            Self::Listing => "Listing",
            Self::RoundTrip => "Keep-alive",
            Self::Clock => "Clock",
            Self::IdleLimit => "Idle limit",
        }
    }

    /// Whether there is no session without it.
    #[must_use]
    pub fn carries_session(self) -> bool {
        self <= Self::Login
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was examined.
    pub name: StepName,
    /// What was found.
    pub finding: Finding,
    /// How long it took; nothing when it was not examined.
    pub took: Duration,
    /// The details, in a person's words.
    pub words: String,
}

impl Step {
    /// How it ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.finding.verdict()
    }

    /// What to do about it; empty when there is nothing to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.finding.advice()
    }
}

/// What the steps come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything is as it should be.
    Fine,
    /// A session comes about, and something does not work as it should.
    Impaired,
    /// No session comes about.
    NoSession,
}

/// The one thing to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// What the steps come to.
    pub outcome: Outcome,
    /// The finding that decides.
    pub finding: Finding,
}

impl Conclusion {
    /// What is the matter, one sentence.
    #[must_use]
    pub fn headline(&self) -> &'static str {
        self.finding.headline()
    }

    /// What to do about it; empty when there is nothing to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.finding.advice()
    }
}

/// What decides: the first step that failed, else the first one that does not work as it should.
#[must_use]
pub fn conclude(steps: &[Step]) -> Conclusion {
    let first = |verdict| steps.iter().find(|step| step.verdict() == verdict);
    match first(Verdict::Failed).or_else(|| first(Verdict::Warning)) {
        None => Conclusion { outcome: Outcome::Fine, finding: Finding::Fine },
        Some(step) => {
            let is_fatal = step.verdict() == Verdict::Failed && step.name.carries_session();
            let outcome = if is_fatal { Outcome::NoSession } else { Outcome::Impaired };
            Conclusion { outcome, finding: step.finding }
        }
    }
}

/// A whole examination. User names and secrets are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The server, as `host:port`.
    pub server: String,
    /// What the steps come to.
    pub conclusion: Conclusion,
    /// All steps, in order.
    pub steps: Vec<Step>,
}

impl Report {
    /// Draws the conclusion, fills up the steps that were not reached, and takes `hidden` (the user's name, the password) out of
    /// every text.
    #[must_use]
    pub fn new(server: String, mut steps: Vec<Step>, hidden: &[&str]) -> Self {
        for name in StepName::ALL {
            if steps.iter().all(|step| step.name != name) {
                let words = "Not examined: an earlier step has to work first.".to_owned();
                steps.push(Step { name, finding: Finding::NotReached, took: Duration::ZERO, words });
            }
        }
        steps.sort_by_key(|step| step.name);
        for step in &mut steps {
            step.words = rendering::redacted(&step.words, hidden);
        }
        Self { server, conclusion: conclude(&steps), steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: StepName, finding: Finding) -> Step {
        Step { name, finding, took: Duration::from_millis(12), words: "Words of anna with pa55word.".to_owned() }
    }

    #[test]
    fn the_first_failure_decides_then_the_first_warning() {
        let table = [
            (vec![step(StepName::Name, Finding::Fine)], Outcome::Fine, Finding::Fine),
            (vec![step(StepName::Clock, Finding::NotTold)], Outcome::Fine, Finding::Fine),
            (
                vec![step(StepName::Passive, Finding::ForeignAddress), step(StepName::Data, Finding::DataRefused)],
                Outcome::Impaired,
                Finding::DataRefused,
            ),
            (
                vec![step(StepName::Route, Finding::Slow), step(StepName::Listing, Finding::ListingUnread)],
                Outcome::Impaired,
                Finding::Slow,
            ),
            (
                vec![step(StepName::Route, Finding::Slow), step(StepName::Login, Finding::LoginRefused)],
                Outcome::NoSession,
                Finding::LoginRefused,
            ),
        ];
        for (steps, outcome, finding) in table {
            assert_eq!(conclude(&steps), Conclusion { outcome, finding }, "{steps:?}");
        }
    }

    #[test]
    fn a_report_has_every_step_and_no_names() {
        let report = Report::new("h:21".to_owned(), vec![step(StepName::Login, Finding::LoginRefused)], &["anna", "pa55word"]);
        assert_eq!(report.steps.iter().map(|step| step.name).collect::<Vec<_>>(), StepName::ALL);
        assert_eq!(report.steps[4].words, "Words of **** with ****.");
        assert_eq!(report.steps[11].verdict(), Verdict::Skipped);
    }
}
