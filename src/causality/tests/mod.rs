//! Causality against brute force, on simulated runs and on logs that make no
//! sense.

mod chain;
mod order;
mod relation;
mod replay;

use std::collections::{BTreeMap, BTreeSet};

use crate::causality::CausalOrder;
use crate::history::tests::{Hide, SPECS, simulated};
use crate::history::{EventId, History};
use crate::model::event::MachineId;

pub fn event(machine: u32, index: u32) -> EventId {
    EventId { machine: MachineId(machine), index }
}

/// Simulated runs, with all that their logs say and with less of it.
pub fn runs() -> impl Iterator<Item = (History, String)> {
    let runs = SPECS.iter().zip(1..).flat_map(|(spec, seed)| [(spec, seed), (spec, seed + 10)]);
    runs.flat_map(|(spec, seed)| {
        [Hide::Nothing, Hide::From, Hide::Both]
            .map(|hide| (simulated(spec, seed, hide).0, format!("{spec} seed {seed}, {hide:?}")))
    })
}
