//! The progress bar on a terminal.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::format;
use crate::model::transfer::QueueSummary;

/// A bar on standard error, or nothing at all when that is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar; `wanted` is off for `--quiet` and `--json`.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = if wanted && io::stderr().is_terminal() {
            ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        let template = "{wide_bar:.cyan}  {msg}";
        // The template is a constant that the library reads; a plain bar is no loss if it ever should not.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self { bar }
    }

    /// Shows where the queue stands; `arrived` bytes are those of finished items.
    pub(super) fn show(&self, summary: &QueueSummary, arrived: u64, moving: u64) {
        let moved = arrived.saturating_add(moving);
        let all = moved.saturating_add(summary.bytes_left);
        self.bar.set_length(all);
        self.bar.set_position(moved);
        let left = summary.active + summary.queued;
        let time =
            summary.seconds_left.map(|seconds| format!(", {}", format::duration(Duration::from_secs(seconds)))).unwrap_or_default();
        let (moved, all, speed) = (format::size(moved), format::size(all), format::speed(summary.speed));
        self.bar.set_message(format!("{moved} of {all}, {speed}{time}, {} to go", format::count(left)));
    }

    /// Prints a line above the bar, on standard error.
    pub(super) fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
