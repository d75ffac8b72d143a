//! What lasts, for the engine's tasks: every call goes to a blocking thread, one at a time. Another program may write the same files:
//! each save reads what is there, changes it, and writes it in one turn.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::engine::command::MasterChange;
use crate::ftp::tls::Trust;
use crate::model::certificate::Certificate;
use crate::model::host::HostFacts;
use crate::model::merging;
use crate::model::passwords::{MasterPassword, PasswordsKept};
use crate::model::problem::Problem;
use crate::model::secret::Secret;
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId, SiteTree};
use crate::store::certificates::{self, Accepted};
use crate::store::file::StoreError;
use crate::store::hosts::{self, Hosts};
use crate::store::passwords::Passwords;
use crate::store::places::Places;
use crate::store::secrets::SecretStore;
use crate::store::turn::Turn;
use crate::store::{settings, sites};

/// A cheap handle to what lasts.
#[derive(Clone)]
pub struct Keeper {
    kept: Arc<Mutex<Kept>>,
    passwords: Arc<Passwords>,
    turns: Arc<tokio::sync::Mutex<()>>,
    unlocking: Arc<tokio::sync::Mutex<()>>,
}

/// A turn at the passwords: who has it is served before whoever asks later.
pub type PasswordsTurn = tokio::sync::OwnedMutexGuard<()>;

struct Kept {
    places: Option<Places>,
    sites: Both<SiteTree>,
    settings: Both<Settings>,
    accepted: Accepted,
    hosts: Hosts,
    /// What was told of each file already.
    told: Vec<Problem>,
}

/// Something as it is here, and as the file had it when this program last read or wrote it.
#[derive(Default)]
struct Both<T> {
    here: T,
    in_file: T,
}

impl<T: Clone> Both<T> {
    fn same(value: T) -> Self {
        Self { in_file: value.clone(), here: value }
    }

    /// Takes in what the file has by now. What could not be saved is ours still.
    fn take_in(&mut self, found: Option<T>, merge: impl Fn(&T, &T, &T) -> T) {
        if let Some(found) = found {
            self.here = merge(&self.in_file, &self.here, &found);
            self.in_file = found;
        }
    }

    /// Makes the change from `was` to `new` here, whatever else has come in meanwhile.
    fn change(&mut self, was: Option<T>, new: &T, merge: impl Fn(&T, &T, &T) -> T) {
        self.here = merge(&was.unwrap_or_else(|| self.here.clone()), new, &self.here);
    }
}

impl Kept {
    /// A damaged file is put right from what is known here: what was saved of it is no word of another window's.
    fn read_sites(&mut self) -> Option<Problem> {
        let places = self.places.as_ref()?;
        let found = sites::load_again(places);
        let is_repaired = found.notice.is_some() && sites::load_again(places).value.is_some();
        self.sites.take_in(found.value, merging::sites);
        let failed = if is_repaired { self.write_sites() } else { None };
        self.untold(found.notice).or(failed)
    }

    /// As [`Self::read_sites`].
    fn read_settings(&mut self) -> Option<Problem> {
        let places = self.places.as_ref()?;
        let found = settings::load_again(places);
        let is_repaired = found.notice.is_some() && settings::load_again(places).value.is_some();
        self.settings.take_in(found.value, settings::merge);
        let failed = if is_repaired { self.write_settings() } else { None };
        self.untold(found.notice).or(failed)
    }

    fn write_sites(&mut self) -> Option<Problem> {
        let saved = sites::save(self.places.as_ref()?, &self.sites.here);
        if saved.is_ok() {
            self.sites.in_file = self.sites.here.clone();
        }
        saved.err().map(|error| error.problem())
    }

    fn write_settings(&mut self) -> Option<Problem> {
        let saved = settings::save(self.places.as_ref()?, &self.settings.here);
        if saved.is_ok() {
            self.settings.in_file = self.settings.here.clone();
        }
        saved.err().map(|error| error.problem())
    }

