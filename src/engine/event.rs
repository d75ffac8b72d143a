//! What the engine reports.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use crate::engine::command::Place;
use crate::model::certificate::Certificate;
use crate::model::clock::Ahead;
use crate::model::conflict::Facts;
use crate::model::diagnosis::Report;
use crate::model::difference::Difference;
use crate::model::edited::{EditId, EditView};
use crate::model::host::HostFacts;
use crate::model::import::SiteFile;
use crate::model::listing::Listing;
use crate::model::local_place::LocalPlace;
use crate::model::passwords::{Keeping, PasswordsKept};
use crate::model::path::RemotePath;
use crate::model::problem::Problem;
use crate::model::receipt::Receipt;
use crate::model::resume::Sign;
use crate::model::schedule::InForce;
use crate::model::session::{Generation, SessionView};
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId, SiteTree};
use crate::model::transfer::{Direction, TransferId};
use crate::model::verify::{Tally, Verification};
use crate::model::when_done::{Ended, PowerAction, WhenDone};

/// Identifies a question until it is answered or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u64);

/// What the master password is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedFor {
    /// To log in with a saved password.
    Connecting {
        /// The site's name.
        site: String,
    },
    /// To examine a server with a saved password.
    Examining {
        /// The site's name.
        site: String,
    },
    /// To keep a password.
    Saving {
        /// The site's name.
        site: String,
    },
    /// To keep the passwords of sites that came from another program.
    Importing {
        /// How many.
        passwords: usize,
    },
}

/// A question that must be answered; the work it belongs to waits, everything else goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// An unknown or changed certificate: `TrustOnce`, `TrustAlways` or `Cancel`.
    Certificate {
        /// `host:port`.
        authority: String,
        /// The certificate.
        certificate: Box<Certificate>,
        /// Whether another one was accepted for this host before.
        changed: bool,
    },
    /// The password: `Password` or `Cancel`.
    Password {
        /// For which site.
        site: Box<Site>,
        /// The server's words when the last one was refused.
        refused: Option<String>,
        /// Where it could be kept.
        keeping: Keeping,
    },
    /// The master password, for passwords that are locked under it: `Master`, or `StayLocked` and everything else.
    Master {
        /// What for.
        wanted: WantedFor,
        /// Whether the last one was another.
        refused: bool,
    },
    /// The target of a transfer exists: `Exists` or `Cancel` (the item fails as cancelled).
    Exists {
        /// Item.
        transfer: TransferId,
        /// Which way.
        direction: Direction,
        /// Local file.
        local: PathBuf,
        /// Remote file.
        remote: RemotePath,
        /// Where the bytes come from.
        source: Facts,
        /// What is there already.
        target: Facts,
        /// How far the target's clock is ahead of the source's.
        ahead: Ahead,
        /// A file that is edited here, and that somebody else has changed on the server: what it was like when it was fetched.
        was: Option<Facts>,
    },
    /// An edited file was saved: `Confirm` uploads it, `FromNowOn` this one without asking again, `Cancel` not this time.
    Saved {
        /// Which.
        edit: EditId,
        /// The file on the server.
        remote: RemotePath,
        /// Its site's name.
        site: String,
        /// Nothing is in it any more.
        is_emptied: bool,
    },
    /// The source of a transfer is not the one that a part of it came from: `Changed` or `Cancel` (the item fails as cancelled).
    Changed {
        /// Item.
        transfer: TransferId,
        /// Which way.
        direction: Direction,
        /// Local file.
        local: PathBuf,
        /// Remote file.
        remote: RemotePath,
        /// Bytes that are there.
        offset: u64,
        /// How it showed.
        sign: Sign,
        /// The source that they came from.
        was: Facts,
        /// The source that is there now.
        now: Facts,
    },
    /// The queue is through and the machine is about to sleep or to shut down: `Confirm` does it at once, `Cancel` not at all, and
    /// without an answer it is done when the time is over.
    Power {
        /// What.
        action: PowerAction,
        /// How the queue ended.
        ended: Ended,
        /// When.
        until: Instant,
    },
    /// Transfers are taken out of which much has arrived, which is deleted with them: `Confirm` (what has arrived by then stays), `Pause` or `Cancel`.
    Discard {
        /// How many transfers have something that is lost.
        transfers: usize,
        /// Bytes that are lost.
        bytes: u64,
    },
    /// Move these to the system's trash: `Confirm` or `Cancel`.
    Trash {
        /// What was asked for.
        places: Vec<Place>,
    },
    /// Delete these for good, counted: `Confirm` or `Cancel`.
    Delete {
        /// What was asked for.
        places: Vec<Place>,
        /// Files in all.
        files: u64,
        /// Folders in all.
        folders: u64,
        /// Bytes in all, as far as known.
        bytes: u64,
        /// Why the trash does not take them, where they were to go there: words that follow “because”.
        no_trash: Option<String>,
    },
}

impl Question {
    /// Whether it is about this machine and the program: whoever asks it waits for the answer whatever becomes of the session.
    fn is_of_this_machine(&self) -> bool {
        match self {
            Self::Master { .. } | Self::Saved { .. } | Self::Trash { .. } | Self::Discard { .. } | Self::Power { .. } => true,
            Self::Delete { places, .. } => places.iter().all(|place| matches!(place, Place::Local(_))),
            _ => false,
        }
    }
}

