//! What has come in over a machine's connections and waits for its next tick.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::wire::CLOCK_MAX;
use crate::model::event::{MachineId, Message};

/// Notices kept for the log; more are only counted, so that a flood of
/// strangers cannot fill it.
const NOTICES_MAX: u64 = 200;

/// Filled by the readers of the connections, emptied by the machine.
#[derive(Debug)]
pub struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
    has_messages: AtomicBool,
    strangers: Strangers,
    /// Messages of foreign machines that were not received yet.
    foreign_waiting: AtomicU64,
}

/// Who is foreign here, and what is taken from them.
#[derive(Clone, Debug)]
pub struct Strangers {
    pub machines: BTreeSet<MachineId>,
    /// Messages of all of them together that may wait; then they are read no
    /// further.
    pub backlog: u64,
    /// A message with a clock above this is refused.
    pub clock_max: u64,
}

/// What has come in since the machine last looked.
#[derive(Debug, Default)]
pub struct InFlight {
    pub messages: Vec<Message>,
    /// What the log should say.
    pub notices: Vec<String>,
    /// The same, of connections that broke.
    pub breaks: Vec<String>,
}

#[derive(Debug, Default)]
struct State {
    in_flight: InFlight,
    notice_count: u64,
    received: BTreeMap<MachineId, u64>,
    ready: BTreeSet<MachineId>,
    foreign_heard: usize,
    go_unix_ns: Option<i64>,
    ended: BTreeMap<MachineId, u64>,
    gone: BTreeSet<MachineId>,
}

impl Inbox {
    pub fn new(strangers: Strangers) -> Inbox {
        Inbox {
            state: Mutex::default(),
            changed: Condvar::new(),
            has_messages: AtomicBool::new(false),
            strangers,
            foreign_waiting: AtomicU64::new(0),
        }
    }

    /// Whether it is no machine of `labctl` that speaks: strangers do not say
    /// who they are.
    #[inline]
    pub fn is_foreign(&self, peer: Option<MachineId>) -> bool {
        peer.is_none_or(|peer| self.strangers.machines.contains(&peer))
    }

    /// The largest clock that is taken from this peer.
    pub fn clock_max(&self, peer: Option<MachineId>) -> u64 {
        if self.is_foreign(peer) { self.strangers.clock_max } else { CLOCK_MAX }
    }

    pub fn foreign_backlog(&self) -> u64 {
        self.strangers.backlog
    }

    /// Whether there is room for more messages of foreign machines.
    pub fn has_room(&self) -> bool {
        self.foreign_waiting.load(Relaxed) < self.strangers.backlog
    }

    /// The machine has received a message of this peer.
    #[inline]
    pub fn received(&self, from: Option<MachineId>) {
        if self.is_foreign(from) {
            self.foreign_waiting.fetch_sub(1, Relaxed);
        }
    }

    /// Messages as one read brought them, in order.
    pub fn deliver(&self, from: Option<MachineId>, messages: &mut Vec<Message>) {
        if messages.is_empty() {
            return;
        }
        if self.is_foreign(from) {
            self.foreign_waiting.fetch_add(messages.len() as u64, Relaxed);
        }
        let mut state = self.lock();
        if let Some(from) = from {
            *state.received.entry(from).or_default() += messages.len() as u64;
        }
        state.in_flight.messages.append(messages);
        drop(state);
        self.has_messages.store(true, Relaxed);
    }

    /// Something the log should say.
    pub fn notice(&self, text: String) {
        let mut state = self.lock();
        state.notice_count += 1;
        if state.notice_count <= NOTICES_MAX {
            state.in_flight.notices.push(text);
        } else if state.notice_count == NOTICES_MAX + 1 {
            state.in_flight.notices.push(format!("more than {NOTICES_MAX} such lines: the rest is left out"));
        }
        drop(state);
        self.has_messages.store(true, Relaxed);
        self.changed.notify_all();
    }

    pub fn peer_ready(&self, peer: MachineId) {
        self.lock().ready.insert(peer);
        self.changed.notify_all();
    }

    /// A peer has heard so many foreign connections.
    pub fn foreign_heard(&self, count: usize) {
        let mut state = self.lock();
        state.foreign_heard = state.foreign_heard.max(count);
    }

    pub fn go(&self, unix_ns: i64) {
        self.lock().go_unix_ns.get_or_insert(unix_ns);
        self.changed.notify_all();
    }

    /// The peer sends no more; it sent `sent` messages on its connection.
    pub fn peer_ended(&self, peer: MachineId, sent: u64) {
        self.lock().ended.insert(peer, sent);
        self.changed.notify_all();
    }

    pub fn peer_gone(&self, peer: MachineId) {
        self.lock().gone.insert(peer);
        self.changed.notify_all();
    }

    /// The connection of a peer of this run broke before the peer had ended.
    pub fn peer_broke(&self, peer: MachineId, why: &str) {
        let mut state = self.lock();
        let received = state.received.get(&peer).copied().unwrap_or(0);
        state.in_flight.breaks.push(format!(
            "the connection of machine {peer} broke after {received} of its messages had come in: {why}"
        ));
        drop(state);
        self.has_messages.store(true, Relaxed);
        self.changed.notify_all();
    }

    /// Moves what has come in over to the machine, and says whether anything
    /// has. Costs one load while nothing has.
    #[inline]
    pub fn empty_into(&self, in_flight: &mut InFlight) -> bool {
        if !self.has_messages.load(Relaxed) {
            return false;
        }
        let mut state = self.lock();
        self.has_messages.store(false, Relaxed);
        mem::swap(&mut state.in_flight, in_flight);
        true
    }

    /// Peers out of `wanted` that have said they are ready.
    pub fn ready(&self) -> BTreeSet<MachineId> {
        self.lock().ready.clone()
    }

    /// The most foreign connections that any peer has heard.
    pub fn most_foreign_heard(&self) -> usize {
        self.lock().foreign_heard
    }

    /// A peer whose connection closed although it had not sent its end.
    pub fn left_early(&self) -> Option<MachineId> {
        let state = self.lock();
        state.gone.iter().find(|peer| !state.ended.contains_key(peer)).copied()
    }

    pub fn go_unix_ns(&self) -> Option<i64> {
        self.lock().go_unix_ns
    }

    pub fn has_ended(&self, peer: MachineId) -> bool {
        self.lock().ended.contains_key(&peer)
    }

    /// The peers that have neither ended nor gone.
    pub fn open(&self, peers: &[MachineId]) -> Vec<MachineId> {
        let state = self.lock();
        let is_open = |peer: &&MachineId| !state.ended.contains_key(peer) && !state.gone.contains(peer);
        peers.iter().filter(is_open).copied().collect()
    }

    /// Waits until something other than messages comes in, at most `patience`.
    pub fn listen(&self, patience: Duration) {
        // Why it woke does not matter: whoever listens looks again.
        drop(self.changed.wait_timeout(self.lock(), patience));
    }

    /// Peers whose count of messages sent is not what came in: peer, sent, received.
    pub fn shortfalls(&self) -> Vec<(MachineId, u64, u64)> {
        let state = self.lock();
        let received = |peer| state.received.get(peer).copied().unwrap_or(0);
        let rows = state.ended.iter().map(|(peer, sent)| (*peer, *sent, received(peer)));
        rows.filter(|(_, sent, received)| sent != received).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What a panicking reader left behind is still a list of messages.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
