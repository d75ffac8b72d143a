//! All places of passwords as one: under the master password where there is one, in the system's keyring otherwise.

use std::sync::Arc;

use crate::model::passwords::{MasterPassword, PasswordsKept};
use crate::model::secret::Secret;
use crate::model::site::SiteId;
use crate::store::file::StoreError;
use crate::store::places::Places;
use crate::store::secrets::SecretStore;
use crate::store::vault::Vault;

/// The keyring and the passwords under the master password. All calls block.
pub struct Passwords {
    keyring: Arc<dyn SecretStore>,
    vault: Vault,
}

impl Passwords {
    /// Those of this user.
    #[must_use]
    pub fn new(places: Option<Places>, keyring: Arc<dyn SecretStore>) -> Self {
        Self { keyring, vault: Vault::new(places) }
    }

    /// What there is to keep passwords in.
    #[must_use]
    pub fn kept(&self) -> PasswordsKept {
        PasswordsKept { keyring: self.keyring.available(), master: self.vault.state() }
    }

    /// Whether there is a master password, and whether it was given.
    #[must_use]
    pub fn master(&self) -> MasterPassword {
        self.vault.state()
    }

    /// Opens what is under the master password.
    ///
    /// # Errors
    /// As [`Vault::unlock`].
    pub fn unlock(&self, master: &Secret) -> Result<(), StoreError> {
        self.vault.unlock(master)
    }

    /// The master password has to be given again.
    pub fn lock(&self) {
        self.vault.lock();
    }

    /// Sets the master password or changes it. With the first one, what the keyring has for these sites and users moves under it; returns
    /// how many of them stay where they are, and are found there.
    ///
    /// # Errors
    /// As [`Vault::set_master`].
    pub fn set_master(&self, current: Option<&Secret>, new: &Secret, known: &[(SiteId, String)]) -> Result<usize, StoreError> {
        let is_first = !self.vault.available();
        self.vault.set_master(current, new)?;
        if !is_first || !self.keyring.available() {
            return Ok(0);
        }
        let in_keyring = |(site, user): &(SiteId, String)| Some((site.clone(), user.clone(), self.keyring.get(site, user)?));
        let moving: Vec<_> = known.iter().filter_map(in_keyring).collect();
        // The master password is set whatever becomes of them.
        Ok(self.set_many(&moving).map_or_else(|(missing, _)| missing, |()| 0))
    }

    /// Keeps many passwords.
    ///
    /// # Errors
    /// How many are not kept, and why.
    pub fn set_many(&self, all: &[(SiteId, String, Secret)]) -> Result<(), (usize, StoreError)> {
        if self.vault.available() {
            self.vault.set_many(all).map_err(|error| (all.len(), error))?;
            all.iter().for_each(|(site, user, _)| self.forget_in_keyring(site, user));
            return Ok(());
        }
        let refused = |(at, (site, user, password)): (usize, &(SiteId, String, Secret))| {
            self.keyring.set(site, user, password).err().map(|error| (all.len() - at, error))
        };
        all.iter().enumerate().find_map(refused).map_or(Ok(()), Err)
    }

    /// One place only: an old one in the keyring would come back with the keyring. Where it refuses, the new one is found first.
    fn forget_in_keyring(&self, site: &SiteId, user: &str) {
        if self.keyring.available()
            && let Err(error) = self.keyring.forget(site, user)
        {
            tracing::warn!(site = site.0, %error, "the keyring still has a password");
        }
    }

    /// Takes the master password away. What is under it goes to the keyring where there is one and it was open, and is forgotten otherwise.
    ///
    /// # Errors
    /// The keyring refuses: then nothing is taken away. As [`Vault::remove`].
    pub fn remove_master(&self) -> Result<(), StoreError> {
        let to_keyring = |all: &[(SiteId, String, Secret)]| match self.keyring.available() {
            true => all.iter().try_for_each(|(site, user, password)| self.keyring.set(site, user, password)),
            false => Ok(()),
        };
        self.vault.remove(to_keyring)
    }
}

