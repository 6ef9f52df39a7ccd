//! Which events of a long run are shown: its first ones, and all that they
//! depend on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::history::{EventId, History};

/// For each machine of a history, how many of its events are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub ends: Vec<u32>,
}

impl Window {
    /// The first `events` of a run by their stamps, but for RECEIVEs of
    /// messages sent later than that, which only clocks that differ can write.
    pub fn first(history: &History, events: u64) -> Window {
        let machines = history.machines();
        if history.events() <= events {
            return Window { ends: machines.iter().map(|machine| machine.len() as u32).collect() };
        }
        let mut ends = vec![0_u32; machines.len()];
        let next = |place: usize, index: u32| {
            let machine = &machines[place];
            ((index as usize) < machine.len()).then(|| Reverse((machine.stamp(index), place)))
        };
        let mut heads: BinaryHeap<_> = (0..machines.len()).filter_map(|place| next(place, 0)).collect();
        for _ in 0..events {
            let Some(Reverse((_, place))) = heads.pop() else { break };
            ends[place] += 1;
            heads.extend(next(place, ends[place]));
        }
        let mut window = Window { ends };
        window.close(history);
        window
    }

    /// Whether an event is shown.
    pub fn holds(&self, history: &History, event: EventId) -> bool {
        let place = history.machines().binary_search_by_key(&event.machine, |machine| machine.id());
        place.is_ok_and(|place| event.index < self.ends[place])
    }

    /// Cuts each machine before the first RECEIVE whose SEND is not shown, until
    /// there is none: then the past of all that is shown is shown.
    fn close(&mut self, history: &History) {
        let mut is_closed = false;
        while !is_closed {
            is_closed = true;
            for (place, machine) in history.machines().iter().enumerate() {
                let open = machine.receive_ids().take_while(|receive| receive.index < self.ends[place]).find(
                    |receive| {
                        let source = history.source_of(*receive);
                        source.is_some_and(|found| !self.holds(history, found.send))
                    },
                );
                if let Some(open) = open {
                    self.ends[place] = open.index;
                    is_closed = false;
                }
            }
        }
    }
}
