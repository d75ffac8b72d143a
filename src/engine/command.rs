//! What the engine is told to do.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::event::QuestionId;
use crate::model::address::AddressPath;
use crate::model::checksum::HashUse;
use crate::model::chosen::Chosen;
use crate::model::conflict::{OnExists, Scope};
use crate::model::edited::EditId;
use crate::model::host::HostFacts;
use crate::model::import::FoundSite;
use crate::model::path::RemotePath;
use crate::model::permissions::Inside;
use crate::model::problem::Problem;
use crate::model::queue::Reorder;
use crate::model::rate::SpeedLimits;
use crate::model::receipt_export::{ExportFormat, Wanted};
use crate::model::resume::WhenChanged;
use crate::model::secret::Secret;
use crate::model::session::DisconnectWhen;
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId, SiteTree};
use crate::model::transfer::{Direction, Job, Priority, TransferId};
use crate::model::verify::{Pair, Verification};
use crate::model::when_done::WhenDone;

/// A file or folder on one of the two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Local(PathBuf),
    /// On the server.
    Remote(RemotePath),
}

/// What becomes of what is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It goes to the system's trash, from where it can be restored.
    ToTrash,
    /// It is gone.
    ForGood,
}

/// A change to files or folders, other than a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes a folder.
    MakeFolder {
        /// The new folder.
        place: Place,
    },
    /// Gives a file or folder another name in its folder.
    Rename {
        /// As it is.
        place: Place,
        /// The new name, without folder.
        name: String,
    },
    /// Deletes files and folders; the engine asks first ([`crate::engine::Question::Trash`], [`crate::engine::Question::Delete`]).
    Delete {
        /// What.
        places: Vec<Place>,
        /// How. A server has no trash: there it is always for good.
        removal: Removal,
    },
    /// Sets permissions on the server.
    SetMode {
        /// Of what.
        paths: Vec<RemotePath>,
        /// Low twelve bits.
        mode: u32,
        /// How also what is inside folders gets them; `None` leaves that alone.
        inside: Option<Inside>,
    },
}

/// A file on the server that is to be edited here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToEdit {
    /// The file.
    pub remote: RemotePath,
    /// Its permissions, when known: the one that takes its place gets them too.
    pub mode: Option<u32>,
}

/// What is done about files that are edited here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditWish {
    /// Fetches files of the session's site and opens them; those that are edited already are only opened.
    Open {
        /// Which.
        files: Vec<ToEdit>,
    },
    /// Opens one again that is here; one that did not arrive is fetched again.
    OpenAgain {
        /// Which.
        edit: EditId,
    },
    /// Shows the folder that has it.
    ShowFolder {
        /// Which.
        edit: EditId,
    },
    /// Uploads what is here, whatever was said about it before; what has not changed is not sent.
    Upload {
        /// Which.
        edits: Vec<EditId>,
    },
    /// Takes the file here away; one with changes that are not uploaded stays.
    Finish {
        /// Which.
        edit: EditId,
    },
    /// Takes the file here away, with changes that are not uploaded.
    Discard {
        /// Which.
        edit: EditId,
    },
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Trust the certificate for this session.
    TrustOnce,
    /// Trust the certificate from now on.
    TrustAlways,
    /// The password.
    Password {
        /// Text.
        password: Secret,
        /// Keep it, in the system's keyring or under the master password.
        remember: bool,
    },
    /// The master password.
    Master(Secret),
    /// The passwords stay locked under the master password.
    StayLocked,
    /// What to do about a target that exists.
    Exists {
        /// What; never `Ask`.
        choice: OnExists,
        /// For which transfers.
        scope: Scope,
    },
    /// What to do about a source that has changed.
    Changed(WhenChanged),
    /// Yes, do it.
    Confirm,
    /// Yes, and without asking from now on.
    FromNowOn,
    /// No, for this reason: what was asked about fails with it.
    Refuse(Problem),
    /// Hold the transfers instead: what has arrived of them stays.
    Pause,
    /// No; also what a closed dialog means.
    Cancel,
}

/// What becomes of the master password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterChange {
    /// There is one, or another one.
    Set {
        /// The one that there is.
        current: Option<Secret>,
        /// The one from now on.
        new: Secret,
    },
    /// There is none any more; what is under it goes to the keyring where there is one, and is forgotten otherwise.
    Remove,
}

