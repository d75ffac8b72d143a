//! Paths on the server, and the rule for turning a stranger's name into a local one.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::readable::readable;

/// An absolute path on the server: begins with `/`, no empty, `.` or `..` component, no CR, LF or NUL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RemotePath(String);

/// Why a name or path was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A remote path must begin with `/`.
    #[error("“{0}” is not an absolute path")]
    NotAbsolute(String),
    /// CR, LF or NUL would end the command in its middle; other control characters hide what a name is.
    #[error("“{}” contains a control character", .0.escape_debug())]
    ControlCharacter(String),
    /// A name that holds a separator or climbs out of its folder.
    #[error("“{0}” would leave its folder")]
    LeavesFolder(String),
    /// An empty name.
    #[error("the name is empty")]
    Empty,
    /// Another name in its folder is the same on this machine.
    #[error("“{0}” has a namesake in its folder, and only one of them can have this name here")]
    Namesake(String),
    /// A name that this system reserves (Windows devices, trailing dot or blank).
    #[error("“{0}” is reserved on this system")]
    Reserved(String),
}

impl RemotePath {
    /// The root folder.
    #[must_use]
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Reads an absolute path; `.` and `..` are resolved, doubled slashes folded.
    ///
    /// # Errors
    /// Not absolute, or a CR, LF or NUL in it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.contains(['\r', '\n', '\0']) {
            return Err(NameError::ControlCharacter(text.into()));
        }
        if !text.starts_with('/') {
            return Err(NameError::NotAbsolute(text.into()));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                name => parts.push(name),
            }
        }
        Ok(Self(format!("/{}", parts.join("/"))))
    }

    /// This folder's child `name`, which must be a single plain name.
    ///
    /// # Errors
    /// Empty, `.`, `..`, a `/`, or a CR, LF or NUL in it.
    pub fn child(&self, name: &str) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.contains(['\r', '\n', '\0']) {
            return Err(NameError::ControlCharacter(name.into()));
        }
        if name == "." || name == ".." || name.contains('/') {
            return Err(NameError::LeavesFolder(name.into()));
        }
        Ok(if self.is_root() { Self(format!("/{name}")) } else { Self(format!("{}/{name}", self.0)) })
    }

    /// Resolves what a person typed: absolute as it is, otherwise relative to this folder.
    ///
    /// # Errors
    /// As [`RemotePath::parse`].
    pub fn resolve(&self, typed: &str) -> Result<Self, NameError> {
        if typed.starts_with('/') { Self::parse(typed) } else { Self::parse(&format!("{}/{typed}", self.0)) }
    }

    /// The folder above; the root's is `None`.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let cut = self.0.rfind('/').unwrap_or(0);
        Some(Self(self.0.get(..cut).filter(|s| !s.is_empty()).unwrap_or("/").to_owned()))
    }

    /// The last component; the root has none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        if self.is_root() { None } else { self.0.rsplit('/').next() }
    }

    /// Whether this is `/`.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// Whether this is `folder` itself or lies somewhere below it.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        folder.is_root() || self == folder || self.0.strip_prefix(&folder.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The components from the root down.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The path's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for RemotePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RemotePath {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        // Nearly all that was saved is as it should be: a million of them are read at a start.
        if is_plain(&text) { Ok(Self(text)) } else { Self::parse(&text) }
    }
}

/// Whether a text is the one that [`RemotePath::parse`] would make of it.
fn is_plain(text: &str) -> bool {
    let is_name = |part: &str| !matches!(part, "" | "." | "..");
    !text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'))
        && (text == "/" || text.strip_prefix('/').is_some_and(|parts| parts.split('/').all(is_name)))
}

impl From<RemotePath> for String {
    fn from(path: RemotePath) -> String {
        path.0
    }
}

/// Checks that a name from the server can be a file name on this machine, and only that: one component that stays in
/// its folder (CVE-2002-1345 and its many successors). A name that is no UTF-8 gets the reading that is shown of it.
///
/// # Errors
/// Empty, `.`, `..`, a separator of any system, a control character, or a name that this system reserves.
pub fn safe_local_name(name: &str) -> Result<Cow<'_, str>, NameError> {
    let local = readable(name);
    let name = local.as_ref();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::ControlCharacter(name.into()));
    }
    if name == "." || name == ".." || name.contains(['/', '\\']) {
        return Err(NameError::LeavesFolder(name.into()));
    }
    if cfg!(windows) && is_reserved_on_windows(name) {
        return Err(NameError::Reserved(name.into()));
    }
    Ok(local)
}

/// Windows device names, characters it refuses, and endings that it strips.
fn is_reserved_on_windows(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|n| n.chars().count() == 1 && n.chars().all(|c| "123456789¹²³".contains(c)))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
        || name.contains(['<', '>', ':', '"', '|', '?', '*'])
        || name.ends_with(['.', ' '])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parse_resolves_dots_and_slashes() {
        for (text, path) in [("/", "/"), ("//a//b/", "/a/b"), ("/a/./b/../c", "/a/c"), ("/../..", "/")] {
            assert_eq!(RemotePath::parse(text).unwrap().as_str(), path);
        }
        assert!(RemotePath::parse("a").is_err());
        assert!(RemotePath::parse("/a\r\nDELE b").is_err());
    }

    #[test]
    fn parent_and_name() {
        let path = RemotePath::parse("/a/b").unwrap();
        assert_eq!(path.name(), Some("b"));
        assert_eq!(path.parent().unwrap().as_str(), "/a");
        assert_eq!(path.parent().unwrap().parent().unwrap().as_str(), "/");
        assert!(RemotePath::root().parent().is_none());
    }

    #[test]
    fn within_compares_components_not_letters() {
        let folder = RemotePath::parse("/www").unwrap();
        assert!(RemotePath::parse("/www/a").unwrap().is_within(&folder));
        assert!(!RemotePath::parse("/www2").unwrap().is_within(&folder));
    }

    #[test]
    fn windows_devices_are_known() {
        for name in ["con", "NUL.txt", "com1", "lpt¹.log", "a:b", "dot.", "blank "] {
            assert!(is_reserved_on_windows(name), "{name}");
        }
        assert!(!is_reserved_on_windows("console.txt"));
    }

    proptest! {
        #[test]
        fn a_safe_name_stays_in_its_folder(name in ".*") {
            if let Ok(name) = safe_local_name(&name) {
                let joined = std::path::Path::new("/base").join(&*name);
                prop_assert_eq!(joined.parent(), Some(std::path::Path::new("/base")));
            }
        }

        #[test]
        fn a_saved_path_is_read_as_a_typed_one(text in "(/?(\\.{0,3}|[a-b\r\n\0]{0,2})){0,5}") {
            prop_assert_eq!(RemotePath::try_from(text.clone()), RemotePath::parse(&text));
        }

        #[test]
        fn a_child_is_within_its_folder(name in ".*") {
            let folder = RemotePath::parse("/base/x").unwrap();
            if let Ok(child) = folder.child(&name) {
                prop_assert!(child.is_within(&folder));
                prop_assert_eq!(child.parent(), Some(folder));
            }
        }
    }
}
