//! Passwords under the master password: what is asked for, what is forgotten without asking, and what is refused.

use super::*;
use moorline::engine::WantedFor;
use moorline::model::site::Logon;
use moorline::store::passwords::Passwords;
use moorline::store::sites;

/// Two sites, whose passwords are kept under `correct horse`.
fn home() -> (tempfile::TempDir, SiteTree) {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(home.path());
    let mut tree = SiteTree::default();
    for name in ["books", "wine"] {
        let mut site = Site::new(SiteId(name.into()), name, "ftp.example");
        (site.user, site.logon) = ("anna".into(), Logon::Keyring);
        tree.sites.push(site);
    }
    sites::save(&places, &tree).unwrap();
    let passwords = Passwords::new(Some(places), Arc::new(NoKeyring));
    passwords.set_master(None, &Secret::new("correct horse"), &[]).unwrap();
    for site in &tree.sites {
        passwords.set(&site.id, "anna", &Secret::new("secret")).unwrap();
    }
    (home, tree)
}

fn open(home: &Path) -> Client {
    Client::start(Options { places: Some(Places::in_folder(home)), keyring: false, keep_queue: false })
}

#[test]
fn a_deleted_sites_password_is_forgotten_without_asking_for_the_master_password() {
    let (home, tree) = home();
    let mut client = open(home.path());
    let id = tree.sites[0].id.clone();
    client.engine.send(Command::SavePassword { site: id.clone(), password: None });
    let mut left = tree.clone();
    left.sites.remove(0);
    client.engine.send(Command::SaveSites { was: Some(Arc::new(tree.clone())), tree: Box::new(left) });
    // A wish that has its turn behind that one, and is told of.
    let (current, new) = (Secret::new("correct horse"), Secret::new("battery staple"));
    client.engine.send(Command::ChangeMaster(MasterChange::Set { current: Some(current), new: new.clone() }));
    client.hear("that it is changed", |body| matches!(body, EventBody::MasterChanged { is_refused: false }).then_some(()));
    assert!(!client.events.iter().any(|event| matches!(event.body, EventBody::Asked { .. } | EventBody::Trouble(_))), "it asked");
    drop(client);
    let passwords = Passwords::new(Some(Places::in_folder(home.path())), Arc::new(NoKeyring));
    passwords.unlock(&new).unwrap();
    assert_eq!(passwords.get(&id, "anna"), None);
    assert_eq!(passwords.get(&tree.sites[1].id, "anna"), Some(Secret::new("secret")));
}

#[test]
fn the_master_password_is_asked_for_with_what_it_is_wanted_for() {
    let (home, tree) = home();
    let mut client = open(home.path());
    let site = &tree.sites[1];
    client.engine.send(Command::SavePassword { site: site.id.clone(), password: Some(Secret::new("new")) });
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted: WantedFor::Saving { site: "wine".into() }, refused: false });
    client.answer(id, Answer::StayLocked);
    let problem = client.trouble();
    assert!(problem.what.starts_with("The password was not saved: "), "{problem:?}");
    client.engine.send(Command::Diagnose { site: Box::new(site.clone()) });
    let (id, question) = client.asked();
    assert_eq!(question, Question::Master { wanted: WantedFor::Examining { site: "wine".into() }, refused: false });
    client.answer(id, Answer::StayLocked);
}

#[test]
fn another_current_master_password_is_refused_and_told_to_whoever_typed_it() {
    let (home, _) = home();
    let mut client = open(home.path());
    let change = |current: &str| MasterChange::Set { current: Some(Secret::new(current)), new: Secret::new("battery staple") };
    for (current, refused) in [("correct house", true), ("correct horse", false)] {
        client.engine.send(Command::ChangeMaster(change(current)));
        let told = client.hear("what came of it", |body| match body {
            EventBody::MasterChanged { is_refused } => Some(*is_refused),
            _ => None,
        });
        assert_eq!(told, refused, "{current}");
    }
    assert!(!client.events.iter().any(|event| matches!(event.body, EventBody::Trouble(_))), "it is told beside the field only");
}

#[test]
fn what_is_asked_for_each_time_is_not_offered_to_be_kept() {
    let server = Server::start(&[]);
    let keyring: Arc<dyn SecretStore> = Arc::new(MemoryKeyring::default());
    let mut client = Client::with_keyring(Options { places: None, keyring: true, keep_queue: false }, keyring);
    client.connect_to(Site { logon: Logon::Ask, ..site(server.port()) }, None);
    let (_, question) = client.asked();
    assert!(matches!(question, Question::Password { keeping: Keeping::Nowhere, .. }), "nothing would read it: {question:?}");
}
