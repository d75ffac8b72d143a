//! Permissions of files and folders on the server: boxes and octal digits, kept in step.

use eframe::egui::{Align, Label, Layout, Ui, vec2};

use crate::model::format;
use crate::model::permissions::{self, Inside, Which};
use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::check::{bare_check, check};
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::segmented::segmented;

use super::{Stage, words};

/// Who, and by how many bits their three are shifted.
const WHO: [(&str, u32); 3] = [("Owner", 6), ("Group", 3), ("Others", 0)];
/// What, and its bit within the three.
const WHAT: [(&str, u32); 3] = [("Read", 4), ("Write", 2), ("Execute", 1)];
/// The bits above the nine.
const SPECIAL: [(&str, u32); 3] = [
    ("Run as the file’s owner (setuid)", 0o4000),
    ("Run as the file’s group (setgid)", 0o2000),
    ("Only owners delete inside (sticky)", 0o1000),
];

/// Draws it; `dialog` is [`Dialog::Permissions`].
pub(super) fn show(stage: &mut Stage<'_>, dialog: &Dialog) {
    let Dialog::Permissions { paths, octal, .. } = dialog else { return };
    let title = match paths.as_slice() {
        [one] => format!("Permissions of {}", words::quoted(one.name().unwrap_or("/"))),
        many => format!("Permissions of {} items", format::count(many.len())),
    };
    let wrong = parse(octal).is_none().then_some("Three or four digits, each from 0 to 7");
    let modal = Modal::new("permissions", Icon::LOCK, &title).width(400.0).main("Set permissions").blocked(wrong);
    stage.edit(modal, dialog.clone(), |ui, opened, draft| {
        let Dialog::Permissions { mode, octal, has_folders, recursive, inside, .. } = draft else { return };
        let before = *mode;
        ui.vertical(|ui| boxes(ui, mode));
        ui.add_space(4.0);
        for (name, bit) in SPECIAL {
            let mut on = *mode & bit != 0;
            check(ui, &mut on, name);
            set(mode, bit, on);
        }
        if *mode != before {
            *octal = digits(*mode);
        }
        ui.add_space(4.0);
        field::row(ui, [120.0, 0.0], |ui, index| {
            if index == 0 {
                let field = Field::new("Octal").mono().error(wrong.map(|_| "0 to 7 only")).focus(opened, 4);
                if field.show(ui, octal).changed()
                    && let Some(typed) = parse(octal)
                {
                    *mode = typed;
                }
            } else {
                field::label(ui, "As listed");
                ui.add_space(6.0);
                ui.label(text::mono(ui, format::permissions(*mode)).size(12.5));
            }
        });
        if *has_folders {
            check(ui, recursive, "Also everything inside the folders");
        }
        if *has_folders && *recursive {
            within(ui, *mode, inside);
        }
    });
}

/// What inside the folders gets the permissions, and whether folders stay enterable.
fn within(ui: &mut Ui, mode: u32, inside: &mut Inside) {
    let choices = [(Which::All, "Files and folders"), (Which::Files, "Files only"), (Which::Folders, "Folders only")];
    if let Some(which) = segmented(ui, "Set on", &choices, inside.which) {
        inside.which = which;
    }
    if inside.which != Which::Files {
        check(ui, &mut inside.enterable, "Keep folders enterable");
        let folders = if inside.enterable { permissions::enterable(mode) } else { mode };
        let words = format!("Folders get {}: who may read one may also enter it", digits(folders));
        if inside.enterable && folders != mode {
            ui.label(text::subdued(ui, words));
        }
    }
}

fn boxes(ui: &mut Ui, mode: &mut u32) {
    ui.spacing_mut().item_spacing.y = 4.0;
    table_row(ui, "", |ui, (what, _)| {
        ui.add(Label::new(text::small(ui, what)));
    });
    for (who, shift) in WHO {
        table_row(ui, who, |ui, (what, bit)| {
            let bit = bit << shift;
            let mut on = *mode & bit != 0;
            bare_check(ui, &mut on, &format!("{who}: {what}"));
            set(mode, bit, on);
        });
    }
}

/// A name and three cells of the same width.
fn table_row(ui: &mut Ui, name: &str, mut cell: impl FnMut(&mut Ui, (&str, u32))) {
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(110.0, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(110.0);
            ui.label(text::body(ui, name));
        });
        for what in WHAT {
            ui.allocate_ui_with_layout(vec2(76.0, 24.0), Layout::top_down(Align::Center), |ui| {
                ui.set_min_width(76.0);
                cell(ui, what);
            });
        }
    });
}

fn set(mode: &mut u32, bit: u32, on: bool) {
    if on {
        *mode |= bit;
    } else {
        *mode &= !bit;
    }
}

/// Three digits, four when a special bit is set.
fn digits(mode: u32) -> String {
    format!("{mode:03o}")
}

fn parse(octal: &str) -> Option<u32> {
    let length = octal.chars().count();
    if !(3..=4).contains(&length) || !octal.chars().all(|c| ('0'..='7').contains(&c)) {
        return None;
    }
    u32::from_str_radix(octal, 8).ok()
}
