//! Selection, cursor, order, filter, and going from folder to folder.

use super::*;
use crate::model::sort::SortKey;
use crate::screen::action::{Extend, Move};

const LEFT: Side = Side::Local;

fn click(screen: &mut Screen, name: &str, extend: Extend, secondary: bool) {
    let row = row(screen, LEFT, name);
    reduce(screen, Action::ClickRow { side: LEFT, row, extend, secondary });
}

#[test]
fn clicks_select_as_everywhere() {
    let mut screen = moored();
    click(&mut screen, "about.php", Extend::Replace, false);
    assert_eq!(selected(&screen, LEFT), ["about.php"]);
    click(&mut screen, "robots.txt", Extend::Range, false);
    assert_eq!(selected(&screen, LEFT), ["about.php", "index.php", "robots.txt"]);
    assert_eq!(screen.local.selected_bytes, 30);
    click(&mut screen, "index.php", Extend::Toggle, false);
    assert_eq!(selected(&screen, LEFT), ["about.php", "robots.txt"]);
    click(&mut screen, "robots.txt", Extend::Replace, true);
    assert_eq!(selected(&screen, LEFT), ["about.php", "robots.txt"], "the menu is about all that is selected");
    click(&mut screen, "css", Extend::Replace, true);
    assert_eq!(selected(&screen, LEFT), ["css"], "a menu elsewhere is about its row");
    reduce(&mut screen, Action::ClickEmpty(LEFT));
    assert!(selected(&screen, LEFT).is_empty());
    assert_eq!(screen.local.selected_bytes, 0);
}

#[test]
fn cursor_keys_move_extend_and_stop_at_the_ends() {
    let mut screen = moored();
    let press = |screen: &mut Screen, to, extend| reduce(screen, Action::MoveCursor { side: LEFT, to, extend });
    press(&mut screen, Move::First, Extend::Replace);
    press(&mut screen, Move::Up, Extend::Replace);
    assert_eq!(screen.local.cursor, Some(0));
    press(&mut screen, Move::Down, Extend::Replace);
    press(&mut screen, Move::Down, Extend::Range);
    press(&mut screen, Move::Down, Extend::Range);
    assert_eq!(screen.local.selected.len(), 3);
    press(&mut screen, Move::Up, Extend::Range);
    assert_eq!(screen.local.selected.len(), 2, "a range shrinks again");
    press(&mut screen, Move::PageDown(100), Extend::Toggle);
    assert_eq!((screen.local.cursor, screen.local.selected.len()), (Some(4), 2), "Ctrl moves the cursor alone");
    act(&mut screen, Verb::ToggleSelected);
    assert_eq!(screen.local.selected.len(), 3);
    assert_eq!(screen.local.reveal, Some(4));
}

#[test]
fn letters_find_names_and_start_anew_after_a_second() {
    let mut screen = offline();
    show_local(&mut screen, "/x", &["alpha", "apple", "azure", "beta"]);
    let mut type_at = |text: &str, now| {
        reduce(&mut screen, Action::TypeAhead { side: LEFT, text: text.into(), now });
        cursor(&screen, LEFT).unwrap().to_owned()
    };
    assert_eq!(type_at("A", 10.0), "apple", "the cursor was on the first one");
    assert_eq!(type_at("a", 10.3), "azure", "the same letter goes on");
    assert_eq!(type_at("a", 10.6), "alpha", "and round");
    assert_eq!(type_at("b", 12.0), "beta");
    assert_eq!(type_at("a", 20.0), "alpha");
    assert_eq!(type_at("p", 20.5), "apple", "letters add up");
    assert_eq!(type_at("x", 20.9), "apple", "nothing begins so");
}

#[test]
fn everything_nothing_and_the_rest_can_be_selected() {
    let mut screen = moored();
    act(&mut screen, Verb::SelectAll);
    assert_eq!(screen.local.selected.len(), 5);
    click(&mut screen, "css", Extend::Replace, false);
    act(&mut screen, Verb::InvertSelection);
    assert_eq!(screen.local.selected.len(), 4);
    assert!(!selected(&screen, LEFT).contains(&"css"));
    act(&mut screen, Verb::SelectNone);
    assert!(selected(&screen, LEFT).is_empty());
}

