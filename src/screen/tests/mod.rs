//! The window's rules, as tables and properties.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod address;
mod diagnosis;
mod dialogs;
mod edits;
mod guard;
mod imports;
mod listings;
mod panes;
mod proofs;
mod properties;
mod questions;
mod queue;
mod sites;
mod transfers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use crate::engine::{Command, Event, EventBody, Place};
use crate::model::entry::{Entry, EntryKind};
use crate::model::listing::{Listing, ListingSource};
use crate::model::path::RemotePath;
use crate::model::session::{ConnectStep, DisconnectWhen, Generation, Phase, SessionView};
use crate::model::site::{Site, SiteId};
use crate::screen::absorb::absorb;
use crate::screen::reduce::reduce;
use crate::screen::tree;
use crate::screen::{Action, Effect, Screen, Side, Verb};

fn rp(path: &str) -> RemotePath {
    RemotePath::parse(path).unwrap()
}

fn site(id: &str, name: &str, host: &str) -> Site {
    let mut site = Site::new(SiteId(id.into()), name, host);
    site.user = "alice".into();
    site
}

/// `name/` is a folder, `name@` a link, `name|` a pipe, anything else a file of 10 bytes.
fn listing(names: &[&str]) -> Arc<Listing> {
    let entries = names
        .iter()
        .map(|name| match name.strip_suffix('/') {
            Some(folder) => Entry::new(folder, EntryKind::Dir),
            None => match (name.strip_suffix('@'), name.strip_suffix('|')) {
                (Some(link), _) => Entry::new(link, EntryKind::Link),
                (None, Some(pipe)) => Entry::new(pipe, EntryKind::Other),
                (None, None) => Entry { size: Some(10), ..Entry::new(*name, EntryKind::File) },
            },
        })
        .collect();
    Arc::new(Listing { entries, unread: Vec::new(), source: ListingSource::Local, incomplete: None })
}

fn tell(screen: &mut Screen, body: EventBody) -> Vec<Effect> {
    let generation = screen.session.generation;
    let now = screen.now;
    absorb(screen, Event { generation, body }, now)
}

fn show_local(screen: &mut Screen, path: &str, names: &[&str]) -> Vec<Effect> {
    tell(screen, EventBody::LocalListing { path: path.into(), listing: listing(names), free: None })
}

fn show_remote(screen: &mut Screen, path: &str, names: &[&str]) -> Vec<Effect> {
    tell(screen, EventBody::RemoteListing { path: rp(path), listing: listing(names), at: Timestamp::UNIX_EPOCH })
}

fn act(screen: &mut Screen, verb: Verb) -> Vec<Effect> {
    reduce(screen, Action::Do(verb))
}

/// A screen with two saved sites and both folders shown, not connected.
fn offline() -> Screen {
    let mut screen = Screen { home: Some(PathBuf::from("/home/alice")), now: 100.0, ..Screen::default() };
    let mut sites = crate::model::site::SiteTree::default();
    for saved in [site("books", "Harbour Books", "ftp.harbour.example"), site("lindt", "Lindt & Sohn", "lindt.example")] {
        tree::put(&mut sites, saved);
    }
    screen.sites = Arc::new(sites);
    show_local(&mut screen, "/home/alice/www", &["css/", "about.php", "index.php", "robots.txt", ".env"]);
    screen
}

/// Connected to the first site.
fn moored() -> Screen {
    let mut screen = offline();
    set_phase(&mut screen, Phase::Moored);
    show_remote(&mut screen, "/www", &["assets/", "latest@", "about.php", "index.php", "fifo|"]);
    screen
}

fn view(screen: &Screen, phase: Phase) -> SessionView {
    SessionView {
        generation: Generation(1),
        site: screen.sites.sites.first().cloned(),
        phase,
        login_folder: Some(rp("/home/ftp")),
        folder: screen.remote.remote_folder().cloned(),
        ..SessionView::default()
    }
}

fn set_phase(screen: &mut Screen, phase: Phase) -> Vec<Effect> {
    let view = view(screen, phase);
    tell(screen, EventBody::Session(Box::new(view)))
}

fn adrift() -> Phase {
    Phase::Adrift { next_attempt: Instant::now(), attempt: 1, attempts: 5, since: Timestamp::UNIX_EPOCH }
}

fn stranded() -> Phase {
    Phase::Stranded { since: Timestamp::UNIX_EPOCH }
}

fn phases() -> Vec<Phase> {
    vec![
        Phase::Offline,
        Phase::Connecting(ConnectStep::Dialling),
        Phase::Moored,
        Phase::Leaving(DisconnectWhen::QueueDone),
        adrift(),
        Phase::Resting { since: Timestamp::UNIX_EPOCH },
        stranded(),
    ]
}

fn pend(screen: &mut Screen) {
    screen.queue.active = 4;
    screen.queue.running = 2;
    screen.queue.queued = 1203;
}

fn commands(effects: &[Effect]) -> Vec<&Command> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Engine(command) => Some(command),
            _ => None,
        })
        .collect()
}

/// The only effect, as the command it must be.
#[track_caller]
fn command(effects: &[Effect]) -> &Command {
    match effects {
        [Effect::Engine(command)] => command,
        other => panic!("not one command: {other:?}"),
    }
}

fn disconnects(effects: &[Effect]) -> Option<DisconnectWhen> {
    commands(effects).into_iter().find_map(|command| match command {
        Command::Disconnect { when } => Some(*when),
        _ => None,
    })
}

fn connects(effects: &[Effect]) -> Option<&Site> {
    commands(effects).into_iter().find_map(|command| match command {
        Command::Connect { site, .. } => Some(&**site),
        _ => None,
    })
}

fn closes(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::CloseWindow))
}

fn opens(effects: &[Effect]) -> Option<Place> {
    commands(effects).into_iter().find_map(|command| match command {
        Command::OpenLocal { path } => Some(Place::Local(path.clone())),
        Command::OpenRemote { path } => Some(Place::Remote(path.clone())),
        _ => None,
    })
}

fn names(screen: &Screen, side: Side) -> Vec<&str> {
    let pane = screen.pane(side);
    (0..pane.rows.len()).map(|row| pane.entry(row).unwrap().name.as_str()).collect()
}

fn selected(screen: &Screen, side: Side) -> Vec<&str> {
    screen.pane(side).selected_entries().map(|entry| entry.name.as_str()).collect()
}

fn row(screen: &Screen, side: Side, name: &str) -> usize {
    screen.pane(side).row_named(name).unwrap_or_else(|| panic!("no row {name}"))
}

fn cursor(screen: &Screen, side: Side) -> Option<&str> {
    let pane = screen.pane(side);
    pane.entry(pane.cursor?).map(|entry| entry.name.as_str())
}
