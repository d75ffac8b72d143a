//! The dialogs that a person opens (questions of the engine are in `Screen::questions`).

use std::sync::Arc;

use crate::engine::{Place, ToEdit};
use crate::model::checksum::HashUse;
use crate::model::diagnosis::Report;
use crate::model::edited::EditId;
use crate::model::host::HostFacts;
use crate::model::path::RemotePath;
use crate::model::permissions::Inside;
use crate::model::receipt::Receipt;
use crate::model::receipt_export::ExportFormat;
use crate::model::session::DisconnectWhen;
use crate::model::site::{Site, SiteId};
use crate::model::transfer::TransferId;
use crate::model::verify::{Pair, Tally, Verification};
use crate::screen::import_form::ImportForm;
use crate::screen::pane::Side;
use crate::screen::settings_form::SettingsForm;
use crate::screen::typed_limits::{Errors, TypedLimits};

/// Why the guard asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardPurpose {
    /// Disconnect.
    Disconnect,
    /// Close the window.
    Close,
    /// Connect somewhere else afterwards.
    Connect(SiteId),
}

/// The parts of the site form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the labels")]
pub enum SitePage {
    #[default]
    Connection,
    Folders,
    Transfers,
    Session,
    Notes,
}

/// A site as it is being edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteForm {
    /// The draft.
    pub site: Site,
    /// Whether it is not in the list yet.
    pub is_new: bool,
    /// Port as typed; empty is the usual one.
    pub port: String,
    /// Keep-alive seconds as typed.
    pub keep_alive_seconds: String,
    /// What was learned of the host; `None` until it is known.
    pub learned: Option<HostFacts>,
    /// Whether that is to be forgotten.
    pub forget: bool,
    /// The host's idle limit in seconds, as typed; empty when it is not known.
    pub idle_limit: String,
    /// Speed limits as typed.
    pub limits: TypedLimits,
    /// Hours that the times of the server's LIST are ahead of UTC, as typed; empty is as learned.
    pub list_ahead: String,
    /// Seconds that the server's clock is ahead of this machine's, as typed; empty is as measured.
    pub clock_ahead: String,
    /// Local folder as typed.
    pub local_folder: String,
    /// Password as typed.
    pub password: String,
    /// Whether the password was touched (untouched keeps what the keyring has).
    pub password_changed: bool,
    /// Show the password.
    pub reveal: bool,
    /// Page.
    pub page: SitePage,
    /// Whether the site has names of its own that are left out of folders.
    pub leaves_out: bool,
    /// These names, as typed.
    pub leave_out: String,
    /// What is wrong, per field label.
    pub errors: Errors,
}

/// Which receipts are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ExportRange {
    Selected,
    Done,
    LastDay,
    LastWeek,
    LastMonth,
    All,
}

/// How far a comparison with the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyStage {
    /// Not begun.
    Ask,
    /// Under way.
    Running(Tally),
    /// Through, or broken off.
    Through(Arc<Verification>),
}

/// A dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Transfers are pending: when to leave?
    Guard {
        /// Why it asks.
        purpose: GuardPurpose,
        /// The card that is chosen.
        choice: DisconnectWhen,
        /// Edited files among the transfers.
        edits: Vec<EditId>,
    },
    /// Add or edit a site.
    Site(Box<SiteForm>),
    /// Delete a site?
    DeleteSite {
        /// Which.
        id: SiteId,
        /// Its name.
        name: String,
    },
    /// Add or rename a folder of the site list.
    SiteFolder {
        /// The one that is renamed; `None` adds.
        path: Option<String>,
        /// The name as typed.
        name: String,
        /// What is wrong.
        error: Option<String>,
    },
    /// Delete a folder of the site list with its sites?
    DeleteSiteFolder {
        /// Which.
        path: String,
        /// How many sites are in it.
        sites: usize,
    },
    /// Sites of other programs, to be taken over.
    Import(Box<ImportForm>),
    /// A new folder.
    NewFolder {
        /// Where.
        side: Side,
        /// The name as typed.
        name: String,
        /// What is wrong.
        error: Option<String>,
    },
    /// Another name.
    Rename {
        /// Of what.
        place: Place,
        /// The name as typed.
        name: String,
        /// What is wrong.
        error: Option<String>,
    },
    /// Permissions.
    Permissions {
        /// Of what.
        paths: Vec<RemotePath>,
        /// Low twelve bits.
        mode: u32,
        /// Octal as typed.
        octal: String,
        /// Whether folders are among them.
        has_folders: bool,
        /// Also everything inside folders.
        recursive: bool,
        /// How, when it is.
        inside: Inside,
    },
    /// Settings.
    Settings(Box<SettingsForm>),
    /// These settings take the master password away, and all saved passwords with it: forget them?
    ForgetPasswords(Box<SettingsForm>),
    /// An examination of a server.
    Diagnosis {
        /// Whose.
        site: SiteId,
        /// Its name.
        name: String,
        /// What was found; `None` while it is examined.
        report: Option<Arc<Report>>,
    },
    /// What proves that a file has arrived.
    Receipt(Box<Receipt>),
    /// Which receipts to save, and as what.
    ExportReceipts {
        /// Rows under "Done" that are selected.
        selected: Vec<TransferId>,
        /// Which.
        range: ExportRange,
        /// As what.
        format: ExportFormat,
    },
    /// A comparison with the server.
    Verify {
        /// What is compared.
        pairs: Vec<Pair>,
        /// Whether checksums are compared too.
        hashes: HashUse,
        /// How far it is.
        stage: VerifyStage,
    },
    /// Files that are edited here.
    Edits,
    /// Much is to be fetched to be edited.
    EditLarge {
        /// What.
        files: Vec<ToEdit>,
        /// Bytes of them, as far as known.
        bytes: u64,
    },
    /// An edited file is to be put away with changes that are not uploaded.
    DiscardEdit {
        /// Which.
        edit: EditId,
        /// Its name.
        name: String,
    },
    /// Edited files have changes that are not uploaded: leave all the same?
    LeaveEdits {
        /// Why it asks.
        purpose: GuardPurpose,
    },
    /// The command that is run when the queue is through.
    RunWhenDone {
        /// A program and its arguments, as typed.
        line: String,
        /// What is wrong.
        error: Option<String>,
    },
    /// All keys.
    Keys,
    /// Version and licences.
    About,
}
