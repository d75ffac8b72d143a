//! One session of the harbour: commands, transfers, and the fault where it is due.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::stream::Stream;
use super::{Inner, Stage, Strike};

/// Between two bytes of a reply that drips: slow enough to come apart, quick enough to end within the client's patience.
const DRIP: Duration = Duration::from_millis(4);

/// The session is over.
struct Over;

type Going<T = ()> = Result<T, Over>;

struct Session {
    inner: Arc<Inner>,
    number: usize,
    control: Stream,
    buffer: Vec<u8>,
    passive: Option<TcpListener>,
    protected: bool,
    folder: String,
    offset: usize,
    renaming: String,
    logged_in: bool,
}

pub async fn serve(inner: Arc<Inner>, stream: TcpStream) {
    let number = inner.note(|seen| {
        seen.connections += 1;
        seen.connections
    });
    let mut session = Session {
        inner,
        number,
        control: Stream::Plain(stream),
        buffer: Vec::new(),
        passive: None,
        protected: false,
        folder: "/".into(),
        offset: 0,
        renaming: String::new(),
        logged_in: false,
    };
    let _ = session.run().await;
    let was_in = session.logged_in;
    session.inner.note(|seen| seen.logged_in -= usize::from(was_in));
}

impl Session {
    async fn run(&mut self) -> Going {
        self.answer(Some(Stage::Greeting), "220 harbour").await?;
        loop {
            let line = self.command().await?;
            self.inner.note(|seen| seen.commands.push(line.clone()));
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            self.obey(verb, argument).await?;
        }
    }

