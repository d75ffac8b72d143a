//! The files that are edited here: how each stands, and what can be done about it.

use eframe::egui::{Align, Color32, Label, Layout, ScrollArea, Ui, vec2};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::EditWish;
use crate::model::edited::{EditState, EditView, WhenSaved};
use crate::model::format;
use crate::screen::{Action, Screen};
use crate::ui::icon::Icon;
use crate::ui::tokens::tokens;
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::{button, field};
use crate::ui::{paint, text};

use super::Stage;

/// Height of the list at most, in points.
const LIST: f32 = 336.0;
/// Width of a row's buttons, in points.
const BUTTONS: f32 = 4.0 * 28.0 + 3.0 * 2.0;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>) {
    let screen = stage.screen;
    let mut actions = Vec::new();
    let modal = Modal::new("edits", Icon::NOTEBOOK_PEN, "Edited files").width(620.0).cancel("Close").lead();
    stage.dialog(modal, |ui, _| {
        let words = match screen.settings.when_edited_saved {
            WhenSaved::Upload => "What you save in these files is uploaded by itself.",
            WhenSaved::Ask => "When you save one of these files you are asked whether it is uploaded.",
        };
        field::paragraph(ui, text::subdued(ui, words));
        ui.add_space(4.0);
        ScrollArea::vertical().id_salt("edits").max_height(LIST).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, edit) in screen.edits.iter().enumerate() {
                if index > 0 {
                    let line = ui.cursor();
                    paint::horizontal_line(ui, line.left(), line.left() + ui.available_width(), line.top());
                }
                ui.add_space(8.0);
                row(ui, screen, edit, &mut actions);
                ui.add_space(8.0);
            }
        });
    });
    stage.actions.append(&mut actions);
}

fn row(ui: &mut Ui, screen: &Screen, edit: &EditView, actions: &mut Vec<Action>) {
    let (icon, ink) = look(ui, &edit.state);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        ui.add(Label::new(icon.text(16.0, ink)));
        let width = ui.available_width() - BUTTONS - 18.0;
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(text::strong(ui, edit.name())).truncate());
            let place = format!("{} · {}", edit.site_name, edit.remote);
            ui.add(Label::new(text::small(ui, place.as_str())).truncate()).on_hover_text(place);
            let words = words(screen, edit);
            let is_bad = matches!(edit.state, EditState::Failed(_) | EditState::NotFetched(_));
            let shown = text::body(ui, words.as_str());
            let shown = if is_bad { shown.color(tokens(ui).bad) } else { shown };
            ui.add(Label::new(shown).wrap());
        });
        ui.spacing_mut().item_spacing.x = 2.0;
        buttons(ui, edit, actions);
    });
}

/// How it stands, in words.
fn words(screen: &Screen, edit: &EditView) -> String {
    match &edit.state {
        EditState::Fetching => "Being fetched".to_owned(),
        EditState::NotFetched(problem) => format!("Not fetched: {}", problem.what),
        EditState::Same => match edit.uploaded {
            Some(at) => format!("Open, uploaded {}", format::moment(at, Timestamp::now(), &TimeZone::system())),
            None => "Open, not changed".to_owned(),
        },
        EditState::Saved => "Saved a moment ago".to_owned(),
        EditState::Waiting if !screen.is_site(&edit.site) => format!("Changed, its upload waits for {}", edit.site_name),
        EditState::Waiting => "Changed, its upload waits for its turn".to_owned(),
        EditState::Uploading => "Being uploaded".to_owned(),
        EditState::Unsent(why) => format!("Changed and not uploaded: {}", why.words()),
        EditState::Failed(problem) => format!("Changed and not uploaded: {}", problem.what),
    }
}

fn look(ui: &Ui, state: &EditState) -> (Icon, Color32) {
    let t = tokens(ui);
    match state {
        EditState::Fetching => (Icon::DOWNLOAD, t.accent),
        EditState::Waiting | EditState::Saved => (Icon::CLOCK, t.warn_text),
        EditState::Uploading => (Icon::UPLOAD, t.accent),
        EditState::Same => (Icon::FILE_TEXT, t.subdued),
        EditState::Unsent(_) => (Icon::CIRCLE_ALERT, t.warn_text),
        EditState::Failed(_) | EditState::NotFetched(_) => (Icon::CIRCLE_ALERT, t.bad),
    }
}

fn buttons(ui: &mut Ui, edit: &EditView, actions: &mut Vec<Action>) {
    let (id, name) = (edit.id, edit.name());
    let mut button = |icon, what: String, tooltip: &str, why_not, action| {
        if button::icon_button_if(ui, icon, &what, tooltip, why_not).clicked() {
            actions.push(action);
        }
    };
    let is_here = !matches!(edit.state, EditState::Fetching | EditState::NotFetched(_));
    let why_not = match edit.state {
        EditState::Fetching | EditState::NotFetched(_) => Some("It is not here yet"),
        EditState::Same => Some("Nothing in it has changed"),
        EditState::Waiting | EditState::Uploading => Some("It is on its way"),
        EditState::Saved | EditState::Unsent(_) | EditState::Failed(_) => None,
    };
    button(
        Icon::UPLOAD,
        format!("Upload {name} now"),
        "Upload it now",
        why_not,
        Action::Edit(EditWish::Upload { edits: vec![id] }),
    );
    let (again, tooltip) = if matches!(edit.state, EditState::NotFetched(_)) {
        (format!("Fetch {name} again"), "Fetch it again")
    } else {
        (format!("Open {name} again"), "Open it again")
    };
    let why_not = (edit.state == EditState::Fetching).then_some("It is being fetched");
    button(Icon::EXTERNAL_LINK, again, tooltip, why_not, Action::Edit(EditWish::OpenAgain { edit: id }));
    let why_not = (!is_here).then_some("It is not here yet");
    button(
        Icon::FOLDER_OPEN,
        format!("Show the folder of {name}"),
        "Show the folder",
        why_not,
        Action::Edit(EditWish::ShowFolder { edit: id }),
    );
    let tooltip = if edit.state.is_unsent() && !edit.state.is_left_here() {
        "Finish: take the file here away once it is uploaded"
    } else {
        "Finish: take the file here away"
    };
    let why_not = (edit.state == EditState::Fetching).then_some("It is being fetched; cancel it in the queue");
    button(Icon::X, format!("Finish {name}"), tooltip, why_not, Action::FinishEdit(id));
}
