//! The control connection's bytes: framed replies in, one command at a time out, everything logged with secrets masked.

mod ending;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::ftp::ahead::{Ahead, Found};
use crate::ftp::answer::{Answer, Asked, End};
use crate::ftp::data::DataFacts;
use crate::ftp::dial::{Observer, WireEvent};
use crate::ftp::farewell::{is_goodbye, unsolicited};
use crate::ftp::fault::Fault;
use crate::ftp::heard::Heard;
use crate::ftp::mask::mask;
use crate::ftp::parcel::Parcel;
use crate::ftp::passive;
use crate::ftp::reply::{Reply, readable};
use crate::ftp::reply_reader::ReplyReader;
use crate::ftp::tap::{Io, Tap};
use crate::model::log::LogKind;

/// The control connection's state, shared by `Control`, by the stream below the FTP library and by a running transfer.
pub struct Line {
    io: Io,
    peer: IpAddr,
    heard: Heard,
    reader: ReplyReader,
    observer: Arc<dyn Observer>,
    secrets: Vec<Vec<u8>>,
    logging_in: bool,
    /// Command bytes not yet taken by the socket.
    out: Vec<u8>,
    /// The one reply that is handed to the library, normalised.
    serve: Vec<u8>,
    /// Whose answer is awaited.
    asked: Option<Asked>,
    answers: Vec<Answer>,
    /// Commands that were sent before their time.
    ahead: Ahead,
    /// The answer to the command that the library gives, when it came before.
    ready: Option<Reply>,
    /// Whether the command that is under way was sent before its time.
    was_ahead: bool,
    /// What the next data connection is to carry as soon as it stands, and how much of it went.
    parcel: Parcel,
    early: Option<Reply>,
    /// A reply that was looked at and is still to be dealt with.
    put_back: Option<Reply>,
    trouble: Option<Fault>,
    end: Option<End>,
    /// The end of TLS, while its clear text is looked for.
    held_end: Option<End>,
    last_words: Option<Pin<Box<Sleep>>>,
    sent_at: Instant,
    step_at: Instant,
    round_trip: Option<Duration>,
    data_facts: Option<DataFacts>,
}

impl Line {
    /// A line that is not connected yet and awaits a greeting.
    pub fn new(peer: SocketAddr, observer: Arc<dyn Observer>) -> Self {
        let now = Instant::now();
        Self {
            io: Io::Absent,
            peer: peer.ip().to_canonical(),
            heard: Heard::default(),
            reader: ReplyReader::default(),
            observer,
            secrets: Vec::new(),
            logging_in: false,
            out: Vec::new(),
            serve: Vec::new(),
            asked: Some(Asked::Greeting),
            answers: Vec::new(),
            ahead: Ahead::default(),
            ready: None,
            was_ahead: false,
            parcel: Parcel::default(),
            early: None,
            put_back: None,
            trouble: None,
            end: None,
            held_end: None,
            last_words: None,
            sent_at: now,
            step_at: now,
            round_trip: None,
            data_facts: None,
        }
    }

    /// Puts what carries the bytes in place.
    pub fn attach(&mut self, io: Io) {
        self.io = io;
        self.touch();
    }

    /// Takes the plain stream out, to put TLS on it.
    ///
    /// # Errors
    /// `Protocol` when bytes wait already: they were injected before TLS began (CVE-2021-22947).
    pub fn detach_for_tls(&mut self) -> Result<Tap, Fault> {
        let doing = "beginning TLS";
        match std::mem::take(&mut self.io) {
            Io::Plain(tap) if self.reader.is_empty() && !tap.has_news() => Ok(tap),
            _ => Err(Fault::Protocol { doing, detail: "bytes in clear text behind the answer to AUTH TLS".to_owned() }),
        }
    }

    /// Something went forward: waits count from here.
    pub fn touch(&mut self) {
        self.step_at = Instant::now();
    }

    /// When something last went forward.
    pub fn step_at(&self) -> Instant {
        self.step_at
    }

    /// Round trip of the last command that moved no data.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// What became of the last data connection; `None` before a passive address was named.
    pub fn data_facts(&self) -> Option<DataFacts> {
        self.data_facts
    }

