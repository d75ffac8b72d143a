//! Room on the disk for a download whose size is known: reserved beyond the file's end, so that its length still tells what came.

use std::fs::File;

/// Files up to this size are not worth it.
#[cfg(target_os = "linux")]
const AT_LEAST: u64 = 1 << 20;

/// Reserves room for a file of `length` bytes without making it longer: a disk that is too small says so before the first byte comes,
/// and the file lies in one piece. Where the disk cannot do that the file grows as it comes. Blocking.
///
/// # Errors
/// The disk is full.
#[cfg(target_os = "linux")]
pub fn reserve(file: &File, length: u64) -> std::io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    // Memory is in no order, and would only be filled twice.
    if length < AT_LEAST || is_in_memory(file) {
        return Ok(());
    }
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
        Err(error @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Reserves nothing: the calls that other systems have make the file longer than what came.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn reserve(_: &File, _: u64) -> std::io::Result<()> {
    Ok(())
}

/// Whether the file's disk is memory.
#[cfg(target_os = "linux")]
pub fn is_in_memory(file: &File) -> bool {
    /// `TMPFS_MAGIC` and `RAMFS_MAGIC` of linux/magic.h.
    const MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];
    rustix::fs::fstatfs(file).is_ok_and(|facts| MEMORY.iter().any(|kind| i128::from(*kind) == i128::from(facts.f_type)))
}
