//! Questions about files that are edited here: much to fetch, changes that are not uploaded, a save.

use crate::model::edited::EditView;
use crate::model::format;
use crate::model::path::RemotePath;
use crate::model::readable::readable;
use crate::screen::Screen;
use crate::screen::dialog::GuardPurpose;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// So many names are said, the others are counted.
const NAMES: usize = 5;

/// An edited file was saved.
pub(super) fn saved(stage: &mut Stage<'_>, id: u64, remote: &RemotePath, site: &str, is_emptied: bool) {
    let name = words::quoted(&readable(remote.name().unwrap_or("/")));
    let title = if is_emptied { format!("Nothing is in {name} any more") } else { format!("{name} was changed") };
    let modal = Modal::new(("saved", id), Icon::NOTEBOOK_PEN, &title).width(440.0).lead().main("Upload").cancel("Not this time");
    // What empties files is no reason to ask nothing any more, nor is an Enter too many one to empty the server's.
    let modal = if is_emptied { modal.warns().danger().careful() } else { modal.second("Always for this file") };
    stage.ask(modal, |ui, _, _| {
        let words = match is_emptied {
            true => format!("Upload the empty file to {site}? {remote} has something in it there."),
            false => format!("Upload it to {site}? It replaces {remote} there."),
        };
        field::paragraph(ui, text::subdued(ui, words));
    });
}

/// Much is to be fetched to be edited.
pub(super) fn large(stage: &mut Stage<'_>, files: usize, bytes: u64) {
    let what = if files == 1 { "a file".to_owned() } else { format::counted(files, "file", "files") };
    let title = format!("Open {what} of {}?", format::size(bytes));
    let modal = Modal::new("edit large", Icon::NOTEBOOK_PEN, &title).width(440.0).main("Open").lead();
    stage.dialog(modal, |ui, _| {
        let words = "All of it is fetched before it opens, and all of it is uploaded again with each save.";
        field::paragraph(ui, text::subdued(ui, words));
    });
}

/// An edited file is put away with changes that are not uploaded.
pub(super) fn discard(stage: &mut Stage<'_>, name: &str) {
    let title = format!("Discard the changes in {}?", words::quoted(name));
    let modal = Modal::new("discard edit", Icon::TRASH, &title).width(440.0).warns().danger().careful().lead();
    stage.dialog(modal.main("Discard").cancel("Keep"), |ui, _| {
        let words = "What was changed is not on the server. It is deleted on this machine. It cannot be brought back.";
        field::paragraph(ui, text::subdued(ui, words));
    });
}

/// Edited files have changes that are not uploaded.
pub(super) fn leave(stage: &mut Stage<'_>, purpose: &GuardPurpose) {
    let screen = stage.screen;
    let sent: Vec<String> = screen.edits_to_upload(purpose).map(|edit| words::quoted(&edit.name())).collect();
    let is_sent = |edit: &EditView| screen.edits_to_upload(purpose).any(|sent| sent.id == edit.id);
    let stay: Vec<String> = screen.edits_left_by(purpose).filter(|edit| !is_sent(edit)).map(|edit| staying(screen, edit)).collect();
    let title = format::counted(sent.len() + stay.len(), "edited file is not uploaded", "edited files are not uploaded");
    let can_upload = !sent.is_empty();
    let (first, without) = match purpose {
        GuardPurpose::Disconnect => ("Upload, then disconnect", "Disconnect without"),
        GuardPurpose::Close => ("Upload, then close", "Close without"),
        GuardPurpose::Connect(_) => ("Upload, then connect", "Connect without"),
    };
    let here = if *purpose == GuardPurpose::Close { "Keep it open" } else { "Stay connected" };
    let modal = Modal::new("leave edits", Icon::NOTEBOOK_PEN, &title).width(480.0).warns().lead().cancel(here);
    let modal = if can_upload { modal.main(first).second(without) } else { modal.main(without) };
    stage.dialog(modal, |ui, _| {
        if stay.is_empty() || sent.is_empty() {
            field::paragraph(ui, text::body(ui, listed(if sent.is_empty() { &stay } else { &sent })));
        } else {
            field::paragraph(ui, text::body(ui, format!("Can be uploaded: {}", listed(&sent))));
            field::paragraph(ui, text::body(ui, format!("Staying here: {}", listed(&stay))));
        }
        let kept = "What is not uploaded is kept on this machine, and you are told of it at the next start.";
        field::paragraph(ui, text::subdued(ui, kept));
    });
}

/// One that cannot be uploaded before, and why.
fn staying(screen: &Screen, edit: &EditView) -> String {
    let name = words::quoted(&edit.name());
    if screen.is_site(&edit.site) {
        // All others of this site can be.
        format!("{name} (nothing is in it any more)")
    } else {
        format!("{name} ({} is not connected)", edit.site_name)
    }
}

/// The first of the names, and how many more there are.
fn listed(names: &[String]) -> String {
    let rest = names.len().saturating_sub(NAMES);
    let mut listed = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    if rest > 0 {
        listed.push_str(&format!(" and {} more", format::count(rest)));
    }
    listed
}
