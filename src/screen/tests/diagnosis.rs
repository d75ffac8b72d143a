//! Examinations: whom they are of, and what becomes of the report.

use std::time::Duration;

use super::*;
use crate::model::banner::BannerAction;
use crate::model::diagnosis::{Finding, Report, Step, StepName};
use crate::screen::Dialog;
use crate::screen::state::Focus;

fn report() -> Arc<Report> {
    let step = Step {
        name: StepName::Route,
        finding: Finding::PortRefused,
        took: Duration::from_millis(3),
        words: "Nothing listens there.".to_owned(),
    };
    Arc::new(Report::new("shop.example:21".to_owned(), vec![step], &[]))
}

/// Who is examined by these effects.
fn examined(effects: &[Effect]) -> Option<String> {
    match effects {
        [Effect::Engine(Command::Diagnose { site })] => Some(site.id.0.clone()),
        _ => None,
    }
}

#[test]
fn the_banner_examines_the_sessions_server_and_the_report_can_be_copied() {
    let mut screen = offline();
    let session = site("quick:alice@shop.example:21", "shop.example", "shop.example");
    let id = session.id.clone();
    tell(&mut screen, EventBody::Session(Box::new(SessionView { site: Some(session), ..SessionView::default() })));
    let effects = reduce(&mut screen, Action::Banner(BannerAction::Diagnose));
    assert_eq!(examined(&effects).as_deref(), Some("quick:alice@shop.example:21"));
    assert!(reduce(&mut screen, Action::AcceptDialog).is_empty(), "there is nothing to copy yet");
    tell(&mut screen, EventBody::Diagnosis { site: SiteId("other".into()), report: report() });
    assert!(matches!(&screen.dialog, Some(Dialog::Diagnosis { report: None, .. })), "another server's report");
    tell(&mut screen, EventBody::Diagnosis { site: id, report: report() });
    let effects = reduce(&mut screen, Action::AcceptDialog);
    assert!(matches!(effects.as_slice(), [Effect::CopyText(text)] if *text == report().text()), "{effects:?}");
    assert!(matches!(&screen.dialog, Some(Dialog::Diagnosis { report: Some(_), .. })), "it can still be read");
    reduce(&mut screen, Action::CloseDialog);
    assert_eq!(screen.dialog, None);
}

#[test]
fn a_report_that_nobody_waits_for_opens_nothing() {
    let mut screen = offline();
    tell(&mut screen, EventBody::Diagnosis { site: SiteId("a".into()), report: report() });
    assert_eq!(screen.dialog, None);
}

#[test]
fn the_verb_takes_the_site_that_is_marked_or_connected() {
    let mut screen = offline();
    assert!(Verb::Diagnose.is_enabled(&screen).is_err(), "there is nobody to examine");
    let ids: Vec<SiteId> = screen.sites.sites.iter().map(|site| site.id.clone()).collect();
    screen.site_cursor = Some(ids[0].clone());
    assert_eq!(examined(&act(&mut screen, Verb::Diagnose)), Some(ids[0].0.clone()));
    screen.session.site = Some(screen.sites.sites[1].clone());
    assert_eq!(examined(&act(&mut screen, Verb::Diagnose)), Some(ids[1].0.clone()));
    screen.focus = Focus::Sites;
    assert_eq!(examined(&act(&mut screen, Verb::Diagnose)), Some(ids[0].0.clone()));
    assert_eq!(examined(&reduce(&mut screen, Action::DiagnoseSite(ids[1].clone()))), Some(ids[1].0.clone()));
}
