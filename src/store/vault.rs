//! Passwords in a file that only the master password opens, for systems without a keyring and for whoever prefers it: `passwords.toml`.
//!
//! The key is made of the master password by Argon2id with the second recommendation of RFC 9106, section 4; the passwords are sealed with
//! it as one text by ChaCha20-Poly1305 (RFC 8439), which also tells a wrong master password and a changed file. Names of sites are sealed too.
//! To forget a password takes no master password: it is noted which, and it goes when the file is opened next.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::model::passwords::MasterPassword;
use crate::model::secret::Secret;
use crate::model::site::SiteId;
use crate::store::file::{self, Found, StoreError};
use crate::store::places::Places;
use crate::store::secrets::SecretStore;
use crate::store::turn::Turn;

/// The file's name in the configuration folder.
const FILE: &str = "passwords.toml";
/// Opens the file.
const HEADER: &str = "# Passwords of sites, locked with Moorline's master password.\n\
    # Without that nobody can read them, and nobody can bring them back.\n\n";
/// The layout of the file.
const VERSION: u32 = 1;
/// Bytes of the salt.
const SALT: usize = 16;
/// Most that a file may ask for: one that somebody changed must not take the machine's memory.
const MOST: Cost = Cost { memory_kib: 256 * 1024, passes: 10, lanes: 16 };
/// Longest file that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// What it costs to make a key of a master password, and so to try one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// RFC 9106, section 4.
const RECOMMENDED: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };

/// The file.
#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    nonce: String,
    passwords: String,
    /// Which of them were forgotten while they were locked ([`Entry::mark`]); they go with the next change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    forgotten: Vec<String>,
}

/// A password as it is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    site: String,
    user: String,
    password: String,
}

/// The key that was made of the master password.
struct Opened {
    salt: String,
    key: LessSafeKey,
}

/// The passwords under the master password. All calls block, the ones that make a key for a while.
pub struct Vault {
    places: Option<Places>,
    cost: Cost,
    opened: Mutex<Option<Opened>>,
}

impl Vault {
    /// The one of these places; without places there never is any.
    #[must_use]
    pub fn new(places: Option<Places>) -> Self {
        Self { places, cost: RECOMMENDED, opened: Mutex::new(None) }
    }

    /// Whether there is a master password, and whether it was given.
    #[must_use]
    pub fn state(&self) -> MasterPassword {
        let Some(path) = self.path().filter(|path| path.exists()) else { return MasterPassword::None };
        let opened = self.opened();
        // Another window may have set another one meanwhile.
        match (&*opened, read(&path)) {
            (Some(opened), Ok(Some(sealed))) if sealed.salt == opened.salt => MasterPassword::Open,
            _ => MasterPassword::Locked,
        }
    }

    /// Opens the passwords for this run.
    ///
    /// # Errors
    /// [`StoreError::WrongMaster`], [`StoreError::Senseless`], [`StoreError::Io`].
    pub fn unlock(&self, master: &Secret) -> Result<(), StoreError> {
        let (path, sealed) = self.sealed()?;
        // It takes its time: nobody else waits for it.
        let key = key_of(master, &sealed, &path)?;
        unseal(&key, &sealed, &path)?;
        *self.opened() = Some(Opened { salt: sealed.salt, key });
        if !sealed.forgotten.is_empty()
            && let Err(error) = self.change(|_| {})
        {
            // They are passed over all the same, and go with the next change.
            tracing::warn!(%error, "forgotten passwords are still in the file");
        }
        Ok(())
    }

    /// Forgets the key: the master password has to be given again.
    pub fn lock(&self) {
        *self.opened() = None;
    }

