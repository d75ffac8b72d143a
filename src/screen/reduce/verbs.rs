//! Commands by name, upon the active pane and its selection.

use crate::engine::{Change, Command, Place, Removal};
use crate::model::address::{Address, AddressPath};
use crate::model::argv;
use crate::model::chosen::Chosen;
use crate::model::entry::EntryKind;
use crate::model::path::RemotePath;
use crate::model::permissions::Inside;
use crate::model::transfer::QueueTab;
use crate::screen::action::{Effect, Extend, Move};
use crate::screen::dialog::{Dialog, GuardPurpose};
use crate::screen::location;
use crate::screen::pane::{Side, Step};
use crate::screen::reduce::{address, diagnosis, edits, files, imports, panes, program, proofs, queue, sites};
use crate::screen::settings_form::{SettingsForm, SettingsPage};
use crate::screen::state::{Focus, PanelTab, Screen};
use crate::screen::verb::Verb;

/// Does it, or says why it cannot be done now.
pub(super) fn perform(screen: &mut Screen, verb: Verb) -> Vec<Effect> {
    if let Err(reason) = verb.is_enabled(screen) {
        if !is_quiet(verb) {
            screen.decline(format!("{reason}."));
        }
        return Vec::new();
    }
    let side = screen.active;
    match verb {
        Verb::Connect => connect(screen),
        Verb::Disconnect => screen.ask_to_leave(GuardPurpose::Disconnect),
        Verb::StayConnected => screen.stay(),
        Verb::Reconnect => screen.reconnect(),
        Verb::Diagnose => diagnosis::of_current(screen),
        Verb::FocusAddress => address::focus(screen),
        Verb::NewSite => sites::new_site(screen),
        Verb::NewSiteFolder => sites::new_folder(screen),
        Verb::ImportSites => imports::open(screen),
        Verb::EditSite => with_marked(screen, sites::edit),
        Verb::DuplicateSite => with_marked(screen, sites::duplicate),
        Verb::DeleteSite => with_marked(screen, sites::ask_delete),
        Verb::SaveAsSite => sites::save_current(screen),
        Verb::Bookmark => sites::bookmark(screen),
        Verb::ShowSites => show_sites(screen),
        Verb::OtherPane => {
            screen.active = if side == Side::Local { Side::Remote } else { Side::Local };
            focus(screen, Focus::Pane)
        }
        Verb::Open => screen.pane(side).cursor.map(|row| panes::open_row(screen, side, row)).unwrap_or_default(),
        Verb::Up => screen.go_up(side),
        Verb::Back => screen.go_step(side, Step::Back),
        Verb::Forward => screen.go_step(side, Step::Forward),
        Verb::Home => screen.go_home(side),
        Verb::Refresh => screen.refresh(side),
        Verb::CancelBrowsing => {
            screen.deleting_since = None;
            screen.local.opening = None;
            screen.remote.opening = None;
            vec![Effect::Engine(Command::CancelBrowsing)]
        }
        Verb::EditPath => {
            let pane = screen.pane_mut(side);
            pane.path_edit = Some(pane.place.as_ref().map(location::text_of).unwrap_or_default());
            Vec::new()
        }
        Verb::Filter if screen.focus == Focus::Panel && screen.tab.queue_tab().is_some() => {
            queue::show_filter(screen, !screen.queue_filter_open)
        }
        Verb::Filter => {
            let shown = !screen.pane(side).filter_open;
            panes::show_filter(screen, side, shown)
        }
        Verb::ToggleHidden => program::change_settings(screen, |settings| settings.show_hidden = !settings.show_hidden),
        Verb::SelectAll if screen.focus == Focus::Panel => queue::select_all(screen),
        Verb::SelectNone if screen.focus == Focus::Panel => queue::select(screen, Vec::new()),
        Verb::SelectAll => upon_pane(screen, |pane| pane.select_all()),
        Verb::SelectNone => upon_pane(screen, |pane| pane.select_none()),
        Verb::InvertSelection => upon_pane(screen, |pane| pane.invert()),
        Verb::ToggleSelected => upon_pane(screen, |pane| {
            let row = pane.cursor.unwrap_or(0);
            pane.toggle(row);
            pane.move_cursor(Move::Down, Extend::Toggle);
        }),
        Verb::Transfer => files::transfer(screen, side, None),
        Verb::EditFile => edits::open_selected(screen),
        Verb::EditedFiles => open_dialog(screen, Dialog::Edits),
        Verb::UploadFiles => vec![Effect::PickFiles],
        Verb::PasteFiles => vec![Effect::PasteFiles],
        Verb::NewFolder => open_dialog(screen, Dialog::NewFolder { side, name: String::new(), error: None }),
        Verb::Rename => rename(screen),
        Verb::Delete if side == Side::Local => delete(screen, Removal::ToTrash),
        Verb::Delete | Verb::DeleteForGood => delete(screen, Removal::ForGood),
        Verb::Permissions => permissions(screen),
        Verb::CopyPath => copy(screen, &target_places(screen).iter().map(location::text_of).collect::<Vec<_>>()),
        Verb::CopyAddress => copy(screen, &addresses(screen)),
        Verb::HoldQueue => vec![Effect::Engine(Command::HoldQueue { held: !screen.queue.paused })],
        Verb::PauseTransfers
        | Verb::ResumeTransfers
        | Verb::CancelTransfers
        | Verb::RetryTransfers
        | Verb::RetrySameCause
        | Verb::QueueTop
        | Verb::QueueUp
        | Verb::QueueDown
        | Verb::QueueBottom
        | Verb::PriorityHigh
        | Verb::PriorityNormal
        | Verb::PriorityLow => queue::upon_selected(screen, verb),
        Verb::RetryAllFailed => vec![Effect::Engine(Command::Retry { ids: Chosen::everything(QueueTab::Failed) })],
        Verb::ShowReceipt => proofs::show(screen),
        Verb::ExportReceipts => proofs::ask_export(screen),
        Verb::Verify => proofs::ask_verify(screen),
        Verb::ClearDone => vec![Effect::Engine(Command::ClearDone)],
        Verb::ShowActive => queue::show_tab(screen, PanelTab::Active),
        Verb::ShowQueued => queue::show_tab(screen, PanelTab::Queued),
        Verb::ShowFailed => queue::show_tab(screen, PanelTab::Failed),
        Verb::ShowDone => queue::show_tab(screen, PanelTab::Done),
        Verb::ShowLog => queue::show_tab(screen, PanelTab::Log),
        Verb::ShowTimeline => queue::show_tab(screen, PanelTab::Timeline),
        Verb::CopyLog => vec![Effect::CopyLog],
        Verb::Record => program::change_settings(screen, |settings| settings.record = !settings.record),
        Verb::CopyRecordPath => {
            let path = screen.recording.as_ref().map(|path| path.display().to_string());
            path.map(|path| copy(screen, &[path])).unwrap_or_default()
        }
        Verb::ToggleTheme => program::toggle_theme(screen),
        Verb::ZoomIn => program::zoom(screen, true),
        Verb::ZoomOut => program::zoom(screen, false),
        Verb::ZoomReset => program::change_settings(screen, |settings| settings.scale_percent = 100),
        Verb::RunWhenDone => {
            let line = argv::join(&screen.settings.when_done_command);
            open_dialog(screen, Dialog::RunWhenDone { line, error: None })
        }
        Verb::SpeedLimits => open_settings(screen, SettingsPage::Speed),
        Verb::MasterPassword => open_settings(screen, SettingsPage::Passwords),
        Verb::LockPasswords => vec![Effect::Engine(Command::LockPasswords)],
        Verb::Settings => open_settings(screen, SettingsPage::default()),
        Verb::Keys => open_dialog(screen, Dialog::Keys),
        Verb::About => open_dialog(screen, Dialog::About),
        Verb::Quit => screen.ask_to_leave(GuardPurpose::Close),
    }
}

