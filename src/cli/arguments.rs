//! The command line's interface.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::argv;
use crate::model::certificate::Fingerprint;
use crate::model::checksum::HashUse;
use crate::model::conflict::OnExists;
use crate::model::leave_out::check;
use crate::model::rate::Rate;
use crate::model::when_done::{PowerAction, WhenDone};

/// What may be said about addresses, below each help page.
const ADDRESSES: &str = "\
Addresses:
  ftp://user@host/path      plain FTP
  ftpes://user@host/path    explicit TLS, required
  ftps://user@host/path     implicit TLS
  A path is relative to the folder that the login leads to; a double slash after the host starts at the root.
  The name of a saved site stands for its address: NAME, NAME:path (relative to its start folder), NAME:/path.

Passwords come from --password-stdin, MOORLINE_PASSWORD, those that were saved (in the system's keyring, or under the master password,
which comes from MOORLINE_MASTER_PASSWORD) or the address, in this order.

Exit status:
  0  everything arrived and is proven       3  could not connect or log in
  1  something did not arrive               4  trouble with local files, or with what --then asks for
  2  wrong usage";

/// What the doctor's exit status says, below its help page.
const EXAMINATION: &str = "\
Addresses are those of the other commands: ftp://user@host/, ftpes://user@host/, ftps://user@host/, or a saved site's name.
The report names neither user nor password.

Exit status:
  0  everything is fine                     2  wrong usage
  1  a session comes about, with faults     3  no session comes about";

/// What the exit status of a replay says, below its help page.
const REPLAY: &str = "\
A record is made in the window: \"Record\" above the log, before connecting. Nothing is sent anywhere: the record plays the server.

Exit status:
  0  the same states as recorded            2  wrong usage, or no record
  1  other states                           4  trouble with this machine";

/// A desktop FTP client: your connection stays moored, your queue survives, and every file is proven to have arrived.
#[derive(Debug, Parser)]
#[command(name = "moorline", version, args_conflicts_with_subcommands = true, after_help = ADDRESSES)]
pub struct Arguments {
    /// Opens the window connected to this address or saved site.
    #[arg(value_name = "URL")]
    pub address: Option<String>,
    /// Starts a practice server inside the program and opens the window connected to it.
    #[cfg(feature = "practice")]
    #[arg(long, hide = true, conflicts_with = "address")]
    pub practice: bool,
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists a folder on the server.
    #[command(after_help = ADDRESSES)]
    Ls(ListArguments),
    /// Fetches a file or folder, as cp -r does: into an existing folder under its own name, else as the name given.
    #[command(after_help = ADDRESSES)]
    Get(GetArguments),
    /// Sends a file or folder, as cp -r does: into an existing folder under its own name, else as the name given.
    #[command(after_help = ADDRESSES)]
    Put(PutArguments),
    /// Examines a server step by step and says what is the matter; writes nothing to it.
    #[command(after_help = EXAMINATION)]
    Doctor(DoctorArguments),
    /// Compares a local file or folder with the server's, file by file; nothing is transferred.
    #[command(after_help = COMPARISON)]
    Verify(VerifyArguments),
    /// Tells what proves the files that have arrived.
    #[command(after_help = RECEIPTS)]
    Receipts(ReceiptsArguments),
    /// Plays a record of the protocol again, in this program, and says whether it comes out the same.
    #[command(after_help = REPLAY)]
    Replay(ReplayArguments),
    /// Tells what replies mean: reads one JSON object a line, writes one a line.
    Classify,
}

/// What the exit status of a comparison says, below its help page.
const COMPARISON: &str = "\
A folder is compared with the folder that the address names, a file with the file; a slash at the address's end means the file in it.
Sizes come from the server's listings; with --checksums also the content is compared, where the server computes checksums.

Exit status:
  0  every file is there and the same       3  could not connect or log in
  1  something differs or cannot be told    4  trouble with local files
  2  wrong usage";

/// What is said below the help page of receipts.
const RECEIPTS: &str = "\
Times are in UTC. The checksum file's paths are told from the current folder: moorline receipts --sha256 > SHA256SUMS

Exit status:
  0  all that was asked for                 2  wrong usage
  1  a file is gone or was changed since    4  trouble with local files";

