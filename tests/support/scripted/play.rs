//! Plays a script on one connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::server::TlsStream;

use super::{DataTls, PATIENCE, Report, Script, Step};

/// A control or data connection.
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    async fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(bytes).await,
            Self::Tls(stream) => stream.read(bytes).await,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    async fn end(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
        }
    }

    fn socket(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }

    /// Makes the coming drop a reset.
    fn reset(mut self) {
        socket2::SockRef::from(&*self.socket()).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

pub(super) struct Player {
    pub(super) report: Arc<Mutex<Report>>,
    pub(super) changed: watch::Sender<()>,
    pub(super) go: Arc<Semaphore>,
    pub(super) tls: tokio_rustls::TlsAcceptor,
    pub(super) data_tls: tokio_rustls::TlsAcceptor,
    pub(super) forgetful_tls: tokio_rustls::TlsAcceptor,
}

/// One control connection under way.
struct Play<'a> {
    player: &'a Player,
    control: Option<Stream>,
    pending: Vec<u8>,
    listener: Option<TcpListener>,
    data: Option<Stream>,
}

impl Player {
    pub(super) fn note(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap());
        self.changed.send_replace(());
    }

    pub(super) async fn play(&self, script: Script, stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let mut play = Play { player: self, control: Some(Stream::Plain(stream)), pending: Vec::new(), listener: None, data: None };
        for step in script.0 {
            let told = format!("{step:?}");
            let outcome = tokio::time::timeout(PATIENCE, play.step(step)).await;
            let problem = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(problem)) => problem,
                Err(_) => "took too long".to_owned(),
            };
            let told: String = told.chars().take(200).collect();
            self.note(|report| {
                report.deviation.get_or_insert(format!("{told}: {problem}"));
            });
            return;
        }
        self.note(|report| report.completed += 1);
    }
}

impl Play<'_> {
    async fn step(&mut self, step: Step) -> Result<(), String> {
        let text = |error: std::io::Error| error.to_string();
        match step {
            Step::Say(bytes) => self.control()?.write(&bytes).await.map_err(text),
            Step::SayClear(bytes) => {
                self.fault("clear text");
                self.control()?.socket().write_all(&bytes).await.map_err(text)
            }
            Step::Expect(command) => self.expect(&command).await,
            Step::StartTls => {
                let Some(Stream::Plain(stream)) = self.control.take() else { return Err("no plain connection".to_owned()) };
                let stream = self.player.tls.accept(stream).await.map_err(text)?;
                self.control = Some(Stream::Tls(Box::new(stream)));
                Ok(())
            }
            Step::RefusedTls => {
                let Some(Stream::Plain(stream)) = self.control.take() else { return Err("no plain connection".to_owned()) };
                match self.player.tls.accept(stream).await {
                    Ok(_) => Err("the client took the certificate".to_owned()),
                    Err(_) => Ok(()),
                }
            }
            Step::EndTls => {
                self.fault("end of TLS");
                let Stream::Tls(stream) = self.control()? else { return Err("no TLS".to_owned()) };
                stream.get_mut().1.send_close_notify();
                stream.flush().await.map_err(text)
            }
            Step::Close => {
                self.fault("close");
                self.control()?.end().await.map_err(text)?;
                self.control = None;
                Ok(())
            }
            Step::Reset => {
                self.fault("reset");
                self.control.take().ok_or("no connection")?.reset();
                Ok(())
            }
            Step::Tell(fault) => {
                self.fault(fault);
                Ok(())
            }
            Step::WaitForGo => {
                self.player.go.acquire().await.map_err(|error| error.to_string())?.forget();
                Ok(())
            }
            Step::AwaitEnd => {
                while let Some(line) = self.line().await {
                    self.player.note(|report| report.commands.push(line));
                }
                Ok(())
            }
            Step::Pasv(named) => {
                self.expect("PASV").await?;
                let port = self.listen().await;
                let [a, b, c, d] = named.unwrap_or([127, 0, 0, 1]);
                let reply = format!("227 Entering Passive Mode ({a},{b},{c},{d},{},{})\r\n", port / 256, port % 256);
                self.control()?.write(reply.as_bytes()).await.map_err(text)
            }
            Step::Epsv => {
                self.expect("EPSV").await?;
                let reply = format!("229 Entering Extended Passive Mode (|||{}|)\r\n", self.listen().await);
                self.control()?.write(reply.as_bytes()).await.map_err(text)
            }
            Step::OpenData { tls } => {
                let listener = self.listener.take().ok_or("no PASV before")?;
                let (stream, _) = listener.accept().await.map_err(text)?;
                self.player.note(|report| report.data_connections += 1);
                self.data = Some(if let Some(tls) = tls {
                    let tls = match tls {
                        DataTls::Known => &self.player.data_tls,
                        DataTls::Forgotten => &self.player.forgetful_tls,
                    };
                    let stream = tls.accept(stream).await.map_err(text)?;
                    let resumed = stream.get_ref().1.handshake_kind() == Some(rustls::HandshakeKind::Resumed);
                    self.player.note(|report| report.resumed.push(resumed));
                    Stream::Tls(Box::new(stream))
                } else {
                    Stream::Plain(stream)
                });
                Ok(())
            }
            Step::SendData(bytes) => self.data()?.write(&bytes).await.map_err(text),
            Step::ReadData(count) => {
                let mut got = 0;
                let mut bytes = vec![0; 64 * 1024];
                while got < count {
                    let read = self.data()?.read(&mut bytes).await.map_err(text)?;
                    if read == 0 {
                        return Err(format!("the data ended after {got} bytes"));
                    }
                    got += read;
                    self.player.note(|report| report.received.extend_from_slice(&bytes[..read]));
                }
                Ok(())
            }
            Step::ReadDataToEnd => {
                let mut bytes = vec![0; 64 * 1024];
                loop {
                    match self.data()?.read(&mut bytes).await {
                        // A client that breaks off does so without ceremony.
                        Ok(0) | Err(_) => return Ok(()),
                        Ok(read) => self.player.note(|report| report.received.extend_from_slice(&bytes[..read])),
                    }
                }
            }
            Step::EndData => {
                let mut data = self.data.take().ok_or("no data connection")?;
                data.end().await.map_err(text)
            }
            Step::CutData => {
                self.fault("cut data");
                self.data()?.socket().shutdown().await.map_err(text)
            }
            Step::ResetData => {
                self.fault("reset data");
                self.data.take().ok_or("no data connection")?.reset();
                Ok(())
            }
        }
    }

    fn fault(&self, name: &'static str) {
        self.player.note(|report| report.faults.push(name));
    }

    fn control(&mut self) -> Result<&mut Stream, String> {
        self.control.as_mut().ok_or_else(|| "no control connection".to_owned())
    }

    fn data(&mut self) -> Result<&mut Stream, String> {
        self.data.as_mut().ok_or_else(|| "no data connection".to_owned())
    }

    async fn listen(&mut self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        self.listener = Some(listener);
        port
    }

    async fn expect(&mut self, command: &str) -> Result<(), String> {
        let line = self.line().await.ok_or("the client went away")?;
        let fits = line.starts_with(command);
        let told = line.clone();
        self.player.note(|report| report.commands.push(line));
        if fits { Ok(()) } else { Err(format!("“{told}” came instead")) }
    }

    /// The next line of the control connection; `None` at its end.
    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.pending.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            let mut bytes = [0; 1024];
            match self.control.as_mut()?.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.pending.extend_from_slice(&bytes[..count]),
            }
        }
    }
}
