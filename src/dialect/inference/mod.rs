//! A dialect from logs alone: of all readings of their lines, the one that keeps
//! the model's rules.
//!
//! Lines are taken apart ([`scan`]) and put together by their shapes ([`group`]);
//! paths tell how the machines are called ([`layout`]); the reading is looked for
//! whose clocks step as Lamport's do ([`ledger`], [`search`], [`read`]), and is written down
//! as a dialect ([`written`]).

mod arrivals;
mod blocks;
mod codes;
mod group;
mod header;
mod kinds;
mod layout;
mod ledger;
mod machine_slots;
mod machines;
mod message_clock;
mod peers;
mod queue;
mod read;
mod reading;
mod scan;
mod search;
mod sequences;
mod time;
mod time_format;
mod to_all;
mod toml_text;
mod values;
mod words;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use blocks::Blocks;
use codes::split_by_codes;
use group::{Group, RawRecord, grouped};
use layout::{Layout, Naming, layout};
use read::reading;
use reading::Reading;
use scan::Scanner;
use written::{Given, written};

use super::detection::Sample;
use crate::log::BYTE_ORDER_MARK;

/// A dialect that was inferred.
#[derive(Clone, Debug, PartialEq)]
pub struct Inference {
    pub toml: String,
    /// Lines, or records of several, that were looked at.
    pub records: u64,
    /// Of them, those that are events.
    pub events: u64,
    /// Of these, those whose kind a keyword states.
    pub with_keyword: u64,
    /// Events have times.
    pub tells_time: bool,
    /// Rules of the model that hold between events, and those that do not.
    pub kept: u64,
    pub broken: u64,
    /// What was found out, and by how much.
    pub evidence: Vec<String>,
    /// What the logs leave open.
    pub doubts: Vec<String>,
}

impl Inference {
    /// Whether it may be used without a person who looks it over: most lines are
    /// events, keywords state their kinds, and hardly any rule is broken between them.
    pub fn is_sound(&self) -> bool {
        self.events * 2 >= self.records
            && self.with_keyword * 10 >= self.events * 9
            && self.broken * 20 <= self.kept + self.broken
    }
}

/// Records of a log that are looked at.
const RECORDS_MAX: usize = 400;
/// Of all logs together.
const RECORDS_OF_ALL_MAX: usize = 6000;

/// Infers how these logs are written; `None` where nothing reads as events.
pub fn infer(samples: &[Sample]) -> Option<Inference> {
    let (inference, logs) = inferred(samples)?;
    // What lies beside the logs says nothing of their names.
    if logs.len() == samples.len() || logs.is_empty() {
        return Some(inference);
    }
    let samples: Vec<Sample> = logs.into_iter().filter_map(|log| samples.get(log).cloned()).collect();
    inferred(&samples).map(|(inference, _)| inference)
}

/// An inference, and which of the samples have events.
type Inferred = (Inference, BTreeSet<usize>);

fn inferred(samples: &[Sample]) -> Option<Inferred> {
    let paths: Vec<&str> = samples.iter().map(|sample| sample.path.as_str()).collect();
    let layout = layout(&paths);
    let texts: Vec<String> = samples
        .iter()
        .map(|sample| {
            let text = sample.text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&sample.text);
            String::from_utf8_lossy(text).into_owned()
        })
        .collect();
    let names = machine_names(&layout);
    let scanner = Scanner::new(&names, scan::has_comma_decimals(&texts));
    let of_lines = of_lines(&texts, &scanner, &layout, &names);
    let most = per_log(texts.len());
    let separated = blocks::separated(&texts, most);
    let mut ways: Vec<Inferred> =
        separated.into_iter().filter_map(|blocks| of_blocks(blocks, &scanner, &layout, &names)).collect();
    let is_good = |inference: &Inference| inference.is_sound() && inference.tells_time;
    if !of_lines.iter().chain(&ways).any(|(inference, _)| is_good(inference)) {
        let begun = blocks::begun(&texts, &scanner, most).into_iter();
        ways.extend(begun.filter_map(|blocks| of_blocks(blocks, &scanner, &layout, &names)));
    }
    let is_better = |of_lines: &Inferred, way: &Inferred| match (is_good(&of_lines.0), is_good(&way.0)) {
        (false, true) => true,
        (true, false) => false,
        _ => way.0.kept > of_lines.0.kept + of_lines.0.kept / 4,
    };
    // Of several the first is kept that keeps as many rules as any.
    let best = ways.into_iter().rev().max_by_key(|(inference, _)| (is_good(inference), inference.kept));
    match (of_lines, best) {
        (Some(lines), Some(way)) if is_better(&lines, &way) => Some(way),
        (None, way) => way,
        (lines, _) => lines,
    }
}

