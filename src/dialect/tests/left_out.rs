//! Each shipped dialect left out: a run is rendered through its sample's lines, and
//! what is inferred of it is compared with what the dialect itself reads.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::formats::dice::Dice;
use super::formats::reading::{read_below, write_below};
use super::formats::share::Share;
use super::formats::simulation::{Event, Happening, Model, ToAll, simulated};
use super::samples::{LOGS, Log};
use crate::dialect::matcher::{LineMatcher, Match};
use crate::dialect::pattern::Role;
use crate::dialect::records::read_records;
use crate::dialect::{Dialect, Field, Naming, Sample, SendToAll, load};
use crate::model::event::{Kind, MachineId};

/// Dialects that inference cannot read today, each with the reason.
const NOT_YET: [(&str, &str); 3] = [
    ("six-numbers", "three flags stand for kinds"),
    ("pipes-vector-clock", "its vectors stand without brackets"),
    ("named-columns", "a line names its own port too, in the same column as others'"),
];

/// What a sample's line calls its own machine outside of what the dialect captures.
const OWN: [(&str, &str); 3] =
    [("event-system-time", "2> "), ("brackets-machine", "[Machine 1]"), ("tabs-numbers", "\t2622\t")];

static TIME_OF_DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\d+):(\d\d):(\d\d)(?:\.(\d+))?").unwrap());
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d+").unwrap());

/// A record of a sample that stands for all of its role.
struct Template {
    text: String,
    spans: Vec<(Field, Range<usize>)>,
    clock_before: bool,
}

/// The records of a sample by what they are, and the lines before its events.
#[derive(Default)]
struct Templates {
    of: BTreeMap<&'static str, Template>,
    before: Vec<Template>,
}

fn templates(dialect: &Dialect, log: &Log) -> Templates {
    let mut found = Templates::default();
    let mut matcher = LineMatcher::new(dialect);
    read_records(&dialect.bounds, log.text.as_bytes(), |chunk| {
        let (mut spans, mut clock_before, mut recipients) = (Vec::new(), false, 0);
        let outcome = matcher.look(chunk.text, |pattern, _, captured| {
            let start = |text: &[u8]| text.as_ptr() as usize - chunk.text.as_ptr() as usize;
            spans =
                captured.iter().map(|(field, text)| (field, start(text)..start(text) + text.len())).collect();
            clock_before = pattern.clock_before;
            recipients = captured.get(Field::To).map_or(0, |text| named(dialect, log, text).len());
            true
        });
        spans.sort_by_key(|(_, span): &(Field, Range<usize>)| span.start);
        let template =
            Template { text: String::from_utf8_lossy(chunk.text).into_owned(), spans, clock_before };
        let name = match outcome {
            Match::Said(Role::Event(Kind::Internal)) => "internal",
            Match::Said(Role::Event(Kind::Receive)) => "receive",
            Match::Said(Role::Event(Kind::Send)) if recipients > 1 => "all",
            Match::Said(Role::Event(Kind::Send)) => "send",
            Match::Said(Role::SendToAll) => "all",
            _ if found.of.is_empty() => return found.before.push(template),
            _ => return,
        };
        found.of.entry(name).or_insert(template);
    })
    .unwrap();
    found
}

fn names_of(log: &Log) -> Vec<String> {
    log.machine_names.iter().map(|name| (*name).to_owned()).collect()
}

fn named(dialect: &Dialect, log: &Log, text: &[u8]) -> Vec<MachineId> {
    let mut found = Vec::new();
    dialect.peers.all_in(text, &names_of(log), &mut found);
    found
}

/// What a machine is called.
fn name(naming: &Naming, log: &Log, machine: usize) -> String {
    match naming {
        Naming::Numbers { first } => (first + machine as u64).to_string(),
        Naming::Letters => char::from(b'A' + machine as u8).to_string(),
        Naming::Listed(names) => names[machine].clone(),
        Naming::Sorted => log.machine_names[machine].to_owned(),
    }
}

/// The same words with other machines' names in them.
fn renamed(dialect: &Dialect, log: &Log, text: &str, machines: &[usize]) -> String {
    let mut renamed = text.to_owned();
    let known = named(dialect, log, text.as_bytes());
    for (nth, machine) in known.iter().enumerate() {
        let old = name(&dialect.peers, log, machine.0 as usize - 1);
        if let Some(at) = renamed.rfind(&old) {
            renamed.replace_range(at..at + old.len(), &format!("<{nth}>"));
        }
    }
    for (nth, machine) in machines.iter().enumerate() {
        renamed = renamed.replace(&format!("<{nth}>"), &name(&dialect.peers, log, *machine));
    }
    renamed
}

