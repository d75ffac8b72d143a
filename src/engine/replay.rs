//! Plays a flight record again: the record is the server and the person, the engine is the real one, and its states are compared.

mod port;

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::handle::{Options, Waker};
use crate::engine::replay::port::{Port, Read, Skips};
use crate::engine::{Answer, Change, Command, Engine, EventBody, Place, Question, Removal};
use crate::model::address::AddressPath;
use crate::model::chosen::Chosen;
use crate::model::conflict::{OnExists, Scope};
use crate::model::path::RemotePath;
use crate::model::permissions::{Inside, Which};
use crate::model::record::{RecordEvent, RecordLine, RecordedJob, Standing, Wish, leave_name};
use crate::model::resume::WhenChanged;
use crate::model::secret::Secret;
use crate::model::session::DisconnectWhen;
use crate::model::settings::Settings;
use crate::model::site::{Encryption, Logon, Site, SiteId};
use crate::model::transfer::{Direction, Job, QueueTab};

/// How long the engine may take to do what it did in the record.
const PATIENCE: Duration = Duration::from_secs(20);
/// A countdown is not waited for longer than this.
const COUNTDOWN: Duration = Duration::from_millis(1_500);
/// The client's patience with a server that says nothing, in seconds: what took longer in the record takes so long here.
const TIMEOUT: u16 = 2;
/// Between two looks at what the engine reports.
const LOOK: Duration = Duration::from_millis(10);

/// What came of playing a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The states of the record, in order.
    pub recorded: Vec<Standing>,
    /// The states of the replay.
    pub replayed: Vec<Standing>,
    /// Items that failed and that were done at the end, in the record and here.
    pub queue: [(usize, usize); 2],
    /// The first thing that was not as recorded, if any.
    pub difference: Option<String>,
    /// Whether TLS was in the record: it is played without.
    pub had_tls: bool,
}

impl Replayed {
    /// Whether it came out the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.difference.is_none()
    }
}

struct Silent;

impl Waker for Silent {
    fn wake(&self) {}
}

/// What of a record can be played: from the first connect on, with the connections that were dialled since. Empty when the record
/// began in the middle of a session and has no other.
#[must_use]
pub fn playable(lines: &[RecordLine]) -> Vec<RecordLine> {
    let is_connect = |line: &RecordLine| matches!(&line.event, RecordEvent::Asked { wish: Wish::Connect { .. } });
    let Some(lines) = lines.iter().position(is_connect).and_then(|first| lines.get(first..)) else { return Vec::new() };
    let is_dial = |line: &&RecordLine| matches!(line.event, RecordEvent::Dialled | RecordEvent::Undialled);
    let mut dialled: HashSet<u64> = lines.iter().filter(is_dial).filter_map(|line| line.connection).collect();
    // A connection that TLS did not come about on was given up for its certificate: without TLS there is no such question.
    let with = |event: &RecordEvent| -> HashSet<u64> {
        lines.iter().filter(|line| line.event == *event).filter_map(|line| line.connection).collect()
    };
    let asked = with(&RecordEvent::Sent { line: "AUTH TLS".into() });
    let secured = with(&RecordEvent::Secured);
    dialled.retain(|connection| !asked.contains(connection) || secured.contains(connection));
    lines.iter().filter(|line| line.connection.is_none_or(|connection| dialled.contains(&connection))).cloned().collect()
}

