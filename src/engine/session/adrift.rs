//! The session without its connection: a planned leave that needs none, and the wait for the way back.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::Session;
use crate::engine::aftermath::{self, Aftermath, Next, Scene};
use crate::engine::browse::Work;
use crate::engine::folder_proof;
use crate::engine::moment::at;
use crate::engine::session_handle::SessionCommand;
use crate::ftp::Fault;
use crate::model::log::LogKind;
use crate::model::retry::RECONNECT_ATTEMPTS;
use crate::model::session::{DisconnectWhen, Phase};

/// How waiting ended.
pub(super) enum Waited {
    /// It is time, or somebody wants to connect.
    Connect,
    /// Nothing more is wanted.
    Leave,
}

impl Session {
    /// The browsing connection is gone. A leave that was planned needs none: it waits for the files that move on the others.
    /// True when the session is to end.
    pub(super) async fn ends_without_connection(&mut self) -> bool {
        let ctx = Arc::clone(&self.ctx);
        let mut changes = ctx.queue.changes();
        loop {
            changes.borrow_and_update();
            // Nothing new is begun while the connection is gone, whatever a command said meanwhile.
            ctx.working.send_replace(false);
            if self.leaving.is_some() && !ctx.is_connected() {
                // Nobody is left who could prove what was sent: it waits in the queue.
                folder_proof::abandon(&ctx);
            }
            match self.leaving {
                None => return false,
                Some(_) if self.may_leave() => return true,
                Some(DisconnectWhen::QueueDone) => return false,
                Some(DisconnectWhen::FilesDone | DisconnectWhen::Now) => {}
            }
            tokio::select! {
                _ = changes.changed() => {}
                command = self.commands.recv() => match command {
                    None => return true,
                    Some(command) => self.take(command),
                },
            }
        }
    }

    /// The connection went: says so, and waits for the moment or the person that brings it back.
    pub(super) async fn wait(&mut self, fault: Fault) -> Waited {
        let ctx = Arc::clone(&self.ctx);
        let scene = Scene {
            was_moored: self.was_moored && self.attempt == 0,
            has_been_moored: self.was_moored,
            unused: !self.mooring.was_used(),
            attempt: self.attempt.max(1),
            silence: self.mooring.silence(),
            limit: self.mooring.limit(),
            reconnect: ctx.settings().reconnect,
            waiting: ctx.queue.read(|queue| queue.waiting(&ctx.site.id)),
            unit: fastrand::f64(),
        };
        let Aftermath { banner, next, learned, problem } = aftermath::of(&fault, &ctx.site, &scene);
        ctx.publisher.log(0, LogKind::Problem, problem.sentence());
        self.mooring.learn(&ctx, learned).await;
        aftermath::adjust_budget(&ctx, std::slice::from_ref(&fault), 0).await;
        let since = Timestamp::now();
        let rests = next == Next::Rest;
        let next = match next {
            Next::Reconnect(delay) => Some(Instant::now() + delay),
            Next::Rest | Next::Stay => None,
        };
        let attempt = scene.next_attempt();
        self.mooring.adrift(&ctx, |view| {
            view.banner = Some(banner);
            view.problem = Some(problem);
            view.phase = match next {
                Some(next_attempt) => Phase::Adrift { next_attempt, attempt, attempts: RECONNECT_ATTEMPTS, since },
                None if rests => Phase::Resting { since },
                None => Phase::Stranded { since },
            };
        });
        if scene.was_moored {
            self.attempt = 0;
        }
        self.await_way_back(next, rests, since).await
    }

    /// The connection was let go: it comes back when it is needed, and there is nothing to say about it.
    pub(super) async fn rest(&mut self) -> Waited {
        let since = Timestamp::now();
        self.ctx.publisher.log(
            0,
            LogKind::Note,
            "Let go: the server would end the unused session soon. It comes back when needed.",
        );
        self.mooring.adrift(&self.ctx, |view| {
            view.banner = None;
            view.phase = Phase::Resting { since };
        });
        self.attempt = 0;
        self.await_way_back(None, true, since).await
    }

    /// Waits for the moment, for somebody who needs the connection, or for the end.
    async fn await_way_back(&mut self, mut next: Option<Instant>, rests: bool, since: Timestamp) -> Waited {
        let ctx = Arc::clone(&self.ctx);
        let mut changes = ctx.queue.changes();
        loop {
            changes.borrow_and_update();
            // The queue that the leave waited for may be done or cleared meanwhile.
            if self.leaving.is_some() && self.may_leave() {
                return Waited::Leave;
            }
            if rests && ctx.queue.read(|queue| !queue.begins_nothing() && queue.is_pending(&ctx.site.id)) {
                return Waited::Connect;
            }
            tokio::select! {
                () = at(next) => return Waited::Connect,
                _ = changes.changed(), if rests || self.leaving.is_some() => {}
                command = self.commands.recv() => match command {
                    // The queue is still to be done: the leave waits for the way back.
                    Some(SessionCommand::Leave(DisconnectWhen::QueueDone)) if self.has_work() => {
                        self.leaving = Some(DisconnectWhen::QueueDone);
                    }
                    None => return Waited::Leave,
                    Some(SessionCommand::Leave(when)) => {
                        self.take(SessionCommand::Leave(when));
                        if self.ends_without_connection().await {
                            return Waited::Leave;
                        }
                        // Taken back: it goes on as before.
                        return Waited::Connect;
                    }
                    Some(SessionCommand::ReconnectNow) => {
                        self.attempt = 0;
                        return Waited::Connect;
                    }
                    Some(SessionCommand::Open(path)) => {
                        self.work.push_back(Work::Open(path));
                        return Waited::Connect;
                    }
                    Some(SessionCommand::Change(change)) => {
                        self.work.push_back(Work::Change(change));
                        return Waited::Connect;
                    }
                    Some(SessionCommand::Verify(request)) => {
                        self.work.push_back(Work::Verify(request));
                        return Waited::Connect;
                    }
                    Some(SessionCommand::StayOffline) => {
                        next = None;
                        self.ctx.show(|view| {
                            view.phase = Phase::Stranded { since };
                            view.banner = None;
                        });
                    }
                    Some(SessionCommand::DismissBanner) => self.ctx.show(|view| view.banner = None),
                    Some(SessionCommand::Stay) => self.leaving = None,
                    Some(SessionCommand::Relearn(facts)) => self.relearn(&facts),
                    Some(SessionCommand::ChooseLanes) => self.choose_lanes(),
                    Some(SessionCommand::Refresh(_)) => {}
                },
            }
        }
    }
}
