//! Everything that a person can do by name: label, tooltip, icon name and whether it can be done now. Menus, buttons, keys, the palette and the help page are drawn from it.

/// A command by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "labels and tooltips say what each does")]
pub enum Verb {
    // Session
    Connect,
    Disconnect,
    Reconnect,
    FocusAddress,
    // Sites
    NewSite,
    NewSiteFolder,
    EditSite,
    DuplicateSite,
    DeleteSite,
    SaveAsSite,
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
    // Files
    Transfer,
    UploadFiles,
    NewFolder,
    Rename,
    Delete,
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
    ClearDone,
    ShowActive,
    ShowQueued,
    ShowFailed,
    ShowDone,
    ShowLog,
    CopyLog,
    // Program
    ToggleTheme,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Settings,
    Keys,
    About,
    Quit,
}
