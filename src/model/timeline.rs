//! What happened on the connections, as lanes of spans and marks: a pure function of what was noted, for the drawing.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::format;

/// Something that happened on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// On which connection; 0 is the browsing one.
    pub connection: u16,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A connect begins.
    Dialling,
    /// There is no connection: refused, unreachable, silent.
    Undialled,
    /// TLS is up.
    Secured,
    /// A command was sent; secrets masked.
    Sent(String),
    /// A reply came, its last line; secrets masked.
    Replied(String),
    /// A data connection moved so many bytes.
    Moved(u64),
    /// The server ended the connection.
    Ended,
    /// The connection is no more, whoever ended it.
    Closed {
        /// What made it useless; empty where nothing did.
        why: String,
        /// Whether it was lost by that, rather than given up.
        is_loss: bool,
    },
    /// The way back begins at this moment, unless somebody is quicker.
    ComesBack(Timestamp),
    /// Nothing happens by itself any more.
    Rests,
}

/// One connection's part of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its number; 0 is the browsing one.
    pub connection: u16,
    /// What took time, in order of its beginning; a connection's life comes before what happened in it.
    pub spans: Vec<Span>,
    /// What happened at a moment.
    pub marks: Vec<Mark>,
}

/// Something that took time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// From.
    pub from: Timestamp,
    /// To; the present for what still goes on.
    pub to: Timestamp,
    /// What it is.
    pub kind: SpanKind,
    /// The command, or what it was.
    pub title: String,
    /// The answer and the figures, a line each.
    pub detail: String,
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanKind {
    /// The connection stands; where nothing else is drawn it was silent.
    Open,
    /// From the dial to the greeting.
    Connecting,
    /// The TLS handshake.
    Securing,
    /// USER to the answer to PASS.
    LoggingIn,
    /// A command and its reply.
    Command,
    /// A keep-alive and its reply.
    KeepAlive,
    /// A listing.
    Listing,
    /// A file.
    Transfer,
    /// The countdown to the way back.
    Countdown,
}

/// Something that happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When; the deadline lies ahead.
    pub at: Timestamp,
    /// What it is.
    pub kind: MarkKind,
    /// In words.
    pub title: String,
}

/// What a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The server ended the session in words.
    Goodbye,
    /// The connection ended without words, or did not come about.
    Lost,
    /// Where the server would end an idle session.
    Deadline,
}

/// A connection's lane while it is being made.
struct Making {
    lane: Lane,
    open: Option<usize>,
    under_way: Option<usize>,
    login: Option<usize>,
    countdown: Option<usize>,
    said: Timestamp,
    moved: Option<u64>,
    goodbye: Option<String>,
    has_quit: bool,
}

/// The lanes of what happened, by connection. `idle_limit` is the browsing connection's, where it is known.
#[must_use]
pub fn lanes(happenings: &[Happening], now: Timestamp, idle_limit: Option<Duration>) -> Vec<Lane> {
    let mut making: BTreeMap<u16, Making> = BTreeMap::new();
    for happening in happenings {
        let lane = making.entry(happening.connection).or_insert_with(|| Making::new(happening));
        lane.take(happening);
    }
    making.into_values().map(|lane| lane.finish(now, idle_limit)).collect()
}

impl Making {
    fn new(first: &Happening) -> Self {
        let mut making = Self {
            lane: Lane { connection: first.connection, spans: Vec::new(), marks: Vec::new() },
            open: None,
            under_way: None,
            login: None,
            countdown: None,
            said: first.at,
            moved: None,
            goodbye: None,
            has_quit: false,
        };
        // What came before is no longer kept: a connection that speaks stands already.
        if matches!(first.what, What::Sent(_) | What::Replied(_) | What::Moved(_) | What::Secured) {
            making.open = Some(making.begin(first.at, SpanKind::Open, "Connection"));
        }
        making
    }

    fn begin(&mut self, at: Timestamp, kind: SpanKind, title: impl Into<String>) -> usize {
        self.lane.spans.push(Span { from: at, to: at, kind, title: title.into(), detail: String::new() });
        self.lane.spans.len() - 1
    }

    /// Ends a span, if there is one.
    fn end(&mut self, which: Option<usize>, at: Timestamp, detail: &str) {
        if let Some(span) = which.and_then(|index| self.lane.spans.get_mut(index)) {
            span.to = at;
            if !detail.is_empty() {
                detail.clone_into(&mut span.detail);
            }
        }
    }

