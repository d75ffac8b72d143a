//! Proves the harness of real servers itself, by hand-written sessions: each server logs in, stores, returns, limits, dies and comes back.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use sha2::{Digest, Sha256};
use support::servers::{Kind, PASSWORD, Server, Setup, Tls, USER, on_servers};

/// A control connection that knows nothing but lines.
struct Session {
    lines: BufReader<TcpStream>,
}

impl Session {
    /// Connects and reads the greeting.
    fn open(address: SocketAddr) -> (Self, String) {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut session = Self { lines: BufReader::new(stream) };
        let greeting = session.reply();
        (session, greeting)
    }

    /// Connects and logs in.
    fn login(address: SocketAddr) -> Self {
        let (mut session, greeting) = Self::open(address);
        assert!(greeting.starts_with("220"), "{greeting}");
        assert!(session.ask(&format!("USER {USER}")).starts_with("331"));
        let answer = session.ask(&format!("PASS {PASSWORD}"));
        assert!(answer.starts_with("230"), "{answer}");
        assert!(session.ask("TYPE I").starts_with("200"));
        session
    }

    /// The last line of a reply (RFC 959 section 4.2).
    fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "the connection ended");
            if line.len() > 3 && line.as_bytes()[3] == b' ' && line[..3].bytes().all(|byte| byte.is_ascii_digit()) {
                return line.trim_end().to_owned();
            }
        }
    }

    fn ask(&mut self, command: &str) -> String {
        self.lines.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
        self.reply()
    }

    /// A passive data connection, and its port.
    fn passive(&mut self) -> (TcpStream, u16) {
        let answer = self.ask("PASV");
        assert!(answer.starts_with("227"), "{answer}");
        let numbers: Vec<u16> = answer[4..]
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap())
            .collect();
        let port = numbers[4] * 256 + numbers[5];
        (TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap(), port)
    }

    fn store(&mut self, name: &str, bytes: &[u8]) -> String {
        let (mut data, _) = self.passive();
        let begun = self.ask(&format!("STOR {name}"));
        assert!(begun.starts_with('1'), "{begun}");
        data.write_all(bytes).unwrap();
        drop(data);
        self.reply()
    }

    fn retrieve(&mut self, name: &str) -> Vec<u8> {
        let (mut data, _) = self.passive();
        let begun = self.ask(&format!("RETR {name}"));
        assert!(begun.starts_with('1'), "{begun}");
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes).unwrap();
        // proftpd waits ten seconds for our side to close before it replies.
        drop(data);
        assert!(self.reply().starts_with("226"));
        bytes
    }
}

