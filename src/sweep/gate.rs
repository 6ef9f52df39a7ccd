//! How many runs go on at once: as many as the host paces faithfully, found out
//! by trying. A run whose clocks kept the pace makes room for one more; one
//! whose clocks did not halves the room.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Lets in as many as have been seen to go well together.
#[derive(Debug)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
    adapts: bool,
}

#[derive(Debug)]
struct State {
    inside: usize,
    room: usize,
}

impl Gate {
    /// A gate that begins with room for `first`, and finds its own way up to `most`.
    pub fn adaptive(first: usize, most: usize) -> Gate {
        Gate::new(first, most, true)
    }

    /// A gate that lets in `room` at once, whatever happens.
    pub fn fixed(room: usize) -> Gate {
        Gate::new(room, room, false)
    }

    fn new(first: usize, most: usize, adapts: bool) -> Gate {
        let most = most.max(1);
        let state = State { inside: 0, room: first.clamp(1, most) };
        Gate { state: Mutex::new(state), changed: Condvar::new(), most, adapts }
    }

    /// The most that it will ever let in at once.
    pub fn most(&self) -> usize {
        self.most
    }

    /// Waits for room and goes in.
    pub fn enter(&self) {
        let mut state = self.state();
        while state.inside >= state.room {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.inside += 1;
    }

    /// Goes out, and says whether all went well.
    pub fn leave(&self, went_well: bool) {
        let mut state = self.state();
        if self.adapts {
            state.room = if went_well {
                // Room that was not filled has not been tried.
                if state.inside >= state.room { self.most.min(state.room + 1) } else { state.room }
            } else {
                (state.inside / 2).max(1)
            };
        }
        state.inside -= 1;
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(gate: &Gate) -> usize {
        gate.state().room
    }

    #[test]
    fn success_widens_the_gate_by_one_and_failure_halves_it() {
        let gate = Gate::adaptive(2, 4);
        for _ in 0..5 {
            let inside = room(&gate);
            (0..inside).for_each(|_| gate.enter());
            (0..inside).for_each(|_| gate.leave(true));
        }
        assert_eq!(room(&gate), 4);
        (0..4).for_each(|_| gate.enter());
        gate.leave(false);
        assert_eq!(room(&gate), 2);
        gate.leave(true);
        assert_eq!(room(&gate), 3);
    }

    #[test]
    fn room_that_was_not_filled_says_nothing() {
        let gate = Gate::adaptive(3, 9);
        gate.enter();
        gate.leave(true);
        assert_eq!(room(&gate), 3);
        gate.enter();
        gate.leave(false);
        assert_eq!(room(&gate), 1);
    }

    #[test]
    fn a_fixed_gate_stays_as_it_is() {
        let gate = Gate::fixed(2);
        for went_well in [true, false, false] {
            gate.enter();
            gate.leave(went_well);
        }
        assert_eq!((room(&gate), gate.most()), (2, 2));
    }
}
