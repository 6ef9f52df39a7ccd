//! What messages carry, kept from their SEND to the last of their RECEIVEs.

use std::collections::BTreeMap;

use super::{CausalOrder, Step};
use crate::history::{EventId, History};
use crate::model::event::Kind;

/// A value for each SEND whose messages are under way.
#[derive(Debug)]
pub(super) struct InFlight<T> {
    sent: BTreeMap<EventId, (usize, T)>,
}

impl<T> InFlight<T> {
    pub fn new() -> InFlight<T> {
        InFlight { sent: BTreeMap::new() }
    }

    /// Keeps what the messages of this event carry, if it sends any that are
    /// received.
    pub fn send(
        &mut self,
        history: &History,
        order: &CausalOrder<'_>,
        step: &Step,
        value: impl FnOnce() -> T,
    ) {
        if history.machines()[step.place].kind(step.event.index) != Kind::Send {
            return;
        }
        let receives = order.receives_of(step.event).count();
        if receives > 0 {
            self.sent.insert(step.event, (receives, value()));
        }
    }

    /// Shows what the message of this RECEIVE carried. The value is given back
    /// with the last message of its SEND.
    pub fn receive(&mut self, step: &Step, see: impl FnOnce(&T)) -> Option<T> {
        let send = step.source?;
        let (left, value) = self.sent.get_mut(&send)?;
        see(value);
        *left -= 1;
        if *left > 0 {
            return None;
        }
        self.sent.remove(&send).map(|(_, value)| value)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.sent.len()
    }
}
