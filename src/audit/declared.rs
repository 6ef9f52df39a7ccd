//! Rules about what is declared of a run elsewhere: in its manifest, its spec and
//! the other logs' headers.

use super::context::{Context, at_header};
use super::files::ChangedFile;
use super::finding::Findings;
use super::{Evidence, Rule};
use crate::history::MachineHistory;
use crate::log::{EndReason, Header};
use crate::model::event::{MachineId, Recipients};
use crate::model::machine::Broadcast;
use crate::spec::Spec;

/// What is declared of a run beside its logs.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredParams {
    /// By a manifest; otherwise by a spec alone.
    pub has_manifest: bool,
    /// One process stamped all logs.
    pub one_clock: bool,
    /// In virtual time, in which nothing is ever late.
    pub simulated: bool,
    /// Ticks per second of lab time, in the order of the machines.
    pub clock_rates: Vec<f64>,
    /// Lab time per real time.
    pub speedup: f64,
    pub seed: u64,
    /// How the run ended.
    pub reason: Option<EndReason>,
    /// The spec that it ran by, where it is kept.
    pub spec: Option<Spec>,
    /// Files that are not as the manifest has them.
    pub changed_files: Vec<ChangedFile>,
}

pub(super) static PARAMETERS: Rule = Rule {
    id: "parameters",
    rests_on: Evidence::Files,
    reason: "headers, manifest and spec state the same parameters",
    page: "\
Clock rates, the number of machines, the speedup and the seed are declared in the headers of the logs, in
the manifest and in the spec of a run; they must agree. A run is only worth what its parameters are.

A run without a manifest, such as one that was cut short, is checked against its spec. Where there is neither,
only the headers are compared with each other, and the verdict says so.

Broken by: a header that was edited, a log of another run, a spec or manifest copied from elsewhere, a
constant that was changed while the program ran.",
    check: parameters,
};

fn parameters(context: &Context<'_>, findings: &mut Findings) {
    for machine in context.machines() {
        headers_agree(context, machine, findings);
        if let Some(declared) = context.declared {
            as_declared(machine, declared, findings);
        }
    }
    match context.declared {
        Some(declared) if declared.has_manifest => manifest_and_spec(context, declared, findings),
        Some(_) => {}
        None => findings.unknown("there is no manifest or spec to check the headers against"),
    }
}

/// Tells that `what` is said to be `has`, and should be `expected`.
fn differ(findings: &mut Findings, machine: &MachineHistory, what: &str, has: String, expected: String) {
    findings.add(machine.id(), at_header(machine), || {
        (format!("the header says {what} {has}, and {expected}"), Vec::new())
    });
}

/// What a header says of a parameter, if it does.
type Said = dyn Fn(&Header) -> Option<String>;

/// What most headers say of a parameter; of two that differ, the first. A
/// header that says nothing of it contradicts nobody.
fn headers_agree(context: &Context<'_>, machine: &MachineHistory, findings: &mut Findings) {
    let Some(header) = machine.header() else { return };
    let machines: &Said = &|header| header.machines.map(|count| format!("{count} machines"));
    let speedup: &Said = &|header| header.speedup.map(|speedup| format!("speedup {speedup}"));
    for said in [machines, speedup] {
        let Some(own) = said(header) else { continue };
        let others = context.machines().iter().filter_map(|other| Some((other.id(), said(other.header()?)?)));
        let other = others.into_iter().find(|(_, other)| *other != own);
        if let Some((other, others)) = other.filter(|_| is_minority(context, machine, said)) {
            findings.add(machine.id(), at_header(machine), || {
                (format!("the header says {own}, and that of machine {other} {others}"), Vec::new())
            });
        }
    }
    if header.machines.is_some_and(|count| machine.id().0 > count) {
        let count = header.machines.unwrap_or_default();
        differ(
            findings,
            machine,
            "there are machines 1 to",
            count.to_string(),
            format!("this is machine {}", machine.id()),
        );
    }
}

/// Whether most headers that say something of it say something else; of two,
/// the later.
fn is_minority(context: &Context<'_>, machine: &MachineHistory, said: &Said) -> bool {
    let declared = |machine: &MachineHistory| machine.header().and_then(said);
    let all = || context.machines().iter().filter(|other| declared(other).is_some());
    let alike = all().filter(|other| declared(other) == declared(machine));
    let (count, first) = (alike.clone().count(), alike.map(MachineHistory::id).min());
    let half = 2 * count;
    half < all().count() || (half == all().count() && first != all().next().map(MachineHistory::id))
}

