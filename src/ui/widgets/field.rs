//! Labelled fields: the label above, then the field, then what is wrong with it or what it means.

use eframe::egui::{
    self, ComboBox, CornerRadius, DragValue, Frame, Label, Layout, Margin, Response, RichText, Stroke, StrokeKind, TextEdit, Ui,
    Vec2, pos2, text::CCursor, text::CCursorRange, vec2,
};

use crate::ui::icon::Icon;
use crate::ui::tokens::{size, tokens};
use crate::ui::widgets::button::icon_button_at;
use crate::ui::widgets::modal::own_enter;
use crate::ui::{fonts, text};

/// Height of a field in points.
pub const HEIGHT: f32 = 30.0;

/// A field for text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    label: &'a str,
    hint: &'a str,
    note: &'a str,
    error: Option<&'a str>,
    mono: bool,
    lines: usize,
    focus: bool,
    select: usize,
}

impl<'a> Field<'a> {
    /// A field of one line; its label names it.
    #[must_use]
    pub fn new(label: &'a str) -> Self {
        Self { label, lines: 1, ..Self::default() }
    }

    /// What stands in it while it is empty.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// What it means, below it.
    #[must_use]
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// What is wrong, below it, instead of the note; empty when it is said elsewhere.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Monospaced: paths, digits of a mode.
    #[must_use]
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Several lines, in which Enter begins a new one.
    #[must_use]
    pub fn lines(mut self, lines: usize) -> Self {
        self.lines = lines;
        self
    }

    /// Takes the keyboard now, with the first `select` characters selected.
    #[must_use]
    pub fn focus(mut self, focus: bool, select: usize) -> Self {
        self.focus = focus;
        self.select = select;
        self
    }

    /// Draws it over the available width.
    pub fn show(self, ui: &mut Ui, value: &mut String) -> Response {
        self.draw(ui, value, None)
    }

    /// Draws it with hidden characters and a button that shows them.
    pub fn password(self, ui: &mut Ui, value: &mut String, reveal: &mut bool) -> Response {
        self.draw(ui, value, Some(reveal))
    }

    fn draw(self, ui: &mut Ui, value: &mut String, reveal: Option<&mut bool>) -> Response {
        let t = tokens(ui);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            let name = label(ui, self.label);
            let width = ui.available_width();
            let font = if self.mono { fonts::mono(12.0) } else { fonts::regular(size::BODY) };
            let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
            let right = if reveal.is_some() { 32 } else { 10 };
            #[allow(clippy::cast_possible_truncation, reason = "between 0 and 12")]
            let above = ((HEIGHT - row) / 2.0).floor().clamp(0.0, 12.0) as i8;
            let frame = Frame::NONE.inner_margin(Margin { left: 10, right, top: above, bottom: above });
            let ground = ui.painter().add(egui::Shape::Noop);
            let edit =
                if self.lines > 1 { TextEdit::multiline(value).desired_rows(self.lines) } else { TextEdit::singleline(value) };
            let response = edit
                .id(ui.scope_id().with(("field", self.label)))
                .hint_text(RichText::new(self.hint).font(font.clone()).color(t.subdued))
                .password(reveal.as_ref().is_some_and(|reveal| !**reveal))
                .font(font)
                .text_color(t.text)
                .frame(frame)
                .min_size(vec2(width, HEIGHT))
                .desired_width(width)
                .show(ui);
            let mut state = response.state;
            let response = response.response.response;
            if self.focus {
                response.request_focus();
                state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(self.select))));
                state.store(ui.ctx(), response.id);
            }
            if self.lines > 1 {
                own_enter(ui, &response);
            }
            let wrong = self.error.is_some();
            let rim = match (response.has_focus(), wrong) {
                (true, false) => Stroke::new(1.5, t.accent),
                (true, true) => Stroke::new(1.5, t.bad),
                (false, true) => Stroke::new(1.0, t.bad),
                (false, false) => Stroke::new(1.0, t.line),
            };
            let box_shape =
                egui::epaint::RectShape::new(response.rect, CornerRadius::same(size::RADIUS), t.panel, rim, StrokeKind::Inside);
            ui.painter().set(ground, box_shape);
            if let Some(reveal) = reveal {
                let side = HEIGHT - 4.0;
                let place = egui::Rect::from_min_size(
                    pos2(response.rect.right() - side - 2.0, response.rect.top() + 2.0),
                    Vec2::splat(side),
                );
                let eye = ui.interact(place, response.id.with("reveal"), egui::Sense::click());
                let (icon, words) = if *reveal { (Icon::EYE_OFF, "Hide the password") } else { (Icon::EYE, "Show the password") };
                let eye = icon_button_at(ui, place, eye, icon, words, words, None);
                own_enter(ui, &eye);
                if eye.clicked() {
                    *reveal = !*reveal;
                }
            }
            below(ui, self.error, self.note);
            response.labelled_by(name.id)
        })
        .inner
    }
}

/// The label above a field.
pub fn label(ui: &mut Ui, words: &str) -> Response {
    let words = text::small(ui, words);
    ui.add(Label::new(words))
}

