//! The list of sites, its form, and connecting.

use super::*;
use crate::model::address::AddressPath;
use crate::model::checksum::HashUse;
use crate::model::host::HostFacts;
use crate::model::session::LimitSource;
use crate::model::site::{Encryption, KeepAlive, Logon, SiteColor, SiteTree};
use crate::screen::dialog::{Dialog, GuardPurpose, SiteForm, SitePage};
use crate::screen::form::CLOCK_AHEAD;

fn id(text: &str) -> SiteId {
    SiteId(text.into())
}

fn saved(effects: &[Effect]) -> &SiteTree {
    commands(effects)
        .into_iter()
        .find_map(|command| match command {
            Command::SaveSites { tree, .. } => Some(&**tree),
            _ => None,
        })
        .unwrap_or_else(|| panic!("not saved: {effects:?}"))
}

fn form(screen: &mut Screen, change: impl FnOnce(&mut SiteForm)) -> Vec<Effect> {
    let Some(Dialog::Site(mut form)) = screen.dialog.clone() else { panic!("no form: {:?}", screen.dialog) };
    change(&mut form);
    reduce(screen, Action::EditDialog(Box::new(Dialog::Site(form))));
    reduce(screen, Action::AcceptDialog)
}

#[test]
fn each_field_is_checked_in_words() {
    type Spoil = fn(&mut SiteForm);
    let table: [(&str, Spoil); 13] = [
        ("Host", |form| form.site.host = "  ".into()),
        ("Host", |form| form.site.host = "two words".into()),
        ("Host", |form| form.site.host = "http://example.com".into()),
        ("Host", |form| form.site.host = "example.com/www".into()),
        ("Port", |form| form.port = "0".into()),
        ("Port", |form| form.port = "65536".into()),
        ("Port", |form| form.port = "ftp".into()),
        ("User", |form| form.site.user = " ".into()),
        ("Password", |form| form.password = "a\nb".into()),
        ("Keep-alive", |form| {
            form.site.keep_alive = KeepAlive::Every(30);
            form.keep_alive_seconds = "4".into();
        }),
        (CLOCK_AHEAD, |form| form.clock_ahead = "2:30".into()),
        ("Local folder", |form| form.local_folder = "relative".into()),
        ("Remote folder", |form| form.site.remote_folder = "/a\r\nDELE b".into()),
    ];
    for (label, spoil) in table {
        let mut screen = offline();
        screen.home = None;
        reduce(&mut screen, Action::EditSite(id("books")));
        assert!(form(&mut screen, spoil).is_empty(), "{label} passed");
        let Some(Dialog::Site(form)) = &screen.dialog else { panic!("{label}: the form is gone") };
        assert_eq!(form.errors.iter().map(|(label, _)| *label).collect::<Vec<_>>(), [label], "{:?}", form.errors);
    }
}

#[test]
fn how_far_a_clock_is_off_is_typed_and_an_empty_field_leaves_it_to_the_measure() {
    for (typed, stated) in [("-90", Some(-90)), (" 0 ", Some(0)), ("", None)] {
        let mut screen = offline();
        reduce(&mut screen, Action::EditSite(id("books")));
        let effects = form(&mut screen, |form| {
            (form.clock_ahead, form.site.notes) = (typed.into(), "changed".into());
            form.site.clock_ahead_seconds = Some(5);
        });
        assert_eq!(saved(&effects).sites[0].clock_ahead_seconds, stated, "{typed}");
        reduce(&mut screen, Action::EditSite(id("books")));
        let Some(Dialog::Site(form)) = &screen.dialog else { panic!("no form") };
        assert_eq!(form.clock_ahead, typed.trim());
    }
}

