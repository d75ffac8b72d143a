//! A fault of a connection or of the disk, in a person's words.

use std::io;
use std::path::Path;

use crate::ftp::{Fault, Reply};
use crate::model::cause::Cause;
use crate::model::problem::{Problem, ProblemKind};

/// Words for a fault. `doing` completes "could not …": "open /www", "connect to ftp.example.com".
#[must_use]
pub fn of_fault(fault: &Fault, doing: &str) -> Problem {
    match fault {
        Fault::Resolve { host, .. } => Problem::new(ProblemKind::Connect, format!("The name {host} was not found."))
            .advise("Check the spelling of the host, and that this computer is online."),
        Fault::Dial { address, source } => dial(address, source),
        Fault::Timeout { doing: step, after } => {
            Problem::new(ProblemKind::Connect, format!("The server did not answer within {} s while {step}.", after.as_secs()))
                .advise("It may be overloaded, or a firewall on the way drops the connection.")
        }
        Fault::Tls { doing: step, detail } => Problem::new(ProblemKind::Connect, format!("TLS failed while {step}: {detail}."))
            .advise("Check the encryption that the site asks for."),
        Fault::Untrusted(certificate) => {
            Problem::new(ProblemKind::Certificate, format!("The server's certificate was not accepted: {}.", certificate.reason))
        }
        Fault::NotOffered { what, reply } => Problem::new(ProblemKind::Connect, format!("The server does not offer {what}."))
            .advise("Moorline does not fall back to an unprotected connection by itself: password and files would travel readable. An address that begins with ftp:// asks for one.")
            .quote(reply.words()),
        Fault::LoginRefused(reply) => Problem::new(ProblemKind::Login, "The server did not accept the user or the password.")
            .advise("Check both in the site's settings.")
            .quote(reply.words()),
        Fault::Refused(reply) => refused(doing, reply),
        Fault::Goodbye(reply) => {
            Problem::new(ProblemKind::Lost, "The server ended the session.".to_owned()).quote(reply.words())
        }
        Fault::Lost { .. } => Problem::new(ProblemKind::Lost, "The connection ended without a word from the server."),
        Fault::Forgotten(reply) => {
            Problem::new(ProblemKind::Lost, "The server no longer knows the TLS session that data connections have to resume.")
                .quote(reply.words())
        }
        Fault::Protocol { detail, .. } => {
            Problem::new(ProblemKind::Protocol, format!("The server's answer is not FTP: {detail}.")).advise("Check host and port.")
        }
        Fault::DataConnection { detail, reply } => {
            let problem =
                Problem::new(ProblemKind::Lost, format!("The data connection failed: {detail}.")).because(Cause::DataConnection);
            match reply {
                Some(reply) => problem.quote(reply.words()),
                None => problem,
            }
        }
        Fault::Name(error) => Problem::new(ProblemKind::Name, format!("Could not {doing}: {error}.")),
        Fault::Cancelled => Problem::new(ProblemKind::Cancelled, "Cancelled."),
        Fault::Poisoned => Problem::new(ProblemKind::Lost, "The connection is no longer usable."),
    }
}

/// A refusal: the cause that the reply names, unless it names none.
fn refused(doing: &str, reply: &Reply) -> Problem {
    let cause = Cause::of_reply(reply.code, &reply.text());
    let what = match cause {
        Cause::Connection | Cause::Unproven | Cause::Unknown => format!("The server refused to {doing}."),
        cause => format!("The server refused to {doing}: {}.", cause.why()),
    };
    Problem::new(ProblemKind::Refused, what).because(cause).quote(reply.words())
}

fn dial(address: &str, source: &io::Error) -> Problem {
    match source.kind() {
        io::ErrorKind::ConnectionRefused => Problem::new(ProblemKind::Connect, format!("{address} refused the connection."))
            .advise("No FTP server listens there, or a firewall turns it away. Check the port."),
        io::ErrorKind::TimedOut => Problem::new(ProblemKind::Connect, format!("{address} did not answer."))
            .advise("The host may be down, or a firewall drops the connection."),
        _ => Problem::new(ProblemKind::Connect, format!("No connection to {address}: {source}.")),
    }
}

/// Words for trouble with a local file or folder. `doing` completes "could not …": "write", "open".
#[must_use]
pub fn of_disk(error: &io::Error, doing: &str, path: &Path) -> Problem {
    let (place, cause) = (path.display(), Cause::of_disk(error));
    let what = match cause {
        Cause::LocalTrouble => format!("Could not {doing} {place}: {error}."),
        Cause::LocalShape if error.kind() == io::ErrorKind::NotADirectory => {
            format!("Could not {doing} {place}: it is not a folder.")
        }
        Cause::LocalShape => format!("Could not {doing} {place}: it is a folder."),
        Cause::LocalOccupied if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            format!("Could not {doing} {place}: the folder is not empty.")
        }
        cause => format!("Could not {doing} {place}: {}.", cause.why()),
    };
    Problem::new(ProblemKind::Local, what).because(cause)
}
