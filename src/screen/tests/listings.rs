//! What a new listing does to a pane.

use super::*;
use crate::model::problem::{Problem, ProblemKind};
use crate::screen::action::Extend;

const RIGHT: Side = Side::Remote;

fn select(screen: &mut Screen, names: &[&str]) {
    for name in names {
        let row = row(screen, RIGHT, name);
        reduce(screen, Action::ClickRow { side: RIGHT, row, extend: Extend::Toggle, secondary: false });
    }
}

#[test]
fn the_same_folder_keeps_selection_and_cursor_by_name() {
    let mut screen = moored();
    select(&mut screen, &["about.php", "index.php"]);
    show_remote(&mut screen, "/www", &["zebra/", "index.php", "aaa.php", "about.php", "assets/"]);
    let mut kept = selected(&screen, RIGHT);
    kept.sort_unstable();
    assert_eq!(kept, ["about.php", "index.php"]);
    assert_eq!(cursor(&screen, RIGHT), Some("index.php"));

    show_remote(&mut screen, "/www", &["about.php"]);
    assert_eq!(selected(&screen, RIGHT), ["about.php"], "what is gone is not selected");
    assert_eq!(screen.remote.cursor, Some(0), "the cursor stays on a row that is there");
}

#[test]
fn a_reconnect_comes_back_to_the_same_rows() {
    let mut screen = moored();
    select(&mut screen, &["about.php"]);
    set_phase(&mut screen, adrift());
    assert_eq!(selected(&screen, RIGHT), ["about.php"], "the listing stays while adrift");
    set_phase(&mut screen, Phase::Moored);
    show_remote(&mut screen, "/www", &["assets/", "about.php", "new.php"]);
    assert_eq!(selected(&screen, RIGHT), ["about.php"]);
    assert!(screen.remote.back.is_empty(), "coming back is no step");
}

#[test]
fn another_folder_begins_on_its_first_row_without_filter() {
    let mut screen = moored();
    select(&mut screen, &["about.php"]);
    reduce(&mut screen, Action::Filter { side: RIGHT, text: "a".into() });
    show_remote(&mut screen, "/www/assets", &["about.php", "b.php"]);
    assert!(selected(&screen, RIGHT).is_empty(), "the same name elsewhere is another file");
    assert_eq!(screen.remote.cursor, Some(0));
    assert_eq!(names(&screen, RIGHT).len(), 2);
    assert_eq!(screen.remote.back, [Place::Remote(rp("/www"))]);
}

#[test]
fn listings_that_nobody_waits_for_any_more_are_ignored() {
    let mut screen = moored();
    reduce(&mut screen, Action::Go { side: RIGHT, place: Place::Remote(rp("/slow")) });
    reduce(&mut screen, Action::Go { side: RIGHT, place: Place::Remote(rp("/wanted")) });
    show_remote(&mut screen, "/slow", &["x"]);
    assert_eq!(screen.remote.remote_folder(), Some(&rp("/www")));
    show_remote(&mut screen, "/www", &["fresh"]);
    assert_eq!(names(&screen, RIGHT), ["fresh"], "a refresh of what is shown is welcome");
    assert!(screen.remote.opening.is_some(), "and does not end the wait");
    show_remote(&mut screen, "/wanted", &[]);
    assert_eq!((screen.remote.remote_folder(), &screen.remote.opening), (Some(&rp("/wanted")), &None));
    assert_eq!(screen.remote.back, [Place::Remote(rp("/www"))]);
}

#[test]
fn another_server_begins_with_an_empty_pane() {
    let mut screen = moored();
    let mut next = view(&screen, Phase::Connecting(ConnectStep::Dialling));
    next.generation = Generation(2);
    next.site = screen.sites.sites.get(1).cloned();
    tell(&mut screen, EventBody::Session(Box::new(next)));
    assert_eq!(screen.remote.place, None);
    assert!(screen.remote.rows.is_empty(), "a file of the old server must not be taken for one of the new");
    assert!(screen.local.place.is_some());
}

#[test]
fn a_link_that_leads_to_no_folder_says_what_to_do() {
    let mut screen = moored();
    let row = row(&screen, RIGHT, "latest");
    reduce(&mut screen, Action::OpenRow { side: RIGHT, row });
    let problem = Problem::new(ProblemKind::Refused, "Could not open /www/latest.").quote("550 Not a directory");
    tell(&mut screen, EventBody::RemoteTrouble { path: rp("/www/latest"), problem });
    let toast = screen.toasts.last().unwrap();
    assert!(toast.is_problem && toast.detail.contains("transfer it instead") && toast.detail.contains("“550 Not a directory”"));
    assert_eq!(screen.remote.opening, None);
}

#[test]
fn what_a_person_cancelled_is_not_complained_about() {
    let mut screen = moored();
    reduce(&mut screen, Action::Go { side: RIGHT, place: Place::Remote(rp("/slow")) });
    assert!(matches!(command(&act(&mut screen, Verb::CancelBrowsing)), Command::CancelBrowsing));
    let problem = Problem::new(ProblemKind::Cancelled, "Cancelled.");
    tell(&mut screen, EventBody::RemoteTrouble { path: rp("/slow"), problem });
    assert!(screen.toasts.is_empty());
}

#[test]
fn a_dropped_file_shows_its_folder_and_a_dropped_folder_itself() {
    let mut screen = moored();
    let drop = |paths: &[&str]| Action::DropFiles { paths: paths.iter().map(Into::into).collect(), side: Side::Local, onto: None };
    assert_eq!(opens(&reduce(&mut screen, drop(&["/pics/a.jpg"]))), Some(Place::Local("/pics/a.jpg".into())));
    let problem = Problem::new(ProblemKind::Local, "Not a folder.");
    let effects = tell(&mut screen, EventBody::LocalTrouble { path: "/pics/a.jpg".into(), problem });
    assert_eq!(opens(&effects), Some(Place::Local("/pics".into())));
    show_local(&mut screen, "/pics", &["0.jpg", "a.jpg"]);
    assert_eq!(cursor(&screen, Side::Local), Some("a.jpg"));
    assert!(screen.toasts.is_empty());

    reduce(&mut screen, drop(&["/music"]));
    show_local(&mut screen, "/music", &[]);
    assert_eq!(screen.dropped, None);
}

#[test]
fn the_first_folder_falls_back_upwards_when_it_is_gone() {
    let mut screen = Screen { home: Some("/home/alice".into()), ..Screen::default() };
    let settings = crate::model::settings::Settings { local_folder: Some("/mnt/stick/x".into()), ..Default::default() };
    let effects = tell(&mut screen, EventBody::Settings(Box::new(settings)));
    assert_eq!(opens(&effects), Some(Place::Local("/mnt/stick/x".into())));
    let problem = Problem::new(ProblemKind::Local, "Gone.");
    let effects = tell(&mut screen, EventBody::LocalTrouble { path: "/mnt/stick/x".into(), problem });
    assert_eq!(opens(&effects), Some(Place::Local("/mnt/stick".into())));
}