#[test]
fn a_pasted_address_fills_the_fields() {
    let mut screen = offline();
    act(&mut screen, Verb::NewSite);
    let Some(Dialog::Site(mut draft)) = screen.dialog.clone() else { panic!("no form") };
    draft.site.host = "ftps://bob:s%40cret@ftp.example.org:2990//var/www".into();
    reduce(&mut screen, Action::EditDialog(Box::new(Dialog::Site(draft))));
    let Some(Dialog::Site(draft)) = &screen.dialog else { panic!("no form") };
    assert_eq!((draft.site.host.as_str(), draft.port.as_str(), draft.site.user.as_str()), ("ftp.example.org", "2990", "bob"));
    assert_eq!((draft.site.encryption, draft.password.as_str()), (Encryption::Implicit, "s@cret"));
    assert_eq!(draft.site.remote_folder, "/var/www");
    let effects = reduce(&mut screen, Action::AcceptDialog);
    let [.., site] = &saved(&effects).sites[..] else { panic!("no sites") };
    assert_eq!((site.name.as_str(), site.port), ("ftp.example.org", Some(2990)), "a name is found when none is typed");
    let [Command::SaveSites { .. }, Command::SavePassword { site: whose, password: Some(password) }] = commands(&effects)[..]
    else {
        panic!("the keyring needs a site that is known: {effects:?}")
    };
    assert_eq!((whose, password.reveal()), (&site.id, "s@cret"));
    assert!(!format!("{effects:?}").contains("s@cret"));
}

#[test]
fn a_password_that_was_not_touched_stays_and_an_unused_one_goes() {
    let mut screen = offline();
    reduce(&mut screen, Action::EditSite(id("books")));
    let effects = form(&mut screen, |form| form.site.notes = "hello".into());
    assert!(matches!(commands(&effects)[..], [Command::SaveSites { .. }]));
    for change in [(|form: &mut SiteForm| form.site.logon = Logon::Ask) as fn(&mut SiteForm), |form| form.site.user = "bob".into()]
    {
        let mut screen = offline();
        reduce(&mut screen, Action::EditSite(id("books")));
        let effects = form(&mut screen, change);
        assert!(
            matches!(commands(&effects)[..], [Command::SavePassword { password: None, .. }, Command::SaveSites { .. }]),
            "{effects:?}"
        );
    }
}

#[test]
fn a_connected_site_that_is_edited_is_never_used_with_the_old_data_again() {
    for phase in phases() {
        let mut screen = moored();
        set_phase(&mut screen, phase.clone());
        reduce(&mut screen, Action::EditSite(id("books")));
        let effects = form(&mut screen, |form| form.site.host = "new.example".into());
        match phase {
            // Nothing to say goodbye on yet.
            Phase::Connecting(_) => assert_eq!(connects(&effects).unwrap().host, "new.example"),
            Phase::Moored | Phase::Leaving(_) => {
                assert!(connects(&effects).is_none(), "the old session is left first");
                assert!(commands(&effects).iter().any(|command| matches!(command, Command::Disconnect { .. })), "{phase:?}");
                let effects = tell(&mut screen, EventBody::Left);
                assert_eq!(connects(&effects).unwrap().host, "new.example", "{phase:?}");
            }
            Phase::Adrift { .. } | Phase::Resting { .. } => assert_eq!(connects(&effects).unwrap().host, "new.example"),
            Phase::Offline | Phase::Stranded { .. } => {
                assert!(connects(&effects).is_none());
                assert_eq!(connects(&act(&mut screen, Verb::Reconnect)).unwrap().host, "new.example");
            }
        }
    }
}

#[test]
fn a_connected_site_that_is_edited_while_files_move_is_left_through_the_guard() {
    let mut screen = moored();
    screen.queue.active = 1;
    screen.queue.running = 1;
    reduce(&mut screen, Action::EditSite(id("books")));
    let effects = form(&mut screen, |form| form.site.host = "new.example".into());
    assert!(connects(&effects).is_none());
    assert!(matches!(&screen.dialog, Some(Dialog::Guard { purpose: GuardPurpose::Connect(site), .. }) if *site == id("books")));
    // Kept as it is, the session uses the old data, and the way back from a loss the new.
    reduce(&mut screen, Action::CloseDialog);
    assert!(screen.toasts.last().unwrap().detail.contains("Reconnect"));
    let old = screen.session.site.clone();
    let lost = SessionView { site: old, ..view(&screen, adrift()) };
    let effects = tell(&mut screen, EventBody::Session(Box::new(lost)));
    assert_eq!(connects(&effects).unwrap().host, "new.example");
}

#[test]
fn renaming_a_connected_site_disturbs_nothing() {
    let mut screen = moored();
    reduce(&mut screen, Action::EditSite(id("books")));
    let effects = form(&mut screen, |form| form.site.name = "Books".into());
    assert_eq!(commands(&effects).len(), 1);
    assert!(screen.toasts.is_empty());
    assert_eq!(screen.session.site.as_ref().unwrap().name, "Books");
}