    /// Sets the master password, or another one in place of `current`; the passwords under it stay. It is open then.
    ///
    /// # Errors
    /// [`StoreError::WrongMaster`] when `current` is not the one; as [`Self::unlock`].
    pub fn set_master(&self, current: Option<&Secret>, new: &Secret) -> Result<(), StoreError> {
        let path = self.path().ok_or_else(nothing_is_kept)?;
        // Both keys take their time: nobody else waits for them.
        let old = match (read(&path)?, current) {
            (Some(sealed), Some(current)) => Some(key_of(current, &sealed, &path)?),
            (Some(_), None) => return Err(StoreError::WrongMaster),
            (None, _) => None,
        };
        let salt = BASE64_STANDARD.encode(random::<SALT>(&path)?);
        let key = derive(new, self.cost, &salt, &path)?;
        let mut opened = self.opened();
        let _turn = self.places.as_ref().map(Turn::take);
        // Another window may have been quicker.
        let entries = match (read(&path)?, old) {
            (Some(sealed), Some(old)) => unseal(&old, &sealed, &path)?,
            (Some(_), None) => return Err(StoreError::WrongMaster),
            (None, _) => Vec::new(),
        };
        write(&path, self.cost, &salt, &key, &entries)?;
        *opened = Some(Opened { salt, key });
        Ok(())
    }

    /// Keeps many passwords, each in place of an earlier one, in one step.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Io`]; then none is kept.
    pub fn set_many(&self, all: &[(SiteId, String, Secret)]) -> Result<(), StoreError> {
        let new: HashMap<(&str, &str), &Secret> =
            all.iter().map(|(site, user, password)| ((site.0.as_str(), user.as_str()), password)).collect();
        self.change(|entries| {
            entries.retain(|entry| !new.contains_key(&(entry.site.as_str(), entry.user.as_str())));
            let entry = |((site, user), password): (&(&str, &str), &&Secret)| Entry {
                site: (*site).to_owned(),
                user: (*user).to_owned(),
                password: password.reveal().to_owned(),
            };
            entries.extend(new.iter().map(entry));
        })
    }

    /// Takes the master password away with everything under it, which `rescue` is given before, unless the master password was not given
    /// in this run: then it is lost.
    ///
    /// # Errors
    /// `rescue`'s, or that what is under an open one can no longer be read ([`StoreError::Locked`] where another window has changed it):
    /// then nothing is taken away. [`StoreError::Io`].
    pub fn remove(&self, rescue: impl FnOnce(&[(SiteId, String, Secret)]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let Some(path) = self.path() else { return Ok(()) };
        let mut opened = self.opened();
        let _turn = self.places.as_ref().map(Turn::take);
        if let Some(opened) = &*opened
            && let Some(sealed) = read(&path)?
        {
            let entries = opened.entries(&sealed, &path)?;
            let of = |entry: Entry| (SiteId(entry.site), entry.user, Secret::new(entry.password));
            rescue(&entries.into_iter().map(of).collect::<Vec<_>>())?;
        }
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Io { action: "deleted", path, source }),
            _ => {
                *opened = None;
                Ok(())
            }
        }
    }

    fn path(&self) -> Option<PathBuf> {
        self.places.as_ref().map(|places| places.config.join(FILE))
    }

    fn opened(&self) -> MutexGuard<'_, Option<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sealed(&self) -> Result<(PathBuf, Sealed), StoreError> {
        let path = self.path().ok_or_else(nothing_is_kept)?;
        let sealed = read(&path)?.ok_or_else(nothing_is_kept)?;
        Ok((path, sealed))
    }

    /// The passwords as they are.
    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let opened = self.opened();
        let (path, sealed) = self.sealed()?;
        opened.as_ref().ok_or(StoreError::Locked)?.entries(&sealed, &path)
    }

    /// Reads the passwords, changes them, and writes them when that made a difference.
    fn change(&self, change: impl FnOnce(&mut Vec<Entry>)) -> Result<(), StoreError> {
        let opened = self.opened();
        let _turn = self.places.as_ref().map(Turn::take);
        let (path, sealed) = self.sealed()?;
        let opened = opened.as_ref().ok_or(StoreError::Locked)?;
        let was = opened.entries(&sealed, &path)?;
        let mut entries = was.clone();
        change(&mut entries);
        if entries != was || !sealed.forgotten.is_empty() {
            write(&path, sealed.cost, &sealed.salt, &opened.key, &entries)?;
        }
        Ok(())
    }

    /// Notes that a password is forgotten, for when the file is opened next.
    fn note_forgotten(&self, site: &SiteId, user: &str) -> Result<(), StoreError> {
        let _turn = self.places.as_ref().map(Turn::take);
        let (path, mut sealed) = self.sealed()?;
        let mark = Entry::mark(&sealed.salt, &site.0, user);
        if !sealed.forgotten.contains(&mark) {
            sealed.forgotten.push(mark);
            write_sealed(&path, &sealed)?;
        }
        Ok(())
    }
}

