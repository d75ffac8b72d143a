//! All that the window shows.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::{Question, QuestionId};
use crate::model::address::AddressPath;
use crate::model::arrangement::Arrangement;
use crate::model::chosen::Chosen;
use crate::model::columns::PaneColumns;
use crate::model::conflict::{OnExists, Scope};
use crate::model::difference::Difference;
use crate::model::edited::EditView;
use crate::model::local_place::LocalPlace;
use crate::model::passwords::PasswordsKept;
use crate::model::problem::Problem;
use crate::model::rate::SpeedLimits;
use crate::model::resume::WhenChanged;
use crate::model::schedule::InForce;
use crate::model::secret::Secret;
use crate::model::session::SessionView;
use crate::model::settings::Settings;
use crate::model::site::{Site, SiteId, SiteTree};
use crate::model::transfer::{QueueSummary, QueueTab, TransferId};
use crate::model::when_done::WhenDone;
use crate::screen::dialog::Dialog;
use crate::screen::leave::Plan;
use crate::screen::pane::{Pane, Side};
use crate::screen::typed_master::TypedMaster;
use crate::screen::verb::Verb;

/// The tabs of the lower panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the labels")]
pub enum PanelTab {
    #[default]
    Active,
    Queued,
    Failed,
    Done,
    Log,
    Timeline,
}

impl PanelTab {
    /// The queue's tab that it shows.
    #[must_use]
    pub fn queue_tab(self) -> Option<QueueTab> {
        match self {
            Self::Active => Some(QueueTab::Active),
            Self::Queued => Some(QueueTab::Queued),
            Self::Failed => Some(QueueTab::Failed),
            Self::Done => Some(QueueTab::Done),
            Self::Log | Self::Timeline => None,
        }
    }
}

/// Where the keyboard goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The active pane.
    #[default]
    Pane,
    /// The site list.
    Sites,
    /// The lower panel.
    Panel,
    /// The address field.
    Address,
}

/// One line under the address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// Connect to a saved site.
    Site {
        /// Which.
        id: SiteId,
        /// Its name.
        name: String,
        /// user@host.
        detail: String,
    },
    /// Connect to what was typed.
    Address(String),
    /// Go to a remote folder of this session.
    Folder(String),
    /// Do it.
    Verb(Verb),
}

/// The address field: addresses, sites and commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressField {
    /// What is typed.
    pub text: String,
    /// Whether its list is shown.
    pub open: bool,
    /// The list.
    pub suggestions: Vec<Suggestion>,
    /// The line that Enter takes.
    pub chosen: usize,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// A short message that goes by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Identity.
    pub id: u64,
    /// Words.
    pub text: String,
    /// The second line: advice, the server's words.
    pub detail: String,
    /// What can be done about it at once.
    pub verb: Option<Verb>,
    /// Whether it tells of trouble (stays longer).
    pub is_problem: bool,
    /// Whether it tells that something is done.
    pub is_done: bool,
    /// When it goes, in seconds of the window's clock.
    pub until: f64,
}

/// Files that failed one soon after the other: they are told of in one message.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Failures {
    /// How many had failed before.
    pub before: usize,
    /// When the last of them did, in seconds of the window's clock.
    pub last: f64,
    /// The message.
    pub toast: Option<u64>,
}

/// What a person types into the dialog of the question in front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuestionForm {
    /// The password, of a site or the master password.
    pub password: String,
    /// Keep it.
    pub remember: bool,
    /// Show it.
    pub reveal: bool,
    /// The choice for a target that exists.
    pub choice: Option<OnExists>,
    /// For which transfers that choice is.
    pub scope: Scope,
    /// The choice for a source that has changed.
    pub when_changed: WhenChanged,
}

/// A comparison of both sides of a target that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both are being read.
    Running,
    /// Where they differ first.
    Found(Difference),
    /// Why it is not known.
    Failed(Problem),
}

