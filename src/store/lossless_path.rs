//! Local paths as text from which exactly the same path is read back, also when their bytes are no text.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path as it is saved.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Saved {
    /// Text, as nearly all are.
    Text(String),
    /// Its bytes (Unix).
    Bytes { bytes: Vec<u8> },
    /// Its 16-bit units (Windows).
    Wide { wide: Vec<u16> },
}

pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    let saved = match path.to_str() {
        Some(text) => Saved::Text(text.to_owned()),
        None => raw(path),
    };
    saved.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let name = match Saved::deserialize(deserializer)? {
        Saved::Text(text) => OsString::from(text),
        other => from_raw(other).ok_or_else(|| serde::de::Error::custom("a path of another system"))?,
    };
    Ok(PathBuf::from(name))
}

#[cfg(unix)]
fn raw(path: &Path) -> Saved {
    use std::os::unix::ffi::OsStrExt;
    Saved::Bytes { bytes: path.as_os_str().as_bytes().to_owned() }
}

#[cfg(unix)]
fn from_raw(saved: Saved) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    if let Saved::Bytes { bytes } = saved { Some(OsString::from_vec(bytes)) } else { None }
}

#[cfg(windows)]
fn raw(path: &Path) -> Saved {
    use std::os::windows::ffi::OsStrExt;
    Saved::Wide { wide: path.as_os_str().encode_wide().collect() }
}

#[cfg(windows)]
fn from_raw(saved: Saved) -> Option<OsString> {
    use std::os::windows::ffi::OsStringExt;
    if let Saved::Wide { wide } = saved { Some(OsString::from_wide(&wide)) } else { None }
}
