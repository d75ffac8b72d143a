//! Places for passwords, and the system's keyring.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use keyring::v1::{Entry, Error};

use crate::model::secret::Secret;
use crate::model::site::SiteId;
use crate::store::file::StoreError;

/// Under which the keyring lists our passwords.
const SERVICE: &str = "moorline";

/// Keeps passwords, one for each site and user. A keyring that is locked asks the person to unlock it, and the call
/// waits for that.
pub trait SecretStore: Send + Sync {
    /// Whether passwords can be kept at all.
    fn available(&self) -> bool;

    /// The password, when there is one.
    fn get(&self, site: &SiteId, user: &str) -> Option<Secret>;

    /// Keeps a password in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::NoKeyring`], [`StoreError::Keyring`].
    fn set(&self, site: &SiteId, user: &str, secret: &Secret) -> Result<(), StoreError>;

    /// Forgets a password; one that is not there is forgotten already.
    ///
    /// # Errors
    /// [`StoreError::NoKeyring`], [`StoreError::Keyring`].
    fn forget(&self, site: &SiteId, user: &str) -> Result<(), StoreError>;
}

/// The keyring of the system: Secret Service, Keychain or Credential Manager.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeyring;

impl SystemKeyring {
    fn entry(self, site: &SiteId, user: &str) -> Result<Entry, StoreError> {
        if !self.available() {
            return Err(StoreError::NoKeyring("This desktop offers none. The password is asked for at each connect.".to_owned()));
        }
        Entry::new(SERVICE, &name(site, user)).map_err(refused)
    }
}

impl SecretStore for SystemKeyring {
    fn available(&self) -> bool {
        // Without a bus the keyring's library would look for one for a long time, or start one.
        has_session_bus() && Entry::store_status().is_ok()
    }

    fn get(&self, site: &SiteId, user: &str) -> Option<Secret> {
        match self.entry(site, user).ok()?.get_password() {
            Ok(password) => Some(Secret::new(password)),
            Err(Error::NoEntry) => None,
            Err(error) => {
                tracing::warn!(site = site.0, %error, "the keyring did not give a password");
                None
            }
        }
    }

    fn set(&self, site: &SiteId, user: &str, secret: &Secret) -> Result<(), StoreError> {
        self.entry(site, user)?.set_password(secret.reveal()).map_err(refused)
    }

    fn forget(&self, site: &SiteId, user: &str) -> Result<(), StoreError> {
        match self.entry(site, user)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refused(error)),
        }
    }
}

/// No keyring: passwords are asked for each time.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoKeyring;

impl SecretStore for NoKeyring {
    fn available(&self) -> bool {
        false
    }

    fn get(&self, _site: &SiteId, _user: &str) -> Option<Secret> {
        None
    }

    fn set(&self, _site: &SiteId, _user: &str, _secret: &Secret) -> Result<(), StoreError> {
        Err(StoreError::NoKeyring("None is in use. The password is asked for at each connect.".to_owned()))
    }

    fn forget(&self, _site: &SiteId, _user: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A keyring that lasts as long as the value: for tests.
#[derive(Debug, Default)]
pub struct MemoryKeyring {
    secrets: Mutex<HashMap<String, Secret>>,
}

impl SecretStore for MemoryKeyring {
    fn available(&self) -> bool {
        true
    }

    fn get(&self, site: &SiteId, user: &str) -> Option<Secret> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(&name(site, user)).cloned()
    }

    fn set(&self, site: &SiteId, user: &str, secret: &Secret) -> Result<(), StoreError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(name(site, user), secret.clone());
        Ok(())
    }

    fn forget(&self, site: &SiteId, user: &str) -> Result<(), StoreError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(&name(site, user));
        Ok(())
    }
}

/// One name for site and user. The length in front keeps pairs apart whatever they are made of.
fn name(site: &SiteId, user: &str) -> String {
    format!("{}:{}:{user}", site.0.len(), site.0)
}

fn refused(error: Error) -> StoreError {
    StoreError::Keyring(format!("It says: {error}"))
}

/// Whether a message bus is there to find the Secret Service on.
#[cfg(all(unix, not(target_os = "macos")))]
fn has_session_bus() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let is_named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty());
    let usual = std::env::var_os("XDG_RUNTIME_DIR").map(|folder| std::path::Path::new(&folder).join("bus"));
    is_named || usual.and_then(|socket| socket.metadata().ok()).is_some_and(|found| found.file_type().is_socket())
}

/// Other systems have a keyring of their own.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn has_session_bus() -> bool {
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn without_a_keyring_the_reason_is_told_beside_what_was_not_done() {
        let error = NoKeyring.set(&SiteId("a".into()), "b", &Secret::new("c")).unwrap_err();
        let problem = error.problem_of("the password was not saved: ");
        assert_eq!(problem.what, "The password was not saved: there is no keyring.");
        assert!(problem.advice.contains("asked for at each connect"));
    }

    #[test]
    fn a_password_belongs_to_its_site_and_user() {
        let keyring = MemoryKeyring::default();
        let (a, ab) = (SiteId("a".into()), SiteId("a:b".into()));
        keyring.set(&a, "b:c", &Secret::new("one")).unwrap();
        keyring.set(&ab, "c", &Secret::new("two")).unwrap();
        assert_eq!(keyring.get(&a, "b:c"), Some(Secret::new("one")));
        assert_eq!(keyring.get(&ab, "c"), Some(Secret::new("two")));
        assert_eq!(keyring.get(&a, "c"), None);
        keyring.forget(&a, "b:c").unwrap();
        keyring.forget(&a, "b:c").unwrap();
        assert_eq!(keyring.get(&a, "b:c"), None);
        assert_eq!(keyring.get(&ab, "c"), Some(Secret::new("two")));
    }

    #[test]
    fn without_a_keyring_nothing_is_kept() {
        let site = SiteId("a".into());
        assert!(!NoKeyring.available());
        assert!(NoKeyring.set(&site, "u", &Secret::new("x")).is_err());
        assert_eq!(NoKeyring.get(&site, "u"), None);
        NoKeyring.forget(&site, "u").unwrap();
    }
}
