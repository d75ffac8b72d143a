//! The session: connects, browses, keeps alive, notices the end, comes back, and leaves when it may.

mod adrift;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::adrift::Waited;
use crate::engine::browse::{self, Work};
use crate::engine::event::EventBody;
use crate::engine::folder_proof::{self, Sent};
use crate::engine::item_outcome::{Outcome, Stopped};
use crate::engine::lane;
use crate::engine::leftovers;
use crate::engine::login;
use crate::engine::moment::at;
use crate::engine::mooring::Mooring;
use crate::engine::outage::Outage;
use crate::engine::replace;
use crate::engine::session_context::SessionContext;
use crate::engine::session_handle::SessionCommand;
use crate::engine::settle;
use crate::engine::shared_queue::Taken;
use crate::ftp::{Control, Fault, Reply};
use crate::model::address::AddressPath;
use crate::model::host::HostFacts;
use crate::model::log::LogKind;
use crate::model::secret::Secret;
use crate::model::session::{DisconnectWhen, Phase};

/// How long a command waits for the answer to a keep-alive that is under way before the connection is given up for another one.
const PATIENCE_OF_A_PERSON: Duration = Duration::from_secs(3);

/// How being connected ended.
enum End {
    /// As planned.
    Left,
    /// The connection went.
    Lost(Fault),
    /// A person broke a command off: the connection is of no use, and nothing needs to be said.
    BrokenOff,
    /// Nothing would keep the unused connection: it was let go in peace.
    LetGo,
    /// The handle is gone.
    Abandoned,
}

/// The session's task and all that it keeps to itself.
pub struct Session {
    ctx: Arc<SessionContext>,
    commands: mpsc::UnboundedReceiver<SessionCommand>,
    browsing: Arc<Mutex<CancellationToken>>,
    work: VecDeque<Work>,
    leaving: Option<DisconnectWhen>,
    mooring: Mooring,
    start: AddressPath,
    password: Option<Secret>,
    attempt: u32,
    lanes: JoinSet<()>,
    was_moored: bool,
}

impl Session {
    /// A session that has not begun. `browsing` always holds the token of what is under way.
    pub fn new(
        ctx: Arc<SessionContext>,
        commands: mpsc::UnboundedReceiver<SessionCommand>,
        browsing: Arc<Mutex<CancellationToken>>,
        start: AddressPath,
        password: Option<Secret>,
    ) -> Self {
        Self {
            ctx,
            commands,
            browsing,
            work: VecDeque::new(),
            leaving: None,
            mooring: Mooring::default(),
            start,
            password,
            attempt: 0,
            lanes: JoinSet::new(),
            was_moored: false,
        }
    }

    /// Runs until it has been left.
    pub async fn run(mut self) {
        self.mooring = Mooring::known(&self.ctx).await;
        loop {
            let end = match self.connect().await {
                Ok(control) => self.moored(control).await,
                Err(end) => end,
            };
            self.ctx.working.send_replace(false);
            match end {
                End::Left | End::Abandoned => break,
                End::BrokenOff | End::Lost(_) if self.ends_without_connection().await => break,
                End::BrokenOff => {}
                End::Lost(fault) => match self.wait(fault).await {
                    Waited::Connect => {}
                    Waited::Leave => break,
                },
                End::LetGo => match self.rest().await {
                    Waited::Connect => {}
                    Waited::Leave => break,
                },
            }
        }
        self.end_lanes().await;
        folder_proof::abandon(&self.ctx);
        // What was kept for a way back that nobody wants any more waits in the queue.
        self.ctx.queue.update(|queue| queue.requeue_kept(&self.ctx.site.id));
        self.ctx.show(|view| {
            view.phase = Phase::Offline;
            view.banner = None;
            view.moored_since = None;
            view.next_keep_alive = None;
        });
        self.ctx.publisher.publish(EventBody::Left);
    }

    /// A fresh token for the next piece of work, which the handle can cancel at any moment.
    fn token(&self) -> CancellationToken {
        let token = CancellationToken::new();
        *self.browsing.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        if self.ctx.stop.is_cancelled() {
            token.cancel();
        }
        token
    }

