//! Icons of the Lucide family, painted from their font in any colour.

use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, RichText};

use crate::ui::fonts;

/// `name,codepoint` in hexadecimal, one icon a line.
const TABLE: &str = include_str!("../../assets/icons/icons.csv");

/// One icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Icon(char);

/// The icon font's character for a Lucide name, usable while compiling.
#[allow(clippy::indexing_slicing, reason = "each index is compared with the length first; a const fn cannot call get")]
const fn find(name: &str) -> Option<char> {
    let table = TABLE.as_bytes();
    let name = name.as_bytes();
    let mut at = 0;
    while at < table.len() {
        let mut matched = 0;
        while matched < name.len() && at + matched < table.len() && table[at + matched] == name[matched] {
            matched += 1;
        }
        if matched == name.len() && at + matched < table.len() && table[at + matched] == b',' {
            return code(table, at + matched + 1);
        }
        while at < table.len() && table[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    None
}

/// Reads hexadecimal digits up to the line's end.
#[allow(clippy::indexing_slicing, reason = "each index is compared with the length first; a const fn cannot call get")]
const fn code(table: &[u8], mut at: usize) -> Option<char> {
    let mut value = 0_u32;
    while at < table.len() {
        let digit = match table[at] {
            byte @ b'0'..=b'9' => byte - b'0',
            byte @ b'a'..=b'f' => byte - b'a' + 10,
            _ => break,
        };
        value = value * 16 + digit as u32;
        at += 1;
    }
    char::from_u32(value)
}

macro_rules! icons {
    ($($constant:ident = $name:literal,)*) => {
        impl Icon {
            $(#[doc = concat!("Lucide's `", $name, "`.")]
            pub const $constant: Self = match find($name) {
                Some(glyph) => Self(glyph),
                None => Self('\u{fffd}'),
            };)*

            /// Every icon that the program names, for the test that the font has them.
            #[cfg(test)]
            const NAMED: &[(&'static str, Self)] = &[$(($name, Self::$constant),)*];
        }
    };
}

icons! {
    ANCHOR = "anchor",
    ARROW_DOWN = "arrow-down",
    ARROW_UP = "arrow-up",
    ARROW_UP_DOWN = "arrow-up-down",
    BOOKMARK = "bookmark",
    CHECK = "check",
    CHEVRON_DOWN = "chevron-down",
    CHEVRON_RIGHT = "chevron-right",
    CHEVRON_UP = "chevron-up",
    CIRCLE = "circle",
    ZOOM_IN = "zoom-in",
    ZOOM_OUT = "zoom-out",
    MAXIMIZE = "maximize",
    CIRCLE_ALERT = "circle-alert",
    CIRCLE_CHECK = "circle-check",
    CIRCLE_HELP = "circle-help",
    CIRCLE_STOP = "circle-stop",
    CLOCK = "clock",
    COPY = "copy",
    CORNER_LEFT_UP = "corner-left-up",
    DOWNLOAD = "download",
    ELLIPSIS = "ellipsis",
    EXTERNAL_LINK = "external-link",
    EYE = "eye",
    EYE_OFF = "eye-off",
    FILE = "file",
    FILE_ARCHIVE = "file-archive",
    FILE_AUDIO = "file-audio",
    FILE_CHECK = "file-check",
    FILE_CODE = "file-code",
    FILE_IMAGE = "file-image",
    FILE_QUESTION = "file-question",
    FILE_TEXT = "file-text",
    FILE_VIDEO = "file-video",
    FOLDER = "folder",
    FOLDER_OPEN = "folder-open",
    FOLDER_PLUS = "folder-plus",
    FOLDER_SYNC = "folder-sync",
    GAUGE = "gauge",
    GLOBE = "globe",
    HARD_DRIVE = "hard-drive",
    HOURGLASS = "hourglass",
    HOUSE = "house",
    INFO = "info",
    KEY_ROUND = "key-round",
    KEYBOARD = "keyboard",
    LINK = "link",
    LIST_CHECKS = "list-checks",
    LIST_FILTER = "list-filter",
    LOCK = "lock",
    LOCK_OPEN = "lock-open",
    LOG_OUT = "log-out",
    MINUS = "minus",
    MOON = "moon",
    NOTEBOOK_PEN = "notebook-pen",
    PALETTE = "palette",
    PAUSE = "pause",
    PENCIL = "pencil",
    PLAY = "play",
    PLUG = "plug",
    PLUS = "plus",
    POWER = "power",
    REFRESH = "refresh-cw",
    ROTATE = "rotate-ccw",
    SAVE = "save",
    SCROLL_TEXT = "scroll-text",
    SEARCH = "search",
    SERVER = "server",
    SETTINGS = "settings",
    SHIELD_ALERT = "shield-alert",
    SHIELD_CHECK = "shield-check",
    STETHOSCOPE = "stethoscope",
    SUN = "sun",
    TIMER = "timer",
    TIMER_OFF = "timer-off",
    TRASH = "trash-2",
    TRIANGLE_ALERT = "triangle-alert",
    UNPLUG = "unplug",
    UPLOAD = "upload",
    WIFI_OFF = "wifi-off",
    X = "x",
}

impl Icon {
    /// The icon with this Lucide name, when the program's font has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        find(name).map(Self)
    }

    /// As text in the icon font.
    #[must_use]
    pub fn text(self, size: f32, color: Color32) -> RichText {
        RichText::new(self.0).font(fonts::icons(size)).color(color)
    }

    /// Paints it around `center`, `size` points wide.
    pub fn paint(self, painter: &Painter, center: Pos2, size: f32, color: Color32) {
        painter.text(center, Align2::CENTER_CENTER, self.0, fonts::icons(size), color);
    }

    /// Paints it in the middle of `rect`.
    pub fn paint_in(self, painter: &Painter, rect: Rect, size: f32, color: Color32) {
        self.paint(painter, rect.center(), size, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_icon_is_in_the_font() {
        for (name, icon) in Icon::NAMED {
            assert_ne!(icon.0, '\u{fffd}', "{name}");
            assert_eq!(Icon::named(name), Some(*icon));
        }
        assert_eq!(Icon::named("file"), Some(Icon::FILE), "a name is matched whole, not as the beginning of another");
        assert_eq!(Icon::named("no-such-icon"), None);
    }
}
