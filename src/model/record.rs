//! One line of a flight record: what happened on a session's connections, redacted, in a form that can be played again.

use serde::{Deserialize, Serialize};

use crate::model::banner::Banner;
use crate::model::permissions::Inside;
use crate::model::session::{DisconnectWhen, Phase};
use crate::model::site::{DataMode, Encryption, KeepAlive};

/// The form of the record.
pub const VERSION: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordLine {
    /// Milliseconds since the record began.
    pub ms: u64,
    /// The connection, counted from 1 over the whole record; `None` for what is none's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub event: RecordEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum RecordEvent {
    /// The record begins.
    Begun {
        /// [`VERSION`].
        version: u32,
        /// Name and version of the program.
        program: String,
        /// For whoever reads it.
        remark: String,
    },
    /// A person asked for something.
    Asked {
        /// For what.
        wish: Wish,
    },
    /// A control connection came about.
    Dialled,
    /// A control connection did not come about.
    Undialled,
    /// TLS is up on it.
    Secured,
    /// A command of ours.
    Sent {
        /// Without its end; secrets and user names masked.
        line: String,
    },
    /// Bytes of the server's, up to a line's end where there is one.
    Heard {
        /// As they came, secrets and user names masked.
        bytes: Bytes,
    },
    /// The server ended it.
    Ended,
    /// A listing's rows.
    Listed {
        /// As they came, as far as they are kept.
        bytes: Bytes,
    },
    /// A data connection ended.
    Moved {
        /// To the server.
        upload: bool,
        /// How many bytes went.
        bytes: u64,
        /// Whether it came to its end, as far as we could see.
        whole: bool,
    },
    /// Where the session stands now.
    Stands {
        /// Where.
        standing: Standing,
    },
    /// How the queue stands now.
    Queue {
        /// Items that failed.
        failed: usize,
        /// Items that are done or skipped.
        done: usize,
    },
}

/// Bytes as text, or in hexadecimal where they are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Hex {
        /// Two digits a byte.
        hex: String,
    },
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Hex { hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() },
        }
    }
}

impl Bytes {
    /// The bytes; what is no hexadecimal is left out.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Hex { hex } => (0..hex.len() / 2)
                .filter_map(|at| hex.get(at * 2..at * 2 + 2))
                .filter_map(|digits| u8::from_str_radix(digits, 16).ok())
                .collect(),
        }
    }
}

/// What a person asked for, as far as it matters to the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Wish {
    /// Connect.
    Connect {
        /// Protection.
        encryption: Encryption,
        /// Passive or active.
        data_mode: DataMode,
        /// Keep-alive.
        keep_alive: KeepAlive,
        /// Transfer connections.
        connections: u8,
        /// Whether there is an account; its name is not kept.
        account: bool,
        /// The folder to open, absolute; empty for the login folder.
        start: String,
        /// What is left out of folders: without it another session would be played.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        leave_out: Vec<String>,
    },
    /// Leave.
    Leave {
        /// "queue-done", "files-done" or "now".
        when: String,
    },
    /// Take a planned leave back.
    Stay,
    /// Connect now.
    ReconnectNow,
    /// Do not come back.
    StayOffline,
    /// Show a remote folder.
    Open {
        /// Which.
        path: String,
    },
    /// Make a remote folder.
    MakeFolder {
        /// Which.
        path: String,
    },
    /// Rename on the server.
    Rename {
        /// Of what.
        path: String,
        /// To what, without folder.
        name: String,
    },
    /// Delete on the server.
    Delete {
        /// What.
        paths: Vec<String>,
    },
    /// Set permissions on the server.
    SetMode {
        /// Of what.
        paths: Vec<String>,
        /// Low twelve bits.
        mode: u32,
        /// Also inside folders.
        recursive: bool,
        /// How, inside folders; a record of an earlier Moorline does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inside: Option<Inside>,
    },
    /// Queue transfers.
    Enqueue {
        /// What.
        jobs: Vec<RecordedJob>,
    },
    /// Queue what failed again.
    Retry,
    /// Answer a question other than the one about a certificate, which is not asked again.
    Answer {
        /// Whether the answer was no.
        declined: bool,
    },
}

