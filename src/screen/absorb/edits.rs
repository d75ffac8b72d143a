//! Files that are edited here: what became of them is told where a person would not see it otherwise.

use std::sync::Arc;

use crate::model::edited::{EditState, EditView, Unsent};
use crate::model::format;
use crate::model::site::SiteId;
use crate::screen::{Dialog, Effect, Screen, Verb};

pub(super) fn changed(screen: &mut Screen, edits: Arc<Vec<EditView>>) -> Vec<Effect> {
    let before = std::mem::replace(&mut screen.edits, Arc::clone(&edits));
    let mut from_last_time = 0;
    for edit in edits.iter() {
        let (name, site) = (edit.name(), &edit.site_name);
        let was = before.iter().find(|was| was.id == edit.id);
        match (was, &edit.state) {
            // One that was opened now is being fetched at first.
            (None, state) if state.is_unsent() => from_last_time += 1,
            (Some(was), _) if edit.uploaded != was.uploaded => screen.notify(format!("“{name}” was uploaded to {site}.")),
            (Some(was), EditState::Waiting) if was.state != edit.state && !screen.is_site(&edit.site) => {
                screen.advise(format!("“{name}” waits for {site}."), format!("It is uploaded as soon as {site} is connected."));
            }
            (Some(was), EditState::Unsent(why @ (Unsent::KeptThere | Unsent::TakenOut))) if was.state != edit.state => {
                screen.offer(
                    format!("“{name}” is not uploaded: {}.", why.words()),
                    "What you made of it is kept here.",
                    Verb::EditedFiles,
                );
            }
            _ => {}
        }
    }
    if from_last_time > 0 {
        let words = format::counted(from_last_time, "edited file is not uploaded.", "edited files are not uploaded.");
        screen.offer(words, "What was changed the last time is kept on this machine.", Verb::EditedFiles);
    }
    if edits.is_empty() && screen.dialog == Some(Dialog::Edits) {
        screen.dialog = None;
    }
    screen.look_at_edits_left()
}

impl Screen {
    /// Whether the session is with this site.
    #[must_use]
    pub fn is_site(&self, id: &SiteId) -> bool {
        self.has_session() && self.session.site.as_ref().is_some_and(|site| site.id == *id)
    }
}