/// The engine hears of them with the list, and each file that begins goes by them.
#[test]
fn what_concerns_the_transfers_of_a_connected_site_is_edited_without_a_word() {
    let mut screen = moored();
    reduce(&mut screen, Action::EditSite(id("books")));
    let effects = form(&mut screen, |form| {
        (form.site.connections, form.site.hashes, form.site.text_files) = (7, HashUse::Required, "*.txt".into());
    });
    assert!(matches!(commands(&effects)[..], [Command::SaveSites { .. }]), "{effects:?}");
    assert!(screen.toasts.is_empty() && screen.dialog.is_none());
    assert_eq!(screen.session.site.as_ref().unwrap().connections, 7);
}

#[test]
fn names_that_a_site_leaves_out_of_folders_are_read_as_they_are_saved_and_what_is_wrong_is_shown() {
    let mut screen = moored();
    let saved = |screen: &Screen| screen.sites.site(&id("books")).unwrap().leave_out.clone();
    for (own, typed, expected) in [
        (true, "*.tmp  node_modules/\n", Some(vec!["*.tmp".to_owned(), "node_modules/".to_owned()])),
        (true, "", Some(Vec::new())),
        (false, "*.tmp", None),
    ] {
        reduce(&mut screen, Action::EditSite(id("books")));
        form(&mut screen, |form| (form.leaves_out, form.leave_out) = (own, typed.into()));
        assert_eq!(saved(&screen), expected);
    }
    reduce(&mut screen, Action::EditSite(id("books")));
    let effects = form(&mut screen, |form| {
        (form.leaves_out, form.leave_out, form.page) = (true, "a/b".into(), SitePage::Notes);
    });
    assert!(effects.is_empty(), "{effects:?}");
    let Some(Dialog::Site(form)) = &screen.dialog else { panic!("{:?}", screen.dialog) };
    assert_eq!((form.page, form.errors.len()), (SitePage::Transfers, 1));
    assert_eq!(saved(&screen), None);
}

#[test]
fn folders_are_added_renamed_and_deleted_with_what_is_in_them() {
    let mut screen = offline();
    let put = |screen: &mut Screen, path: Option<&str>, name: &str| {
        match path {
            None => act(screen, Verb::NewSiteFolder),
            Some(path) => reduce(screen, Action::EditSiteFolder(path.into())),
        };
        let typed = Dialog::SiteFolder { path: path.map(Into::into), name: name.into(), error: None };
        reduce(screen, Action::EditDialog(Box::new(typed)));
        reduce(screen, Action::AcceptDialog)
    };
    put(&mut screen, None, "Customers/North");
    let paths = |screen: &Screen| screen.sites.folders.iter().map(|folder| folder.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&screen), ["Customers", "Customers/North"]);
    reduce(&mut screen, Action::MoveSite { id: id("books"), folder: "Customers/North".into(), before: None });
    put(&mut screen, Some("Customers"), "Clients");
    assert_eq!(paths(&screen), ["Clients", "Clients/North"]);
    assert_eq!(screen.sites.site(&id("books")).unwrap().folder, "Clients/North");
    assert!(put(&mut screen, None, "Clients").is_empty());
    assert!(matches!(&screen.dialog, Some(Dialog::SiteFolder { error: Some(_), .. })), "there is one already");
    reduce(&mut screen, Action::CloseDialog);

    reduce(&mut screen, Action::ToggleSiteFolder("Clients".into()));
    assert!(!screen.sites.folders[0].open);
    reduce(&mut screen, Action::DeleteSiteFolder("Clients".into()));
    assert_eq!(screen.dialog, Some(Dialog::DeleteSiteFolder { path: "Clients".into(), sites: 1 }));
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(commands(&effects)[..], [Command::SavePassword { password: None, .. }, Command::SaveSites { .. }]));
    assert_eq!((paths(&screen).len(), screen.sites.sites.len()), (0, 1));
}

