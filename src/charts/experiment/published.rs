//! What a publication states of each machine, for charts to set runs against.

use std::collections::BTreeMap;

use crate::model::event::MachineId;
use crate::spec::{self, Logged, Spec};

/// Published values by experiment and machine.
pub type Published = BTreeMap<(String, MachineId), PublishedValues>;

/// What charts say of such values.
pub(in crate::charts) const NOTE: &str = "published: as the spec quotes a publication";

/// What is published of one machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishedValues {
    pub max_queue: Option<u64>,
    pub end_queue: Option<u64>,
    pub clock_diff: Option<u64>,
}

impl PublishedValues {
    /// The value of a metric, by its name.
    pub fn of(&self, metric: &str) -> Option<u64> {
        match metric {
            "max_queue" => self.max_queue,
            "end_queue" => self.end_queue,
            "clock_diff" => self.clock_diff,
            _ => None,
        }
    }
}

/// What the spec of an experiment says was published of its machines;
/// `experiment` is its name in the rows of the metrics.
pub fn published_values(
    experiment: &str,
    spec: &Spec,
) -> impl Iterator<Item = ((String, MachineId), PublishedValues)> {
    let values = spec.published.iter().flat_map(|published| {
        let spec::Published { max_queue, end_queue, clock_diff, .. } = published;
        MachineId::all(spec.machine_count())
            .map(move |machine| (machine, values_of(machine, max_queue, end_queue, clock_diff)))
    });
    values.map(move |(machine, values)| ((experiment.to_owned(), machine), values))
}

/// What the spec says that the logs behind a publication say, machine by
/// machine; nothing where it does not.
pub fn logged_values(spec: &Spec) -> impl Iterator<Item = PublishedValues> {
    let logs = spec.published.iter().filter_map(|published| published.logs.as_ref());
    logs.flat_map(|Logged { max_queue, end_queue, clock_diff, .. }| {
        MachineId::all(spec.machine_count())
            .map(move |machine| values_of(machine, max_queue, end_queue, clock_diff))
    })
}

fn values_of(
    machine: MachineId,
    max_queue: &[Option<u64>],
    end_queue: &[Option<u64>],
    clock_diff: &[Option<u64>],
) -> PublishedValues {
    let value = |values: &[Option<u64>]| values.get(machine.index()).copied().flatten();
    PublishedValues {
        max_queue: value(max_queue),
        end_queue: value(end_queue),
        clock_diff: value(clock_diff),
    }
}
