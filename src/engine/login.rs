//! From a site to a moored connection: certificate and password questions, login, the first folder.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::engine::aftermath;
use crate::engine::browse::{self, Work};
use crate::engine::command::Answer;
use crate::engine::event::{EventBody, Question, WantedFor};
use crate::engine::passwords::Passwords;
use crate::engine::session_context::SessionContext;
use crate::engine::trouble;
use crate::ftp::{Control, Fault};
use crate::model::address::AddressPath;
use crate::model::log::LogKind;
use crate::model::passwords::{Keeping, MasterPassword};
use crate::model::path::RemotePath;
use crate::model::secret::Secret;
use crate::model::session::{CertificateTrust, ConnectStep, Phase, Security};
use crate::model::site::Logon;

/// What anonymous logins send as their password (RFC 1635 asks for something like an address).
pub(super) const ANONYMOUS_PASSWORD: &str = "anonymous@";
/// How often a person is asked for the password in one connect.
const PASSWORD_TRIES: u32 = 3;

/// Connects, logs in and shows a folder: the last one, else `start`, else the site's own, else the login folder.
///
/// # Errors
/// The fault that kept it from being moored; `Cancelled` also when a question was answered with no.
pub async fn connect(
    ctx: &Arc<SessionContext>,
    given: Option<Secret>,
    start: &AddressPath,
    last: Option<RemotePath>,
    cancel: &CancellationToken,
) -> Result<Control, Fault> {
    ctx.show(|view| {
        view.phase = Phase::Connecting(ConnectStep::Resolving);
        view.problem = None;
    });
    ctx.set_trust({
        let mut trust = ctx.keeper.trust(&ctx.site).await;
        trust.pinned.extend(ctx.trust().pinned);
        trust
    });
    let Typed { mut password, mut remember } = first_password(ctx, given, cancel).await?;
    let mut tries = 0;
    let mut control = loop {
        let mut control = secured(ctx, cancel).await?;
        control.set_cancel(cancel.clone());
        step(ctx, ConnectStep::LoggingIn);
        match control.login(ctx.site.login_user(), &password).await {
            Ok(_) => break control,
            Err(Fault::LoginRefused(reply))
                if tries < PASSWORD_TRIES && ctx.site.logon != Logon::Anonymous && aftermath::is_about_password(&reply) =>
            {
                tries += 1;
                control.quit().await;
                Typed { password, remember } =
                    ask_password(ctx, Some(reply.words()), cancel).await.ok_or(Fault::LoginRefused(reply))?;
            }
            Err(fault) => return Err(fault),
        }
    };
    if remember {
        keep_password(ctx, password.clone());
    }
    ctx.set_password(password);
    step(ctx, ConnectStep::Settling);
    // What is known already is not asked for.
    if ctx.keeper.host(&ctx.site).await.idle_limit_seconds.is_none() && ctx.view().idle_limit.is_none() {
        control.ask_idle_limit().await?;
    }
    let home = control.folder().await?;
    let security = security(&control);
    ctx.show(|view| {
        view.login_folder = Some(home.clone());
        view.security = Some(security);
        view.round_trip = control.round_trip();
    });
    ctx.keeper.remember_address(&ctx.site, control.peer().ip()).await;
    show_first_folder(ctx, &mut control, &home, start, last).await?;
    ctx.set_manners(control.manners());
    Ok(control)
}

fn step(ctx: &Arc<SessionContext>, step: ConnectStep) {
    ctx.show(|view| view.phase = Phase::Connecting(step));
}

/// A password, and whether it goes into the keyring once the server has accepted it.
struct Typed {
    password: Secret,
    remember: bool,
}

async fn first_password(ctx: &Arc<SessionContext>, given: Option<Secret>, cancel: &CancellationToken) -> Result<Typed, Fault> {
    let known_already = |password| Typed { password, remember: false };
    if ctx.site.logon == Logon::Anonymous || ctx.site.user.is_empty() {
        return Ok(known_already(given.unwrap_or_else(|| Secret::new(ANONYMOUS_PASSWORD))));
    }
    let known = [given, Some(ctx.password()).filter(|password| !password.is_empty())].into_iter().flatten().next();
    let kept = match known {
        Some(known) => Some(known),
        None if ctx.site.logon == Logon::Keyring => kept_password(ctx, cancel).await,
        None => None,
    };
    match kept {
        Some(password) => Ok(known_already(password)),
        None => ask_password(ctx, None, cancel).await.ok_or(Fault::Cancelled),
    }
}

