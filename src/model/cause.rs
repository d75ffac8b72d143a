//! Why a transfer failed: one table of causes with what becomes of them, what is said, and what to do.

use std::io;

use serde::{Deserialize, Serialize};

use crate::model::problem::ProblemKind;
use crate::model::retry::TransferRetry;
use crate::model::transfer::Direction;

/// Why something failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the table says what each is")]
pub enum Cause {
    Quota,
    ServerFull,
    TooLarge,
    Permission,
    Missing,
    Occupied,
    InUse,
    NameRefused,
    DataTls,
    TlsRequired,
    NotKnown,
    LoginLost,
    NoRestart,
    DataConnection,
    ServerTrouble,
    SourceGone,
    DiskFull,
    DiskQuota,
    DiskReadOnly,
    LocalPermission,
    LocalInUse,
    NameTooLong,
    LocalName,
    LocalShape,
    NoFile,
    LocalOccupied,
    TooLargeHere,
    TooManyOpen,
    LocalTrouble,
    UnsafeName,
    Unproven,
    Cancelled,
    Connection,
    #[default]
    Unknown,
}

/// The error behind [`Cause::NoFile`]: a named pipe, a socket or a device is where a file should be. No system has one for it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it is neither a file nor a folder")]
pub struct NoFile;

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 34] = [
        Self::Quota,
        Self::ServerFull,
        Self::TooLarge,
        Self::Permission,
        Self::Missing,
        Self::Occupied,
        Self::InUse,
        Self::NameRefused,
        Self::DataTls,
        Self::TlsRequired,
        Self::NotKnown,
        Self::LoginLost,
        Self::NoRestart,
        Self::DataConnection,
        Self::ServerTrouble,
        Self::SourceGone,
        Self::DiskFull,
        Self::DiskQuota,
        Self::DiskReadOnly,
        Self::LocalPermission,
        Self::LocalInUse,
        Self::NameTooLong,
        Self::LocalName,
        Self::LocalShape,
        Self::NoFile,
        Self::LocalOccupied,
        Self::TooLargeHere,
        Self::TooManyOpen,
        Self::LocalTrouble,
        Self::UnsafeName,
        Self::Unproven,
        Self::Cancelled,
        Self::Connection,
        Self::Unknown,
    ];

    /// The table: what becomes of it by itself, why (completes "… because "), and what to do about it.
    #[must_use]
    fn row(self) -> (TransferRetry, &'static str, &'static str) {
        use TransferRetry::{Again, AgainFromStart, Never, WhenMended};
        match self {
            Self::Quota => (
                WhenMended,
                "the server's quota is used up",
                "Delete something on the server or ask its operator for more room, then go on.",
            ),
            Self::ServerFull => {
                (WhenMended, "the server's disk is full", "Delete something on the server or tell its operator, then go on.")
            }
            Self::TooLarge => {
                (WhenMended, "the file is larger than the server takes", "Ask the server's operator to raise the limit.")
            }
            Self::Permission => (
                WhenMended,
                "this user may not do that there",
                "Check the permissions of the folder and the file on the server, then try again.",
            ),
            Self::Missing => {
                (WhenMended, "it is not there", "It may have been moved, renamed or deleted. Read the folder again and look.")
            }
            Self::Occupied => {
                (WhenMended, "something with that name is there already", "Delete or rename what is there, then try again.")
            }
            Self::InUse => (Again, "somebody else is using the file", "It is tried again in a moment."),
            Self::NameRefused => (WhenMended, "the server does not take this name", "Rename the file, then try again."),
            Self::DataTls => (
                Never,
                "the server does not accept the protection of the data connection",
                "It wants TLS sessions resumed in a way that did not come about. Diagnose the server and tell its operator.",
            ),
            Self::TlsRequired => (Never, "the server demands another protection", "Change the site's encryption, then try again."),
            Self::NotKnown => (Never, "the server does not know this command", "The server cannot do this."),
            Self::LoginLost => (WhenMended, "the server wants another login for it", "Check the user of the site, then try again."),
            Self::NoRestart => {
                (AgainFromStart, "the server does not go on in the middle of a file", "It is begun again from the start.")
            }
            Self::DataConnection => (Again, "the data connection failed", "It is tried again in a moment."),
            Self::ServerTrouble => (Again, "the server had trouble of its own", "It is tried again in a moment."),
            Self::SourceGone => {
                (WhenMended, "it does not exist", "It may have been moved, renamed or deleted. Put it back, then try again.")
            }
            Self::DiskFull => (WhenMended, "the disk is full", "Make room on this machine's disk, then go on."),
            Self::DiskQuota => {
                (WhenMended, "the quota on the disk is used up", "Make room in your part of this machine's disk, then go on.")
            }
            Self::DiskReadOnly => (WhenMended, "the disk is read-only", "Choose another folder, or make the disk writable."),
            Self::LocalPermission => {
                (WhenMended, "this user may not do that", "Change its permissions on this machine, then try again.")
            }
            Self::LocalInUse => (Again, "another program is using it", "Close it there; it is tried again in a moment."),
            Self::NameTooLong => (WhenMended, "its name is too long for this machine", "Fetch it under a shorter name."),
            Self::LocalName => (WhenMended, "this machine takes no such name", "Fetch it under another name."),
            Self::LocalShape => (WhenMended, "a folder is where a file should be, or the other way round", "Rename one of them."),
            Self::NoFile => (
                Never,
                "it is neither a file nor a folder",
                "Pipes, sockets and devices are not transferred: write what they give into a file, and send that.",
            ),
            Self::LocalOccupied => {
                (WhenMended, "something with that name is there already", "Delete or rename what is there, then try again.")
            }
            Self::TooLargeHere => {
                (WhenMended, "the disk takes no file of that size", "Choose a folder on a disk of another format.")
            }
            Self::TooManyOpen => (Again, "too many files are open on this machine", "It is tried again in a moment."),
            Self::LocalTrouble => (WhenMended, "this machine's disk had trouble", "Look at the disk, then try again."),
            Self::UnsafeName => (Never, "its name is not safe to use", "Rename it, then try again."),
            Self::Unproven => (Again, "it could not be proven to be whole", "Try again."),
            Self::Cancelled => (Never, "it was cancelled", ""),
            Self::Connection => (Again, "the connection was lost", "It goes on when the connection is back."),
            Self::Unknown => (
                WhenMended,
                "no reason was given",
                "It may be missing, or this user may not do that: look at it on the server, then try again.",
            ),
        }
    }

    /// What becomes of a transfer that it ended.
    #[must_use]
    pub fn retry(self) -> TransferRetry {
        self.row().0
    }

    /// Why, to stand behind a colon: "the server's quota is used up".
    #[must_use]
    pub fn why(self) -> &'static str {
        self.row().1
    }

    /// What to do about it; may be empty.
    #[must_use]
    pub fn advice(self) -> &'static str {
        self.row().2
    }

    /// Whether everything else in this direction would fail the same way, so that it waits until the cause is mended.
    #[must_use]
    pub fn holds_up(self, direction: Direction) -> bool {
        match direction {
            Direction::Upload => matches!(self, Self::Quota | Self::ServerFull),
            Direction::Download => matches!(self, Self::DiskFull | Self::DiskQuota),
        }
    }

    /// What a problem of this kind counts as where nobody said more.
    #[must_use]
    pub fn usual(kind: ProblemKind) -> Self {
        match kind {
            ProblemKind::Connect | ProblemKind::Lost | ProblemKind::Protocol => Self::Connection,
            ProblemKind::Login => Self::LoginLost,
            ProblemKind::Local => Self::LocalTrouble,
            ProblemKind::Name => Self::UnsafeName,
            ProblemKind::Unproven => Self::Unproven,
            ProblemKind::Cancelled => Self::Cancelled,
            ProblemKind::Certificate | ProblemKind::Refused => Self::Unknown,
        }
    }

    /// The cause behind a reply (code 0: it ended without one).
    ///
    /// A code says less than the words beside it: 451 and 450 are also sent for a full disk, 550 also for a locked file.
    #[must_use]
    pub fn of_reply(code: u16, words: &str) -> Self {
        let words = words.to_lowercase();
        let says = |stems: &[&str]| stems.iter().any(|stem| words.contains(stem));
        let quota = says(&["quota", "exceeded storage", "storage allocation", "over limit"]);
        let full = says(&["disk full", "disk is full", "no space", "not enough space", "insufficient storage", "out of space"]);
        let too_large = says(&["too large", "too big", "file size limit", "maximum file size", "max file size", "exceeds maximum"]);
        let permission = says(&["permission", "denied", "not allowed", "forbidden", "read-only", "read only", "not permitted"]);
        let missing = says(&["no such", "not found", "does not exist", "doesn't exist", "cannot find", "no files"]);
        let occupied = says(&["already exists", "file exists", "overwrite permission"]);
        let name =
            says(&["filename", "file name", "invalid name", "illegal name", "bad name", "name not allowed", "name too long"]);
        let busy = says(&[
            "locked",
            "in use",
            "busy",
            "used by another",
            "sharing violation",
            "temporar",
            "try again",
            "timed out",
            "timeout",
        ]);
        let restart = says(&["restart", "rest ", "offset", "resume", "append"]);
        match code {
            // No code at all: the connection went. 120 and 421 end the session, which the reconnect deals with.
            0 | 120 | 421 => Self::Connection,
            425 | 426 => Self::DataConnection,
            450 | 451 | 550 | 553 if too_large => Self::TooLarge,
            450 | 451 | 550 | 553 if quota => Self::Quota,
            450 | 451 | 550 | 553 if full => Self::ServerFull,
            450 | 451 | 550 | 553 if missing => Self::Missing,
            450 | 451 if permission && !busy => Self::Permission,
            450 => Self::InUse,
            452 if quota => Self::Quota,
            452 => Self::ServerFull,
            552 if too_large => Self::TooLarge,
            552 if full => Self::ServerFull,
            552 => Self::Quota,
            551 if restart => Self::NoRestart,
            554 => Self::NoRestart,
            530 | 532 => Self::LoginLost,
            521 | 533 | 534 | 536 | 537 => Self::TlsRequired,
            522 => Self::DataTls,
            550 | 553 if occupied => Self::Occupied,
            550 | 553 if name => Self::NameRefused,
            550 | 553 if busy && !says(&["permission", "denied"]) => Self::InUse,
            553 if !permission => Self::NameRefused,
            550 | 553 if permission => Self::Permission,
            // Nothing but "no": the same again would get the same answer, until something is changed there.
            550 => Self::Unknown,
            400..=499 => Self::ServerTrouble,
            // Not understood, not implemented, or asked for in another way.
            500..=599 => Self::NotKnown,
            // A positive code that still was not a proof: the next try shows.
            _ => Self::Unproven,
        }
    }

    /// The cause behind an error of the local disk.
    #[must_use]
    pub fn of_disk(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::SourceGone,
            io::ErrorKind::PermissionDenied => Self::LocalPermission,
            io::ErrorKind::StorageFull => Self::DiskFull,
            io::ErrorKind::QuotaExceeded => Self::DiskQuota,
            io::ErrorKind::ReadOnlyFilesystem => Self::DiskReadOnly,
            io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => Self::LocalShape,
            io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => Self::LocalOccupied,
            io::ErrorKind::ResourceBusy | io::ErrorKind::ExecutableFileBusy => Self::LocalInUse,
            io::ErrorKind::FileTooLarge => Self::TooLargeHere,
            io::ErrorKind::InvalidFilename if cfg!(unix) => Self::NameTooLong,
            io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => Self::LocalName,
            _ => match error.raw_os_error() {
                // EMFILE, ENFILE.
                Some(23 | 24) if cfg!(unix) => Self::TooManyOpen,
                // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
                Some(32 | 33) if cfg!(windows) => Self::LocalInUse,
                _ if error.get_ref().is_some_and(|inner| inner.is::<NoFile>()) => Self::NoFile,
                _ => Self::LocalTrouble,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_have_causes() {
        let table = [
            (0, "", Cause::Connection),
            (421, "Timeout.", Cause::Connection),
            (425, "Can't open data connection.", Cause::DataConnection),
            (426, "Connection closed; transfer aborted.", Cause::DataConnection),
            (450, "File is locked by another process", Cause::InUse),
            (450, "No such file or directory", Cause::Missing),
            (450, "a: Permission denied", Cause::Permission),
            (451, "Requested action aborted: local error in processing.", Cause::ServerTrouble),
            (451, "Error during write: No space left on device", Cause::ServerFull),
            (451, "Write error: Disk quota exceeded", Cause::Quota),
            (451, "foo.txt: Permission denied", Cause::Permission),
            (452, "Insufficient storage space", Cause::ServerFull),
            (452, "Quota exceeded", Cause::Quota),
            (500, "Unknown command", Cause::NotKnown),
            (502, "Not implemented", Cause::NotKnown),
            (504, "Parameter not supported", Cause::NotKnown),
            (521, "Data connection cannot be opened with this PROT setting.", Cause::TlsRequired),
            (522, "SSL connection failed; session reuse required", Cause::DataTls),
            (530, "Please login with USER and PASS.", Cause::LoginLost),
            (534, "Policy requires TLS", Cause::TlsRequired),
            (536, "Requested PROT level not supported by mechanism.", Cause::TlsRequired),
            (550, "Permission denied.", Cause::Permission),
            (550, "No such file or directory.", Cause::Missing),
            (550, "Failed to open file.", Cause::Unknown),
            (550, "a.txt: Overwrite permission denied", Cause::Occupied),
            (550, "a: Forbidden filename", Cause::NameRefused),
            (550, "The process cannot access the file because it is being used by another process.", Cause::InUse),
            (550, "File temporarily unavailable, try again later", Cause::InUse),
            (550, "Permission denied, file is in use", Cause::Permission),
            (550, "There is not enough space on the disk.", Cause::ServerFull),
            (551, "Restart offset reply out of range", Cause::NoRestart),
            (551, "Page type unknown", Cause::NotKnown),
            (552, "Disk full - please upload later", Cause::ServerFull),
            (552, "Transfer aborted: quota exceeded", Cause::Quota),
            (552, "Requested file action aborted. Exceeded storage allocation.", Cause::Quota),
            (552, "Transfer aborted. File size exceeds maximum", Cause::TooLarge),
            (553, "Could not create file.", Cause::NameRefused),
            (553, "Permission denied on server. (Upload)", Cause::Permission),
            (553, "Prohibited file name: a:b", Cause::NameRefused),
            (554, "Requested action not taken: invalid REST parameter.", Cause::NoRestart),
            (226, "Transfer aborted.", Cause::Unproven),
        ];
        for (code, words, expected) in table {
            assert_eq!(Cause::of_reply(code, words), expected, "{code} {words}");
        }
    }

    #[test]
    fn what_mends_itself_is_tried_again_and_what_is_permanent_is_not() {
        use TransferRetry::{Again, AgainFromStart, Never, WhenMended};
        for (causes, expected) in [
            (&[Cause::InUse, Cause::DataConnection, Cause::ServerTrouble, Cause::LocalInUse, Cause::Unproven][..], Again),
            (&[Cause::NoRestart][..], AgainFromStart),
            (&[Cause::DataTls, Cause::TlsRequired, Cause::NotKnown, Cause::UnsafeName, Cause::Cancelled][..], Never),
            (
                &[Cause::Quota, Cause::ServerFull, Cause::Permission, Cause::Missing, Cause::DiskFull, Cause::NameTooLong][..],
                WhenMended,
            ),
        ] {
            for cause in causes {
                assert_eq!(cause.retry(), expected, "{cause:?}");
            }
        }
    }

    #[test]
    fn only_a_full_target_holds_its_direction_up() {
        let holding = |direction| Cause::ALL.into_iter().filter(|cause| cause.holds_up(direction)).collect::<Vec<_>>();
        assert_eq!(holding(Direction::Upload), [Cause::Quota, Cause::ServerFull]);
        assert_eq!(holding(Direction::Download), [Cause::DiskFull, Cause::DiskQuota]);
    }

    #[test]
    fn every_cause_says_why_and_what_to_do() {
        for cause in Cause::ALL {
            let (why, advice) = (cause.why(), cause.advice());
            assert!(
                !why.is_empty() && !why.ends_with('.') && why.chars().next().is_some_and(char::is_lowercase),
                "{cause:?}: {why}"
            );
            assert!(advice.is_empty() || advice.ends_with('.'), "{cause:?}: {advice}");
            // Whoever has to mend it is told how.
            assert!(cause.retry() != TransferRetry::WhenMended || !advice.is_empty(), "{cause:?}");
        }
    }

    #[test]
    fn errors_of_the_disk_have_causes() {
        use io::ErrorKind;
        let table = [
            (ErrorKind::NotFound, Cause::SourceGone),
            (ErrorKind::PermissionDenied, Cause::LocalPermission),
            (ErrorKind::StorageFull, Cause::DiskFull),
            (ErrorKind::QuotaExceeded, Cause::DiskQuota),
            (ErrorKind::ReadOnlyFilesystem, Cause::DiskReadOnly),
            (ErrorKind::IsADirectory, Cause::LocalShape),
            (ErrorKind::AlreadyExists, Cause::LocalOccupied),
            (ErrorKind::ResourceBusy, Cause::LocalInUse),
            (ErrorKind::FileTooLarge, Cause::TooLargeHere),
            (ErrorKind::Other, Cause::LocalTrouble),
        ];
        for (kind, expected) in table {
            assert_eq!(Cause::of_disk(&kind.into()), expected, "{kind:?}");
        }
        assert_eq!(Cause::of_disk(&io::Error::other(NoFile)), Cause::NoFile);
        #[cfg(unix)]
        {
            // ENAMETOOLONG
            #[cfg(target_os = "linux")]
            assert_eq!(Cause::of_disk(&io::Error::from_raw_os_error(36)), Cause::NameTooLong);
            assert_eq!(Cause::of_disk(&io::Error::from_raw_os_error(24)), Cause::TooManyOpen);
        }
    }
}
