//! Where passwords are kept, and the master password.

use eframe::egui::Ui;

use crate::model::passwords::{Keeping, PasswordsKept};
use crate::screen::settings_form::SettingsForm;
use crate::screen::typed_master::{MasterWish, TypedMaster};
use crate::ui::dialogs::Stage;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;
use crate::ui::widgets::segmented::segmented;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SettingsForm) {
    let SettingsForm { master, errors, .. } = form;
    let error = |label: &str| errors.iter().find(|(field, _)| *field == label).map(|(_, words)| words.as_str());
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        field::label(ui, "Where saved passwords are");
        field::below(ui, None, state(master.kept));
    });
    if master.kept.has_master() {
        let wishes = [(MasterWish::Keep, "Keep"), (MasterWish::Change, "Change"), (MasterWish::Remove, "Take away")];
        if let Some(wish) = segmented(ui, "Master password", &wishes, master.wish) {
            master.wish = wish;
        }
    }
    match (master.kept.has_master(), master.wish) {
        (true, MasterWish::Keep) => {}
        (true, MasterWish::Remove) => field::warning(ui, consequence(master.kept)),
        (has_master, _) => {
            if has_master {
                let field = Field::new(TypedMaster::CURRENT).error(error(TypedMaster::CURRENT));
                field.password(ui, &mut master.current, &mut master.reveal);
            }
            let note = "It is asked for once in each run, when a saved password is wanted. Nobody can bring it back: without it the saved \
                        passwords are lost.";
            let field = Field::new(TypedMaster::NEW).note(note).error(error(TypedMaster::NEW));
            field.password(ui, &mut master.new, &mut master.reveal);
            let field = Field::new(TypedMaster::AGAIN).error(error(TypedMaster::AGAIN));
            field.password(ui, &mut master.again, &mut master.reveal);
        }
    }
}

/// Draws the question before the master password is taken away and saved passwords are lost with it.
pub(in crate::ui::dialogs) fn forget(stage: &mut Stage<'_>, kept: PasswordsKept) {
    let modal = Modal::new("forget passwords", Icon::KEY_ROUND, "Forget all saved passwords?").width(400.0).lead();
    stage.dialog(modal.warns().danger().careful().main("Forget passwords"), |ui, _| {
        field::paragraph(ui, text::subdued(ui, loss(kept)));
    });
}

/// Why they cannot stay.
fn loss(kept: PasswordsKept) -> &'static str {
    if kept.keyring {
        "They are locked under the master password, which was not given in this run, so they cannot move to the system’s keyring. There is no \
         way to take this back."
    } else {
        "They are locked under the master password, and this system has no keyring that they could move to. There is no way to take this back."
    }
}

fn state(kept: PasswordsKept) -> &'static str {
    match kept.keeping() {
        Keeping::Nowhere => {
            "This system has no keyring: passwords are asked for at each connect, unless you set a master password. Then Moorline keeps them \
             in a file of its own that only the master password opens."
        }
        Keeping::Keyring => {
            "In the system’s keyring. With a master password Moorline keeps them in a file of its own instead, which only the master password \
             opens; those in the keyring move there."
        }
        Keeping::Locked => "In a file that only the master password opens. It was not given in this run.",
        Keeping::Master => "In a file that only the master password opens. It was given in this run.",
    }
}

/// What taking the master password away means.
fn consequence(kept: PasswordsKept) -> &'static str {
    match (kept.keyring, kept.keeping()) {
        (true, Keeping::Master) => "The saved passwords move to the system’s keyring.",
        (true, _) => {
            "All saved passwords under it are forgotten, for it was not given in this run. New ones go to the system’s keyring."
        }
        (false, _) => "All saved passwords are forgotten. They are asked for at each connect, for this system has no keyring.",
    }
}
