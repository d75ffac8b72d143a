//! TLS on a data connection against a server of rustls's own, in records and segments of every size.

#![allow(clippy::unwrap_used)]

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;

use super::DataTls;
use crate::ftp::tls::{TlsSession, TlsVersion, Trust};
use crate::model::certificate::Fingerprint;

const BOTH: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A client's and a server's half of the same trust.
async fn ends(version: TlsVersion) -> (TlsSession, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let pin = Fingerprint(Sha256::digest(&certificate).into());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let client = TlsSession::new("localhost", &Trust { pinned: [pin].into() }, version).await.unwrap();
    (client, Arc::new(server))
}

/// Connects both ends; `by` bytes at a time go through between them, where it is more than 0.
async fn connected(version: TlsVersion, by: usize) -> (DataTls, TlsStream<TcpStream>) {
    let (client, server) = ends(version).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let near = if by == 0 {
        TcpStream::connect(address).await.unwrap()
    } else {
        let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(between.local_addr().unwrap()).await.unwrap();
        let (mut one, _) = between.accept().await.unwrap();
        let mut other = TcpStream::connect(address).await.unwrap();
        one.set_nodelay(true).unwrap();
        other.set_nodelay(true).unwrap();
        tokio::spawn(async move {
            let _ = tokio::io::copy_bidirectional_with_sizes(&mut one, &mut other, by, by).await;
        });
        near
    };
    let far = async {
        let (socket, _) = listener.accept().await.unwrap();
        tokio_rustls::TlsAcceptor::from(server).accept(socket).await.unwrap()
    };
    let (near, far) = tokio::join!(client.secure_data(near, "testing"), far);
    (near.unwrap(), far)
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

#[test]
fn data_comes_whole_in_records_and_rooms_of_every_size() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 0).await;
            let all = pattern(400_000);
            let sent = all.clone();
            let server = tokio::spawn(async move {
                let mut rest = &sent[..];
                for size in [1, 2, 100, 16_384, 16_385, 40_000].into_iter().cycle() {
                    let (now, later) = rest.split_at(size.min(rest.len()));
                    far.write_all(now).await.unwrap();
                    far.flush().await.unwrap();
                    rest = later;
                    if rest.is_empty() {
                        break;
                    }
                }
                far.shutdown().await.unwrap();
            });
            let mut came = Vec::new();
            for room in [1, 7, 5_000, 16_384, 70_000].into_iter().cycle() {
                let mut bytes = vec![0; room];
                let count = near.read(&mut bytes).await.unwrap();
                if count == 0 {
                    break;
                }
                came.extend_from_slice(&bytes[..count]);
            }
            assert!(came == all, "{version:?}: {} of {} bytes", came.len(), all.len());
            assert_eq!(near.read(&mut [0; 9]).await.unwrap(), 0, "the end stays the end");
            server.await.unwrap();
        });
    }
}

#[test]
fn a_line_that_brings_a_few_bytes_at_a_time_is_as_good() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 3).await;
            let all = pattern(20_000);
            let (to_far, to_near) = (all.clone(), all.clone());
            let server = tokio::spawn(async move {
                far.write_all(&to_near).await.unwrap();
                far.shutdown().await.unwrap();
                let mut came = Vec::new();
                far.read_to_end(&mut came).await.unwrap();
                assert!(came == to_far);
            });
            let mut came = Vec::new();
            near.read_to_end(&mut came).await.unwrap();
            assert!(came == all);
            // The server has ended its side; ours still writes.
            near.write_all(&all).await.unwrap();
            near.shutdown().await.unwrap();
            server.await.unwrap();
        });
    }
}

#[test]
fn a_server_that_reads_late_gets_everything_and_a_proper_end() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 0).await;
            // More than the system's buffers of both ends hold.
            let all = pattern(24 << 20);
            let length = all.len();
            let client = tokio::spawn(async move {
                near.write_all(&all).await.unwrap();
                near.shutdown().await.unwrap();
                (near, all)
            });
            // The client has come as far as it can when nothing else is left to run.
            tokio::task::yield_now().await;
            let mut came = Vec::with_capacity(length);
            // Without close_notify this is an error.
            far.read_to_end(&mut came).await.unwrap();
            let (_near, all) = client.await.unwrap();
            assert!(came == all, "{version:?}: {} of {length} bytes", came.len());
        });
    }
}

#[test]
fn an_end_without_close_notify_is_an_error_behind_all_that_came() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 0).await;
            far.write_all(b"half of it").await.unwrap();
            far.flush().await.unwrap();
            far.get_mut().0.shutdown().await.unwrap();
            let mut came = Vec::new();
            let error = near.read_to_end(&mut came).await.unwrap_err();
            assert_eq!((came.as_slice(), error.kind()), (&b"half of it"[..], io::ErrorKind::UnexpectedEof));
        });
    }
}

