//! One pane: header with its path, table, footer, and what is said when there is nothing to list.

use eframe::egui::{Align, Id, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::model::format;
use crate::model::listing::{Listing, ListingSource};
use crate::model::problem::{NOT_TRUSTED, ProblemKind};
use crate::model::session::{Phase, SessionView};
use crate::screen::{Action, Pane, Side, Verb};
use crate::ui::icon::Icon;
use crate::ui::paint::{self, Line};
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{drop, fonts, path_header, table, theme};

/// How much the rows of a server that we left stand back.
const PAST: f32 = 0.55;

/// Whether the rows are of a server that we left: they are still worth reading, but must not look live.
fn is_past(view: &View<'_>, side: Side) -> bool {
    side == Side::Remote && matches!(view.screen.session.phase, Phase::Offline | Phase::Stranded { .. })
}

/// The identity of a pane's table, for the focus.
#[must_use]
pub fn id(side: Side) -> Id {
    Id::unique(("pane", side))
}

/// The pane's name for screen readers.
#[must_use]
pub fn name(side: Side) -> &'static str {
    match side {
        Side::Local => "Local files",
        Side::Remote => "Remote files",
    }
}

/// Draws a pane.
pub fn show(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let area = ui.max_rect();
    let header = Rect::from_min_size(area.min, vec2(area.width(), size::PANE_HEADER));
    let footer = Rect::from_min_max(pos2(area.left(), area.bottom() - size::PANE_FOOTER), area.max);
    let body = Rect::from_min_max(pos2(area.left(), header.bottom()), pos2(area.right(), footer.top()));
    paint::place(ui, header, "header", |ui| path_header::show(ui, view, side, actions));
    paint::horizontal_line(ui, area.left(), area.right(), header.bottom() - 1.0);

    table_or_words(ui, view, side, body, actions);
    paint::horizontal_line(ui, area.left(), area.right(), footer.top());
    paint::place(ui, footer, "footer", |ui| show_footer(ui, view, side, actions));
    if view.screen.active == side {
        let line = Rect::from_min_size(area.min, vec2(area.width(), 2.0));
        ui.painter().rect_filled(line, 0.0, t.accent);
    }
    let takes = drop::dragged_from(ui.ctx()).is_some_and(|from| from != side) && view.screen.pane(side).place.is_some();
    let held = view.screen.drop_hint == Some((side, None));
    let is_over = ui.input(|input| input.pointer.latest_pos()).is_some_and(|at| body.contains(at));
    if held || (takes && is_over && !drop::is_over_folder_row(ui, side)) {
        drop::highlight(ui, body.shrink(2.0), size::RADIUS);
    }
}

fn table_or_words(ui: &mut Ui, view: &View<'_>, side: Side, body: Rect, actions: &mut Vec<Action>) {
    let pane = view.screen.pane(side);
    let has_folder = pane.listing.is_some() && pane.place.is_some();
    if has_folder {
        paint::place(ui, body, "table", |ui| {
            if is_past(view, side) {
                ui.multiply_opacity(PAST);
            }
            table::show(ui, view, side, actions);
        });
    }
    if has_folder && !pane.rows.is_empty() {
        return;
    }
    let Some(words) = empty_words(view, side) else { return };
    let top = if has_folder { body.top() + size::TABLE_HEADER } else { body.top() };
    let area = Rect::from_min_max(pos2(body.left(), top), body.max);
    if !has_folder {
        ground(ui, side, area, actions);
    }
    draw_empty(ui, area, words, actions);
}

/// A pane without a table still takes the keyboard and says what it is.
fn ground(ui: &Ui, side: Side, area: Rect, actions: &mut Vec<Action>) {
    let response = ui.interact(area, id(side), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, name(side)));
    if response.clicked() {
        response.request_focus();
        actions.push(Action::ActivatePane(side));
    }
    theme::focus_ring(ui, &response, 0);
}