fn open_settings(screen: &mut Screen, page: SettingsPage) -> Vec<Effect> {
    let form = SettingsForm { page, ..SettingsForm::of(screen.settings.clone(), screen.passwords) };
    open_dialog(screen, Dialog::Settings(Box::new(form)))
}

/// Keys that hands press to see whether there is more: no message when there is not.
fn is_quiet(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Up
            | Verb::Back
            | Verb::Forward
            | Verb::Open
            | Verb::CancelBrowsing
            | Verb::SelectAll
            | Verb::SelectNone
            | Verb::InvertSelection
            | Verb::ToggleSelected
            | Verb::ZoomIn
            | Verb::ZoomOut
            | Verb::ZoomReset
    )
}

fn open_dialog(screen: &mut Screen, dialog: Dialog) -> Vec<Effect> {
    screen.dialog = Some(dialog);
    Vec::new()
}

fn focus(screen: &mut Screen, focus: Focus) -> Vec<Effect> {
    screen.focus = focus;
    vec![Effect::Focus(focus)]
}

fn upon_pane(screen: &mut Screen, change: impl FnOnce(&mut crate::screen::Pane)) -> Vec<Effect> {
    change(screen.pane_mut(screen.active));
    Vec::new()
}

fn with_marked(screen: &mut Screen, act: impl FnOnce(&mut Screen, &crate::model::site::SiteId) -> Vec<Effect>) -> Vec<Effect> {
    let id = screen.marked_site().map(|site| site.id.clone());
    id.map(|id| act(screen, &id)).unwrap_or_default()
}