    /// Notes what became of the data connection whose passive address was named last.
    pub fn note_data(&mut self, change: impl FnOnce(&mut DataFacts)) {
        if let Some(facts) = &mut self.data_facts {
            change(facts);
        }
    }

    /// A text that must appear in no log and no fault from now on.
    pub fn keep_secret(&mut self, secret: &str) {
        if !secret.is_empty() && !self.secrets.iter().any(|known| known == secret.as_bytes()) {
            self.secrets.push(secret.as_bytes().to_vec());
        }
    }

    /// While logging in, secrets are masked in positive replies too.
    pub fn set_logging_in(&mut self, logging_in: bool) {
        self.logging_in = logging_in;
    }

    /// Forgets what the last command left.
    pub fn begin(&mut self) {
        self.answers.clear();
        self.trouble = None;
        self.touch();
    }

    /// What goes out behind the next RETR or STOR, before it is answered; nothing when `lines` is empty.
    pub fn plan(&mut self, lines: Vec<Vec<u8>>) {
        self.ahead.plan(lines);
    }

    /// What the next data connection carries as soon as it stands.
    pub fn parcel(&mut self) -> &mut Parcel {
        &mut self.parcel
    }

    /// Records why the library was made to fail.
    pub fn set_trouble(&mut self, fault: Fault) {
        self.trouble.get_or_insert(fault);
    }

    /// Why the library was made to fail.
    pub fn take_trouble(&mut self) -> Option<Fault> {
        self.trouble.take()
    }

    /// The last command that was answered, and its answer.
    pub fn take_answer(&mut self) -> Option<Answer> {
        self.answers.pop()
    }

    /// A closing reply that came before the data connection was ready.
    pub fn take_early(&mut self) -> Option<Reply> {
        self.early.take()
    }

    /// Leaves a reply that was taken to whoever looks next.
    pub fn put_back(&mut self, reply: Reply) {
        self.put_back = Some(reply);
    }

    /// The library is about to read the closing reply of a transfer.
    pub fn await_closing(&mut self) {
        self.asked = Some(Asked::Closing);
    }

    /// No answer is awaited any more by the library.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }

    /// Hands `reply` to the library as the answer that it is about to read.
    pub fn serve(&mut self, reply: &Reply) {
        self.serve = self.normalised(reply);
    }

    /// A remark for the log.
    pub fn note(&self, text: &str) {
        self.observer.line(LogKind::Note, &self.masked_text(text.as_bytes()));
    }

