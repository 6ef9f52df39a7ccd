//! Sends whose lines name nobody: to all, where that is what the other lines say.

use super::group::Group;
use super::layout::Layout;
use super::reading::{Event, Reading};
use crate::model::event::Kind;

/// Takes SENDs that name nobody for sends to all, where their lines are those of other
/// SENDs with a word for the recipient, or where as many messages are received.
pub fn to_all(groups: &[Group<'_>], layout: &Layout, reading: &mut Reading) {
    let names_nobody = |event: &Event| event.kind == Kind::Send && event.to.is_none() && !event.is_to_all;
    let open: Vec<usize> =
        (0..groups.len()).filter(|at| reading.events[*at].as_ref().is_some_and(names_nobody)).collect();
    let has_word = |at: usize| {
        groups.iter().zip(&reading.events).any(|(other, event)| {
            let to = event.as_ref().filter(|event| event.kind == Kind::Send).and_then(|event| event.to);
            to.is_some_and(|(slot, last)| slot == last && has_word_for(&groups[at].words, &other.words, slot))
        })
    };
    let of_words: Vec<usize> = open.iter().copied().filter(|at| has_word(*at)).collect();
    let found = if of_words.is_empty() { of_balance(groups, layout, reading, &open) } else { of_words };
    for at in found {
        if let Some(event) = &mut reading.events[at] {
            event.is_to_all = true;
        }
    }
}

/// Whether a line is another with a word in this varying part: `to all`, beside `to 2`.
fn has_word_for(line: &str, other: &str, slot: usize) -> bool {
    let Some((at, _)) = other.match_indices('#').nth(slot) else { return false };
    let word = line.strip_prefix(&other[..at]).and_then(|rest| rest.strip_suffix(&other[at + 1..]));
    word.is_some_and(|word| {
        word.starts_with(char::is_alphabetic)
            && word.chars().all(|char| char.is_alphanumeric() || char == ' ')
    })
}

/// All of these, if that makes up for messages that are received and were not sent.
fn of_balance(groups: &[Group<'_>], layout: &Layout, reading: &Reading, open: &[usize]) -> Vec<usize> {
    let others = layout.count.saturating_sub(1);
    let (mut received, mut sent) = (0, 0);
    for (at, (group, event)) in groups.iter().zip(&reading.events).enumerate() {
        let Some(event) = event else { continue };
        let records = group.records.len();
        let of_each = match event.to {
            Some((from, to)) if to > from => to - from + 1,
            None if event.is_to_all || open.contains(&at) => others,
            _ => 1,
        };
        match event.kind {
            Kind::Receive => received += records,
            Kind::Send => sent += records * of_each,
            Kind::Internal => {}
        }
    }
    let to_one =
        sent - open.iter().map(|at| groups[*at].records.len()).sum::<usize>() * others.saturating_sub(1);
    let fits = sent.abs_diff(received) * 20 <= received;
    if others > 1 && to_one < received && fits { open.to_vec() } else { Vec::new() }
}
