//! Connections that have not said yet who they are: side by side, and bounded.
//! Where there are too many, the oldest goes. Knows no sockets.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The connections at one acceptor that are not heard yet, each with what drops it.
#[derive(Debug)]
pub struct Unheard<H> {
    most: usize,
    state: Mutex<State<H>>,
}

#[derive(Debug)]
struct State<H> {
    next: u64,
    /// By their numbers, the oldest first.
    handles: BTreeMap<u64, H>,
}

impl<H> Unheard<H> {
    /// At most `most` at the same time, and at least one.
    pub fn new(most: usize) -> Unheard<H> {
        let state = State { next: 0, handles: BTreeMap::new() };
        Unheard { most: most.max(1), state: Mutex::new(state) }
    }

    /// Takes in one more, which `spawn` starts under its number. Gives the
    /// oldest, if that has to go for it.
    pub fn admit(&self, spawn: impl FnOnce(u64) -> H) -> Option<H> {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        // A task that ends at once waits for the lock to leave.
        state.handles.insert(number, spawn(number));
        if state.handles.len() > self.most { state.take_oldest() } else { None }
    }

    /// It was heard, or it has gone. False where it was dropped before.
    pub fn leave(&self, number: u64) -> bool {
        self.lock().handles.remove(&number).is_some()
    }

    /// The one to drop where the system has no room. None where nobody waits.
    pub fn take_oldest(&self) -> Option<H> {
        self.lock().take_oldest()
    }

    fn lock(&self) -> MutexGuard<'_, State<H>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H> State<H> {
    fn take_oldest(&mut self) -> Option<H> {
        self.handles.pop_first().map(|(_, handle)| handle)
    }
}