    /// A notice, unless it was told before: a file that cannot be read is looked at again and again.
    fn untold(&mut self, notice: Option<Problem>) -> Option<Problem> {
        let notice = notice.filter(|notice| !self.told.contains(notice))?;
        self.told.push(notice.clone());
        Some(notice)
    }

    /// Has this program's word about a host in the file, beside what others learned of other hosts.
    fn write_host(&self, places: &Places, authority: &str, facts: HostFacts) -> Result<(), StoreError> {
        let _turn = Turn::take(places);
        let mut all = hosts::load_again(places).value.unwrap_or_else(|| self.hosts.clone());
        all.learn(authority, facts);
        all.save(places)
    }
}

/// A turn at the files, where there are any.
fn turn(kept: &Kept) -> Option<Turn> {
    kept.places.as_ref().map(Turn::take)
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
    pub fn open(places: Option<Places>, keyring: Arc<dyn SecretStore>) -> (Self, Found) {
        let mut notices = Vec::new();
        let mut found = Found { sites: SiteTree::default(), settings: Settings::default(), notices: Vec::new() };
        let mut kept = Kept {
            places: places.clone(),
            sites: Both::default(),
            settings: Both::default(),
            accepted: Accepted::default(),
            hosts: Hosts::default(),
            told: Vec::new(),
        };
        if let Some(places) = places {
            // A damaged file is repaired as it is read.
            let _turn = Turn::take(&places);
            let sites = sites::load(&places);
            let settings = settings::load(&places);
            let accepted = certificates::load(&places);
            let hosts = hosts::load(&places);
            notices.extend([sites.notice, settings.notice, accepted.notice, hosts.notice].into_iter().flatten());
            (found.sites, found.settings) = (sites.value, settings.value);
            (kept.accepted, kept.hosts) = (accepted.value, hosts.value);
        }
        let passwords = Arc::new(Passwords::new(kept.places.clone(), keyring));
        (kept.sites, kept.settings) = (Both::same(found.sites.clone()), Both::same(found.settings.clone()));
        kept.told.clone_from(&notices);
        found.notices = notices;
        (Self { kept: Arc::new(Mutex::new(kept)), passwords, turns: Arc::default(), unlocking: Arc::default() }, found)
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

    /// Saves what was changed of the site list; `was` is the list that was changed. Returns the list as it is now, with what other
    /// programs changed of it, and what went wrong.
    pub async fn save_sites(&self, was: Option<SiteTree>, new: SiteTree) -> (SiteTree, Vec<Problem>) {
        let lost = (new.clone(), Vec::new());
        let save = move |kept: &mut Kept| {
            let _turn = turn(kept);
            kept.sites.change(was, &new, merging::sites);
            let problems = [kept.read_sites(), kept.write_sites()];
            (kept.sites.here.clone(), problems.into_iter().flatten().collect())
        };
        self.with(save, lost).await
    }

    /// Changes the site list as it is, whatever other programs have saved of it by now, and saves it. Returns the list, what the
    /// change came to, and what went wrong; nothing when the program is ending.
    pub async fn change_sites<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut SiteTree) -> R + Send + 'static,
    ) -> Option<(SiteTree, R, Vec<Problem>)> {
        let save = move |kept: &mut Kept| {
            let _turn = turn(kept);
            let read = kept.read_sites();
            let came_to = change(&mut kept.sites.here);
            let problems = [read, kept.write_sites()];
            Some((kept.sites.here.clone(), came_to, problems.into_iter().flatten().collect()))
        };
        self.with(save, None).await
    }

    /// As [`Self::save_sites`], for the settings. What they are now is told before anybody else can change them.
    pub async fn save_settings(
        &self,
        was: Option<Settings>,
        new: Settings,
        tell: impl FnOnce(&Settings) + Send + 'static,
    ) -> Vec<Problem> {
        let save = move |kept: &mut Kept| {
            let _turn = turn(kept);
            kept.settings.change(was, &new, settings::merge);
            let read = kept.read_settings();
            tell(&kept.settings.here);
            [read, kept.write_settings()].into_iter().flatten().collect()
        };
        self.with(save, Vec::new()).await
    }

    /// Takes in what other programs saved; what there is now is told.
    pub async fn look(&self, tell: impl FnOnce(&SiteTree, &Settings) + Send + 'static) -> Vec<Problem> {
        let look = move |kept: &mut Kept| {
            let _turn = turn(kept);
            let problems = [kept.read_sites(), kept.read_settings()];
            tell(&kept.sites.here, &kept.settings.here);
            problems.into_iter().flatten().collect()
        };
        self.with(look, Vec::new()).await
    }

    /// The certificates that were accepted for a site.
    pub async fn trust(&self, site: &Site) -> Trust {
        let authority = site.authority();
        let trust = move |kept: &mut Kept| {
            let mut pinned = kept.accepted.pinned(&authority);
            // Another window may have been asked about it.
            let others = kept.places.as_ref().and_then(|places| certificates::load_again(places).value);
            pinned.extend(others.unwrap_or_default().pinned(&authority));
            Trust { pinned }
        };
        self.with(trust, Trust::default()).await
    }

    /// Accepts a certificate from now on; returns what went wrong.
    pub async fn accept(&self, site: &Site, certificate: &Certificate) -> Option<Problem> {
        let (authority, fingerprint, subject) = (site.authority(), certificate.fingerprint, certificate.subject.clone());
        self.save(move |kept, places| {
            let _turn = Turn::take(places);
            let mut all = certificates::load_again(places).value.unwrap_or_else(|| kept.accepted.clone());
            for accepted in [&mut all, &mut kept.accepted] {
                accepted.accept(&authority, fingerprint, &subject);
            }
            all.save(places)
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
        let learn = move |kept: &mut Kept, places: &Places| {
            if kept.hosts.learn(&authority, facts) { kept.write_host(places, &authority, facts) } else { Ok(()) }
        };
        self.save(learn).await
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
            kept.write_host(&places, &authority, facts).err().map(|error| error.problem())
        };
        self.with(learn, None).await
    }

    /// Remembers the address of a session that came about. Without a disk to write to there is none to compare with next time.
    pub async fn remember_address(&self, site: &Site, address: IpAddr) {
        if let Some(problem) = self.relearn(site, move |facts| facts.last_address = Some(address)).await {
            tracing::warn!(problem = %problem.what, "the host's address is not remembered");
        }
    }

    /// What there is to keep passwords in.
    pub async fn passwords_kept(&self) -> PasswordsKept {
        self.with_passwords(Passwords::kept).await.unwrap_or_default()
    }

    /// Whether there is a master password, and whether it was given.
    pub async fn master_password(&self) -> MasterPassword {
        self.with_passwords(Passwords::master).await.unwrap_or_default()
    }

    /// Waits until nobody else asks for the master password.
    pub async fn turn_at_unlocking(&self) -> PasswordsTurn {
        Arc::clone(&self.unlocking).lock_owned().await
    }

    /// Gets into the line for a turn at the passwords, at once: whoever does so later is served later, wherever the turn is waited for.
    pub fn line_up_for_passwords(&self) -> impl Future<Output = PasswordsTurn> + Send + use<> {
        let mut turn = Box::pin(Arc::clone(&self.turns).lock_owned());
        // The first look is what gets it into the line.
        let at_once = turn.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        async move {
            match at_once {
                Poll::Ready(turn) => turn,
                Poll::Pending => turn.await,
            }
        }
    }

    /// A site's password, as the last save before this left it.
    pub async fn password(&self, site: &Site) -> Option<Secret> {
        let _turn = self.line_up_for_passwords().await;
        let (id, user) = (site.id.clone(), site.login_user().to_owned());
        self.with_passwords(move |passwords| passwords.get(&id, &user)).await.flatten()
    }

    /// Keeps a password, or forgets it; returns what went wrong.
    pub async fn save_password(&self, turn: PasswordsTurn, id: SiteId, user: String, password: Option<Secret>) -> Option<Problem> {
        let _turn = turn;
        let save = move |passwords: &Passwords| match password {
            Some(password) => {
                passwords.set(&id, &user, &password).map_err(|error| error.problem_of("the password was not saved: "))
            }
            None => passwords.forget(&id, &user).map_err(|error| error.problem_of("the password was not forgotten: ")),
        };
        self.with_passwords(save).await?.err()
    }

    /// Keeps many passwords, up to the first that is refused; returns how many are not kept, and why.
    pub async fn save_passwords(&self, turn: PasswordsTurn, all: Vec<(SiteId, String, Secret)>) -> Option<(usize, StoreError)> {
        let _turn = turn;
        self.with_passwords(move |passwords| passwords.set_many(&all)).await?.err()
    }

    /// Opens what is under the master password. `None` when the program ends meanwhile.
    pub async fn unlock(&self, master: Secret) -> Option<Result<(), StoreError>> {
        self.with_passwords(move |passwords| passwords.unlock(&master)).await
    }

    /// The master password has to be given again.
    pub async fn lock_passwords(&self) {
        self.with_passwords(Passwords::lock).await;
    }

    /// Sets the master password, changes it, or takes it away; returns how many passwords stay in the keyring all the same. `None` when
    /// the program ends meanwhile.
    pub async fn change_master(&self, change: MasterChange) -> Option<Result<usize, StoreError>> {
        let _turn = self.line_up_for_passwords().await;
        let of = |site: &Site| (site.id.clone(), site.login_user().to_owned());
        let known: Vec<_> = self.with(move |kept| kept.sites.here.sites.iter().map(of).collect(), Vec::new()).await;
        let change = move |passwords: &Passwords| match change {
            MasterChange::Set { current, new } => passwords.set_master(current.as_ref(), &new, &known),
            MasterChange::Remove => passwords.remove_master().map(|()| 0),
        };
        self.with_passwords(change).await
    }

    /// `None` when the program ends meanwhile.
    async fn with_passwords<R: Send + 'static>(&self, work: impl FnOnce(&Passwords) -> R + Send + 'static) -> Option<R> {
        let passwords = Arc::clone(&self.passwords);
        tokio::task::spawn_blocking(move || work(&passwords)).await.ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::certificate::Fingerprint;
    use crate::store::secrets::NoKeyring;

    fn certificate(number: u8) -> Certificate {
        Certificate {
            fingerprint: Fingerprint([number; 32]),
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            reason: String::new(),
        }
    }

    #[tokio::test]
    async fn what_two_programs_accept_and_learn_is_kept_of_both() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::in_folder(home.path());
        let open = || Keeper::open(Some(places.clone()), Arc::new(NoKeyring)).0;
        let (first, second) = (open(), open());
        let mut expected = Vec::new();
        for (keeper, host, number) in [(&first, "a.example", 1), (&second, "b.example", 2), (&first, "a.example", 3)] {
            let site = Site::new(SiteId(host.into()), host, host);
            assert_eq!(keeper.accept(&site, &certificate(number)).await, None);
            let facts = HostFacts { connection_limit: Some(usize::from(number)), ..HostFacts::default() };
            assert_eq!(keeper.learn(&site, facts).await, None);
            expected.push((site, facts, Fingerprint([number; 32])));
        }
        expected.remove(0);
        let third = open();
        for (site, facts, fingerprint) in expected {
            assert_eq!(third.host(&site).await, facts);
            // Also where the certificate was accepted while this program ran.
            for keeper in [&first, &second, &third] {
                assert!(keeper.trust(&site).await.pinned.contains(&fingerprint));
            }
        }
    }
}
