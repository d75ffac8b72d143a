//! Puts a long way between an FTP client and a server on loopback: every byte takes half a round trip, a connection a whole one.
//!
//! usage: `relay PORT ROUND_TRIP_MS [SECONDS] [commands]`. Prints the port that it listens on (127.0.0.1 only), forwards control and data
//! connections to PORT, and ends by itself after SECONDS (900). With `commands` each command is printed with the time since the relay began.
//!
//! How: what is read is due half a round trip later, and is written then; the bandwidth is not limited. A client on loopback is connected at
//! once, so what it sends within the first round trip counts as sent at its end, and the server sees the connection one and a half round
//! trips after it was made, as on a real line. 227 and 229 are rewritten, so that data takes the same way. Plain FTP only.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use std::{env, process, thread};

/// Chunks under way in one direction, of at most [`CHUNK`] bytes: far more than 40 ms of 200 Mbit/s.
const UNDER_WAY: usize = 256;
const CHUNK: usize = 64 * 1024;
/// How long it runs when nothing else is said.
const SECONDS: u64 = 900;

/// The line between client and server.
#[derive(Clone, Copy)]
struct Way {
    half: Duration,
    begun: Instant,
    tells_commands: bool,
}

/// Bytes and when they are due; none at the end.
type Due = (Instant, Vec<u8>);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|text| text.parse::<u64>().ok());
    let port = number(0).and_then(|port| u16::try_from(port).ok());
    let (Some(port), Some(milliseconds)) = (port, number(1)) else {
        eprintln!("usage: relay PORT ROUND_TRIP_MS [SECONDS] [commands]");
        return;
    };
    let seconds = number(2).unwrap_or(SECONDS);
    let tells_commands = arguments.iter().any(|argument| argument == "commands");
    let way = Way { half: Duration::from_micros(milliseconds * 500), begun: Instant::now(), tells_commands };
    thread::spawn(move || {
        if let Err(error) = listen(port, way) {
            eprintln!("relay: {error}");
            process::exit(1);
        }
    });
    thread::sleep(Duration::from_secs(seconds));
}

fn listen(port: u16, way: Way) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    for (number, client) in listener.incoming().enumerate() {
        let client = client?;
        thread::spawn(move || connect(client, port, way, Some(number)));
    }
    Ok(())
}

/// Forwards one connection; `control` is its number when it carries commands. What breaks ends it, as a line does.
fn connect(client: TcpStream, port: u16, way: Way, control: Option<usize>) -> io::Result<()> {
    let stands = Instant::now() + 2 * way.half;
    client.set_nodelay(true)?;
    let (up, to_server) = sync_channel::<Due>(UNDER_WAY);
    let source = client.try_clone()?;
    thread::spawn(move || read_client(source, &up, way, stands, control));
    until(stands + way.half);
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    server.set_nodelay(true)?;
    let target = server.try_clone()?;
    thread::spawn(move || write(target, &to_server));
    let (down, to_client) = sync_channel::<Due>(UNDER_WAY);
    thread::spawn(move || write(client, &to_client));
    match control {
        Some(_) => read_replies(server, &down, way),
        None => read(server, &down, way),
    }
}

fn until(moment: Instant) {
    thread::sleep(moment.saturating_duration_since(Instant::now()));
}

fn write(mut target: TcpStream, chunks: &Receiver<Due>) -> io::Result<()> {
    for (due, bytes) in chunks {
        until(due);
        if bytes.is_empty() {
            return target.shutdown(Shutdown::Write);
        }
        target.write_all(&bytes)?;
    }
    target.shutdown(Shutdown::Both)
}

fn send(chunks: &SyncSender<Due>, due: Instant, bytes: Vec<u8>) -> io::Result<()> {
    chunks.send((due, bytes)).map_err(|_| io::ErrorKind::BrokenPipe.into())
}

fn read(mut source: TcpStream, chunks: &SyncSender<Due>, way: Way) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = source.read(&mut buffer)?;
        send(chunks, Instant::now() + way.half, buffer.get(..count).unwrap_or_default().to_vec())?;
        if count == 0 {
            return Ok(());
        }
    }
}

fn read_client(
    mut source: TcpStream,
    chunks: &SyncSender<Due>,
    way: Way,
    stands: Instant,
    control: Option<usize>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = source.read(&mut buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        if let Some(number) = control.filter(|_| way.tells_commands) {
            let milliseconds = way.begun.elapsed().as_millis();
            eprintln!("{milliseconds:7} {number:4} {}", String::from_utf8_lossy(&bytes).trim_end());
        }
        send(chunks, Instant::now().max(stands) + way.half, bytes)?;
        if count == 0 {
            return Ok(());
        }
    }
}

/// Forwards replies line by line; a line that names a data port gets one of the relay's own.
fn read_replies(mut source: TcpStream, chunks: &SyncSender<Due>, way: Way) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    let mut pending = Vec::new();
    loop {
        let count = source.read(&mut buffer)?;
        let due = Instant::now() + way.half;
        pending.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let whole = pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut lines = Vec::new();
        for line in pending.drain(..whole).as_slice().split_inclusive(|byte| *byte == b'\n') {
            lines.extend(rewritten(line, way)?.unwrap_or_else(|| line.to_vec()));
        }
        if !lines.is_empty() {
            send(chunks, due, lines)?;
        }
        if count == 0 {
            return send(chunks, due, Vec::new());
        }
    }
}

/// A 227 or 229 with another port.
fn rewritten(line: &[u8], way: Way) -> io::Result<Option<Vec<u8>>> {
    let text = String::from_utf8_lossy(line);
    let numbers =
        || text.get(3..).unwrap_or_default().split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u16>().ok());
    if text.starts_with("227 ") {
        let six: Vec<u16> = numbers().collect();
        let [.., high, low] = six.as_slice() else { return Ok(None) };
        let port = data_port(high * 256 + low, way)?;
        return Ok(Some(format!("227 Entering Passive Mode (127,0,0,1,{},{}).\r\n", port / 256, port % 256).into_bytes()));
    }
    if text.starts_with("229 ") {
        let Some(port) = numbers().next_back() else { return Ok(None) };
        return Ok(Some(format!("229 Entering Extended Passive Mode (|||{}|)\r\n", data_port(port, way)?).into_bytes()));
    }
    Ok(None)
}

/// A port whose one connection is forwarded to the server's.
fn data_port(port: u16, way: Way) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let own = listener.local_addr()?.port();
    thread::spawn(move || -> io::Result<()> {
        let (client, _) = listener.accept()?;
        drop(listener);
        connect(client, port, way, None)
    });
    Ok(own)
}
