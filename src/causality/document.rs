//! What orders the events of a run, as JSON.

use std::path::PathBuf;

use serde::Serialize;

use super::{Encoding, Relation, StampSize};
use crate::history::History;
use crate::read::run_path::RunPath;

/// A run as JSON. Unknown is null.
#[derive(Serialize)]
pub struct CausalityDocument {
    experiment: String,
    run: String,
    folder: PathBuf,
    machines: usize,
    events: u64,
    pairs: PairsDocument,
    messages: MessagesDocument,
    clocks: Vec<ClockDocument>,
    hybrid_drift_max_us: Option<u64>,
    hybrid_counter_max: Option<u64>,
}

#[derive(Serialize)]
struct PairsDocument {
    all: u128,
    ordered: u128,
    concurrent: u128,
    concurrent_in_clock_order: Option<u128>,
    concurrent_of_equal_clocks: Option<u128>,
    /// Events with no larger clock than one just before them.
    clock_condition_broken: u64,
}

/// How well RECEIVEs are matched, on which the order rests.
#[derive(Serialize)]
struct MessagesDocument {
    certain: u64,
    ambiguous: u64,
    unmatched: u64,
    left_out: usize,
}

#[derive(Serialize)]
struct ClockDocument {
    clock: &'static str,
    written_as: &'static str,
    messages: u64,
    bytes: u64,
    bytes_mean: Option<f64>,
    bytes_max: u64,
}

impl CausalityDocument {
    pub fn of(run: &RunPath, history: &History, relation: &Relation) -> CausalityDocument {
        let (pairs, tally) = (&relation.pairs, history.tally());
        CausalityDocument {
            experiment: run.experiment.to_string(),
            run: run.run.to_string(),
            folder: run.folder.clone(),
            machines: history.machines().len(),
            events: history.events(),
            pairs: PairsDocument {
                all: pairs.all(),
                ordered: pairs.ordered,
                concurrent: pairs.concurrent(),
                concurrent_in_clock_order: pairs.concurrent_in_clock_order(),
                concurrent_of_equal_clocks: pairs.ties,
                clock_condition_broken: pairs.out_of_order,
            },
            messages: MessagesDocument {
                certain: tally.certain,
                ambiguous: tally.ambiguous,
                unmatched: tally.repeated + tally.missing + tally.unknown,
                left_out: relation.dropped.len(),
            },
            clocks: relation.sizes().map(|(encoding, size)| ClockDocument::of(encoding, size)).collect(),
            hybrid_drift_max_us: relation.hybrid.map(|bound| bound.drift_max_us),
            hybrid_counter_max: relation.hybrid.map(|bound| bound.counter_max),
        }
    }
}

impl ClockDocument {
    fn of(encoding: Encoding, size: StampSize) -> ClockDocument {
        ClockDocument {
            clock: encoding.clock(),
            written_as: encoding.written_as(),
            messages: size.messages,
            bytes: size.bytes,
            bytes_mean: size.mean(),
            bytes_max: size.largest,
        }
    }
}