impl Opened {
    /// What is sealed with this key; locked when another window has set another master password meanwhile.
    fn entries(&self, sealed: &Sealed, path: &Path) -> Result<Vec<Entry>, StoreError> {
        if self.salt != sealed.salt {
            return Err(StoreError::Locked);
        }
        unseal(&self.key, sealed, path)
    }
}

impl SecretStore for Vault {
    fn available(&self) -> bool {
        self.state() != MasterPassword::None
    }

    fn get(&self, site: &SiteId, user: &str) -> Option<Secret> {
        let entries = match self.entries() {
            Ok(entries) => entries,
            Err(StoreError::Locked | StoreError::NoKeyring(_)) => return None,
            Err(error) => {
                tracing::warn!(site = site.0, %error, "the locked passwords could not be read");
                return None;
            }
        };
        entries.into_iter().find(|entry| entry.is_of(site, user)).map(|entry| Secret::new(entry.password))
    }

    fn set(&self, site: &SiteId, user: &str, secret: &Secret) -> Result<(), StoreError> {
        self.set_many(&[(site.clone(), user.to_owned(), secret.clone())])
    }

    fn forget(&self, site: &SiteId, user: &str) -> Result<(), StoreError> {
        match self.change(|entries| entries.retain(|entry| !entry.is_of(site, user))) {
            Err(StoreError::Locked) => self.note_forgotten(site, user),
            done => done,
        }
    }
}

impl Entry {
    fn is_of(&self, site: &SiteId, user: &str) -> bool {
        self.site == site.0 && self.user == user
    }

    /// Says of which site and user it is to whoever knows them, and to nobody else.
    fn mark(salt: &str, site: &str, user: &str) -> String {
        BASE64_STANDARD.encode(digest(&SHA256, format!("{salt}\n{site}\n{user}").as_bytes()))
    }
}

impl Sealed {
    /// What is not secret but must not be changed either.
    fn bound(version: u32, cost: Cost, salt: &str) -> Vec<u8> {
        format!("moorline {version} {} {} {} {salt}", cost.memory_kib, cost.passes, cost.lanes).into_bytes()
    }
}

/// The file; none where there is none.
fn read(path: &Path) -> Result<Option<Sealed>, StoreError> {
    if fs::metadata(path).is_ok_and(|facts| facts.len() > LONGEST) {
        return Err(senseless(path, "it is too long"));
    }
    let text = match file::find(path) {
        Found::Missing => return Ok(None),
        Found::NoText(_) => return Err(senseless(path, "it is not text")),
        Found::Unreadable(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
        Found::Text(text) => text,
    };
    let sealed: Sealed = toml::from_str(&text).map_err(|error| senseless(path, error.message()))?;
    if sealed.version != VERSION {
        return Err(senseless(path, "a newer Moorline has written it"));
    }
    let Cost { memory_kib, passes, lanes } = sealed.cost;
    if memory_kib > MOST.memory_kib || passes > MOST.passes || lanes > MOST.lanes {
        return Err(senseless(path, "its key would cost too much"));
    }
    Ok(Some(sealed))
}

fn key_of(master: &Secret, sealed: &Sealed, path: &Path) -> Result<LessSafeKey, StoreError> {
    derive(master, sealed.cost, &sealed.salt, path)
}

fn derive(master: &Secret, cost: Cost, salt: &str, path: &Path) -> Result<LessSafeKey, StoreError> {
    let salt = BASE64_STANDARD.decode(salt).map_err(|error| senseless(path, &error.to_string()))?;
    let mut bytes = [0; 32];
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(bytes.len()));
    let made = params.and_then(|params| {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into(master.reveal().as_bytes(), &salt, &mut bytes)
    });
    made.map_err(|error| senseless(path, &error.to_string()))?;
    let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| senseless(path, "its key has another length"))?;
    Ok(LessSafeKey::new(key))
}