/// A transfer that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordedJob {
    /// To the server.
    pub upload: bool,
    /// The remote path.
    pub remote: String,
    /// Files of an upload with their sizes, by path below the job's own ("" is the job itself, a file).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<(String, u64)>,
}

/// Where a session stands, as far as it can be the same again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Standing {
    /// The phase.
    pub phase: String,
    /// The code of the reply that ended it, while it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
}

impl Standing {
    /// Of a phase and the banner beside it.
    #[must_use]
    pub fn of(phase: &Phase, banner: Option<&Banner>) -> Self {
        let (phase, is_gone) = match phase {
            Phase::Offline => ("offline", false),
            Phase::Connecting(_) => ("connecting", false),
            Phase::Moored => ("moored", false),
            Phase::Leaving(_) => ("leaving", false),
            Phase::Adrift { .. } => ("adrift", true),
            Phase::Resting { .. } => ("resting", true),
            Phase::Stranded { .. } => ("stranded", true),
        };
        Self { phase: phase.to_owned(), code: banner.filter(|_| is_gone).and_then(|banner| banner.code) }
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            Some(code) => write!(f, "{} ({code})", self.phase),
            None => f.write_str(&self.phase),
        }
    }
}

/// A leave's name in the record.
#[must_use]
pub fn leave_name(when: DisconnectWhen) -> &'static str {
    match when {
        DisconnectWhen::QueueDone => "queue-done",
        DisconnectWhen::FilesDone => "files-done",
        DisconnectWhen::Now => "now",
    }
}

/// Reads a record: the lines that are whole, and how many are not.
#[must_use]
pub fn read(text: &str) -> (Vec<RecordLine>, usize) {
    let mut damaged = 0;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = lines.filter_map(|line| serde_json::from_str(line).inspect_err(|_| damaged += 1).ok()).collect();
    (read, damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_from_before_permissions_had_a_choice_is_read() {
        let wish: Wish = serde_json::from_str(r#"{"set-mode":{"paths":["/a"],"mode":420,"recursive":true}}"#).unwrap();
        assert_eq!(wish, Wish::SetMode { paths: vec!["/a".into()], mode: 0o644, recursive: true, inside: None });
    }

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let events = [
            RecordEvent::Begun { version: VERSION, program: "moorline 1".into(), remark: "x".into() },
            RecordEvent::Asked { wish: Wish::Open { path: "/a".into() } },
            RecordEvent::Asked { wish: Wish::Stay },
            RecordEvent::Asked {
                wish: Wish::Enqueue {
                    jobs: vec![RecordedJob { upload: true, remote: "/a".into(), files: vec![(String::new(), 7)] }],
                },
            },
            RecordEvent::Dialled,
            RecordEvent::Heard { bytes: Bytes::from(&b"220 gr\xfc\xdf\r\n"[..]) },
            RecordEvent::Heard { bytes: Bytes::from("220 grüß\r\n".as_bytes()) },
            RecordEvent::Moved { upload: false, bytes: 3, whole: true },
            RecordEvent::Stands { standing: Standing { phase: "adrift".into(), code: Some(421) } },
        ];
        let lines: Vec<RecordLine> =
            events.into_iter().enumerate().map(|(at, event)| RecordLine { ms: at as u64, connection: Some(1), event }).collect();
        let text: String = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        assert_eq!(read(&text), (lines.clone(), 0), "{text}");
        let cut = &text[..text.len() - 5];
        assert_eq!(read(cut), (lines[..lines.len() - 1].to_vec(), 1), "what is whole is read");
    }

    #[test]
    fn bytes_come_back_as_they_were() {
        for bytes in [&b"plain"[..], b"\xff\x00\xfe", "größe".as_bytes(), b""] {
            assert_eq!(Bytes::from(bytes).to_vec(), bytes);
        }
    }
}
