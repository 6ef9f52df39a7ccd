//! Which events of a long run are shown: its first ones, and all that they
//! depend on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::history::{EventId, History};
use crate::model::event::Kind;

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
        history.place(event.machine).is_some_and(|place| event.index < self.ends[place])
    }

    /// Cuts each machine before the first RECEIVE whose SEND is not shown, until
    /// there is none: then the past of all that is shown is shown. What is cut
    /// may be the SEND of another RECEIVE; each event is looked at once.
    fn close(&mut self, history: &History) {
        let mut cut = Vec::new();
        for (place, machine) in history.machines().iter().enumerate() {
            let is_open = |receive: &EventId| {
                history.source_of(*receive).is_some_and(|found| !self.holds(history, found.send))
            };
            let mut shown = machine.receive_ids().take_while(|receive| receive.index < self.ends[place]);
            if let Some(open) = shown.find(is_open) {
                cut.push((place, open.index..self.ends[place]));
                self.ends[place] = open.index;
            }
        }
        while let Some((place, range)) = cut.pop() {
            let machine = &history.machines()[place];
            for index in range.filter(|index| machine.kind(*index) == Kind::Send) {
                for receive in history.receives_of(EventId { machine: machine.id(), index }) {
                    let Some(place) = history.place(receive.machine) else { continue };
                    if receive.index < self.ends[place] {
                        cut.push((place, receive.index..self.ends[place]));
                        self.ends[place] = receive.index;
                    }
                }
            }
        }
    }
}
