//! The keys of each verb, as plain data: FileZilla's habits, so that hands find what they know.

use std::fmt;

use crate::screen::state::Focus;
use crate::screen::verb::Verb;

/// A key of the keyboard, as far as a verb uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Key {
    /// A letter, upper case.
    Letter(char),
    /// A digit.
    Digit(u8),
    /// F1 to F12.
    Function(u8),
    Enter,
    Delete,
    Backspace,
    Insert,
    Space,
    Tab,
    Home,
    End,
    Left,
    Right,
    Up,
    Down,
    Period,
    Comma,
    Plus,
    Equals,
    Minus,
}

/// The keys held with it; `ctrl` is Command on a Mac.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Modifiers {
    pub ctrl: bool,
    pub shift: bool,
    pub alt: bool,
}

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Wherever the keyboard is.
    Anywhere,
    /// Only there.
    In(Focus),
}

/// One key of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shortcut {
    /// The key.
    pub key: Key,
    /// What is held with it.
    pub modifiers: Modifiers,
    /// Where it works.
    pub scope: Scope,
}

impl Shortcut {
    /// Whether it works while the keyboard is there.
    #[must_use]
    pub fn works_in(&self, focus: Focus) -> bool {
        self.scope == Scope::Anywhere || self.scope == Scope::In(focus)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter) => write!(f, "{letter}"),
            Self::Digit(digit) => write!(f, "{digit}"),
            Self::Function(number) => write!(f, "F{number}"),
            Self::Period => f.write_str("."),
            Self::Comma => f.write_str(","),
            Self::Plus => f.write_str("+"),
            Self::Equals => f.write_str("="),
            Self::Minus => f.write_str("-"),
            Self::Delete => f.write_str("Del"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ctrl, alt) = if IS_MAC { ("Cmd+", "Option+") } else { ("Ctrl+", "Alt+") };
        for (held, name) in [(self.modifiers.ctrl, ctrl), (self.modifiers.alt, alt), (self.modifiers.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        write!(f, "{}", self.key)
    }
}

/// Whether the keyboard is a Mac's.
const IS_MAC: bool = cfg!(target_os = "macos");

/// Copies what is selected; the window's system reports it as such.
pub const COPY: Shortcut = panel(CTRL, Key::Letter('C'));

const NONE: Modifiers = Modifiers { ctrl: false, shift: false, alt: false };
const CTRL: Modifiers = Modifiers { ctrl: true, shift: false, alt: false };
const ALT: Modifiers = Modifiers { ctrl: false, shift: false, alt: true };
const SHIFT: Modifiers = Modifiers { ctrl: false, shift: true, alt: false };
const CTRL_SHIFT: Modifiers = Modifiers { ctrl: true, shift: true, alt: false };
const CTRL_ALT: Modifiers = Modifiers { ctrl: true, shift: false, alt: true };

const fn any(modifiers: Modifiers, key: Key) -> Shortcut {
    Shortcut { key, modifiers, scope: Scope::Anywhere }
}

const fn pane(modifiers: Modifiers, key: Key) -> Shortcut {
    Shortcut { key, modifiers, scope: Scope::In(Focus::Pane) }
}

const fn sites(modifiers: Modifiers, key: Key) -> Shortcut {
    Shortcut { key, modifiers, scope: Scope::In(Focus::Sites) }
}

const fn panel(modifiers: Modifiers, key: Key) -> Shortcut {
    Shortcut { key, modifiers, scope: Scope::In(Focus::Panel) }
}

/// The keys of a verb; the first is the one that menus and tooltips show.
#[must_use]
pub fn keys_of(verb: Verb) -> &'static [Shortcut] {
    keys_on(IS_MAC, verb)
}

/// The key that menus and tooltips show, in words.
#[must_use]
pub fn shown_key(verb: Verb) -> Option<String> {
    keys_of(verb).first().map(ToString::to_string)
}

fn keys_on(is_mac: bool, verb: Verb) -> &'static [Shortcut] {
    if is_mac && let Some(keys) = only_on_mac(verb) { keys } else { usual_keys(verb) }
}