/// A report. Those of an ended session are dropped by [`crate::engine::Engine::next_event`].
#[derive(Clone, Debug)]
pub struct Event {
    /// The session it belongs to.
    pub generation: Generation,
    /// What it says.
    pub body: EventBody,
}

/// What a report says.
#[derive(Clone, Debug)]
pub enum EventBody {
    /// The session changed: all that is drawn of it.
    Session(Box<SessionView>),
    /// What there is to keep passwords in.
    Passwords(PasswordsKept),
    /// [`crate::engine::Command::ChangeMaster`] is through; how it went was told, unless the current master password was another one.
    MasterChanged {
        /// Whether it was another one.
        is_refused: bool,
    },
    /// A remote folder was read.
    RemoteListing {
        /// Which.
        path: RemotePath,
        /// Rows.
        listing: Arc<Listing>,
        /// When.
        at: Timestamp,
    },
    /// A local folder was read.
    LocalListing {
        /// Which.
        path: PathBuf,
        /// Rows.
        listing: Arc<Listing>,
        /// Bytes free on its disk.
        free: Option<u64>,
    },
    /// A person's folders and disks on this machine.
    LocalPlaces(Arc<Vec<LocalPlace>>),
    /// What browsing does at this moment ("Deleting 120 of 3,000"), `None` when nothing.
    Browsing {
        /// Words.
        doing: Option<String>,
    },
    /// What is done with files of this machine at this moment ("Deleting 3 of 20"), `None` when nothing.
    LocalWork {
        /// Words.
        doing: Option<String>,
    },
    /// A remote folder could not be opened; the pane stays where it is.
    RemoteTrouble {
        /// Which.
        path: RemotePath,
        /// Why.
        problem: Problem,
    },
    /// A local folder could not be opened; the pane stays where it is.
    LocalTrouble {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: Problem,
    },
    /// Something that was asked for failed, or there is something to know (a damaged site file was kept aside).
    Trouble(Problem),
    /// Something that was asked for is done ("Deleted 12 files").
    Notice(String),
    /// A question.
    Asked {
        /// Identity.
        id: QuestionId,
        /// Question.
        question: Question,
    },
    /// A question is void (its work is gone).
    Withdrawn {
        /// Which.
        id: QuestionId,
    },
    /// Both sides of an open question about a target that exists were compared.
    Compared {
        /// Which question.
        question: QuestionId,
        /// What was found, or why nothing was.
        result: Result<Difference, Problem>,
    },
    /// A server was examined.
    Diagnosis {
        /// Whose.
        site: SiteId,
        /// What was found.
        report: Arc<Report>,
    },
    /// What was learned of a host.
    Host {
        /// `host:port`.
        authority: String,
        /// What.
        facts: HostFacts,
    },
    /// The protocol is recorded into this file from now on, or no longer.
    Recording {
        /// Where; `None` when it is not recorded.
        path: Option<PathBuf>,
    },
    /// What proves that a file has arrived; `None` when it is not kept any more.
    Receipt(Option<Box<Receipt>>),
    /// A comparison with the server has come so far.
    Verifying {
        /// What it came to until now.
        tally: Tally,
    },
    /// A comparison with the server is through, or was broken off.
    Verified(Arc<Verification>),
    /// Files of other programs in which sites were looked for.
    SiteFiles {
        /// What is in each.
        files: Vec<Arc<SiteFile>>,
    },
    /// The files that are edited here, at the start and after each change.
    Edits(Arc<Vec<EditView>>),
    /// The saved sites, at the start and after each change.
    Sites(Arc<SiteTree>),
    /// The settings, at the start and after each change.
    Settings(Box<Settings>),
    /// The program's speed limits, at the start and when others hold.
    SpeedLimit(InForce),
    /// What follows when the queue is through, at the start and when that is something else.
    WhenDone(WhenDone),
    /// What was to follow the queue is done, or is not done; why not was told as trouble.
    Followed {
        /// Whether it is done.
        well: bool,
    },
    /// The queue cannot be saved, and so nothing of it begins; that it can be again shows in its summary.
    QueueUnsaved {
        /// Why, in the system's words.
        words: String,
    },
    /// The queue is through, and a person wants to be told, on the desktop too.
    QueueEnded {
        /// How.
        words: String,
    },
    /// A planned or immediate leave is complete: nothing is connected and nothing is moving.
    Left,
}

impl EventBody {
    /// Whether it is true whatever has become of the session: what is on this machine (edited files too), examinations, and questions
    /// that are void.
    #[must_use]
    pub fn outlives_its_session(&self) -> bool {
        matches!(
            self,
            Self::LocalListing { .. }
                | Self::LocalTrouble { .. }
                | Self::LocalPlaces(_)
                | Self::LocalWork { .. }
                | Self::Diagnosis { .. }
                | Self::Host { .. }
                | Self::Recording { .. }
                | Self::Receipt(_)
                | Self::Verifying { .. }
                | Self::Verified(_)
                | Self::SiteFiles { .. }
                | Self::Edits(_)
                | Self::Passwords(_)
                | Self::MasterChanged { .. }
                | Self::Sites(_)
                | Self::Settings(_)
                | Self::SpeedLimit(_)
                | Self::WhenDone(_)
                | Self::QueueEnded { .. }
                | Self::QueueUnsaved { .. }
                | Self::Followed { .. }
                | Self::Withdrawn { .. }
        ) || matches!(self, Self::Asked { question, .. } if question.is_of_this_machine())
    }
}
