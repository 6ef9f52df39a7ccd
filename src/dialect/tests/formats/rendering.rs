//! The logs of simulated runs in a format, and what must be read of them.

use std::collections::BTreeMap;

use super::expected::Expected;
use super::format::{Format, List, Prefix, RateLine, Style, has_own_lines};
use super::line::{head, line};
use super::simulation::{Arrival, Event, Happening, Model};
use crate::dialect::Sample;
use crate::model::event::Kind;

/// Logs, and what is expected of each line that is an event's.
#[derive(Default)]
pub struct Rendered {
    pub samples: Vec<Sample>,
    pub expected: BTreeMap<(String, u64), Expected>,
}

/// Events between two lines of noise.
const NOISE_EVERY: usize = 23;

impl Rendered {
    /// Adds the logs of one run.
    pub fn add(&mut self, format: &Format, run: usize, model: &Model, happenings: &[Happening]) {
        let machines = model.clock_rates.len();
        if format.is_one_file {
            let mut log = Log { format, model, path: format.names.path_of_all(run), lines: Vec::new() };
            (0..machines).for_each(|machine| log.begin(machine));
            log.tell(happenings.iter(), self);
            return self.keep(log);
        }
        for machine in 0..machines {
            let path = format.names.path(run, machine);
            let mut log = Log { format, model, path, lines: Vec::new() };
            log.lines.extend(head(format));
            log.begin(machine);
            log.tell(happenings.iter().filter(|it| it.machine() == machine), self);
            if format.has_noise && has_own_lines(format.style) {
                log.say(machine, model.duration_s, "Shutting down");
            }
            self.keep(log);
        }
    }

    fn keep(&mut self, log: Log<'_>) {
        let text = (log.lines.join("\n") + "\n").into_bytes();
        self.samples.push(Sample { path: log.path, text });
    }
}

/// A log that is being written.
struct Log<'f> {
    format: &'f Format,
    model: &'f Model,
    path: String,
    lines: Vec<String>,
}

impl Log<'_> {
    fn prefix(&self, machine: usize, time_s: f64) -> String {
        let names = &self.format.names;
        match self.format.prefix {
            Prefix::Nothing => String::new(),
            Prefix::Text(text) => text.to_owned(),
            Prefix::Logging => {
                let stamp = super::stamp::Stamp::Date("{Y}-{M}-{D} {h}:{m}:{s},{ms}");
                format!("{} - INFO - ", stamp.text(time_s))
            }
            Prefix::Own => format!("[{}{}] ", names.noun, names.machines[machine]),
            Prefix::Syslog => {
                let stamp = super::stamp::Stamp::Date("Mar  3 {h}:{m}:{s}");
                format!("{} host lab[{}]: ", stamp.text(time_s), 4002 + machine)
            }
        }
    }

    fn say(&mut self, machine: usize, time_s: f64, text: &str) {
        let prefix = self.prefix(machine, time_s);
        self.lines.push(format!("{prefix}{text}"));
    }

    /// The lines before the events.
    fn begin(&mut self, machine: usize) {
        let names = &self.format.names;
        let (name, rate) = (&names.machines[machine], self.model.clock_rates[machine]);
        let text = match (self.format.style, self.format.rate) {
            (_, RateLine::Nothing) | (Style::Columns { .. } | Style::Padded { .. }, _) => None,
            (Style::Json, _) => Some(format!("{{\"event\": \"START\", \"clock_rate\": {rate}}}")),
            (Style::PythonDict, _) => Some(format!("{{'event': 'start', 'clock_rate': {rate}}}")),
            (_, RateLine::Plain) => Some(format!("Clock rate: {rate} ticks per second")),
            (_, RateLine::Started) => Some(format!("Machine {name} started with clock rate {rate}")),
            (_, RateLine::Initialized) => Some(format!("Initialized VM {name} on port 5000 at {rate} Hz")),
        };
        if let Some(text) = text {
            self.say(machine, 0.0, &text);
        }
        if matches!(self.format.style, Style::Record { .. }) {
            self.lines.push(String::new());
        }
        if self.format.has_noise && has_own_lines(self.format.style) {
            let next = &names.machines[(machine + 1) % names.machines.len()];
            self.say(machine, 0.0, &format!("Connected to {next}"));
            self.say(machine, 0.0, "All connections established");
        }
    }

    fn tell<'h>(&mut self, happenings: impl Iterator<Item = &'h Happening>, rendered: &mut Rendered) {
        for (nth, happening) in happenings.enumerate() {
            match happening {
                Happening::Event(event) => self.event(event, rendered),
                Happening::Arrival(arrival) => self.arrival(arrival),
            }
            let is_noisy = self.format.has_noise_inside && has_own_lines(self.format.style);
            if is_noisy && nth % NOISE_EVERY == 7 {
                let lateness_ms = 3 + nth % 11;
                self.say(happening.machine(), 0.0, &format!("WARNING: tick late by {lateness_ms} ms"));
            }
        }
    }

    fn arrival(&mut self, arrival: &Arrival) {
        if !self.format.logs.arrivals {
            return;
        }
        let names = &self.format.names;
        let Arrival { time_s, machine, from, clock, queue } = arrival;
        let (time, from) = (self.format.stamp.text(*time_s), &names.machines[*from]);
        let noun = names.noun;
        let text = format!("{time} message {clock} from {noun}{from} arrived, {queue} in queue");
        self.say(*machine, *time_s, &text);
    }

    fn event(&mut self, event: &Event, rendered: &mut Rendered) {
        let format = self.format;
        if event.kind == Kind::Internal && !format.logs.internal {
            return;
        }
        let first = self.lines.len() as u64 + 1;
        let each = format.list == List::LineEach && event.to.len() > 1;
        let lists = if each { event.to.iter().map(|to| vec![*to]).collect() } else { vec![event.to.clone()] };
        for to in &lists {
            let prefix = self.prefix(event.machine, event.time_s);
            let text = format!("{prefix}{}", line(format, event, to));
            self.lines.extend(text.split('\n').map(str::to_owned));
            if format.has_blank_lines {
                self.lines.push(String::new());
            }
        }
        rendered.expected.insert((self.path.clone(), first), expected(format, event));
    }
}

fn expected(format: &Format, event: &Event) -> Expected {
    let number = |machine: usize| machine as u32 + 1;
    let machines = format.names.machines.len();
    let is_all = event.to.len() > 1 && event.to.len() == machines - 1;
    let message = event.message.as_ref();
    let tells_to = event.kind == Kind::Send && (format.logs.to || is_all);
    Expected {
        machine: number(event.machine),
        kind: event.kind,
        clock: if format.has_vectors { event.vector.iter().sum() } else { event.clock },
        queue: message.map(|_| event.queue),
        from: message.filter(|_| format.logs.from).map(|message| number(message.from)),
        to: tells_to.then(|| event.to.iter().map(|to| number(*to)).collect()),
    }
}
