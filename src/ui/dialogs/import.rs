//! Sites of other programs: what was found in their folders, a tick for each, and what will not come along.

use std::sync::Arc;

use eframe::egui::{Align, CornerRadius, Label, Layout, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::format;
use crate::model::import::{FoundSite, Remark, SiteFile};
use crate::model::passwords::Keeping;
use crate::model::site::Encryption;
use crate::screen::Action;
use crate::screen::import_form::{ImportForm, ImportLine, ImportRow};
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::top_bar::user_at_host;
use crate::ui::widgets::button::quiet_button;
use crate::ui::widgets::check::{check, paint_box};
use crate::ui::widgets::field;
use crate::ui::widgets::modal::{Modal, own_enter};
use crate::ui::{fonts, paint, text, theme};

use super::Stage;

/// Height of the list, in points.
const LIST: f32 = 420.0;
/// Height of a line.
const LINE: f32 = 25.0;
/// How much higher a line is that has something to say of its site.
const WORDS: f32 = 16.0;
/// How far the sites of a folder stand in.
const INDENT: f32 = 20.0;
/// From a line's beginning to its words.
const AFTER_TICK: f32 = 26.0;
/// Width of the words for the encryption.
const ENCRYPTION: f32 = 104.0;

/// Whether rows are ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tick {
    /// None of them can come.
    Cannot,
    Off,
    Some,
    On,
}

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, form: &ImportForm) {
    let main = match form.chosen.len() {
        0 => "Import".to_owned(),
        count => format!("Import {}", format::counted(count, "site", "sites")),
    };
    let blocked = form.chosen.is_empty().then_some("Tick a site first");
    let modal = Modal::new("import", Icon::DOWNLOAD, "Import sites").width(720.0).main(&main).blocked(blocked);
    let (mut wishes, before) = (Vec::new(), stage.actions.len());
    let keeping = stage.screen.passwords.keeping();
    stage.dialog(modal, |ui, _| body(ui, form, keeping, &mut wishes));
    // What was ticked in this frame comes before the answer.
    stage.actions.splice(before..before, wishes);
}

fn body(ui: &mut Ui, form: &ImportForm, keeping: Keeping, wishes: &mut Vec<Action>) {
    head(ui, form, wishes);
    if !form.files.is_empty() {
        list(ui, form, keeping != Keeping::Nowhere, wishes);
    }
    ui.add_space(6.0);
    let kept = match keeping {
        _ if !form.has_passwords() => None,
        Keeping::Nowhere => {
            let words = "This system has no keyring, so passwords do not come along: they are asked for at each connect, unless you set a \
                master password first (Settings, Passwords).";
            field::warning(ui, words);
            None
        }
        Keeping::Keyring => Some("Put their passwords into the system\u{2019}s keyring"),
        Keeping::Locked => Some("Keep their passwords under the master password, which is asked for then"),
        Keeping::Master => Some("Keep their passwords under the master password"),
    };
    if let Some(words) = kept {
        let mut passwords = form.passwords;
        if check(ui, &mut passwords, words).changed() {
            wishes.push(Action::ImportPasswords(passwords));
        }
    }
    let words = "From another machine: “Export” in FileZilla\u{2019}s File menu and “Export/Backup Configuration” under WinSCP\u{2019}s Tools \
        write a file that can be chosen here.";
    field::below(ui, None, words);
}

/// How many are ticked, and the way to another file.
fn head(ui: &mut Ui, form: &ImportForm, wishes: &mut Vec<Action>) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::BUTTON), Layout::right_to_left(Align::Center), |ui| {
        let button = quiet_button(ui, "Choose a file…");
        own_enter(ui, &button);
        if button.clicked() {
            wishes.push(Action::BrowseImport);
        }
        let rows: Vec<ImportRow> = form.rows().collect();
        if rows.is_empty() {
            let words = match form.awaited {
                0 if form.files.is_empty() => "No sites of FileZilla or WinSCP are in their usual places.",
                0 => "No sites were found.",
                _ => "Looking for sites of FileZilla and WinSCP.",
            };
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(text::body(ui, words))));
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
        let words = format!("{} of {}", format::count(form.chosen.len()), format::counted(rows.len(), "site", "sites"));
        group(ui, form, rect, &response, &rows, &words, wishes);
        let at = pos2(rect.left() + AFTER_TICK, rect.center().y);
        paint::text(ui, at, Align::Min, words, fonts::regular(size::BODY), tokens(ui).text);
    });
}

