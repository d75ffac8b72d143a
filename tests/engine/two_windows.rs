//! Two programs with the same saved sites and settings: neither loses what the other saved.

use super::*;
use moorline::model::settings::ThemeChoice;
use moorline::model::site::SiteFolder;
use moorline::store::{settings, sites};

/// A window, as far as the engine knows it: it has what it was told last.
struct Window {
    client: Client,
    sites: Arc<SiteTree>,
    settings: Settings,
}

impl Window {
    fn open(places: &Places) -> Self {
        let client = Client::start(Options { places: Some(places.clone()), keyring: false, keep_queue: false });
        let mut window = Self { client, sites: Arc::default(), settings: Settings::default() };
        window.hear_sites();
        window.hear_settings();
        window
    }

    fn hear_sites(&mut self) {
        self.sites = self.client.hear("sites", |body| match body {
            EventBody::Sites(sites) => Some(Arc::clone(sites)),
            _ => None,
        });
    }

    fn hear_settings(&mut self) {
        self.settings = self.client.hear("settings", |body| match body {
            EventBody::Settings(settings) => Some((**settings).clone()),
            _ => None,
        });
    }

    /// The window gets the keyboard.
    fn look(&self) {
        self.client.engine.send(Command::LookForSaved);
    }

    fn names(&self) -> Vec<&str> {
        self.sites.sites.iter().map(|site| site.name.as_str()).collect()
    }

    /// Changes the list as the window has it.
    fn change(&mut self, change: impl FnOnce(&mut SiteTree)) {
        let was = Arc::clone(&self.sites);
        let mut tree = (*was).clone();
        change(&mut tree);
        self.client.engine.send(Command::SaveSites { was: Some(was), tree: Box::new(tree) });
        self.hear_sites();
    }

    fn set(&mut self, change: impl FnOnce(&mut Settings)) {
        let was = self.settings.clone();
        let mut new = was.clone();
        change(&mut new);
        self.client.engine.send(Command::SaveSettings { was: Some(Box::new(was)), settings: Box::new(new) });
        self.hear_settings();
    }
}

fn site(name: &str) -> Site {
    Site::new(SiteId(name.into()), name, "host.example")
}

#[test]
fn two_windows_keep_each_others_sites() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(home.path());
    let (mut first, mut second) = (Window::open(&places), Window::open(&places));
    second.change(|tree| {
        tree.folders.push(SiteFolder { path: "F".into(), open: true });
        tree.sites.extend([site("SecondWin"), site("gone")]);
    });
    first.change(|tree| tree.sites.push(site("FirstWin")));
    assert_eq!(first.names(), ["SecondWin", "gone", "FirstWin"], "the window shows the other one's");
    // The second still has the list without the first one's site.
    second.change(|tree| tree.sites.retain(|site| site.name != "gone"));
    assert_eq!(second.names(), ["SecondWin", "FirstWin"]);
    first.look();
    first.hear_sites();
    assert_eq!(first.names(), ["SecondWin", "FirstWin"]);
    // Both change one site: who saves last wins, for that site.
    first.change(|tree| tree.sites[0].notes = "first".into());
    second.change(|tree| (tree.sites[0].notes, tree.sites[1].notes) = ("second".into(), "too".into()));
    drop((first, second));
    let tree = sites::load(&places).value;
    let notes: Vec<(&str, &str)> = tree.sites.iter().map(|site| (site.name.as_str(), site.notes.as_str())).collect();
    assert_eq!(notes, [("SecondWin", "second"), ("FirstWin", "too")]);
    assert_eq!(tree.folders.len(), 1);
}

#[test]
fn two_windows_keep_each_others_settings() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(home.path());
    let (mut first, mut second) = (Window::open(&places), Window::open(&places));
    second.set(|settings| settings.theme = ThemeChoice::Light);
    first.set(|settings| settings.connections = 5);
    assert_eq!((first.settings.theme, first.settings.connections), (ThemeChoice::Light, 5));
    second.look();
    second.hear_settings();
    assert_eq!(second.settings, first.settings);
    assert_eq!(settings::load(&places).value, first.settings);
}

#[test]
fn a_change_to_an_older_list_takes_nothing_back_that_came_in_meanwhile() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::in_folder(home.path());
    let (mut first, mut second) = (Window::open(&places), Window::open(&places));
    second.change(|tree| tree.sites.push(site("other")));
    let old = Arc::clone(&first.sites);
    first.look();
    first.hear_sites();
    assert_eq!(first.names(), ["other"]);
    // The window sent this before it heard of the other's site.
    first.sites = old;
    first.change(|tree| tree.sites.push(site("own")));
    assert_eq!(first.names(), ["other", "own"]);
}
