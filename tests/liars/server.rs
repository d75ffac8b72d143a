//! A server over files in memory that lies about one thing, plain or under TLS, each connection in a thread of its own.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};

use crate::support::scripted;

/// What becomes of the bytes of a file on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bytes {
    #[default]
    All,
    /// The last ones are missing.
    Short(usize),
    /// None come.
    None,
    /// Some are there that nobody sent.
    Extra,
    /// All, twice.
    Twice,
    /// Line ends are rewritten, as in an ASCII transfer.
    Mangled,
    /// As many, but one is another.
    Flipped,
}

impl Bytes {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::All => bytes.to_vec(),
            Self::Short(missing) => bytes[..bytes.len().saturating_sub(missing)].to_vec(),
            Self::None => Vec::new(),
            Self::Extra => [bytes, b"and more"].concat(),
            Self::Twice => [bytes, bytes].concat(),
            Self::Mangled => bytes.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect(),
            Self::Flipped => {
                let mut other = bytes.to_vec();
                if let Some(byte) = other.get_mut(bytes.len() / 2) {
                    *byte ^= 1;
                }
                other
            }
        }
    }
}

/// What is said about a file's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    True,
    More,
    Less,
    Says(&'static str),
    /// Whatever was last sent by the client, or last asked for: it agrees with everything.
    Echo,
    Unknown,
    Refused,
}

/// What a listing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    #[default]
    True,
    More,
    Less,
    /// The file is not in it.
    Without,
    /// The file is in it under a name of another case.
    OtherCase,
    /// It has no sizes.
    NoSizes,
    /// Its size is no number.
    Garbage,
    /// It ends early, and the 226 says that it does.
    Truncated,
    /// The data connection breaks off under TLS.
    Cut,
    /// It shows what the client last sent.
    Echo,
    /// The file is in it twice, as it is and as long as what the client last sent: in this order, or (true) the other way round.
    Twice(bool),
    /// A folder has the name, and the size of what the client last sent.
    Folder,
    /// It is one of long ago: another size, another time.
    Old,
}

/// What the checksum is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hash {
    /// There is none.
    #[default]
    Off,
    True,
    /// Of something else.
    Wrong,
    /// The right one of the first half, said to be of the whole.
    Half,
    /// Of the first half, and says so.
    HalfSaid,
    /// The right one, said of another file.
    OtherFile,
    /// Of another kind than asked for.
    OtherKind,
    /// No digits.
    Garbage,
    /// Offered and refused.
    Refused,
    /// Offered and not known.
    Unknown,
    /// Nothing behind the code.
    Empty,
}

/// What RNTO does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rename {
    #[default]
    True,
    /// Says so and does nothing.
    Nothing,
    /// Says so, and neither name is there afterwards.
    Loses,
    /// Says so, and half of the file is there.
    Halves,
}

/// All that a server may lie about; the default does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lie {
    /// Said in place of the closing 226.
    pub closing: Option<&'static str>,
    /// Said in place of the 150.
    pub preliminary: Option<&'static str>,
    /// The closing reply comes before the data.
    pub early: bool,
    /// It never comes.
    pub silent: bool,
    pub bytes: Bytes,
    pub size: Size,
    pub rows: Rows,
    pub hash: Hash,
    pub rename: Rename,
    /// A file that was sent is gone after the closing reply.
    pub vanishes: bool,
    /// Data connections end without TLS's close_notify (plain: with a reset).
    pub cut: bool,
    /// REST is confirmed and not obeyed.
    pub forgets_offset: bool,
    /// It lies about this file only, of all that it holds.
    pub only: Option<&'static str>,
}

impl Lie {
    /// What of it is told about a path.
    fn about(self, path: &str) -> Self {
        match self.only {
            // Also under the temporary name that it has when it is sent again.
            Some(name) if !path.rsplit('/').next().is_some_and(|last| last.starts_with(name)) => Self::default(),
            _ => self,
        }
    }
}

#[derive(Default)]
struct Files {
    files: BTreeMap<String, Vec<u8>>,
    /// What the client last sent, as it sent it.
    last_sent: usize,
}

