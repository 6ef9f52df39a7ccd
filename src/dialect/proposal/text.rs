//! A draft for logs of sentences, the usual case.

use std::collections::BTreeMap;

use super::guess::{self, Course};
use super::scan::{PADDING, Part, Scanned, Variable, scan};
use super::toml_text::quoted;
use super::{Draft, DraftPattern};
use crate::dialect::Field;
use crate::dialect::pattern::Role;
use crate::dialect::timestamp::{TimeFormat, Unit};

/// Shapes of lines that a draft has patterns for.
const SHAPES_MAX: usize = 60;

/// A draft for lines, or for records of several lines between blank ones.
/// `full` leaves out the blank lines that `all` has.
/// `is_alone`: all lines are of one file.
pub fn draft(full: &[&str], all: &[String], is_alone: bool) -> Option<Draft> {
    let of_lines = draft_of(full, is_alone);
    if of_lines.has_events() {
        return Some(of_lines);
    }
    let records: Vec<String> = all
        .split(|line| line.is_empty())
        .filter(|lines| lines.len() > 1)
        .map(|lines| lines.join("\n"))
        .collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let mut draft = draft_of(&records, is_alone);
    let begins = first_words(&records);
    let begins = format!("^(?:{})", begins.join("|"));
    draft.lines = Some(format!("{{ begins = {} }}", quoted(&begins)));
    draft.has_events().then_some(draft)
}

/// What the first lines of records are like.
fn first_words(records: &[&str]) -> Vec<String> {
    let first = |record: &&str| expression(&scan(record.lines().next().unwrap_or_default()).shape, &[], &[]);
    let mut words: Vec<String> = records.iter().map(first).collect();
    words.sort();
    words.dedup();
    words.truncate(SHAPES_MAX);
    words
}

/// Lines of one shape.
struct Group<'a> {
    shape: Vec<Part>,
    lines: Vec<Scanned<'a>>,
}

impl Group<'_> {
    fn words(&self) -> String {
        let fixed = self.shape.iter().map(|part| match part {
            Part::Fixed(text) => text.as_str(),
            Part::Varying(_) => "#",
        });
        fixed.collect()
    }

    fn values(&self, nth: usize) -> impl Iterator<Item = &str> {
        self.lines.iter().map(move |line| line.values[nth])
    }

    fn variables(&self) -> impl Iterator<Item = (usize, Variable)> {
        let varying = self.shape.iter().filter_map(|part| match part {
            Part::Varying(kind) => Some(*kind),
            Part::Fixed(_) => None,
        });
        varying.enumerate()
    }

    /// The words right before a varying part.
    fn label(&self, nth: usize) -> &str {
        let mut seen = 0;
        for (at, part) in self.shape.iter().enumerate() {
            if let Part::Varying(_) = part {
                if seen == nth {
                    return match at.checked_sub(1).map(|before| &self.shape[before]) {
                        Some(Part::Fixed(text)) => after_separator(text),
                        _ => "",
                    };
                }
                seen += 1;
            }
        }
        ""
    }
}

/// What belongs to the part that follows.
fn after_separator(text: &str) -> &str {
    let cut = text.rfind(['|', ',', ';', '\t', '\n', ')', ']']).map_or(0, |at| at + 1);
    let rest = &text[cut..];
    // `[queue length] 3` has its label in brackets.
    if rest.trim().is_empty() { text } else { rest }
}

