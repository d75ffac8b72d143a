//! Context menus of a pane: for its selection and for its folder.

use eframe::egui::Ui;

use crate::engine::trash;
use crate::model::entry::EntryKind;
use crate::screen::{Action, Side, Verb};
use crate::ui::icon::Icon;
use crate::ui::verbs::{self, menu_item, menu_item_named, menu_line};
use crate::ui::view::View;

/// What can be done with the selected rows.
pub fn show_selection(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let screen = view.screen;
    let (icon, label) = match side {
        Side::Local => (Icon::UPLOAD, "Upload"),
        Side::Remote => (Icon::DOWNLOAD, "Download"),
    };
    let why_not = verbs::why_not(Verb::Transfer, screen);
    let key = verbs::key(Verb::Transfer);
    if verbs::menu_row(ui, Some(icon), label, key.as_deref(), why_not).clicked() {
        actions.push(Action::Do(Verb::Transfer));
    }
    // Of a file it would be the same as the line above: it is for what can be gone into.
    let pane = screen.pane(side);
    if pane.cursor.and_then(|row| pane.entry(row)).is_some_and(|entry| matches!(entry.kind, EntryKind::Dir | EntryKind::Link)) {
        menu_item(ui, screen, Verb::Open, actions);
    }
    if side == Side::Remote {
        menu_item(ui, screen, Verb::EditFile, actions);
    }
    menu_item(ui, screen, Verb::Verify, actions);
    menu_line(ui);
    menu_item(ui, screen, Verb::Rename, actions);
    if side == Side::Local {
        menu_item_named(ui, screen, Verb::Delete, &format!("Move to {}", trash::NAME), actions);
        menu_item(ui, screen, Verb::DeleteForGood, actions);
    } else {
        menu_item(ui, screen, Verb::Delete, actions);
        menu_item(ui, screen, Verb::Permissions, actions);
    }
    menu_line(ui);
    menu_item(ui, screen, Verb::CopyPath, actions);
    if side == Side::Remote {
        menu_item(ui, screen, Verb::CopyAddress, actions);
    }
    menu_line(ui);
    menu_item(ui, screen, Verb::NewFolder, actions);
    menu_item(ui, screen, Verb::SelectAll, actions);
}

/// What can be done with the folder itself.
pub fn show_folder(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    let screen = view.screen;
    if side == Side::Remote {
        menu_item(ui, screen, Verb::UploadFiles, actions);
        menu_item(ui, screen, Verb::PasteFiles, actions);
        menu_line(ui);
    }
    if side == Side::Remote {
        menu_item(ui, screen, Verb::Bookmark, actions);
    }
    menu_item(ui, screen, Verb::Verify, actions);
    for verb in [Verb::NewFolder, Verb::Refresh, Verb::Up, Verb::Back, Verb::Forward, Verb::Home] {
        menu_item(ui, screen, verb, actions);
    }
    menu_line(ui);
    for verb in [Verb::SelectAll, Verb::InvertSelection, Verb::Filter, Verb::ToggleHidden] {
        menu_item(ui, screen, verb, actions);
    }
}
