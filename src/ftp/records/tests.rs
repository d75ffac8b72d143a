//! TLS 1.3 of a control connection against a server of rustls's own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::{ClientConfig, HandshakeKind, RootCertStore, ServerConfig};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::*;

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A client that knows its server, and how the server is set up.
struct Pair {
    client: Arc<ClientConfig>,
    server: ServerConfig,
    tickets: Arc<Tickets>,
}

impl Pair {
    fn new() -> Self {
        Self::with(rustls::crypto::ring::default_provider())
    }

    /// `provider` is the client's.
    fn with(provider: rustls::crypto::CryptoProvider) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let of_server = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(of_server).with_safe_default_protocol_versions().unwrap();
        let mut server = server.with_no_client_auth().with_single_cert(vec![certificate.clone()], key).unwrap();
        server.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(provider));
        let client = client.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
        let mut client = client.with_root_certificates(roots).with_no_client_auth();
        let tickets = Arc::new(Tickets::default());
        client.resumption = Resumption::store(Arc::clone(&tickets) as _);
        client.enable_secret_extraction = true;
        Self { client: Arc::new(client), server, tickets }
    }

    fn connection(&self) -> UnbufferedClientConnection {
        UnbufferedClientConnection::new(Arc::clone(&self.client), ServerName::try_from("localhost").unwrap()).unwrap()
    }

    /// Both ends of a connection; `by` bytes at a time go through between them, where it is more than 0.
    async fn connected(&self, by: usize) -> (Records<DuplexStream>, TlsStream<DuplexStream>) {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        if by > 0 {
            let (mut one, end) = (far, tokio::io::duplex(1 << 20));
            let mut other = end.0;
            far = end.1;
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional_with_sizes(&mut one, &mut other, by, by).await;
            });
        }
        let acceptor = TlsAcceptor::from(Arc::new(self.server.clone()));
        let (near, far) = tokio::join!(Records::connect(near, self.connection(), &self.tickets), acceptor.accept(far));
        (near.unwrap(), far.unwrap())
    }

    /// One more connection, as those that carry data are.
    async fn another(&self) -> (tokio_rustls::client::TlsStream<DuplexStream>, TlsStream<DuplexStream>) {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (connector, acceptor) =
            (TlsConnector::from(Arc::clone(&self.client)), TlsAcceptor::from(Arc::new(self.server.clone())));
        let name = ServerName::try_from("localhost").unwrap();
        let (near, far) = tokio::join!(connector.connect(name, near), acceptor.accept(far));
        (near.unwrap(), far.unwrap())
    }

    /// Whether one more connection resumes.
    async fn resumes(&self) -> bool {
        let (_, far) = self.another().await;
        far.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}

/// What either end says is heard by the other.
async fn talk(near: &mut Records<DuplexStream>, far: &mut TlsStream<DuplexStream>) {
    let mut came = [0; 6];
    let (said, heard) = tokio::join!(
        async {
            far.write_all(b"220 hi").await?;
            far.flush().await
        },
        near.read_exact(&mut came)
    );
    said.and(heard.map(drop)).unwrap();
    assert_eq!(&came, b"220 hi");
    let (said, heard) = tokio::join!(
        async {
            near.write_all(b"NOOP\r\n").await?;
            near.flush().await
        },
        far.read_exact(&mut came)
    );
    said.and(heard.map(drop)).unwrap();
    assert_eq!(&came, b"NOOP\r\n");
}

#[test]
fn both_ends_are_heard_in_segments_of_every_size() {
    let pair = Pair::new();
    for by in [1, 2, 7, 100, 0] {
        run(async {
            let (mut near, mut far) = pair.connected(by).await;
            talk(&mut near, &mut far).await;
            let sent: Vec<u8> = (0..100_000_u32).map(|at| at.to_le_bytes()[0]).collect();
            let mut came = Vec::new();
            let (said, heard) = tokio::join!(
                async {
                    near.write_all(&sent).await?;
                    near.shutdown().await
                },
                far.read_to_end(&mut came)
            );
            said.and(heard.map(drop)).unwrap();
            assert!(came == sent, "with close_notify at its end");
            let (said, heard) = tokio::join!(far.shutdown(), near.read(&mut came));
            said.unwrap();
            assert_eq!(heard.unwrap(), 0, "with close_notify");
        });
    }
}

#[test]
fn a_ticket_is_read_again_as_long_as_the_connection_stands() {
    let pair = Pair::new();
    run(async {
        let (mut near, mut far) = pair.connected(0).await;
        assert!(!pair.resumes().await, "no ticket was read yet");
        talk(&mut near, &mut far).await;
        for _ in 0..20 {
            assert!(pair.resumes().await);
        }
        drop(near);
        assert!(!pair.resumes().await, "what it had came from the connection");
    });
}

