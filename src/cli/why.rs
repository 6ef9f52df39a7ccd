//! `labctl why`: the longest causal chain behind an event.

use std::path::PathBuf;

use clap::ValueEnum;
use labctl::audit::Place;
use labctl::causality::address::Address;
use labctl::causality::{Chains, Cone, Gap, Link, gaps};
use labctl::event::Kind;
use labctl::history::{Certainty, EventId, History};
use labctl::log::Stamp;
use labctl::quotes::{place, short_place};
use labctl::reading::{origin, read_history};
use labctl::store::RunPath;

use super::dialect_flags::DialectFlags;
use super::view::{self, counted, known};
use super::why_document::Document;
use super::{Exit, Terminal};

const EXAMPLES: &str = "\
Examples:
  labctl why results/exp4/latest 2@57
  labctl why results/exp4/latest 2@clock:83
  labctl why somebody/logs 1@time:12.5s --dialect auto --format json

An event is machine@tick; or machine@clock:N, the event with that logical clock; machine@time:T, the last
one no later than T after the run's start; machine@line:N, the one in that line of its log. Of several
events in one tick the last one is meant.

A chain is a row of events, each of which happened before the next: it was the one before it in the same
log, or the SEND of the message that the next received. Where every event adds one to the clock, the
longest chain behind an event has as many events as its clock says, itself counted, and so proves it.
Events that stay at one machine are one row, and a message leads from a row to the next.

Past: how many of a machine's events happened before this one, always the first of its log. Future: the
machine's first event that this one happened before, and all after it. In JSON, `past` has these numbers
by machine, without the event itself, and `future` the place of that first event, counted from 0, or null.";

/// The arguments of `labctl why`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A run: a folder of logs
    #[arg(value_name = "RUN")]
    run: PathBuf,

    /// The event: machine@tick, or machine@clock:N, machine@time:T, machine@line:N
    #[arg(value_name = "EVENT")]
    event: Address,

    /// How to tell it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    dialect: DialectFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// An event, and all that is told of it.
pub struct Answer {
    pub run: RunPath,
    pub history: History,
    /// When lab time began.
    pub origin: Stamp,
    /// The stamps tell nothing smaller.
    pub in_seconds: bool,
    pub event: EventId,
    pub chain: Vec<Link>,
    pub gaps: Vec<Gap>,
    pub chains: Chains,
    pub cone: Cone,
}

/// Finds the event, and tells what is behind it.
pub fn run(args: &Args, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut runs = args.dialect.find_runs(std::slice::from_ref(&args.run), terminal)?;
    runs.retain(|run| !run.logs.is_empty());
    if let [first, second, ..] = &runs[..] {
        terminal.error(format!(
            "there are {} runs at {}, and an event is in one: {}, {}{}",
            runs.len(),
            args.run.display(),
            first.folder.display(),
            second.folder.display(),
            if runs.len() > 2 { ", …" } else { "" }
        ));
        return Ok(Exit::Usage);
    }
    let Some(run) = runs.pop() else {
        terminal.error("there are no logs here; only what was measured is kept");
        return Ok(Exit::Failed);
    };
    let (origin, history) = (origin(&run)?.stamp, read_history(&run)?);
    let event = match args.event.find(&history, origin) {
        Ok(event) => event,
        Err(error) => {
            terminal.error(error);
            return Ok(Exit::Usage);
        }
    };
    let chains = Chains::of(&history);
    let chain = chains.behind(&history, event);
    let gaps = gaps(&history, &chains, &chain);
    let cone = Cone::of(&history, event);
    let in_seconds = history.is_in_whole_seconds();
    let answer = Answer { run, history, origin, in_seconds, event, chain, gaps, chains, cone };
    match args.format {
        Format::Text => terminal.data(&text(&answer))?,
        Format::Json => terminal.data(&(serde_json::to_string_pretty(&Document::of(&answer))? + "\n"))?,
    }
    Ok(Exit::Done)
}

impl Answer {
    /// Lab time of an event, in seconds.
    pub fn time_s(&self, event: EventId) -> f64 {
        self.history.record(event).stamp.seconds_since(self.origin)
    }

    /// The same, as exactly as the logs tell it.
    fn time(&self, event: EventId) -> String {
        let decimals = if self.in_seconds { 0 } else { 3 };
        format!("{:.decimals$}", self.time_s(event))
    }

    /// From a SEND to its RECEIVE, in seconds.
    fn taken(&self, send: EventId, receive: EventId) -> String {
        let taken_s = self.time_s(receive) - self.time_s(send);
        match self.in_seconds {
            true if taken_s == 0.0 => "<1".to_owned(),
            true => format!("{taken_s:.0}"),
            false => format!("{taken_s:.3}"),
        }
    }

    fn line(&self, event: EventId) -> Place {
        Place { machine: event.machine, line: self.history.line(event) }
    }

    fn clock(&self) -> u64 {
        self.history.record(self.event).clock
    }

    /// The messages of the chain that may be others, by their RECEIVEs.
    pub fn doubtful(&self) -> impl Iterator<Item = EventId> {
        let receives = self.chain.iter().filter(|link| link.by_message.is_some()).map(|link| link.event);
        receives.filter(|receive| {
            let found = self.history.source_of(*receive);
            found.is_some_and(|found| found.certainty == Certainty::Ambiguous)
        })
    }
}

