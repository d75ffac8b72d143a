//! Where the passwords of sites are kept on this machine.

/// The master password: what opens the passwords that Moorline keeps in a file of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MasterPassword {
    /// There is none, and no such file.
    #[default]
    None,
    /// It was not given yet in this run.
    Locked,
    /// It was given: passwords can be read and kept.
    Open,
}

/// What there is to keep passwords in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordsKept {
    /// Whether the system has a keyring.
    pub keyring: bool,
    /// Whether there is a master password.
    pub master: MasterPassword,
}

/// Where a password goes that is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Nowhere: it is asked for at each connect.
    Nowhere,
    /// Into the system's keyring.
    Keyring,
    /// Under the master password, which has to be given first.
    Locked,
    /// Under the master password.
    Master,
}

impl PasswordsKept {
    /// Whoever set a master password wants it to be used; otherwise the keyring is.
    #[must_use]
    pub fn keeping(self) -> Keeping {
        match (self.master, self.keyring) {
            (MasterPassword::Open, _) => Keeping::Master,
            (MasterPassword::Locked, _) => Keeping::Locked,
            (MasterPassword::None, true) => Keeping::Keyring,
            (MasterPassword::None, false) => Keeping::Nowhere,
        }
    }

    /// Whether there is a master password, given or not.
    #[must_use]
    pub fn has_master(self) -> bool {
        self.master != MasterPassword::None
    }

    /// Whether taking the master password away loses what is under it: what is locked can go nowhere, and without a keyring there is
    /// nowhere to go.
    #[must_use]
    pub fn is_lost_with_master(self) -> bool {
        self.has_master() && !(self.keyring && self.master == MasterPassword::Open)
    }
}

/// Fewest characters of a master password. Whoever has the file can try as many as they like, so that a short one protects nothing.
pub const SHORTEST_MASTER: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_password_goes_before_the_keyring() {
        for (master, keyring, keeping, is_lost) in [
            (MasterPassword::None, false, Keeping::Nowhere, false),
            (MasterPassword::None, true, Keeping::Keyring, false),
            (MasterPassword::Locked, true, Keeping::Locked, true),
            (MasterPassword::Locked, false, Keeping::Locked, true),
            (MasterPassword::Open, true, Keeping::Master, false),
            (MasterPassword::Open, false, Keeping::Master, true),
        ] {
            let kept = PasswordsKept { keyring, master };
            assert_eq!((kept.keeping(), kept.is_lost_with_master()), (keeping, is_lost), "{kept:?}");
        }
    }
}
