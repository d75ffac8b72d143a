//! An upload on the connection's own thread: by the system's own hand (sendfile), so that no byte of the file enters this program, or, under
//! TLS and where that is quicker, by reading and writing in turns. It never waits for a disk: what the system has not read yet is read in a blocking thread first.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::engine::copy::CopyFault;
use crate::engine::pace::Flow;
use crate::ftp::Data;

/// How far it went.
pub enum Sent {
    /// To the file's end: so many bytes.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux sends files"))]
    All(u64),
    /// To this offset only; from there on the file has to be read and written.
    UpTo(u64),
}

/// Sends `file` from `from` on and adds to `counter`.
///
/// # Errors
/// The connection's fault or the disk's.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "Linux waits here")]
pub async fn send(_: &mut Data<'_>, _: &Arc<File>, from: u64, _: &AtomicU64, _: &mut Flow) -> Result<Sent, CopyFault> {
    Ok(Sent::UpTo(from))
}

/// The same by reading and writing.
///
/// # Errors
/// The connection's fault or the disk's.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "Linux waits here")]
pub async fn send_read(_: &mut Data<'_>, _: &Arc<File>, from: u64, _: &AtomicU64, _: &mut Flow) -> Result<Sent, CopyFault> {
    Ok(Sent::UpTo(from))
}

#[cfg(target_os = "linux")]
pub use linux::{send, send_read};

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSliceMut};
    use std::num::NonZeroU64;
    use std::os::unix::fs::FileExt;
    use std::sync::atomic::Ordering;
    use std::time::Instant;

    use rustix::fs::{Advice, fadvise};
    use rustix::io::{Errno, ReadWriteFlags, preadv2};

    use super::{Arc, AtomicU64, CopyFault, Data, File, Flow, Sent};
    use crate::engine::copy::space;
    use crate::ftp::data::Unmoved;
    use crate::model::sending::{Trial, Way};

    /// What is read and written at a time: less costs more calls, more does not stay in the processor's cache.
    const COPIED: usize = 512 << 10;
    /// What is sent before the next look at what is in memory.
    const CHUNK: u64 = 1 << 20;
    /// A page of memory.
    const PAGE: usize = 4096;
    /// How far behind a page's begin the buffer begins. The system copies by the processor's own instruction (`rep movsb`), which takes
    /// half as long again on Zen 4 where the target lies up to 63 bytes behind the source within a page: where a large allocation begins.
    const BEHIND_PAGE: usize = 64;
    /// How far the disk is asked to read ahead of a cold chunk.
    const AHEAD: u64 = 8 << 20;

    /// Sends `file` from `from` on and adds to `counter`.
    ///
    /// # Errors
    /// The connection's fault or the disk's.
    pub async fn send(
        data: &mut Data<'_>,
        file: &Arc<File>,
        from: u64,
        counter: &AtomicU64,
        flow: &mut Flow,
    ) -> Result<Sent, CopyFault> {
        send_by(Trial::default(), data, file, from, counter, flow).await
    }

    /// The same by reading and writing: what was read is sent while the processor's cache still has it.
    ///
    /// # Errors
    /// The connection's fault or the disk's.
    pub async fn send_read(
        data: &mut Data<'_>,
        file: &Arc<File>,
        from: u64,
        counter: &AtomicU64,
        flow: &mut Flow,
    ) -> Result<Sent, CopyFault> {
        send_by(Trial::only(Way::Copied), data, file, from, counter, flow).await
    }

    async fn send_by(
        mut trial: Trial,
        data: &mut Data<'_>,
        file: &Arc<File>,
        from: u64,
        counter: &AtomicU64,
        flow: &mut Flow,
    ) -> Result<Sent, CopyFault> {
        let mut at = from;
        let mut buffer = Vec::new();
        loop {
            if !brought_in(file, at).await? {
                return Ok(Sent::UpTo(at));
            }
            let (begin, end) = (at, at + CHUNK);
            while at < end {
                let most = flow.turn(usize::try_from(end - at).unwrap_or(usize::MAX));
                let moved = match trial.way() {
                    Way::BySystem => data.send_file(file, at, most).await,
                    Way::Copied => copy(data, file, at, most, &mut buffer).await,
                };
                match moved {
                    Ok(0) => return Ok(Sent::All(at - from)),
                    Ok(count) => {
                        at += count as u64;
                        counter.fetch_add(count as u64, Ordering::Relaxed);
                        data.rest(flow.spend(count)).await.map_err(CopyFault::Wire)?;
                    }
                    Err(Unmoved::Unable) => return Ok(Sent::UpTo(at)),
                    Err(Unmoved::Wire(fault)) => return Err(CopyFault::Wire(fault)),
                    Err(Unmoved::Disk(error)) => return Err(CopyFault::Disk(error)),
                }
            }
            trial.moved(Instant::now(), at - begin);
        }
    }

    /// Reads and writes `most` bytes, or as many as the buffer takes; 0 at the file's end.
    async fn copy(data: &mut Data<'_>, file: &File, at: u64, most: usize, buffer: &mut Vec<u8>) -> Result<usize, Unmoved> {
        if buffer.is_empty() {
            buffer.resize(COPIED + PAGE + BEHIND_PAGE, 0);
        }
        let begin = buffer.as_ptr().align_offset(PAGE).min(PAGE) + BEHIND_PAGE;
        let room = buffer.get_mut(begin..begin + most.min(COPIED)).unwrap_or_default();
        let count = loop {
            match file.read_at(room, at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(Unmoved::Disk)?,
            }
        };
        data.write(room.get(..count).unwrap_or_default()).await.map_err(Unmoved::Wire)?;
        Ok(count)
    }

    /// Has the chunk at `at` in memory; false where the system does not tell.
    async fn brought_in(file: &Arc<File>, at: u64) -> Result<bool, CopyFault> {
        match in_memory(file, at) {
            Some(true) => Ok(true),
            Some(false) => read_in(Arc::clone(file), at).await.map(|()| true).map_err(CopyFault::Disk),
            None => Ok(false),
        }
    }

    /// Whether the last byte of the chunk at `at` can be had without waiting; `None` where that cannot be told.
    fn in_memory(file: &File, at: u64) -> Option<bool> {
        let length = file.metadata().ok()?.len();
        if length <= at {
            return Some(true);
        }
        let last = length.min(at + CHUNK) - 1;
        match preadv2(file, &mut [IoSliceMut::new(&mut [0])], last, ReadWriteFlags::NOWAIT) {
            Ok(_) => Some(true),
            Err(Errno::AGAIN) => Some(false),
            Err(_) => space::is_in_memory(file).then_some(true),
        }
    }

    /// Has the disk read the chunk at `at`, and begin with what follows.
    async fn read_in(file: Arc<File>, at: u64) -> io::Result<()> {
        let read = move || {
            // A hint only.
            let _ = fadvise(&*file, at, NonZeroU64::new(AHEAD), Advice::WillNeed);
            let mut scrap = vec![0; 64 << 10];
            let mut offset = at;
            while offset < at + CHUNK {
                match file.read_at(&mut scrap, offset) {
                    Ok(0) => break,
                    Ok(count) => offset += count as u64,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}
