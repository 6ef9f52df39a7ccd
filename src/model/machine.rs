//! The machine: a clock, a queue and a die. Pure: it knows no sockets, no
//! time of its own, no files; what it decides comes back as data.

use std::collections::VecDeque;

use crate::model::event::{Action, Event, MachineId, Message, Recipients};
use crate::model::random::Decisions;

/// What all machines of a system share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How many machines there are, at least two.
    pub machines: u32,
    /// Chance that an idle tick is INTERNAL, in 0..=1.
    pub internal_prob: f64,
    pub broadcast: Broadcast,
}

/// How a send to all peers counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Broadcast {
    /// One event, one increment, one log line.
    #[default]
    OneEvent,
    /// One event, one increment and one log line for each recipient.
    PerRecipient,
}

impl Broadcast {
    /// As specs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Broadcast::OneEvent => "one-event",
            Broadcast::PerRecipient => "per-recipient",
        }
    }
}

/// One machine of the model.
///
/// Its clock follows Lamport's rules IR1 and IR2 (*Time, Clocks, and the
/// Ordering of Events in a Distributed System*, 1978): a SEND carries the clock
/// after its increment.
#[derive(Clone, Debug)]
pub struct Machine {
    id: MachineId,
    rules: Rules,
    decisions: Decisions,
    queue: VecDeque<Message>,
    clock: u64,
    tick: u64,
}

impl Machine {
    pub fn new(id: MachineId, rules: Rules, seed: u64) -> Machine {
        let decisions = Decisions::new(seed, id);
        Machine { id, rules, decisions, queue: VecDeque::new(), clock: 0, tick: 0 }
    }

    /// A message reaches the queue. It is seen at the next tick, not before.
    #[inline]
    pub fn deliver(&mut self, message: Message) {
        self.queue.push_back(message);
    }

    /// Serves one tick: pops one message if any waits, otherwise follows the
    /// die. Exactly one event, but for a send to all counted per recipient.
    #[inline]
    pub fn tick(&mut self) -> Events {
        self.tick += 1;
        let draw = self.decisions.next_unit();
        if let Some(message) = self.queue.pop_front() {
            self.clock = self.clock.max(message.clock) + 1;
            let queue_length = self.queue.len() as u64;
            return self.one(Action::Receive { message, queue_length });
        }
        match self.choose(draw) {
            None => self.advance(Action::Internal),
            Some(Recipients::All) if self.rules.broadcast == Broadcast::PerRecipient => {
                self.send_one_by_one()
            }
            Some(recipients) => self.advance(Action::Send(recipients)),
        }
    }

    /// Ticks that pass unserved (the machine slept through them) still use up
    /// their draws, so that later ticks decide as they would have.
    pub fn lose_ticks(&mut self, ticks: u64) {
        self.decisions.skip(ticks);
        self.tick += ticks;
    }

    /// The draw's meaning for an idle tick: `None` is INTERNAL; the rest of the
    /// unit interval is shared equally by each peer alone and all at once.
    fn choose(&self, draw: f64) -> Option<Recipients> {
        let internal = self.rules.internal_prob;
        if draw < internal {
            return None;
        }
        let choices = self.rules.machines;
        let choice = ((draw - internal) / (1.0 - internal) * f64::from(choices)) as u32;
        if choice + 1 >= choices {
            return Some(Recipients::All);
        }
        let peer = choice + 1;
        let past_own = u32::from(peer >= self.id.0);
        Some(Recipients::One(MachineId(peer + past_own)))
    }

    fn advance(&mut self, action: Action) -> Events {
        self.clock += 1;
        self.one(action)
    }

    fn one(&self, action: Action) -> Events {
        Events { next: Event { tick: self.tick, clock: self.clock, action }, left: 1, own: self.id }
    }

    fn send_one_by_one(&mut self) -> Events {
        let peers = self.rules.machines - 1;
        let first = MachineId(if self.id.0 == 1 { 2 } else { 1 });
        let next =
            Event { tick: self.tick, clock: self.clock + 1, action: Action::Send(Recipients::One(first)) };
        self.clock += u64::from(peers);
        Events { next, left: peers, own: self.id }
    }

    pub fn id(&self) -> MachineId {
        self.id
    }

    /// The logical clock after the last event.
    pub fn clock(&self) -> u64 {
        self.clock
    }

    /// Messages that wait now.
    pub fn queue_length(&self) -> u64 {
        self.queue.len() as u64
    }

    /// Ticks served or lost so far.
    pub fn ticks(&self) -> u64 {
        self.tick
    }
}

/// The events of one tick, in order.
#[derive(Clone, Debug)]
pub struct Events {
    next: Event,
    left: u32,
    own: MachineId,
}

impl Iterator for Events {
    type Item = Event;

