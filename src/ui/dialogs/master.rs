//! The master password is asked for.

use crate::engine::WantedFor;
use crate::model::format;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::callout::callout;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;

use super::{Stage, words};

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, wanted: &WantedFor, refused: bool) {
    let modal = Modal::new(("master", id), Icon::KEY_ROUND, "Master password").width(400.0).main("Unlock");
    let modal = if refused { modal } else { modal.lead() };
    stage.ask(modal, |ui, opened, form| {
        if refused {
            callout(ui, "That is not the master password.", "Capital letters count.");
        }
        let (purpose, without) = sentences(wanted);
        field::paragraph(ui, text::subdued(ui, purpose));
        Field::new("Master password").focus(opened, 0).password(ui, &mut form.password, &mut form.reveal);
        field::below(ui, None, without);
    });
}

/// What it is wanted for, and what follows without it.
fn sentences(wanted: &WantedFor) -> (String, &'static str) {
    match wanted {
        WantedFor::Connecting { site } => (
            format!("The saved password of {} is locked with it.", words::quoted(site)),
            "Without it the password of the site itself is asked for.",
        ),
        WantedFor::Examining { site } => (
            format!("The saved password of {} is locked with it.", words::quoted(site)),
            "Without it the server is examined up to the login.",
        ),
        WantedFor::Saving { site } => {
            (format!("The password of {} is to be kept under it.", words::quoted(site)), "Without it that password is not saved.")
        }
        WantedFor::Importing { passwords: 1 } => {
            ("A password of the imported sites is to be kept under it.".to_owned(), "Without it that password is not saved.")
        }
        WantedFor::Importing { passwords } => (
            format!("{} passwords of the imported sites are to be kept under it.", format::count(*passwords)),
            "Without it these passwords are not saved.",
        ),
    }
}
