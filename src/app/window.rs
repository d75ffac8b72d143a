//! The window's life: events in, drawing, actions, effects, and when to draw again.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui::{self, Context, ThemePreference, ViewportCommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::control_click::ControlClick;
use crate::app::drag_pointer::DragPointer;
use crate::app::effects::{Outside, perform};
use crate::app::fit::Fit;
use crate::app::in_order::InOrder;
use crate::app::keyboard;
use crate::app::system::{self, Wishes};
use crate::engine::{Command, Engine, EventBody};
use crate::model::log::{LogKind, LogLine};
use crate::model::session::Phase;
use crate::model::settings::ThemeChoice;
use crate::screen::absorb::absorb;
use crate::screen::reduce::reduce;
use crate::screen::state::{Focus, PanelTab};
use crate::screen::{Action, Effect, Screen, Side};
use crate::ui::{View, dialogs, layout, theme, toasts};

/// How often moving transfers are drawn.
const MOVING: Duration = Duration::from_millis(100);
/// A turn of effects that lead to actions ends after so many.
const TURNS: usize = 1_000;
/// How long after a person's last touch seconds are counted down; then the window sleeps. In seconds.
const WATCHED: f64 = 15.0;

/// The window's program.
pub struct App {
    engine: Engine,
    screen: Screen,
    /// Opened once the saved sites are known.
    address: Option<String>,
    later: Receiver<Action>,
    sender: Sender<Action>,
    wishes: Receiver<Wishes>,
    wish_sender: Sender<Wishes>,
    zone: TimeZone,
    drag_pointer: DragPointer,
    in_order: InOrder,
    control_click: ControlClick,
    fit: Fit,
    /// Whether the saved settings have come.
    is_set_up: bool,
    title: String,
    was_focused: bool,
    /// When somebody last touched the window, in seconds of its clock.
    touched: f64,
}

impl App {
    /// The window over a running engine; connects to `address` when one is given.
    #[must_use]
    pub fn new(ctx: &Context, engine: Engine, address: Option<String>) -> Self {
        theme::install(ctx);
        let (sender, later) = channel();
        let (wish_sender, wishes) = channel();
        system::ask_wishes(ctx, wish_sender.clone());
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let screen = Screen { home, system_dark: true, ..Screen::default() };
        Self {
            engine,
            screen,
            address,
            later,
            sender,
            wishes,
            wish_sender,
            zone: TimeZone::system(),
            drag_pointer: DragPointer::default(),
            in_order: InOrder::default(),
            control_click: ControlClick::default(),
            fit: Fit::default(),
            is_set_up: false,
            title: String::new(),
            was_focused: true,
            touched: 0.0,
        }
    }