/// All that the window shows. Time is the window's clock, given with each action.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    /// Session: phase, banner, strip.
    pub session: SessionView,
    /// What there is to keep passwords in.
    pub passwords: PasswordsKept,
    /// The master password as it was typed to be changed, until the engine says whether the current one was right.
    pub master_awaited: Option<TypedMaster>,
    /// Saved sites.
    pub sites: Arc<SiteTree>,
    /// The site under the cursor of the list.
    pub site_cursor: Option<SiteId>,
    /// Settings; `None` until they are loaded.
    pub settings: Settings,
    /// The program's speed limits, as they hold now.
    pub speed_limit: InForce,
    /// What follows when the queue is through.
    pub when_done: WhenDone,
    /// Left.
    pub local: Pane,
    /// Right.
    pub remote: Pane,
    /// Which pane wears the accent line.
    pub active: Side,
    /// Where the keyboard goes.
    pub focus: Focus,
    /// Lower panel.
    pub tab: PanelTab,
    /// Counts and speed, copied from the engine's view each frame.
    pub queue: QueueSummary,
    /// Why the queue could not be saved the last time, in the system's words.
    pub why_unsaved: String,
    /// Which rows of the queue are shown, and in which order.
    pub queue_arrangement: Arrangement,
    /// Whether the queue's filter field is shown.
    pub queue_filter_open: bool,
    /// Selected rows of the queue.
    pub queue_selected: Chosen,
    /// Where a range of queue rows began.
    pub queue_anchor: Option<TransferId>,
    /// Address field.
    pub address: AddressField,
    /// Files of servers that are edited here.
    pub edits: Arc<Vec<EditView>>,
    /// The dialog that a person opened.
    pub dialog: Option<Dialog>,
    /// Questions that wait, the first is shown in front of the dialog.
    pub questions: VecDeque<(QuestionId, Question)>,
    /// What is typed into the first one.
    pub question_form: QuestionForm,
    /// What a comparison of both sides of the first one found.
    pub comparison: Option<Comparison>,
    /// The failures that were told of last.
    pub failures: Failures,
    /// Messages.
    pub toasts: Vec<Toast>,
    /// Whether the pointer is over them: none goes then.
    pub toasts_held: bool,
    /// Trouble that was told and is to be written into the log.
    pub untold: Vec<String>,
    /// Files held over the window: over which pane, and over which folder row of it.
    pub drop_hint: Option<(Side, Option<usize>)>,
    /// What follows once the leave that is under way is complete.
    pub plan: Option<Plan>,
    /// Whether the site list is shown.
    pub sites_hidden: bool,
    /// The home folder, for `~`.
    pub home: Option<PathBuf>,
    /// The address that was connected to last, or will be once the leave is complete; it is in no list.
    pub quick: Option<QuickConnect>,
    /// Whether the system asks for a dark window (the drawing sets it).
    pub system_dark: bool,
    /// The leave is complete and the window may close; nothing asks again.
    pub may_close: bool,
    /// A path that was dropped on the local pane: opened when it is a folder, its folder when it is not.
    pub dropped: Option<PathBuf>,
    /// The file that the protocol is recorded into.
    pub recording: Option<PathBuf>,
    /// A person's folders and disks on this machine, once they were looked for.
    pub local_places: Option<Arc<Vec<LocalPlace>>>,
    /// The window's clock in seconds, as of the last action that told it.
    pub now: f64,
    /// When something was to be deleted, until it is asked about: what is typed meanwhile is meant for the question.
    pub deleting_since: Option<f64>,
    /// Whether a person still waited for the question about a deletion as it came.
    pub delete_awaited: bool,
    /// The identity of the next message.
    pub next_toast: u64,
}

/// Where a typed address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickConnect {
    /// The site that was made of it.
    pub site: Site,
    /// The password in it.
    pub password: Option<Secret>,
    /// The folder in it.
    pub start: AddressPath,
}

impl Screen {
    /// A pane.
    #[must_use]
    pub fn pane(&self, side: Side) -> &Pane {
        match side {
            Side::Local => &self.local,
            Side::Remote => &self.remote,
        }
    }

    /// The speed limits of the session's own site, as they are in the list.
    #[must_use]
    pub fn site_limits(&self) -> SpeedLimits {
        let site = self.connected_site().or(self.session.site.as_ref());
        site.map(|site| site.speed).unwrap_or_default()
    }

    /// The columns that a person wants in a pane.
    #[must_use]
    pub fn columns(&self, side: Side) -> &PaneColumns {
        match side {
            Side::Local => &self.settings.local_columns,
            Side::Remote => &self.settings.remote_columns,
        }
    }

    /// A pane, to change it.
    pub fn pane_mut(&mut self, side: Side) -> &mut Pane {
        match side {
            Side::Local => &mut self.local,
            Side::Remote => &mut self.remote,
        }
    }
}
