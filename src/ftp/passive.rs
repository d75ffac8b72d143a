//! Where a passive data connection goes: the port of a 227 or 229, and nothing else of it.

use std::net::Ipv4Addr;

use crate::ftp::reply::Reply;

/// Host and port of a 227 (RFC 959 §4.1.2): six numbers with commas, wherever in the text they are, in parentheses or not.
pub(crate) fn pasv(reply: &Reply) -> Option<(Ipv4Addr, u16)> {
    reply.contents().find_map(|line| {
        (0..line.len())
            .filter(|at| at.checked_sub(1).and_then(|before| line.get(before)).is_none_or(|b| !b.is_ascii_digit() && *b != b','))
            .find_map(|at| {
                let mut rest = line.get(at..)?;
                let mut numbers = [0_u8; 6];
                for (index, number) in numbers.iter_mut().enumerate() {
                    if index > 0 {
                        rest = rest.strip_prefix(b",")?;
                        rest = rest.strip_prefix(b" ").unwrap_or(rest);
                    }
                    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                    let (text, after) = rest.split_at_checked(digits)?;
                    *number = std::str::from_utf8(text).ok()?.parse().ok()?;
                    rest = after;
                }
                let [a, b, c, d, high, low] = numbers;
                Some((Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([high, low]))).filter(|(_, port)| *port != 0)
            })
    })
}

/// Port of a 229 (RFC 2428 §3): `(|||port|)` with any delimiter.
pub(crate) fn epsv(reply: &Reply) -> Option<u16> {
    reply.contents().find_map(|line| {
        let open = line.iter().position(|b| *b == b'(')?;
        let (mark, rest) = line.get(open + 1..)?.split_first()?;
        let mut fields = rest.split(|b| b == mark).skip(2);
        let port = std::str::from_utf8(fields.next()?).ok()?.parse().ok().filter(|port| *port != 0)?;
        fields.next().map(|_| port)
    })
}

/// Host, where it is named, and port of a 227 or 229.
pub(crate) fn named(reply: &Reply) -> Option<(Option<Ipv4Addr>, u16)> {
    match reply.code {
        227 => pasv(reply).map(|(host, port)| (Some(host), port)),
        229 => epsv(reply).map(|port| (None, port)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(line: &str) -> Reply {
        Reply { code: 227, lines: vec![line.as_bytes().to_vec()] }
    }

    #[test]
    fn pasv_is_read_with_and_without_parentheses() {
        let table = [
            ("227 Entering Passive Mode (192,168,1,2,4,1)", Some(("192.168.1.2", 1025))),
            ("227 Entering Passive Mode. 10,0,0,1,0,21", Some(("10.0.0.1", 21))),
            ("227 =10,0,0,1,255,255", Some(("10.0.0.1", 65535))),
            ("227 Entering Passive Mode (10, 0, 0, 1, 1, 0)", Some(("10.0.0.1", 256))),
            ("227 Entering Passive Mode (10,0,0,1,0,0)", None),
            ("227 Entering Passive Mode (10,0,0,256,1,1)", None),
            ("227 Entering Passive Mode", None),
        ];
        for (line, expected) in table {
            assert_eq!(pasv(&reply(line)), expected.map(|(host, port)| (host.parse().unwrap(), port)), "{line}");
        }
    }

    #[test]
    fn epsv_is_read_with_any_delimiter() {
        let table = [
            ("229 Entering Extended Passive Mode (|||6446|)", Some(6446)),
            ("229 ok (!!!21!)", Some(21)),
            ("229 ok (|1|10.0.0.1|6446|)", Some(6446)),
            ("229 ok (|||0|)", None),
            ("229 ok (|||70000|)", None),
            ("229 ok", None),
        ];
        for (line, expected) in table {
            let mut reply = reply(line);
            reply.code = 229;
            assert_eq!(epsv(&reply), expected, "{line}");
        }
    }
}
