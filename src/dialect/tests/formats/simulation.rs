//! A small simulation of the model, of which logs are rendered.

use std::collections::VecDeque;

use super::dice::Dice;
use crate::model::event::Kind;

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Model {
    /// Of each machine, in ticks per second.
    pub clock_rates: Vec<u32>,
    pub duration_s: f64,
    pub internal_percent: usize,
    /// What every clock shows before the first event.
    pub first_clock: u64,
    pub to_all: ToAll,
}

/// What a send to all is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToAll {
    OneEvent,
    /// An event, and a clock, for each recipient.
    EventEach,
    Never,
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub struct Message {
    pub from: usize,
    pub clock: u64,
    vector: Vec<u64>,
}

/// An event of a machine, with all that a program can log of it.
#[derive(Clone, Debug)]
pub struct Event {
    pub time_s: f64,
    pub machine: usize,
    pub kind: Kind,
    pub clock: u64,
    pub clock_before: u64,
    pub vector: Vec<u64>,
    /// After the pop.
    pub queue: u64,
    pub message: Option<Message>,
    pub to: Vec<usize>,
}

/// A message that comes into a queue.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub time_s: f64,
    pub machine: usize,
    pub from: usize,
    pub clock: u64,
    /// With it.
    pub queue: u64,
}

/// Something that a machine may log.
#[derive(Clone, Debug)]
pub enum Happening {
    Event(Event),
    Arrival(Arrival),
}

impl Happening {
    pub fn machine(&self) -> usize {
        match self {
            Happening::Event(event) => event.machine,
            Happening::Arrival(arrival) => arrival.machine,
        }
    }
}

struct Machine {
    clock: u64,
    vector: Vec<u64>,
    queue: VecDeque<Message>,
}

/// All that happens, in the order of time.
pub fn simulated(model: &Model, dice: &mut Dice) -> Vec<Happening> {
    let count = model.clock_rates.len();
    let new = || Machine { clock: model.first_clock, vector: vec![0; count], queue: VecDeque::new() };
    let mut machines: Vec<Machine> = (0..count).map(|_| new()).collect();
    let mut happenings = Vec::new();
    for (time_s, machine) in ticks(model) {
        let sends = match machines[machine].queue.pop_front() {
            Some(message) => {
                let own = &mut machines[machine];
                let clock_before = own.clock;
                own.clock = own.clock.max(message.clock) + 1;
                for (entry, theirs) in own.vector.iter_mut().zip(&message.vector) {
                    *entry = (*entry).max(*theirs);
                }
                let event = own.event(time_s, machine, Kind::Receive, clock_before);
                happenings.push(Happening::Event(Event { message: Some(message), ..event }));
                continue;
            }
            None => recipients(model, machine, dice),
        };
        if sends.is_empty() {
            let own = &mut machines[machine];
            own.clock += 1;
            let event = own.event(time_s, machine, Kind::Internal, own.clock - 1);
            happenings.push(Happening::Event(event));
        }
        for to in sends {
            let own = &mut machines[machine];
            own.clock += 1;
            let event = own.event(time_s, machine, Kind::Send, own.clock - 1);
            let message = Message { from: machine, clock: event.clock, vector: event.vector.clone() };
            happenings.push(Happening::Event(Event { to: to.clone(), ..event }));
            for recipient in to {
                machines[recipient].queue.push_back(message.clone());
                let queue = machines[recipient].queue.len() as u64;
                let (from, clock) = (machine, message.clock);
                let arrival = Arrival { time_s: time_s + 0.001, machine: recipient, from, clock, queue };
                happenings.push(Happening::Arrival(arrival));
            }
        }
    }
    happenings
}

/// Whose ticks are when, in the order of time.
fn ticks(model: &Model) -> Vec<(f64, usize)> {
    let mut ticks = Vec::new();
    for (machine, rate) in model.clock_rates.iter().enumerate() {
        let at = |nth: u32| f64::from(nth) / f64::from(*rate) + 0.013 * machine as f64;
        ticks.extend((1..).map(at).take_while(|at| *at <= model.duration_s).map(|at| (at, machine)));
    }
    ticks.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    ticks
}

/// To whom a machine sends in an idle tick: for each event, its recipients.
fn recipients(model: &Model, machine: usize, dice: &mut Dice) -> Vec<Vec<usize>> {
    if dice.percent(model.internal_percent) {
        return Vec::new();
    }
    let others: Vec<usize> = (0..model.clock_rates.len()).filter(|other| *other != machine).collect();
    let has_all = others.len() > 1 && model.to_all != ToAll::Never;
    match others.get(dice.below(others.len() + usize::from(has_all))) {
        Some(one) => vec![vec![*one]],
        None if model.to_all == ToAll::EventEach => others.into_iter().map(|one| vec![one]).collect(),
        None => vec![others],
    }
}

impl Machine {
    fn event(&mut self, time_s: f64, machine: usize, kind: Kind, clock_before: u64) -> Event {
        self.vector[machine] += 1;
        Event {
            time_s,
            machine,
            kind,
            clock: self.clock,
            clock_before,
            vector: self.vector.clone(),
            queue: self.queue.len() as u64,
            message: None,
            to: Vec::new(),
        }
    }
}
