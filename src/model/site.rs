//! A saved site: where to connect, how, and how it looks in the list.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::address::Address;
use crate::model::checksum::HashUse;
use crate::model::path::RemotePath;
use crate::model::rate::SpeedLimits;

/// Identifies a site for as long as it exists; renaming and moving keep it. Quick connects have one made of their address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteId(pub String);

/// What the identity of a quick connect begins with.
const QUICK: &str = "quick:";

impl SiteId {
    /// A new identity, so that nothing that was kept for a deleted site falls to another one.
    #[must_use]
    pub fn random() -> Self {
        Self(format!("{:016x}", fastrand::u64(..)))
    }

    /// Whether the site was made of a typed address, so that there is nothing saved to edit.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        self.0.starts_with(QUICK)
    }

    /// User and address of a quick connect.
    #[must_use]
    pub fn typed(&self) -> Option<&str> {
        self.0.strip_prefix(QUICK)
    }
}

/// How the control connection is protected. What is asked for is required: there is no quiet fall-back to plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// Plain FTP.
    Plain,
    /// AUTH TLS on the plain port, required (RFC 4217).
    #[default]
    Explicit,
    /// TLS from the first byte (port 990).
    Implicit,
}

impl Encryption {
    /// The port that is used when none is given.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Plain | Self::Explicit => 21,
            Self::Implicit => 990,
        }
    }

    /// The URL scheme: `ftp`, `ftpes`, `ftps`.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "ftp",
            Self::Explicit => "ftpes",
            Self::Implicit => "ftps",
        }
    }
}

/// Who opens the data connection (RFC 959 §3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataMode {
    /// The client connects to the server (PASV, EPSV).
    #[default]
    Passive,
    /// The server connects to the client (PORT, EPRT).
    Active,
}

/// How the password is obtained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Logon {
    /// User `anonymous`.
    Anonymous,
    /// The system's keyring; asked for when it is not there.
    #[default]
    Keyring,
    /// Asked for at each connect.
    Ask,
}

/// When idle commands are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeepAlive {
    /// At half of the limit that was announced or learned; 15 s when unknown.
    #[default]
    Automatic,
    /// Never.
    Off,
    /// Every so many seconds.
    Every(u32),
}

/// Whether a large file is fetched in ranges, over several connections at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Where connections are to spare and the whole gets faster by it.
    #[default]
    Automatic,
    /// Each file over one connection.
    Never,
}

/// The marker beside a site's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the colours")]
pub enum SiteColor {
    #[default]
    None,
    Green,
    Amber,
    Blue,
    Violet,
    Red,
    Grey,
}

/// A site as it is saved. The password is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Site {
    /// Identity.
    pub id: SiteId,
    /// Name in the list.
    pub name: String,
    /// Folder in the list: empty, or names joined by `/`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// Marker.
    #[serde(default)]
    pub color: SiteColor,
    /// Free text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Host name or address.
    pub host: String,
    /// Port; `None` is the encryption's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Protection.
    #[serde(default)]
    pub encryption: Encryption,
    /// How the password is obtained.
    #[serde(default)]
    pub logon: Logon,
    /// User name; empty for anonymous.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Local folder to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_folder: Option<PathBuf>,
    /// Remote folder to open; empty is the login folder, a relative one is below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remote_folder: String,
    /// Passive or active.
    #[serde(default)]
    pub data_mode: DataMode,
    /// Keep-alive.
    #[serde(default)]
    pub keep_alive: KeepAlive,
    /// Transfer connections beside the browsing one, at most 32; 0 is as in the settings.
    #[serde(default)]
    pub connections: u8,
    /// Whether a large file may come over several connections at once.
    #[serde(default)]
    pub split: Split,
    /// Seconds that the times of the server's LIST are ahead of UTC; `None` is as learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_ahead_seconds: Option<i64>,
    /// Seconds that the server's clock is ahead of this machine's, zones left out; `None` is as measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
    /// Masks of files that are moved as text, with their line ends converted (`*.txt;*.html`); empty is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text_files: String,
    /// Whether files are also compared by checksum.
    #[serde(default, skip_serializing_if = "HashUse::is_off")]
    pub hashes: HashUse,
    /// How fast files may move to and from it.
    #[serde(default, skip_serializing_if = "SpeedLimits::is_none")]
    pub speed: SpeedLimits,
    /// Whether files keep their times; `None` is as in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_times: Option<bool>,
    /// Whether uploads write over existing files without a temporary name; `None` is as in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_directly: Option<bool>,
    /// What is left out where a folder is transferred ([`crate::model::leave_out`]); `None` is as in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave_out: Option<Vec<String>>,
    /// Folders on the server that are one click away, in the order in which they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookmarks: Vec<RemotePath>,
}

