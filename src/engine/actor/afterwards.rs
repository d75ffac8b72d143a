//! What follows when the queue is through: the choice, its moment, and the countdown before the machine sleeps or shuts down.

use std::process::{Command as Program, Stdio};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, spawn_blocking};

use super::Actor;
use crate::engine::command::Answer;
use crate::engine::event::{EventBody, Question};
use crate::engine::power::Power;
use crate::engine::publish::Publisher;
use crate::engine::questions::Questions;
use crate::engine::session_handle::SessionCommand;
use crate::model::format;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::queue::Queue;
use crate::model::session::DisconnectWhen;
use crate::model::site::SiteId;
use crate::model::transfer::{Direction, QueueTab, TransferState};
use crate::model::when_done::{Ended, PowerAction, Run, Seen, WhenDone};

/// How long a person can call it off before the machine sleeps or shuts down.
const COUNTDOWN: Duration = Duration::from_secs(60);

/// The choice, and what is under way of it.
pub struct Afterwards {
    power: Arc<dyn Power>,
    /// For this run; `None` is what the settings say.
    chosen: Option<WhenDone>,
    told: Option<WhenDone>,
    /// Whether the settings are asked at all: what follows a run of the command line is the script's affair.
    asks_settings: bool,
    run: Run,
    /// Whose queue the run is of.
    site: Option<SiteId>,
    countdown: Option<JoinHandle<()>>,
}

impl Afterwards {
    /// Nothing chosen yet.
    pub fn new(power: Arc<dyn Power>, asks_settings: bool) -> Self {
        Self { power, chosen: None, told: None, asks_settings, run: Run::default(), site: None, countdown: None }
    }
}

impl Drop for Afterwards {
    fn drop(&mut self) {
        if let Some(countdown) = self.countdown.take() {
            countdown.abort();
        }
    }
}

impl Actor {
    /// A person chooses for this run of the queue.
    pub(super) fn choose_when_done(&mut self, choice: WhenDone) {
        self.call_off();
        self.afterwards.chosen = Some(choice);
        self.begin_run();
    }

    /// Counts from what is in the queue now.
    pub(super) fn begin_run(&mut self) {
        self.afterwards.run.begin(self.seen());
        self.tell_when_done();
    }

    /// Another site's queue from now on: what waits for the one before is not through, it is left for later.
    pub(super) fn follow_site(&mut self) {
        let site = self.session.as_ref().map(|session| session.context.site.id.clone());
        if site != self.afterwards.site {
            self.afterwards.site = site;
            self.begin_run();
        }
    }

    /// Tells what holds, when that is something new.
    pub(super) fn tell_when_done(&mut self) {
        let holds = self.when_done();
        if self.afterwards.told.as_ref() != Some(&holds) {
            self.afterwards.told = Some(holds.clone());
            self.publisher.publish(EventBody::WhenDone(holds));
        }
    }

    /// Looks at the queue after each change: does what was chosen once all that can run has run.
    pub(super) fn look_whether_done(&mut self) {
        let seen = self.seen();
        if seen.pending {
            // There is work again.
            self.call_off();
        }
        let Some(ended) = self.afterwards.run.look(seen) else { return };
        let filtered = self.afterwards.run.filtered();
        if filtered > 0 {
            // Nothing stays behind without a word, whatever follows.
            let words =
                format!("{} left out of folders by name; “Done” lists them.", format::counted(filtered, "item was", "items were"));
            self.publisher.publish(EventBody::Notice(words));
        }
        let choice = self.when_done();
        self.afterwards.chosen = None;
        self.tell_when_done();
        let lost = match ended {
            Ended::Through { done: 0, failed } if failed > 0 => self.shared.queue.read(|queue| all_lost(queue, failed)),
            _ => false,
        };
        match (ended, lost, self.edits_held_by(&choice)) {
            (Ended::Emptied, _, _) | (_, true, _) => self.hold_back(&choice, ended),
            (Ended::Through { .. }, false, 0) => self.follow_up(choice, ended),
            (Ended::Through { .. }, false, edits) => {
                let reason = format::counted(edits, "edited file is not uploaded", "edited files are not uploaded");
                self.say_held_back(&choice, &reason);
            }
        }
    }

    /// How many edited files are not uploaded that what was chosen would leave behind.
    fn edits_held_by(&self, choice: &WhenDone) -> usize {
        match choice {
            WhenDone::Disconnect => self.edits.left_here(self.afterwards.site.as_ref()),
            WhenDone::Machine(_) => self.edits.left_here(None),
            WhenDone::Nothing | WhenDone::Notify | WhenDone::Run(_) => 0,
        }
    }

    /// Nothing has come of the run, so nothing follows it.
    fn hold_back(&self, choice: &WhenDone, ended: Ended) {
        let waits =
            self.shared.queue.read(|queue| queue.waits_for(Direction::Upload).or_else(|| queue.waits_for(Direction::Download)));
        let reason = match (ended, waits) {
            (Ended::Emptied, None) => "Everything was taken out of the queue".to_owned(),
            (Ended::Emptied, Some(cause)) => format!("Nothing more is transferred ({})", cause.why()),
            (Ended::Through { .. }, _) => "All transfers failed because of the connection".to_owned(),
        };
        self.say_held_back(choice, &reason);
    }

    /// Nothing follows; that is said where something was to.
    fn say_held_back(&self, choice: &WhenDone, reason: &str) {
        let consequence = match choice {
            WhenDone::Nothing => return,
            WhenDone::Notify => return self.publisher.publish(EventBody::Followed { well: false }),
            WhenDone::Run(_) => "the command is not run".to_owned(),
            WhenDone::Disconnect => "the connection stays".to_owned(),
            WhenDone::Machine(action) => format!("this machine does not {}", action.verb()),
        };
        self.publisher.publish(EventBody::Trouble(Problem::new(ProblemKind::Lost, format!("{reason}, so {consequence}."))));
        self.publisher.publish(EventBody::Followed { well: false });
    }

