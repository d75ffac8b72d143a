//! What stands behind a port: its first bytes, unasked or in answer to a few, and which protocol they are.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Most bytes that are looked at.
const ENOUGH: usize = 1024;
/// How long more is awaited behind the first bytes.
const MORE: Duration = Duration::from_millis(200);

/// A protocol, by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// FTP: a reply of three digits.
    Ftp,
    /// SSH (RFC 4253 §4.2).
    Ssh,
    /// HTTP.
    Http,
    /// HTTP that sends people to a page for logging in to the network (RFC 6585 §6, and redirects).
    Portal,
    /// Mail: SMTP, POP3, IMAP.
    Mail,
    /// A TLS record.
    Tls,
    /// Nothing came.
    Nothing,
    /// Something else.
    Unknown,
}

/// Connects, sends `words` when there are any, and returns what comes within `limit`; nothing when there is no connection.
pub async fn hear(address: SocketAddr, words: &[u8], limit: Duration) -> Vec<u8> {
    let mut heard = Vec::new();
    let listen = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(words).await.ok()?;
        let mut bytes = [0; ENOUGH];
        let count = stream.read(&mut bytes).await.ok()?;
        heard.extend_from_slice(bytes.get(..count)?);
        while heard.len() < ENOUGH
            && let Ok(Ok(count @ 1..)) = tokio::time::timeout(MORE, stream.read(&mut bytes)).await
        {
            heard.extend_from_slice(bytes.get(..count)?);
        }
        Some(())
    };
    // Whatever ended it, what was heard until then counts.
    let _ = tokio::time::timeout(limit, listen).await;
    heard
}

/// Which protocol begins so.
#[must_use]
pub fn identify(bytes: &[u8]) -> Speaks {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let text = text.trim_start();
    match bytes {
        [] => return Speaks::Nothing,
        // Alert, handshake (RFC 8446 §5.1), of version 3.x.
        [21 | 22, 3, ..] => return Speaks::Tls,
        _ => {}
    }
    let status = text.strip_prefix("http/").and_then(|rest| rest.split_ascii_whitespace().nth(1));
    match status {
        Some("302" | "303" | "307" | "511") => return Speaks::Portal,
        Some(_) => return Speaks::Http,
        None => {}
    }
    let is_reply = text.len() >= 3 && text.bytes().take(3).all(|b| b.is_ascii_digit());
    if text.starts_with("ssh-") {
        Speaks::Ssh
    } else if text.starts_with("<!doctype") || text.starts_with("<html") {
        Speaks::Http
    } else if text.starts_with("+ok") || text.starts_with("* ok") || (is_reply && text.contains("smtp")) {
        Speaks::Mail
    } else if is_reply {
        Speaks::Ftp
    } else {
        Speaks::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_told_by_how_they_begin() {
        let table: [(&[u8], Speaks); 12] = [
            (b"", Speaks::Nothing),
            (b"220 Welcome\r\n", Speaks::Ftp),
            (b"220-Hi\r\n220 there\r\n", Speaks::Ftp),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Speaks::Ssh),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", Speaks::Http),
            (b"HTTP/1.0 511 Network Authentication Required\r\n", Speaks::Portal),
            (b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n", Speaks::Portal),
            (b"<html><body>400</body>", Speaks::Http),
            (b"220 mx.example ESMTP Postfix\r\n", Speaks::Mail),
            (b"* OK IMAP4rev1 ready\r\n", Speaks::Mail),
            (&[21, 3, 3, 0, 2, 2, 40], Speaks::Tls),
            (b"\x00\x01what", Speaks::Unknown),
        ];
        for (bytes, speaks) in table {
            assert_eq!(identify(bytes), speaks, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
