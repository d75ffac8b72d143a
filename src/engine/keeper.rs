//! What lasts, for the engine's tasks: every call goes to a blocking thread, one at a time, so that the last save wins.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ftp::tls::Trust;
use crate::model::certificate::Certificate;
use crate::model::host::HostFacts;
use crate::model::problem::Problem;
use crate::model::secret::Secret;
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId, SiteTree};
use crate::store::certificates::{self, Accepted};
use crate::store::file::StoreError;
use crate::store::hosts::{self, Hosts};
use crate::store::places::Places;
use crate::store::secrets::SecretStore;
use crate::store::{settings, sites};

/// A cheap handle to what lasts.
#[derive(Clone)]
pub struct Keeper {
    kept: Arc<Mutex<Kept>>,
    secrets: Arc<dyn SecretStore>,
    keyring: Arc<tokio::sync::Mutex<()>>,
}

/// A turn at the keyring: who has it is served before whoever asks later.
pub type KeyringTurn = tokio::sync::OwnedMutexGuard<()>;

struct Kept {
    places: Option<Places>,
    accepted: Accepted,
    hosts: Hosts,
}

/// What was found at the start.
pub struct Found {
    /// Sites.
    pub sites: SiteTree,
    /// Settings.
    pub settings: Settings,
    /// What a person should know (a damaged file was kept aside).
    pub notices: Vec<Problem>,
}

impl Keeper {
    /// Reads everything that was kept. Blocking.
    pub fn open(places: Option<Places>, secrets: Arc<dyn SecretStore>) -> (Self, Found) {
        let mut notices = Vec::new();
        let mut found = Found { sites: SiteTree::default(), settings: Settings::default(), notices: Vec::new() };
        let mut kept = Kept { places: places.clone(), accepted: Accepted::default(), hosts: Hosts::default() };
        if let Some(places) = places {
            let sites = sites::load(&places);
            let settings = settings::load(&places);
            let accepted = certificates::load(&places);
            let hosts = hosts::load(&places);
            notices.extend([sites.notice, settings.notice, accepted.notice, hosts.notice].into_iter().flatten());
            (found.sites, found.settings) = (sites.value, settings.value);
            (kept.accepted, kept.hosts) = (accepted.value, hosts.value);
        }
        found.notices = notices;
        (Self { kept: Arc::new(Mutex::new(kept)), secrets, keyring: Arc::default() }, found)
    }

    async fn with<R: Send + 'static>(&self, work: impl FnOnce(&mut Kept) -> R + Send + 'static, lost: R) -> R {
        let kept = Arc::clone(&self.kept);
        tokio::task::spawn_blocking(move || work(&mut kept.lock().unwrap_or_else(PoisonError::into_inner))).await.unwrap_or(lost)
    }

    async fn save(&self, work: impl FnOnce(&mut Kept, &Places) -> Result<(), StoreError> + Send + 'static) -> Option<Problem> {
        let saved = move |kept: &mut Kept| {
            let places = kept.places.clone()?;
            work(kept, &places).err().map(|error| error.problem())
        };
        self.with(saved, None).await
    }

    /// Saves the site list; returns what went wrong.
    pub async fn save_sites(&self, tree: SiteTree) -> Option<Problem> {
        self.save(move |_, places| sites::save(places, &tree)).await
    }

    /// Saves the settings; returns what went wrong.
    pub async fn save_settings(&self, new: Settings) -> Option<Problem> {
        self.save(move |_, places| settings::save(places, &new)).await
    }

    /// The certificates that were accepted for a site.
    pub async fn trust(&self, site: &Site) -> Trust {
        let authority = site.authority();
        self.with(move |kept| Trust { pinned: kept.accepted.pinned(&authority) }, Trust::default()).await
    }

    /// Accepts a certificate from now on; returns what went wrong.
    pub async fn accept(&self, site: &Site, certificate: &Certificate) -> Option<Problem> {
        let (authority, fingerprint, subject) = (site.authority(), certificate.fingerprint, certificate.subject.clone());
        self.save(move |kept, places| {
            kept.accepted.accept(&authority, fingerprint, &subject);
            kept.accepted.save(places)
        })
        .await
    }

    /// What is known of a site's host.
    pub async fn host(&self, site: &Site) -> HostFacts {
        let authority = site.authority();
        self.with(move |kept| kept.hosts.facts(&authority), HostFacts::default()).await
    }

    /// Remembers what was learned of a site's host; returns what went wrong.
    pub async fn learn(&self, site: &Site, facts: HostFacts) -> Option<Problem> {
        let authority = site.authority();
        self.save(move |kept, places| if kept.hosts.learn(&authority, facts) { kept.hosts.save(places) } else { Ok(()) }).await
    }

    /// Changes what is known of a site's host, whatever else is being learned of it; returns what went wrong.
    pub async fn relearn(&self, site: &Site, change: impl FnOnce(&mut HostFacts) + Send + 'static) -> Option<Problem> {
        let authority = site.authority();
        // Without a place to save it, it is known as long as the program runs.
        let learn = move |kept: &mut Kept| {
            let mut facts = kept.hosts.facts(&authority);
            change(&mut facts);
            let is_new = kept.hosts.learn(&authority, facts);
            let places = kept.places.clone().filter(|_| is_new)?;
            kept.hosts.save(&places).err().map(|error| error.problem())
        };
        self.with(learn, None).await
    }

    /// Remembers the address of a session that came about. Without a disk to write to there is none to compare with next time.
    pub async fn remember_address(&self, site: &Site, address: IpAddr) {
        if let Some(problem) = self.relearn(site, move |facts| facts.last_address = Some(address)).await {
            tracing::warn!(problem = %problem.what, "the host's address is not remembered");
        }
    }

    /// Whether a keyring is there.
    pub async fn has_keyring(&self) -> bool {
        let secrets = Arc::clone(&self.secrets);
        tokio::task::spawn_blocking(move || secrets.available()).await.unwrap_or(false)
    }

    /// Waits for a turn at the keyring.
    pub async fn turn_at_keyring(&self) -> KeyringTurn {
        Arc::clone(&self.keyring).lock_owned().await
    }

    /// A site's password from the keyring, as the last save before this left it.
    pub async fn password(&self, site: &Site) -> Option<Secret> {
        let _turn = self.turn_at_keyring().await;
        let (secrets, id, user) = (Arc::clone(&self.secrets), site.id.clone(), site.login_user().to_owned());
        let get = move || if secrets.available() { secrets.get(&id, &user) } else { None };
        tokio::task::spawn_blocking(get).await.ok().flatten()
    }

    /// Puts a password into the keyring, or takes it out; returns what went wrong.
    pub async fn save_password(&self, turn: KeyringTurn, id: SiteId, user: String, password: Option<Secret>) -> Option<Problem> {
        let _turn = turn;
        let secrets = Arc::clone(&self.secrets);
        let save = move || match password {
            Some(password) => secrets.set(&id, &user, &password).map_err(|error| error.problem_of("the password was not saved: ")),
            None => secrets.forget(&id, &user).map_err(|error| error.problem_of("the password was not forgotten: ")),
        };
        tokio::task::spawn_blocking(save).await.ok()?.err()
    }
}
