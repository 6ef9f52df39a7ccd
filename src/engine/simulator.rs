//! The simulator: the same machines over virtual time. Pure: it reads no
//! clock, opens nothing, and does the same on every host.
//!
//! A tick is served at its very deadline. A message is in the queue from the
//! moment after it arrived: a tick at the same instant does not see it, as no
//! network is that fast.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use super::in_flight::InFlight;
use super::{Gauges, StopSwitch};
use crate::log::{End, EndReason, Header, Stamp};
use crate::model::delay::Delay;
use crate::model::delay::DelayAt;
use crate::model::event::{Action, Event, MachineId, Message, Recipients};
use crate::model::machine::Machine;
use crate::model::random::Delays;
use crate::model::schedule::Schedule;
use crate::model::time::LabTime;
use crate::plan::Run;

/// The stamp of lab time zero, the same for every simulated run: the first
/// second of 2000, UTC.
pub const START: Stamp = Stamp(946_684_800_000_000);

/// Ticks between two looks at the stop switch.
const TICKS_A_GLANCE: u32 = 4096;

/// Is shown what happens in a simulation, in the order of time and, at one
/// instant, of machines.
pub trait EventObserver {
    /// What may go wrong with it.
    type Error;

    /// An event, with the machine and the lab time it belongs to.
    fn event(&mut self, machine: MachineId, time: LabTime, event: &Event) -> Result<(), Self::Error>;

    /// A message leaves for `to`, where it arrives when it says, maybe later.
    #[inline]
    fn message(&mut self, _to: MachineId, _message: &Message) {}

    /// `machine` sleeps inside its tick until `until`.
    #[inline]
    fn sleep(&mut self, _machine: MachineId, _until: LabTime) {}
}

/// Runs the model to its end, or until `stop`, and shows `see` every event
/// with the machine and the lab time it belongs to, in the order of time and,
/// at one instant, of machines. Gives each machine's end.
///
/// # Errors
///
/// What `see` fails with.
pub fn simulate(
    run: &Run,
    stop: &StopSwitch,
    gauges: &Gauges,
    see: impl FnMut(MachineId, LabTime, &Event) -> io::Result<()>,
) -> io::Result<Vec<End>> {
    struct EventsAlone<F>(F);
    impl<F: FnMut(MachineId, LabTime, &Event) -> io::Result<()>> EventObserver for EventsAlone<F> {
        type Error = io::Error;

        #[inline]
        fn event(&mut self, machine: MachineId, time: LabTime, event: &Event) -> io::Result<()> {
            (self.0)(machine, time, event)
        }
    }
    simulate_before(run, stop, gauges, &mut EventsAlone(see))
}

/// The same, before a observer of more than events.
///
/// # Errors
///
/// What `observer` fails with.
pub fn simulate_before<W: EventObserver>(
    run: &Run,
    stop: &StopSwitch,
    gauges: &Gauges,
    observer: &mut W,
) -> Result<Vec<End>, W::Error> {
    let mut world = World::new(run);
    let mut until_glance = TICKS_A_GLANCE;
    let mut reason = EndReason::Completed;
    while let Some(Reverse((now, at))) = world.due.peek().copied() {
        world.tick(now, at, observer)?;
        until_glance -= 1;
        if until_glance == 0 {
            until_glance = TICKS_A_GLANCE;
            world.show(now, gauges);
            if let Some(stopped) = stop.reason() {
                reason = stopped;
                world.stopped_at = now;
                break;
            }
        }
    }
    world.show(world.stopped_at, gauges);
    Ok(world.nodes.into_iter().map(|node| node.end(world.stopped_at, reason)).collect())
}

/// The header of a machine's log of a simulated run.
pub fn header(run: &Run, machine: MachineId) -> Header {
    Header {
        clock_rate: run.clock_rates()[machine.index()],
        machines: Some(run.spec.machine_count()),
        phase: Some(run.spec.phase(machine)),
        speedup: Some(run.spec.speedup),
    }
}

/// All machines and what is between them.
struct World {
    nodes: Vec<Node>,
    /// Every machine's next deadline.
    due: BinaryHeap<Reverse<(LabTime, usize)>>,
    delayed: bool,
    delay_at: DelayAt,
    stopped_at: LabTime,
}

/// A machine and its surroundings.
struct Node {
    machine: Machine,
    schedule: Schedule,
    delays: Delays,
    in_flight: InFlight,
    /// When the last message on the link to each peer arrives.
    last_arrivals: Vec<LabTime>,
    served: u64,
    lost: u64,
    sent: u64,
    received: u64,
}

