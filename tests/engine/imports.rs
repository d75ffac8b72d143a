//! Sites of other programs: found where they usually are, put into the list that another window may have changed, once only.

use super::*;
use moorline::engine::{MasterChange, WantedFor};
use moorline::model::import::{FoundSite, SiteFile};
use moorline::store::passwords::Passwords;
use moorline::store::sites;

const FILEZILLA: &str = include_str!("../../src/store/import/samples/sitemanager.xml");
const WINSCP: &str = include_str!("../../src/store/import/samples/WinSCP.ini");

fn open(home: &Path, keyring: Arc<dyn SecretStore>) -> Client {
    let options = Options { places: Some(Places::in_folder(home)), keyring: true, keep_queue: false };
    Client::with_keyring(options, keyring)
}

/// A home in which both programs have their files.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for others in Places::in_folder(home.path()).others {
        let text = match others.extension().and_then(|ending| ending.to_str()) {
            // The first place of several is enough.
            Some("xml") if others.starts_with(home.path().join(".filezilla")) => FILEZILLA,
            Some("ini") if others.starts_with(home.path().join("Documents")) => WINSCP,
            _ => continue,
        };
        std::fs::create_dir_all(others.parent().unwrap()).unwrap();
        std::fs::write(others, text).unwrap();
    }
    home
}

impl Client {
    fn site_files(&mut self, command: Command) -> Vec<Arc<SiteFile>> {
        self.engine.send(command);
        self.hear("site files", |body| match body {
            EventBody::SiteFiles { files } => Some(files.clone()),
            _ => None,
        })
    }

    /// Changes the master password, and waits until that is done.
    fn master(&mut self, change: MasterChange) {
        self.engine.send(Command::ChangeMaster(change));
        self.hear("the master password", |body| matches!(body, EventBody::Notice(words) if words.contains("master")).then_some(()));
    }

    fn import(&mut self, sites: Vec<FoundSite>, passwords: bool) -> String {
        self.engine.send(Command::ImportSites { sites, passwords, left_out: 0 });
        self.hear("what came of it", |body| match body {
            EventBody::Notice(words) => Some(words.clone()),
            _ => None,
        })
    }
}

fn all(files: &[Arc<SiteFile>]) -> Vec<FoundSite> {
    files.iter().flat_map(|file| file.found.as_ref().unwrap().sites.clone()).collect()
}

fn saved(home: &Path) -> SiteTree {
    sites::load(&Places::in_folder(home)).value
}

#[test]
#[cfg(not(windows))]
fn sites_of_both_programs_come_with_their_folders_and_passwords_and_only_once() {
    let home = home();
    let keyring = Arc::new(MemoryKeyring::default());
    let mut client = open(home.path(), Arc::clone(&keyring) as Arc<dyn SecretStore>);
    let files = client.site_files(Command::FindImports);
    let names: Vec<_> = files.iter().map(|file| file.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["sitemanager.xml", "WinSCP.ini"]);
    // Another window saves meanwhile.
    let mut other = saved(home.path());
    other.sites.push(Site::new(SiteId("other".into()), "other", "other.example"));
    sites::save(&Places::in_folder(home.path()), &other).unwrap();
    // What cannot come is not taken even when it is asked for.
    assert_eq!(client.import(all(&files), true), "7 sites imported.");
    assert_eq!(client.import(all(&files), true), "0 sites imported, 7 left out.");
    // There is none; but this has its turn behind the passwords.
    client.master(MasterChange::Remove);
    drop(client);
    let tree = saved(home.path());
    let places: Vec<String> = tree.sites.iter().map(|site| format!("{}/{}", site.folder, site.name)).collect();
    let expected = [
        "/other",
        "Kunden & Co/Nord-Süd/Hafen / Bücher",
        "/acct",
        "/anon",
        "/master",
        "/plain",
        "Kunden/Nord/Bücher & mehr",
        "/locked",
    ];
    assert_eq!(places, expected);
    let password = |name: &str, user: &str| {
        let site = tree.by_name(name).unwrap();
        keyring.get(&site.id, user).map(|secret| secret.reveal().to_owned())
    };
    assert_eq!(password("Hafen / Bücher", "jörg").as_deref(), Some("päßwört"));
    assert_eq!(password("Bücher & mehr", "web user").as_deref(), Some("geheim! ü"));
    assert_eq!(password("acct", "u").as_deref(), Some("x"));
    assert_eq!((password("master", "maria"), password("locked", "jo")), (None, None));
    let text = std::fs::read_to_string(home.path().join("config/sites.toml")).unwrap();
    assert!(!text.contains("päßwört") && !text.contains("geheim"), "a password is in the file");
}

