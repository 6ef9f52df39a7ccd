//! What a reader should take away from a run, in sentences.

use super::chance::{Held, chance};
use super::document::Remark;
use super::subject::{Audited, RunSubject};
use super::wording::{listed, machine, machines, micros};
use crate::audit::Verdict;
use crate::metrics::MachineMetrics;
use crate::metrics::catalogue;
use crate::metrics::trust::doubts;
use crate::model::event::MachineId;
use crate::model::theory::{Prediction, Regime};
use crate::read::run_path::RunState;
use crate::statistics::rounding::brief;
use crate::text::numbers::{counted, grouped};

/// Machines that get a sentence of their own.
const MACHINES_TOLD: usize = 4;

/// The findings on a run, the weightiest first.
pub fn findings(run: &RunSubject) -> Vec<Remark> {
    if run.rows.iter().all(|row| row.events == 0) {
        return vec![Remark::unknown("Nothing was logged, so nothing is known of this run.")];
    }
    let mut found: Vec<Remark> = ended(run).into_iter().collect();
    found.extend(overload(run));
    found.extend(chance(&[Held { experiment: String::new(), residuals: &run.residuals }]));
    found.extend(run.faults.iter().map(Remark::warning));
    found.push(audit(&run.audited));
    found.extend(errors(run));
    found.extend(fidelity(run));
    found.extend(messages(run));
    found
}

fn ended(run: &RunSubject) -> Option<Remark> {
    match run.stored.state {
        RunState::GoingOn => {
            return Some(Remark::warning("The run is going on: this is what it has logged so far."));
        }
        RunState::CutShort => {
            return Some(Remark::warning("The run was cut short: this is what it had logged by then."));
        }
        RunState::InPlace => {}
    }
    let manifest = run.manifest.as_ref()?;
    let why = manifest.failure.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
    (!manifest.status.came_to_its_end()).then(|| {
        Remark::warning(format!("The run did not come to its end: it was {}{why}.", manifest.status))
    })
}

fn overload(run: &RunSubject) -> Vec<Remark> {
    let predictions = run.predictions();
    if predictions.is_empty() {
        return as_seen(run);
    }
    let reported = run.rows.iter().filter_map(|row| Some((row, predictions.get(row.machine.index())?)));
    let (strained, stable): (Vec<_>, Vec<_>) =
        reported.partition(|(_, theory)| theory.regime != Regime::Stable);
    let mut found: Vec<Remark> =
        strained.iter().take(MACHINES_TOLD).map(|(row, theory)| falls_behind(run, row, theory)).collect();
    if strained.len() > MACHINES_TOLD {
        let others: Vec<MachineId> = strained[MACHINES_TOLD..].iter().map(|(row, _)| row.machine).collect();
        found.push(Remark::finding(format!("So do {}.", machines(&others))));
    }
    let stable: Vec<&MachineMetrics> = stable.into_iter().map(|(row, _)| row).collect();
    found.extend(keep_up(&stable));
    found
}

/// Of an overloaded machine, or one on the border.
fn falls_behind(run: &RunSubject, row: &MachineMetrics, theory: &Prediction) -> Remark {
    let seconds = run.duration_s();
    let load = brief(theory.load);
    let is = match theory.regime {
        Regime::Overloaded => format!(
            "is overloaded: {load} messages arrive for each of its ticks, so its queue grows for as long as the run lasts"
        ),
        _ => format!(
            "is near-critical: {load} messages arrive for each of its ticks, and in a run of this length chance moves its queue \
             as far as growth does"
        ),
    };
    let expected = match run.expected(row.machine, catalogue::END_QUEUE) {
        Some(expected) => format!(" (expected: {expected:.0})"),
        None if theory.is_overloaded() => format!(" (by the law: {:.0})", theory.queue_growth * seconds),
        None => String::new(),
    };
    let queue = row.end_queue.map_or_else(String::new, |queue| {
        let end = if run.stored.state == RunState::InPlace { "At the end" } else { "When its log ends" };
        format!(" {end} {} waited{expected}.", counted(queue, "message"))
    });
    Remark::finding(format!("{} {is}.{queue}{}", machine(row), behind(run, row)))
}

/// By how much a clock falls behind the fastest, as measured and as expected.
fn behind(run: &RunSubject, row: &MachineMetrics) -> String {
    // Where logs end at different times, so do their clocks.
    let is_whole = run.stored.state == RunState::InPlace && run.duration_s() > 0.0;
    let Some(diff) = row.clock_diff.filter(|diff| is_whole && *diff > 0) else { return String::new() };
    let a_second = |diff: f64| brief(diff / run.duration_s());
    let expected = run.expected(row.machine, catalogue::CLOCK_DIFF);
    let expected = expected.map_or_else(String::new, |diff| format!(" (expected: {})", a_second(diff)));
    format!(
        " Its logical clock falls behind the fastest by {} a second of lab time{expected}.",
        a_second(diff as f64)
    )
}

fn keep_up(stable: &[&MachineMetrics]) -> Option<Remark> {
    let ids: Vec<MachineId> = stable.iter().map(|row| row.machine).collect();
    let longest = stable.iter().map(|row| row.max_queue).collect::<Option<Vec<u64>>>()?.into_iter().max()?;
    let keep = if ids.len() == 1 { "keeps" } else { "keep" };
    let (its, comes) = if ids.len() == 1 { ("its queue", "comes") } else { ("their queues", "come") };
    let who = machines(&ids).replacen('m', "M", 1);
    Some(Remark::finding(match longest {
        0 => format!("{who} {keep} up: no message was ever seen waiting."),
        more => format!(
            "{who} {keep} up: {its} {comes} back to empty, and at most {} {} seen waiting.",
            counted(more, "message"),
            if more == 1 { "was" } else { "were" }
        ),
    }))
}

