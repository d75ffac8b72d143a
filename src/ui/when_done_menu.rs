//! What follows when the queue is through: a button in the lower panel, and a menu to choose for this run.

use eframe::egui::{Popup, Ui};

use crate::model::argv;
use crate::model::when_done::{PowerAction, WhenDone};
use crate::screen::{Action, Verb};
use crate::ui::icon::Icon;
use crate::ui::verbs::{self, menu_line, menu_row};
use crate::ui::view::View;
use crate::ui::widgets::button::panel_button;

/// Draws the button; its menu opens on a click.
pub fn button(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let choice = &view.screen.when_done;
    let response = panel_button(ui, icon(choice), label(choice));
    Popup::menu(&response).gap(4.0).show(|ui| menu(ui, choice, actions));
    response.on_hover_text(tooltip(choice));
}

fn icon(choice: &WhenDone) -> Icon {
    match choice {
        WhenDone::Nothing => Icon::LIST_CHECKS,
        WhenDone::Notify => Icon::INFO,
        WhenDone::Run(_) => Icon::PLAY,
        WhenDone::Disconnect => Icon::UNPLUG,
        WhenDone::Machine(PowerAction::Sleep) => Icon::MOON,
        WhenDone::Machine(PowerAction::ShutDown) => Icon::POWER,
    }
}

fn label(choice: &WhenDone) -> &'static str {
    match choice {
        WhenDone::Nothing => "When done…",
        WhenDone::Notify => "Then notify",
        WhenDone::Run(_) => "Then run a command",
        WhenDone::Disconnect => "Then disconnect",
        WhenDone::Machine(PowerAction::Sleep) => "Then sleep",
        WhenDone::Machine(PowerAction::ShutDown) => "Then shut down",
    }
}

fn tooltip(choice: &WhenDone) -> String {
    match choice {
        WhenDone::Nothing => "Choose what follows when the queue is through".to_owned(),
        WhenDone::Notify => "When the queue is through, it is told here and on the desktop".to_owned(),
        WhenDone::Run(words) => format!("When the queue is through, this is run: {}", argv::join(words)),
        WhenDone::Disconnect => "When the queue is through, the connection is left".to_owned(),
        WhenDone::Machine(action) => {
            format!("When the queue is through, this machine will {}, after a minute to call it off", action.verb())
        }
    }
}

fn menu(ui: &mut Ui, choice: &WhenDone, actions: &mut Vec<Action>) {
    verbs::begin_menu(ui);
    ui.set_min_width(190.0);
    let mut item = |ui: &mut Ui, words: &str, wish: WhenDone| {
        let icon = if *choice == wish { Icon::CHECK } else { icon(&wish) };
        if menu_row(ui, Some(icon), words, None, None).clicked() {
            actions.push(Action::WhenDone(wish));
        }
    };
    item(ui, "Do nothing", WhenDone::Nothing);
    item(ui, "Notify", WhenDone::Notify);
    item(ui, "Disconnect", WhenDone::Disconnect);
    item(ui, "Sleep", WhenDone::Machine(PowerAction::Sleep));
    item(ui, "Shut down", WhenDone::Machine(PowerAction::ShutDown));
    menu_line(ui);
    let icon = if matches!(choice, WhenDone::Run(_)) { Icon::CHECK } else { verbs::icon(Verb::RunWhenDone) };
    if menu_row(ui, Some(icon), "Run a command…", None, None).clicked() {
        actions.push(Action::Do(Verb::RunWhenDone));
    }
}
