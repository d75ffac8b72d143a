//! Which of the two ways to paint the window is taken.

use std::env;
use std::fs;

/// Who paints the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// The processor.
    Cpu,
    /// The graphics card, through OpenGL.
    OpenGl,
}

impl Renderer {
    /// The wish in `MOORLINE_RENDERER`, else what this machine and display are good at.
    #[must_use]
    pub fn of_system() -> Self {
        let wish = env::var("MOORLINE_RENDERER").unwrap_or_default();
        let display = env::var("DISPLAY").unwrap_or_default();
        Self::choose(&wish, has_graphics_card(), &display)
    }

    fn choose(wish: &str, has_card: bool, display: &str) -> Self {
        // An X display of another machine has its card there, not here.
        let is_remote = display.split_once(':').is_some_and(|(host, _)| !host.is_empty() && host != "unix");
        match wish {
            "cpu" => Self::Cpu,
            "gl" => Self::OpenGl,
            // The inspection port is eframe's, and so is only in its window.
            _ if cfg!(feature = "inspection") || (has_card && !is_remote) => Self::OpenGl,
            _ => Self::Cpu,
        }
    }
}

/// Whether there is a card that draws; without one, OpenGL is imitated by the processor or missing. Elsewhere than on Linux: assumed.
fn has_graphics_card() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let nodes = fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    let has_render_node = nodes.into_iter().any(|node| node.file_name().to_string_lossy().starts_with("renderD"));
    // NVIDIA's own driver may come without a render node.
    has_render_node || fs::exists("/dev/nvidiactl").unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_goes_before_what_the_machine_has() {
        assert_eq!(Renderer::choose("cpu", true, ":0"), Renderer::Cpu);
        assert_eq!(Renderer::choose("gl", false, ":0"), Renderer::OpenGl);
    }

    #[test]
    #[cfg(not(feature = "inspection"))]
    fn without_a_card_beside_the_display_the_processor_paints() {
        assert_eq!(Renderer::choose("", true, ":0"), Renderer::OpenGl);
        assert_eq!(Renderer::choose("", true, ""), Renderer::OpenGl, "Wayland alone");
        assert_eq!(Renderer::choose("", false, ":0"), Renderer::Cpu);
        assert_eq!(Renderer::choose("", true, "localhost:10.0"), Renderer::Cpu);
        assert_eq!(Renderer::choose("quick", false, ":0"), Renderer::Cpu, "an unknown wish is none");
    }
}
