//! Sites that another program keeps: what was found, what of it does not come along, and how it gets into the list.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::model::problem::Problem;
use crate::model::secret::Secret;
use crate::model::site::{Site, SiteId, SiteTree};

/// Whose sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Program {
    FileZilla,
    WinScp,
}

impl Program {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FileZilla => "FileZilla",
            Self::WinScp => "WinSCP",
        }
    }
}

/// Why a site cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of another protocol.
    Protocol(String),
    /// It names no server.
    NoHost,
    /// What it names is no server's name.
    BadHost,
    /// Its user name could not be sent.
    BadUser,
}

impl Refusal {
    /// In a person's words, without end mark.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Protocol(name) => format!("{name}: Moorline speaks FTP only"),
            Self::NoHost => "no server is named".into(),
            Self::BadHost => "what is named is no server".into(),
            Self::BadUser => "the user name contains a control character".into(),
        }
    }
}

/// What of a site does not come along, or comes along otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "`words` says what each means")]
pub enum Remark {
    TlsRequired,
    PasswordLocked(Program),
    PasswordUnreadable,
    NoUser,
    Account,
    KeyFile,
    ClientCertificate,
    Proxy,
    Charset(String),
    Commands,
    Port,
    RemoteFolder,
    LocalFolder,
    TimeDifference,
    BookmarkNames,
    LocalBookmarks,
    SynchronisedBrowsing,
}

impl Remark {
    /// In a person's words, without end mark.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::TlsRequired => "TLS becomes required".into(),
            Self::PasswordLocked(program) => format!("the password is locked by {}\u{2019}s master password", program.name()),
            Self::PasswordUnreadable => "the password cannot be read".into(),
            Self::NoUser => "no user is named, so it becomes anonymous".into(),
            Self::Account => "the account beside the user name is left out".into(),
            Self::KeyFile => "the key file is left out".into(),
            Self::ClientCertificate => "the client certificate is left out".into(),
            Self::Proxy => "the proxy is left out".into(),
            Self::Charset(name) => format!("the character set {name} is left out"),
            Self::Commands => "the commands after login are left out".into(),
            Self::Port => "the port is none, so the usual one is taken".into(),
            Self::RemoteFolder => "the remote folder is left out".into(),
            Self::LocalFolder => "the local folder is of another system and is left out".into(),
            Self::TimeDifference => "the time difference is measured anew".into(),
            Self::BookmarkNames => "bookmarks are called by their folders".into(),
            Self::LocalBookmarks => "bookmarks of local folders are left out".into(),
            Self::SynchronisedBrowsing => "synchronised browsing is left out".into(),
        }
    }
}

impl Remark {
    /// Whether the site may behave otherwise than a person is used to until they do something about it.
    #[must_use]
    pub fn matters(&self) -> bool {
        !matches!(
            self,
            Self::TlsRequired | Self::TimeDifference | Self::BookmarkNames | Self::LocalBookmarks | Self::SynchronisedBrowsing
        )
    }
}

/// A site as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSite {
    /// As it would be in the list; it has no identity yet.
    pub site: Site,
    /// Its password, where one could be read.
    pub password: Option<Secret>,
    /// What of it does not come along.
    pub remarks: Vec<Remark>,
    /// Why it cannot be taken over at all.
    pub refusal: Option<Refusal>,
}

/// What a file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSites {
    /// Whose it is.
    pub program: Program,
    /// In the file's order; at least one.
    pub sites: Vec<FoundSite>,
}

/// A file of another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it, or why it cannot be read.
    pub found: Result<FoundSites, Problem>,
}

/// The saved sites by what tells them apart, to look up many.
#[derive(Debug)]
pub struct Known<'a> {
    names: HashMap<(String, &'a str), Vec<&'a str>>,
}

impl<'a> Known<'a> {
    /// Those of a list.
    #[must_use]
    pub fn of(tree: &'a SiteTree) -> Self {
        let mut names: HashMap<(String, &str), Vec<&str>> = HashMap::new();
        for site in &tree.sites {
            names.entry((site.authority(), site.login_user())).or_default().push(&site.name);
        }
        Self { names }
    }

    /// Whether the same host, port and user are there under the same name, or under the one that an earlier import gave them.
    #[must_use]
    pub fn has(&self, site: &Site) -> bool {
        let names = self.names.get(&(site.authority(), site.login_user()));
        names.is_some_and(|names| names.iter().any(|name| is_name_of(name, &site.name)))
    }
}

/// Whether a name is the wanted one, or what [`free_name`] makes of it.
fn is_name_of(name: &str, wanted: &str) -> bool {
    let number = name.strip_prefix(wanted).and_then(|rest| rest.strip_prefix(" (")?.strip_suffix(')'));
    name == wanted || number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many sites are in the list now.
    pub sites: usize,
    /// How many were there already.
    pub known: usize,
    /// Passwords that are to be kept: of which site and user.
    pub passwords: Vec<(SiteId, String, Secret)>,
}

