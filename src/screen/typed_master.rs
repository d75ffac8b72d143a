//! The master password as it is set, changed or taken away in the settings.

use crate::engine::MasterChange;
use crate::model::passwords::{PasswordsKept, SHORTEST_MASTER};
use crate::model::secret::Secret;
use crate::screen::typed_limits::Errors;

/// What is to become of the master password that there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MasterWish {
    #[default]
    Keep,
    Change,
    Remove,
}

/// What was typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TypedMaster {
    /// What there is to keep passwords in.
    pub kept: PasswordsKept,
    /// What is to become of the one that there is.
    pub wish: MasterWish,
    /// The one that there is.
    pub current: String,
    /// The one from now on.
    pub new: String,
    /// The same again.
    pub again: String,
    /// Show them.
    pub reveal: bool,
}

impl std::fmt::Debug for TypedMaster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TypedMaster").field("kept", &self.kept).field("wish", &self.wish).finish_non_exhaustive()
    }
}

impl TypedMaster {
    /// The label of the one that there is.
    pub const CURRENT: &'static str = "Current master password";
    /// The label of the one from now on.
    pub const NEW: &'static str = "New master password";
    /// The label of its repetition.
    pub const AGAIN: &'static str = "New master password again";

    /// What is wrong where it is missing.
    pub const TYPE_CURRENT: &'static str = "Type the one that holds now.";

    /// Nothing typed yet.
    #[must_use]
    pub fn of(kept: PasswordsKept) -> Self {
        Self { kept, ..Self::default() }
    }

    /// Another window, or the engine's answer, has changed what there is. What was wished of a master password that is gone or new is
    /// wished no more.
    pub fn take(&mut self, kept: PasswordsKept) {
        if self.kept.has_master() != kept.has_master() {
            self.wish = MasterWish::default();
        }
        self.kept = kept;
    }

    /// Reads the fields: what is to be done. What is wrong is told in `errors`.
    #[must_use]
    pub fn read(&self, errors: &mut Errors) -> Option<MasterChange> {
        let has_master = self.kept.has_master();
        match self.wish {
            MasterWish::Remove if has_master => return Some(MasterChange::Remove),
            MasterWish::Keep | MasterWish::Remove if has_master => return None,
            _ if !has_master && self.new.is_empty() && self.again.is_empty() => return None,
            _ => {}
        }
        let before = errors.len();
        if has_master && self.current.is_empty() {
            errors.push((Self::CURRENT, Self::TYPE_CURRENT.to_owned()));
        }
        if self.new.chars().count() < SHORTEST_MASTER {
            errors.push((
                Self::NEW,
                format!("At least {SHORTEST_MASTER} characters: whoever has the file can try as many as they like."),
            ));
        } else if self.new != self.again {
            errors.push((Self::AGAIN, "These are not the same.".to_owned()));
        }
        let current = has_master.then(|| Secret::new(self.current.clone()));
        (errors.len() == before).then(|| MasterChange::Set { current, new: Secret::new(self.new.clone()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::passwords::MasterPassword;

    fn read(master: MasterPassword, wish: MasterWish, typed: [&str; 3]) -> (Option<MasterChange>, Vec<&'static str>) {
        let [current, new, again] = typed.map(str::to_owned);
        let kept = PasswordsKept { keyring: false, master };
        let mut errors = Vec::new();
        let change = TypedMaster { wish, current, new, again, ..TypedMaster::of(kept) }.read(&mut errors);
        (change, errors.into_iter().map(|(label, _)| label).collect())
    }

    #[test]
    fn what_was_typed_is_what_is_done() {
        use MasterPassword::{Locked, None as Without, Open};
        use MasterWish::{Change, Keep, Remove};
        let set =
            |current: Option<&str>| Some(MasterChange::Set { current: current.map(Secret::new), new: Secret::new("long enough") });
        let (new, current, again) = (TypedMaster::NEW, TypedMaster::CURRENT, TypedMaster::AGAIN);
        for (master, wish, typed, change, wrong) in [
            (Without, Keep, ["", "", ""], None, vec![]),
            (Without, Keep, ["", "long enough", "long enough"], set(None), vec![]),
            (Without, Keep, ["", "long enough", "long enouhg"], None, vec![again]),
            (Without, Keep, ["", "", "long enough"], None, vec![new]),
            (Without, Keep, ["", "short", "short"], None, vec![new]),
            (Open, Keep, ["", "long enough", "long enough"], None, vec![]),
            (Open, Change, ["old one", "long enough", "long enough"], set(Some("old one")), vec![]),
            (Locked, Change, ["", "long enough", "long enough"], None, vec![current]),
            (Open, Change, ["", "", ""], None, vec![current, new]),
            (Locked, Remove, ["", "", ""], Some(MasterChange::Remove), vec![]),
            (Without, Remove, ["", "", ""], None, vec![]),
        ] {
            assert_eq!(read(master, wish, typed), (change, wrong), "{master:?} {wish:?} {typed:?}");
        }
    }

    #[test]
    fn what_is_typed_is_not_shown_in_debug_texts() {
        let typed =
            TypedMaster { current: "hunter2".into(), new: "hunter3".into(), again: "hunter3".into(), ..TypedMaster::default() };
        assert!(!format!("{typed:?}").contains("hunter"));
    }
}
