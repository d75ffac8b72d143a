//! Everything that a person can do by name: label, tooltip, icon name and whether it can be done now. Menus, buttons, keys, the palette and the help page are drawn from it.

/// What the system calls the trash is in it, as in [`crate::engine::trash::NAME`].
const DELETE: &str = if cfg!(windows) {
    "Move the selection to the recycle bin, or delete it from the server; asks first"
} else {
    "Move the selection to the trash, or delete it from the server; asks first"
};

/// A command by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "labels and tooltips say what each does")]
pub enum Verb {
    // Session
    Connect,
    Disconnect,
    StayConnected,
    Reconnect,
    Diagnose,
    FocusAddress,
    // Sites
    NewSite,
    NewSiteFolder,
    ImportSites,
    EditSite,
    DuplicateSite,
    DeleteSite,
    SaveAsSite,
    Bookmark,
    ShowSites,
    // Panes
    OtherPane,
    Open,
    Up,
    Back,
    Forward,
    Home,
    Refresh,
    CancelBrowsing,
    EditPath,
    Filter,
    ToggleHidden,
    SelectAll,
    SelectNone,
    InvertSelection,
    ToggleSelected,
    // Files
    Transfer,
    EditFile,
    EditedFiles,
    UploadFiles,
    Verify,
    NewFolder,
    Rename,
    Delete,
    DeleteForGood,
    Permissions,
    CopyPath,
    CopyAddress,
    PasteFiles,
    // Queue
    HoldQueue,
    PauseTransfers,
    ResumeTransfers,
    CancelTransfers,
    RetryTransfers,
    RetryAllFailed,
    RetrySameCause,
    QueueTop,
    QueueUp,
    QueueDown,
    QueueBottom,
    PriorityHigh,
    PriorityNormal,
    PriorityLow,
    ClearDone,
    ShowReceipt,
    ExportReceipts,
    RunWhenDone,
    ShowActive,
    ShowQueued,
    ShowFailed,
    ShowDone,
    ShowLog,
    ShowTimeline,
    CopyLog,
    Record,
    CopyRecordPath,
    // Program
    ToggleTheme,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    SpeedLimits,
    MasterPassword,
    LockPasswords,
    Settings,
    Keys,
    About,
    Quit,
}

impl Verb {
    /// All of them, in the order of menus and the help page.
    pub const ALL: &[Self] = &[
        Self::Connect,
        Self::Disconnect,
        Self::StayConnected,
        Self::Reconnect,
        Self::Diagnose,
        Self::FocusAddress,
        Self::NewSite,
        Self::NewSiteFolder,
        Self::ImportSites,
        Self::EditSite,
        Self::DuplicateSite,
        Self::DeleteSite,
        Self::SaveAsSite,
        Self::Bookmark,
        Self::ShowSites,
        Self::OtherPane,
        Self::Open,
        Self::Up,
        Self::Back,
        Self::Forward,
        Self::Home,
        Self::Refresh,
        Self::CancelBrowsing,
        Self::EditPath,
        Self::Filter,
        Self::ToggleHidden,
        Self::SelectAll,
        Self::SelectNone,
        Self::InvertSelection,
        Self::ToggleSelected,
        Self::Transfer,
        Self::EditFile,
        Self::EditedFiles,
        Self::UploadFiles,
        Self::Verify,
        Self::NewFolder,
        Self::Rename,
        Self::Delete,
        Self::DeleteForGood,
        Self::Permissions,
        Self::CopyPath,
        Self::CopyAddress,
        Self::PasteFiles,
        Self::HoldQueue,
        Self::PauseTransfers,
        Self::ResumeTransfers,
        Self::CancelTransfers,
        Self::RetryTransfers,
        Self::RetryAllFailed,
        Self::RetrySameCause,
        Self::QueueTop,
        Self::QueueUp,
        Self::QueueDown,
        Self::QueueBottom,
        Self::PriorityHigh,
        Self::PriorityNormal,
        Self::PriorityLow,
        Self::ClearDone,
        Self::ShowReceipt,
        Self::ExportReceipts,
        Self::RunWhenDone,
        Self::ShowActive,
        Self::ShowQueued,
        Self::ShowFailed,
        Self::ShowDone,
        Self::ShowLog,
        Self::ShowTimeline,
        Self::CopyLog,
        Self::Record,
        Self::CopyRecordPath,
        Self::ToggleTheme,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::SpeedLimits,
        Self::MasterPassword,
        Self::LockPasswords,
        Self::Settings,
        Self::Keys,
        Self::About,
        Self::Quit,
    ];

    /// Whether it ends or leaves what is under way.
    #[must_use]
    pub fn ends_something(self) -> bool {
        matches!(self, Self::CancelBrowsing | Self::Disconnect | Self::Quit)
    }

