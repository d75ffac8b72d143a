//! Hears a connect, so that each of its steps gets its time and words.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ftp::Observer;
use crate::model::diagnosis::StepName;
use crate::model::log::LogKind;
use crate::model::session::ConnectStep;

/// Most of a greeting that is kept, in lines.
const KEPT: usize = 20;

#[derive(Debug, Default)]
struct Heard {
    steps: Vec<(ConnectStep, Instant)>,
    greeting: Vec<String>,
    greeted: Option<Instant>,
    commands: usize,
    problems: Vec<String>,
}

/// What was heard of one connection.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Heard>);

impl Observer for Recorder {
    fn line(&self, kind: LogKind, text: &str) {
        let mut heard = self.heard();
        match kind {
            LogKind::Command => heard.commands += 1,
            LogKind::Reply if heard.commands == 0 => {
                if heard.greeting.len() < KEPT {
                    heard.greeting.push(text.to_owned());
                }
                heard.greeted = Some(Instant::now());
            }
            LogKind::Problem => heard.problems.push(text.to_owned()),
            LogKind::Reply | LogKind::Note => {}
        }
    }

    fn step(&self, step: ConnectStep) {
        self.heard().steps.push((step, Instant::now()));
    }
}

impl Recorder {
    /// Has heard nothing yet.
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a step last began.
    pub(super) fn began(&self, step: ConnectStep) -> Option<Instant> {
        self.heard().steps.iter().rev().find(|(heard, _)| *heard == step).map(|(_, at)| *at)
    }

    /// From the last dialling until there was a connection.
    pub(super) fn dialling(&self) -> Duration {
        let heard = self.heard();
        let dialled = heard.steps.iter().rposition(|(step, _)| *step == ConnectStep::Dialling);
        let begun = dialled.and_then(|at| heard.steps.get(at)).map_or_else(Instant::now, |(_, at)| *at);
        let connected = dialled.and_then(|at| heard.steps.get(at + 1)).map_or_else(Instant::now, |(_, at)| *at);
        connected.saturating_duration_since(begun)
    }

    /// From when the greeting was awaited until its last line.
    pub(super) fn greeting_took(&self) -> Duration {
        let awaited = self.began(ConnectStep::Greeting);
        let greeted = self.heard().greeted.unwrap_or_else(Instant::now);
        awaited.map_or(Duration::ZERO, |awaited| greeted.saturating_duration_since(awaited))
    }

    /// The greeting's lines as they came; empty when there was none.
    pub(super) fn greeting(&self) -> String {
        self.heard().greeting.join(" ")
    }

    /// What failed before the last address was dialled.
    pub(super) fn problems(&self) -> Vec<String> {
        self.heard().problems.clone()
    }

    /// At which step the connect is.
    pub(super) fn stage(&self) -> StepName {
        let (greeting, securing) = (self.began(ConnectStep::Greeting), self.began(ConnectStep::Securing));
        if self.heard().commands > 0 {
            StepName::Security
        } else if greeting.is_some() {
            StepName::Greeting
        } else if securing.is_some() {
            StepName::Security
        } else {
            StepName::Route
        }
    }
}