impl World {
    fn new(run: &Run) -> World {
        let spec = &run.spec;
        let delayed = spec.network.delay != Delay::None;
        let node = |(id, clock_rate): (MachineId, &f64)| Node {
            machine: Machine::new(id, spec.rules(), spec.seed),
            schedule: Schedule { clock_rate: *clock_rate, phase: spec.phase(id), duration: spec.duration },
            delays: Delays::new(spec.seed, id, spec.network.delay),
            in_flight: InFlight::new(delayed),
            last_arrivals: if delayed { vec![LabTime::ZERO; spec.machines.len()] } else { Vec::new() },
            served: 0,
            lost: 0,
            sent: 0,
            received: 0,
        };
        let nodes: Vec<Node> = run.machines().zip(run.clock_rates()).map(node).collect();
        let first = |(at, node): (usize, &Node)| Some(Reverse((node.next_deadline()?, at)));
        let due = nodes.iter().enumerate().filter_map(first).collect();
        World { nodes, due, delayed, delay_at: spec.network.delay_at, stopped_at: spec.duration }
    }

    #[inline]
    fn tick<W: EventObserver>(&mut self, now: LabTime, at: usize, observer: &mut W) -> Result<(), W::Error> {
        let node = &mut self.nodes[at];
        let own = node.machine.id();
        node.in_flight.hand_over(now, &mut node.machine);
        let mut busy_until = now;
        let events = node.machine.tick();
        node.served += 1;
        for event in events {
            observer.event(own, now, &event)?;
            match event.action {
                Action::Send(to) => self.send(at, &event, to, now, &mut busy_until, observer),
                Action::Receive { .. } => self.nodes[at].received += 1,
                Action::Internal => {}
            }
        }
        let node = &mut self.nodes[at];
        if busy_until > now {
            observer.sleep(own, busy_until);
            node.lose_ticks_until(busy_until);
        }
        let next = node.next_deadline();
        // Replacing the top sifts once, where popping and pushing would twice.
        if let Some(mut top) = self.due.peek_mut() {
            match next {
                Some(next) => *top = Reverse((next, at)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(top);
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn send(
        &mut self,
        at: usize,
        event: &Event,
        recipients: Recipients,
        now: LabTime,
        busy_until: &mut LabTime,
        observer: &mut impl EventObserver,
    ) {
        let own = self.nodes[at].machine.id();
        let chosen = recipients.ids(own, self.nodes.len() as u32).map(MachineId::index);
        for to in chosen.filter(|to| *to != at) {
            let mut arrived = now;
            if self.delayed {
                let sender = &mut self.nodes[at];
                let delay = sender.delays.next_delay();
                arrived = match self.delay_at {
                    DelayAt::Link => (now + delay).max(sender.last_arrivals[to]),
                    DelayAt::Sender => {
                        *busy_until = *busy_until + delay;
                        *busy_until
                    }
                };
                sender.last_arrivals[to] = arrived;
            }
            let message = Message { clock: event.clock, from: Some(own), arrived };
            observer.message(self.nodes[to].machine.id(), &message);
            self.nodes[at].sent += 1;
            self.nodes[to].in_flight.put(message);
        }
    }

    fn show(&self, now: LabTime, gauges: &Gauges) {
        gauges.reach(now.0);
        for node in &self.nodes {
            if let Some(gauge) = gauges.machine(node.machine.id()) {
                gauge.set(node.machine.clock(), node.machine.queue_length(), node.served);
            }
        }
    }
}

impl Node {
    /// `None` when no further tick falls into the run.
    #[inline]
    fn next_deadline(&self) -> Option<LabTime> {
        let deadline = self.schedule.deadline(self.machine.ticks() + 1);
        (deadline <= self.schedule.duration).then_some(deadline)
    }

    fn lose_ticks_until(&mut self, time: LabTime) {
        let due = self.schedule.due(time.min(self.schedule.duration));
        let lost = due.saturating_sub(self.machine.ticks());
        self.machine.lose_ticks(lost);
        self.lost += lost;
    }

    /// What is still on its way is waited for, and left in the queue.
    fn end(mut self, run_time: LabTime, reason: EndReason) -> End {
        self.in_flight.hand_over(LabTime(u64::MAX), &mut self.machine);
        End {
            stamp: START.at(run_time),
            clock: self.machine.clock(),
            queue_length: self.machine.queue_length(),
            ticks: self.served,
            lost_ticks: self.lost,
            sent: self.sent,
            received: self.received,
            run_time,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    fn run(text: &str, seed: u64) -> Run {
        let mut spec = parse("test", text, &[]).unwrap();
        spec.seed = seed;
        Run::single(spec, "run".to_owned())
    }

    fn ends(run: &Run) -> Vec<End> {
        let gauges = Gauges::new(run.spec.machine_count());
        simulate(run, &StopSwitch::default(), &gauges, |_, _, _| Ok(())).unwrap()
    }

    fn mean_and_sd(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance.sqrt())
    }

    type MeanAndSd = (f64, f64);

    /// Zero delay, 60 s, 400 seeds: end queue and final clock of one machine as
    /// simulated independently of this program (mean, sd).
    const REFERENCE: [(&str, f64, usize, MeanAndSd, MeanAndSd); 5] = [
        ("1,3,6", 0.7, 0, (31.1, 8.1), (236.0, 24.0)),
        ("1,3,6", 0.3, 0, (112.7, 9.7), (124.0, 12.0)),
        ("1,4,6", 0.7, 0, (40.9, 8.6), (215.0, 22.0)),
        ("1,4,6", 0.2, 0, (148.6, 10.8), (106.0, 9.0)),
        ("3,4,1", 0.7, 2, (12.1, 6.2), (203.0, 18.0)),
    ];

    #[test]
    fn queues_and_clocks_come_out_as_simulated_elsewhere() {
        const SEEDS: u64 = 400;
        for (rates, internal_prob, machine, queue, clock) in REFERENCE {
            let machines: String =
                rates.split(',').map(|rate| format!("[[machine]]\nclock_rate = {rate}\n")).collect();
            let text =
                format!("name = \"t\"\nduration = \"60s\"\ninternal_prob = {internal_prob}\n{machines}");
            let ends: Vec<End> = (1..=SEEDS).map(|seed| ends(&run(&text, seed))[machine]).collect();
            let measured = [
                mean_and_sd(&ends.iter().map(|end| end.queue_length as f64).collect::<Vec<_>>()),
                mean_and_sd(&ends.iter().map(|end| end.clock as f64).collect::<Vec<_>>()),
            ];
            for ((mean, sd), (expected, expected_sd)) in measured.into_iter().zip([queue, clock]) {
                // Both means are of 400 runs; four standard errors of their difference.
                let tolerance = 4.0 * expected_sd * (2.0 / SEEDS as f64).sqrt();
                assert!(
                    (mean - expected).abs() < tolerance,
                    "{rates} {internal_prob}: {mean} not {expected}"
                );
                assert!(
                    (sd / expected_sd - 1.0).abs() < 0.25,
                    "{rates} {internal_prob}: sd {sd} not {expected_sd}"
                );
            }
        }
    }

    #[test]
    fn events_come_in_the_order_of_time_and_all_messages_are_accounted_for() {
        for (delay, at) in
            [("none", "link"), ("uniform:100ms..900ms", "link"), ("exponential:200ms", "sender")]
        {
            let text = format!(
                "name = \"t\"\nduration = \"50s\"\n[network]\ndelay = \"{delay}\"\nwhere = \"{at}\"\n\
                 [[machine]]\nclock_rate = 7\ncount = 5\n[[machine]]\nclock_rate = 1.5\n"
            );
            let run = run(&text, 3);
            let mut before = LabTime::ZERO;
            let mut last_heard = std::collections::BTreeMap::new();
            let watch = |machine, time: LabTime, event: &Event| {
                assert!(time >= before);
                before = time;
                if let Action::Receive { message, .. } = event.action {
                    assert!(message.arrived < time);
                    // Each link keeps its order.
                    let last = last_heard.insert((message.from, machine), message.clock);
                    assert!(last < Some(message.clock));
                }
                Ok(())
            };
            let ends = simulate(&run, &StopSwitch::default(), &Gauges::new(6), watch).unwrap();
            let sum = |of: fn(&End) -> u64| ends.iter().map(of).sum::<u64>();
            assert_eq!(sum(|end| end.sent), sum(|end| end.received) + sum(|end| end.queue_length));
            assert_eq!(sum(|end| end.lost_ticks) > 0, at == "sender");
        }
    }

    #[test]
    fn a_stopped_simulation_says_so() {
        let run = run("name = \"t\"\nduration = \"9000s\"\n[[machine]]\nclock_rate = 9\ncount = 2\n", 1);
        let stop = StopSwitch::default();
        stop.interrupt();
        let ends = simulate(&run, &stop, &Gauges::new(2), |_, _, _| Ok(())).unwrap();
        assert!(
            ends.iter().all(|end| end.reason == EndReason::Interrupted && end.run_time < run.spec.duration)
        );
    }
}
