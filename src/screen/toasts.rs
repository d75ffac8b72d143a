//! Short messages: notices go by themselves, trouble stays until it is dismissed, and there are never more than a few.

use crate::model::problem::{Problem, ProblemKind};
use crate::screen::state::{Screen, Toast};

/// How many messages are shown at once.
pub const MOST: usize = 4;
/// Seconds that a notice stays.
const NOTICE_SECONDS: f64 = 4.0;
/// Seconds that a notice with advice to read stays.
const ADVICE_SECONDS: f64 = 12.0;

impl Screen {
    /// Tells that something is done.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.push_toast(text.into(), String::new(), Some(NOTICE_SECONDS), true);
    }

    /// Tells why nothing was done.
    pub fn decline(&mut self, text: impl Into<String>) {
        self.push_toast(text.into(), String::new(), Some(NOTICE_SECONDS), false);
    }

    /// Tells something that a person has to act upon some time.
    pub fn advise(&mut self, text: impl Into<String>, detail: impl Into<String>) {
        self.push_toast(text.into(), detail.into(), Some(ADVICE_SECONDS), false);
    }

    /// Tells of trouble.
    pub fn complain(&mut self, text: impl Into<String>, detail: impl Into<String>) {
        self.push_toast(text.into(), detail.into(), None, false);
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

    /// Takes away the notices whose time is over.
    pub fn expire_toasts(&mut self) {
        let now = self.now;
        self.toasts.retain(|toast| toast.until > now);
    }

    /// The same message again replaces the one that stands; when there are too many the oldest notice goes, then the oldest.
    fn push_toast(&mut self, text: String, detail: String, seconds: Option<f64>, is_done: bool) {
        self.toasts.retain(|toast| (&toast.text, &toast.detail) != (&text, &detail));
        while self.toasts.len() >= MOST {
            let oldest_notice = self.toasts.iter().position(|toast| !toast.is_problem);
            self.toasts.remove(oldest_notice.unwrap_or(0));
        }
        let id = self.next_toast;
        self.next_toast += 1;
        let until = seconds.map_or(f64::INFINITY, |seconds| self.now + seconds);
        self.toasts.push(Toast { id, text, detail, is_problem: seconds.is_none(), is_done, until });
    }
}
