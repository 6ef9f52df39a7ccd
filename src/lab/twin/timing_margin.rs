//! The timing margin of a run: by how little an event might have been another.
//! Pure: found by simulation alone.
//!
//! A run on real sockets makes the simulated events as long as nothing in it
//! comes late by more than this. Four things may be close: a message and the
//! tick before it, a message and the tick that received it, two messages of
//! different senders, and the end of a sleep and the tick after it.

use std::convert::Infallible;
use std::fmt;

use crate::engine::simulator::{EventObserver, simulate_before};
use crate::engine::{Gauges, StopSwitch};
use crate::model::event::{Action, Event, MachineId, Message};
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;
use crate::plan::Run;

/// The smallest lateness that may change a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimingMargin {
    /// Whose event it would be.
    pub machine: MachineId,
    /// At which tick, counted from 1.
    pub tick: u64,
    /// Lab time; a lateness above this changes the event.
    pub gap: LabTime,
    pub kind: Call,
}

/// What came close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The tick was idle and a message came after it: a later tick would have
    /// received it.
    CameAfter { from: MachineId },
    /// The tick received a message that came just before it: a later message
    /// would have been missed.
    CameBefore { from: MachineId },
    /// The tick received the first of two messages: a later one would have
    /// been the second.
    CameFirst { from: MachineId, before: MachineId },
    /// A sleep inside an earlier tick ended just before this one: a longer one
    /// would have cost it.
    AlmostSlept,
}

impl fmt::Display for TimingMargin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap_ms = self.gap.as_secs_f64() * 1e3;
        write!(f, "{gap_ms:.3} ms of lab time at machine {}, tick {}: ", self.machine, self.tick)?;
        match self.kind {
            Call::CameAfter { from } => write!(f, "a message of machine {from} came so long after it"),
            Call::CameBefore { from } => write!(f, "a message of machine {from} came so long before it"),
            Call::CameFirst { from, before } => {
                write!(f, "its message of machine {from} came so long before one of machine {before}")
            }
            Call::AlmostSlept => {
                f.write_str("the machine's sleep in an earlier tick ended so long before it")
            }
        }
    }
}

/// Simulates `run` and finds its timing margin; `None` if nothing was ever sent,
/// or the simulation was stopped.
pub fn timing_margin(run: &Run, stop: &StopSwitch) -> Option<TimingMargin> {
    let spec = &run.spec;
    let node = |(machine, clock_rate): (MachineId, &f64)| Node {
        machine,
        schedule: Schedule { clock_rate: *clock_rate, phase: spec.phase(machine), duration: spec.duration },
        ticks: Vec::new(),
        arrivals: Vec::new(),
        closest: None,
    };
    let mut watch = Watch(run.machines().zip(run.clock_rates()).map(node).collect());
    let Ok(_) = simulate_before(run, stop, &Gauges::new(spec.machine_count()), &mut watch);
    if stop.reason().is_some() {
        return None;
    }
    watch.0.into_iter().filter_map(Node::finish).reduce(closer)
}

/// The first of two that are equally close.
fn closer(one: TimingMargin, other: TimingMargin) -> TimingMargin {
    if other.gap < one.gap { other } else { one }
}

/// A simulation's ticks and messages, by machine.
struct Watch(Vec<Node>);

struct Node {
    machine: MachineId,
    schedule: Schedule,
    ticks: Vec<Tick>,
    /// In the order of sending.
    arrivals: Vec<Arrival>,
    closest: Option<TimingMargin>,
}

#[derive(Clone, Copy)]
struct Tick {
    number: u64,
    time: LabTime,
    /// When the message that it received had come.
    received: Option<Arrival>,
}

#[derive(Clone, Copy)]
struct Arrival {
    time: LabTime,
    from: MachineId,
}

impl Arrival {
    fn of(message: &Message) -> Option<Arrival> {
        Some(Arrival { time: message.arrived, from: message.from? })
    }
}

impl EventObserver for Watch {
    type Error = Infallible;

    fn event(&mut self, machine: MachineId, time: LabTime, event: &Event) -> Result<(), Infallible> {
        let ticks = &mut self.0[machine.index()].ticks;
        let received = match event.action {
            Action::Receive { message, .. } => Arrival::of(&message),
            Action::Internal | Action::Send(_) => None,
        };
        // A send to all may be several events of one tick.
        if ticks.last().is_none_or(|last| last.number < event.tick) {
            ticks.push(Tick { number: event.tick, time, received });
        }
        Ok(())
    }

    fn message(&mut self, to: MachineId, message: &Message) {
        self.0[to.index()].arrivals.extend(Arrival::of(message));
    }

