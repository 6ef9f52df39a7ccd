//! Which event is meant: a machine, and a tick, a clock, a time or a line.

use std::str::FromStr;

use crate::history::{EventId, History, MachineHistory};
use crate::log::Stamp;
use crate::model::event::MachineId;
use crate::model::time::LabTime;
use crate::text::suggest::nearest;

/// An event as a person names it: `2@57`, `2@clock:83`, `2@time:12.5s` or
/// `2@line:59`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub machine: MachineId,
    pub at: At,
}

/// One of a machine's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The last event of this tick.
    Tick(u64),
    /// The event with this clock.
    Clock(u64),
    /// The last event no later than this, since the run began.
    Time(LabTime),
    /// The event in this line of the log, counted from 1.
    Line(u64),
}

const WORDS: [&str; 4] = ["tick", "clock", "time", "line"];

/// Text that names no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseAddressError {
    #[error(
        "`{0}` names no event; write machine@tick like `2@57`, or `2@clock:83`, `2@time:12.5s`, `2@line:59`"
    )]
    Shape(String),
    #[error("`{0}` is no machine; machines are numbered from 1, as in `2@57`")]
    Machine(String),
    #[error("`{given}` is not one of tick, clock, time and line; did you mean `{meant}`?")]
    Word { given: String, meant: String },
    #[error("`{given}` names no tick; did you mean `{meant}`?")]
    NoTick { given: String, meant: String },
    #[error("`{given}` is no {word}; write it like `{example}`")]
    Value { given: String, word: &'static str, example: &'static str },
}

/// A run has no such event.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FindEventError {
    #[error("there is no log of machine {machine} here; there {}", logs(.here))]
    Machine { machine: MachineId, here: Vec<MachineId> },
    #[error("the log of machine {0} has no events")]
    Empty(MachineId),
    #[error(
        "the log of machine {machine} does not number its ticks; name the event by its clock ({machine}@clock:{clock}), \
         its time or its line"
    )]
    NoTicks { machine: MachineId, clock: u64 },
    #[error("machine {machine} has no event with {word} {asked}: {}", near(.word, *.below, *.above))]
    Nothing { machine: MachineId, word: &'static str, asked: u64, below: Option<u64>, above: Option<u64> },
    #[error("machine {machine} has no event at or before {asked}; its first is at {first_s:.6} s")]
    TooEarly { machine: MachineId, asked: LabTime, first_s: f64 },
}

fn logs(machines: &[MachineId]) -> String {
    match machines {
        [] => "are no logs at all".to_owned(),
        [one] => format!("is one of machine {one}"),
        [first, .., last] => format!("are logs of machines {first} to {last}"),
    }
}

fn near(word: &str, below: Option<u64>, above: Option<u64>) -> String {
    match (below, above) {
        (Some(below), Some(above)) => format!("from {word} {below} it goes on to {above}"),
        (Some(last), None) => format!("its last is {last}"),
        (None, Some(first)) => format!("its first is {first}"),
        (None, None) => format!("no event has a {word}"),
    }
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Address, ParseAddressError> {
        let shape = || ParseAddressError::Shape(text.to_owned());
        let (machine, event) = text.split_once('@').ok_or_else(shape)?;
        let number = machine.trim().parse().map_err(|_| ParseAddressError::Machine(machine.to_owned()))?;
        let (word, value) = event.split_once(':').unwrap_or(("tick", event));
        let at = at(word.trim(), value.trim()).map_err(|error| match error {
            // `2@12.5s` is a time whose word was left out.
            ParseAddressError::Value { given, .. } if word == "tick" && LabTime::parse(&given).is_ok() => {
                ParseAddressError::NoTick { given: text.to_owned(), meant: format!("{machine}@time:{given}") }
            }
            ParseAddressError::Value { given, word: "tick", .. } if without_colon(&given).is_some() => {
                let meant = format!("{machine}@{}", without_colon(&given).unwrap_or_default());
                ParseAddressError::NoTick { given: text.to_owned(), meant }
            }
            ParseAddressError::Word { given, meant } => {
                ParseAddressError::Word { given, meant: format!("{machine}@{meant}:{value}") }
            }
            other => other,
        })?;
        Ok(Address { machine: number, at })
    }
}

/// What was meant by a word and a value with no `:` between them, as `clock5`.
fn without_colon(event: &str) -> Option<String> {
    let (word, value) = event.split_at(event.find(|c: char| c.is_ascii_digit())?);
    let word = nearest(word.trim_end_matches(|c: char| !c.is_alphanumeric()), WORDS)?;
    at(word, value).ok().map(|_| format!("{word}:{value}"))
}

fn at(word: &str, value: &str) -> Result<At, ParseAddressError> {
    let refuse = |word, example| ParseAddressError::Value { given: value.to_owned(), word, example };
    let number = |word, example| value.parse::<u64>().map_err(|_| refuse(word, example));
    match word {
        "tick" => number("tick", "2@57").map(At::Tick),
        "clock" => number("clock", "2@clock:83").map(At::Clock),
        "line" => number("line", "2@line:59").map(At::Line),
        "time" => LabTime::parse(value).map(At::Time).map_err(|_| refuse("time", "2@time:12.5s")),
        other => {
            let likeness = |known: &&str| strsim::jaro_winkler(other, known);
            let meant = WORDS.into_iter();
            let meant = meant.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or("tick");
            Err(ParseAddressError::Word { given: other.to_owned(), meant: meant.to_owned() })
        }
    }
}

