//! Everything that an examination can find: its verdict, what it means, and what to do.

use serde::Serialize;

use crate::model::diagnosis::Verdict;

/// One finding. Its name in reports is the variant's, in small letters with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// As it should be.
    Fine,
    /// An earlier step failed.
    NotReached,
    /// The server does not tell, or the site does not use it.
    NotTold,
    /// The name has no address.
    NameUnknown,
    /// The resolver did not answer.
    NameSilent,
    /// The name leads elsewhere than at the last good session.
    NameMoved,
    /// The host refused the connection.
    PortRefused,
    /// No answer at all.
    PortFiltered,
    /// The system knows no way there.
    Unreachable,
    /// One of several addresses does not answer.
    PartlyReachable,
    /// It takes very long.
    Slow,
    /// A connection, and no word on it.
    Silent,
    /// The connection ended before a greeting.
    ClosedAtOnce,
    /// An SSH server.
    SpeaksSsh,
    /// A web server.
    SpeaksHttp,
    /// A web server that sends people to a login page.
    CaptivePortal,
    /// A mail server.
    SpeaksMail,
    /// TLS is due from the first byte.
    SpeaksTlsFirst,
    /// It greets in plain text where TLS was begun.
    SpeaksPlainFirst,
    /// Something else.
    NotFtp,
    /// A device on the way speaks in the server's place.
    Middlebox,
    /// Too many sessions.
    Full,
    /// It keeps this address out.
    Banned,
    /// This host may not connect.
    NotAdmitted,
    /// It is going down.
    ShuttingDown,
    /// It ended the session for another reason.
    TurnedAway,
    /// No AUTH TLS.
    TlsNotOffered,
    /// It wants TLS and the site does not.
    TlsRequired,
    /// No PROT P.
    DataUnprotected,
    /// The handshake failed.
    TlsBroken,
    /// Nobody vouches.
    SelfSigned,
    /// Out of date.
    CertificateExpired,
    /// From the future.
    CertificateNotYetValid,
    /// For another name.
    WrongHost,
    /// Issued by someone unknown here.
    UnknownAuthority,
    /// Plain FTP as the site wants it.
    Unencrypted,
    /// There was none to log in with.
    NoPassword,
    /// User or password.
    LoginRefused,
    /// Neither PASV nor EPSV.
    PassiveRefused,
    /// The passive address is not the server's.
    ForeignAddress,
    /// The passive port refused.
    DataRefused,
    /// The passive port did not answer.
    DataFiltered,
    /// It opened and failed.
    DataBroken,
    /// TLS sessions must be reused and were not.
    SessionReuse,
    /// A new TLS session for data.
    NotResumed,
    /// LIST or CWD refused.
    ListingRefused,
    /// Rows are missing.
    ListingIncomplete,
    /// Rows that cannot be read.
    ListingUnread,
    /// NOOP is refused.
    KeepAliveRefused,
    /// The server's clock is off.
    ClockWrong,
    /// A very short idle limit.
    ShortIdleLimit,
    /// It ended in the middle.
    SessionLost,
    /// The time for all steps ran out.
    OutOfTime,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 53] = [
        Self::Fine,
        Self::NotReached,
        Self::NotTold,
        Self::NameUnknown,
        Self::NameSilent,
        Self::NameMoved,
        Self::PortRefused,
        Self::PortFiltered,
        Self::Unreachable,
        Self::PartlyReachable,
        Self::Slow,
        Self::Silent,
        Self::ClosedAtOnce,
        Self::SpeaksSsh,
        Self::SpeaksHttp,
        Self::CaptivePortal,
        Self::SpeaksMail,
        Self::SpeaksTlsFirst,
        Self::SpeaksPlainFirst,
        Self::NotFtp,
        Self::Middlebox,
        Self::Full,
        Self::Banned,
        Self::NotAdmitted,
        Self::ShuttingDown,
        Self::TurnedAway,
        Self::TlsNotOffered,
        Self::TlsRequired,
        Self::DataUnprotected,
        Self::TlsBroken,
        Self::SelfSigned,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::WrongHost,
        Self::UnknownAuthority,
        Self::Unencrypted,
        Self::NoPassword,
        Self::LoginRefused,
        Self::PassiveRefused,
        Self::ForeignAddress,
        Self::DataRefused,
        Self::DataFiltered,
        Self::DataBroken,
        Self::SessionReuse,
        Self::NotResumed,
        Self::ListingRefused,
        Self::ListingIncomplete,
        Self::ListingUnread,
        Self::KeepAliveRefused,
        Self::ClockWrong,
        Self::ShortIdleLimit,
        Self::SessionLost,
        Self::OutOfTime,
    ];

    /// How a step with this finding ended.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Fine | Self::Unencrypted => Verdict::Ok,
            Self::NameMoved
            | Self::PartlyReachable
            | Self::Slow
            | Self::Middlebox
            | Self::NoPassword
            | Self::ForeignAddress
            | Self::NotResumed
            | Self::ListingIncomplete
            | Self::ListingUnread
            | Self::KeepAliveRefused
            | Self::ClockWrong
            | Self::ShortIdleLimit => Verdict::Warning,
            Self::NotReached | Self::NotTold => Verdict::Skipped,
            _ => Verdict::Failed,
        }
    }

    /// What is the matter, one sentence.
    #[must_use]
    pub fn headline(self) -> &'static str {
        self.sentences().0
    }

    /// What to do about it; empty when there is nothing to do.
    #[must_use]
    pub fn advice(self) -> &'static str {
        self.sentences().1
    }

    fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::Fine => ("Everything is fine.", ""),
            Self::NotReached => ("This was not examined.", ""),
            Self::NotTold => ("The server does not tell.", ""),
            Self::NameUnknown => {
                ("The host name was not found.", "Check the spelling of the host, and that this computer is online.")
            }
            Self::NameSilent => (
                "The name server did not answer.",
                "Check that this computer is online; a VPN or the network's name server may be down.",
            ),
            Self::NameMoved => (
                "The host name leads to another address than last time.",
                "The server may have moved. If nobody announced that, ask the provider before a password is sent there.",
            ),
            Self::PortRefused => (
                "The host is there, but nothing listens on this port.",
                "Check the port. If it is right, the FTP server is not running, or a firewall turns connections away.",
            ),
            Self::PortFiltered => (
                "The port does not answer: the host is down, or a firewall drops the connection.",
                "Check host and port, and whether a firewall here or there lets FTP through.",
            ),
            Self::Unreachable => {
                ("There is no route to the host.", "Check the network of this computer, and a VPN that the server may need.")
            }
            Self::PartlyReachable => (
                "Some of the host's addresses do not answer.",
                "Each connect loses time on them. Often IPv6 is announced but does not work; ask the provider.",
            ),
            Self::Slow => {
                ("The server answers slowly.", "The way is long or the line is busy; long timeouts and few connections help.")
            }
            Self::Silent => (
                "Something accepts the connection but never says a word.",
                "It may be another service, or an FTP server that is stuck. Check the port, or ask the provider.",
            ),
            Self::ClosedAtOnce => (
                "The server closes the connection before it greets.",
                "It may not admit this address, or it is full or restarting. Try again in some minutes, then ask the provider.",
            ),
            Self::SpeaksSsh => (
                "This port speaks SSH (SFTP), not FTP.",
                "Moorline speaks FTP and FTPS. Ask the provider for the FTP port, usually 21 or 990.",
            ),
            Self::SpeaksHttp => (
                "This port speaks HTTP: it is a web server, not an FTP server.",
                "Check host and port; FTP usually listens on 21 or 990.",
            ),
            Self::CaptivePortal => (
                "A login page answers instead of the server: this network wants to be logged in to first.",
                "Open a web page in a browser, log in to the network, and try again.",
            ),
            Self::SpeaksMail => {
                ("This port is a mail server, not an FTP server.", "Check host and port; FTP usually listens on 21 or 990.")
            }
            Self::SpeaksTlsFirst => (
                "This port wants TLS from the first byte (implicit TLS).",
                "Choose “implicit TLS” for the site, or an address that begins with ftps://.",
            ),
            Self::SpeaksPlainFirst => (
                "This port greets in plain text; TLS cannot begin with the first byte here.",
                "Choose “explicit TLS” for the site, or an address that begins with ftpes://.",
            ),
            Self::NotFtp => {
                ("What answers on this port is not an FTP server.", "Check host and port; FTP usually listens on 21 or 990.")
            }
            Self::Middlebox => (
                "A firewall or proxy on the way changes what the server says.",
                "Encrypted sessions may fail because of it. Try from another network, or ask who runs the firewall.",
            ),
            Self::Full => (
                "The server is full or allows no more connections from here.",
                "Wait some minutes, and close other FTP programs; fewer transfer connections help.",
            ),
            Self::Banned => (
                "The server has banned this address for a while.",
                "Do not try again and again, which makes it longer. Wait ten minutes at least, or ask the provider.",
            ),
            Self::NotAdmitted => (
                "The server does not admit this computer's address.",
                "Ask the provider to allow it; a VPN may change the address.",
            ),
            Self::ShuttingDown => ("The server is shutting down or restarting.", "Try again in some minutes."),
            Self::TurnedAway => ("The server ends the session by itself.", "Its own words are below; ask the provider about them."),
            Self::TlsNotOffered => (
                "The server does not offer TLS.",
                "Ask the provider for encrypted FTP. Without it passwords travel in the clear: choose “plain” only where that is acceptable.",
            ),
            Self::TlsRequired => (
                "The server wants TLS before a login.",
                "Choose “explicit TLS” for the site, or an address that begins with ftpes://.",
            ),
            Self::DataUnprotected => {
                ("The server does not encrypt data connections.", "Ask the provider to allow protected data connections (PROT P).")
            }
            Self::TlsBroken => (
                "The encrypted connection could not be agreed.",
                "The server may be too old for TLS 1.2, or a firewall on the way interferes.",
            ),
            Self::SelfSigned => (
                "The server's certificate is self-signed: nobody but the server vouches for it.",
                "Compare its fingerprint with the provider's, and accept it once when they agree.",
            ),
            Self::CertificateExpired => (
                "The server's certificate has expired.",
                "Check this computer's date. If it is right, the provider has to renew the certificate.",
            ),
            Self::CertificateNotYetValid => {
                ("The server's certificate is not valid yet.", "Check this computer's date. If it is right, ask the provider.")
            }
            Self::WrongHost => (
                "The server's certificate is for another host.",
                "Use a name that the certificate has, or ask the provider. Somebody on the way could also be posing as the server.",
            ),
            Self::UnknownAuthority => (
                "The server's certificate comes from an authority that this system does not know.",
                "Compare its fingerprint with the provider's, and accept it once when they agree.",
            ),
            Self::Unencrypted => ("The session is not encrypted.", ""),
            Self::NoPassword => (
                "The server is there, but there was no password to log in with.",
                "Give the password to have login and transfers examined too.",
            ),
            Self::LoginRefused => ("The server does not accept the user or the password.", "Check both in the site's settings."),
            Self::PassiveRefused => {
                ("The server refuses passive data connections.", "Try active mode in the site's settings, or ask the provider.")
            }
            Self::ForeignAddress => (
                "The server names a wrong address for data connections.",
                "Moorline uses the server's own address instead; other programs may fail. The provider should set the server's public address.",
            ),
            Self::DataRefused => (
                "Login works, but the data connection is refused.",
                "The server's passive ports are closed: its firewall or router has to let them through. Ask the provider.",
            ),
            Self::DataFiltered => (
                "Login works, but a firewall drops the data connection.",
                "The server's passive ports have to be open on its firewall, and outgoing connections to them on this side.",
            ),
            Self::DataBroken => (
                "Login works, but the data connection breaks.",
                "A firewall that looks into FTP may be on the way. Try from another network, or ask the provider.",
            ),
            Self::SessionReuse => (
                "The server rejects the data connection because TLS did not resume its session.",
                "Ask the provider to look at the server's session reuse setting.",
            ),
            Self::NotResumed => (
                "Data connections do not resume the TLS session.",
                "It works, and each file costs a full handshake. Some servers can keep TLS sessions; ask the provider.",
            ),
            Self::ListingRefused => (
                "Login works, but the server does not list the folder.",
                "Check the start folder in the site's settings; the account may not have the right to list it.",
            ),
            Self::ListingIncomplete => (
                "The server leaves rows of the listing out.",
                "Files that are not shown still exist. Ask the provider to raise the limit of listed files.",
            ),
            Self::ListingUnread => (
                "Some rows of the listing cannot be read.",
                "Please report these rows together with the server's name and version.",
            ),
            Self::KeepAliveRefused => {
                ("The server refuses keep-alives.", "Sessions may end while nothing is done; Moorline then comes back by itself.")
            }
            Self::ClockWrong => (
                "The server's clock is wrong.",
                "“Newer” in comparisons of files cannot be relied on. Ask the provider to set the clock.",
            ),
            Self::ShortIdleLimit => ("The server ends idle sessions very soon.", "Leave keep-alives on “automatic” for this site."),
            Self::SessionLost => (
                "The session ends in the middle of the work.",
                "The server or something on the way cuts it. Try from another network, or ask the provider.",
            ),
            Self::OutOfTime => {
                ("The server takes too long: the examination was stopped.", "It may be overloaded. Try again later.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_says_something_else_and_what_to_do() {
        let headlines: HashSet<&str> = Finding::ALL.iter().map(|finding| finding.headline()).collect();
        assert_eq!(headlines.len(), Finding::ALL.len());
        for finding in Finding::ALL {
            let needs_advice = matches!(finding.verdict(), Verdict::Failed | Verdict::Warning);
            assert_eq!(needs_advice, !finding.advice().is_empty(), "{finding:?}");
            assert!(!finding.headline().contains('!') && finding.headline().ends_with('.'), "{finding:?}");
        }
    }
}
