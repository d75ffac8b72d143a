//! One session over the engine: connects, answers its questions from the command line, opens folders, leaves.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use crate::cli::arguments::{ConnectArguments, Exists};
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::output::printable;
use crate::cli::password;
use crate::cli::surroundings::{AsOrdered, Surroundings};
use crate::cli::targets::{self, Remote};
use crate::engine::{Answer, Command, Engine, Event, EventBody, Options, Question, QuestionId, Waker};
use crate::model::address::AddressPath;
use crate::model::banner::Banner;
use crate::model::certificate::Fingerprint;
use crate::model::conflict::{self, OnExists, Scope};
use crate::model::listing::Listing;
use crate::model::path::RemotePath;
use crate::model::problem::{Problem, ProblemKind};
use crate::model::resume::WhenChanged;
use crate::model::secret::Secret;
use crate::model::session::{DisconnectWhen, Phase, SessionView};
use crate::model::site::SiteTree;
use crate::model::when_done::PowerAction;
use crate::store::places::Places;
use crate::store::sites;

/// How long one look at the engine waits for news, so that an interrupt is seen soon.
const LOOK: Duration = Duration::from_millis(100);
/// How long news that are no event pile up before they are looked at.
const PILE_UP: Duration = Duration::from_millis(5);
/// How long a leave may take before the program ends without it.
const LEAVE: Duration = Duration::from_secs(10);

/// Ends a wait when the engine has something new, events or progress of the queue.
struct Alarm(SyncSender<()>);

impl Waker for Alarm {
    fn wake(&self) {
        // A full channel has its alarm already.
        let _ = self.0.try_send(());
    }
}

/// A connected session.
pub(super) struct Session<'a> {
    pub(super) engine: Engine,
    around: &'a Surroundings,
    alarm: Receiver<()>,
    interrupt: Interrupt,
    trust: Vec<Fingerprint>,
    /// The password, until it was given once.
    password: Option<Secret>,
    on_exists: OnExists,
    quiet: bool,
    view: SessionView,
    /// The last trouble that was told, in case the session ends over it.
    trouble: Option<Problem>,
    /// The countdown that waits for a word before the machine sleeps or shuts down.
    countdown: Option<Countdown>,
    /// Whether what was to follow the transfer is done, once that is known.
    followed: Option<bool>,
}

struct Countdown {
    question: QuestionId,
    action: PowerAction,
    until: Instant,
}

/// Reads what a command line says about the remote side; saved sites are read only when one is named.
pub(super) fn find_remote(text: &str) -> Result<Remote, Failure> {
    let sites = if targets::is_site_name(text) { saved_sites() } else { SiteTree::default() };
    targets::remote(text, &sites)
}

fn saved_sites() -> SiteTree {
    let Some(places) = Places::of_user() else { return SiteTree::default() };
    let loaded = sites::load(&places);
    if let Some(notice) = loaded.notice {
        eprintln!("moorline: {}", printable(&notice.sentence()));
    }
    loaded.value
}

impl<'a> Session<'a> {
    /// Connects and logs in.
    pub(super) fn connect(
        remote: &Remote,
        arguments: &ConnectArguments,
        on_exists: OnExists,
        around: &'a Surroundings,
    ) -> Result<Self, Failure> {
        let password = password::find(remote, arguments.password_stdin, around.places.clone())?;
        let options = Options { places: around.places.clone(), keyring: true, keep_queue: false };
        let (alarm, alarmed) = mpsc::sync_channel(1);
        let power = Arc::new(AsOrdered(Arc::clone(&around.power)));
        let engine = Engine::start_with_power(options, Arc::new(Alarm(alarm)), power)
            .map_err(|error: io::Error| Failure::local(format!("The system refused a thread to work on: {error}.")))?;
        engine.send(Command::Connect {
            site: Box::new(remote.site.clone()),
            password: password.clone(),
            start: AddressPath::Login,
        });
        let mut session = Self {
            engine,
            around,
            alarm: alarmed,
            interrupt: Interrupt::listen(),
            trust: arguments.trust.clone(),
            password,
            on_exists,
            quiet: arguments.quiet,
            view: SessionView::default(),
            trouble: None,
            countdown: None,
            followed: None,
        };
        session.wait_until_moored()?;
        Ok(session)
    }

