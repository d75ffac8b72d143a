//! The server's side of a replay: control connections that say what was recorded, and data connections of the recorded length.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read as _, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use crate::model::record::{RecordEvent, RecordLine};

/// How long a data connection is waited for.
const DATA: Duration = Duration::from_secs(20);

/// What a client's side brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A command.
    Line(String),
    /// The end of the connection.
    End,
}

struct Control {
    stream: TcpStream,
    commands: Receiver<String>,
    passive: Option<TcpListener>,
    /// The data connection under way.
    data: Option<Moving>,
    /// What was said to a command that is left out is left out too.
    skips: Skips,
}

/// What a data connection is moving.
pub(super) struct Moving {
    /// Hears when all of it has been given to, or taken from, the client.
    moved: Receiver<()>,
    /// Bytes that the client took in before the connection broke, when it did.
    pub(super) broken_behind: Option<u64>,
}

impl Moving {
    /// Whether all of it has been moved, as far as this side can tell.
    pub(super) fn is_over(&self) -> bool {
        self.moved.try_recv() != Err(TryRecvError::Empty)
    }
}

/// How much of what was heard is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Skips {
    /// Nothing.
    #[default]
    Nothing,
    /// One reply.
    Reply,
    /// Everything up to the next command.
    UpToCommand,
}

/// The port that the engine dials.
pub(super) struct Port {
    number: u16,
    accepted: Receiver<TcpStream>,
    open: HashMap<u64, Control>,
}

impl Port {
    /// On loopback, wherever there is room.
    pub(super) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let number = listener.local_addr()?.port();
        let (sender, accepted) = mpsc::channel();
        thread::Builder::new().name("moorline-replay".into()).spawn(move || {
            // Ends with the first connection that nobody takes any more, or with the program.
            for stream in listener.incoming().map_while(Result::ok) {
                if sender.send(stream).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { number, accepted, open: HashMap::new() })
    }

    pub(super) fn number(&self) -> u16 {
        self.number
    }

    /// Waits a moment.
    pub(super) fn rest(&self, moment: Duration) {
        // Nothing tells when the engine has something new for all of what is waited for here, so it is looked at again and again.
        thread::park_timeout(moment);
    }

    /// Takes the next connection as number `connection`, if there is one.
    pub(super) fn accept(&mut self, connection: u64) -> Option<()> {
        let stream = self.accepted.try_recv().ok()?;
        let reading = stream.try_clone().ok()?;
        let (sender, commands) = mpsc::channel();
        thread::Builder::new()
            .name("moorline-replay".into())
            .spawn(move || {
                for line in BufReader::new(reading).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            })
            .ok()?;
        self.open.insert(connection, Control { stream, commands, passive: None, data: None, skips: Skips::Nothing });
        Some(())
    }

    /// The client's next command on a connection, if it has come.
    pub(super) fn command(&mut self, connection: u64) -> Option<Read> {
        let Some(control) = self.open.get_mut(&connection) else { return Some(Read::End) };
        control.skips = Skips::Nothing;
        match control.commands.try_recv() {
            Ok(line) if line.eq_ignore_ascii_case("NOOP") => {
                // A keep-alive of this run's own clock.
                drop(control.stream.write_all(b"200 ok\r\n"));
                None
            }
            Ok(line) => Some(Read::Line(line)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Read::End),
        }
    }

    /// From here on so much of what was heard on a connection is left out.
    pub(super) fn skip(&mut self, connection: u64, skips: Skips) {
        if let Some(control) = self.open.get_mut(&connection) {
            control.skips = skips;
        }
    }

    /// Whether a line that was heard is left out.
    pub(super) fn leaves_out(&mut self, connection: u64, line: &[u8]) -> bool {
        let Some(control) = self.open.get_mut(&connection) else { return false };
        let skips = control.skips;
        if skips == Skips::Reply && line.get(3) != Some(&b'-') {
            control.skips = Skips::Nothing;
        }
        skips != Skips::Nothing
    }

    /// Says what was recorded; a passive port is one of our own.
    pub(super) fn say(&mut self, connection: u64, bytes: &[u8]) {
        let Some(control) = self.open.get_mut(&connection) else { return };
        let code = bytes.get(..3).unwrap_or_default();
        let passive = match code {
            b"227" | b"229" => {
                TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?.port(), listener))).ok()
            }
            _ => None,
        };
        let said = match passive {
            Some((port, listener)) => {
                control.passive = Some(listener);
                let [high, low] = port.to_be_bytes();
                if code == b"227" {
                    format!("227 Entering Passive Mode (127,0,0,1,{high},{low})\r\n").into_bytes()
                } else {
                    format!("229 Entering Extended Passive Mode (|||{port}|)\r\n").into_bytes()
                }
            }
            None => bytes.to_vec(),
        };
        // A client that has gone already hears nothing; its record shows that too.
        drop(control.stream.write_all(&said));
    }

    /// Moves what the record says was moved on the data connection that begins now.
    pub(super) fn begin_data(&mut self, connection: u64, behind: &[RecordLine]) {
        let Some(control) = self.open.get_mut(&connection) else { return };
        let Some(listener) = control.passive.take() else { return };
        let mut listed = None;
        let mut moved = None;
        for line in behind.iter().filter(|line| line.connection == Some(connection)) {
            match &line.event {
                RecordEvent::Listed { bytes } => listed = Some(bytes.to_vec()),
                RecordEvent::Moved { upload, bytes, whole } => {
                    moved = Some((*upload, *bytes, *whole));
                    break;
                }
                RecordEvent::Sent { .. } | RecordEvent::Ended => break,
                _ => {}
            }
        }
        let (upload, bytes, whole) = moved.unwrap_or((false, 0, false));
        let (tell, told) = mpsc::channel();
        control.data = Some(Moving { moved: told, broken_behind: (!upload && !whole).then_some(bytes) });
        let spawned = thread::Builder::new().name("moorline-replay".into()).spawn(move || {
            if let Err(error) = move_data(&listener, listed, upload, bytes, whole, tell) {
                tracing::debug!("a data connection of the replay ended: {error}");
            }
        });
        if let Err(error) = spawned {
            tracing::warn!("a data connection is not played: {error}");
        }
    }

    /// The data connection that is under way beside a control connection; whoever asks takes it.
    pub(super) fn take_data(&mut self, connection: u64) -> Option<Moving> {
        self.open.get_mut(&connection)?.data.take()
    }

    /// Ends a connection as the server did.
    pub(super) fn close(&mut self, connection: u64) {
        if let Some(control) = self.open.get(&connection) {
            drop(control.stream.shutdown(Shutdown::Write));
        }
    }
}

/// Moves the bytes; dropping `tell` says that they have been moved.
fn move_data(
    listener: &TcpListener,
    listed: Option<Vec<u8>>,
    upload: bool,
    bytes: u64,
    whole: bool,
    tell: mpsc::Sender<()>,
) -> io::Result<()> {
    let (mut data, _) = listener.accept()?;
    data.set_read_timeout(Some(DATA))?;
    if upload {
        let wanted = if whole { u64::MAX } else { bytes };
        io::copy(&mut (&data).take(wanted), &mut io::sink())?;
    } else {
        match listed {
            Some(rows) => data.write_all(&rows)?,
            None => drop(io::copy(&mut io::repeat(0).take(bytes), &mut data)?),
        }
    }
    if whole {
        return data.shutdown(Shutdown::Write);
    }
    drop(tell);
    // It did not come to its end: it stays open until the client has had enough of it.
    io::copy(&mut data, &mut io::sink()).map(drop)
}
