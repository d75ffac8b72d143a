//! A plain download by the system's own hand (splice): its bytes go from the connection through a pipe into the file and never enter this
//! program. On a lane's own thread only, which may wait for the disk; meanwhile the system takes in what comes.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use crate::engine::copy::{CopyFault, Progress, Received};
use crate::engine::pace::Flow;
use crate::ftp::Data;
use crate::ftp::data::Unmoved;

/// Room that is asked for in the pipe: what the system grants anybody.
const ROOM: usize = 1 << 20;
/// How much goes by hand where a file takes nothing from a pipe.
const BY_HAND: usize = 64 << 10;

/// Writes what the server sends to `file`, from where it stands, and tells `progress`. Nothing when the system does not do that with this
/// connection: what has come by then is in the file.
///
/// # Errors
/// The connection's fault or the disk's; what came before it is in the file.
pub async fn receive<P: Progress>(
    data: &mut Data<'_>,
    file: &mut File,
    progress: &P,
    flow: &mut Flow,
) -> Result<Option<Received>, CopyFault> {
    let Ok((out, into)) = pipe_with(PipeFlags::CLOEXEC) else { return Ok(None) };
    // A smaller pipe takes more turns.
    let _ = fcntl_setpipe_size(&into, ROOM);
    loop {
        let count = match data.splice(&into, flow.turn(ROOM)).await {
            Ok(0) => return Ok(Some(Received::All)),
            Ok(count) => count,
            Err(Unmoved::Unable) => return Ok(None),
            Err(Unmoved::Wire(fault)) => return Err(CopyFault::Wire(fault)),
            Err(Unmoved::Disk(error)) => return Err(CopyFault::Disk(error)),
        };
        let (wanted, more) = progress.came(count);
        drain(&out, file, wanted).map_err(CopyFault::Disk)?;
        progress.written(wanted);
        if !more {
            return Ok(Some(Received::Enough));
        }
        data.rest(flow.spend(count)).await.map_err(CopyFault::Wire)?;
    }
}

/// Moves `count` bytes, which are there, from the pipe into the file.
fn drain(pipe: &OwnedFd, file: &mut File, count: usize) -> io::Result<()> {
    let mut left = count;
    while left > 0 {
        left -= match splice(pipe, None, &*file, None, left, SpliceFlags::empty()) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(moved) => moved.min(left),
            Err(Errno::INTR) => 0,
            Err(Errno::INVAL) => by_hand(pipe, file, left)?,
            Err(error) => return Err(error.into()),
        };
    }
    Ok(())
}

fn by_hand(pipe: &OwnedFd, file: &mut File, most: usize) -> io::Result<usize> {
    let mut bytes = vec![0; most.min(BY_HAND)];
    let count = rustix::io::read(pipe, &mut bytes)?;
    if count == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    file.write_all(bytes.get(..count).unwrap_or_default())?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(bytes: &[u8]) -> (OwnedFd, OwnedFd) {
        let (out, into) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        assert_eq!(rustix::io::write(&into, bytes).unwrap(), bytes.len());
        (out, into)
    }

    #[test]
    fn what_is_wanted_goes_into_the_file_where_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "0123456789").unwrap();
        let mut file = File::options().write(true).open(&path).unwrap();
        io::Seek::seek(&mut file, io::SeekFrom::Start(4)).unwrap();
        let (out, _into) = filled(b"abcdef");
        drain(&out, &mut file, 3).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"0123abc789");
    }

    #[test]
    fn a_file_that_takes_nothing_from_a_pipe_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        // The system splices into no file that only grows at its end.
        let mut file = File::options().append(true).create(true).open(&path).unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(60_000).collect();
        let (out, _into) = filled(&bytes);
        drain(&out, &mut file, bytes.len()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}
