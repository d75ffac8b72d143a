//! A target that exists: the item's own answer, then "for all", then the settings, then a question that holds up nothing else.

use crate::engine::event::Question;
use crate::engine::session_context::SessionContext;
use crate::model::conflict::{self, Facts, OnExists, Resolution};
use crate::model::queue::{Item, cancelled};
use crate::model::transfer::{Direction, TransferState};

/// What is done about this item.
pub fn decide(ctx: &SessionContext, item: &Item, source: Facts, target: Facts) -> Resolution {
    let settings = ctx.settings();
    let usual = match item.direction {
        Direction::Upload => settings.upload_exists,
        Direction::Download => settings.download_exists,
    };
    let policy = [Some(item.on_exists), ctx.conflicts.standing(item.direction), Some(usual)]
        .into_iter()
        .flatten()
        .find(|policy| *policy != OnExists::Ask)
        .unwrap_or(OnExists::Ask);
    conflict::resolve(policy, &source, &target)
}

/// Asks in the background; the item waits as `Asking` and goes back into the queue with the answer.
pub fn ask(ctx: &SessionContext, item: &Item, source: Facts, target: Facts) {
    ctx.queue.update(|queue| queue.set_state(item.id, TransferState::Asking));
    let question = Question::Exists {
        transfer: item.id,
        direction: item.direction,
        local: item.local.clone(),
        remote: item.remote.clone(),
        source,
        target,
    };
    let (id, direction) = (item.id, item.direction);
    let (queue, questions, publisher) = (ctx.queue.clone(), ctx.questions.clone(), ctx.publisher.clone());
    let conflicts = std::sync::Arc::clone(&ctx.conflicts);
    let stop = ctx.stop.clone();
    tokio::spawn(async move {
        let mut changes = queue.changes();
        let gone = async {
            // Cancelled or held meanwhile: the question is withdrawn, and others get their turn.
            while queue.read(|queue| queue.get(id).is_some_and(|item| item.state == TransferState::Asking)) {
                if changes.changed().await.is_err() {
                    break;
                }
            }
        };
        let answer = tokio::select! {
            answer = conflicts.ask(&questions, &publisher, direction, question) => Some(answer),
            () = stop.cancelled() => None,
            () = gone => return,
        };
        queue.update(|queue| {
            if queue.get(id).is_none_or(|item| item.state != TransferState::Asking) {
                return;
            }
            match answer {
                Some(Some(choice)) => {
                    queue.edit(id, |item| item.on_exists = choice);
                    queue.put_back(id, None);
                }
                Some(None) => queue.fail(id, cancelled()),
                // The session was left with the question open: it is asked again next time.
                None => queue.put_back(id, None),
            }
        });
        publisher.wake();
    });
}