#[test]
fn only_a_password_that_is_kept_is_forgotten_with_its_site() {
    for (logon, expected) in [(Logon::Keyring, 1), (Logon::Ask, 0), (Logon::Anonymous, 0)] {
        for in_folder in [false, true] {
            let mut screen = offline();
            let mut tree = (*screen.sites).clone();
            for site in &mut tree.sites {
                (site.logon, site.folder) = (logon, if site.id == id("books") { "F".into() } else { String::new() });
            }
            tree.ensure_folder("F");
            screen.sites = Arc::new(tree);
            if in_folder {
                reduce(&mut screen, Action::DeleteSiteFolder("F".into()));
            } else {
                reduce(&mut screen, Action::ClickSite(id("books")));
                act(&mut screen, Verb::DeleteSite);
            }
            let effects = reduce(&mut screen, Action::AcceptDialog);
            let sent = commands(&effects);
            let forgotten = sent.iter().filter(|command| matches!(command, Command::SavePassword { password: None, .. })).count();
            assert_eq!((forgotten, sent.len()), (expected, expected + 1), "{logon:?}");
            assert!(matches!(sent.last(), Some(Command::SaveSites { .. })), "the list goes last");
            assert_eq!(screen.sites.site(&id("books")), None);
        }
    }
}

#[test]
fn sites_are_moved_copied_coloured_and_deleted_after_a_question() {
    let mut screen = offline();
    reduce(&mut screen, Action::MoveSite { id: id("lindt"), folder: String::new(), before: Some(id("books")) });
    assert_eq!(screen.sites.sites[0].id, id("lindt"));
    reduce(&mut screen, Action::DuplicateSite(id("lindt")));
    reduce(&mut screen, Action::DuplicateSite(id("lindt")));
    let names: Vec<&str> = screen.sites.sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(names, ["Lindt & Sohn", "Lindt & Sohn (copy 2)", "Lindt & Sohn (copy)", "Harbour Books"]);
    let mut ids: Vec<&SiteId> = screen.sites.sites.iter().map(|site| &site.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    reduce(&mut screen, Action::ColorSite(id("books"), SiteColor::Green));
    assert_eq!(screen.sites.site(&id("books")).unwrap().color, SiteColor::Green);
    reduce(&mut screen, Action::ClickSite(id("books")));
    act(&mut screen, Verb::DeleteSite);
    assert!(screen.sites.site(&id("books")).is_some(), "only asked so far");
    reduce(&mut screen, Action::AcceptDialog);
    assert_eq!((screen.sites.site(&id("books")), &screen.site_cursor), (None, &None));
}

#[test]
fn what_was_learned_of_a_host_is_shown_changed_and_forgotten() {
    let learned = HostFacts {
        idle_limit_seconds: Some(300),
        idle_limit_source: Some(LimitSource::Learned),
        connection_limit: Some(4),
        last_address: Some("192.0.2.7".parse().unwrap()),
        ..HostFacts::default()
    };
    // What is typed, whether the rest is forgotten, and what stays: limit, source, connections.
    let table = [
        ("300", false, None),
        ("60", false, Some((Some(60), Some(LimitSource::Stated), Some(4)))),
        ("", false, Some((None, None, Some(4)))),
        ("", true, Some((None, None, None))),
        ("45", true, Some((Some(45), Some(LimitSource::Stated), None))),
    ];
    for (typed, forget, stays) in table {
        let mut screen = offline();
        let effects = reduce(&mut screen, Action::EditSite(id("books")));
        let [Command::AskHost { site }] = commands(&effects)[..] else { panic!("{effects:?}") };
        let authority = site.authority();
        tell(&mut screen, EventBody::Host { authority: "other.example:21".into(), facts: HostFacts::default() });
        tell(&mut screen, EventBody::Host { authority, facts: learned });
        let effects = form(&mut screen, |form| {
            assert_eq!((form.learned, form.idle_limit.as_str()), (Some(learned), "300"));
            form.forget = forget;
            form.idle_limit = typed.into();
        });
        let facts = commands(&effects).into_iter().find_map(|command| match command {
            Command::SetHost { facts, .. } => Some(*facts),
            _ => None,
        });
        let kept = facts.map(|facts| (facts.idle_limit_seconds, facts.idle_limit_source, facts.connection_limit));
        assert_eq!(kept, stays, "{typed} {forget}");
    }
    let mut screen = offline();
    reduce(&mut screen, Action::EditSite(id("books")));
    form(&mut screen, |form| form.idle_limit = "4".into());
    let Some(Dialog::Site(form)) = &screen.dialog else { panic!("the form is gone") };
    assert_eq!(form.errors[0].0, "Idle limit");
}

#[test]
fn a_remote_folder_is_bookmarked_and_taken_out_again() {
    let mut screen = offline();
    assert!(act(&mut screen, Verb::Bookmark).is_empty(), "nothing is connected");
    let mut screen = moored();
    let effects = act(&mut screen, Verb::Bookmark);
    assert_eq!(saved(&effects).sites[0].bookmarks, [rp("/www")]);
    assert!(saved(&effects).sites[1].bookmarks.is_empty(), "only the connected site's");
    show_remote(&mut screen, "/logs", &[]);
    act(&mut screen, Verb::Bookmark);
    assert_eq!(screen.connected_site().unwrap().bookmarks, [rp("/www"), rp("/logs")]);
    let effects = reduce(&mut screen, Action::RemoveBookmark(id("books"), rp("/www")));
    assert_eq!(saved(&effects).sites[0].bookmarks, [rp("/logs")]);
    assert_eq!(saved(&act(&mut screen, Verb::Bookmark)).sites[0].bookmarks, [], "a second time takes it out");
}

#[test]
fn opening_a_site_connects_and_opens_its_local_folder() {
    let mut screen = offline();
    let mut tree = (*screen.sites).clone();
    tree.sites[1].local_folder = Some("/srv/lindt".into());
    screen.sites = Arc::new(tree);
    let effects = reduce(&mut screen, Action::OpenSite(id("lindt")));
    assert_eq!(connects(&effects).unwrap().id, id("lindt"));
    assert_eq!(opens(&effects), Some(Place::Local("/srv/lindt".into())));

    let mut screen = moored();
    assert!(reduce(&mut screen, Action::OpenSite(id("books"))).is_empty(), "it is connected already");
    assert_eq!(screen.toasts.len(), 1);
}

#[test]
fn a_new_site_begins_with_the_address_that_is_connected() {
    let mut screen = offline();
    reduce(&mut screen, Action::OpenAddress("ftps://bob:pw@host.example:2990/in".into()));
    let quick = screen.quick.clone().unwrap().site;
    let told = |phase| SessionView { site: Some(quick.clone()), phase, ..SessionView::default() };
    tell(&mut screen, EventBody::Session(Box::new(told(Phase::Moored))));
    act(&mut screen, Verb::NewSite);
    let Some(Dialog::Site(form)) = screen.dialog.take() else { panic!("no form") };
    assert_eq!((form.site.host.as_str(), form.port.as_str(), form.site.user.as_str()), ("host.example", "2990", "bob"));
    assert_eq!((form.site.encryption, form.is_new), (Encryption::Implicit, true));
    assert_ne!(form.site.id, quick.id);
    tell(&mut screen, EventBody::Session(Box::new(told(Phase::Offline))));
    act(&mut screen, Verb::NewSite);
    let Some(Dialog::Site(form)) = screen.dialog.take() else { panic!("no form") };
    assert_eq!(form.site.host, "", "nothing is connected any more");
    let mut saved_site = moored();
    act(&mut saved_site, Verb::NewSite);
    let Some(Dialog::Site(form)) = saved_site.dialog.take() else { panic!("no form") };
    assert_eq!(form.site.host, "", "that one is in the list already");
}

#[test]
fn a_reconnect_comes_back_to_the_folder_that_is_shown() {
    let mut screen = moored();
    let gone = view(&screen, Phase::Offline);
    tell(&mut screen, EventBody::Session(Box::new(gone)));
    let effects = act(&mut screen, Verb::Reconnect);
    let [Command::Connect { start, .. }] = commands(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(*start, AddressPath::Absolute("/www".into()));
}

#[test]
fn a_typed_address_can_be_kept_as_a_site() {
    let mut screen = offline();
    reduce(&mut screen, Action::OpenAddress("ftp://bob:pw@host.example:2121/in".into()));
    let quick = screen.quick.clone().unwrap().site;
    assert_eq!(act(&mut screen, Verb::SaveAsSite).len(), 0);
    assert_eq!(screen.dialog, None, "nothing is connected yet");
    let next = SessionView { site: Some(quick.clone()), phase: Phase::Moored, ..SessionView::default() };
    tell(&mut screen, EventBody::Session(Box::new(next)));
    act(&mut screen, Verb::SaveAsSite);
    let effects = form(&mut screen, |form| form.site.name = "Kept".into());
    let [.., site] = &saved(&effects).sites[..] else { panic!("no sites") };
    assert_ne!(site.id, quick.id, "what is kept for an address must not fall to an edited site");
    assert_eq!((site.name.as_str(), site.port, site.remote_folder.as_str()), ("Kept", Some(2121), "in"));
    assert!(matches!(commands(&effects)[1], Command::SavePassword { password: Some(_), .. }));
}
