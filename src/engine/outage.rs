//! Notices that the machine slept or changed its network: an idle connection is then looked after before somebody needs it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime};

/// How often the clocks and the network are looked at. A look sends nothing.
pub const LOOK: Duration = Duration::from_secs(15);
/// A wall clock that ran so much further than the monotonic one stood still in between: the machine slept.
const SLEPT: Duration = Duration::from_secs(10);

/// What the machine was like at the last look.
pub struct Outage {
    peer: SocketAddr,
    at: (Instant, SystemTime),
    from: Option<IpAddr>,
}

impl Outage {
    /// The machine as it is now; `peer` is where the connection leads.
    pub fn begin(peer: SocketAddr) -> Self {
        Self { peer, at: (Instant::now(), SystemTime::now()), from: route(peer) }
    }

    /// When the next look is due.
    pub fn next_look(&self) -> Instant {
        self.at.0 + LOOK
    }

    /// Looks again: why the connection may be dead, if it may.
    pub fn look(&mut self) -> Option<&'static str> {
        let now = (Instant::now(), SystemTime::now());
        let slept = has_slept(now.0 - self.at.0, now.1.duration_since(self.at.1).unwrap_or_default());
        let from = route(self.peer);
        // Without a route there is nothing to try; the change is noticed when there is one again.
        let moved = from.is_some() && self.from.is_some() && from != self.from;
        self.at = now;
        self.from = from.or(self.from);
        match (slept, moved) {
            (true, _) => Some("This machine slept"),
            (_, true) => Some("This machine's network changed"),
            _ => None,
        }
    }
}

fn has_slept(monotonic: Duration, wall: Duration) -> bool {
    wall.saturating_sub(monotonic) >= SLEPT
}

/// The address that this machine would use towards `peer`. Connecting a datagram socket sends nothing.
fn route(peer: SocketAddr) -> Option<IpAddr> {
    let any = if peer.is_ipv6() { IpAddr::from([0_u16; 8]) } else { IpAddr::from([0_u8; 4]) };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(peer).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_ran_ahead_means_sleep() {
        let seconds = Duration::from_secs;
        for (monotonic, wall, slept) in [(15, 15, false), (15, 20, false), (15, 3_600, true), (40, 15, false), (0, 10, true)] {
            assert_eq!(has_slept(seconds(monotonic), seconds(wall)), slept, "{monotonic} {wall}");
        }
    }

    #[test]
    fn nothing_happened_between_two_looks() {
        let mut outage = Outage::begin("127.0.0.1:21".parse().unwrap());
        assert_eq!(outage.from, Some("127.0.0.1".parse().unwrap()));
        assert_eq!(outage.look(), None);
        outage.from = Some("192.0.2.1".parse().unwrap());
        assert_eq!(outage.look(), Some("This machine's network changed"));
        assert_eq!(outage.look(), None, "it is told once");
        outage.at.1 -= Duration::from_secs(600);
        assert_eq!(outage.look(), Some("This machine slept"));
    }
}
