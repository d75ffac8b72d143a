//! The guard: transfers are pending, so when shall we leave?

use eframe::egui::{Key, Modifiers};

use crate::model::edited::EditId;
use crate::model::format;
use crate::model::session::DisconnectWhen;
use crate::model::transfer::QueueSummary;
use crate::screen::dialog::{Dialog, GuardPurpose};
use crate::screen::{Action, Screen};
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::card::{Card, cards};
use crate::ui::widgets::field;
use crate::ui::widgets::modal::{Answer, Modal};

use super::{Stage, words};

/// The cards in their order, and the key that takes each at once.
const WAYS: [(DisconnectWhen, Key, &str); 3] =
    [(DisconnectWhen::QueueDone, Key::Q, "Q"), (DisconnectWhen::FilesDone, Key::F, "F"), (DisconnectWhen::Now, Key::S, "S")];

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, purpose: &GuardPurpose, choice: DisconnectWhen, edits: &[EditId]) {
    let queue = &stage.screen.queue;
    let title = headline(queue, edits.len());
    let explanation = explanation(stage.screen, purpose);
    let estimates = estimates(queue);
    let (stay, leave) = buttons(purpose, choice);
    let modal = Modal::new("guard", Icon::ANCHOR, &title).lead().cancel(stay).main(leave).in_front(stage.in_front);
    let chosen = WAYS.iter().position(|(way, ..)| *way == choice).unwrap_or(0);
    let key = |index: usize| if index == chosen { "Enter" } else { WAYS.get(index).map_or("", |(_, _, key)| key) };
    let [done, files, now] = &estimates;
    let options = [
        Card { icon: Icon::LIST_CHECKS, title: "When the queue is done", explanation: done, key: key(0) },
        Card { icon: Icon::FILE_CHECK, title: "After the files that are moving now", explanation: files, key: key(1) },
        Card { icon: Icon::CIRCLE_STOP, title: "Stop safely now", explanation: now, key: key(2) },
    ];
    let mut took = None;
    let mut picked = None;
    if stage.in_front {
        took =
            WAYS.iter().find(|(_, key, _)| stage.ctx.input_mut(|input| input.consume_key(Modifiers::NONE, *key))).map(|way| way.0);
    }
    let answer = modal.show(stage.ctx, |ui, opened| {
        field::paragraph(ui, text::subdued(ui, explanation));
        let output = cards(ui, "ways", &options, chosen, opened);
        picked = output.chosen.and_then(|index| WAYS.get(index)).map(|way| way.0);
        took = took.or(output.taken.and_then(|index| WAYS.get(index)).map(|way| way.0));
    });
    if let Some(way) = took {
        stage.actions.push(Action::GuardChoose(way));
        return;
    }
    if let Some(choice) = picked {
        let dialog = Dialog::Guard { purpose: purpose.clone(), choice, edits: edits.to_vec() };
        stage.actions.push(Action::EditDialog(Box::new(dialog)));
    }
    match answer {
        Some(Answer::Main) => stage.actions.push(Action::AcceptDialog),
        Some(Answer::Cancel) => stage.actions.push(Action::CloseDialog),
        Some(Answer::Second) | None => {}
    }
}

fn headline(queue: &QueueSummary, edits: usize) -> String {
    let running = match queue.active {
        0 => None,
        1 => Some("1 transfer is running".to_owned()),
        more => Some(format!("{} transfers are running", format::count(more))),
    };
    match (running, queue.queued) {
        (Some(running), 0) => running,
        (Some(running), 1) => format!("{running}, 1 is waiting"),
        (Some(running), more) => format!("{running}, {} are waiting", format::count(more)),
        // Sent just now, and not counted yet.
        (None, 0) if edits > 0 => format::counted(edits, "edited file is to be uploaded", "edited files are to be uploaded"),
        (None, 1) => "1 transfer is waiting".to_owned(),
        (None, more) => format!("{} transfers are waiting", format::count(more)),
    }
}

fn explanation(screen: &Screen, purpose: &GuardPurpose) -> String {
    let here = screen.session.site.as_ref().map_or("the server", |site| site.name.as_str());
    match purpose {
        GuardPurpose::Disconnect => {
            format!("Moorline does not cut a connection while files are moving. When should it disconnect from {here}?")
        }
        GuardPurpose::Close => {
            "Moorline does not cut a connection while files are moving. When should the window close?".to_owned()
        }
        GuardPurpose::Connect(id) => {
            let quick = screen.quick.as_ref().filter(|quick| quick.site.id == *id).map(|quick| &quick.site);
            let there = screen.sites.site(id).or(quick).map_or("the other site", |site| site.name.as_str());
            format!(
                "Moorline does not cut a connection while files are moving. When should it leave {here} and connect to {there}?"
            )
        }
    }
}

fn estimates(queue: &QueueSummary) -> [String; 3] {
    let done = match queue.seconds_left {
        _ if queue.paused => "the queue is held: it goes on only when it is released".to_owned(),
        Some(seconds) => format!("{} · then says goodbye (QUIT) on an idle connection", words::about(seconds)),
        None => "says goodbye (QUIT) on an idle connection".to_owned(),
    };
    let files = match queue.running_seconds_left {
        _ if queue.active == 0 => "nothing is moving · the rest stays queued for next time".to_owned(),
        Some(seconds) => format!("{} · the rest stays queued for next time", words::about(seconds)),
        None => "the rest stays queued for next time".to_owned(),
    };
    [done, files, "keeps what has arrived, resumes from there next time".to_owned()]
}

fn buttons(purpose: &GuardPurpose, choice: DisconnectWhen) -> (&'static str, &'static str) {
    let at_once = choice == DisconnectWhen::Now;
    match purpose {
        GuardPurpose::Disconnect => ("Stay connected", if at_once { "Disconnect now" } else { "Disconnect then" }),
        GuardPurpose::Close => ("Keep it open", if at_once { "Close now" } else { "Close then" }),
        GuardPurpose::Connect(_) => ("Stay connected", if at_once { "Connect now" } else { "Connect then" }),
    }
}
