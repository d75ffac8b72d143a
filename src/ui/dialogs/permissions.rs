//! Permissions of files and folders on the server: boxes and octal digits, kept in step.

use eframe::egui::{Align, Grid, Label, Layout, Ui, vec2};

use crate::model::format;
use crate::screen::Dialog;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::check::{bare_check, check};
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;

use super::Stage;

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
        [one] => format!("Permissions of “{}”", one.name().unwrap_or("/")),
        many => format!("Permissions of {} items", format::count(many.len())),
    };
    let wrong = parse(octal).is_none().then_some("Three or four digits, each from 0 to 7");
    let modal = Modal::new("permissions", Icon::LOCK, &title).width(400.0).main("Set permissions").blocked(wrong);
    stage.edit(modal, dialog.clone(), |ui, opened, draft| {
        let Dialog::Permissions { mode, octal, has_folders, recursive, .. } = draft else { return };
        let before = *mode;
        boxes(ui, mode);
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
                ui.add_space(2.0);
                ui.label(text::mono(ui, format::permissions(*mode)).size(12.5));
            }
        });
        if *has_folders {
            check(ui, recursive, "Also everything inside the folders");
        }
    });
}

fn boxes(ui: &mut Ui, mode: &mut u32) {
    Grid::new("permissions").num_columns(4).min_col_width(76.0).spacing(vec2(8.0, 2.0)).show(ui, |ui| {
        ui.label("");
        for (what, _) in WHAT {
            ui.with_layout(Layout::top_down(Align::Center), |ui| ui.add(Label::new(text::small(ui, what))));
        }
        ui.end_row();
        for (who, shift) in WHO {
            ui.label(text::body(ui, who));
            for (what, bit) in WHAT {
                let bit = bit << shift;
                let mut on = *mode & bit != 0;
                ui.with_layout(Layout::top_down(Align::Center), |ui| bare_check(ui, &mut on, &format!("{who}: {what}")));
                set(mode, bit, on);
            }
            ui.end_row();
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