#[test]
#[cfg(not(windows))]
fn what_two_windows_import_is_there_once() {
    let home = home();
    let (mut first, mut second) = (open(home.path(), Arc::new(NoKeyring)), open(home.path(), Arc::new(NoKeyring)));
    let files = first.site_files(Command::FindImports);
    second.site_files(Command::FindImports);
    assert_eq!(first.import(all(&files), false), "7 sites imported.");
    // The second has not heard of it yet.
    assert_eq!(second.import(all(&files), false), "0 sites imported, 7 left out.");
    second.hear("the list", |body| matches!(body, EventBody::Sites(tree) if tree.sites.len() == 7).then_some(()));
    drop((first, second));
    assert_eq!(saved(home.path()).sites.len(), 7);
}

#[test]
#[cfg(not(windows))]
fn without_a_keyring_or_without_a_wish_for_it_sites_come_without_passwords() {
    let home = home();
    let mut client = open(home.path(), Arc::new(NoKeyring));
    let files = client.site_files(Command::FindImports);
    assert_eq!(client.import(all(&files), false), "7 sites imported.");
    // One who asks for it all the same is told what is missing.
    let mut again = all(&files);
    again.iter_mut().for_each(|found| found.site.name.push('!'));
    client.import(again, true);
    let problem = client.trouble();
    assert_eq!(problem.what, "3 passwords of the new sites were not saved: there is no keyring.");
    assert!(problem.advice.contains("asked for at each connect"), "{problem:?}");
    drop(client);
    assert_eq!(saved(home.path()).sites.len(), 14);
}

#[test]
#[cfg(not(windows))]
fn passwords_come_under_the_master_password_which_is_asked_for() {
    let home = home();
    let mut client = open(home.path(), Arc::new(NoKeyring));
    let master = Secret::new("correct horse");
    client.master(MasterChange::Set { current: None, new: master.clone() });
    client.engine.send(Command::LockPasswords);
    let files = client.site_files(Command::FindImports);
    assert_eq!(client.import(all(&files), true), "7 sites imported.");
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted: WantedFor::Importing { passwords: 3 }, refused: false });
    client.answer(id, Answer::Master(master.clone()));
    // What follows has its turn behind the passwords.
    let new = Secret::new("battery staple");
    client.master(MasterChange::Set { current: Some(master), new: new.clone() });
    drop(client);
    let passwords = Passwords::new(Some(Places::in_folder(home.path())), Arc::new(NoKeyring));
    passwords.unlock(&new).unwrap();
    let tree = saved(home.path());
    let site = tree.by_name("Hafen / Bücher").unwrap();
    assert_eq!(passwords.get(&site.id, "jörg"), Some(Secret::new("päßwört")));
}

#[test]
fn a_foreign_or_missing_file_is_told_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut client = open(home.path(), Arc::new(NoKeyring));
    assert!(client.site_files(Command::FindImports).is_empty(), "places without a file are passed over");
    let foreign = home.path().join("notes.txt");
    std::fs::write(&foreign, "no sites").unwrap();
    for (path, expected) in
        [(foreign, "“notes.txt” is no list of sites of FileZilla or WinSCP."), (home.path().join("gone"), "gone")]
    {
        let files = client.site_files(Command::ReadImport { path });
        let problem = files[0].found.as_ref().unwrap_err();
        assert!(problem.what.contains(expected), "{problem:?}");
    }
    drop(client);
    assert_eq!(saved(home.path()), SiteTree::default());
}
