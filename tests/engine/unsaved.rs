//! A disk that does not take what has to be known of the queue at the next start.

use super::ranges::LARGE;
use super::*;

/// The program's state, on a disk that can be made to refuse the queue.
struct Disk {
    home: tempfile::TempDir,
}

impl Disk {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn places(&self) -> Places {
        Places::in_folder(self.home.path())
    }

    fn journal(&self) -> std::path::PathBuf {
        self.places().state.join("queue.journal")
    }

    /// From here on no change of the queue is taken: its file is as long as a file can be, and none can take its place.
    fn refuse(&self) {
        let (journal, aside) = (self.journal(), self.places().state.join("aside"));
        fs::rename(&journal, &aside).unwrap();
        fs::create_dir(&journal).unwrap();
        let file = fs::OpenOptions::new().write(true).open(&aside).unwrap();
        let (mut fits, mut too_long) = (file.metadata().unwrap().len(), 1 << 63);
        while too_long - fits > 1 {
            let between = fits + (too_long - fits) / 2;
            if file.set_len(between).is_ok() { fits = between } else { too_long = between }
        }
    }

    /// It takes everything again.
    fn take(&self) {
        fs::remove_dir(self.journal()).unwrap();
    }

    fn client(&self, server: &Server) -> Client {
        self.client_with(site(server.port()))
    }

    fn client_with(&self, site: Site) -> Client {
        let mut client = Client::start(Options { places: Some(self.places()), keyring: false, keep_queue: true });
        client.connect_to(site, Some("secret"));
        client.moor();
        client
    }
}

impl Client {
    fn waits_for_saving(&mut self) {
        self.until("waiting for the disk", |client| client.engine.queue().summary().waits_for_saving.then_some(()));
    }

    fn why_unsaved(&mut self) -> String {
        self.hear("why", |body| match body {
            EventBody::QueueUnsaved { words } => Some(words.clone()),
            _ => None,
        })
    }

    /// Whether it is so after a folder was read twice: what could begin has begun by then.
    fn still(&mut self, so: impl Fn(&Self) -> bool) -> bool {
        self.events.retain(|event| !matches!(event.body, EventBody::RemoteListing { .. }));
        self.engine.send(Command::OpenRemote { path: path("/") });
        self.listing("/");
        self.engine.send(Command::OpenRemote { path: path("/") });
        self.listing("/");
        so(self)
    }
}

#[test]
fn nothing_new_begins_while_the_queue_cannot_be_saved_and_all_goes_on_when_it_can() {
    let large = bytes(300_000);
    let server = Server::start(&[("/running", &large), ("/down", b"down"), ("/tree/in/it", b"it")]);
    let (disk, folder) = (Disk::new(), tempfile::tempdir().unwrap());
    let local = |name: &str| folder.path().join(name);
    fs::write(local("up"), "up").unwrap();
    let mut client = disk.client(&server);
    server.with(|shelf| shelf.stall = Some(100_000));
    client.get("/running", &local("running"), OnExists::Ask);
    client.row("/running", |row| row.moved == 100_000);
    disk.refuse();
    // Connections that have nothing to do take these at once, and learn then that their records are refused.
    client.get("/down", &local("down"), OnExists::Ask);
    client.put(&local("up"), "/up", OnExists::Ask);
    client.get("/tree", &local("tree"), OnExists::Ask);
    client.waits_for_saving();
    assert!(client.why_unsaved().contains("File too large"));
    client.until("only what was begun runs", |client| (client.engine.queue().summary().running == 1).then_some(()));
    let nothing_began = |client: &Client| {
        let summary = client.engine.queue().summary();
        (summary.queued, server.count("RETR"), server.count("STOR")) == (3, 1, 0)
            && names(folder.path()).iter().all(|name| ["up", "running.part"].contains(&name.as_str()))
    };
    assert!(client.still(nothing_began), "{:#?}\n{:#?}", client.rows(), names(folder.path()));
    assert!(client.rows().iter().all(|row| row.remote.as_str() == "/running" || row.tries == 0), "{:#?}", client.rows());
    // What was begun goes on to its end, and makes no room for another one.
    server.with(|shelf| shelf.stall = None);
    client.done("/running");
    assert!(client.still(|client| client.engine.queue().summary().queued == 3 && server.count("STOR") == 0));
    disk.take();
    for name in ["/down", "/up", "/tree/in/it"] {
        client.done(name);
    }
    assert!(!client.engine.queue().summary().waits_for_saving);
    assert_eq!((server.file("/up").unwrap(), fs::read(local("tree/in/it")).unwrap()), (b"up".to_vec(), b"it".to_vec()));
    drop(client);
    let moved = server.count("RETR") + server.count("STOR");
    let mut client = disk.client(&server);
    assert!(client.still(|client| client.rows().is_empty()), "{:#?}", client.rows());
    assert_eq!(server.count("RETR") + server.count("STOR"), moved);
}

#[test]
fn a_person_goes_on_without_saving_until_the_queue_was_saved_once() {
    let server = Server::start(&[("/a", b"a"), ("/b", b"b"), ("/c", b"c")]);
    let (disk, folder) = (Disk::new(), tempfile::tempdir().unwrap());
    let get = |client: &Client, name: &str| client.get(&format!("/{name}"), &folder.path().join(name), OnExists::Ask);
    let mut client = disk.client(&server);
    disk.refuse();
    get(&client, "a");
    client.waits_for_saving();
    client.why_unsaved();
    client.engine.send(Command::GoOnUnsaved);
    client.done("/a");
    get(&client, "b");
    client.done("/b");
    assert!(!client.engine.queue().summary().waits_for_saving && disk.journal().is_dir());
    disk.take();
    client.until("all of it is saved", |_| disk.journal().is_file().then_some(()));
    disk.refuse();
    get(&client, "c");
    client.waits_for_saving();
    client.why_unsaved();
    assert!(client.still(|client| client.engine.queue().summary().queued == 1 && server.count("RETR") == 2));
    disk.take();
    client.done("/c");
}

#[test]
fn a_large_file_gets_no_hole_that_is_not_on_record() {
    let large = bytes(LARGE);
    let server = Server::start(&[("/large.bin", &large)]);
    let (disk, folder) = (Disk::new(), tempfile::tempdir().unwrap());
    let local = folder.path().join("large.bin");
    // There is a place for one that helps also when two have looked at the file before.
    let mut client = disk.client_with(Site { connections: 4, ..site(server.port()) });
    disk.refuse();
    server.with(|shelf| (shelf.brake, shelf.braked) = (Some(1 << 20), true));
    client.get("/large.bin", &local, OnExists::Ask);
    client.waits_for_saving();
    client.engine.send(Command::GoOnUnsaved);
    // A second connection comes to help, and goes again: a crash would leave a length that says nothing, and nobody who knows that.
    client.until("helped or refused", |client| {
        let is_gone = client.story().iter().any(|line| line == "101 Command QUIT");
        (is_gone || server.count("RETR") == 2).then_some(())
    });
    assert_eq!(server.count("RETR"), 1, "{:#?}", client.story());
    assert!(fs::metadata(folder.path().join("large.bin.part")).unwrap().len() <= 1 << 20);
    server.with(|shelf| shelf.braked = false);
    client.done("/large.bin");
    assert!(fs::read(&local).unwrap() == large);
}
