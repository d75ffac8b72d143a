//! The window painted by the processor, where OpenGL would only be imitated: faster to start, lighter, and no driver needed.

mod damage;
mod raster;

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use eframe::egui::epaint::ClippedPrimitive;
use eframe::egui::{
    self, Context, FullOutput, RawInput, TexturesDelta, Ui, ViewportBuilder, ViewportCommand, ViewportEvent, ViewportId,
    ViewportInfo,
};
use egui_winit::winit::application::ApplicationHandler;
use egui_winit::winit::event::WindowEvent;
use egui_winit::winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy, OwnedDisplayHandle};
use egui_winit::winit::window::{Window, WindowId};
use egui_winit::{ActionRequested, accesskit_winit};

use crate::app::{App, fit};
use raster::{Area, Canvas, Textures};

/// The least time from one picture to the next; nothing else holds the drawing back.
const PICTURE: Duration = Duration::from_millis(16);
/// How often a picture is laid out at most.
const TWICE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
/// Rows that are worth a thread of their own.
const BAND: usize = 256;

type Surface = softbuffer::Surface<OwnedDisplayHandle, Arc<Window>>;
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A program with its first picture laid out before there was a window: the display and the typefaces are got ready side by side.
pub struct Prepared {
    app: App,
    output: FullOutput,
}

impl Prepared {
    /// Lays the first picture out for a window of this size.
    pub fn new(ctx: &Context, mut app: App, size: egui::Vec2) -> Self {
        let screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size));
        let mut input = RawInput { screen_rect, time: Some(0.0), ..RawInput::default() };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(1.0);
        }
        let output = draw(ctx, &mut app, input);
        Self { app, output }
    }
}

/// Opens the window and returns when it is closed; `is_open` is set as soon as the display's libraries are loaded.
///
/// # Errors
/// There is no window to be had, or the program in it does not start.
pub fn run<F>(viewport: ViewportBuilder, is_open: Arc<AtomicBool>, start_app: F) -> Result<(), Failure>
where
    F: FnOnce(&Context) -> Result<App, Failure> + Send + 'static,
{
    let ctx = Context::default();
    // As eframe has it: a picture whose layout was a guess is laid out once more before it is shown.
    ctx.options_mut(|options| options.max_passes = TWICE);
    let size = viewport.inner_size.unwrap_or(egui::vec2(1320.0, 840.0));
    let prepare = {
        let ctx = ctx.clone();
        move || Ok(Prepared::new(&ctx, start_app(&ctx)?, size))
    };
    let starting = thread::Builder::new().name("moorline-start".into()).spawn(prepare)?;
    let events = EventLoop::with_user_event().build()?;
    let proxy = events.create_proxy();
    let mut host = Host { ctx, viewport, proxy, is_open, starting: Some(starting), window: None, result: Ok(()) };
    events.run_app(&mut host)?;
    host.result
}

/// What wakes the event loop from other threads.
enum Wake {
    /// The window is to be drawn then.
    Draw(Instant),
    /// A screen reader asks for something.
    Access(accesskit_winit::Event),
}

impl From<accesskit_winit::Event> for Wake {
    fn from(event: accesskit_winit::Event) -> Self {
        Self::Access(event)
    }
}

/// The side of the event loop.
struct Host {
    ctx: Context,
    viewport: ViewportBuilder,
    proxy: EventLoopProxy<Wake>,
    is_open: Arc<AtomicBool>,
    starting: Option<JoinHandle<Result<Prepared, Failure>>>,
    window: Option<Open>,
    result: Result<(), Failure>,
}

/// The window while it is open.
struct Open {
    ctx: Context,
    app: App,
    window: Arc<Window>,
    state: egui_winit::State,
    info: ViewportInfo,
    requested: Vec<ActionRequested>,
    surface: Surface,
    textures: Textures,
    delta: TexturesDelta,
    damage: damage::Damage,
    is_shown: bool,
    drawn: Instant,
    next: Option<Instant>,
}

