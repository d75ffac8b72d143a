//! The window within its screen: a size that does not fit is brought in when the window opens, and not remembered as a choice.

use eframe::egui::{Context, Vec2, ViewportCommand, vec2};

/// What the desktop's own bars and the window's title take of a screen's height, in points.
const BARS: f32 = 72.0;

/// How the window came to the size that it opened with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fit {
    /// The size that it opened with, in points without the program's scale; `None` until the screen is known.
    opened: Option<Vec2>,
}

impl Fit {
    /// Brings the window into its screen, once that is known; `left` is the size that a person left it with.
    pub fn begin(&mut self, ctx: &Context, left: Option<Vec2>) {
        if self.opened.is_some() {
            return;
        }
        let (monitor, inner, is_large) = ctx.input(|input| {
            let info = input.viewport();
            let is_large = info.maximized.unwrap_or(false) || info.fullscreen.unwrap_or(false);
            (info.monitor_size, info.inner_rect, is_large)
        });
        let (Some(monitor), Some(inner)) = (monitor, inner) else { return };
        // The toolkit may have cut the size already: what then fills the screen is nobody's choice.
        let is_own = left.is_some_and(|left| is_same(left, inner.size() * ctx.zoom_factor()));
        let size = if is_large { inner.size() } else { within(inner.size(), monitor, is_own) };
        if size != inner.size() {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
        }
        self.opened = Some(size * ctx.zoom_factor());
    }

    /// Whether the window still has the size that it opened with: what is remembered is then left as it was.
    pub fn is_untouched(&self, size: Vec2) -> bool {
        self.opened.is_some_and(|opened| is_same(opened, size))
    }
}

/// Systems round sizes to whole pixels.
fn is_same(one: Vec2, other: Vec2) -> bool {
    (one - other).abs().max_elem() <= 1.0
}

/// The size brought into the screen. A person's own may fill it; the usual one leaves room for the desktop's bars.
pub fn within(size: Vec2, monitor: Vec2, is_own: bool) -> Vec2 {
    if monitor.min_elem() <= 1.0 {
        return size;
    }
    let fits = size.y <= monitor.y && is_own;
    let height = if fits { size.y } else { size.y.min(monitor.y - BARS) };
    vec2(size.x.min(monitor.x), height.max(1.0))
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Pos2, RawInput, Rect, ViewportId};

    use super::*;

    #[test]
    fn a_window_is_brought_into_its_screen() {
        for (size, monitor, is_own, fitted) in [
            ((1320.0, 840.0), (1920.0, 1080.0), false, (1320.0, 840.0)),
            ((1320.0, 840.0), (1280.0, 800.0), false, (1280.0, 728.0)),
            ((1320.0, 840.0), (1440.0, 900.0), false, (1320.0, 828.0)),
            ((1280.0, 790.0), (1280.0, 800.0), true, (1280.0, 790.0)),
            ((2560.0, 1600.0), (1280.0, 800.0), true, (1280.0, 728.0)),
            ((1320.0, 840.0), (0.0, 0.0), true, (1320.0, 840.0)),
        ] {
            assert_eq!(within(size.into(), monitor.into(), is_own), fitted.into(), "{size:?} on {monitor:?}");
        }
    }

    /// One picture of a window of this size on a screen of 1280 × 800; what it asks of the window.
    fn picture(ctx: &Context, fit: &mut Fit, size: Vec2, is_maximized: bool) -> Vec<ViewportCommand> {
        let mut input = RawInput::default();
        if let Some(info) = input.viewports.get_mut(&ViewportId::ROOT) {
            info.monitor_size = Some(vec2(1280.0, 800.0));
            info.inner_rect = Some(Rect::from_min_size(Pos2::ZERO, size));
            info.maximized = Some(is_maximized);
        }
        let mut output = ctx.run_ui(input, |ui| fit.begin(ui.ctx(), Some(vec2(2560.0, 1600.0))));
        output.textures_delta.clear();
        let asked = output.viewport_output.remove(&ViewportId::ROOT).map(|output| output.commands).unwrap_or_default();
        asked.into_iter().filter(|command| matches!(command, ViewportCommand::InnerSize(_))).collect()
    }

    #[test]
    fn the_window_is_shrunk_once_and_its_remembered_size_stays() {
        let (ctx, mut fit) = (Context::default(), Fit::default());
        let wanted = ViewportCommand::InnerSize(vec2(1280.0, 728.0));
        assert_eq!(picture(&ctx, &mut fit, vec2(2560.0, 1600.0), false), [wanted]);
        assert!(fit.is_untouched(vec2(1280.0, 728.0)));
        assert_eq!(picture(&ctx, &mut fit, vec2(1300.0, 900.0), false), [], "a person may make it larger");
        assert!(!fit.is_untouched(vec2(1300.0, 900.0)));
    }

    #[test]
    fn a_size_that_was_cut_to_the_whole_screen_leaves_room_for_the_bars() {
        let (ctx, mut fit) = (Context::default(), Fit::default());
        let wanted = ViewportCommand::InnerSize(vec2(1280.0, 728.0));
        assert_eq!(picture(&ctx, &mut fit, vec2(1280.0, 800.0), false), [wanted]);
    }

    #[test]
    fn a_maximized_window_is_left_alone() {
        let (ctx, mut fit) = (Context::default(), Fit::default());
        assert_eq!(picture(&ctx, &mut fit, vec2(1400.0, 900.0), true), []);
    }
}
