//! The target of a transfer is there already.

use std::path::Path;
use std::time::Duration;

use eframe::egui::{CornerRadius, Frame, Label, Margin, Stroke, Ui};
use jiff::Zoned;

use crate::model::clock::{self, Ahead};
use crate::model::conflict::{self, Facts, OnExists, Scope};
use crate::model::entry::Modified;
use crate::model::format;
use crate::model::name_pattern::NamePattern;
use crate::model::path::RemotePath;
use crate::model::transfer::Direction;
use crate::screen::Action;
use crate::screen::state::Comparison;
use crate::ui::icon::Icon;
use crate::ui::widgets::button;
use crate::ui::widgets::card::options;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::segmented::segmented;
use crate::ui::{text, tokens};

use super::{Stage, comparison, words};

/// Both sides of the conflict.
pub(super) struct Conflict<'a> {
    pub direction: Direction,
    pub local: &'a Path,
    pub remote: &'a RemotePath,
    pub source: &'a Facts,
    pub target: &'a Facts,
    pub ahead: Ahead,
    /// It is edited here, and somebody else has changed it on the server.
    pub is_edited: bool,
}

impl Conflict<'_> {
    /// The name that both want.
    fn name(&self) -> String {
        match self.direction {
            Direction::Upload => self.remote.name().unwrap_or("/").to_owned(),
            Direction::Download => self.local.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }
}

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, conflict: &Conflict<'_>) {
    let name = conflict.name();
    let here = match conflict.direction {
        Direction::Upload => "on the server",
        Direction::Download => "on this machine",
    };
    let title = match conflict.is_edited {
        true => format!("{} was changed on the server meanwhile", words::quoted(&name)),
        false => format!("{} is already {here}", words::quoted(&name)),
    };
    let pattern = NamePattern::or_usual(&stage.screen.settings.rename_pattern);
    let other_name = pattern.candidate(&name, 1, Zoned::now().datetime());
    let ways = ways(conflict, &other_name);
    let lines: Vec<(&str, &str)> = ways.iter().map(|(_, title, words)| (*title, words.as_str())).collect();
    let modal = Modal::new(("exists", id), Icon::COPY, &title)
        .width(520.0)
        .cancel(if conflict.is_edited { "Do not upload" } else { "Cancel this file" })
        .main("Continue");
    let compared = stage.screen.comparison.clone();
    let mut wants_comparison = false;
    stage.ask(modal, |ui, opened, form| {
        let choice = *form.choice.get_or_insert_with(|| usual(conflict));
        sides(ui, conflict);
        ui.horizontal_top(|ui| {
            let why_not = (compared == Some(Comparison::Running)).then_some("Both are being read");
            wants_comparison = button::quiet_button_if(ui, "Compare contents", why_not).clicked();
            ui.add_space(4.0);
            ui.vertical(|ui| {
                ui.add_space(5.0);
                field::paragraph(ui, text::subdued(ui, in_words(conflict)));
            });
        });
        if let Some(compared) = &compared {
            comparison::show(ui, compared);
        }
        let chosen = ways.iter().position(|(way, ..)| *way == choice).unwrap_or(0);
        if let Some((way, ..)) = options(ui, "ways", &lines, chosen, opened).and_then(|index| ways.get(index)) {
            form.choice = Some(*way);
        }
        if conflict.is_edited {
            return;
        }
        ui.add_space(4.0);
        let (session, always) = match conflict.direction {
            Direction::Upload => ("Uploads, this session", "Uploads, always"),
            Direction::Download => ("Downloads, this session", "Downloads, always"),
        };
        let scopes = [(Scope::File, "This file"), (Scope::Batch, "This batch"), (Scope::Session, session), (Scope::Always, always)];
        if let Some(scope) = segmented(ui, "The answer is for", &scopes, form.scope) {
            form.scope = scope;
        }
    });
    if wants_comparison {
        stage.actions.push(Action::Compare);
    }
}

/// What can be done about it, in words.
fn ways(conflict: &Conflict<'_>, other_name: &str) -> Vec<(OnExists, &'static str, String)> {
    let in_words = |way: &OnExists| {
        let (title, words) = match way {
            // Asking is what is done here.
            OnExists::Ask => return None,
            OnExists::Overwrite => ("Overwrite", "the one that is there is replaced".to_owned()),
            OnExists::Newer => ("Overwrite if newer", "otherwise leave it as it is".to_owned()),
            OnExists::SizeDiffers => ("Overwrite if the size differs", "otherwise leave it as it is".to_owned()),
            OnExists::NewerOrSize => ("Overwrite if newer or of another size", "otherwise leave it".to_owned()),
            OnExists::Resume => ("Resume", "go on where the one that is there ends".to_owned()),
            OnExists::Rename => ("Keep both", format!("the new one as {}", words::quoted(other_name))),
            OnExists::Skip => ("Skip", "leave the one that is there as it is".to_owned()),
        };
        Some((*way, title, words))
    };
    if conflict.is_edited {
        return vec![
            (OnExists::Rename, "Keep both", format!("yours as {}, which is edited from here on", words::quoted(other_name))),
            (OnExists::Overwrite, "Overwrite", "yours replaces what somebody else made of it".to_owned()),
        ];
    }
    conflict::ways(conflict.source, conflict.target, conflict.ahead).iter().filter_map(in_words).collect()
}

