//! A command as the flight record keeps it: without secrets, and without what the session does not depend on.

use std::fs;
use std::path::Path;

use crate::engine::command::{Answer, Change, Command, Place};
use crate::model::address::AddressPath;
use crate::model::record::{RecordedJob, Wish, leave_name};
use crate::model::site::Logon;
use crate::model::transfer::{Direction, Job};

/// Most files of one upload that are kept.
const FILES: usize = 2_000;

/// What a person wished; `None` for what is not the session's affair. Blocking when files are queued: their sizes are looked up.
pub fn wish(command: &Command) -> Option<Wish> {
    Some(match command {
        Command::Connect { site, start, .. } => Wish::Connect {
            encryption: site.encryption,
            data_mode: site.data_mode,
            keep_alive: site.keep_alive,
            connections: site.connections,
            account: site.logon != Logon::Anonymous && !site.user.is_empty(),
            start: match start {
                AddressPath::Absolute(path) => path.clone(),
                AddressPath::Relative(path) => format!("./{path}"),
                AddressPath::Login => site.remote_folder.clone(),
            },
            leave_out: site.leave_out.clone().unwrap_or_default(),
        },
        Command::Disconnect { when } => Wish::Leave { when: leave_name(*when).to_owned() },
        Command::StayConnected => Wish::Stay,
        Command::ReconnectNow => Wish::ReconnectNow,
        Command::StayOffline => Wish::StayOffline,
        Command::OpenRemote { path } => Wish::Open { path: path.to_string() },
        Command::Retry { .. } => Wish::Retry,
        // A replay trusts, and has nothing locked.
        Command::Answer { answer: Answer::TrustOnce | Answer::TrustAlways | Answer::Master(_) | Answer::StayLocked, .. } => {
            return None;
        }
        Command::Answer { answer, .. } => Wish::Answer { declined: matches!(answer, Answer::Cancel | Answer::Refuse(_)) },
        Command::Enqueue { jobs } => Wish::Enqueue { jobs: jobs.iter().map(job).collect() },
        Command::Change(change) => return changed(change),
        _ => return None,
    })
}

fn changed(change: &Change) -> Option<Wish> {
    let remote = |place: &Place| match place {
        Place::Remote(path) => Some(path.to_string()),
        Place::Local(_) => None,
    };
    Some(match change {
        Change::MakeFolder { place } => Wish::MakeFolder { path: remote(place)? },
        Change::Rename { place, name } => Wish::Rename { path: remote(place)?, name: name.clone() },
        Change::Delete { places, .. } => {
            let paths: Vec<String> = places.iter().filter_map(remote).collect();
            if paths.is_empty() {
                return None;
            }
            Wish::Delete { paths }
        }
        Change::SetMode { paths, mode, inside } => {
            let paths = paths.iter().map(ToString::to_string).collect();
            Wish::SetMode { paths, mode: *mode, recursive: inside.is_some(), inside: *inside }
        }
    })
}

fn job(job: &Job) -> RecordedJob {
    let mut files = Vec::new();
    if job.direction == Direction::Upload {
        measure(&job.local, String::new(), &mut files);
    }
    RecordedJob { upload: job.direction == Direction::Upload, remote: job.remote.to_string(), files }
}

/// Names and sizes below a path; what cannot be read is left out, as it is no part of the session.
fn measure(path: &Path, below: String, files: &mut Vec<(String, u64)>) {
    if files.len() >= FILES {
        return;
    }
    match fs::metadata(path) {
        Ok(facts) if facts.is_dir() => {
            let Ok(entries) = fs::read_dir(path) else { return };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let below = if below.is_empty() { name } else { format!("{below}/{name}") };
                measure(&entry.path(), below, files);
            }
        }
        Ok(facts) => files.push((below, facts.len())),
        Err(_) => {}
    }
}