/// How to connect and what to print.
#[derive(Clone, Debug, Default, Args)]
pub struct ConnectArguments {
    /// Reads the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
    /// Trusts the server's certificate when it has this SHA-256 fingerprint; may be given more than once.
    #[arg(long, value_name = "SHA256")]
    pub trust: Vec<Fingerprint>,
    /// Prints nothing but failures (and what was asked for).
    #[arg(short, long)]
    pub quiet: bool,
    /// Prints JSON, one object a line.
    #[arg(long)]
    pub json: bool,
}

/// `moorline ls`.
#[derive(Clone, Debug, Args)]
pub struct ListArguments {
    /// The folder, or a file of which to tell.
    #[arg(value_name = "URL")]
    pub remote: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub connect: ConnectArguments,
}

/// `moorline doctor`.
#[derive(Clone, Debug, Args)]
pub struct DoctorArguments {
    /// The server.
    #[arg(value_name = "URL")]
    pub remote: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub connect: ConnectArguments,
}

/// `moorline verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifyArguments {
    /// The file or folder here.
    #[arg(value_name = "LOCAL")]
    pub local: PathBuf,
    /// The file or folder on the server.
    #[arg(value_name = "URL")]
    pub remote: String,
    /// Whether checksums are compared too.
    #[arg(long, value_name = "CHOICE", default_value = "off")]
    pub checksums: Checksums,
    /// Compares nothing in folders that has such a name, as for "put" and "get"; it counts instead of what the site and the settings leave
    /// out.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    pub exclude: Vec<String>,
    /// Prints a table of all files, comma-separated.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub connect: ConnectArguments,
}

/// Whether checksums are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Checksums {
    /// No.
    Off,
    /// Where the server computes them.
    Offered,
    /// Always; a file without one cannot be told.
    Required,
}

impl From<Checksums> for HashUse {
    fn from(checksums: Checksums) -> Self {
        match checksums {
            Checksums::Off => Self::Off,
            Checksums::Offered => Self::WhenOffered,
            Checksums::Required => Self::Required,
        }
    }
}

/// `moorline receipts`.
#[derive(Clone, Debug, Args)]
pub struct ReceiptsArguments {
    /// Only files that were proven then or later: 30m, 24h, 7d, a day (2026-11-27) or a moment (2026-11-27T09:30:00Z).
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Prints a table, comma-separated.
    #[arg(long, group = "format")]
    pub csv: bool,
    /// Prints a JSON array.
    #[arg(long, group = "format")]
    pub json: bool,
    /// Prints SHA-256 and path of each local file, for "sha256sum -c".
    #[arg(long, group = "format")]
    pub sha256: bool,
}