/// What is chosen at first: nothing newer is ever replaced without a person having said so, and of two people's work none is lost.
fn usual(conflict: &Conflict<'_>) -> OnExists {
    if conflict.is_edited {
        return OnExists::Rename;
    }
    match (conflict.source.modified, conflict.target.modified) {
        (Some(source), Some(target)) if clock::is_newer(source, target, conflict.ahead) => OnExists::Overwrite,
        _ => OnExists::Skip,
    }
}

fn sides(ui: &mut Ui, conflict: &Conflict<'_>) {
    let local = conflict.local.display().to_string();
    let remote = conflict.remote.to_string();
    let (from, to) = match conflict.direction {
        Direction::Upload => {
            let (new, old) = match conflict.is_edited {
                true => ("Yours, edited here", "Somebody else’s, on the server"),
                false => ("New, from this machine", "There already, on the server"),
            };
            ((Icon::HARD_DRIVE, new, local), (Icon::SERVER, old, remote))
        }
        Direction::Download => {
            ((Icon::SERVER, "New, from the server", remote), (Icon::HARD_DRIVE, "There already, on this machine", local))
        }
    };
    field::row(ui, [0.0, 0.0], |ui, index| {
        let (facts, (icon, title, path)) = if index == 0 { (conflict.source, &from) } else { (conflict.target, &to) };
        side(ui, *icon, title, path, facts);
    });
}

fn side(ui: &mut Ui, icon: Icon, title: &str, path: &str, facts: &Facts) {
    let t = tokens(ui);
    Frame::NONE
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.add(Label::new(icon.text(14.0, t.subdued_on_fill)));
                ui.add(Label::new(text::small(ui, title)).truncate());
            });
            let size = facts.size.map_or_else(|| "size unknown".to_owned(), format::size);
            let exact = facts.size.map(format::exact_size);
            let shown = ui.add(Label::new(text::strong(ui, size)));
            if let Some(exact) = exact {
                shown.on_hover_text(exact);
            }
            let time = facts.modified.map_or_else(|| "time unknown".to_owned(), words::when);
            let time = ui.add(Label::new(text::body(ui, time)));
            if let Some(modified) = facts.modified {
                time.on_hover_text(words::exactly(modified));
            }
            ui.add(Label::new(text::mono(ui, path)).truncate()).on_hover_text(path);
        });
}

/// How much later one is than the other.
fn apart(later: Modified, earlier: Modified) -> String {
    format::duration(later.at.duration_since(earlier.at).unsigned_abs())
}

/// Whether two times differ by less than is said of them.
fn are_the_same(one: Modified, other: Modified) -> bool {
    one.at.duration_since(other.at).unsigned_abs() < Duration::from_secs(1)
}

/// Which one is newer and which one is larger, in words.
fn in_words(conflict: &Conflict<'_>) -> String {
    let age = match (conflict.source.modified, conflict.target.modified) {
        (Some(source), Some(target)) if are_the_same(source, target) => None,
        (Some(source), Some(target)) if source.at > target.at => Some(format!("{} newer", apart(source, target))),
        (Some(source), Some(target)) => Some(format!("{} older", apart(target, source))),
        _ => None,
    };
    let same_time = conflict.source.modified.zip(conflict.target.modified).is_some_and(|(one, other)| are_the_same(one, other));
    let same_size = conflict.source.size.is_some() && conflict.source.size == conflict.target.size;
    let size = match (conflict.source.size, conflict.target.size) {
        (Some(source), Some(target)) if source > target => Some(format!("{} larger", format::size(source - target))),
        (Some(source), Some(target)) if source < target => Some(format!("{} smaller", format::size(target - source))),
        (Some(_), Some(_)) => Some("of the same size".to_owned()),
        _ => None,
    };
    let new = if conflict.is_edited { "Yours" } else { "The new one" };
    match (age, size) {
        _ if same_time && same_size => "Both have the same time and the same size.".to_owned(),
        (_, Some(size)) if same_time => {
            format!("Both have the same time; {} is {size}.", if conflict.is_edited { "yours" } else { "the new one" })
        }
        (_, None) if same_time => "Both have the same time; their sizes cannot be compared.".to_owned(),
        (Some(age), Some(size)) => format!("{new} is {age} and {size}."),
        (Some(age), None) => format!("{new} is {age}; their sizes cannot be compared."),
        (None, Some(size)) => format!("{new} is {size}; their times cannot be compared."),
        (None, None) => "Neither sizes nor times can be compared.".to_owned(),
    }
}
