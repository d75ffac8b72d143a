//! The tickets with which data connections resume a session of TLS 1.3: fresh ones first, then the control connection's last one again.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustls::NamedGroup;
use rustls::client::{ClientConnectionData, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::kernel::KernelConnection;
use rustls_pki_types::ServerName;

/// Most fresh tickets that are kept.
const STOCK: usize = 8;

/// The tickets of one control connection and its data connections. Holds none of another server or login.
///
/// Servers that insist on resumption may send tickets over the control connection alone (proftpd: two), which would open no more data
/// connections than that. Most take a ticket any number of times: RFC 8446 §C.4 advises against it because an onlooker sees that
/// connections belong together, which between a control connection and its own data connections is no secret. Others (rustls, and
/// OpenSSL with early data) may take each one once and send the next over the data connection; so a fresh one always goes first.
#[derive(Default)]
pub struct Tickets {
    fresh: Mutex<VecDeque<Tls13ClientSessionValue>>,
    /// Which key exchange the server likes.
    group: Mutex<Option<NamedGroup>>,
    /// Not held: it holds the configuration that holds this.
    origin: Mutex<Weak<Mutex<Origin>>>,
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets").finish_non_exhaustive()
    }
}

/// The control connection's secrets, which turn a ticket message into a ticket as often as it is read.
pub struct Origin {
    /// rustls's part of the connection.
    pub connection: KernelConnection<ClientConnectionData>,
    /// The last ticket message and when it is of no more use.
    last: Option<(Vec<u8>, Option<Instant>)>,
}

impl Origin {
    /// The secrets of a connection that has sent no tickets yet.
    pub fn new(connection: KernelConnection<ClientConnectionData>) -> Self {
        Self { connection, last: None }
    }

    /// Takes in a NewSessionTicket (RFC 8446 §4.6.1), without the head of its message.
    ///
    /// # Errors
    /// rustls's, when it is none.
    pub fn hear(&mut self, message: &[u8]) -> Result<(), rustls::Error> {
        self.connection.handle_new_session_ticket(message)?;
        // One without a lifetime is to be thrown away (RFC 8446 §4.6.1): its first use is rustls's affair, a second one is not made.
        let lifetime = message.first_chunk().map_or(0, |seconds| u32::from_be_bytes(*seconds));
        if lifetime > 0 {
            let ends = Instant::now().checked_add(Duration::from_secs(lifetime.into()));
            self.last = Some((message.to_vec(), ends));
        }
        Ok(())
    }

    /// Reads the last message once more, while it holds.
    fn hear_again(&mut self) {
        if let Some((message, ends)) = &self.last
            && ends.is_none_or(|ends| Instant::now() < ends)
        {
            // It was understood once.
            let _ = self.connection.handle_new_session_ticket(message);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tickets {
    /// Whether no ticket is left that has not been used.
    pub fn has_none_fresh(&self) -> bool {
        lock(&self.fresh).is_empty()
    }

    /// Where tickets come from when no fresh one is left.
    pub fn come_from(&self, origin: &Arc<Mutex<Origin>>) {
        *lock(&self.origin) = Arc::downgrade(origin);
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        *lock(&self.group) = Some(group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        *lock(&self.group)
    }

    // TLS 1.2 is not offered beside these.
    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        let mut fresh = lock(&self.fresh);
        if fresh.len() == STOCK {
            fresh.pop_front();
        }
        fresh.push_back(ticket);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        // The lock is not held while the origin puts one in.
        let fresh = lock(&self.fresh).pop_back();
        if fresh.is_some() {
            return fresh;
        }
        let origin = lock(&self.origin).upgrade()?;
        lock(&origin).hear_again();
        lock(&self.fresh).pop_back()
    }
}