fn unseal(key: &LessSafeKey, sealed: &Sealed, path: &Path) -> Result<Vec<Entry>, StoreError> {
    let decoded = |text: &str| BASE64_STANDARD.decode(text).map_err(|error| senseless(path, &error.to_string()));
    let nonce =
        Nonce::try_assume_unique_for_key(&decoded(&sealed.nonce)?).map_err(|_| senseless(path, "its nonce has another length"))?;
    let mut bytes = decoded(&sealed.passwords)?;
    let bound = Aad::from(Sealed::bound(sealed.version, sealed.cost, &sealed.salt));
    let text = key.open_in_place(nonce, bound, &mut bytes).map_err(|_| StoreError::WrongMaster)?;
    let mut entries: Vec<Entry> = serde_json::from_slice(text).map_err(|error| senseless(path, &error.to_string()))?;
    if !sealed.forgotten.is_empty() {
        entries.retain(|entry| !sealed.forgotten.contains(&Entry::mark(&sealed.salt, &entry.site, &entry.user)));
    }
    Ok(entries)
}

fn write(path: &Path, cost: Cost, salt: &str, key: &LessSafeKey, entries: &[Entry]) -> Result<(), StoreError> {
    let encode = |detail: String| StoreError::Encode { path: path.to_owned(), detail };
    let nonce = random::<NONCE_LEN>(path)?;
    let mut bytes = serde_json::to_vec(entries).map_err(|error| encode(error.to_string()))?;
    let bound = Aad::from(Sealed::bound(VERSION, cost, salt));
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut bytes)
        .map_err(|_| encode("it could not be sealed".to_owned()))?;
    let sealed = Sealed {
        version: VERSION,
        cost,
        salt: salt.to_owned(),
        nonce: BASE64_STANDARD.encode(nonce),
        passwords: BASE64_STANDARD.encode(bytes),
        forgotten: Vec::new(),
    };
    write_sealed(path, &sealed)
}

fn write_sealed(path: &Path, sealed: &Sealed) -> Result<(), StoreError> {
    let encode = |detail: String| StoreError::Encode { path: path.to_owned(), detail };
    let text = toml::to_string(sealed).map_err(|error| encode(error.to_string()))?;
    file::write_atomically(path, format!("{HEADER}{text}").as_bytes())
}

fn random<const N: usize>(path: &Path) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    let refused = |_| StoreError::Encode { path: path.to_owned(), detail: "the system gives no random numbers".to_owned() };
    SystemRandom::new().fill(&mut bytes).map_err(refused)?;
    Ok(bytes)
}

fn senseless(path: &Path, detail: &str) -> StoreError {
    StoreError::Senseless { path: path.to_owned(), detail: detail.to_owned() }
}