/// Reads a moment, a day in this machine's time zone, or how long ago.
fn since(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<Date>() {
        return day.to_zoned(TimeZone::system()).map(|begin| begin.timestamp()).map_err(|error| error.to_string());
    }
    let units = [("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let parts = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let seconds = parts.and_then(|(figure, unit)| figure.parse::<i64>().ok()?.checked_mul(unit)).filter(|seconds| *seconds >= 0);
    let span = seconds.map(SignedDuration::from_secs);
    span.and_then(|span| Timestamp::now().checked_sub(span).ok())
        .ok_or_else(|| "it is neither a moment, nor a day, nor a time such as 24h or 7d".to_owned())
}

/// `moorline replay`.
#[derive(Clone, Debug, Args)]
pub struct ReplayArguments {
    /// The record.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// How files are transferred.
#[derive(Clone, Debug, Args)]
pub struct TransferArguments {
    /// At most so many transfer connections beside the first one; 0 is as in the settings, and not given is as saved with the site.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=32))]
    pub connections: Option<u8>,
    /// Moves files of these names as text and converts their line ends, such as "*.txt;*.html"; what looks like no text is moved as it
    /// is. As saved with the site when not given.
    #[arg(long, value_name = "MASKS")]
    pub ascii: Option<String>,
    /// Moves files no faster than this, such as 500K or 2M a second, or "none"; as in the settings when not given.
    #[arg(long, value_name = "SPEED")]
    pub limit: Option<Rate>,
    /// What to do when a target file exists.
    #[arg(long, value_name = "CHOICE", default_value = "overwrite")]
    pub on_exists: Exists,
    /// Whether files are also compared by checksum; as saved with the site when not given.
    #[arg(long, value_name = "CHOICE")]
    pub checksums: Option<Checksums>,
    /// Leaves out of folders what has such a name, such as "*.tmp", ".DS_Store" or, for folders only, "node_modules/"; may be given more
    /// than once. It counts instead of what the site and the settings leave out; "" leaves nothing out.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    pub exclude: Vec<String>,
    /// Leaves the files' times as they come; otherwise they keep the time of their last change.
    #[arg(long)]
    pub no_times: bool,
    /// What follows when all that could be transferred was: notify, sleep, shutdown, or "run COMMAND", which finds the numbers of files in
    /// MOORLINE_DONE and MOORLINE_FAILED. Nothing follows when there was no connection. Sleep and shutdown come a minute later on a
    /// terminal, where Ctrl+C calls them off, and at once in a script. What does not succeed is exit status 4.
    #[arg(long, value_name = "ACTION", value_parser = then)]
    pub then: Option<WhenDone>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub connect: ConnectArguments,
}

/// Reads a pattern of what is left out of folders.
fn pattern(text: &str) -> Result<String, String> {
    if !text.is_empty() {
        check(text)?;
    }
    Ok(text.to_owned())
}

/// The patterns that were given, without the empty one for none at all.
pub(super) fn leave_out(given: &[String]) -> Vec<String> {
    given.iter().filter(|pattern| !pattern.is_empty()).cloned().collect()
}

/// Reads what is to follow.
fn then(text: &str) -> Result<WhenDone, String> {
    match text.trim() {
        "notify" => Ok(WhenDone::Notify),
        "sleep" => Ok(WhenDone::Machine(PowerAction::Sleep)),
        "shutdown" => Ok(WhenDone::Machine(PowerAction::ShutDown)),
        text => {
            let command = text.strip_prefix("run").filter(|command| command.is_empty() || command.starts_with(char::is_whitespace));
            let command = command.ok_or("it is none of these: notify, sleep, shutdown, \"run COMMAND\"")?;
            let words = argv::split(command)?;
            if words.is_empty() {
                Err("the command to run is missing: \"run COMMAND\"".to_owned())
            } else {
                Ok(WhenDone::Run(words))
            }
        }
    }
}

/// `moorline get`.
#[derive(Clone, Debug, Args)]
pub struct GetArguments {
    /// The file or folder to fetch.
    #[arg(value_name = "URL")]
    pub remote: String,
    /// Where to; a slash at its end makes it a folder.
    #[arg(value_name = "LOCAL")]
    pub local: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub transfer: TransferArguments,
}

/// `moorline put`.
#[derive(Clone, Debug, Args)]
pub struct PutArguments {
    /// The file or folder to send.
    #[arg(value_name = "LOCAL")]
    pub local: PathBuf,
    /// Writes over existing files without a temporary name, for servers that rename nothing: a break leaves half a file.
    #[arg(long)]
    pub write_directly: bool,
    /// Where to; a slash at its end makes it a folder.
    #[arg(value_name = "URL")]
    pub remote: String,
    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as help")]
    pub transfer: TransferArguments,
}

/// What to do when a target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Exists {
    /// Leave it as it is.
    Skip,
    /// Replace it.
    Overwrite,
    /// Replace it when the source is newer.
    Newer,
    /// Replace it when the sizes differ.
    Size,
    /// Replace it when the source is newer or the sizes differ.
    NewerOrSize,
    /// Go on where it ends.
    Resume,
    /// Keep both, the new one under another name.
    Rename,
}

impl Exists {
    /// The values that stand for these answers, as "a, b or c".
    pub fn in_a_row(answers: &[OnExists]) -> String {
        let is_meant = |value: &&Self| answers.contains(&OnExists::from(**value));
        let values: Vec<_> = Self::value_variants().iter().filter(is_meant).filter_map(ValueEnum::to_possible_value).collect();
        let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
        match names.as_slice() {
            [some @ .., last] if !some.is_empty() => format!("{} or {last}", some.join(", ")),
            names => names.concat(),
        }
    }
}

impl From<Exists> for OnExists {
    fn from(exists: Exists) -> Self {
        match exists {
            Exists::Skip => Self::Skip,
            Exists::Overwrite => Self::Overwrite,
            Exists::Newer => Self::Newer,
            Exists::Size => Self::SizeDiffers,
            Exists::NewerOrSize => Self::NewerOrSize,
            Exists::Resume => Self::Resume,
            Exists::Rename => Self::Rename,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn answers_are_named_as_they_are_typed() {
        assert_eq!(Exists::in_a_row(&[OnExists::Overwrite, OnExists::SizeDiffers, OnExists::Skip]), "skip, overwrite or size");
        assert_eq!(Exists::in_a_row(&[OnExists::Rename]), "rename");
    }

    #[test]
    fn the_interface_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_address_alone_opens_the_window() {
        assert_eq!(Arguments::try_parse_from(["moorline", "ftp://a/"]).unwrap().address.as_deref(), Some("ftp://a/"));
        assert!(Arguments::try_parse_from(["moorline"]).unwrap().command.is_none());
    }

    #[test]
    fn commands_take_their_arguments() {
        let print = "ab".repeat(32);
        let line = [
            "moorline",
            "put",
            "--on-exists",
            "newer",
            "--connections",
            "4",
            "--limit",
            "500K",
            "--trust",
            &print,
            "a b",
            "ftp://h/x",
        ];
        let Some(Command::Put(put)) = Arguments::try_parse_from(line).unwrap().command else { panic!("not put") };
        assert_eq!((put.local, put.remote.as_str()), (PathBuf::from("a b"), "ftp://h/x"));
        assert_eq!((put.transfer.on_exists, put.transfer.connections), (Exists::Newer, Some(4)));
        assert_eq!(put.transfer.limit, Some(Rate::kilobytes(500)));
        assert_eq!(put.transfer.connect.trust, [Fingerprint([0xab; 32])]);
    }

    #[test]
    fn what_follows_is_one_of_four() {
        assert_eq!(then("notify"), Ok(WhenDone::Notify));
        assert_eq!(then("sleep"), Ok(WhenDone::Machine(PowerAction::Sleep)));
        assert_eq!(then("shutdown"), Ok(WhenDone::Machine(PowerAction::ShutDown)));
        assert_eq!(then("run tidy 'a b'"), Ok(WhenDone::Run(vec!["tidy".into(), "a b".into()])));
        for (bad, why) in [
            ("dance", "it is none of these: notify, sleep, shutdown, \"run COMMAND\""),
            ("disconnect", "it is none of these: notify, sleep, shutdown, \"run COMMAND\""),
            ("runner", "it is none of these: notify, sleep, shutdown, \"run COMMAND\""),
            ("run ", "the command to run is missing: \"run COMMAND\""),
            ("run 'a", "The quote ' is not closed."),
        ] {
            assert_eq!(then(bad), Err(why.to_owned()), "{bad}");
        }
    }

    #[test]
    fn times_are_moments_days_or_how_long_ago() {
        let of = |text: &str| since(text).ok();
        assert_eq!(of("2026-11-27T09:30:00Z").unwrap().to_string(), "2026-11-27T09:30:00Z");
        assert!(of("2026-11-27").is_some());
        let ago = |text: &str| {
            let at = of(text).unwrap();
            Timestamp::now().duration_since(at).as_secs()
        };
        for (text, seconds) in [("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("0h", 0)] {
            assert!((seconds..seconds + 60).contains(&ago(text)), "{text}");
        }
        for bad in ["", "d", "-3d", "yesterday", "7 days", "99999999999999999d", "ü"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn wrong_usage_is_status_2() {
        for line in [
            &["moorline", "get", "ftp://h/"][..],
            &["moorline", "get", "ftp://h/", "x", "--connections", "33"],
            &["moorline", "get", "ftp://h/", "x", "--on-exists", "ask"],
            &["moorline", "get", "ftp://h/", "x", "--limit", "fast"],
            &["moorline", "get", "ftp://h/", "x", "--exclude", "a/b"],
            &["moorline", "verify", "x", "ftp://h/", "--exclude", "/"],
            &["moorline", "ls", "ftp://h/", "--trust", "12"],
            &["moorline", "receipts", "--csv", "--json"],
            &["moorline", "receipts", "--since", "soon"],
            &["moorline", "verify", "x"],
        ] {
            assert_eq!(Arguments::try_parse_from(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
