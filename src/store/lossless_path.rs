//! Local paths as text from which exactly the same path is read back, also when their bytes are no text.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};

/// A path that is no text, as it is saved. Text, as nearly all are, is saved as it is.
#[derive(Serialize)]
#[serde(untagged)]
enum Saved {
    /// Its bytes (Unix).
    Bytes { bytes: Vec<u8> },
    /// Its 16-bit units (Windows).
    Wide { wide: Vec<u16> },
}

pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => raw(path).serialize(serializer),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    deserializer.deserialize_any(Either)
}

/// Reads text or what was saved of a path that is none: told apart by what comes, for a million paths are read at a start.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = PathBuf;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PathBuf, E> {
        Ok(PathBuf::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<PathBuf, E> {
        Ok(PathBuf::from(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PathBuf, A::Error> {
        let saved = match map.next_key::<String>()?.as_deref() {
            Some("bytes") => Saved::Bytes { bytes: map.next_value()? },
            Some("wide") => Saved::Wide { wide: map.next_value()? },
            _ => return Err(A::Error::custom("neither bytes nor wide")),
        };
        from_raw(saved).map(PathBuf::from).ok_or_else(|| A::Error::custom("a path of another system"))
    }
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