impl Host {
    fn open(&mut self, events: &ActiveEventLoop, starting: JoinHandle<Result<Prepared, Failure>>) -> Result<Open, Failure> {
        // Shown with the first picture, not before it.
        let viewport = within_screen(self.viewport.clone(), events).with_visible(false);
        let window = Arc::new(egui_winit::create_window(&self.ctx, events, &viewport)?);
        let mut state =
            egui_winit::State::new(self.ctx.clone(), ViewportId::ROOT, &window, Some(scale_of(&window)), window.theme(), None);
        state.init_accesskit(events, &window, self.proxy.clone());
        #[cfg(target_os = "macos")]
        crate::app::menu_bar::install(&self.ctx);
        let mut info = ViewportInfo::default();
        egui_winit::update_viewport_info(&mut info, &self.ctx, &window, true);
        let context = softbuffer::Context::new(events.owned_display_handle()).map_err(|error| error.to_string())?;
        let surface = Surface::new(&context, Arc::clone(&window)).map_err(|error| error.to_string())?;
        // Before the program is asked for: what it wants drawn from now on is not lost.
        let proxy = Mutex::new(self.proxy.clone());
        self.ctx.set_request_repaint_callback(move |request| {
            let wake = Wake::Draw(Instant::now() + request.delay);
            // Fails only when the loop has ended.
            let _ = proxy.lock().unwrap_or_else(PoisonError::into_inner).send_event(wake);
        });
        let Prepared { app, output } = match starting.join() {
            Ok(prepared) => prepared?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let mut open = Open {
            ctx: self.ctx.clone(),
            app,
            window,
            state,
            info,
            requested: Vec::new(),
            surface,
            textures: Textures::default(),
            delta: TexturesDelta::default(),
            damage: damage::Damage::default(),
            is_shown: false,
            drawn: Instant::now(),
            next: None,
        };
        open.take(output, events);
        Ok(open)
    }

    fn draw(&mut self, events: &ActiveEventLoop) {
        let Some(open) = &mut self.window else { return };
        match open.draw(events) {
            Ok(true) => {}
            Ok(false) => events.exit(),
            Err(error) => {
                self.result = Err(error);
                events.exit();
            }
        }
    }
}

impl Open {
    /// Runs the program once and paints what it shows; false when the window is to be closed.
    fn draw(&mut self, events: &ActiveEventLoop) -> Result<bool, Failure> {
        self.drawn = Instant::now();
        self.next = None;
        egui_winit::update_viewport_info(&mut self.info, &self.ctx, &self.window, false);
        let mut input = self.state.take_egui_input(&self.window);
        input.viewports = std::iter::once((ViewportId::ROOT, self.info.clone())).collect();
        self.app.complete(&self.ctx, &mut input);
        let asks_to_close = self.info.close_requested();
        self.info.events.clear();
        let output = draw(&self.ctx, &mut self.app, input);
        let commands = output.viewport_output.get(&ViewportId::ROOT).map(|output| output.commands.as_slice());
        if asks_to_close && !commands.is_some_and(|commands| commands.contains(&ViewportCommand::CancelClose)) {
            return Ok(false);
        }
        let scale = output.pixels_per_point;
        let shapes = self.take(output, events);
        let primitives = self.ctx.tessellate(shapes, scale);
        self.paint(&primitives, scale)?;
        Ok(true)
    }

    /// Does what a picture asks of the system, and returns its shapes.
    fn take(&mut self, mut output: FullOutput, events: &ActiveEventLoop) -> Vec<egui::epaint::ClippedShape> {
        self.delta.append(std::mem::take(&mut output.textures_delta));
        self.state.handle_platform_output_with_event_loop(&self.window, events, output.platform_output);
        let commands = output.viewport_output.remove(&ViewportId::ROOT).map(|output| output.commands).unwrap_or_default();
        egui_winit::process_viewport_commands(&self.ctx, &mut self.info, commands, &self.window, &mut self.requested);
        for request in self.requested.drain(..) {
            let input = &mut self.state.egui_input_mut().events;
            match request {
                ActionRequested::Cut => input.push(egui::Event::Cut),
                ActionRequested::Copy => input.push(egui::Event::Copy),
                ActionRequested::Paste => {
                    if let Some(text) = self.state.clipboard_text().filter(|text| !text.is_empty()) {
                        self.state.egui_input_mut().events.push(egui::Event::Paste(text.replace("\r\n", "\n")));
                    }
                }
                // The program asks for neither.
                ActionRequested::Screenshot(_) | ActionRequested::PaintWhileHidden => {}
            }
        }
        if !self.info.events.is_empty() || !self.state.egui_input().events.is_empty() {
            self.draw_at(Instant::now());
        }
        output.shapes
    }

    /// Brings the picture on the screen; only what has changed is painted anew where the system kept the last picture.
    fn paint(&mut self, primitives: &[ClippedPrimitive], scale: f32) -> Result<(), Failure> {
        let size = self.window.inner_size();
        let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height)) else { return Ok(()) };
        let [columns, rows] = [size.width as usize, size.height as usize];
        let has_changed = self.textures.set(&mut self.delta);
        self.surface.resize(width, height).map_err(|error| error.to_string())?;
        let mut buffer = self.surface.buffer_mut().map_err(|error| error.to_string())?;
        let is_lost = buffer.age() != 1;
        let areas = self.damage.next([columns, rows], primitives, scale, has_changed || is_lost);
        let background = self.ctx.global_style().visuals.panel_fill;
        for area in areas {
            paint_in_bands(&mut buffer, columns, area, |canvas, area| {
                canvas.clear(area, background);
                canvas.paint(area, primitives, scale, &self.textures);
            });
        }
        self.textures.free(&mut self.delta);
        if !self.is_shown {
            self.window.set_visible(true);
        }
        buffer.present().map_err(|error| error.to_string())?;
        if !std::mem::replace(&mut self.is_shown, true) {
            after_first_picture(&self.ctx);
        }
        Ok(())
    }

    /// Draws then, or earlier if something else wants it earlier.
    fn draw_at(&mut self, at: Instant) {
        let at = at.max(self.drawn + PICTURE);
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}

