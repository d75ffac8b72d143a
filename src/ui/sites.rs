//! The list of saved sites: folders, colour bars, the site under the cursor, menus, and dragging to another folder.

use std::collections::BTreeSet;

use eframe::egui::{
    Align, CornerRadius, CursorIcon, DragAndDrop, EventFilter, Id, Key, Layout, Modifiers, Rect, Response, Role, ScrollArea, Sense,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::model::site::{Site, SiteFolder, SiteId, SiteTree};
use crate::screen::state::Focus;
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::site_menu::marker;
use crate::ui::tokens::{size, tokens};
use crate::ui::view::View;
use crate::ui::widgets::button;
use crate::ui::{bookmarks, drop, fonts, paint, site_context, theme, verbs};

/// The list's identity, for the focus.
#[must_use]
pub fn id() -> Id {
    Id::unique("site list")
}

/// Where a folder's mark stands, from the left edge of its row.
const FOLDER_MARK: f32 = 22.0;

/// A site, being dragged.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DraggedSite(SiteId);

/// One line of the list.
enum Line<'a> {
    Folder { folder: &'a SiteFolder, depth: usize },
    Site { site: &'a Site, depth: usize },
}

impl Line<'_> {
    /// In how many folders it is.
    fn depth(&self) -> usize {
        match self {
            Self::Folder { depth, .. } | Self::Site { depth, .. } => *depth,
        }
    }
}

/// Draws the list.
pub fn show(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let area = ui.max_rect();
    let head = Rect::from_min_size(area.min, vec2(area.width(), size::PANE_HEADER - 5.0));
    paint::text(ui, pos2(head.left() + 14.0, head.center().y), Align::Min, "Sites", fonts::strong(size::SECONDARY), t.subdued);
    let mut buttons = ui.new_child(
        UiBuilder::new()
            .max_rect(Rect::from_min_max(head.min, head.max - vec2(6.0, 0.0)))
            .id_salt("site buttons")
            .layout(Layout::right_to_left(Align::Center)),
    );
    buttons.spacing_mut().item_spacing.x = 0.0;
    verbs::icon_button(&mut buttons, view.screen, Verb::NewSite, actions);
    verbs::icon_button(&mut buttons, view.screen, Verb::NewSiteFolder, actions);

    let body = Rect::from_min_max(pos2(area.left(), head.bottom() + 1.0), area.max);
    let ground = ui.interact(body, id(), Sense::click());
    ground.widget_info(|| WidgetInfo::labeled(Role::Tree, true, "Sites"));
    let tree = &view.screen.sites;
    if tree.sites.is_empty() && tree.folders.is_empty() {
        return empty(ui, body, actions);
    }
    let lines = lines(tree);
    ground_input(ui, view, &ground, &lines, actions);
    paint::place(ui, body, "site rows", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().id_salt("site rows").auto_shrink(false).show(ui, |ui| {
            for line in &lines {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::SITE_ROW), Sense::hover());
                if ui.is_rect_visible(rect) {
                    guides(ui, rect, line.depth());
                    match line {
                        Line::Folder { folder, depth } => folder_row(ui, view, folder, *depth, rect, actions),
                        Line::Site { site, depth } => site_row(ui, view, site, *depth, rect, &ground, actions),
                    }
                }
            }
            bookmarks::show(ui, view, actions);
            ui.add_space(8.0);
        });
    });
    // After the rows, which take what is dropped on them.
    if let Some(site) = ground.dnd_release_payload::<DraggedSite>() {
        actions.push(Action::MoveSite { id: site.0.clone(), folder: String::new(), before: None });
    }
}

fn empty(ui: &mut Ui, body: Rect, actions: &mut Vec<Action>) {
    let area = body.shrink2(vec2(14.0, 8.0));
    ui.scope_builder(UiBuilder::new().max_rect(area).id_salt("no sites"), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let words = "Servers that you save here are a double click away.";
        ui.label(eframe::egui::RichText::new(words).font(fonts::regular(size::BODY)).color(tokens(ui).subdued));
        if button::quiet_button(ui, Verb::NewSite.label()).on_hover_text(verbs::tooltip(Verb::NewSite)).clicked() {
            actions.push(Action::Do(Verb::NewSite));
        }
        ui.add_space(6.0);
        let words = "Those of FileZilla and WinSCP can come along.";
        ui.label(eframe::egui::RichText::new(words).font(fonts::regular(size::BODY)).color(tokens(ui).subdued));
        if button::quiet_button(ui, Verb::ImportSites.label()).on_hover_text(verbs::tooltip(Verb::ImportSites)).clicked() {
            actions.push(Action::Do(Verb::ImportSites));
        }
    });
}