/// A running server; its threads end with their connections.
#[derive(Clone)]
pub struct Liar {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    lie: Lie,
    files: Mutex<Files>,
    tls: Arc<ServerConfig>,
}

impl Liar {
    /// Starts with these files.
    pub fn start(lie: Lie, files: &[(&str, &[u8])]) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["liar.test".to_owned()]).unwrap();
        let tls = Arc::new(scripted::config(made.cert.der().clone(), &made.signing_key));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        let shared = Arc::new(Shared { lie, files: Mutex::new(Files { files, ..Files::default() }), tls });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                thread::spawn(move || drop(Session::new(shared, stream).serve()));
            }
        });
        Self { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.shared.with(|files| files.files.get(path).cloned())
    }
}

impl Shared {
    fn with<R>(&self, look: impl FnOnce(&mut Files) -> R) -> R {
        look(&mut self.files.lock().unwrap())
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    fn secure(self, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let Self::Plain(stream) = self else { return Ok(self) };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Ends it, with or without the words that TLS has for it.
    fn end(mut self, cut: bool) {
        let _ = self.flush();
        match self {
            Self::Plain(stream) if cut => {
                let _ = socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO));
            }
            Self::Plain(stream) => drop(stream.shutdown(Shutdown::Write)),
            Self::Tls(mut stream) => {
                if !cut {
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
                let _ = stream.sock.shutdown(Shutdown::Write);
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

struct Session {
    shared: Arc<Shared>,
    control: Option<BufReader<Stream>>,
    passive: Option<TcpListener>,
    protected: bool,
    folder: String,
    offset: usize,
    renaming: String,
}

impl Session {
    fn new(shared: Arc<Shared>, stream: TcpStream) -> Self {
        let control = Some(BufReader::new(Stream::Plain(stream)));
        Self { shared, control, passive: None, protected: false, folder: "/".into(), offset: 0, renaming: String::new() }
    }

    fn say(&mut self, reply: &str) -> io::Result<()> {
        let control = self.control.as_mut().ok_or(io::ErrorKind::NotConnected)?.get_mut();
        control.write_all(format!("{reply}\r\n").as_bytes())?;
        control.flush()
    }

    fn serve(mut self) -> io::Result<()> {
        self.say("220 liar")?;
        loop {
            let mut line = Vec::new();
            if self.control.as_mut().ok_or(io::ErrorKind::NotConnected)?.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            if verb == "QUIT" {
                return self.say("221 bye");
            }
            self.obey(verb, argument)?;
        }
    }

    fn obey(&mut self, verb: &str, argument: &str) -> io::Result<()> {
        let lie = self.shared.lie;
        let path = if argument.starts_with('/') {
            argument.to_owned()
        } else {
            format!("{}/{argument}", self.folder.trim_end_matches('/'))
        };
        let reply = match verb {
            "AUTH" => {
                self.say("234 go")?;
                let stream = self.control.take().ok_or(io::ErrorKind::NotConnected)?.into_inner();
                self.control = Some(BufReader::new(stream.secure(&self.shared.tls)?));
                return Ok(());
            }
            "PROT" => {
                self.protected = true;
                "200 protected".to_owned()
            }
            "USER" => "331 password".to_owned(),
            "PASS" => "230 in".to_owned(),
            "FEAT" => {
                let hash = if lie.hash == Hash::Off { "" } else { " HASH SHA-256*;MD5\r\n" };
                format!("211-Features:\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n{hash}211 End")
            }
            "PBSZ" | "TYPE" | "NOOP" | "OPTS" => "200 ok".to_owned(),
            "PWD" => format!("257 \"{}\"", self.folder),
            "CWD" if matches!(argument, "/" | "/data") => {
                argument.clone_into(&mut self.folder);
                "250 there".to_owned()
            }
            "CWD" => "550 no such folder".to_owned(),
            "MKD" => "550 exists".to_owned(),
            "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let port = listener.local_addr()?.port();
                self.passive = Some(listener);
                format!("227 Entering Passive Mode (127,0,0,1,{},{})", port / 256, port % 256)
            }
            "REST" => {
                self.offset = if lie.forgets_offset { 0 } else { argument.parse().unwrap_or_default() };
                "350 from there".to_owned()
            }
            "SIZE" => self.size(&path),
            "MDTM" => self.about(&path, |_| "213 20251120101112".to_owned()),
            "HASH" => self.hash(&path, argument),
            "DELE" => self.shared.with(|files| match files.files.remove(&path) {
                Some(_) => "250 gone".to_owned(),
                None => "550 no such file".to_owned(),
            }),
            "RNFR" => {
                self.renaming.clone_from(&path);
                self.about(&path, |_| "350 to what".to_owned())
            }
            "RNTO" => self.rename(path),
            "MLSD" | "RETR" | "STOR" => return self.transfer(verb, &path),
            _ => "502 not here".to_owned(),
        };
        self.say(&reply)
    }

    fn about(&self, path: &str, tell: impl FnOnce(&[u8]) -> String) -> String {
        self.shared.with(|files| files.files.get(path).map_or_else(|| "550 no such file".to_owned(), |bytes| tell(bytes)))
    }

    fn size(&self, path: &str) -> String {
        let last = self.shared.with(|files| files.last_sent);
        match self.shared.lie.about(path).size {
            Size::Unknown => "502 SIZE is not known".to_owned(),
            Size::Refused => "550 not for you".to_owned(),
            Size::True => self.about(path, |bytes| format!("213 {}", bytes.len())),
            Size::More => self.about(path, |bytes| format!("213 {}", bytes.len() + 7)),
            Size::Less => self.about(path, |bytes| format!("213 {}", bytes.len().saturating_sub(7))),
            Size::Says(words) => self.about(path, |_| words.to_owned()),
            Size::Echo => self.about(path, |_| format!("213 {last}")),
        }
    }

    fn hash(&self, path: &str, name: &str) -> String {
        let digits = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.about(path, |bytes| {
            let (length, half) = (bytes.len(), &bytes[..bytes.len() / 2]);
            match self.shared.lie.hash {
                Hash::Off | Hash::Unknown => "502 not here".to_owned(),
                Hash::Refused => "550 too large".to_owned(),
                Hash::True => format!("213 SHA-256 0-{length} {} {name}", digits(bytes)),
                Hash::Wrong => format!("213 SHA-256 0-{length} {} {name}", digits(b"another")),
                Hash::Half => format!("213 SHA-256 0-{length} {} {name}", digits(half)),
                Hash::HalfSaid => format!("213 SHA-256 0-{} {} {name}", half.len(), digits(half)),
                Hash::OtherFile => format!("213 SHA-256 0-{length} {} {name}.bak", digits(bytes)),
                Hash::OtherKind => format!("213 MD5 0-{length} d41d8cd98f00b204e9800998ecf8427e {name}"),
                Hash::Garbage => format!("213 SHA-256 0-{length} as it should be {name}"),
                Hash::Empty => "213".to_owned(),
            }
        })
    }

    fn rename(&mut self, path: String) -> String {
        let from = std::mem::take(&mut self.renaming);
        self.shared.with(|files| {
            if self.shared.lie.rename == Rename::Nothing {
                return "250 renamed".to_owned();
            }
            let Some(bytes) = files.files.remove(&from) else { return "550 no such file".to_owned() };
            match self.shared.lie.rename {
                Rename::Loses => drop(files.files.remove(&path)),
                Rename::Halves => drop(files.files.insert(path, bytes[..bytes.len() / 2].to_vec())),
                _ => drop(files.files.insert(path, bytes)),
            }
            "250 renamed".to_owned()
        })
    }

    fn listing(&self) -> Vec<u8> {
        let prefix = format!("{}/", self.folder.trim_end_matches('/'));
        self.shared.with(|files| {
            let last = files.last_sent;
            let mut text = String::new();
            for (path, bytes) in &files.files {
                let Some(name) = path.strip_prefix(&prefix).filter(|name| !name.contains('/')) else { continue };
                let (mut name, mut size) = (name.to_owned(), bytes.len().to_string());
                match self.shared.lie.about(path).rows {
                    Rows::Without => continue,
                    Rows::More => size = (bytes.len() + 7).to_string(),
                    Rows::Less => size = bytes.len().saturating_sub(7).to_string(),
                    Rows::OtherCase => name = name.to_uppercase(),
                    Rows::Garbage => size = "large".into(),
                    Rows::Echo => size = last.to_string(),
                    Rows::Twice(is_last_true) => {
                        let lie = format!("type=file;size={last};modify=20251120101112; {name}\r\n");
                        let truth = format!("type=file;size={size};modify=20251120101112; {name}\r\n");
                        text.push_str(&if is_last_true { lie + &truth } else { truth + &lie });
                        continue;
                    }
                    Rows::Folder => {
                        text.push_str(&format!("type=dir;size={last};modify=20251120101112; {name}\r\n"));
                        continue;
                    }
                    Rows::Old => {
                        text.push_str(&format!("type=file;size=20000;modify=19991231235959; {name}\r\n"));
                        continue;
                    }
                    Rows::NoSizes => {
                        text.push_str(&format!("type=file;modify=20251120101112; {name}\r\n"));
                        continue;
                    }
                    Rows::True | Rows::Truncated | Rows::Cut => {}
                }
                text.push_str(&format!("type=file;size={size};modify=20251120101112; {name}\r\n"));
            }
            if self.folder == "/" {
                text.push_str("type=dir;modify=20251120101112; data\r\n");
            }
            text.into_bytes()
        })
    }

    fn transfer(&mut self, verb: &str, path: &str) -> io::Result<()> {
        let lie = if verb == "MLSD" { self.shared.lie } else { self.shared.lie.about(path) };
        let offset = std::mem::take(&mut self.offset);
        let Some(listener) = self.passive.take() else { return self.say("425 PASV first") };
        let source = match verb {
            "MLSD" => Some(self.listing()),
            "RETR" => self.shared.with(|files| files.files.get(path).cloned()),
            _ => Some(Vec::new()),
        };
        let Some(source) = source else { return self.say("550 no such file") };
        let is_file = verb != "MLSD";
        if is_file {
            self.say(lie.preliminary.unwrap_or("150 go"))?;
            if lie.preliminary.is_some_and(|words| !words.starts_with('1')) {
                return Ok(());
            }
        } else {
            self.say("150 go")?;
        }
        let (data, _) = listener.accept()?;
        let mut data = Stream::Plain(data);
        if self.protected {
            data = data.secure(&self.shared.tls)?;
        }
        let closing = lie.closing.filter(|_| is_file).unwrap_or("226 Transfer complete.");
        if lie.early && is_file {
            self.say(closing)?;
        }
        if verb == "STOR" {
            let mut sent = Vec::new();
            // What was cut is what came so far.
            let _ = data.read_to_end(&mut sent);
            let all = self.shared.with(|files| {
                let mut all = files.files.get(path).cloned().unwrap_or_default();
                all.truncate(offset);
                all.extend_from_slice(&lie.bytes.of(&sent));
                files.last_sent = offset + sent.len();
                all
            });
            self.shared.with(|files| files.files.insert(path.to_owned(), all));
            data.end(lie.cut);
        } else if is_file {
            let rest = source.get(offset..).unwrap_or_default();
            data.write_all(&lie.bytes.of(rest))?;
            self.shared.with(|files| files.last_sent = source.len());
            data.end(lie.cut);
        } else {
            let half = if matches!(lie.rows, Rows::Truncated | Rows::Cut) { source.len() / 2 } else { source.len() };
            data.write_all(&source[..half])?;
            data.end(lie.rows == Rows::Cut && half > 0);
        }
        if lie.vanishes && verb == "STOR" {
            self.shared.with(|files| files.files.remove(path));
        }
        match is_file {
            true if lie.early || lie.silent => Ok(()),
            true => self.say(closing),
            // An empty folder is shown as it is.
            false if lie.rows == Rows::Truncated && !source.is_empty() => {
                self.say("226-Options: -l\r\n226 Output truncated to 1 matches")
            }
            false => self.say("226 Transfer complete."),
        }
    }
}
