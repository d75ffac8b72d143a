//! Bytes between a data connection and a file, disk and network overlapped: the disk has a thread of its own per file.

mod direct;
#[cfg(target_os = "linux")]
mod pipe;
pub mod space;

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::engine::lane_thread;
use crate::engine::pace::Flow;
use crate::ftp::{Data, Fault};

/// Size of one buffer of a download. Larger gains nothing on loopback, smaller costs wakeups.
const BUFFER: usize = 1 << 20;
/// Size of one buffer of an upload: what was read is sent while the processor's cache still has it (1 MiB costs twice the time).
const SEND_BUFFER: usize = 128 << 10;
/// A buffer is handed to the disk when it holds this much, so that a slow line still reaches the disk.
const HAND_OVER: usize = 256 << 10;
/// Buffers in flight per file.
const BUFFERS: usize = 3;
/// Files up to this size go by way of one buffer of their own size.
pub const SMALL: usize = 64 << 10;

/// Why copying ended early.
#[derive(Debug)]
pub enum CopyFault {
    /// The connection.
    Wire(Fault),
    /// The local file.
    Disk(io::Error),
}

impl From<Fault> for CopyFault {
    fn from(fault: Fault) -> Self {
        Self::Wire(fault)
    }
}

/// How receiving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// At the clean end of the data.
    All,
    /// Where enough had come; the data connection is still open.
    Enough,
}

/// Hears of bytes as they come, and says when it is enough.
pub trait Progress: Clone + Send + Sync + 'static {
    /// So many bytes came. Returns how many of them are wanted, and whether more are.
    fn came(&self, count: usize) -> (usize, bool);

    /// So many bytes more are in the file.
    fn written(&self, _count: usize) {}
}

/// A plain counter wants everything.
impl Progress for Arc<AtomicU64> {
    fn came(&self, count: usize) -> (usize, bool) {
        self.fetch_add(count as u64, Ordering::Relaxed);
        (count, true)
    }
}

/// Buffers of downloads that are not in use: a new one has to be cleared first.
static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
/// Most that are kept.
const SPARE_BUFFERS: usize = 4;

fn buffer() -> Vec<u8> {
    let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    spare.unwrap_or_else(|| vec![0; BUFFER])
}

fn give_back(buffer: Vec<u8>) {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    if spare.len() < SPARE_BUFFERS {
        spare.push(buffer);
    }
}

type Filled = (Vec<u8>, usize);

/// Writes what the server sends to `file`, from where it stands, and tells `progress`.
///
/// # Errors
/// The connection's fault or the disk's; what came before it is in the file.
pub async fn receive<P: Progress>(data: &mut Data<'_>, file: File, progress: &P, mut flow: Flow) -> Result<Received, CopyFault> {
    if lane_thread::is_here() {
        #[cfg(target_os = "linux")]
        let mut file = file;
        #[cfg(target_os = "linux")]
        if let Some(received) = pipe::receive(data, &mut file, progress, &mut flow).await? {
            return Ok(received);
        }
        return receive_in_turns(data, file, progress, flow).await;
    }
    let (filled, to_write) = mpsc::channel::<Filled>(BUFFERS);
    let (emptied, mut empty) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let hears = progress.clone();
    let writer = tokio::task::spawn_blocking(move || write_all(file, to_write, &emptied, &hears));
    let mut fresh = BUFFERS;
    let ended = loop {
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if fresh > 0 => {
                fresh -= 1;
                buffer()
            }
            Err(_) => match empty.recv().await {
                Some(buffer) => buffer,
                None => break Ok(Received::All),
            },
        };
        let (length, end) = fill(data, &mut buffer, progress, &mut flow).await;
        if length == 0 {
            give_back(buffer);
        } else if filled.send((buffer, length)).await.is_err() {
            break Ok(Received::All);
        }
        match end {
            Ok(None) => {}
            Ok(Some(end)) => break Ok(end),
            Err(fault) => break Err(CopyFault::Wire(fault)),
        }
    };
    drop(filled);
    join(writer).await?;
    while let Ok(buffer) = empty.try_recv() {
        give_back(buffer);
    }
    ended
}

/// The same on a lane's own thread: what was read is written while the processor's cache still has it, and the system takes in meanwhile
/// what comes.
async fn receive_in_turns<P: Progress>(
    data: &mut Data<'_>,
    mut file: File,
    progress: &P,
    mut flow: Flow,
) -> Result<Received, CopyFault> {
    let mut buffer = vec![0; HAND_OVER];
    loop {
        let (length, end) = fill(data, &mut buffer, progress, &mut flow).await;
        file.write_all(buffer.get(..length).unwrap_or_default()).map_err(CopyFault::Disk)?;
        progress.written(length);
        if let Some(end) = end? {
            return Ok(end);
        }
    }
}

/// Reads until the buffer is worth handing over, or to the end.
async fn fill(
    data: &mut Data<'_>,
    buffer: &mut [u8],
    progress: &impl Progress,
    flow: &mut Flow,
) -> (usize, Result<Option<Received>, Fault>) {
    let mut length = 0;
    while length < HAND_OVER {
        let most = flow.turn(buffer.len() - length);
        let Some(room) = buffer.get_mut(length..length + most) else { break };
        match data.read(room).await {
            Ok(0) => return (length, Ok(Some(Received::All))),
            Ok(count) => {
                let (wanted, more) = progress.came(count);
                length += wanted;
                if !more {
                    return (length, Ok(Some(Received::Enough)));
                }
                if let Err(fault) = data.rest(flow.spend(count)).await {
                    return (length, Err(fault));
                }
            }
            Err(fault) => return (length, Err(fault)),
        }
    }
    (length, Ok(None))
}

