//! What a person does to the window and the actions that it becomes, by accessible name, without a display.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

#[path = "support/sample_screens.rs"]
mod sample_screens;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{self, Key, Modifiers, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use moorline::model::banner::BannerAction;
use moorline::model::entry::{Entry, EntryKind};
use moorline::model::listing::{ListingSource, UnreadRow};
use moorline::model::settings::ThemeChoice;
use moorline::model::sort::SortKey;
use moorline::model::transfer::TransferId;
use moorline::screen::action::{Extend, Move};
use moorline::screen::{Action, PanelTab, Side, Verb};
use moorline::ui::{layout, pane, theme};
use sample_screens::Sample;

/// Draws a sample and keeps what was done to it.
struct Window {
    sample: Sample,
    actions: Vec<Action>,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        layout::show(ui, &self.sample.view(), &mut self.actions);
    }
}

fn open(sample: Sample) -> Harness<'static, Window> {
    let mut harness = Harness::builder().with_size([1320.0, 840.0]).build_eframe(|creation| {
        theme::install(&creation.egui_ctx);
        Window { sample, actions: Vec::new() }
    });
    harness.run_steps(8);
    harness.state_mut().actions.clear();
    harness
}

fn moored() -> Harness<'static, Window> {
    open(sample_screens::moored(ThemeChoice::Dark))
}

/// What was done since the last time, without what only follows the keyboard.
fn done(harness: &mut Harness<'static, Window>) -> Vec<Action> {
    harness.run_steps(3);
    let mut actions = std::mem::take(&mut harness.state_mut().actions);
    actions.retain(|action| !matches!(action, Action::ActivatePane(_) | Action::Focus(_)));
    actions
}

fn click_row(side: Side, row: usize, extend: Extend, secondary: bool) -> Action {
    Action::ClickRow { side, row, extend, secondary }
}

#[test]
fn clicks_on_rows() {
    let mut window = moored();
    window.get_by_label("site.webmanifest").click();
    assert_eq!(done(&mut window), [click_row(Side::Local, 10, Extend::Replace, false)]);
    window.get_by_label("releases").click_modifiers(Modifiers::COMMAND);
    assert_eq!(done(&mut window), [click_row(Side::Remote, 4, Extend::Toggle, false)]);
    window.get_by_label("releases").click_modifiers(Modifiers::SHIFT);
    assert_eq!(done(&mut window), [click_row(Side::Remote, 4, Extend::Range, false)]);
    window.get_by_label("latest").click_secondary();
    assert_eq!(done(&mut window), [click_row(Side::Remote, 3, Extend::Replace, true)]);
    window.get_by_label("Rename").click();
    assert_eq!(done(&mut window), [Action::Do(Verb::Rename)]);
}

#[test]
fn a_press_on_the_selection_keeps_it_for_a_drag_and_the_release_narrows_it() {
    let mut window = moored();
    let at = window.get_by_label("hero@2x.webp").rect().center();
    window.hover_at(at);
    window.event(press(at, true));
    assert_eq!(done(&mut window), []);
    window.event(press(at, false));
    assert_eq!(done(&mut window), [click_row(Side::Local, 8, Extend::Replace, false)]);
}

