//! What a reader should take away from many runs, in sentences.

use super::chance::{Held, chance};
use super::document::{Remark, Tone};
use super::findings::{findings, lost, never_idle};
use super::subject::{Audited, Group, RunSubject, Subjects};
use super::sweeps;
use super::wording::{listed, machine, micros, name};
use crate::metrics::MachineMetrics;
use crate::metrics::catalogue;
use crate::metrics::summary::RunMetrics;
use crate::metrics::trust::doubts;
use crate::model::theory::Prediction;
use crate::statistics::rounding::{Rounding, brief};
use crate::text::numbers::{counted, grouped};

/// Experiments that get a sentence of their own.
const EXPERIMENTS_TOLD: usize = 12;

/// The findings on all subjects.
pub fn overview(subjects: &Subjects) -> Vec<Remark> {
    let is_only = subjects.sweeps.len() == 1 && subjects.runs.is_empty();
    let mut found: Vec<Remark> =
        subjects.sweeps.iter().flat_map(|sweep| sweeps::findings(sweep, is_only)).collect();
    match &subjects.runs[..] {
        [] => {}
        [one] => found.extend(findings(one)),
        runs => {
            found.extend(overloads(subjects));
            found.extend(chance(&held(subjects)));
            found.extend(audits(runs));
            found.extend(clocks(runs));
            found.extend(ended(runs));
        }
    }
    // What must be looked at before anything is believed comes first.
    found.sort_by_key(|remark| remark.tone != Tone::Warning);
    found
}

fn overloads(subjects: &Subjects) -> Vec<Remark> {
    let mut found = Vec::new();
    let (mut calm, mut strained, mut unknown) = (Vec::new(), 0, 0);
    for group in &subjects.groups {
        let first = &subjects.runs[group.members[0]];
        let predictions = first.predictions();
        if predictions.is_empty() {
            unknown += 1;
            let who = name(&group.experiment);
            let seen = never_idle(first).into_iter();
            found.extend(seen.map(|remark| Remark { text: format!("{who}: {}", remark.text), ..remark }));
            continue;
        }
        let overloaded: Vec<Remark> = first
            .rows
            .iter()
            .filter_map(|row| Some((row, predictions.get(row.machine.index())?)))
            .filter(|(_, theory)| theory.is_overloaded())
            .take(2)
            .map(|(row, theory)| overload(group, first, row, theory))
            .collect();
        if overloaded.is_empty() {
            calm.push(name(&group.experiment));
        } else {
            strained += 1;
            found.extend(overloaded.into_iter().filter(|_| strained <= EXPERIMENTS_TOLD));
        }
    }
    if strained > EXPERIMENTS_TOLD {
        let more = counted((strained - EXPERIMENTS_TOLD) as u64, "more experiment");
        found.push(Remark::finding(format!(
            "In {more} a machine is overloaded; the table of experiments has them."
        )));
    }
    if unknown > 0 {
        found.push(Remark::unknown(format!(
            "Of {} the law says nothing: there is no spec, or it has senders that a delay costs ticks or machines written by \
             others.",
            counted(unknown, "experiment")
        )));
    }
    if !calm.is_empty() {
        found.push(Remark::finding(format!("In {} no machine is overloaded.", listed(&calm))));
    }
    found
}

fn overload(group: &Group, first: &RunSubject, row: &MachineMetrics, theory: &Prediction) -> Remark {
    let who = machine(row).replacen('M', "m", 1);
    let expected = match first.expected(row.machine, catalogue::END_QUEUE) {
        Some(expected) => format!("expected: {expected:.0}"),
        None => format!("by the law: {:.0}", theory.queue_growth * first.planned_s().unwrap_or_default()),
    };
    let ends = match group.summary_of(row.machine, "end_queue") {
        Some(summary) if summary.n > 1 => {
            let (low, high) = (summary.mean_low, summary.mean_high);
            let mean = Rounding::to(low, high).estimate(summary.mean, low, high);
            format!("its end queue is on average {mean} messages over {}", counted(summary.n, "run"))
        }
        Some(summary) => format!("its end queue is {}", counted(summary.mean as u64, "message")),
        None => "its end queue is unknown".to_owned(),
    };
    Remark::finding(format!(
        "{}: {who} is overloaded, with {} messages for each of its ticks; {ends} ({expected}).",
        name(&group.experiment),
        brief(theory.load)
    ))
}

