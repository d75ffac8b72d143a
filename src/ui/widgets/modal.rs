//! A centred dialog over the dimmed window: title, body, buttons, and the keys that all dialogs share.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    self, Align, Align2, Context, CornerRadius, EventFilter, Frame, Id, Key, Label, LayerId, Layout, Margin, Modifiers, Response,
    ScrollArea, Shadow, Stroke, Ui, vec2,
};

use crate::ui::icon::Icon;
use crate::ui::tokens::{Tokens, size, tokens};
use crate::ui::widgets::button::{danger_button, primary_button_if, quiet_button};
use crate::ui::{text, theme};

/// Room for the scroll bar of a long body, within the right margin.
const SCROLL: i8 = 12;
/// How long a dialog that came by itself takes no answer, in seconds: what was clicked or typed by then was meant for what it covers.
pub const UNSEEN: f64 = 0.5;

/// What a person answered in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The main button, or Enter.
    Main,
    /// The second way on.
    Second,
    /// The cancel button, or Escape.
    Cancel,
}

/// How the main button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Look {
    /// Accent.
    #[default]
    Primary,
    /// It destroys something.
    Danger,
}

/// A dialog: who it is, its words and its buttons.
#[derive(Clone, Debug)]
pub struct Modal<'a> {
    id: Id,
    icon: Icon,
    title: &'a str,
    width: f32,
    warns: bool,
    main: Option<&'a str>,
    second: Option<&'a str>,
    cancel: &'a str,
    look: Look,
    /// A person should think first.
    careful: bool,
    blocked: Option<&'a str>,
    lead: bool,
    in_front: bool,
    by_itself: bool,
}

impl<'a> Modal<'a> {
    /// A dialog with a cancel button only. `id` tells one question from the next, so that each starts with its own focus.
    pub fn new(id: impl std::hash::Hash + std::fmt::Debug, icon: Icon, title: &'a str) -> Self {
        Self {
            id: Id::unique(("modal", id)),
            icon,
            title,
            width: 458.0,
            warns: false,
            main: None,
            second: None,
            cancel: "Cancel",
            look: Look::Primary,
            careful: false,
            blocked: None,
            lead: false,
            in_front: true,
            by_itself: false,
        }
    }

    /// Width of the body in points.
    #[must_use]
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// The icon tells of danger.
    #[must_use]
    pub fn warns(mut self) -> Self {
        self.warns = true;
        self
    }

    /// Label of the main button.
    #[must_use]
    pub fn main(mut self, label: &'a str) -> Self {
        self.main = Some(label);
        self
    }

    /// Label of the second way on.
    #[must_use]
    pub fn second(mut self, label: &'a str) -> Self {
        self.second = Some(label);
        self
    }

    /// Label of the cancel button.
    #[must_use]
    pub fn cancel(mut self, label: &'a str) -> Self {
        self.cancel = label;
        self
    }