    #[inline]
    fn next(&mut self) -> Option<Event> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let event = self.next;
        if let Action::Send(Recipients::One(peer)) = event.action
            && self.left > 0
        {
            let skip_own = u32::from(peer.0 + 1 == self.own.0);
            let next_peer = MachineId(peer.0 + 1 + skip_own);
            self.next =
                Event { clock: event.clock + 1, action: Action::Send(Recipients::One(next_peer)), ..event };
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::LabTime;
    use proptest::prelude::*;

    fn message(clock: u64) -> Message {
        Message { clock, from: None, arrived: LabTime::ZERO }
    }

    fn rules() -> impl Strategy<Value = Rules> {
        let broadcast = prop_oneof![Just(Broadcast::OneEvent), Just(Broadcast::PerRecipient)];
        (2u32..8, 0.0..=1.0, broadcast).prop_map(|(machines, internal_prob, broadcast)| Rules {
            machines,
            internal_prob,
            broadcast,
        })
    }

    /// A machine's life: at each step some messages arrive, then it ticks.
    fn life() -> impl Strategy<Value = (Rules, u32, u64, Vec<Vec<u64>>)> {
        rules().prop_flat_map(|rules| {
            let arrivals = prop::collection::vec(prop::collection::vec(0u64..1000, 0..3), 1..60);
            (Just(rules), 1..=rules.machines, any::<u64>(), arrivals)
        })
    }

    fn live(rules: Rules, id: u32, seed: u64, arrivals: &[Vec<u64>]) -> Vec<(bool, Vec<Event>)> {
        let mut machine = Machine::new(MachineId(id), rules, seed);
        let mut lived = Vec::new();
        for clocks in arrivals {
            clocks.iter().for_each(|clock| machine.deliver(message(*clock)));
            let had_message = machine.queue_length() > 0;
            lived.push((had_message, machine.tick().collect()));
        }
        lived
    }

    proptest! {
        #[test]
        fn clocks_strictly_rise_and_follow_lamports_rules((rules, id, seed, arrivals) in life()) {
            let mut before = 0;
            for (_, events) in live(rules, id, seed, &arrivals) {
                for event in events {
                    prop_assert!(event.clock > before);
                    match event.action {
                        Action::Receive { message, .. } => {
                            prop_assert!(event.clock > message.clock);
                            prop_assert_eq!(event.clock, before.max(message.clock) + 1);
                        }
                        Action::Internal | Action::Send(_) => prop_assert_eq!(event.clock, before + 1),
                    }
                    before = event.clock;
                }
            }
        }

        #[test]
        fn nothing_is_sent_while_the_queue_holds_a_message((rules, id, seed, arrivals) in life()) {
            for (had_message, events) in live(rules, id, seed, &arrivals) {
                let received = matches!(events[0].action, Action::Receive { .. });
                prop_assert_eq!(received, had_message);
                prop_assert!(events.len() == 1 || rules.broadcast == Broadcast::PerRecipient);
            }
        }

        #[test]
        fn the_same_seed_makes_the_same_decisions((rules, id, seed, arrivals) in life()) {
            prop_assert_eq!(live(rules, id, seed, &arrivals), live(rules, id, seed, &arrivals));
        }

        #[test]
        fn what_arrives_changes_no_later_decision((rules, id, seed, arrivals) in life()) {
            let disturbed = live(rules, id, seed, &arrivals);
            let alone = live(rules, id, seed, &vec![Vec::new(); arrivals.len()]);
            for ((had_message, events), (_, undisturbed)) in disturbed.iter().zip(&alone) {
                if !had_message {
                    let actions = |events: &[Event]| events.iter().map(|event| event.action).collect::<Vec<_>>();
                    prop_assert_eq!(actions(events), actions(undisturbed));
                }
            }
        }

        #[test]
        fn lost_ticks_use_up_their_draws(rules in rules(), seed: u64, lost in 0u64..50) {
            let mut served = Machine::new(MachineId(1), rules, seed);
            let mut slept = served.clone();
            (0..lost).for_each(|_| { served.tick(); });
            slept.lose_ticks(lost);
            let actions = |machine: &mut Machine| machine.tick().map(|event| event.action).collect::<Vec<_>>();
            prop_assert_eq!(actions(&mut served), actions(&mut slept));
            prop_assert_eq!(served.ticks(), slept.ticks());
        }

        #[test]
        fn sends_reach_peers_and_never_the_sender((rules, id, seed, arrivals) in life()) {
            for (_, events) in live(rules, id, seed, &arrivals) {
                let mut reached = Vec::new();
                for event in events {
                    if let Action::Send(recipients) = event.action {
                        reached.extend(recipients.ids(MachineId(id), rules.machines));
                    }
                }
                let mut distinct = reached.clone();
                distinct.dedup();
                prop_assert_eq!(&distinct, &reached);
                prop_assert!(reached.iter().all(|peer| peer.0 != id && (1..=rules.machines).contains(&peer.0)));
            }
        }
    }

    #[test]
    fn three_machines_at_0_7_roll_the_assignments_die() {
        let rules = Rules { machines: 3, internal_prob: 0.7, broadcast: Broadcast::OneEvent };
        let mut machine = Machine::new(MachineId(2), rules, 1);
        let mut faces = [0u32; 4];
        for _ in 0..100_000 {
            for event in machine.tick() {
                let face = match event.action {
                    Action::Send(Recipients::One(MachineId(1))) => 0,
                    Action::Send(Recipients::One(MachineId(3))) => 1,
                    Action::Send(Recipients::All) => 2,
                    _ => 3,
                };
                faces[face] += 1;
            }
        }
        for (face, expected) in faces.iter().zip([10_000.0, 10_000.0, 10_000.0, 70_000.0]) {
            assert!((f64::from(*face) - expected).abs() < 500.0, "{faces:?}");
        }
    }
}