#[test]
fn fresh_tickets_go_first() {
    let pair = Pair::new();
    run(async {
        let (mut near, mut far) = pair.connected(0).await;
        talk(&mut near, &mut far).await;
        // Those of the login.
        assert!(!pair.tickets.has_none_fresh());
        while !pair.tickets.has_none_fresh() {
            assert!(pair.resumes().await);
        }
        let (mut second, mut its_far) = pair.another().await;
        its_far.write_all(b"data").await.unwrap();
        its_far.flush().await.unwrap();
        second.read_exact(&mut [0; 4]).await.unwrap();
        assert!(!pair.tickets.has_none_fresh(), "the second connection brought some");
        while !pair.tickets.has_none_fresh() {
            assert!(pair.resumes().await);
        }
    });
}

#[test]
fn a_ticket_whose_time_is_over_is_not_read_again() {
    #[derive(Debug)]
    struct Short(Arc<dyn rustls::server::ProducesTickets>, u32);

    impl rustls::server::ProducesTickets for Short {
        fn enabled(&self) -> bool {
            true
        }
        fn lifetime(&self) -> u32 {
            self.1
        }
        fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
            self.0.encrypt(plain)
        }
        fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
            self.0.decrypt(cipher)
        }
    }

    // A lifetime of nothing is over at once; the tickets themselves are used up first.
    for (lifetime, resumes) in [(3_600, true), (0, false)] {
        let mut pair = Pair::new();
        pair.server.ticketer = Arc::new(Short(rustls::crypto::ring::Ticketer::new().unwrap(), lifetime));
        run(async {
            let (mut near, mut far) = pair.connected(0).await;
            talk(&mut near, &mut far).await;
            while !pair.tickets.has_none_fresh() {
                pair.resumes().await;
            }
            assert_eq!(pair.resumes().await, resumes, "{lifetime}");
        });
    }
}

#[test]
fn keys_that_the_server_changes_are_followed_and_changed_in_return() {
    let pair = Pair::new();
    run(async {
        let (mut near, mut far) = pair.connected(0).await;
        for _ in 0..3 {
            talk(&mut near, &mut far).await;
            far.get_mut().1.refresh_traffic_keys().unwrap();
        }
        assert!(pair.resumes().await);
    });
}

#[test]
fn a_key_that_was_used_as_often_as_it_may_is_changed() {
    let mut provider = rustls::crypto::ring::default_provider();
    let SupportedCipherSuite::Tls13(whole) = rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256 else { panic!() };
    let common = rustls::CipherSuiteCommon { confidentiality_limit: 6, ..copy_of(&whole.common) };
    let short = Tls13CipherSuite { common, hkdf_provider: whole.hkdf_provider, aead_alg: whole.aead_alg, quic: None };
    provider.cipher_suites = vec![SupportedCipherSuite::Tls13(Box::leak(Box::new(short)))];
    let pair = Pair::with(provider);
    run(async {
        let (mut near, mut far) = pair.connected(0).await;
        for _ in 0..20 {
            talk(&mut near, &mut far).await;
            assert!(near.sealer.next <= 6);
        }
    });
}

fn copy_of(common: &rustls::CipherSuiteCommon) -> rustls::CipherSuiteCommon {
    let rustls::CipherSuiteCommon { suite, hash_provider, confidentiality_limit } = common;
    rustls::CipherSuiteCommon { suite: *suite, hash_provider: *hash_provider, confidentiality_limit: *confidentiality_limit }
}

#[test]
fn what_is_no_record_ends_it_and_an_end_without_close_notify_is_none() {
    let pair = Pair::new();
    run(async {
        // What clear text, a record with a bit turned, and a plain alert look like.
        for wrong in [&b"421 Timeout\r\n"[..], b"\x17\x03\x03\x00\x18................", b"\x15\x03\x03\x00\x02\x01\x00"] {
            let (mut near, mut far) = pair.connected(0).await;
            talk(&mut near, &mut far).await;
            far.get_mut().0.write_all(wrong).await.unwrap();
            far.get_mut().0.write_all(&[0; 64]).await.unwrap();
            assert_eq!(near.read(&mut [0; 10]).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
        let (mut near, mut far) = pair.connected(0).await;
        talk(&mut near, &mut far).await;
        drop(far);
        assert_eq!(near.read(&mut [0; 10]).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    });
}

#[test]
fn a_server_that_is_not_known_is_told_so() {
    let (pair, other) = (Pair::new(), Pair::new());
    run(async {
        let (near, far) = tokio::io::duplex(1 << 16);
        let acceptor = TlsAcceptor::from(Arc::new(other.server.clone()));
        let (near, far) = tokio::join!(Records::connect(near, pair.connection(), &pair.tickets), acceptor.accept(far));
        assert_eq!(near.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(far.unwrap_err().to_string().contains("alert"));
    });
}
