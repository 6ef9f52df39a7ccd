//! How many runs go on at once: as many as the host paces faithfully, found out
//! by trying. Runs whose clocks kept the pace make room for more. Where most of
//! them did not, there were too many at once; a few that did not are the host's
//! own hiccups, which would come as well with fewer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Lets in as many as have been seen to go well together.
#[derive(Debug)]
pub struct Limiter {
    state: Mutex<State>,
    changed: Condvar,
    most: usize,
    adapts: bool,
}

#[derive(Debug)]
struct State {
    inside: usize,
    room: usize,
    /// How runs ended since the room was last made smaller, or looked over.
    on_pace: usize,
    off_pace: usize,
}

impl Limiter {
    /// A limiter that begins with room for `first`, and finds its own way up to `most`.
    pub fn adaptive(first: usize, most: usize) -> Limiter {
        Limiter::new(first, most, true)
    }

    /// A limiter that lets in `room` at once, whatever happens.
    pub fn fixed(room: usize) -> Limiter {
        Limiter::new(room, room, false)
    }

    fn new(first: usize, most: usize, adapts: bool) -> Limiter {
        let most = most.max(1);
        let state = State { inside: 0, room: first.clamp(1, most), on_pace: 0, off_pace: 0 };
        Limiter { state: Mutex::new(state), changed: Condvar::new(), most, adapts }
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
            state.adapt(went_well, self.most);
        }
        self.go_out(state);
    }

    /// Goes out without a run to tell of.
    pub fn leave_untried(&self) {
        self.go_out(self.state());
    }

    fn go_out(&self, mut state: MutexGuard<'_, State>) {
        state.inside -= 1;
        drop(state);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Fewer runs than this say nothing of how many is too many.
    const FEW: usize = 4;

    fn adapt(&mut self, went_well: bool, most: usize) {
        if went_well {
            self.on_pace += 1
        } else {
            self.off_pace += 1
        }
        let seen = self.on_pace + self.off_pace;
        let too_many = seen >= State::FEW && self.off_pace > self.on_pace;
        if too_many {
            self.room = (self.room * 3 / 4).max(1);
        } else if went_well && self.inside >= self.room {
            // Room that was not filled has not been tried.
            self.room = most.min(self.room + 1);
        }
        if too_many || seen >= 2 * self.room.max(State::FEW) {
            (self.on_pace, self.off_pace) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(limiter: &Limiter) -> usize {
        limiter.state().room
    }

    /// Fills the limiter, and lets all out again.
    fn fill(limiter: &Limiter, went_well: impl Fn(usize) -> bool) {
        let inside = room(limiter);
        (0..inside).for_each(|_| limiter.enter());
        (0..inside).for_each(|number| limiter.leave(went_well(number)));
    }

    #[test]
    fn success_widens_the_gate_up_to_its_most() {
        let limiter = Limiter::adaptive(2, 4);
        (0..5).for_each(|_| fill(&limiter, |_| true));
        assert_eq!(room(&limiter), 4);
    }

    #[test]
    fn it_narrows_where_most_runs_fail_and_not_for_a_few() {
        let limiter = Limiter::adaptive(8, 8);
        (0..5).for_each(|_| fill(&limiter, |number| number % 4 > 0));
        assert_eq!(room(&limiter), 8);
        (0..3).for_each(|_| fill(&limiter, |_| false));
        assert!(room(&limiter) <= 4, "{}", room(&limiter));
        (0..30).for_each(|_| fill(&limiter, |_| false));
        assert_eq!(room(&limiter), 1);
        (0..30).for_each(|_| fill(&limiter, |_| true));
        assert_eq!(room(&limiter), 8);
    }

    #[test]
    fn room_that_was_not_filled_says_nothing() {
        let limiter = Limiter::adaptive(3, 9);
        limiter.enter();
        limiter.leave(true);
        assert_eq!(room(&limiter), 3);
    }

    #[test]
    fn a_fixed_gate_stays_as_it_is() {
        let limiter = Limiter::fixed(2);
        for went_well in [true, false, false] {
            limiter.enter();
            limiter.leave(went_well);
        }
        assert_eq!((room(&limiter), limiter.most()), (2, 2));
    }
}
