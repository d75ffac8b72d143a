//! The session's handle: what the actor says to it, and what dropping it stops.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::command::Change;
use crate::engine::session::Session;
use crate::engine::session_context::SessionContext;
use crate::engine::verify;
use crate::model::address::AddressPath;
use crate::model::host::HostFacts;
use crate::model::path::RemotePath;
use crate::model::secret::Secret;
use crate::model::session::DisconnectWhen;

/// What the actor passes on to the session.
#[derive(Debug)]
pub enum SessionCommand {
    /// Show a folder.
    Open(RemotePath),
    /// Read a folder again if it is still shown and there is a connection.
    Refresh(RemotePath),
    /// Change remote files or folders.
    Change(Change),
    /// Compare local files with remote ones on the browsing connection.
    Verify(verify::Request),
    /// Leave.
    Leave(DisconnectWhen),
    /// Take a planned leave back.
    Stay,
    /// Connect now.
    ReconnectNow,
    /// Do not come back by itself.
    StayOffline,
    /// Take the banner away.
    DismissBanner,
    /// What was learned of the host was changed or forgotten by a person.
    Relearn(HostFacts),
    /// Another number of transfers at the same time was chosen.
    ChooseLanes,
}

/// The session's handle: dropping it ends the session's tasks.
pub struct SessionHandle {
    /// What it shares.
    pub context: Arc<SessionContext>,
    inbox: mpsc::UnboundedSender<SessionCommand>,
    browsing: Arc<Mutex<CancellationToken>>,
    task: JoinHandle<()>,
}

impl SessionHandle {
    /// Begins a session.
    pub fn begin(context: Arc<SessionContext>, password: Option<Secret>, start: AddressPath) -> Self {
        let (inbox, commands) = mpsc::unbounded_channel();
        let browsing = Arc::new(Mutex::new(CancellationToken::new()));
        let session = Session::new(Arc::clone(&context), commands, Arc::clone(&browsing), start, password);
        let task = tokio::spawn(session.run());
        Self { context, inbox, browsing, task }
    }

    /// Passes a command on; an ended session takes none.
    pub fn send(&self, command: SessionCommand) {
        drop(self.inbox.send(command));
    }

    /// Where commands go, for whoever may have one later.
    pub fn inbox(&self) -> mpsc::UnboundedSender<SessionCommand> {
        self.inbox.clone()
    }

    /// Whether the session is over.
    pub fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// Breaks off the browsing command that is under way.
    pub fn cancel_browsing(&self) {
        self.browsing.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.context.stop.cancel();
        self.cancel_browsing();
    }
}