    /// Connects, logs in and opens the folder, while commands are listened to.
    async fn connect(&mut self) -> Result<Control, End> {
        let token = self.token();
        self.attempt += 1;
        let ctx = Arc::clone(&self.ctx);
        let (start, password) = (self.start.clone(), self.password.take());
        let folder = ctx.view().folder;
        let connecting = login::connect(&ctx, password, &start, folder, &token);
        tokio::pin!(connecting);
        let result = loop {
            tokio::select! {
                result = &mut connecting => break result,
                command = self.commands.recv() => match command {
                    None => return Err(End::Abandoned),
                    Some(SessionCommand::Leave(DisconnectWhen::QueueDone)) if self.has_work() => {
                        self.leaving = Some(DisconnectWhen::QueueDone);
                    }
                    Some(SessionCommand::Leave(_) | SessionCommand::StayOffline) => {
                        token.cancel();
                        return Err(End::Left);
                    }
                    Some(SessionCommand::Open(path)) => self.work.push_back(Work::Open(path)),
                    Some(SessionCommand::Change(change)) => self.work.push_back(Work::Change(change)),
                    Some(SessionCommand::Verify(request)) => self.work.push_back(Work::Verify(request)),
                    Some(SessionCommand::Stay) => self.leaving = None,
                    Some(SessionCommand::Relearn(facts)) => self.relearn(&facts),
                    Some(SessionCommand::ChooseLanes) => self.choose_lanes(),
                    Some(
                        SessionCommand::ReconnectNow
                        | SessionCommand::DismissBanner
                        | SessionCommand::Refresh(_),
                    ) => {}
                },
            }
        };
        match result {
            Ok(control) => Ok(control),
            Err(Fault::Cancelled) => Err(End::Left),
            Err(fault) => Err(End::Lost(fault)),
        }
    }

    async fn moored(&mut self, mut control: Control) -> End {
        let ctx = Arc::clone(&self.ctx);
        let counted = ctx.count_connection();
        let returned = std::mem::replace(&mut self.was_moored, true);
        self.attempt = 0;
        self.mooring.moored(&ctx, &control, returned);
        if let Some(when) = self.leaving {
            ctx.show(|view| view.phase = Phase::Leaving(when));
        }
        self.begin_lanes();
        ctx.queue.update(|queue| queue.requeue_kept(&ctx.site.id));
        ctx.working.send_replace(self.leaving.is_none_or(|when| when == DisconnectWhen::QueueDone));
        let mut changes = ctx.queue.changes();
        let mut budget = ctx.working.subscribe();
        let mut outage = Outage::begin(control.peer());
        let end = loop {
            changes.borrow_and_update();
            if self.may_leave() {
                break End::Left;
            }
            if control.is_poisoned() {
                break End::BrokenOff;
            }
            if let Some(work) = self.work.pop_front() {
                match self.perform(&mut control, work.clone()).await {
                    Ok(()) => self.mooring.commanded(&ctx, &control, self.leaving),
                    Err(end) => {
                        if matches!(end, End::Lost(_))
                            && let Some(left) = work.after_loss()
                        {
                            self.work.push_front(left);
                        }
                        break end;
                    }
                }
                continue;
            }
            if let Some(next) = self.next_of_shared() {
                match self.carry(&mut control, next).await {
                    Ok(()) => self.mooring.commanded(&ctx, &control, self.leaving),
                    Err(end) => {
                        // It was busy until now: the end says nothing of an idle limit.
                        self.mooring.was_busy();
                        break end;
                    }
                }
                continue;
            }
            let may_carry = ctx.is_shared() && *ctx.working.borrow();
            let item_due = if may_carry { ctx.queue.read(|queue| queue.next_moment(&ctx.site.id)) } else { None };
            let due = self.mooring.next_keep_alive();
            let banner_ends = self.mooring.banner_ends();
            let let_go = self.mooring.let_go_at().filter(|_| self.leaving.is_none() && !self.has_work());
            tokio::select! {
                command = self.commands.recv() => match command {
                    None => break End::Abandoned,
                    Some(command) => self.take(command),
                },
                fault = control.watch() => break End::Lost(fault),
                () = at(let_go) => break End::LetGo,
                () = at(Some(outage.next_look())) => {
                    if let Some(why) = outage.look() {
                        // A dead connection is found out now, and replaced without a word, before somebody needs it.
                        ctx.publisher.log(0, LogKind::Note, format!("{why}: the connection is looked after."));
                        let looked = tokio::time::timeout(PATIENCE_OF_A_PERSON, self.keep_alive(&mut control)).await;
                        match looked {
                            Ok(Ok(reply)) => self.mooring.kept_alive(&ctx, &control, &reply).await,
                            Ok(Err(End::Abandoned)) => break End::Abandoned,
                            Ok(Err(_)) | Err(_) => break End::BrokenOff,
                        }
                    }
                }
                () = at(due) => match self.keep_alive(&mut control).await {
                    Ok(reply) => self.mooring.kept_alive(&ctx, &control, &reply).await,
                    Err(end) => break end,
                },
                () = at(banner_ends) => self.mooring.take_banner_away(&ctx),
                () = at(item_due) => {}
                _ = changes.changed(), if self.leaving.is_some() || ctx.is_shared() => {}
                // A lane was refused: this connection may have to carry the transfers from here on.
                _ = budget.changed() => {}
            }
        };
        self.mooring.silence_so_far();
        drop(counted);
        match end {
            End::Left => {
                self.end_lanes().await;
                control.quit().await;
                End::Left
            }
            End::LetGo => {
                control.quit().await;
                End::LetGo
            }
            other => other,
        }
    }

