//! Sites of other programs, from the empty list through the dialog into the list.

use super::*;
use moorline::store::sites;

const FILEZILLA: &str = include_str!("../../src/store/import/samples/sitemanager.xml");

/// A window with a home in which FileZilla's sites are.
fn open() -> Window {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(home.path()).others;
    let place = places.iter().find(|path| path.ends_with("sitemanager.xml")).unwrap();
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, FILEZILLA).unwrap();
    Window::open_in(home)
}

#[test]
fn sites_of_filezilla_are_found_chosen_and_then_in_the_list() {
    let mut window = open();
    window.click("Import sites…");
    window.until_label("Import 4 sites");
    window.until_label("keyed: k@sftp.example");
    window.until_label("4 of 5 sites");
    window.click("anon: anonymous@anon.example");
    window.until_label("Import 3 sites");
    // One that cannot come is not ticked by a click.
    window.click("keyed: k@sftp.example");
    window.click("Kunden & Co › Nord-Süd");
    window.until_label("Import 2 sites");
    window.click("Kunden & Co › Nord-Süd");
    window.click("Import 3 sites");
    window.until_label("3 sites imported, 2 left out.");
    for name in ["Kunden & Co", "Nord-Süd", "Hafen / Bücher", "acct", "master"] {
        assert!(window.has_label(name), "{name}");
    }
    assert!(!window.has_label("anon") && !window.has_label("keyed"));

    // A second time only what was left is offered.
    window.press(CTRL, Key::L);
    window.harness.get_by_label("Address, site or command").type_text("import sites");
    window.step();
    window.press(Modifiers::NONE, Key::Enter);
    window.until_label("Import 1 site");
    window.until_label("1 of 5 sites");
    window.press(Modifiers::NONE, Key::Escape);
    window.until("the dialog is closed", |screen| screen.dialog.is_none());
    let tree = sites::load(&Places::in_folder(window.home.path())).value;
    assert_eq!(tree.sites.len(), 3);
}
