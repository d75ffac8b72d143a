//! The master password is asked for.

use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::callout::callout;
use crate::ui::widgets::field::{self, Field};
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, refused: bool) {
    let modal = Modal::new(("master", id), Icon::KEY_ROUND, "Master password").width(400.0).main("Unlock");
    let modal = if refused { modal } else { modal.lead() };
    stage.ask(modal, |ui, opened, form| {
        if refused {
            callout(ui, "That was another password.", "Capital letters count.");
        }
        field::paragraph(ui, text::subdued(ui, "The saved passwords of your sites are locked with it."));
        Field::new("Master password").focus(opened, 0).password(ui, &mut form.password, &mut form.reveal);
        field::below(ui, None, "Without it the password of the site itself is asked for.");
    });
}