/// What the engine is told to do. None of these waits for the work to end.
#[derive(Clone, Debug)]
pub enum Command {
    /// Connects to a site; an existing session is left at once (the caller has asked the guard first).
    Connect {
        /// Where.
        site: Box<Site>,
        /// The password, when it is known already.
        password: Option<Secret>,
        /// The folder to open; `Login` means the site's own start folder.
        start: AddressPath,
    },
    /// Leaves the session.
    Disconnect {
        /// When.
        when: DisconnectWhen,
    },
    /// Takes a planned leave back.
    StayConnected,
    /// Ends a countdown and connects now; also from `Stranded`.
    ReconnectNow,
    /// Ends a countdown and stays offline.
    StayOffline,
    /// Takes the banner away.
    DismissBanner,
    /// Examines a site's server step by step; an examination that is under way is given up for it.
    Diagnose {
        /// Where.
        site: Box<Site>,
    },
    /// Answers a question.
    Answer {
        /// Which.
        question: QuestionId,
        /// How.
        answer: Answer,
    },
    /// Compares both sides of a question about a target that exists ([`crate::engine::EventBody::Compared`]); the answer ends it.
    Compare {
        /// Which question.
        question: QuestionId,
        /// The file here.
        local: PathBuf,
        /// The file on the server.
        remote: RemotePath,
    },
    /// Shows a remote folder.
    OpenRemote {
        /// Which.
        path: RemotePath,
    },
    /// Shows a local folder.
    OpenLocal {
        /// Which.
        path: PathBuf,
    },
    /// Looks for a person's folders and disks on this machine.
    FindLocalPlaces,
    /// Ends the browsing command or change that is under way (never behind work in the inbox).
    CancelBrowsing,
    /// Changes files or folders.
    Change(Change),
    /// Adds to the queue.
    Enqueue {
        /// What.
        jobs: Vec<Job>,
    },
    /// Files of the server that are edited here.
    Edit(EditWish),
    /// Holds (true) or releases (false) the whole queue; running files stop at their offset.
    HoldQueue {
        /// Held.
        held: bool,
    },
    /// Holds items.
    Pause {
        /// Which.
        ids: Chosen,
    },
    /// Releases items.
    Resume {
        /// Which.
        ids: Chosen,
    },
    /// Takes items out of the queue and deletes what has arrived of them under a temporary name; running ones stop within 100 ms. Where
    /// that is much, the engine asks first ([`crate::engine::Question::Discard`]).
    Cancel {
        /// Which.
        ids: Chosen,
    },
    /// Queues failed items again.
    Retry {
        /// Which.
        ids: Chosen,
    },
    /// Moves items that wait to another place in the queue.
    Reorder {
        /// Which.
        ids: Chosen,
        /// Where.
        to: Reorder,
    },
    /// Makes items more or less urgent; what a folder brings is as urgent as the folder.
    Prioritise {
        /// Which.
        ids: Chosen,
        /// How urgent.
        priority: Priority,
    },
    /// Queues everything again that failed for the same reason as this one.
    RetryLike {
        /// Which.
        id: TransferId,
    },
    /// What held a direction up (a full disk, a quota) is mended: it goes on.
    GoOn {
        /// Which way.
        direction: Direction,
    },
    /// The queue cannot be saved, and a person goes on all the same, until it can be.
    GoOnUnsaved,
    /// Forgets the rows under "Done".
    ClearDone,
    /// Tells what proves that an item has arrived ([`crate::engine::EventBody::Receipt`]).
    AskReceipt {
        /// Which.
        id: TransferId,
    },
    /// Writes receipts into a file.
    ExportReceipts {
        /// Which.
        wanted: Wanted,
        /// As what.
        format: ExportFormat,
        /// Where.
        target: PathBuf,
    },
    /// Compares local files with the server's; nothing is transferred. One at a time: an earlier one is given up.
    Verify {
        /// What.
        pairs: Vec<Pair>,
        /// Whether checksums are compared too.
        hashes: HashUse,
    },
    /// Ends the comparison that is under way; what was compared so far is the result.
    CancelVerify,
    /// Writes a comparison's result into a file, as CSV.
    SaveVerification {
        /// The result.
        result: Arc<Verification>,
        /// Where.
        target: PathBuf,
    },
    /// Saves what was changed of the site list.
    SaveSites {
        /// The list that was changed; `None` is the one that the engine has.
        was: Option<Arc<SiteTree>>,
        /// All of it.
        tree: Box<SiteTree>,
    },
    /// Looks for sites of other programs where they usually keep them ([`crate::engine::EventBody::SiteFiles`]).
    FindImports,
    /// Looks for sites of another program in a file ([`crate::engine::EventBody::SiteFiles`]).
    ReadImport {
        /// Which.
        path: PathBuf,
    },
    /// Puts sites of other programs into the list, but for those that are there already.
    ImportSites {
        /// Which.
        sites: Vec<FoundSite>,
        /// Whether their passwords are kept.
        passwords: bool,
        /// How many others were found, which a person left out or had to leave out.
        left_out: usize,
    },
    /// Tells what was learned of a site's host ([`crate::engine::EventBody::Host`]).
    AskHost {
        /// Whose.
        site: Box<Site>,
    },
    /// Replaces what was learned of a site's host; a session with it goes by that at once.
    SetHost {
        /// Whose.
        site: Box<Site>,
        /// What stays of it.
        facts: HostFacts,
    },
    /// Saves and applies what was changed of the settings.
    SaveSettings {
        /// Those that were changed; `None` is those that the engine has.
        was: Option<Box<Settings>>,
        /// All of them.
        settings: Box<Settings>,
    },
    /// Takes in the sites and settings that another window saved.
    LookForSaved,
    /// Limits the speed for as long as the program runs, instead of what the settings say.
    LimitSpeed {
        /// How; `None` goes by the settings again.
        limits: Option<SpeedLimits>,
    },
    /// Chooses what follows when the queue is through; a countdown that is under way is called off.
    WhenDone {
        /// What.
        choice: WhenDone,
    },
    /// Keeps a site's password in the system's keyring or under the master password, or forgets it.
    SavePassword {
        /// Whose.
        site: SiteId,
        /// `None` forgets it.
        password: Option<Secret>,
    },
    /// Sets the master password, changes it, or takes it away.
    ChangeMaster(MasterChange),
    /// Has the master password given again before it opens anything.
    LockPasswords,
}