/// Puts sites into the list, in folders of their own names; what is there already stays as it is.
pub fn add(tree: &mut SiteTree, found: Vec<FoundSite>, mut new_id: impl FnMut() -> SiteId) -> Imported {
    let before = tree.clone();
    let known = Known::of(&before);
    let mut taken: HashSet<(String, String)> = tree.sites.iter().map(|site| (site.folder.clone(), site.name.clone())).collect();
    // The last number behind each name, so that many of one name are not counted through each time.
    let mut last = HashMap::new();
    let mut imported = Imported::default();
    for FoundSite { mut site, password, refusal, .. } in found {
        if refusal.is_some() {
            continue;
        }
        if known.has(&site) {
            imported.known += 1;
            continue;
        }
        site.id = new_id();
        site.name = free_name(&taken, &mut last, &site);
        taken.insert((site.folder.clone(), site.name.clone()));
        tree.ensure_folder(&site.folder);
        if let Some(password) = password {
            imported.passwords.push((site.id.clone(), site.login_user().to_owned(), password));
        }
        imported.sites += 1;
        tree.sites.push(site);
    }
    imported
}

/// The site's name, with a number behind it where its folder has one of that name.
fn free_name(taken: &HashSet<(String, String)>, last: &mut HashMap<(String, String), usize>, site: &Site) -> String {
    let is_free = |name: &String| !taken.contains(&(site.folder.clone(), name.clone()));
    if is_free(&site.name) {
        return site.name.clone();
    }
    let last = last.entry((site.folder.clone(), site.name.clone())).or_insert(1);
    loop {
        *last += 1;
        let name = format!("{} ({last})", site.name);
        if is_free(&name) {
            return name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &str, name: &str, host: &str) -> FoundSite {
        let mut site = Site::new(SiteId(String::new()), name, host);
        (site.folder, site.user) = (folder.into(), "alice".into());
        FoundSite { site, password: Some(Secret::new("secret")), remarks: Vec::new(), refusal: None }
    }

    fn ids() -> impl FnMut() -> SiteId {
        let mut number = 0;
        move || {
            number += 1;
            SiteId(format!("id{number}"))
        }
    }

    fn names(tree: &SiteTree) -> Vec<String> {
        tree.sites.iter().map(|site| format!("{}/{}@{}", site.folder, site.name, site.host)).collect()
    }

    #[test]
    fn sites_come_with_their_folders_and_passwords_and_a_second_time_not_at_all() {
        let mut tree = SiteTree::default();
        let refused = FoundSite { refusal: Some(Refusal::NoHost), ..found("", "no", "") };
        let all = vec![found("A/B", "one", "a.example"), found("", "two", "b.example"), refused];
        let first = add(&mut tree, all.clone(), ids());
        assert_eq!((first.sites, first.known, first.passwords.len()), (2, 0, 2));
        let (id, user, password) = &first.passwords[0];
        assert_eq!((id.0.as_str(), user.as_str(), password.reveal()), ("id1", "alice", "secret"));
        assert_eq!(names(&tree), ["A/B/one@a.example", "/two@b.example"]);
        let folders: Vec<&str> = tree.folders.iter().map(|folder| folder.path.as_str()).collect();
        assert_eq!(folders, ["A", "A/B"]);
        let before = tree.clone();
        let second = add(&mut tree, all, ids());
        assert_eq!(second, Imported { sites: 0, known: 2, passwords: Vec::new() });
        assert_eq!(tree, before);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_and_is_known_under_it_the_next_time() {
        let mut tree = SiteTree::default();
        add(&mut tree, vec![found("F", "web", "old.example")], ids());
        let all = vec![found("F", "web", "a.example"), found("F", "web", "b.example"), found("", "web", "c.example")];
        assert_eq!(add(&mut tree, all.clone(), ids()).sites, 3);
        assert_eq!(names(&tree), ["F/web@old.example", "F/web (2)@a.example", "F/web (3)@b.example", "/web@c.example"]);
        assert_eq!(add(&mut tree, all, ids()).known, 3);
    }

    #[test]
    fn what_is_there_is_known_by_host_port_user_and_name() {
        let mut tree = SiteTree::default();
        add(&mut tree, vec![found("F", "web", "a.example")], ids());
        let known = Known::of(&tree);
        let has = |change: &dyn Fn(&mut Site)| {
            let mut site = found("elsewhere", "web", "A.example").site;
            change(&mut site);
            known.has(&site)
        };
        assert!(has(&|_| {}));
        assert!(has(&|site| site.port = Some(21)));
        assert!(!has(&|site| site.port = Some(2121)));
        assert!(!has(&|site| site.name = "web (2)".into()));
        assert!(!has(&|site| site.user = "bob".into()));
        assert!(!has(&|site| site.host = "b.example".into()));
        for (name, wanted, expected) in [
            ("web", "web", true),
            ("web (12)", "web", true),
            ("web (x)", "web", false),
            ("web ()", "web", false),
            ("web 2", "web", false),
            ("we", "web", false),
        ] {
            assert_eq!(is_name_of(name, wanted), expected, "{name}");
        }
    }
}
