//! Connecting: to a saved site, to an address, and to the same site again.

use crate::engine::Command;
use crate::model::address::{Address, AddressPath};
use crate::model::secret::Secret;
use crate::model::session::Phase;
use crate::model::site::{Encryption, Site, SiteId};
use crate::screen::action::Effect;
use crate::screen::dialog::GuardPurpose;
use crate::screen::pane::Side;
use crate::screen::state::{QuickConnect, Screen};

/// Makes a site of an address.
#[must_use]
pub fn quick_connect(address: Address) -> QuickConnect {
    QuickConnect { site: Site::quick(&address), password: address.password, start: address.path }
}

impl Screen {
    /// A person wants to be connected to this site.
    pub fn connect_to(&mut self, id: &SiteId) -> Vec<Effect> {
        let Some((site, ..)) = self.destination(id) else { return Vec::new() };
        let is_current = self.session.site.as_ref().is_some_and(|now| now.id == *id && now.has_same_connection(&site));
        if is_current {
            match self.session.phase {
                Phase::Moored if !id.is_quick() => {
                    self.active = Side::Remote;
                    self.decline(format!("{} is connected already.", site.name));
                    return Vec::new();
                }
                Phase::Connecting(_) => return Vec::new(),
                Phase::Adrift { .. } | Phase::Resting { .. } | Phase::Stranded { .. } if !id.is_quick() => {
                    return vec![Effect::Engine(Command::ReconnectNow)];
                }
                _ => {}
            }
        }
        self.ask_to_leave(GuardPurpose::Connect(id.clone()))
    }

    /// A person wants to be connected to this address.
    pub fn connect_to_address(&mut self, address: Address) -> Vec<Effect> {
        if address.password.is_some() {
            self.advise("The password was part of the address.", "It is used for this connection and is not saved.");
        }
        let quick = quick_connect(address);
        let id = quick.site.id.clone();
        self.quick = Some(quick);
        self.connect_to(&id)
    }

    /// Connects to the typed address of the session without encryption: the address itself goes on asking for TLS when it is typed
    /// again.
    pub fn connect_plainly(&mut self) -> Vec<Effect> {
        let Some(site) = self.session.site.clone().filter(|site| site.id.is_quick()) else { return Vec::new() };
        let typed = self.quick.take().filter(|quick| quick.site.id == site.id);
        let (password, start) = typed.map_or((None, AddressPath::Login), |typed| (typed.password, typed.start));
        let id = site.id.clone();
        let site = Site { port: Some(site.port()), encryption: Encryption::Plain, ..site };
        self.quick = Some(QuickConnect { site, password, start });
        self.connect_to(&id)
    }

    /// Connects to the site of the session again: with the data that is saved now, into the folder that is shown.
    pub fn reconnect(&mut self) -> Vec<Effect> {
        let Some(current) = self.session.site.clone() else { return Vec::new() };
        let is_edited = self.sites.site(&current.id).is_some_and(|saved| !saved.has_same_connection(&current));
        match self.session.phase {
            Phase::Adrift { .. } | Phase::Resting { .. } | Phase::Stranded { .. } if !is_edited => {
                vec![Effect::Engine(Command::ReconnectNow)]
            }
            // Coming back to an edited site cuts nothing: no file moves while adrift.
            Phase::Adrift { .. } | Phase::Resting { .. } | Phase::Stranded { .. } | Phase::Offline => self.connect_now(&current.id),
            Phase::Connecting(_) | Phase::Moored | Phase::Leaving(_) => self.ask_to_leave(GuardPurpose::Connect(current.id)),
        }
    }

    /// Connects without asking.
    pub fn connect_now(&mut self, id: &SiteId) -> Vec<Effect> {
        let Some((site, password, start)) = self.destination(id) else { return Vec::new() };
        self.plan = None;
        let account = |site: &Site| (site.host.clone(), site.port(), site.login_user().to_owned(), site.remote_folder.clone());
        let same_account = self.session.site.as_ref().is_some_and(|old| old.id == *id && account(old) == account(&site));
        let mut effects = Vec::new();
        let start = match (&start, &self.session.folder) {
            (AddressPath::Login, Some(folder)) if same_account => AddressPath::Absolute(folder.to_string()),
            _ => {
                if let Some(path) = &site.local_folder {
                    effects.push(self.open_local(path.clone()));
                }
                start
            }
        };
        effects.push(Effect::Engine(Command::Connect { site: Box::new(site), password, start }));
        effects
    }

    /// What a site is called: its name, or the typed address. Nothing for one that is no longer saved.
    #[must_use]
    pub fn site_name<'a>(&'a self, id: &'a SiteId) -> Option<&'a str> {
        let current = self.session.site.as_ref().filter(|site| site.id == *id && !id.is_quick());
        self.sites.site(id).or(current).map(|site| site.name.as_str()).or_else(|| id.typed())
    }

    /// The site that an item waits for, unless it is the one of this session.
    #[must_use]
    pub fn waits_elsewhere(&self, id: &SiteId) -> bool {
        !self.has_session() || self.session.site.as_ref().is_none_or(|site| site.id != *id)
    }

    /// Whether it is known how to connect there.
    #[must_use]
    pub fn can_connect_to(&self, id: &SiteId) -> bool {
        self.destination(id).is_some()
    }

    /// Where an identity leads: a typed address, a saved site, or the session's own site (whose entry was deleted meanwhile).
    fn destination(&self, id: &SiteId) -> Option<(Site, Option<Secret>, AddressPath)> {
        if let Some(quick) = self.quick.as_ref().filter(|quick| quick.site.id == *id) {
            return Some((quick.site.clone(), quick.password.clone(), quick.start.clone()));
        }
        let saved = self.sites.site(id).or_else(|| self.session.site.as_ref().filter(|site| site.id == *id))?;
        Some((saved.clone(), None, AddressPath::Login))
    }
}
