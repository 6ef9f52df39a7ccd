//! Whether `--until` and `power` keep their promises, for every metric of every
//! shipped experiment.
//!
//! Of each experiment a pool of runs is simulated. A sweep, a pilot and an
//! experiment of the size that a pilot gave are drawn from it with replacement,
//! so that its mean is the true one.

use std::path::PathBuf;

use super::super::pending::LOOK_EVERY;
use crate::engine::StopSwitch;
use crate::metrics::{MAIN_METRICS, METRICS, MachineMetrics, Quantity};
use crate::model::event::MachineId;
use crate::parallel;
use crate::plan::Run;
use crate::plan::precision::Precision;
use crate::predict::simulated::simulate_metrics;
use crate::spec::{self, Spec};
use crate::statistics::half_width::HalfWidth;
use crate::statistics::moments::Moments;
use crate::statistics::synthetic::Source;

/// Runs of a pool.
const POOL: u64 = 20_000;
/// Sweeps and pilots of each cell; where their share lies below what is
/// promised, ten times as many decide.
const DRAWN: u64 = 1_000;
/// As `--max` has it.
const MAX: usize = 500;
const PROMISED_COVERAGE: f64 = 0.93;
const PROMISED_ASSURANCE: f64 = 0.9;
/// The pilot of `labctl predict power`.
const PILOT: usize = 200;
/// More runs than this are not drawn.
const SIZE_MOST: u64 = 100_000;

/// One quantity of one experiment over the runs of its pool.
struct Cell {
    experiment: String,
    quantity: Quantity,
    values: Vec<f64>,
}

/// The shipped experiments whose clock rates are fixed.
fn experiments() -> Vec<Spec> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|name| name == "toml")).collect();
    paths.sort();
    let specs = paths.iter().map(|path| spec::load(path, &[]).unwrap());
    specs.filter(|spec| !spec.has_random_rates()).collect()
}

/// Every quantity that the runs know and that varies.
fn cells(spec: &Spec) -> Vec<Cell> {
    let seeds: Vec<u64> = (1..=POOL).collect();
    let stop = StopSwitch::default();
    let runs: Vec<Vec<MachineMetrics>> = parallel::map(&seeds, |seed| {
        simulate_metrics(&Run::single(Spec { seed: *seed, ..spec.clone() }, String::new()), &stop)
    });
    let owners = MachineId::all(spec.machine_count()).map(Some).chain([None]);
    let quantities =
        owners.flat_map(|machine| METRICS.iter().map(move |metric| Quantity { metric, machine }));
    let cell = |quantity: Quantity| {
        let values: Vec<f64> = runs.iter().filter_map(|rows| quantity.of(rows)).collect();
        let varies = Moments::of(&values).is_some_and(|moments| moments.sd > 0.0);
        varies.then(|| Cell { experiment: spec.name.clone(), quantity, values })
    };
    quantities.filter_map(cell).collect()
}

/// How sweeps of one cell end.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    sweeps: u64,
    /// By themselves.
    stopped: u64,
    /// Of these, those whose interval holds the mean.
    stopped_true: u64,
    /// Those that end with an interval.
    intervals: u64,
    intervals_true: u64,
}

impl Ends {
    fn of(cell: &Cell, rule: &Precision, sweeps: u64) -> Ends {
        let truth = Moments::of(&cell.values).unwrap().mean;
        let mut source = Source::new(17);
        let mut ends = Ends { sweeps, ..Ends::default() };
        for _ in 0..sweeps {
            let mut values = Vec::new();
            let mut stopped = false;
            while values.len() < MAX && !stopped {
                values.extend(drawn(&mut source, &cell.values, LOOK_EVERY as usize));
                stopped = rule.half_width.may_stop(&values).is_ok();
            }
            let summary = cell.quantity.metric.summary(&values).unwrap();
            let holds = summary.mean_interval.map(|interval| interval.contains(truth));
            ends.intervals += u64::from(holds.is_some());
            ends.intervals_true += u64::from(holds == Some(true));
            ends.stopped += u64::from(stopped);
            ends.stopped_true += u64::from(stopped && holds == Some(true));
        }
        ends
    }

    /// The share of all sweeps that do not stop on a wrong interval.
    fn kept(&self) -> f64 {
        1.0 - (self.stopped - self.stopped_true) as f64 / self.sweeps as f64
    }

    fn of_stopped(&self) -> f64 {
        self.stopped_true as f64 / self.stopped as f64
    }

    fn of_all(&self) -> f64 {
        self.intervals_true as f64 / self.intervals as f64
    }
}

fn drawn(source: &mut Source, values: &[f64], n: usize) -> Vec<f64> {
    source.sample(n, |source| values[(source.unit() * values.len() as f64) as usize])
}

/// A share of the mean, and what about a hundred runs reach.
fn rules(cell: &Cell) -> [Precision; 2] {
    let moments = Moments::of(&cell.values).unwrap();
    let hundred = 1.96 * moments.sd / 10.0;
    [HalfWidth::Percent(10.0), HalfWidth::Absolute(hundred)]
        .map(|half_width| Precision { quantity: cell.quantity, half_width })
}