struct EmptyWords {
    icon: Icon,
    what: String,
    next: String,
    button: Option<(&'static str, Action)>,
}

/// What a pane without rows says, and what to do about it.
fn empty_words(view: &View<'_>, side: Side) -> Option<EmptyWords> {
    let screen = view.screen;
    let pane = screen.pane(side);
    if let (Some(listing), Some(_)) = (&pane.listing, &pane.place) {
        if listing.entries.is_empty() && listing.unread.is_empty() {
            let next = match side {
                Side::Local => "Files that you download will be here.",
                Side::Remote => "Drop files here to upload them.",
            };
            return Some(EmptyWords {
                icon: Icon::FOLDER_OPEN,
                what: "This folder is empty".into(),
                next: next.into(),
                button: None,
            });
        }
        if listing.entries.is_empty() {
            let what = format!("{} could not be read", format::counted(listing.unread.len(), "row", "rows"));
            let next = "The server lists this folder in a way that Moorline does not know; the log has its words.".into();
            return Some(EmptyWords {
                icon: Icon::FILE_QUESTION,
                what,
                next,
                button: Some(("Show the log", Action::Do(Verb::ShowLog))),
            });
        }
        if !pane.filter.is_empty() {
            let what = format!("No name contains “{}”", pane.filter);
            let next = format!("{} hidden by the filter.", format::counted(listing.entries.len(), "entry is", "entries are"));
            let button = Some(("Show all", Action::ShowFilter { side, shown: false }));
            return Some(EmptyWords { icon: Icon::LIST_FILTER, what, next, button });
        }
        if pane.rows.is_empty() {
            let next = "Names that begin with a dot are not shown.".into();
            let button = Some(("Show hidden files", Action::Do(Verb::ToggleHidden)));
            return Some(EmptyWords { icon: Icon::EYE_OFF, what: "Only hidden files are here".into(), next, button });
        }
        return None;
    }
    let (icon, what, next, button) = match (side, &screen.session.phase) {
        (Side::Local, _) => (Icon::HARD_DRIVE, "Opening the folder", String::new(), None),
        (_, Phase::Offline) => {
            let next = if screen.sites.sites.is_empty() {
                "Type an address above, or save a new site.".to_owned()
            } else {
                "Choose a site on the left, or type an address above.".to_owned()
            };
            (Icon::PLUG, "Not connected", next, Some(("New site", Action::Do(Verb::NewSite))))
        }
        (_, Phase::Connecting(step)) => {
            let to = screen.session.site.as_ref().map(|site| format!(" to {}", site.host)).unwrap_or_default();
            (Icon::ANCHOR, "Connecting", format!("Connecting{to}: {}.", crate::ui::strip::step_words(*step)), None)
        }
        (_, Phase::Adrift { .. }) => (Icon::UNPLUG, "The connection is gone for now", "It comes back by itself.".to_owned(), None),
        (_, Phase::Resting { .. }) => (Icon::UNPLUG, "The connection rests", "It comes back when it is needed.".to_owned(), None),
        (_, Phase::Stranded { .. }) => {
            (Icon::UNPLUG, "Not connected", why_stranded(&screen.session), Some(("Reconnect", Action::Do(Verb::Reconnect))))
        }
        (_, Phase::Moored | Phase::Leaving(_)) => (Icon::FOLDER_OPEN, "Opening the folder", String::new(), None),
    };
    Some(EmptyWords { icon, what: what.into(), next, button })
}

/// Why there is no connection, where that was a person's own choice.
fn why_stranded(session: &SessionView) -> String {
    match &session.problem {
        Some(problem) if problem.kind == ProblemKind::Certificate => NOT_TRUSTED.to_owned(),
        _ => "Nothing happens by itself.".to_owned(),
    }
}

fn draw_empty(ui: &mut Ui, area: Rect, words: EmptyWords, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let height: f32 = if words.button.is_some() { 124.0 } else { 84.0 };
    let middle = Rect::from_center_size(area.center(), vec2(area.width() - 24.0, height.min(area.height())));
    ui.scope_builder(UiBuilder::new().max_rect(middle).id_salt("empty").layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.label(words.icon.text(26.0, t.subdued.gamma_multiply(0.8)));
        ui.label(crate::ui::text::strong(ui, words.what));
        if !words.next.is_empty() {
            ui.label(eframe::egui::RichText::new(words.next).font(fonts::regular(size::BODY)).color(t.subdued));
        }
        if let Some((label, action)) = words.button {
            ui.add_space(6.0);
            if button::quiet_button(ui, label).clicked() {
                actions.push(action);
            }
        }
    });
}

