//! What the addresses and paths of a command line mean: which site, which path, and where a copy lands.

use std::path::{Component, Path, PathBuf};

use crate::cli::failure::Failure;
use crate::model::address::{Address, AddressPath};
use crate::model::path::{NameError, RemotePath, safe_local_name};
use crate::model::secret::Secret;
use crate::model::site::{Site, SiteTree};

/// The remote side of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// The site: a saved one, or one made of the address.
    pub(super) site: Site,
    /// The password in the address.
    pub(super) password: Option<Secret>,
    /// The path: below the login folder, or a saved site's start folder.
    pub(super) path: AddressPath,
}

/// Whether a text has to be looked up in the saved sites.
pub(super) fn is_site_name(text: &str) -> bool {
    !text.contains("://")
}

/// Reads an address, or a saved site's name with or without a path behind a colon.
pub(super) fn remote(text: &str, sites: &SiteTree) -> Result<Remote, Failure> {
    if !is_site_name(text) {
        let address = Address::parse(text).map_err(|error| Failure::Usage(format!("{error}.")))?;
        return Ok(of_address(address));
    }
    if let Some(site) = sites.by_name(text) {
        return Ok(Remote { site: site.clone(), password: None, path: AddressPath::Login });
    }
    // Names may have colons themselves: the longest one that is a site's wins.
    for (colon, _) in text.rmatch_indices(':') {
        let (name, path) = text.split_at(colon);
        let path = path.get(1..).unwrap_or_default();
        if let Some(site) = sites.by_name(name) {
            let path = match path {
                "" => AddressPath::Login,
                path if path.starts_with('/') => AddressPath::Absolute(path.to_owned()),
                path => AddressPath::Relative(path.to_owned()),
            };
            return Ok(Remote { site: site.clone(), password: None, path });
        }
    }
    Err(Failure::Usage(format!("“{text}” is no saved site. An address begins with ftp://, ftpes:// or ftps://.")))
}

/// The site that the window makes of the address too, so that both find the same password.
fn of_address(address: Address) -> Remote {
    Remote { site: Site::quick(&address), password: address.password, path: address.path }
}

impl Remote {
    /// The full path; `start` is the folder that relative ones are below.
    pub(super) fn resolve(&self, start: &RemotePath) -> Result<RemotePath, Failure> {
        let path = match &self.path {
            AddressPath::Login => Ok(start.clone()),
            AddressPath::Relative(path) => RemotePath::parse(&format!("{start}/{path}")),
            AddressPath::Absolute(path) => RemotePath::parse(&format!("/{path}")),
        };
        path.map_err(usage)
    }

    /// Whether the path says that it is a folder: it ends with a slash, or there is none.
    pub(super) fn is_folder(&self) -> bool {
        match &self.path {
            AddressPath::Login => true,
            AddressPath::Relative(path) | AddressPath::Absolute(path) => path.is_empty() || path.ends_with('/'),
        }
    }
}

/// The name under which a remote file or folder arrives here. The login folder and the root have none of their own: what
/// is in them goes straight into the target.
pub(super) fn arriving_name(remote: &Remote, path: &RemotePath) -> Result<Option<String>, Failure> {
    match path.name() {
        Some(name) if remote.path != AddressPath::Login => {
            safe_local_name(name).map(|name| Some(name.into_owned())).map_err(|error| Failure::local(format!("{error}.")))
        }
        _ => Ok(None),
    }
}

/// Where a download lands: in an existing folder under its own name, else as the name given. A slash at the end asks
/// for a folder, which is made when it is not there.
pub(super) fn landing(local: &Path, name: Option<&str>) -> Result<PathBuf, Failure> {
    let into = |folder: &Path| name.map_or_else(|| folder.to_owned(), |name| folder.join(name));
    if local.is_dir() {
        return Ok(into(local));
    }
    if ends_with_separator(local) {
        std::fs::create_dir_all(local)
            .map_err(|error| Failure::local(format!("The folder “{}” could not be made: {error}.", local.display())))?;
        return Ok(into(local));
    }
    let parent = match local.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Ok(local.to_owned()),
    };
    if parent.is_dir() {
        Ok(local.to_owned())
    } else {
        Err(Failure::local(format!("There is no folder “{}”.", parent.display())))
    }
}

