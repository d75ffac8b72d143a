//! What goes to the other side.

use std::path::Path;

use super::*;
use crate::engine::{Change, Question, QuestionId, Removal};
use crate::model::conflict::OnExists;
use crate::model::transfer::{Direction, Job};
use crate::screen::action::Extend;

#[track_caller]
fn jobs(effects: &[Effect]) -> &[Job] {
    match command(effects) {
        Command::Enqueue { jobs } => jobs,
        other => panic!("not queued: {other:?}"),
    }
}

#[test]
fn the_selection_goes_to_the_folder_in_the_other_pane() {
    let mut screen = moored();
    screen.settings.upload_exists = OnExists::Newer;
    for name in ["css", "index.php"] {
        let row = row(&screen, Side::Local, name);
        reduce(&mut screen, Action::ClickRow { side: Side::Local, row, extend: Extend::Toggle, secondary: false });
    }
    let effects = act(&mut screen, Verb::Transfer);
    let [folder, file] = jobs(&effects) else { panic!("{effects:?}") };
    assert_eq!((folder.local.as_path(), &folder.remote), (Path::new("/home/alice/www/css"), &rp("/www/css")));
    assert_eq!(file.direction, Direction::Upload);
    assert_eq!(file.on_exists, OnExists::Newer);

    let row = row(&screen, Side::Remote, "about.php");
    reduce(&mut screen, Action::ClickRow { side: Side::Remote, row, extend: Extend::Replace, secondary: false });
    let effects = act(&mut screen, Verb::Transfer);
    let [file] = jobs(&effects) else { panic!("{effects:?}") };
    assert_eq!(file.direction, Direction::Download);
    assert_eq!((file.local.as_path(), &file.remote), (Path::new("/home/alice/www/about.php"), &rp("/www/about.php")));
}

#[test]
fn the_queue_gets_files_in_the_order_of_the_rows() {
    let mut screen = moored();
    let order = |screen: &mut Screen| -> Vec<String> {
        reduce(screen, Action::ActivatePane(Side::Local));
        act(screen, Verb::SelectAll);
        let effects = act(screen, Verb::Transfer);
        jobs(&effects).iter().filter_map(|job| Some(job.local.file_name()?.to_str()?.to_owned())).collect()
    };
    let shown = |screen: &Screen| -> Vec<String> {
        let pane = &screen.local;
        (0..pane.rows.len()).filter_map(|row| Some(pane.entry(row)?.name.clone())).collect()
    };
    assert_eq!(order(&mut screen), shown(&screen));
    let before = shown(&screen);
    reduce(&mut screen, Action::SortBy { side: Side::Local, key: crate::model::sort::SortKey::Name });
    assert_ne!(shown(&screen), before, "sorted the other way round");
    assert_eq!(order(&mut screen), shown(&screen));
}

#[test]
fn nothing_is_transferred_unless_moored_and_it_says_so() {
    for phase in phases().into_iter().filter(|phase| !matches!(phase, Phase::Moored | Phase::Resting { .. })) {
        let all: [fn() -> Action; 4] = [
            || Action::Do(Verb::Transfer),
            || Action::DropRows { from: Side::Local, onto: None },
            || Action::DropFiles { paths: vec!["/a".into()], side: Side::Remote, onto: None },
            || Action::PickedFiles(vec!["/a".into()]),
        ];
        for action in all {
            let mut screen = moored();
            set_phase(&mut screen, phase.clone());
            assert!(reduce(&mut screen, action()).is_empty(), "{:?} in {phase:?}", action());
            assert_eq!(screen.toasts.len(), 1, "{:?} in {phase:?}", action());
        }
    }
}

#[test]
fn desktop_files_go_into_the_folder_under_the_pointer() {
    for (onto, expected) in [(Some("assets"), "/www/assets/a.txt"), (Some("about.php"), "/www/a.txt"), (None, "/www/a.txt")] {
        let mut screen = moored();
        screen.drop_hint = Some((Side::Remote, Some(0)));
        let onto = onto.map(|name| row(&screen, Side::Remote, name));
        let effects = reduce(&mut screen, Action::DropFiles { paths: vec!["/tmp/x/a.txt".into()], side: Side::Remote, onto });
        let [file] = jobs(&effects) else { panic!("{effects:?}") };
        assert_eq!((file.local.as_path(), &file.remote), (Path::new("/tmp/x/a.txt"), &rp(expected)));
        assert_eq!(screen.drop_hint, None);
    }
}

#[test]
fn rows_dropped_on_a_folder_go_into_it() {
    let mut screen = moored();
    let file = row(&screen, Side::Remote, "about.php");
    reduce(&mut screen, Action::ClickRow { side: Side::Remote, row: file, extend: Extend::Replace, secondary: false });
    let onto = Some(row(&screen, Side::Local, "css"));
    let effects = reduce(&mut screen, Action::DropRows { from: Side::Remote, onto });
    assert_eq!(jobs(&effects)[0].local, Path::new("/home/alice/www/css/about.php"));
}

#[test]
fn names_that_would_leave_the_folder_stay_where_they_are() {
    let mut screen = moored();
    screen.active = Side::Remote;
    show_remote(&mut screen, "/www", &["good.txt", "..\\evil.txt", "bell\u{7}"]);
    act(&mut screen, Verb::SelectAll);
    let effects = act(&mut screen, Verb::Transfer);
    let [file] = jobs(&effects) else { panic!("{effects:?}") };
    assert_eq!(file.local, Path::new("/home/alice/www/good.txt"));
    let toast = screen.toasts.last().unwrap();
    assert!(toast.is_problem && toast.text.contains('2'), "{toast:?}");
}

