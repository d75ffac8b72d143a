//! The source of a transfer is not the one that a part of it came from.

use crate::model::conflict::Facts;
use crate::model::format;
use crate::model::resume::{Sign, WhenChanged};
use crate::model::transfer::Direction;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::card::options;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// What has changed.
pub(super) struct Change<'a> {
    pub direction: Direction,
    /// The source's name.
    pub name: String,
    /// Bytes that are there.
    pub offset: u64,
    pub sign: Sign,
    pub was: &'a Facts,
    pub now: &'a Facts,
}

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, change: &Change<'_>) {
    let title = match change.sign {
        Sign::Facts => format!("{} has changed since the last try", words::quoted(&change.name)),
        Sign::Bytes => format!("{} is not what was begun", words::quoted(&change.name)),
    };
    let ways = ways(change.sign);
    let lines: Vec<(&str, &str)> = ways.iter().map(|(_, title, words)| (*title, *words)).collect();
    let modal = Modal::new(("changed", id), Icon::COPY, &title).width(480.0).cancel("Cancel this file").main("Continue");
    stage.ask(modal, |ui, opened, form| {
        field::paragraph(ui, text::subdued(ui, story(change)));
        let chosen = ways.iter().position(|(way, ..)| *way == form.when_changed).unwrap_or(0);
        if let Some((way, ..)) = options(ui, "ways", &lines, chosen, opened).and_then(|index| ways.get(index)) {
            form.when_changed = *way;
        }
    });
}

/// What can be done about it, in the order of the list.
fn ways(sign: Sign) -> Vec<(WhenChanged, &'static str, &'static str)> {
    let mut ways = vec![(WhenChanged::Anew, "Start anew", "all of the new one is transferred")];
    // Bytes that differ make a file that neither side has.
    if sign == Sign::Facts {
        ways.push((WhenChanged::Resume, "Resume anyway", "right for a file that only grows, such as a log"));
    }
    ways.push((WhenChanged::Skip, "Skip", "leave what is there as it is"));
    ways
}

fn story(change: &Change<'_>) -> String {
    let there = match change.direction {
        Direction::Upload => "on the server",
        Direction::Download => "on this machine",
    };
    let there = format!("{} of it are {there}.", format::size(change.offset));
    match change.sign {
        Sign::Facts => format!("{there} They came from {}; now it is {}.", facts(change.was), facts(change.now)),
        Sign::Bytes => format!("{there} The last of them differ from the file that is to be gone on with."),
    }
}

fn facts(facts: &Facts) -> String {
    let size = facts.size.map_or_else(|| "a file of unknown size".to_owned(), |size| format!("a file of {}", format::size(size)));
    match facts.modified {
        Some(modified) => format!("{size} from {}", words::exactly(modified)),
        None => size,
    }
}
