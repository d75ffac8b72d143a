//! Whether a verb can be done now, and in a person's words why not.

use crate::model::entry::EntryKind;
use crate::model::passwords::MasterPassword;
use crate::model::session::Phase;
use crate::model::transfer::QueueTab;
use crate::screen::navigate::NOT_CONNECTED;
use crate::screen::pane::Side;
use crate::screen::state::{Focus, PanelTab, Screen};
use crate::screen::verb::Verb;

/// Interface scale in percent: the least, the most, and one step.
pub const SCALE: (u16, u16, u16) = (75, 200, 10);

impl Verb {
    /// Whether it can be done now.
    ///
    /// # Errors
    /// The reason why not, for the tooltip of the disabled control.
    pub fn is_enabled(self, screen: &Screen) -> Result<(), &'static str> {
        let pane = screen.pane(screen.active);
        let is_remote = screen.active == Side::Remote;
        let in_panel = screen.focus == Focus::Panel;
        match self {
            Self::Connect
            | Self::FocusAddress
            | Self::NewSite
            | Self::NewSiteFolder
            | Self::ImportSites
            | Self::ShowSites
            | Self::OtherPane => Ok(()),
            Self::Disconnect => need(screen.has_session(), "There is no connection"),
            Self::StayConnected => need(matches!(screen.session.phase, Phase::Leaving(_)), "No disconnect is planned"),
            Self::Reconnect => need(screen.session.site.is_some(), "There was no connection yet"),
            Self::Diagnose => {
                need(screen.session.site.is_some() || screen.marked_site().is_some(), "Choose a site in the list first")
            }
            Self::EditSite | Self::DuplicateSite | Self::DeleteSite => {
                need(screen.marked_site().is_some(), "Choose a site in the list first")
            }
            Self::SaveAsSite => match &screen.session.site {
                None => Err(NOT_CONNECTED),
                Some(site) => need(site.id.is_quick(), "This site is in the list already"),
            },
            Self::Bookmark => {
                need(screen.remote.remote_folder().is_some(), "The remote pane shows no folder")?;
                need(screen.connected_site().is_some(), "Save the address as a site first")
            }
            Self::Open => {
                need(pane.cursor.is_some(), "The folder is empty")?;
                connected_if(is_remote, screen)
            }
            Self::Up => {
                need(
                    pane.place.as_ref().is_some_and(|place| crate::screen::location::above(place).is_some()),
                    "There is no folder above",
                )?;
                connected_if(is_remote, screen)
            }
            Self::Back => {
                need(!pane.back.is_empty(), "There is no folder to go back to")?;
                connected_if(is_remote, screen)
            }
            Self::Forward => {
                need(!pane.forward.is_empty(), "There is no folder to go forward to")?;
                connected_if(is_remote, screen)
            }
            Self::Home | Self::Refresh | Self::EditPath => connected_if(is_remote, screen),
            Self::CancelBrowsing => {
                let busy = |side| screen.pane(side).opening.is_some() || screen.pane(side).doing.is_some();
                need(busy(Side::Local) || busy(Side::Remote), "Nothing is under way in the panes")
            }
            Self::Filter if in_panel && screen.tab.queue_tab().is_some() => Ok(()),
            Self::Filter => need(pane.listing.is_some(), "No folder is open"),
            Self::SelectAll | Self::SelectNone if in_panel => {
                need(!matches!(screen.tab, PanelTab::Log | PanelTab::Timeline), "There are no rows to select")
            }
            Self::SelectAll | Self::InvertSelection | Self::ToggleSelected => need(!pane.rows.is_empty(), "The folder is empty"),
            Self::SelectNone => need(!pane.selected.is_empty(), "Nothing is selected"),
            Self::Transfer => {
                can_transfer(screen)?;
                need(!pane.targets().is_empty(), "Select files or folders first")?;
                need(
                    pane.targets().iter().any(|entry| entry.kind != EntryKind::Other),
                    "Devices, sockets and pipes cannot be transferred",
                )?;
                need(screen.local.place.is_some() && screen.remote.place.is_some(), "The other pane shows no folder")
            }
            Self::EditFile => {
                need(is_remote, "Files are opened for editing in the remote pane")?;
                can_transfer(screen)?;
                need(screen.files_to_edit().next().is_some(), "Select files first")
            }
            Self::EditedFiles => need(!screen.edits.is_empty(), "No file is open for editing"),
            Self::UploadFiles | Self::PasteFiles => {
                can_transfer(screen)?;
                need(screen.remote.place.is_some(), "The remote pane shows no folder")
            }
            Self::Verify => {
                need(screen.can_browse_remote(), NOT_CONNECTED)?;
                need(screen.local.place.is_some() && screen.remote.place.is_some(), "The other pane shows no folder")
            }
            Self::ShowReceipt => {
                need(screen.tab == PanelTab::Done, "Only what has arrived has a receipt")?;
                need(screen.queue_selected.single().is_some(), "Select one transfer first")
            }
            Self::NewFolder => {
                connected_if(is_remote, screen)?;
                need(pane.place.is_some(), "No folder is open")
            }
            Self::Rename => {
                connected_if(is_remote, screen)?;
                match pane.targets().len() {
                    0 => Err("Select a file or folder first"),
                    1 => Ok(()),
                    _ => Err("Select one file or folder only"),
                }
            }
            Self::Delete | Self::DeleteForGood => {
                connected_if(is_remote, screen)?;
                need(!pane.targets().is_empty(), "Select files or folders first")
            }
            Self::Permissions => {
                need(is_remote, "Permissions are changed in the remote pane")?;
                connected_if(true, screen)?;
                need(!pane.targets().is_empty(), "Select files or folders first")
            }
            Self::CopyPath => need(pane.place.is_some(), "No folder is open"),
            Self::CopyAddress => {
                need(is_remote, "Addresses are of files in the remote pane")?;
                need(pane.place.is_some() && screen.session.site.is_some(), NOT_CONNECTED)
            }
            Self::HoldQueue => need(screen.queue.paused || screen.queue.is_pending(), "The queue is empty"),
            Self::CancelTransfers => {
                need(!screen.queue_selected.is_empty(), "Select transfers in the queue first")?;
                need(
                    matches!(screen.tab, PanelTab::Active | PanelTab::Queued | PanelTab::Failed),
                    "Only transfers that have not arrived can be taken out",
                )
            }
            Self::PauseTransfers | Self::ResumeTransfers => {
                need(!screen.queue_selected.is_empty(), "Select transfers in the queue first")?;
                need(
                    matches!(screen.tab, PanelTab::Active | PanelTab::Queued),
                    "Only transfers that are not finished can be changed",
                )
            }
            Self::QueueTop | Self::QueueUp | Self::QueueDown | Self::QueueBottom => {
                need(screen.tab == PanelTab::Queued, "Only transfers that wait can be moved")?;
                need(!screen.queue_selected.is_empty(), "Select transfers in the queue first")?;
                let is_step = matches!(self, Self::QueueUp | Self::QueueDown);
                let is_in_order = screen.queue_arrangement.under(QueueTab::Queued).is_plain();
                need(!is_step || is_in_order, "Show all rows in the queue's order first")
            }
            Self::PriorityHigh | Self::PriorityNormal | Self::PriorityLow => {
                need(
                    matches!(screen.tab, PanelTab::Active | PanelTab::Queued | PanelTab::Failed),
                    "Only transfers that are not done have a priority",
                )?;
                need(!screen.queue_selected.is_empty(), "Select transfers in the queue first")
            }
            Self::RetryTransfers | Self::RetrySameCause => {
                need(screen.tab == PanelTab::Failed, "Only transfers that failed can be tried again")?;
                need(!screen.queue_selected.is_empty(), "Select transfers in the queue first")
            }
            Self::RetryAllFailed => need(screen.queue.failed > 0, "No transfer has failed"),
            Self::ClearDone => need(screen.queue.done > 0, "The list is empty"),
            Self::CopyRecordPath => need(screen.recording.is_some(), "Nothing is recorded"),
            Self::CopyLog => need(screen.tab == PanelTab::Log, "Show the log first"),
            Self::ZoomIn => need(screen.settings.scale_percent < SCALE.1, "It is as large as it gets"),
            Self::ZoomOut => need(screen.settings.scale_percent > SCALE.0, "It is as small as it gets"),
            Self::ZoomReset => need(screen.settings.scale_percent != 100, "It is the usual size"),
            Self::LockPasswords => {
                need(screen.passwords.master == MasterPassword::Open, "No password is unlocked with a master password")
            }
            Self::ToggleHidden
            | Self::ExportReceipts
            | Self::MasterPassword
            | Self::ShowActive
            | Self::ShowQueued
            | Self::ShowFailed
            | Self::ShowDone
            | Self::ShowLog
            | Self::ShowTimeline
            | Self::Record
            | Self::ToggleTheme
            | Self::SpeedLimits
            | Self::RunWhenDone
            | Self::Settings
            | Self::Keys
            | Self::About
            | Self::Quit => Ok(()),
        }
    }
}

fn need(condition: bool, reason: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(reason) }
}

fn connected_if(is_remote: bool, screen: &Screen) -> Result<(), &'static str> {
    need(!is_remote || screen.can_browse_remote(), NOT_CONNECTED)
}

/// Files are added to the queue while moored: its items belong to the site of the session.
pub fn can_transfer(screen: &Screen) -> Result<(), &'static str> {
    match screen.session.phase {
        // A resting connection comes back for them.
        Phase::Moored | Phase::Resting { .. } => Ok(()),
        Phase::Connecting(_) => Err("Wait until the connection stands"),
        Phase::Leaving(_) => Err("Choose “Stay connected” first, a disconnect is planned"),
        Phase::Adrift { .. } => Err("The connection is lost; wait until it is back, or reconnect now"),
        Phase::Offline | Phase::Stranded { .. } => Err(NOT_CONNECTED),
    }
}
