//! The window: starts it, feeds it with the engine's events, and does outside of it what the screen asks for.

mod control_click;
mod cpu;
mod drag_pointer;
mod effects;
mod fit;
mod in_order;
mod keyboard;
pub mod machine;
#[cfg(target_os = "macos")]
mod menu_bar;
pub mod programs;
mod renderer;
mod system;
mod waker;
mod window;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use eframe::egui;
use jiff::tz::TimeZone;

use crate::engine::trash::SystemTrash;
use crate::engine::{Engine, Options, System};
#[cfg(feature = "practice")]
use crate::practice::Practice;
use crate::store::places::Places;
use renderer::Renderer;
pub use waker::WindowWaker;
pub use window::App;

/// How the window is started.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// An address or a site's name to connect to.
    pub address: Option<String>,
    /// Connect to a practice server inside the program (builds with the feature `practice` only).
    pub practice: bool,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither X11 nor Wayland is there.
    #[error("There is no display to open a window on. Set DISPLAY or WAYLAND_DISPLAY, or use `moorline ls`, `get` and `put`.")]
    NoDisplay,
    /// A library of the system, or OpenGL, is missing.
    #[error("The window could not be opened: {0}. {advice}", advice = system::ADVICE)]
    Window(String),
    /// The practice server does not start.
    #[error("The practice server could not be started: {0}.")]
    Practice(#[source] io::Error),
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// There is no display, a library is missing, or the practice server does not start.
pub fn run(start: Start) -> Result<(), Error> {
    if !system::has_display() {
        return Err(Error::NoDisplay);
    }
    look_up_zone();
    #[cfg(feature = "practice")]
    let (start, _practice) = with_practice(start)?;
    let places = Places::of_user();
    // Only a look: the engine loads the settings, and its notice must not be lost when the file is damaged.
    let settings = places.as_ref().map(crate::store::settings::peek).unwrap_or_default();
    let viewport = viewport(settings.window);
    let opened = Arc::new(AtomicBool::new(false));
    let start_app = move |ctx: &egui::Context| -> Result<App, Box<dyn std::error::Error + Send + Sync>> {
        let waker = Arc::new(WindowWaker::new(ctx.clone()));
        let system = System {
            power: Arc::new(machine::Machine),
            trash: Arc::new(SystemTrash),
            programs: Arc::new(programs::SystemPrograms),
            ..System::without_machine(true)
        };
        let engine = Engine::start_on(Options { places, keyring: true, keep_queue: true }, waker, system)?;
        Ok(App::new(ctx, engine, start.address))
    };
    // The libraries of the display are loaded at run time, and one that is missing is a panic there.
    let hook = panic::take_hook();
    let quiet = Arc::clone(&opened);
    panic::set_hook(Box::new(move |info| {
        if quiet.load(Ordering::Acquire) {
            hook(info);
        }
    }));
    let is_open = Arc::clone(&opened);
    let result = panic::catch_unwind(AssertUnwindSafe(|| match Renderer::of_system() {
        Renderer::Cpu => cpu::run(viewport, is_open, start_app).map_err(|error| error.to_string()),
        Renderer::OpenGl => open_with_gl(viewport, is_open, start_app).map_err(|error| error.to_string()),
    }));
    match result {
        Ok(result) => result.map_err(|error| Error::Window(system::window_words(&error))),
        Err(panic) if opened.load(Ordering::Acquire) => panic::resume_unwind(panic),
        Err(panic) => Err(Error::Window(system::panic_words(&panic))),
    }
}

/// Looks the time zone up while the display's libraries load: the zone database is a walk over many folders, whose result is kept.
fn look_up_zone() {
    let asked = thread::Builder::new().name("moorline-zone".into()).spawn(TimeZone::system);
    if let Err(error) = asked {
        tracing::warn!("the time zone is looked up later: {error}");
    }
}

#[cfg(feature = "practice")]
fn with_practice(mut start: Start) -> Result<(Start, Option<Practice>), Error> {
    if !start.practice {
        return Ok((start, None));
    }
    let practice = Practice::start().map_err(Error::Practice)?;
    // As a guest, so that the first thing a newcomer sees is neither a question nor advice about passwords.
    start.address = Some(practice.guest_address());
    Ok((start, Some(practice)))
}

/// The window painted through OpenGL, by eframe.
fn open_with_gl<F>(viewport: egui::ViewportBuilder, is_open: Arc<AtomicBool>, start_app: F) -> eframe::Result
where
    F: FnOnce(&egui::Context) -> Result<App, Box<dyn std::error::Error + Send + Sync>>,
{
    let viewport = match icon() {
        Some(icon) => viewport.with_icon(icon),
        None => viewport,
    };
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Glow, persist_window: false, ..Default::default() };
    let create = move |creation: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        is_open.store(true, Ordering::Release);
        #[cfg(target_os = "macos")]
        menu_bar::install(&creation.egui_ctx);
        Ok(Box::new(start_app(&creation.egui_ctx)?))
    };
    eframe::run_native("Moorline", options, Box::new(create))
}

fn viewport(place: Option<crate::model::settings::WindowPlace>) -> egui::ViewportBuilder {
    let (size, maximized) = match place {
        Some(place) => (egui::vec2(f32::from(place.width), f32::from(place.height)), place.maximized),
        None => (egui::vec2(1320.0, 840.0), false),
    };
    egui::ViewportBuilder::default()
        .with_app_id("moorline")
        .with_title("Moorline")
        .with_inner_size(size)
        .with_min_inner_size([760.0, 480.0])
        .with_maximized(maximized)
        .with_drag_and_drop(true)
}

/// The window's icon.
fn icon() -> Option<egui::IconData> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../assets/icon/moorline-256.png"));
    icon.inspect_err(|error| tracing::warn!("the window's icon cannot be read: {error}")).ok()
}