/// The lines that show: folders in their order with their sites, then sites without a folder. Closed folders hide what is in them.
fn lines(tree: &SiteTree) -> Vec<Line<'_>> {
    let closed: BTreeSet<&str> = tree.folders.iter().filter(|folder| !folder.open).map(|folder| folder.path.as_str()).collect();
    let is_hidden = |path: &str| path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|above| closed.contains(above)));
    let mut lines = Vec::new();
    let mut known = BTreeSet::new();
    for folder in &tree.folders {
        known.insert(folder.path.as_str());
        if is_hidden(&folder.path) {
            continue;
        }
        let depth = folder.path.matches('/').count();
        lines.push(Line::Folder { folder, depth });
        if folder.open {
            let inside = tree.sites.iter().filter(|site| site.folder == folder.path);
            lines.extend(inside.map(|site| Line::Site { site, depth: depth + 1 }));
        }
    }
    let outside = tree.sites.iter().filter(|site| !known.contains(site.folder.as_str()));
    lines.extend(outside.map(|site| Line::Site { site, depth: 0 }));
    lines
}

/// The list itself: the keyboard, its menu, and sites dropped beside the rows.
fn ground_input(ui: &Ui, view: &View<'_>, ground: &Response, lines: &[Line<'_>], actions: &mut Vec<Action>) {
    if ground.gained_focus() && view.screen.focus != Focus::Sites {
        actions.push(Action::Focus(Focus::Sites));
    }
    if ground.clicked() {
        ground.request_focus();
    }
    ground.context_menu(|ui| {
        verbs::begin_menu(ui);
        verbs::menu_item(ui, view.screen, Verb::NewSite, actions);
        verbs::menu_item(ui, view.screen, Verb::NewSiteFolder, actions);
        verbs::menu_item(ui, view.screen, Verb::ImportSites, actions);
    });
    if !ground.has_focus() {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id(), filter));
    let step = ui.input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
        (down, up)
    });
    if step == (0, 0) {
        return;
    }
    let sites: Vec<&Site> =
        lines.iter().filter_map(|line| if let Line::Site { site, .. } = line { Some(*site) } else { None }).collect();
    let current = view.screen.site_cursor.as_ref().and_then(|cursor| sites.iter().position(|site| site.id == *cursor));
    let next = match current {
        None => 0,
        Some(at) => (at + step.0).saturating_sub(step.1),
    };
    if let Some(site) = sites.get(next.min(sites.len().saturating_sub(1))) {
        actions.push(Action::ClickSite(site.id.clone()));
    }
}

fn indent(depth: usize) -> f32 {
    crate::ui::table::length(depth) * 12.0
}

/// A quiet line below the mark of each folder that a row is in.
fn guides(ui: &Ui, rect: Rect, depth: usize) {
    for level in 0..depth {
        paint::vertical_line(ui, rect.left() + indent(level) + FOLDER_MARK, rect.top(), rect.bottom());
    }
}

fn folder_row(ui: &mut Ui, view: &View<'_>, folder: &SiteFolder, depth: usize, rect: Rect, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(("site folder", &folder.path)), Sense::click());
    let name = folder.path.rsplit('/').next().unwrap_or_default();
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, folder.open, name));
    let ground = rect.shrink2(vec2(8.0, 0.0));
    if response.hovered() {
        ui.painter().rect_filled(ground, CornerRadius::same(size::RADIUS), t.raised);
    }
    let left = rect.left() + indent(depth);
    let icon = if folder.open { Icon::CHEVRON_DOWN } else { Icon::CHEVRON_RIGHT };
    icon.paint(ui.painter(), pos2(left + FOLDER_MARK, rect.center().y), size::ICON_SMALL - 1.0, t.subdued);
    let font = fonts::regular(size::BODY);
    let ink = if response.hovered() { t.subdued_on_fill } else { t.subdued };
    let cut = paint::cut_middle(ui, name, &font, rect.right() - left - 48.0);
    paint::text(ui, pos2(left + 37.0, rect.center().y), Align::Min, cut, font, ink);
    theme::focus_ring(ui, &response, size::RADIUS);
    if response.clicked() {
        actions.push(Action::ToggleSiteFolder(folder.path.clone()));
    }
    if response.dnd_hover_payload::<DraggedSite>().is_some() {
        drop::highlight(ui, ground, size::RADIUS);
    }
    if let Some(site) = response.dnd_release_payload::<DraggedSite>() {
        actions.push(Action::MoveSite { id: site.0.clone(), folder: folder.path.clone(), before: None });
    }
    response.context_menu(|ui| {
        verbs::begin_menu(ui);
        if verbs::menu_row(ui, Some(Icon::PENCIL), "Rename folder", None, None).clicked() {
            actions.push(Action::EditSiteFolder(folder.path.clone()));
        }
        if verbs::menu_row(ui, Some(Icon::TRASH), "Delete folder", None, None).clicked() {
            actions.push(Action::DeleteSiteFolder(folder.path.clone()));
        }
        verbs::menu_line(ui);
        verbs::menu_item(ui, view.screen, Verb::NewSite, actions);
        verbs::menu_item(ui, view.screen, Verb::NewSiteFolder, actions);
    });
}