fn draft_of(lines: &[&str], is_alone: bool) -> Draft {
    let mut by_shape: BTreeMap<Vec<Part>, Group<'_>> = BTreeMap::new();
    for line in lines {
        let scanned = scan(line);
        let group = by_shape.entry(scanned.shape.clone());
        group
            .or_insert_with(|| Group { shape: scanned.shape.clone(), lines: Vec::new() })
            .lines
            .push(scanned);
    }
    let mut groups: Vec<Group<'_>> = by_shape.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.lines.len()));
    groups.truncate(SHAPES_MAX);
    let events: Vec<&Group<'_>> = groups.iter().filter(|group| role(group).is_some()).collect();
    let format = time_format(&events);
    let first_machine = is_alone.then(|| first_machine(&events)).flatten();
    let mut draft = Draft { time: format, first_machine, ..Draft::default() };
    for group in &groups {
        let machine = machine(group).filter(|_| first_machine.is_some());
        let pattern =
            event(group, format, machine, &mut draft.is_vector).unwrap_or_else(|| other(group, machine));
        draft.patterns.push(pattern);
    }
    // Events first, and those that take the most lines first.
    draft.patterns.sort_by_key(|pattern| matches!(pattern.role, Role::Ignored | Role::Header));
    draft
}

fn role(group: &Group<'_>) -> Option<Role> {
    let words = group.words();
    if guess::is_rate(&words) && !words.to_lowercase().contains("event") { None } else { guess::role(&words) }
}

/// The number that tells whose a line is, in the words that come before all else.
fn machine(group: &Group<'_>) -> Option<usize> {
    let mut numbers = group.variables().filter(|(_, kind)| *kind == Variable::Number);
    numbers.find(|(nth, _)| guess::is_machine(group.label(*nth))).map(|(nth, _)| nth)
}

