//! Which rule a line that fits none comes nearest to, and how far it fits.

use std::cell::OnceCell;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

use super::pattern::{Pattern, Splitter};
use super::{Dialect, Shape, pattern};
use crate::log::fault::shown;

/// The rules of a dialect, taken apart once a line fits none of them.
pub struct Nearest<'d> {
    dialect: &'d Dialect,
    rules: OnceCell<Vec<Vec<Piece>>>,
}

/// A part of an expression: all before it, and the text that it begins with.
struct Piece {
    before: Regex,
    literal: Vec<u8>,
}

impl<'d> Nearest<'d> {
    pub fn new(dialect: &'d Dialect) -> Nearest<'d> {
        Nearest { dialect, rules: OnceCell::new() }
    }

    /// Why a line fits no rule.
    pub fn why(&self, line: &[u8]) -> String {
        match &self.dialect.shape {
            Shape::Text => self.of_text(line),
            Shape::Delimited { delimiter } => self.of_columns(line, delimiter),
            Shape::Json if super::json::Object::read(line).is_none() => "is no JSON object".to_owned(),
            Shape::Json => "has the `where` of no rule".to_owned(),
        }
    }

    fn of_text(&self, line: &[u8]) -> String {
        let rules = self.rules.get_or_init(|| self.dialect.patterns.iter().map(pieces).collect());
        let reached = |(at, pieces): (usize, &Vec<Piece>)| {
            let fits = |piece: &Piece| Some(piece.before.find(line)?.end() + common(piece, line));
            let (nth, end) = pieces.iter().enumerate().rev().find_map(|(nth, piece)| {
                let end = piece.before.find(line).map(|found| found.end())?;
                Some((nth, end.max(fits(piece)?)))
            })?;
            let share = nth as f64 / pieces.len() as f64;
            (end > 0).then_some((at, share, end))
        };
        let best = rules
            .iter()
            .enumerate()
            .filter_map(reached)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        let Some((at, _, end)) = best else { return "does not even begin as any rule does".to_owned() };
        let rule = self.dialect.rule_name(&self.dialect.patterns[at]);
        match &line[end.min(line.len())..] {
            [] => format!("is nearest to {rule}, which goes on where the line ends"),
            rest => format!(
                "is nearest to {rule}, which fits as far as column {}, before `{}`",
                end + 1,
                shown(rest)
            ),
        }
    }

    fn of_columns(&self, line: &[u8], delimiter: &str) -> String {
        let mut columns = Vec::new();
        pattern::split(line, delimiter.as_bytes(), &mut columns);
        let text = |at: usize| columns.get(at).map(|range| shown(&line[range.clone()]));
        let misfit = |rule: &Pattern| {
            let Splitter::Columns { wanted, count, .. } = &rule.splitter else { return None };
            let other = wanted.iter().find(|(at, value)| text(*at).as_deref() != Some(value));
            let why = match (other, count) {
                (Some((at, value)), _) => match text(*at) {
                    Some(text) => format!("column {} is `{text}` and not `{value}`", at + 1),
                    None => format!("there is no column {}", at + 1),
                },
                (None, Some(count)) if *count != columns.len() => {
                    format!("there are {} columns and not {count}", columns.len())
                }
                _ => format!("of {} columns some are missing", columns.len()),
            };
            Some((other.is_none(), format!("is nearest to {}, but {why}", self.dialect.rule_name(rule))))
        };
        let all: Vec<(bool, String)> = self.dialect.patterns.iter().filter_map(misfit).collect();
        let best = all.iter().find(|(is_near, _)| *is_near).or(all.first());
        best.map_or_else(|| "fits no rule".to_owned(), |(_, why)| why.clone())
    }
}

/// How much of the text that a part begins with follows what is before it.
fn common(piece: &Piece, line: &[u8]) -> usize {
    let rest = piece.before.find(line).map_or(&[][..], |found| &line[found.end()..]);
    rest.iter().zip(&piece.literal).take_while(|(a, b)| a == b).count()
}

fn pieces(pattern: &Pattern) -> Vec<Piece> {
    let Splitter::Text { regex, .. } = &pattern.splitter else { return Vec::new() };
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    let Ok(hir) = parser.parse(regex.as_str()) else { return Vec::new() };
    let mut parts = Vec::new();
    flatten(&hir, &mut parts);
    let piece = |at: usize| {
        let before = Hir::concat(parts[..at].to_vec()).to_string();
        let before = RegexBuilder::new(&format!("^(?:{before})")).unicode(false).build().ok()?;
        let literal = match parts[at].kind() {
            HirKind::Literal(literal) => literal.0.to_vec(),
            _ => Vec::new(),
        };
        Some(Piece { before, literal })
    };
    (0..parts.len()).filter_map(piece).collect()
}

/// The parts that follow each other, those of groups too.
fn flatten(hir: &Hir, parts: &mut Vec<Hir>) {
    match hir.kind() {
        HirKind::Concat(inner) => inner.iter().for_each(|part| flatten(part, parts)),
        HirKind::Capture(group) => flatten(&group.sub, parts),
        _ => parts.push(hir.clone()),
    }
}