fn list(ui: &mut Ui, form: &ImportForm, keeps: bool, wishes: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let room = LIST.min((ui.ctx().content_rect().height() - 310.0).max(120.0));
    ScrollArea::vertical().id_salt("found").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        // The scroll bar lies over the end of the lines.
        ui.set_max_width(ui.available_width() - 10.0);
        for line in &form.lines {
            match line {
                ImportLine::File(file) => {
                    if let Some(file) = form.files.get(*file) {
                        file_head(ui, file);
                    }
                }
                ImportLine::Folder { path, rows } => folder_line(ui, form, path, rows, wishes),
                ImportLine::Site { row, in_folder } => {
                    if let Some(found) = form.found(*row) {
                        site_line(ui, form, *row, found, if *in_folder { INDENT } else { 0.0 }, keeps, wishes);
                    }
                }
            }
        }
    });
    ui.spacing_mut().item_spacing.y = 8.0;
}

fn file_head(ui: &mut Ui, file: &Arc<SiteFile>) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE + 2.0), Sense::hover());
    let program = file.found.as_ref().map_or("Not read", |found| found.program.name());
    let at = pos2(rect.left(), rect.center().y);
    let name = paint::text(ui, at, Align::Min, program, fonts::strong(size::BODY), t.strong);
    let (font, path) = (fonts::mono(size::MONO), file.path.display().to_string());
    let left = name.right() + 10.0;
    let cut = paint::cut_middle(ui, &path, &font, rect.right() - left - 8.0);
    paint::text(ui, pos2(left, rect.center().y), Align::Min, cut, font, t.subdued_on_fill);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{program}: {path}")));
    if let Err(problem) = &file.found {
        ui.add(Label::new(text::small(ui, &problem.what).color(t.bad)).wrap());
        ui.add(Label::new(text::small(ui, &problem.advice)).wrap());
        ui.add_space(6.0);
    }
}

fn folder_line(ui: &mut Ui, form: &ImportForm, path: &str, rows: &[ImportRow], wishes: &mut Vec<Action>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    follow_focus(ui, &response);
    if !ui.is_rect_visible(rect) {
        return;
    }
    let t = tokens(ui);
    let name = path.replace('/', " › ");
    group(ui, form, rect, &response, rows, &name, wishes);
    let left = rect.left() + AFTER_TICK;
    Icon::FOLDER.paint(ui.painter(), pos2(left + 7.0, rect.center().y), size::ICON_SMALL, t.accent);
    let font = fonts::regular(size::BODY);
    let cut = paint::cut_middle(ui, &name, &font, rect.right() - left - 30.0);
    paint::text(ui, pos2(left + 20.0, rect.center().y), Align::Min, cut, font, t.text);
}

/// A tick for several rows: what can come of them comes, unless all of it is ticked already.
fn group(ui: &Ui, form: &ImportForm, rect: Rect, response: &Response, rows: &[ImportRow], name: &str, wishes: &mut Vec<Action>) {
    let can: Vec<ImportRow> = rows.iter().copied().filter(|row| form.can_come(*row)).collect();
    let on = can.iter().filter(|row| form.chosen.contains(row)).count();
    let tick = match on {
        _ if can.is_empty() => Tick::Cannot,
        0 => Tick::Off,
        on if on == can.len() => Tick::On,
        _ => Tick::Some,
    };
    tick_box(ui, rect, LINE, tick, response, name);
    if response.clicked() && tick != Tick::Cannot {
        wishes.push(Action::TickImport { rows: can, on: tick != Tick::On });
    }
}