#[test]
fn a_filter_hides_and_what_is_hidden_is_not_selected() {
    let mut screen = moored();
    act(&mut screen, Verb::SelectAll);
    for (filter, expected) in [
        ("PHP", vec!["about.php", "index.php"]),
        ("*.php", vec!["about.php", "index.php"]),
        ("?????.p*", vec!["about.php", "index.php"]),
        ("i*x.php", vec!["index.php"]),
        ("*", vec!["css", ".env", "about.php", "index.php", "robots.txt"]),
        ("nothing", vec![]),
    ] {
        reduce(&mut screen, Action::Filter { side: LEFT, text: filter.into() });
        assert_eq!(names(&screen, LEFT), expected, "{filter}");
    }
    assert!(selected(&screen, LEFT).is_empty(), "nothing unseen is deleted or transferred");
    reduce(&mut screen, Action::ShowFilter { side: LEFT, shown: false });
    assert_eq!(names(&screen, LEFT).len(), 5);
}

#[test]
fn a_column_sorts_and_the_same_again_turns_round_while_the_cursor_stays() {
    let mut screen = moored();
    click(&mut screen, "robots.txt", Extend::Replace, false);
    reduce(&mut screen, Action::SortBy { side: LEFT, key: SortKey::Name });
    assert!(screen.local.sort.descending, "it was by name already");
    assert_eq!(names(&screen, LEFT)[..2], ["css", "robots.txt"], "folders stay first");
    assert_eq!(cursor(&screen, LEFT), Some("robots.txt"));
    assert_eq!(selected(&screen, LEFT), ["robots.txt"]);
    reduce(&mut screen, Action::SortBy { side: LEFT, key: SortKey::Size });
    assert!(!screen.local.sort.descending);
}

#[test]
fn hidden_names_come_and_go_in_both_panes() {
    let mut screen = moored();
    let effects = act(&mut screen, Verb::ToggleHidden);
    assert!(!names(&screen, LEFT).contains(&".env"));
    let Command::SaveSettings { settings, .. } = command(&effects) else { panic!("{effects:?}") };
    assert!(!settings.show_hidden);
}

#[test]
fn rows_open_folders_links_and_transfer_files() {
    let mut screen = moored();
    let open = |screen: &mut Screen, side, name: &str| {
        let row = row(screen, side, name);
        reduce(screen, Action::OpenRow { side, row })
    };
    assert_eq!(opens(&open(&mut screen, LEFT, "css")), Some(Place::Local("/home/alice/www/css".into())));
    assert_eq!(opens(&open(&mut screen, Side::Remote, "latest")), Some(Place::Remote(rp("/www/latest"))));
    assert!(matches!(command(&open(&mut screen, LEFT, "about.php")), Command::Enqueue { jobs } if jobs.len() == 1));
    assert!(open(&mut screen, Side::Remote, "fifo").is_empty());
    assert!(screen.toasts.iter().any(|toast| toast.detail.contains("fifo")), "it says why");
}

#[test]
fn typed_paths_are_absolute_relative_or_from_home() {
    for (typed, expected) in [
        ("/srv/../var/./log", "/var/log"),
        ("css", "/home/alice/www/css"),
        ("..", "/home/alice"),
        ("~", "/home/alice"),
        ("~/a b ", "/home/alice/a b"),
        ("~bob", "/home/alice/www/~bob"),
        ("/../..", "/"),
    ] {
        let mut screen = moored();
        reduce(&mut screen, Action::EditPath { side: LEFT, text: Some(typed.into()) });
        assert_eq!(opens(&reduce(&mut screen, Action::EnterPath { side: LEFT })), Some(Place::Local(expected.into())), "{typed}");
        assert_eq!(screen.local.path_edit, None);
    }
    for (typed, expected) in [("/a//b", "/a/b"), ("x", "/www/x"), ("..", "/"), ("~", "/home/ftp"), ("~/x", "/home/ftp/x")] {
        let mut screen = moored();
        reduce(&mut screen, Action::EditPath { side: Side::Remote, text: Some(typed.into()) });
        let effects = reduce(&mut screen, Action::EnterPath { side: Side::Remote });
        assert_eq!(opens(&effects), Some(Place::Remote(rp(expected))), "{typed}");
    }
    let mut screen = moored();
    reduce(&mut screen, Action::EditPath { side: Side::Remote, text: Some("a\nDELE b".into()) });
    assert!(reduce(&mut screen, Action::EnterPath { side: Side::Remote }).is_empty());
    assert!(screen.remote.path_edit.is_some(), "what was typed stays, to be corrected");
}

