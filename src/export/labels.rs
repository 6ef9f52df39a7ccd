//! Names of runs, as formats and folders need them.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::digest::sha256;
use crate::store::RunPath;

/// Gives every run a name of its own within its experiment: a number is put
/// after one that an earlier run has. Gives the places of those renamed.
pub fn tell_apart(runs: &mut [RunPath]) -> Vec<usize> {
    let mut taken = BTreeSet::new();
    let mut renamed = Vec::new();
    for (place, run) in runs.iter_mut().enumerate() {
        let name = run.run.clone();
        let mut number = 2;
        while !taken.insert((run.sweep.clone(), run.experiment.clone(), run.run.clone())) {
            run.run = format!("{name}-{number}");
            number += 1;
        }
        if run.run != name {
            renamed.push(place);
        }
    }
    renamed
}

/// A name on one line: control characters and all that ends a line become
/// `\u{…}`.
pub fn on_one_line(name: &str) -> String {
    let mut line = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
    }
    line
}

/// Longest value of a partition; a file name may have 255 bytes.
const VALUE_BYTES_MAX: usize = 200;

/// A folder's name `key=value`, as Apache Hive names partitions: what a path or
/// a pattern of paths would take for its own is written as `%` and two digits.
/// A value that is too long for a file name ends in a part of its digest.
pub fn partition(key: &str, value: &str) -> String {
    let mut folder = format!("{key}=");
    let start = folder.len();
    for c in value.chars() {
        if c.is_ascii_control() || r##""#%'*/:=?\{[]^"##.contains(c) {
            // A text takes whatever is written to it.
            let _ = write!(folder, "%{:02X}", u32::from(c));
        } else {
            folder.push(c);
        }
    }
    if folder.len() - start > VALUE_BYTES_MAX {
        let mut end = start + VALUE_BYTES_MAX;
        while !folder.is_char_boundary(end) || folder.as_bytes()[end - 2..end].contains(&b'%') {
            end -= 1;
        }
        folder.truncate(end);
        folder += &format!("~{}", &sha256(value.as_bytes())[..16]);
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_keeps_letters_of_all_scripts_and_escapes_what_paths_use() {
        assert_eq!(partition("run", "probe 3 é😀"), "run=probe 3 é😀");
        assert_eq!(partition("run", "a/b=c\n100%*"), "run=a%2Fb%3Dc%0A100%25%2A");
        assert_eq!(partition("run", "{[x]}"), "run=%7B%5Bx%5D}");
    }

    #[test]
    fn a_value_too_long_for_a_file_name_is_cut_between_characters_and_stays_its_own() {
        let (quotes, more) = ("\"".repeat(200), "\"".repeat(199) + "'");
        let folder = partition("run", &quotes);
        assert!(folder.len() < 255, "{folder}");
        assert!(folder.contains("%22~"), "{folder}");
        assert_ne!(folder, partition("run", &more));
        for start in 0..4 {
            assert!(partition("run", &("x".repeat(start) + &"😀".repeat(60))).len() < 255);
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(on_one_line("a\nb\u{2028}c é"), "a\\u{a}b\\u{2028}c é");
    }
}