/// Plays a record that is [`playable`]. Blocking.
///
/// # Errors
/// The system refuses a port on loopback, a thread or a temporary folder.
pub fn play(lines: &[RecordLine]) -> std::io::Result<Replayed> {
    let folder = tempfile::tempdir()?;
    let options = Options { places: None, keyring: false, keep_queue: false };
    let engine = Engine::start(options, Arc::new(Silent))?;
    let settings = Settings {
        timeout_seconds: TIMEOUT,
        upload_exists: OnExists::Overwrite,
        download_exists: OnExists::Overwrite,
        ..Settings::default()
    };
    engine.send(Command::SaveSettings { was: None, settings: Box::new(settings) });
    let mut player = Player {
        engine,
        port: Port::open()?,
        folder: folder.path(),
        jobs: 0,
        recorded: Vec::new(),
        replayed: Vec::new(),
        queue: (0, 0),
        answers: lines
            .iter()
            .filter_map(|line| match line.event {
                RecordEvent::Asked { wish: Wish::Answer { declined } } => Some(declined),
                _ => None,
            })
            .collect(),
        had_tls: lines.iter().any(|line| line.event == RecordEvent::Secured),
    };
    let mut difference = None;
    for (at, line) in lines.iter().enumerate() {
        player.attend();
        let behind = lines.get(at + 1..).unwrap_or_default();
        if let Err(what) = player.step(line, behind) {
            difference = Some(format!("line {}, {} ms into the record: {what}", at + 1, line.ms));
            break;
        }
    }
    if difference.is_none() {
        difference = player.compare();
    }
    let summary = player.engine.queue().summary();
    Ok(Replayed {
        recorded: player.recorded,
        replayed: player.replayed,
        queue: [player.queue, (summary.failed, summary.done)],
        difference,
        had_tls: player.had_tls,
    })
}

struct Player<'a> {
    engine: Engine,
    port: Port,
    folder: &'a Path,
    jobs: usize,
    recorded: Vec<Standing>,
    replayed: Vec<Standing>,
    queue: (usize, usize),
    /// Whether the questions to come were answered with no.
    answers: VecDeque<bool>,
    had_tls: bool,
}

