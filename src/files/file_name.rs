//! Names of others as names of files. Pure.

use crate::files::digest::sha256;
use crate::text::sanitize::is_hidden;

/// A file's name may have 255 bytes on most systems; this leaves room for an
/// ending and a number.
const BYTES_MAX: usize = 200;
/// The bytes of a plain name.
pub const PLAIN_MAX: usize = 100;

/// Whether a name can be a folder's on every system as it is: at most 100 letters a
/// to z, digits, `-`, `_` and `.`, and not hidden.
pub fn is_plain(name: &str) -> bool {
    let allowed = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    !name.is_empty() && name.len() <= PLAIN_MAX && !name.starts_with('.') && name.chars().all(allowed)
}

/// A name that is one file's name on every system, and leads nowhere: neither
/// into another folder nor to a device. Letters of all scripts stay; what is
/// refused stands as `%` and the digits of its bytes, as in a URL, so that
/// different names stay different. One that is too long is cut, and ends in a
/// part of its digest.
pub fn file_name(name: &str) -> String {
    let last = name.char_indices().next_back().map_or(0, |(at, _)| at);
    let is_device = is_device(name);
    let safe = escaped(name, |at, c| {
        let is_edge = at == 0 || at == last;
        is_hidden(c)
            || r#"/\:*?"<>|%"#.contains(c)
            || is_edge && matches!(c, '.' | ' ')
            || at == 0 && is_device
    });
    // Nothing else becomes this.
    if safe.is_empty() { "%".to_owned() } else { safe }
}

/// A text in which each character that `refuses`, reported its place and itself, is
/// written as `%` and two digits a byte, cut to the length of a file's name.
/// `refuses` takes in `%`, or different texts would become alike.
pub fn escaped(text: &str, refuses: impl Fn(usize, char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if refuses(at, c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                safe.push_str(&format!("%{byte:02X}"));
            }
        } else {
            safe.push(c);
        }
    }
    if safe.len() > BYTES_MAX {
        let mut end = BYTES_MAX;
        while !safe.is_char_boundary(end) || safe.as_bytes()[end - 2..end].contains(&b'%') {
            end -= 1;
        }
        safe.truncate(end);
        safe.push('~');
        safe.push_str(&sha256(text.as_bytes())[..16]);
    }
    safe
}

/// Whether Windows takes a name for a device, whatever its ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let is_numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || is_numbered("COM") || is_numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn a_plain_name_is_a_folder_s_as_it_is() {
        let longest = "x".repeat(PLAIN_MAX);
        for (name, plain) in
            [("exp-4_b.1", true), (&longest, true), ("", false), (".x", false), ("a/b", false), ("é", false)]
        {
            assert_eq!(is_plain(name), plain, "{name}");
        }
        assert!(!is_plain(&format!("{longest}x")));
    }

    #[test]
    fn letters_of_all_scripts_stay_and_what_leads_elsewhere_is_escaped() {
        for plain in
            ["exp4", "2026-03-05T12-46-04Z_seed-1", "王小明", "Müller, Jürgen", "Иванов", "عمر", "a.b"]
        {
            assert_eq!(file_name(plain), plain);
        }
        for (name, safe) in [
            ("/etc/passwd", "%2Fetc%2Fpasswd"),
            ("..", "%2E%2E"),
            (".hidden", "%2Ehidden"),
            (r"C:\x", "C%3A%5Cx"),
            ("a\u{1b}[31m\nb\u{202e}", "a%1B[31m%0Ab%E2%80%AE"),
            ("50 %", "50 %25"),
            ("nul.txt", "%6Eul.txt"),
            ("com1", "%63om1"),
            ("", "%"),
        ] {
            assert_eq!(file_name(name), safe);
        }
    }

    proptest! {
        #[test]
        fn every_name_is_one_component_and_different_names_stay_different(
            one in ".{0,300}", other in ".{0,300}"
        ) {
            let (safe, second) = (file_name(&one), file_name(&other));
            let path = Path::new(&safe);
            prop_assert!(matches!(path.components().collect::<Vec<_>>()[..], [Component::Normal(_)]));
            prop_assert!(safe.len() < 230);
            prop_assert_eq!(one == other, safe == second);
        }
    }
}
