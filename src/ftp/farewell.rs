//! Which replies end a session, asked for or not, as far as the wire must know.

use crate::ftp::fault::Fault;
use crate::ftp::reply::Reply;

/// Whether a reply by itself says that the session is over.
pub fn is_goodbye(reply: &Reply) -> bool {
    matches!(reply.code, 421 | 221) || (reply.code == 500 && reply.text().to_ascii_uppercase().starts_with("OOPS"))
}

/// What a reply that nobody asked for means.
pub fn unsolicited(reply: Reply, doing: &'static str) -> Fault {
    /// Words of farewell: idle limits also come as 500 or 503, shutdown as 226-less text, a log-out as 227 (old pure-ftpd).
    const FAREWELL: [&str; 10] = ["time", "idle", "clos", "bye", "logout", "log out", "disconnect", "terminat", "shut", "oops"];
    let text = reply.text().to_lowercase();
    let farewell = FAREWELL.iter().any(|word| text.contains(word));
    if is_goodbye(&reply) || reply.code == 0 || (farewell && (reply.is_negative() || reply.code == 227)) {
        Fault::Goodbye(reply)
    } else {
        Fault::Protocol { doing, detail: format!("a reply that nobody asked for: “{}”", reply.words()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn farewells_are_told_from_stray_replies() {
        let table = [
            ("421 anything", true),
            ("221 Goodbye", true),
            ("500 OOPS: vsf_sysutil_recv_peek", true),
            ("503 Idle too long", true),
            ("550 Connection timed out", true),
            ("227 Logout.", true),
            ("227 Entering Passive Mode (1,2,3,4,5,6)", false),
            ("226 Transfer complete", false),
            ("200 NOOP ok", false),
            ("550 No such file", false),
        ];
        for (line, farewell) in table {
            let code = line[..3].parse().unwrap();
            let fault = unsolicited(Reply { code, lines: vec![line.as_bytes().to_vec()] }, "idle");
            assert_eq!(matches!(fault, Fault::Goodbye(_)), farewell, "{line}");
        }
    }
}