/// The saved password. Nothing is saved for what was typed as an address, so that the master password is not asked for.
async fn kept_password(ctx: &Arc<SessionContext>, cancel: &CancellationToken) -> Option<Secret> {
    if !ctx.site.id.is_quick() && ctx.keeper.master_password().await == MasterPassword::Locked {
        step(ctx, ConnectStep::Asking);
        let passwords = Passwords::new(&ctx.keeper, &ctx.questions, &ctx.publisher);
        let wanted = WantedFor::Connecting { site: ctx.site.name.clone() };
        tokio::select! {
            _ = passwords.unlock(&wanted) => {}
            () = cancel.cancelled() => return None,
        }
    }
    ctx.keeper.password(&ctx.site).await
}

/// Asks. `None` is "cancel".
async fn ask_password(ctx: &Arc<SessionContext>, refused: Option<String>, cancel: &CancellationToken) -> Option<Typed> {
    let is_kept = ctx.site.logon == Logon::Keyring && !ctx.site.id.is_quick();
    let keeping = if is_kept { ctx.keeper.passwords_kept().await.keeping() } else { Keeping::Nowhere };
    step(ctx, ConnectStep::Asking);
    let question = Question::Password { site: Box::new(ctx.site.clone()), refused, keeping };
    let answer = tokio::select! {
        answer = ctx.questions.ask(&ctx.publisher, question) => answer,
        () = cancel.cancelled() => Answer::Cancel,
    };
    match answer {
        Answer::Password { password, remember } => Some(Typed { password, remember }),
        _ => None,
    }
}

/// A person may have to unlock what keeps it, and the session goes on meanwhile.
fn keep_password(ctx: &Arc<SessionContext>, password: Secret) {
    drop(tokio::spawn(Passwords::new(&ctx.keeper, &ctx.questions, &ctx.publisher).save(&ctx.site, Some(password))));
}

/// Dials; an unknown certificate is a question, and then dialled again.
async fn secured(ctx: &Arc<SessionContext>, cancel: &CancellationToken) -> Result<Control, Fault> {
    loop {
        let stepping = Arc::clone(ctx);
        let certificate = match ctx.dial(0, move |step| stepping.show(|view| view.phase = Phase::Connecting(step)), cancel).await {
            Err(Fault::Untrusted(certificate)) => certificate,
            other => return other,
        };
        step(ctx, ConnectStep::Asking);
        let mut trust = ctx.trust();
        let question = Question::Certificate {
            authority: ctx.site.authority(),
            changed: !trust.pinned.is_empty(),
            certificate: certificate.clone(),
        };
        let answer = tokio::select! {
            answer = ctx.questions.ask(&ctx.publisher, question) => answer,
            () = cancel.cancelled() => Answer::Cancel,
        };
        match answer {
            Answer::TrustAlways => {
                if let Some(problem) = ctx.keeper.accept(&ctx.site, &certificate).await {
                    ctx.publisher.publish(EventBody::Trouble(problem));
                }
            }
            Answer::TrustOnce => {}
            _ => return Err(Fault::Untrusted(certificate)),
        }
        trust.pinned.insert(certificate.fingerprint);
        ctx.set_trust(trust);
    }
}

fn security(control: &Control) -> Security {
    match control.tls() {
        None => Security::Plain,
        Some(facts) => Security::Tls {
            protocol: facts.protocol,
            trust: if facts.pinned { CertificateTrust::Pinned } else { CertificateTrust::Authority },
        },
    }
}

/// Opens the first of the wanted folders that opens; the login folder last.
async fn show_first_folder(
    ctx: &Arc<SessionContext>,
    control: &mut Control,
    home: &RemotePath,
    start: &AddressPath,
    last: Option<RemotePath>,
) -> Result<(), Fault> {
    let wanted = match (last, start) {
        (Some(last), _) => Some(last),
        (None, AddressPath::Relative(path)) => home.resolve(path).ok(),
        (None, AddressPath::Absolute(path)) => RemotePath::parse(path).ok(),
        (None, AddressPath::Login) => {
            let site = ctx.site_now();
            if site.remote_folder.is_empty() { None } else { home.resolve(&site.remote_folder).ok() }
        }
    };
    if let Some(wanted) = wanted {
        match control.enter(&wanted).await {
            Ok(()) => return browse::perform(ctx, control, Work::Open(wanted)).await,
            Err(fault) if fault.session_survives() => {
                let problem = trouble::of_fault(&fault, &format!("open {wanted}"));
                ctx.publisher.log(0, LogKind::Problem, problem.sentence());
                ctx.publisher.publish(EventBody::RemoteTrouble { path: wanted, problem });
            }
            Err(fault) => return Err(fault),
        }
    }
    browse::perform(ctx, control, Work::Open(home.clone())).await
}