fn show_footer(ui: &mut Ui, view: &View<'_>, side: Side, actions: &mut Vec<Action>) {
    let pane = view.screen.pane(side);
    let small = |ui: &Ui| Line::new(ui).sized(size::SECONDARY);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(11.0);
        match side {
            Side::Local => {
                if let Some(free) = pane.free {
                    small(ui).subdued(&format!("{} free", format::size(free))).show(ui);
                }
            }
            Side::Remote if pane.place.is_some() && !view.screen.session.charset.is_empty() => {
                let tooltip = "How the server writes the names of files";
                small(ui).subdued(view.screen.session.charset).show(ui).on_hover_text(tooltip);
            }
            Side::Remote => {}
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(10.0);
            if let Some(doing) = under_way(view, side) {
                small(ui).text(&doing).show_truncated(ui);
                if (side == Side::Remote || view.screen.local.doing.is_some())
                    && button::link(ui, "Cancel").on_hover_text(crate::ui::verbs::tooltip(Verb::CancelBrowsing)).clicked()
                {
                    actions.push(Action::Do(Verb::CancelBrowsing));
                }
                return;
            }
            let (summary, tooltip) = summary(view, side);
            let response = small(ui).subdued(&summary).show_truncated(ui);
            if !tooltip.is_empty() {
                response.on_hover_text(tooltip);
            }
        });
    });
}

fn under_way(view: &View<'_>, side: Side) -> Option<String> {
    let pane = view.screen.pane(side);
    if let Some(doing) = &pane.doing {
        return Some(doing.clone());
    }
    pane.opening.as_ref().map(|place| match place {
        crate::engine::Place::Local(path) => format!("Opening {}", path.display()),
        crate::engine::Place::Remote(path) => format!("Opening {path}"),
    })
}

/// What the footer says about the rows, and the exact words behind it.
fn summary(view: &View<'_>, side: Side) -> (String, String) {
    let pane = view.screen.pane(side);
    let Some(listing) = pane.listing.as_ref().filter(|_| pane.place.is_some()) else { return (String::new(), String::new()) };
    let (mut words, mut tooltip) = counts(pane, listing);
    let is_live = view.screen.session.phase == Phase::Moored;
    if side == Side::Remote
        && !is_live
        && let Some(at) = pane.as_of
    {
        let not_connected = if is_past(view, side) { "not connected · " } else { "" };
        words = format!("{not_connected}{words} · as of {}", view.clock(at));
    }
    if !listing.unread.is_empty() {
        words.push_str(&format!(" · {} could not be read", format::counted(listing.unread.len(), "row", "rows")));
        tooltip = unread_rows(listing);
    }
    if let Some(hint) = &listing.incomplete {
        words.push_str(" · not complete");
        tooltip = format!("The server says: “{hint}”");
    }
    (words, tooltip)
}

/// How many rows there are, or how many of them are selected.
fn counts(pane: &Pane, listing: &Listing) -> (String, String) {
    let total = listing.entries.len();
    if !pane.selected.is_empty() {
        let words = format!("{} of {} selected", format::count(pane.selected.len()), format::count(total));
        // Folders alone have no size that is known.
        return match pane.selected_bytes {
            0 => (words, String::new()),
            bytes => (format!("{words} · {}", format::size(bytes)), format::exact_size(bytes)),
        };
    }
    let mut words = format::counted(total, "entry", "entries");
    if pane.rows.len() < total {
        words = format!("{} of {words}", format::count(pane.rows.len()));
    }
    words.push_str(match listing.source {
        ListingSource::Mlsd => " · listed by MLSD",
        ListingSource::Unix | ListingSource::Dos => " · listed by LIST",
        ListingSource::Empty | ListingSource::Local => "",
    });
    (words, String::new())
}

/// The first rows that no parser understood, as they came.
fn unread_rows(listing: &Listing) -> String {
    let rows = listing.unread.iter().take(8).map(|row| format!("{}: {}", row.line, row.text));
    rows.collect::<Vec<_>>().join("\n")
}
