//! What the system has and wants: a display, a theme, less motion.

use std::any::Any;
use std::env;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::thread;

use eframe::egui::Context;

/// What to install when a window cannot be opened.
pub const ADVICE: &str = if cfg!(target_os = "linux") {
    "On Debian and Ubuntu: apt install libxkbcommon-x11-0 libgl1 libegl1 libwayland-egl1 libx11-xcb1 libxcursor1 libxi6. \
     If OpenGL is what fails: MOORLINE_RENDERER=cpu moorline"
} else {
    "The graphics driver may be too old for OpenGL 2"
};

/// What the system's settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// A dark window; `None` when the system does not tell.
    pub dark: Option<bool>,
    /// No motion.
    pub less_motion: bool,
}

/// Whether there is a display to open a window on.
#[must_use]
pub fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET")
}

/// The words that matter of an error on the way to a window; libraries put their own names and lines in front.
#[must_use]
pub fn window_words(error: &str) -> String {
    error.rsplit(": ").next().unwrap_or(error).trim_end_matches('.').to_owned()
}

/// What a panic said.
#[must_use]
pub fn panic_words(panic: &Box<dyn Any + Send>) -> String {
    let words = panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "a library of the system is missing".to_owned()).trim_end_matches('.').to_owned()
}

/// Asks the system in a thread of its own: its settings service may take its time.
pub fn ask_wishes(ctx: &Context, answer: Sender<Wishes>) {
    let ctx = ctx.clone();
    let asked = thread::Builder::new().name("moorline-wishes".into()).spawn(move || {
        let dark = match dark_light::detect() {
            Ok(dark_light::Mode::Dark) => Some(true),
            Ok(dark_light::Mode::Light) => Some(false),
            Ok(dark_light::Mode::Unspecified) | Err(_) => None,
        };
        if answer.send(Wishes { dark, less_motion: wants_less_motion() }).is_ok() {
            ctx.request_repaint();
        }
    });
    if let Err(error) = asked {
        tracing::warn!("the system's theme cannot be asked for: {error}");
    }
}

/// GNOME's and GTK's switch, which other desktops set too for their GTK programs; on a Mac the one under Accessibility.
fn wants_less_motion() -> bool {
    let (program, arguments, yes) = if cfg!(target_os = "linux") {
        ("gsettings", ["get", "org.gnome.desktop.interface", "enable-animations"], "false")
    } else if cfg!(target_os = "macos") {
        ("defaults", ["read", "com.apple.universalaccess", "reduceMotion"], "1")
    } else {
        return false;
    };
    let answer = Command::new(program).args(arguments).output();
    answer.is_ok_and(|output| output.status.success() && output.stdout.starts_with(yes.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_said_without_the_places_in_libraries() {
        let error = "winit EventLoopError: os error at /src/linux/mod.rs:788: Failed to open connection to X server";
        assert_eq!(window_words(error), "Failed to open connection to X server");
        assert_eq!(window_words("No GL."), "No GL");
    }

    #[test]
    fn a_panic_says_what_it_said() {
        let said = |panic: Box<dyn Any + Send>| panic_words(&panic);
        assert_eq!(said(Box::new("no libEGL.")), "no libEGL");
        assert_eq!(said(Box::new(String::from("no libGL"))), "no libGL");
        assert_eq!(said(Box::new(7)), "a library of the system is missing");
    }
}