    fn mark(&mut self, at: Timestamp, kind: MarkKind, title: impl Into<String>) {
        self.lane.marks.push(Mark { at, kind, title: title.into() });
    }

    fn take(&mut self, happening: &Happening) {
        let at = happening.at;
        match &happening.what {
            What::Dialling => {
                self.close(at, "");
                let countdown = self.countdown.take();
                self.end(countdown, at, "");
                (self.goodbye, self.has_quit) = (None, false);
                self.open = Some(self.begin(at, SpanKind::Open, "Connection"));
                self.under_way = Some(self.begin(at, SpanKind::Connecting, "Connecting"));
            }
            What::Undialled => {
                self.close(at, "No connection came about");
                self.mark(at, MarkKind::Lost, "No connection came about");
            }
            What::Secured => {
                let securing = self.under_way.take();
                self.end(securing, at, "TLS is up");
            }
            What::Sent(line) => self.sent(at, line),
            What::Replied(line) => self.replied(at, line),
            What::Moved(bytes) => self.moved = Some(*bytes),
            What::Ended => {
                if self.goodbye.is_none() && self.open.is_some() {
                    self.mark(at, MarkKind::Lost, "The connection ended without a word");
                }
                self.close(at, "Ended by the server without a word");
            }
            What::Closed { why, is_loss } => self.closed(at, why, *is_loss),
            What::ComesBack(moment) => {
                self.close(at, "");
                let countdown = self.begin(at, SpanKind::Countdown, "Counting down to the way back");
                self.end(Some(countdown), *moment, "");
                self.countdown = Some(countdown);
            }
            What::Rests => {
                self.close(at, "");
                let countdown = self.countdown.take();
                self.end(countdown, at, "");
            }
        }
        if matches!(happening.what, What::Sent(_) | What::Replied(_)) {
            self.said = at;
        }
    }

    fn sent(&mut self, at: Timestamp, line: &str) {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let kind = match verb.as_str() {
            "AUTH" => SpanKind::Securing,
            "USER" | "PASS" => {
                if self.login.is_none() {
                    self.login = Some(self.begin(at, SpanKind::LoggingIn, "Logging in"));
                }
                return;
            }
            "NOOP" => SpanKind::KeepAlive,
            "RETR" | "STOR" | "APPE" => SpanKind::Transfer,
            "MLSD" | "LIST" | "NLST" => SpanKind::Listing,
            _ => SpanKind::Command,
        };
        self.has_quit |= verb == "QUIT";
        self.moved = None;
        let title = if kind == SpanKind::Securing { "TLS handshake" } else { line };
        self.under_way = Some(self.begin(at, kind, title));
    }

    fn replied(&mut self, at: Timestamp, line: &str) {
        let code = line.get(..3).unwrap_or_default();
        let is_goodbye = code == "421" || (code == "221" && !self.has_quit);
        if is_goodbye {
            self.goodbye = Some(line.to_owned());
            self.mark(at, MarkKind::Goodbye, line);
        }
        if let Some(login) = self.login {
            if !line.starts_with('3') {
                self.login = None;
                self.end(Some(login), at, line);
            }
            return;
        }
        let Some(index) = self.under_way else { return };
        let Some(span) = self.lane.spans.get(index) else { return };
        // The answer to AUTH is not the end of the handshake, and a preliminary reply not that of a transfer.
        if (span.kind == SpanKind::Securing && code == "234") || line.starts_with('1') {
            return;
        }
        let took = format::took(Duration::try_from(at.duration_since(span.from)).unwrap_or_default());
        let moved = self.moved.take().map(|bytes| format!(" · {}", format::size(bytes))).unwrap_or_default();
        self.under_way = None;
        self.end(Some(index), at, &format!("{line}\n{took}{moved}"));
    }

    /// The connection was let go of. Nothing is left to say of one that the server had ended before.
    fn closed(&mut self, at: Timestamp, why: &str, is_loss: bool) {
        let why = format::capitalised(why);
        let how = match (self.has_quit, why.is_empty()) {
            (true, _) => "Moorline said goodbye (QUIT)",
            (false, true) => "Moorline let it go",
            (false, false) => why.as_str(),
        };
        if is_loss && !self.has_quit && self.goodbye.is_none() && self.open.is_some() {
            self.mark(at, MarkKind::Lost, how);
        }
        self.close(at, how);
    }

