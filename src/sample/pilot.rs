//! A pilot: the sample that tells the spread before the runs of an experiment
//! are counted out.

use std::path::Path;

use super::{Sample, SampleError, SampledRun};
use crate::engine::StopSwitch;
use crate::plan::Run;
use crate::predict::simulated::simulate_metrics;
use crate::spec::Spec;
use crate::text::sanitize::on_one_line;

/// How many runs of a spec are simulated.
const RUNS: u64 = 200;

/// The runs that a spread is taken from, and what they are.
#[derive(Clone, Debug)]
pub struct Pilot {
    pub sample: Sample,
    /// Such as `200 simulated runs of exp4, seeds 1 to 200`.
    pub words: String,
}

/// A spec cannot be simulated as a pilot.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PilotError {
    #[error("machine {0} is written by someone else and cannot be simulated")]
    Foreign(usize),
    #[error(
        "{0} draws its clock rates with the seed, so its runs are no replicates of one setting; fix them with \
         --clock-rates"
    )]
    DrawnRates(String),
}

impl Pilot {
    /// The runs at or below a path, or those of a cell of a sweep.
    pub fn read(path: &Path) -> Result<Pilot, SampleError> {
        let sample = Sample::read(path)?;
        let words = format!("{} runs in {}", sample.runs.len(), on_one_line(&path.display().to_string()));
        Ok(Pilot { sample, words })
    }

    /// Simulates a spec 200 times, with seeds from its own on; fewer times once
    /// `stop` is turned.
    pub fn simulated(spec: &Spec, stop: &StopSwitch) -> Result<Pilot, PilotError> {
        if let Some(machine) = spec.machines.iter().position(|machine| machine.foreign) {
            return Err(PilotError::Foreign(machine + 1));
        }
        if spec.has_random_rates() {
            return Err(PilotError::DrawnRates(spec.name.clone()));
        }
        let mut sample = Sample::default();
        for seed in (0..RUNS).map(|run| spec.seed.wrapping_add(run)) {
            let run = Run::single(Spec { seed, ..spec.clone() }, format!("seed-{seed}"));
            sample.runs.push(SampledRun { seed: Some(seed), rows: simulate_metrics(&run, stop) });
            if stop.reason().is_some() {
                break;
            }
        }
        let last = spec.seed.wrapping_add(RUNS - 1);
        let words = format!("{RUNS} simulated runs of {}, seeds {} to {last}", spec.name, spec.seed);
        Ok(Pilot { sample, words })
    }
}