impl ApplicationHandler<Wake> for Host {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some(starting) = self.starting.take() else { return };
        match self.open(events, starting) {
            Ok(open) => {
                self.is_open.store(true, Ordering::Release);
                self.window = Some(open);
                self.draw(events);
            }
            Err(error) => {
                self.result = Err(error);
                events.exit();
            }
        }
    }

    fn user_event(&mut self, _: &ActiveEventLoop, event: Wake) {
        let Some(open) = &mut self.window else { return };
        match event {
            Wake::Draw(at) => open.draw_at(at),
            Wake::Access(event) => match event.window_event {
                accesskit_winit::WindowEvent::InitialTreeRequested => {
                    self.ctx.enable_accesskit();
                    open.draw_at(Instant::now());
                }
                accesskit_winit::WindowEvent::ActionRequested(request) => {
                    open.state.on_accesskit_action_request(request);
                    open.draw_at(Instant::now());
                }
                accesskit_winit::WindowEvent::AccessibilityDeactivated => self.ctx.disable_accesskit(),
            },
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(open) = &mut self.window else { return };
        match event {
            WindowEvent::RedrawRequested => return self.draw(events),
            WindowEvent::CloseRequested => {
                open.info.events.push(ViewportEvent::Close);
                open.draw_at(Instant::now());
            }
            WindowEvent::Occluded(is_occluded) => open.info.occluded = Some(is_occluded),
            _ => {}
        }
        if open.state.on_window_event(&open.window, &event).repaint {
            open.draw_at(Instant::now());
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let due = |open: &Open| open.next.is_some_and(|next| next <= Instant::now());
        if self.window.as_ref().is_some_and(due) {
            self.draw(events);
        }
        let next = self.window.as_ref().and_then(|open| open.next);
        events.set_control_flow(next.map_or(ControlFlow::Wait, ControlFlow::WaitUntil));
    }

    fn exiting(&mut self, _: &ActiveEventLoop) {
        self.ctx.on_exit();
        if let Some(mut open) = self.window.take() {
            open.delta.clear();
        }
    }
}

/// What can wait until there is something to look at: the icon, and the search for the system's typefaces.
fn after_first_picture(ctx: &Context) {
    ctx.add_font_provider(Arc::new(egui_system_font_provider::SystemFontProvider::new()));
    if let Some(icon) = super::icon() {
        ctx.send_viewport_cmd(ViewportCommand::Icon(Some(Arc::new(icon))));
    }
}

/// One turn of the program.
fn draw(ctx: &Context, app: &mut App, input: RawInput) -> FullOutput {
    ctx.run_ui(input, |ui: &mut Ui| {
        app.follow(ui.ctx());
        app.show(ui);
    })
}

/// A tall area is painted by several threads, each its own rows.
fn paint_in_bands(pixels: &mut [u32], width: usize, area: Area, paint: impl Fn(&mut Canvas<'_>, Area) + Sync) {
    let rows = area.bottom.saturating_sub(area.top);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(rows.div_ceil(BAND)).max(1);
    let band = rows.div_ceil(threads).max(1);
    let Some(pixels) = pixels.get_mut(area.top * width..area.bottom * width) else { return };
    let bands = pixels.chunks_mut((band * width).max(1)).enumerate().map(|(number, pixels)| {
        let top = area.top + number * band;
        (Canvas { pixels, width, top }, Area { top, bottom: (top + band).min(area.bottom), ..area })
    });
    thread::scope(|scope| {
        let mut bands = bands.peekable();
        while let Some((mut canvas, area)) = bands.next() {
            let paint = &paint;
            if bands.peek().is_none() {
                paint(&mut canvas, area);
            } else {
                scope.spawn(move || paint(&mut canvas, area));
            }
        }
    });
}

/// A window that is larger than the screen is not even shown so.
fn within_screen(viewport: ViewportBuilder, events: &ActiveEventLoop) -> ViewportBuilder {
    let (Some(size), Some(screen)) = (viewport.inner_size, events.primary_monitor()) else { return viewport };
    let extent = screen.size().to_logical::<f32>(screen.scale_factor());
    viewport.with_inner_size(fit::within(size, egui::vec2(extent.width, extent.height), true))
}

/// The display's pixels for each point.
#[allow(clippy::cast_possible_truncation, reason = "scales are small")]
fn scale_of(window: &Window) -> f32 {
    window.scale_factor() as f32
}
