//! What has to be done outside the screen: pickers, clipboard, the window itself.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use eframe::egui::{Context, UserAttentionType, ViewportCommand};

use crate::app::machine;
use crate::engine::Engine;
use crate::screen::state::Focus;
use crate::screen::{Action, Effect, Screen};

/// A picker that ends sooner than this was never shown: the system has neither a portal nor zenity.
const TOO_SOON: Duration = Duration::from_millis(100);

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
        Effect::PickSave { folder, name, what } => in_thread(outside, "moorline-pick-save", move || {
            pick(|| {
                let dialog = rfd::FileDialog::new().set_title("Save as").set_file_name(name);
                let dialog = match folder {
                    Some(folder) => dialog.set_directory(folder),
                    None => dialog,
                };
                dialog.save_file().map(|path| Action::PickedSave { path, what })
            })
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
