//! What theory says of a run, or why it says nothing.

use crate::event::MachineId;
use crate::plan::Run;
use crate::theory::Prediction;

/// The theory of a run, for its charts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunTheory {
    /// Machine 1 first.
    predictions: Vec<Prediction>,
    left_out: Option<&'static str>,
}

impl From<Vec<Prediction>> for RunTheory {
    fn from(predictions: Vec<Prediction>) -> RunTheory {
        RunTheory { predictions, left_out: None }
    }
}

impl RunTheory {
    /// Theory of the run that was set up as `run`.
    pub fn of(run: &Run) -> RunTheory {
        if run.delays_senders() {
            let why = "without theory, as senders lose ticks to a delay";
            return RunTheory { predictions: Vec::new(), left_out: Some(why) };
        }
        RunTheory::from(run.predictions())
    }

    /// Why there is none, where a spec says how the run was set up.
    pub fn left_out(&self) -> Option<&'static str> {
        self.left_out
    }

    /// What it expects of a machine.
    pub(super) fn of_machine(&self, machine: MachineId) -> Option<&Prediction> {
        self.predictions.get(machine.index())
    }

    pub(super) fn all(&self) -> &[Prediction] {
        &self.predictions
    }
}