/// What a Mac has instead: the system takes Cmd+H to hide the program, and a small keyboard has Delete only with Fn.
/// The Finder has the same ones.
fn only_on_mac(verb: Verb) -> Option<&'static [Shortcut]> {
    use Key::{Backspace, Delete, Period};
    Some(match verb {
        Verb::ToggleHidden => const { &[any(CTRL_SHIFT, Period)] },
        Verb::DeleteSite => const { &[sites(CTRL, Backspace), sites(NONE, Delete)] },
        Verb::Delete => const { &[pane(CTRL, Backspace), pane(NONE, Delete)] },
        Verb::DeleteForGood => const { &[pane(CTRL_ALT, Backspace), pane(SHIFT, Delete)] },
        Verb::CancelTransfers => const { &[panel(CTRL, Backspace), panel(NONE, Delete)] },
        Verb::ClearDone => const { &[any(CTRL_SHIFT, Backspace), any(CTRL_SHIFT, Delete)] },
        _ => return None,
    })
}

fn usual_keys(verb: Verb) -> &'static [Shortcut] {
    use Key::{
        Backspace, Comma, Delete, Digit, Down, End, Enter, Equals, Function, Home, Insert, Left, Letter, Minus, Period, Plus,
        Right, Space, Tab, Up,
    };
    match verb {
        Verb::Connect => const { &[sites(NONE, Enter)] },
        Verb::Disconnect => const { &[any(CTRL, Letter('D'))] },
        Verb::Reconnect => const { &[any(CTRL, Letter('R'))] },
        Verb::FocusAddress => const { &[any(CTRL, Letter('L'))] },
        Verb::NewSite => const { &[any(CTRL, Letter('N'))] },
        Verb::NewSiteFolder => const { &[sites(NONE, Function(7))] },
        Verb::EditSite => const { &[sites(NONE, Function(2))] },
        Verb::DuplicateSite => const { &[sites(CTRL_SHIFT, Letter('D'))] },
        Verb::DeleteSite => const { &[sites(NONE, Delete)] },
        Verb::SaveAsSite => const { &[any(CTRL_SHIFT, Letter('S'))] },
        Verb::Bookmark => const { &[any(CTRL, Letter('B'))] },
        Verb::ShowSites => const { &[any(CTRL, Letter('S'))] },
        Verb::OtherPane => const { &[pane(NONE, Tab)] },
        Verb::Open => const { &[pane(NONE, Enter)] },
        Verb::Up => const { &[pane(NONE, Backspace), any(ALT, Up)] },
        Verb::Back => const { &[any(ALT, Left)] },
        Verb::Forward => const { &[any(ALT, Right)] },
        Verb::Home => const { &[any(ALT, Home)] },
        Verb::Refresh => const { &[any(NONE, Function(5))] },
        Verb::CancelBrowsing => const { &[any(CTRL, Period)] },
        Verb::EditPath => const { &[any(CTRL, Letter('G'))] },
        Verb::Filter => const { &[any(CTRL, Letter('I'))] },
        Verb::ToggleHidden => const { &[any(CTRL, Letter('H'))] },
        Verb::SelectAll => const { &[pane(CTRL, Letter('A')), panel(CTRL, Letter('A'))] },
        Verb::SelectNone => const { &[pane(CTRL_SHIFT, Letter('A')), panel(CTRL_SHIFT, Letter('A'))] },
        Verb::InvertSelection => const { &[pane(CTRL_SHIFT, Letter('I'))] },
        Verb::ToggleSelected => const { &[pane(NONE, Space), pane(NONE, Insert)] },
        Verb::Transfer => const { &[pane(CTRL, Enter)] },
        Verb::EditFile => const { &[pane(NONE, Function(4))] },
        Verb::EditedFiles => const { &[any(CTRL, Letter('E'))] },
        Verb::UploadFiles => const { &[any(CTRL, Letter('U'))] },
        Verb::NewFolder => const { &[any(CTRL_SHIFT, Letter('N')), pane(NONE, Function(7))] },
        Verb::Rename => const { &[pane(NONE, Function(2))] },
        Verb::Delete => const { &[pane(NONE, Delete)] },
        Verb::DeleteForGood => const { &[pane(SHIFT, Delete)] },
        Verb::Permissions => const { &[pane(ALT, Enter), pane(NONE, Function(9))] },
        Verb::CopyPath => const { &[pane(CTRL_SHIFT, Letter('C'))] },
        Verb::CopyAddress => const { &[pane(CTRL_ALT, Letter('C'))] },
        Verb::PasteFiles => const { &[pane(CTRL, Letter('V'))] },
        Verb::HoldQueue => const { &[any(CTRL, Letter('P'))] },
        Verb::PauseTransfers => const { &[panel(NONE, Letter('P'))] },
        Verb::ResumeTransfers => const { &[panel(NONE, Letter('R'))] },
        Verb::CancelTransfers => const { &[panel(NONE, Delete)] },
        Verb::RetryTransfers => const { &[panel(NONE, Letter('T'))] },
        Verb::RetrySameCause => const { &[panel(SHIFT, Letter('T'))] },
        Verb::RetryAllFailed => const { &[any(CTRL_SHIFT, Letter('T'))] },
        Verb::QueueTop => const { &[panel(CTRL, Home)] },
        Verb::QueueUp => const { &[panel(CTRL, Up)] },
        Verb::QueueDown => const { &[panel(CTRL, Down)] },
        Verb::QueueBottom => const { &[panel(CTRL, End)] },
        Verb::PriorityHigh => const { &[panel(NONE, Plus)] },
        Verb::PriorityNormal => const { &[panel(NONE, Equals)] },
        Verb::PriorityLow => const { &[panel(NONE, Minus)] },
        Verb::ClearDone => const { &[any(CTRL_SHIFT, Delete)] },
        Verb::ShowActive => const { &[any(CTRL, Digit(1))] },
        Verb::ShowQueued => const { &[any(CTRL, Digit(2))] },
        Verb::ShowFailed => const { &[any(CTRL, Digit(3))] },
        Verb::ShowDone => const { &[any(CTRL, Digit(4))] },
        Verb::ShowLog => const { &[any(CTRL, Digit(5))] },
        Verb::ShowTimeline => const { &[any(CTRL, Digit(6))] },
        Verb::ZoomIn => const { &[any(CTRL, Plus), any(CTRL, Equals)] },
        Verb::ZoomOut => const { &[any(CTRL, Minus)] },
        Verb::ZoomReset => const { &[any(CTRL, Digit(0))] },
        Verb::SpeedLimits => const { &[any(CTRL_SHIFT, Letter('L'))] },
        Verb::Settings => const { &[any(CTRL, Comma)] },
        Verb::Keys => const { &[any(NONE, Function(1))] },
        Verb::Quit => const { &[any(CTRL, Letter('Q'))] },
        Verb::StayConnected
        | Verb::Diagnose
        | Verb::ImportSites
        | Verb::Verify
        | Verb::ShowReceipt
        | Verb::ExportReceipts
        | Verb::RunWhenDone
        | Verb::Record
        | Verb::CopyRecordPath
        | Verb::ToggleTheme
        // Its key is that of the selected lines: the system's own for copying.
        | Verb::CopyLog
        | Verb::MasterPassword
        | Verb::LockPasswords
        | Verb::About => &[],
    }
}