/// The line below a field: what is wrong, or what it means.
pub fn below(ui: &mut Ui, error: Option<&str>, note: &str) {
    let t = tokens(ui);
    if let Some(error) = error {
        if error.is_empty() {
            return;
        }
        ui.add(Label::new(text::small(ui, error).color(t.bad)).wrap());
    } else if !note.is_empty() {
        ui.add(Label::new(text::small(ui, note).line_height(Some(15.5))).wrap());
    }
}

/// A line below a field that a person should think about.
pub fn warning(ui: &mut Ui, words: &str) {
    let words = text::small(ui, words).line_height(Some(15.5)).color(tokens(ui).warn_text);
    ui.add(Label::new(words).wrap());
}

/// A whole number between two limits, with buttons for one less and one more.
pub fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    name: &str,
    value: &mut N,
    limits: std::ops::RangeInclusive<N>,
    words: impl Fn(f64) -> String,
) {
    let t = tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let name_label = label(ui, name);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let ground = ui.painter().add(egui::Shape::Noop);
            let (low, high) = (limits.start().to_f64(), limits.end().to_f64());
            if stepper(ui, Icon::MINUS, &format!("{name}: one less"), value.to_f64() <= low) {
                *value = N::from_f64((value.to_f64() - 1.0).max(low));
            }
            let drag = DragValue::new(value).range(limits).speed(0.05).custom_formatter(|value, _| words(value));
            let response = ui.add_sized(vec2(112.0, HEIGHT), drag).labelled_by(name_label.id);
            own_enter(ui, &response);
            if stepper(ui, Icon::PLUS, &format!("{name}: one more"), value.to_f64() >= high) {
                *value = N::from_f64((value.to_f64() + 1.0).min(high));
            }
            let rim = if response.has_focus() { Stroke::new(1.5, t.accent) } else { Stroke::new(1.0, t.line) };
            let place = ui.min_rect();
            ui.painter().set(
                ground,
                egui::epaint::RectShape::new(place, CornerRadius::same(size::RADIUS), t.panel, rim, StrokeKind::Inside),
            );
        });
    });
}

fn stepper(ui: &mut Ui, icon: Icon, name: &str, at_end: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(HEIGHT - 2.0, HEIGHT), egui::Sense::click());
    own_enter(ui, &response);
    let why_not = at_end.then_some("");
    icon_button_at(ui, rect.shrink(3.0), response, icon, name, "", why_not).clicked()
}

/// A choice from a list that opens.
pub fn choice<T: PartialEq + Clone>(ui: &mut Ui, name: &str, value: &mut T, choices: &[(T, String)]) {
    let t = tokens(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let name_label = label(ui, name);
        let now = choices.iter().find(|(choice, _)| choice == value).map_or("", |(_, words)| words.as_str());
        let width = ui.available_width();
        let visuals = &mut ui.visuals_mut().widgets;
        for state in [&mut visuals.inactive, &mut visuals.hovered, &mut visuals.active, &mut visuals.open] {
            state.weak_bg_fill = t.panel;
            state.bg_stroke = Stroke::new(1.0, t.line);
        }
        visuals.hovered.weak_bg_fill = t.pressed;
        visuals.open.bg_stroke = Stroke::new(1.5, t.accent);
        ui.spacing_mut().interact_size.y = HEIGHT;
        ui.spacing_mut().button_padding = vec2(10.0, 6.0);
        let combo = ComboBox::from_id_salt(("choice", name))
            .width(width)
            .truncate()
            .selected_text(text::body(ui, now))
            .icon(|ui, rect, _, _| Icon::CHEVRON_DOWN.paint(ui.painter(), rect.center(), size::ICON_SMALL, tokens(ui).subdued));
        let response = combo.show_ui(ui, |ui| {
            ui.spacing_mut().interact_size.y = 26.0;
            for (choice, words) in choices {
                if ui.selectable_label(choice == value, words.as_str()).clicked() {
                    *value = choice.clone();
                }
            }
        });
        let response = response.response.labelled_by(name_label.id);
        own_enter(ui, &response);
        if response.has_focus() {
            ui.painter().rect_stroke(
                response.rect,
                CornerRadius::same(size::RADIUS),
                Stroke::new(1.5, t.accent),
                StrokeKind::Inside,
            );
        }
    });
}

/// Lays fields side by side: each takes its width in points; a width of zero takes what is left.
pub fn row<const N: usize>(ui: &mut Ui, widths: [f32; N], cell: impl FnMut(&mut Ui, usize)) {
    columns(ui, 12.0, widths, cell);
}

/// As [`row`], `gap` points apart.
pub fn columns<const N: usize>(ui: &mut Ui, gap: f32, widths: [f32; N], mut cell: impl FnMut(&mut Ui, usize)) {
    let fixed: f32 = widths.iter().sum();
    let open = widths.iter().filter(|width| **width <= 0.0).count().max(1);
    #[allow(clippy::cast_precision_loss, reason = "a handful of cells")]
    let rest = (ui.available_width() - fixed - gap * (N.saturating_sub(1)) as f32) / open as f32;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (index, width) in widths.into_iter().enumerate() {
            let width = if width > 0.0 { width } else { rest };
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(egui::Align::Min), |ui| {
                ui.set_width(width);
                cell(ui, index);
            });
        }
    });
}

/// A paragraph of body text.
pub fn paragraph(ui: &mut Ui, words: RichText) {
    ui.add(Label::new(words.line_height(Some(17.0))).wrap());
}
