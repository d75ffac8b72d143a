//! Other programs, as the engine needs them: show a file in the system's own one, or start an editor. The program's edge says how.

use std::path::Path;

/// The programs of this machine. Calls may block for a moment, not until the other program ends.
pub trait Programs: Send + Sync + 'static {
    /// Opens a file or a folder in what the system has for it.
    ///
    /// # Errors
    /// The system's refusal, in its words.
    fn open(&self, path: &Path) -> Result<(), String>;

    /// Starts a program, its name and its arguments, with a file as the last one.
    ///
    /// # Errors
    /// The system's refusal, in its words.
    fn edit(&self, words: &[String], file: &Path) -> Result<(), String>;
}

/// No programs: in replays, on the command line, in tests.
#[derive(Clone, Copy, Debug)]
pub struct NoPrograms;

impl Programs for NoPrograms {
    fn open(&self, _: &Path) -> Result<(), String> {
        Err("this program opens nothing here".into())
    }

    fn edit(&self, _: &[String], _: &Path) -> Result<(), String> {
        Err("this program opens nothing here".into())
    }
}
