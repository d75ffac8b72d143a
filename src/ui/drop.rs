//! Dragging: rows of one pane onto the other, and files from the desktop.

use eframe::egui::{
    Align2, Context, CornerRadius, CursorIcon, DragAndDrop, Id, LayerId, Order, Rect, Stroke, StrokeKind, Ui, vec2,
};

use crate::screen::{Action, Side};
use crate::ui::fonts;
use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;

/// The selected rows of a pane, being dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraggedRows {
    /// The pane they come from.
    pub from: Side,
}

/// The pane that rows are being dragged from.
#[must_use]
pub fn dragged_from(ctx: &Context) -> Option<Side> {
    DragAndDrop::payload::<DraggedRows>(ctx).map(|rows| rows.from)
}

/// Highlights a place that takes what is being dragged.
pub fn highlight(ui: &Ui, rect: Rect, radius: u8) {
    let t = tokens(ui);
    ui.painter().rect(
        rect,
        CornerRadius::same(radius),
        t.accent.gamma_multiply(0.10),
        Stroke::new(2.0, t.accent),
        StrokeKind::Inside,
    );
}

/// Remembers which folder row of a pane lies under the pointer, for what is dropped in the same frame.
pub fn note_folder_row(ui: &Ui, side: Side, row: Option<usize>) {
    ui.data_mut(|data| data.insert_temp(Id::unique(("folder row under the pointer", side)), row));
}

/// Whether a folder row of a pane lies under the pointer.
#[must_use]
pub fn is_over_folder_row(ui: &Ui, side: Side) -> bool {
    folder_row(ui, side).is_some()
}

fn folder_row(ui: &Ui, side: Side) -> Option<usize> {
    ui.data(|data| data.get_temp::<Option<usize>>(Id::unique(("folder row under the pointer", side)))).flatten()
}

/// Files from the desktop: where they are held, and where they are dropped.
///
/// Where no pointer is known, the remote pane takes the files, which is what is nearly always meant.
pub fn files(ui: &Ui, view: &View<'_>, local: Rect, remote: Rect, actions: &mut Vec<Action>) {
    let (hovering, dropped, at) = ui.input(|input| {
        let paths: Vec<_> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
        (!input.raw.hovered_files.is_empty(), paths, input.pointer.latest_pos())
    });
    let side = match at {
        Some(at) if local.contains(at) => Side::Local,
        Some(at) if remote.contains(at) => Side::Remote,
        Some(_) | None => Side::Remote,
    };
    let onto = at.and_then(|_| folder_row(ui, side));
    if !dropped.is_empty() {
        actions.push(Action::DropFiles { paths: dropped, side, onto });
        actions.push(Action::HoverFiles(None));
        return;
    }
    let hint = hovering.then_some((side, onto));
    if hint != view.screen.drop_hint {
        actions.push(Action::HoverFiles(hint));
    }
}

/// What is being dragged, beside the pointer.
pub fn carried_rows(ui: &Ui, view: &View<'_>) {
    let Some(from) = dragged_from(ui.ctx()) else { return };
    let Some(at) = ui.ctx().pointer_interact_pos() else { return };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let pane = view.screen.pane(from);
    let label = match pane.selected.len() {
        1 => pane
            .selected
            .first()
            .and_then(|index| usize::try_from(*index).ok())
            .and_then(|index| pane.listing.as_ref()?.entries.get(index))
            .map_or_else(|| "1 item".to_owned(), |entry| entry.name.clone()),
        count => format!("{count} items"),
    };
    let t = tokens(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged rows")));
    let text = painter.layout(label, fonts::regular(size::BODY), t.strong, 260.0);
    let rect = Rect::from_min_size(at + vec2(14.0, 8.0), text.size() + vec2(38.0, 10.0));
    painter.rect(rect, CornerRadius::same(size::RADIUS), t.raised, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    let icon = if from == Side::Local { Icon::UPLOAD } else { Icon::DOWNLOAD };
    icon.paint(&painter, rect.left_center() + vec2(16.0, 0.0), size::ICON_SMALL, t.accent);
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(30.0, 0.0), text.size()).min;
    painter.galley(at, text, t.strong);
}
