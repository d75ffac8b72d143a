//! What a person sets once for all sites.

use serde::{Deserialize, Serialize};

use crate::model::columns::PaneColumns;
use crate::model::conflict::OnExists;
use crate::model::edited::WhenSaved;
use crate::model::rate::SpeedLimits;
use crate::model::resume::SourceChanged;
use crate::model::schedule::ScheduledLimits;
use crate::model::when_done::UsuallyWhenDone;

/// Dark, light or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ThemeChoice {
    #[default]
    System,
    Dark,
    Light,
}

/// Settings, saved as readable text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// Theme.
    pub theme: ThemeChoice,
    /// Interface scale in percent, 75 to 200.
    pub scale_percent: u16,
    /// Transfer connections beside the browsing one, at most 32; 0 is as many as help, up to 8.
    pub connections: u8,
    /// Seconds without an answer after which a connection counts as lost, 5 to 300.
    pub timeout_seconds: u16,
    /// Reconnects by itself after a loss.
    pub reconnect: bool,
    /// Standing answer when an upload's target exists.
    pub upload_exists: OnExists,
    /// Standing answer when a download's target exists.
    pub download_exists: OnExists,
    /// What is done with our own unfinished file when its source has changed.
    pub source_changed: SourceChanged,
    /// The name of the new one when both are kept ([`crate::model::name_pattern`]).
    pub rename_pattern: String,
    /// How fast files may move, over all sites.
    pub speed: SpeedLimits,
    /// Times of the week at which other limits hold instead; the first that applies wins.
    pub speed_schedule: Vec<ScheduledLimits>,
    /// What usually follows when the queue is through.
    pub usually_when_done: UsuallyWhenDone,
    /// The command that was run last when the queue was through: a program and its arguments.
    pub when_done_command: Vec<String>,
    /// Keeps the machine awake while files move.
    pub keep_awake: bool,
    /// Files keep the time of their last change on the other side.
    pub keep_times: bool,
    /// Uploads replace an existing file as they write it, without a temporary name.
    pub write_directly: bool,
    /// What is left out where a folder is transferred ([`crate::model::leave_out`]). Nothing until a person says so: what is in a
    /// folder arrives.
    pub leave_out: Vec<String>,
    /// The editor for files of a server: a program and its arguments; empty is what the system has for each file.
    pub editor: Vec<String>,
    /// What is done when such a file was saved.
    pub when_edited_saved: WhenSaved,
    /// Keeps a record of the protocol.
    pub record: bool,
    /// Shows files whose names begin with a dot.
    pub show_hidden: bool,
    /// Window size and position of the last time, in points.
    pub window: Option<WindowPlace>,
    /// The local folder of the last time.
    pub local_folder: Option<std::path::PathBuf>,
    /// Height of the queue panel in points.
    pub queue_height: u16,
    /// Width of the site list in points.
    pub sites_width: u16,
    /// The columns of the local pane.
    pub local_columns: PaneColumns,
    /// The columns of the remote pane.
    pub remote_columns: PaneColumns,
}

/// Where the window was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub struct WindowPlace {
    pub width: u16,
    pub height: u16,
    pub maximized: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            scale_percent: 100,
            connections: 0,
            timeout_seconds: 20,
            reconnect: true,
            upload_exists: OnExists::Ask,
            download_exists: OnExists::Ask,
            source_changed: SourceChanged::Anew,
            rename_pattern: crate::model::name_pattern::USUAL.to_owned(),
            speed: SpeedLimits::default(),
            speed_schedule: Vec::new(),
            usually_when_done: UsuallyWhenDone::Nothing,
            when_done_command: Vec::new(),
            keep_awake: true,
            keep_times: true,
            write_directly: false,
            leave_out: Vec::new(),
            editor: Vec::new(),
            when_edited_saved: WhenSaved::default(),
            record: false,
            show_hidden: true,
            window: None,
            local_folder: None,
            queue_height: 326,
            sites_width: 196,
            local_columns: PaneColumns::default(),
            remote_columns: PaneColumns::default(),
        }
    }
}
