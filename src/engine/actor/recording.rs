//! The flight record, begun and ended as the settings say.

use tokio::task::spawn_blocking;

use super::Actor;
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
}