/// The verb that a key stands for while the keyboard is at `focus`.
///
/// Keys without modifiers are for lists: the caller does not ask while a text field takes letters.
#[must_use]
pub fn verb_for(key: Key, modifiers: Modifiers, focus: Focus) -> Option<Verb> {
    Verb::ALL.iter().copied().find(|verb| {
        keys_of(*verb).iter().any(|shortcut| shortcut.key == key && shortcut.modifiers == modifiers && shortcut.works_in(focus))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Focus; 4] = [Focus::Pane, Focus::Sites, Focus::Panel, Focus::Address];

    #[test]
    fn no_two_verbs_share_a_key_in_one_place() {
        for (is_mac, focus) in [false, true].into_iter().flat_map(|is_mac| PLACES.map(|focus| (is_mac, focus))) {
            let mut seen: Vec<(Key, Modifiers, Verb)> = Vec::new();
            for verb in Verb::ALL {
                for shortcut in keys_on(is_mac, *verb).iter().filter(|shortcut| shortcut.works_in(focus)) {
                    let other = seen.iter().find(|(key, held, _)| (*key, *held) == (shortcut.key, shortcut.modifiers));
                    assert!(other.is_none(), "{shortcut} means {verb:?} and {other:?} in {focus:?}");
                    seen.push((shortcut.key, shortcut.modifiers, *verb));
                }
            }
        }
    }

    #[test]
    fn a_key_finds_its_verb_where_it_works_and_nowhere_else() {
        for verb in Verb::ALL {
            for shortcut in keys_of(*verb) {
                for focus in PLACES {
                    let found = verb_for(shortcut.key, shortcut.modifiers, focus);
                    let same = |other: &&Shortcut| (other.key, other.modifiers) == (shortcut.key, shortcut.modifiers);
                    let works = keys_of(*verb).iter().filter(same).any(|same| same.works_in(focus));
                    assert_eq!(found == Some(*verb), works, "{shortcut} in {focus:?}");
                }
            }
        }
    }

    #[test]
    fn letters_without_ctrl_never_shadow_typing_in_panes_and_the_address() {
        for key in ('A'..='Z').map(Key::Letter).chain((0..=9).map(Key::Digit)) {
            for focus in [Focus::Pane, Focus::Sites, Focus::Address] {
                assert_eq!(verb_for(key, NONE, focus), None);
            }
        }
        for key in [Key::Enter, Key::Delete, Key::Backspace, Key::Space, Key::Tab, Key::Insert, Key::Letter('A')] {
            assert_eq!(verb_for(key, NONE, Focus::Address), None);
            if key != Key::Enter {
                assert_eq!(verb_for(key, CTRL, Focus::Address), None, "{key} edits text");
            }
        }
    }

    #[test]
    fn the_habits_of_hands() {
        let table = [
            (Key::Letter('S'), CTRL, Focus::Pane, Verb::ShowSites),
            (Key::Function(5), NONE, Focus::Panel, Verb::Refresh),
            (Key::Function(2), NONE, Focus::Pane, Verb::Rename),
            (Key::Function(2), NONE, Focus::Sites, Verb::EditSite),
            (Key::Delete, NONE, Focus::Pane, Verb::Delete),
            (Key::Delete, SHIFT, Focus::Pane, Verb::DeleteForGood),
            (Key::Delete, NONE, Focus::Panel, Verb::CancelTransfers),
            (Key::Delete, NONE, Focus::Sites, Verb::DeleteSite),
            (Key::Enter, NONE, Focus::Sites, Verb::Connect),
            (Key::Backspace, NONE, Focus::Pane, Verb::Up),
            (Key::Letter('Q'), CTRL, Focus::Address, Verb::Quit),
        ];
        for (key, held, focus, verb) in table {
            assert_eq!(verb_for(key, held, focus), Some(verb));
        }
    }

    #[test]
    fn a_mac_has_no_key_that_its_system_or_keyboard_lacks() {
        for verb in Verb::ALL {
            let keys = keys_on(true, *verb);
            assert!(!keys.contains(&any(CTRL, Key::Letter('H'))), "{verb:?}: the system hides the program");
            assert!(keys.first().is_none_or(|first| first.key != Key::Delete), "{verb:?}");
        }
    }

    #[test]
    fn keys_are_written_as_menus_write_them() {
        for (shortcut, text) in [
            (any(CTRL_SHIFT, Key::Letter('N')), "Ctrl+Shift+N"),
            (any(NONE, Key::Function(5)), "F5"),
            (any(CTRL, Key::Period), "Ctrl+."),
            (any(CTRL_ALT, Key::Letter('C')), "Ctrl+Alt+C"),
            (any(NONE, Key::Delete), "Del"),
            (any(ALT, Key::Left), "Alt+Left"),
        ] {
            let text = if IS_MAC { text.replace("Ctrl", "Cmd").replace("Alt", "Option") } else { text.to_owned() };
            assert_eq!(shortcut.to_string(), text);
        }
    }
}
