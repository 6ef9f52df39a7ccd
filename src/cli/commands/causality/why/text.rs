//! The answer of `labctl causality why` as a person reads it.

use labctl::audit::Place;
use labctl::audit::source_lines::{place, short_place};
use labctl::causality::{Explanation, Link};
use labctl::history::EventId;
use labctl::model::event::Kind;

use crate::cli::ui::table::keyed;
use crate::cli::ui::view::{self, counted, known};

/// The lab time of an event, as exactly as the logs tell it.
fn time(answer: &Explanation<'_>, event: EventId) -> String {
    let decimals = if answer.in_seconds { 0 } else { 3 };
    format!("{:.decimals$}", answer.time_s(event))
}

/// From a SEND to its RECEIVE, in seconds.
fn taken(answer: &Explanation<'_>, send: EventId, receive: EventId) -> String {
    let taken_s = answer.time_s(receive) - answer.time_s(send);
    match answer.in_seconds {
        true if taken_s == 0.0 => "<1".to_owned(),
        true => format!("{taken_s:.0}"),
        false => format!("{taken_s:.3}"),
    }
}

fn line(answer: &Explanation<'_>, event: EventId) -> Place {
    Place { machine: event.machine, line: answer.history.line(event) }
}

fn clock(answer: &Explanation<'_>) -> u64 {
    answer.history.record(answer.event).clock
}

/// The whole of it.
pub fn text(answer: &Explanation<'_>) -> String {
    let mut text = title(answer);
    text += &verdict(answer);
    text += "\nThe chain, the first event first; a message leads from a row to the next:\n";
    text += &path(answer);
    text += "\nWhat happened before it, and what it happened before, of the events of each machine:\n";
    text += &past_and_future(answer);
    text
}

fn title(answer: &Explanation<'_>) -> String {
    let record = answer.history.record(answer.event);
    let tick = record.tick.map_or_else(String::new, |tick| format!(", tick {tick}"));
    format!(
        "{}: {} of machine {}{tick}, with clock {}, at {} s\n",
        place(answer.history, line(answer, answer.event)),
        record.kind,
        answer.event.machine,
        record.clock,
        time(answer, answer.event)
    )
}

/// Gaps of a chain that are shown.
const GAPS_SHOWN: usize = 6;

/// Whether the chain proves the clock, and if not, why.
fn verdict(answer: &Explanation<'_>) -> String {
    let (length, clock) = (counted(answer.chain.len() as u64, "event"), clock(answer));
    let mut text = if answer.clock_gaps.is_empty() {
        format!(
            "The longest chain that ends with it has {length}, each with a clock one higher: its clock must be {clock}.\n"
        )
    } else {
        format!(
            "The longest chain that ends with it has {length}, which does not prove its clock of {clock}:\n"
        )
    };
    for gap in answer.clock_gaps.iter().take(GAPS_SHOWN) {
        let steps = if gap.before == 0 {
            format!("the first clock is {}", gap.clock)
        } else {
            format!("from clock {} to {}", gap.before, gap.clock)
        };
        let place = short_place(answer.history, line(answer, gap.event));
        text += &format!("  {place}: {steps}: {}\n", gap.why);
    }
    let more = answer.clock_gaps.len().saturating_sub(GAPS_SHOWN);
    if more > 0 {
        text += &format!("  {more} more; --format json shows all\n");
    }
    if let Some(missing) = answer.history.missing_logs() {
        text += &format!("{missing}: what leads through it is not seen.\n");
    }
    let doubtful = answer.ambiguous().count() as u64;
    if doubtful > 0 {
        let messages = counted(doubtful, "message");
        text += &format!("{messages} on it may have come from another SEND with the same clock.\n");
    }
    let dropped = answer.chains.dropped().len() as u64;
    if dropped > 0 {
        let matches = counted(dropped, "RECEIVE");
        text +=
            &format!("{matches} of this run come before their SENDs, as if unmatched; see `labctl check`.\n");
    }
    text
}

/// Rows of a chain that are shown at its beginning, and before the event.
const ROWS_SHOWN: (usize, usize) = (6, 24);

const CHAIN_HEADER: [&str; 10] = [
    "machine",
    "clock",
    "events",
    "RECEIVE",
    "INTERNAL",
    "SEND",
    "time, s",
    "message\nfrom",
    "took\ns",
    "in queue\ns",
];

/// The chain, a row for each stay at a machine.
fn path(answer: &Explanation<'_>) -> String {
    let stays: Vec<&[Link]> = answer.chain.chunk_by(|_, next| next.by_message.is_none()).collect();
    let (first, last) = ROWS_SHOWN;
    if stays.len() <= first + last + 1 {
        return keyed(2, &CHAIN_HEADER, stays.iter().map(|stay| row(answer, stay)));
    }
    let hidden = first..stays.len() - last;
    let shown = |stays: &[&[Link]]| stays.iter().map(|stay| row(answer, stay)).collect::<Vec<_>>();
    let fold = counts(answer, view::LEFT_OUT, view::LEFT_OUT, &stays[hidden.clone()].concat());
    let rows = shown(&stays[..hidden.start]).into_iter().chain([fold]).chain(shown(&stays[hidden.end..]));
    let note = format!("…: {} rows left out; --format json has all events\n", hidden.len());
    keyed(2, &CHAIN_HEADER, rows) + &note
}

fn row(answer: &Explanation<'_>, stay: &[Link]) -> Vec<String> {
    let (first, last) = (stay[0], stay[stay.len() - 1]);
    let range = |show: &dyn Fn(EventId) -> String| {
        let (from, to) = (show(first.event), show(last.event));
        if from == to { from } else { format!("{from}–{to}") }
    };
    let clocks = range(&|event| answer.history.record(event).clock.to_string());
    let mut row = counts(answer, &first.event.machine.to_string(), &clocks, stay);
    row[6] = range(&|event| time(answer, event));
    if let Some(send) = first.by_message {
        let waited = answer.history.record(first.event).waited_us;
        row[7] = send.machine.to_string();
        row[8] = taken(answer, send, first.event);
        row[9] = known(waited, |us| format!("{:.3}", us as f64 / 1e6));
    }
    row
}

/// A row of which only the numbers of events are filled in.
fn counts(answer: &Explanation<'_>, machine: &str, clocks: &str, links: &[Link]) -> Vec<String> {
    let count = |kind| links.iter().filter(|link| answer.history.record(link.event).kind == kind).count();
    let kinds = [Kind::Receive, Kind::Internal, Kind::Send].map(|kind| count(kind).to_string());
    let place = [machine.to_owned(), clocks.to_owned(), links.len().to_string()];
    let blank = ["-"; 4].map(str::to_owned);
    place.into_iter().chain(kinds).chain(blank).collect()
}

/// How much happened before the event and after it, machine by machine.
fn past_and_future(answer: &Explanation<'_>) -> String {
    let header = ["machine", "events", "before it", "concurrent", "after it", "from clock"];
    let machines = answer.history.machines().iter().enumerate();
    let rows = machines.map(|(place, machine)| {
        let all = machine.len() as u64;
        let past = u64::from(answer.past_and_future.past[place]);
        let future = answer.past_and_future.future[place].map_or(0, |first| all - u64::from(first));
        let own = u64::from(machine.id() == answer.event.machine);
        vec![
            machine.id().to_string(),
            all.to_string(),
            past.to_string(),
            (all - past - future - own).to_string(),
            future.to_string(),
            answer.past_and_future.future[place]
                .map_or_else(|| "-".to_owned(), |first| machine.clock(first).to_string()),
        ]
    });
    view::table(&header, rows)
}