    /// The next command; what strikes an idle session strikes here.
    async fn command(&mut self) -> Going<String> {
        let mut idle = self.inner.idle.subscribe();
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let mut bytes = [0; 1024];
            tokio::select! {
                read = self.control.read(&mut bytes) => match read {
                    Ok(count) if count > 0 => self.buffer.extend_from_slice(&bytes[..count]),
                    _ => return Err(Over),
                },
                () = struck(&mut idle, self.number) => {
                    let strike = self.inner.idle.send_replace(None).map(|(_, strike)| strike);
                    if let Some(strike) = strike {
                        self.inner.note(|seen| seen.struck += 1);
                        match strike {
                            Strike::Stray | Strike::Refuses => self.write(b"550 out of place\r\n").await?,
                            Strike::Drips => {
                                self.drip(b"421 Closing down.\r\n").await?;
                                return self.close().await;
                            }
                            _ => {
                                self.strike(strike, "421 Closing down.\r\n").await?;
                            }
                        }
                    }
                }
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Going {
        self.control.write(bytes).await.map_err(|_| Over)
    }

    async fn drip(&mut self, bytes: &[u8]) -> Going {
        for byte in bytes {
            self.write(&[*byte]).await?;
            // Time itself is the fault.
            tokio::time::sleep(DRIP).await;
        }
        Ok(())
    }

    async fn close<T>(&mut self) -> Going<T> {
        std::mem::replace(&mut self.control, Stream::Gone).end().await;
        Err(Over)
    }

    /// Answers, unless a fault is due here. False when something else was said, so that nothing was done.
    async fn answer(&mut self, stage: Option<Stage>, reply: &str) -> Going<bool> {
        let is_file = false;
        self.answer_for(stage, is_file, reply).await
    }

    async fn answer_for(&mut self, stage: Option<Stage>, is_file: bool, reply: &str) -> Going<bool> {
        match stage.and_then(|stage| self.inner.strikes(stage, is_file)) {
            None => {
                self.write(format!("{reply}\r\n").as_bytes()).await?;
                Ok(true)
            }
            Some(strike) => self.strike(strike, &format!("{reply}\r\n")).await,
        }
    }

    /// Does wrong in place of `reply`. True when the reply was given all the same.
    async fn strike(&mut self, strike: Strike, reply: &str) -> Going<bool> {
        match strike {
            Strike::Says421 => {
                self.write(b"421 The server is going down.\r\n").await?;
                self.close().await
            }
            Strike::Says221 => {
                self.write(b"221 Goodbye.\r\n").await?;
                self.close().await
            }
            Strike::Says426 => {
                self.write(b"426 Broken off.\r\n").await?;
                Ok(false)
            }
            Strike::Refuses => {
                self.write(b"550 Permission denied.\r\n").await?;
                Ok(false)
            }
            Strike::Fin | Strike::ControlFin => self.close().await,
            Strike::Rst => {
                std::mem::replace(&mut self.control, Stream::Gone).reset();
                Err(Over)
            }
            Strike::Stalls => {
                self.control.outlast().await;
                Err(Over)
            }
            Strike::HalfLine => {
                self.write(&reply.as_bytes()[..reply.len() / 2]).await?;
                self.control.outlast().await;
                Err(Over)
            }
            Strike::Garbage => {
                self.write(b"\xfe\x01what? no reply\r\n\r\n").await?;
                self.control.outlast().await;
                Err(Over)
            }
            Strike::Stray => {
                self.write(format!("{reply}200 nobody asked\r\n").as_bytes()).await?;
                Ok(true)
            }
            Strike::Endless => {
                let code: String = reply.chars().take(3).collect();
                // More than any client may take; it hangs up before.
                for _ in 0..8_192 {
                    self.write(format!("{code}-and on and on\r\n").as_bytes()).await?;
                }
                self.control.outlast().await;
                Err(Over)
            }
            Strike::Drips => {
                self.drip(reply.as_bytes()).await?;
                Ok(true)
            }
        }
    }

    async fn obey(&mut self, verb: &str, argument: &str) -> Going {
        let path = if argument.starts_with('/') { argument.to_owned() } else { format!("{}/{argument}", self.folder) };
        match verb {
            "AUTH" => {
                if self.answer(Some(Stage::Auth), "234 go").await? {
                    self.secure().await?;
                }
            }
            "PBSZ" => drop(self.answer(None, "200 0").await?),
            "PROT" => {
                self.protected = true;
                self.answer(None, "200 protected").await?;
            }
            "USER" => drop(self.answer(Some(Stage::User), "331 password").await?),
            "PASS" => {
                if self.answer(Some(Stage::Pass), "230 in").await? {
                    self.logged_in = true;
                    self.inner.note(|seen| seen.logged_in += 1);
                }
            }
            "FEAT" => {
                let features = "211-Features:\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 End";
                self.answer(Some(Stage::Feat), features).await?;
            }
            "TYPE" | "NOOP" | "OPTS" => drop(self.answer(None, "200 ok").await?),
            "PWD" => {
                let reply = format!("257 \"{}\"", self.folder);
                self.answer(Some(Stage::Pwd), &reply).await?;
            }
            "CWD" => {
                let there = matches!(argument, "/" | "/data");
                let reply = if there { "250 there" } else { "550 no such folder" };
                if self.answer(Some(Stage::Cwd), reply).await? && there {
                    argument.clone_into(&mut self.folder);
                }
            }
            "PASV" | "EPSV" => self.passive(verb).await?,
            "REST" => {
                self.offset = argument.parse().unwrap_or_default();
                self.answer(None, "350 from there").await?;
            }
            "SIZE" | "MDTM" | "DELE" | "RNFR" | "RNTO" => {
                let reply = self.about_file(verb, path);
                self.answer(None, &reply).await?;
            }
            "MLSD" | "LIST" | "RETR" | "STOR" => self.transfer(verb, path).await?,
            "ABOR" => drop(self.answer(None, "226 nothing to abort").await?),
            "QUIT" => {
                self.answer(Some(Stage::Quit), "221 bye").await?;
                return self.close().await;
            }
            _ => drop(self.answer(None, "502 not here").await?),
        }
        Ok(())
    }

    fn about_file(&mut self, verb: &str, path: String) -> String {
        let renaming = std::mem::take(&mut self.renaming);
        if verb == "RNFR" {
            self.renaming.clone_from(&path);
        }
        self.inner.note(|seen| match (verb, seen.files.get(&path).map(Vec::len)) {
            ("SIZE", Some(size)) => format!("213 {size}"),
            ("MDTM", Some(_)) => "213 20251120101112".to_owned(),
            ("RNFR", Some(_)) => "350 to what".to_owned(),
            ("DELE", Some(_)) => {
                seen.files.remove(&path);
                "250 gone".to_owned()
            }
            ("RNTO", _) => match seen.files.remove(&renaming) {
                Some(bytes) => {
                    seen.files.insert(path, bytes);
                    "250 renamed".to_owned()
                }
                None => "550 no such file".to_owned(),
            },
            _ => "550 no such file".to_owned(),
        })
    }

    async fn secure(&mut self) -> Going {
        let Stream::Plain(stream) = std::mem::replace(&mut self.control, Stream::Gone) else { return Err(Over) };
        let stream = self.inner.tls.accept(stream).await.map_err(|_| Over)?;
        self.control = Stream::Tls(Box::new(stream));
        Ok(())
    }

    async fn passive(&mut self, verb: &str) -> Going {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|_| Over)?;
        let port = listener.local_addr().map_err(|_| Over)?.port();
        let reply = if verb == "PASV" {
            format!("227 Entering Passive Mode (127,0,0,1,{},{})", port / 256, port % 256)
        } else {
            format!("229 Entering Extended Passive Mode (|||{port}|)")
        };
        if self.answer_for(Some(Stage::Pasv), true, &reply).await? {
            self.passive = Some(listener);
        }
        Ok(())
    }

    async fn transfer(&mut self, verb: &str, path: String) -> Going {
        let offset = std::mem::take(&mut self.offset);
        let is_file = matches!(verb, "RETR" | "STOR");
        let Some(listener) = self.passive.take() else { return self.answer(None, "425 PASV first").await.map(drop) };
        let source = match verb {
            "STOR" => Some(Vec::new()),
            "RETR" => self.inner.note(|seen| seen.files.get(&path).cloned()),
            _ => Some(self.listing(verb)),
        };
        let Some(source) = source else { return self.answer(None, "550 no such file").await.map(drop) };
        if let Some(strike) = self.inner.strikes(Stage::DataConnect, is_file) {
            match strike {
                Strike::Fin => {
                    drop(listener.accept().await);
                    return self.answer(None, "150 go\r\n226 Transfer complete.").await.map(drop);
                }
                Strike::Rst => {
                    let (data, _) = listener.accept().await.map_err(|_| Over)?;
                    Stream::Plain(data).reset();
                    return self.answer(None, "425 No data connection.").await.map(drop);
                }
                _ => {}
            }
            if !self.strike(strike, "150 go\r\n").await? {
                return Ok(());
            }
        } else if !self.answer_for(Some(Stage::Preliminary), is_file, "150 go").await? {
            return Ok(());
        }
        let (data, _) = listener.accept().await.map_err(|_| Over)?;
        let mut data = if self.protected {
            let Ok(secured) = self.inner.tls.accept(data).await else {
                return self.answer(None, "425 no TLS").await.map(drop);
            };
            Stream::Tls(Box::new(secured))
        } else {
            Stream::Plain(data)
        };
        if verb == "STOR" {
            let total = self.take_in(&mut data, &path, offset, is_file).await?;
            if total.is_none() {
                return Ok(());
            }
        } else {
            let rest = source.get(offset..).unwrap_or_default().to_vec();
            for (stage, at) in
                [(Stage::FirstByte, 0), (Stage::Middle, rest.len() / 2), (Stage::LastByte, rest.len().saturating_sub(1))]
            {
                let Some(strike) = self.inner.strikes(stage, is_file) else { continue };
                if data.write(&rest[..at]).await.is_err() {
                    return self.answer(None, "426 broken").await.map(drop);
                }
                return self.strike_data(strike, data, &rest[at..], None).await;
            }
            if data.write(&rest).await.is_err() {
                return self.answer(None, "426 broken").await.map(drop);
            }
        }
        data.end().await;
        self.answer_for(Some(Stage::Closing), is_file, "226 Transfer complete.").await.map(drop)
    }

    /// Takes an upload in; `None` when a fault ended it.
    async fn take_in(&mut self, data: &mut Stream, path: &str, offset: usize, is_file: bool) -> Going<Option<()>> {
        self.inner.note(|seen| seen.files.entry(path.to_owned()).or_default().truncate(offset));
        let mut taken = 0;
        let mut chunk = vec![0; 16 * 1024];
        loop {
            // Where an upload ends is not known before: the last byte is struck at the end of what came.
            let due = [(Stage::FirstByte, 0), (Stage::Middle, 64 * 1024)];
            for (stage, at) in due {
                if taken < at {
                    continue;
                }
                if let Some(strike) = self.inner.strikes(stage, is_file) {
                    let data = std::mem::replace(data, Stream::Gone);
                    self.strike_data(strike, data, &[], Some(path)).await?;
                    return Ok(None);
                }
            }
            let Ok(count) = data.read(&mut chunk).await else {
                self.answer(None, "426 broken").await?;
                return Ok(None);
            };
            if count == 0 {
                break;
            }
            taken += count;
            self.inner.note(|seen| {
                if let Some(file) = seen.files.get_mut(path) {
                    file.extend_from_slice(&chunk[..count]);
                }
            });
        }
        if let Some(strike) = self.inner.strikes(Stage::LastByte, is_file) {
            // The last byte is lost on the way to the disk.
            self.inner.note(|seen| seen.files.get_mut(path).map(Vec::pop));
            let data = std::mem::replace(data, Stream::Gone);
            self.strike_data(strike, data, &[], Some(path)).await?;
            return Ok(None);
        }
        Ok(Some(()))
    }

    /// A fault while bytes move: on the data connection, or said beside it.
    async fn strike_data(&mut self, strike: Strike, mut data: Stream, rest: &[u8], upload: Option<&str>) -> Going {
        match strike {
            Strike::Fin => {
                data.cut().await;
                return self.answer(None, "226 Transfer complete.").await.map(drop);
            }
            Strike::Rst => {
                data.reset();
                return self.answer(None, "426 Connection reset.").await.map(drop);
            }
            Strike::Stalls => {
                // Silence on both until the client gives up.
                self.control.outlast().await;
                return Err(Over);
            }
            Strike::Says426 | Strike::Refuses => {
                self.strike(strike, "").await?;
                data.cut().await;
                return Ok(());
            }
            Strike::Says421 | Strike::Says221 | Strike::Endless => {
                self.strike(strike, "226 Transfer complete.\r\n").await?;
            }
            Strike::HalfLine => self.write(b"22").await?,
            Strike::Garbage => self.write(b"\xfe\x01what? no reply\r\n\r\n").await?,
            Strike::Stray => self.write(b"200 nobody asked\r\n").await?,
            Strike::Drips => {}
            Strike::ControlFin => std::mem::replace(&mut self.control, Stream::Gone).end().await,
        }
        let slow = if strike == Strike::Drips { 24.min(rest.len()) } else { 0 };
        for byte in &rest[..slow] {
            if data.write(&[*byte]).await.is_err() {
                return self.answer(None, "426 broken").await.map(drop);
            }
            // Time itself is the fault.
            tokio::time::sleep(DRIP).await;
        }
        match upload {
            None => drop(data.write(&rest[slow..]).await),
            Some(path) => {
                let mut chunk = vec![0; 16 * 1024];
                while let Ok(count) = data.read(&mut chunk).await {
                    if count == 0 {
                        break;
                    }
                    self.inner.note(|seen| {
                        if let Some(file) = seen.files.get_mut(path) {
                            file.extend_from_slice(&chunk[..count]);
                        }
                    });
                }
            }
        }
        data.end().await;
        let reply = if strike == Strike::HalfLine { "6 Transfer complete." } else { "226 Transfer complete." };
        self.answer(None, reply).await.map(drop)
    }

    fn listing(&self, verb: &str) -> Vec<u8> {
        let prefix = if self.folder == "/" { "/".to_owned() } else { format!("{}/", self.folder) };
        let row = |name: &str, size: usize, is_folder: bool| match (verb, is_folder) {
            ("MLSD", false) => format!("type=file;size={size};modify=20251120101112; {name}\r\n"),
            ("MLSD", true) => format!("type=dir;modify=20251120101112; {name}\r\n"),
            (_, false) => format!("-rw-r--r-- 1 ftp ftp {size} Nov 20 2025 {name}\r\n"),
            (_, true) => format!("drwxr-xr-x 1 ftp ftp 0 Nov 20 2025 {name}\r\n"),
        };
        let mut rows = String::new();
        if self.folder == "/" {
            rows.push_str(&row("data", 0, true));
        }
        self.inner.note(|seen| {
            for (path, bytes) in &seen.files {
                if let Some(name) = path.strip_prefix(&prefix).filter(|name| !name.contains('/')) {
                    rows.push_str(&row(name, bytes.len(), false));
                }
            }
        });
        rows.into_bytes()
    }
}

/// Waits until it is this session's turn to be struck while idle.
async fn struck(idle: &mut tokio::sync::watch::Receiver<Option<(usize, Strike)>>, number: usize) {
    if idle.wait_for(|struck| struck.is_some_and(|(due, _)| due == number)).await.is_err() {
        std::future::pending::<()>().await;
    }
}
