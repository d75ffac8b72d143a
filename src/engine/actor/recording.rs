//! The flight record, begun and ended as the settings say.

use std::sync::PoisonError;
use std::time::Instant;

use tokio::task::spawn_blocking;

use super::Actor;
use crate::engine::command::Command;
use crate::engine::event::EventBody;
use crate::model::problem::{Problem, ProblemKind};

impl Actor {
    /// Begins or ends the flight record, as the settings say, and tells where it is.
    pub(super) async fn record(&self, wanted: bool) {
        let recorder = self.publisher.recorder().clone();
        let Some(folder) = self.places.as_ref().map(|places| places.state.join("records")).filter(|_| wanted) else {
            recorder.stop();
            return self.publisher.publish(EventBody::Recording { path: None });
        };
        let started =
            spawn_blocking(move || recorder.start(&folder)).await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        match started {
            Ok(path) => self.publisher.publish(EventBody::Recording { path: Some(path) }),
            Err(error) => {
                let what = format!("The protocol is not recorded: {error}.");
                self.publisher.publish(EventBody::Trouble(Problem::new(ProblemKind::Local, what)));
                self.publisher.publish(EventBody::Recording { path: None });
            }
        }
    }

    /// Notes how the queue stands, while a record is written.
    pub(super) fn note_queue(&self) {
        let recorder = self.publisher.recorder();
        if recorder.is_on() {
            recorder.queue(&self.shared.queue.read(|queue| queue.summary(Instant::now())));
        }
    }

    /// Notes what a person wishes, behind what they saw before.
    pub(super) async fn note_wish(&self, command: &Command) {
        self.note_queue();
        let recorder = self.publisher.recorder();
        // Whose session it is matters to a record that begins later too.
        if recorder.is_on() || matches!(command, Command::Connect { .. }) {
            let (recorder, mut noted) = (recorder.clone(), command.clone());
            if let Command::Connect { site, .. } = &mut noted
                && site.leave_out.is_none()
            {
                let settings = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner);
                site.leave_out = Some(settings.leave_out.clone());
            }
            // The sizes of files that are queued are looked up for the record, away from the runtime's own threads.
            if spawn_blocking(move || recorder.asked(&noted)).await.is_err() {
                tracing::warn!("a wish is not in the record");
            }
        }
    }
}
