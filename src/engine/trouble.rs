//! A fault of a connection or of the disk, in a person's words.

use std::io;
use std::path::Path;

use crate::ftp::Fault;
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
            .advise("Moorline does not fall back to an unprotected connection by itself. Change the site's encryption if that is what you want.")
            .quote(reply.words()),
        Fault::LoginRefused(reply) => Problem::new(ProblemKind::Login, "The server did not accept the user or the password.")
            .advise("Check both in the site's settings.")
            .quote(reply.words()),
        Fault::Refused(reply) => Problem::new(ProblemKind::Refused, format!("The server refused to {doing}.")).quote(reply.words()),
        Fault::Goodbye(reply) => {
            Problem::new(ProblemKind::Lost, "The server ended the session.".to_owned()).quote(reply.words())
        }
        Fault::Lost { .. } => Problem::new(ProblemKind::Lost, "The connection ended without a word from the server."),
        Fault::Protocol { detail, .. } => {
            Problem::new(ProblemKind::Protocol, format!("The server's answer is not FTP: {detail}.")).advise("Check host and port.")
        }
        Fault::DataConnection { detail, reply } => {
            let problem = Problem::new(ProblemKind::Lost, format!("The data connection failed: {detail}."));
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
    let place = path.display();
    let why = match error.kind() {
        io::ErrorKind::NotFound => "it does not exist",
        io::ErrorKind::PermissionDenied => "this user may not do that",
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::QuotaExceeded => "the quota on the disk is used up",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        io::ErrorKind::NotADirectory => "it is not a folder",
        io::ErrorKind::IsADirectory => "it is a folder",
        io::ErrorKind::AlreadyExists => "something with that name is there already",
        io::ErrorKind::DirectoryNotEmpty => "the folder is not empty",
        _ => return Problem::new(ProblemKind::Local, format!("Could not {doing} {place}: {error}.")),
    };
    Problem::new(ProblemKind::Local, format!("Could not {doing} {place}: {why}."))
}
