//! Commands that go out right behind a RETR or STOR, before it is answered: a server that takes them one after the other answers them
//! together with its closing reply, and the next transfer begins a round trip sooner.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::ftp::farewell::is_goodbye;
use crate::ftp::reply::Reply;

/// How long a passive address that waits for its transfer is good: firewalls forget it, and so may servers.
const FRESH: Duration = Duration::from_secs(10);

/// What is to be sent ahead, and what was.
#[derive(Debug, Default)]
pub struct Ahead {
    planned: Vec<Vec<u8>>,
    sent: VecDeque<Sent>,
    /// Whether the transfer before them has no final reply yet.
    is_moving: bool,
}

#[derive(Debug)]
struct Sent {
    /// As it is on the wire, without its end.
    line: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nobody has asked yet, nor the server answered.
    Open,
    /// The server has answered.
    Answered(Reply, Instant),
    /// The answer is awaited.
    Asked,
    /// Nobody wants the answer.
    Dropped,
}

/// Whether a command was sent ahead.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It is still to be sent.
    No,
    /// It was sent, and this is the answer.
    Answered(Reply),
    /// It was sent, and its answer is the next that is not swallowed.
    Due,
}

impl Ahead {
    /// What goes out behind the next transfer's command.
    pub fn plan(&mut self, lines: Vec<Vec<u8>>) {
        self.planned = lines;
    }

    /// A transfer's command goes out: what goes with it.
    pub fn launch(&mut self) -> Vec<Vec<u8>> {
        let lines = std::mem::take(&mut self.planned);
        self.is_moving |= !lines.is_empty();
        self.sent.extend(lines.iter().map(|line| Sent { line: line.clone(), state: State::Open }));
        lines
    }

    /// Whether answers are due that nobody waits for.
    pub fn is_due(&self) -> bool {
        self.sent.iter().any(|sent| !matches!(sent.state, State::Answered(..)))
    }

    /// A command is about to be sent. What was sent ahead before it is not asked for any more.
    pub fn find(&mut self, line: &[u8]) -> Found {
        let is_it = |sent: &Sent| sent.line == line && matches!(sent.state, State::Open | State::Answered(..));
        let Some(index) = self.sent.iter().position(is_it) else { return Found::No };
        let mut behind = self.sent.split_off(index);
        // What has its answer is forgotten; the answers of the others are swallowed when they come.
        self.sent.retain(|sent| !matches!(sent.state, State::Answered(..)));
        self.sent.iter_mut().for_each(|sent| sent.state = State::Dropped);
        let state = behind.pop_front().map(|sent| sent.state);
        if let Some(State::Answered(reply, at)) = state {
            self.sent.append(&mut behind);
            let is_good = at.elapsed() < FRESH || !is_address(line);
            return if is_good { Found::Answered(reply) } else { Found::No };
        }
        self.sent.push_back(Sent { line: line.to_vec(), state: State::Asked });
        self.sent.append(&mut behind);
        Found::Due
    }

    /// Takes a reply in: gives it back when it belongs to the command that is under way, or to nobody.
    pub fn take_in(&mut self, reply: Reply) -> Option<Reply> {
        if self.is_moving {
            self.is_moving = reply.is_preliminary();
            return Some(reply);
        }
        let next = self.sent.iter().position(|sent| !matches!(sent.state, State::Answered(..)));
        let Some(sent) = next.and_then(|index| self.sent.get_mut(index)).filter(|sent| fits(&sent.line, &reply)) else {
            return Some(reply);
        };
        match sent.state {
            State::Open | State::Answered(..) => {
                sent.state = State::Answered(reply, Instant::now());
                None
            }
            State::Dropped => {
                next.and_then(|index| self.sent.remove(index));
                None
            }
            State::Asked => {
                next.and_then(|index| self.sent.remove(index));
                Some(reply)
            }
        }
    }
}