/// Where the law says nothing: what the logs alone show.
fn as_seen(run: &RunSubject) -> Vec<Remark> {
    let mut found = never_idle(run);
    let unknown: Vec<MachineId> =
        run.rows.iter().filter(|row| row.max_queue.is_none()).map(|row| row.machine).collect();
    if !unknown.is_empty() {
        found.push(Remark::unknown(format!("The logs tell nothing of the queue of {}.", machines(&unknown))));
    }
    found.push(Remark::unknown(if run.planned.is_some() {
        "The law says nothing here: it leaves out senders that a delay costs ticks, and machines written by others."
    } else {
        "Nothing is expected here: there is no spec that says how the run was set up."
    }));
    found
}

/// Machines that are overloaded by all signs that the logs give.
pub fn never_idle(run: &RunSubject) -> Vec<Remark> {
    const NEVER_IDLE: f64 = 0.98;
    let waits = |row: &&MachineMetrics| row.end_queue.is_some_and(|queue| queue > 2);
    let is_busy = |row: &&MachineMetrics| row.utilisation.is_some_and(|share| share >= NEVER_IDLE);
    let busy = run.rows.iter().filter(|row| waits(row) && is_busy(row)).take(MACHINES_TOLD);
    let reported = |row: &MachineMetrics| {
        let (who, left) = (machine(row), counted(row.end_queue.unwrap_or_default(), "message"));
        Remark::finding(format!(
            "{who} received at almost every tick, and left {left} in its queue: by all signs it is overloaded."
        ))
    };
    busy.map(reported).collect()
}

/// The verdict of the audit.
pub fn audit(audited: &Audited) -> Remark {
    let audit = match audited {
        Audited::LeftOut(why) => return Remark::unknown(format!("The logs were not audited: {why}.")),
        Audited::Held { audit, .. } => audit,
    };
    let unknown = audit.unknown().count() as u64;
    let held = audit.results.len() as u64 - unknown;
    if !audit.is_sound() {
        let broken: Vec<String> = audit
            .results
            .iter()
            .filter(|result| result.verdict == Verdict::Unsound)
            .map(|result| format!("{} ({})", result.rule.id, result.count()))
            .collect();
        return Remark::warning(format!("The logs are unsound: they break {}.", listed(&broken)));
    }
    match unknown {
        0 => Remark::good(format!("The logs are sound by all {}.", counted(held, "rule"))),
        _ => Remark::unknown(format!(
            "The logs break no rule: {held} are kept, and of {unknown} such logs cannot show it."
        )),
    }
}

/// The lines in which machines tell what went wrong.
fn errors(run: &RunSubject) -> Option<Remark> {
    let count: u64 = run.logs.iter().map(|log| log.stats.errors).sum();
    let stand = if count == 1 { "stands" } else { "stand" };
    (count > 0).then(|| {
        Remark::warning(format!(
            "{} {stand} in the logs: something went wrong.",
            counted(count, "ERROR line")
        ))
    })
}

fn fidelity(run: &RunSubject) -> Vec<Remark> {
    let Some(whole) = &run.whole() else { return Vec::new() };
    let doubted: Vec<Remark> = doubts(&run.rows, whole)
        .iter()
        .take(MACHINES_TOLD)
        .map(|doubt| Remark::warning(format!("To be doubted: {doubt}.")))
        .collect();
    if !doubted.is_empty() {
        return doubted;
    }
    if run.is_simulated() == Some(true) {
        return vec![Remark::good("The run was simulated in virtual time: no tick is ever late.")];
    }
    vec![match (whole.fidelity_min, whole.lateness_p99_us) {
        (Some(fidelity), Some(lateness)) => Remark::good(format!(
            "The clocks kept their pace: of the ticks due the host served {fidelity:.4} at worst{}, and 99 % of each machine's \
             ticks were served within {} of their deadline.",
            lost(&run.rows),
            micros(lateness)
        )),
        (Some(fidelity), None) => Remark::good(format!(
            "The clocks kept their pace: of the ticks due the host served {fidelity:.4} at worst{}.",
            lost(&run.rows)
        )),
        _ => Remark::unknown("How well the clocks kept their pace these logs do not tell."),
    }]
}

/// Where ticks were lost to a delay in the sender: that these do not count, as
/// the spec asks for them and no clock is to blame.
pub fn lost<'a>(rows: impl IntoIterator<Item = &'a MachineMetrics>) -> String {
    match rows.into_iter().filter_map(|row| row.lost_ticks).sum() {
        0 => String::new(),
        lost => {
            format!(" (without {} lost to delays in the sender, as the spec asks)", counted(lost, "tick"))
        }
    }
}

fn messages(run: &RunSubject) -> Option<Remark> {
    let whole = run.whole()?;
    let received = whole.messages_received;
    let Some(sent) = whole.messages_sent.map(|sent| counted(sent, "message")) else {
        return Some(Remark::unknown(format!(
            "{} were received; how many were sent the logs do not tell.",
            counted(received, "message")
        )));
    };
    match (whole.messages_queued, whole.messages_unaccounted) {
        (Some(queued), Some(0)) => Some(Remark::good(format!(
            "All messages are accounted for: {sent} sent, {} received, {} left in queues.",
            grouped(received),
            grouped(queued)
        ))),
        // The doubts tell of those that are not.
        (_, Some(_)) => None,
        _ => Some(Remark::unknown(format!(
            "{sent} were sent and {} received; how many were left in queues the logs do not tell.",
            grouped(received)
        ))),
    }
}