    /// The main button destroys something.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.look = Look::Danger;
        self
    }

    /// Enter does not accept; the keyboard starts on cancel.
    #[must_use]
    pub fn careful(mut self) -> Self {
        self.careful = true;
        self
    }

    /// The body begins with a paragraph that goes with the title, so it stands close to it.
    #[must_use]
    pub fn lead(mut self) -> Self {
        self.lead = true;
        self
    }

    /// Why the main button cannot be pressed at this moment.
    #[must_use]
    pub fn blocked(mut self, why_not: Option<&'a str>) -> Self {
        self.blocked = why_not;
        self
    }

    /// Whether it takes keys: a dialog under a question does not.
    #[must_use]
    pub fn in_front(mut self, in_front: bool) -> Self {
        self.in_front = in_front;
        self
    }

    /// Whether it came without a person's doing, perhaps under their pointer or while they were typing.
    #[must_use]
    pub fn by_itself(mut self, by_itself: bool) -> Self {
        self.by_itself = by_itself;
        self
    }

    /// Draws it. `body` is told whether this is the first frame, in which it may put the keyboard on one of its controls.
    pub fn show(mut self, ctx: &Context, body: impl FnOnce(&mut Ui, bool)) -> Option<Answer> {
        let opened = just_opened(ctx, self.id);
        let age = age(ctx, self.id, opened);
        let opacity = fade(ctx, age);
        let t = Tokens::now(ctx);
        // A little above the middle, where the eye expects it.
        let window = ctx.content_rect().size();
        self.width = self.width.min(window.x - 72.0);
        // A little above the middle, where the eye expects it; as high as it needs.
        let area = egui::Modal::default_area(self.id)
            .anchor(Align2::CENTER_CENTER, vec2(0.0, -(window.y * 0.04).round()))
            .default_size(vec2(self.width + 40.0, window.y));
        if opened {
            ctx.move_to_top(area.layer());
            ctx.memory_mut(|memory| memory.focused().map(|id| memory.surrender_focus(id)));
        }
        let keys = self.take_keys(ctx);
        self.keep_keyboard(ctx, area.layer(), opened);
        let frame = Frame::NONE
            .fill(t.raised)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(CornerRadius::same(size::DIALOG_RADIUS))
            .inner_margin(Margin { left: 20, right: 20 - SCROLL, top: 20, bottom: 20 })
            .shadow(Shadow { offset: [0, 12], blur: 40, spread: 0, color: t.shade });
        let shown = egui::Modal {
            area,
            backdrop_color: t.shade.gamma_multiply(opacity),
            frame: Some(frame.multiply_with_opacity(opacity)),
        };
        let shown = shown.show(ctx, |ui| {
            ui.set_opacity(opacity);
            let name = self.title.to_owned();
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(Role::Dialog);
                node.set_label(name);
                node.set_modal();
            });
            self.content(ui, opened, body)
        });
        let is_unseen = self.by_itself && age < UNSEEN;
        keys.or(shown.inner).filter(|_| !is_unseen)
    }

    /// The keyboard stays in the dialog: a click on its ground takes it from a field, and what is typed then would go nowhere.
    fn keep_keyboard(&self, ctx: &Context, layer: LayerId, opened: bool) {
        let key = self.id.with("keyboard");
        // Not in a list that has closed, nor in a question that stood in front.
        let is_here = |id: &Id| ctx.read_response(*id).is_some_and(|response| response.layer_id == layer);
        if opened {
            ctx.data_mut(|data| data.remove::<Id>(key));
        } else if self.in_front && !egui::Popup::is_any_open(ctx) {
            match ctx.memory(|memory| memory.focused()) {
                Some(id) if is_here(&id) => {
                    ctx.data_mut(|data| data.insert_temp(key, id));
                }
                Some(_) => {}
                None => {
                    if let Some(id) = ctx.data(|data| data.get_temp::<Id>(key)).filter(is_here) {
                        ctx.memory_mut(|memory| memory.request_focus(id));
                    }
                }
            }
        }
    }

    /// Escape cancels; Enter accepts, unless a control that has its own use for it holds the keyboard.
    fn take_keys(&self, ctx: &Context) -> Option<Answer> {
        if !self.in_front || egui::Popup::is_any_open(ctx) {
            return None;
        }
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            return Some(Answer::Cancel);
        }
        let focused = ctx.memory(|memory| memory.focused());
        let own = ctx.data(|data| data.get_temp::<Id>(enter_owner()));
        if focused.is_some() && focused == own {
            return None;
        }
        let accepts = self.main.is_some() && self.blocked.is_none() && !self.careful;
        if accepts && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            return Some(Answer::Main);
        }
        None
    }

    fn content(&self, ui: &mut Ui, opened: bool, body: impl FnOnce(&mut Ui, bool)) -> Option<Answer> {
        let t = tokens(ui);
        ui.set_width(self.width + f32::from(SCROLL));
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        ui.allocate_ui_with_layout(vec2(self.width, 22.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(22.0);
            ui.add(Label::new(self.icon.text(20.0, if self.warns { t.bad } else { t.accent })));
            ui.add_space(2.0);
            ui.add(Label::new(text::title(ui, self.title).line_height(Some(20.0))).wrap());
        });
        ui.add_space(if self.lead { -3.0 } else { 4.0 });
        let room = (ui.ctx().content_rect().height() - 170.0).max(120.0);
        ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            ui.set_width(self.width);
            ui.set_max_width(self.width);
            body(ui, opened);
        });
        ui.add_space(8.0);
        self.buttons(ui, opened)
    }

    fn buttons(&self, ui: &mut Ui, opened: bool) -> Option<Answer> {
        let mut answer = None;
        let mut first = None;
        ui.allocate_ui_with_layout(vec2(self.width, size::BUTTON), Layout::right_to_left(Align::Center), |ui| {
            let mut one = |ui: &mut Ui, response: Response, means: Answer| {
                own_enter(ui, &response);
                if response.clicked() {
                    answer = Some(means);
                }
                response.id
            };
            if let Some(label) = self.main {
                let response = match self.look {
                    Look::Danger => danger_button(ui, label),
                    Look::Primary if self.careful => quiet_button(ui, label),
                    Look::Primary => primary_button_if(ui, label, self.blocked),
                };
                first = Some(one(ui, response, Answer::Main));
            }
            if let Some(label) = self.second {
                let response = quiet_button(ui, label);
                one(ui, response, Answer::Second);
            }
            let response = quiet_button(ui, self.cancel);
            let cancel = one(ui, response, Answer::Cancel);
            if self.careful || first.is_none() {
                first = Some(cancel);
            }
        });
        if opened {
            ui.memory_mut(|memory| {
                if let (None, Some(id)) = (memory.focused(), first) {
                    memory.request_focus(id);
                }
            });
        }
        answer
    }
}

/// Says that Enter belongs to this control while it has the keyboard (a button, a field of several lines, an open list).
pub fn own_enter(ui: &Ui, response: &Response) {
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(enter_owner(), response.id));
    }
}

/// Keeps arrow keys for this control while it has the keyboard.
pub fn own_arrows(ui: &Ui, response: &Response) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
}

fn enter_owner() -> Id {
    Id::unique("the control that keeps Enter")
}

/// Whether the dialog was not drawn in the pass before.
fn just_opened(ctx: &Context, id: Id) -> bool {
    let pass = ctx.cumulative_pass_nr();
    let key = id.with("pass");
    let before = ctx.data_mut(|data| data.get_temp::<u64>(key));
    ctx.data_mut(|data| data.insert_temp(key, pass));
    before.is_none_or(|before| before + 1 < pass)
}

/// Seconds since the dialog was opened.
fn age(ctx: &Context, id: Id, opened: bool) -> f64 {
    let now = ctx.input(|input| input.time);
    let key = id.with("opened at");
    if opened {
        ctx.data_mut(|data| data.insert_temp(key, now));
    }
    now - ctx.data(|data| data.get_temp(key)).unwrap_or(now)
}

/// Opacity of a dialog of this age: it appears within a tenth of a second, at once when animations are off.
fn fade(ctx: &Context, age: f64) -> f32 {
    if ctx.global_style().animation_time <= 0.0 {
        return 1.0;
    }
    #[allow(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let share = (age / f64::from(theme::FADE)).clamp(0.0, 1.0) as f32;
    if share < 1.0 {
        ctx.request_repaint();
    }
    share
}
