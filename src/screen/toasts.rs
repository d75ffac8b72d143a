//! Short messages: all go by themselves, the longer the later, none while the pointer is over them; the log keeps trouble.

use crate::model::problem::{Problem, ProblemKind};
use crate::screen::state::{Screen, Toast};

/// How many messages are shown at once.
pub const MOST: usize = 3;
/// Seconds that a notice stays.
const NOTICE_SECONDS: f64 = 4.0;
/// Seconds that a notice with advice to read stays.
const ADVICE_SECONDS: f64 = 12.0;
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
        self.toasts.push(Toast { id, text, detail, is_problem, is_done, until: self.now + seconds });
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
