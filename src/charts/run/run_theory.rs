//! What is expected of a run over time, or why nothing is.

use crate::engine::StopSwitch;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::plan::budget::EVENTS_MAX;
use crate::predict::expected::{Course, Expected, NoExpectation};

/// Simulated runs whose mean a chart shows.
const RUNS: u32 = 100;
/// Events of all of them: a picture takes no longer.
const EVENTS: f64 = EVENTS_MAX / 10.0;

/// What is expected of a run, for its charts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunTheory {
    /// Machine 1 first.
    machines: Vec<MachineTheory>,
    left_out: Option<String>,
}

/// What is expected of a machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MachineTheory {
    pub course: Course,
    /// Whether its queue grows for as long as the run lasts, by the law; `None`
    /// where the law does not apply.
    pub is_overloaded: Option<bool>,
}

impl From<Vec<MachineTheory>> for RunTheory {
    fn from(machines: Vec<MachineTheory>) -> RunTheory {
        RunTheory { machines, left_out: None }
    }
}

impl RunTheory {
    /// Of the run that was set up as `run`.
    pub fn of(run: &Run) -> RunTheory {
        let expected = match Expected::of(run, RUNS, EVENTS, &StopSwitch::default()) {
            Ok(expected) => expected,
            Err(none) => return RunTheory { machines: Vec::new(), left_out: Some(left_out(&none)) },
        };
        let law = if run.delays_senders() { Vec::new() } else { run.predictions() };
        let machine = |machine: MachineId| MachineTheory {
            course: expected.course(machine).cloned().unwrap_or_default(),
            is_overloaded: law.get(machine.index()).map(|law| law.is_overloaded()),
        };
        RunTheory::from(run.machines().map(machine).collect::<Vec<_>>())
    }

    /// Why there is none, where a spec says how the run was set up.
    pub fn left_out(&self) -> Option<&str> {
        self.left_out.as_deref()
    }

    /// What it expects of a machine.
    pub(in crate::charts) fn of_machine(&self, machine: MachineId) -> Option<&MachineTheory> {
        self.machines.get(machine.index())
    }
}

fn left_out(none: &NoExpectation) -> String {
    match none {
        NoExpectation::Foreign { machine } => {
            format!("nothing is expected, as machine {machine} was written by someone else")
        }
        NoExpectation::OverBudget(_) | NoExpectation::Stopped => {
            "nothing is expected, as the run is too long to simulate many times over".to_owned()
        }
    }
}

impl MachineTheory {
    /// Points of a line through one of the course's columns.
    pub(in crate::charts) fn line(&self, of: fn(&Course) -> &Vec<f64>) -> Vec<(f64, f64)> {
        self.course.times_s.iter().copied().zip(of(&self.course).iter().copied()).collect()
    }
}
