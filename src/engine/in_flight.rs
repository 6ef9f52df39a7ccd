//! Messages between their SEND and their machine's queue, in a simulation.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::model::event::{MachineId, Message};
use crate::model::machine::Machine;
use crate::model::time::LabTime;

/// Messages on their way to a machine.
pub(super) enum InFlight {
    /// Without delays messages arrive in the order in which they are sent.
    InOrder(VecDeque<Message>),
    /// With delays the earliest comes first; of two at one instant, the one
    /// sent first.
    Sorted(BinaryHeap<Reverse<(LabTime, u64, MessageInFlight)>>, u64),
}

/// A message's clock and sender, in an order that does not matter: the number
/// before it never is the same.
type MessageInFlight = (u64, Option<MachineId>);

impl InFlight {
    /// Nothing is on its way yet; `delayed` messages may overtake each other.
    pub fn new(delayed: bool) -> InFlight {
        if delayed { InFlight::Sorted(BinaryHeap::new(), 0) } else { InFlight::InOrder(VecDeque::new()) }
    }

    #[inline]
    pub fn put(&mut self, message: Message) {
        match self {
            InFlight::InOrder(waiting) => waiting.push_back(message),
            InFlight::Sorted(waiting, count) => {
                *count += 1;
                waiting.push(Reverse((message.arrived, *count, (message.clock, message.from))));
            }
        }
    }

    /// Delivers what arrived before `now`.
    #[inline]
    pub fn hand_over(&mut self, now: LabTime, machine: &mut Machine) {
        match self {
            InFlight::InOrder(waiting) => {
                while let Some(message) = waiting.front().filter(|message| message.arrived < now) {
                    machine.deliver(*message);
                    waiting.pop_front();
                }
            }
            InFlight::Sorted(waiting, _) => {
                while let Some(Reverse((arrived, _, (clock, from)))) = waiting.peek().copied()
                    && arrived < now
                {
                    waiting.pop();
                    machine.deliver(Message { clock, from, arrived });
                }
            }
        }
    }
}
