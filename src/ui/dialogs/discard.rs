//! Cancel transfers of which much has arrived?

use crate::model::format;
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, transfers: usize, bytes: u64) {
    let size = format::size(bytes);
    let title = format!("Delete the {size} that have arrived?");
    let (words, cancel) = match transfers {
        1 => (
            "A cancelled transfer keeps nothing of what has arrived. Paused, it goes on from there later.".to_owned(),
            "Cancel transfer",
        ),
        many => {
            let of_all = format::count(u64::try_from(many).unwrap_or(u64::MAX));
            let words =
                format!("That is of {of_all} transfers. Cancelled, they keep nothing of it. Paused, they go on from there later.");
            (words, "Cancel transfers")
        }
    };
    let modal = Modal::new(("discard", id), Icon::TRASH, &title).width(440.0).warns().danger().lead();
    stage.ask(modal.cancel("Keep").second("Pause instead").main(cancel), |ui, _, _| {
        field::paragraph(ui, text::subdued(ui, words));
    });
}
