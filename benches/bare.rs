//! The least that sending files can cost: sends a folder's files over several connections, the commands of a file in one breath, and
//! looks at nothing of a reply but that it is no refusal. It proves nothing and survives nothing.
//!
//! usage: `bare PORT CONNECTIONS FOLDER REMOTE`, to a server on loopback that lets anybody in. Makes REMOTE.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process, thread};

/// What is read and sent at a time: as curl does.
const BUFFER: usize = 64 << 10;

/// A control connection.
struct Session {
    socket: TcpStream,
    replies: BufReader<TcpStream>,
}

impl Session {
    fn begin(port: u16) -> io::Result<Self> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nodelay(true)?;
        let replies = BufReader::new(socket.try_clone()?);
        let mut session = Self { socket, replies };
        session.reply()?;
        for command in ["USER anonymous\r\n", "PASS bare\r\n", "TYPE I\r\n"] {
            session.send(command)?;
            session.reply()?;
        }
        Ok(session)
    }

    fn send(&mut self, commands: &str) -> io::Result<()> {
        self.socket.write_all(commands.as_bytes())
    }

    /// The last line of the next reply.
    fn reply(&mut self) -> io::Result<String> {
        loop {
            let mut line = String::new();
            if self.replies.read_line(&mut line)? == 0 || line.starts_with(['4', '5']) {
                return Err(io::Error::other(format!("the server said “{}”", line.trim_end())));
            }
            if line.as_bytes().get(3) == Some(&b' ') {
                return Ok(line);
            }
        }
    }
}

/// The port of a 227: behind the code and the four numbers of the address.
fn port_of(reply: &str) -> Option<u16> {
    let mut numbers = reply.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u16>().ok()).skip(5);
    numbers.next()?.checked_mul(256)?.checked_add(numbers.next()?)
}

/// Sends files until none is left.
fn work(port: u16, files: &[PathBuf], next: &AtomicUsize, remote: &str) -> io::Result<()> {
    let mut session = Session::begin(port)?;
    let mut buffer = vec![0; BUFFER];
    session.send("PASV\r\n")?;
    while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let address = session.reply()?;
        let data_port = port_of(&address).ok_or_else(|| io::Error::other(address))?;
        let mut file = File::open(path)?;
        let name = path.file_name().unwrap_or_default().display();
        let mut data = TcpStream::connect((Ipv4Addr::LOCALHOST, data_port))?;
        // With the time, as Moorline sets it, and the address for the next file.
        session.send(&format!("STOR {remote}/{name}\r\nMDTM 20260101000000 {remote}/{name}\r\nPASV\r\n"))?;
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            data.write_all(buffer.get(..count).unwrap_or_default())?;
        }
        drop(data);
        // The third is the time's.
        for _ in 0..3 {
            session.reply()?;
        }
    }
    Ok(())
}

fn send(port: u16, connections: usize, folder: &str, remote: &str) -> io::Result<()> {
    let files: Vec<PathBuf> = fs::read_dir(folder)?.map(|row| row.map(|row| row.path())).collect::<io::Result<_>>()?;
    let mut first = Session::begin(port)?;
    first.send(&format!("MKD {remote}\r\n"))?;
    first.reply()?;
    let shared = Arc::new((files, AtomicUsize::new(0), remote.to_owned()));
    let lanes: Vec<_> = (0..connections)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || work(port, &shared.0, &shared.1, &shared.2))
        })
        .collect();
    lanes.into_iter().try_for_each(|lane| lane.join().unwrap_or_else(|_| Err(io::Error::other("a connection's thread ended"))))
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [port, connections, folder, remote] = arguments.as_slice() else {
        eprintln!("usage: bare PORT CONNECTIONS FOLDER REMOTE");
        return;
    };
    let (Ok(port), Ok(connections)) = (port.parse(), connections.parse()) else {
        eprintln!("bare: PORT and CONNECTIONS are numbers");
        process::exit(2);
    };
    if let Err(error) = send(port, connections, folder, remote) {
        eprintln!("bare: {error}");
        process::exit(1);
    }
}
