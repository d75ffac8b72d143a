//! The list of sites: cursor, folders, and the dialogs that change it.

use std::sync::Arc;

use crate::engine::Command;
use crate::model::address::AddressPath;
use crate::model::path::RemotePath;
use crate::model::session::Phase;
use crate::model::site::{Logon, Site, SiteColor, SiteId, SiteTree};
use crate::screen::action::Effect;
use crate::screen::dialog::{Dialog, GuardPurpose, SiteForm, SitePage};
use crate::screen::keys::shown_key;
use crate::screen::state::{Focus, Screen};
use crate::screen::{Verb, tree};

impl Screen {
    /// The site that the list's cursor is on.
    #[must_use]
    pub fn marked_site(&self) -> Option<&Site> {
        self.site_cursor.as_ref().and_then(|id| self.sites.site(id))
    }

    /// The saved site whose session this is, as it is in the list.
    #[must_use]
    pub fn connected_site(&self) -> Option<&Site> {
        self.session.site.as_ref().and_then(|site| self.sites.site(&site.id))
    }
}

/// Shows a changed list at once and has it saved.
pub(super) fn save(screen: &mut Screen, tree: SiteTree) -> Effect {
    let was = Some(std::mem::replace(&mut screen.sites, Arc::new(tree.clone())));
    if screen.marked_site().is_none() {
        screen.site_cursor = None;
    }
    Effect::Engine(Command::SaveSites { was, tree: Box::new(tree) })
}

/// Saves the list after `change` when that changed anything.
fn change(screen: &mut Screen, change: impl FnOnce(&mut SiteTree)) -> Vec<Effect> {
    let mut tree = (*screen.sites).clone();
    change(&mut tree);
    if tree == *screen.sites { Vec::new() } else { vec![save(screen, tree)] }
}

pub(super) fn click(screen: &mut Screen, id: SiteId) -> Vec<Effect> {
    screen.focus = Focus::Sites;
    if screen.sites.site(&id).is_some() {
        screen.site_cursor = Some(id);
    }
    Vec::new()
}

pub(super) fn open(screen: &mut Screen, id: SiteId) -> Vec<Effect> {
    let effects = screen.connect_to(&id);
    click(screen, id);
    effects
}

pub(super) fn toggle_folder(screen: &mut Screen, path: &str) -> Vec<Effect> {
    change(screen, |tree| {
        if let Some(folder) = tree.folders.iter_mut().find(|folder| folder.path == path) {
            folder.open = !folder.open;
        }
    })
}

/// A new site, in the folder of the one that is marked; over an address that is connected it begins with that.
pub(super) fn new_site(screen: &mut Screen) -> Vec<Effect> {
    let is_quick = screen.session.site.as_ref().is_some_and(|site| site.id.is_quick());
    if is_quick && screen.session.phase != Phase::Offline {
        let folder = screen.marked_site().map(|site| site.folder.clone()).unwrap_or_default();
        let effects = save_current(screen);
        if let Some(Dialog::Site(form)) = &mut screen.dialog {
            form.site.folder = folder;
        }
        return effects;
    }
    let mut site = Site::new(SiteId::random(), "", "");
    site.folder = screen.marked_site().map(|site| site.folder.clone()).unwrap_or_default();
    screen.dialog = Some(Dialog::Site(Box::new(SiteForm::of(site, true))));
    Vec::new()
}

pub(super) fn edit(screen: &mut Screen, id: &SiteId) -> Vec<Effect> {
    edit_at(screen, id, SitePage::default())
}

/// Opens the form at a page.
pub(super) fn edit_at(screen: &mut Screen, id: &SiteId, page: SitePage) -> Vec<Effect> {
    let Some(site) = screen.sites.site(id).cloned() else { return Vec::new() };
    screen.dialog = Some(Dialog::Site(Box::new(SiteForm { page, ..SiteForm::of(site.clone(), false) })));
    vec![Effect::Engine(Command::AskHost { site: Box::new(site) })]
}

