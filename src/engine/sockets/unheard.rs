//! Connections that have not said yet who they are: side by side, each on a
//! task of its own, and bounded. Where there are too many, the oldest goes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// The connections at one door that are not heard yet.
#[derive(Debug)]
pub struct Unheard {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// By their numbers, the oldest first.
    tasks: BTreeMap<u64, AbortHandle>,
}

impl Unheard {
    /// At most `most` at the same time, and at least one.
    pub fn new(most: usize) -> Unheard {
        Unheard { most: most.max(1), state: Mutex::default() }
    }

    /// Takes in one more, whose task `spawn` starts. Gives whether the oldest
    /// had to go for it.
    pub fn admit(&self, spawn: impl FnOnce(u64) -> AbortHandle) -> bool {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        // A task that ends at once waits for the lock to leave.
        state.tasks.insert(number, spawn(number));
        state.tasks.len() > self.most && state.drop_oldest()
    }

    /// It was heard, or it has gone. False where it was dropped before.
    pub fn leave(&self, number: u64) -> bool {
        self.lock().tasks.remove(&number).is_some()
    }

    /// Makes room where the system has none. False where nobody waits.
    pub fn drop_oldest(&self) -> bool {
        self.lock().drop_oldest()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn drop_oldest(&mut self) -> bool {
        let oldest = self.tasks.pop_first();
        oldest.inspect(|(_, task)| task.abort()).is_some()
    }
}