fn press(pos: egui::Pos2, pressed: bool) -> egui::Event {
    egui::Event::PointerButton { pos, button: egui::PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

#[test]
fn rows_dragged_onto_a_folder_of_the_other_pane_are_dropped_there() {
    let mut window = moored();
    let from = window.get_by_label("hero@2x.webp").rect().center();
    let to = window.get_by_label("releases").rect().center();
    window.hover_at(from);
    window.event(press(from, true));
    window.run_steps(2);
    for step in 1..=6_u8 {
        window.hover_at(from + (to - from) * (f32::from(step) / 6.0));
        window.run_steps(1);
    }
    window.event(press(to, false));
    assert_eq!(done(&mut window), [Action::DropRows { from: Side::Local, onto: Some(4) }]);
}

#[test]
fn rows_dragged_over_their_own_pane_are_not_dropped() {
    let mut window = moored();
    let from = window.get_by_label("hero@2x.webp").rect().center();
    let to = window.get_by_label("site.webmanifest").rect().center();
    window.hover_at(from);
    window.event(press(from, true));
    window.run_steps(2);
    window.hover_at(to);
    window.run_steps(2);
    window.event(press(to, false));
    assert!(!done(&mut window).iter().any(|action| matches!(action, Action::DropRows { .. })));
}

#[derive(Debug)]
struct DesktopFile(PathBuf);

impl egui::DroppedFile for DesktopFile {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }
}

#[test]
fn files_from_the_desktop_go_to_the_folder_under_the_pointer_or_to_the_remote_pane() {
    let mut window = moored();
    let drop = |window: &mut Harness<'static, Window>| {
        window.input_mut().dropped_files.push(Arc::new(DesktopFile("/tmp/a.txt".into())));
        done(window)
    };
    let paths = vec![PathBuf::from("/tmp/a.txt")];
    let dropped = |onto| Action::DropFiles { paths: paths.clone(), side: Side::Remote, onto };
    assert_eq!(drop(&mut window).first(), Some(&dropped(None)), "the pointer's place is not known");
    let folder = window.get_by_label("releases").rect().center();
    window.hover_at(folder);
    window.input_mut().hovered_files.push(egui::HoveredFile::default());
    assert_eq!(done(&mut window).first(), Some(&Action::HoverFiles(Some((Side::Remote, None)))));
    window.state_mut().sample.screen.drop_hint = Some((Side::Remote, None));
    assert_eq!(done(&mut window).first(), Some(&Action::HoverFiles(Some((Side::Remote, Some(4))))));
    assert_eq!(drop(&mut window).first(), Some(&dropped(Some(4))));
}

#[test]
fn a_header_sorts_a_tab_shows_and_a_banner_answers() {
    let mut window = open(sample_screens::adrift(ThemeChoice::Light));
    window.get_by_label("Owner").click();
    assert_eq!(done(&mut window), [Action::SortBy { side: Side::Remote, key: SortKey::Owner }]);
    window.get_by_label("Failed 2").click();
    assert_eq!(done(&mut window), [Action::ShowTab(PanelTab::Failed)]);
    window.get_by_label("Diagnose").click();
    assert_eq!(done(&mut window), [Action::Banner(BannerAction::Diagnose)]);
    window.get_by_label("Stay offline").click();
    assert_eq!(done(&mut window), [Action::Banner(BannerAction::StayOffline)]);
    window.get_by_label("Cancel includes/db.php").click();
    assert_eq!(done(&mut window), [Action::CancelTransfer(TransferId(4))]);
}

#[test]
fn keys_move_the_cursor_and_letters_find_names() {
    let mut window = moored();
    window.ctx.memory_mut(|memory| memory.request_focus(pane::id(Side::Remote)));
    window.run_steps(2);
    window.state_mut().actions.clear();
    window.key_press(Key::ArrowDown);
    let moved = |to, extend| Action::MoveCursor { side: Side::Remote, to, extend };
    assert_eq!(done(&mut window), [moved(Move::Down, Extend::Replace)]);
    window.key_press_modifiers(Modifiers::SHIFT, Key::End);
    assert_eq!(done(&mut window), [moved(Move::Last, Extend::Range)]);
    window.event(egui::Event::Text("u".into()));
    let typed = done(&mut window);
    assert!(matches!(typed.as_slice(), [Action::TypeAhead { side: Side::Remote, text, .. }] if text == "u"), "{typed:?}");
}

#[test]
fn what_cannot_be_done_is_disabled_and_does_nothing() {
    let mut window = open(sample_screens::offline(ThemeChoice::Dark));
    let button = window.get_by_label("Refresh (remote)");
    assert!(button.accesskit_node().is_disabled());
    button.click();
    assert_eq!(done(&mut window), []);
    let least = |window: &Harness<'static, Window>| window.get_all_by_label("New site").count();
    assert_eq!(least(&window), 3, "one name everywhere: above the list, in it, and in the pane");
    window.get_all_by_label("New site").nth(1).unwrap().click();
    assert_eq!(done(&mut window), [Action::Do(Verb::NewSite)]);
}

