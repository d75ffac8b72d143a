//! The typefaces: Inter for text, its semibold cut for what matters, a monospaced face for codes, Lucide for icons.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily, FontId};

/// Inter 600.
pub const STRONG: &str = "strong";
/// Lucide.
pub const ICONS: &str = "icons";

/// Installs the typefaces; the system's own fonts stay behind them for scripts that they lack.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    let faces: [(&str, &'static [u8]); 4] = [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        ("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        ("JetBrains Mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
        ("Lucide", include_bytes!("../../assets/icons/lucide.ttf")),
    ];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let families = [
        (FontFamily::Proportional, ["Inter", "JetBrains Mono"]),
        (FontFamily::Monospace, ["JetBrains Mono", "Inter"]),
        (FontFamily::Name(STRONG.into()), ["Inter SemiBold", "Inter"]),
        (FontFamily::Name(ICONS.into()), ["Lucide", "Inter"]),
    ];
    for (family, faces) in families {
        fonts.families.insert(family, faces.map(str::to_owned).to_vec());
    }
    ctx.set_fonts(fonts);
}

/// Regular text of `size` points.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semibold text of `size` points.
#[must_use]
pub fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}

/// Monospaced text of `size` points.
#[must_use]
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Icons of `size` points.
#[must_use]
pub fn icons(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}
