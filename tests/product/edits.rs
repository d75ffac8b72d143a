//! A file of a real server that is edited here: each save replaces it, and what somebody else does to it there is seen.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use moorline::engine::programs::Programs;
use moorline::engine::{Command, EditWish, Engine, EventBody, Options, Question, System, ToEdit, Waker};
use moorline::model::address::AddressPath;
use moorline::model::edited::{EditState, EditView};
use moorline::model::path::RemotePath;
use moorline::model::secret::Secret;
use moorline::model::session::Phase;
use moorline::model::site::{Encryption, Site, SiteId};
use moorline::store::places::Places;

use super::support::bell::Bell;
use super::support::servers::{Kind, PASSWORD, Server, Setup, USER, on_servers};

/// Nothing here takes that long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens nothing, and notes what it was to open.
#[derive(Default)]
struct Desk(Mutex<Vec<PathBuf>>);

impl Programs for Desk {
    fn open(&self, path: &Path) -> Result<(), String> {
        self.0.lock().unwrap().push(path.to_owned());
        Ok(())
    }

    fn edit(&self, _: &[String], file: &Path) -> Result<(), String> {
        self.open(file)
    }
}

on_servers!(
    an_edited_file_replaces_its_original_until_somebody_else_changes_it,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup::default(),
    |server: Server| {
        let original = server.root().join("page.php");
        fs::write(&original, "<?php // one").unwrap();
        let home = tempfile::tempdir().unwrap();
        let bell = Arc::new(Bell::default());
        let options = Options { places: Some(Places::in_folder(home.path())), keyring: false, keep_queue: true };
        let waker = Arc::clone(&bell) as Arc<dyn Waker>;
        let engine =
            Engine::start_on(options, waker, System { programs: Arc::new(Desk::default()), ..System::without_machine(false) })
                .unwrap();
        let mut events = Vec::new();
        let mut until = |what: &str, condition: &dyn Fn(&[EventBody]) -> bool| {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let heard = bell.heard();
                events.extend(std::iter::from_fn(|| engine.next_event()).map(|event| event.body));
                if condition(&events) {
                    return;
                }
                assert!(bell.rings_beyond(heard, deadline), "never {what}\n{}", server.log_text());
            }
        };
        let edit = |events: &[EventBody]| -> Option<EditView> {
            let last = events.iter().rev().find_map(|body| if let EventBody::Edits(edits) = body { Some(edits) } else { None });
            last?.first().cloned()
        };
        let mut site = Site::new(SiteId("s".into()), "S", "127.0.0.1");
        (site.port, site.encryption, site.user) = (Some(server.address().port()), Encryption::Plain, USER.into());
        engine.send(Command::Connect { site: Box::new(site), password: Some(Secret::new(PASSWORD)), start: AddressPath::Login });
        let is_moored = |body: &EventBody| matches!(body, EventBody::Session(view) if view.phase == Phase::Moored);
        until("moored", &|events| events.iter().any(is_moored));
        let files = vec![ToEdit { remote: RemotePath::parse("/page.php").unwrap(), mode: Some(0o640) }];
        engine.send(Command::Edit(EditWish::Open { files }));
        let is_here = |edit: &EditView| edit.state == EditState::Same;
        until("here", &|events| edit(events).as_ref().is_some_and(is_here));
        let local = fs::read_dir(home.path().join("state/edits")).unwrap();
        let folder = local.map(|row| row.unwrap().path()).find(|path| path.is_dir()).unwrap();
        let local = folder.join("page.php");
        assert_eq!(fs::read_to_string(&local).unwrap(), "<?php // one");
        for content in ["<?php // two", "<?php // three"] {
            fs::write(&local, content).unwrap();
            until(content, &|events| {
                let is_same = edit(events).as_ref().is_some_and(is_here);
                is_same && fs::read_to_string(&original).is_ok_and(|there| there == content)
            });
        }
        until("quiet", &|events| !events.iter().any(|body| matches!(body, EventBody::Asked { .. })));
        fs::write(&original, "<?php // somebody else was here").unwrap();
        fs::write(&local, "<?php // four").unwrap();
        let is_conflict =
            |body: &EventBody| matches!(body, EventBody::Asked { question: Question::Exists { was: Some(_), .. }, .. });
        until("asked", &|events| events.iter().any(is_conflict));
        assert_eq!(fs::read_to_string(&original).unwrap(), "<?php // somebody else was here");
        // Nothing of ours is left beside it but what the question is about.
        let names: Vec<_> = fs::read_dir(server.root()).unwrap().map(|row| row.unwrap().file_name()).collect();
        assert_eq!(names, ["page.php"]);
    }
);
