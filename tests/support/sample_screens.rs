//! Made-up screens: what the drawings of the window show, for snapshots and for trying out the drawing code.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use moorline::engine::Place;
use moorline::model::arrangement::Arrangement;
use moorline::model::banner::{Banner, BannerAction, Severity};
use moorline::model::entry::{Entry, EntryKind, Modified, Precision};
use moorline::model::listing::{Listing, ListingSource};
use moorline::model::log::{LogKind, LogLine};
use moorline::model::path::RemotePath;
use moorline::model::problem::{Problem, ProblemKind};
use moorline::model::receipt::ReceiptId;
use moorline::model::session::{CertificateTrust, IdleLimit, LimitSource, Phase, Security};
use moorline::model::settings::{Settings, ThemeChoice};
use moorline::model::site::{Site, SiteColor, SiteFolder, SiteId, SiteTree};
use moorline::model::timeline::{Happening, What};
use moorline::model::transfer::{
    Compared, Direction, Form, Priority, Proof, QueueSummary, QueueTab, SkipReason, TransferId, TransferRow, TransferState,
};
use moorline::screen::pane::Crumb;
use moorline::screen::state::Screen;
use moorline::screen::{Pane, Side};
use moorline::ui::view::{ChronicleSource, LogSource, QueueSource, View};

/// A screen with the rows that belong to it and the moment that it shows.
pub struct Sample {
    /// The screen.
    pub screen: Screen,
    /// Rows of the queue.
    pub queue: Rows,
    /// Lines of the log.
    pub log: Lines,
    /// What happened on the connections.
    pub chronicle: Happenings,
    /// The moment, for countdowns.
    pub instant: Instant,
    /// The moment, for dates.
    pub now: Timestamp,
    /// The zone.
    pub zone: TimeZone,
}

impl Sample {
    /// What a frame of it is drawn from.
    pub fn view(&self) -> View<'_> {
        View {
            screen: &self.screen,
            queue: &self.queue,
            log: &self.log,
            chronicle: &self.chronicle,
            instant: self.instant,
            now: self.now,
            zone: &self.zone,
            is_watched: true,
        }
    }
}

/// Made-up rows.
#[derive(Default)]
pub struct Rows(pub Vec<TransferRow>);

impl QueueSource for Rows {
    fn rows(&self, tab: QueueTab, from: usize, count: usize) -> Vec<TransferRow> {
        self.0.iter().filter(|row| row.state.tab() == tab).skip(from).take(count).cloned().collect()
    }

    fn arranged(&self, tab: QueueTab, arrangement: &Arrangement) -> Option<Arc<Vec<TransferId>>> {
        let matches = |row: &&TransferRow| row.state.tab() == tab && row.remote.as_str().contains(&arrangement.filter);
        Some(Arc::new(self.0.iter().filter(matches).map(|row| row.id).collect()))
    }

    fn rows_of(&self, ids: &[TransferId]) -> Vec<TransferRow> {
        ids.iter().filter_map(|id| self.0.iter().find(|row| row.id == *id)).cloned().collect()
    }

    fn row_of(&self, tab: QueueTab, id: TransferId) -> Option<usize> {
        self.0.iter().filter(|row| row.state.tab() == tab).position(|row| row.id == id)
    }

    fn queued_for(&self, site: &SiteId) -> usize {
        self.0.iter().filter(|row| row.site == *site && row.state == TransferState::Queued).count()
    }

    fn speed_history(&self) -> Vec<u64> {
        if self.0.is_empty() {
            Vec::new()
        } else {
            vec![20, 40, 35, 70, 95, 80, 120, 100, 105, 130, 125, 160, 135, 140, 165, 190, 155, 170]
        }
    }
}

/// Made-up lines.
#[derive(Default)]
pub struct Lines(pub Vec<LogLine>);

impl LogSource for Lines {
    fn range(&self) -> Range<u64> {
        0..self.0.len() as u64
    }

    fn lines(&self, range: Range<u64>) -> Vec<LogLine> {
        self.0[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()].to_vec()
    }
}

/// Made-up happenings.
#[derive(Default)]
pub struct Happenings(pub Vec<Happening>);

