//! The shipped dialects, the language, and what a reader makes of any bytes.

mod conventions;
mod detecting;
mod formats;
mod fuzz;
mod language;
mod left_out;
mod parts;
mod runs;
mod samples;
mod shipped;
mod without_words;

use super::{Dialect, LogContext, parse};
use crate::log::{Line, ReadStats, Record};
use crate::model::event::{Kind, MachineId, Recipients};

/// What a reading gave: events as short texts, the clock rate, and the account.
#[derive(Debug, PartialEq)]
struct Read {
    events: Vec<String>,
    clock_rate: Option<f64>,
    stats: ReadStats,
}

fn read(dialect: &Dialect, context: &LogContext, text: &[u8]) -> Read {
    let (mut events, mut clock_rate) = (Vec::new(), None);
    let see = |number: u64, line: &Line<'_>| match line {
        Line::Event(record) => events.push(format!("{number} {}", reported(record))),
        Line::Rate(header) => clock_rate = Some(header.clock_rate),
        _ => {}
    };
    let stats = dialect.read(context, text, see).unwrap();
    Read { events, clock_rate, stats }
}

/// A record as `RECEIVE t=508000 c=2 q=0 m=1 f=2`; what is unknown is not there.
fn reported(record: &Record) -> String {
    let to = record.to.map(|to| match to {
        Recipients::All => "all".to_owned(),
        Recipients::One(machine) => machine.to_string(),
    });
    let parts = [
        ("t", Some(record.stamp.0.to_string())),
        ("c", Some(record.clock.to_string())),
        ("q", record.queue_length.map(|queue| queue.to_string())),
        ("m", record.message_clock.map(|clock| clock.to_string())),
        ("f", record.from.map(|from| from.to_string())),
        ("to", to),
        ("tick", record.tick.map(|tick| tick.to_string())),
    ];
    let known = parts.into_iter().filter_map(|(name, value)| Some(format!(" {name}={}", value?)));
    let kind = match record.kind {
        Kind::Internal => "I",
        Kind::Send => "S",
        Kind::Receive => "R",
    };
    known.fold(kind.to_owned(), |text, part| text + &part)
}

fn context(machine: u32, machines: u32) -> LogContext {
    LogContext { machine: MachineId(machine), machines, ..LogContext::default() }
}

fn dialect(text: &str) -> Dialect {
    parse("t.toml", text).unwrap_or_else(|error| panic!("{error}"))
}