#[test]
fn back_forward_and_up_lead_where_a_person_was() {
    let mut screen = moored();
    let go = |screen: &mut Screen, path: &str| {
        reduce(screen, Action::Go { side: LEFT, place: Place::Local(path.into()) });
        show_local(screen, path, &["x/"]);
    };
    go(&mut screen, "/a");
    go(&mut screen, "/b");
    let effects = act(&mut screen, Verb::Back);
    assert_eq!(opens(&effects), Some(Place::Local("/a".into())));
    show_local(&mut screen, "/a", &[]);
    assert_eq!(opens(&act(&mut screen, Verb::Forward)), Some(Place::Local("/b".into())));
    show_local(&mut screen, "/b", &[]);
    assert!(screen.local.forward.is_empty());
    assert_eq!(screen.local.back.len(), 2);

    assert_eq!(opens(&act(&mut screen, Verb::Up)), Some(Place::Local("/".into())));
    show_local(&mut screen, "/", &["a/", "b/", "c/"]);
    assert_eq!(cursor(&screen, LEFT), Some("b"), "the cursor is on the folder we came from");
    assert!(act(&mut screen, Verb::Up).is_empty());
    assert_eq!(screen.local.crumbs.len(), 1);
    show_local(&mut screen, "/home/alice", &[]);
    let labels: Vec<&str> = screen.local.crumbs.iter().map(|crumb| crumb.label.as_str()).collect();
    assert_eq!(labels, ["/", "home", "alice"]);
}

#[test]
fn a_folder_that_fails_is_no_step() {
    let mut screen = moored();
    reduce(&mut screen, Action::Go { side: LEFT, place: Place::Local("/gone".into()) });
    let problem = crate::model::problem::Problem::new(crate::model::problem::ProblemKind::Local, "Could not open /gone.");
    tell(&mut screen, EventBody::LocalTrouble { path: "/gone".into(), problem });
    assert_eq!(screen.local.opening, None);
    assert!(screen.local.back.is_empty());
    assert_eq!(screen.local.local_folder(), Some(std::path::Path::new("/home/alice/www")));
    assert_eq!(screen.toasts.len(), 1);
}

#[test]
fn names_are_checked_before_anything_is_made() {
    for (side, name) in [
        (LEFT, ""),
        (LEFT, "  "),
        (LEFT, ".."),
        (LEFT, "a/b"),
        (LEFT, "a\\b"),
        (LEFT, "css"),
        (Side::Remote, "a/b"),
        (Side::Remote, "a\r\nDELE b"),
        (Side::Remote, "."),
        (Side::Remote, "about.php"),
    ] {
        let mut screen = moored();
        screen.active = side;
        act(&mut screen, Verb::NewFolder);
        let typed = crate::screen::Dialog::NewFolder { side, name: name.into(), error: None };
        reduce(&mut screen, Action::EditDialog(Box::new(typed)));
        assert!(reduce(&mut screen, Action::AcceptDialog).is_empty(), "{name:?}");
        let Some(crate::screen::Dialog::NewFolder { error: Some(_), .. }) = &screen.dialog else { panic!("{name:?} passed") };
    }
}

#[test]
fn the_cursor_lands_on_a_new_folder_and_a_new_name() {
    let mut screen = moored();
    screen.active = Side::Remote;
    act(&mut screen, Verb::NewFolder);
    let typed = crate::screen::Dialog::NewFolder { side: Side::Remote, name: " new ".into(), error: None };
    reduce(&mut screen, Action::EditDialog(Box::new(typed)));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let Command::Change(crate::engine::Change::MakeFolder { place }) = command(&effects) else { panic!("{effects:?}") };
    assert_eq!(*place, Place::Remote(rp("/www/new")));
    show_remote(&mut screen, "/www", &["assets/", "new/", "about.php"]);
    assert_eq!(cursor(&screen, Side::Remote), Some("new"));

    act(&mut screen, Verb::Rename);
    let Some(crate::screen::Dialog::Rename { place, name, .. }) = screen.dialog.clone() else { panic!("no dialog") };
    assert_eq!(name, "new");
    reduce(&mut screen, Action::EditDialog(Box::new(crate::screen::Dialog::Rename { place, name: "newer".into(), error: None })));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(command(&effects), Command::Change(crate::engine::Change::Rename { name, .. }) if name == "newer"));
    show_remote(&mut screen, "/www", &["assets/", "newer/", "about.php"]);
    assert_eq!(cursor(&screen, Side::Remote), Some("newer"));
}
