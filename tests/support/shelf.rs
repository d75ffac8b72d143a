//! An FTP server over files in memory, each session a thread, with faults that a test switches on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How long after a refusal was heard of a connection may be seen that was begun before.
const ON_THE_WAY: Duration = Duration::from_millis(300);

/// Bounds every wait of the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server holds, what it is to do wrong, and what it saw.
#[derive(Default)]
pub struct Shelf {
    pub files: BTreeMap<String, Vec<u8>>,
    pub folders: BTreeSet<String>,
    /// What SITE CHMOD made of paths; what is inside a folder that cannot be entered is out of reach.
    pub modes: BTreeMap<String, u32>,
    /// Folders that can be entered and are in no listing: where links lead.
    pub hidden_folders: BTreeSet<String>,
    /// Rows that MLSD adds, as they are.
    pub rows: Vec<Vec<u8>>,
    /// The time that files have (MLSD, MDTM).
    pub time: String,
    /// Says this size of every file.
    pub size_lie: Option<u64>,
    /// Says this size of every file in listings.
    pub listing_lie: Option<u64>,
    /// Listings and sizes wait until this is false.
    pub proofs_held: bool,
    /// Whether MLSD pays heed to a path.
    pub lists_paths: bool,
    /// The greeting, when it is another than usual.
    pub greeting: Option<&'static str>,
    /// STOR is answered when the first byte is there.
    pub bytes_first: bool,
    /// Whether MFMT is offered.
    pub sets_times: bool,
    /// Whether MDTM sets a time that stands before the path.
    pub mdtm_sets: bool,
    /// Times that were set.
    pub times: BTreeMap<String, String>,
    /// The next transfers are closed with these lines.
    pub closings: Vec<String>,
    /// The next transfers move so many bytes and wait until this is `None`.
    pub stall: Option<usize>,
    /// How many sessions may be logged in; further ones are turned away with the line.
    pub limit: Option<(usize, &'static str)>,
    /// RETR of this file ends the session without a word.
    pub deadly: Option<&'static str>,
    /// The next transfer of a file moves so many bytes and waits until `braked` is false; those after it do not.
    pub brake: Option<usize>,
    pub braked: bool,
    /// Whether REST is refused.
    pub no_rest: bool,
    /// Whether REST is taken and not heeded.
    pub ignores_rest: bool,
    /// Offsets are taken modulo this.
    pub wraps_at: Option<u64>,
    /// What RETR sends from an offset on, in place of what the file has there.
    pub windows: BTreeMap<u64, Vec<u8>>,
    /// The first command that begins so ends the session without an answer: before it is done, or (true) after.
    pub cuts: Option<(&'static str, bool)>,
    /// How long the way makes a login and a transfer of a file.
    pub login_takes: Duration,
    pub transfer_takes: Duration,
    /// Whether the transfers wait for each other: more connections move no more.
    pub one_at_a_time: bool,
    /// The command of this number about files from now on, counted from 0, ends the session as above.
    pub cut_at: Option<(usize, bool)>,
    /// Each command that begins so ends its session without an answer.
    pub always_cuts: Option<&'static str>,
    /// The next cut is the end of all sessions, and nobody is let in from then on.
    pub goes_with_cut: bool,
    /// Nobody is let in.
    pub is_closed: bool,
    /// Commands that are not known here.
    pub unknown: Vec<&'static str>,
    /// Whether RNFR is refused.
    pub no_rename: bool,
    /// So many files are renamed, no more.
    pub renames: Option<usize>,
    /// LIST instead of MLSD, with times that are so many seconds ahead of UTC.
    pub list_ahead: Option<i64>,
    /// Whether a rename onto an existing file is refused.
    pub no_rename_over: bool,
    pub commands: Vec<String>,
    pub logged_in: usize,
    /// The most sessions that were logged in at once.
    pub most_logged_in: usize,
    /// Sessions that are being logged in.
    pub dialling: usize,
    /// The most of them, up to the first that was turned away and all that were on their way with it, and after that.
    pub most_dialling: (usize, usize),
    /// Whether all that were on their way with the first that was turned away have come to an end.
    settled: Option<Instant>,
    /// Sessions that were turned away and whose client has not heard of it yet.
    unheard: usize,
    /// Sessions that were turned away.
    pub turned_away: usize,
    /// Transfers that wait in a stall now.
    pub stalled: usize,
    open: Vec<TcpStream>,
    /// Sessions that were cut.
    gone: BTreeSet<usize>,
}

impl Shelf {
    /// Whether a folder above a path cannot be entered.
    fn is_out_of_reach(&self, path: &str) -> bool {
        path.match_indices('/').any(|(at, _)| self.modes.get(&path[..at]).is_some_and(|mode| mode & 0o500 != 0o500))
    }

    fn counted_cut(&mut self, verb: &str) -> Option<bool> {
        if !["SIZE", "MDTM", "STOR", "RNFR", "RNTO", "DELE"].contains(&verb) {
            return None;
        }
        let (left, is_done) = self.cut_at?;
        self.cut_at = left.checked_sub(1).map(|left| (left, is_done));
        (left == 0).then_some(is_done)
    }
}

/// A running server.
#[derive(Clone)]
pub struct Server {
    port: u16,
    shelf: Arc<(Mutex<Shelf>, Condvar)>,
    /// Held by the one transfer that moves, where they wait for each other.
    slot: Arc<Mutex<()>>,
}

impl Server {
    /// Starts with these files; their folders exist too. Ends with the test's process.
    pub fn start(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut shelf = Shelf { time: "20251120101112".into(), ..Shelf::default() };
        shelf.folders.insert("/".into());
        for (path, bytes) in files {
            shelf.files.insert((*path).into(), bytes.to_vec());
            let mut folder = *path;
            while let Some((parent, _)) = folder.rsplit_once('/').filter(|(parent, _)| !parent.is_empty()) {
                shelf.folders.insert(parent.into());
                folder = parent;
            }
        }
        let server = Self { port, shelf: Arc::new((Mutex::new(shelf), Condvar::new())), slot: Arc::default() };
        let accepting = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = accepting.clone();
                thread::spawn(move || drop(Session::new(serving, stream).serve()));
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Looks at the shelf, or changes it.
    pub fn with<R>(&self, change: impl FnOnce(&mut Shelf) -> R) -> R {
        let result = change(&mut self.lock());
        self.shelf.1.notify_all();
        result
    }

    /// Waits until the shelf is so.
    pub fn until(&self, condition: impl Fn(&Shelf) -> bool) {
        let (guard, waited) = self.shelf.1.wait_timeout_while(self.lock(), PATIENCE, |shelf| !condition(shelf)).unwrap();
        assert!(!waited.timed_out(), "the server never got there: {:#?}", guard.commands);
    }

    /// How many commands began so.
    pub fn count(&self, command: &str) -> usize {
        self.lock().commands.iter().filter(|line| line.starts_with(command)).count()
    }

    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().files.get(path).cloned()
    }

    /// Says `line` (when it is not empty) on the session that was opened as number `index`, and closes it.
    pub fn cut(&self, index: usize, line: &str) {
        let mut stream = self.with(|shelf| {
            shelf.gone.insert(index);
            shelf.open[index].try_clone().unwrap()
        });
        if !line.is_empty() {
            stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        }
        stream.shutdown(Shutdown::Both).unwrap();
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.0.lock().unwrap()
    }
}

struct Session {
    index: usize,
    server: Server,
    control: TcpStream,
    passive: Option<TcpListener>,
    folder: String,
    offset: u64,
    renaming: String,
    logged_in: bool,
    /// Whether TYPE A holds.
    in_text: bool,
    is_dialling: bool,
    /// Says nothing any more.
    mute: bool,
}

impl Session {
    fn new(server: Server, control: TcpStream) -> Self {
        let index = server.with(|shelf| {
            shelf.dialling += 1;
            // What a client had begun before it heard of the refusal may be seen here a moment later; its next attempt waits a second.
            let is_after = shelf.settled.is_some_and(|settled| settled.elapsed() > ON_THE_WAY);
            let most = if is_after { &mut shelf.most_dialling.1 } else { &mut shelf.most_dialling.0 };
            *most = shelf.dialling.max(*most);
            shelf.open.push(control.try_clone().unwrap());
            shelf.open.len() - 1
        });
        Self {
            index,
            server,
            control,
            passive: None,
            folder: "/".into(),
            offset: 0,
            renaming: String::new(),
            logged_in: false,
            in_text: false,
            is_dialling: true,
            mute: false,
        }
    }

    fn say(&mut self, line: &str) -> std::io::Result<()> {
        if self.mute {
            return Ok(());
        }
        self.control.write_all(format!("{line}\r\n").as_bytes())
    }

    fn serve(mut self) -> std::io::Result<()> {
        if self.server.with(|shelf| shelf.is_closed) {
            return self.control.shutdown(Shutdown::Both);
        }
        let greeting = self.server.with(|shelf| shelf.greeting);
        self.say(greeting.unwrap_or("220 shelf"))?;
        for line in BufReader::new(self.control.try_clone()?).lines() {
            let line = line?;
            self.server.with(|shelf| shelf.commands.push(line.clone()));
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            let cut = self.server.with(|shelf| {
                let named = shelf.cuts.take_if(|(command, _)| line.starts_with(*command)).map(|(_, is_done)| is_done);
                named.or_else(|| shelf.counted_cut(verb))
            });
            if self.server.with(|shelf| shelf.always_cuts.is_some_and(|command| line.starts_with(command))) {
                return self.control.shutdown(Shutdown::Both);
            }
            if let Some(is_done) = cut {
                if is_done {
                    // Its answer goes nowhere: the client is gone for us.
                    self.mute = true;
                    self.answer(verb, argument)?;
                }
                self.server.with(|shelf| {
                    if shelf.goes_with_cut {
                        shelf.is_closed = true;
                        shelf.open.iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
                    }
                });
                return self.control.shutdown(Shutdown::Both);
            }
            if !self.answer(verb, argument)? {
                break;
            }
        }
        Ok(())
    }

    /// False when the session is over.
    fn answer(&mut self, verb: &str, argument: &str) -> std::io::Result<bool> {
        let path = if argument.starts_with('/') { argument.to_owned() } else { format!("{}/{argument}", self.folder) };
        if verb == "SIZE" {
            self.wait_for_proofs();
        }
        let reply = match verb {
            verb if self.server.with(|shelf| shelf.unknown.contains(&verb)) => "502 Not here.".to_owned(),
            "USER" => "331 password".to_owned(),
            "PASS" if argument != "secret" => "530 Login incorrect.".to_owned(),
            "PASS" => {
                // Nothing is waited for: a slow login is what the test wants of the server.
                thread::sleep(self.server.with(|shelf| shelf.login_takes));
                let turned_away = self.server.with(|shelf| match shelf.limit {
                    Some((limit, line)) if shelf.logged_in >= limit => {
                        shelf.turned_away += 1;
                        shelf.unheard += 1;
                        Some(line)
                    }
                    _ => {
                        shelf.logged_in += 1;
                        shelf.most_logged_in = shelf.most_logged_in.max(shelf.logged_in);
                        None
                    }
                });
                if let Some(line) = turned_away {
                    if !line.is_empty() {
                        self.say(line)?;
                    }
                    self.control.shutdown(Shutdown::Write)?;
                    // Once the client has closed its side too it has heard of it.
                    drop(std::io::copy(&mut self.control, &mut std::io::sink()));
                    self.server.with(|shelf| shelf.unheard -= 1);
                    return Ok(false);
                }
                self.logged_in = true;
                // What a client does of two answers that it gets at once is chance: it hears of a refusal first.
                self.server.until(|shelf| shelf.unheard == 0);
                self.is_dialling = false;
                self.server.with(|shelf| {
                    shelf.dialling -= 1;
                    shelf.settle();
                });
                "230 in".to_owned()
            }
            "FEAT" if self.server.with(|shelf| shelf.list_ahead.is_some()) => {
                "211-Features:\r\n SIZE\r\n MDTM\r\n211 End".to_owned()
            }
            "FEAT" => {
                let times = if self.server.with(|shelf| shelf.sets_times) { " MFMT\r\n" } else { "" };
                format!("211-Features:\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n{times} REST STREAM\r\n211 End")
            }
            "TYPE" => {
                self.in_text = argument == "A";
                "200 ok".to_owned()
            }
            "NOOP" | "OPTS" => "200 ok".to_owned(),
            "SIZE" if self.in_text => "550 SIZE not allowed in ASCII mode.".to_owned(),
            "PWD" => format!("257 \"{}\"", self.folder),
            "CWD" | "MLSD" if self.server.with(|shelf| shelf.is_out_of_reach(&format!("{}/", path.trim_end_matches('/')))) => {
                "550 Permission denied.".to_owned()
            }
            "CWD" if self.server.with(|shelf| shelf.folders.contains(argument) || shelf.hidden_folders.contains(argument)) => {
                argument.clone_into(&mut self.folder);
                "250 there".to_owned()
            }
            "CWD" => "550 No such folder.".to_owned(),
            "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let port = listener.local_addr()?.port();
                self.passive = Some(listener);
                format!("227 Entering Passive Mode (127,0,0,1,{},{})", port / 256, port % 256)
            }
            "REST" if self.server.with(|shelf| shelf.no_rest) => "502 No REST here.".to_owned(),
            "REST" => {
                let offset: u64 = argument.parse().unwrap();
                self.offset = self.server.with(|shelf| match shelf.wraps_at {
                    _ if shelf.ignores_rest => 0,
                    Some(limit) => offset % limit,
                    None => offset,
                });
                "350 from there".to_owned()
            }
            "SIZE" => match self.server.with(|shelf| (shelf.size_lie, shelf.files.get(&path).map(Vec::len))) {
                (Some(lie), Some(_)) => format!("213 {lie}"),
                (None, Some(size)) => format!("213 {size}"),
                _ => "550 No such file.".to_owned(),
            },
            "MFMT" => self.server.with(|shelf| {
                let (time, path) = argument.split_once(' ').unwrap_or_default();
                if !shelf.sets_times || !shelf.files.contains_key(path) {
                    return "550 Not set.".to_owned();
                }
                shelf.times.insert(path.to_owned(), time.to_owned());
                format!("213 Modify={time}; {path}")
            }),
            "MDTM" if self.server.with(|shelf| shelf.mdtm_sets) && argument.contains(" /") => self.server.with(|shelf| {
                let (time, path) = argument.split_once(' ').unwrap_or_default();
                shelf.times.insert(path.to_owned(), time.to_owned());
                "213 set".to_owned()
            }),
            "MDTM" => self.server.with(|shelf| match shelf.files.get(&path) {
                Some(_) => format!("213 {}", shelf.times.get(&path).unwrap_or(&shelf.time)),
                None => "550 No such file.".to_owned(),
            }),
            "MKD" => self
                .server
                .with(|shelf| if shelf.folders.insert(path) { "257 made".to_owned() } else { "550 File exists.".to_owned() }),
            "RMD" => self
                .server
                .with(|shelf| if shelf.folders.remove(&path) { "250 gone".to_owned() } else { "550 No such folder.".to_owned() }),
            "DELE" => self.server.with(|shelf| match shelf.files.remove(&path) {
                Some(_) => "250 gone".to_owned(),
                None => "550 No such file.".to_owned(),
            }),
            "RNFR" if self.server.with(|shelf| shelf.no_rename) => "550 Permission denied.".to_owned(),
            "RNFR" => {
                self.renaming = path;
                "350 to what".to_owned()
            }
            "RNTO" => self.server.with(|shelf| {
                if shelf.no_rename_over && shelf.files.contains_key(&path) {
                    return "550 File exists.".to_owned();
                }
                if shelf.renames == Some(0) {
                    return "550 Permission denied.".to_owned();
                }
                shelf.renames = shelf.renames.map(|left| left - 1);
                match shelf.files.remove(&self.renaming) {
                    Some(bytes) => {
                        if let Some(time) = shelf.times.remove(&self.renaming) {
                            shelf.times.insert(path.clone(), time);
                        }
                        shelf.files.insert(path, bytes);
                        "250 renamed".to_owned()
                    }
                    None => "550 No such file.".to_owned(),
                }
            }),
            "RETR" if self.server.with(|shelf| shelf.deadly == Some(path.as_str())) => {
                self.control.shutdown(Shutdown::Both)?;
                return Ok(false);
            }
            "SITE" => self.server.with(|shelf| match argument.split(' ').collect::<Vec<_>>()[..] {
                ["CHMOD", mode, path] if !shelf.is_out_of_reach(path) => {
                    shelf.modes.insert(path.to_owned(), u32::from_str_radix(mode, 8).unwrap());
                    "200 changed".to_owned()
                }
                _ => "550 Permission denied.".to_owned(),
            }),
            "MLSD" | "LIST" | "RETR" | "STOR" => return self.transfer(verb, &path),
            "QUIT" => {
                self.say("221 bye")?;
                return Ok(false);
            }
            _ => "502 Not here.".to_owned(),
        };
        self.say(&reply)?;
        Ok(true)
    }

    fn listing(&self, path: &str) -> Vec<u8> {
        let is_heeded = path.starts_with('/') && self.server.with(|shelf| shelf.lists_paths);
        let folder = if is_heeded { path.trim_end_matches('/') } else { self.folder.trim_end_matches('/') };
        let prefix = format!("{folder}/");
        self.server.with(|shelf| {
            let mut rows = Vec::new();
            let inside = |path: &str| path.strip_prefix(&prefix).filter(|n| !n.is_empty() && !n.contains('/')).map(str::to_owned);
            for (path, bytes) in &shelf.files {
                if let (Some(ahead), Some(name)) = (shelf.list_ahead, inside(path)) {
                    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &shelf.time).unwrap();
                    let at = (at + jiff::SignedDuration::from_secs(ahead)).strftime("%b %d %H:%M").to_string();
                    rows.extend(format!("-rw-r--r-- 1 ftp ftp {} {at} {name}\r\n", bytes.len()).into_bytes());
                } else if let Some(name) = inside(path) {
                    let size = shelf.listing_lie.unwrap_or(bytes.len() as u64);
                    let time = shelf.times.get(path).unwrap_or(&shelf.time);
                    rows.extend(format!("type=file;size={size};modify={time}; {name}\r\n").into_bytes());
                }
            }
            for name in shelf.folders.iter().filter_map(|path| inside(path)) {
                rows.extend(format!("type=dir;modify={}; {name}\r\n", shelf.time).into_bytes());
            }
            if prefix != "/" {
                rows.extend(shelf.rows.concat());
            }
            rows
        })
    }