fn nothing_is_kept() -> StoreError {
    StoreError::NoKeyring("There is no master password either.".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Costs next to nothing.
    const CHEAP: Cost = Cost { memory_kib: 32, passes: 1, lanes: 1 };

    fn vault(folder: &Path) -> Vault {
        Vault { cost: CHEAP, ..Vault::new(Some(Places::in_folder(folder))) }
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn site(name: &str) -> SiteId {
        SiteId(name.into())
    }

    #[test]
    fn passwords_are_there_again_for_whoever_knows_the_master_password() {
        let folder = tempfile::tempdir().unwrap();
        let first = vault(folder.path());
        assert_eq!(first.state(), MasterPassword::None);
        first.set_master(None, &secret("correct horse")).unwrap();
        first.set(&site("books"), "anna", &secret("hunter2")).unwrap();
        first.set(&site("books"), "bert", &secret("other")).unwrap();
        first.set(&site("books"), "anna", &secret("hunter3")).unwrap();

        let second = vault(folder.path());
        assert_eq!(second.state(), MasterPassword::Locked);
        assert_eq!(second.get(&site("books"), "anna"), None, "it is locked");
        assert!(matches!(second.set(&site("x"), "y", &secret("z")), Err(StoreError::Locked)));
        assert!(matches!(second.unlock(&secret("wrong horse")), Err(StoreError::WrongMaster)));
        assert_eq!(second.state(), MasterPassword::Locked);
        second.unlock(&secret("correct horse")).unwrap();
        assert_eq!(second.get(&site("books"), "anna"), Some(secret("hunter3")));
        assert_eq!(second.get(&site("books"), "bert"), Some(secret("other")));
        second.forget(&site("books"), "bert").unwrap();
        assert_eq!(first.get(&site("books"), "bert"), None, "the other window has seen it");
        second.lock();
        assert_eq!((second.state(), second.get(&site("books"), "anna")), (MasterPassword::Locked, None));
    }

    #[test]
    fn the_file_tells_neither_passwords_nor_sites() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        vault.set_master(None, &secret("correct horse")).unwrap();
        vault.set(&site("harbour-books"), "anna", &secret("hunter2")).unwrap();
        let path = vault.path().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for word in ["hunter2", "anna", "harbour", "horse"] {
            assert!(!text.contains(word), "{word} is in {text}");
            assert!(!text.contains(&BASE64_STANDARD.encode(word)), "{word} is in {text}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = text;
        vault.set(&site("harbour-books"), "anna", &secret("hunter3")).unwrap();
        vault.set(&site("harbour-books"), "anna", &secret("hunter2")).unwrap();
        assert_ne!(fs::read_to_string(&path).unwrap(), before, "the same text was sealed with the same number twice");
    }

    #[test]
    fn what_is_forgotten_while_it_is_locked_never_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let first = vault(folder.path());
        first.set_master(None, &secret("correct horse")).unwrap();
        for name in ["books", "wine"] {
            first.set(&site(name), "anna", &secret("hunter2")).unwrap();
        }
        first.lock();
        first.forget(&site("books"), "anna").unwrap();
        first.forget(&site("books"), "anna").unwrap();
        let path = first.path().unwrap();
        let noted = fs::read_to_string(&path).unwrap();
        assert!(!noted.contains("books") && !noted.contains("anna"), "{noted}");
        assert_eq!(noted.matches("forgotten").count(), 1, "{noted}");
        let second = vault(folder.path());
        second.unlock(&secret("correct horse")).unwrap();
        assert_eq!((second.get(&site("books"), "anna"), second.get(&site("wine"), "anna")), (None, Some(secret("hunter2"))));
        assert!(!fs::read_to_string(&path).unwrap().contains("forgotten"), "it was not taken out as the file was opened");
        second.set(&site("books"), "anna", &secret("a new one")).unwrap();
        assert_eq!(second.get(&site("books"), "anna"), Some(secret("a new one")));
        // Also where the master password changes in between.
        second.lock();
        second.forget(&site("wine"), "anna").unwrap();
        second.set_master(Some(&secret("correct horse")), &secret("battery staple")).unwrap();
        assert_eq!((second.get(&site("wine"), "anna"), second.get(&site("books"), "anna")), (None, Some(secret("a new one"))));
    }

    #[test]
    fn another_master_password_opens_the_same_passwords_and_the_old_one_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (vault(folder.path()), vault(folder.path()));
        here.set_master(None, &secret("the first one")).unwrap();
        here.set(&site("a"), "u", &secret("p")).unwrap();
        there.unlock(&secret("the first one")).unwrap();
        assert!(matches!(here.set_master(Some(&secret("guessed")), &secret("mine now")), Err(StoreError::WrongMaster)));
        assert!(matches!(here.set_master(None, &secret("mine now")), Err(StoreError::WrongMaster)), "it is not asked for");
        here.set_master(Some(&secret("the first one")), &secret("the second one")).unwrap();
        assert_eq!(here.get(&site("a"), "u"), Some(secret("p")));
        assert_eq!(there.state(), MasterPassword::Locked, "the other window's key is out of date");
        assert!(matches!(there.set(&site("a"), "u", &secret("q")), Err(StoreError::Locked)));
        assert!(matches!(there.unlock(&secret("the first one")), Err(StoreError::WrongMaster)));
        there.unlock(&secret("the second one")).unwrap();
        assert_eq!(there.get(&site("a"), "u"), Some(secret("p")));
    }

    #[test]
    fn what_was_changed_in_the_file_is_no_passwords_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        vault.set_master(None, &secret("correct horse")).unwrap();
        vault.set(&site("a"), "u", &secret("p")).unwrap();
        let path = vault.path().unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let unlocked = |text: &str| {
            fs::write(&path, text).unwrap();
            vault.lock();
            vault.unlock(&secret("correct horse"))
        };
        assert!(unlocked(&whole).is_ok());
        assert!(matches!(unlocked(&whole.replace("passes = 1", "passes = 2")), Err(StoreError::WrongMaster)));
        assert!(matches!(unlocked(&whole.replace("version = 1", "version = 2")), Err(StoreError::Senseless { .. })));
        assert!(matches!(
            unlocked(&whole.replace("memory_kib = 32", "memory_kib = 4000000000")),
            Err(StoreError::Senseless { .. })
        ));
        assert!(matches!(unlocked(&whole.replace("salt = \"", "salt = \"!")), Err(StoreError::Senseless { .. })));
        assert!(matches!(unlocked(&whole[..whole.len() / 2]), Err(StoreError::Senseless { .. })));
        assert!(matches!(unlocked(""), Err(StoreError::Senseless { .. })));
        let sealed = |text: &str| text.split_once("passwords = \"").unwrap().1.to_owned();
        vault.remove(|_| Ok(())).unwrap();
        vault.set_master(None, &secret("correct horse")).unwrap();
        let other = fs::read_to_string(&path).unwrap();
        assert!(matches!(unlocked(&other.replace(&sealed(&other), &sealed(&whole))), Err(StoreError::WrongMaster)));
    }

    #[test]
    fn a_master_password_that_is_taken_away_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        vault.set_master(None, &secret("correct horse")).unwrap();
        vault.set(&site("a"), "u", &secret("p")).unwrap();
        assert!(matches!(vault.remove(|_| Err(StoreError::Keyring("No.".into()))), Err(StoreError::Keyring(_))));
        assert_eq!(vault.get(&site("a"), "u"), Some(secret("p")), "nobody has taken it over");
        let rescued = |vault: &Vault| {
            let mut rescued = None;
            vault
                .remove(|all| {
                    rescued = Some(all.to_vec());
                    Ok(())
                })
                .unwrap();
            assert_eq!(vault.state(), MasterPassword::None);
            rescued
        };
        assert_eq!(rescued(&vault), Some(vec![(site("a"), "u".to_owned(), secret("p"))]));
        assert_eq!(rescued(&vault), None, "there is none");
        vault.set_master(None, &secret("correct horse")).unwrap();
        assert_eq!(vault.get(&site("a"), "u"), None);
        vault.lock();
        assert_eq!(rescued(&vault), None, "it was not given");
    }

    #[test]
    fn what_another_window_has_locked_anew_is_not_taken_away_for_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (vault(folder.path()), vault(folder.path()));
        here.set_master(None, &secret("correct horse")).unwrap();
        here.set(&site("a"), "u", &secret("p")).unwrap();
        there.set_master(Some(&secret("correct horse")), &secret("another horse")).unwrap();
        assert!(matches!(here.remove(|_| unreachable!("it cannot be read")), Err(StoreError::Locked)));
        assert_eq!(there.get(&site("a"), "u"), Some(secret("p")));
    }

    #[test]
    fn what_is_used_is_what_the_rfc_recommends() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(Some(Places::in_folder(folder.path())));
        vault.set_master(None, &secret("correct horse")).unwrap();
        let text = fs::read_to_string(vault.path().unwrap()).unwrap();
        assert!(text.contains("memory_kib = 65536") && text.contains("passes = 3") && text.contains("lanes = 4"), "{text}");
        vault.lock();
        vault.unlock(&secret("correct horse")).unwrap();
    }

    #[test]
    fn without_places_there_is_none() {
        let vault = Vault::new(None);
        assert_eq!(vault.state(), MasterPassword::None);
        assert!(vault.set_master(None, &secret("correct horse")).is_err());
        assert!(vault.unlock(&secret("correct horse")).is_err());
        vault.remove(|_| Ok(())).unwrap();
    }
}
