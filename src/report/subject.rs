//! What a report is about: runs and sweeps, read and measured, each with what
//! the audit and theory say of it.

use std::sync::Arc;

use super::drawing::Drawing;
use super::player::PlayerParts;
use crate::audit::Audit;
use crate::charts::RunChart;
use crate::metrics::MachineMetrics;
use crate::metrics::Metric;
use crate::metrics::summary::{RunMetrics, SummaryRow};
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::model::theory::Prediction;
use crate::plan::{Plan, Run};
use crate::predict::residual::Residual;
use crate::read::ReadLog;
use crate::read::run_path::RunPath;
use crate::sample::Caveat;
use crate::sample::came_to_its_end;
use crate::sample::settings::Planned;
use crate::spec::Spec;
use crate::store::Manifest;
use crate::sweep::CellOutline;

/// All that one report is about.
#[derive(Debug, Default)]
pub struct Subjects {
    pub runs: Vec<RunSubject>,
    /// The runs, sorted by what they share but for the seed.
    pub groups: Vec<Group>,
    pub sweeps: Vec<SweepSubject>,
    /// All runs side by side; none of a single run.
    pub side_by_side: Vec<Drawing>,
}

/// A run.
#[derive(Debug)]
pub struct RunSubject {
    pub stored: RunPath,
    /// Its seed and its setting; foreign logs have none.
    pub planned: Option<Planned>,
    /// A row a machine.
    pub rows: Vec<MachineMetrics>,
    /// How its spec has it to the letter; only of a run that is reported in full.
    pub plan: Option<Box<Run>>,
    /// Of a run that is reported in full.
    pub manifest: Option<Box<Manifest>>,
    /// Empty where only metrics were kept.
    pub logs: Vec<ReadLog>,
    pub audited: Audited,
    /// What of its folder cannot be read, and so is not checked against it.
    pub faults: Vec<String>,
    /// Against what is expected, where anything is; of a run that is reported in
    /// full, and of the first of a group.
    pub residuals: Vec<Residual>,
    /// Why nothing is, where a spec says how the run was set up.
    pub no_expectation: Option<Arc<str>>,
    pub drawn: Option<Drawn>,
    /// Of the only run of a report.
    pub player: Option<Box<PlayerParts>>,
}

/// What the audit says of a run.
#[derive(Debug)]
pub enum Audited {
    Held {
        audit: Audit,
        quoted: Vec<Quoted>,
    },
    /// It was not held, and why.
    LeftOut(&'static str),
}

/// A finding of the audit, with the lines it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The rule's id.
    pub rule: &'static str,
    /// As `file:line: text`.
    pub text: String,
    pub lines: String,
}

/// A run's charts.
#[derive(Debug)]
pub struct Drawn {
    pub charts: Vec<(RunChart, Drawing)>,
    /// The most events that one point of a line stands for.
    pub events_a_point: u64,
}

/// Runs that differ in nothing but the seed, as far as is known.
#[derive(Debug)]
pub struct Group {
    pub experiment: String,
    /// Their places among all runs.
    pub members: Vec<usize>,
    /// Of those that came to their end.
    pub summary: Vec<SummaryRow>,
    /// The same of each run as a whole.
    pub outline: CellOutline,
    /// The mean of several against what is expected.
    pub mean: Vec<Residual>,
    /// What speaks against taking them for replicates.
    pub caveats: Vec<Caveat>,
}

/// A sweep, as its table of runs tells it.
#[derive(Debug)]
pub struct SweepSubject {
    pub name: String,
    pub folder: String,
    pub plan: Plan,
    /// The worst over all runs, where known.
    pub fidelity_min: Option<f64>,
    /// Runs whose measurements are to be doubted.
    pub doubted: u64,
    /// How measures go with what is varied, in sentences.
    pub trends: Vec<String>,
    /// Of the cells that have runs.
    pub outlines: Vec<CellOutline>,
    pub charts: Vec<Drawing>,
}

impl RunSubject {
    /// As people call it: experiment and run.
    pub fn name(&self) -> String {
        let RunPath { experiment, run, sweep, .. } = &self.stored;
        let own = if experiment == run { run.to_string() } else { format!("{experiment} / {run}") };
        sweep.as_ref().map_or(own.clone(), |sweep| format!("{sweep} / {own}"))
    }

    /// The run as a whole; `None` where there is no row.
    pub fn whole(&self) -> Option<RunMetrics> {
        RunMetrics::of(&self.rows)
    }

    /// All of its spec but the seed and the speedup.
    pub fn setting(&self) -> Option<&Spec> {
        self.planned.as_ref().map(|planned| &*planned.setting)
    }

    /// What the law says of each machine; empty where it says nothing, as of
    /// machines written by others, and of senders that a delay costs ticks.
    pub fn predictions(&self) -> Vec<Prediction> {
        let plan = self.setting().map(|setting| Run::single(setting.clone(), String::new()));
        let applies =
            |plan: &Run| !plan.delays_senders() && plan.machines().all(|machine| !plan.is_foreign(machine));
        plan.filter(applies).map(|plan| plan.predictions()).unwrap_or_default()
    }

    /// What is expected of a machine, where the run came to its end.
    pub fn expected(&self, machine: MachineId, metric: Metric) -> Option<f64> {
        let found = self.residuals.iter().find(|one| one.machine == machine && one.metric == metric);
        found?.expected
    }

    /// How long the machines ticked, in seconds of lab time: as planned, or as
    /// the logs show of a run that did not come to its end.
    pub fn duration_s(&self) -> f64 {
        let logged = || self.rows.iter().filter_map(|row| row.span_s).fold(0.0, f64::max);
        self.planned_s().filter(|_| came_to_its_end(&self.stored)).unwrap_or_else(logged)
    }

    /// How long the machines were to tick, in seconds of lab time.
    pub fn planned_s(&self) -> Option<f64> {
        self.setting().map(|setting| setting.duration.as_secs_f64())
    }

    /// Whether the audit found fault with its logs.
    pub fn is_unsound(&self) -> bool {
        matches!(&self.audited, Audited::Held { audit, .. } if !audit.is_sound())
    }

    pub fn is_simulated(&self) -> Option<bool> {
        self.stored.manifest.as_ref().map(|manifest| manifest.engine == Engine::Simulator)
    }
}

impl Group {
    /// A machine's metric over the runs that came to their end.
    pub fn summary_of(&self, machine: MachineId, metric: &str) -> Option<&SummaryRow> {
        self.summary.iter().find(|row| row.machine == machine && row.metric == metric)
    }
}