    fn transfer(&mut self, verb: &str, path: &str) -> std::io::Result<bool> {
        let from = std::mem::take(&mut self.offset);
        let offset = usize::try_from(from).unwrap();
        let Some(listener) = self.passive.take() else {
            self.say("425 PASV first")?;
            return Ok(true);
        };
        let source = match verb {
            "MLSD" | "LIST" => {
                self.wait_for_proofs();
                Some(self.listing(path))
            }
            "RETR" => self.server.file(path).map(|bytes| if self.in_text { with_long_ends(&bytes) } else { bytes }),
            _ => Some(Vec::new()),
        };
        let Some(source) = source else {
            self.say("550 No such file.")?;
            return Ok(true);
        };
        let (mut data, _) = listener.accept()?;
        if verb == "STOR" && self.server.with(|shelf| shelf.bytes_first) {
            data.set_read_timeout(Some(PATIENCE))?;
            if data.peek(&mut [0])? == 0 {
                self.say("426 No bytes came.")?;
                return Ok(true);
            }
        }
        self.say("150 go")?;
        let is_file = matches!(verb, "RETR" | "STOR");
        if is_file {
            let (takes, alone) = self.server.with(|shelf| (shelf.transfer_takes, shelf.one_at_a_time));
            let slot = alone.then(|| self.server.slot.lock().unwrap());
            // Nothing is waited for: a transfer's length is what the test wants of the server.
            thread::sleep(takes);
            drop(slot);
        }
        let brake = if is_file { self.server.with(|shelf| shelf.brake.take()) } else { None };
        let stop = if is_file { brake.or_else(|| self.server.with(|shelf| shelf.stall)) } else { None };
        if verb == "STOR" {
            self.server.with(|shelf| {
                let file = shelf.files.entry(path.to_owned()).or_default();
                file.truncate(offset);
            });
            let mut taken = 0;
            let mut chunk = vec![0; 16 * 1024];
            loop {
                if stop.is_some_and(|stop| taken >= stop) {
                    self.wait();
                    if self.server.with(|shelf| shelf.gone.contains(&self.index)) {
                        return Ok(false);
                    }
                }
                let count = data.read(&mut chunk)?;
                if count == 0 {
                    break;
                }
                taken += count;
                self.server.with(|shelf| {
                    // Another connection may have deleted it: then the bytes go nowhere, as on any disk.
                    if let Some(file) = shelf.files.get_mut(path) {
                        file.extend_from_slice(&chunk[..count]);
                    }
                });
            }
            if self.in_text {
                self.server.with(|shelf| {
                    if let Some(file) = shelf.files.get_mut(path) {
                        *file = with_short_ends(file);
                    }
                });
            }
        } else {
            let window = self.server.with(|shelf| shelf.windows.get(&from).cloned()).filter(|_| is_file);
            let rest = window.as_deref().or_else(|| source.get(offset..)).unwrap_or_default();
            let first = stop.unwrap_or(rest.len()).min(rest.len());
            if data.write_all(&rest[..first]).is_err() {
                drop(data);
                self.say("426 Broken off.")?;
                return Ok(true);
            }
            if brake.is_some() {
                self.server.until(|shelf| !shelf.braked);
            } else if stop.is_some() {
                self.wait();
            }
            // Whoever has what it wants ends the data connection.
            if data.write_all(&rest[first..]).is_err() {
                drop(data);
                self.say("426 Broken off.")?;
                return Ok(true);
            }
        }
        drop(data);
        let planned =
            self.server.with(|shelf| if is_file && !shelf.closings.is_empty() { Some(shelf.closings.remove(0)) } else { None });
        self.say(planned.as_deref().unwrap_or("226 Transfer complete."))?;
        Ok(true)
    }

