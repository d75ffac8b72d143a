//! A target that exists: the item's own answer, then its batch's, the session's, the settings', then a question that holds up nothing else.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use jiff::Zoned;

use crate::engine::conflicts::{Asker, Unanswered};
use crate::engine::event::{EventBody, Question};
use crate::engine::session_context::SessionContext;
use crate::engine::settle;
use crate::engine::shared_queue::SharedQueue;
use crate::model::conflict::{self, Facts, OnExists, Resolution, Scope};
use crate::model::edited::{self, Basis};
use crate::model::name_pattern::NamePattern;
use crate::model::queue::Item;
use crate::model::settings::Settings;
use crate::model::transfer::{Direction, QueueTab, SkipReason, TransferId, TransferState};

/// How many items are changed under one lock when an answer is written into a batch.
const AT_ONCE: usize = 1000;

/// What is done about this item.
pub fn decide(ctx: &SessionContext, item: &Item, source: Facts, target: Facts) -> Resolution {
    if let Some(basis) = edited(item).filter(|_| item.on_exists == OnExists::Ask) {
        // What this program put there without living to note it is the same as here.
        return if edited::is_sent_from(&source, &target) || edited::is_as_it_was(&basis.facts, &target) {
            Resolution::Replace
        } else {
            Resolution::Ask
        };
    }
    match conflict::resolve(policy(ctx, item), &source, &target, ctx.clock.ahead(item.direction)) {
        // The server has shown that it does not go on in the middle.
        Resolution::ResumeAt(_) if item.from_start => Resolution::Replace,
        resolution => resolution,
    }
}

/// The answer that holds for an item: its own, its batch's, the session's, the settings'.
pub fn policy(ctx: &SessionContext, item: &Item) -> OnExists {
    if edited(item).is_some() {
        // What holds for files that are sent anyway is no word about what somebody else made of one meanwhile.
        return item.on_exists;
    }
    let settings = ctx.settings();
    let usual = match item.direction {
        Direction::Upload => settings.upload_exists,
        Direction::Download => settings.download_exists,
    };
    let all = [Some(standing(ctx, item)), ctx.conflicts.of_session(item.direction), Some(usual)];
    all.into_iter().flatten().find(|policy| *policy != OnExists::Ask).unwrap_or(OnExists::Ask)
}

/// What an upload of an edited file knows of its target.
fn edited(item: &Item) -> Option<&Basis> {
    item.basis.as_ref().filter(|_| item.direction == Direction::Upload)
}

/// The answer that an item has by itself or by its batch, `Ask` when there is none.
pub fn standing(ctx: &SessionContext, item: &Item) -> OnExists {
    match item.on_exists {
        OnExists::Ask => ctx.conflicts.of_batch(item.batch, item.direction).unwrap_or_default(),
        own => own,
    }
}

/// Names for keeping both, after the pattern in the settings, in the order in which they are tried.
pub fn new_names(ctx: &SessionContext, name: &str) -> impl Iterator<Item = String> + Send + use<> {
    let pattern = NamePattern::or_usual(&ctx.settings().rename_pattern);
    let (name, now) = (name.to_owned(), Zoned::now().datetime());
    (1..=u32::MAX).map(move |number| pattern.candidate(&name, number, now))
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
        ahead: ctx.clock.ahead(item.direction),
        was: edited(item).map(|basis| basis.facts),
    };
    let (id, asker) = (
        item.id,
        Asker {
            batch: item.batch,
            direction: item.direction,
            ahead: ctx.clock.ahead(item.direction),
            is_edited: edited(item).is_some(),
        },
    );
    let (queue, questions, publisher) = (ctx.queue.clone(), ctx.questions.clone(), ctx.publisher.clone());
    let (conflicts, settings, keeper) = (Arc::clone(&ctx.conflicts), Arc::clone(&ctx.settings), ctx.keeper.clone());
    let (stop, leftovers) = (ctx.stop.clone(), ctx.leftovers.clone());
    let has_begun = item.part.is_some() && item.moved.load(Ordering::Relaxed) > 0;
    ctx.runtime.spawn(async move {
        let answer = tokio::select! {
            answer = conflicts.ask(&questions, &publisher, asker, question) => Some(answer),
            () = stop.cancelled() => None,
            () = queue.asks_no_more(id) => return,
        };
        if let Some(Ok((choice, Scope::Batch))) = answer
            && asker.batch != 0
        {
            // Before the item goes on: whoever sees it move may rely on the answer being in the journal for all of them.
            spread(&queue, asker, choice).await;
        }
        let always = if let Some(Ok((choice, Scope::Always))) = answer { Some(choice) } else { None };
        if queue.is_asking(id) && matches!(answer, Some(Err(Unanswered::Declined))) {
            if has_begun {
                // What has come is not thrown away for a question that was waved away.
                queue.update(|queue| queue.set_state(id, TransferState::Paused));
            } else {
                settle::skip(&queue, &leftovers, id, SkipReason::Declined).await;
            }
            publisher.wake();
            return;
        }
        queue.update(|queue| {
            if queue.get(id).is_none_or(|item| item.state != TransferState::Asking) {
                return;
            }
            match answer {
                Some(Ok((choice, _))) => {
                    queue.edit(id, |item| item.on_exists = choice);
                    queue.put_back(id, None);
                }
                Some(Err(Unanswered::Failed(problem))) => queue.fail(id, problem),
                // The session was left with the question open: it is asked again next time.
                Some(Err(Unanswered::Declined)) | None => queue.put_back(id, None),
            }
        });
        publisher.wake();
        if let Some(choice) = always {
            let was = settings.read().unwrap_or_else(PoisonError::into_inner).clone();
            let mut new = was.clone();
            match asker.direction {
                Direction::Upload => new.upload_exists = choice,
                Direction::Download => new.download_exists = choice,
            }
            let tell = publisher.clone();
            let apply = move |now: &Settings| {
                settings.write().unwrap_or_else(PoisonError::into_inner).clone_from(now);
                tell.publish(EventBody::Settings(Box::new(now.clone())));
            };
            for problem in keeper.save_settings(Some(was), new, apply).await {
                publisher.publish(EventBody::Trouble(problem));
            }
        }
    });
}

/// Writes an answer into all items of a batch that have none, so that it is in the journal and holds after a restart too. A few at
/// a time: nobody waits for a long lock, and until it is done the session's own memory answers.
async fn spread(queue: &SharedQueue, asker: Asker, choice: OnExists) {
    let ids: Vec<TransferId> =
        queue.read(|queue| [QueueTab::Active, QueueTab::Queued].into_iter().flat_map(|tab| queue.ids(tab)).collect());
    for some in ids.chunks(AT_ONCE) {
        queue.update(|queue| {
            for id in some {
                let is_meant = queue.get(*id).is_some_and(|item| {
                    item.batch == asker.batch && item.direction == asker.direction && item.on_exists == OnExists::Ask
                });
                if is_meant {
                    queue.edit(*id, |item| item.on_exists = choice);
                }
            }
        });
        tokio::task::yield_now().await;
    }
}