/// The least number of a machine, if every event tells it and they are several.
fn first_machine(events: &[&Group<'_>]) -> Option<u64> {
    let reported: Option<Vec<(&&Group<'_>, usize)>> =
        events.iter().map(|group| Some((group, machine(group)?))).collect();
    guess::first_of_several(reported?.into_iter().flat_map(|(group, nth)| group.values(nth)))
}

/// The way of writing times that every event has, and the most exact of them.
fn time_format(events: &[&Group<'_>]) -> Option<TimeFormat> {
    let kinds = |group: &Group<'_>| -> Vec<TimeFormat> {
        group.variables().filter_map(|(nth, kind)| format_of(kind, group.lines[0].values[nth])).collect()
    };
    let mut count: Vec<(TimeFormat, usize)> = Vec::new();
    for group in events {
        let mut seen = kinds(group);
        seen.dedup();
        for format in seen {
            match count.iter_mut().find(|(known, _)| *known == format) {
                Some((_, lines)) => *lines += group.lines.len(),
                None => count.push((format, group.lines.len())),
            }
        }
    }
    let preference = |format: TimeFormat| match format {
        TimeFormat::DateTime => 4,
        TimeFormat::Epoch(_) => 3,
        TimeFormat::TimeOfDay => 2,
        TimeFormat::MonthDay => 1,
        TimeFormat::Elapsed(_) => 0,
    };
    count.into_iter().max_by_key(|(format, lines)| (*lines, preference(*format))).map(|(format, _)| format)
}

fn format_of(kind: Variable, value: &str) -> Option<TimeFormat> {
    match kind {
        Variable::DateTime => Some(TimeFormat::DateTime),
        Variable::MonthDay => Some(TimeFormat::MonthDay),
        Variable::TimeOfDay => Some(TimeFormat::TimeOfDay),
        Variable::Number if value.contains('.') => {
            Some(guess::epoch(value).unwrap_or(TimeFormat::Elapsed(Unit::Seconds)))
        }
        Variable::Number => guess::epoch(value),
        Variable::List => None,
    }
}

fn event(
    group: &Group<'_>,
    format: Option<TimeFormat>,
    machine: Option<usize>,
    is_vector: &mut bool,
) -> Option<DraftPattern> {
    let mut role = role(group)?;
    let is_time = |(nth, kind): &(usize, Variable)| {
        format.is_some() && format_of(*kind, group.lines[0].values[*nth]) == format
    };
    let time = group.variables().find(is_time)?.0;
    let mut fields = vec![(Field::Time, time)];
    fields.extend(machine.map(|nth| (Field::Machine, nth)));
    for (nth, kind) in group.variables().filter(|(nth, _)| *nth != time && Some(*nth) != machine) {
        let is_countable = matches!(kind, Variable::Number | Variable::List)
            && !group.values(nth).any(|value| value.contains('.'));
        let field = guess::field(group.label(nth), role).filter(|_| is_countable);
        if let Some(field) = field
            && !fields.iter().any(|(known, _)| *known == field)
        {
            fields.push((field, nth));
        }
    }
    let is_taken = |fields: &[(Field, usize)], nth| fields.iter().any(|(_, taken)| *taken == nth);
    let mut remark = "guessed by the words".to_owned();
    if !fields.iter().any(|(field, _)| *field == Field::Clock) {
        let climbs = |nth: usize| {
            Course::of(group.values(nth)).is_some_and(|course| !course.has_decimals && course.climbs())
        };
        let free = || group.variables().filter(|(nth, _)| !is_taken(&fields, *nth));
        let vector = free().find(|(_, kind)| {
            *kind == Variable::List && role != Role::Event(crate::model::event::Kind::Send)
        });
        let clock = vector.or_else(|| {
            free().filter(|(_, kind)| *kind == Variable::Number).filter(|(nth, _)| climbs(*nth)).last()
        })?;
        fields.push((Field::Clock, clock.0));
        remark += "; the clock, because it rises";
    }
    let kind_of = |wanted: Field| {
        let (_, nth) = fields.iter().find(|(field, _)| *field == wanted)?;
        group.variables().find(|(at, _)| at == nth).map(|(_, kind)| kind)
    };
    *is_vector |= kind_of(Field::Clock) == Some(Variable::List);
    if role == Role::SendToAll && kind_of(Field::To) == Some(Variable::Number) {
        role = Role::Event(crate::model::event::Kind::Send);
    }
    let whole: Vec<bool> =
        group.variables().map(|(nth, _)| !group.values(nth).any(|value| value.contains('.'))).collect();
    let body = format!("match = {}", quoted(&expression(&group.shape, &whole, &fields)));
    Some(DraftPattern { role, remark, body, count: group.lines.len() })
}

/// A header with the clock rate, or a line that says nothing.
fn other(group: &Group<'_>, machine: Option<usize>) -> DraftPattern {
    let words = group.words();
    let number =
        || group.variables().filter(|(nth, kind)| *kind == Variable::Number && Some(*nth) != machine);
    let is_labelled = |nth| guess::is_rate(group.label(nth)) || guess::has_word_rate(group.label(nth));
    let rate = (guess::is_rate(&words) || guess::has_word_rate(&words))
        .then(|| number().find(|(nth, _)| is_labelled(*nth)).or_else(|| number().last()));
    let (role, fields, remark) = match rate.flatten() {
        Some((nth, _)) => {
            let machine = machine.map(|nth| (Field::Machine, nth));
            let fields = machine.into_iter().chain([(Field::ClockRate, nth)]).collect();
            (Role::Header, fields, "guessed: the clock rate")
        }
        None => (
            Role::Ignored,
            Vec::new(),
            "guessed: no event; if it is one, say its kind, and where time and clock are",
        ),
    };
    let body = format!("match = {}", quoted(&expression(&group.shape, &[], &fields)));
    DraftPattern { role, remark: remark.to_owned(), body, count: group.lines.len() }
}

/// An expression for lines of this shape, which captures the fields.
fn expression(shape: &[Part], whole: &[bool], fields: &[(Field, usize)]) -> String {
    let mut text = String::new();
    let mut nth = 0;
    for part in shape {
        match part {
            Part::Fixed(fixed) => text += &regex::escape(fixed).replace(PADDING, " +"),
            Part::Varying(kind) => {
                let inner = kind.expression(whole.get(nth).copied().unwrap_or(false));
                match fields.iter().find(|(_, at)| *at == nth) {
                    Some((field, _)) => text += &format!("(?<{}>{inner})", field.name()),
                    None if inner.contains('|') => text += &format!("(?:{inner})"),
                    None => text += inner,
                }
                nth += 1;
            }
        }
    }
    text
}