impl Address {
    /// The event that is meant, in a run that began at `origin`. Of several the
    /// last one.
    pub fn find(&self, history: &History, origin: Stamp) -> Result<EventId, FindEventError> {
        let id = self.machine;
        let machine = history.machine(id).ok_or_else(|| FindEventError::Machine {
            machine: id,
            here: history.machines().iter().map(MachineHistory::id).collect(),
        })?;
        if machine.is_empty() {
            return Err(FindEventError::Empty(id));
        }
        let index = match self.at {
            At::Tick(tick) if machine.records().all(|(_, record)| record.tick.is_none()) => {
                let clock = machine.clock((tick as usize).clamp(1, machine.len()) as u32 - 1);
                return Err(FindEventError::NoTicks { machine: id, clock });
            }
            At::Tick(tick) => by_number(machine, "tick", tick, |index| machine.record(index).tick)?,
            At::Clock(clock) => by_number(machine, "clock", clock, |index| Some(machine.clock(index)))?,
            At::Line(line) => by_number(machine, "line", line, |index| Some(machine.line(index)))?,
            At::Time(time) => {
                let until = origin.at(time);
                let is_not_later = |index: &u32| machine.stamp(*index) <= until;
                (0..machine.len() as u32).rev().find(is_not_later).ok_or_else(|| {
                    FindEventError::TooEarly {
                        machine: id,
                        asked: time,
                        first_s: machine.stamp(0).seconds_since(origin),
                    }
                })?
            }
        };
        Ok(EventId { machine: id, index })
    }
}

fn by_number(
    machine: &MachineHistory,
    word: &'static str,
    asked: u64,
    number: impl Fn(u32) -> Option<u64>,
) -> Result<u32, FindEventError> {
    let all = || (0..machine.len() as u32).rev();
    all().find(|index| number(*index) == Some(asked)).ok_or_else(|| FindEventError::Nothing {
        machine: machine.id(),
        word,
        asked,
        below: all().filter_map(&number).filter(|number| *number < asked).max(),
        above: all().filter_map(&number).filter(|number| *number > asked).min(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::tests::history;

    #[test]
    fn events_are_named_in_four_ways() {
        for (text, machine, at) in [
            ("2@57", 2, At::Tick(57)),
            ("2@tick:57", 2, At::Tick(57)),
            ("13@clock:83", 13, At::Clock(83)),
            ("1@time:1m 30s", 1, At::Time(LabTime(90_000_000_000))),
            ("1@line:3", 1, At::Line(3)),
        ] {
            assert_eq!(text.parse(), Ok(Address { machine: MachineId(machine), at }), "{text}");
        }
    }

    #[test]
    fn what_names_no_event_is_refused_with_what_was_meant() {
        for (text, reported) in [
            ("", "names no event"),
            ("2", "write machine@tick"),
            ("0@3", "machines are numbered from 1"),
            ("-1@3", "machines are numbered from 1"),
            ("2@", "`` is no tick"),
            ("2@-4", "`-4` is no tick"),
            ("2@12.5s", "did you mean `2@time:12.5s`?"),
            ("2@clok:4", "did you mean `2@clock:4`?"),
            ("2@clock5", "`2@clock5` names no tick; did you mean `2@clock:5`?"),
            ("2@Lin=59", "did you mean `2@line:59`?"),
            ("2@time5", "`time5` is no tick"),
            ("2@time:5", "write it like `2@time:12.5s`"),
            ("2@clock:99999999999999999999", "is no clock"),
            ("2@\u{202e}:<script>", "is not one of tick, clock, time and line"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(reported), "{text}: {error}");
        }
    }

    #[test]
    fn an_event_is_found_and_what_is_not_there_is_reported_with_its_neighbours() {
        let lines = [
            "46:04 | SEND | Clock: 1 | Sent to machine 2, Tick: 2",
            "46:04 | SEND | Clock: 2 | Sent to machine 3, Tick: 2",
            "46:06 | RECEIVE | Clock: 9 | Message clock: 8, Queue length: 0, Tick: 5",
        ];
        let history = history(&[&lines, &["46:05 | INTERNAL | Clock: 1 | Internal event"], &[]]);
        let origin = Stamp(history.machines()[0].stamp(0).0 - 1_000_000);
        let find = |text: &str| text.parse::<Address>().unwrap().find(&history, origin);
        for (text, index) in
            [("1@2", 1), ("1@5", 2), ("1@clock:1", 0), ("1@line:3", 2), ("1@time:1s", 1), ("1@time:9h", 2)]
        {
            assert_eq!(find(text).map(|event| event.index), Ok(index), "{text}");
        }
        for (text, reported) in [
            ("4@1", "there are logs of machines 1 to 3"),
            ("3@1", "the log of machine 3 has no events"),
            ("2@1", "does not number its ticks; name the event by its clock (2@clock:1)"),
            ("1@3", "no event with tick 3: from tick 2 it goes on to 5"),
            ("1@1", "its first is 2"),
            ("1@clock:10", "its last is 9"),
            ("1@time:10ms", "no event at or before 10ms; its first is at 1.000000 s"),
        ] {
            let error = find(text).unwrap_err().to_string();
            assert!(error.contains(reported), "{text}: {error}");
        }
    }
}
