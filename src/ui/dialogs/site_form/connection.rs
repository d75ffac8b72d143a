//! Name, address, protection and logon.

use eframe::egui::Ui;

use crate::model::passwords::Keeping;
use crate::model::site::{Encryption, Logon};
use crate::screen::dialog::SiteForm;
use crate::ui::widgets::field::{self, Field, row};
use crate::ui::widgets::segmented::segmented;

use super::error;

/// Draws the page.
pub(super) fn show(ui: &mut Ui, form: &mut SiteForm, folders: &[String], keeping: Keeping, opened: bool) {
    let errors = form.clone();
    row(ui, [0.0, 160.0], |ui, index| {
        if index == 0 {
            let length = form.site.name.chars().count();
            let hint = if form.site.host.is_empty() { "Harbour Books" } else { errors.site.host.as_str() };
            Field::new("Name").hint(hint).focus(opened, length).error(error(&errors, "Name")).show(ui, &mut form.site.name);
        } else {
            field::choice(ui, "In the folder", &mut form.site.folder, &choices(folders, &errors.site.folder));
        }
    });
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        host_and_port(ui, form, &errors);
    });
    protection(ui, form);
    logon(ui, form, &errors, keeping);
}

fn host_and_port(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm) {
    // The port's own column is too narrow for words: they stand below both.
    let wrong_port = error(errors, "Port");
    row(ui, [0.0, 90.0], |ui, index| {
        if index == 0 {
            let field = Field::new("Host").hint("ftp.example.com").error(error(errors, "Host"));
            field.show(ui, &mut form.site.host);
        } else {
            let usual = form.site.encryption.default_port().to_string();
            Field::new("Port").hint(&usual).error(wrong_port.map(|_| "")).show(ui, &mut form.port);
        }
    });
    field::below(ui, wrong_port, "");
}

fn protection(ui: &mut Ui, form: &mut SiteForm) {
    let ways = [(Encryption::Explicit, "TLS"), (Encryption::Implicit, "TLS from the start"), (Encryption::Plain, "None")];
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        if let Some(encryption) = segmented(ui, "Encryption", &ways, form.site.encryption) {
            form.site.encryption = encryption;
        }
        let words = meaning(form.site.encryption);
        if form.site.encryption == Encryption::Plain { field::warning(ui, words) } else { field::below(ui, None, words) }
    });
}

fn logon(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm, keeping: Keeping) {
    let logons = [(Logon::Keyring, "Keep the password"), (Logon::Ask, "Ask each time"), (Logon::Anonymous, "Anonymous")];
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        if let Some(logon) = segmented(ui, "Logon", &logons, form.site.logon) {
            form.site.logon = logon;
        }
        if form.site.logon == Logon::Anonymous {
            field::below(ui, None, "Logs in as “anonymous”, as public servers allow.");
        }
    });
    match form.site.logon {
        Logon::Keyring => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 4.0;
                row(ui, [0.0, 0.0], |ui, index| {
                    if index == 0 {
                        user(ui, form, errors);
                    } else {
                        password(ui, form, errors);
                    }
                });
                field::below(ui, None, where_it_goes(keeping));
            })
            .inner
        }
        Logon::Ask => user(ui, form, errors),
        Logon::Anonymous => {}
    }
}

fn where_it_goes(keeping: Keeping) -> &'static str {
    match keeping {
        Keeping::Nowhere => {
            "This system has no keyring: the password is asked for at each connect, unless you set a master password (Settings, Passwords)."
        }
        Keeping::Keyring => "The password is kept in the system’s keyring, never in a readable file.",
        Keeping::Locked => "The password is kept under the master password, which is asked for when you save.",
        Keeping::Master => "The password is kept under the master password.",
    }
}

fn user(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm) {
    let note = if form.site.logon == Logon::Ask { "The password is asked for at each connect and kept nowhere." } else { "" };
    Field::new("User").note(note).error(error(errors, "User")).show(ui, &mut form.site.user);
}

fn password(ui: &mut Ui, form: &mut SiteForm, errors: &SiteForm) {
    let untouched = !form.is_new && !form.password_changed;
    let hint = if untouched { "unchanged" } else { "" };
    let field = Field::new("Password").hint(hint).error(error(errors, "Password"));
    if field.password(ui, &mut form.password, &mut form.reveal).changed() {
        form.password_changed = true;
    }
}

/// The folders of the list, and the one that the site is in even if the list lost it.
fn choices(folders: &[String], now: &str) -> Vec<(String, String)> {
    let mut choices = vec![(String::new(), "Top of the list".to_owned())];
    choices.extend(folders.iter().map(|path| (path.clone(), path.replace('/', " › "))));
    if !now.is_empty() && !folders.iter().any(|path| path == now) {
        choices.push((now.to_owned(), now.replace('/', " › ")));
    }
    choices
}

fn meaning(encryption: Encryption) -> &'static str {
    match encryption {
        Encryption::Explicit => {
            "Starts in clear text and must switch to TLS before the logon (AUTH TLS). There is no fall-back to plain."
        }
        Encryption::Implicit => "TLS from the first byte, usually on port 990. For older servers that ask for it.",
        Encryption::Plain => "Everything, the password too, can be read by anyone on the way. Only for networks that you trust.",
    }
}