    fn wait_until_moored(&mut self) -> Result<(), Failure> {
        let mut has_begun = false;
        loop {
            self.look()?;
            match self.view.phase {
                Phase::Moored if self.view.login_folder.is_some() => return Ok(()),
                Phase::Connecting(_) => has_begun = true,
                // A script that wants another attempt makes it itself.
                Phase::Adrift { .. } | Phase::Stranded { .. } => return Err(Failure::Connect(self.why_not_connected())),
                Phase::Offline if has_begun => return Err(Failure::Connect(self.why_not_connected())),
                _ => {}
            }
        }
    }

    fn why_not_connected(&self) -> Problem {
        let of_banner = self.view.banner.as_ref().map(of_banner);
        of_banner
            .or_else(|| self.trouble.clone())
            .unwrap_or_else(|| Problem::new(ProblemKind::Connect, "There is no connection to the server."))
    }

    /// Waits a moment for news, and takes in all there is of session, questions and trouble. What is left is for the caller.
    pub(super) fn look(&mut self) -> Result<Option<EventBody>, Failure> {
        if self.interrupt.is_asked() {
            self.leave(DisconnectWhen::Now);
            return Err(Failure::Incomplete(Some(Problem::new(
                ProblemKind::Cancelled,
                "Interrupted; what has arrived so far is kept.",
            ))));
        }
        let Some(Event { body, .. }) = self.engine.next_event().or_else(|| self.wait()) else { return Ok(None) };
        match body {
            EventBody::Session(view) => self.view = *view,
            EventBody::Trouble(problem) => {
                self.note(&problem.sentence());
                self.trouble = Some(problem);
            }
            EventBody::QueueEnded { words } => {
                if let Err(error) = (self.around.announce)("Moorline", &words) {
                    let problem = Problem::new(ProblemKind::Local, "The end could not be shown on the desktop.").quote(error);
                    self.note(&problem.sentence());
                    self.trouble = Some(problem);
                    self.followed = Some(false);
                }
            }
            EventBody::Followed { well } => self.followed = Some(self.followed.unwrap_or(well)),
            EventBody::Asked { id, question: Question::Power { action, until, .. } } => {
                self.countdown = Some(Countdown { question: id, action, until });
            }
            EventBody::Asked { id, question } => {
                let answer = self.answer(&question)?;
                self.engine.send(Command::Answer { question: id, answer });
            }
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    /// Waits for the engine's alarm, but not longer than one look; returns the next event if there is one.
    fn wait(&self) -> Option<Event> {
        let _ = self.alarm.recv_timeout(LOOK);
        self.engine.next_event().or_else(|| {
            // Files that move ring it for every line of their log: looking each time would cost more than moving small ones.
            std::thread::sleep(PILE_UP);
            self.engine.next_event()
        })
    }

    /// Whether the session has ended and does not come back by itself.
    pub(super) fn is_stranded(&self) -> Option<Problem> {
        matches!(self.view.phase, Phase::Stranded { .. } | Phase::Offline).then(|| self.why_not_connected())
    }

    /// The folder that relative paths are below: a saved site's start folder, otherwise the login folder.
    pub(super) fn start_folder(&self) -> RemotePath {
        let start = if self.view.site.as_ref().is_some_and(|site| !site.remote_folder.is_empty()) {
            self.view.folder.as_ref()
        } else {
            None
        };
        start.or(self.view.login_folder.as_ref()).cloned().unwrap_or_else(RemotePath::root)
    }

    /// Opens a folder on the server; the inner error is the server's no.
    pub(super) fn open(&mut self, folder: &RemotePath) -> Result<Result<Arc<Listing>, Problem>, Failure> {
        self.engine.send(Command::OpenRemote { path: folder.clone() });
        loop {
            match self.look()? {
                Some(EventBody::RemoteListing { path, listing, .. }) if path == *folder => return Ok(Ok(listing)),
                Some(EventBody::RemoteTrouble { path, problem }) if path == *folder => return Ok(Err(problem)),
                _ => {}
            }
            if let Some(problem) = self.is_stranded() {
                return Err(Failure::Connect(problem));
            }
        }
    }

    /// Leaves, and waits for it, but not for ever.
    pub(super) fn leave(&self, when: DisconnectWhen) {
        self.engine.send(Command::Disconnect { when });
        let until = Instant::now() + LEAVE;
        while Instant::now() < until {
            if matches!(self.engine.wait_event(LOOK), Some(Event { body: EventBody::Left, .. })) {
                return;
            }
        }
    }

    /// Waits until what was to follow the transfer is done or not done, or the machine is about to sleep or to shut down.
    pub(super) fn until_something_follows(&mut self) -> Result<(), Failure> {
        while self.followed.is_none() && self.countdown.is_none() {
            self.look()?;
            // What the connection took with it waits for a way back, and nothing follows where there is none.
            if self.engine.queue().summary().is_pending() && self.is_stranded().is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Waits until what was to follow the transfer, if anything was, is done. A person at a terminal gets the countdown, a script
    /// has nobody who could call it off.
    pub(super) fn until_followed(&mut self) -> Result<(), Failure> {
        let Some(Countdown { question, action, until }) = self.countdown.take() else { return self.what_followed() };
        if self.around.is_watched {
            let seconds = until.saturating_duration_since(Instant::now()).as_secs();
            // Also for those who want to hear of failures only: it is the one moment to call it off.
            eprintln!("moorline: This machine will {} in {seconds} s; Ctrl+C calls it off.", action.verb());
        } else {
            self.engine.send(Command::Answer { question, answer: Answer::Confirm });
        }
        while self.followed.is_none() {
            self.look()?;
        }
        self.what_followed()
    }

    fn what_followed(&mut self) -> Result<(), Failure> {
        // It was told already, but for those who want to hear of failures only.
        let problem = self.trouble.take().filter(|_| self.quiet);
        if self.followed == Some(false) { Err(Failure::Local(problem)) } else { Ok(()) }
    }

    /// Tells something that is worth knowing and no failure.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("moorline: {}", printable(text));
        }
    }

    fn answer(&mut self, question: &Question) -> Result<Answer, Failure> {
        match question {
            Question::Certificate { authority, certificate, changed } => {
                if self.trust.contains(&certificate.fingerprint) {
                    return Ok(Answer::TrustOnce);
                }
                let changed = if *changed { " It is not the one that was accepted before." } else { "" };
                let reason = certificate.reason.trim_end_matches('.');
                let what = format!("The certificate of {authority} is not trusted: {reason}.{changed}");
                let advice = format!(
                    "Its SHA-256 fingerprint is {0}. When you have made sure that it is the right one: --trust {0}",
                    certificate.fingerprint
                );
                Err(Failure::Connect(Problem::new(ProblemKind::Certificate, what).advise(advice)))
            }
            // Opened before, if it could be.
            Question::Master { .. } => Ok(Answer::StayLocked),
            Question::Password { site, refused, .. } => {
                let user = format!("{}@{}", site.login_user(), site.host);
                let problem = match (refused, self.password.take()) {
                    (None, Some(password)) => return Ok(Answer::Password { password, remember: false }),
                    (None, None) => Problem::new(ProblemKind::Login, format!("A password is needed for {user}.")).advise(
                        "Give it with --password-stdin or MOORLINE_PASSWORD, or the master password of the saved ones with \
                             MOORLINE_MASTER_PASSWORD.",
                    ),
                    (Some(words), _) => {
                        Problem::new(ProblemKind::Login, format!("The server did not accept the password of {user}.")).quote(words)
                    }
                };
                Err(Failure::Connect(problem))
            }
            Question::Exists { source, target, ahead, .. } if !conflict::decides(self.on_exists, source, target, *ahead) => {
                let problem = conflict::undecided(self.on_exists, source, target);
                let others = Exists::in_a_row(&conflict::ways(source, target, *ahead));
                Ok(Answer::Refuse(problem.advise(format!("What decides here: --on-exists {others}."))))
            }
            Question::Exists { .. } => Ok(Answer::Exists { choice: self.on_exists, scope: Scope::Session }),
            Question::Changed { remote, .. } => {
                self.note(&format!("{remote}: the source has changed since a part of it was transferred; it is transferred anew"));
                Ok(Answer::Changed(WhenChanged::Anew))
            }
            // Nothing here deletes; an unasked-for deletion is refused.
            Question::Delete { .. }
            | Question::Trash { .. }
            | Question::Discard { .. }
            | Question::Power { .. }
            | Question::Saved { .. } => Ok(Answer::Cancel),
        }
    }
}

/// What a banner says, as a problem.
fn of_banner(banner: &Banner) -> Problem {
    let problem = Problem::new(ProblemKind::Connect, banner.headline.clone());
    match &banner.server_words {
        Some(words) => problem.quote(banner.code.map_or_else(|| words.clone(), |code| format!("{code} {words}"))),
        None => problem,
    }
}