impl ChronicleSource for Happenings {
    fn happenings(&self) -> Vec<Happening> {
        self.0.clone()
    }
}

/// A session of the last minute: connect, listing, keep-alives, two transfers, a cut and the way back.
fn chronicle() -> Vec<Happening> {
    let sent = |line: &str| What::Sent(line.into());
    let replied = |line: &str| What::Replied(line.into());
    let now = at(today(12, 4));
    let rows: Vec<(i64, u16, What)> = vec![
        (-47_000, 0, What::Dialling),
        (-46_600, 0, replied("220 Harbour Books file service ready")),
        (-46_600, 0, sent("AUTH TLS")),
        (-46_400, 0, replied("234 Proceed with negotiation.")),
        (-45_900, 0, What::Secured),
        (-45_900, 0, sent("USER alice")),
        (-45_600, 0, replied("331 Please specify the password.")),
        (-45_600, 0, sent("PASS ****")),
        (-45_100, 0, replied("230 Login successful.")),
        (-44_900, 0, sent("MLSD")),
        (-44_700, 0, replied("150 Here comes the directory listing.")),
        (-43_000, 0, What::Moved(2_310)),
        (-43_000, 0, replied("226 Directory send OK.")),
        (-40_000, 1, What::Dialling),
        (-39_500, 1, replied("220 Harbour Books file service ready")),
        (-39_500, 1, sent("USER alice")),
        (-38_800, 1, replied("230 Login successful.")),
        (-38_500, 1, sent("STOR /www/assets/hero@2x.webp")),
        (-38_300, 1, replied("150 Ok to send data.")),
        (-20_000, 1, What::Moved(418_000)),
        (-20_000, 1, replied("226 Transfer complete.")),
        (-19_700, 1, sent("SIZE /www/assets/hero@2x.webp")),
        (-19_500, 1, replied("213 418000")),
        (-19_000, 1, sent("STOR /www/releases/backup-2026-11.tar.gz")),
        (-18_800, 1, replied("150 Ok to send data.")),
        (-36_000, 2, What::Dialling),
        (-35_500, 2, replied("220 Harbour Books file service ready")),
        (-35_000, 2, sent("RETR /logs/access.log.3")),
        (-34_800, 2, replied("150 Opening data connection.")),
        (-24_000, 2, replied("421 Timeout - try typing a little faster next time")),
        (-24_000, 2, What::Ended),
        (-14_000, 2, What::Dialling),
        (-13_600, 2, replied("220 Harbour Books file service ready")),
        (-13_400, 2, sent("RETR /logs/access.log.3")),
        (-13_200, 2, replied("150 Opening data connection.")),
        (-27_000, 0, sent("NOOP")),
        (-26_700, 0, replied("200 NOOP ok.")),
        (-9_000, 0, sent("NOOP")),
        (-8_700, 0, replied("200 NOOP ok.")),
    ];
    let happening = |(millis, connection, what): (i64, u16, What)| Happening {
        at: now + jiff::SignedDuration::from_millis(millis),
        connection,
        what,
    };
    rows.into_iter().map(happening).collect()
}

