//! The best reading of logs, put together from what is found of kinds, clocks,
//! times, messages, queues and machines.

use std::collections::BTreeSet;

use super::group::Group;
use super::kinds::{Told, kinds};
use super::layout::Layout;
use super::ledger::{self, ClockBefore, Convention, Entry};
use super::machine_slots::{MachineSlots, inside, machine_slots};
use super::machines::machines;
use super::message_clock::message_clock;
use super::queue::{queue, queue_convention};
use super::reading::{Event, Reading};
use super::scan::Variable;
use super::search::{Choice, Search};
use super::sequences::Sequences;
use super::time::time;
use super::to_all::to_all;
use super::words::{self, Keyword};
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// The best reading of the groups; `None` where nothing reads as events.
pub fn reading(groups: &[Group<'_>], layout: &Layout) -> Option<Reading> {
    /// A reading by which lines are of several machines keeps that much more of the rules.
    const LEAD: f64 = 1.05;
    let keywords = keywords(groups, layout);
    let whole_logs = reading_of(groups, layout, &keywords, None);
    let shared = machine_slots(groups, &keywords);
    let readings = shared.iter().filter_map(|slots| reading_of(groups, layout, &keywords, Some(slots)));
    let of_machines = readings.max_by(|(_, a), (_, b)| a.total_cmp(b));
    match (whole_logs, of_machines) {
        (Some((_, whole)), Some((reading, value))) if value > whole.max(1.0) * LEAD => Some(reading),
        (None, Some((reading, _))) => Some(reading),
        (whole, _) => whole.map(|(reading, _)| reading),
    }
}

/// The kinds that keywords state, for each group.
pub fn keywords(groups: &[Group<'_>], layout: &Layout) -> Vec<Option<Keyword>> {
    let with_numbers = |group: &&Group<'_>| group.clocks().next().is_some();
    let all: usize = groups.iter().filter(with_numbers).map(|group| group.records.len()).sum();
    let common = words::common(
        groups.iter().filter(with_numbers).map(|group| (group.words.as_str(), group.records.len())),
        all,
    );
    let mut keywords: Vec<Option<Keyword>> = groups
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
    if keywords.iter().all(Option::is_none) {
        keywords = groups.iter().map(|group| words::kind(&group.words, &[])).collect();
    }
    // A message that reaches the queue is no event, where what is received has lines too.
    let is_received = |at: usize, keywords: &[Option<Keyword>]| {
        keywords[at].is_some_and(|keyword| keyword.kind == Kind::Receive)
            && !words::is_arrival(&groups[at].words)
    };
    if (0..groups.len()).any(|at| is_received(at, &keywords)) {
        for (group, keyword) in groups.iter().zip(&mut keywords) {
            if words::is_arrival(&group.words) {
                *keyword = None;
            }
        }
    }
    keywords
}

const VECTORS: &str = "the clocks are vectors; their sum stands in for Lamport's";

/// The best reading of lines with these keywords, and how good it is. `machine` tells
/// whose each line is, where not each log is one machine's.
fn reading_of(
    groups: &[Group<'_>],
    layout: &Layout,
    keywords: &[Option<Keyword>],
    machine: Option<&MachineSlots>,
) -> Option<(Reading, f64)> {
    let told = told(groups, layout, keywords, machine);
    let keywords: Vec<Option<Keyword>> = match &told {
        Some(told) => keywords.iter().zip(&told.kinds).map(|(word, told)| word.or(*told)).collect(),
        None => keywords.to_vec(),
    };
    let is_told = told.as_ref().is_some_and(|told| told.is_certain);
    let search = Search::new(groups, layout, &keywords, machine);
    let choices = search.best()?;
    let entries = search.entries(&choices);
    let convention = search.convention(&choices, &entries);
    let event = |(at, choice): (usize, &Option<Choice>)| {
        choice.map(|Choice { kind, clock }| Event {
            is_certain: keywords[at].is_some_and(|keyword| keyword.is_word || is_told),
            is_to_all: keywords[at].is_some_and(|keyword| keyword.is_to_all && kind == Kind::Send),
            machine: machine.and_then(|slots| slots[at]),
            ..Event::new(kind, clock)
        })
    };
    let events: Vec<Option<Event>> = choices.iter().enumerate().map(event).collect();
    let around = ledger::around(&entries, convention.before);
    let is_vector = is_vector(groups, &events);
    let mut reading = Reading {
        is_vector,
        evidence: evidence(is_vector, told.as_ref()),
        is_line_each: is_line_each(&entries, &events),
        begins: begins(groups, &entries),
        doubts: doubts(groups, &keywords, &events, &convention, search.has_internal(&choices)),
        ..Reading::new(events, convention)
    };
    time(groups, &search, &mut reading);
    message_clock(groups, &entries, &around, &mut reading);
    let layout = inside(groups, layout, machine, &mut reading);
    queue(groups, &entries, &mut reading);
    machines(groups, &layout, &mut reading);
    to_all(groups, &layout, &mut reading);
    queue_convention(groups, &layout, &mut reading);
    Some((reading, search.value(&choices)))
}

/// The kinds that clocks tell, where words leave too many lines without one.
fn told(
    groups: &[Group<'_>],
    layout: &Layout,
    keywords: &[Option<Keyword>],
    machine: Option<&MachineSlots>,
) -> Option<Told> {
    let records = |is_meant: &dyn Fn(usize) -> bool| -> usize {
        (0..groups.len()).filter(|at| is_meant(*at)).map(|at| groups[at].records.len()).sum()
    };
    let has_clock = |at: usize| groups[at].clocks().next().is_some();
    let unnamed = records(&|at| has_clock(at) && keywords[at].is_none());
    if unnamed * 20 < records(&has_clock) {
        return None;
    }
    kinds(groups, keywords, &Sequences::new(groups, layout, machine))
}

fn evidence(is_vector: bool, told: Option<&Told>) -> Vec<String> {
    let of_kinds = told.map(|told| {
        format!(
            "no word tells some kinds, but the clocks do: {} of {} that jump go past one that was sent",
            told.explained, told.jumps
        )
    });
    let of_clocks = is_vector.then(|| VECTORS.to_owned());
    of_clocks.into_iter().chain(of_kinds).collect()
}

/// What kinds and clocks leave open.
fn doubts(
    groups: &[Group<'_>],
    keywords: &[Option<Keyword>],
    events: &[Option<Event>],
    convention: &Convention,
    has_internal: bool,
) -> Vec<String> {
    let lines_where = |is_meant: &dyn Fn(Option<&Event>, bool) -> bool| -> u64 {
        let of_group = |((group, event), keyword): ((&Group<'_>, &Option<Event>), &Option<Keyword>)| {
            if is_meant(event.as_ref(), keyword.is_some()) { group.records.len() as u64 } else { 0 }
        };
        groups.iter().zip(events).zip(keywords).map(of_group).sum()
    };
    let mut doubts = Vec::new();
    let is_open = convention.alike.iter().any(|other| other.is_uniform());
    if is_open && convention.before == ClockBefore::default() {
        doubts.push(
            "nothing here tells whether the clock is the one before the update or after it; it is taken for after"
                .to_owned(),
        );
    }
    let without_keyword = lines_where(&|event, _| event.is_some_and(|event| !event.is_certain));
    if without_keyword > 0 {
        let lines = counted(without_keyword, "line");
        doubts.push(format!("no word tells the kind of {lines}; it is the one that fits best"));
    }
    let left_out = lines_where(&|event, has_keyword| event.is_none() && has_keyword);
    if left_out > 0 {
        let lines = counted(left_out, "line");
        doubts.push(format!("{lines} with a word such as sent or received are not read as events"));
    }
    if !has_internal {
        doubts.push(
            "no line records an INTERNAL event, so that the clock may be the one before the update or after it"
                .to_owned(),
        );
    }
    doubts
}

fn is_vector(groups: &[Group<'_>], events: &[Option<Event>]) -> bool {
    groups.iter().zip(events).any(|(group, event)| {
        event.as_ref().is_some_and(|event| group.slots[event.clock].kind == Variable::List)
    })
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
fn is_line_each(entries: &[Entry], events: &[Option<Event>]) -> bool {
    let sends = |entry: &Entry| {
        events[entry.group].as_ref().is_some_and(|event| event.kind == Kind::Send && !event.is_to_all)
    };
    entries.windows(2).any(|pair| {
        pair[0].sequence == pair[1].sequence
            && sends(&pair[0])
            && sends(&pair[1])
            && pair[0].clock == pair[1].clock
    })
}