/// The mean of each experiment against what is expected, or its only run.
fn held(subjects: &Subjects) -> Vec<Held<'_>> {
    subjects
        .groups
        .iter()
        .map(|group| {
            let experiment = name(&group.experiment);
            match group.members.first() {
                Some(first) if group.mean.is_empty() => {
                    Held { experiment, residuals: &subjects.runs[*first].residuals }
                }
                _ => Held { experiment, residuals: &group.mean },
            }
        })
        .collect()
}

fn audits(runs: &[RunSubject]) -> Vec<Remark> {
    let held = |run: &RunSubject| match &run.audited {
        Audited::Held { audit, .. } => Some(audit.is_sound()),
        Audited::LeftOut(_) => None,
    };
    let of = |wanted: Option<bool>| runs.iter().filter(move |run| held(run) == wanted);
    let (sound, left_out) = (of(Some(true)).count() as u64, of(None).count() as u64);
    let unsound: Vec<String> = of(Some(false)).map(|run| name(&run.name())).collect();
    let mut found = Vec::new();
    if !unsound.is_empty() {
        found.push(Remark::warning(format!(
            "The logs of {} are unsound: {}.",
            counted(unsound.len() as u64, "run"),
            listed(&unsound)
        )));
    }
    if sound > 0 {
        let of = counted(sound, "run");
        found.push(Remark::good(format!("The logs of {of} are sound, as far as they can show.")));
    }
    if left_out > 0 {
        let of = counted(left_out, "run");
        found.push(Remark::unknown(format!(
            "The logs of {of} were not audited: they are not here, large, or of more than the first thousand runs; \
             labctl check holds all logs."
        )));
    }
    found
}

/// How far the clocks of a run are to be trusted.
struct Clocks {
    is_doubted: bool,
    fidelity_min: Option<f64>,
    lateness_p99_us: Option<u64>,
}

impl Clocks {
    fn of(run: &RunSubject) -> Option<Clocks> {
        let whole = run.whole()?;
        let is_doubted = !doubts(&run.rows, &whole).is_empty();
        let RunMetrics { fidelity_min, lateness_p99_us, .. } = whole;
        Some(Clocks { is_doubted, fidelity_min, lateness_p99_us })
    }
}

fn clocks(runs: &[RunSubject]) -> Vec<Remark> {
    let wholes: Vec<Option<Clocks>> = runs.iter().map(Clocks::of).collect();
    let is_doubted = |whole: &Option<Clocks>| whole.as_ref().is_some_and(|whole| whole.is_doubted);
    let doubted = runs.iter().zip(&wholes).filter(|(_, whole)| is_doubted(whole));
    let doubted: Vec<String> = doubted.map(|(run, _)| name(&run.name())).collect();
    if !doubted.is_empty() {
        return vec![Remark::warning(format!(
            "The measurements of {} are to be doubted: {}.",
            counted(doubted.len() as u64, "run"),
            listed(&doubted)
        ))];
    }
    let known = wholes.iter().filter_map(|whole| whole.as_ref()?.fidelity_min);
    let lateness = wholes.iter().filter_map(|whole| whole.as_ref()?.lateness_p99_us).max();
    let simulated = runs.iter().filter(|run| run.is_simulated() == Some(true)).count();
    if simulated == runs.len() {
        return vec![Remark::good("All runs were simulated in virtual time: no tick is ever late.")];
    }
    let worst = known.clone().reduce(f64::min);
    let mut found: Vec<Remark> = worst
        .map(|worst| {
            let late = lateness.map_or_else(String::new, |us| {
                format!(", and 99 % of each machine's ticks were served within {}", micros(us))
            });
            Remark::good(format!(
                "The clocks kept their pace: of the ticks due the hosts served {worst:.4} at worst{}{late}.",
                lost(runs.iter().flat_map(|run| &run.rows))
            ))
        })
        .into_iter()
        .collect();
    let unknown = runs.len() - known.count();
    if unknown > 0 {
        let of = counted(unknown as u64, "run");
        found.push(Remark::unknown(format!(
            "How well the clocks of {of} kept their pace the logs do not tell."
        )));
    }
    found
}

fn ended(runs: &[RunSubject]) -> Option<Remark> {
    let count = runs.iter().filter(|run| !crate::sample::came_to_its_end(&run.stored)).count();
    (count > 0).then(|| {
        Remark::warning(format!(
            "{} of {} did not come to their end, and are left out of all means.",
            grouped(count as u64),
            counted(runs.len() as u64, "run")
        ))
    })
}
