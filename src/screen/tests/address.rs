//! The address field.

use super::*;
use crate::model::address::AddressPath;
use crate::model::site::Encryption;
use crate::screen::state::{Focus, Suggestion};

fn typed(screen: &mut Screen, text: &str) -> Vec<Suggestion> {
    reduce(screen, Action::EditAddress(text.into()));
    screen.address.suggestions.clone()
}

fn first(screen: &mut Screen, text: &str) -> Option<Suggestion> {
    typed(screen, text).into_iter().next()
}

#[test]
fn the_first_line_is_what_was_most_likely_meant() {
    let mut screen = moored();
    let site = |line: Option<Suggestion>| match line {
        Some(Suggestion::Site { id, .. }) => id.0,
        other => panic!("{other:?}"),
    };
    for (text, id) in [("harb", "books"), ("BOOKS", "books"), ("sohn", "lindt"), ("lindt.ex", "lindt"), ("rbour.e", "books")] {
        assert_eq!(site(first(&mut screen, text)), id, "{text}");
    }
    for text in ["ftp://host", "alice@host", "ftp.nowhere.example", "nas:2121"] {
        assert_eq!(first(&mut screen, text), Some(Suggestion::Address(text.into())));
    }
    assert_eq!(first(&mut screen, "/var/log"), Some(Suggestion::Folder("/var/log".into())));
    assert_eq!(first(&mut screen, "new fold"), Some(Suggestion::Verb(Verb::NewFolder)));
    assert_eq!(typed(&mut screen, "").len(), 2, "the sites");
    assert!(typed(&mut screen, "no such thing").is_empty());
    assert!(typed(&mut screen, "nas").is_empty(), "a slip of the keyboard must not end the session");
    assert!(reduce(&mut screen, Action::EnterAddress(None)).is_empty());
    assert!(screen.address.error.as_ref().is_some_and(|error| error.contains("ftp://nas")), "{:?}", screen.address.error);
    set_phase(&mut screen, Phase::Offline);
    assert_eq!(first(&mut screen, "nas"), Some(Suggestion::Address("nas".into())));
    assert!(typed(&mut screen, "/var").is_empty(), "folders need a connection");
}

#[test]
fn enter_takes_the_chosen_line() {
    let mut screen = offline();
    typed(&mut screen, "");
    reduce(&mut screen, Action::ChooseSuggestion(1));
    let effects = reduce(&mut screen, Action::EnterAddress(None));
    assert_eq!(connects(&effects).unwrap().id.0, "lindt");
    assert!(!screen.address.open && screen.address.text.is_empty());
    assert_eq!(screen.focus, Focus::Pane);

    typed(&mut screen, "about");
    reduce(&mut screen, Action::EnterAddress(Some(0)));
    assert_eq!(screen.dialog, Some(crate::screen::Dialog::About));

    let mut screen = moored();
    typed(&mut screen, "/x/../y");
    assert_eq!(opens(&reduce(&mut screen, Action::EnterAddress(None))), Some(Place::Remote(rp("/y"))));
    assert_eq!(screen.active, Side::Remote);
}

#[test]
fn an_address_connects_and_a_bad_one_says_why() {
    let mut screen = offline();
    typed(&mut screen, "ftp://bob:secret@[::1]:2121//var/www");
    let effects = reduce(&mut screen, Action::EnterAddress(None));
    let [Command::Connect { site, password: Some(password), start }] = commands(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((site.host.as_str(), site.port(), site.login_user()), ("::1", 2121, "bob"));
    assert!(site.id.is_quick(), "{:?}", site.id);
    assert_eq!(password.reveal(), "secret");
    assert_eq!(*start, AddressPath::Absolute("/var/www".into()));
    assert_eq!(screen.toasts.len(), 1, "it warns about the password");
    assert!(screen.sites.site(&site.id).is_none());

    for bad in ["http://host", "ftp://host:99999", "ftp://", "/var", "no such thing"] {
        let mut screen = offline();
        typed(&mut screen, bad);
        assert!(commands(&reduce(&mut screen, Action::EnterAddress(None))).is_empty());
        assert!(screen.address.error.is_some() && screen.address.text == bad, "{bad}");
    }
}

#[test]
fn the_program_starts_with_a_name_or_an_address() {
    let mut screen = offline();
    assert_eq!(connects(&reduce(&mut screen, Action::OpenAddress("harbour books".into()))).unwrap().id.0, "books");
    assert_eq!(connects(&reduce(&mut screen, Action::OpenAddress("ftp://h/".into()))).unwrap().host, "h");
    assert!(connects(&reduce(&mut screen, Action::OpenAddress("http://h/".into()))).is_none());
    assert!(screen.address.error.is_some());
}

#[test]
fn an_address_that_failed_is_typed_again() {
    let mut screen = offline();
    reduce(&mut screen, Action::OpenAddress("ftps://bob@typo.example:991/".into()));
    let site = screen.quick.clone().map(|quick| quick.site);
    tell(&mut screen, EventBody::Session(Box::new(SessionView { site, phase: stranded(), ..SessionView::default() })));
    reduce(&mut screen, Action::Banner(crate::model::banner::BannerAction::EditSite));
    assert_eq!(screen.address.text, "ftps://bob@typo.example:991");
    assert_eq!(screen.focus, Focus::Address);
}

#[test]
fn an_address_of_a_server_without_tls_is_connected_to_plainly_when_a_person_says_so() {
    let mut screen = offline();
    reduce(&mut screen, Action::OpenAddress("bob:secret@old.example/www".into()));
    let site = screen.quick.clone().map(|quick| quick.site);
    tell(&mut screen, EventBody::Session(Box::new(SessionView { site, phase: stranded(), ..SessionView::default() })));
    let effects = reduce(&mut screen, Action::Banner(crate::model::banner::BannerAction::ConnectPlainly));
    let [Effect::Engine(Command::Connect { site, password, start })] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((site.encryption, site.port(), site.user.as_str()), (Encryption::Plain, 21, "bob"));
    assert!(password.is_some() && *start != AddressPath::Login, "the rest is as it was typed");
    // Typed again it asks for TLS again.
    let effects = reduce(&mut screen, Action::OpenAddress("bob@old.example".into()));
    assert_eq!(connects(&effects).unwrap().encryption, Encryption::Explicit);
}

#[test]
fn what_the_readme_calls_the_import_is_found_under_that_name() {
    let name = Verb::ImportSites.label();
    assert!(include_str!("../../../README.md").contains(&format!("\"{name}\"")), "{name}");
    let mut screen = offline();
    for text in [name, name.trim_end_matches('…')] {
        assert_eq!(first(&mut screen, text), Some(Suggestion::Verb(Verb::ImportSites)), "{text}");
    }
}