    /// One keep-alive, while commands are listened to: somebody who waits for the connection gets another one soon when this one
    /// does not answer.
    async fn keep_alive(&mut self, control: &mut Control) -> Result<Reply, End> {
        control.set_cancel(self.token());
        let asked = Instant::now();
        let mut waits: Option<Instant> = None;
        let command = self.mooring.idle_command();
        let keeping = control.keep_alive(command);
        tokio::pin!(keeping);
        let result = loop {
            tokio::select! {
                result = &mut keeping => break result,
                command = self.commands.recv() => match command {
                    None => return Err(End::Abandoned),
                    Some(command) => {
                        self.take(command);
                        waits = waits.or_else(|| Some(Instant::now() + PATIENCE_OF_A_PERSON));
                    }
                },
                // Dropped in its middle it poisons the connection, which is given up anyway.
                () = at(waits) => break Err(Fault::Timeout { doing: "keeping the session alive", after: asked.elapsed() }),
            }
        };
        match result {
            Ok(reply) => Ok(reply),
            Err(Fault::Cancelled) => Err(End::BrokenOff),
            Err(fault) => {
                self.mooring.lost_to_keep_alive();
                Err(End::Lost(fault))
            }
        }
    }

    /// Does one piece of work while commands are listened to.
    async fn perform(&mut self, control: &mut Control, work: Work) -> Result<(), End> {
        let token = self.token();
        control.set_cancel(token.clone());
        let ctx = Arc::clone(&self.ctx);
        let performing = browse::perform(&ctx, control, work);
        tokio::pin!(performing);
        let result = loop {
            tokio::select! {
                result = &mut performing => break result,
                command = self.commands.recv() => match command {
                    None => {
                        token.cancel();
                        return Err(End::Abandoned);
                    }
                    Some(command) => self.take(command),
                },
                // A question in the middle of the work (delete?) is void when a person breaks it off.
                () = token.cancelled() => {
                    let ended = tokio::time::timeout(Duration::from_millis(100), &mut performing).await;
                    break ended.unwrap_or(Err(Fault::Cancelled));
                }
            }
        };
        match result {
            Ok(()) => Ok(()),
            Err(Fault::Cancelled) => {
                ctx.publisher.publish(EventBody::Browsing { doing: None });
                Err(End::BrokenOff)
            }
            Err(fault) => Err(End::Lost(fault)),
        }
    }

    /// The next item, when the host allows one connection only and this one carries the transfers too.
    fn next_of_shared(&self) -> Option<lane::Work> {
        if self.ctx.is_shared() { lane::Work::next(&self.ctx, *self.ctx.working.borrow()) } else { None }
    }

