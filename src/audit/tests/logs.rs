//! Logs of simulated runs as text, to be corrupted.

use std::path::Path;

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

use crate::audit::{Audit, DeclaredParams, RULES, audit};
use crate::engine::simulator::{self, START, simulate};
use crate::engine::{Gauges, StopSwitch};
use crate::history::{History, MachineHistory};
use crate::log::{EndReason, LogReader, LogWriter, Stamp};
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::spec::parse;

/// A run's logs, line by line, and what is declared of it.
#[derive(Clone)]
pub struct Logs {
    pub machines: Vec<Vec<Vec<u8>>>,
    pub declared: Option<DeclaredParams>,
}

/// A log's header is written at once.
const HEADER_LINES: usize = 2;

pub const SPEC: &str = "duration = \"40s\"\n[[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 5\n\
    [[machine]]\nclock_rate = 3\n";

/// The logs of a simulated run that began at `start`.
pub fn clean(spec: &str, seed: u64, start: Stamp) -> Logs {
    let mut spec = parse("test", &format!("name = \"test\"\n{spec}"), &[]).unwrap();
    spec.seed = seed;
    let run = Run::single(spec, "run".to_owned());
    let mut texts: Vec<Vec<u8>> = run.machines().map(|_| Vec::new()).collect();
    {
        let mut writers: Vec<_> = texts.iter_mut().map(|text| LogWriter::new(text, start)).collect();
        for (machine, writer) in run.machines().zip(&mut writers) {
            writer.header(machine, &simulator::header(&run, machine)).unwrap();
        }
        let gauges = Gauges::new(run.spec.machine_count());
        let ends = simulate(&run, &StopSwitch::default(), &gauges, |machine, time, event| {
            writers[machine.index()].event(time, event)
        })
        .unwrap();
        for (writer, mut end) in writers.iter_mut().zip(ends) {
            end.stamp = Stamp(end.stamp.0 - START.0 + start.0);
            writer.end(&end).unwrap();
        }
    }
    let lines = |text: Vec<u8>| text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let declared = Some(DeclaredParams::of_run(&run, &Engine::Simulator.into(), EndReason::Completed));
    Logs { machines: texts.into_iter().map(lines).collect(), declared }
}

impl Logs {
    pub fn history(&self) -> History {
        let machine = |(lines, id): (&Vec<Vec<u8>>, u32)| {
            let id = MachineId(id);
            let mut machine = MachineHistory::new(id, Path::new("log.txt"));
            let text = lines.concat();
            let taken =
                LogReader::new(Some(id)).read(&text[..], |number, line| machine.see(number, line)).unwrap();
            machine.end_of_log(taken);
            machine
        };
        History::new(self.machines.iter().zip(1..).map(machine).collect()).unwrap()
    }

    pub fn audit(&self) -> Audit {
        audit(&self.history(), self.declared.as_ref(), &RULES)
    }

    /// As they are while the run goes on: of each log only what was written
    /// when it was read, `shares` of its bytes.
    pub fn so_far(&self, shares: &[f64]) -> Audit {
        audit(&self.first_parts(shares).history().read_while(true), None, &RULES)
    }

    /// As a process that died leaves them.
    pub fn cut_short(&self, shares: &[f64]) -> Audit {
        audit(&self.first_parts(shares).history().left_by(true), None, &RULES)
    }

    fn first_parts(&self, shares: &[f64]) -> Logs {
        let mut logs = self.clone();
        for (lines, share) in logs.machines.iter_mut().zip(shares) {
            let header = lines.iter().take(HEADER_LINES).map(Vec::len).sum::<usize>();
            let text = lines.concat();
            let bytes = header.max((text.len() as f64 * share) as usize);
            *lines = text[..bytes].split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        }
        logs.declared = None;
        logs
    }

    /// As the notebook's program would have written it: whole seconds, and
    /// neither tick numbers nor names nor a record of the end.
    pub fn in_notebooks_words(mut self) -> Logs {
        for lines in &mut self.machines {
            lines.retain(|line| !has(line, " | END | "));
            for line in lines.iter_mut() {
                let mut text = String::from_utf8_lossy(line).trim_end().to_owned();
                for extra in [", From: ", ", Tick: ", ", Waited: ", ", Machines: "] {
                    text.truncate(text.find(extra).unwrap_or(text.len()));
                }
                if let Some((stamp, rest)) = text.clone().split_once(" | ") {
                    text = format!("{} | {rest}", &stamp[..19]);
                }
                *line = format!("{text}\n").into_bytes();
            }
        }
        self.declared = None;
        self
    }

    /// The text of a line of machine `id`, both counted from 1.
    pub fn text(&self, id: usize, line: usize) -> String {
        String::from_utf8_lossy(&self.machines[id - 1][line - 1]).into_owned()
    }

    pub fn set(&mut self, id: usize, line: usize, text: &str) {
        self.machines[id - 1][line - 1] = text.as_bytes().to_vec();
    }

    /// The first line of machine `id` from line `from` on that the test holds for.
    pub fn find(&self, id: usize, from: usize, holds: impl Fn(&str, &str) -> bool) -> usize {
        let last = self.machines[id - 1].len();
        let found = (from..last).find(|line| holds(&self.text(id, *line), &self.text(id, line + 1)));
        found.expect("a line to corrupt")
    }

    /// Puts `change` of the number after `name: ` in its place.
    pub fn change(&mut self, id: usize, line: usize, name: &str, change: impl Fn(u64) -> u64) {
        let text = self.text(id, line);
        let number = number(&text, name).expect("such a number");
        let (old, new) = (format!("{name}: {number}"), format!("{name}: {}", change(number)));
        self.set(id, line, &text.replacen(&old, &new, 1));
    }

    /// Replaces a text wherever machine `id` has it, and tells the first place.
    pub fn replace_all(&mut self, id: usize, old: &str, new: &str) -> (usize, usize) {
        let first = self.find(id, 1, |text, _| text.contains(old));
        for line in first..=self.machines[id - 1].len() {
            self.set(id, line, &self.text(id, line).replace(old, new));
        }
        (id, first)
    }

    /// Moves the stamps of these lines of machine `id`.
    pub fn move_stamps(&mut self, id: usize, from: usize, change: impl Fn(Stamp) -> Stamp) {
        const SECONDS: usize = 19;
        for line in from..=self.machines[id - 1].len() {
            let text = self.text(id, line);
            let mark = "log started at ";
            let (before, rest) = text.split_at(text.find(mark).map_or(0, |at| at + mark.len()));
            let is_stamp = |c: char| c.is_ascii_digit() || "-: .".contains(c);
            let length = rest.find(|c| !is_stamp(c)).unwrap_or(rest.len());
            let length = rest[..length].trim_end().len();
            let Some(stamp) = rest.get(..length).filter(|_| length >= SECONDS).and_then(stamp) else {
                continue;
            };
            let moved = &written(change(stamp))[..length];
            self.set(id, line, &format!("{before}{moved}{}", &rest[length..]));
        }
    }
}

pub fn has(line: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(line).contains(text)
}

/// The number after `name: `.
pub fn number(text: &str, name: &str) -> Option<u64> {
    let (_, rest) = text.split_once(&format!("{name}: "))?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

fn stamp(text: &str) -> Option<Stamp> {
    let time: DateTime = text.parse().ok()?;
    i64::try_from(time.duration_since(EPOCH).as_micros()).ok().map(Stamp)
}

fn written(stamp: Stamp) -> String {
    let time = EPOCH + SignedDuration::from_micros(stamp.0);
    time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}
