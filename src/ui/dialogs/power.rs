//! The machine is about to sleep or to shut down: a minute to call it off.

use std::time::{Duration, Instant};

use crate::model::format;
use crate::model::when_done::{Ended, PowerAction};
use crate::ui::icon::Icon;
use crate::ui::text;
use crate::ui::widgets::field;
use crate::ui::widgets::modal::Modal;

use super::Stage;

/// Draws it.
pub(super) fn show(stage: &mut Stage<'_>, id: u64, action: PowerAction, ended: Ended, until: Instant) {
    let left = until.saturating_duration_since(Instant::now());
    let title = format!("This machine will {} in {}", action.verb(), format::countdown(left));
    let (icon, now) = match action {
        PowerAction::Sleep => (Icon::MOON, "Sleep now"),
        PowerAction::ShutDown => (Icon::POWER, "Shut down now"),
    };
    let modal = Modal::new(("power", id), icon, &title).width(420.0).main(now).cancel("Call it off").careful().lead();
    stage.ask(modal, |ui, _, _| {
        field::paragraph(ui, text::subdued(ui, ended.words()));
    });
    // The next second, and not more.
    stage.ctx.request_repaint_after(Duration::from_nanos(u64::from(left.subsec_nanos()) + 1_000_000));
}