    /// The next reply that the server sends, asked for or not. After the last one, how the connection ended.
    pub fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, End>> {
        if let Some(reply) = self.put_back.take() {
            return Poll::Ready(Ok(reply));
        }
        loop {
            if let Some(reply) = self.reader.next() {
                let reply = self.received(reply);
                match self.ahead.take_in(reply) {
                    Some(reply) => return Poll::Ready(Ok(reply)),
                    None => continue,
                }
            }
            if let Some(end) = &self.end {
                return Poll::Ready(Err(end.clone()));
            }
            if self.asked == Some(Asked::Greeting)
                && let Some(text) = self.reader.codeless()
            {
                let text = readable(text).chars().take(80).collect::<String>();
                self.end = Some(End::NotFtp(format!("instead of an FTP greeting came “{text}”")));
                continue;
            }
            if self.last_words.is_some() {
                if self.poll_last_words(cx).is_pending() {
                    return Poll::Pending;
                }
                continue;
            }
            if let Poll::Ready(Err(error)) = self.poll_out(cx) {
                // What the server said before it went is still to be read: only the writing has ended.
                self.out.clear();
                self.note(&format!("The command could not be sent: {error}"));
            }
            let mut bytes = [0; 4096];
            let mut buffer = ReadBuf::new(&mut bytes);
            let result = match &mut self.io {
                Io::Absent => return Poll::Pending,
                Io::Plain(tap) => Pin::new(tap).poll_read(cx, &mut buffer),
                Io::Tls(stream) => Pin::new(stream).poll_read(cx, &mut buffer),
            };
            match result {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.hear(buffer.filled(), false);
                    if let Err(limit) = self.reader.feed(buffer.filled()) {
                        self.end = Some(End::NotFtp(limit.to_string()));
                    }
                }
                Poll::Ready(result) => self.ended(result),
            }
        }
    }

    /// Takes one command from the library: refuses when anything is pending, logs it, and begins to send it.
    pub fn poll_command(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let doing = "idle";
        let fault = match self.poll_reply(cx) {
            Poll::Ready(Ok(reply)) => Some(unsolicited(reply, doing)),
            Poll::Ready(Err(end)) => Some(end.fault(doing)),
            Poll::Pending if self.early.is_some() || (!self.reader.is_empty() && !self.ahead.is_due()) => {
                Some(Fault::Protocol { doing, detail: "a part of a reply that nobody asked for".to_owned() })
            }
            // The runtime has not heard of them yet, but the system holds bytes: it will wake us.
            Poll::Pending if self.has_news() => return Poll::Pending,
            Poll::Pending => None,
        };
        if let Some(fault) = fault {
            self.set_trouble(fault);
            return Poll::Ready(Err(io::Error::other("unsolicited")));
        }
        let line = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let found = self.ahead.find(line);
        let verb: String = line.iter().take_while(|b| **b != b' ').map(|b| char::from(b.to_ascii_uppercase())).collect();
        let is_private = matches!(verb.as_str(), "PASS" | "ACCT");
        let takes_more = matches!(verb.as_str(), "RETR" | "STOR");
        let shown = if is_private { format!("{verb} ****") } else { self.masked_text(line) };
        self.asked = Some(Asked::Command(verb));
        self.sent_at = Instant::now();
        self.touch();
        self.was_ahead = found != Found::No;
        match found {
            Found::No => self.send(&shown, bytes),
            Found::Answered(reply) => self.ready = Some(reply),
            Found::Due => {}
        }
        for line in if takes_more { self.ahead.launch() } else { Vec::new() } {
            let shown = self.masked_text(&line);
            self.send(&shown, &[line.as_slice(), b"\r\n"].concat());
        }
        // A failure shows when the answer is read.
        let _ = self.poll_out(cx);
        Poll::Ready(Ok(bytes.len()))
    }

    /// Tells of a command and puts it where it is sent from.
    fn send(&mut self, shown: &str, bytes: &[u8]) {
        self.observer.line(LogKind::Command, shown);
        self.hear(&[], true);
        self.observer.wire(&WireEvent::Sent(shown));
        self.out.extend_from_slice(bytes);
    }

    /// Gives the library the one reply that it waits for.
    pub fn poll_serve(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.serve.is_empty() {
            let Some(asked) = self.asked.clone() else {
                return Poll::Ready(Err(io::Error::other("no command awaits a reply")));
            };
            let ready = self.ready.take().map(|reply| Poll::Ready(Ok(reply)));
            let reply = match ready.unwrap_or_else(|| self.poll_reply(cx)) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(reply)) if reply.code == 0 => {
                    let detail = format!("“{}”", reply.words());
                    self.set_trouble(Fault::Protocol { doing: "waiting for an answer", detail });
                    return Poll::Ready(Err(io::Error::other("not FTP")));
                }
                Poll::Ready(Ok(reply)) => reply,
                Poll::Ready(Err(end)) => {
                    self.set_trouble(end.fault(match asked {
                        Asked::Greeting => "waiting for the greeting",
                        Asked::Command(_) => "waiting for an answer",
                        Asked::Closing => "waiting for the closing reply",
                    }));
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
            };
            self.touch();
            // "120 ready in n minutes": the 220 follows. No command but those that move data has a preliminary answer.
            if reply.is_preliminary() && !asked.moves_data() {
                continue;
            }
            if matches!(asked, Asked::Command(_)) && !asked.moves_data() && !self.was_ahead {
                self.round_trip = Some(self.sent_at.elapsed());
            }
            if let Some((host, port)) = passive::named(&reply) {
                self.data_facts =
                    Some(DataFacts { named: host.map(IpAddr::V4), port, dialled: None, opened: false, resumed: None });
            }
            self.serve = self.normalised(&reply);
            self.asked = None;
            self.answers.push(Answer { asked, reply });
        }
        let count = self.serve.len().min(buffer.remaining());
        buffer.put_slice(self.serve.get(..count).unwrap_or_default());
        self.serve.drain(..count);
        Poll::Ready(Ok(()))
    }

    /// Looks at the control connection while the library waits for something else: a data connection, a handshake on it.
    pub fn poll_between(&mut self, cx: &mut Context<'_>, doing: &'static str) -> Poll<Fault> {
        if self.asked.is_some() || !self.serve.is_empty() {
            return Poll::Pending;
        }
        loop {
            let reply = match self.poll_reply(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(reply)) => reply,
                Poll::Ready(Err(end)) => return Poll::Ready(end.fault(doing)),
            };
            let transfer_began = self.answers.last().is_some_and(|answer| answer.reply.is_preliminary());
            if !transfer_began || is_goodbye(&reply) {
                return Poll::Ready(unsolicited(reply, doing));
            } else if reply.is_negative() {
                let detail = "the server gave it up before it was open".to_owned();
                return Poll::Ready(Fault::DataConnection { detail, reply: Some(reply) });
            } else if reply.is_positive() && self.early.is_none() {
                self.early = Some(reply);
            } else if !reply.is_preliminary() {
                return Poll::Ready(unsolicited(reply, doing));
            }
        }
    }

    fn has_news(&self) -> bool {
        match &self.io {
            Io::Absent => false,
            Io::Plain(tap) => tap.has_news(),
            Io::Tls(stream) => stream.tap().has_news(),
        }
    }

    /// Sends what is left of a command.
    fn poll_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.is_empty() {
            let result = match &mut self.io {
                Io::Absent => return Poll::Pending,
                Io::Plain(tap) => Pin::new(tap).poll_write(cx, &self.out),
                Io::Tls(stream) => Pin::new(stream).poll_write(cx, &self.out),
            };
            match result {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => drop(self.out.drain(..count)),
            }
        }
        match &mut self.io {
            Io::Tls(stream) => Pin::new(stream).poll_flush(cx),
            _ => Poll::Ready(Ok(())),
        }
    }

    /// Tells the record what came.
    fn hear(&mut self, bytes: &[u8], is_all: bool) {
        let mut heard = std::mem::take(&mut self.heard);
        let tell = |line: &[u8]| self.observer.wire(&WireEvent::Heard(&self.masked(line)));
        heard.take(bytes, tell);
        if is_all {
            heard.end(tell);
        }
        self.heard = heard;
    }

    /// Logs a reply and masks secrets in it.
    fn received(&mut self, mut reply: Reply) -> Reply {
        for line in &reply.lines {
            self.observer.line(LogKind::Reply, &self.masked_text(line));
        }
        // Positive replies carry paths and figures that are read by machine, so they are masked in the log only.
        if self.logging_in || !reply.is_positive() || reply.code == 221 {
            for line in &mut reply.lines {
                *line = self.masked(line);
            }
        }
        reply
    }

    fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        self.secrets.iter().fold(bytes.to_vec(), |bytes, secret| mask(&bytes, secret))
    }

    fn masked_text(&self, bytes: &[u8]) -> String {
        readable(&self.masked(bytes))
    }

    /// One clean line for the library: the code, and of the text only what it reads.
    fn normalised(&self, reply: &Reply) -> Vec<u8> {
        let code = reply.code;
        match code {
            227 => match passive::pasv(reply) {
                Some((host, port)) => {
                    if IpAddr::V4(host) != self.peer {
                        self.note(&format!(
                            "The server names {host} for the data connection; it goes to {} as the control connection does",
                            self.peer
                        ));
                    }
                    // The dialler replaces the host by the control connection's peer.
                    let ([a, b, c, d], [high, low]) = (host.octets(), port.to_be_bytes());
                    format!("227 x ({a},{b},{c},{d},{high},{low})\r\n").into_bytes()
                }
                None => b"227 x\r\n".to_vec(),
            },
            229 => {
                passive::epsv(reply).map_or_else(|| b"229 x\r\n".to_vec(), |port| format!("229 x (|||{port}|)\r\n").into_bytes())
            }
            _ => format!("{code:03} x\r\n").into_bytes(),
        }
    }
}
