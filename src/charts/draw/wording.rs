//! Names and lists as charts word them; nothing of a name can do harm in an SVG.

use crate::model::event::MachineId;

/// A name as it can be shown: characters that XML forbids, that break a line or
/// that turn the direction of reading are replaced.
pub(in crate::charts) fn name(text: &str) -> String {
    let shown: String = text.chars().map(|c| if is_hidden(c) { '\u{FFFD}' } else { c }).collect();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.is_empty() { "(no name)".to_owned() } else { shown }
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
pub(in crate::charts) fn without_unit(metric: &str) -> String {
    let metric = name(metric);
    metric.split_once(" (").map_or(metric.clone(), |(words, _)| words.to_owned())
}

/// The unit of a metric, to stand after a number: of "End queue (messages)" it is
/// " messages"; empty where there is none.
pub(in crate::charts) fn unit(metric: &str) -> String {
    let metric = name(metric);
    let unit = metric.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
    unit.map_or_else(String::new, |unit| format!(" {unit}"))
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
        assert_eq!(name("exp\u{0}1"), "exp\u{FFFD}1");
        assert_eq!(name("two\nlines\tand\u{202E}more"), "two lines and\u{FFFD}more");
        assert_eq!(name(" \n "), "(no name)");
        assert_eq!(name("<script> & \"quotes\""), "<script> & \"quotes\"");
    }

    #[test]
    fn neighbouring_machines_are_joined() {
        let ids: Vec<MachineId> = [1, 2, 3, 7, 9, 10].map(MachineId).into();
        assert_eq!(machines(&ids), "m1–m3, m7, m9, m10");
    }
}
