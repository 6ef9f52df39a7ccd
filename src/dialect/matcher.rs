//! Finding what a line says: the first pattern of a dialect that fits it.

use std::ops::Range;

use regex::bytes::CaptureLocations;

use super::field::Captured;
use super::json::Object;
use super::pattern::{self, Pattern, Role, Splitter};
use super::{Dialect, Shape};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It has no characters.
    Blank,
    /// It says this.
    Said(Role),
    /// Nothing fits it.
    Unmatched,
}

/// Matches lines, and keeps what a match needs from one to the next.
#[derive(Debug)]
pub struct LineMatcher<'d> {
    dialect: &'d Dialect,
    locations: Vec<Option<CaptureLocations>>,
    columns: Vec<Range<usize>>,
}

impl<'d> LineMatcher<'d> {
    pub fn new(dialect: &'d Dialect) -> LineMatcher<'d> {
        let locations = |pattern: &Pattern| match &pattern.splitter {
            Splitter::Text { regex, .. } => Some(regex.capture_locations()),
            Splitter::Columns { .. } | Splitter::Keys { .. } => None,
        };
        LineMatcher {
            dialect,
            locations: dialect.patterns.iter().map(locations).collect(),
            columns: Vec::new(),
        }
    }

    /// Tries the patterns in order. One counts if it fits and `accept` can make
    /// sense of what it captured.
    #[inline]
    pub fn look(
        &mut self,
        line: &[u8],
        mut accept: impl FnMut(&'d Pattern, Role, &Captured<'_>) -> bool,
    ) -> Match {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return Match::Blank;
        }
        let found = match &self.dialect.shape {
            Shape::Text => self.text(line, &mut accept),
            Shape::Delimited { delimiter } => {
                pattern::split(line, delimiter.as_bytes(), &mut self.columns);
                self.columns(line, &mut accept)
            }
            Shape::Json => self.json(line, &mut accept),
        };
        match found {
            Some(role) => Match::Said(role),
            None if self.dialect.ignore.iter().any(|regex| regex.is_match(line)) => {
                Match::Said(Role::Ignored)
            }
            None => Match::Unmatched,
        }
    }

    #[inline]
    fn text(
        &mut self,
        line: &[u8],
        accept: &mut impl FnMut(&'d Pattern, Role, &Captured<'_>) -> bool,
    ) -> Option<Role> {
        for (pattern, locations) in self.dialect.patterns.iter().zip(&mut self.locations) {
            let (Splitter::Text { regex, groups, prefilter }, Some(locations)) =
                (&pattern.splitter, locations)
            else {
                continue;
            };
            if prefilter.as_ref().is_some_and(|prefilter| prefilter.find(line).is_none()) {
                continue;
            }
            let Some(captured) = pattern::by_text(regex, groups, locations, line) else { continue };
            if let Some(role) = accepted(pattern, &captured, accept) {
                return Some(role);
            }
        }
        None
    }

    fn columns(
        &self,
        line: &[u8],
        accept: &mut impl FnMut(&'d Pattern, Role, &Captured<'_>) -> bool,
    ) -> Option<Role> {
        self.dialect.patterns.iter().find_map(|pattern| {
            let Splitter::Columns { wanted, fields, count } = &pattern.splitter else { return None };
            let captured = pattern::by_columns(wanted, fields, *count, &self.columns, line)?;
            accepted(pattern, &captured, accept)
        })
    }

    fn json(
        &self,
        line: &[u8],
        accept: &mut impl FnMut(&'d Pattern, Role, &Captured<'_>) -> bool,
    ) -> Option<Role> {
        let object = Object::read(line)?;
        self.dialect.patterns.iter().find_map(|pattern| {
            let Splitter::Keys { wanted, fields } = &pattern.splitter else { return None };
            if wanted.iter().any(|(key, value)| object.text(key).as_deref() != Some(value)) {
                return None;
            }
            let texts: Vec<_> = fields.iter().map(|(field, key)| (*field, object.text(key))).collect();
            let mut captured = Captured::default();
            for (field, text) in &texts {
                captured.set(*field, text.as_deref().map(str::as_bytes));
            }
            accepted(pattern, &captured, accept)
        })
    }
}

#[inline]
fn accepted<'d>(
    pattern: &'d Pattern,
    captured: &Captured<'_>,
    accept: &mut impl FnMut(&'d Pattern, Role, &Captured<'_>) -> bool,
) -> Option<Role> {
    let role = pattern.role(captured)?;
    accept(pattern, role, captured).then_some(role)
}
