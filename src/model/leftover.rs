//! What an upload may leave on a server when it is cut or taken out of the queue, and how the target is made whole again.

use serde::{Deserialize, Serialize};

use crate::model::path::RemotePath;
use crate::model::site::SiteId;

/// Something of ours on a server that has to be put in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leftover {
    /// On which site.
    pub site: SiteId,
    /// The file that was to be replaced.
    pub target: RemotePath,
    /// The name, beside the target, that the new content is under.
    pub part: String,
    /// The name, beside the target, that the old file stepped aside to. Without one the new content itself is what is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
    /// It is the beginning of a new file, under the file's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Begun>,
}

/// By what the beginning of a file is told from somebody else's that came in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Begun {
    /// So many bytes were sent at most.
    pub sent: u64,
    /// The local file that they are the beginning of.
    pub source: String,
}

impl Leftover {
    /// Where the new content is.
    #[must_use]
    pub fn part_path(&self) -> Option<RemotePath> {
        self.target.parent()?.child(&self.part).ok()
    }

    /// Where the old file stepped aside to.
    #[must_use]
    pub fn aside_path(&self) -> Option<RemotePath> {
        self.target.parent()?.child(self.aside.as_ref()?).ok()
    }
}

/// Which of the names of a replacement are on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct There {
    /// The target.
    pub target: bool,
    /// The new content under its temporary name.
    pub part: bool,
    /// The old file under the name that it stepped aside to.
    pub aside: bool,
}

/// What makes the target whole after a replacement was cut between its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mending {
    /// Nothing was done yet, or everything.
    Nothing,
    /// The old file comes back under its name.
    PutBack,
    /// The new file has its name: the old one goes.
    DeleteOld,
    /// Somebody else put a file there meanwhile: all stays as it is, for a person to see.
    Leave,
}

/// The steps were: the old file steps aside, the new one takes its name, the old one is deleted. The new one was proven before.
#[must_use]
pub fn mending(there: There) -> Mending {
    match there {
        There { aside: false, .. } => Mending::Nothing,
        There { target: false, .. } => Mending::PutBack,
        There { part: false, .. } => Mending::DeleteOld,
        There { .. } => Mending::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cut_between_two_steps_is_mended() {
        // (target, part, aside) after each step, and what makes the target whole.
        let table = [
            ((true, true, false), Mending::Nothing),
            ((false, true, true), Mending::PutBack),
            ((true, false, true), Mending::DeleteOld),
            ((true, false, false), Mending::Nothing),
            ((false, false, true), Mending::PutBack),
            ((true, true, true), Mending::Leave),
        ];
        for ((target, part, aside), expected) in table {
            assert_eq!(mending(There { target, part, aside }), expected, "{target} {part} {aside}");
        }
    }

    #[test]
    fn its_names_are_beside_the_target() {
        let left = Leftover {
            site: SiteId("s".into()),
            target: RemotePath::parse("/a/f").unwrap(),
            part: "f.part".into(),
            aside: Some("f.part.old".into()),
            begun: None,
        };
        assert_eq!(left.part_path().unwrap().as_str(), "/a/f.part");
        assert_eq!(left.aside_path().unwrap().as_str(), "/a/f.part.old");
        assert_eq!(Leftover { part: "../x".into(), ..left }.part_path(), None);
    }
}