    fn sleep(&mut self, machine: MachineId, until: LabTime) {
        let node = &mut self.0[machine.index()];
        let next = node.schedule.due(until) + 1;
        let deadline = node.schedule.deadline(next);
        if deadline <= node.schedule.duration {
            node.note(next, deadline - until, Call::AlmostSlept);
        }
    }
}

impl Node {
    fn note(&mut self, tick: u64, gap: LabTime, kind: Call) {
        let call = TimingMargin { machine: self.machine, tick, gap, kind };
        self.closest = Some(self.closest.map_or(call, |closest| closer(closest, call)));
    }

    fn finish(mut self) -> Option<TimingMargin> {
        // Of two at one instant, the one sent first; the sort keeps that order.
        let mut arrivals = std::mem::take(&mut self.arrivals);
        arrivals.sort_by_key(|arrival| arrival.time);
        for tick in std::mem::take(&mut self.ticks) {
            match tick.received {
                None => self.note_what_came_after(tick, &arrivals),
                Some(received) => self.note_what_came_around(tick, received, &arrivals),
            }
        }
        self.closest
    }

    /// A tick at the very instant of an arrival does not see it.
    fn note_what_came_after(&mut self, tick: Tick, arrivals: &[Arrival]) {
        let next = arrivals.partition_point(|arrival| arrival.time < tick.time);
        if let Some(Arrival { time, from }) = arrivals.get(next).copied() {
            self.note(tick.number, time - tick.time, Call::CameAfter { from });
        }
    }

    /// Two messages of one sender keep their order on their link, however late.
    fn note_what_came_around(&mut self, tick: Tick, received: Arrival, arrivals: &[Arrival]) {
        let from = received.from;
        self.note(tick.number, tick.time - received.time, Call::CameBefore { from });
        let since = arrivals.partition_point(|arrival| arrival.time < received.time);
        let rival = arrivals[since..].iter().find(|arrival| arrival.from != from);
        if let Some(rival) = rival.filter(|rival| rival.time < tick.time) {
            self.note(tick.number, rival.time - received.time, Call::CameFirst { from, before: rival.from });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Machines that send at every idle tick, 10 s long.
    fn closest(root: &str, machines: &str) -> Option<TimingMargin> {
        let text = format!("name = \"t\"\nduration = \"10s\"\n{root}\n{machines}");
        let run = Run::single(crate::spec::parse("t", &text, &[]).unwrap(), String::new());
        timing_margin(&run, &StopSwitch::default())
    }

    const PAIR: &str = "[[machine]]\nclock_rate = 1\ncount = 2\n";

    #[test]
    fn each_kind_of_call_is_found_where_it_is_closest() {
        let [one, two, three] = [1, 2, 3].map(MachineId);
        let talk = "internal_prob = 0\nstart_stagger";
        let delay = "[network]\ndelay = \"constant";
        for (root, machines, machine, tick, gap_ms, kind) in [
            // Machine 1 sends at 1 s, and machine 2 ticks 30 ms later.
            (format!("{talk} = \"30ms\""), PAIR, two, 1, 30, Call::CameBefore { from: one }),
            // They tick together, and no message is there in no time.
            (format!("{talk} = \"0s\""), PAIR, one, 1, 0, Call::CameAfter { from: two }),
            // Machine 2 sends at 1.5 s; machine 1 ticks at 2 s, just too early.
            (format!("{talk} = \"500ms\"\n{delay}:510ms\""), PAIR, one, 2, 10, Call::CameAfter { from: two }),
            // Machines 2 and 3 send one after the other, and machine 1 is slow.
            (
                format!("{talk} = \"20ms\"\n{delay}:100ms\""),
                "[[machine]]\nclock_rate = 0.8\n[[machine]]\nclock_rate = 1\ncount = 2\n",
                one,
                6,
                20,
                Call::CameFirst { from: two, before: three },
            ),
            // Machine 1 sends at 1 s and sleeps until 1.995 s.
            (
                format!("{talk} = \"100ms\"\n{delay}:995ms\"\nwhere = \"sender\""),
                PAIR,
                one,
                2,
                5,
                Call::AlmostSlept,
            ),
        ] {
            let expected = TimingMargin { machine, tick, gap: LabTime(gap_ms * 1_000_000), kind };
            assert_eq!(closest(&root, machines), Some(expected), "{root}");
        }
    }

    #[test]
    fn silence_is_never_close_and_a_stopped_simulation_tells_nothing() {
        assert_eq!(closest("internal_prob = 1", PAIR), None);
        let text = format!("name = \"t\"\nduration = \"9000s\"\n{PAIR}");
        let run = Run::single(crate::spec::parse("t", &text, &[]).unwrap(), String::new());
        let stop = StopSwitch::default();
        stop.interrupt();
        assert_eq!(timing_margin(&run, &stop), None);
    }
}