fn text(answer: &Answer) -> String {
    let mut text = title(answer);
    text += &verdict(answer);
    text += "\nThe chain, the first event first; a message leads from a row to the next:\n";
    text += &path(answer);
    text += "\nWhat happened before it, and what it happened before, of the events of each machine:\n";
    text += &cone(answer);
    text
}

fn title(answer: &Answer) -> String {
    let record = answer.history.record(answer.event);
    let tick = record.tick.map_or_else(String::new, |tick| format!(", tick {tick}"));
    format!(
        "{}: {} of machine {}{tick}, with clock {}, at {} s\n",
        place(&answer.history, answer.line(answer.event)),
        record.kind,
        answer.event.machine,
        record.clock,
        answer.time(answer.event)
    )
}

/// Gaps of a chain that are shown.
const GAPS_SHOWN: usize = 6;

/// Whether the chain proves the clock, and if not, why.
fn verdict(answer: &Answer) -> String {
    let (length, clock) = (counted(answer.chain.len() as u64, "event"), answer.clock());
    let mut text = if answer.gaps.is_empty() {
        format!(
            "The longest chain that ends with it has {length}, each with a clock one higher: its clock must be {clock}.\n"
        )
    } else {
        format!(
            "The longest chain that ends with it has {length}, which does not prove its clock of {clock}:\n"
        )
    };
    for gap in answer.gaps.iter().take(GAPS_SHOWN) {
        let steps = if gap.before == 0 {
            format!("the first clock is {}", gap.clock)
        } else {
            format!("from clock {} to {}", gap.before, gap.clock)
        };
        let place = short_place(&answer.history, answer.line(gap.event));
        text += &format!("  {place}: {steps}: {}\n", gap.why);
    }
    let more = answer.gaps.len().saturating_sub(GAPS_SHOWN);
    if more > 0 {
        text += &format!("  {more} more; --format json shows all\n");
    }
    let doubtful = answer.doubtful().count() as u64;
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
fn path(answer: &Answer) -> String {
    let stays: Vec<&[Link]> = answer.chain.chunk_by(|_, next| next.by_message.is_none()).collect();
    let (first, last) = ROWS_SHOWN;
    if stays.len() <= first + last + 1 {
        return view::table(&CHAIN_HEADER, stays.iter().map(|stay| row(answer, stay)));
    }
    let hidden = first..stays.len() - last;
    let shown = |stays: &[&[Link]]| stays.iter().map(|stay| row(answer, stay)).collect::<Vec<_>>();
    let fold = counts(answer, view::LEFT_OUT, view::LEFT_OUT, &stays[hidden.clone()].concat());
    let rows = shown(&stays[..hidden.start]).into_iter().chain([fold]).chain(shown(&stays[hidden.end..]));
    let note = format!("…: {} rows left out; --format json has all events\n", hidden.len());
    view::table(&CHAIN_HEADER, rows) + &note
}

fn row(answer: &Answer, stay: &[Link]) -> Vec<String> {
    let (first, last) = (stay[0], stay[stay.len() - 1]);
    let range = |show: &dyn Fn(EventId) -> String| {
        let (from, to) = (show(first.event), show(last.event));
        if from == to { from } else { format!("{from}–{to}") }
    };
    let clocks = range(&|event| answer.history.record(event).clock.to_string());
    let mut row = counts(answer, &first.event.machine.to_string(), &clocks, stay);
    row[6] = range(&|event| answer.time(event));
    if let Some(send) = first.by_message {
        let waited = answer.history.record(first.event).waited_us;
        row[7] = send.machine.to_string();
        row[8] = answer.taken(send, first.event);
        row[9] = known(waited, |us| format!("{:.3}", us as f64 / 1e6));
    }
    row
}

/// A row of which only the numbers of events are filled in.
fn counts(answer: &Answer, machine: &str, clocks: &str, links: &[Link]) -> Vec<String> {
    let count = |kind| links.iter().filter(|link| answer.history.record(link.event).kind == kind).count();
    let kinds = [Kind::Receive, Kind::Internal, Kind::Send].map(|kind| count(kind).to_string());
    let place = [machine.to_owned(), clocks.to_owned(), links.len().to_string()];
    let blank = ["-"; 4].map(str::to_owned);
    place.into_iter().chain(kinds).chain(blank).collect()
}

/// How much happened before the event and after it, machine by machine.
fn cone(answer: &Answer) -> String {
    let header = ["machine", "events", "before it", "concurrent", "after it", "from clock"];
    let machines = answer.history.machines().iter().enumerate();
    let rows = machines.map(|(place, machine)| {
        let all = machine.len() as u64;
        let past = u64::from(answer.cone.past[place]);
        let future = answer.cone.future[place].map_or(0, |first| all - u64::from(first));
        let own = u64::from(machine.id() == answer.event.machine);
        vec![
            machine.id().to_string(),
            all.to_string(),
            past.to_string(),
            (all - past - future - own).to_string(),
            future.to_string(),
            answer.cone.future[place]
                .map_or_else(|| "-".to_owned(), |first| machine.clock(first).to_string()),
        ]
    });
    view::table(&header, rows)
}
