//! What a publication states of each machine, for charts to set runs against.

use std::collections::BTreeMap;

use crate::event::MachineId;
use crate::spec::Spec;

/// Published values by experiment and machine.
pub type Published = BTreeMap<(String, MachineId), PublishedValues>;

/// What is published of one machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishedValues {
    pub max_queue: Option<u64>,
    pub end_queue: Option<u64>,
    pub clock_diff: Option<u64>,
}

/// What the spec of an experiment says was published of its machines;
/// `experiment` is its name in the rows of the metrics.
pub fn published_values(
    experiment: &str,
    spec: &Spec,
) -> impl Iterator<Item = ((String, MachineId), PublishedValues)> {
    let machines = spec.published.iter().flat_map(|published| {
        MachineId::all(spec.machine_count()).map(move |machine| {
            let value = |values: &[Option<u64>]| values.get(machine.index()).copied().flatten();
            let values = PublishedValues {
                max_queue: value(&published.max_queue),
                end_queue: value(&published.end_queue),
                clock_diff: value(&published.clock_diff),
            };
            (machine, values)
        })
    });
    machines.map(move |(machine, values)| ((experiment.to_owned(), machine), values))
}
