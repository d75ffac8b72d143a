//! Files of servers that are edited here: opened, and put away.

use crate::engine::{Command, EditWish, ToEdit};
use crate::model::edited::{AT_ONCE, EditId, LARGE};
use crate::model::entry::{Entry, EntryKind};
use crate::model::path::RemotePath;
use crate::model::readable::readable;
use crate::screen::action::Effect;
use crate::screen::dialog::Dialog;
use crate::screen::state::Screen;

impl Screen {
    /// What is selected in the remote pane and may be edited: files, and links, which may lead to one.
    pub fn files_to_edit(&self) -> impl Iterator<Item = &Entry> {
        let targets = self.remote.targets_in_order().into_iter();
        targets.filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link))
    }
}

/// Opens the selected files; much is asked about first.
pub(super) fn open_selected(screen: &mut Screen) -> Vec<Effect> {
    let Some(folder) = screen.remote.remote_folder() else { return Vec::new() };
    let mut bytes = 0_u64;
    let mut files = Vec::new();
    let mut unreachable = None;
    for entry in screen.files_to_edit() {
        let Ok(remote) = path_of(folder, entry) else {
            unreachable.get_or_insert_with(|| readable(&entry.name).into_owned());
            continue;
        };
        let is_open = screen.edits.iter().any(|edit| edit.remote == remote && screen.is_site(&edit.site));
        if !is_open {
            bytes = bytes.saturating_add(entry.size.unwrap_or(0));
        }
        // A link's own permissions are not those of the file that it leads to.
        let mode = entry.mode.filter(|_| entry.kind == EntryKind::File);
        files.push(ToEdit { remote, mode });
    }
    if let Some(name) = unreachable {
        screen.decline(format!("“{name}” cannot be opened: there is no path to it that can be sent."));
    }
    if files.len() > AT_ONCE {
        screen.decline(format!("Select {AT_ONCE} files at most to open them."));
        return Vec::new();
    }
    if bytes > LARGE {
        screen.dialog = Some(Dialog::EditLarge { files, bytes });
        return Vec::new();
    }
    open(files)
}

/// Where the file is. What is made of a link is the file that it leads to: one put in the link's place would end it.
fn path_of(folder: &RemotePath, entry: &Entry) -> Result<RemotePath, crate::model::path::NameError> {
    match entry.target.as_deref().filter(|target| entry.kind == EntryKind::Link && !target.is_empty()) {
        Some(target) => folder.resolve(target),
        None => folder.child(&entry.name),
    }
}

pub(super) fn open(files: Vec<ToEdit>) -> Vec<Effect> {
    if files.is_empty() { Vec::new() } else { vec![Effect::Engine(Command::Edit(EditWish::Open { files }))] }
}

/// Puts an edited file away; one with changes that are not uploaded is asked about.
pub(super) fn finish(screen: &mut Screen, id: EditId) -> Vec<Effect> {
    let Some(edit) = screen.edits.iter().find(|edit| edit.id == id) else { return Vec::new() };
    if edit.state.is_left_here() {
        screen.dialog = Some(Dialog::DiscardEdit { edit: id, name: edit.name().into_owned() });
        return Vec::new();
    }
    vec![Effect::Engine(Command::Edit(EditWish::Finish { edit: id }))]
}

/// Puts it away with its changes, and goes back to the list.
pub(super) fn discard(screen: &mut Screen, edit: EditId) -> Vec<Effect> {
    screen.dialog = Some(Dialog::Edits);
    vec![Effect::Engine(Command::Edit(EditWish::Discard { edit }))]
}
