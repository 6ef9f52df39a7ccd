//! One way in which a line can say something.

use memchr::memmem::Finder;
use regex::bytes::{CaptureLocations, Regex};

use super::field::{Captured, Field};
use crate::model::event::Kind;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Event(Kind),
    /// A SEND to every other machine.
    SendToAll,
    /// Something about the machine: its clock rate, or when it began.
    Header,
    /// Nothing that counts.
    Ignored,
}

impl Role {
    pub const NAMES: [(&'static str, Role); 5] = [
        ("internal", Role::Event(Kind::Internal)),
        ("receive", Role::Event(Kind::Receive)),
        ("send", Role::Event(Kind::Send)),
        ("send-all", Role::SendToAll),
        ("ignore", Role::Ignored),
    ];

    /// The word that dialects and reports use.
    pub fn word(self) -> &'static str {
        let known = Role::NAMES.into_iter().find(|(_, role)| *role == self);
        known.map_or("header", |(word, _)| word)
    }
}

/// How a pattern's role is known.
#[derive(Clone, Debug)]
pub enum RoleRule {
    Fixed(Role),
    /// By the text captured as `kind`, and else the last.
    ByKind(Vec<(String, Role)>, Option<Role>),
}

/// One way in which a line can say something.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub role: RoleRule,
    pub splitter: Splitter,
    /// The clock is the one before the update.
    pub clock_before: bool,
    /// The lines from here on are of a new run.
    pub starts_run: bool,
}

/// How a line is taken apart.
#[derive(Clone, Debug)]
pub enum Splitter {
    /// A regular expression for the whole line, and which group is what. Lines without the prefilter need not be tried.
    Text { regex: Regex, groups: Vec<(Field, usize)>, prefilter: Option<Box<Finder<'static>>> },
    /// Columns, counted from 0 here.
    Columns { wanted: Vec<(usize, String)>, fields: Vec<(Field, usize)>, count: Option<usize> },
    /// Keys of a JSON object, `a.b` for one within another.
    Keys { wanted: Vec<(String, String)>, fields: Vec<(Field, String)> },
}

impl Pattern {
    /// The role that the captured texts give it; `None` where none fits.
    #[inline]
    pub fn role(&self, captured: &Captured<'_>) -> Option<Role> {
        match &self.role {
            RoleRule::Fixed(role) => Some(*role),
            RoleRule::ByKind(roles, rest) => {
                let kind = captured.get(Field::Kind)?;
                let fitting = roles.iter().find(|(word, _)| word.as_bytes() == kind);
                fitting.map(|(_, role)| *role).or(*rest)
            }
        }
    }

    /// What it can capture.
    pub fn fields(&self) -> Vec<Field> {
        match &self.splitter {
            Splitter::Text { groups, .. } => groups.iter().map(|(field, _)| *field).collect(),
            Splitter::Columns { fields, .. } => fields.iter().map(|(field, _)| *field).collect(),
            Splitter::Keys { fields, .. } => fields.iter().map(|(field, _)| *field).collect(),
        }
    }
}

/// Captures by a regular expression.
#[inline]
pub fn by_text<'a>(
    regex: &Regex,
    groups: &[(Field, usize)],
    locations: &mut CaptureLocations,
    line: &'a [u8],
) -> Option<Captured<'a>> {
    regex.captures_read(locations, line)?;
    let mut captured = Captured::default();
    for (field, group) in groups {
        captured.set(*field, locations.get(*group).map(|(from, to)| &line[from..to]));
    }
    Some(captured)
}

/// Captures columns, if the wanted ones have the wanted values.
pub fn by_columns<'a>(
    wanted: &[(usize, String)],
    fields: &[(Field, usize)],
    count: Option<usize>,
    columns: &[std::ops::Range<usize>],
    line: &'a [u8],
) -> Option<Captured<'a>> {
    let column = |at: usize| columns.get(at).map(|range| &line[range.clone()]);
    let fits = count.is_none_or(|count| count == columns.len())
        && wanted.iter().all(|(at, value)| column(*at) == Some(value.as_bytes()));
    if !fits {
        return None;
    }
    let mut captured = Captured::default();
    for (field, at) in fields {
        captured.set(*field, Some(column(*at)?));
    }
    Some(captured)
}

/// Where the columns of a line are, without the spaces and quotes around them.
pub fn split(line: &[u8], delimiter: &[u8], columns: &mut Vec<std::ops::Range<usize>>) {
    columns.clear();
    let mut from = 0;
    let ends = memchr::memmem::find_iter(line, delimiter).chain([line.len()]);
    for end in ends {
        // A delimiter that is a space may overlap with itself.
        if end < from {
            continue;
        }
        let inner = line[from..end].trim_ascii();
        let inner = inner.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(inner);
        let start = inner.as_ptr() as usize - line.as_ptr() as usize;
        columns.push(start..start + inner.len());
        from = end + delimiter.len();
    }
}
