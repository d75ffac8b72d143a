//! The dialogs that a person opened: what is typed into them, and what their main button does.

use std::path::Path;

use crate::engine::{Change, Command, MasterChange, Place};
use crate::model::argv;
use crate::model::secret::Secret;
use crate::model::site::Logon;
use crate::model::when_done::WhenDone;
use crate::screen::action::Effect;
use crate::screen::dialog::{Dialog, SiteForm};
use crate::screen::location;
use crate::screen::pane::Side;
use crate::screen::reduce::{diagnosis, edits, imports, program, proofs, sites};
use crate::screen::settings_form::SettingsForm;
use crate::screen::state::Screen;

/// The fields changed; a late change of a dialog that is closed already is dropped.
pub(super) fn edit(screen: &mut Screen, mut dialog: Dialog) -> Vec<Effect> {
    let Some(old) = screen.dialog.take() else { return Vec::new() };
    if std::mem::discriminant(&old) != std::mem::discriminant(&dialog) {
        screen.dialog = Some(old);
        return Vec::new();
    }
    match (&old, &mut dialog) {
        (Dialog::Site(_), Dialog::Site(form)) => {
            if form.site.host.contains("://") {
                form.spread_address();
            }
            if !form.errors.is_empty() {
                // What was complained about is looked at again while it is corrected.
                form.check(screen);
            }
        }
        // As above.
        (Dialog::Settings(_), Dialog::Settings(form)) if form.has_errors() => drop(form.check()),
        (Dialog::Permissions { octal: old_octal, mode: old_mode, .. }, Dialog::Permissions { octal, mode, .. }) => {
            if octal != old_octal {
                *mode = read_octal(octal).unwrap_or(*old_mode);
            } else if mode != old_mode {
                *octal = format!("{:03o}", *mode & 0o7777);
            }
        }
        (
            Dialog::SiteFolder { name: old_name, .. }
            | Dialog::NewFolder { name: old_name, .. }
            | Dialog::Rename { name: old_name, .. }
            | Dialog::RunWhenDone { line: old_name, .. },
            Dialog::SiteFolder { name, error, .. }
            | Dialog::NewFolder { name, error, .. }
            | Dialog::Rename { name, error, .. }
            | Dialog::RunWhenDone { line: name, error },
        ) if name != old_name => *error = None,
        _ => {}
    }
    screen.dialog = Some(dialog);
    Vec::new()
}

/// Permissions as digits; `None` when they are none.
fn read_octal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim(), 8).ok().filter(|mode| *mode <= 0o7777 && !text.trim().starts_with('+'))
}

/// Escape and the other button. "Stay connected" also takes back what was planned before.
pub(super) fn close(screen: &mut Screen) -> Vec<Effect> {
    match screen.dialog.take() {
        Some(Dialog::Guard { .. } | Dialog::LeaveEdits { .. }) => screen.stay(),
        // Back to the list that it came from.
        Some(Dialog::DiscardEdit { .. }) => again(screen, Dialog::Edits),
        Some(Dialog::ForgetPasswords(form)) => again(screen, Dialog::Settings(form)),
        Some(Dialog::Verify { pairs, hashes, stage }) => proofs::close_verify(screen, pairs, hashes, stage),
        _ => Vec::new(),
    }
}

/// The second button. Of the site form: as the main one, then connects to the site; where edited files are not uploaded: leaves all
/// the same.
pub(super) fn second(screen: &mut Screen) -> Vec<Effect> {
    if let Some(Dialog::LeaveEdits { purpose }) = &screen.dialog {
        let purpose = purpose.clone();
        screen.dialog = None;
        return screen.ask_when_to_leave(purpose);
    }
    let site = match &screen.dialog {
        Some(Dialog::Site(form)) => Some(form.site.id.clone()),
        _ => None,
    };
    let mut effects = accept(screen);
    // Saving an edited site has connected to it already, or does so once the old session is left.
    let connects = site.is_some() && screen.connects_next() == site.as_ref()
        || effects.iter().any(|effect| matches!(effect, Effect::Engine(Command::Connect { .. })));
    if let (Some(id), None, false) = (site, &screen.dialog, connects) {
        effects.extend(sites::open(screen, id));
    }
    effects
}

