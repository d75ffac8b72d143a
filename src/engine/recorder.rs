//! The flight recorder: writes what happens on the connections into a file of its own, redacted, bounded, on a thread of its own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use jiff::Zoned;

use crate::engine::recorded_wish::wish;
use crate::engine::{Command, EventBody};
use crate::ftp::dial::WireEvent;
use crate::ftp::mask::mask;
use crate::model::record::{Bytes, RecordEvent, RecordLine, Standing, VERSION};
use crate::model::transfer::QueueSummary;

/// Longest file; then it becomes the older half, and a new one begins.
const LONGEST: u64 = 8 * 1024 * 1024;
/// Records that are kept, the one being written included.
const KEPT: usize = 5;
/// Most of a listing that is kept.
const LISTING: usize = 64 * 1024;

const REMARK: &str = "Passwords and the user's name are not in here, nor is the content of files; names of files and folders are.";

/// A cheap handle; does nothing while no record is being written.
#[derive(Clone, Default)]
pub struct Recorder {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    sink: Mutex<Option<Sink>>,
    /// What must not be in the record: the user's name. Known also to a record that begins after the connect.
    hidden: Mutex<Vec<Vec<u8>>>,
    connections: AtomicU64,
}

struct Sink {
    lines: mpsc::Sender<RecordLine>,
    path: PathBuf,
    begun: Instant,
    standing: Option<Standing>,
    queue: (usize, usize),
}

impl Recorder {
    /// Begins a record in `folder`. Blocking.
    ///
    /// # Errors
    /// The folder or file cannot be made.
    pub fn start(&self, folder: &Path) -> io::Result<PathBuf> {
        if let Some(sink) = &*self.lock() {
            return Ok(sink.path.clone());
        }
        make_folder(folder)?;
        let (path, file) = create_fresh(folder)?;
        let (lines, received) = mpsc::channel::<RecordLine>();
        let (writing, folder) = (path.clone(), folder.to_owned());
        thread::Builder::new().name("moorline-record".into()).spawn(move || {
            forget_old(&folder, &writing);
            if let Err(error) = write(&writing, file, &received) {
                tracing::warn!("the record cannot be written: {error}");
            }
        })?;
        let sink = Sink { lines, path: path.clone(), begun: Instant::now(), standing: None, queue: (0, 0) };
        *self.lock() = Some(sink);
        self.note(None, begun());
        Ok(path)
    }

    /// Ends the record; its file stays.
    pub fn stop(&self) {
        *self.lock() = None;
    }

    /// Whether a record is being written.
    pub fn is_on(&self) -> bool {
        self.lock().is_some()
    }