fn write_all(
    mut file: File,
    mut filled: mpsc::Receiver<Filled>,
    emptied: &mpsc::Sender<Vec<u8>>,
    progress: &impl Progress,
) -> io::Result<()> {
    while let Some((buffer, length)) = filled.blocking_recv() {
        file.write_all(buffer.get(..length).unwrap_or_default())?;
        progress.written(length);
        // As many as there are buffers find room; without a reading side nobody needs them.
        drop(emptied.try_send(buffer));
    }
    file.flush()
}

/// Reads the first bytes into memory: up to `most` of them, or the end of the data, which is true then.
///
/// # Errors
/// The connection's.
pub async fn receive_into(
    data: &mut Data<'_>,
    bytes: &mut Vec<u8>,
    most: usize,
    counter: &AtomicU64,
    flow: &mut Flow,
) -> Result<bool, Fault> {
    let mut length = bytes.len();
    // One byte more, so that the end is seen in the same turn.
    bytes.resize(most + 1, 0);
    let ended = loop {
        let turn = flow.turn(bytes.len() - length);
        let Some(room) = bytes.get_mut(length..length + turn).filter(|room| !room.is_empty()) else { break Ok(false) };
        match data.read(room).await {
            Ok(0) => break Ok(true),
            Ok(count) => {
                length += count;
                counter.fetch_add(count as u64, Ordering::Relaxed);
                if let Err(fault) = data.rest(flow.spend(count)).await {
                    break Err(fault);
                }
            }
            Err(fault) => break Err(fault),
        }
    };
    bytes.truncate(length);
    ended
}

/// Sends `file` from where it stands to its end and adds to `counter`. Returns how many bytes that were.
///
/// # Errors
/// The connection's fault or the disk's.
pub async fn send(data: &mut Data<'_>, mut file: File, counter: &AtomicU64, mut flow: Flow) -> Result<u64, CopyFault> {
    let from = file.stream_position().map_err(CopyFault::Disk)?;
    let file = Arc::new(file);
    let mut at = match direct::send(data, &file, from, counter, &mut flow).await? {
        direct::Sent::All(count) => return Ok(count),
        direct::Sent::UpTo(at) => at,
    };
    match direct::send_read(data, &file, at, counter, &mut flow).await? {
        direct::Sent::All(count) => return Ok(at - from + count),
        direct::Sent::UpTo(further) => at = further,
    }
    Ok(at - from + send_beside(data, file, at, counter, flow).await?)
}

/// As [`send`], with a thread that reads beside.
async fn send_beside(
    data: &mut Data<'_>,
    file: Arc<File>,
    from: u64,
    counter: &AtomicU64,
    mut flow: Flow,
) -> Result<u64, CopyFault> {
    let (filled, mut to_send) = mpsc::channel::<Filled>(BUFFERS);
    let (emptied, empty) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let reader = tokio::task::spawn_blocking(move || read_all(&file, from, &filled, empty));
    let mut sent = 0;
    let mut ended = Ok(());
    while let Some((buffer, length)) = to_send.recv().await {
        let filled = buffer.get(..length).unwrap_or_default();
        if let Err(fault) = send_bytes(data, filled, counter, &mut flow).await {
            ended = Err(fault);
            break;
        }
        sent += length as u64;
        drop(emptied.try_send(buffer));
    }
    drop(to_send);
    drop(emptied);
    join(reader).await?;
    ended.map(|()| sent)
}

/// Sends `bytes`, a turn at a time, and adds to `counter`.
///
/// # Errors
/// The connection's fault.
pub async fn send_bytes(data: &mut Data<'_>, bytes: &[u8], counter: &AtomicU64, flow: &mut Flow) -> Result<(), CopyFault> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (turn, later) = rest.split_at(flow.turn(rest.len().min(HAND_OVER)));
        data.write(turn).await.map_err(CopyFault::Wire)?;
        counter.fetch_add(turn.len() as u64, Ordering::Relaxed);
        data.rest(flow.spend(turn.len())).await.map_err(CopyFault::Wire)?;
        rest = later;
    }
    Ok(())
}

fn read_all(mut file: &File, from: u64, filled: &mpsc::Sender<Filled>, mut empty: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    file.seek(io::SeekFrom::Start(from))?;
    let left = file.metadata()?.len().saturating_sub(from);
    // A small file needs no more than its own size.
    let size = usize::try_from(left).map_or(SEND_BUFFER, |left| left.clamp(1, SEND_BUFFER));
    let mut fresh = BUFFERS;
    loop {
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if fresh > 0 => {
                fresh -= 1;
                vec![0; size]
            }
            Err(_) => match empty.blocking_recv() {
                Some(buffer) => buffer,
                None => return Ok(()),
            },
        };
        let length = file.read(&mut buffer)?;
        if length == 0 || filled.blocking_send((buffer, length)).is_err() {
            return Ok(());
        }
    }
}

async fn join(task: JoinHandle<io::Result<()>>) -> Result<(), CopyFault> {
    match task.await {
        Ok(result) => result.map_err(CopyFault::Disk),
        Err(error) => Err(CopyFault::Disk(io::Error::other(error))),
    }
}