/// The address that is connected becomes a site of its own, with the password that came with it.
pub(super) fn save_current(screen: &mut Screen) -> Vec<Effect> {
    let Some(mut site) = screen.session.site.clone() else { return Vec::new() };
    let quick = screen.quick.as_ref().filter(|quick| quick.site.id == site.id);
    site.id = SiteId::random();
    if let Some(AddressPath::Absolute(path) | AddressPath::Relative(path)) = quick.map(|quick| &quick.start) {
        site.remote_folder.clone_from(path);
    }
    let password = quick.and_then(|quick| quick.password.clone());
    let mut form = SiteForm::of(site, true);
    if let Some(password) = password {
        password.reveal().clone_into(&mut form.password);
        form.password_changed = true;
    }
    screen.dialog = Some(Dialog::Site(Box::new(form)));
    Vec::new()
}

pub(super) fn duplicate(screen: &mut Screen, id: &SiteId) -> Vec<Effect> {
    let new_id = SiteId::random();
    let effects = change(screen, |tree| {
        tree::duplicate(tree, id, new_id.clone());
    });
    if !effects.is_empty() {
        screen.site_cursor = Some(new_id);
    }
    effects
}

pub(super) fn ask_delete(screen: &mut Screen, id: &SiteId) -> Vec<Effect> {
    if let Some(site) = screen.sites.site(id) {
        screen.dialog = Some(Dialog::DeleteSite { id: site.id.clone(), name: site.name.clone() });
    }
    Vec::new()
}

pub(super) fn delete(screen: &mut Screen, id: &SiteId) -> Vec<Effect> {
    let forgotten = forget_passwords(screen, std::slice::from_ref(id));
    let saved = change(screen, |tree| tree.sites.retain(|site| site.id != *id));
    if saved.is_empty() { saved } else { forgotten.into_iter().chain(saved).collect() }
}

/// Of those of these sites that keep one. Goes before the list without them is saved: only of a site that is known can the password be
/// found.
fn forget_passwords(screen: &Screen, sites: &[SiteId]) -> Vec<Effect> {
    let keeps = |id: &&SiteId| screen.sites.site(id).is_some_and(|site| site.logon == Logon::Keyring);
    let forget = |site: &SiteId| Effect::Engine(Command::SavePassword { site: site.clone(), password: None });
    sites.iter().filter(keeps).map(forget).collect()
}

pub(super) fn color(screen: &mut Screen, id: &SiteId, color: SiteColor) -> Vec<Effect> {
    change(screen, |tree| {
        if let Some(site) = tree.sites.iter_mut().find(|site| site.id == *id) {
            site.color = color;
        }
    })
}

/// Keeps the remote folder among the site's bookmarks; one that is kept already goes.
pub(super) fn bookmark(screen: &mut Screen) -> Vec<Effect> {
    let (Some(site), Some(folder)) = (screen.connected_site(), screen.remote.remote_folder().cloned()) else { return Vec::new() };
    let id = site.id.clone();
    if site.bookmarks.contains(&folder) {
        return remove_bookmark(screen, &id, &folder);
    }
    change(screen, |tree| {
        if let Some(site) = tree.sites.iter_mut().find(|site| site.id == id) {
            site.bookmarks.push(folder);
        }
    })
}

pub(super) fn remove_bookmark(screen: &mut Screen, id: &SiteId, folder: &RemotePath) -> Vec<Effect> {
    change(screen, |tree| {
        if let Some(site) = tree.sites.iter_mut().find(|site| site.id == *id) {
            site.bookmarks.retain(|kept| kept != folder);
        }
    })
}

pub(super) fn move_site(screen: &mut Screen, id: &SiteId, folder: &str, before: Option<&SiteId>) -> Vec<Effect> {
    change(screen, |tree| {
        tree::move_site(tree, id, folder, before);
    })
}