fn site_line(
    ui: &mut Ui,
    form: &ImportForm,
    row: ImportRow,
    found: &FoundSite,
    indent: f32,
    keeps: bool,
    wishes: &mut Vec<Action>,
) {
    let t = tokens(ui);
    let is_known = form.known.contains(&row);
    let has_words = is_known || found.refusal.is_some() || !found.remarks.is_empty();
    let height = if has_words { LINE + WORDS } else { LINE };
    let (mut rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    follow_focus(ui, &response);
    if !ui.is_rect_visible(rect) {
        return;
    }
    rect.set_left(rect.left() + indent);
    let can_come = form.can_come(row);
    let tick = match (can_come, form.chosen.contains(&row)) {
        (false, _) => Tick::Cannot,
        (true, false) => Tick::Off,
        (true, true) => Tick::On,
    };
    let site = &found.site;
    let address = if site.host.is_empty() { String::new() } else { user_at_host(site) };
    tick_box(ui, rect, LINE, tick, &response, &format!("{}: {address}", site.name));
    if response.clicked() && can_come {
        wishes.push(Action::TickImport { rows: vec![row], on: tick == Tick::Off });
    }
    let y = rect.top() + LINE / 2.0;
    let left = rect.left() + AFTER_TICK;
    let middle = rect.left() - indent + (rect.width() + indent) * 0.4;
    let right = rect.right() - 8.0 - ENCRYPTION;
    let (ink, quiet) = if can_come { (t.text, t.subdued_on_fill) } else { (t.subdued_on_fill, t.subdued_on_fill) };
    let font = fonts::regular(size::BODY);
    let name = paint::cut_middle(ui, &site.name, &font, middle - left - 12.0);
    paint::text(ui, pos2(left, y), Align::Min, name, font, ink);
    let font = fonts::mono(size::MONO);
    let cut = paint::cut_middle(ui, &address, &font, right - middle - 34.0);
    let address = paint::text(ui, pos2(middle, y), Align::Min, cut, font, quiet);
    if found.password.is_some() && can_come && keeps && form.passwords {
        Icon::KEY_ROUND.paint(ui.painter(), pos2(address.right() + 14.0, y), 12.0, t.subdued_on_fill);
    }
    if found.refusal.is_none() {
        paint::text(ui, pos2(right, y), Align::Min, encryption(site.encryption), fonts::regular(size::SECONDARY), quiet);
    }
    if has_words {
        let (font, words) = (fonts::regular(size::SECONDARY), words(found, is_known));
        let ink = if can_come && found.remarks.iter().any(Remark::matters) { t.warn_text } else { t.subdued_on_fill };
        let cut = cut_end(ui, &words, &font, rect.right() - left - 8.0);
        let is_cut = cut != words;
        paint::text(ui, pos2(left, rect.top() + LINE + WORDS / 2.0 - 4.0), Align::Min, cut, font, ink);
        if is_cut {
            response.on_hover_text(words);
        }
    }
}

fn encryption(encryption: Encryption) -> &'static str {
    match encryption {
        Encryption::Explicit => "TLS",
        Encryption::Implicit => "TLS from the start",
        Encryption::Plain => "no encryption",
    }
}

/// What is to be said of a site: why it does not come, or what of it does not.
fn words(found: &FoundSite, is_known: bool) -> String {
    let all = match &found.refusal {
        Some(refusal) => refusal.words(),
        None if is_known => "already there".to_owned(),
        None => found.remarks.iter().map(Remark::words).collect::<Vec<_>>().join("; "),
    };
    format::sentence(&all)
}

/// A text that ends with an ellipsis where there is no more room.
fn cut_end(ui: &Ui, words: &str, font: &eframe::egui::FontId, room: f32) -> String {
    if paint::width(ui, words, font) <= room {
        return words.to_owned();
    }
    let ends: Vec<usize> = words.char_indices().map(|(at, _)| at).collect();
    let fits = |at: &usize| words.get(..*at).is_some_and(|part| paint::width(ui, &format!("{part}…"), font) <= room);
    let last = ends.partition_point(fits).checked_sub(1).and_then(|at| ends.get(at)).copied().unwrap_or(0);
    format!("{}…", words.get(..last).unwrap_or_default().trim_end())
}

/// Paints the box at the beginning of a line, and names the line.
fn tick_box(ui: &Ui, rect: Rect, height: f32, tick: Tick, response: &Response, name: &str) {
    let t = tokens(ui);
    let can = tick != Tick::Cannot;
    let line = Rect::from_min_max(rect.min - vec2(2.0, 0.0), rect.max);
    if response.hovered() && can {
        ui.painter().rect_filled(line, CornerRadius::same(size::RADIUS), t.pressed);
    }
    let mark = Rect::from_center_size(pos2(rect.left() + 9.0, rect.top() + height / 2.0), vec2(16.0, 16.0));
    match tick {
        Tick::Cannot => Icon::MINUS.paint(ui.painter(), mark.center(), 12.0, t.subdued_on_fill),
        _ => paint_box(ui, mark, tick == Tick::On, response.hovered()),
    }
    if tick == Tick::Some {
        Icon::MINUS.paint(ui.painter(), mark.center(), 12.0, t.accent);
    }
    theme::focus_ring(ui, &response.clone().with_new_rect(mark.expand(3.0)), 5);
    let name = name.to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, can, tick == Tick::On, &name));
}

/// The keyboard may go to a line that is out of sight.
fn follow_focus(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        ui.scroll_to_rect(response.rect, None);
    }
}
