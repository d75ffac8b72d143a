//! Sites of other programs: what is ticked, what is sent, and what a closed or late dialog does.

use super::*;
use crate::model::import::{FoundSite, FoundSites, Program, Refusal, SiteFile};
use crate::model::passwords::{MasterPassword, PasswordsKept};
use crate::model::problem::{Problem, ProblemKind};
use crate::model::secret::Secret;
use crate::screen::Dialog;
use crate::screen::import_form::{ImportForm, ImportLine, ImportRow};

fn found(folder: &str, name: &str, host: &str) -> FoundSite {
    let mut site = site("", name, host);
    site.folder = folder.into();
    FoundSite { site, password: Some(Secret::new("x")), remarks: Vec::new(), refusal: None }
}

fn file(path: &str, sites: Vec<FoundSite>) -> Arc<SiteFile> {
    Arc::new(SiteFile { path: path.into(), found: Ok(FoundSites { program: Program::FileZilla, sites }) })
}

/// One that is there already, one of another protocol, and two that can come.
fn sample() -> Arc<SiteFile> {
    let refused = FoundSite { refusal: Some(Refusal::Protocol("SFTP".into())), ..found("", "shell", "s.example") };
    let known = found("F", "Harbour Books", "ftp.harbour.example");
    file("/a.xml", vec![found("", "top", "t.example"), known, refused, found("F", "new", "n.example")])
}

fn opened() -> Screen {
    let mut screen = offline();
    screen.passwords = PasswordsKept { keyring: true, ..PasswordsKept::default() };
    assert!(matches!(command(&act(&mut screen, Verb::ImportSites)), Command::FindImports));
    tell(&mut screen, EventBody::SiteFiles { files: vec![sample()] });
    screen
}

fn form(screen: &Screen) -> &ImportForm {
    match &screen.dialog {
        Some(Dialog::Import(form)) => form,
        other => panic!("no import: {other:?}"),
    }
}

fn row(file: usize, site: usize) -> ImportRow {
    ImportRow { file, site }
}

fn sent(effects: &[Effect]) -> (Vec<&str>, bool, usize) {
    let Command::ImportSites { sites, passwords, left_out } = command(effects) else { panic!("{effects:?}") };
    (sites.iter().map(|found| found.site.name.as_str()).collect(), *passwords, *left_out)
}

#[test]
fn what_can_come_is_ticked_and_the_rest_counts_as_left_out() {
    let mut screen = opened();
    assert_eq!(form(&screen).chosen.iter().copied().collect::<Vec<_>>(), [row(0, 0), row(0, 3)]);
    let lines = &form(&screen).lines;
    let folder = ImportLine::Folder { path: "F".into(), rows: vec![row(0, 1), row(0, 3)] };
    assert_eq!((lines.len(), &lines[0], &lines[1]), (6, &ImportLine::File(0), &folder));
    assert_eq!(lines[4], ImportLine::Site { row: row(0, 0), in_folder: false });
    assert_eq!(sent(&reduce(&mut screen, Action::AcceptDialog)), (vec!["top", "new"], true, 2));
    assert_eq!(screen.dialog, None);
}

#[test]
fn only_what_can_come_is_ticked_by_hand_and_nothing_ticked_is_nothing_sent() {
    let mut screen = opened();
    let all: Vec<ImportRow> = (0..9).map(|site| row(0, site)).collect();
    reduce(&mut screen, Action::TickImport { rows: all.clone(), on: false });
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty());
    assert!(form(&screen).chosen.is_empty() && !form(&screen).has_passwords());
    reduce(&mut screen, Action::TickImport { rows: all, on: true });
    assert_eq!(form(&screen).chosen.len(), 2);
    reduce(&mut screen, Action::TickImport { rows: vec![row(0, 3)], on: false });
    reduce(&mut screen, Action::ImportPasswords(false));
    assert_eq!(sent(&reduce(&mut screen, Action::AcceptDialog)), (vec!["top"], false, 3));
}

#[test]
fn without_a_keyring_no_password_is_sent_there() {
    let mut screen = opened();
    tell(&mut screen, EventBody::Passwords(PasswordsKept::default()));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let (names, passwords, _) = sent(&effects);
    assert_eq!((names.len(), passwords), (2, false));

    let mut screen = opened();
    tell(&mut screen, EventBody::Passwords(PasswordsKept { keyring: false, master: MasterPassword::Locked }));
    assert!(sent(&reduce(&mut screen, Action::AcceptDialog)).1, "the master password is asked for then");
}

#[test]
fn another_file_comes_below_and_the_same_one_in_place_of_itself() {
    let mut screen = opened();
    reduce(&mut screen, Action::TickImport { rows: vec![row(0, 0)], on: false });
    let effects = reduce(&mut screen, Action::PickedImport("/b.xml".into()));
    assert!(matches!(command(&effects), Command::ReadImport { path } if path.to_str() == Some("/b.xml")));
    assert_eq!(form(&screen).awaited, 1);
    let other = file("/b.xml", vec![found("", "other", "o.example")]);
    tell(&mut screen, EventBody::SiteFiles { files: vec![other] });
    assert_eq!(form(&screen).chosen.iter().copied().collect::<Vec<_>>(), [row(0, 3), row(1, 0)], "what was unticked stays so");
    tell(&mut screen, EventBody::SiteFiles { files: vec![sample()] });
    assert_eq!((form(&screen).files.len(), form(&screen).chosen.len()), (2, 3));
    // It has become unreadable: nothing of it is left to tick.
    let problem = Problem::new(ProblemKind::Local, "“a.xml” is damaged.");
    let damaged = Arc::new(SiteFile { path: "/a.xml".into(), found: Err(problem) });
    tell(&mut screen, EventBody::SiteFiles { files: vec![damaged] });
    assert_eq!(form(&screen).chosen.iter().copied().collect::<Vec<_>>(), [row(1, 0)]);
}

#[test]
fn a_site_that_comes_by_another_way_is_no_longer_ticked() {
    let mut screen = opened();
    let mut tree = (*screen.sites).clone();
    tree::put(&mut tree, site("mine", "top", "t.example"));
    tell(&mut screen, EventBody::Sites(Arc::new(tree)));
    assert_eq!(form(&screen).chosen.iter().copied().collect::<Vec<_>>(), [row(0, 3)]);
}

#[test]
fn a_closed_dialog_wants_to_hear_no_more() {
    let mut screen = opened();
    reduce(&mut screen, Action::CloseDialog);
    tell(&mut screen, EventBody::SiteFiles { files: vec![sample()] });
    assert!(reduce(&mut screen, Action::PickedImport("/b.xml".into())).is_empty());
    assert_eq!(screen.dialog, None);
}

#[test]
fn a_file_dropped_on_the_window_is_read_and_not_uploaded() {
    let mut screen = moored();
    act(&mut screen, Verb::ImportSites);
    let drop = Action::DropFiles { paths: vec!["/b.ini".into()], side: Side::Remote, onto: None };
    assert!(matches!(command(&reduce(&mut screen, drop)), Command::ReadImport { path } if path.to_str() == Some("/b.ini")));
}
