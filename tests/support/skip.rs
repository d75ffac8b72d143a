//! The one way in which a test says that it could not run: on standard error, and in the file that `tests/run` prints at its end.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::Write;

/// Names the file that collects the skipped tests, one a line.
const LIST: &str = "MOORLINE_SKIPPED";

/// Records that `test` was skipped, and why.
pub fn skipped(test: &str, why: impl Display) {
    let line = format!("SKIPPED {test}: {why}\n");
    eprint!("{line}");
    if let Some(list) = std::env::var_os(LIST) {
        // One write of one line: tests of several processes append at the same time.
        let file = OpenOptions::new().create(true).append(true).open(&list);
        file.and_then(|mut file| file.write_all(line.as_bytes()))
            .unwrap_or_else(|error| panic!("the list of skipped tests, {}: {error}", list.display()));
    }
}