    /// Runs one item on the browsing connection while commands are listened to; browsing waits for its end.
    async fn carry(&mut self, control: &mut Control, work: lane::Work) -> Result<(), End> {
        let ctx = Arc::clone(&self.ctx);
        let stop = work.stop(&ctx);
        control.set_cancel(stop.clone());
        let ended = {
            let running = carry_out(&ctx, control, work);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    ended = &mut running => break ended,
                    command = self.commands.recv() => match command {
                        None => {
                            // The handle is gone, and with it whoever could say more.
                            stop.cancel();
                            break running.await;
                        }
                        Some(command) => self.take(command),
                    },
                }
            }
        };
        ended.map_err(End::Lost)
    }

    /// Takes a command in while connected.
    fn take(&mut self, command: SessionCommand) {
        match command {
            SessionCommand::Open(path) => {
                // Only the last folder that was asked for is of interest.
                self.work.retain(|work| !matches!(work, Work::Open(_)));
                self.work.push_back(Work::Open(path));
            }
            SessionCommand::Refresh(path) => {
                let shown = self.ctx.view().folder.as_ref() == Some(&path);
                if shown && !self.work.iter().any(|work| matches!(work, Work::Open(_))) {
                    self.work.push_back(Work::Open(path));
                }
            }
            SessionCommand::Change(change) => self.work.push_back(Work::Change(change)),
            SessionCommand::Verify(request) => self.work.push_back(Work::Verify(request)),
            SessionCommand::Leave(when) => {
                self.leaving = Some(when);
                self.ctx.working.send_replace(when == DisconnectWhen::QueueDone);
                if when == DisconnectWhen::Now {
                    self.ctx.queue.stop_all();
                }
                self.ctx.show(|view| view.phase = Phase::Leaving(when));
            }
            SessionCommand::Stay => {
                self.leaving = None;
                self.ctx.working.send_replace(true);
                self.ctx.show(|view| view.phase = Phase::Moored);
            }
            SessionCommand::DismissBanner => self.mooring.take_banner_away(&self.ctx),
            SessionCommand::Relearn(facts) => self.relearn(&facts),
            SessionCommand::ChooseLanes => self.choose_lanes(),
            SessionCommand::ReconnectNow | SessionCommand::StayOffline => {}
        }
    }

    /// A person changed or forgot what was learned of the host.
    fn relearn(&mut self, facts: &HostFacts) {
        self.mooring.relearn(&self.ctx, facts);
        self.ctx.clock.begin(&self.ctx.site_now(), facts);
        let chosen = self.ctx.chosen_lanes();
        self.ctx.change_budget(|budget, _| budget.relearn(chosen, facts.connection_limit, facts.useful_connections));
        self.add_lanes();
    }

    /// A person wants another number of transfers at the same time. Lanes beyond it end after their file.
    fn choose_lanes(&mut self) {
        let chosen = self.ctx.chosen_lanes();
        self.ctx.change_budget(|budget, _| budget.choose(chosen));
        self.add_lanes();
    }

    fn has_work(&self) -> bool {
        self.ctx.queue.read(|queue| queue.is_pending(&self.ctx.site.id))
    }

    fn may_leave(&self) -> bool {
        let site = &self.ctx.site.id;
        match self.leaving {
            None => false,
            Some(DisconnectWhen::QueueDone) => !self.has_work(),
            Some(DisconnectWhen::FilesDone | DisconnectWhen::Now) => !self.ctx.queue.read(|queue| queue.is_busy(site)),
        }
    }

    /// One task a transfer connection, for the whole session; each connects only when there is something for it to do. Those that
    /// become too many sleep, and work again when there may be more.
    fn begin_lanes(&mut self) {
        for _ in self.lanes.len()..self.ctx.most_lanes() {
            self.lanes.spawn(lane::run(Arc::clone(&self.ctx)));
        }
    }

    /// There may be more of them than when they began.
    fn add_lanes(&mut self) {
        if !self.lanes.is_empty() {
            self.begin_lanes();
        }
    }

    async fn end_lanes(&mut self) {
        // It stops the runs of this session too, and of no other.
        self.ctx.stop.cancel();
        while self.lanes.join_next().await.is_some() {}
    }
}

/// What is cancelled poisons the connection, which is seen next.
fn unless_cancelled(result: Result<(), Fault>) -> Result<(), Fault> {
    if matches!(result, Err(Fault::Cancelled)) { Ok(()) } else { result }
}

/// Runs one piece of work on the browsing connection and writes its end into the queue.
async fn carry_out(ctx: &Arc<SessionContext>, control: &mut Control, work: lane::Work) -> Result<(), Fault> {
    let (Taken { item, run, .. }, _under_way) = match work {
        lane::Work::Item(taken, under_way) => (*taken, under_way),
        lane::Work::Proof(batch) => return unless_cancelled(folder_proof::prove(ctx, control, batch).await),
        lane::Work::Clean(left) => return unless_cancelled(leftovers::clean(ctx, control, left).await),
    };
    let id = item.id;
    let result = lane::run_item(ctx, control, item).await;
    if matches!(result, Err(Stopped::ByWish)) {
        replace::discard(ctx, control, id).await;
    }
    match result {
        Ok(Outcome::Sent { path, arrival }) => folder_proof::gather(ctx, Sent { id, run, path, arrival }),
        Err(Stopped::ConnectionGone(fault)) => {
            settle::keep(ctx, id, &fault);
            ctx.queue.release(id, run);
            return Err(fault);
        }
        result => {
            settle::settle(ctx, id, result).await;
            ctx.queue.release(id, run);
        }
    }
    Ok(())
}
