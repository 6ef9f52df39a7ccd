//! What has come in over a machine's connections and waits for its next tick.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::{MachineId, Message};

/// Notices kept for the log; more are only counted, so that a flood of
/// strangers cannot fill it.
const NOTICES_MAX: u64 = 200;

/// Filled by the readers of the connections, emptied by the machine.
#[derive(Debug, Default)]
pub struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
    has_mail: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    notices: Vec<String>,
    notice_count: u64,
    received: BTreeMap<MachineId, u64>,
    ready: BTreeSet<MachineId>,
    foreign_heard: usize,
    go_unix_ns: Option<i64>,
    ended: BTreeMap<MachineId, u64>,
    gone: BTreeSet<MachineId>,
}

impl Inbox {
    /// Messages as one read brought them, in order.
    pub fn deliver(&self, from: Option<MachineId>, messages: &mut Vec<Message>) {
        if messages.is_empty() {
            return;
        }
        let mut state = self.lock();
        if let Some(from) = from {
            *state.received.entry(from).or_default() += messages.len() as u64;
        }
        state.messages.append(messages);
        drop(state);
        self.has_mail.store(true, Relaxed);
    }

    /// Something the log should say.
    pub fn notice(&self, text: String) {
        let mut state = self.lock();
        state.notice_count += 1;
        if state.notice_count <= NOTICES_MAX {
            state.notices.push(text);
        } else if state.notice_count == NOTICES_MAX + 1 {
            state.notices.push(format!("more than {NOTICES_MAX} such lines: the rest is left out"));
        }
        drop(state);
        self.has_mail.store(true, Relaxed);
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

    /// Moves what has come in over to the machine. Costs one load while
    /// nothing has.
    #[inline]
    pub fn empty_into(&self, messages: &mut Vec<Message>, notices: &mut Vec<String>) {
        if !self.has_mail.load(Relaxed) {
            return;
        }
        let mut state = self.lock();
        self.has_mail.store(false, Relaxed);
        mem::swap(&mut state.messages, messages);
        notices.append(&mut state.notices);
    }

    /// Peers out of `wanted` that have said they are ready.
    pub fn ready(&self) -> BTreeSet<MachineId> {
        self.lock().ready.clone()
    }

    /// The most foreign connections that any peer has heard.
    pub fn most_foreign_heard(&self) -> usize {
        self.lock().foreign_heard
    }

    /// A peer whose connection closed although it had not told its end.
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

    /// Waits until every peer has ended or is gone, at most `patience`, and
    /// gives those that have done neither.
    pub fn wait_for_ends(&self, peers: &[MachineId], patience: Duration) -> Vec<MachineId> {
        let open = |state: &State| -> Vec<MachineId> {
            let is_open = |peer: &&MachineId| !state.ended.contains_key(peer) && !state.gone.contains(peer);
            peers.iter().filter(is_open).copied().collect()
        };
        let waiting = |state: &mut State| !open(state).is_empty();
        let outcome = self.changed.wait_timeout_while(self.lock(), patience, waiting);
        open(&outcome.unwrap_or_else(PoisonError::into_inner).0)
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
