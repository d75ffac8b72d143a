//! Where the password comes from: standard input, the environment, the saved ones, the address.

use std::io::{self, BufRead};
use std::sync::Arc;

use crate::cli::failure::Failure;
use crate::cli::targets::Remote;
use crate::model::passwords::MasterPassword;
use crate::model::secret::Secret;
use crate::model::site::Logon;
use crate::store::file::StoreError;
use crate::store::passwords::Passwords;
use crate::store::places::Places;
use crate::store::secrets::{SecretStore, SystemKeyring};

/// The environment's variable.
const VARIABLE: &str = "MOORLINE_PASSWORD";
/// Longest password that is read from standard input, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The environment's variable for the master password.
const MASTER: &str = "MOORLINE_MASTER_PASSWORD";

/// The password for `remote`, from the first source that has one; `places` is where saved ones may be locked.
pub(super) fn find(remote: &Remote, from_stdin: bool, places: Option<Places>) -> Result<Option<Secret>, Failure> {
    if remote.password.is_some() {
        eprintln!(
            "moorline: warning: a password in an address can be seen in the list of processes and in the shell's history. \
             Use --password-stdin or {VARIABLE}."
        );
    }
    let piped = if from_stdin { Some(read_line(io::stdin().lock())?) } else { None };
    let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty()).map(Secret::new);
    let saved = || saved(remote, &Passwords::new(places, Arc::new(SystemKeyring)), variable(MASTER));
    choose(remote, piped, variable(VARIABLE), saved)
}

/// The first source that has one. The environment's and the saved ones are for people with an account: a guest's
/// connection to any host must not carry them there.
fn choose(
    remote: &Remote,
    piped: Option<Secret>,
    variable: Option<Secret>,
    saved: impl FnOnce() -> Result<Option<Secret>, Failure>,
) -> Result<Option<Secret>, Failure> {
    if piped.is_some() {
        return Ok(piped);
    }
    if remote.site.logon == Logon::Anonymous {
        return Ok(remote.password.clone());
    }
    let known = match variable {
        Some(variable) => Some(variable),
        None => saved()?,
    };
    Ok(known.or_else(|| remote.password.clone()))
}

/// The one that was saved; what is locked is opened when the master password is known. Nothing is locked for what was given as an address.
fn saved(remote: &Remote, passwords: &Passwords, master: Option<Secret>) -> Result<Option<Secret>, Failure> {
    if !remote.site.id.is_quick()
        && let Some(master) = master
        && passwords.master() == MasterPassword::Locked
    {
        match passwords.unlock(&master) {
            Ok(()) => {}
            Err(StoreError::WrongMaster) => return Err(Failure::Usage(format!("{MASTER} is not the master password."))),
            Err(error) => return Err(Failure::Local(Some(error.problem_of("the saved passwords were not opened: ")))),
        }
    }
    Ok(passwords.get(&remote.site.id, remote.site.login_user()))
}

/// The first line, without its end.
fn read_line(input: impl BufRead) -> Result<Secret, Failure> {
    let mut line = String::new();
    let read = input.take(LONGEST).read_line(&mut line);
    match read {
        Ok(0) => Err(Failure::Usage("Standard input has no password.".to_owned())),
        Ok(_) => Ok(Secret::new(line.strip_suffix('\n').map_or(line.as_str(), |text| text.strip_suffix('\r').unwrap_or(text)))),
        Err(error) => Err(Failure::Usage(format!("The password could not be read from standard input: {error}."))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::cli::targets;
    use crate::model::site::SiteTree;
    use crate::store::secrets::{MemoryKeyring, NoKeyring};

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::new(text))
    }

    #[test]
    fn the_sources_come_in_order() {
        let remote = targets::remote("ftp://anna:url@h/", &SiteTree::default()).unwrap();
        let unused = || -> Result<Option<Secret>, Failure> { unreachable!("an earlier source has one") };
        assert_eq!(choose(&remote, secret("piped"), secret("variable"), unused), Ok(secret("piped")));
        assert_eq!(choose(&remote, None, secret("variable"), unused), Ok(secret("variable")));
        assert_eq!(choose(&remote, None, None, || Ok(secret("saved"))), Ok(secret("saved")));
        assert_eq!(choose(&remote, None, None, || Ok(None)), Ok(secret("url")));
        let refused = Failure::Usage("no".to_owned());
        assert_eq!(choose(&remote, None, None, || Err(refused.clone())), Err(refused.clone()));
    }

    #[test]
    fn a_guest_carries_no_password_of_an_account() {
        let remote = targets::remote("ftp://h/", &SiteTree::default()).unwrap();
        let unused = || -> Result<Option<Secret>, Failure> { unreachable!("a guest has none") };
        assert_eq!(choose(&remote, None, secret("variable"), unused), Ok(None));
        assert_eq!(choose(&remote, secret("piped"), None, unused), Ok(secret("piped")));
    }

    #[test]
    fn what_is_locked_is_opened_with_the_master_password() {
        let folder = tempfile::tempdir().unwrap();
        let places = || Some(Places::in_folder(folder.path()));
        let mut tree = SiteTree::default();
        let mut site = crate::model::site::Site::new(crate::model::site::SiteId("books".into()), "Books", "h");
        site.user = "anna".into();
        tree.sites.push(site);
        let remote = targets::remote("Books", &tree).unwrap();
        let keyring = Arc::new(MemoryKeyring::default());
        keyring.set(&remote.site.id, "anna", &Secret::new("in the keyring")).unwrap();
        assert_eq!(saved(&remote, &Passwords::new(places(), keyring), None), Ok(secret("in the keyring")));
        let first = Passwords::new(places(), Arc::new(NoKeyring));
        first.set_master(None, &Secret::new("correct horse"), &[]).unwrap();
        first.set(&remote.site.id, "anna", &Secret::new("locked")).unwrap();
        let later = || Passwords::new(places(), Arc::new(NoKeyring));
        assert_eq!(saved(&remote, &later(), None), Ok(None));
        assert!(matches!(saved(&remote, &later(), secret("wrong horse")), Err(Failure::Usage(_))));
        assert_eq!(saved(&remote, &later(), secret("correct horse")), Ok(secret("locked")));
    }

    #[test]
    fn the_first_line_is_the_password() {
        for (input, password) in [("a b\n", "a b"), ("a\r\nb\n", "a"), ("a", "a"), ("\n", "")] {
            assert_eq!(read_line(input.as_bytes()), Ok(Secret::new(password)));
        }
        assert!(read_line(&b""[..]).is_err());
    }
}