impl Player<'_> {
    /// Takes in what the engine reports, and answers its questions as the person did: with no, or so that the session goes on.
    fn attend(&mut self) {
        while let Some(event) = self.engine.next_event() {
            match event.body {
                EventBody::Session(view) => {
                    let standing = Standing::of(&view.phase, view.banner.as_ref());
                    if self.replayed.last() != Some(&standing) {
                        self.replayed.push(standing);
                    }
                }
                EventBody::Asked { id, question } => {
                    let declined = self.answers.pop_front().unwrap_or(false);
                    let answer = match question {
                        _ if declined => Answer::Cancel,
                        Question::Password { .. } => Answer::Password { password: Secret::new("replayed"), remember: false },
                        Question::Certificate { .. } => Answer::TrustOnce,
                        Question::Master { .. } => Answer::StayLocked,
                        Question::Exists { .. } => Answer::Exists { choice: OnExists::Overwrite, scope: Scope::Session },
                        Question::Changed { .. } => Answer::Changed(WhenChanged::Anew),
                        Question::Delete { .. } | Question::Trash { .. } | Question::Discard { .. } => Answer::Confirm,
                        Question::Power { .. } | Question::Saved { .. } => Answer::Cancel,
                    };
                    self.engine.send(Command::Answer { question: id, answer });
                }
                _ => {}
            }
        }
    }

    /// Waits until the port has something, attending to the engine meanwhile.
    fn wait<R>(&mut self, what: &str, mut look: impl FnMut(&mut Port) -> Option<R>) -> Result<R, String> {
        let mut found = None;
        self.wait_until(what, |player| {
            found = look(&mut player.port);
            found.is_some()
        })?;
        found.ok_or_else(|| format!("{what} did not come"))
    }

    fn wait_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) -> Result<(), String> {
        let begun = Instant::now();
        let mut hurried = false;
        loop {
            self.attend();
            if is_so(self) {
                return Ok(());
            }
            let is_counting = self.replayed.last().is_some_and(|standing| standing.phase == "adrift");
            if is_counting && !hurried && begun.elapsed() > COUNTDOWN {
                hurried = true;
                self.engine.send(Command::ReconnectNow);
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{what} did not come"));
            }
            self.port.rest(LOOK);
        }
    }

    /// Waits until the data connection has moved what it moved in the record, and the engine has taken it in.
    fn await_data(&mut self, connection: u64) -> Result<(), String> {
        let Some(moving) = self.port.take_data(connection) else { return Ok(()) };
        self.wait_until("the data", |_| moving.is_over())?;
        if let Some(bytes) = moving.broken_behind {
            let taken = |player: &mut Self| {
                let rows = player.engine.queue().rows(QueueTab::Active, 0, 100);
                rows.iter().any(|row| row.moved >= bytes) || rows.is_empty()
            };
            self.wait_until("the data", taken)?;
        }
        Ok(())
    }

    fn step(&mut self, line: &RecordLine, behind: &[RecordLine]) -> Result<(), String> {
        let connection = line.connection.unwrap_or(0);
        match &line.event {
            RecordEvent::Begun { .. } | RecordEvent::Secured | RecordEvent::Listed { .. } | RecordEvent::Moved { .. } => Ok(()),
            RecordEvent::Asked { wish } => {
                // What was under way when the wish came is under way now, or over.
                self.wish(wish);
                Ok(())
            }
            RecordEvent::Dialled => self.wait("a connection", |port| port.accept(connection)),
            RecordEvent::Undialled => {
                self.wait("a connection", |port| port.accept(connection))?;
                self.port.close(connection);
                Ok(())
            }
            RecordEvent::Sent { line: wanted } => self.await_line(connection, wanted, behind),
            RecordEvent::Heard { bytes } => {
                let bytes = bytes.to_vec();
                if self.port.leaves_out(connection, &bytes) {
                    return Ok(());
                }
                self.await_data(connection)?;
                if bytes.first() == Some(&b'1') {
                    self.port.begin_data(connection, behind);
                }
                self.port.say(connection, &bytes);
                Ok(())
            }
            RecordEvent::Ended => {
                self.await_data(connection)?;
                self.port.close(connection);
                Ok(())
            }
            RecordEvent::Stands { standing } => {
                if self.recorded.last() != Some(standing) {
                    self.recorded.push(standing.clone());
                }
                // What comes next came after this: it is not said before the engine has got here too.
                let due = self.recorded.len();
                self.wait_until(&format!("the state {standing}"), |player| player.replayed.len() >= due)
            }
            RecordEvent::Queue { failed, done } => {
                let due = (*failed, *done);
                self.queue = due;
                // What a person wished next, they wished of this queue.
                self.wait_until(&format!("a queue of {failed} failed and {done} done"), |player| {
                    let summary = player.engine.queue().summary();
                    (summary.failed, summary.done) == due
                })
            }
        }
    }

    /// The client's next command, which must be the recorded one. TLS is left out, and so are keep-alives: time runs faster here.
    fn await_line(&mut self, connection: u64, wanted: &str, behind: &[RecordLine]) -> Result<(), String> {
        let verb = verb(wanted);
        let is_tls = matches!(verb.as_str(), "AUTH" | "PBSZ" | "PROT");
        if is_tls || verb == "NOOP" {
            // Its answer is left out too; an end in place of one is played as it was.
            if is_tls {
                self.port.skip(connection, Skips::UpToCommand);
            } else if answered_well(connection, behind) {
                self.port.skip(connection, Skips::Reply);
            }
            return Ok(());
        }
        let what = format!("the command {wanted}");
        match self.wait(&what, |port| port.command(connection))? {
            Read::Line(line) if self::verb(&line) == verb => Ok(()),
            Read::Line(line) => Err(format!("{what} was due, but {} came", self::verb(&line))),
            Read::End => Err(format!("{what} was due, but the connection ended")),
        }
    }

    fn wish(&mut self, wish: &Wish) {
        let path = |text: &str| RemotePath::parse(text).ok();
        let command = match wish {
            Wish::Connect { data_mode, keep_alive, connections, account, start, leave_out, .. } => {
                let mut site = Site::new(SiteId("replay".into()), "Replay", "127.0.0.1");
                site.port = Some(self.port.number());
                site.encryption = Encryption::Plain;
                site.data_mode = *data_mode;
                site.keep_alive = *keep_alive;
                site.connections = *connections;
                site.leave_out = Some(leave_out.clone());
                if *account {
                    site.user = "replay".into();
                } else {
                    site.logon = Logon::Anonymous;
                }
                let start = match start.strip_prefix("./") {
                    Some(path) => AddressPath::Relative(path.to_owned()),
                    None if start.is_empty() => AddressPath::Login,
                    None => AddressPath::Absolute(start.clone()),
                };
                let password = account.then(|| Secret::new("replayed"));
                Some(Command::Connect { site: Box::new(site), password, start })
            }
            Wish::Leave { when } => {
                let all = [DisconnectWhen::QueueDone, DisconnectWhen::FilesDone, DisconnectWhen::Now];
                all.into_iter().find(|known| leave_name(*known) == when).map(|when| Command::Disconnect { when })
            }
            Wish::Stay => Some(Command::StayConnected),
            Wish::ReconnectNow => Some(Command::ReconnectNow),
            Wish::StayOffline => Some(Command::StayOffline),
            Wish::Open { path: text } => path(text).map(|path| Command::OpenRemote { path }),
            Wish::MakeFolder { path: text } => {
                path(text).map(|path| Command::Change(Change::MakeFolder { place: Place::Remote(path) }))
            }
            Wish::Rename { path: text, name } => {
                path(text).map(|path| Command::Change(Change::Rename { place: Place::Remote(path), name: name.clone() }))
            }
            Wish::Delete { paths } => {
                let places = paths.iter().filter_map(|text| path(text)).map(Place::Remote).collect();
                Some(Command::Change(Change::Delete { places, removal: Removal::ForGood }))
            }
            Wish::SetMode { paths, mode, recursive, inside } => {
                let paths = paths.iter().filter_map(|text| path(text)).collect();
                // As it was before there was a choice.
                let all = Inside { which: Which::All, enterable: false };
                let inside = inside.or_else(|| recursive.then_some(all));
                Some(Command::Change(Change::SetMode { paths, mode: *mode, inside }))
            }
            Wish::Enqueue { jobs } => Some(Command::Enqueue { jobs: jobs.iter().filter_map(|job| self.job(job)).collect() }),
            Wish::Retry => Some(Command::Retry { ids: Chosen::everything(QueueTab::Failed) }),
            // It is given when the question comes.
            Wish::Answer { .. } => None,
        };
        if let Some(command) = command {
            self.engine.send(command);
        }
    }

    /// A job over files of the same sizes in a folder of its own; their content is none of the record's.
    fn job(&mut self, job: &RecordedJob) -> Option<Job> {
        self.jobs += 1;
        let remote = RemotePath::parse(&job.remote).ok()?;
        let local = self.folder.join(self.jobs.to_string()).join(&*crate::model::path::safe_local_name(remote.name()?).ok()?);
        fs::create_dir_all(local.parent()?).ok()?;
        for (below, size) in &job.files {
            let is_inside = below.split('/').all(|name| name.is_empty() || crate::model::path::safe_local_name(name).is_ok());
            let path = if below.is_empty() { local.clone() } else { local.join(below) };
            if is_inside {
                fs::create_dir_all(path.parent()?).ok()?;
                fs::File::create(&path).and_then(|file| file.set_len(*size)).ok()?;
            }
        }
        let direction = if job.upload { Direction::Upload } else { Direction::Download };
        Some(Job { direction, local, remote, on_exists: OnExists::Overwrite })
    }

    /// Waits until the engine stands as recorded, and says what is different when it does not come to that.
    fn compare(&mut self) -> Option<String> {
        let begun = Instant::now();
        loop {
            self.attend();
            let summary = self.engine.queue().summary();
            let (recorded, replayed) = (self.recorded.as_slice(), self.replayed.as_slice());
            let is_queue_same = (summary.failed, summary.done) == self.queue;
            if recorded == replayed && is_queue_same {
                return None;
            }
            if begun.elapsed() > PATIENCE / 4 {
                let at = recorded
                    .iter()
                    .zip(replayed)
                    .position(|(one, other)| one != other)
                    .unwrap_or(recorded.len().min(replayed.len()));
                let name = |states: &[Standing]| states.get(at).map_or_else(|| "nothing more".to_owned(), ToString::to_string);
                if recorded != replayed {
                    return Some(format!("state {}: recorded {}, replayed {}", at + 1, name(recorded), name(replayed)));
                }
                return Some(format!(
                    "the queue: recorded {} failed and {} done, replayed {} and {}",
                    self.queue.0, self.queue.1, summary.failed, summary.done
                ));
            }
            self.port.rest(LOOK);
        }
    }
}

/// Whether a connection's next words are a positive answer.
fn answered_well(connection: u64, behind: &[RecordLine]) -> bool {
    let mut events = behind.iter().filter(|line| line.connection == Some(connection)).map(|line| &line.event);
    matches!(events.next(), Some(RecordEvent::Heard { bytes }) if bytes.to_vec().first() == Some(&b'2'))
}

fn verb(line: &str) -> String {
    line.split(' ').next().unwrap_or_default().to_ascii_uppercase()
}
