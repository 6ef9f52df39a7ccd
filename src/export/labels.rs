//! Names of runs, as the folders of partitions need them.

use crate::file_name::escaped;

/// A folder's name `key=value`, as Apache Hive names partitions: what a path or
/// a pattern of paths would take for its own is written as `%` and two digits.
/// A value that is too long for a file name ends in a part of its digest.
pub fn partition(key: &str, value: &str) -> String {
    let value = escaped(value, |_, c| c.is_ascii_control() || r##""#%'*/:=?\{[]^"##.contains(c));
    format!("{key}={value}")
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
}