impl SecretStore for Passwords {
    fn available(&self) -> bool {
        self.vault.available() || self.keyring.available()
    }

    fn get(&self, site: &SiteId, user: &str) -> Option<Secret> {
        let in_keyring = || if self.keyring.available() { self.keyring.get(site, user) } else { None };
        self.vault.get(site, user).or_else(in_keyring)
    }

    fn set(&self, site: &SiteId, user: &str, secret: &Secret) -> Result<(), StoreError> {
        if !self.vault.available() {
            return self.keyring.set(site, user, secret);
        }
        self.vault.set(site, user, secret)?;
        self.forget_in_keyring(site, user);
        Ok(())
    }

    fn forget(&self, site: &SiteId, user: &str) -> Result<(), StoreError> {
        let in_keyring = if self.keyring.available() { self.keyring.forget(site, user) } else { Ok(()) };
        let in_vault = if self.vault.available() { self.vault.forget(site, user) } else { Ok(()) };
        in_keyring.and(in_vault)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::passwords::Keeping;
    use crate::store::secrets::{MemoryKeyring, NoKeyring};

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    #[test]
    fn passwords_move_under_the_master_password_and_back_into_the_keyring() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        let (a, b) = (SiteId("a".into()), SiteId("b".into()));
        keyring.set(&a, "u", &secret("one")).unwrap();
        keyring.set(&b, "u", &secret("stranger's")).unwrap();
        let passwords = Passwords::new(Some(Places::in_folder(folder.path())), Arc::clone(&keyring) as Arc<dyn SecretStore>);
        assert_eq!(passwords.kept().keeping(), Keeping::Keyring);
        passwords.set_master(None, &secret("correct horse"), &[(a.clone(), "u".into())]).unwrap();
        assert_eq!(passwords.kept().keeping(), Keeping::Master);
        assert_eq!((keyring.get(&a, "u"), passwords.get(&a, "u")), (None, Some(secret("one"))));
        assert_eq!(keyring.get(&b, "u"), Some(secret("stranger's")), "another site's is left alone");
        assert_eq!(passwords.get(&b, "u"), Some(secret("stranger's")), "and found there");
        passwords.set(&b, "u", &secret("two")).unwrap();
        assert_eq!((keyring.get(&b, "u"), passwords.get(&b, "u")), (None, Some(secret("two"))));

        passwords.lock();
        assert_eq!(passwords.get(&a, "u"), None);
        assert!(matches!(passwords.set(&a, "u", &secret("x")), Err(StoreError::Locked)));
        assert_eq!(keyring.get(&a, "u"), None, "what is locked goes nowhere else");
        passwords.unlock(&secret("correct horse")).unwrap();
        passwords.remove_master().unwrap();
        assert_eq!((keyring.get(&a, "u"), keyring.get(&b, "u")), (Some(secret("one")), Some(secret("two"))));
        assert_eq!(passwords.kept().keeping(), Keeping::Keyring);
    }

    #[test]
    fn without_a_keyring_a_master_password_keeps_them() {
        let folder = tempfile::tempdir().unwrap();
        let passwords = Passwords::new(Some(Places::in_folder(folder.path())), Arc::new(NoKeyring));
        let a = SiteId("a".into());
        assert_eq!(passwords.kept().keeping(), Keeping::Nowhere);
        assert!(matches!(passwords.set(&a, "u", &secret("one")), Err(StoreError::NoKeyring(_))));
        passwords.set_master(None, &secret("correct horse"), &[]).unwrap();
        passwords.set(&a, "u", &secret("one")).unwrap();
        assert_eq!(passwords.get(&a, "u"), Some(secret("one")));
        passwords.forget(&a, "u").unwrap();
        assert_eq!(passwords.get(&a, "u"), None);
        passwords.set(&a, "u", &secret("one")).unwrap();
        passwords.remove_master().unwrap();
        assert_eq!((passwords.get(&a, "u"), passwords.kept().keeping()), (None, Keeping::Nowhere));
    }
}
