//! The lanes of a diagram: which machines have one, and where on the page it lies.

use super::Span;
use super::events::{Shown, Times, within};
use crate::history::History;
use crate::model::event::MachineId;

/// Where in its lane a machine's line lies: above it are clocks, below it waits.
const LINE: f64 = 0.4;

/// A machine with its events in the stretch that is shown.
struct Lane {
    machine: MachineId,
    clock_rate: Option<f64>,
    events: Vec<Shown>,
}

/// The lanes, from above.
pub(super) struct Lanes {
    /// All machines of the run, in the order of their ids.
    machines: Vec<MachineId>,
    lanes: Vec<Lane>,
    /// Machines without a lane, for there is no room.
    pub left_out: Vec<MachineId>,
    top: f64,
    height: f64,
}

impl Lanes {
    /// At most `room` lanes; where not all machines have one, those with the
    /// fewest events have none.
    pub(super) fn new(history: &History, times: &Times<'_>, span: Span, room: usize) -> Lanes {
        let lane = |(place, machine): (usize, &crate::history::MachineHistory)| Lane {
            machine: machine.id(),
            clock_rate: machine.header().map(|header| header.clock_rate),
            events: within(times, place, span),
        };
        let mut lanes: Vec<Lane> = history.machines().iter().enumerate().map(lane).collect();
        let machines: Vec<MachineId> = lanes.iter().map(|lane| lane.machine).collect();
        let mut left_out = Vec::new();
        if lanes.len() > room {
            lanes.sort_by_key(|lane| std::cmp::Reverse(lane.events.len()));
            left_out = lanes.split_off(room).into_iter().map(|lane| lane.machine).collect();
            left_out.sort_unstable();
            lanes.sort_by_key(|lane| lane.machine);
        }
        Lanes { machines, lanes, left_out, top: 0.0, height: 0.0 }
    }

    /// The same between two heights of the page.
    pub(super) fn between(self, top: f64, bottom: f64) -> Lanes {
        let height = (bottom - top) / self.lanes.len().max(1) as f64;
        Lanes { top, height, ..self }
    }

    pub(super) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// The pixels from one lane to the next.
    pub(super) fn height(&self) -> f64 {
        self.height
    }

    /// The pixels below a line that belong to its lane.
    pub(super) fn room_below(&self) -> f64 {
        self.height * (1.0 - LINE)
    }

    /// The height of a machine's line on the page.
    pub(super) fn y(&self, lane: usize) -> f64 {
        self.top + self.height * (lane as f64 + LINE)
    }

    pub(super) fn machine(&self, lane: usize) -> MachineId {
        self.lanes[lane].machine
    }

    pub(super) fn clock_rate(&self, lane: usize) -> Option<f64> {
        self.lanes[lane].clock_rate
    }

    pub(super) fn events(&self, lane: usize) -> &[Shown] {
        &self.lanes[lane].events
    }

    /// The lane of a machine, if it has one.
    pub(super) fn lane(&self, machine: MachineId) -> Option<usize> {
        self.lanes.binary_search_by_key(&machine, |lane| lane.machine).ok()
    }

    /// The place of a machine among all of the run.
    pub(super) fn place(&self, machine: MachineId) -> Option<usize> {
        self.machines.binary_search(&machine).ok()
    }
}