fn at(time: DateTime) -> Timestamp {
    time.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

fn entry(name: &str, kind: EntryKind, size: Option<u64>, time: DateTime) -> Entry {
    let mut entry = Entry::new(name, kind);
    entry.size = size;
    entry.modified = Some(Modified { at: at(time), precision: Precision::Second });
    entry
}

fn november(day: i8) -> DateTime {
    date(2026, 11, day).at(9, 0, 0, 0)
}

fn today(hour: i8, minute: i8) -> DateTime {
    date(2026, 11, 20).at(hour, minute, 0, 0)
}

fn august() -> DateTime {
    date(2026, 8, 4).at(9, 0, 0, 0)
}

fn local_entries() -> Vec<Entry> {
    use EntryKind::{Dir, File};
    vec![
        entry("assets", Dir, None, today(9, 12)),
        entry("css", Dir, None, november(18)),
        entry("includes", Dir, None, november(18)),
        entry("uploads", Dir, None, november(2)),
        entry("about.php", File, Some(4_100), today(11, 40)),
        entry("contact.php", File, Some(3_700), november(17)),
        entry("index.php", File, Some(12_800), today(12, 2)),
        entry("robots.txt", File, Some(112), august()),
        entry("hero@2x.webp", File, Some(418_000), today(9, 12)),
        entry("backup-2026-11.tar.gz", File, Some(1_421_033_902), november(19)),
        entry("site.webmanifest", File, Some(611), august()),
    ]
}

fn remote_entries() -> Vec<Entry> {
    use EntryKind::{Dir, File, Link};
    let mut entries = vec![
        entry("assets", Dir, None, today(9, 20)),
        entry("css", Dir, None, november(18)),
        entry("includes", Dir, None, november(18)),
        entry("latest", Link, None, november(18)),
        entry("releases", Dir, None, november(18)),
        entry("uploads", Dir, None, november(2)),
        entry("about.php", File, Some(3_900), november(11)),
        entry("contact.php", File, Some(3_700), november(17)),
        entry("index.php", File, Some(12_100), november(11)),
        entry("robots.txt", File, Some(112), august()),
    ];
    for entry in &mut entries {
        entry.owner = Some("www".into());
        entry.group = Some("www-data".into());
        entry.mode = Some(match (entry.kind, entry.name.as_str()) {
            (Dir, "uploads") => 0o775,
            (Dir, _) => 0o755,
            (Link, _) => 0o777,
            _ => 0o644,
        });
        if entry.kind == Link {
            entry.target = Some("releases/42".into());
        }
    }
    entries
}

/// A pane that shows entries in their order, some of them selected.
pub fn pane(entries: Vec<Entry>, source: ListingSource, selected: &[u32]) -> Pane {
    let rows = (0..u32::try_from(entries.len()).unwrap()).collect();
    let selected: BTreeSet<u32> = selected.iter().copied().collect();
    let selected_bytes = selected.iter().filter_map(|index| entries[*index as usize].size).sum();
    Pane {
        listing: Some(Arc::new(Listing { entries, unread: Vec::new(), source, incomplete: None })),
        rows,
        selected,
        selected_bytes,
        ..Pane::default()
    }
}

fn local_pane() -> Pane {
    let mut pane = pane(local_entries(), ListingSource::Local, &[4, 6, 8]);
    let mut path = PathBuf::from("/");
    for step in ["home", "alice", "sites", "harbour"] {
        path.push(step);
        pane.crumbs.push(Crumb { label: step.into(), place: Place::Local(path.clone()) });
    }
    pane.place = Some(Place::Local(path));
    pane.free = Some(211_000_000_000);
    pane
}

fn remote_pane() -> Pane {
    let mut pane = pane(remote_entries(), ListingSource::Mlsd, &[8]);
    let www = RemotePath::parse("/www").unwrap();
    pane.crumbs = vec![
        Crumb { label: "/".into(), place: Place::Remote(RemotePath::root()) },
        Crumb { label: "www".into(), place: Place::Remote(www.clone()) },
    ];
    pane.place = Some(Place::Remote(www));
    pane.as_of = Some(at(today(12, 4)));
    pane
}

/// The sites of the drawings.
pub fn sites() -> SiteTree {
    let site = |id: &str, name: &str, host: &str, folder: &str, color: SiteColor| {
        let mut site = Site::new(SiteId(id.into()), name, host);
        site.folder = folder.into();
        site.color = color;
        site.user = "alice".into();
        site
    };
    let mut harbour = site("harbour", "Harbour Books", "ftp.harbourbooks.example", "Customers", SiteColor::Green);
    harbour.bookmarks = ["/www", "/www/releases", "/logs"].map(|path| RemotePath::parse(path).unwrap()).into();
    SiteTree {
        folders: vec![SiteFolder { path: "Customers".into(), open: true }, SiteFolder { path: "Archive".into(), open: true }],
        sites: vec![
            harbour,
            site("staging", "Harbour Books (staging)", "staging.harbourbooks.example", "Customers", SiteColor::Amber),
            site("lindt", "Lindt & Sohn", "ftp.lindtsohn.example", "Customers", SiteColor::Blue),
            site("zos", "z/OS nightly", "mvs.example", "Archive", SiteColor::Violet),
            site("nas", "NAS at home", "nas.example", "", SiteColor::Grey),
        ],
    }
}

fn transfer(id: u64, direction: Direction, local: &str, remote: &str, moved: u64, size: u64, state: TransferState) -> TransferRow {
    TransferRow {
        id: TransferId(id),
        site: SiteId("harbour".into()),
        direction,
        local: PathBuf::from("/home/alice/sites/harbour").join(local),
        remote: RemotePath::parse(remote).unwrap(),
        is_folder: false,
        state,
        priority: Priority::Normal,
        moved,
        size: Some(size),
        speed: 0,
        tries: 1,
        form: Form::Binary,
    }
}

fn transfers() -> Vec<TransferRow> {
    use Direction::{Download, Upload};
    let moving = || TransferState::Moving;
    let mut rows = vec![
        transfer(1, Upload, "assets/hero@2x.webp", "/www/assets/hero@2x.webp", 259_000, 418_000, moving()),
        transfer(2, Upload, "backup-2026-11.tar.gz", "/www/releases/backup-2026-11.tar.gz", 440_000_000, 1_421_033_902, moving()),
        transfer(3, Download, "logs/access.log.3", "/logs/access.log.3", 88_000_000, 100_000_000, moving()),
        transfer(4, Upload, "includes/db.php", "/www/includes/db.php", 2_104, 2_104, TransferState::Proving),
        transfer(5, Upload, "css/print.css", "/www/css/print.css", 0, 8_412, TransferState::Queued),
        transfer(6, Upload, "uploads/catalogue.pdf", "/www/uploads/catalogue.pdf", 6_000_000, 24_000_000, TransferState::Paused),
        transfer(
            7,
            Upload,
            "uploads/film.mp4",
            "/www/uploads/film.mp4",
            91_000_000,
            640_000_000,
            TransferState::Failed(
                Problem::new(ProblemKind::Refused, "The server refused to take /www/uploads/film.mp4: it has no room left.")
                    .advise("Make room there, then try again.")
                    .quote("552 /www/uploads/film.mp4: Disk quota exceeded"),
            ),
        ),
        transfer(
            8,
            Download,
            "notes.txt",
            "/www/notes.txt",
            0,
            1_204,
            TransferState::Failed(
                Problem::new(ProblemKind::Refused, "The server does not let this user read it.")
                    .quote("550 notes.txt: Permission denied"),
            ),
        ),
        transfer(
            9,
            Upload,
            "about.php",
            "/www/about.php",
            4_100,
            4_100,
            TransferState::Done(Proof {
                reply: "226 Transfer complete".into(),
                bytes: 4_100,
                compared: Compared::Size,
                hash: None,
                receipt: ReceiptId(1),
            }),
        ),
        transfer(10, Upload, "robots.txt", "/www/robots.txt", 0, 112, TransferState::Skipped(SkipReason::Exists)),
    ];
    for (row, speed) in rows.iter_mut().zip([1_200_000, 8_100_000, 2_900_000]) {
        row.speed = speed;
    }
    rows
}

fn log() -> Vec<LogLine> {
    let said = [
        (LogKind::Note, "Looking up ftp.harbourbooks.example: 203.0.113.7"),
        (LogKind::Reply, "220 Harbour Books file service ready"),
        (LogKind::Command, "AUTH TLS"),
        (LogKind::Reply, "234 Proceed with negotiation."),
        (LogKind::Note, "TLS 1.2 · certificate pinned"),
        (LogKind::Command, "USER alice"),
        (LogKind::Reply, "331 Please specify the password."),
        (LogKind::Command, "PASS ****"),
        (LogKind::Reply, "230 Login successful."),
        (LogKind::Command, "MLSD /www"),
        (LogKind::Reply, "226 Directory send OK."),
        (LogKind::Command, "CWD /private"),
        (LogKind::Reply, "550 /private: Permission denied"),
        (LogKind::Command, "STOR film.mp4"),
        (LogKind::Reply, "452 Insufficient storage space"),
        (LogKind::Problem, "552 Disk quota exceeded"),
    ];
    let line = |(number, (kind, text)): (usize, (LogKind, &str))| LogLine {
        at: at(today(12, 4)) + Duration::from_secs(number as u64),
        connection: u16::from(kind == LogKind::Problem) * 2,
        kind,
        text: text.into(),
    };
    said.into_iter().enumerate().map(line).collect()
}

/// At work: moored, four transfers under way.
pub fn moored(theme: ThemeChoice) -> Sample {
    let instant = Instant::now();
    let sites = sites();
    let mut screen = Screen {
        settings: Settings { theme, ..Settings::default() },
        site_cursor: Some(SiteId("harbour".into())),
        local: local_pane(),
        remote: remote_pane(),
        active: Side::Remote,
        home: Some(PathBuf::from("/home/alice")),
        ..Screen::default()
    };
    screen.session.site = sites.sites.first().cloned();
    screen.session.phase = Phase::Moored;
    screen.session.moored_since = instant.checked_sub(Duration::from_secs(42 * 60));
    screen.session.next_keep_alive = Some(instant + Duration::from_secs(22));
    screen.session.idle_limit = Some(IdleLimit { seconds: 300, source: LimitSource::Learned });
    screen.session.round_trip = Some(Duration::from_millis(41));
    screen.session.connections = 4;
    screen.session.connection_budget = 8;
    screen.session.security = Some(Security::Tls { protocol: "TLS 1.2".into(), trust: CertificateTrust::Pinned });
    screen.session.folder = RemotePath::parse("/www").ok();
    screen.session.charset = "UTF-8";
    screen.sites = Arc::new(sites);
    screen.queue = QueueSummary {
        empty_folders: 0,
        revision: 1,
        active: 4,
        queued: 1_203,
        stopped: 0,
        skipped: 0,
        filtered: 0,
        failures: 0,
        failed: 2,
        done: 8_441,
        running: 3,
        bytes_left: 2_232_000_000,
        speed: 12_400_000,
        seconds_left: Some(180),
        running_seconds_left: Some(121),
        paused: false,
        waits_for_saving: false,
        newest: TransferId(99),
        uploads_wait: None,
        downloads_wait: None,
    };
    Sample {
        screen,
        queue: Rows(transfers()),
        log: Lines(log()),
        chronicle: Happenings(chronicle()),
        instant,
        now: at(today(12, 4)),
        zone: TimeZone::UTC,
    }
}

/// After a 421: adrift, counting down.
pub fn adrift(theme: ThemeChoice) -> Sample {
    let mut sample = moored(theme);
    let session = &mut sample.screen.session;
    session.phase = Phase::Adrift {
        next_attempt: sample.instant + Duration::from_secs(28),
        attempt: 1,
        attempts: 5,
        since: at(date(2026, 11, 20).at(12, 5, 14, 0)),
    };
    session.banner = Some(Banner {
        severity: Severity::Warning,
        code: Some(421),
        headline: "The server ended the session after 300 seconds without a command.".into(),
        consequence: "1,203 transfers are waiting and nothing is lost".into(),
        server_words: Some("Timeout - try typing a little faster next time".into()),
        actions: vec![BannerAction::ReconnectNow, BannerAction::Diagnose, BannerAction::StayOffline],
    });
    session.idle_limit = Some(IdleLimit { seconds: 300, source: LimitSource::LearnedNow });
    session.keep_alive_interval = Some(Duration::from_secs(150));
    for row in sample.queue.0.iter_mut().take(4) {
        row.state = TransferState::Kept;
        row.speed = 0;
    }
    sample.screen.queue.running = 0;
    sample.screen.queue.speed = 0;
    sample
}

/// The first start: no site, no connection.
pub fn offline(theme: ThemeChoice) -> Sample {
    let mut sample = moored(theme);
    let settings = sample.screen.settings.clone();
    sample.screen = Screen { settings, local: local_pane(), home: sample.screen.home.clone(), ..Screen::default() };
    sample.screen.local.selected.clear();
    sample.queue = Rows::default();
    sample.log = Lines::default();
    sample.chronicle = Happenings::default();
    sample
}