#[test]
fn deleting_names_everything_selected() {
    let mut screen = moored();
    act(&mut screen, Verb::SelectAll);
    let effects = act(&mut screen, Verb::Delete);
    let Command::Change(Change::Delete { places, removal: Removal::ToTrash }) = command(&effects) else { panic!("{effects:?}") };
    assert_eq!(places.len(), 5);
    assert!(places.contains(&Place::Local("/home/alice/www/.env".into())));
}

#[test]
fn only_what_is_here_goes_to_a_trash_and_only_with_delete_alone() {
    for (side, verb, expected) in [
        (Side::Local, Verb::Delete, Removal::ToTrash),
        (Side::Local, Verb::DeleteForGood, Removal::ForGood),
        (Side::Remote, Verb::Delete, Removal::ForGood),
        (Side::Remote, Verb::DeleteForGood, Removal::ForGood),
    ] {
        let mut screen = moored();
        screen.active = side;
        act(&mut screen, Verb::SelectAll);
        let effects = act(&mut screen, verb);
        let Command::Change(Change::Delete { removal, .. }) = command(&effects) else { panic!("{effects:?}") };
        assert_eq!(*removal, expected, "{side:?} {verb:?}");
        assert!(act(&mut screen, Verb::Open).is_empty(), "Enter was meant for the question");
    }
}

#[test]
fn a_question_that_the_trash_leads_to_comes_by_itself() {
    let mut screen = moored();
    act(&mut screen, Verb::SelectAll);
    act(&mut screen, Verb::Delete);
    tell(&mut screen, EventBody::Asked { id: QuestionId(5), question: Question::Trash { places: Vec::new() } });
    assert!(screen.delete_awaited);
    let effects = reduce(&mut screen, Action::AcceptQuestion);
    let expected = Command::Answer { question: QuestionId(5), answer: crate::engine::Answer::Confirm };
    assert_eq!(format!("{:?}", command(&effects)), format!("{expected:?}"));
    let no_trash = Some("there is none here".into());
    let question = Question::Delete { places: Vec::new(), files: 1, folders: 0, bytes: 1, no_trash };
    tell(&mut screen, EventBody::Asked { id: QuestionId(6), question });
    assert!(!screen.delete_awaited, "what was typed by then was not meant for it");
}

#[test]
fn addresses_and_paths_are_copied_without_the_password() {
    let mut screen = moored();
    screen.active = Side::Remote;
    let row = row(&screen, Side::Remote, "about.php");
    reduce(&mut screen, Action::ClickRow { side: Side::Remote, row, extend: Extend::Replace, secondary: false });
    for (verb, expected) in
        [(Verb::CopyPath, "/www/about.php"), (Verb::CopyAddress, "ftpes://alice@ftp.harbour.example//www/about.php")]
    {
        let effects = act(&mut screen, verb);
        assert!(matches!(&effects[..], [Effect::CopyText(text)] if text == expected), "{effects:?}");
    }
}

#[test]
fn permissions_begin_with_what_is_there_and_read_digits() {
    use crate::model::permissions::{Inside, Which};
    use crate::screen::Dialog;
    let mut screen = moored();
    screen.active = Side::Remote;
    let row = row(&screen, Side::Remote, "assets");
    reduce(&mut screen, Action::ClickRow { side: Side::Remote, row, extend: Extend::Replace, secondary: false });
    act(&mut screen, Verb::Permissions);
    let Some(Dialog::Permissions { paths, mode: 0o755, octal, has_folders: true, recursive: false, inside }) =
        screen.dialog.clone()
    else {
        panic!("{:?}", screen.dialog)
    };
    assert_eq!(octal, "755");
    let typed = |octal: &str, mode| {
        let (paths, octal) = (paths.clone(), octal.to_owned());
        Box::new(Dialog::Permissions { paths, mode, octal, has_folders: true, recursive: true, inside })
    };
    reduce(&mut screen, Action::EditDialog(typed("9", 0o755)));
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty(), "9 is no octal digit");
    reduce(&mut screen, Action::EditDialog(typed("9", 0o700)));
    assert!(matches!(&screen.dialog, Some(Dialog::Permissions { octal, .. }) if octal == "700"), "a box writes the digits");
    reduce(&mut screen, Action::EditDialog(typed("4750", 0o700)));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(
        command(&effects),
        Command::Change(crate::engine::Change::SetMode {
            mode: 0o4750,
            inside: Some(Inside { which: Which::All, enterable: true }),
            ..
        })
    ));
}

#[test]
fn what_is_typed_behind_delete_waits_for_its_question() {
    let mut screen = moored();
    act(&mut screen, Verb::SelectAll);
    act(&mut screen, Verb::Delete);
    assert!(act(&mut screen, Verb::Open).is_empty(), "Enter was meant for the question");
    assert!(act(&mut screen, Verb::Delete).is_empty(), "once is enough");
    let question = Question::Delete { places: Vec::new(), files: 1, folders: 0, bytes: 1, no_trash: None };
    tell(&mut screen, EventBody::Asked { id: QuestionId(5), question });
    reduce(&mut screen, Action::CancelQuestion);
    assert!(!act(&mut screen, Verb::Delete).is_empty());
    // What takes long to count does not hold the keyboard.
    screen.now += 2.0;
    assert!(!act(&mut screen, Verb::Delete).is_empty());
}