on_servers!(stores_and_returns_a_file, [Vsftpd, Proftpd, PureFtpd, Pyftpdlib], Setup::default(), |server: Server| {
    let mut session = Session::login(server.address());
    let bytes: Vec<u8> = (0..70_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let answer = session.store("sample.bin", &bytes);
    assert!(answer.starts_with("226"), "{answer}");
    assert_eq!(fs::read(server.root().join("sample.bin")).unwrap(), bytes);
    assert_eq!(session.retrieve("sample.bin"), bytes);
    assert!(session.ask("QUIT").starts_with("221"));
    server.log_when(|log| log.contains("sample.bin"));
});

on_servers!(knows_a_wrong_password, [Vsftpd, Proftpd, PureFtpd, Pyftpdlib], Setup::default(), |server: Server| {
    let (mut session, _) = Session::open(server.address());
    session.ask(&format!("USER {USER}"));
    let answer = session.ask("PASS something else");
    assert!(answer.starts_with("530"), "{answer}");
});

on_servers!(
    limits_sessions,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup { max_per_ip: Some(1), ..Setup::default() },
    |server: Server| {
        let _first = Session::login(server.address());
        let (mut second, mut answer) = Session::open(server.address());
        if server.kind() == Kind::Proftpd {
            // It counts at the login only.
            second.ask(&format!("USER {USER}"));
            answer = second.ask(&format!("PASS {PASSWORD}"));
        }
        assert!(answer.starts_with("421") || answer.starts_with("530"), "{answer}");
    }
);

on_servers!(
    keeps_to_the_passive_ports,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup { passive_ports: Some(50_000..=50_400), ..Setup::default() },
    |server: Server| {
        let (_data, port) = Session::login(server.address()).passive();
        assert!((50_000..=50_400).contains(&port), "{port}");
    }
);

on_servers!(
    refuses_plain_sessions_when_told,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup { tls: Tls::Required, ..Setup::default() },
    |server: Server| {
        let (mut session, _) = Session::open(server.address());
        let mut answer = session.ask(&format!("USER {USER}"));
        if answer.starts_with("331") {
            answer = session.ask(&format!("PASS {PASSWORD}"));
        }
        assert!(matches!(&answer[..3], "421" | "503" | "522" | "530" | "550"), "{answer}");
    }
);

on_servers!(
    dies_in_mid_transfer_and_comes_back,
    [Vsftpd, Proftpd, PureFtpd, Pyftpdlib],
    Setup { bytes_per_second: Some(65_536), ..Setup::default() },
    |mut server: Server| {
        let bytes = vec![7; 4 << 20];
        fs::write(server.root().join("large.bin"), &bytes).unwrap();
        let mut session = Session::login(server.address());
        let (mut data, _) = session.passive();
        assert!(session.ask("RETR large.bin").starts_with('1'));
        let mut got = vec![0; 1_000];
        data.read_exact(&mut got).unwrap();
        server.kill();
        let mut rest = Vec::new();
        // A reset is as good as an end here.
        drop(data.read_to_end(&mut rest));
        assert!(rest.len() + got.len() < bytes.len(), "the whole file came from a dead server");
        assert!(TcpStream::connect(server.address()).is_err(), "it still listens");

        server.restart();
        let mut session = Session::login(server.address());
        assert!(session.ask("SIZE large.bin").ends_with(&bytes.len().to_string()));
    }
);

// pure-ftpd counts whole minutes.
on_servers!(
    ends_idle_sessions,
    [Vsftpd, Proftpd, Pyftpdlib],
    Setup { idle_seconds: Some(2), ..Setup::default() },
    |server: Server| {
        if server.kind() == Kind::PureFtpd {
            support::skip::skipped(
                "servers::ends_idle_sessions::pure_ftpd",
                "pure-ftpd counts whole minutes, which is too long for this proof",
            );
            return;
        }
        let mut session = Session::login(server.address());
        let farewell = session.reply();
        assert!(farewell.starts_with("421"), "{farewell}");
    }
);

on_servers!(speaks_tls_with_its_certificate, [Vsftpd, Proftpd, PureFtpd, Pyftpdlib], Setup::default(), |server: Server| {
    let (mut session, _) = Session::open(server.address());
    let answer = session.ask("AUTH TLS");
    assert!(answer.starts_with("234"), "{answer}");
    let mut secured = handshake(session.lines.into_inner(), &server);
    secured.write_all(format!("USER {USER}\r\n").as_bytes()).unwrap();
    let mut answer = [0; 3];
    secured.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"331");
});

// pure-ftpd has no implicit TLS.
on_servers!(
    speaks_tls_from_the_first_byte,
    [Vsftpd, Proftpd, Pyftpdlib],
    Setup { tls: Tls::Implicit, ..Setup::default() },
    |server: Server| {
        let mut greeting = [0; 3];
        handshake(TcpStream::connect(server.address()).unwrap(), &server).read_exact(&mut greeting).unwrap();
        assert_eq!(&greeting, b"220");
    }
);

/// Secures a connection and checks that the certificate is the one that the harness names.
fn handshake(stream: TcpStream, server: &Server) -> StreamOwned<ClientConnection, TcpStream> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything(provider)))
        .with_no_client_auth();
    let name = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
    let mut secured = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream);
    secured.conn.complete_io(&mut secured.sock).unwrap();
    let shown = secured.conn.peer_certificates().unwrap();
    let print: String = Sha256::digest(&shown[0]).iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(print, server.fingerprint());
    secured
}

/// Accepts each certificate: the fingerprint is compared afterwards.
#[derive(Debug)]
struct Anything(Arc<CryptoProvider>);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