fn is_address(line: &[u8]) -> bool {
    matches!(line, b"PASV" | b"EPSV")
}

/// Whether a reply can be the answer: a closing reply too many must not be taken for one.
fn fits(line: &[u8], reply: &Reply) -> bool {
    let wanted = if is_address(line) { matches!(reply.code, 227 | 229) } else { reply.code == 213 };
    wanted || (reply.is_negative() && !is_goodbye(reply) && reply.code != 426)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16) -> Reply {
        Reply { code, lines: vec![format!("{code} x").into_bytes()] }
    }

    fn launched() -> Ahead {
        let mut ahead = Ahead::default();
        ahead.plan(vec![b"MDTM 1 /a".to_vec(), b"PASV".to_vec()]);
        assert_eq!(ahead.launch(), [&b"MDTM 1 /a"[..], b"PASV"]);
        ahead
    }

    #[test]
    fn answers_wait_until_they_are_asked_for() {
        let mut ahead = launched();
        for code in [150, 226] {
            assert_eq!(ahead.take_in(reply(code)), Some(reply(code)), "the transfer's own");
        }
        assert!(ahead.is_due());
        assert_eq!((ahead.take_in(reply(213)), ahead.take_in(reply(227))), (None, None));
        assert_eq!(ahead.take_in(reply(421)), Some(reply(421)), "nobody's");
        assert_eq!(ahead.find(b"SIZE /a"), Found::No);
        assert_eq!((ahead.find(b"MDTM 1 /a"), ahead.find(b"PASV")), (Found::Answered(reply(213)), Found::Answered(reply(227))));
        assert_eq!((ahead.find(b"PASV"), ahead.is_due()), (Found::No, false), "once");
    }

    #[test]
    fn what_is_asked_for_before_its_answer_gets_it_when_it_comes() {
        let mut ahead = launched();
        assert_eq!(ahead.take_in(reply(226)), Some(reply(226)));
        // The time is not set: its answer is swallowed, and the next is that of PASV.
        assert_eq!(ahead.find(b"PASV"), Found::Due);
        assert_eq!((ahead.take_in(reply(550)), ahead.take_in(reply(227))), (None, Some(reply(227))));
        assert!(!ahead.is_due());
    }

    #[test]
    fn an_answer_that_nobody_wants_is_not_waited_for_again() {
        let mut ahead = launched();
        assert_eq!((ahead.take_in(reply(226)), ahead.take_in(reply(213))), (Some(reply(226)), None));
        assert_eq!(ahead.find(b"PASV"), Found::Due);
        assert_eq!((ahead.take_in(reply(227)), ahead.is_due()), (Some(reply(227)), false));
        assert_eq!(ahead.find(b"PASV"), Found::No);
    }

    #[test]
    fn a_transfer_that_was_refused_has_had_its_answer() {
        let mut ahead = launched();
        assert_eq!(ahead.take_in(reply(553)), Some(reply(553)));
        assert_eq!((ahead.take_in(reply(550)), ahead.take_in(reply(227))), (None, None));
        assert_eq!(ahead.find(b"PASV"), Found::Answered(reply(227)));
    }

    #[test]
    fn a_closing_reply_too_many_is_nobodys() {
        let mut ahead = launched();
        for code in [426, 226, 421] {
            assert_eq!(ahead.take_in(reply(code)), Some(reply(code)));
        }
        assert_eq!(ahead.take_in(reply(213)), None);
    }

    #[test]
    fn an_address_that_waited_too_long_is_asked_for_anew() {
        let mut ahead = launched();
        for code in [226, 213, 227] {
            ahead.take_in(reply(code));
        }
        let Some(State::Answered(_, at)) = ahead.sent.get_mut(1).map(|sent| &mut sent.state) else { panic!("answered") };
        *at = at.checked_sub(FRESH).unwrap();
        assert_eq!((ahead.find(b"PASV"), ahead.is_due()), (Found::No, false));
    }
}
