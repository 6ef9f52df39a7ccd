//! A line's parts: what stays from line to line, and what varies.

use std::collections::BTreeSet;

use regex::Regex;

use super::time_format::TIMES;

/// A kind of part that varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// A date, a time or both, in the way at this place of [`TIMES`].
    Time(usize),
    /// An IPv4 address.
    Address,
    /// Whole numbers in brackets: a vector clock, or recipients.
    List,
    /// An identifier in hexadecimal digits.
    Id,
    /// The name of a machine.
    Name,
    Number,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Fixed(String),
    Varying(Variable),
}

/// A line taken apart.
#[derive(Clone, Debug)]
pub struct Scanned<'a> {
    pub shape: Vec<Part>,
    /// The texts of the varying parts, in order.
    pub values: Vec<&'a str>,
}

const ADDRESS: &str = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b";
const LIST: &str = r"[\[(]\d+(?:(?:, ?| )\d+)+[\])]";
/// With a letter and a digit at least: what has none is a word, or a number.
const ID: &str = r"\b(?:0x[0-9a-fA-F]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+[a-f][0-9a-f]{4,}|[0-9]{3,}[a-f][0-9a-f]{2,}|[0-9]{5,}[a-f]+|[a-f]+[0-9][0-9a-f]{4,}|[a-f]{3,}[0-9][0-9a-f]{2,}|[a-f]{5,}[0-9]+)\b";
const NUMBER: &str = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+\b)?";

/// Finds the parts of lines that vary.
#[derive(Debug)]
pub struct Scanner {
    parts: Option<Regex>,
    names: BTreeSet<String>,
    pub has_comma: bool,
}

/// What sets a colour of the terminal.
const COLOUR: &str = r"\x1b\[[0-9;]*[A-Za-z]";

/// An expression for these names, which lines may capitalise unless they are letters.
fn name_expression(names: &BTreeSet<String>) -> String {
    let mut longest_first: Vec<&String> = names.iter().collect();
    longest_first.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let escaped: Vec<String> = longest_first.into_iter().map(|name| regex::escape(name)).collect();
    let any = escaped.join("|");
    if names.iter().all(|name| name.len() == 1) { any } else { format!("(?i:{any})") }
}

/// What stands for the decimals of a second, after a point or a comma.
const DECIMALS: &str = r"(?:[.,]\d+)?";

/// An expression for a way of writing times. Where a comma divides columns, it
/// begins no decimals.
fn time_expression(way: usize, has_comma: bool) -> String {
    let pattern = TIMES.get(way).map_or("", |(pattern, _)| *pattern);
    if has_comma { pattern.to_owned() } else { pattern.replace(DECIMALS, r"(?:\.\d+)?") }
}

/// Whether seconds are followed by a comma and three or six digits wherever one follows.
pub fn has_comma_decimals(texts: &[String]) -> bool {
    let Ok(comma) = Regex::new(r"\d\d[:-]\d\d[:-]\d\d,(\d*)") else { return false };
    let mut found = texts.iter().flat_map(|text| comma.captures_iter(text)).take(400).peekable();
    found.peek().is_some()
        && found.all(|found| matches!(found.get(1).map_or(0, |digits| digits.len()), 3 | 6))
}

impl Scanner {
    /// `names` are what machines may be called.
    pub fn new(names: &BTreeSet<String>, has_comma: bool) -> Scanner {
        let mut groups: Vec<String> =
            (0..TIMES.len()).map(|way| format!("({})", time_expression(way, has_comma))).collect();
        groups.push(format!("({ADDRESS})"));
        groups.push(format!("({LIST})"));
        groups.push(format!("({ID})"));
        groups.push(format!("({NUMBER})"));
        if !names.is_empty() {
            groups.push(format!(r"\b({})\b", name_expression(names)));
        }
        // A colour of the terminal is no number, and stays with the text around it.
        Scanner {
            parts: Regex::new(&format!("{COLOUR}|{}", groups.join("|"))).ok(),
            names: names.clone(),
            has_comma,
        }
    }

    /// What machines may be called.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Takes a line apart.
    pub fn scan<'a>(&self, line: &'a str) -> Scanned<'a> {
        let mut scanned = Scanned { shape: Vec::new(), values: Vec::new() };
        let mut from = 0;
        let count = TIMES.len() + 4 + usize::from(!self.names.is_empty());
        for found in self.parts.iter().flat_map(|parts| parts.captures_iter(line)) {
            let Some((nth, part)) = (1..=count).find_map(|nth| Some((nth - 1, found.get(nth)?))) else {
                continue;
            };
            let kind = match nth.checked_sub(TIMES.len()) {
                None => Variable::Time(nth),
                Some(0) => Variable::Address,
                Some(1) => Variable::List,
                Some(2) => Variable::Id,
                Some(3) => Variable::Number,
                Some(_) => Variable::Name,
            };
            let mut start = part.start();
            let before = line[..start].chars().next_back();
            let is_sign = kind == Variable::Number && part.as_str().starts_with(['-', '+']);
            if is_sign && !before.is_none_or(|char| " \t,;|=:([".contains(char)) {
                start += 1;
            }
            if start > from {
                scanned.shape.push(fixed(&line[from..start]));
            }
            scanned.shape.push(Part::Varying(kind));
            scanned.values.push(&line[start..part.end()]);
            from = part.end();
        }
        if from < line.len() {
            scanned.shape.push(fixed(&line[from..]));
        }
        scanned
    }
}

/// What stands in a fixed part for any number of spaces, two or more: columns
/// that are padded differ in them from line to line.
pub const PADDING: &str = "  ";

/// The text of a fixed part.
fn fixed(text: &str) -> Part {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if char != ' ' || !shown.ends_with(PADDING) {
            shown.push(char);
        }
    }
    Part::Fixed(shown)
}

/// An expression for such a part; `is_whole` if it never had decimals.
pub fn expression(kind: Variable, is_whole: bool, names: &BTreeSet<String>, has_comma: bool) -> String {
    match kind {
        Variable::Time(way) => time_expression(way, has_comma),
        Variable::Address => r"[0-9.]+".to_owned(),
        Variable::List => LIST.to_owned(),
        Variable::Id => r"[0-9a-fA-Fx-]+".to_owned(),
        Variable::Number if is_whole => r"\d+".to_owned(),
        Variable::Number => r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?".to_owned(),
        Variable::Name if names.iter().all(|name| name.len() == 1) => "[A-Za-z]".to_owned(),
        Variable::Name => name_expression(names),
    }
}