#[test]
#[ignore = "minutes: every metric of every shipped experiment, a thousand sweeps each"]
fn sweeps_of_shipped_experiments_stop_on_intervals_that_hold_the_mean() {
    let mut broken = Vec::new();
    for spec in experiments() {
        let cells = cells(&spec);
        for (at, name) in ["< 10%", "< what 100 runs reach"].into_iter().enumerate() {
            let of_cell = |cell: &Cell| {
                let rule = rules(cell)[at];
                let ends = Ends::of(cell, &rule, DRAWN);
                let is_low = ends.kept().min(ends.of_all()) < PROMISED_COVERAGE
                    || ends.of_stopped() < PROMISED_COVERAGE;
                if is_low { Ends::of(cell, &rule, 10 * DRAWN) } else { ends }
            };
            let all: Vec<(&Cell, Ends)> = cells.iter().zip(parallel::map(&cells, of_cell)).collect();
            let least = |share: fn(&Ends) -> f64| {
                all.iter().map(|(_, ends)| share(ends)).fold(f64::INFINITY, f64::min)
            };
            let stopping = all.iter().filter(|(_, ends)| ends.stopped > 0).count();
            let stopped: f64 =
                all.iter().map(|(_, ends)| ends.stopped as f64 / ends.sweeps as f64).sum::<f64>();
            eprintln!(
                "{} {name}: {} cells, in {stopping} of them a sweep stops; {:.1} % of all sweeps stop; \
                 least kept {:.4}, of all intervals {:.4}, of those of stopped sweeps {:.4}",
                spec.name,
                all.len(),
                100.0 * stopped / all.len() as f64,
                least(Ends::kept),
                least(Ends::of_all),
                least(Ends::of_stopped),
            );
            for (cell, ends) in &all {
                if ends.of_all() < PROMISED_COVERAGE || ends.of_stopped() < PROMISED_COVERAGE {
                    eprintln!(
                        "  {} {} {name}: kept {:.4}, all {:.4} of {}, stopped {:.4} of {} ({} sweeps)",
                        cell.experiment,
                        cell.quantity,
                        ends.kept(),
                        ends.of_all(),
                        ends.intervals,
                        ends.of_stopped(),
                        ends.stopped,
                        ends.sweeps
                    );
                }
                if ends.kept() < PROMISED_COVERAGE {
                    broken.push(format!("{} {} {name}: {ends:?}", cell.experiment, cell.quantity));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The share of experiments of the size that their own pilot gave which reach
/// the precision; `None` where a size is too large to draw.
fn reached(cell: &Cell, rule: &Precision, pilots: u64) -> Option<(f64, u64)> {
    let mut source = Source::new(23);
    let (mut reported, mut reached) = (0, 0);
    for _ in 0..pilots {
        let Ok(needed) = rule.half_width.runs_needed(&drawn(&mut source, &cell.values, PILOT)) else {
            continue;
        };
        if needed.assured > SIZE_MOST {
            return None;
        }
        reported += 1;
        let experiment = drawn(&mut source, &cell.values, needed.assured as usize);
        let found = cell.quantity.metric.summary(&experiment).unwrap();
        let half_width = found.mean_interval.map(|interval| interval.half_width());
        reached +=
            u64::from(half_width.is_some_and(|half_width| half_width < rule.half_width.wanted(found.mean)));
    }
    Some((reached as f64 / reported as f64, reported))
}

#[test]
#[ignore = "minutes: the main metrics of every shipped experiment, a thousand pilots each"]
fn experiments_of_the_size_that_power_states_reach_the_precision() {
    let mut broken = Vec::new();
    for spec in experiments() {
        let cells: Vec<Cell> = cells(&spec)
            .into_iter()
            .filter(|cell| MAIN_METRICS.iter().any(|metric| *metric == *cell.quantity.metric))
            .collect();
        for (at, name) in ["< 10%", "< what 100 runs reach"].into_iter().enumerate() {
            let of_cell = |cell: &Cell| {
                let rule = rules(cell)[at];
                let found = reached(cell, &rule, DRAWN)?;
                if found.0 < PROMISED_ASSURANCE { reached(cell, &rule, 10 * DRAWN) } else { Some(found) }
            };
            let all: Vec<(&Cell, Option<(f64, u64)>)> =
                cells.iter().zip(parallel::map(&cells, of_cell)).collect();
            let least = all.iter().filter_map(|(_, found)| *found).map(|found| found.0);
            eprintln!(
                "{} {name}: {} cells, {} of them need more than {SIZE_MOST} runs; least share {:.4}",
                spec.name,
                all.len(),
                all.iter().filter(|(_, found)| found.is_none()).count(),
                least.fold(f64::INFINITY, f64::min)
            );
            for (cell, found) in all {
                if let Some((share, reported)) = found.filter(|found| found.0 < PROMISED_ASSURANCE) {
                    eprintln!("  {} {} {name}: {share:.4} of {reported}", cell.experiment, cell.quantity);
                    broken.push(format!("{} {} {name}: {share}", cell.experiment, cell.quantity));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