    /// A number for a connection that is about to be dialled.
    pub fn next_connection(&self) -> u64 {
        self.inner.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What happened on a connection.
    pub fn wire(&self, connection: u64, event: &WireEvent<'_>) {
        let event = match event {
            WireEvent::Dialled => RecordEvent::Dialled,
            WireEvent::Undialled => RecordEvent::Undialled,
            WireEvent::Secured => RecordEvent::Secured,
            WireEvent::Sent(line) if line.starts_with("USER ") => RecordEvent::Sent { line: "USER ****".into() },
            WireEvent::Sent(line) => match self.hide(line.as_bytes()) {
                Some(line) => RecordEvent::Sent { line: String::from_utf8_lossy(&line).into_owned() },
                None => return,
            },
            WireEvent::Heard(bytes) => match self.hide(bytes) {
                Some(bytes) => RecordEvent::Heard { bytes: Bytes::from(bytes.as_slice()) },
                None => return,
            },
            WireEvent::Ended => RecordEvent::Ended,
            // A record is played to an engine that lets go of its connections by itself.
            WireEvent::Closed { .. } => return,
            WireEvent::Listed(bytes) => match self.hide(bytes.get(..LISTING).unwrap_or(bytes)) {
                Some(bytes) => RecordEvent::Listed { bytes: Bytes::from(bytes.as_slice()) },
                None => return,
            },
            WireEvent::Moved { upload, bytes, whole } => RecordEvent::Moved { upload: *upload, bytes: *bytes, whole: *whole },
        };
        self.note(Some(connection), event);
    }

    /// A person asked for something.
    pub fn asked(&self, command: &Command) {
        if let Command::Connect { site, .. } = command {
            // Short names would mask half of the protocol.
            *self.hidden() = [site.user.as_bytes().to_vec()].into_iter().filter(|name| name.len() >= 3).collect();
        }
        if let Some(wish) = wish(command) {
            self.note(None, RecordEvent::Asked { wish });
        }
    }

    /// The session or the queue changed.
    pub fn published(&self, body: &EventBody) {
        let EventBody::Session(view) = body else { return };
        let standing = Standing::of(&view.phase, view.banner.as_ref());
        let is_new = match &mut *self.lock() {
            Some(sink) => sink.standing.replace(standing.clone()).as_ref() != Some(&standing),
            None => false,
        };
        if is_new {
            self.note(None, RecordEvent::Stands { standing });
        }
    }

    /// How the queue stands.
    pub fn queue(&self, summary: &QueueSummary) {
        let now = (summary.failed, summary.done);
        let is_new = self.lock().as_mut().is_some_and(|sink| std::mem::replace(&mut sink.queue, now) != now);
        if is_new {
            self.note(None, RecordEvent::Queue { failed: now.0, done: now.1 });
        }
    }

    /// The bytes without what must not be in the record; `None` while there is none.
    fn hide(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if !self.is_on() {
            return None;
        }
        Some(self.hidden().iter().fold(bytes.to_vec(), |bytes, name| mask(&bytes, name)))
    }

    fn note(&self, connection: Option<u64>, event: RecordEvent) {
        if let Some(sink) = &*self.lock() {
            let ms = u64::try_from(sink.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            // The thread ends early only when the disk refuses, which it has said.
            drop(sink.lines.send(RecordLine { ms, connection, event }));
        }
    }

    fn hidden(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.inner.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sink>> {
        // Every value behind the lock is replaced whole: a panic elsewhere leaves a valid one.
        self.inner.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begun() -> RecordEvent {
    RecordEvent::Begun { version: VERSION, program: format!("moorline {}", env!("CARGO_PKG_VERSION")), remark: REMARK.into() }
}

/// Writes until the recorder stops; each burst reaches the disk before the next is waited for.
fn write(path: &Path, file: File, lines: &mpsc::Receiver<RecordLine>) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    let mut length = 0;
    while let Ok(first) = lines.recv() {
        for line in std::iter::once(first).chain(lines.try_iter()) {
            let text = serde_json::to_string(&line).map_err(io::Error::other)? + "\n";
            writer.write_all(text.as_bytes())?;
            length += text.len() as u64;
        }
        writer.flush()?;
        if length > LONGEST {
            fs::rename(path, path.with_extension("older.jsonl"))?;
            writer = BufWriter::new(options().create_new(true).open(path)?);
            let line = RecordLine { ms: 0, connection: None, event: begun() };
            writeln!(writer, "{}", serde_json::to_string(&line).map_err(io::Error::other)?)?;
            length = 0;
        }
    }
    writer.flush()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A file of its own for a record that begins now; a second one in the same second gets a number.
fn create_fresh(folder: &Path) -> io::Result<(PathBuf, File)> {
    let name = format!("record-{}", Zoned::now().strftime("%Y%m%d-%H%M%S"));
    let numbered = (2..100).map(|number| format!("{name}-{number}.jsonl"));
    for name in std::iter::once(format!("{name}.jsonl")).chain(numbered) {
        let path = folder.join(name);
        match options().create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The oldest records go; their names sort by time.
fn forget_old(folder: &Path, current: &Path) {
    let Ok(found) = fs::read_dir(folder) else { return };
    let is_record = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("record-") && name.ends_with(".jsonl") && path != current
    };
    let mut records: Vec<PathBuf> = found.filter_map(|entry| Some(entry.ok()?.path())).filter(is_record).collect();
    records.sort();
    for old in records.iter().rev().skip(KEPT - 1) {
        // What cannot be deleted stays, and is tried again next time.
        drop(fs::remove_file(old));
    }
}