/// A time written as in the sample, so long after it.
fn later(text: &str, time_s: f64, is_ms: bool) -> String {
    if let Some(found) = TIME_OF_DAY.captures(text) {
        let hour = 10;
        let us = ((f64::from(hour * 3600 + 120) + time_s) * 1e6) as u64;
        let second = us / 1_000_000;
        let decimals = found.get(4).map_or(0, |decimals| decimals.len());
        let (minute, rest) = (second / 60 % 60, second % 60);
        let mut new = format!("{:02}:{minute:02}:{rest:02}", second / 3600);
        if decimals > 0 {
            new += &format!(".{}", &format!("{:06}", us % 1_000_000)[..decimals.min(6)]);
        }
        return text.replace(&found[0], &new);
    }
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len().max(3));
    let scale = match text.split('.').next().unwrap_or_default().len() {
        19.. => 1e9,
        16.. => 1e6,
        13.. => 1e3,
        _ if is_ms => 1e3,
        _ => 1.0,
    };
    let begin_s = if text.len() >= 10 && text.as_bytes()[0] == b'1' { 1_700_000_000.0 } else { 0.0 };
    if scale == 1e9 {
        return format!("{}", 1_700_000_000_000_000_000 + (time_s * 1e9) as u64);
    }
    if decimals > 0 {
        format!("{:.decimals$}", begin_s + time_s)
    } else {
        format!("{}", ((begin_s + time_s) * scale) as u64)
    }
}

/// A clock written as in the sample: a number, or a vector.
fn clock_text(text: &str, event: &Event, is_before: bool) -> String {
    if !text.contains(',') {
        return if is_before { event.clock_before } else { event.clock }.to_string();
    }
    let mut entries = event.vector.iter();
    let entry = |_: &regex::Captures<'_>| entries.next().copied().unwrap_or(0).to_string();
    NUMBER.replace_all(text, entry).into_owned()
}

/// A run of three machines whose logs are rendered.
struct Run<'r> {
    dialect: &'r Dialect,
    log: &'r Log,
    templates: &'r Templates,
    model: &'r Model,
}

impl Run<'_> {
    fn filled(&self, template: &Template, machine: usize, event: Option<(&Event, &[usize])>) -> String {
        let mut text = String::new();
        let mut from = 0;
        let keep = |text: &str| self.own(text, machine);
        for (field, span) in &template.spans {
            if span.start < from {
                continue;
            }
            text += &template.text[from..span.start];
            text += &self.value(*field, &template.text[span.clone()], machine, event, template.clock_before);
            from = span.end;
        }
        keep(&(text + &template.text[from..]))
    }

    /// The sample's own machine's name, where a line has it, as this machine's.
    fn own(&self, text: &str, machine: usize) -> String {
        let Some((_, mark)) = OWN.iter().find(|(dialect, _)| *dialect == self.log.dialect) else {
            return text.to_owned();
        };
        let old = name(&self.dialect.machines, self.log, self.log.machine as usize - 1);
        let new = name(&self.dialect.machines, self.log, machine);
        text.replace(mark, &mark.replace(&old, &new))
    }

    fn value(
        &self,
        field: Field,
        old: &str,
        machine: usize,
        event: Option<(&Event, &[usize])>,
        is_before: bool,
    ) -> String {
        let rate = self.model.clock_rates[machine];
        let is_ms = self.log.dialect == "commas-letters";
        match (field, event) {
            (Field::ClockRate, _) => rate.to_string(),
            (Field::Interval, _) => format!("{:.4}", 1.0 / f64::from(rate)),
            (Field::Machine, _) => name(&self.dialect.peers, self.log, machine),
            (Field::Time, Some((event, _))) => later(old, event.time_s, is_ms),
            (Field::Clock, Some((event, _))) => clock_text(old, event, is_before),
            (Field::Queue, Some((event, _))) => {
                let is_popped = event.kind == Kind::Receive && self.dialect.queue_before_pop;
                (event.queue + u64::from(is_popped)).to_string()
            }
            (Field::MessageClock, Some((event, _))) => {
                event.message.as_ref().map_or(String::new(), |message| message.clock.to_string())
            }
            (Field::From, Some((event, _))) => {
                let from = event.message.as_ref().map_or(0, |message| message.from);
                renamed(self.dialect, self.log, old, &[from])
            }
            (Field::To, Some((_, to))) => renamed(self.dialect, self.log, old, to),
            _ => old.to_owned(),
        }
    }

    fn path(&self, machine: usize) -> String {
        let Some(regex) = &self.dialect.files.regex else { return self.log.path.to_owned() };
        let Some(found) = regex.captures(self.log.path.as_bytes()) else { return self.log.path.to_owned() };
        let new = |group: &str| match group {
            "machine" => name(&self.dialect.machines, self.log, machine),
            _ => self.model.clock_rates[machine].to_string(),
        };
        let mut spans: Vec<(Range<usize>, &str)> = ["machine", "clock_rate"]
            .into_iter()
            .filter_map(|group| Some((found.name(group)?.range(), group)))
            .collect();
        spans.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        spans.into_iter().fold(self.log.path.to_owned(), |mut path, (span, group)| {
            path.replace_range(span, &new(group));
            path
        })
    }

    fn rendered(&self, machine: usize, happenings: &[Happening]) -> Sample {
        let mut lines: Vec<String> =
            self.templates.before.iter().map(|template| self.filled(template, machine, None)).collect();
        for happening in happenings {
            let Happening::Event(event) = happening else { continue };
            if event.machine != machine {
                continue;
            }
            let (name, lists) = match event.kind {
                Kind::Internal => ("internal", vec![Vec::new()]),
                Kind::Receive => ("receive", vec![Vec::new()]),
                Kind::Send if event.to.len() < 2 => ("send", vec![event.to.clone()]),
                Kind::Send if self.templates.of.contains_key("all") => ("all", vec![event.to.clone()]),
                Kind::Send => ("send", event.to.iter().map(|to| vec![*to]).collect()),
            };
            if let Some(template) = self.templates.of.get(name) {
                lines.extend(lists.iter().map(|to| self.filled(template, machine, Some((event, to)))));
            }
        }
        let between = if self.templates.of.values().any(|template| template.text.contains('\n')) {
            "\n\n"
        } else {
            "\n"
        };
        let lines: Vec<&str> = lines.iter().map(|line| line.trim_end_matches('\n')).collect();
        Sample { path: self.path(machine), text: (lines.join(between) + between).into_bytes() }
    }
}