#[test]
fn a_hundred_thousand_rows_are_as_few_as_are_seen() {
    let mut sample = sample_screens::moored(ThemeChoice::Dark);
    let entries = (0..100_000).map(|number| Entry::new(format!("file {number:06}.txt"), EntryKind::File)).collect();
    let place = sample.screen.remote.place.clone();
    sample.screen.remote = sample_screens::pane(entries, ListingSource::Unix, &[]);
    sample.screen.remote.place = place;
    let mut window = open(sample);
    let rows = |window: &Harness<'static, Window>| {
        window
            .get_all_by_role(Role::Row)
            .filter(|row| row.accesskit_node().label().is_some_and(|name| name.starts_with("file ")))
            .count()
    };
    assert!((10..40).contains(&rows(&window)), "{} rows are in the tree", rows(&window));
    window.state_mut().sample.screen.remote.reveal = Some(99_999);
    window.run_steps(3);
    assert!(window.query_by_label("file 099999.txt").is_some(), "the last row was scrolled to");
    assert!(window.query_by_label("file 000000.txt").is_none());
    assert!((10..40).contains(&rows(&window)));
}

#[test]
fn the_footer_says_what_a_listing_lacks_also_while_rows_are_selected() {
    let mut sample = sample_screens::moored(ThemeChoice::Dark);
    let listing = Arc::make_mut(sample.screen.remote.listing.as_mut().unwrap());
    listing.unread = vec![UnreadRow { line: 3, text: "?rw-r--r--".into() }];
    listing.incomplete = Some("Output truncated to 2000 matches".into());
    let window = open(sample);
    assert!(window.query_by_label("1 of 10 selected · 12.1 KB · 1 row could not be read · not complete").is_some());
}

#[test]
fn the_buttons_of_every_queue_tab_stand_still() {
    let places = [PanelTab::Active, PanelTab::Queued, PanelTab::Failed, PanelTab::Done].map(|tab| {
        let mut sample = sample_screens::moored(ThemeChoice::Dark);
        sample.screen.tab = tab;
        (sample.screen.queue.failed, sample.screen.queue.done) = (2, 2);
        let window = open(sample);
        ["When done…", "Hold", "Filter transfers", "Sorted by queue order"].map(|label| window.get_by_label(label).rect())
    });
    assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
}

#[test]
fn a_site_under_the_pointer_offers_to_connect() {
    let mut window = moored();
    assert_eq!(window.query_all_by_label_contains("Connect to").count(), 0);
    let row = window.get_by_label("Lindt & Sohn").rect();
    window.hover_at(row.center());
    window.run_steps(3);
    window.get_by_label("Connect to Lindt & Sohn").click();
    let id = window.state().sample.screen.sites.sites.iter().find(|site| site.name == "Lindt & Sohn").unwrap().id.clone();
    assert_eq!(done(&mut window), [Action::OpenSite(id)]);
}

#[test]
fn a_columns_edge_is_dragged_and_its_header_says_which_columns_there_are() {
    let mut window = moored();
    let header = window.get_by_label("Owner").rect();
    let edge = header.left_center();
    window.hover_at(edge);
    window.drag_at(edge);
    window.run_steps(1);
    for step in 1..=4_u8 {
        window.hover_at(edge - egui::vec2(f32::from(step) * 5.0, 0.0));
        window.run_steps(2);
    }
    assert_eq!(window.get_by_label("Owner").rect().left(), header.left() - 20.0, "it follows the pointer");
    window.drop_at(edge - egui::vec2(20.0, 0.0));
    let widened = done(&mut window);
    let width = (header.width() - 8.0) as u16 + 20;
    assert_eq!(widened, [Action::WidenColumn { side: Side::Remote, key: SortKey::Owner, width: Some(width) }]);

    window.get_by_label("Owner").click_secondary();
    window.run_steps(3);
    let has = |window: &Harness<'static, Window>, label: &str| window.query_by_role_and_label(Role::MenuItem, label).is_some();
    assert!(["Size", "Modified", "Permissions", "Owner"].iter().all(|label| has(&window, label)));
    window.get_by_role_and_label(Role::MenuItem, "Permissions").click();
    assert_eq!(done(&mut window), [Action::ShowColumn { side: Side::Remote, key: SortKey::Mode, shown: false }]);
    window.state_mut().sample.screen.settings.remote_columns.show(SortKey::Mode, false);
    window.run_steps(3);
    assert!(window.query_by_label("Mode").is_none() && window.query_by_label("Owner").is_some());
}
