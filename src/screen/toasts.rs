//! Short messages: all go by themselves, the longer the later, none while the pointer is over them; the log keeps trouble.

use crate::model::format;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::transfer::QueueSummary;
use crate::screen::state::{PanelTab, Screen, Toast};
use crate::screen::verb::Verb;

/// How many messages are shown at once.
pub const MOST: usize = 3;
/// Seconds that a notice stays.
const NOTICE_SECONDS: f64 = 4.0;
/// Files that fail within so many seconds of each other are told of together.
const BURST_SECONDS: f64 = 10.0;
/// Seconds that a notice with advice to read stays.
const ADVICE_SECONDS: f64 = 12.0;
/// Seconds that something stays that a person can do something about at once.
const OFFER_SECONDS: f64 = 30.0;
/// The least and the most seconds that trouble stays.
const TROUBLE_SECONDS: (f64, f64) = (8.0, 15.0);
/// Letters of trouble that are read in a second, by somebody who first has to look that way.
const READ_PER_SECOND: f64 = 15.0;
/// Seconds that messages stay at least when the pointer has left them.
const LEFT_SECONDS: f64 = 2.0;

impl Screen {
    /// Tells that something is done.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.push_toast(text.into(), String::new(), NOTICE_SECONDS, Kind::Done);
    }

    /// Tells why nothing was done.
    pub fn decline(&mut self, text: impl Into<String>) {
        self.push_toast(text.into(), String::new(), NOTICE_SECONDS, Kind::Plain);
    }

    /// Tells something that a person has to act upon some time.
    pub fn advise(&mut self, text: impl Into<String>, detail: impl Into<String>) {
        self.push_toast(text.into(), detail.into(), ADVICE_SECONDS, Kind::Plain);
    }

    /// As [`Self::advise`], with a button for what can be done about it.
    pub fn offer(&mut self, text: impl Into<String>, detail: impl Into<String>, verb: Verb) {
        self.push_toast(text.into(), detail.into(), OFFER_SECONDS, Kind::Plain);
        if let Some(toast) = self.toasts.last_mut() {
            toast.verb = Some(verb);
        }
    }

    /// Tells of trouble, and has it written into the log, where it can still be read later.
    pub fn complain(&mut self, text: impl Into<String>, detail: impl Into<String>) {
        let (text, detail) = (text.into(), detail.into());
        self.untold.push(if detail.is_empty() { text.clone() } else { format!("{text} {detail}") });
        let seconds = seconds_to_read(&text, &detail);
        self.push_toast(text, detail, seconds, Kind::Trouble);
    }

    /// Tells of a failure, unless a person wanted it.
    pub fn complain_of(&mut self, problem: &Problem) {
        if problem.kind == ProblemKind::Cancelled {
            return;
        }
        let mut detail = problem.advice.clone();
        if let Some(words) = &problem.server_words {
            if !detail.is_empty() {
                detail.push(' ');
            }
            detail.push_str(&format!("“{words}”"));
        }
        self.complain(problem.what.clone(), detail);
    }

    /// Takes in how the queue stands, and tells of files that failed: once for those that fail soon after each other.
    pub fn take_queue(&mut self, queue: QueueSummary, now: f64) {
        self.now = now;
        let before = std::mem::replace(&mut self.queue, queue).failures;
        if queue.failures <= before {
            return;
        }
        let told = self.failures.toast;
        let is_told = told.is_some_and(|id| self.toasts.iter().any(|toast| toast.id == id));
        let is_new = !is_told && now - self.failures.last > BURST_SECONDS;
        if is_new || told.is_none() {
            self.failures.before = before;
        }
        self.failures.last = now;
        // Whoever looks at them, or took the message away a moment ago, knows.
        if self.tab == PanelTab::Failed || (told.is_some() && !is_told && !is_new) {
            return;
        }
        let words = format::counted(queue.failures - self.failures.before, "file did not arrive.", "files did not arrive.");
        match self.toasts.iter_mut().find(|toast| Some(toast.id) == told) {
            Some(toast) => {
                toast.text = words;
                toast.until = toast.until.max(now + TROUBLE_SECONDS.0);
            }
            None => {
                self.failures.toast = Some(self.next_toast);
                self.complain(words, "The tab “Failed” says why.");
            }
        }
    }

    /// A person looks at what failed.
    pub fn failures_seen(&mut self) {
        let told = self.failures.toast;
        self.toasts.retain(|toast| Some(toast.id) != told);
    }

    /// Takes away the messages whose time is over, unless somebody points at them.
    pub fn expire_toasts(&mut self) {
        let now = self.now;
        if !self.toasts_held {
            self.toasts.retain(|toast| toast.until > now);
        }
    }

    /// The pointer came over the messages, or left them; then they stay a moment longer.
    pub fn hold_toasts(&mut self, held: bool) {
        self.toasts_held = held;
        let least = self.now + LEFT_SECONDS;
        self.toasts.iter_mut().for_each(|toast| toast.until = toast.until.max(least));
    }

    /// The same message again replaces the one that stands; when there are too many the oldest notice goes, then the oldest.
    fn push_toast(&mut self, text: String, detail: String, seconds: f64, kind: Kind) {
        self.toasts.retain(|toast| (&toast.text, &toast.detail) != (&text, &detail));
        while self.toasts.len() >= MOST {
            let oldest_notice = self.toasts.iter().position(|toast| !toast.is_problem);
            self.toasts.remove(oldest_notice.unwrap_or(0));
        }
        let id = self.next_toast;
        self.next_toast += 1;
        let (is_problem, is_done) = (kind == Kind::Trouble, kind == Kind::Done);
        self.toasts.push(Toast { id, text, detail, verb: None, is_problem, is_done, until: self.now + seconds });
    }
}

/// What a message tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Done,
    Plain,
    Trouble,
}

/// How long trouble stays, by its length.
fn seconds_to_read(text: &str, detail: &str) -> f64 {
    let letters = u32::try_from(text.chars().count() + detail.chars().count()).unwrap_or(u32::MAX);
    (f64::from(letters) / READ_PER_SECOND).clamp(TROUBLE_SECONDS.0, TROUBLE_SECONDS.1)
}
