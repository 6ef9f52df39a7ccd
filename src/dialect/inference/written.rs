//! A reading as the text of a dialect.

use std::collections::BTreeSet;

use super::group::Group;
use super::header::{Rate, Unit, paces, rate};
use super::layout::{Layout, Naming};
use super::peers::Peers;
use super::reading::{Event, Reading};
use super::scan::{PADDING, Part, expression};
use super::toml_text::quoted;
use super::words;
use crate::dialect::Field;
use crate::model::event::Kind;
use crate::text::numbers::counted;

/// What besides the groups goes into a dialect.
#[derive(Debug)]
pub struct Given<'g> {
    pub layout: &'g Layout,
    /// What machines may be called.
    pub names: &'g BTreeSet<String>,
    pub has_comma: bool,
    /// Lines, or records of several, that were looked at.
    pub records: usize,
    /// How a dialect says where records of several lines are cut.
    pub cut: Option<String>,
    /// Lines that name columns.
    pub ignored: Vec<String>,
}

/// The TOML of a reading.
pub fn written(groups: &[Group<'_>], reading: &Reading, given: &Given<'_>) -> String {
    // Events without a time are none, unless all are without.
    let is_read = |event: &&Event| event.time.is_some() || reading.time.is_none();
    let mut toml = String::from(
        "# Inferred from the logs: what keeps the model's rules best. Check it, and finish it by hand.\n\
         # The language: docs/dialects.md. Try it: labctl dialect test THIS-FILE LOG…\n",
    );
    for sentence in &reading.evidence {
        toml += &format!("# {sentence}\n");
    }
    for doubt in &reading.doubts {
        toml += &format!("# guessed: {doubt}\n");
    }
    toml += "name = \"mine\"\nabout = \"\"\n";
    if let Some(files) = given.layout.files.as_ref().filter(|_| reading.machines_inside.is_none()) {
        toml += &format!("files = {}\n", quoted(files));
    }
    toml += &machines(reading, given.layout);
    toml += given.cut.as_deref().unwrap_or_default();
    toml += &format!("time = {}\n", quoted_plain(reading.time.as_deref().unwrap_or("none")));
    if reading.queue_before_pop {
        toml += "queue = \"before-pop\"\n";
    }
    let before = reading.clock_before;
    let is_all_before = before.internal && before.receive && before.send;
    if is_all_before {
        toml += "clock = \"before\"\n";
    }
    if reading.is_vector {
        toml += "vector = \"sum\"\n";
    }
    if reading.is_line_each {
        toml += "send_to_all = \"line-each\"\n";
    }
    let paces = paces(groups, reading);
    let rates: Vec<Option<Rate>> = groups
        .iter()
        .zip(&reading.events)
        .map(
            |(group, event)| {
                if event.as_ref().is_some_and(|event| is_read(&event)) { None } else { rate(group, &paces) }
            },
        )
        .collect();
    if rates.iter().flatten().any(|rate| rate.unit == Unit::TicksPerMinute) {
        toml += "clock_rate = \"per-minute\"\n";
    }
    if !given.ignored.is_empty() {
        let list: Vec<String> = given.ignored.iter().map(|text| quoted(text)).collect();
        toml += &format!("ignore = [{}]\n", list.join(", "));
    }
    for (group, event) in groups.iter().zip(&reading.events) {
        let Some(event) = event.as_ref().filter(is_read) else { continue };
        let mut extra = String::new();
        if !is_all_before && before.of(event.kind) {
            extra += "clock = \"before\"\n";
        }
        toml += &table(group, &kind_line(event), &extra, &fields(event), given);
    }
    for ((group, event), rate) in groups.iter().zip(&reading.events).zip(rates) {
        if event.as_ref().is_some_and(|event| is_read(&event)) {
            continue;
        }
        toml += &match rate {
            Some(Rate { slot, unit }) => {
                let field = if unit == Unit::SecondsPerTick { Field::Interval } else { Field::ClockRate };
                let starts = if starts_run(group, reading) { "starts_run = true\n" } else { "" };
                table(group, "[[header]]", starts, &[(field, slot, slot)], given)
            }
            None if let Some(slot) = run_slot(group) => {
                table(group, "[[header]]", "", &[(Field::Run, slot, slot)], given)
            }
            None if starts_run(group, reading) => {
                table(group, "[[header]]", "starts_run = true\n", &[], given)
            }
            // A long line is a matter of its own; no expression is made for it.
            None if group.words.len() > WORDS_MAX => String::new(),
            None => table(group, "[[event]]\nkind = \"ignore\"", "", &[], given),
        };
    }
    toml
}

/// The number that tells the runs of a log apart, where each is headed by one.
fn run_slot(group: &Group<'_>) -> Option<usize> {
    let is_repeated = repeats(group);
    group.whole().find(|slot| {
        let values: BTreeSet<(usize, &str)> =
            group.values(*slot).map(|(record, text)| (record.log, text)).collect();
        is_repeated && values.len() == group.records.len() && words::is_run(&group.slots[*slot].before)
    })
}

/// Whether lines of this shape stand before clocks that begin anew, each time.
fn starts_run(group: &Group<'_>, reading: &Reading) -> bool {
    reading.score.restarts > 0
        && repeats(group)
        && group.records.iter().filter(|record| reading.begins.contains(&(record.log, record.nth))).count()
            * 2
            > group.records.len()
}

fn repeats(group: &Group<'_>) -> bool {
    let logs: BTreeSet<usize> = group.records.iter().map(|record| record.log).collect();
    group.records.len() > logs.len()
}

/// Letters of a line that is no event, past which a dialect does not name it.
const WORDS_MAX: usize = 500;

fn quoted_plain(text: &str) -> String {
    format!("\"{text}\"")
}

fn kind_line(event: &Event) -> String {
    let kind = match event.kind {
        Kind::Internal => "internal",
        Kind::Receive => "receive",
        Kind::Send if event.is_to_all && event.to.is_none() => "send-all",
        Kind::Send => "send",
    };
    format!("[[event]]\nkind = \"{kind}\"")
}

fn fields(event: &Event) -> Vec<(Field, usize, usize)> {
    let one = |field, slot: Option<usize>| slot.map(|slot| (field, slot, slot));
    let mut found: Vec<(Field, usize, usize)> = [
        one(Field::Time, event.time),
        one(Field::Clock, Some(event.clock)),
        one(Field::MessageClock, event.message_clock),
        one(Field::Queue, event.queue),
        one(Field::From, event.from),
        one(Field::Machine, event.machine),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.extend(event.to.map(|(from, to)| (Field::To, from, to)));
    found
}

fn machines(reading: &Reading, layout: &Layout) -> String {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[{}]", quoted.join(", "))
    };
    let mut keys = Vec::new();
    if let Some(names) = &reading.machines_inside {
        let first = names.first().and_then(|name| name.parse::<u64>().ok());
        let is_row = first
            .is_some_and(|first| names.iter().zip(first..).all(|(name, number)| name.parse() == Ok(number)));
        keys.push(match first {
            Some(first) if is_row => format!("first = {first}"),
            _ => format!("names = {}", list(names)),
        });
    } else {
        match layout.naming {
            Naming::Numbers { first: 1 } | Naming::Unknown => {}
            Naming::Numbers { first } => keys.push(format!("first = {first}")),
            Naming::Letters => keys.push("names = \"letters\"".to_owned()),
            Naming::Sorted => keys.push("names = \"sorted\"".to_owned()),
        }
        match &reading.peers {
            None | Some(Peers::AsFiles) => {}
            Some(Peers::Numbers { first }) if layout.naming == (Naming::Numbers { first: *first }) => {}
            Some(Peers::Numbers { first: 1 }) if keys.is_empty() => {}
            Some(Peers::Numbers { first }) => keys.push(format!("peers_first = {first}")),
            Some(Peers::Letters) if layout.naming == Naming::Letters => {}
            Some(Peers::Letters) => keys.push("peers = \"letters\"".to_owned()),
            Some(Peers::Listed(names)) => keys.push(format!("peers = {}", list(names))),
        }
    }
    if keys.is_empty() { String::new() } else { format!("machines = {{ {} }}\n", keys.join(", ")) }
}

fn table(
    group: &Group<'_>,
    head: &str,
    extra: &str,
    fields: &[(Field, usize, usize)],
    given: &Given<'_>,
) -> String {
    let lines = counted(group.records.len() as u64, "line");
    let expression = shape_expression(group, fields, given);
    format!("\n# {lines}\n{head}\n{extra}match = {}\n", quoted(&expression))
}

/// An expression for lines of this shape, which captures the fields.
fn shape_expression(group: &Group<'_>, fields: &[(Field, usize, usize)], given: &Given<'_>) -> String {
    let mut text = String::new();
    let mut nth = 0;
    for part in &group.shape {
        match part {
            Part::Fixed(fixed) => text += &regex::escape(fixed).replace(PADDING, " +"),
            Part::Varying(kind) => {
                let slot = &group.slots[nth];
                let inner = expression(
                    *kind,
                    slot.is_whole
                        && group.values(nth).all(|(_, text)| text.bytes().all(|byte| byte.is_ascii_digit())),
                    given.names,
                    given.has_comma,
                );
                if let Some((field, ..)) = fields.iter().find(|(_, from, _)| *from == nth) {
                    text += &format!("(?<{}>", field.name());
                }
                if inner.contains('|') {
                    text += &format!("(?:{inner})")
                } else {
                    text += &inner
                }
                if fields.iter().any(|(_, _, to)| *to == nth) {
                    text.push(')');
                }
                nth += 1;
            }
        }
    }
    text
}