    /// The connection is no more, and how that came; a goodbye says so better than anything else.
    fn close(&mut self, at: Timestamp, how: &str) {
        let goodbye = self.goodbye.as_ref().map(|line| format!("Ended by the server: {line}"));
        let open = self.open.take();
        self.end(open, at, goodbye.as_deref().unwrap_or(how));
        for which in [self.under_way.take(), self.login.take()] {
            self.end(which, at, "");
        }
    }

    fn finish(mut self, now: Timestamp, idle_limit: Option<Duration>) -> Lane {
        let is_open = self.open.is_some();
        self.end(self.open, now, "Stands");
        for which in [self.under_way, self.login] {
            self.end(which, now, "");
        }
        let is_idle = is_open && self.under_way.is_none() && self.login.is_none();
        let deadline =
            idle_limit.filter(|_| self.lane.connection == 0 && is_idle).and_then(|limit| self.said.checked_add(limit).ok());
        if let Some(at) = deadline {
            self.mark(at, MarkKind::Deadline, "The idle limit, if nothing is said until then");
        }
        self.lane.spans.sort_by_key(|span| (span.kind != SpanKind::Open, span.from));
        self.lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000 + seconds).unwrap()
    }

    fn log(rows: &[(i64, u16, What)]) -> Vec<Happening> {
        rows.iter()
            .map(|(seconds, connection, what)| Happening { at: at(*seconds), connection: *connection, what: what.clone() })
            .collect()
    }

    fn sent(line: &str) -> What {
        What::Sent(line.into())
    }

    fn replied(line: &str) -> What {
        What::Replied(line.into())
    }

    fn drawn(lane: &Lane) -> Vec<(SpanKind, i64, i64)> {
        let seconds = |time: Timestamp| time.as_second() - 1_000;
        lane.spans.iter().map(|span| (span.kind, seconds(span.from), seconds(span.to))).collect()
    }

    fn session() -> Vec<Happening> {
        log(&[
            (0, 0, What::Dialling),
            (1, 0, replied("220 hello")),
            (1, 0, sent("AUTH TLS")),
            (2, 0, replied("234 go")),
            (3, 0, What::Secured),
            (3, 0, sent("USER ****")),
            (4, 0, replied("331 password")),
            (4, 0, sent("PASS ****")),
            (5, 0, replied("230 in")),
            (6, 0, sent("MLSD")),
            (6, 0, replied("150 here it comes")),
            (8, 0, What::Moved(2_000)),
            (8, 0, replied("226 done")),
            (20, 0, sent("NOOP")),
            (21, 0, replied("200 ok")),
        ])
    }

    #[test]
    fn a_session_becomes_spans() {
        use SpanKind::{Connecting, KeepAlive, Listing, LoggingIn, Open, Securing};
        let lanes = lanes(&session(), at(30), None);
        assert_eq!(lanes.len(), 1);
        let expected =
            [(Open, 0, 30), (Connecting, 0, 1), (Securing, 1, 3), (LoggingIn, 3, 5), (Listing, 6, 8), (KeepAlive, 20, 21)];
        assert_eq!(drawn(&lanes[0]), expected);
        assert_eq!(lanes[0].spans[4].detail, "226 done\n2 s · 2 KB");
        assert!(lanes[0].marks.is_empty());
    }

    #[test]
    fn the_deadline_moves_with_what_is_said_and_is_there_only_while_the_connection_is_idle() {
        let limit = Some(Duration::from_secs(60));
        let deadline = |happenings: &[Happening]| {
            let lanes = lanes(happenings, at(30), limit);
            lanes[0].marks.iter().find(|mark| mark.kind == MarkKind::Deadline).map(|mark| mark.at)
        };
        let mut happenings = session();
        assert_eq!(deadline(&happenings), Some(at(81)));
        happenings.extend(log(&[(25, 0, sent("RETR /a"))]));
        assert_eq!(deadline(&happenings), None, "busy");
        happenings.extend(log(&[(28, 0, replied("226 done"))]));
        assert_eq!(deadline(&happenings), Some(at(88)));
        happenings.extend(log(&[(29, 0, What::Ended)]));
        assert_eq!(deadline(&happenings), None, "gone");
    }

    #[test]
    fn an_end_is_marked_once_in_words_or_without() {
        let goodbye =
            [session(), log(&[(29, 0, replied("421 Timeout")), (29, 0, What::Ended), (29, 0, What::ComesBack(at(59)))])].concat();
        let lane = &lanes(&goodbye, at(40), None)[0];
        assert_eq!(lane.marks, [Mark { at: at(29), kind: MarkKind::Goodbye, title: "421 Timeout".into() }]);
        assert_eq!(drawn(lane).last(), Some(&(SpanKind::Countdown, 29, 59)));
        assert_eq!(drawn(lane)[0], (SpanKind::Open, 0, 29), "the connection's life ends with it");
        // Somebody was quicker than the countdown.
        let back = [goodbye, log(&[(35, 0, What::Dialling), (36, 0, replied("220 hello"))])].concat();
        let lane = &lanes(&back, at(40), None)[0];
        assert!(drawn(lane).contains(&(SpanKind::Countdown, 29, 35)));
        assert_eq!(drawn(lane).iter().filter(|(kind, ..)| *kind == SpanKind::Open).count(), 2);

        let silent = [session(), log(&[(29, 0, What::Ended)])].concat();
        assert_eq!(lanes(&silent, at(40), None)[0].marks[0].kind, MarkKind::Lost);
        // Our own goodbye is none of the server's.
        let quit = [session(), log(&[(29, 0, sent("QUIT")), (30, 0, replied("221 bye")), (30, 0, What::Rests)])].concat();
        assert!(lanes(&quit, at(40), None)[0].marks.is_empty());
    }

    #[test]
    fn a_connection_that_is_no_more_ends_its_lane_and_says_how() {
        let closed = |why: &str, is_loss| What::Closed { why: why.into(), is_loss };
        let table = [
            (vec![What::Ended, closed("the connection ended while idle", true)], "Ended by the server without a word", 1),
            (vec![replied("421 Timeout"), closed("", false)], "Ended by the server: 421 Timeout", 1),
            (vec![sent("QUIT"), replied("221 bye"), closed("", false)], "Moorline said goodbye (QUIT)", 0),
            (vec![closed("", false)], "Moorline let it go", 0),
            (vec![closed("cancelled", false)], "Cancelled", 0),
            (vec![sent("RETR /a"), closed("no answer within 30s", true)], "No answer within 30s", 1),
        ];
        for (end, how, marks) in table {
            let end: Vec<_> = end.into_iter().map(|what| (29, 0, what)).collect();
            let lane = &lanes(&[session(), log(&end)].concat(), at(40), Some(Duration::from_secs(60)))[0];
            assert_eq!(drawn(lane)[0], (SpanKind::Open, 0, 29), "{how}");
            assert_eq!((lane.spans[0].detail.as_str(), lane.marks.len()), (how, marks));
        }
        let refused =
            log(&[(0, 1, What::Dialling), (1, 1, closed("no connection to 127.0.0.1:1", false)), (1, 1, What::Undialled)]);
        let lane = &lanes(&refused, at(40), None)[0];
        assert_eq!((lane.spans[0].to, lane.marks.len()), (at(1), 1));
        assert_eq!(lanes(&session(), at(40), None)[0].spans[0].detail, "Stands");
    }

    #[test]
    fn a_connection_whose_beginning_is_forgotten_is_open_all_the_same() {
        let happenings = log(&[(3, 1, sent("STOR /a")), (5, 1, replied("226 done"))]);
        assert_eq!(drawn(&lanes(&happenings, at(9), None)[0]), [(SpanKind::Open, 3, 9), (SpanKind::Transfer, 3, 5)]);
    }

    #[test]
    fn each_connection_has_its_lane_in_order() {
        let happenings = log(&[
            (0, 2, What::Dialling),
            (0, 0, What::Dialling),
            (1, 2, replied("220 x")),
            (2, 2, sent("STOR /a")),
            (2, 2, replied("150 go")),
            (3, 1, What::Dialling),
            (4, 1, What::Undialled),
        ]);
        let lanes = lanes(&happenings, at(9), None);
        assert_eq!(lanes.iter().map(|lane| lane.connection).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(drawn(&lanes[2]).last(), Some(&(SpanKind::Transfer, 2, 9)), "it still goes on");
        assert_eq!(lanes[1].marks[0].kind, MarkKind::Lost);
    }
}