fn site_row(ui: &mut Ui, view: &View<'_>, site: &Site, depth: usize, rect: Rect, list: &Response, actions: &mut Vec<Action>) {
    let t = tokens(ui);
    let screen = view.screen;
    let response = ui.interact(rect, list.id.with(&site.id.0), Sense::CLICK | Sense::DRAG);
    let is_open = screen.session.site.as_ref().is_some_and(|open| open.id == site.id);
    let is_cursor = screen.site_cursor.as_ref() == Some(&site.id);
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_cursor, &site.name));
    // Its name stands under the name of a folder beside it, and to the right of the name of the folder that it is in.
    let left = rect.left() + indent(depth) + 12.0;
    let ground = Rect::from_min_max(pos2(left + 8.0, rect.top()), pos2(rect.right() - 9.0, rect.bottom()));
    let fill = if is_cursor {
        Some(t.selection)
    } else if response.hovered() {
        Some(t.raised)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(ground, CornerRadius::same(size::RADIUS), fill);
    }
    let color = marker(t, site.color).unwrap_or(t.line);
    let bar = Rect::from_center_size(pos2(ground.left() + 9.5, rect.center().y), vec2(3.0, 14.0));
    ui.painter().rect_filled(bar, CornerRadius::same(1), color);
    let font = if is_open { fonts::strong(size::BODY) } else { fonts::regular(size::BODY) };
    let ink = if is_open || is_cursor { t.strong } else { t.text };
    // A person may not know of the double click: the row under the pointer says what it does.
    let connect = (response.contains_pointer() && !is_open).then(|| Connect::beside(ui, ground));
    let right = connect.as_ref().map_or(ground.right() - 8.0, |connect| connect.place.left() - 6.0);
    let cut = paint::cut_middle(ui, &site.name, &font, right - ground.left() - 19.0);
    paint::text(ui, pos2(ground.left() + 19.0, rect.center().y), Align::Min, cut, font, ink);
    if is_cursor && list.has_focus() && theme::shows_focus(ui.ctx()) {
        let stroke = eframe::egui::Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(ground.shrink(1.0), CornerRadius::same(size::RADIUS), stroke, eframe::egui::StrokeKind::Middle);
    }
    site_input(ui, view, site, &response, ground, list, actions);
    if let Some(connect) = connect
        && connect.show(ui, site)
    {
        actions.push(Action::OpenSite(site.id.clone()));
    }
    response.context_menu(|ui| site_context::show(ui, site, actions));
    response.on_hover_text(crate::ui::top_bar::user_at_host(site));
}

/// The button at the end of the row under the pointer.
struct Connect {
    place: Rect,
}

impl Connect {
    const LABEL: &'static str = "Connect";

    fn beside(ui: &Ui, row: Rect) -> Self {
        let width = paint::width(ui, Self::LABEL, &fonts::regular(size::SECONDARY)) + 14.0;
        let middle = pos2(row.right() - 4.0 - width / 2.0, row.center().y);
        Self { place: Rect::from_center_size(middle, vec2(width, row.height() - 6.0)) }
    }

    /// Draws it; true when it is clicked.
    fn show(&self, ui: &Ui, site: &Site) -> bool {
        let t = tokens(ui);
        let response = ui.interact(self.place, ui.scope_id().with(("connect", &site.id.0)), Sense::CLICK);
        let (fill, ink) = if response.hovered() { (t.accent, t.on_accent) } else { (t.pressed, t.text) };
        ui.painter().rect_filled(self.place, CornerRadius::same(size::RADIUS - 2), fill);
        paint::text(ui, self.place.center(), Align::Center, Self::LABEL, fonts::regular(size::SECONDARY), ink);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Connect to {}", site.name)));
        response.clicked()
    }
}

fn site_input(
    ui: &Ui,
    view: &View<'_>,
    site: &Site,
    response: &Response,
    ground: Rect,
    list: &Response,
    actions: &mut Vec<Action>,
) {
    if response.double_clicked() {
        actions.push(Action::OpenSite(site.id.clone()));
    } else if response.clicked() || response.secondary_clicked() {
        list.request_focus();
        actions.push(Action::ClickSite(site.id.clone()));
    }
    let is_cursor = view.screen.site_cursor.as_ref() == Some(&site.id);
    if is_cursor && response.secondary_clicked() {
        list.request_focus();
    }
    if response.drag_started() {
        DragAndDrop::set_payload(ui.ctx(), DraggedSite(site.id.clone()));
    }
    if response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if response.dnd_hover_payload::<DraggedSite>().is_some_and(|dragged| dragged.0 != site.id) {
        let line = Rect::from_min_size(ground.left_top() - vec2(0.0, 1.0), vec2(ground.width(), 2.0));
        ui.painter().rect_filled(line, CornerRadius::same(1), tokens(ui).accent);
    }
    if let Some(dragged) = response.dnd_release_payload::<DraggedSite>()
        && dragged.0 != site.id
    {
        actions.push(Action::MoveSite { id: dragged.0.clone(), folder: site.folder.clone(), before: Some(site.id.clone()) });
    }
}
