//! The programs of the system: what it opens files with, and editors that a person chose.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
#[cfg(not(windows))]
use std::time::Duration;

use crate::engine::programs::Programs;

/// Who opens files for the system says so within this time when it cannot; some stay as long as the program that they have found.
#[cfg(not(windows))]
const PATIENCE: Duration = Duration::from_secs(3);

/// The programs that the system has.
#[derive(Clone, Copy, Debug)]
pub struct SystemPrograms;

impl Programs for SystemPrograms {
    #[cfg(windows)]
    fn open(&self, path: &Path) -> Result<(), String> {
        open::that_detached(path).map_err(|error| error.to_string())
    }

    #[cfg(not(windows))]
    fn open(&self, path: &Path) -> Result<(), String> {
        let mut words = "this system has nothing that opens files".to_owned();
        for mut command in open::commands(path) {
            // One that is not there is no reason: the next one may be.
            let Ok(child) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else { continue };
            let name = command.get_program().to_string_lossy().into_owned();
            match wait(child).recv_timeout(PATIENCE) {
                Ok(status) if !status.success() => words = format!("{name}: {status}"),
                Ok(_) | Err(_) => return Ok(()),
            }
        }
        Err(words)
    }

    fn edit(&self, words: &[String], file: &Path) -> Result<(), String> {
        let (name, arguments) = words.split_first().ok_or("no editor is chosen")?;
        let mut program = Command::new(name);
        program.args(arguments).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = program.spawn().map_err(|error| format!("“{name}”: {error}"))?;
        drop(wait(child));
        Ok(())
    }
}

/// Waits for a program's end, however late that is, and tells it: whoever started one has to hear of it.
fn wait(mut child: Child) -> Receiver<ExitStatus> {
    let (sender, ended) = channel();
    let waiting = thread::Builder::new().name("moorline-program".into()).spawn(move || {
        if let Ok(status) = child.wait() {
            // Perhaps nobody wants to know any more.
            sender.send(status).ok();
        }
    });
    if let Err(error) = waiting {
        tracing::warn!("nobody waits for a program's end: {error}");
    }
    ended
}
