//! Runs sorted by what they share but for the seed, summarised, and held against
//! what is expected.

use std::collections::BTreeMap;

use super::subject::{Group, RunSubject, SweepSubject};
use crate::engine::StopSwitch;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::summarise;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::plan::budget::{EVENTS_MAX, events};
use crate::predict::expected::{Expected, NoExpectation, RUNS};
use crate::predict::residual::{Measured, Residual, residuals, setting, setting_name};
use crate::sample::{Sample, SampledRun, came_to_its_end, replicates};
use crate::spec::Spec;
use crate::sweep::CellOutline;

/// Runs of one experiment and one setting.
struct Alike {
    experiment: String,
    /// Unknown of logs of others.
    shared: Option<Spec>,
    /// The machines and their rates, as the logs state them.
    clock_rates: Vec<(MachineId, Option<f64>)>,
    members: Vec<usize>,
}

/// Sorts runs by what they share but for the seed, and holds them against
/// what is expected. The runs of a sweep that is told as such are summarised there.
pub fn group(runs: &mut [RunSubject], sweeps: &[SweepSubject]) -> Vec<Group> {
    let mut alike: Vec<Alike> = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        if run.stored.sweep.as_ref().is_some_and(|name| sweeps.iter().any(|sweep| sweep.name == *name)) {
            continue;
        }
        let shared = run.plan.as_ref().map(|plan| setting(&plan.spec));
        let experiment = &run.stored.experiment;
        let clock_rates: Vec<_> = run.rows.iter().map(|row| (row.machine, row.clock_rate)).collect();
        let is_alike = |other: &&mut Alike| {
            other.experiment == *experiment && other.shared == shared && other.clock_rates == clock_rates
        };
        match alike.iter_mut().find(is_alike) {
            Some(other) => other.members.push(at),
            None => {
                alike.push(Alike { experiment: experiment.clone(), shared, clock_rates, members: vec![at] })
            }
        }
    }
    tell_apart(&mut alike, runs);
    let mut events_left = EVENTS_MAX;
    alike.into_iter().map(|alike| summarised(runs, alike, &mut events_left)).collect()
}

/// Names an experiment that was run in several settings by the runs of each.
fn tell_apart(alike: &mut [Alike], runs: &[RunSubject]) {
    let mut settings: BTreeMap<String, usize> = BTreeMap::new();
    for one in alike.iter() {
        *settings.entry(one.experiment.clone()).or_default() += 1;
    }
    for one in alike.iter_mut().filter(|one| settings[&one.experiment] > 1) {
        let first = &runs[one.members[0]].stored.run;
        one.experiment = setting_name(&one.experiment, first, one.members.len());
    }
}

fn summarised(runs: &mut [RunSubject], alike: Alike, events_left: &mut f64) -> Group {
    let Alike { experiment, shared, members, .. } = alike;
    let mean = hold(runs, &members, shared.as_ref(), events_left);
    let (complete, incomplete): (Vec<usize>, Vec<usize>) =
        members.iter().partition(|at| came_to_its_end(&runs[**at].stored));
    let of_paths = complete.iter().map(|at| (&runs[*at].stored, &runs[*at].rows[..]));
    let sorted = replicates(of_paths);
    let repeated = sorted.iter().map(|found| found.repeats.len()).sum();
    let mut own: Vec<usize> =
        sorted.iter().flat_map(|found| &found.members).map(|at| complete[*at]).collect();
    own.sort_unstable();
    let sampled = own.iter().map(|at| SampledRun {
        seed: runs[*at].stored.manifest.as_ref().map(|manifest| manifest.seed),
        rows: runs[*at].rows.clone(),
    });
    let sample =
        Sample { runs: sampled.collect(), incomplete: incomplete.len(), repeated, ..Sample::default() };
    let rows = numbered(&sample);
    let (summary, oddities) = (summarise([&rows[..]]), sample.oddities());
    Group { experiment, members, summary, outline: CellOutline::all(0, &rows).swap_remove(0), mean, oddities }
}

/// The rows of a sample, run by run; runs from different places may have the
/// same name.
fn numbered(sample: &Sample) -> Vec<MachineMetrics> {
    let of_run = |(at, run): (usize, &SampledRun)| {
        let row = move |row: &MachineMetrics| MachineMetrics { run: at.to_string(), ..row.clone() };
        run.rows.iter().map(row).collect::<Vec<_>>()
    };
    sample.runs.iter().enumerate().flat_map(of_run).collect()
}

/// Fills in the residuals of each run that came to its end, and gives those of
/// their mean.
fn hold(
    runs: &mut [RunSubject],
    members: &[usize],
    shared: Option<&Spec>,
    events_left: &mut f64,
) -> Vec<Residual> {
    let Some(shared) = shared else { return Vec::new() };
    let is_whole = |at: &&usize| came_to_its_end(&runs[**at].stored);
    let fit: Vec<usize> = members.iter().filter(is_whole).copied().collect();
    let measured = fit.iter().filter_map(|at| {
        let (run, plan) = (&runs[*at], runs[*at].plan.as_ref()?);
        Some(Measured { run: run.stored.run.clone(), spec: plan.spec.clone(), rows: run.rows.clone() })
    });
    let measured: Vec<Measured> = measured.collect();
    if measured.is_empty() {
        return Vec::new();
    }
    let found = expect(shared, events_left).map(|expected| residuals(&measured, &expected));
    match found {
        Ok(Some(found)) => {
            for (at, (_, own)) in fit.into_iter().zip(found.runs) {
                runs[at].residuals = own;
            }
            found.mean.unwrap_or_default()
        }
        Ok(None) => Vec::new(),
        Err(none) => {
            for at in fit {
                runs[at].no_expectation = Some(none.to_string());
            }
            Vec::new()
        }
    }
}

/// No experiment of a report takes more than a fifth of what may be simulated
/// for all of them.
fn expect(shared: &Spec, events_left: &mut f64) -> Result<Expected, NoExpectation> {
    let run = Run::single(shared.clone(), String::new());
    let expected = Expected::of(&run, RUNS, events_left.min(EVENTS_MAX / 5.0), &StopSwitch::default())?;
    *events_left -= events(shared) * f64::from(expected.runs());
    Ok(expected)
}
