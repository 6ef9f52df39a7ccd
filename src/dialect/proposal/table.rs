//! A draft for logs whose lines are columns, with hardly a word in them.

use std::collections::BTreeMap;

use super::guess::{self, Course};
use super::toml_text::quoted;
use super::{Draft, DraftPattern};
use crate::dialect::Field;
use crate::dialect::pattern::Role;
use crate::dialect::timestamp::{TimeFormat, Unit};
use crate::model::event::Kind;

const DELIMITERS: [&str; 4] = [",", "\t", ";", " "];
/// Fewer columns make no event.
const COLUMNS_MIN: usize = 3;

/// A draft, if the lines are columns.
pub fn draft(lines: &[&str]) -> Option<Draft> {
    DELIMITERS.iter().find_map(|delimiter| draft_by(lines, delimiter))
}

fn draft_by(lines: &[&str], delimiter: &str) -> Option<Draft> {
    let rows: Vec<Vec<&str>> =
        lines.iter().map(|line| line.split(delimiter).map(str::trim).collect()).collect();
    // Spaces that fill up columns delimit nothing.
    let is_padding = |cell: &str| delimiter == " " && cell.is_empty();
    let is_row = |row: &&Vec<&str>| {
        row.len() >= COLUMNS_MIN && row.iter().all(|cell| is_cell(cell) && !is_padding(cell))
    };
    if rows.iter().filter(is_row).count() * 10 < lines.len() * 9 {
        return None;
    }
    let mut groups: BTreeMap<(Option<&str>, usize), Vec<&Vec<&str>>> = BTreeMap::new();
    for row in rows.iter().filter(is_row) {
        let word = Some(row[0]).filter(|cell| !is_number(cell));
        groups.entry((word, row.len())).or_default().push(row);
    }
    let lines =
        format!("{{ format = \"delimited\", delimiter = {} }}", toml::Value::String(delimiter.to_owned()));
    let mut draft = Draft { lines: Some(lines), ..Draft::default() };
    // The largest groups tell most about what times look like.
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    for ((word, count), rows) in groups {
        let pattern = pattern(word, count, &rows, &mut draft.time);
        match (pattern, word) {
            (Some(pattern), _) => draft.patterns.push(pattern),
            (None, Some(word)) => draft.ignore.push(format!("^{}", regex::escape(word))),
            (None, None) => {}
        }
    }
    draft.has_events().then_some(draft)
}

fn pattern(
    word: Option<&str>,
    count: usize,
    rows: &[&Vec<&str>],
    format: &mut Option<TimeFormat>,
) -> Option<DraftPattern> {
    let role = word.map_or(Some(Role::Event(Kind::Internal)), guess::role)?;
    let course = |column: usize| Course::of(rows.iter().map(|row| row[column]));
    let numeric: Vec<(usize, Course)> =
        (0..count).filter_map(|column| Some((column, course(column)?))).collect();
    let is_epoch = |(column, _): &&(usize, Course)| guess::epoch(rows[0][*column]).is_some();
    let time = numeric
        .iter()
        .find(is_epoch)
        .or_else(|| numeric.iter().find(|(_, course)| course.has_decimals && course.climbs()))
        // Whole milliseconds grow faster than any clock.
        .or_else(|| {
            numeric.iter().filter(|(_, course)| course.climbs()).max_by_key(|(column, _)| size(rows, *column))
        })?
        .0;
    let clock = numeric.iter().find(|(column, course)| {
        *column != time
            && course.climbs()
            && !course.has_decimals
            && (word.is_some() || *column > 0 || course.falls == 0)
    });
    let clock = clock
        .or_else(|| numeric.iter().rev().find(|(column, course)| *column != time && !course.has_decimals))?
        .0;
    let guessed = guess::epoch(rows[0][time]).unwrap_or_else(|| {
        let has_decimals = rows.iter().any(|row| row[time].contains('.'));
        TimeFormat::Elapsed(if has_decimals { Unit::Seconds } else { Unit::Milliseconds })
    });
    format.get_or_insert(guessed);
    let mut fields = vec![(Field::Time, time), (Field::Clock, clock)];
    let rest = || {
        numeric.iter().filter(|(column, course)| {
            *column != time && *column != clock && !course.has_decimals && (*column > 0)
        })
    };
    if role == Role::Event(Kind::Receive) || word.is_none() {
        fields.extend(
            rest()
                .find(|(_, course)| course.falls > 0 || course.rises == 0)
                .map(|(column, _)| (Field::Queue, *column)),
        );
    }
    let mut body = String::new();
    let mut remark = "guessed by how the numbers of each column rise and fall".to_owned();
    match word {
        Some(word) => body += &format!("where = {{ 1 = {} }}\n", quoted(word)),
        None => {
            fields.push((Field::Kind, 0));
            body += "kinds = { internal = \"*\" }\n";
            remark += "; which value of the first column is which kind, you must say:\n\
                       # kinds = { receive = \"-1\", send = [\"1\", \"2\"], send-all = \"3\", internal = \"*\" }";
        }
    }
    let places: Vec<String> =
        fields.iter().map(|(field, column)| format!("{} = {}", field.name(), column + 1)).collect();
    body += &format!("count = {count}\nfields = {{ {} }}", places.join(", "));
    Some(DraftPattern { role, remark, body, count: rows.len() })
}

/// How large the numbers of a column get.
fn size(rows: &[&Vec<&str>], column: usize) -> u64 {
    rows.iter().filter_map(|row| row[column].parse::<f64>().ok()).fold(0.0, f64::max) as u64
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A number, or a name without spaces or colons.
fn is_cell(cell: &str) -> bool {
    is_number(cell) || cell.chars().all(|char| char.is_ascii_alphanumeric() || "._-".contains(char))
}
