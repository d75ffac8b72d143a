//! What a person did, and what has to be done about it outside the screen.

use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::{Command, EditWish, Place};
use crate::model::arrangement::ArrangeBy;
use crate::model::banner::BannerAction;
use crate::model::edited::EditId;
use crate::model::path::RemotePath;
use crate::model::rate::SpeedLimits;
use crate::model::receipt_export::{ExportFormat, Wanted};
use crate::model::session::DisconnectWhen;
use crate::model::site::{SiteColor, SiteId};
use crate::model::sort::SortKey;
use crate::model::transfer::{Direction, TransferId};
use crate::model::verify::Verification;
use crate::model::when_done::WhenDone;
use crate::screen::dialog::Dialog;
use crate::screen::import_form::ImportRow;
use crate::screen::pane::Side;
use crate::screen::state::{Focus, PanelTab, QuestionForm};
use crate::screen::verb::Verb;

/// How a click or key extends a selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extend {
    /// Only this.
    #[default]
    Replace,
    /// This too, or no longer (Ctrl).
    Toggle,
    /// From the anchor to this (Shift).
    Range,
}

/// Cursor keys in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Move {
    Up,
    Down,
    PageUp(usize),
    PageDown(usize),
    First,
    Last,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are named by what they are")]
pub enum Action {
    /// A command by menu, button, key or palette, upon the active pane and its selection.
    Do(Verb),
    /// The pane became the active one.
    ActivatePane(Side),
    /// The keyboard went there.
    Focus(Focus),
    /// A row was clicked (also with the secondary button, which keeps a selection that contains the row).
    ClickRow { side: Side, row: usize, extend: Extend, secondary: bool },
    /// The empty part of a pane was clicked.
    ClickEmpty(Side),
    /// A row was opened (double click, Enter): folders are entered, files are transferred.
    OpenRow { side: Side, row: usize },
    /// A cursor key.
    MoveCursor { side: Side, to: Move, extend: Extend },
    /// A letter was typed at `now` seconds: finds the next row that begins so.
    TypeAhead { side: Side, text: String, now: f64 },
    /// A column header was clicked.
    SortBy { side: Side, key: SortKey },
    /// A crumb was clicked.
    Go { side: Side, place: Place },
    /// The menu of places on this machine was opened: they are looked for anew, disks come and go.
    FindPlaces,
    /// The path field is being typed into; `None` ends it.
    EditPath { side: Side, text: Option<String> },
    /// The path field was entered.
    EnterPath { side: Side },
    /// The filter was typed.
    Filter { side: Side, text: String },
    /// The filter field was opened or closed (closing clears it).
    ShowFilter { side: Side, shown: bool },
    /// A column was dragged to a width in points; `None` gives it its usual one again.
    WidenColumn { side: Side, key: SortKey, width: Option<u16> },
    /// A column is shown or hidden.
    ShowColumn { side: Side, key: SortKey, shown: bool },
    /// Rows of one pane were dropped on the other, on a folder row or on its free space.
    DropRows { from: Side, onto: Option<usize> },
    /// Files from the desktop are held over the window.
    HoverFiles(Option<(Side, Option<usize>)>),
    /// Files from the desktop were dropped: on the remote pane (or a folder row of it) they are uploaded, on the local pane opened.
    DropFiles { paths: Vec<PathBuf>, side: Side, onto: Option<usize> },
    /// Files were picked in a dialog, to upload into the remote folder.
    PickedFiles(Vec<PathBuf>),
    /// Let a person pick the site form's local folder.
    BrowseFolder,
    /// A folder was picked for the site form.
    PickedFolder(PathBuf),
    /// Let a person pick a file of another program to import sites from.
    BrowseImport,
    /// A file was picked to import sites from.
    PickedImport(PathBuf),
    /// Rows of the import were ticked, or no longer.
    TickImport { rows: Vec<ImportRow>, on: bool },
    /// Whether the passwords of imported sites go into the keyring.
    ImportPasswords(bool),
    /// A file was picked to save something in.
    PickedSave { path: PathBuf, what: Save },
    /// No dialog could be opened to pick a file to save something in; this name is free.
    SaveWithoutDialog { path: PathBuf, what: Save },
    /// No dialog could be opened on this system.
    PickFailed,
    /// The address field.
    EditAddress(String),
    /// The address field's list: chosen line changes.
    ChooseSuggestion(usize),
    /// The address field was entered (the chosen line), or a line was clicked.
    EnterAddress(Option<usize>),
    /// The program was started with this address or site's name.
    OpenAddress(String),
    /// The address field was left.
    LeaveAddress,
    /// A site was clicked in the list.
    ClickSite(SiteId),
    /// A site was opened (double click, Enter).
    OpenSite(SiteId),
    /// The folder of the site list was opened or closed.
    ToggleSiteFolder(String),
    /// Edit this site.
    EditSite(SiteId),
    /// A copy of this site.
    DuplicateSite(SiteId),
    /// Examine this site's server.
    DiagnoseSite(SiteId),
    /// Ask whether to delete this site.
    DeleteSite(SiteId),
    /// Marker of a site.
    ColorSite(SiteId, SiteColor),
    /// Take a folder out of a site's bookmarks.
    RemoveBookmark(SiteId, RemotePath),
    /// A site was dragged into a folder (empty: top level), before another site or at the end.
    MoveSite { id: SiteId, folder: String, before: Option<SiteId> },
    /// Rename this folder of the list.
    EditSiteFolder(String),
    /// Ask whether to delete this folder of the list.
    DeleteSiteFolder(String),
    /// A tab of the lower panel.
    ShowTab(PanelTab),
    /// A row of the queue was clicked.
    ClickTransfer { id: TransferId, extend: Extend, secondary: bool, visible: Vec<TransferId> },
    /// These rows of the queue are selected, all that were before are not (cursor keys).
    SelectTransfers(Vec<TransferId>),
    /// The queue's filter was typed.
    FilterQueue(String),
    /// The queue's filter field was opened or closed (closing clears it).
    ShowQueueFilter(bool),
    /// The queue's rows are sorted by this; the same again turns the order round.
    ArrangeQueue(ArrangeBy),
    /// The cross at a row of the queue.
    CancelTransfer(TransferId),
    /// The dialog's fields changed.
    EditDialog(Box<Dialog>),
    /// The dialog's main button or Enter.
    AcceptDialog,
    /// The dialog's second button. Of the site form: save the site, then connect to it (through the guard, if transfers are pending);
    /// where edited files are not uploaded: leave without.
    SecondDialogAnswer,
    /// The dialog's other button or Escape.
    CloseDialog,
    /// The guard's card was chosen and accepted at once (its key).
    GuardChoose(DisconnectWhen),
    /// The question's fields changed.
    EditQuestion(QuestionForm),
    /// The question's main button; for a certificate: trust always.
    AcceptQuestion,
    /// The question's second button: for a certificate, trust for this session; for transfers that are taken out, pause instead.
    SecondAnswer,
    /// Something is done about an edited file.
    Edit(EditWish),
    /// An edited file is put away; one with changes that are not uploaded is asked about.
    FinishEdit(EditId),
    /// What held a direction up is mended.
    GoOn(Direction),
    /// The queue cannot be saved, and is worked on all the same.
    GoOnUnsaved,
    /// Compare both sides of the target that the question in front is about.
    Compare,
    /// The question's cancel or Escape.
    CancelQuestion,
    /// Speed limits for as long as the program runs; `None` goes by the settings again.
    LimitSpeed(Option<SpeedLimits>),
    /// What follows when the queue is through.
    WhenDone(WhenDone),
    /// A banner's button.
    Banner(BannerAction),
    /// A toast's cross.
    DismissToast(u64),
    /// The pointer came over the messages, or left them.
    HoldToasts(bool),
    /// The window manager asks to close the window.
    CloseRequested,
    /// Widths and heights of panels, in points, when a person changed them.
    Resized { queue_height: u16, sites_width: u16 },
    /// Window size, before it closes.
    WindowPlace { width: u16, height: u16, maximized: bool },
    /// The clock: toasts go.
    Tick { now: f64 },
}

/// What is saved in a file that a person picks.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are named by what they are")]
pub enum Save {
    /// Receipts.
    Receipts { wanted: Wanted, format: ExportFormat },
    /// The result of a comparison with the server.
    Verification(Arc<Verification>),
}

/// What has to be done outside the screen.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell the engine.
    Engine(Command),
    /// Let a person pick files to upload.
    PickFiles,
    /// Let a person pick a folder for the site form.
    PickFolder,
    /// Let a person pick a file of another program to import sites from.
    PickImport,
    /// Let a person pick a file to save something in, beginning with a folder and a name.
    PickSave {
        /// Where the picker begins.
        folder: Option<PathBuf>,
        /// The name that it proposes.
        name: &'static str,
        /// What is saved.
        what: Save,
    },
    /// Upload the files that the clipboard holds, as [`Action::PickedFiles`].
    PasteFiles,
    /// Put the protocol log on the clipboard.
    CopyLog,
    /// Tell it on the desktop, unless a person looks at the window.
    Announce(String),
    /// Put text on the clipboard.
    CopyText(String),
    /// Put the keyboard there.
    Focus(Focus),
    /// Close the window now.
    CloseWindow,
}
