//! A line's parts: what stays from line to line, and what varies.

use std::sync::LazyLock;

use regex::Regex;

/// A kind of part that varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    DateTime,
    MonthDay,
    TimeOfDay,
    List,
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

const KINDS: [(Variable, &str); 5] = [
    (
        Variable::DateTime,
        r"\d{4}[-/.]\d\d[-/.]\d\d[ T:]\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d| ?(?:AM|PM|am|pm)\b)?",
    ),
    (Variable::MonthDay, r"[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:AM|PM|am|pm)\b)?"),
    (Variable::TimeOfDay, r"\d{1,2}:\d\d:\d\d(?:[.,]\d+)? ?(?:AM|PM|am|pm)\b|\d\d:\d\d:\d\d(?:[.,]\d+)?"),
    (Variable::List, r"\[\d+(?:, ?\d+)+\]|\d+(?:,\d+)+|\d+(?:, \d+)*(?:,? and \d+)"),
    (Variable::Number, r"\d+(?:\.\d+)?"),
];

static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let groups: Vec<String> = KINDS.iter().map(|(_, pattern)| format!("({pattern})")).collect();
    Regex::new(&groups.join("|")).ok()
});

impl Variable {
    /// An expression for such a part; `whole` if it never had decimals.
    pub fn expression(self, whole: bool) -> &'static str {
        match self {
            Variable::DateTime => r"\d{4}[-/.]\d\d[-/.]\d\d[ T:][-+0-9:.,Z]+(?: ?[AaPp][Mm])?",
            Variable::MonthDay => r"[A-Z][a-z]{2} +\d+ [0-9:.,]+(?: ?[AaPp][Mm])?",
            Variable::TimeOfDay => r"[0-9:.,]+(?: ?[AaPp][Mm])?",
            Variable::List => r"\[?\d+(?:(?:,? and |, ?)\d+)*\]?",
            Variable::Number if whole => r"\d+",
            Variable::Number => r"\d+(?:\.\d+)?",
        }
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

/// Takes a line apart.
pub fn scan(line: &str) -> Scanned<'_> {
    let mut scanned = Scanned { shape: Vec::new(), values: Vec::new() };
    let mut from = 0;
    for found in PARTS.iter().flat_map(|parts| parts.captures_iter(line)) {
        let group = KINDS.iter().zip(1..).find_map(|((kind, _), nth)| Some((*kind, found.get(nth)?)));
        let Some((kind, part)) = group else { continue };
        if part.start() > from {
            scanned.shape.push(fixed(&line[from..part.start()]));
        }
        scanned.shape.push(Part::Varying(kind));
        scanned.values.push(part.as_str());
        from = part.end();
    }
    if from < line.len() {
        scanned.shape.push(fixed(&line[from..]));
    }
    scanned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_found_and_the_rest_stays() {
        let scanned = scan("2025-03-05 12:46:04,5 VM2 [1, 2] and 3.5");
        assert_eq!(scanned.values, ["2025-03-05 12:46:04,5", "2", "[1, 2]", "3.5"]);
        assert_eq!(scanned.shape.len(), 7);
        assert_eq!(scan("").shape, []);
        assert_eq!(scan("no number").values.len(), 0);
    }
}