/// A new folder, in the folder of the site that is marked.
pub(super) fn new_folder(screen: &mut Screen) -> Vec<Effect> {
    screen.dialog = Some(Dialog::SiteFolder { path: None, name: String::new(), error: None });
    Vec::new()
}

pub(super) fn edit_folder(screen: &mut Screen, path: String) -> Vec<Effect> {
    if screen.sites.folders.iter().any(|folder| folder.path == path) {
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        screen.dialog = Some(Dialog::SiteFolder { path: Some(path), name, error: None });
    }
    Vec::new()
}

/// Adds or renames a folder.
///
/// # Errors
/// What is wrong with the name.
pub(super) fn put_folder(screen: &mut Screen, path: Option<&str>, name: &str) -> Result<Vec<Effect>, String> {
    let name = tree::clean_path(name);
    if name.is_empty() {
        return Err("Type a name for the folder.".into());
    }
    if name.chars().any(char::is_control) {
        return Err("The name contains a control character.".into());
    }
    let target = match path {
        None => name,
        Some(_) if name.contains('/') => return Err("A folder's name has no “/”.".into()),
        Some(old) => match old.rsplit_once('/') {
            Some((above, _)) => format!("{above}/{name}"),
            None => name,
        },
    };
    if path != Some(target.as_str()) && screen.sites.folders.iter().any(|folder| folder.path == target) {
        return Err(format!("There is a folder “{target}” already."));
    }
    Ok(change(screen, |sites| match path {
        Some(old) => tree::rename_folder(sites, old, &target),
        None => sites.ensure_folder(&target),
    }))
}

/// An empty folder goes without a question.
pub(super) fn ask_delete_folder(screen: &mut Screen, path: String) -> Vec<Effect> {
    let sites = screen.sites.sites.iter().filter(|site| tree::is_in(&site.folder, &path)).count();
    if sites == 0 {
        return delete_folder(screen, &path);
    }
    screen.dialog = Some(Dialog::DeleteSiteFolder { path, sites });
    Vec::new()
}

pub(super) fn delete_folder(screen: &mut Screen, path: &str) -> Vec<Effect> {
    if path.is_empty() {
        return Vec::new();
    }
    let mut tree = (*screen.sites).clone();
    let gone = tree::delete_folder(&mut tree, path);
    let forgotten = forget_passwords(screen, &gone);
    forgotten.into_iter().chain(change(screen, |now| *now = tree)).collect()
}

/// Saves a site from its form. What concerns its transfers holds at once: the engine hears of it with the list. A session does not go
/// on with the data of another connection: files would go to the wrong server. It is left and begun anew, through the guard when
/// transfers are pending.
pub(super) fn put(screen: &mut Screen, site: Site) -> Vec<Effect> {
    let id = site.id.clone();
    let mut effects = change(screen, |tree| tree::put(tree, site.clone()));
    screen.site_cursor = Some(id.clone());
    let Some(current) = screen.session.site.as_mut().filter(|current| current.id == id && !id.is_quick()) else { return effects };
    if current.has_same_connection(&site) {
        *current = site;
        return effects;
    }
    match screen.session.phase {
        Phase::Connecting(_) | Phase::Moored | Phase::Leaving(_) => {
            effects.extend(screen.ask_to_leave(GuardPurpose::Connect(id)));
            let words = if screen.dialog.is_some() {
                let key = shown_key(Verb::Reconnect).unwrap_or_default();
                format!("This session uses what was saved before until it is left. Reconnect ({key}) when you want the new data.")
            } else {
                "Moorline connects again with the new data.".to_owned()
            };
            screen.advise(format!("{} was changed while it is connected.", site.name), words);
        }
        // Coming back by itself would use the old data.
        Phase::Adrift { .. } | Phase::Resting { .. } => effects.extend(screen.connect_now(&id)),
        Phase::Offline | Phase::Stranded { .. } => {}
    }
    effects
}