    fn wait_for_proofs(&self) {
        let (lock, changed) = &*self.server.shelf;
        drop(changed.wait_timeout_while(lock.lock().unwrap(), PATIENCE, |shelf| shelf.proofs_held).unwrap());
    }

    /// Waits until the stall is over.
    fn wait(&self) {
        let (lock, changed) = &*self.server.shelf;
        let mut shelf = lock.lock().unwrap();
        if shelf.stall.is_none() {
            return;
        }
        shelf.stalled += 1;
        changed.notify_all();
        let (mut shelf, _) = changed.wait_timeout_while(shelf, PATIENCE, |shelf| shelf.stall.is_some()).unwrap();
        shelf.stalled -= 1;
    }
}

/// As vsftpd and proftpd send text: an LF that has no CR gets one.
fn with_long_ends(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in bytes {
        if *byte == b'\n' && text.last() != Some(&b'\r') {
            text.push(b'\r');
        }
        text.push(*byte);
    }
    text
}

/// As they keep it.
fn with_short_ends(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for byte in bytes {
        if *byte == b'\n' && text.last() == Some(&b'\r') {
            text.pop();
        }
        text.push(*byte);
    }
    text
}

impl Shelf {
    /// A client hears of a refusal later than it is said: what it had begun by then counts to the time before.
    fn settle(&mut self) {
        if self.settled.is_none() && self.turned_away > 0 && self.dialling == 0 {
            self.settled = Some(Instant::now());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let (was, dialling) = (self.logged_in, self.is_dialling);
        self.server.with(|shelf| {
            shelf.logged_in -= usize::from(was);
            shelf.dialling -= usize::from(dialling);
            shelf.settle();
        });
    }
}