/// The main button. A dialog with something wrong in it stays, and says what.
pub(super) fn accept(screen: &mut Screen) -> Vec<Effect> {
    match screen.dialog.take() {
        Some(Dialog::Guard { purpose, choice, edits }) => screen.leave(purpose, choice, edits),
        Some(Dialog::Site(form)) => accept_site(screen, form),
        Some(Dialog::DeleteSite { id, .. }) => sites::delete(screen, &id),
        Some(Dialog::SiteFolder { path, name, .. }) => match sites::put_folder(screen, path.as_deref(), &name) {
            Ok(effects) => effects,
            Err(error) => again(screen, Dialog::SiteFolder { path, name, error: Some(error) }),
        },
        Some(Dialog::Import(form)) => imports::accept(screen, form),
        Some(Dialog::DeleteSiteFolder { path, .. }) => sites::delete_folder(screen, &path),
        Some(Dialog::NewFolder { side, name, .. }) => match new_folder(screen, side, &name) {
            Ok(effects) => effects,
            Err(error) => again(screen, Dialog::NewFolder { side, name, error: Some(error) }),
        },
        Some(Dialog::Rename { place, name, .. }) => match rename(screen, &place, &name) {
            Ok(effects) => effects,
            Err(error) => again(screen, Dialog::Rename { place, name, error: Some(error) }),
        },
        Some(Dialog::Permissions { paths, mode, octal, has_folders, recursive, inside }) => match read_octal(&octal) {
            Some(mode) => {
                vec![Effect::Engine(Command::Change(Change::SetMode {
                    paths,
                    mode,
                    inside: (recursive && has_folders).then_some(inside),
                }))]
            }
            // The field is red; the digits are not what is shown in the boxes.
            None => again(screen, Dialog::Permissions { paths, mode, octal, has_folders, recursive, inside }),
        },
        Some(Dialog::Settings(form)) => accept_settings(screen, form, false),
        Some(Dialog::ForgetPasswords(form)) => accept_settings(screen, form, true),
        Some(Dialog::Diagnosis { site, name, report }) => diagnosis::copy_report(screen, site, name, report),
        Some(Dialog::Receipt(receipt)) => proofs::copy_receipt(screen, receipt),
        Some(Dialog::ExportReceipts { selected, range, format }) => proofs::pick_export(screen, selected, range, format),
        Some(Dialog::Verify { pairs, hashes, stage }) => proofs::accept_verify(screen, pairs, hashes, stage),
        Some(Dialog::RunWhenDone { line, .. }) => run_when_done(screen, line),
        Some(Dialog::EditLarge { files, .. }) => edits::open(files),
        Some(Dialog::DiscardEdit { edit, .. }) => edits::discard(screen, edit),
        Some(Dialog::LeaveEdits { purpose }) => screen.leave_with_edits(purpose),
        Some(Dialog::Edits | Dialog::Keys | Dialog::About) | None => Vec::new(),
    }
}

fn again(screen: &mut Screen, dialog: Dialog) -> Vec<Effect> {
    screen.dialog = Some(dialog);
    Vec::new()
}

fn accept_site(screen: &mut Screen, mut form: Box<SiteForm>) -> Vec<Effect> {
    let Some(site) = form.check(screen) else {
        form.show_errors();
        return again(screen, Dialog::Site(form));
    };
    let id = site.id.clone();
    let saved = screen.sites.site(&id).filter(|old| old.logon == Logon::Keyring);
    // Nothing is kept that is not used any more: neither under another user's name, nor where no keyring is wanted.
    let forget = saved.is_some_and(|old| site.logon != Logon::Keyring || site.login_user() != old.login_user());
    let keep = site.logon == Logon::Keyring && form.password_changed;
    // Another host than the one that it was learned of knows nothing of it.
    let same_host = screen.sites.site(&id).is_some_and(|old| old.authority() == site.authority());
    let relearned = form.relearned().filter(|_| same_host).map(|facts| Command::SetHost { site: Box::new(site.clone()), facts });
    let command = |password| Effect::Engine(Command::SavePassword { site: id.clone(), password });
    // The keyring finds a password by the site as it is saved: the old one goes before, the new one comes after, and both
    // before a new connection is made with it.
    let mut effects: Vec<Effect> = forget.then(|| command(None)).into_iter().collect();
    effects.extend(relearned.map(Effect::Engine));
    effects.extend(sites::put(screen, site));
    if keep {
        let password = Some(Secret::new(form.password.clone())).filter(|password| !password.is_empty());
        let is_connect = |effect: &Effect| matches!(effect, Effect::Engine(Command::Connect { .. }));
        let at = effects.iter().position(is_connect).unwrap_or(effects.len());
        effects.insert(at, command(password));
    }
    effects
}

