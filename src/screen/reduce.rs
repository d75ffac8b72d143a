//! (Screen, Action) → effects.

mod address;
mod diagnosis;
mod dialogs;
mod edits;
mod files;
mod imports;
mod panes;
mod program;
mod proofs;
mod questions;
mod queue;
mod sites;
mod verbs;

use crate::engine::Command;
use crate::screen::dialog::GuardPurpose;
use crate::screen::state::Focus;
use crate::screen::{Action, Dialog, Effect, Screen};

/// How long keys wait for the question of a deletion, in seconds. What is to be deleted may take longer to count.
const COUNTING: f64 = 2.0;

/// Whether a deletion is being counted: Enter behind Delete is an answer, and must not transfer the row instead.
pub(in crate::screen) fn is_about_to_ask(screen: &Screen) -> bool {
    screen.deleting_since.is_some_and(|since| (0.0..COUNTING).contains(&(screen.now - since)))
}

/// Applies what a person did and returns what has to be done outside.
pub fn reduce(screen: &mut Screen, action: Action) -> Vec<Effect> {
    match action {
        Action::Do(verb) if is_about_to_ask(screen) && !verb.ends_something() => Vec::new(),
        Action::Do(verb) => verbs::perform(screen, verb),
        Action::Focus(focus) => {
            screen.focus = focus;
            Vec::new()
        }
        Action::ActivatePane(side) => {
            screen.active = side;
            screen.focus = Focus::Pane;
            Vec::new()
        }
        Action::ClickRow { side, row, extend, secondary } => panes::click_row(screen, side, row, extend, secondary),
        Action::ClickEmpty(side) => panes::click_empty(screen, side),
        Action::OpenRow { side, row } => panes::open_row(screen, side, row),
        Action::MoveCursor { side, to, extend } => panes::move_cursor(screen, side, to, extend),
        Action::TypeAhead { side, text, now } => panes::type_ahead(screen, side, &text, now),
        Action::SortBy { side, key } => panes::sort_by(screen, side, key),
        Action::Go { side, place } => panes::go(screen, side, place),
        Action::FindPlaces => vec![Effect::Engine(Command::FindLocalPlaces)],
        Action::EditPath { side, text } => panes::edit_path(screen, side, text),
        Action::EnterPath { side } => panes::enter_path(screen, side),
        Action::Filter { side, text } => panes::filter(screen, side, text),
        Action::ShowFilter { side, shown } => panes::show_filter(screen, side, shown),
        Action::WidenColumn { side, key, width } => program::columns(screen, side, |columns| columns.widen(key, width)),
        Action::ShowColumn { side, key, shown } => program::columns(screen, side, |columns| columns.show(key, shown)),
        Action::DropRows { from, onto } => files::drop_rows(screen, from, onto),
        Action::HoverFiles(hint) => {
            screen.drop_hint = hint;
            Vec::new()
        }
        Action::DropFiles { paths, side, onto } => files::drop_files(screen, paths, side, onto),
        Action::PickedFiles(paths) => files::upload_into_folder(screen, &paths),
        Action::BrowseFolder => vec![Effect::PickFolder],
        Action::PickedFolder(path) => dialogs::picked_folder(screen, &path),
        Action::PickedSave { path, what } => proofs::save(path, what),
        Action::SaveWithoutDialog { path, what } => proofs::save_without_dialog(screen, path, what),
        Action::BrowseImport => vec![Effect::PickImport],
        Action::PickedImport(path) => imports::picked(screen, path),
        Action::TickImport { rows, on } => imports::tick(screen, &rows, on),
        Action::ImportPasswords(wanted) => imports::with_passwords(screen, wanted),
        Action::PickFailed => dialogs::pick_failed(screen),
        Action::EditAddress(text) => address::edit(screen, text),
        Action::ChooseSuggestion(line) => address::choose(screen, line),
        Action::EnterAddress(line) => address::enter(screen, line),
        Action::OpenAddress(text) => address::open(screen, &text),
        Action::LeaveAddress => address::leave(screen),
        Action::ClickSite(id) => sites::click(screen, id),
        Action::OpenSite(id) => sites::open(screen, id),
        Action::ToggleSiteFolder(path) => sites::toggle_folder(screen, &path),
        Action::EditSite(id) => sites::edit(screen, &id),
        Action::DiagnoseSite(id) => diagnosis::of_site(screen, &id),
        Action::DuplicateSite(id) => sites::duplicate(screen, &id),
        Action::DeleteSite(id) => sites::ask_delete(screen, &id),
        Action::RemoveBookmark(id, folder) => sites::remove_bookmark(screen, &id, &folder),
        Action::ColorSite(id, color) => sites::color(screen, &id, color),
        Action::MoveSite { id, folder, before } => sites::move_site(screen, &id, &folder, before.as_ref()),
        Action::EditSiteFolder(path) => sites::edit_folder(screen, path),
        Action::DeleteSiteFolder(path) => sites::ask_delete_folder(screen, path),
        Action::ShowTab(tab) => queue::show_tab(screen, tab),
        Action::ClickTransfer { id, extend, secondary, visible } => queue::click(screen, id, extend, secondary, &visible),
        Action::SelectTransfers(ids) => queue::select(screen, ids),
        Action::FilterQueue(text) => queue::filter(screen, text),
        Action::ShowQueueFilter(shown) => queue::show_filter(screen, shown),
        Action::ArrangeQueue(by) => queue::arrange(screen, by),
        Action::CancelTransfer(id) => queue::cancel(screen, id),
        Action::EditDialog(dialog) => dialogs::edit(screen, *dialog),
        Action::AcceptDialog => dialogs::accept(screen),
        Action::SecondDialogAnswer => dialogs::second(screen),
        Action::CloseDialog => dialogs::close(screen),
        Action::GuardChoose(when) => match screen.dialog.take() {
            Some(Dialog::Guard { purpose, edits, .. }) => screen.leave(purpose, when, edits),
            other => {
                screen.dialog = other;
                Vec::new()
            }
        },
        Action::EditQuestion(form) => {
            screen.question_form = form;
            Vec::new()
        }
        Action::AcceptQuestion => questions::accept(screen),
        Action::SecondAnswer => questions::second(screen),
        Action::Edit(wish) => vec![Effect::Engine(Command::Edit(wish))],
        Action::FinishEdit(edit) => edits::finish(screen, edit),
        Action::GoOn(direction) => vec![Effect::Engine(Command::GoOn { direction })],
        Action::GoOnUnsaved => vec![Effect::Engine(Command::GoOnUnsaved)],
        Action::Compare => questions::compare(screen),
        Action::CancelQuestion => questions::cancel(screen),
        Action::LimitSpeed(limits) => vec![Effect::Engine(Command::LimitSpeed { limits })],
        Action::WhenDone(choice) => vec![Effect::Engine(Command::WhenDone { choice })],
        Action::Banner(action) => program::banner(screen, action),
        Action::DismissToast(id) => {
            screen.toasts.retain(|toast| toast.id != id);
            Vec::new()
        }
        Action::HoldToasts(held) => {
            screen.hold_toasts(held);
            Vec::new()
        }
        Action::CloseRequested if screen.may_close => vec![Effect::CloseWindow],
        Action::CloseRequested => screen.ask_to_leave(GuardPurpose::Close),
        Action::Resized { queue_height, sites_width } => program::resized(screen, queue_height, sites_width),
        Action::WindowPlace { width, height, maximized } => program::window_place(screen, width, height, maximized),
        Action::Tick { now } => {
            screen.now = now;
            screen.expire_toasts();
            Vec::new()
        }
    }
}
