//! The best reading of logs, put together from what is found of kinds, clocks,
//! times, messages, queues and machines.

use std::collections::{BTreeMap, BTreeSet};

use super::group::Group;
use super::layout::Layout;
use super::ledger::{self, ClockBefore, Entry};
use super::machines::{MachineSlots, inside, machine_slots, machines};
use super::message_clock::message_clock;
use super::queue::{queue, queue_convention};
use super::reading::{Event, Reading};
use super::scan::Variable;
use super::search::{Search, Trial};
use super::time::time;
use super::words::{self, Told};
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// The best reading of the groups; `None` where nothing reads as events.
pub fn reading(groups: &[Group<'_>], layout: &Layout) -> Option<Reading> {
    /// A reading by which lines are of several machines keeps that much more of the rules.
    const LEAD: f64 = 1.05;
    let told = told(groups, layout);
    let whole_logs = reading_of(groups, layout, &told, None);
    let shared = machine_slots(groups, &told);
    let mut readings = shared.iter().filter_map(|slots| reading_of(groups, layout, &told, Some(slots)));
    let of_machines = readings.next().into_iter().chain(readings).max_by(|(_, a), (_, b)| a.total_cmp(b));
    match (whole_logs, of_machines) {
        (Some((_, whole)), Some((reading, value))) if value > whole.max(1.0) * LEAD => Some(reading),
        (None, Some((reading, _))) => Some(reading),
        (whole, _) => whole.map(|(reading, _)| reading),
    }
}

/// The kinds that words tell, for each group.
fn told(groups: &[Group<'_>], layout: &Layout) -> Vec<Option<Told>> {
    let with_numbers = |group: &&Group<'_>| group.clocks().next().is_some();
    let all: usize = groups.iter().filter(with_numbers).map(|group| group.records.len()).sum();
    let common = words::common(
        groups.iter().filter(with_numbers).map(|group| (group.words.as_str(), group.records.len())),
        all,
    );
    let mut told: Vec<Option<Told>> = groups
        .iter()
        .map(|group| {
            let is_header = words::is_rate(&group.words) && group.records.len() <= 2 * layout.runs.len();
            if is_header || group.clocks().next().is_none() {
                None
            } else {
                words::kind(&group.words, &common)
            }
        })
        .collect();
    if told.iter().all(Option::is_none) {
        told = groups.iter().map(|group| words::kind(&group.words, &[])).collect();
    }
    // A message that reaches the queue is no event, where what is received has lines too.
    let is_received = |at: usize, told: &[Option<Told>]| {
        told[at].is_some_and(|told| told.kind == Kind::Receive) && !words::is_arrival(&groups[at].words)
    };
    if (0..groups.len()).any(|at| is_received(at, &told)) {
        for (group, told) in groups.iter().zip(&mut told) {
            if words::is_arrival(&group.words) {
                *told = None;
            }
        }
    }
    told
}

/// The best reading of lines with these kinds, and how good it is. `machine` tells
/// whose each line is, where not each log is one machine's.
fn reading_of(
    groups: &[Group<'_>],
    layout: &Layout,
    told: &[Option<Told>],
    machine: Option<&MachineSlots>,
) -> Option<(Reading, f64)> {
    let mut sequence_names: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let sequences: Vec<Vec<usize>> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| {
            let slot = machine.and_then(|slots| slots[at]);
            group
                .records
                .iter()
                .map(|record| {
                    let key = (record.log, slot.map_or("", |slot| record.values[slot]));
                    let next = sequence_names.len();
                    *sequence_names.entry(key).or_insert(next)
                })
                .collect()
        })
        .collect();
    let run_names: BTreeSet<&String> = layout.runs.iter().collect();
    let run_numbers: Vec<usize> =
        layout.runs.iter().map(|run| run_names.iter().position(|known| *known == run).unwrap_or(0)).collect();
    let search = Search { groups, told: told.to_vec(), sequences, sequence_count: sequence_names.len() };
    let mut trials: Vec<Option<Trial>> = (0..groups.len())
        .map(|at| {
            let kind = told[at]?.kind;
            Some(Trial { kind: Some(kind), clock: *search.clock_slots(at).first()? })
        })
        .collect();
    search.begin(&mut trials);
    let best = search.improved(&mut trials, &|at| told[at].is_some());
    search.join_unnamed(&mut trials, best);
    if trials.iter().all(Option::is_none) {
        return None;
    }
    let entries = search.entries(&trials);
    let mut run_of = vec![0; sequence_names.len()];
    for ((log, _), sequence) in &sequence_names {
        run_of[*sequence] = run_numbers.get(*log).copied().unwrap_or(0);
    }
    let (clock_before, score, alike) = ledger::best(&entries, search.has_internal(&trials), Some(&run_of));
    let mut reading = Reading {
        events: vec![None; groups.len()],
        clock_before,
        queue_before_pop: false,
        queue_rules: None,
        score,
        time: None,
        peers: None,
        machines_inside: None,
        is_line_each: false,
        is_vector: false,
        begins: begins(groups, &entries),
        doubts: Vec::new(),
        evidence: Vec::new(),
    };
    for (at, trial) in trials.iter().enumerate() {
        let Some(Trial { kind: Some(kind), clock }) = *trial else { continue };
        reading.events[at] = Some(Event {
            kind,
            is_told: told[at].is_some(),
            is_to_all: told[at].is_some_and(|told| told.is_to_all && kind == Kind::Send),
            clock,
            time: None,
            message_clock: None,
            queue: None,
            from: None,
            to: None,
            machine: machine.and_then(|slots| slots[at]),
        });
    }
    if alike.iter().any(|other| other.internal == other.receive && other.receive == other.send)
        && (clock_before == ClockBefore::default())
    {
        reading.doubts.push("nothing here tells whether the clock is the one before the update or after it; it is taken for after".to_owned());
    }
    let untold: usize = (0..groups.len())
        .filter(|at| reading.events[*at].as_ref().is_some_and(|event| !event.is_told))
        .map(|at| groups[at].records.len())
        .sum();
    if untold > 0 {
        reading.doubts.push(format!(
            "no word tells the kind of {}; it is the one that fits best",
            counted(untold as u64, "line")
        ));
    }
    doubt_what_is_left_out(groups, told, &mut reading);
    if !search.has_internal(&trials) {
        reading.doubts.push(
            "no line tells of an INTERNAL event, so that the clock may be the one before the update or after it"
                .to_owned(),
        );
    }
    let around = ledger::around(&entries, clock_before);
    time(groups, &search, &mut reading);
    message_clock(groups, &entries, &around, &mut reading);
    let layout = inside(groups, layout, machine, &mut reading);
    queue(groups, &entries, &mut reading);
    machines(groups, &layout, &mut reading);
    queue_convention(groups, &layout, &mut reading);
    reading.is_line_each = is_line_each(&entries, &reading);
    Some((reading, search.value(&trials)))
}

/// Says where lines with a telling word are no events, or a vector stands for a clock.
fn doubt_what_is_left_out(groups: &[Group<'_>], told: &[Option<Told>], reading: &mut Reading) {
    let left_out = groups
        .iter()
        .zip(told)
        .zip(&reading.events)
        .filter(|((_, told), event)| told.is_some() && event.is_none());
    let left_out: u64 = left_out.map(|((group, _), _)| group.records.len() as u64).sum();
    if left_out > 0 {
        let lines = counted(left_out, "line");
        reading.doubts.push(format!("{lines} with a word such as sent or received are not read as events"));
    }
    reading.is_vector = groups.iter().zip(&reading.events).any(|(group, event)| {
        event.as_ref().is_some_and(|event| group.slots[event.clock].kind == Variable::List)
    });
    if reading.is_vector {
        reading.evidence.push("the clocks are vectors; their sum stands in for Lamport's".to_owned());
    }
}

/// The records right before the first event of each log, and before each whose
/// clock begins anew.
fn begins(groups: &[Group<'_>], entries: &[Entry]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for (at, entry) in entries.iter().enumerate() {
        let previous = at.checked_sub(1).map(|at| entries[at]).filter(|one| one.sequence == entry.sequence);
        if previous.is_none_or(|previous| entry.clock < previous.clock && entry.clock <= 2) {
            let record = &groups[entry.group].records[entry.record];
            found.extend((1..=3).filter_map(|back| Some((record.log, record.nth.checked_sub(back)?))));
        }
    }
    found
}

/// Whether a send to all is a line for each recipient, all with one clock.
fn is_line_each(entries: &[Entry], reading: &Reading) -> bool {
    let sends = |entry: &Entry| {
        reading.events[entry.group].as_ref().is_some_and(|event| event.kind == Kind::Send && !event.is_to_all)
    };
    entries.windows(2).any(|pair| {
        pair[0].sequence == pair[1].sequence
            && sends(&pair[0])
            && sends(&pair[1])
            && pair[0].clock == pair[1].clock
    })
}
