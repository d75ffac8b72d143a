//! Commands that move data: listings, RETR and STOR, with their data connections.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use suppaftp::tokio::TransferStream;
use suppaftp::{FtpError, Mode, Status};

use crate::ftp::answer::{Asked, End};
use crate::ftp::charset;
use crate::ftp::closing;
use crate::ftp::control::{Control, library_fault};
use crate::ftp::data::Data;
use crate::ftp::farewell::is_goodbye;
use crate::ftp::fault::Fault;
use crate::ftp::listing;
use crate::ftp::reply::Reply;
use crate::ftp::wait::bounded;
use crate::ftp::wire::Wire;
use crate::model::listing::{Listing, ListingSource};
use crate::model::path::RemotePath;

/// Longest listing that is read, in bytes.
const LISTING_LIMIT: usize = 64 * 1024 * 1024;
/// How long the end of the connection is awaited behind a 421 to a data command: some servers go on after it.
const GRACE: Duration = Duration::from_millis(300);
/// How long the closing reply of a data connection that did not come about is awaited.
const CLOSING_LIMIT: Duration = Duration::from_secs(2);

/// How opening a data connection ended, when it did not open.
enum Unopened {
    /// The server does not take this way of opening one; another is worth a try.
    Way(Reply),
    /// The server had nothing to send and said so with a closing reply.
    Empty(Reply),
    /// Everything else.
    Fault(Fault),
}

impl Control {
    /// Enters `path` and lists it: MLSD where FEAT has it, else LIST without argument (falls back when refused).
    ///
    /// # Errors
    /// `Refused` when the folder cannot be entered or listed; `Protocol` when the listing is beyond all bounds; any that a transfer has.
    pub async fn list(&mut self, path: &RemotePath) -> Result<Listing, Fault> {
        self.enter(path).await?;
        let mlsd = self.features.has("MLST") || self.features.has("MLSD");
        if mlsd {
            match self.listing("MLSD", path).await {
                Err(Fault::Refused(reply)) if matches!(reply.code, 500..=504) => {
                    self.problem("The server offers MLSD but refuses it; LIST is used from here on");
                    self.features.lines.retain(|line| !line.starts_with("MLS"));
                }
                result => return Ok(result?.0),
            }
        }
        self.list_with_hidden(path).await
    }

    /// Lists `path` without going there where the server takes a path behind MLSD; otherwise as [`Control::list`], of which it has the
    /// errors. LIST is never given a path: what servers make of names with blanks or dashes there is anybody's guess.
    ///
    /// # Errors
    /// As [`Control::list`].
    pub async fn list_from_afar(&mut self, path: &RemotePath) -> Result<Listing, Fault> {
        let is_child = path.parent().is_some_and(|parent| self.current.as_ref() == Some(&parent));
        let may_try = self.takes_mlsd_path == Some(true) || (self.takes_mlsd_path.is_none() && is_child);
        let is_here = self.current.as_ref() == Some(path);
        if may_try && !is_here && (self.features.has("MLST") || self.features.has("MLSD")) {
            match self.listing(&format!("MLSD {path}"), path).await {
                Ok((listing, _)) if self.takes_mlsd_path == Some(true) => return Ok(listing),
                Ok((listing, _)) => {
                    // A server that pays no heed to the path lists the folder where it is, and that has this one's name in it.
                    let is_its_parent = listing.entries.iter().any(|entry| Some(entry.name.as_str()) == path.name());
                    self.takes_mlsd_path = Some(!is_its_parent);
                    if !is_its_parent {
                        return Ok(listing);
                    }
                }
                // No such folder, or no such way of asking: going there tells.
                Err(Fault::Refused(_)) => self.takes_mlsd_path = self.takes_mlsd_path.or(Some(false)),
                Err(fault) => return Err(fault),
            }
        }
        self.list(path).await
    }

    /// Whether MLSD was found to take a path.
    #[must_use]
    pub fn lists_paths(&self) -> bool {
        self.takes_mlsd_path == Some(true)
    }

    /// Another connection to the same server found that MLSD takes a path.
    pub fn trust_listed_paths(&mut self) {
        self.takes_mlsd_path = self.takes_mlsd_path.or(Some(true));
    }

