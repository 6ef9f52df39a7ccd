//! Logs whose names differ in a word; numbers in them are of the run, or of nothing.

use std::collections::BTreeSet;

use super::piece::{Piece, pieces};
use super::{Layout, Naming, folder, placed};

/// Stands for a number.
const NUMBER: char = '\u{1}';

/// How the logs lie by the word in which their names, the last `parts` of their
/// paths, differ.
pub fn by_words(paths: &[&str], tails: &[String], parts: usize) -> Option<Layout> {
    if let [only] = tails {
        return single_letter(paths, only, parts);
    }
    let blanked: Vec<(String, Vec<String>)> = tails.iter().map(|tail| blanked(tail)).collect();
    let distinct: BTreeSet<&str> = blanked.iter().map(|(text, _)| text.as_str()).collect();
    let (from, end) = around_the_word(&distinct)?;
    let name = |text: &str| text.get(from..text.len().checked_sub(end)?).map(str::to_owned);
    let machines: Vec<Option<String>> = blanked.iter().map(|(text, _)| name(text)).collect();
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '.', NUMBER]);
    if machines.iter().any(|name| !name.as_deref().is_some_and(is_name)) {
        return None;
    }
    let is_letters =
        machines.iter().flatten().all(|name| name.len() == 1 && name.starts_with(char::is_alphabetic))
            && machines.iter().flatten().any(|name| name.eq_ignore_ascii_case("a"));
    let (inner, naming) =
        if is_letters { ("[A-Za-z]", Naming::Letters) } else { (r"[\w-]+", Naming::Sorted) };
    let first = distinct.first()?;
    let (before, after) = (&first[..from], &first[first.len() - end..]);
    // The first number that differs is the run's.
    let values =
        |nth: usize| blanked.iter().filter_map(|(_, numbers)| numbers.get(nth)).collect::<BTreeSet<_>>();
    let run_at = (0..first.matches(NUMBER).count()).find(|nth| values(*nth).len() > 1);
    let run_after = run_at.and_then(|nth| nth.checked_sub(before.matches(NUMBER).count()));
    let files = expression(before, run_at) + &format!("(?<machine>{inner})") + &expression(after, run_after);
    let run_of = |path: &str, numbers: &[String]| {
        let inside = run_at.and_then(|nth| numbers.get(nth)).map_or("", String::as_str);
        format!("{}|{inside}", folder(path, parts))
    };
    let runs = paths.iter().zip(&blanked).map(|(path, (_, numbers))| run_of(path, numbers)).collect();
    Some(placed(Layout { files: Some(files), runs, machines, naming, ..Layout::default() }))
}

/// A name with its numbers blank, and the numbers.
fn blanked(tail: &str) -> (String, Vec<String>) {
    let (mut text, mut numbers) = (String::new(), Vec::new());
    for piece in pieces(tail) {
        match piece {
            Piece::Digits(digits) => {
                numbers.push(digits);
                text.push(NUMBER);
            }
            Piece::Words(words) => text += &words,
            Piece::Slash => text.push('/'),
        }
    }
    (text, numbers)
}

/// How much stands before and behind the word in which names differ, in bytes.
fn around_the_word(names: &BTreeSet<&str>) -> Option<(usize, usize)> {
    let first = *names.first()?;
    let others = || names.iter().filter(|name| **name != first);
    let shared = |other: &str| first.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let shared_end =
        |other: &str| first.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    let mut from = others().map(|name| shared(name)).min()?;
    let mut end = others().map(|name| shared_end(name)).min()?;
    // A single letter stands by itself: `vmA.csv`; a name is a whole word.
    if names.iter().all(|name| name.len() == from + 1 + end) {
        return Some((from, end));
    }
    let boundary = |char: char| !char.is_alphanumeric();
    while from > 0 && !first.get(..from).is_some_and(|text| text.ends_with(boundary)) {
        from -= 1;
    }
    while end > 0 && !first.get(first.len() - end..).is_some_and(|text| text.starts_with(boundary)) {
        end -= 1;
    }
    Some((from, end))
}

/// An expression for a text with blank numbers, of which one is the run's.
fn expression(text: &str, run_at: Option<usize>) -> String {
    let mut written = String::new();
    for (nth, part) in text.split(NUMBER).enumerate() {
        if let Some(number) = nth.checked_sub(1) {
            written += if Some(number) == run_at { r"(?<run>\d+)" } else { r"\d+" };
        }
        written += &regex::escape(part);
    }
    written
}

/// One log, which a capital letter by itself names: `vm_A.csv`.
fn single_letter(paths: &[&str], tail: &str, parts: usize) -> Option<Layout> {
    let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let (at, letter) = tail.char_indices().find(|(at, char)| {
        let (before, after) = (tail[..*at].chars().next_back(), tail[at + char.len_utf8()..].chars().next());
        char.is_ascii_uppercase() && !is_word(before) && !is_word(after)
    })?;
    let files = format!("{}(?<machine>[A-Z]){}", regex::escape(&tail[..at]), regex::escape(&tail[at + 1..]));
    let runs = paths.iter().map(|path| folder(path, parts)).collect();
    let machines = vec![Some(letter.to_string())];
    Some(placed(Layout { files: Some(files), runs, machines, naming: Naming::Letters, ..Layout::default() }))
}
