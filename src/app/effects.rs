//! What has to be done outside the screen: pickers, clipboard, the window itself.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use crate::app::machine;
use crate::engine::Engine;
use crate::model::name_pattern::NamePattern;
use crate::screen::action::Save;
use crate::screen::state::Focus;
use crate::screen::{Action, Effect, Screen};

/// A picker that ends sooner than this was never shown: the system has neither a portal nor zenity.
const TOO_SOON: Duration = Duration::from_millis(100);
/// So many names are tried for a file that may not replace another one.
const NAMES: u32 = 10_000;

/// What effects need.
pub struct Outside<'a> {
    /// The window.
    pub ctx: &'a Context,
    /// The engine.
    pub engine: &'a Engine,
    /// Where threads send what came of them.
    pub later: &'a Sender<Action>,
}

/// Does what the screen asks for.
pub fn perform(outside: &Outside<'_>, screen: &Screen, effect: Effect) {
    match effect {
        Effect::Engine(command) => outside.engine.send(command),
        Effect::PickFiles => in_thread(outside, "moorline-pick-files", || {
            pick(|| rfd::FileDialog::new().set_title("Upload files").pick_files().map(Action::PickedFiles))
        }),
        Effect::PickFolder => in_thread(outside, "moorline-pick-folder", || {
            pick(|| rfd::FileDialog::new().set_title("Choose a folder").pick_folder().map(Action::PickedFolder))
        }),
        Effect::PickImport => in_thread(outside, "moorline-pick-import", || {
            let dialog = rfd::FileDialog::new().set_title("Import sites");
            let dialog = dialog.add_filter("FileZilla, WinSCP", &["xml", "ini"]).add_filter("All files", &["*"]);
            pick(|| dialog.pick_file().map(Action::PickedImport))
        }),
        Effect::PickSave { folder, name, what } => in_thread(outside, "moorline-pick-save", move || {
            let dialog = rfd::FileDialog::new().set_title("Save as").set_file_name(name);
            let dialog = match &folder {
                Some(folder) => dialog.set_directory(folder),
                None => dialog,
            };
            match pick(|| dialog.save_file().map(|path| Action::PickedSave { path, what: what.clone() })) {
                Some(Action::PickFailed) => Some(without_dialog(folder, name, what)),
                picked => picked,
            }
        }),
        Effect::PasteFiles => in_thread(outside, "moorline-paste", || copied_files().map(Action::PickedFiles)),
        Effect::CopyLog => outside.ctx.copy_text(log_text(outside.engine)),
        Effect::Announce(words) => announce(outside, words),
        Effect::CopyText(text) => outside.ctx.copy_text(text),
        Effect::Focus(focus) => put_focus(outside.ctx, screen, focus),
        Effect::CloseWindow => outside.ctx.send_viewport_cmd(ViewportCommand::Close),
    }
}

/// Tells something on the desktop, unless a person looks at the window and has seen it there.
fn announce(outside: &Outside<'_>, words: String) {
    if outside.ctx.input(|input| input.focused) {
        return;
    }
    outside.ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
    in_thread(outside, "moorline-announce", move || {
        if let Err(error) = machine::announce("Moorline", &words) {
            tracing::info!("nothing is told on the desktop: {error}");
        }
        None
    });
}

/// Runs what may take its time without holding up the window.
fn in_thread(outside: &Outside<'_>, name: &str, work: impl FnOnce() -> Option<Action> + Send + 'static) {
    let (ctx, later) = (outside.ctx.clone(), outside.later.clone());
    let started = thread::Builder::new().name(name.into()).spawn(move || {
        if let Some(action) = work()
            && later.send(action).is_ok()
        {
            ctx.request_repaint();
        }
    });
    if let Err(error) = started {
        tracing::warn!("{name} cannot be started: {error}");
    }
}

fn pick(show: impl FnOnce() -> Option<Action>) -> Option<Action> {
    let opened = Instant::now();
    let picked = show();
    if picked.is_none() && opened.elapsed() < TOO_SOON { Some(Action::PickFailed) } else { picked }
}

/// Where something is saved when nobody can be asked: beside what the local pane shows, else in the home folder.
fn without_dialog(folder: Option<PathBuf>, name: &str, what: Save) -> Action {
    let folder = folder.or_else(|| directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()));
    match folder.and_then(|folder| free_name(&folder, name)) {
        Some(path) => Action::SaveWithoutDialog { path, what },
        None => Action::PickFailed,
    }
}

/// The first name that nothing in the folder has: as it is, else with a number.
fn free_name(folder: &Path, name: &str) -> Option<PathBuf> {
    let numbered = NamePattern::default();
    let now = jiff::Zoned::now().datetime();
    let names = std::iter::once(name.to_owned()).chain((1..NAMES).map(|number| numbered.candidate(name, number, now)));
    let is_free = |path: &PathBuf| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    names.map(|name| folder.join(name)).find(is_free)
}

/// The files that were copied in a file manager.
fn copied_files() -> Option<Vec<PathBuf>> {
    let files = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get().file_list());
    match files {
        Ok(files) if !files.is_empty() => Some(files),
        Ok(_) => None,
        Err(error) => {
            tracing::info!("the clipboard holds no files: {error}");
            None
        }
    }
}

fn log_text(engine: &Engine) -> String {
    let log = engine.log();
    let lines = log.lines(log.range());
    lines.iter().map(|line| format!("{} #{} {}\n", line.at, line.connection, line.text)).collect()
}

/// Puts the keyboard there; the address field's text is selected, so that typing replaces it.
fn put_focus(ctx: &Context, screen: &Screen, focus: Focus) {
    let id = super::keyboard::focus_id(screen, focus);
    ctx.memory_mut(|memory| memory.request_focus(id));
    if focus == Focus::Address {
        crate::ui::address::select_all(ctx, &screen.address.text);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_saved_without_a_dialog_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let first = free_name(folder.path(), "receipts.csv").unwrap();
        assert_eq!(first, folder.path().join("receipts.csv"));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..3 {
            let path = free_name(folder.path(), "receipts.csv").unwrap();
            assert!(path.extension().is_some_and(|ending| ending == "csv") && !path.exists(), "{path:?}");
            std::fs::write(&path, "taken").unwrap();
            assert!(seen.insert(path));
        }
        assert_eq!(free_name(&folder.path().join("gone"), "x"), Some(folder.path().join("gone/x")));
    }
}