/// The marked site; without one, the address field.
fn connect(screen: &mut Screen) -> Vec<Effect> {
    match screen.marked_site().map(|site| site.id.clone()) {
        Some(id) => screen.connect_to(&id),
        None => address::focus(screen),
    }
}

/// Shows the list and goes there; away from it again hides it.
fn show_sites(screen: &mut Screen) -> Vec<Effect> {
    if screen.sites_hidden || screen.focus != Focus::Sites {
        screen.sites_hidden = false;
        focus(screen, Focus::Sites)
    } else {
        screen.sites_hidden = true;
        focus(screen, Focus::Pane)
    }
}

/// What a command is about: the selected entries, or the one under the cursor; in an empty folder the folder itself.
fn target_places(screen: &Screen) -> Vec<Place> {
    let pane = screen.pane(screen.active);
    pane.targets_in_order().into_iter().filter_map(|entry| pane.place_of(&entry.name)).collect()
}

fn delete(screen: &mut Screen, removal: Removal) -> Vec<Effect> {
    screen.deleting_since = Some(screen.now);
    vec![Effect::Engine(Command::Change(Change::Delete { places: target_places(screen), removal }))]
}

fn rename(screen: &mut Screen) -> Vec<Effect> {
    let mut places = target_places(screen);
    let Some(place) = places.pop() else { return Vec::new() };
    let name = location::name_of(&place);
    open_dialog(screen, Dialog::Rename { place, name, error: None })
}

/// The mode of the first one is where the dialog begins.
fn permissions(screen: &mut Screen) -> Vec<Effect> {
    let targets = screen.remote.targets();
    let has_folders = targets.iter().any(|entry| entry.kind == EntryKind::Dir);
    let usual = if targets.first().is_some_and(|entry| entry.kind == EntryKind::Dir) { 0o755 } else { 0o644 };
    let mode = targets.iter().find_map(|entry| entry.mode).unwrap_or(usual) & 0o7777;
    let paths: Vec<RemotePath> = target_places(screen).into_iter().filter_map(remote).collect();
    if paths.is_empty() {
        return Vec::new();
    }
    open_dialog(
        screen,
        Dialog::Permissions { paths, mode, octal: format!("{mode:03o}"), has_folders, recursive: false, inside: Inside::default() },
    )
}

fn remote(place: Place) -> Option<RemotePath> {
    match place {
        Place::Remote(path) => Some(path),
        Place::Local(_) => None,
    }
}

/// Addresses of what is selected on the server, from the root, without the password.
fn addresses(screen: &Screen) -> Vec<String> {
    let Some(site) = &screen.session.site else { return Vec::new() };
    let mut paths: Vec<RemotePath> = target_places(screen).into_iter().filter_map(remote).collect();
    if paths.is_empty() {
        paths.extend(screen.remote.remote_folder().cloned());
    }
    let user = Some(site.login_user().to_owned()).filter(|user| user != "anonymous");
    paths
        .into_iter()
        .map(|path| {
            let path = AddressPath::Absolute(path.to_string());
            let (host, user) = (site.host.clone(), user.clone());
            Address { encryption: site.encryption, host, port: site.port, user, password: None, path }.to_string()
        })
        .collect()
}

/// Without a selection the folder's own path is copied.
fn copy(screen: &mut Screen, lines: &[String]) -> Vec<Effect> {
    let text = match lines {
        [] => screen.pane(screen.active).place.as_ref().map(location::text_of).unwrap_or_default(),
        lines => lines.join("\n"),
    };
    screen.notify(match lines.len() {
        0 | 1 => "Copied.".to_owned(),
        many => format!("Copied {many} lines."),
    });
    vec![Effect::CopyText(text)]
}