    /// The name on buttons, in menus and in the palette.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.words().0
    }

    /// What it does, one sentence without end mark.
    #[must_use]
    pub fn tooltip(self) -> &'static str {
        self.words().1
    }

    /// The name of its icon in the Lucide family.
    #[must_use]
    pub fn icon(self) -> &'static str {
        self.words().2
    }

    /// Label, tooltip, icon.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Connect => ("Connect", "Connect to the site that is marked in the list", "plug"),
            Self::Disconnect => ("Disconnect", "Leave the server; asks when, if transfers are pending", "unplug"),
            Self::StayConnected => ("Stay connected", "Take the planned disconnect back", "anchor"),
            Self::Reconnect => ("Reconnect", "Connect to the same site again, into the same folder", "refresh-ccw"),
            Self::Diagnose => ("Diagnose", "Examine the server step by step and say what is the matter", "stethoscope"),
            Self::FocusAddress => ("Address, site or command", "Type an address, a site's name or a command", "search"),
            Self::NewSite => ("New site", "Add a site to the list", "plus"),
            Self::NewSiteFolder => ("New folder for sites", "Add a folder to the list of sites", "folder-plus"),
            Self::ImportSites => {
                ("Import sites…", "Take over the sites, folders and passwords that FileZilla and WinSCP keep", "download")
            }
            Self::EditSite => ("Edit site", "Change the site that is marked in the list", "pencil"),
            Self::DuplicateSite => ("Duplicate site", "Add a copy of the site that is marked in the list", "copy-plus"),
            Self::DeleteSite => ("Delete site", "Take the site that is marked out of the list", "trash-2"),
            Self::SaveAsSite => ("Save as site", "Keep the address that is connected in the list of sites", "bookmark-plus"),
            Self::Bookmark => ("Bookmark", "Keep the remote folder among the site's bookmarks, or take it out again", "bookmark"),
            Self::ShowSites => ("Sites", "Show or hide the list of sites", "panel-left"),
            Self::OtherPane => ("Other pane", "Go to the other pane", "arrow-left-right"),
            Self::Open => ("Open", "Enter the folder, or transfer the file, under the cursor", "corner-down-right"),
            Self::Up => ("Up", "Go to the folder above", "arrow-up"),
            Self::Back => ("Back", "Go back to the folder before", "arrow-left"),
            Self::Forward => ("Forward", "Go forward again", "arrow-right"),
            Self::Home => ("Home", "Go to the home folder; on the server, to the folder after login", "house"),
            Self::Refresh => ("Refresh", "Read the folder again", "refresh-cw"),
            Self::CancelBrowsing => ("Cancel", "Stop listing, deleting or renaming; transfers go on", "circle-stop"),
            Self::EditPath => ("Go to folder", "Type the path of a folder", "text-cursor-input"),
            Self::Filter => ("Filter", "Show only the names that contain a text, or match a pattern such as *.php", "list-filter"),
            Self::ToggleHidden => ("Hidden files", "Show or hide names that begin with a dot", "eye"),
            Self::SelectAll => ("Select all", "Select everything that is listed", "check-check"),
            Self::SelectNone => ("Select none", "Select nothing", "square"),
            Self::InvertSelection => {
                ("Invert selection", "Select what is not selected, and nothing else", "square-split-horizontal")
            }
            Self::ToggleSelected => {
                ("Select or unselect", "Select the row under the cursor, or no longer, and go to the next one", "square-check")
            }
            Self::Transfer => ("Transfer", "Send the selection to the folder in the other pane", "arrow-left-right"),
            Self::EditFile => (
                "Open and edit",
                "Fetch the selected files, open them in their programs here, and upload what is saved there",
                "notebook-pen",
            ),
            Self::EditedFiles => (
                "Edited files",
                "Show the files of servers that are open for editing here, and what is not uploaded yet",
                "file-text",
            ),
            Self::UploadFiles => {
                ("Upload files", "Pick files on this machine and upload them to the folder on the server", "upload")
            }
            Self::Verify => (
                "Verify against server",
                "Compare the selection, or the whole folder, with the other side; nothing is transferred",
                "git-compare",
            ),
            Self::NewFolder => ("New folder", "Make a folder in the active pane", "folder-plus"),
            Self::Rename => ("Rename", "Give the file or folder another name", "pencil-line"),
            Self::Delete => ("Delete", DELETE, "trash-2"),
            Self::DeleteForGood => {
                ("Delete for good", "Delete the selection past the trash; everything is counted first and asked about", "circle-x")
            }
            Self::Permissions => ("Permissions", "Change who may read, write and run it on the server", "file-lock"),
            Self::CopyPath => ("Copy path", "Copy the path of the selection", "copy"),
            Self::CopyAddress => {
                ("Copy address", "Copy the selection's address for use in other programs, without the password", "link")
            }
            Self::PasteFiles => ("Paste files", "Upload the files that were copied in a file manager", "clipboard-paste"),
            Self::HoldQueue => ("Hold the queue", "Stop the whole queue where it is, or let it go on", "pause"),
            Self::PauseTransfers => ("Pause", "Pause the selected transfers; they go on from where they are", "circle-pause"),
            Self::ResumeTransfers => ("Resume", "Let the selected transfers go on", "circle-play"),
            Self::CancelTransfers => (
                "Cancel transfers",
                "Take the selected transfers out of the queue; what has arrived of them is deleted",
                "circle-x",
            ),
            Self::RetryTransfers => ("Try again", "Queue the selected transfers that failed again", "rotate-cw"),
            Self::RetrySameCause => {
                ("Try all with this cause again", "Queue everything again that failed for the same reason", "rotate-ccw")
            }
            Self::RetryAllFailed => ("Try all failed again", "Queue everything that failed again", "rotate-ccw"),
            Self::QueueTop => ("Move to the top", "Let the selected transfers run before all others of their priority", "arrow-up"),
            Self::QueueUp => ("Move up", "Let the selected transfers run one place earlier", "chevron-up"),
            Self::QueueDown => ("Move down", "Let the selected transfers run one place later", "chevron-down"),
            Self::QueueBottom => {
                ("Move to the bottom", "Let the selected transfers run after all others of their priority", "arrow-down")
            }
            Self::PriorityHigh => ("High priority", "Let the selected transfers run before those of normal priority", "zap"),
            Self::PriorityNormal => ("Normal priority", "Let the selected transfers run in their turn", "circle"),
            Self::PriorityLow => ("Low priority", "Let the selected transfers run when nothing else waits", "hourglass"),
            Self::ClearDone => ("Clear done", "Forget the list of what has arrived", "brush-cleaning"),
            Self::ShowReceipt => ("Receipt", "Show what proves that the selected file has arrived", "file-check"),
            Self::ExportReceipts => {
                ("Export receipts", "Save what proves the files that have arrived, as a table, as JSON or as checksums", "save")
            }
            Self::RunWhenDone => ("Run a command when done", "Choose a program that is run when the queue is through", "play"),
            Self::ShowActive => ("Active", "Show the transfers that are under way", "activity"),
            Self::ShowQueued => ("Queued", "Show the transfers that wait", "list-todo"),
            Self::ShowFailed => ("Failed", "Show the transfers that did not arrive, and why", "triangle-alert"),
            Self::ShowDone => ("Done", "Show what has arrived, with its proof", "circle-check"),
            Self::ShowLog => ("Log", "Show what was said between Moorline and the server", "scroll-text"),
            Self::ShowTimeline => ("Timeline", "Show what happened on each connection, and when", "history"),
            Self::CopyLog => ("Copy the log", "Copy the protocol log; passwords are not in it", "clipboard-list"),
            Self::Record => (
                "Record the protocol",
                "Keep a record of what is said, without passwords and the user's name, or stop it",
                "circle",
            ),
            Self::CopyRecordPath => {
                ("Copy the record's path", "Copy where the record is; `moorline replay` plays it again", "clipboard-paste")
            }
            Self::ToggleTheme => ("Dark or light", "Change between the dark and the light window", "sun-moon"),
            Self::ZoomIn => ("Larger", "Make everything in the window larger", "zoom-in"),
            Self::ZoomOut => ("Smaller", "Make everything in the window smaller", "zoom-out"),
            Self::ZoomReset => ("Usual size", "Show everything in its usual size", "maximize"),
            Self::SpeedLimits => ("Speed limits", "Limit how fast files move, always or at certain times", "gauge"),
            Self::MasterPassword => {
                ("Master password", "Set, change or take away the password that saved passwords are locked with", "key-round")
            }
            Self::LockPasswords => {
                ("Lock saved passwords", "Have the master password given again before a saved one is used", "lock")
            }
            Self::Settings => ("Settings", "Change how Moorline behaves", "settings"),
            Self::Keys => ("Keys", "Show all keys", "keyboard"),
            Self::About => ("About Moorline", "Show the version and the licences", "info"),
            Self::Quit => ("Quit", "Close Moorline; asks when, if transfers are pending", "log-out"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Verb;

    #[test]
    fn every_verb_has_words_of_its_own_and_an_icon() {
        let mut labels = HashSet::new();
        for verb in Verb::ALL {
            let label = verb.label();
            assert!(labels.insert(label), "two verbs are called {label}");
            assert!(label.starts_with(char::is_uppercase) && !label.ends_with('.'), "{label}");
            assert!(
                verb.tooltip().len() > label.len() && !verb.tooltip().contains(['.', '!']) || verb.tooltip().contains("*."),
                "{label}"
            );
            assert!(verb.icon().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{label}");
        }
    }

    #[test]
    fn all_names_each_verb_once_and_in_the_order_of_the_enum() {
        assert!(Verb::ALL.is_sorted());
        assert_eq!(Verb::ALL.first(), Some(&Verb::Connect));
        assert_eq!(Verb::ALL.last(), Some(&Verb::Quit));
        assert_eq!(Verb::ALL.len(), Verb::Quit as usize + 1);
    }
}