fn new_folder(screen: &mut Screen, side: Side, name: &str) -> Result<Vec<Effect>, String> {
    let name = name.trim();
    let Some(folder) = screen.pane(side).place.clone() else { return Ok(Vec::new()) };
    let place = checked_child(&folder, name)?;
    if screen.pane(side).has_entry(name) {
        return Err(format!("There is something called “{name}” already."));
    }
    screen.pane_mut(side).land_on = Some(name.to_owned());
    Ok(vec![Effect::Engine(Command::Change(Change::MakeFolder { place }))])
}

fn rename(screen: &mut Screen, place: &Place, name: &str) -> Result<Vec<Effect>, String> {
    let Some((folder, old)) = location::above(place) else { return Ok(Vec::new()) };
    if name == old {
        return Ok(Vec::new());
    }
    checked_child(&folder, name)?;
    let side = if matches!(place, Place::Local(_)) { Side::Local } else { Side::Remote };
    let pane = screen.pane_mut(side);
    if pane.place.as_ref() == Some(&folder) {
        if pane.has_entry(name) {
            return Err(format!("There is something called “{name}” already."));
        }
        pane.land_on = Some(name.to_owned());
    }
    Ok(vec![Effect::Engine(Command::Change(Change::Rename { place: place.clone(), name: name.to_owned() }))])
}

/// The place of a typed name, or in a person's words why it cannot be one.
fn checked_child(folder: &Place, name: &str) -> Result<Place, String> {
    if name.trim().is_empty() {
        return Err("Type a name.".into());
    }
    if name.contains('/') {
        return Err("A name has no “/”.".into());
    }
    location::child(folder, name).map_err(|error| format!("This name cannot be used: {error}."))
}

/// Chooses the command for this run, and keeps it for the next time that one is wanted.
fn run_when_done(screen: &mut Screen, line: String) -> Vec<Effect> {
    let words = match argv::split(&line) {
        Ok(words) if words.first().is_some_and(|name| !name.is_empty()) => words,
        Ok(_) => return again(screen, Dialog::RunWhenDone { line, error: Some("Type the program's name or path.".into()) }),
        Err(error) => return again(screen, Dialog::RunWhenDone { line, error: Some(error) }),
    };
    let mut effects = program::change_settings(screen, |settings| settings.when_done_command.clone_from(&words));
    effects.push(Effect::Engine(Command::WhenDone { choice: WhenDone::Run(words) }));
    effects
}

/// Saved passwords are not lost by Save or Enter alone: `may_forget` is the answer to the question about them.
fn accept_settings(screen: &mut Screen, mut form: Box<SettingsForm>, may_forget: bool) -> Vec<Effect> {
    match form.check() {
        Some((_, Some(MasterChange::Remove))) if !may_forget && screen.passwords.is_lost_with_master() => {
            again(screen, Dialog::ForgetPasswords(form))
        }
        Some((settings, master)) => {
            let SettingsForm { was, master: typed, .. } = *form;
            let mut effects = program::apply_settings(screen, was, settings);
            screen.master_awaited = master.as_ref().map(|_| typed);
            effects.extend(master.map(|change| Effect::Engine(Command::ChangeMaster(change))));
            effects
        }
        None => {
            form.show_errors();
            again(screen, Dialog::Settings(form))
        }
    }
}

pub(super) fn picked_folder(screen: &mut Screen, path: &Path) -> Vec<Effect> {
    if let Some(Dialog::Site(form)) = &mut screen.dialog {
        form.local_folder = path.display().to_string();
    }
    Vec::new()
}

pub(super) fn pick_failed(screen: &mut Screen) -> Vec<Effect> {
    match screen.dialog {
        Some(Dialog::Site(_)) => {
            screen.complain("This system opens no dialog to choose a folder.", "Type the folder's path instead.");
        }
        Some(Dialog::Import(_)) => {
            let advice = "Drop the file on the window instead.";
            screen.complain("This system opens no dialog to choose a file.", advice);
        }
        _ => screen.complain("This system opens no dialog to choose files.", "Drop the files on the remote pane instead."),
    }
    Vec::new()
}
