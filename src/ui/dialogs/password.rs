//! The password of a site is asked for.

use crate::model::passwords::Keeping;
use crate::model::site::{Logon, Site};
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::callout::callout;
use crate::ui::widgets::check::check;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, site: &Site, refused: Option<&str>, keeping: Keeping) {
    let title = format!("Password for {}", site.name);
    let who = format!("{} on {}", site.login_user(), site.authority());
    let modal = Modal::new(("password", id), Icon::KEY_ROUND, &title).width(400.0).main("Connect");
    let modal = if refused.is_none() { modal.lead() } else { modal };
    stage.ask(modal, |ui, opened, form| {
        if let Some(server_words) = refused {
            callout(ui, "The server did not accept the last user name or password.", &format!("“{server_words}”"));
        }
        field::paragraph(ui, text::subdued(ui, who));
        Field::new("Password").focus(opened, 0).password(ui, &mut form.password, &mut form.reveal);
        match keeping {
            Keeping::Keyring => drop(check(ui, &mut form.remember, "Keep it in the system’s keyring")),
            Keeping::Locked | Keeping::Master => drop(check(ui, &mut form.remember, "Keep it under the master password")),
            Keeping::Nowhere if site.id.is_quick() => {
                field::below(ui, None, "Save the server as a site to have its password kept.");
            }
            Keeping::Nowhere if site.logon == Logon::Ask => {
                field::below(ui, None, "It is asked for at each connect, as the site’s form says.");
            }
            Keeping::Nowhere => field::below(
                ui,
                None,
                "This system has no keyring, so the password is asked for at each connect. With a master password (Settings, Passwords) \
                 Moorline keeps passwords in a locked file of its own.",
            ),
        }
    });
}