impl Site {
    /// A site with its address only; everything else as usual.
    pub fn new(id: SiteId, name: impl Into<String>, host: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            folder: String::new(),
            color: SiteColor::None,
            notes: String::new(),
            host: host.into(),
            port: None,
            encryption: Encryption::default(),
            logon: Logon::default(),
            user: String::new(),
            local_folder: None,
            remote_folder: String::new(),
            data_mode: DataMode::default(),
            keep_alive: KeepAlive::default(),
            connections: 0,
            split: Split::default(),
            list_ahead_seconds: None,
            clock_ahead_seconds: None,
            text_files: String::new(),
            hashes: HashUse::Off,
            speed: SpeedLimits::default(),
            keep_times: None,
            write_directly: None,
            leave_out: None,
            bookmarks: Vec::new(),
        }
    }

    /// A site made of an address that was typed or clicked: not saved, and the same for the same user, host and port.
    #[must_use]
    pub fn quick(address: &Address) -> Self {
        let mut site = Self::new(SiteId(String::new()), address.host.clone(), address.host.clone());
        site.encryption = address.encryption;
        site.port = address.port;
        match &address.user {
            Some(user) if user != "anonymous" => site.user.clone_from(user),
            _ => site.logon = Logon::Anonymous,
        }
        site.id = SiteId(format!("{QUICK}{}@{}", site.login_user(), site.authority()));
        site
    }

    /// The port that is dialled.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.encryption.default_port())
    }

    /// The user name that is sent.
    #[must_use]
    pub fn login_user(&self) -> &str {
        if self.logon == Logon::Anonymous || self.user.is_empty() { "anonymous" } else { &self.user }
    }

    /// Whether both lead to the same connection. All else of a site can change under a session.
    #[must_use]
    pub fn has_same_connection(&self, other: &Self) -> bool {
        let way = |site: &Self| (site.host.clone(), site.port(), site.encryption, site.logon, site.data_mode, site.keep_alive);
        way(self) == way(other) && self.login_user() == other.login_user()
    }

    /// The same site with the connection of another: as a session goes on that was begun before an edit.
    #[must_use]
    pub fn with_connection_of(&self, other: &Self) -> Self {
        Self {
            host: other.host.clone(),
            port: other.port,
            encryption: other.encryption,
            logon: other.logon,
            user: other.user.clone(),
            data_mode: other.data_mode,
            keep_alive: other.keep_alive,
            ..self.clone()
        }
    }

    /// `host:port`, under which certificates and what was learned are kept.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port())
        } else {
            format!("{}:{}", self.host.to_ascii_lowercase(), self.port())
        }
    }
}

/// A folder of the site list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SiteFolder {
    /// Names joined by `/`.
    pub path: String,
    /// Whether it shows its sites.
    #[serde(default)]
    pub open: bool,
}

/// All saved sites and their folders, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SiteTree {
    /// Folders, also the empty ones.
    #[serde(default, rename = "folder")]
    pub folders: Vec<SiteFolder>,
    /// Sites.
    #[serde(default, rename = "site")]
    pub sites: Vec<Site>,
}

impl SiteTree {
    /// Makes sure that a folder and those above it are in the list, shown open.
    pub fn ensure_folder(&mut self, path: &str) {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        for depth in 1..=names.len() {
            let Some(part) = names.get(..depth) else { continue };
            let path = part.join("/");
            if !self.folders.iter().any(|folder| folder.path == path) {
                self.folders.push(SiteFolder { path, open: true });
            }
        }
    }

    /// The site with this identity.
    #[must_use]
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// The site with this name, exact first, then in any case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Site> {
        self.sites
            .iter()
            .find(|site| site.name == name)
            .or_else(|| self.sites.iter().find(|site| site.name.eq_ignore_ascii_case(name)))
    }
}