/// The name under which a local file or folder arrives on the server; `None` for `.`, `..`, `folder/.` and the root: what
/// is in them goes straight into the target.
pub(super) fn departing_name(local: &Path) -> Result<Option<String>, Failure> {
    let bytes = local.as_os_str().as_encoded_bytes();
    let stripped = bytes.strip_suffix(b".");
    let is_dotted = stripped.is_some_and(|rest| rest.last().is_none_or(|byte| std::path::is_separator(char::from(*byte))));
    if is_dotted || !matches!(local.components().next_back(), Some(Component::Normal(_))) {
        return Ok(None);
    }
    let name = local.file_name().unwrap_or_default();
    name.to_str().map(|name| Some(name.to_owned())).ok_or_else(|| {
        Failure::local(format!("The name “{}” is not Unicode text and cannot be sent under it.", name.to_string_lossy()))
    })
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// A path that cannot be sent.
pub(super) fn usage(error: NameError) -> Failure {
    Failure::Usage(format!("{error}."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::model::site::{Encryption, Logon, Site, SiteId};

    fn sites() -> SiteTree {
        let site = |name: &str| Site::new(SiteId(name.into()), name, "h.example");
        SiteTree { folders: vec![], sites: vec![site("Web"), site("Web:old"), site("Büro Nord")] }
    }

    fn path(text: &str) -> RemotePath {
        RemotePath::parse(text).unwrap()
    }

    #[test]
    fn addresses_become_sites() {
        let remote = remote("ftpes://anna@h.example:2121/www/a%20b", &SiteTree::default()).unwrap();
        assert_eq!((remote.site.host.as_str(), remote.site.port, remote.site.user.as_str()), ("h.example", Some(2121), "anna"));
        assert_eq!((remote.site.encryption, remote.site.logon), (Encryption::Explicit, Logon::Keyring));
        assert_eq!(remote.path, AddressPath::Relative("www/a b".into()));
        assert_eq!(remote.site.id.0, "quick:anna@h.example:2121");
    }

    #[test]
    fn without_a_user_it_is_anonymous() {
        let remote = remote("ftp://h.example", &SiteTree::default()).unwrap();
        assert_eq!((remote.site.logon, remote.site.login_user()), (Logon::Anonymous, "anonymous"));
        assert!(remote.is_folder());
    }

    #[test]
    fn paths_are_below_the_start_folder_or_the_root() {
        for (address, full, is_folder) in [
            ("ftp://h/a/b", "/home/anna/a/b", false),
            ("ftp://h/a/", "/home/anna/a", true),
            ("ftp://h//a", "/a", false),
            ("ftp://h/%2Fa", "/a", false),
            ("ftp://h//", "/", true),
            ("ftp://h/", "/home/anna", true),
            ("Web", "/home/anna", true),
            ("Web:a", "/home/anna/a", false),
            ("Web:/a/", "/a", true),
        ] {
            let remote = remote(address, &sites()).unwrap();
            assert_eq!(remote.resolve(&path("/home/anna")).unwrap(), path(full), "{address}");
            assert_eq!(remote.is_folder(), is_folder, "{address}");
        }
    }

    #[test]
    fn saved_sites_are_found_by_name_colons_and_all() {
        for (text, name, path) in [
            ("Web", "Web", AddressPath::Login),
            ("web:", "Web", AddressPath::Login),
            ("Web:old", "Web:old", AddressPath::Login),
            ("Web:old:x", "Web:old", AddressPath::Relative("x".into())),
            ("Web:new:x", "Web", AddressPath::Relative("new:x".into())),
            ("Büro Nord:/ä", "Büro Nord", AddressPath::Absolute("/ä".into())),
        ] {
            let remote = remote(text, &sites()).unwrap();
            assert_eq!((remote.site.name.as_str(), remote.path), (name, path), "{text}");
        }
        assert!(matches!(remote("nowhere", &sites()), Err(Failure::Usage(_))));
        assert!(matches!(remote("sftp://h/", &sites()), Err(Failure::Usage(_))));
    }

    #[test]
    fn what_arrives_has_a_name_that_is_safe_here() {
        let name = |address: &str| {
            let remote = remote(address, &SiteTree::default()).unwrap();
            arriving_name(&remote, &remote.resolve(&path("/home/anna")).unwrap())
        };
        assert_eq!(name("ftp://h/a/b"), Ok(Some("b".into())));
        assert_eq!(name("ftp://h/a/b/"), Ok(Some("b".into())));
        assert_eq!(name("ftp://h//"), Ok(None));
        assert_eq!(name("ftp://h/"), Ok(None));
        assert!(matches!(name("ftp://h/a%5Cb"), Err(Failure::Local(_))));
    }

    #[test]
    fn downloads_land_as_cp_would_put_them() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        let name = Some("name");
        assert_eq!(landing(base, name), Ok(base.join("name")));
        assert_eq!(landing(base, None), Ok(base.to_owned()));
        assert_eq!(landing(&base.join("new"), name), Ok(base.join("new")));
        assert!(!base.join("new").exists());
        assert_eq!(landing(&base.join("made/deep/"), name), Ok(base.join("made/deep/name")));
        assert!(base.join("made/deep").is_dir());
        assert!(matches!(landing(&base.join("missing/new"), name), Err(Failure::Local(_))));
        assert_eq!(landing(Path::new("plain-new-name"), name), Ok(PathBuf::from("plain-new-name")));
    }

    #[test]
    fn uploads_leave_under_their_own_name() {
        for (local, name) in [
            ("a/b.txt", Some("b.txt")),
            ("a/b/", Some("b")),
            ("/a/b..", Some("b..")),
            (".hidden", Some(".hidden")),
            ("a.", Some("a.")),
            (".", None),
            ("a/.", None),
            ("..", None),
            ("a/..", None),
            ("/", None),
        ] {
            assert_eq!(departing_name(Path::new(local)), Ok(name.map(str::to_owned)), "{local}");
        }
    }
}