    fn follow_up(&mut self, choice: WhenDone, ended: Ended) {
        let Ended::Through { done, failed } = ended else { return };
        match choice {
            WhenDone::Nothing => {}
            WhenDone::Notify => {
                self.publisher.publish(EventBody::QueueEnded { words: ended.words() });
                self.publisher.publish(EventBody::Followed { well: true });
            }
            WhenDone::Run(words) => {
                let publisher = self.publisher.clone();
                self.clearing.spawn(async move {
                    let told = match spawn_blocking(move || run(&words, done, failed)).await {
                        Ok(Ok(notice)) => EventBody::Notice(notice),
                        Ok(Err(problem)) => EventBody::Trouble(problem),
                        Err(error) => EventBody::Trouble(Problem::new(ProblemKind::Local, format!("The command: {error}."))),
                    };
                    let well = matches!(told, EventBody::Notice(_));
                    publisher.publish(told);
                    publisher.publish(EventBody::Followed { well });
                });
            }
            WhenDone::Disconnect => {
                self.publisher.publish(EventBody::Notice(ended.words()));
                self.tell(SessionCommand::Leave(DisconnectWhen::Now));
                self.publisher.publish(EventBody::Followed { well: true });
            }
            WhenDone::Machine(action) => self.count_down(action, ended),
        }
    }

    fn count_down(&mut self, action: PowerAction, ended: Ended) {
        self.call_off();
        let (power, publisher, questions) =
            (Arc::clone(&self.afterwards.power), self.publisher.clone(), self.shared.questions.clone());
        self.afterwards.countdown = Some(tokio::spawn(async move {
            let mut well = goes_on(&publisher, &questions, action, ended).await;
            if well && let Some(problem) = act(power, action).await {
                well = false;
                publisher.publish(EventBody::Trouble(problem));
            }
            publisher.publish(EventBody::Followed { well });
        }));
    }

    /// Ends a countdown.
    fn call_off(&mut self) {
        if let Some(countdown) = self.afterwards.countdown.take() {
            countdown.abort();
        }
    }

    /// What follows as things are.
    fn when_done(&self) -> WhenDone {
        let settings = self.shared.settings.read().unwrap_or_else(PoisonError::into_inner);
        let usual = if self.afterwards.asks_settings { settings.usually_when_done.into() } else { WhenDone::Nothing };
        self.afterwards.chosen.clone().unwrap_or(usual)
    }

    fn seen(&self) -> Seen {
        let site = self.session.as_ref().map(|session| &session.context.site.id);
        self.shared.queue.read(|queue| {
            let summary = queue.summary(Instant::now());
            Seen {
                pending: site.is_some_and(|site| queue.is_pending(site)),
                done: summary.done.saturating_sub(summary.filtered),
                filtered: summary.filtered,
                failed: summary.failed,
                empty_folders: summary.empty_folders,
                held_up: site.map_or(0, |site| queue.held_up(site)),
            }
        })
    }
}

/// Whether the last so many that failed did so because of the connection.
fn all_lost(queue: &Queue, failed: usize) -> bool {
    let ids = queue.ids(QueueTab::Failed);
    let of_connection = |problem: &Problem| {
        matches!(problem.kind, ProblemKind::Connect | ProblemKind::Login | ProblemKind::Certificate | ProblemKind::Lost)
    };
    ids.iter().rev().take(failed).all(|id| {
        queue.get(*id).is_some_and(|item| matches!(&item.state, TransferState::Failed(problem) if of_connection(problem)))
    })
}

/// Asks, and waits for the answer or for the countdown's end.
async fn goes_on(publisher: &Publisher, questions: &Questions, action: PowerAction, ended: Ended) -> bool {
    let question = Question::Power { action, ended, until: Instant::now() + COUNTDOWN };
    match tokio::time::timeout(COUNTDOWN, questions.ask(publisher, question)).await {
        Ok(answer) => answer == Answer::Confirm,
        Err(_) => true,
    }
}

async fn act(power: Arc<dyn Power>, action: PowerAction) -> Option<Problem> {
    let done = spawn_blocking(move || match action {
        PowerAction::Sleep => power.sleep(),
        PowerAction::ShutDown => power.shut_down(),
    });
    let words = done.await.unwrap_or_else(|error| Err(error.to_string())).err()?;
    let problem = Problem::new(ProblemKind::Local, format!("This machine does not {}.", action.verb()));
    Some(problem.advise("The system refused it; that may need another user's rights.").quote(words))
}

/// Runs a program and waits for its end; blocking.
fn run(words: &[String], done: usize, failed: usize) -> Result<String, Problem> {
    let Some((name, arguments)) = words.split_first() else {
        return Err(Problem::new(ProblemKind::Local, "There is no command to run."));
    };
    let trouble = |what: String| Problem::new(ProblemKind::Local, what);
    let output = Program::new(name)
        .args(arguments)
        .env("MOORLINE_DONE", done.to_string())
        .env("MOORLINE_FAILED", failed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| trouble(format!("“{name}” could not be run: {error}.")))?;
    if output.status.success() {
        return Ok(format!("The queue is through, and “{name}” has run."));
    }
    let problem = trouble(format!("“{name}” has failed: {}.", output.status));
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => Err(problem.quote(line.replace(char::is_control, "\u{fffd}"))),
        None => Err(problem),
    }
}
