//! An FTP server by script that can be told to end its session with a line of its choice.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// One file in one folder, on a free port of 127.0.0.1.
pub struct CuttingServer {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    commands: Vec<String>,
    /// Control connections that are open now.
    open: Vec<TcpStream>,
    logins: usize,
}

impl CuttingServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&shared);
                seen.lock().unwrap().open.push(stream.try_clone().unwrap());
                thread::spawn(move || drop(serve(stream, &seen)));
            }
        });
        Self { port, seen }
    }

    pub fn address(&self) -> String {
        format!("ftp://127.0.0.1:{}//srv/data", self.port)
    }

    /// Says `line` on every open session, asked or not, and closes it. Returns how many there were.
    pub fn cut(&self, line: &str) -> usize {
        let open = std::mem::take(&mut self.seen.lock().unwrap().open);
        let mut told = 0;
        for mut stream in open {
            told += usize::from(stream.write_all(format!("{line}\r\n").as_bytes()).is_ok());
            drop(stream.shutdown(Shutdown::Both));
        }
        told
    }

    /// How many logins were complete.
    pub fn logins(&self) -> usize {
        self.seen.lock().unwrap().logins
    }

    /// How often a command came.
    pub fn count(&self, command: &str) -> usize {
        self.seen.lock().unwrap().commands.iter().filter(|seen| *seen == command).count()
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut passive: Option<TcpListener> = None;
    let mut folder = "/".to_owned();
    out.write_all(b"220 Ready.\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        seen.lock().unwrap().commands.push(line.clone());
        let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match verb {
            "USER" => "331 Password, please.".to_owned(),
            "PASS" => {
                seen.lock().unwrap().logins += 1;
                "230 Welcome.".to_owned()
            }
            "PWD" => format!("257 \"{folder}\""),
            "CWD" => {
                argument.clone_into(&mut folder);
                "250 Done.".to_owned()
            }
            "TYPE" | "NOOP" => "200 Done.".to_owned(),
            "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let port = listener.local_addr()?.port();
                passive = Some(listener);
                format!("227 Entering Passive Mode (127,0,0,1,{},{})", port / 256, port % 256)
            }
            "LIST" => match passive.take() {
                Some(listener) => {
                    let (mut data, _) = listener.accept()?;
                    out.write_all(b"150 Here it comes.\r\n")?;
                    data.write_all(b"-rw-r--r-- 1 ftp ftp 5 Nov 20 2025 kept.txt\r\n")?;
                    drop(data);
                    "226 Complete.".to_owned()
                }
                None => "425 Use PASV first.".to_owned(),
            },
            "QUIT" => {
                out.write_all(b"221 Goodbye.\r\n")?;
                return Ok(());
            }
            _ => "502 Not here.".to_owned(),
        };
        out.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}