    /// What is shown, for tests.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Reduces actions and performs what follows, until nothing more follows.
    fn act(&mut self, ctx: &Context, actions: Vec<Action>) {
        let before = (self.screen.focus, self.screen.active);
        let mut waiting: VecDeque<Action> = actions.into();
        for _ in 0..TURNS {
            let Some(action) = waiting.pop_front() else { break };
            let effects = reduce(&mut self.screen, action);
            self.perform(ctx, effects);
        }
        // The keyboard follows the screen: out of the address field once it was entered, into the pane that became active.
        if before != (self.screen.focus, self.screen.active) {
            let id = keyboard::focus_id(&self.screen, self.screen.focus);
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
    }

    fn perform(&mut self, ctx: &Context, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::CloseWindow) {
                let kept = self.window_place(ctx).map(|place| reduce(&mut self.screen, place)).unwrap_or_default();
                let outside = Outside { ctx, engine: &self.engine, later: &self.sender };
                kept.into_iter().for_each(|effect| perform(&outside, &self.screen, effect));
            }
            let outside = Outside { ctx, engine: &self.engine, later: &self.sender };
            perform(&outside, &self.screen, effect);
        }
    }

    /// The window's size, to be kept for the next time.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the type's range")]
    fn window_place(&self, ctx: &Context) -> Option<Action> {
        let zoom = ctx.zoom_factor();
        ctx.input(|input| {
            let info = input.viewport();
            let size = info.inner_rect?.size() * zoom;
            let maximized = info.maximized.unwrap_or(false);
            let points = |length: f32| length.round().clamp(1.0, f32::from(u16::MAX)) as u16;
            // A maximized window keeps the size that it had before, and so does one that only had to fit its screen.
            let is_kept = maximized || self.fit.is_untouched(size);
            let size = match (is_kept, self.screen.settings.window) {
                (true, Some(before)) => (before.width, before.height),
                _ => (points(size.x), points(size.y)),
            };
            Some(Action::WindowPlace { width: size.0, height: size.1, maximized })
        })
    }

    fn take_events(&mut self, ctx: &Context, now: f64) {
        while let Some(event) = self.engine.next_event() {
            let ready = matches!(event.body, EventBody::Settings(_));
            let effects = absorb(&mut self.screen, event, now);
            self.perform(ctx, effects);
            self.is_set_up |= ready;
            if ready && let Some(address) = self.address.take() {
                self.act(ctx, vec![Action::OpenAddress(address)]);
            }
        }
        self.screen.take_queue(self.engine.queue().summary(), now);
        let later: Vec<Action> = self.later.try_iter().collect();
        self.act(ctx, later);
    }

    fn take_wishes(&mut self, ctx: &Context) {
        for wishes in self.wishes.try_iter() {
            self.screen.system_dark = wishes.dark.unwrap_or(true);
            if wishes.less_motion {
                theme::reduce_motion(ctx);
            }
        }
        let focused = ctx.input(|input| input.viewport().focused.unwrap_or(true));
        if focused && !self.was_focused {
            system::ask_wishes(ctx, self.wish_sender.clone());
            // Another window may have had the keyboard meanwhile.
            self.engine.send(Command::LookForSaved);
        }
        self.was_focused = focused;
    }

    /// Writes the trouble that was told into the log: a message goes before everybody has read it.
    fn log_trouble(&mut self) {
        for text in std::mem::take(&mut self.screen.untold) {
            let line = LogLine { at: Timestamp::now(), connection: 0, kind: LogKind::Problem, text };
            self.engine.log().push(line);
        }
    }

    /// Theme, scale and title as the screen has them.
    fn dress(&mut self, ctx: &Context) {
        let dark = match self.screen.settings.theme {
            ThemeChoice::System => self.screen.system_dark,
            ThemeChoice::Dark => true,
            ThemeChoice::Light => false,
        };
        let wanted = if dark { ThemePreference::Dark } else { ThemePreference::Light };
        if ctx.options(|options| options.theme_preference) != wanted {
            ctx.set_theme(wanted);
        }
        let zoom = f32::from(self.screen.settings.scale_percent.clamp(50, 300)) / 100.0;
        if (ctx.zoom_factor() - zoom).abs() > 0.001 {
            ctx.set_zoom_factor(zoom);
        }
        let title = match &self.screen.session.site {
            Some(site) if self.screen.session.phase != Phase::Offline => format!("{} – Moorline", site.name),
            _ => "Moorline".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// The keyboard is always somewhere: where the screen says, when no widget has it.
    fn keep_focus(&self, ctx: &Context) {
        let is_modal = self.screen.dialog.is_some() || !self.screen.questions.is_empty() || egui::Popup::is_any_open(ctx);
        if is_modal || ctx.memory(|memory| memory.focused()).is_some() || self.screen.focus == Focus::Address {
            return;
        }
        let id = keyboard::focus_id(&self.screen, self.screen.focus);
        ctx.memory_mut(|memory| memory.request_focus(id));
    }

    /// Draws again when something that is shown changes by itself; otherwise the window sleeps.
    fn schedule(&self, ctx: &Context, now: f64) {
        if self.screen.queue.running > 0 {
            ctx.request_repaint_after(MOVING);
        }
        let session = &self.screen.session;
        let instant = Instant::now();
        let watched_for = WATCHED - (now - self.touched);
        let counted = match session.phase {
            Phase::Adrift { next_attempt, .. } => Some(next_attempt),
            Phase::Moored | Phase::Leaving(_) if watched_for > 0.0 => {
                // One more frame, for the times of day that stand still from then on.
                ctx.request_repaint_after(Duration::from_secs_f64(watched_for + 0.01));
                session.next_keep_alive
            }
            _ => None,
        };
        // The timeline moves with the present for as long as somebody may be looking at it.
        if self.screen.tab == PanelTab::Timeline && session.phase != Phase::Offline && watched_for > 0.0 {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
        if let Some(at) = counted.filter(|at| *at > instant) {
            let left = at.saturating_duration_since(instant);
            ctx.request_repaint_after(Duration::from_nanos(u64::from(left.subsec_nanos()) + 1_000_000));
        } else if session.phase == Phase::Moored && watched_for > 0.0 {
            ctx.request_repaint_after(Duration::from_secs(30));
        }
        let next = self.screen.toasts.iter().map(|toast| toast.until - now).filter(|left| left.is_finite()).reduce(f64::min);
        if let Some(left) = next.filter(|_| !self.screen.toasts_held) {
            ctx.request_repaint_after(Duration::from_secs_f64(left.clamp(0.01, 3_600.0)));
        }
    }
}

impl App {
    /// Adds to the input what the toolkit does not tell, reads clicks as this system means them, and has all of it read in its order.
    pub fn complete(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        self.drag_pointer.add_to(ctx, input);
        if cfg!(target_os = "macos") {
            self.control_click.translate(&mut input.events);
        }
        self.in_order.admit(input);
    }

    /// Takes in what has happened since the last picture, and answers a request to close.
    pub fn follow(&mut self, ctx: &Context) {
        let (now, asks_to_close) = ctx.input(|input| (input.time, input.viewport().close_requested()));
        self.take_events(ctx, now);
        self.take_wishes(ctx);
        let mut actions = vec![Action::Tick { now }];
        if asks_to_close && !self.screen.may_close {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            actions.push(Action::CloseRequested);
        }
        self.act(ctx, actions);
        self.log_trouble();
        if self.is_set_up {
            let left = self.screen.settings.window.map(|place| egui::vec2(place.width.into(), place.height.into()));
            self.fit.begin(ctx, left);
        }
        self.dress(ctx);
    }

    /// Shows the screen, and does what a person did to it.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let now = ctx.input(|input| input.time);
        self.in_order.shown(&ctx);
        theme::note_input(&ctx);
        if ctx.input(|input| !input.events.is_empty() || input.pointer.is_moving()) {
            self.touched = now;
        }
        self.keep_focus(&ctx);
        let mut actions = Vec::new();
        keyboard::take_verbs(&ctx, &self.screen, &mut actions);
        let view = View {
            screen: &self.screen,
            queue: self.engine.queue(),
            log: self.engine.log(),
            chronicle: self.engine.chronicle(),
            instant: Instant::now(),
            now: Timestamp::now(),
            zone: &self.zone,
            is_watched: now - self.touched < WATCHED,
        };
        layout::show(ui, &view, &mut actions);
        dialogs::show(&ctx, &self.screen, &mut actions);
        toasts::show(&ctx, &self.screen, &mut actions);
        for side in [Side::Local, Side::Remote] {
            self.screen.pane_mut(side).reveal = None;
        }
        if !actions.is_empty() {
            self.act(&ctx, actions);
            self.log_trouble();
            self.dress(&ctx);
            ctx.request_repaint();
        }
        self.schedule(&ctx, now);
    }
}

/// The window as eframe runs it; the one painted by the processor runs the same three.
impl eframe::App for App {
    fn raw_input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        self.complete(ctx, input);
    }

    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.follow(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}