#[test]
fn what_is_no_tls_is_an_error_and_the_server_is_told_so() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 0).await;
            far.write_all(b"good").await.unwrap();
            far.flush().await.unwrap();
            far.get_mut().0.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut came = Vec::new();
            let error = near.read_to_end(&mut came).await.unwrap_err();
            assert_eq!((came.as_slice(), error.kind()), (&b"good"[..], io::ErrorKind::InvalidData));
            let told = far.read(&mut [0; 9]).await.unwrap_err();
            assert!(told.to_string().contains("alert"), "{told}");
        });
    }
}

#[test]
fn a_changed_byte_is_an_error() {
    for version in BOTH {
        run(async {
            let (mut near, mut far) = connected(version, 0).await;
            let mut record = Vec::new();
            {
                let (_, tls) = far.get_mut();
                io::Write::write_all(&mut tls.writer(), b"not to be trusted").unwrap();
                tls.write_tls(&mut record).unwrap();
            }
            *record.last_mut().unwrap() ^= 1;
            far.get_mut().0.write_all(&record).await.unwrap();
            let mut came = [0; 99];
            assert_eq!(near.read(&mut came).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        });
    }
}

#[test]
fn keys_that_the_server_changes_in_the_middle_are_followed() {
    run(async {
        let (mut near, mut far) = connected(TlsVersion::Tls13, 0).await;
        for part in [b"before", b"behind"] {
            far.write_all(part).await.unwrap();
            far.flush().await.unwrap();
            let mut came = [0; 6];
            near.read_exact(&mut came).await.unwrap();
            assert_eq!(&came, part);
            // Asks for a change of ours as well.
            far.get_mut().1.refresh_traffic_keys().unwrap();
        }
        near.write_all(b"ours").await.unwrap();
        near.shutdown().await.unwrap();
        far.shutdown().await.unwrap();
        let mut came = Vec::new();
        far.read_to_end(&mut came).await.unwrap();
        assert_eq!(came, b"ours");
    });
}

#[test]
fn a_certificate_that_nobody_knows_ends_it() {
    run(async {
        let (client, _) = ends(TlsVersion::Tls12).await;
        let (_, stranger) = ends(TlsVersion::Tls12).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let far = async {
            let (socket, _) = listener.accept().await.unwrap();
            tokio_rustls::TlsAcceptor::from(stranger).accept(socket).await.map(drop)
        };
        let (near, far) = tokio::join!(client.secure_data(near, "testing"), far);
        assert!(matches!(near, Err(crate::ftp::Fault::Untrusted(_))), "{near:?}");
        assert!(far.unwrap_err().to_string().contains("alert"), "the server is told");
    });
}

#[test]
fn a_server_that_leaves_in_the_handshake_is_said_to() {
    run(async {
        let (client, _) = ends(TlsVersion::Tls13).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let far = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            // Its hello is taken in, so that the end is no reset.
            let mut header = [0; 5];
            socket.read_exact(&mut header).await.unwrap();
            let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
            socket.read_exact(&mut hello).await.unwrap();
        };
        let (near, ()) = tokio::join!(client.secure_data(near, "testing"), far);
        assert!(matches!(&near, Err(crate::ftp::Fault::Tls { detail, .. }) if detail.contains("handshake")), "{near:?}");
    });
}

#[test]
fn data_and_its_end_right_behind_the_handshake_are_the_data_and_its_end() {
    for version in BOTH {
        run(async {
            let (client, server) = ends(version).await;
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let far = async {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut tls = rustls::ServerConnection::new(server).unwrap();
                let (mut bytes, mut sent) = (vec![0; 16_384], Vec::new());
                while tls.is_handshaking() {
                    // Its flight goes when the client's is in, so that the last one goes together with what follows.
                    tls.write_tls(&mut sent).unwrap();
                    socket.write_all(&std::mem::take(&mut sent)).await.unwrap();
                    let count = socket.read(&mut bytes).await.unwrap();
                    tls.read_tls(&mut &bytes[..count]).unwrap();
                    tls.process_new_packets().unwrap();
                }
                io::Write::write_all(&mut tls.writer(), b"a short listing").unwrap();
                tls.send_close_notify();
                while tls.wants_write() {
                    tls.write_tls(&mut sent).unwrap();
                }
                socket.write_all(&sent).await.unwrap();
                socket
            };
            // Its socket stays open: nothing but close_notify tells the end.
            let (near, _far) = tokio::join!(client.secure_data(near, "testing"), far);
            let mut came = Vec::new();
            near.unwrap().read_to_end(&mut came).await.unwrap();
            assert_eq!(came, b"a short listing", "{version:?}");
        });
    }
}
