//! Names of runs, as the folders of partitions need them.

use crate::files::file_name::escaped;

/// Whether a reader of partitions may take a name for a number, a date or for
/// nothing: each guesses the types of a column by the names of its folders.
pub fn is_taken_for_something_else(name: &str) -> bool {
    const WORDS: [&str; 10] =
        ["", "__hive_default_partition__", "null", "none", "nan", "na", "n/a", "nil", "true", "false"];
    let name = name.trim().to_lowercase();
    // `1e5`, `0x1f` and `2025-01-02T03:04Z` have no other letters.
    let is_like_a_number = || {
        let begins = name.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_numeric());
        begins && !name.chars().any(|c| c.is_alphabetic() && !"abcdefxtz".contains(c))
    };
    WORDS.contains(&name.as_str()) || name.parse::<f64>().is_ok() || is_like_a_number()
}

/// The value of a partition that is a name to every reader: `run-007` for 007,
/// and `run-run-007` for what is called that already, so that no two are alike.
pub fn partition_value(key: &str, name: &str) -> String {
    let prefix = format!("{key}-");
    let mut rest = name;
    while let Some(shorter) = rest.strip_prefix(&prefix) {
        rest = shorter;
    }
    if is_taken_for_something_else(rest) { prefix + name } else { name.to_owned() }
}

/// A folder's name `key=value`, as Apache Hive names partitions: what a path or
/// a pattern of paths would take for its own is written as `%` and two digits.
/// A value that is too long for a file name ends in a part of its digest.
pub fn partition(key: &str, value: &str) -> String {
    let value = partition_value(key, value);
    let value = escaped(&value, |_, c| c.is_ascii_control() || r##""#%'*/:=?\{[]^"##.contains(c));
    format!("{key}={value}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_partition_keeps_letters_of_all_scripts_and_escapes_what_paths_use() {
        assert_eq!(partition("run", "probe 3 é😀"), "run=probe 3 é😀");
        assert_eq!(partition("run", "a/b=c\n100%*"), "run=a%2Fb%3Dc%0A100%25%2A");
        assert_eq!(partition("run", "{[x]}"), "run=%7B%5Bx%5D}");
    }

    #[test]
    fn no_reader_takes_a_partition_for_a_number_or_for_nothing() {
        let hidden = [
            "7",
            "007",
            "08",
            "-1",
            "+5",
            ".5",
            "1e5",
            "1_000",
            "0x1f",
            "inf",
            "NaN",
            "2025-01-02",
            "10:30",
            "2025-01-02T03:04:05Z",
            "null",
            "NULL",
            "True",
            "__HIVE_DEFAULT_PARTITION__",
            " 7 ",
            "",
        ];
        for name in hidden {
            assert!(partition("run", name).starts_with("run=run-"), "{name}");
        }
        assert_eq!(partition("experiment", "007"), "experiment=experiment-007");
        for name in ["exp4", "seed-7", "sample", "7-machines", "a1", "run-sample"] {
            assert_eq!(partition("run", name), format!("run={name}"));
        }
        let alike = ["7", "007", "run-7", "run-run-7", "08", "8"].map(|name| partition("run", name));
        let apart: BTreeSet<&String> = alike.iter().collect();
        assert_eq!(apart.len(), alike.len(), "{alike:?}");
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
}
