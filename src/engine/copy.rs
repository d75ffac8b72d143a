//! Bytes between a data connection and a file, disk and network overlapped: the disk has a thread of its own per file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::engine::pace::Flow;
use crate::ftp::{Data, Fault};

/// Size of one buffer. Larger gains nothing on loopback, smaller costs wakeups.
const BUFFER: usize = 1 << 20;
/// A buffer is handed to the disk when it holds this much, so that a slow line still reaches the disk.
const HAND_OVER: usize = 256 << 10;
/// Buffers in flight per file.
const BUFFERS: usize = 3;

/// Why copying ended early.
#[derive(Debug)]
pub enum CopyFault {
    /// The connection.
    Wire(Fault),
    /// The local file.
    Disk(io::Error),
}

type Filled = (Vec<u8>, usize);

/// Writes what the server sends to `file`, from where it stands, and adds to `counter`. Returns at the clean end of the data.
///
/// # Errors
/// The connection's fault or the disk's; what came before it is in the file.
pub async fn receive(data: &mut Data<'_>, file: File, counter: &AtomicU64, mut flow: Flow) -> Result<(), CopyFault> {
    let (filled, to_write) = mpsc::channel::<Filled>(BUFFERS);
    let (emptied, mut empty) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let writer = tokio::task::spawn_blocking(move || write_all(file, to_write, &emptied));
    let mut fresh = BUFFERS;
    let ended = loop {
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if fresh > 0 => {
                fresh -= 1;
                vec![0; BUFFER]
            }
            Err(_) => match empty.recv().await {
                Some(buffer) => buffer,
                None => break Ok(()),
            },
        };
        let (length, end) = fill(data, &mut buffer, counter, &mut flow).await;
        if length > 0 && filled.send((buffer, length)).await.is_err() {
            break Ok(());
        }
        match end {
            Ok(false) => {}
            Ok(true) => break Ok(()),
            Err(fault) => break Err(CopyFault::Wire(fault)),
        }
    };
    drop(filled);
    join(writer).await?;
    ended
}

/// Reads until the buffer is worth handing over; true at the end of the data.
async fn fill(data: &mut Data<'_>, buffer: &mut [u8], counter: &AtomicU64, flow: &mut Flow) -> (usize, Result<bool, Fault>) {
    let mut length = 0;
    while length < HAND_OVER {
        let most = flow.turn(buffer.len() - length);
        let Some(room) = buffer.get_mut(length..length + most) else { break };
        match data.read(room).await {
            Ok(0) => return (length, Ok(true)),
            Ok(count) => {
                length += count;
                counter.fetch_add(count as u64, Ordering::Relaxed);
                if let Err(fault) = data.rest(flow.spend(count)).await {
                    return (length, Err(fault));
                }
            }
            Err(fault) => return (length, Err(fault)),
        }
    }
    (length, Ok(false))
}

fn write_all(mut file: File, mut filled: mpsc::Receiver<Filled>, emptied: &mpsc::Sender<Vec<u8>>) -> io::Result<()> {
    while let Some((buffer, length)) = filled.blocking_recv() {
        file.write_all(buffer.get(..length).unwrap_or_default())?;
        // The reading side is gone at the end of the data: nobody needs the buffer then.
        drop(emptied.try_send(buffer));
    }
    file.flush()
}

/// Sends `file` from where it stands to its end and adds to `counter`. Returns how many bytes that were.
///
/// # Errors
/// The connection's fault or the disk's.
pub async fn send(data: &mut Data<'_>, file: File, counter: &AtomicU64, mut flow: Flow) -> Result<u64, CopyFault> {
    let (filled, mut to_send) = mpsc::channel::<Filled>(BUFFERS);
    let (emptied, empty) = mpsc::channel::<Vec<u8>>(BUFFERS);
    let reader = tokio::task::spawn_blocking(move || read_all(file, &filled, empty));
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

fn read_all(mut file: File, filled: &mpsc::Sender<Filled>, mut empty: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    let mut fresh = BUFFERS;
    loop {
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if fresh > 0 => {
                fresh -= 1;
                vec![0; BUFFER]
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