fn as_declared(machine: &MachineHistory, declared: &DeclaredParams, findings: &mut Findings) {
    let Some(header) = machine.header() else { return };
    let by = if declared.has_manifest { "the manifest" } else { "the spec" };
    match declared.clock_rates.get(machine.id().index()) {
        Some(rate) if *rate != header.clock_rate => {
            differ(findings, machine, "clock rate", header.clock_rate.to_string(), format!("{by} {rate}"));
        }
        None => differ(
            findings,
            machine,
            "machine",
            machine.id().to_string(),
            format!("{by} knows {} machines", declared.clock_rates.len()),
        ),
        Some(_) => {}
    }
    let count = declared.clock_rates.len() as u32;
    if header.machines.is_some_and(|machines| machines != count) {
        let has = header.machines.unwrap_or_default();
        differ(findings, machine, "machines:", has.to_string(), format!("{by} {count}"));
    }
    if header.speedup.is_some_and(|speedup| speedup != declared.speedup) {
        let has = header.speedup.unwrap_or_default();
        differ(findings, machine, "speedup", has.to_string(), format!("{by} {}", declared.speedup));
    }
    let Some(spec) = &declared.spec else { return };
    let phase = spec.phase(machine.id());
    if header.phase.is_some_and(|logged| logged.as_micros() != phase.as_micros()) {
        let has = header.phase.unwrap_or_default();
        differ(findings, machine, "phase", has.to_string(), format!("the spec {phase}"));
    }
    let is_whole = machine.end().filter(|end| end.reason == EndReason::Completed);
    if let (Some(end), Some(line)) = (is_whole, machine.end_line())
        && end.run_time.as_micros() != spec.duration.as_micros()
    {
        findings.add(machine.id(), line, || {
            (format!("the machine ran for {}, and the spec says {}", end.run_time, spec.duration), Vec::new())
        });
    }
}

fn manifest_and_spec(context: &Context<'_>, declared: &DeclaredParams, findings: &mut Findings) {
    let Some(first) = context.machines().first() else { return };
    let mut differ = |what: &str, manifest: String, spec: String| {
        findings.add(first.id(), 0, || {
            (format!("the manifest says {what} {manifest}, and the spec {spec}"), Vec::new())
        });
    };
    let Some(spec) = &declared.spec else { return };
    if spec.seed != declared.seed {
        differ("seed", declared.seed.to_string(), spec.seed.to_string());
    }
    if spec.machines.len() != declared.clock_rates.len() {
        differ("machines:", declared.clock_rates.len().to_string(), spec.machines.len().to_string());
    }
    if spec.speedup != declared.speedup {
        differ("speedup", declared.speedup.to_string(), spec.speedup.to_string());
    }
    let run = crate::plan::Run::single(spec.clone(), String::new());
    for (id, (manifest, spec)) in (1..).zip(declared.clock_rates.iter().zip(run.clock_rates())) {
        if manifest != spec {
            differ(
                &format!("machine {}'s clock rate", MachineId(id)),
                manifest.to_string(),
                spec.to_string(),
            );
        }
    }
    if spec.broadcast == Broadcast::PerRecipient {
        sends_are_single(context, findings);
    }
    if declared.reason == Some(EndReason::Completed) {
        ended_as_stated(context, findings);
    }
}

fn sends_are_single(context: &Context<'_>, findings: &mut Findings) {
    for machine in context.machines() {
        let to_all = machine
            .records()
            .find(|(_, record)| matches!(record.to, Some(Recipients::Several(_) | Recipients::All)));
        if let Some((index, _)) = to_all {
            findings.add(machine.id(), machine.line(index), || {
                ("a send to all in one line, and the spec says one for each recipient".to_owned(), Vec::new())
            });
        }
    }
}

fn ended_as_stated(context: &Context<'_>, findings: &mut Findings) {
    for machine in context.machines() {
        let (Some(end), Some(line)) = (machine.end(), machine.end_line()) else { continue };
        if end.reason != EndReason::Completed {
            findings.add(machine.id(), line, || {
                (
                    format!("this machine says {}, and the manifest that the run was completed", end.reason),
                    Vec::new(),
                )
            });
        }
    }
}
