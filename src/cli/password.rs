//! Where the password comes from: standard input, the environment, the keyring, the address.

use std::io::{self, BufRead};

use crate::cli::failure::Failure;
use crate::cli::targets::Remote;
use crate::model::secret::Secret;
use crate::model::site::Logon;
use crate::store::secrets::SecretStore;

/// The environment's variable.
const VARIABLE: &str = "MOORLINE_PASSWORD";
/// Longest password that is read from standard input, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The password for `remote`, from the first source that has one.
pub(super) fn find(remote: &Remote, from_stdin: bool, keyring: &dyn SecretStore) -> Result<Option<Secret>, Failure> {
    if remote.password.is_some() {
        eprintln!(
            "moorline: warning: a password in an address can be seen in the list of processes and in the shell's history. \
             Use --password-stdin or {VARIABLE}."
        );
    }
    let piped = if from_stdin { Some(read_line(io::stdin().lock())?) } else { None };
    let variable = std::env::var(VARIABLE).ok();
    Ok(choose(remote, piped, variable, keyring))
}

/// The first source that has one. The environment's and the keyring's are for people with an account: a guest's
/// connection to any host must not carry them there.
fn choose(remote: &Remote, piped: Option<Secret>, variable: Option<String>, keyring: &dyn SecretStore) -> Option<Secret> {
    if piped.is_some() {
        return piped;
    }
    if remote.site.logon == Logon::Anonymous {
        return remote.password.clone();
    }
    let variable = variable.filter(|text| !text.is_empty()).map(Secret::new);
    let kept = || if keyring.available() { keyring.get(&remote.site.id, remote.site.login_user()) } else { None };
    variable.or_else(kept).or_else(|| remote.password.clone())
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
        let keyring = MemoryKeyring::default();
        keyring.set(&remote.site.id, "anna", &Secret::new("kept")).unwrap();
        let variable = || Some("variable".to_owned());
        assert_eq!(choose(&remote, secret("piped"), variable(), &keyring), secret("piped"));
        assert_eq!(choose(&remote, None, variable(), &keyring), secret("variable"));
        assert_eq!(choose(&remote, None, Some(String::new()), &keyring), secret("kept"));
        assert_eq!(choose(&remote, None, None, &NoKeyring), secret("url"));
    }

    #[test]
    fn a_guest_carries_no_password_of_an_account() {
        let remote = targets::remote("ftp://h/", &SiteTree::default()).unwrap();
        assert_eq!(choose(&remote, None, Some("variable".to_owned()), &NoKeyring), None);
        assert_eq!(choose(&remote, secret("piped"), None, &NoKeyring), secret("piped"));
    }

    #[test]
    fn the_first_line_is_the_password() {
        for (input, password) in [("a b\n", "a b"), ("a\r\nb\n", "a"), ("a", "a"), ("\n", "")] {
            assert_eq!(read_line(input.as_bytes()), Ok(Secret::new(password)));
        }
        assert!(read_line(&b""[..]).is_err());
    }
}
