//! The program's window over a real engine that keeps nothing: keys, focus, and closing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use moorline::app::{App, WindowWaker};
use moorline::engine::{Engine, Options};
use moorline::screen::state::Focus;
use moorline::screen::{Dialog, Side};
use moorline::ui::{address, pane};

fn open() -> Harness<'static, App> {
    let mut harness = Harness::builder().with_size([1320.0, 840.0]).build_eframe(|creation| {
        let options = Options { places: None, keyring: false, keep_queue: false };
        let waker = Arc::new(WindowWaker::new(creation.egui_ctx.clone()));
        App::new(&creation.egui_ctx, Engine::start(options, waker).unwrap(), None)
    });
    harness.run_steps(4);
    harness
}

#[test]
fn the_keyboard_goes_to_the_address_and_comes_back_to_the_pane() {
    let mut window = open();
    assert!(window.ctx.memory(|memory| memory.has_focus(pane::id(Side::Local))), "the pane has the keyboard at the start");
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(3);
    assert!(window.ctx.memory(|memory| memory.has_focus(address::id())));
    window.event(Event::Text("keys".into()));
    window.run_steps(3);
    assert_eq!(window.state().screen().address.text, "keys");
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert_eq!(window.state().screen().focus, Focus::Pane);
    assert!(window.ctx.memory(|memory| memory.has_focus(pane::id(Side::Local))));
}

#[test]
fn a_command_chosen_in_the_address_field_is_done() {
    let mut window = open();
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run_steps(3);
    window.event(Event::Text("settings".into()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert!(matches!(window.state().screen().dialog, Some(Dialog::Settings(_))));
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert_eq!(window.state().screen().dialog, None);
}

#[test]
fn tab_goes_to_the_other_pane_and_keys_do_nothing_under_a_dialog() {
    let mut window = open();
    window.key_press(Key::Tab);
    window.run_steps(3);
    assert_eq!(window.state().screen().active, Side::Remote);
    assert!(window.ctx.memory(|memory| memory.has_focus(pane::id(Side::Remote))));
    window.key_press(Key::F1);
    window.run_steps(4);
    assert_eq!(window.state().screen().dialog, Some(Dialog::Keys));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    window.run_steps(4);
    assert_eq!(window.state().screen().tab, moorline::screen::PanelTab::Active);
}

#[test]
fn a_button_does_what_its_verb_does() {
    let mut window = open();
    window.get_by_label("Settings").click();
    window.run_steps(4);
    assert!(matches!(window.state().screen().dialog, Some(Dialog::Settings(_))));
}