/// Names that stand for machines in lines: those of files that are no numbers, or letters.
fn machine_names(layout: &Layout) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = layout
        .machines
        .iter()
        .flatten()
        .filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit()))
        .cloned()
        .collect();
    names.extend(layout.bare.iter().flatten().cloned());
    if layout.naming == Naming::Letters {
        let upper = names.iter().any(|name| name.starts_with(char::is_uppercase));
        let letters = if upper { 'A'..='H' } else { 'a'..='h' };
        names.extend(letters.take(layout.count.max(2)).map(String::from));
    }
    names
}

fn per_log(logs: usize) -> usize {
    RECORDS_MAX.min(RECORDS_OF_ALL_MAX / logs.max(1)).max(20)
}

fn of_lines(
    texts: &[String],
    scanner: &Scanner,
    layout: &Layout,
    names: &BTreeSet<String>,
) -> Option<Inferred> {
    let columns = columns(texts);
    let mut records = Vec::new();
    let mut ignored = Vec::new();
    for (log, text) in texts.iter().enumerate() {
        let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        if let Some((delimiter, _)) = &columns {
            let first = lines.next()?;
            let head = first.split(delimiter.as_str()).next().unwrap_or_default();
            let pattern = format!("^{}", regex::escape(&format!("{head}{delimiter}")));
            if !ignored.contains(&pattern) {
                ignored.push(pattern);
            }
        }
        records.extend(lines.take(per_log(texts.len())).map(|text| RawRecord { log, text }));
    }
    let groups = split_by_codes(grouped(&records, scanner, columns.as_ref()), layout);
    let reading = reading(&groups, layout)?;
    finished(
        &groups,
        &reading,
        &Given { layout, names, has_comma: scanner.has_comma, records: records.len(), cut: None, ignored },
    )
}

/// The delimiter and the names of columns, where each log begins with a line of them.
fn columns(texts: &[String]) -> Option<(String, Vec<String>)> {
    let mut found: Option<(String, Vec<String>)> = None;
    for text in texts {
        let mut lines =
            text.lines().map(|line| scan::padded(line.trim_end())).filter(|line| !line.is_empty());
        let (first, second) = (lines.next()?, lines.next()?);
        // Columns of a fixed width have spaces between them, one of which may be full.
        let delimiter = [",", "\t", ";", "|", scan::PADDING].into_iter().find(|delimiter| {
            first.matches(delimiter).count() >= 2
                && (2..=first.matches(delimiter).count()).contains(&second.matches(delimiter).count())
        })?;
        let is_head = !first.bytes().any(|byte| byte.is_ascii_digit())
            && second.bytes().any(|byte| byte.is_ascii_digit());
        let names: Vec<String> =
            first.split(delimiter).map(|name| name.trim().to_lowercase().replace('_', " ")).collect();
        if !is_head || found.as_ref().is_some_and(|(_, known)| *known != names) {
            return None;
        }
        found = Some((delimiter.to_owned(), names));
    }
    found
}

/// The reading of records of several lines.
fn of_blocks(
    blocks: Blocks,
    scanner: &Scanner,
    layout: &Layout,
    names: &BTreeSet<String>,
) -> Option<Inferred> {
    let records: Vec<RawRecord<'_>> =
        blocks.records.iter().map(|(log, text)| RawRecord { log: *log, text }).collect();
    let groups = split_by_codes(grouped(&records, scanner, None), layout);
    let reading = reading(&groups, layout)?;
    let Blocks { cut, ignored, .. } = &blocks;
    finished(
        &groups,
        &reading,
        &Given {
            layout,
            names,
            has_comma: scanner.has_comma,
            records: records.len(),
            cut: Some(cut.clone()),
            ignored: ignored.clone(),
        },
    )
}

fn finished(groups: &[Group<'_>], reading: &Reading, given: &Given<'_>) -> Option<Inferred> {
    let toml = written(groups, reading, given);
    super::parse("inferred", &toml).ok()?;
    let of_events = || groups.iter().zip(&reading.events).filter(|(_, event)| event.is_some());
    let mut of_logs: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (group, event) in groups.iter().zip(&reading.events) {
        for record in &group.records {
            let (records, events) = of_logs.entry(record.log).or_default();
            *records += 1;
            *events += usize::from(event.is_some());
        }
    }
    let logs =
        of_logs.into_iter().filter(|(_, (records, events))| events * 10 >= *records).map(|(log, _)| log);
    let logs = logs.collect();
    let inference = Inference {
        toml,
        records: given.records as u64,
        events: of_events().map(|(group, _)| group.records.len() as u64).sum(),
        with_keyword: of_events()
            .filter(|(_, event)| event.as_ref().is_some_and(|event| event.is_certain))
            .map(|(group, _)| group.records.len() as u64)
            .sum(),
        tells_time: reading.time.is_some(),
        kept: reading.score.kept,
        broken: reading.score.broken,
        evidence: reading.evidence.clone(),
        doubts: reading.doubts.clone(),
    };
    Some((inference, logs))
}
