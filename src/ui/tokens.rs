//! Colours of both themes and sizes: everything that is drawn takes them from here.

use eframe::egui::{Color32, Context, Theme, Ui};

/// Colours by what each is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Behind everything.
    pub window: Color32,
    /// Panes, bars, queue.
    pub panel: Color32,
    /// Fields, chips, dialogs, hovered rows.
    pub raised: Color32,
    /// Quiet buttons, the selected tab, tracks of bars.
    pub pressed: Color32,
    /// Separators, one point wide.
    pub line: Color32,
    /// Body text.
    pub text: Color32,
    /// Secondary text on window and panel.
    pub subdued: Color32,
    /// Secondary text on raised and pressed grounds, where `subdued` would fall below 4.5 : 1.
    pub subdued_on_fill: Color32,
    /// Names that matter.
    pub strong: Color32,
    /// Actions, focus, progress, folders.
    pub accent: Color32,
    /// The ground of something chosen.
    pub accent_ground: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Selected rows.
    pub selection: Color32,
    /// Selected rows of the pane that is not active: no key acts on them.
    pub selection_muted: Color32,
    /// Moored, proven.
    pub good: Color32,
    /// Waiting, adrift.
    pub warn: Color32,
    /// Failed.
    pub bad: Color32,
    /// The ground of the banner.
    pub warn_ground: Color32,
    /// The ground of the banner when nothing happens by itself.
    pub bad_ground: Color32,
    /// Text in the colour of a warning on its own ground.
    pub warn_text: Color32,
    /// Markers of sites.
    pub violet: Color32,
    /// Markers of sites.
    pub grey: Color32,
    /// What dialogs lie on.
    pub shade: Color32,
}

const fn rgb(value: u32) -> Color32 {
    let [_, red, green, blue] = value.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// The dark theme.
pub const DARK: Tokens = Tokens {
    window: rgb(0x0F_13_18),
    panel: rgb(0x15_1A_21),
    raised: rgb(0x1B_22_2B),
    pressed: rgb(0x24_2D_38),
    line: rgb(0x28_31_3C),
    text: rgb(0xD5_DC_E5),
    subdued: rgb(0x85_92_A3),
    subdued_on_fill: rgb(0x97_A4_B4),
    strong: rgb(0xF5_F8_FB),
    accent: rgb(0x5B_9D_FF),
    accent_ground: rgb(0x17_33_5C),
    on_accent: rgb(0x08_11_1F),
    selection: rgb(0x1B_3A_66),
    selection_muted: rgb(0x29_33_40),
    good: rgb(0x3C_C2_A4),
    warn: rgb(0xF0_B0_49),
    bad: rgb(0xF0_71_6B),
    warn_ground: rgb(0x2E_26_17),
    bad_ground: rgb(0x30_1C_1D),
    warn_text: rgb(0xF0_B0_49),
    violet: rgb(0x9B_7B_F2),
    grey: rgb(0x85_92_A3),
    shade: Color32::from_black_alpha(120),
};

/// The light theme.
pub const LIGHT: Tokens = Tokens {
    window: rgb(0xF1_F4_F7),
    panel: rgb(0xFF_FF_FF),
    raised: rgb(0xF3_F5_F8),
    pressed: rgb(0xE6_EB_F0),
    line: rgb(0xDC_E2_E8),
    text: rgb(0x26_31_3D),
    subdued: rgb(0x67_75_85),
    subdued_on_fill: rgb(0x56_63_72),
    strong: rgb(0x0E_16_20),
    accent: rgb(0x1D_64_D8),
    accent_ground: rgb(0xDC_E9_FC),
    on_accent: rgb(0xFF_FF_FF),
    selection: rgb(0xD6_E6_FC),
    selection_muted: rgb(0xE2_E6_EB),
    good: rgb(0x0F_8A_72),
    warn: rgb(0xA5_6A_08),
    bad: rgb(0xC6_3A_34),
    warn_ground: rgb(0xFF_F4_DC),
    bad_ground: rgb(0xFD_EE_ED),
    warn_text: rgb(0x7A_4E_05),
    violet: rgb(0x7A_55_E0),
    grey: rgb(0x7C_89_98),
    shade: Color32::from_black_alpha(72),
};

impl Tokens {
    /// The colours of a theme.
    #[must_use]
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The colours that are in use.
    #[must_use]
    pub fn now(ctx: &Context) -> &'static Self {
        Self::of(ctx.theme())
    }
}

/// The colours that are in use.
#[must_use]
pub fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Sizes in points.
#[allow(missing_docs, reason = "the names say it")]
pub mod size {
    pub const TOP_BAR: f32 = 44.0;
    pub const PANE_HEADER: f32 = 36.0;
    pub const TABLE_HEADER: f32 = 26.0;
    pub const ROW: f32 = 25.0;
    pub const SITE_ROW: f32 = 26.0;
    pub const TABS: f32 = 36.0;
    pub const PILL: f32 = 26.0;
    pub const PANE_FOOTER: f32 = 26.0;
    pub const STRIP: f32 = 30.0;
    pub const BUTTON: f32 = 28.0;
    pub const RADIUS: u8 = 6;
    pub const DIALOG_RADIUS: u8 = 12;
    pub const CARD_RADIUS: u8 = 8;
    pub const ICON: f32 = 15.0;
    pub const ICON_SMALL: f32 = 14.0;
    pub const BODY: f32 = 12.5;
    pub const SECONDARY: f32 = 11.5;
    pub const TITLE: f32 = 15.0;
    pub const MONO: f32 = 11.0;
    pub const GRID: f32 = 4.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_ground_it_is_drawn_on() {
        for t in [DARK, LIGHT] {
            let pairs = [
                ("text on panel", t.text, t.panel),
                ("text on raised", t.text, t.raised),
                ("text on pressed", t.text, t.pressed),
                ("text on selection", t.text, t.selection),
                ("strong on muted selection", t.strong, t.selection_muted),
                ("subdued on muted selection", t.subdued_on_fill, t.selection_muted),
                ("text on banner", t.text, t.warn_ground),
                ("strong on accent ground", t.strong, t.accent_ground),
                ("subdued on panel", t.subdued, t.panel),
                ("subdued on raised", t.subdued_on_fill, t.raised),
                ("subdued on pressed", t.subdued_on_fill, t.pressed),
                ("subdued on banner", t.subdued_on_fill, t.warn_ground),
                ("subdued on bad banner", t.subdued_on_fill, t.bad_ground),
                ("subdued on window", t.subdued_on_fill, t.window),
                ("on accent", t.on_accent, t.accent),
                ("bad on panel", t.bad, t.panel),
                ("warn text on panel", t.warn_text, t.panel),
                ("warn text on banner", t.warn_text, t.warn_ground),
                ("bad on banner", t.bad, t.bad_ground),
            ];
            for (what, front, ground) in pairs {
                let ratio = contrast(front, ground);
                assert!(ratio >= 4.5, "{what}: {ratio:.2}");
            }
        }
    }
}