    /// LIST leaves names that begin with a dot out on many servers (vsftpd, the BSDs); `LIST -a` has them there, and is the name of
    /// no such file elsewhere. A listing that shows the folder itself proves that the option was understood.
    async fn list_with_hidden(&mut self, path: &RemotePath) -> Result<Listing, Fault> {
        if self.takes_list_option != Some(false) {
            match self.listing("LIST -a", path).await {
                Ok((listing, true)) => {
                    self.takes_list_option = Some(true);
                    return Ok(listing);
                }
                // It was understood before: some servers leave the dots out of an empty folder.
                Ok((listing, false)) if self.takes_list_option == Some(true) => return Ok(listing),
                Ok(_) | Err(Fault::Refused(_)) => self.takes_list_option = Some(false),
                Err(fault) => return Err(fault),
            }
        }
        Ok(self.listing("LIST", path).await?.0)
    }

    /// One listing, and whether it showed the folder itself (`.`).
    async fn listing(&mut self, command: &str, path: &RemotePath) -> Result<(Listing, bool), Fault> {
        let stream = match self.open(command, 0).await {
            Ok(stream) => stream,
            Err(Unopened::Empty(_)) => {
                let nothing = Listing { entries: Vec::new(), unread: Vec::new(), source: ListingSource::Empty, incomplete: None };
                return Ok((nothing, false));
            }
            Err(unopened) => return Err(self.report(unopened)),
        };
        let mut data = self.data(stream, false, path.as_str());
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let count = data.read(&mut chunk).await?;
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(chunk.get(..count).unwrap_or_default());
            if bytes.len() > LISTING_LIMIT {
                drop(data);
                return self.judge(Err(Fault::Protocol { doing: "listing", detail: "a listing of more than 64 MiB".to_owned() }));
            }
        }
        data.tell_listed(&bytes);
        let reply = data.end().await?;
        // Its only harm is that rows are missing, which is said; any other complaint is a failure.
        let incomplete = closing::truncation(&reply);
        if incomplete.is_none()
            && let Some(word) = closing::complaint(&reply, path.as_str())
        {
            return Err(Fault::DataConnection { detail: format!("the closing reply speaks of “{word}”"), reply: Some(reply) });
        }
        let parsed =
            if command.starts_with("MLSD") { listing::read_mlsd(&bytes) } else { listing::read_list(&bytes, Timestamp::now()) };
        let mut listing = parsed.map_err(|limit| Fault::Protocol { doing: "reading a listing", detail: limit.to_string() });
        if let Ok(listing) = &mut listing {
            listing.incomplete = incomplete;
            listing.put_right(self.list_ahead.load(Ordering::Relaxed));
        }
        let shows_itself = bytes.split(|b| *b == b'\n').any(|line| line.trim_ascii_end().ends_with(b" ."));
        Ok((self.judge(listing)?, shows_itself))
    }

    /// The next RETR or STOR moves its file in TYPE A; those after it in TYPE I again. Line ends are the caller's affair.
    pub fn next_in_text(&mut self) {
        self.next_in_text = true;
    }

    /// TYPE A or TYPE I, where it does not hold already.
    ///
    /// # Errors
    /// `Refused`; any that a command has.
    pub(super) async fn set_type(&mut self, in_text: bool) -> Result<(), Fault> {
        if self.in_text != in_text {
            let line = if in_text { "TYPE A" } else { "TYPE I" };
            self.ask(line, "choosing the form of transfers").await?;
            self.in_text = in_text;
        }
        Ok(())
    }

    /// The next RETR or STOR is soon through, and another is likely to follow: where the server allows it, its address is asked for with it.
    pub fn next_is_small(&mut self) {
        self.next_is_small = true;
    }

    /// RETR from `offset` on (REST before it when not 0).
    ///
    /// # Errors
    /// `Refused` by RETR or REST; `DataConnection`; any that a command has.
    pub async fn retrieve(&mut self, path: &RemotePath, offset: u64) -> Result<Data<'_>, Fault> {
        let in_text = std::mem::take(&mut self.next_in_text);
        self.set_type(in_text).await?;
        self.ahead = std::mem::take(&mut self.next_is_small).then(Vec::new);
        match self.open(&format!("RETR {path}"), offset).await {
            Ok(stream) => Ok(self.data(stream, false, path.as_str())),
            Err(unopened) => Err(self.report(unopened)),
        }
    }

    /// STOR from `offset` on (REST before it when not 0).
    ///
    /// # Errors
    /// `Refused` by STOR or REST; `DataConnection`; any that a command has.
    pub async fn store(&mut self, path: &RemotePath, offset: u64) -> Result<Data<'_>, Fault> {
        let in_text = std::mem::take(&mut self.next_in_text);
        self.set_type(in_text).await?;
        self.ahead = std::mem::take(&mut self.next_is_small).then(Vec::new);
        match self.open(&format!("STOR {path}"), offset).await {
            Ok(stream) => Ok(self.data(stream, true, path.as_str())),
            Err(unopened) => Err(self.report(unopened)),
        }
    }

    /// STOR of a new file that is `bytes` in all. Where the server is known to wait for its data connection within STOR, they go as soon as that
    /// stands ([`Data::sent`] tells how many have gone), and the time that the file is to have is set in the same breath:
    /// [`Control::set_modified`] gets the answer. pyftpdlib, for one, takes a data connection that ends before STOR for one that is gone.
    ///
    /// # Errors
    /// As [`Control::store`].
    pub async fn store_small(&mut self, path: &RemotePath, bytes: &[u8], modified: Option<Timestamp>) -> Result<Data<'_>, Fault> {
        let in_text = std::mem::take(&mut self.next_in_text);
        self.session.line().parcel().put(Vec::new());
        self.set_type(in_text).await?;
        self.ahead = Some(modified.and_then(|at| self.known_time_command(path, at)).into_iter().collect());
        let goes_at_once = self.pipelining.load(Ordering::Acquire) && !self.session.protects_data();
        self.session.line().parcel().put(if goes_at_once { bytes.to_vec() } else { Vec::new() });
        let opened = self.open(&format!("STOR {path}"), 0).await;
        self.session.line().parcel().empty();
        let sent = self.sent_at_once();
        match opened {
            Ok(stream) => Ok(self.data(stream, true, path.as_str()).having_sent(sent)),
            Err(unopened) => Err(self.report(unopened)),
        }
    }

    /// How many bytes of the last [`Control::store_small`] went before the server had answered, also where it refused the file.
    #[must_use]
    pub fn sent_at_once(&self) -> usize {
        self.session.line().parcel().sent()
    }

    /// What an unopened data connection is for the caller.
    fn report(&mut self, unopened: Unopened) -> Fault {
        let fault = match unopened {
            Unopened::Way(reply) => Fault::Refused(reply),
            Unopened::Empty(reply) => {
                Fault::DataConnection { detail: "the server closed the transfer before it began".to_owned(), reply: Some(reply) }
            }
            Unopened::Fault(fault) => self.or_forgotten(fault),
        };
        if !fault.session_survives() {
            self.session.poison(&fault);
        }
        fault
    }

    /// Opens a data connection for `command`. A refused PASV is followed by EPSV and the other way round; what worked is remembered.
    async fn open(&mut self, command: &str, offset: u64) -> Result<TransferStream<Wire>, Unopened> {
        let first = self.mode;
        let opened = self.open_either(first, command, offset).await;
        if self.ahead.take().is_some() {
            self.session.line().plan(Vec::new());
            if let Err(Unopened::Fault(Fault::DataConnection { .. } | Fault::Timeout { .. } | Fault::Protocol { .. })) = &opened {
                // A firewall that reads replies may have missed the address among others.
                self.end_pipelining();
            }
        }
        opened
    }

    async fn open_either(&mut self, first: Mode, command: &str, offset: u64) -> Result<TransferStream<Wire>, Unopened> {
        match self.open_by(first, command, offset).await {
            Err(Unopened::Way(reply)) => {
                let other = match first {
                    Mode::Passive => Mode::ExtendedPassive,
                    Mode::ExtendedPassive => Mode::Passive,
                    Mode::Active => return Err(Unopened::Way(reply)),
                };
                let opened = self.open_by(other, command, offset).await;
                if opened.is_ok() {
                    self.mode = other;
                }
                opened
            }
            opened => opened,
        }
    }

    async fn open_by(&mut self, mode: Mode, command: &str, offset: u64) -> Result<TransferStream<Wire>, Unopened> {
        self.check(command).map_err(Unopened::Fault)?;
        let doing = "opening a data connection";
        let offset = usize::try_from(offset).map_err(|_| {
            Unopened::Fault(Fault::DataConnection { detail: "the offset is too large for this machine".to_owned(), reply: None })
        })?;
        self.session.line().begin();
        self.plan_ahead(mode);
        self.ftp.set_mode(mode);
        let ftp = &mut self.ftp;
        let work = async {
            ftp.resume_transfer(offset).await?;
            ftp.custom_data_command(command, &[Status::AboutToSend, Status::AlreadyOpen]).await
        };
        match bounded(&self.session, &self.cancel, doing, work).await {
            Ok(Ok((_, stream))) => Ok(stream),
            Ok(Err(error)) => Err(self.unopened(error, doing).await),
            Err(fault) => Err(Unopened::Fault(fault)),
        }
    }

    /// What goes out behind the transfer's command.
    fn plan_ahead(&mut self, mode: Mode) {
        let address = match mode {
            Mode::Passive => "PASV",
            Mode::ExtendedPassive => "EPSV",
            Mode::Active => return,
        };
        if let Some(more) = self.ahead.as_ref().filter(|_| self.pipelining.load(Ordering::Acquire)) {
            let lines = more.iter().map(String::as_str).chain([address]).map(charset::encode).collect();
            self.session.line().plan(lines);
        }
    }

    /// Why the library gave up.
    async fn unopened(&mut self, error: FtpError, doing: &'static str) -> Unopened {
        let (trouble, answer) = {
            let mut line = self.session.line();
            (line.take_trouble(), line.take_answer())
        };
        let began = answer.as_ref().is_some_and(|answer| answer.reply.is_preliminary());
        if began {
            // The server was ready and our side was not: TLS failed, or nobody came in active mode. Its closing reply is due.
            let detail = trouble.map_or_else(|| error.to_string(), |fault| fault.to_string());
            return Unopened::Fault(self.closing_of_unopened(detail).await);
        }
        if let Some(fault) = trouble {
            return Unopened::Fault(fault);
        }
        let Some(answer) = answer else { return Unopened::Fault(library_fault(Some(error), doing)) };
        let (asked, reply) = (answer.asked, answer.reply);
        let passive = matches!(&asked, Asked::Command(verb) if matches!(verb.as_str(), "PASV" | "EPSV"));
        if reply.code == 421 {
            return Unopened::Fault(self.goodbye_or_refusal(reply).await);
        }
        if is_goodbye(&reply) {
            return Unopened::Fault(Fault::Goodbye(reply));
        }
        if passive && (reply.is_negative() || reply.is_positive()) {
            return Unopened::Way(reply);
        }
        if reply.is_negative() {
            return Unopened::Fault(Fault::Refused(reply));
        }
        if reply.is_positive() && asked.moves_data() {
            return Unopened::Empty(reply);
        }
        Unopened::Fault(Fault::Protocol { doing, detail: format!("an answer out of place: “{}”", reply.words()) })
    }

    /// Reads the closing reply of a data connection that did not come about, so that the session can go on.
    async fn closing_of_unopened(&mut self, detail: String) -> Fault {
        if let Some(reply) = self.session.line().take_early() {
            return Fault::DataConnection { detail, reply: Some(reply) };
        }
        let doing = "waiting for the closing reply";
        match tokio::time::timeout(CLOSING_LIMIT, self.next_reply()).await {
            Err(_) => Fault::Timeout { doing, after: CLOSING_LIMIT },
            Ok(Err(end)) => end.fault(doing),
            Ok(Ok(reply)) if is_goodbye(&reply) => Fault::Goodbye(reply),
            Ok(Ok(reply)) => Fault::DataConnection { detail, reply: Some(reply) },
        }
    }

    /// A 421 to a data command: pyftpdlib, FileZilla Server 0.9 and others go on after it, so the end of the stream decides.
    async fn goodbye_or_refusal(&mut self, reply: Reply) -> Fault {
        match tokio::time::timeout(GRACE, self.next_reply()).await {
            Err(_) => Fault::Refused(reply),
            Ok(_) => Fault::Goodbye(reply),
        }
    }

    /// The next final reply, straight from the line.
    async fn next_reply(&self) -> Result<Reply, End> {
        loop {
            let reply = std::future::poll_fn(|cx| self.session.line().poll_reply(cx)).await?;
            if !reply.is_preliminary() {
                return Ok(reply);
            }
        }
    }
}