fn share(log: &Log) -> Share {
    let dialect = load(log.dialect).unwrap();
    let templates = templates(&dialect, log);
    let has_all = templates.of.contains_key("all") || dialect.send_to_all != SendToAll::OneLine;
    let to_all = if has_all { ToAll::OneEvent } else { ToAll::Never };
    let model =
        Model { clock_rates: vec![2, 5, 3], duration_s: 40.0, internal_percent: 60, first_clock: 0, to_all };
    let happenings = simulated(&model, &mut Dice::new(1));
    let run = Run { dialect: &dialect, log, templates: &templates, model: &model };
    let samples: Vec<Sample> = (0..3).map(|machine| run.rendered(machine, &happenings)).collect();
    let root = tempfile::tempdir().unwrap();
    write_below(root.path(), &samples);
    let known =
        read_below(root.path(), dialect.clone()).unwrap_or_else(|why| panic!("{}: {why}", log.dialect));
    let logged = |happening: &&Happening| match happening {
        Happening::Event(event) => event.kind != Kind::Internal || templates.of.contains_key("internal"),
        Happening::Arrival(_) => false,
    };
    assert_eq!(known.len(), happenings.iter().filter(logged).count(), "{} reads its own logs", log.dialect);
    Share::of(&samples, &known)
}

#[test]
fn what_is_inferred_reads_as_the_dialect_that_is_left_out() {
    let shares: Vec<(&str, Share)> = LOGS.iter().map(|log| (log.dialect, share(log))).collect();
    for (dialect, share) in &shares {
        println!("{dialect}: {:.3} {:?} {}", share.value(), share.causes, share.example);
    }
    let reason = |name: &str| NOT_YET.iter().find(|(known, _)| *known == name);
    let able: Vec<f64> =
        shares.iter().filter(|(name, _)| reason(name).is_none()).map(|(_, share)| share.value()).collect();
    let mean = able.iter().sum::<f64>() / able.len() as f64;
    println!("{} dialects, {mean:.3} read right; not yet: {NOT_YET:?}", able.len());
    assert!(mean >= 0.9, "{mean:.3}");
    for (name, reason) in NOT_YET {
        let share = shares.iter().find(|(known, _)| *known == name).map(|(_, share)| share.value());
        assert!(share.is_some_and(|share| share < 0.9), "{name} is read: {reason} no longer holds");
    }
}
