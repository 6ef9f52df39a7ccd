//! Runs sorted by what they share but for the seed, summarised, and checked against
//! what is expected.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::runs::RUNS_DETAILED;
use super::subject::{Group, RunSubject, SweepSubject};
use crate::engine::StopSwitch;
use crate::metrics::MachineMetrics;
use crate::metrics::summary::{RatesKey, summarise};
use crate::plan::Run;
use crate::plan::budget::{EVENTS_MAX, events};
use crate::predict::expected::{Expected, NoExpectation, RUNS};
use crate::predict::residual::{Residual, residuals_of_mean, residuals_of_run, setting_name};
use crate::sample::settings::Planned;
use crate::sample::{Candidate, LeftOut, came_to_its_end, caveats, replicates};
use crate::spec::Spec;
use crate::sweep::CellOutline;

/// Runs of one experiment and one setting.
struct Alike {
    experiment: String,
    /// Unknown of foreign logs.
    shared: Option<Planned>,
    members: Vec<usize>,
}

/// Sorts runs by what they share but for the seed, and checks them against
/// what is expected. The runs of a sweep that is reported as such are summarised there.
pub fn group(runs: &mut [RunSubject], sweeps: &[SweepSubject]) -> Vec<Group> {
    let mut alike: Vec<Alike> = Vec::new();
    // By experiment, setting, and the machines and their rates, as the logs state them.
    let mut places: HashMap<(&str, Option<usize>, RatesKey), usize> = HashMap::new();
    let sweeps: BTreeSet<&str> = sweeps.iter().map(|sweep| sweep.name.as_str()).collect();
    for (at, run) in runs.iter().enumerate() {
        if run.stored.sweep.as_deref().is_some_and(|name| sweeps.contains(name)) {
            continue;
        }
        let experiment = &run.stored.experiment;
        let setting = run.planned.as_ref().map(Planned::id);
        let place = *places.entry((experiment, setting, RatesKey::of(&run.rows))).or_insert_with(|| {
            let (experiment, shared) = (experiment.to_string(), run.planned.clone());
            alike.push(Alike { experiment, shared, members: Vec::new() });
            alike.len() - 1
        });
        alike[place].members.push(at);
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
    let Alike { experiment, shared, members } = alike;
    let mean = hold(runs, &members, shared.as_ref(), events_left);
    let (complete, incomplete): (Vec<usize>, Vec<usize>) =
        members.iter().partition(|at| came_to_its_end(&runs[**at].stored));
    let of_paths = complete.iter().map(|at| Candidate {
        run: &runs[*at].stored,
        rows: &runs[*at].rows,
        setting: runs[*at].planned.as_ref().map(Planned::id),
    });
    let sorted = replicates(of_paths);
    let repeated = sorted.iter().map(|found| found.repeats.len()).sum();
    let mut own: Vec<usize> =
        sorted.iter().flat_map(|found| &found.members).map(|at| complete[*at]).collect();
    own.sort_unstable();
    let sampled = || {
        own.iter()
            .map(|at| (runs[*at].stored.manifest.as_ref().map(|manifest| manifest.seed), &runs[*at].rows[..]))
    };
    let left_out = LeftOut { incomplete: incomplete.len(), repeated, not_read: &[] };
    let caveats = caveats(sampled(), left_out);
    let rows = || sampled().map(|(_, rows)| rows);
    let (summary, outline) = (summarise(rows()), CellOutline::all(0, rows()).swap_remove(0));
    Group { experiment, members, summary, outline, mean, caveats }
}

/// Fills in the residuals of the runs of which they are reported, and gives those
/// of the mean of all that came to their end.
fn hold(
    runs: &mut [RunSubject],
    members: &[usize],
    shared: Option<&Planned>,
    events_left: &mut f64,
) -> Vec<Residual> {
    let Some(shared) = shared else { return Vec::new() };
    let setting = &*shared.setting;
    let is_whole = |at: &&usize| came_to_its_end(&runs[**at].stored);
    let fit: Vec<usize> = members.iter().filter(is_whole).copied().collect();
    if fit.is_empty() {
        return Vec::new();
    }
    let is_detailed = |at: &&usize| **at < RUNS_DETAILED || members.first() == Some(*at);
    let detailed: Vec<usize> = fit.iter().filter(is_detailed).copied().collect();
    match expect(setting, events_left) {
        Ok(expected) => {
            for at in detailed {
                runs[at].residuals = residuals_of_run(&runs[at].rows, setting, &expected);
            }
            let seeds: BTreeSet<u64> =
                fit.iter().filter_map(|at| Some(runs[*at].planned.as_ref()?.seed)).collect();
            let rows: Vec<&[MachineMetrics]> = fit.iter().map(|at| &runs[*at].rows[..]).collect();
            residuals_of_mean(&rows, seeds.len(), setting, &expected).unwrap_or_default()
        }
        Err(none) => {
            let none: Arc<str> = none.to_string().into();
            for at in detailed {
                runs[at].no_expectation = Some(Arc::clone(&none));
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
