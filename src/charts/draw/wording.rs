//! Names and lists as charts word them; nothing of a name can do harm in an SVG.

use std::collections::HashMap;

use super::font;
use crate::model::event::MachineId;

/// A name as it can be shown, and no two different ones the same: what the font
/// lacks, what XML forbids and what breaks a line or turns the direction of
/// reading is written as `\u{4E2D}`, and so are spaces that would not be seen.
pub(in crate::charts) fn name(text: &str) -> String {
    if text.is_empty() {
        return "(no name)".to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_between = !shown.is_empty() && !shown.ends_with(' ') && chars.peek().is_some();
        match c {
            '\\' => shown.push_str(r"\\"),
            ' ' if is_between => shown.push(c),
            _ if !c.is_whitespace() && !is_hidden(c) && font::can_show(c) => shown.push(c),
            _ => shown.push_str(&format!("\\u{{{:X}}}", u32::from(c))),
        }
    }
    shown
}

/// A caption as it can be shown; it may be empty.
pub(in crate::charts) fn caption(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { name(text) }
}

/// A name as it can be shown, its middle left out where it is very long.
pub(in crate::charts) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown = name(text);
    let chars: Vec<char> = shown.chars().collect();
    if chars.len() <= LONGEST {
        return shown;
    }
    let (head, tail) = (&chars[..LONGEST / 2], &chars[chars.len() - LONGEST / 2..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// A metric without its unit: "End queue (messages)" is "End queue".
pub(in crate::charts) fn without_unit(metric: &str) -> &str {
    metric.split_once(" (").map_or(metric, |(words, _)| words)
}

/// The unit of a metric: of "End queue (messages)" it is "messages"; empty where
/// there is none.
pub(in crate::charts) fn unit(metric: &str) -> &str {
    let unit = metric.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
    unit.unwrap_or_default()
}

/// A number for each of those names that look like another, different one before
/// it, from 2 on.
pub(in crate::charts) fn numbers(names: &[String], shown: &[String]) -> Vec<Option<usize>> {
    let mut alike: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut number = |name, shown| {
        let alike = alike.entry(shown).or_default();
        let place = alike.iter().position(|other| *other == name).unwrap_or_else(|| {
            alike.push(name);
            alike.len() - 1
        });
        (place > 0).then_some(place + 1)
    };
    names.iter().zip(shown).map(|(name, shown)| number(name.as_str(), shown.as_str())).collect()
}

/// Of what a chart is, and what its caption adds.
pub(in crate::charts) fn subject(of: &str, more: &str) -> String {
    let more = caption(more);
    if more.is_empty() { name(of) } else { format!("{} · {more}", name(of)) }
}

fn is_hidden(c: char) -> bool {
    let formats = matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}');
    (c.is_control() && !c.is_whitespace()) || formats || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The name of a machine.
pub(in crate::charts) fn machine(id: MachineId) -> String {
    format!("m{id}")
}

/// "1 machine", "3 machines".
pub(in crate::charts) fn many(count: usize, one: &str, more: &str) -> String {
    let number = super::number::count(count as u64);
    format!("{number} {}", if count == 1 { one } else { more })
}

/// Machines in short, neighbours joined: "m1–m4, m7"; not all of them where
/// the list would be long. The ids are in order.
pub(in crate::charts) fn machines(ids: &[MachineId]) -> String {
    let neighbours = |a: &MachineId, b: &MachineId| a.0.checked_add(1) == Some(b.0);
    let part = |run: &[MachineId]| match run {
        [] => String::new(),
        [one] => machine(*one),
        [one, other] => format!("{}, {}", machine(*one), machine(*other)),
        [first, .., last] => format!("{}–{}", machine(*first), machine(*last)),
    };
    const LONGEST: usize = 5;
    let mut parts: Vec<String> = ids.chunk_by(neighbours).map(part).collect();
    if parts.len() > LONGEST {
        parts.truncate(LONGEST);
        parts.push("…".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_an_svg_cannot_hold() {
        assert_eq!(name("exp\u{0}1"), r"exp\u{0}1");
        assert_eq!(name("two\nlines\tand\u{202E}more"), r"two\u{A}lines\u{9}and\u{202E}more");
        assert_eq!(name(""), "(no name)");
        assert_eq!(name("<script> & \"quotes\""), "<script> & \"quotes\"");
    }

    #[test]
    fn no_two_names_look_the_same() {
        let names = [
            "中",
            "文",
            "🦀",
            "🧪",
            r"\u{4E2D}",
            r"\\u{4E2D}",
            r"\中",
            " ",
            "  ",
            "a b",
            "a  b",
            "a b ",
            " a b",
            "a\u{A0}b",
            "a\tb",
            "a\u{200B}b",
            "ab",
            "\u{FFFD}",
            "\u{0}",
            "",
        ];
        let shown: Vec<String> = names.into_iter().map(name).collect();
        let distinct: std::collections::BTreeSet<&String> = shown.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{shown:?}");
        assert!(shown.iter().flat_map(|name| name.chars()).all(|c| font::can_show(c) && !is_hidden(c)));
        assert_eq!((name("中 1"), name("é ж")), (r"\u{4E2D} 1".to_owned(), "é ж".to_owned()));
    }

    #[test]
    fn different_names_that_are_cut_to_the_same_are_numbered() {
        let names = ["abc", "adc", "abc", "x", "adc"].map(str::to_owned);
        let shown = ["a…c", "a…c", "a…c", "x", "a…c"].map(str::to_owned);
        assert_eq!(numbers(&names, &shown), [None, Some(2), None, None, Some(2)]);
    }

    #[test]
    fn neighbouring_machines_are_joined() {
        let ids: Vec<MachineId> = [1, 2, 3, 7, 9, 10].map(MachineId).into();
        assert_eq!(machines(&ids), "m1–m3, m7, m9, m10");
    }
}
